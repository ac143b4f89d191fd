#include "input/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"

enum { BUFFER_BYTES = 1 << 16 };

struct tpk_stream {
    int fd;                /* -1: over memory */
    const uint8_t *memory; /* borrowed */
    uint64_t size;
    uint64_t buffer_start;
    size_t buffer_n;
    uint8_t buffer[BUFFER_BYTES];
};

static tpk_status cannot_read(const char *path, const char *reason, tpk_err *err)
{
    return tpk_err_set(err, TPK_ERR_IO, _("'%s' cannot be read: %s"), path, reason);
}

tpk_status tpk_stream_open(const char *path, tpk_stream **stream, tpk_err *err)
{
    *stream = NULL;
    int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not waiting: a pipe must not hang the program */
    if (fd < 0) return cannot_read(path, strerror(errno), err);
    struct stat facts;
    tpk_status status = TPK_OK;
    if (fstat(fd, &facts) != 0) {
        status = cannot_read(path, strerror(errno), err);
    } else if (!S_ISREG(facts.st_mode)) {
        status = cannot_read(
            path, S_ISDIR(facts.st_mode) ? _("it is a folder") : _("it is not a regular file"), err);
    } else {
        *stream = tpk_zalloc(1, sizeof **stream);
        if (!*stream) status = tpk_err_memory(err);
    }
    if (status != TPK_OK) {
        close(fd);
        return status;
    }
    (*stream)->fd = fd;
    (*stream)->size = (uint64_t)facts.st_size;
    return TPK_OK;
}

tpk_stream *tpk_stream_over(const uint8_t *bytes, size_t n)
{
    tpk_stream *stream = tpk_zalloc(1, sizeof *stream);
    if (!stream) return NULL;
    stream->fd = -1;
    stream->memory = bytes;
    stream->size = n;
    return stream;
}

void tpk_stream_close(tpk_stream *stream)
{
    if (!stream) return;
    if (stream->fd >= 0) close(stream->fd);
    tpk_free(stream);
}

uint64_t tpk_stream_size(const tpk_stream *stream)
{
    return stream->size;
}

static size_t read_file(int fd, uint64_t offset, uint8_t *to, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = pread(fd, to + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += (size_t)got;
    }
    return done;
}

size_t tpk_stream_read(tpk_stream *stream, uint64_t offset, void *to, size_t n)
{
    if (offset >= stream->size) return 0;
    if (n > stream->size - offset) n = (size_t)(stream->size - offset);
    if (stream->memory) {
        memcpy(to, stream->memory + offset, n);
        return n;
    }
    if (n > BUFFER_BYTES / 2) return read_file(stream->fd, offset, to, n);
    if (offset < stream->buffer_start || offset + n > stream->buffer_start + stream->buffer_n) {
        stream->buffer_n = read_file(stream->fd, offset, stream->buffer, BUFFER_BYTES);
        stream->buffer_start = offset;
        if (n > stream->buffer_n) n = stream->buffer_n;
    }
    memcpy(to, stream->buffer + (offset - stream->buffer_start), n);
    return n;
}

tpk_status tpk_stream_text(const char *path, size_t limit, char **text, tpk_err *err)
{
    *text = NULL;
    tpk_stream *stream = NULL;
    tpk_status status = tpk_stream_open(path, &stream, err);
    if (status != TPK_OK) return status;
    size_t n = stream->size < limit ? (size_t)stream->size : limit;
    char *read = tpk_alloc(n + 1, 1);
    if (read) {
        read[tpk_stream_read(stream, 0, read, n)] = '\0';
        *text = read;
    } else {
        status = tpk_err_memory(err);
    }
    tpk_stream_close(stream);
    return status;
}
