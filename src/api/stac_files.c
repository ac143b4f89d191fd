#include "api/stac_files.h"

#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/legends.h"
#include "api/qgis_words.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/stac.h"

static const char COG[] = "image/tiff; application=geotiff; profile=cloud-optimized",
                  GEOJSON[] = "application/geo+json", PMTILES[] = "application/vnd.pmtiles",
                  JSON[] = "application/json", QML[] = "application/xml",
                  SLD[] = "application/vnd.ogc.sld+xml";

/* The files other than the maps that a catalog tells of, in this order. Their title is the label, or the word
 * of those that are about several things, else their name. */
static const struct {
    const char *file, *key, *media_type, *role;
    tpk_map_label label; /* TPK_LABEL_COUNT: none */
    tpk_qgis_word word;  /* TPK_WORD_COUNT: none */
} TABLES[] = {
    {"zones.geojson", NULL, GEOJSON, "data", TPK_LABEL_ZONES, TPK_WORD_COUNT},
    {"regions.geojson", NULL, GEOJSON, "data", TPK_LABEL_REGIONS, TPK_WORD_COUNT},
    {"regions.csv", "regions_table", "text/csv", "data", TPK_LABEL_REGIONS, TPK_WORD_COUNT},
    {"tapak.gpkg", "vectors", "application/geopackage+sqlite3", "data", TPK_LABEL_COUNT, TPK_WORD_VECTORS},
    {"score.pmtiles", "score_tiles", PMTILES, "overview", TPK_LABEL_SCORE, TPK_WORD_COUNT},
    {"vectors.pmtiles", "vector_tiles", PMTILES, "overview", TPK_LABEL_COUNT, TPK_WORD_VECTORS},
    {"overlay.geojson", NULL, GEOJSON, "data", TPK_LABEL_COUNT, TPK_WORD_OVERLAY},
    {"suitability.qml", "suitability_qml", QML, "style", TPK_LABEL_SCORE, TPK_WORD_COUNT},
    {"suitability.sld", "suitability_sld", SLD, "style", TPK_LABEL_SCORE, TPK_WORD_COUNT},
    {"classes.qml", "classes_qml", QML, "style", TPK_LABEL_CLASSES, TPK_WORD_COUNT},
    {"classes.sld", "classes_sld", SLD, "style", TPK_LABEL_CLASSES, TPK_WORD_COUNT},
    {"reasons.qml", "reasons_qml", QML, "style", TPK_LABEL_REASONS, TPK_WORD_COUNT},
    {"reasons.sld", "reasons_sld", SLD, "style", TPK_LABEL_REASONS, TPK_WORD_COUNT},
    {"limiting.qml", "limiting_qml", QML, "style", TPK_LABEL_LIMITING, TPK_WORD_COUNT},
    {"limiting.sld", "limiting_sld", SLD, "style", TPK_LABEL_LIMITING, TPK_WORD_COUNT},
    {"zones.qml", "zones_qml", QML, "style", TPK_LABEL_ZONES, TPK_WORD_COUNT},
    {"zones.sld", "zones_sld", SLD, "style", TPK_LABEL_ZONES, TPK_WORD_COUNT},
    {"regions.qml", "regions_qml", QML, "style", TPK_LABEL_REGIONS, TPK_WORD_COUNT},
    {"regions.sld", "regions_sld", SLD, "style", TPK_LABEL_REGIONS, TPK_WORD_COUNT},
    {"style.json", "maplibre_style", JSON, "style", TPK_LABEL_COUNT, TPK_WORD_COUNT},
    {"tapak.qgz", "qgis_project", "application/zip", "style", TPK_LABEL_COUNT, TPK_WORD_QGIS_PROJECT},
    {"run.json", NULL, JSON, "metadata", TPK_LABEL_COUNT, TPK_WORD_COUNT},
};

enum { N_TABLES = sizeof TABLES / sizeof *TABLES, MOST_ASSETS = TPK_RASTER_COUNT + N_TABLES };

typedef struct description {
    tpk_stac_asset assets[MOST_ASSETS];
    size_t n;
    tpk_own_legend classes, limiting, bits;
} description;

static tpk_status make_legends(const tpk_plan *plan, description *d, tpk_err *err)
{
    uint32_t bits[TPK_MAX_CONSTRAINTS];
    for (size_t k = 0; k < plan->n_constraints; k++) bits[k] = (uint32_t)1 << k;
    tpk_status status = tpk_legend_classes(plan, &d->classes, err);
    if (status == TPK_OK) status = tpk_legend_limiting(plan, &d->limiting, err);
    if (status == TPK_OK) status = tpk_legend_reasons(plan, bits, plan->n_constraints, &d->bits, err);
    return status;
}

