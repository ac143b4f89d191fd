/* study.js and study.json: what the page knows of a study. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "geo/geos.h"
#include "output/file.h"
#include "output/json.h"
#include "output/labels.h"
#include "output/portal.h"
#include "version.h"

/* A document being put together; what fails is remembered. */
typedef struct document {
    const tpk_portal_study *study;
    const tpk_plan *plan;
    bool no_memory;
    tpk_err err; /* the first failure of something else than building */
} document;

/* ---- values; NULL when memory is exhausted ---- */

static json_t *text(const char *value)
{
    return value ? json_string(value) : json_null();
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
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

static json_t *numbers(document *d, const double *values, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) append(d, list, number(values[i]));
    return list;
}

static json_t *both(document *d, const char *indonesian, const char *english)
{
    json_t *o = json_object();
    put(d, o, "id", text(indonesian));
    put(d, o, "en", text(english));
    return o;
}

static json_t *color(tpk_rgb c)
{
    char hex[8];
    snprintf(hex, sizeof hex, "#%02x%02x%02x", c.r, c.g, c.b);
    return json_string(hex);
}

/* ---- criteria and constraints ---- */

static void describe_param(const tpk_param *param, tpk_text *out)
{
    char a[32], b[32];
    if (param->spec->type == TPK_PARAM_NUMBER && !isnan(param->number))
        tpk_text_addf(out, "%s%s %s", out->length ? ", " : "", param->spec->name,
                      tpk_text_from_number(param->number, a));
    for (size_t i = 0; i < param->n_points; i++)
        tpk_text_addf(out, "%s%s → %s", out->length ? ", " : "",
                      tpk_text_from_number(param->points[2 * i], a),
                      tpk_text_from_number(param->points[2 * i + 1], b));
    for (size_t i = 0; i < param->n_classes; i++)
        tpk_text_addf(out, "%s%s → %s", out->length ? ", " : "", param->classes[i].key,
                      tpk_text_from_number(param->classes[i].membership, a));
}

/* "linear: best 500, worst 10000" */
static json_t *curve_text(const tpk_params *curve)
{
    tpk_text params = {0}, all = {0};
    char *out = NULL;
    for (size_t i = 0; i < curve->kind->n_params; i++) describe_param(&curve->items[i], &params);
    tpk_text_addf(&all, "%s: %s", curve->kind->name, params.data ? params.data : "");
    all.failed |= params.failed;
    json_t *string = tpk_text_take(&all, &out, NULL) == TPK_OK ? json_string(out) : NULL;
    tpk_free(out);
    tpk_text_clear(&params);
    return string;
}

static json_t *unknown_of(const tpk_criterion_spec *spec)
{
    static const char *const NAMES[] = {
        [TPK_UNKNOWN_EXCLUDE] = "exclude", [TPK_UNKNOWN_WORST] = "worst", [TPK_UNKNOWN_SHARE] = "share"};
    return spec->unknown == TPK_UNKNOWN_VALUE ? number(spec->unknown_membership) : text(NAMES[spec->unknown]);
}

static json_t *categories_of(document *d, const tpk_source *source)
{
    size_t n;
    const char *const *names = tpk_source_categories(source, &n);
    if (n == 0) return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) append(d, list, text(names[i]));
    return list;
}

static json_t *criteria_of(document *d)
{
    json_t *list = json_array();
    for (size_t k = 0; k < d->plan->n_criteria; k++) {
        const tpk_plan_criterion *criterion = &d->plan->criteria[k];
        json_t *o = json_object();
        put(d, o, "id", text(criterion->spec->id));
        put(d, o, "title", text(criterion->spec->title));
        put(d, o, "unit", text(tpk_source_unit(criterion->source)));
        put(d, o, "weight", number(criterion->weight));
        put(d, o, "unknown", unknown_of(criterion->spec));
        put(d, o, "categories", categories_of(d, criterion->source));
        put(d, o, "curve", curve_text(&criterion->spec->curve));
        put(d, o, "value_scale", number(d->study->scales[k].scale));
        put(d, o, "value_offset", number(d->study->scales[k].offset));
        append(d, list, o);
    }
    return list;
}

