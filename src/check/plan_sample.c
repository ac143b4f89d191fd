#include "check/plan_sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "engine/evaluate.h"
#include "engine/tiles.h"

/* A share of 1 % is known to 0.06 % from 100,000 points, and the sample study takes them in a second. */
enum { WANTED_POINTS = 100000, MOST_NUMBERS = 4 << 20, BLOCK_SIDE = 64, BLOCK = BLOCK_SIDE * BLOCK_SIDE };

/* Every stride-th row and column of the plan's grid, from the middle of the first stride on. */
typedef struct lattice {
    tpk_grid grid;
    int32_t stride, row0, col0;
    tpk_tiling tiling; /* of the lattice: rows and columns count its points */
} lattice;

/* Everything that taking a sample works with. */
typedef struct taking {
    tpk_plan_sample *sample;
    const tpk_control *control;
    lattice lattice;
    tpk_source_worker *area;         /* NULL: all of the grid */
    tpk_source_worker **constraints; /* n_constraints; NULL where a criterion's values serve */
    tpk_evaluator *evaluator;

    /* One block. */
    double x[BLOCK_SIDE], y[BLOCK_SIDE];
    double inside[BLOCK]; /* 0: outside the study area */
    float score[BLOCK];
    uint8_t cell_class[BLOCK];
    uint32_t reasons[BLOCK];
    double **values, **membership, **tested; /* as in the sample, of BLOCK numbers */
    double *numbers;
} taking;

/* ---- where the points lie ---- */

static int32_t first_of(int32_t n, int32_t stride)
{
    return (stride < n ? stride : n) / 2;
}

static lattice lattice_of(const tpk_grid *grid, int32_t stride)
{
    lattice l = {.grid = *grid,
                 .stride = stride,
                 .row0 = first_of(grid->n_rows, stride),
                 .col0 = first_of(grid->n_cols, stride)};
    tpk_grid points = {.cell = 1,
                       .n_rows = (grid->n_rows - 1 - l.row0) / stride + 1,
                       .n_cols = (grid->n_cols - 1 - l.col0) / stride + 1};
    l.tiling = tpk_tiling_of(&points, BLOCK_SIDE);
    return l;
}

static tpk_block place_block(taking *t, int64_t index)
{
    const lattice *l = &t->lattice;
    tpk_window w = tpk_tiling_window(&l->tiling, index);
    for (int32_t c = 0; c < w.n_cols; c++) t->x[c] = tpk_grid_x(&l->grid, l->col0 + (w.col0 + c) * l->stride);
    for (int32_t r = 0; r < w.n_rows; r++) t->y[r] = tpk_grid_y(&l->grid, l->row0 + (w.row0 + r) * l->stride);
    return (tpk_block){.n_rows = w.n_rows,
                       .n_cols = w.n_cols,
                       .lattice = true,
                       .x = t->x,
                       .y = t->y,
                       .cell_m = t->sample->plan->cell_m};
}

/* Which points of the block lie in the study area, and how many. */
static tpk_status find_inside(taking *t, const tpk_block *block, size_t *n_inside, tpk_err *err)
{
    size_t n = (size_t)block->n_rows * (size_t)block->n_cols;
    *n_inside = 0;
    tpk_status status = TPK_OK;
    if (t->area)
        status = tpk_source_evaluate(t->area, block, &(tpk_hint){HUGE_VAL}, t->inside, err);
    else
        for (size_t i = 0; i < n; i++) t->inside[i] = 1;
    if (status != TPK_OK) return tpk_err_prefix(err, status, _("study area"));
    for (size_t i = 0; i < n; i++) *n_inside += t->inside[i] != 0;
    return TPK_OK;
}

static tpk_status step(const taking *t, int64_t block, tpk_err *err)
{
    if (tpk_cancelled(t->control))
        return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while examining the project"));
    tpk_progress(t->control, _("sampling the study"), block, tpk_tiling_count(&t->lattice.tiling),
                 _("blocks"));
    return TPK_OK;
}

static tpk_status count_inside(taking *t, size_t *n, tpk_err *err)
{
    *n = 0;
    int64_t n_blocks = tpk_tiling_count(&t->lattice.tiling);
    for (int64_t b = 0; b < n_blocks; b++) {
        size_t here = 0;
        tpk_status status = step(t, b, err);
        tpk_block block = place_block(t, b);
        if (status == TPK_OK) status = find_inside(t, &block, &here, err);
        if (status != TPK_OK) return status;
        *n += here;
    }
    return TPK_OK;
}

static size_t n_wanted(const tpk_plan *plan)
{
    size_t most = MOST_NUMBERS / (2 * plan->n_criteria + plan->n_constraints + 1);
    return most < WANTED_POINTS ? most : WANTED_POINTS;
}

