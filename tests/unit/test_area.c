/* Area of map polygons. Oracles: PROJ's geodesic polygons over finely divided edges (geodesic_area.h), and
 * closed forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "geo/area.h"
#include "geodesic_area.h"

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

static tpk_map_area *area_of(tpk_crs *crs, tpk_box box)
{
    tpk_map_area *area = NULL;
    tpk_err err = {0};
    if (tpk_map_area_new(crs, box, &area, &err) != TPK_OK) fail_msg("%s", err.message);
    return area;
}

static void assert_within(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance)) {
        fail_msg("found %.17g, expected %.17g within %g", found, expected, tolerance);
    }
}

static void assert_near(double found, double expected, double relative)
{
    assert_within(found, expected, relative * fabs(expected));
}

/* A pentagon with a triangular hole, filling the box. */
typedef struct shape {
    double xy[22];
    int64_t part_start[3];
    uint8_t role[2];
    tpk_geom geom;
} shape;

static void fill(shape *s, tpk_box b)
{
    static const double UNIT[22] = {.1, 0, 1,  .2, .8, 1,  .3, .9, 0,  .6,
                                    .1, 0, .4, .4, .5, .7, .6, .3, .4, .4};
    for (int i = 0; i < 10; i++) {
        s->xy[2 * i] = b.x_min + UNIT[2 * i] * (b.x_max - b.x_min);
        s->xy[2 * i + 1] = b.y_min + UNIT[2 * i + 1] * (b.y_max - b.y_min);
    }
    s->part_start[0] = 0;
    s->part_start[1] = 6;
    s->part_start[2] = 10;
    s->role[0] = TPK_RING_OUTER;
    s->role[1] = TPK_RING_HOLE;
    s->geom = (tpk_geom){TPK_GEOM_POLYGON, 2, s->part_start, s->role, s->xy};
}

typedef struct place {
    const char *crs;
    tpk_box box;
    double step; /* of the oracle */
} place;

static const place PLACES[] = {
    {"EPSG:32750", {220000, 9620000, 220060, 9620050}, 10},     /* a yard */
    {"EPSG:32750", {220000, 9620000, 226000, 9628000}, 10},     /* a zone */
    {"EPSG:32750", {150000, 9450000, 500000, 9900000}, 100},    /* the province and more */
    {"EPSG:23837", {100000, 1100000, 320000, 1400000}, 100},    /* TM-3 */
    {"EPSG:3857", {12700000, -500000, 12900000, -200000}, 100}, /* Web Mercator */
    {"EPSG:4326", {114, -5, 117, -1}, 1e-3},
};
enum { N_PLACES = sizeof PLACES / sizeof PLACES[0] };

static void area_agrees_with_geodesic_polygons(void **state)
{
    (void)state;
    for (int i = 0; i < N_PLACES; i++) {
        shape s;
        fill(&s, PLACES[i].box);
        tpk_crs *crs = crs_of(PLACES[i].crs);
        tpk_map_area *area = area_of(crs, PLACES[i].box);
        double expected_m2 = geodesic_area_m2(crs, s.geom, PLACES[i].step);
        /* Geodesic areas of small polygons are rounded to about 1e-4 m2: differences of areas down to the
         * equator. */
        assert_within(tpk_map_area_m2(area, s.geom), expected_m2, 1e-3 + 1e-9 * expected_m2);
        tpk_map_area_free(area);
        tpk_crs_free(crs);
    }
}

/* Parallels and meridians are straight in longitude and latitude: b^2/2 (sin/(1 - e^2 sin^2) + atanh(e
 * sin)/e) between the parallels, times pi/180. */
static void degree_boxes_have_their_closed_form_area(void **state)
{
    (void)state;
    static const double CASES[][3] = {
        {-1, 0, 12308463893.975351}, {-4, -3, 12286574431.880564}, {45, 46, 8686494956.670431}};
    tpk_crs *crs = crs_of("EPSG:4326");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        double south = CASES[i][0], north = CASES[i][1];
        double xy[] = {115, south, 116, south, 116, north, 115, north, 115, south};
        const int64_t starts[] = {0, 5};
        const uint8_t role[] = {TPK_RING_OUTER};
        tpk_geom box = {TPK_GEOM_POLYGON, 1, starts, role, xy};
        tpk_map_area *area = area_of(crs, (tpk_box){115, south, 116, north});
        assert_near(tpk_map_area_m2(area, box), CASES[i][2], 1e-11);
        assert_near(geodesic_area_m2(crs, box, 1e-4), CASES[i][2], 1e-11);
        tpk_map_area_free(area);
    }
    tpk_crs_free(crs);
}

