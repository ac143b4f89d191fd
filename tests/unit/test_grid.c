#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "engine/tiles.h"
#include "geo/geom.h"
#include "geo/grid.h"

static void assert_window(tpk_window w, int32_t row0, int32_t col0, int32_t n_rows, int32_t n_cols)
{
    assert_int_equal(w.row0, row0);
    assert_int_equal(w.col0, col0);
    assert_int_equal(w.n_rows, n_rows);
    assert_int_equal(w.n_cols, n_cols);
}

static void corners_of_an_aligned_grid_are_multiples_of_the_cell(void **state)
{
    (void)state;
    tpk_grid grid;
    assert_int_equal(tpk_grid_align((tpk_box){100.5, -61, 190, 29.9}, 30, &grid, NULL), TPK_OK);
    assert_true(grid.x0 == 90 && grid.y0 == 30);
    assert_int_equal(grid.n_cols, 4); /* 90 .. 210 */
    assert_int_equal(grid.n_rows, 4); /* 30 .. -90 */
    assert_int_equal(tpk_grid_align((tpk_box){90, -90, 210, 30}, 30, &grid, NULL), TPK_OK);
    assert_int_equal(grid.n_cols, 4); /* what fits exactly gets no extra cell */
    assert_int_equal(grid.n_rows, 4);
}

/* 0.3 / 0.1 is a little less than 3 in binary, 0.7 / 0.1 too, 1.1 / 0.1 a little more than 11. */
static void a_cell_that_is_no_binary_fraction_adds_no_row_or_column(void **state)
{
    (void)state;
    tpk_grid grid;
    assert_int_equal(tpk_grid_align((tpk_box){0.3, 0.7, 1.1, 1.1}, 0.1, &grid, NULL), TPK_OK);
    assert_int_equal(grid.n_cols, 8);
    assert_int_equal(grid.n_rows, 4);
    assert_true(fabs(grid.x0 - 0.3) < 1e-15 && fabs(grid.y0 - 1.1) < 1e-15);
    /* Far from the origin; what is really beyond a line gets its cell, though it is only a millimetre. */
    assert_int_equal(tpk_grid_align((tpk_box){300000.3, 9600000.7, 300001.1, 9600001.1}, 0.1, &grid, NULL),
                     TPK_OK);
    assert_int_equal(grid.n_cols, 8);
    assert_int_equal(grid.n_rows, 4);
    assert_int_equal(tpk_grid_align((tpk_box){205019.999, 9471000, 460020, 9861000.001}, 30, &grid, NULL),
                     TPK_OK);
    assert_int_equal(grid.n_cols, 8501);
    assert_int_equal(grid.n_rows, 13001);
}

static void a_grid_at_bounds_begins_at_their_corner(void **state)
{
    (void)state;
    tpk_grid grid;
    assert_int_equal(tpk_grid_at((tpk_box){205000, 9470000, 460000, 9860000}, 30, &grid, NULL), TPK_OK);
    assert_true(grid.x0 == 205000 && grid.y0 == 9860000);
    assert_int_equal(grid.n_cols, 8500);
    assert_int_equal(grid.n_rows, 13000);
    assert_int_equal(tpk_grid_at((tpk_box){0, 0, 1, 0.95}, 0.1, &grid, NULL), TPK_OK);
    assert_int_equal(grid.n_cols, 10); /* although ten times 0.1 is a little more than 1 in binary */
    assert_int_equal(grid.n_rows, 10);
}

