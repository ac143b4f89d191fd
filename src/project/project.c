#include "project/project.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "project/reader.h"
#include "project/text_file.h"

void tpk_peek_clear(tpk_peek *peek)
{
    for (size_t i = 0; i < peek->n_fields; i++) tpk_free(peek->fields[i]);
    tpk_free(peek->fields);
    tpk_free(peek->types);
    tpk_free(peek->crs_text);
    *peek = (tpk_peek){0};
}

static void free_layers(tpk_project *project)
{
    for (size_t i = 0; i < project->n_layers; i++) {
        tpk_layer_spec *layer = &project->layers[i];
        tpk_free(layer->id);
        tpk_free(layer->path);
        tpk_free(layer->written);
        tpk_free(layer->where);
        tpk_free(layer->crs);
        tpk_free(layer->encoding);
        tpk_free(layer->repair);
        tpk_free(layer->sublayer);
        tpk_free(layer->source);
    }
    tpk_free(project->layers);
}

static void free_criteria(tpk_project *project)
{
    for (size_t i = 0; i < project->n_criteria + project->n_criteria_left_out; i++) {
        tpk_criterion_spec *criterion = &project->criteria[i];
        tpk_free(criterion->id);
        tpk_free(criterion->title);
        tpk_params_clear(&criterion->source);
        tpk_params_clear(&criterion->curve);
    }
    tpk_free(project->criteria);
}

static void free_constraints(tpk_project *project)
{
    for (size_t i = 0; i < project->n_constraints + project->n_constraints_left_out; i++) {
        tpk_constraint_spec *constraint = &project->constraints[i];
        tpk_free(constraint->id);
        tpk_free(constraint->title);
        tpk_free(constraint->legal_source);
        tpk_params_clear(&constraint->source);
        for (size_t k = 0; k < constraint->n_equals; k++) tpk_free(constraint->equals[k]);
        tpk_free(constraint->equals);
    }
    tpk_free(project->constraints);
}

void tpk_project_free(tpk_project *project)
{
    if (!project) return;
    free_layers(project);
    free_criteria(project);
    free_constraints(project);
    for (size_t i = 0; i < project->n_overlay + project->n_overlay_left_out; i++)
        tpk_free(project->overlay[i]);
    tpk_free(project->overlay);
    tpk_free(project->overlay_pos);
    tpk_free(project->zones.layer);
    tpk_free(project->zones.id);
    tpk_free(project->zones.name);
    tpk_free(project->zones.stated_area_ha);
    tpk_free(project->zones.note);
    tpk_free(project->regions.layer);
    tpk_free(project->regions.name);
    tpk_free(project->regions.id);
    tpk_free(project->grid.crs);
    tpk_free(project->grid.area);
    tpk_free(project->path);
    tpk_free(project->dir);
    tpk_free(project->title);
    tpk_free(project->note);
    tpk_free(project->output.compress);
    tpk_free(project->output.styles);
    tpk_styles_clear(&project->styles);
    tpk_free(project->language);
    tpk_free(project->combine);
    tpk_free(project->text);
    tpk_free(project);
}

const tpk_layer_spec *tpk_project_layer(const tpk_project *project, const char *id)
{
    for (size_t i = 0; i < project->n_layers; i++) {
        if (strcmp(project->layers[i].id, id) == 0) return &project->layers[i];
    }
    return NULL;
}

/* The folder of the project file, absolute; links are resolved so that run.json names the true place. */
static tpk_status find_folder(const char *path, char **dir, tpk_err *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == path ? tpk_strdup("/")
                   : slash       ? tpk_strndup(path, (size_t)(slash - path))
                                 : tpk_strdup(".");
    if (!folder) return tpk_err_memory(err);
    char resolved[PATH_MAX];
    tpk_status status = TPK_OK;
    if (!realpath(folder, resolved)) {
        char reason[128];
        status = tpk_err_set(err, TPK_ERR_IO, _("the folder of %s cannot be read: %s"), path,
                             strerror_r(errno, reason, sizeof reason));
    } else if (!(*dir = tpk_strdup(resolved))) {
        status = tpk_err_memory(err);
    }
    tpk_free(folder);
    return status;
}

/* "kalsel" for "gis-data/kalsel.yaml" */
static char *title_from_path(tpk_reader *reader, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    char *title = tpk_strndup(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
    if (!title) reader->report.status = TPK_ERR_MEMORY;
    return title;
}

static void read_version(tpk_reader *reader, const tpk_yaml *node)
{
    double version;
    if (node->kind != TPK_YAML_SCALAR || !node->plain || !tpk_text_to_number(node->text, &version)) {
        tpk_report_type(reader, node, "tapak", _("the number 1"));
    } else if (version != 1) {
        tpk_report_add(&reader->report, node->pos,
                       _("this project file is of version %s; this program reads version 1 (write 'tapak: "
                         "1', or use a newer Tapak)"),
                       node->text);
    }
}

static void read_heading(tpk_reader *reader, const tpk_yaml_entry *const *found)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_PROJECT].keys;
    tpk_project *project = reader->project;
    const tpk_yaml_entry *title = found[TPK_PROJECT_TITLE], *language = found[TPK_PROJECT_LANGUAGE];
    if (found[TPK_PROJECT_TAPAK]) read_version(reader, found[TPK_PROJECT_TAPAK]->value);
    if (title)
        tpk_read_text(reader, title->value, &keys[TPK_PROJECT_TITLE].value, &project->title);
    else
        project->title = title_from_path(reader, project->path);
    const tpk_param_spec *spec = &keys[TPK_PROJECT_LANGUAGE].value;
    if (language)
        tpk_read_choice(reader, language->value, spec, &project->language);
    else
        project->language = tpk_reader_copy(reader, spec->default_text);
    const tpk_yaml_entry *note = found[TPK_PROJECT_NOTE];
    if (note) tpk_read_text(reader, note->value, &keys[TPK_PROJECT_NOTE].value, &project->note);
}

