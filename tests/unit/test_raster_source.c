/* The raster source: each method against its formula written out over all pixels, and against gdalwarp. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source_fake.h"

/* Cells of 30 m over rasters of 50 m (same CRS, not aligned), 0.001 degrees and 7 m. */
static const tpk_grid GRID = {.x0 = 500010, .y0 = 9599990, .cell = 30, .n_rows = 47, .n_cols = 66};

enum {
    ROWS = 40,
    COLS = 50,
    FINE_ROWS = 260,
    FINE_COLS = 330,
    GEO_SIDE = 60,
    HUGE_ROWS = 1500,
    HUGE_COLS = 2000
};

typedef struct made {
    study study;
    double plain[ROWS * COLS], holed[ROWS * COLS], fine[FINE_ROWS * FINE_COLS], geo[GEO_SIDE * GEO_SIDE];
} made;

static void fill(double *values, int n, dice *d, double low, double high)
{
    for (int i = 0; i < n; i++) values[i] = (double)(float)roll(d, low, high);
}

static const double PLAIN_AT[6] = {499900, 50, 0, 9600100, 0, -50};

static void write_rasters(made *m, dice *d)
{
    const double none = (double)NAN;
    raster_spec plain = {ROWS, COLS, 32750, {499900, 50, 0, 9600100, 0, -50}, GDT_Float32, none, false};
    fill(m->plain, ROWS * COLS, d, 0, 100);
    study_add_raster(&m->study, "plain", plain, m->plain);
    for (int i = 0; i < ROWS * COLS; i++) m->holed[i] = roll(d, 0, 1) < 0.2 ? -9999 : m->plain[i];
    plain.nodata = -9999;
    study_add_raster(&m->study, "holed", plain, m->holed);
    for (int i = 0; i < ROWS * COLS; i++) m->holed[i] = m->holed[i] == -9999 ? none : m->holed[i];

    raster_spec fine = {FINE_ROWS,   FINE_COLS, 32750, {499950, 7, 0, 9600050, 0, -7},
                        GDT_Float32, none,      false};
    fill(m->fine, FINE_ROWS * FINE_COLS, d, -50, 50);
    study_add_raster(&m->study, "fine", fine, m->fine);

    raster_spec geo = {GEO_SIDE,    GEO_SIDE, 4326, {116.995, 0.001, 0, -3.585, 0, -0.001},
                       GDT_Float32, none,     false};
    fill(m->geo, GEO_SIDE * GEO_SIDE, d, 0, 100);
    study_add_raster(&m->study, "geo", geo, m->geo);
}

static void write_integers(made *m)
{
    double codes[ROWS * COLS];
    for (int i = 0; i < ROWS * COLS; i++) codes[i] = (i * 7) % 11;
    raster_spec classes = {ROWS, COLS, 32750, {499900, 50, 0, 9600100, 0, -50}, GDT_Byte, (double)NAN, true};
    study_add_raster(&m->study, "classes", classes, codes);
    for (int i = 0; i < ROWS * COLS; i++) codes[i] = i % 2 ? 16777217 : 16777219; /* float cannot tell */
    classes.type = GDT_Int32;
    classes.palette = false;
    study_add_raster(&m->study, "codes", classes, codes);
}

static int set_up(void **state)
{
    made *m = malloc(sizeof *m);
    dice d = {31};
    study_open(&m->study, "EPSG:32750", tpk_grid_box(&GRID), GRID.cell);
    write_rasters(m, &d);
    write_integers(m);
    study_ready(&m->study);
    *state = m;
    return 0;
}

static int tear_down(void **state)
{
    made *m = *state;
    study_close(&m->study);
    free(m);
    return 0;
}

static tpk_params raster(const char *layer, const char *method)
{
    tpk_params params = params_new(&TPK_SOURCE_RASTER.spec);
    params_set_text(&params, "raster", layer);
    if (method) params_set_text(&params, "resample", method);
    return params;
}

/* Weight of the pixel centre at distance d (in pixels) along one axis. */
typedef double kernel(double d);

