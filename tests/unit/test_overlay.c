/* Zones against layers. Oracles: every zone cut with every feature by GEOS without tree or prepared geometry,
 * GEOS's difference for the remainder, distances and lengths by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define GEOS_USE_ONLY_R_API
#include <geos_c.h>
#include <math.h>
#include <shapefil.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "geo/area.h"
#include "geodesic_area.h"
#include "zones/overlay.h"

enum { SIDE_X = 20, SIDE_Y = 15, N_FIELDS = SIDE_X * SIDE_Y, N_ZONES = 4 };

static const double X0 = 225000, Y0 = 9620000;

static tpk_worker *worker;
static tpk_crs *crs;
static GEOSContextHandle_t geos;
static uint64_t seed;

static int start(void **state)
{
    (void)state;
    geos = GEOS_init_r();
    return tpk_worker_new(&worker, NULL) == TPK_OK && tpk_crs_new(worker, "EPSG:32750", &crs, NULL) == TPK_OK
               ? 0
               : -1;
}

static int stop(void **state)
{
    (void)state;
    tpk_crs_free(crs);
    tpk_worker_free(worker);
    GEOS_finish_r(geos);
    return 0;
}

static double uniform(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(seed >> 11) * 0x1p-53;
}

static void assert_within(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance)) {
        fail_msg("found %.17g, expected %.17g within %g", found, expected, tolerance);
    }
}

/* Geometries in buffers, and views of them. */
typedef struct layer {
    tpk_geom_buffer *buffers;
    tpk_geom *geoms;
    int64_t n;
} layer;

static layer layer_new(int64_t n, tpk_geom_kind kind)
{
    layer l = {test_calloc((size_t)n, sizeof *l.buffers), test_calloc((size_t)n, sizeof *l.geoms), n};
    for (int64_t i = 0; i < n; i++) tpk_geom_buffer_reset(&l.buffers[i], kind);
    return l;
}

static void layer_add(layer *l, int64_t i, const double *xy, int64_t n, uint8_t role)
{
    assert_true(tpk_geom_buffer_add_part(&l->buffers[i], xy, n, role));
    l->geoms[i] = tpk_geom_buffer_view(&l->buffers[i]);
}

static void layer_free(layer *l)
{
    for (int64_t i = 0; i < l->n; i++) tpk_geom_buffer_clear(&l->buffers[i]);
    test_free(l->buffers);
    test_free(l->geoms);
}

static void add_rectangle(layer *l, int64_t i, double x0, double y0, double x1, double y1)
{
    const double xy[] = {X0 + x0, Y0 + y0, X0 + x1, Y0 + y0, X0 + x1,
                         Y0 + y1, X0 + x0, Y0 + y1, X0 + x0, Y0 + y0};
    layer_add(l, i, xy, 5, TPK_RING_OUTER);
}

static layer rectangle(double x0, double y0, double x1, double y1)
{
    layer l = layer_new(1, TPK_GEOM_POLYGON);
    add_rectangle(&l, 0, x0, y0, x1, y1);
    return l;
}

static void add_star(layer *l, int64_t i, double x, double y, double radius, int n)
{
    double *xy = test_malloc((size_t)(n + 1) * 2 * sizeof *xy);
    for (int k = 0; k < n; k++) {
        double angle = 6.283185307179586 * k / n, r = radius * (0.4 + 0.6 * uniform());
        xy[2 * k] = x + r * cos(angle);
        xy[2 * k + 1] = y + r * sin(angle);
    }
    memcpy(xy + 2 * n, xy, 2 * sizeof *xy);
    layer_add(l, i, xy, n + 1, TPK_RING_OUTER);
    double h = radius / 10, hole[] = {x - h, y - h, x - h, y + h, x + h, y + h, x + h, y - h, x - h, y - h};
    layer_add(l, i, hole, 5, TPK_RING_HOLE);
    test_free(xy);
}

static layer star_zones(double size)
{
    layer zones = layer_new(N_ZONES, TPK_GEOM_POLYGON);
    for (int z = 0; z < N_ZONES; z++) {
        add_star(&zones, z, X0 + size * (0.3 + 0.4 * uniform()), Y0 + size * (0.3 + 0.3 * uniform()),
                 0.25 * size, 30);
    }
    return zones;
}

