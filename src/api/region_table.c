#include "api/region_table.h"

#include <math.h>

#include "api/record.h"
#include "api/styles.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/file.h"

/* Below both, overlaps and gaps between regions are drawing errors that no figure shows. */
static const double LEAST_HA = 1, LEAST_SHARE = 1e-4;
static const double WARNING_SHARE = 0.01; /* more than that, and a sum of regions misleads */

/* ---- the sums ---- */

tpk_status tpk_region_sums_new(const tpk_study *study, const tpk_region_shapes *shapes,
                               tpk_regional **regional, tpk_err *err)
{
    return tpk_regional_new(&study->plan->grid, study->plan->crs, shapes->geoms, shapes->n, shapes->area,
                            shapes->n_area, regional, err);
}

static tpk_status take_tile(void *state, const tpk_tile *tile, tpk_err *err)
{
    return tpk_regional_add(state, tile->window, tile->score, tile->cell_class, err);
}

tpk_sink tpk_region_sink(tpk_regional *regional)
{
    return (tpk_sink){take_tile, regional};
}

/* ---- the table ---- */

static tpk_status added(tpk_status status, tpk_err *err)
{
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

static bool matters(double ha, double area_ha)
{
    return ha > LEAST_HA || ha > LEAST_SHARE * area_ha;
}

static tpk_severity severity_of(double ha, double of_ha)
{
    return ha > WARNING_SHARE * of_ha ? TPK_WARNING : TPK_NOTE;
}

/* The sums are lower bounds: digits below the hectare would feign what they do not hold. */
static const char *about(double ha, char text[32])
{
    return tpk_text_from_number(ha < 10 ? round(ha * 100) / 100 : round(ha), text);
}

/* area_ha: of all regions; inside_ha: what of it lies in the study area. */
static tpk_status tell_fit(tpk_study *study, const tpk_region_fit *fit, double area_ha, double inside_ha,
                           tpk_err *err)
{
    const tpk_project *project = study->project;
    char text[32];
    tpk_status status = TPK_OK;
    if (matters(fit->twice_ha, area_ha)) {
        status = tpk_diag_add(
            &study->diags, severity_of(fit->twice_ha, area_ha), project->path, project->regions.pos,
            _("regions of layer '%s' overlap: about %s ha lie in more than one and count in "
              "each of them, so the regions add up to more than the map"),
            project->regions.layer, about(fit->twice_ha, text));
    }
    if (status == TPK_OK && matters(fit->none_ha, area_ha)) {
        status = tpk_diag_add(&study->diags, severity_of(fit->none_ha, inside_ha + fit->none_ha),
                              project->path, project->regions.pos,
                              _("regions of layer '%s' leave gaps: about %s ha of the study area lie in none "
                                "of them and count nowhere, so the regions add up to less than the map"),
                              project->regions.layer, about(fit->none_ha, text));
    }
    return added(status, err);
}

static tpk_status warn_outside(tpk_study *study, tpk_err *err)
{
    const tpk_region_row *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < study->n_regions; i++) {
        const tpk_region_stats *stats = &study->regions[i].stats;
        if (stats->class_ha[TPK_CELL_OUTSIDE] < stats->area_ha) continue;
        if (n++ == 0) first = &study->regions[i];
    }
    if (n == 0) return TPK_OK;
    return added(
        tpk_diag_add(&study->diags, TPK_WARNING, study->project->path, study->project->regions.pos,
                     _("%zu of %zu regions lie wholly outside the study area, the first is '%s'; they "
                       "have no classes. When they should not: check the coordinate system of layer "
                       "'%s'"),
                     n, study->n_regions, first->name, study->project->regions.layer),
        err);
}

static tpk_status fill_row(const tpk_region_shapes *shapes, size_t i, tpk_region_row *row, tpk_err *err)
{
    row->id = shapes->ids ? tpk_strdup(shapes->ids[i]) : NULL;
    row->name = tpk_strdup(shapes->names[i]);
    return row->name && (row->id || !shapes->ids) ? TPK_OK : tpk_err_memory(err);
}

