/* Findings about geometry: for each a layer that shows it and one that looks like it and is fine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_support.h"

enum { OUTER = TPK_RING_OUTER, HOLE = TPK_RING_HOLE };

static void a_crossing_outline_is_invalid_with_its_place(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_POLYGON, 4, 40);
    box(m, 115, -3, 1, 1);
    feature(m);
    PART(m, OUTER, 115, -3, 116, -2, 116, -3, 115, -2, 115, -3); /* a bow tie, crossing at 115.5, -2.5 */
    place(m, degrees);
    TEXTS(m, "nama", "Satu", "Dua");
    assert_found(&TPK_FINDING_RING_INVALID, &m->subject, "ring_invalid", TPK_GRAVITY_REPAIR, 1,
                 "Dua: the outline crosses itself [115.5 -2.5]");
    assert_fine(&TPK_FINDING_SELF_TOUCHING, &m->subject);
    unmake(m);
}

static void an_open_ring_is_invalid_and_nowhere_too(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_POLYGON, 4, 40);
    feature(m);
    PART(m, OUTER, 115, -3, 116, -3, 116, -2, 115, -2);
    place(m, degrees);
    assert_found(&TPK_FINDING_RING_INVALID, &m->subject, "ring_invalid", TPK_GRAVITY_REPAIR, 1, "not closed");
    unmake(m);
    m = make(TPK_GEOM_POLYGON, 4, 40);
    feature(m);
    PART(m, OUTER, 115, -3, 1e39, -3, 116, -2, 115, -3);
    assert_found(&TPK_FINDING_RING_INVALID, &m->subject, "ring_invalid", TPK_GRAVITY_REPAIR, 1,
                 "no usable number");
    unmake(m);
}

/* Two pixels that meet at a corner, written as one ring; fine: as two parts. A hole is no fault either,
 * whatever its direction. */
static void pixels_joined_at_a_corner_touch_themselves(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_POLYGON, 4, 40);
    feature(m);
    PART(m, OUTER, 0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 1, 2, 1, 1, 0, 1, 0, 0);
    place(m, degrees);
    assert_found(&TPK_FINDING_SELF_TOUCHING, &m->subject, "self_touching", TPK_GRAVITY_REPAIR, 1,
                 "touches itself [1 1]");
    assert_fine(&TPK_FINDING_RING_INVALID, &m->subject);
    unmake(m);
    m = make(TPK_GEOM_POLYGON, 4, 60);
    box(m, 0, 0, 1, 1);
    PART(m, OUTER, 1, 1, 2, 1, 2, 2, 1, 2, 1, 1);
    feature(m);
    PART(m, OUTER, 5, 5, 9, 5, 9, 9, 5, 9, 5, 5);
    PART(m, OUTER, 6, 6, 7, 6, 7, 7, 6, 7, 6, 6); /* as shapefiles are read raw: roles unknown */
    m->layer.rings_known = false;
    place(m, degrees);
    assert_fine(&TPK_FINDING_SELF_TOUCHING, &m->subject);
    assert_fine(&TPK_FINDING_RING_INVALID, &m->subject);
    unmake(m);
}

static void a_line_of_one_place_has_no_length(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_LINE, 4, 40);
    feature(m);
    PART(m, 0, 115, -3, 115, -3);
    feature(m);
    PART(m, 0, 115, -3, 115.0000001, -3); /* 1 cm: short, but a line */
    feature(m);                           /* without geometry: told by another finding */
    assert_found(&TPK_FINDING_ZERO_LENGTH, &m->subject, "zero_length", TPK_GRAVITY_REPAIR, 1, "1 of 3 lines");
    m->layer.n_features = 0;
    assert_fine(&TPK_FINDING_ZERO_LENGTH, &m->subject);
    unmake(m);
    m = make(TPK_GEOM_POLYGON, 4, 40);
    feature(m);
    PART(m, OUTER, 0, 0, 1, 1, 2, 2, 0, 0);
    box(m, 0, 0, 1e-6, 1e-6);
    assert_found(&TPK_FINDING_ZERO_LENGTH, &m->subject, "zero_length", TPK_GRAVITY_REPAIR, 1,
                 "1 of 2 polygons");
    unmake(m);
}

