/* Area on the ellipsoid of polygons on the map, added up without gaps: the parts of a polygon have exactly
 * its area together.
 *
 * Method: the true area of a map square (1 / areal scale) is a smooth function of position. Over one box it
 * is fitted once by a Chebyshev polynomial; a polygon's area is then the line integral of that polynomial's
 * antiderivative in x along its edges (Green's theorem), by Gauss-Legendre of an order that is exact for it.
 * Edges are straight lines on the map, never geodesics, so that an edge cut in two, or shared by two
 * polygons, counts the same. No PROJ after creation. */
#ifndef TPK_GEO_AREA_H
#define TPK_GEO_AREA_H

#include "geo/crs.h"
#include "geo/geom.h"

typedef struct tpk_map_area tpk_map_area; /* constant after creation, shared by threads */

/* box: where areas will be asked for, in map units of crs; not empty. The fit keeps to the true scale within
 * 1e-9 (relative). TPK_ERR_CRS when the CRS has no areal scale somewhere in the box, or one that varies too
 * fast for the fit; TPK_ERR_ARGUMENT for an empty or non-finite box; TPK_ERR_MEMORY. Caller frees with
 * tpk_map_area_free. */
TPK_MUST_CHECK tpk_status tpk_map_area_new(tpk_crs *crs, tpk_box box, tpk_map_area **area, tpk_err *err);
void tpk_map_area_free(tpk_map_area *area); /* NULL is allowed */

/* Area in m2 of a valid polygon inside the box, holes subtracted (rings turn as tpk_geom orders them). 0
 * without parts. */
double tpk_map_area_m2(const tpk_map_area *area, tpk_geom polygon);

/* The same of the part of the polygon that lies in `clip`. */
double tpk_map_area_clipped_m2(const tpk_map_area *area, tpk_geom polygon, tpk_box clip);

/* m2[i]: true area of one squared map unit at (x[i], y), for n points of one row inside the box. A point's
 * value does not depend on the others asked for with it. */
void tpk_map_area_row(const tpk_map_area *area, double y, const double *x, int64_t n, double *m2);

#endif
