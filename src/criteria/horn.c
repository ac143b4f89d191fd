#include "criteria/horn.h"

#include <math.h>

#include "base/simd.h"

/* The last term is 0, but NaN when the middle height is: Horn's formula itself does not use it. */
static inline float steepness(const float *north, const float *here, const float *south, size_t i,
                              float scale_x, float scale_y)
{
    float dx = (north[i] - north[i + 2]) + 2 * (here[i] - here[i + 2]) + (south[i] - south[i + 2]);
    float dy = (north[i] - south[i]) + 2 * (north[i + 1] - south[i + 1]) + (north[i + 2] - south[i + 2]);
    dx *= scale_x;
    dy *= scale_y;
    return sqrtf(dx * dx + dy * dy) + (here[i + 1] - here[i + 1]);
}

TPK_SIMD static void percent_row(const float *restrict north, const float *restrict here,
                                 const float *restrict south, size_t n, tpk_horn_scale scale,
                                 double *restrict out)
{
    TPK_SIMD_LOOP
    for (size_t i = 0; i < n; i++)
        out[i] = (double)(100 * steepness(north, here, south, i, scale.x, scale.y));
}

void tpk_horn_row(const float *north, const float *here, const float *south, size_t n, tpk_horn_scale scale,
                  bool degrees, double *out)
{
    if (!degrees) {
        percent_row(north, here, south, n, scale, out);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = atan((double)steepness(north, here, south, i, scale.x, scale.y)) * (180 / M_PI);
    }
}

static const double SEMI_MAJOR_M = 6378137, E2 = 0.00669437999014131699614; /* WGS 84 */

static double radians(double deg)
{
    return deg * (M_PI / 180);
}

double tpk_metres_per_degree_lon(double lat_deg)
{
    double s = sin(radians(lat_deg));
    return radians(1) * cos(radians(lat_deg)) * SEMI_MAJOR_M / sqrt(1 - E2 * s * s);
}

double tpk_metres_per_degree_lat(double lat_deg)
{
    double s = sin(radians(lat_deg)), w2 = 1 - E2 * s * s;
    return radians(1) * SEMI_MAJOR_M * (1 - E2) / (w2 * sqrt(w2));
}
