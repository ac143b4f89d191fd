#include "geo/crs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "geo/crs_private.h"

enum { MIN_CONFIDENCE_PCT = 70, SHOWN_TEXT = 120 };

static const double DEG_PER_RAD = 57.295779513082320877;

static tpk_status not_usable(const char *text, const char *reason, tpk_err *err)
{
    return tpk_err_set(err, TPK_ERR_CRS,
                       _("the CRS '%.*s%s' cannot be used: %s; state one such as EPSG:32750, or its WKT"),
                       SHOWN_TEXT, text, strlen(text) > SHOWN_TEXT ? "..." : "", reason);
}

/* A PROJ string without type=crs is an operation, not a CRS. Caller frees with tpk_free; NULL: memory. */
static char *as_crs_text(const char *text)
{
    bool proj_string = strstr(text, "proj=") && !strchr(text, '[') && !strchr(text, '{');
    if (!proj_string || strstr(text, "type=crs")) return tpk_strdup(text);
    tpk_text made = {0};
    char *result = NULL;
    tpk_text_addf(&made, "%s +type=crs", text);
    return tpk_text_take(&made, &result, NULL) == TPK_OK ? result : NULL;
}

static void replace(PJ **pj, PJ *by)
{
    proj_destroy(*pj);
    *pj = by;
}

/* True when the base of a bound CRS is on WGS 84 already, where a shift to WGS 84 says nothing. */
static bool is_on_wgs84(tpk_worker *worker, const PJ *pj)
{
    PJ *geodetic = proj_crs_get_geodetic_crs(worker->proj, pj);
    PJ *wgs84 = proj_create(worker->proj, "EPSG:4326");
    bool same = geodetic && wgs84 &&
                proj_is_equivalent_to_with_ctx(worker->proj, geodetic, wgs84,
                                               PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS);
    proj_destroy(geodetic);
    proj_destroy(wgs84);
    return same;
}

/* Reduces crs->pj to a 2D horizontal CRS, keeping the shift of a bound one. False when there is none inside.
 */
static bool to_horizontal(tpk_crs *crs)
{
    PJ_CONTEXT *proj = crs->worker->proj;
    PJ_TYPE type;
    while (crs->pj &&
           ((type = proj_get_type(crs->pj)) == PJ_TYPE_COMPOUND_CRS || type == PJ_TYPE_BOUND_CRS)) {
        if (type == PJ_TYPE_COMPOUND_CRS) {
            replace(&crs->pj, proj_crs_get_sub_crs(proj, crs->pj, 0));
        } else {
            PJ *base = proj_get_source_crs(proj, crs->pj);
            replace(&crs->bound, crs->pj);
            crs->pj = base;
        }
    }
    if (!crs->pj) return false;
    type = proj_get_type(crs->pj);
    if (type == PJ_TYPE_GEOGRAPHIC_3D_CRS || type == PJ_TYPE_PROJECTED_CRS) {
        replace(&crs->pj, proj_crs_demote_to_2D(proj, NULL, crs->pj));
        if (!crs->pj) return false;
        type = proj_get_type(crs->pj);
    }
    if (crs->bound && is_on_wgs84(crs->worker, crs->pj)) replace(&crs->bound, NULL);
    crs->geographic = type == PJ_TYPE_GEOGRAPHIC_2D_CRS;
    return crs->geographic || type == PJ_TYPE_PROJECTED_CRS;
}

/* Replaces a definition without code by its equal in the registry, if there is one. */
static void identify(tpk_crs *crs)
{
    PJ_CONTEXT *proj = crs->worker->proj;
    if (proj_get_id_auth_name(crs->pj, 0)) return;
    int *confidence_pct = NULL;
    PJ_OBJ_LIST *list = proj_identify(proj, crs->pj, "EPSG", NULL, &confidence_pct);
    int n = list ? proj_list_get_count(list) : 0;
    for (int i = 0; i < n; i++) {
        if (confidence_pct[i] < MIN_CONFIDENCE_PCT) continue;
        PJ *registered = proj_list_get(proj, list, i);
        if (registered && proj_is_equivalent_to_with_ctx(proj, crs->pj, registered,
                                                         PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS)) {
            replace(&crs->pj, registered);
            break;
        }
        proj_destroy(registered);
    }
    proj_int_list_destroy(confidence_pct);
    proj_list_destroy(list);
}

