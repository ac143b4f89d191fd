/* A whole run through the public library, computed by hand. The study is drawn in small_study.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "small_study.h"

/* True m2 of a map m2 at the middle of the zones, 1 / k^2: from geod lengths of 2 km east-west and
 * north-south through (300075, 9600230) and (300275, 9600125), given to cs2cs. Over the 350 m of the study it
 * changes by less than 4e-6. */
static const double TRUE_U = 0.9998104426, TRUE_T = 0.9998124211;
static const double CLOSE = 1e-5;

static int run_small_study(void **state)
{
    if (files_set_up(state) != 0) return -1;
    run_study(write_small_study(), in_scratch("hasil"), (tpk_options){0});
    return 0;
}

static void assert_pixels(const char *name, const double expected[9])
{
    int n_rows, n_cols;
    double *found = read_raster(in_scratch(name), &n_rows, &n_cols);
    assert_int_equal(n_rows, 3);
    assert_int_equal(n_cols, 3);
    for (int i = 0; i < 9; i++) {
        bool same = isnan(expected[i]) ? isnan(found[i])
                                       : found[i] == expected[i] || found[i] == (double)(float)expected[i];
        if (!same)
            fail_msg("%s: cell (%d, %d) is %.9g, expected %.9g", name, i / 3, i % 3, found[i], expected[i]);
    }
    free(found);
}

/*  memberships   road: 1 - d/200          height: h/10, at most 1     soil: A 1, B 0
 *                1 .5 0  in every row     1 .4 .6 | .8 ? .2 | 1 1 1
 *  0.5 road + 0.25 height + 0.25 soil:
 *     row 0   .5+.25+.25 = 1       .25+.1+.25 = .6     outside
 *     row 1   .5+.2+.25 = .95      unknown             0+.05+0 = .05
 *     row 2   in the wood          20 m > 15 m         0+.25+.25 = .5 */
static void suitability_is_the_weighted_sum_of_the_memberships(void **state)
{
    (void)state;
    const double NONE = (double)NAN;
    assert_pixels("hasil/suitability.tif", (double[9]){1, 0.6, NONE, 0.95, NONE, 0.05, 0, 0, 0.5});
}

/* S1 from .8, S2 from .6 (the score .6 itself is S2), S3 from .4; 5 excluded, 6 unknown, 0 outside. */
static void classes_follow_the_bounds_and_keep_excluded_unknown_and_outside_apart(void **state)
{
    (void)state;
    assert_pixels("hasil/classes.tif", (double[9]){1, 2, 0, 1, 6, 4, 5, 5, 3});
}

static void reasons_hold_one_bit_a_constraint_and_nodata_outside(void **state)
{
    (void)state;
    assert_pixels("hasil/reasons.tif", (double[9]){0, 0, 4294967295.0, 0, 0, 0, 1, 2, 0});
}

/*  costs w (1 - x):  (0,0) 0 0 0: nothing (0)    (0,1) .25 .15 0: road (1)    (1,0) 0 .05 0: height (2)
 *                    (1,2) .5 .2 .25: road       (2,2) .5 0 0: road           others are not scored (255) */
static void limiting_is_the_criterion_that_costs_most(void **state)
{
    (void)state;
    assert_pixels("hasil/limiting.tif", (double[9]){0, 1, 255, 2, 255, 1, 255, 255, 1});
}

/*  Zone U, 150 x 140 m = 2.1 cells: all of (0,0), .5 of (0,1), .4 of (1,0), .5 * .4 = .2 of (1,1).
 *  Zone T, 150 x 250 m = 3.75 cells: (1,2), (2,2), .5 of (0,2) outside the study area, .5 * 2.5 = 1.25 beyond
 * the grid. */
