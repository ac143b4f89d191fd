#include "output/cog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/cog_state.h"
#include "output/file.h"
#include "output/pyramid.h"

tpk_status tpk_cog_io_error(tpk_cog *cog, int errno_value, tpk_err *err)
{
    /* What is compressed so far tells the whole; scratch and result stand side by side for a moment. */
    double done = (double)atomic_load(&cog->cells_done), written = (double)atomic_load(&cog->scratch_end);
    double cells = (double)cog->levels[0].n_rows * cog->levels[0].n_cols;
    double needed = done > 0 ? 2 * written * (cells / done) - written : 0;
    return tpk_file_error(err, _("the raster"), cog->path, errno_value, needed);
}

static bool bands_are_written(const tpk_cog_options *options, int n_bands)
{
    if (n_bands == 1 && options->pixel != TPK_PIXEL_U16) return true;
    bool is_byte = options->pixel == TPK_PIXEL_U8, is_average = options->overview == TPK_OVERVIEW_AVERAGE;
    return n_bands >= 1 && n_bands <= TPK_COG_MAX_BANDS && (is_byte || options->pixel == TPK_PIXEL_U16) &&
           options->fill && options->has_nodata && options->overview != TPK_OVERVIEW_MODE &&
           (is_byte || !is_average) && options->n_picked_bands >= 0 && options->n_picked_bands <= n_bands &&
           !options->palette && options->n_category_names == 0;
}

static tpk_status check_options(const tpk_grid *grid, const tpk_cog_options *options, tpk_pixel_rule *rule,
                                tpk_err *err)
{
    int largest;
    if (grid->n_rows < 1 || grid->n_cols < 1) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("a raster of %d rows and %d columns cannot be written"),
                           (int)grid->n_rows, (int)grid->n_cols);
    }
    if (!tpk_pixel_rule_init(rule, options->pixel, options->has_nodata, options->nodata)) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("the nodata value %g is not a value of the raster's type"), options->nodata);
    }
    if (!tpk_codec_level_is_allowed(options->compression, options->level, &largest)) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("the compression level is %d; 0 to %d are allowed"),
                           options->level, largest);
    }
    int n_bands = options->n_bands ? options->n_bands : 1;
    if (!bands_are_written(options, n_bands)) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("a raster of %d bands of this type cannot be written with these overviews"),
                           n_bands);
    }
    rule->n_bands = n_bands;
    rule->n_picked = options->n_picked_bands;
    rule->is_banded = n_bands > 1 || options->pixel == TPK_PIXEL_U16;
    rule->cell_bytes = (size_t)n_bands * tpk_pixel_size(options->pixel);
    if (options->small_blocks && rule->is_banded) rule->side = TPK_BLOCK_SIDE / 2;
    if (options->palette && options->pixel != TPK_PIXEL_U8) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("only a raster of bytes can have a palette"));
    }
    return TPK_OK;
}

static tpk_status make_levels(tpk_cog *cog, const tpk_grid *grid, tpk_err *err)
{
    int32_t n_rows = grid->n_rows, n_cols = grid->n_cols, side = cog->rule.side;
    for (;;) {
        tpk_cog_level *level = &cog->levels[cog->n_levels];
        *level = (tpk_cog_level){n_rows, n_cols, (n_rows - 1) / side + 1, (n_cols - 1) / side + 1, NULL};
        level->blocks = tpk_zalloc((size_t)level->n_down * (size_t)level->n_across, sizeof *level->blocks);
        if (!level->blocks) return tpk_err_memory(err);
        cog->n_levels++;
        if (cog->overview == TPK_OVERVIEW_NONE || (n_rows <= side && n_cols <= side)) break;
        n_rows = n_rows / 2 + n_rows % 2;
        n_cols = n_cols / 2 + n_cols % 2;
    }
    const tpk_cog_level *full = &cog->levels[0];
    cog->block_stats = tpk_zalloc((size_t)full->n_down * (size_t)full->n_across, sizeof *cog->block_stats);
    return cog->block_stats ? TPK_OK : tpk_err_memory(err);
}

