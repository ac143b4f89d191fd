#include "input/raster.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <float.h>
#include <gdal.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/finish.h"
#include "input/gdal.h"
#include "input/reader.h"
#include "input/source_files.h"

struct tpk_raster_reader {
    const tpk_raster *raster; /* borrowed */
    GDALDatasetH dataset;
    GDALRasterBandH band, mask; /* mask NULL: none but the nodata value */
    double nodata;              /* as the band's type stores it; NaN: none */
    bool fits_float;            /* every value of the band's type is exact in a float */
    double *wide;               /* room for one window */
    uint8_t *mask_bytes;
    size_t wide_capacity, mask_capacity;
};

static tpk_status open_dataset(const char *path, const char *written, const tpk_gdal_scope *scope,
                               GDALDatasetH *dataset, tpk_err *err)
{
    *dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    if (*dataset) return TPK_OK;
    char reason[sizeof scope->message];
    memcpy(reason, tpk_gdal_reason(scope), strlen(tpk_gdal_reason(scope)) + 1);
    GDALDatasetH vector = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (vector) {
        GDALClose(vector);
        return tpk_err_set(err, TPK_ERR_DATA, _("'%s' is a vector layer; a raster is needed here"), written);
    }
    return tpk_err_set(err, TPK_ERR_IO, _("'%s' cannot be read as a raster: %s"), written, reason);
}

static tpk_status check_band(GDALDatasetH dataset, const tpk_layer_spec *spec, tpk_err *err)
{
    int n = GDALGetRasterCount(dataset), band = spec->band > 0 ? spec->band : 1;
    if (n == 0) {
        char **parts = GDALGetMetadata(dataset, "SUBDATASETS");
        const char *first = CSLFetchNameValue(parts, "SUBDATASET_1_NAME");
        return tpk_err_set(err, TPK_ERR_DATA,
                           first ? _("'%s' holds several rasters; give the path of one, such as '%s'")
                                 : _("'%s' holds no raster band%s"),
                           tpk_spec_path(spec), first ? first : "");
    }
    if (band > n) {
        return tpk_err_set(err, TPK_ERR_DATA, _("'%s' has %d bands; the project file asks for band %d"),
                           tpk_spec_path(spec), n, band);
    }
    GDALDataType type = GDALGetRasterDataType(GDALGetRasterBand(dataset, band));
    if (GDALDataTypeIsComplex(type)) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("band %d of '%s' holds complex numbers (%s); real ones are needed"), band,
                           tpk_spec_path(spec), GDALGetDataTypeName(type));
    }
    return TPK_OK;
}

static double nodata_of(GDALRasterBandH band)
{
    int has = 0;
    double value;
    switch (GDALGetRasterDataType(band)) { /* 64-bit types refuse to give theirs as a double */
    case GDT_Int64: value = (double)GDALGetRasterNoDataValueAsInt64(band, &has); break;
    case GDT_UInt64: value = (double)GDALGetRasterNoDataValueAsUInt64(band, &has); break;
    default: value = GDALGetRasterNoDataValue(band, &has); break;
    }
    return has ? value : (double)NAN;
}

static bool has_classes(GDALRasterBandH band)
{
    char **names = GDALGetRasterCategoryNames(band);
    if (GDALGetRasterColorTable(band) || (names && names[0])) return true;
    GDALRasterAttributeTableH table = GDALGetDefaultRAT(band);
    return table && GDALRATGetTableType(table) == GRTT_THEMATIC && GDALRATGetRowCount(table) > 0;
}

/* A unit, a scale, a name, classes: nobody gives those to the parts of a colour. */
static bool says_what_it_holds(GDALRasterBandH band)
{
    return *GDALGetDescription(band) || *GDALGetRasterUnitType(band) || has_classes(band) ||
           GDALGetRasterScale(band, NULL) != 1 || GDALGetRasterOffset(band, NULL) != 0;
}

/* Does one of the three parts of a colour stand in this band, each in some band, and nothing against it? Any
 * three bands of bytes are marked as these when a program says nothing else. */
static bool is_picture(GDALDatasetH dataset, GDALRasterBandH band)
{
    bool seen[3] = {false};
    GDALColorInterp own = GDALGetRasterColorInterpretation(band);
    if (GDALGetRasterDataType(band) != GDT_Byte || own < GCI_RedBand || own > GCI_BlueBand) return false;
    for (int b = 1; b <= GDALGetRasterCount(dataset); b++) {
        GDALRasterBandH other = GDALGetRasterBand(dataset, b);
        GDALColorInterp of = GDALGetRasterColorInterpretation(other);
        if (of < GCI_RedBand || of > GCI_BlueBand) continue;
        if (says_what_it_holds(other)) return false;
        seen[of - GCI_RedBand] = true;
    }
    return seen[0] && seen[1] && seen[2];
}

