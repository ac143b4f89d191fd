#include "output/run_record.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "geo/libraries.h"
#include "output/check_json.h"
#include "output/file.h"
#include "output/gdal_version.h"
#include "output/json.h"
#include "version.h"

/* A document being put together. What fails is remembered, and told once at the end. */
typedef struct document {
    const tpk_run_record *record;
    bool no_memory;
    tpk_err err; /* the first failure of something else than building */
} document;

/* ---- values; NULL when memory is exhausted ---- */

/* The length of the UTF-8 sequence at the start of `at`; 0 when there is none. */
static size_t utf8_length(const char *at)
{
    for (size_t n = 1; n <= 4; n++) {
        if (tpk_text_is_utf8(at, n)) return n;
        if (!at[n]) return 0;
    }
    return 0;
}

/* Names of files are bytes. Those that are no text stay visible: "caf\xE9.shp". */
static json_t *escaped(const char *value)
{
    tpk_text safe = {0};
    char *out;
    for (const char *at = value; *at;) {
        size_t n = utf8_length(at);
        if (n > 0)
            tpk_text_add_bytes(&safe, at, n);
        else
            tpk_text_addf(&safe, "\\x%02X", (unsigned)(unsigned char)*at);
        at += n > 0 ? n : 1;
    }
    if (tpk_text_take(&safe, &out, NULL) != TPK_OK) return NULL;
    json_t *string = json_string(out);
    tpk_free(out);
    return string;
}

/* jansson refuses NULL members and non-finite numbers; both are null here. */
static json_t *text(const char *value)
{
    if (!value) return json_null();
    return tpk_text_is_utf8(value, strlen(value)) ? json_string(value) : escaped(value);
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *integer(int64_t value)
{
    return json_integer(value);
}

/* Ownership of value passes; NULL: it could not be made. */
static void put(document *d, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0) d->no_memory = true;
}

static void append(document *d, json_t *list, json_t *value)
{
    if (json_array_append_new(list, value) != 0) d->no_memory = true;
}

static json_t *texts(document *d, char *const *values, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) append(d, list, text(values[i]));
    return list;
}

/* ---- inputs ---- */

static void put_file_facts(document *d, json_t *o, const char *path)
{
    char hex[65] = "", modified[64];
    struct stat facts;
    bool is_there =
        stat(path, &facts) == 0; /* before its bytes: a change among them is newer than the time */
    if (d->err.code == TPK_OK && tpk_file_sha256(path, d->record->control, hex, &d->err) != TPK_OK)
        hex[0] = '\0';
    put(d, o, "path", text(path));
    if (is_there) tpk_file_modified(&facts, modified);
    put(d, o, "bytes", integer(is_there ? facts.st_size : 0));
    put(d, o, "modified_utc", text(is_there ? modified : NULL));
    put(d, o, "sha256", text(hex));
}

/* Of the text that was read; the time of a file that was edited since is not its own. */
static void put_project_facts(document *d, json_t *o, const tpk_project *project)
{
    char hex[65] = "", modified[64];
    size_t n = strlen(project->text);
    struct stat facts;
    bool is_same = stat(project->path, &facts) == 0 && tpk_file_stamp(project->path) == project->stamp;
    if (d->err.code == TPK_OK && tpk_bytes_sha256(project->text, n, hex, &d->err) != TPK_OK) hex[0] = '\0';
    if (is_same) tpk_file_modified(&facts, modified);
    put(d, o, "path", text(project->path));
    put(d, o, "bytes", integer((int64_t)n));
    put(d, o, "modified_utc", text(is_same ? modified : NULL));
    put(d, o, "sha256", text(hex));
}

/* Empty when they changed since they were read: nothing would hold for what was. */
static json_t *layer_files(document *d, const tpk_layer_spec *spec, const tpk_source_files *read)
{
    char **paths = NULL;
    size_t n = 0;
    json_t *list = json_array();
    if (d->err.code != TPK_OK || tpk_source_files_changed(spec, read)) return list;
    if (tpk_layer_files(spec, &paths, &n, &d->err) != TPK_OK) n = 0;
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        put_file_facts(d, o, paths[i]);
        append(d, list, o);
        tpk_free(paths[i]);
    }
    tpk_free(paths);
    if (tpk_source_files_changed(spec, read)) json_array_clear(list);
    return list;
}

static json_t *crs_facts(document *d, const char *name, const char *code, const char *origin)
{
    json_t *o = json_object();
    put(d, o, "name", text(name));
    put(d, o, "code", text(code));
    put(d, o, "from", text(origin));
    return o;
}

