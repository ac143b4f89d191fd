/* Features cut at the edges of tiles: layers that show it, and those that look like it and are whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_support.h"

enum { OUTER = TPK_RING_OUTER, BANDS = 6, COLUMNS = 4, STEPS = 40 };

static const double X = 500000, Y = 9700000, TILE_M = 10000;

/* The k-th border between bands, at step i of the whole width: no two are at one height. */
static double border(int k, int i)
{
    return Y + 3000 * k + 500 * sin(0.1 * i + k);
}

typedef double border_fn(int k, int i);

/* Bands from west to east, cut at tiles: band by band, in each the pieces from west to east. The borders of
 * the columns' bands are shifted by shift[column]. */
static made *make_bands(int n_bands, int n_columns, border_fn *at, const double *shift, double noise_m)
{
    made *m = make(TPK_GEOM_POLYGON, (size_t)(n_bands * n_columns),
                   (size_t)(n_bands * n_columns * (2 * STEPS + 3)));
    for (int band = 0; band < n_bands; band++) {
        for (int column = 0; column < n_columns; column++) {
            double xy[2 * (2 * STEPS + 3)], dy = shift ? shift[column] : 0, dx = noise_m * column;
            int n = 0;
            for (int i = 0; i <= STEPS; i++, n++) {
                xy[2 * n] = X + TILE_M * column + TILE_M / STEPS * i + dx;
                xy[2 * n + 1] = at(band, column * STEPS + i) + dy;
            }
            for (int i = STEPS; i >= 0; i--, n++) {
                xy[2 * n] = X + TILE_M * column + TILE_M / STEPS * i + dx;
                xy[2 * n + 1] = at(band + 1, column * STEPS + i) + dy;
            }
            memcpy(xy + 2 * n, xy, 2 * sizeof *xy);
            feature(m);
            part(m, OUTER, xy, (size_t)n + 1);
        }
    }
    place(m, utm50s);
    return m;
}

/* One name a band, or one a piece. */
static void name_bands(made *m, bool by_piece)
{
    static const char *const NAMES[] = {"Satui",   "Jorong", "Kintap",    "Haruai", "Mantuil", "Batulicin",
                                        "Sebuhur", "Asam",   "Kelumpang", "Muara",  "Tanjung", "Bintang"};
    const char *names[BANDS * COLUMNS];
    for (int64_t f = 0; f < m->layer.n_features; f++) {
        int64_t band = f / COLUMNS, column = f % COLUMNS;
        names[f] = NAMES[by_piece ? band + 6 * (column % 2) : band];
    }
    texts(m, "nama", names);
}

/* Three inner borders of tiles, six bands over each. */
static void polygons_cut_at_tiles_are_told_with_the_lines(void **state)
{
    (void)state;
    made *m = make_bands(BANDS, COLUMNS, border, NULL, 2e-9);
    assert_found(&TPK_FINDING_CUT_AT_TILES, &m->subject, "cut_at_tiles", TPK_GRAVITY_REMARK, 24,
                 "24 of 24 features look like pieces of larger ones, cut along straight lines as of a tile "
                 "grid (3: x = "
                 "510000, x = 520000, x = 530000)");
    name_bands(m, false);
    assert_found(&TPK_FINDING_CUT_AT_TILES, &m->subject, "cut_at_tiles", TPK_GRAVITY_REMARK, 24,
                 "Satui: goes on at x = 510000 with record 1");
    unmake(m);
}

/* As shapefiles have them; and without any reference system, by the size of the numbers. */
static void neither_the_direction_of_rings_nor_a_reference_system_matters(void **state)
{
    (void)state;
    made *m = make_bands(BANDS, COLUMNS, border, NULL, 2e-9);
    for (int64_t p = 0; p < m->layer.n_features; p += 3) {
        double *xy = m->layer.xy + 2 * m->layer.part_start[p];
        for (int64_t a = 0, b = m->layer.part_start[p + 1] - m->layer.part_start[p] - 1; a < b; a++, b--) {
            for (int axis = 0; axis < 2; axis++) {
                double held = xy[2 * a + axis];
                xy[2 * a + axis] = xy[2 * b + axis];
                xy[2 * b + axis] = held;
            }
        }
    }
    m->layer.box = tpk_geom_box(tpk_layer_all(&m->layer));
    m->subject.crs = NULL;
    assert_found(&TPK_FINDING_CUT_AT_TILES, &m->subject, "cut_at_tiles", TPK_GRAVITY_REMARK, 24,
                 "(3: x = 510000");
    unmake(m);
}

