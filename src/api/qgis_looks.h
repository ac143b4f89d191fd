/* The colours in which maps usually show what the inputs are, by the words of their names. */
#ifndef TPK_API_QGIS_LOOKS_H
#define TPK_API_QGIS_LOOKS_H

#include <stdbool.h>

#include "output/qgs_style.h"
#include "project/styles.h"

typedef struct tpk_layer_look {
    tpk_rgb color;
    bool orients; /* roads and towns: what helps to find one's way on the map */
} tpk_layer_look;

/* id: a layer's, "jalan_nasional". index: its place among the layers, which chooses a colour of the set's
 * list when no word is known. */
tpk_layer_look tpk_layer_look_of(const tpk_styles *styles, const char *id, size_t index);

/* The symbol that suits a layer's geometry (not TPK_GEOM_NONE). */
tpk_qgs_look tpk_layer_symbol(tpk_geom_kind kind);

#endif
