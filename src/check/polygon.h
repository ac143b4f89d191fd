/* One feature's polygon at a time, as GEOS wants it: rings closed, nested, turned, and made valid where it is
 * not. Memory is that of the largest polygon, never of the layer. */
#ifndef TPK_CHECK_POLYGON_H
#define TPK_CHECK_POLYGON_H

#include "check/finding.h"
#include "geo/area.h"

typedef struct tpk_polygon_maker tpk_polygon_maker;

/* subject is borrowed and must outlive it; its layer holds polygons. NULL when memory is exhausted. Caller
 * frees with tpk_polygon_maker_free. */
tpk_polygon_maker *tpk_polygon_maker_new(const tpk_subject *subject);
void tpk_polygon_maker_free(tpk_polygon_maker *maker); /* NULL is allowed */

/* The feature with its rings in order, not repaired. *reason: NULL for a valid one, else why not, with the
 * place (GEOS's text). *mended (may be NULL): a ring was not closed, repeated or without area. No part when
 * the feature has no geometry, or none with an area. Everything is borrowed until the next call.
 * TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_polygon_look(tpk_polygon_maker *maker, int64_t feature, tpk_geom *geom,
                                           const char **reason, bool *mended, tpk_err *err);

/* The same, made valid; no part when GEOS cannot. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_polygon_valid(tpk_polygon_maker *maker, int64_t feature, tpk_geom *geom,
                                            tpk_err *err);

/* Area in m2 on the ellipsoid and mean width in m (2 area / perimeter: the width of a long strip) of a
 * polygon in the subject's CRS; NaN without a CRS or where its areas cannot be known. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_polygon_measure(const tpk_subject *subject, tpk_geom polygon, double *area_m2,
                                              double *width_m, tpk_err *err);

/* The same by a fit that was made for a box around the polygon: making one costs more than many measures. */
void tpk_polygon_measure_by(const tpk_map_area *area, tpk_geom polygon, double *area_m2, double *width_m);

/* "3.20 ha, 40 m wide"; small areas in m2. NULL without memory. Caller frees with tpk_free. */
char *tpk_area_text(double area_m2, double width_m);

#endif
