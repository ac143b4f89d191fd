#include "api/zones_view.h"

#include "api/view.h"
#include "base/mem.h"

static tpk_status measure(tpk_view *view, const tpk_zone_shapes *shapes, const tpk_control *control,
                          tpk_zone_row *rows, tpk_err *err)
{
    tpk_zone_stats *stats = tpk_zalloc(shapes->n, sizeof *stats);
    if (!stats) return tpk_err_memory(err);
    tpk_status status = tpk_view_measure_zones(view, shapes, control, stats, err);
    if (status == TPK_OK)
        status = tpk_zone_rows_fill(shapes, stats, rows, err);
    else
        for (size_t zone = 0; zone < shapes->n; zone++) tpk_zone_stats_clear(&stats[zone]);
    tpk_free(stats);
    return status;
}

static tpk_status write_rows(const tpk_study *study, const tpk_zone_row *rows, const tpk_zone_shapes *shapes,
                             char **text, tpk_err *err)
{
    tpk_geojson *geojson = NULL;
    tpk_status status =
        tpk_geojson_open(NULL, study->project->title, study->project->note, study->plan->crs, &geojson, err);
    if (status == TPK_OK) status = tpk_zone_rows_write(study, rows, shapes, NULL, geojson, err);
    if (status == TPK_OK) return tpk_geojson_take_text(geojson, text, err);
    tpk_geojson_abort(geojson);
    return status;
}

tpk_status tpk_view_zones_geojson(tpk_view *view, const tpk_control *control, char **text, tpk_err *err)
{
    const tpk_study *study = tpk_view_study(view);
    tpk_zone_shapes shapes = {0};
    tpk_zone_row *rows = NULL;
    *text = NULL;
    tpk_status status = tpk_zone_shapes_read(study, &shapes, err);
    if (status == TPK_OK) {
        rows = tpk_zalloc(shapes.n, sizeof *rows);
        status = rows ? TPK_OK : tpk_err_memory(err);
    }
    if (status == TPK_OK && shapes.n > 0) status = measure(view, &shapes, control, rows, err);
    if (status == TPK_OK) status = write_rows(study, rows, &shapes, text, err);
    tpk_zone_rows_free(rows, rows ? shapes.n : 0);
    tpk_zone_shapes_clear(&shapes);
    return status;
}
