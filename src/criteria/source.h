/* What every kind of source is: prepared once, then asked for values at blocks of sample points, by many
 * threads. */
#ifndef TPK_CRITERIA_SOURCE_H
#define TPK_CRITERIA_SOURCE_H

#include "geo/grid.h"
#include "input/store.h"
#include "project/schema.h"

/* Everything a source may look at while it is prepared. Borrowed for the call. */
typedef struct tpk_source_request {
    const tpk_params *params;
    tpk_store *store; /* layers, already in the plan's CRS */
    tpk_crs *crs;     /* the plan's; projected, metres */
    tpk_box area;     /* the study area's box in the plan's CRS */
    double cell_m;    /* the project grid's cell */
    tpk_worker *worker;
    const tpk_control *control;
    tpk_diags *diags; /* remarks about what was found */
    bool categorical; /* the values are looked up one by one (curve `classes`, test `equals`): what lies
                         between two means nothing */
} tpk_source_request;

/* What the consumer of the values can do without. */
typedef struct tpk_hint {
    /* All values >= flat_from mean the same to the consumer: a source that knows a value is at least that may
     * return any value >= flat_from instead. INFINITY: exact values are wanted. */
    double flat_from;
} tpk_hint;

/* A source ready to be asked. State is constant after preparation, shared by all threads. */
typedef struct tpk_source tpk_source;

typedef struct tpk_source_kind {
    tpk_kind_spec spec;

    /* *state becomes the source's own; TPK_ERR_DATA and the store's errors. */
    tpk_status (*prepare)(const tpk_source_request *request, void **state, tpk_err *err);
    void (*free_state)(void *state);

    /* Per-thread things (readers, scratch); both NULL when the kind needs none. */
    tpk_status (*open_worker)(const void *state, void **worker, tpk_err *err);
    void (*close_worker)(void *worker);

    /* values[r*n_cols + c] for every point of the block that is needed; NaN is unknown. Pure: the value of a
     * point depends on its coordinates (and footprint) alone, never on the block it came in, nor on `hint`
     * below flat_from. */
    tpk_status (*evaluate)(const void *state, void *worker, const tpk_block *block, const tpk_hint *hint,
                           double *values, tpk_err *err);

    /* The unit of the values ("m", "percent", ""), borrowed from the state; NULL member: spec.value_unit. */
    const char *(*unit)(const void *state);

    /* Sources of categories: value v (a whole number from 0) means names[v]. NULL member or *n == 0: the
     * values are numbers. Borrowed. */
    const char *const *(*categories)(const void *state, size_t *n);
} tpk_source_kind;

/* The registry: one row a kind. */
extern const tpk_source_kind *const TPK_SOURCE_KINDS[];
extern const size_t TPK_N_SOURCE_KINDS;

const tpk_source_kind *tpk_source_kind_find(const char *name); /* NULL: no such kind */

/* Prepares a source by its params' kind. Caller frees with tpk_source_free. */
TPK_MUST_CHECK tpk_status tpk_source_new(const tpk_source_request *request, tpk_source **source,
                                         tpk_err *err);
void tpk_source_free(tpk_source *source);
const char *tpk_source_unit(const tpk_source *source);
const char *const *tpk_source_categories(const tpk_source *source, size_t *n);

/* One thread's access. Caller frees with tpk_source_worker_free. */
typedef struct tpk_source_worker tpk_source_worker;
TPK_MUST_CHECK tpk_status tpk_source_worker_new(const tpk_source *source, tpk_source_worker **worker,
                                                tpk_err *err);
void tpk_source_worker_free(tpk_source_worker *worker);
TPK_MUST_CHECK tpk_status tpk_source_evaluate(tpk_source_worker *worker, const tpk_block *block,
                                              const tpk_hint *hint, double *values, tpk_err *err);

#endif
