/* Validity, repair, union, overlay and the tree. Expected figures are by hand; nearest and intersecting
 * geometries by brute force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "geo/geos.h"

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

/* A geometry written as numbers: each part's points, NAN between parts; `roles` one letter a ring, o or h. */
static tpk_geom_buffer geom_of(tpk_geom_kind kind, const char *roles, const double *numbers, size_t n)
{
    tpk_geom_buffer buffer = {0};
    tpk_geom_buffer_reset(&buffer, kind);
    size_t start = 0, part = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && !isnan(numbers[i])) continue;
        uint8_t role = roles && roles[part] == 'h' ? TPK_RING_HOLE : TPK_RING_OUTER;
        assert_true(tpk_geom_buffer_add_part(&buffer, numbers + start, (int64_t)(i - start) / 2, role));
        start = i + 1;
        part++;
    }
    return buffer;
}
#define GEOM(kind, roles, ...)                                                                               \
    geom_of(kind, roles, (const double[]){__VA_ARGS__},                                                      \
            sizeof((const double[]){__VA_ARGS__}) / sizeof(double))
#define NEXT ((double)NAN)

static bool is_valid(const tpk_geom_buffer *buffer, char **reason)
{
    bool valid = false;
    tpk_err err = {0};
    if (tpk_geos_is_valid(worker, tpk_geom_buffer_view(buffer), &valid, reason, &err) != TPK_OK)
        fail_msg("%s", err.message);
    return valid;
}

static double area_of(const tpk_geom_buffer *buffer)
{
    return tpk_geos_area(tpk_geom_buffer_view(buffer));
}

/* Rings closed, outer ones counter-clockwise, each followed by its clockwise holes. */
static void assert_ring_order(const tpk_geom_buffer *buffer)
{
    for (int64_t p = 0; p < buffer->n_parts; p++) {
        const double *xy = buffer->xy + 2 * buffer->part_start[p];
        int64_t n = buffer->part_start[p + 1] - buffer->part_start[p];
        assert_true(n >= 4);
        assert_true(xy[0] == xy[2 * n - 2] && xy[1] == xy[2 * n - 1]);
        assert_true((tpk_ring_signed_area(xy, n) > 0) == (buffer->ring_role[p] == TPK_RING_OUTER));
    }
    if (buffer->n_parts > 0) assert_int_equal(buffer->ring_role[0], TPK_RING_OUTER);
}

static void valid_polygon_is_valid_and_stays_as_it_is(void **state)
{
    (void)state;
    tpk_geom_buffer square =
        GEOM(TPK_GEOM_POLYGON, "oh", 0, 0, 4, 0, 4, 4, 0, 4, 0, 0, NEXT, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1);
    tpk_geom_buffer out = {0};
    char *reason = (char *)&square;
    assert_true(is_valid(&square, &reason));
    assert_null(reason);
    assert_int_equal(tpk_geos_make_valid(worker, tpk_geom_buffer_view(&square), &out, NULL), TPK_OK);
    assert_int_equal(out.n_parts, 2);
    assert_int_equal(out.n_points, 10);
    assert_true(area_of(&out) == 15);
    assert_ring_order(&out);
    tpk_geom_buffer_clear(&out);
    tpk_geom_buffer_clear(&square);
}

typedef struct broken {
    const char *what;
    tpk_geom_buffer geom;
    const char *reason;
    double area; /* after repair */
    int64_t n_parts;
} broken;

