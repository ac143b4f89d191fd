/* Distance: from each point straight to the geometry, in metres of the plan's CRS; 0 inside polygons.
 *
 * Method: a descent through patches of the block, each carrying the list of segments that can be nearest to any of its points; what cannot
 * be (see can_be_nearest) is dropped. At a leaf of 8 x 8 points the minimum is taken over the few that remain.
 * Every route uses tpk_segment_distance2, so a point's value does not depend on the block it comes in. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/simd.h"
#include "criteria/kinds.h"
#include "criteria/layer_segments.h"
#include "criteria/patch.h"

enum { LEAF_POINTS = TPK_LEAF * TPK_LEAF };

static const tpk_param_spec PARAMS[] = {
    {.name = "distance",
     .type = TPK_PARAM_VECTOR,
     .required = true,
     .primary = true,
     .unit = "",
     .summary = N_("layer of points, lines or polygons to measure to")},
    {.name = "where", .type = TPK_PARAM_TEXT, .unit = "", .summary = N_("SQL condition: only these features count")},
};

typedef struct distance_state {
    tpk_segments *segments;
    bool is_polygon;
} distance_state;

/* A segment as seen from a patch's centre: its distance, and the vector from its nearest point to the centre. */
typedef struct sight {
    double distance2, ex, ey;
} sight;

/* Candidate lists of the patches on the way down, one behind the other; a patch's list is dropped when it is done. */
typedef struct distance_worker {
    tpk_index_list stack;
    sight *sights;
    size_t sight_capacity;
} distance_worker;

typedef enum insideness { NOT_KNOWN, OUTSIDE, INSIDE } insideness;

typedef struct descent {
    const distance_state *state;
    distance_worker *worker;
    const tpk_block *block;
    double flat_from;
    double *values;
} descent;

static void free_state(void *opaque)
{
    distance_state *state = opaque;
    if (!state) return;
    tpk_segments_free(state->segments);
    tpk_free(state);
}

