/* The reference grid, windows of it, and blocks of sample points.
 *
 * Grids are north-up with square cells. Row 0 is the northernmost. The cell (row, col) covers
 * [x0 + col*cell, x0 + (col+1)*cell) x (y0 - (row+1)*cell, y0 - row*cell]: it owns its west and its north
 * edge. */
#ifndef TPK_GEO_GRID_H
#define TPK_GEO_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct tpk_grid {
    double x0, y0; /* upper left corner, in the unit of the grid's CRS */
    double cell;   /* side of a cell, same unit, > 0 */
    int32_t n_rows, n_cols;
} tpk_grid;

/* Integers on the reference grid; coordinates are always derived. */
typedef struct tpk_window {
    int32_t row0, col0, n_rows, n_cols;
} tpk_window;

/* An axis-aligned box; empty when x_min > x_max. */
typedef struct tpk_box {
    double x_min, y_min, x_max, y_max;
} tpk_box;

#define TPK_BOX_EMPTY ((tpk_box){1, 1, 0, 0})

/* The smallest grid over box whose corners are whole multiples of cell: two grids of the same cell always
 * coincide. A side within a billionth of the box's own length of a multiple (plus the rounding of
 * coordinates) is on it. TPK_ERR_ARGUMENT for an empty or non-finite box or cell <= 0, TPK_ERR_LIMIT above
 * 2^31-1 rows or columns. */
TPK_MUST_CHECK tpk_status tpk_grid_align(tpk_box box, double cell, tpk_grid *grid, tpk_err *err);

/* The smallest grid over box whose north-west corner is the box's: a planner who gives bounds says where the
 * cells lie. Errors of tpk_grid_align. */
TPK_MUST_CHECK tpk_status tpk_grid_at(tpk_box box, double cell, tpk_grid *grid, tpk_err *err);

/* Cell centres. */
static inline double tpk_grid_x(const tpk_grid *grid, int32_t col)
{
    return grid->x0 + ((double)col + 0.5) * grid->cell;
}
static inline double tpk_grid_y(const tpk_grid *grid, int32_t row)
{
    return grid->y0 - ((double)row + 0.5) * grid->cell;
}
static inline int64_t tpk_grid_n_cells(const tpk_grid *grid)
{
    return (int64_t)grid->n_rows * grid->n_cols;
}

tpk_box tpk_grid_box(const tpk_grid *grid);
tpk_box tpk_window_box(const tpk_grid *grid, tpk_window window);

/* The cells of the grid that box touches; n_rows == 0 when there is none. */
tpk_window tpk_grid_window_of(const tpk_grid *grid, tpk_box box);
tpk_window tpk_window_intersect(tpk_window a, tpk_window b); /* n_rows == n_cols == 0 when disjoint */

bool tpk_box_is_empty(tpk_box box);
tpk_box tpk_box_union(tpk_box a, tpk_box b);
bool tpk_box_intersects(tpk_box a, tpk_box b); /* touching counts */

/* Sample points in the plan's CRS, arranged in rows and columns (a grid window, a map tile, or 1 x n for any
 * points). As a lattice, point (r, c) is (x[c], y[r]), x rising and y falling; else (x[r*n_cols + c],
 * y[r*n_cols + c]). */
typedef struct tpk_block {
    int32_t n_rows, n_cols;
    bool lattice;
    const double *x, *y; /* borrowed */
    double cell_m;       /* side of the square footprint of each sample, metres in the plan's CRS */
    /* One byte per 8 x 8 points (row-major, ceil(n_rows/8) x ceil(n_cols/8)); 0: no value is wanted there and
     * a source may leave anything in it. NULL: all are wanted. Borrowed. */
    const uint8_t *need;
    /* The box around each 8 x 8 points, in the same order; points that are NaN do not count. NULL: nobody has
     * looked. Borrowed. */
    const tpk_box *leaf_boxes;
} tpk_block;

enum { TPK_LEAF = 8 }; /* side of the smallest block, in points */

static inline double tpk_block_x(const tpk_block *block, int32_t row, int32_t col)
{
    return block->x[block->lattice ? (int64_t)col : (int64_t)row * block->n_cols + col];
}
static inline double tpk_block_y(const tpk_block *block, int32_t row, int32_t col)
{
    return block->y[block->lattice ? (int64_t)row : (int64_t)row * block->n_cols + col];
}

#endif
