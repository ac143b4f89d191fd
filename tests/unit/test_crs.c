/* CRS, transformations, areal scale and lengths. Expected coordinates come from PROJ's programs (cs2cs, cct
 * with the pipeline that `projinfo -s A -t B --bbox 114,-5,117,-1 --spatial-test intersects` lists first),
 * areas from closed forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <proj.h>
#include <string.h>

#include "base/mem.h"
#include "geo/crs.h"
#include "geodesic_area.h"

static const tpk_box KALSEL = {114, -5, 117, -1};

/* As ArcGIS writes a .prj: no authority, no axis. */
static const char ESRI_UTM_50S[] =
    "PROJCS[\"WGS_1984_UTM_Zone_50S\",GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\","
    "6378137.0,"
    "298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_"
    "Mercator\"],"
    "PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",10000000.0],PARAMETER[\"Central_"
    "Meridian\",117.0],"
    "PARAMETER[\"Scale_Factor\",0.9996],PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]";
static const char ESRI_WGS84[] =
    "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],"
    "PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";
static const char ESRI_TM3_50_1[] = "PROJCS[\"DGN_1995_Indonesia_TM-3_Zone_50.1\",GEOGCS[\"GCS_DGN_1995\","
                                    "DATUM[\"D_Datum_Geodesi_Nasional_1995\","
                                    "SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0."
                                    "0],UNIT[\"Degree\",0.0174532925199433]],"
                                    "PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"False_Easting\",200000."
                                    "0],PARAMETER[\"False_Northing\",1500000.0],"
                                    "PARAMETER[\"Central_Meridian\",115.5],PARAMETER[\"Scale_Factor\",0.9999]"
                                    ",PARAMETER[\"Latitude_Of_Origin\",0.0],"
                                    "UNIT[\"Meter\",1.0]]";
static const char BOUND_BATAVIA_UTM[] =
    "+proj=utm +zone=50 +south +ellps=bessel +towgs84=-377,681,-50,0,0,0,0";

static tpk_worker *worker;

static int start_worker(void **state)
{
    (void)state;
    return tpk_worker_new(&worker, NULL) == TPK_OK ? 0 : -1;
}

static int stop_worker(void **state)
{
    (void)state;
    tpk_worker_free(worker);
    return 0;
}

static tpk_crs *crs_of(const char *text)
{
    tpk_crs *crs = NULL;
    tpk_err err = {0};
    if (tpk_crs_new(worker, text, &crs, &err) != TPK_OK) fail_msg("%s", err.message);
    return crs;
}

typedef struct shift {
    double xy[2], back[2], accuracy_m;
    int64_t n_failed;
    bool identity;
    char name[256];
} shift;

static shift transform_point(const char *from_text, const char *to_text, tpk_box area, double x, double y)
{
    shift result = {.xy = {x, y}};
    tpk_crs *from = crs_of(from_text), *to = crs_of(to_text);
    tpk_transform *transform = NULL;
    tpk_err err = {0};
    if (tpk_transform_new(worker, from, to, area, &transform, &err) != TPK_OK) fail_msg("%s", err.message);
    tpk_transform_forward(transform, result.xy, 1, &result.n_failed);
    memcpy(result.back, result.xy, sizeof result.xy);
    tpk_transform_inverse(transform, result.back, 1, NULL);
    result.accuracy_m = tpk_transform_accuracy_m(transform);
    result.identity = tpk_transform_is_identity(transform);
    strncpy(result.name, tpk_transform_name(transform), sizeof result.name - 1);
    tpk_transform_free(transform);
    tpk_crs_free(to);
    tpk_crs_free(from);
    return result;
}

static void assert_error(const char *text, const char *named)
{
    tpk_crs *crs = (tpk_crs *)&text;
    tpk_err err = {0};
    assert_int_equal(tpk_crs_new(worker, text, &crs, &err), TPK_ERR_CRS);
    assert_null(crs);
    assert_int_equal(err.code, TPK_ERR_CRS);
    if (!strstr(err.message, named)) fail_msg("'%s' does not name '%s'", err.message, named);
}

static void codes_wkt_and_proj_strings_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *code;
        bool geographic, metric;
    } CASES[] = {
        {"EPSG:4326", "WGS 84", "EPSG:4326", true, false},
        {"EPSG:32750", "WGS 84 / UTM zone 50S", "EPSG:32750", false, true},
        {"urn:ogc:def:crs:EPSG::23837", "DGN95 / Indonesia TM-3 zone 50.1", "EPSG:23837", false, true},
        {"wgs 84 / utm zone 50s", "WGS 84 / UTM zone 50S", "EPSG:32750", false, true},
        {"+proj=utm +zone=50 +south +datum=WGS84", "WGS 84 / UTM zone 50S", "EPSG:32750", false, true},
        {"+proj=longlat +ellps=bessel", "unknown", "", true, false},
        {"EPSG:2225", "NAD83 / California zone 1 (ftUS)", "EPSG:2225", false, false},
        {"EPSG:3857", "WGS 84 / Pseudo-Mercator", "EPSG:3857", false, true},
        {"EPSG:4979", "WGS 84", "EPSG:4326", true, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        tpk_crs *crs = crs_of(CASES[i].text);
        assert_string_equal(tpk_crs_name(crs), CASES[i].name);
        assert_string_equal(tpk_crs_code(crs), CASES[i].code);
        assert_int_equal(tpk_crs_is_geographic(crs), CASES[i].geographic);
        assert_int_equal(tpk_crs_is_metric(crs), CASES[i].metric);
        tpk_crs_free(crs);
    }
}

