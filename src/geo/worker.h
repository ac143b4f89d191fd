/* What one thread needs of PROJ and GEOS. Neither context may be used by two threads at a time. */
#ifndef TPK_GEO_WORKER_H
#define TPK_GEO_WORKER_H

#include "base/status.h"

typedef struct tpk_worker tpk_worker;

/* Caller frees with tpk_worker_free. */
TPK_MUST_CHECK tpk_status tpk_worker_new(tpk_worker **worker, tpk_err *err);
void tpk_worker_free(tpk_worker *worker); /* NULL is allowed */

#endif
