/* Texts of files made ready to be sent: each is made once and shared by all who ask for it, so that many
 * clients, slow ones too, cost one packing and one copy. */
#ifndef TPK_SERVER_SHELF_H
#define TPK_SERVER_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/status.h"

typedef struct tpk_shelf tpk_shelf;
typedef struct tpk_shelf_text tpk_shelf_text;

/* Of what a text is made: a file in one state. */
typedef struct tpk_shelf_key {
    dev_t device;
    ino_t inode;
    off_t size; /* bytes of the file; of the text about as many at the most */
    struct timespec changed;
    bool packed;
} tpk_shelf_key;

/* Makes the text of a key; *bytes is of tpk_alloc, the shelf's from then on. */
typedef tpk_status tpk_shelf_make(void *user, char **bytes, size_t *n, tpk_err *err);

/* Keeps about most_bytes at the most. TPK_ERR_MEMORY. Caller frees with tpk_shelf_free, when all texts are
 * given back. The functions below may be called by any thread. */
TPK_MUST_CHECK tpk_status tpk_shelf_new(size_t most_bytes, tpk_shelf **shelf, tpk_err *err);
void tpk_shelf_free(tpk_shelf *shelf); /* NULL is allowed */

/* The text of the key, made when it is not there; one text at a time is made. *text NULL: those which are
 * being sent leave no room. Errors of make, TPK_ERR_MEMORY. Caller gives *text back with tpk_shelf_give. */
TPK_MUST_CHECK tpk_status tpk_shelf_take(tpk_shelf *shelf, const tpk_shelf_key *key, tpk_shelf_make *make,
                                         void *user, tpk_shelf_text **text, tpk_err *err);
void tpk_shelf_give(tpk_shelf_text *text); /* NULL is allowed */

/* Borrowed until the text is given back. */
const char *tpk_shelf_bytes(const tpk_shelf_text *text, size_t *n);

#endif
