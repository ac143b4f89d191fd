/* Slope against gdaldem at the DEM's own cells, and against Horn's formula written out for a DEM in degrees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "criteria/horn.h"
#include "source_fake.h"

static const tpk_grid GRID = {.x0 = 500010, .y0 = 9599990, .cell = 30, .n_rows = 61, .n_cols = 75};

enum { ROWS = 70, COLS = 90, GEO_SIDE = 50 };

/* The DEM's cells are the grid's, with a frame of a few cells on all sides. */
static const raster_spec DEM = {
    ROWS, COLS, 32750, {500010 - 5 * 30, 30, 0, 9599990 + 4 * 30, 0, -30}, GDT_Float32, -32768, false};
static const double GEO_AT[6] = {116.995, 0.0007, 0, -3.59, 0, -0.0005};

typedef struct made {
    study study;
    double heights[ROWS * COLS];
    double geo[GEO_SIDE * GEO_SIDE];
} made;

static void write_dems(made *m, dice *d)
{
    double other[ROWS * COLS];
    for (int i = 0; i < ROWS * COLS; i++) {
        int row = i / COLS, col = i % COLS;
        m->heights[i] = (double)(float)(900 + 200 * sin(col * 0.13) * cos(row * 0.21) + roll(d, -8, 8));
    }
    study_add_raster(&m->study, "dem", DEM, m->heights);
    for (int i = 0; i < ROWS * COLS; i++) other[i] = roll(d, 0, 1) < 0.02 ? -32768 : floor(m->heights[i]);
    raster_spec holed = DEM;
    holed.type = GDT_Int16;
    study_add_raster(&m->study, "holed", holed, other);

    /* The same ground, rows of the file running east: pixel (r, c) here is (c, r) there. */
    raster_spec turned = DEM;
    turned.n_rows = COLS;
    turned.n_cols = ROWS;
    const double g[6] = {DEM.geotransform[0], 0, 30, DEM.geotransform[3], -30, 0};
    memcpy(turned.geotransform, g, sizeof g);
    for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLS; c++) other[c * ROWS + r] = m->heights[r * COLS + c];
    }
    study_add_raster(&m->study, "turned", turned, other);

    for (int i = 0; i < GEO_SIDE * GEO_SIDE; i++) m->geo[i] = (double)(float)roll(d, 0, 60);
    raster_spec geo = {GEO_SIDE,    GEO_SIDE,    4326, {116.995, 0.0007, 0, -3.59, 0, -0.0005},
                       GDT_Float32, (double)NAN, false};
    study_add_raster(&m->study, "geo", geo, m->geo);
}

static int set_up(void **state)
{
    made *m = malloc(sizeof *m);
    dice d = {41};
    study_open(&m->study, "EPSG:32750", tpk_grid_box(&GRID), GRID.cell);
    write_dems(m, &d);
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

static tpk_params slope(const char *layer, const char *unit)
{
    tpk_params params = params_new(&TPK_SOURCE_SLOPE.spec);
    params_set_text(&params, "slope", layer);
    if (unit) params_set_text(&params, "unit", unit);
    return params;
}

/* gdaldem's slope of a layer; NaN where it has none. Caller frees. */
static double *gdaldem(made *m, const char *layer, const char *option)
{
    char path[600];
    char *argv[] = {(char *)(uintptr_t) "-of", (char *)(uintptr_t) "MEM", (char *)(uintptr_t)option, NULL};
    snprintf(path, sizeof path, "%s/%s.tif", m->study.dir, layer);
    GDALDatasetH source = GDALOpen(path, GA_ReadOnly);
    GDALDEMProcessingOptions *options = GDALDEMProcessingOptionsNew(argv, NULL);
    GDALDatasetH out = GDALDEMProcessing("", source, "slope", NULL, options, NULL);
    assert_non_null(out);
    double *values = malloc((size_t)ROWS * COLS * sizeof *values);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(out, 1), GF_Read, 0, 0, COLS, ROWS, values, COLS, ROWS,
                                  GDT_Float64, 0, 0),
                     CE_None);
    for (int i = 0; i < ROWS * COLS; i++) values[i] = values[i] == -9999 ? (double)NAN : values[i];
    GDALDEMProcessingOptionsFree(options);
    GDALClose(out);
    GDALClose(source);
    return values;
}