static json_t *vector_facts(document *d, const tpk_layer *layer)
{
    json_t *o = json_object();
    put(d, o, "driver", text(layer->driver));
    put(d, o, "encoding", text(layer->encoding));
    put(d, o, "crs", crs_facts(d, layer->crs_name, layer->crs_code, layer->crs_origin));
    put(d, o, "transformation", text(layer->operation));
    put(d, o, "transformation_accuracy_m", number(layer->accuracy_m < 0 ? (double)NAN : layer->accuracy_m));
    put(d, o, "records", integer(layer->n_read));
    put(d, o, "features", integer(layer->n_features));
    put(d, o, "filtered_out", integer(layer->n_filtered));
    put(d, o, "without_geometry", integer(layer->n_null_geometry));
    put(d, o, "repaired", integer(layer->n_repaired));
    put(d, o, "unusable", integer(layer->n_unusable));
    put(d, o, "z_dropped", integer(layer->n_z));
    put(d, o, "m_dropped", integer(layer->n_m));
    put(d, o, "index_rebuilt", json_boolean(layer->shx_rebuilt));
    return o;
}

static json_t *raster_facts(document *d, const tpk_raster *raster)
{
    json_t *o = json_object(), *pixel = json_array();
    append(d, pixel, number(raster->geotransform[1]));
    append(d, pixel, number(raster->geotransform[5]));
    put(d, o, "crs", crs_facts(d, tpk_crs_name(raster->crs), tpk_crs_code(raster->crs), raster->crs_origin));
    put(d, o, "rows", integer(raster->n_rows));
    put(d, o, "cols", integer(raster->n_cols));
    put(d, o, "band", integer(raster->band));
    put(d, o, "data_type", text(raster->data_type));
    put(d, o, "nodata", number(raster->nodata));
    put(d, o, "pixel", pixel);
    return o;
}

/* What the project file says in place of the file's own; null where it says nothing. */
static json_t *stated_facts(document *d, const tpk_layer_spec *spec)
{
    json_t *o = json_object();
    put(d, o, "layer", text(spec->sublayer));
    put(d, o, "crs", text(spec->crs));
    put(d, o, "encoding", text(spec->encoding));
    put(d, o, "nodata", number(spec->nodata));
    return o;
}

typedef struct layer_list {
    document *d;
    json_t *list;
} layer_list;

static void add_layer(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                      const tpk_raster *raster)
{
    layer_list *to = user;
    document *d = to->d;
    json_t *o = layer ? vector_facts(d, layer) : raster_facts(d, raster);
    put(d, o, "id", text(spec->id));
    put(d, o, "path", text(spec->written));
    put(d, o, "where", text(spec->where));
    put(d, o, "stated", stated_facts(d, spec));
    put(d, o, "files", layer_files(d, spec, layer ? &layer->files : &raster->files));
    append(d, to->list, o);
}

static json_t *layers_of(document *d)
{
    layer_list layers = {d, json_array()};
    tpk_store_each(d->record->store, add_layer, &layers);
    return layers.list;
}

/* ---- parameters ---- */

static json_t *points_of(document *d, const tpk_param *param)
{
    json_t *list = json_array();
    for (size_t i = 0; i < param->n_points; i++) {
        json_t *pair = json_array();
        append(d, pair, number(param->points[2 * i]));
        append(d, pair, number(param->points[2 * i + 1]));
        append(d, list, pair);
    }
    return list;
}

static json_t *classes_of(document *d, const tpk_param *param)
{
    json_t *o = json_object();
    for (size_t i = 0; i < param->n_classes; i++)
        put(d, o, param->classes[i].key, number(param->classes[i].membership));
    return o;
}

static json_t *param_value(document *d, const tpk_param *param)
{
    switch (param->spec->type) {
    case TPK_PARAM_NUMBER: return number(param->number);
    case TPK_PARAM_BOOL: return json_boolean(param->flag);
    case TPK_PARAM_POINTS: return points_of(d, param);
    case TPK_PARAM_CLASSES: return classes_of(d, param);
    default: return text(param->text);
    }
}

static json_t *params_of(document *d, const tpk_params *params)
{
    json_t *o = json_object();
    put(d, o, "kind", text(params->kind->name));
    for (size_t i = 0; i < params->kind->n_params; i++)
        put(d, o, params->kind->params[i].name, param_value(d, &params->items[i]));
    return o;
}