/* The widest lattice with enough points inside the study area, however little of its grid that fills. */
static tpk_status choose_lattice(taking *t, tpk_err *err)
{
    const tpk_grid *grid = &t->sample->plan->grid;
    size_t wanted = n_wanted(t->sample->plan);
    double stride = floor(sqrt((double)tpk_grid_n_cells(grid) / (double)wanted));
    tpk_status status = TPK_OK;
    for (stride = fmax(1, stride); status == TPK_OK;) {
        t->lattice = lattice_of(grid, (int32_t)stride);
        status = count_inside(t, &t->sample->n, err);
        if (stride == 1 || t->sample->n >= wanted / 2) break;
        double better = floor(stride * sqrt((double)t->sample->n / (double)wanted));
        stride = fmax(fmax(1, floor(stride / 4)), fmin(stride - 1, better));
    }
    t->sample->stride = t->lattice.stride;
    return status;
}

/* ---- memory ---- */

/* n_points numbers for every criterion (twice) and every constraint with a source of its own, whose other
 * arrays are those of their criterion. */
static bool lay_out(const tpk_plan *plan, size_t n_points, double ***values, double ***membership,
                    double ***tested, double **numbers)
{
    size_t n_arrays = 2 * plan->n_criteria;
    for (size_t k = 0; k < plan->n_constraints; k++) n_arrays += plan->constraints[k].source != NULL;
    *values = tpk_alloc(plan->n_criteria, sizeof **values);
    *membership = tpk_alloc(plan->n_criteria, sizeof **membership);
    *tested = tpk_alloc(plan->n_constraints, sizeof **tested);
    *numbers = n_points == 0 || n_arrays <= SIZE_MAX / n_points
                   ? tpk_alloc_aligned(n_arrays * n_points, sizeof **numbers)
                   : NULL;
    if (!*values || !*membership || !*tested || !*numbers) return false;
    double *next = *numbers;
    for (size_t k = 0; k < plan->n_criteria; k++, next += 2 * n_points) {
        (*values)[k] = next;
        (*membership)[k] = next + n_points;
    }
    for (size_t k = 0; k < plan->n_constraints; k++) {
        bool own = plan->constraints[k].source != NULL;
        (*tested)[k] = own ? next : (*values)[plan->constraints[k].spec->criterion];
        next += own ? n_points : 0;
    }
    return true;
}

static bool allocate_sample(tpk_plan_sample *sample)
{
    sample->cell_class = tpk_alloc(sample->n, sizeof *sample->cell_class);
    sample->reasons = tpk_alloc(sample->n, sizeof *sample->reasons);
    sample->spread = tpk_zalloc(sample->plan->n_criteria, sizeof *sample->spread);
    return sample->cell_class && sample->reasons && sample->spread &&
           lay_out(sample->plan, sample->n, &sample->values, &sample->membership, &sample->tested,
                   &sample->numbers);
}

void tpk_plan_sample_clear(tpk_plan_sample *sample)
{
    void *const blocks[] = {sample->cell_class, sample->reasons, sample->values, sample->membership,
                            sample->tested,     sample->spread,  sample->numbers};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
    *sample = (tpk_plan_sample){0};
}

static tpk_status open_taking(taking *t, tpk_err *err)
{
    const tpk_plan *plan = t->sample->plan;
    t->constraints = tpk_zalloc(plan->n_constraints, sizeof *t->constraints);
    if (!t->constraints || !lay_out(plan, BLOCK, &t->values, &t->membership, &t->tested, &t->numbers))
        return tpk_err_memory(err);
    memset(t->inside, 0, sizeof t->inside);
    tpk_status status = tpk_evaluator_new(plan, BLOCK, &t->evaluator, err);
    if (status == TPK_OK && plan->area) status = tpk_source_worker_new(plan->area, &t->area, err);
    for (size_t k = 0; k < plan->n_constraints && status == TPK_OK; k++) {
        if (plan->constraints[k].source)
            status = tpk_source_worker_new(plan->constraints[k].source, &t->constraints[k], err);
    }
    return status;
}

static void close_taking(taking *t)
{
    for (size_t k = 0; t->constraints && k < t->sample->plan->n_constraints; k++)
        tpk_source_worker_free(t->constraints[k]);
    tpk_source_worker_free(t->area);
    tpk_evaluator_free(t->evaluator);
    void *const blocks[] = {t->constraints, t->values, t->membership, t->tested, t->numbers, t};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
}

/* ---- taking ---- */

