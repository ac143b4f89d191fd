/* All vector formats but plain shapefiles, through OGR. */
#include <cpl_conv.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/build.h"
#include "input/gdal.h"
#include "input/ogr_geometry.h"
#include "input/path.h"
#include "input/raster.h"
#include "input/reader.h"
#include "input/source_files.h"

static const double LARGEST_EXACT = 9007199254740992.0; /* 2^53 */

static tpk_status not_recognised(const tpk_layer_spec *spec, const tpk_gdal_scope *scope, tpk_err *err)
{
    tpk_status status = tpk_path_refuse_missing(spec, err);
    if (status != TPK_OK) return status;
    return tpk_err_set(err, TPK_ERR_IO,
                       _("'%s' cannot be read: %s. A layer is a shapefile, GeoPackage, GeoJSON, FlatGeobuf, "
                         "KML, GeoTIFF or another format that GDAL reads"),
                       tpk_spec_path(spec), tpk_gdal_reason(scope));
}

static tpk_status open_dataset(const tpk_layer_spec *spec, unsigned kinds, const tpk_gdal_scope *scope,
                               GDALDatasetH *dataset, tpk_err *err)
{
    *dataset = NULL;
    char *options[2] = {NULL, NULL};
    char *encoding = NULL;
    if (spec->encoding) { /* a shapefile inside an archive; other drivers ignore it or promise UTF-8 */
        tpk_text text = {0};
        tpk_text_addf(&text, "ENCODING=%s", spec->encoding);
        tpk_status status = tpk_text_take(&text, &encoding, err);
        if (status != TPK_OK) return status;
        options[0] = encoding;
    }
    const char *const *chosen = strcasestr(spec->path, ".shp") ? (const char *const *)options : NULL;
    *dataset = GDALOpenEx(spec->path, kinds | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, NULL, chosen, NULL);
    tpk_free(encoding);
    return *dataset ? TPK_OK : not_recognised(spec, scope, err);
}

/* "jalan, sungai, zona", the names also in *names (borrowed from the dataset) for the nearest one. */
static tpk_status list_layers(GDALDatasetH dataset, const char *wanted, const char **nearest, char **list,
                              tpk_err *err)
{
    int n = GDALDatasetGetLayerCount(dataset);
    tpk_text text = {0};
    const char **names = tpk_alloc((size_t)n, sizeof *names);
    if (!names) return tpk_err_memory(err);
    for (int i = 0; i < n; i++) {
        names[i] = OGR_L_GetName(GDALDatasetGetLayer(dataset, i));
        tpk_text_addf(&text, "%s%s", i ? ", " : "", names[i]);
    }
    *nearest = wanted ? tpk_text_nearest(wanted, names, (size_t)n) : NULL;
    tpk_free(names);
    return tpk_text_take(&text, list, err);
}

static tpk_status choose_layer(GDALDatasetH dataset, const tpk_layer_spec *spec, OGRLayerH *chosen,
                               tpk_err *err)
{
    int n = GDALDatasetGetLayerCount(dataset);
    if (n == 0) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           GDALGetRasterCount(dataset) > 0
                               ? _("'%s' is a raster; a vector layer is needed here")
                               : _("'%s' holds no vector layer"),
                           tpk_spec_path(spec));
    }
    *chosen = spec->sublayer ? GDALDatasetGetLayerByName(dataset, spec->sublayer)
              : n == 1       ? GDALDatasetGetLayer(dataset, 0)
                             : NULL;
    if (*chosen) return TPK_OK;
    const char *nearest = NULL;
    char *list;
    tpk_status status = list_layers(dataset, spec->sublayer, &nearest, &list, err);
    if (status != TPK_OK) return status;
    if (spec->sublayer) {
        status = tpk_err_set(err, TPK_ERR_DATA, _("'%s' has no layer '%s'; it has: %s%s%s%s"),
                             tpk_spec_path(spec), spec->sublayer, list, nearest ? _(" (did you mean '") : "",
                             nearest ? nearest : "", nearest ? "'?)" : "");
    } else {
        status = tpk_err_set(err, TPK_ERR_DATA,
                             _("'%s' holds %d layers: %s; name one with 'layer:' in the project file"),
                             tpk_spec_path(spec), n, list);
    }
    tpk_free(list);
    return status;
}

/* Which of OGR's fields become columns: column i reads field source[i]. */
typedef struct field_map {
    int *source;
    bool has_large; /* an integer beyond 2^53 was met */
} field_map;

static tpk_field_type column_type(OGRFieldType type)
{
    return type == OFTInteger || type == OFTInteger64 ? TPK_FIELD_INTEGER
           : type == OFTReal                          ? TPK_FIELD_NUMBER
                                                      : TPK_FIELD_TEXT;
}

