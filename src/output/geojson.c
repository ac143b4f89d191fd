#include "output/geojson.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/file.h"

static const double LONGEST_EDGE = 1000; /* map units */

/* OGR writes into memory: its GeoJSON driver does not notice a full disk. */
struct tpk_geojson {
    char *path; /* owned; without a file the name of the layer, for messages */
    bool has_file;
    char memory[64];        /* name in /vsimem */
    tpk_crs *crs;           /* borrowed until finish */
    GDALDatasetH file;      /* owned; NULL after finish */
    OGRLayerH layer;        /* the file's */
    tpk_column_type *types; /* owned */
    size_t n_columns, type_capacity;
    int64_t n_features;
    double *xy; /* owned; one part, densified and transformed */
    size_t xy_capacity;
};

static tpk_status ogr_error(const tpk_geojson *geojson, tpk_err *err)
{
    return tpk_err_set(err, TPK_ERR_IO, _("cannot write the layer '%s': %s"), geojson->path,
                       CPLGetLastErrorMsg());
}

static bool create_layer(tpk_geojson *geojson, const char *name, const char *description)
{
    GDALAllRegister();
    GDALDriverH driver = GDALGetDriverByName("GeoJSON");
    OGRSpatialReferenceH wgs84 = OSRNewSpatialReference(NULL);
    char **options = CSLSetNameValue(NULL, "RFC7946", "YES");
    options = CSLSetNameValue(options, "WRITE_BBOX", "YES");
    options = CSLSetNameValue(options, "COORDINATE_PRECISION", "7");
    options = CSLSetNameValue(options, "SIGNIFICANT_FIGURES", "15");
    if (description) options = CSLSetNameValue(options, "DESCRIPTION", description);
    OSRSetWellKnownGeogCS(wgs84, "WGS84");
    OSRSetAxisMappingStrategy(wgs84, OAMS_TRADITIONAL_GIS_ORDER);
    if (driver) geojson->file = GDALCreate(driver, geojson->memory, 0, 0, 0, GDT_Unknown, NULL);
    if (geojson->file)
        geojson->layer = GDALDatasetCreateLayer(geojson->file, name, wgs84, wkbUnknown, options);
    CSLDestroy(options);
    OSRDestroySpatialReference(wgs84);
    return geojson->layer != NULL;
}

tpk_status tpk_geojson_open(const char *path, const char *name, const char *description, tpk_crs *crs,
                            tpk_geojson **geojson, tpk_err *err)
{
    *geojson = NULL;
    tpk_geojson *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    snprintf(made->memory, sizeof made->memory, "/vsimem/tapak_%p.geojson", (void *)made);
    made->crs = crs;
    made->has_file = path != NULL;
    made->path = tpk_strdup(path ? path : name);
    tpk_status status = made->path ? TPK_OK : tpk_err_memory(err);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    if (status == TPK_OK && !create_layer(made, name, description)) status = ogr_error(made, err);
    CPLPopErrorHandler();
    if (status == TPK_OK) {
        *geojson = made;
    } else {
        tpk_geojson_abort(made);
    }
    return status;
}

void tpk_geojson_abort(tpk_geojson *geojson)
{
    if (!geojson) return;
    CPLPushErrorHandler(CPLQuietErrorHandler);
    if (geojson->file) GDALClose(geojson->file);
    VSIUnlink(geojson->memory);
    CPLPopErrorHandler();
    if (geojson->has_file && geojson->path) tpk_file_discard(geojson->path);
    tpk_free(geojson->xy);
    tpk_free(geojson->types);
    tpk_free(geojson->path);
    tpk_free(geojson);
}

tpk_status tpk_geojson_add_column(tpk_geojson *geojson, const char *name, tpk_column_type type, tpk_err *err)
{
    static const OGRFieldType OGR_TYPES[] = {OFTString, OFTReal, OFTInteger64};
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(geojson->layer);
    if (geojson->n_features > 0 || OGR_FD_GetFieldIndex(definition, name) >= 0) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("the layer '%s' cannot get a column '%s' (again, or so late)"), geojson->path,
                           name);
    }
    if (!tpk_grow(&geojson->types, &geojson->type_capacity, geojson->n_columns + 1, sizeof *geojson->types)) {
        return tpk_err_memory(err);
    }
    CPLPushErrorHandler(CPLQuietErrorHandler);
    OGRFieldDefnH field = OGR_Fld_Create(name, OGR_TYPES[type]);
    tpk_status status =
        OGR_L_CreateField(geojson->layer, field, FALSE) == OGRERR_NONE ? TPK_OK : ogr_error(geojson, err);
    OGR_Fld_Destroy(field);
    CPLPopErrorHandler();
    if (status == TPK_OK) geojson->types[geojson->n_columns++] = type;
    return status;
}