static tpk_status take_georeference(GDALDatasetH dataset, tpk_raster *raster, const char *written,
                                    tpk_err *err)
{
    double *g = raster->geotransform;
    if (GDALGetGeoTransform(dataset, g) != CE_None) {
        return tpk_err_set(
            err, TPK_ERR_DATA,
            GDALGetGCPCount(dataset) > 0
                ? _("'%s' is placed by control points only; warp it first, for example with QGIS's "
                    "Georeferencer")
                : _("'%s' has no place on the map: it holds no georeference and has no world file beside it"),
            written);
    }
    double determinant = g[1] * g[5] - g[2] * g[4];
    bool ok = isfinite(determinant) && determinant != 0 && isfinite(g[0]) && isfinite(g[3]);
    return ok ? TPK_OK
              : tpk_err_set(err, TPK_ERR_DATA, _("'%s' has a georeference whose pixels have no area"),
                            written);
}

tpk_box tpk_raster_box(const double g[6], int32_t n_rows, int32_t n_cols)
{
    tpk_box box = {g[0], g[3], g[0], g[3]};
    for (int corner = 1; corner < 4; corner++) {
        double col = corner & 1 ? n_cols : 0, row = corner & 2 ? n_rows : 0;
        double x = g[0] + col * g[1] + row * g[2], y = g[3] + col * g[4] + row * g[5];
        box = tpk_box_union(box, (tpk_box){x, y, x, y});
    }
    return box;
}

static tpk_status take_crs(tpk_worker *worker, GDALDatasetH dataset, const tpk_layer_spec *spec,
                           const char *where, bool raw, tpk_raster *raster, tpk_diags *diags, tpk_err *err)
{
    const char *origin, *wkt = GDALGetProjectionRef(dataset);
    if (wkt && wkt[0]) {
        raster->crs_text = tpk_strdup(wkt);
        if (!raster->crs_text) return tpk_err_memory(err);
    }
    tpk_status status = tpk_find_crs(worker, spec->crs, raster->crs_text, _("the file states none"),
                                     tpk_raster_box(raster->geotransform, raster->n_rows, raster->n_cols),
                                     where, &raster->crs, &origin, diags, raw ? NULL : err);
    if (raw && status == TPK_ERR_CRS) return TPK_OK;
    if (raw && status != TPK_OK) return tpk_err_memory(err);
    if (status != TPK_OK) return status;
    raster->crs_origin = tpk_strdup(origin);
    return raster->crs_origin ? TPK_OK : tpk_err_memory(err);
}

static tpk_status take_facts(GDALDatasetH dataset, const tpk_layer_spec *spec, tpk_raster *raster,
                             tpk_err *err)
{
    raster->band = spec->band > 0 ? spec->band : 1;
    GDALRasterBandH band = GDALGetRasterBand(dataset, raster->band);
    GDALDataType type = GDALGetRasterDataType(band);
    raster->n_rows = GDALGetRasterYSize(dataset);
    raster->n_cols = GDALGetRasterXSize(dataset);
    raster->nodata = isnan(spec->nodata) ? nodata_of(band) : spec->nodata;
    raster->is_integer = !GDALDataTypeIsFloating(type);
    raster->has_palette = raster->is_integer && has_classes(band);
    raster->is_picture = is_picture(dataset, band);
    raster->has_unit = GDALGetRasterUnitType(band)[0] != '\0';
    int has_scale = 0, has_offset = 0;
    double scale = GDALGetRasterScale(band, &has_scale), offset = GDALGetRasterOffset(band, &has_offset);
    raster->scale = has_scale && isfinite(scale) && scale != 0 ? scale : 1;
    raster->offset = has_offset && isfinite(offset) ? offset : 0;
    raster->id = tpk_strdup(spec->id);
    raster->path = tpk_strdup(spec->path);
    raster->data_type = tpk_strdup(GDALGetDataTypeName(type));
    bool ok = raster->path && raster->data_type && (raster->id || !spec->id);
    return ok ? take_georeference(dataset, raster, tpk_spec_path(spec), err) : tpk_err_memory(err);
}

