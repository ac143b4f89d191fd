#include "api/score_tiles.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "api/legends.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "engine/places.h"
#include "geo/worker.h"
#include "output/pmtiles.h"
#include "output/png.h"

enum { SIDE = 256, POINTS = SIDE * SIDE, MOST_SCORE_ZOOM = 20, BATCH = 32 };

/* Palette: nothing to see, the score 0, the scores above it. */
enum { CLEAR = 0, ZERO = 1, FIRST = 2, STEPS = 253 };

static const double WORLD_M = 40075016.685578488; /* once around the equator of EPSG:3857 */

typedef struct address_list {
    tpk_tile_address *items;
    size_t n, capacity;
} address_list;

/* What one thread owns. */
typedef struct painter {
    tpk_worker *worker;
    tpk_transform *transform;
    tpk_evaluator *evaluator;
    double *xy, *x, *y;
    float *score;
    uint8_t *cell_class, *pixels;
    uint32_t *reasons;
} painter;

typedef struct picture {
    uint8_t *png; /* owned */
    size_t n;
    tpk_status status;
    tpk_err err;
} picture;

typedef struct painting {
    const tpk_study *study;
    tpk_rgba palette[256];
    painter *painters; /* one a thread */
    int n_threads;
    address_list addresses;
} painting;

/* ---- which tiles ---- */

static double mercator_y(double lat_deg) /* 0 north .. 1 south */
{
    double lat = lat_deg * M_PI / 180;
    return fmin(1, fmax(0, 0.5 - asinh(tan(lat)) / (2 * M_PI)));
}

/* In shares of the world, y from the north. */
static tpk_box world_box(tpk_box lonlat)
{
    return (tpk_box){lonlat.x_min / 360 + 0.5, mercator_y(lonlat.y_max), lonlat.x_max / 360 + 0.5,
                     mercator_y(lonlat.y_min)};
}

tpk_zooms tpk_study_zooms(const tpk_study *study)
{
    tpk_box box = world_box(study->lonlat);
    double middle_deg = (study->lonlat.y_min + study->lonlat.y_max) / 2;
    double tile_m = WORLD_M * cos(middle_deg * M_PI / 180) / SIDE;
    int max = (int)fmin(MOST_SCORE_ZOOM, fmax(0, round(log2(tile_m / study->plan->cell_m))));
    int min = (int)floor(-log2(fmax(box.x_max - box.x_min, box.y_max - box.y_min)));
    return (tpk_zooms){min < 0 ? 0 : min < max ? min : max, max};
}

static uint32_t tile_at(double share, int z)
{
    double n = ldexp(1, z);
    return (uint32_t)fmin(n - 1, fmax(0, floor(share * n)));
}

static int by_id(const void *a, const void *b)
{
    uint64_t one = tpk_tile_id(*(const tpk_tile_address *)a),
             other = tpk_tile_id(*(const tpk_tile_address *)b);
    return (one > other) - (one < other);
}

static tpk_status list_tiles(const tpk_study *study, tpk_zooms zooms, address_list *list, tpk_err *err)
{
    tpk_box box = world_box(study->lonlat);
    for (int z = zooms.min; z <= zooms.max; z++) {
        uint32_t x1 = tile_at(box.x_max, z), y1 = tile_at(box.y_max, z);
        for (uint32_t y = tile_at(box.y_min, z); y <= y1; y++) {
            for (uint32_t x = tile_at(box.x_min, z); x <= x1; x++) {
                if (!tpk_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items))
                    return tpk_err_memory(err);
                list->items[list->n++] = (tpk_tile_address){z, x, y};
            }
        }
    }
    qsort(list->items, list->n, sizeof *list->items, by_id);
    return TPK_OK;
}

/* ---- colours ---- */

static uint8_t mix(uint8_t from, uint8_t to, double share)
{
    return (uint8_t)lround(from + share * (to - from));
}

static tpk_rgba color_at(const tpk_legend *ramp, double score)
{
    size_t i = 1;
    while (i + 1 < ramp->n && ramp->entries[i].value < score) i++;
    const tpk_legend_entry *low = &ramp->entries[i - 1], *high = &ramp->entries[i];
    double share = fmin(1, fmax(0, (score - low->value) / (high->value - low->value)));
    return (tpk_rgba){mix(low->color.r, high->color.r, share), mix(low->color.g, high->color.g, share),
                      mix(low->color.b, high->color.b, share), 255};
}

