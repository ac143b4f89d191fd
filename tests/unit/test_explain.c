/* Explanations: a study on paper, and the maps and zones of a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/study.h"
#include "api/weights.h"
#include "small_study.h"

static tpk_view *new_view(const tpk_study *study, const double *weights)
{
    tpk_err err = {TPK_OK, ""};
    tpk_view *view = NULL;
    if (tpk_view_new(study, NULL, weights, &view, &err) != TPK_OK) fail_msg("%s", err.message);
    return view;
}

static tpk_explanation *explain(tpk_view *view, double x, double y)
{
    tpk_err err = {TPK_OK, ""};
    tpk_explanation *explanation = NULL;
    if (tpk_view_explain(view, x, y, &explanation, &err) != TPK_OK) fail_msg("%s", err.message);
    return explanation;
}

static void assert_near(double found, double expected)
{
    if (isnan(expected) ? !isnan(found) : !(fabs(found - expected) < 1e-5))
        fail_msg("%.9g, expected %.9g", found, expected);
}

/* What a criterion says: value, membership, policy for unknown, points gained and lost. */
static void assert_criterion(const tpk_explanation *e, size_t k, double value, double membership,
                             const char *unknown, double gained, double lost)
{
    const tpk_explained_criterion *c = &e->criteria[k];
    assert_near(c->value, value);
    assert_near(c->membership, membership);
    assert_string_equal(c->unknown, unknown);
    assert_near(c->gained, gained);
    assert_near(c->lost, lost);
    assert_near(c->unknown_ha, (double)NAN);
}

/* ---- the study on paper ---- */

static void open_small(tpk_study **study, tpk_view **view, const char *unknown)
{
    write_small_study();
    size_t n;
    char *text = read_bytes(in_scratch("kecil.yaml"), &n), changed[4000];
    text[n] = '\0';
    char *at = strstr(text, "  tinggi: {title: Height, ");
    assert_non_null(at);
    at += strlen("  tinggi: {title: Height, ");
    snprintf(changed, sizeof changed, "%.*sunknown: %s, %s", (int)(at - text), text, unknown, at);
    free(text);
    *study = open_study(write_text("kecil.yaml", changed), (tpk_options){0});
    *view = new_view(*study, NULL);
}

static void close_small(tpk_study *study, tpk_view *view, tpk_explanation *e)
{
    tpk_explanation_free(e);
    tpk_view_free(view);
    tpk_study_close(study);
}

/* On the road: 1; 8 high: 0.8; Aluvial: 1. Only the height costs: 25 x 0.2. */
static void point_is_told_in_all_its_parts(void **state)
{
    (void)state;
    tpk_study *study;
    tpk_view *view;
    open_small(&study, &view, "exclude");
    tpk_explanation *e = explain(view, 300050, 9600150);
    assert_null(e->zone_id);
    assert_string_equal(e->crs, "EPSG:32750");
    assert_true(e->x == 300050 && e->y == 9600150);
    assert_int_equal(e->point_class, TPK_CLASS_S1);
    assert_string_equal(e->class_title, "S1 Highly suitable");
    assert_near(e->score, 0.95);
    assert_int_equal(e->limiting, 1);
    assert_true(isnan(e->area_ha) && isnan(e->class_ha[TPK_CLASS_S1]));
    assert_int_equal(e->n_criteria, 3);
    assert_criterion(e, 0, 0, 1, "", 50, 0);
    assert_criterion(e, 1, 8, 0.8, "", 20, 5);
    assert_criterion(e, 2, (double)NAN, 1, "", 25, 0);
    assert_string_equal(e->criteria[0].id, "akses");
    assert_string_equal(e->criteria[0].title, "Road");
    assert_string_equal(e->criteria[0].unit, "m");
    assert_null(e->criteria[0].category);
    assert_string_equal(e->criteria[2].category, "Aluvial");
    assert_near(e->criteria[1].weight, 0.25);
    assert_int_equal(e->n_constraints, 2);
    assert_string_equal(e->constraints[0].title, "Protected wood");
    assert_string_equal(e->constraints[0].source, "UU 41/1999");
    for (int k = 0; k < 2; k++) assert_false(e->constraints[k].excludes || e->constraints[k].unjudged);
    close_small(study, view, e);
}