static void add_rasters(const tpk_study *study, const tpk_rasters *rasters, const tpk_legend *bits,
                        description *d)
{
    static const struct {
        const char *data_type;
        double nodata;
        tpk_map_label title;
    } KINDS[TPK_RASTER_COUNT] = {[TPK_RASTER_SUITABILITY] = {"float32", (double)NAN, TPK_LABEL_SCORE},
                                 [TPK_RASTER_CLASSES] = {"uint8", 0, TPK_LABEL_CLASSES},
                                 [TPK_RASTER_REASONS] = {"uint32", UINT32_MAX, TPK_LABEL_REASONS},
                                 [TPK_RASTER_LIMITING] = {"uint8", 255, TPK_LABEL_LIMITING}};
    for (int which = 0; which < TPK_RASTER_COUNT; which++) {
        const tpk_raster_stats *stats = tpk_rasters_stats(rasters, which);
        if (!stats) continue;
        const tpk_legend *const classes[TPK_RASTER_COUNT] = {
            [TPK_RASTER_CLASSES] = &d->classes.legend, [TPK_RASTER_LIMITING] = &d->limiting.legend};
        d->assets[d->n++] = (tpk_stac_asset){
            .file = tpk_raster_file_name(which),
            .title = tpk_label_text(&study->project->styles, KINDS[which].title, study->project->language),
            .media_type = COG,
            .role = "data",
            .stats = stats,
            .data_type = KINDS[which].data_type,
            .nodata = KINDS[which].nodata,
            .classes = classes[which],
            .bits = which == TPK_RASTER_REASONS ? bits : NULL};
    }
}

static const char *title_of(const tpk_project *project, size_t table)
{
    if (TABLES[table].label != TPK_LABEL_COUNT)
        return tpk_label_text(&project->styles, TABLES[table].label, project->language);
    if (TABLES[table].word != TPK_WORD_COUNT)
        return tpk_qgis_word_text(TABLES[table].word, project->language);
    return TABLES[table].file;
}

static tpk_status add_tables(const tpk_study *study, const char *folder, description *d, tpk_err *err)
{
    for (size_t i = 0; i < N_TABLES; i++) {
        tpk_text text = {0};
        char *path;
        tpk_text_addf(&text, "%s/%s", folder, TABLES[i].file);
        tpk_status status = tpk_text_take(&text, &path, err);
        if (status != TPK_OK) return status;
        bool is_there = access(path, F_OK) == 0;
        tpk_free(path);
        if (!is_there) continue;
        d->assets[d->n++] = (tpk_stac_asset){.file = TABLES[i].file,
                                             .key = TABLES[i].key,
                                             .title = title_of(study->project, i),
                                             .media_type = TABLES[i].media_type,
                                             .role = TABLES[i].role};
    }
    return TPK_OK;
}

static tpk_status write_catalog(const tpk_study *study, const description *d, const char *folder,
                                tpk_err *err)
{
    const tpk_plan *plan = study->plan;
    char now_utc[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(now_utc, sizeof now_utc, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    tpk_stac stac = {.title = study->project->title,
                     .description = study->project->note && *study->project->note ? study->project->note
                                                                                  : study->project->title,
                     .crs_code = tpk_crs_code(plan->crs),
                     .crs_wkt = tpk_crs_wkt(plan->crs),
                     .grid = plan->grid,
                     .lonlat = study->lonlat,
                     .time_utc = now_utc,
                     .assets = d->assets,
                     .n_assets = d->n};
    return tpk_stac_write(&stac, folder, &study->control, err);
}

tpk_status tpk_stac_files_write(const tpk_study *study, const tpk_rasters *rasters, tpk_staging *staging,
                                tpk_err *err)
{
    description d = {.n = 0};
    const char *path = NULL;
    for (size_t i = 0; i < 3; i++) {
        path = tpk_staging_path(staging, TPK_STAC_FILES[i]);
        if (!path) return tpk_err_memory(err);
    }
    char *folder = tpk_strndup(path, (size_t)(strrchr(path, '/') - path));
    tpk_status status = folder ? make_legends(study->plan, &d, err) : tpk_err_memory(err);
    if (status == TPK_OK) {
        tpk_legend bits = d.bits.legend; /* without its first entry: no reason at all is no bit */
        bits.entries++;
        bits.n--;
        add_rasters(study, rasters, &bits, &d);
        status = add_tables(study, folder, &d, err);
        if (status == TPK_OK) status = write_catalog(study, &d, folder, err);
    }
    tpk_own_legend_clear(&d.bits);
    tpk_own_legend_clear(&d.limiting);
    tpk_own_legend_clear(&d.classes);
    tpk_free(folder);
    return status;
}
