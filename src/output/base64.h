/* Bytes as text (RFC 4648, section 4, with padding). */
#ifndef TPK_OUTPUT_BASE64_H
#define TPK_OUTPUT_BASE64_H

#include "base/text.h"

void tpk_base64_add(tpk_text *text, const void *bytes, size_t n);

#endif
