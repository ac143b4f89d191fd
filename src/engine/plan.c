#include "engine/plan.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

/* Everything the steps of planning hand to each other. */
typedef struct planning {
    tpk_plan *plan;
    tpk_store *store;
    tpk_worker *worker;
    const tpk_control *control;
    tpk_diags *diags;
    tpk_box area;
    bool lost_remark; /* memory was exhausted while a remark was noted */
} planning;

static tpk_status new_source(const planning *p, const tpk_params *params, bool categorical,
                             tpk_source **source, tpk_err *err)
{
    tpk_source_request request = {.params = params,
                                  .store = p->store,
                                  .crs = p->plan->crs,
                                  .area = p->area,
                                  .cell_m = p->plan->cell_m,
                                  .worker = p->worker,
                                  .control = p->control,
                                  .diags = p->diags,
                                  .categorical = categorical};
    return tpk_source_new(&request, source, err);
}

/* ---- the study area and its grid ---- */

static tpk_status area_source(planning *p, const char *layer_id, tpk_err *err)
{
    const tpk_source_kind *inside = tpk_source_kind_find("inside");
    tpk_params params = {0};
    tpk_status status = tpk_params_defaults(&inside->spec, layer_id, &params, err);
    if (status == TPK_OK) status = new_source(p, &params, false, &p->plan->area, err);
    tpk_params_clear(&params);
    return status == TPK_OK ? status : tpk_err_prefix(err, status, _("study area"));
}

/* How long a kilometre on the ground, beginning at (x, y) on the map, is on the map; NaN where PROJ cannot
 * tell. */
static double length_scale(tpk_crs *crs, double x, double y, bool along_x)
{
    const double LENGTH_M = 1000;
    const int64_t part[] = {0, 2};
    const double xy[] = {x, y, along_x ? x + LENGTH_M : x, along_x ? y : y + LENGTH_M};
    double ground_m;
    tpk_geom line = {.kind = TPK_GEOM_LINE, .n_parts = 1, .part_start = part, .xy = xy};
    if (tpk_crs_line_length_m(crs, line, 0, &ground_m, NULL) != TPK_OK) return (double)NAN;
    return LENGTH_M / ground_m;
}

/* Distances are the map's. In a UTM zone they are within 0.1 % of the ground's; a system made for another
 * place or another purpose would falsify every distance criterion in silence. */
static tpk_status warn_of_scale(planning *p, tpk_err *err)
{
    const double TOLERANCE = 0.005;
    const tpk_box a = p->area;
    const tpk_grid_spec *spec = &p->plan->project->grid;
    const double at[][2] = {{(a.x_min + a.x_max) / 2, (a.y_min + a.y_max) / 2},
                            {a.x_min, a.y_min},
                            {a.x_max, a.y_min},
                            {a.x_min, a.y_max},
                            {a.x_max, a.y_max}};
    double low = 1, high = 1;
    for (size_t i = 0; i < 2 * sizeof at / sizeof *at; i++) {
        double scale = length_scale(p->plan->crs, at[i / 2][0], at[i / 2][1], i % 2 == 0);
        low = fmin(low, scale);
        high = fmax(high, scale);
    }
    if (low >= 1 - TOLERANCE && high <= 1 + TOLERANCE) return TPK_OK;
    tpk_status status = tpk_diag_add(
        p->diags, TPK_WARNING, p->plan->project->path, spec->crs_pos,
        _("in %s (%s) distances over the study area are %.3f to %.3f times those on the ground; choose a "
          "system made for the place, such as its UTM zone"),
        spec->crs, tpk_crs_name(p->plan->crs), low, high);
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

/* What depends on where the study lies: transformations, and the scale of the map. */
static tpk_status use_area(planning *p, tpk_err *err)
{
    tpk_box area_lonlat = tpk_crs_lonlat_box(p->plan->crs, p->area);
    tpk_crs_set_area(p->plan->crs, area_lonlat);
    tpk_store_set_area(p->store, area_lonlat);
    return warn_of_scale(p, err);
}

static tpk_status plan_area(planning *p, tpk_err *err)
{
    const tpk_grid_spec *spec = &p->plan->project->grid;
    if (!spec->area) {
        p->area = (tpk_box){spec->bounds[0], spec->bounds[1], spec->bounds[2], spec->bounds[3]};
        tpk_status placed = tpk_grid_at(p->area, p->plan->cell_m, &p->plan->grid, err);
        return placed == TPK_OK ? use_area(p, err) : placed;
    }
    const tpk_layer *layer;
    tpk_status status = tpk_store_vector(p->store, spec->area, NULL, &layer, err);
    if (status != TPK_OK) return tpk_err_prefix(err, status, _("study area"));
    if (layer->kind != TPK_GEOM_POLYGON || tpk_box_is_empty(layer->box)) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("study area: layer '%s' (%s) holds no polygon; 'grid: area' needs one"),
                           spec->area, layer->path);
    }
    p->area = layer->box;
    status = tpk_grid_align(p->area, p->plan->cell_m, &p->plan->grid, err);
    if (status == TPK_OK) status = use_area(p, err);
    return status == TPK_OK ? area_source(p, spec->area, err) : status;
}

