#include "api/check.h"
#include "api/findings.h"
#include "api/portal.h"
#include "api/qgis.h"
#include "api/rasters.h"
#include "api/region_table.h"
#include "api/results.h"
#include "api/run_examination.h"
#include "api/score_tiles.h"
#include "api/stac_files.h"
#include "api/study.h"
#include "api/styles.h"
#include "api/vector_tiles.h"
#include "api/zone_table.h"
#include "base/i18n.h"
#include "output/run_record.h"

/* Everything a run holds while it works. */
typedef struct running {
    tpk_study *study;
    const char *folder; /* of the results */
    tpk_staging *staging;
    tpk_rasters *rasters;
    tpk_zone_shapes shapes;
    tpk_zonal *zonal;
    tpk_zonal_acc *sums;
    tpk_region_shapes regions;
    tpk_regional *regional; /* NULL: no regions */
    tpk_layer_overlay *overlays;
    tpk_run_facts facts;
    tpk_map_look look;
} running;

static void running_clear(running *r)
{
    tpk_overlays_free(r->overlays, r->study->project->n_overlay);
    tpk_zonal_acc_free(r->sums);
    tpk_zonal_free(r->zonal);
    tpk_regional_free(r->regional);
    tpk_region_shapes_clear(&r->regions);
    tpk_zone_shapes_clear(&r->shapes);
    tpk_rasters_free(r->rasters);
    tpk_staging_abort(r->staging);
}

static tpk_status start(running *r, const char *folder, tpk_err *err)
{
    tpk_study *study = r->study;
    tpk_status status = tpk_results_check_folder(study->project, folder, err);
    if (status == TPK_OK) status = tpk_rasters_check_size(study, err);
    if (status == TPK_OK) status = tpk_zone_shapes_read(study, &r->shapes, err);
    if (status == TPK_OK && r->shapes.n > 0) {
        status = tpk_zone_sums_new(study, &r->shapes, &r->zonal, err);
    }
    if (status == TPK_OK) status = tpk_region_shapes_read(study, &r->regions, err);
    if (status == TPK_OK && r->regions.n > 0)
        status = tpk_region_sums_new(study, &r->regions, &r->regional, err);
    if (status == TPK_OK) status = tpk_staging_open(folder, &r->staging, err);
    if (status == TPK_OK) status = tpk_rasters_open(study, r->staging, &r->rasters, err);
    return status;
}

static tpk_status compute(running *r, tpk_err *err)
{
    tpk_study *study = r->study;
    tpk_sink sinks[TPK_RASTER_COUNT + 2];
    size_t n_sinks = tpk_rasters_sinks(r->rasters, sinks);
    sinks[n_sinks++] = tpk_map_look_sink(&r->look);
    if (r->regional) sinks[n_sinks++] = tpk_region_sink(r->regional);
    tpk_run_settings settings = {.n_threads = study->options.n_threads,
                                 .tile_side = study->options.tile_side,
                                 .with_limiting =
                                     r->zonal || study->project->output.rasters[TPK_RASTER_LIMITING],
                                 .memory_bytes = study->options.memory_bytes /
                                                 2}; /* the rest: layers, unfinished blocks, GDAL's cache */
    tpk_status status = tpk_engine_run(study->plan, r->zonal, sinks, n_sinks, &settings, &study->control,
                                       &r->sums, &r->facts, err);
    return status == TPK_OK ? tpk_findings_map(study, &r->look, err) : status;
}

static tpk_status write_zones(running *r, tpk_err *err)
{
    if (r->shapes.n == 0) return TPK_OK;
    tpk_status status = tpk_zone_table_fill(r->study, &r->shapes, r->sums, err);
    if (status == TPK_OK) status = tpk_overlays_run(r->study, &r->shapes, &r->overlays, err);
    if (status == TPK_OK) status = tpk_zone_table_write(r->study, &r->shapes, r->overlays, r->staging, err);
    if (status == TPK_OK && r->study->project->n_overlay > 0)
        status = tpk_overlays_write(r->study, r->overlays, r->staging, err);
    return status;
}

static tpk_status write_regions(running *r, tpk_err *err)
{
    if (!r->regional) return TPK_OK;
    tpk_status status = tpk_region_table_fill(r->study, &r->regions, r->regional, err);
    return status == TPK_OK ? tpk_region_table_write(r->study, &r->regions, r->staging, err) : status;
}

static tpk_status write_tiles(running *r, tpk_err *err)
{
    if (!r->study->project->output.tiles) return TPK_OK;
    const char *score = tpk_staging_path(r->staging, "score.pmtiles");
    const char *vectors = score ? tpk_staging_path(r->staging, "vectors.pmtiles") : NULL;
    const char *zones = r->shapes.n > 0 && vectors ? tpk_staging_path(r->staging, "zones.geojson") : NULL;
    if (!vectors || (r->shapes.n > 0 && !zones)) return tpk_err_memory(err);
    tpk_status status = tpk_score_tiles_write(r->study, score, err);
    return status == TPK_OK ? tpk_vector_tiles_write(r->study, zones, vectors, err) : status;
}