static void equal_coordinates_are_duplicates_and_near_ones_are_not(void **state)
{
    (void)state;
    made *m = table(6);
    double *xy = m->layer.xy;
    memcpy(xy + 6, xy, 2 * sizeof *xy);  /* 3 as 0 */
    memcpy(xy + 10, xy, 2 * sizeof *xy); /* 5 as 0 */
    TEXTS(m, "nama", "A", "B", "C", "A", "D", "E");
    assert_found(&TPK_FINDING_EXACT_DUPLICATES, &m->subject, "exact_duplicates", TPK_GRAVITY_REPAIR, 2,
                 "1 of them have other attributes");
    assert_found(&TPK_FINDING_EXACT_DUPLICATES, &m->subject, "exact_duplicates", TPK_GRAVITY_REPAIR, 2,
                 "as record 0, other attributes");
    TEXTS(m, "lain", "1", "2", "3", "4", "5", "6"); /* two of six, all others: sheets */
    assert_found(&TPK_FINDING_EXACT_DUPLICATES, &m->subject, "exact_duplicates", TPK_GRAVITY_REPAIR, 2,
                 "2 of them have other attributes");
    xy[6] += 1e-9;
    xy[10] -= 1e-9;
    assert_fine(&TPK_FINDING_EXACT_DUPLICATES, &m->subject);
    unmake(m);
}

static void two_things_at_one_place_are_only_remarked(void **state)
{
    (void)state;
    made *m = table(20);
    memcpy(m->layer.xy + 6, m->layer.xy, 2 * sizeof *m->layer.xy);
    double kind[20] = {1, 2, 3, 4};
    numbers(m, "jenis", kind);
    assert_found(&TPK_FINDING_EXACT_DUPLICATES, &m->subject, "exact_duplicates", TPK_GRAVITY_REMARK, 1,
                 "1 of 20");
    m->layer.fields[0].number[3] = 1; /* a copy */
    assert_found(&TPK_FINDING_EXACT_DUPLICATES, &m->subject, "exact_duplicates", TPK_GRAVITY_REPAIR, 1,
                 "1 of 20");
    unmake(m);
}

/* The same points in two parts or in one are different features. */
static void parts_count_for_duplicates(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_LINE, 4, 40);
    feature(m);
    PART(m, 0, 0, 0, 1, 1);
    PART(m, 0, 2, 2, 3, 3);
    feature(m);
    PART(m, 0, 0, 0, 1, 1, 2, 2, 3, 3);
    feature(m); /* without geometry, twice */
    feature(m);
    assert_fine(&TPK_FINDING_EXACT_DUPLICATES, &m->subject);
    unmake(m);
}

/* UTM, near the central meridian: 100 m x 100 m is 1.00 ha but for 0.08 %. */
static void overlaps_are_told_apart_from_slivers_and_common_borders(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_POLYGON, 8, 60);
    const double x = 500000, y = 9700000;
    box(m, x, y, 1000, 1000);
    box(m, x + 900, y, 1000, 1000);       /* 100 m x 1000 m on the first */
    box(m, x + 1900, y, 1000, 1000);      /* touches the second */
    box(m, x + 2898, y, 1000, 1000);      /* 2 m on the third */
    box(m, x + 3898, y - 1e-4, 100, 900); /* a tenth of a millimetre is no overlap to speak of */
    place(m, utm50s);
    assert_found(&TPK_FINDING_OVERLAPS, &m->subject, "overlaps", TPK_GRAVITY_REPAIR, 1,
                 "with record 1: 10.01 ha, 91 m wide");
    assert_found(&TPK_FINDING_OVERLAPS, &m->subject, "overlap_slivers", TPK_GRAVITY_REMARK, 1,
                 "with record 3: 2002 m2, 2 m wide");
    unmake(m);
    m = make(TPK_GEOM_POLYGON, 8, 60);
    box(m, x, y, 1000, 1000);
    box(m, x + 1000, y, 1000, 1000);
    box(m, x, y + 1000, 1000, 1000);
    PART(m, HOLE, x + 100, y + 1100, x + 100, y + 1900, x + 900, y + 1900, x + 900, y + 1100, x + 100,
         y + 1100);
    box(m, x + 200, y + 1200, 100, 100); /* an island in the hole */
    place(m, utm50s);
    assert_fine(&TPK_FINDING_OVERLAPS, &m->subject);
    unmake(m);
}

/* Eight of nine fields of a board. */
static made *ring_of_units(double x, double y)
{
    made *m = make(TPK_GEOM_POLYGON, 12, 80);
    for (int i = 0; i < 9; i++) {
        if (i != 4) box(m, x + 1000 * (i % 3), y + 1000 * (i / 3), 1000, 1000);
    }
    place(m, utm50s);
    return m;
}

