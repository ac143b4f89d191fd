/* Zone statistics where a zone, a cell or a value is at its limit: off the grid, smaller than a cell,
 * unknown, none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "geo/geos.h"
#include "geodesic_area.h"
#include "zonal_results.h"

static void what_lies_beyond_the_grid_counts_as_outside(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    seed = 5;
    tpk_box box = tpk_grid_box(&GRID);
    shape zone, grid_shape;
    tpk_geos_geom *a = NULL, *b = NULL;
    tpk_geom_buffer inside = {0};
    tpk_zone_stats stats[1];
    star(&zone, box.x_max - 40, box.y_min + 70, 500, 30);
    rectangle(&grid_shape, box.x_min, box.y_min, box.x_max, box.y_max);
    assert_int_equal(tpk_geos_geom_new(worker, zone.geom, &a, NULL), TPK_OK);
    assert_int_equal(tpk_geos_geom_new(worker, grid_shape.geom, &b, NULL), TPK_OK);
    assert_int_equal(tpk_geos_intersection(worker, a, b, TPK_GEOM_POLYGON, &inside, NULL), TPK_OK);
    double inside_m2 = geodesic_area_m2(crs, tpk_geom_buffer_view(&inside), 20),
           all_m2 = geodesic_area_m2(crs, zone.geom, 20);
    run(&zone.geom, 1, r, stats);
    assert_true(inside_m2 < 0.8 * all_m2);
    assert_within(stats[0].class_ha[TPK_CELL_S1], inside_m2 / 1e4, 1e-8 * stats[0].area_ha + 1e-7);
    assert_within(stats[0].class_ha[TPK_CELL_OUTSIDE], (all_m2 - inside_m2) / 1e4,
                  1e-8 * stats[0].area_ha + 1e-7);
    clear(stats, 1);
    tpk_geom_buffer_clear(&inside);
    tpk_geos_geom_free(a);
    tpk_geos_geom_free(b);
    test_free(r);
}

/* A zone along a column's border whose east side is 3 nm off it, as coordinates of ten million metres round.
 */
static void a_trace_of_a_cell_lends_no_extremes(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    for (int row = 0; row < ROWS; row++) r->values[0][row * COLS + 10] = 1000;
    shape zone;
    tpk_zone_stats stats[1];
    rectangle(&zone, GRID.x0 + 5 * 30, GRID.y0 - 9 * 30, GRID.x0 + 10 * 30 + 3e-9, GRID.y0 - 4 * 30);
    run(&zone.geom, 1, r, stats);
    assert_true(stats[0].criteria[0].max == 1 && stats[0].criteria[0].min == 1);
    assert_within(stats[0].class_ha[TPK_CELL_S1], stats[0].area_ha, 1e-15);
    clear(stats, 1);
    test_free(r);
}

static void a_zone_wholly_off_the_grid_is_all_outside_and_knows_nothing(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    shape zone;
    tpk_zone_stats stats[1];
    rectangle(&zone, 300000, 9700000, 300100, 9700200);
    run(&zone.geom, 1, r, stats);
    assert_true(stats[0].class_ha[TPK_CELL_OUTSIDE] == stats[0].area_ha && stats[0].area_ha > 1.9);
    assert_true(isnan(stats[0].score_mean) && isnan(stats[0].score_min) && isnan(stats[0].score_max));
    assert_true(isnan(stats[0].criteria[0].mean) && isnan(stats[0].criteria[0].membership_mean));
    assert_int_equal(stats[0].limiting, -1);
    clear(stats, 1);
    tpk_zonal *zonal = zonal_of(&zone.geom, 1);
    assert_false(tpk_zonal_touches(zonal, (tpk_window){0, 0, ROWS, COLS}));
    tpk_zonal_free(zonal);
    test_free(r);
}

static void only_windows_that_a_zones_box_reaches_are_touched(void **state)
{
    (void)state;
    shape zone;
    rectangle(&zone, GRID.x0 + 301, GRID.y0 - 400, GRID.x0 + 350, GRID.y0 - 301);
    tpk_zonal *zonal = zonal_of(&zone.geom, 1);
    assert_true(tpk_zonal_touches(zonal, (tpk_window){10, 10, 1, 1}));
    assert_true(tpk_zonal_touches(zonal, (tpk_window){0, 0, ROWS, COLS}));
    assert_false(tpk_zonal_touches(zonal, (tpk_window){0, 0, 10, COLS}));
    assert_false(tpk_zonal_touches(zonal, (tpk_window){10, 0, 5, 10}));
    assert_false(tpk_zonal_touches(zonal, (tpk_window){10, 12, 5, 10}));
    tpk_zonal_free(zonal);
}

