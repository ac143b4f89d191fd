/* Numbers that stand for something else: grey levels in the place of units, one value a district in the place
 * of one a pixel. */
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
    int64_t n[N_LEVELS];
    int64_t jumps[N_LEVELS]; /* neighbours in a row by their difference */
} levels;

static void visit_levels(void *user, const tpk_raster_strip *strip)
{
    levels *l = user;
    for (int32_t r = 0; r < strip->n_rows; r++) {
        const float *row = strip->values + (int64_t)r * strip->n_cols;
        for (int32_t c = 0; c < strip->n_cols; c++) {
            if (isnan(row[c])) continue;
            l->n[(int)row[c]]++;
            if (c > 0 && !isnan(row[c - 1])) l->jumps[(int)fabsf(row[c] - row[c - 1])]++;
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

/* What was above the scale lies on its last level, in a heap beside nearly empty levels. */
static bool is_cut_off(const levels *l)
{
    enum { NEXT = 5, FEWEST = 10 };
    int64_t n_next = 0;
    for (int v = TOP - NEXT; v < TOP; v++) n_next += l->n[v];
    return l->n[TOP] >= FEWEST && l->n[TOP] >= 10 * n_next;
}

static tpk_status report_levels(const tpk_subject *subject, const levels *l, tpk_findings *findings,
                                tpk_err *err)
{
    tpk_tally tally = {0};
    int low = 0, high = TOP;
    while (l->n[low] == 0) low++;
    while (l->n[high] == 0) high--;
    char *found =
        is_cut_off(l)
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
        is_cut_off(l)
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
    enum { FEWEST_LEVELS = 32 }; /* class codes are fewer */
    const tpk_raster *raster = subject->raster;
    levels l = {{0}, {0}};
    bool is_plain = strcmp(raster->data_type, "Byte") == 0 && raster->scale == 1 && raster->offset == 0;
    if (!is_plain || raster->has_palette || raster->has_unit || raster->is_picture) return TPK_OK;
    tpk_status status = tpk_raster_scan(subject, 0, visit_levels, &l, err);
    if (status != TPK_OK || count_used(&l) < FEWEST_LEVELS || !(is_gliding(&l) || is_cut_off(&l)))
        return status;
    return report_levels(subject, &l, findings, err);
}

/* ---- raster_patches ---- */

enum { MANY_VALUES = 64 }; /* class codes are fewer */

typedef struct patches {
    float low, high;
    float values[MANY_VALUES]; /* the first that occur */
    int n_values;
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

static void visit_range(void *user, const tpk_raster_strip *strip)
{
    patches *p = user;
    for (int64_t i = 0; i < (int64_t)strip->n_rows * strip->n_cols; i++) {
        float value = strip->values[i];
        if (isnan(value)) continue;
        p->low = fminf(p->low, value);
        p->high = fmaxf(p->high, value);
        if (p->n_values < MANY_VALUES) note_value(p, value);
    }
}

/* Two of the lowest value are the sea, or the ground on which the rest was drawn. */
static void visit_pairs(void *user, const tpk_raster_strip *strip)
{
    patches *p = user;
    float step = (p->high - p->low) / 100;
    for (int32_t r = 0; r < strip->n_rows; r++) {
        const float *row = strip->values + (int64_t)r * strip->n_cols;
        for (int32_t c = 1; c < strip->n_cols; c++) {
            float difference = fabsf(row[c] - row[c - 1]);
            if (isnan(difference) || (row[c] == p->low && row[c - 1] == p->low)) continue;
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
    if (raster->has_palette || raster->is_picture) return TPK_OK;
    tpk_status status = tpk_raster_scan(subject, 0, visit_range, &p, err);
    if (status != TPK_OK || p.n_values < MANY_VALUES) return status;
    status = tpk_raster_scan(subject, 0, visit_pairs, &p, err);
    /* flat land in whole metres is alike too, but changes by single steps */
    int64_t n_differ = p.n_jump + p.n_step;
    if (status != TPK_OK || p.n_equal < 4 * n_differ || p.n_jump <= p.n_step) return status;
    char *found = tpk_finding_text(
        _("patches: %.0f %% of the neighbouring pixels hold the same value (those of the lowest value not "
          "counted), and where they differ the value jumps"),
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
