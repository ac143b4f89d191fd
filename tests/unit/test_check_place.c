/* Findings about position: exchanged axes, wrong signs, impossible places, regions and minutes, land and sea.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/region_labels.h"
#include "check_files.h"

#define SOME POINT(114.6, -3.3, "\"a\":1") "," POINT(116.0, -3.4, "\"a\":2") "," POINT(115.5, -2.0, "\"a\":3")
#define PORT(x, y, kab) POINT(x, y, "\"nama\":\"Terminal\",\"kabkota\":\"" kab "\"")

static tpk_check *check_text(const char *name, const char *features)
{
    return check_path(write_points(name, NULL, features));
}

/* ---- places ---- */

static void right_places_are_no_finding(void **state)
{
    (void)state;
    static const char *const KINDS[] = {"axes_swapped", "sign_wrong", "place_implausible",
                                        "minutes_subtracted", "region_contradicts"};
    tpk_check *check = check_text("baik.geojson", SOME);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) not_found(check, 0, KINDS[i]);
    assert_int_equal(tpk_check_get(check, 0).n_features, 3);
    tpk_check_free(check);
}

static void swapped_axes_are_found_in_all_or_one(void **state)
{
    (void)state;
    tpk_check *check = check_text("tukar.geojson", POINT(-3.3, 114.6, "\"nama\":\"Mantuil\"") "," POINT(
                                                       -3.4, 116.0, "\"nama\":\"Batulicin\""));
    tpk_check_finding f = found(check, 0, "axes_swapped");
    assert_int_equal(f.gravity, TPK_GRAVITY_SERIOUS);
    assert_int_equal(f.n_features, 2);
    int64_t record;
    assert_says(tpk_check_example(check, 0, (size_t)index_of(check, 0, "axes_swapped"), 1, &record),
                "Batulicin: lon -3.4000, lat 116.0000");
    assert_int_equal(record, 1);
    not_found(check, 0, "place_implausible");
    tpk_check_free(check);
    check = check_text("satu.geojson", SOME "," POINT(-2.5, 115.1, "\"a\":4"));
    assert_int_equal(found(check, 0, "axes_swapped").n_features, 1);
    tpk_check_free(check);
    const char *path = write_points("utara.geojson", "EPSG::32750",
                                    POINT(9630000, 230000, "\"a\":1") "," POINT(9620000, 400000, "\"a\":2"));
    check = check_path(path);
    assert_int_equal(found(check, 0, "axes_swapped").n_features, 2);
    not_found(check, 0, "place_implausible");
    tpk_check_free(check);
}

static void a_lost_minus_is_found_where_the_layer_is_local(void **state)
{
    (void)state;
#define NINE SOME "," SOME "," SOME
    tpk_check *check = check_text("tanda.geojson", NINE "," POINT(115.2, 3.1, "\"a\":4"));
    tpk_check_finding f = found(check, 0, "sign_wrong");
    assert_int_equal(f.n_features, 1);
    assert_int_equal(f.gravity, TPK_GRAVITY_REPAIR);
    tpk_check_free(check);
    check = check_text("cermin.geojson", POINT(114.6, 3.3, "\"a\":1") "," POINT(116.0, 3.4, "\"a\":2"));
    f = found(check, 0, "sign_wrong"); /* all of it */
    assert_int_equal(f.gravity, TPK_GRAVITY_SERIOUS);
    tpk_check_free(check);
    check = check_text("barat.geojson", SOME "," POINT(-115.7, -2.3, "\"a\":4"));
    assert_int_equal(found(check, 0, "sign_wrong").n_features, 1);
    not_found(check, 0, "place_implausible");
    tpk_check_free(check);
}

static void a_national_layer_may_lie_north_of_the_equator(void **state)
{
    (void)state;
    tpk_check *check =
        check_text("nasional.geojson", SOME "," POINT(117.1, 3.3, "\"a\":4") "," POINT(
                                           98.7, 3.6, "\"a\":5") "," POINT(106.8, -6.2, "\"a\":6"));
    not_found(check, 0, "sign_wrong");
    not_found(check, 0, "place_implausible");
    tpk_check_free(check);
}

