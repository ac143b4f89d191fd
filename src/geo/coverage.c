#include "geo/coverage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

/* A whole cell's area, and a whole row's height, in the accumulators' unit: fine enough that the rounding of
 * places in cells (2^-53 of them) is what limits a share, coarse enough for sums of thousands of cells. */
static const double WHOLE = 0x1p50;

/* Cells of the window as sums of area to come: cell c's share is the sum of row[0..c]. They live in the
 * caller's doubles, as bits. */
typedef struct target {
    double *cells;
    int64_t row0, row_end, col0, col_end; /* on the grid */
} target;

/* An edge in cells from the grid's corner, u to the east and v to the south, turned so that v0 < v1: both
 * neighbours of a common border get the same pieces with opposite signs. */
typedef struct edge {
    double u0, v0, u1, v1;
    double du_dv, dv_du; /* dv_du 0 when it goes due south: it crosses no column line then */
    int sign;            /* +1: goes south in its ring, the inside is east of it */
} edge;

static double clamped(double value, double a, double b)
{
    double low = a < b ? a : b, high = a < b ? b : a;
    return value > high ? high : value > low ? value : low;
}

static double u_at(const edge *e, double v)
{
    return clamped(e->u0 + (v - e->v0) * e->du_dv, e->u0, e->u1);
}

static double v_at(const edge *e, double u)
{
    return clamped(e->v0 + (u - e->u0) * e->dv_du, e->v0, e->v1);
}

/* Unsigned arithmetic wraps, so that only the final sums must fit. */
static void accumulate(double *cell, int64_t amount)
{
    uint64_t sum;
    memcpy(&sum, cell, sizeof sum);
    sum += (uint64_t)amount;
    memcpy(cell, &sum, sizeof sum);
}

/* The part of e in one row. Each piece of height h covers h of all cells east of it, and of its own cell what
 * lies east of its middle. tpk_edge_shadow (geom.h) is the same integral for one box, in floating point; here
 * an edge goes through all cells of the row at once, in whole numbers, so that what one cell loses its
 * neighbour gains to the bit. */
static void add_row(const target *t, const edge *e, int64_t row)
{
    double row_top = (double)row, col0 = (double)t->col0, col_end = (double)t->col_end;
    double *cells = t->cells + (row - t->row0) * (t->col_end - t->col0);
    double top = e->v0 > row_top ? e->v0 : row_top, bottom = e->v1 < row_top + 1 ? e->v1 : row_top + 1;
    double u_top = e->v0 >= row_top ? e->u0 : u_at(e, row_top);
    double u_bottom = e->v1 <= row_top + 1 ? e->u1 : u_at(e, row_top + 1);
    bool eastward = u_top <= u_bottom;
    double u = eastward ? u_top : u_bottom, u_end = eastward ? u_bottom : u_top,
           v_end = eastward ? bottom : top;
    if (!(u < col_end)) return;
    int64_t height = llrint(((eastward ? top : bottom) - row_top) * WHOLE);
    if (u < col0) {
        double v_next = u_end <= col0 ? v_end : clamped(v_at(e, col0), top, bottom);
        int64_t next = llrint((v_next - row_top) * WHOLE);
        accumulate(&cells[0], e->sign * llabs(next - height));
        if (u_end <= col0) return;
        u = col0;
        height = next;
    }
    bool last = false;
    for (int64_t col = (int64_t)floor(u); col < t->col_end && !last; col++) {
        last = u_end <= (double)(col + 1);
        double u_next = last ? u_end : (double)(col + 1);
        double v_next = last ? v_end : clamped(v_at(e, u_next), top, bottom);
        int64_t next = llrint((v_next - row_top) * WHOLE);
        int64_t h = llabs(next - height);
        int64_t own = llrint((double)h * (1 - ((u - (double)col) + (u_next - (double)col)) / 2));
        accumulate(&cells[col - t->col0], e->sign * own);
        if (col + 1 < t->col_end) accumulate(&cells[col + 1 - t->col0], e->sign * (h - own));
        u = u_next;
        height = next;
    }
}

static void add_edge(const target *t, double u0, double v0, double u1, double v1, int sign)
{
    if (!(v1 > (double)t->row0) || !(v0 < (double)t->row_end)) return;
    edge e = {u0, v0, u1, v1, (u1 - u0) / (v1 - v0), u1 != u0 ? (v1 - v0) / (u1 - u0) : 0, sign};
    int64_t row = v0 > (double)t->row0 ? (int64_t)floor(v0) : t->row0;
    int64_t end = v1 < (double)t->row_end ? (int64_t)ceil(v1) : t->row_end;
    for (; row < end; row++) add_row(t, &e, row);
}

static void add_ring(const target *t, const tpk_grid *grid, const double *xy, int64_t n)
{
    double u = 0, v = 0;
    for (int64_t i = 0; i < n; i++) {
        double u_next = (xy[2 * i] - grid->x0) / grid->cell, v_next = (grid->y0 - xy[2 * i + 1]) / grid->cell;
        if (i > 0 && v_next > v) add_edge(t, u, v, u_next, v_next, 1);
        if (i > 0 && v_next < v) add_edge(t, u_next, v_next, u, v, -1);
        u = u_next;
        v = v_next;
    }
}

/* From sums of pieces to shares, in place. */
static void finish_row(double *cells, int64_t n_cols)
{
    const int64_t whole = (int64_t)WHOLE;
    uint64_t sum = 0;
    for (int64_t c = 0; c < n_cols; c++) {
        uint64_t added;
        memcpy(&added, &cells[c], sizeof added);
        sum += added;
        int64_t share = (int64_t)sum;
        share = share < 0 ? 0 : share > whole ? whole : share;
        cells[c] = (double)share / WHOLE;
    }
}

tpk_status tpk_coverage(const tpk_grid *grid, tpk_window window, const tpk_geom *polygons, int64_t n,
                        double *share, tpk_err *err)
{
    target t = {share, window.row0, (int64_t)window.row0 + window.n_rows, window.col0,
                (int64_t)window.col0 + window.n_cols};
    if (window.n_rows <= 0 || window.n_cols <= 0) return TPK_OK;
    memset(share, 0, (size_t)window.n_rows * (size_t)window.n_cols * sizeof *share);
    for (int64_t i = 0; i < n; i++) {
        tpk_geom polygon = polygons[i];
        if (polygon.n_parts > 0 && polygon.kind != TPK_GEOM_POLYGON) {
            return tpk_err_set(err, TPK_ERR_ARGUMENT,
                               _("geometry %lld is not a polygon, only polygons cover cells"),
                               (long long)i + 1);
        }
        for (int64_t p = 0; p < polygon.n_parts; p++) {
            int64_t start = polygon.part_start[p];
            add_ring(&t, grid, polygon.xy + 2 * start, polygon.part_start[p + 1] - start);
        }
    }
    for (int32_t r = 0; r < window.n_rows; r++) finish_row(share + (int64_t)r * window.n_cols, window.n_cols);
    return TPK_OK;
}
