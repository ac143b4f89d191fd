#include "cli/region_table.h"

#include <stdio.h>

#include "base/i18n.h"
#include "cli/columns.h"

enum { N_COLUMNS = 9, MOST_ROWS = 40 };

static void fill_row(tpk_region region, cli_row row)
{
    cli_cell_text(row[0], region.name);
    for (int c = TPK_CLASS_S1; c <= TPK_CLASS_UNKNOWN; c++) cli_cell_number(row[c], region.class_ha[c], 1);
    cli_cell_number(row[7], region.class_ha[TPK_CLASS_OUTSIDE], 1);
    cli_cell_number(row[8], region.area_ha, 1);
}

void cli_region_table_print(const tpk_study *study)
{
    cli_column columns[N_COLUMNS] = {{.heading = N_("Region"), .is_text = true},
                                     {.heading = N_("S1 ha")},
                                     {.heading = N_("S2 ha")},
                                     {.heading = N_("S3 ha")},
                                     {.heading = N_("N ha")},
                                     {.heading = N_("Excl. ha")},
                                     {.heading = N_("Unkn. ha")},
                                     {.heading = N_("Outside ha")},
                                     {.heading = N_("Area ha")}};
    size_t n = tpk_study_region_count(study), n_shown = n < MOST_ROWS ? n : MOST_ROWS;
    cli_row row;
    if (n == 0) return;
    for (size_t i = 0; i < n_shown; i++) {
        fill_row(tpk_study_region(study, i), row);
        cli_columns_fit(columns, N_COLUMNS, row);
    }
    cli_columns_print_headings(columns, N_COLUMNS);
    for (size_t i = 0; i < n_shown; i++) {
        fill_row(tpk_study_region(study, i), row);
        cli_columns_print_row(columns, N_COLUMNS, row);
    }
    if (n > n_shown) printf(_("and %zu more regions, all of them in regions.csv\n"), n - n_shown);
    putchar('\n');
}
