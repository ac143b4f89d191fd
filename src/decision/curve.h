/* Curves: from a value in its unit to a membership 0 (worst) .. 1 (best). */
#ifndef TPK_DECISION_CURVE_H
#define TPK_DECISION_CURVE_H

#include "project/schema.h"

typedef struct tpk_curve tpk_curve;

/* The registry of curve kinds, for the vocabulary. Each row's `check` finds fault with a curve that goes
 * backwards: points not strictly rising, a <= b <= c <= d violated, best == worst. */
extern const tpk_kind_spec *const TPK_CURVE_SPECS[];
extern const size_t TPK_N_CURVE_SPECS;

/* Does the kind of curve look values up one by one (`classes`), so that a number between two of them means
 * nothing? */
bool tpk_curve_takes_categories(const tpk_params *params);

/* categories: names of the source's categories (n 0: the values are numbers). `classes` keys are matched to
 * names exactly, or read as numbers for a numeric source (see decision/match.h); a key the source does not
 * have, and a category the curve does not list, are reported to diags as warnings (the unlisted category gets
 * the `other` membership, or is unknown when `other` is not given). TPK_ERR_PROJECT when a curve does not fit
 * its source (numbers expected, categories found). Caller frees with tpk_curve_free. */
TPK_MUST_CHECK tpk_status tpk_curve_new(const tpk_params *params, const char *const *categories,
                                        size_t n_categories, const char *where, tpk_diags *diags,
                                        tpk_curve **curve, tpk_err *err);
void tpk_curve_free(tpk_curve *curve);

/* membership[i] of values[i]; NaN in, NaN out. The formula and the behaviour outside the range are documented
 * with each kind. Pure and the same bits on every machine (no fused multiply-add). May be called by many
 * threads. */
void tpk_curve_apply(const tpk_curve *curve, const double *values, size_t n, double *membership);

/* The smallest value from which on the curve is constant (all v >= it give the same membership), INFINITY
 * when there is none. */
double tpk_curve_flat_from(const tpk_curve *curve);

/* The greatest value up to which the curve is constant, -INFINITY when there is none. */
double tpk_curve_flat_until(const tpk_curve *curve);

#endif
