/* Area columns against the drawn polygons: square degrees, another unit, other hectares. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/polygon.h"
#include "check/tally.h"

/* Legal, measured and drawn areas of the same thing differ by a few percent as a rule (facts 5.6 no. 12: 3.7
 * %, 10.9 %). */
static const double TOLERANCE = 0.05;
static const double LEAST_HA = 0.5;

static bool is_area_name(const char *name)
{
    size_t n = strlen(name);
    bool ends_ha =
        n >= 2 && (name[n - 1] | 32) == 'a' && (name[n - 2] | 32) == 'h' && (n == 2 || name[n - 3] == '_');
    return ends_ha || tpk_name_has(name, "luas") || tpk_name_has(name, "area") ||
           tpk_name_has(name, "hect") || tpk_name_has(name, "hekt") || tpk_name_has(name, "_ha_");
}

static bool is_candidate(const tpk_field *field)
{
    return field->type != TPK_FIELD_TEXT && is_area_name(field->name);
}

/* What the features measure. Initialise with {0}. */
typedef struct drawn {
    double *ha;    /* n_features; NaN: unknown */
    double *deg2;  /* the same in square degrees */
    double *ratio; /* room to sort */
} drawn;

static void clear(drawn *d)
{
    tpk_free(d->ha);
    tpk_free(d->deg2);
    tpk_free(d->ratio);
    *d = (drawn){0};
}

/* Square metres of a square degree at a latitude of WGS 84: meridian radius x parallel radius x (pi/180)^2.
 */
static double m2_of_deg2(double lat_deg)
{
    const double a = 6378137, e2 = 0.00669437999014132, degree = 3.14159265358979323846 / 180;
    double s = sin(lat_deg * degree), w = 1 - e2 * s * s;
    return a * (1 - e2) / (w * sqrt(w)) * (a / sqrt(w) * cos(lat_deg * degree)) * degree * degree;
}

static double middle_lat(const tpk_subject *subject, int64_t feature)
{
    const tpk_layer *layer = subject->layer;
    int64_t start = layer->part_start[layer->feature_part[feature]];
    int64_t end = layer->part_start[layer->feature_part[feature + 1]];
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (int64_t i = start; i < end; i++) {
        low = fmin(low, subject->lonlat[2 * i + 1]);
        high = fmax(high, subject->lonlat[2 * i + 1]);
    }
    return (low + high) / 2;
}

static tpk_status measure(const tpk_subject *subject, drawn *d, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    size_t n = (size_t)layer->n_features;
    tpk_polygon_maker *maker = tpk_polygon_maker_new(subject);
    d->ha = tpk_alloc(n, sizeof *d->ha);
    d->deg2 = tpk_alloc(n, sizeof *d->deg2);
    d->ratio = tpk_alloc(n, sizeof *d->ratio);
    tpk_status status = maker && d->ha && d->deg2 && d->ratio ? TPK_OK : tpk_err_memory(err);
    for (int64_t f = 0; status == TPK_OK && f < layer->n_features; f++) {
        tpk_geom geom;
        double area_m2 = (double)NAN, width_m;
        status = tpk_check_step(subject, f, layer->n_features, err);
        if (status == TPK_OK) status = tpk_polygon_valid(maker, f, &geom, err);
        if (status == TPK_OK && geom.n_parts > 0)
            status = tpk_polygon_measure(subject, geom, &area_m2, &width_m, err);
        if (status != TPK_OK) break;
        d->ha[f] = area_m2 / 1e4;
        d->deg2[f] = area_m2 / m2_of_deg2(middle_lat(subject, f));
    }
    tpk_polygon_maker_free(maker);
    return status;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* stated / drawn of the features that have both, sorted, in d->ratio. Returns how many. */
static int64_t compare(const tpk_layer *layer, const tpk_field *field, const double *measured, drawn *d)
{
    int64_t n = 0;
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (field->number[f] > 0 && measured[f] > 0) d->ratio[n++] = field->number[f] / measured[f];
    }
    qsort(d->ratio, (size_t)n, sizeof *d->ratio, by_size);
    return n;
}

