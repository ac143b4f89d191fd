/* The sections `grid`, `zones`, `regions` and `overlay`. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "project/reader.h"

static void read_bounds(tpk_reader *reader, const tpk_yaml *node, double bounds[4])
{
    static const char *const NAMES[] = {"x_min", "y_min", "x_max", "y_max"};
    const tpk_key_spec *key = &TPK_SECTIONS[TPK_SECTION_GRID].keys[TPK_GRID_BOUNDS];
    if (node->kind != TPK_YAML_LIST || node->n != 4) {
        tpk_report_type(reader, node, key->value.name, tpk_key_form(key));
        return;
    }
    bool good = true;
    for (size_t i = 0; i < 4; i++) {
        tpk_param_spec spec = {.name = NAMES[i], .type = TPK_PARAM_NUMBER, .min = -HUGE_VAL, .max = HUGE_VAL};
        if (!tpk_read_number(reader, node->entries[i].value, &spec, &bounds[i])) good = false;
    }
    for (size_t i = 0; good && i < 2; i++) {
        if (bounds[i] < bounds[i + 2]) continue;
        tpk_report_add(&reader->report, node->entries[i + 2].value->pos,
                       _("'%s' is %s; it must be greater than '%s', %s"), NAMES[i + 2],
                       node->entries[i + 2].value->text, NAMES[i], node->entries[i].value->text);
    }
}

static void read_area(tpk_reader *reader, const tpk_yaml_entry *area, const tpk_yaml_entry *bounds,
                      tpk_grid_spec *grid)
{
    const tpk_param_spec *spec = &TPK_SECTIONS[TPK_SECTION_GRID].keys[TPK_GRID_AREA].value;
    if (!area && !bounds) {
        tpk_report_add(&reader->report, grid->pos, "%s",
                       _("'grid' needs 'area' (the layer of the study area) or 'bounds' ([x_min, y_min, "
                         "x_max, y_max])"));
    } else if (area && bounds) {
        tpk_report_add(&reader->report, bounds->key->pos, "%s",
                       _("'grid' has both 'area' and 'bounds'; keep one"));
    } else if (area) {
        int layer;
        grid->area_pos = area->value->pos;
        if (tpk_read_layer_id(reader, area->value, spec, &grid->area, &layer)) {
            tpk_check_present(reader, area->value->pos, "grid: area", layer);
            tpk_check_polygons(reader, area->value->pos, spec->name, layer);
        }
    } else {
        grid->area_pos = bounds->value->pos;
        read_bounds(reader, bounds->value, grid->bounds);
    }
}

static void check_grid_crs(tpk_reader *reader, const tpk_grid_spec *grid)
{
    if (!reader->vocabulary->check_grid_crs) return;
    tpk_err err = {0};
    tpk_status status = reader->vocabulary->check_grid_crs(grid->crs, &err);
    if (status == TPK_ERR_MEMORY)
        reader->report.status = status;
    else if (status != TPK_OK)
        tpk_report_add(&reader->report, grid->crs_pos, "%s", err.message);
}

void tpk_read_grid(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_GRID].keys;
    const tpk_yaml_entry *found[TPK_GRID_COUNT];
    tpk_grid_spec *grid = &reader->project->grid;
    grid->pos = entry->key->pos;
    if (!tpk_read_section(reader, entry->value, _("'grid'"), grid->pos, TPK_SECTION_GRID, found)) return;
    const tpk_yaml_entry *crs = found[TPK_GRID_CRS], *cell = found[TPK_GRID_CELL];
    if (crs) {
        grid->crs_pos = crs->value->pos;
        if (tpk_read_text(reader, crs->value, &keys[TPK_GRID_CRS].value, &grid->crs))
            check_grid_crs(reader, grid);
    }
    if (cell) tpk_read_number(reader, cell->value, &keys[TPK_GRID_CELL].value, &grid->cell);
    read_area(reader, found[TPK_GRID_AREA], found[TPK_GRID_BOUNDS], grid);
}

/* The layer of a section, which must hold polygons. Returns its position; -1: none, or a finding. */
static int read_polygon_layer(tpk_reader *reader, const tpk_yaml_entry *named, const tpk_param_spec *spec,
                              char **id)
{
    int layer = -1;
    if (named && tpk_read_layer_id(reader, named->value, spec, id, &layer))
        tpk_check_polygons(reader, named->value->pos, spec->name, layer);
    return layer;
}

