#include "output/run_record.h"

#include <math.h>
#include <sys/stat.h>
#include <time.h>

#include "base/mem.h"
#include "geo/libraries.h"
#include "output/file.h"
#include "output/json.h"
#include "output/gdal_version.h"
#include "version.h"

/* jansson refuses NULL members and non-finite numbers; both are null here. */
static json_t *text(const char *value)
{
    return value ? json_string(value) : json_null();
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *integer(int64_t value)
{
    return json_integer(value);
}

/* ---- inputs ---- */

static json_t *file_facts(const char *path, tpk_err *err)
{
    char hex[65];
    struct stat facts;
    if (tpk_file_sha256(path, hex, err) != TPK_OK) return NULL;
    return json_pack("{s:s, s:I, s:s}", "path", path, "bytes", (json_int_t)(stat(path, &facts) == 0 ? facts.st_size : 0), "sha256", hex);
}

static json_t *layer_files(const tpk_layer_spec *spec, tpk_err *err)
{
    char **paths = NULL;
    size_t n = 0;
    json_t *list = json_array();
    if (tpk_layer_files(spec, &paths, &n, err) != TPK_OK) n = 0;
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, file_facts(paths[i], err));
        tpk_free(paths[i]);
    }
    tpk_free(paths);
    return list;
}

static json_t *vector_facts(const tpk_layer *layer)
{
    json_t *o = json_object();
    json_object_set_new(o, "driver", text(layer->driver));
    json_object_set_new(o, "encoding", text(layer->encoding));
    json_object_set_new(o, "crs", json_pack("{s:o, s:o, s:o}", "name", text(layer->crs_name), "code", text(layer->crs_code), "from", text(layer->crs_origin)));
    json_object_set_new(o, "transformation", text(layer->operation));
    json_object_set_new(o, "transformation_accuracy_m", number(layer->accuracy_m < 0 ? (double)NAN : layer->accuracy_m));
    json_object_set_new(o, "records", integer(layer->n_read));
    json_object_set_new(o, "features", integer(layer->n_features));
    json_object_set_new(o, "filtered_out", integer(layer->n_filtered));
    json_object_set_new(o, "without_geometry", integer(layer->n_null_geometry));
    json_object_set_new(o, "repaired", integer(layer->n_repaired));
    json_object_set_new(o, "unusable", integer(layer->n_unusable));
    json_object_set_new(o, "z_dropped", integer(layer->n_z));
    json_object_set_new(o, "m_dropped", integer(layer->n_m));
    json_object_set_new(o, "index_rebuilt", json_boolean(layer->shx_rebuilt));
    return o;
}

static json_t *raster_facts(const tpk_raster *raster)
{
    json_t *o = json_object();
    json_object_set_new(o, "crs", json_pack("{s:o, s:o, s:o}", "name", text(tpk_crs_name(raster->crs)), "code", text(tpk_crs_code(raster->crs)),
                                            "from", text(raster->crs_origin)));
    json_object_set_new(o, "rows", integer(raster->n_rows));
    json_object_set_new(o, "cols", integer(raster->n_cols));
    json_object_set_new(o, "band", integer(raster->band));
    json_object_set_new(o, "data_type", text(raster->data_type));
    json_object_set_new(o, "nodata", number(raster->nodata));
    json_object_set_new(o, "pixel", json_pack("[o, o]", number(raster->geotransform[1]), number(raster->geotransform[5])));
    return o;
}

typedef struct layer_list {
    json_t *list;
    tpk_err *err;
} layer_list;

static void add_layer(void *user, const tpk_layer_spec *spec, const tpk_layer *layer, const tpk_raster *raster)
{
    layer_list *to = user;
    json_t *o = layer ? vector_facts(layer) : raster_facts(raster);
    json_object_set_new(o, "id", text(spec->id));
    json_object_set_new(o, "path", text(spec->written));
    json_object_set_new(o, "where", text(spec->where));
    json_object_set_new(o, "files", layer_files(spec, to->err));
    json_array_append_new(to->list, o);
}

/* ---- parameters ---- */

