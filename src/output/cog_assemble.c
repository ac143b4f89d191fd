/* The second half of the COG writer: from the scratch file's blocks to the finished file. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/cog_state.h"
#include "output/file.h"

enum { MAX_TAGS = 32, COPY_ROOM = 4 << 20 };

static int64_t n_blocks(const tpk_cog_level *level)
{
    return (int64_t)level->n_down * level->n_across;
}

static void add_statistic(tpk_text *text, const char *name, double value)
{
    char number[32];
    tpk_text_addf(text, "  <Item name=\"STATISTICS_%s\" sample=\"0\">%s</Item>\n", name,
                  tpk_text_from_number(value, number));
}

static tpk_status metadata_xml(const tpk_cog *cog, char **xml, tpk_err *err)
{
    tpk_text text = {0};
    tpk_text_add(&text, "<GDALMetadata>\n");
    if (cog->stats.n_valid > 0) {
        add_statistic(&text, "MAXIMUM", cog->stats.max);
        add_statistic(&text, "MEAN", cog->stats.mean);
        add_statistic(&text, "MINIMUM", cog->stats.min);
        add_statistic(&text, "STDDEV", cog->stats.stddev);
    }
    if (!cog->rule.is_banded) add_statistic(&text, "VALID_PERCENT", cog->stats.valid_pct);
    tpk_text_add(&text, cog->metadata);
    tpk_text_add(&text, "</GDALMetadata>\n");
    return tpk_text_take(&text, xml, err);
}

static void nodata_text(const tpk_pixel_rule *rule, char text[32])
{
    float number;
    memcpy(&number, &rule->nodata_bits, sizeof number);
    if (rule->pixel != TPK_PIXEL_F32) {
        snprintf(text, 32, "%u", (unsigned)rule->nodata_bits);
    } else if (isnan(number)) {
        snprintf(text, 32, "nan");
    } else {
        tpk_text_from_number((double)number, text);
    }
}

/* The values that one directory's tags point to. */
struct directory {
    tpk_tiff_tag tags[MAX_TAGS];
    size_t n;
    uint32_t reduced, width, height;
    uint16_t compression, photometric, planar, n_bands, predictor, side;
    uint16_t bits[TPK_COG_MAX_BANDS], format[TPK_COG_MAX_BANDS], extra[TPK_COG_MAX_BANDS]; /* of each band */
    char nodata[32];
};

static void add_tag(struct directory *dir, uint16_t number, tpk_tiff_type type, uint64_t count,
                    const void *values)
{
    dir->tags[dir->n++] = (tpk_tiff_tag){number, type, count, values};
}

static void add_text_tag(struct directory *dir, uint16_t number, const char *text)
{
    add_tag(dir, number, TPK_TIFF_ASCII, strlen(text) + 1, text);
}

static void fill_directory(struct directory *dir, const tpk_cog *cog, int index, bool big,
                           const void *offsets, const uint32_t *sizes, const char *metadata)
{
    const tpk_cog_level *level = &cog->levels[index];
    uint64_t n = (uint64_t)n_blocks(level);
    dir->reduced = index > 0;
    dir->width = (uint32_t)level->n_cols;
    dir->height = (uint32_t)level->n_rows;
    dir->compression = tpk_codec_compression_tag(cog->compression);
    dir->photometric = cog->color_map ? 3 : 1; /* palette; 0 is black */
    dir->planar = 1;                           /* the samples of a cell stand together */
    dir->n_bands = (uint16_t)cog->rule.n_bands;
    dir->predictor = tpk_codec_predictor_tag(&cog->rule);
    dir->side = (uint16_t)cog->rule.side;
    for (int b = 0; b < cog->rule.n_bands; b++) {
        dir->bits[b] = (uint16_t)(8 * tpk_pixel_size(cog->rule.pixel));
        dir->format[b] = cog->rule.pixel == TPK_PIXEL_F32 ? 3 : 1; /* IEEE floating point; unsigned integer */
        dir->extra[b] = 0;                                         /* no colour */
    }
    if (index > 0) add_tag(dir, 254, TPK_TIFF_LONG, 1, &dir->reduced);
    add_tag(dir, 256, TPK_TIFF_LONG, 1, &dir->width);
    add_tag(dir, 257, TPK_TIFF_LONG, 1, &dir->height);
    add_tag(dir, 258, TPK_TIFF_SHORT, dir->n_bands, dir->bits);
    add_tag(dir, 259, TPK_TIFF_SHORT, 1, &dir->compression);
    add_tag(dir, 262, TPK_TIFF_SHORT, 1, &dir->photometric);
    add_tag(dir, 277, TPK_TIFF_SHORT, 1, &dir->n_bands);
    add_tag(dir, 284, TPK_TIFF_SHORT, 1, &dir->planar);
    add_tag(dir, 317, TPK_TIFF_SHORT, 1, &dir->predictor);
    if (cog->color_map) add_tag(dir, 320, TPK_TIFF_SHORT, 3 * 256, cog->color_map);
    add_tag(dir, 322, TPK_TIFF_SHORT, 1, &dir->side);
    add_tag(dir, 323, TPK_TIFF_SHORT, 1, &dir->side);
    add_tag(dir, 324, big ? TPK_TIFF_LONG8 : TPK_TIFF_LONG, n, offsets);
    add_tag(dir, 325, TPK_TIFF_LONG, n, sizes);
    if (dir->n_bands > 1) add_tag(dir, 338, TPK_TIFF_SHORT, dir->n_bands - 1u, dir->extra);
    add_tag(dir, 339, TPK_TIFF_SHORT, dir->n_bands, dir->format);
    if (index == 0) {
        for (size_t i = 0; i < cog->geo.n; i++) dir->tags[dir->n++] = cog->geo.tags[i];
        add_text_tag(dir, 42112, metadata);
    }
    if (cog->rule.has_nodata) {
        nodata_text(&cog->rule, dir->nodata);
        add_text_tag(dir, 42113, dir->nodata);
    }
}

