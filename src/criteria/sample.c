#include "criteria/sample.h"

static inline double pixel(const tpk_pixels *pixels, int32_t row, int32_t col)
{
    return pixels
        ->values[(int64_t)(row - pixels->window.row0) * pixels->window.n_cols + (col - pixels->window.col0)];
}

static inline int32_t clamp_index(int32_t i, int32_t n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

double tpk_sample_nearest(const tpk_pixels *pixels, double px, double py)
{
    bool on_raster = px >= 0 && px < pixels->n_cols && py >= 0 && py < pixels->n_rows;
    return on_raster ? pixel(pixels, (int32_t)py, (int32_t)px) : (double)NAN;
}

/* A place along one axis of the raster: the centre at or before it, -1 at the least, and how far it is beyond
 * (0 to 1). The same as tpk_centre_coordinate and floor, but on the raster conversions do, which are inlined
 * everywhere. */
static inline int32_t split_place(double px, double *beyond)
{
    double u = px - 0.5, whole = (double)(int32_t)(u + 0.5);
    u = fabs(u - whole) < 1e-6 ? whole : u;
    int32_t before = (int32_t)(u + 1) - 1;
    *beyond = u - before;
    return before;
}

/* Between the four pixels round a place on the raster, of which some may be unknown or beyond its edge. */
static double bilinear_of_known(const tpk_pixels *pixels, double px, double py)
{
    double own = tpk_sample_nearest(pixels, px, py);
    if (isnan(own)) return own;
    double fu, fv;
    int32_t col = split_place(px, &fu), row = split_place(py, &fv);
    if (fu == 0 && fv == 0) return own;
    int32_t c0 = clamp_index(col, pixels->n_cols), c1 = clamp_index(col + 1, pixels->n_cols);
    int32_t r0 = clamp_index(row, pixels->n_rows), r1 = clamp_index(row + 1, pixels->n_rows);
    const double values[4] = {pixel(pixels, r0, c0), pixel(pixels, r0, c1), pixel(pixels, r1, c0),
                              pixel(pixels, r1, c1)};
    const double weights[4] = {(1 - fu) * (1 - fv), fu * (1 - fv), (1 - fu) * fv, fu * fv};
    double sum =
        weights[0] * values[0] + weights[1] * values[1] + weights[2] * values[2] + weights[3] * values[3];
    if (!isnan(sum)) return sum;
    double known = 0, weight = 0;
    for (int k = 0; k < 4; k++) {
        if (isnan(values[k])) continue;
        known += weights[k] * values[k];
        weight += weights[k];
    }
    return known / weight;
}

double tpk_sample_bilinear(const tpk_pixels *pixels, double px, double py)
{
    double last_col = pixels->n_cols - 1, last_row = pixels->n_rows - 1;
    if (px >= 1 && px < last_col && py >= 1 && py < last_row) { /* nearly always: no edge is near */
        double fu, fv;
        int32_t col = split_place(px, &fu), row = split_place(py, &fv);
        int64_t below = pixels->window.n_cols;
        const double *v = pixels->values + (row - pixels->window.row0) * below + (col - pixels->window.col0);
        double sum = (1 - fu) * (1 - fv) * v[0] + fu * (1 - fv) * v[1] + (1 - fu) * fv * v[below] +
                     fu * fv * v[below + 1];
        if (!isnan(sum)) return sum;
    }
    return bilinear_of_known(pixels, px, py);
}

/* Weights of the centres at -1, 0, 1, 2 for a place at 0 <= t < 1 (Keys 1981, eq. 4 with a = -1/2). */
static void cubic_weights(double t, double w[4])
{
    double t2 = t * t, t3 = t2 * t;
    w[0] = -0.5 * t + t2 - 0.5 * t3;
    w[1] = 1 - 2.5 * t2 + 1.5 * t3;
    w[2] = 0.5 * t + 2 * t2 - 1.5 * t3;
    w[3] = -0.5 * t2 + 0.5 * t3;
}

double tpk_sample_cubic(const tpk_pixels *pixels, double px, double py)
{
    double own = tpk_sample_nearest(pixels, px, py);
    if (isnan(own)) return own;
    double fu, fv, wu[4], wv[4];
    int32_t col = split_place(px, &fu), row = split_place(py, &fv);
    cubic_weights(fu, wu);
    cubic_weights(fv, wv);
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        int32_t r = clamp_index(row - 1 + i, pixels->n_rows);
        double line = 0;
        for (int j = 0; j < 4; j++)
            line += wu[j] * pixel(pixels, r, clamp_index(col - 1 + j, pixels->n_cols));
        sum += wv[i] * line;
    }
    return isnan(sum) ? tpk_sample_bilinear(pixels, px, py) : sum;
}

static inline double overlap(double low, double high, int32_t index)
{
    double from = low > index ? low : index, to = high < index + 1.0 ? high : index + 1.0;
    return to > from ? to - from : 0;
}

void tpk_mean_add(tpk_mean *mean, const tpk_pixels *pixels, tpk_box footprint)
{
    tpk_window w = pixels->window;
    double first_col = fmax(floor(footprint.x_min), w.col0),
           end_col = fmin(ceil(footprint.x_max), w.col0 + w.n_cols);
    double first_row = fmax(floor(footprint.y_min), w.row0),
           end_row = fmin(ceil(footprint.y_max), w.row0 + w.n_rows);
    if (!(first_col < end_col && first_row < end_row)) return;
    for (int32_t r = (int32_t)first_row; r < (int32_t)end_row; r++) {
        double height = overlap(footprint.y_min, footprint.y_max, r);
        double line_sum = 0, line_weight = 0;
        for (int32_t c = (int32_t)first_col; c < (int32_t)end_col; c++) {
            double value = pixel(pixels, r, c);
            if (isnan(value)) continue;
            double width = overlap(footprint.x_min, footprint.x_max, c);
            line_sum += width * value;
            line_weight += width;
        }
        mean->sum += height * line_sum;
        mean->weight += height * line_weight;
    }
}

double tpk_mean_value(const tpk_mean *mean)
{
    return mean->weight > 0 ? mean->sum / mean->weight : (double)NAN;
}
