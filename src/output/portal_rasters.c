/* The portal's maps: memberships.tif, values.tif and small.js. */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/simd.h"
#include "output/cog.h"
#include "output/portal.h"

enum { PIECE = 1024, NO_VALUE = 65535, LARGEST_PIXEL = 65534 };

size_t tpk_portal_reason_bands(const tpk_plan *plan)
{
    return (plan->n_constraints + 1 + 7) / 8;
}

size_t tpk_portal_band_count(const tpk_plan *plan)
{
    return plan->n_criteria + tpk_portal_reason_bands(plan) + 1;
}

/* ---- bytes ---- */

TPK_SIMD static void to_bytes(const double *restrict membership, const uint8_t *restrict cell_class, size_t n,
                              uint8_t *restrict out)
{
    for (size_t i = 0; i < n; i++) {
        double m = membership[i];
        bool known = cell_class[i] != TPK_CELL_OUTSIDE && m == m;
        int byte = (int)((known ? m : 0) * TPK_PORTAL_FULL + 0.5);
        out[i] = (uint8_t)(known ? byte : TPK_PORTAL_UNKNOWN);
    }
}

/* Puts one band's n samples into their places in the pixels. */
static void spread(const uint8_t *samples, size_t n, size_t n_bands, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) out[i * n_bands] = samples[i];
}

static void encode_reasons(const tpk_detail_tile *tile, size_t first, size_t n, size_t n_reason_bands,
                           size_t n_bands, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        bool outside = tile->cell_class[first + i] == TPK_CELL_OUTSIDE;
        uint64_t bits = outside ? 1 : (uint64_t)tile->reasons[first + i] << 1;
        for (size_t b = 0; b < n_reason_bands; b++) out[i * n_bands + b] = (uint8_t)(bits >> 8 * b);
        out[i * n_bands + n_reason_bands] = outside ? 0 : tile->constraint_unknown[first + i];
    }
}

/* The pixel outside the study area. */
static void outside_pixel(const tpk_plan *plan, uint8_t *pixel)
{
    memset(pixel, 0, tpk_portal_band_count(plan));
    memset(pixel, TPK_PORTAL_UNKNOWN, plan->n_criteria);
    pixel[plan->n_criteria] = 1;
}

void tpk_portal_encode(const tpk_plan *plan, const tpk_detail_tile *tile, uint8_t *out)
{
    size_t total = (size_t)tile->window.n_rows * (size_t)tile->window.n_cols;
    size_t n_bands = tpk_portal_band_count(plan);
    uint8_t samples[PIECE];
    for (size_t first = 0; first < total; first += PIECE) {
        size_t n = total - first < PIECE ? total - first : PIECE;
        uint8_t *pixels = out + first * n_bands;
        for (size_t k = 0; k < plan->n_criteria; k++) {
            to_bytes(tile->membership[k] + first, tile->cell_class + first, n, samples);
            spread(samples, n, n_bands, pixels + k);
        }
        encode_reasons(tile, first, n, tpk_portal_reason_bands(plan), n_bands, pixels + plan->n_criteria);
    }
}

/* ---- the map of memberships ---- */

static tpk_window whole(const tpk_grid *grid)
{
    return (tpk_window){0, 0, grid->n_rows, grid->n_cols};
}

static tpk_detail_job detail_of(const tpk_portal_job *job, const tpk_portal_grids *grids,
                                const tpk_grid *grid)
{
    return (tpk_detail_job){.grid = grid,
                            .window = whole(grid),
                            .crs = grids->crs,
                            .lonlat = job->lonlat,
                            .n_threads = job->n_threads,
                            .memory_bytes = job->memory_bytes,
                            .stage = _("portal")};
}

typedef struct picture {
    const tpk_plan *plan;
    tpk_cog *cog;
    uint8_t *pixels; /* of the small map */
    int64_t stride;  /* pixels from row to row */
} picture;

static tpk_status encode_tile(const picture *p, const tpk_detail_tile *tile, uint8_t **pixels, tpk_err *err)
{
    size_t n = (size_t)tile->window.n_rows * (size_t)tile->window.n_cols;
    *pixels = tpk_alloc(n, tpk_portal_band_count(p->plan));
    if (!*pixels) return tpk_err_memory(err);
    tpk_portal_encode(p->plan, tile, *pixels);
    return TPK_OK;
}

static tpk_status write_memberships(void *state, const tpk_detail_tile *tile, tpk_err *err)
{
    const picture *p = state;
    uint8_t *pixels = NULL;
    tpk_status status = encode_tile(p, tile, &pixels, err);
    if (status == TPK_OK) status = tpk_cog_write(p->cog, tile->window, pixels, err);
    tpk_free(pixels);
    return status;
}

