/* vectors.pmtiles: the study's vector layers and its zones as map tiles. */
#ifndef TPK_API_VECTOR_TILES_H
#define TPK_API_VECTOR_TILES_H

#include "api/study.h"

/* One tile layer for each vector layer that the study reads, named by its id, with its attributes (of those
 * whose names differ in capitals alone the first), and one for zones_path (zones.geojson; NULL: the study has
 * none), named "zones", or "zones_result" when a layer has that id. The finest zoom is the one at which a
 * tile's unit is an eighth of the study's cell. TPK_ERR_IO, TPK_ERR_CRS, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_vector_tiles_write(const tpk_study *study, const char *zones_path,
                                                 const char *path, tpk_err *err);

#endif
