/* Criteria unknown in so much of the study area that their weight is not the one that is written down. */
#include <math.h>

#include "base/i18n.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/tally.h"

/* A weight that moves to others in a fifth of the area is a fifth smaller than stated; with unknown: exclude
 * a fifth of the map is blank. Below that the report of the run is enough. */
static const double MOST_UNKNOWN = 0.2;

/* Of one criterion, over the open points. */
typedef struct missing {
    size_t n_unknown;
    size_t n_by_curve; /* of them, the value is known but the curve has no membership for it */
    double used;       /* its mean weight where the score is known */
} missing;

/* The weights of what is known at a point add up to this; it is what the score is divided by. */
static double known_weight(const tpk_plan_sample *sample, size_t point)
{
    const tpk_plan *plan = sample->plan;
    double sum = 0;
    for (size_t k = 0; k < plan->n_criteria; k++) {
        bool shares = plan->criteria[k].spec->unknown == TPK_UNKNOWN_SHARE;
        if (!shares || !isnan(sample->membership[k][point])) sum += plan->criteria[k].weight;
    }
    return sum;
}

static missing look(const tpk_plan_sample *sample, size_t k)
{
    missing m = {0};
    size_t n_scored = 0;
    for (size_t i = 0; i < sample->n; i++) {
        if (sample->reasons[i] != 0) continue;
        bool unknown = isnan(sample->membership[k][i]), scored = sample->cell_class[i] != TPK_CELL_UNKNOWN;
        m.n_unknown += unknown;
        m.n_by_curve += unknown && !isnan(sample->values[k][i]);
        n_scored += scored;
        if (scored && !unknown) m.used += sample->plan->criteria[k].weight / known_weight(sample, i);
    }
    m.used = n_scored > 0 ? m.used / (double)n_scored : 0;
    return m;
}

static void say_policy(const tpk_plan_criterion *criterion, const missing *m, tpk_text *text)
{
    switch (criterion->spec->unknown) {
    case TPK_UNKNOWN_SHARE:
        tpk_text_addf(text,
                      _("; there the others share its weight (unknown: share): %.2f is stated, %.2f is its "
                        "weight on average where there is a score"),
                      criterion->weight, m->used);
        break;
    case TPK_UNKNOWN_EXCLUDE:
        tpk_text_add(text, _("; there the score is unknown, whatever the other criteria say"));
        break;
    case TPK_UNKNOWN_WORST:
        tpk_text_add(text, _("; there it counts as 0, the worst (unknown: worst)"));
        break;
    case TPK_UNKNOWN_VALUE:
        tpk_text_addf(text, _("; there it counts as %g (unknown: %g)"), criterion->spec->unknown_membership,
                      criterion->spec->unknown_membership);
        break;
    }
}

static const char *why_of(tpk_unknown_policy policy)
{
    switch (policy) {
    case TPK_UNKNOWN_SHARE:
        return _(
            "the map is not the one that the weights describe: places are compared by different measures, "
            "and part of the map does without this criterion");
    case TPK_UNKNOWN_EXCLUDE: return _("that much of the map stays without a score because of one layer");
    default:
        return _(
            "the edge of the layer becomes an edge of the map: what is not known decides, not the place");
    }
}

static char *change_of(const tpk_plan_criterion *criterion, const missing *m)
{
    const char *id = criterion->spec->id;
    if (2 * m->n_by_curve > m->n_unknown)
        return tpk_finding_text(
            _("under criteria: let the curve of '%s' cover the values that occur: list the "
              "missing classes or give `other`; with points, widen them or leave out "
              "`outside: unknown`"),
            id);
    return tpk_finding_text(_("get a layer for '%s' that covers the study area; until then take it out or "
                              "lower its weight (%.2f), "
                              "and say in the report where it is unknown"),
                            id, criterion->weight);
}

static tpk_status report(const tpk_plan_sample *sample, size_t k, const missing *m, tpk_findings *findings,
                         tpk_err *err)
{
    const tpk_plan_criterion *criterion = &sample->plan->criteria[k];
    tpk_unknown_policy policy = criterion->spec->unknown;
    bool no_score = policy == TPK_UNKNOWN_EXCLUDE && m->n_unknown == sample->n_open;
    tpk_tally tally = {0};
    tpk_text text = {0};
    char *found = NULL, points[TPK_POINTS_TEXT];
    tpk_text_addf(&text, _("'%s' is unknown in %.1f %% of the %s that no constraint excludes"),
                  criterion->spec->id, 100.0 * (double)m->n_unknown / (double)sample->n_open,
                  tpk_plan_sample_points_text(sample, sample->n_open, points));
    if (m->n_by_curve > 0)
        tpk_text_addf(&text, _(" (in %.1f %% because its curve has no membership for the value)"),
                      100.0 * (double)m->n_by_curve / (double)sample->n_open);
    say_policy(criterion, m, &text);
    tpk_status status = tpk_text_take(&text, &found, err);
    if (status != TPK_OK) return status;
    return tpk_tally_report_take(&tally, findings, TPK_FINDING_WEIGHT_MEANINGLESS.id,
                                 no_score ? TPK_GRAVITY_SERIOUS : TPK_GRAVITY_REPAIR, found, why_of(policy),
                                 change_of(criterion, m), err);
}

static tpk_status meaningless(const tpk_plan_sample *sample, const tpk_control *control,
                              tpk_findings *findings, tpk_err *err)
{
    tpk_status status = TPK_OK;
    if (!tpk_plan_sample_suffices(sample, sample->n_open)) return TPK_OK;
    for (size_t k = 0; k < sample->plan->n_criteria && status == TPK_OK; k++) {
        if (tpk_cancelled(control))
            return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while examining the project"));
        size_t n_unknown = sample->n_open - sample->spread[k].n_known;
        if (!((double)n_unknown > MOST_UNKNOWN * (double)sample->n_open)) continue;
        missing m = look(sample, k);
        status = report(sample, k, &m, findings, err);
    }
    return status;
}

const tpk_project_finding_kind TPK_FINDING_WEIGHT_MEANINGLESS = {
    .id = "weight_meaningless",
    .summary = N_("a criterion unknown in more than a fifth of the area: its weight is not what is stated"),
    .examine = meaningless,
};
