#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "input/rings.h"
#include "input_support.h"
#include "polygon_check.h"

static void rings_nest_whatever_their_direction(void **state)
{
    (void)state;
    static const struct {
        int64_t n_parts;
        double area;
        const char *roles;
    } EXPECTED[] = {
        {1, 1e6, "o"},        {4, 1e6 - 64e4 + 36e4 - 1e4, "ohoh"},
        {2, 1e6 - 1e4, "oh"}, {2, 1e6 - 1e4, "oh"},
        {2, 5e5, "oo"},       {1, 1e6, "o"},
        {1, 1e6, "o"},        {1, 1e6, "o"},
        {0, 0, ""},           {0, 0, ""},
    };
    tpk_layer_spec spec = spec_of(FIXTURES "poligon.shp");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_int_equal(layer->n_features, 10);
    for (int64_t f = 0; f < layer->n_features; f++) {
        tpk_geom geom = tpk_layer_geom(layer, f);
        assert_int_equal(geom.n_parts, EXPECTED[f].n_parts);
        for (int64_t p = 0; p < geom.n_parts; p++) {
            assert_int_equal(geom.ring_role[p], EXPECTED[f].roles[p] == 'h' ? TPK_RING_HOLE : TPK_RING_OUTER);
        }
        assert_true(fabs(area_of(layer, f) - EXPECTED[f].area) < 1e-6);
        assert_ordered(layer, f);
    }
    assert_true(layer->box.x_min == 300000 && layer->box.x_max == 306000);
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void repairs_are_counted_and_told_with_the_reason(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "poligon.shp");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_int_equal(layer->n_repaired, 4); /* bow tie, unclosed, ring without area, ring twice */
    assert_int_equal(layer->n_unusable, 1);
    assert_int_equal(layer->n_null_geometry, 1);
    assert_true(has_remark(&diags, TPK_WARNING,
                           "4 invalid polygons were repaired; first features: 4 (Self-intersection["));
    assert_true(has_remark(&diags, TPK_WARNING, "1 polygons have no area"));
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

/* Squares inside squares, in random order and direction: the area is known, whatever the nesting. */
static void random_nests_have_the_alternating_area(void **state)
{
    (void)state;
    enum { MOST = 40 };
    unsigned seed = 7;
    tpk_rings *rings = tpk_rings_new();
    tpk_geom_buffer in = {0}, out = {0};
    for (int trial = 0; trial < 200; trial++) {
        int n = 1 + rand_r(&seed) % MOST, order[MOST];
        double expected = 0;
        for (int i = 0; i < n; i++) {
            int j = rand_r(&seed) % (i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        tpk_geom_buffer_reset(&in, TPK_GEOM_POLYGON);
        tpk_geom_buffer_reset(&out, TPK_GEOM_POLYGON);
        for (int i = 0; i < n; i++) {
            /* four nests side by side */
            int nest = order[i] % 4, depth = order[i] / 4;
            double x = 1000 * nest, side = 500 - 10 * depth;
            double ring[] = {x, 0, x + side, 0, x + side, side, x, side, x, 0};
            if (rand_r(&seed) % 2) ring[2] = x, ring[3] = side, ring[6] = x + side, ring[7] = 0;
            for (int k = 0; k < 5; k++) ring[2 * k] += 2 * depth, ring[2 * k + 1] += 3 * depth;
            assert_true(tpk_geom_buffer_add_part(&in, ring, 5, TPK_RING_OUTER));
            expected += (depth % 2 ? -1 : 1) * side * side;
        }
        bool mended;
        assert_true(tpk_rings_order(rings, tpk_geom_buffer_view(&in), false, &out, &mended));
        assert_false(mended);
        double area = 0;
        for (int64_t p = 0; p < out.n_parts; p++)
            area += tpk_ring_signed_area(out.xy + 2 * out.part_start[p], 5);
        assert_int_equal(out.n_parts, n);
        assert_true(fabs(area - expected) < 1e-6);
    }
    tpk_geom_buffer_clear(&in);
    tpk_geom_buffer_clear(&out);
    tpk_rings_free(rings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_nest_whatever_their_direction),
        cmocka_unit_test(repairs_are_counted_and_told_with_the_reason),
        cmocka_unit_test(random_nests_have_the_alternating_area),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