static void a_gap_between_units_is_found_in_layers_that_should_cover(void **state)
{
    (void)state;
    made *m = ring_of_units(500000, 9700000);
    TEXTS(m, "WADMKC", "A", "B", "C", "D", "E", "F", "G", "H");
    assert_found(&TPK_FINDING_GAPS, &m->subject, "gaps", TPK_GRAVITY_REPAIR, 1,
                 "100.08 ha, 500 m wide, at 117.00");
    m->layer.fields[0].name = (char *)(uintptr_t) "pemegang"; /* permits: what lies between them is no gap */
    assert_fine(&TPK_FINDING_GAPS, &m->subject);
    m->layer.fields[0].name = (char *)(uintptr_t) "kode";
    for (int i = 0; i < 8; i++) m->layer.fields[0].text[i] = (char *)(uintptr_t) "63.09.05.2012";
    assert_found(&TPK_FINDING_GAPS, &m->subject, "gaps", TPK_GRAVITY_REPAIR, 1, "100.08 ha");
    unmake(m);
}

static void a_lake_drawn_as_a_hole_is_no_gap(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_POLYGON, 4, 60);
    box(m, 500000, 9700000, 1000, 1000);
    PART(m, HOLE, 500100, 9700100, 500100, 9700900, 500900, 9700900, 500900, 9700100, 500100, 9700100);
    box(m, 501000, 9700000, 1000, 1000);
    place(m, utm50s);
    TEXTS(m, "kecamatan", "A", "B");
    assert_fine(&TPK_FINDING_GAPS, &m->subject);
    unmake(m);
}

static void heights_and_measures_are_told(void **state)
{
    (void)state;
    made *m = table(3);
    assert_fine(&TPK_FINDING_Z_DROPPED, &m->subject);
    assert_fine(&TPK_FINDING_M_DROPPED, &m->subject);
    m->layer.n_z = 2;
    m->layer.n_m = 1;
    assert_found(&TPK_FINDING_Z_DROPPED, &m->subject, "z_dropped", TPK_GRAVITY_REMARK, 2, "2 of 3");
    assert_found(&TPK_FINDING_M_DROPPED, &m->subject, "m_dropped", TPK_GRAVITY_REMARK, 1, "1 of 3");
    unmake(m);
}

static void lines_used_as_areas_are_serious(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_LINE, 4, 40);
    feature(m);
    PART(m, 0, 0, 0, 1, 0, 1, 1, 0, 0);
    assert_fine(&TPK_FINDING_LINES_FOR_POLYGONS, &m->subject);
    m->subject.used_as_polygons = true;
    assert_found(&TPK_FINDING_LINES_FOR_POLYGONS, &m->subject, "lines_for_polygons", TPK_GRAVITY_SERIOUS, 0,
                 "1 line (closed parts: 1)");
    m->layer.kind = TPK_GEOM_POLYGON;
    assert_fine(&TPK_FINDING_LINES_FOR_POLYGONS, &m->subject);
    unmake(m);
}

/* A coordinate of 1e300 printed with four decimals has 306 characters, and is not 20,000 km away. */
static void a_number_that_is_no_place_is_not_far(void **state)
{
    (void)state;
    made *m = table(20);
    m->layer.xy[2] = m->subject.lonlat[2] = 1e300;
    assert_fine(&TPK_FINDING_FAR_FEATURES, &m->subject);
    tpk_findings findings = run(&TPK_FINDING_PLACE_IMPLAUSIBLE, &m->subject);
    assert_string_equal(find(&findings, "place_implausible")->examples[0].name, "lon 1e+300, lat -3.0000");
    tpk_findings_clear(&findings);
    m->layer.xy[2] = m->subject.lonlat[2] = 120; /* far, and a place */
    assert_found(&TPK_FINDING_FAR_FEATURES, &m->subject, "far_features", TPK_GRAVITY_REMARK, 1,
                 "120.0000, -3.0000");
    unmake(m);
}

static void features_far_away_are_told_by_how_many_they_are(void **state)
{
    (void)state;
    made *m = table(10);
    double *lonlat = m->subject.lonlat;
    lonlat[0] = 117.4; /* a neighbour */
    assert_fine(&TPK_FINDING_FAR_FEATURES, &m->subject);
    lonlat[0] = 118;
    assert_found(&TPK_FINDING_FAR_FEATURES, &m->subject, "far_features", TPK_GRAVITY_REMARK, 1,
                 "118.0000, -3.0000");
    lonlat[0] = 165.9;
    assert_found(&TPK_FINDING_FAR_FEATURES, &m->subject, "far_features", TPK_GRAVITY_REPAIR, 1, "165.9000");
    for (int i = 0; i < 8; i++) lonlat[2 * i] = 100; /* a national layer */
    assert_found(&TPK_FINDING_FAR_FEATURES, &m->subject, "far_features", TPK_GRAVITY_REMARK, 8, "8 of 10");
    for (int i = 0; i < 10; i++) lonlat[2 * i] = 100;
    assert_found(&TPK_FINDING_FAR_FEATURES, &m->subject, "far_features", TPK_GRAVITY_SERIOUS, 10, "crs:");
    unmake(m);
}

