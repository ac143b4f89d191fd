/* Exact cell coverage: hand-drawn grids, and GEOS's intersection area of every cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define GEOS_USE_ONLY_R_API
#include <float.h>
#include <geos_c.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "geo/coverage.h"
#include "geo/geom_buffer.h"

static const double PI = 3.14159265358979323846;

/* A grid of the size and place of a real project: the corner is 4e5 cells from the origin. */
static const tpk_grid KALSEL = {205020, 9855000, 30, 13000, 8500};

static double uniform(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 11) / 9007199254740992.0;
}

/* Rings are written in cells: u east, v south from the window's corner (row0, col0), and need not be closed
 * or turned. */
static void add_ring(tpk_geom_buffer *buffer, const tpk_grid *grid, int row0, int col0, const double *uv,
                     int n, uint8_t role)
{
    double *xy = tpk_geom_buffer_extend(buffer, n + 1, role);
    assert_non_null(xy);
    for (int i = 0; i <= n; i++) {
        xy[2 * i] = grid->x0 + (col0 + uv[2 * (i % n)]) * grid->cell;
        xy[2 * i + 1] = grid->y0 - (row0 + uv[2 * (i % n) + 1]) * grid->cell;
    }
    if ((tpk_ring_signed_area(xy, n + 1) > 0) == (role == TPK_RING_OUTER)) return;
    for (int i = 0, j = n; i < j; i++, j--) {
        for (int k = 0; k < 2; k++) {
            double swap = xy[2 * i + k];
            xy[2 * i + k] = xy[2 * j + k];
            xy[2 * j + k] = swap;
        }
    }
}

static tpk_geom_buffer new_polygon(void)
{
    tpk_geom_buffer buffer = {0};
    tpk_geom_buffer_reset(&buffer, TPK_GEOM_POLYGON);
    return buffer;
}

static double *cover(const tpk_grid *grid, tpk_window window, const tpk_geom_buffer *buffer)
{
    double *share = tpk_alloc((size_t)window.n_rows * (size_t)window.n_cols, sizeof *share);
    assert_non_null(share);
    tpk_geom geom = tpk_geom_buffer_view(buffer);
    assert_int_equal(tpk_coverage(grid, window, &geom, 1, share, NULL), TPK_OK);
    return share;
}

static void assert_nine(const double *uv, int n, const double *hole_uv, int n_hole, const double expected[9])
{
    const tpk_grid grid = {10, 16, 2, 3, 3};
    tpk_geom_buffer polygon = new_polygon();
    add_ring(&polygon, &grid, 0, 0, uv, n, TPK_RING_OUTER);
    if (n_hole > 0) add_ring(&polygon, &grid, 0, 0, hole_uv, n_hole, TPK_RING_HOLE);
    double *share = cover(&grid, (tpk_window){0, 0, 3, 3}, &polygon);
    for (int i = 0; i < 9; i++) {
        if (share[i] != expected[i]) fail_msg("cell %d: %.12g instead of %.12g", i, share[i], expected[i]);
    }
    tpk_free(share);
    tpk_geom_buffer_clear(&polygon);
}

static void hand_drawn_triangle(void **state)
{
    (void)state;
    static const double UV[] = {0, 0, 3, 0, 0, 3};
    static const double EXPECTED[] = {1, 1, 0.5, 1, 0.5, 0, 0.5, 0, 0};
    assert_nine(UV, 3, NULL, 0, EXPECTED);
}

static void hand_drawn_rectangle_with_a_hole(void **state)
{
    (void)state;
    static const double UV[] = {0.5, 0.25, 2.5, 0.25, 2.5, 2.5, 0.5, 2.5};
    static const double HOLE[] = {1, 1, 2, 1, 2, 1.5, 1, 1.5};
    static const double EXPECTED[] = {0.375, 0.75, 0.375, 0.5, 0.5, 0.5, 0.25, 0.5, 0.25};
    assert_nine(UV, 4, HOLE, 4, EXPECTED);
}

