/* Which coordinate reference system numbers look like: the range test of the systems that layers of
 * Kalimantan Selatan come in. */
#ifndef TPK_CHECK_CRS_GUESS_H
#define TPK_CHECK_CRS_GUESS_H

#include "check/finding.h"

typedef struct tpk_crs_guess {
    const char *code; /* "EPSG:32750"; NULL: none fits half of the points. Static */
    const char *name; /* translated: "metres in WGS 84 / UTM zone 50S" */
    double share;     /* of the points looked at that lie where the province is in that system, 0..1 */
    double degrees;   /* of the points looked at that can be longitude and latitude, 0..1 */
    tpk_box box;      /* of the coordinates that are numbers, in the file's unit */
} tpk_crs_guess;

/* Looks at some ten thousand vertices of a vector layer, spread over it, or at a lattice of 5 x 5 points of a
 * raster. The datum cannot be told from numbers: WGS 84, DGN95 and SRGI2013 differ by less than a metre,
 * older ones by hundreds. */
tpk_crs_guess tpk_crs_guess_of(const tpk_subject *subject);

/* "certain" of 95 % and more, "likely" below; translated, static. */
const char *tpk_crs_guess_sureness(const tpk_crs_guess *guess);

/* The sentence that tells the guess, or that nothing fits. NULL without memory. Caller frees with tpk_free.
 */
char *tpk_crs_guess_text(const tpk_crs_guess *guess);
/* "  jalan: {path: jalan.shp, crs: EPSG:32750}": the line for the project file; code NULL: "EPSG:...". NULL
 * without memory. Caller frees with tpk_free. */
char *tpk_crs_line(const tpk_subject *subject, const char *code);

/* True when the numbers cannot be in the layer's CRS: metres under degrees or the reverse, or another
 * system's metres. Then nothing can be said about positions. guess may be NULL. */
bool tpk_crs_is_contradicted(const tpk_subject *subject, tpk_crs_guess *guess);

#endif