/* Of n sorted ratios, those within a share of `centre`. */
static int64_t count_near(const double *ratio, int64_t n, double centre, double share)
{
    int64_t near_ones = 0;
    for (int64_t i = 0; i < n; i++) near_ones += fabs(ratio[i] / centre - 1) <= share;
    return near_ones;
}

/* A third is enough: hectares would be some 10^8 times off, and pieces cut at map sheets keep the area of
 * the whole. */
static bool is_in_degrees(const tpk_layer *layer, const tpk_field *field, drawn *d)
{
    int64_t n = compare(layer, field, d->deg2, d);
    return n > 0 && count_near(d->ratio, n, 1, 0.03) * 10 >= n * 3;
}

static bool has_candidate(const tpk_subject *subject)
{
    const tpk_layer *layer = subject->layer;
    if (layer->kind != TPK_GEOM_POLYGON || !subject->crs || !subject->lonlat || layer->n_features == 0)
        return false;
    for (size_t i = 0; i < layer->n_fields; i++) {
        if (is_candidate(&layer->fields[i])) return true;
    }
    return false;
}

static tpk_status area_in_square_degrees(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    drawn d = {0};
    if (!has_candidate(subject)) return TPK_OK;
    tpk_status status = measure(subject, &d, err);
    for (size_t i = 0; status == TPK_OK && i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        if (is_candidate(field) && is_in_degrees(layer, field, &d)) tpk_tally_add_value(&tally, field->name);
    }
    clear(&d);
    if (status == TPK_OK && (tally.n > 0 || tally.failed)) {
        char *found = tpk_finding_text(
            NG_("%lld area column holds square degrees", "%lld area columns hold square degrees", tally.n),
            (long long)tally.n);
        char *change = tpk_finding_text(
            "%s", _("do not use the column; QGIS's field calculator gives hectares with $area / "
                    "10000 (project ellipsoid WGS 84)"));
        tally.n = 0;
        return tpk_tally_report_take(
            &tally, findings, "area_in_square_degrees", TPK_GRAVITY_REPAIR, found,
            _("a square degree is about 1.23 million hectares at the equator and less elsewhere: no "
              "limit in hectares fits it"),
            change, err);
    }
    tpk_tally_clear(&tally);
    return status;
}

/* ---- stated_against_drawn ---- */

typedef struct unit {
    const char *name;
    double per_ha;
} unit;

/* The unit in which most of the column agrees with the drawing; NULL: the column is about something else.
 * *factor: how much the column is larger than in that unit for all features alike (1 when it is not). */
static const unit *find_unit(const double *ratio, int64_t n, const char *name, double *factor)
{
    static const unit UNITS[] = {{"ha", 1}, {"km2", 0.01}, {"m2", 1e4}};
    double middle = ratio[n / 2];
    *factor = 1;
    for (size_t u = 0; u < sizeof UNITS / sizeof UNITS[0]; u++) {
        bool close = count_near(ratio, n, UNITS[u].per_ha, 0.25) * 2 > n;
        /* A few zones may all be off, if the column says what it holds. */
        bool plausible = n < 5 && middle / UNITS[u].per_ha > 0.33 && middle / UNITS[u].per_ha < 3;
        if (close || plausible) return &UNITS[u];
    }
    bool systematic = n >= 3 && count_near(ratio, n, middle, TOLERANCE) * 10 >= n * 8;
    if (!systematic ||
        !(tpk_name_has(name, "ha") || tpk_name_has(name, "hekt") || tpk_name_has(name, "hect")))
        return NULL;
    *factor = middle;
    return &UNITS[0];
}

