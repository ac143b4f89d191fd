/* What a view holds beyond the public interface of tapak/tapak.h. */
#ifndef TPK_API_VIEW_H
#define TPK_API_VIEW_H

#include "api/study.h"

/* The way from another CRS (as tpk_view_new's); on an error the view keeps the one it had. */
TPK_MUST_CHECK tpk_status tpk_view_set_crs(tpk_view *view, const char *crs, tpk_err *err);

#endif
