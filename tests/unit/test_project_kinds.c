/* Findings about layers, sources, curves, constraints and weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "project_check.h"

#define LINEAR "curve: {linear: {best: 500, worst: 1}}"
#define POINTS "curve: {points: [[0, 1], [15, 0]]}"

static void layers_that_are_not_there_are_named_with_the_nearest(void **state)
{
    (void)state;
    check("'area': there is no layer 'propinsi'; did you mean 'provinsi'?", GRID,
          "grid: {crs: x, cell: 30, area: `propinsi}", -1);
    check("'overlay': there is no layer 'pelabuhan_laut'; the layers are: provinsi, jalan, zona, elevasi",
          OVERLAY, "overlay: [`pelabuhan_laut]", -1);
    check("'distance': there is no layer 'jalann'; did you mean 'jalan'?", AKSES,
          "  akses: {from: {distance: `jalann}, " LINEAR "}", -1);
    check("'layer': there is no layer 'zonaa'; did you mean 'zona'?", ZONES,
          "zones: {layer: `zonaa, id: kode, name: nama}", -1);
    check("'overlay' names the layer 'jalan' twice", OVERLAY, "overlay: [jalan, `jalan]", -1);
}

static void files_that_are_not_there_are_named_with_the_nearest(void **state)
{
    (void)state;
    char expected[PATH_MAX + 100], real[PATH_MAX];
    assert_non_null(realpath(folder, real));
    check("there is no file 'Jalan.shp'; did you mean 'jalan.shp'?", JALAN, "  jalan: `Jalan.shp", -1);
    snprintf(expected, sizeof expected,
             "there is no file 'data/roads.gpkg'; it was looked for at %s/data/roads.gpkg", real);
    check(expected, JALAN, "  jalan: {path: `data/roads.gpkg}", -1);
    check("there is no file 'data\\jalan.shp'; separate folders with '/', not '\\'", JALAN,
          "  jalan: `data\\jalan.shp", -1);
}

static void a_path_through_a_file_is_missing(void **state)
{
    (void)state;
    char expected[PATH_MAX + 100], real[PATH_MAX];
    assert_non_null(realpath(folder, real));
    snprintf(expected, sizeof expected, "there is no file 'jalan.shp/x'; it was looked for at %s/jalan.shp/x",
             real);
    check(expected, JALAN, "  jalan: `jalan.shp/x", -1);
}

static void a_file_that_cannot_be_reached_says_why(void **state)
{
    (void)state;
    char line[400], expected[400];
    snprintf(line, sizeof line, "  jalan: `%0300d", 1); /* longer than a file's name may be */
    snprintf(expected, sizeof expected, "the file '%0300d' cannot be reached: File name too long", 1);
    check(expected, JALAN, line, -1);
}

static void details_of_a_layer_must_be_text(void **state)
{
    (void)state;
    check("'where': expected text, found a list\n'crs' is blank; write a text", JALAN,
          "  jalan: {path: jalan.shp, where: `[a], crs: `''}", -1);
    check("'nodata': expected a number, found text 'kosong'", ELEVASI,
          "  elevasi: {path: elevasi.tif, nodata: `kosong}", -1);
}

static void virtual_files_are_left_to_the_look(void **state)
{
    (void)state;
    check("", JALAN, "  jalan: /vsizip/none.zip/jalan.shp", ZONA, "  zona: /vsizip//none.zip/zona.shp", -1);
    check("layer 'asing': the file is broken", ZONA,
          "  zona: zona.shp\n  asing: {path: `/vsicurl/https://example.org/a.shp, band: 1}", -1);
}

static void a_layer_that_cannot_be_opened_is_reported_once(void **state)
{
    (void)state;
    check("layer 'asing': the file is broken", ZONA, "  zona: zona.shp\n  asing: `zona.shp", OVERLAY,
          "overlay: [jalan, asing]", -1);
}