static void add_different(const tpk_layer *layer, const tpk_field *field, const drawn *d, const unit *u,
                          tpk_tally *tally, double sums_ha[2])
{
    for (int64_t f = 0; f < layer->n_features; f++) {
        double stated_ha = field->number[f] / u->per_ha;
        if (!(stated_ha > 0 && d->ha[f] > 0)) continue;
        sums_ha[0] += stated_ha;
        sums_ha[1] += d->ha[f];
        double off = stated_ha / d->ha[f] - 1;
        if (fabs(off) <= TOLERANCE || fabs(stated_ha - d->ha[f]) <= LEAST_HA) continue;
        char *text = tpk_finding_text(_("%s %.2f ha, drawn %.2f ha (stated %+.1f %%)"), field->name,
                                      stated_ha, d->ha[f], 100 * off);
        if (text) tpk_tally_add(tally, layer, f, text);
        if (!text) tally->failed = true;
        tpk_free(text);
    }
}

static tpk_status examine_column(const tpk_subject *subject, const tpk_field *field, drawn *d,
                                 tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    double factor, sums_ha[2] = {0};
    if (is_in_degrees(layer, field, d)) return TPK_OK; /* told by its own kind */
    int64_t n = compare(layer, field, d->ha, d);
    const unit *u = n > 0 ? find_unit(d->ratio, n, field->name, &factor) : NULL;
    if (!u) return TPK_OK;
    bool says_ha = tpk_name_has(field->name, "ha") || tpk_name_has(field->name, "hekt") ||
                   tpk_name_has(field->name, "hect");
    bool wrong_unit = factor != 1 || (says_ha && u->per_ha != 1);
    tpk_tally tally = {0};
    add_different(layer, field, d, u, &tally, sums_ha);
    if (!wrong_unit && tally.n == 0 && !tally.failed) return TPK_OK;
    char *found, *change;
    if (wrong_unit) {
        found =
            tpk_finding_text(NG_("column %s is %.6g times the drawn hectares in %lld feature: %s",
                                 "column %s is %.6g times the drawn hectares in %lld features alike: %s", n),
                             field->name, factor != 1 ? factor : u->per_ha, (long long)n,
                             factor != 1 ? _("its unit is not hectares") : u->name);
        change = tpk_finding_text(_("do not use %s as hectares; ask the office for its unit"), field->name);
    } else {
        found =
            tpk_finding_text(NG_("column %s (%s) differs from the drawn area by more than %.0f %% in %lld of "
                                 "%lld feature; together %.2f ha stated, %.2f ha drawn (%+.1f %%)",
                                 "column %s (%s) differs from the drawn area by more than %.0f %% in %lld of "
                                 "%lld features; together %.2f ha stated, %.2f ha drawn (%+.1f %%)",
                                 n),
                             field->name, u->name, 100 * TOLERANCE, (long long)tally.n, (long long)n,
                             sums_ha[0], sums_ha[1], 100 * (sums_ha[0] / sums_ha[1] - 1));
        change = tpk_finding_text(
            "%s", _("ask the office which outline belongs to the stated area; the run reports both for zones "
                    "(`stated_area_ha:`)"));
    }
    return tpk_tally_report_take(
        &tally, findings, "stated_against_drawn", wrong_unit ? TPK_GRAVITY_REPAIR : TPK_GRAVITY_REMARK, found,
        _("the map and every share are of the drawn polygon; the legal document speaks of the other figure"),
        change, err);
}

static tpk_status stated_against_drawn(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    drawn d = {0};
    if (!has_candidate(subject)) return TPK_OK;
    tpk_status status = measure(subject, &d, err);
    for (size_t i = 0; status == TPK_OK && i < layer->n_fields; i++) {
        if (is_candidate(&layer->fields[i]))
            status = examine_column(subject, &layer->fields[i], &d, findings, err);
    }
    clear(&d);
    return status;
}

const tpk_finding_kind TPK_FINDING_AREA_IN_SQUARE_DEGREES = {
    .id = "area_in_square_degrees",
    .summary = N_("area columns that hold square degrees"),
    .for_vectors = true,
    .examine = area_in_square_degrees,
};

const tpk_finding_kind TPK_FINDING_STATED_AGAINST_DRAWN = {
    .id = "stated_against_drawn",
    .summary = N_("stated areas that differ from the drawn polygons, or have another unit"),
    .for_vectors = true,
    .examine = stated_against_drawn,
};
