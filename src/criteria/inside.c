/* Inside: 1 where a layer's polygons cover the sample, else 0. "Cover" is the sample's centre, any touch of
 * its square footprint, or at least a stated share of the footprint's area, computed exactly.
 *
 * Centres of a lattice are decided row by row (see scanline.h). Otherwise a patch that no edge comes near has
 * one answer, asked once at its centre, and only leaves that an edge crosses look at single points. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "criteria/kinds.h"
#include "criteria/layer_segments.h"
#include "criteria/patch.h"
#include "criteria/scanline.h"
#include "geo/geos.h"

static const char *const COVERS[] = {"centre", "touch", "share", NULL};

static const tpk_param_spec PARAMS[] = {
    {.name = "inside",
     .type = TPK_PARAM_VECTOR,
     .required = true,
     .primary = true,
     .unit = "",
     .summary = N_("layer of polygons")},
    {.name = "where",
     .type = TPK_PARAM_TEXT,
     .unit = "",
     .summary = N_("SQL condition: only these features count")},
    {.name = "cover",
     .type = TPK_PARAM_CHOICE,
     .unit = "",
     .default_text = "centre",
     .choices = COVERS,
     .summary = N_("what counts as inside: the cell's centre, any touch, or a share of the cell's area")},
    {.name = "share",
     .type = TPK_PARAM_NUMBER,
     .unit = "",
     .min = 0,
     .min_excluded = true,
     .max = 1,
     .default_text = "0.5",
     .summary = N_("with cover: share, the least part of the cell that must be covered")},
};

static void check(const tpk_params *params, const char *where, tpk_diags *diags)
{
    const tpk_param *share = tpk_params_get(params, "share");
    const char *cover = tpk_params_text(params, "cover");
    if (!share->given || !cover || strcmp(cover, "share") == 0) return;
    /* Without memory for the finding the reading of the project fails at its next allocation. */
    (void)tpk_diag_add(diags, TPK_ERROR, where, share->pos,
                       _("'share: %g' counts only with 'cover: share', but 'cover' is '%s'; write 'cover: "
                         "share', or leave 'share' out"),
                       share->number, cover);
}

typedef enum cover { COVER_CENTRE, COVER_TOUCH, COVER_SHARE } cover;

typedef struct inside_state {
    tpk_segments *segments;
    cover cover;
    double share;
} inside_state;

typedef struct inside_worker {
    tpk_index_list edges;
    tpk_scanline scanline;
} inside_worker;

static void free_state(void *opaque)
{
    inside_state *state = opaque;
    if (!state) return;
    tpk_segments_free(state->segments);
    tpk_free(state);
}

/* Overlapping polygons must not be counted twice, so shares are taken of their union. */
static tpk_status segments_of_union(const tpk_layer *layer, tpk_worker *worker, tpk_segments **segments,
                                    tpk_err *err)
{
    tpk_geom *geoms;
    tpk_geom_buffer united = {0};
    tpk_status status = tpk_layer_geoms(layer, &geoms, err);
    if (status != TPK_OK) return status;
    status = tpk_geos_union(worker, geoms, layer->n_features, &united, err);
    if (status == TPK_OK) {
        tpk_geom view = tpk_geom_buffer_view(&united);
        status = tpk_segments_new(&view, 1, segments, err);
    }
    tpk_geom_buffer_clear(&united);
    tpk_free(geoms);
    return status;
}

static cover parse_cover(const char *text)
{
    return strcmp(text, "touch") == 0 ? COVER_TOUCH : strcmp(text, "share") == 0 ? COVER_SHARE : COVER_CENTRE;
}

