#include "geo/worker.h"

#include <stdio.h>

#include "base/mem.h"
#include "geo/worker_private.h"

static void keep_message(char *store, const char *message)
{
    snprintf(store, TPK_WORKER_MESSAGE_SIZE, "%s", message ? message : "");
}

/* PROJ reports a cause first and its consequences after it: the first line says most. */
static void on_proj_message(void *user, int level, const char *message)
{
    tpk_worker *worker = user;
    if (level == PJ_LOG_ERROR && worker->proj_message[0] == '\0') keep_message(worker->proj_message, message);
}

static void on_geos_error(const char *message, void *user)
{
    tpk_worker *worker = user;
    keep_message(worker->geos_message, message);
}

static void on_geos_notice(const char *message, void *user)
{
    (void)message;
    (void)user;
}

tpk_status tpk_worker_new(tpk_worker **worker, tpk_err *err)
{
    *worker = NULL;
    tpk_worker *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->proj = proj_context_create();
    made->geos = GEOS_init_r();
    if (!made->proj || !made->geos) {
        tpk_worker_free(made);
        return tpk_err_memory(err);
    }
    /* Results must not depend on what a server offers today. */
    proj_context_set_enable_network(made->proj, 0);
    proj_log_func(made->proj, made, on_proj_message);
    GEOSContext_setErrorMessageHandler_r(made->geos, on_geos_error, made);
    GEOSContext_setNoticeMessageHandler_r(made->geos, on_geos_notice, made);
    *worker = made;
    return TPK_OK;
}

void tpk_worker_free(tpk_worker *worker)
{
    if (!worker) return;
    if (worker->geos) GEOS_finish_r(worker->geos);
    if (worker->proj) proj_context_destroy(worker->proj);
    tpk_free(worker);
}