static json_t *constraints_of(document *d)
{
    json_t *list = json_array();
    for (size_t k = 0; k < d->plan->n_constraints; k++) {
        const tpk_constraint_spec *spec = d->plan->constraints[k].spec;
        json_t *o = json_object();
        put(d, o, "id", text(spec->id));
        put(d, o, "title", text(spec->title));
        put(d, o, "source", text(spec->legal_source));
        put(d, o, "bit", json_integer((json_int_t)k + 1));
        append(d, list, o);
    }
    return list;
}

/* ---- classes, colours, presets ---- */

static const char *const CLASS_IDS[TPK_CELL_CLASS_COUNT] = {"outside", "S1",       "S2",     "S3",
                                                            "N",       "excluded", "unknown"};

static json_t *classes_of(document *d)
{
    const tpk_class_bounds *bounds = &d->plan->project->classes;
    const double from[] = {bounds->s1, bounds->s2, bounds->s3};
    const tpk_styles *styles = &d->plan->project->styles;
    json_t *list = json_array();
    for (int c = TPK_CELL_S1; c < TPK_CELL_CLASS_COUNT; c++) {
        json_t *o = json_object();
        put(d, o, "id", text(CLASS_IDS[c]));
        if (c <= TPK_CELL_S3) put(d, o, "from", number(from[c - TPK_CELL_S1]));
        put(d, o, "color", color(tpk_label_class_color(styles, (tpk_cell_class)c)));
        put(d, o, "label",
            both(d, tpk_label_class(styles, (tpk_cell_class)c, "id"),
                 tpk_label_class(styles, (tpk_cell_class)c, "en")));
        append(d, list, o);
    }
    return list;
}

static json_t *ramp_of(document *d)
{
    json_t *list = json_array();
    for (size_t i = 1; i < d->study->ramp->n; i++) {
        json_t *pair = json_array();
        append(d, pair, number(d->study->ramp->entries[i].value));
        append(d, pair, color(d->study->ramp->entries[i].color));
        append(d, list, pair);
    }
    return list;
}

static json_t *presets_of(document *d)
{
    json_t *list = json_array(), *o = json_object(), *weights = json_object();
    for (size_t k = 0; k < d->plan->n_criteria; k++)
        put(d, weights, d->plan->criteria[k].spec->id, number(d->plan->criteria[k].weight));
    put(d, o, "id", text("project"));
    put(d, o, "title", both(d, "Bobot studi", "Study weights"));
    put(d, o, "weights", weights);
    append(d, list, o);
    return list;
}

/* ---- zones ---- */

static void note_failure(document *d, tpk_status status, const tpk_err *err)
{
    if (status != TPK_OK) tpk_err_set(&d->err, status, "%s", err->message);
}

/* The box of the vertices, and a point inside. */
static void put_place(document *d, json_t *o, tpk_geom geom)
{
    tpk_err err = {0};
    double point[2] = {(double)NAN, (double)NAN};
    int64_t first = geom.part_start[0], n = geom.part_start[geom.n_parts] - first;
    double *xy = tpk_alloc((size_t)(2 * n), sizeof *xy);
    if (!xy) {
        d->no_memory = true;
        return;
    }
    memcpy(xy, geom.xy + 2 * first, (size_t)(2 * n) * sizeof *xy);
    tpk_status status = tpk_crs_to_lonlat(d->plan->crs, xy, n, &err);
    if (status == TPK_OK) status = tpk_geos_point_inside(d->study->job->worker, geom, point, &err);
    if (status == TPK_OK) status = tpk_crs_to_lonlat(d->plan->crs, point, 1, &err);
    note_failure(d, status, &err);
    tpk_box box = TPK_BOX_EMPTY;
    for (int64_t i = 0; status == TPK_OK && i < n; i++)
        box = tpk_box_union(box, (tpk_box){xy[2 * i], xy[2 * i + 1], xy[2 * i], xy[2 * i + 1]});
    put(d, o, "bbox", numbers(d, (double[]){box.x_min, box.y_min, box.x_max, box.y_max}, 4));
    put(d, o, "point", numbers(d, point, 2));
    tpk_free(xy);
}

