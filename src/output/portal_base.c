/* The portal's basemap, from the study's own layers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "geo/geos.h"
#include "input/naming.h"
#include "output/file.h"
#include "output/labels.h"
#include "output/portal.h"

enum { MOST_BYTES = 3 << 20, MOST_ROUNDS = 24 };

/* ---- which layers ---- */

typedef struct base_layer {
    const tpk_layer_spec *spec;
    const tpk_layer *layer;
} base_layer;

typedef struct base_list {
    base_layer *items;
    size_t n, capacity;
    bool no_memory;
} base_list;

/* A layer that was read with several conditions is shown with the most features. */
static void note_layer(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                       const tpk_raster *raster)
{
    base_list *list = user;
    if (raster || layer->kind == TPK_GEOM_NONE) return;
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i].spec != spec) continue;
        if (layer->n_features > list->items[i].layer->n_features) list->items[i].layer = layer;
        return;
    }
    if (!tpk_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items)) {
        list->no_memory = true;
        return;
    }
    list->items[list->n++] = (base_layer){spec, layer};
}

static bool is_named(const char *id, const char *other)
{
    return other && strcmp(id, other) == 0;
}

static const char *role_of(const tpk_project *project, const base_layer *b)
{
    const char *id = b->spec->id;
    if (is_named(id, project->grid.area)) return "area";
    if (is_named(id, project->zones.layer)) return "zones";
    if (b->layer->kind == TPK_GEOM_POLYGON) return "polygon";
    if (b->layer->kind == TPK_GEOM_POINT) return "point";
    return strstr(id, "pantai") || strstr(id, "coast") ? "coast" : "line";
}

/* ---- features ---- */

typedef struct drawing {
    const tpk_portal_job *job;
    double tolerance_m;
    size_t enough_bytes; /* more than that is another round's work */
    tpk_text text;
    tpk_geom_buffer fewer;
    double *xy; /* owned; of one part */
    size_t xy_capacity;
} drawing;

static void add_position(tpk_text *text, const double *xy)
{
    char x[32], y[32];
    tpk_text_addf(text, "[%s,%s]", tpk_text_from_number(round(xy[0] * 1e5) / 1e5, x),
                  tpk_text_from_number(round(xy[1] * 1e5) / 1e5, y));
}

static tpk_status add_part(drawing *d, tpk_geom geom, int64_t part, tpk_err *err)
{
    int64_t first = geom.part_start[part], n = geom.part_start[part + 1] - first;
    if (!tpk_grow(&d->xy, &d->xy_capacity, (size_t)(2 * n), sizeof *d->xy)) return tpk_err_memory(err);
    memcpy(d->xy, geom.xy + 2 * first, (size_t)(2 * n) * sizeof *d->xy);
    tpk_status status = tpk_crs_to_lonlat(d->job->plan->crs, d->xy, n, err);
    if (status != TPK_OK) return status;
    if (geom.kind == TPK_GEOM_POINT) {
        add_position(&d->text, d->xy);
        return TPK_OK;
    }
    tpk_text_add(&d->text, "[");
    for (int64_t i = 0; i < n; i++) {
        if (i > 0) tpk_text_add(&d->text, ",");
        add_position(&d->text, d->xy + 2 * i);
    }
    tpk_text_add(&d->text, "]");
    return TPK_OK;
}

/* Always the plural kind: rings of one polygon stand together in it. */
static tpk_status add_geometry(drawing *d, tpk_geom geom, tpk_err *err)
{
    static const char *const KINDS[] = {[TPK_GEOM_POINT] = "MultiPoint",
                                        [TPK_GEOM_LINE] = "MultiLineString",
                                        [TPK_GEOM_POLYGON] = "MultiPolygon"};
    bool is_polygon = geom.kind == TPK_GEOM_POLYGON;
    tpk_status status = TPK_OK;
    tpk_text_addf(&d->text, "{\"type\":\"%s\",\"coordinates\":[", KINDS[geom.kind]);
    for (int64_t p = 0; p < geom.n_parts && status == TPK_OK; p++) {
        bool begins = is_polygon && geom.ring_role[p] == TPK_RING_OUTER;
        if (p > 0) tpk_text_add(&d->text, begins ? "]," : ",");
        if (begins) tpk_text_add(&d->text, "[");
        status = add_part(d, geom, p, err);
    }
    tpk_text_add(&d->text, is_polygon ? "]]}" : "]}");
    return status;
}

