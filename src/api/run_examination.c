#include "api/run_examination.h"

#include <omp.h>

#include "api/examination.h"
#include "base/mem.h"

/* Without progress: the caller's function expects one thread. */
static void *examine(void *argument)
{
    tpk_run_examination *e = argument;
    const tpk_check_options fast = {.only_fast = 1};
    const tpk_control quietly = {.cancel = e->study->control.cancel};
    tpk_worker *worker = NULL;
    e->check = tpk_zalloc(1, sizeof *e->check);
    e->status = e->check ? tpk_worker_new(&worker, &e->err) : tpk_err_memory(&e->err);
    if (e->status == TPK_OK) {
        e->status = tpk_examine_layers(e->study->project, e->study->plan->grid.cell, &fast, worker, &quietly,
                                       &e->check->examination, &e->err);
    }
    tpk_worker_free(worker);
    return NULL;
}

void tpk_run_examination_start(tpk_run_examination *e, const tpk_study *study)
{
    if (study->options.no_check) return;
    e->study = study;
    tpk_mem_trim(); /* the tiles are gone; a layer's second copy takes their place */
    int n_threads = study->options.n_threads > 0 ? study->options.n_threads : omp_get_num_procs();
    e->is_beside = n_threads > 1 && pthread_create(&e->thread, NULL, examine, e) == 0;
    if (!e->is_beside) examine(e);
}

tpk_status tpk_run_examination_end(tpk_run_examination *e, tpk_status status, tpk_check **check, tpk_err *err)
{
    *check = NULL;
    if (!e->study) return status;
    if (e->is_beside) pthread_join(e->thread, NULL);
    if (status == TPK_OK && e->status != TPK_OK) status = tpk_err_set(err, e->status, "%s", e->err.message);
    if (status == TPK_OK)
        *check = e->check;
    else
        tpk_check_free(e->check);
    return status;
}
