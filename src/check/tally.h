/* What most kinds of finding need: the features concerned counted and named, a finding written, a look at the
 * clock. */
#ifndef TPK_CHECK_TALLY_H
#define TPK_CHECK_TALLY_H

#include "check/finding.h"

/* The features that a finding concerns: how many, and the first few by name. Initialise with {0}. */
typedef struct tpk_tally {
    int64_t n;
    tpk_finding sample; /* examples only */
    bool failed;        /* memory was exhausted; reported by tpk_tally_report_take */
} tpk_tally;

/* Counts one feature. value: what was found there, NULL for nothing but the feature's name. Copied. */
void tpk_tally_add(tpk_tally *tally, const tpk_layer *layer, int64_t feature, const char *value);
/* Counts something that is no feature (a column, a raster row): record -1. */
void tpk_tally_add_value(tpk_tally *tally, const char *value);
void tpk_tally_clear(tpk_tally *tally); /* safe twice */

/* Adds the finding with n_features and examples of the tally. Ownership of found and change (from
 * tpk_finding_text; NULL means that memory is exhausted) passes to the function, on failure too. The tally is
 * empty afterwards. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_tally_report_take(tpk_tally *tally, tpk_findings *findings, const char *kind,
                                                tpk_gravity gravity, char *found, const char *why,
                                                char *change, tpk_err *err);

/* The field that holds the features' names (nama, NAMOBJ, name ...); NULL when there is none. Borrowed. */
const tpk_field *tpk_name_field(const tpk_layer *layer);

/* The layer's id in the project, or "LAYER". Borrowed. */
const char *tpk_subject_id(const tpk_subject *subject);

/* How often long work tells its progress, in features. */
enum { TPK_CHECK_STRIDE = 4096 };

/* Tells progress every TPK_CHECK_STRIDE; TPK_ERR_CANCELLED when the caller asked to stop, at every call. done
 * and total are of the kind (features, or features of all columns): the layer's progress goes on with them.
 */
TPK_MUST_CHECK tpk_status tpk_check_step(const tpk_subject *subject, int64_t done, int64_t total,
                                         tpk_err *err);
/* The same for kinds that go through the table: at feature f of column i. */
TPK_MUST_CHECK tpk_status tpk_check_cell(const tpk_subject *subject, size_t column, int64_t feature,
                                         tpk_err *err);
/* Tells progress now; total above 0. */
void tpk_check_tell(const tpk_subject *subject, int64_t done, int64_t total);
/* All kinds are done: a log tells of a layer that took less than a second here, and only here. */
void tpk_check_tell_end(const tpk_subject *subject);

/* Does `name` hold `word`, folding ASCII case? */
bool tpk_name_has(const char *name, const char *word);

#endif
