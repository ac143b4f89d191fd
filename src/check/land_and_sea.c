/* Points of the land that lie in the sea, and points, lines and polygons of the sea that lie inland.
 *
 * Land beyond the province's border is land too: a point outside the province counts as in the sea only when
 * the nearest piece of the border is coast. So both the land's polygons and the coastline are needed for the
 * first kind; without them the kinds are silent. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
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

/* The middle of the feature's box when it lies in the study area and can be trusted. */
static bool place_in_area(const tpk_places *places, int64_t f, double *lon, double *lat)
{
    if (tpk_place_of(places, f, lon, lat) != TPK_PLACE_FINE) return false;
    tpk_box box = places->subject->area_lonlat;
    return *lon >= box.x_min && *lon <= box.x_max && *lat >= box.y_min && *lat <= box.y_max;
}

static tpk_status add(const tpk_subject *subject, int64_t f, const char *format, double d_m, tpk_tally *tally,
                      tpk_err *err)
{
    char *text = tpk_finding_text(format, d_m / 1000);
    if (!text) return tpk_err_memory(err);
    tpk_tally_add(tally, subject->layer, f, text);
    tpk_free(text);
    return TPK_OK;
}

static tpk_status collect_land(const tpk_subject *subject, const tpk_segments *land,
                               const tpk_segments *coast, tpk_tally *tally, tpk_err *err)
{
    tpk_places places = tpk_places_of(subject);
    int64_t n = places.usable ? subject->layer->n_features : 0;
    tpk_status status = TPK_OK;
    for (int64_t f = 0; status == TPK_OK && f < n; f++) {
        double lon, lat;
        status = tpk_check_step(subject, f, n, err);
        if (status != TPK_OK || !place_in_area(&places, f, &lon, &lat)) continue;
        double d_m = off_coast_m(land, coast, lon, lat);
        if (d_m >= OFF_SHORE_M) status = add(subject, f, _("%.1f km off the coast"), d_m, tally, err);
    }
    return status;
}

