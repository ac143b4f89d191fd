/* OGC Styled Layer Descriptor 1.0.0, as GeoServer and MapServer read it. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/file.h"
#include "output/legend.h"
#include "output/xml.h"

static const char HEAD[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<StyledLayerDescriptor version=\"1.0.0\" xmlns=\"http://www.opengis.net/sld\""
    " xmlns:ogc=\"http://www.opengis.net/ogc\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
    " xsi:schemaLocation=\"http://www.opengis.net/sld"
    " http://schemas.opengis.net/sld/1.0.0/StyledLayerDescriptor.xsd\">\n";

static void add_element(tpk_text *text, const char *name, const char *value)
{
    tpk_text_addf(text, "<%s>", name);
    tpk_xml_add(text, value);
    tpk_text_addf(text, "</%s>", name);
}

static void open_style(tpk_text *text, const char *name, const char *title)
{
    tpk_text_add(text, HEAD);
    tpk_text_add(text, "  <NamedLayer>\n    ");
    add_element(text, "Name", name);
    tpk_text_add(text, "\n    <UserStyle>\n      ");
    add_element(text, "Name", name);
    tpk_text_add(text, "\n      ");
    add_element(text, "Title", title);
    tpk_text_add(text, "\n      <FeatureTypeStyle>\n");
}

static tpk_status close_style(tpk_text *text, const char *path, tpk_err *err)
{
    tpk_text_add(text,
                 "      </FeatureTypeStyle>\n    </UserStyle>\n  </NamedLayer>\n</StyledLayerDescriptor>\n");
    char *bytes = NULL;
    tpk_status status = tpk_text_take(text, &bytes, err);
    if (status == TPK_OK) status = tpk_file_write(path, _("the SLD style"), bytes, strlen(bytes), err);
    tpk_free(bytes);
    return status;
}

static void add_color_entry(tpk_text *text, double value, tpk_rgb color, const char *label)
{
    char hex[TPK_COLOR_TEXT], number[32];
    tpk_text_addf(text, "              <ColorMapEntry color=\"%s\" quantity=\"%s\"",
                  tpk_color_text(color, hex),
                  isinf(value) ? "Infinity" : tpk_text_from_number(value, number));
    tpk_xml_attribute(text, "label", label);
    tpk_text_add(text, " opacity=\"1\"/>\n");
}

static uint8_t between(uint8_t from, uint8_t to, double share)
{
    return (uint8_t)lround(from + (to - from) * share);
}

/* MapServer draws a ramp in steps, each in the colour that it begins with: a colour every 0.02 makes them too
 * small to be taken for another class. Their labels are empty: without one MapServer's legend has the number.
 */
static void add_way(tpk_text *text, const tpk_legend_entry *from, const tpk_legend_entry *to)
{
    static const double STEPS = 50;
    tpk_rgb a = from->color, b = to->color;
    for (double step = floor(from->value * STEPS); step / STEPS < to->value; step++) {
        if (step / STEPS <= from->value) continue;
        double share = (step / STEPS - from->value) / (to->value - from->value);
        tpk_rgb color = {between(a.r, b.r, share), between(a.g, b.g, share), between(a.b, b.b, share)};
        add_color_entry(text, step / STEPS, color, "");
    }
}

tpk_status tpk_legend_write_sld(const tpk_legend *legend, const char *name, const char *path, tpk_err *err)
{
    static const char *const TYPES[] = {
        [TPK_LEGEND_VALUES] = "values", [TPK_LEGEND_RAMP] = "ramp", [TPK_LEGEND_INTERVALS] = "intervals"};
    tpk_status status = tpk_legend_check(legend, err);
    if (status != TPK_OK) return status;
    tpk_text text = {0};
    open_style(&text, name, legend->title);
    tpk_text_addf(&text,
                  "        <Rule>\n          <RasterSymbolizer>\n            <Opacity>1</Opacity>\n"
                  "            <ColorMap type=\"%s\">\n",
                  TYPES[legend->kind]);
    for (size_t i = 0; i < legend->n; i++) {
        const tpk_legend_entry *entry = &legend->entries[i];
        if (i > 0 && legend->kind == TPK_LEGEND_RAMP) add_way(&text, entry - 1, entry);
        add_color_entry(&text, entry->value, entry->color, entry->label);
    }
    tpk_text_add(&text, "            </ColorMap>\n          </RasterSymbolizer>\n        </Rule>\n");
    return close_style(&text, path, err);
}