static void hand_drawn_diamond_through_the_corners(void **state)
{
    (void)state;
    static const double UV[] = {1.5, 0, 3, 1.5, 1.5, 3, 0, 1.5};
    static const double EXPECTED[] = {0.125, 0.75, 0.125, 0.75, 1, 0.75, 0.125, 0.75, 0.125};
    assert_nine(UV, 4, NULL, 0, EXPECTED);
}

static void polygon_on_the_cell_borders_covers_whole_cells_only(void **state)
{
    (void)state;
    static const double UV[] = {1, 0, 2, 0, 2, 1, 3, 1, 3, 3, 1, 3};
    static const double EXPECTED[] = {0, 1, 0, 0, 1, 1, 0, 1, 1};
    assert_nine(UV, 6, NULL, 0, EXPECTED);
}

static void polygon_inside_one_cell(void **state)
{
    (void)state;
    static const double UV[] = {1.25, 1.25, 1.75, 1.25, 1.5, 1.75};
    static const double EXPECTED[] = {0, 0, 0, 0, 0.125, 0, 0, 0, 0};
    assert_nine(UV, 3, NULL, 0, EXPECTED);
}

static void polygon_around_the_window_covers_all_of_it(void **state)
{
    (void)state;
    static const double UV[] = {-1e6, -3e5, 2e6, -7e5, 4e6, 5e5, -3e6, 9e5};
    static const double ALL[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    assert_nine(UV, 4, NULL, 0, ALL);
    static const double WEST_HALF[] = {-1e6, -3e5, 1.5, -3e5, 1.5, 5e5, -3e6, 9e5};
    static const double EXPECTED[] = {1, 0.5, 0, 1, 0.5, 0, 1, 0.5, 0};
    assert_nine(WEST_HALF, 4, NULL, 0, EXPECTED);
}

static void polygon_outside_the_window_covers_nothing(void **state)
{
    (void)state;
    static const double NONE[9] = {0};
    static const double EAST[] = {3, -5, 9, -5, 9, 8, 3, 8}, WEST[] = {-9, 1, 0, 1, 0, 2, -9, 2};
    static const double NORTH[] = {-9, -9, 9, -9, 9, 0, -9, 0}, SOUTH[] = {0, 3, 3, 3, 1, 7};
    static const double CORNER[] = {-8, 2, 0, 3, 1, 8};
    assert_nine(EAST, 4, NULL, 0, NONE);
    assert_nine(WEST, 4, NULL, 0, NONE);
    assert_nine(NORTH, 4, NULL, 0, NONE);
    assert_nine(SOUTH, 3, NULL, 0, NONE);
    assert_nine(CORNER, 3, NULL, 0, NONE);
}

/* A star around (u, v): each corner in its own direction, so that it never crosses itself. */
static void star(double *uv, int n, double u, double v, double small, double large, uint64_t *seed)
{
    for (int i = 0; i < n; i++) {
        double angle = 2 * PI * (i + 0.9 * uniform(seed)) / n,
               radius = small + (large - small) * uniform(seed);
        uv[2 * i] = u + radius * cos(angle);
        uv[2 * i + 1] = v + radius * sin(angle);
    }
}

/* Seen from (x0, y0), a corner near the polygon. Differences of near numbers are exact, so that GEOS rounds
 * at the size of the polygon and not at that of its coordinates. */
static GEOSGeometry *ring_to_geos(GEOSContextHandle_t geos, const tpk_geom_buffer *buffer, int64_t part,
                                  double x0, double y0)
{
    int64_t start = buffer->part_start[part], n = buffer->part_start[part + 1] - start;
    GEOSCoordSequence *along = GEOSCoordSeq_create_r(geos, (unsigned)n, 2);
    for (int64_t i = 0; i < n; i++) {
        const double *xy = buffer->xy + 2 * (start + i);
        GEOSCoordSeq_setXY_r(geos, along, (unsigned)i, xy[0] - x0, xy[1] - y0);
    }
    return GEOSGeom_createLinearRing_r(geos, along);
}

/* As one multipolygon; up to eight parts. */
static GEOSGeometry *to_geos(GEOSContextHandle_t geos, const tpk_geom_buffer *buffer, double x0, double y0)
{
    GEOSGeometry *polygons[8];
    unsigned n = 0;
    for (int64_t p = 0; p < buffer->n_parts; n++) {
        GEOSGeometry *shell = ring_to_geos(geos, buffer, p++, x0, y0), *holes[8];
        unsigned n_holes = 0;
        while (p < buffer->n_parts && buffer->ring_role[p] == TPK_RING_HOLE)
            holes[n_holes++] = ring_to_geos(geos, buffer, p++, x0, y0);
        polygons[n] = GEOSGeom_createPolygon_r(geos, shell, holes, n_holes);
    }
    GEOSGeometry *all = GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, polygons, n);
    assert_int_equal(GEOSisValid_r(geos, all), 1);
    return all;
}

