#include "cli/columns.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "cli/plain_text.h"

/* Columns on a terminal, not bytes: continuation bytes take no room. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++) width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

void cli_cell_text(char *cell, const char *text)
{
    cli_plain_text(text, CLI_CELL_CHARS, cell, CLI_CELL_BYTES);
}

void cli_cell_number(char *cell, double number, int decimals)
{
    if (isnan(number))
        snprintf(cell, CLI_CELL_BYTES, "-");
    else
        snprintf(cell, CLI_CELL_BYTES, "%.*f", decimals, number);
}

static void widen(cli_column *column, const char *text)
{
    int width = width_of(text);
    if (width > column->width) column->width = width;
}

void cli_columns_fit(cli_column *columns, int n, const cli_row row)
{
    for (int c = 0; c < n; c++) {
        widen(&columns[c], _(columns[c].heading));
        widen(&columns[c], row[c]);
    }
}

static void print_cell(const cli_column *column, const char *text, bool is_first, bool is_last)
{
    int pad = column->width - width_of(text);
    if (!is_first) fputs("  ", stdout);
    if (!column->is_text) printf("%*s", pad, "");
    fputs(text, stdout);
    if (column->is_text && !is_last) printf("%*s", pad, "");
    if (is_last) putchar('\n');
}

void cli_columns_print_headings(const cli_column *columns, int n)
{
    for (int c = 0; c < n; c++) print_cell(&columns[c], _(columns[c].heading), c == 0, c == n - 1);
}

void cli_columns_print_row(const cli_column *columns, int n, const cli_row row)
{
    for (int c = 0; c < n; c++) print_cell(&columns[c], row[c], c == 0, c == n - 1);
}