static void invalid_polygons_are_explained_and_repaired(void **state)
{
    (void)state;
    broken cases[] = {
        {"bowtie", GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 2, 2, 2, 0, 0, 2, 0, 0), "Self-intersection[1 1]", 2, 2},
        {"spike", GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 4, 0, 4, 4, 4, 9, 4, 4, 0, 4, 0, 0),
         "Ring Self-intersection[4 4]", 16, 1},
        {"hole outside",
         GEOM(TPK_GEOM_POLYGON, "oh", 0, 0, 2, 0, 2, 2, 0, 2, 0, 0, NEXT, 5, 5, 5, 6, 6, 6, 6, 5, 5, 5),
         "Hole lies outside shell[5 5]", 5, 2}, /* GEOS takes it for an island drawn the wrong way round */
        {"hole sticking out",
         GEOM(TPK_GEOM_POLYGON, "oh", 0, 0, 4, 0, 4, 4, 0, 4, 0, 0, NEXT, 3, 1, 3, 2, 5, 2, 5, 1, 3, 1),
         "Self-intersection[4 1]", 15, 1},
        {"nested shells",
         GEOM(TPK_GEOM_POLYGON, "oo", 0, 0, 6, 0, 6, 6, 0, 6, 0, 0, NEXT, 2, 2, 4, 2, 4, 4, 2, 4, 2, 2),
         "Nested shells", 36, 1},
        {"overlapping shells",
         GEOM(TPK_GEOM_POLYGON, "oo", 0, 0, 2, 0, 2, 2, 0, 2, 0, 0, NEXT, 1, 1, 3, 1, 3, 3, 1, 3, 1, 1),
         "Self-intersection", 7, 1},
        {"same ring twice",
         GEOM(TPK_GEOM_POLYGON, "oo", 0, 0, 2, 0, 2, 2, 0, 2, 0, 0, NEXT, 0, 0, 2, 0, 2, 2, 0, 2, 0, 0),
         "Self-intersection", 4, 1},
        {"flat ring", GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 3, 0, 6, 0, 0, 0), "Self-intersection", 0, 0},
        {"ring of three points", GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 3, 1, 0, 0),
         "Too few points in geometry component[0 0]", 0, 0},
        {"one good, one too short",
         GEOM(TPK_GEOM_POLYGON, "oo", 0, 0, 2, 0, 2, 2, 0, 2, 0, 0, NEXT, 5, 5, 6, 6, 5, 5),
         "Too few points in geometry component[5 5]", 4, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        broken *c = &cases[i];
        char *reason = NULL;
        if (is_valid(&c->geom, &reason)) fail_msg("%s is called valid", c->what);
        if (strncmp(reason, c->reason, strlen(c->reason)) != 0) fail_msg("%s: '%s'", c->what, reason);
        tpk_free(reason);
        assert_false(is_valid(&c->geom, NULL));
        tpk_geom_buffer out = {0};
        assert_int_equal(tpk_geos_make_valid(worker, tpk_geom_buffer_view(&c->geom), &out, NULL), TPK_OK);
        if (fabs(area_of(&out) - c->area) > 1e-12 || out.n_parts != c->n_parts) {
            fail_msg("%s: area %g in %lld parts", c->what, area_of(&out), (long long)out.n_parts);
        }
        assert_ring_order(&out);
        if (out.n_parts > 0) assert_true(is_valid(&out, NULL));
        tpk_geom_buffer_clear(&out);
        tpk_geom_buffer_clear(&c->geom);
    }
}

static void repair_of_a_line_leaves_a_line(void **state)
{
    (void)state;
    tpk_geom_buffer lines = GEOM(TPK_GEOM_LINE, NULL, 0, 0, 5, 5, NEXT, 1, 1, 1, 1);
    tpk_geom_buffer out = {0};
    char *reason = NULL;
    assert_false(is_valid(&lines, &reason));
    tpk_free(reason);
    assert_int_equal(tpk_geos_make_valid(worker, tpk_geom_buffer_view(&lines), &out, NULL), TPK_OK);
    assert_int_equal(out.kind, TPK_GEOM_LINE);
    assert_int_equal(out.n_parts, 1);
    assert_true(out.xy[2] == 5 && out.xy[3] == 5);
    tpk_geom_buffer_clear(&out);
    tpk_geom_buffer_clear(&lines);
}

static void open_ring_is_invalid_and_cannot_be_repaired(void **state)
{
    (void)state;
    tpk_geom_buffer open = GEOM(TPK_GEOM_POLYGON, "oh", 0, 0, 9, 0, 9, 9, 0, 0, NEXT, 3, 2, 4, 2, 4, 3, 3, 3);
    tpk_geom_buffer out = {0};
    tpk_err err = {0};
    char *reason = NULL;
    assert_false(is_valid(&open, &reason));
    assert_string_equal(reason, "Ring is not closed[3 2]");
    assert_int_equal(tpk_geos_make_valid(worker, tpk_geom_buffer_view(&open), &out, &err), TPK_ERR_DATA);
    assert_non_null(strstr(err.message, "closed"));
    assert_int_equal(out.n_parts, 0);
    tpk_free(reason);
    tpk_geom_buffer_clear(&out);
    tpk_geom_buffer_clear(&open);
}