static void impossible_places_are_counted(void **state)
{
    (void)state;
    tpk_check *check =
        check_text("jauh.geojson", SOME "," POINT(165.9, -2.7, "\"a\":4") "," POINT(69.8, -29.1, "\"a\":5"));
    tpk_check_finding f = found(check, 0, "place_implausible");
    assert_int_equal(f.n_features, 2);
    assert_int_equal(f.gravity, TPK_GRAVITY_REPAIR);
    tpk_check_free(check);
    check = check_text("semua.geojson", POINT(2.3, 48.9, "\"a\":4") "," POINT(13.4, 52.5, "\"a\":5"));
    assert_int_equal(found(check, 0, "place_implausible").gravity, TPK_GRAVITY_SERIOUS);
    tpk_check_free(check);
}

/* ---- minutes and regions ---- */

static void minutes_are_added_away_from_the_equator(void **state)
{
    (void)state;
    assert_true(fabs(tpk_minutes_added(113.44) - 114.56) < 1e-12);
    assert_true(fabs(tpk_minutes_added(-2.69) + 3.31) < 1e-12);
    assert_true(tpk_minutes_added(115) == 115 && tpk_minutes_added(-3) == -3);
}

static void subtracted_minutes_are_found_and_the_place_is_offered(void **state)
{
    (void)state;
    tpk_check *check = check_text("menit.geojson", PORT(113.44, -2.69, "BANJARMASIN") "," /* 114.56, -3.31 */
                                  PORT(114.5231, -2.1951, "TANAH BUMBU") ","  /* 115.4769, -3.8049 */
                                  PORT(114.57, -2.68, "Kota Banjarmasin") "," /* latitude alone: -3.32 */
                                  PORT(114.58, -3.32, "BANJARMASIN"));        /* right */
    tpk_check_finding f = found(check, 0, "minutes_subtracted");
    assert_int_equal(f.n_features, 3);
    assert_int_equal(f.gravity, TPK_GRAVITY_SERIOUS);
    size_t at = (size_t)index_of(check, 0, "minutes_subtracted");
    assert_says(tpk_check_example(check, 0, at, 0, NULL), "-> lon 114.5600, lat -3.3100");
    assert_says(tpk_check_example(check, 0, at, 1, NULL), "-> lon 115.4769, lat -3.8049");
    assert_says(tpk_check_example(check, 0, at, 2, NULL), "-> lon 114.5700, lat -3.3200");
    assert_says(f.found, "(1 lie there as they are");
    assert_says(f.change, "repair: minutes}");
    not_found(check, 0, "region_contradicts");
    tpk_check_free(check);
}

static void a_point_that_no_minutes_explain_contradicts(void **state)
{
    (void)state;
    tpk_check *check = check_text(
        "lain.geojson", PORT(115.9373, -2.7458, "BARITO KUALA") "," PORT(114.6, -3.0, "BARITO KUALA"));
    tpk_check_finding f = found(check, 0, "region_contradicts");
    assert_int_equal(f.n_features, 1);
    assert_says(f.found, "1 of 2 features");
    not_found(check, 0, "minutes_subtracted");
    tpk_check_free(check);
}

static void minutes_that_explain_few_are_chance(void **state)
{
    (void)state; /* one of six lands in its region; the others are just wrong */
    tpk_check *check = check_text(
        "acak.geojson",
        PORT(113.44, -2.69, "BANJARMASIN") "," PORT(115.1, -2.1, "BANJARMASIN") "," PORT(
            115.7, -1.5,
            "BANJARMASIN") "," PORT(116.2, -2.2,
                                    "BANJARMASIN") "," PORT(115.9, -1.9,
                                                            "BANJARMASIN") "," PORT(115.2, -4.1,
                                                                                    "BANJARMASIN"));
    not_found(check, 0, "minutes_subtracted");
    assert_int_equal(found(check, 0, "region_contradicts").n_features, 6);
    tpk_check_free(check);
}

