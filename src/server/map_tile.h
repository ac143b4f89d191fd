/* A map tile: colours of the study's legend for a square of the Web Mercator world (EPSG:3857). */
#ifndef TPK_SERVER_MAP_TILE_H
#define TPK_SERVER_MAP_TILE_H

#include "api/study.h"
#include "output/png.h"
#include "server/request.h"

enum { TPK_MAP_TILE_SIDE = 256 };

/* The colours of both styles. Number 0 is transparent. Of the score 1 is the colour of 0 and 2 to 255 are
 * those of 0 < score <= 1 in even steps; of classes the number is that of the class. */
typedef struct tpk_map_colors {
    tpk_rgba score[256], classes[256];
} tpk_map_colors;
TPK_MUST_CHECK tpk_status tpk_map_colors_init(const tpk_study *study, tpk_map_colors *colors, tpk_err *err);

/* Room for one thread's tile. Caller frees with tpk_map_tile_free. */
typedef struct tpk_map_tile tpk_map_tile;
TPK_MUST_CHECK tpk_status tpk_map_tile_new(tpk_map_tile **tile, tpk_err *err);
void tpk_map_tile_free(tpk_map_tile *tile); /* NULL is allowed */

/* Evaluates the tile that `request` asks for; view is one of EPSG:3857 under its weights. Caller frees *png
 * with tpk_free. Errors of tpk_view_window. */
TPK_MUST_CHECK tpk_status tpk_map_tile_draw(tpk_map_tile *tile, tpk_view *view, const tpk_request *request,
                                            const tpk_map_colors *colors, char **png, size_t *n,
                                            tpk_err *err);

#endif
