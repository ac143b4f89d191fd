/* Text files that planners write: read whole, and checked before YAML is made of them. Private to this room.
 */
#ifndef TPK_PROJECT_TEXT_FILE_H
#define TPK_PROJECT_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "project/report.h"

/* `what` is translated ("the project file"). *text is n bytes and a terminator; caller frees with tpk_free,
 * also after a failure. TPK_ERR_IO, TPK_ERR_LIMIT when larger than 4 MB, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_text_file_load(const char *path, const char *what, char **text, size_t *n,
                                             tpk_err *err);

/* False, with a finding, when there is nothing that YAML could be made of. */
bool tpk_text_file_check(tpk_report *report, const char *what, const char *text, size_t n);

#endif
