#include "api/check.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "api/examination.h"
#include "api/rasters.h"
#include "api/reference.h"
#include "api/region_shapes.h"
#include "api/zone_table.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/check_json.h"

enum { CACHE_BYTES = 64 << 20 };

/* Everything one check works with. */
typedef struct checking {
    const tpk_check_options *options;
    tpk_control control;
    tpk_worker *worker;
    tpk_check *check;
} checking;

static tpk_status start(const tpk_check_options *options, checking *c, tpk_err *err)
{
    static const tpk_check_options NONE;
    *c = (checking){.options = options ? options : &NONE};
    c->control = (tpk_control){.progress = c->options->progress,
                               .user = c->options->user,
                               .cancel = c->options->cancel ? &c->options->cancel->requested : NULL};
    c->check = tpk_zalloc(1, sizeof *c->check);
    if (!c->check) return tpk_err_memory(err);
    tpk_input_init(CACHE_BYTES);
    return tpk_worker_new(&c->worker, err);
}

/* The check goes to the caller, or everything is freed. */
static tpk_status finish(checking *c, tpk_status status, tpk_check **out)
{
    tpk_worker_free(c->worker);
    if (status == TPK_OK)
        *out = c->check;
    else
        tpk_check_free(c->check);
    return status;
}

/* The folder of a path, "." when it names none. NULL without memory. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? tpk_strndup(path, (size_t)(slash - path) + (slash == path)) : tpk_strdup(".");
}

/* ---- layers ---- */

/* "jalan" of "data/jalan.shp". */
static char *id_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    return tpk_strndup(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

/* GDAL looks into an archive only when it is told to. */
static char *path_of(const char *path)
{
    size_t n = strlen(path);
    tpk_text text = {0};
    char *out = NULL;
    if (n < 5 || strcasecmp(path + n - 4, ".zip") != 0 || strncmp(path, "/vsi", 4) == 0)
        return tpk_strdup(path);
    tpk_text_addf(&text, "/vsizip/%s", path);
    return tpk_text_take(&text, &out, NULL) == TPK_OK ? out : NULL;
}

static tpk_status examine_path(checking *c, const tpk_surroundings *around, const char *path, tpk_err *err)
{
    tpk_layer_spec spec = {.id = id_of(path),
                           .path = path_of(path),
                           .written = tpk_strdup(path),
                           .band = 1,
                           .nodata = (double)NAN};
    tpk_status status = spec.id && spec.path && spec.written
                            ? tpk_examine_layer(&spec, (tpk_usage){0}, around, &c->check->examination, err)
                            : tpk_err_memory(err);
    tpk_free(spec.id);
    tpk_free(spec.path);
    tpk_free(spec.written);
    return status;
}

tpk_status tpk_check_layers(const char *const *paths, size_t n, const tpk_check_options *options,
                            tpk_check **out, tpk_err *err)
{
    *out = NULL;
    if (n == 0) return tpk_err_set(err, TPK_ERR_ARGUMENT, "%s", _("no layer to check"));
    checking c;
    tpk_neighbourhood beside = {0};
    tpk_surroundings around;
    tpk_status status = start(options, &c, err);
    char *folder = status == TPK_OK ? folder_of(paths[0]) : NULL;
    if (status == TPK_OK && !folder) status = tpk_err_memory(err);
    if (status == TPK_OK)
        status = tpk_look_around(c.options, folder, c.worker, &c.control, &beside, &around, err);
    tpk_free(folder);
    for (size_t i = 0; status == TPK_OK && i < n; i++) {
        tpk_progress(&c.control, _("examining layers"), (int64_t)i, (int64_t)n, _("layers"));
        status = examine_path(&c, &around, paths[i], err);
    }
    if (status == TPK_OK) status = tpk_examine_together(&c.check->examination, &c.control, err);
    tpk_neighbourhood_close(&beside);
    return finish(&c, status, out);
}

/* ---- projects ---- */

static tpk_status refuse(tpk_examined *entry, const char *message, tpk_err *err)
{
    bool added = tpk_findings_add(&entry->findings, "project_refused", TPK_GRAVITY_SERIOUS, 0, message,
                                  _("the run stops with this message"), _("do what the message says"));
    return added ? TPK_OK : tpk_err_memory(err);
}

/* What an optional layer that is absent leaves out of the study. */
static tpk_status leave_out(tpk_examined *entry, tpk_gravity gravity, const char *message, tpk_err *err)
{
    bool remark = gravity == TPK_GRAVITY_REMARK;
    bool added =
        tpk_findings_add(&entry->findings, "left_out", gravity, 0, message,
                         remark ? _("the project file says that the study may go without the layer")
                                : _("the map tells less than the project file asks for"),
                         remark ? _("nothing, or put the layer's file there")
                                : _("put the layer's file there; until then, say so beside the map"));
    return added ? TPK_OK : tpk_err_memory(err);
}

/* What reading the project file told. */
static tpk_status add_told(const tpk_diags *diags, tpk_examined *entry, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t i = 0; status == TPK_OK && i < diags->n; i++) {
        tpk_severity severity = diags->items[i].severity;
        char *line = tpk_diag_format(&diags->items[i]);
        if (!line)
            status = tpk_err_memory(err);
        else if (severity == TPK_ERROR)
            status = refuse(entry, line, err);
        else
            status = leave_out(entry, severity == TPK_WARNING ? TPK_GRAVITY_REPAIR : TPK_GRAVITY_REMARK, line,
                               err);
        tpk_free(line);
    }
    return status;
}

