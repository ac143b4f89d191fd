/* What a run finds about its own results that a planner must hear before trusting them. */
#ifndef TPK_API_FINDINGS_H
#define TPK_API_FINDINGS_H

#include <stdatomic.h>

#include "api/zone_table.h"

/* Warns, once for each zone and study, of zones that reach beyond the study area, of criteria that are
 * unknown in more than 5 % of a zone, and of scores that rest on less than half of their zone. study->zones
 * is filled and ranked. */
TPK_MUST_CHECK tpk_status tpk_findings_zones(tpk_study *study, const tpk_zone_shapes *shapes, tpk_err *err);

/* Looks at the tiles of a run: is anything known at all? Initialise with {0}; may be asked by many threads.
 */
typedef struct tpk_map_look {
    atomic_bool any_known;
} tpk_map_look;

tpk_sink tpk_map_look_sink(tpk_map_look *look); /* look is borrowed by the sink */

/* Warns, once for each study, when nothing was known anywhere. */
TPK_MUST_CHECK tpk_status tpk_findings_map(tpk_study *study, const tpk_map_look *look, tpk_err *err);

#endif
