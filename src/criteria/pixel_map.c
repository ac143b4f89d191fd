#include "criteria/pixel_map.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* Side of a mesh cell: at least this many samples, and at most so many metres. */
static const double MESH_SAMPLES = 32, MESH_MOST_M = 0x1p20;
/* The largest error found at a mesh cell's middles; twice that bounds the error anywhere in it. */
static const double MESH_TOLERANCE_PX = 0.005;
/* A mesh is made wider than MESH_SAMPLES only where that costs a tenth of it. */
static const double WIDER_TOLERANCE_PX = 0.0005;

enum { CACHE_SIDE = 16, N_NODES = 4, N_PROBES = 5 };

typedef struct mesh_cell {
    int64_t i, j;
    bool filled;
    bool exact;                      /* interpolating is too coarse here */
    double px[N_NODES], py[N_NODES]; /* at (i, j), (i+1, j), (i, j+1), (i+1, j+1) */
} mesh_cell;

struct tpk_pixel_mapper {
    const tpk_pixel_map *map; /* borrowed */
    tpk_worker *worker;       /* these three NULL when the raster is in the plan's CRS */
    tpk_transform *transform;
    mesh_cell *cells;    /* CACHE_SIDE^2, by i and j modulo CACHE_SIDE */
    double cell_m, side; /* the mesh's side for samples of cell_m; 0: no mesh yet */
};

/* ---- the constant part ---- */

static void to_pixels(const tpk_pixel_map *map, double x, double y, double *px, double *py)
{
    const double *g = map->raster->geotransform;
    double dx = x - g[0], dy = y - g[3];
    if (map->north_up) {
        *px = dx / g[1];
        *py = dy / g[5];
    } else {
        *px = map->inverse[0] * dx + map->inverse[1] * dy;
        *py = map->inverse[2] * dx + map->inverse[3] * dy;
    }
    if (map->wrap_cols > 0 && !(*px >= 0 && *px < map->wrap_cols))
        *px -= map->wrap_cols * floor(*px / map->wrap_cols);
}

static tpk_status set_affine(tpk_pixel_map *map, tpk_err *err)
{
    const double *g = map->raster->geotransform;
    double det = g[1] * g[5] - g[2] * g[4];
    if (!(fabs(det) > 0) || !isfinite(det)) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("raster '%s' (%s) has pixels without extent (%g x %g); give it a georeference, "
                             "for example with a "
                             "world file"),
                           map->raster->id, map->raster->path, g[1], g[5]);
    }
    map->north_up = g[2] == 0 && g[4] == 0;
    map->inverse[0] = g[5] / det;
    map->inverse[1] = -g[2] / det;
    map->inverse[2] = -g[4] / det;
    map->inverse[3] = g[1] / det;
    if (map->north_up && tpk_crs_is_geographic(map->raster->crs)) map->wrap_cols = fabs(360 / g[1]);
    return TPK_OK;
}

static tpk_status set_area(tpk_pixel_map *map, const tpk_source_request *request, tpk_err *err)
{
    enum { SIDE = 5 };
    double xy[2 * SIDE * SIDE];
    tpk_box a = request->area;
    for (int k = 0; k < SIDE * SIDE; k++) {
        xy[2 * k] = a.x_min + (a.x_max - a.x_min) * (k % SIDE) / (SIDE - 1);
        xy[2 * k + 1] = a.y_min + (a.y_max - a.y_min) * (k / SIDE) / (SIDE - 1);
    }
    tpk_status status = tpk_crs_to_lonlat(request->crs, xy, (int64_t)SIDE * SIDE, err);
    if (status != TPK_OK) return status;
    map->area_lonlat = (tpk_box){xy[0], xy[1], xy[0], xy[1]};
    for (int k = 1; k < SIDE * SIDE; k++) {
        map->area_lonlat =
            tpk_box_union(map->area_lonlat, (tpk_box){xy[2 * k], xy[2 * k + 1], xy[2 * k], xy[2 * k + 1]});
    }
    return TPK_OK;
}

/* How many pixels a metre of the plan is wide, from a cross as large as a cell in the middle of the area. */
static void set_density(tpk_pixel_map *map, const tpk_source_request *request, tpk_transform *transform)
{
    double x = (request->area.x_min + request->area.x_max) / 2,
           y = (request->area.y_min + request->area.y_max) / 2;
    double h = request->cell_m / 2, px[4], py[4];
    double xy[8] = {x - h, y, x + h, y, x, y - h, x, y + h};
    if (transform) tpk_transform_forward(transform, xy, 4, NULL);
    for (int k = 0; k < 4; k++) to_pixels(map, xy[2 * k], xy[2 * k + 1], &px[k], &py[k]);
    double width = fmax(fabs(px[1] - px[0]), fabs(px[3] - px[2]));
    double height = fmax(fabs(py[1] - py[0]), fabs(py[3] - py[2]));
    double density = fmax(width, height) / request->cell_m;
    map->pixels_per_m = isfinite(density) ? density : 0;
}

