/* Findings about projects as a whole, on studies whose shares and correlations are worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/quantity.h"
#include "examined_project.h"

#define UNKNOWN (-9999.0)
enum { N = 40 }; /* cells of a strip */

/* ---- strips of 40 cells of 100 m, three layers ---- */

typedef double strip[N];

/* Fills a strip by repeating n numbers. */
static void repeat(double *to, const double *numbers, size_t n)
{
    for (size_t i = 0; i < N; i++) to[i] = numbers[i % n];
}
#define REPEAT(to, ...)                                                                                      \
    repeat(to, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

/* What nobody looks at: three numbers that vary and correlate with nothing below. */
static void fill(strip a, strip b, strip c)
{
    REPEAT(a, 0, 1, 1, 0);
    REPEAT(b, 0, 0, 1, 1);
    REPEAT(c, 0, 0.3, 0.6, 0.9, 0.2);
}

/* curves: of a, b and c, each with what else the criterion says. Layer d is c, for constraints. */
static const char *write_strip_study(const strip a, const strip b, const strip c, const char *const curves[3],
                                     const char *constraints)
{
    const double *const layers[] = {a, b, c, c};
    static const char *const names[] = {"a.tif", "b.tif", "c.tif", "d.tif"};
    for (int k = 0; k < 4; k++)
        write_raster(names[k], "EPSG:32750", 300000, 9600100, 100, 1, N, layers[k], UNKNOWN);
    char text[4000];
    snprintf(text, sizeof text,
             "tapak: 1\n"
             "grid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, 304000, 9600100]}\n"
             "layers: {a: a.tif, b: b.tif, c: c.tif, d: d.tif}\n"
             "criteria:\n"
             "  a: {from: {raster: a, resample: nearest}, curve: %s}\n"
             "  b: {from: {raster: b, resample: nearest}, curve: %s}\n"
             "  c: {from: {raster: c, resample: nearest}, curve: %s}\n"
             "constraints: {%s}\n"
             "decision: {weights: {a: 0.5, b: 0.3, c: 0.2}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n",
             curves[0], curves[1], curves[2], constraints);
    return write_text("strip.yaml", text);
}

#define SAME "{points: [[0, 0], [1, 1]]}"
static const char *const PLAIN[3] = {SAME, SAME, SAME};
/* Excludes where c is above 0.7: every fifth cell. */
#define EVERY_FIFTH "k: {from: c, above: 0.7, source: uji, unknown: pass}"

static void an_ordinary_study_is_fine(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    assert_fine(write_strip_study(a, b, c, PLAIN, ""));
    assert_fine(write_strip_study(a, b, c, PLAIN, EVERY_FIFTH));
    tpk_examined small = examine(write_small_study());
    assert_int_equal(small.findings.n, 1);
    assert_string_equal(small.findings.items[0].kind, "sample_small");
    tpk_findings_clear(&small.findings);
}

/* ---- criterion_varies_little ---- */

static void a_curve_beside_the_values_is_told_with_both_ranges(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    for (int i = 0; i < N; i++) a[i] = 20 + (i * 7) % N; /* 20..59; 2.5 % are one cell at each end */
    const char *const beyond[] = {"{linear: {best: 10, worst: 0}}", SAME, SAME};
    assert_found(
        write_strip_study(a, b, c, beyond, ""), &TPK_FINDING_CRITERION_VARIES_LITTLE, TPK_GRAVITY_REMARK,
        "'a' (weight 0.50) has the membership 1, the best, in 95 % or more of the 40 cells that no "
        "constraint excludes; its values there lie between 21 and 58, its curve changes between 0 and 10",
        "changes where its values lie (21 to 58)");
    const char *const before[] = {"{linear: {best: 200, worst: 100}}", SAME, SAME};
    assert_found(write_strip_study(a, b, c, before, ""), &TPK_FINDING_CRITERION_VARIES_LITTLE,
                 TPK_GRAVITY_REMARK, "has the membership 0, the worst, in 95 % or more of the 40 cells",
                 "or take");
    const char *const across[] = {"{linear: {best: 60, worst: 0}}", SAME, SAME};
    assert_fine(write_strip_study(a, b, c, across, ""));
}

static void a_membership_within_a_tenth_is_told(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    REPEAT(a, 0.45, 0.54, 0.54, 0.45);
    assert_found(write_strip_study(a, b, c, PLAIN, ""), &TPK_FINDING_CRITERION_VARIES_LITTLE,
                 TPK_GRAVITY_REMARK, "a membership between 0.45 and 0.54", "0.50, to the others");
    REPEAT(a, 0.45, 0.56, 0.56, 0.45);
    assert_fine(write_strip_study(a, b, c, PLAIN, ""));
    REPEAT(a, 0.5);
    assert_found(write_strip_study(a, b, c, PLAIN, ""), &TPK_FINDING_CRITERION_VARIES_LITTLE,
                 TPK_GRAVITY_REMARK, "lie between 0.5 and 0.5", "give it a layer that differs");
}

static void what_is_rare_tells_places_apart(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    REPEAT(a, 0);
    a[7] = 1;
    assert_found(write_strip_study(a, b, c, PLAIN, ""), &TPK_FINDING_CRITERION_VARIES_LITTLE,
                 TPK_GRAVITY_REMARK, "membership 0, the worst", "'a'");
    a[30] = 1;
    assert_fine(write_strip_study(a, b, c, PLAIN, ""));
}

static void only_what_is_not_excluded_counts(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    for (int i = 0; i < N; i++) a[i] = c[i] > 0.7 ? 1 : 0.1; /* differs only where the constraint excludes */
    assert_found(write_strip_study(a, b, c, PLAIN, EVERY_FIFTH), &TPK_FINDING_CRITERION_VARIES_LITTLE,
                 TPK_GRAVITY_REMARK, "between 0.10 and 0.10 in 95 % or more of the 32 cells", "'a'");
}

/* ---- criteria_correlated ---- */

/* Of four cells: a 0 0 1 1, b 0 .2 .8 1. Deviations from the means .5: xx 1, yy .68, xy .8; r = .8 /
 * sqrt(.68) = .9701. With b 0 .4 .6 1: yy .52, xy .6, r = .8321. */
static void a_pair_above_nine_tenths_is_told_with_r(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    REPEAT(a, 0, 0, 1, 1);
    REPEAT(b, 0, 0.2, 0.8, 1);
    assert_found(write_strip_study(a, b, c, PLAIN, ""), &TPK_FINDING_CRITERIA_CORRELATED, TPK_GRAVITY_REMARK,
                 "'a' (weight 0.5) and 'b' (weight 0.3) rise and fall together: their memberships correlate "
                 "with r = 0.97 in the 40 cells",
                 "together they have 0.8");
    REPEAT(b, 0, 0.4, 0.6, 1);
    assert_fine(write_strip_study(a, b, c, PLAIN, ""));
}

static void an_opposed_pair_is_told_as_such(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    REPEAT(a, 0, 0, 1, 1);
    REPEAT(b, 1, 0.8, 0.2, 0);
    assert_found(write_strip_study(a, b, c, PLAIN, ""), &TPK_FINDING_CRITERIA_CORRELATED, TPK_GRAVITY_REMARK,
                 "oppose each other: their memberships correlate with r = -0.97", "the wrong way round");
}

/* Excluded and unknown cells would break the pair of above; without them it is whole. */
/* Two matters, each of 125 criteria that take turns: 0 0 1 1 and 0 1 1 0 have r = 0. 125 x 124 / 2 pairs. One
 * more is the first the other way round: it opposes 125. Every weight is 1 / 251. */
static void many_criteria_of_one_matter_are_told_once(void **state)
{
    enum { MANY = 251 };
    static const double MATTERS[][4] = {{0, 0, 1, 1}, {0, 1, 1, 0}, {1, 1, 0, 0}};
    (void)state;
    tpk_criterion_spec specs[MANY] = {{0}};
    tpk_plan_criterion criteria[MANY] = {{0}};
    tpk_spread spread[MANY];
    char ids[MANY][8];
    double numbers[3][N], *membership[MANY];
    uint32_t reasons[N] = {0};
    for (int i = 0; i < 3; i++) repeat(numbers[i], MATTERS[i], 4);
    for (int k = 0; k < MANY; k++) {
        snprintf(ids[k], sizeof ids[k], "c%d", k);
        specs[k].id = ids[k];
        criteria[k] = (tpk_plan_criterion){.spec = &specs[k], .weight = 1.0 / MANY};
        spread[k] = (tpk_spread){.n_known = N, .low = 0, .high = 1};
        membership[k] = numbers[k == MANY - 1 ? 2 : k % 2];
    }
    tpk_plan plan = {.criteria = criteria, .n_criteria = MANY};
    tpk_plan_sample sample = {.plan = &plan,
                              .stride = 1,
                              .n = N,
                              .n_open = N,
                              .reasons = reasons,
                              .membership = membership,
                              .spread = spread};
    tpk_findings findings = {0};
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(TPK_FINDING_CRITERIA_CORRELATED.examine(&sample, NULL, &findings, &err), TPK_OK);
    assert_int_equal(findings.n, 3);
    assert_says(findings.items[0].found, "125 criteria rise and fall together: c0, c2, c4, c6, c8, c10, c12, "
                                         "c14, c16, c18 .... The memberships of 7750 pairs");
    assert_says(findings.items[1].found, "125 criteria rise and fall together: c1, c3,");
    assert_says(findings.items[0].change, "together they have 0.49801"); /* 125 / 251 */
    assert_int_equal(findings.items[0].n_examples, TPK_MAX_EXAMPLES);
    assert_string_equal(findings.items[0].examples[4].name, "'c0' and 'c10': r = 1.00");
    assert_says(findings.items[2].found, "126 criteria oppose each other: c0, c2,");
    assert_says(findings.items[2].found, "125 pairs");
    tpk_findings_clear(&findings);
}

static void small_weights_are_told_in_full(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    REPEAT(a, 0, 0, 1, 1);
    REPEAT(b, 0, 0.2, 0.8, 1);
    const char *path = write_strip_study(a, b, c, PLAIN, "");
    FILE *file = fopen(path, "r+");
    char text[4000] = "";
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    char *weights = strstr(text, "{a: 0.5, b: 0.3, c: 0.2}");
    assert_non_null(weights);
    char rest[1000];
    snprintf(rest, sizeof rest, "{a: 0.004, b: 0.003, c: 0.993}%s", weights + 24);
    fseek(file, weights - text, SEEK_SET);
    fputs(rest, file);
    fclose(file);
    assert_found(path, &TPK_FINDING_CRITERIA_CORRELATED, TPK_GRAVITY_REMARK,
                 "'a' (weight 0.004) and 'b' (weight 0.003) rise", "together they have 0.007");
}

static void excluded_and_unknown_cells_do_not_correlate(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    REPEAT(a, 0, 0, 1, 1);
    REPEAT(b, 0, 0.2, 0.8, 1);
    for (int i = 0; i < N; i++) {
        if (c[i] > 0.7) b[i] = 1 - a[i];
    }
    assert_fine(write_strip_study(a, b, c, PLAIN, ""));
    assert_found(write_strip_study(a, b, c, PLAIN, EVERY_FIFTH), &TPK_FINDING_CRITERIA_CORRELATED,
                 TPK_GRAVITY_REMARK, "r = 0.97 in the 32 cells", "'b'");
    REPEAT(b, 0, 0.2, 0.8, 1);
    b[0] = UNKNOWN;
    b[1] = UNKNOWN;
    assert_found(write_strip_study(a, b, c, PLAIN, ""), &TPK_FINDING_CRITERIA_CORRELATED, TPK_GRAVITY_REMARK,
                 "in the 38 cells", "'b'");
}

static void too_few_cells_do_not_correlate(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    REPEAT(a, 0, 0, 1, 1);
    REPEAT(b, 0, 0.2, 0.8, 1);
    for (int i = 0; i < 11; i++) c[i] = 0.9; /* excluded: 11 and four of the other fifths leave 23 cells */
    assert_fine(write_strip_study(a, b, c, PLAIN, EVERY_FIFTH));
}

/* ---- weight_meaningless ---- */

/* 12 of 40 unknown are 30 %; a's weight 0.5 is used in 70 %: 0.35 on average. */
static void a_shared_weight_is_told_with_the_weight_that_is_used(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    const char *const share[] = {SAME ", unknown: share", SAME, SAME};
    for (int i = 0; i < 8; i++) a[i] = UNKNOWN;
    assert_fine(write_strip_study(a, b, c, share, ""));
    for (int i = 8; i < 12; i++) a[i] = UNKNOWN;
    assert_found(
        write_strip_study(a, b, c, share, ""), &TPK_FINDING_WEIGHT_MEANINGLESS, TPK_GRAVITY_REPAIR,
        "'a' is unknown in 30.0 % of the 40 cells that no constraint excludes; there the others share "
        "its weight (unknown: share): 0.50 is stated, 0.35 is its weight on average",
        "lower its weight (0.50)");
}

/* Where b alone is unknown, a has 0.5 / 0.7 of the score. Of 40 cells: b unknown in 14, a in 10 others. a is
 * used with 0 in 10, 0.5 / 0.7 in 14, 0.5 in 16: (14 * 0.714286 + 8) / 40 = 0.45; 25 % unknown. b: 0 in 14,
 * 0.3 / 0.5 in 10, 0.3 in 16: (6 + 4.8) / 40 = 0.27; 35 %. */
static void weights_also_gain_what_others_lose(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    const char *const share[] = {SAME ", unknown: share", SAME ", unknown: share", SAME};
    for (int i = 0; i < 14; i++) b[i] = UNKNOWN;
    for (int i = 14; i < 24; i++) a[i] = UNKNOWN;
    tpk_examined examined = examine(write_strip_study(a, b, c, share, ""));
    assert_int_equal(examined.findings.n, 2);
    assert_says(examined.findings.items[0].found, "25.0 %");
    assert_says(examined.findings.items[0].found, "0.50 is stated, 0.45 is its weight");
    assert_says(examined.findings.items[1].found, "35.0 %");
    assert_says(examined.findings.items[1].found, "0.30 is stated, 0.27 is its weight");
    tpk_findings_clear(&examined.findings);
}

static void each_policy_says_what_the_unknown_does(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    for (int i = 0; i < 12; i++) a[i] = UNKNOWN;
    assert_found(write_strip_study(a, b, c, PLAIN, ""), &TPK_FINDING_WEIGHT_MEANINGLESS, TPK_GRAVITY_REPAIR,
                 "30.0 % of the 40 cells that no constraint excludes; there the score is unknown", "'a'");
    const char *const worst[] = {SAME ", unknown: worst", SAME, SAME};
    assert_found(write_strip_study(a, b, c, worst, ""), &TPK_FINDING_WEIGHT_MEANINGLESS, TPK_GRAVITY_REPAIR,
                 "there it counts as 0, the worst", "'a'");
    const char *const value[] = {SAME ", unknown: 0.4", SAME, SAME};
    assert_found(write_strip_study(a, b, c, value, ""), &TPK_FINDING_WEIGHT_MEANINGLESS, TPK_GRAVITY_REPAIR,
                 "there it counts as 0.4", "'a'");
    for (int i = 0; i < N; i++) a[i] = UNKNOWN;
    assert_found(write_strip_study(a, b, c, PLAIN, ""), &TPK_FINDING_WEIGHT_MEANINGLESS, TPK_GRAVITY_SERIOUS,
                 "unknown in 100.0 %", "'a'");
}

static void a_curve_that_leaves_values_out_is_told_apart(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    REPEAT(a, 0, 1, 5, 0.5); /* 5 lies beyond the curve */
    const char *const outside[] = {"{points: [[0, 0], [1, 1]], outside: unknown}", SAME, SAME};
    assert_found(write_strip_study(a, b, c, outside, ""), &TPK_FINDING_WEIGHT_MEANINGLESS, TPK_GRAVITY_REPAIR,
                 "25.0 % of the 40 cells that no constraint excludes (in 25.0 % because its curve",
                 "leave out `outside: unknown`");
}

static void what_is_unknown_where_all_is_excluded_does_not_matter(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    for (int i = 0; i < 12; i++) {
        a[i] = UNKNOWN;
        c[i] = 0.9;
    }
    assert_fine(write_strip_study(a, b, c, PLAIN, EVERY_FIFTH));
}

/* ---- constraints ---- */

static void a_limit_beyond_all_values_is_told_with_both(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    assert_found(write_strip_study(a, b, c, PLAIN, "k: {from: c, above: 12.5, source: uji}"),
                 &TPK_FINDING_CONSTRAINT_EXCLUDES_NOTHING, TPK_GRAVITY_REMARK,
                 "constraint 'k' excludes no cell of the study area (40 cells); in the 40 cells its values "
                 "lie between 0 and 0.9, "
                 "and it excludes those above 12.5",
                 "the unit of its values");
    assert_found(write_strip_study(a, b, c, PLAIN,
                                   "k: {from: {raster: c, resample: nearest}, equals: [7], source: uji}"),
                 &TPK_FINDING_CONSTRAINT_EXCLUDES_NOTHING, TPK_GRAVITY_REMARK, "excludes no cell",
                 "the right layer");
}

static void a_constraint_that_leaves_nothing_is_serious(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    assert_found(write_strip_study(a, b, c, PLAIN, "k: {from: c, below: 12.5, source: uji}"),
                 &TPK_FINDING_CONSTRAINT_EXCLUDES_EVERYTHING, TPK_GRAVITY_SERIOUS,
                 "constraint 'k' excludes every cell of the study area (40 cells); in the 40 cells its "
                 "values lie between 0 and "
                 "0.9, and it excludes those below 12.5",
                 "are exchanged");
    assert_fine(write_strip_study(a, b, c, PLAIN, "k: {from: c, below: 0.25, source: uji}"));
}

/* c is above 0.25 in three of five cells and below 0.35 in three of five; 0.3 is in both. */
static void constraints_that_leave_nothing_together_are_serious(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    const char *path = write_strip_study(
        a, b, c, PLAIN, "k: {from: c, above: 0.25, source: uji}, l: {from: c, below: 0.35, source: uji}");
    assert_found(path, &TPK_FINDING_CONSTRAINT_EXCLUDES_EVERYTHING, TPK_GRAVITY_SERIOUS,
                 "together exclude every cell of the study area (40 cells)", "begin with the one");
    tpk_examined examined = examine(path);
    const tpk_finding *finding = &examined.findings.items[0];
    assert_int_equal(finding->n_features, 0);
    assert_int_equal(finding->n_examples, 2);
    assert_string_equal(finding->examples[0].name, "k: 60.0 %");
    assert_string_equal(finding->examples[1].name, "l: 60.0 %");
    tpk_findings_clear(&examined.findings);
}

/* Layer d is c with some cells unknown. */
static void write_d(const strip c, int n_unknown)
{
    strip d;
    memcpy(d, c, sizeof d);
    for (int i = 0; i < n_unknown; i++) d[i] = UNKNOWN;
    write_raster("d.tif", "EPSG:32750", 300000, 9600100, 100, 1, N, d, UNKNOWN);
}

#define BY_D(policy) "k: {from: {raster: d, resample: nearest}, above: 0.7, source: uji" policy "}"

static void what_a_constraint_cannot_test_is_told_by_its_policy(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    const char *path = write_strip_study(a, b, c, PLAIN, BY_D(", unknown: pass"));
    write_d(c, 8);
    assert_fine(path); /* a fifth */
    write_d(c, 9);
    assert_found(path, &TPK_FINDING_CONSTRAINT_UNTESTED, TPK_GRAVITY_REPAIR,
                 "constraint 'k' looks at is unknown in 22.5 % of the study area (40 cells); there it lets "
                 "everything pass",
                 "covers the study area");
    path = write_strip_study(a, b, c, PLAIN, BY_D(", unknown: exclude"));
    write_d(c, 9);
    assert_found(path, &TPK_FINDING_CONSTRAINT_UNTESTED, TPK_GRAVITY_REPAIR, "there it excludes", "'k'");
    path = write_strip_study(a, b, c, PLAIN, BY_D(""));
    write_d(c, 9);
    assert_found(path, &TPK_FINDING_CONSTRAINT_UNTESTED, TPK_GRAVITY_REPAIR, "there the score is unknown",
                 "'k'");
    write_d(c, N); /* and it is not told as excluding nothing, which nobody knows */
    assert_found(path, &TPK_FINDING_CONSTRAINT_UNTESTED, TPK_GRAVITY_SERIOUS, "100.0 %", "'k'");
    path = write_strip_study(a, b, c, PLAIN, BY_D(", unknown: exclude"));
    write_d(c, N);
    tpk_examined examined = examine(path);
    assert_int_equal(examined.findings.n, 2);
    assert_says(find_kind(&examined, "constraint_excludes_everything")->found, "it says `unknown: exclude`");
    tpk_findings_clear(&examined.findings);
}

static void quantities_are_told_to_five_digits(void **state)
{
    (void)state;
    const struct {
        double number;
        const char *unit, *text;
    } rows[] = {
        {3.867664, "percent", "3.8677 percent"}, {0, "m", "0 m"},       {-1234567.8, NULL, "-1234568"},
        {0.00251234, "", "0.0025123"},           {1e300, "", "1e+300"}, {nextafter(15, 16), "m", "15 m"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[TPK_QUANTITY_TEXT];
        assert_string_equal(tpk_quantity_text(rows[i].number, rows[i].unit, text), rows[i].text);
    }
}

static void every_kind_is_explained_in_the_documentation(void **state)
{
    (void)state;
    size_t n;
    char *page = read_bytes("docs/commands/check.md", &n);
    page[n] = '\0';
    for (size_t i = 0; i < TPK_N_PROJECT_FINDING_KINDS; i++) {
        char row[80];
        snprintf(row, sizeof row, "| `%s` |", TPK_PROJECT_FINDING_KINDS[i]->id);
        assert_says(page, row);
    }
    free(page);
}

/* ---- failure ---- */

static void assert_survives(tpk_study *study)
{
    for (long k = 0;; k++) {
        tpk_examined examined = {0};
        tpk_err err = {TPK_OK, ""};
        long live = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = tpk_examine_plan(study->plan, true, NULL, &examined, &err);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        tpk_findings_clear(&examined.findings);
        assert_int_equal(tpk_mem_live_count(), live);
        if (failed == 0) {
            assert_int_equal(status, TPK_OK);
            return;
        }
        if (status != TPK_ERR_MEMORY) fail_msg("allocation %ld: status %d (%s)", k, (int)status, err.message);
    }
}

static void every_failed_allocation_is_an_error(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    static const char *const constraints[] = {
        "k: {from: c, above: 12.5, source: uji}", "k: {from: c, below: 12.5, source: uji}",
        "k: {from: c, above: 0.25, source: uji}, l: {from: c, below: 0.35, source: uji}",
        BY_D(", unknown: pass")};
    const char *const curves[] = {SAME ", unknown: share", "{linear: {best: 10, worst: 9}}", SAME};
    for (int i = 0; i < 12; i++) a[i] = UNKNOWN;
    for (size_t i = 0; i < sizeof constraints / sizeof *constraints; i++) {
        const char *path = write_strip_study(a, b, c, curves, constraints[i]);
        write_d(c, 9);
        tpk_study *study = open_study(path, (tpk_options){0});
        assert_survives(study);
        tpk_study_close(study);
    }
    fill(a, b, c);
    for (int i = 0; i < N; i++) b[i] = 1 - a[i];
    memcpy(c, a, sizeof c); /* all three pairs, of both signs */
    tpk_study *study = open_study(write_strip_study(a, b, c, PLAIN, ""), (tpk_options){0});
    assert_survives(study);
    tpk_study_close(study);
}

static void a_count_of_all_cells_survives_without_memory(void **state)
{
    (void)state;
    tpk_study *study = open_study(write_small_study(), (tpk_options){0});
    for (long k = 0;; k++) {
        tpk_constraint_census census;
        long live = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = tpk_constraint_census_take(study->plan, NULL, &census, NULL);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(tpk_mem_live_count(), live);
        assert_int_equal(status, failed == 0 ? TPK_OK : TPK_ERR_MEMORY);
        if (failed == 0) break;
    }
    tpk_study_close(study);
}

/* A raster that breaks off opens well: the run stops where it computes, and so does the sample. */
static void a_layer_that_breaks_off_is_what_a_run_refuses(void **state)
{
    (void)state;
    const char *path = write_small_study();
    assert_int_equal(truncate(in_scratch("tinggi.tif"), 400), 0);
    tpk_err err = {TPK_OK, ""};
    tpk_check *check = NULL;
    if (tpk_check_project(path, NULL, &check, &err) != TPK_OK) fail_msg("%s", err.message);
    size_t project = tpk_check_count(check) - 1;
    show(check, project);
    assert_says(found(check, project, "project_refused").found, "criterion 'tinggi'");
    tpk_check_free(check);
}

static void a_check_ends_with_the_project_as_a_whole(void **state)
{
    (void)state;
    strip a, b, c;
    fill(a, b, c);
    tpk_err err = {TPK_OK, ""};
    tpk_check *check = NULL;
    const char *path = write_strip_study(a, b, c, PLAIN, "k: {from: c, below: 12.5, source: uji}");
    if (tpk_check_project(path, NULL, &check, &err) != TPK_OK) fail_msg("%s", err.message);
    size_t project = tpk_check_count(check) - 1;
    assert_int_equal(found(check, project, "constraint_excludes_everything").gravity, TPK_GRAVITY_SERIOUS);
    assert_int_equal(tpk_check_get(check, project).verdict, TPK_VERDICT_UNUSABLE);
    tpk_check_free(check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_study_is_fine),
        cmocka_unit_test(a_curve_beside_the_values_is_told_with_both_ranges),
        cmocka_unit_test(a_membership_within_a_tenth_is_told),
        cmocka_unit_test(what_is_rare_tells_places_apart),
        cmocka_unit_test(only_what_is_not_excluded_counts),
        cmocka_unit_test(a_pair_above_nine_tenths_is_told_with_r),
        cmocka_unit_test(an_opposed_pair_is_told_as_such),
        cmocka_unit_test(many_criteria_of_one_matter_are_told_once),
        cmocka_unit_test(small_weights_are_told_in_full),
        cmocka_unit_test(excluded_and_unknown_cells_do_not_correlate),
        cmocka_unit_test(too_few_cells_do_not_correlate),
        cmocka_unit_test(a_shared_weight_is_told_with_the_weight_that_is_used),
        cmocka_unit_test(weights_also_gain_what_others_lose),
        cmocka_unit_test(each_policy_says_what_the_unknown_does),
        cmocka_unit_test(a_curve_that_leaves_values_out_is_told_apart),
        cmocka_unit_test(what_is_unknown_where_all_is_excluded_does_not_matter),
        cmocka_unit_test(a_limit_beyond_all_values_is_told_with_both),
        cmocka_unit_test(a_constraint_that_leaves_nothing_is_serious),
        cmocka_unit_test(constraints_that_leave_nothing_together_are_serious),
        cmocka_unit_test(what_a_constraint_cannot_test_is_told_by_its_policy),
        cmocka_unit_test(quantities_are_told_to_five_digits),
        cmocka_unit_test(every_kind_is_explained_in_the_documentation),
        cmocka_unit_test(every_failed_allocation_is_an_error),
        cmocka_unit_test(a_count_of_all_cells_survives_without_memory),
        cmocka_unit_test(a_layer_that_breaks_off_is_what_a_run_refuses),
        cmocka_unit_test(a_check_ends_with_the_project_as_a_whole),
    };
    return cmocka_run_group_tests_name("check_project", tests, files_set_up, files_tear_down);
}
