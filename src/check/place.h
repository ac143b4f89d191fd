/* Where a feature lies, and whether anything can lie there. */
#ifndef TPK_CHECK_PLACE_H
#define TPK_CHECK_PLACE_H

#include "check/finding.h"

typedef enum tpk_place {
    TPK_PLACE_NONE,    /* no geometry */
    TPK_PLACE_FINE,    /* in Indonesia */
    TPK_PLACE_SWAPPED, /* its latitude and longitude, exchanged, are in Indonesia */
    TPK_PLACE_SIGN,    /* with another sign it is in Indonesia, or in the study area when the layer is */
    TPK_PLACE_FAR,     /* outside Indonesia */
    TPK_PLACE_NOWHERE  /* coordinates that are no numbers, or cannot be transformed */
} tpk_place;

/* How the places of one layer are looked at. */
typedef struct tpk_places {
    const tpk_subject *subject; /* borrowed */
    bool is_local;    /* nine of ten features lie in the study area: one mirrored into it belongs there */
    bool is_mirrored; /* most lie in the study area when their latitude or longitude is turned around, and few
                         as they are */
    bool usable;      /* false: no CRS, or coordinates that contradict it; nothing can be said about places */
} tpk_places;

tpk_places tpk_places_of(const tpk_subject *subject);

/* *lon, *lat: the middle of the feature's box as it is in the file (degrees), NaN for NONE and NOWHERE. */
tpk_place tpk_place_of(const tpk_places *places, int64_t feature, double *lon, double *lat);

/* Box of a feature in longitude and latitude; empty without geometry or when a coordinate is no number. */
tpk_box tpk_place_box(const tpk_subject *subject, int64_t feature);

#endif
