#include "api/qgis.h"

#include <stdio.h>
#include <string.h>

#include "api/qgis_entries.h"
#include "api/qgis_looks.h"
#include "api/qgis_tables.h"
#include "api/qgis_tips.h"
#include "api/qgis_words.h"
#include "api/region_table.h"
#include "api/styles.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "input/naming.h"
#include "version.h"

/* Scales (1:n) from which much is shown that would hide the map before. */
static const double FEATURES_FROM = 500000, NAMES_FROM = 250000;
enum { FEW_NAMES = 60, MANY_FEATURES = 500, MANY_POINTS = 100000 };

typedef struct builder {
    tpk_study *study;
    const tpk_qgis_results *results;
    const char *language;
    tpk_gpkg *gpkg;
    tpk_qgis_entries entries;
    tpk_own_legend zone_classes;
    tpk_outline_style zone_outline, region_outline;
    tpk_text files;    /* "jalan.shp (PU 2024), elevasi.tif" */
    tpk_status status; /* of the inputs, which a callback adds */
    tpk_err *err;
} builder;

static char *made(tpk_text *text)
{
    char *out = NULL;
    return tpk_text_take(text, &out, NULL) == TPK_OK ? out : NULL;
}

static const tpk_styles *styles_of(const builder *b)
{
    return &b->study->project->styles;
}

/* The style of an entry that is complete becomes the default of the table begun last. */
static tpk_status keep_style(builder *b, tpk_qgis_entry *entry, tpk_err *err)
{
    if (!entry->tip) return tpk_err_memory(err);
    entry->style.tip = entry->tip;
    char *qml = NULL;
    tpk_status status = tpk_qgs_style_qml(&entry->style, &qml, err);
    if (status == TPK_OK) status = tpk_gpkg_set_style(b->gpkg, qml, err);
    tpk_free(qml);
    return status;
}

/* ---- zones and regions ---- */

static tpk_status write_zones(builder *b, const char *title, tpk_err *err)
{
    const tpk_zone_shapes *shapes = b->results->zones;
    tpk_record record = {0};
    tpk_status status = tpk_gpkg_begin_table(b->gpkg, "zones", title, TPK_GEOM_POLYGON, err);
    for (size_t zone = 0; zone < shapes->n && status == TPK_OK; zone++) {
        tpk_zone_describe(b->study, b->study->zones, b->results->overlays, zone, &record);
        if (zone == 0) status = tpk_record_declare_table(&record, b->gpkg, err);
        if (status == TPK_OK) status = tpk_record_write_row(&record, b->gpkg, shapes->geoms[zone], err);
    }
    tpk_record_clear(&record);
    return status;
}

static tpk_status write_regions(builder *b, const char *title, tpk_err *err)
{
    const tpk_region_shapes *shapes = b->results->regions;
    tpk_record record = {0};
    tpk_status status = tpk_gpkg_begin_table(b->gpkg, "regions", title, TPK_GEOM_POLYGON, err);
    for (size_t i = 0; i < shapes->n && status == TPK_OK; i++) {
        tpk_region_describe(&b->study->regions[i], &record);
        if (i == 0) status = tpk_record_declare_table(&record, b->gpkg, err);
        if (status == TPK_OK) status = tpk_record_write_row(&record, b->gpkg, shapes->geoms[i], err);
    }
    tpk_record_clear(&record);
    return status;
}

/* "Zona industri – Nilai rata-rata": the zones are drawn in the class of their mean score. NULL: no memory.
 */
static char *zones_name(const builder *b, const char *title)
{
    tpk_text text = {0};
    tpk_text_add(&text, title);
    tpk_text_addf(&text, " – %s", tpk_qgis_word_text(TPK_WORD_SCORE, b->language));
    return made(&text);
}

static tpk_status add_zones(builder *b, tpk_err *err)
{
    if (b->results->zones->n == 0) return TPK_OK;
    const char *title = tpk_label_text(styles_of(b), TPK_LABEL_ZONES, b->language);
    tpk_qgis_entry *entry;
    tpk_status status =
        tpk_qgis_entry_new(&b->entries, TPK_GROUP_ZONES, "zones", zones_name(b, title), &entry, err);
    if (status == TPK_OK) status = tpk_qgis_entry_set_table(entry, "zones", err);
    if (status == TPK_OK) status = write_zones(b, title, err);
    if (status != TPK_OK) return status;
    status = tpk_legend_zone_classes(b->study->plan, &b->zone_classes, err);
    if (status != TPK_OK) return status;
    b->zone_outline = tpk_styles_zone_outline(b->study->project, &b->zone_classes);
    entry->style =
        (tpk_qgs_style){.look = TPK_LOOK_CASED, .outline = &b->zone_outline, .label_field = "name"};
    entry->tip = tpk_qgis_zone_tip(b->study);
    entry->shown = entry->printed = true;
    return keep_style(b, entry, err);
}

