/* Points and windows of any CRS, through the same function of position as the map. */
#include <math.h>
#include <string.h>

#include "api/study.h"
#include "base/i18n.h"
#include "base/mem.h"

enum { BLOCK_SIDE = 128, BLOCK_POINTS = BLOCK_SIDE * BLOCK_SIDE };

/* What is kept between calls: an evaluator, the way from the CRS asked for last, and room for the results of
 * one block. */
struct tpk_room {
    tpk_evaluator *evaluator;
    char *crs;                /* owned; as the caller wrote it; NULL: the study's own */
    tpk_transform *transform; /* NULL: none is needed */
    float *score;
    uint8_t *cell_class, *limiting;
    uint32_t *reasons;
    double *xy, *x, *y;
    double **values, **memberships; /* n_criteria arrays each, in `scratch`; NULL until they are wanted */
    double *scratch;
};

void tpk_study_forget_room(tpk_study *study)
{
    tpk_room *r = study->room;
    study->room = NULL;
    if (!r) return;
    tpk_evaluator_free(r->evaluator);
    tpk_transform_free(r->transform);
    void *const blocks[] = {r->crs, r->score, r->cell_class, r->limiting,    r->reasons, r->xy,
                            r->x,   r->y,     r->values,     r->memberships, r->scratch, r};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
}

static bool allocate_results(tpk_room *r)
{
    r->score = tpk_alloc(BLOCK_POINTS, sizeof *r->score);
    r->cell_class = tpk_alloc(BLOCK_POINTS, 1);
    r->limiting = tpk_alloc(BLOCK_POINTS, 1);
    r->reasons = tpk_alloc(BLOCK_POINTS, sizeof *r->reasons);
    r->xy = tpk_alloc(2 * BLOCK_POINTS, sizeof *r->xy);
    r->x = tpk_alloc(BLOCK_POINTS, sizeof *r->x);
    r->y = tpk_alloc(BLOCK_POINTS, sizeof *r->y);
    return r->score && r->cell_class && r->limiting && r->reasons && r->xy && r->x && r->y;
}

static bool allocate_details(tpk_room *r, size_t n_criteria)
{
    r->values = tpk_alloc(n_criteria, sizeof *r->values);
    r->memberships = tpk_alloc(n_criteria, sizeof *r->memberships);
    r->scratch = tpk_alloc(2 * n_criteria * BLOCK_POINTS, sizeof *r->scratch);
    if (!r->values || !r->memberships || !r->scratch) return false;
    for (size_t k = 0; k < n_criteria; k++) {
        r->values[k] = r->scratch + 2 * k * BLOCK_POINTS;
        r->memberships[k] = r->scratch + (2 * k + 1) * BLOCK_POINTS;
    }
    return true;
}

static tpk_status open_room(tpk_study *study, tpk_err *err)
{
    study->room = tpk_zalloc(1, sizeof *study->room);
    if (!study->room || !allocate_results(study->room)) return tpk_err_memory(err);
    return tpk_evaluator_new(study->plan, BLOCK_POINTS, &study->room->evaluator, err);
}

/* The transformation from `text` to the study's CRS; *transform stays NULL when none is needed. */
static tpk_status find_way(const tpk_study *study, const char *text, tpk_transform **transform, tpk_err *err)
{
    tpk_crs *crs = NULL;
    tpk_status status = tpk_crs_new(study->worker, text, &crs, err);
    if (status == TPK_OK && !tpk_crs_is_same(crs, study->plan->crs)) {
        status = tpk_transform_new(study->worker, crs, study->plan->crs, study->lonlat, transform, err);
    }
    tpk_crs_free(crs);
    return status;
}

