/* Conditions on attributes, one route for all readers: the columns go into an OGR layer in memory, whose
 * filter decides. */
#include <math.h>
#include <ogr_api.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/gdal.h"
#include "input/layer.h"
#include "input/select.h"

static bool mentions(const char *where, const char *name)
{
    return strcasestr(where, name) != NULL;
}

/* "it has the fields nama, kelas, lebar_m; did you mean kelas?" */
static tpk_status rejected(const tpk_layer *layer, const char *where, const char *reason, tpk_err *err)
{
    tpk_text fields = {0};
    const char **names = tpk_alloc(layer->n_fields, sizeof *names);
    if (!names) return tpk_err_memory(err);
    for (size_t i = 0; i < layer->n_fields; i++) {
        names[i] = layer->fields[i].name;
        tpk_text_addf(&fields, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = NULL;
    char word[64];
    const char *quote = strchr(reason, '"'); /* OGR: "kls" not recognised as an available field. */
    if (quote && strcspn(quote + 1, "\"") < sizeof word) {
        size_t n = strcspn(quote + 1, "\"");
        memcpy(word, quote + 1, n);
        word[n] = '\0';
        nearest = tpk_text_nearest(word, names, layer->n_fields);
    }
    char *list;
    tpk_status status = tpk_text_take(&fields, &list, err);
    if (status == TPK_OK) {
        status =
            tpk_err_set(err, TPK_ERR_DATA,
                        _("the condition \"%s\" cannot be used: %s; the layer has the fields %s%s%s%s"),
                        where, reason, layer->n_fields ? list : "-", nearest ? _(" (did you mean '") : "",
                        nearest ? nearest : "", nearest ? "'?)" : "");
        tpk_free(list);
    }
    tpk_free(names);
    return status;
}

static bool add_field(OGRLayerH memory, const char *name, OGRFieldType type)
{
    OGRFieldDefnH field = OGR_Fld_Create(name, type);
    bool added = OGR_L_CreateField(memory, field, FALSE) == OGRERR_NONE;
    OGR_Fld_Destroy(field);
    return added;
}

/* Field 0 is the row; of the layer's fields only those follow whose name the condition holds. column[i]:
 * where, or -1. */
static bool add_field_definitions(const tpk_layer *layer, const char *where, OGRLayerH memory, int *column)
{
    static const OGRFieldType TYPES[] = {OFTString, OFTReal, OFTInteger64};
    int n = 1;
    if (!add_field(memory, "tpk_row", OFTInteger64)) return false;
    for (size_t i = 0; i < layer->n_fields; i++) {
        bool wanted = mentions(where, layer->fields[i].name);
        if (wanted && !add_field(memory, layer->fields[i].name, TYPES[layer->fields[i].type])) return false;
        column[i] = wanted ? n++ : -1;
    }
    return true;
}

static void set_field(OGRFeatureH feature, int column, const tpk_field *field, int64_t row)
{
    if (field->type == TPK_FIELD_TEXT) {
        if (field->text[row])
            OGR_F_SetFieldString(feature, column, field->text[row]);
        else
            OGR_F_SetFieldNull(feature, column);
    } else if (isnan(field->number[row])) {
        OGR_F_SetFieldNull(feature, column);
    } else if (field->type == TPK_FIELD_INTEGER) {
        OGR_F_SetFieldInteger64(feature, column, (GIntBig)field->number[row]);
    } else {
        OGR_F_SetFieldDouble(feature, column, field->number[row]);
    }
}

static bool add_features(const tpk_layer *layer, const char *where, OGRLayerH memory, const int *column)
{
    bool uses_fid = mentions(where, "fid");
    for (int64_t row = 0; row < layer->n_features; row++) {
        OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(memory));
        OGR_F_SetFieldInteger64(feature, 0, row);
        for (size_t i = 0; i < layer->n_fields; i++) {
            if (column[i] >= 0) set_field(feature, column[i], &layer->fields[i], row);
        }
        if (uses_fid) OGR_F_SetFID(feature, layer->fid[row]);
        bool added = OGR_L_CreateFeature(memory, feature) == OGRERR_NONE;
        OGR_F_Destroy(feature);
        if (!added) return false;
    }
    return true;
}

static tpk_status evaluate(const tpk_layer *layer, const char *where, OGRDataSourceH source, int *column,
                           uint8_t *keep, tpk_gdal_scope *scope, tpk_err *err)
{
    OGRLayerH memory = source ? OGR_DS_CreateLayer(source, "layer", NULL, wkbNone, NULL) : NULL;
    if (!memory || !add_field_definitions(layer, where, memory, column) ||
        OGR_L_SetAttributeFilter(memory, where) != OGRERR_NONE) {
        return rejected(layer, where, tpk_gdal_reason(scope), err);
    }
    if (!add_features(layer, where, memory, column))
        return rejected(layer, where, tpk_gdal_reason(scope), err);
    OGRFeatureH feature;
    OGR_L_ResetReading(memory);
    while ((feature = OGR_L_GetNextFeature(memory))) {
        keep[OGR_F_GetFieldAsInteger64(feature, 0)] = 1;
        OGR_F_Destroy(feature);
    }
    return scope->failed ? rejected(layer, where, scope->message, err) : TPK_OK;
}

/* keep may be NULL when the layer has no features. */
static tpk_status find_kept(const tpk_layer *layer, const char *where, uint8_t *keep, tpk_err *err)
{
    if (mentions(where, "OGR_GEOM") || mentions(where, "OGR_STYLE")) {
        return rejected(layer, where, _("only attributes and FID can be compared"), err);
    }
    int *column = tpk_alloc(layer->n_fields, sizeof *column);
    if (!column) return tpk_err_memory(err);
    tpk_gdal_scope scope;
    tpk_gdal_begin(&scope);
    OGRSFDriverH driver = OGRGetDriverByName("Memory");
    OGRDataSourceH source = driver ? OGR_Dr_CreateDataSource(driver, "", NULL) : NULL;
    tpk_status status = evaluate(layer, where, source, column, keep, &scope, err);
    if (source) OGR_DS_Destroy(source);
    tpk_gdal_end();
    tpk_free(column);
    return status;
}

tpk_status tpk_layer_check_where(const tpk_peek *peek, const char *where, tpk_err *err)
{
    tpk_layer empty = {.n_fields = peek->n_fields};
    empty.fields = tpk_zalloc(peek->n_fields, sizeof *empty.fields);
    if (!empty.fields) return tpk_err_memory(err);
    for (size_t i = 0; i < peek->n_fields; i++)
        empty.fields[i] = (tpk_field){.name = peek->fields[i], .type = peek->types[i]};
    tpk_status status = find_kept(&empty, where, NULL, err);
    tpk_free(empty.fields);
    return status;
}

tpk_status tpk_layer_filter(const tpk_layer *layer, const char *where, tpk_layer **filtered, tpk_err *err)
{
    *filtered = NULL;
    uint8_t *keep = tpk_zalloc((size_t)layer->n_features, 1);
    if (!keep) return tpk_err_memory(err);
    tpk_status status = find_kept(layer, where, keep, err);
    if (status == TPK_OK) {
        *filtered = tpk_layer_select(layer, keep);
        if (!*filtered) status = tpk_err_memory(err);
    }
    tpk_free(keep);
    return status;
}