static void a_coordinate_that_is_no_place_hides_its_feature_only(void **state)
{
    (void)state;
    made *m = make_bands(BANDS, COLUMNS, border, NULL, 0);
    m->layer.xy[4] = 1e300;
    m->layer.xy[2 * m->layer.part_start[23] + 1] = (double)NAN;
    assert_found(&TPK_FINDING_CUT_AT_TILES, &m->subject, "cut_at_tiles", TPK_GRAVITY_REMARK, 22, "22 of 24");
    unmake(m);
}

/* Units on both sides of a border along a meridian: with names of their own, or with borders of their own. */
static void units_along_a_straight_border_are_whole(void **state)
{
    (void)state;
    made *m = make_bands(BANDS, COLUMNS, border, NULL, 0);
    name_bands(m, true);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
    m = make_bands(BANDS, COLUMNS, border, (const double[]){0, 700, -400, 1100}, 0);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
}

/* A meridian surveyed in five pieces between two units is no cut. */
static void one_pair_along_a_straight_border_is_whole(void **state)
{
    enum { N_ALONG = 5, N_ROUND = 120, N = N_ALONG + N_ROUND + 2 };
    (void)state;
    made *m = make(TPK_GEOM_POLYGON, 2, 2 * N);
    for (int side = -1; side <= 1; side += 2) {
        double xy[2 * N];
        for (int i = 0; i <= N_ALONG; i++) {
            xy[2 * i] = 115;
            xy[2 * i + 1] = -3 + 0.02 * i;
        }
        for (int i = 0; i < N_ROUND; i++) { /* back in a bow */
            double t = (i + 1) / (N_ROUND + 1.0);
            xy[2 * (N_ALONG + 1 + i)] = 115 + side * 0.1 * t * (1 - t) - 1e-5 * side * sin(9 * t);
            xy[2 * (N_ALONG + 1 + i) + 1] = -2.9 - 0.1 * t + 1e-4 * sin(20 * t);
        }
        xy[2 * N - 2] = xy[0];
        xy[2 * N - 1] = xy[1];
        feature(m);
        part(m, TPK_RING_OUTER, xy, N);
    }
    place(m, degrees);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
}

/* All pieces lie on one side of the box; its copies too. */
static void a_layer_clipped_at_a_box_is_not_cut(void **state)
{
    (void)state;
    made *m = make_bands(12, 1, border, NULL, 0);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    int64_t half = m->layer.part_start[6];
    memcpy(m->layer.xy + 2 * half, m->layer.xy, (size_t)half * 2 * sizeof *m->layer.xy);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
}

static void squares_and_blocks_are_no_pieces(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_POLYGON, 900, 6 * 900);
    for (int i = 0; i < 900; i++) box(m, X + 1000 * (i % 30), Y + 1000 * (i / 30), 1000, 1000);
    place(m, utm50s);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
    m = make(TPK_GEOM_POLYGON, 900, 6 * 900);
    for (int i = 0; i < 900; i++) { /* a plantation's blocks, between roads that run uphill */
        double x = X + 1000 * (i % 30), y = Y + 300 * (double)(i / 30) + 11 * (i % 30);
        feature(m);
        PART(m, OUTER, x, y, x + 1000, y + 11, x + 1000, y + 311, x, y + 300, x, y);
    }
    place(m, utm50s);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
}

/* Square lots of a settlement in a map of land use, whose other polygons have borders of their own. */
static void lots_among_other_polygons_are_no_pieces(void **state)
{
    (void)state;
    made *m = make_bands(BANDS, COLUMNS, border, (const double[]){0, 700, -400, 1100}, 0);
    made *all = make(TPK_GEOM_POLYGON, BANDS * COLUMNS + 36, BANDS * COLUMNS * (2 * STEPS + 3) + 36 * 5);
    for (int64_t f = 0; f < m->layer.n_features; f++) {
        int64_t start = m->layer.part_start[f];
        feature(all);
        part(all, OUTER, m->layer.xy + 2 * start, (size_t)(m->layer.part_start[f + 1] - start));
    }
    unmake(m);
    for (int i = 0; i < 36; i++) box(all, X + 100 * (i % 6), Y - 5000 + 100 * (double)(i / 6), 100, 100);
    place(all, utm50s);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &all->subject);
    unmake(all);
}

static double stairs(int k, int i)
{
    return Y + 3000 * k + TILE_M / STEPS * ((i * 7 + k * 3 + i * i % 5) % 4 + (i % 3 == 0));
}