static void a_zone_smaller_than_a_cell_has_that_cells_figures(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    seed = 9;
    fill_random(r);
    int at = 20 * COLS + 20;
    r->cell_class[at] = TPK_CELL_S3;
    r->score[at] = 0.45f;
    r->values[0][at] = 123.456;
    r->membership[0][at] = 0.1;
    r->limiting[at] = 3;
    double x = tpk_grid_x(&GRID, 20), y = tpk_grid_y(&GRID, 20);
    shape zone;
    tpk_zone_stats stats[1];
    rectangle(&zone, x - 3, y - 2, x + 3, y + 2);
    run(&zone.geom, 1, r, stats);
    assert_within(stats[0].area_ha, 24 / 1e4 / tpk_crs_areal_scale(crs, x, y), 1e-11);
    assert_true(stats[0].class_ha[TPK_CELL_S3] == stats[0].area_ha);
    assert_true(stats[0].score_mean == (double)0.45f && stats[0].criteria[0].mean == 123.456);
    assert_within(stats[0].criteria[0].membership_mean, 0.1, 1e-9);
    assert_int_equal(stats[0].limiting, 2);
    clear(stats, 1);
    test_free(r);
}

static void a_mean_lies_between_the_extremes(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    for (int i = 0; i < CELLS; i++) {
        r->values[0][i] = 0.1;
        r->values[1][i] = 999999999.9;
        r->values[2][i] = -1e-13;
    }
    seed = 4;
    shape shapes[N_ZONES];
    tpk_geom zones[N_ZONES];
    tpk_zone_stats stats[N_ZONES];
    make_zones(shapes, zones);
    run(zones, N_ZONES, r, stats);
    assert_true(stats[0].criteria[0].mean == 0.1);
    assert_true(stats[0].criteria[1].mean == 999999999.9);
    assert_true(stats[0].criteria[2].mean == -1e-13);
    clear(stats, N_ZONES);
    test_free(r);
}

static void values_that_are_no_finite_number_are_unknown(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    for (int i = 0; i < CELLS; i++) {
        r->values[0][i] = HUGE_VAL;
        r->values[1][i] = i % COLS < 11 ? (double)NAN : 7;
        r->membership[1][i] = i % COLS < 11 ? (double)NAN : 0.5;
    }
    shape zone;
    tpk_zone_stats stats[1];
    rectangle(&zone, GRID.x0 + 300, GRID.y0 - 360, GRID.x0 + 360, GRID.y0 - 300);
    run(&zone.geom, 1, r, stats);
    assert_true(isnan(stats[0].criteria[0].mean) && isnan(stats[0].criteria[0].max));
    assert_true(stats[0].criteria[1].mean == 7);
    assert_within(stats[0].criteria[1].membership_mean, 0.5, 1e-11);
    assert_within(stats[0].criteria[1].unknown_ha, stats[0].area_ha / 2, 1e-6);
    assert_true(stats[0].criteria[2].unknown_ha == 0);
    clear(stats, 1);
    test_free(r);
}

static void cells_outside_the_study_area_have_no_say(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    for (int i = 0; i < CELLS; i++) {
        if (i % COLS >= 11) continue;
        r->cell_class[i] = TPK_CELL_OUTSIDE;
        r->score[i] = -5;
        r->reasons[i] = 1;
        r->limiting[i] = 1;
        r->values[0][i] = 1e300;
    }
    shape zone;
    tpk_zone_stats stats[1];
    rectangle(&zone, GRID.x0 + 300, GRID.y0 - 360, GRID.x0 + 360, GRID.y0 - 300);
    run(&zone.geom, 1, r, stats);
    assert_within(stats[0].class_ha[TPK_CELL_OUTSIDE], stats[0].area_ha / 2, 1e-6);
    assert_true(stats[0].score_mean == 0.5 && stats[0].score_min == 0.5);
    assert_true(stats[0].criteria[0].mean == 1 && stats[0].criteria[0].unknown_ha == 0);
    assert_true(stats[0].constraint_ha[0] == 0);
    assert_int_equal(stats[0].limiting, -1);
    clear(stats, 1);
    test_free(r);
}

static void cells_that_no_tile_brought_count_as_outside(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    shape zone;
    tpk_zone_stats stats[1];
    rectangle(&zone, GRID.x0 + 300, GRID.y0 - 390, GRID.x0 + 360, GRID.y0 - 300);
    tpk_zonal *zonal = zonal_of(&zone.geom, 1);
    tpk_zonal_acc *acc = acc_of(zonal);
    assert_int_equal(add_window(acc, r, (tpk_window){0, 0, 12, COLS}, NULL), TPK_OK);
    assert_int_equal(tpk_zonal_finish(acc, stats, NULL), TPK_OK);
    assert_within(stats[0].class_ha[TPK_CELL_S1], stats[0].area_ha * 2 / 3, 1e-6);
    assert_within(stats[0].class_ha[TPK_CELL_OUTSIDE], stats[0].area_ha / 3, 1e-6);
    clear(stats, 1);
    tpk_zonal_acc_free(acc);
    tpk_zonal_free(zonal);
    test_free(r);
}

