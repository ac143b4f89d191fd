/* Constraints that exclude (nearly) everything, or nothing. Both are told only when every cell was counted.
 */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/quantity.h"
#include "check/tally.h"

/* ---- what a constraint looks at ---- */

static const char *unit_of(const tpk_plan_sample *sample, const tpk_plan_constraint *constraint)
{
    const tpk_source *source =
        constraint->source ? constraint->source : sample->plan->criteria[constraint->spec->criterion].source;
    return tpk_source_unit(source);
}

static bool excludes_high(tpk_test test)
{
    return test == TPK_TEST_ABOVE || test == TPK_TEST_FARTHER;
}

static bool compares(tpk_test test)
{
    return excludes_high(test) || test == TPK_TEST_BELOW || test == TPK_TEST_NEARER;
}

/* "; in the 7 cells its values lie between 2 and 640 m, and it excludes those above 1000 m", where it
 * compares numbers. */
static void say_values(const tpk_plan_sample *sample, size_t k, tpk_text *text)
{
    const tpk_plan_constraint *constraint = &sample->plan->constraints[k];
    const char *unit = unit_of(sample, constraint);
    double low = HUGE_VAL, high = -HUGE_VAL;
    char from[TPK_QUANTITY_TEXT], to[TPK_QUANTITY_TEXT], limit[TPK_QUANTITY_TEXT];
    char points[TPK_POINTS_TEXT];
    for (size_t i = 0; i < sample->n; i++) {
        low = fmin(low, sample->tested[k][i]);
        high = fmax(high, sample->tested[k][i]);
    }
    if (!compares(constraint->spec->test) || low > high) return;
    tpk_quantity_text(low, "", from);
    tpk_quantity_text(high, unit, to);
    tpk_quantity_text(constraint->spec->limit, unit, limit);
    tpk_text_addf(text,
                  excludes_high(constraint->spec->test)
                      ? _("; in the %s its values lie between %s and %s, and it excludes those above %s")
                      : _("; in the %s its values lie between %s and %s, and it excludes those below %s"),
                  tpk_plan_sample_points_text(sample, sample->n, points), from, to, limit);
}

static bool is_known_somewhere(const tpk_plan_sample *sample, size_t k)
{
    for (size_t i = 0; i < sample->n; i++) {
        if (!isnan(sample->tested[k][i])) return true;
    }
    return false;
}

/* ---- everything, or nearly ---- */

static tpk_gravity gravity_of(int64_t n_left)
{
    return n_left == 0 ? TPK_GRAVITY_SERIOUS : TPK_GRAVITY_REMARK;
}

static const char *why_of(int64_t n_left)
{
    return n_left == 0 ? _("the map has no score anywhere: nothing is left to choose from")
                       : _("hardly anything is left to choose from: so strict is a rule more often by a slip "
                           "than by intent");
}

static tpk_status report_one(const tpk_plan_sample *sample, size_t k, tpk_findings *findings, tpk_err *err)
{
    const tpk_constraint_spec *spec = sample->plan->constraints[k].spec;
    tpk_tally tally = {0};
    tpk_text text = {0};
    char *found = NULL;
    int64_t n_left = sample->census.n - sample->census.n_by[k];
    tpk_text_addf(&text,
                  n_left == 0 ? _("constraint '%s' excludes every cell of the study area (%lld cells)")
                              : _("constraint '%s' excludes nearly all of the study area: of %lld cells it "
                                  "leaves %lld"),
                  spec->id, (long long)sample->census.n, (long long)n_left);
    if (is_known_somewhere(sample, k))
        say_values(sample, k, &text);
    else
        tpk_text_add(&text, _("; what it looks at is unknown there, and it says `unknown: exclude`"));
    tpk_status status = tpk_text_take(&text, &found, err);
    if (status != TPK_OK) return status;
    char *change = tpk_finding_text(
        compares(spec->test)
            ? _("under constraints: see whether the limit of '%s' is in the unit of its values and whether "
                "`above` and `below` (`nearer` and `farther`) are exchanged")
            : _("under constraints: see whether '%s' names the right layer, values and `where`, and whether "
                "`inside` and `outside` are exchanged"),
        spec->id);
    return tpk_tally_report_take(&tally, findings, TPK_FINDING_CONSTRAINT_EXCLUDES_EVERYTHING.id,
                                 gravity_of(n_left), found, why_of(n_left), change, err);
}

