/* Zones against layers: the pieces, their measures, and the nearest feature. GEOS prepared geometries and an STRtree, all cores. */
#ifndef TPK_ZONES_OVERLAY_H
#define TPK_ZONES_OVERLAY_H

#include "base/progress.h"
#include "geo/crs.h"
#include "geo/geos.h"

/* A piece of a feature inside a zone. */
typedef struct tpk_piece {
    int64_t zone, feature;
    tpk_geom_buffer geom; /* owned */
    double measure;       /* hectares (polygons), kilometres (lines), count (points: number of points inside) */
    double share_pct;     /* polygons: share of the zone's area; else NaN */
} tpk_piece;

/* Per zone. */
typedef struct tpk_zone_overlay {
    double measure;          /* polygons: hectares of the union of the pieces, so that an overlap in the layer is not counted twice */
    double nearest_m;        /* planar distance in the plan's CRS from the zone to the nearest feature, 0 when it touches; NaN: empty layer */
    int64_t nearest_feature; /* -1: none. A tie goes to the lower index */
} tpk_zone_overlay;

typedef struct tpk_overlay {
    tpk_piece *pieces; /* owned; sorted by zone, then feature */
    size_t n_pieces;
    tpk_zone_overlay *zones; /* owned; n_zones */
} tpk_overlay;

/* All geometries are in crs and valid; polygons of the layer of kind `kind`. n_threads <= 0: all cores; the result does not depend on it.
 * Caller frees with tpk_overlay_clear. */
TPK_MUST_CHECK tpk_status tpk_overlay_run(const tpk_geom *zones, size_t n_zones, const tpk_geom *features, int64_t n_features, tpk_geom_kind kind,
                                          tpk_crs *crs, int n_threads, const tpk_control *control, tpk_overlay *overlay, tpk_err *err);
void tpk_overlay_clear(tpk_overlay *overlay);

#endif
