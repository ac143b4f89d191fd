/* Method: weighted linear combination with constraints, C * sum w_k x_k (Malczewski 1999; Eastman 1999),
 * evaluated criterion by criterion over one block, so that a block's sums stay in cache. */
#include "engine/evaluate.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/simd.h"
#include "criteria/patch.h"
#include "decision/match.h"

enum { PIECE = 1024 };

struct tpk_evaluator {
    const tpk_plan *plan;
    size_t max_points;
    tpk_source_worker *area;
    tpk_source_worker **criteria;    /* n_criteria */
    tpk_source_worker **constraints; /* n_constraints; NULL where a criterion's values serve */
    double *values;                  /* of the criterion at hand */
    double *sum, *loss,
        *known; /* sum of w*x; the greatest w*(1-x) so far; sum of known w (when weight is shared) */
    uint8_t *in_area, *unknown, *wanted; /* flags a point */
    uint8_t *need_area, *need_score;     /* flags a leaf */
    tpk_box *leaf_boxes;                 /* of a block that is no lattice; NULL before the first */
};

/* ---- life ---- */

size_t tpk_evaluator_bytes(const tpk_plan *plan, size_t max_points)
{
    return max_points * ((plan->shares_weight ? 4 : 3) * sizeof(double) + 5);
}

static tpk_status open_sources(tpk_evaluator *e, tpk_err *err)
{
    const tpk_plan *plan = e->plan;
    tpk_status status = plan->area ? tpk_source_worker_new(plan->area, &e->area, err) : TPK_OK;
    for (size_t k = 0; k < plan->n_criteria && status == TPK_OK; k++) {
        status = tpk_source_worker_new(plan->criteria[k].source, &e->criteria[k], err);
    }
    for (size_t k = 0; k < plan->n_constraints && status == TPK_OK; k++) {
        if (plan->constraints[k].source)
            status = tpk_source_worker_new(plan->constraints[k].source, &e->constraints[k], err);
    }
    return status;
}

static bool allocate_scratch(tpk_evaluator *e)
{
    const tpk_plan *plan = e->plan;
    size_t n = e->max_points;
    e->criteria = tpk_zalloc(plan->n_criteria, sizeof *e->criteria);
    e->constraints = tpk_zalloc(plan->n_constraints, sizeof *e->constraints);
    if (!e->criteria || !e->constraints) return false;
    e->values = tpk_alloc_aligned(n, sizeof *e->values);
    e->sum = tpk_alloc_aligned(n, sizeof *e->sum);
    e->loss = tpk_alloc_aligned(n, sizeof *e->loss);
    e->known = plan->shares_weight ? tpk_alloc_aligned(n, sizeof *e->known) : NULL;
    e->in_area = tpk_alloc_aligned(n, 1);
    e->unknown = tpk_alloc_aligned(n, 1);
    e->wanted = tpk_alloc_aligned(n, 1);
    e->need_area = tpk_alloc_aligned(n, 1); /* leaves never outnumber points */
    e->need_score = tpk_alloc_aligned(n, 1);
    bool fine = e->values && e->sum && e->loss && (e->known || !plan->shares_weight) && e->in_area &&
                e->unknown && e->wanted && e->need_area && e->need_score;
    if (fine) memset(e->values, 0, n * sizeof *e->values); /* sources may leave unneeded points as they are */
    return fine;
}

tpk_status tpk_evaluator_new(const tpk_plan *plan, size_t max_points, tpk_evaluator **evaluator, tpk_err *err)
{
    *evaluator = NULL;
    tpk_evaluator *e = tpk_zalloc(1, sizeof *e);
    if (!e) return tpk_err_memory(err);
    e->plan = plan;
    e->max_points = max_points;
    tpk_status status = allocate_scratch(e) ? open_sources(e, err) : tpk_err_memory(err);
    if (status != TPK_OK) {
        tpk_evaluator_free(e);
        return status;
    }
    *evaluator = e;
    return TPK_OK;
}

void tpk_evaluator_free(tpk_evaluator *e)
{
    if (!e) return;
    for (size_t k = 0; e->criteria && k < e->plan->n_criteria; k++) tpk_source_worker_free(e->criteria[k]);
    for (size_t k = 0; e->constraints && k < e->plan->n_constraints; k++)
        tpk_source_worker_free(e->constraints[k]);
    tpk_source_worker_free(e->area);
    void *const scratch[] = {e->criteria,  e->constraints, e->values,  e->sum,
                             e->loss,      e->known,       e->in_area, e->unknown,
                             e->need_area, e->need_score,  e->wanted,  e->leaf_boxes};
    for (size_t i = 0; i < sizeof scratch / sizeof *scratch; i++) tpk_free(scratch[i]);
    tpk_free(e);
}

