/* The STAC catalog of a run. */
#ifndef TPK_API_STAC_FILES_H
#define TPK_API_STAC_FILES_H

#include "api/rasters.h"

/* Describes the maps and tables that stand in the staging under their names, and writes the three files of
 * output/stac.h beside them. TPK_ERR_IO, TPK_ERR_MEMORY, TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_stac_files_write(const tpk_study *study, const tpk_rasters *rasters,
                                               tpk_staging *staging, tpk_err *err);

#endif