static void spellings_of_a_region_agree(void **state)
{
    (void)state;
    static const char *const PORTS[] = {
        PORT(116.2, -3.3, "BARU"),
        PORT(116.2, -3.3, "Kota Baru"),
        PORT(116.2, -3.3, "kotabaru"),
        PORT(115.3, -2.6, "HULU SEI TENGAH"),
        PORT(115.9, -3.4, "TANAHBUMBU"),
        PORT(114.7, -2.9, "Kab. Barito-Kuala"),
        PORT(114.8, -3.45, "KOTA BANJARBARU"),
        PORT(115.6, -2.0, "Palangka Raya"), /* not known: nothing is said */
        POINT(115.0, -3.0, "\"kabkota\":null"),
    };
    char features[4096] = "";
    for (size_t i = 0; i < sizeof PORTS / sizeof *PORTS; i++) {
        if (i > 0) strcat(features, ",");
        strcat(features, PORTS[i]);
    }
    tpk_check *check = check_text("ejaan.geojson", features);
    not_found(check, 0, "region_contradicts");
    not_found(check, 0, "minutes_subtracted");
    tpk_check_free(check);
}

static void a_name_in_another_column_is_not_a_region(void **state)
{
    (void)state; /* the airport "Banjarmasin" lies in Banjarbaru, and nobody is wrong */
    tpk_check *check = check_text("bandara.geojson", POINT(114.763, -3.442, "\"nama\":\"Banjarmasin\""));
    not_found(check, 0, "region_contradicts");
    tpk_check_free(check);
}

static void provinces_are_compared_too(void **state)
{
    (void)state;
#define DEPOSIT(x, y, province) POINT(x, y, "\"nama\":\"Batubara\",\"province\":\"" province "\"")
    tpk_check *check = check_text(
        "batubara.geojson",
        DEPOSIT(113.85, 0.01, "Kalimantan Selatan") "," DEPOSIT(115.1, -3.1, "Sumatera Utara") "," DEPOSIT(
            115.2, -3.0, "Kalimantan Selatan") "," DEPOSIT(114.4, -2.0, "Kalimantan Tengah"));
    assert_int_equal(found(check, 0, "region_contradicts").n_features, 2);
    tpk_check_free(check);
}

/* Two regencies as squares: Utara holds what the box of Tapin would not. */
static const char *write_regions(void)
{
    return write_points("wilayah.geojson", NULL,
                        "{\"type\":\"Feature\",\"properties\":{\"nama\":\"Tapin\"},\"geometry\":{\"type\":"
                        "\"Polygon\",\"coordinates\":"
                        "[[[115,-3],[115.2,-3],[115.2,-2.8],[115,-2.8],[115,-3]]]}},"
                        "{\"type\":\"Feature\",\"properties\":{\"nama\":\"Banjar\"},\"geometry\":{\"type\":"
                        "\"Polygon\",\"coordinates\":"
                        "[[[115.2,-3],[115.4,-3],[115.4,-2.8],[115.2,-2.8],[115.2,-3]]]}}");
}

static void polygons_of_regions_go_before_the_boxes(void **state)
{
    (void)state;
    const char *path = write_points(
        "titik.geojson", NULL,
        PORT(115.1, -2.9, "Tapin") "," PORT(115.3, -2.9, "Tapin") "," PORT(115.21, -2.9, "Tapin"));
    tpk_check_options options = {.regions = write_regions()};
    tpk_check *check = check_paths(&path, 1, &options);
    tpk_check_finding f = found(check, 0, "region_contradicts");
    assert_int_equal(f.n_features,
                     1); /* the third stands a kilometre over the border: the border is no better */
    assert_says(f.found, "polygons of the regions");
    tpk_check_free(check);
    check = check_path(path);
    not_found(check, 0, "region_contradicts"); /* the box of Tapin holds all three */
    tpk_check_free(check);
}