/* Fields with uneven corners that cover the square of `size` without gap or overlap, as villages do. */
static layer fields(double size)
{
    static double corner[SIDE_Y + 1][SIDE_X + 1][2];
    for (int r = 0; r <= SIDE_Y; r++) {
        for (int c = 0; c <= SIDE_X; c++) {
            corner[r][c][0] = X0 + size * (c + 0.6 * (uniform() - 0.5)) / SIDE_X;
            corner[r][c][1] = Y0 + size * (r + 0.6 * (uniform() - 0.5)) / SIDE_Y;
        }
    }
    layer l = layer_new(N_FIELDS, TPK_GEOM_POLYGON);
    for (int i = 0; i < N_FIELDS; i++) {
        int r = i / SIDE_X, c = i % SIDE_X;
        double xy[10];
        memcpy(xy, corner[r][c], 16);
        memcpy(xy + 2, corner[r][c + 1], 16);
        memcpy(xy + 4, corner[r + 1][c + 1], 16);
        memcpy(xy + 6, corner[r + 1][c], 16);
        memcpy(xy + 8, corner[r][c], 16);
        layer_add(&l, i, xy, 5, TPK_RING_OUTER);
    }
    return l;
}

static tpk_overlay overlay_of(const layer *zones, const layer *features, tpk_geom_kind kind, int n_threads)
{
    tpk_overlay overlay;
    tpk_err err = {0};
    if (tpk_overlay_run(zones->geoms, (size_t)zones->n, features->geoms, features->n, kind, crs, n_threads,
                        NULL, &overlay, &err) != TPK_OK) {
        fail_msg("%s", err.message);
    }
    return overlay;
}

static GEOSGeometry *ring_of(const double *xy, int64_t n)
{
    return GEOSGeom_createLinearRing_r(geos, GEOSCoordSeq_copyFromBuffer_r(geos, xy, (unsigned)n, 0, 0));
}

/* GEOS's form, made independently of the library under test. */
static GEOSGeometry *geos_of(tpk_geom g)
{
    GEOSGeometry **polygons = test_malloc((size_t)g.n_parts * sizeof(GEOSGeometry *));
    unsigned n = 0;
    for (int64_t p = 0; p < g.n_parts;) {
        GEOSGeometry *outer = ring_of(g.xy + 2 * g.part_start[p], g.part_start[p + 1] - g.part_start[p]);
        GEOSGeometry *holes[500];
        unsigned n_holes = 0;
        for (p++; p < g.n_parts && g.ring_role[p] == TPK_RING_HOLE; p++) {
            holes[n_holes++] = ring_of(g.xy + 2 * g.part_start[p], g.part_start[p + 1] - g.part_start[p]);
        }
        polygons[n++] = GEOSGeom_createPolygon_r(geos, outer, holes, n_holes);
    }
    GEOSGeometry *all = GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, polygons, n);
    test_free(polygons);
    return all;
}

static double planar_m2(tpk_geom g)
{
    double sum = 0;
    for (int64_t p = 0; p < g.n_parts; p++) {
        sum += tpk_ring_signed_area(g.xy + 2 * g.part_start[p], g.part_start[p + 1] - g.part_start[p]);
    }
    return sum;
}

/* Adds up true area of a GEOS geometry's polygons, by its rings. */
static double true_m2(const tpk_map_area *area, const GEOSGeometry *g)
{
    double sum = 0;
    for (int i = 0; i < GEOSGetNumGeometries_r(geos, g); i++) {
        const GEOSGeometry *polygon = GEOSGetGeometryN_r(geos, g, i);
        if (GEOSGeomTypeId_r(geos, polygon) != GEOS_POLYGON || GEOSisEmpty_r(geos, polygon)) continue;
        for (int h = -1; h < GEOSGetNumInteriorRings_r(geos, polygon); h++) {
            const GEOSGeometry *ring =
                h < 0 ? GEOSGetExteriorRing_r(geos, polygon) : GEOSGetInteriorRingN_r(geos, polygon, h);
            const GEOSCoordSequence *points = GEOSGeom_getCoordSeq_r(geos, ring);
            unsigned n;
            GEOSCoordSeq_getSize_r(geos, points, &n);
            double *xy = test_malloc(n * 2 * sizeof *xy);
            GEOSCoordSeq_copyToBuffer_r(geos, points, xy, 0, 0);
            int64_t part_start[2] = {0, n};
            uint8_t role[1] = {TPK_RING_OUTER};
            double m2 = fabs(tpk_map_area_m2(area, (tpk_geom){TPK_GEOM_POLYGON, 1, part_start, role, xy}));
            sum += h < 0 ? m2 : -m2;
            test_free(xy);
        }
    }
    return sum;
}

