#include "check/crs_guess.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

enum { MOST_POINTS = 10000, LATTICE = 5 };

static const double HALF = 0.5, CERTAIN = 0.95, HARDLY = 0.05;

/* Where the province lies (x_min, y_min, x_max, y_max) in each system, computed with PROJ from lon
 * 114.3..116.8, lat -4.9..-1.2 and widened by about 20 km: layers reach a little beyond it. The four do not
 * overlap. */
static const struct {
    tpk_box box;
    const char *code, *name;
} SYSTEMS[] = {
    {{114.1, -5.1, 117.7, -1.0}, "EPSG:4326", N_("degrees of longitude and latitude (WGS 84)")},
    {{180e3, 9440e3, 580e3, 9890e3}, "EPSG:32750", N_("metres in WGS 84 / UTM zone 50S")},
    {{45e3, 940e3, 445e3, 1390e3},
     "EPSG:23837",
     N_("metres in DGN95 / Indonesia TM-3 zone 50.1, the land office's")},
    {{12700e3, -570e3, 13100e3, -110e3}, "EPSG:3857", N_("metres in Web Mercator, as web maps use it")},
};
enum { N_SYSTEMS = sizeof SYSTEMS / sizeof *SYSTEMS };

static bool lies_in(tpk_box box, double x, double y)
{
    return x >= box.x_min && x <= box.x_max && y >= box.y_min && y <= box.y_max;
}

typedef struct counts {
    int64_t n, n_degrees, n_in[N_SYSTEMS];
    tpk_box box;
} counts;

static void count(counts *c, double x, double y)
{
    if (!isfinite(x) || !isfinite(y) || fabs(x) > 1e38 || fabs(y) > 1e38) return;
    c->n++;
    c->n_degrees += fabs(x) <= 360 && fabs(y) <= 360; /* axes may be exchanged */
    for (size_t i = 0; i < N_SYSTEMS; i++) c->n_in[i] += lies_in(SYSTEMS[i].box, x, y);
    c->box = tpk_box_is_empty(c->box) ? (tpk_box){x, y, x, y} : tpk_box_union(c->box, (tpk_box){x, y, x, y});
}

static void count_layer(counts *c, const tpk_layer *layer)
{
    int64_t n = layer->part_start[layer->feature_part[layer->n_features]];
    int64_t stride = n / MOST_POINTS + 1;
    for (int64_t i = 0; i < n; i += stride) count(c, layer->xy[2 * i], layer->xy[2 * i + 1]);
}

static void count_raster(counts *c, const tpk_raster *raster)
{
    const double *g = raster->geotransform;
    for (int r = 0; r < LATTICE; r++) {
        for (int k = 0; k < LATTICE; k++) {
            double row = raster->n_rows * (r + 0.5) / LATTICE, col = raster->n_cols * (k + 0.5) / LATTICE;
            count(c, g[0] + col * g[1] + row * g[2], g[3] + col * g[4] + row * g[5]);
        }
    }
}

tpk_crs_guess tpk_crs_guess_of(const tpk_subject *subject)
{
    counts c = {.box = TPK_BOX_EMPTY};
    if (subject->layer)
        count_layer(&c, subject->layer);
    else
        count_raster(&c, subject->raster);
    tpk_crs_guess guess = {.box = c.box};
    if (c.n == 0) return guess;
    guess.degrees = (double)c.n_degrees / (double)c.n;
    for (size_t i = 0; i < N_SYSTEMS; i++) {
        double share = (double)c.n_in[i] / (double)c.n;
        if (share < HALF || share <= guess.share) continue;
        guess.share = share;
        guess.code = SYSTEMS[i].code;
        guess.name = _(SYSTEMS[i].name);
    }
    return guess;
}

const char *tpk_crs_guess_sureness(const tpk_crs_guess *guess)
{
    return guess->share >= CERTAIN ? _("as good as certain") : _("likely");
}

char *tpk_crs_guess_text(const tpk_crs_guess *guess)
{
    if (tpk_box_is_empty(guess->box)) return tpk_finding_text("%s", _("it has no coordinates to tell by"));
    int digits = fabs(guess->box.x_max) <= 360 && fabs(guess->box.y_max) <= 90 ? 4 : 0;
    if (!guess->code) {
        return tpk_finding_text(
            _("its coordinates run from x %.*f to %.*f and y %.*f to %.*f, which fits Kalimantan Selatan in "
              "none of UTM 50S, TM-3 50.1, Web Mercator and degrees"),
            digits, guess->box.x_min, digits, guess->box.x_max, digits, guess->box.y_min, digits,
            guess->box.y_max);
    }
    return tpk_finding_text(_("its coordinates run from x %.*f to %.*f and y %.*f to %.*f; %.0f %% of the "
                              "points looked at lie where "
                              "Kalimantan Selatan is in %s: %s is %s"),
                            digits, guess->box.x_min, digits, guess->box.x_max, digits, guess->box.y_min,
                            digits, guess->box.y_max, guess->share * 100, guess->name, guess->code,
                            tpk_crs_guess_sureness(guess));
}

char *tpk_crs_line(const tpk_subject *subject, const char *code)
{
    const tpk_layer_spec *spec = subject->spec;
    const char *path = spec->written ? spec->written : spec->path;
    return tpk_finding_text("%s: {path: %s, crs: %s}", spec->id && spec->id[0] ? spec->id : "LAYER", path,
                            code ? code : "EPSG:...");
}

/* Does the layer's own CRS put the province where the points are? Asked only of projected systems. */
static double share_in_area(const tpk_subject *subject)
{
    if (!subject->lonlat) return 1;
    const tpk_layer *layer = subject->layer;
    tpk_box area = subject->area_lonlat;
    const tpk_box around = {area.x_min - 2, area.y_min - 2, area.x_max + 2, area.y_max + 2};
    int64_t n = layer->part_start[layer->feature_part[layer->n_features]], stride = n / MOST_POINTS + 1;
    int64_t seen = 0, inside = 0;
    for (int64_t i = 0; i < n; i += stride) {
        seen++;
        inside += lies_in(around, subject->lonlat[2 * i], subject->lonlat[2 * i + 1]);
    }
    return seen > 0 ? (double)inside / (double)seen : 1;
}

bool tpk_crs_is_contradicted(const tpk_subject *subject, tpk_crs_guess *out)
{
    tpk_crs_guess guess = tpk_crs_guess_of(subject);
    if (out) *out = guess;
    if (!subject->crs || tpk_box_is_empty(guess.box)) return false;
    if (tpk_crs_is_geographic(subject->crs)) return guess.degrees < HALF;
    bool is_degrees = guess.code && strcmp(guess.code, "EPSG:4326") == 0;
    if (is_degrees && tpk_crs_is_metric(subject->crs)) return true;
    /* another projected system fits, and the stated one leads far away: TM-3 under a UTM label */
    return guess.share >= CERTAIN && strcmp(guess.code, tpk_crs_code(subject->crs)) != 0 &&
           share_in_area(subject) < HARDLY;
}
