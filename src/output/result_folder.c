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

/* Is the file at path the one that the record describes? Without memory it is not known: TPK_ERR_MEMORY. */
static tpk_status compare(const char *path, const json_t *described, bool trusts_time, bool *is_same,
                          tpk_err *err)
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
    tpk_status status = tpk_file_sha256(path, NULL, found, NULL);
    *is_same = status == TPK_OK && strcmp(found, sha256) == 0;
    return status == TPK_ERR_MEMORY ? tpk_err_memory(err) : TPK_OK;
}

/* Where a file of a layer is now: below the project's folder it went with it. Caller frees; NULL: no memory.
 */
static char *layer_file_now(const tpk_result_folder *folder, const char *path)
{
    const char *was = project_member(folder, "absolute_path");
    size_t n_was = (size_t)(strrchr(was, '/') - was) + 1;
    if (strncmp(path, was, n_was) != 0) return tpk_strdup(path);
    tpk_text text = {0};
    char *now;
    tpk_text_add_bytes(&text, folder->project, (size_t)(strrchr(folder->project, '/') - folder->project) + 1);
    tpk_text_add(&text, path + n_was);
    return tpk_text_take(&text, &now, NULL) == TPK_OK ? now : NULL;
}

static tpk_status compare_layer(const tpk_result_folder *folder, const json_t *layer, bool *is_same,
                                tpk_err *err)
{
    const json_t *file;
    size_t i;
    *is_same = true;
    json_array_foreach(json_object_get(layer, "files"), i, file)
    {
        const char *path = member(file, "path");
        if (!*is_same || !path || strstr(path, "\\x")) continue; /* bytes that are no text: cannot be found */
        char *now = layer_file_now(folder, path);
        tpk_status status = now ? compare(now, file, true, is_same, err) : tpk_err_memory(err);
        tpk_free(now);
        if (status != TPK_OK) return status;
    }
    return TPK_OK;
}

tpk_status tpk_result_folder_changes(const tpk_result_folder *folder, char **changes, tpk_err *err)
{
    tpk_text text = {0};
    const json_t *layer;
    size_t i;
    bool is_same;
    *changes = NULL;
    tpk_status status =
        compare(folder->project, json_object_get(folder->record, "project"), false, &is_same, err);
    if (status == TPK_OK && !is_same) tpk_text_add(&text, strrchr(folder->project, '/') + 1);
    json_array_foreach(json_object_get(folder->record, "layers"), i, layer)
    {
        if (status == TPK_OK) status = compare_layer(folder, layer, &is_same, err);
        if (status != TPK_OK || is_same) continue;
        if (text.length > 0) tpk_text_add(&text, ", ");
        tpk_text_addf(&text, _("layer '%s'"), member(layer, "id") ? member(layer, "id") : "?");
    }
    bool is_any = text.length > 0 || text.failed;
    char *list = NULL;
    tpk_status taken = tpk_text_take(&text, &list, err);
    if (status == TPK_OK) status = taken;
    if (status == TPK_OK && is_any) {
        *changes = list;
        return TPK_OK;
    }
    tpk_free(list);
    return status;
}