static tpk_status prepare(const tpk_source_request *request, void **out, tpk_err *err)
{
    const char *id = tpk_params_text(request->params, "inside"),
               *where = tpk_params_text(request->params, "where");
    const tpk_layer *layer;
    tpk_status status = tpk_store_vector(request->store, id, where, &layer, err);
    if (status != TPK_OK) return status;
    if (layer->kind != TPK_GEOM_POLYGON && layer->n_features > 0) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("layer '%s' has no polygons: a point cannot be inside of it; use "
                             "'distance' for points and lines"),
                           id);
    }
    inside_state *state = tpk_zalloc(1, sizeof *state);
    if (!state) return tpk_err_memory(err);
    state->cover = parse_cover(tpk_params_text(request->params, "cover"));
    state->share = tpk_params_number(request->params, "share");
    status = state->cover == COVER_SHARE ? segments_of_union(layer, request->worker, &state->segments, err)
                                         : tpk_layer_segments(layer, &state->segments, err);
    if (status == TPK_OK && tpk_segments_count(state->segments) == 0 &&
        tpk_diag_add(request->diags, TPK_WARNING, layer->path, (tpk_pos){0},
                     _("layer '%s' has no polygon%s: nothing is inside"), id,
                     where ? _(" that satisfies its condition") : "") != TPK_OK) {
        status = tpk_err_memory(err);
    }
    if (status != TPK_OK) {
        free_state(state);
        return status;
    }
    *out = state;
    return TPK_OK;
}

static tpk_status open_worker(const void *state, void **out, tpk_err *err)
{
    (void)state;
    *out = tpk_zalloc(1, sizeof(inside_worker));
    return *out ? TPK_OK : tpk_err_memory(err);
}

static void close_worker(void *opaque)
{
    inside_worker *worker = opaque;
    if (!worker) return;
    tpk_free(worker->edges.items);
    tpk_scanline_clear(&worker->scanline);
    tpk_free(worker);
}

/* Does the segment meet the box? Liang-Barsky clipping; touching counts. */
static bool segment_meets(const tpk_segment *s, tpk_box box)
{
    double t0 = 0, t1 = 1;
    const double step[4] = {s->ax - s->bx, s->bx - s->ax, s->ay - s->by, s->by - s->ay};
    const double room[4] = {s->ax - box.x_min, box.x_max - s->ax, s->ay - box.y_min, box.y_max - s->ay};
    for (int k = 0; k < 4; k++) {
        if (step[k] == 0) {
            if (room[k] < 0) return false;
            continue;
        }
        double t = room[k] / step[k];
        if (step[k] < 0 && t > t0) t0 = t;
        if (step[k] > 0 && t < t1) t1 = t;
    }
    return t0 <= t1;
}

/* The edge's contribution to the covered area: the integral over y of its shadow's distance from the box's
 * west side (rings run counter-clockwise). */
static double edge_area(const tpk_segment *s, tpk_box box)
{
    double shadow[8], area = 0;
    int n = tpk_edge_shadow((const double[]){s->ax, s->ay}, (const double[]){s->bx, s->by}, box, shadow);
    for (int i = 0; i + 1 < n; i++) {
        const double *p = shadow + 2 * i;
        area += ((p[0] + p[2]) / 2 - box.x_min) * (p[3] - p[1]);
    }
    return area;
}

static tpk_box footprint(double x, double y, double side)
{
    return (tpk_box){x - side / 2, y - side / 2, x + side / 2, y + side / 2};
}

static bool touches(const inside_state *state, const tpk_index_list *edges, tpk_box box, double x, double y)
{
    const tpk_segment *segments = tpk_segments_array(state->segments);
    for (size_t k = 0; k < edges->n; k++) {
        if (segment_meets(&segments[edges->items[k]], box)) return true;
    }
    return tpk_segments_contain(state->segments, x, y);
}

/* Rounded to 2^-30 so that "exactly half" does not hang on the last bit. */
static double covered_share(const inside_state *state, const tpk_index_list *edges, tpk_box box)
{
    const tpk_segment *segments = tpk_segments_array(state->segments);
    double area = 0;
    for (size_t k = 0; k < edges->n; k++) area += edge_area(&segments[edges->items[k]], box);
    double share = area / ((box.x_max - box.x_min) * (box.y_max - box.y_min));
    return round(share * 0x1p30) * 0x1p-30;
}