static tpk_status make_palette(const tpk_plan *plan, tpk_rgba palette[256], tpk_err *err)
{
    tpk_own_legend own;
    tpk_status status = tpk_legend_score(plan, &own, err);
    if (status != TPK_OK) return status;
    palette[CLEAR] = (tpk_rgba){0, 0, 0, 0};
    palette[ZERO] = color_at(&own.legend, 0);
    for (int i = 0; i <= STEPS; i++)
        palette[FIRST + i] = color_at(&own.legend, i > 0 ? (double)i / STEPS : own.entries[1].value);
    tpk_own_legend_clear(&own);
    return TPK_OK;
}

static uint8_t color_index(float score)
{
    if (isnan(score)) return CLEAR;
    return score > 0 ? (uint8_t)(FIRST + lroundf(score * STEPS)) : ZERO;
}

/* ---- one tile ---- */

static void painter_clear(painter *p)
{
    tpk_evaluator_free(p->evaluator);
    tpk_transform_free(p->transform);
    tpk_worker_free(p->worker);
    void *const blocks[] = {p->xy, p->x, p->y, p->score, p->cell_class, p->pixels, p->reasons};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
}

static tpk_status painter_init(painter *p, const tpk_study *study, tpk_err *err)
{
    p->xy = tpk_alloc(2 * POINTS, sizeof *p->xy);
    p->x = tpk_alloc(POINTS, sizeof *p->x);
    p->y = tpk_alloc(POINTS, sizeof *p->y);
    p->score = tpk_alloc(POINTS, sizeof *p->score);
    p->cell_class = tpk_alloc(POINTS, 1);
    p->pixels = tpk_alloc(POINTS, 1);
    p->reasons = tpk_alloc(POINTS, sizeof *p->reasons);
    if (!p->xy || !p->x || !p->y || !p->score || !p->cell_class || !p->pixels || !p->reasons)
        return tpk_err_memory(err);
    tpk_crs *mercator = NULL;
    tpk_status status = tpk_worker_new(&p->worker, err);
    if (status == TPK_OK) status = tpk_crs_new(p->worker, "EPSG:3857", &mercator, err);
    if (status == TPK_OK)
        status = tpk_transform_new(p->worker, mercator, study->plan->crs, study->lonlat, &p->transform, err);
    if (status == TPK_OK) status = tpk_evaluator_new(study->plan, POINTS, &p->evaluator, err);
    tpk_crs_free(mercator);
    return status;
}

/* Where no study area bounds the study its grid does. */
static void cut_to_grid(const tpk_plan *plan, painter *p)
{
    if (plan->area) return;
    tpk_box box = tpk_grid_box(&plan->grid);
    for (size_t i = 0; i < POINTS; i++) {
        bool inside =
            p->x[i] >= box.x_min && p->x[i] < box.x_max && p->y[i] > box.y_min && p->y[i] <= box.y_max;
        if (!inside) p->score[i] = NAN;
    }
}

static tpk_status paint(const painting *all, painter *p, tpk_tile_address tile, picture *out, tpk_err *err)
{
    const tpk_plan *plan = all->study->plan;
    double tile_m = WORLD_M / ldexp(1, tile.z);
    tpk_grid grid = {tile.x * tile_m - WORLD_M / 2, WORLD_M / 2 - tile.y * tile_m, tile_m / SIDE, SIDE, SIDE};
    tpk_places_find(p->transform, &grid, (tpk_window){0, 0, SIDE, SIDE}, p->xy, p->x, p->y);
    tpk_block block = {.n_rows = SIDE, .n_cols = SIDE, .x = p->x, .y = p->y, .cell_m = plan->cell_m};
    tpk_evaluation results = {.score = p->score, .cell_class = p->cell_class, .reasons = p->reasons};
    tpk_status status = tpk_evaluate(p->evaluator, &block, &results, err);
    if (status != TPK_OK) return status;
    cut_to_grid(plan, p);
    for (size_t i = 0; i < POINTS; i++) p->pixels[i] = color_index(p->score[i]);
    return tpk_png_encode(p->pixels, SIDE, SIDE, all->palette, &out->png, &out->n, err);
}

