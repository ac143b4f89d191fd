#include "check/polygon.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "geo/geos.h"
#include "input/rings.h"

static const double LARGEST = 1e38; /* shapefile writers use larger numbers for "nowhere" */

struct tpk_polygon_maker {
    const tpk_subject *subject; /* borrowed, must outlive this */
    tpk_rings *rings;
    tpk_geom_buffer ordered, repaired;
    char *reason;
};

tpk_polygon_maker *tpk_polygon_maker_new(const tpk_subject *subject)
{
    tpk_polygon_maker *maker = tpk_zalloc(1, sizeof *maker);
    if (!maker) return NULL;
    maker->subject = subject;
    maker->rings = tpk_rings_new();
    if (maker->rings) return maker;
    tpk_polygon_maker_free(maker);
    return NULL;
}

void tpk_polygon_maker_free(tpk_polygon_maker *maker)
{
    if (!maker) return;
    tpk_geom_buffer_clear(&maker->ordered);
    tpk_geom_buffer_clear(&maker->repaired);
    tpk_rings_free(maker->rings);
    tpk_free(maker->reason);
    tpk_free(maker);
}

static bool is_finite(tpk_geom geom)
{
    for (int64_t i = 2 * geom.part_start[0]; i < 2 * geom.part_start[geom.n_parts]; i++) {
        if (!(fabs(geom.xy[i]) < LARGEST)) return false;
    }
    return true;
}

tpk_status tpk_polygon_look(tpk_polygon_maker *maker, int64_t feature, tpk_geom *geom, const char **reason,
                            bool *mended, tpk_err *err)
{
    tpk_geom raw = tpk_layer_geom(maker->subject->layer, feature);
    bool was_mended = false, valid = true;
    tpk_status status = TPK_OK;
    tpk_geom_buffer_reset(&maker->ordered, TPK_GEOM_POLYGON);
    tpk_free(maker->reason);
    maker->reason = NULL;
    if (raw.n_parts > 0 && !is_finite(raw)) {
        maker->reason = tpk_strdup("Invalid Coordinate");
        if (!maker->reason) status = tpk_err_memory(err);
    } else if (raw.n_parts > 0) {
        if (!tpk_rings_order(maker->rings, raw, maker->subject->layer->rings_known, &maker->ordered,
                             &was_mended))
            return tpk_err_memory(err);
        if (maker->ordered.n_parts > 0)
            status = tpk_geos_is_valid(maker->subject->worker, tpk_geom_buffer_view(&maker->ordered), &valid,
                                       &maker->reason, NULL);
        if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
        status = TPK_OK;
    }
    *geom = tpk_geom_buffer_view(&maker->ordered);
    *reason = valid && !maker->reason ? NULL : maker->reason ? maker->reason : "Invalid geometry";
    if (mended) *mended = was_mended;
    return status;
}

tpk_status tpk_polygon_valid(tpk_polygon_maker *maker, int64_t feature, tpk_geom *geom, tpk_err *err)
{
    const char *reason;
    tpk_status status = tpk_polygon_look(maker, feature, geom, &reason, NULL, err);
    if (status != TPK_OK || !reason || geom->n_parts == 0) return status;
    tpk_geom_buffer_reset(&maker->repaired, TPK_GEOM_POLYGON);
    status = tpk_geos_make_valid(maker->subject->worker, *geom, &maker->repaired, NULL);
    if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
    if (status != TPK_OK) tpk_geom_buffer_reset(&maker->repaired, TPK_GEOM_POLYGON);
    *geom = tpk_geom_buffer_view(&maker->repaired);
    return TPK_OK;
}

void tpk_polygon_measure_by(const tpk_map_area *area, tpk_geom polygon, double *area_m2, double *width_m)
{
    double planar = tpk_geos_area(polygon), around = tpk_geom_length(polygon);
    *area_m2 = *width_m = (double)NAN;
    if (!(planar > 0)) return;
    *area_m2 = fabs(tpk_map_area_m2(area, polygon)); /* a ring may turn either way */
    *width_m = 2 * *area_m2 / (around * sqrt(*area_m2 / planar));
}

tpk_status tpk_polygon_measure(const tpk_subject *subject, tpk_geom polygon, double *area_m2, double *width_m,
                               tpk_err *err)
{
    *area_m2 = *width_m = (double)NAN;
    if (!subject->crs || !(tpk_geos_area(polygon) > 0)) return TPK_OK;
    tpk_map_area *area = NULL;
    tpk_status status = tpk_map_area_new(subject->crs, tpk_geom_box(polygon), &area, NULL);
    if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
    if (status != TPK_OK) return TPK_OK;
    tpk_polygon_measure_by(area, polygon, area_m2, width_m);
    tpk_map_area_free(area);
    return TPK_OK;
}

char *tpk_area_text(double area_m2, double width_m)
{
    if (area_m2 < 1e4) return tpk_finding_text(_("%.0f m2, %.2g m wide"), area_m2, width_m);
    return tpk_finding_text(_("%.2f ha, %.0f m wide"), area_m2 / 1e4, width_m);
}