static void esri_wkt_without_code_is_identified(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {ESRI_UTM_50S, "EPSG:32750"}, {ESRI_WGS84, "EPSG:4326"}, {ESRI_TM3_50_1, "EPSG:23837"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        tpk_crs *crs = crs_of(CASES[i][0]), *registered = crs_of(CASES[i][1]);
        assert_string_equal(tpk_crs_code(crs), CASES[i][1]);
        assert_true(tpk_crs_is_same(crs, registered));
        tpk_crs_free(registered);
        tpk_crs_free(crs);
    }
}

static void wkt_is_one_line_and_reads_back_as_the_same_crs(void **state)
{
    (void)state;
    static const char *const CASES[] = {"EPSG:32750", "EPSG:4326", "EPSG:3857", "+proj=longlat +ellps=bessel",
                                        BOUND_BATAVIA_UTM};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        tpk_crs *crs = crs_of(CASES[i]);
        assert_null(strchr(tpk_crs_wkt(crs), '\n'));
        tpk_crs *again = crs_of(tpk_crs_wkt(crs));
        assert_true(tpk_crs_is_same(crs, again));
        assert_string_equal(tpk_crs_code(again), tpk_crs_code(crs));
        tpk_crs_free(again);
        tpk_crs_free(crs);
    }
}

static void compound_crs_gives_its_horizontal_part(void **state)
{
    (void)state;
    tpk_crs *crs = crs_of("EPSG:9529"); /* SRGI2013 + INAGeoid2020 height */
    assert_string_equal(tpk_crs_code(crs), "EPSG:9470");
    tpk_crs_free(crs);
}

static void different_crs_are_not_the_same(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"EPSG:32750", "EPSG:32749"},
        {"EPSG:32750", "EPSG:23880"},
        {"EPSG:4326", "EPSG:4613"},
        {"EPSG:4326", "EPSG:32750"},
        {BOUND_BATAVIA_UTM, "+proj=utm +zone=50 +south +ellps=bessel"},
        {BOUND_BATAVIA_UTM, "+proj=utm +zone=50 +south +ellps=bessel +towgs84=1,2,3"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        tpk_crs *a = crs_of(CASES[i][0]), *b = crs_of(CASES[i][1]);
        assert_false(tpk_crs_is_same(a, b));
        assert_true(tpk_crs_is_same(a, a));
        tpk_crs_free(b);
        tpk_crs_free(a);
    }
}

