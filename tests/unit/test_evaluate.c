/* The function of position on strips of cells whose memberships are written down, so that every score is a
 * sum on paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/study.h"
#include "engine/evaluate.h"
#include "engine/tiles.h"
#include "study_files.h"

enum { MOST = 4096 };
#define UNKNOWN (-9999.0)

/* What one evaluation of the whole grid said. */
typedef struct outcome {
    size_t n;
    float score[MOST];
    uint8_t cell_class[MOST], limiting[MOST];
    uint32_t reasons[MOST];
} outcome;

/* A strip of n cells of 100 m: each of the layers a, b, c holds its memberships, eight at most. */
static void write_strip(const char *name, size_t n, const double *memberships)
{
    write_raster(name, "EPSG:32750", 300000, 9600100, 100, 1, (int)n, memberships, UNKNOWN);
}

/* The study of a strip. criteria: lines; options of the three criteria in `unknown`. */
static tpk_study *open_strip(size_t n, const char *unknown_a, const char *constraints, const char *weights)
{
    char text[4000];
    snprintf(text, sizeof text,
             "tapak: 1\n"
             "grid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, %zu, 9600100]}\n"
             "layers: {a: a.tif, b: b.tif, c: c.tif}\n"
             "criteria:\n"
             "  a: {from: {raster: a, resample: nearest}, curve: {points: [[0, 0], [1, 1]]}, unknown: %s}\n"
             "  b: {from: {raster: b, resample: nearest}, curve: {points: [[0, 0], [1, 1]]}}\n"
             "  c: {from: {raster: c, resample: nearest}, curve: {points: [[0, 0], [1, 1]]}, unknown: %s}\n"
             "constraints: {%s}\n"
             "decision: {weights: %s, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n",
             300000 + 100 * n, unknown_a, strcmp(unknown_a, "share") == 0 ? "share" : "exclude", constraints,
             weights);
    return open_study(write_text("strip.yaml", text), (tpk_options){0});
}

/* Evaluates the study's grid as one lattice, as the engine does; details also asks for all values. */
static void evaluate_grid(tpk_study *study, bool details, outcome *out)
{
    const tpk_grid *grid = &study->plan->grid;
    size_t n_criteria = study->plan->n_criteria;
    double x[MOST], y[MOST];
    out->n = (size_t)tpk_grid_n_cells(grid);
    assert_true(out->n <= MOST);
    tpk_window all = {0, 0, grid->n_rows, grid->n_cols};
    tpk_window_lattice(grid, all, x, y);
    double **values = calloc(2 * n_criteria, sizeof *values);
    double *numbers = calloc(2 * n_criteria * out->n, sizeof *numbers);
    for (size_t k = 0; k < 2 * n_criteria; k++) values[k] = numbers + k * out->n;
    tpk_block block = {.n_rows = grid->n_rows,
                       .n_cols = grid->n_cols,
                       .lattice = true,
                       .x = x,
                       .y = y,
                       .cell_m = grid->cell};
    tpk_evaluation evaluation = {.score = out->score,
                                 .cell_class = out->cell_class,
                                 .reasons = out->reasons,
                                 .limiting = out->limiting,
                                 .values = details ? values : NULL,
                                 .membership = details ? values + n_criteria : NULL};
    tpk_evaluator *evaluator = NULL;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_evaluator_new(study->plan, out->n, &evaluator, &err), TPK_OK);
    if (tpk_evaluate(evaluator, &block, &evaluation, &err) != TPK_OK) fail_msg("%s", err.message);
    tpk_evaluator_free(evaluator);
    free(numbers);
    free(values);
}

static void assert_cell(const outcome *out, size_t i, double score, int cell_class, uint32_t reasons,
                        int limiting)
{
    bool same = isnan(score) ? isnan(out->score[i]) : fabs((double)out->score[i] - score) < 1e-7;
    if (same && out->cell_class[i] == cell_class && out->reasons[i] == reasons &&
        out->limiting[i] == limiting)
        return;
    fail_msg("cell %zu: score %.9g class %d reasons %u limiting %d, expected %.9g %d %u %d", i,
             (double)out->score[i], out->cell_class[i], out->reasons[i], out->limiting[i], score, cell_class,
             reasons, limiting);
}