static json_t *range_of(document *d, tpk_portal_range range)
{
    json_t *o = json_object();
    put(d, o, "offset", json_integer((json_int_t)range.offset));
    put(d, o, "n", json_integer((json_int_t)range.n));
    return o;
}

static json_t *zone_of(document *d, size_t index)
{
    const tpk_portal_zone *zone = &d->study->zones[index];
    json_t *o = json_object(), *classes = json_object();
    put(d, o, "id", text(zone->id));
    put(d, o, "name", text(zone->name));
    put(d, o, "area_ha", number(zone->area_ha));
    put(d, o, "stated_area_ha", number(zone->stated_area_ha));
    put(d, o, "note", text(zone->note && *zone->note ? zone->note : NULL));
    put(d, o, "rank", json_integer(zone->rank));
    put(d, o, "score_mean", number(zone->score_mean));
    for (int c = 1; c <= TPK_CELL_CLASS_COUNT; c++) /* outside comes last */
        put(d, classes, CLASS_IDS[c % TPK_CELL_CLASS_COUNT],
            number(zone->class_ha[c % TPK_CELL_CLASS_COUNT]));
    put(d, o, "class_ha", classes);
    put(d, o, "cells", range_of(d, d->study->cells->zones[index]));
    put_place(d, o, zone->geom);
    return o;
}

/* ---- the study ---- */

static json_t *map_of(document *d)
{
    const tpk_portal_cells *cells = d->study->cells;
    json_t *o = json_object();
    put(d, o, "cells", range_of(d, cells->map));
    put(d, o, "cell_m", number(cells->map_cell_m));
    put(d, o, "area_ha", number(cells->map_area_ha));
    return o;
}

static json_t *record_of(document *d)
{
    json_t *o = json_object();
    put(d, o, "bytes", json_integer((json_int_t)tpk_portal_record_bytes(d->plan)));
    put(d, o, "ha", json_integer(TPK_PORTAL_HA));
    put(d, o, "reasons", json_integer(TPK_PORTAL_REASONS));
    put(d, o, "state", json_integer(TPK_PORTAL_STATE));
    put(d, o, "memberships", json_integer(TPK_PORTAL_MEMBERSHIPS));
    return o;
}

static void put_size(document *d, json_t *o, const tpk_grid *grid)
{
    put(d, o, "width", json_integer(grid->n_cols));
    put(d, o, "height", json_integer(grid->n_rows));
}

static json_t *memberships_of(document *d)
{
    const tpk_grid *grid = &d->study->grids->memberships;
    json_t *o = json_object();
    put(d, o, "file", text("memberships.tif"));
    put(d, o, "n_criteria", json_integer((json_int_t)d->plan->n_criteria));
    put(d, o, "n_reason_bands", json_integer((json_int_t)tpk_portal_reason_bands(d->plan)));
    put_size(d, o, grid);
    put(d, o, "origin", numbers(d, (double[]){grid->x0, grid->y0}, 2));
    put(d, o, "pixel_m", number(grid->cell));
    return o;
}

static json_t *files_of(document *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->study->n_files; i++) {
        const tpk_portal_file *file = &d->study->files[i];
        struct stat facts;
        tpk_text path = {0};
        tpk_text_addf(&path, "%s/%s", d->study->folder, file->name);
        d->no_memory |= path.failed;
        bool is_there = !path.failed && stat(path.data, &facts) == 0;
        tpk_text_clear(&path);
        if (!is_there && !file->is_later) continue;
        char link[80];
        snprintf(link, sizeof link, "../%s", file->name);
        json_t *o = json_object();
        put(d, o, "path", text(link));
        put(d, o, "title", both(d, file->indonesian, file->english));
        put(d, o, "bytes", file->is_later ? json_null() : json_integer(facts.st_size));
        append(d, list, o);
    }
    return list;
}

/* As the project names it; of an absolute path only the file: folders of a machine are not published. */
static const char *published_path(const char *written)
{
    return written[0] == '/' ? strrchr(written, '/') + 1 : written;
}