static void excluded_point_names_its_constraints_and_nothing_limits_it(void **state)
{
    (void)state;
    tpk_study *study;
    tpk_view *view;
    open_small(&study, &view, "exclude");
    tpk_explanation *e = explain(view, 300050, 9600050);
    assert_int_equal(e->point_class, TPK_CLASS_EXCLUDED);
    assert_true(e->score == 0 && e->limiting == -1);
    assert_true(e->constraints[0].excludes && !e->constraints[1].excludes);
    assert_criterion(e, 1, 10, 1, "", 25, 0);
    tpk_explanation_free(e);
    e = explain(view, 300150, 9600050);
    assert_true(!e->constraints[0].excludes && e->constraints[1].excludes);
    assert_criterion(e, 0, 100, 0.5, "", 25, 25);
    close_small(study, view, e);
}

/* Beyond the area of study the layers go on: 200 m from the road, 6 high, Gambut. */
static void point_outside_has_values_and_no_verdict(void **state)
{
    (void)state;
    tpk_study *study;
    tpk_view *view;
    open_small(&study, &view, "exclude");
    tpk_explanation *e = explain(view, 300250, 9600250);
    assert_int_equal(e->point_class, TPK_CLASS_OUTSIDE);
    assert_true(isnan(e->score) && e->limiting == -1);
    assert_criterion(e, 0, 200, 0, "", 0, 50);
    assert_criterion(e, 1, 6, 0.6, "", 15, 10);
    assert_string_equal(e->criteria[2].category, "Gambut");
    close_small(study, view, e);
}

/* The grid is 300 m wide: 100 km beyond it are told, and no more; 20000 km away UTM is bent beyond use. */
static void point_out_of_reach_has_no_values(void **state)
{
    (void)state;
    static const double FAR[][2] = {
        {401000, 9600150}, {198000, 9600150}, {300150, 9701000}, {300150, 9499000}};
    tpk_study *study;
    tpk_view *view;
    open_small(&study, &view, "exclude");
    tpk_explanation *e = explain(view, 400000, 9600150);
    assert_false(e->out_of_reach);
    assert_true(fabs(e->criteria[0].value - 99950) < 1e-6);
    for (size_t i = 0; i < sizeof FAR / sizeof *FAR; i++) {
        tpk_explanation_free(e);
        e = explain(view, FAR[i][0], FAR[i][1]);
        assert_int_equal(e->point_class, TPK_CLASS_OUTSIDE);
        assert_true(e->out_of_reach && isnan(e->score) && e->limiting == -1);
        for (size_t k = 0; k < e->n_criteria; k++) {
            const tpk_explained_criterion *c = &e->criteria[k];
            assert_true(isnan(c->value) && isnan(c->membership) && isnan(c->counted) && isnan(c->gained) &&
                        isnan(c->lost) && !c->category);
            assert_string_equal(c->unknown, "");
        }
    }
    close_small(study, view, e);
}