static void crs_that_cannot_be_used_is_named(void **state)
{
    (void)state;
    assert_error("EPSG:99999", "EPSG:99999");
    assert_error("EPSG:99999", "crs not found");
    assert_error("UTM50S", "UTM50S");
    assert_error("wgs 84 / utm zone 50", "several objects");
    assert_error("foo", "exactly this name");
    assert_error("GEOGCS[\"cut", "GEOGCS[\"cut");
    assert_error("+proj=nonsense", "Unknown projection");
    assert_error("+init=epsg:32750", "+init=epsg:32750");
    assert_error("EPSG:5773", "not a geographic or projected"); /* heights */
    assert_error("EPSG:4978", "not a geographic or projected"); /* geocentric */
    assert_error("LOCAL_CS[\"site grid\",UNIT[\"m\",1]]", "site grid");
}

static void missing_crs_is_an_error(void **state)
{
    (void)state;
    assert_error("", "no CRS is stated");
    assert_error(" \n", "no CRS is stated");
    assert_error(NULL, "no CRS is stated");
}

static void transformations_agree_with_the_programs_of_proj(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        double x, y, to_x, to_y, accuracy_m;
    } CASES[] = {
        {"EPSG:4326", "EPSG:32750", 115, -3, 277707.830749, 9668203.708321, 0},
        {"EPSG:4326", "EPSG:3857", 115, -3, 12801741.441226, -334111.171402, 0},
        {"EPSG:4326", "EPSG:23837", 114.5466, -3.3564, 94054.540010, 1128849.743617, 1},
        {"EPSG:4211", "EPSG:32750", 114.5466, -3.3564, 227439.937754, 9628658.730721, 6},
        {"EPSG:4613", "EPSG:32750", 114.5466, -3.3564, 227467.341656, 9628752.849814, 5},
        {ESRI_WGS84, ESRI_UTM_50S, 115, -3, 277707.830749, 9668203.708321, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        shift got = transform_point(CASES[i].from, CASES[i].to, KALSEL, CASES[i].x, CASES[i].y);
        assert_int_equal(got.n_failed, 0);
        assert_true(fabs(got.xy[0] - CASES[i].to_x) < 2e-6);
        assert_true(fabs(got.xy[1] - CASES[i].to_y) < 2e-6);
        assert_true(got.accuracy_m == CASES[i].accuracy_m);
        /* A shift between ellipsoids in two dimensions loses the height it would have made: millimetres. */
        double tolerance_deg = CASES[i].accuracy_m > 0 ? 1e-7 : 1e-10;
        assert_true(fabs(got.back[0] - CASES[i].x) < tolerance_deg);
        assert_true(fabs(got.back[1] - CASES[i].y) < tolerance_deg);
        assert_false(got.identity);
    }
}

static void same_crs_needs_no_transformation(void **state)
{
    (void)state;
    shift got = transform_point("EPSG:32750", ESRI_UTM_50S, KALSEL, 277707.830749, 9668203.708321);
    assert_true(got.identity);
    assert_true(got.accuracy_m == 0);
    assert_true(got.xy[0] == 277707.830749 && got.xy[1] == 9668203.708321);
}

static void ballpark_only_when_nothing_else_and_said_so(void **state)
{
    (void)state;
    shift got = transform_point("+proj=longlat +ellps=bessel", "EPSG:32750", KALSEL, 114.5466, -3.3564);
    assert_non_null(strstr(got.name, "Ballpark"));
    assert_true(got.accuracy_m < 0);
    got = transform_point("EPSG:4613", "EPSG:32750", KALSEL, 114.5466, -3.3564);
    assert_null(strstr(got.name, "Ballpark"));
}

static void stated_towgs84_is_used(void **state)
{
    (void)state;
    /* The same shift as EPSG's Batavia to WGS 84 (1), over the same ellipsoid. */
    shift to_utm =
        transform_point("EPSG:4211", "+proj=utm +zone=50 +south +ellps=bessel", KALSEL, 114.5466, -3.3564);
    shift got = transform_point(BOUND_BATAVIA_UTM, "EPSG:32750", KALSEL, to_utm.xy[0], to_utm.xy[1]);
    assert_true(fabs(got.xy[0] - 227439.937754) < 1e-3);
    assert_true(fabs(got.xy[1] - 9628658.730721) < 1e-3);
}

