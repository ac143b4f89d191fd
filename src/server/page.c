#include "server/page.h"

#include <ctype.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

/* A name or number with a port, nothing that a page would read as more. */
static bool is_host(const char *host)
{
    static const char ALLOWED[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
    size_t n = host ? strlen(host) : 0;
    return n > 0 && n < 256 && strspn(host, ALLOWED) == n;
}

static void add_base(tpk_text *text, const char *address, const tpk_request *request)
{
    if (is_host(request->host))
        tpk_text_addf(text, "%s://%s", request->https ? "https" : "http", request->host);
    else
        tpk_text_add(text, address);
}

/* Letters that mean something in an address become %XX; a pair "id:0.4" stays as it is. */
static void add_encoded(tpk_text *text, const char *value)
{
    for (const char *c = value; *c; c++) {
        if (isalnum((unsigned char)*c) || strchr("_-.:,", *c))
            tpk_text_add_bytes(text, c, 1);
        else
            tpk_text_addf(text, "%%%02X", (unsigned char)*c);
    }
}

tpk_status tpk_page_tile_url(const char *address, const tpk_request *request, char **url, tpk_err *err)
{
    tpk_text text = {0};
    add_base(&text, address, request);
    tpk_text_add(&text, "/tiles/{z}/{x}/{y}.png");
    if (request->weights) {
        tpk_text_add(&text, "?w=");
        add_encoded(&text, request->weights);
    }
    if (request->classes) tpk_text_add(&text, request->weights ? "&style=classes" : "?style=classes");
    return tpk_text_take(&text, url, err);
}

static void add_escaped(tpk_text *text, const char *plain)
{
    for (const char *c = plain; *c; c++) {
        switch (*c) {
        case '&': tpk_text_add(text, "&amp;"); break;
        case '<': tpk_text_add(text, "&lt;"); break;
        case '>': tpk_text_add(text, "&gt;"); break;
        case '"': tpk_text_add(text, "&quot;"); break;
        default: tpk_text_add_bytes(text, c, 1);
        }
    }
}

static void add_row(tpk_text *text, const char *what, const char *link)
{
    tpk_text_addf(text, "<li>%s: <a href=\"%s\">%s</a></li>\n", what, link, link);
}

tpk_status tpk_page_html(const tpk_study *study, const char *address, const tpk_request *request, char **html,
                         tpk_err *err)
{
    tpk_text text = {0};
    tpk_text_addf(&text, "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>");
    add_escaped(&text, tpk_study_title(study));
    tpk_text_add(&text, "</title></head><body>\n<h1>");
    add_escaped(&text, tpk_study_title(study));
    tpk_text_addf(&text, "</h1>\n<p>%s</p>\n<pre>",
                  _("Map tiles, computed when they are asked for. In QGIS: Layer, Add Layer, Add XYZ Layer, "
                    "New, and this address:"));
    add_base(&text, address, request);
    tpk_text_add(&text, "/tiles/{z}/{x}/{y}.png</pre>\n<ul>\n");
    add_row(&text, _("The map as TileJSON"), "/tilejson.json");
    add_row(&text, _("The zones and their figures as GeoJSON"), "/zones.geojson");
    add_row(&text, _("The map in one tile"), "/tiles/0/0/0.png");
    tpk_text_addf(&text, "<li>%s: <code>/explain?lon=LON&amp;lat=LAT</code></li>\n",
                  _("Why a place is suitable, or not, as JSON"));
    tpk_text_addf(&text, "</ul>\n<p>%s <code>w=", _("Other weights: add to any of them"));
    for (size_t k = 0; k < tpk_study_criterion_count(study); k++) {
        char number[32];
        tpk_text_addf(&text, "%s%s:%s", k ? "," : "", tpk_study_criterion_id(study, k),
                      tpk_text_from_number(tpk_study_criterion_weight(study, k), number));
    }
    tpk_text_addf(&text, "</code></p>\n<p>%s</p>\n</body></html>\n",
                  _("There is no portal here: serve a result folder that holds one to see it."));
    return tpk_text_take(&text, html, err);
}
