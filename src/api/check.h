/* What a check holds; the public functions are in tapak/tapak.h. */
#ifndef TPK_API_CHECK_H
#define TPK_API_CHECK_H

#include "check/examine.h"

struct tpk_check {
    tpk_examination examination;
    char *json; /* made on the first call of tpk_check_json */
};

/* Layers beside those that are examined, in longitude and latitude. Initialise with {0}. */
typedef struct tpk_neighbourhood {
    tpk_crs *lonlat;
    tpk_layer *regions, *land, *coast;
    const char *region_field; /* borrowed from regions */
} tpk_neighbourhood;

/* regions: the path given, or kabupaten.shp in `folder`; land: provinsi.shp there; coast: garis_pantai.shp
 * there, with_coast only. What is not there is left out; folder may be NULL. An unusable `regions` that was
 * given is an error (those of layers; TPK_ERR_DATA without a field of names); what was only found is left out
 * when it cannot be used. TPK_ERR_MEMORY, TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_neighbourhood_open(const char *regions, const char *region_name,
                                                 const char *folder, bool with_coast, tpk_worker *worker,
                                                 const tpk_control *control, tpk_neighbourhood *neighbourhood,
                                                 tpk_err *err);
void tpk_neighbourhood_close(tpk_neighbourhood *neighbourhood); /* safe twice */

#endif