static json_t *points_of(const tpk_param *param)
{
    json_t *list = json_array();
    for (size_t i = 0; i < param->n_points; i++) {
        json_array_append_new(list, json_pack("[o, o]", number(param->points[2 * i]), number(param->points[2 * i + 1])));
    }
    return list;
}

static json_t *classes_of(const tpk_param *param)
{
    json_t *o = json_object();
    for (size_t i = 0; i < param->n_classes; i++) json_object_set_new(o, param->classes[i].key, number(param->classes[i].membership));
    return o;
}

static json_t *param_value(const tpk_param *param)
{
    switch (param->spec->type) {
    case TPK_PARAM_NUMBER: return number(param->number);
    case TPK_PARAM_BOOL: return json_boolean(param->flag);
    case TPK_PARAM_POINTS: return points_of(param);
    case TPK_PARAM_CLASSES: return classes_of(param);
    default: return text(param->text);
    }
}

static json_t *params_of(const tpk_params *params)
{
    json_t *o = json_object();
    json_object_set_new(o, "kind", text(params->kind->name));
    for (size_t i = 0; i < params->kind->n_params; i++) {
        json_object_set_new(o, params->kind->params[i].name, param_value(&params->items[i]));
    }
    return o;
}

static json_t *unknown_of(tpk_unknown_policy policy, double membership)
{
    static const char *const NAMES[] = {[TPK_UNKNOWN_EXCLUDE] = "exclude", [TPK_UNKNOWN_WORST] = "worst", [TPK_UNKNOWN_SHARE] = "share"};
    return policy == TPK_UNKNOWN_VALUE ? number(membership) : text(NAMES[policy]);
}

static json_t *criteria_of(const tpk_plan *plan)
{
    json_t *list = json_array();
    for (size_t k = 0; k < plan->n_criteria; k++) {
        const tpk_plan_criterion *criterion = &plan->criteria[k];
        json_t *o = json_object();
        json_object_set_new(o, "id", text(criterion->spec->id));
        json_object_set_new(o, "title", text(criterion->spec->title));
        json_object_set_new(o, "from", params_of(&criterion->spec->source));
        json_object_set_new(o, "unit", text(tpk_source_unit(criterion->source)));
        json_object_set_new(o, "curve", params_of(&criterion->spec->curve));
        json_object_set_new(o, "weight", number(criterion->weight));
        json_object_set_new(o, "unknown", unknown_of(criterion->spec->unknown, criterion->spec->unknown_membership));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *constraint_of(const tpk_plan *plan, size_t k)
{
    static const char *const TESTS[] = {"above", "below", "inside", "outside", "equals", "nearer", "farther"};
    static const char *const UNKNOWN[] = {[TPK_UNKNOWN_EXCLUDE] = "unknown", [TPK_UNKNOWN_VALUE] = "pass", [TPK_UNKNOWN_WORST] = "exclude"};
    const tpk_constraint_spec *spec = plan->constraints[k].spec;
    json_t *o = json_object();
    json_object_set_new(o, "id", text(spec->id));
    json_object_set_new(o, "title", text(spec->title));
    json_object_set_new(o, "bit", integer((int64_t)k));
    json_object_set_new(o, "legal_source", text(spec->legal_source));
    json_object_set_new(o, "from", spec->criterion >= 0 ? text(plan->criteria[spec->criterion].spec->id) : params_of(&spec->source));
    json_object_set_new(o, "test", text(TESTS[spec->test]));
    if (spec->test == TPK_TEST_EQUALS) {
        json_t *values = json_array();
        for (size_t i = 0; i < spec->n_equals; i++) json_array_append_new(values, text(spec->equals[i]));
        json_object_set_new(o, "values", values);
    } else if (spec->test != TPK_TEST_INSIDE && spec->test != TPK_TEST_OUTSIDE) {
        json_object_set_new(o, "limit", number(spec->limit));
    }
    json_object_set_new(o, "unknown", text(UNKNOWN[spec->unknown]));
    return o;
}

static json_t *constraints_of(const tpk_plan *plan)
{
    json_t *list = json_array();
    for (size_t k = 0; k < plan->n_constraints; k++) json_array_append_new(list, constraint_of(plan, k));
    return list;
}

/* ---- the run ---- */

static json_t *findings_of(const tpk_diags *diags)
{
    json_t *list = json_array();
    for (size_t i = 0; i < diags->n; i++) {
        char *line = tpk_diag_format(&diags->items[i]);
        json_array_append_new(list, text(line));
        tpk_free(line);
    }
    return list;
}

static json_t *rasters_of(const tpk_run_record *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < record->n_rasters; i++) {
        const tpk_raster_stats *s = record->rasters[i].stats;
        if (!s) continue;
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "file", record->rasters[i].name, "min", number(s->min), "max", number(s->max),
                                              "mean", number(s->mean), "stddev", number(s->stddev), "valid_pct", number(s->valid_pct)));
    }
    return list;
}

