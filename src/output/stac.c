#include "output/stac.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "input/store.h"
#include "output/file.h"
#include "output/json.h"
#include "version.h"

enum { CATALOG, COLLECTION, ITEM };
const char *const TPK_STAC_FILES[3] = {"stac-catalog.json", "stac-collection.json", "stac-item.json"};

#define EXTENSION(name, version) "https://stac-extensions.github.io/" name "/v" version "/schema.json"

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *link_to(const char *rel, int which, const char *media_type)
{
    char address[64];
    snprintf(address, sizeof address, "./%s", TPK_STAC_FILES[which]);
    return json_pack("{s:s, s:s, s:s}", "rel", rel, "href", address, "type", media_type);
}

static const char JSON[] = "application/json", GEOJSON[] = "application/geo+json";

/* ---- what a raster's values mean ---- */

static json_t *class_of(const tpk_legend_entry *entry)
{
    char color[8], name[32];
    snprintf(color, sizeof color, "%02X%02X%02X", entry->color.r, entry->color.g, entry->color.b);
    snprintf(name, sizeof name, "value_%g", entry->value);
    return json_pack("{s:I, s:s, s:s, s:s, s:s}", "value", (json_int_t)entry->value, "name", name, "title",
                     entry->label, "description", entry->label, "color_hint", color);
}

static json_t *classes_of(const tpk_legend *legend)
{
    json_t *list = json_array();
    for (size_t i = 0; i < legend->n; i++) json_array_append_new(list, class_of(&legend->entries[i]));
    return list;
}

static json_t *bits_of(const tpk_legend *legend)
{
    json_t *list = json_array();
    for (size_t k = 0; k < legend->n; k++) {
        char name[32];
        snprintf(name, sizeof name, "bit_%zu", k);
        json_array_append_new(list, json_pack("{s:I, s:i, s:s, s:s, s:[{s:i, s:s}, {s:i, s:s}]}", "offset",
                                              (json_int_t)k, "length", 1, "name", name, "description",
                                              legend->entries[k].label, "classes", "value", 0, "name", "no",
                                              "value", 1, "name", "yes"));
    }
    return list;
}

static json_t *statistics_of(const tpk_raster_stats *s)
{
    return s->n_valid > 0 ? json_pack("{s:o, s:o, s:o, s:o, s:o}", "minimum", number(s->min), "maximum",
                                      number(s->max), "mean", number(s->mean), "stddev", number(s->stddev),
                                      "valid_percent", number(s->valid_pct))
                          : json_pack("{s:f}", "valid_percent", 0.0);
}

static json_t *band_of(const tpk_stac_asset *asset, const tpk_grid *grid)
{
    json_t *nodata = isnan(asset->nodata) ? json_string("nan") : json_integer((json_int_t)asset->nodata);
    json_t *band = json_pack("{s:s, s:s, s:o, s:o, s:f, s:s}", "description", asset->title, "data_type",
                             asset->data_type, "nodata", nodata, "statistics", statistics_of(asset->stats),
                             "raster:spatial_resolution", grid->cell, "raster:sampling", "point");
    if (asset->classes) json_object_set_new(band, "classification:classes", classes_of(asset->classes));
    if (asset->bits && asset->bits->n > 0)
        json_object_set_new(band, "classification:bitfields", bits_of(asset->bits));
    return band;
}

/* ---- assets ---- */

/* The head of a multihash: SHA-256, 32 bytes. */
static const char SHA256_HEAD[] = "1220";

static tpk_status asset_of(const tpk_stac_asset *asset, const tpk_grid *grid, const char *folder,
                           const tpk_control *control, json_t **out, tpk_err *err)
{
    tpk_text text = {0};
    char *path = NULL, hash[sizeof SHA256_HEAD + 64] = "", address[96];
    struct stat facts = {0};
    tpk_text_addf(&text, "%s/%s", folder, asset->file);
    tpk_status status = tpk_text_take(&text, &path, err);
    memcpy(hash, SHA256_HEAD, sizeof SHA256_HEAD);
    if (status == TPK_OK) status = tpk_file_sha256(path, control, hash + sizeof SHA256_HEAD - 1, err);
    if (status == TPK_OK) (void)stat(path, &facts); /* it was read just now */
    tpk_free(path);
    if (status != TPK_OK) return status;
    snprintf(address, sizeof address, "./%s", asset->file);
    *out = json_pack("{s:s, s:s, s:s, s:[s], s:I, s:s}", "href", address, "title", asset->title, "type",
                     asset->media_type, "roles", asset->role, "file:size", (json_int_t)facts.st_size,
                     "file:checksum", hash);
    if (asset->stats) json_object_set_new(*out, "bands", json_pack("[o]", band_of(asset, grid)));
    return *out ? TPK_OK : tpk_err_memory(err);
}

static tpk_status assets_of(const tpk_stac *stac, const char *folder, const tpk_control *control,
                            json_t *assets, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < stac->n_assets && status == TPK_OK; i++) {
        const tpk_stac_asset *asset = &stac->assets[i];
        json_t *one = NULL;
        char key[64];
        snprintf(key, sizeof key, "%.*s", (int)strcspn(asset->file, "."), asset->file);
        status = asset_of(asset, &stac->grid, folder, control, &one, err);
        if (status == TPK_OK && json_object_set_new(assets, asset->key ? asset->key : key, one) != 0)
            status = tpk_err_memory(err);
    }
    return status;
}

