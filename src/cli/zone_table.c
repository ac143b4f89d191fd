#include "cli/zone_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/i18n.h"
#include "cli/plain_text.h"

enum { N_COLUMNS = 11, CELL_CHARS = 60, CELL_BYTES = 4 * CELL_CHARS + 1 };

typedef char table_row[N_COLUMNS][CELL_BYTES];

static const char *const HEADINGS[N_COLUMNS] = {
    N_("Rank"), N_("Zone"),     N_("Score"),    N_("S1 ha"),   N_("S2 ha"),     N_("S3 ha"),
    N_("N ha"), N_("Excl. ha"), N_("Unkn. ha"), N_("Area ha"), N_("Limited by")};

/* Columns on a terminal, not bytes: continuation bytes take no room. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++) width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static void put_number(char *cell, double number, int decimals)
{
    if (isnan(number))
        snprintf(cell, CELL_BYTES, "-");
    else
        snprintf(cell, CELL_BYTES, "%.*f", decimals, number);
}

static void fill_row(tpk_zone zone, table_row row)
{
    snprintf(row[0], CELL_BYTES, "%d", zone.rank);
    cli_plain_text(zone.name, CELL_CHARS, row[1], CELL_BYTES);
    put_number(row[2], zone.score_mean, 3);
    for (int c = TPK_CLASS_S1; c <= TPK_CLASS_EXCLUDED; c++) put_number(row[2 + c], zone.class_ha[c], 1);
    put_number(row[8], zone.class_ha[TPK_CLASS_UNKNOWN], 1);
    put_number(row[9], zone.area_ha, 1);
    cli_plain_text(zone.limiting, CELL_CHARS, row[10], CELL_BYTES);
}

static int column_width(const tpk_study *study, int column)
{
    int width = width_of(_(HEADINGS[column]));
    for (size_t i = 0; i < tpk_study_zone_count(study); i++) {
        table_row row;
        fill_row(tpk_study_zone(study, i), row);
        int own = width_of(row[column]);
        if (own > width) width = own;
    }
    return width;
}

static void print_row(const char *const cells[N_COLUMNS], const int widths[N_COLUMNS])
{
    for (int c = 0; c < N_COLUMNS; c++) {
        bool is_text = c == 1 || c == N_COLUMNS - 1;
        int pad = widths[c] - width_of(cells[c]);
        if (c > 0) fputs("  ", stdout);
        if (!is_text) printf("%*s", pad, "");
        fputs(cells[c], stdout);
        if (is_text && c < N_COLUMNS - 1) printf("%*s", pad, "");
    }
    putchar('\n');
}

void cli_zone_table_print(const tpk_study *study)
{
    size_t n = tpk_study_zone_count(study);
    if (n == 0) return;
    int widths[N_COLUMNS];
    const char *cells[N_COLUMNS];
    for (int c = 0; c < N_COLUMNS; c++) {
        widths[c] = column_width(study, c);
        cells[c] = _(HEADINGS[c]);
    }
    print_row(cells, widths);
    for (int wanted = 1; wanted <= (int)n; wanted++) {
        for (size_t i = 0; i < n; i++) {
            tpk_zone zone = tpk_study_zone(study, i);
            if (zone.rank != wanted) continue;
            table_row row;
            fill_row(zone, row);
            for (int c = 0; c < N_COLUMNS; c++) cells[c] = row[c];
            print_row(cells, widths);
        }
    }
    putchar('\n');
}
