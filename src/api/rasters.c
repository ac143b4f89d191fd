#include "api/rasters.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "api/styles.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "version.h"

enum { MAX_PATTERNS = 256 }; /* different combinations of reasons that the style lists */

static const char *const FILE_NAMES[TPK_RASTER_COUNT] = {"suitability.tif", "classes.tif", "reasons.tif",
                                                         "limiting.tif"};
static const char *const NAMES[TPK_RASTER_COUNT] = {"suitability", "classes", "reasons", "limiting"};

static const uint32_t REASONS_NODATA = UINT32_MAX;

struct tpk_rasters {
    const tpk_study *study;
    tpk_staging *staging;
    tpk_cog *cogs[TPK_RASTER_COUNT]; /* NULL: not wanted */
    tpk_raster_stats stats[TPK_RASTER_COUNT];
    bool wanted[TPK_RASTER_COUNT];
    uint32_t patterns[MAX_PATTERNS]; /* rising; guarded by `lock`, as n_patterns */
    size_t n_patterns;
    omp_lock_t lock;
};

const char *tpk_raster_file_name(int which)
{
    return FILE_NAMES[which];
}

const char *tpk_raster_name(int which)
{
    return NAMES[which];
}

/* ---- the size of the grid ---- */

static double table_bytes(const tpk_study *study, const tpk_grid *grid)
{
    double bytes = 0;
    for (int which = 0; which < TPK_RASTER_COUNT; which++) {
        if (study->project->output.rasters[which]) bytes += tpk_cog_table_bytes(grid);
    }
    return bytes;
}

/* The smallest cell of at most two digits, at least `cell`, over the same area whose tables fit. */
static double smallest_cell(const tpk_study *study, double allowed_bytes)
{
    const tpk_grid *grid = &study->plan->grid;
    double cell = grid->cell;
    for (;;) {
        double n_rows = ceil(grid->n_rows * (grid->cell / cell)) + 1,
               n_cols = ceil(grid->n_cols * (grid->cell / cell)) + 1;
        tpk_grid coarser = {grid->x0, grid->y0, cell, (int32_t)fmin(n_rows, INT32_MAX),
                            (int32_t)fmin(n_cols, INT32_MAX)};
        if (table_bytes(study, &coarser) <= allowed_bytes) return cell;
        double unit = pow(10, floor(log10(cell)) - 1);
        cell = (floor(cell / unit + 1e-9) + 1) * unit;
    }
}

tpk_status tpk_rasters_check_size(const tpk_study *study, tpk_err *err)
{
    const tpk_grid *grid = &study->plan->grid;
    double allowed = (double)study->options.memory_bytes / 4, needed = table_bytes(study, grid);
    if (needed <= allowed) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_LIMIT,
                       _("cell %g m: the grid has %d rows and %d columns, %.3g cells; the lists of its "
                         "blocks need %.0f MB of memory, %.0f MB "
                         "are allowed for them (a quarter of the budget). Take a cell of %g m or more, or "
                         "allow more memory"),
                       grid->cell, grid->n_rows, grid->n_cols, (double)tpk_grid_n_cells(grid), needed / 1e6,
                       allowed / 1e6, smallest_cell(study, allowed));
}

/* ---- opening ---- */

tpk_status tpk_rasters_legend(const tpk_rasters *r, int which, tpk_own_legend *legend, tpk_err *err)
{
    const tpk_plan *plan = r->study->plan;
    switch (which) {
    case TPK_RASTER_SUITABILITY: return tpk_legend_score(plan, legend, err);
    case TPK_RASTER_CLASSES: return tpk_legend_classes(plan, legend, err);
    case TPK_RASTER_LIMITING: return tpk_legend_limiting(plan, legend, err);
    default: return tpk_legend_reasons(plan, r->patterns, r->n_patterns, legend, err);
    }
}

static tpk_cog_options options_of(const tpk_rasters *r, int which)
{
    static const tpk_pixel PIXELS[] = {TPK_PIXEL_F32, TPK_PIXEL_U8, TPK_PIXEL_U32, TPK_PIXEL_U8};
    const double nodata[] = {(double)NAN, TPK_CELL_OUTSIDE, REASONS_NODATA, TPK_LIMITING_NOT_SCORED};
    tpk_cog_options options = {
        .pixel = PIXELS[which],
        .has_nodata = which != TPK_RASTER_REASONS || r->study->plan->n_constraints < TPK_MAX_CONSTRAINTS,
        .nodata = nodata[which],
        .compression = strcmp(r->study->project->output.compress, "zstd") == 0 ? TPK_COMPRESS_ZSTD
                                                                               : TPK_COMPRESS_DEFLATE,
        .overview = !r->study->project->output.overviews ? TPK_OVERVIEW_NONE
                    : which == TPK_RASTER_SUITABILITY    ? TPK_OVERVIEW_AVERAGE
                    : which == TPK_RASTER_REASONS        ? TPK_OVERVIEW_NEAREST
                                                         : TPK_OVERVIEW_MODE,
        .control = &r->study->control,
    };
    return options;
}

