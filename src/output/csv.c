#include "output/csv.h"

#include <math.h>
#include <string.h>

static const double DECIMALS = 1e6;

/* Bytes of the control character at s, C0 with DEL or C1; 0: it is none. */
static size_t control_bytes(const char *s)
{
    unsigned char first = (unsigned char)s[0], second = first ? (unsigned char)s[1] : 0;
    if (first < 0x20 || first == 0x7F) return 1;
    return first == 0xC2 && second >= 0x80 && second < 0xA0 ? 2 : 0;
}

/* Spreadsheets compute such a cell, in quotes or not. "-" and "-5" stay what they are. */
static bool looks_like_formula(const char *text)
{
    if (*text == '=' || *text == '@') return true;
    return (*text == '+' || *text == '-') && text[1 + strspn(text + 1, "0123456789.")];
}

static void add_content(tpk_text *csv, const char *text)
{
    while (*text) {
        size_t control = control_bytes(text);
        tpk_text_add_bytes(csv, control > 0 ? "?" : text, 1);
        if (*text == '"') tpk_text_add(csv, "\"");
        text += control > 0 ? control : 1;
    }
}

void tpk_csv_text(tpk_text *csv, bool first, const char *text)
{
    if (!first) tpk_text_add(csv, ",");
    if (!text) return;
    const char *quote = text[strcspn(text, ",\"")] ? "\"" : "";
    tpk_text_add(csv, quote);
    if (looks_like_formula(text)) tpk_text_add(csv, "'");
    add_content(csv, text);
    tpk_text_add(csv, quote);
}

void tpk_csv_number(tpk_text *csv, bool first, double number)
{
    char text[32];
    double rounded = round(number * DECIMALS) / DECIMALS;
    tpk_csv_text(csv, first, isfinite(rounded) ? tpk_text_from_number(rounded, text) : NULL);
}

void tpk_csv_end_row(tpk_text *csv)
{
    tpk_text_add(csv, "\r\n");
}
