/* Criteria that say the same thing twice, or take back what the other says. Those that pairs join are told
 * together: of 125 that are one matter there are 7750 pairs. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/quantity.h"
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

/* A pair beyond MOST_R; a before b. */
typedef struct pair {
    size_t a, b, n; /* n: points */
    double r;
} pair;

/* All pairs by a, then b. */
typedef struct pairs {
    const tpk_plan_sample *sample; /* borrowed */
    pair *items;
    size_t n, capacity;
    size_t *group; /* n_criteria: the first criterion that pairs of one sign join it with */
} pairs;

static const char *weight_text(const pairs *p, size_t k, char text[TPK_QUANTITY_TEXT])
{
    return tpk_quantity_text(p->sample->plan->criteria[k].weight, NULL, text);
}

static const char *id_of(const pairs *p, size_t k)
{
    return p->sample->plan->criteria[k].spec->id;
}

static const char *why_same(void)
{
    return _("the map counts the same thing twice: their weights add up, and the matter weighs more than any "
             "line of the project file says");
}

static const char *why_opposed(void)
{
    return _(
        "where one is good the other is bad: what one adds the other takes away, and little more than the "
        "difference of their weights tells places apart");
}

static tpk_status report_same(const pairs *p, const pair *of, tpk_findings *findings, tpk_err *err)
{
    char points[TPK_POINTS_TEXT], first[TPK_QUANTITY_TEXT], second[TPK_QUANTITY_TEXT],
        both[TPK_QUANTITY_TEXT];
    const tpk_plan_criterion *criteria = p->sample->plan->criteria;
    tpk_tally tally = {0};
    char *found = tpk_finding_text(_("'%s' (weight %s) and '%s' (weight %s) rise and fall together: their "
                                     "memberships correlate with r = "
                                     "%.2f in the %s that no constraint excludes and where both are known"),
                                   id_of(p, of->a), weight_text(p, of->a, first), id_of(p, of->b),
                                   weight_text(p, of->b, second), of->r,
                                   tpk_plan_sample_points_text(p->sample, of->n, points));
    char *change =
        tpk_finding_text(_("under decision: weights: keep the one of '%s' and '%s' that says it better, or "
                           "divide between them "
                           "the weight that the matter deserves (together they have %s)"),
                         id_of(p, of->a), id_of(p, of->b),
                         tpk_quantity_text(criteria[of->a].weight + criteria[of->b].weight, NULL, both));
    return tpk_tally_report_take(&tally, findings, TPK_FINDING_CRITERIA_CORRELATED.id, TPK_GRAVITY_REMARK,
                                 found, why_same(), change, err);
}

static tpk_status report_opposed(const pairs *p, const pair *of, tpk_findings *findings, tpk_err *err)
{
    char points[TPK_POINTS_TEXT], first[TPK_QUANTITY_TEXT], second[TPK_QUANTITY_TEXT];
    tpk_tally tally = {0};
    char *found = tpk_finding_text(_("'%s' (weight %s) and '%s' (weight %s) oppose each other: their "
                                     "memberships correlate with r = %.2f "
                                     "in the %s that no constraint excludes and where both are known"),
                                   id_of(p, of->a), weight_text(p, of->a, first), id_of(p, of->b),
                                   weight_text(p, of->b, second), of->r,
                                   tpk_plan_sample_points_text(p->sample, of->n, points));
    char *change = tpk_finding_text(
        _("under criteria: see whether the curve of '%s' or '%s' is the wrong way round (best and worst "
          "exchanged); if both are meant, keep one, with the weight by which it should win"),
        id_of(p, of->a), id_of(p, of->b));
    return tpk_tally_report_take(&tally, findings, TPK_FINDING_CRITERIA_CORRELATED.id, TPK_GRAVITY_REMARK,
                                 found, why_opposed(), change, err);
}

/* ---- several that pairs join ---- */

static bool is_in(const pairs *p, const pair *of, size_t group, double sign)
{
    return of->r * sign > 0 && p->group[of->a] == group;
}

/* The first pairs as examples; how many there are. */
static int64_t tally_pairs(const pairs *p, size_t group, double sign, tpk_tally *tally)
{
    int64_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        const pair *of = &p->items[i];
        if (!is_in(p, of, group, sign)) continue;
        char *text = n < TPK_MAX_EXAMPLES ? tpk_finding_text(_("'%s' and '%s': r = %.2f"), id_of(p, of->a),
                                                             id_of(p, of->b), of->r)
                                          : NULL;
        if (text) tpk_tally_add_value(tally, text);
        if (n < TPK_MAX_EXAMPLES && !text) tally->failed = true;
        tpk_free(text);
        n++;
    }
    tally->n = 0; /* criteria, not features */
    return n;
}

/* "c0, c2, c4, c6, c8 ..."; *n: how many, *weight: of all together. */
static tpk_status list_members(const pairs *p, size_t group, size_t *n, double *weight, char **list,
                               tpk_err *err)
{
    enum { MOST = 10 };
    tpk_text text = {0};
    *n = 0;
    *weight = 0;
    for (size_t k = 0; k < p->sample->plan->n_criteria; k++) {
        if (p->group[k] != group) continue;
        if (*n < MOST) tpk_text_addf(&text, "%s%s", *n > 0 ? ", " : "", id_of(p, k));
        if (*n == MOST) tpk_text_add(&text, " ...");
        *weight += p->sample->plan->criteria[k].weight;
        ++*n;
    }
    return tpk_text_take(&text, list, err);
}

