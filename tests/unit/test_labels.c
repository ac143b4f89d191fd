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

static void scores_have_two_decimals_or_as_many_as_they_need(void **state)
{
    (void)state;
    char buffer[32];
    assert_string_equal(tpk_label_score(0.8, "id", buffer), "0,80");
    assert_string_equal(tpk_label_score(0.8, "en", buffer), "0.80");
    assert_string_equal(tpk_label_score(1, "en", buffer), "1.00");
    assert_string_equal(tpk_label_score(0.625, "id", buffer), "0,625");
    assert_string_equal(tpk_label_score(0.00001, "en", buffer), "0.00001");
}

/* Machado, Oliveira and Fernandes 2009, severity 1.0: what normal eyes, protanopes, deuteranopes and
 * tritanopes see of linear RGB. */
enum { N_SIGHTS = 4 };
static const double SIGHTS[N_SIGHTS][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
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

static double degrees(double radians)
{
    return radians * 180 / M_PI;
}

static double cosine(double angle_deg)
{
    return cos(angle_deg * M_PI / 180);
}

static double hue_deg(double a, double b)
{
    double hue = a == 0 && b == 0 ? 0 : degrees(atan2(b, a));
    return hue < 0 ? hue + 360 : hue;
}

static double share_of_chroma(double chroma)
{
    return sqrt(pow(chroma, 7) / (pow(chroma, 7) + pow(25, 7)));
}

/* The middle of two hues on the shorter way between them; their sum when a grey has none. */
static double middle_of_hues(double one, double other, bool is_grey)
{
    if (is_grey) return one + other;
    double middle = (one + other) / 2;
    if (fabs(one - other) <= 180) return middle;
    return one + other < 360 ? middle + 180 : middle - 180;
}

/* CIEDE2000 after Sharma, Wu and Dalal (2005). */
static double ciede2000(const double p[3], const double q[3])
{
    double stretch = 1.5 - 0.5 * share_of_chroma((hypot(p[1], p[2]) + hypot(q[1], q[2])) / 2);
    double c1 = hypot(p[1] * stretch, p[2]), c2 = hypot(q[1] * stretch, q[2]);
    double h1 = hue_deg(p[1] * stretch, p[2]), h2 = hue_deg(q[1] * stretch, q[2]);
    bool is_grey = c1 * c2 == 0;
    double turn = is_grey ? 0 : fmod(h2 - h1 + 540, 360) - 180;
    double hue_step = 2 * sqrt(c1 * c2) * sin(turn / 2 * M_PI / 180);
    double l = (p[0] + q[0]) / 2, c = (c1 + c2) / 2, h = middle_of_hues(h1, h2, is_grey);
    double t = 1 - 0.17 * cosine(h - 30) + 0.24 * cosine(2 * h) + 0.32 * cosine(3 * h + 6) -
               0.20 * cosine(4 * h - 63);
    double blue = 60 * exp(-pow((h - 275) / 25, 2)), l_50 = pow(l - 50, 2);
    double l_part = (q[0] - p[0]) / (1 + 0.015 * l_50 / sqrt(20 + l_50)),
           c_part = (c2 - c1) / (1 + 0.045 * c), h_part = hue_step / (1 + 0.015 * c * t);
    double rotation = -sin(blue * M_PI / 180) * 2 * share_of_chroma(c);
    return sqrt(l_part * l_part + c_part * c_part + h_part * h_part + rotation * c_part * h_part);
}

/* Pairs 1, 7, 13, 16, 17, 20, 25 and 34 of the table that the formula's authors published to test it. */
static void the_formula_gives_its_authors_differences(void **state)
{
    (void)state;
    static const struct {
        double p[3], q[3], difference;
    } PAIRS[] = {{{50, 2.6772, -79.7751}, {50, 0, -82.7485}, 2.0425},
                 {{50, 0, 0}, {50, -1, 2}, 2.3669},
                 {{50, -0.0010, 2.4900}, {50, 0.0009, -2.4900}, 4.8045},
                 {{50, 2.5, 0}, {50, 0, -2.5}, 4.3065},
                 {{50, 2.5, 0}, {73, 25, -18}, 27.1492},
                 {{50, 2.5, 0}, {58, 24, 15}, 19.4535},
                 {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
                 {{2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}, 0.9082}};
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        double found = ciede2000(PAIRS[i].p, PAIRS[i].q);
        if (!(fabs(found - PAIRS[i].difference) < 6e-5)) fail_msg("pair %zu: %.5f", i, found);
    }
}

/* 1 is just noticeable side by side. */
static void classes_differ_by_fifteen_of_ciede2000_in_every_sight(void **state)
{
    (void)state;
    double least = (double)INFINITY;
    for (int sight = 0; sight < N_SIGHTS; sight++) {
        for (int a = TPK_CELL_S1; a < TPK_CELL_CLASS_COUNT; a++) {
            for (int b = a + 1; b < TPK_CELL_CLASS_COUNT; b++) {
                double p[3], q[3];
                to_lab(tpk_label_class_color(&styles, (tpk_cell_class)a), sight, p);
                to_lab(tpk_label_class_color(&styles, (tpk_cell_class)b), sight, q);
                if (!(ciede2000(p, q) > 15))
                    fail_msg("sight %d, classes %d and %d: %.1f", sight, a, b, ciede2000(p, q));
                least = fmin(least, ciede2000(p, q));
            }
        }
    }
    assert_true(fabs(least - 16.2) < 0.05); /* by the same formulas in Python: S3 and unknown to tritanopes */
}

static void classes_can_be_told_apart_by_colour_blind_people(void **state)
{
    (void)state;
    for (int sight = 0; sight < N_SIGHTS; sight++) {
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
    for (int sight = 0; sight < N_SIGHTS; sight++) {
        assert_true(fabs(tpk_color_difference(black, white, (tpk_sight)sight) - 100) < 0.1);
        for (size_t a = 0; a < 42; a++) {
            tpk_rgb one = tpk_label_list_color(&styles, a), other = tpk_label_list_color(&styles, a + 1);
            double difference = tpk_color_difference(one, other, (tpk_sight)sight);
            assert_true(fabs(difference - difference_of(one, other, sight)) < 0.05);
        }
    }
}

/* The greys beside them, the ground of QGIS and MapServer, sea and land of the portal. */
static const tpk_rgb GROUNDS[] = {{255, 255, 255}, {220, 230, 236}, {243, 241, 236}};
static const tpk_map_label GREYS[] = {TPK_LABEL_NO_REASON, TPK_LABEL_NOTHING_LIMITS, TPK_LABEL_EXCLUDED,
                                      TPK_LABEL_UNKNOWN};

static void assert_apart(size_t item, tpk_rgb other, double needed)
{
    for (int sight = 0; sight < N_SIGHTS; sight++) {
        double difference = difference_of(tpk_label_list_color(&styles, item), other, sight);
        char text[TPK_COLOR_TEXT];
        if (!(difference > needed))
            fail_msg("item %zu and %s, sight %d: %.1f", item, tpk_color_text(other, text), sight, difference);
    }
}

static void fourteen_items_of_a_list_can_be_told_apart_by_colour_blind_people(void **state)
{
    (void)state;
    for (size_t a = 0; a < 14; a++) {
        for (size_t b = a + 1; b < 14; b++) assert_apart(a, tpk_label_list_color(&styles, b), 20);
        for (size_t i = 0; i < sizeof GROUNDS / sizeof *GROUNDS; i++) assert_apart(a, GROUNDS[i], 20);
        for (size_t i = 0; i < sizeof GREYS / sizeof *GREYS; i++)
            assert_apart(a, styles.labels[GREYS[i]].color, 20);
    }
}

static void neighbours_and_ends_of_the_ramp_can_be_told_apart_by_colour_blind_people(void **state)
{
    (void)state;
    for (int sight = 0; sight < N_SIGHTS; sight++) {
        for (size_t i = 0; i < TPK_RAMP_COLORS; i++) { /* of the last the neighbour is the other end */
            tpk_rgb next = styles.ramp[(i + 1) % TPK_RAMP_COLORS];
            if (!(difference_of(styles.ramp[i], next, sight) > 20))
                fail_msg("sight %d, colour %zu: %.1f", sight, i, difference_of(styles.ramp[i], next, sight));
        }
        assert_true(difference_of(styles.labels[TPK_LABEL_EXCLUDED].color, styles.ramp[0], sight) > 20);
    }
}

/* A short list has the plainest. */
static void the_first_five_differ_most(void **state)
{
    (void)state;
    for (size_t a = 0; a < 5; a++) {
        for (size_t b = a + 1; b < 5; b++) assert_apart(a, tpk_label_list_color(&styles, b), 32);
    }
}

static void forty_two_items_of_a_list_have_colours_of_their_own(void **state)
{
    (void)state;
    for (size_t a = 0; a < 42; a++) {
        for (size_t b = a + 1; b < 42; b++) {
            double difference =
                difference_of(tpk_label_list_color(&styles, a), tpk_label_list_color(&styles, b), 0);
            if (!(difference > 12)) fail_msg("items %zu and %zu: %.1f", a, b, difference);
        }
    }
    tpk_rgb first = tpk_label_list_color(&styles, 0), again = tpk_label_list_color(&styles, 42);
    assert_memory_equal(&first, &again, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_come_from_the_set_in_the_language_asked_for),
        cmocka_unit_test(scores_have_two_decimals_or_as_many_as_they_need),
        cmocka_unit_test(the_formula_gives_its_authors_differences),
        cmocka_unit_test(classes_differ_by_fifteen_of_ciede2000_in_every_sight),
        cmocka_unit_test(classes_can_be_told_apart_by_colour_blind_people),
        cmocka_unit_test(the_program_sees_the_differences_that_are_there),
        cmocka_unit_test(fourteen_items_of_a_list_can_be_told_apart_by_colour_blind_people),
        cmocka_unit_test(neighbours_and_ends_of_the_ramp_can_be_told_apart_by_colour_blind_people),
        cmocka_unit_test(the_first_five_differ_most),
        cmocka_unit_test(forty_two_items_of_a_list_have_colours_of_their_own),
    };
    return cmocka_run_group_tests_name("labels", tests, start, stop);
}