static tpk_status add_regions(builder *b, tpk_err *err)
{
    if (b->results->regions->n == 0) return TPK_OK;
    const char *title = tpk_label_text(styles_of(b), TPK_LABEL_REGIONS, b->language);
    tpk_qgis_entry *entry;
    tpk_status status =
        tpk_qgis_entry_new(&b->entries, TPK_GROUP_ZONES, "regions", tpk_strdup(title), &entry, err);
    if (status == TPK_OK) status = tpk_qgis_entry_set_table(entry, "regions", err);
    if (status == TPK_OK) status = write_regions(b, title, err);
    if (status != TPK_OK) return status;
    b->region_outline = tpk_styles_region_outline(b->study->project);
    entry->style =
        (tpk_qgs_style){.look = TPK_LOOK_CASED, .outline = &b->region_outline, .label_field = "name"};
    if (b->results->regions->n > FEW_NAMES) entry->style.labels_from = NAMES_FROM;
    entry->tip = tpk_qgis_region_tip(b->study);
    return keep_style(b, entry, err);
}

/* ---- layers ---- */

/* The same wherever the layer stands in the tree. Areas would hide the map rather than explain it. */
static tpk_layer_look look_of(const builder *b, const char *id, const tpk_layer *layer)
{
    const tpk_project *project = b->study->project;
    size_t index = 0;
    while (index < project->n_layers && strcmp(project->layers[index].id, id) != 0) index++;
    tpk_layer_look look = tpk_layer_look_of(styles_of(b), id, index);
    look.orients = look.orients && layer->kind != TPK_GEOM_POLYGON;
    return look;
}

/* Names beside points only: along lines and over areas they would hide the map. */
static void set_labels(tpk_qgs_style *style, const tpk_layer *layer, const tpk_field *naming, bool orients)
{
    if (!naming || layer->kind != TPK_GEOM_POINT) return;
    style->label_field = naming->name;
    if (!orients || layer->n_features > FEW_NAMES) style->labels_from = NAMES_FROM;
}

static tpk_qgs_style style_of(const tpk_layer *layer, tpk_layer_look look)
{
    tpk_qgs_style style = {.look = tpk_layer_symbol(layer->kind), .color = look.color};
    bool is_dense = layer->n_features > MANY_FEATURES || tpk_layer_n_points(layer) > MANY_POINTS;
    if (is_dense && !look.orients) style.shown_from = FEATURES_FROM;
    set_labels(&style, layer, tpk_layer_naming_field(layer, true), look.orients);
    return style;
}

static char *tip_of(const tpk_qgis_entry *entry, const tpk_layer *layer)
{
    const tpk_field *naming = tpk_layer_naming_field(layer, true);
    return tpk_qgis_feature_tip(entry->name, naming ? naming->name : NULL);
}

static void add_file(builder *b, const tpk_layer_spec *spec)
{
    const char *slash = strrchr(spec->written, '/');
    if (b->files.length > 0) tpk_text_add(&b->files, ", ");
    tpk_text_add(&b->files, slash ? slash + 1 : spec->written);
    if (!spec->source) return;
    tpk_text_add(&b->files, " (");
    tpk_text_add(&b->files, spec->source);
    tpk_text_add(&b->files, ")");
}

static tpk_status note_not_copied(builder *b, const tpk_layer_spec *spec, const tpk_layer *layer,
                                  tpk_err *err)
{
    if (layer->kind == TPK_GEOM_NONE || b->study->copies_told) return TPK_OK;
    tpk_status status = tpk_diag_add(
        &b->study->diags, TPK_NOTE, b->study->project->path, spec->pos,
        _("layer '%s' has %lld points; layers of more than %d are not copied into tapak.gpkg, and "
          "the QGIS project holds the name only: add its file there by hand to see it"),
        spec->id, (long long)tpk_layer_n_points(layer), TPK_MAX_COPIED_POINTS);
    return status == TPK_OK ? status : tpk_err_memory(err);
}

