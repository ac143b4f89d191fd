#include "api/qgis_entries.h"

#include "base/mem.h"

static char *made(tpk_text *text)
{
    char *out = NULL;
    return tpk_text_take(text, &out, NULL) == TPK_OK ? out : NULL;
}

/* "criteria_akses_jalan_layer": QGIS takes no id of fewer than ten characters. */
static char *layer_id(int group, const char *id)
{
    static const char *const GROUPS[TPK_GROUP_COUNT] = {"zones", "inputs", "constraints", "criteria",
                                                        "result"};
    tpk_text text = {0};
    tpk_text_addf(&text, "%s_%s_layer", GROUPS[group], id);
    return made(&text);
}

tpk_status tpk_qgis_entry_new(tpk_qgis_entries *entries, int group, const char *id, char *name,
                              tpk_qgis_entry **entry, tpk_err *err)
{
    *entry = NULL;
    char *own_id = name ? layer_id(group, id) : NULL;
    if (!own_id || !tpk_grow(&entries->items, &entries->capacity, entries->n + 1, sizeof *entries->items)) {
        tpk_free(own_id);
        tpk_free(name);
        return tpk_err_memory(err);
    }
    *entry = &entries->items[entries->n++];
    **entry = (tpk_qgis_entry){.group = group, .id = own_id, .name = name};
    return TPK_OK;
}

tpk_status tpk_qgis_entry_set_table(tpk_qgis_entry *entry, const char *table, tpk_err *err)
{
    tpk_text text = {0};
    tpk_text_addf(&text, "./tapak.gpkg|layername=%s", table);
    return tpk_text_take(&text, &entry->source, err);
}

static tpk_qgs_layer view(const tpk_qgis_entry *entry)
{
    return (tpk_qgs_layer){
        .id = entry->id,
        .name = entry->name,
        .source = entry->source,
        .details = entry->details,
        .legend = entry->source && entry->is_raster ? &entry->legend.legend : NULL,
        .style = entry->source && !entry->is_raster ? &entry->style : NULL,
        .shown = entry->shown,
        .printed = entry->printed,
    };
}

void tpk_qgis_entries_view(const tpk_qgis_entries *entries, tpk_qgs_layer *layers, tpk_qgs_group *groups)
{
    size_t n = 0;
    for (int group = 0; group < TPK_GROUP_COUNT; group++) {
        groups[group] = (tpk_qgs_group){.layers = layers + n};
        for (size_t i = 0; i < entries->n; i++) {
            if (entries->items[i].group != group) continue;
            layers[n++] = view(&entries->items[i]);
            groups[group].n++;
        }
    }
}

void tpk_qgis_entries_clear(tpk_qgis_entries *entries)
{
    for (size_t i = 0; i < entries->n; i++) {
        tpk_qgis_entry *entry = &entries->items[i];
        tpk_own_legend_clear(&entry->legend);
        tpk_free(entry->details);
        tpk_free(entry->tip);
        tpk_free(entry->source);
        tpk_free(entry->name);
        tpk_free(entry->id);
    }
    tpk_free(entries->items);
    *entries = (tpk_qgis_entries){0};
}
