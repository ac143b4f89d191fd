/* Layers of the study as tables of tapak.gpkg. */
#ifndef TPK_API_QGIS_TABLES_H
#define TPK_API_QGIS_TABLES_H

#include "input/layer.h"
#include "output/gpkg.h"

/* More points than this are not copied: opening tapak.gpkg, and mailing it, would be a burden. The reference
 * job's largest layer of 495,000 segments has half a million. */
enum { TPK_MAX_COPIED_POINTS = 2000000 };

int64_t tpk_layer_n_points(const tpk_layer *layer);

/* Has it a geometry to show, and few enough points? */
bool tpk_layer_is_copied(const tpk_layer *layer);

/* All features with all attributes. Errors of output/gpkg.h. */
TPK_MUST_CHECK tpk_status tpk_layer_write_table(const tpk_layer *layer, const char *table, const char *title,
                                                tpk_gpkg *gpkg, tpk_err *err);

#endif
