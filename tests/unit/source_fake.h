/* A study made by hand around one source: layers written to a scratch folder, a store that reads them, blocks
 * of points. */
#ifndef TEST_SOURCE_FAKE_H
#define TEST_SOURCE_FAKE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gdal.h>
#include <gdal_utils.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "criteria/kinds.h"
#include "params_fake.h"

enum { MAX_LAYERS = 8 };

typedef struct study {
    char dir[256];
    tpk_worker *worker;
    tpk_crs *crs;
    tpk_layer_spec layers[MAX_LAYERS];
    tpk_project project;
    tpk_store *store;
    tpk_diags diags;
    tpk_box area;
    double cell_m;
    bool categorical; /* what sources are prepared for */
} study;

/* The same numbers on every machine: Knuth's 64-bit linear congruential generator. */
typedef struct dice {
    uint64_t state;
} dice;
static inline double roll(dice *d, double low, double high)
{
    d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return low + (high - low) * (double)(d->state >> 11) * 0x1p-53;
}

static inline void study_open(study *s, const char *crs, tpk_box area, double cell_m)
{
    *s = (study){.area = area, .cell_m = cell_m};
    const char *tmp = getenv("TMPDIR");
    snprintf(s->dir, sizeof s->dir, "%s/tapak-test-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(s->dir));
    tpk_input_init((size_t)64 << 20);
    assert_int_equal(tpk_worker_new(&s->worker, NULL), TPK_OK);
    assert_int_equal(tpk_crs_new(s->worker, crs, &s->crs, NULL), TPK_OK);
    s->project = (tpk_project){.dir = s->dir, .layers = s->layers};
}

static inline char *study_add_layer(study *s, const char *id, const char *file)
{
    tpk_layer_spec *spec = &s->layers[s->project.n_layers++];
    assert_true(s->project.n_layers <= MAX_LAYERS);
    char path[512];
    snprintf(path, sizeof path, "%s/%s", s->dir, file);
    *spec = (tpk_layer_spec){.id = tpk_strdup(id),
                             .path = tpk_strdup(path),
                             .written = tpk_strdup(file),
                             .band = 1,
                             .nodata = (double)NAN};
    return spec->path;
}

/* All layers added: the store can open. */
static inline void study_ready(study *s)
{
    tpk_store_free(s->store);
    s->store = NULL;
    assert_int_equal(tpk_store_new(&s->project, s->worker, s->crs, NULL, &s->diags, &s->store, NULL), TPK_OK);
}

static inline void study_close(study *s)
{
    tpk_store_free(s->store);
    tpk_crs_free(s->crs);
    tpk_worker_free(s->worker);
    tpk_diags_clear(&s->diags);
    for (size_t i = 0; i < s->project.n_layers; i++) {
        GDALDriverH driver = GDALIdentifyDriver(s->layers[i].path, NULL);
        if (driver) GDALDeleteDataset(driver, s->layers[i].path);
        tpk_free(s->layers[i].id);
        tpk_free(s->layers[i].path);
        tpk_free(s->layers[i].written);
    }
    assert_int_equal(rmdir(s->dir), 0);
}

static inline OGRSpatialReferenceH srs_of(int epsg)
{
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(srs, epsg), OGRERR_NONE);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    return srs;
}

typedef struct raster_spec {
    int n_rows, n_cols, epsg;
    double geotransform[6];
    GDALDataType type;
    double nodata; /* NaN: none */
    bool palette;
} raster_spec;

