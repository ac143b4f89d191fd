/* shapelib's hooks carry no user data, so what FOpen must answer and what Error said are kept per thread. */
#include "input/shapelib.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "input/stream.h"

typedef struct opened {
    tpk_stream *stream;
    uint64_t position;
} opened;

/* What the next FOpen calls of this thread find. */
typedef struct answers {
    const char *shp, *dbf;
    const tpk_shx *index;
} answers;

static _Thread_local answers thread_answers;
static _Thread_local char thread_reason[256];
static _Thread_local bool
    thread_out_of_memory; /* a hook could not allocate: shapelib calls that "unable to open" */

/* NULL with TPK_OK: there is no such file. */
static tpk_status open_for(const char *extension, tpk_stream **stream)
{
    const char *path = tpk_text_equal_fold(extension, ".shp")   ? thread_answers.shp
                       : tpk_text_equal_fold(extension, ".dbf") ? thread_answers.dbf
                                                                : NULL;
    if (path) return tpk_stream_open(path, stream, NULL);
    const tpk_shx *index = tpk_text_equal_fold(extension, ".shx") ? thread_answers.index : NULL;
    if (!index) return TPK_OK;
    *stream = tpk_stream_over(index->bytes, index->n_bytes);
    return *stream ? TPK_OK : TPK_ERR_MEMORY;
}

static SAFile file_open(const char *name, const char *access)
{
    (void)access;
    const char *extension = strrchr(name, '.');
    tpk_stream *stream = NULL;
    tpk_status status = open_for(extension ? extension : "", &stream);
    opened *file = stream ? tpk_zalloc(1, sizeof *file) : NULL;
    if (status == TPK_ERR_MEMORY || (stream && !file)) thread_out_of_memory = true;
    if (!file) {
        tpk_stream_close(stream);
        return NULL;
    }
    file->stream = stream;
    return (SAFile)(void *)file;
}

static SAOffset file_read(void *to, SAOffset size, SAOffset n, SAFile handle)
{
    opened *file = (opened *)(void *)handle;
    size_t bytes;
    if (size == 0 || __builtin_mul_overflow(size, n, &bytes)) return 0;
    size_t got = tpk_stream_read(file->stream, file->position, to, bytes);
    file->position += got;
    return got / size;
}

static SAOffset file_write(void *from, SAOffset size, SAOffset n, SAFile handle)
{
    (void)from, (void)size, (void)n, (void)handle;
    return 0; /* inputs are never written */
}

static SAOffset file_seek(SAFile handle, SAOffset offset, int whence)
{
    opened *file = (opened *)(void *)handle;
    uint64_t base = whence == SEEK_CUR   ? file->position
                    : whence == SEEK_END ? tpk_stream_size(file->stream)
                                         : 0;
    file->position = base + offset;
    return 0;
}

static SAOffset file_tell(SAFile handle)
{
    const opened *file = (opened *)(void *)handle;
    return file->position;
}

static int file_flush(SAFile handle)
{
    (void)handle;
    return 0;
}

static int file_close(SAFile handle)
{
    opened *file = (opened *)(void *)handle;
    tpk_stream_close(file->stream);
    tpk_free(file);
    return 0;
}

static int file_remove(const char *name)
{
    (void)name;
    return -1;
}

static void keep_reason(const char *message)
{
    snprintf(thread_reason, sizeof thread_reason, "%s", message);
    for (char *c = thread_reason; *c; c++) {
        if (*c == '\n') *c = ' ';
    }
    size_t n = strlen(thread_reason);
    while (n > 0 && (thread_reason[n - 1] == ' ' || thread_reason[n - 1] == '.')) thread_reason[--n] = '\0';
}

static double to_number(const char *text)
{
    double number = 0;
    return tpk_text_to_number(text, &number) ? number : 0;
}

static SAHooks hooks_for(answers wanted)
{
    thread_answers = wanted;
    thread_reason[0] = '\0';
    thread_out_of_memory = false;
    return (SAHooks){.FOpen = file_open,
                     .FRead = file_read,
                     .FWrite = file_write,
                     .FSeek = file_seek,
                     .FTell = file_tell,
                     .FFlush = file_flush,
                     .FClose = file_close,
                     .Remove = file_remove,
                     .Error = keep_reason,
                     .Atof = to_number};
}

const char *tpk_shapelib_reason(void)
{
    return thread_reason[0] ? thread_reason : _("no reason given");
}

tpk_status tpk_shapelib_open_shp(const tpk_sidecars *files, const tpk_shx *index, SHPHandle *shp,
                                 tpk_err *err)
{
    SAHooks hooks = hooks_for((answers){.shp = files->shp, .index = index});
    *shp = SHPOpenLL("layer.shp", "rb", &hooks);
    thread_answers = (answers){0};
    if (*shp) return TPK_OK;
    if (thread_out_of_memory) return tpk_err_memory(err);
    return tpk_err_set(err, TPK_ERR_DATA, _("'%s' cannot be read as a shapefile: %s"), files->shp,
                       tpk_shapelib_reason());
}

tpk_status tpk_shapelib_open_dbf(const tpk_sidecars *files, DBFHandle *dbf, tpk_err *err)
{
    SAHooks hooks = hooks_for((answers){.dbf = files->dbf});
    *dbf = DBFOpenLL("layer.dbf", "rb", &hooks);
    thread_answers = (answers){0};
    if (*dbf) return TPK_OK;
    if (thread_out_of_memory) return tpk_err_memory(err);
    return tpk_err_set(err, TPK_ERR_DATA, _("'%s' cannot be read as a DBF table: %s"), files->dbf,
                       thread_reason[0] ? thread_reason : _("the descriptions of its fields are damaged"));
}
