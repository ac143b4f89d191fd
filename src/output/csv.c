#include "output/csv.h"

#include <math.h>
#include <string.h>

static const double DECIMALS = 1e6;

static void add_quoted(tpk_text *csv, const char *text)
{
    tpk_text_add(csv, "\"");
    for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
        tpk_text_add_bytes(csv, text, (size_t)(quote - text));
        tpk_text_add(csv, "\"\"");
    }
    tpk_text_add(csv, text);
    tpk_text_add(csv, "\"");
}

void tpk_csv_text(tpk_text *csv, bool first, const char *text)
{
    if (!first) tpk_text_add(csv, ",");
    if (!text) return;
    if (text[strcspn(text, ",\"\r\n")])
        add_quoted(csv, text);
    else
        tpk_text_add(csv, text);
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