static tpk_status write_qgis(running *r, tpk_err *err)
{
    tpk_qgis_results results = {r->rasters, &r->shapes, r->overlays, &r->regions};
    return tpk_qgis_write(r->study, &results, r->staging, err);
}

/* A file that changed while the run worked is not the data used, and run.json says nothing of it. */
static void warn_if_changed(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                            const tpk_raster *raster)
{
    tpk_study *study = user;
    if (!tpk_source_files_changed(spec, layer ? &layer->files : &raster->files)) return;
    /* A remark lost for want of memory is no reason to fail a run that is complete. */
    (void)tpk_diag_add(
        &study->diags, TPK_WARNING, study->project->path, spec->pos,
        _("layer '%s' (%s) changed since it was read; the results are of the older state, which "
          "cannot be looked up any more: run again"),
        spec->id, spec->written);
}

static tpk_status write_record(running *r, double compute_s, double finish_s, tpk_err *err)
{
    tpk_study *study = r->study;
    tpk_store_each(study->store, warn_if_changed, study);
    tpk_run_record record = {.folder = r->folder,
                             .plan = study->plan,
                             .store = study->store,
                             .diags = &study->diags,
                             .facts = &r->facts,
                             .examination = study->examination ? &study->examination->examination : NULL,
                             .control = &study->control,
                             .asked = {study->options.cell_m, study->options.n_threads,
                                       study->options.tile_side, study->options.memory_bytes},
                             .load_s = study->times.load_s,
                             .compute_s = compute_s,
                             .finish_s = finish_s,
                             .n_rasters = TPK_RASTER_COUNT};
    for (int which = 0; which < TPK_RASTER_COUNT; which++) {
        record.rasters[which].name = tpk_raster_file_name(which);
        record.rasters[which].stats = tpk_rasters_stats(r->rasters, which);
    }
    const char *path = tpk_staging_path(r->staging, "run.json");
    return path ? tpk_run_record_write(&record, path, err) : tpk_err_memory(err);
}

static tpk_status publish(running *r, tpk_err *err)
{
    if (tpk_cancelled(&r->study->control))
        return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped on request"));
    tpk_staging *staging = r->staging;
    r->staging = NULL;
    return tpk_staging_publish(staging, TPK_RESULT_NAMES, &r->study->files, &r->study->n_files, err);
}

tpk_status tpk_study_run(tpk_study *study, const char *folder, tpk_err *err)
{
    if (!study) return tpk_null_argument("study", err);
    if (!folder) return tpk_null_argument("folder", err);
    if (!*folder)
        return tpk_err_set(err, TPK_ERR_ARGUMENT, "%s", _("the path of the folder for the results is empty"));
    running r = {.study = study, .folder = folder};
    tpk_study_forget_run(study);
    tpk_run_examination examination = {0};
    double start_s = tpk_now_seconds();
    tpk_status status = start(&r, folder, err);
    if (status == TPK_OK) status = compute(&r, err);
    double computed_s = tpk_now_seconds();
    if (status == TPK_OK) tpk_progress(&study->control, _("writing files"), 0, 0, "");
    if (status == TPK_OK) tpk_run_examination_start(&examination, study);
    if (status == TPK_OK) status = tpk_rasters_finish(r.rasters, err);
    if (status == TPK_OK) status = write_zones(&r, err);
    if (status == TPK_OK) status = write_regions(&r, err);
    if (status == TPK_OK) status = tpk_styles_write_web(study, r.rasters, r.staging, err);
    if (status == TPK_OK) status = write_qgis(&r, err);
    status = tpk_run_examination_end(&examination, status, &study->examination, err);
    if (status == TPK_OK) status = write_tiles(&r, err);
    if (status == TPK_OK) status = tpk_portal_write(study, &r.shapes, r.staging, err);
    double finished_s = tpk_now_seconds();
    if (status == TPK_OK) status = write_record(&r, computed_s - start_s, finished_s - computed_s, err);
    if (status == TPK_OK && study->project->output.stac)
        status = tpk_stac_files_write(study, r.rasters, r.staging, err);
    if (status == TPK_OK) status = publish(&r, err);
    tpk_study_report(study);
    if (status != TPK_OK) tpk_study_forget_run(study);
    study->times.compute_s = computed_s - start_s;
    study->times.finish_s = tpk_now_seconds() - computed_s;
    study->times.n_cells = tpk_grid_n_cells(&study->plan->grid);
    running_clear(&r);
    return status;
}
