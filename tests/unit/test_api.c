/* The public library: evaluating at points and over windows, against the maps of a run and against each
 * other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "large_study.h"

enum { N_CRITERIA = 12 }; /* of the large study */

/* Results of n points; the arrays are owned. */
typedef struct answers {
    tpk_results results;
    size_t n;
} answers;

static answers new_answers(size_t n)
{
    answers a = {.n = n};
    a.results = (tpk_results){.score = calloc(n, sizeof(float)),
                              .point_class = calloc(n, 1),
                              .reasons = calloc(n, sizeof(uint32_t)),
                              .limiting = calloc(n, 1),
                              .values = calloc(n * N_CRITERIA, sizeof(double)),
                              .memberships = calloc(n * N_CRITERIA, sizeof(double))};
    assert_non_null(a.results.memberships);
    return a;
}

static void free_answers(answers *a)
{
    free(a->results.score);
    free(a->results.point_class);
    free(a->results.reasons);
    free(a->results.limiting);
    free(a->results.values);
    free(a->results.memberships);
}

static bool same_double(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void assert_same_answers(const answers *a, const answers *b)
{
    for (size_t i = 0; i < a->n; i++) {
        bool same = same_double((double)a->results.score[i], (double)b->results.score[i]) &&
                    a->results.point_class[i] == b->results.point_class[i] &&
                    a->results.reasons[i] == b->results.reasons[i] &&
                    a->results.limiting[i] == b->results.limiting[i];
        for (size_t k = 0; k < N_CRITERIA; k++) {
            size_t at = k * a->n + i;
            same &= same_double(a->results.values[at], b->results.values[at]) &&
                    same_double(a->results.memberships[at], b->results.memberships[at]);
        }
        if (!same)
            fail_msg("point %zu differs: score %.9g and %.9g", i, (double)a->results.score[i],
                     (double)b->results.score[i]);
    }
}

static void evaluate(tpk_study *study, const char *crs, const double *xy, answers *a)
{
    tpk_err err = {TPK_OK, ""};
    if (tpk_study_evaluate_points(study, crs, xy, a->n, &a->results, &err) != TPK_OK)
        fail_msg("%s", err.message);
}

/* A Web-Mercator window of 150 x 200 pixels of 152.874 m (zoom 10) over the middle of the large study. */
enum { ROWS = 150, COLS = 200 };
static const double ORIGIN[2] = {12827000, -388000}, PIXEL = 152.8740565703525;

static double *window_centres(void)
{
    double *xy = malloc(2 * ROWS * COLS * sizeof *xy);
    assert_non_null(xy);
    for (int i = 0; i < ROWS * COLS; i++) {
        xy[2 * i] = ORIGIN[0] + (i % COLS + 0.5) * PIXEL;
        xy[2 * i + 1] = ORIGIN[1] - (i / COLS + 0.5) * PIXEL;
    }
    return xy;
}

static tpk_study *large;

static int open_large(void **state)
{
    if (files_set_up(state) != 0) return -1;
    large = open_study(write_large_study(), (tpk_options){0});
    return 0;
}

static int close_large(void **state)
{
    tpk_study_close(large);
    return files_tear_down(state);
}

static void window_and_scattered_points_of_one_crs_agree_to_the_bit(void **state)
{
    (void)state;
    answers window = new_answers(ROWS * COLS), points = new_answers(ROWS * COLS);
    double *xy = window_centres();
    tpk_err err = {TPK_OK, ""};
    if (tpk_study_evaluate_window(large, "EPSG:3857", ORIGIN[0], ORIGIN[1], PIXEL, PIXEL, ROWS, COLS,
                                  &window.results, &err) != TPK_OK) {
        fail_msg("%s", err.message);
    }
    evaluate(large, "EPSG:3857", xy, &points);
    assert_same_answers(&window, &points);
    size_t n_classes[7] = {0};
    for (int i = 0; i < ROWS * COLS; i++) n_classes[window.results.point_class[i]]++;
    for (int c = 0; c < 7; c++) assert_true(n_classes[c] > 20);
    free(xy);
    free_answers(&window);
    free_answers(&points);
}

/* The transformation by GDAL's OSR, the evaluation in the study's own CRS. Classes may flip where a millionth
 * of a metre matters. */
static void mercator_window_agrees_with_the_project_grids_crs_at_transformed_points(void **state)
{
    (void)state;
    answers window = new_answers(ROWS * COLS), points = new_answers(ROWS * COLS);
    double *xy = window_centres();
    assert_int_equal(tpk_study_evaluate_window(large, "EPSG:3857", ORIGIN[0], ORIGIN[1], PIXEL, PIXEL, ROWS,
                                               COLS, &window.results, NULL),
                     TPK_OK);
    OGRSpatialReferenceH from = OSRNewSpatialReference(NULL), to = OSRNewSpatialReference(NULL);
    OSRSetFromUserInput(from, "EPSG:3857");
    OSRSetFromUserInput(to, "EPSG:32750");
    OSRSetAxisMappingStrategy(from, OAMS_TRADITIONAL_GIS_ORDER);
    OSRSetAxisMappingStrategy(to, OAMS_TRADITIONAL_GIS_ORDER);
    OGRCoordinateTransformationH transformation = OCTNewCoordinateTransformation(from, to);
    for (int i = 0; i < ROWS * COLS; i++)
        assert_true(OCTTransform(transformation, 1, &xy[2 * i], &xy[2 * i + 1], NULL));
    OCTDestroyCoordinateTransformation(transformation);
    OSRDestroySpatialReference(from);
    OSRDestroySpatialReference(to);
    evaluate(large, NULL, xy, &points);
    int n_flipped = 0;
    for (int i = 0; i < ROWS * COLS; i++) {
        bool same = window.results.point_class[i] == points.results.point_class[i] &&
                    window.results.reasons[i] == points.results.reasons[i];
        float a = window.results.score[i], b = points.results.score[i];
        n_flipped += !same || (isnan(a) != isnan(b)) || fabsf(a - b) > 1e-5f;
        double dist_a = window.results.values[i], dist_b = points.results.values[i];
        assert_true(fabs(dist_a - dist_b) < 1e-5);
    }
    assert_true(n_flipped <= 3);
    free(xy);
    free_answers(&window);
    free_answers(&points);
}

/* One pixel of a map in all four files. */
typedef struct maps {
    double *score, *class_of, *reasons, *limiting;
    int n_rows, n_cols;
} maps;

static maps read_maps(const char *folder)
{
    maps m = {0};
    double **const bands[] = {&m.score, &m.class_of, &m.reasons, &m.limiting};
    const char *const names[] = {"suitability.tif", "classes.tif", "reasons.tif", "limiting.tif"};
    for (int i = 0; i < 4; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        *bands[i] = read_raster(path, &m.n_rows, &m.n_cols);
    }
    return m;
}

static void free_maps(maps *m)
{
    free(m->score);
    free(m->class_of);
    free(m->reasons);
    free(m->limiting);
}

static void assert_pixel(const maps *m, size_t pixel, const tpk_results *results, size_t i)
{
    bool outside = m->class_of[pixel] == 0;
    uint32_t reasons = outside ? UINT32_MAX : results->reasons[i];
    if (!same_double(m->score[pixel], (double)results->score[i]) ||
        m->class_of[pixel] != results->point_class[i] || m->reasons[pixel] != reasons ||
        m->limiting[pixel] != results->limiting[i]) {
        fail_msg("pixel %zu: map %.9g %g %g %g, point %.9g %d %u %d", pixel, m->score[pixel],
                 m->class_of[pixel], m->reasons[pixel], m->limiting[pixel], (double)results->score[i],
                 results->point_class[i], results->reasons[i], results->limiting[i]);
    }
}

static void window_of_the_grid_is_the_map(void **state)
{
    (void)state;
    enum { ROW0 = 77, COL0 = 130, HEIGHT = 201, WIDTH = 333 };
    double x0, y0, cell;
    tpk_study_grid(large, &x0, &y0, &cell, NULL, NULL);
    run_study(in_scratch("besar.yaml"), in_scratch("peta"), (tpk_options){0});
    maps m = read_maps(in_scratch("peta"));
    answers window = new_answers((size_t)HEIGHT * WIDTH);
    assert_int_equal(tpk_study_evaluate_window(large, NULL, x0 + COL0 * cell, y0 - ROW0 * cell, cell, cell,
                                               HEIGHT, WIDTH, &window.results, NULL),
                     TPK_OK);
    for (int i = 0; i < HEIGHT * WIDTH; i++)
        assert_pixel(&m, (size_t)((ROW0 + i / WIDTH) * m.n_cols + COL0 + i % WIDTH), &window.results,
                     (size_t)i);
    free_answers(&window);
    free_maps(&m);
}

static void thousand_points_of_the_province_equal_the_maps(void **state)
{
    (void)state;
    enum { N = 1000 };
    tpk_options options = {.cell_m = 500};
    tpk_err err = {TPK_OK, ""};
    tpk_study *study = open_study("gis-data/kalsel.yaml", options);
    if (tpk_study_run(study, in_scratch("kalsel"), &err) != TPK_OK) fail_msg("%s", err.message);
    maps m = read_maps(in_scratch("kalsel"));
    double x0, y0, cell, xy[2 * N];
    size_t pixels[N];
    tpk_study_grid(study, &x0, &y0, &cell, NULL, NULL);
    uint64_t seed = 20;
    for (int i = 0; i < N;) {
        int row = (int)draw(&seed, 0, m.n_rows), col = (int)draw(&seed, 0, m.n_cols);
        pixels[i] = (size_t)(row * m.n_cols + col);
        if (m.class_of[pixels[i]] == 0) continue;
        xy[2 * i] = x0 + (col + 0.5) * cell;
        xy[2 * i + 1] = y0 - (row + 0.5) * cell;
        i++;
    }
    float score[N];
    uint8_t point_class[N], limiting[N];
    uint32_t reasons[N];
    tpk_results results = {
        .score = score, .point_class = point_class, .reasons = reasons, .limiting = limiting};
    assert_int_equal(tpk_study_evaluate_points(study, NULL, xy, N, &results, &err), TPK_OK);
    for (size_t i = 0; i < N; i++) assert_pixel(&m, pixels[i], &results, i);
    free_maps(&m);
    tpk_study_close(study);
}

/* ---- what cannot be evaluated ---- */

static void points_that_no_crs_can_place_are_outside(void **state)
{
    (void)state;
    const double xy[] = {0, 90, 1e300, 5, (double)NAN, -3, (double)INFINITY, 1, -60, 40};
    uint8_t classes[5];
    tpk_results results = {.point_class = classes};
    tpk_err err = {TPK_OK, ""};
    if (tpk_study_evaluate_points(large, "EPSG:4326", xy, 5, &results, &err) != TPK_OK)
        fail_msg("%s", err.message);
    for (int i = 0; i < 5; i++) assert_int_equal(classes[i], TPK_CLASS_OUTSIDE);
}

static void places_that_no_crs_can_place_have_no_values(void **state)
{
    (void)state;
    enum { N = 4 };
    const double xy[2 * N] = {1e300, 5, (double)NAN, -3, (double)INFINITY, 1, 115.3, (double)NAN};
    for (int scattered = 0; scattered < 2; scattered++) {
        answers a = new_answers(N);
        evaluate(large, scattered ? NULL : "EPSG:4326", xy, &a);
        for (int i = scattered; i < N; i++) {
            assert_int_equal(a.results.point_class[i], TPK_CLASS_OUTSIDE);
            assert_int_equal(a.results.limiting[i], 255);
            assert_true(isnan(a.results.score[i]) && a.results.reasons[i] == 0);
            for (int k = 0; k < N_CRITERIA; k++) {
                assert_true(isnan(a.results.values[k * N + i]) && isnan(a.results.memberships[k * N + i]));
            }
        }
        free_answers(&a);
    }
}

/* The study lies at the horizon of an orthographic map: a part of the window is nowhere on earth, and must
 * not change what its neighbours get. */
static void places_beyond_a_maps_horizon_leave_their_neighbours_alone(void **state)
{
    (void)state;
    enum { SIDE = 40, N = SIDE * SIDE };
    static const char *const CRS = "+proj=ortho +lat_0=0 +lon_0=25.37 +R=6378137 +type=crs";
    const double dx = 2.5, dy = 300, y0 = -388000,
                 x0 = sqrt(6378137.0 * 6378137.0 - 394000.0 * 394000.0) - 90;
    double xy[2 * N];
    answers window = new_answers(N), points = new_answers(N);
    tpk_err err = {TPK_OK, ""};
    if (tpk_study_evaluate_window(large, CRS, x0, y0, dx, dy, SIDE, SIDE, &window.results, &err) != TPK_OK)
        fail_msg("%s", err.message);
    int n_nowhere = 0, n_inside = 0;
    for (int i = 0; i < N; i++) {
        xy[2 * i] = x0 + (i % SIDE + 0.5) * dx;
        xy[2 * i + 1] = y0 - (i / SIDE + 0.5) * dy;
        n_nowhere += isnan(window.results.values[i]);
        n_inside += window.results.point_class[i] != TPK_CLASS_OUTSIDE;
    }
    evaluate(large, CRS, xy, &points);
    assert_same_answers(&window, &points);
    if (n_nowhere < 50 || n_inside < 50) fail_msg("%d nowhere, %d inside", n_nowhere, n_inside);
    free_answers(&window);
    free_answers(&points);
}

/* EPSG:4613 (Samboja) and WGS 84 lie some hundred metres apart, by transformations that differ by metres: the
 * study and the question must take the same. */
static void point_of_a_layer_in_another_datum_is_at_its_own_place(void **state)
{
    (void)state;
    const double lonlat[2] = {115.35, -3.48};
    write_text("samboja.geojson",
               "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"properties\": {}, "
               "\"geometry\": {\"type\": \"Point\", \"coordinates\": [115.35, -3.48]}}]}");
    const char *path = write_text(
        "samboja.yaml", "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, area: wilayah}\n"
                        "layers: {wilayah: wilayah.geojson, titik: {path: samboja.geojson, crs: EPSG:4613}}\n"
                        "criteria:\n  a: {from: {distance: titik}, curve: {linear: {best: 0, worst: 200}}}\n"
                        "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n");
    tpk_study *study = open_study(path, (tpk_options){0});
    double values[1];
    tpk_results results = {.values = values};
    tpk_err err = {TPK_OK, ""};
    if (tpk_study_evaluate_points(study, "EPSG:4613", lonlat, 1, &results, &err) != TPK_OK)
        fail_msg("%s", err.message);
    if (!(values[0] < 1e-6)) fail_msg("%g m from itself", values[0]);
    assert_int_equal(tpk_study_evaluate_points(study, "EPSG:4326", lonlat, 1, &results, &err), TPK_OK);
    assert_true(values[0] > 10);
    tpk_study_close(study);
}

static void unknown_crs_and_impossible_windows_are_refused(void **state)
{
    (void)state;
    const double xy[2] = {0};
    uint8_t classes[4];
    tpk_results results = {.point_class = classes};
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_study_evaluate_points(large, "EPSG:999999", xy, 1, &results, &err), TPK_ERR_CRS);
    assert_non_null(strstr(err.message, "EPSG:999999"));
    assert_int_equal(tpk_study_evaluate_window(large, "bukan crs", 0, 0, 1, 1, 1, 1, &results, NULL),
                     TPK_ERR_CRS);
    const double bad_sizes[][4] = {
        {0, 0, 0, 1}, {0, 0, 1, -1}, {(double)NAN, 0, 1, 1}, {0, 0, (double)INFINITY, 1}};
    for (int i = 0; i < 4; i++) {
        const double *w = bad_sizes[i];
        assert_int_equal(tpk_study_evaluate_window(large, NULL, w[0], w[1], w[2], w[3], 2, 2, &results, NULL),
                         TPK_ERR_ARGUMENT);
    }
    assert_int_equal(tpk_study_evaluate_window(large, NULL, 0, 0, 1, 1, 0, 2, &results, NULL),
                     TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_study_evaluate_points(large, NULL, xy, 0, &results, NULL), TPK_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_and_scattered_points_of_one_crs_agree_to_the_bit),
        cmocka_unit_test(mercator_window_agrees_with_the_project_grids_crs_at_transformed_points),
        cmocka_unit_test(window_of_the_grid_is_the_map),
        cmocka_unit_test(thousand_points_of_the_province_equal_the_maps),
        cmocka_unit_test(points_that_no_crs_can_place_are_outside),
        cmocka_unit_test(places_that_no_crs_can_place_have_no_values),
        cmocka_unit_test(places_beyond_a_maps_horizon_leave_their_neighbours_alone),
        cmocka_unit_test(point_of_a_layer_in_another_datum_is_at_its_own_place),
        cmocka_unit_test(unknown_crs_and_impossible_windows_are_refused),
    };
    return cmocka_run_group_tests(tests, open_large, close_large);
}
