/* The names of the zones' properties: the ids of criteria, constraints and overlay layers make most of them,
 * and no two may be equal. Readers that make tables of GeoJSON tell no capitals from small letters, so
 * neither do we.
 *
 * What writes the properties is zone_files.c of the api. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "project/reader.h"

/* Properties of every zone. `id`, `name`, `rank`, `limiting` and `note` cannot be made from an id. */
static const char *const FIXED[] = {"score_mean",         "score_min",   "score_max",   "area_ha",
                                    "stated_area_ha",     "class_S1_ha", "class_S2_ha", "class_S3_ha",
                                    "class_N_ha",         "excluded_ha", "unknown_ha",  "outside_ha",
                                    "area_difference_pct"};
static const char *const OF_CRITERION[] = {"mean", "min", "max", "membership", "unknown_ha"};
static const char *const OF_CONSTRAINT[] = {"ha"};
static const char *const OF_OVERLAY[] = {"nearest_m", "nearest_name"};
static const char *const MEASURES[] = {
    [TPK_GEOM_POINT] = "n", [TPK_GEOM_LINE] = "km", [TPK_GEOM_POLYGON] = "ha"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct property {
    char *name;       /* owned */
    const char *id;   /* borrowed; NULL: one of FIXED */
    const char *twin; /* borrowed; the earlier property of that name, which keeps it; NULL: none */
    tpk_pos pos;
} property;

typedef struct property_list {
    property *items;
    size_t n, capacity;
} property_list;

static void add_property(tpk_reader *reader, property_list *list, const char *id, tpk_pos pos,
                         const char *suffix)
{
    if (tpk_reader_failed(reader)) return;
    char *name =
        id ? tpk_report_format(&reader->report, "%s_%s", id, suffix) : tpk_reader_copy(reader, suffix);
    if (!name || !tpk_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items)) {
        tpk_free(name);
        reader->report.status = TPK_ERR_MEMORY;
        return;
    }
    list->items[list->n] = (property){.name = name, .id = id, .pos = pos};
    list->n++;
}

static void add_properties(tpk_reader *reader, property_list *list, const char *id, tpk_pos pos,
                           const char *const *suffixes, size_t n)
{
    for (size_t i = 0; i < n; i++) add_property(reader, list, id, pos, suffixes[i]);
}

/* Hectares, kilometres or a number, by what the layer's file says it holds. Where it does not say, all three:
 * to learn of a clash after the computation would cost more than another id. */
static void add_overlay(tpk_reader *reader, property_list *list, size_t index)
{
    const tpk_project *project = reader->project;
    const char *id = project->overlay[index];
    const tpk_layer_spec *layer = tpk_project_layer(project, id);
    const tpk_layer_state *state = &reader->layers[layer - project->layers];
    add_properties(reader, list, id, project->overlay_pos[index], OF_OVERLAY, COUNT(OF_OVERLAY));
    if (!state->peeked) return; /* its file could not be read, which was reported */
    for (size_t kind = TPK_GEOM_POINT; kind < COUNT(MEASURES); kind++) {
        if (state->peek.kind == TPK_GEOM_NONE || state->peek.kind == (tpk_geom_kind)kind)
            add_property(reader, list, id, project->overlay_pos[index], MEASURES[kind]);
    }
}

/* Constraints last: their ids are the easiest to change, nothing else names them. */
static void collect(tpk_reader *reader, property_list *list)
{
    const tpk_project *project = reader->project;
    add_properties(reader, list, NULL, (tpk_pos){0}, FIXED, COUNT(FIXED));
    for (size_t i = 0; i < project->n_criteria; i++) {
        add_properties(reader, list, project->criteria[i].id, project->criteria[i].pos, OF_CRITERION,
                       COUNT(OF_CRITERION));
    }
    for (size_t i = 0; i < project->n_overlay; i++) add_overlay(reader, list, i);
    for (size_t i = 0; i < project->n_constraints; i++) {
        add_properties(reader, list, project->constraints[i].id, project->constraints[i].pos, OF_CONSTRAINT,
                       COUNT(OF_CONSTRAINT));
    }
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int compare_fold(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) - lower(*b);
}

/* Equal names in the order in which they were collected. */
static int compare(const void *a, const void *b)
{
    const property *left = *(const property *const *)a, *right = *(const property *const *)b;
    int by_name = compare_fold(left->name, right->name);
    return by_name != 0 ? by_name : (left > right) - (left < right);
}

static void find_twins(tpk_reader *reader, property_list *list)
{
    property **sorted = tpk_reader_alloc(reader, list->n, sizeof *sorted);
    if (!sorted) return;
    for (size_t i = 0; i < list->n; i++) sorted[i] = &list->items[i];
    qsort(sorted, list->n, sizeof *sorted, compare);
    for (size_t i = 1, first = 0; i < list->n; i++) {
        if (compare_fold(sorted[first]->name, sorted[i]->name) == 0)
            sorted[i]->twin = sorted[first]->name;
        else
            first = i;
    }
    tpk_free(sorted);
}

static void report_clash(tpk_reader *reader, const property *clash)
{
    if (strcmp(clash->twin, clash->name) == 0) {
        tpk_report_add(&reader->report, clash->pos,
                       _("the id '%s' would name a second zone property '%s'; choose another id"), clash->id,
                       clash->name);
    } else {
        tpk_report_add(
            &reader->report, clash->pos,
            _("the id '%s' would name a zone property '%s' beside '%s', and many programs do not tell "
              "capitals from small letters there; choose another id"),
            clash->id, clash->name, clash->twin);
    }
}

void tpk_check_property_names(tpk_reader *reader)
{
    if (reader->project->zones.pos.line == 0) return;
    property_list list = {0};
    collect(reader, &list);
    if (!tpk_reader_failed(reader)) find_twins(reader, &list);
    const char *told = NULL; /* one finding an id */
    for (size_t i = 0; i < list.n && !tpk_reader_failed(reader); i++) {
        const property *item = &list.items[i];
        if (!item->twin || item->id == told) continue;
        report_clash(reader, item);
        told = item->id;
    }
    for (size_t i = 0; i < list.n; i++) tpk_free(list.items[i].name);
    tpk_free(list.items);
}