static json_t *unknown_of(tpk_unknown_policy policy, double membership)
{
    static const char *const NAMES[] = {
        [TPK_UNKNOWN_EXCLUDE] = "exclude", [TPK_UNKNOWN_WORST] = "worst", [TPK_UNKNOWN_SHARE] = "share"};
    return policy == TPK_UNKNOWN_VALUE ? number(membership) : text(NAMES[policy]);
}

static json_t *criteria_of(document *d, const tpk_plan *plan)
{
    json_t *list = json_array();
    for (size_t k = 0; k < plan->n_criteria; k++) {
        const tpk_plan_criterion *criterion = &plan->criteria[k];
        json_t *o = json_object();
        put(d, o, "id", text(criterion->spec->id));
        put(d, o, "title", text(criterion->spec->title));
        put(d, o, "from", params_of(d, &criterion->spec->source));
        put(d, o, "unit", text(tpk_source_unit(criterion->source)));
        put(d, o, "curve", params_of(d, &criterion->spec->curve));
        put(d, o, "weight", number(criterion->weight));
        put(d, o, "unknown", unknown_of(criterion->spec->unknown, criterion->spec->unknown_membership));
        append(d, list, o);
    }
    return list;
}

static json_t *constraint_of(document *d, const tpk_plan *plan, size_t k)
{
    static const char *const TESTS[] = {"above", "below", "inside", "outside", "equals", "nearer", "farther"};
    static const char *const UNKNOWN[] = {
        [TPK_UNKNOWN_EXCLUDE] = "unknown", [TPK_UNKNOWN_VALUE] = "pass", [TPK_UNKNOWN_WORST] = "exclude"};
    const tpk_constraint_spec *spec = plan->constraints[k].spec;
    json_t *o = json_object();
    put(d, o, "id", text(spec->id));
    put(d, o, "title", text(spec->title));
    put(d, o, "bit", integer((int64_t)k));
    put(d, o, "legal_source", text(spec->legal_source));
    put(d, o, "from",
        spec->criterion >= 0 ? text(plan->criteria[spec->criterion].spec->id) : params_of(d, &spec->source));
    put(d, o, "test", text(TESTS[spec->test]));
    if (spec->test == TPK_TEST_EQUALS) {
        put(d, o, "values", texts(d, spec->equals, spec->n_equals));
    } else if (spec->test != TPK_TEST_INSIDE && spec->test != TPK_TEST_OUTSIDE) {
        put(d, o, "limit", number(spec->limit));
    }
    put(d, o, "unknown", text(UNKNOWN[spec->unknown]));
    return o;
}

static json_t *constraints_of(document *d, const tpk_plan *plan)
{
    json_t *list = json_array();
    for (size_t k = 0; k < plan->n_constraints; k++) append(d, list, constraint_of(d, plan, k));
    return list;
}

static json_t *class_bounds_of(document *d, const tpk_class_bounds *bounds)
{
    json_t *o = json_object();
    put(d, o, "S1", number(bounds->s1));
    put(d, o, "S2", number(bounds->s2));
    put(d, o, "S3", number(bounds->s3));
    return o;
}

/* null: the project has no zones. */
static json_t *zones_of(document *d, const tpk_zones_spec *zones)
{
    if (!zones->layer) return json_null();
    json_t *o = json_object();
    put(d, o, "layer", text(zones->layer));
    put(d, o, "id", text(zones->id));
    put(d, o, "name", text(zones->name));
    put(d, o, "stated_area_ha", text(zones->stated_area_ha));
    put(d, o, "note", text(zones->note));
    return o;
}

/* For want of an optional layer; weights as the project file says them. */
static json_t *left_out_of(document *d, const tpk_project *project)
{
    json_t *o = json_object(), *layers = json_array(), *criteria = json_array(), *constraints = json_array(),
           *overlay = json_array();
    for (size_t i = 0; i < project->n_layers; i++) {
        if (project->layers[i].absent) append(d, layers, text(project->layers[i].id));
    }
    for (size_t k = 0; k < project->n_criteria_left_out; k++) {
        const tpk_criterion_spec *spec = &project->criteria[project->n_criteria + k];
        json_t *criterion = json_object();
        put(d, criterion, "id", text(spec->id));
        put(d, criterion, "title", text(spec->title));
        put(d, criterion, "weight", number(spec->weight));
        append(d, criteria, criterion);
    }
    for (size_t k = 0; k < project->n_constraints_left_out; k++) {
        const tpk_constraint_spec *spec = &project->constraints[project->n_constraints + k];
        json_t *constraint = json_object();
        put(d, constraint, "id", text(spec->id));
        put(d, constraint, "title", text(spec->title));
        put(d, constraint, "legal_source", text(spec->legal_source));
        append(d, constraints, constraint);
    }
    for (size_t k = 0; k < project->n_overlay_left_out; k++)
        append(d, overlay, text(project->overlay[project->n_overlay + k]));
    put(d, o, "layers", layers);
    put(d, o, "criteria", criteria);
    put(d, o, "constraints", constraints);
    put(d, o, "overlay", overlay);
    put(d, o, "regions", json_boolean(project->regions.left_out));
    return o;
}