/* Copies one part into geojson->xy, long edges split evenly, and transforms it. */
static tpk_status prepare_part(tpk_geojson *geojson, const double *xy, int64_t n, int64_t *n_out,
                               tpk_err *err)
{
    size_t used = 0;
    bool split = !tpk_crs_is_geographic(geojson->crs);
    for (int64_t i = 0; i < n; i++) {
        double x = xy[2 * i], y = xy[2 * i + 1], dx = 0, dy = 0, pieces = 1;
        if (split && i + 1 < n) {
            dx = xy[2 * i + 2] - x;
            dy = xy[2 * i + 3] - y;
            pieces = fmax(1, ceil(hypot(dx, dy) / LONGEST_EDGE));
        }
        if (!(pieces < 1e9))
            return tpk_err_set(err, TPK_ERR_CRS, _("an edge of the layer '%s' has no finite length"),
                               geojson->path);
        size_t count = (size_t)pieces;
        if (!tpk_grow(&geojson->xy, &geojson->xy_capacity, 2 * (used + count), sizeof *geojson->xy)) {
            return tpk_err_memory(err);
        }
        for (size_t k = 0; k < count; k++, used++) {
            geojson->xy[2 * used] = x + dx * ((double)k / pieces);
            geojson->xy[2 * used + 1] = y + dy * ((double)k / pieces);
        }
    }
    *n_out = (int64_t)used;
    return tpk_crs_to_lonlat(geojson->crs, geojson->xy, (int64_t)used, err);
}

static OGRGeometryH part_geometry(const tpk_geojson *geojson, tpk_geom_kind kind, int64_t n)
{
    OGRwkbGeometryType type = kind == TPK_GEOM_POINT  ? wkbPoint
                              : kind == TPK_GEOM_LINE ? wkbLineString
                                                      : wkbLinearRing;
    OGRGeometryH part = OGR_G_CreateGeometry(type);
    OGR_G_SetPoints(part, (int)n, geojson->xy, 2 * sizeof(double), geojson->xy + 1, 2 * sizeof(double), NULL,
                    0);
    return part;
}

/* A geometry as OGR's multi geometry; one of a single member is unwrapped by the caller. */
static tpk_status build_multi(tpk_geojson *geojson, tpk_geom geom, OGRGeometryH multi, tpk_err *err)
{
    OGRGeometryH polygon = NULL; /* the multi polygon's */
    for (int64_t p = 0; p < geom.n_parts; p++) {
        int64_t n = 0, first = geom.part_start[p], count = geom.part_start[p + 1] - first;
        if (count > INT32_MAX / 4) {
            return tpk_err_set(err, TPK_ERR_LIMIT, _("a part of a feature of the layer '%s' has %lld points"),
                               geojson->path, (long long)count);
        }
        tpk_status status = prepare_part(geojson, geom.xy + 2 * first, count, &n, err);
        if (status != TPK_OK) return status;
        if (n > INT32_MAX)
            return tpk_err_set(err, TPK_ERR_LIMIT, _("a feature of the layer '%s' is too large"),
                               geojson->path);
        OGRGeometryH part = part_geometry(geojson, geom.kind, n);
        if (geom.kind != TPK_GEOM_POLYGON) {
            OGR_G_AddGeometryDirectly(multi, part);
            continue;
        }
        if (!polygon || geom.ring_role[p] == TPK_RING_OUTER) {
            OGR_G_AddGeometryDirectly(multi, OGR_G_CreateGeometry(wkbPolygon));
            polygon = OGR_G_GetGeometryRef(multi, OGR_G_GetGeometryCount(multi) - 1);
        }
        OGR_G_AddGeometryDirectly(polygon, part);
    }
    return TPK_OK;
}

