#include "api/portal.h"

#include <stdio.h>
#include <string.h>

#include "api/legends.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/portal.h"

enum { NAME_ROOM = 64 };

/* What a run may offer for download. run.json and the catalog hold times, so that their sizes would make
 * every study.js another. */
static const tpk_portal_file FILES[] = {
    {"suitability.tif", "Peta nilai kesesuaian (GeoTIFF)", "Map of suitability scores (GeoTIFF)", false},
    {"classes.tif", "Peta kelas kesesuaian (GeoTIFF)", "Map of suitability classes (GeoTIFF)", false},
    {"reasons.tif", "Peta alasan dikecualikan (GeoTIFF)", "Map of reasons for exclusion (GeoTIFF)", false},
    {"limiting.tif", "Peta kriteria pembatas (GeoTIFF)", "Map of limiting criteria (GeoTIFF)", false},
    {"zones.geojson", "Zona industri dan angkanya (GeoJSON)", "Industrial zones and their figures (GeoJSON)",
     false},
    {"overlay.geojson", "Yang ada di dalam zona (GeoJSON)", "What lies inside the zones (GeoJSON)", false},
    {"regions.geojson", "Wilayah dan angkanya (GeoJSON)", "Regions and their figures (GeoJSON)", false},
    {"regions.csv", "Wilayah dan angkanya (CSV)", "Regions and their figures (CSV)", false},
    {"tapak.qgz", "Proyek QGIS", "QGIS project", false},
    {"tapak.gpkg", "Semua vektor (GeoPackage)", "All vectors (GeoPackage)", false},
    {"score.pmtiles", "Ubin peta nilai (PMTiles)", "Tiles of the score map (PMTiles)", false},
    {"vectors.pmtiles", "Ubin vektor (PMTiles)", "Tiles of the vectors (PMTiles)", false},
    {"style.json", "Gaya MapLibre", "MapLibre style", false},
    {"suitability.qml", "Gaya QGIS: nilai", "QGIS style: score", false},
    {"classes.qml", "Gaya QGIS: kelas", "QGIS style: classes", false},
    {"reasons.qml", "Gaya QGIS: alasan", "QGIS style: reasons", false},
    {"limiting.qml", "Gaya QGIS: kriteria pembatas", "QGIS style: limiting criteria", false},
    {"zones.qml", "Gaya QGIS: zona", "QGIS style: zones", false},
    {"regions.qml", "Gaya QGIS: wilayah", "QGIS style: regions", false},
    {"overlay.qml", "Gaya QGIS: isi zona", "QGIS style: inside the zones", false},
    {"suitability.sld", "Gaya SLD: nilai", "SLD: score", false},
    {"classes.sld", "Gaya SLD: kelas", "SLD: classes", false},
    {"reasons.sld", "Gaya SLD: alasan", "SLD: reasons", false},
    {"limiting.sld", "Gaya SLD: kriteria pembatas", "SLD: limiting criteria", false},
    {"zones.sld", "Gaya SLD: zona", "SLD: zones", false},
    {"regions.sld", "Gaya SLD: wilayah", "SLD: regions", false},
    {"run.json", "Catatan perhitungan: data, pengaturan, versi (JSON)",
     "Record of the run: data, settings, versions (JSON)", true},
    {"stac-catalog.json", "Katalog STAC", "STAC catalog", true}, /* the last: not every project wants it */
};

enum { N_FILES = sizeof FILES / sizeof *FILES };

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
    const char *script = path_of(m->staging, "study.js"), *json = path_of(m->staging, "study.json");
    if (!script || !json) return tpk_err_memory(err);
    char *folder = tpk_strndup(script, strlen(script) - strlen("/portal/study.js"));
    if (!folder) return tpk_err_memory(err);
    tpk_portal_study study = {.job = &m->job,
                              .grids = &m->grids,
                              .scales = m->scales,
                              .cells = &m->cells,
                              .zones = m->zones,
                              .ramp = &m->ramp.legend,
                              .files = FILES,
                              .n_files = m->study->project->output.stac ? N_FILES : N_FILES - 1,
                              .folder = folder};
    tpk_status status = tpk_legend_score(m->study->plan, &m->ramp, err);
    if (status == TPK_OK) status = tpk_portal_study_write(&study, script, json, err);
    tpk_free(folder);
    return status;
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

tpk_status tpk_portal_write(tpk_study *study, const tpk_zone_shapes *shapes, tpk_staging *staging,
                            tpk_err *err)
{
    const char *page = study->options.portal_files;
    if (!page || !study->project->output.portal) return TPK_OK;
    if (!tpk_portal_page_is_there(page)) return tell_missing_page(study, page, err);
    making m = {.study = study,
                .staging = staging,
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
