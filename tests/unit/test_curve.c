/* Curves against values worked out by hand, and against the C library for the two with a bend. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "decision/curve.h"
#include "params_fake.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const double UNKNOWN = (double)NAN;

static const tpk_kind_spec *kind(const char *name)
{
    for (size_t i = 0; i < TPK_N_CURVE_SPECS; i++) {
        if (strcmp(TPK_CURVE_SPECS[i]->name, name) == 0) return TPK_CURVE_SPECS[i];
    }
    fail_msg("no curve '%s'", name);
    return NULL;
}

/* Parameters of numbers only: names and values in turn. */
static tpk_params numbers(const char *name, size_t n, const char *const *names, const double *values)
{
    tpk_params params = params_new(kind(name));
    for (size_t i = 0; i < n; i++) params_set_number(&params, names[i], values[i]);
    return params;
}

static tpk_params two(const char *name, const char *first, double a, const char *second, double b)
{
    return numbers(name, 2, (const char *const[]){first, second}, (const double[]){a, b});
}

static tpk_params trapezoid(double a, double b, double c, double d)
{
    return numbers("trapezoid", 4, (const char *const[]){"a", "b", "c", "d"}, (const double[]){a, b, c, d});
}

static tpk_params points(size_t n, const double *xy, const char *outside)
{
    tpk_params params = params_new(kind("points"));
    params_set_points(&params, "points", n, xy);
    if (outside) params_set_text(&params, "outside", outside);
    return params;
}

/* A curve of numbers; the parameters are freed. */
static tpk_curve *new_curve(tpk_params params)
{
    tpk_curve *curve = NULL;
    tpk_err err = {0};
    assert_int_equal(tpk_curve_new(&params, NULL, 0, "p.yaml", NULL, &curve, &err), TPK_OK);
    tpk_params_clear(&params);
    return curve;
}

static double at(const tpk_curve *curve, double x)
{
    double m;
    tpk_curve_apply(curve, &x, 1, &m);
    return m;
}

/* rows: value, membership; exact to 1e-15. Once one by one, once as one array with a tail no vector divides.
 */
static void assert_curve(const tpk_curve *curve, size_t n, const double (*rows)[2])
{
    double values[64], together[64];
    assert_true(n <= COUNT(values));
    for (size_t i = 0; i < n; i++) {
        values[i] = rows[i][0];
        double m = at(curve, values[i]);
        if (isnan(rows[i][1]) ? !isnan(m) : !(fabs(m - rows[i][1]) <= 1e-15)) {
            fail_msg("at %g: %.17g, expected %.17g", rows[i][0], m, rows[i][1]);
        }
    }
    tpk_curve_apply(curve, values, n, together);
    for (size_t i = 0; i < n; i++) {
        double m = at(curve, values[i]);
        assert_memory_equal(&m, &together[i], sizeof m);
    }
}

static void assert_faults(tpk_params params, size_t n, const char *part)
{
    tpk_diags diags = {0};
    params.kind->check(&params, "p.yaml", &diags);
    assert_int_equal(diags.n_errors, n);
    for (size_t i = 0; i < diags.n; i++) {
        assert_string_equal(diags.items[i].where, "p.yaml");
        assert_true(diags.items[i].pos.line >= 7);
        assert_non_null(strstr(diags.items[i].text, part));
    }
    tpk_diags_clear(&diags);
    tpk_params_clear(&params);
}

static void linear_falls_from_best_to_worst_and_stays_level_outside(void **state)
{
    (void)state;
    tpk_curve *curve = new_curve(two("linear", "best", 500, "worst", 10000));
    const double rows[][2] = {
        {500, 1},    {10000, 0}, {5250, 0.5},           {2875, 0.75},           {0, 1},
        {-1e300, 1}, {20000, 0}, {(double)INFINITY, 0}, {-(double)INFINITY, 1}, {UNKNOWN, UNKNOWN}};
    assert_curve(curve, COUNT(rows), rows);
    assert_true(tpk_curve_flat_from(curve) == 10000);
    assert_true(tpk_curve_flat_until(curve) == 500);
    tpk_curve_free(curve);
}

static void linear_rises_when_best_is_above_worst(void **state)
{
    (void)state;
    tpk_curve *curve = new_curve(two("linear", "best", 8, "worst", 0));
    const double rows[][2] = {{0, 0}, {8, 1}, {2, 0.25}, {-1, 0}, {9, 1}, {UNKNOWN, UNKNOWN}};
    assert_curve(curve, COUNT(rows), rows);
    assert_true(tpk_curve_flat_from(curve) == 8);
    tpk_curve_free(curve);
}