static inline void study_add_raster(study *s, const char *id, raster_spec spec, const double *values)
{
    char file[64];
    snprintf(file, sizeof file, "%s.tif", id);
    const char *path = study_add_layer(s, id, file);
    GDALDatasetH made =
        GDALCreate(GDALGetDriverByName("GTiff"), path, spec.n_cols, spec.n_rows, 1, spec.type, NULL);
    assert_non_null(made);
    OGRSpatialReferenceH srs = srs_of(spec.epsg);
    GDALSetSpatialRef(made, srs);
    OSRDestroySpatialReference(srs);
    GDALSetGeoTransform(made, spec.geotransform);
    GDALRasterBandH band = GDALGetRasterBand(made, 1);
    if (!isnan(spec.nodata)) GDALSetRasterNoDataValue(band, spec.nodata);
    if (spec.palette) {
        GDALColorTableH colours = GDALCreateColorTable(GPI_RGB);
        GDALColorEntry green = {0, 200, 0, 255};
        GDALSetColorEntry(colours, 7, &green);
        GDALSetRasterColorTable(band, colours);
        GDALDestroyColorTable(colours);
    }
    assert_int_equal(GDALRasterIO(band, GF_Write, 0, 0, spec.n_cols, spec.n_rows, (void *)(uintptr_t)values,
                                  spec.n_cols, spec.n_rows, GDT_Float64, 0, 0),
                     CE_None);
    GDALClose(made);
}

/* Features from WKT; `name` (text, NULL allowed) and `number` of each; numbers NULL: none. */
static inline void study_add_vector(study *s, const char *id, int epsg, size_t n, char *const *wkt,
                                    const char *const *names, const double *numbers)
{
    char file[64];
    snprintf(file, sizeof file, "%s.gpkg", id);
    const char *path = study_add_layer(s, id, file);
    GDALDatasetH made = GDALCreate(GDALGetDriverByName("GPKG"), path, 0, 0, 0, GDT_Unknown, NULL);
    assert_non_null(made);
    OGRSpatialReferenceH srs = srs_of(epsg);
    OGRLayerH layer = GDALDatasetCreateLayer(made, id, srs, wkbUnknown, NULL);
    OSRDestroySpatialReference(srs);
    OGRFieldDefnH text = OGR_Fld_Create("name", OFTString), number = OGR_Fld_Create("number", OFTReal);
    OGR_L_CreateField(layer, text, 1);
    OGR_L_CreateField(layer, number, 1);
    OGR_Fld_Destroy(text);
    OGR_Fld_Destroy(number);
    GDALDatasetStartTransaction(made, 0);
    for (size_t i = 0; i < n; i++) {
        OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
        OGRGeometryH geometry = NULL;
        char *text_left = wkt[i];
        assert_int_equal(OGR_G_CreateFromWkt(&text_left, NULL, &geometry), OGRERR_NONE);
        OGR_F_SetGeometryDirectly(feature, geometry);
        if (names && names[i]) OGR_F_SetFieldString(feature, 0, names[i]);
        if (numbers && !isnan(numbers[i])) OGR_F_SetFieldDouble(feature, 1, numbers[i]);
        assert_int_equal(OGR_L_CreateFeature(layer, feature), OGRERR_NONE);
        OGR_F_Destroy(feature);
    }
    GDALDatasetCommitTransaction(made);
    GDALClose(made);
}

static inline tpk_status try_source(study *s, const tpk_params *params, tpk_source **source, tpk_err *err)
{
    tpk_source_request request = {.params = params,
                                  .store = s->store,
                                  .crs = s->crs,
                                  .area = s->area,
                                  .cell_m = s->cell_m,
                                  .worker = s->worker,
                                  .diags = &s->diags,
                                  .categorical = s->categorical};
    return tpk_source_new(&request, source, err);
}

/* The parameters are freed. */
static inline tpk_source *new_source(study *s, tpk_params params)
{
    tpk_source *source = NULL;
    tpk_err err = {0};
    if (try_source(s, &params, &source, &err) != TPK_OK) fail_msg("%s", err.message);
    tpk_params_clear(&params);
    return source;
}

static inline void evaluate_with(tpk_source_worker *worker, const tpk_block *block, double *values)
{
    tpk_hint hint = {.flat_from = (double)INFINITY};
    tpk_err err = {0};
    if (tpk_source_evaluate(worker, block, &hint, values, &err) != TPK_OK) fail_msg("%s", err.message);
}

