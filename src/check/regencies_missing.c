/* An old division of the province: regencies that the layer does not know, whose land it gives to others. */
#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/place.h"
#include "check/tally.h"
#include "input/regions.h"

/* Where each is governed from, in degrees: a place that lies in it with certainty. */
static const struct {
    const char *name, *seat;
    double lon, lat;
} SEATS[] = {
    {"Tanah Laut", "Pelaihari", 114.7823, -3.7998},
    {"Kotabaru", "Kotabaru", 116.2281, -3.2362},
    {"Banjar", "Martapura", 114.8484, -3.4089},
    {"Barito Kuala", "Marabahan", 114.7664, -2.9781},
    {"Tapin", "Rantau", 115.1552, -2.9312},
    {"Hulu Sungai Selatan", "Kandangan", 115.2658, -2.7865},
    {"Hulu Sungai Tengah", "Barabai", 115.3845, -2.5845},
    {"Hulu Sungai Utara", "Amuntai", 115.2544, -2.4196},
    {"Tabalong", "Tanjung", 115.4077, -2.1709},
    {"Tanah Bumbu", "Batulicin", 115.9485, -3.4837},
    {"Balangan", "Paringin", 115.4705, -2.3640},
    {"Kota Banjarmasin", "Banjarmasin", 114.5889, -3.3281},
    {"Kota Banjarbaru", "Banjarbaru", 114.8309, -3.4390},
};
enum { N_SEATS = sizeof SEATS / sizeof *SEATS };

typedef struct division {
    tpk_regions *regions;    /* owned */
    const tpk_field *column; /* borrowed from the layer; NULL: it names no regencies */
    int region[N_SEATS];     /* of each seat */
    bool is_named[N_SEATS], has_own_seat[N_SEATS];
    int64_t holder[N_SEATS]; /* a feature of another regency in which the seat lies; -1: none */
} division;

/* By the even-odd rule, which needs no roles of rings. */
static bool holds(const tpk_subject *subject, int64_t feature, double lon, double lat)
{
    const tpk_layer *layer = subject->layer;
    bool inside = false;
    for (int64_t p = layer->feature_part[feature]; p < layer->feature_part[feature + 1]; p++) {
        int64_t first = layer->part_start[p], end = layer->part_start[p + 1];
        for (int64_t i = first, before = end - 1; i < end; before = i++) {
            const double *a = subject->lonlat + 2 * before, *b = subject->lonlat + 2 * i;
            if ((a[1] > lat) != (b[1] > lat) && lon < a[0] + (lat - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
                inside = !inside;
        }
    }
    return inside;
}

/* The regency that the text names, which is noted; -1: none. */
static int note_name(division *d, const char *text)
{
    int region = text ? tpk_regions_find(d->regions, text) : -1;
    for (int s = 0; region >= 0 && s < N_SEATS; s++) d->is_named[s] |= d->region[s] == region;
    return region;
}

/* The feature names a regency of the province: its own seat may lie in it, or another's. */
static void note_seats(const tpk_subject *subject, division *d, int64_t feature, int region)
{
    tpk_box box = tpk_place_box(subject, feature);
    if (tpk_box_is_empty(box)) return;
    for (int s = 0; s < N_SEATS; s++) {
        double lon = SEATS[s].lon, lat = SEATS[s].lat;
        bool in_box = lon >= box.x_min && lon <= box.x_max && lat >= box.y_min && lat <= box.y_max;
        if (!in_box || !holds(subject, feature, lon, lat)) continue;
        if (d->region[s] == region)
            d->has_own_seat[s] = true;
        else
            d->holder[s] = feature;
    }
}

static tpk_status read_division(const tpk_subject *subject, division *d, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_status status = tpk_regions_new(NULL, NULL, &d->regions, err);
    if (status != TPK_OK) return status;
    d->column = tpk_region_column(layer, d->regions, subject->control);
    for (int s = 0; s < N_SEATS; s++) {
        d->region[s] = tpk_regions_find(d->regions, SEATS[s].name);
        d->holder[s] = -1;
    }
    for (int64_t f = 0; status == TPK_OK && d->column && f < layer->n_features; f++) {
        int region = note_name(d, d->column->text[f]);
        status = tpk_check_step(subject, f, layer->n_features, err);
        if (region >= 0) note_seats(subject, d, f, region);
    }
    return status;
}

static tpk_status report(const division *d, int n_named, tpk_findings *findings, tpk_err *err)
{
    tpk_tally tally = {0};
    for (int s = 0; s < N_SEATS; s++) {
        if (d->is_named[s] || d->holder[s] < 0) continue;
        char *text = tpk_finding_text(_("%s: its seat, %s, lies in %s here"), SEATS[s].name, SEATS[s].seat,
                                      d->column->text[d->holder[s]]);
        if (text) tpk_tally_add_value(&tally, text);
        if (!text) tally.failed = true;
        tpk_free(text);
    }
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found = tpk_finding_text(
        NG_("looks like an older division: column %s names %d of the %d regencies and cities of Kalimantan "
            "Selatan, and the seat of %lld other lies in them here",
            "looks like an older division: column %s names %d of the %d regencies and cities of Kalimantan "
            "Selatan, and the seats of %lld others lie in them here",
            tally.n),
        d->column->name, n_named, N_SEATS, (long long)tally.n);
    char *change = tpk_finding_text(_("where regions are counted or figures joined: ask the office for the "
                                      "present division into %d, or fetch it with `make boundaries`"),
                                    N_SEATS);
    tally.n = 0; /* regencies, not features */
    return tpk_tally_report_take(&tally, findings, "regencies_missing", TPK_GRAVITY_REMARK, found,
                                 _("shares and hectares would be counted for regencies that are not what "
                                   "they were, and figures of the new ones find no polygon to join"),
                                 change, err);
}

/* Most regencies, each where it is governed from: a division, and not some other layer with a column of
 * regencies. 0: it is none, or the present one. */
static int count_named(const division *d)
{
    int n = 0;
    for (int s = 0; s < N_SEATS; s++) {
        if (d->is_named[s] && !d->has_own_seat[s]) return 0;
        n += d->is_named[s];
    }
    return 2 * n > N_SEATS && n < N_SEATS ? n : 0;
}

static tpk_status regencies_missing(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    division d = {0};
    if (subject->layer->kind != TPK_GEOM_POLYGON || !subject->lonlat) return TPK_OK;
    tpk_status status = read_division(subject, &d, err);
    int n_named = count_named(&d);
    if (status == TPK_OK && n_named > 0) status = report(&d, n_named, findings, err);
    tpk_regions_free(d.regions);
    return status;
}

const tpk_finding_kind TPK_FINDING_REGENCIES_MISSING = {
    .id = "regencies_missing",
    .summary = N_("polygons of an older division, which do not know all regencies of the province"),
    .for_vectors = true,
    .examine = regencies_missing,
};
