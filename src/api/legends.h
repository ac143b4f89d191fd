/* The legends of the four maps of a study, and of its zones. */
#ifndef TPK_API_LEGENDS_H
#define TPK_API_LEGENDS_H

#include "engine/plan.h"
#include "output/labels.h"
#include "output/legend.h"

/* An owned legend. Initialise with {0}. */
typedef struct tpk_own_legend {
    tpk_legend legend;
    tpk_legend_entry *entries;
    char **texts; /* labels that were put together here */
    size_t n_texts;
} tpk_own_legend;

TPK_MUST_CHECK tpk_status tpk_legend_score(const tpk_plan *plan, tpk_own_legend *out, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_legend_classes(const tpk_plan *plan, tpk_own_legend *out, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_legend_limiting(const tpk_plan *plan, tpk_own_legend *out, tpk_err *err);
/* reasons: the n different bit patterns that occur, rising. */
TPK_MUST_CHECK tpk_status tpk_legend_reasons(const tpk_plan *plan, const uint32_t *reasons, size_t n,
                                             tpk_own_legend *out, tpk_err *err);
/* The class of a zone's mean score, which has no class of its own: intervals from N to S1. */
TPK_MUST_CHECK tpk_status tpk_legend_zone_classes(const tpk_plan *plan, tpk_own_legend *out, tpk_err *err);
void tpk_own_legend_clear(tpk_own_legend *own); /* safe twice */

#endif
