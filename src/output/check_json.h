/* What an examination found, for programs: the document of the check's JSON form, and the same in run.json.
 */
#ifndef TPK_OUTPUT_CHECK_JSON_H
#define TPK_OUTPUT_CHECK_JSON_H

#include "check/examine.h"

struct json_t; /* jansson's */

/* {"tapak": "0.1.0", "serious": 1, "repair": 0, "remark": 2, "subjects": [{"id", "path", "kind", "crs",
 * "features", "verdict": "good" | "repairs" | "unusable", "findings": [{"kind", "gravity": "serious" |
 * "repair" | "remark", "found", "why", "change", "features", "examples": [{"record", "name"}]}]}]}. What is
 * absent is null: crs, change, record, name; features of a raster or project. Bytes that are not UTF-8 become
 * '?'. TPK_ERR_MEMORY. Caller frees *text with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_check_json_write(const tpk_examination *examination, char **text, tpk_err *err);

/* Adds the members of that document but "tapak" to a JSON object (NULL: without memory). False without
 * memory. */
TPK_MUST_CHECK bool tpk_check_json_put(struct json_t *object, const tpk_examination *examination);

#endif