/* ---- all tiles ---- */

static void paint_batch(painting *all, const tpk_tile_address *tiles, picture *pictures, size_t n)
{
#pragma omp parallel for schedule(dynamic, 1) num_threads(all->n_threads)
    for (size_t i = 0; i < n; i++) {
        picture *out = &pictures[i];
        out->status = tpk_cancelled(&all->study->control)
                          ? tpk_err_set(&out->err, TPK_ERR_CANCELLED, "%s", _("stopped on request"))
                          : paint(all, &all->painters[omp_get_thread_num()], tiles[i], out, &out->err);
    }
}

/* In the order of the tiles, whichever thread painted them. */
static tpk_status add_batch(tpk_pmtiles *archive, const tpk_tile_address *tiles, picture *pictures, size_t n,
                            tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < n; i++) {
        picture *one = &pictures[i];
        if (status == TPK_OK && one->status != TPK_OK)
            status = tpk_err_set(err, one->status, "%s", one->err.message);
        if (status == TPK_OK) status = tpk_pmtiles_add(archive, tiles[i], one->png, one->n, err);
        tpk_free(one->png);
    }
    return status;
}

static tpk_status paint_all(painting *all, tpk_pmtiles *archive, tpk_err *err)
{
    size_t most = (size_t)BATCH * (size_t)all->n_threads, n_tiles = all->addresses.n;
    picture *pictures = tpk_alloc(most, sizeof *pictures);
    tpk_status status = pictures ? TPK_OK : tpk_err_memory(err);
    for (size_t first = 0; first < n_tiles && status == TPK_OK; first += most) {
        size_t n = n_tiles - first < most ? n_tiles - first : most;
        memset(pictures, 0, n * sizeof *pictures);
        paint_batch(all, all->addresses.items + first, pictures, n);
        status = add_batch(archive, all->addresses.items + first, pictures, n, err);
        tpk_progress(&all->study->control, _("drawing map tiles"), (int64_t)(first + n), (int64_t)n_tiles,
                     _("tiles"));
    }
    tpk_free(pictures);
    return status;
}

static tpk_status write_archive(painting *all, tpk_zooms zooms, const char *path, tpk_err *err)
{
    const tpk_project *project = all->study->project;
    char *metadata = NULL;
    tpk_pmtiles *archive = NULL;
    tpk_status status = tpk_pmtiles_metadata(
        project->title, tpk_label_text(&project->styles, TPK_LABEL_SCORE, project->language),
        project->note ? project->note : "", &metadata, err);
    tpk_pmtiles_about about = {TPK_TILES_PNG, zooms.min, zooms.max, all->study->lonlat, metadata};
    if (status == TPK_OK) status = tpk_pmtiles_open(path, &about, &archive, err);
    if (status == TPK_OK) status = paint_all(all, archive, err);
    if (status == TPK_OK)
        status = tpk_pmtiles_finish(archive, err);
    else
        tpk_pmtiles_abort(archive);
    tpk_free(metadata);
    return status;
}

tpk_status tpk_score_tiles_write(const tpk_study *study, const char *path, tpk_err *err)
{
    painting all = {.study = study,
                    .n_threads =
                        study->options.n_threads > 0 ? study->options.n_threads : omp_get_num_procs()};
    tpk_zooms zooms = tpk_study_zooms(study);
    all.painters = tpk_zalloc((size_t)all.n_threads, sizeof *all.painters);
    tpk_status status = all.painters ? make_palette(study->plan, all.palette, err) : tpk_err_memory(err);
    if (status == TPK_OK) status = list_tiles(study, zooms, &all.addresses, err);
    for (int i = 0; i < all.n_threads && status == TPK_OK; i++)
        status = painter_init(&all.painters[i], study, err);
    if (status == TPK_OK) status = write_archive(&all, zooms, path, err);
    for (int i = 0; all.painters && i < all.n_threads; i++) painter_clear(&all.painters[i]);
    tpk_free(all.painters);
    tpk_free(all.addresses.items);
    return status;
}
