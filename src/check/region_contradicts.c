/* Points that do not lie in the region they name, and the reason that explains most of them: minutes
 * subtracted from the degrees instead of added, as in the ministry's port list (simpel.dephub.go.id). */
#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/region_labels.h"
#include "check/tally.h"

typedef struct sorted {
    tpk_tally minutes, others;
    int64_t n_agree;
    const char *field; /* borrowed from the layer */
    bool are_boxes;
} sorted;

static void sorted_clear(sorted *s)
{
    tpk_tally_clear(&s->minutes);
    tpk_tally_clear(&s->others);
}

static tpk_status add(const tpk_layer *layer, int64_t feature, tpk_label label, const char *said,
                      const double lonlat[2], const double fixed[2], sorted *s, tpk_err *err)
{
    char *text = label == TPK_LABEL_MINUTES
                     ? tpk_finding_text(_("%s, lon %.4f, lat %.4f -> lon %.4f, lat %.4f"), said, lonlat[0],
                                        lonlat[1], fixed[0], fixed[1])
                     : tpk_finding_text(_("says %s, lies at lon %.4f, lat %.4f"), said, lonlat[0], lonlat[1]);
    if (!text) return tpk_err_memory(err);
    tpk_tally_add(label == TPK_LABEL_MINUTES ? &s->minutes : &s->others, layer, feature, text);
    tpk_free(text);
    return TPK_OK;
}

static tpk_status sort_features(const tpk_subject *subject, sorted *s, tpk_err *err)
{
    tpk_labels labels = {0};
    tpk_status status = tpk_labels_open(subject, &labels, err);
    const tpk_layer *layer = subject->layer;
    if (status == TPK_OK && (labels.region || labels.province)) {
        s->field = labels.region ? labels.region->name : labels.province->name;
        s->are_boxes = tpk_regions_are_boxes(labels.regions);
        for (int64_t f = 0; status == TPK_OK && f < layer->n_features; f++) {
            const char *said;
            double lonlat[2], fixed[2];
            status = tpk_check_step(subject, f, layer->n_features, err);
            if (status != TPK_OK) break;
            tpk_label label = tpk_label_of(&labels, f, &said, lonlat, fixed);
            s->n_agree += label == TPK_LABEL_AGREES;
            if (label == TPK_LABEL_MINUTES || label == TPK_LABEL_CONTRADICTS)
                status = add(layer, f, label, said, lonlat, fixed, s, err);
        }
    }
    tpk_labels_close(&labels);
    return status;
}

/* Among points that lie anywhere, one in six is in its region by chance when its minutes are turned around:
 * the minutes explain something only when they explain a good part. */
static bool minutes_explain(const sorted *s)
{
    return s->minutes.n > 0 && 3 * s->minutes.n >= s->minutes.n + s->others.n;
}

/* How the regions are known: boxes let a wrong place in the neighbourhood pass. */
static const char *measure(const sorted *s)
{
    return s->are_boxes ? _("compared with the extents of the regencies of Kalimantan Selatan; with their "
                            "polygons (kabupaten.shp) "
                            "more would be found")
                        : _("compared with the polygons of the regions");
}

/* What to do about them: the repair of the run, where it can be had. */
static char *minutes_change(const tpk_subject *subject)
{
    const tpk_layer_spec *spec = subject->spec;
    const char *formula = _("longitude' = 2 x (longitude rounded up) - longitude, latitude' = 2 x (latitude "
                            "rounded away from the equator) - "
                            "latitude; the corrected places stand behind the arrows. Let the office that "
                            "delivered the layer confirm them: points "
                            "that pass by chance can be wrong too");
    if (spec->repair)
        return tpk_finding_text(_("nothing: the run moves them (`repair: minutes`), by %s"), formula);
    if (!tpk_crs_is_geographic(subject->crs))
        return tpk_finding_text(_("correct these points in degrees, by %s"), formula);
    return tpk_finding_text(_("in the project file: `%s: {path: %s, repair: minutes}`, and the run moves "
                              "those that then lie in the extent of "
                              "their regency, by %s"),
                            spec->id && spec->id[0] ? spec->id : "LAYER",
                            spec->written ? spec->written : spec->path, formula);
}

static tpk_status examine_minutes(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    sorted s = {0};
    tpk_status status = sort_features(subject, &s, err);
    if (status == TPK_OK && minutes_explain(&s)) {
        char *found = tpk_finding_text(
            NG_("%lld point lies outside the region that its field '%s' names, but inside it when the "
                "minutes are added to the degrees instead of subtracted (%lld lie there as they are; %s)",
                "%lld points lie outside the region that their field '%s' names, but inside it when the "
                "minutes are added to the degrees instead of subtracted (%lld lie there as they are; %s)",
                s.minutes.n),
            (long long)s.minutes.n, s.field, (long long)s.n_agree, measure(&s));
        char *change = minutes_change(subject);
        bool is_repaired = subject->spec->repair != NULL; /* "minutes" is the one repair there is */
        status = tpk_tally_report_take(
            &s.minutes, findings, "minutes_subtracted",
            is_repaired ? TPK_GRAVITY_REPAIR : TPK_GRAVITY_SERIOUS, found,
            is_repaired ? _("the layer is used with these points in their corrected places")
                        : _("distances to these points are wrong by up to two degrees (220 km)"),
            change, err);
    }
    sorted_clear(&s);
    return status;
}

const tpk_finding_kind TPK_FINDING_MINUTES_SUBTRACTED = {
    .id = "minutes_subtracted",
    .summary = N_("minutes subtracted from the degrees instead of added"),
    .for_vectors = true,
    .fast = true,
    .examine = examine_minutes};

static tpk_status examine_region(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    sorted s = {0};
    tpk_status status = sort_features(subject, &s, err);
    if (!minutes_explain(&s)) {
        s.others.n += s.minutes.n;
        s.minutes.n = 0;
    }
    if (status == TPK_OK && s.others.n > 0) {
        int64_t n_said = s.n_agree + s.minutes.n + s.others.n;
        bool many = 10 * s.others.n > n_said;
        char *found = tpk_finding_text(
            NG_("%lld of %lld features does not lie in the region that its attributes name (field '%s'; %s)",
                "%lld of %lld features do not lie in the region that their attributes name (field '%s'; %s)",
                s.others.n),
            (long long)s.others.n, (long long)n_said, s.field, measure(&s));
        char *change = tpk_finding_text(
            "%s", _("ask the office that delivered the layer which of the two is right for each of these "
                    "records, the "
                    "coordinates or the name; until then leave them out with `where:` in the project file"));
        status = tpk_tally_report_take(&s.others, findings, "region_contradicts",
                                       many ? TPK_GRAVITY_SERIOUS : TPK_GRAVITY_REPAIR, found,
                                       _("either the place or the name is wrong; a wrong place draws good or "
                                         "bad scores to where nothing is"),
                                       change, err);
    }
    sorted_clear(&s);
    return status;
}

const tpk_finding_kind TPK_FINDING_REGION_CONTRADICTS = {.id = "region_contradicts",
                                                         .summary =
                                                             N_("features outside the region that they name"),
                                                         .for_vectors = true,
                                                         .fast = true,
                                                         .examine = examine_region};