/* What the bands hold, in the order of the bands; the texts of the last ones are static. */
static void name_bands(const tpk_plan *plan, const char **names)
{
    for (size_t k = 0; k < plan->n_criteria; k++) names[k] = plan->criteria[k].spec->id;
    size_t n_bands = tpk_portal_band_count(plan);
    for (size_t b = plan->n_criteria; b + 1 < n_bands; b++) names[b] = "reasons";
    names[n_bands - 1] = "state";
}

static tpk_status close_cog(tpk_cog *cog, tpk_status status, tpk_err *err)
{
    if (status == TPK_OK) return tpk_cog_close(cog, err);
    tpk_cog_abort(cog);
    return status;
}

tpk_status tpk_portal_memberships(const tpk_portal_job *job, const tpk_portal_grids *grids, const char *path,
                                  tpk_err *err)
{
    const char *names[TPK_COG_MAX_BANDS];
    uint8_t outside[TPK_COG_MAX_BANDS];
    name_bands(job->plan, names);
    outside_pixel(job->plan, outside);
    tpk_cog_options options = {.pixel = TPK_PIXEL_U8,
                               .n_bands = (int)tpk_portal_band_count(job->plan),
                               .n_picked_bands = (int)tpk_portal_reason_bands(job->plan) + 1,
                               .fill = outside,
                               .band_names = names,
                               .small_blocks = true,
                               .has_nodata = true,
                               .nodata = TPK_PORTAL_UNKNOWN,
                               .compression = TPK_COMPRESS_DEFLATE,
                               .overview = TPK_OVERVIEW_AVERAGE,
                               .control = job->control};
    picture p = {.plan = job->plan};
    tpk_status status = tpk_cog_open(path, &grids->memberships, grids->crs, &options, &p.cog, err);
    if (status != TPK_OK) return status;
    tpk_detail_job detail = detail_of(job, grids, &grids->memberships);
    detail.write = write_memberships;
    detail.state = &p;
    return close_cog(p.cog, tpk_detail_run(job->plan, &detail, job->control, err), err);
}

/* ---- the small map ---- */

static tpk_status keep_small(void *state, const tpk_detail_tile *tile, tpk_err *err)
{
    const picture *p = state;
    uint8_t *pixels = NULL;
    tpk_status status = encode_tile(p, tile, &pixels, err);
    if (status != TPK_OK) return status;
    size_t n_bands = tpk_portal_band_count(p->plan), row_bytes = n_bands * (size_t)tile->window.n_cols;
    for (int32_t r = 0; r < tile->window.n_rows; r++) {
        int64_t at = (tile->window.row0 + r) * p->stride + tile->window.col0;
        memcpy(p->pixels + n_bands * (size_t)at, pixels + row_bytes * (size_t)r, row_bytes);
    }
    tpk_free(pixels);
    return TPK_OK;
}

tpk_status tpk_portal_small(const tpk_portal_job *job, const tpk_portal_grids *grids, const char *path,
                            tpk_err *err)
{
    const tpk_grid *grid = &grids->small;
    size_t n = (size_t)tpk_grid_n_cells(grid) * tpk_portal_band_count(job->plan);
    picture p = {.plan = job->plan, .pixels = tpk_alloc(n, 1), .stride = grid->n_cols};
    if (!p.pixels) return tpk_err_memory(err);
    tpk_detail_job detail = detail_of(job, grids, grid);
    detail.write = keep_small;
    detail.state = &p;
    tpk_text head = {0};
    char *text = NULL, x[32], y[32], pixel[32];
    tpk_text_addf(
        &head,
        "window.TAPAK_SMALL = {\"width\": %d, \"height\": %d, \"origin\": [%s, %s], \"pixel_m\": %s, "
        "\"bands\": %d, \"data\": \"",
        (int)grid->n_cols, (int)grid->n_rows, tpk_text_from_number(grid->x0, x),
        tpk_text_from_number(grid->y0, y), tpk_text_from_number(grid->cell, pixel),
        (int)tpk_portal_band_count(job->plan));
    tpk_status status = tpk_text_take(&head, &text, err);
    if (status == TPK_OK) status = tpk_detail_run(job->plan, &detail, job->control, err);
    if (status == TPK_OK) status = tpk_portal_write_base64(path, text, p.pixels, n, "\"};\n", err);
    tpk_free(text);
    tpk_free(p.pixels);
    return status;
}

/* ---- the map of values ---- */

typedef struct value_range {
    double min, max;
} value_range;

typedef struct ranges {
    const tpk_plan *plan;
    pthread_mutex_t lock;
    value_range *of; /* guarded by lock; n_criteria */
} ranges;

static bool is_known(const tpk_detail_tile *tile, size_t k, size_t i)
{
    return tile->cell_class[i] != TPK_CELL_OUTSIDE && isfinite(tile->values[k][i]);
}