static double nearest_kernel(double d)
{
    return d > -0.5 && d <= 0.5 ? 1 : 0;
}
static double bilinear_kernel(double d)
{
    return fabs(d) < 1 ? 1 - fabs(d) : 0;
}
static double cubic_kernel(double d) /* Keys 1981, a = -1/2 */
{
    double t = fabs(d);
    if (t < 1) return 1.5 * t * t * t - 2.5 * t * t + 1;
    return t < 2 ? -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2 : 0;
}

static int clamped(int i, int n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* The sum over all pixels, the border's repeated three times outwards; a NaN pixel leaves its weight to the
 * others. */
static double brute_force(const double *pixels, const double *g, double x, double y, kernel *k)
{
    double px = (x - g[0]) / g[1], py = (y - g[3]) / g[5], sum = 0, weight = 0;
    if (px < 0 || py < 0 || px >= COLS || py >= ROWS) return (double)NAN;
    if (isnan(pixels[(int)py * COLS + (int)px])) return (double)NAN;
    for (int r = -3; r < ROWS + 3; r++) {
        for (int c = -3; c < COLS + 3; c++) {
            double w = k(c + 0.5 - px) * k(r + 0.5 - py),
                   value = pixels[clamped(r, ROWS) * COLS + clamped(c, COLS)];
            if (w == 0 || isnan(value)) continue;
            sum += w * value;
            weight += w;
        }
    }
    return sum / weight;
}

static void assert_like_brute_force(made *m, const char *layer, const double *pixels, const char *method,
                                    kernel *k)
{
    tpk_source *source = new_source(&m->study, raster(layer, method));
    /* A grid that hangs over all four sides of the raster. */
    tpk_grid grid = {.x0 = 499850, .y0 = 9600150, .cell = 37, .n_rows = 58, .n_cols = 72};
    double *values = evaluate_grid(source, &grid);
    int n_unknown = 0;
    for (int32_t i = 0; i < grid.n_rows * grid.n_cols; i++) {
        double x = tpk_grid_x(&grid, i % grid.n_cols), y = tpk_grid_y(&grid, i / grid.n_cols);
        double expected = brute_force(pixels, PLAIN_AT, x, y, k);
        n_unknown += isnan(expected);
        if (isnan(expected) ? !isnan(values[i]) : !(fabs(values[i] - expected) < 1e-4)) {
            fail_msg("%s of %s at %.3f %.3f: %.9g, expected %.9g", method, layer, x, y, values[i], expected);
        }
    }
    assert_true(n_unknown > 200);
    free(values);
    tpk_source_free(source);
}

static void nearest_is_the_pixel_under_the_point(void **state)
{
    made *m = *state;
    assert_like_brute_force(m, "plain", m->plain, "nearest", nearest_kernel);
    assert_like_brute_force(m, "holed", m->holed, "nearest", nearest_kernel);
}

static void bilinear_weighs_four_pixels_and_shares_what_is_unknown(void **state)
{
    made *m = *state;
    assert_like_brute_force(m, "plain", m->plain, "bilinear", bilinear_kernel);
    assert_like_brute_force(m, "holed", m->holed, "bilinear", bilinear_kernel);
}

static void cubic_is_catmull_rom_and_continues_the_border(void **state)
{
    made *m = *state;
    assert_like_brute_force(m, "plain", m->plain, "cubic", cubic_kernel);
}

static void cubic_beside_an_unknown_pixel_is_bilinear(void **state)
{
    made *m = *state;
    tpk_source *cubic = new_source(&m->study, raster("holed", "cubic")),
               *bilinear = new_source(&m->study, raster("holed", "bilinear"));
    double *c = evaluate_grid(cubic, &GRID), *b = evaluate_grid(bilinear, &GRID);
    int n_same = 0, n_other = 0;
    for (int32_t i = 0; i < GRID.n_rows * GRID.n_cols; i++) {
        assert_int_equal(isnan(c[i]), isnan(b[i]));
        n_same += !isnan(b[i]) && same_bits(b[i], c[i]);
        n_other += !isnan(b[i]) && !same_bits(b[i], c[i]);
        if (!isnan(c[i])) assert_true(c[i] > -20 && c[i] < 120);
    }
    assert_true(n_same > 500 && n_other > 20);
    free(c);
    free(b);
    tpk_source_free(cubic);
    tpk_source_free(bilinear);
}

static double overlap(double a0, double a1, double b0, double b1)
{
    return fmax(0, fmin(a1, b1) - fmax(a0, b0));
}

static void average_weighs_pixels_by_their_area_under_the_cell(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, raster("fine", "average"));
    double *values = evaluate_grid(source, &GRID);
    for (int32_t i = 0; i < GRID.n_rows * GRID.n_cols; i += 7) {
        double x = tpk_grid_x(&GRID, i % GRID.n_cols), y = tpk_grid_y(&GRID, i / GRID.n_cols), sum = 0,
               area = 0;
        for (int p = 0; p < FINE_ROWS * FINE_COLS; p++) {
            double west = 499950 + 7.0 * (p % FINE_COLS), north = 9600050 - 7.0 * (p / FINE_COLS);
            double a = overlap(x - 15, x + 15, west, west + 7) * overlap(y - 15, y + 15, north - 7, north);
            sum += a * m->fine[p];
            area += a;
        }
        double expected =
            x < 499950 + 7 * FINE_COLS && y > 9600050 - 7 * FINE_ROWS ? sum / area : (double)NAN;
        assert_true(isnan(expected) ? isnan(values[i]) : fabs(values[i] - expected) < 1e-6);
    }
    free(values);
    tpk_source_free(source);
}

