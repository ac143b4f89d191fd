/* Exact share of each cell of a grid window that a polygon covers.
 *
 * Method: signed areas accumulated edge by edge (Green's theorem on each cell), one prefix sum a row; the
 * exact, not the sampled, counterpart of a scanline rasteriser. Edges are cut at the grid's lines, never at
 * the window's, and the pieces are summed as integers (2^-50 of a cell): the sum does not depend on order,
 * window or thread. */
#ifndef TPK_GEO_COVERAGE_H
#define TPK_GEO_COVERAGE_H

#include "geo/geom.h"

/* share[r*n_cols + c] in 0..1 for the window's cells; polygons given must not overlap each other (their
 * shares are added, up to 1). Exact but for the rounding of places in cells from the grid's corner: to 1e-9
 * of the share itself down to shares of 1e-2 on a grid of 10^4 cells a side, and to 1e-11 of a cell below
 * (test_coverage). A cell that no edge meets gives exactly 1 or exactly 0, as does a cell filled by several
 * of the polygons along common borders; an edge along a cell's border that is not a whole number of cells in
 * binary may leave a trace of up to 1e-11 on its other side. Any window gives the same bits. Needs no memory
 * of its own; time grows with the edges, plus for those in the window's rows with the cells they cross, plus
 * the cells. TPK_ERR_ARGUMENT when a geometry with parts is not a polygon. */
TPK_MUST_CHECK tpk_status tpk_coverage(const tpk_grid *grid, tpk_window window, const tpk_geom *polygons,
                                       int64_t n, double *share, tpk_err *err);

#endif
