/* A raster looked at in strips of rows, 16 MB at most, whatever its size. */
#ifndef TPK_CHECK_RASTER_SCAN_H
#define TPK_CHECK_RASTER_SCAN_H

#include "check/finding.h"

/* A window of pixels, row-major; NaN: no data. Borrowed for the call. */
typedef struct tpk_raster_strip {
    int32_t row0, col0, n_rows, n_cols;
    const float *values;
} tpk_raster_strip;

typedef void tpk_strip_visit(void *user, const tpk_raster_strip *strip);

/* Calls visit for windows that cover the raster, in order. `overlap`: how many rows a strip repeats of the
 * one before it (0 or 1), so that neighbours are seen together; columns never repeat. Values are float: exact
 * for what is asked here. TPK_ERR_IO, TPK_ERR_MEMORY, TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_raster_scan(const tpk_subject *subject, int32_t overlap, tpk_strip_visit *visit,
                                          void *user, tpk_err *err);

/* Side of a pixel in m at the raster's middle: the longer of the two; NaN without a CRS. */
double tpk_raster_pixel_m(const tpk_subject *subject);

#endif