/* n polygons of 12 corners round one place; the k-th is k * step metres larger than the first. */
static made *make_rounds(int64_t n, double step)
{
    made *m = make(TPK_GEOM_POLYGON, (size_t)n, (size_t)n * 13);
    for (int64_t k = 0; k < n; k++) {
        double xy[26];
        for (int i = 0; i < 13; i++) {
            double angle = (i % 12) * 3.14159265358979323846 / 6, r = 1000 + step * (double)k;
            xy[2 * i] = 500000 + r * cos(angle);
            xy[2 * i + 1] = 9700000 + r * sin(angle);
        }
        feature(m);
        part(m, OUTER, xy, 13);
    }
    place(m, utm50s);
    return m;
}

/* A regular polygon of 12 corners on a circle of 1 km has 300 ha on the map; UTM's scale at its middle is
 * 0.9996: 3,002,401 m2 on the ground. Each of 4999 copies overlaps the first; 12.5 million pairs would take
 * an hour. */
static void copies_of_one_polygon_are_counted_and_not_compared(void **state)
{
    (void)state;
    made *m = make_rounds(5000, 0);
    assert_int_equal(m->layer.n_features, 5000);
    tpk_findings findings = run(&TPK_FINDING_OVERLAPS, &m->subject);
    assert_int_equal(findings.n, 1);
    const tpk_finding *finding = find(&findings, "overlaps");
    assert_int_equal(finding->n_features, 4999);
    assert_string_equal(finding->found,
                        "4999 pairs of polygons overlap, 1500900.47 ha together; exact copies "
                        "(4999 polygons) count with the first of their kind only");
    assert_string_equal(finding->examples[0].name, "with record 1: 300.24 ha, 966 m wide");
    tpk_findings_clear(&findings);
    unmake(m);
}

/* A ring of the next size overlaps a polygon and all its copies as one. */
static void a_copy_overlaps_others_through_its_first(void **state)
{
    (void)state;
    made *m = make_rounds(4, 0);
    for (int i = 0; i < 26; i++) m->layer.xy[26 * 3 + i] += i % 2 ? 0 : 100; /* the last lies 100 m east */
    tpk_findings findings = run(&TPK_FINDING_OVERLAPS, &m->subject);
    assert_int_equal(find(&findings, "overlaps")->n_features,
                     3); /* two copies, and the last with the first */
    tpk_findings_clear(&findings);
    assert_survives_without_memory(&TPK_FINDING_OVERLAPS, &m->subject);
    unmake(m);
}

typedef struct listener {
    int n_calls, stop_after;
    int64_t last, most;
    bool went_back;
    atomic_int cancel;
} listener;

static void listen(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    listener *l = user;
    (void)stage;
    (void)unit;
    l->went_back |= done < l->last || done > total;
    l->last = done;
    if (++l->n_calls == l->stop_after) atomic_store(&l->cancel, 1);
}

/* 700 nested polygons are 244,650 pairs; 200,000 and 16 a polygon are looked at. */
static void nested_polygons_are_looked_at_up_to_a_bound(void **state)
{
    (void)state;
    made *m = make_rounds(700, 1);
    listener l = {0};
    tpk_control control = {.progress = listen, .user = &l, .cancel = &l.cancel};
    m->subject.control = &control;
    tpk_findings findings = run(&TPK_FINDING_OVERLAPS, &m->subject);
    assert_string_equal(find(&findings, "overlaps_unseen")->found,
                        "more than 211200 pairs of polygons lie at one place; the first 211200 were looked "
                        "at, in the order of "
                        "the file");
    assert_int_equal(find(&findings, "overlaps")->n_features, 211200);
    assert_true(l.n_calls >= 800 && !l.went_back);
    assert_int_equal(l.last, 700);
    tpk_findings_clear(&findings);
    unmake(m);
}

/* Within one polygon's pairs. */
static void overlaps_stop_within_a_few_pairs(void **state)
{
    (void)state;
    made *m = make_rounds(5000, 1);
    listener l = {.stop_after = 4};
    tpk_control control = {.progress = listen, .user = &l, .cancel = &l.cancel};
    m->subject.control = &control;
    tpk_findings findings = {0};
    tpk_err err = {0};
    long before = tpk_mem_live_count();
    assert_int_equal(TPK_FINDING_OVERLAPS.examine(&m->subject, &findings, &err), TPK_ERR_CANCELLED);
    assert_int_equal(findings.n, 0);
    assert_int_equal(l.n_calls, 4);
    assert_int_equal(tpk_mem_live_count(), before);
    unmake(m);
}