static void evaluate_strip(size_t n, const char *unknown_a, const char *constraints, const char *weights,
                           outcome *out)
{
    tpk_study *study = open_strip(n, unknown_a, constraints, weights);
    evaluate_grid(study, false, out);
    tpk_study_close(study);
}

#define WEIGHTS "{a: 0.5, b: 0.3, c: 0.2}"

/* ---- unknown ---- */

/* Cell 0 all known: .5*.5 + .3*.5 + .2*1 = .6, costs .25 .15 0; cell 1: a unknown, b .5, c 1; cell 2: all
 * unknown but b = 1. */
static void write_unknown_strips(void)
{
    write_strip("a.tif", 3, (double[]){0.5, UNKNOWN, UNKNOWN});
    write_strip("b.tif", 3, (double[]){0.5, 0.5, 1});
    write_strip("c.tif", 3, (double[]){1, 1, UNKNOWN});
}

static void unknown_makes_the_score_unknown_unless_the_project_says_otherwise(void **state)
{
    (void)state;
    outcome out;
    write_unknown_strips();
    evaluate_strip(3, "exclude", "", WEIGHTS, &out);
    assert_cell(&out, 0, 0.6, TPK_CELL_S2, 0, 1);
    assert_cell(&out, 1, (double)NAN, TPK_CELL_UNKNOWN, 0, 255);
    assert_cell(&out, 2, (double)NAN, TPK_CELL_UNKNOWN, 0, 255);
}

/* 0 + .15 + .2 = .35; a costs all of its .5. */
static void unknown_can_count_as_the_worst(void **state)
{
    (void)state;
    outcome out;
    write_unknown_strips();
    evaluate_strip(3, "worst", "", WEIGHTS, &out);
    assert_cell(&out, 1, 0.35, TPK_CELL_N, 0, 1);
    assert_cell(&out, 2, (double)NAN, TPK_CELL_UNKNOWN, 0, 255); /* c still makes it unknown */
}

/* .5*.9 + .15 + .2 = .8; costs .05 .15 0: b limits. */
static void unknown_can_count_as_a_stated_membership(void **state)
{
    (void)state;
    outcome out;
    write_unknown_strips();
    evaluate_strip(3, "0.9", "", WEIGHTS, &out);
    assert_cell(&out, 1, 0.8, TPK_CELL_S1, 0, 2);
}

/* (.15 + .2) / .5 = .7, b limits; (.3) / .3 = 1, nothing limits; nothing known: unknown. */
static void unknown_can_share_its_weight_among_the_known(void **state)
{
    (void)state;
    outcome out;
    write_unknown_strips();
    evaluate_strip(3, "share", "", WEIGHTS, &out);
    assert_cell(&out, 0, 0.6, TPK_CELL_S2, 0, 1);
    assert_cell(&out, 1, 0.7, TPK_CELL_S2, 0, 2);
    assert_cell(&out, 2, 1, TPK_CELL_S1, 0, TPK_LIMITING_NOTHING);
    write_strip("b.tif", 3, (double[]){UNKNOWN, 0, 0});
    evaluate_strip(3, "share", "", WEIGHTS, &out);
    assert_cell(&out, 0, (double)NAN, TPK_CELL_UNKNOWN, 0, 255); /* b has no policy of its own: exclude */
    write_strip("c.tif", 3, (double[]){UNKNOWN, UNKNOWN, UNKNOWN});
    write_strip("a.tif", 3, (double[]){UNKNOWN, UNKNOWN, UNKNOWN});
    evaluate_strip(3, "share", "", "{a: 0.5, b: 0, c: 0.5}", &out);
    assert_cell(&out, 1, (double)NAN, TPK_CELL_UNKNOWN, 0, 255); /* what is known has no weight */
}

