/* Lengths of geometries in map units. Oracle: hand calculation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "geo/geom.h"

static void length_is_that_of_all_parts_and_not_of_what_lies_between(void **state)
{
    (void)state;
    static const int64_t parts[] = {0, 3, 5};
    static const double xy[] = {0, 0, 3, 4, 3, 10, 100, 100, 105, 112}; /* 5 + 6, then 13 */
    tpk_geom lines = {.kind = TPK_GEOM_LINE, .n_parts = 2, .part_start = parts, .xy = xy};
    assert_true(tpk_geom_length(lines) == 24);
    lines.part_start = parts + 1; /* a view that starts later in the array */
    lines.n_parts = 1;
    assert_true(tpk_geom_length(lines) == 13);
}

static void length_of_a_polygon_is_its_outline_with_the_holes(void **state)
{
    (void)state;
    static const int64_t parts[] = {0, 5, 9};
    static const uint8_t roles[] = {TPK_RING_OUTER, TPK_RING_HOLE};
    static const double xy[] = {0, 0, 10, 0, 10, 10, 0, 10, 0, 0, 2, 2, 2, 5, 6, 2, 2, 2};
    tpk_geom polygon = {
        .kind = TPK_GEOM_POLYGON, .n_parts = 2, .part_start = parts, .ring_role = roles, .xy = xy};
    assert_true(tpk_geom_length(polygon) == 40 + 12);
}

static void points_and_nothing_have_no_length(void **state)
{
    (void)state;
    static const int64_t parts[] = {0, 1, 2};
    static const double xy[] = {0, 0, 3, 4};
    tpk_geom points = {.kind = TPK_GEOM_POINT, .n_parts = 2, .part_start = parts, .xy = xy};
    assert_true(tpk_geom_length(points) == 0);
    points.n_parts = 0;
    assert_true(tpk_geom_length(points) == 0);
}

static void lengths_neither_overflow_nor_hide_what_is_no_number(void **state)
{
    (void)state;
    static const int64_t parts[] = {0, 2};
    static const double large[] = {0, 0, 3e200, 4e200}, bad[] = {0, 0, (double)NAN, 1};
    tpk_geom line = {.kind = TPK_GEOM_LINE, .n_parts = 1, .part_start = parts, .xy = large};
    assert_true(fabs(tpk_geom_length(line) / 5e200 - 1) < 1e-15);
    line.xy = bad;
    assert_true(isnan(tpk_geom_length(line)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_is_that_of_all_parts_and_not_of_what_lies_between),
        cmocka_unit_test(length_of_a_polygon_is_its_outline_with_the_holes),
        cmocka_unit_test(points_and_nothing_have_no_length),
        cmocka_unit_test(lengths_neither_overflow_nor_hide_what_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