tpk_status tpk_pixel_map_init(tpk_pixel_map *map, const tpk_source_request *request, const tpk_raster *raster,
                              tpk_err *err)
{
    *map = (tpk_pixel_map){.raster = raster, .area_lonlat = TPK_BOX_EMPTY};
    tpk_transform *transform = NULL;
    tpk_status status = set_affine(map, err);
    if (status != TPK_OK) goto done;
    map->area = request->area;
    if (!tpk_crs_is_same(request->crs, raster->crs)) {
        status = set_area(map, request, err);
        if (status != TPK_OK) goto done;
        status =
            tpk_transform_new(request->worker, request->crs, raster->crs, map->area_lonlat, &transform, err);
        if (status != TPK_OK) goto done;
        map->plan_wkt = tpk_strdup(tpk_crs_wkt(request->crs));
        if (!map->plan_wkt) {
            status = tpk_err_memory(err);
            goto done;
        }
    }
    set_density(map, request, transform);
done:
    tpk_transform_free(transform);
    if (status != TPK_OK) tpk_pixel_map_clear(map);
    return status;
}

void tpk_pixel_map_clear(tpk_pixel_map *map)
{
    tpk_free(map->plan_wkt);
    *map = (tpk_pixel_map){0};
}

/* ---- one thread's part ---- */

static tpk_status open_transform(tpk_pixel_mapper *mapper, tpk_err *err)
{
    const tpk_pixel_map *map = mapper->map;
    tpk_crs *from = NULL, *to = NULL;
    tpk_status status = tpk_worker_new(&mapper->worker, err);
    if (status == TPK_OK) status = tpk_crs_new(mapper->worker, map->plan_wkt, &from, err);
    if (status == TPK_OK) status = tpk_crs_new(mapper->worker, tpk_crs_wkt(map->raster->crs), &to, err);
    if (status == TPK_OK) {
        status = tpk_transform_new(mapper->worker, from, to, map->area_lonlat, &mapper->transform, err);
    }
    tpk_crs_free(from);
    tpk_crs_free(to);
    if (status != TPK_OK) return status;
    mapper->cells = tpk_zalloc((size_t)CACHE_SIDE * CACHE_SIDE, sizeof *mapper->cells);
    return mapper->cells ? TPK_OK : tpk_err_memory(err);
}

tpk_status tpk_pixel_mapper_new(const tpk_pixel_map *map, tpk_pixel_mapper **mapper, tpk_err *err)
{
    *mapper = NULL;
    tpk_pixel_mapper *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->map = map;
    if (map->plan_wkt) {
        tpk_status status = open_transform(made, err);
        if (status != TPK_OK) {
            tpk_pixel_mapper_free(made);
            return status;
        }
    }
    *mapper = made;
    return TPK_OK;
}

void tpk_pixel_mapper_free(tpk_pixel_mapper *mapper)
{
    if (!mapper) return;
    tpk_free(mapper->cells);
    tpk_transform_free(mapper->transform);
    tpk_worker_free(mapper->worker);
    tpk_free(mapper);
}

bool tpk_pixel_mapper_is_separable(const tpk_pixel_mapper *mapper)
{
    return !mapper->transform && mapper->map->north_up;
}

static void locate_exactly(tpk_pixel_mapper *mapper, double x, double y, double *px, double *py)
{
    double xy[2] = {x, y};
    tpk_transform_forward(mapper->transform, xy, 1, NULL);
    to_pixels(mapper->map, xy[0], xy[1], px, py);
}

static double between(const double nodes[N_NODES], double u, double v)
{
    return (nodes[0] * (1 - u) + nodes[1] * u) * (1 - v) + (nodes[2] * (1 - u) + nodes[3] * u) * v;
}

/* Fills the nodes of mesh cell (i, j). Returns the largest error found between them, in pixels; infinite
 * where something cannot be transformed. */
