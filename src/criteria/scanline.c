#include "criteria/scanline.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

void tpk_scanline_clear(tpk_scanline *scanline)
{
    tpk_free(scanline->edges.items);
    tpk_free(scanline->steps);
    *scanline = (tpk_scanline){0};
}

/* The first row at or below y: rows fall. */
static int32_t first_row_below(const tpk_block *block, double y)
{
    int32_t low = 0, high = block->n_rows;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (block->y[middle] >= y)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many columns, from the west, lie west of the edge's crossing with the row. The guess is mended with the
 * predicate itself. */
static int32_t columns_west(const tpk_segment *s, const tpk_block *block, double y, double columns_per_unit)
{
    double x = s->ax + (y - s->ay) * (s->bx - s->ax) / (s->by - s->ay);
    double guess = ceil((x - block->x[0]) * columns_per_unit);
    int32_t k = guess <= 0 ? 0 : guess >= block->n_cols ? block->n_cols : (int32_t)guess;
    while (k > 0 && !tpk_segment_is_east(s, block->x[k - 1], y)) k--;
    while (k < block->n_cols && tpk_segment_is_east(s, block->x[k], y)) k++;
    return k;
}

/* Adds the edge to the rows it spans: +1 or -1 from the west end of the row up to the crossing. */
static void add_edge(const tpk_segment *s, const tpk_block *block, double columns_per_unit, int32_t *steps)
{
    bool up = s->ay < s->by;
    int32_t winding = up ? 1 : -1;
    int32_t row = first_row_below(block, up ? s->by : s->ay),
            end = first_row_below(block, up ? s->ay : s->by);
    while (end < block->n_rows && block->y[end] == (up ? s->ay : s->by))
        end++; /* the low end belongs to the edge */
    bool wholly_east = fmin(s->ax, s->bx) > block->x[block->n_cols - 1];
    for (; row < end; row++) {
        int32_t *row_steps = steps + (int64_t)row * (block->n_cols + 1);
        row_steps[0] += winding;
        row_steps[wholly_east ? block->n_cols : columns_west(s, block, block->y[row], columns_per_unit)] -=
            winding;
    }
}

static void sum_row(const int32_t *steps, int32_t n_cols, double *values)
{
    int32_t winding = 0;
    for (int32_t c = 0; c < n_cols; c++) {
        winding += steps[c];
        values[c] = winding != 0;
    }
}

bool tpk_scanline_fill(tpk_scanline *scanline, const tpk_segments *segments, const tpk_block *block,
                       double *values)
{
    int32_t n_rows = block->n_rows, n_cols = block->n_cols;
    double west = block->x[0], east = block->x[n_cols - 1];
    tpk_box box = {west, block->y[n_rows - 1], HUGE_VAL, block->y[0]};
    scanline->edges.n = 0;
    if (!tpk_segments_in_box(segments, box, &scanline->edges)) return false;
    size_t n_steps = (size_t)n_rows * ((size_t)n_cols + 1);
    if (scanline->edges.n == 0) {
        memset(values, 0, (size_t)n_rows * (size_t)n_cols * sizeof *values);
        return true;
    }
    if (!tpk_grow(&scanline->steps, &scanline->step_capacity, n_steps, sizeof *scanline->steps)) return false;
    memset(scanline->steps, 0, n_steps * sizeof *scanline->steps);
    double columns_per_unit = n_cols > 1 ? (n_cols - 1) / (east - west) : 0;
    const tpk_segment *items = tpk_segments_array(segments);
    for (size_t k = 0; k < scanline->edges.n; k++) {
        const tpk_segment *s = &items[scanline->edges.items[k]];
        if (s->ay != s->by) add_edge(s, block, columns_per_unit, scanline->steps);
    }
    for (int32_t r = 0; r < n_rows; r++)
        sum_row(scanline->steps + (int64_t)r * (n_cols + 1), n_cols, values + (int64_t)r * n_cols);
    return true;
}
