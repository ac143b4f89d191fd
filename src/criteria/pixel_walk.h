/* From a block of sample points to windows of a raster: which pixels to read for which points, in pieces that
 * fit in memory. */
#ifndef TPK_CRITERIA_PIXEL_WALK_H
#define TPK_CRITERIA_PIXEL_WALK_H

#include <stddef.h>

#include "criteria/patch.h"
#include "criteria/pixel_map.h"

/* Pixels read at once, at most (16 MB as double); only a single point's footprint can be larger. */
enum { TPK_MOST_PIXELS = 2 * 1024 * 1024 };

/* Places of a block's points in pixels; scratch of one thread. Initialise with {0}. */
typedef struct tpk_located {
    const tpk_block *block; /* borrowed for one evaluation */
    bool lattice;           /* (r, c) is at (px[c], py[r]); else row-major */
    double *px, *py;        /* owned */
    tpk_box *footprints;    /* owned; row-major; meaningful when with_footprints */
    bool with_footprints;
    size_t px_capacity, py_capacity, footprint_capacity;
} tpk_located;

/* Locates the points of block that are needed; the others become NaN where they have a place of their own.
 * TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_located_fill(tpk_located *located, tpk_pixel_mapper *mapper,
                                           const tpk_block *block, bool with_footprints, tpk_err *err);
void tpk_located_clear(tpk_located *located); /* safe twice */

static inline double tpk_located_x(const tpk_located *located, int32_t row, int32_t col)
{
    return located->px[located->lattice ? (int64_t)col : (int64_t)row * located->block->n_cols + col];
}
static inline double tpk_located_y(const tpk_located *located, int32_t row, int32_t col)
{
    return located->py[located->lattice ? (int64_t)row : (int64_t)row * located->block->n_cols + col];
}

/* Is the value at (row, col) wanted? */
static inline bool tpk_leaf_needed(const tpk_block *block, int32_t row, int32_t col)
{
    int32_t stride = (block->n_cols + TPK_LEAF - 1) / TPK_LEAF;
    return !block->need || block->need[(int64_t)(row / TPK_LEAF) * stride + col / TPK_LEAF];
}

/* The next run of wanted values of a row, in columns from *first (moved to it) up to the one returned, before
 * end; nothing is left when both are end. */
static inline int32_t tpk_needed_run(const tpk_block *block, int32_t row, int32_t *first, int32_t end)
{
    int32_t c = *first;
    while (c < end && !tpk_leaf_needed(block, row, c)) c += TPK_LEAF - c % TPK_LEAF;
    *first = c < end ? c : end;
    while (c < end && tpk_leaf_needed(block, row, c)) c += TPK_LEAF - c % TPK_LEAF;
    return c < end ? c : end;
}

/* Called for one patch; window: the pixels it needs, within the raster, not empty. More than TPK_MOST_PIXELS
 * only for a patch of one point. */
typedef tpk_status tpk_pixel_visit(void *user, const tpk_patch *patch, tpk_window window, tpk_err *err);

/* Visits patches that together hold all needed points that lie on the raster; the others get NaN in values.
 * reach: pixels needed around the one that holds a point, or around its footprint. First failure ends the
 * walk. */
TPK_MUST_CHECK tpk_status tpk_pixel_walk(const tpk_located *located, const tpk_pixel_map *map, int reach,
                                         tpk_pixel_visit *visit, void *user, double *values, tpk_err *err);

#endif
