/* A static STAC 1.1 catalog of one result folder: stac-catalog.json, stac-collection.json and stac-item.json,
 * which link each other and the files beside them by relative addresses, so that the folder can be moved.
 * Source: STAC specification 1.1.0 with the extensions projection 2.0, file 2.1, processing 1.2 and, where a
 * map has their fields, raster 2.0 and classification 2.0. */
#ifndef TPK_OUTPUT_STAC_H
#define TPK_OUTPUT_STAC_H

#include "output/cog.h"
#include "output/legend.h"

/* One file of the folder. Zero-initialise what is not said; strings are borrowed. */
typedef struct tpk_stac_asset {
    const char *file; /* "suitability.tif"; its name without ending is the asset's key, unless key says it */
    const char *key;  /* NULL: made of file */
    const char *title;
    const char *media_type, *role; /* "data", "overview", "style", "metadata" */
    const tpk_raster_stats *stats; /* rasters; else NULL, and what follows is not looked at */
    const char *data_type;         /* "float32" */
    double nodata;                 /* NaN is said as "nan" */
    const tpk_legend *classes;     /* what the values mean (TPK_LEGEND_VALUES), or NULL */
    const tpk_legend *bits;        /* what the bits mean, entry k bit k, or NULL */
} tpk_stac_asset;

typedef struct tpk_stac {
    const char *title, *description;
    const char *crs_code, *crs_wkt; /* "EPSG:32750"; "" when it has none: null and the WKT are told then */
    tpk_grid grid;
    tpk_box lonlat;
    const char *time_utc; /* of the run, "2026-11-24T08:00:00Z" */
    const tpk_stac_asset *assets;
    size_t n_assets;
} tpk_stac;

/* Writes the three files into folder, where the assets are already: their sizes and SHA-256 are told. control
 * (may be NULL) is asked whether to stop. TPK_ERR_IO, TPK_ERR_MEMORY, TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_stac_write(const tpk_stac *stac, const char *folder, const tpk_control *control,
                                         tpk_err *err);

extern const char *const TPK_STAC_FILES[3];

#endif
