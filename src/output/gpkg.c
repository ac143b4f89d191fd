/* The file is made in memory: SQLite's driver does not tell of a full disk when it closes. */
#include "output/gpkg.h"

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

/* GeoPackage writes the day into gpkg_contents; the bytes must not depend on it. */
static const char SAME_DAY[] = "2000-01-01T00:00:00.000Z";

typedef struct table_style {
    char *table, *qml; /* owned */
} table_style;

struct tpk_gpkg {
    char *path;      /* owned */
    char memory[64]; /* name in /vsimem */
    OGRSpatialReferenceH crs;
    GDALDatasetH file;
    OGRLayerH layer; /* the file's; the table begun last */
    tpk_column_type *types;
    size_t n_columns, type_capacity;
    table_style *styles; /* owned */
    size_t n_styles, style_capacity;
};

static tpk_status ogr_error(const tpk_gpkg *gpkg, tpk_err *err)
{
    return tpk_err_set(err, TPK_ERR_IO, _("cannot write the layers '%s': %s"), gpkg->path,
                       CPLGetLastErrorMsg());
}

static void begin_quietly(void)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", SAME_DAY);
}

static void end_quietly(void)
{
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL);
    CPLPopErrorHandler();
}

static bool create_file(tpk_gpkg *gpkg, const tpk_crs *crs)
{
    GDALAllRegister();
    GDALDriverH driver = GDALGetDriverByName("GPKG");
    gpkg->crs = OSRNewSpatialReference(NULL);
    const char *code = tpk_crs_code(crs);
    if (OSRSetFromUserInput(gpkg->crs, *code ? code : tpk_crs_wkt(crs)) != OGRERR_NONE) return false;
    OSRSetAxisMappingStrategy(gpkg->crs, OAMS_TRADITIONAL_GIS_ORDER);
    char **options = CSLSetNameValue(NULL, "ADD_GPKG_OGR_CONTENTS", "YES");
    if (driver) gpkg->file = GDALCreate(driver, gpkg->memory, 0, 0, 0, GDT_Unknown, options);
    CSLDestroy(options);
    return gpkg->file != NULL;
}

tpk_status tpk_gpkg_open(const char *path, const tpk_crs *crs, tpk_gpkg **gpkg, tpk_err *err)
{
    *gpkg = NULL;
    tpk_gpkg *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    snprintf(made->memory, sizeof made->memory, "/vsimem/tapak_%p.gpkg", (void *)made);
    made->path = tpk_strdup(path);
    tpk_status status = made->path ? TPK_OK : tpk_err_memory(err);
    begin_quietly();
    if (status == TPK_OK && !create_file(made, crs)) status = ogr_error(made, err);
    end_quietly();
    if (status == TPK_OK) {
        *gpkg = made;
    } else {
        tpk_gpkg_abort(made);
    }
    return status;
}

void tpk_gpkg_abort(tpk_gpkg *gpkg)
{
    if (!gpkg) return;
    begin_quietly();
    if (gpkg->file) GDALClose(gpkg->file);
    VSIUnlink(gpkg->memory);
    OSRDestroySpatialReference(gpkg->crs);
    end_quietly();
    for (size_t i = 0; i < gpkg->n_styles; i++) {
        tpk_free(gpkg->styles[i].table);
        tpk_free(gpkg->styles[i].qml);
    }
    tpk_free(gpkg->styles);
    tpk_free(gpkg->types);
    tpk_free(gpkg->path);
    tpk_free(gpkg);
}

tpk_status tpk_gpkg_begin_table(tpk_gpkg *gpkg, const char *table, const char *title, tpk_geom_kind kind,
                                tpk_err *err)
{
    static const OGRwkbGeometryType TYPES[] = {wkbUnknown, wkbMultiPoint, wkbMultiLineString,
                                               wkbMultiPolygon};
    gpkg->n_columns = 0;
    begin_quietly();
    char **options = CSLSetNameValue(NULL, "DESCRIPTION", title);
    gpkg->layer = GDALDatasetCreateLayer(gpkg->file, table, gpkg->crs, TYPES[kind], options);
    CSLDestroy(options);
    tpk_status status = gpkg->layer ? TPK_OK : ogr_error(gpkg, err);
    end_quietly();
    return status;
}

