#include "check/subject.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "input/path.h"

const tpk_box TPK_PROVINCE_LONLAT = {114.347, -4.745, 116.559, -1.315};

/* ---- how a project uses it ---- */

static void add_source(const tpk_params *source, const char *id, tpk_usage *usage)
{
    const tpk_kind_spec *kind = source->kind;
    for (size_t i = 0; kind && i < kind->n_params; i++) {
        const tpk_param *param = &source->items[i];
        if (!param->spec || !param->text) continue; /* of a project with mistakes */
        bool is_layer = param->spec->type == TPK_PARAM_VECTOR || param->spec->type == TPK_PARAM_RASTER;
        if (!is_layer || strcmp(param->text, id) != 0) continue;
        usage->by_study = true;
        if (strcmp(kind->name, "inside") == 0 || strcmp(kind->name, "attribute") == 0)
            usage->as_polygons = true;
        if (strcmp(kind->name, "slope") == 0) usage->for_slope = true;
    }
}

tpk_usage tpk_usage_of(const tpk_project *project, const char *id)
{
    tpk_usage usage = {0};
    if (project->grid.area && strcmp(project->grid.area, id) == 0) usage.as_polygons = true;
    if (project->zones.layer && strcmp(project->zones.layer, id) == 0) usage.as_polygons = true;
    if (project->regions.layer && strcmp(project->regions.layer, id) == 0) usage.as_polygons = true;
    for (size_t i = 0; i < project->n_criteria; i++) add_source(&project->criteria[i].source, id, &usage);
    for (size_t i = 0; i < project->n_constraints; i++) {
        if (project->constraints[i].criterion < 0) add_source(&project->constraints[i].source, id, &usage);
    }
    return usage;
}

/* ---- opening ---- */

/* Does the file begin with 4 KB of zeros? Copies that broke off leave such files, of full length and without
 * content. */
static bool is_hollow(const char *path)
{
    char bytes[4096];
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t i = 0; i < n; i++) {
        if (bytes[i]) return false;
    }
    return n == sizeof bytes;
}

/* A short look, with a reason that says more than that the format is not known. */
static tpk_status peek_at(const tpk_layer_spec *spec, tpk_peek *peek, tpk_err *err)
{
    tpk_err reason = {0};
    tpk_status status = tpk_layer_peek(spec, peek, &reason);
    if (status == TPK_OK) return TPK_OK;
    const char *written = spec->written ? spec->written : spec->path;
    struct stat facts;
    if (status != TPK_ERR_MEMORY && tpk_path_refuse_missing(spec, err) != TPK_OK) return TPK_ERR_IO;
    bool is_archive = strncmp(spec->path, "/vsizip/", 8) == 0 && stat(spec->path + 8, &facts) == 0;
    if (status == TPK_ERR_IO && is_archive)
        return tpk_err_set(err, status, _("the archive '%s' holds no layer that can be read"), written);
    if (status != TPK_ERR_MEMORY && is_hollow(spec->path) && stat(spec->path, &facts) == 0) {
        return tpk_err_set(err, status,
                           _("'%s' has %.1f MB but begins with zeros: its content is missing, as after a "
                             "copy that broke off"),
                           written, (double)facts.st_size / 1e6);
    }
    return tpk_err_set(err, status, "%s", reason.message);
}

/* A CRS that cannot be read is a finding, not an error. */
static tpk_status open_crs(const tpk_layer_spec *spec, tpk_worker *worker, tpk_opened *opened, tpk_err *err)
{
    const char *text = spec->crs ? spec->crs : opened->layer->crs_text;
    if (!text) return TPK_OK;
    tpk_status status = tpk_crs_new(worker, text, &opened->crs, NULL);
    return status == TPK_ERR_MEMORY ? tpk_err_memory(err) : TPK_OK;
}

static tpk_status add_lonlat(tpk_opened *opened, tpk_err *err)
{
    const tpk_layer *layer = opened->layer;
    int64_t n = layer->part_start[layer->feature_part[layer->n_features]];
    double *lonlat = tpk_alloc((size_t)n, 2 * sizeof *lonlat);
    if (!lonlat) return tpk_err_memory(err);
    if (n > 0) memcpy(lonlat, layer->xy, (size_t)n * 2 * sizeof *lonlat);
    opened->subject.lonlat = lonlat;
    tpk_crs_set_area(opened->crs, opened->subject.area_lonlat);
    tpk_status status = tpk_crs_to_lonlat(opened->crs, lonlat, n, NULL);
    /* points that cannot be transformed are NaN; the findings about position say so */
    return status == TPK_ERR_MEMORY ? tpk_err_memory(err) : TPK_OK;
}

static tpk_status open_vector(const tpk_layer_spec *spec, const tpk_surroundings *around, tpk_opened *opened,
                              tpk_diags *diags, tpk_err *err)
{
    tpk_status status = tpk_layer_read_raw(spec, around->control, &opened->layer, diags, err);
    if (status == TPK_OK) status = open_crs(spec, around->worker, opened, err);
    if (status == TPK_OK && opened->crs) status = add_lonlat(opened, err);
    opened->subject.layer = opened->layer;
    opened->subject.crs = opened->crs;
    return status;
}

static tpk_status open_raster(const tpk_layer_spec *spec, const tpk_surroundings *around, tpk_opened *opened,
                              tpk_diags *diags, tpk_err *err)
{
    tpk_status status = tpk_raster_open_raw(around->worker, spec, &opened->raster, diags, err);
    if (status != TPK_OK) return status;
    opened->subject.raster = opened->raster;
    opened->subject.crs = opened->raster->crs;
    return TPK_OK;
}

tpk_status tpk_subject_open(const tpk_layer_spec *spec, tpk_usage usage, const tpk_surroundings *around,
                            tpk_opened *opened, tpk_diags *diags, tpk_err *err)
{
    *opened = (tpk_opened){0};
    opened->subject = (tpk_subject){
        .spec = spec,
        .regions = around->regions,
        .region_field = around->region_field,
        .land = around->land,
        .coast = around->coast,
        .area = around->area,
        .area_lonlat = tpk_box_is_empty(around->area_lonlat) ? TPK_PROVINCE_LONLAT : around->area_lonlat,
        .area_known = !tpk_box_is_empty(around->area_lonlat),
        .in_project = around->in_project,
        .cell_m = around->cell_m,
        .used_for_slope = usage.for_slope,
        .used_as_points = usage.as_points,
        .used_as_lines = usage.as_lines,
        .used_as_polygons = usage.as_polygons,
        .worker = around->worker,
        .control = around->control};
    tpk_peek peek = {0};
    tpk_status status = peek_at(spec, &peek, err);
    bool is_raster = peek.is_raster && !peek.is_vector;
    tpk_peek_clear(&peek);
    if (status == TPK_OK)
        status = is_raster ? open_raster(spec, around, opened, diags, err)
                           : open_vector(spec, around, opened, diags, err);
    if (status != TPK_OK) tpk_opened_close(opened);
    return status;
}

void tpk_opened_close(tpk_opened *opened)
{
    tpk_free(opened->subject.lonlat);
    tpk_crs_free(opened->crs);
    tpk_layer_free(opened->layer);
    tpk_raster_free(opened->raster);
    *opened = (tpk_opened){0};
}