static void kinds_of_layers_must_fit_their_use(void **state)
{
    (void)state;
    check("'distance' needs a vector layer; layer 'elevasi' (elevasi.tif) is a raster", AKSES,
          "  akses: {from: {distance: `elevasi}, " LINEAR "}", -1);
    check("'slope' needs a raster layer; layer 'jalan' (jalan.shp) is a vector", LERENG,
          "  lereng: {from: {slope: `jalan}, " POINTS "}", -1);
    check("'layer' needs a raster layer; layer 'jalan' (jalan.shp) is a vector", LERENG,
          "  lereng: {from: {slope: {layer: `jalan}}, " POINTS "}", -1);
    check("'overlay' needs a vector layer; layer 'elevasi' (elevasi.tif) is a raster", OVERLAY,
          "overlay: [`elevasi]", -1);
    check("'layer' needs a layer of polygons; layer 'jalan' (jalan.shp) holds lines\n"
          "'id': layer 'jalan' (jalan.shp) has no field 'kode'; its fields: kelas, nama",
          ZONES, "zones: {layer: `jalan, id: `kode, name: nama}", -1);
    check("'area' needs a layer of polygons; layer 'kota' (kota.shp) holds points", ZONA,
          "  zona: zona.shp\n  kota: kota.shp", GRID, "grid: {crs: x, cell: 30, area: `kota}", -1);
    check("layer 'elevasi' has no band 3; its bands: 1 to 2", ELEVASI,
          "  elevasi: {path: elevasi.tif, band: `3}", -1);
}

static void fields_must_be_in_the_layer(void **state)
{
    (void)state;
    check("'id': layer 'zona' (zona.shp) has no field 'kodee'; did you mean 'kode'? Its fields: kode, nama, "
          "luas_hekta",
          ZONES, "zones: {layer: zona, id: `kodee, name: nama}", -1);
    check(
        "'stated_area_ha': layer 'zona' (zona.shp) has no field 'hektar'; its fields: kode, nama, luas_hekta",
        ZONES, "zones: {layer: zona, id: kode, name: nama, stated_area_ha: `hektar}", -1);
    check("", ZONES, "zones: {layer: zona, id: KODE, name: Nama, stated_area_ha: LUAS_hektare_resmi}", -1);
    check("'field': layer 'jalan' (jalan.shp) has no field 'klas'; did you mean 'kelas'? Its fields: kelas, "
          "nama",
          AKSES, "  akses: {from: {attribute: jalan, field: `klas}, " LINEAR "}", -1);
    check("'field': layer 'kota' (kota.shp) has no field 'nama'; its fields: (none)", ZONA,
          "  zona: zona.shp\n  kota: kota.shp", AKSES,
          "  akses: {from: {attribute: kota, field: `nama}, " LINEAR "}", -1);
}

static void a_source_has_exactly_one_kind(void **state)
{
    (void)state;
    check("'jarak' is no kind of source; the kinds are: distance, inside, attribute, slope, raster, constant",
          AKSES, "  akses: {from: {`jarak: jalan}, " LINEAR "}", -1);
    check("'distanc' is no kind of source; did you mean 'distance'?", AKSES,
          "  akses: {from: {where: x, `distanc: jalan}, " LINEAR "}", -1);
    check("two kinds of source, 'distance' and 'inside'; keep one", AKSES,
          "  akses: {from: {distance: jalan, `inside: zona}, " LINEAR "}", -1);
    check("'from': expected a source {KIND: ...}, KIND being one of distance, inside, attribute, slope, "
          "raster, constant, found text 'jalan'",
          AKSES, "  akses: {from: `jalan, " LINEAR "}", -1);
    check("'curve': expected a curve {KIND: ...}, KIND being one of linear, points, classes, found nothing",
          AKSES, "  akses: {from: {distance: jalan}, `curve: }", -1);
    check("'from': expected a source {KIND: ...}, KIND being one of distance, inside, attribute, slope, "
          "raster, constant, found an empty map",
          AKSES, "  akses: {from: `{}, " LINEAR "}", -1);
    check("'lurus' is no kind of curve; the kinds are: linear, points, classes", AKSES,
          "  akses: {from: {distance: jalan}, curve: {`lurus: 3}}", -1);
    check("'where' is given twice; the first is at 12:43; keep one", AKSES,
          "  akses: {from: {distance: {layer: jalan, where: x}, `where: y}, " LINEAR "}", -1);
}

static void curves_that_go_backwards_are_refused_point_by_point(void **state)
{
    (void)state;
    check("'points' goes backwards: the value 3 follows 3; values must rise from point to point\n"
          "'points' goes backwards: the value 1 follows 3; values must rise from point to point",
          LERENG, "  lereng: {from: {slope: elevasi}, curve: {points: [[0, 1], [3, 1], `[3, 0.5], `[1, 0]]}}",
          -1);
    check("'points': expected a list of at least two points [value, membership], found a list", LERENG,
          "  lereng: {from: {slope: elevasi}, curve: {points: `[[0, 1]]}}", -1);
    check("'points': expected a list of at least two points [value, membership], found the number 3", LERENG,
          "  lereng: {from: {slope: elevasi}, curve: {points: `3}}", -1);
    check("'points': expected a pair [value, membership], found the number 3\n'points': expected a pair "
          "[value, membership], found a list\n"
          "'value': expected a number, found text 'x'\n'membership' is 1.01; allowed: 0 to 1",
          LERENG, "  lereng: {from: {slope: elevasi}, curve: {points: [`3, `[1, 2, 3], [`x, `1.01]]}}", -1);
    check("best and worst are equal", AKSES,
          "  akses: {from: {distance: jalan}, curve: {linear: {best: 5, worst: `5}}}",
          -1); /* the kind's own check */
}