/* ---- constraints ---- */

/* From which value on the test's answer cannot change any more. */
static double test_flat_from(const tpk_constraint_spec *spec)
{
    switch (spec->test) {
    case TPK_TEST_ABOVE:
    case TPK_TEST_FARTHER: return nextafter(spec->limit, HUGE_VAL);
    case TPK_TEST_BELOW:
    case TPK_TEST_NEARER: return spec->limit;
    default: return HUGE_VAL;
    }
}

/* `equals` as the source's values: category names where it has them, else numbers. */
static tpk_status plan_equals(const tpk_constraint_spec *spec, const tpk_source *source,
                              tpk_plan_constraint *constraint, tpk_err *err)
{
    constraint->equals = tpk_alloc(spec->n_equals, sizeof *constraint->equals);
    if (!constraint->equals) return tpk_err_memory(err);
    size_t n_names;
    const char *const *names = tpk_source_categories(source, &n_names);
    for (size_t i = 0; i < spec->n_equals; i++) {
        double value = (double)NAN;
        for (size_t k = 0; k < n_names; k++) {
            if (strcmp(names[k], spec->equals[i]) == 0) value = (double)k;
        }
        if (n_names == 0 && !tpk_text_to_number(spec->equals[i], &value)) {
            return tpk_err_set(err, TPK_ERR_PROJECT,
                               _("equals: '%s' is not a number, but the values of its source are"),
                               spec->equals[i]);
        }
        if (n_names > 0 && isnan(value)) {
            const char *near = tpk_text_nearest(spec->equals[i], names, n_names);
            return tpk_err_set(err, TPK_ERR_PROJECT, _("equals: the layer has no category '%s'%s%s%s"),
                               spec->equals[i], near ? _("; did you mean '") : "", near ? near : "",
                               near ? "'?" : "");
        }
        constraint->equals[constraint->n_equals++] = value;
    }
    return TPK_OK;
}

/* Categories have no order: their numbers follow the alphabet. */
static tpk_status check_order(const tpk_constraint_spec *spec, const tpk_source *source, tpk_err *err)
{
    enum { MOST_NAMED = 5 };
    size_t n_names;
    const char *const *names = tpk_source_categories(source, &n_names);
    if (n_names == 0 || (spec->test != TPK_TEST_ABOVE && spec->test != TPK_TEST_BELOW)) return TPK_OK;
    tpk_text text = {0};
    for (size_t i = 0; i < n_names && i < MOST_NAMED; i++)
        tpk_text_addf(&text, "%s'%s'", i ? ", " : "", names[i]);
    if (n_names > MOST_NAMED) tpk_text_add(&text, ", ...");
    char *list;
    tpk_status status = tpk_text_take(&text, &list, err);
    if (status != TPK_OK) return status;
    status = tpk_err_set(err, TPK_ERR_PROJECT,
                         _("'%s: %g' compares numbers, but its source gives categories, which have no order: "
                           "%s; name those that are "
                           "excluded with 'equals'"),
                         spec->test == TPK_TEST_ABOVE ? "above" : "below", spec->limit, list);
    tpk_free(list);
    return status;
}

static tpk_status plan_constraint(planning *p, const tpk_constraint_spec *spec,
                                  tpk_plan_constraint *constraint, tpk_err *err)
{
    constraint->spec = spec;
    constraint->flat_from = test_flat_from(spec);
    tpk_status status = TPK_OK;
    const tpk_source *source;
    if (spec->criterion >= 0) {
        tpk_plan_criterion *criterion = &p->plan->criteria[spec->criterion];
        criterion->flat_from = fmax(criterion->flat_from, constraint->flat_from);
        criterion->for_constraint = true;
        source = criterion->source;
    } else {
        status = new_source(p, &spec->source, spec->test == TPK_TEST_EQUALS, &constraint->source, err);
        source = constraint->source;
    }
    if (status == TPK_OK) status = check_order(spec, source, err);
    if (status == TPK_OK && spec->test == TPK_TEST_EQUALS)
        status = plan_equals(spec, source, constraint, err);
    return status == TPK_OK
               ? status
               : tpk_err_prefix(err, status, _("%s:%d:%d: constraint '%s'"), p->plan->project->path,
                                spec->pos.line, spec->pos.column, spec->id);
}

/* ---- criteria ---- */

/* Does its curve, or a constraint on it, look values up one by one? */
static bool is_categorical(const tpk_project *project, const tpk_criterion_spec *spec)
{
    bool found = tpk_curve_takes_categories(&spec->curve);
    for (size_t k = 0; k < project->n_constraints; k++) {
        const tpk_constraint_spec *constraint = &project->constraints[k];
        found |= constraint->criterion == (int32_t)(spec - project->criteria) &&
                 constraint->test == TPK_TEST_EQUALS;
    }
    return found;
}

