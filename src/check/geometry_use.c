/* Geometry that does not suit its use: heights and measures that are dropped, lines where areas are needed,
 * features far from the study. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/quantity.h"
#include "check/tally.h"

/* No neighbour of the study area matters over half a degree (56 km) but for distances, which say so
 * themselves. */
static const double FAR_DEG = 0.5;
/* Nothing that serves a province lies 10 degrees (1100 km) away: a coordinate is wrong there. */
static const double ABSURD_DEG = 10;

static tpk_status dropped(const tpk_subject *subject, tpk_findings *findings, const char *kind, int64_t n,
                          const char *format, const char *why, tpk_err *err)
{
    if (n == 0) return TPK_OK;
    tpk_tally tally = {.n = n};
    char *found = tpk_finding_text(format, (long long)n, (long long)subject->layer->n_features);
    char *change = tpk_finding_text("%s", _("nothing is needed"));
    return tpk_tally_report_take(&tally, findings, kind, TPK_GRAVITY_REMARK, found, why, change, err);
}

static tpk_status z_dropped(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    return dropped(
        subject, findings, "z_dropped", subject->layer->n_z,
        NG_("%lld of %lld features has heights (Z), which are dropped",
            "%lld of %lld features have heights (Z), which are dropped", subject->layer->n_z),
        _("base maps carry Z = 0 or heights of their own survey: not the elevation of a site; use an "
          "elevation raster for that"),
        err);
}

static tpk_status m_dropped(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    return dropped(subject, findings, "m_dropped", subject->layer->n_m,
                   NG_("%lld of %lld features has measures (M), which are dropped",
                       "%lld of %lld features have measures (M), which are dropped", subject->layer->n_m),
                   _("measures are positions along a route; no criterion uses them"), err);
}

static tpk_status lines_for_polygons(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    bool lines = layer->kind == TPK_GEOM_LINE;
    if (!subject->used_as_polygons || (!lines && layer->kind != TPK_GEOM_POINT)) return TPK_OK;
    tpk_tally tally = {0};
    int64_t n_closed = 0;
    for (int64_t p = 0; lines && p < layer->feature_part[layer->n_features]; p++) {
        const double *a = layer->xy + 2 * layer->part_start[p],
                     *b = layer->xy + 2 * (layer->part_start[p + 1] - 1);
        n_closed += b > a && a[0] == b[0] && a[1] == b[1];
    }
    char *found = lines
                      ? tpk_finding_text(NG_("the project uses the layer as areas, but it holds %lld line "
                                             "(closed parts: %lld)",
                                             "the project uses the layer as areas, but it holds %lld lines "
                                             "(%lld of their parts are closed)",
                                             layer->n_features),
                                         (long long)layer->n_features, (long long)n_closed)
                      : tpk_finding_text(NG_("the project uses the layer as areas, but it holds %lld point",
                                             "the project uses the layer as areas, but it holds %lld points",
                                             layer->n_features),
                                         (long long)layer->n_features);
    char *change =
        lines ? tpk_finding_text(
                    "%s", _("ask the office for the areas (BIG's names: _AR_ instead of _LN_), or make "
                            "them with QGIS's Polygonize and look at the result"))
              : tpk_finding_text("%s",
                                 _("ask the office for the areas (BIG's names: _AR_ instead of _PT_), or use "
                                   "`distance:` in place of `inside:` in the project file"));
    return tpk_tally_report_take(
        &tally, findings, "lines_for_polygons", TPK_GRAVITY_SERIOUS, found,
        _("nothing lies inside a line or a point: the study area, `inside`, zones and regions need "
          "polygons"),
        change, err);
}

/* Degrees from the box; 0 inside. */
static double away(tpk_box area, tpk_box box)
{
    double dx = fmax(fmax(area.x_min - box.x_max, box.x_min - area.x_max), 0);
    double dy = fmax(fmax(area.y_min - box.y_max, box.y_min - area.y_max), 0);
    return fmin(hypot(dx, dy), 180); /* half-way round the earth */
}

/* The feature's box in longitude and latitude; vertices that could not be transformed are left out. */
static tpk_box lonlat_box(const tpk_subject *subject, int64_t feature)
{
    const tpk_layer *layer = subject->layer;
    tpk_box box = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    int64_t end = layer->part_start[layer->feature_part[feature + 1]];
    for (int64_t i = layer->part_start[layer->feature_part[feature]]; i < end; i++) {
        const double *at = subject->lonlat + 2 * i;
        if (!isfinite(at[0]) || !isfinite(at[1])) continue;
        box.x_min = fmin(box.x_min, at[0]);
        box.x_max = fmax(box.x_max, at[0]);
        box.y_min = fmin(box.y_min, at[1]);
        box.y_max = fmax(box.y_max, at[1]);
    }
    return box;
}