static void unusable_regions_are_an_error(void **state)
{
    (void)state;
    const char *path = write_points("t.geojson", NULL, SOME);
    tpk_check_options options = {.regions = path};
    tpk_check *check = NULL;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_check_layers(&path, 1, &options, &check, &err), TPK_ERR_DATA);
    assert_null(check);
    assert_says(err.message, "does not hold polygons");
    err = (tpk_err){TPK_OK, ""};
    options = (tpk_check_options){.regions = write_regions(), .region_name = "kabupaten"};
    assert_int_equal(tpk_check_layers(&path, 1, &options, &check, &err), TPK_ERR_DATA);
    assert_says(err.message, "kabupaten");
    err = (tpk_err){TPK_OK, ""};
    options = (tpk_check_options){.regions = in_scratch("tiada.shp")};
    assert_int_equal(tpk_check_layers(&path, 1, &options, &check, &err), TPK_ERR_IO);
}

/* ---- land and sea ---- */

/* Land from lon 115 to 116, lat -4 to -3; its south and east are coast, its north and west a border. */
static void write_land(void)
{
    write_shapefile("provinsi.shp", "EPSG:4326",
                    "{\"type\":\"Feature\",\"properties\":{\"nama\":\"P\"},\"geometry\":{\"type\":"
                    "\"Polygon\",\"coordinates\":"
                    "[[[115,-4],[116,-4],[116,-3],[115,-3],[115,-4]]]}}");
    write_shapefile("garis_pantai.shp", "EPSG:4326",
                    "{\"type\":\"Feature\",\"properties\":{\"nama\":\"P\"},\"geometry\":{\"type\":"
                    "\"LineString\",\"coordinates\":"
                    "[[115,-4],[116,-4],[116,-3]]}}");
}

static void a_town_in_the_sea_is_remarked(void **state)
{
    (void)state;
    write_land();
    const char *path = write_points(
        "kota.geojson", NULL,
        POINT(115.5, -3.5, "\"nama\":\"darat\"") "," POINT(115.5, -4.1, "\"nama\":\"laut\"") "," POINT(
            115.5, -4.005, "\"nama\":\"dermaga\"") "," POINT(114.9, -3.5, "\"nama\":\"tetangga\""));
    tpk_check *check = check_path(path);
    tpk_check_finding f = found(check, 0, "land_in_sea");
    assert_int_equal(f.n_features, 1); /* not the one at the shore, not the one in the next province */
    assert_says(tpk_check_example(check, 0, (size_t)index_of(check, 0, "land_in_sea"), 0, NULL),
                "laut: 11.1 km off the coast");
    tpk_check_free(check);
    path = write_points("pelabuhan.geojson", NULL, POINT(115.5, -4.1, "\"nama\":\"laut\""));
    check = check_path(path);
    not_found(check, 0, "land_in_sea"); /* ports do stand there */
    tpk_check_free(check);
}

static void a_reef_on_land_is_remarked(void **state)
{
    (void)state;
    write_land();
    const char *path =
        write_points("terumbu.geojson", NULL,
                     POINT(115.5, -3.5, "\"nama\":\"darat\"") "," POINT(
                         115.5, -4.1, "\"nama\":\"laut\"") "," POINT(115.5, -3.98, "\"nama\":\"tepi\""));
    tpk_check *check = check_path(path);
    assert_int_equal(found(check, 0, "sea_on_land").n_features, 1);
    tpk_check_free(check);
    path = write_points("desa_tanahlaut.geojson", NULL, POINT(115.5, -3.5, "\"nama\":\"darat\""));
    check = check_path(path);
    not_found(check, 0, "sea_on_land"); /* Tanah Laut is a regency */
    tpk_check_free(check);
}

#define WITH(properties, type, coordinates)                                                                  \
    "{\"type\":\"Feature\",\"properties\":{" properties "},\"geometry\":{\"type\":\"" type                   \
    "\",\"coordinates\":" coordinates "}}"
