/* Polygons of one layer that overlap. Candidates come from a tree of their boxes; the polygons themselves are
 * made one pair at a time, so that memory does not grow with their vertices. Exact copies stand for one. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/polygon.h"
#include "check/tally.h"
#include "check/twins.h"
#include "geo/geos.h"

/* Rounding of stored coordinates (7 decimals of a degree: 1 cm, along 100 m of border) stays below. */
static const double NOISE_M2 = 1;
/* A strip narrower than 0.5 mm at 1:50,000, the drawing accuracy of the base map, is no place but a drawing
 * error. */
static const double SLIVER_WIDTH_M = 25;

/* Most pairs of boxes that are looked at, so that the work is bounded where everything lies at one place.
 * Base maps have three or four a polygon; the first number is for one large polygon under many small ones. */
enum { PAIRS_A_LAYER = 200000, PAIRS_A_POLYGON = 16, PAIRS_A_STEP = 256 };

typedef struct overlaps {
    const tpk_subject *subject; /* borrowed */
    tpk_polygon_maker *one, *other;
    int64_t *twin;             /* n_features: see tpk_twins_find */
    int64_t *n_copies;         /* n_features: later ones with the same coordinates */
    tpk_box *boxes;            /* n_features: empty for copies too */
    tpk_geos_geom **diagonals; /* n_features: a line from corner to corner stands for the box */
    tpk_geos_tree *tree;
    tpk_geos_hits hits;
    tpk_geom_buffer common;
    tpk_map_area *area; /* of the polygon being compared; NULL: not made yet, or it cannot be */
    bool area_tried;
    int64_t n_pairs, most_pairs;
    tpk_tally wide, narrow;
    double wide_m2, narrow_m2;
    int64_t n_copied; /* of the wide pairs: a copy with its first */
} overlaps;

static tpk_status take_box(overlaps *o, int64_t f, tpk_err *err)
{
    tpk_geom geom = tpk_layer_geom(o->subject->layer, f);
    tpk_box box = geom.n_parts > 0 && o->twin[f] < 0 ? tpk_geom_box(geom) : TPK_BOX_EMPTY;
    if (!(isfinite(box.x_max - box.x_min) && isfinite(box.y_max - box.y_min))) box = TPK_BOX_EMPTY;
    o->boxes[f] = box;
    static const int64_t NO_PARTS[] = {0}, ONE_PART[] = {0, 2};
    const double ends[] = {box.x_min, box.y_min, box.x_max, box.y_max};
    bool empty = tpk_box_is_empty(box);
    tpk_geom diagonal = {
        .kind = TPK_GEOM_LINE, .n_parts = !empty, .part_start = empty ? NO_PARTS : ONE_PART, .xy = ends};
    return tpk_geos_geom_new(o->subject->worker, diagonal, &o->diagonals[f], err);
}

/* Do the boxes share more than a border? */
static bool boxes_overlap(tpk_box a, tpk_box b)
{
    return a.x_min < b.x_max && b.x_min < a.x_max && a.y_min < b.y_max && b.y_min < a.y_max;
}

/* One fit serves all pairs of polygon f; where its box is too wide for one, each pair has its own. */
static tpk_status measure(overlaps *o, int64_t f, tpk_geom common, double *area_m2, double *width_m,
                          tpk_err *err)
{
    if (!o->area_tried && tpk_map_area_new(o->subject->crs, o->boxes[f], &o->area, NULL) == TPK_ERR_MEMORY)
        return tpk_err_memory(err);
    o->area_tried = true;
    if (!o->area) return tpk_polygon_measure(o->subject, common, area_m2, width_m, err);
    tpk_polygon_measure_by(o->area, common, area_m2, width_m);
    return TPK_OK;
}

/* Counts the place that polygon f shares with record g, as often as it is there. */
static tpk_status weigh(overlaps *o, int64_t f, int64_t g, tpk_geom common, int64_t n, tpk_err *err)
{
    double area_m2, width_m;
    if (common.n_parts == 0) return TPK_OK;
    tpk_status status = measure(o, f, common, &area_m2, &width_m, err);
    if (status != TPK_OK) return status;
    if (!(area_m2 >= NOISE_M2)) return TPK_OK;
    const tpk_layer *layer = o->subject->layer;
    char *size = tpk_area_text(area_m2, width_m);
    if (!size) return tpk_err_memory(err);
    char *text = tpk_finding_text(_("with record %lld: %s"), (long long)layer->fid[g], size);
    tpk_free(size);
    if (!text) return tpk_err_memory(err);
    bool narrow = width_m < SLIVER_WIDTH_M;
    tpk_tally *tally = narrow ? &o->narrow : &o->wide;
    tpk_tally_add(tally, layer, f, text);
    tally->n += n - 1;
    *(narrow ? &o->narrow_m2 : &o->wide_m2) += area_m2 * (double)n;
    if (!narrow && o->twin[g] == f) o->n_copied += n;
    tpk_free(text);
    return TPK_OK;
}