/* null: the project has no regions. */
static json_t *regions_of(document *d, const tpk_regions_spec *regions)
{
    if (!regions->layer) return json_null();
    json_t *o = json_object();
    put(d, o, "layer", text(regions->layer));
    put(d, o, "name", text(regions->name));
    put(d, o, "id", text(regions->id));
    return o;
}

/* ---- the run ---- */

static json_t *findings_of(document *d, const tpk_diags *diags)
{
    json_t *list = json_array();
    for (size_t i = 0; i < diags->n; i++) {
        char *line = tpk_diag_format(&diags->items[i]);
        if (line)
            append(d, list, text(line));
        else
            d->no_memory = true;
        tpk_free(line);
    }
    return list;
}

/* null: the layers were not examined. */
static json_t *examination_of(document *d)
{
    if (!d->record->examination) return json_null();
    json_t *o = json_object();
    if (!tpk_check_json_put(o, d->record->examination)) d->no_memory = true;
    return o;
}

static json_t *rasters_of(document *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->record->n_rasters; i++) {
        const tpk_raster_stats *s = d->record->rasters[i].stats;
        if (!s) continue;
        json_t *o = json_object();
        put(d, o, "file", text(d->record->rasters[i].name));
        put(d, o, "min", number(s->min));
        put(d, o, "max", number(s->max));
        put(d, o, "mean", number(s->mean));
        put(d, o, "stddev", number(s->stddev));
        put(d, o, "valid_pct", number(s->valid_pct));
        append(d, list, o);
    }
    return list;
}

static json_t *grid_of(document *d, const tpk_plan *plan)
{
    const tpk_grid *grid = &plan->grid;
    json_t *o = json_object();
    put(d, o, "crs", text(tpk_crs_code(plan->crs)));
    put(d, o, "crs_name", text(tpk_crs_name(plan->crs)));
    put(d, o, "cell_m", number(grid->cell));
    put(d, o, "x0_m", number(grid->x0));
    put(d, o, "y0_m", number(grid->y0));
    put(d, o, "rows", integer(grid->n_rows));
    put(d, o, "cols", integer(grid->n_cols));
    return o;
}

/* Where the project file lies, whatever the working directory was. */
static json_t *absolute_path(const tpk_project *project)
{
    tpk_text path = {0};
    char *out;
    const char *slash = strrchr(project->path, '/');
    tpk_text_addf(&path, "%s/%s", project->dir, slash ? slash + 1 : project->path);
    if (tpk_text_take(&path, &out, NULL) != TPK_OK) return NULL;
    json_t *string = text(out);
    tpk_free(out);
    return string;
}

/* Where both paths part: the length of what they have in common, whole names only. */
static size_t common_length(const char *a, const char *b)
{
    size_t common = 0;
    for (size_t i = 0;; i++) {
        bool ends = (a[i] == '/' || !a[i]) && (b[i] == '/' || !b[i]);
        if (ends) common = i;
        if (a[i] != b[i] || !a[i]) return common;
    }
}

/* The way from the folder of the results to the project file, which stays when both are moved or copied
 * together. null: the folder cannot be followed. */
static json_t *relative_path(const char *folder, const tpk_project *project)
{
    char from[PATH_MAX];
    if (!realpath(folder, from)) return json_null();
    tpk_text path = {0};
    char *out;
    size_t common = common_length(from, project->dir);
    for (const char *c = from + common; *c; c++) {
        if (*c == '/' && c[1]) tpk_text_add(&path, "../");
    }
    const char *down = project->dir + common, *slash = strrchr(project->path, '/');
    down += *down == '/';
    tpk_text_addf(&path, "%s%s%s", down, *down ? "/" : "", slash ? slash + 1 : project->path);
    if (tpk_text_take(&path, &out, NULL) != TPK_OK) return NULL;
    json_t *string = text(out);
    tpk_free(out);
    return string;
}