static void classes_are_a_map_of_memberships(void **state)
{
    (void)state;
    check("'classes': expected map of category to membership, found a list", AKSES,
          "  akses: {from: {distance: jalan}, curve: {classes: `[a]}}", -1);
    check("'classes': expected map of category to membership, found an empty map", AKSES,
          "  akses: {from: {distance: jalan}, curve: {classes: `{}}}", -1);
    check("'Gambut' is 2; allowed: 0 to 1\n'Laterit': expected a number, found text 'baik'", AKSES,
          "  akses: {from: {distance: jalan}, curve: {classes: {Gambut: `2, Laterit: `baik}}}", -1);
    check("'classes' has a category without a name", AKSES,
          "  akses: {from: {distance: jalan}, curve: {classes: {`~: 1}}}", -1);
    check("'Gambut' is given twice; the first is at 12:54; keep one", AKSES,
          "  akses: {from: {distance: jalan}, curve: {classes: {Gambut: 1, `Gambut: 0}}}", -1);
}

static void a_constraint_has_exactly_one_fitting_test(void **state)
{
    (void)state;
    check(
        "constraint 'curam' has no test; give one of above, below, inside, outside, equals, nearer, farther",
        CURAM, "  `curam: {from: lereng, source: P}", -1);
    check("constraint 'curam' has two tests, 'above' and 'below'; keep one", CURAM,
          "  curam: {from: lereng, `below: 3, above: 15, source: P}", -1);
    check("'inside' can only be true; for the opposite write 'outside: true'", CURAM,
          "  curam: {from: {inside: zona}, inside: `false, source: P}", -1);
    check("'outside' can only be true; for the opposite write 'inside: true'", CURAM,
          "  curam: {from: {inside: zona}, outside: `false, source: P}", -1);
    check("'inside': expected true or false, found text 'ya'", CURAM,
          "  curam: {from: {inside: zona}, inside: `ya, source: P}", -1);
    check("'nearer' needs a source of kind 'distance', found 'slope'", CURAM,
          "  curam: {from: lereng, `nearer: 15, source: P}", -1);
    check("'farther' needs a source of kind 'distance', found 'inside'", CURAM,
          "  curam: {from: {inside: zona}, `farther: 15, source: P}", -1);
    check("'outside' needs a source of kind 'inside', found 'distance'", CURAM,
          "  curam: {from: akses, `outside: true, source: P}", -1);
    check("'above': expected a finite number, found text '.inf'", CURAM,
          "  curam: {from: lereng, above: `.inf, source: P}", -1);
    check("'equals': expected a value or a list of at least one value, found an empty list", CURAM,
          "  curam: {from: lereng, equals: `[], source: P}", -1);
    check("'equals': expected a value or a list of at least one value, found a map", CURAM,
          "  curam: {from: lereng, equals: `{a: 1}, source: P}", -1);
    check("'equals': expected text, found a list", CURAM,
          "  curam: {from: lereng, equals: [1, `[2]], source: P}", -1);
}

static void a_constraint_names_a_criterion_or_a_source(void **state)
{
    (void)state;
    check("there is no criterion 'lerng'; did you mean 'lereng'?", CURAM,
          "  curam: {from: `lerng, above: 15, source: P}", -1);
    check("there is no criterion 'hutan_lindung'; the criteria are: akses, lereng", CURAM,
          "  curam: {from: `hutan_lindung, above: 15, source: P}", -1);
    check("'elevasi' is a layer, not a criterion; to test a layer, write {KIND: elevasi}", CURAM,
          "  curam: {from: `elevasi, above: 15, source: P}", -1);
    check("'from': expected a source {KIND: ...}, KIND being one of distance, inside, attribute, slope, "
          "raster, constant, found nothing",
          CURAM, "  curam: {`from: , above: 15, source: P}", -1);
    check("'source' is blank; write a text", CURAM, "  curam: {from: lereng, above: 15, source: `\" \"}", -1);
}

