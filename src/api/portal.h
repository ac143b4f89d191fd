/* The portal of a run: its page and its data, in the folder `portal` of the result. */
#ifndef TPK_API_PORTAL_H
#define TPK_API_PORTAL_H

#include "api/zone_table.h"
#include "output/staging.h"

/* Every file of the portal, as "portal/NAME", in the staging, for a study whose zones are measured (shapes
 * and study->zones in one order). Nothing, and a note that says why, when the page's files are not in
 * options->portal_files; nothing at all when that is NULL or the project wants no portal. It tells of the
 * results that stand in the staging by then. Errors of output/portal.h. */
TPK_MUST_CHECK tpk_status tpk_portal_write(tpk_study *study, const tpk_zone_shapes *shapes,
                                           tpk_staging *staging, tpk_err *err);

#endif
