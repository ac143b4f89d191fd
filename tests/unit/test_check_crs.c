/* Findings about coordinate reference systems: missing, unreadable, contradicting, without code, old. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_files.h"

/* Three places of the province in each system. */
#define PLACES_UTM                                                                                           \
    POINT(230000, 9630000, "\"a\":1")                                                                        \
    "," POINT(400000, 9620000, "\"a\":2") "," POINT(330000, 9780000, "\"a\":3")
#define PLACES_TM3                                                                                           \
    POINT(100000, 1130000, "\"a\":1")                                                                        \
    "," POINT(250000, 1100000, "\"a\":2") "," POINT(210000, 1300000, "\"a\":3")
#define PLACES_WEB                                                                                           \
    POINT(12750000, -370000, "\"a\":1")                                                                      \
    "," POINT(12900000, -400000, "\"a\":2") "," POINT(12850000, -220000, "\"a\":3")
#define PLACES_DEG                                                                                           \
    POINT(114.6, -3.3, "\"a\":1") "," POINT(116.0, -3.4, "\"a\":2") "," POINT(115.5, -2.0, "\"a\":3")
#define PLACES_ELSEWHERE POINT(700000, 9200000, "\"a\":1") "," POINT(720000, 9210000, "\"a\":2")

/* The shapefile without its .prj, or with another text in it. */
static const char *with_prj(const char *name, const char *features, const char *prj)
{
    char file[300];
    const char *path = in_scratch(name);
    write_shapefile(name, "EPSG:32750", features);
    snprintf(file, sizeof file, "%.*s.prj", (int)(strlen(name) - 4), name);
    if (prj)
        write_text(file, prj);
    else
        assert_int_equal(unlink(in_scratch(file)), 0);
    return path;
}

static void a_missing_crs_is_guessed_by_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *name, *features, *code;
    } CASES[] = {{"utm.shp", PLACES_UTM, "EPSG:32750"},
                 {"tm3.shp", PLACES_TM3, "EPSG:23837"},
                 {"web.shp", PLACES_WEB, "EPSG:3857"},
                 {"deg.shp", PLACES_DEG, "EPSG:4326"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        tpk_check *check = check_path(with_prj(CASES[i].name, CASES[i].features, NULL));
        tpk_check_finding f = found(check, 0, "crs_missing");
        assert_int_equal(f.gravity, TPK_GRAVITY_SERIOUS);
        assert_says(f.found, CASES[i].code);
        assert_says(f.found, "as good as certain");
        assert_says(f.change, "crs: ");
        assert_says(f.change, CASES[i].code);
        assert_int_equal(tpk_check_get(check, 0).verdict, TPK_VERDICT_UNUSABLE);
        tpk_check_free(check);
    }
}

static void a_guess_says_how_sure_it_is(void **state)
{
    (void)state;
    tpk_check *check = check_path(with_prj("campur.shp", PLACES_UTM "," PLACES_ELSEWHERE, NULL));
    tpk_check_finding f = found(check, 0, "crs_missing");
    assert_says(f.found, "60 % of the points");
    assert_says(f.found, "EPSG:32750 is likely");
    tpk_check_free(check);
    check = check_path(with_prj("jauh.shp", PLACES_ELSEWHERE, NULL));
    f = found(check, 0, "crs_missing");
    assert_says(f.found, "in none of UTM 50S, TM-3 50.1, Web Mercator and degrees");
    assert_says(f.change, "ask the office");
    tpk_check_free(check);
}

static void a_layer_with_its_crs_has_no_crs_finding(void **state)
{
    (void)state;
    write_shapefile("baik.shp", "EPSG:4326", PLACES_DEG);
    tpk_check *check = check_path(in_scratch("baik.shp"));
    static const char *const KINDS[] = {"crs_missing", "crs_unreadable", "crs_contradicts",
                                        "crs_without_code", "crs_old_datum"};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) not_found(check, 0, KINDS[i]);
    assert_string_equal(tpk_check_get(check, 0).crs, "EPSG:4326");
    tpk_check_free(check);
}

