#include "api/portal.h"

#include <stdio.h>

#include "api/legends.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/portal.h"

enum { MOST_FILES = 8, NAME_ROOM = 64 };

/* What a run may offer for download: run.json is not among it, its times would make every study.js another.
 */
static size_t list_files(const tpk_study *study, bool has_regions, tpk_portal_file files[MOST_FILES])
{
    const bool *rasters = study->project->output.rasters;
    const tpk_portal_file all[MOST_FILES] = {
        {"suitability.tif", "Peta nilai kesesuaian (GeoTIFF)", "Map of suitability scores (GeoTIFF)", NULL},
        {"classes.tif", "Peta kelas kesesuaian (GeoTIFF)", "Map of suitability classes (GeoTIFF)", NULL},
        {"reasons.tif", "Peta alasan dikecualikan (GeoTIFF)", "Map of reasons for exclusion (GeoTIFF)", NULL},
        {"limiting.tif", "Peta kriteria pembatas (GeoTIFF)", "Map of limiting criteria (GeoTIFF)", NULL},
        {"zones.geojson", "Zona industri dan angkanya (GeoJSON)",
         "Industrial zones and their figures (GeoJSON)", NULL},
        {"overlay.geojson", "Yang ada di dalam zona (GeoJSON)", "What lies inside the zones (GeoJSON)", NULL},
        {"regions.geojson", "Wilayah dan angkanya (GeoJSON)", "Regions and their figures (GeoJSON)", NULL},
        {"regions.csv", "Wilayah dan angkanya (CSV)", "Regions and their figures (CSV)", NULL},
    };
    bool has_zones = study->n_zones > 0;
    const bool wanted[MOST_FILES] = {rasters[0],  rasters[1], rasters[2],
                                     rasters[3],  has_zones,  has_zones && study->project->n_overlay > 0,
                                     has_regions, has_regions};
    size_t n = 0;
    for (size_t i = 0; i < MOST_FILES; i++) {
        if (wanted[i]) files[n++] = all[i];
    }
    return n;
}

/* NULL: no memory. */
static const char *path_of(tpk_staging *staging, const char *name)
{
    char inside[NAME_ROOM];
    snprintf(inside, sizeof inside, "portal/%s", name);
    return tpk_staging_path(staging, inside);
}

static tpk_status copy_page(const char *folder, tpk_staging *staging, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t i = 0; TPK_PORTAL_PAGE[i] && status == TPK_OK; i++) {
        tpk_text text = {0};
        char *from = NULL;
        const char *to = path_of(staging, TPK_PORTAL_PAGE[i]);
        tpk_text_addf(&text, "%s/%s", folder, TPK_PORTAL_PAGE[i]);
        status = tpk_text_take(&text, &from, err);
        if (status == TPK_OK) status = to ? tpk_portal_copy(from, to, err) : tpk_err_memory(err);
        tpk_free(from);
    }
    return status;
}

/* The parts of one portal while it is made. */
typedef struct making {
    tpk_study *study;
    tpk_staging *staging;
    tpk_portal_job job;
    tpk_portal_grids grids;
    tpk_portal_scale *scales;
    tpk_portal_cells cells;
    tpk_portal_zone *zones;
    tpk_own_legend ramp;
    bool has_regions;
} making;

static tpk_status write_maps(making *m, tpk_err *err)
{
    const char *memberships = path_of(m->staging, "memberships.tif"),
               *values = path_of(m->staging, "values.tif"), *small = path_of(m->staging, "small.js");
    if (!memberships || !values || !small) return tpk_err_memory(err);
    tpk_status status = tpk_portal_grids_init(&m->job, &m->grids, err);
    if (status == TPK_OK) status = tpk_portal_memberships(&m->job, &m->grids, memberships, err);
    if (status == TPK_OK) status = tpk_portal_values(&m->job, &m->grids, values, m->scales, err);
    return status == TPK_OK ? tpk_portal_small(&m->job, &m->grids, small, err) : status;
}

