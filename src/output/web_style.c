#include "output/web_style.h"

#include <math.h>

#include "output/file.h"
#include "output/json.h"

/* Takes value; false when it, or the room for it, could not be had. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static bool append(json_t *list, json_t *value)
{
    return json_array_append_new(list, value) == 0;
}

/* o when it is complete; else NULL, and o is released. */
static json_t *complete(json_t *o, bool is_complete)
{
    if (o && is_complete) return o;
    json_decref(o);
    return NULL;
}

static json_t *color_of(tpk_rgb color)
{
    char hex[TPK_COLOR_TEXT];
    return json_string(tpk_color_text(color, hex));
}

/* ---- legends ---- */

static json_t *entry_of(const tpk_legend_entry *entry)
{
    json_t *o = json_object();
    return complete(o, put(o, "value", isinf(entry->value) ? json_null() : json_real(entry->value)) &&
                           put(o, "color", color_of(entry->color)) &&
                           put(o, "label", json_string(entry->label)));
}

static json_t *legend_of(const tpk_legend *legend)
{
    static const char *const KINDS[] = {
        [TPK_LEGEND_VALUES] = "values", [TPK_LEGEND_RAMP] = "ramp", [TPK_LEGEND_INTERVALS] = "intervals"};
    json_t *o = json_object(), *entries = json_array();
    bool fine =
        put(o, "title", json_string(legend->title)) && put(o, "kind", json_string(KINDS[legend->kind]));
    for (size_t i = 0; i < legend->n && fine; i++) fine = append(entries, entry_of(&legend->entries[i]));
    fine &= put(o, "entries", entries);
    return complete(o, fine);
}

static json_t *legends_of(const tpk_web_style *style)
{
    json_t *o = json_object();
    bool fine = true;
    for (size_t i = 0; i < style->n_legends && fine; i++)
        fine = put(o, style->legends[i].name, legend_of(style->legends[i].legend));
    return complete(o, fine);
}

/* ---- layers ---- */

static json_t *value_of(const tpk_outline_style *style)
{
    return json_pack("[s, s]", "get", style->value_field);
}

/* ["case", value is a number, ["step", value, colour, bound, colour, ...], colour of none] */
static json_t *class_color(const tpk_outline_style *style)
{
    const tpk_legend *classes = &style->classes;
    json_t *step = json_pack("[s, o]", "step", value_of(style));
    bool fine = step != NULL;
    for (size_t i = 0; i < classes->n && fine; i++) {
        fine = append(step, color_of(classes->entries[i].color));
        if (i + 1 < classes->n) fine = fine && append(step, json_real(classes->entries[i].value));
    }
    step = complete(step, fine);
    return json_pack("[s, [s, [s, o], s], o, o]", "case", "==", "typeof", value_of(style), "number", step,
                     color_of(style->none.color));
}

/* Takes color. */
static json_t *line_of(const tpk_web_layer *layer, const char *part, json_t *color, double width_px)
{
    return json_pack("{s:s+, s:s, s:s, s:{s:s}, s:{s:s}, s:{s:o, s:f}}", "id", layer->name, part, "type",
                     "line", "source", layer->name, "metadata", "title", layer->style->title, "layout",
                     "line-join", "round", "paint", "line-color", color, "line-width", width_px);
}

static bool append_lines(json_t *list, const tpk_web_layer *layer)
{
    const tpk_outline_style *style = layer->style;
    bool has_core = style->value_field != NULL;
    return append(list, line_of(layer, "-casing", color_of(style->casing), has_core ? 6 : 5)) &&
           append(list, line_of(layer, "-line", color_of(style->line), has_core ? 4.4 : 2)) &&
           (!has_core || append(list, line_of(layer, "-class", class_color(style), 2.6)));
}

static json_t *source_of(const tpk_web_layer *layer)
{
    return json_pack("{s:s, s:s+}", "type", "geojson", "data", layer->name, ".geojson");
}

static json_t *document_of(const tpk_web_style *style)
{
    json_t *o = json_object(), *sources = json_object(), *layers = json_array();
    bool fine = put(o, "version", json_integer(8)) && put(o, "name", json_string(style->title)) &&
                put(o, "metadata", json_pack("{s:o}", "tapak:legends", legends_of(style)));
    for (size_t i = 0; i < style->n_layers && fine; i++) {
        fine = put(sources, style->layers[i].name, source_of(&style->layers[i])) &&
               append_lines(layers, &style->layers[i]);
    }
    fine &= put(o, "sources", sources);
    fine &= put(o, "layers", layers);
    return complete(o, fine);
}

static tpk_status check(const tpk_web_style *style, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < style->n_legends && status == TPK_OK; i++)
        status = tpk_legend_check(style->legends[i].legend, err);
    for (size_t i = 0; i < style->n_layers && status == TPK_OK; i++)
        status = tpk_outline_check(style->layers[i].style, err);
    return status;
}

tpk_status tpk_web_style_write(const tpk_web_style *style, const char *path, tpk_err *err)
{
    tpk_status status = check(style, err);
    if (status != TPK_OK) return status;
    json_t *document = document_of(style);
    status = document ? tpk_json_write_temporary(path, document, err) : tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_file_publish(path, err);
    json_decref(document);
    return status;
}
