/* Features with exactly the same coordinates as an earlier one: sorted by a hash, compared only within equal
 * ones. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/tally.h"

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

/* twin[f] becomes the first feature with the same coordinates, or -1. */
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

static bool same_value(const tpk_field *field, int64_t a, int64_t b)
{
    if (field->type != TPK_FIELD_TEXT)
        return field->number[a] == field->number[b] || (isnan(field->number[a]) && isnan(field->number[b]));
    const char *x = field->text[a], *y = field->text[b];
    return x == y || (x && y && strcmp(x, y) == 0);
}

static bool same_attributes(const tpk_layer *layer, int64_t a, int64_t b)
{
    for (size_t i = 0; i < layer->n_fields; i++) {
        if (!same_value(&layer->fields[i], a, b)) return false;
    }
    return true;
}

static tpk_status report(const tpk_subject *subject, const int64_t *twin, tpk_findings *findings,
                         tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    int64_t n_other = 0;
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (twin[f] < 0) continue;
        char text[80];
        bool same = same_attributes(layer, twin[f], f);
        n_other += !same;
        snprintf(text, sizeof text, same ? _("as record %lld") : _("as record %lld, other attributes"),
                 (long long)layer->fid[twin[f]]);
        tpk_tally_add(&tally, layer, f, text);
    }
    if (tally.n == 0) return TPK_OK;
    char *found = tpk_finding_text(NG_("%lld of %lld features has exactly the coordinates of an earlier one; "
                                       "%lld of them has other attributes",
                                       "%lld of %lld features have exactly the coordinates of an earlier "
                                       "one; %lld of them have other attributes",
                                       tally.n),
                                   (long long)tally.n, (long long)layer->n_features, (long long)n_other);
    char *change = tpk_finding_text(
        "%s", _("run QGIS's Delete duplicate geometries on the layer (first look at those whose attributes "
                "differ), or ask the office for the layer without overlapping map sheets"));
    /* Two things may stand at one place; many twins, or equal attributes, come from sheets or copies. */
    bool chance = n_other == tally.n && tally.n * 10 < layer->n_features;
    return tpk_tally_report_take(
        &tally, findings, "exact_duplicates", chance ? TPK_GRAVITY_REMARK : TPK_GRAVITY_REPAIR, found,
        _("distances and areas stay right, but a density or a count takes each of them again"), change, err);
}

static tpk_status exact_duplicates(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    if (layer->n_features < 2) return TPK_OK;
    entry *entries = tpk_alloc((size_t)layer->n_features, sizeof *entries);
    int64_t *twin = tpk_alloc((size_t)layer->n_features, sizeof *twin);
    tpk_status status = entries && twin ? find_twins(subject, entries, twin, err) : tpk_err_memory(err);
    tpk_free(entries);
    if (status == TPK_OK) status = report(subject, twin, findings, err);
    tpk_free(twin);
    return status;
}

const tpk_finding_kind TPK_FINDING_EXACT_DUPLICATES = {
    .id = "exact_duplicates",
    .summary = N_("features with exactly the coordinates of an earlier one"),
    .for_vectors = true,
    .fast = true,
    .examine = exact_duplicates,
};
