#include "input/layer.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/finish.h"
#include "input/path.h"
#include "input/reader.h"
#include "input/sidecars.h"

enum { DBF_NAME_LENGTH = 10 };

void tpk_layer_free(tpk_layer *layer)
{
    if (!layer) return;
    for (size_t i = 0; i < layer->n_fields; i++) {
        tpk_free(layer->fields[i].name);
        tpk_free(layer->fields[i].text);
        tpk_free(layer->fields[i].bytes);
        tpk_free(layer->fields[i].number);
        tpk_free(layer->fields[i].undecoded);
    }
    tpk_free(layer->fields);
    tpk_free(layer->id);
    tpk_free(layer->path);
    tpk_free(layer->feature_part);
    tpk_free(layer->part_start);
    tpk_free(layer->ring_role);
    tpk_free(layer->xy);
    tpk_free(layer->fid);
    tpk_free(layer->driver);
    tpk_free(layer->crs_name);
    tpk_free(layer->crs_code);
    tpk_free(layer->crs_origin);
    tpk_free(layer->encoding);
    tpk_free(layer->operation);
    tpk_free(layer->encoding_said);
    tpk_free(layer->crs_text);
    tpk_source_files_clear(&layer->files);
    tpk_free(layer);
}

tpk_geom tpk_layer_geom(const tpk_layer *layer, int64_t feature)
{
    int64_t first = layer->feature_part[feature];
    return (tpk_geom){.kind = layer->kind,
                      .n_parts = layer->feature_part[feature + 1] - first,
                      .part_start = layer->part_start + first,
                      .ring_role = layer->kind == TPK_GEOM_POLYGON ? layer->ring_role + first : NULL,
                      .xy = layer->xy};
}

tpk_geom tpk_layer_all(const tpk_layer *layer)
{
    return (tpk_geom){.kind = layer->kind,
                      .n_parts = layer->feature_part[layer->n_features],
                      .part_start = layer->part_start,
                      .ring_role = layer->kind == TPK_GEOM_POLYGON ? layer->ring_role : NULL,
                      .xy = layer->xy};
}

const tpk_field *tpk_layer_field(const tpk_layer *layer, const char *name)
{
    for (size_t i = 0; i < layer->n_fields; i++) {
        if (strcmp(layer->fields[i].name, name) == 0) return &layer->fields[i];
    }
    for (size_t i = 0; i < layer->n_fields; i++) {
        if (tpk_text_equal_fold(layer->fields[i].name, name)) return &layer->fields[i];
    }
    if (strlen(name) <= DBF_NAME_LENGTH) return NULL;
    for (size_t i = 0; i < layer->n_fields; i++) {
        const char *cut = layer->fields[i].name;
        if (strlen(cut) == DBF_NAME_LENGTH && strncasecmp(cut, name, DBF_NAME_LENGTH) == 0)
            return &layer->fields[i];
    }
    return NULL;
}

char *tpk_field_value(const tpk_field *field, int64_t feature)
{
    if (field->type == TPK_FIELD_TEXT) return tpk_strdup(field->text[feature] ? field->text[feature] : "");
    if (isnan(field->number[feature])) return tpk_strdup("");
    char buffer[32];
    return tpk_strdup(tpk_text_from_number(field->number[feature], buffer));
}

void tpk_raw_clear(tpk_raw *raw)
{
    tpk_layer_free(raw->layer);
    tpk_free(raw->crs_text);
    *raw = (tpk_raw){0};
}

tpk_status tpk_read_progress(const tpk_control *control, int64_t done, int64_t total, tpk_err *err)
{
    if (tpk_cancelled(control))
        return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while reading layers"));
    tpk_progress(control, _("reading layers"), done, total, _("features"));
    return TPK_OK;
}

char *tpk_layer_place(const tpk_layer_spec *spec)
{
    tpk_text text = {0};
    char *place;
    tpk_text_addf(&text, _("layer '%s' (%s)"), spec->id ? spec->id : "?", tpk_spec_path(spec));
    return tpk_text_take(&text, &place, NULL) == TPK_OK ? place : NULL;
}

