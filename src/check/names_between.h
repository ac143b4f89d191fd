/* One name spelt in one way in one layer and otherwise in another, so that a join between them fails.
 *
 * The different names of each text column are gathered while its layer is in memory; when all layers have
 * been examined, the columns are compared. The layers themselves are gone by then. */
#ifndef TPK_CHECK_NAMES_BETWEEN_H
#define TPK_CHECK_NAMES_BETWEEN_H

#include "check/finding.h"

/* One column's names. */
typedef struct tpk_name_column {
    size_t layer;      /* index in the examination */
    char *field;       /* owned */
    char *bytes;       /* owned; the different names one after the other, each with its terminator */
    size_t n, n_bytes; /* names; bytes */
    bool is_key;       /* nearly every feature has a name of its own: others join to this column */
} tpk_name_column;

/* Initialise with {0}. */
typedef struct tpk_names {
    tpk_name_column *columns; /* owned, with what is in them */
    size_t n_columns, capacity;
    size_t n; /* names in all columns */
} tpk_names;

/* Adds the columns of names and codes of the layer, which is number `layer` of the examination. Columns of
 * fewer than 5 different ones are classes, of more than 5000 no list that others join to: they are passed
 * over, and so are all once there are 500 columns or 200,000 names. TPK_ERR_MEMORY, TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_names_gather(tpk_names *names, size_t layer, const tpk_subject *subject,
                                           tpk_err *err);
void tpk_names_clear(tpk_names *names); /* safe twice */

struct tpk_examination;
/* Adds a finding "names_differ" to the layer whose column means to match another's and does not in some
 * names. TPK_ERR_MEMORY, TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_names_compare(const tpk_names *names, struct tpk_examination *examination,
                                            const tpk_control *control, tpk_err *err);

#endif
