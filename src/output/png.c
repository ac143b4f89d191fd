#include "output/png.h"

#include <libdeflate.h>
#include <string.h>

#include "base/mem.h"

enum {
    N_COLORS = 256,
    LEVEL = 2,         /* of DEFLATE: a tile is sent once, time counts more than bytes */
    CHUNK_FRAME = 12,  /* length, type, CRC */
    HEADER_BYTES = 13, /* of the data of IHDR */
    BEFORE_DATA = 8 + 3 * CHUNK_FRAME + HEADER_BYTES + 3 * N_COLORS + N_COLORS
};

struct tpk_png {
    int side;
    struct libdeflate_compressor *compressor; /* library memory: libdeflate's */
    uint8_t *rows;                            /* each with its filter byte before it */
};

tpk_status tpk_png_new(int side, tpk_png **png, tpk_err *err)
{
    *png = NULL;
    tpk_png *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->side = side;
    made->compressor = libdeflate_alloc_compressor(LEVEL);
    made->rows = tpk_alloc((size_t)side, (size_t)side + 1);
    if (!made->compressor || !made->rows) {
        tpk_png_free(made);
        return tpk_err_memory(err);
    }
    *png = made;
    return TPK_OK;
}

void tpk_png_free(tpk_png *png)
{
    if (!png) return;
    libdeflate_free_compressor(png->compressor);
    tpk_free(png->rows);
    tpk_free(png);
}

static uint8_t *put_u32(uint8_t *to, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8) *to++ = (uint8_t)(value >> shift);
    return to;
}

/* A chunk whose n bytes of data stand behind the room for length and type already. Returns where it ends. */
static uint8_t *close_chunk(uint8_t *chunk, const char type[4], size_t n)
{
    put_u32(chunk, (uint32_t)n);
    memcpy(chunk + 4, type, 4);
    return put_u32(chunk + 8 + n, libdeflate_crc32(0, chunk + 4, n + 4));
}

static uint8_t *put_header(uint8_t *to, int side)
{
    static const uint8_t INDEXED_8_BITS[] = {8, 3, 0, 0, 0};
    uint8_t *data = put_u32(put_u32(to + 8, (uint32_t)side), (uint32_t)side);
    memcpy(data, INDEXED_8_BITS, sizeof INDEXED_8_BITS);
    return close_chunk(to, "IHDR", HEADER_BYTES);
}

static uint8_t *put_palette(uint8_t *to, const tpk_rgba palette[N_COLORS])
{
    for (int i = 0; i < N_COLORS; i++) {
        const uint8_t rgb[] = {palette[i].r, palette[i].g, palette[i].b};
        memcpy(to + 8 + 3 * i, rgb, sizeof rgb);
    }
    to = close_chunk(to, "PLTE", 3 * N_COLORS);
    for (int i = 0; i < N_COLORS; i++) to[8 + i] = palette[i].a;
    return close_chunk(to, "tRNS", N_COLORS);
}

tpk_status tpk_png_encode(tpk_png *png, const uint8_t *pixels, const tpk_rgba palette[N_COLORS],
                          uint8_t **bytes, size_t *n, tpk_err *err)
{
    static const uint8_t SIGNATURE[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    size_t side = (size_t)png->side, n_rows = side * (side + 1);
    *bytes = NULL;
    for (size_t row = 0; row < side; row++) {
        png->rows[row * (side + 1)] = 0; /* no filter: numbers of colours are no magnitudes */
        memcpy(png->rows + row * (side + 1) + 1, pixels + row * side, side);
    }
    size_t room = libdeflate_zlib_compress_bound(png->compressor, n_rows);
    uint8_t *file = tpk_alloc(BEFORE_DATA + room + 2 * CHUNK_FRAME, 1);
    if (!file) return tpk_err_memory(err);
    memcpy(file, SIGNATURE, sizeof SIGNATURE);
    uint8_t *data = put_palette(put_header(file + sizeof SIGNATURE, png->side), palette);
    size_t packed = libdeflate_zlib_compress(png->compressor, png->rows, n_rows, data + 8, room);
    uint8_t *end = close_chunk(close_chunk(data, "IDAT", packed), "IEND", 0);
    *n = (size_t)(end - file);
    *bytes = file;
    return TPK_OK;
}
