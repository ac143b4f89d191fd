/* Points and windows of any CRS under any weights, through the same function of position as the map. */
#include "api/view.h"

#include <math.h>
#include <string.h>

#include "api/mesh.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "engine/tiles.h"

enum { BLOCK_SIDE = TPK_VIEW_SIDE, BLOCK_POINTS = BLOCK_SIDE * BLOCK_SIDE };

/* The study's plan is constant and shared; everything that is not is the view's own, PROJ's context too. */
struct tpk_view {
    const tpk_study *study; /* borrowed */
    tpk_plan plan;          /* the study's, but for `criteria`: an owned copy with the weights of the view */
    tpk_worker *worker;
    tpk_evaluator *evaluator; /* NULL: none yet, or the last one failed */
    char *crs;                /* owned; as the caller wrote it; NULL: the study's own */
    tpk_transform *transform; /* NULL: none is needed */
    double tolerance_m;       /* how far a point of a window may be off; 0: not at all */

    /* Room for the results of one block. */
    float *score;
    uint8_t *cell_class, *limiting;
    uint32_t *reasons, *unjudged;
    double *xy, *x, *y;
    double **values, **memberships; /* n_criteria arrays each, in `scratch`; NULL until they are wanted */
    double *scratch;
};

/* ---- life ---- */

void tpk_view_free(tpk_view *v)
{
    if (!v) return;
    tpk_evaluator_free(v->evaluator);
    tpk_transform_free(v->transform);
    tpk_worker_free(v->worker);
    void *const blocks[] = {v->plan.criteria, v->crs, v->score, v->cell_class, v->limiting, v->reasons,
                            v->unjudged,      v->xy,  v->x,     v->y,          v->values,   v->memberships,
                            v->scratch,       v};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
}

static bool allocate_results(tpk_view *v)
{
    v->score = tpk_alloc(BLOCK_POINTS, sizeof *v->score);
    v->cell_class = tpk_alloc(BLOCK_POINTS, 1);
    v->limiting = tpk_alloc(BLOCK_POINTS, 1);
    v->reasons = tpk_alloc(BLOCK_POINTS, sizeof *v->reasons);
    v->unjudged = tpk_alloc(BLOCK_POINTS, sizeof *v->unjudged);
    v->xy = tpk_alloc(2 * BLOCK_POINTS, sizeof *v->xy);
    v->x = tpk_alloc(BLOCK_POINTS, sizeof *v->x);
    v->y = tpk_alloc(BLOCK_POINTS, sizeof *v->y);
    return v->score && v->cell_class && v->limiting && v->reasons && v->unjudged && v->xy && v->x && v->y;
}

static bool allocate_details(tpk_view *v)
{
    size_t n_criteria = v->plan.n_criteria;
    v->values = tpk_alloc(n_criteria, sizeof *v->values);
    v->memberships = tpk_alloc(n_criteria, sizeof *v->memberships);
    v->scratch = tpk_alloc(2 * n_criteria * BLOCK_POINTS, sizeof *v->scratch);
    if (!v->values || !v->memberships || !v->scratch) {
        tpk_free(v->values);
        tpk_free(v->memberships);
        tpk_free(v->scratch);
        v->values = v->memberships = NULL;
        v->scratch = NULL;
        return false;
    }
    for (size_t k = 0; k < n_criteria; k++) {
        v->values[k] = v->scratch + 2 * k * BLOCK_POINTS;
        v->memberships[k] = v->scratch + (2 * k + 1) * BLOCK_POINTS;
    }
    return true;
}

/* The transformation from `text` to the study's CRS; *transform stays NULL when none is needed. */
static tpk_status find_way(const tpk_view *v, const char *text, tpk_transform **transform, tpk_err *err)
{
    tpk_crs *from = NULL, *to = NULL;
    *transform = NULL;
    if (!text) return TPK_OK;
    /* The study's own objects belong to its thread: its CRS is made once more, from the same words. */
    tpk_status status = tpk_crs_new(v->worker, v->study->project->grid.crs, &to, err);
    if (status == TPK_OK) status = tpk_crs_new(v->worker, text, &from, err);
    if (status == TPK_OK && !tpk_crs_is_same(from, to))
        status = tpk_transform_new(v->worker, from, to, v->study->lonlat, transform, err);
    tpk_crs_free(from);
    tpk_crs_free(to);
    return status;
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

tpk_status tpk_view_set_crs(tpk_view *v, const char *crs, tpk_err *err)
{
    if (is_same_text(v->crs, crs)) return TPK_OK;
    char *kept = crs ? tpk_strdup(crs) : NULL;
    if (crs && !kept) return tpk_err_memory(err);
    tpk_transform *transform;
    tpk_status status = find_way(v, crs, &transform, err);
    if (status != TPK_OK) {
        tpk_free(kept);
        return status;
    }
    tpk_transform_free(v->transform);
    tpk_free(v->crs);
    v->transform = transform;
    v->crs = kept;
    return TPK_OK;
}

static tpk_status check_weights(const tpk_plan *plan, const double *weights, double *sum, tpk_err *err)
{
    *sum = 0;
    for (size_t k = 0; k < plan->n_criteria; k++) {
        if (!(weights[k] >= 0) || !isfinite(weights[k]))
            return tpk_err_set(err, TPK_ERR_ARGUMENT,
                               _("weight %g of criterion '%s': allowed are finite numbers of 0 or more"),
                               weights[k], plan->criteria[k].spec->id);
        *sum += weights[k];
    }
    if (*sum > 0 && isfinite(*sum)) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_ARGUMENT,
                       _("the weights sum to %g: their sum must be finite and more than 0"), *sum);
}

