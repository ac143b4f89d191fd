/* GeoJSON against RFC 7946: the file is parsed by jansson, coordinates are compared with PROJ's own through
 * the worker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "output/geojson.h"

static tpk_worker *worker;
static tpk_crs *utm, *lonlat;
static char folder[64];
static char path[128];

/* Two polygons; the first has a hole. Outer rings clockwise and holes counter-clockwise here, the wrong way
 * on purpose. */
static const double XY[] = {
    250000, 9700000, 250000, 9710000, 262000, 9710000, 262000, 9700000, 250000, 9700000, /* outer */
    251000, 9701000, 252000, 9701000, 252000, 9702000, 251000, 9702000, 251000, 9701000, /* hole */
    270000, 9700000, 270500, 9700000, 270500, 9700500, 270000, 9700000,                  /* outer */
};
static const int64_t STARTS[] = {0, 5, 10, 14};
static const uint8_t ROLES[] = {TPK_RING_OUTER, TPK_RING_HOLE, TPK_RING_OUTER};
static const tpk_geom TWO = {TPK_GEOM_POLYGON, 3, STARTS, ROLES, XY};
static const tpk_geom ONE = {TPK_GEOM_POLYGON, 2, STARTS, ROLES, XY};
static const tpk_geom LINE = {TPK_GEOM_LINE, 1, STARTS, NULL, XY};
static const int64_t POINT_STARTS[] = {0, 1, 2};
static const tpk_geom POINTS = {TPK_GEOM_POINT, 2, POINT_STARTS, NULL, XY};
static const tpk_geom NOTHING = {TPK_GEOM_NONE, 0, NULL, NULL, NULL};

static int start(void **state)
{
    (void)state;
    const char *temp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tapak_geojson_XXXXXX", temp && strlen(temp) < 30 ? temp : "/tmp");
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/zones.geojson", folder);
    if (tpk_worker_new(&worker, NULL) != TPK_OK) return -1;
    if (tpk_crs_new(worker, "EPSG:4326", &lonlat, NULL) != TPK_OK) return -1;
    return tpk_crs_new(worker, "EPSG:32750", &utm, NULL) == TPK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    tpk_crs_free(utm);
    tpk_crs_free(lonlat);
    tpk_worker_free(worker);
    unlink(path);
    return rmdir(folder);
}

static tpk_status write_features(tpk_crs *crs, const tpk_geom *geoms, const double *numbers, const char *text,
                                 int n, tpk_err *err)
{
    tpk_geojson *geojson;
    tpk_status status =
        tpk_geojson_open(path, "Kawasan \"A\"", "Indikatif; \xe2\x80\x9cuji\xe2\x80\x9d", crs, &geojson, err);
    if (status != TPK_OK) return status;
    status = tpk_geojson_add_column(geojson, "name", TPK_COLUMN_TEXT, err);
    if (status == TPK_OK) status = tpk_geojson_add_column(geojson, "score_mean", TPK_COLUMN_REAL, err);
    if (status == TPK_OK) status = tpk_geojson_add_column(geojson, "rank", TPK_COLUMN_INTEGER, err);
    for (int i = 0; status == TPK_OK && i < n; i++) {
        tpk_value values[3] = {
            {.text = text}, {.number = numbers[i]}, {.number = i == 0 ? 3000000000.0 : (double)NAN}};
        status = tpk_geojson_add(geojson, geoms[i], values, err);
    }
    if (status == TPK_OK) status = tpk_geojson_finish(geojson, err);
    if (status == TPK_OK) return tpk_geojson_publish(geojson, err);
    tpk_geojson_abort(geojson);
    return status;
}

static json_t *written(tpk_crs *crs, const tpk_geom *geoms, const double *numbers, const char *text, int n)
{
    tpk_err err = {0};
    if (write_features(crs, geoms, numbers, text, n, &err) != TPK_OK) fail_msg("%s", err.message);
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error); /* refuses what is not UTF-8, and NaN */
    if (!root) fail_msg("%s", error.text);
    return root;
}

static json_t *feature(json_t *root, size_t i)
{
    return json_array_get(json_object_get(root, "features"), i);
}

static double at(json_t *position, size_t i)
{
    return json_number_value(json_array_get(position, i));
}

static double signed_area(json_t *ring)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < json_array_size(ring); i++) {
        json_t *a = json_array_get(ring, i), *b = json_array_get(ring, i + 1);
        sum += at(a, 0) * at(b, 1) - at(b, 0) * at(a, 1);
    }
    return sum / 2;
}