/* Each block of full resolution: its state and statistics, its offset and size as numbers and twice in the
 * head (a trial and the final one); the overviews together have a third as many blocks, without statistics.
 */
double tpk_cog_table_bytes(const tpk_grid *grid)
{
    double n =
        (double)((grid->n_rows - 1) / TPK_BLOCK_SIDE + 1) * (double)((grid->n_cols - 1) / TPK_BLOCK_SIDE + 1);
    double place = sizeof(uint64_t) + sizeof(uint32_t);
    return n * (sizeof(tpk_pixel_stats) + place) + n * 4 / 3 * (sizeof(tpk_cog_block) + 2 * place);
}

static tpk_status open_scratch(tpk_cog *cog, tpk_err *err)
{
    char *beside = tpk_file_temporary(cog->path);
    size_t size = beside ? strlen(beside) + sizeof ".XXXXXX" : 0;
    char *name = beside ? tpk_alloc(size, 1) : NULL;
    tpk_status status = TPK_OK;
    if (!name) {
        status = tpk_err_memory(err);
    } else {
        snprintf(name, size, "%s.XXXXXX", beside);
        cog->scratch_fd = mkostemp(name, O_CLOEXEC);
        if (cog->scratch_fd < 0) {
            status = tpk_cog_io_error(cog, errno, err);
        } else {
            unlink(name);
        }
    }
    tpk_free(name);
    tpk_free(beside);
    return status;
}

static bool keep_fill(tpk_cog *cog, const tpk_cog_options *options)
{
    if (!cog->rule.is_banded) return true;
    cog->fill = tpk_alloc(cog->rule.cell_bytes, 1);
    if (cog->fill) memcpy(cog->fill, options->fill, cog->rule.cell_bytes);
    cog->rule.fill = cog->fill;
    return cog->fill != NULL;
}

tpk_status tpk_cog_open(const char *path, const tpk_grid *grid, const tpk_crs *crs,
                        const tpk_cog_options *options, tpk_cog **cog, tpk_err *err)
{
    *cog = NULL;
    tpk_pixel_rule rule;
    tpk_status status = check_options(grid, options, &rule, err);
    if (status != TPK_OK) return status;
    tpk_cog *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->rule = rule;
    made->compression = options->compression;
    made->level = options->level;
    made->big_tiff = options->big_tiff;
    made->overview = options->overview;
    made->control = options->control;
    made->scratch_fd = -1;
    pthread_mutex_init(&made->lock, NULL);
    made->path = tpk_strdup(path);
    if (!made->path || !keep_fill(made, options)) status = tpk_err_memory(err);
    if (status == TPK_OK) status = make_levels(made, grid, err);
    if (status == TPK_OK) status = tpk_cog_describe(made, options, err);
    if (status == TPK_OK) status = tpk_cog_geo_init(&made->geo, grid, crs, err);
    if (status == TPK_OK) status = open_scratch(made, err);
    if (status == TPK_OK) {
        *cog = made;
    } else {
        tpk_cog_abort(made);
    }
    return status;
}

void tpk_cog_abort(tpk_cog *cog)
{
    if (!cog) return;
    if (cog->scratch_fd >= 0) close(cog->scratch_fd);
    if (cog->path) {
        tpk_file_discard(cog->path);
        if (cog->aux_path) tpk_file_discard(cog->aux_path);
    }
    for (int i = 0; i < cog->n_levels; i++) {
        const tpk_cog_level *level = &cog->levels[i];
        int64_t n = (int64_t)level->n_down * level->n_across;
        for (int64_t k = 0; k < n; k++) tpk_free(level->blocks[k].buffer);
        tpk_free(level->blocks);
    }
    for (int i = 0; i < cog->n_codecs; i++) tpk_codec_free(cog->codecs[i]);
    for (int i = 0; i < cog->n_buffers; i++) tpk_free(cog->buffers[i]);
    tpk_free(cog->block_stats);
    tpk_free(cog->fill);
    tpk_free(cog->geo.file);
    tpk_free(cog->color_map);
    tpk_free(cog->metadata);
    tpk_free(cog->aux_xml);
    tpk_free(cog->aux_path);
    tpk_free(cog->path);
    pthread_mutex_destroy(&cog->lock);
    tpk_free(cog);
}

