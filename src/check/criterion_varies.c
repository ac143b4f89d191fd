/* Criteria that rate nearly every place alike. */
#include <math.h>

#include "base/i18n.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/quantity.h"
#include "check/tally.h"

/* Below half a hundredth a membership is told as 0.00. */
static const double ZERO = 0.005;

static bool has_numbers(const tpk_plan_criterion *criterion)
{
    size_t n_names;
    tpk_source_categories(criterion->source, &n_names);
    return n_names == 0;
}

static void say_memberships(const tpk_plan_sample *sample, size_t k, tpk_text *text)
{
    const tpk_plan_criterion *criterion = &sample->plan->criteria[k];
    const tpk_spread *spread = &sample->spread[k];
    char points[TPK_POINTS_TEXT];
    tpk_plan_sample_points_text(sample, spread->n_known, points);
    if (spread->high < ZERO)
        tpk_text_addf(
            text,
            _("'%s' (weight %.2f) has the membership 0, the worst, in 95 %% or more of the %s that no "
              "constraint excludes"),
            criterion->spec->id, criterion->weight, points);
    else if (spread->low > 1 - ZERO)
        tpk_text_addf(
            text,
            _("'%s' (weight %.2f) has the membership 1, the best, in 95 %% or more of the %s that no "
              "constraint excludes"),
            criterion->spec->id, criterion->weight, points);
    else
        tpk_text_addf(
            text,
            _("'%s' (weight %.2f) has a membership between %.2f and %.2f in 95 %% or more of the %s "
              "that no constraint excludes"),
            criterion->spec->id, criterion->weight, spread->low, spread->high, points);
}

static void say_values(const tpk_plan_criterion *criterion, const tpk_spread *values, tpk_text *text)
{
    char low[TPK_QUANTITY_TEXT], high[TPK_QUANTITY_TEXT];
    double from = tpk_curve_flat_until(criterion->curve), to = tpk_curve_flat_from(criterion->curve);
    tpk_text_addf(text, _("; its values there lie between %s and %s"),
                  tpk_quantity_text(values->low, "", low),
                  tpk_quantity_text(values->high, tpk_source_unit(criterion->source), high));
    if (!isfinite(from) || !isfinite(to)) return;
    tpk_text_addf(text, _(", its curve changes between %s and %s"), tpk_quantity_text(from, "", low),
                  tpk_quantity_text(to, tpk_source_unit(criterion->source), high));
}

static char *change_of(const tpk_plan_criterion *criterion, const tpk_spread *values)
{
    char low[TPK_QUANTITY_TEXT], high[TPK_QUANTITY_TEXT];
    const char *id = criterion->spec->id;
    if (!has_numbers(criterion) || !(values->low < values->high))
        return tpk_finding_text(
            _("under criteria: take '%s' out and give its weight, %.2f, to the others, or "
              "give it a layer that differs within the study area"),
            id, criterion->weight);
    return tpk_finding_text(_("under criteria: give '%s' a curve that changes where its values lie (%s to "
                              "%s), or a layer that shows "
                              "finer differences, or take it out and give its weight, %.2f, to the others"),
                            id, tpk_quantity_text(values->low, "", low),
                            tpk_quantity_text(values->high, tpk_source_unit(criterion->source), high),
                            criterion->weight);
}

static tpk_status report(const tpk_plan_sample *sample, size_t k, tpk_findings *findings, tpk_err *err)
{
    const tpk_plan_criterion *criterion = &sample->plan->criteria[k];
    tpk_tally tally = {0};
    tpk_text text = {0};
    tpk_spread values;
    char *found = NULL;
    tpk_status status = tpk_plan_sample_spread(sample, sample->values[k], &values, err);
    if (status != TPK_OK) return status;
    say_memberships(sample, k, &text);
    if (has_numbers(criterion)) say_values(criterion, &values, &text);
    status = tpk_text_take(&text, &found, err);
    if (status != TPK_OK) return status;
    return tpk_tally_report_take(
        &tally, findings, TPK_FINDING_CRITERION_VARIES_LITTLE.id, TPK_GRAVITY_REMARK, found,
        _("a criterion that rates nearly all places alike lifts or lowers the whole map; it tells no place "
          "from another, and the others decide without it"),
        change_of(criterion, &values), err);
}

static tpk_status varies_little(const tpk_plan_sample *sample, const tpk_control *control,
                                tpk_findings *findings, tpk_err *err)
{
    (void)control;
    tpk_status status = TPK_OK;
    for (size_t k = 0; k < sample->plan->n_criteria && status == TPK_OK; k++) {
        if (tpk_plan_sample_suffices(sample, sample->spread[k].n_known) && !tpk_plan_sample_varies(sample, k))
            status = report(sample, k, findings, err);
    }
    return status;
}

const tpk_project_finding_kind TPK_FINDING_CRITERION_VARIES_LITTLE = {
    .id = "criterion_varies_little",
    .summary = N_("a criterion whose membership is the same nearly everywhere"),
    .of_fitting_layers = true,
    .examine = varies_little,
};
