#include "criteria/patch.h"

#include <math.h>

#include "base/simd.h"

/* What one row of points adds to the extremes, TPK_LEAF lanes apart so that they fill vectors; NaN adds
 * nothing. */
TPK_SIMD static void stretch_lanes(const double *restrict values, int32_t n, double low[restrict TPK_LEAF],
                                   double high[restrict TPK_LEAF])
{
    for (int32_t c = 0; c + TPK_LEAF <= n; c += TPK_LEAF) {
        TPK_SIMD_LOOP
        for (int k = 0; k < TPK_LEAF; k++) {
            low[k] = values[c + k] < low[k] ? values[c + k] : low[k];
            high[k] = values[c + k] > high[k] ? values[c + k] : high[k];
        }
    }
    for (int32_t c = n / TPK_LEAF * TPK_LEAF; c < n; c++) {
        low[0] = values[c] < low[0] ? values[c] : low[0];
        high[0] = values[c] > high[0] ? values[c] : high[0];
    }
}

static void find_extremes(const tpk_block *block, const double *values, int32_t row0, int32_t col0,
                          int32_t n_rows, int32_t n_cols, double *least, double *most)
{
    double low[TPK_LEAF], high[TPK_LEAF];
    for (int k = 0; k < TPK_LEAF; k++) {
        low[k] = HUGE_VAL;
        high[k] = -HUGE_VAL;
    }
    for (int32_t r = row0; r < row0 + n_rows; r++)
        stretch_lanes(values + (int64_t)r * block->n_cols + col0, n_cols, low, high);
    *least = low[0];
    *most = high[0];
    for (int k = 1; k < TPK_LEAF; k++) {
        *least = fmin(*least, low[k]);
        *most = fmax(*most, high[k]);
    }
}

static tpk_box points_box(const tpk_block *block, int32_t row0, int32_t col0, int32_t n_rows, int32_t n_cols)
{
    tpk_box box;
    find_extremes(block, block->x, row0, col0, n_rows, n_cols, &box.x_min, &box.x_max);
    find_extremes(block, block->y, row0, col0, n_rows, n_cols, &box.y_min, &box.y_max);
    return box;
}

static int32_t leaves(int32_t n_points)
{
    return (n_points + TPK_LEAF - 1) / TPK_LEAF;
}

void tpk_patch_leaf_boxes(const tpk_block *block, tpk_box *boxes)
{
    for (int32_t r = 0; r < block->n_rows; r += TPK_LEAF) {
        for (int32_t c = 0; c < block->n_cols; c += TPK_LEAF) {
            int32_t rows = block->n_rows - r < TPK_LEAF ? block->n_rows - r : TPK_LEAF;
            int32_t cols = block->n_cols - c < TPK_LEAF ? block->n_cols - c : TPK_LEAF;
            *boxes++ = points_box(block, r, c, rows, cols);
        }
    }
}

/* Does a patch of n points from `first` consist of whole leaves? */
static bool is_whole(int32_t first, int32_t n, int32_t end)
{
    return first % TPK_LEAF == 0 && (n % TPK_LEAF == 0 || first + n == end);
}

/* Of a patch of whole leaves. */
static tpk_box leaves_box(const tpk_block *block, int32_t row0, int32_t col0, int32_t n_rows, int32_t n_cols)
{
    tpk_box all = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (int32_t r = row0 / TPK_LEAF; r < leaves(row0 + n_rows); r++) {
        const tpk_box *boxes = block->leaf_boxes + (int64_t)r * leaves(block->n_cols);
        for (int32_t c = col0 / TPK_LEAF; c < leaves(col0 + n_cols); c++) {
            all.x_min = boxes[c].x_min < all.x_min ? boxes[c].x_min : all.x_min;
            all.y_min = boxes[c].y_min < all.y_min ? boxes[c].y_min : all.y_min;
            all.x_max = boxes[c].x_max > all.x_max ? boxes[c].x_max : all.x_max;
            all.y_max = boxes[c].y_max > all.y_max ? boxes[c].y_max : all.y_max;
        }
    }
    return all;
}

