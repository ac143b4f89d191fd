/* What must hold of every polygon a layer hands out. Include after input_support.h. */
#ifndef TPK_TEST_POLYGON_CHECK_H
#define TPK_TEST_POLYGON_CHECK_H

#include "geo/geos.h"

static inline void assert_ordered(const tpk_layer *layer, int64_t feature)
{
    tpk_geom geom = tpk_layer_geom(layer, feature);
    bool valid = false;
    for (int64_t p = 0; p < geom.n_parts; p++) {
        const double *xy = geom.xy + 2 * geom.part_start[p];
        int64_t n = geom.part_start[p + 1] - geom.part_start[p];
        assert_true(n >= 4 && xy[0] == xy[2 * n - 2] && xy[1] == xy[2 * n - 1]);
        assert_int_equal(tpk_ring_signed_area(xy, n) < 0, geom.ring_role[p] == TPK_RING_HOLE);
    }
    if (geom.n_parts == 0) return;
    assert_int_equal(geom.ring_role[0], TPK_RING_OUTER);
    assert_int_equal(tpk_geos_is_valid(worker, geom, &valid, NULL, NULL), TPK_OK);
    assert_true(valid);
}

static inline double area_of(const tpk_layer *layer, int64_t feature)
{
    tpk_geom geom = tpk_layer_geom(layer, feature);
    double area = 0;
    for (int64_t p = 0; p < geom.n_parts; p++) {
        area += tpk_ring_signed_area(geom.xy + 2 * geom.part_start[p],
                                     geom.part_start[p + 1] - geom.part_start[p]);
    }
    return area;
}

#endif
