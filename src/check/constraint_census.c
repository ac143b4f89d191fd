#include "check/constraint_census.h"

#include <stdatomic.h>

#include "engine/run.h"

/* What the threads add to. */
typedef struct counting {
    size_t n_constraints;
    atomic_llong n, n_excluded, n_by[TPK_MAX_CONSTRAINTS];
} counting;

static tpk_status count_tile(void *state, const tpk_tile *tile, tpk_err *err)
{
    (void)err;
    counting *all = state;
    tpk_constraint_census own = {0};
    size_t n = (size_t)tile->window.n_rows * (size_t)tile->window.n_cols;
    for (size_t i = 0; i < n; i++) {
        if (tile->cell_class[i] != TPK_CELL_OUTSIDE)
            tpk_constraint_census_add(&own, all->n_constraints, tile->reasons[i]);
    }
    atomic_fetch_add(&all->n, own.n);
    atomic_fetch_add(&all->n_excluded, own.n_excluded);
    for (size_t k = 0; k < all->n_constraints; k++) atomic_fetch_add(&all->n_by[k], own.n_by[k]);
    return TPK_OK;
}

bool tpk_constraint_census_is_suspect(const tpk_constraint_census *census, size_t n_constraints)
{
    bool suspect = n_constraints > 0 && tpk_constraint_leaves_little(census->n_excluded, census->n);
    for (size_t k = 0; k < n_constraints; k++) suspect |= census->n_by[k] == 0;
    return suspect;
}

tpk_status tpk_constraint_census_take(const tpk_plan *plan, const tpk_control *control,
                                      tpk_constraint_census *census, tpk_err *err)
{
    counting all = {.n_constraints = plan->n_constraints};
    tpk_sink sink = {count_tile, &all};
    *census = (tpk_constraint_census){0};
    tpk_status status =
        tpk_engine_run(plan, NULL, &sink, 1, &(tpk_run_settings){0}, control, NULL, NULL, err);
    if (status != TPK_OK) return status;
    census->n = atomic_load(&all.n);
    census->n_excluded = atomic_load(&all.n_excluded);
    for (size_t k = 0; k < plan->n_constraints; k++) census->n_by[k] = atomic_load(&all.n_by[k]);
    return TPK_OK;
}