static void zone_hectares_are_exact_shares_of_the_true_area(void **state)
{
    (void)state;
    json_t *zones = read_json(in_scratch("hasil/zones.geojson"));
    const double u_ha = 2.1 * TRUE_U, t_ha = 3.75 * TRUE_T;
    assert_number(zones, 0, "area_ha", u_ha, u_ha * 1e-6);
    assert_number(zones, 0, "stated_area_ha", 2, 0);
    assert_number(zones, 0, "area_difference_pct", (u_ha / 2 - 1) * 100, 1e-4);
    assert_number(zones, 0, "class_S1_ha", u_ha * 1.4 / 2.1, CLOSE);
    assert_number(zones, 0, "class_S2_ha", u_ha * 0.5 / 2.1, CLOSE);
    assert_number(zones, 0, "class_S3_ha", 0, 0);
    assert_number(zones, 0, "class_N_ha", 0, 0);
    assert_number(zones, 0, "excluded_ha", 0, 0);
    assert_number(zones, 0, "unknown_ha", u_ha * 0.2 / 2.1, CLOSE);
    assert_number(zones, 0, "outside_ha", 0, 0);
    assert_number(zones, 0, "lindung_ha", 0, 0);
    assert_number(zones, 0, "terlalu_tinggi_ha", 0, 0);

    assert_number(zones, 1, "area_ha", t_ha, t_ha * 1e-6);
    assert_number(zones, 1, "stated_area_ha", (double)NAN, 0);
    assert_number(zones, 1, "area_difference_pct", (double)NAN, 0);
    assert_number(zones, 1, "class_S1_ha", 0, 0);
    assert_number(zones, 1, "class_S2_ha", 0, 0);
    assert_number(zones, 1, "class_S3_ha", t_ha / 3.75, CLOSE);
    assert_number(zones, 1, "class_N_ha", t_ha / 3.75, CLOSE);
    assert_number(zones, 1, "excluded_ha", 0, 0);
    assert_number(zones, 1, "unknown_ha", 0, 0);
    assert_number(zones, 1, "outside_ha", t_ha * 1.75 / 3.75, CLOSE);
    assert_number(zones, 1, "lindung_ha", 0, 0);
    assert_number(zones, 1, "terlalu_tinggi_ha", 0, 0);
    json_decref(zones);
}

static void assert_criterion(json_t *zones, size_t zone, const char *id, double mean, double min, double max,
                             double membership)
{
    const char *const endings[] = {"mean", "min", "max", "membership"};
    const double expected[] = {mean, min, max, membership};
    for (int i = 0; i < 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s_%s", id, endings[i]);
        assert_number(zones, zone, name, expected[i], 1e-3 * CLOSE + fabs(expected[i]) * CLOSE);
    }
}

/*  U: score (1*1 + .5*.6 + .4*.95) / 1.9 = 1.68 / 1.9      the .2 of unknown do not count
 *     road (0*1 + 100*.5 + 0*.4 + 100*.2) / 2.1 = 70 / 2.1, membership (1 + .25 + .4 + .1) / 2.1 = 1.75 / 2.1
 *     height (10 + 4*.5 + 8*.4) / 1.9 = 8, membership .8     soil: category 0, membership 1
 *     road limits .5 cells, height .4
 *  T: score (.05 + .5) / 2, road 200 m, height (2 + 10) / 2, soil category (1 + 0) / 2 */
static void zone_figures_are_means_over_the_known_part(void **state)
{
    (void)state;
    json_t *zones = read_json(in_scratch("hasil/zones.geojson"));
    assert_number(zones, 0, "score_mean", 1.68 / 1.9, CLOSE);
    assert_number(zones, 0, "score_min", 0.6, 1e-6);
    assert_number(zones, 0, "score_max", 1, 0);
    assert_criterion(zones, 0, "akses", 70 / 2.1, 0, 100, 1.75 / 2.1);
    assert_criterion(zones, 0, "tinggi", 8, 4, 10, 0.8);
    assert_criterion(zones, 0, "tanah", (double)NAN, (double)NAN, (double)NAN, 1);
    assert_number(zones, 1, "score_mean", 0.275, CLOSE);
    assert_number(zones, 1, "score_min", 0.05, 1e-6);
    assert_number(zones, 1, "score_max", 0.5, 0);
    assert_criterion(zones, 1, "akses", 200, 200, 200, 0);
    assert_criterion(zones, 1, "tinggi", 6, 2, 10, 0.6);
    assert_criterion(zones, 1, "tanah", (double)NAN, (double)NAN, (double)NAN, 0.5);
    json_decref(zones);
}

/* U lies on A alone; T has as much of A as of B but for the last bits, so that either may be named. */
static void categories_have_no_mean_but_the_one_that_covers_most(void **state)
{
    (void)state;
    json_t *zones = read_json(in_scratch("hasil/zones.geojson"));
    assert_text(zones, 0, "tanah_dominant", "Aluvial");
    assert_true(json_is_string(property(zones, 1, "tanah_dominant")));
    assert_absent(zones, 0, "akses_dominant");
    assert_absent(zones, 0, "tinggi_dominant");
    json_decref(zones);
}

