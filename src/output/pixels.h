/* What the cells of a raster block hold: validity, sameness, statistics. Pure kernels; every sum runs in a
 * fixed order, so that results are the same for any compiler, vector width and thread count. */
#ifndef TPK_OUTPUT_PIXELS_H
#define TPK_OUTPUT_PIXELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/cog.h"

enum { TPK_BLOCK_SIDE = 512, TPK_ROW_LANES = 8, TPK_ROW_ROOM = TPK_BLOCK_SIDE + TPK_ROW_LANES };

/* NaN is never valid, whatever the nodata value. */
typedef struct tpk_pixel_rule {
    tpk_pixel pixel;
    bool is_banded;        /* several bands, or U16 */
    int n_bands, n_picked; /* the last n_picked bands take the nearest cell in overviews */
    size_t cell_bytes;     /* all samples of a cell */
    int32_t side;          /* cells along a block: TPK_BLOCK_SIDE or half of it */
    const uint8_t *fill;   /* banded: the cell that blocks of one value hold; borrowed */
    bool has_nodata;
    uint32_t nodata_bits; /* nodata as the raster's type; floats as their bits */
    uint32_t fill_bits;   /* what an overview cell without any valid cell below becomes */
} tpk_pixel_rule;

/* For one band of the type in blocks of TPK_BLOCK_SIDE. False when nodata is not a value of the type. */
bool tpk_pixel_rule_init(tpk_pixel_rule *rule, tpk_pixel pixel, bool has_nodata, double nodata);

size_t tpk_pixel_size(tpk_pixel pixel);

/* A rectangle of cells; all of one value when pixels is NULL (banded: all of them the rule's fill). */
typedef struct tpk_pixels {
    const void *pixels;     /* borrowed, row-major */
    int64_t stride;         /* cells from row to row */
    int32_t n_rows, n_cols; /* at most TPK_BLOCK_SIDE each */
    uint32_t bits;          /* the value when pixels is NULL; integers as they are, floats as their bits */
} tpk_pixels;

/* The same rectangle with pixels NULL when all its cells hold the same bits (banded: the fill); a NaN then is
 * the canonical one. */
tpk_pixels tpk_pixels_squeeze(const tpk_pixel_rule *rule, tpk_pixels pixels);

/* Writes the rectangle to `out` (out_stride cells from row to row). */
void tpk_pixels_copy(const tpk_pixel_rule *rule, tpk_pixels pixels, void *out, int64_t out_stride);

bool tpk_pixel_is_valid(const tpk_pixel_rule *rule, uint32_t bits);

/* One row (pixels not NULL; not banded) as doubles, NaN where not valid and in the TPK_ROW_LANES places
 * behind it. */
void tpk_pixels_row(const tpk_pixel_rule *rule, const tpk_pixels *pixels, int32_t row, double *out);

/* Mean and sum of squared differences from it, of the valid cells. Initialise with {0}. */
typedef struct tpk_pixel_stats {
    int64_t n_valid;
    double min, max, mean, m2;
} tpk_pixel_stats;

/* Nothing (n_valid 0) when banded. */
tpk_pixel_stats tpk_pixels_stats(const tpk_pixel_rule *rule, tpk_pixels pixels);
void tpk_pixel_stats_merge(tpk_pixel_stats *into, const tpk_pixel_stats *from);

#endif
