/* Geometries kept in GEOS's own form, questions between them, and the STRtree over many. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "geo/geos_private.h"

enum { NODE_CAPACITY = 10 };

struct tpk_geos_geom {
    tpk_worker *worker; /* borrowed, must outlive this */
    GEOSGeometry *g;
    const GEOSPreparedGeometry *prepared; /* NULL: not prepared */
    bool empty;
};

struct tpk_geos_tree {
    tpk_worker *worker; /* borrowed, must outlive this */
    GEOSSTRtree *tree;
    tpk_geos_geom *const *geoms; /* borrowed; an item of the tree is an address in it */
    int64_t n_items;
};

/* GEOS computes a geometry's box when it is first asked for and keeps it in the geometry. Asking now makes
 * the geometry constant, so that threads may share it. A polygon keeps its outer ring's box; its holes are
 * asked one by one. */
static void settle_boxes(GEOSContextHandle_t geos, const GEOSGeometry *g)
{
    double x_min;
    if (GEOSisEmpty_r(geos, g)) return;
    GEOSGeom_getXMin_r(geos, g, &x_min);
    int n = GEOSGetNumGeometries_r(geos, g);
    for (int i = 0; i < n; i++) {
        const GEOSGeometry *member = GEOSGetGeometryN_r(geos, g, i);
        if (GEOSGeomTypeId_r(geos, member) != GEOS_POLYGON) continue;
        int n_holes = GEOSGetNumInteriorRings_r(geos, member);
        for (int h = 0; h < n_holes; h++)
            GEOSGeom_getXMin_r(geos, GEOSGetInteriorRingN_r(geos, member, h), &x_min);
    }
}

tpk_status tpk_geos_geom_new(tpk_worker *worker, tpk_geom geom, tpk_geos_geom **out, tpk_err *err)
{
    *out = NULL;
    tpk_geos_geom *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->worker = worker;
    tpk_status status = tpk_geos_import(worker, geom, &made->g, err);
    if (status != TPK_OK) {
        tpk_free(made);
        return status;
    }
    made->empty = GEOSisEmpty_r(worker->geos, made->g) == 1;
    settle_boxes(worker->geos, made->g);
    *out = made;
    return TPK_OK;
}

void tpk_geos_geom_free(tpk_geos_geom *geom)
{
    if (!geom) return;
    if (geom->prepared) GEOSPreparedGeom_destroy_r(geom->worker->geos, geom->prepared);
    GEOSGeom_destroy_r(geom->worker->geos, geom->g);
    tpk_free(geom);
}

tpk_status tpk_geos_prepare(tpk_worker *worker, tpk_geos_geom *geom, tpk_err *err)
{
    if (geom->prepared || geom->empty) return TPK_OK;
    worker->geos_message[0] = '\0';
    geom->prepared = GEOSPrepare_r(worker->geos, geom->g);
    return geom->prepared ? TPK_OK : tpk_geos_failed(worker, err);
}

tpk_status tpk_geos_intersects(tpk_worker *worker, const tpk_geos_geom *a, const tpk_geos_geom *b, bool *yes,
                               tpk_err *err)
{
    *yes = false;
    if (a->empty || b->empty) return TPK_OK;
    worker->geos_message[0] = '\0';
    int answer = a->prepared ? GEOSPreparedIntersects_r(worker->geos, a->prepared, b->g)
                             : GEOSIntersects_r(worker->geos, a->g, b->g);
    *yes = answer == 1;
    return answer > 1 ? tpk_geos_failed(worker, err) : TPK_OK;
}

tpk_status tpk_geos_contains(tpk_worker *worker, const tpk_geos_geom *a, const tpk_geos_geom *b, bool *yes,
                             tpk_err *err)
{
    *yes = false;
    if (a->empty || b->empty) return TPK_OK;
    worker->geos_message[0] = '\0';
    int answer = a->prepared ? GEOSPreparedContains_r(worker->geos, a->prepared, b->g)
                             : GEOSContains_r(worker->geos, a->g, b->g);
    *yes = answer == 1;
    return answer > 1 ? tpk_geos_failed(worker, err) : TPK_OK;
}

