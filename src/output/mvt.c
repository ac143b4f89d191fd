#include "output/mvt.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/gzip.h"
#include "output/json.h"

/* GDAL makes a folder of tiles in memory: z/x/y.pbf and metadata.json. */
struct tpk_mvt {
    char folder[64];    /* name in /vsimem */
    GDALDatasetH tiles; /* owned; NULL once closed */
    int min_zoom, max_zoom;
};

static tpk_status gdal_error(tpk_err *err)
{
    return tpk_err_set(err, TPK_ERR_IO, _("the vector tiles cannot be made: %s"), CPLGetLastErrorMsg());
}

/* One thread: several share a database, whose order would be theirs. */
static GDALDatasetH create(const tpk_mvt *mvt, const char *name, const char *description)
{
    char **options = CSLSetNameValue(NULL, "NAME", name), zoom[16];
    options = CSLSetNameValue(options, "DESCRIPTION", description);
    options = CSLSetNameValue(options, "COMPRESS", "NO");
    snprintf(zoom, sizeof zoom, "%d", mvt->min_zoom);
    options = CSLSetNameValue(options, "MINZOOM", zoom);
    snprintf(zoom, sizeof zoom, "%d", mvt->max_zoom);
    options = CSLSetNameValue(options, "MAXZOOM", zoom);
    CPLSetThreadLocalConfigOption("GDAL_NUM_THREADS", "1");
    GDALDriverH driver = GDALGetDriverByName("MVT");
    GDALDatasetH tiles = driver ? GDALCreate(driver, mvt->folder, 0, 0, 0, GDT_Unknown, options) : NULL;
    CPLSetThreadLocalConfigOption("GDAL_NUM_THREADS", NULL);
    CSLDestroy(options);
    return tiles;
}

tpk_status tpk_mvt_open(const char *name, const char *description, int min_zoom, int max_zoom, tpk_mvt **out,
                        tpk_err *err)
{
    *out = NULL;
    tpk_mvt *mvt = tpk_zalloc(1, sizeof *mvt);
    if (!mvt) return tpk_err_memory(err);
    snprintf(mvt->folder, sizeof mvt->folder, "/vsimem/tapak_mvt_%p", (void *)mvt);
    mvt->min_zoom = min_zoom;
    mvt->max_zoom = max_zoom;
    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    mvt->tiles = create(mvt, name, description);
    tpk_status status = mvt->tiles ? TPK_OK : gdal_error(err);
    CPLPopErrorHandler();
    if (status == TPK_OK)
        *out = mvt;
    else
        tpk_mvt_abort(mvt);
    return status;
}

void tpk_mvt_abort(tpk_mvt *mvt)
{
    if (!mvt) return;
    CPLPushErrorHandler(CPLQuietErrorHandler);
    if (mvt->tiles) GDALClose(mvt->tiles);
    VSIRmdirRecursive(mvt->folder);
    CPLPopErrorHandler();
    tpk_free(mvt);
}

tpk_status tpk_mvt_add(tpk_mvt *mvt, const char *geojson_path, const char *layer, tpk_err *err)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    GDALDatasetH source =
        GDALOpenEx(geojson_path, GDAL_OF_VECTOR, (const char *const[]){"GeoJSON", NULL}, NULL, NULL);
    OGRLayerH copied = NULL;
    if (source) copied = GDALDatasetCopyLayer(mvt->tiles, GDALDatasetGetLayer(source, 0), layer, NULL);
    tpk_status status = copied ? TPK_OK : gdal_error(err);
    CPLPopErrorHandler();
    if (source) GDALClose(source);
    return status == TPK_OK ? TPK_OK : tpk_err_prefix(err, status, _("layer '%s'"), layer);
}

/* ---- packing ---- */

/* The whole of a file of the folder. Caller frees with tpk_free. */
static tpk_status read_file(const tpk_mvt *mvt, const char *name, void **bytes, size_t *n, tpk_err *err)
{
    char path[128];
    vsi_l_offset size = 0;
    snprintf(path, sizeof path, "%s/%s", mvt->folder, name);
    const GByte *held = VSIGetMemFileBuffer(path, &size, FALSE);
    *n = (size_t)size;
    *bytes = held ? tpk_alloc(*n + 1, 1) : NULL;
    if (!held)
        return tpk_err_set(err, TPK_ERR_IO, _("the vector tiles cannot be made: '%s' is missing"), name);
    if (!*bytes) return tpk_err_memory(err);
    memcpy(*bytes, held, *n);
    ((char *)*bytes)[*n] = '\0';
    return TPK_OK;
}