/* ---- the three documents ---- */

static json_t *catalog_of(const tpk_stac *stac)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:[o, o]}", "type", "Catalog", "stac_version", "1.1.0", "id",
                     "tapak", "title", stac->title, "description", stac->description, "links",
                     link_to("root", CATALOG, JSON), link_to("child", COLLECTION, JSON));
}

static json_t *collection_of(const tpk_stac *stac)
{
    const tpk_box *b = &stac->lonlat;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:{s:[[f, f, f, f]]}, s:{s:[[s, s]]}}, s:[o, o, o]}",
                     "type", "Collection", "stac_version", "1.1.0", "id", "tapak-study", "title", stac->title,
                     "description", stac->description, "license", "other", "extent", "spatial", "bbox",
                     b->x_min, b->y_min, b->x_max, b->y_max, "temporal", "interval", stac->time_utc,
                     stac->time_utc, "links", link_to("root", CATALOG, JSON),
                     link_to("parent", CATALOG, JSON), link_to("item", ITEM, GEOJSON));
}

static json_t *properties_of(const tpk_stac *stac)
{
    const tpk_grid *g = &stac->grid;
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:{s:s}, s:s, s:[i, i], s:[f, f, f, f, f, f]}", "title", stac->title,
                  "description", stac->description, "datetime", stac->time_utc, "processing:software",
                  "Tapak", TPK_VERSION, "created", stac->time_utc, "proj:shape", (int)g->n_rows,
                  (int)g->n_cols, "proj:transform", g->cell, 0.0, g->x0, 0.0, -g->cell, g->y0);
    bool has_code = *stac->crs_code != 0;
    json_object_set_new(o, "proj:code", has_code ? json_string(stac->crs_code) : json_null());
    if (!has_code) json_object_set_new(o, "proj:wkt2", json_string(stac->crs_wkt));
    return o;
}

/* Those whose fields the item has: a validator asks for a field of some that are told. NULL: no memory. */
static json_t *extensions_of(const tpk_stac *stac)
{
    bool has_raster = false, has_classes = false;
    for (size_t i = 0; i < stac->n_assets; i++) {
        const tpk_stac_asset *a = &stac->assets[i];
        if (!a->stats) continue;
        has_raster = true;
        if (a->classes || (a->bits && a->bits->n > 0)) has_classes = true;
    }
    json_t *list = json_pack("[s, s, s]", EXTENSION("projection", "2.0.0"), EXTENSION("file", "2.1.0"),
                             EXTENSION("processing", "1.2.0"));
    int failed = 0;
    if (has_raster) failed |= json_array_append_new(list, json_string(EXTENSION("raster", "2.0.0")));
    if (has_classes) failed |= json_array_append_new(list, json_string(EXTENSION("classification", "2.0.0")));
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

static json_t *item_of(const tpk_stac *stac, json_t *assets)
{
    const tpk_box *b = &stac->lonlat;
    json_t *geometry = json_pack("{s:s, s:[[[f, f], [f, f], [f, f], [f, f], [f, f]]]}", "type", "Polygon",
                                 "coordinates", b->x_min, b->y_min, b->x_max, b->y_min, b->x_max, b->y_max,
                                 b->x_min, b->y_max, b->x_min, b->y_min);
    return json_pack("{s:s, s:s, s:o, s:s, s:s, s:o, s:[f, f, f, f], s:o, s:[o, o, o], s:O}", "type",
                     "Feature", "stac_version", "1.1.0", "stac_extensions", extensions_of(stac), "id",
                     "tapak-run", "collection", "tapak-study", "geometry", geometry, "bbox", b->x_min,
                     b->y_min, b->x_max, b->y_max, "properties", properties_of(stac), "links",
                     link_to("root", CATALOG, JSON), link_to("parent", COLLECTION, JSON),
                     link_to("collection", COLLECTION, JSON), "assets", assets);
}

/* Ownership of document passes; NULL: it could not be made. */
static tpk_status write_take(json_t *document, int which, const char *folder, tpk_err *err)
{
    tpk_text text = {0};
    char *path = NULL;
    tpk_text_addf(&text, "%s/%s", folder, TPK_STAC_FILES[which]);
    tpk_status status = tpk_text_take(&text, &path, err);
    if (status == TPK_OK)
        status = document ? tpk_json_write_temporary(path, document, err) : tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_file_publish(path, err);
    tpk_free(path);
    json_decref(document);
    return status;
}

tpk_status tpk_stac_write(const tpk_stac *stac, const char *folder, const tpk_control *control, tpk_err *err)
{
    json_t *assets = json_object();
    tpk_status status = assets ? assets_of(stac, folder, control, assets, err) : tpk_err_memory(err);
    if (status == TPK_OK) status = write_take(catalog_of(stac), CATALOG, folder, err);
    if (status == TPK_OK) status = write_take(collection_of(stac), COLLECTION, folder, err);
    if (status == TPK_OK) status = write_take(item_of(stac, assets), ITEM, folder, err);
    json_decref(assets);
    return status;
}
