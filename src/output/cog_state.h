/* What the two halves of the COG writer share: cog.c takes the windows in, cog_assemble.c puts the file
 * together. */
#ifndef TPK_OUTPUT_COG_STATE_H
#define TPK_OUTPUT_COG_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "output/codec.h"
#include "output/cog.h"
#include "output/tiff.h"

enum { TPK_COG_MAX_LEVELS = 24, TPK_COG_MAX_UNIFORM = 64, TPK_COG_MAX_IDLE = 32 };

/* A compressed block in the scratch file, leader and trailer included. */
typedef struct tpk_record {
    uint64_t offset, size; /* size 0: not there yet */
} tpk_record;

typedef struct tpk_cog_block {
    tpk_record record;
    int32_t claimed, filled; /* cells that somebody brings, that are here */
    bool has_bits;           /* while buffer is NULL: all cells here are of the value bits */
    uint32_t bits;
    void *buffer; /* owned; a block's cells, or NULL */
} tpk_cog_block;

typedef struct tpk_cog_level {
    int32_t n_rows, n_cols, n_down, n_across; /* cells; blocks */
    tpk_cog_block *blocks;                    /* owned; n_down x n_across */
} tpk_cog_level;

/* GeoTIFF's own tags, copied from a file that GDAL made. */
typedef struct tpk_cog_geo {
    tpk_tiff_tag tags[5];
    size_t n;
    uint8_t *file; /* owned; the tags point into it */
} tpk_cog_geo;

struct tpk_cog {
    char *path, *aux_path; /* owned */
    tpk_pixel_rule rule;
    uint8_t *fill; /* owned; the rule's, or NULL */
    tpk_compression compression;
    int level;
    bool big_tiff;
    tpk_overview overview;
    const tpk_control *control; /* borrowed; or NULL */
    uint16_t *color_map;        /* owned; 3 x 256, or NULL */
    char *metadata;             /* owned; the <Item>s of the metadata tag but for the statistics */
    char *aux_xml;              /* owned; or NULL */
    tpk_cog_geo geo;

    tpk_cog_level levels[TPK_COG_MAX_LEVELS]; /* 0: full resolution */
    int n_levels;
    tpk_pixel_stats *block_stats; /* owned; one a block of level 0, merged in their order */
    tpk_raster_stats stats;

    int scratch_fd; /* unlinked at once: a killed run leaves nothing */
    atomic_ullong scratch_end;
    atomic_llong cells_done; /* of level 0, compressed */

    pthread_mutex_t lock; /* guards the blocks' filling and the pools below */
    struct {
        uint32_t bits;
        tpk_record record;
    } uniform[TPK_COG_MAX_UNIFORM]; /* blocks of one value, compressed once */
    int n_uniform;
    tpk_codec *codecs[TPK_COG_MAX_IDLE]; /* owned; idle ones, more are freed */
    void *buffers[TPK_COG_MAX_IDLE];     /* owned; likewise */
    int n_codecs, n_buffers;
};

/* GeoTIFF's tags for the grid; TPK_ERR_CRS, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_cog_geo_init(tpk_cog_geo *geo, const tpk_grid *grid, const tpk_crs *crs,
                                           tpk_err *err);

/* The texts that go into the file beside the pixels. */
TPK_MUST_CHECK tpk_status tpk_cog_describe(tpk_cog *cog, const tpk_cog_options *options, tpk_err *err);

/* The wording of a failed write to the raster's files. */
tpk_status tpk_cog_io_error(tpk_cog *cog, int errno_value, tpk_err *err);

#endif
