/* Text packed for its way through the network. */
#ifndef TPK_OUTPUT_GZIP_H
#define TPK_OUTPUT_GZIP_H

#include <stddef.h>

#include "base/status.h"

/* *packed: n bytes as gzip (RFC 1952). TPK_ERR_MEMORY. Caller frees *packed with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_gzip(const char *bytes, size_t n, char **packed, size_t *n_packed,
                                   tpk_err *err);

#endif
