/* As QGIS 3.22 reads it. Symbols carry only what differs from QGIS's defaults. */
#include "output/qgs_style.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "output/xml.h"

/* An item of a symbol: its class and pairs of names and values, up to NULL. */
static void add_symbol_layer(tpk_text *text, const char *class_name, const char *const *options)
{
    tpk_text_addf(text, "<layer class=\"%s\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">\n",
                  class_name);
    for (size_t i = 0; options[i]; i += 2) {
        tpk_text_add(text, "  <Option type=\"QString\"");
        tpk_xml_attribute(text, "name", options[i]);
        tpk_xml_attribute(text, "value", options[i + 1]);
        tpk_text_add(text, "/>\n");
    }
    tpk_text_add(text, "</Option></layer>\n");
}

/* "r,g,b,alpha", as QGIS writes colours. */
typedef struct color_text {
    char text[32];
} color_text;

static color_text color_of(tpk_rgb color, int alpha)
{
    color_text out;
    snprintf(out.text, sizeof out.text, "%d,%d,%d,%d", color.r, color.g, color.b, alpha);
    return out;
}

static tpk_rgb darker(tpk_rgb color)
{
    return (tpk_rgb){(uint8_t)(color.r / 2), (uint8_t)(color.g / 2), (uint8_t)(color.b / 2)};
}

static void add_polygon(tpk_text *text, const char *fill, const char *fill_style, const char *line,
                        const char *line_style, const char *width_mm)
{
    const char *const options[] = {"color",
                                   fill,
                                   "style",
                                   fill_style,
                                   "outline_color",
                                   line,
                                   "outline_style",
                                   line_style,
                                   "joinstyle",
                                   "round",
                                   "outline_width",
                                   width_mm,
                                   "outline_width_unit",
                                   "MM",
                                   NULL};
    add_symbol_layer(text, "SimpleFill", options);
}

static void add_line(tpk_text *text, const char *color, const char *width_mm)
{
    const char *const options[] = {"line_color",      color,   "line_width", width_mm,
                                   "line_width_unit", "MM",    "joinstyle",  "round",
                                   "capstyle",        "round", NULL};
    add_symbol_layer(text, "SimpleLine", options);
}

static void add_point(tpk_text *text, const char *color)
{
    const char *const options[] = {"name",
                                   "circle",
                                   "color",
                                   color,
                                   "size",
                                   "1.8",
                                   "size_unit",
                                   "MM",
                                   "outline_color",
                                   "255,255,255,255",
                                   "outline_width",
                                   "0.3",
                                   "outline_width_unit",
                                   "MM",
                                   NULL};
    add_symbol_layer(text, "SimpleMarker", options);
}

static void add_symbol_layers(tpk_text *text, const tpk_qgs_style *style)
{
    static const char NONE[] = "0,0,0,0";
    color_text full = color_of(style->color, 255), thin = color_of(style->color, 90),
               dark = color_of(darker(style->color), 255);
    switch (style->look) {
    case TPK_LOOK_CASED: break; /* has a renderer of its own */
    case TPK_LOOK_OUTLINE: add_polygon(text, NONE, "no", full.text, "dash", "0.4"); break;
    case TPK_LOOK_AREA: add_polygon(text, thin.text, "solid", dark.text, "solid", "0.2"); break;
    case TPK_LOOK_HATCH: add_polygon(text, full.text, "b_diagonal", full.text, "solid", "0.4"); break;
    case TPK_LOOK_LINE: add_line(text, full.text, "0.5"); break;
    case TPK_LOOK_POINT: add_point(text, full.text); break;
    }
}

static void add_renderer(tpk_text *text, const tpk_qgs_style *style)
{
    if (style->look == TPK_LOOK_CASED) {
        tpk_outline_add_renderer(text, style->outline);
        return;
    }
    const char *type = style->look == TPK_LOOK_POINT  ? "marker"
                       : style->look == TPK_LOOK_LINE ? "line"
                                                      : "fill";
    tpk_text_addf(text,
                  "<renderer-v2 type=\"singleSymbol\"><symbols><symbol type=\"%s\" name=\"0\" alpha=\"1\">\n",
                  type);
    add_symbol_layers(text, style);
    tpk_text_add(text, "</symbol></symbols></renderer-v2>\n");
}