static tpk_status report_many(const pairs *p, size_t group, double sign, tpk_findings *findings, tpk_err *err)
{
    char *list, together[TPK_QUANTITY_TEXT];
    size_t n;
    double weight;
    tpk_tally tally = {0};
    tpk_status status = list_members(p, group, &n, &weight, &list, err);
    if (status != TPK_OK) return status;
    int64_t n_pairs = tally_pairs(p, group, sign, &tally);
    char *found = tpk_finding_text(
        sign > 0
            ? _("%zu criteria rise and fall together: %s. The memberships of %lld pairs of them correlate "
                "with r above %.1f where no constraint excludes and both are known")
            : _("%zu criteria oppose each other: %s. The memberships of %lld pairs of them correlate with r "
                "below -%.1f where no constraint excludes and both are known"),
        n, list, (long long)n_pairs, MOST_R);
    char *change =
        sign > 0
            ? tpk_finding_text(_("under decision: weights: keep the one of them that says it best, or divide "
                                 "between them the weight that the matter deserves (together they have %s)"),
                               tpk_quantity_text(weight, NULL, together))
            : tpk_finding_text("%s", _("under criteria: see whether a curve is the wrong way round (best and "
                                       "worst exchanged); if all are meant, keep one of each pair, with the "
                                       "weight by which it should win"));
    tpk_free(list);
    return tpk_tally_report_take(&tally, findings, TPK_FINDING_CRITERIA_CORRELATED.id, TPK_GRAVITY_REMARK,
                                 found, sign > 0 ? why_same() : why_opposed(), change, err);
}

/* ---- all pairs, and what they join ---- */

static tpk_status find_pairs(pairs *p, const tpk_control *control, tpk_err *err)
{
    const tpk_plan_sample *sample = p->sample;
    size_t n = sample->plan->n_criteria;
    for (size_t a = 0; a < n; a++) {
        for (size_t b = a + 1; b < n; b++) {
            if (tpk_cancelled(control))
                return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while examining the project"));
            if (!tpk_plan_sample_varies(sample, a) || !tpk_plan_sample_varies(sample, b)) continue;
            pair of = {.a = a, .b = b};
            of.r = correlation(sample, a, b, &of.n);
            if (of.n < LEAST_POINTS || !tpk_plan_sample_suffices(sample, of.n) || !(fabs(of.r) > MOST_R))
                continue;
            if (!tpk_grow(&p->items, &p->capacity, p->n + 1, sizeof *p->items)) return tpk_err_memory(err);
            p->items[p->n++] = of;
        }
    }
    return TPK_OK;
}

static size_t root_of(size_t *group, size_t k)
{
    while (group[k] != k) k = group[k] = group[group[k]];
    return k;
}

/* The lowest of a group stands for it. */
static void join(pairs *p, double sign)
{
    size_t n = p->sample->plan->n_criteria;
    for (size_t k = 0; k < n; k++) p->group[k] = k;
    for (size_t i = 0; i < p->n; i++) {
        if (p->items[i].r * sign < 0) continue;
        size_t a = root_of(p->group, p->items[i].a), b = root_of(p->group, p->items[i].b);
        p->group[a > b ? a : b] = a > b ? b : a;
    }
    for (size_t k = 0; k < n; k++) p->group[k] = root_of(p->group, k);
}

static tpk_status report_sign(pairs *p, double sign, tpk_findings *findings, tpk_err *err)
{
    tpk_status status = TPK_OK;
    join(p, sign);
    for (size_t i = 0; i < p->n && status == TPK_OK; i++) {
        const pair *of = &p->items[i];
        size_t group = p->group[of->a], n_members = 0;
        bool is_first = of->r * sign > 0 && of->a == group;
        for (size_t k = 0; k < i && is_first; k++) is_first = !is_in(p, &p->items[k], group, sign);
        if (!is_first) continue;
        for (size_t k = 0; k < p->sample->plan->n_criteria; k++) n_members += p->group[k] == group;
        status = n_members > 2 ? report_many(p, group, sign, findings, err)
                 : sign > 0    ? report_same(p, of, findings, err)
                               : report_opposed(p, of, findings, err);
    }
    return status;
}

static tpk_status correlated(const tpk_plan_sample *sample, const tpk_control *control,
                             tpk_findings *findings, tpk_err *err)
{
    pairs p = {.sample = sample, .group = tpk_alloc(sample->plan->n_criteria, sizeof *p.group)};
    tpk_status status = p.group ? find_pairs(&p, control, err) : tpk_err_memory(err);
    if (status == TPK_OK) status = report_sign(&p, 1, findings, err);
    if (status == TPK_OK) status = report_sign(&p, -1, findings, err);
    tpk_free(p.items);
    tpk_free(p.group);
    return status;
}

const tpk_project_finding_kind TPK_FINDING_CRITERIA_CORRELATED = {
    .id = "criteria_correlated",
    .summary = N_("criteria that say the same, or the opposite (|r| above 0.9)"),
    .examine = correlated,
};
