#include "decision/curve.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "decision/curve_kinds.h"

static const tpk_curve_kind *const KINDS[] = {
    &TPK_CURVE_LINEAR,  &TPK_CURVE_POINTS,   &TPK_CURVE_TRAPEZOID,
    &TPK_CURVE_SIGMOID, &TPK_CURVE_GAUSSIAN, &TPK_CURVE_CLASSES,
};
enum { N_KINDS = sizeof KINDS / sizeof *KINDS };

const tpk_kind_spec *const TPK_CURVE_SPECS[] = {
    &TPK_CURVE_LINEAR.spec,  &TPK_CURVE_POINTS.spec,   &TPK_CURVE_TRAPEZOID.spec,
    &TPK_CURVE_SIGMOID.spec, &TPK_CURVE_GAUSSIAN.spec, &TPK_CURVE_CLASSES.spec,
};
const size_t TPK_N_CURVE_SPECS = sizeof TPK_CURVE_SPECS / sizeof *TPK_CURVE_SPECS;

_Static_assert(sizeof TPK_CURVE_SPECS / sizeof *TPK_CURVE_SPECS == N_KINDS, "one spec a kind");

struct tpk_curve {
    const tpk_curve_kind *kind;
    tpk_curve_shape shape;
};

void tpk_curve_fault(const tpk_params *params, const char *name, const char *where, tpk_diags *diags,
                     const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const tpk_param *param = tpk_params_get(params, name);
    /* Without memory for the finding the reading of the project fails at its next allocation. */
    (void)tpk_diag_add(diags, TPK_ERROR, where, param->given ? param->pos : params->pos, "%s", text);
}

static const tpk_curve_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < N_KINDS; i++) {
        if (strcmp(KINDS[i]->spec.name, name) == 0) return KINDS[i];
    }
    return NULL;
}

bool tpk_curve_takes_categories(const tpk_params *params)
{
    const tpk_curve_kind *kind = find_kind(params->kind->name);
    return kind && kind->takes_categories;
}

tpk_status tpk_curve_new(const tpk_params *params, const char *const *categories, size_t n_categories,
                         const char *where, tpk_diags *diags, tpk_curve **curve, tpk_err *err)
{
    *curve = NULL;
    const tpk_curve_kind *kind = find_kind(params->kind->name);
    if (!kind)
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("there is no kind of curve called '%s'"),
                           params->kind->name);
    if (n_categories > 0 && !kind->takes_categories) {
        return tpk_err_set(
            err, TPK_ERR_PROJECT,
            _("%s:%d:%d: curve '%s' needs numbers, but the source gives categories ('%s', ...); use the "
              "curve 'classes'"),
            where ? where : "", params->pos.line, params->pos.column, kind->spec.name, categories[0]);
    }
    tpk_curve *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->kind = kind;
    tpk_curve_request request = {params, categories, n_categories, where, diags};
    tpk_status status = kind->prepare(&request, &made->shape, err);
    if (status != TPK_OK) {
        tpk_curve_free(made);
        return status;
    }
    *curve = made;
    return TPK_OK;
}

void tpk_curve_free(tpk_curve *curve)
{
    if (!curve) return;
    tpk_free(curve->shape.x);
    tpk_free(curve->shape.y);
    tpk_free(curve->shape.slope);
    tpk_free(curve->shape.low);
    tpk_free(curve->shape.high);
    tpk_free(curve);
}

void tpk_curve_apply(const tpk_curve *curve, const double *values, size_t n, double *membership)
{
    curve->kind->apply(&curve->shape, values, n, membership);
}

double tpk_curve_flat_from(const tpk_curve *curve)
{
    return curve->shape.flat_from;
}

double tpk_curve_flat_until(const tpk_curve *curve)
{
    return curve->shape.flat_until;
}
