/* Attribute: a field of the polygon that a point lies in.
 *
 * A patch of the block that no edge comes near lies in the same polygons as its centre, asked once. In a leaf
 * that an edge crosses, the points share the edges east of them: those that pass the whole leaf by count the
 * same for all of its points, and only the others are looked at point by point. Which polygon contains a
 * point follows tpk_segments_contain, polygon by polygon; where several do, the first of the file counts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "criteria/kinds.h"
#include "criteria/layer_segments.h"
#include "criteria/patch.h"

static const tpk_param_spec PARAMS[] = {
    {.name = "attribute",
     .type = TPK_PARAM_VECTOR,
     .required = true,
     .primary = true,
     .unit = "",
     .summary = N_("layer of polygons")},
    {.name = "field",
     .type = TPK_PARAM_FIELD,
     .required = true,
     .unit = "",
     .summary = N_("field to read: numbers are values, texts are categories for the curve `classes`")},
    {.name = "where",
     .type = TPK_PARAM_TEXT,
     .unit = "",
     .summary = N_("SQL condition: only these features count")},
    {.name = "outside",
     .type = TPK_PARAM_NUMBER,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary =
         N_("value outside of all polygons, for a field of numbers; without it, such a place is unknown")},
};

typedef struct attribute_state {
    tpk_segments *segments;
    double *values; /* by feature; NaN: the field is empty */
    int64_t n_features;
    double outside;
    char **categories; /* owned, each too; sorted by their bytes */
    size_t n_categories;
} attribute_state;

typedef struct attribute_worker {
    tpk_index_list stack; /* edges that cross the patches on the way down */
    tpk_index_list hits;  /* edges that the leaf's rays may cross */
    tpk_index_list row;   /* those of them that the rays of one height cross */
    size_t n_east;        /* at the end of the row's items: see enter_row */
    int32_t *winding;     /* by feature; all 0 between two leaves */
    bool *listed;         /* by feature: is it in `touched`? */
    int64_t *touched;     /* features that the leaf's rays met; room for all */
    int64_t n_touched;
} attribute_worker;

/* ---- preparing ---- */

static void free_state(void *opaque)
{
    attribute_state *state = opaque;
    if (!state) return;
    tpk_segments_free(state->segments);
    tpk_free(state->values);
    for (size_t i = 0; i < state->n_categories; i++) tpk_free(state->categories[i]);
    tpk_free(state->categories);
    tpk_free(state);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The different texts of the field, sorted. */
static tpk_status collect_categories(attribute_state *state, const tpk_field *field, tpk_err *err)
{
    size_t n = 0, n_features = (size_t)state->n_features;
    tpk_status status = TPK_OK;
    const char **texts = tpk_alloc(n_features, sizeof *texts);
    state->categories = tpk_alloc(n_features, sizeof *state->categories);
    if (!texts || !state->categories) {
        status = tpk_err_memory(err);
        goto done;
    }
    for (size_t f = 0; f < n_features; f++) {
        if (field->text[f]) texts[n++] = field->text[f];
    }
    if (n > 0) qsort(texts, n, sizeof *texts, compare_texts);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && strcmp(texts[i - 1], texts[i]) == 0) continue;
        char *copy = tpk_strdup(texts[i]);
        if (!copy) {
            status = tpk_err_memory(err);
            goto done;
        }
        state->categories[state->n_categories++] = copy;
    }
done:
    tpk_free(texts);
    return status;
}

static double category_of(const attribute_state *state, const char *text)
{
    char **found =
        bsearch(&text, state->categories, state->n_categories, sizeof *state->categories, compare_texts);
    return found ? (double)(found - state->categories) : (double)NAN;
}

static tpk_status read_values(attribute_state *state, const tpk_field *field, tpk_err *err)
{
    state->values = tpk_alloc((size_t)state->n_features, sizeof *state->values);
    if (!state->values) return tpk_err_memory(err);
    if (field->type == TPK_FIELD_TEXT) {
        tpk_status status = collect_categories(state, field, err);
        if (status != TPK_OK) return status;
    }
    for (int64_t f = 0; f < state->n_features; f++) {
        if (field->type != TPK_FIELD_TEXT) state->values[f] = field->number[f];
        if (field->type == TPK_FIELD_TEXT) {
            state->values[f] = field->text[f] ? category_of(state, field->text[f]) : (double)NAN;
        }
    }
    return TPK_OK;
}

