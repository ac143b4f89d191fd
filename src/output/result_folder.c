#include "output/result_folder.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/store.h"
#include "output/file.h"
#include "output/json.h"
#include "version.h"

void tpk_result_folder_clear(tpk_result_folder *folder)
{
    tpk_free(folder->project);
    tpk_free(folder->missing);
    json_decref(folder->record);
    *folder = (tpk_result_folder){0};
}

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const char *project_member(const tpk_result_folder *folder, const char *name)
{
    return member(json_object_get(folder->record, "project"), name);
}

/* ---- reading ---- */

static tpk_status load(const char *path, json_t **record, tpk_err *err)
{
    if (access(path, R_OK) != 0)
        return tpk_err_set(
            err, TPK_ERR_IO,
            _("%s cannot be read: the folder holds no results of a run; name a project file, or a "
              "folder that 'tapak run' has written"),
            path);
    json_error_t error;
    *record = json_load_file(path, 0, &error);
    if (*record) return TPK_OK;
    if (json_error_code(&error) == json_error_out_of_memory) return tpk_err_memory(err);
    return tpk_err_set(err, TPK_ERR_DATA, _("%s:%d: not a whole JSON document (%s): run the study again"),
                       path, error.line, error.text);
}

/* Seen from the folder first: of a study that was copied the copy is meant, not the first one. */
static tpk_status find_project(const char *folder, tpk_result_folder *out, tpk_err *err)
{
    const char *relative = project_member(out, "relative_path"), *was = project_member(out, "absolute_path");
    char near[PATH_MAX], found[PATH_MAX];
    int n = relative ? snprintf(near, sizeof near, "%s/%s", folder, relative) : -1;
    bool is_near =
        n > 0 && (size_t)n < sizeof near && access(near, R_OK) == 0 && realpath(near, found) != NULL;
    if (is_near || access(was, R_OK) == 0) {
        out->project = tpk_strdup(is_near ? found : was);
        return out->project ? TPK_OK : tpk_err_memory(err);
    }
    tpk_text text = {0};
    tpk_text_addf(
        &text,
        _("the project file of these results is not at %s any more: put it back, or name the project "
          "file where it is now instead of the folder"),
        was);
    return tpk_text_take(&text, &out->missing, err);
}

static tpk_status take_record(const char *folder, const char *path, tpk_result_folder *out, tpk_err *err)
{
    out->version = member(out->record, "tapak");
    if (!out->version || !json_object_get(out->record, "project"))
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("%s was not written by Tapak: name a project file, or a folder that "
                             "'tapak run' has written"),
                           path);
    const char *was = project_member(out, "absolute_path");
    if (!was || *was != '/' || !project_member(out, "sha256"))
        return tpk_err_set(
            err, TPK_ERR_DATA,
            _("%s is of Tapak %s, which did not write down where the project file is (this is %s): "
              "name the project file, or run the study again"),
            path, out->version, TPK_VERSION);
    out->cell_m = json_number_value(json_object_get(json_object_get(out->record, "overrides"), "cell_m"));
    const char *finished = member(json_object_get(out->record, "timings"), "finished_utc");
    if (finished && strlen(finished) == strlen("2026-11-24T20:01:03Z"))
        snprintf(out->run_time, sizeof out->run_time, "%.10s %.5s UTC", finished, finished + 11);
    else
        snprintf(out->run_time, sizeof out->run_time, "?");
    return find_project(folder, out, err);
}

tpk_status tpk_result_folder_read(const char *folder, tpk_result_folder *out, tpk_err *err)
{
    *out = (tpk_result_folder){0};
    tpk_text name = {0};
    char *path = NULL;
    tpk_text_addf(&name, "%s/run.json", folder);
    tpk_status status = tpk_text_take(&name, &path, err);
    if (status == TPK_OK) status = load(path, &out->record, err);
    if (status == TPK_OK) status = take_record(folder, path, out, err);
    if (status != TPK_OK) tpk_result_folder_clear(out);
    tpk_free(path);
    return status;
}

/* ---- what changed ---- */

/* One look at the files of a study. */
typedef struct look {
    const json_t *record;
    tpk_checksums *kept;
} look;

/* Is the file at path the one that the record describes? Without memory it is not known: TPK_ERR_MEMORY. */
static tpk_status compare(const look *l, const char *path, const json_t *described, bool trusts_time,
                          bool *is_same, tpk_err *err)
{
    struct stat facts;
    char modified[64], found[65];
    const char *was_modified = member(described, "modified_utc"), *sha256 = member(described, "sha256");
    *is_same = false;
    if (stat(path, &facts) != 0 || facts.st_size != json_integer_value(json_object_get(described, "bytes")))
        return TPK_OK;
    tpk_file_modified(&facts, modified);
    *is_same = trusts_time && was_modified && strcmp(modified, was_modified) == 0;
    if (*is_same || !sha256) return TPK_OK;
    tpk_status status = tpk_checksums_get(l->kept, path, found, NULL);
    *is_same = status == TPK_OK && strcmp(found, sha256) == 0;
    return status == TPK_ERR_MEMORY ? tpk_err_memory(err) : TPK_OK;
}