static tpk_status add_input(builder *b, const tpk_layer_spec *spec, const tpk_layer *layer, tpk_err *err)
{
    const char *area = b->study->project->grid.area, *zones = b->study->project->zones.layer;
    bool is_area = area && strcmp(spec->id, area) == 0, is_zones = zones && strcmp(spec->id, zones) == 0;
    tpk_qgis_entry *entry;
    tpk_status status =
        tpk_qgis_entry_new(&b->entries, TPK_GROUP_INPUTS, spec->id, tpk_label_from_id(spec->id), &entry, err);
    if (status != TPK_OK) return status;
    if (!tpk_layer_is_copied(layer)) return note_not_copied(b, spec, layer, err);
    char table[600];
    snprintf(table, sizeof table, "input_%s", spec->id);
    status = tpk_qgis_entry_set_table(entry, table, err);
    if (status == TPK_OK) status = tpk_layer_write_table(layer, table, entry->name, b->gpkg, err);
    if (status != TPK_OK) return status;
    tpk_layer_look look = look_of(b, spec->id, layer);
    entry->style = style_of(layer, look);
    if (is_area) entry->style = (tpk_qgs_style){.look = tpk_layer_symbol(layer->kind), .color = {70, 70, 70}};
    if ((is_area || is_zones) && layer->kind == TPK_GEOM_POLYGON) entry->style.look = TPK_LOOK_OUTLINE;
    entry->shown = entry->printed = is_area || (look.orients && !is_zones);
    entry->tip = tip_of(entry, layer);
    return keep_style(b, entry, err);
}

static void take_input(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                       const tpk_raster *raster)
{
    builder *b = user;
    (void)raster;
    add_file(b, spec);
    if (layer && b->status == TPK_OK) b->status = add_input(b, spec, layer, b->err);
}

static tpk_status add_inputs(builder *b, tpk_err *err)
{
    b->err = err;
    tpk_store_each(b->study->store, take_input, b);
    b->study->copies_told = true;
    return b->status;
}

/* ---- what feeds criteria and constraints ---- */

/* The vector layer of a source, as it uses it; *layer NULL: it uses none. *id and *where are borrowed. */
static tpk_status layer_of(builder *b, const tpk_params *source, const tpk_layer **layer, const char **id,
                           const char **where, tpk_err *err)
{
    *layer = NULL;
    *id = *where = NULL;
    for (size_t i = 0; i < source->kind->n_params; i++) {
        const tpk_param *param = &source->items[i];
        if (param->spec->type == TPK_PARAM_VECTOR) *id = param->text;
        if (param->spec->type == TPK_PARAM_TEXT && strcmp(param->spec->name, "where") == 0)
            *where = param->text;
    }
    return *id ? tpk_store_vector(b->study->store, *id, *where, layer, err) : TPK_OK;
}

/* The source's layer becomes the entry's: the whole layer's table, or with a condition a table of the
 * features that satisfy it, named after `own`. */
static tpk_status set_source(builder *b, tpk_qgis_entry *entry, const tpk_params *source, const char *own,
                             const tpk_rgb *color, tpk_err *err)
{
    const tpk_layer *layer;
    const char *id, *where;
    tpk_status status = layer_of(b, source, &layer, &id, &where, err);
    if (status != TPK_OK || !layer || !tpk_layer_is_copied(layer)) return status;
    entry->style = style_of(layer, look_of(b, id, layer));
    if (color) {
        entry->style.color = *color;
        if (layer->kind == TPK_GEOM_POLYGON) entry->style.look = TPK_LOOK_HATCH;
    }
    if (entry->style.label_field) entry->style.labels_from = NAMES_FROM; /* the input has the same names */
    entry->tip = tip_of(entry, layer);
    entry->style.tip = entry->tip;
    char table[600];
    snprintf(table, sizeof table, "input_%s", id);
    if (where) {
        snprintf(table, sizeof table, "%s", own);
        status = tpk_layer_write_table(layer, table, entry->name, b->gpkg, err);
        if (status == TPK_OK) status = keep_style(b, entry, err);
    }
    if (!entry->tip) return tpk_err_memory(err);
    return status == TPK_OK ? tpk_qgis_entry_set_table(entry, table, err) : status;
}

/* "Lereng – Bobot 0.18". */
static char *criterion_name(const builder *b, const tpk_criterion_spec *spec)
{
    tpk_text text = {0};
    char number[32];
    tpk_text_add(&text, spec->title);
    tpk_text_addf(&text, " – %s %s", tpk_qgis_word_text(TPK_WORD_WEIGHT, b->language),
                  tpk_text_from_number(spec->weight, number));
    return made(&text);
}