/* ---- constraints ---- */

static void constraint_on_unknown_leaves_unknown_passes_or_excludes_as_stated(void **state)
{
    (void)state;
    outcome out;
    write_strip("a.tif", 3, (double[]){1, 1, 1});
    write_strip("b.tif", 3, (double[]){1, 1, 1});
    write_strip("c.tif", 3, (double[]){1, 1, 1});
    write_strip("d.tif", 3, (double[]){UNKNOWN, 1, 0});
    const char *const policies[] = {"unknown", "pass", "exclude"};
    const double scores[] = {(double)NAN, 1, 0};
    const int classes[] = {TPK_CELL_UNKNOWN, TPK_CELL_S1, TPK_CELL_EXCLUDED};
    const uint32_t reasons[] = {0, 0, 1};
    const int limiting[] = {255, 0, 255};
    for (int i = 0; i < 3; i++) {
        char text[1000];
        snprintf(text, sizeof text,
                 "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, 300300, "
                 "9600100]}\nlayers: {a: a.tif, d: d.tif}\n"
                 "criteria:\n  a: {from: {raster: a}, curve: {points: [[0, 0], [1, 1]]}}\n"
                 "constraints:\n  k: {from: {raster: d, resample: nearest}, above: 0.5, source: Uji, "
                 "unknown: %s}\n"
                 "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n",
                 policies[i]);
        tpk_study *study = open_study(write_text("k.yaml", text), (tpk_options){0});
        evaluate_grid(study, false, &out);
        tpk_study_close(study);
        assert_cell(&out, 0, scores[i], classes[i], reasons[i], limiting[i]);
        assert_cell(&out, 1, 0, TPK_CELL_EXCLUDED, 1, 255);
        assert_cell(&out, 2, 1, TPK_CELL_S1, 0, 0);
    }
}

static void excluded_dominates_unknown(void **state)
{
    (void)state;
    outcome out;
    write_strip("a.tif", 2, (double[]){UNKNOWN, UNKNOWN});
    write_strip("b.tif", 2, (double[]){1, 0.25});
    write_strip("c.tif", 2, (double[]){1, 1});
    evaluate_strip(2, "exclude",
                   "k: {from: b, above: 0.5, source: Uji}, l: {from: a, below: 0.1, source: Uji}", WEIGHTS,
                   &out);
    assert_cell(&out, 0, 0, TPK_CELL_EXCLUDED, 1, 255);
    assert_cell(&out, 1, (double)NAN, TPK_CELL_UNKNOWN, 0, 255);
}

/* a = 0, .5, 1: above .5 and below .5 leave .5 itself; equals takes only its own values. */
static void constraint_limits_themselves_pass(void **state)
{
    (void)state;
    outcome out;
    write_strip("a.tif", 3, (double[]){0, 0.5, 1});
    write_strip("b.tif", 3, (double[]){1, 1, 1});
    write_strip("c.tif", 3, (double[]){1, 1, 1});
    evaluate_strip(3, "exclude",
                   "k: {from: a, above: 0.5, source: Uji}, l: {from: a, below: 0.5, source: Uji}, m: {from: "
                   "a, equals: [0, 1], source: Uji}",
                   WEIGHTS, &out);
    assert_cell(&out, 0, 0, TPK_CELL_EXCLUDED, 2 | 4, 255);
    assert_cell(&out, 1, 0.75, TPK_CELL_S2, 0, 1);
    assert_cell(&out, 2, 0, TPK_CELL_EXCLUDED, 1 | 4, 255);
}

/* ---- numbers that are codes ---- */