tpk_status tpk_region_table_fill(tpk_study *study, const tpk_region_shapes *shapes,
                                 const tpk_regional *regional, tpk_err *err)
{
    double area_ha = 0, inside_ha = 0;
    tpk_region_fit fit;
    tpk_region_stats *stats = tpk_zalloc(shapes->n, sizeof *stats);
    study->regions = tpk_zalloc(shapes->n, sizeof *study->regions);
    tpk_status status = TPK_OK;
    if (!stats || !study->regions) {
        status = tpk_err_memory(err);
        goto done;
    }
    study->n_regions = shapes->n;
    tpk_regional_finish(regional, stats, &fit);
    for (size_t i = 0; i < shapes->n && status == TPK_OK; i++) {
        study->regions[i].stats = stats[i];
        area_ha += stats[i].area_ha;
        inside_ha += stats[i].area_ha - stats[i].class_ha[TPK_CELL_OUTSIDE];
        status = fill_row(shapes, i, &study->regions[i], err);
    }
    if (status == TPK_OK && !study->regions_told) {
        status = tell_fit(study, &fit, area_ha, inside_ha, err);
        if (status == TPK_OK) status = warn_outside(study, err);
        study->regions_told = status == TPK_OK;
    }
done:
    tpk_free(stats);
    return status;
}

/* ---- the files ---- */

static const struct {
    tpk_cell_class cell_class;
    const char *name;
} PARTS[] = {{TPK_CELL_S1, "class_S1"},    {TPK_CELL_S2, "class_S2"},       {TPK_CELL_S3, "class_S3"},
             {TPK_CELL_N, "class_N"},      {TPK_CELL_EXCLUDED, "excluded"}, {TPK_CELL_UNKNOWN, "unknown"},
             {TPK_CELL_OUTSIDE, "outside"}};

enum { N_PARTS = sizeof PARTS / sizeof *PARTS };

void tpk_region_describe(const tpk_region_row *row, tpk_record *record)
{
    const tpk_region_stats *stats = &row->stats;
    tpk_record_reset(record);
    if (row->id) tpk_record_text(record, row->id, "id");
    tpk_record_text(record, row->name, "name");
    tpk_record_number(record, stats->area_ha, "area_ha");
    tpk_record_number(record, stats->score_mean, "score_mean");
    for (size_t i = 0; i < N_PARTS; i++)
        tpk_record_number(record, stats->class_ha[PARTS[i].cell_class], "%s_ha", PARTS[i].name);
    for (size_t i = 0; i < N_PARTS; i++) {
        tpk_record_number(record, 100 * stats->class_ha[PARTS[i].cell_class] / stats->area_ha, "%s_pct",
                          PARTS[i].name);
    }
}

static tpk_status write_geojson(const tpk_study *study, const tpk_region_shapes *shapes, tpk_record *record,
                                const char *path, tpk_err *err)
{
    tpk_geojson *geojson = NULL;
    tpk_status status =
        tpk_geojson_open(path, study->project->title, study->project->note, study->plan->crs, &geojson, err);
    for (size_t i = 0; i < shapes->n && status == TPK_OK; i++) {
        tpk_region_describe(&study->regions[i], record);
        if (i == 0) status = tpk_record_declare(record, geojson, err);
        if (status == TPK_OK) status = tpk_record_write(record, geojson, shapes->geoms[i], err);
    }
    if (status == TPK_OK) status = tpk_geojson_finish(geojson, err);
    if (status != TPK_OK) {
        tpk_geojson_abort(geojson);
        return status;
    }
    return tpk_geojson_publish(geojson, err);
}

static tpk_status write_csv(const tpk_study *study, tpk_record *record, const char *path, tpk_err *err)
{
    tpk_text csv = {0};
    for (size_t i = 0; i < study->n_regions; i++) {
        tpk_region_describe(&study->regions[i], record);
        if (i == 0) tpk_record_csv_header(record, &csv);
        tpk_record_csv_row(record, &csv);
    }
    size_t n = csv.length;
    char *bytes = NULL;
    tpk_status status = tpk_text_take(&csv, &bytes, err);
    if (status == TPK_OK) status = tpk_file_write(path, _("the table of regions"), bytes, n, err);
    tpk_free(bytes);
    return status;
}

tpk_status tpk_region_table_write(tpk_study *study, const tpk_region_shapes *shapes, tpk_staging *staging,
                                  tpk_err *err)
{
    const char *geojson = tpk_staging_path(staging, "regions.geojson");
    const char *csv = tpk_staging_path(staging, "regions.csv");
    if (!geojson || !csv) return tpk_err_memory(err);
    tpk_record record = {0};
    tpk_status status = write_geojson(study, shapes, &record, geojson, err);
    if (status == TPK_OK) status = tpk_styles_write_regions(study, staging, err);
    if (status == TPK_OK) status = write_csv(study, &record, csv, err);
    tpk_record_clear(&record);
    return status;
}