#define SEA_LANE WITH("\"nama\":\"alur\"", "LineString", "[[115.2,-3.5],[115.4,-3.5],[115.6,-3.5]]")
#define SEA_OFF WITH("\"nama\":\"lepas\"", "LineString", "[[115.2,-4.3],[115.4,-4.01],[115.6,-3.98]]")

static void a_line_of_the_sea_on_land_is_remarked(void **state)
{
    (void)state;
    write_land();
    tpk_check *check = check_path(write_points("alur_laut.geojson", NULL, SEA_LANE "," SEA_OFF));
    assert_int_equal(found(check, 0, "sea_on_land").n_features, 1);
    assert_says(tpk_check_example(check, 0, (size_t)index_of(check, 0, "sea_on_land"), 0, NULL),
                "alur: 55.6 km inland"); /* its middle lies half a degree from every side */
    tpk_check_free(check);
    check = check_path(write_points("jalan.geojson", NULL, SEA_LANE)); /* a road */
    not_found(check, 0, "sea_on_land");
    tpk_check_free(check);
    check = check_path(write_points("alur_laut.geojson", NULL, SEA_OFF));
    not_found(check, 0, "sea_on_land");
    tpk_check_free(check);
}

static void a_polygon_classed_as_sea_on_land_is_remarked(void **state)
{
    (void)state;
    write_land();
#define SQUARE(class, x0, y0, x1, y1)                                                                        \
    WITH("\"kelas\":\"" class "\"", "Polygon",                                                               \
         "[[[" x0 "," y0 "],[" x1 "," y0 "],[" x1 "," y1 "],[" x0 "," y1 "],[" x0 "," y0 "]]]")
    tpk_check *check = check_path(
        write_points("tutupan.geojson", NULL,
                     SQUARE("Laut", "115.4", "-3.6", "115.6", "-3.4") "," /* inland */
                     SQUARE("Laut", "114", "-9", "118", "-4") "," /* the sea, which ends at the coast */
                     SQUARE("Laut", "115.4", "-4.5", "115.6", "-3.98") "," /* and a little over it */
                     SQUARE("Sawah", "115.4", "-3.6", "115.6", "-3.4")));
    assert_int_equal(found(check, 0, "sea_on_land").n_features, 1);
    tpk_check_free(check);
    check = check_path(write_points("tutupan.geojson", NULL,
                                    SQUARE("Laut Lepas", "114", "-9", "118",
                                           "-4") "," SQUARE("Sawah", "115.4", "-3.6", "115.6", "-3.4")));
    not_found(check, 0, "sea_on_land");
    tpk_check_free(check);
    check = check_path(write_points(/* a village named Laut */
                                    "desa.geojson", NULL,
                                    WITH("\"nama\":\"Laut\"", "Polygon",
                                         "[[[115.4,-3.6],[115.6,-3.6],[115.6,-3.4],[115.4,-3.6]]]")));
    not_found(check, 0, "sea_on_land");
    tpk_check_free(check);
}

/* ---- the repair ---- */

static const tpk_layer_spec *ports(const char *path, const char *repair)
{
    static tpk_layer_spec spec;
    spec = (tpk_layer_spec){.id = (char *)(uintptr_t) "uji",
                            .path = (char *)(uintptr_t)path,
                            .repair = (char *)(uintptr_t)repair,
                            .band = 1,
                            .nodata = (double)NAN};
    return &spec;
}