static void pieces_are_those_of_a_plain_loop_with_geos(void **state)
{
    (void)state;
    seed = 1;
    layer zones = star_zones(12000), features = fields(12000);
    tpk_overlay overlay = overlay_of(&zones, &features, TPK_GEOM_POLYGON, 2);
    size_t next = 0;
    for (int64_t z = 0; z < zones.n; z++) {
        GEOSGeometry *zone = geos_of(zones.geoms[z]);
        for (int64_t f = 0; f < features.n; f++) {
            GEOSGeometry *feature = geos_of(features.geoms[f]),
                         *common = GEOSIntersection_r(geos, zone, feature);
            double expected_m2;
            GEOSArea_r(geos, common, &expected_m2);
            if (expected_m2 > 0) {
                assert_true(next < overlay.n_pieces);
                const tpk_piece *piece = &overlay.pieces[next++];
                tpk_geom geom = tpk_geom_buffer_view(&piece->geom);
                double m2 = geodesic_area_m2(crs, geom, 20);
                assert_true(piece->zone == z && piece->feature == f);
                assert_within(planar_m2(geom), expected_m2, 1e-9 * expected_m2 + 1e-6);
                assert_within(piece->measure, m2 / 1e4, 1e-9 * m2 / 1e4 + 1e-7);
            }
            GEOSGeom_destroy_r(geos, common);
            GEOSGeom_destroy_r(geos, feature);
        }
        GEOSGeom_destroy_r(geos, zone);
    }
    assert_int_equal(next, overlay.n_pieces);
    assert_true(next > 4 * 15);
    tpk_overlay_clear(&overlay);
    layer_free(&zones);
    layer_free(&features);
}

/* pieces + remainder = zone, remainder being what GEOS leaves of the zone without the features; returns the
 * largest remainder's share. */
static double check_pieces_and_remainder(const layer *zones, const layer *features)
{
    tpk_overlay overlay = overlay_of(zones, features, TPK_GEOM_POLYGON, 2);
    double largest = 0;
    for (int64_t z = 0; z < zones->n; z++) {
        tpk_map_area *area = NULL;
        assert_int_equal(tpk_map_area_new(crs, tpk_geom_box(zones->geoms[z]), &area, NULL), TPK_OK);
        double zone_m2 = tpk_map_area_m2(area, zones->geoms[z]), pieces_m2 = 0, share_pct = 0;
        GEOSGeometry *remainder = geos_of(zones->geoms[z]);
        for (size_t i = 0; i < overlay.n_pieces; i++) {
            const tpk_piece *piece = &overlay.pieces[i];
            if (piece->zone != z) continue;
            pieces_m2 += 1e4 * piece->measure;
            share_pct += piece->share_pct;
            GEOSGeometry *feature = geos_of(features->geoms[piece->feature]),
                         *less = GEOSDifference_r(geos, remainder, feature);
            GEOSGeom_destroy_r(geos, remainder);
            GEOSGeom_destroy_r(geos, feature);
            remainder = less;
        }
        double remainder_m2 = true_m2(area, remainder);
        assert_within(pieces_m2 + remainder_m2, zone_m2, 1e-9 * zone_m2);
        assert_within(1e4 * overlay.zones[z].measure, pieces_m2, 1e-9 * zone_m2);
        assert_within(share_pct, 100 * pieces_m2 / zone_m2, 1e-9);
        largest = fmax(largest, remainder_m2 / zone_m2);
        GEOSGeom_destroy_r(geos, remainder);
        tpk_map_area_free(area);
    }
    tpk_overlay_clear(&overlay);
    return largest;
}

