/* From a layer to the geometry kernels. */
#ifndef TPK_CRITERIA_LAYER_SEGMENTS_H
#define TPK_CRITERIA_LAYER_SEGMENTS_H

#include "geo/segments.h"
#include "input/layer.h"

/* A view of every feature's geometry: layer->n_features items. Caller frees with tpk_free; the views are
 * borrowed from the layer. */
TPK_MUST_CHECK tpk_status tpk_layer_geoms(const tpk_layer *layer, tpk_geom **geoms, tpk_err *err);

/* All segments of a layer; a segment's `feature` is the feature's index. Caller frees with tpk_segments_free.
 */
TPK_MUST_CHECK tpk_status tpk_layer_segments(const tpk_layer *layer, tpk_segments **segments, tpk_err *err);

#endif