static inline void evaluate(const tpk_source *source, const tpk_block *block, double *values)
{
    tpk_source_worker *worker = NULL;
    assert_int_equal(tpk_source_worker_new(source, &worker, NULL), TPK_OK);
    evaluate_with(worker, block, values);
    tpk_source_worker_free(worker);
}

static inline double evaluate_at(const tpk_source *source, double x, double y, double cell_m)
{
    tpk_block block = {.n_rows = 1, .n_cols = 1, .x = &x, .y = &y, .cell_m = cell_m};
    double value;
    evaluate(source, &block, &value);
    return value;
}

/* The window's cell centres; free x and y. */
static inline tpk_block lattice_of(const tpk_grid *grid, tpk_window w)
{
    double *x = malloc((size_t)w.n_cols * sizeof *x), *y = malloc((size_t)w.n_rows * sizeof *y);
    for (int32_t c = 0; c < w.n_cols; c++) x[c] = tpk_grid_x(grid, w.col0 + c);
    for (int32_t r = 0; r < w.n_rows; r++) y[r] = tpk_grid_y(grid, w.row0 + r);
    return (tpk_block){
        .n_rows = w.n_rows, .n_cols = w.n_cols, .lattice = true, .x = x, .y = y, .cell_m = grid->cell};
}

/* The same points written out one by one, as rows and columns or as one row. */
static inline tpk_block points_of(const tpk_grid *grid, tpk_window w, bool one_row)
{
    size_t n = (size_t)w.n_rows * (size_t)w.n_cols;
    double *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y);
    for (size_t i = 0; i < n; i++) {
        x[i] = tpk_grid_x(grid, w.col0 + (int32_t)(i % (size_t)w.n_cols));
        y[i] = tpk_grid_y(grid, w.row0 + (int32_t)(i / (size_t)w.n_cols));
    }
    return (tpk_block){.n_rows = one_row ? 1 : w.n_rows,
                       .n_cols = one_row ? (int32_t)n : w.n_cols,
                       .x = x,
                       .y = y,
                       .cell_m = grid->cell};
}

static inline void block_free(tpk_block *block)
{
    free((void *)(uintptr_t)block->x);
    free((void *)(uintptr_t)block->y);
}

static inline double *evaluate_grid(const tpk_source *source, const tpk_grid *grid)
{
    tpk_block block = lattice_of(grid, (tpk_window){0, 0, grid->n_rows, grid->n_cols});
    double *values = malloc((size_t)tpk_grid_n_cells(grid) * sizeof *values);
    evaluate(source, &block, values);
    block_free(&block);
    return values;
}

