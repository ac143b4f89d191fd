#include "api/study.h"

#include <math.h>
#include <string.h>

#include "api/reference.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "version.h"

_Static_assert((int)TPK_CLASS_UNKNOWN == (int)TPK_CELL_UNKNOWN && (int)TPK_CLASS_S1 == (int)TPK_CELL_S1,
               "the public classes are the cell classes");

static const size_t DEFAULT_MEMORY_BYTES = (size_t)1 << 30;
static const size_t LEAST_MEMORY_BYTES = (size_t)64 << 20;

const char *tpk_version(void)
{
    return TPK_VERSION;
}

/* ---- stopping ---- */

tpk_cancel *tpk_cancel_new(void)
{
    return tpk_zalloc(1, sizeof(tpk_cancel));
}

void tpk_cancel_free(tpk_cancel *cancel)
{
    tpk_free(cancel);
}

void tpk_cancel_request(tpk_cancel *cancel)
{
    atomic_store(&cancel->requested, 1);
}

/* ---- opening ---- */

tpk_status tpk_null_argument(const char *name, tpk_err *err)
{
    return tpk_err_set(err, TPK_ERR_ARGUMENT, _("argument '%s' is NULL; it must be given"), name);
}

void tpk_study_report(tpk_study *study)
{
    static const tpk_message_kind KINDS[] = {
        [TPK_NOTE] = TPK_MESSAGE_NOTE, [TPK_WARNING] = TPK_MESSAGE_WARNING, [TPK_ERROR] = TPK_MESSAGE_ERROR};
    for (; study->n_reported < study->diags.n; study->n_reported++) {
        const tpk_diag *diag = &study->diags.items[study->n_reported];
        if (!study->options.message) continue;
        char *line = tpk_diag_format(diag); /* without memory, the bare text is told */
        study->options.message(study->options.user, KINDS[diag->severity], line ? line : diag->text);
        tpk_free(line);
    }
}

static tpk_status check_options(const tpk_options *options, tpk_err *err)
{
    if (options->cell_m != 0 && (!(options->cell_m >= 0.01) || !isfinite(options->cell_m))) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("cell %g m: allowed is 0.01 m or more"), options->cell_m);
    }
    if (options->n_threads < 0 || options->n_threads > 1024) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("%d threads: allowed are 1 to 1024, or 0 for all cores"),
                           options->n_threads);
    }
    if (options->memory_bytes != 0 && options->memory_bytes < LEAST_MEMORY_BYTES) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("memory budget of %zu bytes: at least %zu MiB are needed"),
                           options->memory_bytes, LEAST_MEMORY_BYTES >> 20);
    }
    if (options->tile_side < 0 || options->tile_side > 8192 || options->tile_side % TPK_LEAF != 0) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("tile side %d: allowed are multiples of %d up to 8192, or 0"),
                           options->tile_side, TPK_LEAF);
    }
    return TPK_OK;
}

static tpk_status read_project(tpk_study *study, const char *path, tpk_err *err)
{
    const tpk_kind_spec *rows[TPK_MAX_KINDS];
    tpk_vocabulary vocabulary = tpk_full_vocabulary(rows);
    return tpk_project_read(path, &vocabulary, &study->project, &study->diags, err);
}

static tpk_status open_crs(tpk_study *study, tpk_crs **crs, tpk_err *err)
{
    const tpk_grid_spec *grid = &study->project->grid;
    tpk_status status = tpk_crs_new(study->worker, grid->crs, crs, err);
    if (status == TPK_OK && !tpk_crs_is_metric(*crs)) {
        status = tpk_err_set(err, TPK_ERR_PROJECT,
                             _("%s (%s) is not a projected system in metres; distances and areas need one, "
                               "for Kalimantan Selatan "
                               "EPSG:32750 (WGS 84 / UTM zone 50S)"),
                             grid->crs, tpk_crs_name(*crs));
    }
    if (status != TPK_OK) {
        tpk_crs_free(*crs);
        *crs = NULL;
        tpk_err_prefix(err, status, "%s:%d:%d", study->project->path, grid->crs_pos.line,
                       grid->crs_pos.column);
    }
    return status;
}