static tpk_status evaluate_block(taking *t, const tpk_block *block, tpk_err *err)
{
    const tpk_plan *plan = t->sample->plan;
    tpk_evaluation out = {.score = t->score,
                          .cell_class = t->cell_class,
                          .reasons = t->reasons,
                          .values = t->values,
                          .membership = t->membership};
    tpk_status status = tpk_evaluate(t->evaluator, block, &out, err);
    for (size_t k = 0; k < plan->n_constraints && status == TPK_OK; k++) {
        if (!t->constraints[k]) continue;
        status = tpk_source_evaluate(t->constraints[k], block, &(tpk_hint){HUGE_VAL}, t->tested[k], err);
        if (status != TPK_OK)
            tpk_err_prefix(err, status, _("constraint '%s'"), plan->constraints[k].spec->id);
    }
    return status;
}

/* Point i of the block becomes point `to` of the sample. */
static void keep_point(const taking *t, size_t i, size_t to)
{
    tpk_plan_sample *sample = t->sample;
    const tpk_plan *plan = sample->plan;
    sample->cell_class[to] = t->cell_class[i];
    sample->reasons[to] = t->reasons[i];
    for (size_t k = 0; k < plan->n_criteria; k++) {
        sample->values[k][to] = t->values[k][i];
        sample->membership[k][to] = t->membership[k][i];
    }
    for (size_t k = 0; k < plan->n_constraints; k++) sample->tested[k][to] = t->tested[k][i];
    sample->n_open += t->reasons[i] == 0;
    tpk_constraint_census_add(&sample->census, plan->n_constraints, t->reasons[i]);
}

static tpk_status take_points(taking *t, tpk_err *err)
{
    size_t kept = 0;
    int64_t n_blocks = tpk_tiling_count(&t->lattice.tiling);
    for (int64_t b = 0; b < n_blocks; b++) {
        size_t n_inside = 0;
        tpk_status status = step(t, b, err);
        tpk_block block = place_block(t, b);
        if (status == TPK_OK) status = find_inside(t, &block, &n_inside, err);
        if (status == TPK_OK && n_inside > 0) status = evaluate_block(t, &block, err);
        if (status != TPK_OK) return status;
        size_t n = n_inside > 0 ? (size_t)block.n_rows * (size_t)block.n_cols : 0;
        for (size_t i = 0; i < n; i++) {
            if (t->inside[i] != 0) keep_point(t, i, kept++);
        }
    }
    return TPK_OK;
}

static tpk_status take(taking *t, tpk_err *err)
{
    tpk_plan_sample *sample = t->sample;
    const tpk_plan *plan = sample->plan;
    tpk_status status = open_taking(t, err);
    if (status == TPK_OK) status = choose_lattice(t, err);
    if (status == TPK_OK && !allocate_sample(sample)) status = tpk_err_memory(err);
    if (status == TPK_OK) status = take_points(t, err);
    for (size_t k = 0; k < plan->n_criteria && status == TPK_OK; k++)
        status = tpk_plan_sample_spread(sample, sample->membership[k], &sample->spread[k], err);
    return status;
}

tpk_status tpk_plan_sample_take(const tpk_plan *plan, const tpk_control *control, tpk_plan_sample *sample,
                                tpk_err *err)
{
    *sample = (tpk_plan_sample){.plan = plan};
    taking *t = tpk_zalloc(1, sizeof *t);
    if (!t) return tpk_err_memory(err);
    t->sample = sample;
    t->control = control;
    tpk_status status = take(t, err);
    close_taking(t);
    bool suspect = tpk_constraint_census_is_suspect(&sample->census, plan->n_constraints);
    if (status == TPK_OK && sample->stride > 1 && suspect)
        status = tpk_constraint_census_take(plan, control, &sample->census, err);
    return status;
}

/* ---- looking at it ---- */

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

tpk_status tpk_plan_sample_spread(const tpk_plan_sample *sample, const double *numbers, tpk_spread *spread,
                                  tpk_err *err)
{
    const double TAIL = 0.025;
    double *known = tpk_alloc(sample->n, sizeof *known);
    if (!known) return tpk_err_memory(err);
    size_t n = 0;
    for (size_t i = 0; i < sample->n; i++) {
        if (sample->reasons[i] == 0 && !isnan(numbers[i])) known[n++] = numbers[i];
    }
    *spread = (tpk_spread){n, (double)NAN, (double)NAN};
    if (n > 0) {
        qsort(known, n, sizeof *known, by_size);
        size_t tail = (size_t)(TAIL * (double)n);
        spread->low = known[tail];
        spread->high = known[n - 1 - tail];
    }
    tpk_free(known);
    return TPK_OK;
}

const char *tpk_plan_sample_points_text(const tpk_plan_sample *sample, size_t n, char text[TPK_POINTS_TEXT])
{
    snprintf(text, TPK_POINTS_TEXT, sample->stride > 1 ? _("%zu sampled points") : _("%zu cells"), n);
    return text;
}