/* "slope elevasi; points 0: 1, 15: 0". */
static char *criterion_details(const tpk_criterion_spec *spec)
{
    tpk_text text = {0};
    tpk_params_add_text(&text, &spec->source);
    tpk_text_add(&text, "; ");
    tpk_params_add_text(&text, &spec->curve);
    return made(&text);
}

static tpk_status add_criterion(builder *b, const tpk_criterion_spec *spec, tpk_err *err)
{
    tpk_qgis_entry *entry;
    char table[600];
    snprintf(table, sizeof table, "criterion_%s", spec->id);
    tpk_status status =
        tpk_qgis_entry_new(&b->entries, TPK_GROUP_CRITERIA, spec->id, criterion_name(b, spec), &entry, err);
    if (status != TPK_OK) return status;
    entry->details = criterion_details(spec);
    return entry->details ? set_source(b, entry, &spec->source, table, NULL, err) : tpk_err_memory(err);
}

/* "Di dalam kawasan lindung (Keppres 32/1990)". */
static char *constraint_name(const tpk_constraint_spec *spec)
{
    tpk_text text = {0};
    tpk_text_add(&text, spec->title);
    tpk_text_add(&text, " (");
    tpk_text_add(&text, spec->legal_source);
    tpk_text_add(&text, ")");
    return made(&text);
}

static tpk_status add_constraint(builder *b, const tpk_constraint_spec *spec, tpk_err *err)
{
    static const tpk_rgb RED = {200, 30, 30};
    const tpk_params *source =
        spec->criterion >= 0 ? &b->study->plan->criteria[spec->criterion].spec->source : &spec->source;
    tpk_qgis_entry *entry;
    char table[600];
    snprintf(table, sizeof table, "constraint_%s", spec->id);
    tpk_status status =
        tpk_qgis_entry_new(&b->entries, TPK_GROUP_CONSTRAINTS, spec->id, constraint_name(spec), &entry, err);
    return status == TPK_OK ? set_source(b, entry, source, table, &RED, err) : status;
}

static tpk_status add_sources(builder *b, tpk_err *err)
{
    const tpk_plan *plan = b->study->plan;
    tpk_status status = TPK_OK;
    for (size_t k = 0; k < plan->n_constraints && status == TPK_OK; k++)
        status = add_constraint(b, plan->constraints[k].spec, err);
    for (size_t k = 0; k < plan->n_criteria && status == TPK_OK; k++)
        status = add_criterion(b, plan->criteria[k].spec, err);
    return status;
}

/* ---- rasters ---- */

static tpk_status add_raster(builder *b, int which, bool shown, tpk_err *err)
{
    tpk_own_legend legend = {0};
    tpk_status status = tpk_rasters_legend(b->results->rasters, which, &legend, err);
    if (status != TPK_OK) return status;
    tpk_qgis_entry *entry;
    status = tpk_qgis_entry_new(&b->entries, TPK_GROUP_RESULT, tpk_raster_file_name(which),
                                tpk_strdup(legend.legend.title), &entry, err);
    if (status != TPK_OK) {
        tpk_own_legend_clear(&legend);
        return status;
    }
    entry->legend = legend;
    entry->is_raster = true;
    entry->shown = shown;
    tpk_text source = {0};
    tpk_text_addf(&source, "./%s", tpk_raster_file_name(which));
    return tpk_text_take(&source, &entry->source, err);
}

/* One map is shown: the classes if they are there, for their legend is short and is what is decided on. */
static tpk_status add_rasters(builder *b, tpk_err *err)
{
    static const int ORDER[TPK_RASTER_COUNT] = {TPK_RASTER_CLASSES, TPK_RASTER_SUITABILITY,
                                                TPK_RASTER_LIMITING, TPK_RASTER_REASONS};
    tpk_status status = TPK_OK;
    bool is_first = true;
    for (int i = 0; i < TPK_RASTER_COUNT && status == TPK_OK; i++) {
        if (!tpk_rasters_stats(b->results->rasters, ORDER[i])) continue;
        status = add_raster(b, ORDER[i], is_first, err);
        is_first = false;
    }
    return status;
}

/* ---- the project ---- */

