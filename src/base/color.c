#include "base/color.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool tpk_color_parse(const char *text, tpk_rgb *color)
{
    if (text[0] != '#' || strlen(text) != TPK_COLOR_TEXT - 1) return false;
    for (const char *digit = text + 1; *digit; digit++) {
        if (!isxdigit((unsigned char)*digit)) return false;
    }
    unsigned long rgb = strtoul(text + 1, NULL, 16);
    *color = (tpk_rgb){(uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8 & 255), (uint8_t)(rgb & 255)};
    return true;
}

char *tpk_color_text(tpk_rgb color, char buffer[TPK_COLOR_TEXT])
{
    snprintf(buffer, TPK_COLOR_TEXT, "#%02x%02x%02x", color.r, color.g, color.b);
    return buffer;
}

/* Of linear RGB; Machado et al. (2009), table of severity 1.0. */
static const double SIGHTS[TPK_SIGHT_COUNT][3][3] = {
    [TPK_SIGHT_NORMAL] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    [TPK_SIGHT_PROTANOPIA] = {{0.152286, 1.052583, -0.204868},
                              {0.114503, 0.786281, 0.099216},
                              {-0.003882, -0.048116, 1.051998}},
    [TPK_SIGHT_DEUTERANOPIA] = {{0.367322, 0.860646, -0.227968},
                                {0.280085, 0.672501, 0.047413},
                                {-0.011820, 0.042940, 0.968881}},
    [TPK_SIGHT_TRITANOPIA] = {{1.255528, -0.076749, -0.178779},
                              {-0.078411, 0.930809, 0.147602},
                              {0.004733, 0.691367, 0.303900}},
};
/* IEC 61966-2-1, with its white. */
static const double XYZ[3][3] = {
    {0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}};
static const double WHITE[3] = {0.9505, 1, 1.089};

static double linear(uint8_t component)
{
    double c = component / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static void multiply(const double matrix[3][3], const double in[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = matrix[i][0] * in[0] + matrix[i][1] * in[1] + matrix[i][2] * in[2];
}

static void to_lab(tpk_rgb color, tpk_sight sight, double lab[3])
{
    const double rgb[3] = {linear(color.r), linear(color.g), linear(color.b)};
    double seen[3], xyz[3], f[3];
    multiply(SIGHTS[sight], rgb, seen);
    for (int i = 0; i < 3; i++) seen[i] = fmin(fmax(seen[i], 0), 1);
    multiply(XYZ, seen, xyz);
    for (int i = 0; i < 3; i++) {
        double t = xyz[i] / WHITE[i];
        f[i] = t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
    lab[0] = 116 * f[1] - 16;
    lab[1] = 500 * (f[0] - f[1]);
    lab[2] = 200 * (f[1] - f[2]);
}

double tpk_color_difference(tpk_rgb a, tpk_rgb b, tpk_sight sight)
{
    double p[3], q[3], sum = 0;
    to_lab(a, sight, p);
    to_lab(b, sight, q);
    for (int i = 0; i < 3; i++) sum += (p[i] - q[i]) * (p[i] - q[i]);
    return sqrt(sum);
}
