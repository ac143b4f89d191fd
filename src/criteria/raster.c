/* Raster: a raster's value at each point, in the raster's own CRS, with the resampling chosen or by the kind
 * of data. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "criteria/kinds.h"
#include "criteria/pixel_map.h"
#include "criteria/pixel_walk.h"
#include "criteria/sample.h"

static const char *const METHODS[] = {"auto", "nearest", "bilinear", "cubic", "average", NULL};
typedef enum method { METHOD_AUTO, METHOD_NEAREST, METHOD_BILINEAR, METHOD_CUBIC, METHOD_AVERAGE } method;

/* Above this width of a sample in pixels, a value between four pixels says too little about the sample. */
static const double AVERAGE_ABOVE_PIXELS = 2;

static const tpk_param_spec PARAMS[] = {
    {.name = "raster",
     .type = TPK_PARAM_RASTER,
     .required = true,
     .primary = true,
     .unit = "",
     .summary = N_("raster layer to read")},
    {.name = "resample",
     .type = TPK_PARAM_CHOICE,
     .unit = "",
     .default_text = "auto",
     .choices = METHODS,
     .summary =
         N_("value between pixels: nearest, bilinear, cubic, or the average under the cell. auto: "
            "nearest for a raster of classes and for the curve `classes` and the test `equals`, average "
            "for cells wider than 2 pixels, else bilinear")},
};

typedef struct raster_state {
    const tpk_raster *raster; /* borrowed from the store */
    tpk_pixel_map map;
    method method;
    bool categorical; /* see tpk_source_request */
} raster_state;

typedef struct raster_worker {
    tpk_raster_reader *reader;
    tpk_pixel_mapper *mapper;
    tpk_located located;
    double *pixels;
    size_t pixel_capacity;
} raster_worker;

static void free_state(void *opaque)
{
    raster_state *state = opaque;
    if (!state) return;
    tpk_pixel_map_clear(&state->map);
    tpk_free(state);
}

static method parse_method(const char *text)
{
    int i = METHOD_AUTO;
    while (METHODS[i] && text && strcmp(METHODS[i], text) != 0) i++;
    return text && METHODS[i] ? (method)i : METHOD_AUTO;
}

/* A number between two pixels' is nobody's class. */
static tpk_status check_categorical(const tpk_source_request *request, const tpk_raster *raster,
                                    method chosen, tpk_err *err)
{
    if (!request->categorical || chosen == METHOD_AUTO || chosen == METHOD_NEAREST) return TPK_OK;
    return tpk_err_set(
        err, TPK_ERR_PROJECT,
        _("raster '%s': 'resample: %s' mixes the numbers of neighbouring pixels into numbers that "
          "no pixel has, but the curve 'classes' and the test 'equals' look for the numbers "
          "themselves; leave 'resample' out or write 'resample: nearest'"),
        raster->id, METHODS[chosen]);
}

static tpk_status prepare(const tpk_source_request *request, void **out, tpk_err *err)
{
    const tpk_raster *raster;
    tpk_status status =
        tpk_store_raster(request->store, tpk_params_text(request->params, "raster"), &raster, err);
    method chosen = parse_method(tpk_params_text(request->params, "resample"));
    if (status == TPK_OK) status = check_categorical(request, raster, chosen, err);
    if (status != TPK_OK) return status;
    raster_state *state = tpk_zalloc(1, sizeof *state);
    if (!state) return tpk_err_memory(err);
    state->raster = raster;
    state->method = chosen;
    state->categorical = request->categorical;
    status = tpk_pixel_map_init(&state->map, request, raster, err);
    if (status != TPK_OK) {
        free_state(state);
        return status;
    }
    *out = state;
    return TPK_OK;
}

static void close_worker(void *opaque)
{
    raster_worker *worker = opaque;
    if (!worker) return;
    tpk_raster_reader_close(worker->reader);
    tpk_pixel_mapper_free(worker->mapper);
    tpk_located_clear(&worker->located);
    tpk_free(worker->pixels);
    tpk_free(worker);
}

static tpk_status open_worker(const void *opaque, void **out, tpk_err *err)
{
    const raster_state *state = opaque;
    raster_worker *worker = tpk_zalloc(1, sizeof *worker);
    if (!worker) return tpk_err_memory(err);
    tpk_status status = tpk_raster_reader_open(state->raster, &worker->reader, err);
    if (status == TPK_OK) status = tpk_pixel_mapper_new(&state->map, &worker->mapper, err);
    if (status != TPK_OK) {
        close_worker(worker);
        return status;
    }
    *out = worker;
    return TPK_OK;
}

/* Depends on the footprint's size alone, not on the place or the block. */
static method method_for(const raster_state *state, double cell_m)
{
    if (state->method != METHOD_AUTO) return state->method;
    if (state->categorical || state->raster->has_palette) return METHOD_NEAREST;
    return cell_m * state->map.pixels_per_m > AVERAGE_ABOVE_PIXELS ? METHOD_AVERAGE : METHOD_BILINEAR;
}

typedef struct evaluation {
    const raster_state *state;
    raster_worker *worker;
    method method;
    double *values;
} evaluation;

