/* Density against a count over all features, and against lengths that GEOS cuts out of a circle made of many
 * corners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source_fake.h"

static const double RADIUS_M = 900;
static const tpk_grid GRID = {.x0 = 500000, .y0 = 9600000, .cell = 100, .n_rows = 61, .n_cols = 83};

enum { N_POINTS = 300, N_LINES = 120, N_SITES = 75, SITE_POINTS = 4 };

typedef struct made {
    study study;
    double points[2 * N_POINTS];
    double sites[2 * SITE_POINTS * N_SITES];
    double lines[4 * N_LINES];
} made;

static void write_points(made *m, dice *d)
{
    char *wkt[N_POINTS];
    const char *names[N_POINTS];
    for (int i = 0; i < N_POINTS; i++) {
        double x = roll(d, 499000, 509300), y = roll(d, 9592900, 9601000);
        m->points[2 * i] = x;
        m->points[2 * i + 1] = y;
        wkt[i] = malloc(100);
        snprintf(wkt[i], 100, "POINT(%.17g %.17g)", x, y);
        names[i] = i < 100 ? "a" : "b";
    }
    study_add_vector(&m->study, "towns", 32750, N_POINTS, wkt, names, NULL);
    for (int i = 0; i < N_POINTS; i++) free(wkt[i]);
}

/* The same points, four a feature: some near each other, some far apart. */
static void write_sites(made *m, dice *d)
{
    char *wkt[N_SITES];
    for (int i = 0; i < N_SITES; i++) {
        double *p = &m->sites[2 * SITE_POINTS * i], spread = i % 3 == 0 ? 5000 : 400;
        for (int k = 0; k < SITE_POINTS; k++) {
            p[2 * k] = k ? p[0] + roll(d, -spread, spread) : roll(d, 499000, 509300);
            p[2 * k + 1] = k ? p[1] + roll(d, -spread, spread) : roll(d, 9592900, 9601000);
        }
        wkt[i] = malloc(300);
        snprintf(wkt[i], 300, "MULTIPOINT(%.17g %.17g,%.17g %.17g,%.17g %.17g,%.17g %.17g)", p[0], p[1], p[2],
                 p[3], p[4], p[5], p[6], p[7]);
    }
    study_add_vector(&m->study, "sites", 32750, N_SITES, wkt, NULL, NULL);
    for (int i = 0; i < N_SITES; i++) free(wkt[i]);
}

static void write_lines(made *m, dice *d)
{
    char *wkt[N_LINES];
    for (int i = 0; i < N_LINES; i++) {
        double *p = &m->lines[4 * i], length = i % 4 == 0 ? 9000 : 700;
        p[0] = roll(d, 499000, 509300);
        p[1] = roll(d, 9592900, 9601000);
        p[2] = p[0] + roll(d, -length, length);
        p[3] = p[1] + roll(d, -length, length);
        wkt[i] = malloc(200);
        snprintf(wkt[i], 200, "LINESTRING(%.17g %.17g,%.17g %.17g)", p[0], p[1], p[2], p[3]);
    }
    study_add_vector(&m->study, "roads", 32750, N_LINES, wkt, NULL, NULL);
    for (int i = 0; i < N_LINES; i++) free(wkt[i]);
}

