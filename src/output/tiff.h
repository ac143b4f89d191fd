/* The bytes of a TIFF's head: signature, GDAL's structural metadata, directories (TIFF 6.0 and BigTIFF). */
#ifndef TPK_OUTPUT_TIFF_H
#define TPK_OUTPUT_TIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef enum tpk_tiff_type {
    TPK_TIFF_ASCII = 2,
    TPK_TIFF_SHORT = 3,
    TPK_TIFF_LONG = 4,
    TPK_TIFF_DOUBLE = 12,
    TPK_TIFF_LONG8 = 16 /* BigTIFF only */
} tpk_tiff_type;

typedef struct tpk_tiff_tag {
    uint16_t tag;
    tpk_tiff_type type;
    uint64_t count;
    const void *values; /* borrowed; count values in the machine's byte order */
} tpk_tiff_tag;

/* Appends signature and structural metadata to an empty text (used as a byte buffer). The first directory
 * comes right behind; its offset is text->length afterwards. */
void tpk_tiff_add_head(tpk_text *bytes, bool big);

/* Appends one directory and the values that do not fit into it. tags rise by number. is_last: no directory
 * follows; else the next one is appended right behind. Its length depends on types and counts alone, not on
 * values. */
void tpk_tiff_add_directory(tpk_text *bytes, bool big, const tpk_tiff_tag *tags, size_t n, bool is_last);

/* Finds a tag in the first directory of a classic little-endian TIFF in memory; false when absent or damaged.
 * tag->values points into file and may be unaligned. */
bool tpk_tiff_find(const uint8_t *file, size_t size, uint16_t number, tpk_tiff_tag *tag);

#endif