/* The edges that can matter to the leaf's footprints: those it meets; for shares also those to the east of
 * them. */
static bool find_edges(const inside_state *state, const tpk_patch *leaf, double cell_m, tpk_index_list *edges)
{
    edges->n = 0;
    if (state->cover == COVER_CENTRE) return true;
    double reach = leaf->radius + cell_m;
    tpk_box box = {leaf->x - reach, leaf->y - reach, leaf->x + reach, leaf->y + reach};
    if (state->cover == COVER_SHARE) box.x_max = HUGE_VAL;
    return tpk_segments_in_box(state->segments, box, edges);
}

static bool evaluate_leaf(const inside_state *state, inside_worker *worker, const tpk_block *block,
                          const tpk_patch *leaf, double *values)
{
    double x[TPK_LEAF * TPK_LEAF], y[TPK_LEAF * TPK_LEAF], inside[TPK_LEAF * TPK_LEAF];
    int n = tpk_patch_points(block, leaf, x, y);
    if (!find_edges(state, leaf, block->cell_m, &worker->edges)) return false;
    for (int i = 0; i < n; i++) {
        tpk_box box = footprint(x[i], y[i], block->cell_m);
        if (state->cover == COVER_CENTRE) inside[i] = tpk_segments_contain(state->segments, x[i], y[i]);
        if (state->cover == COVER_TOUCH) inside[i] = touches(state, &worker->edges, box, x[i], y[i]);
        if (state->cover == COVER_SHARE)
            inside[i] = covered_share(state, &worker->edges, box) >= state->share;
    }
    tpk_patch_store(block, leaf, inside, values);
    return true;
}

/* False without memory. */
static bool descend(const inside_state *state, inside_worker *worker, const tpk_block *block,
                    const tpk_patch *patch, double *values)
{
    if (!tpk_patch_needed(block, patch)) return true;
    double reach = patch->radius + (state->cover == COVER_CENTRE ? 0 : block->cell_m * 0.7072);
    double nearest = sqrt(tpk_segments_nearest2(state->segments, patch->x, patch->y, NULL));
    if (nearest > reach) {
        tpk_patch_fill(block, patch, tpk_segments_contain(state->segments, patch->x, patch->y), values);
        return true;
    }
    if (tpk_patch_is_leaf(patch)) return evaluate_leaf(state, worker, block, patch, values);
    tpk_patch parts[4];
    int n = tpk_patch_split(block, patch, parts);
    for (int i = 0; i < n; i++) {
        if (!descend(state, worker, block, &parts[i], values)) return false;
    }
    return true;
}

static tpk_status evaluate(const void *opaque, void *worker, const tpk_block *block, const tpk_hint *hint,
                           double *values, tpk_err *err)
{
    (void)hint; /* two values: nothing to cut short */
    const inside_state *state = opaque;
    if (state->cover == COVER_CENTRE && block->lattice) {
        inside_worker *own = worker;
        return tpk_scanline_fill(&own->scanline, state->segments, block, values) ? TPK_OK
                                                                                 : tpk_err_memory(err);
    }
    bool scattered = block->n_rows == 1 && !block->lattice; /* no compact patches: point by point */
    int32_t step = scattered ? 1 : block->n_cols;
    for (int32_t col = 0; col < block->n_cols; col += step) {
        tpk_patch patch = tpk_patch_of(block, 0, col, block->n_rows, step);
        if (!descend(state, worker, block, &patch, values)) return tpk_err_memory(err);
    }
    return TPK_OK;
}

const tpk_source_kind TPK_SOURCE_INSIDE = {
    .spec = {.name = "inside",
             .summary = N_("1 where the polygons of a layer cover the cell, else 0"),
             .value_unit = "",
             .params = PARAMS,
             .n_params = sizeof PARAMS / sizeof *PARAMS,
             .check = check},
    .prepare = prepare,
    .free_state = free_state,
    .open_worker = open_worker,
    .close_worker = close_worker,
    .evaluate = evaluate,
};
