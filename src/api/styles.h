/* The files that tell other programs how to draw the results: QML for QGIS, SLD for map servers, style.json
 * for MapLibre. All are made of the legends in api/legends.h. */
#ifndef TPK_API_STYLES_H
#define TPK_API_STYLES_H

#include "api/rasters.h"

/* NAME.qml and NAME.sld of a raster. */
TPK_MUST_CHECK tpk_status tpk_styles_write_raster(const tpk_legend *legend, const char *name,
                                                  tpk_staging *staging, tpk_err *err);

/* How zones and regions are drawn in every program. classes: of tpk_legend_zone_classes. Both borrow from
 * their arguments. */
tpk_outline_style tpk_styles_zone_outline(const tpk_project *project, const tpk_own_legend *classes);
tpk_outline_style tpk_styles_region_outline(const tpk_project *project);

/* zones.qml and zones.sld; regions.qml and regions.sld. */
TPK_MUST_CHECK tpk_status tpk_styles_write_zones(const tpk_study *study, tpk_staging *staging, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_styles_write_regions(const tpk_study *study, tpk_staging *staging,
                                                   tpk_err *err);

/* style.json, after everything that it shows: the study's zones and regions, and the legends of its maps. */
TPK_MUST_CHECK tpk_status tpk_styles_write_web(const tpk_study *study, const tpk_rasters *rasters,
                                               tpk_staging *staging, tpk_err *err);

#endif
