/* An oracle for areas: PROJ's geodesic polygons (Karney 2013, what the program `geod` reckons with) over
 * finely divided edges. Nothing of it is Tapak's but the WKT of the CRS. */
#ifndef TEST_GEODESIC_AREA_H
#define TEST_GEODESIC_AREA_H

#include <geodesic.h>
#include <math.h>
#include <proj.h>

#include "geo/crs.h"
#include "geo/geom.h"

/* The ellipsoid of a geodetic CRS. */
static inline struct geod_geodesic geodesic_of(PJ_CONTEXT *proj, const PJ *geodetic)
{
    struct geod_geodesic ellipsoid;
    double a, inverse_f;
    PJ *shape = proj_get_ellipsoid(proj, geodetic);
    assert_true(proj_ellipsoid_get_parameters(proj, shape, &a, NULL, NULL, &inverse_f));
    geod_init(&ellipsoid, a, inverse_f == 0 ? 0 : 1 / inverse_f);
    proj_destroy(shape);
    return ellipsoid;
}

/* Area in m2 of one ring, each straight edge of the map in geodesics of at most `step` map units; positive
 * whatever its direction. */
static inline double geodesic_ring_m2(PJ *to_degrees, const struct geod_geodesic *ellipsoid, const double *xy,
                                      int64_t n, double step)
{
    struct geod_polygon ring;
    double area_m2;
    geod_polygon_init(&ring, 0);
    for (int64_t i = 0; i + 1 < n; i++) {
        const double *a = xy + 2 * i, *b = a + 2;
        int pieces = 1 + (int)(hypot(b[0] - a[0], b[1] - a[1]) / step);
        for (int k = 0; k < pieces; k++) {
            double t = (double)k / pieces;
            PJ_COORD at = proj_coord(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), 0, 0);
            at = proj_trans(to_degrees, PJ_FWD, at);
            assert_true(fabs(at.xy.y) <= 90);
            geod_polygon_addpoint(ellipsoid, &ring, at.xy.y, at.xy.x);
        }
    }
    geod_polygon_compute(ellipsoid, &ring, 0, 1, &area_m2, NULL);
    return fabs(area_m2);
}

/* Area in m2 of a polygon, holes subtracted. Between the straight line of a UTM map and a geodesic lie at
 * most 0.6 m2 for an edge of 1 km, and that shrinks with the square of the step; but each point adds a
 * rounding of 1e-5 m2, so that too small a step spoils small areas. */
static inline double geodesic_area_m2(const tpk_crs *crs, tpk_geom polygon, double step)
{
    PJ_CONTEXT *proj = proj_context_create();
    PJ *map = proj_create(proj, tpk_crs_wkt(crs)), *geodetic = proj_crs_get_geodetic_crs(proj, map);
    PJ *as_written = proj_create_crs_to_crs_from_pj(proj, map, geodetic, NULL, NULL);
    PJ *to_degrees = proj_normalize_for_visualization(proj, as_written);
    assert_non_null(to_degrees);
    struct geod_geodesic ellipsoid = geodesic_of(proj, geodetic);
    double sum_m2 = 0;
    for (int64_t p = 0; p < polygon.n_parts; p++) {
        int64_t start = polygon.part_start[p];
        double ring_m2 = geodesic_ring_m2(to_degrees, &ellipsoid, polygon.xy + 2 * start,
                                          polygon.part_start[p + 1] - start, step);
        bool hole = polygon.ring_role && polygon.ring_role[p] == TPK_RING_HOLE;
        sum_m2 += hole ? -ring_m2 : ring_m2;
    }
    PJ *const made[] = {to_degrees, as_written, geodetic, map};
    for (int i = 0; i < 4; i++) proj_destroy(made[i]);
    proj_context_destroy(proj);
    return sum_m2;
}

#endif