/* Larger numbers are no place at all, however far: told by place_implausible. */
static bool is_place(tpk_box box)
{
    return fmax(fabs(box.x_min), fabs(box.x_max)) <= TPK_MOST_DEGREES &&
           fmax(fabs(box.y_min), fabs(box.y_max)) <= TPK_MOST_DEGREES;
}

typedef struct distances {
    tpk_tally far_ones;
    int64_t n_placed, n_absurd;
    double farthest_deg;
} distances;

static tpk_status measure(const tpk_subject *subject, distances *d, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    for (int64_t f = 0; f < layer->n_features; f++) {
        tpk_box box = lonlat_box(subject, f);
        if (box.x_min > box.x_max || !is_place(box)) continue;
        double deg = away(subject->area_lonlat, box);
        d->n_placed++;
        d->farthest_deg = fmax(d->farthest_deg, deg);
        if (deg <= FAR_DEG) continue;
        d->n_absurd += deg > ABSURD_DEG;
        char *text =
            tpk_finding_text(_("%.4f, %.4f"), (box.x_min + box.x_max) / 2, (box.y_min + box.y_max) / 2);
        if (!text) return tpk_err_memory(err);
        tpk_tally_add(&d->far_ones, layer, f, text);
        tpk_free(text);
    }
    return TPK_OK;
}

static tpk_status report_far(const tpk_subject *subject, distances *d, tpk_findings *findings, tpk_err *err)
{
    if (d->far_ones.n == 0) return TPK_OK;
    bool all = d->far_ones.n == d->n_placed;
    /* A national layer reaches far by nature; a few features far away among near ones are likely wrong. */
    bool few = d->far_ones.n * 5 < d->n_placed;
    tpk_gravity gravity = all                      ? TPK_GRAVITY_SERIOUS
                          : d->n_absurd > 0 && few ? TPK_GRAVITY_REPAIR
                                                   : TPK_GRAVITY_REMARK;
    const char *format =
        subject->area_known
            ? NG_("%lld of %lld features lies more than %.0f km outside the study area, the farthest %.0f km",
                  "%lld of %lld features lie more than %.0f km outside the study area, the farthest %.0f km",
                  d->far_ones.n)
            : NG_("%lld of %lld features lies more than %.0f km outside Kalimantan Selatan, the farthest "
                  "%.0f "
                  "km",
                  "%lld of %lld features lie more than %.0f km outside Kalimantan Selatan, the farthest %.0f "
                  "km",
                  d->far_ones.n);
    char *found = tpk_finding_text(format, (long long)d->far_ones.n, (long long)d->n_placed, FAR_DEG * 111.2,
                                   d->farthest_deg * 111.2);
    char *change;
    if (!subject->in_project) {
        change = tpk_finding_text(
            "%s",
            all ? _("nothing when the layer is meant for another place; else state its right `crs:`, or "
                    "ask the office for the layer of this province")
                : _("look whether their coordinates are right"));
    } else if (all) {
        change = tpk_finding_text(
            _("state the right `crs:` for '%s' in the project file, or ask the office for the "
              "layer of this province"),
            tpk_subject_id(subject));
    } else {
        change = tpk_finding_text(
            _("look whether their coordinates are right; to leave them out give '%s' a condition "
              "`where:` in the project file"),
            tpk_subject_id(subject));
    }
    return tpk_tally_report_take(
        &d->far_ones, findings, "far_features", gravity, found,
        all && subject->area_known
            ? _("the layer does not touch the study area: every distance would be wrong or flat")
        : all ? _("the layer does not touch the province: in a study of it every distance would be wrong or "
                  "flat")
              : _("where their coordinates are wrong they are missing at their true place; "
                  "otherwise they cost time only"),
        change, err);
}

static tpk_status far_features(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    if (!subject->lonlat || tpk_box_is_empty(subject->area_lonlat)) return TPK_OK;
    distances d = {0};
    tpk_status status = measure(subject, &d, err);
    if (status == TPK_OK) status = report_far(subject, &d, findings, err);
    tpk_tally_clear(&d.far_ones);
    return status;
}

const tpk_finding_kind TPK_FINDING_Z_DROPPED = {
    .id = "z_dropped",
    .summary = N_("heights (Z) that are dropped"),
    .for_vectors = true,
    .fast = true,
    .examine = z_dropped,
};

const tpk_finding_kind TPK_FINDING_M_DROPPED = {
    .id = "m_dropped",
    .summary = N_("measures (M) that are dropped"),
    .for_vectors = true,
    .fast = true,
    .examine = m_dropped,
};

const tpk_finding_kind TPK_FINDING_LINES_FOR_POLYGONS = {
    .id = "lines_for_polygons",
    .summary = N_("lines or points where the project needs areas"),
    .for_vectors = true,
    .fast = true,
    .examine = lines_for_polygons,
};

const tpk_finding_kind TPK_FINDING_FAR_FEATURES = {
    .id = "far_features",
    .summary = N_("features far outside the study area"),
    .for_vectors = true,
    .fast = true,
    .examine = far_features,
};
