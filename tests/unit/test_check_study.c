/* A project as a whole, as a check tells it: what a run refuses, what was not looked at and why, and layers
 * that do not fit the study. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_files.h"
#include "small_study.h"

static tpk_check *check_project(const char *path)
{
    tpk_err err = {TPK_OK, ""};
    tpk_check *check = NULL;
    if (tpk_check_project(path, NULL, &check, &err) != TPK_OK) fail_msg("%s", err.message);
    return check;
}

static size_t whole_of(const tpk_check *check)
{
    size_t whole = tpk_check_count(check) - 1;
    assert_string_equal(tpk_check_get(check, whole).kind, "project");
    return whole;
}

/* The small study with the first `from` of its text replaced. Returns the project file. */
static const char *write_changed(const char *from, const char *to)
{
    size_t n;
    char *text = read_bytes(write_small_study(), &n);
    text[n] = '\0';
    const char *at = strstr(text, from);
    assert_non_null(at);
    FILE *file = fopen(in_scratch("lain.yaml"), "w");
    assert_non_null(file);
    fwrite(text, 1, (size_t)(at - text), file);
    fputs(to, file);
    fputs(at + strlen(from), file);
    fclose(file);
    free(text);
    return in_scratch("lain.yaml");
}

/* ---- what only a run reads ---- */

#define BOX(id, name, x0, x1)                                                                                \
    "{\"type\": \"Feature\", \"properties\": {\"kode\": " id ", \"nama\": " name                             \
    "}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[" x0 ", 9600000], [" x1 ", 9600000], [" x1 \
    ", 9600300], [" x0 ", 9600300], [" x0 ", 9600000]]]}}"
#define WHOLE(id, name) BOX(id, name, "300000", "300300")

/* A run and a check of the same project refuse it with the same words. */
static void assert_refused_by_both(const char *path, const char *part)
{
    tpk_study *study = open_study(path, (tpk_options){.n_threads = 1, .no_check = 1});
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_study_run(study, in_scratch("gagal"), &err), TPK_ERR_DATA);
    assert_says(err.message, part);
    tpk_study_close(study);
    tpk_check *check = check_project(path);
    size_t whole = whole_of(check);
    tpk_check_finding f = found(check, whole, "project_refused");
    assert_int_equal(f.gravity, TPK_GRAVITY_SERIOUS);
    assert_string_equal(f.found, err.message);
    assert_int_equal(tpk_check_get(check, whole).verdict, TPK_VERDICT_UNUSABLE);
    tpk_check_free(check);
}

static void assert_regions_refused(const char *features, const char *regions, const char *part)
{
    char text[300];
    write_features("daerah.geojson", features);
    snprintf(text, sizeof text,
             "  daerah: {path: daerah.geojson, crs: EPSG:32750, where: \"kode IS NULL OR kode <> 99\"}\n"
             "regions: %s\nzones:",
             regions);
    assert_refused_by_both(write_changed("zones:", text), part);
}

static void regions_that_a_run_refuses_are_found(void **state)
{
    (void)state;
    const char *by_name = "{layer: daerah, name: nama}", *by_id = "{layer: daerah, name: nama, id: kode}";
    assert_regions_refused(WHOLE("1", "\"A\"") ", " WHOLE("2", "null"), by_name, "field 'nama' is empty");
    assert_regions_refused(WHOLE("1", "\"A\"") ", " WHOLE("null", "\"B\""), by_id, "field 'kode' is empty");
    assert_regions_refused(WHOLE("1", "\"A\"") ", " WHOLE("1", "\"B\""), by_id, "has two names");
    assert_regions_refused(WHOLE("99", "\"A\""), by_name, "has no features");
    assert_regions_refused(WHOLE("1", "\"A\"") ", {\"type\": \"Feature\", \"properties\": {\"kode\": 3, "
                                               "\"nama\": \"C\"}, \"geometry\": null}",
                           by_name, "the region has no polygon");
    assert_regions_refused(
        "{\"type\": \"Feature\", \"properties\": {\"kode\": 3, \"nama\": \"C\"}, \"geometry\": "
        "{\"type\": \"GeometryCollection\", \"geometries\": []}}",
        by_name, "the region has no polygon");
}

static void zones_that_a_run_refuses_are_found(void **state)
{
    (void)state;
    write_small_study();
    write_features("petak.geojson", WHOLE("\"U\"", "\"A\"") ", " WHOLE("\"U\"", "\"B\""));
    static const char *const ZONES = "  petak: {path: petak.geojson, crs: EPSG:32750}\n"
                                     "zones: {layer: petak, id: kode, name: nama}\n#";
    assert_refused_by_both(write_changed("zones:", ZONES), "two zones have the id 'U'");
    write_features("petak.geojson", WHOLE("null", "\"A\""));
    assert_refused_by_both(write_changed("zones:", ZONES), "every zone needs an id");
}

