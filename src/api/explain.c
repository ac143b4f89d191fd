/* Why a point or a zone is as it is: the function of position, told in all its parts. */
#include <math.h>
#include <string.h>

#include "api/view.h"
#include "api/zone_table.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/tiles.h"
#include "output/explain_json.h"
#include "output/labels.h"

/* What the caller holds is the first member. */
typedef struct own_explanation {
    tpk_explanation told;
    tpk_explained_criterion *criteria;
    tpk_explained_constraint *constraints;
    char *zone_id, *zone_name;
} own_explanation;

void tpk_explanation_free(tpk_explanation *explanation)
{
    own_explanation *own = (own_explanation *)explanation;
    if (!own) return;
    tpk_free(own->criteria);
    tpk_free(own->constraints);
    tpk_free(own->zone_id);
    tpk_free(own->zone_name);
    tpk_free(own);
}

tpk_status tpk_explanation_json(const tpk_explanation *explanation, char **json, tpk_err *err)
{
    if (!json) return tpk_null_argument("json", err);
    *json = NULL;
    if (!explanation) return tpk_null_argument("explanation", err);
    return tpk_explain_json_write(explanation, json, err);
}

void tpk_text_free(char *text)
{
    tpk_free(text);
}

/* ---- common to points and zones ---- */

static own_explanation *new_explanation(const tpk_plan *plan)
{
    own_explanation *own = tpk_zalloc(1, sizeof *own);
    if (!own) return NULL;
    tpk_explanation *told = &own->told;
    own->criteria = tpk_zalloc(plan->n_criteria, sizeof *own->criteria);
    own->constraints = tpk_zalloc(plan->n_constraints, sizeof *own->constraints);
    if (!own->criteria || !own->constraints) {
        tpk_explanation_free(told);
        return NULL;
    }
    *told = (tpk_explanation){.crs = "",
                              .x = (double)NAN,
                              .y = (double)NAN,
                              .area_ha = (double)NAN,
                              .limiting = -1,
                              .criteria = own->criteria,
                              .n_criteria = plan->n_criteria,
                              .constraints = own->constraints,
                              .n_constraints = plan->n_constraints};
    for (int c = 0; c < TPK_CELL_CLASS_COUNT; c++) told->class_ha[c] = (double)NAN;
    for (size_t k = 0; k < plan->n_constraints; k++) {
        const tpk_constraint_spec *spec = plan->constraints[k].spec;
        own->constraints[k] = (tpk_explained_constraint){
            .id = spec->id, .title = spec->title, .source = spec->legal_source, .excluded_ha = (double)NAN};
    }
    return own;
}

static void set_class(tpk_explanation *told, const tpk_plan *plan, int point_class)
{
    told->point_class = point_class;
    told->class_title =
        tpk_label_class(&plan->project->styles, (tpk_cell_class)point_class, plan->project->language);
}

/* value: a number, or the code of a category (negative or NaN: none). */
static void set_value(tpk_explained_criterion *c, const tpk_plan_criterion *planned, double value)
{
    size_t n_categories;
    const char *const *categories = tpk_source_categories(planned->source, &n_categories);
    c->id = planned->spec->id;
    c->title = planned->spec->title;
    c->unit = tpk_source_unit(planned->source);
    c->weight = planned->weight;
    c->value = n_categories == 0 ? value : (double)NAN;
    c->category = value >= 0 && value < (double)n_categories ? categories[(size_t)value] : NULL;
}

/* What of the criterion counts, after its policy for what is unknown. */
static void set_counted(tpk_explained_criterion *c, const tpk_criterion_spec *spec)
{
    static const char *const NAMES[] = {[TPK_UNKNOWN_EXCLUDE] = "exclude",
                                        [TPK_UNKNOWN_WORST] = "worst",
                                        [TPK_UNKNOWN_VALUE] = "value",
                                        [TPK_UNKNOWN_SHARE] = "share"};
    c->unknown = isnan(c->membership) ? NAMES[spec->unknown] : "";
    c->counted = c->membership;
    if (!isnan(c->membership)) return;
    if (spec->unknown == TPK_UNKNOWN_WORST) c->counted = 0;
    if (spec->unknown == TPK_UNKNOWN_VALUE) c->counted = spec->unknown_membership;
}

static bool shares(const tpk_explained_criterion *c)
{
    return strcmp(c->unknown, "share") == 0;
}

/* The weight of what is left out is shared; so are the points. */
static void share_points(own_explanation *own)
{
    double known = 0;
    for (size_t k = 0; k < own->told.n_criteria; k++)
        known += shares(&own->criteria[k]) ? 0 : own->criteria[k].weight;
    bool any_shared = false;
    for (size_t k = 0; k < own->told.n_criteria; k++) any_shared |= shares(&own->criteria[k]);
    for (size_t k = 0; k < own->told.n_criteria; k++) {
        tpk_explained_criterion *c = &own->criteria[k];
        c->weight_counted = !any_shared ? c->weight : shares(c) || !(known > 0) ? 0 : c->weight / known;
        c->gained = 100 * c->weight_counted * c->counted;
        c->lost = 100 * c->weight_counted * (1 - c->counted);
    }
}