static tpk_status examine_land(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    if (!subject->land || !subject->coast || subject->layer->kind != TPK_GEOM_POINT || may_be_at_sea(subject))
        return TPK_OK;
    tpk_segments *land = NULL, *coast = NULL;
    tpk_tally tally = {0};
    tpk_status status = index_layer(subject->land, &land, err);
    if (status == TPK_OK) status = index_layer(subject->coast, &coast, err);
    if (status == TPK_OK) status = collect_land(subject, land, coast, &tally, err);
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

/* ---- the sea on land ---- */

/* Of a line or polygon: points looked at, those far inland, and how far the farthest. */
typedef struct inland {
    int64_t n, n_deep;
    double deepest_m;
} inland;

static void look_at(const tpk_segments *land, double lon, double lat, inland *in)
{
    double d_m = inland_m(land, lon, lat);
    in->n++;
    in->n_deep += d_m >= INLAND_M;
    in->deepest_m = fmax(in->deepest_m, d_m);
}

/* Vertices, and the middles of the edges between them. */
static void look_along(const tpk_segments *land, tpk_geom line, inland *in)
{
    for (int64_t p = 0; p < line.n_parts; p++) {
        for (int64_t i = line.part_start[p]; i < line.part_start[p + 1]; i++) {
            const double *at = line.xy + 2 * i;
            look_at(land, at[0], at[1], in);
            if (i + 1 < line.part_start[p + 1]) look_at(land, (at[0] + at[2]) / 2, (at[1] + at[3]) / 2, in);
        }
    }
}

/* A lattice of the polygon's points near the land: a sea reaches far beyond it. */
static tpk_status look_inside(const tpk_segments *land, tpk_box land_box, tpk_geom polygon, inland *in,
                              tpk_err *err)
{
    enum { SIDE = 32 };
    tpk_segments *edges = NULL;
    tpk_box own = tpk_geom_box(polygon);
    double x0 = fmax(own.x_min, land_box.x_min), y0 = fmax(own.y_min, land_box.y_min);
    double dx = (fmin(own.x_max, land_box.x_max) - x0) / SIDE,
           dy = (fmin(own.y_max, land_box.y_max) - y0) / SIDE;
    if (!(dx > 0) || !(dy > 0)) return TPK_OK;
    tpk_status status = tpk_segments_new(&polygon, 1, &edges, err);
    for (int i = 0; status == TPK_OK && i < SIDE * SIDE; i++) {
        double lon = x0 + (i % SIDE + 0.5) * dx, lat = y0 + (i / SIDE + 0.5) * dy;
        if (tpk_segments_contain(edges, lon, lat)) look_at(land, lon, lat, in);
    }
    tpk_segments_free(edges);
    return status;
}

/* The feature in longitude and latitude; without part where one of its points has none. */
static tpk_geom lonlat_of(const tpk_subject *subject, int64_t f)
{
    tpk_geom geom = tpk_layer_geom(subject->layer, f);
    geom.xy = subject->lonlat;
    if (tpk_box_is_empty(tpk_place_box(subject, f))) geom.n_parts = 0;
    return geom;
}

/* How far inland the feature lies in m; below INLAND_M when less than a tenth of it does. */
static tpk_status depth_of(const tpk_places *places, int64_t f, const tpk_segments *land, double *depth_m,
                           tpk_err *err)
{
    const tpk_subject *subject = places->subject;
    inland in = {.deepest_m = -1};
    tpk_status status = TPK_OK;
    double lon, lat;
    *depth_m = -1;
    if (subject->layer->kind == TPK_GEOM_POINT) {
        if (place_in_area(places, f, &lon, &lat)) *depth_m = inland_m(land, lon, lat);
        return TPK_OK;
    }
    tpk_geom geom = lonlat_of(subject, f);
    if (geom.n_parts == 0) return TPK_OK;
    if (geom.kind == TPK_GEOM_LINE)
        look_along(land, geom, &in);
    else
        status = look_inside(land, subject->land->box, geom, &in, err);
    if (10 * in.n_deep >= in.n) *depth_m = in.deepest_m;
    return status;
}

/* A column that classes the features ("Laut", "Terumbu Karang"); in a column of names these are places. */
static bool is_classed_as_sea(const tpk_layer *layer, int64_t f)
{
    static const char *const CLASSES[] = {"laut",           "perairan laut", "laut lepas", "samudera",
                                          "terumbu karang", "padang lamun",  "ocean",      "sea",
                                          "coral reef",     "seagrass"};
    const tpk_field *names = tpk_name_field(layer);
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        if (field->type != TPK_FIELD_TEXT || field == names || !field->text[f]) continue;
        for (size_t k = 0; k < sizeof CLASSES / sizeof *CLASSES; k++) {
            if (tpk_text_equal_fold(field->text[f], CLASSES[k])) return true;
        }
    }
    return false;
}

static tpk_status collect_sea(const tpk_subject *subject, const tpk_segments *land, tpk_tally *tally,
                              tpk_err *err)
{
    tpk_places places = tpk_places_of(subject);
    bool all = must_be_at_sea(subject);
    int64_t n = places.usable ? subject->layer->n_features : 0;
    tpk_status status = TPK_OK;
    for (int64_t f = 0; status == TPK_OK && f < n; f++) {
        double depth_m;
        status = tpk_check_step(subject, f, n, err);
        if (status != TPK_OK || (!all && !is_classed_as_sea(subject->layer, f))) continue;
        status = depth_of(&places, f, land, &depth_m, err);
        if (status == TPK_OK && depth_m >= INLAND_M)
            status = add(subject, f, _("%.1f km inland"), depth_m, tally, err);
    }
    return status;
}

static tpk_status examine_sea(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    if (!subject->land) return TPK_OK;
    tpk_segments *land = NULL;
    tpk_tally tally = {0};
    tpk_status status = index_layer(subject->land, &land, err);
    if (status == TPK_OK) status = collect_sea(subject, land, &tally, err);
    if (status == TPK_OK && tally.n > 0) {
        char *found = tpk_finding_text(
            NG_("%lld feature of the sea lies on land, more than %.0f km from the coast and the border",
                "%lld features of the sea lie on land, more than %.0f km from the coast and the border",
                tally.n),
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
