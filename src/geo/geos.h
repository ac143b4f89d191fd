/* Validity, repair and overlay: GEOS's home (reentrant API only). */
#ifndef TPK_GEO_GEOS_H
#define TPK_GEO_GEOS_H

#include <stdbool.h>
#include <stddef.h>

#include "geo/geom.h"
#include "geo/worker.h"

/* An owned geometry in flat arrays; view it with tpk_geom_buffer_view. Initialise with {0}. */
typedef struct tpk_geom_buffer {
    tpk_geom_kind kind;
    int64_t *part_start;
    uint8_t *ring_role;
    double *xy;
    int64_t n_parts, n_points;
    size_t part_capacity, role_capacity, point_capacity; /* in elements */
} tpk_geom_buffer;

tpk_geom tpk_geom_buffer_view(const tpk_geom_buffer *buffer);
void tpk_geom_buffer_reset(tpk_geom_buffer *buffer, tpk_geom_kind kind); /* empties, keeps the memory */
void tpk_geom_buffer_clear(tpk_geom_buffer *buffer);                     /* safe twice */
/* Appends one part (n points, interleaved). False when memory is exhausted. */
bool tpk_geom_buffer_add_part(tpk_geom_buffer *buffer, const double *xy, int64_t n, uint8_t ring_role);

/* Is this geometry valid (OGC Simple Features)? *valid is set; when it is not, *reason becomes GEOS's text
 * with the place ("Self-intersection[115.2 -3.1]"); caller frees with tpk_free; reason may be NULL. */
TPK_MUST_CHECK tpk_status tpk_geos_is_valid(tpk_worker *worker, tpk_geom geom, bool *valid, char **reason, tpk_err *err);

/* A valid geometry of the same kind that keeps every vertex where GEOS's make-valid ("structure" method, keeping no collapsed parts)
 * keeps it; pieces of a lower dimension are left out. `out` may come back with no part when nothing of that kind is left. */
TPK_MUST_CHECK tpk_status tpk_geos_make_valid(tpk_worker *worker, tpk_geom geom, tpk_geom_buffer *out, tpk_err *err);

/* The union of all the given polygons as one (multi)polygon. */
TPK_MUST_CHECK tpk_status tpk_geos_union(tpk_worker *worker, const tpk_geom *polygons, int64_t n, tpk_geom_buffer *out, tpk_err *err);

#endif
