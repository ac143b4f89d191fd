/* Numbers that stand for something else: levels in the place of units, one value a district in the place of
 * one a pixel. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/raster_scan.h"
#include "check/tally.h"

enum { N_LEVELS = 256, TOP = N_LEVELS - 1 };

/* ---- grey_levels ---- */

typedef struct levels {
    int64_t n[N_LEVELS], n_all;
    int64_t jumps[N_LEVELS]; /* neighbours in a row by their difference; without those of 255, which may
                                stand for no data */
} levels;

static void visit_levels(void *user, const tpk_raster_strip *strip)
{
    levels *l = user;
    for (int32_t r = 0; r < strip->n_rows; r++) {
        const float *row = strip->values + (int64_t)r * strip->n_cols;
        for (int32_t c = 0; c < strip->n_cols; c++) {
            if (isnan(row[c])) continue;
            l->n[(int)row[c]]++;
            l->n_all++;
            if (c > 0 && row[c] < TOP && row[c - 1] < TOP) l->jumps[(int)fabsf(row[c] - row[c - 1])]++;
        }
    }
}

static int count_used(const levels *l)
{
    int n_used = 0;
    for (int v = 0; v < N_LEVELS; v++) n_used += l->n[v] > 0;
    return n_used;
}

/* A quantity passes from level to level: half of the neighbours that differ do so by two levels or one.
 * Classes have neighbours of any number. */
static bool is_gliding(const levels *l)
{
    int64_t n_differ = 0;
    for (int jump = 1; jump < N_LEVELS; jump++) n_differ += l->jumps[jump];
    return n_differ > 0 && 2 * (l->jumps[1] + l->jumps[2]) >= n_differ;
}

/* A heap on the last level beside nearly empty levels: no data, or all that lay above the scale. */
static bool has_heap_on_top(const levels *l)
{
    enum { NEXT = 5, FEWEST = 10 };
    int64_t n_next = 0;
    for (int v = TOP - NEXT; v < TOP; v++) n_next += l->n[v];
    return l->n[TOP] >= FEWEST && l->n[TOP] >= 10 * n_next;
}

/* Numbers from 0 to 100 may be per cent, or degrees, as they are. Not where most pixels hold a lowest one
 * that is not 0, which was nothing before somebody moved the scale: the sea at 5. */
static bool may_be_per_cent(const levels *l)
{
    enum { PER_CENT = 100 };
    int low = 0;
    for (int v = PER_CENT + 1; v < TOP; v++) {
        if (l->n[v] > 0) return false;
    }
    while (low < TOP && l->n[low] == 0) low++;
    return low == 0 || 2 * l->n[low] <= l->n_all;
}

static tpk_status report_levels(const tpk_subject *subject, const levels *l, tpk_findings *findings,
                                tpk_err *err)
{
    tpk_tally tally = {0};
    int low = 0, high = TOP;
    while (l->n[low] == 0) low++;
    while (l->n[high] == 0) high--;
    char *found =
        has_heap_on_top(l)
            ? tpk_finding_text(
                  NG_("bytes without a unit or a scale, %d levels between %d and %d; %lld pixel holds 255, "
                      "where the levels below are nearly empty",
                      "bytes without a unit or a scale, %d levels between %d and %d; %lld pixels hold 255, "
                      "where the levels below are nearly empty",
                      l->n[TOP]),
                  count_used(l), low, high, (long long)l->n[TOP])
            : tpk_finding_text(_("bytes without a unit or a scale, %d levels between %d and %d, that pass "
                                 "into each other like a measured quantity"),
                               count_used(l), low, high);
    char *change =
        has_heap_on_top(l)
            ? tpk_finding_text(
                  _("ask the office for the unit and the scale (or the list of classes), and what "
                    "255 means: when it is no value, under layers: `%s: {path: ..., nodata: 255}`"),
                  tpk_subject_id(subject))
            : tpk_finding_text("%s", _("ask the office for the unit and the scale (value = a x level + b); "
                                       "when they are per cent or another unit, nothing is needed"));
    return tpk_tally_report_take(
        &tally, findings, "grey_levels", TPK_GRAVITY_REMARK, found,
        _("the file does not say in what unit they are: grey levels of a picture would be read as metres, "
          "per cent or people, and 255 can be the end of the scale or stand for no value"),
        change, err);
}

static tpk_status grey_levels(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    enum { FEWEST_LEVELS = 32 /* class codes are fewer */, HALF = N_LEVELS / 2 /* of a scale */ };
    const tpk_raster *raster = subject->raster;
    levels l = {.n_all = 0};
    bool is_plain = strcmp(raster->data_type, "Byte") == 0 && raster->scale == 1 && raster->offset == 0;
    if (!is_plain || raster->has_palette || raster->has_unit) return TPK_OK;
    tpk_status status = tpk_raster_scan(subject, 0, visit_levels, &l, err);
    int n_used = count_used(&l);
    if (status != TPK_OK || n_used < FEWEST_LEVELS) return status;
    /* of a picture it is asked elsewhere what the numbers are, but not what 255 is */
    bool is_told = has_heap_on_top(&l) ? is_gliding(&l) || n_used >= HALF
                                       : is_gliding(&l) && !may_be_per_cent(&l) && !raster->is_picture;
    return is_told ? report_levels(subject, &l, findings, err) : TPK_OK;
}

