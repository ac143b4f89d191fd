#include "api/mesh.h"

#include <math.h>
#include <stddef.h>

enum { STEP = TPK_MESH_STEP, MOST_NODES = TPK_MESH_MOST / STEP + 1 };

typedef struct mesh {
    int32_t n_down, n_across; /* nodes */
    double nodes[2 * MOST_NODES * MOST_NODES];
} mesh;

/* Transforms a lattice of points every STEP pixels, `shift` pixels from the first. */
static bool transform_lattice(tpk_transform *transform, const double first[2], const double step[2],
                              double shift, int32_t n_down, int32_t n_across, double *xy)
{
    int64_t n_failed;
    for (int32_t i = 0; i < n_down * n_across; i++) {
        xy[2 * i] = first[0] + (i % n_across * STEP + shift) * step[0];
        xy[2 * i + 1] = first[1] - (i / n_across * STEP + shift) * step[1];
    }
    tpk_transform_forward(transform, xy, (int64_t)n_down * n_across, &n_failed);
    return n_failed == 0;
}

static void interpolate(const mesh *m, int32_t row, int32_t col, double v, double u, double xy[2])
{
    const double *upper = m->nodes + 2 * ((ptrdiff_t)row * m->n_across + col),
                 *lower = upper + 2 * m->n_across;
    for (int k = 0; k < 2; k++) {
        double above = upper[k] + u * (upper[k + 2] - upper[k]),
               below = lower[k] + u * (lower[k + 2] - lower[k]);
        xy[k] = above + v * (below - above);
    }
}

/* Between nodes the error is greatest in the middle. */
static bool is_near(const mesh *m, tpk_transform *transform, const double first[2], const double step[2],
                    double tolerance)
{
    double middle[2 * MOST_NODES * MOST_NODES], own[2];
    int32_t n_down = m->n_down - 1, n_across = m->n_across - 1;
    if (!transform_lattice(transform, first, step, STEP / 2.0, n_down, n_across, middle)) return false;
    for (int32_t i = 0; i < n_down * n_across; i++) {
        interpolate(m, i / n_across, i % n_across, 0.5, 0.5, own);
        if (!(hypot(own[0] - middle[2 * i], own[1] - middle[2 * i + 1]) <= tolerance)) return false;
    }
    return true;
}

bool tpk_mesh_transform(tpk_transform *transform, const double first[2], const double step[2], int32_t n_rows,
                        int32_t n_cols, double tolerance, double *xy)
{
    mesh m = {.n_down = (n_rows - 1) / STEP + 2, .n_across = (n_cols - 1) / STEP + 2};
    if (!transform_lattice(transform, first, step, 0, m.n_down, m.n_across, m.nodes) ||
        !is_near(&m, transform, first, step, tolerance))
        return false;
    for (int32_t r = 0; r < n_rows; r++) {
        for (int32_t c = 0; c < n_cols; c++) {
            interpolate(&m, r / STEP, c / STEP, r % STEP / (double)STEP, c % STEP / (double)STEP,
                        xy + 2 * ((ptrdiff_t)r * n_cols + c));
        }
    }
    return true;
}