/* ---- a point ---- */

typedef struct point_results {
    float score;
    uint8_t point_class, limiting;
    uint32_t reasons, unjudged;
} point_results;

static void tell_point(const tpk_plan *plan, const point_results *at, const double *values,
                       const double *memberships, own_explanation *own)
{
    set_class(&own->told, plan, at->point_class);
    own->told.score = (double)at->score;
    own->told.limiting = at->limiting == TPK_LIMITING_NOT_SCORED ? -1 : at->limiting - 1;
    for (size_t k = 0; k < plan->n_criteria; k++) {
        tpk_explained_criterion *c = &own->criteria[k];
        set_value(c, &plan->criteria[k], values[k]);
        c->membership = memberships[k];
        c->unknown_ha = (double)NAN;
        set_counted(c, plan->criteria[k].spec);
    }
    share_points(own);
    for (size_t k = 0; k < plan->n_constraints; k++) {
        own->constraints[k].excludes = (at->reasons >> k) & 1;
        own->constraints[k].unjudged = (at->unjudged >> k) & 1;
    }
}

/* A number told there would be wrong. */
static void forget_values(own_explanation *own)
{
    own->told.out_of_reach = 1;
    for (size_t k = 0; k < own->told.n_criteria; k++) {
        tpk_explained_criterion *c = &own->criteria[k];
        c->value = c->membership = c->counted = c->gained = c->lost = (double)NAN;
        c->category = NULL;
        c->unknown = "";
        c->weight_counted = c->weight;
    }
}

tpk_status tpk_view_explain(tpk_view *view, double x, double y, tpk_explanation **explanation, tpk_err *err)
{
    if (!explanation) return tpk_null_argument("explanation", err);
    *explanation = NULL;
    if (!view) return tpk_null_argument("view", err);
    if (!isfinite(x) || !isfinite(y))
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("point (%g, %g): both must be finite numbers"), x, y);
    const tpk_plan *plan = tpk_view_plan(view);
    own_explanation *own = new_explanation(plan);
    double *values = tpk_alloc(2 * plan->n_criteria, sizeof *values);
    point_results at;
    tpk_status status = own && values ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) {
        tpk_results results = {.score = &at.score,
                               .point_class = &at.point_class,
                               .reasons = &at.reasons,
                               .unjudged = &at.unjudged,
                               .limiting = &at.limiting,
                               .values = values,
                               .memberships = values + plan->n_criteria};
        status = tpk_view_points(view, (double[2]){x, y}, 1, &results, err);
    }
    if (status == TPK_OK) {
        own->told.crs = tpk_view_crs(view);
        own->told.x = x;
        own->told.y = y;
        tell_point(plan, &at, values, values + plan->n_criteria, own);
        if (at.point_class == TPK_CELL_OUTSIDE && !tpk_view_reaches(view, x, y)) forget_values(own);
        *explanation = &own->told;
        own = NULL;
    }
    tpk_free(values);
    if (own) tpk_explanation_free(&own->told);
    return status;
}

/* ---- a zone ---- */

/* The class of a mean score; compared as stored in a map, like the class of a cell. */
static int class_of_mean(const tpk_plan *plan, const tpk_zone_stats *stats)
{
    const tpk_class_bounds *bounds = &plan->project->classes;
    float score = (float)stats->score_mean;
    if (isnan(score)) return stats->class_ha[TPK_CELL_UNKNOWN] > 0 ? TPK_CELL_UNKNOWN : TPK_CELL_OUTSIDE;
    return TPK_CELL_N - (score >= (float)bounds->s3) - (score >= (float)bounds->s2) -
           (score >= (float)bounds->s1);
}

static void tell_zone(const tpk_plan *plan, const tpk_zone_stats *stats, own_explanation *own)
{
    set_class(&own->told, plan, class_of_mean(plan, stats));
    own->told.score = stats->score_mean;
    own->told.limiting = stats->limiting;
    own->told.area_ha = stats->area_ha;
    memcpy(own->told.class_ha, stats->class_ha, sizeof own->told.class_ha);
    for (size_t k = 0; k < plan->n_criteria; k++) {
        const tpk_zone_criterion *found = &stats->criteria[k];
        tpk_explained_criterion *c = &own->criteria[k];
        size_t n_categories;
        tpk_source_categories(plan->criteria[k].source, &n_categories);
        set_value(c, &plan->criteria[k], n_categories > 0 ? found->dominant : found->mean);
        c->membership = found->membership_mean;
        c->unknown_ha = found->unknown_ha;
        set_counted(c, plan->criteria[k].spec);
    }
    share_points(own);
    for (size_t k = 0; k < plan->n_constraints; k++) {
        own->constraints[k].excluded_ha = stats->constraint_ha[k];
        own->constraints[k].excludes = stats->constraint_ha[k] > 0;
    }
}

