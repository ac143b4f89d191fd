/* Cloud Optimized GeoTIFF, written as the tiles arrive.
 *
 * Windows come from many threads in any order. Each 512 x 512 block is compressed as soon as it is complete,
 * by the thread that completed it, into a scratch file; four complete blocks make one block of the next
 * overview, and so on. Closing puts the file together in the order a COG wants (directories first, then data
 * from the smallest overview to full resolution). The bytes of the result depend on the pixels alone, not on
 * the windows, their order or the number of threads. */
#ifndef TPK_OUTPUT_COG_H
#define TPK_OUTPUT_COG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/color.h"
#include "base/progress.h"
#include "geo/crs.h"
#include "geo/grid.h"

typedef enum tpk_pixel { TPK_PIXEL_U8, TPK_PIXEL_U32, TPK_PIXEL_F32 } tpk_pixel;
typedef enum tpk_compression { TPK_COMPRESS_DEFLATE, TPK_COMPRESS_ZSTD } tpk_compression;
typedef enum tpk_overview {
    TPK_OVERVIEW_NONE,
    TPK_OVERVIEW_AVERAGE, /* of the valid cells; integers rounded half up */
    TPK_OVERVIEW_NEAREST, /* the upper left of four cells */
    TPK_OVERVIEW_MODE     /* the most frequent valid value of four; a tie to the first in row-major order */
} tpk_overview;

typedef struct tpk_cog_options {
    tpk_pixel pixel;
    bool has_nodata;
    double nodata; /* NaN allowed for F32; averages and statistics leave it out, and NaN in any case */
    tpk_compression compression;
    int level;                         /* 0: the writer's own choice; 1..12 DEFLATE, 1..19 ZSTD */
    bool big_tiff;                     /* always BigTIFF; false: only when the file passes 4 GB */
    tpk_overview overview;             /* levels until the larger side is at most one block */
    const char *description;           /* band description, UTF-8; may be NULL */
    const tpk_rgb *palette;            /* 256 entries for U8, or NULL */
    const char *const *category_names; /* for values 0 .. n-1; written to path.aux.xml, or NULL */
    size_t n_category_names;
    const char *const *metadata; /* NULL-terminated pairs: key, value, key, value; may be NULL */
    const tpk_control *control; /* asked while the file is put together whether to stop; NULL: never. Borrowed
                                   until the cog ends */
} tpk_cog_options;

typedef struct tpk_cog tpk_cog;

/* Starts a raster. The result appears at path (an existing file is replaced) only when it is closed or
 * published; until then there are only temporary files in the same folder. grid and crs are borrowed for the
 * call; options' strings too (control: until the end). TPK_ERR_ARGUMENT (nodata not a value of the type,
 * level, palette without U8, empty grid), TPK_ERR_CRS when GeoTIFF cannot describe crs, TPK_ERR_IO,
 * TPK_ERR_MEMORY. Caller ends it with tpk_cog_close, tpk_cog_publish or tpk_cog_abort. */
TPK_MUST_CHECK tpk_status tpk_cog_open(const char *path, const tpk_grid *grid, const tpk_crs *crs,
                                       const tpk_cog_options *options, tpk_cog **cog, tpk_err *err);

/* Hands over one window (row-major, tightly packed pixels of the raster's type). Every cell must be written
 * exactly once. Safe to call from many threads at a time. Every NaN is written as the same NaN.
 * TPK_ERR_ARGUMENT for a window beyond the grid, TPK_ERR_BUG when a cell comes twice, TPK_ERR_IO (disk full:
 * names the file and the space needed and free), TPK_ERR_MEMORY. After a failure only tpk_cog_abort makes
 * sense. */
TPK_MUST_CHECK tpk_status tpk_cog_write(tpk_cog *cog, tpk_window window, const void *pixels, tpk_err *err);

/* Assembles and renames into place; exact statistics (min, max, mean, standard deviation, valid percent) are
 * inside the file. Frees the cog in every case. TPK_ERR_BUG when a cell was not written. */
TPK_MUST_CHECK tpk_status tpk_cog_close(tpk_cog *cog, tpk_err *err);

/* The same, in two steps, so that several files can be renamed together after all were assembled: finish
 * leaves the complete file under its temporary name, publish renames it (and the .aux.xml before it; an old
 * .aux.xml that is not wanted any more is removed). Finish ends with TPK_ERR_CANCELLED soon (after 4 MB at
 * most) when options->control says so; only tpk_cog_abort makes sense then. */
TPK_MUST_CHECK tpk_status tpk_cog_finish(tpk_cog *cog, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_cog_publish(tpk_cog *cog, tpk_err *err); /* frees the cog in every case */
/* Removes every temporary file and frees the cog; NULL is allowed; safe after a failed write. */
void tpk_cog_abort(tpk_cog *cog);

/* Memory that a raster of this grid holds for the tables of its blocks until it is published, at its peak,
 * whatever its pixels. */
double tpk_cog_table_bytes(const tpk_grid *grid);

typedef struct tpk_raster_stats {
    double min, max, mean, stddev; /* NaN when no cell is valid; stddev of the population */
    double valid_pct;
    int64_t n_valid;
} tpk_raster_stats;
tpk_raster_stats tpk_cog_stats(const tpk_cog *cog); /* after finish */

#endif
