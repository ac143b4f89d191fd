#include "input/shx.h"

#include <string.h>

#include "base/i18n.h"
#include "input/stream.h"

enum { HEADER_BYTES = 100, ENTRY_BYTES = 8, RECORD_HEADER_BYTES = 8, SMALLEST_CONTENT = 4, FILE_CODE = 9994 };
enum { UNWRITTEN_BYTES = 4096 }; /* a block of zeros; writers that pad do so by less */

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_big_endian(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

/* Lengths and offsets in the files count 16-bit words. */
static uint64_t words(const uint8_t *p)
{
    return (uint64_t)big_endian(p) * 2;
}

static tpk_status read_header(const char *path, tpk_stream *shp, uint8_t header[HEADER_BYTES], tpk_err *err)
{
    size_t got = tpk_stream_read(shp, 0, header, HEADER_BYTES);
    if (got < HEADER_BYTES) {
        return tpk_err_set(
            err, TPK_ERR_IO,
            _("'%s' is cut off: it has %zu bytes and a shapefile has at least 100; copy it again"), path,
            got);
    }
    if (big_endian(header) != FILE_CODE) {
        return tpk_err_set(err, TPK_ERR_IO, _("'%s' is not a shapefile, although its name ends in .shp"),
                           path);
    }
    return TPK_OK;
}

static tpk_status cut_off(const char *path, int64_t record, uint64_t end, uint64_t size, tpk_err *err)
{
    return tpk_err_set(
        err, TPK_ERR_IO,
        _("'%s' is cut off: record %lld (counting from 0) reaches to byte %llu, the file has %llu bytes; "
          "copy it again from its source"),
        path, (long long)record, (unsigned long long)end, (unsigned long long)size);
}

/* Takes the .shx file's entries when they agree with the record headers of the .shp file; else leaves
 * index->bytes NULL. */
static tpk_status take_existing(const tpk_sidecars *files, tpk_stream *shp, tpk_shx *index, tpk_err *err)
{
    tpk_stream *shx = NULL;
    if (!files->shx || tpk_stream_open(files->shx, &shx, NULL) != TPK_OK) return TPK_OK;
    tpk_status status = TPK_OK;
    uint8_t *bytes = NULL;
    uint64_t size = tpk_stream_size(shx), n = size < HEADER_BYTES ? 0 : (size - HEADER_BYTES) / ENTRY_BYTES;
    uint64_t most = index->shp_size / (RECORD_HEADER_BYTES + SMALLEST_CONTENT);
    if (size < HEADER_BYTES || (size - HEADER_BYTES) % ENTRY_BYTES != 0 || n > most) goto done;
    if (n == 0 && index->shp_size > HEADER_BYTES) goto done; /* an empty index of a file that is not */
    bytes = tpk_alloc(size, 1);
    if (!bytes) {
        status = tpk_err_memory(err);
        goto done;
    }
    if (tpk_stream_read(shx, 0, bytes, size) != size || big_endian(bytes) != FILE_CODE ||
        words(bytes + 24) != size) {
        goto done;
    }
    for (uint64_t i = 0; i < n; i++) {
        const uint8_t *entry = bytes + HEADER_BYTES + i * ENTRY_BYTES;
        uint64_t offset = words(entry), length = words(entry + 4);
        uint8_t record[RECORD_HEADER_BYTES];
        if (offset < HEADER_BYTES || length < SMALLEST_CONTENT ||
            tpk_stream_read(shp, offset, record, sizeof record) != sizeof record ||
            words(record + 4) != length) {
            goto done;
        }
        if (offset + RECORD_HEADER_BYTES + length > index->shp_size) {
            status =
                cut_off(files->shp, (int64_t)i, offset + RECORD_HEADER_BYTES + length, index->shp_size, err);
            goto done;
        }
    }
    index->bytes = bytes;
    index->n_bytes = size;
    index->n_records = (int32_t)n;
    bytes = NULL;
done:
    tpk_free(bytes);
    tpk_stream_close(shx);
    return status;
}

static bool add_entry(tpk_shx *index, size_t *capacity, uint64_t offset, uint64_t length)
{
    if (!tpk_grow(&index->bytes, capacity, index->n_bytes + ENTRY_BYTES, 1)) return false;
    put_big_endian(index->bytes + index->n_bytes, (uint32_t)(offset / 2));
    put_big_endian(index->bytes + index->n_bytes + 4, (uint32_t)(length / 2));
    index->n_bytes += ENTRY_BYTES;
    index->n_records++;
    return true;
}

/* Walks the .shp file from record to record. */
static tpk_status rebuild(const char *path, tpk_stream *shp, const uint8_t *header, tpk_shx *index,
                          tpk_err *err)
{
    size_t capacity = 0;
    if (!tpk_grow(&index->bytes, &capacity, HEADER_BYTES, 1)) return tpk_err_memory(err);
    memcpy(index->bytes, header, HEADER_BYTES);
    index->n_bytes = HEADER_BYTES;
    index->rebuilt = true;
    /* a writer that crashed leaves a header that says "empty" before its records */
    uint64_t stated = words(header + 24), limit = stated <= HEADER_BYTES ? index->shp_size : stated;
    uint64_t offset = HEADER_BYTES;
    while (offset < limit) {
        uint8_t record[RECORD_HEADER_BYTES];
        if (tpk_stream_read(shp, offset, record, sizeof record) != sizeof record) {
            return cut_off(path, index->n_records, limit, index->shp_size, err);
        }
        uint64_t length = words(record + 4), end = offset + RECORD_HEADER_BYTES + length;
        if (length < SMALLEST_CONTENT) {
            return tpk_err_set(err, TPK_ERR_DATA,
                               _("'%s' is damaged: record %ld (counting from 0) has a length of %llu bytes; "
                                 "copy the file again from its source"),
                               path, (long)index->n_records, (unsigned long long)length);
        }
        if (end > index->shp_size) return cut_off(path, index->n_records, end, index->shp_size, err);
        if (!add_entry(index, &capacity, offset, length)) return tpk_err_memory(err);
        offset = end;
    }
    put_big_endian(index->bytes + 24, (uint32_t)(index->n_bytes / 2));
    return TPK_OK;
}

/* Space that was set aside and never written: the file is longer than its header says, and holds zeros there.
 */
static tpk_status refuse_unwritten(const char *path, tpk_stream *shp, const uint8_t *header, uint64_t size,
                                   tpk_err *err)
{
    uint8_t beyond[UNWRITTEN_BYTES];
    uint64_t stated = words(header + 24);
    if (stated < HEADER_BYTES || size <= stated ||
        tpk_stream_read(shp, stated, beyond, sizeof beyond) != sizeof beyond)
        return TPK_OK;
    for (size_t i = 0; i < sizeof beyond; i++) {
        if (beyond[i]) return TPK_OK;
    }
    return tpk_err_set(err, TPK_ERR_IO,
                       _("'%s' has %.1f MB, but its header says that it ends at byte %llu and zeros follow: "
                         "part of its content may be missing, as after a copy or a program that broke off; "
                         "copy it again from its source"),
                       path, (double)size / 1e6, (unsigned long long)stated);
}

tpk_status tpk_shx_read(const tpk_sidecars *files, tpk_shx *index, tpk_err *err)
{
    *index = (tpk_shx){0};
    tpk_stream *shp = NULL;
    uint8_t header[HEADER_BYTES];
    tpk_status status = tpk_stream_open(files->shp, &shp, err);
    if (status == TPK_OK) {
        index->shp_size = tpk_stream_size(shp);
        status = read_header(files->shp, shp, header, err);
    }
    if (status == TPK_OK) status = refuse_unwritten(files->shp, shp, header, index->shp_size, err);
    if (status == TPK_OK) {
        index->shape_type = header[32];
        status = take_existing(files, shp, index, err);
    }
    if (status == TPK_OK && !index->bytes) status = rebuild(files->shp, shp, header, index, err);
    tpk_stream_close(shp);
    if (status != TPK_OK) tpk_shx_clear(index);
    return status;
}

void tpk_shx_clear(tpk_shx *index)
{
    tpk_free(index->bytes);
    *index = (tpk_shx){0};
}