static void regions_that_are_fine_are_not_refused(void **state)
{
    (void)state;
    write_features("daerah.geojson", WHOLE("1", "\"A\""));
    tpk_check *check = check_project(write_changed(
        "zones:",
        "  daerah: {path: daerah.geojson, crs: EPSG:32750}\nregions: {layer: daerah, name: nama}\nzones:"));
    not_found(check, whole_of(check), "project_refused");
    assert_int_equal(tpk_check_get(check, whole_of(check)).verdict, TPK_VERDICT_GOOD);
    tpk_check_free(check);
}

/* ---- what was not looked at ---- */

static void a_project_with_an_unread_layer_is_not_called_good(void **state)
{
    (void)state;
    const char *path = write_small_study();
    write_text("jalan.shp", "rusak");
    for (int fast = 0; fast <= 1; fast++) {
        tpk_err err = {TPK_OK, ""};
        tpk_check *check = NULL;
        const tpk_check_options options = {.only_fast = fast};
        assert_int_equal(tpk_check_project(path, &options, &check, &err), TPK_OK);
        size_t whole = whole_of(check);
        tpk_check_finding f = found(check, whole, "not_examined");
        assert_says(f.found, "layer 'jalan' cannot be read");
        assert_int_equal(f.gravity, TPK_GRAVITY_SERIOUS);
        assert_int_equal(tpk_check_get(check, whole).verdict, TPK_VERDICT_UNUSABLE);
        tpk_check_free(check);
    }
    unlink(in_scratch("jalan.shp")); /* else GDAL cannot write it anew */
}

static void a_mistake_in_the_project_file_leaves_its_layers_examined(void **state)
{
    (void)state;
    tpk_check *check = check_project(write_changed("decision:", "salah: 3\ndecision:"));
    assert_int_equal(tpk_check_count(check), 8);
    assert_string_equal(tpk_check_get(check, 1).id, "jalan");
    assert_string_equal(tpk_check_get(check, 1).kind, "vector");
    assert_string_equal(tpk_check_get(check, 6).kind, "raster");
    assert_says(found(check, 6, "area_cover").found, "of the study area");
    assert_says(found(check, 7, "project_refused").found, "unknown key 'salah'");
    assert_says(found(check, 7, "not_examined").found, "its layers were");
    tpk_check_free(check);
}

static void layers_that_are_wrong_themselves_are_counted(void **state)
{
    (void)state;
    tpk_check *check = check_project(write_changed("  jalan: jalan.shp\n", "  jalan: {sandi: UTF-8}\n"));
    assert_int_equal(tpk_check_count(check), 7);
    assert_says(found(check, 6, "not_examined").found, "1 of the 7 layers");
    tpk_check_free(check);
}

static void sources_that_are_wrong_do_not_hinder(void **state)
{
    (void)state;
    static const char *const SOURCES[] = {"from: {distance: [1]}", "from: {distance: {layer: jalan, apa: 3}}",
                                          "from: {terbang: jalan}", "from:"};
    for (size_t i = 0; i < sizeof SOURCES / sizeof *SOURCES; i++) {
        tpk_check *check = check_project(write_changed("from: {distance: jalan}", SOURCES[i]));
        assert_int_equal(tpk_check_count(check), 8);
        found(check, 7, "project_refused");
        tpk_check_free(check);
    }
}

static void a_file_that_is_no_yaml_says_that_no_layer_was_examined(void **state)
{
    (void)state;
    tpk_check *check = check_project(write_text("rusak.yaml", "tapak: 1\nlayers: [\n"));
    assert_int_equal(tpk_check_count(check), 1);
    assert_says(found(check, 0, "not_examined").found, "no layer was examined");
    assert_int_equal(tpk_check_get(check, 0).verdict, TPK_VERDICT_UNUSABLE);
    tpk_check_free(check);
}

static void few_cells_are_told(void **state)
{
    (void)state;
    tpk_check *check = check_project(write_changed("cell: 100", "cell: 300"));
    tpk_check_finding f = found(check, whole_of(check), "sample_small");
    assert_says(f.found, "only one cell: neither shares of cells");
    assert_int_equal(f.gravity, TPK_GRAVITY_REMARK);
    tpk_check_free(check);
    check = check_project(write_changed("cell: 100", "cell: 30")); /* 100 cells, about 88 of the study area */
    not_found(check, whole_of(check), "sample_small");
    tpk_check_free(check);
}

/* ---- layers that do not fit ---- */

/* One criterion on a road at this latitude, over `bounds` in EPSG:32750. */
static const char *write_road_study(const char *bounds, const char *lon, const char *lat)
{
    char text[600];
    snprintf(text, sizeof text,
             "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Jauh\"}, \"geometry\": {\"type\": "
             "\"LineString\", \"coordinates\": [[%s, %s], [%s1, %s1]]}}",
             lon, lat, lon, lat);
    write_shapefile("ruas.shp", "EPSG:4326", text);
    snprintf(text, sizeof text,
             "tapak: 1\ngrid: {crs: EPSG:32750, cell: 2000, bounds: [%s]}\nlayers:\n  ruas: ruas.shp\n"
             "criteria:\n  dekat: {from: {distance: ruas}, curve: {linear: {best: 0, worst: 1000}}}\n"
             "decision: {weights: {dekat: 1}}\n",
             bounds);
    return write_text("ruas.yaml", text);
}

