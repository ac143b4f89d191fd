/* Points and windows of any CRS, through the same function of position as the map. */
#include <math.h>
#include <string.h>

#include "api/study.h"
#include "base/i18n.h"
#include "base/mem.h"

enum { BLOCK_SIDE = 128, BLOCK_POINTS = BLOCK_SIDE * BLOCK_SIDE };

/* Room for the results of one block. */
typedef struct room {
    tpk_evaluator *evaluator;
    tpk_crs *crs;
    tpk_transform *transform;
    float *score;
    uint8_t *cell_class, *limiting;
    uint32_t *reasons;
    double *xy, *x, *y;
    double **values, **memberships; /* n_criteria arrays each, in `scratch` */
    double *scratch;
} room;

static void room_clear(room *r)
{
    tpk_evaluator_free(r->evaluator);
    tpk_transform_free(r->transform);
    tpk_crs_free(r->crs);
    void *const blocks[] = {r->score, r->cell_class, r->limiting, r->reasons, r->xy, r->x, r->y, r->values, r->memberships, r->scratch};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
}

static bool room_allocate(room *r, size_t n_criteria, bool detailed)
{
    r->score = tpk_alloc(BLOCK_POINTS, sizeof *r->score);
    r->cell_class = tpk_alloc(BLOCK_POINTS, 1);
    r->limiting = tpk_alloc(BLOCK_POINTS, 1);
    r->reasons = tpk_alloc(BLOCK_POINTS, sizeof *r->reasons);
    r->xy = tpk_alloc(2 * BLOCK_POINTS, sizeof *r->xy);
    r->x = tpk_alloc(BLOCK_POINTS, sizeof *r->x);
    r->y = tpk_alloc(BLOCK_POINTS, sizeof *r->y);
    if (!r->score || !r->cell_class || !r->limiting || !r->reasons || !r->xy || !r->x || !r->y) return false;
    if (!detailed) return true;
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

static tpk_status room_init(room *r, const tpk_study *study, const char *crs, bool detailed, tpk_err *err)
{
    if (!room_allocate(r, study->plan->n_criteria, detailed)) return tpk_err_memory(err);
    tpk_status status = tpk_evaluator_new(study->plan, BLOCK_POINTS, &r->evaluator, err);
    if (status != TPK_OK || !crs) return status;
    status = tpk_crs_new(study->worker, crs, &r->crs, err);
    if (status != TPK_OK || tpk_crs_is_same(r->crs, study->plan->crs)) return status;
    return tpk_transform_new(study->worker, r->crs, study->plan->crs, TPK_BOX_EMPTY, &r->transform, err);
}

/* The points in r->xy into the plan's CRS and apart; a point that cannot be transformed goes where no study area is. */
static void place_points(room *r, size_t n)
{
    int64_t n_failed = 0;
    if (r->transform) tpk_transform_forward(r->transform, r->xy, (int64_t)n, &n_failed);
    for (size_t i = 0; i < n; i++) {
        bool fine = isfinite(r->xy[2 * i]) && isfinite(r->xy[2 * i + 1]);
        r->x[i] = fine ? r->xy[2 * i] : 1e15;
        r->y[i] = fine ? r->xy[2 * i + 1] : 1e15;
    }
}

/* Without a study area nothing but the grid bounds the study. */
static void cut_to_grid(const tpk_study *study, room *r, size_t n)
{
    if (study->plan->area) return;
    tpk_box box = tpk_grid_box(&study->plan->grid);
    for (size_t i = 0; i < n; i++) {
        if (r->x[i] >= box.x_min && r->x[i] < box.x_max && r->y[i] > box.y_min && r->y[i] <= box.y_max) continue;
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

static void copy_rows(const room *r, int32_t n_rows, int32_t n_cols, target t, size_t n_criteria, const tpk_results *results)
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
            if (results->memberships) memcpy(results->memberships + to_k, r->memberships[k] + from, n * sizeof(double));
        }
    }
}

