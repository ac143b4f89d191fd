/* SHA-256 of files, kept as long as identity, size and times of each stay: a large raster is read once. */
#ifndef TPK_OUTPUT_CHECKSUMS_H
#define TPK_OUTPUT_CHECKSUMS_H

#include <stddef.h>

#include "base/status.h"

typedef struct tpk_checksum tpk_checksum;

/* Initialise with {0}; one thread at a time. */
typedef struct tpk_checksums {
    tpk_checksum *items; /* owned */
    size_t n, capacity;
} tpk_checksums;
void tpk_checksums_clear(tpk_checksums *kept); /* safe twice */

/* The checksum of a file as it is now, 64 hexadecimal digits. Errors of tpk_file_sha256. */
TPK_MUST_CHECK tpk_status tpk_checksums_get(tpk_checksums *kept, const char *path, char hex[65],
                                            tpk_err *err);

#endif
