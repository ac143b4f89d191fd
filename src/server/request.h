/* What a client asks for: an address taken apart and checked, before any work is done for it. */
#ifndef TPK_SERVER_REQUEST_H
#define TPK_SERVER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { TPK_MAX_ZOOM = 22, TPK_MAX_PARAMETERS = 16, TPK_MAX_PATH = 1024, TPK_MAX_VALUE = 4096 };

typedef enum tpk_ask { TPK_ASK_TILE, TPK_ASK_EXPLAIN, TPK_ASK_ZONES, TPK_ASK_TILEJSON, TPK_ASK_FILE } tpk_ask;

/* A parameter of the address, decoded; borrowed. value: "" when there is none. */
typedef struct tpk_parameter {
    const char *name, *value;
} tpk_parameter;

typedef struct tpk_request {
    tpk_ask ask;
    int z; /* of a tile, 0 to TPK_MAX_ZOOM; x and y below 2^z, y from the north */
    uint32_t x, y;
    bool classes;    /* style=classes */
    double lon, lat; /* degrees */
    char *weights;   /* owned; as written; NULL: the project's */
    char *path;      /* owned; of a file, without the leading slash; "" is the start page */

    /* Headers, owned; NULL: not sent. */
    char *if_none_match, *if_range, *range, *host;
    bool accepts_gzip;
    bool https; /* between the client and the web server before this one */
} tpk_request;

/* path: decoded, from its slash. What is asked must be asked rightly: TPK_ERR_ARGUMENT says which parameter
 * is wrong, what was found and what is allowed; TPK_ERR_MEMORY. The headers are the caller's to fill in.
 * Caller clears with tpk_request_clear, after an error too. */
TPK_MUST_CHECK tpk_status tpk_request_parse(const char *path, const tpk_parameter *parameters, size_t n,
                                            tpk_request *request, tpk_err *err);
void tpk_request_clear(tpk_request *request); /* safe twice */

/* The path of a request's target, which may be a whole address, "http://host/path" (RFC 9112, 3.2.2). *host:
 * n_host letters of it, NULL when it names none. All is borrowed from target. */
const char *tpk_target_path(const char *target, const char **host, size_t *n_host);

/* Does an Accept-Encoding (NULL: none was sent) take gzip (RFC 9110, 12.5.3)? */
bool tpk_accepts_gzip(const char *accept_encoding);

#endif
