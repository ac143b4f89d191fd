/* Vector tiles of GeoJSON files, through GDAL's MVT driver, packed as PMTiles. */
#ifndef TPK_OUTPUT_MVT_H
#define TPK_OUTPUT_MVT_H

#include "output/pmtiles.h"

typedef struct tpk_mvt tpk_mvt;

/* Zooms as tpk_pmtiles_about's; tiles of 4096 units and a margin of 80, at most 500 kB each (beyond that GDAL
 * makes the tile coarser and then leaves features out). Strings are borrowed for the call. TPK_ERR_MEMORY,
 * TPK_ERR_IO. One thread at a time. Caller ends it with tpk_mvt_finish or tpk_mvt_abort. */
TPK_MUST_CHECK tpk_status tpk_mvt_open(const char *name, const char *description, int min_zoom, int max_zoom,
                                       tpk_mvt **mvt, tpk_err *err);

/* Adds every feature of a GeoJSON file, with all its properties, as a layer of that name. A file without
 * features adds a layer without features. TPK_ERR_IO with GDAL's reason. */
TPK_MUST_CHECK tpk_status tpk_mvt_add(tpk_mvt *mvt, const char *geojson_path, const char *layer,
                                      tpk_err *err);

/* Writes the archive to path (atomic). Frees it in every case. The bytes depend on the features alone.
 * TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_mvt_finish(tpk_mvt *mvt, tpk_box lonlat, const char *path, tpk_err *err);
void tpk_mvt_abort(tpk_mvt *mvt); /* NULL is allowed */

#endif
