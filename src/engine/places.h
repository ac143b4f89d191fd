/* Where the cells of a tile in one CRS lie in another: one polynomial a tile instead of PROJ for each cell.
 */
#ifndef TPK_ENGINE_PLACES_H
#define TPK_ENGINE_PLACES_H

#include "geo/crs.h"

/* x[r * n_cols + c], y likewise: the window's cell centres in the CRS that the transformation leads to; NaN
 * for those that cannot be transformed. The polynomial (degree 4 in each direction, through 5 x 5 points) is
 * held against PROJ at 4 x 4 points between them; where it is off by more than a millimetre, as at a seam of
 * datum grids, PROJ is asked for every cell. xy: room for 2 * n_rows * n_cols numbers. */
void tpk_places_find(tpk_transform *transform, const tpk_grid *grid, tpk_window window, double *xy, double *x,
                     double *y);

#endif
