/* A study looked at in a sample of its cells: what every criterion and constraint says there. Taken once; all
 * kinds of findings about projects read it. */
#ifndef TPK_CHECK_PLAN_SAMPLE_H
#define TPK_CHECK_PLAN_SAMPLE_H

#include "check/constraint_census.h"
#include "zones/zonal.h"

/* Where numbers lie in the open points of a sample (see below), those unknown left out. */
typedef struct tpk_spread {
    size_t n_known;
    double low,
        high; /* at least 95 % of the known lie between them, as many below as above; NaN: n_known 0 */
} tpk_spread;

/* The points are centres of cells of the plan's grid, every stride-th row and column of it, inside the study
 * area. A point is open when no constraint excludes it: there the criteria decide. Initialise with {0}. */
typedef struct tpk_plan_sample {
    const tpk_plan *plan; /* borrowed */
    int32_t stride;       /* 1: the sample is every cell of the study area */
    size_t n, n_open;     /* points */
    uint8_t *cell_class;  /* owned; n of tpk_cell_class, never OUTSIDE */
    uint32_t *reasons;    /* owned; n; bit k: constraint k excludes the point */
    double **values;      /* owned; n_criteria arrays of n, exact; NaN: unknown */
    double **membership;  /* owned; n_criteria arrays of n; NaN: unknown */
    double **tested;      /* owned; n_constraints arrays of n: the values that the constraint tests */
    tpk_spread *spread;   /* owned; n_criteria: of the memberships */
    double *numbers;      /* owned; what the arrays above lie in */
    /* Of the sample; of every cell where the sample leaves open whether something excludes nothing, or
     * (nearly) everything. */
    tpk_constraint_census census;
} tpk_plan_sample;

/* About 100,000 points (fewer with very many criteria), all cells where there are not more. The same for any
 * number of threads. TPK_ERR_MEMORY, TPK_ERR_CANCELLED, errors of sources, named as a run names them. plan
 * must outlive the sample. Caller frees with tpk_plan_sample_clear, on failure too. */
TPK_MUST_CHECK tpk_status tpk_plan_sample_take(const tpk_plan *plan, const tpk_control *control,
                                               tpk_plan_sample *sample, tpk_err *err);
void tpk_plan_sample_clear(tpk_plan_sample *sample); /* safe twice */

/* Of n numbers, one a point of the sample. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_plan_sample_spread(const tpk_plan_sample *sample, const double *numbers,
                                                 tpk_spread *spread, tpk_err *err);

/* Are n open points enough to speak of shares? All cells there are; or 1000 sampled ones, from which a share
 * is known to 3 %. */
static inline bool tpk_plan_sample_suffices(const tpk_plan_sample *sample, size_t n)
{
    return n > 1 && (sample->stride == 1 || n >= 1000);
}

/* With fewer open points a high correlation is easily chance. */
enum { TPK_LEAST_CORRELATED = 30 };

/* Does criterion k tell places apart? Its memberships differ by more than TPK_SAME_MEMBERSHIP between the
 * ends of its spread: that moves a score by half a class of the usual width, 0.2, were it the only criterion.
 */
#define TPK_SAME_MEMBERSHIP 0.1
static inline bool tpk_plan_sample_varies(const tpk_plan_sample *sample, size_t k)
{
    return sample->spread[k].high - sample->spread[k].low > TPK_SAME_MEMBERSHIP;
}

/* "98304 sampled points", or "7 cells" where the sample is every cell. Returns text. */
enum { TPK_POINTS_TEXT = 96 };
const char *tpk_plan_sample_points_text(const tpk_plan_sample *sample, size_t n, char text[TPK_POINTS_TEXT]);

#endif
