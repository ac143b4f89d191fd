#include "api/region_shapes.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "criteria/layer_segments.h"
#include "geo/geos.h"

/* A feature and what tells its region from others: its id, or its name. */
typedef struct member {
    char *key, *name; /* owned */
    int64_t feature;
    int64_t first; /* feature that begins its region */
} member;

typedef struct members {
    member *items;
    int64_t n;
} members;

static void members_free(members *list)
{
    for (int64_t i = 0; list->items && i < list->n; i++) {
        tpk_free(list->items[i].key);
        tpk_free(list->items[i].name);
    }
    tpk_free(list->items);
}

static int by_key(const void *a, const void *b)
{
    const member *left = a, *right = b;
    int order = strcmp(left->key, right->key);
    return order != 0 ? order : (left->feature > right->feature) - (left->feature < right->feature);
}

static int by_region(const void *a, const void *b)
{
    const member *left = a, *right = b;
    int order = (left->first > right->first) - (left->first < right->first);
    return order != 0 ? order : (left->feature > right->feature) - (left->feature < right->feature);
}

/* ---- what cannot be a region ---- */

static tpk_status check_kind(const tpk_layer *layer, tpk_err *err)
{
    if (layer->n_features == 0) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("%s: the layer has no features, so there are no regions; check its `where`, or "
                             "take `regions` out of the project file"),
                           layer->path);
    }
    if (layer->kind == TPK_GEOM_POLYGON || layer->kind == TPK_GEOM_NONE) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_DATA, _("%s: regions need polygons; the layer holds %s"), layer->path,
                       layer->kind == TPK_GEOM_POINT ? _("points") : _("lines"));
}

static tpk_status check_empty(const tpk_layer *layer, const tpk_field *field, const char *text,
                              int64_t feature, tpk_err *err)
{
    if (*text) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_DATA,
                       _("%s: record %lld: field '%s' is empty; every region needs one, or leave the feature "
                         "out with the layer's `where`"),
                       layer->path, (long long)layer->fid[feature], field->name);
}

static tpk_status check_polygon(const tpk_layer *layer, int64_t feature, tpk_err *err)
{
    if (tpk_layer_geom(layer, feature).n_parts > 0) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_DATA,
                       _("%s: record %lld: the region has no polygon; draw it, or leave the feature out with "
                         "the layer's `where`"),
                       layer->path, (long long)layer->fid[feature]);
}

static tpk_status check_names(const tpk_layer *layer, const member *first, const member *other, tpk_err *err)
{
    if (strcmp(first->name, other->name) == 0) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_DATA,
                       _("%s: records %lld and %lld: one region id, '%s', has two names, '%s' and '%s'; give "
                         "each region its own id, or one name to both"),
                       layer->path, (long long)layer->fid[first->feature],
                       (long long)layer->fid[other->feature], first->key, first->name, other->name);
}

/* ---- features to regions ---- */

static tpk_status read_member(const tpk_layer *layer, const tpk_field *id, const tpk_field *name,
                              int64_t feature, member *item, tpk_err *err)
{
    *item =
        (member){tpk_field_value(id ? id : name, feature), tpk_field_value(name, feature), feature, feature};
    if (!item->key || !item->name) return tpk_err_memory(err);
    tpk_status status = check_polygon(layer, feature, err);
    if (status == TPK_OK && id) status = check_empty(layer, id, item->key, feature, err);
    return status == TPK_OK ? check_empty(layer, name, item->name, feature, err) : status;
}

/* The members of each region one after the other, in the order of the regions' first features. */
static tpk_status group(const tpk_layer *layer, const tpk_regions_spec *spec, members *list, tpk_err *err)
{
    const tpk_field *name = tpk_layer_field(layer, spec->name);
    const tpk_field *id = spec->id ? tpk_layer_field(layer, spec->id) : NULL;
    list->items = tpk_zalloc((size_t)layer->n_features, sizeof *list->items);
    if (!list->items) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    for (; list->n < layer->n_features && status == TPK_OK; list->n++)
        status = read_member(layer, id, name, list->n, &list->items[list->n], err);
    if (status != TPK_OK) return status;
    qsort(list->items, (size_t)list->n, sizeof *list->items, by_key);
    for (int64_t i = 1, first = 0; i < list->n && status == TPK_OK; i++) {
        if (strcmp(list->items[i].key, list->items[first].key) != 0) first = i;
        list->items[i].first = list->items[first].feature;
        status = check_names(layer, &list->items[first], &list->items[i], err);
    }
    qsort(list->items, (size_t)list->n, sizeof *list->items, by_region);
    return status;
}