/* "key":"value", as JSON; a comma before it unless it is the first of its object. */
static void add_property(tpk_text *text, const char *key, const char *value)
{
    bool is_first = text->length > 0 && text->data[text->length - 1] == '{';
    tpk_text_addf(text, "%s\"%s\":\"", is_first ? "" : ",", key);
    for (const char *at = value; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (c < ' ')
            tpk_text_addf(text, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            tpk_text_addf(text, "\\%c", c);
        else
            tpk_text_add_bytes(text, at, 1);
    }
    tpk_text_add(text, "\"");
}

static void add_properties(drawing *d, const base_layer *b, bool is_zone, int64_t feature)
{
    const tpk_zones_spec *zones = &d->job->plan->project->zones;
    const tpk_field *fields[2] = {is_zone ? tpk_layer_field(b->layer, zones->id) : NULL,
                                  is_zone ? tpk_layer_field(b->layer, zones->name)
                                          : tpk_layer_naming_field(b->layer, false)};
    static const char *const KEYS[2] = {"id", "name"};
    tpk_text_add(&d->text, "{");
    for (int i = 0; i < 2; i++) {
        if (!fields[i]) continue;
        char *value = tpk_field_value(fields[i], feature);
        if (value && *value) add_property(&d->text, KEYS[i], value);
        d->text.failed |= !value;
        tpk_free(value);
    }
    tpk_text_add(&d->text, "}");
}

static bool is_too_small(const drawing *d, tpk_geom geom)
{
    tpk_box box = tpk_geom_box(geom);
    return hypot(box.x_max - box.x_min, box.y_max - box.y_min) < d->tolerance_m;
}

static tpk_status add_feature(drawing *d, const base_layer *b, const char *role, int64_t feature, bool *any,
                              tpk_err *err)
{
    tpk_geom geom = tpk_layer_geom(b->layer, feature);
    bool is_zone = strcmp(role, "zones") == 0, must_stay = is_zone || strcmp(role, "area") == 0;
    if (geom.n_parts == 0 || (geom.kind != TPK_GEOM_POINT && !must_stay && is_too_small(d, geom)))
        return TPK_OK;
    tpk_status status = TPK_OK;
    if (geom.kind != TPK_GEOM_POINT) {
        status = tpk_geos_simplify(d->job->worker, geom, d->tolerance_m, &d->fewer, err);
        geom = tpk_geom_buffer_view(&d->fewer);
    }
    if (status != TPK_OK || geom.n_parts == 0) return status;
    tpk_text_add(&d->text, *any ? ",\n{\"type\":\"Feature\",\"properties\":"
                                : "\n{\"type\":\"Feature\",\"properties\":");
    *any = true;
    add_properties(d, b, is_zone, feature);
    tpk_text_add(&d->text, ",\"geometry\":");
    status = add_geometry(d, geom, err);
    tpk_text_add(&d->text, "}");
    return status;
}

/* ---- points that lie closer together than the tolerance ---- */

typedef struct spot {
    int64_t across, down, feature;
} spot;

static int by_spot(const void *a, const void *b)
{
    const spot *p = a, *q = b;
    if (p->across != q->across) return p->across < q->across ? -1 : 1;
    if (p->down != q->down) return p->down < q->down ? -1 : 1;
    return (p->feature > q->feature) - (p->feature < q->feature);
}

/* Of the points in one square of the tolerance the first stays: keep[feature]. */
static tpk_status thin_points(const drawing *d, const tpk_layer *layer, uint8_t *keep, tpk_err *err)
{
    spot *spots = tpk_alloc((size_t)layer->n_features, sizeof *spots);
    size_t n = 0;
    if (!spots) return tpk_err_memory(err);
    for (int64_t f = 0; f < layer->n_features; f++) {
        tpk_geom geom = tpk_layer_geom(layer, f);
        keep[f] = 0;
        if (geom.n_parts == 0) continue;
        const double *xy = geom.xy + 2 * geom.part_start[0];
        spots[n++] =
            (spot){(int64_t)floor(xy[0] / d->tolerance_m), (int64_t)floor(xy[1] / d->tolerance_m), f};
    }
    if (n > 0) qsort(spots, n, sizeof *spots, by_spot);
    for (size_t i = 0; i < n; i++) {
        bool is_new = i == 0 || spots[i].across != spots[i - 1].across || spots[i].down != spots[i - 1].down;
        keep[spots[i].feature] = is_new;
    }
    tpk_free(spots);
    return TPK_OK;
}

static tpk_status add_features(drawing *d, const base_layer *b, const char *role, tpk_err *err)
{
    uint8_t *keep = tpk_alloc((size_t)b->layer->n_features, 1);
    if (!keep) return tpk_err_memory(err);
    memset(keep, 1, (size_t)b->layer->n_features);
    tpk_status status = b->layer->kind == TPK_GEOM_POINT ? thin_points(d, b->layer, keep, err) : TPK_OK;
    bool any = false;
    for (int64_t f = 0; f < b->layer->n_features && status == TPK_OK; f++) {
        if (tpk_cancelled(d->job->control))
            status = tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped on request"));
        if (status == TPK_OK && keep[f]) status = add_feature(d, b, role, f, &any, err);
        if (d->text.length > d->enough_bytes) break;
    }
    tpk_free(keep);
    return status;
}

/* ---- the file ---- */

static tpk_status add_layer(drawing *d, const base_layer *b, tpk_err *err)
{
    const char *role = role_of(d->job->plan->project, b);
    tpk_text_add(&d->text, "{");
    add_property(&d->text, "id", b->spec->id);
    char *title = tpk_label_from_id(b->spec->id);
    if (!title) return tpk_err_memory(err);
    add_property(&d->text, "title", title);
    tpk_free(title);
    add_property(&d->text, "role", role);
    tpk_text_add(&d->text, ",\"geojson\":{\"type\":\"FeatureCollection\",\"features\":[");
    tpk_status status = add_features(d, b, role, err);
    tpk_text_add(&d->text, "]}}");
    return status;
}

static tpk_status draw(drawing *d, const base_list *list, tpk_err *err)
{
    tpk_status status = TPK_OK;
    tpk_text_clear(&d->text);
    tpk_text_add(&d->text, "window.TAPAK_BASE = {\"layers\":[");
    for (size_t i = 0; i < list->n && status == TPK_OK; i++) {
        tpk_text_add(&d->text, i ? ",\n" : "\n");
        status = add_layer(d, &list->items[i], err);
    }
    tpk_text_add(&d->text, "]};\n");
    return status == TPK_OK && d->text.failed ? tpk_err_memory(err) : status;
}

tpk_status tpk_portal_base(const tpk_portal_job *job, const char *path, tpk_err *err)
{
    base_list list = {0};
    tpk_store_each(job->store, note_layer, &list);
    drawing d = {.job = job, .tolerance_m = job->plan->cell_m, .enough_bytes = MOST_BYTES};
    tpk_status status = list.no_memory ? tpk_err_memory(err) : draw(&d, &list, err);
    for (int round = 0; status == TPK_OK && d.text.length > MOST_BYTES && round < MOST_ROUNDS; round++) {
        d.tolerance_m *= 1.5;
        if (round == MOST_ROUNDS - 1) d.enough_bytes = SIZE_MAX;
        status = draw(&d, &list, err);
    }
    if (status == TPK_OK)
        status = tpk_file_write(path, _("the portal's data"), d.text.data, d.text.length, err);
    tpk_geom_buffer_clear(&d.fewer);
    tpk_text_clear(&d.text);
    tpk_free(d.xy);
    tpk_free(list.items);
    return status;
}