static void no_advice_about_curves_comes_from_a_layer_that_lies_elsewhere(void **state)
{
    (void)state;
    static const char *const BOUNDS = "200000, 9600000, 300000, 9700000";
    tpk_check *check = check_project(write_road_study(BOUNDS, "115.0", "60.0"));
    assert_int_equal(found(check, 0, "far_features").gravity, TPK_GRAVITY_SERIOUS);
    assert_says(found(check, 0, "far_features").found, "outside the study area");
    not_found(check, 1, "criterion_varies_little");
    assert_says(found(check, 1, "not_examined").found, "layer 'ruas' lies wholly outside the study area");
    tpk_check_free(check);
    check = check_project(write_road_study(BOUNDS, "115.3", "-3.0")); /* 33 km off: near enough */
    not_found(check, 0, "far_features");
    found(check, 1, "criterion_varies_little");
    not_found(check, 1, "not_examined");
    tpk_check_free(check);
}

/* By cs2cs the lower corners lie at 60.24 S, the middle of the lower edge at 117 E 60.44 S: the road, 0.46
 * degrees south of that, is 0.66 degrees from the corners' box. */
static void the_study_area_reaches_as_far_as_its_edges_bend(void **state)
{
    (void)state;
    static const char *const BOUNDS = "100000, 3300000, 900000, 3400000";
    tpk_check *check = check_project(write_road_study(BOUNDS, "117.0", "-60.9"));
    not_found(check, 0, "far_features");
    tpk_check_free(check);
    check = check_project(write_road_study(BOUNDS, "117.0", "-61.0"));
    found(check, 0, "far_features");
    tpk_check_free(check);
}

static void without_a_project_it_is_the_province_that_is_meant(void **state)
{
    (void)state;
    tpk_check *check = check_path(write_points(
        "jauh.geojson", NULL, POINT(140.0, 35.0, "\"nama\":\"a\"") "," POINT(140.5, 35.4, "\"nama\":\"b\"")));
    tpk_check_finding f = found(check, 0, "far_features");
    assert_says(f.found, "outside Kalimantan Selatan");
    assert_null(strstr(f.why, "study area"));
    assert_null(strstr(f.change, "where:"));
    assert_null(strstr(f.change, "project file"));
    tpk_check_free(check);
    check = check_path(
        write_points("sebagian.geojson", NULL,
                     POINT(115.0, -3.3, "\"nama\":\"a\"") "," POINT(140.5, 35.4, "\"nama\":\"b\"")));
    f = found(check, 0, "far_features");
    assert_null(strstr(f.change, "where:"));
    tpk_check_free(check);
}

/* ---- nothing to draw ---- */

static void an_empty_layer_and_a_table_get_advice_of_their_own(void **state)
{
    (void)state;
    tpk_check *check = check_path(write_points("kosong.geojson", NULL, ""));
    assert_says(found(check, 0, "no_geometry").change, "whose filter matched nothing");
    assert_null(strstr(found(check, 0, "no_geometry").change, "KLHK"));
    tpk_check_free(check);
    check = check_path(write_text("tabel.csv", "nama,luas\na,1\n"));
    assert_says(found(check, 0, "no_geometry").change, "x and y");
    tpk_check_free(check);
    check = check_path(write_points(
        "tanpa.geojson", NULL, "{\"type\":\"Feature\",\"properties\":{\"nama\":\"a\"},\"geometry\":null}"));
    assert_says(found(check, 0, "no_geometry").change, "KLHK");
    tpk_check_free(check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_that_a_run_refuses_are_found),
        cmocka_unit_test(zones_that_a_run_refuses_are_found),
        cmocka_unit_test(regions_that_are_fine_are_not_refused),
        cmocka_unit_test(a_project_with_an_unread_layer_is_not_called_good),
        cmocka_unit_test(a_mistake_in_the_project_file_leaves_its_layers_examined),
        cmocka_unit_test(layers_that_are_wrong_themselves_are_counted),
        cmocka_unit_test(sources_that_are_wrong_do_not_hinder),
        cmocka_unit_test(a_file_that_is_no_yaml_says_that_no_layer_was_examined),
        cmocka_unit_test(few_cells_are_told),
        cmocka_unit_test(no_advice_about_curves_comes_from_a_layer_that_lies_elsewhere),
        cmocka_unit_test(the_study_area_reaches_as_far_as_its_edges_bend),
        cmocka_unit_test(without_a_project_it_is_the_province_that_is_meant),
        cmocka_unit_test(an_empty_layer_and_a_table_get_advice_of_their_own),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