static int64_t first_copy(const overlaps *o, int64_t f)
{
    int64_t g = f + 1;
    while (o->twin[g] != f) g++;
    return g;
}

/* Pairs are counted, never more than most_pairs; the caller hears of them. */
static tpk_status count_pair(overlaps *o, int64_t f, tpk_err *err)
{
    int64_t n = o->subject->layer->n_features;
    o->n_pairs++;
    if (o->n_pairs % PAIRS_A_STEP == 0) {
        double share = fmax((double)f / (double)n, (double)o->n_pairs / (double)o->most_pairs);
        tpk_check_tell(o->subject, (int64_t)(share * (double)n), n);
    }
    return tpk_check_step(o->subject, 1, n, err);
}

/* Polygon f, as a, with feature g. */
static tpk_status compare_pair(overlaps *o, int64_t f, const tpk_geos_geom *a, int64_t g, tpk_err *err)
{
    tpk_worker *worker = o->subject->worker;
    tpk_geos_geom *b = NULL;
    tpk_geom geom;
    tpk_status status = tpk_polygon_valid(o->other, g, &geom, err);
    if (status == TPK_OK) status = tpk_geos_geom_new(worker, geom, &b, err);
    if (status != TPK_OK) return status;
    status = tpk_geos_intersection(worker, a, b, TPK_GEOM_POLYGON, &o->common, NULL);
    if (status == TPK_OK) status = weigh(o, f, g, tpk_geom_buffer_view(&o->common), 1, err);
    if (status == TPK_ERR_DATA) status = TPK_OK; /* GEOS cannot tell about this pair */
    if (status == TPK_ERR_MEMORY) status = tpk_err_memory(err);
    tpk_geos_geom_free(b);
    return status;
}

/* Polygon f with its copies, and with all later features that it overlaps. hits: those with a box that meets
 * its own. */
static tpk_status compare_hits(overlaps *o, int64_t f, tpk_err *err)
{
    tpk_geos_geom *a = NULL;
    tpk_geom geom;
    tpk_status status = tpk_polygon_valid(o->one, f, &geom, err);
    if (status != TPK_OK || geom.n_parts == 0) return status;
    if (o->n_copies[f] > 0) status = weigh(o, f, first_copy(o, f), geom, o->n_copies[f], err);
    if (status == TPK_OK) status = tpk_geos_geom_new(o->subject->worker, geom, &a, err);
    for (size_t i = 0; status == TPK_OK && i < o->hits.n && o->n_pairs <= o->most_pairs; i++) {
        int64_t g = o->hits.items[i];
        if (g <= f || !boxes_overlap(o->boxes[f], o->boxes[g])) continue;
        status = count_pair(o, f, err);
        if (status == TPK_OK && o->n_pairs <= o->most_pairs) status = compare_pair(o, f, a, g, err);
    }
    tpk_geos_geom_free(a);
    return status;
}

static bool has_candidate(const overlaps *o, int64_t f)
{
    for (size_t i = 0; i < o->hits.n; i++) {
        int64_t g = o->hits.items[i];
        if (g > f && boxes_overlap(o->boxes[f], o->boxes[g])) return true;
    }
    return o->n_copies[f] > 0;
}

static tpk_status compare_one(overlaps *o, int64_t f, tpk_err *err)
{
    tpk_status status = tpk_geos_tree_query(o->subject->worker, o->tree, o->diagonals[f], &o->hits, err);
    if (status == TPK_OK && has_candidate(o, f)) status = compare_hits(o, f, err);
    tpk_map_area_free(o->area);
    o->area = NULL;
    o->area_tried = false;
    return status;
}

static tpk_status compare_all(overlaps *o, tpk_err *err)
{
    int64_t n = o->subject->layer->n_features;
    tpk_status status = tpk_twins_find(o->subject, o->twin, err);
    for (int64_t f = 0; status == TPK_OK && f < n; f++) {
        status = take_box(o, f, err);
        if (o->twin[f] >= 0) o->n_copies[o->twin[f]]++;
    }
    if (status == TPK_OK) status = tpk_geos_tree_new(o->subject->worker, o->diagonals, n, &o->tree, err);
    for (int64_t f = 0; status == TPK_OK && f < n && o->n_pairs <= o->most_pairs; f++) {
        status = tpk_check_step(o->subject, f, n, err);
        if (status == TPK_OK && !tpk_box_is_empty(o->boxes[f])) status = compare_one(o, f, err);
    }
    return status;
}

