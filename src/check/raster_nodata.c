/* Pixels that stand for nothing but count as values, and the reverse. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/raster_scan.h"
#include "check/tally.h"

/* What programs write where they have no value. As float: the lowest Float32 stands for all "-3.4e38". */
static const float MARKS[] = {
    -3.4028234663852886e38f, -1e10f, -99999, -32768, -32767, -9999, -999, 9999, 32767, 65535, 99999,
    3.4028234663852886e38f};
enum { N_MARKS = sizeof MARKS / sizeof MARKS[0], N_BYTES = 256 };

typedef struct values {
    const tpk_raster *raster;
    int64_t n, n_none; /* pixels with and without a value */
    double low, high;  /* of values that are no mark */
    int64_t marks[N_MARKS];
    int64_t bytes[N_BYTES];            /* whole numbers 0..255 */
    int64_t border[N_BYTES], n_border; /* the same along the raster's edge */
} values;

static bool is_on_border(const tpk_raster *raster, int64_t row, int64_t col)
{
    return row == 0 || col == 0 || row == raster->n_rows - 1 || col == raster->n_cols - 1;
}

static void take(values *v, float value, int64_t row, int64_t col)
{
    v->n++;
    for (int m = 0; (value <= -999 || value >= 9999) && m < N_MARKS; m++) {
        if (value != MARKS[m]) continue;
        v->marks[m]++;
        return;
    }
    v->low = fmin(v->low, (double)value);
    v->high = fmax(v->high, (double)value);
    bool border = is_on_border(v->raster, row, col);
    v->n_border += border;
    int whole = value >= 0 && value < N_BYTES ? (int)value : -1;
    if (whole < 0 || (float)whole != value) return;
    v->bytes[whole]++;
    v->border[whole] += border;
}

static void visit(void *user, const tpk_raster_strip *strip)
{
    values *v = user;
    for (int32_t r = 0; r < strip->n_rows; r++) {
        const float *row = strip->values + (int64_t)r * strip->n_cols;
        for (int32_t c = 0; c < strip->n_cols; c++) {
            if (isnan(row[c])) {
                v->n_none++;
            } else {
                take(v, row[c], (int64_t)strip->row0 + r, (int64_t)strip->col0 + c);
            }
        }
    }
}

static tpk_status scan(const tpk_subject *subject, values *v, tpk_err *err)
{
    *v = (values){.raster = subject->raster, .low = HUGE_VAL, .high = -HUGE_VAL};
    return tpk_raster_scan(subject, 0, visit, v, err);
}

/* A mark stands apart from the values: -9999 beside -9800 (a deep sea) may be one of them. */
static int find_mark(const values *v)
{
    double span = v->high >= v->low ? v->high - v->low : 0;
    for (int m = 0; m < N_MARKS; m++) {
        double mark = (double)MARKS[m], gap = mark < 0 ? v->low - mark : mark - v->high;
        if (v->marks[m] > 0 && gap > fmax(span / 10, 100)) return m;
    }
    return -1;
}

/* One number fills a fifth of the raster or more, most of its edge, and is the lowest or highest: the shape
 * of "nothing". */
static int find_filling(const values *v)
{
    for (int b = 0; b < N_BYTES; b++) {
        bool extreme = b == (int)v->low || b == (int)v->high;
        if (extreme && v->low < v->high && v->bytes[b] * 5 >= v->n && v->border[b] * 2 > v->n_border)
            return b;
    }
    return -1;
}

/* Values just above 0, a hundredth of the highest or less. */
typedef struct low_end {
    double limit;
    int64_t n_low, n_above;
} low_end;

static void visit_low_end(void *user, const tpk_raster_strip *strip)
{
    low_end *end = user;
    for (int64_t i = 0; i < (int64_t)strip->n_rows * strip->n_cols; i++) {
        double value = (double)strip->values[i]; /* NaN is neither */
        end->n_above += value > 0;
        end->n_low += value > 0 && value <= end->limit;
    }
}

/* A quantity that runs down to 0 without a gap (lights of the night, rain) measured its zeros: dark land is
 * dark. Where nothing lies between 0 and the rest (people per km2), 0 is rather the sea. */
static tpk_status runs_down_to_zero(const tpk_subject *subject, const values *v, bool *runs, tpk_err *err)
{
    const double LEAST_SHARE = 0.01;
    low_end end = {.limit = v->high / 100};
    tpk_status status = tpk_raster_scan(subject, 0, visit_low_end, &end, err);
    *runs = (double)end.n_low >= LEAST_SHARE * (double)end.n_above;
    return status;
}

