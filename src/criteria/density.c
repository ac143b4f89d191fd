/* Density: features of points, or kilometres of line, within a radius of each point, for each square
 * kilometre of that circle.
 *
 * A descent through patches of the block, each carrying the segments that may matter. One wholly inside of
 * every point's circle is added to a base and dropped, one outside of every circle is dropped, and at a leaf
 * of 8 x 8 points only those near the circles' rims are left. Amounts are multiples of 2^-20 (m), so sums are
 * exact and do not depend on that order.
 *
 * A multipoint is one feature: it counts once where any of its points is inside. When one of them is settled
 * as inside, the others are dropped with it. */
#include <math.h>
#include <stdint.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/simd.h"
#include "criteria/kinds.h"
#include "criteria/layer_segments.h"
#include "criteria/patch.h"

enum { LEAF_POINTS = TPK_LEAF * TPK_LEAF };

static const tpk_param_spec PARAMS[] = {
    {.name = "density",
     .type = TPK_PARAM_VECTOR,
     .required = true,
     .primary = true,
     .unit = "",
     .summary = N_("layer of points or lines")},
    {.name = "radius",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "m",
     .min = 0,
     .min_excluded = true,
     .max = HUGE_VAL,
     .summary = N_("radius of the circle in which features are counted or lengths added up")},
    {.name = "where",
     .type = TPK_PARAM_TEXT,
     .unit = "",
     .summary = N_("SQL condition: only these features count")},
};

typedef struct density_state {
    tpk_segments *segments;
    bool is_point, is_multi; /* some feature has several points */
    int64_t n_features;
    double radius_m;
    double per_amount; /* from features or metres inside the circle to the density */
} density_state;

/* Candidate lists of the patches on the way down, one behind the other. */
typedef struct density_worker {
    tpk_index_list stack;
    uint64_t *seen; /* by feature, for multipoints, else NULL: bit i, point i of the leaf has counted it; all
                       0 between two uses */
} density_worker;

static void free_state(void *opaque)
{
    density_state *state = opaque;
    if (!state) return;
    tpk_segments_free(state->segments);
    tpk_free(state);
}

static tpk_status check_layer(const tpk_source_request *request, const tpk_layer *layer, const char *where,
                              tpk_err *err)
{
    if (layer->kind == TPK_GEOM_POLYGON) {
        return tpk_err_set(
            err, TPK_ERR_DATA,
            _("layer '%s' (%s) has polygons; 'density' takes points or lines, 'inside' takes polygons"),
            layer->id, layer->path);
    }
    if (!tpk_box_is_empty(layer->box)) return TPK_OK;
    tpk_status status = tpk_diag_add(request->diags, TPK_WARNING, layer->path, (tpk_pos){0},
                                     _("layer '%s' has no feature%s: the density is 0 everywhere"), layer->id,
                                     where ? _(" that satisfies its condition") : "");
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

static bool has_multipoint(const tpk_layer *layer)
{
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (tpk_layer_geom(layer, f).n_parts > 1) return true;
    }
    return false;
}

static tpk_status prepare(const tpk_source_request *request, void **out, tpk_err *err)
{
    const char *where = tpk_params_text(request->params, "where");
    const tpk_layer *layer;
    tpk_status status =
        tpk_store_vector(request->store, tpk_params_text(request->params, "density"), where, &layer, err);
    if (status == TPK_OK) status = check_layer(request, layer, where, err);
    if (status != TPK_OK) return status;
    density_state *state = tpk_zalloc(1, sizeof *state);
    if (!state) return tpk_err_memory(err);
    state->is_point = layer->kind == TPK_GEOM_POINT;
    state->is_multi = state->is_point && has_multipoint(layer);
    state->n_features = layer->n_features;
    state->radius_m = tpk_params_number(request->params, "radius");
    double area_km2 = M_PI * state->radius_m * state->radius_m / 1e6;
    state->per_amount = (state->is_point ? 1 : 1e-3) / area_km2;
    status = tpk_layer_segments(layer, &state->segments, err);
    if (status != TPK_OK) {
        free_state(state);
        return status;
    }
    *out = state;
    return TPK_OK;
}

static void close_worker(void *opaque)
{
    density_worker *worker = opaque;
    if (!worker) return;
    tpk_free(worker->stack.items);
    tpk_free(worker->seen);
    tpk_free(worker);
}

static tpk_status open_worker(const void *opaque, void **out, tpk_err *err)
{
    const density_state *state = opaque;
    density_worker *worker = tpk_zalloc(1, sizeof *worker);
    if (!worker) return tpk_err_memory(err);
    if (state->is_multi) {
        worker->seen = tpk_zalloc((size_t)state->n_features, sizeof *worker->seen);
        if (!worker->seen) {
            close_worker(worker);
            return tpk_err_memory(err);
        }
    }
    *out = worker;
    return TPK_OK;
}