static bool is_taken(OGRLayerH layer, const char *name)
{
    return tpk_text_equal_fold(name, OGR_L_GetFIDColumn(layer)) ||
           tpk_text_equal_fold(name, OGR_L_GetGeometryColumn(layer)) ||
           OGR_FD_GetFieldIndex(OGR_L_GetLayerDefn(layer), name) >= 0;
}

static tpk_status create_column(tpk_gpkg *gpkg, const char *name, tpk_column_type type, tpk_err *err)
{
    static const OGRFieldType OGR_TYPES[] = {OFTString, OFTReal, OFTInteger64};
    begin_quietly();
    OGRFieldDefnH field = OGR_Fld_Create(name, OGR_TYPES[type]);
    tpk_status status =
        OGR_L_CreateField(gpkg->layer, field, FALSE) == OGRERR_NONE ? TPK_OK : ogr_error(gpkg, err);
    OGR_Fld_Destroy(field);
    end_quietly();
    return status;
}

tpk_status tpk_gpkg_add_column(tpk_gpkg *gpkg, const char *name, tpk_column_type type, tpk_err *err)
{
    if (!tpk_grow(&gpkg->types, &gpkg->type_capacity, gpkg->n_columns + 1, sizeof *gpkg->types))
        return tpk_err_memory(err);
    tpk_text own = {0};
    tpk_text_add(&own, name);
    while (!own.failed && is_taken(gpkg->layer, own.data ? own.data : "")) tpk_text_add(&own, "_");
    char *chosen = NULL;
    tpk_status status = tpk_text_take(&own, &chosen, err);
    if (status == TPK_OK) status = create_column(gpkg, chosen, type, err);
    if (status == TPK_OK) gpkg->types[gpkg->n_columns++] = type;
    tpk_free(chosen);
    return status;
}

static OGRGeometryH part_geometry(tpk_geom geom, int64_t part)
{
    static const OGRwkbGeometryType TYPES[] = {wkbUnknown, wkbPoint, wkbLineString, wkbLinearRing};
    OGRGeometryH made = OGR_G_CreateGeometry(TYPES[geom.kind]);
    int64_t first = geom.part_start[part], n = geom.part_start[part + 1] - first;
    const double *xy = geom.xy + 2 * first;
    OGR_G_SetPoints(made, (int)n, xy, 2 * sizeof *xy, xy + 1, 2 * sizeof *xy, NULL, 0);
    return made;
}

static void set_geometry(OGRFeatureH feature, tpk_geom geom)
{
    static const OGRwkbGeometryType MULTI[] = {wkbUnknown, wkbMultiPoint, wkbMultiLineString,
                                               wkbMultiPolygon};
    if (geom.kind == TPK_GEOM_NONE || geom.n_parts == 0) return;
    OGRGeometryH multi = OGR_G_CreateGeometry(MULTI[geom.kind]), polygon = NULL; /* the multi polygon's */
    for (int64_t p = 0; p < geom.n_parts; p++) {
        OGRGeometryH part = part_geometry(geom, p);
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
    OGR_F_SetGeometryDirectly(feature, multi);
}

static void set_field(OGRFeatureH feature, int field, tpk_column_type type, const tpk_value *value)
{
    bool is_text = type == TPK_COLUMN_TEXT;
    if (value->absent || (is_text ? !value->text : !isfinite(value->number))) {
        OGR_F_SetFieldNull(feature, field);
    } else if (is_text) {
        OGR_F_SetFieldString(feature, field, value->text);
    } else if (type == TPK_COLUMN_INTEGER) {
        OGR_F_SetFieldInteger64(feature, field, (GIntBig)llround(value->number));
    } else {
        OGR_F_SetFieldDouble(feature, field, value->number);
    }
}

tpk_status tpk_gpkg_add(tpk_gpkg *gpkg, tpk_geom geom, const tpk_value *values, tpk_err *err)
{
    begin_quietly();
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(gpkg->layer));
    for (size_t i = 0; i < gpkg->n_columns; i++) set_field(feature, (int)i, gpkg->types[i], &values[i]);
    set_geometry(feature, geom);
    tpk_status status =
        OGR_L_CreateFeature(gpkg->layer, feature) == OGRERR_NONE ? TPK_OK : ogr_error(gpkg, err);
    OGR_F_Destroy(feature);
    end_quietly();
    return status;
}

/* ---- styles ---- */