static tpk_status no_such_field(const tpk_layer *layer, const char *name, tpk_err *err)
{
    tpk_text names = {0};
    char *list;
    for (size_t i = 0; i < layer->n_fields; i++) {
        tpk_text_addf(&names, "%s%s", i ? ", " : "", layer->fields[i].name);
    }
    tpk_status status = tpk_text_take(&names, &list, err);
    if (status != TPK_OK) return status;
    status = tpk_err_set(err, TPK_ERR_DATA, _("layer '%s' (%s) has no field '%s'; it has: %s"), layer->id,
                         layer->path, name, list);
    tpk_free(list);
    return status;
}

static tpk_status check(const tpk_source_request *request, const tpk_layer *layer, const tpk_field **field,
                        tpk_err *err)
{
    const char *name = tpk_params_text(request->params, "field");
    if (layer->n_features > 0 && layer->kind != TPK_GEOM_POLYGON) {
        return tpk_err_set(
            err, TPK_ERR_DATA,
            _("layer '%s' (%s) has no polygons, so no point lies in one of its features; 'attribute' takes "
              "polygons"),
            layer->id, layer->path);
    }
    *field = tpk_layer_field(layer, name);
    if (!*field) return no_such_field(layer, name, err);
    if ((*field)->type == TPK_FIELD_TEXT && tpk_params_get(request->params, "outside")->given) {
        return tpk_err_set(err, TPK_ERR_PROJECT,
                           _("field '%s' of layer '%s' is text, so 'outside' cannot be the number %g; leave "
                             "it out and say with the "
                             "criterion's 'unknown' what a place outside of all polygons gets"),
                           name, layer->id, tpk_params_number(request->params, "outside"));
    }
    if (layer->n_features > 0) return TPK_OK;
    tpk_status status =
        tpk_diag_add(request->diags, TPK_WARNING, layer->path, (tpk_pos){0},
                     _("layer '%s' has no feature%s: every place is outside of it"), layer->id,
                     tpk_params_text(request->params, "where") ? _(" that satisfies its condition") : "");
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

static tpk_status prepare(const tpk_source_request *request, void **out, tpk_err *err)
{
    const tpk_layer *layer;
    const tpk_field *field = NULL;
    tpk_status status = tpk_store_vector(request->store, tpk_params_text(request->params, "attribute"),
                                         tpk_params_text(request->params, "where"), &layer, err);
    if (status == TPK_OK) status = check(request, layer, &field, err);
    if (status != TPK_OK) return status;
    attribute_state *state = tpk_zalloc(1, sizeof *state);
    if (!state) return tpk_err_memory(err);
    state->n_features = layer->n_features;
    state->outside = tpk_params_number(request->params, "outside");
    status = read_values(state, field, err);
    if (status == TPK_OK) status = tpk_layer_segments(layer, &state->segments, err);
    if (status != TPK_OK) {
        free_state(state);
        return status;
    }
    *out = state;
    return TPK_OK;
}

static void close_worker(void *opaque)
{
    attribute_worker *worker = opaque;
    if (!worker) return;
    tpk_free(worker->stack.items);
    tpk_free(worker->hits.items);
    tpk_free(worker->row.items);
    tpk_free(worker->winding);
    tpk_free(worker->listed);
    tpk_free(worker->touched);
    tpk_free(worker);
}

static tpk_status open_worker(const void *opaque, void **out, tpk_err *err)
{
    const attribute_state *state = opaque;
    attribute_worker *worker = tpk_zalloc(1, sizeof *worker);
    if (!worker) return tpk_err_memory(err);
    worker->winding = tpk_zalloc((size_t)state->n_features, sizeof *worker->winding);
    worker->listed = tpk_zalloc((size_t)state->n_features, sizeof *worker->listed);
    worker->touched = tpk_alloc((size_t)state->n_features, sizeof *worker->touched);
    if (!worker->winding || !worker->listed || !worker->touched) {
        close_worker(worker);
        return tpk_err_memory(err);
    }
    *out = worker;
    return TPK_OK;
}

/* ---- evaluating ---- */

typedef struct descent {
    const attribute_state *state;
    attribute_worker *worker;
    const tpk_block *block;
    double *values;
} descent;

/* An edge is decided without a look at its ends only when it is this far from the points (m): more than
 * rounding can be. */
static const double CLEAR_M = 1e-3;

static void count(attribute_worker *w, int64_t feature, int change)
{
    if (change == 0) return;
    w->winding[feature] += change;
    if (w->listed[feature]) return;
    w->listed[feature] = true;
    w->touched[w->n_touched++] = feature;
}

static void forget_leaf(attribute_worker *w)
{
    for (int64_t k = 0; k < w->n_touched; k++) {
        w->winding[w->touched[k]] = 0;
        w->listed[w->touched[k]] = false;
    }
    w->n_touched = 0;
}

static bool is_east(const tpk_segment *s, tpk_box box)
{
    return s->ax > box.x_max + CLEAR_M && s->bx > box.x_max + CLEAR_M;
}

/* Counts the edges that pass the whole box by on its east side and drops them from the hits; drops the
 * polygons that are done with. */
static void count_passing_edges(const descent *d, tpk_box box)
{
    attribute_worker *w = d->worker;
    const tpk_segment *segments = tpk_segments_array(d->state->segments);
    size_t left = 0;
    for (size_t k = 0; k < w->hits.n; k++) {
        int32_t index = w->hits.items[k];
        const tpk_segment *s = &segments[index];
        bool up = s->ay <= box.y_min && s->by > box.y_max, down = s->by <= box.y_min && s->ay > box.y_max;
        if ((up || down) && is_east(s, box)) {
            count(w, s->feature, up ? 1 : -1);
        } else {
            w->hits.items[left++] = index;
        }
    }
    w->hits.n = left;
    int64_t kept = 0;
    for (int64_t k = 0; k < w->n_touched; k++) {
        int64_t feature = w->touched[k];
        w->listed[feature] = w->winding[feature] != 0;
        if (w->listed[feature]) w->touched[kept++] = feature;
    }
    w->n_touched = kept;
}

/* Splits the hits that a ray at the height y can cross: those east of the box count for all its points at
 * once and are noted from the row's end, for leave_row; the others are kept from its start. The row has room
 * for all hits. */
static void enter_row(const descent *d, tpk_box box, double y)
{
    attribute_worker *w = d->worker;
    const tpk_segment *segments = tpk_segments_array(d->state->segments);
    int32_t *end = w->row.items + w->hits.n;
    w->row.n = 0;
    w->n_east = 0;
    for (size_t k = 0; k < w->hits.n; k++) {
        int32_t index = w->hits.items[k];
        const tpk_segment *s = &segments[index];
        if ((s->ay <= y) == (s->by <= y)) continue;
        if (is_east(s, box)) {
            *--end = index;
            w->n_east++;
            count(w, s->feature, s->ay < s->by ? 1 : -1);
        } else {
            w->row.items[w->row.n++] = index;
        }
    }
}

static void leave_row(const descent *d)
{
    attribute_worker *w = d->worker;
    const tpk_segment *segments = tpk_segments_array(d->state->segments);
    for (size_t k = w->hits.n - w->n_east; k < w->hits.n; k++) {
        const tpk_segment *s = &segments[w->row.items[k]];
        w->winding[s->feature] -= s->ay < s->by ? 1 : -1;
    }
}

static double value_at(const descent *d, double x, double y)
{
    attribute_worker *w = d->worker;
    const tpk_segment *segments = tpk_segments_array(d->state->segments);
    for (size_t k = 0; k < w->row.n; k++) {
        const tpk_segment *s = &segments[w->row.items[k]];
        count(w, s->feature, tpk_segment_crossing(s, x, y));
    }
    int64_t first = d->state->n_features;
    for (int64_t k = 0; k < w->n_touched; k++) {
        if (w->winding[w->touched[k]] != 0 && w->touched[k] < first) first = w->touched[k];
    }
    for (size_t k = 0; k < w->row.n; k++) {
        const tpk_segment *s = &segments[w->row.items[k]];
        w->winding[s->feature] -= tpk_segment_crossing(s, x, y);
    }
    return first < d->state->n_features ? d->state->values[first] : d->state->outside;
}

static tpk_box box_of(const double *x, const double *y, int n)
{
    tpk_box box = {x[0], y[0], x[0], y[0]};
    for (int i = 1; i < n; i++) {
        box = (tpk_box){fmin(box.x_min, x[i]), fmin(box.y_min, y[i]), fmax(box.x_max, x[i]),
                        fmax(box.y_max, y[i])};
    }
    return box;
}

/* False without memory. */
static bool evaluate_points(const descent *d, const double *x, const double *y, int n, double *values)
{
    attribute_worker *w = d->worker;
    tpk_box box = box_of(x, y, n);
    w->hits.n = 0;
    if (!tpk_segments_in_box(d->state->segments,
                             (tpk_box){box.x_min - CLEAR_M, box.y_min, HUGE_VAL, box.y_max}, &w->hits) ||
        !tpk_grow(&w->row.items, &w->row.capacity, w->hits.n + 1, sizeof *w->row.items)) {
        return false;
    }
    count_passing_edges(d, box);
    for (int i = 0; i < n; i++) {
        if (i == 0 || y[i] != y[i - 1]) enter_row(d, box, y[i]);
        values[i] = value_at(d, x[i], y[i]);
        if (i == n - 1 || y[i] != y[i + 1]) leave_row(d);
    }
    forget_leaf(w);
    return true;
}

static bool evaluate_leaf(const descent *d, const tpk_patch *leaf)
{
    double x[TPK_LEAF * TPK_LEAF], y[TPK_LEAF * TPK_LEAF], values[TPK_LEAF * TPK_LEAF];
    int n = tpk_patch_points(d->block, leaf, x, y);
    if (!evaluate_points(d, x, y, n, values)) return false;
    tpk_patch_store(d->block, leaf, values, d->values);
    return true;
}

/* Puts the edges that come near the patch on top of the stack. False without memory. */
static bool keep_crossing(const descent *d, const tpk_patch *patch, size_t first, size_t n)
{
    tpk_index_list *stack = &d->worker->stack;
    if (!tpk_grow(&stack->items, &stack->capacity, stack->n + n, sizeof *stack->items)) return false;
    const tpk_segment *segments = tpk_segments_array(d->state->segments);
    double reach = patch->radius + CLEAR_M;
    for (size_t k = 0; k < n; k++) {
        int32_t index = stack->items[first + k];
        if (tpk_segment_distance2(&segments[index], patch->x, patch->y) <= reach * reach)
            stack->items[stack->n++] = index;
    }
    return true;
}

/* False without memory. The patch's edges are n items of the stack from `first`. */
static bool descend(const descent *d, const tpk_patch *patch, size_t first, size_t n)
{
    if (!tpk_patch_needed(d->block, patch)) return true;
    tpk_index_list *stack = &d->worker->stack;
    size_t own = stack->n;
    if (!keep_crossing(d, patch, first, n)) return false;
    size_t kept = stack->n - own;
    bool fine = true;
    if (kept == 0) {
        double value;
        fine = evaluate_points(d, &patch->x, &patch->y, 1, &value);
        if (fine) tpk_patch_fill(d->block, patch, value, d->values);
    } else if (tpk_patch_is_leaf(patch)) {
        fine = evaluate_leaf(d, patch);
    } else {
        tpk_patch parts[4];
        int n_parts = tpk_patch_split(d->block, patch, parts);
        for (int i = 0; i < n_parts && fine; i++) fine = descend(d, &parts[i], own, kept);
    }
    stack->n = own;
    return fine;
}

static tpk_status evaluate(const void *state, void *opaque_worker, const tpk_block *block,
                           const tpk_hint *hint, double *values, tpk_err *err)
{
    (void)hint; /* polygons have no order */
    attribute_worker *worker = opaque_worker;
    descent d = {state, worker, block, values};
    bool fine = true;
    if (block->n_rows == 1 && !block->lattice) { /* unrelated points */
        for (int32_t c = 0; c < block->n_cols && fine; c++)
            fine = evaluate_points(&d, &block->x[c], &block->y[c], 1, &values[c]);
        return fine ? TPK_OK : tpk_err_memory(err);
    }
    tpk_patch whole = tpk_patch_whole(block);
    worker->stack.n = 0;
    fine = tpk_segments_within(d.state->segments, whole.x, whole.y, whole.radius + CLEAR_M, &worker->stack) &&
           descend(&d, &whole, 0, worker->stack.n);
    return fine ? TPK_OK : tpk_err_memory(err);
}

static const char *const *categories(const void *opaque, size_t *n)
{
    const attribute_state *state = opaque;
    *n = state->n_categories;
    return (const char *const *)state->categories;
}

const tpk_source_kind TPK_SOURCE_ATTRIBUTE = {
    .spec = {.name = "attribute",
             .summary = N_("a field of the polygon that a point lies in, a number or a category; where "
                           "polygons overlap, of the "
                           "first of them in the file"),
             .value_unit = "",
             .params = PARAMS,
             .n_params = sizeof PARAMS / sizeof *PARAMS},
    .prepare = prepare,
    .free_state = free_state,
    .open_worker = open_worker,
    .close_worker = close_worker,
    .evaluate = evaluate,
    .categories = categories,
};