/* What tpk_study_open reports while it fails. */
typedef struct heard {
    tpk_diags errors;
    bool failed;
} heard;

static void on_message(void *user, tpk_message_kind kind, const char *line)
{
    heard *h = user;
    if (kind != TPK_MESSAGE_ERROR) return;
    if (tpk_diag_add(&h->errors, TPK_ERROR, NULL, (tpk_pos){0}, "%s", line) != TPK_OK) h->failed = true;
}

static tpk_status add_heard(const heard *h, const tpk_err *reason, tpk_examined *entry, tpk_err *err)
{
    if (h->failed) return tpk_err_memory(err);
    if (h->errors.n == 0) return refuse(entry, reason->message, err);
    tpk_status status = TPK_OK;
    for (size_t i = 0; status == TPK_OK && i < h->errors.n; i++)
        status = refuse(entry, h->errors.items[i].text, err);
    return status;
}

/* What stopped a step of the study: a finding, but for want of memory and stopping on request. */
static tpk_status tell_refusal(tpk_status status, const heard *h, const tpk_err *reason, tpk_examined *entry,
                               tpk_err *err)
{
    if (status == TPK_OK) return TPK_OK;
    if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
    if (status == TPK_ERR_CANCELLED) return tpk_err_set(err, status, "%s", reason->message);
    return add_heard(h, reason, entry, err);
}

/* What a run reads before it computes, and refuses, though the study can be opened. */
static tpk_status examine_shapes(tpk_study *study, const heard *h, tpk_examined *entry, tpk_err *err)
{
    tpk_zone_shapes zones = {0};
    tpk_region_shapes regions = {0};
    tpk_err reason = {0};
    tpk_status status = tell_refusal(tpk_rasters_check_size(study, &reason), h, &reason, entry, err);
    if (status == TPK_OK)
        status = tell_refusal(tpk_zone_shapes_read(study, &zones, &reason), h, &reason, entry, err);
    if (status == TPK_OK)
        status = tell_refusal(tpk_region_shapes_read(study, &regions, &reason), h, &reason, entry, err);
    tpk_region_shapes_clear(&regions);
    tpk_zone_shapes_clear(&zones);
    return status;
}