/* All cells of the DEM and a frame of two more around it. */
static void assert_like_gdaldem(made *m, const char *layer, const char *unit, const char *option)
{
    tpk_source *source = new_source(&m->study, slope(layer, unit));
    assert_string_equal(tpk_source_unit(source), unit ? unit : "percent");
    tpk_grid grid = {.x0 = DEM.geotransform[0] - 60,
                     .y0 = DEM.geotransform[3] + 60,
                     .cell = 30,
                     .n_rows = ROWS + 4,
                     .n_cols = COLS + 4};
    double *values = evaluate_grid(source, &grid), *expected = gdaldem(m, layer, option);
    int n_unknown = 0;
    for (int r = 0; r < grid.n_rows; r++) {
        for (int c = 0; c < grid.n_cols; c++) {
            bool on_dem = r >= 2 && r < ROWS + 2 && c >= 2 && c < COLS + 2;
            double v = values[r * grid.n_cols + c],
                   e = on_dem ? expected[(r - 2) * COLS + c - 2] : (double)NAN;
            n_unknown += isnan(e);
            if (isnan(e) ? !isnan(v) : !(fabs(v - e) <= 2e-4 + 1e-5 * e)) {
                fail_msg("%s, row %d, column %d: %.9g, gdaldem %.9g", layer, r - 2, c - 2, v, e);
            }
        }
    }
    assert_true(n_unknown >= 2 * ROWS + 2 * COLS - 4);
    free(values);
    free(expected);
    tpk_source_free(source);
}

static void at_the_dems_own_cells_slope_is_gdaldems(void **state)
{
    made *m = *state;
    assert_like_gdaldem(m, "dem", NULL, "-p");
    assert_like_gdaldem(m, "dem", "degrees", NULL);
}

static void beside_unknown_pixels_slope_is_unknown_as_gdaldems(void **state)
{
    made *m = *state;
    assert_like_gdaldem(m, "holed", NULL, "-p");
}

static void a_plane_has_its_slope(void **state)
{
    (void)state;
    float rows[3][5];
    for (int r = 0; r < 3; r++) {
        for (int c = 0; c < 5; c++) rows[r][c] = 4000 + 3.0F * (float)c - 4.0F * (float)r;
    }
    double percent[3], degrees[3];
    tpk_horn_scale scale = {1 / 80.0F, 1 / 80.0F};
    tpk_horn_row(rows[0], rows[1], rows[2], 3, scale, false, percent);
    tpk_horn_row(rows[0], rows[1], rows[2], 3, scale, true, degrees);
    for (int i = 0; i < 3; i++) { /* 3 and 4 m in 10 m: 50 % */
        assert_true(fabs(percent[i] - 50) < 1e-5);
        assert_true(fabs(degrees[i] - 26.56505117707799) < 1e-5);
    }
}

static void between_pixel_centres_slopes_are_interpolated(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, slope("dem", NULL));
    double x = tpk_grid_x(&GRID, 20), y = tpk_grid_y(&GRID, 30), v[2][2];
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) v[i][j] = evaluate_at(source, x + 30 * j, y - 30 * i, 30);
    }
    double middle = (v[0][0] + v[0][1] + v[1][0] + v[1][1]) / 4;
    assert_true(fabs(evaluate_at(source, x + 15, y - 15, 30) - middle) < 1e-9);
    double quarter = 0.75 * v[0][0] + 0.25 * v[0][1];
    assert_true(fabs(evaluate_at(source, x + 7.5, y, 30) - quarter) < 1e-9);
    tpk_source_free(source);
}

/* Aligned lattices take the fast route; the same points one by one, and lattices of every second row, take
 * the general one. */
