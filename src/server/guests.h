/* Who is connected, and who has been asked in without saying what for: a connection without a whole request
 * in time is shut, however busily it sends a byte now and then. */
#ifndef TPK_SERVER_GUESTS_H
#define TPK_SERVER_GUESTS_H

#include <stddef.h>

#include "base/status.h"

typedef struct tpk_guests tpk_guests;
typedef struct tpk_guest tpk_guest;

/* Room for n_most connections; starts a thread that shuts those which keep silent for patience_s.
 * TPK_ERR_MEMORY. Caller frees with tpk_guests_free, when all have left. */
TPK_MUST_CHECK tpk_status tpk_guests_new(size_t n_most, double patience_s, tpk_guests **guests, tpk_err *err);
void tpk_guests_free(tpk_guests *guests); /* NULL is allowed */

/* fd is borrowed until the guest leaves; its request is awaited from now. NULL: there is no room. The
 * functions below take NULL and may be called by any thread. */
tpk_guest *tpk_guests_enter(tpk_guests *guests, int fd);
void tpk_guest_heard(tpk_guest *guest);    /* the request is here: no hurry */
void tpk_guest_answered(tpk_guest *guest); /* the next one is awaited from now */
void tpk_guest_leave(tpk_guest *guest);

#endif
