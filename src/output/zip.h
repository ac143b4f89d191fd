/* A zip archive that holds one file, such as a .qgz. */
#ifndef TPK_OUTPUT_ZIP_H
#define TPK_OUTPUT_ZIP_H

#include <stddef.h>

#include "base/status.h"

/* Writes an archive in which n bytes stand, deflated, under `name` (UTF-8). The same bytes in, the same bytes
 * out: the file's time is always 1 January 1980. `what` is the translated noun of a message. Atomic
 * (temporary name, rename). TPK_ERR_LIMIT for 4 GB or more, TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_zip_write(const char *path, const char *what, const char *name,
                                        const void *bytes, size_t n, tpk_err *err);

#endif
