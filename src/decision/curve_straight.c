/* Curves of straight lines: linear, points, trapezoid.
 *
 * Every comparison is written so that NaN falls through to NaN: unknown in, unknown out. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/simd.h"
#include "decision/curve_kinds.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static inline double clamp01(double m)
{
    m = m < 0 ? 0 : m;
    return m > 1 ? 1 : m;
}

/* ---- linear: a = worst, b = best ---- */

static const tpk_param_spec LINEAR_PARAMS[] = {
    {.name = "best",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary = N_("value that gets membership 1")},
    {.name = "worst",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary = N_("value that gets membership 0")},
};

static void linear_check(const tpk_params *params, const char *where, tpk_diags *diags)
{
    double best = tpk_params_number(params, "best"), worst = tpk_params_number(params, "worst");
    if (best == worst) {
        tpk_curve_fault(
            params, "worst", where, diags,
            _("'best' and 'worst' are both %g; they must differ (best < worst falls, best > worst rises)"),
            best);
    }
}

static tpk_status linear_prepare(const tpk_curve_request *request, tpk_curve_shape *shape, tpk_err *err)
{
    (void)err;
    shape->a = tpk_params_number(request->params, "worst");
    shape->b = tpk_params_number(request->params, "best");
    shape->flat_from = fmax(shape->a, shape->b);
    shape->flat_until = fmin(shape->a, shape->b);
    return TPK_OK;
}

TPK_SIMD static void linear_apply(const tpk_curve_shape *shape, const double *restrict values, size_t n,
                                  double *restrict membership)
{
    const double worst = shape->a, range = shape->b - shape->a;
    TPK_SIMD_LOOP
    for (size_t i = 0; i < n; i++) membership[i] = clamp01((values[i] - worst) / range);
}

const tpk_curve_kind TPK_CURVE_LINEAR = {
    .spec = {.name = "linear",
             .summary = N_(
                 "a straight line from membership 0 at `worst` to 1 at `best`; it keeps 0 beyond worst and 1 "
                 "beyond best"),
             .params = LINEAR_PARAMS,
             .n_params = COUNT(LINEAR_PARAMS),
             .check = linear_check},
    .prepare = linear_prepare,
    .apply = linear_apply,
};

/* ---- points ---- */

static const char *const OUTSIDES[] = {"clamp", "zero", "unknown", NULL};

static const tpk_param_spec POINTS_PARAMS[] = {
    {.name = "points",
     .type = TPK_PARAM_POINTS,
     .required = true,
     .primary = true,
     .unit = "",
     .summary = N_("at least two pairs [value, membership], values rising")},
    {.name = "outside",
     .type = TPK_PARAM_CHOICE,
     .unit = "",
     .default_text = "clamp",
     .choices = OUTSIDES,
     .summary = N_("before the first and after the last point: keep their membership, 0, or unknown")},
};

static void points_check(const tpk_params *params, const char *where, tpk_diags *diags)
{
    const tpk_param *p = tpk_params_get(params, "points");
    if (p->n_points < 2) {
        tpk_curve_fault(params, "points", where, diags, _("%zu points; at least 2 are needed"), p->n_points);
    }
    for (size_t i = 0; i + 1 < p->n_points; i++) {
        double here = p->points[2 * i], next = p->points[2 * (i + 1)];
        if (!(here < next)) {
            tpk_curve_fault(
                params, "points", where, diags,
                _("point %zu has the value %g after %g; the values must rise from point to point"), i + 2,
                next, here);
        }
    }
}

/* Where the curve stops changing: the start of the level stretch at its end. */
static double points_flat_from(const tpk_curve_shape *shape)
{
    size_t last = shape->n - 1;
    if (!(shape->above == shape->y[last])) return nextafter(shape->x[last], HUGE_VAL);
    while (last > 0 && shape->y[last - 1] == shape->y[last]) last--;
    return shape->x[last];
}

/* The end of the level stretch at its start. */
static double points_flat_until(const tpk_curve_shape *shape)
{
    size_t first = 0;
    if (!(shape->below == shape->y[0])) return nextafter(shape->x[0], -HUGE_VAL);
    while (first + 1 < shape->n && shape->y[first + 1] == shape->y[first]) first++;
    return shape->x[first];
}

static tpk_status points_prepare(const tpk_curve_request *request, tpk_curve_shape *shape, tpk_err *err)
{
    const tpk_param *p = tpk_params_get(request->params, "points");
    const char *outside = tpk_params_text(request->params, "outside");
    size_t n = p->n_points;
    shape->n = n;
    shape->x = tpk_alloc(n, sizeof(double));
    shape->y = tpk_alloc(n, sizeof(double));
    shape->slope = tpk_alloc(n, sizeof(double));
    shape->low = tpk_alloc(n, sizeof(double));
    shape->high = tpk_alloc(n, sizeof(double));
    if (!shape->x || !shape->y || !shape->slope || !shape->low || !shape->high) return tpk_err_memory(err);
    for (size_t i = 0; i < n; i++) {
        shape->x[i] = p->points[2 * i];
        shape->y[i] = clamp01(p->points[2 * i + 1]);
    }
    for (size_t i = 0; i + 1 < n; i++) {
        shape->slope[i] = (shape->y[i + 1] - shape->y[i]) / (shape->x[i + 1] - shape->x[i]);
        shape->low[i] = fmin(shape->y[i], shape->y[i + 1]);
        shape->high[i] = fmax(shape->y[i], shape->y[i + 1]);
    }
    bool clamp = !outside || strcmp(outside, "clamp") == 0;
    double beyond = !clamp && strcmp(outside, "zero") == 0 ? 0 : (double)NAN;
    shape->below = clamp ? shape->y[0] : beyond;
    shape->above = clamp ? shape->y[n - 1] : beyond;
    shape->flat_from = points_flat_from(shape);
    shape->flat_until = points_flat_until(shape);
    return TPK_OK;
}

