/* Optional layers that are not there: what is left out, what is told, and what cannot be done without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "project_check.h"

#define HEAD                                                                                                 \
    "tapak: 1\ngrid: {crs: EPSG:32750, cell: 30, area: provinsi}\nlayers:\n  provinsi: provinsi.shp\n"
#define CURVE ", curve: {linear: {best: 500, worst: 10000}}}\n"
#define ABSENT "; it is optional, so what needs it is left out"

/* Reads a file with this text. What is told must be the lines of `messages`, with their severities, in order,
 * at the backticks. */
static tpk_project *read_text(const char *marked, tpk_status wanted, const char *messages)
{
    static const char *const WORDS[] = {"note", "warning", "error"};
    char *text = tpk_strdup(marked), path[PATH_MAX + 32];
    tpk_pos places[64];
    size_t n_places = take_marks(text, places);
    snprintf(path, sizeof path, "%s/uji.yaml", folder);
    write_project(path, text, strlen(text));
    tpk_free(text);
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    tpk_err err = {0};
    tpk_status status = tpk_project_read(path, &FAKE_VOCABULARY, &project, &diags, &err);
    tpk_text found = {0}, expected = {0};
    for (size_t i = 0; i < n_places; i++) {
        size_t n = strcspn(messages, "\n");
        tpk_text_addf(&expected, "%d:%d: %.*s\n", places[i].line, places[i].column, (int)n, messages);
        messages += messages[n] ? n + 1 : n;
    }
    for (size_t i = 0; i < diags.n; i++) {
        const tpk_diag *diag = &diags.items[i];
        tpk_text_addf(&found, "%d:%d: %s: %s\n", diag->pos.line, diag->pos.column, WORDS[diag->severity],
                      diag->text);
    }
    assert_string_equal(found.data ? found.data : "", expected.data ? expected.data : "");
    assert_int_equal(status, wanted);
    assert_int_equal(project != NULL, wanted == TPK_OK);
    tpk_text_clear(&found);
    tpk_text_clear(&expected);
    tpk_diags_clear(&diags);
    return project;
}

static void refused(const char *marked, const char *messages)
{
    assert_null(read_text(marked, TPK_ERR_PROJECT, messages));
}

static void an_optional_layer_that_is_there_is_a_layer_like_any_other(void **state)
{
    (void)state;
    tpk_project *project =
        read_text(HEAD "  jalan: {path: jalan.shp, optional: true}\ncriteria:\n"
                       "  akses: {from: {distance: jalan}" CURVE "decision: {weights: {akses: 1}}\n",
                  TPK_OK, "");
    assert_true(tpk_project_layer(project, "jalan")->optional);
    assert_false(tpk_project_layer(project, "jalan")->absent);
    assert_false(tpk_project_layer(project, "provinsi")->optional);
    assert_int_equal(project->n_criteria, 1);
    tpk_project_free(project);
}

/* One of each that needs it, in the midst of others. */
static const char *const MIXED =
    HEAD "  hutan: {path: `hutan/batas.shp, optional: true}\n  jalan: jalan.shp\n  elevasi: elevasi.tif\n"
         "overlay: [`hutan, jalan]\n"
         "criteria:\n"
         "  `jauh: {from: {distance: hutan}" CURVE "  lereng: {from: {slope: elevasi}" CURVE
         "  `jenis: {from: {attribute: hutan, field: fungsi}" CURVE "  akses: {from: {distance: jalan}" CURVE
         "constraints:\n"
         "  `lindung: {from: {inside: hutan}, source: UU 41/1999}\n"
         "  curam: {from: lereng, above: 15, source: Permenperin}\n"
         "  `dekat: {from: jauh, nearer: 500, source: PP 26/2008}\n"
         "  terpencil: {from: akses, farther: 50000, source: Studi}\n"
         "decision: {weights: {jauh: `0.3, lereng: 0.1, jenis: 0.2, akses: 0.4}}\n";