static void an_empty_or_broken_prj_is_told_with_a_guess(void **state)
{
    (void)state;
    tpk_check *check = check_path(with_prj("kosong.shp", PLACES_UTM, " \n"));
    assert_says(found(check, 0, "crs_missing").found, ".prj file is empty");
    tpk_check_free(check);
    check = check_path(with_prj("rusak.shp", PLACES_UTM, "PROJCS[\"WGS_1984_UTM_Zone_50S\",GEOGCS["));
    tpk_check_finding f = found(check, 0, "crs_unreadable");
    assert_int_equal(f.gravity, TPK_GRAVITY_SERIOUS);
    assert_says(f.change, "EPSG:32750");
    not_found(check, 0, "crs_missing");
    tpk_check_free(check);
}

static void metres_under_degrees_and_the_reverse_contradict(void **state)
{
    (void)state;
    tpk_check *check = check_path(write_points("meter.geojson", NULL, PLACES_UTM));
    tpk_check_finding f = found(check, 0, "crs_contradicts");
    assert_int_equal(f.gravity, TPK_GRAVITY_SERIOUS);
    assert_says(f.found, "says that its coordinates are degrees, but they are metres");
    assert_says(f.change, "crs: EPSG:32750");
    not_found(check, 0, "place_implausible"); /* one cause, one finding */
    tpk_check_free(check);
    check = check_path(write_points("derajat.geojson", "EPSG::32750", PLACES_DEG));
    f = found(check, 0, "crs_contradicts");
    assert_says(f.found, "says that its coordinates are metres, but they are degrees");
    assert_says(f.change, "crs: EPSG:4326");
    tpk_check_free(check);
    check = check_path(write_points("bpn.geojson", "EPSG::32750", PLACES_TM3));
    f = found(check, 0, "crs_contradicts");
    assert_says(f.found, "metres of another system");
    assert_says(f.change, "crs: EPSG:23837");
    tpk_check_free(check);
}

static void right_labels_do_not_contradict(void **state)
{
    (void)state;
    const char *const paths[] = {
        write_points("a.geojson", "EPSG::32750", PLACES_UTM),
        write_points("b.geojson", "EPSG::23837", PLACES_TM3),
        write_points("c.geojson", "EPSG::3857", PLACES_WEB),
        write_points("d.geojson", NULL, PLACES_DEG),
        write_points("e.geojson", "EPSG::9490", PLACES_UTM),         /* the official twin of 32750 */
        write_points("f.geojson", "EPSG::32750", PLACES_ELSEWHERE)}; /* Java: far, but right */
    tpk_check *check = check_paths(paths, 6, NULL);
    for (size_t i = 0; i < 6; i++) not_found(check, i, "crs_contradicts");
    tpk_check_free(check);
}

#define ESRI_UTM(datum, northing)                                                                            \
    "PROJCS[\"WGS_1984_UTM_Zone_50S\",GEOGCS[\"GCS_WGS_1984\",DATUM[\"" datum                                \
    "\",SPHEROID[\"WGS_1984\",6378137,298.257223563]],"                                                      \
    "PRIMEM[\"Greenwich\",0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],"      \
    "PARAMETER[\"False_Easting\",500000],PARAMETER[\"False_Northing\"," northing                             \
    "],PARAMETER[\"Central_Meridian\",117],"                                                                 \
    "PARAMETER[\"Scale_Factor\",0.9996],PARAMETER[\"Latitude_Of_Origin\",0],UNIT[\"Meter\",1]]"

static void a_projected_crs_without_code_is_named(void **state)
{
    (void)state;
    tpk_check *check = check_path(with_prj("esri.shp", PLACES_UTM, ESRI_UTM("D_WGS_1984", "10000000")));
    tpk_check_finding f = found(check, 0, "crs_without_code");
    assert_int_equal(f.gravity, TPK_GRAVITY_REMARK);
    assert_says(f.found, "EPSG:32750");
    tpk_check_free(check);
    check = check_path(with_prj("geser.shp", PLACES_UTM, ESRI_UTM("D_WGS_1984", "10000250")));
    f = found(check, 0, "crs_without_code");
    assert_int_equal(f.gravity, TPK_GRAVITY_REPAIR); /* no registered system has this northing */
    assert_says(f.change, "ask the office");
    tpk_check_free(check);
}

