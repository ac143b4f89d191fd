/* Polygons of one layer that overlap. Candidates come from a tree of their boxes; the polygons themselves are
 * made one pair at a time, so that memory does not grow with their vertices. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/polygon.h"
#include "check/tally.h"
#include "geo/geos.h"

/* Rounding of stored coordinates (7 decimals of a degree: 1 cm, along 100 m of border) stays below. */
static const double NOISE_M2 = 1;
/* A strip narrower than 0.5 mm at 1:50,000, the drawing accuracy of the base map, is no place but a drawing
 * error. */
static const double SLIVER_WIDTH_M = 25;

typedef struct overlaps {
    const tpk_subject *subject; /* borrowed */
    tpk_polygon_maker *one, *other;
    tpk_box *boxes;
    tpk_geos_geom **diagonals; /* n_features: a line from corner to corner stands for the box */
    tpk_geos_tree *tree;
    tpk_geos_hits hits;
    tpk_geom_buffer common;
    tpk_tally wide, narrow;
    double wide_m2, narrow_m2;
} overlaps;

static tpk_status take_box(overlaps *o, int64_t f, tpk_err *err)
{
    tpk_geom geom = tpk_layer_geom(o->subject->layer, f);
    tpk_box box = geom.n_parts > 0 ? tpk_geom_box(geom) : TPK_BOX_EMPTY;
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

static tpk_status weigh(overlaps *o, int64_t f, int64_t g, tpk_err *err)
{
    double area_m2, width_m;
    tpk_geom common = tpk_geom_buffer_view(&o->common);
    if (common.n_parts == 0) return TPK_OK;
    tpk_status status = tpk_polygon_measure(o->subject, common, &area_m2, &width_m, err);
    if (status != TPK_OK) return status;
    if (!(area_m2 >= NOISE_M2)) return TPK_OK;
    const tpk_layer *layer = o->subject->layer;
    char *size = tpk_area_text(area_m2, width_m);
    if (!size) return tpk_err_memory(err);
    char *text = tpk_finding_text(_("with record %lld: %s"), (long long)layer->fid[g], size);
    tpk_free(size);
    if (!text) return tpk_err_memory(err);
    bool narrow = width_m < SLIVER_WIDTH_M;
    tpk_tally_add(narrow ? &o->narrow : &o->wide, layer, f, text);
    *(narrow ? &o->narrow_m2 : &o->wide_m2) += area_m2;
    tpk_free(text);
    return TPK_OK;
}

/* All later features that polygon f overlaps. */
static tpk_status compare_one(overlaps *o, int64_t f, tpk_err *err)
{
    tpk_worker *worker = o->subject->worker;
    tpk_geos_geom *a = NULL, *b = NULL;
    tpk_geom geom;
    tpk_status status = tpk_geos_tree_query(worker, o->tree, o->diagonals[f], &o->hits, err);
    for (size_t i = 0; status == TPK_OK && i < o->hits.n; i++) {
        int64_t g = o->hits.items[i];
        if (g <= f || !boxes_overlap(o->boxes[f], o->boxes[g])) continue;
        if (!a) {
            status = tpk_polygon_valid(o->one, f, &geom, err);
            if (status == TPK_OK && geom.n_parts == 0) break;
            if (status == TPK_OK) status = tpk_geos_geom_new(worker, geom, &a, err);
            if (status != TPK_OK) break;
        }
        status = tpk_polygon_valid(o->other, g, &geom, err);
        if (status == TPK_OK) status = tpk_geos_geom_new(worker, geom, &b, err);
        if (status != TPK_OK) break;
        status = tpk_geos_intersection(worker, a, b, TPK_GEOM_POLYGON, &o->common, NULL);
        if (status == TPK_OK) status = weigh(o, f, g, err);
        if (status == TPK_ERR_DATA) status = TPK_OK; /* GEOS cannot tell about this pair */
        if (status == TPK_ERR_MEMORY) status = tpk_err_memory(err);
        tpk_geos_geom_free(b);
        b = NULL;
    }
    tpk_geos_geom_free(a);
    return status;
}

static tpk_status compare_all(overlaps *o, tpk_err *err)
{
    int64_t n = o->subject->layer->n_features;
    tpk_status status = TPK_OK;
    for (int64_t f = 0; status == TPK_OK && f < n; f++) status = take_box(o, f, err);
    if (status == TPK_OK) status = tpk_geos_tree_new(o->subject->worker, o->diagonals, n, &o->tree, err);
    for (int64_t f = 0; status == TPK_OK && f < n; f++) {
        status = tpk_check_step(o->subject, f, n, err);
        if (status == TPK_OK && !tpk_box_is_empty(o->boxes[f])) status = compare_one(o, f, err);
    }
    return status;
}

static tpk_status report(overlaps *o, tpk_findings *findings, tpk_err *err)
{
    tpk_status status = TPK_OK;
    if (o->wide.n > 0) {
        char *found = tpk_finding_text(NG_("%lld pair of polygons overlaps, by %.2f ha",
                                           "%lld pairs of polygons overlap, %.2f ha together", o->wide.n),
                                       (long long)o->wide.n, o->wide_m2 / 1e4);
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
    return status;
}

static void clear(overlaps *o)
{
    tpk_geos_tree_free(o->tree);
    for (int64_t f = 0; o->diagonals && f < o->subject->layer->n_features; f++)
        tpk_geos_geom_free(o->diagonals[f]);
    tpk_free(o->diagonals);
    tpk_free(o->boxes);
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
    overlaps o = {
        .subject = subject, .one = tpk_polygon_maker_new(subject), .other = tpk_polygon_maker_new(subject)};
    o.boxes = tpk_alloc((size_t)layer->n_features, sizeof *o.boxes);
    o.diagonals = tpk_zalloc((size_t)layer->n_features, sizeof *o.diagonals);
    tpk_status status = o.one && o.other && o.boxes && o.diagonals ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) status = compare_all(&o, err);
    if (status == TPK_OK) status = report(&o, findings, err);
    clear(&o);
    return status;
}

const tpk_finding_kind TPK_FINDING_OVERLAPS = {
    .id = "overlaps",
    .summary = N_("overlaps and slivers (overlap_slivers) between polygons of one layer"),
    .for_vectors = true,
    .examine = overlaps_examine,
};
