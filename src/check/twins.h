/* Features that have exactly the coordinates of an earlier one. */
#ifndef TPK_CHECK_TWINS_H
#define TPK_CHECK_TWINS_H

#include "check/finding.h"

/* twin[f] (n_features of them) becomes the first feature with the same coordinates in the same parts, -1
 * where f itself is the first or has no geometry. TPK_ERR_CANCELLED, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_twins_find(const tpk_subject *subject, int64_t *twin, tpk_err *err);

#endif
