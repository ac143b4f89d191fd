/* Distance and inside, against brute force over all segments and against GEOS-free hand calculation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source_fake.h"

static const tpk_grid GRID = {.x0 = 500000, .y0 = 9600000, .cell = 30, .n_rows = 203, .n_cols = 251};

enum { N_LINES = 60, PER_LINE = 40, N_POLYGONS = 25, CORNERS = 30, MAX_EDGES = N_LINES * PER_LINE };

/* Edges as plain numbers: all that brute force looks at. */
typedef struct edges {
    double a[MAX_EDGES][2], b[MAX_EDGES][2];
    int n;
} edges;

static void append_point(char *wkt, double x, double y)
{
    char piece[64];
    snprintf(piece, sizeof piece, "%s%.17g %.17g", wkt[strlen(wkt) - 1] == '(' ? "" : ",", x, y);
    strcat(wkt, piece);
}

static void add_edge(edges *e, double ax, double ay, double bx, double by)
{
    e->a[e->n][0] = ax, e->a[e->n][1] = ay;
    e->b[e->n][0] = bx, e->b[e->n][1] = by;
    e->n++;
}

static void make_lines(study *s, edges *e)
{
    dice d = {11};
    char *wkt[N_LINES];
    for (int i = 0; i < N_LINES; i++) {
        wkt[i] = malloc(64 * (PER_LINE + 2));
        strcpy(wkt[i], "LINESTRING(");
        double x = roll(&d, 497000, 511000), y = roll(&d, 9591000, 9603000), heading = roll(&d, 0, 6.3);
        append_point(wkt[i], x, y);
        for (int k = 0; k < PER_LINE; k++) {
            heading += roll(&d, -0.6, 0.6);
            double length = roll(&d, 1, 260), nx = x + length * cos(heading), ny = y + length * sin(heading);
            append_point(wkt[i], nx, ny);
            add_edge(e, x, y, nx, ny);
            x = nx, y = ny;
        }
        strcat(wkt[i], ")");
    }
    study_add_vector(s, "jalan", 32750, N_LINES, wkt, NULL, NULL);
    for (int i = 0; i < N_LINES; i++) free(wkt[i]);
}

/* Star-shaped polygons, some overlapping. */
static void make_polygons(study *s, edges *e)
{
    dice d = {5};
    char *wkt[N_POLYGONS];
    for (int i = 0; i < N_POLYGONS; i++) {
        wkt[i] = malloc(64 * (CORNERS + 2));
        strcpy(wkt[i], "POLYGON((");
        double cx = roll(&d, 500000, 507500), cy = roll(&d, 9594000, 9600000), first[2] = {0, 0},
               last[2] = {0, 0};
        for (int k = 0; k < CORNERS; k++) {
            double r = roll(&d, 150, 900), t = 2 * M_PI * k / CORNERS, x = cx + r * cos(t),
                   y = cy + r * sin(t);
            append_point(wkt[i], x, y);
            if (k == 0)
                first[0] = x, first[1] = y;
            else
                add_edge(e, last[0], last[1], x, y);
            last[0] = x, last[1] = y;
        }
        append_point(wkt[i], first[0], first[1]);
        add_edge(e, last[0], last[1], first[0], first[1]);
        strcat(wkt[i], "))");
    }
    study_add_vector(s, "hutan", 32750, N_POLYGONS, wkt, NULL, NULL);
    for (int i = 0; i < N_POLYGONS; i++) free(wkt[i]);
}

/* The textbook formula, with hypot and a division: nothing of the program's own. */
static double brute_distance(const edges *e, double x, double y)
{
    double least = 1e300;
    for (int i = 0; i < e->n; i++) {
        double dx = e->b[i][0] - e->a[i][0], dy = e->b[i][1] - e->a[i][1], length2 = dx * dx + dy * dy;
        double t = length2 > 0 ? ((x - e->a[i][0]) * dx + (y - e->a[i][1]) * dy) / length2 : 0;
        t = fmin(fmax(t, 0), 1);
        least = fmin(least, hypot(x - e->a[i][0] - t * dx, y - e->a[i][1] - t * dy));
    }
    return least;
}

