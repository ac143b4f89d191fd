/* Which field names the features of a layer. */
#ifndef TPK_INPUT_NAMING_H
#define TPK_INPUT_NAMING_H

#include "input/layer.h"

/* The text field that usually holds names (nama, name, namobj); with_kinds: or, for want of one, what the
 * features are (komoditas, jenis, kategori), which tells areas apart but is no name of a place. NULL: none.
 * Borrowed. */
const tpk_field *tpk_layer_naming_field(const tpk_layer *layer, bool with_kinds);

#endif