/* Height is unknown in .2 of U's 2.1 cells and nowhere in what of T lies inside. */
static void missing_data_have_hectares_of_their_own(void **state)
{
    (void)state;
    json_t *zones = read_json(in_scratch("hasil/zones.geojson"));
    assert_number(zones, 0, "akses_unknown_ha", 0, 0);
    assert_number(zones, 0, "tinggi_unknown_ha", 0.2 * TRUE_U, CLOSE);
    assert_number(zones, 0, "tanah_unknown_ha", 0, 0);
    assert_number(zones, 1, "tinggi_unknown_ha", 0, 0);
    json_decref(zones);
}

static void zones_keep_their_names_and_are_ranked_by_mean_score(void **state)
{
    (void)state;
    json_t *zones = read_json(in_scratch("hasil/zones.geojson"));
    assert_int_equal(json_array_size(json_object_get(zones, "features")), 2);
    assert_text(zones, 0, "id", "U");
    assert_text(zones, 0, "name", "Utara");
    assert_text(zones, 0, "note", "uji");
    assert_text(zones, 0, "limiting", "akses");
    assert_text(zones, 0, "limiting_title", "Road");
    assert_number(zones, 0, "rank", 1, 0);
    assert_text(zones, 1, "id", "T");
    assert_text(zones, 1, "name", "Timur");
    assert_text(zones, 1, "note", NULL);
    assert_text(zones, 1, "limiting", "akses");
    assert_number(zones, 1, "rank", 2, 0);
    json_decref(zones);
}

/*  U: 140 m of road; all 2.1 ha on soil A; the pier at (300100, 9600200).
 *  T: road 300200 - 300050 = 150 m off; A 100 x 100 m, B 100 x 150 m; pier Dua at x 300400, 50 m off (Satu
 * 100 m). */
static void zones_are_measured_against_the_overlay_layers(void **state)
{
    (void)state;
    json_t *zones = read_json(in_scratch("hasil/zones.geojson"));
    assert_number(zones, 0, "jalan_km", 0.14 * sqrt(TRUE_U), 1e-6);
    assert_number(zones, 0, "jalan_nearest_m", 0, 0);
    assert_text(zones, 0, "jalan_nearest_name", "Jalan Uji");
    assert_number(zones, 0, "tanah_ha", 2.1 * TRUE_U, CLOSE);
    assert_number(zones, 0, "tanah_nearest_m", 0, 0);
    assert_text(zones, 0, "tanah_nearest_name", "Aluvial");
    assert_number(zones, 0, "pelabuhan_n", 1, 0);
    assert_number(zones, 0, "pelabuhan_nearest_m", 0, 0);
    assert_text(zones, 0, "pelabuhan_nearest_name", "Dermaga Satu");
    assert_number(zones, 1, "jalan_km", 0, 0);
    assert_number(zones, 1, "jalan_nearest_m", 150, 1e-6);
    assert_text(zones, 1, "jalan_nearest_name", "Jalan Uji");
    assert_number(zones, 1, "tanah_ha", 2.5 * TRUE_T, CLOSE);
    assert_number(zones, 1, "tanah_nearest_m", 0, 0);
    assert_text(zones, 1, "tanah_nearest_name", "Aluvial");
    assert_number(zones, 1, "pelabuhan_n", 0, 0);
    assert_number(zones, 1, "pelabuhan_nearest_m", 50, 1e-6);
    assert_text(zones, 1, "pelabuhan_nearest_name", "Dermaga Dua");
    json_decref(zones);
}

/* Every property that zones.geojson has is checked above: their number says so. */
static void zones_have_no_other_properties(void **state)
{
    (void)state;
    enum { OF_SCORE = 18, OF_CRITERIA = 3 * 5 + 1, OF_CONSTRAINTS = 2, OF_OVERLAY = 3 * 3, NOTE = 1 };
    json_t *zones = read_json(in_scratch("hasil/zones.geojson"));
    for (size_t zone = 0; zone < 2; zone++) {
        json_t *feature = json_array_get(json_object_get(zones, "features"), zone);
        assert_int_equal(json_object_size(json_object_get(feature, "properties")),
                         OF_SCORE + OF_CRITERIA + OF_CONSTRAINTS + OF_OVERLAY + NOTE);
    }
    json_decref(zones);
}

static void assert_piece(json_t *pieces, size_t i, const char *zone, const char *layer, const char *measure,
                         double expected, double share_pct)
{
    const char *const measures[] = {"area_ha", "length_km", "count"};
    assert_text(pieces, i, "zone", zone);
    assert_text(pieces, i, "layer", layer);
    for (int k = 0; k < 3; k++) {
        bool own = strcmp(measures[k], measure) == 0;
        assert_number(pieces, i, measures[k], own ? expected : (double)NAN, CLOSE);
    }
    assert_number(pieces, i, "zone_share_pct", share_pct, 1e-3);
}

