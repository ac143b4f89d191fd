/* Parameters of a kind, filled in by hand instead of from a project file: defaults first, then what a test
 * sets. */
#ifndef TEST_PARAMS_FAKE_H
#define TEST_PARAMS_FAKE_H

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "project/schema.h"

static inline tpk_params params_new(const tpk_kind_spec *kind)
{
    tpk_params params = {.kind = kind, .items = tpk_zalloc(kind->n_params, sizeof(tpk_param)), .pos = {7, 3}};
    for (size_t i = 0; i < kind->n_params; i++) {
        tpk_param *item = &params.items[i];
        item->spec = &kind->params[i];
        item->number = (double)NAN;
        item->pos = (tpk_pos){8 + (int)i, 5};
        const char *text = item->spec->default_text;
        if (text && item->spec->type == TPK_PARAM_NUMBER) (void)tpk_text_to_number(text, &item->number);
        if (text && item->spec->type == TPK_PARAM_CHOICE) item->text = tpk_strdup(text);
    }
    return params;
}

static inline tpk_param *params_item(tpk_params *params, const char *name)
{
    const tpk_param *found = tpk_params_get(params, name);
    tpk_param *item = &params->items[found - params->items];
    item->given = true;
    return item;
}

static inline void params_set_number(tpk_params *params, const char *name, double number)
{
    params_item(params, name)->number = number;
}

static inline void params_set_text(tpk_params *params, const char *name, const char *text)
{
    tpk_param *item = params_item(params, name);
    tpk_free(item->text);
    item->text = tpk_strdup(text);
}

static inline void params_set_points(tpk_params *params, const char *name, size_t n, const double *points)
{
    tpk_param *item = params_item(params, name);
    item->points = tpk_alloc(2 * n, sizeof(double));
    memcpy(item->points, points, 2 * n * sizeof(double));
    item->n_points = n;
}

static inline void params_set_classes(tpk_params *params, const char *name, size_t n, const char *const *keys,
                                      const double *memberships)
{
    tpk_param *item = params_item(params, name);
    item->classes = tpk_zalloc(n, sizeof *item->classes);
    item->n_classes = n;
    for (size_t i = 0; i < n; i++) {
        item->classes[i] = (tpk_class_entry){tpk_strdup(keys[i]), memberships[i], {20 + (int)i, 9}};
    }
}

#endif