static void points_that_cannot_be_transformed_become_nan_and_are_counted(void **state)
{
    (void)state;
    tpk_crs *from = crs_of("EPSG:4326"), *to = crs_of("EPSG:32750");
    tpk_transform *transform = NULL;
    assert_int_equal(tpk_transform_new(worker, from, to, KALSEL, &transform, NULL), TPK_OK);
    double xy[] = {115, -3, (double)NAN, -3, 115, (double)INFINITY, 115, -3, 115, 300};
    int64_t n_failed = -1;
    tpk_transform_forward(transform, xy, 5, &n_failed);
    assert_int_equal(n_failed, 3);
    assert_true(fabs(xy[0] - 277707.830749) < 2e-6 && xy[6] == xy[0] && xy[7] == xy[1]);
    for (int i = 2; i < 6; i++) assert_true(isnan(xy[i]));
    assert_true(isnan(xy[8]) && isnan(xy[9]));
    tpk_transform_forward(transform, xy, 0, &n_failed);
    assert_int_equal(n_failed, 0);
    tpk_transform_free(transform);
    tpk_crs_free(to);
    tpk_crs_free(from);
}

static void no_way_between_two_planets_is_an_error(void **state)
{
    (void)state;
    tpk_crs *from = crs_of("EPSG:32750"), *to = crs_of("+proj=longlat +R=1737400");
    tpk_transform *transform = NULL;
    tpk_err err = {0};
    assert_int_equal(tpk_transform_new(worker, from, to, KALSEL, &transform, &err), TPK_ERR_CRS);
    assert_null(transform);
    assert_non_null(strstr(err.message, "UTM zone 50S"));
    assert_non_null(strstr(err.message, "celestial body"));
    tpk_crs_free(to);
    tpk_crs_free(from);
}

static void longitude_and_latitude_of_points(void **state)
{
    (void)state;
    tpk_crs *crs = crs_of("EPSG:32750");
    double xy[] = {277707.830749, 9668203.708321, 500000, 10000000};
    assert_int_equal(tpk_crs_to_lonlat(crs, xy, 2, NULL), TPK_OK);
    assert_true(fabs(xy[0] - 115) < 1e-10 && fabs(xy[1] + 3) < 1e-10);
    assert_true(fabs(xy[2] - 117) < 1e-10 && fabs(xy[3]) < 1e-10);
    double bad[] = {277707.830749, 9668203.708321, 1e30, 1e30};
    tpk_err err = {0};
    assert_int_equal(tpk_crs_to_lonlat(crs, bad, 2, &err), TPK_ERR_CRS);
    assert_non_null(strstr(err.message, "number 2"));
    assert_true(fabs(bad[0] - 115) < 1e-10 && isnan(bad[2]));
    tpk_crs_free(crs);
}

/* The UTM coordinates are PROJ's cs2cs of lon 115, lat -3, and the zone's own origin. */
static void points_from_longitude_and_latitude(void **state)
{
    (void)state;
    tpk_crs *crs = crs_of("EPSG:32750"), *degrees = crs_of("EPSG:4326");
    double lonlat[] = {115, -3, 117, 0};
    assert_int_equal(tpk_crs_from_lonlat(crs, lonlat, 2, NULL), TPK_OK);
    assert_true(fabs(lonlat[0] - 277707.830749) < 1e-5 && fabs(lonlat[1] - 9668203.708321) < 1e-5);
    assert_true(fabs(lonlat[2] - 500000) < 1e-6 && fabs(lonlat[3] - 10000000) < 1e-6);
    double same[] = {115, -3};
    assert_int_equal(tpk_crs_from_lonlat(degrees, same, 1, NULL), TPK_OK);
    assert_true(same[0] == 115 && same[1] == -3);
    assert_int_equal(tpk_crs_from_lonlat(crs, same, 0, NULL), TPK_OK); /* no point, none touched */
    assert_true(same[0] == 115 && same[1] == -3);
    double bad[] = {115, -3, 115, 95, 117, 0};
    tpk_err err = {0};
    assert_int_equal(tpk_crs_from_lonlat(crs, bad, 3, &err), TPK_ERR_CRS);
    assert_non_null(strstr(err.message, "number 2"));
    assert_true(fabs(bad[0] - 277707.830749) < 1e-5 && isnan(bad[2]) && fabs(bad[4] - 500000) < 1e-6);
    tpk_crs_free(degrees);
    tpk_crs_free(crs);
}

