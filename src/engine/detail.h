/* A plan in detail over any grid: memberships and values for every criterion, reasons, what is unknown; for
 * maps in another CRS and for tables of cells. Tiles over all cores, through the one function of position. */
#ifndef TPK_ENGINE_DETAIL_H
#define TPK_ENGINE_DETAIL_H

#include "base/progress.h"
#include "engine/evaluate.h"

enum { TPK_DETAIL_SIDE = 128, TPK_DETAIL_POINTS = TPK_DETAIL_SIDE * TPK_DETAIL_SIDE };

/* Arrays are row-major over the window, borrowed for the call. Of a cell of class OUTSIDE only the class
 * tells. */
typedef struct tpk_detail_tile {
    tpk_window window; /* at most TPK_DETAIL_SIDE a side */
    const uint8_t *cell_class;
    const uint32_t *reasons;
    const uint8_t *constraint_unknown; /* see tpk_evaluation */
    const double *const *membership;   /* n_criteria arrays; NaN unknown */
    const double *const *values;       /* likewise; NULL unless with_values */
} tpk_detail_tile;

typedef struct tpk_detail_job {
    const tpk_grid *grid; /* borrowed, as all */
    tpk_window window;    /* the part of the grid that is wanted */
    const tpk_crs *crs;   /* the grid's; NULL: the plan's own */
    tpk_box lonlat;       /* the study's place, for the way between them */
    bool with_values;     /* exact values too */
    int n_threads;        /* at most; <= 0: all cores */
    size_t memory_bytes;  /* for the tiles of all threads, roughly; at least one thread works */
    const char *stage;    /* of the progress, translated */
    /* Called by many threads at a time, once for every tile, in any order. */
    tpk_status (*write)(void *state, const tpk_detail_tile *tile, tpk_err *err);
    void *state;
} tpk_detail_job;

/* Points are the centres of the grid's cells, samples have the footprint of the plan's own cell. A tile's
 * results do not depend on the window, the threads, or one another: places come from one polynomial a tile,
 * which keeps to PROJ within a millimetre, or from PROJ itself where none does. A point that has no place in
 * the plan's CRS, or lies beyond the grid of a plan without study area, is outside. Of several failures that
 * of the first tile is told. TPK_ERR_CRS when there is no way, TPK_ERR_CANCELLED, TPK_ERR_MEMORY, errors of
 * sources and of write. */
TPK_MUST_CHECK tpk_status tpk_detail_run(const tpk_plan *plan, const tpk_detail_job *job,
                                         const tpk_control *control, tpk_err *err);

#endif
