/* All segments of a set of geometries behind a packed tree: nearest distance, everything within a radius,
 * point in polygon.
 *
 * The tree is implicit (sorted along a Hilbert curve, 8 boxes a node, level by level), built once, constant
 * afterwards, shared by threads. Points are segments of length zero. */
#ifndef TPK_GEO_SEGMENTS_H
#define TPK_GEO_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/geom.h"

typedef struct tpk_segment {
    double ax, ay; /* start */
    double ux, uy; /* unit direction; 0, 0 for a point */
    double length; /* 0 for a point */
    double by;     /* end; kept exactly, for the crossing test */
    double bx;
    int64_t feature;
} tpk_segment;

typedef struct tpk_segments tpk_segments;

/* geoms: n geometries (one a feature); points, lines or polygons. Caller frees with tpk_segments_free.
 * TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_segments_new(const tpk_geom *geoms, int64_t n, tpk_segments **segments,
                                           tpk_err *err);
void tpk_segments_free(tpk_segments *segments);

int64_t tpk_segments_count(const tpk_segments *segments);
const tpk_segment *tpk_segments_array(const tpk_segments *segments); /* tree order; borrowed */

/* Squared distance from (x, y) to one segment: the one formula used everywhere, so that all routes agree to
 * the bit. */
static inline double tpk_segment_distance2(const tpk_segment *s, double x, double y)
{
    double dx = x - s->ax, dy = y - s->ay;
    double t = dx * s->ux + dy * s->uy;
    t = t < 0 ? 0 : t;
    t = t > s->length ? s->length : t;
    double ex = dx - t * s->ux, ey = dy - t * s->uy;
    return ex * ex + ey * ey;
}

/* Is the crossing with the horizontal line through y east of x? Only for edges that span y (low end <= y <
 * high end). Falls from true to false as x grows. Always reckoned from the lower end, so that two polygons
 * that share an edge agree about the points on it. */
static inline bool tpk_segment_is_east(const tpk_segment *s, double x, double y)
{
    bool up = s->ay < s->by;
    double low_x = up ? s->ax : s->bx, low_y = up ? s->ay : s->by;
    double high_x = up ? s->bx : s->ax, high_y = up ? s->by : s->ay;
    return (high_x - low_x) * (y - low_y) - (x - low_x) * (high_y - low_y) > 0;
}

/* What the edge adds to the winding number of (x, y), seen along the ray towards +x: 1 upwards, -1 downwards,
 * 0 without a crossing. */
static inline int tpk_segment_crossing(const tpk_segment *s, double x, double y)
{
    bool up = s->ay < s->by;
    bool spans = up ? s->ay <= y && y < s->by : s->by <= y && y < s->ay;
    return !spans || !tpk_segment_is_east(s, x, y) ? 0 : up ? 1 : -1;
}

/* Smallest squared distance from (x, y) to any segment; INFINITY for an empty set. *index (may be NULL) is
 * the segment's place in the array. */
double tpk_segments_nearest2(const tpk_segments *segments, double x, double y, int64_t *index);

/* A growing list of segment indices. Initialise with {0}; free `items` with tpk_free. */
typedef struct tpk_index_list {
    int32_t *items;
    size_t n, capacity;
} tpk_index_list;

/* Appends the index of every segment whose distance from (x, y) is at most radius (and possibly some a little
 * farther). False when memory is exhausted. */
bool tpk_segments_within(const tpk_segments *segments, double x, double y, double radius,
                         tpk_index_list *list);

/* Appends the index of every segment whose box meets `box`. False when memory is exhausted. */
bool tpk_segments_in_box(const tpk_segments *segments, tpk_box box, tpk_index_list *list);

/* Polygons only: does the non-zero winding rule (with rings as tpk_geom orders them: the union of overlapping
 * polygons) put (x, y) inside? A point on an edge belongs to exactly one side: an edge owns its lower end in
 * y, a crossing counts when it lies at x' > x. */
bool tpk_segments_contain(const tpk_segments *segments, double x, double y);

#endif
