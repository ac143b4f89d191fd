#include "input/build.h"

#include <string.h>

#include "base/mem.h"

bool tpk_build_start(tpk_build *build, tpk_layer *layer)
{
    build->layer = layer;
    if (!tpk_grow(&layer->feature_part, &build->part_capacity, 1, sizeof *layer->feature_part)) return false;
    layer->feature_part[0] = 0;
    tpk_geom_buffer *geom = &build->geom;
    if (!tpk_grow(&geom->part_start, &geom->part_capacity, 1, sizeof *geom->part_start)) return false;
    geom->part_start[0] = 0;
    return true;
}

/* Exactly, where tpk_grow would round up: these arrays are the bulk of a layer's memory. */
static bool reserve(void *array, size_t *capacity, int64_t wanted, size_t size)
{
    if ((size_t)wanted <= *capacity) return true;
    void *old;
    memcpy(&old, array, sizeof old);
    void *grown = tpk_realloc(old, (size_t)wanted, size);
    if (!grown) return false;
    memcpy(array, &grown, sizeof grown);
    *capacity = (size_t)wanted;
    return true;
}

bool tpk_build_reserve(tpk_build *build, int64_t n_features, int64_t n_points)
{
    tpk_layer *layer = build->layer;
    tpk_geom_buffer *geom = &build->geom;
    return reserve(&layer->feature_part, &build->part_capacity, n_features + 1,
                   sizeof *layer->feature_part) &&
           reserve(&layer->fid, &build->fid_capacity, n_features, sizeof *layer->fid) &&
           reserve(&geom->part_start, &geom->part_capacity, n_features + 1, sizeof *geom->part_start) &&
           reserve(&geom->xy, &geom->point_capacity, n_points, 2 * sizeof *geom->xy);
}

bool tpk_build_column(tpk_build *build, const char *name, tpk_field_type type, size_t width)
{
    if (!tpk_grow(&build->columns, &build->column_capacity, build->n_columns + 1, sizeof *build->columns))
        return false;
    tpk_column column = {.name = tpk_strdup(name), .type = type, .width = width};
    if (!column.name) return false;
    build->columns[build->n_columns++] = column;
    return true;
}

bool tpk_build_feature(tpk_build *build, int64_t fid)
{
    tpk_layer *layer = build->layer;
    size_t n = (size_t)layer->n_features;
    if (!tpk_grow(&layer->feature_part, &build->part_capacity, n + 2, sizeof *layer->feature_part))
        return false;
    if (!tpk_grow(&layer->fid, &build->fid_capacity, n + 1, sizeof *layer->fid)) return false;
    layer->fid[n] = fid;
    layer->feature_part[n + 1] = layer->feature_part[n];
    layer->n_features++;
    return true;
}

double *tpk_build_part(tpk_build *build, int64_t n, uint8_t ring_role)
{
    tpk_geom_buffer *geom = &build->geom;
    size_t n_parts = (size_t)geom->n_parts, n_points = (size_t)geom->n_points;
    if (!tpk_grow(&geom->part_start, &geom->part_capacity, n_parts + 2, sizeof *geom->part_start))
        return NULL;
    if (!tpk_grow(&geom->ring_role, &geom->role_capacity, n_parts + 1, sizeof *geom->ring_role)) return NULL;
    if (!tpk_grow(&geom->xy, &geom->point_capacity, n_points + (size_t)n, 2 * sizeof *geom->xy)) return NULL;
    geom->part_start[n_parts + 1] = geom->n_points + n;
    geom->ring_role[n_parts] = ring_role;
    geom->n_parts++;
    geom->n_points += n;
    build->layer->feature_part[build->layer->n_features] = geom->n_parts;
    return geom->xy + 2 * n_points;
}

bool tpk_build_number(tpk_column *column, double value)
{
    if (!tpk_grow(&column->number, &column->capacity, column->n + 1, sizeof *column->number)) return false;
    column->number[column->n++] = value;
    return true;
}