/* Even-odd in each star by itself: inside any of them is inside. */
static bool brute_inside(const edges *e, double x, double y)
{
    for (int star = 0; star < N_POLYGONS; star++) {
        bool inside = false;
        for (int i = star * CORNERS; i < (star + 1) * CORNERS; i++) {
            const double *a = e->a[i], *b = e->b[i];
            if ((a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]))
                inside = !inside;
        }
        if (inside) return true;
    }
    return false;
}

static void open_study(study *s)
{
    study_open(s, "EPSG:32750", tpk_grid_box(&GRID), GRID.cell);
}

static tpk_source *distance_to(study *s, const char *layer)
{
    tpk_params params = params_new(&TPK_SOURCE_DISTANCE.spec);
    params_set_text(&params, "distance", layer);
    return new_source(s, params);
}

static tpk_source *inside_of(study *s, const char *layer, const char *cover, double share)
{
    tpk_params params = params_new(&TPK_SOURCE_INSIDE.spec);
    params_set_text(&params, "inside", layer);
    params_set_text(&params, "cover", cover);
    params_set_number(&params, "share", share);
    return new_source(s, params);
}

static void assert_same_everywhere(const tpk_source *source, const double *whole)
{
    tpk_source_worker *worker = NULL;
    assert_int_equal(tpk_source_worker_new(source, &worker, NULL), TPK_OK);
    const tpk_window windows[] = {{0, 0, 203, 251}, {0, 0, 8, 8},     {13, 7, 1, 40},
                                  {100, 3, 77, 1},  {51, 60, 33, 91}, {202, 250, 1, 1}};
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++)
        assert_same_in_window(worker, &GRID, whole, windows[i]);
    tpk_source_worker_free(worker);
}

static void distance_to_lines_is_that_of_brute_force(void **state)
{
    (void)state;
    study s;
    edges *e = calloc(1, sizeof *e);
    open_study(&s);
    make_lines(&s, e);
    study_ready(&s);
    tpk_source *source = distance_to(&s, "jalan");
    double *values = evaluate_grid(source, &GRID), worst = 0;
    for (int32_t r = 0; r < GRID.n_rows; r++) {
        for (int32_t c = 0; c < GRID.n_cols; c++) {
            double expected = brute_distance(e, tpk_grid_x(&GRID, c), tpk_grid_y(&GRID, r));
            worst = fmax(worst, fabs(values[r * GRID.n_cols + c] - expected));
        }
    }
    if (worst > 0.001) fail_msg("largest difference %g m", worst);
    assert_same_everywhere(source, values);
    free(values);
    free(e);
    tpk_source_free(source);
    study_close(&s);
}

static void distance_to_polygons_is_zero_inside_and_to_the_edge_outside(void **state)
{
    (void)state;
    study s;
    edges *e = calloc(1, sizeof *e);
    open_study(&s);
    make_polygons(&s, e);
    study_ready(&s);
    tpk_source *source = distance_to(&s, "hutan");
    double *values = evaluate_grid(source, &GRID), worst = 0;
    int n_inside = 0;
    for (int32_t r = 0; r < GRID.n_rows; r++) {
        for (int32_t c = 0; c < GRID.n_cols; c++) {
            double x = tpk_grid_x(&GRID, c), y = tpk_grid_y(&GRID, r);
            bool inside = brute_inside(e, x, y);
            n_inside += inside;
            worst = fmax(worst, fabs(values[r * GRID.n_cols + c] - (inside ? 0 : brute_distance(e, x, y))));
        }
    }
    assert_in_range(n_inside, 5000, 45000);
    if (worst > 0.001) fail_msg("largest difference %g m", worst);
    assert_same_everywhere(source, values);
    free(values);
    free(e);
    tpk_source_free(source);
    study_close(&s);
}

/* Cutting off is only allowed where nobody can tell. */
static void a_hint_changes_only_values_beyond_it(void **state)
{
    (void)state;
    study s;
    edges *e = calloc(1, sizeof *e);
    open_study(&s);
    make_lines(&s, e);
    study_ready(&s);
    tpk_source *source = distance_to(&s, "jalan");
    double *exact = evaluate_grid(source, &GRID),
           *cut = malloc((size_t)tpk_grid_n_cells(&GRID) * sizeof *cut);
    tpk_source_worker *worker = NULL;
    assert_int_equal(tpk_source_worker_new(source, &worker, NULL), TPK_OK);
    tpk_block block = lattice_of(&GRID, (tpk_window){0, 0, GRID.n_rows, GRID.n_cols});
    assert_int_equal(tpk_source_evaluate(worker, &block, &(tpk_hint){200}, cut, NULL), TPK_OK);
    int n_cut = 0;
    for (int64_t i = 0; i < tpk_grid_n_cells(&GRID); i++) {
        if (exact[i] < 200)
            assert_true(same_bits(exact[i], cut[i]));
        else
            assert_true(cut[i] >= 200);
        n_cut += exact[i] != cut[i];
    }
    assert_true(n_cut > 1000);
    block_free(&block);
    free(exact);
    free(cut);
    free(e);
    tpk_source_worker_free(worker);
    tpk_source_free(source);
    study_close(&s);
}