/* What rounding alone can make of a share: places are doubles in cells from the grid's corner, so they are
 * known to DBL_EPSILON / 2 of the largest row or column; a corner that moves by d moves at most 2 d of a
 * cell's area (both of its edges, each no longer than a cell's diagonal), and a cell sees a few corners. */
static double rounding_of(tpk_window window)
{
    double farthest = fmax(window.row0 + window.n_rows, window.col0 + window.n_cols);
    return 4 * DBL_EPSILON * farthest;
}

/* Every cell of the window against the area of GEOS's intersection with it: to 1e-9 of that area, or as far
 * as coordinates are known. */
static void assert_as_geos(const tpk_geom_buffer *buffer, const tpk_grid *grid, tpk_window window)
{
    GEOSContextHandle_t geos = GEOS_init_r();
    double x0 = grid->x0 + window.col0 * grid->cell, y0 = grid->y0 - window.row0 * grid->cell;
    GEOSGeometry *polygon = to_geos(geos, buffer, x0, y0);
    double *share = cover(grid, window, buffer);
    for (int r = 0; r < window.n_rows; r++) {
        for (int c = 0; c < window.n_cols; c++) {
            double x = c * grid->cell, y = -r * grid->cell, area = -1;
            GEOSGeometry *cell = GEOSGeom_createRectangle_r(geos, x, y - grid->cell, x + grid->cell, y);
            GEOSGeometry *common = GEOSIntersection_r(geos, polygon, cell);
            assert_non_null(common);
            assert_int_equal(GEOSArea_r(geos, common, &area), 1);
            double expected = area / (grid->cell * grid->cell), got = share[r * window.n_cols + c];
            if (!(fabs(got - expected) <= 1e-9 * expected + rounding_of(window)))
                fail_msg("row %d col %d: %.15g, GEOS %.15g", r, c, got, expected);
            GEOSGeom_destroy_r(geos, common);
            GEOSGeom_destroy_r(geos, cell);
        }
    }
    tpk_free(share);
    GEOSGeom_destroy_r(geos, polygon);
    GEOS_finish_r(geos);
}

static void random_stars_with_holes_agree_with_geos(void **state)
{
    (void)state;
    const tpk_grid grid = {0, 24, 1, 24, 24};
    uint64_t seed = 7;
    for (int round = 0; round < 25; round++) {
        tpk_geom_buffer polygon = new_polygon();
        double uv[2 * 200];
        int n = 5 + 7 * round;
        star(uv, n, 10, 11, 6, 13, &seed); /* sticks out of the window on all sides */
        add_ring(&polygon, &grid, 0, 0, uv, n, TPK_RING_OUTER);
        star(uv, 9, 9, 11, 1, 2, &seed);
        if (n >= 40) add_ring(&polygon, &grid, 0, 0, uv, 9, TPK_RING_HOLE);
        star(uv, 5, 13, 10, 0.2, 0.5, &seed);
        if (n >= 40) add_ring(&polygon, &grid, 0, 0, uv, 5, TPK_RING_HOLE);
        assert_as_geos(&polygon, &grid, (tpk_window){1, 2, 19, 18});
        tpk_geom_buffer_clear(&polygon);
    }
}

