#include "output/base64.h"

#include <stdint.h>

void tpk_base64_add(tpk_text *text, const void *bytes, size_t n)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *from = bytes;
    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        uint32_t bits = (uint32_t)from[i] << 16;
        if (left > 1) bits |= (uint32_t)from[i + 1] << 8;
        if (left > 2) bits |= from[i + 2];
        const char four[] = {LETTERS[bits >> 18], LETTERS[bits >> 12 & 63],
                             left > 1 ? LETTERS[bits >> 6 & 63] : '=', left > 2 ? LETTERS[bits & 63] : '='};
        tpk_text_add_bytes(text, four, sizeof four);
    }
}