static void pieces_and_remainder_make_up_the_zone(void **state)
{
    (void)state;
    static const double SIZES[] = {400, 3000, 12000, 150000};
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        seed = 20 + i;
        layer zones = star_zones(SIZES[i]), features = fields(SIZES[i]);
        assert_true(check_pieces_and_remainder(&zones, &features) < 1e-9); /* the fields cover the zones */
        for (int64_t f = 0; f < features.n; f += 3) features.geoms[f].n_parts = 0;
        assert_true(check_pieces_and_remainder(&zones, &features) > 0.1); /* every third is gone */
        layer_free(&zones);
        layer_free(&features);
    }
}

/* The outer rings and holes of one shape; shapefiles turn outer rings clockwise, tpk_geom the other way. */
static void add_shape(layer *l, int64_t i, const SHPObject *shape, tpk_transform *to_grid)
{
    for (int p = 0; p < shape->nParts; p++) {
        int first = shape->panPartStart[p],
            end = p + 1 < shape->nParts ? shape->panPartStart[p + 1] : shape->nVertices, n = end - first;
        double *xy = test_malloc((size_t)n * 2 * sizeof *xy);
        for (int k = 0; k < n; k++) {
            xy[2 * k] = shape->padfX[end - 1 - k];
            xy[2 * k + 1] = shape->padfY[end - 1 - k];
        }
        uint8_t role = (uint8_t)(tpk_ring_signed_area(xy, n) > 0 ? TPK_RING_OUTER : TPK_RING_HOLE);
        int64_t n_failed;
        tpk_transform_forward(to_grid, xy, n, &n_failed);
        assert_true(n_failed == 0);
        layer_add(l, i, xy, n, role);
        test_free(xy);
    }
}

static void villages_of_the_province_make_up_zones_among_them(void **state)
{
    (void)state;
    SHPHandle file = SHPOpen("../shared/data/admin/desa_kalsel_hdx2020.shp", "rb");
    if (!file) skip();
    tpk_crs *lonlat = NULL;
    tpk_transform *to_grid = NULL;
    assert_int_equal(tpk_crs_new(worker, "EPSG:4326", &lonlat, NULL), TPK_OK);
    assert_int_equal(tpk_transform_new(worker, lonlat, crs, (tpk_box){114, -5, 117, -1}, &to_grid, NULL),
                     TPK_OK);
    int n;
    SHPGetInfo(file, &n, NULL, NULL, NULL);
    layer villages = layer_new(n, TPK_GEOM_POLYGON), zones = layer_new(N_ZONES, TPK_GEOM_POLYGON);
    for (int i = 0; i < n; i++) {
        SHPObject *shape = SHPReadObject(file, i);
        if (shape && shape->nSHPType != SHPT_NULL) add_shape(&villages, i, shape, to_grid);
        SHPDestroyObject(shape);
    }
    SHPClose(file);
    seed = 8;
    double middle[2] = {115.3, -2.9};
    int64_t n_failed;
    tpk_transform_forward(to_grid, middle, 1, &n_failed);
    for (int z = 0; z < N_ZONES; z++)
        add_star(&zones, z, middle[0] + 5000 * z, middle[1] + 3000 * z, 2000 + 8000 * z, 60);
    assert_true(check_pieces_and_remainder(&zones, &villages) < 0.5);
    layer_free(&villages);
    layer_free(&zones);
    tpk_transform_free(to_grid);
    tpk_crs_free(lonlat);
}

static void assert_same(const tpk_overlay *a, const tpk_overlay *b, size_t n_zones)
{
    assert_int_equal(a->n_pieces, b->n_pieces);
    assert_memory_equal(a->zones, b->zones, n_zones * sizeof *a->zones);
    for (size_t i = 0; i < a->n_pieces; i++) {
        const tpk_piece *p = &a->pieces[i], *q = &b->pieces[i];
        assert_true(p->zone == q->zone && p->feature == q->feature);
        assert_memory_equal(&p->measure, &q->measure, sizeof p->measure);
        assert_memory_equal(&p->share_pct, &q->share_pct, sizeof p->share_pct);
        assert_true(p->geom.n_parts == q->geom.n_parts && p->geom.n_points == q->geom.n_points);
        assert_memory_equal(p->geom.xy, q->geom.xy, (size_t)p->geom.n_points * 16);
        assert_memory_equal(p->geom.part_start, q->geom.part_start,
                            (size_t)(p->geom.n_parts + 1) * sizeof(int64_t));
    }
}

