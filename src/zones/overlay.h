/* Zones against layers: the pieces, their measures, and the nearest feature. GEOS prepared geometries and an
 * STRtree, all cores.
 *
 * Hectares are tpk_map_area's (geo/area.h), which adds up without gaps: for a polygon layer without overlaps
 * the pieces and what remains of a zone make up the zone's area. */
#ifndef TPK_ZONES_OVERLAY_H
#define TPK_ZONES_OVERLAY_H

#include "base/progress.h"
#include "geo/crs.h"
#include "geo/geos.h"

/* A piece of a feature inside a zone. A line on the border or a point on it is inside; a feature that only
 * touches gives no piece, nor do slivers that rounding leaves along a shared border (below 1e-11 of the
 * zone's area, or 1e-6 m). */
typedef struct tpk_piece {
    int64_t zone, feature;
    tpk_geom_buffer geom; /* owned */
    double measure;   /* hectares (polygons), kilometres (lines), count (points: number of points inside) */
    double share_pct; /* polygons: share of the zone's area; else NaN */
} tpk_piece;

/* Per zone. */
typedef struct tpk_zone_overlay {
    /* Polygons: hectares of the union of the pieces, so that an overlap in the layer is not counted twice.
     * Lines and points: the sum of the pieces. */
    double measure;
    /* Planar distance in the plan's CRS from the zone to the nearest feature, 0 when it touches; NaN: empty
     * layer. */
    double nearest_m;
    int64_t nearest_feature; /* -1: none. A tie goes to the lower index */
} tpk_zone_overlay;

typedef struct tpk_overlay {
    tpk_piece *pieces; /* owned; sorted by zone, then feature */
    size_t n_pieces;
    tpk_zone_overlay *zones; /* owned; n_zones */
} tpk_overlay;

/* All geometries are in crs and valid, the layer's all of kind `kind` (those without parts are skipped).
 * n_threads <= 0: all cores; the result does not depend on it, nor does the error: of several the one of the
 * lowest zone, then feature, is reported. TPK_ERR_ARGUMENT for other kinds, TPK_ERR_CRS where the CRS cannot
 * be measured, TPK_ERR_DATA when GEOS refuses a geometry, TPK_ERR_CANCELLED, TPK_ERR_MEMORY. Caller frees
 * with tpk_overlay_clear. */
TPK_MUST_CHECK tpk_status tpk_overlay_run(const tpk_geom *zones, size_t n_zones, const tpk_geom *features,
                                          int64_t n_features, tpk_geom_kind kind, tpk_crs *crs, int n_threads,
                                          const tpk_control *control, tpk_overlay *overlay, tpk_err *err);
void tpk_overlay_clear(tpk_overlay *overlay); /* safe twice */

#endif
