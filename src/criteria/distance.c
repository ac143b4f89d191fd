/* Distance: from each point straight to the geometry, in metres of the plan's CRS; 0 inside polygons.
 *
 * Method: a descent through patches of the block, each carrying the list of segments that can be nearest to
 * any of its points; what cannot be (see can_be_nearest) is dropped. At a leaf of 8 x 8 points the minimum is
 * taken over the few that remain. Every route uses tpk_segment_distance2, so a point's value does not depend
 * on the block it comes in. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/simd.h"
#include "criteria/kinds.h"
#include "criteria/layer_segments.h"
#include "criteria/patch.h"

enum {
    LEAF_POINTS = TPK_LEAF * TPK_LEAF,
    FEW = 3 /* candidates: below, computing all points costs less than descending (measured on 5 to 495,000
               segments) */
};

static const tpk_param_spec PARAMS[] = {
    {.name = "distance",
     .type = TPK_PARAM_VECTOR,
     .required = true,
     .primary = true,
     .unit = "",
     .summary = N_("layer of points, lines or polygons to measure to")},
    {.name = "where",
     .type = TPK_PARAM_TEXT,
     .unit = "",
     .summary = N_("SQL condition: only these features count")},
};

typedef struct distance_state {
    tpk_segments *segments;
    bool is_polygon;
} distance_state;

/* Segments as columns, so that loops over candidates fill vectors. */
typedef struct lanes {
    double *ax, *ay, *ux, *uy, *length;
    size_t n, capacity[5];
} lanes;

/* Candidates as seen from a patch's centre: squared distance, and the vector from the nearest point to the
 * centre. */
typedef struct sights {
    double *distance2, *ex, *ey;
    uint8_t *near;
    size_t capacity[4];
} sights;

/* Candidate lists of the patches on the way down, one behind the other; a patch's list is dropped when it is
 * done. */
