#include "criteria/pixel_walk.h"

#include <math.h>

#include "base/mem.h"

static bool reserve(tpk_located *located, const tpk_block *block)
{
    size_t n = (size_t)block->n_rows * (size_t)block->n_cols;
    size_t n_px = located->lattice ? (size_t)block->n_cols : n,
           n_py = located->lattice ? (size_t)block->n_rows : n;
    return tpk_grow(&located->px, &located->px_capacity, n_px, sizeof *located->px) &&
           tpk_grow(&located->py, &located->py_capacity, n_py, sizeof *located->py) &&
           (!located->with_footprints ||
            tpk_grow(&located->footprints, &located->footprint_capacity, n, sizeof *located->footprints));
}

static void fill_lattice(tpk_located *located, tpk_pixel_mapper *mapper, const tpk_block *block)
{
    double other;
    for (int32_t c = 0; c < block->n_cols; c++) {
        tpk_pixel_locate(mapper, block->cell_m, block->x[c], block->y[0], &located->px[c], &other);
    }
    for (int32_t r = 0; r < block->n_rows; r++) {
        tpk_pixel_locate(mapper, block->cell_m, block->x[0], block->y[r], &other, &located->py[r]);
    }
}

static void fill_points(tpk_located *located, tpk_pixel_mapper *mapper, const tpk_block *block)
{
    for (int32_t r = 0; r < block->n_rows; r++) {
        int64_t row = (int64_t)r * block->n_cols;
        double *px = located->px + row, *py = located->py + row;
        for (int32_t c = 0; c < block->n_cols; c++) px[c] = py[c] = (double)NAN;
        for (int32_t c = 0, end; c < block->n_cols; c = end) {
            end = tpk_needed_run(block, r, &c, block->n_cols);
            for (int32_t i = c; i < end; i++) {
                px[i] = tpk_block_x(block, r, i);
                py[i] = tpk_block_y(block, r, i);
                if (located->with_footprints)
                    located->footprints[row + i] = tpk_pixel_footprint(mapper, block->cell_m, px[i], py[i]);
            }
            tpk_pixel_locate_all(mapper, block->cell_m, (size_t)(end - c), px + c, py + c);
        }
    }
}

tpk_status tpk_located_fill(tpk_located *located, tpk_pixel_mapper *mapper, const tpk_block *block,
                            bool with_footprints, tpk_err *err)
{
    located->block = block;
    located->with_footprints = with_footprints;
    located->lattice = block->lattice && !with_footprints && tpk_pixel_mapper_is_separable(mapper);
    if (!reserve(located, block)) return tpk_err_memory(err);
    if (located->lattice) {
        fill_lattice(located, mapper, block);
    } else {
        fill_points(located, mapper, block);
    }
    return TPK_OK;
}

void tpk_located_clear(tpk_located *located)
{
    tpk_free(located->px);
    tpk_free(located->py);
    tpk_free(located->footprints);
    *located = (tpk_located){0};
}

/* ---- the walk ---- */

typedef struct walk {
    const tpk_located *located;
    const tpk_pixel_map *map;
    int reach;
    tpk_pixel_visit *visit;
    void *user;
    double *values;
} walk;

static void stretch(tpk_box *box, double x_min, double x_max, double y_min, double y_max)
{
    box->x_min = x_min < box->x_min ? x_min : box->x_min;
    box->x_max = x_max > box->x_max ? x_max : box->x_max;
    box->y_min = y_min < box->y_min ? y_min : box->y_min;
    box->y_max = y_max > box->y_max ? y_max : box->y_max;
}

static bool on_raster(const walk *w, double px, double py)
{
    const tpk_raster *raster = w->map->raster;
    return px >= 0 && px < raster->n_cols && py >= 0 && py < raster->n_rows;
}

/* On a lattice the columns and the rows speak for themselves. */
static void stretch_by_lattice_leaf(const walk *w, int32_t row0, int32_t row1, int32_t col0, int32_t col1,
                                    tpk_box *box)
{
    const tpk_located *l = w->located;
    tpk_box leaf = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (int32_t c = col0; c < col1; c++) {
        double px = l->px[c];
        if (px >= 0 && px < w->map->raster->n_cols) stretch(&leaf, px, px, leaf.y_min, leaf.y_max);
    }
    for (int32_t r = row0; r < row1; r++) {
        double py = l->py[r];
        if (py >= 0 && py < w->map->raster->n_rows) stretch(&leaf, leaf.x_min, leaf.x_max, py, py);
    }
    if (leaf.x_min <= leaf.x_max && leaf.y_min <= leaf.y_max)
        stretch(box, leaf.x_min, leaf.x_max, leaf.y_min, leaf.y_max);
}

