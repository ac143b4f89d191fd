#include "output/result_folder.h"

#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/store.h"
#include "output/json.h"
#include "version.h"

void tpk_result_folder_clear(tpk_result_folder *folder)
{
    tpk_free(folder->project);
    *folder = (tpk_result_folder){0};
}

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

static tpk_status compare_project(const char *sha256, tpk_result_folder *out, tpk_err *err)
{
    char found[65];
    if (access(out->project, R_OK) != 0)
        return tpk_err_set(err, TPK_ERR_IO,
                           _("the project file of these results is not at %s any more: name the project file "
                             "instead of the folder"),
                           out->project);
    tpk_status status = tpk_file_sha256(out->project, NULL, found, err);
    if (status == TPK_OK) out->is_changed = strcmp(found, sha256) != 0;
    return status;
}

static tpk_status take_record(const json_t *record, const char *path, tpk_result_folder *out, tpk_err *err)
{
    const json_t *project = json_object_get(record, "project");
    const char *version = json_string_value(json_object_get(record, "tapak"));
    const char *file = json_string_value(json_object_get(project, "absolute_path"));
    const char *sha256 = json_string_value(json_object_get(project, "sha256"));
    if (!version || !project)
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("%s was not written by Tapak: name a project file, or a folder that "
                             "'tapak run' has written"),
                           path);
    if (!file || !sha256)
        return tpk_err_set(
            err, TPK_ERR_DATA,
            _("%s is of Tapak %s, which did not write down where the project file is (this is %s): "
              "name the project file, or run the study again"),
            path, version, TPK_VERSION);
    out->cell_m = json_number_value(json_object_get(json_object_get(record, "overrides"), "cell_m"));
    out->project = tpk_strdup(file);
    return out->project ? compare_project(sha256, out, err) : tpk_err_memory(err);
}

tpk_status tpk_result_folder_read(const char *folder, tpk_result_folder *out, tpk_err *err)
{
    *out = (tpk_result_folder){0};
    tpk_text name = {0};
    char *path = NULL;
    json_t *record = NULL;
    tpk_text_addf(&name, "%s/run.json", folder);
    tpk_status status = tpk_text_take(&name, &path, err);
    if (status == TPK_OK) status = load(path, &record, err);
    if (status == TPK_OK) status = take_record(record, path, out, err);
    if (status != TPK_OK) tpk_result_folder_clear(out);
    json_decref(record);
    tpk_free(path);
    return status;
}
