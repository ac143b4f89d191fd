/* A number with its unit, as a planner reads it. */
#ifndef TPK_CHECK_QUANTITY_H
#define TPK_CHECK_QUANTITY_H

enum { TPK_QUANTITY_TEXT = 96 };

/* "1250 m", "0.0025": to five digits, and to a whole number where that says more; unit "" or NULL: none.
 * Returns text. */
const char *tpk_quantity_text(double number, const char *unit, char text[TPK_QUANTITY_TEXT]);

/* Degrees to 11 m ("115.2345"); beyond TPK_MOST_DEGREES, where nothing lies, to six digits ("1e+38"). Returns
 * text. */
#define TPK_MOST_DEGREES 1000.0
enum { TPK_DEGREES_TEXT = 32 };
const char *tpk_degrees_text(double degrees, char text[TPK_DEGREES_TEXT]);

#endif