/* Offsets and sizes of a level's tiles as the tags hold them, from the place of the level's first record on.
 */
static void tile_places(const tpk_cog_level *level, uint64_t first, bool big, void *offsets, uint32_t *sizes)
{
    for (int64_t k = 0; k < n_blocks(level); k++) {
        uint64_t record = level->blocks[k].record.size, place = first + TPK_RECORD_LEADER;
        if (big) {
            ((uint64_t *)offsets)[k] = place;
        } else {
            ((uint32_t *)offsets)[k] = (uint32_t)place;
        }
        sizes[k] = (uint32_t)(record - TPK_RECORD_LEADER - TPK_RECORD_TRAILER);
        first += record;
    }
}

/* Data lies from the smallest overview to full resolution, behind a head of the given length. */
static uint64_t level_start(const tpk_cog *cog, int index, uint64_t head)
{
    uint64_t at = head;
    for (int i = cog->n_levels - 1; i > index; i--) {
        for (int64_t k = 0; k < n_blocks(&cog->levels[i]); k++) at += cog->levels[i].blocks[k].record.size;
    }
    return at;
}

static tpk_status build_head(const tpk_cog *cog, bool big, uint64_t head, const char *metadata, char **bytes,
                             size_t *n, tpk_err *err)
{
    tpk_text text = {0};
    size_t most = (size_t)n_blocks(&cog->levels[0]);
    uint64_t *offsets = tpk_alloc(most, sizeof *offsets);
    uint32_t *sizes = tpk_alloc(most, sizeof *sizes);
    tpk_status status = offsets && sizes ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) tpk_tiff_add_head(&text, big);
    for (int i = 0; status == TPK_OK && i < cog->n_levels; i++) {
        struct directory dir = {.n = 0};
        tile_places(&cog->levels[i], level_start(cog, i, head), big, offsets, sizes);
        fill_directory(&dir, cog, i, big, offsets, sizes, metadata);
        tpk_tiff_add_directory(&text, big, dir.tags, dir.n, i + 1 == cog->n_levels);
    }
    *n = text.length;
    if (status == TPK_OK) status = tpk_text_take(&text, bytes, err);
    tpk_text_clear(&text);
    tpk_free(sizes);
    tpk_free(offsets);
    return status;
}

static tpk_status make_head(const tpk_cog *cog, char **bytes, size_t *n, tpk_err *err)
{
    uint64_t size = 0;
    char *metadata = NULL, *trial = NULL;
    bool big = cog->big_tiff;
    tpk_status status = metadata_xml(cog, &metadata, err);
    /* The first round learns the head's length, the second one knows where the data begins. */
    if (status == TPK_OK) status = build_head(cog, big, 0, metadata, &trial, n, err);
    if (status == TPK_OK) size = level_start(cog, -1, *n);
    if (status == TPK_OK && !big && size > UINT32_MAX) {
        big = true;
        tpk_free(trial);
        trial = NULL;
        status = build_head(cog, big, 0, metadata, &trial, n, err);
    }
    if (status == TPK_OK) status = build_head(cog, big, *n, metadata, bytes, n, err);
    tpk_free(trial);
    tpk_free(metadata);
    return status;
}

/* A buffered copy of records: blocks that lie one behind the other in the scratch file are read at once. */
struct copier {
    tpk_cog *cog;
    int to;
    uint8_t *buffer;
    size_t used;
    uint64_t run_offset, run_size; /* records seen but not read yet */
};

/* Every COPY_ROOM bytes; ECANCELED when asked to stop. */
static int flush_buffer(struct copier *copier)
{
    if (tpk_cancelled(copier->cog->control)) return ECANCELED;
    int reason = tpk_file_put(copier->to, copier->buffer, copier->used, -1);
    copier->used = 0;
    return reason;
}

