#include "output/pixels.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"

enum { LANES = TPK_ROW_LANES };

static const uint32_t NAN_BITS = 0x7FC00000;

static float float_of(uint32_t bits)
{
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static uint32_t bits_of(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

size_t tpk_pixel_size(tpk_pixel pixel)
{
    return pixel == TPK_PIXEL_U8 ? 1 : pixel == TPK_PIXEL_U16 ? 2 : 4;
}

bool tpk_pixel_rule_init(tpk_pixel_rule *rule, tpk_pixel pixel, bool has_nodata, double nodata)
{
    *rule = (tpk_pixel_rule){.pixel = pixel,
                             .n_bands = 1,
                             .cell_bytes = tpk_pixel_size(pixel),
                             .side = TPK_BLOCK_SIDE,
                             .has_nodata = has_nodata};
    if (pixel == TPK_PIXEL_F32) {
        bool fits = !has_nodata || isnan(nodata) || fabs(nodata) <= (double)__FLT_MAX__ || isinf(nodata);
        rule->nodata_bits = has_nodata && fits && !isnan(nodata) ? bits_of((float)nodata) : NAN_BITS;
        rule->fill_bits = rule->nodata_bits;
        return fits;
    }
    double largest = pixel == TPK_PIXEL_U8 ? 255 : pixel == TPK_PIXEL_U16 ? 65535 : 4294967295.0;
    if (!has_nodata) return true;
    if (!(nodata >= 0 && nodata <= largest) || nodata != floor(nodata)) return false;
    rule->nodata_bits = rule->fill_bits = (uint32_t)nodata;
    return true;
}

/* The one bit pattern under which every NaN is written. */
static uint32_t canonical(tpk_pixel pixel, uint32_t bits)
{
    return pixel == TPK_PIXEL_F32 && isnan(float_of(bits)) ? NAN_BITS : bits;
}

static uint32_t bits_at(tpk_pixel pixel, const void *pixels, int64_t i)
{
    if (pixel == TPK_PIXEL_U8) return ((const uint8_t *)pixels)[i];
    uint32_t bits;
    memcpy(&bits, (const char *)pixels + 4 * i, sizeof bits);
    return bits;
}

static void put_bits(tpk_pixel pixel, void *pixels, int64_t i, uint32_t bits)
{
    if (pixel == TPK_PIXEL_U8) {
        ((uint8_t *)pixels)[i] = (uint8_t)bits;
    } else {
        memcpy((char *)pixels + 4 * i, &bits, sizeof bits);
    }
}

bool tpk_pixel_is_valid(const tpk_pixel_rule *rule, uint32_t bits)
{
    if (rule->pixel != TPK_PIXEL_F32) return !(rule->has_nodata && bits == rule->nodata_bits);
    float number = float_of(bits);
    return !isnan(number) && !(rule->has_nodata && number == float_of(rule->nodata_bits));
}

tpk_pixels tpk_pixels_squeeze(const tpk_pixel_rule *rule, tpk_pixels pixels)
{
    if (!pixels.pixels) return pixels;
    size_t size = rule->cell_bytes, row_bytes = size * (size_t)pixels.n_cols;
    const char *first = pixels.pixels;
    if (rule->is_banded && memcmp(first, rule->fill, size) != 0) return pixels;
    /* A row equals itself shifted by one cell exactly when all its cells are the same. */
    if (memcmp(first, first + size, row_bytes - size) != 0) return pixels;
    for (int32_t r = 1; r < pixels.n_rows; r++) {
        if (memcmp(first, first + size * (size_t)(r * pixels.stride), row_bytes) != 0) return pixels;
    }
    pixels.bits = rule->is_banded ? 0 : canonical(rule->pixel, bits_at(rule->pixel, first, 0));
    pixels.pixels = NULL;
    return pixels;
}

static void fill_row(const tpk_pixel_rule *rule, uint32_t bits, int32_t n, char *row)
{
    for (int32_t c = 0; c < n; c++) {
        if (rule->is_banded)
            memcpy(row + rule->cell_bytes * (size_t)c, rule->fill, rule->cell_bytes);
        else
            put_bits(rule->pixel, row, c, bits);
    }
}

void tpk_pixels_copy(const tpk_pixel_rule *rule, tpk_pixels pixels, void *out, int64_t out_stride)
{
    size_t size = rule->cell_bytes, row_bytes = size * (size_t)pixels.n_cols;
    for (int32_t r = 0; r < pixels.n_rows; r++) {
        char *row = (char *)out + size * (size_t)(r * out_stride);
        if (pixels.pixels) {
            memcpy(row, (const char *)pixels.pixels + size * (size_t)(r * pixels.stride), row_bytes);
        } else if (r > 0) {
            memcpy(row, out, row_bytes);
        } else {
            fill_row(rule, pixels.bits, pixels.n_cols, row);
        }
    }
}

TPK_SIMD static void row_of_floats(const float *from, int32_t n, float nodata, double *out)
{
    for (int32_t i = 0; i < n; i++) out[i] = from[i] == nodata ? (double)NAN : (double)from[i];
}

TPK_SIMD static void row_of_words(const uint32_t *from, int32_t n, double nodata, double *out)
{
    for (int32_t i = 0; i < n; i++) {
        double number = (double)from[i];
        out[i] = number == nodata ? (double)NAN : number;
    }
}

TPK_SIMD static void row_of_bytes(const uint8_t *from, int32_t n, double nodata, double *out)
{
    for (int32_t i = 0; i < n; i++) {
        double number = (double)from[i];
        out[i] = number == nodata ? (double)NAN : number;
    }
}

void tpk_pixels_row(const tpk_pixel_rule *rule, const tpk_pixels *pixels, int32_t r, double *out)
{
    int32_t n = pixels->n_cols;
    const void *row =
        (const char *)pixels->pixels + tpk_pixel_size(rule->pixel) * (size_t)(r * pixels->stride);
    /* Nothing equals NaN, and 2^32 is no cell's value. */
    float float_nodata = rule->has_nodata ? float_of(rule->nodata_bits) : NAN;
    double nodata = rule->has_nodata ? (double)rule->nodata_bits : 4294967296.0;
    switch (rule->pixel) {
    case TPK_PIXEL_U8: row_of_bytes(row, n, nodata, out); break;
    case TPK_PIXEL_U16: break; /* always banded */
    case TPK_PIXEL_U32: row_of_words(row, n, nodata, out); break;
    case TPK_PIXEL_F32: row_of_floats(row, n, float_nodata, out); break;
    }
    for (int32_t i = n; i < n + TPK_ROW_LANES; i++) out[i] = (double)NAN;
}

/* Sums in a fixed set of lanes, whatever vector width the compiler chooses. */
struct lanes {
    double n[LANES], sum[LANES], squares[LANES], min[LANES], max[LANES];
};

TPK_SIMD static void add_row(struct lanes *restrict lanes, const double *restrict row, int32_t n,
                             double shift)
{
    struct lanes own = *lanes;
    for (int32_t i = 0; i < n; i += LANES) {
#pragma omp simd
        for (int k = 0; k < LANES; k++) {
            double v = row[i + k];
            double d = v == v ? v - shift : 0.0;
            own.n[k] += v == v ? 1.0 : 0.0;
            own.sum[k] += d;
            own.squares[k] += d * d;
            own.min[k] = v < own.min[k] ? v : own.min[k];
            own.max[k] = v > own.max[k] ? v : own.max[k];
        }
    }
    *lanes = own;
}

static tpk_pixel_stats uniform_stats(const tpk_pixel_rule *rule, const tpk_pixels *pixels)
{
    if (!tpk_pixel_is_valid(rule, pixels->bits)) return (tpk_pixel_stats){0};
    double value = rule->pixel == TPK_PIXEL_F32 ? (double)float_of(pixels->bits) : (double)pixels->bits;
    return (tpk_pixel_stats){(int64_t)pixels->n_rows * pixels->n_cols, value, value, value, 0};
}

tpk_pixel_stats tpk_pixels_stats(const tpk_pixel_rule *rule, tpk_pixels pixels)
{
    if (rule->is_banded) return (tpk_pixel_stats){0};
    if (!pixels.pixels) return uniform_stats(rule, &pixels);
    double row[TPK_ROW_ROOM];
    struct lanes lanes = {0};
    for (int k = 0; k < LANES; k++) {
        lanes.min[k] = (double)INFINITY;
        lanes.max[k] = -(double)INFINITY;
    }
    /* Sums of differences from a value of the block lose no digits to a large offset. */
    double shift = (double)NAN;
    for (int32_t r = 0; r < pixels.n_rows; r++) {
        tpk_pixels_row(rule, &pixels, r, row);
        for (int32_t i = 0; isnan(shift) && i < pixels.n_cols; i++) shift = row[i];
        if (!isnan(shift)) add_row(&lanes, row, pixels.n_cols, shift);
    }
    double n = 0, sum = 0, squares = 0;
    tpk_pixel_stats stats = {.min = (double)INFINITY, .max = -(double)INFINITY};
    for (int k = 0; k < LANES; k++) {
        n += lanes.n[k];
        sum += lanes.sum[k];
        squares += lanes.squares[k];
        stats.min = fmin(stats.min, lanes.min[k]);
        stats.max = fmax(stats.max, lanes.max[k]);
    }
    if (n == 0) return (tpk_pixel_stats){0};
    stats.n_valid = (int64_t)n;
    stats.mean = shift + sum / n;
    stats.m2 = fmax(0.0, squares - sum * (sum / n));
    return stats;
}

void tpk_pixel_stats_merge(tpk_pixel_stats *into, const tpk_pixel_stats *from)
{
    if (from->n_valid == 0) return;
    if (into->n_valid == 0) {
        *into = *from;
        return;
    }
    /* Chan, Golub and LeVeque (1979), equation 2.1 */
    double a = (double)into->n_valid, b = (double)from->n_valid, delta = from->mean - into->mean;
    into->mean += delta * (b / (a + b));
    into->m2 += from->m2 + delta * delta * (a * b / (a + b));
    into->n_valid += from->n_valid;
    into->min = fmin(into->min, from->min);
    into->max = fmax(into->max, from->max);
}
