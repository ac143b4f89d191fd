/* Points of the land that lie in the sea, and things of the sea that lie inland.
 *
 * Land beyond the province's border is land too: a point outside the province counts as in the sea only when
 * the nearest piece of the border is coast. So both the land's polygons and the coastline are needed for the
 * first kind; without them the kinds are silent. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/place.h"
#include "check/tally.h"
#include "geo/segments.h"

static const double M_PER_DEG = 111195; /* near enough to the equator for both axes */
static const double OFF_SHORE_M = 1000; /* a coarse coastline and a jetty */
static const double SAME_LINE_M = 3000; /* between the coast and the border of land along it, drawn apart */
static const double INLAND_M = 5000;    /* estuaries and ponds behind the beach */

/* By the layer's name: things that do stand in the water, or are measured there too. */
static bool may_be_at_sea(const tpk_subject *subject)
{
    static const char *const WORDS[] = {"laut",    "pantai",   "coast",     "ocean",   "batimetri",
                                        "terumbu", "mangrove", "pelabuhan", "dermaga", "harbour",
                                        "nelayan", "tambak",   "pulau",     "hotspot", "toponim"};
    const char *id = subject->spec->id ? subject->spec->id : "";
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (tpk_name_has(id, WORDS[i])) return true;
    }
    return false;
}

/* Only what cannot be on land at all; "Tanah Laut" is a regency and "Pulau Laut" an island. */
static bool must_be_at_sea(const tpk_subject *subject)
{
    const char *id = subject->spec->id ? subject->spec->id : "";
    if (tpk_name_has(id, "tanah") || tpk_name_has(id, "pulau")) return false;
    return tpk_name_has(id, "laut") || tpk_name_has(id, "ocean") || tpk_name_has(id, "batimetri") ||
           tpk_name_has(id, "terumbu");
}

static tpk_status index_layer(const tpk_layer *layer, tpk_segments **segments, tpk_err *err)
{
    *segments = NULL;
    tpk_geom *geoms = tpk_alloc((size_t)layer->n_features, sizeof *geoms);
    if (!geoms) return tpk_err_memory(err);
    for (int64_t f = 0; f < layer->n_features; f++) geoms[f] = tpk_layer_geom(layer, f);
    tpk_status status = tpk_segments_new(geoms, layer->n_features, segments, err);
    tpk_free(geoms);
    return status;
}

/* The place on segment s nearest to (x, y). */
static void nearest_on(const tpk_segment *s, double x, double y, double at[2])
{
    double t = (x - s->ax) * s->ux + (y - s->ay) * s->uy;
    t = t < 0 ? 0 : t > s->length ? s->length : t;
    at[0] = s->ax + t * s->ux;
    at[1] = s->ay + t * s->uy;
}

/* Distance off the coast in m; negative: on land, or beside another province. */
static double off_coast_m(const tpk_segments *land, const tpk_segments *coast, double lon, double lat)
{
    if (tpk_segments_contain(land, lon, lat)) return -1;
    int64_t index = -1;
    double at[2], d_m = sqrt(tpk_segments_nearest2(land, lon, lat, &index)) * M_PER_DEG;
    if (index < 0) return -1;
    nearest_on(&tpk_segments_array(land)[index], lon, lat, at);
    double to_coast_m = sqrt(tpk_segments_nearest2(coast, at[0], at[1], NULL)) * M_PER_DEG;
    return to_coast_m <= SAME_LINE_M ? d_m : -1;
}

/* How deep inland in m; negative: not on land. */
static double inland_m(const tpk_segments *land, double lon, double lat)
{
    if (!tpk_segments_contain(land, lon, lat)) return -1;
    return sqrt(tpk_segments_nearest2(land, lon, lat, NULL)) * M_PER_DEG;
}