tpk_status tpk_geos_distance(tpk_worker *worker, const tpk_geos_geom *a, const tpk_geos_geom *b,
                             double *distance, tpk_err *err)
{
    *distance = (double)INFINITY;
    if (a->empty || b->empty) return TPK_OK;
    worker->geos_message[0] = '\0';
    int done = a->prepared ? GEOSPreparedDistance_r(worker->geos, a->prepared, b->g, distance)
                           : GEOSDistance_r(worker->geos, a->g, b->g, distance);
    return done ? TPK_OK : tpk_geos_failed(worker, err);
}

tpk_status tpk_geos_intersection(tpk_worker *worker, const tpk_geos_geom *a, const tpk_geos_geom *b,
                                 tpk_geom_kind kind, tpk_geom_buffer *out, tpk_err *err)
{
    tpk_geom_buffer_reset(out, kind);
    if (a->empty || b->empty) return TPK_OK;
    worker->geos_message[0] = '\0';
    GEOSGeometry *common = GEOSIntersection_r(worker->geos, a->g, b->g);
    if (!common) return tpk_geos_failed(worker, err);
    tpk_status status = tpk_geos_export(worker, common, kind, out, err);
    GEOSGeom_destroy_r(worker->geos, common);
    return status;
}

static void ignore_item(void *item, void *user)
{
    (void)item;
    (void)user;
}

tpk_status tpk_geos_tree_new(tpk_worker *worker, tpk_geos_geom *const *geoms, int64_t n, tpk_geos_tree **tree,
                             tpk_err *err)
{
    *tree = NULL;
    tpk_geos_tree *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->worker = worker;
    made->geoms = geoms;
    worker->geos_message[0] = '\0';
    made->tree = GEOSSTRtree_create_r(worker->geos, NODE_CAPACITY);
    const tpk_geos_geom *last = NULL;
    for (int64_t i = 0; i < n && made->tree; i++) {
        if (geoms[i]->empty) continue;
        GEOSSTRtree_insert_r(worker->geos, made->tree, geoms[i]->g, (void *)&geoms[i]);
        made->n_items++;
        last = geoms[i];
    }
    /* GEOS builds the tree in its first query; done here, later ones only read. */
    if (last) GEOSSTRtree_query_r(worker->geos, made->tree, last->g, ignore_item, NULL);
    if (!made->tree || worker->geos_message[0]) {
        tpk_geos_tree_free(made);
        return tpk_geos_failed(worker, err);
    }
    *tree = made;
    return TPK_OK;
}

void tpk_geos_tree_free(tpk_geos_tree *tree)
{
    if (!tree) return;
    if (tree->tree) GEOSSTRtree_destroy_r(tree->worker->geos, tree->tree);
    tpk_free(tree);
}

typedef struct collecting {
    const tpk_geos_tree *tree;
    tpk_geos_hits *hits;
    bool failed;
} collecting;

static void collect_item(void *item, void *user)
{
    collecting *c = user;
    if (c->failed || !tpk_grow(&c->hits->items, &c->hits->capacity, c->hits->n + 1, sizeof *c->hits->items)) {
        c->failed = true;
        return;
    }
    c->hits->items[c->hits->n++] = (tpk_geos_geom *const *)item - c->tree->geoms;
}

