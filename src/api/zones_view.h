/* The zones of a study under other weights. */
#ifndef TPK_API_ZONES_VIEW_H
#define TPK_API_ZONES_VIEW_H

#include "api/study.h"

/* zones.geojson as a run writes it, under the view's weights and without the overlay's figures. Looks at the
 * zones' cells as a run does; the view's CRS does not matter. Reads the study's zone layer: one such call of
 * a study at a time. control (NULL is allowed) is told of and asked every few milliseconds:
 * TPK_ERR_CANCELLED. Errors of the layers. Caller frees *text with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_view_zones_geojson(tpk_view *view, const tpk_control *control, char **text,
                                                 tpk_err *err);

#endif
