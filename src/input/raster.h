/* A raster band: facts read once, windows read by many threads, each through its own reader (GDAL < 3.10 has
 * no thread-safe handle). */
#ifndef TPK_INPUT_RASTER_H
#define TPK_INPUT_RASTER_H

#include <stdint.h>

#include "base/diag.h"
#include "geo/crs.h"
#include "input/source_files.h"
#include "project/project.h"

typedef struct tpk_raster {
    char *id, *path;
    int band;
    int32_t n_rows, n_cols;
    double geotransform[6]; /* GDAL's: x = g0 + col*g1 + row*g2, y = g3 + col*g4 + row*g5, at pixel corners */
    double nodata;          /* NaN: none */
    bool is_integer;        /* the stored type */
    bool has_palette;       /* colour table, category names or attribute table: the numbers are classes */
    bool is_picture;        /* red, green or blue of three such bands that say no more: colours, perhaps */
    bool has_unit;          /* the band says in what unit it measures */
    char *data_type;        /* "Float32", "Int16" ... */
    tpk_crs *crs;           /* owned; NULL only after tpk_raster_open_raw */
    char *crs_text;         /* what the file says, as it says it; NULL: nothing */
    char *crs_origin;       /* "file" or "project" */
    double scale, offset;   /* value = stored*scale + offset; applied by the reader */
    tpk_source_files files; /* that it was read from */
} tpk_raster;

typedef struct tpk_raster_reader tpk_raster_reader;

/* TPK_ERR_IO, TPK_ERR_DATA (no such band; complex type; vector file), TPK_ERR_CRS (none and none stated).
 * `worker` must outlive the result. Caller frees with tpk_raster_free. */
TPK_MUST_CHECK tpk_status tpk_raster_open(tpk_worker *worker, const tpk_layer_spec *spec, tpk_raster **raster,
                                          tpk_diags *diags, tpk_err *err);
void tpk_raster_free(tpk_raster *raster);
/* The same for examination: where the CRS is missing, or cannot be read and none is stated, `crs` is NULL and
 * `crs_origin` too. */
TPK_MUST_CHECK tpk_status tpk_raster_open_raw(tpk_worker *worker, const tpk_layer_spec *spec,
                                              tpk_raster **raster, tpk_diags *diags, tpk_err *err);

/* The box around a raster's corners in its own CRS. */
tpk_box tpk_raster_box(const double geotransform[6], int32_t n_rows, int32_t n_cols);

/* One a thread. `raster` is borrowed and must outlive the reader. Caller closes with tpk_raster_reader_close.
 */
TPK_MUST_CHECK tpk_status tpk_raster_reader_open(const tpk_raster *raster, tpk_raster_reader **reader,
                                                 tpk_err *err);
void tpk_raster_reader_close(tpk_raster_reader *reader);

/* The pixels of rows row0 .. row0+n_rows-1 and cols col0 .. col0+n_cols-1 (all inside the raster), row-major.
 * nodata and NaN come back as NaN; scale and offset are applied. TPK_ERR_IO with file and window. */
TPK_MUST_CHECK tpk_status tpk_raster_read(tpk_raster_reader *reader, int32_t row0, int32_t col0,
                                          int32_t n_rows, int32_t n_cols, float *values, tpk_err *err);
/* The same in double, exact for Int32 and Float64 sources. */
TPK_MUST_CHECK tpk_status tpk_raster_read_double(tpk_raster_reader *reader, int32_t row0, int32_t col0,
                                                 int32_t n_rows, int32_t n_cols, double *values,
                                                 tpk_err *err);

/* Before anything else of this room: registers GDAL's drivers and, only when the process has registered none
 * yet, bounds its block cache (cache_bytes). The cache is one for the whole process: later calls, and calls
 * in a program that uses GDAL itself, leave it as it is. */
void tpk_input_init(size_t cache_bytes);

#endif