static tpk_status write_tables(making *m, const tpk_zone_shapes *shapes, tpk_err *err)
{
    const char *cells = path_of(m->staging, "cells.js"), *base = path_of(m->staging, "base.js");
    if (!cells || !base) return tpk_err_memory(err);
    tpk_status status = tpk_portal_cells_make(&m->job, shapes->geoms, shapes->n, &m->cells, err);
    if (status == TPK_OK) status = tpk_portal_cells_write(&m->cells, cells, err);
    return status == TPK_OK ? tpk_portal_base(&m->job, base, err) : status;
}

static void fill_zones(making *m, const tpk_zone_shapes *shapes)
{
    for (size_t z = 0; z < shapes->n; z++) {
        const tpk_zone_row *row = &m->study->zones[z];
        m->zones[z] = (tpk_portal_zone){.id = row->id,
                                        .name = row->name,
                                        .note = row->note,
                                        .rank = row->rank,
                                        .area_ha = row->stats.area_ha,
                                        .stated_area_ha = row->stated_area_ha,
                                        .score_mean = row->stats.score_mean,
                                        .class_ha = row->stats.class_ha,
                                        .geom = shapes->geoms[z]};
    }
}

static tpk_status write_study(making *m, tpk_err *err)
{
    tpk_portal_file files[MOST_FILES];
    tpk_portal_study study = {.job = &m->job,
                              .grids = &m->grids,
                              .scales = m->scales,
                              .cells = &m->cells,
                              .zones = m->zones,
                              .ramp = &m->ramp.legend,
                              .files = files,
                              .n_files = list_files(m->study, m->has_regions, files)};
    for (size_t i = 0; i < study.n_files; i++) {
        files[i].path = tpk_staging_path(m->staging, files[i].name);
        if (!files[i].path) return tpk_err_memory(err);
    }
    const char *script = path_of(m->staging, "study.js"), *json = path_of(m->staging, "study.json");
    if (!script || !json) return tpk_err_memory(err);
    tpk_status status = tpk_legend_score(m->study->plan, &m->ramp, err);
    return status == TPK_OK ? tpk_portal_study_write(&study, script, json, err) : status;
}

static tpk_status make(making *m, const tpk_zone_shapes *shapes, tpk_err *err)
{
    m->scales = tpk_zalloc(m->job.plan->n_criteria, sizeof *m->scales);
    m->zones = tpk_zalloc(shapes->n, sizeof *m->zones);
    if (!m->scales || !m->zones) return tpk_err_memory(err);
    fill_zones(m, shapes);
    tpk_status status = copy_page(m->study->options.portal_files, m->staging, err);
    if (status == TPK_OK) status = write_maps(m, err);
    if (status == TPK_OK) status = write_tables(m, shapes, err);
    return status == TPK_OK ? write_study(m, err) : status;
}

static tpk_status tell_missing_page(tpk_study *study, const char *folder, tpk_err *err)
{
    if (study->portal_told) return TPK_OK;
    tpk_status status = tpk_diag_add(
        &study->diags, TPK_NOTE, study->project->path, (tpk_pos){0, 0},
        _("the web portal is left out: its page is not in '%s'; `make portal` builds it"), folder);
    study->portal_told = status == TPK_OK;
    return status == TPK_OK ? status : tpk_err_memory(err);
}

tpk_status tpk_portal_write(tpk_study *study, const tpk_zone_shapes *shapes, bool has_regions,
                            tpk_staging *staging, tpk_err *err)
{
    const char *page = study->options.portal_files;
    if (!page || !study->project->output.portal) return TPK_OK;
    if (!tpk_portal_page_is_there(page)) return tell_missing_page(study, page, err);
    making m = {.study = study,
                .staging = staging,
                .has_regions = has_regions,
                .job = {.plan = study->plan,
                        .store = study->store,
                        .worker = study->worker,
                        .lonlat = study->lonlat,
                        .n_threads = study->options.n_threads,
                        .memory_bytes = study->options.memory_bytes / 2,
                        .control = &study->control}};
    tpk_status status = make(&m, shapes, err);
    tpk_own_legend_clear(&m.ramp);
    tpk_portal_cells_clear(&m.cells);
    tpk_portal_grids_clear(&m.grids);
    tpk_free(m.zones);
    tpk_free(m.scales);
    return status == TPK_OK ? status : tpk_err_prefix(err, status, "%s", _("web portal"));
}
