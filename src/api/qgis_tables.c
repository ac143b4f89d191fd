#include "api/qgis_tables.h"

#include "base/mem.h"

int64_t tpk_layer_n_points(const tpk_layer *layer)
{
    return layer->part_start[layer->feature_part[layer->n_features]];
}

bool tpk_layer_is_copied(const tpk_layer *layer)
{
    return layer->kind != TPK_GEOM_NONE && tpk_layer_n_points(layer) <= TPK_MAX_COPIED_POINTS;
}

static tpk_status add_columns(const tpk_layer *layer, tpk_gpkg *gpkg, tpk_err *err)
{
    static const tpk_column_type TYPES[] = {[TPK_FIELD_TEXT] = TPK_COLUMN_TEXT,
                                            [TPK_FIELD_INTEGER] = TPK_COLUMN_INTEGER,
                                            [TPK_FIELD_NUMBER] = TPK_COLUMN_REAL};
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < layer->n_fields && status == TPK_OK; i++)
        status = tpk_gpkg_add_column(gpkg, layer->fields[i].name, TYPES[layer->fields[i].type], err);
    return status;
}

static tpk_status add_features(const tpk_layer *layer, tpk_gpkg *gpkg, tpk_value *values, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (int64_t f = 0; f < layer->n_features && status == TPK_OK; f++) {
        for (size_t i = 0; i < layer->n_fields; i++) {
            const tpk_field *field = &layer->fields[i];
            bool is_text = field->type == TPK_FIELD_TEXT;
            values[i] = (tpk_value){.text = is_text ? field->text[f] : NULL,
                                    .number = is_text ? 0 : field->number[f]};
        }
        status = tpk_gpkg_add(gpkg, tpk_layer_geom(layer, f), values, err);
    }
    return status;
}

tpk_status tpk_layer_write_table(const tpk_layer *layer, const char *table, const char *title, tpk_gpkg *gpkg,
                                 tpk_err *err)
{
    tpk_value *values = tpk_zalloc(layer->n_fields, sizeof *values);
    tpk_status status = values ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_gpkg_begin_table(gpkg, table, title, layer->kind, err);
    if (status == TPK_OK) status = add_columns(layer, gpkg, err);
    if (status == TPK_OK) status = add_features(layer, gpkg, values, err);
    tpk_free(values);
    return status;
}
