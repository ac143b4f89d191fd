/* Validity, repair and overlay: GEOS's home (reentrant API only). */
#ifndef TPK_GEO_GEOS_H
#define TPK_GEO_GEOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/geom.h"
#include "geo/geom_buffer.h"
#include "geo/worker.h"

/* Every function below returns TPK_ERR_MEMORY when memory is exhausted and TPK_ERR_DATA, with GEOS's reason,
 * when GEOS cannot handle the geometry. `worker` is the calling thread's own. */

/* Is this geometry valid (OGC Simple Features)? *valid is set; when it is not, *reason becomes GEOS's text
 * with the place ("Self-intersection[115.2 -3.1]"); caller frees with tpk_free; reason may be NULL. */
TPK_MUST_CHECK tpk_status tpk_geos_is_valid(tpk_worker *worker, tpk_geom geom, bool *valid, char **reason,
                                            tpk_err *err);

/* A valid geometry of the same kind that keeps every vertex where GEOS's make-valid ("structure" method,
 * keeping no collapsed parts) keeps it; pieces of a lower dimension are left out. `out` may come back with no
 * part when nothing of that kind is left. */
TPK_MUST_CHECK tpk_status tpk_geos_make_valid(tpk_worker *worker, tpk_geom geom, tpk_geom_buffer *out,
                                              tpk_err *err);

/* The union of all the given polygons (valid ones) as one (multi)polygon. Its planar area: tpk_geos_area. */
TPK_MUST_CHECK tpk_status tpk_geos_union(tpk_worker *worker, const tpk_geom *polygons, int64_t n,
                                         tpk_geom_buffer *out, tpk_err *err);

/* Fewer vertices, none of them new, no more than tolerance (map units) off: lines and polygons keep their
 * topology (Douglas-Peucker inside each geometry; parts of one geometry do not come to cross); points come
 * back as they are. */
TPK_MUST_CHECK tpk_status tpk_geos_simplify(tpk_worker *worker, tpk_geom geom, double tolerance,
                                            tpk_geom_buffer *out, tpk_err *err);

/* A point inside a polygon geometry. NaN when it has no parts. */
TPK_MUST_CHECK tpk_status tpk_geos_point_inside(tpk_worker *worker, tpk_geom polygon, double xy[2],
                                                tpk_err *err);

/* Planar area in squared map units of a polygon geometry, holes subtracted; 0 for other kinds. */
double tpk_geos_area(tpk_geom geom);

/* A geometry in GEOS's own form, for many questions. Several threads may use one at a time, each with its own
 * worker, as long as it is not prepared; a prepared one belongs to one thread at a time. */
typedef struct tpk_geos_geom tpk_geos_geom;

/* Copies geom. A geometry without parts is allowed. `worker` must outlive the result. Caller frees with
 * tpk_geos_geom_free. */
TPK_MUST_CHECK tpk_status tpk_geos_geom_new(tpk_worker *worker, tpk_geom geom, tpk_geos_geom **out,
                                            tpk_err *err);
void tpk_geos_geom_free(tpk_geos_geom *geom); /* NULL is allowed */

/* Makes later questions with `geom` as their first geometry fast (intersects, contains, distance,
 * tree_nearest). */
TPK_MUST_CHECK tpk_status tpk_geos_prepare(tpk_worker *worker, tpk_geos_geom *geom, tpk_err *err);

/* Do they share a point? Touching counts. */
TPK_MUST_CHECK tpk_status tpk_geos_intersects(tpk_worker *worker, const tpk_geos_geom *a,
                                              const tpk_geos_geom *b, bool *yes, tpk_err *err);

/* Is no point of b outside a, and some point of b's interior in a's interior? (A point on a's border is not
 * contained.) */
TPK_MUST_CHECK tpk_status tpk_geos_contains(tpk_worker *worker, const tpk_geos_geom *a,
                                            const tpk_geos_geom *b, bool *yes, tpk_err *err);

/* Planar distance in map units; 0 when they touch or one lies in the other; INFINITY when either is empty. */
TPK_MUST_CHECK tpk_status tpk_geos_distance(tpk_worker *worker, const tpk_geos_geom *a,
                                            const tpk_geos_geom *b, double *distance, tpk_err *err);

/* The parts of kind `kind` of what a and b have in common; `out` may come back with no part. Both valid. The
 * parts follow tpk_geom's ring order. */
TPK_MUST_CHECK tpk_status tpk_geos_intersection(tpk_worker *worker, const tpk_geos_geom *a,
                                                const tpk_geos_geom *b, tpk_geom_kind kind,
                                                tpk_geom_buffer *out, tpk_err *err);

/* An STRtree over n geometries: built once, constant afterwards, shared by threads. */
typedef struct tpk_geos_tree tpk_geos_tree;

/* geoms: borrowed, the array and the geometries must outlive the tree; so must `worker`. Geometries without
 * parts are never found. Caller frees with tpk_geos_tree_free. */
TPK_MUST_CHECK tpk_status tpk_geos_tree_new(tpk_worker *worker, tpk_geos_geom *const *geoms, int64_t n,
                                            tpk_geos_tree **tree, tpk_err *err);
void tpk_geos_tree_free(tpk_geos_tree *tree); /* NULL is allowed */

/* A growing list of indices. Initialise with {0}; free `items` with tpk_free. */
typedef struct tpk_geos_hits {
    int64_t *items;
    size_t n, capacity;
} tpk_geos_hits;

/* *hits becomes the indices, ascending, of the geometries whose box meets geom's box (touching counts). */
TPK_MUST_CHECK tpk_status tpk_geos_tree_query(tpk_worker *worker, const tpk_geos_tree *tree,
                                              const tpk_geos_geom *geom, tpk_geos_hits *hits, tpk_err *err);

/* The geometry nearest to geom and its planar distance, 0 when it touches; of equally near ones the lowest
 * index. *index is -1 and *distance NaN when the tree or geom is empty. */
TPK_MUST_CHECK tpk_status tpk_geos_tree_nearest(tpk_worker *worker, const tpk_geos_tree *tree,
                                                const tpk_geos_geom *geom, int64_t *index, double *distance,
                                                tpk_err *err);

#endif