static tpk_status read_raw(const tpk_layer_spec *spec, const char *where, const tpk_control *control,
                           tpk_raw *raw, tpk_diags *diags, tpk_err *err)
{
    tpk_status status = tpk_path_is_shapefile(spec->path)
                            ? tpk_shapefile_read(spec, where, control, raw, diags, err)
                            : tpk_ogr_read(spec, where, control, raw, diags, err);
    if (status != TPK_OK) return status;
    raw->layer->id = tpk_strdup(spec->id);
    raw->layer->path = tpk_strdup(spec->path);
    return !raw->layer->path || (spec->id && !raw->layer->id) ? tpk_err_memory(err) : TPK_OK;
}

static tpk_status apply_where(const char *where, tpk_raw *raw, tpk_err *err)
{
    if (!where) return TPK_OK;
    tpk_layer *filtered = NULL;
    tpk_status status = tpk_layer_filter(raw->layer, where, &filtered, err);
    if (status != TPK_OK) return status;
    tpk_layer_free(raw->layer);
    raw->layer = filtered;
    return TPK_OK;
}

tpk_status tpk_layer_read(tpk_worker *worker, const tpk_layer_spec *spec, const tpk_crs *to,
                          tpk_box area_lonlat, const tpk_control *control, tpk_layer **layer,
                          tpk_diags *diags, tpk_err *err)
{
    *layer = NULL;
    tpk_raw raw = {0};
    char *where = tpk_layer_place(spec);
    if (!where) return tpk_err_memory(err);
    tpk_status status = read_raw(spec, where, control, &raw, diags, err);
    if (status == TPK_OK) status = apply_where(spec->where, &raw, err);
    if (status == TPK_OK)
        status = tpk_finish(worker, spec, to, area_lonlat, control, where, &raw, diags, err);
    if (status == TPK_OK) {
        *layer = raw.layer;
        raw.layer = NULL;
    } else if (status != TPK_ERR_MEMORY && status != TPK_ERR_CANCELLED) {
        status = tpk_err_prefix(err, status, "%s", where);
    }
    tpk_raw_clear(&raw);
    tpk_free(where);
    return status;
}

tpk_status tpk_layer_read_raw(const tpk_layer_spec *spec, const tpk_control *control, tpk_layer **layer,
                              tpk_diags *diags, tpk_err *err)
{
    *layer = NULL;
    tpk_raw raw = {.keep_bytes = true};
    char *where = tpk_layer_place(spec);
    if (!where) return tpk_err_memory(err);
    tpk_status status = read_raw(spec, where, control, &raw, diags, err);
    if (status == TPK_OK) status = apply_where(spec->where, &raw, err);
    if (status == TPK_OK) {
        *layer = raw.layer;
        raw.layer = NULL;
        (*layer)->rings_known = raw.rings_known;
        (*layer)->crs_text = raw.crs_text;
        (*layer)->crs_place = raw.crs_place;
        (*layer)->box = tpk_geom_box(tpk_layer_all(*layer));
        raw.crs_text = NULL;
    } else if (status != TPK_ERR_MEMORY && status != TPK_ERR_CANCELLED) {
        status = tpk_err_prefix(err, status, "%s", where);
    }
    tpk_raw_clear(&raw);
    tpk_free(where);
    return status;
}

tpk_status tpk_layer_peek(const tpk_layer_spec *spec, tpk_peek *peek, tpk_err *err)
{
    peek->box = TPK_BOX_EMPTY;
    tpk_status status = tpk_path_refuse_folder(spec, err);
    if (status != TPK_OK) return status;
    return tpk_path_is_shapefile(spec->path) ? tpk_shapefile_peek(spec, peek, err)
                                             : tpk_ogr_peek(spec, peek, err);
}

tpk_status tpk_layer_check_crs(const tpk_layer_spec *spec, const tpk_peek *peek, tpk_err *err)
{
    tpk_worker *worker = NULL;
    tpk_crs *crs = NULL;
    const char *origin;
    tpk_status status = tpk_worker_new(&worker, err);
    if (status != TPK_OK) return status;
    if (spec->crs)
        status = tpk_crs_new(worker, spec->crs, &crs, err);
    else
        status = tpk_find_crs(worker, NULL, peek->crs_text, peek->crs_place ? peek->crs_place : "", peek->box,
                              NULL, &crs, &origin, NULL, err);
    tpk_crs_free(crs);
    tpk_worker_free(worker);
    return status;
}