/* Pieces in the order of the layers, then zones, then features; A is 1 of T's 3.75 ha, B 1.5. */
static void overlay_has_a_feature_for_each_piece(void **state)
{
    (void)state;
    json_t *pieces = read_json(in_scratch("hasil/overlay.geojson"));
    assert_int_equal(json_array_size(json_object_get(pieces, "features")), 5);
    assert_piece(pieces, 0, "U", "jalan", "length_km", 0.14 * sqrt(TRUE_U), (double)NAN);
    assert_piece(pieces, 1, "U", "tanah", "area_ha", 2.1 * TRUE_U, 100);
    assert_piece(pieces, 2, "T", "tanah", "area_ha", 1.0 * TRUE_T, 100 / 3.75);
    assert_piece(pieces, 3, "T", "tanah", "area_ha", 1.5 * TRUE_T, 150 / 3.75);
    assert_piece(pieces, 4, "U", "pelabuhan", "count", 1, (double)NAN);
    assert_text(pieces, 0, "nama", "Jalan Uji");
    assert_absent(pieces, 0, "jenis");
    assert_text(pieces, 1, "jenis", "Aluvial");
    assert_absent(pieces, 1, "nama");
    assert_text(pieces, 2, "jenis", "Aluvial");
    assert_text(pieces, 3, "jenis", "Gambut");
    assert_text(pieces, 4, "nama", "Dermaga Satu");
    json_decref(pieces);
}

/* ---- run.json ---- */

static json_t *item(json_t *list, const char *id)
{
    size_t i;
    json_t *value;
    json_array_foreach(list, i, value)
    {
        if (strcmp(json_string_value(json_object_get(value, "id")), id) == 0) return value;
    }
    fail_msg("run.json has no '%s'", id);
    return NULL;
}

static void assert_member(json_t *object, const char *name, const char *expected)
{
    char *found = json_dumps(json_object_get(object, name),
                             JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(6));
    if (!found || strcmp(found, expected) != 0)
        fail_msg("run.json: %s is %s, expected %s", name, found ? found : "absent", expected);
    free(found);
}

static void assert_sha256(json_t *facts, const char *name)
{
    char command[700], expected[65] = "";
    snprintf(command, sizeof command, "sha256sum '%s'", in_scratch(name));
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%64s", expected), 1);
    pclose(pipe);
    assert_string_equal(json_string_value(json_object_get(facts, "sha256")), expected);
}

static void record_traces_every_input_file_by_its_sha256(void **state)
{
    (void)state;
    json_t *record = read_json(in_scratch("hasil/run.json")), *layers = json_object_get(record, "layers");
    assert_sha256(json_object_get(record, "project"), "kecil.yaml");
    assert_int_equal(json_array_size(layers), 7);
    const char *const parts[] = {"zona.shp", "zona.shx", "zona.dbf", "zona.prj", "zona.cpg"};
    json_t *files = json_object_get(item(layers, "zona"), "files");
    assert_int_equal(json_array_size(files), 5);
    for (size_t i = 0; i < 5; i++) assert_sha256(json_array_get(files, i), parts[i]);
    assert_sha256(json_array_get(json_object_get(item(layers, "tinggi"), "files"), 0), "tinggi.tif");
    assert_member(item(layers, "tanah"), "features", "2");
    assert_member(item(layers, "tanah"), "driver", "\"shapelib\"");
    assert_member(item(layers, "lindung"), "crs",
                  "{\"code\":\"EPSG:32750\",\"from\":\"project\",\"name\":\"WGS 84 / UTM zone 50S\"}");
    assert_member(item(layers, "tinggi"), "nodata", "-9999.0");
    json_decref(record);
}