static void rings_are_right_handed_with_bbox_and_without_crs(void **state)
{
    (void)state;
    const double numbers[] = {0.5, 0.25};
    const tpk_geom geoms[] = {TWO, ONE};
    json_t *root = written(utm, geoms, numbers, "Batulicin", 2);
    assert_string_equal(json_string_value(json_object_get(root, "type")), "FeatureCollection");
    assert_string_equal(json_string_value(json_object_get(root, "name")), "Kawasan \"A\"");
    assert_string_equal(json_string_value(json_object_get(root, "description")),
                        "Indikatif; \xe2\x80\x9cuji\xe2\x80\x9d");
    assert_null(json_object_get(root, "crs"));
    assert_int_equal(json_array_size(json_object_get(root, "bbox")), 4);
    json_t *geometry = json_object_get(feature(root, 0), "geometry");
    assert_string_equal(json_string_value(json_object_get(geometry, "type")), "MultiPolygon");
    json_t *polygons = json_object_get(geometry, "coordinates");
    assert_int_equal(json_array_size(polygons), 2);
    assert_true(signed_area(json_array_get(json_array_get(polygons, 0), 0)) > 0);
    assert_true(signed_area(json_array_get(json_array_get(polygons, 0), 1)) < 0);
    assert_true(signed_area(json_array_get(json_array_get(polygons, 1), 0)) > 0);
    assert_non_null(json_object_get(feature(root, 0), "bbox"));
    geometry = json_object_get(feature(root, 1), "geometry");
    assert_string_equal(json_string_value(json_object_get(geometry, "type")), "Polygon");
    json_decref(root);
}

static void coordinates_are_projs_to_a_centimetre_and_long_edges_are_split(void **state)
{
    (void)state;
    const double number = 1;
    json_t *root = written(utm, &LINE, &number, "x", 1);
    json_t *line = json_object_get(json_object_get(feature(root, 0), "geometry"), "coordinates");
    /* 10 + 12 + 10 + 12 km in pieces of at most 1 km. */
    assert_int_equal(json_array_size(line), 45);
    double want[] = {250000, 9700000, 250000, 9705000, 262000, 9705000};
    assert_int_equal(tpk_crs_to_lonlat(utm, want, 3, NULL), TPK_OK);
    const size_t places[] = {0, 5, 27};
    for (size_t i = 0; i < 3; i++) {
        assert_true(fabs(at(json_array_get(line, places[i]), 0) - want[2 * i]) <= 0.51e-7);
        assert_true(fabs(at(json_array_get(line, places[i]), 1) - want[2 * i + 1]) <= 0.51e-7);
    }
    /* The same by PROJ's program: echo "250000 9700000" | cs2cs -f %.7f EPSG:32750 EPSG:4326 gives latitude,
     * longitude. */
    assert_true(fabs(at(json_array_get(line, 0), 0) - 114.7513894) <= 1e-7);
    assert_true(fabs(at(json_array_get(line, 0), 1) + 2.7120729) <= 1e-7);
    json_decref(root);
}

static void geographic_coordinates_stay_as_they_are(void **state)
{
    (void)state;
    const double xy[] = {114.5, -3.25, 115.5, -2.25};
    const int64_t starts[] = {0, 2};
    const tpk_geom line = {TPK_GEOM_LINE, 1, starts, NULL, xy};
    const double number = 1;
    json_t *root = written(lonlat, &line, &number, "x", 1);
    json_t *points = json_object_get(json_object_get(feature(root, 0), "geometry"), "coordinates");
    assert_int_equal(json_array_size(points), 2);
    assert_true(at(json_array_get(points, 1), 0) == 115.5 && at(json_array_get(points, 1), 1) == -2.25);
    json_decref(root);
}

static void values_are_short_numbers_utf8_and_null(void **state)
{
    (void)state;
    const double numbers[] = {0.1 + 0.2, (double)NAN, (double)INFINITY, 1234567.123456789, -1e-9, 42};
    const tpk_geom geoms[] = {POINTS, NOTHING, ONE, ONE, ONE, ONE};
    const char *text = "Tanah Bumbu \xe2\x80\x93 \"Batulicin\"\n\\";
    json_t *root = written(utm, geoms, numbers, text, 6);
    json_t *first = json_object_get(feature(root, 0), "properties");
    assert_string_equal(json_string_value(json_object_get(first, "name")), text);
    assert_int_equal(json_integer_value(json_object_get(first, "rank")), 3000000000LL);
    assert_true(json_is_null(json_object_get(json_object_get(feature(root, 1), "properties"), "score_mean")));
    assert_true(json_is_null(json_object_get(json_object_get(feature(root, 1), "properties"), "rank")));
    assert_true(json_is_null(json_object_get(json_object_get(feature(root, 2), "properties"), "score_mean")));
    assert_true(json_is_null(json_object_get(feature(root, 1), "geometry")));
    json_t *geometry = json_object_get(feature(root, 0), "geometry");
    assert_string_equal(json_string_value(json_object_get(geometry, "type")), "MultiPoint");
    json_decref(root);
    char *bytes = calloc(1, 200000);
    FILE *file = fopen(path, "rb");
    assert_true(fread(bytes, 1, 199999, file) > 0);
    fclose(file);
    assert_non_null(strstr(bytes, "\"score_mean\": 0.3,"));
    assert_non_null(strstr(bytes, "\"score_mean\": 1234567.123457,"));
    assert_non_null(strstr(bytes, "\"score_mean\": 0.0,"));
    assert_non_null(strstr(bytes, "\"score_mean\": 42.0,"));
    free(bytes);
}