static void random_multipolygons_agree_with_geos(void **state)
{
    (void)state;
    const tpk_grid grid = {0, 24, 1, 24, 24};
    uint64_t seed = 11;
    for (int round = 0; round < 10; round++) {
        tpk_geom_buffer polygon = new_polygon();
        double uv[60];
        for (int k = 0; k < 4; k++) {
            star(uv, 20, 6 + 12 * (k % 2), 6 + 12 * (k / 2), 2, 5.9, &seed);
            add_ring(&polygon, &grid, 0, 0, uv, 20, TPK_RING_OUTER);
            star(uv, 6, 6 + 12 * (k % 2), 6 + 12 * (k / 2), 0.1, 1, &seed);
            add_ring(&polygon, &grid, 0, 0, uv, 6, TPK_RING_HOLE);
        }
        assert_as_geos(&polygon, &grid, (tpk_window){0, 0, 24, 24});
        tpk_geom_buffer_clear(&polygon);
    }
}

static void slivers_and_needles_agree_with_geos(void **state)
{
    (void)state;
    const tpk_grid grid = {0, 12, 1, 12, 12};
    static const double CASES[][8] = {
        {0.1, 0.2, 11.7, 9.3, 11.7, 9.300001, 0.1, 0.20001},         /* long and thin */
        {3.0000001, 0, 3.0000002, 0, 3.0000002, 12, 3.0000001, 12},  /* along a column line */
        {0, 4.9999999, 12, 5.0000001, 12, 5.0000002, 0, 5},          /* across a row line, nearly level */
        {2, 2, 5, 5, 9, 9, 5, 5.0001},                               /* through cell corners */
        {5, 0.5, 5.0000000001, 11, 4.9999999999, 11, 4.99999999, 5}, /* nearly due south */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        tpk_geom_buffer polygon = new_polygon();
        add_ring(&polygon, &grid, 0, 0, CASES[i], 4, TPK_RING_OUTER);
        assert_as_geos(&polygon, &grid, (tpk_window){0, 0, 12, 12});
        tpk_geom_buffer_clear(&polygon);
    }
}

static void corners_on_cell_borders_agree_with_geos(void **state)
{
    (void)state;
    const tpk_grid grid = {0, 16, 1, 16, 16};
    uint64_t seed = 5;
    for (int round = 0; round < 20; round++) {
        tpk_geom_buffer polygon = new_polygon();
        double uv[24];
        star(uv, 12, 8, 8, 4, 7.5, &seed);
        for (int i = 0; i < 24; i++) {
            if (round % 2 == 0 || i % 2 == round / 2 % 2) uv[i] = rint(uv[i]);
        }
        GEOSContextHandle_t geos = GEOS_init_r();
        add_ring(&polygon, &grid, 0, 0, uv, 12, TPK_RING_OUTER);
        GEOSGeometry *ring = ring_to_geos(geos, &polygon, 0, 0, 0);
        bool simple = GEOSisSimple_r(geos, ring) == 1;
        GEOSGeom_destroy_r(geos, ring);
        GEOS_finish_r(geos);
        if (simple) assert_as_geos(&polygon, &grid, (tpk_window){0, 0, 16, 16});
        tpk_geom_buffer_clear(&polygon);
    }
}

static void real_coordinates_agree_with_geos(void **state)
{
    (void)state;
    uint64_t seed = 3;
    tpk_geom_buffer polygon = new_polygon();
    double uv[200];
    star(uv, 100, 10, 10, 5, 9, &seed);
    add_ring(&polygon, &KALSEL, 9000, 7000, uv, 100, TPK_RING_OUTER);
    assert_as_geos(&polygon, &KALSEL, (tpk_window){9000, 7000, 20, 20});
    tpk_geom_buffer_clear(&polygon);
}

