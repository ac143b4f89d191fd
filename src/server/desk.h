/* Where requests are answered: a desk is one thread's views of the study. */
#ifndef TPK_SERVER_DESK_H
#define TPK_SERVER_DESK_H

#include <stdatomic.h>

#include "server/answer.h"
#include "server/live.h"

typedef struct tpk_desk tpk_desk;

/* What a desk answers from; borrowed. */
typedef struct tpk_desk_sources {
    tpk_live *live;
    const char *folder;    /* of results; NULL: the study alone is served */
    const char *address;   /* the server's own, "http://127.0.0.1:8080" */
    atomic_ullong *newest; /* number of the newest edition that any of its desks has seen; 0: none yet */
    tpk_shelf *shelf;      /* of the folder's texts; NULL without a folder */
} tpk_desk_sources;

/* TPK_ERR_MEMORY. Caller frees with tpk_desk_free. */
TPK_MUST_CHECK tpk_status tpk_desk_new(const tpk_desk_sources *sources, tpk_desk **desk, tpk_err *err);
void tpk_desk_free(tpk_desk *desk); /* NULL is allowed */

/* What fails becomes an answer that says so. False: the answer takes long, which only a desk that is given
 * control goes in for, and *answer is empty. control is told of and asked meanwhile; of a live study's desks
 * one at a time may be given any. */
bool tpk_desk_answer(tpk_desk *desk, const tpk_request *request, const tpk_control *control,
                     tpk_answer *answer);

/* When nothing is asked for a while: a study that another desk has seen replaced is kept no longer. May take
 * milliseconds. */
void tpk_desk_rest(tpk_desk *desk);

#endif