static void weights_are_one_a_criterion_and_add_up_to_1(void **state)
{
    (void)state;
    check("the weights add up to 0.95; they must add up to 1", WEIGHTS,
          "  `weights: {akses: 0.6, lereng: 0.35}", -1);
    check("the weights add up to 1.000002; they must add up to 1", WEIGHTS,
          "  `weights: {akses: 0.6, lereng: 0.400002}", -1);
    check("", WEIGHTS, "  weights: {akses: 0.6, lereng: 0.4000009}", -1);
    check("", WEIGHTS, "  weights: {akses: 1, lereng: 0}", -1);
    check("criterion 'lereng' has no weight", WEIGHTS, "  `weights: {akses: 1}", -1);
    check("there is no criterion 'aksess'; did you mean 'akses'?", WEIGHTS,
          "  weights: {akses: 0.6, lereng: 0.4, `aksess: 0.1}", -1);
    check("there is no criterion 'bandar_udara'; the criteria are: akses, lereng", WEIGHTS,
          "  weights: {akses: 0.6, lereng: 0.4, `bandar_udara: 0}", -1);
    check("'akses' is 1.2; allowed: 0 to 1\n'lereng' is -0.2; allowed: 0 to 1", WEIGHTS,
          "  weights: {akses: `1.2, lereng: `-0.2}", -1);
    check("'lereng': expected a finite number, found text '.nan'", WEIGHTS,
          "  weights: {akses: 1, lereng: `.nan}", -1);
    check("'akses' is given twice; the first is at 17:13; keep one", WEIGHTS,
          "  weights: {akses: 0.6, `akses: 0.1, lereng: 0.4}", -1);
    check("the classes must fall, S1 > S2 > S3; found S1 0.5, S2 0.6, S3 0.4", WEIGHTS,
          "  weights: {akses: 0.6, lereng: 0.4}\n  `classes: {S1: 0.5}", -1);
}

/* Appends rows to the file: `count` criteria or constraints beyond those it has. */
static void check_many(int line, const char *format, int count, int n_marked, const char *messages,
                       bool weigh)
{
    tpk_text rows = {0}, weights = {0};
    tpk_text_addf(&rows, "%s\n", VALID[line]);
    tpk_text_add(&weights, "  weights: {akses: 0.6, lereng: 0.4");
    for (int i = 0; i < count; i++) {
        tpk_text_addf(&rows, format, i >= count - n_marked ? "`" : "", i);
        if (weigh && i < count - n_marked) tpk_text_addf(&weights, ", c%d: 0", i);
    }
    rows.data[rows.length - 1] = '\0';
    tpk_text_add(&weights, "}");
    check(messages, line, rows.data, WEIGHTS, weights.data, -1);
    tpk_text_clear(&rows);
    tpk_text_clear(&weights);
}

static void the_33rd_constraint_and_the_251st_criterion_are_refused(void **state)
{
    (void)state;
    static const char CONSTRAINT[] = "  %sb%d: {from: akses, above: 3, source: P}\n";
    static const char CRITERION[] = "  %sc%d: {from: {constant: {value: 1}}, " LINEAR "}\n";
    check_many(CURAM, CONSTRAINT, 31, 0, "", false);
    check_many(CURAM, CONSTRAINT, 32, 1,
               "more than 32 constraints; each needs a bit of the 32 in reasons.tif", false);
    check_many(LERENG, CRITERION, 248, 0, "", true);
    check_many(LERENG, CRITERION, 249, 1, "more than 250 criteria", true);
}

static void absurdly_many_categories_are_refused(void **state)
{
    (void)state;
    tpk_text classes = {0};
    tpk_text_add(&classes, "  akses: {from: {distance: jalan}, curve: {classes: `{");
    for (int i = 0; i < 10001; i++) tpk_text_addf(&classes, "%sk%d: 1", i ? ", " : "", i);
    tpk_text_add(&classes, "}}}");
    check("'classes' has more than 10000 categories", AKSES, classes.data, -1);
    tpk_text_clear(&classes);
}

static void the_1001st_layer_is_refused(void **state)
{
    (void)state;
    char path[PATH_MAX + 32];
    tpk_text text = {0};
    tpk_text_add(&text, "layers:\n");
    for (int i = 0; i < 1001; i++) tpk_text_addf(&text, "  l%d: /vsimem/x.shp\n", i);
    snprintf(path, sizeof path, "%s/uji.yaml", folder);
    write_project(path, text.data, text.length);
    tpk_text_clear(&text);
    tpk_vocabulary blind = FAKE_VOCABULARY;
    blind.peek = NULL;
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    assert_int_equal(tpk_project_read(path, &blind, &project, &diags, NULL), TPK_ERR_PROJECT);
    assert_string_equal(diags.items[diags.n - 1].text, "more than 1000 layers");
    assert_int_equal(diags.items[diags.n - 1].pos.line, 1002);
    tpk_diags_clear(&diags);
}