/* Note, files, legal sources, program: a line each. */
static char *sheet_remarks(builder *b)
{
    const tpk_project *project = b->study->project;
    const tpk_plan *plan = b->study->plan;
    tpk_text text = {0};
    if (project->note) {
        tpk_text_addf(&text, "%s: ", tpk_qgis_word_text(TPK_WORD_NOTE, b->language));
        tpk_text_add(&text, project->note);
        tpk_text_add(&text, "\n");
    }
    tpk_text_addf(&text, "%s: ", tpk_qgis_word_text(TPK_WORD_LAYERS, b->language));
    tpk_text_add(&text, b->files.data ? b->files.data : "");
    for (size_t k = 0; k < plan->n_constraints; k++) {
        const tpk_constraint_spec *spec = plan->constraints[k].spec;
        if (k == 0) tpk_text_addf(&text, "\n%s: ", tpk_qgis_word_text(TPK_WORD_RULES, b->language));
        if (k > 0) tpk_text_add(&text, "; ");
        tpk_text_add(&text, spec->title);
        tpk_text_add(&text, " – ");
        tpk_text_add(&text, spec->legal_source);
    }
    tpk_text_addf(&text, "\n%s Tapak " TPK_VERSION, tpk_qgis_word_text(TPK_WORD_MADE_WITH, b->language));
    text.failed |= b->files.failed;
    return made(&text);
}

static tpk_status write_project(builder *b, const char *path, tpk_err *err)
{
    static const tpk_qgis_word NAMES[TPK_GROUP_COUNT] = {
        TPK_WORD_ZONES, TPK_WORD_INPUTS, TPK_WORD_CONSTRAINTS, TPK_WORD_CRITERIA, TPK_WORD_RESULT};
    const tpk_project *project = b->study->project;
    const tpk_grid *grid = &b->study->plan->grid;
    tpk_qgs_group groups[TPK_GROUP_COUNT];
    tpk_qgs_layer *layers = tpk_alloc(b->entries.n, sizeof *layers);
    char *remarks = sheet_remarks(b);
    tpk_status status = layers && remarks ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) {
        tpk_qgis_entries_view(&b->entries, layers, groups);
        for (int g = 0; g < TPK_GROUP_COUNT; g++) {
            groups[g].name = tpk_qgis_word_text(NAMES[g], b->language);
            groups[g].open = g == TPK_GROUP_ZONES || g == TPK_GROUP_RESULT;
        }
        tpk_qgs qgs = {.title = project->title,
                       .crs = b->study->plan->crs,
                       .box = tpk_grid_box(grid),
                       .groups = groups,
                       .n_groups = TPK_GROUP_COUNT,
                       .sheets = {.name = tpk_qgis_word_text(TPK_WORD_SHEET, b->language),
                                  .legend_title = tpk_qgis_word_text(TPK_WORD_LEGEND, b->language),
                                  .remarks = remarks}};
        status = tpk_qgs_write(&qgs, path, err);
    }
    tpk_free(remarks);
    tpk_free(layers);
    return status;
}

static tpk_status build(builder *b, tpk_err *err)
{
    tpk_status status = add_zones(b, err);
    if (status == TPK_OK) status = add_regions(b, err);
    if (status == TPK_OK) status = add_inputs(b, err);
    if (status == TPK_OK) status = add_sources(b, err);
    return status == TPK_OK ? add_rasters(b, err) : status;
}

tpk_status tpk_qgis_write(tpk_study *study, const tpk_qgis_results *results, tpk_staging *staging,
                          tpk_err *err)
{
    if (!study->project->output.qgis) return TPK_OK;
    const char *gpkg_path = tpk_staging_path(staging, "tapak.gpkg");
    const char *project_path = tpk_staging_path(staging, "tapak.qgz");
    if (!gpkg_path || !project_path) return tpk_err_memory(err);
    builder b = {.study = study, .results = results, .language = study->project->language};
    tpk_status status = tpk_gpkg_open(gpkg_path, study->plan->crs, &b.gpkg, err);
    if (status == TPK_OK) status = build(&b, err);
    if (status == TPK_OK) {
        status = tpk_gpkg_finish(b.gpkg, err);
        b.gpkg = NULL;
    }
    if (status == TPK_OK) status = write_project(&b, project_path, err);
    tpk_gpkg_abort(b.gpkg);
    tpk_text_clear(&b.files);
    tpk_qgis_entries_clear(&b.entries);
    tpk_own_legend_clear(&b.zone_classes);
    return status;
}