static int read_run(struct copier *copier)
{
    while (copier->run_size > 0) {
        if (copier->used == COPY_ROOM) {
            int reason = flush_buffer(copier);
            if (reason) return reason;
        }
        size_t room = COPY_ROOM - copier->used,
               wanted = copier->run_size < room ? (size_t)copier->run_size : room;
        ssize_t got =
            pread(copier->cog->scratch_fd, copier->buffer + copier->used, wanted, (off_t)copier->run_offset);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return got < 0 ? errno : EIO;
        copier->used += (size_t)got;
        copier->run_offset += (uint64_t)got;
        copier->run_size -= (uint64_t)got;
    }
    return 0;
}

static int copy_levels(struct copier *copier)
{
    int reason = 0;
    for (int i = copier->cog->n_levels - 1; i >= 0; i--) {
        const tpk_cog_level *level = &copier->cog->levels[i];
        for (int64_t k = 0; k < n_blocks(level); k++) {
            tpk_record record = level->blocks[k].record;
            if (record.offset != copier->run_offset + copier->run_size) {
                reason = read_run(copier);
                if (reason) return reason;
                copier->run_offset = record.offset;
            }
            copier->run_size += record.size;
        }
    }
    reason = read_run(copier);
    return reason ? reason : flush_buffer(copier);
}

static tpk_status assemble(tpk_cog *cog, const char *name, const char *head, size_t n, tpk_err *err)
{
    struct copier copier = {.cog = cog, .buffer = tpk_alloc(COPY_ROOM, 1)};
    if (!copier.buffer) return tpk_err_memory(err);
    int reason = 0;
    copier.to = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (copier.to < 0) {
        reason = errno;
    } else {
        reason = tpk_file_put(copier.to, head, n, -1);
        if (reason == 0) reason = copy_levels(&copier);
        if (close(copier.to) != 0 && reason == 0) reason = errno;
    }
    tpk_status status = TPK_OK;
    if (reason == ECANCELED)
        status = tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped on request"));
    else if (reason)
        status = tpk_cog_io_error(cog, reason, err);
    if (reason && copier.to >= 0) unlink(name);
    tpk_free(copier.buffer);
    return status;
}

static tpk_status check_complete(const tpk_cog *cog, tpk_err *err)
{
    for (int i = 0; i < cog->n_levels; i++) {
        const tpk_cog_level *level = &cog->levels[i];
        for (int64_t k = 0; k < n_blocks(level); k++) {
            if (level->blocks[k].record.size) continue;
            return tpk_err_set(err, TPK_ERR_BUG,
                               _("cells of the raster '%s' were never written (block row %lld, column %lld)"),
                               cog->path, (long long)(k / level->n_across), (long long)(k % level->n_across));
        }
    }
    return TPK_OK;
}

static void merge_stats(tpk_cog *cog)
{
    const tpk_cog_level *full = &cog->levels[0];
    tpk_pixel_stats all = {0};
    for (int64_t k = 0; k < n_blocks(full); k++) tpk_pixel_stats_merge(&all, &cog->block_stats[k]);
    double n_cells = (double)full->n_rows * full->n_cols;
    cog->stats = (tpk_raster_stats){(double)NAN, (double)NAN, (double)NAN, (double)NAN, 0, all.n_valid};
    if (all.n_valid == 0) return;
    cog->stats.min = all.min;
    cog->stats.max = all.max;
    cog->stats.mean = all.mean;
    cog->stats.stddev = sqrt(all.m2 / (double)all.n_valid);
    cog->stats.valid_pct = 100.0 * (double)all.n_valid / n_cells;
}

tpk_status tpk_cog_finish(tpk_cog *cog, tpk_err *err)
{
    char *head = NULL, *name = NULL;
    size_t n = 0;
    tpk_status status = check_complete(cog, err);
    if (status != TPK_OK) return status;
    merge_stats(cog);
    status = make_head(cog, &head, &n, err);
    if (status != TPK_OK) goto done;
    name = tpk_file_temporary(cog->path);
    if (!name) {
        status = tpk_err_memory(err);
        goto done;
    }
    if (cog->aux_xml) {
        status = tpk_file_write_temporary(cog->aux_path, _("the category names"), cog->aux_xml,
                                          strlen(cog->aux_xml), err);
        if (status != TPK_OK) goto done;
    }
    status = assemble(cog, name, head, n, err);
    /* The scratch space is given back now: more rasters may be waiting to be assembled. */
    if (status == TPK_OK) {
        close(cog->scratch_fd);
        cog->scratch_fd = -1;
    }

done:
    tpk_free(name);
    tpk_free(head);
    return status;
}

tpk_status tpk_cog_publish(tpk_cog *cog, tpk_err *err)
{
    tpk_status status = TPK_OK;
    if (cog->aux_xml) {
        status = tpk_file_publish(cog->aux_path, err);
    } else {
        unlink(cog->aux_path); /* of an earlier raster of this name: it would speak of other cells */
    }
    if (status == TPK_OK) status = tpk_file_publish(cog->path, err);
    tpk_cog_abort(cog);
    return status;
}

tpk_status tpk_cog_close(tpk_cog *cog, tpk_err *err)
{
    tpk_status status = tpk_cog_finish(cog, err);
    if (status == TPK_OK) return tpk_cog_publish(cog, err);
    tpk_cog_abort(cog);
    return status;
}
