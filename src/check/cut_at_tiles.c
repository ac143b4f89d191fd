/* Features cut into pieces along the lines of a tile grid: web map tiles, map sheets, bins of degrees.
 *
 * Where two features were one, each has the same end (of a line) or the same straight edge (of a polygon) on
 * the cut, and they lie on its two sides. Places like that on one line parallel to an axis are a cut when
 * they are many and such lines few: neighbours drawn on a coarse raster, squares and blocks of a plantation
 * share edges on nearly every line that they have, and natural borders seldom share two on one. A layer
 * clipped at a box has pieces on one side only; units on the two sides of a straight border have different
 * names. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/tally.h"

/* Ends of two pieces differ by the rounding of the sum that placed their tiles: far less than these. */
static const double SAME_DEG = 1e-7, SAME_M = 0.01;
/* No place has larger coordinates, and their numbers of steps are exact in a double up to here. */
static const double MOST = 9e8;
/* Tile edges lie on round numbers of half steps: there rounding would part what is equal. No round number
 * lies on an irrational part of a step. */
static const double SHIFT = 0.3819660112501051;

/* A line is one of a cut with so many places, of so many pairs of features. In a layer whose coordinates are
 * rounded, places come to lie on one line by chance (Poisson): where a tenth of them do by fours, with 1.1
 * places a line, such lines are 26 in 1000 already. */
enum { LEAST_PLACES = 4, LEAST_PAIRS = 2, LINES_PER_HUNDRED = 1, PLACES_PER_HUNDRED = 10, MOST_NAMED = 4 };

/* Coordinates in whole steps of SAME_DEG or SAME_M. */
typedef struct touch {
    int64_t key[4]; /* end of a line: 0, x, y, 0; edge of a polygon: axis, line, from, to */
    int64_t feature;
    int8_t way[2]; /* where the feature lies from there, along x and y: -1, 0, 1 */
} touch;

/* A place where two features meet on a line: x (axis 0) or y (axis 1) is `line`. */
typedef struct place {
    int64_t axis, line, feature[2];
} place;

typedef struct cut_line {
    int64_t axis, line, n;
} cut_line;

typedef struct cuts {
    const tpk_subject *subject; /* borrowed */
    const tpk_field *name;      /* borrowed; NULL: features have none */
    double step;
    touch *touches;
    size_t n_touches, touch_capacity;
    place *places;
    size_t n_places, place_capacity;
    cut_line *lines; /* those of the cut, most places first */
    size_t n_lines, line_capacity;
    int64_t n_on_lines;
    const place **first; /* n_features: where a piece was cut first; NULL: it is whole */
} cuts;

static int8_t sign_of(int64_t n)
{
    return (int8_t)((n > 0) - (n < 0));
}

static int64_t in_steps(const cuts *c, double coordinate)
{
    return llround(coordinate / c->step + SHIFT);
}

static bool add_touch(cuts *c, touch added)
{
    if (!tpk_grow(&c->touches, &c->touch_capacity, c->n_touches + 1, sizeof added)) return false;
    c->touches[c->n_touches++] = added;
    return true;
}

static bool add_end(cuts *c, int64_t feature, const double *end, const double *before)
{
    int64_t x = in_steps(c, end[0]), y = in_steps(c, end[1]);
    int8_t dx = sign_of(in_steps(c, before[0]) - x), dy = sign_of(in_steps(c, before[1]) - y);
    return add_touch(c, (touch){.key = {0, x, y, 0}, .feature = feature, .way = {dx, dy}});
}

static bool add_ends(cuts *c, int64_t feature, const double *xy, int64_t n)
{
    if (n < 2) return true;
    const double *last = xy + 2 * (n - 1);
    return add_end(c, feature, xy, xy + 2) && add_end(c, feature, last, last - 2);
}

/* Along the edge of a ring that runs counter-clockwise the inside is on the left. */
static bool add_edges(cuts *c, int64_t feature, const double *xy, int64_t n)
{
    int8_t turn = tpk_ring_signed_area(xy, n) < 0 ? -1 : 1;
    for (int64_t i = 0; i + 1 < n; i++) {
        int64_t a[2] = {in_steps(c, xy[2 * i]), in_steps(c, xy[2 * i + 1])};
        int64_t b[2] = {in_steps(c, xy[2 * i + 2]), in_steps(c, xy[2 * i + 3])};
        if ((a[0] == b[0]) == (a[1] == b[1])) continue;
        int axis = a[0] != b[0];
        int64_t from = a[!axis], to = b[!axis];
        touch edge = {.key = {axis, a[axis], from < to ? from : to, from < to ? to : from},
                      .feature = feature};
        edge.way[axis] = (int8_t)(turn * sign_of(axis == 0 ? from - to : to - from));
        if (!add_touch(c, edge)) return false;
    }
    return true;
}

