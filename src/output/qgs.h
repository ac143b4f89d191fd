/* A QGIS project (.qgz) from a description: groups of layers with their styles, and map sheets to print. */
#ifndef TPK_OUTPUT_QGS_H
#define TPK_OUTPUT_QGS_H

#include "geo/crs.h"
#include "output/qgs_style.h"

/* Exactly one of legend and style is given; neither: the entry stands in the tree without a layer, as a
 * group. All pointers are borrowed. */
typedef struct tpk_qgs_layer {
    const char *id;             /* unique in the project; 10 characters or more, else QGIS takes another */
    const char *name;           /* in the tree */
    const char *source;         /* "./classes.tif", "./tapak.gpkg|layername=zones" */
    const char *details;        /* in the tree under the pointer; NULL: none */
    const tpk_legend *legend;   /* a raster's */
    const tpk_qgs_style *style; /* a vector's */
    bool shown;                 /* ticked when the project is opened */
    bool printed;               /* a vector on every sheet; a raster has a sheet of its own anyway */
} tpk_qgs_layer;

typedef struct tpk_qgs_group {
    const char *name;
    const tpk_qgs_layer *layers; /* the first is drawn on top */
    size_t n;
    bool open; /* its entries are seen when the project is opened */
} tpk_qgs_group;

/* The texts of the A4 sheets, landscape: title, map, legend, north arrow, scale bar, texts below. Each raster
 * has its sheet, with that raster and the printed vectors on map and legend, whatever is shown; its name
 * stands behind name and title. A project without rasters has one sheet. */
typedef struct tpk_qgs_sheets {
    const char *name, *legend_title;
    const char *remarks; /* note and sources; lines end with \n */
} tpk_qgs_sheets;

typedef struct tpk_qgs {
    const char *title;
    const tpk_crs *crs;
    tpk_box box; /* what the map shows at first; map units */
    const tpk_qgs_group *groups;
    size_t n_groups;
    tpk_qgs_sheets sheets;
} tpk_qgs;

/* Paths are relative: the folder may be moved. The same bytes for the same description. Atomic (temporary
 * name, rename). TPK_ERR_ARGUMENT for a legend that tpk_legend_write_qml refuses, TPK_ERR_IO,
 * TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_qgs_write(const tpk_qgs *project, const char *path, tpk_err *err);

/* For qgs.c: appends the sheets. */
void tpk_qgs_sheets_add(tpk_text *text, const tpk_qgs *project);

#endif