/* Prepares the study as a run does: what it would refuse is found by trying. */
static tpk_status examine_study(checking *c, const char *path, bool layers_fit, tpk_examined *entry,
                                tpk_err *err)
{
    heard h = {0};
    tpk_study *study = NULL;
    tpk_err reason = {0};
    tpk_options options = {.message = on_message, .user = &h, .cancel = c->options->cancel};
    tpk_progress(&c->control, _("preparing the study"), 0, 0, "");
    tpk_status status =
        tell_refusal(tpk_study_open(path, &options, &study, &reason), &h, &reason, entry, err);
    if (status == TPK_OK && study) status = examine_shapes(study, &h, entry, err);
    if (status == TPK_OK && study)
        status = tell_refusal(tpk_examine_plan(study->plan, layers_fit, &c->control, entry, &reason), &h,
                              &reason, entry, err);
    tpk_study_close(study);
    tpk_diags_clear(&h.errors);
    return status;
}

/* The first layer that cannot be read; NULL: all can. */
static const char *unread_layer(const tpk_examination *examination)
{
    for (size_t i = 0; i < examination->n; i++) {
        if (strcmp(examination->items[i].kind, "unread") == 0) return examination->items[i].id;
    }
    return NULL;
}

/* The first layer of a criterion or constraint that lies wholly outside the study area; NULL: none does. */
static const char *outside_layer(const tpk_examination *examination, const tpk_project *project)
{
    for (size_t i = 0; i < examination->n; i++) {
        const tpk_examined *layer = &examination->items[i];
        if (!tpk_usage_of(project, layer->id).by_study) continue;
        for (size_t k = 0; k < layer->findings.n; k++) {
            const tpk_finding *finding = &layer->findings.items[k];
            if (strcmp(finding->kind, "far_features") == 0 && finding->gravity == TPK_GRAVITY_SERIOUS)
                return layer->id;
        }
    }
    return NULL;
}

/* What was not looked at must not look like praise. found is freed here; NULL: no memory. */
static tpk_status tell_unexamined(tpk_examined *entry, tpk_gravity gravity, char *found, const char *change,
                                  tpk_err *err)
{
    bool added = found && tpk_findings_add(&entry->findings, "not_examined", gravity, 0, found,
                                           _("what was not looked at may be wrong as well"), change);
    tpk_free(found);
    return added ? TPK_OK : tpk_err_memory(err);
}

/* Of a project file with mistakes; n_layers: how many of its layers were examined. */
static tpk_status tell_refused(const tpk_project *project, size_t n_layers, tpk_examined *entry, tpk_err *err)
{
    size_t n_named = project->n_layers;
    char *found;
    if (n_named == 0)
        found =
            tpk_finding_text("%s", _("no layer was examined, because the project file's `layers:` cannot be "
                                     "read; nor was the project as a whole"));
    else if (n_layers < n_named)
        found = tpk_finding_text(_("%zu of the %zu layers, and the project as a whole, were not examined, "
                                   "because of the mistakes in the project file"),
                                 n_named - n_layers, n_named);
    else
        found =
            tpk_finding_text("%s", _("the project as a whole was not examined, because of the mistakes in "
                                     "the project file; its layers were"));
    return tell_unexamined(entry, TPK_GRAVITY_REMARK, found,
                           _("correct the project file, then check it again"), err);
}

/* The project as a whole, as far as its layers let it be looked at. */
static tpk_status examine_whole(checking *c, const char *path, const tpk_project *project,
                                tpk_examined *entry, tpk_err *err)
{
    const char *unread = unread_layer(&c->check->examination);
    if (unread)
        return tell_unexamined(
            entry, TPK_GRAVITY_SERIOUS,
            tpk_finding_text(_("the project as a whole was not examined, because layer '%s' cannot be read"),
                             unread),
            _("mend that layer, then check the project again"), err);
    if (c->options->only_fast) return TPK_OK;
    const char *outside = outside_layer(&c->check->examination, project);
    tpk_status status = examine_study(c, path, !outside, entry, err);
    if (status != TPK_OK || !outside) return status;
    return tell_unexamined(
        entry, TPK_GRAVITY_REMARK,
        tpk_finding_text(
            _("whether the curves of the criteria fit their values was not examined, because layer "
              "'%s' lies wholly outside the study area"),
            outside),
        _("mend that layer or the study area under `grid:`, then check the project again"), err);
}