static void area_decides_the_transformation_to_longitude_and_latitude(void **state)
{
    (void)state;
    tpk_crs *crs = crs_of("EPSG:4613");
    tpk_crs_set_area(crs, KALSEL);
    double near_5m[] = {114.5466, -3.3564};
    assert_int_equal(tpk_crs_to_lonlat(crs, near_5m, 1, NULL), TPK_OK);
    shift expected = transform_point("EPSG:4613", "EPSG:4326", KALSEL, 114.5466, -3.3564);
    assert_true(near_5m[0] == expected.xy[0] && near_5m[1] == expected.xy[1]);
    assert_true(expected.accuracy_m == 5);
    tpk_crs_set_area(crs, TPK_BOX_EMPTY);
    double rough[] = {114.5466, -3.3564};
    assert_int_equal(tpk_crs_to_lonlat(crs, rough, 1, NULL), TPK_OK);
    assert_true(rough[0] != near_5m[0]);
    tpk_crs_free(crs);
}

static void box_of_longitude_and_latitude_holds_the_box_and_no_more_than_the_world(void **state)
{
    (void)state;
    tpk_crs *utm = crs_of("EPSG:32750"), *degrees = crs_of("EPSG:4326");
    tpk_box box = tpk_crs_lonlat_box(utm, (tpk_box){200000, 9550000, 400000, 9850000});
    double corner[] = {200000, 9550000};
    assert_int_equal(tpk_crs_to_lonlat(utm, corner, 1, NULL), TPK_OK);
    assert_true(box.x_min <= corner[0] && box.y_min <= corner[1]);
    assert_true(box.x_min > 114.2 && box.x_max < 116.2 && box.y_min > -4.1 && box.y_max < -1.3);
    assert_true(tpk_box_is_empty(tpk_crs_lonlat_box(utm, TPK_BOX_EMPTY)));
    assert_true(tpk_box_is_empty(tpk_crs_lonlat_box(degrees, (tpk_box){200, 100, 300, 200})));
    box = tpk_crs_lonlat_box(degrees, (tpk_box){114, -1e6, 1e9, -3});
    assert_true(box.x_min == 114 && box.x_max == 180 && box.y_min == -90 && box.y_max == -3);
    tpk_crs_free(degrees);
    tpk_crs_free(utm);
}

static bool covers(const char *from_text, const char *to_text, tpk_box area, bool *ballpark)
{
    tpk_crs *from = crs_of(from_text), *to = crs_of(to_text);
    tpk_transform *transform = NULL;
    assert_int_equal(tpk_transform_new(worker, from, to, KALSEL, &transform, NULL), TPK_OK);
    bool result = tpk_transform_covers(transform, area);
    *ballpark = tpk_transform_is_ballpark(transform);
    tpk_transform_free(transform);
    tpk_crs_free(to);
    tpk_crs_free(from);
    return result;
}

static void the_place_a_change_of_datum_was_made_for_is_known(void **state)
{
    (void)state;
    const tpk_box java = {107, -7, 108, -6.5}, borneo = {114.6, -4, 116, -3}, world = {-180, -90, 180, 90};
    bool ballpark;
    assert_true(covers("EPSG:4211", "EPSG:32750", java, &ballpark));
    assert_false(ballpark);
    assert_false(covers("EPSG:4211", "EPSG:32750", borneo, &ballpark));
    assert_true(covers("EPSG:4211", "EPSG:32750", TPK_BOX_EMPTY, &ballpark));
    assert_true(
        covers("EPSG:4326", "EPSG:32750", world, &ballpark)); /* no datum changes, whatever the zone */
    assert_true(covers("EPSG:32750", "EPSG:32750", world, &ballpark));
    assert_true(covers("+proj=longlat +ellps=bessel", "EPSG:32750", world, &ballpark));
    assert_true(ballpark);
}