static void a_crs_with_code_is_no_finding(void **state)
{
    (void)state;
    tpk_check *check = check_path(write_points("kode.geojson", "EPSG::32750", PLACES_UTM));
    not_found(check, 0, "crs_without_code");
    tpk_check_free(check);
}

static void old_datums_are_told_with_their_shift(void **state)
{
    (void)state;
    const char *const paths[] = {write_points("batavia.geojson", "EPSG::4211", PLACES_DEG),
                                 write_points("segara.geojson", "EPSG::4613", PLACES_DEG),
                                 write_points("srgi.geojson", "EPSG::9470", PLACES_DEG),
                                 write_points("dgn95.geojson", "EPSG::4755", PLACES_DEG)};
    tpk_check *check = check_paths(paths, 4, NULL);
    tpk_check_finding f = found(check, 0, "crs_old_datum");
    assert_true(f.gravity >= TPK_GRAVITY_REPAIR);
    assert_says(f.found, "Batavia");
    assert_says(found(check, 1, "crs_old_datum").found, "Gunung Segara");
    not_found(check, 2, "crs_old_datum");
    not_found(check, 3, "crs_old_datum");
    tpk_check_free(check);
}

static void rasters_are_asked_too(void **state)
{
    (void)state;
    static const double values[4] = {1, 2, 3, 4};
    write_raster("salah.tif", "EPSG:4326", 300000, 9700000, 30, 2, 2, values, -1);
    write_raster("benar.tif", "EPSG:32750", 300000, 9700000, 30, 2, 2, values, -1);
    const char *const paths[] = {in_scratch("salah.tif"), in_scratch("benar.tif"), in_scratch("tanpa.asc")};
    write_text(
        "tanpa.asc",
        "ncols 2\nnrows 2\nxllcorner 300000\nyllcorner 9700000\ncellsize 30\nNODATA_value -9\n1 2\n3 4\n");
    tpk_check *check = check_paths(paths, 3, NULL);
    assert_string_equal(tpk_check_get(check, 0).kind, "raster");
    found(check, 0, "crs_contradicts");
    not_found(check, 1, "crs_contradicts");
    not_found(check, 1, "crs_missing");
    assert_says(found(check, 2, "crs_missing").change, "EPSG:32750");
    tpk_check_free(check);
}

static void a_project_that_says_otherwise_than_the_file_is_remarked(void **state)
{
    (void)state;
    write_points("lain.geojson", "EPSG::32750", PLACES_UTM);
    write_points("area.geojson", "EPSG::32750",
                 "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                 "[[[300000,9600000],[300300,9600000],"
                 "[300300,9600300],[300000,9600300],[300000,9600000]]]}}");
    const char *path =
        write_text("lain.yaml",
                   "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, area: area}\nlayers:\n  area: area.geojson\n"
                   "  lain: {path: lain.geojson, crs: EPSG:9490}\n"
                   "criteria:\n  lain: {from: {distance: lain}, curve: {linear: {best: 0, worst: 9000}}}\n"
                   "decision: {weights: {lain: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n");
    tpk_err err = {TPK_OK, ""};
    tpk_check *check = NULL;
    if (tpk_check_project(path, NULL, &check, &err) != TPK_OK) fail_msg("%s", err.message);
    assert_int_equal(tpk_check_count(check), 3);
    assert_string_equal(tpk_check_get(check, 2).kind, "project");
    assert_int_equal(found(check, 1, "crs_contradicts").gravity, TPK_GRAVITY_REMARK);
    not_found(check, 0, "crs_contradicts");
    tpk_check_free(check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_crs_is_guessed_by_ranges),
        cmocka_unit_test(a_guess_says_how_sure_it_is),
        cmocka_unit_test(a_layer_with_its_crs_has_no_crs_finding),
        cmocka_unit_test(an_empty_or_broken_prj_is_told_with_a_guess),
        cmocka_unit_test(metres_under_degrees_and_the_reverse_contradict),
        cmocka_unit_test(right_labels_do_not_contradict),
        cmocka_unit_test(a_projected_crs_without_code_is_named),
        cmocka_unit_test(a_crs_with_code_is_no_finding),
        cmocka_unit_test(old_datums_are_told_with_their_shift),
        cmocka_unit_test(rasters_are_asked_too),
        cmocka_unit_test(a_project_that_says_otherwise_than_the_file_is_remarked),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
