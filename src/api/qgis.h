/* tapak.qgz and tapak.gpkg: the results of a run as a QGIS project that is ready to look at and to print. */
#ifndef TPK_API_QGIS_H
#define TPK_API_QGIS_H

#include "api/rasters.h"
#include "api/region_shapes.h"
#include "api/zone_table.h"

/* What a run has found. Borrowed. */
typedef struct tpk_qgis_results {
    tpk_rasters *rasters; /* finished */
    const tpk_zone_shapes *zones;
    const tpk_layer_overlay *overlays;
    const tpk_region_shapes *regions;
} tpk_qgis_results;

/* Writes both files in the staging unless the project does not want them. Vector layers that the study used
 * are copied, in the plan's CRS, so that the folder stands by itself; of rasters, and of layers of more than
 * TPK_MAX_COPIED_POINTS points (a note says so, once for each study), the project holds the name only. Errors
 * of output/gpkg.h and output/qgs.h. */
TPK_MUST_CHECK tpk_status tpk_qgis_write(tpk_study *study, const tpk_qgis_results *results,
                                         tpk_staging *staging, tpk_err *err);

#endif
