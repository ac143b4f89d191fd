#include "input/finish.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "input/minutes.h"

enum { SAMPLE_SIZE = 5, POINTS_A_STEP = 1 << 18 };

static const double LARGEST = 1e38; /* shapefile writers use larger numbers for "nowhere" */

void tpk_sample_add(tpk_sample *sample, int64_t fid, const char *reason)
{
    sample->n++;
    if (sample->n > SAMPLE_SIZE + 1) return;
    if (sample->n > SAMPLE_SIZE) {
        tpk_text_add(&sample->text, ", ...");
        return;
    }
    tpk_text_addf(&sample->text, "%s%lld", sample->n > 1 ? ", " : "", (long long)fid);
    if (reason) tpk_text_addf(&sample->text, " (%s)", reason);
}

static bool is_usable(const tpk_layer *layer, int64_t feature)
{
    const double *xy = layer->xy;
    int64_t first = layer->part_start[layer->feature_part[feature]];
    int64_t last = layer->part_start[layer->feature_part[feature + 1]];
    for (int64_t i = 2 * first; i < 2 * last; i++) {
        if (!(fabs(xy[i]) < LARGEST)) return false;
    }
    return true;
}

/* Moves the parts that stay to the front: those of features whose coordinates are all numbers, lines of two
 * points or more. */
static void keep_usable(tpk_layer *layer, tpk_sample *lost)
{
    int64_t part = 0, point = 0, first_part = layer->feature_part[0];
    for (int64_t f = 0; f < layer->n_features; f++) {
        int64_t last_part = layer->feature_part[f + 1];
        layer->feature_part[f] = first_part; /* overwritten for the feature before */
        bool usable = is_usable(layer, f);
        layer->feature_part[f] = part;
        for (int64_t p = first_part; usable && p < last_part; p++) {
            int64_t start = layer->part_start[p], n = layer->part_start[p + 1] - start;
            if (layer->kind == TPK_GEOM_LINE && n < 2) continue;
            if (point != start)
                memmove(layer->xy + 2 * point, layer->xy + 2 * start, (size_t)n * 2 * sizeof *layer->xy);
            layer->ring_role[part] = layer->ring_role[p];
            layer->part_start[part++] = point;
            point += n;
        }
        if (part == layer->feature_part[f] && last_part > first_part)
            tpk_sample_add(lost, layer->fid[f], NULL);
        first_part = last_part;
    }
    layer->feature_part[layer->n_features] = part;
    layer->part_start[part] = point;
}

/* keep_usable, counted and told; `text` takes the number and the sample. */
static tpk_status drop_unusable(tpk_layer *layer, const char *text, const char *where, tpk_diags *diags,
                                tpk_err *err)
{
    tpk_sample lost = {0};
    keep_usable(layer, &lost);
    layer->n_unusable += lost.n;
    tpk_status status = TPK_OK;
    char *sample = NULL;
    if (lost.n > 0) status = tpk_text_take(&lost.text, &sample, err);
    if (lost.n > 0 && status == TPK_OK) {
        if (tpk_diag_add(diags, TPK_WARNING, where, (tpk_pos){0}, "%lld %s; %s %s", (long long)lost.n, text,
                         _("they count as features without geometry; first features:"), sample) != TPK_OK) {
            status = tpk_err_memory(err);
        }
    }
    tpk_free(sample);
    tpk_text_clear(&lost.text);
    return status;
}

tpk_status tpk_remark_transform(const tpk_transform *transform, tpk_box area_lonlat, const char *where,
                                tpk_diags *diags)
{
    static const double ROUGH_M = 10;
    const tpk_pos nowhere = {0};
    const char *name = tpk_transform_name(transform);
    double accuracy_m = tpk_transform_accuracy_m(transform);
    if (tpk_transform_is_identity(transform)) return TPK_OK;
    if (tpk_transform_is_ballpark(transform)) {
        return tpk_diag_add(
            diags, TPK_WARNING, where, nowhere,
            _("no transformation between its datum and the grid's is known, so its positions may be "
              "wrong by hundreds of metres (PROJ: '%s'); check its CRS, or state one that holds "
              "the shift to WGS 84"),
            name);
    }
    if (accuracy_m > ROUGH_M) {
        return tpk_diag_add(
            diags, TPK_WARNING, where, nowhere,
            _("the best transformation known for the study area, '%s', is good to %.0f m only; where that "
              "matters, get the layer in the grid's CRS from its source"),
            name, accuracy_m);
    }
    if (tpk_transform_covers(transform, area_lonlat)) return TPK_OK;
    return tpk_diag_add(
        diags, TPK_WARNING, where, nowhere,
        _("the transformation '%s' was made for another place than the whole study area (longitude "
          "%.2f to %.2f, latitude %.2f to %.2f) and may be less accurate there than it states (%.0f m)"),
        name, area_lonlat.x_min, area_lonlat.x_max, area_lonlat.y_min, area_lonlat.y_max, accuracy_m);
}

static tpk_status transform_all(tpk_transform *transform, tpk_layer *layer, const tpk_control *control,
                                tpk_err *err)
{
    int64_t n = layer->part_start[layer->feature_part[layer->n_features]];
    for (int64_t i = 0; i < n; i += POINTS_A_STEP) {
        if (tpk_cancelled(control))
            return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while reprojecting layers"));
        int64_t n_failed, n_now = n - i < POINTS_A_STEP ? n - i : POINTS_A_STEP;
        tpk_transform_forward(transform, layer->xy + 2 * i, n_now, &n_failed);
    }
    return TPK_OK;
}

