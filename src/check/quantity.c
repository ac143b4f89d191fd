#include "check/quantity.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"

enum { DIGITS = 5 };

static double rounded(double number)
{
    if (number == 0 || !isfinite(number)) return number;
    double places = fmax(0, DIGITS - 1 - floor(log10(fabs(number)))), scale = pow(10, places);
    return isfinite(number * scale) ? round(number * scale) / scale : number;
}

const char *tpk_quantity_text(double number, const char *unit, char text[TPK_QUANTITY_TEXT])
{
    char digits[32];
    tpk_text_from_number(rounded(number), digits);
    snprintf(text, TPK_QUANTITY_TEXT, unit && *unit ? "%s %s" : "%s", digits, unit);
    return text;
}

const char *tpk_degrees_text(double degrees, char text[TPK_DEGREES_TEXT])
{
    snprintf(text, TPK_DEGREES_TEXT, fabs(degrees) <= TPK_MOST_DEGREES ? "%.4f" : "%.6g", degrees);
    return text;
}