/* Rounded to a multiple of 2^-20: adding 1.5 * 2^32 leaves no room for more. For lengths below 2^31 m. */
static inline double exact_amount(double length_m)
{
    return (length_m + 0x1.8p32) - 0x1.8p32;
}

/* Length of the segment inside the circle around (x, y). Along the segment's line the circle reaches from t -
 * h to t + h. */
static inline double length_inside(const tpk_segment *s, double radius2, double x, double y)
{
    double dx = x - s->ax, dy = y - s->ay;
    double t = dx * s->ux + dy * s->uy, off = dx * s->uy - dy * s->ux;
    double h2 = radius2 - off * off;
    h2 = h2 < 0 ? 0 : h2;
    double h = sqrt(h2);
    double from = t - h, to = t + h;
    from = from < 0 ? 0 : from;
    to = to > s->length ? s->length : to;
    double length = to - from;
    return exact_amount(length < 0 ? 0 : length);
}

TPK_SIMD static void add_points(const tpk_segment *segments, const int32_t *candidates, size_t n,
                                double radius2, const double *x, const double *y, double *amount)
{
    for (size_t k = 0; k < n; k++) {
        const tpk_segment s = segments[candidates[k]];
        for (int i = 0; i < LEAF_POINTS; i++) {
            double dx = x[i] - s.ax, dy = y[i] - s.ay;
            amount[i] += dx * dx + dy * dy <= radius2 ? 1.0 : 0.0;
        }
    }
}

static void forget(uint64_t *seen, const tpk_segment *segments, const int32_t *candidates, size_t n)
{
    for (size_t k = 0; k < n; k++) seen[segments[candidates[k]].feature] = 0;
}

/* As add_points, each feature once. */
static void add_features(const tpk_segment *segments, const int32_t *candidates, size_t n, double radius2,
                         const double *x, const double *y, uint64_t *seen, double *amount)
{
    _Static_assert(LEAF_POINTS == 64, "one bit a point");
    for (size_t k = 0; k < n; k++) {
        const tpk_segment *s = &segments[candidates[k]];
        uint64_t inside = 0;
        for (int i = 0; i < LEAF_POINTS; i++) {
            double dx = x[i] - s->ax, dy = y[i] - s->ay;
            inside |= (uint64_t)(dx * dx + dy * dy <= radius2) << i;
        }
        uint64_t fresh = inside & ~seen[s->feature];
        seen[s->feature] |= inside;
        for (int i = 0; i < LEAF_POINTS; i++) amount[i] += (double)(fresh >> i & 1);
    }
    forget(seen, segments, candidates, n);
}

TPK_SIMD static void add_lengths(const tpk_segment *segments, const int32_t *candidates, size_t n,
                                 double radius2, const double *x, const double *y, double *amount)
{
    for (size_t k = 0; k < n; k++) {
        const tpk_segment s = segments[candidates[k]];
        for (int i = 0; i < LEAF_POINTS; i++) amount[i] += length_inside(&s, radius2, x[i], y[i]);
    }
}

typedef struct descent {
    const density_state *state;
    density_worker *worker;
    const tpk_block *block;
    double *values;
} descent;

static void evaluate_leaf(const descent *d, const tpk_patch *leaf, const int32_t *candidates, size_t n,
                          double base)
{
    const tpk_segment *segments = tpk_segments_array(d->state->segments);
    double x[LEAF_POINTS], y[LEAF_POINTS], amount[LEAF_POINTS];
    double radius2 = d->state->radius_m * d->state->radius_m;
    tpk_patch_points(d->block, leaf, x, y);
    for (int i = 0; i < LEAF_POINTS; i++) amount[i] = base;
    if (d->state->is_multi) {
        add_features(segments, candidates, n, radius2, x, y, d->worker->seen, amount);
    } else {
        (d->state->is_point ? add_points : add_lengths)(segments, candidates, n, radius2, x, y, amount);
    }
    for (int i = 0; i < LEAF_POINTS; i++) amount[i] *= d->state->per_amount;
    tpk_patch_store(d->block, leaf, amount, d->values);
}

/* Room for rounding in the tests that settle a segment for a whole patch. */
static double slack_m(const density_state *state)
{
    return 1e-3 + 1e-9 * state->radius_m;
}

static bool is_wholly_inside(const tpk_segment *s, const tpk_patch *patch, double reach)
{
    double ax = s->ax - patch->x, ay = s->ay - patch->y, bx = s->bx - patch->x, by = s->by - patch->y;
    return reach > 0 && ax * ax + ay * ay <= reach * reach && bx * bx + by * by <= reach * reach;
}

/* Counts the multipoints of which a point is wholly inside and drops their other points from the n
 * candidates. Returns how many candidates are left, moved to the front. */
