/* style.json: a MapLibre style of the vectors beside it, with the legends of all maps. */
#ifndef TPK_OUTPUT_WEB_STYLE_H
#define TPK_OUTPUT_WEB_STYLE_H

#include "output/legend.h"

typedef struct tpk_web_layer {
    const char *name; /* "zones": the source and the layers' names, and NAME.geojson beside the style */
    const tpk_outline_style *style;
} tpk_web_layer;

typedef struct tpk_web_legend {
    const char *name; /* "classes" for classes.tif */
    const tpk_legend *legend;
} tpk_web_legend;

/* Everything is borrowed for the call. */
typedef struct tpk_web_style {
    const char *title;
    const tpk_web_layer *layers; /* from below to above */
    size_t n_layers;
    const tpk_web_legend *legends;
    size_t n_legends;
} tpk_web_style;

/* MapLibre style specification 8. Names of polygons are not drawn: that would need letters (`glyphs`) from
 * somewhere. What the specification has no place for stands in `metadata`: "tapak:legends" has for each map
 * its title, kind (values, ramp, intervals) and entries of value, color and label; in intervals the value is
 * the upper bound, null for the last. Atomic. TPK_ERR_ARGUMENT, TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_web_style_write(const tpk_web_style *style, const char *path, tpk_err *err);

#endif