/* Both lists are in the same order: one file more or less is a change. */
static tpk_status compare_files(const look *l, char *const *paths, size_t n, const json_t *files,
                                bool *is_same, tpk_err *err)
{
    tpk_status status = TPK_OK;
    *is_same = n == json_array_size(files);
    for (size_t i = 0; i < n && *is_same && status == TPK_OK; i++)
        status = compare(l, paths[i], json_array_get(files, i), true, is_same, err);
    return status;
}

static tpk_status compare_layer(const look *l, const tpk_layer_spec *spec, const json_t *files, bool *is_same,
                                tpk_err *err)
{
    char **paths = NULL;
    size_t n = 0;
    *is_same = false;
    tpk_status status = tpk_layer_files(spec, &paths, &n, NULL);
    if (status != TPK_OK) return status == TPK_ERR_MEMORY ? tpk_err_memory(err) : TPK_OK;
    status = compare_files(l, paths, n, files, is_same, err);
    for (size_t i = 0; i < n; i++) tpk_free(paths[i]);
    tpk_free(paths);
    return status;
}

static void name_change(tpk_text *list, const char *what)
{
    if (list->length > 0) tpk_text_add(list, ", ");
    tpk_text_add(list, what);
}

/* With another set, or none, the project file is another too. */
static tpk_status look_at_styles(const look *l, const char *path, tpk_text *list, tpk_err *err)
{
    const json_t *styles = json_object_get(l->record, "styles");
    bool is_same = true;
    if (!path || !json_is_object(styles)) return TPK_OK;
    tpk_status status = compare(l, path, styles, true, &is_same, err);
    if (!is_same && status == TPK_OK) name_change(list, strrchr(path, '/') + 1);
    return status;
}

/* What the record says of the layer's files; NULL: the run did not read it. */
static const json_t *files_of(const json_t *record, const char *id)
{
    const json_t *layer;
    size_t i;
    json_array_foreach(json_object_get(record, "layers"), i, layer)
    {
        const char *name = member(layer, "id");
        if (name && strcmp(name, id) == 0) return json_object_get(layer, "files");
    }
    return NULL;
}

static bool was_left_out(const json_t *record, const char *id)
{
    const json_t *name;
    size_t i;
    json_array_foreach(json_object_get(json_object_get(record, "left_out"), "layers"), i, name)
    {
        if (json_is_string(name) && strcmp(json_string_value(name), id) == 0) return true;
    }
    return false;
}

static tpk_status look_at_layer(const look *l, const tpk_layer_spec *spec, bool *is_same, tpk_err *err)
{
    const json_t *files = files_of(l->record, spec->id);
    *is_same = spec->absent ? !files : !was_left_out(l->record, spec->id);
    return files && !spec->absent ? compare_layer(l, spec, files, is_same, err) : TPK_OK;
}

static tpk_status list_changes(const look *l, const tpk_project *project, const char *path, tpk_text *list,
                               tpk_err *err)
{
    bool is_same;
    tpk_status status = compare(l, path, json_object_get(l->record, "project"), false, &is_same, err);
    if (status == TPK_OK && !is_same) name_change(list, strrchr(path, '/') + 1);
    if (status == TPK_OK) status = look_at_styles(l, project->output.styles, list, err);
    for (size_t i = 0; i < project->n_layers && status == TPK_OK; i++) {
        status = look_at_layer(l, &project->layers[i], &is_same, err);
        if (status != TPK_OK || is_same) continue;
        if (list->length > 0) tpk_text_add(list, ", ");
        tpk_text_addf(list, _("layer '%s'"), project->layers[i].id);
    }
    return status;
}

tpk_status tpk_result_folder_changes(const tpk_result_folder *folder, const tpk_project *project,
                                     tpk_checksums *kept, char **changes, tpk_err *err)
{
    tpk_text text = {0};
    char *list = NULL;
    *changes = NULL;
    tpk_status status = list_changes(&(look){folder->record, kept}, project, folder->project, &text, err);
    bool is_any = text.length > 0 || text.failed;
    tpk_status taken = tpk_text_take(&text, &list, err);
    if (status == TPK_OK) status = taken;
    if (status == TPK_OK && is_any) {
        *changes = list;
        return TPK_OK;
    }
    tpk_free(list);
    return status;
}
