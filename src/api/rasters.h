/* The four maps of a run: their files, legends and styles. */
#ifndef TPK_API_RASTERS_H
#define TPK_API_RASTERS_H

#include "api/legends.h"
#include "api/study.h"
#include "output/cog.h"
#include "output/staging.h"

enum {
    TPK_RASTER_SUITABILITY,
    TPK_RASTER_CLASSES,
    TPK_RASTER_REASONS,
    TPK_RASTER_LIMITING,
    TPK_RASTER_COUNT
};

typedef struct tpk_rasters tpk_rasters;

/* Whether the grid is small enough for the maps that the project wants: the tables of their blocks may take a
 * quarter of the study's memory (with 1 GiB about 10^11 cells for four maps). TPK_ERR_LIMIT names the grid's
 * size and the smallest cell that works. */
TPK_MUST_CHECK tpk_status tpk_rasters_check_size(const tpk_study *study, tpk_err *err);

/* Opens the maps that the project wants. study and staging are borrowed and must outlive the rasters. Caller
 * ends with tpk_rasters_free. */
TPK_MUST_CHECK tpk_status tpk_rasters_open(const tpk_study *study, tpk_staging *staging,
                                           tpk_rasters **rasters, tpk_err *err);

/* Fills sinks (room for TPK_RASTER_COUNT) and returns how many. */
size_t tpk_rasters_sinks(tpk_rasters *rasters, tpk_sink *sinks);

/* Completes the files, each with its style, in the staging. Ends soon with TPK_ERR_CANCELLED when the study
 * is asked to stop. */
TPK_MUST_CHECK tpk_status tpk_rasters_finish(tpk_rasters *rasters, tpk_err *err);

/* After finish; NULL when the project does not want that map. Borrowed. */
const tpk_raster_stats *tpk_rasters_stats(const tpk_rasters *rasters, int which);
const char *tpk_raster_file_name(int which); /* "suitability.tif" */
const char *tpk_raster_name(int which);      /* "suitability" */

/* Of a map that the project wants; that of the reasons is complete after finish. */
TPK_MUST_CHECK tpk_status tpk_rasters_legend(const tpk_rasters *rasters, int which, tpk_own_legend *legend,
                                             tpk_err *err);

/* Frees, and discards what is not finished. NULL is allowed. */
void tpk_rasters_free(tpk_rasters *rasters);

#endif
