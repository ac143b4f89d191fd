#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool reserve(tpk_text *text, size_t extra)
{
    if (text->failed) return false;
    if (extra > SIZE_MAX - text->length - 1 ||
        !tpk_grow(&text->data, &text->capacity, text->length + extra + 1, 1)) {
        text->failed = true;
        return false;
    }
    return true;
}

void tpk_text_add_bytes(tpk_text *text, const char *bytes, size_t n)
{
    if (!reserve(text, n)) return;
    memcpy(text->data + text->length, bytes, n);
    text->length += n;
    text->data[text->length] = '\0';
}

void tpk_text_add(tpk_text *text, const char *piece)
{
    tpk_text_add_bytes(text, piece, strlen(piece));
}

void tpk_text_addf(tpk_text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n >= 0 && reserve(text, (size_t)n)) {
        vsnprintf(text->data + text->length, (size_t)n + 1, format, again);
        text->length += (size_t)n;
    }
    va_end(again);
}

tpk_status tpk_text_take(tpk_text *text, char **out, tpk_err *err)
{
    *out = NULL;
    if (text->failed || !reserve(text, 0)) {
        tpk_text_clear(text);
        return tpk_err_memory(err);
    }
    text->data[text->length] = '\0';
    *out = text->data;
    *text = (tpk_text){0};
    return TPK_OK;
}

void tpk_text_clear(tpk_text *text)
{
    tpk_free(text->data);
    *text = (tpk_text){0};
}

bool tpk_text_to_number(const char *text, double *number)
{
    size_t n = strlen(text);
    if (n == 0 || strspn(text, "0123456789+-.eE") != n) return false;
    static const char POINT = '.';
    char local[64];
    char local_point = *localeconv()->decimal_point;
    if (n >= sizeof local) return false;
    for (size_t i = 0; i <= n; i++) local[i] = text[i] == POINT ? local_point : text[i];
    char *end;
    double value = strtod(local, &end);
    if (*end != '\0' || !isfinite(value)) return false;
    *number = value;
    return true;
}

char *tpk_text_from_number(double number, char buffer[32])
{
    double back = 0;
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(buffer, 32, "%.*g", digits, number);
        back = strtod(buffer, NULL);
        if (back == number || isnan(number)) break;
    }
    if (fabs(number) < 1e15 && number == floor(number))
        snprintf(buffer, 32, "%.0f", number == 0 ? 0.0 : number);
    char *comma = strchr(buffer, ',');
    if (comma) *comma = '.';
    return buffer;
}

static char fold(char c)
{
    return (char)tolower((unsigned char)c);
}

/* Edits that make b of a: a letter more, less or another, or two neighbours swapped (optimal string
 * alignment, with three rows); words beyond the row length never count as near. */
static size_t edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST) return SIZE_MAX;
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= m; j++) rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        const size_t *above = rows[(i - 1) % 3], *second = rows[(i + 1) % 3];
        size_t *row = rows[i % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            char of_a = fold(a[i - 1]), of_b = fold(b[j - 1]);
            size_t best = above[j - 1] + (of_a != of_b);
            if (above[j] + 1 < best) best = above[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && of_a == fold(b[j - 2]) && fold(a[i - 2]) == of_b;
            if (swapped && second[j - 2] + 1 < best) best = second[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[n % 3][m];
}

const char *tpk_text_nearest(const char *word, const char *const *names, size_t n_names)
{
    const char *nearest = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < n_names; i++) {
        size_t distance = edit_distance(word, names[i]);
        if (distance < least) {
            least = distance;
            nearest = names[i];
        }
    }
    if (!nearest || least == SIZE_MAX) return NULL;
    size_t longest = strlen(word) > strlen(nearest) ? strlen(word) : strlen(nearest);
    return 3 * least <= longest ? nearest : NULL;
}

/* Length of the valid sequence at s, or 0. */
size_t tpk_text_char_bytes(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) return 1;
    size_t length = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || length > n) return 0;
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
    }
    if (s[0] == 0xE0 && s[1] < 0xA0) return 0; /* overlong */
    if (s[0] == 0xED && s[1] > 0x9F) return 0; /* surrogate */
    if (s[0] == 0xF0 && s[1] < 0x90) return 0; /* overlong */
    if (s[0] == 0xF4 && s[1] > 0x8F) return 0; /* beyond U+10FFFF */
    return length;
}

bool tpk_text_is_utf8(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n) {
        size_t length = tpk_text_char_bytes(text + i, n - i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

bool tpk_text_equal_fold(const char *a, const char *b)
{
    while (*a && fold(*a) == fold(*b)) a++, b++;
    return fold(*a) == fold(*b);
}
