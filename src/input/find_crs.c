#include "base/i18n.h"
#include "input/finish.h"

/* Where the province lies in the reference systems its files come in (easting, northing), widened by 100 km
 * because layers reach beyond it. Computed from lon 114.3..116.8, lat -4.9..-1.2. */
static const struct {
    tpk_box box;
    const char *code, *name;
} LIKELY[] = {
    {{-180, -90, 180, 90}, "EPSG:4326", N_("degrees of longitude and latitude")},
    {{105e3, 9375e3, 552e3, 9955e3}, "EPSG:32750", N_("metres in WGS 84 / UTM zone 50S")},
    {{-28e3, 875e3, 418e3, 1455e3}, "EPSG:23837", N_("metres in DGN95 / Indonesia TM-3 zone 50.1")},
    {{12630e3, -630e3, 13080e3, -46e3}, "EPSG:3857", N_("metres in Web Mercator")},
};

static bool lies_in(tpk_box box, tpk_box around)
{
    return box.x_min >= around.x_min && box.x_max <= around.x_max && box.y_min >= around.y_min &&
           box.y_max <= around.y_max;
}

static tpk_status missing(const char *place, tpk_box box, tpk_err *err)
{
    for (size_t i = 0; !tpk_box_is_empty(box) && i < sizeof LIKELY / sizeof *LIKELY; i++) {
        if (!lies_in(box, LIKELY[i].box)) continue;
        return tpk_err_set(
            err, TPK_ERR_CRS,
            _("it has no coordinate reference system (%s); add 'crs: EPSG:...' to the layer in the project "
              "file. Its coordinates look like %s: 'crs: %s'"),
            place, _(LIKELY[i].name), LIKELY[i].code);
    }
    return tpk_err_set(
        err, TPK_ERR_CRS,
        _("it has no coordinate reference system (%s); add 'crs: EPSG:...' to the layer in the project file"),
        place);
}

/* "EPSG:32750", or the name of a CRS without a code. */
static const char *label(const tpk_crs *crs)
{
    return tpk_crs_code(crs)[0] ? tpk_crs_code(crs) : tpk_crs_name(crs);
}

/* A file CRS that PROJ cannot read does not matter when the planner states one. */
static tpk_status compare_stated(tpk_worker *worker, const tpk_crs *stated, const char *file_text,
                                 const char *where, tpk_diags *diags, tpk_err *err)
{
    tpk_crs *own = NULL;
    tpk_status status = file_text ? tpk_crs_new(worker, file_text, &own, NULL) : TPK_OK;
    if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
    if (!own) return TPK_OK;
    if (!tpk_crs_is_same(own, stated)) {
        status = tpk_diag_add(
            diags, TPK_WARNING, where, (tpk_pos){0},
            _("the file says its coordinates are in %s (%s), the project file says %s (%s); the project "
              "file was followed"),
            label(own), tpk_crs_name(own), label(stated), tpk_crs_name(stated));
    }
    tpk_crs_free(own);
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

tpk_status tpk_find_crs(tpk_worker *worker, const char *stated, const char *file_text, const char *place,
                        tpk_box box, const char *where, tpk_crs **crs, const char **origin, tpk_diags *diags,
                        tpk_err *err)
{
    *crs = NULL;
    *origin = stated ? "project" : "file";
    if (!stated && !file_text) return missing(place, box, err);
    tpk_status status = tpk_crs_new(worker, stated ? stated : file_text, crs, err);
    if (status != TPK_OK || !stated) return status;
    status = compare_stated(worker, *crs, file_text, where, diags, err);
    if (status == TPK_OK) return TPK_OK;
    tpk_crs_free(*crs);
    *crs = NULL;
    return status;
}
