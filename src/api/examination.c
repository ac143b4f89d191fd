#include "api/examination.h"

#include <math.h>

#include "base/i18n.h"

tpk_status tpk_look_around(const tpk_check_options *options, const char *folder, tpk_worker *worker,
                           const tpk_control *control, tpk_neighbourhood *beside, tpk_surroundings *around,
                           tpk_err *err)
{
    bool with_coast = !options->only_fast; /* no fast kind asks for it, and coastlines are long */
    tpk_status status = tpk_neighbourhood_open(options->regions, options->region_name, folder, with_coast,
                                               worker, control, beside, err);
    *around = (tpk_surroundings){.regions = beside->regions,
                                 .region_field = beside->region_field,
                                 .land = beside->land,
                                 .coast = beside->coast,
                                 .area_lonlat = TPK_BOX_EMPTY,
                                 .only_fast = options->only_fast != 0,
                                 .worker = worker,
                                 .control = control};
    return status;
}

/* *area: its polygons; caller's. */
static tpk_status area_of_layer(const tpk_layer_spec *spec, const tpk_crs *lonlat, tpk_surroundings *around,
                                tpk_layer **area)
{
    tpk_layer *layer = NULL;
    tpk_status status =
        tpk_layer_read(around->worker, spec, lonlat, TPK_BOX_EMPTY, around->control, &layer, NULL, NULL);
    if (status == TPK_OK && layer->kind == TPK_GEOM_POLYGON) {
        around->area_lonlat = layer->box;
        around->area = *area = layer;
    } else {
        tpk_layer_free(layer);
    }
    return status;
}

static tpk_status area_of_bounds(const tpk_grid_spec *grid, tpk_surroundings *around)
{
    tpk_box bounds = {grid->bounds[0], grid->bounds[1], grid->bounds[2], grid->bounds[3]};
    tpk_crs *crs = NULL;
    tpk_status status = tpk_crs_new(around->worker, grid->crs, &crs, NULL);
    if (status == TPK_OK) around->area_lonlat = tpk_crs_lonlat_box(crs, bounds);
    tpk_crs_free(crs);
    return status;
}

/* The study area in degrees: that of the layer, or of the stated bounds. What cannot be had stays the
 * province. */
static tpk_status find_area(const tpk_project *project, const tpk_crs *lonlat, tpk_surroundings *around,
                            tpk_layer **area, tpk_err *err)
{
    const tpk_grid_spec *grid = &project->grid;
    const tpk_layer_spec *spec = grid->area ? tpk_project_layer(project, grid->area) : NULL;
    tpk_status status = TPK_OK;
    if (spec && spec->path)
        status = area_of_layer(spec, lonlat, around, area);
    else if (grid->crs && isfinite(grid->bounds[0] + grid->bounds[1] + grid->bounds[2] + grid->bounds[3]))
        status = area_of_bounds(grid, around);
    if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
    return status == TPK_ERR_CANCELLED ? tpk_err_set(err, status, "%s", _("stopped on request")) : TPK_OK;
}

tpk_status tpk_examine_layers(const tpk_project *project, double cell_m, const tpk_check_options *options,
                              tpk_worker *worker, const tpk_control *control, tpk_examination *examination,
                              tpk_err *err)
{
    tpk_neighbourhood beside = {0};
    tpk_layer *area = NULL;
    tpk_surroundings around;
    tpk_status status = tpk_look_around(options, project->dir, worker, control, &beside, &around, err);
    around.cell_m = cell_m;
    around.in_project = true;
    if (status == TPK_OK) status = find_area(project, beside.lonlat, &around, &area, err);
    for (size_t i = 0; status == TPK_OK && i < project->n_layers; i++) {
        const tpk_layer_spec *spec = &project->layers[i];
        if (!spec->path) continue; /* the project file is wrong there */
        tpk_progress(control, _("examining layers"), (int64_t)i, (int64_t)project->n_layers, _("layers"));
        status = spec->absent
                     ? tpk_examination_add_absent(examination, spec, err)
                     : tpk_examine_layer(spec, tpk_usage_of(project, spec->id), &around, examination, err);
    }
    tpk_progress(control, _("examining layers"), (int64_t)project->n_layers, (int64_t)project->n_layers,
                 _("layers"));
    if (status == TPK_OK) status = tpk_examine_together(examination, control, err);
    tpk_layer_free(area);
    tpk_neighbourhood_close(&beside);
    return status;
}
