/* score.pmtiles: the score as coloured map tiles. */
#ifndef TPK_API_SCORE_TILES_H
#define TPK_API_SCORE_TILES_H

#include "api/study.h"

/* Zooms of a study's tiles: from the one at which it is no wider and no higher than a tile, to the one whose
 * pixels on the ground are nearest in size to its cells. */
typedef struct tpk_zooms {
    int min, max;
} tpk_zooms;
tpk_zooms tpk_study_zooms(const tpk_study *study);

/* Tiles of 256 x 256 pixels, each the score at the pixel's centre, straight from the sources, in the colours
 * of the score's legend; outside and unknown are transparent. Every tile that touches the study's box is
 * there: MapLibre's map with a PMTiles source never comes to rest where one is missing. All cores. The bytes
 * do not depend on their number. TPK_ERR_IO, TPK_ERR_MEMORY, TPK_ERR_CANCELLED, errors of the layers. */
TPK_MUST_CHECK tpk_status tpk_score_tiles_write(const tpk_study *study, const char *path, tpk_err *err);

#endif