typedef struct distance_worker {
    tpk_index_list found; /* of the whole block */
    lanes stack;
    sights seen;
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
    tpk_status status =
        tpk_store_vector(request->store, id, tpk_params_text(request->params, "where"), &layer, err);
    if (status != TPK_OK) return status;
    distance_state *state = tpk_zalloc(1, sizeof *state);
    if (!state) return tpk_err_memory(err);
    state->is_polygon = layer->kind == TPK_GEOM_POLYGON;
    status = tpk_layer_segments(layer, &state->segments, err);
    if (status == TPK_OK && tpk_segments_count(state->segments) == 0) {
        status =
            tpk_err_set(err, TPK_ERR_DATA, _("layer '%s' has no feature to measure a distance to%s"), id,
                        tpk_params_text(request->params, "where") ? _("; check its condition 'where'") : "");
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
    lanes *l = &worker->stack;
    sights *s = &worker->seen;
    void *const blocks[] = {worker->found.items, l->ax,        l->ay, l->ux, l->uy,
                            l->length,           s->distance2, s->ex, s->ey, s->near};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
    tpk_free(worker);
}

static bool lanes_reserve(lanes *l, size_t n)
{
    return tpk_grow(&l->ax, &l->capacity[0], n, sizeof *l->ax) &&
           tpk_grow(&l->ay, &l->capacity[1], n, sizeof *l->ay) &&
           tpk_grow(&l->ux, &l->capacity[2], n, sizeof *l->ux) &&
           tpk_grow(&l->uy, &l->capacity[3], n, sizeof *l->uy) &&
           tpk_grow(&l->length, &l->capacity[4], n, sizeof *l->length);
}

static bool sights_reserve(sights *s, size_t n)
{
    return tpk_grow(&s->distance2, &s->capacity[0], n, sizeof *s->distance2) &&
           tpk_grow(&s->ex, &s->capacity[1], n, sizeof *s->ex) &&
           tpk_grow(&s->ey, &s->capacity[2], n, sizeof *s->ey) &&
           tpk_grow(&s->near, &s->capacity[3], n, sizeof *s->near);
}

/* The segments found for the block become the first list. False without memory. */
static bool lanes_fill(lanes *l, const tpk_segment *segments, const tpk_index_list *found)
{
    if (!lanes_reserve(l, found->n)) return false;
    for (size_t k = 0; k < found->n; k++) {
        const tpk_segment *s = &segments[found->items[k]];
        l->ax[k] = s->ax;
        l->ay[k] = s->ay;
        l->ux[k] = s->ux;
        l->uy[k] = s->uy;
        l->length[k] = s->length;
    }
    l->n = found->n;
    return true;
}

/* The kernel: distance[i] = the smallest distance from point i to n candidates, for 64 points, a strip of
 * points at a time so that the smallest so far stay in registers. */
TPK_SIMD static void min_distances(const lanes *l, size_t from, size_t n, const double *x, const double *y,
                                   double *distance)
{
    enum { STRIP = 16 };
    for (int first = 0; first < LEAF_POINTS; first += STRIP) {
        double best[STRIP];
        for (int i = 0; i < STRIP; i++) best[i] = HUGE_VAL;
        for (size_t k = from; k < from + n; k++) {
            const tpk_segment s = {
                .ax = l->ax[k], .ay = l->ay[k], .ux = l->ux[k], .uy = l->uy[k], .length = l->length[k]};
            for (int i = 0; i < STRIP; i++) {
                double d2 = tpk_segment_distance2(&s, x[first + i], y[first + i]);
                best[i] = d2 < best[i] ? d2 : best[i];
            }
        }
        for (int i = 0; i < STRIP; i++) distance[first + i] = sqrt(best[i]);
    }
}

static void evaluate_leaf(const descent *d, const tpk_patch *leaf, size_t first, size_t n, insideness inside)
{
    double x[LEAF_POINTS], y[LEAF_POINTS], values[LEAF_POINTS];
    int n_points = tpk_patch_points(d->block, leaf, x, y);
    min_distances(&d->worker->stack, first, n, x, y, values);
    if (inside == NOT_KNOWN) {
        for (int i = 0; i < n_points; i++) {
            if (tpk_segments_contain(d->state->segments, x[i], y[i])) values[i] = 0;
        }
    }
    tpk_patch_store(d->block, leaf, values, d->values);
}

/* One row against a list that is too short to be worth a descent; the arithmetic of tpk_segment_distance2. */
TPK_SIMD static void row_distances(const lanes *l, size_t from, size_t n, const double *restrict x, double y,
                                   int32_t n_cols, double *restrict distance)
{
    for (size_t k = from; k < from + n; k++) {
        double ax = l->ax[k], ux = l->ux[k], uy = l->uy[k], length = l->length[k], dy = y - l->ay[k];
        bool first = k == from;
        TPK_SIMD_LOOP
        for (int32_t i = 0; i < n_cols; i++) {
            double dx = x[i] - ax, t = dx * ux + dy * uy;
            t = t < 0 ? 0 : t;
            t = t > length ? length : t;
            double ex = dx - t * ux, ey = dy - t * uy, d2 = ex * ex + ey * ey;
            distance[i] = first || d2 < distance[i] ? d2 : distance[i];
        }
    }
    TPK_SIMD_LOOP
    for (int32_t i = 0; i < n_cols; i++) distance[i] = sqrt(distance[i]);
}

static void evaluate_rows(const descent *d, const tpk_patch *patch, size_t first, size_t n)
{
    const tpk_block *block = d->block;
    for (int32_t r = patch->row0; r < patch->row0 + patch->n_rows; r++) {
        row_distances(&d->worker->stack, first, n, block->x + patch->col0, block->y[r], patch->n_cols,
                      d->values + (int64_t)r * block->n_cols + patch->col0);
    }
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

/* The arithmetic of tpk_segment_distance2, for a list. */
TPK_SIMD static void look(const double *restrict ax, const double *restrict ay, const double *restrict ux,
                          const double *restrict uy, const double *restrict length, size_t n, double x,
                          double y, double *restrict distance2, double *restrict ex_out,
                          double *restrict ey_out)
{
    TPK_SIMD_LOOP
    for (size_t k = 0; k < n; k++) {
        double dx = x - ax[k], dy = y - ay[k];
        double t = dx * ux[k] + dy * uy[k];
        t = t < 0 ? 0 : t;
        t = t > length[k] ? length[k] : t;
        double ex = dx - t * ux[k], ey = dy - t * uy[k];
        distance2[k] = ex * ex + ey * ey;
        ex_out[k] = ex;
        ey_out[k] = ey;
    }
}

/* Sights of the candidates; *nearest is the index of the nearest. False without memory. */
static bool look_at_all(distance_worker *w, const tpk_patch *patch, size_t first, size_t n, size_t *nearest)
{
    const lanes *l = &w->stack;
    sights *s = &w->seen;
    if (!sights_reserve(s, n)) return false;
    look(l->ax + first, l->ay + first, l->ux + first, l->uy + first, l->length + first, n, patch->x, patch->y,
         s->distance2, s->ex, s->ey);
    *nearest = 0;
    for (size_t k = 1; k < n; k++) *nearest = s->distance2[k] < s->distance2[*nearest] ? k : *nearest;
    return true;
}

/* Can a candidate be nearest to some point of the patch? A segment is convex: it lies behind the line through
 * its nearest point perpendicular to the line of sight, so its distance from centre + v is at least distance
 * + v.e/distance, which is linear in v. The distance to the pivot's nearest point bounds the smallest
 * distance from above and is convex in v. So where the first exceeds the second at the four corners it does
 * so everywhere. `reach` holds the second at the corners, rounding included. */
TPK_SIMD static void mark_near(const double *restrict distance2, const double *restrict ex,
                               const double *restrict ey, size_t n, double half_width, double half_height,
                               const double reach[4], uint8_t *restrict near)
{
    double reach0 = reach[0], reach1 = reach[1], reach2 = reach[2], reach3 = reach[3];
    TPK_SIMD_LOOP
    for (size_t k = 0; k < n; k++) {
        double distance = sqrt(distance2[k]), across = ex[k] * half_width, along = ey[k] * half_height;
        near[k] = !((distance2[k] - across - along > reach0 * distance) &
                    (distance2[k] + across - along > reach1 * distance) &
                    (distance2[k] - across + along > reach2 * distance) &
                    (distance2[k] + across + along > reach3 * distance));
    }
}

/* Puts the candidates that can matter on top of the stack. False without memory. */
static bool keep_near(distance_worker *w, const tpk_patch *patch, size_t first, size_t n, size_t pivot)
{
    lanes *l = &w->stack;
    const sights *s = &w->seen;
    if (!lanes_reserve(l, l->n + n)) return false;
    double reach[4];
    for (int corner = 0; corner < 4; corner++) {
        double x = s->ex[pivot] + (corner & 1 ? patch->half_width : -patch->half_width);
        double y = s->ey[pivot] + (corner & 2 ? patch->half_height : -patch->half_height);
        reach[corner] = sqrt(x * x + y * y) * (1 + 1e-9) + 1e-6;
    }
    mark_near(s->distance2, s->ex, s->ey, n, patch->half_width, patch->half_height, reach, s->near);
    size_t top = l->n;
    for (size_t k = 0; k < n; k++) {
        size_t from = first + k; /* written whether it stays or not: the next one overwrites it */
        l->ax[top] = l->ax[from];
        l->ay[top] = l->ay[from];
        l->ux[top] = l->ux[from];
        l->uy[top] = l->uy[from];
        l->length[top] = l->length[from];
        top += s->near[k];
    }
    l->n = top;
    return true;
}

/* True when the patch's values are known without looking at single points; settles `inside` where no edge
 * crosses the patch. */
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
    size_t pivot, own = w->stack.n;
    if (!look_at_all(w, patch, first, n, &pivot)) return false;
    if (fill_if_constant(d, patch, sqrt(w->seen.distance2[pivot]), &inside)) return true;
    if (!keep_near(w, patch, first, n, pivot)) return false;
    size_t kept = w->stack.n - own;
    bool fine = true;
    if (kept <= FEW && inside == OUTSIDE && d->block->lattice) {
        evaluate_rows(d, patch, own, kept);
    } else if (tpk_patch_is_leaf(patch)) {
        evaluate_leaf(d, patch, own, kept, inside);
    } else {
        tpk_patch parts[4];
        int n_parts = tpk_patch_split(d->block, patch, parts);
        for (int i = 0; i < n_parts && fine; i++) fine = descend(d, &parts[i], own, kept, inside);
    }
    w->stack.n = own;
    return fine;
}

static tpk_status evaluate(const void *opaque, void *opaque_worker, const tpk_block *block,
                           const tpk_hint *hint, double *values, tpk_err *err)
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
    worker->found.n = 0;
    if (!tpk_segments_within(state->segments, whole.x, whole.y, reach_of(nearest, whole.radius),
                             &worker->found) ||
        !lanes_fill(&worker->stack, tpk_segments_array(state->segments), &worker->found) ||
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
