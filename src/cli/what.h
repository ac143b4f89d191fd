/* What a command is about: PROJECT or DIR. */
#ifndef TPK_CLI_WHAT_H
#define TPK_CLI_WHAT_H

#include <stdbool.h>

#include "base/status.h"

/* *is_folder: a folder of results, else a project file, whether it is there or not. TPK_ERR_ARGUMENT: it is
 * the run.json of a folder of results, which is named. */
TPK_MUST_CHECK tpk_status cli_study_or_folder(const char *what, bool *is_folder, tpk_err *err);

#endif
