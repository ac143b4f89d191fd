#include "zones/regional.h"

#include <omp.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "geo/coverage.h"

/* Cells whose coverage is asked for at once: what is kept for them stays in cache. */
enum { BAND_CELLS = 64 * 1024 };

static const double WHOLE_CELL = 0x1p40; /* of the fit's sums */
static const double M2_PER_HA = 10000;

/* Too much and too little in all cells, in units of 2^-40 cell. */
typedef struct misfit {
    tpk_int128 twice, none;
} misfit;

struct tpk_regional {
    tpk_grid grid;
    tpk_cover *regions;
    size_t n;
    const tpk_geom *area; /* borrowed */
    int64_t n_area;
    omp_lock_t lock; /* guards what follows */
    tpk_class_sum *sums;
    misfit fit;
};

/* What one call of tpk_regional_add works with. */
typedef struct bench {
    double *share; /* of one region, over its part of a band */
    double *total; /* of all regions, over the band */
    tpk_strip strip;
} bench;

tpk_status tpk_regional_new(const tpk_grid *grid, tpk_crs *crs, const tpk_geom *regions, size_t n,
                            const tpk_geom *area, int64_t n_area, tpk_regional **regional, tpk_err *err)
{
    *regional = NULL;
    tpk_regional *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    omp_init_lock(&made->lock);
    made->grid = *grid;
    made->area = area;
    made->n_area = n_area;
    made->regions = tpk_zalloc(n, sizeof *made->regions);
    made->sums = tpk_alloc(n, sizeof *made->sums);
    tpk_status status = made->regions && made->sums ? TPK_OK : tpk_err_memory(err);
    for (; made->n < n && status == TPK_OK; made->n++) {
        made->sums[made->n] = TPK_CLASS_SUM_INIT;
        status = tpk_cover_init(&made->regions[made->n], grid, crs, regions[made->n], err);
        if (status != TPK_OK) tpk_err_prefix(err, status, _("region number %zu"), made->n + 1);
    }
    if (status != TPK_OK) {
        tpk_regional_free(made);
        return status;
    }
    *regional = made;
    return TPK_OK;
}

void tpk_regional_free(tpk_regional *regional)
{
    if (!regional) return;
    for (size_t i = 0; i < regional->n; i++) tpk_cover_clear(&regional->regions[i]);
    omp_destroy_lock(&regional->lock);
    tpk_free(regional->regions);
    tpk_free(regional->sums);
    tpk_free(regional);
}

/* ---- one band of a tile ---- */

/* A tile's results, and the band of its rows in work. */
typedef struct band {
    tpk_window tile, window;
    const float *score;
    const uint8_t *cell_class;
} band;

/* Place of a cell in the tile's arrays. */
static int64_t place(const band *b, int32_t row, int32_t col)
{
    return (int64_t)(row - b->tile.row0) * b->tile.n_cols + (col - b->tile.col0);
}

static void add_shares(const band *b, tpk_window part, const double *share, double *total)
{
    for (int32_t r = 0; r < part.n_rows; r++) {
        double *to = total + (int64_t)(part.row0 + r - b->window.row0) * b->window.n_cols +
                     (part.col0 - b->window.col0);
        const double *from = share + (int64_t)r * part.n_cols;
        for (int32_t c = 0; c < part.n_cols; c++) to[c] += from[c];
    }
}

static tpk_status sum_region(const tpk_regional *regional, const tpk_cover *region, const band *b,
                             tpk_window part, bench *w, tpk_class_sum *sum, tpk_err *err)
{
    tpk_status status = tpk_coverage(&regional->grid, part, &region->geom, 1, w->share, err);
    for (int32_t r = 0; r < part.n_rows && status == TPK_OK; r++) {
        const double *share = w->share + (int64_t)r * part.n_cols;
        for (int32_t c = 0; c < part.n_cols && status == TPK_OK; c += TPK_ROW_MAX) {
            int n = part.n_cols - c < TPK_ROW_MAX ? part.n_cols - c : TPK_ROW_MAX;
            int64_t first = place(b, part.row0 + r, part.col0 + c);
            tpk_cover_weigh(region, &regional->grid, part.row0 + r, part.col0 + c, n, share + c, first,
                            &w->strip);
            if (w->strip.n > 0) status = tpk_class_sum_add(sum, &w->strip, b->cell_class, b->score, err);
        }
    }
    if (status == TPK_OK) add_shares(b, part, w->share, w->total);
    return status;
}

static bool reaches_study_area(const band *b)
{
    int64_t first = place(b, b->window.row0, b->window.col0);
    int64_t n = (int64_t)b->window.n_rows * b->window.n_cols;
    for (int64_t i = 0; i < n; i++) {
        if (b->cell_class[first + i] != TPK_CELL_OUTSIDE) return true;
    }
    return false;
}

