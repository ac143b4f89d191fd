#include "api/results.h"

#include <sys/stat.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/store.h"
#include "output/file.h"

/* Styles and statistics too, whether Tapak wrote them or a GIS that opened the earlier result: of another
 * raster they would be wrong. */
const char *const TPK_RESULT_NAMES[] = {
    "suitability.tif",
    "suitability.tif.aux.xml",
    "suitability.qml",
    "suitability.sld",
    "classes.tif",
    "classes.tif.aux.xml",
    "classes.qml",
    "classes.sld",
    "reasons.tif",
    "reasons.tif.aux.xml",
    "reasons.qml",
    "reasons.sld",
    "limiting.tif",
    "limiting.tif.aux.xml",
    "limiting.qml",
    "limiting.sld",
    "zones.geojson",
    "zones.geojson.aux.xml",
    "zones.qml",
    "zones.sld",
    "regions.geojson",
    "regions.geojson.aux.xml",
    "regions.qml",
    "regions.sld",
    "regions.csv",
    "regions.csv.aux.xml",
    "overlay.geojson",
    "overlay.geojson.aux.xml",
    "overlay.qml",
    "style.json",
    "portal/index.html",
    "portal/app.js",
    "portal/app.css",
    "portal/licenses.txt",
    "portal/study.js",
    "portal/study.json",
    "portal/cells.js",
    "portal/base.js",
    "portal/small.js",
    "portal/memberships.tif",
    "portal/memberships.tif.aux.xml",
    "portal/values.tif",
    "portal/values.tif.aux.xml",
    "tapak.qgz",
    "tapak.gpkg",
    "tapak.gpkg-wal",
    "tapak.gpkg-shm", /* what QGIS had not yet written back belongs to the earlier file */
    "tapak.gpkg-journal",
    "tapak.gpkg.aux.xml",
    "score.pmtiles",
    "vectors.pmtiles",
    "run.json",
    "stac-catalog.json",
    "stac-collection.json",
    "stac-item.json",
    NULL,
};

enum { N_NAMES = sizeof TPK_RESULT_NAMES / sizeof *TPK_RESULT_NAMES - 1 };

/* What stands in the folder under the result names. Device and inode tell a file whatever path leads to it.
 */
typedef struct occupied {
    struct stat facts[N_NAMES];
    const char *names[N_NAMES];
    size_t n;
} occupied;

static tpk_status look(const char *folder, occupied *found, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < N_NAMES && status == TPK_OK; i++) {
        tpk_text text = {0};
        char *path;
        tpk_text_addf(&text, "%s/%s", folder, TPK_RESULT_NAMES[i]);
        status = tpk_text_take(&text, &path, err);
        if (status != TPK_OK) return status;
        status = tpk_file_check_target(path, err);
        found->names[found->n] = TPK_RESULT_NAMES[i];
        if (status == TPK_OK && stat(path, &found->facts[found->n]) == 0) found->n++;
        tpk_free(path);
    }
    return status;
}

/* The result name under which the file at path stands in the folder, or NULL. */
static const char *occupied_name(const occupied *found, const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0) return NULL;
    for (size_t i = 0; i < found->n; i++) {
        if (facts.st_dev == found->facts[i].st_dev && facts.st_ino == found->facts[i].st_ino)
            return found->names[i];
    }
    return NULL;
}

static tpk_status check_layer(const occupied *found, const tpk_layer_spec *spec, const char *folder,
                              tpk_err *err)
{
    char **paths;
    size_t n;
    tpk_status status = tpk_layer_files(spec, &paths, &n, err);
    for (size_t i = 0; i < n; i++) {
        const char *name = status == TPK_OK ? occupied_name(found, paths[i]) : NULL;
        if (name) {
            status = tpk_err_set(err, TPK_ERR_ARGUMENT,
                                 _("the folder '%s' holds layer '%s' of the project: its file '%s' would be "
                                   "replaced by a result; choose another "
                                   "folder for the results"),
                                 folder, spec->id, name);
        }
        tpk_free(paths[i]);
    }
    tpk_free(paths);
    return status;
}

tpk_status tpk_results_check_folder(const tpk_project *project, const char *folder, tpk_err *err)
{
    occupied found = {.n = 0};
    tpk_status status = look(folder, &found, err);
    if (status != TPK_OK || found.n == 0) return status;
    const char *name = occupied_name(&found, project->path);
    if (name) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("the folder '%s' holds the project file: '%s' would be replaced by a result; "
                             "choose another folder for the results"),
                           folder, name);
    }
    const char *styles = project->output.styles;
    name = styles ? occupied_name(&found, styles) : NULL;
    if (name) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("the folder '%s' holds the project's set of styles: '%s' would be replaced by a "
                             "result; choose another folder for the results"),
                           folder, name);
    }
    for (size_t i = 0; i < project->n_layers && status == TPK_OK; i++) {
        if (!project->layers[i].absent) status = check_layer(&found, &project->layers[i], folder, err);
    }
    return status;
}
