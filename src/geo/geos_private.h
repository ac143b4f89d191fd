/* Between flat arrays and GEOS's own geometries, for geos.c and geos_index.c only. */
#ifndef TPK_GEO_GEOS_PRIVATE_H
#define TPK_GEO_GEOS_PRIVATE_H

#include "geo/geos.h"
#include "geo/worker_private.h"

/* Copies geom; parts with too few points to be a line or a ring are left out. Freed with GEOSGeom_destroy_r.
 */
TPK_MUST_CHECK tpk_status tpk_geos_import(tpk_worker *worker, tpk_geom geom, GEOSGeometry **out,
                                          tpk_err *err);

/* out becomes the parts of kind `kind` in g, rings turned as tpk_geom wants them. */
TPK_MUST_CHECK tpk_status tpk_geos_export(tpk_worker *worker, const GEOSGeometry *g, tpk_geom_kind kind,
                                          tpk_geom_buffer *out, tpk_err *err);

/* The status for what GEOS just refused, from its message in worker. */
tpk_status tpk_geos_failed(tpk_worker *worker, tpk_err *err);

#endif
