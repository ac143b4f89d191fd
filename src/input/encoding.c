#include "input/encoding.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct tpk_decoder {
    iconv_t handle;
};

/* dBase language drivers, from Esri's table "Language driver IDs" and GDAL's shapefile driver. */
static const struct {
    unsigned char driver;
    const char *name;
} DRIVERS[] = {
    {0x01, "CP437"},  {0x02, "CP850"},  {0x03, "CP1252"}, {0x08, "CP865"},  {0x09, "CP437"},  {0x0A, "CP850"},
    {0x0B, "CP437"},  {0x0D, "CP437"},  {0x0E, "CP850"},  {0x0F, "CP437"},  {0x10, "CP850"},  {0x11, "CP437"},
    {0x12, "CP850"},  {0x13, "CP932"},  {0x14, "CP850"},  {0x15, "CP437"},  {0x16, "CP850"},  {0x17, "CP865"},
    {0x18, "CP437"},  {0x19, "CP437"},  {0x1A, "CP850"},  {0x1B, "CP437"},  {0x1C, "CP863"},  {0x1D, "CP850"},
    {0x1F, "CP852"},  {0x22, "CP852"},  {0x23, "CP852"},  {0x24, "CP860"},  {0x25, "CP850"},  {0x26, "CP866"},
    {0x37, "CP850"},  {0x40, "CP852"},  {0x4D, "CP936"},  {0x4E, "CP949"},  {0x4F, "CP950"},  {0x50, "CP874"},
    {0x57, "CP1252"}, {0x58, "CP1252"}, {0x59, "CP1252"}, {0x64, "CP852"},  {0x65, "CP866"},  {0x66, "CP865"},
    {0x67, "CP861"},  {0x6A, "CP737"},  {0x6B, "CP857"},  {0x6C, "CP863"},  {0x78, "CP950"},  {0x79, "CP949"},
    {0x7A, "CP936"},  {0x7B, "CP932"},  {0x7C, "CP874"},  {0x86, "CP737"},  {0x87, "CP852"},  {0x88, "CP857"},
    {0xC8, "CP1250"}, {0xC9, "CP1251"}, {0xCA, "CP1254"}, {0xCB, "CP1253"}, {0xCC, "CP1257"},
};

const char *tpk_encoding_of_driver(int driver)
{
    for (size_t i = 0; i < sizeof DRIVERS / sizeof *DRIVERS; i++) {
        if (DRIVERS[i].driver == driver) return DRIVERS[i].name;
    }
    return NULL;
}

/* Upper case letters and digits only: "ISO-8859-1", "iso8859_1" and "ISO 88591" become one. */
static void squeeze(const char *said, char out[TPK_ENCODING_SIZE])
{
    size_t n = 0;
    for (; *said && n + 1 < TPK_ENCODING_SIZE; said++) {
        if (isalnum((unsigned char)*said)) out[n++] = (char)toupper((unsigned char)*said);
    }
    out[n] = '\0';
}

static const char *after_prefix(const char *text)
{
    static const char *const PREFIXES[] = {"WINDOWS", "ANSI", "OEM", "CODEPAGE", "CP", "IBM", "MS", "ISO"};
    for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
        size_t n = strlen(PREFIXES[i]);
        if (strncmp(text, PREFIXES[i], n) == 0 && isdigit((unsigned char)text[n])) return text + n;
    }
    return text;
}

static bool can_convert(const char *name)
{
    iconv_t handle = iconv_open("UTF-8", name);
    if (handle == (iconv_t)-1) return false;
    iconv_close(handle);
    return true;
}

bool tpk_encoding_find(const char *said, char name[TPK_ENCODING_SIZE])
{
    char squeezed[TPK_ENCODING_SIZE];
    squeeze(said, squeezed);
    const char *digits = after_prefix(squeezed);
    bool is_number = *digits && strspn(digits, "0123456789") == strlen(digits);
    if (strncmp(squeezed, "LDID", 4) == 0) {
        const char *driver = tpk_encoding_of_driver(atoi(squeezed + 4));
        snprintf(name, TPK_ENCODING_SIZE, "%s", driver ? driver : "");
    } else if (strcmp(squeezed, "UTF8") == 0 || strcmp(digits, "65001") == 0) {
        snprintf(name, TPK_ENCODING_SIZE, "UTF-8");
    } else if (is_number && strncmp(digits, "8859", 4) == 0 && digits[4]) {
        snprintf(name, TPK_ENCODING_SIZE, "ISO-8859-%.2s", digits + 4);
    } else if (is_number) {
        snprintf(name, TPK_ENCODING_SIZE, "CP%.8s", digits);
    } else {
        snprintf(name, TPK_ENCODING_SIZE, "%.*s", TPK_ENCODING_SIZE - 1, said);
        name[strcspn(name, " \t\r\n")] = '\0';
    }
    if (name[0] && can_convert(name)) return true;
    name[0] = '\0';
    return false;
}

tpk_decoder *tpk_decoder_new(const char *name)
{
    tpk_decoder *decoder = tpk_alloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->handle = iconv_open("UTF-8", name);
    if (decoder->handle != (iconv_t)-1) return decoder;
    tpk_free(decoder);
    return NULL;
}

void tpk_decoder_free(tpk_decoder *decoder)
{
    if (!decoder) return;
    iconv_close(decoder->handle);
    tpk_free(decoder);
}

bool tpk_decoder_add(tpk_decoder *decoder, const char *bytes, size_t n, tpk_text *text)
{
    char chunk[512];
    char *in = (char *)(uintptr_t)bytes; /* iconv takes a non-const pointer and does not write through it */
    iconv(decoder->handle, NULL, NULL, NULL, NULL);
    while (n > 0) {
        char *out = chunk;
        size_t room = sizeof chunk;
        size_t result = iconv(decoder->handle, &in, &n, &out, &room);
        tpk_text_add_bytes(text, chunk, sizeof chunk - room);
        if (result == (size_t)-1 && errno != E2BIG) return false;
    }
    return true;
}
