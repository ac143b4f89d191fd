/* Which files a layer is made of, and their checksums. */
#include <cpl_string.h>
#include <gdal.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "input/files.h"
#include "input/gdal.h"
#include "input/sidecars.h"
#include "input/store.h"
#include "input/stream.h"

static bool is_regular(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISREG(facts.st_mode);
}

typedef struct path_list {
    char **items;
    size_t n, capacity;
} path_list;

static bool add_path(path_list *list, const char *path)
{
    if (!path || !is_regular(path)) return true;
    if (!tpk_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items)) return false;
    list->items[list->n] = tpk_strdup(path);
    return list->items[list->n++] != NULL;
}

bool tpk_find_log(const char *path, char log[PATH_MAX])
{
    struct stat facts;
    int n = snprintf(log, PATH_MAX, "%s-wal", path);
    return n < PATH_MAX && stat(log, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0;
}

static bool add_with_log(path_list *list, const char *path)
{
    char log[PATH_MAX];
    return add_path(list, path) && (!tpk_find_log(path, log) || add_path(list, log));
}

static tpk_status add_sidecars(const char *path, path_list *list, tpk_err *err)
{
    tpk_sidecars files = {0};
    tpk_status status = tpk_sidecars_find(path, &files, err);
    if (status != TPK_OK) return status;
    bool ok = add_path(list, files.shp) && add_path(list, files.shx) && add_path(list, files.dbf) &&
              add_path(list, files.prj) && add_path(list, files.cpg);
    tpk_sidecars_clear(&files);
    return ok ? TPK_OK : tpk_err_memory(err);
}

/* By name, whatever the folders are called: files of a study that was moved keep their order. */
static int by_name(const void *a, const void *b)
{
    const char *one = *(char *const *)a, *other = *(char *const *)b;
    const char *slash = strrchr(one, '/'), *other_slash = strrchr(other, '/');
    int order = strcmp(slash ? slash + 1 : one, other_slash ? other_slash + 1 : other);
    return order ? order : strcmp(one, other);
}

char **tpk_gdal_files(GDALDatasetH dataset)
{
    char **files = GDALGetFileList(dataset);
    if (files) qsort(files, (size_t)CSLCount(files), sizeof *files, by_name);
    return files;
}

static tpk_status add_gdal_files(const char *path, path_list *list, tpk_err *err)
{
    tpk_gdal_scope scope;
    tpk_gdal_begin(&scope);
    GDALDatasetH dataset = GDALOpenEx(
        path, GDAL_OF_RASTER | GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    char **files = dataset ? tpk_gdal_files(dataset) : NULL;
    bool ok = true;
    for (int i = 0; ok && i < CSLCount(files); i++) ok = add_with_log(list, files[i]);
    CSLDestroy(files);
    if (dataset) GDALClose(dataset);
    tpk_gdal_end();
    if (!dataset)
        return tpk_err_set(err, TPK_ERR_IO, _("'%s' cannot be read: %s"), path, tpk_gdal_reason(&scope));
    return ok ? TPK_OK : tpk_err_memory(err);
}

tpk_status tpk_layer_files(const tpk_layer_spec *spec, char ***paths, size_t *n, tpk_err *err)
{
    *paths = NULL;
    *n = 0;
    if (tpk_gdal_is_virtual(spec->path)) return TPK_OK;
    path_list list = {0};
    tpk_status status = tpk_path_is_shapefile(spec->path) ? add_sidecars(spec->path, &list, err)
                                                          : add_gdal_files(spec->path, &list, err);
    if (status == TPK_OK) {
        *paths = list.items;
        *n = list.n;
        return TPK_OK;
    }
    for (size_t i = 0; i < list.n; i++) tpk_free(list.items[i]);
    tpk_free(list.items);
    return status;
}

/* ---- checksums ---- */

/* Adds the whole stream; the digest is complete when this succeeds. */
static tpk_status digest_stream(tpk_stream *stream, const char *path, const tpk_control *control,
                                EVP_MD_CTX *digest, tpk_err *err)
{
    enum { CHUNK = 1 << 18 };
    uint8_t *chunk = tpk_alloc(CHUNK, 1);
    if (!chunk) return tpk_err_memory(err);
    uint64_t offset = 0;
    size_t got = 1;
    bool fine = true, stopped = false;
    while (fine && got > 0 && !(stopped = tpk_cancelled(control))) {
        got = tpk_stream_read(stream, offset, chunk, CHUNK);
        fine = EVP_DigestUpdate(digest, chunk, got) == 1;
        offset += got;
    }
    tpk_free(chunk);
    if (stopped) return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped on request"));
    if (!fine) return tpk_err_memory(err);
    if (offset >= tpk_stream_size(stream)) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_IO, _("'%s' cannot be read beyond byte %llu"), path,
                       (unsigned long long)offset);
}

static void write_hex(const unsigned char bytes[32], char hex[65])
{
    for (size_t i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

tpk_status tpk_bytes_sha256(const void *bytes, size_t n, char hex[65], tpk_err *err)
{
    unsigned char digest[32];
    hex[0] = '\0';
    if (EVP_Digest(bytes, n, digest, NULL, EVP_sha256(), NULL) != 1) return tpk_err_memory(err);
    write_hex(digest, hex);
    return TPK_OK;
}

tpk_status tpk_file_sha256(const char *path, const tpk_control *control, char hex[65], tpk_err *err)
{
    hex[0] = '\0';
    tpk_stream *stream = NULL;
    EVP_MD_CTX *digest = NULL;
    tpk_status status = tpk_stream_open(path, &stream, err);
    if (status != TPK_OK) return status;
    digest = EVP_MD_CTX_new();
    if (!digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1) status = tpk_err_memory(err);
    if (status == TPK_OK) status = digest_stream(stream, path, control, digest, err);
    unsigned char bytes[32];
    if (status == TPK_OK && EVP_DigestFinal_ex(digest, bytes, NULL) != 1) status = tpk_err_memory(err);
    if (status == TPK_OK) write_hex(bytes, hex);
    EVP_MD_CTX_free(digest);
    tpk_stream_close(stream);
    return status;
}