/* ---- outlines ---- */

static void add_stroke(tpk_text *text, tpk_rgb color, const char *width_px)
{
    char hex[TPK_COLOR_TEXT];
    tpk_text_addf(
        text,
        "          <PolygonSymbolizer><Stroke><CssParameter name=\"stroke\">%s</CssParameter>"
        "<CssParameter name=\"stroke-width\">%s</CssParameter>"
        "<CssParameter name=\"stroke-linejoin\">round</CssParameter></Stroke></PolygonSymbolizer>\n",
        tpk_color_text(color, hex), width_px);
}

static void add_comparison(tpk_text *text, const char *operation, const char *field, double value)
{
    char number[32];
    tpk_text_addf(text, "<ogc:%s>", operation);
    add_element(text, "ogc:PropertyName", field);
    add_element(text, "ogc:Literal", tpk_text_from_number(value, number));
    tpk_text_addf(text, "</ogc:%s>", operation);
}

/* A value on a bound is in the class above. */
static void add_class_filter(tpk_text *text, const tpk_outline_style *style, size_t i)
{
    const tpk_legend_entry *entries = style->classes.entries;
    bool has_lower = i > 0, has_upper = isfinite(entries[i].value);
    tpk_text_add(text, has_lower && has_upper ? "          <ogc:Filter><ogc:And>" : "          <ogc:Filter>");
    if (has_lower)
        add_comparison(text, "PropertyIsGreaterThanOrEqualTo", style->value_field, entries[i - 1].value);
    if (has_upper) add_comparison(text, "PropertyIsLessThan", style->value_field, entries[i].value);
    tpk_text_add(text, has_lower && has_upper ? "</ogc:And></ogc:Filter>\n" : "</ogc:Filter>\n");
}

static void add_label(tpk_text *text, const tpk_outline_style *style)
{
    char hex[TPK_COLOR_TEXT];
    tpk_text_add(text, "          <TextSymbolizer><Label>");
    add_element(text, "ogc:PropertyName", style->label_field);
    tpk_text_addf(
        text,
        "</Label><Font><CssParameter name=\"font-family\">SansSerif</CssParameter>"
        "<CssParameter name=\"font-size\">11</CssParameter></Font>"
        "<Halo><Radius>1</Radius><Fill><CssParameter name=\"fill\">#ffffff</CssParameter></Fill></Halo>"
        "<Fill><CssParameter name=\"fill\">%s</CssParameter></Fill></TextSymbolizer>\n",
        tpk_color_text(style->line, hex));
}

static void add_symbolizers(tpk_text *text, const tpk_outline_style *style, const tpk_rgb *core)
{
    add_stroke(text, style->casing, core ? "6" : "5");
    add_stroke(text, style->line, core ? "4.4" : "2");
    if (core) add_stroke(text, *core, "2.6");
    if (style->label_field) add_label(text, style);
    tpk_text_add(text, "        </Rule>\n");
}

static void open_rule(tpk_text *text, const char *title)
{
    tpk_text_add(text, "        <Rule>\n          ");
    add_element(text, "Title", title);
    tpk_text_add(text, "\n");
}

static void add_class_rules(tpk_text *text, const tpk_outline_style *style)
{
    for (size_t i = style->classes.n; i-- > 0;) {
        open_rule(text, style->classes.entries[i].label);
        add_class_filter(text, style, i);
        add_symbolizers(text, style, &style->classes.entries[i].color);
    }
    open_rule(text, style->none.label);
    tpk_text_add(text, "          <ElseFilter/>\n");
    add_symbolizers(text, style, &style->none.color);
}

tpk_status tpk_outline_write_sld(const tpk_outline_style *style, const char *name, const char *path,
                                 tpk_err *err)
{
    tpk_status status = tpk_outline_check(style, err);
    if (status != TPK_OK) return status;
    tpk_text text = {0};
    open_style(&text, name, style->title);
    if (style->value_field) {
        add_class_rules(&text, style);
    } else {
        open_rule(&text, style->title);
        add_symbolizers(&text, style, NULL);
    }
    return close_style(&text, path, err);
}
