/* Layout after PKWARE's APPNOTE 6.3: local header, data, central directory of one entry, its end. All numbers
 * are little-endian. */
#include "output/zip.h"

#include <libdeflate.h>
#include <stdint.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/file.h"

enum { LOCAL_BYTES = 30, CENTRAL_BYTES = 46, END_BYTES = 22, LEVEL = 9 };
enum { VERSION = 20, UTF8_NAME = 1 << 11, DEFLATED = 8, FIRST_DOS_DAY = 1 << 5 | 1 };

typedef struct archive {
    uint8_t *bytes; /* owned */
    size_t n;
} archive;

static void put(archive *out, uint32_t value, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++) out->bytes[out->n++] = (uint8_t)(value >> (8 * i));
}

static void put_bytes(archive *out, const void *bytes, size_t n)
{
    memcpy(out->bytes + out->n, bytes, n);
    out->n += n;
}

/* What local header and central directory say of the entry alike. */
static void put_facts(archive *out, const char *name, uint32_t crc, size_t packed, size_t n)
{
    put(out, VERSION, 2);
    put(out, UTF8_NAME, 2);
    put(out, DEFLATED, 2);
    put(out, 0, 2); /* midnight */
    put(out, FIRST_DOS_DAY, 2);
    put(out, crc, 4);
    put(out, (uint32_t)packed, 4);
    put(out, (uint32_t)n, 4);
    put(out, (uint32_t)strlen(name), 2);
    put(out, 0, 2); /* no extra field */
}

static void put_directory(archive *out, const char *name, uint32_t crc, size_t packed, size_t n)
{
    size_t start = out->n;
    put(out, 0x02014b50, 4);
    put(out, VERSION, 2);
    put_facts(out, name, crc, packed, n);
    put(out, 0, 2); /* no comment */
    put(out, 0, 2); /* disk 0 */
    put(out, 0, 2); /* internal attributes */
    put(out, 0, 4); /* external attributes */
    put(out, 0, 4); /* the local header stands at the beginning */
    put_bytes(out, name, strlen(name));
    size_t length = out->n - start;
    put(out, 0x06054b50, 4);
    put(out, 0, 4); /* disk 0, both */
    put(out, 1, 2); /* entries here */
    put(out, 1, 2); /* entries in all */
    put(out, (uint32_t)length, 4);
    put(out, (uint32_t)start, 4);
    put(out, 0, 2); /* no comment */
}

static tpk_status pack(archive *out, struct libdeflate_compressor *compressor, const char *name,
                       const void *bytes, size_t n, tpk_err *err)
{
    size_t bound = libdeflate_deflate_compress_bound(compressor, n), name_bytes = strlen(name);
    out->bytes = tpk_alloc(LOCAL_BYTES + CENTRAL_BYTES + END_BYTES + 2 * name_bytes + bound, 1);
    if (!out->bytes) return tpk_err_memory(err);
    uint8_t *data = out->bytes + LOCAL_BYTES + name_bytes;
    size_t packed = libdeflate_deflate_compress(compressor, bytes, n, data, bound);
    uint32_t crc = libdeflate_crc32(0, bytes, n);
    put(out, 0x04034b50, 4);
    put_facts(out, name, crc, packed, n);
    put_bytes(out, name, name_bytes);
    out->n += packed;
    put_directory(out, name, crc, packed, n);
    return TPK_OK;
}

tpk_status tpk_zip_write(const char *path, const char *what, const char *name, const void *bytes, size_t n,
                         tpk_err *err)
{
    if (n >= UINT32_MAX - (1 << 20)) {
        return tpk_err_set(err, TPK_ERR_LIMIT, _("%s '%s' would be larger than 4 GB"), what, path);
    }
    archive out = {0};
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    tpk_status status = compressor ? pack(&out, compressor, name, bytes, n, err) : tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_file_write(path, what, out.bytes, out.n, err);
    tpk_free(out.bytes);
    libdeflate_free_compressor(compressor);
    return status;
}
