#include "engine/run.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <time.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "engine/tiles.h"

enum { DEFAULT_SIDE = 256, SMALLEST_SIDE = 32 };

/* What the threads share. */
typedef struct crew {
    const tpk_plan *plan;
    const tpk_zonal *zonal;
    const tpk_sink *sinks;
    size_t n_sinks;
    const tpk_control *control;
    tpk_tiling tiling;
    bool with_limiting;
    atomic_llong next_tile;
    atomic_bool stop;

    /* Guarded by `critical (tpk_run)`. */
    int64_t tiles_done;
    int64_t failed_tile; /* the lowest that failed so far */
    tpk_status status;
    tpk_err first_err;
    double sink_seconds, busy_seconds;
} crew;

/* What one thread owns. */
typedef struct hand {
    tpk_evaluator *evaluator;
    tpk_zonal_acc *sums;
    double *x, *y;
    float *score;
    uint8_t *cell_class, *limiting;
    uint32_t *reasons;
    double **values, **membership; /* of all criteria, for tiles that a zone reaches into */
    double *zone_scratch;
    double sink_seconds;
} hand;

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- one thread's things ---- */

static size_t hand_bytes(const tpk_plan *plan, bool with_zones, int32_t side)
{
    size_t n = (size_t)side * (size_t)side;
    size_t zones = with_zones ? 2 * plan->n_criteria * n * sizeof(double) : 0;
    return tpk_evaluator_bytes(plan, n) + n * (sizeof(float) + sizeof(uint32_t) + 2) + zones;
}

static void hand_clear(hand *h)
{
    tpk_evaluator_free(h->evaluator);
    tpk_zonal_acc_free(h->sums);
    void *const blocks[] = {h->x, h->y, h->score, h->cell_class, h->limiting, h->reasons, h->values, h->membership, h->zone_scratch};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
    *h = (hand){0};
}

static bool hand_allocate_zones(hand *h, size_t n_criteria, size_t n)
{
    h->values = tpk_alloc(n_criteria, sizeof *h->values);
    h->membership = tpk_alloc(n_criteria, sizeof *h->membership);
    h->zone_scratch = tpk_alloc_aligned(2 * n_criteria * n, sizeof *h->zone_scratch);
    if (!h->values || !h->membership || !h->zone_scratch) return false;
    for (size_t k = 0; k < n_criteria; k++) {
        h->values[k] = h->zone_scratch + 2 * k * n;
        h->membership[k] = h->zone_scratch + (2 * k + 1) * n;
    }
    return true;
}

static tpk_status hand_init(hand *h, const crew *c, tpk_err *err)
{
    size_t side = (size_t)c->tiling.side, n = side * side;
    h->x = tpk_alloc(side, sizeof *h->x);
    h->y = tpk_alloc(side, sizeof *h->y);
    h->score = tpk_alloc_aligned(n, sizeof *h->score);
    h->cell_class = tpk_alloc_aligned(n, 1);
    h->limiting = tpk_alloc_aligned(n, 1);
    h->reasons = tpk_alloc_aligned(n, sizeof *h->reasons);
    if (!h->x || !h->y || !h->score || !h->cell_class || !h->limiting || !h->reasons ||
        (c->zonal && !hand_allocate_zones(h, c->plan->n_criteria, n))) {
        return tpk_err_memory(err);
    }
    tpk_status status = tpk_evaluator_new(c->plan, n, &h->evaluator, err);
    if (status == TPK_OK && c->zonal) status = tpk_zonal_acc_new(c->zonal, &h->sums, err);
    return status;
}

/* ---- one tile ---- */

static tpk_status give_to_sinks(const crew *c, hand *h, tpk_window window, tpk_err *err)
{
    tpk_tile tile = {window, h->score, h->cell_class, h->reasons, c->with_limiting ? h->limiting : NULL};
    tpk_status status = TPK_OK;
    double start_s = now_seconds();
    for (size_t s = 0; s < c->n_sinks && status == TPK_OK; s++) status = c->sinks[s].write(c->sinks[s].state, &tile, err);
    h->sink_seconds += now_seconds() - start_s;
    return status;
}

static tpk_status add_to_zones(hand *h, tpk_window window, tpk_err *err)
{
    tpk_zonal_tile tile = {.window = window,
                           .score = h->score,
                           .cell_class = h->cell_class,
                           .reasons = h->reasons,
                           .limiting = h->limiting,
                           .values = (const double *const *)h->values,
                           .membership = (const double *const *)h->membership};
    return tpk_zonal_add(h->sums, &tile, err);
}

static tpk_status do_tile(const crew *c, hand *h, tpk_window window, tpk_err *err)
{
    tpk_window_lattice(&c->tiling.grid, window, h->x, h->y);
    tpk_block block = {.n_rows = window.n_rows,
                       .n_cols = window.n_cols,
                       .lattice = true,
                       .x = h->x,
                       .y = h->y,
                       .cell_m = c->plan->cell_m};
    bool zoned = c->zonal && tpk_zonal_touches(c->zonal, window);
    tpk_evaluation out = {.score = h->score,
                          .cell_class = h->cell_class,
                          .reasons = h->reasons,
                          .limiting = c->with_limiting ? h->limiting : NULL,
                          .values = zoned ? h->values : NULL,
                          .membership = zoned ? h->membership : NULL};
    tpk_status status = tpk_evaluate(h->evaluator, &block, &out, err);
    if (status == TPK_OK && zoned) status = add_to_zones(h, window, err);
    return status == TPK_OK ? give_to_sinks(c, h, window, err) : status;
}

