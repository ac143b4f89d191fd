#include "api/weights.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

static const double SUM_TOLERANCE = 0.001;

static tpk_status unknown_criterion(const tpk_study *study, const char *id, tpk_err *err)
{
    size_t n = tpk_study_criterion_count(study);
    const char **ids = tpk_alloc(n, sizeof *ids);
    if (!ids) return tpk_err_memory(err);
    for (size_t k = 0; k < n; k++) ids[k] = tpk_study_criterion_id(study, k);
    const char *near = tpk_text_nearest(id, ids, n);
    tpk_status status =
        near ? tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("weights: the project has no criterion '%s'; did you mean '%s'?"), id, near)
             : tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("weights: the project has no criterion '%s'; it has %zu, the first is '%s'"), id,
                           n, ids[0]);
    tpk_free(ids);
    return status;
}

static tpk_status take_weight(const tpk_study *study, const char *id, const char *number, double *weights,
                              tpk_err *err)
{
    size_t n = tpk_study_criterion_count(study), k = 0;
    while (k < n && strcmp(tpk_study_criterion_id(study, k), id) != 0) k++;
    if (k == n) return unknown_criterion(study, id, err);
    if (!isnan(weights[k]))
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("weights: criterion '%s' is given twice"), id);
    double weight;
    if (!tpk_text_to_number(number, &weight) || !(weight >= 0) || weight > 1)
        return tpk_err_set(
            err, TPK_ERR_ARGUMENT,
            _("weights: criterion '%s' has '%s'; allowed are numbers from 0 to 1, such as 0.4"), id, number);
    weights[k] = weight;
    return TPK_OK;
}

/* Cuts `text` up where it stands. */
static tpk_status take_pairs(const tpk_study *study, char *text, double *weights, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (char *pair = text, *next; pair && status == TPK_OK; pair = next) {
        next = strchr(pair, ',');
        if (next) *next++ = '\0';
        char *colon = strchr(pair, ':');
        if (!colon || colon == pair)
            return tpk_err_set(
                err, TPK_ERR_ARGUMENT,
                _("weights: found '%s'; expected are pairs CRITERION:WEIGHT with commas between, such "
                  "as %s:0.4"),
                pair, tpk_study_criterion_id(study, 0));
        *colon = '\0';
        status = take_weight(study, pair, colon + 1, weights, err);
    }
    return status;
}

tpk_status tpk_weights_parse(const tpk_study *study, const char *text, double *weights, tpk_err *err)
{
    size_t n = tpk_study_criterion_count(study);
    char *copy = tpk_strdup(text);
    if (!copy) return tpk_err_memory(err);
    for (size_t k = 0; k < n; k++) weights[k] = (double)NAN;
    tpk_status status = take_pairs(study, copy, weights, err);
    tpk_free(copy);
    if (status != TPK_OK) return status;
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        if (isnan(weights[k])) weights[k] = 0;
        sum += weights[k];
    }
    if (fabs(sum - 1) <= SUM_TOLERANCE) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_ARGUMENT,
                       _("weights: they sum to %g; they must sum to 1 (%g more or less is allowed)"), sum,
                       SUM_TOLERANCE);
}
