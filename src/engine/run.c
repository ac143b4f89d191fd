#include "engine/run.h"

#include <math.h>
#include <omp.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "engine/crew.h"

enum { DEFAULT_SIDE = 256, SMALLEST_SIDE = 32 };

/* What the threads share. */
typedef struct crew {
    const tpk_plan *plan;
    const tpk_zonal *zonal;
    const tpk_sink *sinks;
    size_t n_sinks;
    bool with_limiting;
    tpk_crew tiles; /* its lock guards what follows, too */
    double sink_seconds, busy_seconds;
} crew;

/* What one thread owns. */
typedef struct hand {
    const crew *crew;
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

/* ---- one thread's things ---- */

static size_t n_raster_layers(const tpk_params *params)
{
    size_t n = 0;
    for (size_t i = 0; params->kind && i < params->kind->n_params; i++)
        n += params->kind->params[i].type == TPK_PARAM_RASTER;
    return n;
}

/* Sources that read pixels keep for each point its place and footprint in pixels, and a window of pixels
 * (double, a few a point, never more than 16 MB: TPK_MOST_PIXELS of criteria/pixel_walk.h). Roughly: how many
 * pixels a point needs is the raster's matter. */
static size_t reader_bytes(const tpk_plan *plan, size_t n)
{
    const size_t most_pixels = (size_t)16 << 20, pixels = 4 * sizeof(double) * n;
    size_t n_readers = 0;
    for (size_t k = 0; k < plan->n_criteria; k++)
        n_readers += n_raster_layers(&plan->criteria[k].spec->source);
    for (size_t k = 0; k < plan->n_constraints; k++) {
        if (plan->constraints[k].source) n_readers += n_raster_layers(&plan->constraints[k].spec->source);
    }
    return n_readers *
           (n * (2 * sizeof(double) + sizeof(tpk_box)) + (pixels < most_pixels ? pixels : most_pixels));
}

/* Everything that grows with the tile; a sink may hold a copy of one array. */
static size_t hand_bytes(const tpk_plan *plan, bool with_zones, int32_t side)
{
    size_t n = (size_t)side * (size_t)side;
    size_t zones = with_zones ? 2 * plan->n_criteria * n * sizeof(double) : 0;
    size_t results = n * (sizeof(float) + sizeof(uint32_t) + 2), copy = n * sizeof(uint32_t);
    return tpk_evaluator_bytes(plan, n) + results + copy + zones + reader_bytes(plan, n);
}

static void hand_clear(hand *h)
{
    tpk_evaluator_free(h->evaluator);
    tpk_zonal_acc_free(h->sums);
    void *const blocks[] = {h->x,       h->y,      h->score,      h->cell_class,  h->limiting,
                            h->reasons, h->values, h->membership, h->zone_scratch};
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
    size_t side = (size_t)c->tiles.tiling.side, n = side * side;
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
    double start_s = tpk_now_seconds();
    for (size_t s = 0; s < c->n_sinks && status == TPK_OK; s++)
        status = c->sinks[s].write(c->sinks[s].state, &tile, err);
    h->sink_seconds += tpk_now_seconds() - start_s;
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

static tpk_status do_tile(void *user, tpk_window window, tpk_err *err)
{
    hand *h = user;
    const crew *c = h->crew;
    tpk_window_lattice(&c->tiles.tiling.grid, window, h->x, h->y);
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

/* Sums are exact, so merging in thread order gives the same bits as merging in tile order. */
static void join(crew *c, hand *h, double busy_s, tpk_zonal_acc **zone_sums)
{
    omp_set_lock(&c->tiles.lock);
    c->sink_seconds += h->sink_seconds;
    c->busy_seconds += busy_s;
    if (h->sums && !*zone_sums) {
        *zone_sums = h->sums;
        h->sums = NULL;
    } else if (h->sums) {
        tpk_zonal_merge(*zone_sums, h->sums);
    }
    omp_unset_lock(&c->tiles.lock);
}

static void run_crew(crew *c, int n_threads, tpk_zonal_acc **zone_sums)
{
#pragma omp parallel num_threads(n_threads)
    {
        hand h = {.crew = c};
        tpk_err err = {0};
        double start_s = tpk_now_seconds();
        tpk_status status = hand_init(&h, c, &err);
        if (status == TPK_OK) {
            tpk_crew_work(&c->tiles, do_tile, &h);
            join(c, &h, tpk_now_seconds() - start_s, zone_sums);
        } else {
            tpk_crew_fail(&c->tiles, -1, status, &err);
        }
        hand_clear(&h);
    }
}

typedef struct crew_size {
    int n_threads;
    int32_t side;
} crew_size;

/* No more threads than tiles, and no tile beyond the grid. */
static void cut_to_grid(const tpk_grid *grid, int n_threads, crew_size *size)
{
    int32_t longer = grid->n_rows > grid->n_cols ? grid->n_rows : grid->n_cols;
    if (longer < size->side) size->side = (longer + TPK_LEAF - 1) / TPK_LEAF * TPK_LEAF;
    tpk_tiling tiling = tpk_tiling_of(grid, size->side);
    int64_t n_tiles = tpk_tiling_count(&tiling);
    size->n_threads = n_tiles < n_threads ? (int)n_tiles : n_threads;
}

static size_t crew_bytes(const tpk_plan *plan, bool with_zones, crew_size size)
{
    return hand_bytes(plan, with_zones, size.side) * (size_t)size.n_threads;
}

/* What fits the memory: first smaller tiles, then fewer threads. */
static tpk_status choose_size(const tpk_plan *plan, bool with_zones, const tpk_run_settings *settings,
                              crew_size *size, tpk_err *err)
{
    int n_threads = settings->n_threads > 0 ? settings->n_threads : omp_get_num_procs();
    size->side = settings->tile_side > 0 ? settings->tile_side : DEFAULT_SIDE;
    if (size->side % TPK_LEAF != 0) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("tile side %d is not a multiple of %d"), size->side,
                           TPK_LEAF);
    }
    cut_to_grid(&plan->grid, n_threads, size);
    if (settings->memory_bytes == 0) return TPK_OK;
    while (size->side > SMALLEST_SIDE && crew_bytes(plan, with_zones, *size) > settings->memory_bytes) {
        int32_t half = size->side / 2 / TPK_LEAF * TPK_LEAF;
        size->side = half > SMALLEST_SIDE ? half : SMALLEST_SIDE;
        cut_to_grid(&plan->grid, n_threads, size);
    }
    size_t each = hand_bytes(plan, with_zones, size->side), fitting = settings->memory_bytes / each;
    if (fitting == 0) {
        return tpk_err_set(
            err, TPK_ERR_LIMIT,
            _("a tile of %d x %d cells needs %zu kB of memory, %zu kB are allowed for tiles: allow more"),
            size->side, size->side, each / 1024 + 1, settings->memory_bytes / 1024);
    }
    if (fitting < (size_t)size->n_threads) size->n_threads = (int)fitting;
    return TPK_OK;
}

tpk_status tpk_engine_run(const tpk_plan *plan, const tpk_zonal *zonal, const tpk_sink *sinks, size_t n_sinks,
                          const tpk_run_settings *settings, const tpk_control *control,
                          tpk_zonal_acc **zone_sums, tpk_run_facts *facts, tpk_err *err)
{
    tpk_zonal_acc *sums = NULL;
    if (zone_sums) *zone_sums = NULL;
    crew_size size = {0};
    tpk_status status = choose_size(plan, zonal != NULL, settings, &size, err);
    if (status != TPK_OK) return status;

    crew c = {.plan = plan,
              .zonal = zonal,
              .sinks = sinks,
              .n_sinks = n_sinks,
              .with_limiting = settings->with_limiting};
    tpk_crew_init(&c.tiles, tpk_tiling_of(&plan->grid, size.side), _("computing"), control);
    run_crew(&c, size.n_threads, &sums);
    tpk_crew_clear(&c.tiles);
    if (facts) {
        *facts = (tpk_run_facts){.n_threads = size.n_threads,
                                 .tile_side = size.side,
                                 .n_tiles = tpk_tiling_count(&c.tiles.tiling),
                                 .scratch_bytes = crew_bytes(plan, zonal != NULL, size),
                                 .sink_seconds = c.sink_seconds,
                                 .busy_seconds = c.busy_seconds};
    }
    status = tpk_crew_status(&c.tiles, err);
    if (status != TPK_OK || !zone_sums) {
        tpk_zonal_acc_free(sums);
        return status;
    }
    *zone_sums = sums;
    return TPK_OK;
}
