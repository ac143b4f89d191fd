#include <math.h>

#include "base/i18n.h"
#include "output/portal.h"

enum { MESH = 33, SMALL_BYTES = 9 << 18 /* 3 MB as base64 */, COARSER = 4 };

/* The box in Web Mercator around the plan's grid, from a mesh of points: between them its edges bend by less
 * than a pixel, which the margin covers. */
static tpk_status find_box(const tpk_portal_job *job, const tpk_crs *mercator, tpk_box *box, tpk_err *err)
{
    tpk_transform *transform = NULL;
    tpk_status status =
        tpk_transform_new(job->worker, job->plan->crs, mercator, job->lonlat, &transform, err);
    if (status != TPK_OK) return status;
    tpk_box own = tpk_grid_box(&job->plan->grid);
    *box = TPK_BOX_EMPTY;
    for (int i = 0; i < MESH * MESH; i++) {
        double xy[2] = {own.x_min + (own.x_max - own.x_min) * (i % MESH) / (MESH - 1),
                        own.y_min + (own.y_max - own.y_min) * (i / MESH) / (MESH - 1)};
        int64_t n_failed = 0;
        tpk_transform_forward(transform, xy, 1, &n_failed);
        if (n_failed == 0) *box = tpk_box_union(*box, (tpk_box){xy[0], xy[1], xy[0], xy[1]});
    }
    tpk_transform_free(transform);
    if (!tpk_box_is_empty(*box)) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_CRS, "%s", _("the study has no place in Web Mercator"));
}

/* Web Mercator stretches by 1 / cos(latitude): least where the study is nearest to the equator. */
static double pixel_m(const tpk_portal_job *job)
{
    double south = job->lonlat.y_min, north = job->lonlat.y_max;
    double nearest_deg = south > 0 ? south : north < 0 ? -north : 0;
    return job->plan->cell_m / cos(nearest_deg * (M_PI / 180));
}

static tpk_grid small_grid(const tpk_portal_job *job, const tpk_grid *full)
{
    double n_bands = (double)tpk_portal_band_count(job->plan);
    tpk_grid grid = *full;
    while (n_bands * grid.n_rows * grid.n_cols > SMALL_BYTES && (grid.n_rows > 1 || grid.n_cols > 1)) {
        grid.cell *= 2;
        grid.n_rows = grid.n_rows / 2 + grid.n_rows % 2;
        grid.n_cols = grid.n_cols / 2 + grid.n_cols % 2;
    }
    return grid;
}

tpk_status tpk_portal_grids_init(const tpk_portal_job *job, tpk_portal_grids *grids, tpk_err *err)
{
    *grids = (tpk_portal_grids){0};
    tpk_box box;
    double pixel = pixel_m(job);
    tpk_status status = tpk_crs_new(job->worker, "EPSG:3857", &grids->crs, err);
    if (status == TPK_OK) status = find_box(job, grids->crs, &box, err);
    if (status == TPK_OK) {
        box = (tpk_box){box.x_min - pixel, box.y_min - pixel, box.x_max + pixel, box.y_max + pixel};
        status = tpk_grid_align(box, COARSER * pixel, &grids->values, err);
    }
    const tpk_grid *coarse = &grids->values;
    if (status == TPK_OK && (coarse->n_rows > INT32_MAX / COARSER || coarse->n_cols > INT32_MAX / COARSER)) {
        status = tpk_err_set(err, TPK_ERR_LIMIT, "%s",
                             _("the portal's map would have more than 2147483647 rows or columns"));
    }
    if (status != TPK_OK) {
        tpk_portal_grids_clear(grids);
        return status;
    }
    grids->memberships =
        (tpk_grid){coarse->x0, coarse->y0, pixel, COARSER * coarse->n_rows, COARSER * coarse->n_cols};
    grids->small = small_grid(job, &grids->memberships);
    return TPK_OK;
}

void tpk_portal_grids_clear(tpk_portal_grids *grids)
{
    tpk_crs_free(grids->crs);
    grids->crs = NULL;
}
