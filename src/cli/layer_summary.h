/* What a run found about its layers: the end of its output. */
#ifndef TPK_CLI_LAYER_SUMMARY_H
#define TPK_CLI_LAYER_SUMMARY_H

#include <stdbool.h>

#include "tapak/tapak.h"

/* To stdout: a line that counts the layers by their verdicts and names those that are not good; then what is
   serious, five findings at most. What the run repaired is only named: its notes have told it. project: the
   path of the project file. brief: without the hint where more is told. Nothing when check is NULL. */
void cli_layer_summary_print(const tpk_check *check, const char *project, bool brief);

#endif