static tpk_status prepare(tpk_study *study, tpk_err *err)
{
    tpk_crs *crs = NULL;
    tpk_status status = open_crs(study, &crs, err);
    if (status != TPK_OK) return status;
    status =
        tpk_store_new(study->project, study->worker, crs, &study->control, &study->diags, &study->store, err);
    if (status != TPK_OK) {
        tpk_crs_free(crs);
        return status;
    }
    status = tpk_plan_new_take(study->project, study->options.cell_m, crs, study->store, study->worker,
                               &study->control, &study->diags, &study->plan, err);
    if (status != TPK_OK) return status;
    study->lonlat = tpk_crs_lonlat_box(study->plan->crs, tpk_grid_box(&study->plan->grid));
    return TPK_OK;
}

tpk_status tpk_study_open(const char *path, const tpk_options *options, tpk_study **out, tpk_err *err)
{
    if (!out) return tpk_null_argument("study", err);
    *out = NULL;
    if (!path) return tpk_null_argument("path", err);
    if (!*path) return tpk_err_set(err, TPK_ERR_ARGUMENT, "%s", _("the path of the project file is empty"));
    double start_s = tpk_now_seconds();
    tpk_options chosen = options ? *options : (tpk_options){0};
    tpk_status status = check_options(&chosen, err);
    if (status != TPK_OK) return status;
    if (chosen.memory_bytes == 0) chosen.memory_bytes = DEFAULT_MEMORY_BYTES;
    tpk_study *study = tpk_zalloc(1, sizeof *study);
    if (!study) return tpk_err_memory(err);
    study->options = chosen;
    study->control = (tpk_control){.progress = chosen.progress,
                                   .user = chosen.user,
                                   .cancel = chosen.cancel ? &chosen.cancel->requested : NULL};
    tpk_input_init(chosen.memory_bytes / 8);
    status = tpk_worker_new(&study->worker, err);
    if (status == TPK_OK) status = read_project(study, path, err);
    if (status == TPK_OK) status = prepare(study, err);
    tpk_study_report(study);
    if (status != TPK_OK) {
        tpk_study_close(study);
        return status;
    }
    study->times.load_s = tpk_now_seconds() - start_s;
    *out = study;
    return TPK_OK;
}

void tpk_zone_rows_free(tpk_zone_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tpk_free(rows[i].id);
        tpk_free(rows[i].name);
        tpk_free(rows[i].note);
        tpk_zone_stats_clear(&rows[i].stats);
    }
    tpk_free(rows);
}

void tpk_study_forget_run(tpk_study *study)
{
    tpk_zone_rows_free(study->zones, study->n_zones);
    for (size_t i = 0; i < study->n_regions; i++) {
        tpk_free(study->regions[i].id);
        tpk_free(study->regions[i].name);
    }
    for (size_t i = 0; i < study->n_files; i++) tpk_free(study->files[i]);
    tpk_free(study->regions);
    tpk_free(study->files);
    tpk_check_free(study->examination);
    study->zones = NULL;
    study->regions = NULL;
    study->files = NULL;
    study->examination = NULL;
    study->n_zones = study->n_regions = study->n_files = 0;
}

void tpk_study_close(tpk_study *study)
{
    if (!study) return;
    tpk_study_forget_run(study);
    tpk_view_free(study->view);
    tpk_plan_free(study->plan);
    tpk_store_free(study->store);
    tpk_project_free(study->project);
    tpk_diags_clear(&study->diags);
    tpk_worker_free(study->worker);
    tpk_free(study);
}

/* ---- asking ---- */

const char *tpk_study_title(const tpk_study *study)
{
    return study->project->title;
}

const char *tpk_study_language(const tpk_study *study)
{
    return study->project->language;
}

const char *tpk_study_crs(const tpk_study *study)
{
    const char *code = tpk_crs_code(study->plan->crs);
    return *code ? code : tpk_crs_wkt(study->plan->crs);
}

