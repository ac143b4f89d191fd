/* QGIS layer styles, as QGIS 3.22 reads them. Symbols carry only what differs from QGIS's defaults. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/file.h"
#include "output/legend.h"
#include "output/xml.h"

static void add_number(tpk_text *text, const char *name, double value)
{
    char number[32];
    tpk_xml_attribute(text, name, isinf(value) ? "inf" : tpk_text_from_number(value, number));
}

static void add_color(tpk_text *text, tpk_rgb color)
{
    tpk_text_addf(text, " color=\"#%02x%02x%02x\" alpha=\"255\"", color.r, color.g, color.b);
}

static void add_palette(tpk_text *text, const tpk_legend *legend)
{
    tpk_text_add(
        text,
        "    <rasterrenderer type=\"paletted\" band=\"1\" opacity=\"1\" alphaBand=\"-1\" nodataColor=\"\">\n"
        "      <rasterTransparency/>\n      <colorPalette>\n");
    for (size_t i = 0; i < legend->n; i++) {
        tpk_text_add(text, "        <paletteEntry");
        add_number(text, "value", legend->entries[i].value);
        add_color(text, legend->entries[i].color);
        tpk_xml_attribute(text, "label", legend->entries[i].label);
        tpk_text_add(text, "/>\n");
    }
    tpk_text_add(text, "      </colorPalette>\n    </rasterrenderer>\n");
}

/* QGIS counts an upper bound to the class below; here it belongs to the class above. Only a bound that a
 * Float32 cell can hold exactly makes a difference. */
static double shown_bound(const tpk_legend *legend, double value)
{
    bool moves = legend->kind == TPK_LEGEND_INTERVALS && isfinite(value) && (double)(float)value == value;
    return moves ? nextafter(value, -(double)INFINITY) : value;
}

static void add_ramp(tpk_text *text, const tpk_legend *legend)
{
    double first = legend->entries[0].value, last = legend->entries[legend->n - 1].value;
    bool discrete = legend->kind == TPK_LEGEND_INTERVALS;
    if (isinf(last)) last = legend->n > 1 ? legend->entries[legend->n - 2].value : first;
    tpk_text_add(
        text, "    <rasterrenderer type=\"singlebandpseudocolor\" band=\"1\" opacity=\"1\" alphaBand=\"-1\""
              " nodataColor=\"\"");
    add_number(text, "classificationMin", first);
    add_number(text, "classificationMax", last);
    tpk_text_add(text, ">\n      <rasterTransparency/>\n      <rastershader>\n        <colorrampshader");
    tpk_xml_attribute(text, "colorRampType", discrete ? "DISCRETE" : "INTERPOLATED");
    tpk_text_add(text, " classificationMode=\"1\" clip=\"0\"");
    add_number(text, "minimumValue", first);
    add_number(text, "maximumValue", last);
    tpk_text_add(text, ">\n");
    for (size_t i = 0; i < legend->n; i++) {
        tpk_text_add(text, "          <item");
        add_number(text, "value", shown_bound(legend, legend->entries[i].value));
        add_color(text, legend->entries[i].color);
        tpk_xml_attribute(text, "label", legend->entries[i].label);
        tpk_text_add(text, "/>\n");
    }
    /* One legend line for each value: a continuous bar would show the first and the last label only. */
    tpk_text_add(text, "          <rampLegendSettings useContinuousLegend=\"0\"/>\n");
    tpk_text_add(text, "        </colorrampshader>\n      </rastershader>\n    </rasterrenderer>\n");
}

static tpk_status write_style(tpk_text *text, const char *path, tpk_err *err)
{
    char *bytes = NULL;
    tpk_status status = tpk_text_take(text, &bytes, err);
    if (status == TPK_OK) status = tpk_file_write(path, _("the QGIS style"), bytes, strlen(bytes), err);
    tpk_free(bytes);
    return status;
}

