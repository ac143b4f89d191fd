/* What goes back to a client. */
#ifndef TPK_SERVER_ANSWER_H
#define TPK_SERVER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "server/shelf.h"

/* Initialise with TPK_NO_ANSWER. */
typedef struct tpk_answer {
    unsigned code;    /* of HTTP */
    const char *type; /* media type; static */
    char *bytes;      /* owned; the body, unless it is of a file or shared */
    size_t n;
    tpk_shelf_text *shared; /* owned; NULL: not shared. The body is its n bytes */
    int fd;                 /* owned; -1: no file. The body is n bytes of it from `offset` */
    uint64_t offset;
    bool ranges; /* parts may be asked for */
    bool varies; /* other clients may get it otherwise packed */
    bool gzipped;
    char etag[64];          /* with its quotes; "" none */
    char content_range[80]; /* "" none */
    char
        *trouble; /* owned; why this is of an older state than the files, or the portal is; NULL: all agree */
    const char *location;   /* static; where a 302 leads; NULL: nowhere */
    unsigned retry_after_s; /* of a 503 */
} tpk_answer;

#define TPK_NO_ANSWER ((tpk_answer){.fd = -1, .type = "application/json", .retry_after_s = 1})

void tpk_answer_clear(tpk_answer *answer); /* safe twice */

/* Becomes {"error": message}; without memory an empty body. What it was is cleared, but for its trouble. */
void tpk_answer_error(tpk_answer *answer, unsigned code, const char *message);

/* Becomes the error of a failed call: 400 for what the client asked, 503 when the server stops, else 500. */
void tpk_answer_failure(tpk_answer *answer, const tpk_err *err);

/* "W/"a"", "b", ... or "*": does an If-None-Match (NULL: none was sent) name etag? */
bool tpk_etag_matches(const char *if_none_match, const char *etag);

#endif