/* The corners of a rectangle, counter-clockwise, closed. */
static void set_box(double xy[10], double x0, double y0, double x1, double y1)
{
    const double corners[] = {x0, y0, x1, y0, x1, y1, x0, y1, x0, y0};
    memcpy(xy, corners, sizeof corners);
}

static tpk_geom one_ring(const double *xy, const int64_t starts[2])
{
    static const uint8_t OUTER[] = {TPK_RING_OUTER};
    return (tpk_geom){
        .kind = TPK_GEOM_POLYGON, .n_parts = 1, .part_start = starts, .ring_role = OUTER, .xy = xy};
}

static double area_of_box(tpk_crs *crs, double x0, double y0, double x1, double y1)
{
    double xy[10];
    const int64_t starts[] = {0, 5};
    set_box(xy, x0, y0, x1, y1);
    return geodesic_area_m2(crs, one_ring(xy, starts), 20);
}

static void geodesic_line_has_its_published_length(void **state)
{
    (void)state;
    /* Antarctica, the example of GeographicLib's Planimeter: 16831067.893 m around. */
    static const double XY[] = {-58,  -63.1, -74, -72.9, -102, -71.9, -102, -74.9, -131, -74.3,
                                -163, -77.5, 163, -77.4, 172,  -71.7, 140,  -65.9, 113,  -65.7,
                                88,   -66.6, 59,  -66.9, 25,   -69.8, -4,   -70.0, -14,  -71.0,
                                -33,  -77.3, -46, -77.9, -61,  -74.7, -58,  -63.1};
    const int64_t starts[] = {0, 19};
    tpk_crs *crs = crs_of("EPSG:4326");
    double length_m;
    tpk_geom line = {.kind = TPK_GEOM_LINE, .n_parts = 1, .part_start = starts, .xy = XY};
    assert_int_equal(tpk_crs_line_length_m(crs, line, 1e3, &length_m, NULL), TPK_OK);
    assert_true(fabs(length_m - 16831067.893) < 1e-3);
    tpk_crs_free(crs);
}

/* Longitude and latitude on WGS 84 to the map. */
static void place_on_map(tpk_crs *crs, double *lonlat, int64_t n)
{
    tpk_crs *wgs84 = crs_of("EPSG:4326");
    tpk_transform *transform = NULL;
    assert_int_equal(tpk_transform_new(worker, wgs84, crs, KALSEL, &transform, NULL), TPK_OK);
    tpk_transform_forward(transform, lonlat, n, NULL);
    tpk_transform_free(transform);
    tpk_crs_free(wgs84);
}

static void lengths_agree_with_geod(void **state)
{
    (void)state;
    /* geod -I +ellps=WGS84 <<< "-3 115 -2 115" */
    tpk_crs *crs = crs_of("EPSG:32750");
    double xy[] = {115, -3, 115, -2, 115, -3}, length_m;
    place_on_map(crs, xy, 3);
    const int64_t starts[] = {0, 2, 3};
    tpk_geom line = {.kind = TPK_GEOM_LINE, .n_parts = 1, .part_start = starts, .xy = xy};
    assert_int_equal(tpk_crs_line_length_m(crs, line, 1e7, &length_m, NULL), TPK_OK);
    assert_true(fabs(length_m - 110576.416524) < 1e-4);
    tpk_crs_free(crs);
}

/* Map area over true area, minus one, in per cent, of a box of 2 km around a place. */
static double area_error_pct(const char *crs_text, double lon, double lat)
{
    tpk_crs *crs = crs_of(crs_text);
    double at[] = {lon, lat};
    place_on_map(crs, at, 1);
    double area_m2 = area_of_box(crs, at[0] - 1000, at[1] - 1000, at[0] + 1000, at[1] + 1000);
    double scale = tpk_crs_areal_scale(crs, at[0], at[1]);
    assert_true(fabs(4e6 / area_m2 / scale - 1) < 2e-7);
    tpk_crs_free(crs);
    return 100 * (scale - 1);
}