/* The layers by their files. */
static json_t *sources_of(document *d)
{
    json_t *list = json_array();
    const tpk_project *project = d->plan->project;
    for (size_t i = 0; i < project->n_layers; i++) {
        if (project->layers[i].absent) continue;
        tpk_text line = {0};
        char *out = NULL;
        const char *path = published_path(project->layers[i].written);
        tpk_text_addf(&line, "%s: %s", project->layers[i].id, path);
        bool is_text = tpk_text_is_utf8(path, strlen(path));
        if (tpk_text_take(&line, &out, NULL) != TPK_OK) d->no_memory = true;
        append(d, list, text(is_text && out ? out : project->layers[i].id));
        tpk_free(out);
    }
    return list;
}

static json_t *document_of(document *d)
{
    const tpk_project *project = d->plan->project;
    tpk_box box = d->study->job->lonlat;
    json_t *o = json_object(), *grid = json_object(), *small = json_object(), *values = json_object(),
           *zones = json_array();
    const char *code = tpk_crs_code(d->plan->crs);
    put(d, grid, "crs", text(*code ? code : tpk_crs_wkt(d->plan->crs)));
    put(d, grid, "cell_m", number(d->plan->cell_m));
    put_size(d, small, &d->study->grids->small);
    put(d, values, "file", text("values.tif"));
    for (size_t z = 0; z < d->study->cells->n_zones; z++) append(d, zones, zone_of(d, z));
    put(d, o, "tapak", text(TPK_VERSION));
    put(d, o, "format", json_integer(1));
    put(d, o, "title", text(project->title));
    put(d, o, "language", text(project->language));
    put(d, o, "note", text(project->note));
    put(d, o, "created", json_null()); /* the same study gives the same bytes */
    put(d, o, "bbox", numbers(d, (double[]){box.x_min, box.y_min, box.x_max, box.y_max}, 4));
    put(d, o, "center", numbers(d, (double[]){(box.x_min + box.x_max) / 2, (box.y_min + box.y_max) / 2}, 2));
    put(d, o, "grid", grid);
    put(d, o, "criteria", criteria_of(d));
    put(d, o, "constraints", constraints_of(d));
    put(d, o, "classes", classes_of(d));
    put(d, o, "ramp", ramp_of(d));
    put(d, o, "zero_color", color(d->study->ramp->entries[0].color));
    put(d, o, "presets", presets_of(d));
    put(d, o, "zones", zones);
    put(d, o, "zone_cell_m", number(d->study->cells->zone_cell_m));
    put(d, o, "map", map_of(d));
    put(d, o, "record", record_of(d));
    put(d, o, "small", small);
    put(d, o, "memberships", memberships_of(d));
    put(d, o, "values", values);
    put(d, o, "files", files_of(d));
    put(d, o, "sources", sources_of(d));
    return o;
}

static tpk_status write_both(const char *json, const char *script_path, const char *json_path, tpk_err *err)
{
    tpk_text script = {0};
    char *out = NULL;
    size_t n = strlen(json);
    tpk_text_add(&script, "window.TAPAK_STUDY = ");
    tpk_text_add_bytes(&script, json, n - 1); /* without the newline */
    tpk_text_add(&script, ";\n");
    tpk_status status = tpk_text_take(&script, &out, err);
    if (status == TPK_OK) status = tpk_file_write(script_path, _("the portal's data"), out, strlen(out), err);
    if (status == TPK_OK) status = tpk_file_write(json_path, _("the portal's data"), json, n, err);
    tpk_free(out);
    return status;
}

tpk_status tpk_portal_study_write(const tpk_portal_study *study, const char *script_path,
                                  const char *json_path, tpk_err *err)
{
    document d = {.study = study, .plan = study->job->plan};
    json_t *whole = document_of(&d);
    char *json = NULL;
    tpk_status status = TPK_OK;
    if (d.err.code != TPK_OK)
        status = tpk_err_set(err, d.err.code, "%s", d.err.message);
    else if (d.no_memory)
        status = tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_json_text(whole, &json, err);
    if (status == TPK_OK) status = write_both(json, script_path, json_path, err);
    tpk_free(json);
    json_decref(whole);
    return status;
}
