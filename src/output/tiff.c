#include "output/tiff.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the files written are little-endian, like the machine");

/* The blank before the last line feed leaves room for GDAL to turn NO into YES when it edits the file. */
static const char STRUCTURE[] = "LAYOUT=IFDS_BEFORE_DATA\n"
                                "BLOCK_ORDER=ROW_MAJOR\n"
                                "BLOCK_LEADER=SIZE_AS_UINT4\n"
                                "BLOCK_TRAILER=LAST_4_BYTES_REPEATED\n"
                                "KNOWN_INCOMPATIBLE_EDITION=NO\n ";

static size_t type_size(tpk_tiff_type type)
{
    switch (type) {
    case TPK_TIFF_ASCII: return 1;
    case TPK_TIFF_SHORT: return 2;
    case TPK_TIFF_LONG: return 4;
    case TPK_TIFF_DOUBLE:
    case TPK_TIFF_LONG8: return 8;
    }
    return 1;
}

static void add_number(tpk_text *bytes, uint64_t number, size_t size)
{
    tpk_text_add_bytes(bytes, (const char *)&number, size);
}

/* Directories and values start at even offsets. */
static void pad_to_even(tpk_text *bytes)
{
    if (bytes->length % 2 != 0) tpk_text_add_bytes(bytes, "", 1);
}

void tpk_tiff_add_head(tpk_text *bytes, bool big)
{
    size_t head = big ? 16 : 8;
    size_t metadata = sizeof "GDAL_STRUCTURAL_METADATA_SIZE=000000 bytes\n" - 1 + sizeof STRUCTURE - 1;
    uint64_t first = (head + metadata + 1) / 2 * 2;
    tpk_text_add_bytes(bytes, "II", 2);
    add_number(bytes, big ? 43 : 42, 2);
    if (big) add_number(bytes, 8, 4); /* bytes an offset, then a constant 0 */
    add_number(bytes, first, big ? 8 : 4);
    tpk_text_addf(bytes, "GDAL_STRUCTURAL_METADATA_SIZE=%06zu bytes\n", sizeof STRUCTURE - 1);
    tpk_text_add_bytes(bytes, STRUCTURE, sizeof STRUCTURE - 1);
    pad_to_even(bytes);
}

void tpk_tiff_add_directory(tpk_text *bytes, bool big, const tpk_tiff_tag *tags, size_t n, bool is_last)
{
    size_t word = big ? 8 : 4; /* of counts and offsets; also the room for values inside an entry */
    size_t start = bytes->length;
    uint64_t outside = start + (big ? 8 : 2) + n * (4 + 2 * word) + word;
    outside = (outside + 1) / 2 * 2;
    uint64_t end = outside;
    for (size_t i = 0; i < n; i++) {
        uint64_t size = tags[i].count * type_size(tags[i].type);
        if (size > word) end += (size + 1) / 2 * 2;
    }
    add_number(bytes, n, big ? 8 : 2);
    for (size_t i = 0; i < n; i++) {
        size_t size = (size_t)tags[i].count * type_size(tags[i].type);
        add_number(bytes, tags[i].tag, 2);
        add_number(bytes, tags[i].type, 2);
        add_number(bytes, tags[i].count, word);
        uint64_t cell = outside;
        if (size <= word) {
            cell = 0;
            memcpy(&cell, tags[i].values, size);
        } else {
            outside += (size + 1) / 2 * 2;
        }
        add_number(bytes, cell, word);
    }
    add_number(bytes, is_last ? 0 : end, word);
    pad_to_even(bytes);
    for (size_t i = 0; i < n; i++) {
        size_t size = (size_t)tags[i].count * type_size(tags[i].type);
        if (size <= word) continue;
        tpk_text_add_bytes(bytes, tags[i].values, size);
        pad_to_even(bytes);
    }
}

static uint32_t read_number(const uint8_t *at, size_t size)
{
    uint32_t number = 0;
    memcpy(&number, at, size);
    return number;
}

bool tpk_tiff_find(const uint8_t *file, size_t size, uint16_t number, tpk_tiff_tag *tag)
{
    if (size < 8 || memcmp(file, "II*", 4) != 0) return false;
    size_t at = read_number(file + 4, 4);
    if (at > size || size - at < 2) return false;
    size_t n = read_number(file + at, 2);
    at += 2;
    for (size_t i = 0; i < n && size - at >= 12; i++, at += 12) {
        if (read_number(file + at, 2) != number) continue;
        tag->tag = number;
        tag->type = (tpk_tiff_type)read_number(file + at + 2, 2);
        tag->count = read_number(file + at + 4, 4);
        size_t length = (size_t)tag->count * type_size(tag->type);
        size_t place = length <= 4 ? at + 8 : read_number(file + at + 8, 4);
        tag->values = file + place;
        return place <= size && length <= size - place;
    }
    return false;
}