static void stretch_by_leaf(const walk *w, int32_t row0, int32_t row1, int32_t col0, int32_t col1,
                            tpk_box *box)
{
    const tpk_located *l = w->located;
    if (l->lattice) {
        stretch_by_lattice_leaf(w, row0, row1, col0, col1, box);
        return;
    }
    for (int32_t r = row0; r < row1; r++) {
        for (int32_t c = col0; c < col1; c++) {
            double px = tpk_located_x(l, r, c), py = tpk_located_y(l, r, c);
            if (!on_raster(w, px, py)) continue;
            stretch(box, px, px, py, py);
            if (!l->with_footprints) continue;
            tpk_box f = l->footprints[(int64_t)r * l->block->n_cols + c];
            stretch(box, f.x_min, f.x_max, f.y_min, f.y_max);
        }
    }
}

/* The box in pixels around the needed points that lie on the raster. */
static tpk_box places_box(const walk *w, const tpk_patch *patch)
{
    tpk_box box = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    int32_t row_end = patch->row0 + patch->n_rows, col_end = patch->col0 + patch->n_cols;
    for (int32_t r = patch->row0; r < row_end; r = (r / TPK_LEAF + 1) * TPK_LEAF) {
        int32_t next_r = (r / TPK_LEAF + 1) * TPK_LEAF;
        for (int32_t c = patch->col0; c < col_end; c = (c / TPK_LEAF + 1) * TPK_LEAF) {
            int32_t next_c = (c / TPK_LEAF + 1) * TPK_LEAF;
            if (!tpk_leaf_needed(w->located->block, r, c)) continue;
            stretch_by_leaf(w, r, next_r < row_end ? next_r : row_end, c, next_c < col_end ? next_c : col_end,
                            &box);
        }
    }
    return box;
}

static tpk_window window_of(const walk *w, tpk_box box)
{
    const tpk_raster *raster = w->map->raster;
    if (!(box.x_min <= box.x_max && box.y_min <= box.y_max)) return (tpk_window){0};
    double col0 = fmax(floor(box.x_min) - w->reach, 0), row0 = fmax(floor(box.y_min) - w->reach, 0);
    double col1 = fmin(floor(box.x_max) + w->reach, raster->n_cols - 1);
    double row1 = fmin(floor(box.y_max) + w->reach, raster->n_rows - 1);
    return (tpk_window){(int32_t)row0, (int32_t)col0, (int32_t)(row1 - row0) + 1, (int32_t)(col1 - col0) + 1};
}

/* Reading more pixels than the points can use costs more than reading twice. */
static bool is_too_large(const walk *w, const tpk_patch *patch, tpk_window window)
{
    int64_t n_pixels = (int64_t)window.n_rows * window.n_cols,
            n_points = (int64_t)patch->n_rows * patch->n_cols;
    double per_side = fmax(w->map->pixels_per_m * w->located->block->cell_m, 1);
    return n_pixels > TPK_MOST_PIXELS ||
           (double)n_pixels > 4096 + 16 * per_side * per_side * (double)n_points;
}

static tpk_status walk_patch(const walk *w, const tpk_patch *patch, tpk_err *err);

static tpk_status walk_parts(const walk *w, const tpk_patch *patch, tpk_err *err)
{
    const tpk_block *block = w->located->block;
    tpk_status status = TPK_OK;
    if (!tpk_patch_is_leaf(patch)) {
        tpk_patch parts[4];
        int n = tpk_patch_split(block, patch, parts);
        for (int i = 0; i < n && status == TPK_OK; i++) status = walk_patch(w, &parts[i], err);
        return status;
    }
    for (int32_t k = 0; k < patch->n_rows * patch->n_cols && status == TPK_OK; k++) {
        tpk_patch point =
            tpk_patch_of(block, patch->row0 + k / patch->n_cols, patch->col0 + k % patch->n_cols, 1, 1);
        status = walk_patch(w, &point, err);
    }
    return status;
}

static tpk_status walk_patch(const walk *w, const tpk_patch *patch, tpk_err *err)
{
    tpk_window window = window_of(w, places_box(w, patch));
    if (window.n_rows == 0) {
        tpk_patch_fill(w->located->block, patch, (double)NAN, w->values);
        return TPK_OK;
    }
    if (patch->n_rows * patch->n_cols > 1 && is_too_large(w, patch, window)) return walk_parts(w, patch, err);
    return w->visit(w->user, patch, window, err);
}

tpk_status tpk_pixel_walk(const tpk_located *located, const tpk_pixel_map *map, int reach,
                          tpk_pixel_visit *visit, void *user, double *values, tpk_err *err)
{
    walk w = {located, map, reach, visit, user, values};
    tpk_patch whole = tpk_patch_whole(located->block);
    return walk_patch(&w, &whole, err);
}