static tpk_status take_codec(tpk_cog *cog, tpk_codec **codec, tpk_err *err)
{
    *codec = NULL;
    pthread_mutex_lock(&cog->lock);
    if (cog->n_codecs > 0) *codec = cog->codecs[--cog->n_codecs];
    pthread_mutex_unlock(&cog->lock);
    return *codec ? TPK_OK : tpk_codec_new(&cog->rule, cog->compression, cog->level, codec, err);
}

static void return_codec(tpk_cog *cog, tpk_codec *codec)
{
    pthread_mutex_lock(&cog->lock);
    bool kept = cog->n_codecs < TPK_COG_MAX_IDLE;
    if (kept) cog->codecs[cog->n_codecs++] = codec;
    pthread_mutex_unlock(&cog->lock);
    if (!kept) tpk_codec_free(codec);
}

/* Under the lock. NULL: no memory. */
static void *take_buffer(tpk_cog *cog)
{
    if (cog->n_buffers > 0) return cog->buffers[--cog->n_buffers];
    return tpk_alloc_aligned((size_t)cog->rule.side * (size_t)cog->rule.side, cog->rule.cell_bytes);
}

static void return_buffer(tpk_cog *cog, void *buffer)
{
    if (!buffer) return;
    pthread_mutex_lock(&cog->lock);
    bool kept = cog->n_buffers < TPK_COG_MAX_IDLE;
    if (kept) cog->buffers[cog->n_buffers++] = buffer;
    pthread_mutex_unlock(&cog->lock);
    if (!kept) tpk_free(buffer);
}

static tpk_status append_record(tpk_cog *cog, const uint8_t *bytes, size_t n, tpk_record *record,
                                tpk_err *err)
{
    record->offset = atomic_fetch_add(&cog->scratch_end, n);
    record->size = n;
    int reason = tpk_file_put(cog->scratch_fd, bytes, n, (long long)record->offset);
    return reason ? tpk_cog_io_error(cog, reason, err) : TPK_OK;
}

/* A block of one value is compressed once and its record shared until the file is assembled. */
static bool find_uniform(tpk_cog *cog, uint32_t bits, tpk_record *record)
{
    bool found = false;
    pthread_mutex_lock(&cog->lock);
    for (int i = 0; i < cog->n_uniform && !found; i++) {
        found = cog->uniform[i].bits == bits;
        if (found) *record = cog->uniform[i].record;
    }
    pthread_mutex_unlock(&cog->lock);
    return found;
}

static void keep_uniform(tpk_cog *cog, uint32_t bits, tpk_record record)
{
    pthread_mutex_lock(&cog->lock);
    if (cog->n_uniform < TPK_COG_MAX_UNIFORM) {
        cog->uniform[cog->n_uniform].bits = bits;
        cog->uniform[cog->n_uniform].record = record;
        cog->n_uniform++;
    }
    pthread_mutex_unlock(&cog->lock);
}

static tpk_status compress_block(tpk_cog *cog, tpk_codec *codec, tpk_pixels pixels, tpk_record *record,
                                 tpk_err *err)
{
    if (!pixels.pixels && find_uniform(cog, pixels.bits, record)) return TPK_OK;
    const uint8_t *bytes;
    size_t n;
    tpk_status status = tpk_codec_encode(codec, pixels, &bytes, &n, err);
    if (status == TPK_OK) status = append_record(cog, bytes, n, record, err);
    if (status == TPK_OK && !pixels.pixels) keep_uniform(cog, pixels.bits, *record);
    return status;
}

