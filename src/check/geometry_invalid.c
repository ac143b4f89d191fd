/* Rings that cross or touch themselves, and geometry without extent. */
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/polygon.h"
#include "check/tally.h"

/* GEOS's word for a ring that meets itself in a point without crossing: two rooms joined at a corner. */
static const char TOUCHES[] = "Ring Self-intersection";

static bool is_touching(const char *reason)
{
    return strncmp(reason, TOUCHES, sizeof TOUCHES - 1) == 0;
}

/* GEOS's word in the planner's language; the place behind it stays. Caller frees with tpk_free. */
static char *explain(const char *reason)
{
    static const char *const WORDS[][2] = {
        {"Ring Self-intersection", N_("the ring touches itself")},
        {"Self-intersection", N_("the outline crosses itself")},
        {"Hole lies outside shell", N_("a hole lies outside its outline")},
        {"Holes are nested", N_("a hole lies inside another hole")},
        {"Nested shells", N_("one part lies inside another part")},
        {"Interior is disconnected", N_("holes cut the area in two")},
        {"Duplicate Rings", N_("a ring is there twice")},
        {"Too few points", N_("a ring has too few points")},
        {"Invalid Coordinate", N_("a coordinate is no usable number")},
    };
    const char *place = strchr(reason, '[');
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (strncmp(reason, WORDS[i][0], strlen(WORDS[i][0])) != 0) continue;
        return tpk_finding_text("%s %s", _(WORDS[i][1]), place ? place : "");
    }
    return tpk_finding_text("%s", reason);
}

static bool has_open_ring(tpk_geom geom)
{
    for (int64_t p = 0; p < geom.n_parts; p++) {
        const double *a = geom.xy + 2 * geom.part_start[p], *b = geom.xy + 2 * (geom.part_start[p + 1] - 1);
        if (b >= a && (a[0] != b[0] || a[1] != b[1])) return true;
    }
    return false;
}

/* Counts the polygons whose fault is of the wanted sort: touching, or anything else. */
static tpk_status collect(const tpk_subject *subject, bool touching, tpk_tally *tally, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    if (layer->kind != TPK_GEOM_POLYGON) return TPK_OK;
    tpk_polygon_maker *maker = tpk_polygon_maker_new(subject);
    tpk_status status = maker ? TPK_OK : tpk_err_memory(err);
    for (int64_t f = 0; status == TPK_OK && f < layer->n_features; f++) {
        tpk_geom geom;
        const char *reason = NULL;
        bool mended;
        status = tpk_check_step(subject, f, layer->n_features, err);
        if (status == TPK_OK) status = tpk_polygon_look(maker, f, &geom, &reason, &mended, err);
        if (status != TPK_OK) break;
        tpk_geom raw = tpk_layer_geom(layer, f);
        if (reason && is_touching(reason) == touching) {
            char *text = explain(reason);
            if (!text) status = tpk_err_memory(err);
            if (text) tpk_tally_add(tally, layer, f, text);
            tpk_free(text);
        } else if (!reason && !touching && mended && raw.n_parts > 0 && has_open_ring(raw)) {
            tpk_tally_add(tally, layer, f, _("a ring is not closed"));
        }
    }
    tpk_polygon_maker_free(maker);
    return status;
}

static tpk_status ring_invalid(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    tpk_tally tally = {0};
    tpk_status status = collect(subject, false, &tally, err);
    if (status == TPK_OK && tally.n > 0) {
        char *found = tpk_finding_text(
            NG_("%lld of %lld polygons is invalid", "%lld of %lld polygons are invalid", tally.n),
            (long long)tally.n, (long long)subject->layer->n_features);
        char *change = tpk_finding_text(
            "%s", _("nothing is needed: `run` repairs them and says so. For an exact border run QGIS's Fix "
                    "geometries on the layer, or ask the office that delivered it for a corrected one"));
        return tpk_tally_report_take(
            &tally, findings, "ring_invalid", TPK_GRAVITY_REPAIR, found,
            _("where an outline crosses itself it is not clear what lies inside; the repair may give a loop "
              "to the wrong side"),
            change, err);
    }
    tpk_tally_clear(&tally);
    return status;
}

static tpk_status self_touching(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    tpk_tally tally = {0};
    tpk_status status = collect(subject, true, &tally, err);
    if (status == TPK_OK && tally.n > 0) {
        char *found = tpk_finding_text(NG_("%lld of %lld polygons touches itself at a point",
                                           "%lld of %lld polygons touch themselves at a point", tally.n),
                                       (long long)tally.n, (long long)subject->layer->n_features);
        char *change = tpk_finding_text(
            "%s", _("nothing is needed: `run` splits the ring there and says so; the area stays the same"));
        return tpk_tally_report_take(
            &tally, findings, "self_touching", TPK_GRAVITY_REPAIR, found,
            _("outlines of pixels that meet at a corner look like this; inside and outside are clear, but "
              "other programs refuse such polygons or lose a part"),
            change, err);
    }
    tpk_tally_clear(&tally);
    return status;
}

/* All points of the feature at one place, or for polygons all of its rings without area. */
static bool has_no_extent(const tpk_layer *layer, int64_t feature)
{
    tpk_geom geom = tpk_layer_geom(layer, feature);
    if (geom.n_parts == 0) return false;
    if (layer->kind == TPK_GEOM_LINE) return !(tpk_geom_length(geom) > 0);
    for (int64_t p = 0; p < geom.n_parts; p++) {
        int64_t start = geom.part_start[p], n = geom.part_start[p + 1] - start;
        if (n >= 3 && tpk_ring_signed_area(geom.xy + 2 * start, n) != 0) return false;
    }
    return true;
}

static tpk_status zero_length(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    bool lines = layer->kind == TPK_GEOM_LINE;
    if (!lines && layer->kind != TPK_GEOM_POLYGON) return TPK_OK;
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (has_no_extent(layer, f)) tpk_tally_add(&tally, layer, f, NULL);
    }
    if (tally.n == 0) return TPK_OK;
    char *found = tpk_finding_text(
        lines ? NG_("%lld of %lld lines has no length: all its points lie at one place",
                    "%lld of %lld lines have no length: all their points lie at one place", tally.n)
              : NG_("%lld of %lld polygons has no area", "%lld of %lld polygons have no area", tally.n),
        (long long)tally.n, (long long)layer->n_features);
    char *change = tpk_finding_text("%s", _("delete them in the layer, or ask the office that delivered it "
                                            "what they should be"));
    return tpk_tally_report_take(&tally, findings, "zero_length", TPK_GRAVITY_REPAIR, found,
                                 _("they cannot be drawn; a polygon without area counts as a feature without "
                                   "geometry, a line without length as a point"),
                                 change, err);
}

const tpk_finding_kind TPK_FINDING_RING_INVALID = {
    .id = "ring_invalid",
    .summary = N_("polygons whose outline crosses itself or is not closed, with reason and place"),
    .for_vectors = true,
    .examine = ring_invalid,
};

const tpk_finding_kind TPK_FINDING_SELF_TOUCHING = {
    .id = "self_touching",
    .summary = N_("polygons whose outline touches itself"),
    .for_vectors = true,
    .examine = self_touching,
};

const tpk_finding_kind TPK_FINDING_ZERO_LENGTH = {
    .id = "zero_length",
    .summary = N_("lines without length and polygons without area"),
    .for_vectors = true,
    .fast = true,
    .examine = zero_length,
};