static tpk_status add_columns(OGRLayerH layer, tpk_build *build, field_map *map, tpk_err *err)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    int n = OGR_FD_GetFieldCount(definition), n_columns = 0;
    map->source = tpk_alloc((size_t)n, sizeof *map->source);
    if (!map->source) return tpk_err_memory(err);
    for (int i = 0; i < n; i++) {
        OGRFieldDefnH field = OGR_FD_GetFieldDefn(definition, i);
        OGRFieldType type = OGR_Fld_GetType(field);
        if (type == OFTBinary) continue;
        if (!tpk_build_column(build, OGR_Fld_GetNameRef(field), column_type(type), 0))
            return tpk_err_memory(err);
        map->source[n_columns++] = i;
    }
    return TPK_OK;
}

static bool add_value(OGRFeatureH feature, field_map *map, size_t i, tpk_column *column)
{
    int field = map->source[i];
    bool is_null = !OGR_F_IsFieldSetAndNotNull(feature, field);
    if (column->type == TPK_FIELD_TEXT) {
        const char *text = is_null ? "" : OGR_F_GetFieldAsString(feature, field);
        return tpk_build_text(column, text, strlen(text));
    }
    double number = is_null                             ? (double)NAN
                    : column->type == TPK_FIELD_INTEGER ? (double)OGR_F_GetFieldAsInteger64(feature, field)
                                                        : OGR_F_GetFieldAsDouble(feature, field);
    if (column->type == TPK_FIELD_INTEGER && fabs(number) > LARGEST_EXACT) map->has_large = true;
    return tpk_build_number(column, isfinite(number) ? number : (double)NAN);
}

static tpk_status add_feature(OGRFeatureH feature, tpk_build *build, field_map *map, tpk_ogr_kinds *kinds,
                              tpk_err *err)
{
    int64_t fid = OGR_F_GetFID(feature);
    if (!tpk_build_feature(build, fid)) return tpk_err_memory(err);
    for (size_t i = 0; i < build->n_columns; i++) {
        if (!add_value(feature, map, i, &build->columns[i])) return tpk_err_memory(err);
    }
    return tpk_ogr_add_geometry(build, kinds, fid, OGR_F_GetGeometryRef(feature), err);
}

static tpk_status read_features(OGRLayerH layer, const tpk_layer_spec *spec, const tpk_control *control,
                                const tpk_gdal_scope *scope, tpk_build *build, field_map *map, tpk_err *err)
{
    tpk_ogr_kinds kinds = TPK_OGR_KINDS_INIT;
    int64_t total = OGR_L_GetFeatureCount(layer, FALSE), n = 0;
    tpk_status status = TPK_OK;
    OGRFeatureH feature;
    OGR_L_ResetReading(layer);
    while (status == TPK_OK && (feature = OGR_L_GetNextFeature(layer))) {
        if (n++ % TPK_READ_STRIDE == 0)
            status = tpk_read_progress(control, n - 1, total < 0 ? 0 : total, err);
        if (status == TPK_OK) status = add_feature(feature, build, map, &kinds, err);
        OGR_F_Destroy(feature);
    }
    build->layer->n_read = n;
    if (status == TPK_OK && scope->failed) { /* OGR ends a broken layer as it ends a whole one */
        status = tpk_err_set(err, TPK_ERR_IO, _("'%s' is damaged after feature %lld: %s"),
                             tpk_spec_path(spec), (long long)n, scope->message);
    }
    return status;
}

static tpk_status take_crs(OGRLayerH layer, char **text, const char **place, tpk_err *err)
{
    *place = _("the file states none");
    OGRSpatialReferenceH reference = OGR_L_GetSpatialRef(layer);
    char *wkt = NULL;
    if (!reference || OSRExportToWkt(reference, &wkt) != OGRERR_NONE || !wkt) return TPK_OK;
    tpk_status status = TPK_OK;
    if (wkt[0]) {
        *text = tpk_strdup(wkt);
        if (!*text) status = tpk_err_memory(err);
    }
    CPLFree(wkt);
    return status;
}

static tpk_status read_layer(GDALDatasetH dataset, OGRLayerH source, const tpk_layer_spec *spec,
                             const char *where, const tpk_control *control, const tpk_gdal_scope *scope,
                             tpk_raw *raw, tpk_diags *diags, tpk_err *err)
{
    tpk_build build = {.keep_bytes = raw->keep_bytes};
    field_map map = {0};
    tpk_layer *layer = raw->layer = tpk_zalloc(1, sizeof *layer);
    if (!layer) return tpk_err_memory(err);
    layer->kind = tpk_ogr_kind(OGR_L_GetGeomType(source));
    layer->driver = tpk_strdup(GDALGetDriverShortName(GDALGetDatasetDriver(dataset)));
    raw->rings_known = true;
    tpk_status status = tpk_source_files_of_dataset(dataset, spec->path, &layer->files, err);
    if (status == TPK_OK && !(layer->driver && tpk_build_start(&build, layer))) status = tpk_err_memory(err);
    if (status == TPK_OK) status = add_columns(source, &build, &map, err);
    if (status == TPK_OK) status = read_features(source, spec, control, scope, &build, &map, err);
    if (status == TPK_OK) status = take_crs(source, &raw->crs_text, &raw->crs_place, err);
    if (status == TPK_OK) {
        bool is_utf8 = OGR_L_TestCapability(source, OLCStringsAsUTF8);
        tpk_text_claim claim = is_utf8          ? (tpk_text_claim){TPK_TEXT_FORMAT, "UTF-8"}
                               : spec->encoding ? (tpk_text_claim){TPK_TEXT_PROJECT, spec->encoding}
                                                : (tpk_text_claim){TPK_TEXT_UNKNOWN, NULL};
        status = tpk_build_finish(&build, claim, where, diags, err);
    }
    if (status == TPK_OK && map.has_large &&
        tpk_diag_add(diags, TPK_WARNING, where, (tpk_pos){0},
                     _("some whole numbers are beyond 2^53 and lose their last digits; keep them as text "
                       "where they matter")) != TPK_OK) {
        status = tpk_err_memory(err);
    }
    tpk_build_clear(&build);
    tpk_free(map.source);
    return status;
}

