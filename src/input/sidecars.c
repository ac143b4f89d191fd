#include "input/sidecars.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/gdal.h"

bool tpk_path_is_shapefile(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcasecmp(path + n - 4, ".shp") == 0 && !tpk_gdal_is_virtual(path);
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* The folder is read only when neither .shx nor .SHX exists: files copied from Windows mix cases freely. */
static tpk_status find_folded(const char *path, char **found, tpk_err *err)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t dir_length = (size_t)(name - path);
    char *dir = dir_length ? tpk_strndup(path, dir_length) : tpk_strdup("./");
    if (!dir) return tpk_err_memory(err);
    DIR *folder = opendir(dir);
    tpk_free(dir);
    if (!folder) return TPK_OK;
    tpk_text text = {0};
    const struct dirent *entry;
    while ((entry = readdir(folder))) {
        if (strcasecmp(entry->d_name, name) != 0) continue;
        tpk_text_add_bytes(&text, path, dir_length);
        tpk_text_add(&text, entry->d_name);
        break;
    }
    closedir(folder);
    if (text.length == 0 && !text.failed) return TPK_OK;
    return tpk_text_take(&text, found, err);
}

/* *found stays NULL when there is no such file. */
static tpk_status find_one(const char *shp_path, const char *lower, const char *upper, char **found,
                           tpk_err *err)
{
    char *path = tpk_strdup(shp_path);
    if (!path) return tpk_err_memory(err);
    char *extension = path + strlen(path) - 3;
    memcpy(extension, upper, 3);
    bool is_upper = exists(path);
    memcpy(extension, lower, 3);
    if (exists(path)) {
        *found = path;
        return TPK_OK;
    }
    if (is_upper) {
        memcpy(extension, upper, 3);
        *found = path;
        return TPK_OK;
    }
    tpk_status status = find_folded(path, found, err);
    tpk_free(path);
    return status;
}

tpk_status tpk_sidecars_find(const char *path, tpk_sidecars *files, tpk_err *err)
{
    if (!exists(path))
        return tpk_err_set(err, TPK_ERR_IO, _("'%s' cannot be read: %s"), path, strerror(errno));
    files->shp = tpk_strdup(path);
    if (!files->shp) return tpk_err_memory(err);
    const struct {
        const char *lower, *upper;
        char **found;
    } wanted[] = {{"shx", "SHX", &files->shx},
                  {"dbf", "DBF", &files->dbf},
                  {"prj", "PRJ", &files->prj},
                  {"cpg", "CPG", &files->cpg}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        tpk_status status = find_one(path, wanted[i].lower, wanted[i].upper, wanted[i].found, err);
        if (status != TPK_OK) {
            tpk_sidecars_clear(files);
            return status;
        }
    }
    return TPK_OK;
}

void tpk_sidecars_clear(tpk_sidecars *files)
{
    tpk_free(files->shp);
    tpk_free(files->shx);
    tpk_free(files->dbf);
    tpk_free(files->prj);
    tpk_free(files->cpg);
    *files = (tpk_sidecars){0};
}