static tpk_status set_geometry(tpk_geojson *geojson, OGRFeatureH feature, tpk_geom geom, tpk_err *err)
{
    if (geom.kind == TPK_GEOM_NONE || geom.n_parts == 0) return TPK_OK;
    static const OGRwkbGeometryType MULTI[] = {wkbNone, wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon};
    OGRGeometryH multi = OGR_G_CreateGeometry(MULTI[geom.kind]);
    tpk_status status = build_multi(geojson, geom, multi, err);
    if (status == TPK_OK) {
        bool single = OGR_G_GetGeometryCount(multi) == 1;
        if (OGR_F_SetGeometry(feature, single ? OGR_G_GetGeometryRef(multi, 0) : multi) != OGRERR_NONE) {
            status = ogr_error(geojson, err);
        }
    }
    OGR_G_DestroyGeometry(multi);
    return status;
}

/* Six decimals are finer than any figure here; the rest is noise that would read 0.30000000000000004. */
static double rounded(double number)
{
    double scaled = round(number * 1e6) / 1e6;
    return fabs(number) < 1e9 ? scaled + 0.0 : number; /* + 0.0: no negative zero */
}

static tpk_status set_fields(const tpk_geojson *geojson, OGRFeatureH feature, const tpk_value *values,
                             tpk_err *err)
{
    for (size_t i = 0; i < geojson->n_columns; i++) {
        int field = (int)i;
        bool is_text = geojson->types[i] == TPK_COLUMN_TEXT;
        if (values[i].absent) {
            OGR_F_UnsetField(feature, field);
        } else if (is_text ? !values[i].text : !isfinite(values[i].number)) {
            OGR_F_SetFieldNull(feature, field);
        } else if (is_text) {
            if (!tpk_text_is_utf8(values[i].text, strlen(values[i].text))) {
                return tpk_err_set(err, TPK_ERR_ARGUMENT,
                                   _("the layer '%s': a text of feature %lld is not UTF-8"), geojson->path,
                                   (long long)geojson->n_features + 1);
            }
            OGR_F_SetFieldString(feature, field, values[i].text);
        } else if (geojson->types[i] == TPK_COLUMN_INTEGER) {
            OGR_F_SetFieldInteger64(feature, field, (GIntBig)llround(values[i].number));
        } else {
            OGR_F_SetFieldDouble(feature, field, rounded(values[i].number));
        }
    }
    return TPK_OK;
}

tpk_status tpk_geojson_add(tpk_geojson *geojson, tpk_geom geom, const tpk_value *values, tpk_err *err)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(geojson->layer));
    tpk_status status = set_fields(geojson, feature, values, err);
    if (status == TPK_OK) status = set_geometry(geojson, feature, geom, err);
    if (status == TPK_OK && OGR_L_CreateFeature(geojson->layer, feature) != OGRERR_NONE) {
        status = ogr_error(geojson, err);
    }
    OGR_F_Destroy(feature);
    CPLPopErrorHandler();
    if (status == TPK_OK) geojson->n_features++;
    return status;
}

/* The whole document in memory; borrowed from /vsimem. NULL after an error. */
static const char *close_document(tpk_geojson *geojson, size_t *n)
{
    CPLErrorReset();
    GDALClose(geojson->file);
    geojson->file = NULL;
    geojson->layer = NULL;
    vsi_l_offset size = 0;
    GByte *bytes = VSIGetMemFileBuffer(geojson->memory, &size, FALSE);
    *n = (size_t)size;
    return CPLGetLastErrorType() >= CE_Failure ? NULL : (const char *)bytes;
}

tpk_status tpk_geojson_finish(tpk_geojson *geojson, tpk_err *err)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    size_t n;
    const char *bytes = close_document(geojson, &n);
    tpk_status status = bytes ? tpk_file_write_temporary(geojson->path, _("the layer"), bytes, n, err)
                              : ogr_error(geojson, err);
    VSIUnlink(geojson->memory);
    CPLPopErrorHandler();
    return status;
}

tpk_status tpk_geojson_take_text(tpk_geojson *geojson, char **text, tpk_err *err)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    size_t n;
    const char *bytes = close_document(geojson, &n);
    *text = bytes ? tpk_strndup(bytes, n) : NULL;
    tpk_status status = *text ? TPK_OK : bytes ? tpk_err_memory(err) : ogr_error(geojson, err);
    CPLPopErrorHandler();
    tpk_geojson_abort(geojson);
    return status;
}

tpk_status tpk_geojson_publish(tpk_geojson *geojson, tpk_err *err)
{
    tpk_status status = tpk_file_publish(geojson->path, err);
    tpk_geojson_abort(geojson);
    return status;
}