/* ---- what is needed where ---- */

/* wanted[i]: the point is in the area and, when reasons is given, not excluded. */
TPK_SIMD static void mark_wanted(const uint8_t *restrict in_area, const uint32_t *restrict reasons, size_t n,
                                 uint8_t *restrict wanted)
{
    if (!reasons) {
        memcpy(wanted, in_area, n);
        return;
    }
    for (size_t i = 0; i < n; i++) wanted[i] = in_area[i] & (reasons[i] == 0);
}

/* need of a leaf: any wanted point. Returns whether any leaf is needed. */
static bool mark_need(tpk_evaluator *e, const tpk_block *block, const uint32_t *reasons, uint8_t *need)
{
    int32_t stride = (block->n_cols + TPK_LEAF - 1) / TPK_LEAF;
    memset(need, 0, (size_t)stride * (size_t)((block->n_rows + TPK_LEAF - 1) / TPK_LEAF));
    mark_wanted(e->in_area, reasons, (size_t)block->n_rows * (size_t)block->n_cols, e->wanted);
    bool any = false;
    for (int32_t r = 0; r < block->n_rows; r++) {
        uint8_t *row = need + (int64_t)(r / TPK_LEAF) * stride;
        const uint8_t *wanted = e->wanted + (int64_t)r * block->n_cols;
        for (int32_t c = 0; c < block->n_cols; c += TPK_LEAF) {
            uint64_t eight = 0;
            memcpy(&eight, wanted + c, (size_t)(block->n_cols - c < TPK_LEAF ? block->n_cols - c : TPK_LEAF));
            row[c / TPK_LEAF] |= eight != 0;
            any |= eight != 0;
        }
    }
    return any;
}

static tpk_status find_area(tpk_evaluator *e, const tpk_block *block, size_t n, tpk_err *err)
{
    if (!e->area) {
        memset(e->in_area, 1, n);
        return TPK_OK;
    }
    tpk_status status = tpk_source_evaluate(e->area, block, &(tpk_hint){HUGE_VAL}, e->values, err);
    if (status != TPK_OK) return tpk_err_prefix(err, status, _("study area"));
    for (size_t i = 0; i < n; i++) e->in_area[i] = e->values[i] != 0;
    return TPK_OK;
}

/* ---- constraints ---- */

static bool test_holds(const tpk_plan_constraint *constraint, double value)
{
    switch (constraint->spec->test) {
    case TPK_TEST_ABOVE:
    case TPK_TEST_FARTHER: return value > constraint->spec->limit;
    case TPK_TEST_BELOW:
    case TPK_TEST_NEARER: return value < constraint->spec->limit;
    case TPK_TEST_INSIDE: return value != 0;
    case TPK_TEST_OUTSIDE: return value == 0;
    case TPK_TEST_EQUALS: break;
    }
    for (size_t k = 0; k < constraint->n_equals; k++) {
        if (tpk_number_matches(value, constraint->equals[k])) return true;
    }
    return false;
}

static void apply_constraint(tpk_evaluator *e, size_t index, size_t n, const double *values,
                             const tpk_evaluation *out)
{
    uint32_t *reasons = out->reasons;
    const tpk_plan_constraint *constraint = &e->plan->constraints[index];
    tpk_unknown_policy policy = constraint->spec->unknown;
    uint32_t bit = UINT32_C(1) << index;
    for (size_t i = 0; i < n; i++) {
        if (!e->in_area[i]) continue;
        if (isnan(values[i])) {
            if (out->unjudged) out->unjudged[i] |= bit;
            if (policy == TPK_UNKNOWN_WORST) reasons[i] |= bit;
            if (policy == TPK_UNKNOWN_EXCLUDE) e->unknown[i] = 1;
        } else if (test_holds(constraint, values[i])) {
            reasons[i] |= bit;
        }
    }
}

static tpk_status own_constraints(tpk_evaluator *e, const tpk_block *block, size_t n,
                                  const tpk_evaluation *out, tpk_err *err)
{
    for (size_t k = 0; k < e->plan->n_constraints; k++) {
        if (!e->constraints[k]) continue;
        tpk_hint hint = {e->plan->constraints[k].flat_from};
        tpk_status status = tpk_source_evaluate(e->constraints[k], block, &hint, e->values, err);
        if (status != TPK_OK)
            return tpk_err_prefix(err, status, _("constraint '%s'"), e->plan->constraints[k].spec->id);
        apply_constraint(e, k, n, e->values, out);
    }
    return TPK_OK;
}