/* Category names by pixel value, from the legend. */
static void name_categories(const tpk_legend *legend, const char *names[256], size_t *n)
{
    *n = 0;
    for (size_t v = 0; v < 256; v++) names[v] = "";
    for (size_t i = 0; i < legend->n; i++) {
        size_t v = (size_t)legend->entries[i].value;
        names[v] = legend->entries[i].label;
        if (v + 1 > *n) *n = v + 1;
    }
}

static tpk_status open_one(tpk_rasters *r, int which, tpk_err *err)
{
    const tpk_plan *plan = r->study->plan;
    const char *path = tpk_staging_path(r->staging, FILE_NAMES[which]);
    if (!path) return tpk_err_memory(err);
    tpk_own_legend legend = {0};
    tpk_status status = tpk_rasters_legend(r, which, &legend, err);
    if (status != TPK_OK) return status;

    const char *names[256], *metadata[] = {"TITLE",    plan->project->title,
                                           "NOTE",     plan->project->note ? plan->project->note : "",
                                           "SOFTWARE", "Tapak " TPK_VERSION,
                                           NULL};
    tpk_rgb palette[256];
    tpk_cog_options options = options_of(r, which);
    options.description = legend.legend.title;
    options.metadata = metadata;
    if (options.pixel == TPK_PIXEL_U8) {
        tpk_legend_palette(&legend.legend, palette);
        options.palette = palette;
        name_categories(&legend.legend, names, &options.n_category_names);
        if (which == TPK_RASTER_CLASSES)
            names[TPK_CELL_OUTSIDE] =
                tpk_label_class(&plan->project->styles, TPK_CELL_OUTSIDE, plan->project->language);
        options.category_names = names;
    }
    status = tpk_cog_open(path, &plan->grid, plan->crs, &options, &r->cogs[which], err);
    tpk_own_legend_clear(&legend);
    return status;
}

tpk_status tpk_rasters_open(const tpk_study *study, tpk_staging *staging, tpk_rasters **out, tpk_err *err)
{
    *out = NULL;
    tpk_rasters *r = tpk_zalloc(1, sizeof *r);
    if (!r) return tpk_err_memory(err);
    r->study = study;
    r->staging = staging;
    omp_init_lock(&r->lock);
    tpk_status status = TPK_OK;
    for (int which = 0; which < TPK_RASTER_COUNT && status == TPK_OK; which++) {
        r->wanted[which] = study->project->output.rasters[which];
        if (r->wanted[which]) status = open_one(r, which, err);
    }
    if (status != TPK_OK) {
        tpk_rasters_free(r);
        return status;
    }
    *out = r;
    return TPK_OK;
}

/* ---- tiles ---- */

static tpk_status write_score(void *state, const tpk_tile *tile, tpk_err *err)
{
    tpk_rasters *r = state;
    return tpk_cog_write(r->cogs[TPK_RASTER_SUITABILITY], tile->window, tile->score, err);
}

static tpk_status write_classes(void *state, const tpk_tile *tile, tpk_err *err)
{
    tpk_rasters *r = state;
    return tpk_cog_write(r->cogs[TPK_RASTER_CLASSES], tile->window, tile->cell_class, err);
}

static tpk_status write_limiting(void *state, const tpk_tile *tile, tpk_err *err)
{
    tpk_rasters *r = state;
    return tpk_cog_write(r->cogs[TPK_RASTER_LIMITING], tile->window, tile->limiting, err);
}

/* Puts one pattern into a rising list. A full list keeps the smallest, so that it does not depend on the
 * order of the tiles. */
static void note_pattern(uint32_t pattern, uint32_t *patterns, size_t *n)
{
    size_t at = 0;
    while (at < *n && patterns[at] < pattern) at++;
    if (at == MAX_PATTERNS || (at < *n && patterns[at] == pattern)) return;
    size_t kept = *n < MAX_PATTERNS ? *n : MAX_PATTERNS - 1;
    memmove(patterns + at + 1, patterns + at, (kept - at) * sizeof *patterns);
    patterns[at] = pattern;
    *n = kept + 1;
}

