/* What `tapak serve` says in JSON. */
#ifndef TPK_OUTPUT_SERVE_JSON_H
#define TPK_OUTPUT_SERVE_JSON_H

#include "geo/grid.h"

/* {"error": message}. TPK_ERR_MEMORY. Caller frees *text with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_error_json(const char *message, char **text, tpk_err *err);

/* TileJSON 3.0.0 of the map. url: with {z}, {x}, {y}; lonlat: of the study, degrees. Otherwise as above. */
TPK_MUST_CHECK tpk_status tpk_tilejson(const char *title, const char *note, const char *url, tpk_box lonlat,
                                       int max_zoom, char **text, tpk_err *err);

#endif
