#include "api/vector_tiles.h"

#include <string.h>
#include <unistd.h>

#include "api/record.h"
#include "api/score_tiles.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/mvt.h"

typedef struct layers {
    const tpk_study *study;
    tpk_mvt *mvt;
    char *scratch; /* owned; one layer's GeoJSON on its way */
    bool has_zones;
    tpk_status status;
    tpk_err *err;
} layers;

static bool is_repeated(const tpk_layer *layer, size_t field)
{
    for (size_t i = 0; i < field; i++) {
        if (tpk_text_equal_fold(layer->fields[i].name, layer->fields[field].name)) return true;
    }
    return false;
}

static void describe(const tpk_layer *layer, int64_t feature, tpk_record *record)
{
    tpk_record_reset(record);
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        if (is_repeated(layer, i)) continue;
        switch (field->type) {
        case TPK_FIELD_TEXT: tpk_record_text(record, field->text[feature], "%s", field->name); break;
        case TPK_FIELD_INTEGER: tpk_record_integer(record, field->number[feature], "%s", field->name); break;
        case TPK_FIELD_NUMBER: tpk_record_number(record, field->number[feature], "%s", field->name); break;
        }
    }
}

static tpk_status write_features(const tpk_layer *layer, tpk_geojson *geojson, tpk_err *err)
{
    tpk_record record = {0};
    tpk_status status = TPK_OK;
    for (int64_t f = 0; f < layer->n_features && status == TPK_OK; f++) {
        describe(layer, f, &record);
        if (f == 0) status = tpk_record_declare(&record, geojson, err);
        if (status == TPK_OK) status = tpk_record_write(&record, geojson, tpk_layer_geom(layer, f), err);
    }
    tpk_record_clear(&record);
    return status;
}

static tpk_status write_layer(const layers *all, const tpk_layer *layer, tpk_err *err)
{
    tpk_geojson *geojson = NULL;
    tpk_status status = tpk_geojson_open(all->scratch, layer->id, NULL, all->study->plan->crs, &geojson, err);
    if (status == TPK_OK) status = write_features(layer, geojson, err);
    if (status == TPK_OK) status = tpk_geojson_finish(geojson, err);
    if (status != TPK_OK) {
        tpk_geojson_abort(geojson);
        return status;
    }
    return tpk_geojson_publish(geojson, err);
}

static void add_layer(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                      const tpk_raster *raster)
{
    (void)raster;
    layers *all = user;
    if (!layer || all->status != TPK_OK) return;
    if (strcmp(spec->id, "zones") == 0) all->has_zones = true;
    all->status = write_layer(all, layer, all->err);
    if (all->status == TPK_OK) all->status = tpk_mvt_add(all->mvt, all->scratch, spec->id, all->err);
}

/* Beside path, under a hidden name: what is hidden is no result. */
static char *scratch_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    tpk_text text = {0};
    char *out;
    if (slash) tpk_text_add_bytes(&text, path, (size_t)(slash + 1 - path));
    tpk_text_add(&text, ".layer.geojson");
    return tpk_text_take(&text, &out, NULL) == TPK_OK ? out : NULL;
}

static tpk_status add_all(layers *all, const char *zones_path, tpk_err *err)
{
    tpk_progress(&all->study->control, _("drawing vector tiles"), 0, 0, "");
    tpk_store_each(all->study->store, add_layer, all);
    if (all->status != TPK_OK || !zones_path) return all->status;
    return tpk_mvt_add(all->mvt, zones_path, all->has_zones ? "zones_result" : "zones", err);
}

tpk_status tpk_vector_tiles_write(const tpk_study *study, const char *zones_path, const char *path,
                                  tpk_err *err)
{
    const tpk_project *project = study->project;
    tpk_zooms zooms = tpk_study_zooms(study);
    if (zooms.max > zooms.min) zooms.max--;
    layers all = {.study = study, .scratch = scratch_path(path), .err = err};
    tpk_status status = all.scratch ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK)
        status = tpk_mvt_open(project->title, project->note ? project->note : "", zooms.min, zooms.max,
                              &all.mvt, err);
    if (status == TPK_OK) status = add_all(&all, zones_path, err);
    if (status == TPK_OK)
        status = tpk_mvt_finish(all.mvt, study->lonlat, path, err);
    else
        tpk_mvt_abort(all.mvt);
    if (all.scratch) unlink(all.scratch);
    tpk_free(all.scratch);
    return status;
}
