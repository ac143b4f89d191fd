#include "output/serve_json.h"

#include "output/json.h"
#include "version.h"

/* Takes document; NULL: no memory. */
static tpk_status text_of(json_t *document, char **text, tpk_err *err)
{
    *text = NULL;
    if (!document) return tpk_err_memory(err);
    tpk_status status = tpk_json_text(document, text, err);
    json_decref(document);
    return status;
}

tpk_status tpk_error_json(const char *message, char **text, tpk_err *err)
{
    return text_of(json_pack("{s:o}", "error", tpk_json_string(message)), text, err);
}

tpk_status tpk_tilejson(const char *title, const char *note, const char *url, tpk_box lonlat, int max_zoom,
                        char **text, tpk_err *err)
{
    double west = lonlat.x_min, south = lonlat.y_min, east = lonlat.x_max, north = lonlat.y_max;
    return text_of(json_pack("{s:s, s:s, s:s*, s:s, s:s, s:[s], s:s, s:i, s:i, s:[f,f,f,f], s:[f,f,i]}", //
                             "tilejson", "3.0.0", "name", title, "description", note,                    //
                             "version", TPK_VERSION, "scheme", "xyz", "tiles", url, "format", "png",     //
                             "minzoom", 0, "maxzoom", max_zoom, "bounds", west, south, east, north,      //
                             "center", (west + east) / 2, (south + north) / 2, 8),
                   text, err);
}
