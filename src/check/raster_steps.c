/* Faults of the numbers themselves: jumps by a multiple of 256 (a high byte that was lost, or interpolated
 * apart from its low byte), and rows or columns that stand off from their neighbours (a sensor, a mosaic). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/raster_scan.h"
#include "check/tally.h"

/* ---- raster_steps ---- */

enum {
    BYTE = 256,
    NEAR_BYTE = 8, /* a jump of 256k +- 8 counts as a lost byte */
    SMOOTH = 48,   /* the land on either side changes by less, a pixel */
    SPIKE = 100,   /* a pixel off from both neighbours by more */
    NEAR_CROSSING =
        32,  /* half-way up the spike is this near a multiple of 256: a byte's carry came apart there */
    LINE = 4 /* pixels looked at in a row */
};

typedef struct steps {
    int64_t n_byte,
        n_other; /* jumps between smooth sides: of 256k +- 8; of other sizes from 200 to 312 (mod 256) */
    int64_t n_crossing, n_elsewhere; /* lone spikes where a multiple of 256 is crossed; elsewhere */
    int64_t first_row, first_col;
} steps;

static double off_multiple(double value)
{
    return fabs(value - BYTE * round(value / BYTE));
}

static void note_place(steps *s, int64_t row, int64_t col)
{
    if (s->n_byte + s->n_crossing != 1) return;
    s->first_row = row;
    s->first_col = col;
}

/* Four pixels in a line: a jump between the middle two, smooth before and after. */
static void look_at_jump(steps *s, const double v[LINE], int64_t row, int64_t col)
{
    double jump = fabs(v[2] - v[1]);
    if (!(jump >= 200 && fabs(v[1] - v[0]) < SMOOTH && fabs(v[3] - v[2]) < SMOOTH)) return;
    if (off_multiple(jump) <= NEAR_BYTE) {
        s->n_byte++;
        note_place(s, row, col);
    } else if (off_multiple(jump) <= 56) {
        s->n_other++;
    }
}

/* The first three: the middle one off from two that agree. */
static void look_at_spike(steps *s, const double v[LINE], int64_t row, int64_t col)
{
    double around = (v[0] + v[2]) / 2, half_way = (v[1] + around) / 2;
    if (!(fabs(v[0] - v[2]) < 64 && fabs(v[1] - around) > SPIKE)) return;
    if (off_multiple(half_way) <= NEAR_CROSSING && fabs(half_way) > BYTE / 2) {
        s->n_crossing++;
        note_place(s, row, col);
    } else {
        s->n_elsewhere++;
    }
}

/* From the pixel `at` onwards, every `step` pixels. */
static void look_at_line(steps *s, const float *at, int64_t step, int64_t row, int64_t col)
{
    double v[LINE];
    for (int i = 0; i < LINE; i++) v[i] = (double)at[i * step];
    look_at_spike(s, v, row, col);
    look_at_jump(s, v, row, col);
}

/* Strips overlap by LINE - 1 rows: every line of pixels starts in exactly one of them. */
static void visit_steps(void *user, const tpk_raster_strip *strip)
{
    steps *s = user;
    for (int32_t r = 0; r < strip->n_rows; r++) {
        const float *v = strip->values + (int64_t)r * strip->n_cols;
        int64_t row = (int64_t)strip->row0 + r;
        bool seen = strip->row0 > 0 && r < LINE - 1, has_below = r + LINE <= strip->n_rows;
        for (int32_t c = 0; c < strip->n_cols; c++) {
            int64_t col = (int64_t)strip->col0 + c;
            if (!seen && c + LINE <= strip->n_cols) look_at_line(s, v + c, 1, row, col + 1);
            if (has_below) look_at_line(s, v + c, strip->n_cols, row + 1, col);
        }
    }
}