static const char *const MIXED_TOLD =
    "note: layer 'hutan': there is no file 'hutan/batas.shp'" ABSENT "\n"
    "note: 'overlay' goes on without layer 'hutan' (hutan/batas.shp), which is not there\n"
    "warning: criterion 'jauh' is left out, because layer 'hutan' (hutan/batas.shp) is not there; its weight "
    "0.3 is shared among the others\n"
    "warning: criterion 'jenis' is left out, because layer 'hutan' (hutan/batas.shp) is not there; its "
    "weight "
    "0.2 is shared among the others\n"
    "warning: constraint 'lindung' is left out, because layer 'hutan' (hutan/batas.shp) is not there: UU "
    "41/1999 is NOT applied, and the map may show places as suitable that it rules out\n"
    "warning: constraint 'dekat' is left out, because layer 'hutan' (hutan/batas.shp) is not there: PP "
    "26/2008 is NOT applied, and the map may show places as suitable that it rules out\n"
    "note: without the criteria that are left out, the weights are: lereng 0.2, akses 0.8";

static void all_that_needs_an_absent_layer_is_left_out_and_told(void **state)
{
    (void)state;
    tpk_project *project = read_text(MIXED, TPK_OK, MIXED_TOLD);
    assert_int_equal(project->n_criteria, 2);
    assert_string_equal(project->criteria[0].id, "lereng");
    assert_string_equal(project->criteria[1].id, "akses");
    assert_int_equal(project->n_constraints, 2);
    assert_string_equal(project->constraints[0].id, "curam");
    assert_string_equal(project->constraints[1].id, "terpencil");
    assert_int_equal(project->n_overlay, 1);
    assert_string_equal(project->overlay[0], "jalan");
    assert_int_equal(project->overlay_pos[0].column, 18);
    tpk_project_free(project);
}

static void constraints_follow_their_criteria(void **state)
{
    (void)state;
    tpk_project *project = read_text(MIXED, TPK_OK, MIXED_TOLD);
    assert_string_equal(project->criteria[project->constraints[0].criterion].id, "lereng");
    assert_string_equal(project->criteria[project->constraints[1].criterion].id, "akses");
    tpk_project_free(project);
}

static void what_is_left_out_is_kept_behind(void **state)
{
    (void)state;
    tpk_project *project = read_text(MIXED, TPK_OK, MIXED_TOLD);
    assert_int_equal(project->n_criteria_left_out, 2);
    assert_string_equal(project->criteria[2].id, "jauh");
    assert_string_equal(project->criteria[3].id, "jenis");
    assert_int_equal(project->n_constraints_left_out, 2);
    assert_string_equal(project->constraints[2].id, "lindung");
    assert_string_equal(project->constraints[3].id, "dekat");
    assert_string_equal(project->criteria[project->constraints[3].criterion].id, "jauh");
    assert_int_equal(project->n_overlay_left_out, 1);
    assert_string_equal(project->overlay[1], "hutan");
    assert_true(tpk_project_layer(project, "hutan")->absent);
    tpk_project_free(project);
}

static void regions_of_an_absent_layer_are_left_out(void **state)
{
    (void)state;
    tpk_project *project = read_text(
        HEAD "  batas: {path: `kabupaten.shp, optional: true}\n  jalan: jalan.shp\n"
             "regions: {layer: batas, name: nama}\n"
             "criteria:\n  akses: {from: {distance: jalan}" CURVE "decision: {weights: {akses: 1}}\n",
        TPK_OK,
        "note: layer 'batas': there is no file 'kabupaten.shp'; it is optional, so there is no table of "
        "regions");
    assert_null(project->regions.layer);
    assert_true(project->regions.left_out);
    tpk_project_free(project);
}

static void a_layer_that_nothing_needs_is_only_a_note(void **state)
{
    (void)state;
    tpk_project *project = read_text(
        HEAD "  batas: {path: `batas/kabupaten.shp, optional: true}\n  jalan: jalan.shp\n"
             "criteria:\n  akses: {from: {distance: jalan}" CURVE "decision: {weights: {akses: 1}}\n",
        TPK_OK, "note: layer 'batas': there is no file 'batas/kabupaten.shp'" ABSENT);
    assert_int_equal(project->n_criteria_left_out, 0);
    tpk_project_free(project);
}

