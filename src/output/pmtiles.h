/* PMTiles version 3: one file of map tiles that a browser reads by byte ranges from any web server.
 *
 * Tiles come in the order of their ids and are written as they come; the directories follow them, and head
 * and root directory fill the first 16,384 bytes, which readers fetch at once. Equal tiles are stored once,
 * neighbouring ones share an entry. The bytes depend on what was added alone.
 * Source: PMTiles specification, version 3.
 * https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md */
#ifndef TPK_OUTPUT_PMTILES_H
#define TPK_OUTPUT_PMTILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "geo/geom.h"

enum { TPK_MOST_ZOOM = 26 };

typedef enum tpk_tile_type { TPK_TILES_MVT = 1, TPK_TILES_PNG = 2 } tpk_tile_type;

typedef struct tpk_pmtiles_about {
    tpk_tile_type type; /* MVT: the tiles added are compressed with gzip; PNG: they are not */
    int min_zoom, max_zoom;
    tpk_box lonlat;       /* what the tiles show, degrees */
    const char *metadata; /* a JSON object: name, description, attribution; for MVT vector_layers too */
} tpk_pmtiles_about;

/* A tile of the Web-Mercator scheme: y counts from the north. */
typedef struct tpk_tile_address {
    int z;
    uint32_t x, y; /* 0 .. 2^z - 1 */
} tpk_tile_address;

/* The place of a tile along the Hilbert curves of all zooms, one after the other: 0 for z 0, 1..4 for z 1. z:
 * 0 to TPK_MOST_ZOOM. */
uint64_t tpk_tile_id(tpk_tile_address address);

typedef struct tpk_pmtiles tpk_pmtiles;

/* about is borrowed for the call. The archive appears at path only when it is finished. TPK_ERR_ARGUMENT for
 * zooms beyond 0 to TPK_MOST_ZOOM or falling, TPK_ERR_IO, TPK_ERR_MEMORY. Caller ends it with
 * tpk_pmtiles_finish or tpk_pmtiles_abort. */
TPK_MUST_CHECK tpk_status tpk_pmtiles_open(const char *path, const tpk_pmtiles_about *about,
                                           tpk_pmtiles **archive, tpk_err *err);

/* Adds a tile; ids must rise and zooms lie within about's. n > 0. TPK_ERR_ARGUMENT, TPK_ERR_IO,
 * TPK_ERR_MEMORY. One thread at a time. */
TPK_MUST_CHECK tpk_status tpk_pmtiles_add(tpk_pmtiles *archive, tpk_tile_address address, const void *bytes,
                                          size_t n, tpk_err *err);

/* Completes the archive and renames it into place; an archive without tiles is allowed. Frees it in every
 * case. TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_pmtiles_finish(tpk_pmtiles *archive, tpk_err *err);
void tpk_pmtiles_abort(tpk_pmtiles *archive); /* NULL is allowed */

/* The metadata of an archive of pictures. TPK_ERR_MEMORY. Caller frees *metadata with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_pmtiles_metadata(const char *name, const char *description,
                                               const char *attribution, char **metadata, tpk_err *err);

#endif
