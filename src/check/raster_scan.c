#include "check/raster_scan.h"

#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"

enum { STRIP_BYTES = 16 << 20, FEWEST_ROWS = 16 /* so that strips can overlap */ };

tpk_status tpk_raster_scan(const tpk_subject *subject, int32_t overlap, tpk_strip_visit *visit, void *user,
                           tpk_err *err)
{
    const tpk_raster *raster = subject->raster;
    const int32_t most = STRIP_BYTES / (int32_t)sizeof(float);
    int32_t n_cols = raster->n_cols < most / FEWEST_ROWS ? raster->n_cols : most / FEWEST_ROWS;
    int32_t n_rows = most / n_cols < raster->n_rows ? most / n_cols : raster->n_rows;
    tpk_raster_reader *reader = NULL;
    float *values = tpk_alloc((size_t)n_rows * (size_t)n_cols, sizeof *values);
    tpk_status status = values ? tpk_raster_reader_open(raster, &reader, err) : tpk_err_memory(err);
    for (int32_t row = 0; status == TPK_OK && row < raster->n_rows;) {
        int32_t rows = raster->n_rows - row < n_rows ? raster->n_rows - row : n_rows;
        if (tpk_cancelled(subject->control)) {
            status = tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while examining layers"));
            break;
        }
        tpk_progress(subject->control, subject->spec->id, row, raster->n_rows, _("rows"));
        for (int32_t col = 0; status == TPK_OK && col < raster->n_cols; col += n_cols) {
            int32_t cols = raster->n_cols - col < n_cols ? raster->n_cols - col : n_cols;
            status = tpk_raster_read(reader, row, col, rows, cols, values, err);
            tpk_raster_strip strip = {
                .row0 = row, .col0 = col, .n_rows = rows, .n_cols = cols, .values = values};
            if (status == TPK_OK) visit(user, &strip);
        }
        row += row + rows < raster->n_rows && rows > overlap ? rows - overlap : rows;
    }
    tpk_raster_reader_close(reader);
    tpk_free(values);
    return status;
}

double tpk_raster_pixel_m(const tpk_subject *subject)
{
    static const int64_t ENDS[] = {0, 2};
    const double *g = subject->raster->geotransform;
    double x = g[0] + subject->raster->n_cols / 2.0 * g[1] + subject->raster->n_rows / 2.0 * g[2];
    double y = g[3] + subject->raster->n_cols / 2.0 * g[4] + subject->raster->n_rows / 2.0 * g[5];
    double longest = 0;
    if (!subject->crs) return (double)NAN;
    for (int side = 1; side < 3; side++) { /* one pixel along a row, one along a column */
        const double xy[] = {x, y, x + g[side], y + g[side + 3]};
        tpk_geom line = {.kind = TPK_GEOM_LINE, .n_parts = 1, .part_start = ENDS, .xy = xy};
        double length_m;
        if (tpk_crs_line_length_m(subject->crs, line, 0, &length_m, NULL) != TPK_OK) return (double)NAN;
        longest = fmax(longest, length_m);
    }
    return longest;
}
