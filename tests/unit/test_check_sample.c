/* Which points of a study are looked at, and what findings may say of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "examined_project.h"

/* ---- sampling: 1000 x 1000 cells of 100 m, of which every third row and column is looked at ---- */

static void square(char *text, size_t size, double x, double y, double side)
{
    snprintf(
        text, size,
        "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
        "[[[%.0f, %.0f], [%.0f, %.0f], [%.0f, %.0f], [%.0f, %.0f], [%.0f, %.0f]]]}}",
        x, y, x + side, y, x + side, y + side, x, y + side, x, y);
}

/* A point in the middle, to measure distances to, and a square with a side of side_m from (x, y). */
static const char *write_large(double x, double y, double side_m, const char *constraints)
{
    char text[2000];
    square(text, sizeof text, x, y, side_m);
    write_features("petak.geojson", text);
    write_points("titik.geojson", "EPSG::32750", POINT(350000, 9550000, ""));
    snprintf(text, sizeof text,
             "tapak: 1\n"
             "grid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9500000, 400000, 9600000]}\n"
             "layers:\n"
             "  titik: {path: titik.geojson, crs: EPSG:32750}\n"
             "  petak: {path: petak.geojson, crs: EPSG:32750}\n"
             "criteria:\n"
             "  jarak: {from: {distance: titik}, curve: {linear: {best: 0, worst: 100000}}}\n"
             "constraints: {%s}\n"
             "decision: {weights: {jarak: 1}}\n",
             constraints);
    return write_text("luas.yaml", text);
}

#define IN_SQUARE "petak: {from: {inside: petak}, source: uji}"
#define OUT_OF_SQUARE "petak: {from: {inside: petak}, outside: true, source: uji}"

static void a_small_zone_between_the_points_is_not_overlooked(void **state)
{
    (void)state;
    assert_fine(write_large(300010, 9599910, 80, IN_SQUARE)); /* the north-west cell alone */
    assert_found(write_large(300010, 9599910, 80, OUT_OF_SQUARE), &TPK_FINDING_CONSTRAINT_EXCLUDES_EVERYTHING,
                 TPK_GRAVITY_REMARK,
                 "'petak' excludes nearly all of the study area: of 1000000 cells it leaves 1", "exchanged");
    assert_found(write_large(299810, 9599910, 80, IN_SQUARE), &TPK_FINDING_CONSTRAINT_EXCLUDES_NOTHING,
                 TPK_GRAVITY_REMARK, "constraint 'petak' excludes no cell of the study area (1000000 cells)",
                 "`where`");
    assert_found(write_large(299810, 9599910, 80, OUT_OF_SQUARE), &TPK_FINDING_CONSTRAINT_EXCLUDES_EVERYTHING,
                 TPK_GRAVITY_SERIOUS,
                 "constraint 'petak' excludes every cell of the study area (1000000 cells)", "`outside`");
}

/* Rings of the distances from the middle: what lies between 29990 and 30000 m is left. */
static void constraints_that_leave_hardly_anything_are_remarked_with_what_is_left(void **state)
{
    (void)state;
    int n_left = 0;
    for (int row = 0; row < 1000; row++) {
        for (int col = 0; col < 1000; col++) {
            double dist_m = hypot(100 * row + 50 - 5e4, 100 * col + 50 - 5e4);
            n_left += dist_m >= 29990 && dist_m <= 30000;
        }
    }
    assert_true(n_left > 100 && n_left <= 1000);
    char expected[100];
    snprintf(expected, sizeof expected,
             "together exclude nearly all of the study area (of 1000000 cells they leave %d)", n_left);
    assert_found(
        write_large(
            300010, 9599910, 80,
            "k: {from: jarak, above: 30000, source: uji}, l: {from: jarak, below: 29990, source: uji}"),
        &TPK_FINDING_CONSTRAINT_EXCLUDES_EVERYTHING, TPK_GRAVITY_REMARK, expected, "begin with the one");
}

/* The open square lies around the middle: the memberships there differ by 0.07 at most. */
static void few_sampled_cells_say_nothing_of_shares(void **state)
{
    (void)state;
    assert_fine(
        write_large(348000, 9548000, 4000, OUT_OF_SQUARE)); /* 1600 cells, fewer than 200 of them sampled */
    assert_found(write_large(344900, 9544900, 10200, OUT_OF_SQUARE), &TPK_FINDING_CRITERION_VARIES_LITTLE,
                 TPK_GRAVITY_REMARK, "in 95 % or more of the 1156 sampled points", "'jarak'");
}

static void the_sample_is_the_centres_of_every_third_cell(void **state)
{
    (void)state;
    tpk_plan_sample sample = {0};
    tpk_study *study = open_study(write_large(300010, 9599910, 80, IN_SQUARE), (tpk_options){0});
    assert_int_equal(tpk_plan_sample_take(study->plan, NULL, &sample, NULL), TPK_OK);
    assert_int_equal(sample.stride, 3);
    assert_int_equal(sample.n, 333 * 333);
    assert_int_equal(sample.n_open, 333 * 333);
    assert_int_equal(sample.census.n, 1000000);
    assert_int_equal(sample.census.n_excluded, 1);
    double sum = 0, expected = 0;
    for (size_t i = 0; i < sample.n; i++) sum += sample.values[0][i];
    for (int row = 1; row < 1000; row += 3) {
        for (int col = 1; col < 1000; col += 3) expected += hypot(100 * row + 50 - 5e4, 100 * col + 50 - 5e4);
    }
    assert_true(fabs(sum - expected) < 1e-3);
    assert_true(sample.values[0][0] == hypot(150 - 5e4, 150 - 5e4));
    char text[TPK_POINTS_TEXT];
    assert_string_equal(tpk_plan_sample_points_text(&sample, 7, text), "7 sampled points");
    tpk_plan_sample_clear(&sample);
    tpk_plan_sample_clear(&sample);
    tpk_study_close(study);
}

