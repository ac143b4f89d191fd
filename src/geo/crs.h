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

/* From anything PROJ understands: "EPSG:32750", WKT (also Esri's), PROJJSON, "+proj=...". Axis order is always
 * x (east, longitude), y (north, latitude). `worker` must outlive the result.
 * A compound CRS gives its horizontal part, a bound CRS its base. An Esri WKT without code is identified when PROJ finds an equal
 * registered one (>= 70 % confidence), so that the best transformation can be found.
 * TPK_ERR_CRS, naming the text and PROJ's reason. Caller frees with tpk_crs_free. */
TPK_MUST_CHECK tpk_status tpk_crs_new(tpk_worker *worker, const char *text, tpk_crs **crs, tpk_err *err);
void tpk_crs_free(tpk_crs *crs);

const char *tpk_crs_name(const tpk_crs *crs); /* "WGS 84 / UTM zone 50S"; borrowed */
const char *tpk_crs_code(const tpk_crs *crs); /* "EPSG:32750", or "" when it has none; borrowed */
const char *tpk_crs_wkt(const tpk_crs *crs);  /* WKT2:2019, one line; borrowed */
bool tpk_crs_is_geographic(const tpk_crs *crs);
bool tpk_crs_is_metric(const tpk_crs *crs);   /* projected, both axes in metres */
bool tpk_crs_is_same(const tpk_crs *a, const tpk_crs *b); /* equivalent but for axis order */

/* The most accurate transformation PROJ offers for the area, chosen once and used for all points.
 * area_lonlat: degrees; an empty box means the whole domain. Caller frees with tpk_transform_free. */
TPK_MUST_CHECK tpk_status tpk_transform_new(tpk_worker *worker, const tpk_crs *from, const tpk_crs *to, tpk_box area_lonlat,
                                            tpk_transform **transform, tpk_err *err);
void tpk_transform_free(tpk_transform *transform);
const char *tpk_transform_name(const tpk_transform *transform); /* PROJ's description; borrowed */
double tpk_transform_accuracy_m(const tpk_transform *transform); /* negative: unknown */
bool tpk_transform_is_identity(const tpk_transform *transform);

/* In place, n points interleaved (x, y). Points that cannot be transformed become NaN; *n_failed counts them. Forward, or
 * backward (to -> from). One thread at a time. */
void tpk_transform_forward(tpk_transform *transform, double *xy, int64_t n, int64_t *n_failed);
void tpk_transform_inverse(tpk_transform *transform, double *xy, int64_t n, int64_t *n_failed);

/* How much larger an area is on the map than on the ellipsoid at (x, y) of a projected CRS (PROJ's areal scale factor);
 * NaN where PROJ cannot tell. For a geographic CRS: square degrees on the map per m2 on the ellipsoid. One thread at a time. */
double tpk_crs_areal_scale(tpk_crs *crs, double x, double y);

/* Ellipsoidal area in m2 of a polygon geometry given in crs, holes subtracted (Karney 2013, PROJ's geodesic.h). Edges longer than
 * max_edge (map units) are densified first so that a straight map line stays one; 0 takes 1000 m.
 * TPK_ERR_CRS when a point cannot be transformed to longitude and latitude. */
TPK_MUST_CHECK tpk_status tpk_crs_polygon_area_m2(tpk_crs *crs, tpk_geom polygon, double max_edge, double *area_m2, tpk_err *err);

/* Ellipsoidal length in m of a line geometry, densified the same way. */
TPK_MUST_CHECK tpk_status tpk_crs_line_length_m(tpk_crs *crs, tpk_geom line, double max_edge, double *length_m, tpk_err *err);

/* To and from longitude and latitude (WGS 84 for outputs), in place. */
TPK_MUST_CHECK tpk_status tpk_crs_to_lonlat(tpk_crs *crs, double *xy, int64_t n, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_crs_from_lonlat(tpk_crs *crs, double *xy, int64_t n, tpk_err *err);

#endif
