/* A value between pixels: the interpolation kernels.
 *
 * Places are in pixels: (px, py) = (0, 0) is the outer corner of the raster's first pixel, (0.5, 0.5) its
 * centre; a pixel owns the edges towards smaller coordinates. A place outside of the raster, or whose own
 * pixel is NaN, is NaN in every method. */
#ifndef TPK_CRITERIA_SAMPLE_H
#define TPK_CRITERIA_SAMPLE_H

#include <math.h>

#include "geo/grid.h"

/* A part of a raster. Kernels read only pixels near the place asked for; the window must hold those that lie
 * in the raster (none farther than the method's TPK_REACH_ from the place's own pixel). */
typedef struct tpk_pixels {
    const double *values;   /* borrowed; row-major, NaN: unknown */
    tpk_window window;      /* which part */
    int32_t n_rows, n_cols; /* of the whole raster */
} tpk_pixels;

enum { TPK_REACH_NEAREST = 0, TPK_REACH_BILINEAR = 1, TPK_REACH_CUBIC = 2 };

/* Pixel centres as whole numbers: px - 0.5, and exactly whole when within a millionth of a pixel of a centre,
 * so that a grid aligned with the raster gets the pixels' own values however its coordinates were rounded. */
static inline double tpk_centre_coordinate(double px)
{
    double u = px - 0.5, whole = floor(u + 0.5);
    return fabs(u - whole) < 1e-6 ? whole : u;
}

/* The pixel that holds the place. */
double tpk_sample_nearest(const tpk_pixels *pixels, double px, double py);

/* Between the four nearest centres; where some of them are NaN, their weight is shared among the others. At
 * the raster's border the outer pixels continue. */
double tpk_sample_bilinear(const tpk_pixels *pixels, double px, double py);

/* Catmull-Rom (Keys 1981, a = -0.5) over the 4 x 4 nearest centres, the border's pixels continued. Where one
 * of the 16 is NaN: bilinear, because weights below zero cannot be shared out. */
double tpk_sample_cubic(const tpk_pixels *pixels, double px, double py);

/* Running area-weighted mean over a footprint. Initialise with {0}. */
typedef struct tpk_mean {
    double sum, weight;
} tpk_mean;

/* Adds the pixels of the window under the footprint, a box in pixels (y downwards), row after row: a window
 * cut into bands of rows gives the same bits as the whole. */
void tpk_mean_add(tpk_mean *mean, const tpk_pixels *pixels, tpk_box footprint);
double tpk_mean_value(const tpk_mean *mean); /* NaN when no pixel was known */

#endif
