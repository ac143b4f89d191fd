/* Slope of a surface from its 3 x 3 neighbourhood: Horn (1981), "Hill shading and the reflectance map", as
 * gdaldem and GRASS use it. */
#ifndef TPK_CRITERIA_HORN_H
#define TPK_CRITERIA_HORN_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tpk_horn_scale {
    float x, y; /* 1 / (8 * the pixel's side in metres), along the row and across it */
} tpk_horn_scale;

/* out[i], i < n, is the slope at the middle of columns i .. i+2 of three rows of heights in metres (n + 2
 * each); NaN where one of the nine is NaN. Percent, or degrees. Heights are subtracted before anything is
 * added up, so that float loses nothing on high ground. */
void tpk_horn_row(const float *north, const float *here, const float *south, size_t n, tpk_horn_scale scale,
                  bool degrees, double *out);

/* For pixels in degrees at a latitude: metres a degree is long, from the radii of curvature of the ellipsoid
 * WGS 84. */
double tpk_metres_per_degree_lon(double lat_deg);
double tpk_metres_per_degree_lat(double lat_deg);

#endif
