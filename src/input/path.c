#include "input/path.h"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/gdal.h"
#include "input/reader.h"

/* ---- folders ---- */

static bool ends_in(const char *name, const char *const *endings)
{
    size_t n = strlen(name);
    for (; *endings; endings++) {
        size_t k = strlen(*endings);
        if (n > k && strcasecmp(name + n - k, *endings) == 0) return true;
    }
    return false;
}

static int is_layer(const struct dirent *entry)
{
    static const char *const LAYERS[] = {".shp", ".gpkg", ".geojson", ".tif", ".fgb", ".kml", NULL};
    return ends_in(entry->d_name, LAYERS);
}

/* Up to five of the layers in a folder, by the alphabet: "jalan.shp, sungai.shp"; "" when there is none. */
static tpk_status list_layers(const char *path, char **list, tpk_err *err)
{
    enum { MOST = 5 };
    tpk_text text = {0};
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, is_layer, alphasort);
    for (int i = 0; i < n; i++) {
        if (i < MOST) tpk_text_addf(&text, "%s%s", i > 0 ? ", " : "", entries[i]->d_name);
        free(entries[i]); /* library memory: libc */
    }
    free(entries); /* library memory: libc */
    return tpk_text_take(&text, list, err);
}

tpk_status tpk_path_refuse_folder(const tpk_layer_spec *spec, tpk_err *err)
{
    static const char *const DATASETS[] = {".gdb", ".zarr", ".gdb/", ".zarr/", NULL};
    struct stat facts;
    if (stat(spec->path, &facts) != 0 || !S_ISDIR(facts.st_mode) || ends_in(spec->path, DATASETS))
        return TPK_OK;
    char *list = NULL;
    tpk_status status = list_layers(spec->path, &list, err);
    if (status != TPK_OK) return status;
    status = tpk_err_set(err, TPK_ERR_IO,
                         list[0] ? _("'%s' is a folder; name a layer in it, such as %s")
                                 : _("'%s' is a folder, without a layer in it%s"),
                         tpk_spec_path(spec), list);
    tpk_free(list);
    return status;
}

/* ---- archives ---- */

/* The length of "/vsizip/" in front of a path of the file system; 0: none of these. */
static size_t archive_prefix(const char *path)
{
    static const char *const PREFIXES[] = {"/vsizip/", "/vsitar/", "/vsi7z/", "/vsirar/"};
    for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
        size_t n = strlen(PREFIXES[i]);
        bool fits = strncmp(path, PREFIXES[i], n) == 0;
        if (fits && path[n] != '{' && strncmp(path + n, "vsi", 3) != 0 && strncmp(path + n, "/vsi", 4) != 0)
            return n;
    }
    return 0;
}

/* "/vsizip//home/data.zip" of "/vsizip//home/data.zip/roads/roads.shp". NULL: there is none, or no memory.
 * Caller frees. */
static char *archive_of(const char *path)
{
    size_t prefix = archive_prefix(path);
    char *archive = prefix > 0 ? tpk_strdup(path) : NULL;
    for (char *end = archive; end; end = strrchr(archive + prefix, '/')) {
        struct stat facts;
        if (end > archive) *end = '\0'; /* without its last name */
        if (stat(archive + prefix, &facts) == 0 && S_ISREG(facts.st_mode)) return archive;
    }
    tpk_free(archive);
    return NULL;
}

static bool can_be_listed(const char *archive)
{
    char **names = VSIReadDir(archive);
    CSLDestroy(names);
    return names != NULL;
}

bool tpk_path_is_member(const char *path)
{
    tpk_gdal_scope scope;
    VSIStatBufL facts;
    char *archive = archive_of(path);
    if (!archive) return true;
    tpk_gdal_begin(&scope);
    bool is_there = VSIStatL(path, &facts) == 0 || !can_be_listed(archive);
    tpk_gdal_end();
    tpk_free(archive);
    return is_there;
}

/* ---- nothing there ---- */

tpk_status tpk_path_refuse_missing(const tpk_layer_spec *spec, tpk_err *err)
{
    struct stat facts;
    size_t prefix = archive_prefix(spec->path);
    if (tpk_gdal_is_virtual(spec->path) && prefix == 0) return TPK_OK;
    if (stat(spec->path + prefix, &facts) == 0) return TPK_OK;
    if (errno == ENOENT) return tpk_err_set(err, TPK_ERR_IO, _("there is no file '%s'"), tpk_spec_path(spec));
    if (prefix == 0 || errno != ENOTDIR || tpk_path_is_member(spec->path)) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_IO, _("the archive is there, but '%s' is not in it"),
                       tpk_spec_path(spec));
}