static tpk_status reproject(tpk_worker *worker, tpk_crs *from, const tpk_crs *to, tpk_box area_lonlat,
                            tpk_layer *layer, const tpk_control *control, const char *where, tpk_diags *diags,
                            tpk_err *err)
{
    tpk_transform *transform = NULL;
    if (tpk_box_is_empty(area_lonlat) && !tpk_crs_is_same(from, to))
        area_lonlat = tpk_crs_lonlat_box(from, tpk_geom_box(tpk_layer_all(layer)));
    tpk_status status = tpk_transform_new(worker, from, to, area_lonlat, &transform, err);
    if (status != TPK_OK) return status;
    bool is_identity = tpk_transform_is_identity(transform);
    layer->accuracy_m = is_identity ? 0 : tpk_transform_accuracy_m(transform);
    layer->operation = tpk_strdup(is_identity ? "" : tpk_transform_name(transform));
    bool noted = layer->operation && tpk_remark_transform(transform, area_lonlat, where, diags) == TPK_OK;
    if (!noted) status = tpk_err_memory(err);
    if (status == TPK_OK && !is_identity) status = transform_all(transform, layer, control, err);
    tpk_transform_free(transform);
    return status;
}

static tpk_status place_in_plan(tpk_worker *worker, const tpk_layer_spec *spec, const tpk_crs *to,
                                tpk_box area_lonlat, const tpk_control *control, const char *where,
                                const tpk_raw *raw, tpk_diags *diags, tpk_err *err)
{
    tpk_layer *layer = raw->layer;
    tpk_crs *from = NULL;
    const char *origin = NULL;
    tpk_status status = tpk_find_crs(worker, spec->crs, raw->crs_text, raw->crs_place,
                                     tpk_geom_box(tpk_layer_all(layer)), where, &from, &origin, diags, err);
    if (status != TPK_OK) return status;
    layer->crs_name = tpk_strdup(tpk_crs_name(from));
    layer->crs_code = tpk_strdup(tpk_crs_code(from));
    layer->crs_origin = tpk_strdup(origin);
    if (!layer->crs_name || !layer->crs_code || !layer->crs_origin) status = tpk_err_memory(err);
    if (status == TPK_OK && spec->repair) status = tpk_minutes_repair(layer, from, where, diags, err);
    if (status == TPK_OK && to) {
        status = reproject(worker, from, to, area_lonlat, layer, control, where, diags, err);
    } else if (status == TPK_OK) {
        layer->operation = tpk_strdup("");
        if (!layer->operation) status = tpk_err_memory(err);
    }
    tpk_crs_free(from);
    if (status != TPK_OK || !to) return status;
    return drop_unusable(layer,
                         _("features lie where their coordinates cannot be reprojected to the project's CRS"),
                         where, diags, err);
}

static tpk_status remark(const tpk_layer *layer, const char *where, tpk_diags *diags)
{
    const tpk_pos nowhere = {0};
    tpk_status status = TPK_OK;
    if (layer->n_features == 0) {
        status =
            tpk_diag_add(diags, TPK_WARNING, where, nowhere,
                         layer->n_filtered > 0 ? _("none of its features satisfies the condition 'where'")
                                               : _("it holds no features"));
    }
    if (status == TPK_OK && layer->n_null_geometry > 0) {
        status = tpk_diag_add(diags, TPK_WARNING, where, nowhere, _("%lld of %lld features have no geometry"),
                              (long long)layer->n_null_geometry, (long long)layer->n_features);
    }
    if (status == TPK_OK && layer->n_z > 0) {
        status = tpk_diag_add(diags, TPK_NOTE, where, nowhere,
                              _("the heights (Z) of %lld features are not used"), (long long)layer->n_z);
    }
    if (status == TPK_OK && layer->n_m > 0) {
        status = tpk_diag_add(diags, TPK_NOTE, where, nowhere,
                              _("the measures (M) of %lld features are not used"), (long long)layer->n_m);
    }
    return status;
}

tpk_status tpk_finish(tpk_worker *worker, const tpk_layer_spec *spec, const tpk_crs *to, tpk_box area_lonlat,
                      const tpk_control *control, const char *where, tpk_raw *raw, tpk_diags *diags,
                      tpk_err *err)
{
    tpk_layer *layer = raw->layer;
    for (int64_t f = 0; f < layer->n_features; f++) {
        layer->n_null_geometry += layer->feature_part[f] == layer->feature_part[f + 1];
    }
    tpk_status status =
        drop_unusable(layer, _("features have coordinates that are no numbers, or lines of a single point"),
                      where, diags, err);
    if (status == TPK_OK)
        status = place_in_plan(worker, spec, to, area_lonlat, control, where, raw, diags, err);
    if (status != TPK_OK) return status;
    if (layer->kind == TPK_GEOM_POLYGON) {
        status = tpk_finish_polygons(worker, layer, raw->rings_known, control, where, diags, err);
        if (status != TPK_OK) return status;
    } else {
        tpk_free(layer->ring_role);
        layer->ring_role = NULL;
    }
    layer->box = tpk_geom_box(tpk_layer_all(layer));
    return remark(layer, where, diags) == TPK_OK ? TPK_OK : tpk_err_memory(err);
}
