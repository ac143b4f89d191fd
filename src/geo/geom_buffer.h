/* A geometry that owns its arrays and grows: what readers, repairs and overlays write into. */
#ifndef TPK_GEO_GEOM_BUFFER_H
#define TPK_GEO_GEOM_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "geo/geom.h"

/* Initialise with {0}. */
typedef struct tpk_geom_buffer {
    tpk_geom_kind kind;
    int64_t *part_start;
    uint8_t *ring_role;
    double *xy;
    int64_t n_parts, n_points;
    size_t part_capacity, role_capacity,
        point_capacity; /* in elements; a point is one element of 2 doubles */
} tpk_geom_buffer;

tpk_geom tpk_geom_buffer_view(const tpk_geom_buffer *buffer);            /* borrowed until the next change */
void tpk_geom_buffer_reset(tpk_geom_buffer *buffer, tpk_geom_kind kind); /* empties, keeps the memory */
void tpk_geom_buffer_clear(tpk_geom_buffer *buffer);                     /* safe twice */

/* Appends one part (n points, interleaved; ring_role counts for polygons only). False, the buffer unchanged,
 * when memory is exhausted. */
bool tpk_geom_buffer_add_part(tpk_geom_buffer *buffer, const double *xy, int64_t n, uint8_t ring_role);

/* Appends one part of n points whose coordinates the caller fills in: returns where, borrowed until the next
 * change; NULL, the buffer unchanged, when memory is exhausted. */
double *tpk_geom_buffer_extend(tpk_geom_buffer *buffer, int64_t n, uint8_t ring_role);

#endif