static void map_areas_are_off_as_known_for_the_zones(void **state)
{
    (void)state;
    /* Facts 5.2: UTM 50S +0.10 % at Mantuil, -0.02 Seradang, +0.05 Jorong, -0.05 Batulicin; TM-3 within -0.02
     * to 0.01; Web Mercator a^2/(M N cos^2), that is 0.8 to 1.2 % too large. */
    static const double ZONES[][3] = {{114.5466, -3.3564, 0.10},
                                      {115.583, -2.077, -0.02},
                                      {114.9193, -3.9892, 0.05},
                                      {115.99, -3.36, -0.05}};
    for (size_t i = 0; i < sizeof ZONES / sizeof *ZONES; i++) {
        double lon = ZONES[i][0], lat = ZONES[i][1];
        assert_true(fabs(area_error_pct("EPSG:32750", lon, lat) - ZONES[i][2]) < 0.006);
        double tm3_pct = area_error_pct("EPSG:23837", lon, lat),
               mercator_pct = area_error_pct("EPSG:3857", lon, lat);
        assert_true(tm3_pct > -0.025 && tm3_pct < 0.015);
        assert_true(mercator_pct > 0.8 && mercator_pct < 1.2);
    }
    /* k = 1.00052 at Mantuil (proj -S), squared for areas. */
    assert_true(fabs(area_error_pct("EPSG:32750", 114.5466, -3.3564) / 100 + 1 - 1.00052 * 1.00052) < 1e-5);
}

static void areal_scale_agrees_with_proj_factors(void **state)
{
    (void)state;
    PJ *utm = proj_create(PJ_DEFAULT_CTX, "+proj=utm +zone=50 +south +ellps=WGS84");
    assert_non_null(utm);
    tpk_crs *crs = crs_of("EPSG:32750");
    for (int i = 0; i < 40; i++) {
        double lon = 114.1 + 0.13 * i, lat = -4.8 + 0.1 * i;
        PJ_COORD at = proj_coord(proj_torad(lon), proj_torad(lat), 0, 0);
        PJ_COORD map = proj_trans(utm, PJ_FWD, at);
        double scale = tpk_crs_areal_scale(crs, map.xy.x, map.xy.y);
        assert_true(fabs(scale / proj_factors(utm, at).areal_scale - 1) < 2e-9);
    }
    tpk_crs_free(crs);
    proj_destroy(utm);
}

static void areal_scale_of_degrees_is_one_over_a_square_degree(void **state)
{
    (void)state;
    tpk_crs *crs = crs_of("EPSG:4326");
    double half = 0.005;
    double area_m2 = area_of_box(crs, 115 - half, -3 - half, 115 + half, -3 + half);
    assert_true(fabs(tpk_crs_areal_scale(crs, 115, -3) * area_m2 / (4 * half * half) - 1) < 1e-7);
    /* Across the antimeridian there is no jump. */
    double scale = tpk_crs_areal_scale(crs, 180, -3);
    assert_true(fabs(scale / tpk_crs_areal_scale(crs, 115, -3) - 1) < 1e-9);
    tpk_crs_free(crs);
}

static void areal_scale_outside_the_domain_is_nan(void **state)
{
    (void)state;
    tpk_crs *crs = crs_of("EPSG:32750");
    assert_true(isnan(tpk_crs_areal_scale(crs, 1e30, 0)));
    assert_true(isnan(tpk_crs_areal_scale(crs, (double)NAN, 0)));
    tpk_crs_free(crs);
}

