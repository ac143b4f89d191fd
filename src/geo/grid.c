#include "geo/grid.h"

#include <float.h>
#include <math.h>

#include "base/i18n.h"

static const double SLACK = 1e-9;

/* n cells of side `cell` from (x0, y0) to the east and south, counted in doubles because they may be far too
 * many. */
static tpk_status make_grid(double x0, double y0, double n_cols, double n_rows, double cell, tpk_grid *grid,
                            tpk_err *err)
{
    if (n_cols > INT32_MAX || n_rows > INT32_MAX) {
        return tpk_err_set(err, TPK_ERR_LIMIT,
                           _("cell %g m gives %.0f x %.0f cells; at most %d a side: use a coarser cell"),
                           cell, n_cols, n_rows, INT32_MAX);
    }
    *grid = (tpk_grid){.x0 = x0,
                       .y0 = y0,
                       .cell = cell,
                       .n_rows = (int32_t)fmax(n_rows, 1),
                       .n_cols = (int32_t)fmax(n_cols, 1)};
    return TPK_OK;
}

static tpk_status check_request(tpk_box box, double cell, tpk_err *err)
{
    if (!(cell > 0) || !isfinite(cell)) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("cell %g: it must be a positive number of metres"), cell);
    }
    if (tpk_box_is_empty(box) || !isfinite(box.x_max - box.x_min) || !isfinite(box.y_max - box.y_min)) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("the study area is empty"));
    }
    return TPK_OK;
}

/* 0.1 m cells do not divide 1 m exactly in binary: a place within the slack of a whole number of cells is at
 * that number. The slack is a billionth of the grid's side, and what rounding does to a place far from the
 * origin. */
static double slack_in_cells(double place_in_cells, double side_in_cells)
{
    return SLACK * side_in_cells + 4 * DBL_EPSILON * fabs(place_in_cells);
}

static double floor_cells(double place, double side)
{
    double whole = round(place);
    return fabs(place - whole) <= slack_in_cells(place, side) ? whole : floor(place);
}

static double ceil_cells(double place, double side)
{
    return -floor_cells(-place, side);
}

tpk_status tpk_grid_align(tpk_box box, double cell, tpk_grid *grid, tpk_err *err)
{
    *grid = (tpk_grid){0};
    tpk_status status = check_request(box, cell, err);
    if (status != TPK_OK) return status;
    double width = (box.x_max - box.x_min) / cell, height = (box.y_max - box.y_min) / cell;
    double west = floor_cells(box.x_min / cell, width), east = ceil_cells(box.x_max / cell, width);
    double south = floor_cells(box.y_min / cell, height), north = ceil_cells(box.y_max / cell, height);
    return make_grid(west * cell, north * cell, east - west, north - south, cell, grid, err);
}

tpk_status tpk_grid_at(tpk_box box, double cell, tpk_grid *grid, tpk_err *err)
{
    *grid = (tpk_grid){0};
    tpk_status status = check_request(box, cell, err);
    if (status != TPK_OK) return status;
    double width = (box.x_max - box.x_min) / cell, height = (box.y_max - box.y_min) / cell;
    return make_grid(box.x_min, box.y_max, ceil_cells(width, width), ceil_cells(height, height), cell, grid,
                     err);
}

tpk_box tpk_grid_box(const tpk_grid *grid)
{
    return tpk_window_box(grid, (tpk_window){0, 0, grid->n_rows, grid->n_cols});
}

tpk_box tpk_window_box(const tpk_grid *grid, tpk_window window)
{
    return (tpk_box){
        .x_min = grid->x0 + (double)window.col0 * grid->cell,
        .y_min = grid->y0 - ((double)window.row0 + window.n_rows) * grid->cell,
        .x_max = grid->x0 + ((double)window.col0 + window.n_cols) * grid->cell,
        .y_max = grid->y0 - (double)window.row0 * grid->cell,
    };
}

static int32_t clamp_index(double index, int32_t limit)
{
    return index <= 0 ? 0 : index >= limit ? limit : (int32_t)index;
}

tpk_window tpk_grid_window_of(const tpk_grid *grid, tpk_box box)
{
    if (tpk_box_is_empty(box) || !tpk_box_intersects(box, tpk_grid_box(grid))) return (tpk_window){0};
    int32_t col0 = clamp_index(floor((box.x_min - grid->x0) / grid->cell), grid->n_cols - 1);
    int32_t row0 = clamp_index(floor((grid->y0 - box.y_max) / grid->cell), grid->n_rows - 1);
    int32_t col1 = clamp_index(floor((box.x_max - grid->x0) / grid->cell) + 1, grid->n_cols);
    int32_t row1 = clamp_index(floor((grid->y0 - box.y_min) / grid->cell) + 1, grid->n_rows);
    return (tpk_window){row0, col0, row1 - row0, col1 - col0};
}

tpk_window tpk_window_intersect(tpk_window a, tpk_window b)
{
    int64_t row0 = a.row0 > b.row0 ? a.row0 : b.row0, col0 = a.col0 > b.col0 ? a.col0 : b.col0;
    int64_t a_row1 = (int64_t)a.row0 + a.n_rows, b_row1 = (int64_t)b.row0 + b.n_rows;
    int64_t a_col1 = (int64_t)a.col0 + a.n_cols, b_col1 = (int64_t)b.col0 + b.n_cols;
    int64_t row1 = a_row1 < b_row1 ? a_row1 : b_row1, col1 = a_col1 < b_col1 ? a_col1 : b_col1;
    if (row1 <= row0 || col1 <= col0) return (tpk_window){0};
    return (tpk_window){(int32_t)row0, (int32_t)col0, (int32_t)(row1 - row0), (int32_t)(col1 - col0)};
}

bool tpk_box_is_empty(tpk_box box)
{
    return !(box.x_min <= box.x_max && box.y_min <= box.y_max);
}

tpk_box tpk_box_union(tpk_box a, tpk_box b)
{
    if (tpk_box_is_empty(a)) return b;
    if (tpk_box_is_empty(b)) return a;
    return (tpk_box){fmin(a.x_min, b.x_min), fmin(a.y_min, b.y_min), fmax(a.x_max, b.x_max),
                     fmax(a.y_max, b.y_max)};
}

bool tpk_box_intersects(tpk_box a, tpk_box b)
{
    return a.x_min <= b.x_max && b.x_min <= a.x_max && a.y_min <= b.y_max && b.y_min <= a.y_max;
}