/* GDAL's is made for MBTiles, with the list of layers as a text inside: PMTiles wants it outside. */
static tpk_status make_metadata(const tpk_mvt *mvt, char **metadata, tpk_err *err)
{
    void *bytes = NULL;
    size_t n;
    tpk_status status = read_file(mvt, "metadata.json", &bytes, &n, err);
    json_t *said = status == TPK_OK ? json_loads(bytes, 0, NULL) : NULL;
    const char *list = json_string_value(json_object_get(said, "json"));
    json_t *layers = list ? json_loads(list, 0, NULL) : NULL;
    json_t *o = layers ? json_pack("{s:O, s:O, s:O}", "name", json_object_get(said, "name"), "description",
                                   json_object_get(said, "description"), "vector_layers",
                                   json_object_get(layers, "vector_layers"))
                       : NULL;
    if (status == TPK_OK) status = o ? tpk_json_text(o, metadata, err) : tpk_err_memory(err);
    json_decref(o);
    json_decref(layers);
    json_decref(said);
    tpk_free(bytes);
    return status;
}

static int by_id(const void *a, const void *b)
{
    uint64_t one = tpk_tile_id(*(const tpk_tile_address *)a),
             other = tpk_tile_id(*(const tpk_tile_address *)b);
    return (one > other) - (one < other);
}

/* The tiles in the folder by their ids. Caller frees *tiles with tpk_free. */
static tpk_status list_tiles(const tpk_mvt *mvt, tpk_tile_address **tiles, size_t *n, tpk_err *err)
{
    char **names = VSIReadDirRecursive(mvt->folder);
    *n = 0;
    *tiles = tpk_alloc((size_t)CSLCount(names), sizeof **tiles);
    for (int i = 0; *tiles && names && names[i]; i++) {
        tpk_tile_address *one = &(*tiles)[*n];
        if (sscanf(names[i], "%d/%u/%u.pbf", &one->z, &one->x, &one->y) == 3) ++*n;
    }
    CSLDestroy(names);
    if (!*tiles) return tpk_err_memory(err);
    qsort(*tiles, *n, sizeof **tiles, by_id);
    return TPK_OK;
}

static tpk_status add_tile(const tpk_mvt *mvt, tpk_pmtiles *archive, tpk_tile_address tile, tpk_err *err)
{
    char name[64];
    void *bytes = NULL;
    uint8_t *packed = NULL;
    size_t n, n_packed;
    snprintf(name, sizeof name, "%d/%u/%u.pbf", tile.z, tile.x, tile.y);
    tpk_status status = read_file(mvt, name, &bytes, &n, err);
    if (status == TPK_OK) status = tpk_gzip(bytes, n, &packed, &n_packed, err);
    if (status == TPK_OK) status = tpk_pmtiles_add(archive, tile, packed, n_packed, err);
    tpk_free(packed);
    tpk_free(bytes);
    return status;
}

static tpk_status pack(const tpk_mvt *mvt, tpk_box lonlat, const char *path, tpk_err *err)
{
    char *metadata = NULL;
    tpk_tile_address *tiles = NULL;
    size_t n = 0;
    tpk_pmtiles *archive = NULL;
    tpk_status status = make_metadata(mvt, &metadata, err);
    if (status == TPK_OK) status = list_tiles(mvt, &tiles, &n, err);
    tpk_pmtiles_about about = {TPK_TILES_MVT, mvt->min_zoom, mvt->max_zoom, lonlat, metadata};
    if (status == TPK_OK) status = tpk_pmtiles_open(path, &about, &archive, err);
    for (size_t i = 0; i < n && status == TPK_OK; i++) status = add_tile(mvt, archive, tiles[i], err);
    if (status == TPK_OK)
        status = tpk_pmtiles_finish(archive, err);
    else
        tpk_pmtiles_abort(archive);
    tpk_free(tiles);
    tpk_free(metadata);
    return status;
}

tpk_status tpk_mvt_finish(tpk_mvt *mvt, tpk_box lonlat, const char *path, tpk_err *err)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    GDALClose(mvt->tiles);
    mvt->tiles = NULL;
    tpk_status status = CPLGetLastErrorType() >= CE_Failure ? gdal_error(err) : TPK_OK;
    CPLPopErrorHandler();
    if (status == TPK_OK) status = pack(mvt, lonlat, path, err);
    tpk_mvt_abort(mvt);
    return status;
}