static void linear_with_equal_ends_is_a_fault(void **state)
{
    (void)state;
    assert_faults(two("linear", "best", 3, "worst", 3), 1, "both 3");
    assert_faults(two("linear", "best", 3, "worst", 4), 0, "");
}

static const double SLOPE_POINTS[] = {0, 1, 3, 1, 8, 0.7, 15, 0};

static void points_are_met_exactly_and_joined_by_straight_lines(void **state)
{
    (void)state;
    tpk_curve *curve = new_curve(points(4, SLOPE_POINTS, NULL));
    const double rows[][2] = {{0, 1},
                              {3, 1},
                              {8, 0.7},
                              {15, 0},
                              {1.5, 1},
                              {5.5, 0.85},
                              {11.5, 0.35},
                              {-2, 1},
                              {16, 0},
                              {(double)INFINITY, 0},
                              {-(double)INFINITY, 1},
                              {UNKNOWN, UNKNOWN}};
    assert_curve(curve, COUNT(rows), rows);
    assert_true(at(curve, 8) == 0.7); /* a class bound may sit on a point */
    assert_true(tpk_curve_flat_from(curve) == 15);
    assert_true(tpk_curve_flat_until(curve) == 3);
    tpk_curve_free(curve);
}

static void points_outside_can_be_zero_or_unknown(void **state)
{
    (void)state;
    const double xy[] = {10, 0.2, 20, 0.6, 40, 0.6};
    tpk_curve *zero = new_curve(points(3, xy, "zero")), *unknown = new_curve(points(3, xy, "unknown"));
    tpk_curve *clamp = new_curve(points(3, xy, "clamp"));
    const double of_zero[][2] = {{9.999, 0}, {10, 0.2},   {15, 0.4},
                                 {40, 0.6},  {40.001, 0}, {UNKNOWN, UNKNOWN}};
    const double of_unknown[][2] = {{9.999, UNKNOWN}, {10, 0.2}, {30, 0.6}, {40, 0.6}, {40.001, UNKNOWN}};
    const double of_clamp[][2] = {{9, 0.2}, {10, 0.2}, {40, 0.6}, {41, 0.6}};
    assert_curve(zero, COUNT(of_zero), of_zero);
    assert_curve(unknown, COUNT(of_unknown), of_unknown);
    assert_curve(clamp, COUNT(of_clamp), of_clamp);
    assert_true(tpk_curve_flat_from(clamp) == 20);
    assert_true(tpk_curve_flat_from(zero) > 40 && tpk_curve_flat_from(zero) < 40.0001);
    assert_true(tpk_curve_flat_from(unknown) > 40);
    assert_true(tpk_curve_flat_until(clamp) == 10);
    assert_true(tpk_curve_flat_until(zero) < 10 && tpk_curve_flat_until(zero) > 9.9999);
    assert_true(tpk_curve_flat_until(unknown) < 10);
    tpk_curve_free(zero);
    tpk_curve_free(unknown);
    tpk_curve_free(clamp);
}

static void points_that_go_backwards_or_are_too_few_are_faults(void **state)
{
    (void)state;
    assert_faults(points(3, (const double[]){0, 1, 8, 0.5, 3, 0}, NULL), 1,
                  "point 3 has the value 3 after 8");
    assert_faults(points(3, (const double[]){0, 1, 0, 0.5, 3, 0}, NULL), 1, "must rise");
    assert_faults(points(1, (const double[]){0, 1}, NULL), 1, "at least 2");
    assert_faults(points(2, (const double[]){0, 1, 1, 0}, NULL), 0, "");
}

static void many_points_in_a_long_array_agree_with_one_by_one(void **state)
{
    (void)state;
    tpk_curve *curve = new_curve(points(4, SLOPE_POINTS, NULL));
    static double values[3001], membership[3001];
    for (size_t i = 0; i < COUNT(values); i++) values[i] = -1 + (double)i * 0.006;
    tpk_curve_apply(curve, values, COUNT(values), membership);
    for (size_t i = 0; i < COUNT(values); i++) {
        assert_true(membership[i] == at(curve, values[i]));
        if (i > 0) assert_true(membership[i] <= membership[i - 1]); /* monotone */
    }
    tpk_curve_free(curve);
}

