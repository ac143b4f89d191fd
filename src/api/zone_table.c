#include "api/zone_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/findings.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "criteria/layer_segments.h"
#include "input/naming.h"

/* ---- reading ---- */

static tpk_status check_zone(const tpk_zone_shapes *shapes, size_t zone, tpk_err *err)
{
    const char *path = shapes->layer->path;
    long long record = (long long)shapes->layer->fid[zone];
    if (shapes->geoms[zone].n_parts == 0) {
        return tpk_err_set(err, TPK_ERR_DATA, _("%s: record %lld: the zone has no polygon"), path, record);
    }
    return TPK_OK;
}

typedef struct zone_id {
    char *text; /* owned */
    size_t zone;
} zone_id;

static int compare_ids(const void *a, const void *b)
{
    const zone_id *left = a, *right = b;
    int by_text = strcmp(left->text, right->text);
    return by_text != 0 ? by_text : (left->zone > right->zone) - (left->zone < right->zone);
}

/* Of several zones with one id the first that repeats one is named. */
static tpk_status judge_ids(const tpk_zone_shapes *shapes, zone_id *ids, tpk_err *err)
{
    const char *path = shapes->layer->path;
    const int64_t *fid = shapes->layer->fid;
    const zone_id *again = NULL;
    if (shapes->n > 0) qsort(ids, shapes->n, sizeof *ids, compare_ids);
    if (shapes->n > 0 && *ids[0].text == '\0') {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("%s: record %lld: field '%s' is empty; every zone needs an id"), path,
                           (long long)fid[ids[0].zone], shapes->id->name);
    }
    for (size_t i = 1; i < shapes->n; i++) {
        bool repeats = strcmp(ids[i].text, ids[i - 1].text) == 0;
        if (repeats && (!again || ids[i].zone < again->zone)) again = &ids[i];
    }
    if (!again) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_DATA,
                       _("%s: records %lld and %lld: two zones have the id '%s'; give each its own"), path,
                       (long long)fid[again[-1].zone], (long long)fid[again->zone], again->text);
}

static tpk_status check_ids(const tpk_zone_shapes *shapes, tpk_err *err)
{
    zone_id *ids = tpk_zalloc(shapes->n, sizeof *ids);
    bool fine = ids != NULL;
    for (size_t zone = 0; zone < shapes->n && fine; zone++) {
        ids[zone] = (zone_id){tpk_field_value(shapes->id, (int64_t)zone), zone};
        fine = ids[zone].text != NULL;
    }
    tpk_status status = fine ? judge_ids(shapes, ids, err) : tpk_err_memory(err);
    for (size_t i = 0; ids && i < shapes->n; i++) tpk_free(ids[i].text);
    tpk_free(ids);
    return status;
}

tpk_status tpk_zone_shapes_read(const tpk_study *study, tpk_zone_shapes *shapes, tpk_err *err)
{
    *shapes = (tpk_zone_shapes){0};
    const tpk_zones_spec *spec = &study->project->zones;
    if (!spec->layer) return TPK_OK;
    tpk_status status = tpk_store_vector(study->store, spec->layer, NULL, &shapes->layer, err);
    if (status == TPK_OK) status = tpk_layer_geoms(shapes->layer, &shapes->geoms, err);
    if (status != TPK_OK) return tpk_err_prefix(err, status, _("zones"));
    shapes->n = (size_t)shapes->layer->n_features;
    shapes->id = tpk_layer_field(shapes->layer, spec->id);
    shapes->name = tpk_layer_field(shapes->layer, spec->name);
    shapes->stated_area = spec->stated_area_ha ? tpk_layer_field(shapes->layer, spec->stated_area_ha) : NULL;
    shapes->note = spec->note ? tpk_layer_field(shapes->layer, spec->note) : NULL;
    for (size_t zone = 0; zone < shapes->n && status == TPK_OK; zone++)
        status = check_zone(shapes, zone, err);
    if (status == TPK_OK) status = check_ids(shapes, err);
    if (status == TPK_OK && shapes->stated_area && shapes->stated_area->type == TPK_FIELD_TEXT) {
        status =
            tpk_err_set(err, TPK_ERR_DATA, _("%s: field '%s' holds text; hectares need a field of numbers"),
                        shapes->layer->path, shapes->stated_area->name);
    }
    if (status != TPK_OK) tpk_zone_shapes_clear(shapes);
    return status;
}

void tpk_zone_shapes_clear(tpk_zone_shapes *shapes)
{
    tpk_free(shapes->geoms);
    *shapes = (tpk_zone_shapes){0};
}

/* ---- the table ---- */

/* 1 for the best mean score; equal means share a rank; zones without a score come last. */
static void rank(tpk_zone_row *zones, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double own = zones[i].stats.score_mean;
        zones[i].rank = 1;
        for (size_t k = 0; k < n; k++) {
            double other = zones[k].stats.score_mean;
            if (other > own || (isnan(own) && !isnan(other))) zones[i].rank++;
        }
    }
}

tpk_status tpk_zone_sums_new(const tpk_study *study, const tpk_zone_shapes *shapes, tpk_zonal **zonal,
                             tpk_err *err)
{
    const tpk_plan *plan = study->plan;
    tpk_status status = tpk_zonal_new(&plan->grid, plan->crs, shapes->geoms, shapes->n, plan->n_criteria,
                                      plan->n_constraints, zonal, err);
    for (size_t k = 0; k < plan->n_criteria && status == TPK_OK; k++) {
        size_t n_categories;
        tpk_source_categories(plan->criteria[k].source, &n_categories);
        tpk_zonal_set_categories(*zonal, k, n_categories);
    }
    return status;
}

