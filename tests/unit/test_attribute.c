/* Attribute against a point-in-polygon test over all polygons by GEOS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source_fake.h"

static const tpk_grid GRID = {.x0 = 500000, .y0 = 9600000, .cell = 50, .n_rows = 100, .n_cols = 120};

enum { N_POLYGONS = 60, CORNERS = 40 };

typedef struct made {
    study study;
    OGRGeometryH polygons[N_POLYGONS];
    double numbers[N_POLYGONS];
    const char *names[N_POLYGONS];
} made;

/* Stars around random centres; every third has a hole; many overlap. */
static char *star(dice *d, int i)
{
    char *wkt = malloc(8000);
    double x = roll(d, 500000, 506000), y = roll(d, 9595000, 9600000);
    int used = snprintf(wkt, 8000, "POLYGON((");
    double first[2] = {0, 0};
    for (int k = 0; k < CORNERS; k++) {
        double r = roll(d, 150, 700), angle = 2 * M_PI * k / CORNERS, px = x + r * cos(angle),
               py = y + r * sin(angle);
        if (k == 0) first[0] = px, first[1] = py;
        used += snprintf(wkt + used, 8000 - (size_t)used, "%.17g %.17g,", px, py);
    }
    used += snprintf(wkt + used, 8000 - (size_t)used, "%.17g %.17g)", first[0], first[1]);
    if (i % 3 == 0) {
        used +=
            snprintf(wkt + used, 8000 - (size_t)used, ",(%.17g %.17g,%.17g %.17g,%.17g %.17g,%.17g %.17g)",
                     x - 40, y - 40, x + 40, y - 40, x, y + 50, x - 40, y - 40);
    }
    snprintf(wkt + used, 8000 - (size_t)used, ")");
    return wkt;
}

static int set_up(void **state)
{
    static const char *const NAMES[] = {"sawah", "hutan", NULL, "air"};
    made *m = malloc(sizeof *m);
    dice d = {21};
    char *wkt[N_POLYGONS];
    study_open(&m->study, "EPSG:32750", tpk_grid_box(&GRID), GRID.cell);
    for (int i = 0; i < N_POLYGONS; i++) {
        wkt[i] = star(&d, i);
        char *left = wkt[i];
        OGR_G_CreateFromWkt(&left, NULL, &m->polygons[i]);
        m->numbers[i] = i == 7 ? (double)NAN : 10 + i;
        m->names[i] = NAMES[i % 4];
    }
    study_add_vector(&m->study, "land", 32750, N_POLYGONS, wkt, m->names, m->numbers);
    for (int i = 0; i < N_POLYGONS; i++) free(wkt[i]);
    study_add_vector(&m->study, "towns", 32750, 1, (char *[]){(char[]){"POINT(1 1)"}}, NULL, NULL);
    /* Two squares that share an edge, on which and on whose corners points will lie. */
    study_add_vector(
        &m->study, "squares", 32750, 2,
        (char *[]){
            (char[]){"POLYGON((500100 9599000,500200 9599000,500200 9599100,500100 9599100,500100 9599000))"},
            (char[]){
                "POLYGON((500200 9599000,500300 9599000,500300 9599100,500200 9599100,500200 9599000))"}},
        NULL, (const double[]){1, 2});
    study_ready(&m->study);
    *state = m;
    return 0;
}

static int tear_down(void **state)
{
    made *m = *state;
    for (int i = 0; i < N_POLYGONS; i++) OGR_G_DestroyGeometry(m->polygons[i]);
    study_close(&m->study);
    free(m);
    return 0;
}

static tpk_params attribute(const char *layer, const char *field)
{
    tpk_params params = params_new(&TPK_SOURCE_ATTRIBUTE.spec);
    params_set_text(&params, "attribute", layer);
    params_set_text(&params, "field", field);
    return params;
}

/* The first polygon of the file that contains the point, or -1. */
static int first_containing(const made *m, double x, double y)
{
    int first = -1;
    OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
    OGR_G_SetPoint_2D(point, 0, x, y);
    for (int i = 0; i < N_POLYGONS && first < 0; i++) {
        if (OGR_G_Contains(m->polygons[i], point)) first = i;
    }
    OGR_G_DestroyGeometry(point);
    return first;
}

static void numbers_are_those_of_the_first_polygon_that_contains_the_point(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, attribute("land", "number"));
    size_t n_categories = 9;
    tpk_source_categories(source, &n_categories);
    assert_int_equal(n_categories, 0);
    double *values = evaluate_grid(source, &GRID);
    int n_outside = 0, n_empty = 0;
    for (int32_t i = 0; i < GRID.n_rows * GRID.n_cols; i++) {
        int polygon =
            first_containing(m, tpk_grid_x(&GRID, i % GRID.n_cols), tpk_grid_y(&GRID, i / GRID.n_cols));
        double expected = polygon < 0 ? (double)NAN : m->numbers[polygon];
        n_outside += polygon < 0;
        n_empty += polygon == 7;
        assert_true(same_bits(values[i], expected));
    }
    assert_true(n_outside > 100 && n_empty > 5);
    free(values);
    tpk_source_free(source);
}