/* One pass a stretch over a piece that stays in the nearest cache: no search, so it vectorises. The bounds
 * low and high keep rounding from leaving the stretch, so the curve is exact at its points and monotone
 * between them. */
TPK_SIMD static void points_piece(const tpk_curve_shape *shape, const double *restrict values, size_t n,
                                  double *restrict membership)
{
    const double below = shape->below, above = shape->above;
    TPK_SIMD_LOOP
    for (size_t i = 0; i < n; i++) membership[i] = below;
    for (size_t k = 0; k + 1 < shape->n; k++) {
        const double x = shape->x[k], y = shape->y[k], slope = shape->slope[k];
        const double low = shape->low[k], high = shape->high[k];
        TPK_SIMD_LOOP
        for (size_t i = 0; i < n; i++) {
            double m = y + (values[i] - x) * slope;
            m = m < low ? low : m;
            m = m > high ? high : m;
            membership[i] = values[i] >= x ? m : membership[i];
        }
    }
    const double last_x = shape->x[shape->n - 1], last_y = shape->y[shape->n - 1];
    TPK_SIMD_LOOP
    for (size_t i = 0; i < n; i++) {
        double m = values[i] >= last_x ? last_y : membership[i];
        m = values[i] > last_x ? above : m;
        membership[i] = values[i] == values[i] ? m : values[i];
    }
}

static void points_apply(const tpk_curve_shape *shape, const double *values, size_t n, double *membership)
{
    enum { PIECE = 1024 };
    for (size_t i = 0; i < n; i += PIECE) {
        points_piece(shape, values + i, n - i < PIECE ? n - i : PIECE, membership + i);
    }
}

const tpk_curve_kind TPK_CURVE_POINTS = {
    .spec = {.name = "points",
             .summary = N_("straight lines through points; outside of them `outside` decides, normally the "
                           "first and the last "
                           "membership continue"),
             .params = POINTS_PARAMS,
             .n_params = COUNT(POINTS_PARAMS),
             .check = points_check},
    .prepare = points_prepare,
    .apply = points_apply,
};

/* ---- trapezoid ---- */

static const tpk_param_spec TRAPEZOID_PARAMS[] = {
    {.name = "a",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary = N_("value where the membership starts to rise from 0")},
    {.name = "b",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary = N_("value where it reaches 1")},
    {.name = "c",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary = N_("last value with membership 1")},
    {.name = "d",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary = N_("value where it is back at 0")},
};

static void trapezoid_check(const tpk_params *params, const char *where, tpk_diags *diags)
{
    static const char *const NAMES[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 3; i++) {
        double here = tpk_params_number(params, NAMES[i]), next = tpk_params_number(params, NAMES[i + 1]);
        if (!(here <= next)) {
            tpk_curve_fault(params, NAMES[i + 1], where, diags,
                            _("'%s' is %g and '%s' is %g; a <= b <= c <= d is needed"), NAMES[i], here,
                            NAMES[i + 1], next);
            return;
        }
    }
    if (tpk_params_number(params, "a") == tpk_params_number(params, "d")) {
        tpk_curve_fault(params, "d", where, diags, _("'a' and 'd' are both %g; a must be less than d"),
                        tpk_params_number(params, "d"));
    }
}

static tpk_status trapezoid_prepare(const tpk_curve_request *request, tpk_curve_shape *shape, tpk_err *err)
{
    (void)err;
    shape->a = tpk_params_number(request->params, "a");
    shape->b = tpk_params_number(request->params, "b");
    shape->c = tpk_params_number(request->params, "c");
    shape->d = tpk_params_number(request->params, "d");
    shape->flat_from = shape->c < shape->d ? shape->d : nextafter(shape->d, HUGE_VAL);
    shape->flat_until = shape->a < shape->b ? shape->a : nextafter(shape->a, -HUGE_VAL);
    return TPK_OK;
}

/* An upright side (a == b or c == d) divides by 1 instead of 0: the value is settled by the comparisons
 * alone. */
TPK_SIMD static void trapezoid_apply(const tpk_curve_shape *shape, const double *restrict values, size_t n,
                                     double *restrict membership)
{
    const double a = shape->a, b = shape->b, c = shape->c, d = shape->d;
    const double rise = b > a ? b - a : 1, fall = d > c ? d - c : 1;
    TPK_SIMD_LOOP
    for (size_t i = 0; i < n; i++) {
        double x = values[i];
        double up = (x - a) / rise, down = (d - x) / fall;
        double m = x < b ? up : (x > c ? down : 1);
        m = x < a ? 0 : m;
        m = x > d ? 0 : m;
        membership[i] = x == x ? clamp01(m) : x;
    }
}

const tpk_curve_kind TPK_CURVE_TRAPEZOID = {
    .spec =
        {.name = "trapezoid",
         .summary = N_(
             "rises from 0 at `a` to 1 at `b`, is 1 up to `c`, falls to 0 at `d`; 0 outside. a = b or c = d "
             "makes an upright side whose own value still counts as 1"),
         .params = TRAPEZOID_PARAMS,
         .n_params = COUNT(TRAPEZOID_PARAMS),
         .check = trapezoid_check},
    .prepare = trapezoid_prepare,
    .apply = trapezoid_apply,
};