tpk_patch tpk_patch_of(const tpk_block *block, int32_t row0, int32_t col0, int32_t n_rows, int32_t n_cols)
{
    tpk_box box;
    if (block->lattice) { /* monotone in both axes: the ends are the extremes */
        double xa = block->x[col0], xb = block->x[col0 + n_cols - 1];
        double ya = block->y[row0], yb = block->y[row0 + n_rows - 1];
        box = (tpk_box){fmin(xa, xb), fmin(ya, yb), fmax(xa, xb), fmax(ya, yb)};
    } else if (block->leaf_boxes && is_whole(row0, n_rows, block->n_rows) &&
               is_whole(col0, n_cols, block->n_cols)) {
        box = leaves_box(block, row0, col0, n_rows, n_cols);
    } else {
        box = points_box(block, row0, col0, n_rows, n_cols);
    }
    double half_width = (box.x_max - box.x_min) / 2, half_height = (box.y_max - box.y_min) / 2;
    tpk_patch patch = {.row0 = row0,
                       .col0 = col0,
                       .n_rows = n_rows,
                       .n_cols = n_cols,
                       .x = box.x_min + half_width,
                       .y = box.y_min + half_height};
    patch.half_width = half_width * (1 + 1e-9) + 1e-6; /* rounding of the centre included */
    patch.half_height = half_height * (1 + 1e-9) + 1e-6;
    patch.radius = sqrt(patch.half_width * patch.half_width + patch.half_height * patch.half_height);
    return patch;
}

tpk_patch tpk_patch_whole(const tpk_block *block)
{
    return tpk_patch_of(block, 0, 0, block->n_rows, block->n_cols);
}

/* About half, as a multiple of the leaf's side, so that leaves stay whole. */
static int32_t half(int32_t n)
{
    return n <= TPK_LEAF ? n : (n / 2 + TPK_LEAF - 1) / TPK_LEAF * TPK_LEAF;
}

int tpk_patch_split(const tpk_block *block, const tpk_patch *patch, tpk_patch parts[4])
{
    int32_t rows[2] = {half(patch->n_rows), patch->n_rows - half(patch->n_rows)};
    int32_t cols[2] = {half(patch->n_cols), patch->n_cols - half(patch->n_cols)};
    int n = 0;
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            if (rows[i] == 0 || cols[j] == 0) continue;
            parts[n++] = tpk_patch_of(block, patch->row0 + (i ? rows[0] : 0), patch->col0 + (j ? cols[0] : 0),
                                      rows[i], cols[j]);
        }
    }
    return n;
}

bool tpk_patch_needed(const tpk_block *block, const tpk_patch *patch)
{
    if (!block->need) return true;
    int32_t stride = (block->n_cols + TPK_LEAF - 1) / TPK_LEAF;
    for (int32_t r = patch->row0 / TPK_LEAF; r <= (patch->row0 + patch->n_rows - 1) / TPK_LEAF; r++) {
        for (int32_t c = patch->col0 / TPK_LEAF; c <= (patch->col0 + patch->n_cols - 1) / TPK_LEAF; c++) {
            if (block->need[(int64_t)r * stride + c]) return true;
        }
    }
    return false;
}

int tpk_patch_points(const tpk_block *block, const tpk_patch *leaf, double x[TPK_LEAF * TPK_LEAF],
                     double y[TPK_LEAF * TPK_LEAF])
{
    if (block->lattice && leaf->n_rows == TPK_LEAF &&
        leaf->n_cols == TPK_LEAF) { /* nearly always, so without branches */
        for (int r = 0; r < TPK_LEAF; r++) {
            for (int c = 0; c < TPK_LEAF; c++) {
                x[r * TPK_LEAF + c] = block->x[leaf->col0 + c];
                y[r * TPK_LEAF + c] = block->y[leaf->row0 + r];
            }
        }
        return TPK_LEAF * TPK_LEAF;
    }
    int n = 0;
    for (int32_t r = leaf->row0; r < leaf->row0 + leaf->n_rows; r++) {
        for (int32_t c = leaf->col0; c < leaf->col0 + leaf->n_cols; c++, n++) {
            x[n] = tpk_block_x(block, r, c);
            y[n] = tpk_block_y(block, r, c);
        }
    }
    for (int k = n; k < TPK_LEAF * TPK_LEAF; k++) {
        x[k] = x[n - 1];
        y[k] = y[n - 1];
    }
    return n;
}

void tpk_patch_store(const tpk_block *block, const tpk_patch *leaf, const double *leaf_values, double *values)
{
    for (int32_t r = 0; r < leaf->n_rows; r++) {
        double *row = values + (int64_t)(leaf->row0 + r) * block->n_cols + leaf->col0;
        for (int32_t c = 0; c < leaf->n_cols; c++) row[c] = leaf_values[r * leaf->n_cols + c];
    }
}

void tpk_patch_fill(const tpk_block *block, const tpk_patch *patch, double value, double *values)
{
    for (int32_t r = 0; r < patch->n_rows; r++) {
        double *row = values + (int64_t)(patch->row0 + r) * block->n_cols + patch->col0;
        for (int32_t c = 0; c < patch->n_cols; c++) row[c] = value;
    }
}
