/* Exact sums: the same bits in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "base/exact_sum.h"

enum { N = 5000 };

static double random_term(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    double fraction = (double)(*seed >> 11) * 0x1p-53 - 0.5;
    return ldexp(fraction, (int)(*seed >> 8 & 31));
}

static tpk_exact_sum sum_of(const double *terms, int n)
{
    tpk_exact_sum sum = {0};
    for (int i = 0; i < n; i++) tpk_exact_sum_add(&sum, terms[i]);
    return sum;
}

static void any_order_gives_the_same_bits(void **state)
{
    (void)state;
    double terms[N], floating_forward = 0, floating_backward = 0;
    uint64_t seed = 7;
    for (int i = 0; i < N; i++) terms[i] = random_term(&seed);
    tpk_exact_sum forward = sum_of(terms, N), backward = {0};
    for (int i = N - 1; i >= 0; i--) tpk_exact_sum_add(&backward, terms[i]);
    for (int i = 0; i < N; i++) floating_forward += terms[i];
    for (int i = N - 1; i >= 0; i--) floating_backward += terms[i];
    assert_true(forward.units == backward.units);
    assert_true(floating_forward != floating_backward); /* the matter that exact sums settle */
}

static void parts_merged_in_any_grouping_equal_the_whole(void **state)
{
    (void)state;
    double terms[N];
    uint64_t seed = 11;
    for (int i = 0; i < N; i++) terms[i] = random_term(&seed);
    tpk_exact_sum whole = sum_of(terms, N);
    for (int cut = 1; cut < N; cut += 613) {
        tpk_exact_sum left = sum_of(terms, cut), right = sum_of(terms + cut, N - cut);
        tpk_exact_sum_merge(&right, left);
        assert_true(right.units == whole.units);
    }
}

static void terms_of_whole_units_are_exact(void **state)
{
    (void)state;
    tpk_exact_sum sum = {0};
    for (int i = 0; i < 1024; i++) tpk_exact_sum_add(&sum, 0x1p-40);
    assert_true(tpk_exact_sum_value(sum) == 0x1p-30);
    tpk_exact_sum_add(&sum, -0x1p-30);
    assert_true(tpk_exact_sum_value(sum) == 0);
    tpk_exact_sum_add(&sum, -1234.5);
    assert_true(tpk_exact_sum_value(sum) == -1234.5);
}

static void a_term_is_off_by_less_than_one_unit(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < N; i++) {
        double term = random_term(&seed) * 0x1p-20;
        tpk_exact_sum sum = {0};
        tpk_exact_sum_add(&sum, term);
        assert_true(fabs(tpk_exact_sum_value(sum) - term) < 0x1p-40);
    }
}

static void the_largest_terms_add_up_without_overflow(void **state)
{
    (void)state;
    tpk_exact_sum sum = {0}, doubled;
    tpk_exact_sum_add(&sum, 1e15);
    for (int i = 0; i < 36; i++) {
        doubled = sum;
        tpk_exact_sum_merge(&sum, doubled);
    }
    assert_true(tpk_exact_sum_value(sum) == 1e15 * 0x1p36);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_gives_the_same_bits),
        cmocka_unit_test(parts_merged_in_any_grouping_equal_the_whole),
        cmocka_unit_test(terms_of_whole_units_are_exact),
        cmocka_unit_test(a_term_is_off_by_less_than_one_unit),
        cmocka_unit_test(the_largest_terms_add_up_without_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
