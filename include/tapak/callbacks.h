/* What the library calls back while it works. */
#ifndef TAPAK_CALLBACKS_H
#define TAPAK_CALLBACKS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* done and total count `unit`s; total 0: unknown. Called by one thread at a time, possibly not the caller's.
 */
typedef void tpk_progress_fn(void *user, const char *stage, int64_t done, int64_t total, const char *unit);

#ifdef __cplusplus
}
#endif

#endif
