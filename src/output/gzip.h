/* Packing for the way through the network, and for the tiles and directories of archives. */
#ifndef TPK_OUTPUT_GZIP_H
#define TPK_OUTPUT_GZIP_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* *packed: n bytes as gzip (RFC 1952), always the same bytes. TPK_ERR_MEMORY. Caller frees *packed with
 * tpk_free. */
TPK_MUST_CHECK tpk_status tpk_gzip(const void *bytes, size_t n, uint8_t **packed, size_t *n_packed,
                                   tpk_err *err);

#endif