static void trapezoid_is_zero_outside_and_one_on_top(void **state)
{
    (void)state;
    tpk_curve *curve = new_curve(trapezoid(2, 4, 6, 10));
    const double rows[][2] = {{1, 0},
                              {2, 0},
                              {3, 0.5},
                              {4, 1},
                              {5, 1},
                              {6, 1},
                              {7, 0.75},
                              {10, 0},
                              {11, 0},
                              {(double)INFINITY, 0},
                              {-(double)INFINITY, 0},
                              {UNKNOWN, UNKNOWN}};
    assert_curve(curve, COUNT(rows), rows);
    assert_true(tpk_curve_flat_from(curve) == 10);
    assert_true(tpk_curve_flat_until(curve) == 2);
    tpk_curve_free(curve);
}

static void trapezoid_with_upright_sides_keeps_their_values(void **state)
{
    (void)state;
    tpk_curve *curve = new_curve(trapezoid(2, 2, 6, 6));
    const double rows[][2] = {{1.999, 0}, {2, 1}, {6, 1}, {6.001, 0}};
    assert_curve(curve, COUNT(rows), rows);
    assert_true(at(curve, tpk_curve_flat_from(curve)) == 0);
    assert_true(at(curve, tpk_curve_flat_until(curve)) == 0);
    tpk_curve_free(curve);
}

static void trapezoid_out_of_order_is_a_fault(void **state)
{
    (void)state;
    assert_faults(trapezoid(2, 4, 3, 10), 1, "a <= b <= c <= d");
    assert_faults(trapezoid(2, 2, 2, 2), 1, "less than d");
    assert_faults(trapezoid(2, 2, 3, 3), 0, "");
}

static void sigmoid_is_a_squared_sine(void **state)
{
    (void)state;
    tpk_curve *up = new_curve(two("sigmoid", "zero", 10, "one", 20));
    tpk_curve *down = new_curve(two("sigmoid", "zero", 20, "one", 10));
    const double rows[][2] = {
        {10, 0},           {20, 1}, {15, 0.5}, {5, 0}, {25, 1}, {10 + 10.0 / 3, 0.25}, {10 + 20.0 / 3, 0.75},
        {UNKNOWN, UNKNOWN}};
    assert_curve(up, COUNT(rows), rows);
    assert_true(at(up, 20) == 1 && at(up, 10) == 0);
    for (int i = 0; i <= 1000; i++) {
        double x = 10 + i * 0.01, s = sin((x - 10) / 10 * (M_PI / 2));
        assert_true(fabs(at(up, x) - s * s) <= 4e-16);
        assert_true(fabs(at(down, x) - (1 - s * s)) <= 4e-16);
    }
    assert_true(tpk_curve_flat_from(up) == 20 && tpk_curve_flat_from(down) == 20);
    assert_true(tpk_curve_flat_until(up) == 10 && tpk_curve_flat_until(down) == 10);
    assert_faults(two("sigmoid", "zero", 3, "one", 3), 1, "both 3");
    tpk_curve_free(up);
    tpk_curve_free(down);
}

static void gaussian_is_one_half_at_the_half_width(void **state)
{
    (void)state;
    tpk_curve *curve = new_curve(two("gaussian", "mid", 100, "half_width", 20));
    const double rows[][2] = {{100, 1},          {120, 0.5}, {80, 0.5}, {140, 0.0625},
                              {60, 0.0625},      {1e9, 0},   {-1e9, 0}, {(double)INFINITY, 0},
                              {UNKNOWN, UNKNOWN}};
    assert_curve(curve, COUNT(rows), rows);
    double spread = log(2) / (20.0 * 20.0);
    for (int i = 0; i <= 1200; i++) {
        double x = 40 + i * 0.1, expected = exp(-spread * (x - 100) * (x - 100));
        assert_true(fabs(at(curve, x) - expected) <= 1e-15);
    }
    double end = tpk_curve_flat_from(curve);
    assert_true(fabs(end - (100 + 20 * sqrt(40))) < 1e-9);
    assert_true(at(curve, end) == 0 && at(curve, nextafter(end, 0) - 1e-9) > 0);
    double start = tpk_curve_flat_until(curve);
    assert_true(fabs(start - (100 - 20 * sqrt(40))) < 1e-9);
    assert_true(at(curve, start) == 0 && at(curve, start + 1e-9) > 0);
    tpk_curve_free(curve);
}

static const char *const FOREST[] = {"hutan", "kebun", "sawah"};