/* The bands of a tile take its whole width, so that a band's cells lie together in the tile's arrays. */
static tpk_status measure_fit(const tpk_regional *regional, const band *b, bench *w, misfit *fit,
                              tpk_err *err)
{
    const uint8_t *cell_class = b->cell_class + place(b, b->window.row0, b->window.col0);
    int64_t n = (int64_t)b->window.n_rows * b->window.n_cols;
    bool wanted = reaches_study_area(b), all = regional->n_area == 0;
    if (wanted && !all) {
        tpk_status status =
            tpk_coverage(&regional->grid, b->window, regional->area, regional->n_area, w->share, err);
        if (status != TPK_OK) return status;
    }
    for (int64_t i = 0; i < n; i++) {
        double total = w->total[i], own = all ? 1 : w->share[i];
        if (total > 1) fit->twice += (int64_t)((total - 1) * WHOLE_CELL);
        if (wanted && cell_class[i] != TPK_CELL_OUTSIDE && own > total)
            fit->none += (int64_t)((own - total) * WHOLE_CELL);
    }
    return TPK_OK;
}

/* Sums are exact, so adding them as the bands come gives the same bits as adding them in order. */
static tpk_status add_band(tpk_regional *regional, const band *b, bench *w, tpk_err *err)
{
    misfit fit = {0, 0};
    memset(w->total, 0, (size_t)b->window.n_rows * (size_t)b->window.n_cols * sizeof *w->total);
    for (size_t i = 0; i < regional->n; i++) {
        tpk_window part = tpk_window_intersect(regional->regions[i].window, b->window);
        if (part.n_rows <= 0) continue;
        tpk_class_sum sum = TPK_CLASS_SUM_INIT;
        tpk_status status = sum_region(regional, &regional->regions[i], b, part, w, &sum, err);
        if (status != TPK_OK) return status;
        omp_set_lock(&regional->lock);
        tpk_class_sum_merge(&regional->sums[i], &sum);
        omp_unset_lock(&regional->lock);
    }
    tpk_status status = measure_fit(regional, b, w, &fit, err);
    omp_set_lock(&regional->lock);
    regional->fit.twice += fit.twice;
    regional->fit.none += fit.none;
    omp_unset_lock(&regional->lock);
    return status;
}

static void bench_free(bench *w)
{
    if (!w) return;
    tpk_free(w->share);
    tpk_free(w->total);
    tpk_free(w);
}

static bench *bench_new(size_t n_cells)
{
    bench *w = tpk_zalloc(1, sizeof *w);
    if (!w) return NULL;
    w->share = tpk_alloc(n_cells, sizeof *w->share);
    w->total = tpk_alloc(n_cells, sizeof *w->total);
    if (w->share && w->total) return w;
    bench_free(w);
    return NULL;
}

tpk_status tpk_regional_add(tpk_regional *regional, tpk_window window, const float *score,
                            const uint8_t *cell_class, tpk_err *err)
{
    int32_t step = window.n_cols < BAND_CELLS ? BAND_CELLS / window.n_cols : 1;
    if (step > window.n_rows) step = window.n_rows;
    bench *w = bench_new((size_t)step * (size_t)window.n_cols);
    if (!w) return tpk_err_memory(err);
    band b = {.tile = window, .window = window, .score = score, .cell_class = cell_class};
    tpk_status status = TPK_OK;
    for (int32_t done = 0; done < window.n_rows && status == TPK_OK; done += step) {
        b.window.row0 = window.row0 + done;
        b.window.n_rows = window.n_rows - done < step ? window.n_rows - done : step;
        status = add_band(regional, &b, w, err);
    }
    bench_free(w);
    return status;
}

/* ---- the end ---- */

static double map_area(tpk_geom polygon)
{
    double sum = 0;
    for (int64_t p = 0; p < polygon.n_parts; p++) {
        int64_t start = polygon.part_start[p];
        sum += tpk_ring_signed_area(polygon.xy + 2 * start, polygon.part_start[p + 1] - start);
    }
    return sum;
}

void tpk_regional_finish(const tpk_regional *regional, tpk_region_stats *stats, tpk_region_fit *fit)
{
    double true_ha = 0, map_m2 = 0;
    for (size_t i = 0; i < regional->n; i++) {
        const tpk_cover *region = &regional->regions[i];
        const tpk_class_sum *sum = &regional->sums[i];
        tpk_int128 whole = region->off_grid + sum->by_class[TPK_CELL_OUTSIDE] + tpk_class_sum_inside(sum);
        stats[i].area_ha = region->area_ha;
        stats[i].score_mean = tpk_row_sum_mean(&sum->score);
        tpk_class_sum_hectares(sum, whole, region->area_ha, stats[i].class_ha);
        true_ha += region->area_ha;
        map_m2 += map_area(region->geom);
    }
    double cell_m2 = regional->grid.cell * regional->grid.cell;
    double ha_per_m2 = map_m2 > 0 ? true_ha / map_m2 : 1 / M2_PER_HA;
    double ha_per_unit = cell_m2 * ha_per_m2 / WHOLE_CELL;
    fit->twice_ha = (double)regional->fit.twice * ha_per_unit;
    fit->none_ha = (double)regional->fit.none * ha_per_unit;
}
