/* OGR's geometries turned into flat arrays. */
#ifndef TPK_INPUT_OGR_GEOMETRY_H
#define TPK_INPUT_OGR_GEOMETRY_H

#include <ogr_api.h>

#include "input/build.h"

/* The first feature seen of each kind, for the message about mixed kinds; initialise with TPK_OGR_KINDS_INIT.
 */
typedef struct tpk_ogr_kinds {
    int64_t first_fid[TPK_GEOM_POLYGON + 1]; /* by kind; -1: none seen */
} tpk_ogr_kinds;
#define TPK_OGR_KINDS_INIT                                                                                   \
    {                                                                                                        \
        {                                                                                                    \
            -1, -1, -1, -1                                                                                   \
        }                                                                                                    \
    }

/* Adds the parts of `geometry` (NULL: none) to the current feature: collections flattened, curves made of
 * short lines, Z and M left out and counted. TPK_ERR_DATA (kinds mixed within the layer, solids),
 * TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_ogr_add_geometry(tpk_build *build, tpk_ogr_kinds *kinds, int64_t fid,
                                               OGRGeometryH geometry, tpk_err *err);

/* The kind of an OGR geometry type; NONE for unknown, collections and what is no point, line or area. */
tpk_geom_kind tpk_ogr_kind(OGRwkbGeometryType type);

#endif