/* One block of a level, and the cells of it that a delivery brings. */
struct place {
    int level;
    int32_t down, across; /* of the block */
    int32_t row, col;     /* of the delivery's first cell, inside the block */
};

static tpk_cog_block *block_at(tpk_cog *cog, const struct place *place, int32_t *n_rows, int32_t *n_cols)
{
    const tpk_cog_level *level = &cog->levels[place->level];
    int32_t side = cog->rule.side;
    int32_t rows_left = level->n_rows - place->down * side, cols_left = level->n_cols - place->across * side;
    *n_rows = rows_left < side ? rows_left : side;
    *n_cols = cols_left < side ? cols_left : side;
    return &level->blocks[(int64_t)place->down * level->n_across + place->across];
}

/* Under the lock: makes the buffer of a block that is not of one value any more. */
static bool give_buffer(tpk_cog *cog, tpk_cog_block *block)
{
    if (block->buffer) return true;
    block->buffer = take_buffer(cog);
    if (!block->buffer) return false;
    int32_t side = cog->rule.side;
    tpk_pixels all = {NULL, 0, side, side, block->bits};
    if (block->has_bits) tpk_pixels_copy(&cog->rule, all, block->buffer, side);
    return true;
}

/* Under the lock: n cells more are in the block. When that completes it, *whole becomes its cells. */
static void settle(const tpk_cog *cog, tpk_cog_block *block, int32_t n, int32_t n_rows, int32_t n_cols,
                   tpk_pixels *whole)
{
    block->filled += n;
    if (block->filled < n_rows * n_cols) return;
    *whole = (tpk_pixels){block->buffer, cog->rule.side, n_rows, n_cols, block->bits};
    block->buffer = NULL;
}

enum claim { SETTLED, MUST_COPY, TWICE, NO_MEMORY };

/* Under the lock: announces the cells; those of one value may need no copy. */
static enum claim claim_cells(tpk_cog *cog, tpk_cog_block *block, tpk_pixels pixels, int32_t n_rows,
                              int32_t n_cols, tpk_pixels *whole)
{
    int32_t n = pixels.n_rows * pixels.n_cols;
    if (n > n_rows * n_cols - block->claimed) return TWICE;
    block->claimed += n;
    if (n == n_rows * n_cols) {
        block->filled = n;
        *whole = pixels;
        return SETTLED;
    }
    if (!pixels.pixels && !block->buffer && (!block->has_bits || block->bits == pixels.bits)) {
        block->has_bits = true;
        block->bits = pixels.bits;
        settle(cog, block, n, n_rows, n_cols, whole);
        return SETTLED;
    }
    return give_buffer(cog, block) ? MUST_COPY : NO_MEMORY;
}

/* Puts a part into its block. When that completes the block, *whole becomes its cells (in pixels itself, or
 * in a buffer that the caller gives back); else whole->n_rows is 0. */
static tpk_status deliver(tpk_cog *cog, const struct place *place, tpk_pixels pixels, tpk_pixels *whole,
                          tpk_err *err)
{
    *whole = (tpk_pixels){0};
    int32_t n_rows, n_cols;
    tpk_cog_block *block = block_at(cog, place, &n_rows, &n_cols);
    pthread_mutex_lock(&cog->lock);
    enum claim claim = claim_cells(cog, block, pixels, n_rows, n_cols, whole);
    pthread_mutex_unlock(&cog->lock);
    if (claim == TWICE) {
        return tpk_err_set(err, TPK_ERR_BUG,
                           _("cells of the raster '%s' were written twice (block row %d, column %d)"),
                           cog->path, (int)place->down, (int)place->across);
    }
    if (claim == NO_MEMORY) return tpk_err_memory(err);
    if (claim == SETTLED) return TPK_OK;

    /* Nobody else writes these cells, and the buffer stays until they are counted. */
    size_t at = (size_t)place->row * (size_t)cog->rule.side + (size_t)place->col;
    tpk_pixels_copy(&cog->rule, pixels, (char *)block->buffer + cog->rule.cell_bytes * at, cog->rule.side);
    pthread_mutex_lock(&cog->lock);
    settle(cog, block, pixels.n_rows * pixels.n_cols, n_rows, n_cols, whole);
    pthread_mutex_unlock(&cog->lock);
    return TPK_OK;
}