/* ---- the crew ---- */

static void report_failure(crew *c, int64_t tile, tpk_status status, const tpk_err *err)
{
#pragma omp critical(tpk_run)
    {
        if (c->status == TPK_OK || tile < c->failed_tile) {
            c->status = status;
            c->failed_tile = tile;
            c->first_err = *err;
        }
    }
    atomic_store(&c->stop, true);
}

static void report_tile(crew *c, tpk_window window)
{
#pragma omp critical(tpk_run)
    {
        c->tiles_done += (int64_t)window.n_rows * window.n_cols;
        tpk_progress(c->control, _("computing"), c->tiles_done, tpk_grid_n_cells(&c->tiling.grid), _("cells"));
    }
}

static void work(crew *c, hand *h)
{
    int64_t n_tiles = tpk_tiling_count(&c->tiling);
    while (!atomic_load_explicit(&c->stop, memory_order_relaxed)) {
        int64_t tile = atomic_fetch_add(&c->next_tile, 1);
        if (tile >= n_tiles) return;
        tpk_err err = {0};
        if (tpk_cancelled(c->control)) {
            report_failure(c, tile, tpk_err_set(&err, TPK_ERR_CANCELLED, "%s", _("stopped on request")), &err);
            return;
        }
        tpk_window window = tpk_tiling_window(&c->tiling, tile);
        tpk_status status = do_tile(c, h, window, &err);
        if (status != TPK_OK) {
            report_failure(c, tile, status, &err);
            return;
        }
        report_tile(c, window);
    }
}

/* Sums are exact, so merging in thread order gives the same bits as merging in tile order. */
static void join(crew *c, hand *h, double busy_s, tpk_zonal_acc **zone_sums)
{
#pragma omp critical(tpk_run)
    {
        c->sink_seconds += h->sink_seconds;
        c->busy_seconds += busy_s;
        if (h->sums && !*zone_sums) {
            *zone_sums = h->sums;
            h->sums = NULL;
        } else if (h->sums) {
            tpk_zonal_merge(*zone_sums, h->sums);
        }
    }
}

static void run_crew(crew *c, int n_threads, tpk_zonal_acc **zone_sums)
{
#pragma omp parallel num_threads(n_threads)
    {
        hand h = {0};
        tpk_err err = {0};
        double start_s = now_seconds();
        tpk_status status = hand_init(&h, c, &err);
        if (status == TPK_OK) {
            work(c, &h);
            join(c, &h, now_seconds() - start_s, zone_sums);
        } else {
            report_failure(c, -1, status, &err);
        }
        hand_clear(&h);
    }
}

/* The largest tile, no larger than the default, whose scratch fits. */
static tpk_status choose_side(const tpk_plan *plan, bool with_zones, const tpk_run_settings *settings, int n_threads, int32_t *side,
                              tpk_err *err)
{
    *side = settings->tile_side > 0 ? settings->tile_side : DEFAULT_SIDE;
    if (settings->memory_bytes == 0 || settings->tile_side > 0) return TPK_OK;
    while (*side > SMALLEST_SIDE && hand_bytes(plan, with_zones, *side) * (size_t)n_threads > settings->memory_bytes) *side /= 2;
    size_t needed = hand_bytes(plan, with_zones, *side) * (size_t)n_threads;
    if (needed <= settings->memory_bytes) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_LIMIT, _("the tiles of %d threads need %zu kB of memory, %zu kB are allowed: allow more or use fewer threads"),
                       n_threads, needed / 1024, settings->memory_bytes / 1024);
}

tpk_status tpk_engine_run(const tpk_plan *plan, const tpk_zonal *zonal, const tpk_sink *sinks, size_t n_sinks,
                          const tpk_run_settings *settings, const tpk_control *control, tpk_zonal_acc **zone_sums, tpk_run_facts *facts,
                          tpk_err *err)
{
    tpk_zonal_acc *sums = NULL;
    if (zone_sums) *zone_sums = NULL;
    int n_threads = settings->n_threads > 0 ? settings->n_threads : omp_get_num_procs();
    int32_t side;
    tpk_status status = choose_side(plan, zonal != NULL, settings, n_threads, &side, err);
    if (status != TPK_OK) return status;
    if (side % TPK_LEAF != 0) return tpk_err_set(err, TPK_ERR_ARGUMENT, _("tile side %d is not a multiple of %d"), side, TPK_LEAF);

    crew c = {.plan = plan, .zonal = zonal, .sinks = sinks, .n_sinks = n_sinks, .control = control, .with_limiting = settings->with_limiting, .tiling = tpk_tiling_of(&plan->grid, side)};
    run_crew(&c, n_threads, &sums);
    if (facts) {
        *facts = (tpk_run_facts){.n_threads = n_threads,
                                 .tile_side = side,
                                 .n_tiles = tpk_tiling_count(&c.tiling),
                                 .scratch_bytes = hand_bytes(plan, zonal != NULL, side) * (size_t)n_threads,
                                 .sink_seconds = c.sink_seconds,
                                 .busy_seconds = c.busy_seconds};
    }
    if (c.status != TPK_OK || !zone_sums) {
        tpk_zonal_acc_free(sums);
        return c.status == TPK_OK ? TPK_OK : tpk_err_set(err, c.status, "%s", c.first_err.message);
    }
    *zone_sums = sums;
    return TPK_OK;
}
