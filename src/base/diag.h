/* Findings about the inputs, collected so that a planner sees all of them at once, not only the first. */
#ifndef TPK_BASE_DIAG_H
#define TPK_BASE_DIAG_H

#include <stddef.h>

#include "base/status.h"

typedef enum tpk_severity { TPK_NOTE, TPK_WARNING, TPK_ERROR } tpk_severity;

/* A place in a text file; line and column count from 1, 0 means unknown. */
typedef struct tpk_pos {
    int line, column;
} tpk_pos;

typedef struct tpk_diag {
    tpk_severity severity;
    char *where; /* owned; a file, a layer; may be NULL */
    tpk_pos pos;
    char *text; /* owned */
} tpk_diag;

/* Initialise with {0}. */
typedef struct tpk_diags {
    tpk_diag *items; /* owned */
    size_t n, capacity;
    size_t n_errors, n_warnings;
} tpk_diags;

/* Adds a finding. Returns TPK_ERR_MEMORY, the list unchanged, when memory is exhausted. diags NULL does
 * nothing. */
tpk_status tpk_diag_add(tpk_diags *diags, tpk_severity severity, const char *where, tpk_pos pos,
                        const char *format, ...) TPK_PRINTF(5, 6);
void tpk_diags_clear(tpk_diags *diags); /* safe twice */

/* Sorts by where, line and column; equal places keep their order. */
void tpk_diags_sort(tpk_diags *diags);

/* "kalsel.yaml:23:14: error: text", without a newline. Caller frees with tpk_free; NULL when memory is
 * exhausted. */
char *tpk_diag_format(const tpk_diag *diag);

#endif