static tpk_status prepare(const tpk_source_request *request, void **out, tpk_err *err)
{
    const char *id = tpk_params_text(request->params, "distance");
    const tpk_layer *layer;
    tpk_status status = tpk_store_vector(request->store, id, tpk_params_text(request->params, "where"), &layer, err);
    if (status != TPK_OK) return status;
    distance_state *state = tpk_zalloc(1, sizeof *state);
    if (!state) return tpk_err_memory(err);
    state->is_polygon = layer->kind == TPK_GEOM_POLYGON;
    status = tpk_layer_segments(layer, &state->segments, err);
    if (status == TPK_OK && tpk_segments_count(state->segments) == 0) {
        status = tpk_err_set(err, TPK_ERR_DATA, _("layer '%s' has no feature to measure a distance to%s"), id,
                             tpk_params_text(request->params, "where") ? _("; check its condition `where`") : "");
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
    *out = tpk_zalloc(1, sizeof(distance_worker));
    return *out ? TPK_OK : tpk_err_memory(err);
}

static void close_worker(void *opaque)
{
    distance_worker *worker = opaque;
    if (!worker) return;
    tpk_free(worker->stack.items);
    tpk_free(worker->sights);
    tpk_free(worker);
}

/* The kernel: distance[i] = the smallest distance from point i to any candidate, for 64 points, a strip of points at a time so that the
 * smallest so far stay in registers. Written out for the vectoriser; the arithmetic is that of tpk_segment_distance2. */
TPK_SIMD static void min_distances(const tpk_segment *segments, const int32_t *candidates, size_t n, const double *x,
                                   const double *y, double *distance)
{
    enum { STRIP = 16 };
    for (int first = 0; first < LEAF_POINTS; first += STRIP) {
        double best[STRIP];
        for (int i = 0; i < STRIP; i++) best[i] = HUGE_VAL;
        for (size_t k = 0; k < n; k++) {
            const tpk_segment s = segments[candidates[k]];
            for (int i = 0; i < STRIP; i++) {
                double d2 = tpk_segment_distance2(&s, x[first + i], y[first + i]);
                best[i] = d2 < best[i] ? d2 : best[i];
            }
        }
        for (int i = 0; i < STRIP; i++) distance[first + i] = sqrt(best[i]);
    }
}

static void evaluate_leaf(const descent *d, const tpk_patch *leaf, const int32_t *candidates, size_t n, insideness inside)
{
    double x[LEAF_POINTS], y[LEAF_POINTS], values[LEAF_POINTS];
    int n_points = tpk_patch_points(d->block, leaf, x, y);
    min_distances(tpk_segments_array(d->state->segments), candidates, n, x, y, values);
    if (inside == NOT_KNOWN) {
        for (int i = 0; i < n_points; i++) {
            if (tpk_segments_contain(d->state->segments, x[i], y[i])) values[i] = 0;
        }
    }
    tpk_patch_store(d->block, leaf, values, d->values);
}

/* Rows of unrelated points: patches would not be compact, the tree is better. */
static void evaluate_scattered(const descent *d)
{
    int64_t n = (int64_t)d->block->n_rows * d->block->n_cols;
    for (int64_t i = 0; i < n; i++) {
        double x = tpk_block_x(d->block, 0, (int32_t)i), y = tpk_block_y(d->block, 0, (int32_t)i);
        bool inside = d->state->is_polygon && tpk_segments_contain(d->state->segments, x, y);
        d->values[i] = inside ? 0 : sqrt(tpk_segments_nearest2(d->state->segments, x, y, NULL));
    }
}

/* How far a segment may be and still matter; rounding included. */
static double reach_of(double nearest, double radius)
{
    return (nearest + 2 * radius) * (1 + 1e-9) + 1e-6;
}

static sight look(const tpk_segment *s, double x, double y)
{
    double dx = x - s->ax, dy = y - s->ay;
    double t = dx * s->ux + dy * s->uy;
    t = t < 0 ? 0 : t > s->length ? s->length : t;
    double ex = dx - t * s->ux, ey = dy - t * s->uy;
    return (sight){ex * ex + ey * ey, ex, ey};
}

/* Sights of the candidates into worker->sights; *nearest is the index of the nearest. False without memory. */
static bool look_at_all(const descent *d, const tpk_patch *patch, size_t first, size_t n, size_t *nearest)
{
    distance_worker *w = d->worker;
    if (!tpk_grow(&w->sights, &w->sight_capacity, n, sizeof *w->sights)) return false;
    const tpk_segment *segments = tpk_segments_array(d->state->segments);
    double least = HUGE_VAL;
    for (size_t k = 0; k < n; k++) {
        w->sights[k] = look(&segments[w->stack.items[first + k]], patch->x, patch->y);
        if (w->sights[k].distance2 < least) {
            least = w->sights[k].distance2;
            *nearest = k;
        }
    }
    return true;
}

/* Can a candidate be nearest to some point of the patch? A segment is convex: it lies behind the line through its nearest point
 * perpendicular to the line of sight, so its distance from centre + v is at least distance + v.e/distance, which is linear in v. The
 * distance to the pivot's nearest point bounds the smallest distance from above and is convex in v. So where the first exceeds the
 * second at the four corners it does so everywhere. `reach` holds the second at the corners, rounding included. */
static inline bool can_be_nearest(const sight *s, double distance, double half_width, double half_height, const double reach[4])
{
    double across = s->ex * half_width, along = s->ey * half_height;
    return !(s->distance2 - across - along > reach[0] * distance && s->distance2 + across - along > reach[1] * distance &&
             s->distance2 - across + along > reach[2] * distance && s->distance2 + across + along > reach[3] * distance);
}

/* Puts the candidates that can matter on top of the stack. False without memory. */
static bool keep_near(distance_worker *w, const tpk_patch *patch, size_t first, size_t n, const sight *pivot)
{
    if (!tpk_grow(&w->stack.items, &w->stack.capacity, w->stack.n + n, sizeof *w->stack.items)) return false;
    double reach[4];
    for (int corner = 0; corner < 4; corner++) {
        double x = pivot->ex + (corner & 1 ? patch->half_width : -patch->half_width);
        double y = pivot->ey + (corner & 2 ? patch->half_height : -patch->half_height);
        reach[corner] = sqrt(x * x + y * y) * (1 + 1e-9) + 1e-6;
    }
    double farthest = reach_of(sqrt(pivot->distance2), patch->radius), farthest2 = farthest * farthest;
    int32_t *top = w->stack.items + w->stack.n;
    size_t kept = 0;
    for (size_t k = 0; k < n; k++) {
        const sight *s = &w->sights[k];
        if (s->distance2 > farthest2) continue;
        if (can_be_nearest(s, sqrt(s->distance2), patch->half_width, patch->half_height, reach)) top[kept++] = w->stack.items[first + k];
    }
    w->stack.n += kept;
    return true;
}

/* True when the patch's values are known without looking at single points; settles `inside` where no edge crosses the patch. */
static bool fill_if_constant(const descent *d, const tpk_patch *patch, double nearest, insideness *inside)
{
    if (*inside == NOT_KNOWN && nearest > patch->radius) {
        *inside = tpk_segments_contain(d->state->segments, patch->x, patch->y) ? INSIDE : OUTSIDE;
    }
    if (*inside == INSIDE) {
        tpk_patch_fill(d->block, patch, 0, d->values);
        return true;
    }
    if (*inside == OUTSIDE && nearest - patch->radius >= d->flat_from) {
        tpk_patch_fill(d->block, patch, d->flat_from, d->values);
        return true;
    }
    return false;
}

/* False without memory. The patch's candidates are n items of the stack from `first`. */
static bool descend(const descent *d, const tpk_patch *patch, size_t first, size_t n, insideness inside)
{
    if (!tpk_patch_needed(d->block, patch)) return true;
    distance_worker *w = d->worker;
    size_t pivot = 0, own = w->stack.n;
    if (!look_at_all(d, patch, first, n, &pivot)) return false;
    if (fill_if_constant(d, patch, sqrt(w->sights[pivot].distance2), &inside)) return true;
    if (!keep_near(w, patch, first, n, &w->sights[pivot])) return false;
    size_t kept = w->stack.n - own;
    bool fine = true;
    if (tpk_patch_is_leaf(patch)) {
        evaluate_leaf(d, patch, w->stack.items + own, kept, inside);
    } else {
        tpk_patch parts[4];
        int n_parts = tpk_patch_split(d->block, patch, parts);
        for (int i = 0; i < n_parts && fine; i++) fine = descend(d, &parts[i], own, kept, inside);
    }
    w->stack.n = own;
    return fine;
}

static tpk_status evaluate(const void *opaque, void *opaque_worker, const tpk_block *block, const tpk_hint *hint,
                           double *values, tpk_err *err)
{
    const distance_state *state = opaque;
    distance_worker *worker = opaque_worker;
    descent d = {state, worker, block, hint->flat_from, values};
    if (block->n_rows == 1 && !block->lattice) {
        evaluate_scattered(&d);
        return TPK_OK;
    }
    tpk_patch whole = tpk_patch_whole(block);
    if (!tpk_patch_needed(block, &whole)) return TPK_OK;
    double nearest = sqrt(tpk_segments_nearest2(state->segments, whole.x, whole.y, NULL));
    insideness inside = state->is_polygon ? NOT_KNOWN : OUTSIDE;
    if (fill_if_constant(&d, &whole, nearest, &inside)) return TPK_OK;
    worker->stack.n = 0;
    if (!tpk_segments_within(state->segments, whole.x, whole.y, reach_of(nearest, whole.radius), &worker->stack) ||
        !descend(&d, &whole, 0, worker->stack.n, inside)) {
        return tpk_err_memory(err);
    }
    return TPK_OK;
}

const tpk_source_kind TPK_SOURCE_DISTANCE = {
    .spec = {.name = "distance",
             .summary = N_("distance in metres to the nearest feature of a layer; 0 inside its polygons"),
             .value_unit = "m",
             .params = PARAMS,
             .n_params = sizeof PARAMS / sizeof *PARAMS},
    .prepare = prepare,
    .free_state = free_state,
    .open_worker = open_worker,
    .close_worker = close_worker,
    .evaluate = evaluate,
};
