/* Threads that take the tiles of a grid in turn. Of several failures the first in tile order is told. */
#ifndef TPK_ENGINE_CREW_H
#define TPK_ENGINE_CREW_H

#include <omp.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/progress.h"
#include "engine/tiles.h"

typedef struct tpk_crew {
    tpk_tiling tiling;
    const char *stage; /* borrowed; of progress */
    const tpk_control *control;
    atomic_llong next_tile;
    atomic_bool stop;

    /* One crew's own lock: another study's threads must not wait for this one's progress function. It guards
     * what follows. */
    omp_lock_t lock;
    int64_t cells_done;
    int64_t failed_tile; /* the lowest that failed so far */
    tpk_status status;
    tpk_err first_err;
} tpk_crew;

void tpk_crew_init(tpk_crew *crew, tpk_tiling tiling, const char *stage, const tpk_control *control);
void tpk_crew_clear(tpk_crew *crew);

/* What a thread does with one tile; window: of the tiling's grid. */
typedef tpk_status tpk_crew_task(void *user, tpk_window window, tpk_err *err);

/* Called by each thread: does tiles until none is left, one fails, or the job is stopped on request. */
void tpk_crew_work(tpk_crew *crew, tpk_crew_task *task, void *user);

/* A thread that cannot begin: every other stops at its next tile. */
void tpk_crew_fail(tpk_crew *crew, int64_t tile, tpk_status status, const tpk_err *err);

/* When all threads have ended. */
tpk_status tpk_crew_status(const tpk_crew *crew, tpk_err *err);

#endif