static json_t *grid_of(const tpk_plan *plan)
{
    const tpk_grid *grid = &plan->grid;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "crs", text(tpk_crs_code(plan->crs)), "crs_name", text(tpk_crs_name(plan->crs)), "cell_m",
                     number(grid->cell), "x0_m", number(grid->x0), "y0_m", number(grid->y0), "rows", integer(grid->n_rows), "cols",
                     integer(grid->n_cols));
}

static json_t *project_of(const tpk_project *project, tpk_err *err)
{
    json_t *o = file_facts(project->path, err);
    json_object_set_new(o, "title", text(project->title));
    json_object_set_new(o, "note", text(project->note));
    json_object_set_new(o, "language", text(project->language));
    json_object_set_new(o, "text", text(project->text));
    return o;
}

static json_t *libraries(void)
{
    return json_pack("{s:s, s:s, s:s}", "gdal", tpk_gdal_version(), "proj", tpk_proj_version(), "geos", tpk_geos_version());
}

static json_t *timings_of(const tpk_run_record *record)
{
    char finished[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(finished, sizeof finished, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "finished_utc", finished, "load_s", number(record->load_s), "compute_s",
                     number(record->compute_s), "finish_s", number(record->finish_s), "threads", integer(record->facts->n_threads), "tile_side",
                     integer(record->facts->tile_side), "busy_thread_s", number(record->facts->busy_seconds), "writing_thread_s",
                     number(record->facts->sink_seconds), "scratch_bytes", integer((int64_t)record->facts->scratch_bytes));
}

tpk_status tpk_run_record_write(const tpk_run_record *record, const char *path, tpk_err *err)
{
    const tpk_project *project = record->plan->project;
    tpk_err failure = {TPK_OK, ""};
    layer_list layers = {json_array(), &failure};
    tpk_store_each(record->store, add_layer, &layers);
    json_t *o = json_object();
    int bad = json_object_set_new(o, "tapak", text(TPK_VERSION));
    bad |= json_object_set_new(o, "project", project_of(project, &failure));
    bad |= json_object_set_new(o, "grid", grid_of(record->plan));
    bad |= json_object_set_new(o, "layers", layers.list);
    bad |= json_object_set_new(o, "criteria", criteria_of(record->plan));
    bad |= json_object_set_new(o, "constraints", constraints_of(record->plan));
    bad |= json_object_set_new(o, "combine", text(project->combine));
    bad |= json_object_set_new(o, "classes", json_pack("{s:o, s:o, s:o}", "S1", number(project->classes.s1), "S2", number(project->classes.s2), "S3",
                                                       number(project->classes.s3)));
    bad |= json_object_set_new(o, "rasters", rasters_of(record));
    bad |= json_object_set_new(o, "findings", findings_of(record->diags));
    bad |= json_object_set_new(o, "timings", timings_of(record));
    bad |= json_object_set_new(o, "libraries", libraries());
    tpk_status status = TPK_OK;
    if (failure.code != TPK_OK) status = tpk_err_set(err, failure.code, "%s", failure.message);
    else if (bad) status = tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_json_write_temporary(path, o, err);
    if (status == TPK_OK) status = tpk_file_publish(path, err);
    json_decref(o);
    return status;
}