/* Writes strip.yaml: 8 cells of 100 m over the raster a. */
static const char *write_codes(const char *criterion, const char *constraints)
{
    char text[2000];
    snprintf(text, sizeof text,
             "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, 300800, "
             "9600100]}\nlayers: {a: a.tif}\n"
             "criteria:\n  a: {from: {%s}, curve: {%s}}\nconstraints: {%s}\n"
             "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n",
             strstr(criterion, "resample") ? "raster: a, resample: bilinear" : "raster: a",
             strstr(criterion, "classes") ? "classes: {10: 1, 20: 0.5}" : "points: [[0, 0], [20, 1]]",
             constraints);
    return write_text("codes.yaml", text);
}

static void refuse_codes(const char *criterion, const char *constraints, const char *part)
{
    tpk_err err = {TPK_OK, ""};
    tpk_study *study = NULL;
    tpk_options options = {.message = show_message};
    assert_int_equal(tpk_study_open(write_codes(criterion, constraints), &options, &study, &err),
                     TPK_ERR_PROJECT);
    if (!strstr(err.message, part)) fail_msg("'%s' does not say '%s'", err.message, part);
}

/* Pixels of 200 m under cells of 100 m: every cell's centre lies beside its pixel's, and between 10 and 20
 * there is 15, which is no code. */
static void codes_are_never_interpolated(void **state)
{
    (void)state;
    static const char *const CONSTRAINTS[] = {"k: {from: {raster: a}, equals: 20, source: Uji}",
                                              "k: {from: a, equals: 20, source: Uji}"};
    outcome out;
    write_raster("a.tif", "EPSG:32750", 300000, 9600200, 200, 1, 4, (double[]){10, 20, 10, 20}, UNKNOWN);
    tpk_study *study = open_study(write_codes("classes", ""), (tpk_options){0});
    evaluate_grid(study, false, &out);
    tpk_study_close(study);
    for (size_t i = 0; i < 8; i++) {
        if (i / 2 % 2)
            assert_cell(&out, i, 0.5, TPK_CELL_S3, 0, 1);
        else
            assert_cell(&out, i, 1, TPK_CELL_S1, 0, 0);
    }
    for (int k = 0; k < 2; k++) {
        study = open_study(write_codes("points", CONSTRAINTS[k]), (tpk_options){0});
        evaluate_grid(study, false, &out);
        tpk_study_close(study);
        for (size_t i = 0; i < 8; i++) assert_int_equal(out.reasons[i], i / 2 % 2);
    }
    study = open_study(write_codes("points", ""), (tpk_options){0});
    evaluate_grid(study, false, &out);
    tpk_study_close(study);
    assert_true(fabs((double)out.score[1] - 0.625) <
                1e-7); /* a measurement is: 12.5 at a quarter of the way */
    refuse_codes("classes, resample", "", "criterion 'a': raster 'a': 'resample: bilinear' mixes");
    refuse_codes("points, resample", CONSTRAINTS[1], "criterion 'a': raster 'a': 'resample: bilinear' mixes");
}

/* 0.1 in a raster of 32-bit floats is 0.10000000149. */
static void equals_meets_fractions_as_rasters_hold_them(void **state)
{
    (void)state;
    outcome out;
    double values[8] = {0.1, 0.2, 0.3, 0.7, 1.1, 16777217, 16777216, 0.1001};
    for (int i = 0; i < 5; i++) values[i] = (double)(float)values[i];
    write_strip("a.tif", 8, values);
    tpk_study *study =
        open_study(write_codes("points", "k: {from: a, equals: [0.1, 0.3, 1.1, 16777217], source: Uji}"),
                   (tpk_options){0});
    evaluate_grid(study, false, &out);
    tpk_study_close(study);
    const uint32_t expected[8] = {1, 0, 1, 0, 1, 1, 0, 0};
    for (size_t i = 0; i < 8; i++) assert_int_equal(out.reasons[i], expected[i]);
}

/* ---- classes and limiting ---- */