/* Squares, pixels joined and street blocks are no pieces of anything: of a piece few edges are sides of its
 * tile. */
static bool is_outline(const cuts *c, int64_t feature)
{
    enum { TILE_SIDES = 4, SLANTED_A_SIDE = 4 };
    const tpk_layer *layer = c->subject->layer;
    int64_t n_along = 0, n_slanted = 0;
    for (int64_t p = layer->feature_part[feature]; p < layer->feature_part[feature + 1]; p++) {
        for (int64_t i = layer->part_start[p]; i + 1 < layer->part_start[p + 1]; i++) {
            const double *a = layer->xy + 2 * i, *b = a + 2;
            bool same_x = in_steps(c, a[0]) == in_steps(c, b[0]);
            bool same_y = in_steps(c, a[1]) == in_steps(c, b[1]);
            n_along += same_x != same_y;
            n_slanted += !same_x && !same_y;
        }
    }
    return n_slanted == 0 || n_along > TILE_SIDES + n_slanted / SLANTED_A_SIDE;
}

static bool is_usable(const tpk_layer *layer, int64_t feature)
{
    int64_t end = layer->part_start[layer->feature_part[feature + 1]];
    for (int64_t i = layer->part_start[layer->feature_part[feature]]; i < end; i++) {
        if (!(fabs(layer->xy[2 * i]) <= MOST && fabs(layer->xy[2 * i + 1]) <= MOST)) return false;
    }
    return true;
}

static bool add_feature(cuts *c, int64_t feature)
{
    const tpk_layer *layer = c->subject->layer;
    bool lines = layer->kind == TPK_GEOM_LINE;
    if (!is_usable(layer, feature) || (!lines && is_outline(c, feature))) return true;
    for (int64_t p = layer->feature_part[feature]; p < layer->feature_part[feature + 1]; p++) {
        const double *xy = layer->xy + 2 * layer->part_start[p];
        int64_t n = layer->part_start[p + 1] - layer->part_start[p];
        if (lines ? !add_ends(c, feature, xy, n) : !add_edges(c, feature, xy, n)) return false;
    }
    return true;
}

static tpk_status collect(cuts *c, tpk_err *err)
{
    for (int64_t f = 0; f < c->subject->layer->n_features; f++) {
        tpk_status status = tpk_check_step(c->subject, f, c->subject->layer->n_features, err);
        if (status != TPK_OK) return status;
        if (!add_feature(c, f)) return tpk_err_memory(err);
    }
    return TPK_OK;
}

/* ---- where two pieces meet ---- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int by_key(const void *a, const void *b)
{
    const touch *x = a, *y = b;
    for (int i = 0; i < 4; i++) {
        if (x->key[i] != y->key[i]) return x->key[i] < y->key[i] ? -1 : 1;
    }
    return by_number(&x->feature, &y->feature);
}

static int by_line(const void *a, const void *b)
{
    const place *x = a, *y = b;
    int order = by_number(&x->axis, &y->axis);
    if (order == 0) order = by_number(&x->line, &y->line);
    if (order == 0) order = by_number(&x->feature[0], &y->feature[0]);
    return order ? order : by_number(&x->feature[1], &y->feature[1]);
}

static bool same_name(const cuts *c, int64_t a, int64_t b)
{
    if (!c->name) return true;
    const char *x = c->name->text[a], *y = c->name->text[b];
    return x && y && strcmp(x, y) == 0;
}

/* Two features that meet; more of them make a junction, or lie on one another. */
static bool add_places(cuts *c, const touch *one, const touch *other)
{
    if (one->feature == other->feature || !same_name(c, one->feature, other->feature)) return true;
    for (int axis = 0; axis < 2; axis++) {
        if (one->way[axis] * other->way[axis] >= 0) continue;
        if (!tpk_grow(&c->places, &c->place_capacity, c->n_places + 1, sizeof *c->places)) return false;
        int64_t line = c->subject->layer->kind == TPK_GEOM_LINE ? one->key[1 + axis] : one->key[1];
        c->places[c->n_places++] =
            (place){.axis = axis, .line = line, .feature = {one->feature, other->feature}};
    }
    return true;
}

