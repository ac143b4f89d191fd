/* A study's own view, which the evaluating functions keep between calls. */
#include "api/view.h"

static tpk_status use_view(tpk_study *study, const char *crs, tpk_err *err)
{
    if (!study) return tpk_null_argument("study", err);
    return study->view ? tpk_view_set_crs(study->view, crs, err)
                       : tpk_view_new(study, crs, NULL, &study->view, err);
}

/* A call that failed leaves nothing behind. */
static tpk_status keep_view(tpk_study *study, tpk_status status)
{
    if (study && status != TPK_OK) {
        tpk_view_free(study->view);
        study->view = NULL;
    }
    return status;
}

tpk_status tpk_study_evaluate_points(tpk_study *study, const char *crs, const double *xy, size_t n,
                                     const tpk_results *results, tpk_err *err)
{
    tpk_status status = use_view(study, crs, err);
    if (status == TPK_OK) status = tpk_view_points(study->view, xy, n, results, err);
    return keep_view(study, status);
}

tpk_status tpk_study_evaluate_window(tpk_study *study, const char *crs, double x0, double y0, double dx,
                                     double dy, int32_t n_rows, int32_t n_cols, const tpk_results *results,
                                     tpk_err *err)
{
    tpk_status status = use_view(study, crs, err);
    if (status == TPK_OK) status = tpk_view_window(study->view, x0, y0, dx, dy, n_rows, n_cols, results, err);
    return keep_view(study, status);
}
