/* Curve of classes: each category, or each listed number, has its own membership. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "decision/curve_kinds.h"
#include "decision/match.h"

static const tpk_param_spec PARAMS[] = {
    {.name = "classes",
     .type = TPK_PARAM_CLASSES,
     .required = true,
     .primary = true,
     .unit = "",
     .summary = N_("membership of each category or number")},
    {.name = "other",
     .type = TPK_PARAM_NUMBER,
     .unit = "",
     .min = 0,
     .max = 1,
     .summary = N_("membership of whatever is not listed; without it, such a place is unknown")},
};

typedef struct entry {
    double value, membership;
    const char *key;
} entry;

static int compare_entries(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    return (p->value > q->value) - (p->value < q->value);
}

static bool find_category(const tpk_curve_request *request, const char *key, double *value)
{
    for (size_t i = 0; i < request->n_categories; i++) {
        if (strcmp(request->categories[i], key) == 0) {
            *value = (double)i;
            return true;
        }
    }
    return false;
}

static tpk_status warn_unmatched(const tpk_curve_request *request, const tpk_class_entry *class, tpk_err *err)
{
    tpk_status status;
    if (request->n_categories == 0) {
        status = tpk_diag_add(request->diags, TPK_WARNING, request->where, class->pos,
                              _("class '%s' is not a number, but the source gives numbers: it is never met"),
                              class->key);
    } else {
        const char *near = tpk_text_nearest(class->key, request->categories, request->n_categories);
        status = tpk_diag_add(request->diags, TPK_WARNING, request->where, class->pos,
                              _("the source has no category '%s'%s%s%s"), class->key,
                              near ? _("; did you mean '") : "", near ? near : "", near ? "'?" : "");
    }
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

/* The classes that the source can give, sorted by value. */
static tpk_status match_classes(const tpk_curve_request *request, entry *entries, size_t *n, tpk_err *err)
{
    const tpk_param *p = tpk_params_get(request->params, "classes");
    *n = 0;
    for (size_t i = 0; i < p->n_classes; i++) {
        const tpk_class_entry *class = &p->classes[i];
        double value;
        bool found = request->n_categories ? find_category(request, class->key, &value)
                                           : tpk_text_to_number(class->key, &value);
        if (found) {
            entries[(*n)++] = (entry){value, class->membership, class->key};
            continue;
        }
        tpk_status status = warn_unmatched(request, class, err);
        if (status != TPK_OK) return status;
    }
    if (*n == 0) {
        return tpk_err_set(err, TPK_ERR_PROJECT,
                           _("%s:%d:%d: none of the %zu classes can occur: the source gives %s"),
                           request->where ? request->where : "", p->pos.line, p->pos.column, p->n_classes,
                           request->n_categories ? _("other categories") : _("numbers"));
    }
    qsort(entries, *n, sizeof *entries, compare_entries);
    for (size_t i = 0; i + 1 < *n; i++) {
        if (entries[i].value == entries[i + 1].value) {
            return tpk_err_set(err, TPK_ERR_PROJECT,
                               _("%s:%d:%d: the classes '%s' and '%s' are the same; give only one"),
                               request->where ? request->where : "", p->pos.line, p->pos.column,
                               entries[i].key, entries[i + 1].key);
        }
    }
    return TPK_OK;
}

/* One finding for all categories without a class. */
static tpk_status report_unlisted(const tpk_curve_request *request, const entry *entries, size_t n,
                                  tpk_err *err)
{
    enum { MOST_NAMED = 5 };
    size_t n_unlisted = 0, next = 0;
    tpk_text names = {0};
    for (size_t i = 0; i < request->n_categories; i++) {
        if (next < n && entries[next].value == (double)i) {
            next++;
        } else if (++n_unlisted <= MOST_NAMED) {
            tpk_text_addf(&names, "%s'%s'", n_unlisted == 1 ? "" : ", ", request->categories[i]);
        }
    }
    if (n_unlisted > MOST_NAMED) tpk_text_add(&names, ", ...");
    char *list;
    tpk_status status = tpk_text_take(&names, &list, err);
    if (status != TPK_OK) return status;
    const tpk_param *other = tpk_params_get(request->params, "other");
    tpk_pos pos = tpk_params_get(request->params, "classes")->pos;
    if (n_unlisted > 0 && other->given) {
        status = tpk_diag_add(request->diags, TPK_NOTE, request->where, pos,
                              _("categories of the source that are not listed (%zu) get 'other', %g: %s"),
                              n_unlisted, other->number, list);
    } else if (n_unlisted > 0) {
        status = tpk_diag_add(
            request->diags, TPK_WARNING, request->where, pos,
            _("categories of the source that are not listed (%zu) count as unknown: %s; list them or give "
              "'other'"),
            n_unlisted, list);
    }
    tpk_free(list);
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

static tpk_status prepare(const tpk_curve_request *request, tpk_curve_shape *shape, tpk_err *err)
{
    size_t n_classes = tpk_params_get(request->params, "classes")->n_classes;
    tpk_status status = TPK_OK;
    entry *entries = tpk_alloc(n_classes, sizeof *entries);
    shape->x = tpk_alloc(n_classes, sizeof *shape->x);
    shape->y = tpk_alloc(n_classes, sizeof *shape->y);
    if (!entries || !shape->x || !shape->y) {
        status = tpk_err_memory(err);
        goto done;
    }
    status = match_classes(request, entries, &shape->n, err);
    if (status == TPK_OK) status = report_unlisted(request, entries, shape->n, err);
    if (status != TPK_OK) goto done;
    for (size_t i = 0; i < shape->n; i++) {
        shape->x[i] = entries[i].value;
        shape->y[i] = entries[i].membership;
    }
    shape->other = tpk_params_number(request->params, "other");
    shape->flat_from = HUGE_VAL;
    shape->flat_until = -HUGE_VAL;
done:
    tpk_free(entries);
    return status;
}

/* The entry nearest to the value counts, if it matches: either of the two that the value lies between. */
static double look_up(const tpk_curve_shape *shape, double value)
{
    size_t low = 0, high = shape->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (shape->x[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t nearest = low < shape->n ? low : shape->n - 1;
    if (nearest > 0 && value - shape->x[nearest - 1] < fabs(shape->x[nearest] - value)) nearest--;
    return tpk_number_matches(value, shape->x[nearest]) ? shape->y[nearest] : shape->other;
}

/* Neighbours mostly share their class: only a change is looked up. */
static void apply(const tpk_curve_shape *shape, const double *values, size_t n, double *membership)
{
    double last = (double)NAN, last_membership = (double)NAN;
    for (size_t i = 0; i < n; i++) {
        double value = values[i];
        if (value != last) {
            last = value;
            last_membership = isnan(value) ? (double)NAN : look_up(shape, value);
        }
        membership[i] = last_membership;
    }
}

const tpk_curve_kind TPK_CURVE_CLASSES = {
    .spec = {.name = "classes",
             .summary =
                 N_("a membership for each category, or for each number of a raster of classes; a value "
                    "not listed gets `other`, or is unknown"),
             .params = PARAMS,
             .n_params = sizeof PARAMS / sizeof *PARAMS},
    .takes_categories = true,
    .prepare = prepare,
    .apply = apply,
};