static tpk_status open_raster(tpk_worker *worker, const tpk_layer_spec *spec, bool raw, tpk_raster **out,
                              tpk_diags *diags, tpk_err *err)
{
    *out = NULL;
    GDALDatasetH dataset = NULL;
    tpk_raster *raster = NULL;
    tpk_gdal_scope scope;
    char *where = tpk_layer_place(spec);
    if (!where) return tpk_err_memory(err);
    tpk_gdal_begin(&scope);
    tpk_status status = open_dataset(spec->path, tpk_spec_path(spec), &scope, &dataset, err);
    if (status == TPK_OK) status = check_band(dataset, spec, err);
    if (status != TPK_OK) goto done;
    raster = tpk_zalloc(1, sizeof *raster);
    status = raster ? take_facts(dataset, spec, raster, err) : tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_source_files_of_dataset(dataset, spec->path, &raster->files, err);
    if (status == TPK_OK) status = take_crs(worker, dataset, spec, where, raw, raster, diags, err);
done:
    if (dataset) GDALClose(dataset);
    tpk_gdal_end();
    if (status == TPK_OK) {
        *out = raster;
    } else {
        tpk_raster_free(raster);
        if (status != TPK_ERR_MEMORY) status = tpk_err_prefix(err, status, "%s", where);
    }
    tpk_free(where);
    return status;
}

tpk_status tpk_raster_open(tpk_worker *worker, const tpk_layer_spec *spec, tpk_raster **raster,
                           tpk_diags *diags, tpk_err *err)
{
    return open_raster(worker, spec, false, raster, diags, err);
}

tpk_status tpk_raster_open_raw(tpk_worker *worker, const tpk_layer_spec *spec, tpk_raster **raster,
                               tpk_diags *diags, tpk_err *err)
{
    return open_raster(worker, spec, true, raster, diags, err);
}

void tpk_raster_free(tpk_raster *raster)
{
    if (!raster) return;
    tpk_crs_free(raster->crs);
    tpk_free(raster->id);
    tpk_free(raster->path);
    tpk_free(raster->data_type);
    tpk_free(raster->crs_origin);
    tpk_free(raster->crs_text);
    tpk_source_files_clear(&raster->files);
    tpk_free(raster);
}

/* The stored value a nodata value given in double stands for: -3.4028e38 must meet the nearest Float32, as
 * GDAL does. */
static double as_stored(double nodata, GDALDataType type)
{
    if (type != GDT_Float32 || !isfinite(nodata)) return nodata;
    if (fabs(nodata) > (double)FLT_MAX) return nodata > 0 ? (double)FLT_MAX : -(double)FLT_MAX;
    return (double)(float)nodata;
}

tpk_status tpk_raster_reader_open(const tpk_raster *raster, tpk_raster_reader **out, tpk_err *err)
{
    *out = NULL;
    tpk_raster_reader *reader = tpk_zalloc(1, sizeof *reader);
    if (!reader) return tpk_err_memory(err);
    tpk_gdal_scope scope;
    tpk_gdal_begin(&scope);
    tpk_status status = open_dataset(raster->path, raster->path, &scope, &reader->dataset, err);
    if (status == TPK_OK) {
        reader->raster = raster;
        reader->band = GDALGetRasterBand(reader->dataset, raster->band);
        if (!reader->band)
            status = tpk_err_set(err, TPK_ERR_IO, _("'%s' changed while it was in use"), raster->path);
    }
    if (status == TPK_OK) {
        GDALDataType type = GDALGetRasterDataType(reader->band);
        reader->nodata = as_stored(raster->nodata, type);
        reader->fits_float =
            type == GDT_Byte || type == GDT_UInt16 || type == GDT_Int16 || type == GDT_Float32;
        if (GDALGetMaskFlags(reader->band) & GMF_PER_DATASET) reader->mask = GDALGetMaskBand(reader->band);
    }
    tpk_gdal_end();
    if (status == TPK_OK) {
        *out = reader;
    } else {
        tpk_raster_reader_close(reader);
    }
    return status;
}

void tpk_raster_reader_close(tpk_raster_reader *reader)
{
    if (!reader) return;
    if (reader->dataset) GDALClose(reader->dataset);
    tpk_free(reader->wide);
    tpk_free(reader->mask_bytes);
    tpk_free(reader);
}

