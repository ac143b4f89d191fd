/* The table of zones that ends a run. */
#ifndef TPK_CLI_ZONE_TABLE_H
#define TPK_CLI_ZONE_TABLE_H

#include "tapak/tapak.h"

/* To stdout, best zone first, columns as wide as their content (60 characters at most), and an empty line.
   Nothing when the study has no zones. */
void cli_zone_table_print(const tpk_study *study);

#endif
