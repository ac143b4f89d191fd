/* What a view holds beyond the public interface of tapak/tapak.h. */
#ifndef TPK_API_VIEW_H
#define TPK_API_VIEW_H

#include "api/zone_table.h"

enum { TPK_VIEW_SIDE = 128 };

/* The way from another CRS (as tpk_view_new's); on an error the view keeps the one it had. */
TPK_MUST_CHECK tpk_status tpk_view_set_crs(tpk_view *view, const char *crs, tpk_err *err);

/* The cells of a window of the study's grid, TPK_VIEW_SIDE a side at most, exactly as a run computes them,
 * but under the view's weights. *tile is borrowed until the view is asked again. */
TPK_MUST_CHECK tpk_status tpk_view_cells(tpk_view *view, tpk_window window, tpk_zonal_tile *tile,
                                         tpk_err *err);

/* The figures of zones (shapes->n) under the view's weights, those of a run; explain.c. Asks the study's CRS:
 * one such call of a study at a time. control (NULL is allowed) is told of and asked at every TPK_VIEW_SIDE
 * squared cells. Caller clears each of stats with tpk_zone_stats_clear. */
TPK_MUST_CHECK tpk_status tpk_view_measure_zones(tpk_view *view, const tpk_zone_shapes *shapes,
                                                 const tpk_control *control, tpk_zone_stats *stats,
                                                 tpk_err *err);

/* Can values be told at (x, y) in the view's CRS? Not farther from the study's grid than its longer side, and
 * 100 km at least: there the projection is bent and the layers have ended. */
bool tpk_view_reaches(const tpk_view *view, double x, double y);

/* Borrowed from the view. The plan is the study's under the view's weights. */
const tpk_plan *tpk_view_plan(const tpk_view *view);
const tpk_study *tpk_view_study(const tpk_view *view);
const char *tpk_view_crs(const tpk_view *view);

#endif
