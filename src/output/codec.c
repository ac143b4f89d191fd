#include "output/codec.h"

#include <libdeflate.h>
#include <string.h>
#include <zstd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/simd.h"

enum { SIDE = TPK_BLOCK_SIDE }; /* of the largest block */

/* Levels and predictors were measured on smooth float scores, class patches and reason bits, 512 x 512
 * blocks: floats with predictor 3 shrink to 0.43 at 192 MB/s (DEFLATE 1), 0.42 at 165 (2) and 0.44 at 422
 * (ZSTD 1), against 0.61 to 0.85 with predictor 2 or none. Integers gain nothing from a predictor, and
 * DEFLATE 2 is faster on them than 1. Several bands: differences of neighbouring cells. */
enum { DEFLATE_FLOAT = 1, DEFLATE_INTEGER = 2, ZSTD_ANY = 1, DEFLATE_LARGEST = 12, ZSTD_LARGEST = 19 };

struct tpk_codec {
    const tpk_pixel_rule *rule; /* borrowed */
    size_t block_bytes, room;
    int zstd_level;
    uint8_t *staged;                       /* owned; the block as it is handed to the compressor */
    uint8_t *record;                       /* owned; room bytes */
    uint8_t *reduced;                      /* owned */
    struct libdeflate_compressor *deflate; /* owned; or NULL */
    ZSTD_CCtx *zstd;                       /* owned; or NULL */
};

bool tpk_codec_level_is_allowed(tpk_compression compression, int level, int *largest)
{
    *largest = compression == TPK_COMPRESS_DEFLATE ? DEFLATE_LARGEST : ZSTD_LARGEST;
    return level >= 0 && level <= *largest;
}

uint16_t tpk_codec_predictor_tag(const tpk_pixel_rule *rule)
{
    return rule->is_banded ? 2 : rule->pixel == TPK_PIXEL_F32 ? 3 : 1;
}

uint16_t tpk_codec_compression_tag(tpk_compression compression)
{
    return compression == TPK_COMPRESS_DEFLATE ? 8 : 50000;
}

void tpk_codec_free(tpk_codec *codec)
{
    if (!codec) return;
    ZSTD_freeCCtx(codec->zstd);
    libdeflate_free_compressor(codec->deflate);
    tpk_free(codec->reduced);
    tpk_free(codec->record);
    tpk_free(codec->staged);
    tpk_free(codec);
}

static bool fill_codec(tpk_codec *codec, tpk_compression compression, int level)
{
    size_t bound;
    if (compression == TPK_COMPRESS_DEFLATE) {
        int own = codec->rule->pixel == TPK_PIXEL_F32 ? DEFLATE_FLOAT : DEFLATE_INTEGER;
        codec->deflate = libdeflate_alloc_compressor(level ? level : own);
        if (!codec->deflate) return false;
        bound = libdeflate_zlib_compress_bound(codec->deflate, codec->block_bytes);
    } else {
        codec->zstd_level = level ? level : ZSTD_ANY;
        codec->zstd = ZSTD_createCCtx();
        if (!codec->zstd) return false;
        bound = ZSTD_compressBound(codec->block_bytes);
    }
    codec->room = TPK_RECORD_LEADER + bound + TPK_RECORD_TRAILER;
    codec->record = tpk_alloc(codec->room, 1);
    codec->staged = tpk_alloc_aligned(codec->block_bytes, 1);
    codec->reduced = tpk_alloc_aligned(codec->block_bytes / 4, 1);
    return codec->record && codec->staged && codec->reduced;
}

tpk_status tpk_codec_new(const tpk_pixel_rule *rule, tpk_compression compression, int level,
                         tpk_codec **codec, tpk_err *err)
{
    *codec = NULL;
    tpk_codec *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->rule = rule;
    made->block_bytes = (size_t)rule->side * (size_t)rule->side * rule->cell_bytes;
    if (!fill_codec(made, compression, level)) {
        tpk_codec_free(made);
        return tpk_err_memory(err);
    }
    *codec = made;
    return TPK_OK;
}

/* TIFF Technical Note 3: the four bytes of the row's floats in four planes, most significant first, then
 * differences of neighbouring bytes over the whole row. */
