#include "output/pyramid.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"

enum { MOST = TPK_BLOCK_SIDE / 2 };

/* Means of 2 x 2 cells; NaN where none is valid. */
TPK_SIMD static void average_row(const double *restrict upper, const double *restrict lower, int32_t n,
                                 double *restrict means)
{
#pragma omp simd
    for (int32_t i = 0; i < n; i++) {
        double a = upper[2 * i], b = upper[2 * i + 1], c = lower[2 * i], d = lower[2 * i + 1];
        double count =
            ((a == a ? 1.0 : 0.0) + (b == b ? 1.0 : 0.0)) + ((c == c ? 1.0 : 0.0) + (d == d ? 1.0 : 0.0));
        double sum = ((a == a ? a : 0.0) + (b == b ? b : 0.0)) + ((c == c ? c : 0.0) + (d == d ? d : 0.0));
        means[i] = sum / count; /* 0 / 0 is NaN: no valid cell */
    }
}

static void put_means(const tpk_pixel_rule *rule, const double *means, int32_t n, void *out)
{
    float fill;
    memcpy(&fill, &rule->fill_bits, sizeof fill);
    for (int32_t i = 0; i < n; i++) {
        double mean = means[i];
        uint32_t whole = isnan(mean) ? rule->fill_bits : (uint32_t)floor(mean + 0.5);
        switch (rule->pixel) {
        case TPK_PIXEL_U8: ((uint8_t *)out)[i] = (uint8_t)whole; break;
        case TPK_PIXEL_U16: break; /* always banded */
        case TPK_PIXEL_U32: ((uint32_t *)out)[i] = whole; break;
        case TPK_PIXEL_F32: ((float *)out)[i] = isnan(mean) ? fill : (float)mean; break;
        }
    }
}

static void *row_of(const tpk_pixel_rule *rule, void *out, int32_t r)
{
    return (char *)out + rule->cell_bytes * (size_t)(r * (rule->side / 2));
}

static void reduce_average(const tpk_pixel_rule *rule, const tpk_pixels *from, const tpk_pixels *to,
                           void *out)
{
    double upper[TPK_ROW_ROOM], lower[TPK_ROW_ROOM], means[MOST];
    for (int32_t i = 0; i < TPK_ROW_ROOM; i++) lower[i] = (double)NAN;
    for (int32_t r = 0; r < to->n_rows; r++) {
        tpk_pixels_row(rule, from, 2 * r, upper);
        if (2 * r + 1 < from->n_rows) {
            tpk_pixels_row(rule, from, 2 * r + 1, lower);
        } else {
            for (int32_t i = 0; i < TPK_ROW_ROOM; i++) lower[i] = (double)NAN;
        }
        average_row(upper, lower, to->n_cols, means);
        put_means(rule, means, to->n_cols, row_of(rule, out, r));
    }
}

/* One row's bits, the last cell repeated once so that an odd row has a neighbour. */
static void load_bits(tpk_pixel pixel, const tpk_pixels *pixels, int32_t r, uint32_t *bits)
{
    const char *row = (const char *)pixels->pixels + tpk_pixel_size(pixel) * (size_t)(r * pixels->stride);
    int32_t n = pixels->n_cols;
    if (pixel == TPK_PIXEL_U8) {
        const uint8_t *bytes = (const uint8_t *)row;
        for (int32_t i = 0; i < n; i++) bits[i] = bytes[i];
    } else {
        memcpy(bits, row, 4 * (size_t)n);
    }
    bits[n] = bits[n - 1];
}

static void put_bits(tpk_pixel pixel, const uint32_t *bits, int32_t n, void *out)
{
    if (pixel == TPK_PIXEL_U8) {
        for (int32_t i = 0; i < n; i++) ((uint8_t *)out)[i] = (uint8_t)bits[i];
    } else {
        memcpy(out, bits, 4 * (size_t)n);
    }
}

static uint32_t mode_of(const tpk_pixel_rule *rule, const uint32_t *values, int n)
{
    uint32_t best = rule->fill_bits;
    int best_count = 0;
    for (int i = 0; i < n; i++) {
        if (!tpk_pixel_is_valid(rule, values[i])) continue;
        int count = 0;
        for (int j = i; j < n; j++) count += values[j] == values[i];
        if (count > best_count) {
            best_count = count;
            best = values[i];
        }
    }
    return best;
}

/* Upper left cells, and where the four are not the same valid number. */
TPK_SIMD static void compare_cells(const uint32_t *restrict upper, const uint32_t *restrict lower, int32_t n,
                                   bool is_float, uint32_t *restrict first, uint32_t *restrict differs)
{
    uint32_t magnitude = is_float ? 0x7FFFFFFF : 0; /* NaN lies above infinity */
#pragma omp simd
    for (int32_t i = 0; i < n; i++) {
        uint32_t a = upper[2 * i];
        first[i] = a;
        differs[i] = (a ^ upper[2 * i + 1]) | (a ^ lower[2 * i]) | (a ^ lower[2 * i + 1]) |
                     ((a & magnitude) > 0x7F800000 ? 1u : 0u);
    }
}