/* ---- raster_patches ---- */

enum { MANY_VALUES = 64 /* class codes are fewer */, N_SLOT_BITS = 10 };

/* Of the values that share a slot the one that outnumbers the others together. */
typedef struct slot {
    float value;
    int64_t n; /* by how much at least */
} slot;

typedef struct patches {
    float low, high, heap; /* the most frequent value: the sea, or the ground on which the rest was drawn */
    float values[MANY_VALUES]; /* the first that occur */
    int n_values;
    slot slots[1 << N_SLOT_BITS];
    int64_t n_equal, n_jump, n_step; /* neighbours in a row: alike, or off by more than a hundredth of the
                                        range, or by less */
} patches;

static void note_value(patches *p, float value)
{
    for (int i = p->n_values - 1; i >= 0; i--) {
        if (p->values[i] == value) return;
    }
    p->values[p->n_values++] = value;
}

static slot *find_slot(patches *p, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return &p->slots[(bits * 2654435761u) >> (32 - N_SLOT_BITS)];
}

static void take_value(patches *p, float value)
{
    slot *s = find_slot(p, value);
    if (s->n > 0 && s->value == value) { /* noted when it came here */
        s->n++;
        return;
    }
    *s = s->n > 0 ? (slot){s->value, s->n - 1} : (slot){value, 1};
    p->low = fminf(p->low, value);
    p->high = fmaxf(p->high, value);
    if (p->n_values < MANY_VALUES) note_value(p, value);
}

static void visit_values(void *user, const tpk_raster_strip *strip)
{
    for (int64_t i = 0; i < (int64_t)strip->n_rows * strip->n_cols; i++) {
        if (!isnan(strip->values[i])) take_value(user, strip->values[i] + 0.0f); /* -0 is 0 */
    }
}

static float find_heap(const patches *p)
{
    const slot *most = p->slots;
    for (int i = 1; i < 1 << N_SLOT_BITS; i++) {
        if (p->slots[i].n > most->n) most = &p->slots[i];
    }
    return most->value;
}

static void visit_pairs(void *user, const tpk_raster_strip *strip)
{
    patches *p = user;
    float step = (p->high - p->low) / 100;
    for (int32_t r = 0; r < strip->n_rows; r++) {
        const float *row = strip->values + (int64_t)r * strip->n_cols;
        for (int32_t c = 1; c < strip->n_cols; c++) {
            float difference = fabsf(row[c] - row[c - 1]);
            if (isnan(difference) || (row[c] == p->heap && row[c - 1] == p->heap)) continue;
            p->n_equal += difference == 0;
            p->n_jump += difference > step;
            p->n_step += difference > 0 && difference <= step;
        }
    }
}

static tpk_status raster_patches(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_raster *raster = subject->raster;
    patches p = {.low = HUGE_VALF, .high = -HUGE_VALF};
    tpk_tally tally = {0};
    if (raster->has_palette) return TPK_OK;
    tpk_status status = tpk_raster_scan(subject, 0, visit_values, &p, err);
    if (status != TPK_OK || p.n_values < MANY_VALUES) return status;
    p.heap = find_heap(&p);
    status = tpk_raster_scan(subject, 0, visit_pairs, &p, err);
    /* flat land in whole metres is alike too, but changes by single steps */
    int64_t n_differ = p.n_jump + p.n_step;
    if (status != TPK_OK || p.n_equal < 4 * n_differ || p.n_jump <= p.n_step) return status;
    char *found = tpk_finding_text(
        _("patches: %.0f %% of the neighbouring pixels hold the same value (those of the most frequent value "
          "not counted), and where they differ the value jumps"),
        100.0 * (double)p.n_equal / (double)(p.n_equal + n_differ));
    char *change = tpk_finding_text(_("ask the office what area one value of '%s' is for; where the numbers "
                                      "are codes of classes, give the "
                                      "criterion `classes:` or take a layer with a table of them"),
                                    tpk_subject_id(subject));
    return tpk_tally_report_take(
        &tally, findings, "raster_patches", TPK_GRAVITY_REMARK, found,
        _("there is one value for a district or for a coarser pixel, drawn finer than it was known: inside a "
          "patch the criterion tells no place from another, and its edges are borders, not changes of the "
          "land"),
        change, err);
}

const tpk_finding_kind TPK_FINDING_GREY_LEVELS = {
    .id = "grey_levels",
    .summary = N_("bytes without a unit: grey levels, or 255 for no value"),
    .for_rasters = true,
    .examine = grey_levels,
};

const tpk_finding_kind TPK_FINDING_RASTER_PATCHES = {
    .id = "raster_patches",
    .summary = N_("patches of one value, coarser than the pixels"),
    .for_rasters = true,
    .examine = raster_patches,
};
