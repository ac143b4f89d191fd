/* Sums over rows of cells. Oracle: 128-bit integers, one product at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "zones/row_sum.h"

enum { N = TPK_ROW_MAX };

static uint64_t seed;

static double uniform(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(seed >> 11) * 0x1p-53;
}

static void fill(double *values, double *weights, double largest)
{
    for (int i = 0; i < N; i++) {
        values[i] = uniform() < 0.1 ? (double)NAN : largest * (2 * uniform() - 1);
        weights[i] = uniform() < 0.2 ? 0 : floor(0x1p40 * uniform());
    }
}

static void sums_are_those_of_single_rounded_products(void **state)
{
    (void)state;
    static const double LARGEST[] = {1, 30000, 1e9, 1e12};
    double values[N], weights[N];
    for (int l = 0; l < 4; l++) {
        seed = (uint64_t)l;
        fill(values, weights, LARGEST[l]);
        tpk_int128 product = 0, weight = 0;
        double min = HUGE_VAL, max = -HUGE_VAL;
        for (int i = 0; i < N; i++) {
            if (isnan(values[i]) || weights[i] <= 0) continue;
            product += (tpk_int128)rint(weights[i] * values[i]);
            weight += (tpk_int128)weights[i];
            min = fmin(min, values[i]);
            max = fmax(max, values[i]);
        }
        tpk_row_sum sum = TPK_ROW_SUM_INIT;
        tpk_row_sum_add(&sum, values, weights, N);
        assert_true(sum.product == product && sum.weight == weight);
        assert_true(sum.min == min && sum.max == max);
    }
}

static void any_cuts_and_merges_give_the_same_bits(void **state)
{
    (void)state;
    double values[N], weights[N];
    seed = 9;
    fill(values, weights, 1e9);
    tpk_row_sum whole = TPK_ROW_SUM_INIT;
    tpk_row_sum_add(&whole, values, weights, N);
    for (int longest = 1; longest < 40; longest += 3) {
        tpk_row_sum sums[2] = {TPK_ROW_SUM_INIT, TPK_ROW_SUM_INIT};
        for (int i = 0, n; i < N; i += n) {
            n = 1 + (int)(uniform() * longest);
            n = i + n > N ? N - i : n;
            tpk_row_sum_add(&sums[uniform() < 0.5], values + i, weights + i, n);
        }
        tpk_row_sum_merge(&sums[0], &sums[1]);
        assert_memory_equal(&sums[0], &whole, sizeof whole);
    }
}

static void the_heaviest_rows_stay_exact(void **state)
{
    (void)state;
    double values[N], weights[N];
    for (int i = 0; i < N; i++) {
        values[i] = i % 2 ? 1e12 : 1e12 - 0.25;
        weights[i] = 0x1p46 - i;
    }
    tpk_int128 product = 0;
    for (int i = 0; i < N; i++) product += (tpk_int128)rint(weights[i] * values[i]);
    tpk_row_sum sum = TPK_ROW_SUM_INIT;
    tpk_row_sum_add(&sum, values, weights, N);
    assert_true(sum.product == product);
}

static void cells_without_weight_or_finite_value_do_not_count(void **state)
{
    (void)state;
    const double values[] = {(double)NAN, HUGE_VAL, -HUGE_VAL, 1.1e12, -1.1e12, 5, -7};
    const double weights[] = {10, 10, 10, 10, 10, 0, 3};
    tpk_row_sum sum = TPK_ROW_SUM_INIT;
    tpk_row_sum_add(&sum, values, weights, 6);
    assert_true(sum.weight == 0 && sum.product == 0 && isinf(sum.min) && isinf(sum.max));
    tpk_row_sum_add(&sum, values, weights, 7);
    assert_true(sum.weight == 3 && sum.product == -21 && sum.min == -7 && sum.max == -7);
    tpk_row_sum_add(&sum, values, weights, 0);
    assert_true(sum.weight == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_of_single_rounded_products),
        cmocka_unit_test(any_cuts_and_merges_give_the_same_bits),
        cmocka_unit_test(the_heaviest_rows_stay_exact),
        cmocka_unit_test(cells_without_weight_or_finite_value_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