static json_t *project_of(document *d, const tpk_project *project)
{
    json_t *o = json_object();
    put_project_facts(d, o, project);
    put(d, o, "absolute_path", absolute_path(project));
    put(d, o, "relative_path", relative_path(d->record->folder, project));
    put(d, o, "title", text(project->title));
    put(d, o, "note", text(project->note));
    put(d, o, "language", text(project->language));
    put(d, o, "text", text(project->text));
    return o;
}

/* null: the program's own set. Of a set that changed since it was read the path alone is known. */
static json_t *styles_of(document *d, const tpk_project *project)
{
    const char *path = project->output.styles;
    if (!path) return json_null();
    json_t *o = json_object();
    if (tpk_file_stamp(path) == project->output.styles_stamp)
        put_file_facts(d, o, path);
    else
        put(d, o, "path", text(path));
    return o;
}

/* What the caller asked for beside the project; null: nothing (the memory has its default then). Only the
 * cell changes results. */
static json_t *overrides_of(document *d)
{
    const tpk_run_record *record = d->record;
    json_t *o = json_object();
    put(d, o, "cell_m", record->asked.cell_m > 0 ? number(record->asked.cell_m) : json_null());
    put(d, o, "threads", record->asked.n_threads > 0 ? integer(record->asked.n_threads) : json_null());
    put(d, o, "tile_side", record->asked.tile_side > 0 ? integer(record->asked.tile_side) : json_null());
    size_t bytes = record->asked.memory_bytes;
    put(d, o, "memory_bytes", integer(bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX));
    return o;
}

static json_t *libraries_of(document *d)
{
    json_t *o = json_object();
    put(d, o, "gdal", text(tpk_gdal_version()));
    put(d, o, "proj", text(tpk_proj_version()));
    put(d, o, "geos", text(tpk_geos_version()));
    return o;
}

static json_t *timings_of(document *d)
{
    const tpk_run_record *record = d->record;
    char finished[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(finished, sizeof finished, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    json_t *o = json_object();
    put(d, o, "finished_utc", text(finished));
    put(d, o, "load_s", number(record->load_s));
    put(d, o, "compute_s", number(record->compute_s));
    put(d, o, "finish_s", number(record->finish_s));
    put(d, o, "threads", integer(record->facts->n_threads));
    put(d, o, "tile_side", integer(record->facts->tile_side));
    put(d, o, "busy_thread_s", number(record->facts->busy_seconds));
    put(d, o, "writing_thread_s", number(record->facts->sink_seconds));
    put(d, o, "scratch_bytes", integer((int64_t)record->facts->scratch_bytes));
    return o;
}

static json_t *build(document *d)
{
    const tpk_plan *plan = d->record->plan;
    const tpk_project *project = plan->project;
    json_t *o = json_object();
    put(d, o, "tapak", text(TPK_VERSION));
    put(d, o, "project", project_of(d, project));
    put(d, o, "overrides", overrides_of(d));
    put(d, o, "grid", grid_of(d, plan));
    put(d, o, "layers", layers_of(d));
    put(d, o, "criteria", criteria_of(d, plan));
    put(d, o, "constraints", constraints_of(d, plan));
    put(d, o, "combine", text(project->combine));
    put(d, o, "classes", class_bounds_of(d, &project->classes));
    put(d, o, "zones", zones_of(d, &project->zones));
    put(d, o, "regions", regions_of(d, &project->regions));
    put(d, o, "styles", styles_of(d, project));
    put(d, o, "overlay", texts(d, project->overlay, project->n_overlay));
    put(d, o, "left_out", left_out_of(d, project));
    put(d, o, "rasters", rasters_of(d));
    put(d, o, "findings", findings_of(d, d->record->diags));
    put(d, o, "examination", examination_of(d));
    put(d, o, "timings", timings_of(d));
    put(d, o, "libraries", libraries_of(d));
    return o;
}

tpk_status tpk_run_record_write(const tpk_run_record *record, const char *path, tpk_err *err)
{
    document d = {.record = record};
    json_t *o = build(&d);
    tpk_status status = TPK_OK;
    if (d.err.code != TPK_OK)
        status = tpk_err_set(err, d.err.code, "%s", d.err.message);
    else if (d.no_memory)
        status = tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_json_write_temporary(path, o, err);
    if (status == TPK_OK) status = tpk_file_publish(path, err);
    json_decref(o);
    return status;
}
