/* Slope: Horn's at the pixels of a DEM, in the DEM's own CRS and resolution; between pixel centres bilinear.
 *
 * Where the points of a block are the DEM's pixel centres, the slopes of the pixels are the values and go
 * straight into the block. The general route computes the slopes of the pixels around the points with the
 * same row kernel first; at a pixel's centre it gives the same bits. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "criteria/horn.h"
#include "criteria/kinds.h"
#include "criteria/pixel_map.h"
#include "criteria/pixel_walk.h"
#include "criteria/sample.h"

static const char *const UNITS[] = {"percent", "degrees", NULL};

/* Maps that stretch lengths by more than this (in area) give slopes that are visibly wrong. */
static const double AREAL_SCALE_TOLERANCE = 0.02;

/* Above this width of a cell in pixels, the slope at its centre says little about the rest of it. */
static const double NOTE_ABOVE_PIXELS = 2;

static const tpk_param_spec PARAMS[] = {
    {.name = "slope",
     .type = TPK_PARAM_RASTER,
     .required = true,
     .primary = true,
     .unit = "",
     .summary = N_("raster layer of heights in metres (DEM)")},
    {.name = "unit",
     .type = TPK_PARAM_CHOICE,
     .unit = "",
     .default_text = "percent",
     .choices = UNITS,
     .summary = N_("percent (100 is 45 degrees) or degrees")},
};

typedef struct slope_state {
    const tpk_raster *dem; /* borrowed from the store */
    tpk_pixel_map map;
    bool degrees, geographic;
    double side_x, side_y; /* of a pixel, in the DEM's unit */
} slope_state;

typedef struct slope_worker {
    tpk_raster_reader *reader;
    tpk_pixel_mapper *mapper;
    tpk_located located;
    float *heights;
    double *slopes;
    size_t height_capacity, slope_capacity;
} slope_worker;

static void free_state(void *opaque)
{
    slope_state *state = opaque;
    if (!state) return;
    tpk_pixel_map_clear(&state->map);
    tpk_free(state);
}

/* Horn's formula needs pixels with right angles and sides in metres. */
static tpk_status check_dem(const tpk_raster *dem, tpk_err *err)
{
    const double *g = dem->geotransform;
    bool geographic = tpk_crs_is_geographic(dem->crs);
    if (!geographic && !tpk_crs_is_metric(dem->crs)) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("raster '%s' (%s) is in the CRS '%s', which does not count in metres or "
                             "degrees; reproject the DEM to "
                             "a metric CRS for slopes"),
                           dem->id, dem->path, tpk_crs_name(dem->crs));
    }
    double skew = fabs(g[1] * g[2] + g[4] * g[5]), area = fabs(g[1] * g[5] - g[2] * g[4]);
    bool turned = g[2] != 0 || g[4] != 0;
    if (skew > 1e-6 * area || (geographic && turned)) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("raster '%s' (%s) has %s pixels; warp the DEM to a north-up grid for slopes"),
                           dem->id, dem->path, skew > 1e-6 * area ? _("slanted") : _("rotated"));
    }
    return TPK_OK;
}

