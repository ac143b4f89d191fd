/* Exact share of each cell of a grid window that a polygon covers.
 *
 * Method: signed areas accumulated edge by edge (Green's theorem on each cell), one prefix sum a row; the exact, not
 * the sampled, counterpart of a scanline rasteriser. */
#ifndef TPK_GEO_COVERAGE_H
#define TPK_GEO_COVERAGE_H

#include "geo/geom.h"

/* share[r*n_cols + c] in 0..1 for the window's cells; polygons given must not overlap each other (their shares are added).
 * Exact to 1e-9 of a cell's area; a cell wholly inside gives exactly 1, wholly outside exactly 0, so that the result does not
 * depend on the window it was asked through: shares are rounded to multiples of 2^-30.
 * TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_coverage(const tpk_grid *grid, tpk_window window, const tpk_geom *polygons, int64_t n,
                                       double *share, tpk_err *err);

#endif