static tpk_status read_window(const evaluation *e, tpk_window window, tpk_pixels *pixels, tpk_err *err)
{
    raster_worker *w = e->worker;
    size_t n = (size_t)window.n_rows * (size_t)window.n_cols;
    if (!tpk_grow(&w->pixels, &w->pixel_capacity, n, sizeof *w->pixels)) return tpk_err_memory(err);
    tpk_status status = tpk_raster_read_double(w->reader, window.row0, window.col0, window.n_rows,
                                               window.n_cols, w->pixels, err);
    *pixels = (tpk_pixels){w->pixels, window, e->state->raster->n_rows, e->state->raster->n_cols};
    return status;
}

/* One point whose footprint is larger than what may be read at once: bands of rows, one after the other. */
static tpk_status average_in_bands(const evaluation *e, const tpk_patch *point, tpk_window window,
                                   tpk_err *err)
{
    const tpk_located *located = &e->worker->located;
    int64_t i = (int64_t)point->row0 * located->block->n_cols + point->col0;
    double px = located->px[i], py = located->py[i];
    int32_t most_rows = TPK_MOST_PIXELS / window.n_cols > 0 ? TPK_MOST_PIXELS / window.n_cols : 1;
    tpk_mean mean = {0};
    bool own_known = false;
    for (int32_t row = 0; row < window.n_rows; row += most_rows) {
        tpk_window band = window;
        band.row0 += row;
        band.n_rows = window.n_rows - row < most_rows ? window.n_rows - row : most_rows;
        tpk_pixels pixels;
        tpk_status status = read_window(e, band, &pixels, err);
        if (status != TPK_OK) return status;
        bool has_own = floor(py) >= band.row0 && floor(py) < band.row0 + band.n_rows;
        if (has_own) own_known = !isnan(tpk_sample_nearest(&pixels, px, py));
        tpk_mean_add(&mean, &pixels, located->footprints[i]);
    }
    e->values[i] = own_known ? tpk_mean_value(&mean) : (double)NAN;
    return TPK_OK;
}

static double sample(const evaluation *e, const tpk_pixels *pixels, int32_t row, int32_t col)
{
    const tpk_located *located = &e->worker->located;
    double px = tpk_located_x(located, row, col), py = tpk_located_y(located, row, col);
    if (e->method == METHOD_NEAREST) return tpk_sample_nearest(pixels, px, py);
    if (e->method == METHOD_BILINEAR) return tpk_sample_bilinear(pixels, px, py);
    if (e->method == METHOD_CUBIC) return tpk_sample_cubic(pixels, px, py);
    double own = tpk_sample_nearest(pixels, px, py);
    if (isnan(own)) return own;
    tpk_mean mean = {0};
    tpk_mean_add(&mean, pixels, located->footprints[(int64_t)row * located->block->n_cols + col]);
    return mean.weight > 0 ? tpk_mean_value(&mean) : own;
}

static tpk_status visit(void *user, const tpk_patch *patch, tpk_window window, tpk_err *err)
{
    const evaluation *e = user;
    const tpk_block *block = e->worker->located.block;
    if ((int64_t)window.n_rows * window.n_cols > TPK_MOST_PIXELS)
        return average_in_bands(e, patch, window, err);
    tpk_pixels pixels;
    tpk_status status = read_window(e, window, &pixels, err);
    if (status != TPK_OK) return status;
    for (int32_t r = patch->row0; r < patch->row0 + patch->n_rows; r++) {
        double *row = e->values + (int64_t)r * block->n_cols;
        for (int32_t c = patch->col0, end = c + patch->n_cols, stop; c < end; c = stop) {
            stop = tpk_needed_run(block, r, &c, end);
            for (int32_t i = c; i < stop; i++) row[i] = sample(e, &pixels, r, i);
        }
    }
    return TPK_OK;
}

static tpk_status evaluate(const void *opaque, void *opaque_worker, const tpk_block *block,
                           const tpk_hint *hint, double *values, tpk_err *err)
{
    (void)hint; /* a pixel must be read to know that it is far from anything */
    static const int REACH[] = {[METHOD_NEAREST] = TPK_REACH_NEAREST,
                                [METHOD_BILINEAR] = TPK_REACH_BILINEAR,
                                [METHOD_CUBIC] = TPK_REACH_CUBIC,
                                [METHOD_AVERAGE] = TPK_REACH_NEAREST};
    const raster_state *state = opaque;
    evaluation e = {state, opaque_worker, method_for(state, block->cell_m), values};
    raster_worker *worker = opaque_worker;
    tpk_status status =
        tpk_located_fill(&worker->located, worker->mapper, block, e.method == METHOD_AVERAGE, err);
    if (status != TPK_OK) return status;
    return tpk_pixel_walk(&worker->located, &state->map, REACH[e.method], visit, &e, values, err);
}

const tpk_source_kind TPK_SOURCE_RASTER = {
    .spec = {.name = "raster",
             .summary = N_("the value of a raster; unknown outside of it and where it has no data"),
             .value_unit = "",
             .params = PARAMS,
             .n_params = sizeof PARAMS / sizeof *PARAMS},
    .prepare = prepare,
    .free_state = free_state,
    .open_worker = open_worker,
    .close_worker = close_worker,
    .evaluate = evaluate,
};