/* ---- combining ---- */

/* Adds one criterion to the sums. An unknown membership makes the sum unknown, which is what
 * TPK_UNKNOWN_EXCLUDE means. */
TPK_SIMD static void add_weighted(double weight, const double *membership, size_t n, double *sum)
{
    for (size_t i = 0; i < n; i++) sum[i] += weight * membership[i];
}

/* Keeps the greatest cost so far and whose it is; of equals the first stays. */
TPK_SIMD static void note_cost(double weight, uint8_t code, const double *membership, size_t n, double *loss,
                               uint8_t *limiting)
{
    for (size_t i = 0; i < n; i++) {
        double cost = weight * (1 - membership[i]);
        limiting[i] = cost > loss[i] ? code : limiting[i];
        loss[i] = cost > loss[i] ? cost : loss[i];
    }
}

static void replace_unknown(double *membership, size_t n, double instead)
{
    for (size_t i = 0; i < n; i++) membership[i] = isnan(membership[i]) ? instead : membership[i];
}

/* An unknown point adds nothing and costs nothing; what is known adds up in e->known. */
static void share_unknown(tpk_evaluator *e, double weight, double *membership, size_t first, size_t n,
                          uint8_t code, uint8_t *limiting)
{
    for (size_t i = 0; i < n; i++) {
        if (isnan(membership[i])) continue;
        e->known[first + i] += weight;
        add_weighted(weight, membership + i, 1, e->sum + first + i);
        if (limiting) note_cost(weight, code, membership + i, 1, e->loss + first + i, limiting + i);
    }
}

/* Adds n memberships, those of the points from `first` on. */
static void add_criterion(tpk_evaluator *e, size_t k, size_t first, size_t n, double *membership,
                          uint8_t *limiting)
{
    const tpk_plan_criterion *criterion = &e->plan->criteria[k];
    tpk_unknown_policy policy = criterion->spec->unknown;
    uint8_t code = (uint8_t)(k + 1);
    if (policy == TPK_UNKNOWN_SHARE) {
        share_unknown(e, criterion->weight, membership, first, n, code, limiting);
        return;
    }
    if (policy == TPK_UNKNOWN_WORST) replace_unknown(membership, n, 0);
    if (policy == TPK_UNKNOWN_VALUE) replace_unknown(membership, n, criterion->spec->unknown_membership);
    for (size_t i = 0; e->known && i < n; i++) e->known[first + i] += criterion->weight;
    add_weighted(criterion->weight, membership, n, e->sum + first);
    if (limiting) note_cost(criterion->weight, code, membership, n, e->loss + first, limiting);
}

/* Curve and sums in pieces that stay in the first-level cache. */
static void add_values(tpk_evaluator *e, size_t k, const double *values, size_t n, const tpk_evaluation *out)
{
    double piece[PIECE];
    for (size_t first = 0; first < n; first += PIECE) {
        size_t count = n - first < PIECE ? n - first : PIECE;
        tpk_curve_apply(e->plan->criteria[k].curve, values + first, count, piece);
        if (out->membership) memcpy(out->membership[k] + first, piece, count * sizeof *piece);
        add_criterion(e, k, first, count, piece, out->limiting ? out->limiting + first : NULL);
    }
}

static tpk_status evaluate_criterion(tpk_evaluator *e, size_t k, tpk_block *block, size_t n,
                                     const tpk_evaluation *out, tpk_err *err)
{
    const tpk_plan_criterion *criterion = &e->plan->criteria[k];
    double *values = out->values ? out->values[k] : e->values;
    bool detailed = out->values || out->membership, inside = detailed || criterion->for_constraint;
    block->need = detailed && !out->only_inside ? NULL : inside ? e->need_area : e->need_score;
    tpk_hint hint = {out->values ? HUGE_VAL : criterion->flat_from};
    tpk_status status = tpk_source_evaluate(e->criteria[k], block, &hint, values, err);
    if (status != TPK_OK) return tpk_err_prefix(err, status, _("criterion '%s'"), criterion->spec->id);
    add_values(e, k, values, n, out);
    for (size_t c = 0; c < e->plan->n_constraints; c++) {
        if (e->plan->constraints[c].spec->criterion == (int32_t)k) apply_constraint(e, c, n, values, out);
    }
    return TPK_OK;
}

/* ---- the verdict ---- */

/* The verdict of each point, written without branches for the vectoriser. Classes are compared with the score
 * as stored, so that a map reader can repeat it, and 0.8 that came out as 0.79999999999 is 0.8. */