/* The borders of the fields, or their corners. */
static layer converted(const layer *polygons, tpk_geom_kind kind)
{
    layer l = layer_new(polygons->n, kind);
    for (int64_t i = 0; i < polygons->n; i++) {
        if (kind == TPK_GEOM_LINE) layer_add(&l, i, polygons->buffers[i].xy, 5, 0);
        for (int k = 0; k < 4 && kind == TPK_GEOM_POINT; k++)
            layer_add(&l, i, polygons->buffers[i].xy + 2 * k, 1, 0);
    }
    return l;
}

static void any_number_of_threads_gives_the_same(void **state)
{
    (void)state;
    seed = 2;
    layer zones = star_zones(12000), polygons = fields(12000);
    for (int kind = TPK_GEOM_POINT; kind <= TPK_GEOM_POLYGON; kind++) {
        layer other = converted(&polygons, (tpk_geom_kind)kind);
        const layer *features = kind == TPK_GEOM_POLYGON ? &polygons : &other;
        tpk_overlay one = overlay_of(&zones, features, (tpk_geom_kind)kind, 1);
        assert_true(one.n_pieces > 40);
        for (int n_threads = 0; n_threads <= 3; n_threads++) {
            tpk_overlay more = overlay_of(&zones, features, (tpk_geom_kind)kind, n_threads);
            assert_same(&one, &more, N_ZONES);
            tpk_overlay_clear(&more);
        }
        tpk_overlay_clear(&one);
        layer_free(&other);
    }
    layer_free(&zones);
    layer_free(&polygons);
}

static void points_on_the_border_count_and_equal_points_count_each(void **state)
{
    (void)state;
    layer zone = rectangle(0, 0, 1000, 1000), points = layer_new(5, TPK_GEOM_POINT);
    const double xy[][2] = {
        {X0 + 500, Y0 + 500}, {X0, Y0 + 500}, {X0 + 1000, Y0 + 1000}, {X0 + 1000.001, Y0 + 10}};
    for (int i = 0; i < 4; i++) layer_add(&points, i, xy[i], 1, 0);
    layer_add(&points, 4, xy[0], 1, 0);
    layer_add(&points, 4, xy[0], 1, 0);
    layer_add(&points, 4, xy[3], 1, 0);
    tpk_overlay o = overlay_of(&zone, &points, TPK_GEOM_POINT, 1);
    assert_int_equal(o.n_pieces, 4);
    assert_true(o.pieces[0].measure == 1 && o.pieces[1].measure == 1 && o.pieces[2].measure == 1);
    assert_true(o.pieces[3].feature == 4 && o.pieces[3].measure == 2 && o.pieces[3].geom.n_parts == 2);
    assert_true(isnan(o.pieces[0].share_pct));
    assert_true(o.zones[0].measure == 5 && o.zones[0].nearest_m == 0 && o.zones[0].nearest_feature == 0);
    tpk_overlay_clear(&o);
    layer_free(&zone);
    layer_free(&points);
}

static void lines_are_cut_at_the_border_and_measured_on_the_ellipsoid(void **state)
{
    (void)state;
    layer zone = rectangle(0, 0, 3000, 3000), lines = layer_new(4, TPK_GEOM_LINE),
          expected = layer_new(2, TPK_GEOM_LINE);
    const double across[] = {X0 - 1000, Y0 + 1000, X0 + 4000, Y0 + 1000},
                 inside[] = {X0 + 10, Y0 + 10, X0 + 310, Y0 + 410};
    const double touching[] = {X0 - 500, Y0, X0, Y0, X0 - 500, Y0 + 9},
                 away[] = {X0, Y0 - 1, X0 + 3000, Y0 - 1};
    const double across_cut[] = {X0, Y0 + 1000, X0 + 3000, Y0 + 1000};
    layer_add(&lines, 0, away, 2, 0);
    layer_add(&lines, 1, touching, 3, 0);
    layer_add(&lines, 2, across, 2, 0);
    layer_add(&lines, 3, inside, 2, 0);
    layer_add(&expected, 0, across_cut, 2, 0);
    layer_add(&expected, 1, inside, 2, 0);
    tpk_overlay o = overlay_of(&zone, &lines, TPK_GEOM_LINE, 1);
    assert_int_equal(o.n_pieces, 2);
    double sum_km = 0;
    for (int i = 0; i < 2; i++) {
        double length_m;
        assert_int_equal(tpk_crs_line_length_m(crs, expected.geoms[i], 0, &length_m, NULL), TPK_OK);
        assert_true(o.pieces[i].feature == 2 + i);
        assert_within(o.pieces[i].measure, length_m / 1000, 1e-9);
        sum_km += o.pieces[i].measure;
    }
    assert_within(o.pieces[0].measure, 3.0 / 1.0005,
                  3e-3); /* UTM 225 km off its meridian's 500 km: k = 1.0005 */
    assert_true(o.zones[0].measure == sum_km);
    assert_true(o.zones[0].nearest_m == 0 &&
                o.zones[0].nearest_feature == 1); /* touching is no piece, but near */
    tpk_overlay_clear(&o);
    layer_free(&zone);
    layer_free(&lines);
    layer_free(&expected);
}

