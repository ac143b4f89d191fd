/* The shapes behind curve.c: one row a kind of curve. */
#ifndef TPK_DECISION_CURVE_KINDS_H
#define TPK_DECISION_CURVE_KINDS_H

#include "project/schema.h"

typedef struct tpk_curve_request {
    const tpk_params *params;
    const char *const *categories; /* of the source; n_categories 0: the values are numbers */
    size_t n_categories;
    const char *where;
    tpk_diags *diags;
} tpk_curve_request;

/* What a kernel needs, prepared once. Initialise with {0}. */
typedef struct tpk_curve_shape {
    double a, b, c, d;          /* meaning by kind */
    double below, above;        /* points: membership outside the range */
    double flat_from;           /* see tpk_curve_flat_from */
    double flat_until;          /* see tpk_curve_flat_until */
    size_t n;                   /* points: knots; classes: entries */
    double *x, *y;              /* owned; n each, x rising: knots, or class value and membership */
    double *slope, *low, *high; /* owned; points: of the stretch from knot i to knot i+1, n-1 each */
    double other;               /* classes: membership of a value not listed, NaN: unknown */
} tpk_curve_shape;

typedef struct tpk_curve_kind {
    tpk_kind_spec spec;
    bool takes_categories; /* and not only numbers */
    tpk_status (*prepare)(const tpk_curve_request *request, tpk_curve_shape *shape, tpk_err *err);
    void (*apply)(const tpk_curve_shape *shape, const double *values, size_t n, double *membership);
} tpk_curve_kind;

extern const tpk_curve_kind TPK_CURVE_LINEAR;
extern const tpk_curve_kind TPK_CURVE_POINTS;
extern const tpk_curve_kind TPK_CURVE_TRAPEZOID;
extern const tpk_curve_kind TPK_CURVE_SIGMOID;
extern const tpk_curve_kind TPK_CURVE_GAUSSIAN;
extern const tpk_curve_kind TPK_CURVE_CLASSES;

/* For the kinds' `check`: an error at the place of the parameter called `name`. */
void tpk_curve_fault(const tpk_params *params, const char *name, const char *where, tpk_diags *diags,
                     const char *format, ...) TPK_PRINTF(5, 6);

#endif