/* Layers before what names them, criteria before weights and constraints: the order in the file does not
 * matter. */
static void read_sections(tpk_reader *reader, const tpk_yaml *root)
{
    static const struct {
        int key;
        void (*read)(tpk_reader *reader, const tpk_yaml_entry *entry);
    } SECTIONS[] = {
        {TPK_PROJECT_LAYERS, tpk_read_layers},     {TPK_PROJECT_GRID, tpk_read_grid},
        {TPK_PROJECT_ZONES, tpk_read_zones},       {TPK_PROJECT_REGIONS, tpk_read_regions},
        {TPK_PROJECT_OVERLAY, tpk_read_overlay},   {TPK_PROJECT_CRITERIA, tpk_read_criteria},
        {TPK_PROJECT_DECISION, tpk_read_decision}, {TPK_PROJECT_CONSTRAINTS, tpk_read_constraints}};
    const tpk_yaml_entry *found[TPK_PROJECT_COUNT];
    tpk_pos top = {1, 1};
    if (!tpk_read_section(reader, root, _("the project file"), top, TPK_SECTION_PROJECT, found)) return;
    read_heading(reader, found);
    for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS && !tpk_reader_failed(reader); i++) {
        if (found[SECTIONS[i].key]) SECTIONS[i].read(reader, found[SECTIONS[i].key]);
    }
    tpk_read_output(reader, found[TPK_PROJECT_OUTPUT]);
    if (!tpk_reader_failed(reader)) tpk_check_property_names(reader);
    if (!tpk_reader_failed(reader) && reader->report.n == 0) tpk_leave_out(reader);
}

static void read_text(tpk_reader *reader, size_t n)
{
    const char *text = reader->project->text;
    tpk_yaml_doc doc = {0};
    if (!tpk_text_file_check(&reader->report, _("the project file"), text, n)) return;
    tpk_yaml_parse(text, n, &reader->report, &doc);
    if (doc.root && !tpk_reader_failed(reader)) {
        read_sections(reader, doc.root);
    } else if (reader->report.n == 0) { /* only comments */
        tpk_report_add(&reader->report, (tpk_pos){1, 1}, _("%s is empty"), _("the project file"));
    }
    tpk_yaml_doc_clear(&doc);
}

static void clear_reader(tpk_reader *reader)
{
    for (size_t i = 0; reader->layers && i < reader->project->n_layers; i++)
        tpk_peek_clear(&reader->layers[i].peek);
    tpk_free(reader->layers);
    tpk_free(reader->layer_ids);
    tpk_free(reader->criterion_ids);
}

static tpk_status new_project(const char *path, tpk_project **project, size_t *n, tpk_err *err)
{
    *project = tpk_zalloc(1, sizeof **project);
    if (!*project || !((*project)->path = tpk_strdup(path))) return tpk_err_memory(err);
    for (int i = 0; i < 4; i++) (*project)->grid.bounds[i] = (double)NAN;
    (*project)->stamp = tpk_file_stamp(path);
    tpk_status status = tpk_text_file_load(path, _("the project file"), &(*project)->text, n, err);
    if (status != TPK_OK) return status;
    return find_folder(path, &(*project)->dir, err);
}

tpk_status tpk_project_read_part(const char *path, const tpk_vocabulary *vocabulary, tpk_project **project,
                                 tpk_diags *diags, tpk_err *err)
{
    *project = NULL;
    tpk_diags own = {0};
    tpk_reader reader = {.report = {.path = path, .diags = diags ? diags : &own}, .vocabulary = vocabulary};
    size_t n = 0;
    tpk_status status = new_project(path, &reader.project, &n, err);
    if (status != TPK_OK) goto done;
    read_text(&reader, n);
    tpk_diags_sort(reader.report.diags);
    if (tpk_reader_failed(&reader)) {
        status = tpk_err_memory(err);
    } else if (reader.report.n > 0) {
        status = tpk_err_set(err, TPK_ERR_PROJECT, _("%s cannot be used as it is; errors found: %zu"), path,
                             reader.report.n);
    }
done:
    clear_reader(&reader);
    if (status == TPK_OK || status == TPK_ERR_PROJECT)
        *project = reader.project;
    else
        tpk_project_free(reader.project);
    tpk_diags_clear(&own);
    return status;
}

tpk_status tpk_project_read(const char *path, const tpk_vocabulary *vocabulary, tpk_project **project,
                            tpk_diags *diags, tpk_err *err)
{
    tpk_status status = tpk_project_read_part(path, vocabulary, project, diags, err);
    if (status != TPK_OK) {
        tpk_project_free(*project);
        *project = NULL;
    }
    return status;
}