static void reference_systems_and_conditions_are_findings_with_all_others(void **state)
{
    (void)state;
    check("salah 1 is wrong\n"
          "'where': layer 'jalan' (jalan.shp): salah 2 is wrong\n"
          "layer 'jalan': salah 3 is wrong\n"
          "there is no file '/tidak.shp'; it was looked for at /tidak.shp\n"
          "layer 'hilang': salah 4 is wrong\n"
          "layer 'tanpa_crs': salah: nothing is wrong\n"
          "'where': layer 'zona' (zona.shp): salah 5 is wrong\n"
          "'linear' needs 'worst' (number)",
          GRID, "grid: {crs: `salah 1, cell: 30, area: provinsi}", JALAN,
          "  jalan: {path: jalan.shp, where: `salah 2, crs: `salah 3}\n"
          "  hilang: {path: `/tidak.shp, crs: `salah 4}\n"
          "  tanpa_crs: `kota.shp",
          AKSES, "  akses: {from: {distance: zona, where: `salah 5}, curve: {`linear: {best: 500}}}", -1);
}

static void a_reference_system_that_is_known_is_not_looked_at_again(void **state)
{
    (void)state;
    fake_crs_checks = 0;
    check("", -1);
    assert_int_equal(fake_crs_checks, 1);
    check("layer 'jalan': salah is wrong\nlayer 'zona': salah is wrong", JALAN,
          "  jalan: {path: jalan.shp, crs: `salah}", ZONA, "  zona: {path: zona.shp, crs: `salah}", -1);
}

static void stated_hectares_must_be_numbers(void **state)
{
    (void)state;
    check("'stated_area_ha': field 'nama' of layer 'zona' (zona.shp) holds text or dates; hectares need a "
          "field of "
          "numbers. Convert it, for example with QGIS's field calculator, and name the new field",
          ZONES, "zones: {layer: zona, id: kode, name: nama, stated_area_ha: `NAMA, note: luas_hekta}", -1);
    check("", ZONES, "zones: {layer: zona, id: kode, name: nama, stated_area_ha: luas_hektar}", -1);
}

static void without_a_look_only_names_are_checked(void **state)
{
    (void)state;
    char path[PATH_MAX + 32];
    tpk_text text = {0};
    for (size_t i = 0; i < COUNT(VALID); i++) {
        tpk_text_addf(&text, "%s\n", i == ZONES ? "zones: {layer: elevasi, id: tidak, name: ada}" : VALID[i]);
    }
    snprintf(path, sizeof path, "%s/uji.yaml", folder);
    write_project(path, text.data, text.length);
    tpk_text_clear(&text);
    tpk_vocabulary blind = FAKE_VOCABULARY;
    blind.peek = NULL;
    tpk_project *project = NULL;
    assert_int_equal(tpk_project_read(path, &blind, &project, NULL, NULL), TPK_OK);
    tpk_project_free(project);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_that_are_not_there_are_named_with_the_nearest),
        cmocka_unit_test(files_that_are_not_there_are_named_with_the_nearest),
        cmocka_unit_test(a_path_through_a_file_is_missing),
        cmocka_unit_test(a_file_that_cannot_be_reached_says_why),
        cmocka_unit_test(details_of_a_layer_must_be_text),
        cmocka_unit_test(virtual_files_are_left_to_the_look),
        cmocka_unit_test(a_layer_that_cannot_be_opened_is_reported_once),
        cmocka_unit_test(kinds_of_layers_must_fit_their_use),
        cmocka_unit_test(fields_must_be_in_the_layer),
        cmocka_unit_test(a_source_has_exactly_one_kind),
        cmocka_unit_test(curves_that_go_backwards_are_refused_point_by_point),
        cmocka_unit_test(classes_are_a_map_of_memberships),
        cmocka_unit_test(a_constraint_has_exactly_one_fitting_test),
        cmocka_unit_test(a_constraint_names_a_criterion_or_a_source),
        cmocka_unit_test(weights_are_one_a_criterion_and_add_up_to_1),
        cmocka_unit_test(the_33rd_constraint_and_the_251st_criterion_are_refused),
        cmocka_unit_test(absurdly_many_categories_are_refused),
        cmocka_unit_test(the_1001st_layer_is_refused),
        cmocka_unit_test(reference_systems_and_conditions_are_findings_with_all_others),
        cmocka_unit_test(a_reference_system_that_is_known_is_not_looked_at_again),
        cmocka_unit_test(stated_hectares_must_be_numbers),
        cmocka_unit_test(without_a_look_only_names_are_checked),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