static void score_equal_to_a_bound_belongs_to_the_better_class(void **state)
{
    (void)state;
    outcome out;
    double scores[8] = {0.8, 0.6, 0.4, 0, 0, 0, 0, 1};
    for (int i = 0; i < 3; i++) scores[3 + i] = (double)nextafterf((float)scores[i], 0);
    write_strip("a.tif", 8, scores);
    write_strip("b.tif", 8, scores);
    write_strip("c.tif", 8, scores);
    evaluate_strip(8, "exclude", "", "{a: 1, b: 0, c: 0}", &out);
    const int classes[8] = {TPK_CELL_S1, TPK_CELL_S2, TPK_CELL_S3, TPK_CELL_S2,
                            TPK_CELL_S3, TPK_CELL_N,  TPK_CELL_N,  TPK_CELL_S1};
    for (size_t i = 0; i < 8; i++) assert_int_equal(out.cell_class[i], classes[i]);
    write_strip(
        "a.tif", 2,
        (double[]){1, 0.7}); /* .6 + .4*.5 = .8 and .6*.7 + .4*.45 = .6: sums that do not come out round */
    write_strip("b.tif", 2, (double[]){0.5, 0.45});
    evaluate_strip(2, "exclude", "", "{a: 0.6, b: 0.4, c: 0}", &out);
    assert_int_equal(out.cell_class[0], TPK_CELL_S1);
    assert_int_equal(out.cell_class[1], TPK_CELL_S2);
}

/* Costs .25 and .25: the first; .25 and .5*(1-.4999) more: the second; 0 and 0: nothing. */
static void tie_of_limiting_criteria_goes_to_the_first(void **state)
{
    (void)state;
    outcome out;
    write_strip("a.tif", 3, (double[]){0.5, 0.5, 1});
    write_strip("b.tif", 3, (double[]){0.5, 0.4999, 1});
    write_strip("c.tif", 3, (double[]){0, 0, 0});
    evaluate_strip(3, "exclude", "", "{a: 0.5, b: 0.5, c: 0}", &out);
    assert_int_equal(out.limiting[0], 1);
    assert_int_equal(out.limiting[1], 2);
    assert_int_equal(out.limiting[2], TPK_LIMITING_NOTHING);
}

/* ---- place ---- */

#define ROAD_X(x)                                                                                            \
    "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": \"LineString\", \"coordinates\": " \
    "[[" x ", 9500000], [" x ", 9700000]]}}"

/* The road at x = 300000, cells of 1000 m from there: column c is c*1000 + 500 m away; the curve is flat from
 * 25 000 m on. */
static void constraint_sees_a_criterion_beyond_its_curves_flat_part(void **state)
{
    (void)state;
    outcome cut, full;
    write_features("road.geojson", ROAD_X("300000"));
    write_text("flat.yaml",
               "tapak: 1\ngrid: {crs: EPSG:32750, cell: 1000, bounds: [300000, 9600000, 400000, 9616000]}\n"
               "layers: {road: road.geojson}\n"
               "criteria:\n  road: {from: {distance: road}, curve: {linear: {best: 0, worst: 25000}}}\n"
               "constraints:\n  far: {from: road, above: 50500, source: Uji}\n  band: {from: {distance: "
               "road}, nearer: 3500, source: Uji}\n"
               "decision: {weights: {road: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n");
    tpk_study *study = open_study(in_scratch("flat.yaml"), (tpk_options){0});
    evaluate_grid(study, false, &cut);
    evaluate_grid(study, true, &full);
    tpk_study_close(study);
    for (size_t i = 0; i < cut.n; i++) {
        double dist_m = (double)(i % 100) * 1000 + 500, score = fmax(1 - dist_m / 25000, 0);
        uint32_t reasons = (dist_m > 50500 ? 1u : 0) | (dist_m < 3500 ? 2u : 0);
        assert_int_equal(cut.reasons[i], reasons);
        if (reasons == 0) assert_true(fabs((double)cut.score[i] - score) < 1e-6);
    }
    assert_memory_equal(cut.score, full.score, cut.n * sizeof *cut.score);
    assert_memory_equal(cut.cell_class, full.cell_class, cut.n);
    assert_memory_equal(cut.limiting, full.limiting, cut.n);
    assert_memory_equal(cut.reasons, full.reasons, cut.n * sizeof *cut.reasons);
}

