#include "project/schema.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

const tpk_param *tpk_params_get(const tpk_params *params, const char *name)
{
    for (size_t i = 0; i < params->kind->n_params; i++) {
        if (strcmp(params->kind->params[i].name, name) == 0) return &params->items[i];
    }
    assert(false && "the kind has no such parameter");
    return NULL;
}

double tpk_params_number(const tpk_params *params, const char *name)
{
    const tpk_param *param = tpk_params_get(params, name);
    return param ? param->number : (double)NAN;
}

const char *tpk_params_text(const tpk_params *params, const char *name)
{
    const tpk_param *param = tpk_params_get(params, name);
    return param ? param->text : NULL;
}

bool tpk_params_flag(const tpk_params *params, const char *name)
{
    const tpk_param *param = tpk_params_get(params, name);
    return param && param->flag;
}

void tpk_params_clear(tpk_params *params)
{
    for (size_t i = 0; params->items && i < params->kind->n_params; i++) {
        tpk_param *param = &params->items[i];
        tpk_free(param->text);
        tpk_free(param->points);
        for (size_t k = 0; k < param->n_classes; k++) tpk_free(param->classes[k].key);
        tpk_free(param->classes);
    }
    tpk_free(params->items);
    *params = (tpk_params){0};
}

bool tpk_param_fill_default(tpk_param *param)
{
    const char *text = param->spec->default_text;
    if (!text) return true;
    if (param->spec->type == TPK_PARAM_NUMBER) {
        tpk_text_to_number(text, &param->number);
    } else if (param->spec->type == TPK_PARAM_BOOL) {
        param->flag = tpk_text_equal_fold(text, "true");
    } else {
        param->text = tpk_strdup(text);
        return param->text != NULL;
    }
    return true;
}

tpk_status tpk_params_defaults(const tpk_kind_spec *kind, const char *primary, tpk_params *params,
                               tpk_err *err)
{
    *params = (tpk_params){.kind = kind, .items = tpk_zalloc(kind->n_params, sizeof *params->items)};
    bool fine = params->items != NULL;
    for (size_t i = 0; i < kind->n_params && fine; i++) {
        tpk_param *param = &params->items[i];
        param->spec = &kind->params[i];
        param->number = (double)NAN;
        if (param->spec->primary) {
            param->given = true;
            param->text = tpk_strdup(primary);
            fine = param->text != NULL;
        } else {
            fine = tpk_param_fill_default(param);
        }
    }
    if (fine) return TPK_OK;
    tpk_params_clear(params);
    return tpk_err_memory(err);
}
