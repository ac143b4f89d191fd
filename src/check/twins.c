#include "check/twins.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "check/tally.h"

/* Sorted by a hash, compared only within equal ones. */
typedef struct entry {
    uint64_t hash;
    int64_t feature;
} entry;

static int64_t first_point(const tpk_layer *layer, int64_t feature)
{
    return layer->part_start[layer->feature_part[feature]];
}

/* Of the coordinates' bits and the lengths of the parts; mixing by Stafford's variant 13 of MurmurHash3. */
static uint64_t hash_of(const tpk_layer *layer, int64_t feature)
{
    uint64_t h = 0x9E3779B97F4A7C15u;
    int64_t start = first_point(layer, feature), end = first_point(layer, feature + 1);
    for (int64_t i = 2 * start; i < 2 * end; i++) {
        uint64_t bits;
        memcpy(&bits, &layer->xy[i], sizeof bits);
        h = (h ^ bits) * 0xBF58476D1CE4E5B9u;
        h ^= h >> 29;
    }
    h = (h ^ (uint64_t)(layer->feature_part[feature + 1] - layer->feature_part[feature])) *
        0x94D049BB133111EBu;
    return h ^ (h >> 31);
}

static bool is_same(const tpk_layer *layer, int64_t a, int64_t b)
{
    int64_t pa = layer->feature_part[a], pb = layer->feature_part[b],
            n_parts = layer->feature_part[a + 1] - pa;
    if (layer->feature_part[b + 1] - pb != n_parts) return false;
    for (int64_t p = 0; p < n_parts; p++) {
        if (layer->part_start[pa + p + 1] - layer->part_start[pa + p] !=
            layer->part_start[pb + p + 1] - layer->part_start[pb + p])
            return false;
    }
    int64_t n = first_point(layer, a + 1) - first_point(layer, a);
    return memcmp(layer->xy + 2 * first_point(layer, a), layer->xy + 2 * first_point(layer, b),
                  (size_t)n * 2 * sizeof *layer->xy) == 0;
}

static int by_hash(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->feature > y->feature) - (x->feature < y->feature);
}

static tpk_status find_twins(const tpk_subject *subject, entry *entries, int64_t *twin, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    size_t n = 0;
    for (int64_t f = 0; f < layer->n_features; f++) {
        tpk_status status = tpk_check_step(subject, f, layer->n_features, err);
        if (status != TPK_OK) return status;
        twin[f] = -1;
        if (layer->feature_part[f + 1] > layer->feature_part[f]) entries[n++] = (entry){hash_of(layer, f), f};
    }
    qsort(entries, n, sizeof *entries, by_hash);
    for (size_t head = 0, i = 1; i < n; i++) {
        if (entries[i].hash != entries[head].hash) {
            head = i;
        } else if (is_same(layer, entries[head].feature, entries[i].feature)) {
            twin[entries[i].feature] = entries[head].feature;
        }
    }
    return TPK_OK;
}

tpk_status tpk_twins_find(const tpk_subject *subject, int64_t *twin, tpk_err *err)
{
    entry *entries = tpk_alloc((size_t)subject->layer->n_features, sizeof *entries);
    if (!entries) return tpk_err_memory(err);
    tpk_status status = find_twins(subject, entries, twin, err);
    tpk_free(entries);
    return status;
}
