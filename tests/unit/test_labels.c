/* The words in both languages, and default colours that colour-blind people can tell apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "output/labels.h"

static tpk_styles styles; /* the default */

static int start(void **state)
{
    (void)state;
    return tpk_styles_default(&styles, NULL) == TPK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    tpk_styles_clear(&styles);
    return 0;
}

static void labels_come_from_the_set_in_the_language_asked_for(void **state)
{
    (void)state;
    assert_string_equal(tpk_label_class(&styles, TPK_CELL_S1, "id"), "S1 Sangat sesuai");
    assert_string_equal(tpk_label_class(&styles, TPK_CELL_EXCLUDED, "en"), "Excluded");
    assert_string_equal(tpk_label_class(&styles, TPK_CELL_OUTSIDE, "en"), "Outside the study area");
    assert_string_equal(tpk_label_text(&styles, TPK_LABEL_LIMITING, "id"), "Kriteria pembatas");
    assert_string_equal(tpk_label_text(&styles, TPK_LABEL_LIMITING, "fr"), "Limiting criterion");
}

/* Machado, Oliveira and Fernandes 2009, severity 1.0: what normal eyes, protanopes and deuteranopes see of
 * linear RGB. */
static const double SIGHTS[3][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
};

static double linear(uint8_t component)
{
    double c = component / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double lab_curve(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

/* CIE L*a*b* (D65) of a colour through one of the sights. */
static void to_lab(tpk_rgb color, int sight, double lab[3])
{
    static const double XYZ[3][3] = {
        {0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}};
    static const double WHITE[3] = {0.95047, 1, 1.08883};
    double rgb[3] = {linear(color.r), linear(color.g), linear(color.b)}, seen[3], f[3];
    for (int i = 0; i < 3; i++) {
        double s = SIGHTS[sight][i][0] * rgb[0] + SIGHTS[sight][i][1] * rgb[1] + SIGHTS[sight][i][2] * rgb[2];
        seen[i] = fmin(fmax(s, 0), 1);
    }
    for (int i = 0; i < 3; i++)
        f[i] = lab_curve((XYZ[i][0] * seen[0] + XYZ[i][1] * seen[1] + XYZ[i][2] * seen[2]) / WHITE[i]);
    lab[0] = 116 * f[1] - 16;
    lab[1] = 500 * (f[0] - f[1]);
    lab[2] = 200 * (f[1] - f[2]);
}

static double difference_of(tpk_rgb a, tpk_rgb b, int sight)
{
    double p[3], q[3];
    to_lab(a, sight, p);
    to_lab(b, sight, q);
    return sqrt(pow(p[0] - q[0], 2) + pow(p[1] - q[1], 2) + pow(p[2] - q[2], 2));
}

static void classes_can_be_told_apart_by_colour_blind_people(void **state)
{
    (void)state;
    for (int sight = 0; sight < 3; sight++) {
        for (int a = TPK_CELL_S1; a < TPK_CELL_CLASS_COUNT; a++) {
            for (int b = a + 1; b < TPK_CELL_CLASS_COUNT; b++) {
                double difference = difference_of(tpk_label_class_color(&styles, (tpk_cell_class)a),
                                                  tpk_label_class_color(&styles, (tpk_cell_class)b), sight);
                if (!(difference > 20))
                    fail_msg("sight %d, classes %d and %d: %.1f", sight, a, b, difference);
            }
        }
    }
}

/* The program's own arithmetic, by which it warns of other sets. White to black is 100 for any eyes. */
static void the_program_sees_the_differences_that_are_there(void **state)
{
    (void)state;
    const tpk_rgb black = {0, 0, 0}, white = {255, 255, 255};
    for (int sight = 0; sight < 3; sight++) {
        assert_true(fabs(tpk_color_difference(black, white, (tpk_sight)sight) - 100) < 0.1);
        for (size_t a = 0; a < 36; a++) {
            tpk_rgb one = tpk_label_list_color(&styles, a), other = tpk_label_list_color(&styles, a + 1);
            double difference = tpk_color_difference(one, other, (tpk_sight)sight);
            assert_true(fabs(difference - difference_of(one, other, sight)) < 0.05);
        }
    }
}

static void thirty_six_items_of_a_list_have_colours_of_their_own(void **state)
{
    (void)state;
    for (size_t a = 0; a < 36; a++) {
        for (size_t b = a + 1; b < 36; b++) {
            double difference =
                difference_of(tpk_label_list_color(&styles, a), tpk_label_list_color(&styles, b), 0);
            if (!(difference > (b < 12 ? 20 : 9))) fail_msg("items %zu and %zu: %.1f", a, b, difference);
        }
    }
    tpk_rgb first = tpk_label_list_color(&styles, 0), again = tpk_label_list_color(&styles, 36);
    assert_memory_equal(&first, &again, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_come_from_the_set_in_the_language_asked_for),
        cmocka_unit_test(classes_can_be_told_apart_by_colour_blind_people),
        cmocka_unit_test(the_program_sees_the_differences_that_are_there),
        cmocka_unit_test(thirty_six_items_of_a_list_have_colours_of_their_own),
    };
    return cmocka_run_group_tests_name("labels", tests, start, stop);
}
