/* Files that appear whole or not at all. */
#ifndef TPK_OUTPUT_FILE_H
#define TPK_OUTPUT_FILE_H

#include <stddef.h>

#include "base/status.h"

/* The temporary name beside path (same folder, starts with a dot, ends in ".part"). Caller frees with tpk_free; NULL: no memory. */
char *tpk_file_temporary(const char *path);

/* Writes n bytes to the temporary name of path, without renaming. TPK_ERR_IO names path, the system's reason, and for a full disk the space
 * that is free. */
TPK_MUST_CHECK tpk_status tpk_file_write_temporary(const char *path, const void *bytes, size_t n, tpk_err *err);

/* Renames the temporary file over path (atomic on POSIX). */
TPK_MUST_CHECK tpk_status tpk_file_publish(const char *path, tpk_err *err);
void tpk_file_discard(const char *path); /* removes the temporary file if there is one */

/* Makes a folder and its parents. TPK_ERR_IO when it cannot, or when path is a file. */
TPK_MUST_CHECK tpk_status tpk_folder_make(const char *path, tpk_err *err);

/* The wording of a failed write, with free space when errno says the disk is full. Returns TPK_ERR_IO. */
tpk_status tpk_file_error(tpk_err *err, const char *what, const char *path, int errno_value);

#endif
