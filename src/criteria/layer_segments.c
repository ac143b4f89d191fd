#include "criteria/layer_segments.h"

#include "base/mem.h"

tpk_status tpk_layer_geoms(const tpk_layer *layer, tpk_geom **geoms, tpk_err *err)
{
    *geoms = tpk_alloc((size_t)layer->n_features, sizeof **geoms);
    if (!*geoms) return tpk_err_memory(err);
    for (int64_t f = 0; f < layer->n_features; f++) (*geoms)[f] = tpk_layer_geom(layer, f);
    return TPK_OK;
}

tpk_status tpk_layer_segments(const tpk_layer *layer, tpk_segments **segments, tpk_err *err)
{
    *segments = NULL;
    tpk_geom *geoms;
    tpk_status status = tpk_layer_geoms(layer, &geoms, err);
    if (status != TPK_OK) return status;
    status = tpk_segments_new(geoms, layer->n_features, segments, err);
    tpk_free(geoms);
    return status;
}