static void both_routes_give_the_same_bits(void **state)
{
    made *m = *state;
    static const char *const LAYERS[] = {"dem", "holed", "geo"};
    for (int k = 0; k < 3; k++) {
        tpk_source *source = new_source(&m->study, slope(LAYERS[k], k == 1 ? "degrees" : NULL));
        assert_pure(source, &GRID, 13);
        assert_need_is_honoured(source, &GRID, 14);
        double *whole = evaluate_grid(source, &GRID), x[40], y[30], values[30 * 40];
        for (int c = 0; c < 40; c++) x[c] = tpk_grid_x(&GRID, c);
        for (int r = 0; r < 30; r++) y[r] = tpk_grid_y(&GRID, 2 * r);
        tpk_block block = {.n_rows = 30, .n_cols = 40, .lattice = true, .x = x, .y = y, .cell_m = 30};
        evaluate(source, &block, values);
        for (int i = 0; i < 30 * 40; i++)
            assert_true(same_bits(values[i], whole[2 * (i / 40) * GRID.n_cols + i % 40]));
        free(whole);
        tpk_source_free(source);
    }
}

static void a_dem_turned_by_a_right_angle_has_the_same_slopes(void **state)
{
    made *m = *state;
    tpk_source *plain = new_source(&m->study, slope("dem", NULL)),
               *turned = new_source(&m->study, slope("turned", NULL));
    double *a = evaluate_grid(plain, &GRID), *b = evaluate_grid(turned, &GRID);
    for (int32_t i = 0; i < GRID.n_rows * GRID.n_cols; i++) assert_true(fabs(a[i] - b[i]) < 1e-4);
    free(a);
    free(b);
    tpk_source_free(plain);
    tpk_source_free(turned);
}

/* Horn's formula at one pixel of the DEM in degrees, with the metres a degree has there on the ellipsoid. */
static double geo_slope(const made *m, int r, int c)
{
    const double *z = m->geo;
#define Z(i, j) z[(r + (i)) * GEO_SIDE + c + (j)]
    double lat = (GEO_AT[3] + (r + 0.5) * GEO_AT[5]) * M_PI / 180, a = 6378137, f = 1 / 298.257223563,
           e2 = f * (2 - f);
    double w = sqrt(1 - e2 * sin(lat) * sin(lat));
    double east_m = GEO_AT[1] * M_PI / 180 * cos(lat) * a / w,
           north_m = -GEO_AT[5] * M_PI / 180 * a * (1 - e2) / (w * w * w);
    double dx = (Z(-1, 1) + 2 * Z(0, 1) + Z(1, 1) - Z(-1, -1) - 2 * Z(0, -1) - Z(1, -1)) / (8 * east_m);
    double dy = (Z(1, -1) + 2 * Z(1, 0) + Z(1, 1) - Z(-1, -1) - 2 * Z(-1, 0) - Z(-1, 1)) / (8 * north_m);
#undef Z
    return 100 * hypot(dx, dy);
}

static void a_dem_in_degrees_uses_the_ellipsoid(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, slope("geo", NULL));
    OGRSpatialReferenceH from = srs_of(4326), to = srs_of(32750);
    OGRCoordinateTransformationH transform = OCTNewCoordinateTransformation(from, to);
    dice d = {3};
    for (int k = 0; k < 200; k++) {
        double u = roll(&d, 2, GEO_SIDE - 4), v = roll(&d, 2, GEO_SIDE - 4); /* between centres of pixels */
        int c = (int)u, r = (int)v;
        double x = GEO_AT[0] + (u + 0.5) * GEO_AT[1], y = GEO_AT[3] + (v + 0.5) * GEO_AT[5];
        assert_true(OCTTransform(transform, 1, &x, &y, NULL));
        u -= c, v -= r;
        double expected = (geo_slope(m, r, c) * (1 - u) + geo_slope(m, r, c + 1) * u) * (1 - v) +
                          (geo_slope(m, r + 1, c) * (1 - u) + geo_slope(m, r + 1, c + 1) * u) * v;
        double value = evaluate_at(source, x, y, 30);
        if (!(fabs(value - expected) < 0.05)) fail_msg("%.9g, expected %.9g", value, expected);
    }
    OCTDestroyCoordinateTransformation(transform);
    OSRDestroySpatialReference(from);
    OSRDestroySpatialReference(to);
    tpk_source_free(source);
}