TPK_SIMD static void judge_points(const double *restrict sum, const uint8_t *restrict in_area,
                                  const uint8_t *restrict unknown, const tpk_class_bounds *bounds, size_t n,
                                  uint32_t *restrict reasons, float *restrict score,
                                  uint8_t *restrict cell_class)
{
    float s1 = (float)bounds->s1, s2 = (float)bounds->s2, s3 = (float)bounds->s3;
    for (size_t i = 0; i < n; i++) {
        float own = (float)sum[i];
        bool is_unknown = unknown[i] | (own != own), excluded = reasons[i] != 0, outside = !in_area[i];
        own = own < 0 ? 0 : own;
        own = own > 1 ? 1 : own;
        int class = TPK_CELL_N - (own >= s3) - (own >= s2) - (own >= s1);
        class = is_unknown ? TPK_CELL_UNKNOWN : class;
        class = excluded ? TPK_CELL_EXCLUDED : class;
        class = outside ? TPK_CELL_OUTSIDE : class;
        own = is_unknown ? NAN : own;
        own = excluded ? 0 : own;
        score[i] = outside ? NAN : own;
        reasons[i] = outside ? 0 : reasons[i];
        cell_class[i] = (uint8_t) class;
    }
}

static void judge(tpk_evaluator *e, size_t n, const tpk_evaluation *out)
{
    for (size_t i = 0; e->known && i < n; i++) e->sum[i] /= e->known[i]; /* 0/0, nothing known, is unknown */
    judge_points(e->sum, e->in_area, e->unknown, &e->plan->project->classes, n, out->reasons, out->score,
                 out->cell_class);
    for (size_t i = 0; out->limiting && i < n; i++) {
        bool scored = out->cell_class[i] >= TPK_CELL_S1 && out->cell_class[i] <= TPK_CELL_N;
        if (!scored) out->limiting[i] = TPK_LIMITING_NOT_SCORED;
    }
}

static void start(tpk_evaluator *e, size_t n, const tpk_evaluation *out)
{
    memset(out->reasons, 0, n * sizeof *out->reasons);
    if (out->unjudged) memset(out->unjudged, 0, n * sizeof *out->unjudged);
    memset(e->unknown, 0, n);
    memset(e->sum, 0, n * sizeof *e->sum);
    if (out->limiting) {
        memset(out->limiting, TPK_LIMITING_NOTHING, n);
        memset(e->loss, 0, n * sizeof *e->loss);
    }
    if (e->known) memset(e->known, 0, n * sizeof *e->known);
}

/* All sources descend through the same patches. */
static tpk_status box_leaves(tpk_evaluator *e, tpk_block *block, tpk_err *err)
{
    block->leaf_boxes = NULL;
    if (block->lattice || block->n_rows == 1) return TPK_OK;
    if (!e->leaf_boxes) e->leaf_boxes = tpk_alloc(e->max_points / TPK_LEAF + 1, sizeof *e->leaf_boxes);
    if (!e->leaf_boxes) return tpk_err_memory(err);
    tpk_patch_leaf_boxes(block, e->leaf_boxes);
    block->leaf_boxes = e->leaf_boxes;
    return TPK_OK;
}

tpk_status tpk_evaluate(tpk_evaluator *e, const tpk_block *asked, const tpk_evaluation *out, tpk_err *err)
{
    size_t n = (size_t)asked->n_rows * (size_t)asked->n_cols;
    if (n > e->max_points)
        return tpk_err_set(err, TPK_ERR_LIMIT, _("%zu points asked at once; at most %zu"), n, e->max_points);
    tpk_block block = *asked;
    block.need = NULL;
    start(e, n, out);
    tpk_status status = box_leaves(e, &block, err);
    if (status == TPK_OK) status = find_area(e, &block, n, err);
    bool everywhere = (out->values || out->membership) && !out->only_inside;
    bool any = status == TPK_OK && (mark_need(e, &block, NULL, e->need_area) || everywhere);
    if (any) {
        block.need = e->need_area;
        status = own_constraints(e, &block, n, out, err);
        if (status == TPK_OK) mark_need(e, &block, out->reasons, e->need_score);
        for (size_t k = 0; k < e->plan->n_criteria && status == TPK_OK; k++) {
            status = evaluate_criterion(e, k, &block, n, out, err);
        }
    }
    if (status == TPK_OK) judge(e, n, out);
    if (status == TPK_OK && out->constraint_unknown) memcpy(out->constraint_unknown, e->unknown, n);
    return status;
}