static void read_axes(tpk_crs *crs)
{
    PJ_CONTEXT *proj = crs->worker->proj;
    PJ *axes = proj_crs_get_coordinate_system(proj, crs->pj);
    double factor[2] = {0, 0};
    for (int i = 0; axes && i < 2; i++) {
        proj_cs_get_axis_info(proj, axes, i, NULL, NULL, NULL, &factor[i], NULL, NULL, NULL);
    }
    proj_destroy(axes);
    crs->metric = !crs->geographic && factor[0] == 1 && factor[1] == 1;
    crs->unit = crs->geographic ? factor[0] * DEG_PER_RAD : factor[0];
}

static tpk_status describe(tpk_crs *crs, const char *text, tpk_err *err)
{
    PJ_CONTEXT *proj = crs->worker->proj;
    const char *authority = proj_get_id_auth_name(crs->pj, 0), *code = proj_get_id_code(crs->pj, 0);
    if (authority && code) snprintf(crs->code, sizeof crs->code, "%s:%s", authority, code);
    const char *name = proj_get_name(crs->pj);
    crs->name = tpk_strdup(name ? name : "");
    if (!crs->name) return tpk_err_memory(err);
    static const char *const ONE_LINE[] = {"MULTILINE=NO", NULL};
    const char *wkt = proj_as_wkt(proj, crs->bound ? crs->bound : crs->pj, PJ_WKT2_2019, ONE_LINE);
    if (!wkt) return not_usable(text, tpk_worker_proj_reason(crs->worker), err);
    crs->wkt = tpk_strdup(wkt);
    if (!crs->wkt) return tpk_err_memory(err);
    crs->xy_order = proj_normalize_for_visualization(proj, crs->pj);
    read_axes(crs);
    double a_m, inverse_flattening;
    PJ *ellipsoid = proj_get_ellipsoid(proj, crs->pj);
    bool known =
        ellipsoid && proj_ellipsoid_get_parameters(proj, ellipsoid, &a_m, NULL, NULL, &inverse_flattening);
    proj_destroy(ellipsoid);
    if (!known || !crs->xy_order || !(crs->unit > 0)) {
        return not_usable(text, tpk_worker_proj_reason(crs->worker), err);
    }
    geod_init(&crs->ellipsoid, a_m, inverse_flattening > 0 ? 1 / inverse_flattening : 0);
    return TPK_OK;
}

/* A text that is neither a code nor a definition is looked up as a name, and PROJ takes similar names too. */
static tpk_status check_name(const tpk_crs *crs, const char *text, tpk_err *err)
{
    if (strpbrk(text, ":[{=")) return TPK_OK;
    const char *name = proj_get_name(crs->pj);
    if (name && tpk_text_equal_fold(name, text)) return TPK_OK;
    char reason[256];
    snprintf(reason, sizeof reason, _("no CRS has exactly this name; the nearest is '%s'"),
             name ? name : "?");
    return not_usable(text, reason, err);
}

static tpk_status build(tpk_crs *crs, const char *text, tpk_err *err)
{
    char *crs_text = as_crs_text(text);
    if (!crs_text) return tpk_err_memory(err);
    crs->worker->proj_message[0] = '\0';
    crs->pj = proj_create(crs->worker->proj, crs_text);
    tpk_free(crs_text);
    if (!crs->pj) return not_usable(text, tpk_worker_proj_reason(crs->worker), err);
    tpk_status status = check_name(crs, text, err);
    if (status != TPK_OK) return status;
    if (!to_horizontal(crs)) {
        return not_usable(text, _("it is not a geographic or projected coordinate reference system"), err);
    }
    identify(crs);
    return describe(crs, text, err);
}

