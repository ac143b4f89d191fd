/* Minutes that were subtracted from the degrees instead of added, as in the ministry's port list
 * (simpel.dephub.go.id): found by the region that a point names, corrected only when the project file says
 * `repair: minutes`. */
#ifndef TPK_INPUT_MINUTES_H
#define TPK_INPUT_MINUTES_H

#include "input/regions.h"

/* Regions are drawn to a few hundred metres at best, and a jetty stands in the water before its regency:
 * places so far beside a region count as in it. */
#define TPK_REGION_MARGIN_DEG 0.02

/* The degrees with their minutes added instead of subtracted: lon 113.44 (114 degrees minus 33.6 minutes)
 * becomes 114.56. Away from the equator and from Greenwich; whole degrees stay. */
double tpk_minutes_added(double degrees);

/* A point outside the region: does it lie there with the minutes of both axes added, or of one? fixed: that
 * place. */
bool tpk_minutes_fix(const tpk_regions *regions, int region, const double lonlat[2], double fixed[2]);

/* Corrects, in place, the points that lie outside the region they name and inside it when their minutes are
 * added; a warning tells how many and the first few. crs: of the layer's coordinates. TPK_ERR_DATA when the
 * layer does not hold points in degrees, or has no field that names regencies. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_minutes_repair(tpk_layer *layer, const tpk_crs *crs, const char *where,
                                             tpk_diags *diags, tpk_err *err);

#endif
