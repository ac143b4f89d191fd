#include "geo/geom_buffer.h"

#include <string.h>

#include "base/mem.h"

tpk_geom tpk_geom_buffer_view(const tpk_geom_buffer *buffer)
{
    return (tpk_geom){.kind = buffer->kind,
                      .n_parts = buffer->n_parts,
                      .part_start = buffer->part_start,
                      .ring_role = buffer->kind == TPK_GEOM_POLYGON ? buffer->ring_role : NULL,
                      .xy = buffer->xy};
}

void tpk_geom_buffer_reset(tpk_geom_buffer *buffer, tpk_geom_kind kind)
{
    buffer->kind = kind;
    buffer->n_parts = 0;
    buffer->n_points = 0;
}

void tpk_geom_buffer_clear(tpk_geom_buffer *buffer)
{
    tpk_free(buffer->part_start);
    tpk_free(buffer->ring_role);
    tpk_free(buffer->xy);
    *buffer = (tpk_geom_buffer){0};
}

double *tpk_geom_buffer_extend(tpk_geom_buffer *buffer, int64_t n, uint8_t ring_role)
{
    size_t n_parts = (size_t)buffer->n_parts, n_points = (size_t)(buffer->n_points + n);
    if (!tpk_grow(&buffer->part_start, &buffer->part_capacity, n_parts + 2, sizeof *buffer->part_start))
        return NULL;
    if (!tpk_grow(&buffer->ring_role, &buffer->role_capacity, n_parts + 1, sizeof *buffer->ring_role))
        return NULL;
    /* At least one, so that a part without points has an address too. */
    if (!tpk_grow(&buffer->xy, &buffer->point_capacity, n_points + 1, 2 * sizeof *buffer->xy)) return NULL;
    double *place = buffer->xy + 2 * buffer->n_points;
    buffer->part_start[n_parts] = buffer->n_points;
    buffer->n_points += n;
    buffer->part_start[n_parts + 1] = buffer->n_points;
    buffer->ring_role[n_parts] = ring_role;
    buffer->n_parts++;
    return place;
}

bool tpk_geom_buffer_add_part(tpk_geom_buffer *buffer, const double *xy, int64_t n, uint8_t ring_role)
{
    double *place = tpk_geom_buffer_extend(buffer, n, ring_role);
    if (place && n > 0) memcpy(place, xy, 2 * (size_t)n * sizeof *xy);
    return place != NULL;
}
