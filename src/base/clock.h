/* The clock for measuring durations: it never jumps, and its zero means nothing. */
#ifndef TPK_BASE_CLOCK_H
#define TPK_BASE_CLOCK_H

#include <time.h>

static inline double tpk_now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