static int by_index(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The indices, ascending, whose box meets g's. */
static tpk_status query(tpk_worker *worker, const tpk_geos_tree *tree, const GEOSGeometry *g,
                        tpk_geos_hits *hits, tpk_err *err)
{
    hits->n = 0;
    if (tree->n_items == 0) return TPK_OK;
    collecting c = {.tree = tree, .hits = hits};
    worker->geos_message[0] = '\0';
    GEOSSTRtree_query_r(worker->geos, tree->tree, g, collect_item, &c);
    if (c.failed) return tpk_err_memory(err);
    if (worker->geos_message[0]) return tpk_geos_failed(worker, err);
    if (hits->n > 1) qsort(hits->items, hits->n, sizeof *hits->items, by_index);
    return TPK_OK;
}

tpk_status tpk_geos_tree_query(tpk_worker *worker, const tpk_geos_tree *tree, const tpk_geos_geom *geom,
                               tpk_geos_hits *hits, tpk_err *err)
{
    hits->n = 0;
    return geom->empty ? TPK_OK : query(worker, tree, geom->g, hits, err);
}

typedef struct measuring {
    tpk_worker *worker;
    const tpk_geos_geom *from;
} measuring;

/* GEOS 3.11 takes 0 for a failure, whatever the comment at the type says. */
static int measure_item(const void *item1, const void *item2, double *distance, void *user)
{
    const measuring *m = user;
    const tpk_geos_geom *a = *(tpk_geos_geom *const *)item1, *b = *(tpk_geos_geom *const *)item2;
    return tpk_geos_distance(m->worker, m->from, a == m->from ? b : a, distance, NULL) == TPK_OK;
}

/* GEOSGeometry of g's box grown by `by` on all sides; NULL when GEOS refuses. */
static GEOSGeometry *grown_box(GEOSContextHandle_t geos, const GEOSGeometry *g, double by)
{
    double x0, y0, x1, y1;
    if (!GEOSGeom_getXMin_r(geos, g, &x0) || !GEOSGeom_getYMin_r(geos, g, &y0) ||
        !GEOSGeom_getXMax_r(geos, g, &x1) || !GEOSGeom_getYMax_r(geos, g, &y1)) {
        return NULL;
    }
    double slack = 1e-12 * (by + fabs(x0) + fabs(y0) + fabs(x1) + fabs(y1));
    return GEOSGeom_createRectangle_r(geos, x0 - by - slack, y0 - by - slack, x1 + by + slack,
                                      y1 + by + slack);
}

/* Among equally near ones GEOS returns the one its tree meets first; *index becomes the lowest. */
static tpk_status settle_tie(tpk_worker *worker, const tpk_geos_tree *tree, const tpk_geos_geom *geom,
                             double distance, int64_t *index, tpk_err *err)
{
    tpk_geos_hits near_ones = {0};
    tpk_status status;
    GEOSGeometry *box = grown_box(worker->geos, geom->g, distance);
    if (!box) return tpk_geos_failed(worker, err);
    status = query(worker, tree, box, &near_ones, err);
    for (size_t i = 0; i < near_ones.n && near_ones.items[i] < *index && status == TPK_OK; i++) {
        double other = (double)INFINITY;
        status = tpk_geos_distance(worker, geom, tree->geoms[near_ones.items[i]], &other, err);
        if (other <= distance) *index = near_ones.items[i];
    }
    GEOSGeom_destroy_r(worker->geos, box);
    tpk_free(near_ones.items);
    return status;
}

tpk_status tpk_geos_tree_nearest(tpk_worker *worker, const tpk_geos_tree *tree, const tpk_geos_geom *geom,
                                 int64_t *index, double *distance, tpk_err *err)
{
    *index = -1;
    *distance = (double)NAN;
    if (tree->n_items == 0 || geom->empty) return TPK_OK;
    measuring m = {.worker = worker, .from = geom};
    worker->geos_message[0] = '\0';
    const void *item =
        GEOSSTRtree_nearest_generic_r(worker->geos, tree->tree, &geom, geom->g, measure_item, &m);
    if (!item) return tpk_geos_failed(worker, err);
    int64_t found = (tpk_geos_geom *const *)item - tree->geoms;
    double found_distance;
    tpk_status status = tpk_geos_distance(worker, geom, tree->geoms[found], &found_distance, err);
    if (status == TPK_OK) status = settle_tie(worker, tree, geom, found_distance, &found, err);
    if (status != TPK_OK) return status;
    *index = found;
    *distance = found_distance;
    return TPK_OK;
}