/* The region of n members: takes the first one's texts, and unites the polygons of several. */
static tpk_status add_region(tpk_study *study, member *of, int64_t n, tpk_region_shapes *shapes, tpk_err *err)
{
    size_t i = shapes->n++;
    shapes->names[i] = of->name;
    of->name = NULL;
    if (shapes->ids) {
        shapes->ids[i] = of->key;
        of->key = NULL;
    }
    shapes->geoms[i] = tpk_layer_geom(shapes->layer, of->feature);
    if (n == 1) return TPK_OK;
    tpk_geom *parts = tpk_alloc((size_t)n, sizeof *parts);
    if (!parts) return tpk_err_memory(err);
    for (int64_t k = 0; k < n; k++) parts[k] = tpk_layer_geom(shapes->layer, of[k].feature);
    tpk_status status = tpk_geos_union(study->worker, parts, n, &shapes->united[i], err);
    tpk_free(parts);
    if (status != TPK_OK) return tpk_err_prefix(err, status, _("region '%s'"), shapes->names[i]);
    shapes->geoms[i] = tpk_geom_buffer_view(&shapes->united[i]);
    return TPK_OK;
}

static tpk_status add_regions(tpk_study *study, members *list, tpk_region_shapes *shapes, tpk_err *err)
{
    size_t n = (size_t)list->n;
    shapes->names = tpk_zalloc(n, sizeof *shapes->names);
    shapes->geoms = tpk_zalloc(n, sizeof *shapes->geoms);
    shapes->united = tpk_zalloc(n, sizeof *shapes->united);
    if (study->project->regions.id) shapes->ids = tpk_zalloc(n, sizeof *shapes->ids);
    if (!shapes->names || !shapes->geoms || !shapes->united || (study->project->regions.id && !shapes->ids))
        return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    for (int64_t i = 0, end; i < list->n && status == TPK_OK; i = end) {
        for (end = i + 1; end < list->n && list->items[end].first == list->items[i].first;) end++;
        status = add_region(study, &list->items[i], end - i, shapes, err);
    }
    return status;
}

static tpk_status note_joined(tpk_study *study, const tpk_region_shapes *shapes, tpk_err *err)
{
    const tpk_regions_spec *spec = &study->project->regions;
    if (study->regions_told || shapes->n == (size_t)shapes->layer->n_features) return TPK_OK;
    tpk_status status = tpk_diag_add(
        &study->diags, TPK_NOTE, study->project->path, spec->pos,
        _("regions: %lld features of layer '%s' make %zu regions; those with the same '%s' are "
          "parts of one"),
        (long long)shapes->layer->n_features, spec->layer, shapes->n, spec->id ? spec->id : spec->name);
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

static tpk_status read_area(tpk_study *study, tpk_region_shapes *shapes, tpk_err *err)
{
    const tpk_layer *area;
    if (!study->project->grid.area) return TPK_OK;
    tpk_status status = tpk_store_vector(study->store, study->project->grid.area, NULL, &area, err);
    if (status == TPK_OK) status = tpk_layer_geoms(area, &shapes->area, err);
    if (status == TPK_OK) shapes->n_area = area->n_features;
    return status;
}

tpk_status tpk_region_shapes_read(tpk_study *study, tpk_region_shapes *shapes, tpk_err *err)
{
    *shapes = (tpk_region_shapes){0};
    const tpk_regions_spec *spec = &study->project->regions;
    if (!spec->layer) return TPK_OK;
    members list = {0};
    tpk_status status = tpk_store_vector(study->store, spec->layer, NULL, &shapes->layer, err);
    if (status == TPK_OK) status = check_kind(shapes->layer, err);
    if (status == TPK_OK) status = group(shapes->layer, spec, &list, err);
    if (status == TPK_OK) status = add_regions(study, &list, shapes, err);
    if (status == TPK_OK) status = read_area(study, shapes, err);
    if (status == TPK_OK) status = note_joined(study, shapes, err);
    members_free(&list);
    return status == TPK_OK ? status : tpk_err_prefix(err, status, _("regions"));
}

void tpk_region_shapes_clear(tpk_region_shapes *shapes)
{
    for (size_t i = 0; i < shapes->n; i++) {
        if (shapes->ids) tpk_free(shapes->ids[i]);
        tpk_free(shapes->names[i]);
        tpk_geom_buffer_clear(&shapes->united[i]);
    }
    tpk_free(shapes->ids);
    tpk_free(shapes->names);
    tpk_free(shapes->united);
    tpk_free(shapes->geoms);
    tpk_free(shapes->area);
    *shapes = (tpk_region_shapes){0};
}
