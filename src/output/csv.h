/* CSV as RFC 4180 wants it: commas, CRLF, quotes where they are needed; UTF-8, numbers with a decimal point
 * in every locale. */
#ifndef TPK_OUTPUT_CSV_H
#define TPK_OUTPUT_CSV_H

#include "base/text.h"

/* One cell of the row that stands at the end of csv; `first` begins a row. text: UTF-8; NULL: an empty cell.
 * Control characters, line breaks too, become "?", as on the screen. Before =, @, and a + or - that begins no
 * number, stands an apostrophe: spreadsheets would compute the cell. */
void tpk_csv_text(tpk_text *csv, bool first, const char *text);
/* Rounded to 6 decimals; NaN or infinite: an empty cell. */
void tpk_csv_number(tpk_text *csv, bool first, double number);
void tpk_csv_end_row(tpk_text *csv);

#endif
