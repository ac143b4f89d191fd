/* A bounded queue between those who ask and those who answer, first come, first served. */
#ifndef TPK_SERVER_QUEUE_H
#define TPK_SERVER_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct tpk_queue tpk_queue;

/* For `capacity` items at most. TPK_ERR_MEMORY. Caller frees with tpk_queue_free, when it is empty. All
 * functions but these two may be called by any thread. */
TPK_MUST_CHECK tpk_status tpk_queue_new(size_t capacity, tpk_queue **queue, tpk_err *err);
void tpk_queue_free(tpk_queue *queue); /* NULL is allowed */

/* False: it is full, or closed. */
bool tpk_queue_put(tpk_queue *queue, void *item);

/* The next item; waits for one, for patience_s (0 to 86400 s) at most: *item is NULL when none came. False:
 * closed and empty, *item is NULL. */
bool tpk_queue_take(tpk_queue *queue, double patience_s, void **item);

/* The next item, if there is one and is_due says so of it; does not wait. NULL: neither. is_due must not ask
 * the queue. */
void *tpk_queue_take_due(tpk_queue *queue, bool (*is_due)(const void *item));

/* Nothing is taken in any more. */
void tpk_queue_close(tpk_queue *queue);

#endif