static void classes_match_categories_by_name(void **state)
{
    (void)state;
    tpk_params params = params_new(kind("classes"));
    params_set_classes(&params, "classes", 3, (const char *const[]){"sawah", "hutan", "kebn"},
                       (const double[]){0.3, 0, 1});
    tpk_curve *curve = NULL;
    tpk_diags diags = {0};
    assert_int_equal(tpk_curve_new(&params, FOREST, 3, "p.yaml", &diags, &curve, NULL), TPK_OK);
    const double rows[][2] = {{0, 0}, {1, UNKNOWN}, {2, 0.3}, {UNKNOWN, UNKNOWN}, {2, 0.3}};
    assert_curve(curve, COUNT(rows), rows);
    assert_true(tpk_curve_flat_from(curve) == (double)INFINITY);
    assert_true(tpk_curve_flat_until(curve) == -(double)INFINITY);
    assert_int_equal(diags.n_warnings, 2);
    assert_non_null(strstr(diags.items[0].text, "did you mean 'kebun'"));
    assert_int_equal(diags.items[0].pos.line, 22);
    assert_non_null(strstr(diags.items[1].text, "'kebun'"));
    tpk_curve_free(curve);
    tpk_diags_clear(&diags);
    tpk_params_clear(&params);
}

static void classes_not_listed_get_other(void **state)
{
    (void)state;
    tpk_params params = params_new(kind("classes"));
    params_set_classes(&params, "classes", 1, (const char *const[]){"sawah"}, (const double[]){0.3});
    params_set_number(&params, "other", 0.9);
    tpk_curve *curve = NULL;
    tpk_diags diags = {0};
    assert_int_equal(tpk_curve_new(&params, FOREST, 3, "p.yaml", &diags, &curve, NULL), TPK_OK);
    const double rows[][2] = {{0, 0.9}, {1, 0.9}, {2, 0.3}, {UNKNOWN, UNKNOWN}};
    assert_curve(curve, COUNT(rows), rows);
    assert_int_equal(diags.n_warnings, 0);
    assert_int_equal(diags.n, 1);
    tpk_curve_free(curve);
    tpk_diags_clear(&diags);
    tpk_params_clear(&params);
}

static void classes_of_numbers_are_read_as_numbers(void **state)
{
    (void)state;
    tpk_params params = params_new(kind("classes"));
    params_set_classes(&params, "classes", 4, (const char *const[]){"20", "3", "-1", "air"},
                       (const double[]){0.2, 0.3, 0.1, 1});
    tpk_curve *curve = NULL;
    tpk_diags diags = {0};
    assert_int_equal(tpk_curve_new(&params, NULL, 0, "p.yaml", &diags, &curve, NULL), TPK_OK);
    const double rows[][2] = {{20, 0.2},      {3, 0.3},       {-1, 0.1},
                              {3.5, UNKNOWN}, {100, UNKNOWN}, {UNKNOWN, UNKNOWN}};
    assert_curve(curve, COUNT(rows), rows);
    assert_int_equal(diags.n_warnings, 1);
    assert_non_null(strstr(diags.items[0].text, "'air' is not a number"));
    tpk_curve_free(curve);
    tpk_diags_clear(&diags);
    tpk_params_clear(&params);
}

/* What a raster of 32-bit floats, or one with scale and offset, has for a number is not to the bit what is
 * written. */
static void classes_of_fractions_are_met_as_rasters_hold_them(void **state)
{
    (void)state;
    tpk_params params = params_new(kind("classes"));
    params_set_classes(&params, "classes", 6,
                       (const char *const[]){"0.1", "-2.7", "110", "16777217", "0.3", "0.30000001"},
                       (const double[]){0.2, 0.3, 0.4, 0.5, 0.6, 0.7});
    tpk_curve *curve = new_curve(params);
    const double rows[][2] = {{(double)0.1F, 0.2}, {0.1, 0.2},          {(double)-2.7F, 0.3},
                              {100 * 1.1, 0.4},                         /* 110.00000000000001 */
                              {16777217, 0.5},     {16777216, UNKNOWN}, /* another code, however near */
                              {16777218, UNKNOWN}, {0.1001, UNKNOWN},   {-2.701, UNKNOWN},
                              {3 * 0.1, 0.6}, /* 0.30000000000000004: the nearest of two */
                              {0.300000009, 0.7},  {0, UNKNOWN},        {(double)INFINITY, UNKNOWN}};
    assert_curve(curve, COUNT(rows), rows);
    tpk_curve_free(curve);
}

