/* One thread's block compressor: predictor, DEFLATE (libdeflate) or ZSTD, and GDAL's leader and trailer. */
#ifndef TPK_OUTPUT_CODEC_H
#define TPK_OUTPUT_CODEC_H

#include "output/pixels.h"

typedef struct tpk_codec tpk_codec;

/* rule is borrowed until the codec is freed. level 0: the writer's own choice. TPK_ERR_MEMORY. Caller frees
 * with tpk_codec_free. */
TPK_MUST_CHECK tpk_status tpk_codec_new(const tpk_pixel_rule *rule, tpk_compression compression, int level,
                                        tpk_codec **codec, tpk_err *err);
void tpk_codec_free(tpk_codec *codec);

bool tpk_codec_level_is_allowed(tpk_compression compression, int level, int *largest);

/* The values of the TIFF tags. */
uint16_t tpk_codec_predictor_tag(const tpk_pixel_rule *rule);
uint16_t tpk_codec_compression_tag(tpk_compression compression);

enum { TPK_RECORD_LEADER = 4, TPK_RECORD_TRAILER = 4 };

/* Compresses one block; a rectangle smaller than a block is extended by repeating its last column and row.
 * *record is leader, data and trailer, *n their length together. Borrowed until the next call. TPK_ERR_BUG.
 */
TPK_MUST_CHECK tpk_status tpk_codec_encode(tpk_codec *codec, tpk_pixels pixels, const uint8_t **record,
                                           size_t *n, tpk_err *err);

/* A quarter of a block for reducing what was just encoded. Borrowed. */
void *tpk_codec_reduced(tpk_codec *codec);

#endif
