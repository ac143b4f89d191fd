/* The inside of a CRS and of a transformation, shared by crs.c, transform.c and measure.c only. */
#ifndef TPK_GEO_CRS_PRIVATE_H
#define TPK_GEO_CRS_PRIVATE_H

#include <geodesic.h>
#include <proj_experimental.h>

#include "geo/crs.h"
#include "geo/worker_private.h"

struct tpk_crs {
    tpk_worker *worker; /* borrowed, must outlive this */
    PJ *pj;             /* 2D geographic or projected */
    PJ *bound;          /* pj with its own shift to WGS 84; NULL when it states none */
    PJ *xy_order;       /* pj with axes east, north: what is compared */
    char *name, *wkt;
    char code[64];
    bool geographic, metric;
    double unit;  /* metres, or degrees, in one map unit */
    tpk_box area; /* longitude and latitude; empty: the whole domain */

    /* Made at first use. */
    tpk_transform *base;  /* to the CRS's own geographic CRS */
    double base_unit;     /* degrees in one unit of that */
    tpk_transform *wgs84; /* to EPSG:4326 */
    struct geod_geodesic ellipsoid;
};

/* PROJ's last reason in worker, or "no reason given". */
const char *tpk_worker_proj_reason(const tpk_worker *worker);

/* As tpk_transform_new, between two PJ; never the identity. */
TPK_MUST_CHECK tpk_status tpk_transform_new_from_pj(tpk_worker *worker, const PJ *from, const PJ *to,
                                                    tpk_box area_lonlat, tpk_transform **transform,
                                                    tpk_err *err);

#endif
