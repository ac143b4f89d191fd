/* How many cells of the study area each constraint excludes. */
#ifndef TPK_CHECK_CONSTRAINT_CENSUS_H
#define TPK_CHECK_CONSTRAINT_CENSUS_H

#include "base/progress.h"
#include "engine/plan.h"

typedef struct tpk_constraint_census {
    int64_t n;                         /* cells, or points, of the study area */
    int64_t n_excluded;                /* of them, by one constraint or more */
    int64_t n_by[TPK_MAX_CONSTRAINTS]; /* by each; a cell under two counts in both */
} tpk_constraint_census;

/* Counts one point inside the study area; reasons: bit k, constraint k excludes it. */
static inline void tpk_constraint_census_add(tpk_constraint_census *census, size_t n_constraints,
                                             uint32_t reasons)
{
    census->n++;
    census->n_excluded += reasons != 0;
    for (size_t k = 0; k < n_constraints; k++) census->n_by[k] += reasons >> k & 1;
}

/* Of n cells so many are excluded that hardly one in a thousand is left, or none. */
static inline bool tpk_constraint_leaves_little(int64_t n_excluded, int64_t n)
{
    return n - n_excluded <= n / 1000;
}

/* Does anything seem to exclude nothing, or to leave little? */
bool tpk_constraint_census_is_suspect(const tpk_constraint_census *census, size_t n_constraints);

/* Counts every cell of the plan's grid, on all cores, as a run does. TPK_ERR_MEMORY, TPK_ERR_CANCELLED,
 * errors of sources. */
TPK_MUST_CHECK tpk_status tpk_constraint_census_take(const tpk_plan *plan, const tpk_control *control,
                                                     tpk_constraint_census *census, tpk_err *err);

#endif