tpk_status tpk_legend_add_pipe(tpk_text *text, const tpk_legend *legend, tpk_err *err)
{
    tpk_status status = tpk_legend_check(legend, err);
    if (status != TPK_OK) return status;
    tpk_text_add(text, "  <pipe>\n");
    if (legend->kind == TPK_LEGEND_VALUES) {
        add_palette(text, legend);
    } else {
        add_ramp(text, legend);
    }
    tpk_text_add(text, "  </pipe>\n  <blendMode>0</blendMode>\n");
    return TPK_OK;
}

tpk_status tpk_legend_write_qml(const tpk_legend *legend, const char *path, tpk_err *err)
{
    tpk_text text = {0};
    tpk_text_add(&text, TPK_QGIS_DOCTYPE);
    tpk_text_add(&text, "<qgis version=\"3.22.0\" styleCategories=\"Symbology\">\n");
    tpk_status status = tpk_legend_add_pipe(&text, legend, err);
    tpk_text_add(&text, "</qgis>\n");
    if (status == TPK_OK) return write_style(&text, path, err);
    tpk_text_clear(&text);
    return status;
}

static void add_option(tpk_text *text, const char *name, const char *value)
{
    tpk_text_add(text, "          <Option type=\"QString\"");
    tpk_xml_attribute(text, "name", name);
    tpk_xml_attribute(text, "value", value);
    tpk_text_add(text, "/>\n");
}

/* Nothing but a line: a fill, however thin, would change the colours of the map below, which mean something.
 */