tpk_status tpk_view_set_weights(tpk_view *v, const double *weights, tpk_err *err)
{
    if (!v) return tpk_null_argument("view", err);
    double sum = 1;
    tpk_status status = weights ? check_weights(&v->plan, weights, &sum, err) : TPK_OK;
    if (status != TPK_OK) return status;
    for (size_t k = 0; k < v->plan.n_criteria; k++)
        v->plan.criteria[k].weight = weights ? weights[k] / sum : v->study->plan->criteria[k].weight;
    return TPK_OK;
}

tpk_status tpk_view_set_tolerance(tpk_view *v, double tolerance_m, tpk_err *err)
{
    if (!v) return tpk_null_argument("view", err);
    if (!(tolerance_m >= 0) || !isfinite(tolerance_m))
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("tolerance %g m: allowed are finite numbers of 0 or more"), tolerance_m);
    v->tolerance_m = tolerance_m;
    return TPK_OK;
}

static tpk_status prepare(tpk_view *v, const char *crs, const double *weights, tpk_err *err)
{
    const tpk_plan *plan = v->study->plan;
    v->plan = *plan;
    v->plan.criteria = tpk_alloc(plan->n_criteria, sizeof *plan->criteria);
    if (!v->plan.criteria || !allocate_results(v)) return tpk_err_memory(err);
    memcpy(v->plan.criteria, plan->criteria, plan->n_criteria * sizeof *plan->criteria);
    tpk_status status = tpk_view_set_weights(v, weights, err);
    if (status == TPK_OK) status = tpk_worker_new(&v->worker, err);
    return status == TPK_OK ? tpk_view_set_crs(v, crs, err) : status;
}

tpk_status tpk_view_new(const tpk_study *study, const char *crs, const double *weights, tpk_view **view,
                        tpk_err *err)
{
    if (!view) return tpk_null_argument("view", err);
    *view = NULL;
    if (!study) return tpk_null_argument("study", err);
    tpk_view *v = tpk_zalloc(1, sizeof *v);
    if (!v) return tpk_err_memory(err);
    v->study = study;
    tpk_status status = prepare(v, crs, weights, err);
    if (status != TPK_OK) {
        tpk_view_free(v);
        return status;
    }
    *view = v;
    return TPK_OK;
}

static tpk_status make_ready(tpk_view *v, bool detailed, tpk_err *err)
{
    if (detailed && !v->scratch && !allocate_details(v)) return tpk_err_memory(err);
    return v->evaluator ? TPK_OK : tpk_evaluator_new(&v->plan, BLOCK_POINTS, &v->evaluator, err);
}

/* ---- evaluating ---- */

/* The points in v->xy, already in the plan's CRS, apart; one that could not be transformed is NaN. */
static void part_points(tpk_view *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool fine = isfinite(v->xy[2 * i]) && isfinite(v->xy[2 * i + 1]);
        v->x[i] = fine ? v->xy[2 * i] : (double)NAN;
        v->y[i] = fine ? v->xy[2 * i + 1] : (double)NAN;
    }
}

static void transform_points(tpk_view *v, size_t n)
{
    if (v->transform) tpk_transform_forward(v->transform, v->xy, (int64_t)n, NULL);
}