static double fill_mesh_cell(tpk_pixel_mapper *mapper, mesh_cell *cell, int64_t i, int64_t j)
{
    static const double U[N_NODES + N_PROBES] = {0, 1, 0, 1, 0.5, 0.5, 0, 1, 0.5};
    static const double V[N_NODES + N_PROBES] = {0, 0, 1, 1, 0, 1, 0.5, 0.5, 0.5};
    double xy[2 * (N_NODES + N_PROBES)], greatest = 0;
    for (int k = 0; k < N_NODES + N_PROBES; k++) {
        xy[2 * k] = ((double)i + U[k]) * mapper->side;
        xy[2 * k + 1] = ((double)j + V[k]) * mapper->side;
    }
    tpk_transform_forward(mapper->transform, xy, N_NODES + N_PROBES, NULL);
    *cell = (mesh_cell){.i = i, .j = j, .filled = true};
    for (int k = 0; k < N_NODES; k++)
        to_pixels(mapper->map, xy[2 * k], xy[2 * k + 1], &cell->px[k], &cell->py[k]);
    for (int k = N_NODES; k < N_NODES + N_PROBES; k++) {
        double px, py;
        to_pixels(mapper->map, xy[2 * k], xy[2 * k + 1], &px, &py);
        double error = fabs(between(cell->px, U[k], V[k]) - px) + fabs(between(cell->py, U[k], V[k]) - py);
        greatest = fmax(greatest, isnan(error) ? HUGE_VAL : error);
    }
    cell->exact = !(greatest <= MESH_TOLERANCE_PX);
    return greatest;
}

static bool is_fine_enough(tpk_pixel_mapper *mapper, double side)
{
    enum { PLACES = 4 };
    mesh_cell cell;
    tpk_box a = mapper->map->area;
    mapper->side = side;
    for (int k = 0; k < (PLACES + 1) * (PLACES + 1); k++) {
        double x = a.x_min + (a.x_max - a.x_min) * (k % (PLACES + 1)) / PLACES,
               y = a.y_min + (a.y_max - a.y_min) * (k / (PLACES + 1)) / PLACES;
        double error = fill_mesh_cell(mapper, &cell, (int64_t)floor(x / side), (int64_t)floor(y / side));
        if (!(error <= WIDER_TOLERANCE_PX)) return false;
    }
    return true;
}

/* The widest mesh that is fine enough all over the study area: samples may lie far apart. */
static void set_mesh(tpk_pixel_mapper *mapper, double cell_m)
{
    mapper->cell_m = cell_m;
    double side = exp2(ceil(log2(MESH_SAMPLES * cell_m)));
    while (2 * side <= MESH_MOST_M && is_fine_enough(mapper, 2 * side)) side *= 2;
    mapper->side = side;
    memset(mapper->cells, 0, (size_t)CACHE_SIDE * CACHE_SIDE * sizeof *mapper->cells);
}

static inline int64_t floor_index(double v)
{
    int64_t i = (int64_t)v;
    return i - ((double)i > v);
}

/* On the mesh as it is. */
static inline void locate(tpk_pixel_mapper *mapper, double x, double y, double *px, double *py)
{
    double u = x / mapper->side, v = y / mapper->side;
    if (!(fabs(u) < 0x1p52 && fabs(v) < 0x1p52)) { /* also NaN, and samples without extent */
        locate_exactly(mapper, x, y, px, py);
        return;
    }
    int64_t i = floor_index(u), j = floor_index(v);
    mesh_cell *cell = &mapper->cells[(i & (CACHE_SIDE - 1)) * CACHE_SIDE + (j & (CACHE_SIDE - 1))];
    if (!cell->filled || cell->i != i || cell->j != j) fill_mesh_cell(mapper, cell, i, j);
    if (cell->exact) {
        locate_exactly(mapper, x, y, px, py);
        return;
    }
    u -= (double)i;
    v -= (double)j;
    *px = between(cell->px, u, v);
    *py = between(cell->py, u, v);
}

void tpk_pixel_locate_all(tpk_pixel_mapper *mapper, double cell_m, size_t n, double *x, double *y)
{
    if (!mapper->transform) {
        for (size_t i = 0; i < n; i++) to_pixels(mapper->map, x[i], y[i], &x[i], &y[i]);
        return;
    }
    if (cell_m != mapper->cell_m) set_mesh(mapper, cell_m);
    for (size_t i = 0; i < n; i++) locate(mapper, x[i], y[i], &x[i], &y[i]);
}

void tpk_pixel_locate(tpk_pixel_mapper *mapper, double cell_m, double x, double y, double *px, double *py)
{
    *px = x;
    *py = y;
    tpk_pixel_locate_all(mapper, cell_m, 1, px, py);
}

tpk_box tpk_pixel_footprint(tpk_pixel_mapper *mapper, double cell_m, double x, double y)
{
    double h = cell_m / 2;
    const double corners[8] = {x - h, y - h, x + h, y - h, x - h, y + h, x + h, y + h};
    tpk_box box = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (int k = 0; k < 4; k++) {
        double px, py;
        tpk_pixel_locate(mapper, cell_m, corners[2 * k], corners[2 * k + 1], &px, &py);
        box = (tpk_box){fmin(box.x_min, px), fmin(box.y_min, py), fmax(box.x_max, px), fmax(box.y_max, py)};
    }
    return box;
}