static void impossible_grids_are_refused(void **state)
{
    (void)state;
    tpk_grid grid;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_grid_align(TPK_BOX_EMPTY, 30, &grid, &err), TPK_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "empty"));
    assert_int_equal(tpk_grid_align((tpk_box){0, 0, 1, 1}, 0, &grid, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_grid_align((tpk_box){0, 0, 1, 1}, (double)NAN, &grid, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_grid_at((tpk_box){0, 0, HUGE_VAL, 1}, 1, &grid, NULL), TPK_ERR_ARGUMENT);
    tpk_err limit = {TPK_OK, ""};
    assert_int_equal(tpk_grid_at((tpk_box){0, 0, 1e7, 1}, 0.001, &grid, &limit), TPK_ERR_LIMIT);
    assert_non_null(strstr(limit.message, "use a coarser cell"));
}

static void a_cell_owns_its_west_and_north_edge(void **state)
{
    (void)state;
    tpk_grid grid = {.x0 = 0, .y0 = 100, .cell = 10, .n_rows = 10, .n_cols = 10};
    assert_window(tpk_grid_window_of(&grid, (tpk_box){20, 80, 20, 80}), 2, 2, 1, 1);
    assert_window(tpk_grid_window_of(&grid, (tpk_box){19.9, 79.9, 20, 80.1}), 1, 1, 2, 2);
    assert_window(tpk_grid_window_of(&grid, (tpk_box){-50, -50, 500, 500}), 0, 0, 10, 10);
    assert_window(tpk_grid_window_of(&grid, (tpk_box){200, 0, 300, 10}), 0, 0, 0, 0);
}

static void windows_intersect_or_are_empty(void **state)
{
    (void)state;
    assert_window(tpk_window_intersect((tpk_window){0, 0, 5, 5}, (tpk_window){3, 4, 9, 9}), 3, 4, 2, 1);
    assert_window(tpk_window_intersect((tpk_window){0, 0, 5, 5}, (tpk_window){5, 0, 2, 2}), 0, 0, 0, 0);
}

static void tiles_cover_every_cell_once(void **state)
{
    (void)state;
    tpk_grid grid = {.cell = 1, .n_rows = 37, .n_cols = 50};
    static const int32_t SIDES[] = {1, 8, 16, 37, 64};
    for (size_t s = 0; s < sizeof SIDES / sizeof *SIDES; s++) {
        uint8_t seen[37 * 50] = {0};
        tpk_tiling tiling = tpk_tiling_of(&grid, SIDES[s]);
        for (int64_t t = 0; t < tpk_tiling_count(&tiling); t++) {
            tpk_window w = tpk_tiling_window(&tiling, t);
            for (int32_t i = 0; i < w.n_rows * w.n_cols; i++)
                seen[(w.row0 + i / w.n_cols) * 50 + w.col0 + i % w.n_cols]++;
        }
        for (size_t i = 0; i < sizeof seen; i++) assert_int_equal(seen[i], 1);
    }
}

static void areas_keep_their_digits_far_from_the_origin(void **state)
{
    (void)state;
    double ring[] = {300000,     9600000, 300000.5,   9600000, 300000.5,
                     9600000.25, 300000,  9600000.25, 300000,  9600000};
    assert_float_equal(tpk_ring_signed_area(ring, 5), 0.125, 1e-15);
    double reversed[] = {0, 0, 0, 1, 1, 1, 1, 0, 0, 0};
    assert_float_equal(tpk_ring_signed_area(reversed, 5), -1, 1e-15);
}

static void assert_shadow(const double edge[4], int n, const double *expected)
{
    double shadow[8];
    assert_int_equal(tpk_edge_shadow(edge, edge + 2, (tpk_box){0, 0, 10, 10}, shadow), n);
    for (int i = 0; i < 2 * n; i++) assert_float_equal(shadow[i], expected[i], 1e-15);
}

static void the_shadow_of_an_edge_keeps_to_the_box(void **state)
{
    (void)state;
    assert_shadow((double[]){1, 2, 3, 4}, 2, (double[]){1, 2, 3, 4});
    assert_shadow((double[]){-5, 0, 15, 10}, 4,
                  (double[]){0, 0, 0, 2.5, 10, 7.5, 10, 10}); /* along both sides */
    assert_shadow((double[]){15, 10, -5, 0}, 4, (double[]){10, 10, 10, 7.5, 0, 2.5, 0, 0});
    assert_shadow((double[]){20, -5, 30, 15}, 2, (double[]){10, 0, 10, 10}); /* beside it */
    assert_shadow((double[]){-9, 5, -9, 20}, 2, (double[]){0, 5, 0, 10});
    assert_shadow((double[]){2, -9, 3, 0}, 0, NULL); /* below it */
    assert_shadow((double[]){2, 12, 3, 11}, 0, NULL);
}

static void boxes_take_all_parts(void **state)
{
    (void)state;
    double xy[] = {0, 0, 3, 4, 10, 10, 10, 12};
    int64_t parts[] = {0, 2, 4};
    tpk_geom lines = {.kind = TPK_GEOM_LINE, .n_parts = 2, .part_start = parts, .xy = xy};
    tpk_box box = tpk_geom_box(lines);
    assert_true(box.x_min == 0 && box.y_min == 0 && box.x_max == 10 && box.y_max == 12);
    assert_true(
        tpk_box_is_empty(tpk_geom_box((tpk_geom){.kind = TPK_GEOM_LINE, .part_start = parts, .xy = xy})));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_of_an_aligned_grid_are_multiples_of_the_cell),
        cmocka_unit_test(a_cell_that_is_no_binary_fraction_adds_no_row_or_column),
        cmocka_unit_test(a_grid_at_bounds_begins_at_their_corner),
        cmocka_unit_test(impossible_grids_are_refused),
        cmocka_unit_test(a_cell_owns_its_west_and_north_edge),
        cmocka_unit_test(windows_intersect_or_are_empty),
        cmocka_unit_test(tiles_cover_every_cell_once),
        cmocka_unit_test(areas_keep_their_digits_far_from_the_origin),
        cmocka_unit_test(the_shadow_of_an_edge_keeps_to_the_box),
        cmocka_unit_test(boxes_take_all_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