static tpk_status raster_steps(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    enum { FEWEST = 8 };
    const tpk_raster *raster = subject->raster;
    steps s = {0};
    tpk_tally tally = {0};
    if (raster->has_palette || (raster->data_type && raster->data_type[0] == 'B'))
        return TPK_OK; /* classes, bytes */
    tpk_status status = tpk_raster_scan(subject, LINE - 1, visit_steps, &s, err);
    if (status != TPK_OK) return status;
    /* An escarpment may be 256 m high too, and hills have spikes: only far more than their share tells. A
     * lost byte jumps by 256 but for the land's own slope, so that other sizes are few beside it; the heights
     * near a crossing are 64 of 256. */
    bool jumps = s.n_byte >= FEWEST && s.n_byte > 2 * s.n_other;
    bool spikes = s.n_crossing >= FEWEST && (double)s.n_crossing / 64 > 3 * (double)s.n_elsewhere / 192;
    if (!jumps && !spikes) return TPK_OK;
    int64_t n = (jumps ? s.n_byte : 0) + (spikes ? s.n_crossing : 0);
    char *found =
        tpk_finding_text(NG_("%lld step: a jump of a multiple of 256, or a lone pixel off where the land "
                             "crosses one, beside smooth land; at row %lld, column %lld (from 0)",
                             "%lld steps: jumps of a multiple of 256, or lone pixels off where the land "
                             "crosses one, beside smooth land; the first at row %lld, column %lld (from 0)",
                             n),
                         (long long)n, (long long)s.first_row, (long long)s.first_col);
    char *change = tpk_finding_text(
        _("ask the office for the elevation as 16-bit or floating-point numbers, not from picture tiles, and "
          "put it in the place of '%s'"),
        tpk_subject_id(subject));
    return tpk_tally_report_take(&tally, findings, "raster_steps", TPK_GRAVITY_REPAIR, found,
                                 _("the numbers were split in two bytes and the upper one was lost or "
                                   "resampled alone: cliffs that are "
                                   "not there, and false steep slopes beside them"),
                                 change, err);
}

/* ---- raster_stripes ---- */

enum { REACH = 2, FEWEST_PIXELS = 32 };

/* What one row (or column) is against its neighbours, all along. */
typedef struct line {
    double near_sum, far_sum; /* second difference to the next lines, and to those after them */
    double step_sum;          /* from the line before to the one after, without the slope on either side */
    int64_t n, n_up, n_down, n_flat; /* n_flat: the two before are alike, or the two after */
} line;

typedef struct stripes {
    line *rows, *cols;
} stripes;

static void add_to_line(line *l, double before2, double before, double here, double after, double after2)
{
    double near_by = here - (before + after) / 2, far_off = here - (before2 + after2) / 2;
    if (isnan(near_by) || isnan(far_off)) return;
    l->n++;
    l->near_sum += near_by;
    l->far_sum += far_off;
    l->step_sum += 2 * (after - before) - (after2 - before2);
    l->n_up += near_by > 0;
    l->n_down += near_by < 0;
    l->n_flat += before == before2 || after == after2;
}

