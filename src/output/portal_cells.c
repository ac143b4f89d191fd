/* The portal's table of cells: what zones and map are made of, for summing up under other weights. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "criteria/layer_segments.h"
#include "geo/coverage.h"
#include "geo/geos.h"
#include "output/portal.h"
#include "zones/cover.h"

static const double M2_PER_HA = 10000;
/* 24 MB together: about a million records of 13 criteria, four times the sample. */
static const double MOST_ZONE_BYTES = 19.2e6, MOST_MAP_BYTES = 4.8e6;
static const double UNITS_PER_M2 = 1024; /* the map's weights are whole numbers, so that any order adds up */

size_t tpk_portal_record_bytes(const tpk_plan *plan)
{
    return (TPK_PORTAL_MEMBERSHIPS + plan->n_criteria + 3) / 4 * 4;
}

/* Cells as they come: each the record's bytes behind a weight that stands where hectares will. */
typedef struct heap {
    const tpk_portal_job *job;
    const tpk_grid *grid;
    const tpk_cover *cover;   /* of a zone; NULL: the map */
    const tpk_map_area *area; /* of the map */
    size_t key_bytes, stride; /* a record without hectares; with a weight of 8 bytes before it */
    pthread_mutex_t lock;     /* guards what follows */
    uint8_t *items;           /* n of stride */
    size_t n, capacity;
    tpk_int128 whole; /* weight of everything, outside the study area too (zones), or inside it (map) */
} heap;

static int64_t weight_at(const heap *h, size_t i)
{
    int64_t weight;
    memcpy(&weight, h->items + i * h->stride, sizeof weight);
    return weight;
}

/* ---- cells in ---- */

static void make_key(const heap *h, const uint8_t *pixel, uint32_t reasons, uint8_t state, uint8_t *key)
{
    const tpk_plan *plan = h->job->plan;
    bool counts = reasons == 0 && state == 0;
    memset(key, 0, h->key_bytes);
    memcpy(key, &reasons, sizeof reasons);
    key[TPK_PORTAL_STATE - TPK_PORTAL_REASONS] = state;
    uint8_t *memberships = key + (TPK_PORTAL_MEMBERSHIPS - TPK_PORTAL_REASONS);
    if (counts)
        memcpy(memberships, pixel, plan->n_criteria);
    else
        memset(memberships, TPK_PORTAL_UNKNOWN, plan->n_criteria);
}

/* One tile's cells; neighbours of equal bytes are one item. */
typedef struct batch {
    uint8_t *items;
    size_t n, capacity;
    tpk_int128 whole;
} batch;

static bool add_item(const heap *h, batch *b, int64_t weight, const uint8_t *key)
{
    uint8_t *last = b->n > 0 ? b->items + (b->n - 1) * h->stride : NULL;
    if (last && memcmp(last + sizeof weight, key, h->key_bytes) == 0) {
        int64_t sum;
        memcpy(&sum, last, sizeof sum);
        sum += weight;
        memcpy(last, &sum, sizeof sum);
        return true;
    }
    if (!tpk_grow(&b->items, &b->capacity, b->n + 1, h->stride)) return false;
    uint8_t *item = b->items + b->n++ * h->stride;
    memcpy(item, &weight, sizeof weight);
    memcpy(item + sizeof weight, key, h->key_bytes);
    return true;
}

/* weights: of n neighbouring cells of one row, from `first` in the tile on. */
static bool add_cells(const heap *h, const tpk_detail_tile *tile, const uint8_t *pixels, int64_t first, int n,
                      const double *weights, batch *b)
{
    size_t n_bands = tpk_portal_band_count(h->job->plan);
    uint8_t key[TPK_PORTAL_MEMBERSHIPS + TPK_MAX_CRITERIA + 4];
    for (int i = 0; i < n; i++) {
        int64_t at = first + i, weight = (int64_t)weights[i];
        bool outside = tile->cell_class[at] == TPK_CELL_OUTSIDE;
        if (h->cover || !outside) b->whole += weight;
        if (outside || weight == 0) continue;
        make_key(h, pixels + n_bands * (size_t)at, tile->reasons[at], tile->constraint_unknown[at], key);
        if (!add_item(h, b, weight, key)) return false;
    }
    return true;
}

