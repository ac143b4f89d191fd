#include "input/select.h"

#include <string.h>

#include "base/mem.h"

static bool copy_facts(const tpk_layer *from, tpk_layer *to)
{
    *to = *from;
    to->n_fields = 0;
    to->fields = NULL;
    to->feature_part = to->part_start = to->fid = NULL;
    to->ring_role = NULL;
    to->xy = NULL;
    char **texts[] = {&to->id,         &to->path,     &to->driver,    &to->crs_name, &to->crs_code,
                      &to->crs_origin, &to->encoding, &to->operation, &to->crs_text, &to->encoding_said};
    bool ok = tpk_source_files_copy(&from->files, &to->files, NULL) == TPK_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts;
         i++) { /* every pointer must be replaced, also after a failure */
        const char *old = *texts[i];
        *texts[i] = tpk_strdup(old);
        if (old && !*texts[i]) ok = false;
    }
    return ok;
}

static bool copy_geometry(const tpk_layer *from, const uint8_t *keep, int64_t n_kept, tpk_layer *to)
{
    int64_t n_parts = 0, n_points = 0;
    for (int64_t f = 0; f < from->n_features; f++) {
        if (!keep[f]) continue;
        int64_t first = from->feature_part[f], last = from->feature_part[f + 1];
        n_parts += last - first;
        n_points += from->part_start[last] - from->part_start[first];
    }
    bool has_roles = from->ring_role != NULL;
    to->fid = tpk_alloc((size_t)n_kept, sizeof *to->fid);
    to->feature_part = tpk_alloc((size_t)n_kept + 1, sizeof *to->feature_part);
    to->part_start = tpk_alloc((size_t)n_parts + 1, sizeof *to->part_start);
    to->xy = tpk_alloc((size_t)n_points, 2 * sizeof *to->xy);
    if (has_roles) to->ring_role = tpk_alloc((size_t)n_parts, 1);
    if (!to->fid || !to->feature_part || !to->part_start || !to->xy || (has_roles && !to->ring_role))
        return false;
    int64_t feature = 0, part = 0, point = 0;
    for (int64_t f = 0; f < from->n_features; f++) {
        if (!keep[f]) continue;
        to->fid[feature] = from->fid[f];
        to->feature_part[feature++] = part;
        for (int64_t p = from->feature_part[f]; p < from->feature_part[f + 1]; p++) {
            int64_t start = from->part_start[p], n = from->part_start[p + 1] - start;
            if (has_roles) to->ring_role[part] = from->ring_role[p];
            to->part_start[part++] = point;
            if (n > 0) memcpy(to->xy + 2 * point, from->xy + 2 * start, (size_t)n * 2 * sizeof *to->xy);
            point += n;
        }
    }
    to->feature_part[feature] = part;
    to->part_start[part] = point;
    to->n_features = n_kept;
    return true;
}

static bool copy_text(const tpk_field *from, const uint8_t *keep, int64_t n, int64_t n_kept, tpk_field *to)
{
    size_t n_bytes = 0;
    for (int64_t f = 0; f < n; f++) {
        if (keep[f] && from->text[f]) n_bytes += strlen(from->text[f]) + 1;
    }
    to->text = tpk_alloc((size_t)n_kept, sizeof *to->text);
    to->bytes = tpk_alloc(n_bytes, 1);
    if (!to->text || !to->bytes) return false;
    char *end = to->bytes;
    int64_t row = 0;
    for (int64_t f = 0; f < n; f++) {
        if (!keep[f]) continue;
        to->text[row++] = from->text[f] ? end : NULL;
        if (from->text[f]) end = stpcpy(end, from->text[f]) + 1;
    }
    return true;
}

static bool copy_marks(const tpk_field *from, const uint8_t *keep, int64_t n, int64_t n_kept, tpk_field *to)
{
    if (!from->undecoded) return true;
    to->undecoded = tpk_alloc((size_t)n_kept, 1);
    if (!to->undecoded) return false;
    int64_t row = 0;
    for (int64_t f = 0; f < n; f++) {
        if (keep[f]) to->undecoded[row++] = from->undecoded[f];
    }
    return true;
}

static bool copy_field(const tpk_field *from, const uint8_t *keep, int64_t n, int64_t n_kept, tpk_field *to)
{
    to->type = from->type;
    to->width = from->width;
    to->n_nul = from->n_nul;
    to->name = tpk_strdup(from->name);
    if (!to->name || !copy_marks(from, keep, n, n_kept, to)) return false;
    if (from->type == TPK_FIELD_TEXT) return copy_text(from, keep, n, n_kept, to);
    to->number = tpk_alloc((size_t)n_kept, sizeof *to->number);
    if (!to->number) return false;
    int64_t row = 0;
    for (int64_t f = 0; f < n; f++) {
        if (keep[f]) to->number[row++] = from->number[f];
    }
    return true;
}

tpk_layer *tpk_layer_select(const tpk_layer *from, const uint8_t *keep)
{
    int64_t n_kept = 0;
    for (int64_t f = 0; f < from->n_features; f++) n_kept += keep[f];
    tpk_layer *to = tpk_alloc(1, sizeof *to);
    if (!to) return NULL;
    bool ok = copy_facts(from, to) && copy_geometry(from, keep, n_kept, to);
    if (ok) to->fields = tpk_zalloc(from->n_fields, sizeof *to->fields);
    ok = ok && to->fields;
    for (size_t i = 0; ok && i < from->n_fields; i++) {
        ok = copy_field(&from->fields[i], keep, from->n_features, n_kept, &to->fields[to->n_fields++]);
    }
    if (!ok) {
        tpk_layer_free(to);
        return NULL;
    }
    to->n_filtered += from->n_features - n_kept;
    to->box = tpk_geom_box(tpk_layer_all(to));
    return to;
}