static void classes_that_never_match_or_repeat_are_errors(void **state)
{
    (void)state;
    tpk_curve *curve = NULL;
    tpk_diags diags = {0};
    tpk_err err = {0};
    tpk_params params = params_new(kind("classes"));
    params_set_classes(&params, "classes", 1, (const char *const[]){"laut"}, (const double[]){1});
    assert_int_equal(tpk_curve_new(&params, NULL, 0, "p.yaml", &diags, &curve, &err), TPK_ERR_PROJECT);
    assert_null(curve);
    assert_non_null(strstr(err.message, "none of the 1 classes"));
    tpk_params_clear(&params);

    params = params_new(kind("classes"));
    params_set_classes(&params, "classes", 2, (const char *const[]){"1", "1.0"}, (const double[]){1, 0});
    err = (tpk_err){0};
    assert_int_equal(tpk_curve_new(&params, NULL, 0, "p.yaml", &diags, &curve, &err), TPK_ERR_PROJECT);
    assert_non_null(strstr(err.message, "are the same"));
    tpk_params_clear(&params);
    tpk_diags_clear(&diags);
}

static void a_curve_of_numbers_refuses_categories(void **state)
{
    (void)state;
    tpk_params params = two("linear", "best", 0, "worst", 1);
    tpk_curve *curve = NULL;
    tpk_err err = {0};
    assert_int_equal(tpk_curve_new(&params, FOREST, 3, "p.yaml", NULL, &curve, &err), TPK_ERR_PROJECT);
    assert_null(curve);
    assert_non_null(strstr(err.message, "p.yaml:7:3"));
    assert_non_null(strstr(err.message, "hutan"));
    tpk_params_clear(&params);
}

static void every_kind_says_what_it_does(void **state)
{
    (void)state;
    assert_int_equal(TPK_N_CURVE_SPECS, 6);
    for (size_t i = 0; i < TPK_N_CURVE_SPECS; i++) {
        assert_non_null(TPK_CURVE_SPECS[i]->summary);
        for (size_t k = 0; k < TPK_CURVE_SPECS[i]->n_params; k++)
            assert_non_null(TPK_CURVE_SPECS[i]->params[k].summary);
    }
}

static void exhausted_memory_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    tpk_params params[2] = {points(4, SLOPE_POINTS, NULL), params_new(kind("classes"))};
    params_set_classes(&params[1], "classes", 2, (const char *const[]){"sawah", "x"},
                       (const double[]){0.3, 1});
    for (int p = 0; p < 2; p++) {
        long live = tpk_mem_live_count();
        for (long k = 0;; k++) {
            tpk_curve *curve = NULL;
            tpk_diags diags = {0};
            tpk_err err = {0};
            tpk_mem_fail_after(k);
            tpk_status status =
                tpk_curve_new(&params[p], p ? FOREST : NULL, p ? 3 : 0, "p.yaml", &diags, &curve, &err);
            long failed = tpk_mem_failed_count();
            tpk_mem_fail_after(-1);
            tpk_curve_free(curve);
            tpk_diags_clear(&diags);
            assert_int_equal(tpk_mem_live_count(), live);
            if (status == TPK_OK) {
                assert_int_equal(failed, 0);
                assert_true(k > 3);
                break;
            }
            assert_int_equal(status, TPK_ERR_MEMORY);
            assert_true(failed > 0);
        }
    }
    tpk_params_clear(&params[0]);
    tpk_params_clear(&params[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_falls_from_best_to_worst_and_stays_level_outside),
        cmocka_unit_test(linear_rises_when_best_is_above_worst),
        cmocka_unit_test(linear_with_equal_ends_is_a_fault),
        cmocka_unit_test(points_are_met_exactly_and_joined_by_straight_lines),
        cmocka_unit_test(points_outside_can_be_zero_or_unknown),
        cmocka_unit_test(points_that_go_backwards_or_are_too_few_are_faults),
        cmocka_unit_test(many_points_in_a_long_array_agree_with_one_by_one),
        cmocka_unit_test(trapezoid_is_zero_outside_and_one_on_top),
        cmocka_unit_test(trapezoid_with_upright_sides_keeps_their_values),
        cmocka_unit_test(trapezoid_out_of_order_is_a_fault),
        cmocka_unit_test(sigmoid_is_a_squared_sine),
        cmocka_unit_test(gaussian_is_one_half_at_the_half_width),
        cmocka_unit_test(classes_match_categories_by_name),
        cmocka_unit_test(classes_not_listed_get_other),
        cmocka_unit_test(classes_of_numbers_are_read_as_numbers),
        cmocka_unit_test(classes_of_fractions_are_met_as_rasters_hold_them),
        cmocka_unit_test(classes_that_never_match_or_repeat_are_errors),
        cmocka_unit_test(a_curve_of_numbers_refuses_categories),
        cmocka_unit_test(every_kind_says_what_it_does),
        cmocka_unit_test(exhausted_memory_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
