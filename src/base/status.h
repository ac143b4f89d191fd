/* Writing errors. The types are public: see <tapak/status.h>. */
#ifndef TPK_BASE_STATUS_H
#define TPK_BASE_STATUS_H

#include "tapak/status.h"

/* Writes code and message unless err is NULL or already holds an error (the first one wins).
 * Returns code, so that `return tpk_err_set(...)` reads well. Too long a message is cut at a UTF-8 boundary.
 */
tpk_status tpk_err_set(tpk_err *err, tpk_status code, const char *format, ...) TPK_PRINTF(3, 4);

/* Puts "prefix: " before the message that err holds; nothing when err is NULL or holds no error.
 * Returns err's code, or fallback when err is NULL. */
tpk_status tpk_err_prefix(tpk_err *err, tpk_status fallback, const char *format, ...) TPK_PRINTF(3, 4);

/* The one wording for exhausted memory. Returns TPK_ERR_MEMORY. */
tpk_status tpk_err_memory(tpk_err *err);

#endif