static void of_equally_limiting_criteria_the_first_is_named(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    shape zone;
    tpk_zone_stats stats[1];
    rectangle(&zone, GRID.x0 + 301, GRID.y0 - 329, GRID.x0 + 329, GRID.y0 - 301);
    tpk_zonal *zonal = zonal_of(&zone.geom, 1);
    tpk_zonal_acc *acc = acc_of(zonal);
    for (uint8_t k = N_CRITERIA; k > 1; k--) { /* the same cell twice: equal to the bit */
        memset(r->limiting, k, sizeof r->limiting);
        assert_int_equal(add_window(acc, r, (tpk_window){10, 10, 1, 1}, NULL), TPK_OK);
    }
    assert_int_equal(tpk_zonal_finish(acc, stats, NULL), TPK_OK);
    assert_int_equal(stats[0].limiting, 1);
    clear(stats, 1);
    tpk_zonal_acc_free(acc);
    tpk_zonal_free(zonal);
    test_free(r);
}

static void a_zone_without_parts_has_no_area(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    tpk_geom nothing = {.kind = TPK_GEOM_POLYGON};
    tpk_zone_stats stats[1];
    run(&nothing, 1, r, stats);
    assert_true(stats[0].area_ha == 0 && stats[0].class_ha[TPK_CELL_OUTSIDE] == 0 &&
                isnan(stats[0].score_mean));
    clear(stats, 1);
    test_free(r);
}

static void a_class_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    r->cell_class[10 * COLS + 10] = TPK_CELL_CLASS_COUNT;
    shape zone;
    tpk_err err = {0};
    rectangle(&zone, GRID.x0 + 301, GRID.y0 - 329, GRID.x0 + 329, GRID.y0 - 301);
    tpk_zonal *zonal = zonal_of(&zone.geom, 1);
    tpk_zonal_acc *acc = acc_of(zonal);
    assert_int_equal(add_window(acc, r, (tpk_window){0, 0, ROWS, COLS}, &err), TPK_ERR_BUG);
    assert_non_null(strstr(err.message, "7"));
    tpk_zonal_acc_free(acc);
    tpk_zonal_free(zonal);
    test_free(r);
}

static void a_zone_where_the_crs_ends_is_named(void **state)
{
    (void)state;
    shape good, bad;
    tpk_err err = {0};
    tpk_zonal *zonal = NULL;
    rectangle(&good, GRID.x0, GRID.y0 - 60, GRID.x0 + 60, GRID.y0);
    rectangle(&bad, 1e9, 1e9, 2e9, 2e9);
    tpk_geom zones[] = {good.geom, bad.geom};
    assert_int_equal(tpk_zonal_new(&GRID, crs, zones, 2, N_CRITERIA, N_CONSTRAINTS, &zonal, &err),
                     TPK_ERR_CRS);
    assert_null(zonal);
    assert_non_null(strstr(err.message, "zone number 2"));
}

static void more_constraints_than_bits_are_refused(void **state)
{
    (void)state;
    tpk_zonal *zonal = NULL;
    assert_int_equal(tpk_zonal_new(&GRID, crs, NULL, 0, 1, 33, &zonal, NULL), TPK_ERR_LIMIT);
    assert_int_equal(tpk_zonal_new(&GRID, crs, NULL, 0, 255, 1, &zonal, NULL), TPK_ERR_LIMIT);
    assert_null(zonal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lies_beyond_the_grid_counts_as_outside),
        cmocka_unit_test(a_trace_of_a_cell_lends_no_extremes),
        cmocka_unit_test(a_zone_wholly_off_the_grid_is_all_outside_and_knows_nothing),
        cmocka_unit_test(only_windows_that_a_zones_box_reaches_are_touched),
        cmocka_unit_test(a_zone_smaller_than_a_cell_has_that_cells_figures),
        cmocka_unit_test(a_mean_lies_between_the_extremes),
        cmocka_unit_test(values_that_are_no_finite_number_are_unknown),
        cmocka_unit_test(cells_outside_the_study_area_have_no_say),
        cmocka_unit_test(cells_that_no_tile_brought_count_as_outside),
        cmocka_unit_test(of_equally_limiting_criteria_the_first_is_named),
        cmocka_unit_test(a_zone_without_parts_has_no_area),
        cmocka_unit_test(a_class_that_does_not_exist_is_refused),
        cmocka_unit_test(a_zone_where_the_crs_ends_is_named),
        cmocka_unit_test(more_constraints_than_bits_are_refused),
    };
    return cmocka_run_group_tests_name("zonal_limits", tests, start, stop);
}