static void coordinate_that_is_no_number_is_invalid(void **state)
{
    (void)state;
    const double xy[] = {0, 0, 4, 0, (double)INFINITY, 4, 0, 4, 0, 0};
    tpk_geom_buffer bad = {0};
    tpk_geom_buffer_reset(&bad, TPK_GEOM_POLYGON);
    assert_true(tpk_geom_buffer_add_part(&bad, xy, 5, TPK_RING_OUTER));
    char *reason = NULL;
    assert_false(is_valid(&bad, &reason));
    assert_non_null(strstr(reason, "Invalid Coordinate"));
    tpk_free(reason);
    tpk_geom_buffer_clear(&bad);
}

static void union_counts_an_overlap_once(void **state)
{
    (void)state;
    tpk_geom_buffer a =
        GEOM(TPK_GEOM_POLYGON, "oh", 0, 0, 4, 0, 4, 4, 0, 4, 0, 0, NEXT, 1, 1, 1, 3, 3, 3, 3, 1, 1, 1);
    tpk_geom_buffer b = GEOM(TPK_GEOM_POLYGON, "o", 2, 2, 6, 2, 6, 6, 2, 6, 2, 2);
    tpk_geom_buffer c = GEOM(TPK_GEOM_POLYGON, "o", 10, 0, 11, 0, 11, 1, 10, 1, 10, 0);
    const tpk_geom all[] = {tpk_geom_buffer_view(&a), tpk_geom_buffer_view(&b), tpk_geom_buffer_view(&c)};
    tpk_geom_buffer out = {0};
    assert_int_equal(tpk_geos_union(worker, all, 3, &out, NULL), TPK_OK);
    /* 12 + 16 - (2x2 square less the hole's 1x1) + 1 */
    assert_true(fabs(area_of(&out) - 26) < 1e-12);
    assert_ring_order(&out);
    assert_int_equal(tpk_geos_union(worker, all, 0, &out, NULL), TPK_OK);
    assert_int_equal(out.n_parts, 0);
    tpk_geom_buffer_clear(&out);
    tpk_geom_buffer_clear(&c);
    tpk_geom_buffer_clear(&b);
    tpk_geom_buffer_clear(&a);
}

static void union_of_an_impossible_polygon_is_an_error(void **state)
{
    (void)state;
    tpk_geom_buffer good = GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 1, 0, 1, 1, 0, 0);
    tpk_geom_buffer open = GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 1, 0, 1, 1, 0, 1);
    const tpk_geom all[] = {tpk_geom_buffer_view(&good), tpk_geom_buffer_view(&open)};
    tpk_geom_buffer out = {0};
    assert_int_equal(tpk_geos_union(worker, all, 2, &out, NULL), TPK_ERR_DATA);
    tpk_geom_buffer_clear(&out);
    tpk_geom_buffer_clear(&open);
    tpk_geom_buffer_clear(&good);
}

static void planar_area_is_that_of_polygons_only(void **state)
{
    (void)state;
    tpk_geom_buffer line = GEOM(TPK_GEOM_LINE, NULL, 0, 0, 4, 0, 4, 4, 0, 0);
    assert_true(area_of(&line) == 0);
    tpk_geom_buffer_clear(&line);
}

static tpk_geos_geom *geos_of(tpk_worker *w, tpk_geom_buffer buffer)
{
    tpk_geos_geom *geom = NULL;
    assert_int_equal(tpk_geos_geom_new(w, tpk_geom_buffer_view(&buffer), &geom, NULL), TPK_OK);
    tpk_geom_buffer_clear(&buffer);
    return geom;
}