/* ---- texts, equal ones once ---- */

enum {
    FIRST_SLOTS = 1 << 10,
    FEWEST_TO_JUDGE = 1 << 17 /* texts, after which a column whose texts differ is no longer looked up */
};

static uint64_t hash_of(const char *bytes, size_t n)
{
    uint64_t h = 0xCBF29CE484222325u; /* FNV-1a */
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)bytes[i]) * 0x100000001B3u;
    return h ^ (h >> 32);
}

static bool is_at(const tpk_column *column, size_t start, const char *bytes, size_t n)
{
    return start + n < column->n_bytes && memcmp(column->bytes + start, bytes, n) == 0 &&
           column->bytes[start + n] == '\0';
}

/* Where the text is in the table, or the empty place for it. */
static size_t slot_of(const tpk_column *column, const char *bytes, size_t n)
{
    size_t slot = (size_t)hash_of(bytes, n) & (column->n_slots - 1);
    while (column->slots[slot] && !is_at(column, column->slots[slot] - 1, bytes, n))
        slot = (slot + 1) & (column->n_slots - 1);
    return slot;
}

static bool widen_slots(tpk_column *column)
{
    tpk_column wider = *column;
    wider.n_slots = column->n_slots ? 2 * column->n_slots : FIRST_SLOTS;
    wider.slots = tpk_zalloc(wider.n_slots, sizeof *wider.slots);
    if (!wider.slots) return false;
    for (size_t i = 0; i < column->n_slots; i++) {
        if (!column->slots[i]) continue;
        const char *text = column->bytes + column->slots[i] - 1;
        wider.slots[slot_of(&wider, text, strlen(text))] = column->slots[i];
    }
    tpk_free(column->slots);
    *column = wider;
    return true;
}

/* A table costs time and memory that only repetition pays back. */
static void give_up_slots(tpk_column *column)
{
    tpk_free(column->slots);
    column->slots = NULL;
    column->n_slots = 0;
    column->is_varied = true;
}

static bool append_text(tpk_column *column, const char *bytes, size_t n)
{
    if (!tpk_grow(&column->bytes, &column->byte_capacity, column->n_bytes + n + 1, 1)) return false;
    column->start[column->n++] = (int64_t)column->n_bytes;
    memcpy(column->bytes + column->n_bytes, bytes, n);
    column->bytes[column->n_bytes + n] = '\0';
    column->n_bytes += n + 1;
    return true;
}

bool tpk_build_text(tpk_column *column, const char *bytes, size_t n)
{
    if (!tpk_grow(&column->start, &column->capacity, column->n + 1, sizeof *column->start)) return false;
    if (n == 0) {
        column->start[column->n++] = -1;
        return true;
    }
    bool differs = column->n >= FEWEST_TO_JUDGE && 2 * column->n_different > column->n;
    if (!column->is_varied && (differs || column->n_bytes + n >= UINT32_MAX)) give_up_slots(column);
    if (column->is_varied) return append_text(column, bytes, n);
    if (2 * column->n_different >= column->n_slots && !widen_slots(column)) return false;
    size_t slot = slot_of(column, bytes, n);
    if (column->slots[slot]) {
        column->start[column->n++] = column->slots[slot] - 1;
        return true;
    }
    column->slots[slot] = (uint32_t)column->n_bytes + 1;
    column->n_different++;
    return append_text(column, bytes, n);
}

void tpk_build_clear(tpk_build *build)
{
    for (size_t i = 0; i < build->n_columns; i++) {
        tpk_column *column = &build->columns[i];
        tpk_free(column->name);
        tpk_free(column->number);
        tpk_free(column->start);
        tpk_free(column->bytes);
        tpk_free(column->slots);
        tpk_free(column->undecoded);
    }
    tpk_free(build->columns);
    tpk_geom_buffer_clear(&build->geom);
    *build = (tpk_build){0};
}
