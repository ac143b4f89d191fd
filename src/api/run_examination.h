/* The fast examination of a study's layers in a run. It goes on beside the putting together of the files,
 * which leaves cores idle: the computing has them all. */
#ifndef TPK_API_RUN_EXAMINATION_H
#define TPK_API_RUN_EXAMINATION_H

#include <pthread.h>

#include "api/study.h"

/* Initialise with {0}. */
typedef struct tpk_run_examination {
    const tpk_study *study; /* NULL: nothing is examined */
    tpk_check *check;
    tpk_status status;
    tpk_err err;
    pthread_t thread;
    bool is_beside; /* thread runs */
} tpk_run_examination;

/* Begins, unless the study's options say no_check: in a thread of its own, or within this call when the run
 * has only one thread. Of the study it uses project, plan, options and what is asked for stopping; none of
 * them may change before the end. */
void tpk_run_examination_start(tpk_run_examination *examination, const tpk_study *study);

/* Waits for it. `status`: what the run beside it came to; its failure goes before that of the examination.
 * *check: what was found, NULL when nothing was examined, and after a failure. Caller frees with
 * tpk_check_free. Statuses of tpk_examine_layers. Does nothing, but *check, when nothing was started. */
TPK_MUST_CHECK tpk_status tpk_run_examination_end(tpk_run_examination *examination, tpk_status status,
                                                  tpk_check **check, tpk_err *err);

#endif