/* All four questions, once plain and once prepared. */
static void assert_relation(tpk_geom_buffer other, bool intersects, bool contains, double distance)
{
    tpk_geos_geom *zone = geos_of(worker, GEOM(TPK_GEOM_POLYGON, "oh", 0, 0, 10, 0, 10, 10, 0, 10, 0, 0, NEXT,
                                               4, 4, 4, 6, 6, 6, 6, 4, 4, 4));
    tpk_geos_geom *b = geos_of(worker, other);
    for (int prepared = 0; prepared < 2; prepared++) {
        bool yes;
        double got;
        assert_int_equal(tpk_geos_intersects(worker, zone, b, &yes, NULL), TPK_OK);
        assert_int_equal(yes, intersects);
        assert_int_equal(tpk_geos_contains(worker, zone, b, &yes, NULL), TPK_OK);
        assert_int_equal(yes, contains);
        assert_int_equal(tpk_geos_distance(worker, zone, b, &got, NULL), TPK_OK);
        assert_true(got == distance);
        assert_int_equal(tpk_geos_prepare(worker, zone, NULL), TPK_OK);
    }
    tpk_geos_geom_free(b);
    tpk_geos_geom_free(zone);
}

static void questions_between_two_geometries(void **state)
{
    (void)state;
    assert_relation(GEOM(TPK_GEOM_POINT, NULL, 1, 1), true, true, 0);
    assert_relation(GEOM(TPK_GEOM_POINT, NULL, 5, 5), false, false, 1);   /* in the hole */
    assert_relation(GEOM(TPK_GEOM_POINT, NULL, 10, 5), true, false, 0);   /* on the border */
    assert_relation(GEOM(TPK_GEOM_POINT, NULL, 13, 14), false, false, 5); /* 3, 4, 5 */
    assert_relation(GEOM(TPK_GEOM_LINE, NULL, 1, 1, 3, 1), true, true, 0);
    assert_relation(GEOM(TPK_GEOM_LINE, NULL, 1, 1, 9, 9), true, false, 0); /* over the hole */
    assert_relation(GEOM(TPK_GEOM_POLYGON, "o", 12, 0, 13, 0, 13, 1, 12, 0), false, false, 2);
    assert_relation(GEOM(TPK_GEOM_POLYGON, "o", 10, 0, 13, 0, 13, 1, 10, 0), true, false, 0); /* touching */
}

static void nothing_meets_an_empty_geometry(void **state)
{
    (void)state;
    tpk_geos_geom *square = geos_of(worker, GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 1, 0, 1, 1, 0, 0));
    tpk_geom_buffer none = {0};
    tpk_geom_buffer_reset(&none, TPK_GEOM_POLYGON);
    tpk_geos_geom *empty = geos_of(worker, none);
    tpk_geom_buffer out = {0};
    bool yes = true;
    double distance;
    assert_int_equal(tpk_geos_prepare(worker, empty, NULL), TPK_OK);
    assert_int_equal(tpk_geos_intersects(worker, square, empty, &yes, NULL), TPK_OK);
    assert_false(yes);
    assert_int_equal(tpk_geos_contains(worker, empty, square, &yes, NULL), TPK_OK);
    assert_false(yes);
    assert_int_equal(tpk_geos_distance(worker, empty, square, &distance, NULL), TPK_OK);
    assert_true(isinf(distance));
    assert_int_equal(tpk_geos_intersection(worker, square, empty, TPK_GEOM_POLYGON, &out, NULL), TPK_OK);
    assert_int_equal(out.n_parts, 0);
    tpk_geom_buffer_clear(&out);
    tpk_geos_geom_free(empty);
    tpk_geos_geom_free(square);
}

static double length_of(const tpk_geom_buffer *buffer)
{
    double length = 0;
    for (int64_t p = 0; p < buffer->n_parts; p++) {
        for (int64_t i = buffer->part_start[p]; i + 1 < buffer->part_start[p + 1]; i++) {
            const double *a = buffer->xy + 2 * i;
            length += hypot(a[2] - a[0], a[3] - a[1]);
        }
    }
    return length;
}