/* Where the work was bounded: what was not seen. */
static tpk_status report_rest(const overlaps *o, tpk_findings *findings, tpk_err *err)
{
    if (o->n_pairs <= o->most_pairs) return TPK_OK;
    tpk_tally tally = {0};
    char *found = tpk_finding_text(
        _("more than %lld pairs of polygons lie at one place; the first %lld were looked at, in the order of "
          "the file"),
        (long long)o->most_pairs, (long long)o->most_pairs);
    char *change = tpk_finding_text(
        "%s", _("examine the layer in parts (give it a condition `where:`), or ask the office whether the "
                "polygons are meant to lie on each other"));
    return tpk_tally_report_take(&tally, findings, "overlaps_unseen", TPK_GRAVITY_REMARK, found,
                                 _("the layer may have more overlaps and slivers than are told here"), change,
                                 err);
}

static char *wide_text(const overlaps *o)
{
    double ha = o->wide_m2 / 1e4;
    if (o->n_copied < 2) {
        return tpk_finding_text(NG_("%lld pair of polygons overlaps, by %.2f ha",
                                    "%lld pairs of polygons overlap, %.2f ha together", o->wide.n),
                                (long long)o->wide.n, ha);
    }
    return tpk_finding_text(
        _("%lld pairs of polygons overlap, %.2f ha together; exact copies (%lld polygons) count with the "
          "first of their kind only"),
        (long long)o->wide.n, ha, (long long)o->n_copied);
}

static tpk_status report(overlaps *o, tpk_findings *findings, tpk_err *err)
{
    tpk_status status = TPK_OK;
    if (o->wide.n > 0) {
        char *found = wide_text(o);
        char *change = tpk_finding_text(
            "%s", _("decide which polygon is right there and cut the other (QGIS: Topology Checker, then "
                    "Difference), or ask the office; overlaps that are meant, such as nested permits, need "
                    "nothing"));
        status = tpk_tally_report_take(
            &o->wide, findings, "overlaps", TPK_GRAVITY_REPAIR, found,
            _("`inside` and `distance` take the union and stay right; an attribute has two values there, and "
              "areas added up by polygon count the place twice"),
            change, err);
    }
    if (status == TPK_OK && o->narrow.n > 0) {
        char *found = tpk_finding_text(
            NG_("%lld sliver: a strip narrower than %.0f m where polygons overlap, %.2f ha",
                "%lld slivers: strips narrower than %.0f m where polygons overlap, %.2f ha together",
                o->narrow.n),
            (long long)o->narrow.n, SLIVER_WIDTH_M, o->narrow_m2 / 1e4);
        char *change = tpk_finding_text("%s", _("nothing is needed for a map; for exact areas by polygon ask "
                                                "the office for a layer with common borders"));
        status = tpk_tally_report_take(
            &o->narrow, findings, "overlap_slivers", TPK_GRAVITY_REMARK, found,
            _("borders that two polygons share were drawn or simplified twice; cells on them belong to both"),
            change, err);
    }
    return status == TPK_OK ? report_rest(o, findings, err) : status;
}

static void clear(overlaps *o)
{
    tpk_geos_tree_free(o->tree);
    for (int64_t f = 0; o->diagonals && f < o->subject->layer->n_features; f++)
        tpk_geos_geom_free(o->diagonals[f]);
    tpk_free(o->diagonals);
    tpk_free(o->boxes);
    tpk_free(o->twin);
    tpk_free(o->n_copies);
    tpk_map_area_free(o->area);
    tpk_free(o->hits.items);
    tpk_geom_buffer_clear(&o->common);
    tpk_polygon_maker_free(o->one);
    tpk_polygon_maker_free(o->other);
    tpk_tally_clear(&o->wide);
    tpk_tally_clear(&o->narrow);
}

static tpk_status overlaps_examine(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    if (layer->kind != TPK_GEOM_POLYGON || layer->n_features < 2 || !subject->crs) return TPK_OK;
    size_t n = (size_t)layer->n_features;
    overlaps o = {.subject = subject,
                  .one = tpk_polygon_maker_new(subject),
                  .other = tpk_polygon_maker_new(subject),
                  .twin = tpk_alloc(n, sizeof *o.twin),
                  .n_copies = tpk_zalloc(n, sizeof *o.n_copies),
                  .boxes = tpk_alloc(n, sizeof *o.boxes),
                  .diagonals = tpk_zalloc(n, sizeof *o.diagonals),
                  .most_pairs = PAIRS_A_LAYER + PAIRS_A_POLYGON * layer->n_features};
    bool made = o.one && o.other && o.twin && o.n_copies && o.boxes && o.diagonals;
    tpk_status status = made ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) status = compare_all(&o, err);
    if (status == TPK_OK) status = report(&o, findings, err);
    clear(&o);
    return status;
}

const tpk_finding_kind TPK_FINDING_OVERLAPS = {
    .id = "overlaps",
    .summary = N_("overlaps and slivers (overlap_slivers) between polygons of one layer; overlaps_unseen: "
                  "too many to look at all"),
    .for_vectors = true,
    .examine = overlaps_examine,
};