/* Strips overlap by 2*REACH rows: every row has its neighbours in exactly one of them. */
static void visit_stripes(void *user, const tpk_raster_strip *strip)
{
    stripes *s = user;
    int64_t n = strip->n_cols;
    for (int32_t r = 0; r < strip->n_rows; r++) {
        const float *v = strip->values + r * n;
        bool inner = r >= REACH && r + REACH < strip->n_rows;
        for (int32_t c = 0; inner && c < strip->n_cols; c++)
            add_to_line(&s->rows[strip->row0 + r], (double)v[c - 2 * n], (double)v[c - n], (double)v[c],
                        (double)v[c + n], (double)v[c + 2 * n]);
        if (strip->row0 > 0 && r < 2 * REACH) continue; /* seen before */
        for (int32_t c = REACH; c + REACH < strip->n_cols; c++)
            add_to_line(&s->cols[strip->col0 + c], (double)v[c - 2], (double)v[c - 1], (double)v[c],
                        (double)v[c + 1], (double)v[c + 2]);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A block of one value (no data, the sea, a class) ends here: off from one neighbour and level with the
 * other, or with the land beyond. On both sides of a stripe lies the same land. */
static bool is_edge_of_block(const line *l)
{
    return l->n_flat * 2 > l->n && fabs(l->step_sum) > fabs(l->near_sum);
}

/* A line all to one side of its neighbours, as much from the next as from those after: on a smooth hill the
 * second is four times the first. */
static bool stands_off(const line *l)
{
    int64_t most = l->n_up > l->n_down ? l->n_up : l->n_down;
    return l->n >= FEWEST_PIXELS && most * 10 >= l->n * 9 && fabs(l->near_sum) > 0.6 * fabs(l->far_sum) &&
           !is_edge_of_block(l);
}

/* Lines that stand off clearly more than the others, or with them in a regular pattern. *worst: the largest
 * mean offset. */
static tpk_status count_stripes(const line *lines, int64_t n, int64_t *n_stripes, int64_t *first,
                                double *worst, tpk_err *err)
{
    double *size = tpk_alloc((size_t)n, sizeof *size);
    int64_t n_seen = 0, n_off = 0;
    if (!size) return tpk_err_memory(err);
    for (int64_t i = 0; i < n; i++) {
        if (lines[i].n < FEWEST_PIXELS) continue;
        size[n_seen++] = fabs(lines[i].near_sum / (double)lines[i].n);
        n_off += stands_off(&lines[i]);
    }
    qsort(size, (size_t)n_seen, sizeof *size, by_size);
    double usual = n_seen > 0 ? size[n_seen / 2] : 0;
    tpk_free(size);
    bool pattern = n_off * 4 > n_seen;
    *n_stripes = 0;
    for (int64_t i = 0; i < n; i++) {
        double mean = lines[i].n > 0 ? fabs(lines[i].near_sum / (double)lines[i].n) : 0;
        /* the neighbours of a stripe lie half as far off to the other side, but not from the lines after it
         */
        bool alone = mean > 3 * usual && fabs(lines[i].far_sum) > 0.6 * fabs(lines[i].near_sum);
        if (!stands_off(&lines[i]) || !(pattern || alone)) continue;
        if ((*n_stripes)++ == 0) *first = i;
        *worst = fmax(*worst, mean);
    }
    return TPK_OK;
}

static tpk_status report_stripes(const tpk_subject *subject, const stripes *s, tpk_findings *findings,
                                 tpk_err *err)
{
    const tpk_raster *raster = subject->raster;
    int64_t n_rows, n_cols, first_row = -1, first_col = -1;
    double worst = 0;
    tpk_status status = count_stripes(s->rows, raster->n_rows, &n_rows, &first_row, &worst, err);
    if (status == TPK_OK) status = count_stripes(s->cols, raster->n_cols, &n_cols, &first_col, &worst, err);
    if (status != TPK_OK || n_rows + n_cols == 0) return status;
    tpk_tally tally = {0};
    bool by_row = n_rows > 0;
    char rows[64], cols[64];
    snprintf(rows, sizeof rows, NG_("%lld row", "%lld rows", n_rows), (long long)n_rows);
    snprintf(cols, sizeof cols, NG_("%lld column", "%lld columns", n_cols), (long long)n_cols);
    char *found = tpk_finding_text(by_row ? _("stripes: %s and %s stand off from their neighbours all along, "
                                              "by %.3g at most; the first is row %lld (from 0)")
                                          : _("stripes: %s and %s stand off from their neighbours all along, "
                                              "by %.3g at most; the first is column %lld (from 0)"),
                                   rows, cols, worst, (long long)(by_row ? first_row : first_col));
    char *change = tpk_finding_text(_("ask the office for a corrected edition of '%s', or filter it (QGIS: "
                                      "Destripe, Gaussian filter) before "
                                      "a slope is computed from it"),
                                    tpk_subject_id(subject));
    return tpk_tally_report_take(&tally, findings, "raster_stripes", TPK_GRAVITY_REPAIR, found,
                                 _("the land has no such lines: they come from the sensor or from joined "
                                   "sheets, and a slope shows them as "
                                   "steep bands"),
                                 change, err);
}

static tpk_status raster_stripes(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_raster *raster = subject->raster;
    if (raster->has_palette) return TPK_OK;
    stripes s = {tpk_zalloc((size_t)raster->n_rows, sizeof(line)),
                 tpk_zalloc((size_t)raster->n_cols, sizeof(line))};
    tpk_status status = s.rows && s.cols ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_raster_scan(subject, 2 * REACH, visit_stripes, &s, err);
    if (status == TPK_OK) status = report_stripes(subject, &s, findings, err);
    tpk_free(s.rows);
    tpk_free(s.cols);
    return status;
}

const tpk_finding_kind TPK_FINDING_RASTER_STEPS = {
    .id = "raster_steps",
    .summary = N_("steps of a multiple of 256 beside smooth land"),
    .for_rasters = true,
    .examine = raster_steps,
};

const tpk_finding_kind TPK_FINDING_RASTER_STRIPES = {
    .id = "raster_stripes",
    .summary = N_("rows or columns that stand off from their neighbours"),
    .for_rasters = true,
    .examine = raster_stripes,
};