static void needed_leaves_have_their_values_whatever_the_others_are(void **state)
{
    (void)state;
    study s;
    edges *e = calloc(1, sizeof *e);
    open_study(&s);
    make_lines(&s, e);
    study_ready(&s);
    tpk_source *source = distance_to(&s, "jalan");
    double *exact = evaluate_grid(source, &GRID);
    enum { ROWS = 40, COLS = 50, STRIDE = 7, LEAVES = 5 * STRIDE };
    uint8_t need[LEAVES];
    for (int i = 0; i < LEAVES; i++) need[i] = i % 3 == 0;
    double values[ROWS * COLS];
    tpk_block block = lattice_of(&GRID, (tpk_window){16, 24, ROWS, COLS});
    block.need = need;
    evaluate(source, &block, values);
    for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLS; c++) {
            if (!need[r / 8 * STRIDE + c / 8]) continue;
            assert_true(same_bits(values[r * COLS + c], exact[(16 + r) * GRID.n_cols + 24 + c]));
        }
    }
    block_free(&block);
    free(exact);
    free(e);
    tpk_source_free(source);
    study_close(&s);
}

static void distance_to_single_points_by_hand(void **state)
{
    (void)state;
    study s;
    open_study(&s);
    char *wkt[] = {"POINT(500300 9599700)", "MULTIPOINT((500000 9600000),(503000 9599000))"};
    study_add_vector(&s, "kota", 32750, 2, wkt, NULL, NULL);
    study_ready(&s);
    tpk_source *source = distance_to(&s, "kota");
    assert_float_equal(evaluate_at(source, 500300, 9599700, 30), 0, 1e-12);
    assert_float_equal(evaluate_at(source, 500330, 9599740, 30), 50, 1e-9);
    assert_float_equal(evaluate_at(source, 503003, 9598996, 30), 5, 1e-9);
    assert_float_equal(evaluate_at(source, 400000, 9600000, 30), 100000, 1e-9);
    tpk_source_free(source);
    study_close(&s);
}

static void a_layer_without_features_is_no_place_to_measure_to(void **state)
{
    (void)state;
    study s;
    open_study(&s);
    char *wkt[] = {"POINT(500300 9599700)"};
    const char *names[] = {"kota"};
    study_add_vector(&s, "kota", 32750, 1, wkt, names, NULL);
    study_ready(&s);
    tpk_params params = params_new(&TPK_SOURCE_DISTANCE.spec);
    params_set_text(&params, "distance", "kota");
    params_set_text(&params, "where", "name = 'desa'");
    tpk_source *source = NULL;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(try_source(&s, &params, &source, &err), TPK_ERR_DATA);
    assert_non_null(
        strstr(err.message, "layer 'kota' has no feature to measure a distance to; check its condition"));
    assert_null(source);
    tpk_params_clear(&params);
    study_close(&s);
}

static void centres_inside_are_those_of_brute_force(void **state)
{
    (void)state;
    study s;
    edges *e = calloc(1, sizeof *e);
    open_study(&s);
    make_polygons(&s, e);
    study_ready(&s);
    tpk_source *source = inside_of(&s, "hutan", "centre", 0.5);
    double *values = evaluate_grid(source, &GRID);
    for (int32_t r = 0; r < GRID.n_rows; r++) {
        for (int32_t c = 0; c < GRID.n_cols; c++) {
            bool expected = brute_inside(e, tpk_grid_x(&GRID, c), tpk_grid_y(&GRID, r));
            assert_true(values[r * GRID.n_cols + c] == (expected ? 1 : 0));
        }
    }
    assert_same_everywhere(source, values);
    free(values);
    free(e);
    tpk_source_free(source);
    study_close(&s);
}