static tpk_status examine_project(checking *c, const char *path, tpk_err *err)
{
    const tpk_kind_spec *rows[TPK_MAX_KINDS];
    tpk_vocabulary vocabulary = tpk_full_vocabulary(rows);
    vocabulary.peek = NULL; /* a layer that cannot be opened is that layer's finding */
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    tpk_examined *entry = NULL;
    tpk_status status = tpk_project_read_part(path, &vocabulary, &project, &diags, err);
    bool is_refused = status == TPK_ERR_PROJECT && diags.n_errors > 0;
    if (is_refused) status = TPK_OK;
    if (is_refused && err) *err = (tpk_err){0};
    if (status == TPK_OK)
        status = tpk_examine_layers(project, project->grid.cell, c->options, c->worker, &c->control,
                                    &c->check->examination, err);
    size_t n_layers = c->check->examination.n;
    if (status == TPK_OK) {
        const char *title = project->title ? project->title : path;
        entry = tpk_examination_add_project(&c->check->examination, title, path);
        status = entry ? TPK_OK : tpk_err_memory(err);
    }
    if (status == TPK_OK) status = add_told(&diags, entry, err);
    if (status == TPK_OK)
        status = is_refused ? tell_refused(project, n_layers, entry, err)
                            : examine_whole(c, path, project, entry, err);
    if (entry) tpk_examined_judge(entry);
    tpk_project_free(project);
    tpk_diags_clear(&diags);
    return status;
}

tpk_status tpk_check_project(const char *path, const tpk_check_options *options, tpk_check **out,
                             tpk_err *err)
{
    *out = NULL;
    checking c;
    tpk_status status = start(options, &c, err);
    if (status == TPK_OK) status = examine_project(&c, path, err);
    return finish(&c, status, out);
}

/* ---- asking ---- */

void tpk_check_free(tpk_check *check)
{
    if (!check) return;
    tpk_examination_clear(&check->examination);
    tpk_free(check->json);
    tpk_free(check);
}

size_t tpk_check_count(const tpk_check *check)
{
    return check->examination.n;
}

tpk_checked tpk_check_get(const tpk_check *check, size_t index)
{
    if (index >= check->examination.n) return (tpk_checked){.id = "", .path = "", .kind = "", .crs = ""};
    const tpk_examined *e = &check->examination.items[index];
    return (tpk_checked){.id = e->id,
                         .path = e->path,
                         .kind = e->kind,
                         .crs = e->crs ? e->crs : "",
                         .verdict = e->verdict,
                         .n_features = e->n_features,
                         .n_findings = e->findings.n};
}

static const tpk_finding *find(const tpk_check *check, size_t index, size_t finding)
{
    if (index >= check->examination.n || finding >= check->examination.items[index].findings.n) return NULL;
    return &check->examination.items[index].findings.items[finding];
}

tpk_check_finding tpk_check_finding_get(const tpk_check *check, size_t index, size_t finding)
{
    const tpk_finding *f = find(check, index, finding);
    if (!f) return (tpk_check_finding){.kind = "", .found = "", .why = "", .change = ""};
    return (tpk_check_finding){.kind = f->kind,
                               .gravity = f->gravity,
                               .found = f->found,
                               .why = f->why,
                               .change = f->change ? f->change : "",
                               .n_features = f->n_features,
                               .n_examples = f->n_examples};
}

const char *tpk_check_example(const tpk_check *check, size_t index, size_t finding, size_t example,
                              int64_t *record)
{
    const tpk_finding *f = find(check, index, finding);
    if (record) *record = -1;
    if (!f || example >= f->n_examples) return "";
    if (record) *record = f->examples[example].record;
    return f->examples[example].name ? f->examples[example].name : "";
}

tpk_status tpk_check_json(tpk_check *check, const char **json, tpk_err *err)
{
    *json = NULL;
    tpk_status status = check->json ? TPK_OK : tpk_check_json_write(&check->examination, &check->json, err);
    *json = check->json;
    return status;
}
