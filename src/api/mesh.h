/* Transforming the points of a window through a mesh of exact ones: PROJ takes a third of a microsecond for
 * each point, a tile of a web map has 65,536. */
#ifndef TPK_API_MESH_H
#define TPK_API_MESH_H

#include "geo/crs.h"

enum { TPK_MESH_STEP = 8, TPK_MESH_MOST = 128 };

/* xy: n_rows x n_cols points, TPK_MESH_MOST a side at most; point (r, c) is that at first + (c * step[0], -r
 * * step[1]). Every TPK_MESH_STEP-th of each row and column is transformed, the others are interpolated
 * between four. False, when that is more than tolerance (in the unit of the target) off in the middle of any
 * four, or any cannot be transformed: xy holds nothing of use then. */
bool tpk_mesh_transform(tpk_transform *transform, const double first[2], const double step[2], int32_t n_rows,
                        int32_t n_cols, double tolerance, double *xy);

#endif