static tpk_status change_crs(const tpk_study *study, const char *text, tpk_err *err)
{
    tpk_room *r = study->room;
    tpk_transform_free(r->transform);
    tpk_free(r->crs);
    r->transform = NULL;
    r->crs = NULL;
    if (!text) return TPK_OK;
    r->crs = tpk_strdup(text);
    return r->crs ? find_way(study, text, &r->transform, err) : tpk_err_memory(err);
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static tpk_status ready_room(tpk_study *study, const char *crs, const tpk_results *results, tpk_err *err)
{
    tpk_status status = study->room ? TPK_OK : open_room(study, err);
    if (status != TPK_OK) return status;
    tpk_room *r = study->room;
    bool detailed = results->values || results->memberships;
    if (detailed && !r->scratch && !allocate_details(r, study->plan->n_criteria)) return tpk_err_memory(err);
    return is_same_text(r->crs, crs) ? TPK_OK : change_crs(study, crs, err);
}

/* The points in r->xy into the plan's CRS and apart; a point that cannot be transformed is NaN. */
static void place_points(tpk_room *r, size_t n)
{
    int64_t n_failed = 0;
    if (r->transform) tpk_transform_forward(r->transform, r->xy, (int64_t)n, &n_failed);
    for (size_t i = 0; i < n; i++) {
        bool fine = isfinite(r->xy[2 * i]) && isfinite(r->xy[2 * i + 1]);
        r->x[i] = fine ? r->xy[2 * i] : (double)NAN;
        r->y[i] = fine ? r->xy[2 * i + 1] : (double)NAN;
    }
}

/* A point that is nowhere is outside; so is one beyond the grid where no study area bounds the study. */
static void cut_outside(const tpk_study *study, tpk_room *r, size_t n)
{
    tpk_box box = study->plan->area ? (tpk_box){-HUGE_VAL, -HUGE_VAL, HUGE_VAL, HUGE_VAL}
                                    : tpk_grid_box(&study->plan->grid);
    for (size_t i = 0; i < n; i++) {
        if (r->x[i] >= box.x_min && r->x[i] < box.x_max && r->y[i] > box.y_min && r->y[i] <= box.y_max)
            continue;
        r->score[i] = NAN;
        r->cell_class[i] = TPK_CELL_OUTSIDE;
        r->reasons[i] = 0;
        r->limiting[i] = TPK_LIMITING_NOT_SCORED;
    }
}

/* Where a block's row r lies in the caller's arrays: `first + r * stride`. */
typedef struct target {
    size_t first, stride, total;
} target;

static void copy_rows(const tpk_room *r, int32_t n_rows, int32_t n_cols, target t, size_t n_criteria,
                      const tpk_results *results)
{
    size_t n = (size_t)n_cols;
    for (int32_t row = 0; row < n_rows; row++) {
        size_t to = t.first + (size_t)row * t.stride, from = (size_t)row * n;
        if (results->score) memcpy(results->score + to, r->score + from, n * sizeof *r->score);
        if (results->point_class) memcpy(results->point_class + to, r->cell_class + from, n);
        if (results->reasons) memcpy(results->reasons + to, r->reasons + from, n * sizeof *r->reasons);
        if (results->limiting) memcpy(results->limiting + to, r->limiting + from, n);
        for (size_t k = 0; k < n_criteria; k++) {
            size_t to_k = k * t.total + to;
            if (results->values) memcpy(results->values + to_k, r->values[k] + from, n * sizeof(double));
            if (results->memberships)
                memcpy(results->memberships + to_k, r->memberships[k] + from, n * sizeof(double));
        }
    }
}

/* Evaluates the n_rows x n_cols points in r->xy. */
static tpk_status evaluate_block(tpk_study *study, int32_t n_rows, int32_t n_cols, target t,
                                 const tpk_results *results, tpk_err *err)
{
    tpk_room *r = study->room;
    bool detailed = results->values || results->memberships;
    size_t n = (size_t)n_rows * (size_t)n_cols;
    if (tpk_cancelled(&study->control))
        return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped on request"));
    place_points(r, n);
    tpk_block block = {
        .n_rows = n_rows, .n_cols = n_cols, .x = r->x, .y = r->y, .cell_m = study->plan->cell_m};
    tpk_evaluation out = {.score = r->score,
                          .cell_class = r->cell_class,
                          .reasons = r->reasons,
                          .limiting = r->limiting,
                          .values = detailed ? r->values : NULL,
                          .membership = detailed ? r->memberships : NULL};
    tpk_status status = tpk_evaluate(r->evaluator, &block, &out, err);
    if (status != TPK_OK) return status;
    cut_outside(study, r, n);
    copy_rows(r, n_rows, n_cols, t, study->plan->n_criteria, results);
    return TPK_OK;
}

static tpk_status check_pointers(const tpk_study *study, const tpk_results *results, tpk_err *err)
{
    if (!study) return tpk_null_argument("study", err);
    return results ? TPK_OK : tpk_null_argument("results", err);
}

/* After a failure nothing is kept: what a source was in the middle of is no ground to go on from. */
static tpk_status keep_room(tpk_study *study, tpk_status status)
{
    if (status != TPK_OK) tpk_study_forget_room(study);
    return status;
}

tpk_status tpk_study_evaluate_points(tpk_study *study, const char *crs, const double *xy, size_t n,
                                     const tpk_results *results, tpk_err *err)
{
    tpk_status status = check_pointers(study, results, err);
    if (status != TPK_OK) return status;
    if (!xy && n > 0) return tpk_null_argument("xy", err);
    status = ready_room(study, crs, results, err);
    for (size_t first = 0; first < n && status == TPK_OK; first += BLOCK_POINTS) {
        size_t count = n - first < BLOCK_POINTS ? n - first : BLOCK_POINTS;
        memcpy(study->room->xy, xy + 2 * first, 2 * count * sizeof *xy);
        status = evaluate_block(study, 1, (int32_t)count, (target){first, count, n}, results, err);
    }
    return keep_room(study, status);
}

static tpk_status evaluate_window(tpk_study *study, const double origin[2], const double step[2],
                                  int32_t n_rows, int32_t n_cols, const tpk_results *results, tpk_err *err)
{
    size_t total = (size_t)n_rows * (size_t)n_cols;
    double *xy = study->room->xy;
    for (int32_t row0 = 0; row0 < n_rows; row0 += BLOCK_SIDE) {
        for (int32_t col0 = 0; col0 < n_cols; col0 += BLOCK_SIDE) {
            int32_t rows = n_rows - row0 < BLOCK_SIDE ? n_rows - row0 : BLOCK_SIDE;
            int32_t cols = n_cols - col0 < BLOCK_SIDE ? n_cols - col0 : BLOCK_SIDE;
            for (int32_t i = 0; i < rows * cols; i++) {
                xy[2 * i] = origin[0] + ((double)col0 + i % cols + 0.5) * step[0];
                xy[2 * i + 1] = origin[1] - ((double)row0 + i / cols + 0.5) * step[1];
            }
            target t = {(size_t)row0 * (size_t)n_cols + (size_t)col0, (size_t)n_cols, total};
            tpk_status status = evaluate_block(study, rows, cols, t, results, err);
            if (status != TPK_OK) return status;
        }
    }
    return TPK_OK;
}

tpk_status tpk_study_evaluate_window(tpk_study *study, const char *crs, double x0, double y0, double dx,
                                     double dy, int32_t n_rows, int32_t n_cols, const tpk_results *results,
                                     tpk_err *err)
{
    tpk_status status = check_pointers(study, results, err);
    if (status != TPK_OK) return status;
    if (!(dx > 0) || !(dy > 0) || !isfinite(x0) || !isfinite(y0) || !isfinite(dx) || !isfinite(dy) ||
        n_rows < 1 || n_cols < 1) {
        return tpk_err_set(
            err, TPK_ERR_ARGUMENT,
            _("window of %d x %d pixels of %g x %g at (%g, %g): sizes must be positive and finite"), n_rows,
            n_cols, dx, dy, x0, y0);
    }
    status = ready_room(study, crs, results, err);
    if (status == TPK_OK)
        status =
            evaluate_window(study, (double[2]){x0, y0}, (double[2]){dx, dy}, n_rows, n_cols, results, err);
    return keep_room(study, status);
}