/* Evaluates the n_rows x n_cols points in r->xy. */
static tpk_status evaluate_block(tpk_study *study, room *r, int32_t n_rows, int32_t n_cols, target t, const tpk_results *results,
                                 tpk_err *err)
{
    size_t n = (size_t)n_rows * (size_t)n_cols;
    if (tpk_cancelled(&study->control)) return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped on request"));
    place_points(r, n);
    tpk_block block = {.n_rows = n_rows, .n_cols = n_cols, .x = r->x, .y = r->y, .cell_m = study->plan->cell_m};
    tpk_evaluation out = {.score = r->score,
                          .cell_class = r->cell_class,
                          .reasons = r->reasons,
                          .limiting = r->limiting,
                          .values = r->values,
                          .membership = r->memberships};
    tpk_status status = tpk_evaluate(r->evaluator, &block, &out, err);
    if (status != TPK_OK) return status;
    cut_to_grid(study, r, n);
    copy_rows(r, n_rows, n_cols, t, study->plan->n_criteria, results);
    return TPK_OK;
}

tpk_status tpk_study_evaluate_points(tpk_study *study, const char *crs, const double *xy, size_t n, const tpk_results *results,
                                     tpk_err *err)
{
    room r = {0};
    tpk_status status = room_init(&r, study, crs, results->values || results->memberships, err);
    for (size_t first = 0; first < n && status == TPK_OK; first += BLOCK_POINTS) {
        size_t count = n - first < BLOCK_POINTS ? n - first : BLOCK_POINTS;
        memcpy(r.xy, xy + 2 * first, 2 * count * sizeof *xy);
        status = evaluate_block(study, &r, 1, (int32_t)count, (target){first, count, n}, results, err);
    }
    room_clear(&r);
    return status;
}

static tpk_status evaluate_window(tpk_study *study, room *r, const double origin[2], const double step[2], int32_t n_rows, int32_t n_cols,
                                  const tpk_results *results, tpk_err *err)
{
    size_t total = (size_t)n_rows * (size_t)n_cols;
    for (int32_t row0 = 0; row0 < n_rows; row0 += BLOCK_SIDE) {
        for (int32_t col0 = 0; col0 < n_cols; col0 += BLOCK_SIDE) {
            int32_t rows = n_rows - row0 < BLOCK_SIDE ? n_rows - row0 : BLOCK_SIDE;
            int32_t cols = n_cols - col0 < BLOCK_SIDE ? n_cols - col0 : BLOCK_SIDE;
            for (int32_t i = 0; i < rows * cols; i++) {
                r->xy[2 * i] = origin[0] + ((double)col0 + i % cols + 0.5) * step[0];
                r->xy[2 * i + 1] = origin[1] - ((double)row0 + i / cols + 0.5) * step[1];
            }
            target t = {(size_t)row0 * (size_t)n_cols + (size_t)col0, (size_t)n_cols, total};
            tpk_status status = evaluate_block(study, r, rows, cols, t, results, err);
            if (status != TPK_OK) return status;
        }
    }
    return TPK_OK;
}

tpk_status tpk_study_evaluate_window(tpk_study *study, const char *crs, double x0, double y0, double dx, double dy, int32_t n_rows,
                                     int32_t n_cols, const tpk_results *results, tpk_err *err)
{
    if (!(dx > 0) || !(dy > 0) || !isfinite(x0) || !isfinite(y0) || !isfinite(dx) || !isfinite(dy) || n_rows < 1 || n_cols < 1) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("window of %d x %d pixels of %g x %g at (%g, %g): sizes must be positive and finite"),
                           n_rows, n_cols, dx, dy, x0, y0);
    }
    room r = {0};
    tpk_status status = room_init(&r, study, crs, results->values || results->memberships, err);
    if (status == TPK_OK) {
        status = evaluate_window(study, &r, (double[2]){x0, y0}, (double[2]){dx, dy}, n_rows, n_cols, results, err);
    }
    room_clear(&r);
    return status;
}
