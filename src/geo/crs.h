/* Coordinate reference systems and transformations: PROJ's home. */
#ifndef TPK_GEO_CRS_H
#define TPK_GEO_CRS_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/geom.h"
#include "geo/grid.h"
#include "geo/worker.h"

typedef struct tpk_crs tpk_crs;
typedef struct tpk_transform tpk_transform;

/* From anything PROJ understands: "EPSG:32750", WKT (also Esri's), PROJJSON, "+proj=...". Axis order is
 * always x (east, longitude), y (north, latitude). `worker` must outlive the result. A compound CRS gives its
 * horizontal part. A bound CRS (TOWGS84) gives its base, and transformations use the shift it states. A
 * definition without code (Esri's WKT) is identified when PROJ finds an equal one in the EPSG registry (70 %
 * confidence or more), so that the best transformation can be found. A name must match exactly but for case:
 * PROJ would guess. TPK_ERR_CRS, naming the text and PROJ's reason. Caller frees with tpk_crs_free. */
TPK_MUST_CHECK tpk_status tpk_crs_new(tpk_worker *worker, const char *text, tpk_crs **crs, tpk_err *err);
void tpk_crs_free(tpk_crs *crs);

const char *tpk_crs_name(const tpk_crs *crs); /* "WGS 84 / UTM zone 50S"; borrowed */
const char *tpk_crs_code(const tpk_crs *crs); /* "EPSG:32750", or "" when it has none; borrowed */
const char *tpk_crs_wkt(const tpk_crs *crs);  /* WKT2:2019, one line; borrowed */
bool tpk_crs_is_geographic(const tpk_crs *crs);
bool tpk_crs_is_metric(const tpk_crs *crs);               /* projected, both axes in metres */
bool tpk_crs_is_same(const tpk_crs *a, const tpk_crs *b); /* equivalent but for axis order */

/* The most accurate transformation PROJ offers for the area with the grids that are installed, chosen once
 * and used for all points. A ballpark one (datum shift unknown, hundreds of metres possible) only when there
 * is nothing else; its accuracy is unknown and its name says so. area_lonlat: degrees; an empty box means the
 * whole domain. `worker` must outlive the result, from and to need not. TPK_ERR_CRS when PROJ knows no way.
 * Caller frees with tpk_transform_free. */
TPK_MUST_CHECK tpk_status tpk_transform_new(tpk_worker *worker, const tpk_crs *from, const tpk_crs *to,
                                            tpk_box area_lonlat, tpk_transform **transform, tpk_err *err);
void tpk_transform_free(tpk_transform *transform);
const char *tpk_transform_name(const tpk_transform *transform); /* PROJ's description; borrowed */
/* 0: exact (no change of datum); negative: unknown. */
double tpk_transform_accuracy_m(const tpk_transform *transform);
bool tpk_transform_is_identity(const tpk_transform *transform);
/* The change of datum is ignored because PROJ knows none. */
bool tpk_transform_is_ballpark(const tpk_transform *transform);
/* Does the place for which the change of datum was made hold the whole area (degrees)? True for an empty area
 * and where no datum changes. */
bool tpk_transform_covers(const tpk_transform *transform, tpk_box area_lonlat);

/* In place, n points interleaved (x, y). Points that cannot be transformed become NaN; *n_failed counts them.
 * Forward, or backward (to -> from). One thread at a time. */
void tpk_transform_forward(tpk_transform *transform, double *xy, int64_t n, int64_t *n_failed);
void tpk_transform_inverse(tpk_transform *transform, double *xy, int64_t n, int64_t *n_failed);

/* How much larger an area is on the map (squared map units) than on the ellipsoid (m2) at (x, y) of a
 * projected CRS (for metres PROJ's areal scale factor); NaN where PROJ cannot tell. For a geographic CRS:
 * square degrees on the map per m2 on the ellipsoid. One thread at a time. */
double tpk_crs_areal_scale(tpk_crs *crs, double x, double y);

/* Ellipsoidal length in m of a line geometry (Karney 2013, PROJ's geodesic.h). An edge is the straight line
 * on the map: edges longer than max_edge (map units; 0 takes 1000 m) are densified. TPK_ERR_CRS when a point
 * cannot be transformed to longitude and latitude. */
TPK_MUST_CHECK tpk_status tpk_crs_line_length_m(tpk_crs *crs, tpk_geom line, double max_edge,
                                                double *length_m, tpk_err *err);

/* The area for which to_lonlat chooses its transformation (as tpk_transform_new's); without
 * it, the CRS's whole domain, where PROJ may prefer a rough transformation that covers all of it. Give the
 * project's area before the first use. */
void tpk_crs_set_area(tpk_crs *crs, tpk_box area_lonlat);

/* The box in longitude and latitude (WGS 84, degrees) around a box in crs, from a mesh of 5 x 5 points, cut
 * to the world; empty when box is, or when no point of it can be transformed. For choosing transformations:
 * good to a few hundred metres. One thread at a time. */
tpk_box tpk_crs_lonlat_box(tpk_crs *crs, tpk_box box);

/* To longitude and latitude in degrees on WGS 84 (for outputs), in place. TPK_ERR_CRS, naming the first
 * point, when a point cannot be transformed; such points are NaN then, the others are transformed. One thread
 * at a time. */
TPK_MUST_CHECK tpk_status tpk_crs_to_lonlat(tpk_crs *crs, double *xy, int64_t n, tpk_err *err);
/* The way back, likewise. */
TPK_MUST_CHECK tpk_status tpk_crs_from_lonlat(tpk_crs *crs, double *xy, int64_t n, tpk_err *err);

#endif