static tpk_status plan_criterion(planning *p, const tpk_criterion_spec *spec, tpk_plan_criterion *criterion,
                                 tpk_err *err)
{
    criterion->spec = spec;
    tpk_status status =
        new_source(p, &spec->source, is_categorical(p->plan->project, spec), &criterion->source, err);
    if (status == TPK_OK) {
        size_t n_names;
        const char *const *names = tpk_source_categories(criterion->source, &n_names);
        status = tpk_curve_new(&spec->curve, names, n_names, p->plan->project->path, p->diags,
                               &criterion->curve, err);
    }
    if (status != TPK_OK) {
        return tpk_err_prefix(err, status, _("%s:%d:%d: criterion '%s'"), p->plan->project->path,
                              spec->pos.line, spec->pos.column, spec->id);
    }
    criterion->flat_from = tpk_curve_flat_from(criterion->curve);
    if (spec->unknown == TPK_UNKNOWN_SHARE) p->plan->shares_weight = true;
    return TPK_OK;
}

/* ---- layers in the wrong place ---- */

static const double FAR_M = 100e3; /* neighbours that matter to a province lie nearer */

static void warn_if_far(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                        const tpk_raster *raster)
{
    (void)raster;
    planning *p = user;
    if (!layer || tpk_box_is_empty(layer->box)) return;
    tpk_box near = {p->area.x_min - FAR_M, p->area.y_min - FAR_M, p->area.x_max + FAR_M,
                    p->area.y_max + FAR_M};
    if (tpk_box_intersects(layer->box, near)) return;
    tpk_status status = tpk_diag_add(p->diags, TPK_WARNING, p->plan->project->path, spec->pos,
                                     _("layer '%s' lies wholly more than %.0f km away from the study area (x "
                                       "%.0f to %.0f m, y %.0f to %.0f m "
                                       "in the grid's CRS); check its coordinates and its 'crs'"),
                                     spec->id, FAR_M / 1000, layer->box.x_min, layer->box.x_max,
                                     layer->box.y_min, layer->box.y_max);
    if (status != TPK_OK) p->lost_remark = true;
}

static void normalise_weights(tpk_plan *plan)
{
    double sum = 0;
    for (size_t k = 0; k < plan->n_criteria; k++) sum += plan->criteria[k].spec->weight;
    for (size_t k = 0; k < plan->n_criteria; k++)
        plan->criteria[k].weight = plan->criteria[k].spec->weight / sum;
}

static tpk_status plan_parts(planning *p, tpk_err *err)
{
    tpk_plan *plan = p->plan;
    const tpk_project *project = plan->project;
    plan->criteria = tpk_zalloc(project->n_criteria, sizeof *plan->criteria);
    plan->constraints = tpk_zalloc(project->n_constraints, sizeof *plan->constraints);
    if (!plan->criteria || !plan->constraints) return tpk_err_memory(err);
    plan->n_criteria = project->n_criteria;
    plan->n_constraints = project->n_constraints;

    tpk_status status = plan_area(p, err);
    for (size_t k = 0; k < plan->n_criteria && status == TPK_OK; k++) {
        status = plan_criterion(p, &project->criteria[k], &plan->criteria[k], err);
    }
    for (size_t k = 0; k < plan->n_constraints && status == TPK_OK; k++) {
        status = plan_constraint(p, &project->constraints[k], &plan->constraints[k], err);
    }
    if (status != TPK_OK) return status;
    normalise_weights(plan);
    tpk_store_each(p->store, warn_if_far, p);
    return p->lost_remark ? tpk_err_memory(err) : TPK_OK;
}

tpk_status tpk_plan_new_take(const tpk_project *project, double cell_m, tpk_crs *crs, tpk_store *store,
                             tpk_worker *worker, const tpk_control *control, tpk_diags *diags,
                             tpk_plan **plan, tpk_err *err)
{
    *plan = NULL;
    tpk_plan *made = tpk_zalloc(1, sizeof *made);
    if (!made) {
        tpk_crs_free(crs);
        return tpk_err_memory(err);
    }
    made->project = project;
    made->crs = crs;
    made->cell_m = cell_m > 0 ? cell_m : project->grid.cell;
    planning p = {.plan = made,
                  .store = store,
                  .worker = worker,
                  .control = control,
                  .diags = diags,
                  .area = TPK_BOX_EMPTY};
    tpk_status status = plan_parts(&p, err);
    if (status != TPK_OK) {
        tpk_plan_free(made);
        return status;
    }
    *plan = made;
    return TPK_OK;
}

void tpk_plan_free(tpk_plan *plan)
{
    if (!plan) return;
    for (size_t k = 0; k < plan->n_criteria; k++) {
        tpk_source_free(plan->criteria[k].source);
        tpk_curve_free(plan->criteria[k].curve);
    }
    for (size_t k = 0; k < plan->n_constraints; k++) {
        tpk_source_free(plan->constraints[k].source);
        tpk_free(plan->constraints[k].equals);
    }
    tpk_source_free(plan->area);
    tpk_free(plan->criteria);
    tpk_free(plan->constraints);
    tpk_crs_free(plan->crs);
    tpk_free(plan);
}