static void add_line(tpk_text *text, const char *color, const char *width_mm)
{
    tpk_text_add(
        text,
        "        <layer class=\"SimpleFill\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">\n");
    add_option(text, "color", "0,0,0,0");
    add_option(text, "style", "no");
    add_option(text, "outline_color", color);
    add_option(text, "outline_style", "solid");
    add_option(text, "joinstyle", "round");
    add_option(text, "outline_width", width_mm);
    add_option(text, "outline_width_unit", "MM");
    tpk_text_add(text, "        </Option></layer>\n");
}

static void add_outline(tpk_text *text, tpk_rgb color, const char *width_mm)
{
    char rgba[32];
    snprintf(rgba, sizeof rgba, "%d,%d,%d,255", color.r, color.g, color.b);
    add_line(text, rgba, width_mm);
}

/* A dark line in a light casing is seen on light and dark maps alike; the dark keeps the core's colour apart
 * from the map's. core NULL: none. */
static void add_symbol(tpk_text *text, size_t index, const tpk_outline_style *style, const tpk_rgb *core)
{
    tpk_text_addf(text, "      <symbol type=\"fill\" name=\"%zu\" alpha=\"1\">\n", index);
    add_outline(text, style->casing, core ? "1.7" : "1.4");
    add_outline(text, style->line, core ? "1.2" : "0.6");
    if (core) add_outline(text, *core, "0.7");
    tpk_text_add(text, "      </symbol>\n");
}

static void add_rule(tpk_text *text, size_t index, const char *label, const char *filter)
{
    tpk_text_addf(text, "      <rule key=\"{rule-%zu}\" symbol=\"%zu\"", index, index);
    tpk_xml_attribute(text, "label", label);
    tpk_xml_attribute(text, "filter", filter);
    tpk_text_add(text, "/>\n");
}

/* "score_mean" >= 0.4 AND "score_mean" < 0.6: a value on a bound is in the class above. */
static void add_class_rule(tpk_text *text, const tpk_outline_style *style, size_t i)
{
    const tpk_legend_entry *entries = style->classes.entries;
    bool has_lower = i > 0, has_upper = isfinite(entries[i].value);
    char number[32];
    tpk_text filter = {0};
    if (has_lower)
        tpk_text_addf(&filter, "\"%s\" >= %s", style->value_field,
                      tpk_text_from_number(entries[i - 1].value, number));
    if (has_lower && has_upper) tpk_text_add(&filter, " AND ");
    if (has_upper)
        tpk_text_addf(&filter, "\"%s\" < %s", style->value_field,
                      tpk_text_from_number(entries[i].value, number));
    if (filter.data) add_rule(text, i, entries[i].label, filter.data);
    text->failed |= filter.failed;
    tpk_text_clear(&filter);
}

/* The best class first, as in every legend. */
static void add_class_rules(tpk_text *text, const tpk_outline_style *style)
{
    size_t n = style->classes.n;
    tpk_text_add(text, "  <renderer-v2 type=\"RuleRenderer\">\n    <rules key=\"{rules}\">\n");
    for (size_t i = n; i-- > 0;) add_class_rule(text, style, i);
    add_rule(text, n, style->none.label, "ELSE");
    tpk_text_add(text, "    </rules>\n    <symbols>\n");
    for (size_t i = 0; i < n; i++) add_symbol(text, i, style, &style->classes.entries[i].color);
    add_symbol(text, n, style, &style->none.color);
    tpk_text_add(text, "    </symbols>\n  </renderer-v2>\n");
}

void tpk_outline_add_renderer(tpk_text *text, const tpk_outline_style *style)
{
    if (style->value_field) {
        add_class_rules(text, style);
        return;
    }
    tpk_text_add(text, "  <renderer-v2 type=\"singleSymbol\">\n    <symbols>\n");
    add_symbol(text, 0, style, NULL);
    tpk_text_add(text, "    </symbols>\n  </renderer-v2>\n");
}

static void add_labels(tpk_text *text, const tpk_outline_style *style)
{
    const char *label_field = style->label_field;
    tpk_text_add(text, "  <labeling type=\"simple\">\n    <settings>\n      <text-style");
    tpk_xml_attribute(text, "fieldName", label_field);
    tpk_text_addf(text,
                  " isExpression=\"0\" fontFamily=\"Sans\" fontSize=\"9\" fontSizeUnit=\"Point\""
                  " textColor=\"%d,%d,%d,255\" textOpacity=\"1\">\n",
                  style->line.r, style->line.g, style->line.b);
    tpk_text_add(text, "        <text-buffer bufferDraw=\"1\" bufferSize=\"1\" bufferSizeUnits=\"MM\""
                       " bufferColor=\"255,255,255,255\" bufferOpacity=\"1\"/>\n"
                       "      </text-style>\n      " TPK_QGIS_WRAPPED_NAMES
                       "      <placement placement=\"1\"/>\n      <rendering drawLabels=\"1\"/>\n"
                       "    </settings>\n  </labeling>\n");
    tpk_text text_of_tip = {0};
    tpk_text_add(&text_of_tip, "<b>[% replace(coalesce(\"");
    tpk_text_add(&text_of_tip, label_field);
    tpk_text_add(&text_of_tip, "\", ''), " TPK_QGIS_HTML_SIGNS ") %]</b>");
    tpk_text_add(text, "  <mapTip>");
    if (text_of_tip.data) tpk_xml_add(text, text_of_tip.data);
    tpk_text_add(text, "</mapTip>\n");
    text->failed |= text_of_tip.failed;
    tpk_text_clear(&text_of_tip);
}

tpk_status tpk_outline_write_qml(const tpk_outline_style *style, const char *path, tpk_err *err)
{
    tpk_status status = tpk_outline_check(style, err);
    if (status != TPK_OK) return status;
    tpk_text text = {0};
    tpk_text_add(&text, TPK_QGIS_DOCTYPE);
    tpk_text_addf(
        &text,
        "<qgis version=\"3.22.0\" styleCategories=\"Symbology|Labeling|MapTips\" labelsEnabled=\"%d\">\n",
        style->label_field ? 1 : 0);
    tpk_outline_add_renderer(&text, style);
    if (style->label_field) add_labels(&text, style);
    tpk_text_add(&text, "  <layerGeometryType>2</layerGeometryType>\n</qgis>\n");
    return write_style(&text, path, err);
}