static void an_overlap_in_the_layer_counts_once_in_the_zone(void **state)
{
    (void)state;
    layer zone = rectangle(0, 0, 1000, 1000), features = layer_new(2, TPK_GEOM_POLYGON);
    add_rectangle(&features, 0, -100, -100, 600, 1100);
    add_rectangle(&features, 1, 400, 0, 1000, 1000);
    tpk_overlay o = overlay_of(&zone, &features, TPK_GEOM_POLYGON, 1);
    assert_int_equal(o.n_pieces, 2);
    assert_within(o.pieces[0].share_pct, 60, 1e-3);
    assert_within(o.pieces[1].share_pct, 60, 1e-3);
    assert_within(o.zones[0].measure / (o.pieces[0].measure + o.pieces[1].measure), 100.0 / 120, 1e-5);
    tpk_overlay_clear(&o);
    layer_free(&zone);
    layer_free(&features);
}

static void a_feature_wholly_inside_keeps_its_very_points(void **state)
{
    (void)state;
    seed = 3;
    layer zone = rectangle(0, 0, 2000, 2000), features = layer_new(1, TPK_GEOM_POLYGON);
    add_star(&features, 0, X0 + 1000, Y0 + 1000, 900, 17);
    tpk_overlay o = overlay_of(&zone, &features, TPK_GEOM_POLYGON, 1);
    assert_int_equal(o.n_pieces, 1);
    assert_int_equal(o.pieces[0].geom.n_points, features.buffers[0].n_points);
    assert_memory_equal(o.pieces[0].geom.xy, features.buffers[0].xy,
                        (size_t)features.buffers[0].n_points * 16);
    assert_memory_equal(o.pieces[0].geom.ring_role, features.buffers[0].ring_role, 2);
    tpk_overlay_clear(&o);
    layer_free(&zone);
    layer_free(&features);
}

static void neighbours_that_share_a_border_are_near_but_no_pieces(void **state)
{
    (void)state;
    layer zone = rectangle(0, 0, 1000, 1000), features = layer_new(2, TPK_GEOM_POLYGON);
    add_rectangle(&features, 0, 5000, 0, 6000, 1000);
    add_rectangle(&features, 1, 1000, 0, 2000, 1000);
    tpk_overlay o = overlay_of(&zone, &features, TPK_GEOM_POLYGON, 1);
    assert_int_equal(o.n_pieces, 0);
    assert_true(o.zones[0].measure == 0 && o.zones[0].nearest_m == 0 && o.zones[0].nearest_feature == 1);
    tpk_overlay_clear(&o);
    layer_free(&zone);
    layer_free(&features);
}

