#include "input/minutes.h"

#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "input/finish.h"

double tpk_minutes_added(double degrees)
{
    double whole = degrees > 0 ? ceil(degrees) : floor(degrees);
    return 2 * whole - degrees;
}

/* Both axes first, then one. */
bool tpk_minutes_fix(const tpk_regions *regions, int region, const double lonlat[2], double fixed[2])
{
    for (int way = 0; way < 3; way++) {
        fixed[0] = way == 2 ? lonlat[0] : tpk_minutes_added(lonlat[0]);
        fixed[1] = way == 1 ? lonlat[1] : tpk_minutes_added(lonlat[1]);
        if (tpk_regions_hold(regions, region, fixed[0], fixed[1], TPK_REGION_MARGIN_DEG)) return true;
    }
    return false;
}

static void repair_all(const tpk_layer *layer, const tpk_regions *regions, const tpk_field *field,
                       tpk_sample *sample)
{
    for (int64_t f = 0; f < layer->n_features; f++) {
        int64_t first = layer->feature_part[f];
        int region = field->text[f] ? tpk_regions_find(regions, field->text[f]) : -1;
        if (region < 0 || layer->feature_part[f + 1] != first + 1) continue;
        double *xy = layer->xy + 2 * layer->part_start[first], fixed[2];
        if (tpk_regions_hold(regions, region, xy[0], xy[1], TPK_REGION_MARGIN_DEG)) continue;
        if (!tpk_minutes_fix(regions, region, xy, fixed)) continue;
        xy[0] = fixed[0];
        xy[1] = fixed[1];
        tpk_sample_add(sample, layer->fid[f], NULL);
    }
}

static tpk_status remark(tpk_sample *sample, const char *where, tpk_diags *diags, tpk_err *err)
{
    char *list = NULL;
    tpk_status status = tpk_text_take(&sample->text, &list, err);
    if (status == TPK_OK && tpk_diag_add(diags, TPK_WARNING, where, (tpk_pos){0},
                                         _("%lld points were moved into the region they name by adding the "
                                           "minutes that were subtracted from their "
                                           "degrees (`repair: minutes`); first features: %s"),
                                         (long long)sample->n, sample->n > 0 ? list : "-") != TPK_OK) {
        status = tpk_err_memory(err);
    }
    tpk_free(list);
    return status;
}

tpk_status tpk_minutes_repair(tpk_layer *layer, const tpk_crs *crs, const char *where, tpk_diags *diags,
                              tpk_err *err)
{
    if (layer->kind != TPK_GEOM_POINT || !tpk_crs_is_geographic(crs))
        return tpk_err_set(err, TPK_ERR_DATA, "%s",
                           _("`repair: minutes` is for points in degrees of longitude and latitude"));
    tpk_regions *regions = NULL;
    tpk_sample sample = {0};
    tpk_status status = tpk_regions_new(NULL, NULL, &regions, err);
    if (status != TPK_OK) return status;
    const tpk_field *field = tpk_region_column(layer, regions, NULL);
    if (field) {
        repair_all(layer, regions, field, &sample);
        status = remark(&sample, where, diags, err);
    } else {
        status = tpk_err_set(err, TPK_ERR_DATA, "%s",
                             _("`repair: minutes` needs a field such as kabkota that names the regency of "
                               "each point; there is none"));
    }
    tpk_text_clear(&sample.text);
    tpk_regions_free(regions);
    return status;
}