tpk_status tpk_gpkg_set_style(tpk_gpkg *gpkg, const char *qml, tpk_err *err)
{
    if (!tpk_grow(&gpkg->styles, &gpkg->style_capacity, gpkg->n_styles + 1, sizeof *gpkg->styles))
        return tpk_err_memory(err);
    table_style style = {tpk_strdup(OGR_L_GetName(gpkg->layer)), tpk_strdup(qml)};
    if (!style.table || !style.qml) {
        tpk_free(style.table);
        tpk_free(style.qml);
        return tpk_err_memory(err);
    }
    gpkg->styles[gpkg->n_styles++] = style;
    return TPK_OK;
}

/* The columns that QGIS looks for, in the order in which it makes them. */
static const struct {
    const char *name;
    OGRFieldType type;
    OGRFieldSubType subtype;
} STYLE_COLUMNS[] = {
    {"f_table_catalog", OFTString, OFSTNone},
    {"f_table_schema", OFTString, OFSTNone},
    {"f_table_name", OFTString, OFSTNone},
    {"f_geometry_column", OFTString, OFSTNone},
    {"styleName", OFTString, OFSTNone},
    {"styleQML", OFTString, OFSTNone},
    {"styleSLD", OFTString, OFSTNone},
    {"useAsDefault", OFTInteger, OFSTBoolean},
    {"description", OFTString, OFSTNone},
    {"owner", OFTString, OFSTNone},
    {"ui", OFTString, OFSTNone},
    {"update_time", OFTDateTime, OFSTNone},
};

static OGRLayerH create_style_table(tpk_gpkg *gpkg)
{
    char **options = CSLSetNameValue(NULL, "FID", "id");
    OGRLayerH table = GDALDatasetCreateLayer(gpkg->file, "layer_styles", NULL, wkbNone, options);
    CSLDestroy(options);
    for (size_t i = 0; table && i < sizeof STYLE_COLUMNS / sizeof *STYLE_COLUMNS; i++) {
        OGRFieldDefnH field = OGR_Fld_Create(STYLE_COLUMNS[i].name, STYLE_COLUMNS[i].type);
        OGR_Fld_SetSubType(field, STYLE_COLUMNS[i].subtype);
        if (OGR_L_CreateField(table, field, FALSE) != OGRERR_NONE) table = NULL;
        OGR_Fld_Destroy(field);
    }
    return table;
}

static bool write_style(OGRLayerH table, const table_style *style)
{
    OGRFeatureH row = OGR_F_Create(OGR_L_GetLayerDefn(table));
    const char *const texts[] = {"", "", style->table, "geom", style->table, style->qml, ""};
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++) OGR_F_SetFieldString(row, i, texts[i]);
    OGR_F_SetFieldInteger(row, 7, 1);
    OGR_F_SetFieldString(row, 8, "Tapak");
    OGR_F_SetFieldString(row, 9, "");
    OGR_F_SetFieldDateTime(row, 11, 2000, 1, 1, 0, 0, 0, 100);
    bool written = OGR_L_CreateFeature(table, row) == OGRERR_NONE;
    OGR_F_Destroy(row);
    return written;
}

static bool write_styles(tpk_gpkg *gpkg)
{
    if (gpkg->n_styles == 0) return true;
    OGRLayerH table = create_style_table(gpkg);
    for (size_t i = 0; table && i < gpkg->n_styles; i++) {
        if (!write_style(table, &gpkg->styles[i])) return false;
    }
    return table != NULL;
}

/* ---- the end ---- */

static tpk_status close_and_write(tpk_gpkg *gpkg, tpk_err *err)
{
    if (!write_styles(gpkg)) return ogr_error(gpkg, err);
    GDALClose(gpkg->file);
    gpkg->file = NULL;
    vsi_l_offset n = 0;
    GByte *bytes = VSIGetMemFileBuffer(gpkg->memory, &n, FALSE);
    if (!bytes || CPLGetLastErrorType() >= CE_Failure) return ogr_error(gpkg, err);
    return tpk_file_write(gpkg->path, _("the layers"), bytes, (size_t)n, err);
}

tpk_status tpk_gpkg_finish(tpk_gpkg *gpkg, tpk_err *err)
{
    begin_quietly();
    tpk_status status = close_and_write(gpkg, err);
    end_quietly();
    tpk_gpkg_abort(gpkg);
    return status;
}