tpk_status tpk_crs_new(tpk_worker *worker, const char *text, tpk_crs **crs, tpk_err *err)
{
    *crs = NULL;
    if (!text || text[strspn(text, " \t\r\n")] == '\0') {
        return tpk_err_set(err, TPK_ERR_CRS, "%s",
                           _("no CRS is stated; state one such as EPSG:32750 for the layer or the grid"));
    }
    tpk_crs *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->worker = worker;
    made->area = TPK_BOX_EMPTY;
    tpk_status status = build(made, text, err);
    if (status != TPK_OK) {
        tpk_crs_free(made);
        return status;
    }
    *crs = made;
    return TPK_OK;
}

void tpk_crs_free(tpk_crs *crs)
{
    if (!crs) return;
    tpk_transform_free(crs->base);
    tpk_transform_free(crs->wgs84);
    proj_destroy(crs->pj);
    proj_destroy(crs->bound);
    proj_destroy(crs->xy_order);
    tpk_free(crs->name);
    tpk_free(crs->wkt);
    tpk_free(crs);
}

const char *tpk_crs_name(const tpk_crs *crs)
{
    return crs->name;
}

const char *tpk_crs_code(const tpk_crs *crs)
{
    return crs->code;
}

const char *tpk_crs_wkt(const tpk_crs *crs)
{
    return crs->wkt;
}

bool tpk_crs_is_geographic(const tpk_crs *crs)
{
    return crs->geographic;
}

bool tpk_crs_is_metric(const tpk_crs *crs)
{
    return crs->metric;
}

bool tpk_crs_is_same(const tpk_crs *a, const tpk_crs *b)
{
    if ((a->bound != NULL) != (b->bound != NULL)) return false;
    PJ_CONTEXT *proj = a->worker->proj;
    PJ_COMPARISON_CRITERION criterion = PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS;
    if (a->bound && !proj_is_equivalent_to_with_ctx(proj, a->bound, b->bound, criterion)) return false;
    return proj_is_equivalent_to_with_ctx(proj, a->xy_order, b->xy_order, criterion);
}

static tpk_box cut(tpk_box box, double x_limit, double y_limit)
{
    return (tpk_box){fmax(box.x_min, -x_limit), fmax(box.y_min, -y_limit), fmin(box.x_max, x_limit),
                     fmin(box.y_max, y_limit)};
}

tpk_box tpk_crs_lonlat_box(tpk_crs *crs, tpk_box box)
{
    enum { SIDE = 5 };
    double xy[2 * SIDE * SIDE];
    if (crs->geographic)
        box = cut(box, 180 / crs->unit, 90 / crs->unit); /* beyond lies nothing on the earth */
    if (tpk_box_is_empty(box)) return TPK_BOX_EMPTY;
    for (int k = 0; k < SIDE * SIDE; k++) {
        xy[2 * k] = box.x_min + (box.x_max - box.x_min) * (k % SIDE) / (SIDE - 1);
        xy[2 * k + 1] = box.y_min + (box.y_max - box.y_min) * (k / SIDE) / (SIDE - 1);
    }
    tpk_status status = tpk_crs_to_lonlat(crs, xy, (int64_t)SIDE * SIDE, NULL);
    if (status != TPK_OK && !crs->wgs84) return TPK_BOX_EMPTY; /* no way at all; else some points are known */
    tpk_box around = TPK_BOX_EMPTY;
    for (int k = 0; k < SIDE * SIDE; k++) {
        if (isnan(xy[2 * k])) continue;
        around = tpk_box_union(around, (tpk_box){xy[2 * k], xy[2 * k + 1], xy[2 * k], xy[2 * k + 1]});
    }
    around = cut(around, 180, 90);
    return tpk_box_is_empty(around) ? TPK_BOX_EMPTY : around;
}
