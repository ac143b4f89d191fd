#include "engine/crew.h"

#include "base/i18n.h"

void tpk_crew_init(tpk_crew *crew, tpk_tiling tiling, const char *stage, const tpk_control *control)
{
    *crew = (tpk_crew){.tiling = tiling, .stage = stage, .control = control};
    omp_init_lock(&crew->lock);
}

void tpk_crew_clear(tpk_crew *crew)
{
    omp_destroy_lock(&crew->lock);
}

void tpk_crew_fail(tpk_crew *crew, int64_t tile, tpk_status status, const tpk_err *err)
{
    omp_set_lock(&crew->lock);
    if (crew->status == TPK_OK || tile < crew->failed_tile) {
        crew->status = status;
        crew->failed_tile = tile;
        crew->first_err = *err;
    }
    omp_unset_lock(&crew->lock);
    atomic_store(&crew->stop, true);
}

static void report_tile(tpk_crew *crew, tpk_window window)
{
    omp_set_lock(&crew->lock);
    crew->cells_done += (int64_t)window.n_rows * window.n_cols;
    tpk_progress(crew->control, crew->stage, crew->cells_done, tpk_grid_n_cells(&crew->tiling.grid),
                 _("cells"));
    omp_unset_lock(&crew->lock);
}

void tpk_crew_work(tpk_crew *crew, tpk_crew_task *task, void *user)
{
    int64_t n_tiles = tpk_tiling_count(&crew->tiling);
    while (!atomic_load_explicit(&crew->stop, memory_order_relaxed)) {
        int64_t tile = atomic_fetch_add(&crew->next_tile, 1);
        if (tile >= n_tiles) return;
        tpk_err err = {0};
        tpk_window window = tpk_tiling_window(&crew->tiling, tile);
        tpk_status status = tpk_cancelled(crew->control)
                                ? tpk_err_set(&err, TPK_ERR_CANCELLED, "%s", _("stopped on request"))
                                : task(user, window, &err);
        if (status != TPK_OK) {
            tpk_crew_fail(crew, tile, status, &err);
            return;
        }
        report_tile(crew, window);
    }
}

tpk_status tpk_crew_status(const tpk_crew *crew, tpk_err *err)
{
    return crew->status == TPK_OK ? TPK_OK : tpk_err_set(err, crew->status, "%s", crew->first_err.message);
}