#define SQUARE(x0, x1)                                                                                       \
    "{\"type\": \"Feature\", \"properties\": {\"jenis\": \"A\"}, \"geometry\": {\"type\": \"Polygon\", "     \
    "\"coordinates\": [[[" x0 ", 9600000], [" x1 ", 9600000], [" x1 ", 9600100], [" x0 ", 9600100], [" x0    \
    ", 9600000]]]}}"

/* The area is the first 200 m and 100 m more beyond a gap of one cell; everything is inside the constraint.
 */
static void outside_has_no_score_no_reasons_and_keeps_its_values(void **state)
{
    (void)state;
    outcome out;
    write_features("area.geojson", SQUARE("300000", "300200") ", " SQUARE("300300", "300400"));
    write_features("all.geojson", SQUARE("300000", "300400"));
    write_strip("a.tif", 4, (double[]){1, 0.5, 0.25, 0});
    write_text("area.yaml",
               "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, area: area}\nlayers: {area: area.geojson, all: "
               "all.geojson, a: a.tif}\n"
               "criteria:\n  a: {from: {raster: a, resample: nearest}, curve: {points: [[0, 0], [1, 1]]}}\n"
               "constraints:\n  k: {from: {inside: all}, source: Uji}\n"
               "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n");
    tpk_study *study = open_study(in_scratch("area.yaml"), (tpk_options){0});
    evaluate_grid(study, false, &out);
    for (size_t i = 0; i < 4; i++) {
        if (i == 2)
            assert_cell(&out, i, (double)NAN, TPK_CELL_OUTSIDE, 0, 255);
        else
            assert_cell(&out, i, 0, TPK_CELL_EXCLUDED, 1, 255);
    }
    const double xy[] = {300250, 9600050, 300350, 9600050, 310000, 9600050};
    double values[3], memberships[3];
    uint8_t classes[3];
    tpk_results results = {.values = values, .memberships = memberships, .point_class = classes};
    assert_int_equal(tpk_study_evaluate_points(study, NULL, xy, 3, &results, NULL), TPK_OK);
    tpk_study_close(study);
    assert_true(values[0] == 0.25 && memberships[0] == 0.25 && values[1] == 0 && isnan(values[2]) &&
                isnan(memberships[2]));
    assert_int_equal(classes[0], TPK_CLASS_OUTSIDE);
    assert_int_equal(classes[1], TPK_CLASS_EXCLUDED);
    assert_int_equal(classes[2], TPK_CLASS_OUTSIDE);
}

/* Categories are numbered by the alphabet; no planner means that. */
static void categories_have_no_order(void **state)
{
    (void)state;
    static const char *const TESTS[] = {"above: 0", "below: 1"};
    write_features("jenis.geojson", SQUARE("300000", "300200"));
    write_strip("a.tif", 8, (double[8]){0});
    for (int k = 0; k < 2; k++) {
        char text[1000];
        snprintf(text, sizeof text,
                 "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, 300800, 9600100]}\n"
                 "layers: {a: a.tif, jenis: jenis.geojson}\ncriteria:\n  a: {from: {raster: a}, curve: "
                 "{points: [[0, 0], [1, 1]]}}\n"
                 "constraints:\n  k: {from: {attribute: jenis, field: jenis}, %s, source: Uji}\n"
                 "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n",
                 TESTS[k]);
        tpk_err err = {TPK_OK, ""};
        tpk_study *study = NULL;
        tpk_options options = {.message = show_message};
        assert_int_equal(tpk_study_open(write_text("urutan.yaml", text), &options, &study, &err),
                         TPK_ERR_PROJECT);
        assert_non_null(strstr(err.message, "urutan.yaml:7:3: constraint 'k'"));
        assert_non_null(strstr(err.message, TESTS[k]));
        assert_non_null(strstr(err.message, "have no order: 'A'"));
    }
}

