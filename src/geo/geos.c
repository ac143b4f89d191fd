#include "geo/geos.h"

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "geo/geos_private.h"

/* A ring that GEOS has no form for, so that it cannot be asked about it: NULL, or what is wrong with it. */
static const char *impossible_part(tpk_geom geom, int64_t *part)
{
    int64_t least = geom.kind == TPK_GEOM_POLYGON ? 4 : geom.kind == TPK_GEOM_LINE ? 2 : 1;
    for (*part = 0; *part < geom.n_parts; ++*part) {
        int64_t first = geom.part_start[*part], last = geom.part_start[*part + 1] - 1;
        if (last - first + 1 < least) return "Too few points in geometry component";
        if (geom.kind != TPK_GEOM_POLYGON) continue;
        const double *a = geom.xy + 2 * first, *b = geom.xy + 2 * last;
        if (a[0] != b[0] || a[1] != b[1]) return "Ring is not closed";
    }
    return NULL;
}

static tpk_status give_reason(const char *text, char **reason, tpk_err *err)
{
    if (!reason) return TPK_OK;
    *reason = tpk_strdup(text);
    return *reason ? TPK_OK : tpk_err_memory(err);
}

tpk_status tpk_geos_is_valid(tpk_worker *worker, tpk_geom geom, bool *valid, char **reason, tpk_err *err)
{
    *valid = false;
    if (reason) *reason = NULL;
    int64_t part;
    const char *impossible = impossible_part(geom, &part);
    if (impossible) {
        const double *at = geom.xy + 2 * geom.part_start[part];
        bool has_place = geom.part_start[part + 1] > geom.part_start[part];
        char text[160];
        snprintf(text, sizeof text, has_place ? "%s[%.15g %.15g]" : "%s", impossible, has_place ? at[0] : 0,
                 has_place ? at[1] : 0);
        return give_reason(text, reason, err);
    }
    GEOSGeometry *g = NULL;
    char *why = NULL;
    tpk_status status = tpk_geos_import(worker, geom, &g, err);
    if (status != TPK_OK) return status;
    int answer = GEOSisValid_r(worker->geos, g);
    *valid = answer == 1;
    if (answer == 0 && reason) why = GEOSisValidReason_r(worker->geos, g);
    if (answer > 1 || (answer == 0 && reason && !why)) {
        status = tpk_geos_failed(worker, err);
    } else if (answer == 0) {
        status = give_reason(why, reason, err);
    }
    if (why) GEOSFree_r(worker->geos, why);
    GEOSGeom_destroy_r(worker->geos, g);
    return status;
}

/* Freed with GEOSGeom_destroy_r; NULL when GEOS refuses. */
static GEOSGeometry *made_valid(GEOSContextHandle_t geos, const GEOSGeometry *g)
{
    GEOSGeometry *result = NULL;
    GEOSMakeValidParams *params = GEOSMakeValidParams_create_r(geos);
    if (params && GEOSMakeValidParams_setMethod_r(geos, params, GEOS_MAKE_VALID_STRUCTURE) &&
        GEOSMakeValidParams_setKeepCollapsed_r(geos, params, 0)) {
        result = GEOSMakeValidWithParams_r(geos, g, params);
    }
    if (params) GEOSMakeValidParams_destroy_r(geos, params);
    return result;
}

tpk_status tpk_geos_make_valid(tpk_worker *worker, tpk_geom geom, tpk_geom_buffer *out, tpk_err *err)
{
    tpk_geom_buffer_reset(out, geom.kind);
    GEOSGeometry *g = NULL, *repaired = NULL;
    tpk_status status = tpk_geos_import(worker, geom, &g, err);
    if (status != TPK_OK) return status;
    repaired = made_valid(worker->geos, g);
    status = repaired ? tpk_geos_export(worker, repaired, geom.kind, out, err) : tpk_geos_failed(worker, err);
    if (repaired) GEOSGeom_destroy_r(worker->geos, repaired);
    GEOSGeom_destroy_r(worker->geos, g);
    return status;
}

tpk_status tpk_geos_union(tpk_worker *worker, const tpk_geom *polygons, int64_t n, tpk_geom_buffer *out,
                          tpk_err *err)
{
    tpk_geom_buffer_reset(out, TPK_GEOM_POLYGON);
    GEOSGeometry *all = NULL, *merged = NULL;
    tpk_status status = TPK_OK;
    unsigned n_items = 0;
    GEOSGeometry **items = tpk_alloc((size_t)n, sizeof(GEOSGeometry *));
    if (!items) return tpk_err_memory(err);
    for (int64_t i = 0; i < n && status == TPK_OK; i++) {
        status = tpk_geos_import(worker, polygons[i], &items[n_items], err);
        if (status == TPK_OK) n_items++;
    }
    if (status != TPK_OK) {
        for (unsigned i = 0; i < n_items; i++) GEOSGeom_destroy_r(worker->geos, items[i]);
        goto done;
    }
    all = GEOSGeom_createCollection_r(worker->geos, GEOS_GEOMETRYCOLLECTION, items, n_items);
    if (all) merged = GEOSUnaryUnion_r(worker->geos, all);
    status =
        merged ? tpk_geos_export(worker, merged, TPK_GEOM_POLYGON, out, err) : tpk_geos_failed(worker, err);
done:
    if (merged) GEOSGeom_destroy_r(worker->geos, merged);
    if (all) GEOSGeom_destroy_r(worker->geos, all);
    tpk_free(items);
    return status;
}

tpk_status tpk_geos_simplify(tpk_worker *worker, tpk_geom geom, double tolerance, tpk_geom_buffer *out,
                             tpk_err *err)
{
    tpk_geom_buffer_reset(out, geom.kind);
    GEOSGeometry *g = NULL;
    tpk_status status = tpk_geos_import(worker, geom, &g, err);
    if (status != TPK_OK) return status;
    GEOSGeometry *fewer = GEOSTopologyPreserveSimplify_r(worker->geos, g, tolerance);
    status = fewer ? tpk_geos_export(worker, fewer, geom.kind, out, err) : tpk_geos_failed(worker, err);
    if (fewer) GEOSGeom_destroy_r(worker->geos, fewer);
    GEOSGeom_destroy_r(worker->geos, g);
    return status;
}

tpk_status tpk_geos_point_inside(tpk_worker *worker, tpk_geom polygon, double xy[2], tpk_err *err)
{
    xy[0] = xy[1] = (double)NAN;
    GEOSGeometry *g = NULL;
    tpk_status status = tpk_geos_import(worker, polygon, &g, err);
    if (status != TPK_OK) return status;
    GEOSGeometry *point = GEOSPointOnSurface_r(worker->geos, g);
    bool fine =
        point && (GEOSisEmpty_r(worker->geos, point) == 1 || (GEOSGeomGetX_r(worker->geos, point, &xy[0]) &&
                                                              GEOSGeomGetY_r(worker->geos, point, &xy[1])));
    if (point) GEOSGeom_destroy_r(worker->geos, point);
    GEOSGeom_destroy_r(worker->geos, g);
    return fine ? TPK_OK : tpk_geos_failed(worker, err);
}

double tpk_geos_area(tpk_geom geom)
{
    double area = 0;
    for (int64_t p = 0; geom.kind == TPK_GEOM_POLYGON && p < geom.n_parts; p++) {
        int64_t start = geom.part_start[p];
        double ring = tpk_ring_signed_area(geom.xy + 2 * start, geom.part_start[p + 1] - start);
        ring = ring < 0 ? -ring : ring;
        area += geom.ring_role && geom.ring_role[p] == TPK_RING_HOLE ? -ring : ring;
    }
    return area;
}
