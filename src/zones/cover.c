#include "zones/cover.h"

#include <math.h>
#include <stddef.h>

static const double UNITS = 0x1p40;
static const double M2_PER_HA = 10000;

/* Of a cell: less than coordinates are rounded to, as along a border on the grid's lines. Such a cell must
 * not lend the zone its value as a minimum or maximum. */
static const double TRACE = 0x1p-31;

tpk_status tpk_cover_init(tpk_cover *cover, const tpk_grid *grid, tpk_crs *crs, tpk_geom geom, tpk_err *err)
{
    *cover = (tpk_cover){.geom = geom};
    if (geom.n_parts == 0) return TPK_OK;
    tpk_box box = tpk_geom_box(geom);
    tpk_status status = tpk_map_area_new(crs, box, &cover->area, err);
    if (status != TPK_OK) return status;
    cover->window = tpk_grid_window_of(grid, box);
    double area_m2 = tpk_map_area_m2(cover->area, geom);
    cover->area_ha = area_m2 / M2_PER_HA;

    double x = box.x_min + (box.x_max - box.x_min) / 2, density;
    tpk_map_area_row(cover->area, box.y_min + (box.y_max - box.y_min) / 2, &x, 1, &density);
    cover->units_per_m2 = UNITS / density;
    tpk_box grid_box = tpk_grid_box(grid);
    if (box.x_min < grid_box.x_min || box.y_min < grid_box.y_min || box.x_max > grid_box.x_max ||
        box.y_max > grid_box.y_max) {
        double off_m2 = fmax(area_m2 - tpk_map_area_clipped_m2(cover->area, geom, grid_box), 0);
        cover->off_grid = (tpk_int128)(off_m2 / (grid->cell * grid->cell) * cover->units_per_m2);
    }
    return TPK_OK;
}

void tpk_cover_clear(tpk_cover *cover)
{
    tpk_map_area_free(cover->area);
    cover->area = NULL;
}

void tpk_cover_weigh(const tpk_cover *cover, const tpk_grid *grid, int32_t row, int32_t col, int n,
                     const double *share, int64_t first, tpk_strip *strip)
{
    tpk_strip *s = strip;
    int begin = 0, end = n;
    while (begin < end && share[begin] < TRACE) begin++;
    while (begin < end && share[end - 1] < TRACE) end--;
    s->n = end - begin;
    s->first = first + begin;
    if (s->n == 0) return;
    for (int i = 0; i < s->n; i++) s->x[i] = tpk_grid_x(grid, col + begin + i);
    tpk_map_area_row(cover->area, tpk_grid_y(grid, row), s->x, s->n, s->density);
    for (int i = 0; i < s->n; i++) {
        double part = share[begin + i] < TRACE ? 0 : share[begin + i];
        s->weight[i] = (double)(int64_t)(part * s->density[i] * cover->units_per_m2);
    }
}