static void the_nearest_feature_is_found_and_ties_go_to_the_first(void **state)
{
    (void)state;
    layer zones = layer_new(2, TPK_GEOM_POLYGON), points = layer_new(40, TPK_GEOM_POINT);
    add_rectangle(&zones, 0, 0, 0, 1000, 1000);
    add_rectangle(&zones, 1, 100000, 0, 101000, 1000);
    for (int i = 0; i < 40; i++) { /* all at (3, 4) beyond a corner of zone 0, but for two far ones */
        double xy[2] = {X0 + (i % 2 ? 1000 + 300 : -300), Y0 + (i % 4 < 2 ? 1000 + 400 : -400)};
        if (i < 2) xy[0] += i ? 3000 : -3000;
        layer_add(&points, i, xy, 1, 0);
    }
    tpk_overlay o = overlay_of(&zones, &points, TPK_GEOM_POINT, 2);
    assert_int_equal(o.n_pieces, 0);
    assert_true(o.zones[0].nearest_feature == 2);
    assert_within(o.zones[0].nearest_m, 500, 1e-9);
    assert_true(o.zones[1].nearest_feature == 1);
    assert_within(o.zones[1].nearest_m, hypot(100000 - 4300, 400), 1e-6);
    tpk_overlay_clear(&o);
    layer_free(&zones);
    layer_free(&points);
}

static void an_empty_layer_has_nothing_near(void **state)
{
    (void)state;
    layer zone = rectangle(0, 0, 1000, 1000), features = layer_new(0, TPK_GEOM_LINE),
          hollow = layer_new(2, TPK_GEOM_LINE);
    const layer *layers[] = {&features, &hollow};
    for (int i = 0; i < 2; i++) {
        tpk_overlay o = overlay_of(&zone, layers[i], TPK_GEOM_LINE, 2);
        assert_int_equal(o.n_pieces, 0);
        assert_true(o.zones[0].measure == 0 && isnan(o.zones[0].nearest_m) &&
                    o.zones[0].nearest_feature == -1);
        tpk_overlay_clear(&o);
        tpk_overlay_clear(&o);
    }
    layer_free(&zone);
    layer_free(&features);
    layer_free(&hollow);
}

static void a_zone_without_parts_meets_nothing(void **state)
{
    (void)state;
    layer zones = layer_new(2, TPK_GEOM_POLYGON), features = layer_new(1, TPK_GEOM_POLYGON);
    add_rectangle(&zones, 1, 0, 0, 1000, 1000);
    add_rectangle(&features, 0, 0, 0, 500, 1000);
    zones.geoms[0].kind = TPK_GEOM_POLYGON;
    tpk_overlay o = overlay_of(&zones, &features, TPK_GEOM_POLYGON, 1);
    assert_int_equal(o.n_pieces, 1);
    assert_true(o.pieces[0].zone == 1 && isnan(o.zones[0].nearest_m) && o.zones[0].measure == 0);
    tpk_overlay_clear(&o);
    layer_free(&zones);
    layer_free(&features);
}

static void a_layer_of_mixed_or_no_kind_is_refused(void **state)
{
    (void)state;
    layer zone = rectangle(0, 0, 1000, 1000), features = rectangle(0, 0, 10, 10);
    tpk_overlay o;
    tpk_err err = {0};
    assert_int_equal(tpk_overlay_run(zone.geoms, 1, features.geoms, 1, TPK_GEOM_LINE, crs, 1, NULL, &o, &err),
                     TPK_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "feature number 1"));
    assert_null(o.pieces);
    assert_int_equal(tpk_overlay_run(zone.geoms, 1, features.geoms, 1, TPK_GEOM_NONE, crs, 1, NULL, &o, NULL),
                     TPK_ERR_ARGUMENT);
    zone.geoms[0].kind = TPK_GEOM_LINE;
    assert_int_equal(
        tpk_overlay_run(zone.geoms, 1, features.geoms, 1, TPK_GEOM_POLYGON, crs, 1, NULL, &o, NULL),
        TPK_ERR_ARGUMENT);
    layer_free(&zone);
    layer_free(&features);
}

static void of_several_failures_the_first_feature_is_named_by_any_number_of_threads(void **state)
{
    (void)state;
    enum { N = 200, FIRST_BAD = 37 };
    layer zone = layer_new(1, TPK_GEOM_POLYGON), lines = layer_new(N, TPK_GEOM_LINE);
    add_rectangle(&zone, 0, -1e5, -1e5, 9e9, 9e9);
    for (int i = 0; i < N; i++) {
        double far_off = i >= FIRST_BAD ? 5e9 : 0,
               xy[] = {X0 + far_off, Y0 + far_off, X0 + far_off + 100, Y0 + far_off + i};
        layer_add(&lines, i, xy, 2, 0);
    }
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        tpk_overlay o;
        tpk_err err = {0};
        assert_int_equal(
            tpk_overlay_run(zone.geoms, 1, lines.geoms, N, TPK_GEOM_LINE, crs, n_threads, NULL, &o, &err),
            TPK_ERR_CRS);
        assert_non_null(strstr(err.message, "feature number 38"));
        assert_true(o.pieces == NULL && o.zones == NULL && o.n_pieces == 0);
    }
    layer_free(&zone);
    layer_free(&lines);
}