static tpk_status meet(cuts *c, tpk_err *err)
{
    if (c->n_touches > 0) qsort(c->touches, c->n_touches, sizeof *c->touches, by_key);
    for (size_t i = 0, end; i < c->n_touches; i = end) {
        const touch *first = &c->touches[i];
        for (end = i + 1; end < c->n_touches; end++) {
            if (memcmp(first->key, c->touches[end].key, sizeof first->key) != 0) break;
        }
        if (end - i == 2 && !add_places(c, first, first + 1)) return tpk_err_memory(err);
    }
    if (c->n_places > 0) qsort(c->places, c->n_places, sizeof *c->places, by_line);
    return TPK_OK;
}

/* ---- the lines ---- */

static int by_places(const void *a, const void *b)
{
    const cut_line *x = a, *y = b;
    if (x->n != y->n) return x->n > y->n ? -1 : 1;
    return x->axis != y->axis ? by_number(&x->axis, &y->axis) : by_number(&x->line, &y->line);
}

/* Two neighbours along one straight border are one pair, however many vertices it has. */
static int64_t count_pairs(const place *places, size_t n)
{
    int64_t n_pairs = 0;
    for (size_t i = 0; i < n; i++) {
        n_pairs += i == 0 || places[i].feature[0] != places[i - 1].feature[0] ||
                   places[i].feature[1] != places[i - 1].feature[1];
    }
    return n_pairs;
}

static tpk_status find_lines(cuts *c, tpk_err *err)
{
    for (size_t i = 0, end; i < c->n_places; i = end) {
        const place *first = &c->places[i];
        for (end = i + 1; end < c->n_places; end++) {
            if (c->places[end].axis != first->axis || c->places[end].line != first->line) break;
        }
        int64_t n = (int64_t)(end - i);
        if (n < LEAST_PLACES || count_pairs(first, end - i) < LEAST_PAIRS) continue;
        if (!tpk_grow(&c->lines, &c->line_capacity, c->n_lines + 1, sizeof *c->lines))
            return tpk_err_memory(err);
        c->lines[c->n_lines++] = (cut_line){first->axis, first->line, n};
        c->n_on_lines += n;
        for (size_t k = i; k < end; k++) {
            for (int side = 0; side < 2; side++) {
                const place **piece = &c->first[c->places[k].feature[side]];
                if (!*piece) *piece = &c->places[k];
            }
        }
    }
    if (c->n_lines > 0) qsort(c->lines, c->n_lines, sizeof *c->lines, by_places);
    return TPK_OK;
}

/* How many different x and y the vertices have. */
static tpk_status count_values(const cuts *c, int64_t *n_values, tpk_err *err)
{
    const tpk_layer *layer = c->subject->layer;
    int64_t n = layer->part_start[layer->feature_part[layer->n_features]];
    int64_t *values = tpk_alloc((size_t)n, sizeof *values);
    if (!values) return tpk_err_memory(err);
    for (int axis = 0; axis < 2; axis++) {
        size_t n_usable = 0;
        for (int64_t i = 0; i < n; i++) {
            double coordinate = layer->xy[2 * i + axis];
            if (fabs(coordinate) <= MOST) values[n_usable++] = in_steps(c, coordinate);
        }
        qsort(values, n_usable, sizeof *values, by_number);
        for (size_t i = 0; i < n_usable; i++) *n_values += i == 0 || values[i] != values[i - 1];
    }
    tpk_free(values);
    return TPK_OK;
}

static tpk_status is_grid(const cuts *c, bool *grid, tpk_err *err)
{
    *grid = false;
    if (c->n_lines == 0 || c->n_on_lines * 100 < (int64_t)c->n_places * PLACES_PER_HUNDRED) return TPK_OK;
    int64_t n_values = 0;
    tpk_status status = count_values(c, &n_values, err);
    if (status == TPK_OK) *grid = (int64_t)c->n_lines * 100 <= n_values * LINES_PER_HUNDRED;
    return status;
}

/* ---- what is said ---- */

/* "x = 116, y = -3, ..." in the layer's own coordinates; NULL without memory. */
static char *lines_text(const cuts *c)
{
    char *text = tpk_finding_text("%s", "");
    for (size_t i = 0; text && i < c->n_lines && i < MOST_NAMED; i++) {
        char *longer = tpk_finding_text("%s%s%s = %.9g", text, i > 0 ? ", " : "",
                                        c->lines[i].axis ? "y" : "x", (double)c->lines[i].line * c->step);
        tpk_free(text);
        text = longer;
    }
    if (text && c->n_lines > MOST_NAMED) {
        char *longer = tpk_finding_text("%s ...", text);
        tpk_free(text);
        text = longer;
    }
    return text;
}

