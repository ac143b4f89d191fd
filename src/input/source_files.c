#include "input/source_files.h"

#include <cpl_string.h>
#include <gdal.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "input/files.h"
#include "input/gdal.h"
#include "input/sidecars.h"
#include "input/store.h"

void tpk_source_files_clear(tpk_source_files *files)
{
    for (size_t i = 0; i < files->n; i++) tpk_free(files->paths[i]);
    tpk_free(files->paths);
    *files = (tpk_source_files){0};
}

static tpk_status copy_paths(char *const *paths, size_t n, tpk_source_files *to, tpk_err *err)
{
    to->paths = tpk_zalloc(n, sizeof *to->paths);
    if (!to->paths) return tpk_err_memory(err);
    for (size_t i = 0; i < n; i++) {
        to->paths[to->n] = tpk_strdup(paths[i]);
        if (to->paths[to->n++]) continue;
        tpk_source_files_clear(to);
        return tpk_err_memory(err);
    }
    return TPK_OK;
}

tpk_status tpk_source_files_copy(const tpk_source_files *from, tpk_source_files *to, tpk_err *err)
{
    *to = (tpk_source_files){0};
    tpk_status status = copy_paths(from->paths, from->n, to, err);
    if (status == TPK_OK) to->stamp = from->stamp;
    return status;
}

/* What GDAL reads beside a file when it is there; it may come while the layer is in use. */
static uint64_t stamp_beside(const char *path)
{
    static const char *const ENDINGS[] = {".aux.xml", ".msk", ".ovr"};
    static const char *const INSTEAD[] = {".prj", ".tfw", ".wld"}; /* of the file's own ending */
    enum { N_ENDINGS = sizeof ENDINGS / sizeof *ENDINGS, N = N_ENDINGS + sizeof INSTEAD / sizeof *INSTEAD };
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    size_t n_stem = dot && (!slash || dot > slash) ? (size_t)(dot - path) : strlen(path);
    uint64_t stamp = 0;
    for (size_t i = 0; i < N; i++) {
        char beside[PATH_MAX];
        bool is_instead = i >= N_ENDINGS;
        int n = snprintf(beside, sizeof beside, "%.*s%s", is_instead ? (int)n_stem : (int)strlen(path), path,
                         is_instead ? INSTEAD[i - N_ENDINGS] : ENDINGS[i]);
        if (n > 0 && n < PATH_MAX) stamp = tpk_stamp_join(stamp, tpk_file_stamp(beside));
    }
    return stamp;
}

/* With what SQLite keeps beside a file. That gets its owner from a root who opens it, and is no newer then.
 */
static uint64_t stamp_of(char *const *paths, size_t n)
{
    uint64_t stamp = 0;
    for (size_t i = 0; i < n; i++) {
        char log[PATH_MAX];
        stamp = tpk_stamp_join(stamp, tpk_file_stamp(paths[i]));
        if (tpk_find_log(paths[i], log)) stamp = tpk_stamp_join(stamp, tpk_content_stamp(log));
    }
    return stamp;
}

/* The files of a shapefile go by their names; GDAL's may be joined by others. */
static uint64_t stamp_dataset(const tpk_source_files *files)
{
    uint64_t stamp = stamp_of(files->paths, files->n);
    for (size_t i = 0; i < files->n; i++) stamp = tpk_stamp_join(stamp, stamp_beside(files->paths[i]));
    return stamp;
}

static tpk_status stamp_shapefile(const tpk_layer_spec *spec, uint64_t *stamp, tpk_err *err)
{
    char **paths;
    size_t n;
    tpk_status status = tpk_layer_files(spec, &paths, &n, err);
    *stamp = stamp_of(paths, n);
    for (size_t i = 0; i < n; i++) tpk_free(paths[i]);
    tpk_free(paths);
    return status;
}

tpk_status tpk_source_files_of_shapefile(const tpk_layer_spec *spec, tpk_source_files *files, tpk_err *err)
{
    *files = (tpk_source_files){0};
    return stamp_shapefile(spec, &files->stamp, err);
}

tpk_status tpk_source_files_of_dataset(void *dataset, const char *path, tpk_source_files *files, tpk_err *err)
{
    *files = (tpk_source_files){0};
    if (tpk_gdal_is_virtual(path)) return TPK_OK;
    char **found = tpk_gdal_files(dataset);
    tpk_status status = copy_paths(found, (size_t)CSLCount(found), files, err);
    CSLDestroy(found);
    if (status == TPK_OK) files->stamp = stamp_dataset(files);
    return status;
}

bool tpk_source_files_changed(const tpk_layer_spec *spec, const tpk_source_files *files)
{
    if (!tpk_path_is_shapefile(spec->path)) return stamp_dataset(files) != files->stamp;
    uint64_t now;
    tpk_status status = stamp_shapefile(spec, &now, NULL);
    return status == TPK_OK ? now != files->stamp : status != TPK_ERR_MEMORY;
}
