#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "geo/geos_private.h"

enum { MIN_LINE_POINTS = 2, MIN_RING_POINTS = 4 };

tpk_status tpk_geos_failed(tpk_worker *worker, tpk_err *err)
{
    if (strstr(worker->geos_message, "bad_alloc")) return tpk_err_memory(err);
    return tpk_err_set(err, TPK_ERR_DATA,
                       _("the geometry cannot be worked on (%s); correct it in the layer or remove it"),
                       worker->geos_message[0] ? worker->geos_message : _("no reason given"));
}

typedef struct import {
    tpk_worker *worker;
    tpk_geom geom;
    GEOSGeometry **items; /* room for one a part */
    GEOSGeometry **holes; /* likewise */
    unsigned n_items;
    bool failed;
} import;

static int64_t part_size(const import *in, int64_t part)
{
    return in->geom.part_start[part + 1] - in->geom.part_start[part];
}

static GEOSCoordSequence *part_coordinates(const import *in, int64_t part, int64_t n)
{
    return GEOSCoordSeq_copyFromBuffer_r(in->worker->geos, in->geom.xy + 2 * in->geom.part_start[part],
                                         (unsigned)n, 0, 0);
}

static bool is_hole(const import *in, int64_t part)
{
    return in->geom.ring_role && in->geom.ring_role[part] == TPK_RING_HOLE;
}

static void add_item(import *in, GEOSGeometry *item)
{
    if (item) {
        in->items[in->n_items++] = item;
    } else {
        in->failed = true;
    }
}

static void import_points(import *in)
{
    for (int64_t p = 0; p < in->geom.n_parts && !in->failed; p++) {
        if (part_size(in, p) < 1) continue;
        GEOSCoordSequence *at = part_coordinates(in, p, 1);
        add_item(in, at ? GEOSGeom_createPoint_r(in->worker->geos, at) : NULL);
    }
}

static void import_lines(import *in)
{
    for (int64_t p = 0; p < in->geom.n_parts && !in->failed; p++) {
        if (part_size(in, p) < MIN_LINE_POINTS) continue;
        GEOSCoordSequence *along = part_coordinates(in, p, part_size(in, p));
        add_item(in, along ? GEOSGeom_createLineString_r(in->worker->geos, along) : NULL);
    }
}

static GEOSGeometry *import_ring(import *in, int64_t part)
{
    GEOSCoordSequence *along = part_coordinates(in, part, part_size(in, part));
    return along ? GEOSGeom_createLinearRing_r(in->worker->geos, along) : NULL;
}

/* The polygon whose outer ring is part `first` and whose holes go up to part `end`. */
static GEOSGeometry *import_polygon(import *in, int64_t first, int64_t end)
{
    GEOSContextHandle_t geos = in->worker->geos;
    unsigned n_holes = 0;
    GEOSGeometry *shell = import_ring(in, first);
    bool complete = shell != NULL;
    for (int64_t p = first + 1; p < end && complete; p++) {
        if (part_size(in, p) < MIN_RING_POINTS) continue;
        in->holes[n_holes] = import_ring(in, p);
        complete = in->holes[n_holes] != NULL;
        if (complete) n_holes++;
    }
    if (complete) return GEOSGeom_createPolygon_r(geos, shell, in->holes, n_holes);
    for (unsigned i = 0; i < n_holes; i++) GEOSGeom_destroy_r(geos, in->holes[i]);
    if (shell) GEOSGeom_destroy_r(geos, shell);
    return NULL;
}

static void import_polygons(import *in)
{
    int64_t end;
    for (int64_t p = 0; p < in->geom.n_parts && !in->failed; p = end) {
        end = p + 1;
        while (end < in->geom.n_parts && is_hole(in, end)) end++;
        if (part_size(in, p) >= MIN_RING_POINTS) add_item(in, import_polygon(in, p, end));
    }
}