/* A projection like Web Mercator far from the equator stretches the ground, which makes it flatter. */
static tpk_status warn_about_scale(const tpk_source_request *request, const slope_state *state, tpk_err *err)
{
    if (state->geographic) return TPK_OK;
    const tpk_raster *dem = state->dem;
    const double *g = dem->geotransform;
    double x = g[0] + g[1] * dem->n_cols / 2 + g[2] * dem->n_rows / 2;
    double y = g[3] + g[4] * dem->n_cols / 2 + g[5] * dem->n_rows / 2;
    double scale = tpk_crs_areal_scale(dem->crs, x, y);
    if (!(fabs(scale - 1) > AREAL_SCALE_TOLERANCE)) return TPK_OK;
    tpk_status status = tpk_diag_add(
        request->diags, TPK_WARNING, dem->path, (tpk_pos){0},
        _("raster '%s': its CRS '%s' stretches areas by a factor of %.3f here, so slopes come out "
          "too %s; use a DEM in a local projection or in degrees"),
        dem->id, tpk_crs_name(dem->crs), scale, scale > 1 ? _("small") : _("large"));
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

/* Between pixel centres slopes are interpolated, so that a fine DEM says what the ground is like at a cell's
 * centre. */
static tpk_status note_fine_pixels(const tpk_source_request *request, const slope_state *state, tpk_err *err)
{
    double pixels = request->cell_m * state->map.pixels_per_m;
    if (!(pixels > NOTE_ABOVE_PIXELS)) return TPK_OK;
    tpk_status status = tpk_diag_add(request->diags, TPK_NOTE, state->dem->path, (tpk_pos){0},
                                     _("raster '%s': its pixels are finer than the cells, %.1f of them side "
                                       "by side in a cell of %g m; a cell gets "
                                       "the slope at its centre, over 3 x 3 of these pixels, not that of the "
                                       "whole cell; average the DEM to about "
                                       "%g m first if small banks and ditches should not count"),
                                     state->dem->id, pixels, request->cell_m, request->cell_m);
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

static tpk_status prepare(const tpk_source_request *request, void **out, tpk_err *err)
{
    const tpk_raster *dem;
    tpk_status status =
        tpk_store_raster(request->store, tpk_params_text(request->params, "slope"), &dem, err);
    if (status != TPK_OK) return status;
    slope_state *state = tpk_zalloc(1, sizeof *state);
    if (!state) return tpk_err_memory(err);
    const char *unit = tpk_params_text(request->params, "unit");
    const double *g = dem->geotransform;
    state->dem = dem;
    state->degrees = unit && strcmp(unit, "degrees") == 0;
    state->geographic = tpk_crs_is_geographic(dem->crs);
    state->side_x = hypot(g[1], g[4]);
    state->side_y = hypot(g[2], g[5]);
    status = tpk_pixel_map_init(&state->map, request, dem, err);
    if (status == TPK_OK) status = check_dem(dem, err);
    if (status == TPK_OK) status = warn_about_scale(request, state, err);
    if (status == TPK_OK) status = note_fine_pixels(request, state, err);
    if (status != TPK_OK) {
        free_state(state);
        return status;
    }
    *out = state;
    return TPK_OK;
}

static void close_worker(void *opaque)
{
    slope_worker *worker = opaque;
    if (!worker) return;
    tpk_raster_reader_close(worker->reader);
    tpk_pixel_mapper_free(worker->mapper);
    tpk_located_clear(&worker->located);
    tpk_free(worker->heights);
    tpk_free(worker->slopes);
    tpk_free(worker);
}

static tpk_status open_worker(const void *opaque, void **out, tpk_err *err)
{
    const slope_state *state = opaque;
    slope_worker *worker = tpk_zalloc(1, sizeof *worker);
    if (!worker) return tpk_err_memory(err);
    tpk_status status = tpk_raster_reader_open(state->dem, &worker->reader, err);
    if (status == TPK_OK) status = tpk_pixel_mapper_new(&state->map, &worker->mapper, err);
    if (status != TPK_OK) {
        close_worker(worker);
        return status;
    }
    *out = worker;
    return TPK_OK;
}

static tpk_horn_scale scale_of_row(const slope_state *state, int32_t row)
{
    double side_x_m = state->side_x, side_y_m = state->side_y;
    if (state->geographic) {
        const double *g = state->dem->geotransform;
        double lat_deg = g[3] + (row + 0.5) * g[5];
        side_x_m *= tpk_metres_per_degree_lon(lat_deg);
        side_y_m *= tpk_metres_per_degree_lat(lat_deg);
    }
    return (tpk_horn_scale){(float)(1 / (8 * side_x_m)), (float)(1 / (8 * side_y_m))};
}

/* Heights of a window of the DEM in the worker's buffer. */
typedef struct heights {
    const slope_state *state;
    const float *values;
    tpk_window window;
} heights;

static tpk_status read_heights(const slope_state *state, slope_worker *worker, tpk_window window,
                               heights *out, tpk_err *err)
{
    size_t n = (size_t)window.n_rows * (size_t)window.n_cols;
    if (!tpk_grow(&worker->heights, &worker->height_capacity, n, sizeof *worker->heights))
        return tpk_err_memory(err);
    *out = (heights){state, worker->heights, window};
    return tpk_raster_read(worker->reader, window.row0, window.col0, window.n_rows, window.n_cols,
                           worker->heights, err);
}

/* out[k] = slope of pixel (row, col0 + k), k < n; NaN on the DEM's border and off the DEM. */
static void slope_of_pixels(const heights *h, int32_t row, int32_t col0, int32_t n, double *out)
{
    const tpk_raster *dem = h->state->dem;
    for (int32_t k = 0; k < n; k++) {
        if (row >= 1 && row < dem->n_rows - 1 && col0 + k >= 1) break;
        out[k] = (double)NAN;
        if (k == n - 1) return;
    }
    int32_t first = col0 < 1 ? 1 : col0, end = col0 + n < dem->n_cols - 1 ? col0 + n : dem->n_cols - 1;
    if (first < end) {
        const tpk_window *w = &h->window;
        const float *north = h->values + (int64_t)(row - 1 - w->row0) * w->n_cols + (first - 1 - w->col0);
        tpk_horn_row(north, north + w->n_cols, north + 2 * (int64_t)w->n_cols, (size_t)(end - first),
                     scale_of_row(h->state, row), h->state->degrees, out + (first - col0));
    }
    for (int32_t k = end - col0 < 0 ? 0 : end - col0; k < n; k++) out[k] = (double)NAN;
}

/* ---- one block ---- */

typedef struct evaluation {
    const slope_state *state;
    slope_worker *worker;
    bool aligned;       /* point (r, c) is the centre of pixel (row0 + r, col0 + c) */
    int64_t row0, col0; /* may lie off the DEM */
    double *values;
} evaluation;

static bool is_run(const double *places, int32_t n, int64_t *first)
{
    double start = tpk_centre_coordinate(places[0]);
    if (start != floor(start) || !(fabs(start) < 0x1p31)) return false;
    for (int32_t i = 1; i < n; i++) {
        if (tpk_centre_coordinate(places[i]) != start + i) return false;
    }
    *first = (int64_t)start;
    return true;
}

static void aligned_row(const evaluation *e, const heights *h, const tpk_patch *patch, int32_t r)
{
    const tpk_block *block = e->worker->located.block;
    int32_t end = patch->col0 + patch->n_cols;
    for (int32_t c = patch->col0, stop; c < end; c = stop) {
        stop = tpk_needed_run(block, r, &c, end);
        slope_of_pixels(h, (int32_t)(e->row0 + r), (int32_t)(e->col0 + c), stop - c,
                        e->values + (int64_t)r * block->n_cols + c);
    }
}

static tpk_status interpolate(const evaluation *e, const heights *h, const tpk_patch *patch,
                              tpk_window window, tpk_err *err)
{
    slope_worker *w = e->worker;
    const tpk_located *located = &w->located;
    const tpk_block *block = located->block;
    size_t n = (size_t)window.n_rows * (size_t)window.n_cols;
    if (!tpk_grow(&w->slopes, &w->slope_capacity, n, sizeof *w->slopes)) return tpk_err_memory(err);
    for (int32_t r = 0; r < window.n_rows; r++) {
        slope_of_pixels(h, window.row0 + r, window.col0, window.n_cols,
                        w->slopes + (int64_t)r * window.n_cols);
    }
    tpk_pixels pixels = {w->slopes, window, e->state->dem->n_rows, e->state->dem->n_cols};
    for (int32_t r = patch->row0; r < patch->row0 + patch->n_rows; r++) {
        double *row = e->values + (int64_t)r * block->n_cols;
        for (int32_t c = patch->col0, end = c + patch->n_cols, stop; c < end; c = stop) {
            stop = tpk_needed_run(block, r, &c, end);
            for (int32_t i = c; i < stop; i++)
                row[i] =
                    tpk_sample_bilinear(&pixels, tpk_located_x(located, r, i), tpk_located_y(located, r, i));
        }
    }
    return TPK_OK;
}

static tpk_window widened(tpk_window w, const tpk_raster *dem)
{
    tpk_window wide = {w.row0 > 0 ? w.row0 - 1 : 0, w.col0 > 0 ? w.col0 - 1 : 0, 0, 0};
    int32_t row1 = w.row0 + w.n_rows < dem->n_rows ? w.row0 + w.n_rows + 1 : dem->n_rows;
    int32_t col1 = w.col0 + w.n_cols < dem->n_cols ? w.col0 + w.n_cols + 1 : dem->n_cols;
    wide.n_rows = row1 - wide.row0;
    wide.n_cols = col1 - wide.col0;
    return wide;
}

static tpk_status visit(void *user, const tpk_patch *patch, tpk_window window, tpk_err *err)
{
    const evaluation *e = user;
    heights h;
    tpk_status status = read_heights(e->state, e->worker, widened(window, e->state->dem), &h, err);
    if (status != TPK_OK) return status;
    if (!e->aligned) return interpolate(e, &h, patch, window, err);
    for (int32_t r = patch->row0; r < patch->row0 + patch->n_rows; r++) aligned_row(e, &h, patch, r);
    return TPK_OK;
}

static tpk_status evaluate(const void *opaque, void *opaque_worker, const tpk_block *block,
                           const tpk_hint *hint, double *values, tpk_err *err)
{
    (void)hint; /* heights must be read to know a slope */
    const slope_state *state = opaque;
    slope_worker *worker = opaque_worker;
    evaluation e = {.state = state, .worker = worker, .values = values};
    tpk_status status = tpk_located_fill(&worker->located, worker->mapper, block, false, err);
    if (status != TPK_OK) return status;
    e.aligned = worker->located.lattice && is_run(worker->located.px, block->n_cols, &e.col0) &&
                is_run(worker->located.py, block->n_rows, &e.row0);
    int reach = e.aligned ? TPK_REACH_NEAREST : TPK_REACH_BILINEAR;
    return tpk_pixel_walk(&worker->located, &state->map, reach, visit, &e, values, err);
}

static const char *unit(const void *opaque)
{
    const slope_state *state = opaque;
    return state->degrees ? "degrees" : "percent";
}

const tpk_source_kind TPK_SOURCE_SLOPE = {
    .spec = {.name = "slope",
             .summary = N_("steepness of the ground from a DEM (Horn 1981); unknown at the DEM's outermost "
                           "pixels and beside "
                           "pixels without data"),
             .params = PARAMS,
             .n_params = sizeof PARAMS / sizeof *PARAMS},
    .prepare = prepare,
    .free_state = free_state,
    .open_worker = open_worker,
    .close_worker = close_worker,
    .evaluate = evaluate,
    .unit = unit,
};