static void collect_patterns(tpk_rasters *r, const tpk_tile *tile, size_t n)
{
    uint32_t found[MAX_PATTERNS], last = 0;
    size_t n_found = 0;
    for (size_t i = 0; i < n; i++) {
        if (tile->reasons[i] == last) continue;
        last = tile->reasons[i];
        note_pattern(last, found, &n_found);
    }
    if (n_found == 0) return;
    omp_set_lock(&r->lock);
    for (size_t i = 0; i < n_found; i++) note_pattern(found[i], r->patterns, &r->n_patterns);
    omp_unset_lock(&r->lock);
}

static tpk_status write_reasons(void *state, const tpk_tile *tile, tpk_err *err)
{
    tpk_rasters *r = state;
    size_t n = (size_t)tile->window.n_rows * (size_t)tile->window.n_cols;
    collect_patterns(r, tile, n);
    uint32_t *pixels = tpk_alloc(n, sizeof *pixels);
    if (!pixels) return tpk_err_memory(err);
    bool has_nodata = r->study->plan->n_constraints < TPK_MAX_CONSTRAINTS;
    for (size_t i = 0; i < n; i++) {
        pixels[i] = has_nodata && tile->cell_class[i] == TPK_CELL_OUTSIDE ? REASONS_NODATA : tile->reasons[i];
    }
    tpk_status status = tpk_cog_write(r->cogs[TPK_RASTER_REASONS], tile->window, pixels, err);
    tpk_free(pixels);
    return status;
}

size_t tpk_rasters_sinks(tpk_rasters *r, tpk_sink *sinks)
{
    static tpk_status (*const WRITERS[])(void *, const tpk_tile *, tpk_err *) = {
        write_score, write_classes, write_reasons, write_limiting};
    size_t n = 0;
    for (int which = 0; which < TPK_RASTER_COUNT; which++) {
        if (r->cogs[which]) sinks[n++] = (tpk_sink){WRITERS[which], r};
    }
    return n;
}

/* ---- the end ---- */

static tpk_status write_style(tpk_rasters *r, int which, tpk_err *err)
{
    tpk_own_legend legend = {0};
    tpk_status status = tpk_rasters_legend(r, which, &legend, err);
    if (status != TPK_OK) return status;
    status = tpk_styles_write_raster(&legend.legend, NAMES[which], r->staging, err);
    tpk_own_legend_clear(&legend);
    return status;
}

/* Files are put together independently: as many at a time as there are threads. */
tpk_status tpk_rasters_finish(tpk_rasters *r, tpk_err *err)
{
    tpk_status statuses[TPK_RASTER_COUNT] = {TPK_OK};
    tpk_err errors[TPK_RASTER_COUNT] = {{TPK_OK, ""}};
    int n_threads = r->study->options.n_threads > 0 ? r->study->options.n_threads : omp_get_num_procs();
#pragma omp parallel for schedule(dynamic, 1) num_threads(n_threads)
    for (int which = 0; which < TPK_RASTER_COUNT; which++) {
        if (!r->cogs[which]) continue;
        statuses[which] = tpk_cog_finish(r->cogs[which], &errors[which]);
        if (statuses[which] != TPK_OK) continue;
        r->stats[which] = tpk_cog_stats(r->cogs[which]);
        statuses[which] = tpk_cog_publish(r->cogs[which], &errors[which]);
        r->cogs[which] = NULL;
    }
    for (int which = 0; which < TPK_RASTER_COUNT; which++) {
        if (statuses[which] != TPK_OK) return tpk_err_set(err, statuses[which], "%s", errors[which].message);
    }
    tpk_status status = TPK_OK;
    for (int which = 0; which < TPK_RASTER_COUNT && status == TPK_OK; which++) {
        if (r->wanted[which]) status = write_style(r, which, err);
    }
    return status;
}

const tpk_raster_stats *tpk_rasters_stats(const tpk_rasters *r, int which)
{
    return r->wanted[which] ? &r->stats[which] : NULL;
}

void tpk_rasters_free(tpk_rasters *r)
{
    if (!r) return;
    for (int which = 0; which < TPK_RASTER_COUNT; which++) tpk_cog_abort(r->cogs[which]);
    omp_destroy_lock(&r->lock);
    tpk_free(r);
}
