/* What the cells under a polygon weigh: the exact share of each that the polygon covers, and its true area on
 * the ellipsoid at the cell's centre. */
#ifndef TPK_ZONES_COVER_H
#define TPK_ZONES_COVER_H

#include "geo/area.h"
#include "geo/crs.h"
#include "geo/geom.h"
#include "geo/grid.h"
#include "zones/row_sum.h"

typedef struct tpk_cover {
    tpk_geom geom;       /* borrowed */
    tpk_window window;   /* its box's cells, inside the grid; empty without parts */
    tpk_map_area *area;  /* owned; NULL: no parts */
    double area_ha;      /* of the whole polygon */
    double units_per_m2; /* weight of a map unit squared, over its true m2 */
    tpk_int128 off_grid; /* weight of what lies beyond the grid */
} tpk_cover;

/* geom: a valid polygon in the grid's CRS, borrowed until tpk_cover_clear. crs is asked during this call
 * only. TPK_ERR_CRS where the CRS has no areal scale. */
TPK_MUST_CHECK tpk_status tpk_cover_init(tpk_cover *cover, const tpk_grid *grid, tpk_crs *crs, tpk_geom geom,
                                         tpk_err *err);
void tpk_cover_clear(tpk_cover *cover); /* safe twice */

/* Neighbouring cells of one row, from the first to the last that the polygon covers. */
typedef struct tpk_strip {
    int n;
    int64_t first; /* place of the first in the tile's arrays */
    double weight[TPK_ROW_MAX], score[TPK_ROW_MAX];
    double x[TPK_ROW_MAX], density[TPK_ROW_MAX];
} tpk_strip;

/* The weights (zones/row_sum.h; 1 is one cell where the map is as large as at the polygon's middle) of
 * n <= TPK_ROW_MAX cells from (row, col) on, whose shares were asked of tpk_coverage and whose places in the
 * tile count from `first`. The strip is empty when the polygon covers none of them; less than 2^-31 of a
 * cell counts as none. */
void tpk_cover_weigh(const tpk_cover *cover, const tpk_grid *grid, int32_t row, int32_t col, int n,
                     const double *share, int64_t first, tpk_strip *strip);

#endif
