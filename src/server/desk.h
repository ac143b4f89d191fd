/* Where requests are answered: a desk is one thread's views of the study. */
#ifndef TPK_SERVER_DESK_H
#define TPK_SERVER_DESK_H

#include "server/answer.h"
#include "server/live.h"

typedef struct tpk_desk tpk_desk;

/* live and folder are borrowed; folder NULL: there are no results, the study alone is served. address: the
 * server's own, "http://127.0.0.1:8080", borrowed. TPK_ERR_MEMORY. Caller frees with tpk_desk_free. */
TPK_MUST_CHECK tpk_status tpk_desk_new(tpk_live *live, const char *folder, const char *address,
                                       tpk_desk **desk, tpk_err *err);
void tpk_desk_free(tpk_desk *desk); /* NULL is allowed */

/* Always answers; what fails becomes an answer that says so. */
void tpk_desk_answer(tpk_desk *desk, const tpk_request *request, tpk_answer *answer);

#endif
