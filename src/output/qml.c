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

static tpk_status check_legend(const tpk_legend *legend, tpk_err *err)
{
    if (legend->n == 0) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("the legend '%s' has no entries"), legend->title);
    }
    for (size_t i = 0; i < legend->n; i++) {
        double value = legend->entries[i].value;
        bool last_class = legend->kind == TPK_LEGEND_INTERVALS && i + 1 == legend->n && value > 0;
        if (!isfinite(value) && !(last_class && isinf(value))) {
            return tpk_err_set(err, TPK_ERR_ARGUMENT,
                               _("the legend '%s': the value of '%s' is not a finite number"), legend->title,
                               legend->entries[i].label);
        }
        if (i > 0 && legend->kind != TPK_LEGEND_VALUES && !(value > legend->entries[i - 1].value)) {
            return tpk_err_set(err, TPK_ERR_ARGUMENT,
                               _("the legend '%s': the value of '%s' is not above the one before it"),
                               legend->title, legend->entries[i].label);
        }
    }
    return TPK_OK;
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
    tpk_status status = check_legend(legend, err);
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

/* A dark line in a casing of the entry's colour: seen on light and dark maps alike. */
static void add_symbol(tpk_text *text, size_t index, tpk_rgb color)
{
    char casing[32];
    snprintf(casing, sizeof casing, "%d,%d,%d,255", color.r, color.g, color.b);
    tpk_text_addf(text, "      <symbol type=\"fill\" name=\"%zu\" alpha=\"1\">\n", index);
    add_line(text, casing, "1.4");
    add_line(text, "35,35,35,255", "0.6");
    tpk_text_add(text, "      </symbol>\n");
}

static void add_categories(tpk_text *text, const tpk_legend *legend, const char *value_field)
{
    const tpk_rgb grey = {160, 160, 160};
    tpk_text_add(text, "  <renderer-v2 type=\"categorizedSymbol\"");
    tpk_xml_attribute(text, "attr", value_field);
    tpk_text_add(text, ">\n    <categories>\n");
    for (size_t i = 0; i < legend->n; i++) {
        const tpk_legend_entry *entry = &legend->entries[i];
        tpk_text_addf(text, "      <category symbol=\"%zu\" render=\"true\" type=\"string\"", i);
        tpk_xml_attribute(text, "value", entry->key ? entry->key : entry->label);
        tpk_xml_attribute(text, "label", entry->label);
        tpk_text_add(text, "/>\n");
    }
    /* The empty value takes whatever no other category takes. */
    tpk_text_addf(text, "      <category symbol=\"%zu\" render=\"true\" type=\"string\" value=\"\"",
                  legend->n);
    tpk_xml_attribute(text, "label", _("other"));
    tpk_text_add(text, "/>\n    </categories>\n    <symbols>\n");
    for (size_t i = 0; i < legend->n; i++) add_symbol(text, i, legend->entries[i].color);
    add_symbol(text, legend->n, grey);
    tpk_text_add(text, "    </symbols>\n  </renderer-v2>\n");
}

static void add_labels(tpk_text *text, const char *label_field)
{
    tpk_text_add(text, "  <labeling type=\"simple\">\n    <settings>\n      <text-style");
    tpk_xml_attribute(text, "fieldName", label_field);
    tpk_text_add(text, " isExpression=\"0\" fontFamily=\"Sans\" fontSize=\"9\" fontSizeUnit=\"Point\""
                       " textColor=\"35,35,35,255\" textOpacity=\"1\">\n"
                       "        <text-buffer bufferDraw=\"1\" bufferSize=\"1\" bufferSizeUnits=\"MM\""
                       " bufferColor=\"255,255,255,255\" bufferOpacity=\"1\"/>\n      </text-style>\n"
                       "      <placement placement=\"1\"/>\n      <rendering drawLabels=\"1\"/>\n"
                       "    </settings>\n  </labeling>\n");
    tpk_text text_of_tip = {0};
    tpk_text_add(&text_of_tip, "<b>[% \"");
    tpk_text_add(&text_of_tip, label_field);
    tpk_text_add(&text_of_tip, "\" %]</b>");
    tpk_text_add(text, "  <mapTip>");
    if (text_of_tip.data) tpk_xml_add(text, text_of_tip.data);
    tpk_text_add(text, "</mapTip>\n");
    text->failed |= text_of_tip.failed;
    tpk_text_clear(&text_of_tip);
}

tpk_status tpk_legend_write_zone_qml(const tpk_legend *legend, const char *label_field,
                                     const char *value_field, const char *path, tpk_err *err)
{
    if (legend->n == 0) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("the legend '%s' has no entries"), legend->title);
    }
    tpk_text text = {0};
    tpk_text_add(&text, TPK_QGIS_DOCTYPE);
    tpk_text_addf(
        &text,
        "<qgis version=\"3.22.0\" styleCategories=\"Symbology|Labeling|MapTips\" labelsEnabled=\"%d\">\n",
        label_field ? 1 : 0);
    if (value_field) {
        add_categories(&text, legend, value_field);
    } else {
        tpk_text_add(&text, "  <renderer-v2 type=\"singleSymbol\">\n    <symbols>\n");
        add_symbol(&text, 0, legend->entries[0].color);
        tpk_text_add(&text, "    </symbols>\n  </renderer-v2>\n");
    }
    if (label_field) add_labels(&text, label_field);
    tpk_text_add(&text, "  <layerGeometryType>2</layerGeometryType>\n</qgis>\n");
    return write_style(&text, path, err);
}
