/* Criteria that say the same thing twice, or take back what the other says. */
#include <math.h>

#include "base/i18n.h"
#include "check/kinds.h"
#include "check/tally.h"

static const double MOST_R =
    0.9;                    /* beyond it, one criterion explains more than 4/5 of the other's variance */
enum { LEAST_POINTS = TPK_LEAST_CORRELATED };

/* Pearson's r of the memberships of a and b over the open points where both are known; NaN when one of them
 * is constant there. */
static double correlation(const tpk_plan_sample *sample, size_t a, size_t b, size_t *n)
{
    const double *x = sample->membership[a], *y = sample->membership[b];
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    *n = 0;
    for (size_t i = 0; i < sample->n; i++) {
        if (sample->reasons[i] != 0 || isnan(x[i]) || isnan(y[i])) continue;
        mean_x += x[i];
        mean_y += y[i];
        ++*n;
    }
    mean_x /= (double)*n;
    mean_y /= (double)*n;
    for (size_t i = 0; i < sample->n; i++) {
        if (sample->reasons[i] != 0 || isnan(x[i]) || isnan(y[i])) continue;
        double dx = x[i] - mean_x, dy = y[i] - mean_y;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : (double)NAN;
}

static tpk_status report_same(const tpk_plan_sample *sample, size_t a, size_t b, double r, const char *points,
                              tpk_findings *findings, tpk_err *err)
{
    const tpk_plan_criterion *first = &sample->plan->criteria[a], *second = &sample->plan->criteria[b];
    double both = first->weight + second->weight;
    tpk_tally tally = {0};
    char *found =
        tpk_finding_text(_("'%s' (weight %.2f) and '%s' (weight %.2f) rise and fall together: their "
                           "memberships correlate with "
                           "r = %.2f in the %s that no constraint excludes and where both are known"),
                         first->spec->id, first->weight, second->spec->id, second->weight, r, points);
    char *change = tpk_finding_text(
        _("under decision: weights: keep the one of '%s' and '%s' that says it better, or "
          "divide between them the weight that the matter deserves (together they have %.2f)"),
        first->spec->id, second->spec->id, both);
    return tpk_tally_report_take(&tally, findings, TPK_FINDING_CRITERIA_CORRELATED.id, TPK_GRAVITY_REMARK,
                                 found,
                                 _("the map counts the same thing twice: their weights add up, and the "
                                   "matter weighs more than any line "
                                   "of the project file says"),
                                 change, err);
}

static tpk_status report_opposed(const tpk_plan_sample *sample, size_t a, size_t b, double r,
                                 const char *points, tpk_findings *findings, tpk_err *err)
{
    const tpk_plan_criterion *first = &sample->plan->criteria[a], *second = &sample->plan->criteria[b];
    tpk_tally tally = {0};
    char *found = tpk_finding_text(
        _("'%s' (weight %.2f) and '%s' (weight %.2f) oppose each other: their memberships correlate with r = "
          "%.2f in the %s that no constraint excludes and where both are known"),
        first->spec->id, first->weight, second->spec->id, second->weight, r, points);
    char *change = tpk_finding_text(
        _("under criteria: see whether the curve of '%s' or '%s' is the wrong way round (best and worst "
          "exchanged); if both are meant, keep one, with the weight by which it should win"),
        first->spec->id, second->spec->id);
    return tpk_tally_report_take(
        &tally, findings, TPK_FINDING_CRITERIA_CORRELATED.id, TPK_GRAVITY_REMARK, found,
        _("where one is good the other is bad: what one adds the other takes away, and little more than the "
          "difference of their weights tells places apart"),
        change, err);
}

static tpk_status examine_pair(const tpk_plan_sample *sample, size_t a, size_t b, tpk_findings *findings,
                               tpk_err *err)
{
    size_t n;
    char points[TPK_POINTS_TEXT];
    double r = correlation(sample, a, b, &n);
    if (n < LEAST_POINTS || !tpk_plan_sample_suffices(sample, n) || !(fabs(r) > MOST_R)) return TPK_OK;
    tpk_plan_sample_points_text(sample, n, points);
    return r > 0 ? report_same(sample, a, b, r, points, findings, err)
                 : report_opposed(sample, a, b, r, points, findings, err);
}

static tpk_status correlated(const tpk_plan_sample *sample, const tpk_control *control,
                             tpk_findings *findings, tpk_err *err)
{
    size_t n = sample->plan->n_criteria;
    tpk_status status = TPK_OK;
    for (size_t a = 0; a < n && status == TPK_OK; a++) {
        if (tpk_cancelled(control))
            return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while examining the project"));
        for (size_t b = a + 1; b < n && status == TPK_OK; b++) {
            if (tpk_plan_sample_varies(sample, a) && tpk_plan_sample_varies(sample, b))
                status = examine_pair(sample, a, b, findings, err);
        }
    }
    return status;
}

const tpk_project_finding_kind TPK_FINDING_CRITERIA_CORRELATED = {
    .id = "criteria_correlated",
    .summary = N_("two criteria that say the same, or the opposite (|r| above 0.9)"),
    .examine = correlated,
};