static void texts_are_categories_sorted_by_their_bytes(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, attribute("land", "name"));
    size_t n;
    const char *const *categories = tpk_source_categories(source, &n);
    assert_int_equal(n, 3);
    assert_string_equal(categories[0], "air");
    assert_string_equal(categories[1], "hutan");
    assert_string_equal(categories[2], "sawah");
    static const double INDEX[] = {2, 1, (double)NAN, 0};
    double *values = evaluate_grid(source, &GRID);
    for (int32_t i = 0; i < GRID.n_rows * GRID.n_cols; i += 3) {
        int polygon =
            first_containing(m, tpk_grid_x(&GRID, i % GRID.n_cols), tpk_grid_y(&GRID, i / GRID.n_cols));
        assert_true(same_bits(values[i], polygon < 0 ? (double)NAN : INDEX[polygon % 4]));
    }
    free(values);
    tpk_source_free(source);
}

static void outside_of_all_polygons_a_stated_value_counts(void **state)
{
    made *m = *state;
    tpk_params params = attribute("land", "number");
    params_set_number(&params, "outside", -5);
    tpk_source *source = new_source(&m->study, params);
    assert_true(evaluate_at(source, 490000, 9000000, 50) == -5);
    assert_true(isnan(evaluate_at(source, (double)NAN, (double)NAN, 50)));
    tpk_source_free(source);
}

static void a_point_on_a_shared_edge_belongs_to_one_polygon(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, attribute("squares", "number"));
    assert_true(evaluate_at(source, 500200, 9599050, 50) == 2); /* the crossing must lie at x' > x */
    assert_true(evaluate_at(source, 500150, 9599000, 50) == 1); /* an edge owns its lower end */
    assert_true(isnan(evaluate_at(source, 500150, 9599100, 50)));
    assert_true(evaluate_at(source, 500200, 9599000, 50) == 2);
    assert_true(evaluate_at(source, 500100, 9599000, 50) == 1);
    assert_true(isnan(evaluate_at(source, 500300, 9599000, 50)));
    tpk_grid on_edges = {.x0 = 500075, .y0 = 9599125, .cell = 50, .n_rows = 4, .n_cols = 6};
    assert_pure(source, &on_edges, 8);
    tpk_source_free(source);
}

static void a_condition_selects_polygons(void **state)
{
    made *m = *state;
    tpk_params params = attribute("squares", "number");
    params_set_text(&params, "where", "number = 2");
    tpk_source *source = new_source(&m->study, params);
    assert_true(isnan(evaluate_at(source, 500150, 9599050, 50)));
    assert_true(evaluate_at(source, 500250, 9599050, 50) == 2);
    tpk_source_free(source);
}

static void the_value_does_not_depend_on_the_block(void **state)
{
    made *m = *state;
    tpk_source *source = new_source(&m->study, attribute("land", "number"));
    assert_pure(source, &GRID, 3);
    assert_need_is_honoured(source, &GRID, 4);
    tpk_source_free(source);
}

static void what_cannot_be_an_attribute_is_refused(void **state)
{
    made *m = *state;
    assert_refused(&m->study, attribute("towns", "number"), TPK_ERR_DATA, "no polygons");
    assert_refused(&m->study, attribute("land", "luas"), TPK_ERR_DATA,
                   "no field 'luas'; it has: name, number");
    tpk_params params = attribute("land", "name");
    params_set_number(&params, "outside", 1);
    assert_refused(&m->study, params, TPK_ERR_PROJECT, "is text");
}

static void exhausted_memory_is_reported_and_leaks_nothing(void **state)
{
    made *m = *state;
    tpk_block block = lattice_of(&GRID, (tpk_window){0, 0, 20, 20});
    assert_survives_no_memory(&m->study, attribute("land", "name"), &block);
    block_free(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_the_first_polygon_that_contains_the_point),
        cmocka_unit_test(texts_are_categories_sorted_by_their_bytes),
        cmocka_unit_test(outside_of_all_polygons_a_stated_value_counts),
        cmocka_unit_test(a_point_on_a_shared_edge_belongs_to_one_polygon),
        cmocka_unit_test(a_condition_selects_polygons),
        cmocka_unit_test(the_value_does_not_depend_on_the_block),
        cmocka_unit_test(what_cannot_be_an_attribute_is_refused),
        cmocka_unit_test(exhausted_memory_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