static void a_name_that_is_nearly_a_file_is_a_warning(void **state)
{
    (void)state;
    tpk_project *project = read_text(
        HEAD "  rute: {path: `jalan.tif, optional: true}\n  jalan: jalan.shp\n"
             "criteria:\n  akses: {from: {distance: jalan}" CURVE "decision: {weights: {akses: 1}}\n",
        TPK_OK, "warning: layer 'rute': there is no file 'jalan.tif'" ABSENT "; did you mean 'jalan.shp'?");
    tpk_project_free(project);
}

static void a_damaged_layer_is_not_absent(void **state)
{
    (void)state;
    refused(HEAD "  rusak: {path: `kota.shp, optional: true}\n  jalan: jalan.shp\n"
                 "criteria:\n  akses: {from: {distance: jalan}" CURVE "decision: {weights: {akses: 1}}\n",
            "error: layer 'rusak': the file is broken");
}

static void a_shapefile_without_its_shp_is_damaged(void **state)
{
    (void)state;
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/hutan.dbf", folder);
    write_project(path, "x", 1);
    refused(
        HEAD "  hutan: {path: `hutan.shp, optional: true}\n  jalan: jalan.shp\n"
             "criteria:\n  akses: {from: {distance: jalan}" CURVE "decision: {weights: {akses: 1}}\n",
        "error: layer 'hutan': of the shapefile 'hutan.shp' other parts are there, but not the .shp; copy "
        "all its parts, or take the others away");
    unlink(path);
}

static void the_study_area_and_the_zones_cannot_be_absent(void **state)
{
    (void)state;
    refused("tapak: 1\ngrid: {crs: EPSG:32750, cell: 30, area: `batas}\n"
            "layers:\n  batas: {path: wilayah/batas.shp, optional: true}\n  jalan: jalan.shp\n"
            "zones: {layer: `batas, id: kode, name: nama}\n"
            "criteria:\n  akses: {from: {distance: jalan}" CURVE "decision: {weights: {akses: 1}}\n",
            "error: layer 'batas' (wilayah/batas.shp) is optional and not there, but 'grid: area' cannot do "
            "without it; put the file there, or name another layer\n"
            "error: layer 'batas' (wilayah/batas.shp) is optional and not there, but 'zones' cannot do "
            "without it; put the file there, or name another layer");
}

static void a_study_needs_a_criterion(void **state)
{
    (void)state;
    refused(
        HEAD "  hutan: {path: `hutan/batas.shp, optional: true}\n"
             "criteria:\n  ``jauh: {from: {distance: hutan}" CURVE "decision: {weights: {jauh: 1}}\n",
        "note: layer 'hutan': there is no file 'hutan/batas.shp'" ABSENT "\n"
        "warning: criterion 'jauh' is left out, because layer 'hutan' (hutan/batas.shp) is not there; its "
        "weight 1 is shared among the others\n"
        "error: no criterion is left, because the layers of all of them are not there; put at least one "
        "of the layers there");
}

static void a_study_needs_weight(void **state)
{
    (void)state;
    refused(
        HEAD "  hutan: {path: `hutan/batas.shp, optional: true}\n  jalan: jalan.shp\n"
             "criteria:\n  `jauh: {from: {distance: hutan}" CURVE "  akses: {from: {distance: jalan}" CURVE
             "decision: {weights: {jauh: `1, akses: 0}}\n",
        "note: layer 'hutan': there is no file 'hutan/batas.shp'" ABSENT "\n"
        "warning: criterion 'jauh' is left out, because layer 'hutan' (hutan/batas.shp) is not there; its "
        "weight 1 is shared among the others\n"
        "error: the criteria that are left all have the weight 0; put the layer of a criterion with "
        "weight there, or change the weights");
}

static void optional_is_true_or_false(void **state)
{
    (void)state;
    check("'optional': expected true or false, found text 'maybe'", JALAN,
          "  jalan: {path: jalan.shp, optional: `maybe}", -1);
}