static void every_window_gives_the_same_bits(void **state)
{
    (void)state;
    enum { SIDE = 64, N = 300 };
    uint64_t seed = 17;
    tpk_geom_buffer polygon = new_polygon();
    double uv[2 * N];
    star(uv, N, 33, 31, 15, 45, &seed);
    add_ring(&polygon, &KALSEL, 6000, 4000, uv, N, TPK_RING_OUTER);
    star(uv, 50, 33, 31, 5, 14, &seed);
    add_ring(&polygon, &KALSEL, 6000, 4000, uv, 50, TPK_RING_HOLE);
    double *whole = cover(&KALSEL, (tpk_window){6000, 4000, SIDE, SIDE}, &polygon);
    int64_t n_partial = 0;
    for (int i = 0; i < SIDE * SIDE; i++) n_partial += whole[i] > 0 && whole[i] < 1;
    assert_true(n_partial > 500);
    for (int size = 1; size <= 37; size += 6) {
        for (int r0 = 0; r0 + size <= SIDE; r0 += size) {
            for (int c0 = 0; c0 + size <= SIDE; c0 += size) {
                double *part = cover(&KALSEL, (tpk_window){6000 + r0, 4000 + c0, size, size}, &polygon);
                for (int r = 0; r < size; r++) {
                    assert_memory_equal(part + r * size, whole + (r0 + r) * SIDE + c0,
                                        (size_t)size * sizeof(double));
                }
                tpk_free(part);
            }
        }
    }
    tpk_free(whole);
    tpk_geom_buffer_clear(&polygon);
}

static void neighbours_share_cells_without_gap_or_overlap(void **state)
{
    (void)state;
    /* A square of 20 x 20 cells cut by a zigzag: both sides as one list of polygons cover exactly all. */
    enum { N = 60 };
    uint64_t seed = 23;
    double west[2 * (N + 2)], east[2 * (N + 2)];
    for (int i = 0; i < N; i++) {
        west[2 * i] = east[2 * i] = 3 + 14 * uniform(&seed);
        west[2 * i + 1] = east[2 * i + 1] = 20.0 * i / (N - 1);
    }
    const double west_end[] = {0, 20, 0, 0}, east_end[] = {20, 20, 20, 0};
    memcpy(west + 2 * N, west_end, sizeof west_end);
    memcpy(east + 2 * N, east_end, sizeof east_end);
    tpk_geom_buffer a = new_polygon(), b = new_polygon();
    add_ring(&a, &KALSEL, 500, 600, west, N + 2, TPK_RING_OUTER);
    add_ring(&b, &KALSEL, 500, 600, east, N + 2, TPK_RING_OUTER);
    const tpk_geom both[] = {tpk_geom_buffer_view(&a), tpk_geom_buffer_view(&b)};
    double share[22 * 22];
    assert_int_equal(tpk_coverage(&KALSEL, (tpk_window){499, 599, 22, 22}, both, 2, share, NULL), TPK_OK);
    for (int r = 0; r < 22; r++) {
        for (int c = 0; c < 22; c++) {
            bool inside = r >= 1 && r < 21 && c >= 1 && c < 21;
            assert_true(share[r * 22 + c] == (inside ? 1 : 0));
        }
    }
    tpk_geom_buffer_clear(&b);
    tpk_geom_buffer_clear(&a);
}

static void shares_add_up_to_the_polygon(void **state)
{
    (void)state;
    uint64_t seed = 29;
    tpk_geom_buffer polygon = new_polygon();
    double uv[2 * 500], sum = 0;
    star(uv, 500, 100, 100, 60, 99, &seed);
    add_ring(&polygon, &KALSEL, 0, 0, uv, 500, TPK_RING_OUTER);
    double *share = cover(&KALSEL, (tpk_window){0, 0, 200, 200}, &polygon);
    for (int i = 0; i < 200 * 200; i++) sum += share[i];
    double area = tpk_ring_signed_area(polygon.xy, 501) / (30.0 * 30);
    assert_true(fabs(sum / area - 1) < 1e-11);
    tpk_free(share);
    tpk_geom_buffer_clear(&polygon);
}

static void overlapping_polygons_never_cover_more_than_all(void **state)
{
    (void)state;
    static const double UV[] = {0, 0, 2, 0, 2, 2, 0, 2};
    tpk_geom_buffer square = new_polygon();
    add_ring(&square, &KALSEL, 0, 0, UV, 4, TPK_RING_OUTER);
    const tpk_geom twice[] = {tpk_geom_buffer_view(&square), tpk_geom_buffer_view(&square)};
    double share[4];
    assert_int_equal(tpk_coverage(&KALSEL, (tpk_window){0, 0, 2, 2}, twice, 2, share, NULL), TPK_OK);
    for (int i = 0; i < 4; i++) assert_true(share[i] == 1);
    tpk_geom_buffer_clear(&square);
}

