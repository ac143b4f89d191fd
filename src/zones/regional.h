/* Hectares of each class and the mean score of regions, from tiles: what zonal.h does for zones, without
 * their criteria, for regions that cover the whole map; and how well the regions make up the study area.
 *
 * Weights, sums and hectares are those of zonal.h: exact sums, the same bits for any tiles and threads. */
#ifndef TPK_ZONES_REGIONAL_H
#define TPK_ZONES_REGIONAL_H

#include <stddef.h>

#include "zones/class_sum.h"

typedef struct tpk_region_stats {
    double area_ha; /* on the ellipsoid, edges being straight lines on the map */
    /* By tpk_cell_class; sums to area_ha. OUTSIDE: outside the study area or the grid. */
    double class_ha[TPK_CELL_CLASS_COUNT];
    double score_mean; /* over the known part, excluded cells counting 0; NaN when nothing is known */
} tpk_region_stats;

/* How far the regions are from covering the study area once, cell by cell: what one cell has too much and too
 * little of is set off in that cell. Hectares at the regions' mean scale of the map. */
typedef struct tpk_region_fit {
    double
        twice_ha; /* covered by more than one region, each further one counting again; anywhere on the grid */
    double none_ha; /* of the study area in cells whose centre is inside it, covered by no region */
} tpk_region_fit;

typedef struct tpk_regional tpk_regional;

/* regions: n valid polygon geometries, area: the n_area polygons of the study area (0: all of the grid), both
 * in the grid's CRS, arrays and geometries borrowed until the regional is freed. crs is asked during this
 * call only. TPK_ERR_CRS, naming the region, where the CRS has no areal scale. Caller frees with
 * tpk_regional_free.
 */
TPK_MUST_CHECK tpk_status tpk_regional_new(const tpk_grid *grid, tpk_crs *crs, const tpk_geom *regions,
                                           size_t n, const tpk_geom *area, int64_t n_area,
                                           tpk_regional **regional, tpk_err *err);
void tpk_regional_free(tpk_regional *regional); /* NULL is allowed */

/* The results at the cells of a window, row-major: score (NaN where unknown or outside) and tpk_cell_class.
 * By many threads at a time; every cell of the grid exactly once. TPK_ERR_BUG for a class that does not
 * exist, TPK_ERR_MEMORY: nothing is promised about the sums then. */
TPK_MUST_CHECK tpk_status tpk_regional_add(tpk_regional *regional, tpk_window window, const float *score,
                                           const uint8_t *cell_class, tpk_err *err);

/* When every cell was added. stats: n regions. */
void tpk_regional_finish(const tpk_regional *regional, tpk_region_stats *stats, tpk_region_fit *fit);

#endif
