/* Cutting the reference grid into tiles. A tile is integers; coordinates are derived. */
#ifndef TPK_ENGINE_TILES_H
#define TPK_ENGINE_TILES_H

#include "geo/grid.h"

typedef struct tpk_tiling {
    tpk_grid grid;
    int32_t side;
    int32_t n_down, n_across;
} tpk_tiling;

static inline tpk_tiling tpk_tiling_of(const tpk_grid *grid, int32_t side)
{
    return (tpk_tiling){.grid = *grid,
                        .side = side,
                        .n_down = (grid->n_rows - 1) / side + 1,
                        .n_across = (grid->n_cols - 1) / side + 1};
}

static inline int64_t tpk_tiling_count(const tpk_tiling *tiling)
{
    return (int64_t)tiling->n_down * tiling->n_across;
}

/* Tile `index`, row by row from the north-west. */
static inline tpk_window tpk_tiling_window(const tpk_tiling *tiling, int64_t index)
{
    int32_t row0 = (int32_t)(index / tiling->n_across) * tiling->side;
    int32_t col0 = (int32_t)(index % tiling->n_across) * tiling->side;
    int32_t rows_left = tiling->grid.n_rows - row0, cols_left = tiling->grid.n_cols - col0;
    return (tpk_window){row0, col0, tiling->side < rows_left ? tiling->side : rows_left,
                        tiling->side < cols_left ? tiling->side : cols_left};
}

/* Coordinates of the window's cell centres: x has n_cols numbers, y n_rows. */
static inline void tpk_window_lattice(const tpk_grid *grid, tpk_window window, double *x, double *y)
{
    for (int32_t c = 0; c < window.n_cols; c++) x[c] = tpk_grid_x(grid, window.col0 + c);
    for (int32_t r = 0; r < window.n_rows; r++) y[r] = tpk_grid_y(grid, window.row0 + r);
}

#endif