static void no_polygon_or_no_window_is_no_coverage(void **state)
{
    (void)state;
    double share[] = {7, 7};
    assert_int_equal(tpk_coverage(&KALSEL, (tpk_window){0, 0, 1, 1}, NULL, 0, share, NULL), TPK_OK);
    assert_true(share[0] == 0 && share[1] == 7);
    static const double UV[] = {0, 0, 2, 0, 2, 2, 0, 2};
    tpk_geom_buffer square = new_polygon();
    add_ring(&square, &KALSEL, 0, 0, UV, 4, TPK_RING_OUTER);
    tpk_geom view = tpk_geom_buffer_view(&square);
    assert_int_equal(tpk_coverage(&KALSEL, (tpk_window){0, 0, 2, 0}, &view, 1, NULL, NULL), TPK_OK);
    tpk_geom_buffer_clear(&square);
}

static void lines_and_points_cannot_cover(void **state)
{
    (void)state;
    tpk_geom_buffer line = {0};
    tpk_geom_buffer_reset(&line, TPK_GEOM_LINE);
    const double xy[] = {0, 0, 1, 1};
    assert_true(tpk_geom_buffer_add_part(&line, xy, 2, 0));
    tpk_geom view = tpk_geom_buffer_view(&line);
    double share[1];
    tpk_err err = {0};
    assert_int_equal(tpk_coverage(&KALSEL, (tpk_window){0, 0, 1, 1}, &view, 1, share, &err),
                     TPK_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "geometry 1"));
    tpk_geom_buffer_clear(&line);
}

static void coverage_allocates_nothing(void **state)
{
    (void)state;
    static const double UV[] = {0, 0, 2, 0, 2, 2, 0, 2};
    tpk_geom_buffer square = new_polygon();
    add_ring(&square, &KALSEL, 0, 0, UV, 4, TPK_RING_OUTER);
    tpk_geom view = tpk_geom_buffer_view(&square);
    double share[9];
    long live = tpk_mem_live_count();
    tpk_mem_fail_after(0);
    assert_int_equal(tpk_coverage(&KALSEL, (tpk_window){0, 0, 3, 3}, &view, 1, share, NULL), TPK_OK);
    assert_int_equal(tpk_mem_failed_count(), 0);
    tpk_mem_fail_after(-1);
    assert_int_equal(tpk_mem_live_count(), live);
    tpk_geom_buffer_clear(&square);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hand_drawn_triangle),
        cmocka_unit_test(hand_drawn_rectangle_with_a_hole),
        cmocka_unit_test(hand_drawn_diamond_through_the_corners),
        cmocka_unit_test(polygon_on_the_cell_borders_covers_whole_cells_only),
        cmocka_unit_test(polygon_inside_one_cell),
        cmocka_unit_test(polygon_around_the_window_covers_all_of_it),
        cmocka_unit_test(polygon_outside_the_window_covers_nothing),
        cmocka_unit_test(random_stars_with_holes_agree_with_geos),
        cmocka_unit_test(random_multipolygons_agree_with_geos),
        cmocka_unit_test(slivers_and_needles_agree_with_geos),
        cmocka_unit_test(corners_on_cell_borders_agree_with_geos),
        cmocka_unit_test(real_coordinates_agree_with_geos),
        cmocka_unit_test(every_window_gives_the_same_bits),
        cmocka_unit_test(neighbours_share_cells_without_gap_or_overlap),
        cmocka_unit_test(shares_add_up_to_the_polygon),
        cmocka_unit_test(overlapping_polygons_never_cover_more_than_all),
        cmocka_unit_test(no_polygon_or_no_window_is_no_coverage),
        cmocka_unit_test(lines_and_points_cannot_cover),
        cmocka_unit_test(coverage_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