static int set_up(void **state)
{
    made *m = malloc(sizeof *m);
    dice d = {11};
    study_open(&m->study, "EPSG:32750", tpk_grid_box(&GRID), GRID.cell);
    write_points(m, &d);
    write_lines(m, &d);
    write_sites(m, &d);
    study_add_vector(&m->study, "forest", 32750, 1, (char *[]){(char[]){"POLYGON((0 0,1 0,1 1,0 0))"}}, NULL,
                     NULL);
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

static tpk_params density(const char *layer, double radius_m)
{
    tpk_params params = params_new(&TPK_SOURCE_DENSITY.spec);
    params_set_text(&params, "density", layer);
    params_set_number(&params, "radius", radius_m);
    return params;
}

static double area_km2(void)
{
    return M_PI * RADIUS_M * RADIUS_M / 1e6;
}

static void points_are_counted_inside_the_circle(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, density("towns", RADIUS_M));
    assert_string_equal(tpk_source_unit(source), "/km2");
    double *values = evaluate_grid(source, &GRID);
    for (int32_t i = 0; i < GRID.n_rows * GRID.n_cols; i++) {
        double x = tpk_grid_x(&GRID, i % GRID.n_cols), y = tpk_grid_y(&GRID, i / GRID.n_cols), n = 0;
        for (int k = 0; k < N_POINTS; k++)
            n += hypot(m->points[2 * k] - x, m->points[2 * k + 1] - y) <= RADIUS_M;
        assert_true(fabs(values[i] - n / area_km2()) < 1e-9);
    }
    free(values);
    tpk_source_free(source);
}

static void a_multipoint_counts_once(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, density("sites", RADIUS_M));
    assert_string_equal(tpk_source_unit(source), "/km2");
    double *values = evaluate_grid(source, &GRID);
    int n_twice = 0;
    for (int32_t i = 0; i < GRID.n_rows * GRID.n_cols; i++) {
        double x = tpk_grid_x(&GRID, i % GRID.n_cols), y = tpk_grid_y(&GRID, i / GRID.n_cols), n = 0;
        for (int f = 0; f < N_SITES; f++) {
            const double *p = &m->sites[2 * SITE_POINTS * f];
            int n_inside = 0;
            for (int k = 0; k < SITE_POINTS; k++)
                n_inside += hypot(p[2 * k] - x, p[2 * k + 1] - y) <= RADIUS_M;
            n += n_inside > 0;
            n_twice += n_inside > 1;
        }
        assert_true(fabs(values[i] - n / area_km2()) < 1e-9);
    }
    assert_true(n_twice > 1000);
    free(values);
    tpk_source_free(source);
}

/* Length of a segment inside a circle: many short pieces would be slow, so the quadratic for where the line
 * meets it. */
static double clipped_length(const double *p, double x, double y)
{
    double dx = p[2] - p[0], dy = p[3] - p[1], fx = p[0] - x, fy = p[1] - y;
    double a = dx * dx + dy * dy, b = 2 * (fx * dx + fy * dy), c = fx * fx + fy * fy - RADIUS_M * RADIUS_M;
    double root = b * b - 4 * a * c;
    if (root <= 0) return 0;
    double from = fmax((-b - sqrt(root)) / (2 * a), 0), to = fmin((-b + sqrt(root)) / (2 * a), 1);
    return to > from ? (to - from) * sqrt(a) : 0;
}

static void lines_are_measured_inside_the_circle(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, density("roads", RADIUS_M));
    assert_string_equal(tpk_source_unit(source), "km/km2");
    double *values = evaluate_grid(source, &GRID);
    for (int32_t i = 0; i < GRID.n_rows * GRID.n_cols; i++) {
        double x = tpk_grid_x(&GRID, i % GRID.n_cols), y = tpk_grid_y(&GRID, i / GRID.n_cols), length_m = 0;
        for (int k = 0; k < N_LINES; k++) length_m += clipped_length(&m->lines[4 * k], x, y);
        assert_true(fabs(values[i] - length_m / 1000 / area_km2()) < 1e-6);
    }
    free(values);
    tpk_source_free(source);
}

/* GEOS, through OGR: the length inside a polygon of 4 x 720 corners on the circle. Its sides lie at most
 * 900 m * (pi/2880)^2/2 = 0.54 mm inside the circle, and a line meets it at most twice, at a slant that makes
 * more of it: 7 mm here, of some kilometres. */