/* Two squares of 100 x 100 cells at the ends of a grid of 2000 x 2000. */
static void a_study_area_that_fills_little_of_its_grid_is_taken_whole(void **state)
{
    (void)state;
    char text[2000];
    square(text, sizeof text, 300000, 9590000, 10000);
    strcat(text, ",");
    square(text + strlen(text), sizeof text - strlen(text), 490000, 9400000, 10000);
    write_features("wilayah.geojson", text);
    write_points("titik.geojson", "EPSG::32750", POINT(350000, 9550000, ""));
    const char *path = write_text(
        "jarang.yaml", "tapak: 1\n"
                       "grid: {crs: EPSG:32750, cell: 100, area: wilayah}\n"
                       "layers:\n"
                       "  titik: {path: titik.geojson, crs: EPSG:32750}\n"
                       "  wilayah: {path: wilayah.geojson, crs: EPSG:32750}\n"
                       "criteria:\n"
                       "  jarak: {from: {distance: titik}, curve: {linear: {best: 0, worst: 200000}}}\n"
                       "decision: {weights: {jarak: 1}}\n");
    tpk_plan_sample sample = {0};
    tpk_study *study = open_study(path, (tpk_options){0});
    assert_int_equal(tpk_plan_sample_take(study->plan, NULL, &sample, NULL), TPK_OK);
    assert_int_equal(sample.stride, 1);
    assert_int_equal(sample.n, 20000);
    for (size_t i = 0; i < sample.n; i++) assert_int_not_equal(sample.cell_class[i], TPK_CELL_OUTSIDE);
    tpk_plan_sample_clear(&sample);
    tpk_study_close(study);
}

/* Of the nine cells one is outside; the wood and the height of 20 exclude one each. */
static void a_small_study_is_sampled_cell_by_cell(void **state)
{
    (void)state;
    tpk_plan_sample sample = {0};
    tpk_study *study = open_study(write_small_study(), (tpk_options){0});
    assert_int_equal(tpk_plan_sample_take(study->plan, NULL, &sample, NULL), TPK_OK);
    assert_int_equal(sample.stride, 1);
    assert_int_equal(sample.n, 8);
    assert_int_equal(sample.n_open, 6);
    assert_int_equal(sample.census.n_by[0], 1);
    assert_int_equal(sample.census.n_by[1], 1);
    assert_int_equal(sample.census.n_excluded, 2);
    assert_int_equal(sample.spread[0].n_known, 6);
    assert_int_equal(sample.spread[1].n_known, 5); /* the height in the middle is unknown */
    assert_true(sample.spread[0].low == 0 && sample.spread[0].high == 1);
    assert_true(sample.tested[1] == sample.values[1]);
    tpk_constraint_census census;
    assert_int_equal(tpk_constraint_census_take(study->plan, NULL, &census, NULL), TPK_OK);
    assert_memory_equal(&census, &sample.census, sizeof census);
    tpk_plan_sample_clear(&sample);
    tpk_study_close(study);
}

/* Asks to stop when a stage begins. */
typedef struct stopper {
    const char *stage;
    atomic_int stop;
} stopper;

static void stop_at(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    (void)done, (void)total, (void)unit;
    stopper *s = user;
    if (strcmp(stage, s->stage) == 0) atomic_store(&s->stop, 1);
}

static void examining_can_be_stopped_at_every_stage(void **state)
{
    (void)state;
    static const char *const stages[] = {"sampling the study", "computing", "examining the project"};
    tpk_study *study = open_study(write_large(299810, 9599910, 80, IN_SQUARE), (tpk_options){0});
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        stopper s = {.stage = stages[i]};
        tpk_control control = {.progress = stop_at, .user = &s, .cancel = &s.stop};
        tpk_examined examined = {0};
        tpk_err err = {TPK_OK, ""};
        long live = tpk_mem_live_count();
        assert_int_equal(tpk_examine_plan(study->plan, true, &control, &examined, &err), TPK_ERR_CANCELLED);
        assert_true(atomic_load(&s.stop) == 1);
        assert_says(err.message, "stopped");
        tpk_findings_clear(&examined.findings);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    tpk_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_zone_between_the_points_is_not_overlooked),
        cmocka_unit_test(constraints_that_leave_hardly_anything_are_remarked_with_what_is_left),
        cmocka_unit_test(few_sampled_cells_say_nothing_of_shares),
        cmocka_unit_test(the_sample_is_the_centres_of_every_third_cell),
        cmocka_unit_test(a_study_area_that_fills_little_of_its_grid_is_taken_whole),
        cmocka_unit_test(a_small_study_is_sampled_cell_by_cell),
        cmocka_unit_test(examining_can_be_stopped_at_every_stage),
    };
    return cmocka_run_group_tests_name("check_sample", tests, files_set_up, files_tear_down);
}