static void a_yard_has_its_planar_area_over_the_scale(void **state)
{
    (void)state;
    shape s;
    fill(&s, PLACES[0].box);
    tpk_crs *crs = crs_of(PLACES[0].crs);
    tpk_map_area *area = area_of(crs, PLACES[0].box);
    double planar_m2 = tpk_ring_signed_area(s.xy, 6) + tpk_ring_signed_area(s.xy + 12, 4);
    assert_near(tpk_map_area_m2(area, s.geom), planar_m2 / tpk_crs_areal_scale(crs, 220030, 9620025), 1e-7);
    tpk_map_area_free(area);
    tpk_crs_free(crs);
}

static void tiles_of_a_polygon_add_up_to_it(void **state)
{
    (void)state;
    for (int i = 0; i < N_PLACES; i++) {
        shape s;
        tpk_box b = PLACES[i].box;
        fill(&s, b);
        tpk_crs *crs = crs_of(PLACES[i].crs);
        tpk_map_area *area = area_of(crs, b);
        double whole_m2 = tpk_map_area_m2(area, s.geom), sum_m2 = 0, width = (b.x_max - b.x_min) / 7,
               height = (b.y_max - b.y_min) / 5;
        for (int r = 0; r < 5; r++) {
            for (int c = 0; c < 7; c++) {
                tpk_box tile = {b.x_min + c * width, b.y_min + r * height, b.x_min + (c + 1) * width,
                                b.y_min + (r + 1) * height};
                double part_m2 = tpk_map_area_clipped_m2(area, s.geom, tile);
                assert_true(part_m2 > -1e-12 * whole_m2);
                sum_m2 += part_m2;
            }
        }
        /* Corners of tiles are rounded to 1e-9 m, which shows in the yard only. */
        assert_near(sum_m2, whole_m2, i == 0 ? 1e-10 : 1e-12);
        tpk_map_area_free(area);
        tpk_crs_free(crs);
    }
}

static void clipping_by_a_box_around_it_changes_nothing_and_beside_it_leaves_nothing(void **state)
{
    (void)state;
    tpk_box box = PLACES[1].box, around = {0, 0, 1e6, 1e7},
            beside = {box.x_min, box.y_min, box.x_min + 10, box.y_min + 10};
    shape s;
    fill(&s, box);
    tpk_crs *crs = crs_of("EPSG:32750");
    tpk_map_area *area = area_of(crs, box);
    assert_near(tpk_map_area_clipped_m2(area, s.geom, around), tpk_map_area_m2(area, s.geom), 1e-15);
    assert_true(fabs(tpk_map_area_clipped_m2(area, s.geom, beside)) < 1e-6);
    assert_true(tpk_map_area_clipped_m2(area, s.geom, TPK_BOX_EMPTY) == 0);
    tpk_map_area_free(area);
    tpk_crs_free(crs);
}

static void an_edge_cut_anywhere_has_the_same_area(void **state)
{
    (void)state;
    tpk_box box = PLACES[2].box;
    tpk_crs *crs = crs_of("EPSG:32750");
    tpk_map_area *area = area_of(crs, box);
    double whole[] = {200000, 9500000, 450000, 9550000, 300000, 9850000, 200000, 9500000};
    double cut[] = {200000, 9500000, 275000, 9515000, 450000, 9550000,
                    449925, 9550150, 300000, 9850000, 200000, 9500000};
    int64_t whole_start[] = {0, 4}, cut_start[] = {0, 6};
    uint8_t role[] = {TPK_RING_OUTER};
    tpk_geom a = {TPK_GEOM_POLYGON, 1, whole_start, role, whole},
             b = {TPK_GEOM_POLYGON, 1, cut_start, role, cut};
    assert_near(tpk_map_area_m2(area, b), tpk_map_area_m2(area, a), 1e-14);
    tpk_map_area_free(area);
    tpk_crs_free(crs);
}

