/* The layers of one project, each opened once, on first use. */
#ifndef TPK_INPUT_STORE_H
#define TPK_INPUT_STORE_H

#include "input/layer.h"
#include "input/raster.h"

typedef struct tpk_store tpk_store;

/* project, worker, to, control and diags are borrowed and must outlive the store. Caller frees with
 * tpk_store_free. */
TPK_MUST_CHECK tpk_status tpk_store_new(const tpk_project *project, tpk_worker *worker, const tpk_crs *to,
                                        const tpk_control *control, tpk_diags *diags, tpk_store **store,
                                        tpk_err *err);
void tpk_store_free(tpk_store *store);

/* The study's place in longitude and latitude (degrees): layers read from now on are transformed as is most
 * accurate there, and told of when that is rough (finish.h). Without it each layer's own box decides. */
void tpk_store_set_area(tpk_store *store, tpk_box area_lonlat);

/* By layer id, with an extra condition on top of the layer's own (NULL: none). Loaded on first use, then
 * shared. Borrowed until the store is freed. Errors of tpk_layer_read and tpk_raster_open. Not thread-safe:
 * used while planning. */
TPK_MUST_CHECK tpk_status tpk_store_vector(tpk_store *store, const char *id, const char *where,
                                           const tpk_layer **layer, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_store_raster(tpk_store *store, const char *id, const tpk_raster **raster,
                                           tpk_err *err);

/* Everything opened so far, in order of first use, for run.json: fn is called with exactly one of layer and
 * raster. */
void tpk_store_each(const tpk_store *store,
                    void (*fn)(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                               const tpk_raster *raster),
                    void *user);

/* The files a layer is made of (shp, shx, dbf, prj, cpg ...; a GeoPackage's -wal while it holds something),
 * for checksums: *paths is an array of *n owned strings, in an order that is the same on every disk; caller
 * frees each and the array with tpk_free. Empty for /vsi paths. TPK_ERR_IO: unreadable; TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_layer_files(const tpk_layer_spec *spec, char ***paths, size_t *n, tpk_err *err);

/* SHA-256 of a file as 64 hexadecimal digits and a terminator. control (may be NULL) is asked every 256 kB
 * whether to stop. TPK_ERR_IO, TPK_ERR_MEMORY, TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_file_sha256(const char *path, const tpk_control *control, char hex[65],
                                          tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_bytes_sha256(const void *bytes, size_t n, char hex[65], tpk_err *err);

#endif
