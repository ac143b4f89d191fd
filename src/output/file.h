/* Files that appear whole or not at all. */
#ifndef TPK_OUTPUT_FILE_H
#define TPK_OUTPUT_FILE_H

#include <stddef.h>
#include <sys/stat.h>

#include "base/status.h"

/* The temporary name beside path (same folder, starts with a dot, ends in ".part"). Caller frees with
 * tpk_free; NULL: no memory. */
char *tpk_file_temporary(const char *path);

/* Writes n bytes to the temporary name of path, without renaming; on failure no temporary file is left.
 * `what` is the translated noun of a message ("the style"). TPK_ERR_IO names path, the system's reason, and
 * for a full disk the space that is free; TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_file_write_temporary(const char *path, const char *what, const void *bytes,
                                                   size_t n, tpk_err *err);

/* Renames the temporary file over path (atomic on POSIX); on failure the temporary file is removed. */
TPK_MUST_CHECK tpk_status tpk_file_publish(const char *path, tpk_err *err);
void tpk_file_discard(const char *path); /* removes the temporary file if there is one */

/* Write and publish in one step. */
TPK_MUST_CHECK tpk_status tpk_file_write(const char *path, const char *what, const void *bytes, size_t n,
                                         tpk_err *err);

/* When a file was written last: "2026-11-24T20:01:03.000000001Z". */
void tpk_file_modified(const struct stat *facts, char text[64]);

/* TPK_ERR_IO when a folder stands where the file is to be written. */
TPK_MUST_CHECK tpk_status tpk_file_check_target(const char *path, tpk_err *err);

/* Makes a folder and its parents. TPK_ERR_IO when it cannot, or when path is a file. */
TPK_MUST_CHECK tpk_status tpk_folder_make(const char *path, tpk_err *err);

/* Writes all n bytes to an open file, at `offset` or, when that is negative, where the file stands. Returns 0
 * or an errno value. Safe for many threads when offset is given. */
int tpk_file_put(int fd, const void *bytes, size_t n, long long offset);

/* Bytes that an ordinary user may still write in path's folder; negative when the system cannot tell. */
double tpk_file_free_bytes(const char *path);

/* The wording of a failed write, with free space when errno says the disk is full (needed_bytes: how much
 * more is wanted, 0 when unknown). Returns TPK_ERR_IO. */
tpk_status tpk_file_error(tpk_err *err, const char *what, const char *path, int errno_value,
                          double needed_bytes);

#endif