static tpk_status weigh_zone(const heap *h, const tpk_detail_tile *tile, const uint8_t *pixels, batch *b,
                             tpk_err *err)
{
    tpk_window w = tile->window;
    double *share = tpk_alloc(TPK_DETAIL_POINTS, sizeof *share);
    tpk_strip *strip = tpk_alloc(1, sizeof *strip);
    tpk_status status =
        share && strip ? tpk_coverage(h->grid, w, &h->cover->geom, 1, share, err) : tpk_err_memory(err);
    for (int32_t r = 0; r < w.n_rows && status == TPK_OK; r++) {
        int64_t first = (int64_t)r * w.n_cols;
        tpk_cover_weigh(h->cover, h->grid, w.row0 + r, w.col0, w.n_cols, share + first, first, strip);
        if (!add_cells(h, tile, pixels, strip->first, strip->n, strip->weight, b))
            status = tpk_err_memory(err);
    }
    tpk_free(strip);
    tpk_free(share);
    return status;
}

static tpk_status weigh_map(const heap *h, const tpk_detail_tile *tile, const uint8_t *pixels, batch *b,
                            tpk_err *err)
{
    tpk_window w = tile->window;
    double x[TPK_DETAIL_SIDE], weights[TPK_DETAIL_SIDE], cell_area = h->grid->cell * h->grid->cell;
    for (int32_t c = 0; c < w.n_cols; c++) x[c] = tpk_grid_x(h->grid, w.col0 + c);
    for (int32_t r = 0; r < w.n_rows; r++) {
        tpk_map_area_row(h->area, tpk_grid_y(h->grid, w.row0 + r), x, w.n_cols, weights);
        for (int32_t c = 0; c < w.n_cols; c++) weights[c] = floor(weights[c] * cell_area * UNITS_PER_M2);
        if (!add_cells(h, tile, pixels, (int64_t)r * w.n_cols, w.n_cols, weights, b))
            return tpk_err_memory(err);
    }
    return TPK_OK;
}

static tpk_status keep_batch(heap *h, const batch *b, tpk_err *err)
{
    pthread_mutex_lock(&h->lock);
    bool fine = tpk_grow(&h->items, &h->capacity, h->n + b->n, h->stride);
    if (fine) {
        if (b->n > 0) memcpy(h->items + h->n * h->stride, b->items, b->n * h->stride);
        h->n += b->n;
        h->whole += b->whole;
    }
    pthread_mutex_unlock(&h->lock);
    return fine ? TPK_OK : tpk_err_memory(err);
}

static tpk_status collect(void *state, const tpk_detail_tile *tile, tpk_err *err)
{
    heap *h = state;
    batch b = {0};
    size_t n = (size_t)tile->window.n_rows * (size_t)tile->window.n_cols;
    uint8_t *pixels = tpk_alloc(n, tpk_portal_band_count(h->job->plan));
    if (!pixels) return tpk_err_memory(err);
    tpk_portal_encode(h->job->plan, tile, pixels);
    tpk_status status = h->cover ? weigh_zone(h, tile, pixels, &b, err) : weigh_map(h, tile, pixels, &b, err);
    if (status == TPK_OK) status = keep_batch(h, &b, err);
    tpk_free(b.items);
    tpk_free(pixels);
    return status;
}

/* ---- records out ---- */

static int by_key(const void *a, const void *b, void *key_bytes)
{
    return memcmp((const char *)a + sizeof(int64_t), (const char *)b + sizeof(int64_t), *(size_t *)key_bytes);
}

/* Sorted and merged, so that the order in which the tiles came does not show. */
static void write_records(heap *h, double area_ha, tpk_text *bytes, tpk_portal_range *range)
{
    *range = (tpk_portal_range){bytes->length, 0};
    if (h->n > 0) qsort_r(h->items, h->n, h->stride, by_key, &h->key_bytes);
    for (size_t i = 0, next; i < h->n; i = next) {
        const uint8_t *key = h->items + i * h->stride + sizeof(int64_t);
        tpk_int128 sum = 0;
        for (next = i;
             next < h->n && memcmp(h->items + next * h->stride + sizeof(int64_t), key, h->key_bytes) == 0;
             next++)
            sum += weight_at(h, next);
        float ha = (float)((double)sum * (area_ha / (double)h->whole));
        tpk_text_add_bytes(bytes, (const char *)&ha, sizeof ha);
        tpk_text_add_bytes(bytes, (const char *)key, h->key_bytes);
        range->n++;
    }
}

