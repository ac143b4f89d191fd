#include "api/reference.h"

#include "base/i18n.h"
#include "criteria/source.h"
#include "decision/curve.h"
#include "input/layer.h"
#include "input/path.h"
#include "project/reference.h"

static tpk_status check_grid_crs(const char *text, tpk_err *err)
{
    tpk_worker *worker = NULL;
    tpk_crs *crs = NULL;
    tpk_status status = tpk_worker_new(&worker, err);
    if (status == TPK_OK) status = tpk_crs_new(worker, text, &crs, err);
    if (status == TPK_OK && !tpk_crs_is_metric(crs)) {
        status = tpk_err_set(err, TPK_ERR_PROJECT,
                             _("%s (%s) is not a projected system in metres; distances and areas need one, "
                               "for Kalimantan Selatan "
                               "EPSG:32750 (WGS 84 / UTM zone 50S)"),
                             text, tpk_crs_name(crs));
    }
    tpk_crs_free(crs);
    tpk_worker_free(worker);
    return status;
}

tpk_vocabulary tpk_full_vocabulary(const tpk_kind_spec *rows[TPK_MAX_KINDS])
{
    for (size_t i = 0; i < TPK_N_SOURCE_KINDS && i < TPK_MAX_KINDS; i++) rows[i] = &TPK_SOURCE_KINDS[i]->spec;
    return (tpk_vocabulary){.sources = rows,
                            .n_sources = TPK_N_SOURCE_KINDS,
                            .curves = TPK_CURVE_SPECS,
                            .n_curves = TPK_N_CURVE_SPECS,
                            .peek = tpk_layer_peek,
                            .is_member = tpk_path_is_member,
                            .check_where = tpk_layer_check_where,
                            .check_layer_crs = tpk_layer_check_crs,
                            .check_grid_crs = check_grid_crs};
}

tpk_status tpk_project_reference(char **markdown, tpk_err *err)
{
    const tpk_kind_spec *rows[TPK_MAX_KINDS];
    tpk_vocabulary vocabulary = tpk_full_vocabulary(rows);
    return tpk_reference_markdown(&vocabulary, markdown, err);
}