/* A field of that layer. False when it is not named or there was a finding. */
static bool read_field(tpk_reader *reader, const tpk_yaml_entry *named, const tpk_param_spec *spec, int layer,
                       char **field)
{
    if (!named || !tpk_read_text(reader, named->value, spec, field)) return false;
    return tpk_check_field(reader, named->value->pos, spec->name, *field, layer);
}

void tpk_read_zones(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_ZONES].keys;
    const tpk_yaml_entry *found[TPK_ZONES_COUNT];
    tpk_zones_spec *zones = &reader->project->zones;
    zones->pos = entry->key->pos;
    if (!tpk_read_section(reader, entry->value, _("'zones'"), zones->pos, TPK_SECTION_ZONES, found)) return;
    int layer =
        read_polygon_layer(reader, found[TPK_ZONES_LAYER], &keys[TPK_ZONES_LAYER].value, &zones->layer);
    if (layer >= 0) tpk_check_present(reader, found[TPK_ZONES_LAYER]->value->pos, "zones", layer);
    read_field(reader, found[TPK_ZONES_ID], &keys[TPK_ZONES_ID].value, layer, &zones->id);
    read_field(reader, found[TPK_ZONES_NAME], &keys[TPK_ZONES_NAME].value, layer, &zones->name);
    read_field(reader, found[TPK_ZONES_NOTE], &keys[TPK_ZONES_NOTE].value, layer, &zones->note);
    const tpk_yaml_entry *stated = found[TPK_ZONES_STATED_AREA];
    const tpk_param_spec *spec = &keys[TPK_ZONES_STATED_AREA].value;
    if (read_field(reader, stated, spec, layer, &zones->stated_area_ha))
        tpk_check_number_field(reader, stated->value->pos, spec->name, zones->stated_area_ha, layer);
}

void tpk_read_regions(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_REGIONS].keys;
    const tpk_yaml_entry *found[TPK_REGIONS_COUNT];
    tpk_regions_spec *regions = &reader->project->regions;
    regions->pos = entry->key->pos;
    if (!tpk_read_section(reader, entry->value, _("'regions'"), regions->pos, TPK_SECTION_REGIONS, found))
        return;
    int layer =
        read_polygon_layer(reader, found[TPK_REGIONS_LAYER], &keys[TPK_REGIONS_LAYER].value, &regions->layer);
    read_field(reader, found[TPK_REGIONS_NAME], &keys[TPK_REGIONS_NAME].value, layer, &regions->name);
    read_field(reader, found[TPK_REGIONS_ID], &keys[TPK_REGIONS_ID].value, layer, &regions->id);
}

static bool in_overlay(const tpk_project *project, const char *id)
{
    for (size_t i = 0; i < project->n_overlay; i++) {
        if (strcmp(project->overlay[i], id) == 0) return true;
    }
    return false;
}

void tpk_read_overlay(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_yaml *list = entry->value;
    tpk_project *project = reader->project;
    if (tpk_yaml_is_nothing(list)) return; /* all items commented out */
    if (list->kind != TPK_YAML_LIST) {
        tpk_report_type(reader, list, "overlay", _("a list of layer ids"));
        return;
    }
    project->overlay = tpk_reader_alloc(reader, list->n, sizeof *project->overlay);
    project->overlay_pos = tpk_reader_alloc(reader, list->n, sizeof *project->overlay_pos);
    const tpk_param_spec spec = {.name = "overlay", .type = TPK_PARAM_VECTOR};
    for (size_t i = 0; i < list->n && !tpk_reader_failed(reader); i++) {
        const tpk_yaml *item = list->entries[i].value;
        char *id = NULL;
        int layer;
        if (!tpk_read_layer_id(reader, item, &spec, &id, &layer)) {
            tpk_free(id);
        } else if (in_overlay(project, id)) {
            tpk_report_add(&reader->report, item->pos, _("'overlay' names the layer '%s' twice"), id);
            tpk_free(id);
        } else {
            project->overlay_pos[project->n_overlay] = item->pos;
            project->overlay[project->n_overlay++] = id;
        }
    }
}