static void heap_init(heap *h, const tpk_portal_job *job, const tpk_grid *grid)
{
    size_t key_bytes = tpk_portal_record_bytes(job->plan) - TPK_PORTAL_REASONS;
    *h = (heap){.job = job, .grid = grid, .key_bytes = key_bytes, .stride = sizeof(int64_t) + key_bytes};
    pthread_mutex_init(&h->lock, NULL);
}

static void heap_clear(heap *h)
{
    pthread_mutex_destroy(&h->lock);
    tpk_free(h->items);
}

static tpk_status fill_heap(heap *h, tpk_window window, tpk_err *err)
{
    tpk_detail_job detail = {.grid = h->grid,
                             .window = window,
                             .n_threads = h->job->n_threads,
                             .memory_bytes = h->job->memory_bytes,
                             .stage = _("portal"),
                             .write = collect,
                             .state = h};
    return tpk_detail_run(h->job->plan, &detail, h->job->control, err);
}

/* The plan's grid with cells `step` times as wide, from the same corner. */
static tpk_grid coarser(const tpk_grid *grid, int32_t step)
{
    return (tpk_grid){grid->x0, grid->y0, grid->cell * step, (grid->n_rows - 1) / step + 1,
                      (grid->n_cols - 1) / step + 1};
}

/* `step` times the factor by which cells must be wider so that so many bytes become `most`. */
static int32_t wider(int32_t step, double bytes, double most)
{
    return bytes > most ? (int32_t)ceil(step * sqrt(bytes / most)) : step;
}

/* ---- zones ---- */

/* Of the records of all zones, where every cell of a zone's box is one. *longest: the boxes' longest side in
 * cells. */
static double zone_bytes(const tpk_portal_job *job, const tpk_grid *grid, const tpk_geom *zones, size_t n,
                         int32_t *longest)
{
    double n_cells = 0;
    *longest = 0;
    for (size_t z = 0; z < n; z++) {
        tpk_window window = tpk_grid_window_of(grid, tpk_geom_box(zones[z]));
        n_cells += (double)window.n_rows * window.n_cols;
        if (window.n_rows > *longest) *longest = window.n_rows;
        if (window.n_cols > *longest) *longest = window.n_cols;
    }
    return n_cells * (double)tpk_portal_record_bytes(job->plan);
}

/* Cells that a zone's edge cuts do not become fewer as fast as the others: one step may not be enough. */
static tpk_grid zone_grid(const tpk_portal_job *job, const tpk_geom *zones, size_t n)
{
    tpk_grid grid = job->plan->grid;
    for (int32_t step = 1, next, longest;; step = next) {
        grid = coarser(&job->plan->grid, step);
        next = wider(step, zone_bytes(job, &grid, zones, n, &longest), MOST_ZONE_BYTES);
        if (next == step || longest <= 2) return grid;
    }
}

static tpk_status make_zone(const tpk_portal_job *job, const tpk_grid *grid, tpk_geom zone, tpk_text *bytes,
                            tpk_portal_range *range, tpk_err *err)
{
    tpk_cover cover;
    tpk_status status = tpk_cover_init(&cover, grid, job->plan->crs, zone, err);
    if (status != TPK_OK) return status;
    heap h;
    heap_init(&h, job, grid);
    h.cover = &cover;
    status = fill_heap(&h, cover.window, err);
    h.whole += cover.off_grid;
    if (status == TPK_OK) write_records(&h, cover.area_ha, bytes, range);
    heap_clear(&h);
    tpk_cover_clear(&cover);
    return status;
}

/* ---- the map ---- */

