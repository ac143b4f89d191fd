/* The table of regions that ends a run. */
#ifndef TPK_CLI_REGION_TABLE_H
#define TPK_CLI_REGION_TABLE_H

#include "tapak/tapak.h"

/* To stdout, in the order of their layer, and an empty line; of many regions the first 40 and how many more
   there are. Nothing when the study has no regions. */
void cli_region_table_print(const tpk_study *study);

#endif
