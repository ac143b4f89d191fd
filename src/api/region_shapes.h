/* The regions of a study as their layer draws them: features of one id, or without ids of one name, are parts
 * of one region. */
#ifndef TPK_API_REGION_SHAPES_H
#define TPK_API_REGION_SHAPES_H

#include "api/study.h"
#include "geo/geom_buffer.h"

typedef struct tpk_region_shapes {
    const tpk_layer *layer; /* borrowed from the store; NULL: the project has no regions */
    char **ids;             /* owned, each too; NULL: the project names no field of ids */
    char **names;           /* owned, each too */
    tpk_geom *geoms;        /* owned; views of the layer or of `united` */
    tpk_geom_buffer
        *united; /* owned; a region of several features, without their common borders; else empty */
    size_t n;
    tpk_geom *area; /* owned; the polygons of the study area; none when it is the whole grid */
    int64_t n_area;
} tpk_region_shapes;

/* In the order of each region's first feature. A note says that features were joined. TPK_ERR_DATA: a layer
 * without features or polygons, a feature without polygon, id or name, two names under one id. Caller frees
 * with tpk_region_shapes_clear, also after an error. */
TPK_MUST_CHECK tpk_status tpk_region_shapes_read(tpk_study *study, tpk_region_shapes *shapes, tpk_err *err);
void tpk_region_shapes_clear(tpk_region_shapes *shapes); /* safe twice */

#endif