static void assert_same_values(made *m, const char *layer, const char *a, const char *b, bool same)
{
    tpk_source *one = new_source(&m->study, raster(layer, a)),
               *other = new_source(&m->study, raster(layer, b));
    double *x = evaluate_grid(one, &GRID), *y = evaluate_grid(other, &GRID);
    size_t n = (size_t)tpk_grid_n_cells(&GRID), n_same = 0;
    for (size_t i = 0; i < n; i++) n_same += same_bits(x[i], y[i]);
    assert_true(same ? n_same == n : n_same < n / 2);
    free(x);
    free(y);
    tpk_source_free(one);
    tpk_source_free(other);
}

static void the_kind_of_data_chooses_the_method(void **state)
{
    made *m = *state;
    assert_same_values(m, "classes", NULL, "nearest", true);
    assert_same_values(m, "classes", NULL, "bilinear", false);
    assert_same_values(m, "codes", NULL, "bilinear", true); /* integers without a palette are measurements */
    assert_same_values(m, "plain", "auto", "bilinear", true);
    assert_same_values(m, "fine", NULL, "average", true);
    assert_same_values(m, "fine", NULL, "bilinear", false);
}

static void numbers_that_are_looked_up_are_never_interpolated(void **state)
{
    made *m = *state;
    m->study.categorical = true;
    assert_same_values(m, "codes", NULL, "nearest", true);
    assert_same_values(m, "plain", "auto", "nearest", true);
    assert_same_values(m, "fine", NULL, "nearest", true); /* nor averaged */
    static const char *const MIXING[] = {"bilinear", "cubic", "average"};
    for (int k = 0; k < 3; k++)
        assert_refused(&m->study, raster("codes", MIXING[k]), TPK_ERR_PROJECT, MIXING[k]);
    assert_refused(&m->study, raster("codes", "cubic"), TPK_ERR_PROJECT, "raster 'codes'");
    assert_refused(&m->study, raster("codes", "cubic"), TPK_ERR_PROJECT,
                   "mixes the numbers of neighbouring pixels");
    m->study.categorical = false;
}

static void large_whole_numbers_are_exact(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, raster("codes", "nearest"));
    assert_true(evaluate_at(source, 499925, 9600075, 30) == 16777219);
    assert_true(evaluate_at(source, 499975, 9600075, 30) == 16777217);
    tpk_source_free(source);
}

