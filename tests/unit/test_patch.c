/* Patches of points that are no lattice: the same with and without boxes of the leaves, and the points' own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "criteria/patch.h"

enum { ROWS = 37, COLS = 53, N = ROWS * COLS, N_LEAVES = 5 * 7 };

static double px[N], py[N];
static tpk_box boxes[N_LEAVES];

/* A turned grid, shaken; every 11th point is nowhere. */
static tpk_block shaken_block(void)
{
    for (int i = 0; i < N; i++) {
        int r = i / COLS, c = i % COLS;
        px[i] = i % 11 == 5 ? (double)NAN : 300000 + 30 * c + 7 * r + 9 * sin(i * 1.7);
        py[i] = i % 11 == 5 ? (double)NAN : 9600000 - 30 * r + 5 * c + 9 * cos(i * 2.3);
    }
    return (tpk_block){.n_rows = ROWS, .n_cols = COLS, .x = px, .y = py, .cell_m = 30};
}

static void assert_same_patch(const tpk_patch *a, const tpk_patch *b)
{
    assert_true(a->row0 == b->row0 && a->col0 == b->col0 && a->n_rows == b->n_rows && a->n_cols == b->n_cols);
    assert_true(a->x == b->x && a->y == b->y && a->half_width == b->half_width &&
                a->half_height == b->half_height && a->radius == b->radius);
}

/* Every patch that a descent reaches. Returns how many there were. */
static int compare_descents(const tpk_block *plain, const tpk_block *boxed, const tpk_patch *from)
{
    tpk_patch again = tpk_patch_of(boxed, from->row0, from->col0, from->n_rows, from->n_cols), parts[4];
    assert_same_patch(from, &again);
    if (tpk_patch_is_leaf(from)) return 1;
    int n = tpk_patch_split(plain, from, parts), n_patches = 1;
    for (int i = 0; i < n; i++) n_patches += compare_descents(plain, boxed, &parts[i]);
    return n_patches;
}

static void boxes_of_leaves_give_the_same_patches(void **state)
{
    (void)state;
    tpk_block plain = shaken_block(), boxed = plain;
    tpk_patch_leaf_boxes(&plain, boxes);
    boxed.leaf_boxes = boxes;
    tpk_patch whole = tpk_patch_whole(&plain);
    assert_true(compare_descents(&plain, &boxed, &whole) > N_LEAVES);
    for (int i = 0; i < 200; i++) { /* and those that cut through leaves */
        int32_t row = i * 7 % ROWS, col = i * 13 % COLS, rows = 1 + i * 5 % (ROWS - row),
                cols = 1 + i % (COLS - col);
        tpk_patch a = tpk_patch_of(&plain, row, col, rows, cols),
                  b = tpk_patch_of(&boxed, row, col, rows, cols);
        if (isfinite(a.x)) assert_same_patch(&a, &b); /* else its only point is nowhere */
    }
}

static void a_patch_is_the_box_round_its_points(void **state)
{
    (void)state;
    tpk_block block = shaken_block();
    tpk_patch_leaf_boxes(&block, boxes);
    block.leaf_boxes = boxes;
    tpk_patch patch = tpk_patch_of(&block, 8, 16, 16, 24);
    double x_min = HUGE_VAL, x_max = -HUGE_VAL, y_min = HUGE_VAL, y_max = -HUGE_VAL;
    for (int i = 0; i < N; i++) {
        int r = i / COLS, c = i % COLS;
        if (r < 8 || r >= 24 || c < 16 || c >= 40 || isnan(px[i])) continue;
        x_min = fmin(x_min, px[i]), x_max = fmax(x_max, px[i]);
        y_min = fmin(y_min, py[i]), y_max = fmax(y_max, py[i]);
    }
    assert_true(fabs(patch.x - (x_min + x_max) / 2) < 1e-6 && fabs(patch.y - (y_min + y_max) / 2) < 1e-6);
    assert_true(fabs(patch.half_width - (x_max - x_min) / 2) < 1e-5);
    assert_true(fabs(patch.half_height - (y_max - y_min) / 2) < 1e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_of_leaves_give_the_same_patches),
        cmocka_unit_test(a_patch_is_the_box_round_its_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
