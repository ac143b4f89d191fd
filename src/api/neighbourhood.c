#include <math.h>
#include <unistd.h>

#include "api/check.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

static const char *name_field_of(const tpk_layer *layer)
{
    static const char *const NAMES[] = {"name_2",    "wadmkk",  "kabkota", "nama_kab", "nm_kab",
                                        "kabupaten", "regency", "nama",    "namobj",   "name"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const tpk_field *field = tpk_layer_field(layer, NAMES[i]);
        if (field && field->type == TPK_FIELD_TEXT) return field->name;
    }
    return NULL;
}

static tpk_status read_lonlat(const char *path, tpk_geom_kind kind, tpk_worker *worker,
                              const tpk_control *control, const tpk_crs *lonlat, tpk_layer **layer,
                              tpk_err *err)
{
    tpk_layer_spec spec = {.path = (char *)(uintptr_t)path, .band = 1, .nodata = (double)NAN};
    tpk_status status = tpk_layer_read(worker, &spec, lonlat, TPK_BOX_EMPTY, control, layer, NULL, err);
    if (status != TPK_OK || (*layer)->kind == kind) return status;
    tpk_layer_free(*layer);
    *layer = NULL;
    return tpk_err_set(err, TPK_ERR_DATA, _("'%s' does not hold %s"), path,
                       kind == TPK_GEOM_POLYGON ? _("polygons") : _("lines"));
}

/* Reads FOLDER/name when it is there; what cannot be used is left out: it is examined like any other layer
 * when it is one. */
static tpk_status look_for(const char *folder, const char *name, tpk_geom_kind kind, tpk_worker *worker,
                           const tpk_control *control, const tpk_crs *lonlat, tpk_layer **layer, tpk_err *err)
{
    if (!folder) return TPK_OK;
    char *path = NULL;
    tpk_text text = {0};
    tpk_text_addf(&text, "%s/%s", folder, name);
    tpk_status status = tpk_text_take(&text, &path, err);
    if (status != TPK_OK) return status;
    tpk_err reason = {0};
    if (access(path, R_OK) == 0) status = read_lonlat(path, kind, worker, control, lonlat, layer, &reason);
    tpk_free(path);
    if (status != TPK_ERR_MEMORY && status != TPK_ERR_CANCELLED) return TPK_OK;
    return tpk_err_set(err, status, "%s", reason.message);
}

static tpk_status open_regions(const char *path, const char *name, const char *folder, tpk_worker *worker,
                               const tpk_control *control, tpk_neighbourhood *n, tpk_err *err)
{
    tpk_status status =
        path ? read_lonlat(path, TPK_GEOM_POLYGON, worker, control, n->lonlat, &n->regions, err)
             : look_for(folder, "kabupaten.shp", TPK_GEOM_POLYGON, worker, control, n->lonlat, &n->regions,
                        err);
    if (status != TPK_OK || !n->regions) return status;
    const tpk_field *field = name ? tpk_layer_field(n->regions, name) : NULL;
    n->region_field =
        name ? (field && field->type == TPK_FIELD_TEXT ? field->name : NULL) : name_field_of(n->regions);
    if (n->region_field) return TPK_OK;
    if (path || name) {
        return tpk_err_set(err, TPK_ERR_DATA, _("the regions '%s' have no text field %s%s with their names"),
                           path ? path : "kabupaten.shp", name ? name : "", name ? "" : _("that is known"));
    }
    tpk_layer_free(n->regions);
    n->regions = NULL;
    return TPK_OK;
}

tpk_status tpk_neighbourhood_open(const char *regions, const char *region_name, const char *folder,
                                  bool with_coast, tpk_worker *worker, const tpk_control *control,
                                  tpk_neighbourhood *n, tpk_err *err)
{
    *n = (tpk_neighbourhood){0};
    tpk_status status = tpk_crs_new(worker, "EPSG:4326", &n->lonlat, err);
    if (status == TPK_OK) status = open_regions(regions, region_name, folder, worker, control, n, err);
    if (status == TPK_OK)
        status =
            look_for(folder, "provinsi.shp", TPK_GEOM_POLYGON, worker, control, n->lonlat, &n->land, err);
    if (status == TPK_OK && with_coast)
        status =
            look_for(folder, "garis_pantai.shp", TPK_GEOM_LINE, worker, control, n->lonlat, &n->coast, err);
    if (status != TPK_OK) tpk_neighbourhood_close(n);
    return status;
}

void tpk_neighbourhood_close(tpk_neighbourhood *n)
{
    tpk_layer_free(n->coast);
    tpk_layer_free(n->land);
    tpk_layer_free(n->regions);
    tpk_crs_free(n->lonlat);
    *n = (tpk_neighbourhood){0};
}