static tpk_status report_mark(const tpk_subject *subject, const values *v, int m, tpk_findings *findings,
                              tpk_err *err)
{
    tpk_tally tally = {0};
    char mark[32], low[32], high[32];
    tpk_text_from_number((double)MARKS[m], mark);
    char *found = tpk_finding_text(NG_("%lld pixel (%.1f %%) holds %s, which stands for no data but is not "
                                       "declared so; the others lie between %s and %s",
                                       "%lld pixels (%.1f %%) hold %s, which stands for no data but is not "
                                       "declared so; the others lie between %s and %s",
                                       v->marks[m]),
                                   (long long)v->marks[m], 100.0 * (double)v->marks[m] / (double)v->n, mark,
                                   tpk_text_from_number(v->low, low), tpk_text_from_number(v->high, high));
    char *change = tpk_finding_text(_("in the project file, under layers: %s: {path: ..., nodata: %s}"),
                                    tpk_subject_id(subject), mark);
    return tpk_tally_report_take(
        &tally, findings, "nodata_missing", TPK_GRAVITY_SERIOUS, found,
        _("the number would count as a value: abysses in an elevation, cliffs in a slope"), change, err);
}

static tpk_status nodata_missing(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    values v;
    tpk_tally tally = {0};
    tpk_status status = scan(subject, &v, err);
    int mark = status == TPK_OK && v.n > 0 ? find_mark(&v) : -1;
    if (mark >= 0) return report_mark(subject, &v, mark, findings, err);
    if (status != TPK_OK || v.n == 0 || v.n_none > 0 || !isnan(subject->raster->nodata)) return status;
    int filling = find_filling(&v);
    bool is_measured = false;
    if (filling == 0 && v.low == 0) status = runs_down_to_zero(subject, &v, &is_measured, err);
    if (status != TPK_OK || filling < 0 || is_measured) return status;
    char *found = tpk_finding_text(
        _("no nodata value is declared; %.0f %% of the pixels, also along the edge, hold %d"),
        100.0 * (double)v.bytes[filling] / (double)v.n, filling);
    char *change = tpk_finding_text(_("if %d means no data (the sea, outside the area), in the project file, "
                                      "under layers: %s: {path: ..., "
                                      "nodata: %d}"),
                                    filling, tpk_subject_id(subject), filling);
    return tpk_tally_report_take(
        &tally, findings, "nodata_missing", TPK_GRAVITY_REMARK, found,
        _("a number that fills the surroundings is rather 'nothing here' than a measured value; it would be "
          "rated like one"),
        change, err);
}

static tpk_status nodata_looks_valid(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_raster *raster = subject->raster;
    values v;
    tpk_tally tally = {0};
    if (!isfinite(raster->nodata) || raster->has_palette) return TPK_OK;
    tpk_status status = scan(subject, &v, err);
    double nodata = raster->nodata * raster->scale + raster->offset;
    if (status != TPK_OK || v.n_none == 0 || !(v.low < nodata && nodata < v.high)) return status;
    char value[32], low[32], high[32];
    tpk_text_from_number(nodata, value);
    char *found = tpk_finding_text(
        NG_("its nodata value, %s, lies among the values (%s to %s); %lld pixel (%.1f %%) holds it",
            "its nodata value, %s, lies among the values (%s to %s); %lld pixels (%.1f %%) hold it",
            v.n_none),
        value, tpk_text_from_number(v.low, low), tpk_text_from_number(v.high, high), (long long)v.n_none,
        100.0 * (double)v.n_none / (double)(v.n + v.n_none));
    char *change = tpk_finding_text(
        _("ask the office which pixels were measured; if %s is a value, in the project file, under layers: "
          "%s: {path: ..., nodata: -32768}"),
        value, tpk_subject_id(subject));
    return tpk_tally_report_take(
        &tally, findings, "nodata_looks_valid", TPK_GRAVITY_REPAIR, found,
        _("pixels with that true value, such as land at 0 m, are unknown now, and the score there too"),
        change, err);
}

const tpk_finding_kind TPK_FINDING_NODATA_MISSING = {
    .id = "nodata_missing",
    .summary = N_("pixels without data that are not declared so"),
    .for_rasters = true,
    .examine = nodata_missing,
};

const tpk_finding_kind TPK_FINDING_NODATA_LOOKS_VALID = {
    .id = "nodata_looks_valid",
    .summary = N_("a nodata value that lies among the values"),
    .for_rasters = true,
    .examine = nodata_looks_valid,
};