static tpk_status read_window(tpk_raster_reader *reader, GDALRasterBandH band, tpk_window w, void *to,
                              GDALDataType type, tpk_err *err)
{
    tpk_gdal_scope scope;
    tpk_gdal_begin(&scope);
    CPLErr failed =
        GDALRasterIO(band, GF_Read, w.col0, w.row0, w.n_cols, w.n_rows, to, w.n_cols, w.n_rows, type, 0, 0);
    tpk_gdal_end();
    if (failed == CE_None) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_IO, _("'%s' cannot be read at rows %ld to %ld, columns %ld to %ld: %s"),
                       reader->raster->path, (long)w.row0, (long)w.row0 + w.n_rows - 1, (long)w.col0,
                       (long)w.col0 + w.n_cols - 1, tpk_gdal_reason(&scope));
}

static tpk_status check_window(const tpk_raster *raster, tpk_window w, tpk_err *err)
{
    bool ok = w.row0 >= 0 && w.col0 >= 0 && w.n_rows >= 0 && w.n_cols >= 0 &&
              w.n_rows <= raster->n_rows - w.row0 && w.n_cols <= raster->n_cols - w.col0;
    if (ok) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_ARGUMENT,
                       "window %ld %ld %ld %ld outside a raster of %ld rows and %ld columns", (long)w.row0,
                       (long)w.col0, (long)w.n_rows, (long)w.n_cols, (long)raster->n_rows,
                       (long)raster->n_cols);
}

static tpk_status read_mask(tpk_raster_reader *reader, tpk_window w, size_t n, tpk_err *err)
{
    if (!reader->mask) return TPK_OK;
    if (!tpk_grow(&reader->mask_bytes, &reader->mask_capacity, n, 1)) return tpk_err_memory(err);
    return read_window(reader, reader->mask, w, reader->mask_bytes, GDT_Byte, err);
}

tpk_status tpk_raster_read_double(tpk_raster_reader *reader, int32_t row0, int32_t col0, int32_t n_rows,
                                  int32_t n_cols, double *values, tpk_err *err)
{
    const tpk_raster *raster = reader->raster;
    tpk_window w = {row0, col0, n_rows, n_cols};
    tpk_status status = check_window(raster, w, err);
    size_t n = status == TPK_OK ? (size_t)n_rows * (size_t)n_cols : 0;
    if (n == 0) return status;
    status = read_mask(reader, w, n, err);
    if (status == TPK_OK) status = read_window(reader, reader->band, w, values, GDT_Float64, err);
    if (status != TPK_OK) return status;
    bool scaled = raster->scale != 1 || raster->offset != 0;
    for (size_t i = 0; i < n; i++) {
        bool unknown = values[i] == reader->nodata || (reader->mask && reader->mask_bytes[i] == 0);
        if (unknown)
            values[i] = (double)NAN;
        else if (scaled)
            values[i] = values[i] * raster->scale + raster->offset;
    }
    return TPK_OK;
}

static tpk_status read_float(tpk_raster_reader *reader, tpk_window w, float *values, tpk_err *err)
{
    const tpk_raster *raster = reader->raster;
    size_t n = (size_t)w.n_rows * (size_t)w.n_cols;
    tpk_status status = read_mask(reader, w, n, err);
    if (status == TPK_OK) status = read_window(reader, reader->band, w, values, GDT_Float32, err);
    if (status != TPK_OK) return status;
    float nodata = (float)reader->nodata;
    for (size_t i = 0; i < n; i++) values[i] = values[i] == nodata ? (float)NAN : values[i];
    for (size_t i = 0; reader->mask && i < n; i++)
        values[i] = reader->mask_bytes[i] == 0 ? (float)NAN : values[i];
    if (raster->scale == 1 && raster->offset == 0) return TPK_OK;
    for (size_t i = 0; i < n; i++) values[i] = (float)((double)values[i] * raster->scale + raster->offset);
    return TPK_OK;
}

tpk_status tpk_raster_read(tpk_raster_reader *reader, int32_t row0, int32_t col0, int32_t n_rows,
                           int32_t n_cols, float *values, tpk_err *err)
{
    tpk_window w = {row0, col0, n_rows, n_cols};
    tpk_status status = check_window(reader->raster, w, err);
    size_t n = status == TPK_OK ? (size_t)n_rows * (size_t)n_cols : 0;
    if (n == 0) return status;
    if (reader->fits_float) return read_float(reader, w, values, err);
    if (!tpk_grow(&reader->wide, &reader->wide_capacity, n, sizeof *reader->wide)) return tpk_err_memory(err);
    status = tpk_raster_read_double(reader, row0, col0, n_rows, n_cols, reader->wide, err);
    for (size_t i = 0; status == TPK_OK && i < n; i++) values[i] = (float)reader->wide[i];
    return status;
}
