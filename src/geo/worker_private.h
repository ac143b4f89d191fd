/* The library contexts inside a worker, for crs.c and the files around geos.c only. */
#ifndef TPK_GEO_WORKER_PRIVATE_H
#define TPK_GEO_WORKER_PRIVATE_H

#define GEOS_USE_ONLY_R_API
#include <geos_c.h>
#include <proj.h>

#include "geo/worker.h"

enum { TPK_WORKER_MESSAGE_SIZE = 512 };

struct tpk_worker {
    PJ_CONTEXT *proj;
    GEOSContextHandle_t geos;
    /* What the library said last, "" when nothing; cleared by the caller before a call whose reason it wants.
     */
    char proj_message[TPK_WORKER_MESSAGE_SIZE];
    char geos_message[TPK_WORKER_MESSAGE_SIZE];
};

#endif
