#include "cli/zone_table.h"

#include <stdio.h>

#include "base/i18n.h"
#include "cli/columns.h"

enum { N_COLUMNS = 11 };

static void fill_row(tpk_zone zone, cli_row row)
{
    cli_cell_number(row[0], zone.rank, 0);
    cli_cell_text(row[1], zone.name);
    cli_cell_number(row[2], zone.score_mean, 3);
    for (int c = TPK_CLASS_S1; c <= TPK_CLASS_EXCLUDED; c++) cli_cell_number(row[2 + c], zone.class_ha[c], 1);
    cli_cell_number(row[8], zone.class_ha[TPK_CLASS_UNKNOWN], 1);
    cli_cell_number(row[9], zone.area_ha, 1);
    cli_cell_text(row[10], zone.limiting);
}

void cli_zone_table_print(const tpk_study *study)
{
    cli_column columns[N_COLUMNS] = {{.heading = N_("Rank")},
                                     {.heading = N_("Zone"), .is_text = true},
                                     {.heading = N_("Score")},
                                     {.heading = N_("S1 ha")},
                                     {.heading = N_("S2 ha")},
                                     {.heading = N_("S3 ha")},
                                     {.heading = N_("N ha")},
                                     {.heading = N_("Excl. ha")},
                                     {.heading = N_("Unkn. ha")},
                                     {.heading = N_("Area ha")},
                                     {.heading = N_("Limited by"), .is_text = true}};
    size_t n = tpk_study_zone_count(study);
    cli_row row;
    if (n == 0) return;
    for (size_t i = 0; i < n; i++) {
        fill_row(tpk_study_zone(study, i), row);
        cli_columns_fit(columns, N_COLUMNS, row);
    }
    cli_columns_print_headings(columns, N_COLUMNS);
    for (int wanted = 1; wanted <= (int)n; wanted++) {
        for (size_t i = 0; i < n; i++) {
            tpk_zone zone = tpk_study_zone(study, i);
            if (zone.rank != wanted) continue;
            fill_row(zone, row);
            cli_columns_print_row(columns, N_COLUMNS, row);
        }
    }
    putchar('\n');
}
