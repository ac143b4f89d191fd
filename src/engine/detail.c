#include "engine/detail.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "engine/places.h"
#include "engine/tiles.h"

enum { SIDE = TPK_DETAIL_SIDE, POINTS = TPK_DETAIL_POINTS };

/* What one thread owns. */
typedef struct hand {
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
    const tpk_control *control;
    tpk_tiling tiling; /* of the window */
    hand *hands;       /* one a thread */
    atomic_llong next_tile;
    atomic_bool stop;

    omp_lock_t lock; /* guards what follows */
    int64_t cells_done;
    int64_t failed_tile;
    tpk_status status;
    tpk_err first_err;
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

static tpk_status do_tile(const crew *c, hand *h, tpk_window window, tpk_err *err)
{
    const tpk_detail_job *job = c->job;
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

static void report_failure(crew *c, int64_t tile, tpk_status status, const tpk_err *err)
{
    omp_set_lock(&c->lock);
    if (c->status == TPK_OK || tile < c->failed_tile) {
        c->status = status;
        c->failed_tile = tile;
        c->first_err = *err;
    }
    omp_unset_lock(&c->lock);
    atomic_store(&c->stop, true);
}

static void report_tile(crew *c, tpk_window window)
{
    omp_set_lock(&c->lock);
    c->cells_done += (int64_t)window.n_rows * window.n_cols;
    tpk_progress(c->control, c->job->stage, c->cells_done, tpk_grid_n_cells(&c->tiling.grid), _("cells"));
    omp_unset_lock(&c->lock);
}

static void work(crew *c, hand *h)
{
    int64_t n_tiles = tpk_tiling_count(&c->tiling);
    while (!atomic_load_explicit(&c->stop, memory_order_relaxed)) {
        int64_t tile = atomic_fetch_add(&c->next_tile, 1);
        if (tile >= n_tiles) return;
        tpk_err err = {0};
        tpk_window window = tpk_tiling_window(&c->tiling, tile);
        window.row0 += c->job->window.row0;
        window.col0 += c->job->window.col0;
        tpk_status status = tpk_cancelled(c->control)
                                ? tpk_err_set(&err, TPK_ERR_CANCELLED, "%s", _("stopped on request"))
                                : do_tile(c, h, window, &err);
        if (status != TPK_OK) {
            report_failure(c, tile, status, &err);
            return;
        }
        report_tile(c, window);
    }
}

static int count_threads(const crew *c)
{
    int wanted = c->job->n_threads > 0 ? c->job->n_threads : omp_get_num_procs();
    int64_t n_tiles = tpk_tiling_count(&c->tiling);
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
    for (int i = 0; i < n_threads && status == TPK_OK; i++) status = hand_init(&c->hands[i], c, err);
    if (status == TPK_OK) {
#pragma omp parallel for schedule(static, 1) num_threads(n_threads)
        for (int i = 0; i < n_threads; i++) work(c, &c->hands[i]);
        if (c->status != TPK_OK) status = tpk_err_set(err, c->status, "%s", c->first_err.message);
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
    crew c = {.plan = plan, .job = job, .control = control, .tiling = tpk_tiling_of(&shape, SIDE)};
    omp_init_lock(&c.lock);
    tpk_status status = run_crew(&c, count_threads(&c), err);
    omp_destroy_lock(&c.lock);
    return status;
}