static tpk_status collect(const tpk_subject *subject, const tpk_segments *land, const tpk_segments *coast,
                          tpk_tally *tally, tpk_err *err)
{
    tpk_places places = tpk_places_of(subject);
    if (!places.usable) return TPK_OK;
    int64_t n = subject->layer->n_features;
    for (int64_t f = 0; f < n; f++) {
        tpk_status status = tpk_check_step(subject, f, n, err);
        if (status != TPK_OK) return status;
        double lon, lat;
        if (tpk_place_of(&places, f, &lon, &lat) != TPK_PLACE_FINE) continue;
        tpk_box box = subject->area_lonlat;
        if (lon < box.x_min || lon > box.x_max || lat < box.y_min || lat > box.y_max) continue;
        double d_m = coast ? off_coast_m(land, coast, lon, lat) : inland_m(land, lon, lat);
        if (d_m < (coast ? OFF_SHORE_M : INLAND_M)) continue;
        char *text = tpk_finding_text(coast ? _("%.1f km off the coast") : _("%.1f km inland"), d_m / 1000);
        if (!text) return tpk_err_memory(err);
        tpk_tally_add(tally, subject->layer, f, text);
        tpk_free(text);
    }
    return TPK_OK;
}

static tpk_status examine_land(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    if (!subject->land || !subject->coast || subject->layer->kind != TPK_GEOM_POINT || may_be_at_sea(subject))
        return TPK_OK;
    tpk_segments *land = NULL, *coast = NULL;
    tpk_tally tally = {0};
    tpk_status status = index_layer(subject->land, &land, err);
    if (status == TPK_OK) status = index_layer(subject->coast, &coast, err);
    if (status == TPK_OK) status = collect(subject, land, coast, &tally, err);
    if (status == TPK_OK && tally.n > 0) {
        char *found =
            tpk_finding_text(NG_("%lld point lies in the sea, more than %.0f m off the coast",
                                 "%lld points lie in the sea, more than %.0f m off the coast", tally.n),
                             (long long)tally.n, OFF_SHORE_M);
        char *change = tpk_finding_text(
            "%s", _("compare these places with a map; ask the office that delivered the layer for the right "
                    "coordinates, unless the thing does stand in the water (a loading point, a buoy)"));
        status = tpk_tally_report_take(&tally, findings, "land_in_sea", TPK_GRAVITY_REMARK, found,
                                       _("a thing of the land that lies in the sea lies in the wrong place"),
                                       change, err);
    }
    tpk_tally_clear(&tally);
    tpk_segments_free(coast);
    tpk_segments_free(land);
    return status;
}

const tpk_finding_kind TPK_FINDING_LAND_IN_SEA = {.id = "land_in_sea",
                                                  .summary = N_("points of the land that lie in the sea"),
                                                  .for_vectors = true,
                                                  .fast = false,
                                                  .examine = examine_land};

static tpk_status examine_sea(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    if (!subject->land || subject->layer->kind != TPK_GEOM_POINT || !must_be_at_sea(subject)) return TPK_OK;
    tpk_segments *land = NULL;
    tpk_tally tally = {0};
    tpk_status status = index_layer(subject->land, &land, err);
    if (status == TPK_OK) status = collect(subject, land, NULL, &tally, err);
    if (status == TPK_OK && tally.n > 0) {
        char *found = tpk_finding_text(
            _("%lld features of the sea lie on land, more than %.0f km from the coast and the border"),
            (long long)tally.n, INLAND_M / 1000);
        char *change = tpk_finding_text(
            "%s", _("compare these places with a map; ask the office that delivered the layer for the right "
                    "coordinates, or whether they lie on a river"));
        status = tpk_tally_report_take(&tally, findings, "sea_on_land", TPK_GRAVITY_REMARK, found,
                                       _("a thing of the sea that lies inland lies in the wrong place"),
                                       change, err);
    }
    tpk_tally_clear(&tally);
    tpk_segments_free(land);
    return status;
}

const tpk_finding_kind TPK_FINDING_SEA_ON_LAND = {.id = "sea_on_land",
                                                  .summary = N_("features of the sea that lie on land"),
                                                  .for_vectors = true,
                                                  .fast = false,
                                                  .examine = examine_sea};