/* Outlines of pixels, of which a few corners were cut: every column of pixels is a line of shared edges. */
static void outlines_of_pixels_are_not_cut(void **state)
{
    (void)state;
    enum { N = 160 };
    made *m = make(TPK_GEOM_POLYGON, 12, 12 * (4 * N + 4));
    for (int band = 0; band < 12; band++) {
        double xy[2 * (4 * N + 4)];
        int n = 0;
        for (int i = 0; i < 2 * N; i++, n++) {
            xy[2 * n] = X + 250 * ((i + 1) / 2);
            xy[2 * n + 1] = stairs(band, i / 2);
        }
        for (int i = 2 * N - 1; i >= 0; i--, n++) {
            xy[2 * n] = X + 250 * ((i + 1) / 2) + (i == 0 ? 10 : 0); /* one slanted edge */
            xy[2 * n + 1] = stairs(band + 1, i / 2);
        }
        memcpy(xy + 2 * n, xy, 2 * sizeof *xy);
        feature(m);
        part(m, OUTER, xy, (size_t)n + 1);
    }
    place(m, utm50s);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
}

/* ---- lines ---- */

/* Rivers from west to east through degrees of longitude, `cut` or not into pieces at whole ones. */
static made *make_rivers(int n_rivers, double west, bool cut)
{
    enum { A_DEGREE = 100, DEGREES = 3 };
    made *m =
        make(TPK_GEOM_LINE, (size_t)(n_rivers * DEGREES), (size_t)(n_rivers * DEGREES * (A_DEGREE + 1)));
    for (int river = 0; river < n_rivers; river++) {
        for (int degree = 0; degree < DEGREES; degree++) {
            double xy[2 * (A_DEGREE + 1)];
            for (int i = 0; i <= A_DEGREE; i++) {
                int at = degree * A_DEGREE + i;
                xy[2 * i] = west + (double)at / A_DEGREE;
                if (!cut && at > 0 && at < A_DEGREE * DEGREES) xy[2 * i] += 0.003 * sin(7.0 * river + at);
                xy[2 * i + 1] = -4 + 0.3 * river + 0.1 * sin(0.03 * at + river);
            }
            feature(m);
            part(m, 0, xy, A_DEGREE + 1);
        }
    }
    place(m, degrees);
    return m;
}

static void lines_cut_at_whole_degrees_are_told(void **state)
{
    (void)state;
    made *m = make_rivers(8, 114, true);
    assert_found(&TPK_FINDING_CUT_AT_TILES, &m->subject, "cut_at_tiles", TPK_GRAVITY_REMARK, 24,
                 "along straight lines as of a tile grid (2: x = 115, x = 116)");
    assert_found(&TPK_FINDING_CUT_AT_TILES, &m->subject, "cut_at_tiles", TPK_GRAVITY_REMARK, 24, "Multipart");
    unmake(m);
    m = make_rivers(4, 114, true); /* the fewest */
    assert_found(&TPK_FINDING_CUT_AT_TILES, &m->subject, "cut_at_tiles", TPK_GRAVITY_REMARK, 12, "12 of 12");
    unmake(m);
    m = make_rivers(3, 114, true);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
}

/* A river of one name becomes another at a confluence, here at places of their own; and along a straight
 * border, where each side has its own name. */
static void lines_that_end_elsewhere_or_change_their_name_are_whole(void **state)
{
    (void)state;
    made *m = make_rivers(8, 114, false);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
    m = make_rivers(8, 114, true);
    const char *names[24];
    for (int i = 0; i < 24; i++) names[i] = i % 3 == 1 ? "Negara" : "Barito";
    texts(m, "nama", names);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
}

/* A straight road, in pieces between the roads that come from both sides. */
static void junctions_along_a_straight_road_are_no_cut(void **state)
{
    (void)state;
    made *m = make_rivers(8, 114, true);
    made *all = make(TPK_GEOM_LINE, 24 + 7, 24 * 101 + 14);
    for (int64_t f = 0; f < 24; f++) {
        feature(all);
        part(all, 0, m->layer.xy + 2 * m->layer.part_start[f], 101);
    }
    for (int64_t f = 0; f < 7; f++) { /* from the end of a river's first piece to that of the next river's */
        const double *from = m->layer.xy + 2 * (m->layer.part_start[3 * f + 1] - 1),
                     *to = m->layer.xy + 2 * (m->layer.part_start[3 * f + 4] - 1);
        feature(all);
        PART(all, 0, from[0], from[1], to[0], to[1]);
    }
    place(all, degrees);
    assert_found(&TPK_FINDING_CUT_AT_TILES, &all->subject, "cut_at_tiles", TPK_GRAVITY_REMARK, 16,
                 "(1: x = 116)");
    unmake(m);
    unmake(all);
}