/* A point that is nowhere is outside; so is one beyond the grid where no study area bounds the study. */
static void cut_outside(tpk_view *v, size_t n)
{
    tpk_box box =
        v->plan.area ? (tpk_box){-HUGE_VAL, -HUGE_VAL, HUGE_VAL, HUGE_VAL} : tpk_grid_box(&v->plan.grid);
    for (size_t i = 0; i < n; i++) {
        if (v->x[i] >= box.x_min && v->x[i] < box.x_max && v->y[i] > box.y_min && v->y[i] <= box.y_max)
            continue;
        v->score[i] = NAN;
        v->cell_class[i] = TPK_CELL_OUTSIDE;
        v->reasons[i] = v->unjudged[i] = 0;
        v->limiting[i] = TPK_LIMITING_NOT_SCORED;
    }
}

/* Where a block's row r lies in the caller's arrays: `first + r * stride`. */
typedef struct target {
    size_t first, stride, total;
} target;

static void copy_rows(const tpk_view *v, int32_t n_rows, int32_t n_cols, target t, const tpk_results *results)
{
    size_t n = (size_t)n_cols;
    for (int32_t row = 0; row < n_rows; row++) {
        size_t to = t.first + (size_t)row * t.stride, from = (size_t)row * n;
        if (results->score) memcpy(results->score + to, v->score + from, n * sizeof *v->score);
        if (results->point_class) memcpy(results->point_class + to, v->cell_class + from, n);
        if (results->reasons) memcpy(results->reasons + to, v->reasons + from, n * sizeof *v->reasons);
        if (results->unjudged) memcpy(results->unjudged + to, v->unjudged + from, n * sizeof *v->unjudged);
        if (results->limiting) memcpy(results->limiting + to, v->limiting + from, n);
        for (size_t k = 0; k < v->plan.n_criteria; k++) {
            size_t to_k = k * t.total + to;
            if (results->values) memcpy(results->values + to_k, v->values[k] + from, n * sizeof(double));
            if (results->memberships)
                memcpy(results->memberships + to_k, v->memberships[k] + from, n * sizeof(double));
        }
    }
}

/* What of a point is wanted besides score, class and reasons. */
typedef struct extras {
    bool details, limiting, unjudged;
} extras;

/* Evaluates the points of a block into the view's own arrays. */
static tpk_status evaluate(tpk_view *v, const tpk_block *block, extras wanted, tpk_err *err)
{
    if (tpk_cancelled(&v->study->control))
        return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped on request"));
    tpk_evaluation out = {.score = v->score,
                          .cell_class = v->cell_class,
                          .reasons = v->reasons,
                          .unjudged = wanted.unjudged ? v->unjudged : NULL,
                          .limiting = wanted.limiting ? v->limiting : NULL,
                          .values = wanted.details ? v->values : NULL,
                          .membership = wanted.details ? v->memberships : NULL};
    tpk_status status = tpk_evaluate(v->evaluator, block, &out, err);
    if (status != TPK_OK) {
        /* What a source was in the middle of is no ground to go on from. */
        tpk_evaluator_free(v->evaluator);
        v->evaluator = NULL;
    }
    return status;
}

/* Evaluates the n_rows x n_cols points in v->xy. */
static tpk_status evaluate_block(tpk_view *v, int32_t n_rows, int32_t n_cols, target t,
                                 const tpk_results *results, tpk_err *err)
{
    size_t n = (size_t)n_rows * (size_t)n_cols;
    part_points(v, n);
    tpk_block block = {.n_rows = n_rows, .n_cols = n_cols, .x = v->x, .y = v->y, .cell_m = v->plan.cell_m};
    extras wanted = {results->values || results->memberships, results->limiting, results->unjudged};
    tpk_status status = evaluate(v, &block, wanted, err);
    if (status != TPK_OK) return status;
    cut_outside(v, n);
    copy_rows(v, n_rows, n_cols, t, results);
    return TPK_OK;
}

tpk_status tpk_view_cells(tpk_view *v, tpk_window window, tpk_zonal_tile *tile, tpk_err *err)
{
    tpk_status status = make_ready(v, true, err);
    if (status != TPK_OK) return status;
    tpk_window_lattice(&v->plan.grid, window, v->x, v->y);
    tpk_block block = {.n_rows = window.n_rows,
                       .n_cols = window.n_cols,
                       .lattice = true,
                       .x = v->x,
                       .y = v->y,
                       .cell_m = v->plan.cell_m};
    *tile = (tpk_zonal_tile){.window = window,
                             .score = v->score,
                             .cell_class = v->cell_class,
                             .reasons = v->reasons,
                             .limiting = v->limiting,
                             .values = (const double *const *)v->values,
                             .membership = (const double *const *)v->memberships};
    return evaluate(v, &block, (extras){.details = true, .limiting = true}, err);
}