void tpk_study_grid(const tpk_study *study, double *x0_m, double *y0_m, double *cell_m, int32_t *n_rows,
                    int32_t *n_cols)
{
    const tpk_grid *grid = &study->plan->grid;
    if (x0_m) *x0_m = grid->x0;
    if (y0_m) *y0_m = grid->y0;
    if (cell_m) *cell_m = grid->cell;
    if (n_rows) *n_rows = grid->n_rows;
    if (n_cols) *n_cols = grid->n_cols;
}

size_t tpk_study_criterion_count(const tpk_study *study)
{
    return study->plan->n_criteria;
}

const char *tpk_study_criterion_id(const tpk_study *study, size_t index)
{
    return index < study->plan->n_criteria ? study->plan->criteria[index].spec->id : NULL;
}

const char *tpk_study_criterion_title(const tpk_study *study, size_t index)
{
    return index < study->plan->n_criteria ? study->plan->criteria[index].spec->title : NULL;
}

const char *tpk_study_criterion_unit(const tpk_study *study, size_t index)
{
    return index < study->plan->n_criteria ? tpk_source_unit(study->plan->criteria[index].source) : NULL;
}

double tpk_study_criterion_weight(const tpk_study *study, size_t index)
{
    return index < study->plan->n_criteria ? study->plan->criteria[index].weight : (double)NAN;
}

const char *tpk_study_criterion_category(const tpk_study *study, size_t index, size_t code)
{
    if (index >= study->plan->n_criteria) return NULL;
    size_t n;
    const char *const *names = tpk_source_categories(study->plan->criteria[index].source, &n);
    return code < n ? names[code] : NULL;
}

size_t tpk_study_constraint_count(const tpk_study *study)
{
    return study->plan->n_constraints;
}

const char *tpk_study_constraint_id(const tpk_study *study, size_t index)
{
    return index < study->plan->n_constraints ? study->plan->constraints[index].spec->id : NULL;
}

const char *tpk_study_constraint_source(const tpk_study *study, size_t index)
{
    return index < study->plan->n_constraints ? study->plan->constraints[index].spec->legal_source : NULL;
}

size_t tpk_study_zone_count(const tpk_study *study)
{
    return study->n_zones;
}

tpk_zone tpk_study_zone(const tpk_study *study, size_t index)
{
    if (index >= study->n_zones) return (tpk_zone){.id = "", .name = "", .limiting = "", .limiting_id = ""};
    const tpk_zone_row *row = &study->zones[index];
    const tpk_criterion_spec *limiting =
        row->stats.limiting < 0 ? NULL : study->plan->criteria[row->stats.limiting].spec;
    tpk_zone zone = {.id = row->id,
                     .name = row->name,
                     .rank = row->rank,
                     .area_ha = row->stats.area_ha,
                     .stated_area_ha = row->stated_area_ha,
                     .score_mean = row->stats.score_mean,
                     .limiting = limiting ? limiting->title : "",
                     .limiting_id = limiting ? limiting->id : ""};
    memcpy(zone.class_ha, row->stats.class_ha, sizeof zone.class_ha);
    return zone;
}

size_t tpk_study_region_count(const tpk_study *study)
{
    return study->n_regions;
}

tpk_region tpk_study_region(const tpk_study *study, size_t index)
{
    if (index >= study->n_regions) return (tpk_region){.id = "", .name = ""};
    const tpk_region_row *row = &study->regions[index];
    tpk_region region = {.id = row->id ? row->id : "",
                         .name = row->name,
                         .area_ha = row->stats.area_ha,
                         .score_mean = row->stats.score_mean};
    memcpy(region.class_ha, row->stats.class_ha, sizeof region.class_ha);
    return region;
}

const char *tpk_study_file(const tpk_study *study, size_t index)
{
    return index < study->n_files ? study->files[index] : NULL;
}

const tpk_check *tpk_study_examination(const tpk_study *study)
{
    return study->examination;
}

tpk_run_times tpk_study_run_times(const tpk_study *study)
{
    return study->times;
}