static inline bool same_bits(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

/* The values of a window, asked for in three shapes, are those of the whole grid. */
static inline void assert_same_in_window(tpk_source_worker *worker, const tpk_grid *grid, const double *whole,
                                         tpk_window w)
{
    double *values = malloc((size_t)w.n_rows * (size_t)w.n_cols * sizeof *values);
    for (int shape = 0; shape < 3; shape++) {
        tpk_block block = shape == 0 ? lattice_of(grid, w) : points_of(grid, w, shape == 2);
        evaluate_with(worker, &block, values);
        for (int32_t i = 0; i < w.n_rows * w.n_cols; i++) {
            int32_t row = w.row0 + i / w.n_cols, col = w.col0 + i % w.n_cols;
            double expected = whole[(int64_t)row * grid->n_cols + col];
            if (!same_bits(values[i], expected)) {
                fail_msg("shape %d, window %d+%d x %d+%d, cell %d %d: %.17g, in the whole grid %.17g", shape,
                         w.row0, w.n_rows, w.col0, w.n_cols, row, col, values[i], expected);
            }
        }
        block_free(&block);
    }
    free(values);
}

/* A point's value does not depend on the block it comes in. */
static inline void assert_pure(const tpk_source *source, const tpk_grid *grid, uint64_t seed)
{
    double *whole = evaluate_grid(source, grid);
    tpk_source_worker *worker = NULL;
    assert_int_equal(tpk_source_worker_new(source, &worker, NULL), TPK_OK);
    dice d = {seed};
    for (int k = 0; k < 12; k++) {
        tpk_window w = {(int32_t)roll(&d, 0, grid->n_rows), (int32_t)roll(&d, 0, grid->n_cols), 0, 0};
        w.n_rows = 1 + (int32_t)roll(&d, 0, grid->n_rows - w.row0);
        w.n_cols = 1 + (int32_t)roll(&d, 0, grid->n_cols - w.col0);
        assert_same_in_window(worker, grid, whole, w);
    }
    tpk_source_worker_free(worker);
    free(whole);
}

/* Only wanted leaves must be right, and those must be. */
static inline void assert_need_is_honoured(const tpk_source *source, const tpk_grid *grid, uint64_t seed)
{
    double *whole = evaluate_grid(source, grid),
           *values = malloc((size_t)tpk_grid_n_cells(grid) * sizeof *values);
    int32_t leaf_rows = (grid->n_rows + 7) / 8, leaf_cols = (grid->n_cols + 7) / 8;
    uint8_t *need = malloc((size_t)leaf_rows * (size_t)leaf_cols);
    dice d = {seed};
    for (int32_t i = 0; i < leaf_rows * leaf_cols; i++) need[i] = roll(&d, 0, 1) < 0.4;
    tpk_block block = lattice_of(grid, (tpk_window){0, 0, grid->n_rows, grid->n_cols});
    block.need = need;
    evaluate(source, &block, values);
    for (int32_t r = 0; r < grid->n_rows; r++) {
        for (int32_t c = 0; c < grid->n_cols; c++) {
            int64_t i = (int64_t)r * grid->n_cols + c;
            if (need[(r / 8) * leaf_cols + c / 8]) assert_true(same_bits(values[i], whole[i]));
        }
    }
    block_free(&block);
    free(need);
    free(whole);
    free(values);
}

/* Every allocation of preparing, opening and evaluating fails once; then one run passes. The layers are
 * loaded before. */
static inline void assert_survives_no_memory(study *s, tpk_params params, const tpk_block *block)
{
    tpk_source *warm = NULL;
    assert_int_equal(try_source(s, &params, &warm, NULL), TPK_OK);
    tpk_source_free(warm);
    tpk_diags_clear(&s->diags);
    double *values = malloc((size_t)block->n_rows * (size_t)block->n_cols * sizeof *values);
    tpk_hint hint = {.flat_from = (double)INFINITY};
    long live = tpk_mem_live_count();
    for (long k = 0;; k++) {
        tpk_source *source = NULL;
        tpk_source_worker *worker = NULL;
        tpk_err err = {0};
        tpk_mem_fail_after(k);
        tpk_status status = try_source(s, &params, &source, &err);
        if (status == TPK_OK) status = tpk_source_worker_new(source, &worker, &err);
        if (status == TPK_OK) status = tpk_source_evaluate(worker, block, &hint, values, &err);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        tpk_source_worker_free(worker);
        tpk_source_free(source);
        tpk_diags_clear(&s->diags);
        assert_int_equal(tpk_mem_live_count(), live);
        if (failed == 0) {
            assert_int_equal(status, TPK_OK);
            assert_true(k > 3);
            break;
        }
        assert_int_equal(status, TPK_ERR_MEMORY);
        assert_int_equal(err.code, TPK_ERR_MEMORY);
    }
    free(values);
    tpk_params_clear(&params);
}

static inline void assert_refused(study *s, tpk_params params, tpk_status expected, const char *part)
{
    tpk_source *source = NULL;
    tpk_err err = {0};
    assert_int_equal(try_source(s, &params, &source, &err), expected);
    assert_null(source);
    if (!strstr(err.message, part)) fail_msg("'%s' does not say '%s'", err.message, part);
    tpk_params_clear(&params);
}

#endif
