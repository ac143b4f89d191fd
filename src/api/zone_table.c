#include "api/zone_table.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "criteria/layer_segments.h"

/* ---- reading ---- */

/* A field's value as text; "" for null. Caller frees with tpk_free; NULL: no memory. */
static char *field_text(const tpk_field *field, int64_t feature)
{
    if (field->type == TPK_FIELD_TEXT) return tpk_strdup(field->text[feature] ? field->text[feature] : "");
    if (isnan(field->number[feature])) return tpk_strdup("");
    char buffer[32];
    return tpk_strdup(tpk_text_from_number(field->number[feature], buffer));
}

static tpk_status check_zone(const tpk_zone_shapes *shapes, const tpk_field *id_field, size_t zone, tpk_err *err)
{
    const char *path = shapes->layer->path;
    long long record = (long long)shapes->layer->fid[zone];
    if (shapes->geoms[zone].n_parts == 0) {
        return tpk_err_set(err, TPK_ERR_DATA, _("%s: record %lld: the zone has no polygon"), path, record);
    }
    char *id = field_text(id_field, (int64_t)zone);
    if (!id) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    if (*id == '\0') status = tpk_err_set(err, TPK_ERR_DATA, _("%s: record %lld: field '%s' is empty; every zone needs an id"), path, record, id_field->name);
    for (size_t other = 0; other < zone && status == TPK_OK; other++) {
        char *other_id = field_text(id_field, (int64_t)other);
        if (!other_id) status = tpk_err_memory(err);
        else if (strcmp(id, other_id) == 0) {
            status = tpk_err_set(err, TPK_ERR_DATA, _("%s: records %lld and %lld: two zones have the id '%s'; give each its own"), path,
                                 (long long)shapes->layer->fid[other], record, id);
        }
        tpk_free(other_id);
    }
    tpk_free(id);
    return status;
}

tpk_status tpk_zone_shapes_read(tpk_study *study, tpk_zone_shapes *shapes, tpk_err *err)
{
    *shapes = (tpk_zone_shapes){0};
    const tpk_zones_spec *spec = &study->project->zones;
    if (!spec->layer) return TPK_OK;
    tpk_status status = tpk_store_vector(study->store, spec->layer, NULL, &shapes->layer, err);
    if (status == TPK_OK) status = tpk_layer_geoms(shapes->layer, &shapes->geoms, err);
    if (status != TPK_OK) return tpk_err_prefix(err, status, _("zones"));
    shapes->n = (size_t)shapes->layer->n_features;
    const tpk_field *id_field = tpk_layer_field(shapes->layer, spec->id);
    for (size_t zone = 0; zone < shapes->n && status == TPK_OK; zone++) status = check_zone(shapes, id_field, zone, err);
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

static tpk_status warn_outside(tpk_study *study, const tpk_zone_row *row, tpk_err *err)
{
    double outside_ha = row->stats.class_ha[TPK_CELL_OUTSIDE];
    if (outside_ha < 0.01 && outside_ha < row->stats.area_ha / 2) return TPK_OK; /* a wrong CRS can leave a zone no area */
    tpk_status status = tpk_diag_add(&study->diags, TPK_WARNING, study->project->path, study->project->zones.pos,
                                     _("zone '%s': %.2f ha of %.2f ha lie outside the study area; they are counted as unknown"), row->id,
                                     outside_ha, row->stats.area_ha);
    return status == TPK_OK ? status : tpk_err_memory(err);
}

static tpk_status fill_row(tpk_study *study, const tpk_zone_shapes *shapes, size_t zone, tpk_err *err)
{
    const tpk_zones_spec *spec = &study->project->zones;
    tpk_zone_row *row = &study->zones[zone];
    row->id = field_text(tpk_layer_field(shapes->layer, spec->id), (int64_t)zone);
    row->name = field_text(tpk_layer_field(shapes->layer, spec->name), (int64_t)zone);
    if (!row->id || !row->name) return tpk_err_memory(err);
    row->stated_area_ha = (double)NAN;
    const tpk_field *stated = spec->stated_area_ha ? tpk_layer_field(shapes->layer, spec->stated_area_ha) : NULL;
    if (stated && stated->type != TPK_FIELD_TEXT) row->stated_area_ha = stated->number[zone];
    if (zone < study->n_zones_told) return TPK_OK; /* an earlier run of this study found the same */
    tpk_status status = warn_outside(study, row, err);
    if (status == TPK_OK) study->n_zones_told = zone + 1;
    return status;
}

tpk_status tpk_zone_table_fill(tpk_study *study, const tpk_zone_shapes *shapes, const tpk_zonal_acc *sums, tpk_err *err)
{
    tpk_study_forget_run(study);
    if (shapes->n == 0) return TPK_OK;
    tpk_zone_stats *stats = tpk_zalloc(shapes->n, sizeof *stats);
    study->zones = tpk_zalloc(shapes->n, sizeof *study->zones);
    tpk_status status = stats && study->zones ? tpk_zonal_finish(sums, stats, err) : tpk_err_memory(err);
    if (status == TPK_OK) {
        study->n_zones = shapes->n;
        for (size_t zone = 0; zone < shapes->n; zone++) study->zones[zone].stats = stats[zone];
        for (size_t zone = 0; zone < shapes->n && status == TPK_OK; zone++) status = fill_row(study, shapes, zone, err);
        rank(study->zones, study->n_zones);
    }
    tpk_free(stats);
    return status;
}

/* ---- overlay ---- */

static tpk_status overlay_one(tpk_study *study, const tpk_zone_shapes *shapes, tpk_layer_overlay *item, tpk_err *err)
{
    tpk_geom *features = NULL;
    tpk_control silent = {.cancel = study->control.cancel}; /* the layers are what is counted */
    tpk_status status = tpk_store_vector(study->store, item->id, NULL, &item->layer, err);
    if (status == TPK_OK) status = tpk_layer_geoms(item->layer, &features, err);
    if (status == TPK_OK) {
        status = tpk_overlay_run(shapes->geoms, shapes->n, features, item->layer->n_features, item->layer->kind, study->plan->crs,
                                 study->options.n_threads, &silent, &item->overlay, err);
    }
    tpk_free(features);
    return status == TPK_OK ? status : tpk_err_prefix(err, status, _("overlay with '%s'"), item->id);
}

tpk_status tpk_overlays_run(tpk_study *study, const tpk_zone_shapes *shapes, tpk_layer_overlay **out, tpk_err *err)
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
    if (status == TPK_OK) tpk_progress(&study->control, _("overlaying zones"), (int64_t)n, (int64_t)n, _("layers"));
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
