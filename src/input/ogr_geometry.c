#include "input/ogr_geometry.h"

#include "base/i18n.h"

tpk_geom_kind tpk_ogr_kind(OGRwkbGeometryType type)
{
    switch (OGR_GT_Flatten(type)) {
    case wkbPoint:
    case wkbMultiPoint: return TPK_GEOM_POINT;
    case wkbLineString:
    case wkbMultiLineString:
    case wkbCircularString:
    case wkbCompoundCurve:
    case wkbMultiCurve: return TPK_GEOM_LINE;
    case wkbPolygon:
    case wkbMultiPolygon:
    case wkbTriangle:
    case wkbTIN:
    case wkbPolyhedralSurface:
    case wkbCurvePolygon:
    case wkbMultiSurface: return TPK_GEOM_POLYGON;
    default: return TPK_GEOM_NONE;
    }
}

static const char *kind_name(tpk_geom_kind kind)
{
    return kind == TPK_GEOM_POINT ? _("points") : kind == TPK_GEOM_LINE ? _("lines") : _("polygons");
}

/* The first geometry decides the layer's kind; every other must be of it. */
static tpk_status check_kind(tpk_layer *layer, tpk_ogr_kinds *kinds, int64_t fid, tpk_geom_kind kind,
                             tpk_err *err)
{
    if (kinds->first_fid[kind] < 0) kinds->first_fid[kind] = fid;
    for (int other = TPK_GEOM_POINT; other <= TPK_GEOM_POLYGON; other++) {
        if (other == (int)kind || kinds->first_fid[other] < 0) continue;
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("it mixes kinds of geometry: feature %lld has %s, feature %lld has %s. Save "
                             "each kind as a layer "
                             "of its own, or choose one with 'where'"),
                           (long long)kinds->first_fid[other], kind_name((tpk_geom_kind)other),
                           (long long)fid, kind_name(kind));
    }
    layer->kind = kind;
    return TPK_OK;
}

static bool add_curve(tpk_build *build, OGRGeometryH curve, uint8_t role)
{
    int n = OGR_G_GetPointCount(curve);
    if (n <= 0) return true;
    double *to = tpk_build_part(build, n, role);
    if (!to) return false;
    OGR_G_GetPoints(curve, to, 2 * sizeof *to, to + 1, 2 * sizeof *to, NULL, 0);
    return true;
}

static bool add_rings(tpk_build *build, OGRGeometryH polygon)
{
    int n = OGR_G_GetGeometryCount(polygon);
    for (int i = 0; i < n; i++) {
        if (!add_curve(build, OGR_G_GetGeometryRef(polygon, i), i == 0 ? TPK_RING_OUTER : TPK_RING_HOLE))
            return false;
    }
    return true;
}

static tpk_status add_linear(tpk_build *build, tpk_ogr_kinds *kinds, int64_t fid, OGRGeometryH geometry,
                             tpk_err *err)
{
    OGRwkbGeometryType type = OGR_GT_Flatten(OGR_G_GetGeometryType(geometry));
    if (OGR_G_IsEmpty(geometry)) return TPK_OK;
    if (type == wkbPoint || type == wkbLineString || type == wkbPolygon || type == wkbTriangle) {
        tpk_geom_kind kind = tpk_ogr_kind(type);
        tpk_status status = check_kind(build->layer, kinds, fid, kind, err);
        if (status != TPK_OK) return status;
        bool added = kind == TPK_GEOM_POLYGON ? add_rings(build, geometry) : add_curve(build, geometry, 0);
        return added ? TPK_OK : tpk_err_memory(err);
    }
    int n = OGR_G_GetGeometryCount(geometry);
    if (n == 0) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("feature %lld is a %s, which cannot be used; points, lines and polygons can"),
                           (long long)fid, OGRGeometryTypeToName(type));
    }
    for (int i = 0; i < n; i++) {
        tpk_status status = add_linear(build, kinds, fid, OGR_G_GetGeometryRef(geometry, i), err);
        if (status != TPK_OK) return status;
    }
    return TPK_OK;
}

tpk_status tpk_ogr_add_geometry(tpk_build *build, tpk_ogr_kinds *kinds, int64_t fid, OGRGeometryH geometry,
                                tpk_err *err)
{
    if (!geometry || OGR_G_IsEmpty(geometry)) return TPK_OK;
    build->layer->n_z += OGR_G_Is3D(geometry) != 0;
    build->layer->n_m += OGR_G_IsMeasured(geometry) != 0;
    if (!OGR_G_HasCurveGeometry(geometry, FALSE)) return add_linear(build, kinds, fid, geometry, err);
    OGRGeometryH linear = OGR_G_GetLinearGeometry(geometry, 0, NULL);
    if (!linear) return tpk_err_memory(err);
    tpk_status status = add_linear(build, kinds, fid, linear, err);
    OGR_G_DestroyGeometry(linear);
    return status;
}