/* The height of the middle cell is unknown; 100 m from the road: 0.5; Aluvial: 1. */
static void unknown_does_what_its_policy_says(void **state)
{
    (void)state;
    const struct {
        const char *policy, *told;
        double score, gained[3], lost[3];
    } cases[] = {
        {"exclude", "exclude", (double)NAN, {25, (double)NAN, 25}, {25, (double)NAN, 0}},
        {"worst", "worst", 0.5, {25, 0, 25}, {25, 25, 0}},
        {"0.6", "value", 0.65, {25, 15, 25}, {25, 10, 0}},
        {"share", "share", 2 / 3.0, {100 / 3.0, (double)NAN, 100 / 3.0}, {100 / 3.0, (double)NAN, 0}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tpk_study *study;
        tpk_view *view;
        open_small(&study, &view, cases[i].policy);
        tpk_explanation *e = explain(view, 300150, 9600150);
        assert_near(e->score, cases[i].score);
        assert_int_equal(e->point_class == TPK_CLASS_UNKNOWN, isnan(cases[i].score));
        for (size_t k = 0; k < 3; k++) {
            assert_near(e->criteria[k].gained, cases[i].gained[k]);
            assert_near(e->criteria[k].lost, cases[i].lost[k]);
        }
        assert_string_equal(e->criteria[1].unknown, cases[i].told);
        assert_true(isnan(e->criteria[1].value) && isnan(e->criteria[1].membership));
        assert_near(e->criteria[1].weight, 0.25);
        assert_near(e->criteria[1].weight_counted, strcmp(cases[i].policy, "share") == 0 ? 0 : 0.25);
        /* Its policy lets the unknown pass, but it was not judged. */
        assert_true(e->constraints[1].unjudged && !e->constraints[1].excludes);
        close_small(study, view, e);
    }
}

static void weights_of_the_view_are_those_that_are_told(void **state)
{
    (void)state;
    tpk_study *study;
    tpk_view *view;
    open_small(&study, &view, "exclude");
    assert_int_equal(tpk_view_set_weights(view, (double[]){0, 3, 1}, NULL), TPK_OK);
    tpk_explanation *e = explain(view, 300050, 9600150);
    assert_near(e->score, 0.85);
    assert_criterion(e, 0, 0, 1, "", 0, 0);
    assert_criterion(e, 1, 8, 0.8, "", 60, 15);
    close_small(study, view, e);
}

static void what_cannot_be_explained_is_refused(void **state)
{
    (void)state;
    tpk_study *study;
    tpk_view *view;
    open_small(&study, &view, "exclude");
    tpk_err err = {TPK_OK, ""}, none = err;
    tpk_explanation *e = NULL;
    assert_int_equal(tpk_view_explain(view, (double)NAN, 0, &e, &err), TPK_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "finite"));
    assert_null(e);
    assert_int_equal(tpk_view_explain(NULL, 0, 0, &e, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_explain(view, 0, 0, NULL, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_explain_zone(view, NULL, &e, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_explain_zone(NULL, "U", &e, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_explain_zone(view, "U", NULL, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_explanation_json(NULL, &(char *){NULL}, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_explain_zone(view, "Z9", &e, &none), TPK_ERR_ARGUMENT);
    assert_non_null(strstr(none.message, "'Z9'"));
    assert_null(e);
    close_small(study, view, NULL);
}

/* ---- the maps and zones of a run ---- */

static double draw(uint64_t *seed, double from, double to)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return from + (to - from) * (double)(*seed >> 11) / 9007199254740992.0;
}

static void assert_point_is_pixel(const tpk_explanation *e, double *const maps[4], size_t pixel)
{
    uint32_t reasons = 0;
    double gained = 0;
    for (size_t k = 0; k < e->n_constraints; k++)
        reasons |= (uint32_t)(e->constraints[k].excludes ? 1 : 0) << k;
    for (size_t k = 0; k < e->n_criteria; k++) {
        if (e->criteria[k].weight_counted > 0) gained += e->criteria[k].gained;
    }
    bool same = (e->score == maps[0][pixel] || (isnan(e->score) && isnan(maps[0][pixel]))) &&
                e->point_class == (int)maps[1][pixel] && (double)reasons == maps[2][pixel] &&
                (e->limiting < 0 ? maps[3][pixel] == 255 || maps[3][pixel] == 0
                                 : e->limiting + 1 == (int)maps[3][pixel]);
    bool scored = e->point_class >= TPK_CLASS_S1 && e->point_class <= TPK_CLASS_N;
    if (!same || (scored && !(fabs(gained - 100 * e->score) < 1e-4)))
        fail_msg("pixel %zu: score %.9g, class %d, gained %.9g; the maps have %.9g, %g", pixel, e->score,
                 e->point_class, gained, maps[0][pixel], maps[1][pixel]);
}

static void thousand_points_of_the_province_are_those_of_the_maps(void **state)
{
    (void)state;
    static const char *const NAMES[4] = {"suitability.tif", "classes.tif", "reasons.tif", "limiting.tif"};
    tpk_study *study = open_study("gis-data/kalsel.yaml", (tpk_options){.cell_m = 500});
    char folder[600], path[700];
    snprintf(folder, sizeof folder, "%s", in_scratch("kalsel"));
    assert_int_equal(tpk_study_run(study, folder, NULL), TPK_OK);
    double *maps[4], x0, y0, cell;
    int n_rows, n_cols;
    for (int m = 0; m < 4; m++) {
        snprintf(path, sizeof path, "%s/%s", folder, NAMES[m]);
        maps[m] = read_raster(path, &n_rows, &n_cols);
    }
    tpk_study_grid(study, &x0, &y0, &cell, NULL, NULL);
    tpk_view *view = new_view(study, NULL);
    uint64_t seed = 4;
    int n_of[7] = {0};
    for (int i = 0; i < 1000;) {
        int row = (int)draw(&seed, 0, n_rows), col = (int)draw(&seed, 0, n_cols);
        size_t pixel = (size_t)row * (size_t)n_cols + (size_t)col;
        if (maps[1][pixel] == 0) continue;
        tpk_explanation *e = explain(view, x0 + (col + 0.5) * cell, y0 - (row + 0.5) * cell);
        assert_point_is_pixel(e, maps, pixel);
        n_of[e->point_class]++;
        tpk_explanation_free(e);
        i++;
    }
    assert_true(n_of[TPK_CLASS_S2] > 50 && n_of[TPK_CLASS_S3] > 50 && n_of[TPK_CLASS_EXCLUDED] > 50);
    for (int m = 0; m < 4; m++) free(maps[m]);
    tpk_view_free(view);
    tpk_study_close(study);
}

static void assert_zone_is_row(const tpk_explanation *e, const tpk_study *study, const tpk_zone_row *row)
{
    const tpk_zone_stats *stats = &row->stats;
    assert_string_equal(e->zone_id, row->id);
    assert_string_equal(e->zone_name, row->name);
    assert_true(e->score == stats->score_mean && e->area_ha == stats->area_ha);
    assert_int_equal(e->limiting, stats->limiting);
    assert_memory_equal(e->class_ha, stats->class_ha, sizeof e->class_ha);
    for (size_t k = 0; k < e->n_criteria; k++) {
        const tpk_explained_criterion *c = &e->criteria[k];
        const tpk_zone_criterion *found = &stats->criteria[k];
        assert_true(c->membership == found->membership_mean && c->unknown_ha == found->unknown_ha);
        if (!tpk_study_criterion_category(study, k, 0))
            assert_true(c->value == found->mean);
        else
            assert_string_equal(c->category, tpk_study_criterion_category(study, k, (size_t)found->dominant));
    }
    for (size_t k = 0; k < e->n_constraints; k++) {
        assert_true(e->constraints[k].excluded_ha == stats->constraint_ha[k]);
        assert_int_equal(e->constraints[k].excludes, stats->constraint_ha[k] > 0);
    }
}

static void assert_zones_of(const char *path, double cell_m)
{
    tpk_study *study = open_study(path, (tpk_options){.cell_m = cell_m});
    assert_int_equal(tpk_study_run(study, in_scratch("zona"), NULL), TPK_OK);
    tpk_view *view = new_view(study, NULL);
    assert_true(study->n_zones >= 2);
    for (size_t i = 0; i < study->n_zones; i++) {
        tpk_explanation *e = NULL;
        tpk_err err = {TPK_OK, ""};
        if (tpk_view_explain_zone(view, study->zones[i].id, &e, &err) != TPK_OK) fail_msg("%s", err.message);
        assert_zone_is_row(e, study, &study->zones[i]);
        tpk_explanation_free(e);
    }
    tpk_view_free(view);
    tpk_study_close(study);
}

static void zones_have_the_figures_of_a_run(void **state)
{
    (void)state;
    assert_zones_of("gis-data/kalsel.yaml", 100);
    assert_zones_of(write_small_study(), 0);
}

/* ---- weights as text ---- */

static void weights_are_read_by_their_names(void **state)
{
    (void)state;
    tpk_study *study = open_study(write_small_study(), (tpk_options){0});
    double weights[3];
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_weights_parse(study, "tanah:0.25,akses:0.75", weights, &err), TPK_OK);
    assert_true(weights[0] == 0.75 && weights[1] == 0 && weights[2] == 0.25);
    assert_int_equal(tpk_weights_parse(study, "tinggi:0.9995", weights, &err), TPK_OK);
    tpk_study_close(study);
}

static void impossible_weights_are_named(void **state)
{
    (void)state;
    const struct {
        const char *text, *named;
    } cases[] = {{"", "found ''"},
                 {"akses", "found 'akses'"},
                 {":1", "found ':1'"},
                 {"akses:0.5,,tinggi:0.5", "found ''"},
                 {"akses:1,", "found ''"},
                 {"tingi:1", "did you mean 'tinggi'"},
                 {"pelabuhan:1", "it has 3, the first is 'akses'"},
                 {"akses:0.5,akses:0.5", "'akses' is given twice"},
                 {"akses:-0.5,tinggi:1", "'-0.5'"},
                 {"akses:1.5", "'1.5'"},
                 {"akses:nan", "'nan'"},
                 {"akses:0,5", "found '5'"}, /* a decimal comma parts pairs */
                 {"akses:0.5:1", "'0.5:1'"},
                 {"akses: 1", "' 1'"},
                 {"akses:0.5,tinggi:0.4", "sum to 0.9"},
                 {"akses:0", "sum to 0;"}};
    tpk_study *study = open_study(write_small_study(), (tpk_options){0});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double weights[3];
        tpk_err err = {TPK_OK, ""};
        assert_int_equal(tpk_weights_parse(study, cases[i].text, weights, &err), TPK_ERR_ARGUMENT);
        if (!strstr(err.message, cases[i].named)) fail_msg("%s: %s", cases[i].text, err.message);
    }
    tpk_study_close(study);
}

/* ---- memory ---- */

/* Everything that allocates, once. */
static tpk_status explain_all(const tpk_study *study)
{
    tpk_view *view = NULL;
    tpk_explanation *point = NULL, *zone = NULL, *none = NULL;
    char *json = NULL;
    double weights[3];
    tpk_status status = tpk_weights_parse(study, "akses:0.5,tinggi:0.25,tanah:0.25", weights, NULL);
    if (status == TPK_OK) status = tpk_view_new(study, NULL, weights, &view, NULL);
    if (status == TPK_OK) status = tpk_view_explain(view, 300150, 9600150, &point, NULL);
    if (status == TPK_OK) status = tpk_view_explain_zone(view, "T", &zone, NULL);
    if (status == TPK_OK) status = tpk_explanation_json(zone, &json, NULL);
    if (status == TPK_OK) {
        status = tpk_view_explain_zone(view, "Timur", &none, NULL);
        if (status == TPK_ERR_ARGUMENT) status = TPK_OK; /* no such zone */
    }
    if (status == TPK_OK) {
        status = tpk_weights_parse(study, "aksess:1", weights, NULL);
        if (status == TPK_ERR_ARGUMENT) status = TPK_OK; /* no such criterion */
    }
    tpk_text_free(json);
    tpk_explanation_free(zone);
    tpk_explanation_free(point);
    tpk_view_free(view);
    return status;
}

static void explaining_without_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    tpk_study *study = open_study(write_small_study(), (tpk_options){0});
    assert_int_equal(explain_all(study), TPK_OK); /* the study keeps the zone layer from here on */
    long live = tpk_mem_live_count(), k = 0;
    for (long n_fired = 1; n_fired > 0; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = explain_all(study);
        n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        if (status != (n_fired == 0 ? TPK_OK : TPK_ERR_MEMORY))
            fail_msg("allocation %ld: %s", k, tpk_status_name(status));
        assert_int_equal(tpk_mem_live_count(), live);
    }
    assert_true(k > 60);
    tpk_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(point_is_told_in_all_its_parts),
        cmocka_unit_test(excluded_point_names_its_constraints_and_nothing_limits_it),
        cmocka_unit_test(point_outside_has_values_and_no_verdict),
        cmocka_unit_test(point_out_of_reach_has_no_values),
        cmocka_unit_test(unknown_does_what_its_policy_says),
        cmocka_unit_test(weights_of_the_view_are_those_that_are_told),
        cmocka_unit_test(what_cannot_be_explained_is_refused),
        cmocka_unit_test(thousand_points_of_the_province_are_those_of_the_maps),
        cmocka_unit_test(zones_have_the_figures_of_a_run),
        cmocka_unit_test(weights_are_read_by_their_names),
        cmocka_unit_test(impossible_weights_are_named),
        cmocka_unit_test(explaining_without_memory_is_told_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