static tpk_status fill_row(const tpk_zone_shapes *shapes, size_t zone, tpk_zone_row *row, tpk_err *err)
{
    row->id = tpk_field_value(shapes->id, (int64_t)zone);
    row->name = tpk_field_value(shapes->name, (int64_t)zone);
    row->note = shapes->note ? tpk_field_value(shapes->note, (int64_t)zone) : NULL;
    row->stated_area_ha = shapes->stated_area ? shapes->stated_area->number[zone] : (double)NAN;
    return row->id && row->name && (row->note || !shapes->note) ? TPK_OK : tpk_err_memory(err);
}

tpk_status tpk_zone_rows_fill(const tpk_zone_shapes *shapes, const tpk_zone_stats *stats, tpk_zone_row *rows,
                              tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t zone = 0; zone < shapes->n; zone++) rows[zone].stats = stats[zone];
    for (size_t zone = 0; zone < shapes->n && status == TPK_OK; zone++)
        status = fill_row(shapes, zone, &rows[zone], err);
    rank(rows, shapes->n);
    return status;
}

tpk_status tpk_zone_table_fill(tpk_study *study, const tpk_zone_shapes *shapes, const tpk_zonal_acc *sums,
                               tpk_err *err)
{
    if (shapes->n == 0) return TPK_OK;
    tpk_zone_stats *stats = tpk_zalloc(shapes->n, sizeof *stats);
    study->zones = tpk_zalloc(shapes->n, sizeof *study->zones);
    tpk_status status = stats && study->zones ? tpk_zonal_finish(sums, stats, err) : tpk_err_memory(err);
    if (status == TPK_OK) {
        study->n_zones = shapes->n;
        status = tpk_zone_rows_fill(shapes, stats, study->zones, err);
    }
    tpk_free(stats);
    return status == TPK_OK ? tpk_findings_zones(study, shapes, err) : status;
}

/* ---- overlay ---- */

/* What names the features was chosen, not asked: one note says which field of which layer. */
static tpk_status note_naming_fields(tpk_study *study, const tpk_layer_overlay *overlays, size_t n,
                                     tpk_err *err)
{
    if (n == 0 || study->overlays_told) return TPK_OK;
    tpk_text list = {0};
    for (size_t i = 0; i < n; i++) {
        tpk_text_addf(&list, "%s%s: ", i ? ", " : "", overlays[i].id);
        tpk_text_add(&list, overlays[i].naming ? overlays[i].naming->name : _("none, it has no usual one"));
    }
    char *fields;
    tpk_status status = tpk_text_take(&list, &fields, err);
    if (status != TPK_OK) return status;
    status = tpk_diag_add(&study->diags, TPK_NOTE, study->project->path, study->project->overlay_pos[0],
                          _("fields that name the features of the overlay layers: %s"), fields);
    tpk_free(fields);
    study->overlays_told = status == TPK_OK;
    return status == TPK_OK ? status : tpk_err_memory(err);
}

static tpk_status overlay_one(tpk_study *study, const tpk_zone_shapes *shapes, tpk_layer_overlay *item,
                              tpk_err *err)
{
    tpk_geom *features = NULL;
    tpk_control silent = {.cancel = study->control.cancel}; /* the layers are what is counted */
    tpk_status status = tpk_store_vector(study->store, item->id, NULL, &item->layer, err);
    if (status == TPK_OK) status = tpk_layer_geoms(item->layer, &features, err);
    if (status == TPK_OK) {
        item->naming = tpk_layer_naming_field(item->layer, true);
        status =
            tpk_overlay_run(shapes->geoms, shapes->n, features, item->layer->n_features, item->layer->kind,
                            study->plan->crs, study->options.n_threads, &silent, &item->overlay, err);
    }
    tpk_free(features);
    return status == TPK_OK ? status : tpk_err_prefix(err, status, _("overlay with '%s'"), item->id);
}

tpk_status tpk_overlays_run(tpk_study *study, const tpk_zone_shapes *shapes, tpk_layer_overlay **out,
                            tpk_err *err)
{
    *out = NULL;
    size_t n = study->project->n_overlay;
    tpk_layer_overlay *overlays = tpk_zalloc(n, sizeof *overlays);
    if (!overlays) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < n && status == TPK_OK; i++) {
        tpk_progress(&study->control, _("overlaying zones"), (int64_t)i, (int64_t)n, _("layers"));
        overlays[i].id = study->project->overlay[i];
        status = overlay_one(study, shapes, &overlays[i], err);
    }
    if (status == TPK_OK)
        tpk_progress(&study->control, _("overlaying zones"), (int64_t)n, (int64_t)n, _("layers"));
    if (status == TPK_OK) status = note_naming_fields(study, overlays, n, err);
    if (status != TPK_OK) {
        tpk_overlays_free(overlays, n);
        return status;
    }
    *out = overlays;
    return TPK_OK;
}

void tpk_overlays_free(tpk_layer_overlay *overlays, size_t n)
{
    for (size_t i = 0; overlays && i < n; i++) tpk_overlay_clear(&overlays[i].overlay);
    tpk_free(overlays);
}
