/* Telling the caller how far the work is, and asking whether to stop. The library never prints. */
#ifndef TPK_BASE_PROGRESS_H
#define TPK_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "tapak/callbacks.h"

/* Borrowed by everything that works long. NULL members are allowed. */
typedef struct tpk_control {
    tpk_progress_fn *progress;
    void *user; /* borrowed, handed to progress */
    const atomic_int
        *cancel; /* non-zero: stop soon with TPK_ERR_CANCELLED. Safe to set from a signal handler */
} tpk_control;

static inline bool tpk_cancelled(const tpk_control *control)
{
    return control && control->cancel && atomic_load_explicit(control->cancel, memory_order_relaxed) != 0;
}

static inline void tpk_progress(const tpk_control *control, const char *stage, int64_t done, int64_t total,
                                const char *unit)
{
    if (control && control->progress) control->progress(control->user, stage, done, total, unit);
}

#endif
