/* How QGIS shows a vector layer: symbol, labels, what it says under the pointer. */
#ifndef TPK_OUTPUT_QGS_STYLE_H
#define TPK_OUTPUT_QGS_STYLE_H

#include "output/legend.h"

typedef enum tpk_qgs_look {
    TPK_LOOK_CASED,   /* polygons as `outline` says */
    TPK_LOOK_OUTLINE, /* polygons as a line of the colour, broken */
    TPK_LOOK_AREA,    /* polygons filled thinly */
    TPK_LOOK_HATCH,   /* polygons hatched */
    TPK_LOOK_LINE,
    TPK_LOOK_POINT
} tpk_qgs_look;

typedef struct tpk_qgs_style {
    tpk_qgs_look look;
    tpk_rgb color;
    const tpk_outline_style *outline; /* with TPK_LOOK_CASED only; its labels are not used; borrowed */
    const char *label_field;          /* the field that labels features; NULL: no labels; borrowed */
    const char *tip;                  /* HTML with QGIS's [% expressions %]; NULL: none; borrowed */
    double shown_from;  /* the layer is shown from the scale 1:shown_from on; 0: at every scale */
    double labels_from; /* its labels likewise */
} tpk_qgs_style;

/* Appends the words as they are: in a text of QGIS, what stands between [% and %] would be evaluated; a blank
 * parts the two signs. */
void tpk_qgis_add_plain(tpk_text *text, const char *words);

/* Appends what both a layer of a project and a style file hold: renderer, labels, tip. */
void tpk_qgs_style_add(tpk_text *text, const tpk_qgs_style *style);

/* Appends the attributes of the element around it: labels on or off, the scale from which the layer shows. */
void tpk_qgs_style_add_attributes(tpk_text *text, const tpk_qgs_style *style);

/* A whole style file. Caller frees *qml with tpk_free. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_qgs_style_qml(const tpk_qgs_style *style, char **qml, tpk_err *err);

#endif
