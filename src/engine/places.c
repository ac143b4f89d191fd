#include "engine/places.h"

#include <math.h>

#include "base/simd.h"

enum { NODES = 5, CHECKS = 4 };

/* Of the map, where the plan's CRS is in metres. */
static const double TOLERANCE_M = 1e-3;

/* Row i: the coefficients, rising powers, of the polynomial of degree 4 that is 1 at node i of -1, -1/2, 0,
 * 1/2, 1 and 0 at the others (Lagrange). */
static const double BASIS[NODES][NODES] = {{0, 1.0 / 6, -1.0 / 6, -2.0 / 3, 2.0 / 3},
                                           {0, -4.0 / 3, 8.0 / 3, 4.0 / 3, -8.0 / 3},
                                           {1, 0, -5, 0, 4},
                                           {0, 4.0 / 3, 8.0 / 3, -4.0 / 3, -8.0 / 3},
                                           {0, -1.0 / 6, -1.0 / 6, 2.0 / 3, 2.0 / 3}};

/* A tile as the square from -1 to 1 in u (east) and v (north). */
typedef struct square {
    double x, y, half_width, half_height;
} square;

static square square_of(const tpk_grid *grid, tpk_window window)
{
    double half_width = window.n_cols * grid->cell / 2, half_height = window.n_rows * grid->cell / 2;
    return (square){grid->x0 + window.col0 * grid->cell + half_width,
                    grid->y0 - window.row0 * grid->cell - half_height, half_width, half_height};
}

/* coefficients[d][i][k]: of v^i u^k in coordinate d. */
typedef struct surface {
    double coefficients[2][NODES][NODES];
} surface;

static surface fit(tpk_transform *transform, const square *s, int64_t *n_failed)
{
    double xy[2 * NODES * NODES];
    for (int i = 0; i < NODES * NODES; i++) {
        xy[2 * i] = s->x + (i % NODES - 2) / 2.0 * s->half_width;
        xy[2 * i + 1] = s->y + (i / NODES - 2) / 2.0 * s->half_height;
    }
    tpk_transform_forward(transform, xy, (int64_t)NODES * NODES, n_failed);
    surface f = {0};
    for (int node = 0; node < NODES * NODES; node++) {
        for (int power = 0; power < NODES * NODES; power++) {
            double basis = BASIS[node / NODES][power / NODES] * BASIS[node % NODES][power % NODES];
            for (int d = 0; d < 2; d++)
                f.coefficients[d][power / NODES][power % NODES] += basis * xy[2 * node + d];
        }
    }
    return f;
}

static double horner(const double *c, double t)
{
    return (((c[4] * t + c[3]) * t + c[2]) * t + c[1]) * t + c[0];
}

/* The polynomial in u at one v. */
static void row_at(const surface *f, int d, double v, double row[NODES])
{
    for (int k = 0; k < NODES; k++) {
        double column[NODES];
        for (int i = 0; i < NODES; i++) column[i] = f->coefficients[d][i][k];
        row[k] = horner(column, v);
    }
}

static bool keeps_to_proj(tpk_transform *transform, const square *s, const surface *f)
{
    double xy[2 * CHECKS * CHECKS], row[2][NODES];
    int64_t n_failed = 0;
    for (int i = 0; i < CHECKS * CHECKS; i++) {
        xy[2 * i] = s->x + (2 * (i % CHECKS) - 3) / 4.0 * s->half_width;
        xy[2 * i + 1] = s->y + (2 * (i / CHECKS) - 3) / 4.0 * s->half_height;
    }
    tpk_transform_forward(transform, xy, (int64_t)CHECKS * CHECKS, &n_failed);
    for (int i = 0; i < CHECKS * CHECKS; i++) {
        for (int d = 0; d < 2; d++) {
            row_at(f, d, (2 * (i / CHECKS) - 3) / 4.0, row[d]);
            double off = horner(row[d], (2 * (i % CHECKS) - 3) / 4.0) - xy[2 * i + d];
            if (!(fabs(off) <= TOLERANCE_M)) return false;
        }
    }
    return n_failed == 0;
}

TPK_SIMD static void fill_row(const double *restrict c, int32_t n, double *restrict out)
{
    double first = 1.0 / n - 1, step = 2.0 / n;
    for (int32_t i = 0; i < n; i++) {
        double u = first + i * step;
        out[i] = (((c[4] * u + c[3]) * u + c[2]) * u + c[1]) * u + c[0];
    }
}

static void ask_proj(tpk_transform *transform, const tpk_grid *grid, tpk_window window, double *xy, double *x,
                     double *y)
{
    int64_t n = (int64_t)window.n_rows * window.n_cols, n_failed = 0;
    for (int64_t i = 0; i < n; i++) {
        xy[2 * i] = tpk_grid_x(grid, window.col0 + (int32_t)(i % window.n_cols));
        xy[2 * i + 1] = tpk_grid_y(grid, window.row0 + (int32_t)(i / window.n_cols));
    }
    tpk_transform_forward(transform, xy, n, &n_failed);
    for (int64_t i = 0; i < n; i++) {
        x[i] = xy[2 * i];
        y[i] = xy[2 * i + 1];
    }
}

void tpk_places_find(tpk_transform *transform, const tpk_grid *grid, tpk_window window, double *xy, double *x,
                     double *y)
{
    int64_t n_failed = 0;
    square s = square_of(grid, window);
    surface f = fit(transform, &s, &n_failed);
    if (n_failed > 0 || !keeps_to_proj(transform, &s, &f)) {
        ask_proj(transform, grid, window, xy, x, y);
        return;
    }
    double *const out[2] = {x, y};
    for (int32_t r = 0; r < window.n_rows; r++) {
        double v = 1 - (2.0 * r + 1) / window.n_rows, row[NODES];
        for (int d = 0; d < 2; d++) {
            row_at(&f, d, v, row);
            fill_row(row, window.n_cols, out[d] + (int64_t)r * window.n_cols);
        }
    }
}
