#include "base/i18n.h"
#include "base/mem.h"
#include "geo/geos.h"
#include "input/finish.h"
#include "input/rings.h"

/* All polygons of the layer while they are written anew. */
typedef struct polygons {
    tpk_worker *worker; /* borrowed */
    tpk_layer *layer;   /* borrowed */
    bool rings_known;
    tpk_rings *rings;
    tpk_geom_buffer all, repaired;
    tpk_sample mended, lost;
} polygons;

static tpk_geom from_part(const tpk_geom_buffer *all, int64_t first)
{
    return (tpk_geom){.kind = TPK_GEOM_POLYGON,
                      .n_parts = all->n_parts - first,
                      .part_start = all->part_start + first,
                      .ring_role = all->ring_role + first,
                      .xy = all->xy};
}

static bool append(tpk_geom_buffer *all, tpk_geom geom)
{
    for (int64_t p = 0; p < geom.n_parts; p++) {
        int64_t start = geom.part_start[p];
        if (!tpk_geom_buffer_add_part(all, geom.xy + 2 * start, geom.part_start[p + 1] - start,
                                      geom.ring_role[p])) {
            return false;
        }
    }
    return true;
}

/* Replaces the polygon from part `first` on by a valid one; by nothing when GEOS cannot. */
static tpk_status make_valid(polygons *p, int64_t first, tpk_err *err)
{
    tpk_geom_buffer_reset(&p->repaired, TPK_GEOM_POLYGON);
    tpk_status status = tpk_geos_make_valid(p->worker, from_part(&p->all, first), &p->repaired, NULL);
    if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
    p->all.n_points = p->all.part_start[first];
    p->all.n_parts = first;
    if (status != TPK_OK) return TPK_OK;
    return append(&p->all, tpk_geom_buffer_view(&p->repaired)) ? TPK_OK : tpk_err_memory(err);
}

static tpk_status finish_one(polygons *p, int64_t feature, tpk_err *err)
{
    tpk_geom before = tpk_layer_geom(p->layer, feature);
    if (before.n_parts == 0) return TPK_OK;
    int64_t first = p->all.n_parts, fid = p->layer->fid[feature];
    bool mended = false, valid = true;
    char *reason = NULL;
    if (!tpk_rings_order(p->rings, before, p->rings_known, &p->all, &mended)) return tpk_err_memory(err);
    if (p->all.n_parts > first) {
        tpk_status status = tpk_geos_is_valid(p->worker, from_part(&p->all, first), &valid, &reason, NULL);
        if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
        if (status != TPK_OK) valid = false;
    }
    tpk_status status = valid ? TPK_OK : make_valid(p, first, err);
    if (p->all.n_parts == first) {
        tpk_sample_add(&p->lost, fid, reason);
    } else if (mended || !valid) {
        tpk_sample_add(&p->mended, fid, reason ? reason : _("ring not closed, repeated or without area"));
    }
    tpk_free(reason);
    return status;
}

static tpk_status finish_all(polygons *p, const tpk_control *control, tpk_err *err)
{
    tpk_layer *layer = p->layer;
    int64_t start = 0; /* feature_part[f] of the layer as it was, while its array is overwritten */
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (f % TPK_READ_STRIDE == 0) {
            if (tpk_cancelled(control))
                return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while checking polygons"));
            tpk_progress(control, _("checking polygons"), f, layer->n_features, _("features"));
        }
        layer->feature_part[f] = start;
        start = layer->feature_part[f + 1];
        tpk_status status = finish_one(p, f, err);
        if (status != TPK_OK) return status;
        layer->feature_part[f] = p->all.n_parts;
    }
    for (int64_t f = layer->n_features; f > 0; f--) layer->feature_part[f] = layer->feature_part[f - 1];
    layer->feature_part[0] = 0;
    return TPK_OK;
}

static tpk_status remark(polygons *p, const char *where, tpk_diags *diags, tpk_err *err)
{
    tpk_status status = TPK_OK;
    if (p->mended.n > 0) {
        status = tpk_diag_add(diags, TPK_WARNING, where, (tpk_pos){0},
                              _("%lld invalid polygons were repaired; first features: %s"),
                              (long long)p->mended.n, p->mended.text.failed ? "" : p->mended.text.data);
    }
    if (status == TPK_OK && p->lost.n > 0) {
        status = tpk_diag_add(
            diags, TPK_WARNING, where, (tpk_pos){0},
            _("%lld polygons have no area and count as features without geometry; first features: %s"),
            (long long)p->lost.n, p->lost.text.failed ? "" : p->lost.text.data);
    }
    bool failed = status != TPK_OK || p->mended.text.failed || p->lost.text.failed;
    return failed ? tpk_err_memory(err) : TPK_OK;
}

tpk_status tpk_finish_polygons(tpk_worker *worker, tpk_layer *layer, bool rings_known,
                               const tpk_control *control, const char *where, tpk_diags *diags, tpk_err *err)
{
    polygons p = {.worker = worker, .layer = layer, .rings_known = rings_known, .rings = tpk_rings_new()};
    p.all.kind = TPK_GEOM_POLYGON;
    tpk_status status = TPK_OK;
    p.all.part_start =
        tpk_zalloc(1, sizeof *p.all.part_start); /* a layer without polygons has one offset too */
    if (p.all.part_start) p.all.part_capacity = 1;
    if (!p.rings || !p.all.part_start) status = tpk_err_memory(err);
    if (status == TPK_OK) status = finish_all(&p, control, err);
    if (status == TPK_OK) status = remark(&p, where, diags, err);
    if (status == TPK_OK) {
        layer->n_repaired = p.mended.n;
        layer->n_unusable += p.lost.n;
        tpk_free(layer->part_start);
        tpk_free(layer->ring_role);
        tpk_free(layer->xy);
        layer->part_start = p.all.part_start;
        layer->ring_role = p.all.ring_role;
        layer->xy = p.all.xy;
        p.all = (tpk_geom_buffer){0};
    }
    tpk_geom_buffer_clear(&p.all);
    tpk_geom_buffer_clear(&p.repaired);
    tpk_text_clear(&p.mended.text);
    tpk_text_clear(&p.lost.text);
    tpk_rings_free(p.rings);
    return status;
}