/* The footprint is cut into 40 x 40 grains; what a grain cannot decide is not asked. */
static void shares_and_touches_agree_with_sampling(void **state)
{
    (void)state;
    study s;
    edges *e = calloc(1, sizeof *e);
    open_study(&s);
    make_polygons(&s, e);
    study_ready(&s);
    static const double SHARES[] = {0.2, 0.5, 0.9};
    enum { GRAINS = 40 };
    tpk_source *touch = inside_of(&s, "hutan", "touch", 0.5);
    double *touched = evaluate_grid(touch, &GRID);
    assert_same_everywhere(touch, touched);
    for (size_t k = 0; k < 3; k++) {
        tpk_source *source = inside_of(&s, "hutan", "share", SHARES[k]);
        double *values = evaluate_grid(source, &GRID);
        assert_same_everywhere(source, values);
        dice d = {k};
        int n_partly = 0;
        for (int trial = 0; trial < 500; trial++) {
            int32_t r = (int32_t)roll(&d, 0, GRID.n_rows), c = (int32_t)roll(&d, 0, GRID.n_cols);
            int n = 0;
            for (int g = 0; g < GRAINS * GRAINS; g++) {
                double x = GRID.x0 + (c + (g % GRAINS + 0.5) / GRAINS) * 30,
                       y = GRID.y0 - (r + (g / GRAINS + 0.5) / GRAINS) * 30;
                n += brute_inside(e, x, y);
            }
            double share = (double)n / (GRAINS * GRAINS);
            int64_t i = (int64_t)r * GRID.n_cols + c;
            n_partly += share > 0 && share < 1;
            if (fabs(share - SHARES[k]) > 0.03) assert_true(values[i] == (share >= SHARES[k] ? 1 : 0));
            if (share > 0) assert_true(touched[i] == 1);
        }
        assert_true(n_partly > 20);
        free(values);
        tpk_source_free(source);
    }
    free(touched);
    free(e);
    tpk_source_free(touch);
    study_close(&s);
}

/* A square from 10 to 40 m in both axes over cells of 30 m: the corner cell is covered to (20/30)^2. Exactly
 * half stays in. */