static void a_property_can_be_absent_from_one_feature(void **state)
{
    (void)state;
    tpk_geojson *geojson;
    const tpk_value values[3][2] = {{{.text = "a"}, {.absent = true}},
                                    {{.absent = true}, {.number = 5}},
                                    {{.text = NULL}, {.number = (double)NAN}}};
    assert_int_equal(tpk_geojson_open(path, "n", NULL, utm, &geojson, NULL), TPK_OK);
    assert_int_equal(tpk_geojson_add_column(geojson, "kind", TPK_COLUMN_TEXT, NULL), TPK_OK);
    assert_int_equal(tpk_geojson_add_column(geojson, "height", TPK_COLUMN_REAL, NULL), TPK_OK);
    for (int i = 0; i < 3; i++) assert_int_equal(tpk_geojson_add(geojson, ONE, values[i], NULL), TPK_OK);
    assert_int_equal(tpk_geojson_finish(geojson, NULL), TPK_OK);
    assert_int_equal(tpk_geojson_publish(geojson, NULL), TPK_OK);
    json_t *root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    assert_null(json_object_get(root, "description"));
    json_t *properties[3];
    for (size_t i = 0; i < 3; i++) properties[i] = json_object_get(feature(root, i), "properties");
    assert_int_equal(json_object_size(properties[0]), 1);
    assert_string_equal(json_string_value(json_object_get(properties[0], "kind")), "a");
    assert_int_equal(json_object_size(properties[1]), 1);
    assert_true(json_real_value(json_object_get(properties[1], "height")) == 5);
    assert_int_equal(json_object_size(properties[2]), 2);
    assert_true(json_is_null(json_object_get(properties[2], "kind")) &&
                json_is_null(json_object_get(properties[2], "height")));
    json_decref(root);
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    const double number = 1;
    tpk_err err = {0};
    unlink(path);
    assert_int_equal(write_features(utm, &ONE, &number, "caf\xe9", 1, &err), TPK_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "UTF-8"));
    assert_int_not_equal(access(path, F_OK), 0);
}

static void columns_come_once_and_before_features(void **state)
{
    (void)state;
    tpk_geojson *geojson;
    tpk_value value = {.text = "a"};
    assert_int_equal(tpk_geojson_open(path, "n", NULL, utm, &geojson, NULL), TPK_OK);
    assert_int_equal(tpk_geojson_add_column(geojson, "a", TPK_COLUMN_TEXT, NULL), TPK_OK);
    assert_int_equal(tpk_geojson_add_column(geojson, "a", TPK_COLUMN_TEXT, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_geojson_add(geojson, ONE, &value, NULL), TPK_OK);
    assert_int_equal(tpk_geojson_add_column(geojson, "b", TPK_COLUMN_TEXT, NULL), TPK_ERR_ARGUMENT);
    tpk_geojson_abort(geojson);
    tpk_geojson_abort(NULL);
}

static void a_point_without_longitude_is_an_error_and_nothing_is_left(void **state)
{
    (void)state;
    const double xy[] = {250000, 9700000, (double)NAN, 9700000};
    const int64_t starts[] = {0, 2};
    const tpk_geom line = {TPK_GEOM_LINE, 1, starts, NULL, xy};
    const double number = 1;
    tpk_err err = {0};
    unlink(path);
    assert_int_equal(write_features(utm, &line, &number, "x", 1, &err), TPK_ERR_CRS);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    (void)state;
    tpk_geojson *geojson;
    tpk_err err = {0};
    assert_int_equal(tpk_geojson_open("/nowhere/at/all/z.geojson", "n", NULL, utm, &geojson, &err), TPK_OK);
    assert_int_equal(tpk_geojson_finish(geojson, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "/nowhere/at/all/z.geojson"));
    tpk_geojson_abort(geojson);
}

static void exhausted_memory_is_reported_and_nothing_is_left(void **state)
{
    (void)state;
    const double numbers[] = {1, 2};
    const tpk_geom geoms[] = {TWO, POINTS};
    bool passed = false;
    unlink(path);
    for (long k = 0; !passed && k < 1000; k++) {
        long live = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = write_features(utm, geoms, numbers, "x", 2, NULL);
        long fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(tpk_mem_live_count(), live);
        passed = fired == 0;
        assert_int_equal(status, passed ? TPK_OK : TPK_ERR_MEMORY);
        assert_int_equal(access(path, F_OK), passed ? 0 : -1);
    }
    assert_true(passed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_are_right_handed_with_bbox_and_without_crs),
        cmocka_unit_test(coordinates_are_projs_to_a_centimetre_and_long_edges_are_split),
        cmocka_unit_test(geographic_coordinates_stay_as_they_are),
        cmocka_unit_test(values_are_short_numbers_utf8_and_null),
        cmocka_unit_test(a_property_can_be_absent_from_one_feature),
        cmocka_unit_test(text_that_is_not_utf8_is_refused),
        cmocka_unit_test(columns_come_once_and_before_features),
        cmocka_unit_test(a_point_without_longitude_is_an_error_and_nothing_is_left),
        cmocka_unit_test(a_folder_that_is_not_there_is_named),
        cmocka_unit_test(exhausted_memory_is_reported_and_nothing_is_left),
    };
    return cmocka_run_group_tests_name("geojson", tests, start, stop);
}
