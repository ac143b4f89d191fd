/* PNG of at most 256 colours: the format of map tiles. */
#ifndef TPK_OUTPUT_PNG_H
#define TPK_OUTPUT_PNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct tpk_rgba {
    uint8_t r, g, b, a; /* a: 0 transparent, 255 opaque */
} tpk_rgba;

/* An 8-bit palette image (PNG second edition, colour type 3, not interlaced). pixels: height rows of width
 * indexes into palette, row-major, tightly packed. Entries of the palette beyond the highest index in use are
 * left out. The bytes depend on the arguments alone. TPK_ERR_ARGUMENT when a side is not 1 to 65,535,
 * TPK_ERR_MEMORY. Caller frees *bytes with tpk_free. Safe for many threads at a time. Source: W3C PNG. */
TPK_MUST_CHECK tpk_status tpk_png_encode(const uint8_t *pixels, int32_t width, int32_t height,
                                         const tpk_rgba palette[256], uint8_t **bytes, size_t *n,
                                         tpk_err *err);

#endif