typedef struct watch {
    atomic_int cancel;
    int calls;
} watch;

static void stop_at_first_report(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    watch *w = user;
    (void)stage;
    (void)unit;
    assert_true(done >= 1 && done <= total);
    w->calls++;
    atomic_store(&w->cancel, 1);
}

static void a_request_to_stop_stops(void **state)
{
    (void)state;
    seed = 6;
    layer zones = star_zones(12000), features = fields(12000);
    watch w = {.calls = 0};
    tpk_control control = {stop_at_first_report, &w, &w.cancel};
    tpk_overlay o;
    assert_int_equal(tpk_overlay_run(zones.geoms, N_ZONES, features.geoms, N_FIELDS, TPK_GEOM_POLYGON, crs, 1,
                                     &control, &o, NULL),
                     TPK_ERR_CANCELLED);
    assert_int_equal(w.calls, 1);
    assert_true(o.pieces == NULL && o.zones == NULL);
    layer_free(&zones);
    layer_free(&features);
}

static void exhausted_memory_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    seed = 6;
    layer zones = star_zones(12000), polygons = fields(12000);
    zones.n = 2;
    polygons.n = 60;
    for (int kind = TPK_GEOM_POINT; kind <= TPK_GEOM_POLYGON; kind++) {
        layer other = converted(&polygons, (tpk_geom_kind)kind);
        const layer *features = kind == TPK_GEOM_POLYGON ? &polygons : &other;
        long live = tpk_mem_live_count();
        for (long k = 0;; k += k < 150 ? 1 : 29) {
            tpk_overlay o;
            tpk_mem_fail_after(k);
            tpk_status status = tpk_overlay_run(zones.geoms, 2, features->geoms, features->n,
                                                (tpk_geom_kind)kind, crs, 1, NULL, &o, NULL);
            long failed = tpk_mem_failed_count();
            tpk_mem_fail_after(-1);
            if (status == TPK_OK) {
                assert_int_equal(failed, 0);
                assert_true(k > 60);
                tpk_overlay_clear(&o);
                break;
            }
            assert_int_equal(status, TPK_ERR_MEMORY);
            assert_true(failed > 0);
            assert_int_equal(tpk_mem_live_count(), live);
        }
        assert_int_equal(tpk_mem_live_count(), live);
        layer_free(&other);
    }
    zones.n = N_ZONES;
    polygons.n = N_FIELDS;
    layer_free(&zones);
    layer_free(&polygons);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_those_of_a_plain_loop_with_geos),
        cmocka_unit_test(pieces_and_remainder_make_up_the_zone),
        cmocka_unit_test(villages_of_the_province_make_up_zones_among_them),
        cmocka_unit_test(any_number_of_threads_gives_the_same),
        cmocka_unit_test(points_on_the_border_count_and_equal_points_count_each),
        cmocka_unit_test(lines_are_cut_at_the_border_and_measured_on_the_ellipsoid),
        cmocka_unit_test(an_overlap_in_the_layer_counts_once_in_the_zone),
        cmocka_unit_test(a_feature_wholly_inside_keeps_its_very_points),
        cmocka_unit_test(neighbours_that_share_a_border_are_near_but_no_pieces),
        cmocka_unit_test(the_nearest_feature_is_found_and_ties_go_to_the_first),
        cmocka_unit_test(an_empty_layer_has_nothing_near),
        cmocka_unit_test(a_zone_without_parts_meets_nothing),
        cmocka_unit_test(a_layer_of_mixed_or_no_kind_is_refused),
        cmocka_unit_test(of_several_failures_the_first_feature_is_named_by_any_number_of_threads),
        cmocka_unit_test(a_request_to_stop_stops),
        cmocka_unit_test(exhausted_memory_is_reported_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
