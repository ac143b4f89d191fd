/* Bytes at a place of a file or of a memory block, buffered: the ground on which shapelib and the index
 * checks read. */
#ifndef TPK_INPUT_STREAM_H
#define TPK_INPUT_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct tpk_stream tpk_stream;

/* A regular file. TPK_ERR_IO with the system's reason (also for a folder). Caller closes with
 * tpk_stream_close. */
TPK_MUST_CHECK tpk_status tpk_stream_open(const char *path, tpk_stream **stream, tpk_err *err);

/* bytes is borrowed and must outlive the stream. NULL when memory is exhausted. */
tpk_stream *tpk_stream_over(const uint8_t *bytes, size_t n);
void tpk_stream_close(tpk_stream *stream); /* NULL is allowed */

uint64_t tpk_stream_size(const tpk_stream *stream);

/* Copies up to n bytes from offset; returns how many there were (fewer at the end, or where the disk fails).
 */
size_t tpk_stream_read(tpk_stream *stream, uint64_t offset, void *to, size_t n);

/* A whole small file as text with a terminator; at most `limit` bytes of it. Caller frees with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_stream_text(const char *path, size_t limit, char **text, tpk_err *err);

#endif