static void shares_by_hand(void **state)
{
    (void)state;
    study s;
    open_study(&s);
    char *wkt[] = {"POLYGON((500010 9599960,500040 9599960,500040 9599990,500010 9599990,500010 9599960))",
                   "POLYGON((500300 9599700,500315 9599700,500315 9599730,500300 9599730,500300 9599700))"};
    study_add_vector(&s, "hutan", 32750, 2, wkt, NULL, NULL);
    study_ready(&s);
    const struct {
        const char *cover;
        double share, x, y, expected;
    } rows[] = {
        {"share", 4.0 / 9 - 1e-6, 500015, 9599985, 1},
        {"share", 4.0 / 9 + 1e-6, 500015, 9599985, 0},
        {"share", 2.0 / 9 - 1e-6, 500045, 9599985, 1},
        {"share", 2.0 / 9 + 1e-6, 500045, 9599985, 0},
        {"touch", 0.5, 500045, 9599955, 1},
        {"touch", 0.5, 500075, 9599985, 0},
        {"share", 0.5, 500315, 9599715, 1},
        {"share", 0.5 + 1e-8, 500315, 9599715, 0},
        {"centre", 0.5, 500015, 9599985, 1},
        {"centre", 0.5, 500045, 9599985, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tpk_source *source = inside_of(&s, "hutan", rows[i].cover, rows[i].share);
        double value = evaluate_at(source, rows[i].x, rows[i].y, 30);
        if (value != rows[i].expected) fail_msg("row %zu: %g", i, value);
        tpk_source_free(source);
    }
    study_close(&s);
}

static void points_are_no_place_to_be_inside_of(void **state)
{
    (void)state;
    study s;
    open_study(&s);
    char *wkt[] = {"POINT(500300 9599700)"};
    study_add_vector(&s, "kota", 32750, 1, wkt, NULL, NULL);
    study_ready(&s);
    tpk_params params = params_new(&TPK_SOURCE_INSIDE.spec);
    params_set_text(&params, "inside", "kota");
    tpk_source *source = NULL;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(try_source(&s, &params, &source, &err), TPK_ERR_DATA);
    assert_non_null(strstr(err.message, "has no polygons"));
    tpk_params_clear(&params);
    study_close(&s);
}

static void memory_failures_are_reported_and_leak_nothing(void **state)
{
    (void)state;
    study s;
    edges *e = calloc(1, sizeof *e);
    open_study(&s);
    make_polygons(&s, e);
    study_ready(&s);
    const tpk_layer *layer;
    assert_int_equal(tpk_store_vector(s.store, "hutan", NULL, &layer, NULL), TPK_OK);
    const tpk_source_kind *const kinds[] = {&TPK_SOURCE_DISTANCE, &TPK_SOURCE_INSIDE};
    double values[64 * 64];
    for (int kind = 0; kind < 2; kind++) {
        tpk_params params = params_new(&kinds[kind]->spec);
        params_set_text(&params, kind == 0 ? "distance" : "inside", "hutan");
        if (kind == 1) params_set_text(&params, "cover", "share");
        tpk_block block = lattice_of(&GRID, (tpk_window){0, 0, 64, 64});
        long before = tpk_mem_live_count(), failures = 0;
        for (long k = 0;; k++) {
            tpk_source *source = NULL;
            tpk_source_worker *worker = NULL;
            tpk_err err = {TPK_OK, ""};
            tpk_mem_fail_after(k);
            tpk_status status = try_source(&s, &params, &source, &err);
            if (status == TPK_OK) status = tpk_source_worker_new(source, &worker, &err);
            if (status == TPK_OK)
                status = tpk_source_evaluate(worker, &block, &(tpk_hint){HUGE_VAL}, values, &err);
            long fired = tpk_mem_failed_count();
            tpk_mem_fail_after(-1);
            tpk_source_worker_free(worker);
            tpk_source_free(source);
            assert_int_equal(tpk_mem_live_count(), before);
            if (status == TPK_OK && fired == 0) break;
            assert_int_equal(status, TPK_ERR_MEMORY);
            assert_true(fired > 0);
            failures++;
        }
        assert_true(failures > 5);
        block_free(&block);
        tpk_params_clear(&params);
    }
    free(e);
    study_close(&s);
}

static void a_share_without_cover_share_is_a_fault(void **state)
{
    (void)state;
    static const char *const COVERS[] = {"centre", "touch", "share", NULL};
    for (int k = 0; k < 4; k++) {
        tpk_diags diags = {0};
        tpk_params params = params_new(&TPK_SOURCE_INSIDE.spec);
        params_set_text(&params, "inside", "hutan");
        params_set_number(&params, "share", 0.8);
        if (COVERS[k]) params_set_text(&params, "cover", COVERS[k]);
        params.kind->check(&params, "p.yaml", &diags);
        bool fits = k == 2;
        assert_int_equal(diags.n_errors, fits ? 0 : 1);
        if (!fits) {
            assert_int_equal(diags.items[0].pos.line, tpk_params_get(&params, "share")->pos.line);
            assert_non_null(
                strstr(diags.items[0].text, k == 1 ? "'cover' is 'touch'" : "'cover' is 'centre'"));
        }
        tpk_diags_clear(&diags);
        tpk_params_clear(&params);
    }
    tpk_diags diags = {0};
    tpk_params params = params_new(&TPK_SOURCE_INSIDE.spec);
    params.kind->check(&params, "p.yaml", &diags); /* the default share is nobody's wish */
    assert_int_equal(diags.n, 0);
    tpk_params_clear(&params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_to_lines_is_that_of_brute_force),
        cmocka_unit_test(distance_to_polygons_is_zero_inside_and_to_the_edge_outside),
        cmocka_unit_test(a_hint_changes_only_values_beyond_it),
        cmocka_unit_test(needed_leaves_have_their_values_whatever_the_others_are),
        cmocka_unit_test(distance_to_single_points_by_hand),
        cmocka_unit_test(a_layer_without_features_is_no_place_to_measure_to),
        cmocka_unit_test(centres_inside_are_those_of_brute_force),
        cmocka_unit_test(shares_and_touches_agree_with_sampling),
        cmocka_unit_test(shares_by_hand),
        cmocka_unit_test(points_are_no_place_to_be_inside_of),
        cmocka_unit_test(memory_failures_are_reported_and_leak_nothing),
        cmocka_unit_test(a_share_without_cover_share_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
