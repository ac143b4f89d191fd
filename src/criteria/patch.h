/* Patches: the sub-blocks that sources descend through, each with a circle around its points. */
#ifndef TPK_CRITERIA_PATCH_H
#define TPK_CRITERIA_PATCH_H

#include <stdbool.h>

#include "geo/grid.h"

typedef struct tpk_patch {
    int32_t row0, col0, n_rows, n_cols; /* in the block */
    double x, y;                        /* centre of the box around the points */
    double half_width, half_height;     /* of that box, a little widened */
    double radius;                      /* every point lies within it of (x, y) */
} tpk_patch;

tpk_patch tpk_patch_of(const tpk_block *block, int32_t row0, int32_t col0, int32_t n_rows, int32_t n_cols);
tpk_patch tpk_patch_whole(const tpk_block *block);

/* What block.leaf_boxes is to hold: looked up once, every source then finds its patches in a few steps.
 * boxes: room for ceil(n_rows/8) x ceil(n_cols/8), which are never more than n_rows * n_cols / 8 + 1. */
void tpk_patch_leaf_boxes(const tpk_block *block, tpk_box *boxes);

/* No more than 8 x 8 points. */
static inline bool tpk_patch_is_leaf(const tpk_patch *patch)
{
    return patch->n_rows <= TPK_LEAF && patch->n_cols <= TPK_LEAF;
}

/* Cuts into two or four along multiples of 8 points; returns how many. Not for leaves. */
int tpk_patch_split(const tpk_block *block, const tpk_patch *patch, tpk_patch parts[4]);

/* Is any point of the patch wanted? */
bool tpk_patch_needed(const tpk_block *block, const tpk_patch *patch);

/* The points of a leaf, row by row, in x[0..n-1], y[0..n-1]; returns n <= 64. The rest up to 64 repeats the
 * last point, so that loops over all 64 need no tail. */
int tpk_patch_points(const tpk_block *block, const tpk_patch *leaf, double x[TPK_LEAF * TPK_LEAF],
                     double y[TPK_LEAF * TPK_LEAF]);

/* values of the leaf's points, in the order of tpk_patch_points, into the block's array. */
void tpk_patch_store(const tpk_block *block, const tpk_patch *leaf, const double *leaf_values,
                     double *values);
void tpk_patch_fill(const tpk_block *block, const tpk_patch *patch, double value, double *values);

#endif