static tpk_status add_cells(tpk_view *view, const tpk_zonal *zonal, const tpk_control *control,
                            tpk_zonal_acc *sums, tpk_err *err)
{
    tpk_tiling tiling = tpk_tiling_of(&tpk_view_plan(view)->grid, TPK_VIEW_SIDE);
    int64_t n = tpk_tiling_count(&tiling);
    tpk_status status = TPK_OK;
    for (int64_t i = 0; i < n && status == TPK_OK; i++) {
        tpk_zonal_tile tile;
        tpk_window window = tpk_tiling_window(&tiling, i);
        if (!tpk_zonal_touches(zonal, window)) continue;
        tpk_progress(control, _("zones"), i, n, _("tiles"));
        if (tpk_cancelled(control)) return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped on request"));
        status = tpk_view_cells(view, window, &tile, err);
        if (status == TPK_OK) status = tpk_zonal_add(sums, &tile, err);
    }
    return status;
}

tpk_status tpk_view_measure_zones(tpk_view *view, const tpk_zone_shapes *shapes, const tpk_control *control,
                                  tpk_zone_stats *stats, tpk_err *err)
{
    tpk_zonal *zonal = NULL;
    tpk_zonal_acc *sums = NULL;
    tpk_status status = tpk_zone_sums_new(tpk_view_study(view), shapes, &zonal, err);
    if (status == TPK_OK) status = tpk_zonal_acc_new(zonal, &sums, err);
    if (status == TPK_OK) status = add_cells(view, zonal, control, sums, err);
    if (status == TPK_OK) status = tpk_zonal_finish(sums, stats, err);
    tpk_zonal_acc_free(sums);
    tpk_zonal_free(zonal);
    return status;
}

/* The names of all zones' ids, to offer the nearest. */
static tpk_status unknown_zone(const tpk_zone_shapes *shapes, const char *id, tpk_err *err)
{
    if (shapes->n == 0)
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("zone '%s': the project has no zones ('zones' names no layer)"), id);
    char **ids = tpk_zalloc(shapes->n, sizeof *ids);
    bool fine = ids != NULL;
    for (size_t zone = 0; zone < shapes->n && fine; zone++) {
        ids[zone] = tpk_field_value(shapes->id, (int64_t)zone);
        fine = ids[zone] != NULL;
    }
    tpk_status status = TPK_ERR_ARGUMENT;
    const char *near = fine ? tpk_text_nearest(id, (const char *const *)ids, shapes->n) : NULL;
    if (!fine)
        status = tpk_err_memory(err);
    else if (near)
        tpk_err_set(err, status, _("the project has no zone with the id '%s'; did you mean '%s'?"), id, near);
    else
        tpk_err_set(err, status,
                    _("the project has no zone with the id '%s'; it has %zu zones, the first is '%s'"), id,
                    shapes->n, ids[0]);
    for (size_t zone = 0; ids && zone < shapes->n; zone++) tpk_free(ids[zone]);
    tpk_free(ids);
    return status;
}

/* *zone: its index. The texts of the explanation are the layer's. */
static tpk_status find_zone(const tpk_zone_shapes *shapes, const char *id, own_explanation *own, size_t *zone,
                            tpk_err *err)
{
    for (*zone = 0; *zone < shapes->n; (*zone)++) {
        char *text = tpk_field_value(shapes->id, (int64_t)*zone);
        if (!text) return tpk_err_memory(err);
        if (strcmp(text, id) == 0) {
            own->told.zone_id = own->zone_id = text;
            own->told.zone_name = own->zone_name = tpk_field_value(shapes->name, (int64_t)*zone);
            return own->zone_name ? TPK_OK : tpk_err_memory(err);
        }
        tpk_free(text);
    }
    return unknown_zone(shapes, id, err);
}

tpk_status tpk_view_explain_zone(tpk_view *view, const char *id, tpk_explanation **explanation, tpk_err *err)
{
    if (!explanation) return tpk_null_argument("explanation", err);
    *explanation = NULL;
    if (!view) return tpk_null_argument("view", err);
    if (!id) return tpk_null_argument("id", err);
    const tpk_plan *plan = tpk_view_plan(view);
    tpk_zone_shapes shapes = {0};
    tpk_zone_stats stats = {0};
    size_t zone = 0;
    own_explanation *own = new_explanation(plan);
    tpk_status status = own ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) status = tpk_zone_shapes_read(tpk_view_study(view), &shapes, err);
    if (status == TPK_OK) status = find_zone(&shapes, id, own, &zone, err);
    if (status == TPK_OK) {
        tpk_zone_shapes one = shapes;
        one.geoms = shapes.geoms + zone;
        one.n = 1;
        status = tpk_view_measure_zones(view, &one, NULL, &stats, err);
    }
    if (status == TPK_OK) {
        tell_zone(plan, &stats, own);
        *explanation = &own->told;
        own = NULL;
    }
    tpk_zone_stats_clear(&stats);
    tpk_zone_shapes_clear(&shapes);
    if (own) tpk_explanation_free(&own->told);
    return status;
}