/* From PROJ's geod +ellps=WGS84 -I over 0.0001 and 0.0002 degrees around the place. */
static void a_degree_has_its_length(void **state)
{
    (void)state;
    assert_true(fabs(tpk_metres_per_degree_lon(45) - 7.884683509e4) < 1e-3);
    assert_true(fabs(tpk_metres_per_degree_lat(45) - 22.226355484 / 0.0002) < 1e-3);
    assert_true(fabs(tpk_metres_per_degree_lat(0) - 22.114855164 / 0.0002) < 1e-3);
    assert_true(fabs(tpk_metres_per_degree_lat(90) - 22.338795913 / 0.0002) < 1e-3);
    assert_true(fabs(tpk_metres_per_degree_lon(0) - 6378137 * M_PI / 180) < 1e-6);
}

static void a_dem_without_metres_or_right_angles_is_refused(void **state)
{
    (void)state;
    study s;
    double heights[16] = {0};
    study_open(&s, "EPSG:32633", (tpk_box){400000, 5700000, 401000, 5701000}, 30);
    raster_spec feet = {4, 4, 2264, {1500000, 100, 0, 500000, 0, -100}, GDT_Float32, (double)NAN, false};
    study_add_raster(&s, "feet", feet, heights);
    raster_spec slanted = {4, 4, 32633, {400000, 30, 20, 5701000, 0, -30}, GDT_Float32, (double)NAN, false};
    study_add_raster(&s, "slanted", slanted, heights);
    raster_spec stretched = {4, 4, 3857, {1670000, 30, 0, 6800000, 0, -30}, GDT_Float32, (double)NAN, false};
    study_add_raster(&s, "mercator", stretched, heights);
    study_ready(&s);
    assert_refused(&s, slope("slanted", NULL), TPK_ERR_DATA, "slanted pixels");
    tpk_params params = slope("feet", NULL);
    tpk_source *source = NULL;
    tpk_err err = {0};
    assert_int_not_equal(try_source(&s, &params, &source, &err), TPK_OK);
    assert_non_null(strstr(err.message, "does not count in metres"));
    tpk_params_clear(&params);

    size_t before = s.diags.n_warnings;
    source = new_source(&s, slope("mercator", NULL));
    assert_int_equal(s.diags.n_warnings, before + 1);
    assert_non_null(strstr(s.diags.items[s.diags.n - 1].text, "too small"));
    tpk_source_free(source);
    study_close(&s);
}

/* The DEM's pixels are 30 m. */
static void a_dem_finer_than_the_cells_is_remarked_on(void **state)
{
    made *m = *state;
    const double cells_m[] = {30, 60, 75};
    for (int k = 0; k < 3; k++) {
        m->study.cell_m = cells_m[k];
        size_t before = m->study.diags.n;
        tpk_source *source = new_source(&m->study, slope("dem", NULL));
        assert_int_equal(m->study.diags.n - before, k == 2);
        tpk_source_free(source);
    }
    const tpk_diag *note = &m->study.diags.items[m->study.diags.n - 1];
    assert_int_equal(note->severity, TPK_NOTE);
    assert_non_null(strstr(note->text, "2.5 of them side by side in a cell of 75 m"));
    m->study.cell_m = GRID.cell;
}

static void exhausted_memory_is_reported_and_leaks_nothing(void **state)
{
    made *m = *state;
    tpk_block block = lattice_of(&GRID, (tpk_window){0, 0, 20, 20});
    assert_survives_no_memory(&m->study, slope("dem", NULL), &block);
    assert_survives_no_memory(&m->study, slope("geo", NULL), &block);
    block_free(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_the_dems_own_cells_slope_is_gdaldems),
        cmocka_unit_test(beside_unknown_pixels_slope_is_unknown_as_gdaldems),
        cmocka_unit_test(a_plane_has_its_slope),
        cmocka_unit_test(between_pixel_centres_slopes_are_interpolated),
        cmocka_unit_test(both_routes_give_the_same_bits),
        cmocka_unit_test(a_dem_turned_by_a_right_angle_has_the_same_slopes),
        cmocka_unit_test(a_dem_in_degrees_uses_the_ellipsoid),
        cmocka_unit_test(a_degree_has_its_length),
        cmocka_unit_test(a_dem_without_metres_or_right_angles_is_refused),
        cmocka_unit_test(a_dem_finer_than_the_cells_is_remarked_on),
        cmocka_unit_test(exhausted_memory_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