/* Compresses a complete block and makes its part of the next overview in the codec's room. */
static tpk_status finish_block(tpk_cog *cog, tpk_codec *codec, struct place *place, tpk_pixels whole,
                               tpk_pixels *next, tpk_err *err)
{
    int32_t n_rows, n_cols;
    tpk_cog_block *block = block_at(cog, place, &n_rows, &n_cols);
    tpk_record record = {0};
    tpk_status status = compress_block(cog, codec, whole, &record, err);
    if (status != TPK_OK) return status;
    block->record = record;
    if (place->level == 0) {
        cog->block_stats[block - cog->levels[0].blocks] = tpk_pixels_stats(&cog->rule, whole);
        atomic_fetch_add(&cog->cells_done, (long long)n_rows * n_cols);
    }
    if (place->level + 1 < cog->n_levels) {
        *next = tpk_pixels_reduce(&cog->rule, cog->overview, whole, tpk_codec_reduced(codec));
    }
    *place = (struct place){place->level + 1, place->down / 2, place->across / 2,
                            place->down % 2 * (cog->rule.side / 2), place->across % 2 * (cog->rule.side / 2)};
    return TPK_OK;
}

/* Delivers a part of a block of level 0 and climbs as long as blocks become complete. */
static tpk_status deliver_up(tpk_cog *cog, tpk_codec *codec, struct place place, tpk_pixels pixels,
                             tpk_err *err)
{
    tpk_status status = TPK_OK;
    while (status == TPK_OK && place.level < cog->n_levels) {
        tpk_pixels whole, next = {0};
        status = deliver(cog, &place, pixels, &whole, err);
        if (status != TPK_OK || whole.n_rows == 0) break;
        status = finish_block(cog, codec, &place, whole, &next, err);
        if (whole.pixels != pixels.pixels) return_buffer(cog, (void *)(uintptr_t)whole.pixels);
        pixels = next;
    }
    return status;
}

static int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

tpk_status tpk_cog_write(tpk_cog *cog, tpk_window window, const void *pixels, tpk_err *err)
{
    const tpk_cog_level *full = &cog->levels[0];
    if (window.row0 < 0 || window.col0 < 0 || window.n_rows < 0 || window.n_cols < 0 ||
        window.n_rows > full->n_rows - window.row0 || window.n_cols > full->n_cols - window.col0) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("a window reaches beyond the raster '%s'"), cog->path);
    }
    if (window.n_rows == 0 || window.n_cols == 0) return TPK_OK;
    tpk_codec *codec;
    tpk_status status = take_codec(cog, &codec, err);
    int32_t side = cog->rule.side;
    int32_t end_row = window.row0 + window.n_rows, end_col = window.col0 + window.n_cols, next_row, next_col;
    for (int32_t row = window.row0; status == TPK_OK && row < end_row; row = next_row) {
        next_row = row + lesser(end_row - row, side - row % side);
        for (int32_t col = window.col0; status == TPK_OK && col < end_col; col = next_col) {
            next_col = col + lesser(end_col - col, side - col % side);
            size_t first = (size_t)(row - window.row0) * (size_t)window.n_cols + (size_t)(col - window.col0);
            tpk_pixels part = {(const char *)pixels + first * cog->rule.cell_bytes, window.n_cols,
                               next_row - row, next_col - col, 0};
            struct place place = {0, row / side, col / side, row % side, col % side};
            status = deliver_up(cog, codec, place, tpk_pixels_squeeze(&cog->rule, part), err);
        }
    }
    if (codec) return_codec(cog, codec);
    return status;
}

tpk_raster_stats tpk_cog_stats(const tpk_cog *cog)
{
    return cog->stats;
}
