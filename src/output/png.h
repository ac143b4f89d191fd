/* Small pictures of at most 256 colours as PNG (ISO/IEC 15948): what a map tile is. */
#ifndef TPK_OUTPUT_PNG_H
#define TPK_OUTPUT_PNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct tpk_rgba {
    uint8_t r, g, b, a; /* a: 0 transparent to 255 */
} tpk_rgba;

/* One thread's encoder for pictures of side x side pixels, side 1 to 4096. TPK_ERR_MEMORY. Caller frees with
 * tpk_png_free. */
typedef struct tpk_png tpk_png;
TPK_MUST_CHECK tpk_status tpk_png_new(int side, tpk_png **png, tpk_err *err);
void tpk_png_free(tpk_png *png); /* NULL is allowed */

/* pixels: side x side numbers of colours, rows from the top. TPK_ERR_MEMORY. Caller frees *bytes with
 * tpk_free. */
TPK_MUST_CHECK tpk_status tpk_png_encode(tpk_png *png, const uint8_t *pixels, const tpk_rgba palette[256],
                                         uint8_t **bytes, size_t *n, tpk_err *err);

#endif