static void intersection_keeps_only_the_wanted_kind(void **state)
{
    (void)state;
    tpk_geos_geom *zone = geos_of(worker, GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 10, 0, 10, 10, 0, 10, 0, 0));
    tpk_geom_buffer out = {0};
    tpk_geos_geom *line =
        geos_of(worker, GEOM(TPK_GEOM_LINE, NULL, -5, 5, 15, 5, NEXT, 10, -3, 10, 2, NEXT, 20, 0, 21, 0));
    assert_int_equal(tpk_geos_intersection(worker, zone, line, TPK_GEOM_LINE, &out, NULL), TPK_OK);
    assert_true(length_of(&out) == 12);
    tpk_geos_geom *points = geos_of(worker, GEOM(TPK_GEOM_POINT, NULL, 1, 1, NEXT, 20, 20, NEXT, 10, 10));
    assert_int_equal(tpk_geos_intersection(worker, zone, points, TPK_GEOM_POINT, &out, NULL), TPK_OK);
    assert_int_equal(out.n_parts, 2);
    /* One common square and one common edge: the edge is no polygon. */
    tpk_geos_geom *blocks = geos_of(worker, GEOM(TPK_GEOM_POLYGON, "oo", 10, 0, 12, 0, 12, 4, 10, 4, 10, 0,
                                                 NEXT, 8, 8, 12, 8, 12, 12, 8, 12, 8, 8));
    assert_int_equal(tpk_geos_intersection(worker, zone, blocks, TPK_GEOM_POLYGON, &out, NULL), TPK_OK);
    assert_int_equal(out.n_parts, 1);
    assert_true(area_of(&out) == 4);
    assert_ring_order(&out);
    tpk_geom_buffer_clear(&out);
    tpk_geos_geom_free(blocks);
    tpk_geos_geom_free(points);
    tpk_geos_geom_free(line);
    tpk_geos_geom_free(zone);
}

/* Random triangles, a few of them empty or twice. */
enum { N_GEOMS = 300 };

static double uniform(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 33) / 2147483648.0;
}

static void make_triangles(tpk_worker *w, tpk_geos_geom **geoms)
{
    uint64_t seed = 20240607;
    for (int i = 0; i < N_GEOMS; i++) {
        double x = floor(uniform(&seed) * 60) * 10, y = floor(uniform(&seed) * 60) * 10;
        tpk_geom_buffer none = {0};
        tpk_geom_buffer_reset(&none, TPK_GEOM_POLYGON);
        geoms[i] = i % 50 == 7 ? geos_of(w, none)
                               : geos_of(w, GEOM(TPK_GEOM_POLYGON, "o", x, y, x + 7, y, x, y + 7, x, y));
    }
}

static void tree_finds_what_brute_force_finds(void **state)
{
    (void)state;
    tpk_geos_geom *geoms[N_GEOMS];
    make_triangles(worker, geoms);
    tpk_geos_tree *tree = NULL;
    assert_int_equal(tpk_geos_tree_new(worker, geoms, N_GEOMS, &tree, NULL), TPK_OK);
    uint64_t seed = 99;
    tpk_geos_hits hits = {0};
    int n_ties = 0;
    for (int q = 0; q < 200; q++) {
        double x = floor(uniform(&seed) * 120) * 5, y = floor(uniform(&seed) * 120) * 5,
               size = 5 * (1 + q % 3);
        tpk_geos_geom *zone = geos_of(
            worker, GEOM(TPK_GEOM_POLYGON, "o", x, y, x + size, y, x + size, y + size, x, y + size, x, y));
        if (q % 2) assert_int_equal(tpk_geos_prepare(worker, zone, NULL), TPK_OK);
        int64_t best = -1, index;
        double best_distance = (double)INFINITY, distance;
        bool yes;
        assert_int_equal(tpk_geos_tree_query(worker, tree, zone, &hits, NULL), TPK_OK);
        size_t next = 0;
        for (int64_t i = 0; i < N_GEOMS; i++) {
            assert_int_equal(tpk_geos_distance(worker, zone, geoms[i], &distance, NULL), TPK_OK);
            n_ties += distance == best_distance;
            if (distance < best_distance) {
                best_distance = distance;
                best = i;
            }
            bool hit = next < hits.n && hits.items[next] == i;
            if (hit) next++;
            assert_int_equal(tpk_geos_intersects(worker, zone, geoms[i], &yes, NULL), TPK_OK);
            assert_true(hit || !yes);
        }
        assert_int_equal(next, hits.n); /* ascending, nothing twice */
        assert_int_equal(tpk_geos_tree_nearest(worker, tree, zone, &index, &distance, NULL), TPK_OK);
        assert_int_equal(index, best);
        assert_true(distance == best_distance);
        tpk_geos_geom_free(zone);
    }
    assert_true(n_ties > 20);
    tpk_free(hits.items);
    tpk_geos_tree_free(tree);
    for (int i = 0; i < N_GEOMS; i++) tpk_geos_geom_free(geoms[i]);
}

