/* Curves with a bend: sigmoid, gaussian. Sine and exponential are computed here, by Taylor series on a short
 * range, and not by the C library: it vectorises, and every machine gets the same bits. The error is below
 * 3e-16 (test_curve compares with libm). */
#include <math.h>
#include <stdint.h>

#include "base/i18n.h"
#include "base/simd.h"
#include "decision/curve_kinds.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- sigmoid: a = zero, b = one ---- */

static const tpk_param_spec SIGMOID_PARAMS[] = {
    {.name = "zero",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary = N_("value that gets membership 0")},
    {.name = "one",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary = N_("value that gets membership 1")},
};

static void sigmoid_check(const tpk_params *params, const char *where, tpk_diags *diags)
{
    double zero = tpk_params_number(params, "zero"), one = tpk_params_number(params, "one");
    if (zero == one) {
        tpk_curve_fault(
            params, "one", where, diags,
            _("'zero' and 'one' are both %g; they must differ (one < zero falls, one > zero rises)"), one);
    }
}

static tpk_status sigmoid_prepare(const tpk_curve_request *request, tpk_curve_shape *shape, tpk_err *err)
{
    (void)err;
    shape->a = tpk_params_number(request->params, "zero");
    shape->b = tpk_params_number(request->params, "one");
    shape->flat_from = fmax(shape->a, shape->b);
    shape->flat_until = fmin(shape->a, shape->b);
    return TPK_OK;
}

/* sin(y)^2 for y in 0 .. pi/4; the first term left out, y^17/17!, is below 5e-17. */
static inline double sine_squared(double y)
{
    double y2 = y * y;
    double s = -1.0 / 1307674368000.0;
    s = s * y2 + 1.0 / 6227020800.0;
    s = s * y2 - 1.0 / 39916800.0;
    s = s * y2 + 1.0 / 362880.0;
    s = s * y2 - 1.0 / 5040.0;
    s = s * y2 + 1.0 / 120.0;
    s = s * y2 - 1.0 / 6.0;
    s = y + y * (s * y2);
    return s * s;
}

/* sin^2(t pi/2), IDRISI's sigmoidal. The upper half is the lower one turned round: exact at both ends. */
TPK_SIMD static void sigmoid_apply(const tpk_curve_shape *shape, const double *restrict values, size_t n,
                                   double *restrict membership)
{
    const double zero = shape->a, range = shape->b - shape->a;
    TPK_SIMD_LOOP
    for (size_t i = 0; i < n; i++) {
        double t = (values[i] - zero) / range;
        t = t < 0 ? 0 : t;
        t = t > 1 ? 1 : t;
        double s = sine_squared((t > 0.5 ? 1 - t : t) * (M_PI / 2));
        membership[i] = t > 0.5 ? 1 - s : s;
    }
}

const tpk_curve_kind TPK_CURVE_SIGMOID = {
    .spec = {.name = "sigmoid",
             .summary = N_("an S from membership 0 at `zero` to 1 at `one`, sin^2(t pi/2) as IDRISI; it "
                           "keeps 0 and 1 beyond "
                           "them"),
             .params = SIGMOID_PARAMS,
             .n_params = COUNT(SIGMOID_PARAMS),
             .check = sigmoid_check},
    .prepare = sigmoid_prepare,
    .apply = sigmoid_apply,
};

/* ---- gaussian: a = mid, b = half_width ---- */

/* Half-lives after which the membership (below 1e-12) is called 0, so that the curve has an end. */
static const double LAST_HALVING = 40;

static const tpk_param_spec GAUSSIAN_PARAMS[] = {
    {.name = "mid",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .summary = N_("value that gets membership 1")},
    {.name = "half_width",
     .type = TPK_PARAM_NUMBER,
     .required = true,
     .unit = "",
     .min = 0,
     .min_excluded = true,
     .max = HUGE_VAL,
     .summary = N_(
         "distance from `mid` at which the membership is 0.5 (the spread of ArcGIS is ln 2 / half_width^2)")},
};

/* The first value towards `side` (+ or - infinity) whose membership is 0. */
static double gaussian_end(const tpk_curve_shape *shape, double side)
{
    double end = shape->a + copysign(shape->b * sqrt(LAST_HALVING), side);
    while ((end - shape->a) / shape->b * ((end - shape->a) / shape->b) <= LAST_HALVING)
        end = nextafter(end, side);
    return end;
}

static tpk_status gaussian_prepare(const tpk_curve_request *request, tpk_curve_shape *shape, tpk_err *err)
{
    (void)err;
    shape->a = tpk_params_number(request->params, "mid");
    shape->b = tpk_params_number(request->params, "half_width");
    shape->flat_from = gaussian_end(shape, HUGE_VAL);
    shape->flat_until = gaussian_end(shape, -HUGE_VAL);
    return TPK_OK;
}

/* 2^-u for u in 0 .. 41: u = k - f with k whole and |f| <= 1/2, 2^f = e^(f ln 2) as a series (the first term
 * left out is below 1e-17), and 2^-k put together from its bits. */
static inline double two_to_minus(double u)
{
    union {
        double number;
        uint64_t bits;
    } whole = {.number = u + 0x1.8p52}, scale; /* the sum's low bits are k */
    double z = ((whole.number - 0x1.8p52) - u) * M_LN2;
    double p = 1.0 / 6227020800.0;
    p = p * z + 1.0 / 479001600.0;
    p = p * z + 1.0 / 39916800.0;
    p = p * z + 1.0 / 3628800.0;
    p = p * z + 1.0 / 362880.0;
    p = p * z + 1.0 / 40320.0;
    p = p * z + 1.0 / 5040.0;
    p = p * z + 1.0 / 720.0;
    p = p * z + 1.0 / 120.0;
    p = p * z + 1.0 / 24.0;
    p = p * z + 1.0 / 6.0;
    p = p * z + 0.5;
    p = p * z + 1.0;
    p = p * z + 1.0;
    scale.bits = (UINT64_C(1023) << 52) - (whole.bits << 52);
    return p * scale.number;
}

TPK_SIMD static void gaussian_apply(const tpk_curve_shape *shape, const double *restrict values, size_t n,
                                    double *restrict membership)
{
    const double mid = shape->a, half_width = shape->b, last = LAST_HALVING;
    TPK_SIMD_LOOP
    for (size_t i = 0; i < n; i++) {
        double t = (values[i] - mid) / half_width;
        double u = t * t;
        double m = two_to_minus(u > last ? last : u);
        m = m > 1 ? 1 : m;
        membership[i] = u > last ? 0 : m;
    }
}

const tpk_curve_kind TPK_CURVE_GAUSSIAN = {
    .spec = {.name = "gaussian",
             .summary = N_("a bell with membership 1 at `mid` and 0.5 at `half_width` from it: 2^-((x - mid) "
                           "/ half_width)^2; "
                           "0 beyond 6.32 half widths, where it is below 1e-12"),
             .params = GAUSSIAN_PARAMS,
             .n_params = COUNT(GAUSSIAN_PARAMS)},
    .prepare = gaussian_prepare,
    .apply = gaussian_apply,
};