static void minutes_are_repaired_only_when_the_project_says_so(void **state)
{
    (void)state;
    const char *path = write_points("menit.geojson", NULL,
                                    PORT(113.44, -2.69, "BANJARMASIN") "," PORT(
                                        114.58, -3.32, "BANJARMASIN") "," PORT(118.0, -8.0, "BANJARMASIN"));
    tpk_worker *worker = NULL;
    tpk_crs *lonlat = NULL;
    tpk_layer *as_is = NULL, *repaired = NULL;
    tpk_diags diags = {0};
    assert_int_equal(tpk_worker_new(&worker, NULL), TPK_OK);
    assert_int_equal(tpk_crs_new(worker, "EPSG:4326", &lonlat, NULL), TPK_OK);
    assert_int_equal(
        tpk_layer_read(worker, ports(path, NULL), lonlat, TPK_BOX_EMPTY, NULL, &as_is, NULL, NULL), TPK_OK);
    assert_int_equal(
        tpk_layer_read(worker, ports(path, "minutes"), lonlat, TPK_BOX_EMPTY, NULL, &repaired, &diags, NULL),
        TPK_OK);
    assert_true(as_is->xy[0] == 113.44 && as_is->xy[1] == -2.69);
    assert_true(fabs(repaired->xy[0] - 114.56) < 1e-9 && fabs(repaired->xy[1] + 3.31) < 1e-9);
    assert_memory_equal(repaired->xy + 2, as_is->xy + 2,
                        4 * sizeof(double)); /* the right one, and the one nothing explains */
    assert_int_equal(diags.n, 1);
    assert_says(diags.items[0].text, "1 points were moved");
    tpk_layer_free(repaired);
    tpk_layer_free(as_is);
    tpk_diags_clear(&diags);
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_layer_read(worker, ports(write_points("tanpa.geojson", NULL, SOME), "minutes"),
                                    lonlat, TPK_BOX_EMPTY, NULL, &repaired, NULL, &err),
                     TPK_ERR_DATA);
    assert_says(err.message, "names the regency of each point");
    err = (tpk_err){TPK_OK, ""};
    assert_int_equal(
        tpk_layer_read(
            worker,
            ports(write_points("m.geojson", "EPSG::32750", PORT(300000, 9600000, "BANJAR")), "minutes"),
            lonlat, TPK_BOX_EMPTY, NULL, &repaired, NULL, &err),
        TPK_ERR_DATA);
    assert_says(err.message, "in degrees");
    tpk_crs_free(lonlat);
    tpk_worker_free(worker);
}

/* ---- the real list ---- */

static void the_ports_of_the_ministry_are_explained(void **state)
{
    (void)state;
    const char *path = "../shared/data/transport/pelabuhan_dephub.shp";
    if (access(path, R_OK) != 0) skip();
    tpk_check *check = check_path(path);
    tpk_check_finding f = found(check, 0, "minutes_subtracted");
    assert_true(f.n_features >= 70 &&
                f.n_features <= 76); /* 71 on both axes, 3 on one, by hand calculation */
    assert_says(f.found, "(24 lie there as they are");
    assert_int_equal(found(check, 0, "place_implausible").n_features, 3);
    assert_int_equal(found(check, 0, "sign_wrong").n_features, 1);
    tpk_check_free(check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_places_are_no_finding),
        cmocka_unit_test(swapped_axes_are_found_in_all_or_one),
        cmocka_unit_test(a_lost_minus_is_found_where_the_layer_is_local),
        cmocka_unit_test(a_national_layer_may_lie_north_of_the_equator),
        cmocka_unit_test(impossible_places_are_counted),
        cmocka_unit_test(minutes_are_added_away_from_the_equator),
        cmocka_unit_test(subtracted_minutes_are_found_and_the_place_is_offered),
        cmocka_unit_test(a_point_that_no_minutes_explain_contradicts),
        cmocka_unit_test(minutes_that_explain_few_are_chance),
        cmocka_unit_test(spellings_of_a_region_agree),
        cmocka_unit_test(a_name_in_another_column_is_not_a_region),
        cmocka_unit_test(provinces_are_compared_too),
        cmocka_unit_test(polygons_of_regions_go_before_the_boxes),
        cmocka_unit_test(unusable_regions_are_an_error),
        cmocka_unit_test(a_town_in_the_sea_is_remarked),
        cmocka_unit_test(a_reef_on_land_is_remarked),
        cmocka_unit_test(a_line_of_the_sea_on_land_is_remarked),
        cmocka_unit_test(a_polygon_classed_as_sea_on_land_is_remarked),
        cmocka_unit_test(minutes_are_repaired_only_when_the_project_says_so),
        cmocka_unit_test(the_ports_of_the_ministry_are_explained),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