/* A board of n x n units with one overlap, one duplicate and one gap: found through indices, in time. */
static void a_large_layer_is_examined_through_indices(void **state)
{
    (void)state;
    int64_t n = getenv("TAPAK_LARGE") ? 316 : 60;
    made *m = make(TPK_GEOM_POLYGON, (size_t)(n * n + 2), (size_t)(n * n + 2) * 5);
    for (int64_t i = 0; i < n * n; i++) {
        if (i != n * (n / 2) + n / 2)
            box(m, 300000 + 100 * (double)(i % n), 9700000 + 100 * (double)(i / n), 100, 100);
    }
    box(m, 300000, 9700000, 100, 100); /* the first again */
    place(m, utm50s);
    const char **codes = calloc((size_t)(n * n + 2), sizeof *codes);
    for (int64_t i = 0; i < n * n + 2; i++) codes[i] = "63.09";
    texts(m, "kode", codes);
    tpk_findings twins = run(&TPK_FINDING_EXACT_DUPLICATES, &m->subject),
                 pairs = run(&TPK_FINDING_OVERLAPS, &m->subject), gaps = run(&TPK_FINDING_GAPS, &m->subject),
                 invalid = run(&TPK_FINDING_RING_INVALID, &m->subject);
    assert_int_equal(find(&twins, "exact_duplicates")->n_features, 1);
    assert_int_equal(find(&pairs, "overlaps")->n_features, 1);
    assert_int_equal(find(&gaps, "gaps")->n_features, 1);
    assert_int_equal(invalid.n, 0);
    tpk_findings_clear(&twins);
    tpk_findings_clear(&pairs);
    tpk_findings_clear(&gaps);
    free(codes);
    unmake(m);
}

static void cancelling_stops_the_long_kinds(void **state)
{
    (void)state;
    made *m = ring_of_units(500000, 9700000);
    TEXTS(m, "WADMKC", "A", "B", "C", "D", "E", "F", "G", "H");
    NUMBERS(m, "luas", 1, 2, 3, 4, 5, 6, 7, 8);
    atomic_int cancel = 1;
    const tpk_control control = {.cancel = &cancel};
    m->subject.control = &control;
    const tpk_finding_kind *const kinds[] = {&TPK_FINDING_RING_INVALID, &TPK_FINDING_EXACT_DUPLICATES,
                                             &TPK_FINDING_OVERLAPS, &TPK_FINDING_GAPS,
                                             &TPK_FINDING_AREA_IN_SQUARE_DEGREES};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        tpk_findings findings = {0};
        assert_int_equal(kinds[i]->examine(&m->subject, &findings, NULL), TPK_ERR_CANCELLED);
        assert_int_equal(findings.n, 0);
    }
    unmake(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crossing_outline_is_invalid_with_its_place),
        cmocka_unit_test(an_open_ring_is_invalid_and_nowhere_too),
        cmocka_unit_test(pixels_joined_at_a_corner_touch_themselves),
        cmocka_unit_test(a_line_of_one_place_has_no_length),
        cmocka_unit_test(equal_coordinates_are_duplicates_and_near_ones_are_not),
        cmocka_unit_test(two_things_at_one_place_are_only_remarked),
        cmocka_unit_test(parts_count_for_duplicates),
        cmocka_unit_test(overlaps_are_told_apart_from_slivers_and_common_borders),
        cmocka_unit_test(a_gap_between_units_is_found_in_layers_that_should_cover),
        cmocka_unit_test(a_lake_drawn_as_a_hole_is_no_gap),
        cmocka_unit_test(heights_and_measures_are_told),
        cmocka_unit_test(lines_used_as_areas_are_serious),
        cmocka_unit_test(features_far_away_are_told_by_how_many_they_are),
        cmocka_unit_test(a_number_that_is_no_place_is_not_far),
        cmocka_unit_test(cancelling_stops_the_long_kinds),
        cmocka_unit_test(copies_of_one_polygon_are_counted_and_not_compared),
        cmocka_unit_test(a_copy_overlaps_others_through_its_first),
        cmocka_unit_test(nested_polygons_are_looked_at_up_to_a_bound),
        cmocka_unit_test(overlaps_stop_within_a_few_pairs),
        cmocka_unit_test(a_large_layer_is_examined_through_indices),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