static void empty_tree_has_no_nearest(void **state)
{
    (void)state;
    tpk_geos_geom *square = geos_of(worker, GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 1, 0, 1, 1, 0, 0));
    tpk_geos_tree *tree = NULL;
    tpk_geos_hits hits = {0};
    int64_t index;
    double distance;
    assert_int_equal(tpk_geos_tree_new(worker, NULL, 0, &tree, NULL), TPK_OK);
    assert_int_equal(tpk_geos_tree_nearest(worker, tree, square, &index, &distance, NULL), TPK_OK);
    assert_int_equal(index, -1);
    assert_true(isnan(distance));
    assert_int_equal(tpk_geos_tree_query(worker, tree, square, &hits, NULL), TPK_OK);
    assert_int_equal(hits.n, 0);
    tpk_geos_tree_free(tree);
    tpk_geos_geom_free(square);
}

static void threads_share_tree_and_geometries(void **state)
{
    (void)state;
    tpk_geos_geom *geoms[N_GEOMS];
    make_triangles(worker, geoms);
    tpk_geos_tree *tree = NULL;
    assert_int_equal(tpk_geos_tree_new(worker, geoms, N_GEOMS, &tree, NULL), TPK_OK);
    enum { N_ZONES = 64 };
    int64_t nearest[2][N_ZONES];
    int n_failed = 0;
    for (int pass = 0; pass < 2; pass++) {
#pragma omp parallel num_threads(pass == 0 ? 1 : 4) reduction(+ : n_failed)
        {
            tpk_worker *own = NULL;
            n_failed += tpk_worker_new(&own, NULL) != TPK_OK;
#pragma omp for schedule(dynamic, 1)
            for (int q = 0; q < N_ZONES; q++) {
                double x = 9.0 * q, distance;
                const double xy[] = {x, x, x + 5, x, x, x + 5, x, x};
                static const int64_t STARTS[] = {0, 4};
                static const uint8_t ROLES[] = {TPK_RING_OUTER};
                tpk_geos_geom *zone = NULL;
                n_failed += tpk_geos_geom_new(own, (tpk_geom){TPK_GEOM_POLYGON, 1, STARTS, ROLES, xy}, &zone,
                                              NULL) != TPK_OK;
                n_failed += tpk_geos_prepare(own, zone, NULL) != TPK_OK;
                n_failed +=
                    tpk_geos_tree_nearest(own, tree, zone, &nearest[pass][q], &distance, NULL) != TPK_OK;
                tpk_geos_geom_free(zone);
            }
            tpk_worker_free(own);
        }
    }
    assert_int_equal(n_failed, 0);
    assert_memory_equal(nearest[0], nearest[1], sizeof nearest[0]);
    tpk_geos_tree_free(tree);
    for (int i = 0; i < N_GEOMS; i++) tpk_geos_geom_free(geoms[i]);
}

