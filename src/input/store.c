#include "input/store.h"

#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "input/finish.h"

typedef struct entry {
    const tpk_layer_spec *spec; /* borrowed from the project */
    char *where;                /* a condition on top of the layer's own; NULL: the layer as it is */
    tpk_layer *layer;
    tpk_raster *raster;
} entry;

struct tpk_store {
    const tpk_project *project; /* these five are borrowed */
    tpk_worker *worker;
    const tpk_crs *to;
    const tpk_control *control;
    tpk_diags *diags;
    tpk_box area_lonlat; /* empty: not known yet */
    entry *entries;      /* in order of first use */
    size_t n, capacity;
};

tpk_status tpk_store_new(const tpk_project *project, tpk_worker *worker, const tpk_crs *to,
                         const tpk_control *control, tpk_diags *diags, tpk_store **store, tpk_err *err)
{
    *store = tpk_alloc(1, sizeof **store);
    if (!*store) return tpk_err_memory(err);
    **store = (tpk_store){.project = project,
                          .worker = worker,
                          .to = to,
                          .control = control,
                          .diags = diags,
                          .area_lonlat = TPK_BOX_EMPTY};
    return TPK_OK;
}

void tpk_store_set_area(tpk_store *store, tpk_box area_lonlat)
{
    store->area_lonlat = area_lonlat;
}

void tpk_store_free(tpk_store *store)
{
    if (!store) return;
    for (size_t i = 0; i < store->n; i++) {
        tpk_free(store->entries[i].where);
        tpk_layer_free(store->entries[i].layer);
        tpk_raster_free(store->entries[i].raster);
    }
    tpk_free(store->entries);
    tpk_free(store);
}

static entry *find(const tpk_store *store, const char *id, const char *where, bool is_raster)
{
    for (size_t i = 0; i < store->n; i++) {
        entry *e = &store->entries[i];
        bool same_where = where ? e->where && strcmp(e->where, where) == 0 : !e->where;
        if (strcmp(e->spec->id, id) == 0 && same_where && (e->raster != NULL) == is_raster) return e;
    }
    return NULL;
}

/* A new entry at the end, empty and not yet counted. */
static tpk_status new_entry(tpk_store *store, const char *id, entry **out, tpk_err *err)
{
    const tpk_layer_spec *spec = tpk_project_layer(store->project, id);
    if (!spec) return tpk_err_set(err, TPK_ERR_PROJECT, _("the project has no layer '%s'"), id);
    if (!tpk_grow(&store->entries, &store->capacity, store->n + 1, sizeof *store->entries))
        return tpk_err_memory(err);
    *out = &store->entries[store->n];
    **out = (entry){.spec = spec};
    return TPK_OK;
}

static tpk_status load_vector(tpk_store *store, const char *id, const tpk_layer **layer, tpk_err *err)
{
    entry *e = find(store, id, NULL, false);
    if (!e) {
        tpk_status status = new_entry(store, id, &e, err);
        if (status == TPK_OK) {
            status = tpk_layer_read(store->worker, e->spec, store->to, store->area_lonlat, store->control,
                                    &e->layer, store->diags, err);
        }
        if (status != TPK_OK) return status;
        store->n++;
    }
    *layer = e->layer;
    return TPK_OK;
}

tpk_status tpk_store_vector(tpk_store *store, const char *id, const char *where, const tpk_layer **layer,
                            tpk_err *err)
{
    *layer = NULL;
    const tpk_layer *whole = NULL;
    tpk_status status = load_vector(store, id, &whole, err);
    if (status != TPK_OK || !where) {
        *layer = whole;
        return status;
    }
    entry *e = find(store, id, where, false);
    if (!e) {
        status = new_entry(store, id, &e, err);
        if (status != TPK_OK) return status;
        e->where = tpk_strdup(where);
        status = e->where ? tpk_layer_filter(whole, where, &e->layer, err) : tpk_err_memory(err);
        if (status != TPK_OK) {
            tpk_free(e->where);
            return status == TPK_ERR_MEMORY ? status : tpk_err_prefix(err, status, _("layer '%s'"), id);
        }
        store->n++;
    }
    *layer = e->layer;
    return TPK_OK;
}

/* A raster is transformed point by point where it is used; how well, is told once. */
static tpk_status remark_raster(tpk_store *store, const entry *e, tpk_err *err)
{
    if (!store->to || tpk_crs_is_same(e->raster->crs, store->to)) return TPK_OK;
    tpk_transform *transform = NULL;
    char *where = tpk_layer_place(e->spec);
    tpk_status status = where ? tpk_transform_new(store->worker, store->to, e->raster->crs,
                                                  store->area_lonlat, &transform, err)
                              : tpk_err_memory(err);
    if (status == TPK_OK &&
        tpk_remark_transform(transform, store->area_lonlat, where, store->diags) != TPK_OK)
        status = tpk_err_memory(err);
    tpk_transform_free(transform);
    tpk_free(where);
    return status;
}

tpk_status tpk_store_raster(tpk_store *store, const char *id, const tpk_raster **raster, tpk_err *err)
{
    *raster = NULL;
    entry *e = find(store, id, NULL, true);
    if (!e) {
        tpk_status status = new_entry(store, id, &e, err);
        if (status == TPK_OK) status = tpk_raster_open(store->worker, e->spec, &e->raster, store->diags, err);
        if (status != TPK_OK) return status;
        store->n++;
        status = remark_raster(store, e, err);
        if (status != TPK_OK) return status;
    }
    *raster = e->raster;
    return TPK_OK;
}

void tpk_store_each(const tpk_store *store,
                    void (*fn)(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                               const tpk_raster *raster),
                    void *user)
{
    for (size_t i = 0; i < store->n; i++) {
        const entry *e = &store->entries[i];
        if (!e->where) fn(user, e->spec, e->layer, e->raster); /* a filtered copy is no input of its own */
    }
}
