/* A part of a layer as a layer of its own. */
#ifndef TPK_INPUT_SELECT_H
#define TPK_INPUT_SELECT_H

#include "input/layer.h"

/* A copy holding the features f with keep[f] != 0; the others count as n_filtered. NULL when memory is
 * exhausted. Caller frees with tpk_layer_free. */
tpk_layer *tpk_layer_select(const tpk_layer *layer, const uint8_t *keep);

#endif
