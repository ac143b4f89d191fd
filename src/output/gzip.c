#include "output/gzip.h"

#include <libdeflate.h>

#include "base/mem.h"

enum { LEVEL = 6 };

tpk_status tpk_gzip(const void *bytes, size_t n, uint8_t **packed, size_t *n_packed, tpk_err *err)
{
    *packed = NULL;
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    if (!compressor) return tpk_err_memory(err);
    size_t room = libdeflate_gzip_compress_bound(compressor, n);
    uint8_t *made = tpk_alloc(room, 1);
    if (made) *n_packed = libdeflate_gzip_compress(compressor, bytes, n, made, room);
    libdeflate_free_compressor(compressor);
    *packed = made;
    return made ? TPK_OK : tpk_err_memory(err);
}