tpk_status tpk_ogr_read(const tpk_layer_spec *spec, const char *where, const tpk_control *control,
                        tpk_raw *raw, tpk_diags *diags, tpk_err *err)
{
    tpk_gdal_scope scope;
    GDALDatasetH dataset = NULL;
    OGRLayerH source = NULL;
    tpk_gdal_begin(&scope);
    tpk_status status = open_dataset(spec, GDAL_OF_VECTOR | GDAL_OF_RASTER, &scope, &dataset, err);
    if (status == TPK_OK) status = choose_layer(dataset, spec, &source, err);
    if (status == TPK_OK) {
        scope = (tpk_gdal_scope){0}; /* what drivers remark while opening does not end the reading */
        status = read_layer(dataset, source, spec, where, control, &scope, raw, diags, err);
    }
    if (dataset) GDALClose(dataset);
    tpk_gdal_end();
    return status;
}

/* Without reading features: not every format's header has it. */
static tpk_box header_box(OGRLayerH layer)
{
    OGREnvelope box;
    if (OGR_L_GetExtent(layer, &box, FALSE) != OGRERR_NONE) return TPK_BOX_EMPTY;
    return (tpk_box){box.MinX, box.MinY, box.MaxX, box.MaxY};
}

static tpk_status peek_raster(GDALDatasetH dataset, tpk_peek *peek, tpk_err *err)
{
    const char *wkt = GDALGetProjectionRef(dataset);
    double g[6];
    peek->crs_place = _("the file states none");
    if (GDALGetGeoTransform(dataset, g) == CE_None)
        peek->box = tpk_raster_box(g, GDALGetRasterYSize(dataset), GDALGetRasterXSize(dataset));
    if (!wkt || !wkt[0]) return TPK_OK;
    peek->crs_text = tpk_strdup(wkt);
    return peek->crs_text ? TPK_OK : tpk_err_memory(err);
}

static tpk_status peek_layer(OGRLayerH layer, tpk_peek *peek, tpk_err *err)
{
    tpk_status status = take_crs(layer, &peek->crs_text, &peek->crs_place, err);
    if (status != TPK_OK) return status;
    peek->box = header_box(layer);
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    int n = OGR_FD_GetFieldCount(definition);
    peek->is_vector = true;
    peek->kind = tpk_ogr_kind(OGR_L_GetGeomType(layer));
    peek->fields = tpk_zalloc((size_t)n, sizeof *peek->fields);
    peek->types = tpk_zalloc((size_t)n, sizeof *peek->types);
    if (!peek->fields || !peek->types) return tpk_err_memory(err);
    for (int i = 0; i < n; i++) {
        OGRFieldDefnH field = OGR_FD_GetFieldDefn(definition, i);
        if (OGR_Fld_GetType(field) == OFTBinary) continue;
        peek->types[peek->n_fields] = column_type(OGR_Fld_GetType(field));
        peek->fields[peek->n_fields] = tpk_strdup(OGR_Fld_GetNameRef(field));
        if (!peek->fields[peek->n_fields]) return tpk_err_memory(err);
        peek->n_fields++;
    }
    return TPK_OK;
}

tpk_status tpk_ogr_peek(const tpk_layer_spec *spec, tpk_peek *peek, tpk_err *err)
{
    tpk_gdal_scope scope;
    GDALDatasetH dataset = NULL;
    OGRLayerH layer = NULL;
    tpk_gdal_begin(&scope);
    tpk_status status = open_dataset(spec, GDAL_OF_VECTOR | GDAL_OF_RASTER, &scope, &dataset, err);
    if (status == TPK_OK) {
        peek->n_bands = GDALGetRasterCount(dataset);
        peek->is_raster = peek->n_bands > 0;
        bool has_layers = GDALDatasetGetLayerCount(dataset) > 0;
        if (has_layers || !peek->is_raster) status = choose_layer(dataset, spec, &layer, err);
    }
    if (status == TPK_OK) status = layer ? peek_layer(layer, peek, err) : peek_raster(dataset, peek, err);
    if (dataset) GDALClose(dataset);
    tpk_gdal_end();
    return status;
}
