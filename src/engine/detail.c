#include "engine/detail.h"

#include <math.h>
#include <omp.h>

#include "base/mem.h"
#include "engine/crew.h"
#include "engine/places.h"

enum { SIDE = TPK_DETAIL_SIDE, POINTS = TPK_DETAIL_POINTS };

/* What one thread owns. */
typedef struct hand {
    struct crew *crew;
    tpk_worker *worker;
    tpk_transform *transform; /* NULL: the grid is in the plan's CRS */
    tpk_evaluator *evaluator;
    double *x, *y, *xy;
    float *score;
    uint8_t *cell_class, *constraint_unknown;
    uint32_t *reasons;
    double **values, **membership; /* n_criteria arrays each, in scratch */
    double *scratch;
} hand;

/* What the threads share. */
typedef struct crew {
    const tpk_plan *plan;
    const tpk_detail_job *job;
    tpk_crew tiles; /* of the window */
    hand *hands;    /* one a thread */
} crew;

static void hand_clear(hand *h)
{
    tpk_evaluator_free(h->evaluator);
    tpk_transform_free(h->transform);
    void *const blocks[] = {
        h->x,       h->y,      h->xy,         h->score,  h->cell_class, h->constraint_unknown,
        h->reasons, h->values, h->membership, h->scratch};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
    tpk_worker_free(h->worker);
}

static size_t hand_bytes(const tpk_plan *plan, const tpk_detail_job *job)
{
    size_t arrays = plan->n_criteria * (job->with_values ? 2 : 1) + 4;
    size_t leaf_boxes = POINTS / TPK_LEAF * sizeof(tpk_box);
    return tpk_evaluator_bytes(plan, POINTS) + POINTS * (arrays * sizeof(double) + 10) + leaf_boxes;
}

static bool allocate(hand *h, size_t n_criteria, bool with_values)
{
    size_t n_arrays = with_values ? 2 * n_criteria : n_criteria;
    h->x = tpk_alloc_aligned(POINTS, sizeof *h->x);
    h->y = tpk_alloc_aligned(POINTS, sizeof *h->y);
    h->xy = tpk_alloc_aligned((size_t)2 * POINTS, sizeof *h->xy);
    h->score = tpk_alloc_aligned(POINTS, sizeof *h->score);
    h->cell_class = tpk_alloc_aligned(POINTS, 1);
    h->constraint_unknown = tpk_alloc_aligned(POINTS, 1);
    h->reasons = tpk_alloc_aligned(POINTS, sizeof *h->reasons);
    h->membership = tpk_alloc(n_criteria, sizeof *h->membership);
    h->values = tpk_alloc(n_criteria, sizeof *h->values);
    h->scratch = tpk_zalloc(n_arrays * POINTS, sizeof *h->scratch); /* outside the area it stays as it is */
    if (!h->x || !h->y || !h->xy || !h->score || !h->cell_class || !h->constraint_unknown || !h->reasons ||
        !h->membership || !h->values || !h->scratch) {
        return false;
    }
    for (size_t k = 0; k < n_criteria; k++) {
        h->membership[k] = h->scratch + k * POINTS;
        h->values[k] = with_values ? h->scratch + (n_criteria + k) * POINTS : NULL;
    }
    return true;
}

static tpk_status hand_init(hand *h, const crew *c, tpk_err *err)
{
    if (!allocate(h, c->plan->n_criteria, c->job->with_values)) return tpk_err_memory(err);
    tpk_status status = tpk_evaluator_new(c->plan, POINTS, &h->evaluator, err);
    if (status != TPK_OK || !c->job->crs) return status;
    status = tpk_worker_new(&h->worker, err);
    if (status == TPK_OK)
        status = tpk_transform_new(h->worker, c->job->crs, c->plan->crs, c->job->lonlat, &h->transform, err);
    return status;
}

/* ---- one tile ---- */

