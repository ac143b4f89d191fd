/* Is a value the number that a planner wrote? For the curve `classes` and the test `equals`. */
#ifndef TPK_DECISION_MATCH_H
#define TPK_DECISION_MATCH_H

#include <math.h>
#include <stdbool.h>

/* Relative: more than a number loses in a Float32 raster (2^-24) or by a raster's scale and offset. */
#define TPK_MATCH_TOLERANCE 1e-6

/* Two whole numbers are codes and must be the same; else 0.1 is also what a raster of 32-bit floats holds for
 * it. NaN is no number. */
static inline bool tpk_number_matches(double value, double written)
{
    if (value == written) return true;
    if (value == rint(value) && written == rint(written)) return false;
    return fabs(value - written) <= TPK_MATCH_TOLERANCE * fabs(written);
}

#endif