static void reduce_pick(const tpk_pixel_rule *rule, bool takes_mode, const tpk_pixels *from,
                        const tpk_pixels *to, void *out)
{
    uint32_t upper[TPK_ROW_ROOM], lower[TPK_ROW_ROOM], picked[MOST], differs[MOST];
    for (int32_t r = 0; r < to->n_rows; r++) {
        int32_t n_below = 2 * r + 1 < from->n_rows ? 2 : 1;
        load_bits(rule->pixel, from, 2 * r, upper);
        load_bits(rule->pixel, from, 2 * r + n_below - 1, lower);
        compare_cells(upper, lower, to->n_cols, rule->pixel == TPK_PIXEL_F32, picked, differs);
        for (int32_t c = 0; takes_mode && c < to->n_cols; c++) {
            if (!differs[c]) continue;
            uint32_t values[4];
            int n = 0;
            int32_t end = 2 * c + 2 < from->n_cols ? 2 * c + 2 : from->n_cols;
            for (int32_t x = 2 * c; x < end; x++) values[n++] = upper[x];
            for (int32_t x = 2 * c; n_below == 2 && x < end; x++) values[n++] = lower[x];
            picked[c] = mode_of(rule, values, n);
        }
        put_bits(rule->pixel, picked, to->n_cols, row_of(rule, out, r));
    }
}

/* ---- several bands ---- */

/* Sample b of one cell from its four: the mean of those that are valid, rounded half up. Division by twice
 * their number is a multiplication: exact for sums of four bytes. */
TPK_SIMD static void average_samples(const uint8_t *restrict upper, const uint8_t *restrict lower,
                                     int n_bands, int n, uint32_t nodata, uint8_t *restrict out)
{
    static const uint32_t INVERSE[5] = {0, 32768, 16384, 10923, 8192};
    for (int b = 0; b < n; b++) {
        uint32_t v[4] = {upper[b], upper[n_bands + b], lower[b], lower[n_bands + b]}, sum = 0, count = 0;
        for (int i = 0; i < 4; i++) {
            sum += v[i] != nodata ? v[i] : 0;
            count += v[i] != nodata;
        }
        out[b] = count ? (uint8_t)(((2 * sum + count) * INVERSE[count]) >> 16) : (uint8_t)nodata;
    }
}

/* A cell beyond an odd edge counts as the edge's own, which leaves picked samples and, as all its bytes are
 * there twice, averages of two as they are. */
static void reduce_banded(const tpk_pixel_rule *rule, tpk_overview overview, const tpk_pixels *from,
                          const tpk_pixels *to, void *out)
{
    size_t cell = rule->cell_bytes, row_bytes = cell * (size_t)from->stride;
    int n_averaged = overview == TPK_OVERVIEW_AVERAGE ? rule->n_bands - rule->n_picked : 0;
    uint8_t pair[2][2 * 2 * TPK_COG_MAX_BANDS];
    for (int32_t r = 0; r < to->n_rows; r++) {
        const uint8_t *rows[2] = {(const uint8_t *)from->pixels + row_bytes * (size_t)(2 * r)};
        rows[1] = 2 * r + 1 < from->n_rows ? rows[0] + row_bytes : rows[0];
        uint8_t *target = row_of(rule, out, r);
        for (int32_t c = 0; c < to->n_cols; c++, target += cell) {
            bool has_right = 2 * c + 1 < from->n_cols;
            const uint8_t *cells[2];
            for (int i = 0; i < 2; i++) {
                cells[i] = rows[i] + cell * (size_t)(2 * c);
                if (has_right) continue;
                memcpy(pair[i], cells[i], cell);
                memcpy(pair[i] + cell, cells[i], cell);
                cells[i] = pair[i];
            }
            memcpy(target, cells[0], cell);
            if (n_averaged > 0)
                average_samples(cells[0], cells[1], rule->n_bands, n_averaged, rule->nodata_bits, target);
        }
    }
}

tpk_pixels tpk_pixels_reduce(const tpk_pixel_rule *rule, tpk_overview overview, tpk_pixels pixels, void *out)
{
    tpk_pixels reduced = {.pixels = out,
                          .stride = rule->side / 2,
                          .n_rows = (pixels.n_rows + 1) / 2,
                          .n_cols = (pixels.n_cols + 1) / 2};
    if (!pixels.pixels) {
        reduced.pixels = NULL;
        bool keeps =
            rule->is_banded || overview == TPK_OVERVIEW_NEAREST || tpk_pixel_is_valid(rule, pixels.bits);
        reduced.bits = keeps ? pixels.bits : rule->fill_bits;
        return reduced;
    }
    if (rule->is_banded) {
        reduce_banded(rule, overview, &pixels, &reduced, out);
    } else if (overview == TPK_OVERVIEW_AVERAGE) {
        reduce_average(rule, &pixels, &reduced, out);
    } else {
        reduce_pick(rule, overview == TPK_OVERVIEW_MODE, &pixels, &reduced, out);
    }
    return tpk_pixels_squeeze(rule, reduced);
}
