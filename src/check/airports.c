/* Airports of the province as tables have them from before: under codes that were given up, or not all of
 * them. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/place.h"
#include "check/tally.h"

/* Degrees; code NULL: ICAO's is not known. Sources: OurAirports and BIG's gazetteer. */
static const struct {
    const char *name, *code;
    double lon, lat;
} AIRPORTS[] = {
    {"Syamsudin Noor", "WAOO", 114.7630, -3.4424},
    {"Warukin", "WAON", 115.4360, -2.2166},
    {"Bersujud", NULL, 116.0005, -3.4097},
    {"Gusti Syamsir Alam (Stagen)", NULL, 116.1675, -3.2995},
};
enum { N_AIRPORTS = sizeof AIRPORTS / sizeof *AIRPORTS };

/* Two tables put one airport this far apart at most: 5 km. */
static const double NEAR_DEG = 0.045;

/* The column of ICAO's codes, by which a layer is one of airports; NULL: it is none. */
static const tpk_field *code_column(const tpk_subject *subject)
{
    static const char *const NAMES[] = {"icao", "iko", "icao_code", "kode_icao"};
    const tpk_layer *layer = subject->layer;
    if (layer->kind != TPK_GEOM_POINT || !subject->lonlat) return NULL;
    for (size_t i = 0; i < layer->n_fields; i++) {
        for (size_t n = 0; n < sizeof NAMES / sizeof *NAMES; n++) {
            if (layer->fields[i].type == TPK_FIELD_TEXT &&
                tpk_text_equal_fold(layer->fields[i].name, NAMES[n]))
                return &layer->fields[i];
        }
    }
    return NULL;
}

/* The feature nearest to each airport, for what else lies near is a helipad or a beacon; -1: none near. */
static void find_airports(const tpk_subject *subject, int64_t feature_of[N_AIRPORTS])
{
    for (int a = 0; a < N_AIRPORTS; a++) {
        double nearest_deg = NEAR_DEG;
        feature_of[a] = -1;
        for (int64_t f = 0; f < subject->layer->n_features; f++) {
            tpk_box box = tpk_place_box(subject, f);
            double dist_deg = fmax(fabs(box.x_min - AIRPORTS[a].lon), fabs(box.y_min - AIRPORTS[a].lat));
            if (!(dist_deg < nearest_deg)) continue;
            nearest_deg = dist_deg;
            feature_of[a] = f;
        }
    }
}

static bool is_code(const char *text)
{
    for (int i = 0; i < 4; i++) {
        if (!((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= 'a' && text[i] <= 'z'))) return false;
    }
    return text[4] == 0;
}

static tpk_status airport_codes_old(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_field *codes = code_column(subject);
    int64_t feature_of[N_AIRPORTS];
    tpk_tally tally = {0};
    if (!codes) return TPK_OK;
    find_airports(subject, feature_of);
    for (int a = 0; a < N_AIRPORTS; a++) {
        const char *code = feature_of[a] >= 0 ? codes->text[feature_of[a]] : NULL;
        if (!code || !AIRPORTS[a].code || !is_code(code) || tpk_text_equal_fold(code, AIRPORTS[a].code))
            continue;
        char *text = tpk_finding_text(_("%s; ICAO's is %s"), code, AIRPORTS[a].code);
        if (text) tpk_tally_add(&tally, subject->layer, feature_of[a], text);
        if (!text) tally.failed = true;
        tpk_free(text);
    }
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found = tpk_finding_text(NG_("%lld airport has another code in column %s than ICAO's",
                                       "%lld airports have other codes in column %s than ICAO's", tally.n),
                                   (long long)tally.n, codes->name);
    char *change = tpk_finding_text("%s", _("write the codes that the records are said to have, or take a "
                                            "list of today, such as that of OurAirports"));
    return tpk_tally_report_take(&tally, findings, "airport_codes_old", TPK_GRAVITY_REMARK, found,
                                 _("a join by code finds nothing, and where the list is an old one, runways "
                                   "may have been moved or closed since"),
                                 change, err);
}

static tpk_status airports_missing(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    int64_t feature_of[N_AIRPORTS];
    int n_there = 0;
    tpk_tally tally = {0};
    if (!code_column(subject)) return TPK_OK;
    find_airports(subject, feature_of);
    for (int a = 0; a < N_AIRPORTS; a++) {
        n_there += feature_of[a] >= 0;
        if (feature_of[a] >= 0) continue;
        char *text =
            tpk_finding_text(_("%s, lon %.4f, lat %.4f"), AIRPORTS[a].name, AIRPORTS[a].lon, AIRPORTS[a].lat);
        if (text) tpk_tally_add_value(&tally, text);
        if (!text) tally.failed = true;
        tpk_free(text);
    }
    if (2 * n_there <= N_AIRPORTS || n_there == N_AIRPORTS) { /* of another place, a selection; all there */
        tpk_tally_clear(&tally);
        return TPK_OK;
    }
    char *found = tpk_finding_text(_("%d of the %d airports of Kalimantan Selatan are in the layer"), n_there,
                                   N_AIRPORTS);
    char *change = tpk_finding_text(
        "%s", _("add a point for each airport named, at the place that stands beside it, or take a "
                "complete list, such as that of OurAirports"));
    tally.n = 0; /* no features of the layer */
    return tpk_tally_report_take(&tally, findings, "airports_missing", TPK_GRAVITY_REMARK, found,
                                 _("where it is no selection, distances to an airport come out too long "
                                   "around the one that is missing"),
                                 change, err);
}

const tpk_finding_kind TPK_FINDING_AIRPORT_CODES_OLD = {
    .id = "airport_codes_old",
    .summary = N_("airports under other codes than ICAO's"),
    .for_vectors = true,
    .examine = airport_codes_old,
};

const tpk_finding_kind TPK_FINDING_AIRPORTS_MISSING = {
    .id = "airports_missing",
    .summary = N_("airports of the province that a layer of airports lacks"),
    .for_vectors = true,
    .examine = airports_missing,
};