static void lines_agree_with_geos(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, density("roads", RADIUS_M));
    dice d = {5};
    for (int trial = 0; trial < 20; trial++) {
        double x = roll(&d, 500000, 508000), y = roll(&d, 9594000, 9600000), length_m = 0;
        OGRGeometryH centre = OGR_G_CreateGeometry(wkbPoint);
        OGR_G_SetPoint_2D(centre, 0, x, y);
        OGRGeometryH circle = OGR_G_Buffer(centre, RADIUS_M, 720);
        for (int k = 0; k < N_LINES; k++) {
            OGRGeometryH line = OGR_G_CreateGeometry(wkbLineString);
            OGR_G_AddPoint_2D(line, m->lines[4 * k], m->lines[4 * k + 1]);
            OGR_G_AddPoint_2D(line, m->lines[4 * k + 2], m->lines[4 * k + 3]);
            OGRGeometryH part = OGR_G_Intersection(line, circle);
            length_m += OGR_G_Length(part);
            OGR_G_DestroyGeometry(part);
            OGR_G_DestroyGeometry(line);
        }
        OGR_G_DestroyGeometry(circle);
        OGR_G_DestroyGeometry(centre);
        double expected = length_m / 1000 / area_km2();
        assert_true(fabs(evaluate_at(source, x, y, 100) - expected) < 0.01 / 1000 / area_km2());
    }
    tpk_source_free(source);
}

static void a_condition_selects_features(void **state)
{
    made *m = *state;
    tpk_params params = density("towns", 100000);
    params_set_text(&params, "where", "name = 'a'");
    tpk_source *source = new_source(&m->study, params);
    double value = evaluate_at(source, 504000, 9597000, 100);
    assert_true(fabs(value - 100 / (M_PI * 1e4)) < 1e-12);
    tpk_source_free(source);
}

static void the_value_does_not_depend_on_the_block(void **state)
{
    made *m = *state;
    static const char *const LAYERS[] = {"towns", "roads", "sites"};
    for (int k = 0; k < 3; k++) {
        tpk_source *source = new_source(&m->study, density(LAYERS[k], RADIUS_M));
        assert_pure(source, &GRID, 3);
        assert_need_is_honoured(source, &GRID, 4);
        tpk_source_free(source);
    }
}

static void a_point_that_is_nowhere_is_unknown(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, density("towns", RADIUS_M));
    assert_true(isnan(evaluate_at(source, (double)NAN, 9597000, 100)));
    tpk_source_free(source);
}

static void polygons_are_refused(void **state)
{
    made *m = *state;
    assert_refused(&m->study, density("forest", 10), TPK_ERR_DATA, "has polygons");
}

static void no_features_is_a_warning_and_zero(void **state)
{
    made *m = *state;
    tpk_params params = density("towns", RADIUS_M);
    params_set_text(&params, "where", "name = 'nobody'");
    size_t before = m->study.diags.n_warnings;
    tpk_source *source = new_source(&m->study, params);
    assert_int_equal(m->study.diags.n_warnings, before + 1);
    assert_true(evaluate_at(source, 504000, 9597000, 100) == 0);
    tpk_source_free(source);
}

static void exhausted_memory_is_reported_and_leaks_nothing(void **state)
{
    made *m = *state;
    tpk_block block = lattice_of(&GRID, (tpk_window){0, 0, 20, 20});
    assert_survives_no_memory(&m->study, density("roads", RADIUS_M), &block);
    assert_survives_no_memory(&m->study, density("sites", RADIUS_M), &block);
    block_free(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_counted_inside_the_circle),
        cmocka_unit_test(a_multipoint_counts_once),
        cmocka_unit_test(lines_are_measured_inside_the_circle),
        cmocka_unit_test(lines_agree_with_geos),
        cmocka_unit_test(a_condition_selects_features),
        cmocka_unit_test(the_value_does_not_depend_on_the_block),
        cmocka_unit_test(a_point_that_is_nowhere_is_unknown),
        cmocka_unit_test(polygons_are_refused),
        cmocka_unit_test(no_features_is_a_warning_and_zero),
        cmocka_unit_test(exhausted_memory_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