tpk_status tpk_geos_import(tpk_worker *worker, tpk_geom geom, GEOSGeometry **out, tpk_err *err)
{
    static const int COLLECTION[] = {GEOS_GEOMETRYCOLLECTION, GEOS_MULTIPOINT, GEOS_MULTILINESTRING,
                                     GEOS_MULTIPOLYGON};
    *out = NULL;
import in = {.worker = worker, .geom = geom };
    in.items = tpk_alloc((size_t)geom.n_parts, sizeof(GEOSGeometry *));
    in.holes = tpk_alloc((size_t)geom.n_parts, sizeof(GEOSGeometry *));
    tpk_status status = TPK_OK;
    if (!in.items || !in.holes) {
        status = tpk_err_memory(err);
        goto done;
    }
    worker->geos_message[0] = '\0';
    if (geom.kind == TPK_GEOM_POINT) import_points(&in);
    if (geom.kind == TPK_GEOM_LINE) import_lines(&in);
    if (geom.kind == TPK_GEOM_POLYGON) import_polygons(&in);
    if (in.failed) {
        for (unsigned i = 0; i < in.n_items; i++) GEOSGeom_destroy_r(worker->geos, in.items[i]);
    } else if (in.n_items == 1) {
        *out = in.items[0];
    } else {
        *out = GEOSGeom_createCollection_r(worker->geos, COLLECTION[geom.kind], in.items, in.n_items);
    }
    if (!*out) status = tpk_geos_failed(worker, err);
done:
    tpk_free(in.holes);
    tpk_free(in.items);
    return status;
}

static void reverse_points(double *xy, int64_t n)
{
    for (int64_t i = 0, j = n - 1; i < j; i++, j--) {
        double x = xy[2 * i], y = xy[2 * i + 1];
        xy[2 * i] = xy[2 * j];
        xy[2 * i + 1] = xy[2 * j + 1];
        xy[2 * j] = x;
        xy[2 * j + 1] = y;
    }
}

/* One point, line or ring. */
static tpk_status export_part(tpk_worker *worker, const GEOSGeometry *g, uint8_t role, tpk_geom_buffer *out,
                              tpk_err *err)
{
    unsigned n = 0;
    const GEOSCoordSequence *along = GEOSGeom_getCoordSeq_r(worker->geos, g);
    if (!along || !GEOSCoordSeq_getSize_r(worker->geos, along, &n)) return tpk_geos_failed(worker, err);
    double *xy = tpk_geom_buffer_extend(out, n, role);
    if (!xy) return tpk_err_memory(err);
    if (!GEOSCoordSeq_copyToBuffer_r(worker->geos, along, xy, 0, 0)) return tpk_geos_failed(worker, err);
    bool counter_clockwise = out->kind == TPK_GEOM_POLYGON && tpk_ring_signed_area(xy, n) > 0;
    if (out->kind == TPK_GEOM_POLYGON && counter_clockwise != (role == TPK_RING_OUTER)) reverse_points(xy, n);
    return TPK_OK;
}

static tpk_status export_polygon(tpk_worker *worker, const GEOSGeometry *g, tpk_geom_buffer *out,
                                 tpk_err *err)
{
    tpk_status status = export_part(worker, GEOSGetExteriorRing_r(worker->geos, g), TPK_RING_OUTER, out, err);
    int n_holes = GEOSGetNumInteriorRings_r(worker->geos, g);
    for (int i = 0; i < n_holes && status == TPK_OK; i++) {
        status = export_part(worker, GEOSGetInteriorRingN_r(worker->geos, g, i), TPK_RING_HOLE, out, err);
    }
    return status;
}

static tpk_status export_all(tpk_worker *worker, const GEOSGeometry *g, tpk_geom_buffer *out, tpk_err *err)
{
    GEOSContextHandle_t geos = worker->geos;
    if (GEOSisEmpty_r(geos, g)) return TPK_OK;
    switch (GEOSGeomTypeId_r(geos, g)) {
    case GEOS_POINT:
        return out->kind == TPK_GEOM_POINT ? export_part(worker, g, TPK_RING_OUTER, out, err) : TPK_OK;
    case GEOS_LINESTRING:
    case GEOS_LINEARRING:
        return out->kind == TPK_GEOM_LINE ? export_part(worker, g, TPK_RING_OUTER, out, err) : TPK_OK;
    case GEOS_POLYGON: return out->kind == TPK_GEOM_POLYGON ? export_polygon(worker, g, out, err) : TPK_OK;
    default: break;
    }
    tpk_status status = TPK_OK;
    int n = GEOSGetNumGeometries_r(geos, g);
    for (int i = 0; i < n && status == TPK_OK; i++) {
        status = export_all(worker, GEOSGetGeometryN_r(geos, g, i), out, err);
    }
    return status;
}

tpk_status tpk_geos_export(tpk_worker *worker, const GEOSGeometry *g, tpk_geom_kind kind,
                           tpk_geom_buffer *out, tpk_err *err)
{
    tpk_geom_buffer_reset(out, kind);
    worker->geos_message[0] = '\0';
    return export_all(worker, g, out, err);
}
