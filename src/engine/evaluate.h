/* The function of position: sample points in, score, class, reasons and limiting criterion out. */
#ifndef TPK_ENGINE_EVALUATE_H
#define TPK_ENGINE_EVALUATE_H

#include "engine/plan.h"
#include "zones/zonal.h"

enum { TPK_LIMITING_NOTHING = 0, TPK_LIMITING_NOT_SCORED = 255 };

/* Where the results go: arrays of n_rows x n_cols, row-major. Borrowed. */
typedef struct tpk_evaluation {
    float *score;        /* 0..1; 0 where excluded; NaN where unknown or outside the study area */
    uint8_t *cell_class; /* tpk_cell_class */
    uint32_t *reasons;   /* bit k: constraint k excludes the point; 0 outside the study area */
    /* Bit k: what constraint k looks at is unknown at the point; 0 outside the study area. NULL: not wanted.
     */
    uint32_t *unjudged;
    uint8_t
        *limiting; /* 1 + index of the criterion that costs most, 0 when none costs anything, 255 where there
                      is no positive score to explain: outside, excluded, unknown. NULL: not wanted */
    /* NULL: not wanted, and values may be cut short where they cannot matter. Else n_criteria arrays each,
     * exact values everywhere (outside the study area too), NaN for unknown. */
    double *const *values;
    double *const *membership;
    bool only_inside; /* values and membership are wanted inside the study area only; elsewhere anything */
    uint8_t *constraint_unknown; /* 1 where a constraint is unknown whose policy makes the score unknown;
                                    NULL: not wanted */
} tpk_evaluation;

/* One a thread. */
typedef struct tpk_evaluator tpk_evaluator;

/* plan is borrowed and must outlive the evaluator; blocks of up to max_points will be asked. Caller frees
 * with tpk_evaluator_free. */
TPK_MUST_CHECK tpk_status tpk_evaluator_new(const tpk_plan *plan, size_t max_points,
                                            tpk_evaluator **evaluator, tpk_err *err);
void tpk_evaluator_free(tpk_evaluator *evaluator);
size_t tpk_evaluator_bytes(const tpk_plan *plan, size_t max_points); /* scratch memory of one evaluator */

/* block.need is ignored: what is needed follows from the study area and the constraints. A point's results
 * depend on its place alone. score, cell_class and reasons must be given. TPK_ERR_LIMIT for more than
 * max_points; errors of sources, prefixed with the criterion. */
TPK_MUST_CHECK tpk_status tpk_evaluate(tpk_evaluator *evaluator, const tpk_block *block,
                                       const tpk_evaluation *out, tpk_err *err);

#endif
