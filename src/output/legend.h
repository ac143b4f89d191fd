/* One legend: the table from which QML, colour tables and category names are made. */
#ifndef TPK_OUTPUT_LEGEND_H
#define TPK_OUTPUT_LEGEND_H

#include "base/text.h"
#include "output/cog.h"

/* The first line of QGIS's files. */
#define TPK_QGIS_DOCTYPE "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"

typedef struct tpk_legend_entry {
    double value; /* discrete: the pixel value; graded: the upper bound of the class, itself in the next one
                   * (the last may be INFINITY); ramp: the value that has this colour */
    tpk_rgb color;
    const char *label; /* UTF-8, in the project's language; borrowed */
    const char *key;   /* vector layers: the text value of the field; NULL: the label; borrowed */
} tpk_legend_entry;

typedef enum tpk_legend_kind { TPK_LEGEND_VALUES, TPK_LEGEND_RAMP, TPK_LEGEND_INTERVALS } tpk_legend_kind;

typedef struct tpk_legend {
    const char *title;
    tpk_legend_kind kind;
    const tpk_legend_entry *entries; /* in the order shown; graded and ramp: values rising */
    size_t n;
} tpk_legend;

/* Writes QGIS 3.22's layer style so that QGIS shows legend and colours at once when the raster beside it is
 * opened. Values not listed are transparent, nodata too. Atomic (temporary name, rename). TPK_ERR_ARGUMENT
 * for an empty legend or values that do not rise, TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_legend_write_qml(const tpk_legend *legend, const char *path, tpk_err *err);

/* Appends the renderer of that style, which a layer of a QGIS project holds too. TPK_ERR_ARGUMENT likewise.
 */
TPK_MUST_CHECK tpk_status tpk_legend_add_pipe(tpk_text *text, const tpk_legend *legend, tpk_err *err);

/* A style file for a layer of polygons, drawn as outlines so that the map below keeps its colours: a dark
 * line in a casing coloured by the value of a text field, or in the first entry's colour when value_field is
 * NULL; labelled with label_field, and showing it on hover, unless that is NULL. Polygons of no entry's value
 * have a grey casing. */
TPK_MUST_CHECK tpk_status tpk_legend_write_zone_qml(const tpk_legend *legend, const char *label_field,
                                                    const char *value_field, const char *path, tpk_err *err);

/* 256 palette entries for a Byte raster with TPK_LEGEND_VALUES; values not listed are black. */
void tpk_legend_palette(const tpk_legend *legend, tpk_rgb palette[256]);

#endif
