/* One legend: the table from which QML, SLD, MapLibre styles, colour tables and category names are made. */
#ifndef TPK_OUTPUT_LEGEND_H
#define TPK_OUTPUT_LEGEND_H

#include "base/text.h"
#include "output/cog.h"

/* The first line of QGIS's files. */
#define TPK_QGIS_DOCTYPE "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"

/* For names of zones: in several lines they hide less of the map, and of each other. */
#define TPK_QGIS_WRAPPED_NAMES                                                                               \
    "<text-format autoWrapLength=\"16\" useMaxLineLengthForAutoWrap=\"1\" multilineAlign=\"3\"/>\n"

/* Of an expression in HTML: what the signs of the words that it gives are replaced by. */
#define TPK_QGIS_HTML_SIGNS "map('&', '&amp;', '<', '&lt;')"

typedef struct tpk_legend_entry {
    double value; /* discrete: the pixel value; graded: the upper bound of the class, itself in the next one
                   * (the last may be INFINITY); ramp: the value that has this colour */
    tpk_rgb color;
    const char *label; /* UTF-8, in the project's language; borrowed */
} tpk_legend_entry;

typedef enum tpk_legend_kind { TPK_LEGEND_VALUES, TPK_LEGEND_RAMP, TPK_LEGEND_INTERVALS } tpk_legend_kind;

typedef struct tpk_legend {
    const char *title;
    tpk_legend_kind kind;
    const tpk_legend_entry *entries; /* in the order shown; graded and ramp: values rising */
    size_t n;
} tpk_legend;

/* Polygons drawn as outlines, so that the map below keeps its colours: a dark line in a casing, and with a
 * value field a core in the colour of the value's class. Everything is borrowed. */
typedef struct tpk_outline_style {
    const char *title;
    tpk_rgb casing, line;
    const char *label_field; /* written beside each polygon; NULL: nothing */
    const char *value_field; /* a number for each polygon; NULL: all are drawn alike */
    tpk_legend classes;      /* of the values, TPK_LEGEND_INTERVALS up to INFINITY; with value_field */
    tpk_legend_entry none;   /* colour and label of polygons without a value; with value_field */
} tpk_outline_style;

/* The writers below are atomic (temporary name, rename). TPK_ERR_ARGUMENT for an empty legend or values that
 * do not rise, TPK_ERR_IO, TPK_ERR_MEMORY.
 *
 * QGIS 3.22's layer style, which QGIS applies when the raster or the polygons beside it are opened. Values
 * not listed are transparent, nodata too. Labels of polygons show on hover as well. */
TPK_MUST_CHECK tpk_status tpk_legend_write_qml(const tpk_legend *legend, const char *path, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_outline_write_qml(const tpk_outline_style *style, const char *path,
                                                tpk_err *err);

/* SLD 1.0 for GeoServer and MapServer, with GeoServer's `type` of a colour map, which both read. `name` is
 * that of the server's layer. */
TPK_MUST_CHECK tpk_status tpk_legend_write_sld(const tpk_legend *legend, const char *name, const char *path,
                                               tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_outline_write_sld(const tpk_outline_style *style, const char *name,
                                                const char *path, tpk_err *err);

/* Appends the renderer of a raster's style, which a layer of a QGIS project holds too. TPK_ERR_ARGUMENT
 * likewise. */
TPK_MUST_CHECK tpk_status tpk_legend_add_pipe(tpk_text *text, const tpk_legend *legend, tpk_err *err);

/* Appends the renderer of polygons, likewise; the style is one that tpk_outline_check accepts. */
void tpk_outline_add_renderer(tpk_text *text, const tpk_outline_style *style);

/* 256 palette entries for a Byte raster with TPK_LEGEND_VALUES; values not listed are black. */
void tpk_legend_palette(const tpk_legend *legend, tpk_rgb palette[256]);

/* TPK_ERR_ARGUMENT, with the entry's name, when the legend is empty or its values do not rise. */
TPK_MUST_CHECK tpk_status tpk_legend_check(const tpk_legend *legend, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_outline_check(const tpk_outline_style *style, tpk_err *err);

#endif