static void record_holds_every_parameter(void **state)
{
    (void)state;
    json_t *record = read_json(in_scratch("hasil/run.json"));
    json_t *height = item(json_object_get(record, "criteria"), "tinggi");
    json_t *too_high = item(json_object_get(record, "constraints"), "terlalu_tinggi");
    assert_string_equal(json_string_value(json_object_get(record, "tapak")), tpk_version());
    assert_member(record, "classes", "{\"S1\":0.8,\"S2\":0.6,\"S3\":0.4}");
    assert_member(record, "combine", "\"weighted_sum\"");
    assert_member(record, "grid",
                  "{\"cell_m\":100.0,\"cols\":3,\"crs\":\"EPSG:32750\",\"crs_name\":\"WGS 84 / UTM zone "
                  "50S\",\"rows\":3,"
                  "\"x0_m\":300000.0,\"y0_m\":9.6003e6}");
    assert_member(height, "weight", "0.25");
    assert_member(height, "from", "{\"kind\":\"raster\",\"raster\":\"tinggi\",\"resample\":\"nearest\"}");
    assert_member(height, "curve",
                  "{\"kind\":\"points\",\"outside\":\"clamp\",\"points\":[[0.0,0.0],[10.0,1.0]]}");
    assert_member(height, "unknown", "\"exclude\"");
    assert_member(too_high, "from", "\"tinggi\"");
    assert_member(too_high, "test", "\"above\"");
    assert_member(too_high, "limit", "15.0");
    assert_member(too_high, "bit", "1");
    assert_member(too_high, "unknown", "\"pass\"");
    assert_member(too_high, "legal_source", "\"Permenperin 30/2020\"");
    json_decref(record);
}

static void assert_finding(json_t *findings, size_t i, const char *part)
{
    const char *found = json_string_value(json_array_get(findings, i));
    if (!found || !strstr(found, part))
        fail_msg("finding %zu is '%s', expected '%s'", i, found ? found : "absent", part);
}

/* Of the seven known cells: (1 + .6 + .95 + .05 + 0 + 0 + .5) / 7; 7 of 9 are 77.7778 %. */
static void record_holds_statistics_findings_versions_and_times(void **state)
{
    (void)state;
    json_t *record = read_json(in_scratch("hasil/run.json"));
    json_t *scores = json_array_get(json_object_get(record, "rasters"), 0),
           *findings = json_object_get(record, "findings");
    assert_member(scores, "file", "\"suitability.tif\"");
    assert_member(scores, "min", "0.0");
    assert_member(scores, "max", "1.0");
    assert_member(scores, "mean", "0.442857");
    assert_member(scores, "valid_pct", "77.7778");
    assert_finding(findings, 0,
                   "kecil.yaml:14:1: warning: zone 'U': criteria that are unknown in more than 5 % of it: "
                   "'tinggi' 9.5 %;");
    assert_finding(findings, 1,
                   "kecil.yaml:14:1: warning: zone 'T': 1.75 ha of 3.75 ha lie outside the study area, "
                   "counted by the centres of cells "
                   "(1.75 ha by its polygon)");
    assert_finding(findings, 2,
                   "kecil.yaml:15:11: note: fields that name the features of the overlay layers: jalan: "
                   "nama, tanah: jenis, pelabuhan: nama");
    assert_int_equal(json_array_size(findings), 3);
    assert_non_null(json_object_get(json_object_get(record, "timings"), "compute_s"));
    assert_non_null(json_object_get(json_object_get(record, "timings"), "finished_utc"));
    const char *const libraries[] = {"gdal", "proj", "geos"};
    for (int i = 0; i < 3; i++)
        assert_true(json_is_string(json_object_get(json_object_get(record, "libraries"), libraries[i])));
    json_decref(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suitability_is_the_weighted_sum_of_the_memberships),
        cmocka_unit_test(classes_follow_the_bounds_and_keep_excluded_unknown_and_outside_apart),
        cmocka_unit_test(reasons_hold_one_bit_a_constraint_and_nodata_outside),
        cmocka_unit_test(limiting_is_the_criterion_that_costs_most),
        cmocka_unit_test(zone_hectares_are_exact_shares_of_the_true_area),
        cmocka_unit_test(zone_figures_are_means_over_the_known_part),
        cmocka_unit_test(categories_have_no_mean_but_the_one_that_covers_most),
        cmocka_unit_test(missing_data_have_hectares_of_their_own),
        cmocka_unit_test(zones_keep_their_names_and_are_ranked_by_mean_score),
        cmocka_unit_test(zones_are_measured_against_the_overlay_layers),
        cmocka_unit_test(zones_have_no_other_properties),
        cmocka_unit_test(overlay_has_a_feature_for_each_piece),
        cmocka_unit_test(record_traces_every_input_file_by_its_sha256),
        cmocka_unit_test(record_holds_every_parameter),
        cmocka_unit_test(record_holds_statistics_findings_versions_and_times),
    };
    return cmocka_run_group_tests(tests, run_small_study, files_tear_down);
}