/* What gdalwarp makes of a layer on GRID. Caller frees. */
static double *warped(made *m, const char *layer, const char *method)
{
    char *argv[32], numbers[6][40], path[600];
    tpk_box b = tpk_grid_box(&GRID);
    const double of[6] = {b.x_min, b.y_min, b.x_max, b.y_max, GRID.cell, GRID.cell};
    int n = 0;
    for (int i = 0; i < 6; i++) snprintf(numbers[i], sizeof numbers[i], "%.17g", of[i]);
#define ADD(text) argv[n++] = (char *)(uintptr_t)(text)
    ADD("-of"), ADD("MEM"), ADD("-t_srs"), ADD("EPSG:32750"), ADD("-et"), ADD("0"), ADD("-r"), ADD(method),
        ADD("-te");
    for (int i = 0; i < 4; i++) ADD(numbers[i]);
    ADD("-tr"), ADD(numbers[4]), ADD(numbers[5]), ADD("-dstnodata"), ADD("-9999"), ADD("-ot"), ADD("Float64");
#undef ADD
    argv[n] = NULL;
    snprintf(path, sizeof path, "%s/%s.tif", m->study.dir, layer);
    GDALDatasetH source = GDALOpen(path, GA_ReadOnly);
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(argv, NULL);
    GDALDatasetH out = GDALWarp("", NULL, 1, &source, options, NULL);
    assert_non_null(out);
    double *values = malloc((size_t)tpk_grid_n_cells(&GRID) * sizeof *values);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(out, 1), GF_Read, 0, 0, GRID.n_cols, GRID.n_rows, values,
                                  GRID.n_cols, GRID.n_rows, GDT_Float64, 0, 0),
                     CE_None);
    GDALWarpAppOptionsFree(options);
    GDALClose(out);
    GDALClose(source);
    return values;
}

static void assert_like_gdalwarp(made *m, const char *layer, const char *method, double tolerance)
{
    tpk_source *source = new_source(&m->study, raster(layer, method));
    double *values = evaluate_grid(source, &GRID), *expected = warped(m, layer, method);
    int n_compared = 0;
    for (int32_t i = 0; i < GRID.n_rows * GRID.n_cols; i++) {
        if (expected[i] == -9999 || isnan(values[i])) continue;
        n_compared++;
        if (!(fabs(values[i] - expected[i]) <= tolerance)) {
            fail_msg("%s of %s, cell %d: %.9g, gdalwarp %.9g", method, layer, i, values[i], expected[i]);
        }
    }
    assert_true(n_compared > GRID.n_rows * GRID.n_cols * 9 / 10);
    free(values);
    free(expected);
    tpk_source_free(source);
}

static void all_methods_agree_with_gdalwarp(void **state)
{
    made *m = *state;
    assert_like_gdalwarp(m, "plain", "nearest", 1e-9);
    assert_like_gdalwarp(m, "plain", "bilinear", 1e-4);
    assert_like_gdalwarp(m, "plain", "cubic", 1e-4);
    /* From degrees: the place is interpolated, a hundredth of a pixel of 0..100 at most; seen here is far
     * less. */
    assert_like_gdalwarp(m, "geo", "bilinear", 0.05);
    assert_like_gdalwarp(m, "geo", "cubic", 0.05);
    assert_like_gdalwarp(m, "classes", "nearest", 0);
}

static void the_value_does_not_depend_on_the_block(void **state)
{
    made *m = *state;
    static const char *const CASES[][2] = {{"plain", "bilinear"}, {"holed", "cubic"},  {"holed", "bilinear"},
                                           {"fine", "average"},   {"geo", "bilinear"}, {"geo", "average"},
                                           {"classes", "nearest"}};
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        tpk_source *source = new_source(&m->study, raster(CASES[k][0], CASES[k][1]));
        assert_pure(source, &GRID, 3 + k);
        assert_need_is_honoured(source, &GRID, 4);
        tpk_source_free(source);
    }
}

