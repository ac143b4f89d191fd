/* An explanation as tables on a terminal. */
#ifndef TPK_CLI_EXPLANATION_H
#define TPK_CLI_EXPLANATION_H

#include "tapak/tapak.h"

void cli_explanation_print(const tpk_explanation *explanation); /* to stdout */

#endif
