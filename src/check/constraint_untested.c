/* Constraints that cannot be tested in much of the study area, because what they look at is unknown there. */
#include <math.h>

#include "base/i18n.h"
#include "check/kinds.h"
#include "check/tally.h"

/* As for weights: below a fifth the report of the run is enough. */
static const double MOST_UNKNOWN = 0.2;

static const char *consequence(tpk_unknown_policy policy)
{
    switch (policy) {
    case TPK_UNKNOWN_WORST: return _("there it excludes (unknown: exclude)");
    case TPK_UNKNOWN_EXCLUDE: return _("there the score is unknown, unless another constraint excludes");
    default: return _("there it lets everything pass (unknown: pass)");
    }
}

static const char *why_of(tpk_unknown_policy policy)
{
    switch (policy) {
    case TPK_UNKNOWN_WORST:
        return _(
            "the edge of the layer becomes an edge of the map: places are excluded that may well be free");
    case TPK_UNKNOWN_EXCLUDE: return _("that much of the map stays without a score because of one layer");
    default: return _("the map shows places as free that nobody has looked at");
    }
}

static tpk_status report(const tpk_plan_sample *sample, size_t k, size_t n_unknown, tpk_findings *findings,
                         tpk_err *err)
{
    const tpk_constraint_spec *spec = sample->plan->constraints[k].spec;
    bool no_score = spec->unknown == TPK_UNKNOWN_EXCLUDE && n_unknown == sample->n;
    tpk_tally tally = {0};
    char points[TPK_POINTS_TEXT];
    char *found =
        tpk_finding_text(_("what constraint '%s' looks at is unknown in %.1f %% of the study area (%s); %s"),
                         spec->id, 100.0 * (double)n_unknown / (double)sample->n,
                         tpk_plan_sample_points_text(sample, sample->n, points), consequence(spec->unknown));
    char *change = tpk_finding_text(_("get a layer for '%s' that covers the study area, or say in the report "
                                      "where the rule was not tested"),
                                    spec->id);
    return tpk_tally_report_take(&tally, findings, TPK_FINDING_CONSTRAINT_UNTESTED.id,
                                 no_score ? TPK_GRAVITY_SERIOUS : TPK_GRAVITY_REPAIR, found,
                                 why_of(spec->unknown), change, err);
}

static tpk_status untested(const tpk_plan_sample *sample, const tpk_control *control, tpk_findings *findings,
                           tpk_err *err)
{
    (void)control;
    tpk_status status = TPK_OK;
    for (size_t k = 0; k < sample->plan->n_constraints && status == TPK_OK; k++) {
        size_t n_unknown = 0;
        for (size_t i = 0; i < sample->n; i++) n_unknown += isnan(sample->tested[k][i]) != 0;
        if ((double)n_unknown > MOST_UNKNOWN * (double)sample->n)
            status = report(sample, k, n_unknown, findings, err);
    }
    return status;
}

const tpk_project_finding_kind TPK_FINDING_CONSTRAINT_UNTESTED = {
    .id = "constraint_untested",
    .summary = N_("a constraint unknown in more than a fifth of the study area"),
    .examine = untested,
};