/* Zones are drawn by class, in outlines; regions are not. */
static bool shows_zones(const tpk_qgs_style *style)
{
    return style->look == TPK_LOOK_CASED && style->outline->value_field;
}

/* Beside points, outside zones, in the middle of other polygons, along lines: QGIS's numbers of these
 * placements. */
static int placement_of(const tpk_qgs_style *style)
{
    if (style->look == TPK_LOOK_POINT) return 6;
    if (shows_zones(style)) return 8;
    return style->look == TPK_LOOK_LINE ? 2 : 1;
}

static void add_labels(tpk_text *text, const tpk_qgs_style *style)
{
    bool is_zone = shows_zones(style);
    tpk_text_add(text, "<labeling type=\"simple\"><settings><text-style");
    tpk_xml_attribute(text, "fieldName", style->label_field);
    tpk_text_addf(text,
                  " isExpression=\"0\" fontFamily=\"Sans\" fontWeight=\"%d\" fontSize=\"%d\""
                  " fontSizeUnit=\"Point\" textColor=\"35,35,35,255\" textOpacity=\"1\">"
                  "<text-buffer bufferDraw=\"1\" bufferSize=\"1\" bufferSizeUnits=\"MM\""
                  " bufferColor=\"255,255,255,255\" bufferOpacity=\"1\"/></text-style>\n",
                  is_zone ? 75 : 50, is_zone ? 8 : 7);
    if (is_zone) tpk_text_add(text, TPK_QGIS_WRAPPED_NAMES);
    tpk_text_addf(text, "<placement placement=\"%d\" priority=\"%d\" dist=\"1\" distUnits=\"MM\"/>",
                  placement_of(style), is_zone ? 10 : 5);
    tpk_text_addf(text,
                  "<rendering drawLabels=\"1\" scaleVisibility=\"%d\" scaleMin=\"0\" scaleMax=\"%.0f\"/>"
                  "</settings></labeling>\n",
                  style->labels_from > 0, style->labels_from);
}

void tpk_qgis_add_plain(tpk_text *text, const char *words)
{
    for (const char *mark; (mark = strstr(words, "[%")); words = mark + 1) {
        tpk_text_add_bytes(text, words, (size_t)(mark + 1 - words));
        tpk_text_add(text, " ");
    }
    tpk_text_add(text, words);
}

void tpk_qgs_style_add(tpk_text *text, const tpk_qgs_style *style)
{
    add_renderer(text, style);
    if (style->label_field) add_labels(text, style);
    if (!style->tip) return;
    tpk_text_add(text, "<mapTip>");
    tpk_xml_add(text, style->tip);
    tpk_text_add(text, "</mapTip>\n");
}

void tpk_qgs_style_add_attributes(tpk_text *text, const tpk_qgs_style *style)
{
    tpk_text_addf(text,
                  " labelsEnabled=\"%d\" hasScaleBasedVisibilityFlag=\"%d\" minScale=\"%.0f\" maxScale=\"0\"",
                  style->label_field != NULL, style->shown_from > 0, style->shown_from);
}

tpk_status tpk_qgs_style_qml(const tpk_qgs_style *style, char **qml, tpk_err *err)
{
    tpk_text text = {0};
    tpk_text_add(&text, TPK_QGIS_DOCTYPE "<qgis version=\"3.22.0\""
                                         " styleCategories=\"Symbology|Labeling|MapTips|Rendering\"");
    tpk_qgs_style_add_attributes(&text, style);
    tpk_text_add(&text, ">\n");
    tpk_qgs_style_add(&text, style);
    int geometry = style->look == TPK_LOOK_POINT ? 0 : style->look == TPK_LOOK_LINE ? 1 : 2;
    tpk_text_addf(&text, "<layerGeometryType>%d</layerGeometryType>\n</qgis>\n", geometry);
    return tpk_text_take(&text, qml, err);
}