/* Pieces that are one feature still are none; nor is a ring that begins where it ends. */
static void parts_of_one_feature_are_no_pieces(void **state)
{
    (void)state;
    made *m = make_rivers(8, 114, true);
    for (int64_t f = 1; f <= 8; f++) m->layer.feature_part[f] = 3 * f;
    m->layer.n_features = 8;
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
    m = make(TPK_GEOM_LINE, 12, 12 * 101);
    for (int island = 0; island < 12; island++) { /* each begins at 115 */
        double xy[2 * 101];
        for (int i = 0; i <= 100; i++) {
            xy[2 * i] = 115 + 0.01 * sin(2 * 3.14159265358979323846 * (i % 100) / 100);
            xy[2 * i + 1] = -4 + 0.1 * island + 0.01 * cos(2 * 3.14159265358979323846 * (i % 100) / 100);
        }
        feature(m);
        part(m, 0, xy, 101);
    }
    place(m, degrees);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
}

/* At a crossing four ends meet; at the border of the district two do, going round a corner. */
static void streets_on_a_grid_are_whole(void **state)
{
    (void)state;
    enum { N = 12 };
    made *m = make(TPK_GEOM_LINE, 2 * N * N, 4 * N * N);
    for (int i = 0; i < N * N; i++) {
        double x = X + 100 * (i % N), y = Y + 100 * (double)(i / N);
        if (i % N < N - 1) {
            feature(m);
            PART(m, 0, x, y, x + 100, y);
        }
        if (i / N < N - 1) {
            feature(m);
            PART(m, 0, x, y, x, y + 100);
        }
    }
    place(m, utm50s);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
}

/* Lines of two pieces that meet anywhere in a square of n_values x n_values places: by chance up to all of
 * these lie on lines of four and more. */
static void rounded_coordinates_are_no_tiles(void **state)
{
    (void)state;
    enum { N = 3000 };
    for (int64_t n_values = 50; n_values < 1000000; n_values = n_values * 3 / 2) {
        made *m = make(TPK_GEOM_LINE, 2 * N, 4 * N);
        uint64_t random = 88172645463325252u;
        for (int i = 0; i < N; i++) {
            double xy[2];
            for (int axis = 0; axis < 2; axis++) {
                random ^= random << 13, random ^= random >> 7, random ^= random << 17; /* xorshift64 */
                xy[axis] = (double)(int64_t)(random % (uint64_t)n_values);
            }
            double x = X + xy[0], y = Y + xy[1];
            feature(m);
            PART(m, 0, x - 1, y - 1, x, y);
            feature(m);
            PART(m, 0, x, y, x + 1, y + 1);
        }
        place(m, utm50s);
        assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
        unmake(m);
    }
}

static void points_and_cancelling(void **state)
{
    (void)state;
    made *m = table(20);
    assert_fine(&TPK_FINDING_CUT_AT_TILES, &m->subject);
    unmake(m);
    m = make_rivers(8, 114, true);
    atomic_int cancel = 1;
    const tpk_control control = {.cancel = &cancel};
    m->subject.control = &control;
    tpk_findings findings = {0};
    assert_int_equal(TPK_FINDING_CUT_AT_TILES.examine(&m->subject, &findings, NULL), TPK_ERR_CANCELLED);
    assert_int_equal(findings.n, 0);
    unmake(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polygons_cut_at_tiles_are_told_with_the_lines),
        cmocka_unit_test(neither_the_direction_of_rings_nor_a_reference_system_matters),
        cmocka_unit_test(a_coordinate_that_is_no_place_hides_its_feature_only),
        cmocka_unit_test(units_along_a_straight_border_are_whole),
        cmocka_unit_test(one_pair_along_a_straight_border_is_whole),
        cmocka_unit_test(a_layer_clipped_at_a_box_is_not_cut),
        cmocka_unit_test(squares_and_blocks_are_no_pieces),
        cmocka_unit_test(lots_among_other_polygons_are_no_pieces),
        cmocka_unit_test(outlines_of_pixels_are_not_cut),
        cmocka_unit_test(lines_cut_at_whole_degrees_are_told),
        cmocka_unit_test(lines_that_end_elsewhere_or_change_their_name_are_whole),
        cmocka_unit_test(junctions_along_a_straight_road_are_no_cut),
        cmocka_unit_test(parts_of_one_feature_are_no_pieces),
        cmocka_unit_test(streets_on_a_grid_are_whole),
        cmocka_unit_test(rounded_coordinates_are_no_tiles),
        cmocka_unit_test(points_and_cancelling),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