static tpk_status report_together(const tpk_plan_sample *sample, tpk_findings *findings, tpk_err *err)
{
    const tpk_constraint_census *census = &sample->census;
    tpk_tally tally = {0};
    for (size_t k = 0; k < sample->plan->n_constraints; k++) {
        char *share = tpk_finding_text(_("%s: %.1f %%"), sample->plan->constraints[k].spec->id,
                                       100.0 * (double)census->n_by[k] / (double)census->n);
        if (!share) tally.failed = true;
        if (share) tpk_tally_add_value(&tally, share);
        tpk_free(share);
    }
    tally.n = 0; /* constraints are no features */
    int64_t n_left = census->n - census->n_excluded;
    char *found = tpk_finding_text(
        n_left == 0 ? _("the constraints together exclude every cell of the study area (%lld cells), each of "
                        "them this much:")
                    : _("the constraints together exclude nearly all of the study area (of %lld cells they "
                        "leave %lld), each of them this much:"),
        (long long)census->n, (long long)n_left);
    char *change = tpk_finding_text(
        "%s",
        _("under constraints: begin with the one that excludes most, and see its layer, its limit and the "
          "direction of its test; a rule that may be weighed against others belongs under criteria"));
    return tpk_tally_report_take(&tally, findings, TPK_FINDING_CONSTRAINT_EXCLUDES_EVERYTHING.id,
                                 gravity_of(n_left), found, why_of(n_left), change, err);
}

static tpk_status everything(const tpk_plan_sample *sample, const tpk_control *control,
                             tpk_findings *findings, tpk_err *err)
{
    (void)control;
    const tpk_constraint_census *census = &sample->census;
    bool alone = false;
    for (size_t k = 0; k < sample->plan->n_constraints; k++) {
        if (!tpk_constraint_leaves_little(census->n_by[k], census->n)) continue;
        tpk_status status = report_one(sample, k, findings, err);
        if (status != TPK_OK) return status;
        alone = true;
    }
    if (alone || !tpk_constraint_leaves_little(census->n_excluded, census->n)) return TPK_OK;
    return report_together(sample, findings, err);
}

const tpk_project_finding_kind TPK_FINDING_CONSTRAINT_EXCLUDES_EVERYTHING = {
    .id = "constraint_excludes_everything",
    .summary = N_("a constraint, or all together, that leave nothing of the study area, or hardly anything"),
    .examine = everything,
};

/* ---- nothing ---- */

static tpk_status report_nothing(const tpk_plan_sample *sample, size_t k, tpk_findings *findings,
                                 tpk_err *err)
{
    const tpk_constraint_spec *spec = sample->plan->constraints[k].spec;
    tpk_tally tally = {0};
    tpk_text text = {0};
    char *found = NULL;
    tpk_text_addf(&text, _("constraint '%s' excludes no cell of the study area (%lld cells)"), spec->id,
                  (long long)sample->census.n);
    say_values(sample, k, &text);
    tpk_status status = tpk_text_take(&text, &found, err);
    if (status != TPK_OK) return status;
    char *change = tpk_finding_text(
        compares(spec->test)
            ? _("under constraints: see whether the limit of '%s' is in the unit of its values and its test "
                "the "
                "right way round; when the rule really touches nothing here, leave it as a record")
            : _("under constraints: see whether '%s' names the right layer, values and `where`; when the "
                "rule "
                "really touches nothing here, leave it as a record"),
        spec->id);
    return tpk_tally_report_take(
        &tally, findings, TPK_FINDING_CONSTRAINT_EXCLUDES_NOTHING.id, TPK_GRAVITY_REMARK, found,
        _("the map is the same without it: either the rule touches nothing here, or its layer, condition or "
          "limit is not what was meant"),
        change, err);
}

static tpk_status nothing(const tpk_plan_sample *sample, const tpk_control *control, tpk_findings *findings,
                          tpk_err *err)
{
    (void)control;
    tpk_status status = TPK_OK;
    for (size_t k = 0; k < sample->plan->n_constraints && status == TPK_OK; k++) {
        /* what is known nowhere is told as untested */
        if (sample->census.n_by[k] == 0 && is_known_somewhere(sample, k))
            status = report_nothing(sample, k, findings, err);
    }
    return status;
}

const tpk_project_finding_kind TPK_FINDING_CONSTRAINT_EXCLUDES_NOTHING = {
    .id = "constraint_excludes_nothing",
    .summary = N_("a constraint that excludes no cell of the study area"),
    .examine = nothing,
};
