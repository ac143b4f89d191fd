/* A plan: everything a study needs to be evaluated anywhere, prepared once, constant afterwards, shared by
 * threads. */
#ifndef TPK_ENGINE_PLAN_H
#define TPK_ENGINE_PLAN_H

#include "criteria/source.h"
#include "decision/curve.h"
#include "project/project.h"

typedef struct tpk_plan_criterion {
    const tpk_criterion_spec *spec; /* borrowed from the project */
    tpk_source *source;
    tpk_curve *curve;
    double weight;       /* normalised: the weights sum to 1 */
    double flat_from;    /* from here on neither the curve nor a constraint cares about the value */
    bool for_constraint; /* a constraint looks at its values: needed where the score is not */
} tpk_plan_criterion;

typedef struct tpk_plan_constraint {
    const tpk_constraint_spec *spec; /* borrowed */
    tpk_source *source;              /* NULL: the values of criteria[spec->criterion] */
    double *equals;                  /* owned; the values that `equals` means */
    size_t n_equals;
    double flat_from;
} tpk_plan_constraint;

typedef struct tpk_plan {
    const tpk_project *project; /* borrowed, must outlive the plan */
    tpk_crs *crs;               /* owned */
    tpk_grid grid;              /* the project's own grid */
    double cell_m;
    tpk_source *area; /* the study area, as a source `inside`; NULL: all of the grid */
    tpk_plan_criterion *criteria;
    size_t n_criteria;
    tpk_plan_constraint *constraints;
    size_t n_constraints;
    bool shares_weight; /* some criterion's unknown shares its weight */
} tpk_plan;

/* cell_m: 0 takes the project's. crs: ownership passes to the plan, on failure too. store holds the layers;
 * diags collects remarks. Layer errors come one by one, each prefixed with the criterion or constraint.
 * Caller frees with tpk_plan_free. */
TPK_MUST_CHECK tpk_status tpk_plan_new_take(const tpk_project *project, double cell_m, tpk_crs *crs,
                                            tpk_store *store, tpk_worker *worker, const tpk_control *control,
                                            tpk_diags *diags, tpk_plan **plan, tpk_err *err);
void tpk_plan_free(tpk_plan *plan);

#endif