static void length_through_points_without_longitude_and_latitude_is_an_error(void **state)
{
    (void)state;
    double xy[10], length_m = 7;
    set_box(xy, 200000, 9600000, 1e30, 1e30);
    const int64_t starts[] = {0, 5};
    static const char *const CASES[] = {"EPSG:32750", "EPSG:4326"};
    for (size_t i = 0; i < 2; i++) {
        tpk_crs *crs = crs_of(CASES[i]);
        tpk_err err = {0};
        tpk_geom line = {.kind = TPK_GEOM_LINE, .n_parts = 1, .part_start = starts, .xy = xy};
        assert_int_equal(tpk_crs_line_length_m(crs, line, 1e29, &length_m, &err), TPK_ERR_CRS);
        assert_true(length_m == 0);
        assert_non_null(strstr(err.message, tpk_crs_name(crs)));
        tpk_crs_free(crs);
    }
}

static tpk_status everything_once(void)
{
    tpk_worker *own = NULL;
    tpk_crs *from = NULL, *to = NULL;
    tpk_transform *transform = NULL;
    double xy[] = {227379, 9628670};
    tpk_status status = tpk_worker_new(&own, NULL);
    if (status == TPK_OK) status = tpk_crs_new(own, "+proj=utm +zone=50 +south +datum=WGS84", &from, NULL);
    if (status == TPK_OK) status = tpk_crs_new(own, "EPSG:4326", &to, NULL);
    if (status == TPK_OK) status = tpk_transform_new(own, from, to, KALSEL, &transform, NULL);
    if (status == TPK_OK) status = tpk_crs_to_lonlat(from, xy, 1, NULL);
    tpk_transform_free(transform);
    transform = NULL;
    if (status == TPK_OK) status = tpk_transform_new(own, to, to, KALSEL, &transform, NULL);
    tpk_transform_free(transform);
    tpk_crs_free(to);
    tpk_crs_free(from);
    tpk_worker_free(own);
    return status;
}

static void every_failed_allocation_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    long live = tpk_mem_live_count();
    bool passed = false;
    for (long k = 0; k < 100 && !passed; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = everything_once();
        passed = tpk_mem_failed_count() == 0;
        assert_int_equal(status, passed ? TPK_OK : TPK_ERR_MEMORY);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    tpk_mem_fail_after(-1);
    assert_true(passed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_wkt_and_proj_strings_are_understood),
        cmocka_unit_test(esri_wkt_without_code_is_identified),
        cmocka_unit_test(wkt_is_one_line_and_reads_back_as_the_same_crs),
        cmocka_unit_test(compound_crs_gives_its_horizontal_part),
        cmocka_unit_test(different_crs_are_not_the_same),
        cmocka_unit_test(crs_that_cannot_be_used_is_named),
        cmocka_unit_test(missing_crs_is_an_error),
        cmocka_unit_test(transformations_agree_with_the_programs_of_proj),
        cmocka_unit_test(same_crs_needs_no_transformation),
        cmocka_unit_test(ballpark_only_when_nothing_else_and_said_so),
        cmocka_unit_test(stated_towgs84_is_used),
        cmocka_unit_test(points_that_cannot_be_transformed_become_nan_and_are_counted),
        cmocka_unit_test(no_way_between_two_planets_is_an_error),
        cmocka_unit_test(longitude_and_latitude_of_points),
        cmocka_unit_test(points_from_longitude_and_latitude),
        cmocka_unit_test(area_decides_the_transformation_to_longitude_and_latitude),
        cmocka_unit_test(box_of_longitude_and_latitude_holds_the_box_and_no_more_than_the_world),
        cmocka_unit_test(the_place_a_change_of_datum_was_made_for_is_known),
        cmocka_unit_test(geodesic_line_has_its_published_length),
        cmocka_unit_test(lengths_agree_with_geod),
        cmocka_unit_test(map_areas_are_off_as_known_for_the_zones),
        cmocka_unit_test(areal_scale_agrees_with_proj_factors),
        cmocka_unit_test(areal_scale_of_degrees_is_one_over_a_square_degree),
        cmocka_unit_test(areal_scale_outside_the_domain_is_nan),
        cmocka_unit_test(length_through_points_without_longitude_and_latitude_is_an_error),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, start_worker, stop_worker);
}
