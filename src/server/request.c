#include "server/request.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

typedef struct endpoint {
    const char *path;
    tpk_ask ask;
    const char *parameters[4]; /* that it takes, NULL-terminated */
} endpoint;

static const endpoint ENDPOINTS[] = {
    {"/explain", TPK_ASK_EXPLAIN, {"lon", "lat", "w"}},
    {"/zones.geojson", TPK_ASK_ZONES, {"w"}},
    {"/tilejson.json", TPK_ASK_TILEJSON, {"w", "style"}},
};
static const endpoint TILES = {"/tiles/", TPK_ASK_TILE, {"w", "style"}};

void tpk_request_clear(tpk_request *r)
{
    void *const blocks[] = {r->weights, r->path, r->if_none_match, r->if_range, r->range, r->host};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
    *r = (tpk_request){0};
}

/* ---- headers ---- */

/* "gzip;q=0": what follows the name of an encoding, `end` behind its last letter. */
static bool is_refused(const char *p, const char *end)
{
    while (p < end && strncasecmp(p, "q=", 2) != 0) p++;
    if (p >= end) return false;
    p += 2;
    p += strspn(p, "0.");
    return p >= end || strchr("; \t", *p);
}

bool tpk_accepts_gzip(const char *accept_encoding)
{
    bool others = false;
    for (const char *p = accept_encoding ? accept_encoding : ""; *p; p += strcspn(p, ",")) {
        p += strspn(p, " \t,");
        const char *end = p + strcspn(p, ",");
        size_t n = strcspn(p, ";, \t");
        bool taken = !is_refused(p + n, end);
        if (n == 4 && strncasecmp(p, "gzip", n) == 0) return taken;
        if (n == 1 && *p == '*') others = taken;
    }
    return others;
}

/* ---- targets ---- */

const char *tpk_target_path(const char *target, const char **host, size_t *n_host)
{
    static const char *const SCHEMES[] = {"http://", "https://"};
    *host = NULL;
    for (size_t i = 0; i < sizeof SCHEMES / sizeof *SCHEMES; i++) {
        size_t n = strlen(SCHEMES[i]);
        if (strncasecmp(target, SCHEMES[i], n) != 0) continue;
        *n_host = strcspn(target + n, "/");
        if (*n_host == 0) break; /* no address (RFC 9110, 4.2.1) */
        *host = target + n;
        return (*host)[*n_host] ? *host + *n_host : "/";
    }
    return target;
}

/* ---- tiles ---- */

/* A whole number without sign or leading zero, at *text, which moves behind it and the character `end`. */
static bool take_number(const char **text, char end, uint32_t below, uint32_t *number)
{
    const char *p = *text;
    uint64_t value = 0;
    size_t n = strspn(p, "0123456789");
    if (n == 0 || n > 9 || (n > 1 && *p == '0') || p[n] != end) return false;
    for (size_t i = 0; i < n; i++) value = 10 * value + (uint64_t)(p[i] - '0');
    *text = p + n + 1;
    *number = (uint32_t)value;
    return value < below;
}

static tpk_status take_tile(const char *path, tpk_request *r, tpk_err *err)
{
    const char *p = path + strlen(TILES.path);
    uint32_t z;
    if (take_number(&p, '/', TPK_MAX_ZOOM + 1, &z) && take_number(&p, '/', 1u << z, &r->x) &&
        take_number(&p, '.', 1u << z, &r->y) && strcmp(p, "png") == 0) {
        r->z = (int)z;
        return TPK_OK;
    }
    return tpk_err_set(
        err, TPK_ERR_ARGUMENT,
        _("'%.100s' is no tile: expected is /tiles/Z/X/Y.png, Z from 0 to %d, X and Y from 0 to "
          "2^Z - 1"),
        path, TPK_MAX_ZOOM);
}

/* ---- parameters ---- */

static tpk_status take_degrees(const tpk_parameter *p, double limit, double *degrees, tpk_err *err)
{
    if (tpk_text_to_number(p->value, degrees) && fabs(*degrees) <= limit) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_ARGUMENT, _("%s=%.60s: expected are degrees from %g to %g"), p->name,
                       p->value, -limit, limit);
}

static tpk_status take_parameter(const tpk_parameter *p, tpk_request *r, tpk_err *err)
{
    if (strcmp(p->name, "lon") == 0) return take_degrees(p, 180, &r->lon, err);
    if (strcmp(p->name, "lat") == 0) return take_degrees(p, 90, &r->lat, err);
    if (strcmp(p->name, "style") == 0) {
        r->classes = strcmp(p->value, "classes") == 0;
        if (r->classes || strcmp(p->value, "score") == 0) return TPK_OK;
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("style=%.60s: allowed are score and classes"), p->value);
    }
    r->weights = tpk_strdup(p->value);
    return r->weights ? TPK_OK : tpk_err_memory(err);
}

static bool is_taken(const endpoint *e, const char *name)
{
    for (const char *const *known = e->parameters; *known; known++) {
        if (strcmp(*known, name) == 0) return true;
    }
    return false;
}

static tpk_status take_parameters(const endpoint *e, const tpk_parameter *parameters, size_t n,
                                  tpk_request *r, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < n && status == TPK_OK; i++) {
        const char *name = parameters[i].name;
        if (!is_taken(e, name))
            return tpk_err_set(err, TPK_ERR_ARGUMENT, _("%s has no parameter '%.60s'"), e->path, name);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(parameters[k].name, name) == 0)
                return tpk_err_set(err, TPK_ERR_ARGUMENT, _("parameter '%s' is given twice"), name);
        }
        status = take_parameter(&parameters[i], r, err);
    }
    return status;
}

tpk_status tpk_request_parse(const char *path, const tpk_parameter *parameters, size_t n, tpk_request *r,
                             tpk_err *err)
{
    *r = (tpk_request){.lon = (double)NAN, .lat = (double)NAN};
    if (strncmp(path, TILES.path, strlen(TILES.path)) == 0) {
        r->ask = TILES.ask;
        tpk_status status = take_tile(path, r, err);
        return status == TPK_OK ? take_parameters(&TILES, parameters, n, r, err) : status;
    }
    for (size_t i = 0; i < sizeof ENDPOINTS / sizeof *ENDPOINTS; i++) {
        const endpoint *e = &ENDPOINTS[i];
        if (strcmp(path, e->path) != 0) continue;
        r->ask = e->ask;
        tpk_status status = take_parameters(e, parameters, n, r, err);
        if (status == TPK_OK && r->ask == TPK_ASK_EXPLAIN && (isnan(r->lon) || isnan(r->lat)))
            return tpk_err_set(err, TPK_ERR_ARGUMENT, "%s",
                               _("/explain needs a place: /explain?lon=114.95&lat=-3.98"));
        return status;
    }
    r->ask = TPK_ASK_FILE; /* its parameters mean something to the page alone */
    r->path = tpk_strdup(path + (*path == '/'));
    return r->path ? TPK_OK : tpk_err_memory(err);
}
