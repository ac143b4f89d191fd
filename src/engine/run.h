/* Evaluating a plan over its grid: tiles over all cores, results to sinks and to the zones' sums. */
#ifndef TPK_ENGINE_RUN_H
#define TPK_ENGINE_RUN_H

#include "base/progress.h"
#include "engine/evaluate.h"
#include "zones/zonal.h"

/* What a sink receives; arrays are row-major over the window, borrowed for the call. */
typedef struct tpk_tile {
    tpk_window window;
    const float *score;
    const uint8_t *cell_class;
    const uint32_t *reasons;
    const uint8_t *limiting; /* NULL unless settings->with_limiting */
} tpk_tile;

/* Anything that takes tiles. `write` is called by many threads at a time, once for every window of the grid,
 * in any order. */
typedef struct tpk_sink {
    tpk_status (*write)(void *state, const tpk_tile *tile, tpk_err *err);
    void *state; /* borrowed */
} tpk_sink;

typedef struct tpk_run_settings {
    int n_threads; /* at most; <= 0: all cores. Fewer work when there are fewer tiles or memory for fewer */
    int32_t tile_side; /* cells, a multiple of 8, at most; <= 0: the default. Made smaller to fit the grid and
                          the memory */
    bool with_limiting;  /* some sink or the zones want it */
    size_t memory_bytes; /* for everything that grows with the tiles, of all threads together, roughly; 0: no
                            limit */
} tpk_run_settings;

typedef struct tpk_run_facts {
    int n_threads;     /* that worked */
    int32_t tile_side; /* that was used */
    int64_t n_tiles;
    size_t scratch_bytes;
    double sink_seconds; /* spent inside sinks, summed over threads */
    double busy_seconds; /* spent in all, summed over threads */
} tpk_run_facts;

/* zonal may be NULL; else *zone_sums receives the sums of all zones and the caller frees it with
 * tpk_zonal_acc_free. facts may be NULL. On an error (of the lowest tile that had one) or when cancelled
 * nothing is promised about what the sinks have seen. control->progress is called under a lock of this run
 * alone: other runs do not wait for it. TPK_ERR_ARGUMENT for a tile side that is no multiple of 8,
 * TPK_ERR_CANCELLED, TPK_ERR_LIMIT when memory_bytes is too small for one thread with the smallest tile (the
 * message says what is needed), errors of sources and sinks. */
TPK_MUST_CHECK tpk_status tpk_engine_run(const tpk_plan *plan, const tpk_zonal *zonal, const tpk_sink *sinks,
                                         size_t n_sinks, const tpk_run_settings *settings,
                                         const tpk_control *control, tpk_zonal_acc **zone_sums,
                                         tpk_run_facts *facts, tpk_err *err);

#endif
