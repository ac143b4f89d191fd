/* The 2 x 2 reduction that makes each overview from the level below it. */
#ifndef TPK_OUTPUT_PYRAMID_H
#define TPK_OUTPUT_PYRAMID_H

#include "output/pixels.h"

/* Half the rows and columns, rounded up. Average: of the valid cells among four, integers rounded half up.
 * Mode: the most frequent valid value, a tie to the one met first in row-major order. Nearest: the upper left
 * cell. Banded rasters average bytes and pick the rest. `out` has room for a quarter of a block (stride:
 * half its side); the result's pixels is out, or NULL when the
 * rectangle is of one value. */
tpk_pixels tpk_pixels_reduce(const tpk_pixel_rule *rule, tpk_overview overview, tpk_pixels pixels, void *out);

#endif