static size_t settle_features(const descent *d, const tpk_patch *patch, int32_t *candidates, size_t n,
                              double reach, double *base)
{
    const tpk_segment *segments = tpk_segments_array(d->state->segments);
    uint64_t *seen = d->worker->seen;
    for (size_t k = 0; k < n; k++) {
        const tpk_segment *s = &segments[candidates[k]];
        if (seen[s->feature] || !is_wholly_inside(s, patch, reach)) continue;
        seen[s->feature] = 1;
        *base += 1;
    }
    size_t left = 0;
    for (size_t k = 0; k < n; k++) { /* the settled ones go to the end, to be forgotten */
        int32_t index = candidates[k];
        if (seen[segments[index].feature]) continue;
        candidates[k] = candidates[left];
        candidates[left++] = index;
    }
    forget(seen, segments, candidates + left, n - left);
    return left;
}

/* Puts the undecided candidates on top of the stack and adds the settled ones to *base. False without memory.
 */
static bool settle(const descent *d, const tpk_patch *patch, size_t first, size_t n, double *base)
{
    tpk_index_list *stack = &d->worker->stack;
    if (!tpk_grow(&stack->items, &stack->capacity, stack->n + n, sizeof *stack->items)) return false;
    const tpk_segment *segments = tpk_segments_array(d->state->segments);
    double inner = d->state->radius_m - patch->radius - slack_m(d->state);
    double outer = d->state->radius_m + patch->radius + slack_m(d->state);
    bool multi = d->state->is_multi;
    if (multi) n = settle_features(d, patch, stack->items + first, n, inner, base);
    for (size_t k = 0; k < n; k++) {
        int32_t index = stack->items[first + k];
        const tpk_segment *s = &segments[index];
        if (!multi && is_wholly_inside(s, patch, inner)) {
            *base += d->state->is_point ? 1 : exact_amount(s->length);
        } else if (tpk_segment_distance2(s, patch->x, patch->y) <= outer * outer) {
            stack->items[stack->n++] = index;
        }
    }
    return true;
}

/* False without memory. The patch's candidates are n items of the stack from `first`. */
static bool descend(const descent *d, const tpk_patch *patch, size_t first, size_t n, double base)
{
    if (!tpk_patch_needed(d->block, patch)) return true;
    tpk_index_list *stack = &d->worker->stack;
    size_t own = stack->n;
    if (!settle(d, patch, first, n, &base)) return false;
    size_t kept = stack->n - own;
    bool fine = true;
    if (kept == 0) {
        tpk_patch_fill(d->block, patch, base * d->state->per_amount, d->values);
    } else if (tpk_patch_is_leaf(patch)) {
        evaluate_leaf(d, patch, stack->items + own, kept, base);
    } else {
        tpk_patch parts[4];
        int n_parts = tpk_patch_split(d->block, patch, parts);
        for (int i = 0; i < n_parts && fine; i++) fine = descend(d, &parts[i], own, kept, base);
    }
    stack->n = own;
    return fine;
}

/* False without memory. */
static bool evaluate_patch(const descent *d, const tpk_patch *patch)
{
    tpk_index_list *stack = &d->worker->stack;
    double reach = d->state->radius_m + patch->radius + slack_m(d->state);
    stack->n = 0;
    return tpk_segments_within(d->state->segments, patch->x, patch->y, reach, stack) &&
           descend(d, patch, 0, stack->n, 0);
}

static tpk_status evaluate(const void *state, void *worker, const tpk_block *block, const tpk_hint *hint,
                           double *values, tpk_err *err)
{
    (void)hint; /* an amount is known only when all of it has been added up */
    descent d = {state, worker, block, values};
    bool fine = true;
    if (block->n_rows == 1 &&
        !block->lattice) { /* unrelated points: a circle around all of them would be useless */
        for (int32_t c = 0; c < block->n_cols && fine; c++) {
            tpk_patch point = tpk_patch_of(block, 0, c, 1, 1);
            fine = evaluate_patch(&d, &point);
        }
    } else {
        tpk_patch whole = tpk_patch_whole(block);
        fine = evaluate_patch(&d, &whole);
    }
    return fine ? TPK_OK : tpk_err_memory(err);
}

static const char *unit(const void *opaque)
{
    const density_state *state = opaque;
    return state->is_point ? "/km2" : "km/km2";
}

const tpk_source_kind TPK_SOURCE_DENSITY = {
    .spec = {.name = "density",
             .summary = N_(
                 "features of points (a multipoint counts once), or kilometres of line, within a radius, for "
                 "each km2 of that circle"),
             .params = PARAMS,
             .n_params = sizeof PARAMS / sizeof *PARAMS},
    .prepare = prepare,
    .free_state = free_state,
    .open_worker = open_worker,
    .close_worker = close_worker,
    .evaluate = evaluate,
    .unit = unit,
};