static tpk_status tally_pieces(const cuts *c, tpk_tally *tally, tpk_err *err)
{
    const tpk_layer *layer = c->subject->layer;
    for (int64_t f = 0; f < layer->n_features; f++) {
        const place *at = c->first[f];
        if (!at) continue;
        int64_t other = at->feature[at->feature[0] == f];
        char *text = tpk_finding_text(_("goes on at %s = %.9g with record %lld"), at->axis ? "y" : "x",
                                      (double)at->line * c->step, (long long)layer->fid[other]);
        if (!text) return tpk_err_memory(err);
        tpk_tally_add(tally, layer, f, text);
        tpk_free(text);
    }
    return TPK_OK;
}

static char *change_text(const cuts *c)
{
    return c->subject->layer->kind == TPK_GEOM_LINE
               ? tpk_finding_text(
                     "%s", _("ask the office for the layer in one piece, or join the pieces with QGIS's "
                             "Dissolve by the columns that must stay apart, then Multipart to "
                             "singleparts"))
               : tpk_finding_text(
                     "%s", _("ask the office for the layer in one piece, or join the pieces with QGIS's "
                             "Dissolve by the columns that must stay apart"));
}

static tpk_status report(const cuts *c, tpk_findings *findings, tpk_err *err)
{
    tpk_tally tally = {0};
    tpk_status status = tally_pieces(c, &tally, err);
    if (status != TPK_OK) {
        tpk_tally_clear(&tally);
        return status;
    }
    char *lines = lines_text(c);
    char *found = lines ? tpk_finding_text(NG_("%lld of %lld features look like pieces of larger ones, cut "
                                               "along a straight line as of a "
                                               "tile grid (%zu: %s)",
                                               "%lld of %lld features look like pieces of larger ones, cut "
                                               "along straight lines as of a "
                                               "tile grid (%zu: %s)",
                                               c->n_lines),
                                           (long long)tally.n, (long long)c->subject->layer->n_features,
                                           c->n_lines, lines)
                        : NULL;
    tpk_free(lines);
    return tpk_tally_report_take(
        &tally, findings, "cut_at_tiles", TPK_GRAVITY_REMARK, found,
        _("distances, densities and shares of land stay right; but a number, area or length by feature is "
          "that of pieces (as zones, pieces of one id are refused), names repeat, and overlays show the "
          "seams"),
        change_text(c), err);
}

/* ---- the examination ---- */

/* A feature's name tells its pieces from its neighbours only where there is one at all. */
static void begin(cuts *c)
{
    const tpk_layer *layer = c->subject->layer;
    bool degrees = c->subject->crs ? tpk_crs_is_geographic(c->subject->crs)
                                   : fmax(fabs(layer->box.x_min), fabs(layer->box.x_max)) <= 360;
    c->step = degrees ? SAME_DEG : SAME_M;
    const tpk_field *name = tpk_name_field(layer);
    for (int64_t f = 0; name && !c->name && f < layer->n_features; f++) {
        if (name->text[f]) c->name = name;
    }
}

static tpk_status examine_cuts(cuts *c, tpk_findings *findings, tpk_err *err)
{
    bool grid = false;
    int64_t n = c->subject->layer->n_features;
    tpk_status status = collect(c, err);
    if (status == TPK_OK) status = tpk_check_step(c->subject, n, n, err);
    if (status == TPK_OK) status = meet(c, err);
    if (status == TPK_OK) status = tpk_check_step(c->subject, n, n, err);
    if (status == TPK_OK) status = find_lines(c, err);
    if (status == TPK_OK) status = is_grid(c, &grid, err);
    return status == TPK_OK && grid ? report(c, findings, err) : status;
}

static tpk_status cut_at_tiles(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    if ((layer->kind != TPK_GEOM_LINE && layer->kind != TPK_GEOM_POLYGON) || layer->n_features < 2)
        return TPK_OK;
    cuts c = {.subject = subject, .first = tpk_zalloc((size_t)layer->n_features, sizeof *c.first)};
    tpk_status status = TPK_OK;
    if (!c.first) status = tpk_err_memory(err);
    if (status == TPK_OK) {
        begin(&c);
        status = examine_cuts(&c, findings, err);
    }
    tpk_free(c.first);
    tpk_free(c.lines);
    tpk_free(c.places);
    tpk_free(c.touches);
    return status;
}

const tpk_finding_kind TPK_FINDING_CUT_AT_TILES = {
    .id = "cut_at_tiles",
    .summary = N_("lines or polygons cut into pieces at the edges of tiles or map sheets"),
    .for_vectors = true,
    .examine = cut_at_tiles,
};