TPK_SIMD static void predict_float_row(const uint32_t *bits, uint8_t *out)
{
    uint8_t planes[4 * SIDE + 1];
    planes[0] = 0;
    for (int i = 0; i < SIDE; i++) {
        uint32_t magnitude = bits[i] & 0x7FFFFFFF;
        uint32_t v = magnitude > 0x7F800000 ? 0x7FC00000 : bits[i]; /* every NaN as the canonical one */
        planes[1 + i] = (uint8_t)(v >> 24);
        planes[1 + SIDE + i] = (uint8_t)(v >> 16);
        planes[1 + 2 * SIDE + i] = (uint8_t)(v >> 8);
        planes[1 + 3 * SIDE + i] = (uint8_t)v;
    }
    for (int i = 0; i < 4 * SIDE; i++) out[i] = (uint8_t)(planes[i + 1] - planes[i]);
}

/* TIFF 6.0, section 14: each sample less the one before it of the same band, from the row's end. */
static void predict_banded_row(const tpk_pixel_rule *rule, uint8_t *row)
{
    size_t n_bands = (size_t)rule->n_bands, n = (size_t)rule->side * n_bands;
    if (rule->pixel == TPK_PIXEL_U8) {
        for (size_t i = n; i-- > n_bands;) row[i] = (uint8_t)(row[i] - row[i - n_bands]);
        return;
    }
    uint16_t *samples = (uint16_t *)(void *)row;
    for (size_t i = n; i-- > n_bands;) samples[i] = (uint16_t)(samples[i] - samples[i - n_bands]);
}

/* Repeats the last column over the rest of the row. */
static void extend_row(const tpk_pixel_rule *rule, uint8_t *row, int32_t n_cols)
{
    size_t size = rule->cell_bytes;
    for (int32_t c = n_cols; c < rule->side; c++)
        memcpy(row + size * (size_t)c, row + size * (size_t)(n_cols - 1), size);
}

static void stage(tpk_codec *codec, tpk_pixels pixels)
{
    const tpk_pixel_rule *rule = codec->rule;
    size_t row_bytes = (size_t)rule->side * rule->cell_bytes;
    bool is_float = rule->pixel == TPK_PIXEL_F32;
    _Alignas(64) uint8_t row[4 * SIDE];
    for (int32_t r = 0; r < rule->side; r++) {
        uint8_t *out = codec->staged + (size_t)r * row_bytes;
        if (r >= pixels.n_rows) {
            memcpy(out, out - row_bytes, row_bytes);
            continue;
        }
        tpk_pixels one = pixels;
        one.n_rows = 1;
        if (one.pixels)
            one.pixels = (const char *)pixels.pixels + (size_t)(r * pixels.stride) * rule->cell_bytes;
        uint8_t *target = is_float ? row : out;
        tpk_pixels_copy(rule, one, target, rule->side);
        extend_row(rule, target, pixels.n_cols);
        if (is_float) predict_float_row((const uint32_t *)(const void *)row, out);
        if (rule->is_banded) predict_banded_row(rule, out);
    }
}

tpk_status tpk_codec_encode(tpk_codec *codec, tpk_pixels pixels, const uint8_t **record, size_t *n,
                            tpk_err *err)
{
    *record = NULL;
    *n = 0;
    stage(codec, pixels);
    uint8_t *data = codec->record + TPK_RECORD_LEADER;
    size_t room = codec->room - TPK_RECORD_LEADER - TPK_RECORD_TRAILER, size;
    if (codec->deflate) {
        size = libdeflate_zlib_compress(codec->deflate, codec->staged, codec->block_bytes, data, room);
    } else {
        size =
            ZSTD_compressCCtx(codec->zstd, data, room, codec->staged, codec->block_bytes, codec->zstd_level);
        if (ZSTD_isError(size)) size = 0;
    }
    if (size < 4) return tpk_err_set(err, TPK_ERR_BUG, _("a raster block could not be compressed"));
    uint32_t leader = (uint32_t)size;
    memcpy(codec->record, &leader, TPK_RECORD_LEADER);
    memcpy(data + size, data + size - 4, TPK_RECORD_TRAILER);
    *record = codec->record;
    *n = TPK_RECORD_LEADER + size + TPK_RECORD_TRAILER;
    return TPK_OK;
}

void *tpk_codec_reduced(tpk_codec *codec)
{
    return codec->reduced;
}