#define POINT_AT(x)                                                                                          \
    "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": \"Point\", \"coordinates\": [" x   \
    ", 9600050]}}"

/* Features 150 and 250 m east of a study of 4 cells: cell c is (3 - c)*100 + 200 and + 300 m from them.
 * Within 310 m: 2 for the last cell, 1 for the one before, 0 for the others, for each pi * .31^2 km2. */
static void layers_beyond_the_study_area_count(void **state)
{
    (void)state;
    outcome out;
    write_features("points.geojson", POINT_AT("300550") ", " POINT_AT("300650"));
    write_features("area.geojson", SQUARE("300000", "300400"));
    write_text("beyond.yaml",
               "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, area: area}\nlayers: {area: area.geojson, "
               "points: points.geojson}\n"
               "criteria:\n  near: {from: {distance: points}, curve: {linear: {best: 0, worst: 1000}}}\n"
               "  dense: {from: {density: points, radius: 310}, curve: {linear: {best: 10, worst: 0}}}\n"
               "decision: {weights: {near: 0.5, dense: 0.5}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n");
    tpk_study *study = open_study(in_scratch("beyond.yaml"), (tpk_options){0});
    evaluate_grid(study, false, &out);
    tpk_study_close(study);
    const int counts[4] = {0, 0, 1, 2};
    for (size_t i = 0; i < 4; i++) {
        double dist_m = (double)(3 - i) * 100 + 200, per_km2 = counts[i] / (M_PI * 0.31 * 0.31);
        double score = 0.5 * (1 - dist_m / 1000) + 0.5 * fmin(per_km2 / 10, 1);
        assert_true(fabs((double)out.score[i] - score) < 1e-6);
    }
}

static void more_points_than_promised_are_refused(void **state)
{
    (void)state;
    write_unknown_strips();
    tpk_study *study = open_strip(3, "exclude", "", WEIGHTS);
    tpk_evaluator *evaluator = NULL;
    assert_int_equal(tpk_evaluator_new(study->plan, 2, &evaluator, NULL), TPK_OK);
    outcome out;
    double x[3] = {0}, y[3] = {0};
    tpk_block block = {.n_rows = 1, .n_cols = 3, .x = x, .y = y, .cell_m = 100};
    tpk_evaluation evaluation = {
        .score = out.score, .cell_class = out.cell_class, .reasons = out.reasons, .limiting = out.limiting};
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_evaluate(evaluator, &block, &evaluation, &err), TPK_ERR_LIMIT);
    assert_non_null(strstr(err.message, "3 points asked at once; at most 2"));
    tpk_evaluator_free(evaluator);
    tpk_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_makes_the_score_unknown_unless_the_project_says_otherwise),
        cmocka_unit_test(unknown_can_count_as_the_worst),
        cmocka_unit_test(unknown_can_count_as_a_stated_membership),
        cmocka_unit_test(unknown_can_share_its_weight_among_the_known),
        cmocka_unit_test(constraint_on_unknown_leaves_unknown_passes_or_excludes_as_stated),
        cmocka_unit_test(excluded_dominates_unknown),
        cmocka_unit_test(constraint_limits_themselves_pass),
        cmocka_unit_test(codes_are_never_interpolated),
        cmocka_unit_test(equals_meets_fractions_as_rasters_hold_them),
        cmocka_unit_test(categories_have_no_order),
        cmocka_unit_test(score_equal_to_a_bound_belongs_to_the_better_class),
        cmocka_unit_test(tie_of_limiting_criteria_goes_to_the_first),
        cmocka_unit_test(constraint_sees_a_criterion_beyond_its_curves_flat_part),
        cmocka_unit_test(outside_has_no_score_no_reasons_and_keeps_its_values),
        cmocka_unit_test(layers_beyond_the_study_area_count),
        cmocka_unit_test(more_points_than_promised_are_refused),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