static void outside_of_the_raster_and_nowhere_are_unknown(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, raster("geo", NULL));
    assert_true(isnan(evaluate_at(source, 400000, 9600000, 30)));
    assert_true(isnan(evaluate_at(source, (double)NAN, 9600000, 30)));
    assert_true(isnan(evaluate_at(source, 1e30, 9600000, 30)));
    assert_true(!isnan(evaluate_at(source, 501000, 9599000, 30)));
    tpk_source_free(source);
}

/* A block of few points far apart reads near the points only; the values are the same. */
static void points_far_apart_are_read_one_by_one(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, raster("fine", "bilinear"));
    double x[20], y[20], values[20];
    dice d = {77};
    for (int i = 0; i < 20; i++) x[i] = roll(&d, 499950, 502200), y[i] = roll(&d, 9598300, 9600050);
    tpk_block block = {.n_rows = 1, .n_cols = 20, .x = x, .y = y, .cell_m = 30};
    evaluate(source, &block, values);
    for (int i = 0; i < 20; i++) assert_true(same_bits(values[i], evaluate_at(source, x[i], y[i], 30)));
    tpk_source_free(source);
}

static void a_cell_larger_than_the_reading_limit_is_averaged_in_bands(void **state)
{
    (void)state;
    study s;
    tpk_box area = {500000, 9598500, 502000, 9600000};
    study_open(&s, "EPSG:32750", area, 2000);
    double *values = malloc((size_t)HUGE_ROWS * HUGE_COLS * sizeof *values), sum = 0;
    dice d = {5};
    for (int i = 0; i < HUGE_ROWS * HUGE_COLS; i++) sum += values[i] = (double)(float)roll(&d, 0, 100);
    raster_spec spec = {HUGE_ROWS,   HUGE_COLS,   32750, {500000, 1, 0, 9600000, 0, -1},
                        GDT_Float32, (double)NAN, false};
    study_add_raster(&s, "huge", spec, values);
    study_ready(&s);
    tpk_source *source = new_source(&s, raster("huge", NULL));
    double mean = evaluate_at(source, 501000, 9599250, 2000);
    assert_true(fabs(mean - sum / (HUGE_ROWS * HUGE_COLS)) < 1e-9);
    /* Two such cells at once, and the same cell again in another block. */
    double x[2] = {501000, 501010}, y[2] = {9599250, 9599250}, both[2];
    tpk_block block = {.n_rows = 1, .n_cols = 2, .lattice = true, .x = x, .y = y, .cell_m = 2000};
    evaluate(source, &block, both);
    assert_true(same_bits(both[0], mean));
    free(values);
    tpk_source_free(source);
    study_close(&s);
}

static void exhausted_memory_is_reported_and_leaks_nothing(void **state)
{
    made *m = *state;
    tpk_block block = lattice_of(&GRID, (tpk_window){0, 0, 20, 20});
    assert_survives_no_memory(&m->study, raster("geo", "average"), &block);
    assert_survives_no_memory(&m->study, raster("plain", "bilinear"), &block);
    block_free(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_is_the_pixel_under_the_point),
        cmocka_unit_test(bilinear_weighs_four_pixels_and_shares_what_is_unknown),
        cmocka_unit_test(cubic_is_catmull_rom_and_continues_the_border),
        cmocka_unit_test(cubic_beside_an_unknown_pixel_is_bilinear),
        cmocka_unit_test(average_weighs_pixels_by_their_area_under_the_cell),
        cmocka_unit_test(the_kind_of_data_chooses_the_method),
        cmocka_unit_test(numbers_that_are_looked_up_are_never_interpolated),
        cmocka_unit_test(large_whole_numbers_are_exact),
        cmocka_unit_test(all_methods_agree_with_gdalwarp),
        cmocka_unit_test(the_value_does_not_depend_on_the_block),
        cmocka_unit_test(outside_of_the_raster_and_nowhere_are_unknown),
        cmocka_unit_test(points_far_apart_are_read_one_by_one),
        cmocka_unit_test(a_cell_larger_than_the_reading_limit_is_averaged_in_bands),
        cmocka_unit_test(exhausted_memory_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