static void a_layer_that_is_not_optional_must_be_there(void **state)
{
    (void)state;
    char expected[PATH_MAX + 128];
    snprintf(expected, sizeof expected,
             "there is no file 'hutan/jalur.geojson'; it was looked for at %s/hutan/jalur.geojson", folder);
    check(expected, JALAN, "  jalan: {path: `hutan/jalur.geojson, optional: false}", -1);
}

static void an_archive_is_looked_for_and_its_inside_left_to_gdal(void **state)
{
    (void)state;
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/arsip.zip", folder);
    write_project(path, "x", 1);
    tpk_project *project = read_text(
        HEAD "  hutan: {path: `/vsizip/tiada.zip/hutan.shp, optional: true}\n"
             "  jalan: {path: /vsizip/arsip.zip/jalan.shp, optional: true}\n"
             "criteria:\n  akses: {from: {distance: jalan}" CURVE "decision: {weights: {akses: 1}}\n",
        TPK_OK, "note: layer 'hutan': there is no file '/vsizip/tiada.zip/hutan.shp'" ABSENT);
    assert_false(tpk_project_layer(project, "jalan")->absent);
    tpk_project_free(project);
    refused(HEAD "  rusak: {path: `/vsizip/arsip.zip/rusak.shp, optional: true}\n  jalan: jalan.shp\n"
                 "criteria:\n  akses: {from: {distance: jalan}" CURVE "decision: {weights: {akses: 1}}\n",
            "error: layer 'rusak': the file is broken");
    unlink(path);
}

static void what_cannot_be_looked_up_cannot_be_optional(void **state)
{
    (void)state;
    check("layer 'jalan' cannot be optional: whether '/vsicurl/http://x/j.shp' is there cannot be looked up; "
          "give a file, or take 'optional' away",
          JALAN, "  jalan: {path: /vsicurl/http://x/j.shp, `optional: true}", -1);
}

static void memory_that_runs_out_is_said_and_nothing_leaks(void **state)
{
    (void)state;
    tpk_project_free(read_text(MIXED, TPK_OK, MIXED_TOLD)); /* writes the file */
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/uji.yaml", folder);
    long start = tpk_mem_live_count();
    bool fired = true;
    for (long k = 0; fired; k++) {
        tpk_project *project = NULL;
        tpk_diags diags = {0};
        tpk_err err = {0};
        tpk_mem_fail_after(k);
        tpk_status status = tpk_project_read(path, &FAKE_VOCABULARY, &project, &diags, &err);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired ? TPK_ERR_MEMORY : TPK_OK);
        assert_int_equal(project != NULL, !fired);
        tpk_project_free(project);
        tpk_diags_clear(&diags);
        assert_int_equal(tpk_mem_live_count(), start);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_optional_layer_that_is_there_is_a_layer_like_any_other),
        cmocka_unit_test(all_that_needs_an_absent_layer_is_left_out_and_told),
        cmocka_unit_test(constraints_follow_their_criteria),
        cmocka_unit_test(what_is_left_out_is_kept_behind),
        cmocka_unit_test(regions_of_an_absent_layer_are_left_out),
        cmocka_unit_test(a_layer_that_nothing_needs_is_only_a_note),
        cmocka_unit_test(a_name_that_is_nearly_a_file_is_a_warning),
        cmocka_unit_test(a_damaged_layer_is_not_absent),
        cmocka_unit_test(a_shapefile_without_its_shp_is_damaged),
        cmocka_unit_test(the_study_area_and_the_zones_cannot_be_absent),
        cmocka_unit_test(a_study_needs_a_criterion),
        cmocka_unit_test(a_study_needs_weight),
        cmocka_unit_test(optional_is_true_or_false),
        cmocka_unit_test(a_layer_that_is_not_optional_must_be_there),
        cmocka_unit_test(an_archive_is_looked_for_and_its_inside_left_to_gdal),
        cmocka_unit_test(what_cannot_be_looked_up_cannot_be_optional),
        cmocka_unit_test(memory_that_runs_out_is_said_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
