/* Geometry as flat arrays, the form every kernel reads. A tpk_geom is a view: it owns nothing and costs
 * nothing. */
#ifndef TPK_GEO_GEOM_H
#define TPK_GEO_GEOM_H

#include <stdint.h>

#include "geo/grid.h"

typedef enum tpk_geom_kind { TPK_GEOM_NONE, TPK_GEOM_POINT, TPK_GEOM_LINE, TPK_GEOM_POLYGON } tpk_geom_kind;

enum { TPK_RING_OUTER = 0, TPK_RING_HOLE = 1 };

/* Part p is the points part_start[p] .. part_start[p+1]-1 of xy (x, y interleaved).
 * Points: one part a point. Lines: one part a line, at least two points. Polygons: one part a ring, closed
 * (first point repeated), outer rings counter-clockwise and each followed by its own holes, holes clockwise,
 * ring_role saying which. */
typedef struct tpk_geom {
    tpk_geom_kind kind;
    int64_t n_parts;
    const int64_t *part_start; /* n_parts + 1 offsets in points, absolute in xy */
    const uint8_t *ring_role;  /* n_parts; polygons only, else NULL */
    const double *xy;
} tpk_geom;

tpk_box tpk_geom_box(tpk_geom geom);

/* Signed planar area of one closed ring: positive when counter-clockwise. n counts the repeated last point.
 */
double tpk_ring_signed_area(const double *xy, int64_t n);

/* Planar length of all parts (rings included). */
double tpk_geom_length(tpk_geom geom);

/* What a straight edge is to a box: the points (x, y interleaved, at most 4) of its shadow, the part between
 * the heights of the box with x held to the box's sides; 0 when there is none. The shadows of a closed ring's
 * edges, taken together, go round the part of the polygon that lies in the box, but for level lines: what is
 * integrated over dy along them (Green's theorem) belongs to that part. */
int tpk_edge_shadow(const double *start, const double *end, tpk_box box, double shadow[8]);

#endif
