#include "check/place.h"

#include <math.h>

#include "check/crs_guess.h"

static const tpk_box INDONESIA = {94, -12, 142, 7};
static const double AROUND_DEG = 1; /* layers reach beyond the study area */

static bool lies_in(tpk_box box, double x, double y)
{
    return x >= box.x_min && x <= box.x_max && y >= box.y_min && y <= box.y_max;
}

tpk_box tpk_place_box(const tpk_subject *subject, int64_t feature)
{
    const tpk_layer *layer = subject->layer;
    int64_t first = layer->part_start[layer->feature_part[feature]];
    int64_t end = layer->part_start[layer->feature_part[feature + 1]];
    tpk_box box = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (int64_t i = first; i < end; i++) {
        double x = subject->lonlat[2 * i], y = subject->lonlat[2 * i + 1];
        if (!isfinite(x) || !isfinite(y)) return TPK_BOX_EMPTY;
        if (x < box.x_min) box.x_min = x;
        if (x > box.x_max) box.x_max = x;
        if (y < box.y_min) box.y_min = y;
        if (y > box.y_max) box.y_max = y;
    }
    return first < end ? box : TPK_BOX_EMPTY;
}

static bool in_study(const tpk_subject *subject, double x, double y)
{
    tpk_box a = subject->area_lonlat;
    return lies_in(
        (tpk_box){a.x_min - AROUND_DEG, a.y_min - AROUND_DEG, a.x_max + AROUND_DEG, a.y_max + AROUND_DEG}, x,
        y);
}

static bool mirror_in_study(const tpk_subject *subject, double x, double y)
{
    return in_study(subject, -x, y) || in_study(subject, x, -y) || in_study(subject, -x, -y);
}

tpk_places tpk_places_of(const tpk_subject *subject)
{
    tpk_places places = {.subject = subject,
                         .usable =
                             subject->layer && subject->lonlat && !tpk_crs_is_contradicted(subject, NULL)};
    if (!places.usable) return places;
    int64_t n_there = 0, n_mirrored = 0, n_seen = 0;
    for (int64_t f = 0; f < subject->layer->n_features; f++) {
        tpk_box box = tpk_place_box(subject, f);
        if (tpk_box_is_empty(box)) continue;
        double x = (box.x_min + box.x_max) / 2, y = (box.y_min + box.y_max) / 2;
        n_seen++;
        n_there += in_study(subject, x, y);
        n_mirrored += mirror_in_study(subject, x, y);
    }
    places.is_local = 10 * n_there >= 9 * n_seen;
    places.is_mirrored = 2 * n_mirrored > n_seen && 10 * n_there < n_seen;
    return places;
}

/* No place in Indonesia has a negative longitude; a latitude's sign is doubted only where the rest of the
 * layer says so, because Kalimantan reaches north of the equator. */
static bool sign_fits(const tpk_places *places, double x, double y)
{
    const tpk_subject *s = places->subject;
    if (x < 0 && (lies_in(INDONESIA, -x, y) || lies_in(INDONESIA, -x, -y))) return true;
    return (places->is_local || places->is_mirrored) && !in_study(s, x, y) && mirror_in_study(s, x, y);
}

/* Easting and northing exchanged: asked only of features that lie far away as they are. */
static bool exchanged_fits(const tpk_places *places, int64_t feature)
{
    const tpk_subject *s = places->subject;
    const tpk_layer *layer = s->layer;
    if (!tpk_crs_is_metric(s->crs)) return false;
    const double *xy = layer->xy + 2 * layer->part_start[layer->feature_part[feature]];
    double exchanged[2] = {xy[1], xy[0]};
    if (!isfinite(xy[0]) || !isfinite(xy[1]) || tpk_crs_to_lonlat(s->crs, exchanged, 1, NULL) != TPK_OK)
        return false;
    return in_study(s, exchanged[0], exchanged[1]);
}

tpk_place tpk_place_of(const tpk_places *places, int64_t feature, double *lon, double *lat)
{
    const tpk_layer *layer = places->subject->layer;
    *lon = *lat = (double)NAN;
    if (layer->feature_part[feature] == layer->feature_part[feature + 1]) return TPK_PLACE_NONE;
    tpk_box box = tpk_place_box(places->subject, feature);
    if (tpk_box_is_empty(box)) return exchanged_fits(places, feature) ? TPK_PLACE_SWAPPED : TPK_PLACE_NOWHERE;
    double x = *lon = (box.x_min + box.x_max) / 2, y = *lat = (box.y_min + box.y_max) / 2;
    if (!lies_in(INDONESIA, x, y) && lies_in(INDONESIA, y, x)) return TPK_PLACE_SWAPPED;
    if (sign_fits(places, x, y)) return TPK_PLACE_SIGN;
    if (lies_in(INDONESIA, x, y)) return TPK_PLACE_FINE;
    return exchanged_fits(places, feature) ? TPK_PLACE_SWAPPED : TPK_PLACE_FAR;
}