static tpk_status note_ranges(void *state, const tpk_detail_tile *tile, tpk_err *err)
{
    (void)err;
    ranges *all = state;
    size_t n = (size_t)tile->window.n_rows * (size_t)tile->window.n_cols;
    for (size_t k = 0; k < all->plan->n_criteria; k++) {
        value_range own = {HUGE_VAL, -HUGE_VAL};
        for (size_t i = 0; i < n; i++) {
            if (!is_known(tile, k, i)) continue;
            own.min = fmin(own.min, tile->values[k][i]);
            own.max = fmax(own.max, tile->values[k][i]);
        }
        pthread_mutex_lock(&all->lock);
        all->of[k].min = fmin(all->of[k].min, own.min);
        all->of[k].max = fmax(all->of[k].max, own.max);
        pthread_mutex_unlock(&all->lock);
    }
    return TPK_OK;
}

static tpk_portal_scale scale_of(const tpk_plan_criterion *criterion, value_range range)
{
    size_t n_categories;
    tpk_source_categories(criterion->source, &n_categories);
    if (n_categories > 0 || !(range.max > range.min))
        return (tpk_portal_scale){n_categories > 0 || range.max < range.min ? 0 : range.min, 1};
    return (tpk_portal_scale){range.min, (range.max - range.min) / LARGEST_PIXEL};
}

static tpk_status find_scales(const tpk_portal_job *job, const tpk_detail_job *asked,
                              tpk_portal_scale *scales, tpk_err *err)
{
    size_t n = job->plan->n_criteria;
    ranges all = {.plan = job->plan, .of = tpk_alloc(n, sizeof *all.of)};
    if (!all.of) return tpk_err_memory(err);
    for (size_t k = 0; k < n; k++) all.of[k] = (value_range){HUGE_VAL, -HUGE_VAL};
    pthread_mutex_init(&all.lock, NULL);
    tpk_detail_job detail = *asked;
    detail.write = note_ranges;
    detail.state = &all;
    tpk_status status = tpk_detail_run(job->plan, &detail, job->control, err);
    for (size_t k = 0; k < n; k++) scales[k] = scale_of(&job->plan->criteria[k], all.of[k]);
    pthread_mutex_destroy(&all.lock);
    tpk_free(all.of);
    return status;
}

typedef struct value_map {
    const tpk_plan *plan;
    tpk_cog *cog;
    const tpk_portal_scale *scales;
} value_map;

static tpk_status write_values(void *state, const tpk_detail_tile *tile, tpk_err *err)
{
    const value_map *map = state;
    size_t n = (size_t)tile->window.n_rows * (size_t)tile->window.n_cols, n_bands = map->plan->n_criteria;
    uint16_t *pixels = tpk_alloc(n * n_bands, sizeof *pixels);
    if (!pixels) return tpk_err_memory(err);
    for (size_t k = 0; k < n_bands; k++) {
        for (size_t i = 0; i < n; i++) {
            double pixel = floor((tile->values[k][i] - map->scales[k].offset) / map->scales[k].scale + 0.5);
            bool fits = is_known(tile, k, i) && pixel >= 0 && pixel <= LARGEST_PIXEL;
            pixels[i * n_bands + k] = fits ? (uint16_t)pixel : NO_VALUE;
        }
    }
    tpk_status status = tpk_cog_write(map->cog, tile->window, pixels, err);
    tpk_free(pixels);
    return status;
}

tpk_status tpk_portal_values(const tpk_portal_job *job, const tpk_portal_grids *grids, const char *path,
                             tpk_portal_scale *scales, tpk_err *err)
{
    const tpk_plan *plan = job->plan;
    const char *names[TPK_COG_MAX_BANDS];
    uint16_t fill[TPK_COG_MAX_BANDS];
    for (size_t k = 0; k < plan->n_criteria; k++) {
        names[k] = plan->criteria[k].spec->id;
        fill[k] = NO_VALUE;
    }
    tpk_cog_options options = {.pixel = TPK_PIXEL_U16,
                               .n_bands = (int)plan->n_criteria,
                               .fill = fill,
                               .band_names = names,
                               .small_blocks = true,
                               .has_nodata = true,
                               .nodata = NO_VALUE,
                               .compression = TPK_COMPRESS_DEFLATE,
                               .overview = TPK_OVERVIEW_NEAREST,
                               .control = job->control};
    tpk_detail_job detail = detail_of(job, grids, &grids->values);
    detail.with_values = true;
    tpk_status status = find_scales(job, &detail, scales, err);
    value_map map = {.plan = plan, .scales = scales};
    if (status == TPK_OK) status = tpk_cog_open(path, &grids->values, grids->crs, &options, &map.cog, err);
    if (status != TPK_OK) return status;
    detail.write = write_values;
    detail.state = &map;
    return close_cog(map.cog, tpk_detail_run(plan, &detail, job->control, err), err);
}