static void cut_outside(const tpk_plan *plan, const hand *h, size_t n)
{
    tpk_box box =
        plan->area ? (tpk_box){-HUGE_VAL, -HUGE_VAL, HUGE_VAL, HUGE_VAL} : tpk_grid_box(&plan->grid);
    for (size_t i = 0; i < n; i++) {
        if (h->x[i] >= box.x_min && h->x[i] < box.x_max && h->y[i] > box.y_min && h->y[i] <= box.y_max)
            continue;
        h->cell_class[i] = TPK_CELL_OUTSIDE;
        h->reasons[i] = 0;
        h->constraint_unknown[i] = 0;
    }
}

static tpk_status do_tile(void *user, tpk_window window, tpk_err *err)
{
    hand *h = user;
    const crew *c = h->crew;
    const tpk_detail_job *job = c->job;
    window.row0 += job->window.row0;
    window.col0 += job->window.col0;
    size_t n = (size_t)window.n_rows * (size_t)window.n_cols;
    tpk_block block = {.n_rows = window.n_rows,
                       .n_cols = window.n_cols,
                       .lattice = !h->transform,
                       .x = h->x,
                       .y = h->y,
                       .cell_m = c->plan->cell_m};
    if (h->transform)
        tpk_places_find(h->transform, job->grid, window, h->xy, h->x, h->y);
    else
        tpk_window_lattice(job->grid, window, h->x, h->y);
    tpk_evaluation out = {.score = h->score,
                          .cell_class = h->cell_class,
                          .reasons = h->reasons,
                          .values = job->with_values ? h->values : NULL,
                          .membership = h->membership,
                          .only_inside = true,
                          .constraint_unknown = h->constraint_unknown};
    tpk_status status = tpk_evaluate(h->evaluator, &block, &out, err);
    if (status != TPK_OK) return status;
    if (h->transform) cut_outside(c->plan, h, n);
    tpk_detail_tile tile = {.window = window,
                            .cell_class = h->cell_class,
                            .reasons = h->reasons,
                            .constraint_unknown = h->constraint_unknown,
                            .membership = (const double *const *)h->membership,
                            .values = job->with_values ? (const double *const *)h->values : NULL};
    return job->write(job->state, &tile, err);
}

/* ---- the crew ---- */

static int count_threads(const crew *c)
{
    int wanted = c->job->n_threads > 0 ? c->job->n_threads : omp_get_num_procs();
    int64_t n_tiles = tpk_tiling_count(&c->tiles.tiling);
    size_t fitting = c->job->memory_bytes / hand_bytes(c->plan, c->job);
    if (n_tiles < wanted) wanted = (int)n_tiles;
    if (fitting < (size_t)wanted) wanted = (int)fitting;
    return wanted < 1 ? 1 : wanted;
}

/* Hands are made one after the other: making a transformation asks both CRS, which no two threads may. */
static tpk_status run_crew(crew *c, int n_threads, tpk_err *err)
{
    c->hands = tpk_zalloc((size_t)n_threads, sizeof *c->hands);
    tpk_status status = c->hands ? TPK_OK : tpk_err_memory(err);
    for (int i = 0; i < n_threads && status == TPK_OK; i++) {
        c->hands[i].crew = c;
        status = hand_init(&c->hands[i], c, err);
    }
    if (status == TPK_OK) {
#pragma omp parallel for schedule(static, 1) num_threads(n_threads)
        for (int i = 0; i < n_threads; i++) tpk_crew_work(&c->tiles, do_tile, &c->hands[i]);
        status = tpk_crew_status(&c->tiles, err);
    }
    for (int i = 0; c->hands && i < n_threads; i++) hand_clear(&c->hands[i]);
    tpk_free(c->hands);
    return status;
}

tpk_status tpk_detail_run(const tpk_plan *plan, const tpk_detail_job *job, const tpk_control *control,
                          tpk_err *err)
{
    if (job->window.n_rows < 1 || job->window.n_cols < 1) return TPK_OK;
    tpk_grid shape = {0, 0, 1, job->window.n_rows, job->window.n_cols};
    crew c = {.plan = plan, .job = job};
    tpk_crew_init(&c.tiles, tpk_tiling_of(&shape, SIDE), job->stage, control);
    tpk_status status = run_crew(&c, count_threads(&c), err);
    tpk_crew_clear(&c.tiles);
    return status;
}
