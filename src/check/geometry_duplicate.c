/* Features with exactly the same coordinates as an earlier one. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/tally.h"
#include "check/twins.h"

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
    int64_t *twin = tpk_alloc((size_t)layer->n_features, sizeof *twin);
    tpk_status status = twin ? tpk_twins_find(subject, twin, err) : tpk_err_memory(err);
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
