/* Tables on standard output: columns as wide as their content, texts to the left, numbers to the right. */
#ifndef TPK_CLI_COLUMNS_H
#define TPK_CLI_COLUMNS_H

#include <stdbool.h>

enum { CLI_MOST_COLUMNS = 12, CLI_CELL_CHARS = 60, CLI_CELL_BYTES = 4 * CLI_CELL_CHARS + 1 };

/* Texts in UTF-8, without control characters. */
typedef char cli_row[CLI_MOST_COLUMNS][CLI_CELL_BYTES];

typedef struct cli_column {
    const char *heading; /* English, marked N_() */
    bool is_text;
    int width; /* 0 at first */
} cli_column;

void cli_cell_text(char *cell, const char *text);                    /* 60 characters at most */
void cli_cell_number(char *cell, double number, int decimals);       /* "-" for NaN */
void cli_columns_fit(cli_column *columns, int n, const cli_row row); /* widens them to hold heading and row */
void cli_columns_print_headings(const cli_column *columns, int n);
void cli_columns_print_row(const cli_column *columns, int n, const cli_row row);

#endif
