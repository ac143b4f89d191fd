#include "criteria/source.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/simd.h"
#include "criteria/kinds.h"

const tpk_source_kind *const TPK_SOURCE_KINDS[] = {
    &TPK_SOURCE_DISTANCE, &TPK_SOURCE_INSIDE, &TPK_SOURCE_ATTRIBUTE,
    &TPK_SOURCE_RASTER,   &TPK_SOURCE_SLOPE,  &TPK_SOURCE_DENSITY,
};
const size_t TPK_N_SOURCE_KINDS = sizeof TPK_SOURCE_KINDS / sizeof *TPK_SOURCE_KINDS;

struct tpk_source {
    const tpk_source_kind *kind;
    void *state; /* owned */
};

struct tpk_source_worker {
    const tpk_source *source; /* borrowed, must outlive this */
    void *worker;             /* owned */
};

const tpk_source_kind *tpk_source_kind_find(const char *name)
{
    for (size_t i = 0; i < TPK_N_SOURCE_KINDS; i++) {
        if (strcmp(TPK_SOURCE_KINDS[i]->spec.name, name) == 0) return TPK_SOURCE_KINDS[i];
    }
    return NULL;
}

tpk_status tpk_source_new(const tpk_source_request *request, tpk_source **source, tpk_err *err)
{
    *source = NULL;
    const char *name = request->params->kind->name;
    const tpk_source_kind *kind = tpk_source_kind_find(name);
    if (!kind) return tpk_err_set(err, TPK_ERR_ARGUMENT, _("there is no kind of source called '%s'"), name);
    tpk_source *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->kind = kind;
    tpk_status status = kind->prepare(request, &made->state, err);
    if (status != TPK_OK) {
        tpk_free(made);
        return status;
    }
    *source = made;
    return TPK_OK;
}

void tpk_source_free(tpk_source *source)
{
    if (!source) return;
    source->kind->free_state(source->state);
    tpk_free(source);
}

const char *tpk_source_unit(const tpk_source *source)
{
    return source->kind->unit ? source->kind->unit(source->state) : source->kind->spec.value_unit;
}

const char *const *tpk_source_categories(const tpk_source *source, size_t *n)
{
    *n = 0;
    return source->kind->categories ? source->kind->categories(source->state, n) : NULL;
}

tpk_status tpk_source_worker_new(const tpk_source *source, tpk_source_worker **worker, tpk_err *err)
{
    *worker = NULL;
    tpk_source_worker *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->source = source;
    if (source->kind->open_worker) {
        tpk_status status = source->kind->open_worker(source->state, &made->worker, err);
        if (status != TPK_OK) {
            tpk_free(made);
            return status;
        }
    }
    *worker = made;
    return TPK_OK;
}

void tpk_source_worker_free(tpk_source_worker *worker)
{
    if (!worker) return;
    if (worker->source->kind->close_worker) worker->source->kind->close_worker(worker->worker);
    tpk_free(worker);
}

TPK_SIMD static bool any_nowhere(const double *x, const double *y, int64_t n)
{
    int found = 0;
    for (int64_t i = 0; i < n; i++) found |= (x[i] != x[i]) | (y[i] != y[i]);
    return found != 0;
}

/* A point that could not be brought into the plan's CRS is NaN; whatever a source makes of it, nothing is
 * known there. */
static void forget_nowhere(const tpk_block *block, double *values)
{
    int64_t n = (int64_t)block->n_rows * block->n_cols;
    if (!any_nowhere(block->x, block->y, n)) return;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(block->x[i]) || isnan(block->y[i])) values[i] = (double)NAN;
    }
}

tpk_status tpk_source_evaluate(tpk_source_worker *worker, const tpk_block *block, const tpk_hint *hint,
                               double *values, tpk_err *err)
{
    if (block->n_rows <= 0 || block->n_cols <= 0) return TPK_OK;
    const tpk_source *source = worker->source;
    tpk_status status = source->kind->evaluate(source->state, worker->worker, block, hint, values, err);
    if (status == TPK_OK && !block->lattice) forget_nowhere(block, values);
    return status;
}