static void density_is_the_inverse_of_the_areal_scale(void **state)
{
    (void)state;
    for (int i = 0; i < N_PLACES; i++) {
        tpk_box b = PLACES[i].box;
        tpk_crs *crs = crs_of(PLACES[i].crs);
        tpk_map_area *area = area_of(crs, b);
        double x[21], m2[21], one_m2;
        for (int k = 0; k < 21; k++) x[k] = b.x_min + k / 20.0 * (b.x_max - b.x_min);
        for (int r = 0; r < 9; r++) {
            double y = b.y_min + r / 8.0 * (b.y_max - b.y_min);
            tpk_map_area_row(area, y, x, 21, m2);
            for (int k = 0; k < 21; k++) {
                assert_near(m2[k] * tpk_crs_areal_scale(crs, x[k], y), 1, 1e-9);
                tpk_map_area_row(area, y, &x[k], 1, &one_m2);
                assert_true(one_m2 == m2[k]);
            }
        }
        tpk_map_area_free(area);
        tpk_crs_free(crs);
    }
}

static void a_place_the_crs_cannot_reach_is_an_error_that_names_it(void **state)
{
    (void)state;
    tpk_crs *crs = crs_of("EPSG:32750");
    tpk_map_area *area = NULL;
    tpk_err err = {0};
    assert_int_equal(tpk_map_area_new(crs, (tpk_box){1e9, 1e9, 2e9, 2e9}, &area, &err), TPK_ERR_CRS);
    assert_null(area);
    assert_non_null(strstr(err.message, "UTM zone 50S"));
    err = (tpk_err){0};
    assert_int_equal(tpk_map_area_new(crs, TPK_BOX_EMPTY, &area, &err), TPK_ERR_ARGUMENT);
    assert_null(area);
    tpk_crs_free(crs);
}

static void a_box_that_reaches_a_pole_is_refused_not_guessed(void **state)
{
    (void)state;
    tpk_crs *crs = crs_of("EPSG:4326");
    tpk_map_area *area = NULL;
    tpk_err err = {0};
    tpk_status status = tpk_map_area_new(crs, (tpk_box){0, -90, 10, 90}, &area, &err);
    assert_int_equal(status, TPK_ERR_CRS);
    assert_null(area);
    tpk_crs_free(crs);
}

static void exhausted_memory_is_reported(void **state)
{
    (void)state;
    tpk_crs *crs = crs_of("EPSG:32750");
    tpk_map_area *area = area_of(crs, PLACES[1].box); /* what the CRS makes at first use is made now */
    tpk_map_area_free(area);
    long live = tpk_mem_live_count();
    for (long k = 0;; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = tpk_map_area_new(crs, PLACES[1].box, &area, NULL);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        if (status == TPK_OK) {
            assert_int_equal(failed, 0);
            assert_true(k > 0);
            break;
        }
        assert_int_equal(status, TPK_ERR_MEMORY);
        assert_true(failed > 0);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    tpk_map_area_free(area);
    assert_int_equal(tpk_mem_live_count(), live);
    tpk_crs_free(crs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_agrees_with_geodesic_polygons),
        cmocka_unit_test(degree_boxes_have_their_closed_form_area),
        cmocka_unit_test(a_yard_has_its_planar_area_over_the_scale),
        cmocka_unit_test(tiles_of_a_polygon_add_up_to_it),
        cmocka_unit_test(clipping_by_a_box_around_it_changes_nothing_and_beside_it_leaves_nothing),
        cmocka_unit_test(an_edge_cut_anywhere_has_the_same_area),
        cmocka_unit_test(density_is_the_inverse_of_the_areal_scale),
        cmocka_unit_test(a_place_the_crs_cannot_reach_is_an_error_that_names_it),
        cmocka_unit_test(a_box_that_reaches_a_pole_is_refused_not_guessed),
        cmocka_unit_test(exhausted_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, start_worker, stop_worker);
}