static tpk_status union_of(const tpk_portal_job *job, const char *id, tpk_geom_buffer *out, tpk_err *err)
{
    const tpk_layer *layer = NULL;
    tpk_geom *features = NULL;
    tpk_status status = tpk_store_vector(job->store, id, NULL, &layer, err);
    if (status == TPK_OK) status = tpk_layer_geoms(layer, &features, err);
    if (status == TPK_OK) status = tpk_geos_union(job->worker, features, layer->n_features, out, err);
    tpk_free(features);
    return status;
}

static bool box_polygon(tpk_box b, tpk_geom_buffer *out)
{
    const double ring[] = {b.x_min, b.y_min, b.x_max, b.y_min, b.x_max,
                           b.y_max, b.x_min, b.y_max, b.x_min, b.y_min};
    tpk_geom_buffer_reset(out, TPK_GEOM_POLYGON);
    return tpk_geom_buffer_add_part(out, ring, 5, TPK_RING_OUTER);
}

/* Hectares of the study area: of its polygons where they do not overlap, or of the grid. */
static tpk_status study_area_ha(const tpk_portal_job *job, const tpk_map_area *area, double *area_ha,
                                tpk_err *err)
{
    tpk_geom_buffer polygons = {0};
    const char *id = job->plan->project->grid.area;
    tpk_status status = TPK_OK;
    if (id)
        status = union_of(job, id, &polygons, err);
    else if (!box_polygon(tpk_grid_box(&job->plan->grid), &polygons))
        status = tpk_err_memory(err);
    if (status == TPK_OK) *area_ha = tpk_map_area_m2(area, tpk_geom_buffer_view(&polygons)) / M2_PER_HA;
    tpk_geom_buffer_clear(&polygons);
    return status;
}

static tpk_status make_map(const tpk_portal_job *job, tpk_portal_cells *cells, tpk_err *err)
{
    const tpk_grid *own = &job->plan->grid;
    tpk_map_area *area = NULL;
    double side = fmax(own->n_rows, own->n_cols) * own->cell; /* room for the coarser grid, at least */
    tpk_box box = tpk_grid_box(own);
    box.x_max += side / 100;
    box.y_min -= side / 100;
    tpk_status status = tpk_map_area_new(job->plan->crs, box, &area, err);
    if (status != TPK_OK) return status;
    status = study_area_ha(job, area, &cells->map_area_ha, err);
    if (status == TPK_OK) {
        double n_cells = cells->map_area_ha * M2_PER_HA / (own->cell * own->cell);
        double bytes = n_cells * (double)tpk_portal_record_bytes(job->plan);
        tpk_grid grid = coarser(own, wider(1, bytes, MOST_MAP_BYTES));
        cells->map_cell_m = grid.cell;
        heap h;
        heap_init(&h, job, &grid);
        h.area = area;
        status = fill_heap(&h, (tpk_window){0, 0, grid.n_rows, grid.n_cols}, err);
        if (status == TPK_OK) write_records(&h, cells->map_area_ha, &cells->bytes, &cells->map);
        heap_clear(&h);
    }
    tpk_map_area_free(area);
    return status;
}

tpk_status tpk_portal_cells_make(const tpk_portal_job *job, const tpk_geom *zones, size_t n,
                                 tpk_portal_cells *cells, tpk_err *err)
{
    tpk_grid grid = zone_grid(job, zones, n);
    *cells = (tpk_portal_cells){
        .zones = tpk_zalloc(n, sizeof *cells->zones), .n_zones = n, .zone_cell_m = grid.cell};
    tpk_status status = cells->zones ? TPK_OK : tpk_err_memory(err);
    for (size_t z = 0; z < n && status == TPK_OK; z++)
        status = make_zone(job, &grid, zones[z], &cells->bytes, &cells->zones[z], err);
    if (status == TPK_OK) status = make_map(job, cells, err);
    if (status == TPK_OK && cells->bytes.failed) status = tpk_err_memory(err);
    return status;
}

void tpk_portal_cells_clear(tpk_portal_cells *cells)
{
    tpk_free(cells->zones);
    cells->zones = NULL;
    tpk_text_clear(&cells->bytes);
}

tpk_status tpk_portal_cells_write(const tpk_portal_cells *cells, const char *path, tpk_err *err)
{
    return tpk_portal_write_base64(path, "window.TAPAK_CELLS = \"", cells->bytes.data, cells->bytes.length,
                                   "\";\n", err);
}
