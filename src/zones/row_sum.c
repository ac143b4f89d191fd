#include "zones/row_sum.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/simd.h"

/* A product is split into a multiple of 2^46 and a rest, which is rounded to a whole number: adding 1.5 *
 * 2^(52+k) and taking it away again rounds to a multiple of 2^k. A product is at most 2^46 * 1e12 < 2^86 and
 * a lane gets at most 2^7 of them, so that both parts of a lane's sum are whole numbers (of 2^46 and of 1)
 * below 2^53: floating additions of them are exact, in whatever order. */
enum { LANES = 8, SPLIT_BITS = 46 };
static const double SPLIT = 0x1.8p98, WHOLE = 0x1.8p52;

typedef struct lanes {
    double high[LANES], low[LANES], weight[LANES], min[LANES], max[LANES];
} lanes;

TPK_SIMD static void add_lanes(lanes *sums, const double *values, const double *weights, int n)
{
    lanes s = *sums;
    for (int c = 0; c + LANES <= n; c += LANES) {
        TPK_SIMD_LOOP
        for (int k = 0; k < LANES; k++) {
            double value = values[c + k], weight = weights[c + k];
            int known = (fabs(value) <= TPK_ROW_LARGEST) & (weight > 0);
            double w = known ? weight : 0, v = known ? value : 0;
            double product = w * v, high = (product + SPLIT) - SPLIT;
            double low_value = known ? value : HUGE_VAL, high_value = known ? value : -HUGE_VAL;
            s.high[k] += high;
            s.low[k] += ((product - high) + WHOLE) - WHOLE;
            s.weight[k] += w;
            s.min[k] = low_value < s.min[k] ? low_value : s.min[k];
            s.max[k] = high_value > s.max[k] ? high_value : s.max[k];
        }
    }
    *sums = s;
}

void tpk_row_sum_add(tpk_row_sum *sum, const double *values, const double *weights, int n)
{
    lanes s = {{0}, {0}, {0}, {0}, {0}};
    for (int k = 0; k < LANES; k++) {
        s.min[k] = sum->min;
        s.max[k] = sum->max;
    }
    int whole = n - n % LANES;
    add_lanes(&s, values, weights, whole);
    if (whole < n) {
        double last_values[LANES] = {0}, last_weights[LANES] = {0};
        memcpy(last_values, values + whole, (size_t)(n - whole) * sizeof *values);
        memcpy(last_weights, weights + whole, (size_t)(n - whole) * sizeof *weights);
        add_lanes(&s, last_values, last_weights, LANES);
    }
    int64_t high = 0, low = 0, weight = 0;
    for (int k = 0; k < LANES; k++) {
        high += (int64_t)ldexp(s.high[k], -SPLIT_BITS);
        low += (int64_t)s.low[k];
        weight += (int64_t)s.weight[k];
        sum->min = s.min[k] < sum->min ? s.min[k] : sum->min;
        sum->max = s.max[k] > sum->max ? s.max[k] : sum->max;
    }
    sum->product += (tpk_int128)high * (INT64_C(1) << SPLIT_BITS) + low;
    sum->weight += weight;
}

void tpk_row_sum_merge(tpk_row_sum *sum, const tpk_row_sum *other)
{
    sum->product += other->product;
    sum->weight += other->weight;
    sum->min = fmin(sum->min, other->min);
    sum->max = fmax(sum->max, other->max);
}

/* Rounding of the terms must not put a mean beyond the values. Adding 0 makes a negative zero a zero: which
 * of the two came first must not show. */
double tpk_row_sum_mean(const tpk_row_sum *sum)
{
    if (sum->weight == 0) return (double)NAN;
    double ratio = (double)sum->product / (double)sum->weight;
    return fmin(fmax(ratio, sum->min), sum->max) + 0.0;
}