static tpk_status everything_once(const tpk_geom *bow, const tpk_geom *square)
{
    tpk_geom_buffer out = {0};
    tpk_geos_geom *geoms[2] = {NULL, NULL};
    tpk_geos_tree *tree = NULL;
    tpk_geos_hits hits = {0};
    char *reason = NULL;
    bool yes;
    int64_t index;
    double distance;
    const tpk_geom two[] = {*square, *square};
    tpk_status status = tpk_geos_is_valid(worker, *bow, &yes, &reason, NULL);
    if (status == TPK_OK) status = tpk_geos_make_valid(worker, *bow, &out, NULL);
    if (status == TPK_OK) status = tpk_geos_union(worker, two, 2, &out, NULL);
    tpk_geom_buffer_clear(&out);
    if (status == TPK_OK) status = tpk_geos_geom_new(worker, *square, &geoms[0], NULL);
    if (status == TPK_OK) status = tpk_geos_geom_new(worker, *square, &geoms[1], NULL);
    if (status == TPK_OK) status = tpk_geos_prepare(worker, geoms[0], NULL);
    if (status == TPK_OK)
        status = tpk_geos_intersection(worker, geoms[0], geoms[1], TPK_GEOM_POLYGON, &out, NULL);
    if (status == TPK_OK) status = tpk_geos_tree_new(worker, geoms, 2, &tree, NULL);
    if (status == TPK_OK) status = tpk_geos_tree_query(worker, tree, geoms[0], &hits, NULL);
    if (status == TPK_OK) status = tpk_geos_tree_nearest(worker, tree, geoms[0], &index, &distance, NULL);
    tpk_free(reason);
    tpk_free(hits.items);
    tpk_geos_tree_free(tree);
    for (int i = 0; i < 2; i++) tpk_geos_geom_free(geoms[i]);
    tpk_geom_buffer_clear(&out);
    return status;
}

static void every_failed_allocation_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    tpk_geom_buffer bow = GEOM(TPK_GEOM_POLYGON, "o", 0, 0, 2, 2, 2, 0, 0, 2, 0, 0);
    tpk_geom_buffer square =
        GEOM(TPK_GEOM_POLYGON, "oh", 0, 0, 4, 0, 4, 4, 0, 4, 0, 0, NEXT, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1);
    tpk_geom bow_view = tpk_geom_buffer_view(&bow), square_view = tpk_geom_buffer_view(&square);
    long live = tpk_mem_live_count();
    bool passed = false;
    for (long k = 0; k < 200 && !passed; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = everything_once(&bow_view, &square_view);
        passed = tpk_mem_failed_count() == 0;
        assert_int_equal(status, passed ? TPK_OK : TPK_ERR_MEMORY);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    tpk_mem_fail_after(-1);
    assert_true(passed);
    tpk_geom_buffer_clear(&square);
    tpk_geom_buffer_clear(&bow);
}

static void buffer_stays_whole_when_it_cannot_grow(void **state)
{
    (void)state;
    tpk_geom_buffer buffer = GEOM(TPK_GEOM_LINE, NULL, 0, 0, 1, 1);
    static const double MANY[200];
    tpk_mem_fail_after(0);
    assert_false(tpk_geom_buffer_add_part(&buffer, MANY, 100, 0));
    assert_null(tpk_geom_buffer_extend(&buffer, 100, 0));
    assert_int_equal(tpk_mem_failed_count(), 2);
    tpk_mem_fail_after(-1);
    assert_int_equal(buffer.n_parts, 1);
    assert_int_equal(buffer.n_points, 2);
    tpk_geom_buffer_clear(&buffer);
    tpk_geom_buffer_clear(&buffer);
    assert_null(buffer.xy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_polygon_is_valid_and_stays_as_it_is),
        cmocka_unit_test(invalid_polygons_are_explained_and_repaired),
        cmocka_unit_test(repair_of_a_line_leaves_a_line),
        cmocka_unit_test(open_ring_is_invalid_and_cannot_be_repaired),
        cmocka_unit_test(coordinate_that_is_no_number_is_invalid),
        cmocka_unit_test(union_counts_an_overlap_once),
        cmocka_unit_test(union_of_an_impossible_polygon_is_an_error),
        cmocka_unit_test(planar_area_is_that_of_polygons_only),
        cmocka_unit_test(questions_between_two_geometries),
        cmocka_unit_test(nothing_meets_an_empty_geometry),
        cmocka_unit_test(intersection_keeps_only_the_wanted_kind),
        cmocka_unit_test(tree_finds_what_brute_force_finds),
        cmocka_unit_test(empty_tree_has_no_nearest),
        cmocka_unit_test(threads_share_tree_and_geometries),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaks_nothing),
        cmocka_unit_test(buffer_stays_whole_when_it_cannot_grow),
    };
    return cmocka_run_group_tests(tests, start_worker, stop_worker);
}