bool tpk_view_reaches(const tpk_view *v, double x, double y)
{
    static const double LEAST_M = 100e3;
    double xy[2] = {x, y};
    tpk_box box = tpk_grid_box(&v->plan.grid);
    double far_m = fmax(LEAST_M, fmax(box.x_max - box.x_min, box.y_max - box.y_min));
    if (v->transform) tpk_transform_forward(v->transform, xy, 1, NULL);
    return xy[0] > box.x_min - far_m && xy[0] < box.x_max + far_m && xy[1] > box.y_min - far_m &&
           xy[1] < box.y_max + far_m;
}

const tpk_plan *tpk_view_plan(const tpk_view *v)
{
    return &v->plan;
}

const tpk_study *tpk_view_study(const tpk_view *v)
{
    return v->study;
}

const char *tpk_view_crs(const tpk_view *v)
{
    return v->crs ? v->crs : tpk_study_crs(v->study);
}

tpk_status tpk_view_points(tpk_view *v, const double *xy, size_t n, const tpk_results *results, tpk_err *err)
{
    if (!v) return tpk_null_argument("view", err);
    if (!results) return tpk_null_argument("results", err);
    if (!xy && n > 0) return tpk_null_argument("xy", err);
    tpk_status status = make_ready(v, results->values || results->memberships, err);
    for (size_t first = 0; first < n && status == TPK_OK; first += BLOCK_POINTS) {
        size_t count = n - first < BLOCK_POINTS ? n - first : BLOCK_POINTS;
        memcpy(v->xy, xy + 2 * first, 2 * count * sizeof *xy);
        transform_points(v, count);
        status = evaluate_block(v, 1, (int32_t)count, (target){first, count, n}, results, err);
    }
    return status;
}

/* The pixel centres of a part of a window into v->xy, in the plan's CRS. */
static void place_window(tpk_view *v, const double origin[2], const double step[2], tpk_window part)
{
    int32_t cols = part.n_cols, n = part.n_rows * cols;
    const double first[2] = {origin[0] + (part.col0 + 0.5) * step[0],
                             origin[1] - (part.row0 + 0.5) * step[1]};
    if (v->transform && v->tolerance_m > 0 &&
        tpk_mesh_transform(v->transform, first, step, part.n_rows, cols, v->tolerance_m, v->xy))
        return;
    for (int32_t i = 0; i < n; i++) {
        v->xy[2 * i] = origin[0] + ((double)part.col0 + i % cols + 0.5) * step[0];
        v->xy[2 * i + 1] = origin[1] - ((double)part.row0 + i / cols + 0.5) * step[1];
    }
    transform_points(v, (size_t)n);
}

static tpk_status evaluate_window(tpk_view *v, const double origin[2], const double step[2], int32_t n_rows,
                                  int32_t n_cols, const tpk_results *results, tpk_err *err)
{
    size_t total = (size_t)n_rows * (size_t)n_cols;
    for (int32_t row0 = 0; row0 < n_rows; row0 += BLOCK_SIDE) {
        for (int32_t col0 = 0; col0 < n_cols; col0 += BLOCK_SIDE) {
            int32_t rows = n_rows - row0 < BLOCK_SIDE ? n_rows - row0 : BLOCK_SIDE;
            int32_t cols = n_cols - col0 < BLOCK_SIDE ? n_cols - col0 : BLOCK_SIDE;
            place_window(v, origin, step, (tpk_window){row0, col0, rows, cols});
            target t = {(size_t)row0 * (size_t)n_cols + (size_t)col0, (size_t)n_cols, total};
            tpk_status status = evaluate_block(v, rows, cols, t, results, err);
            if (status != TPK_OK) return status;
        }
    }
    return TPK_OK;
}

tpk_status tpk_view_window(tpk_view *v, double x0, double y0, double dx, double dy, int32_t n_rows,
                           int32_t n_cols, const tpk_results *results, tpk_err *err)
{
    if (!v) return tpk_null_argument("view", err);
    if (!results) return tpk_null_argument("results", err);
    if (!(dx > 0) || !(dy > 0) || !isfinite(x0) || !isfinite(y0) || !isfinite(dx) || !isfinite(dy) ||
        n_rows < 1 || n_cols < 1) {
        return tpk_err_set(
            err, TPK_ERR_ARGUMENT,
            _("window of %d x %d pixels of %g x %g at (%g, %g): sizes must be positive and finite"), n_rows,
            n_cols, dx, dy, x0, y0);
    }
    tpk_status status = make_ready(v, results->values || results->memberships, err);
    if (status != TPK_OK) return status;
    return evaluate_window(v, (double[2]){x0, y0}, (double[2]){dx, dy}, n_rows, n_cols, results, err);
}
