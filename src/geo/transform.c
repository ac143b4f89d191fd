#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "geo/crs_private.h"

struct tpk_transform {
    PJ *pj; /* NULL: identity */
    char *name;
    double accuracy_m;
    bool ballpark;
    tpk_box area; /* longitude and latitude for which the changes of datum were made */
};

static const tpk_box WORLD = {-180, -90, 180, 90};

const char *tpk_worker_proj_reason(const tpk_worker *worker)
{
    const char *reason = worker->proj_message;
    if (strncmp(reason, "proj_", 5) ==
        0) { /* "proj_create: crs not found": the function says nothing to a planner */
        const char *colon = strstr(reason, ": ");
        if (colon) reason = colon + 2;
    }
    return reason[0] ? reason : _("no reason given");
}

static PJ_OPERATION_FACTORY_CONTEXT *new_factory(PJ_CONTEXT *proj, tpk_box area_lonlat, bool ballpark)
{
    PJ_OPERATION_FACTORY_CONTEXT *factory = proj_create_operation_factory_context(proj, NULL);
    if (!factory) return NULL;
    if (!tpk_box_is_empty(area_lonlat)) {
        proj_operation_factory_context_set_area_of_interest(
            proj, factory, area_lonlat.x_min, area_lonlat.y_min, area_lonlat.x_max, area_lonlat.y_max);
    }
    proj_operation_factory_context_set_spatial_criterion(proj, factory,
                                                         PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
    proj_operation_factory_context_set_grid_availability_use(
        proj, factory, PROJ_GRID_AVAILABILITY_DISCARD_OPERATION_IF_MISSING_GRID);
    proj_operation_factory_context_set_allow_ballpark_transformations(proj, factory, ballpark);
    return factory;
}

/* The first operation that PROJ can carry out; PROJ sorts the best first. NULL when there is none. */
static PJ *best_operation(PJ_CONTEXT *proj, const PJ *from, const PJ *to, tpk_box area_lonlat, bool ballpark)
{
    PJ *best = NULL;
    PJ_OBJ_LIST *list = NULL;
    PJ_OPERATION_FACTORY_CONTEXT *factory = new_factory(proj, area_lonlat, ballpark);
    if (factory) list = proj_create_operations(proj, from, to, factory);
    int n = list ? proj_list_get_count(list) : 0;
    for (int i = 0; i < n && !best; i++) {
        PJ *candidate = proj_list_get(proj, list, i);
        if (candidate && proj_coordoperation_is_instantiable(proj, candidate)) {
            best = candidate;
        } else {
            proj_destroy(candidate);
        }
    }
    proj_list_destroy(list);
    if (factory) proj_operation_factory_context_destroy(factory);
    return best;
}

/* No datum changes: exact by definition, for which PROJ states no accuracy. */
static bool is_conversion(PJ_CONTEXT *proj, const PJ *operation)
{
    if (proj_get_type(operation) == PJ_TYPE_CONVERSION) return true;
    if (proj_get_type(operation) != PJ_TYPE_CONCATENATED_OPERATION) return false;
    bool all = true;
    int n_steps = proj_concatoperation_get_step_count(proj, operation);
    for (int i = 0; i < n_steps && all; i++) {
        PJ *step = proj_concatoperation_get_step(proj, operation, i);
        all = step && proj_get_type(step) == PJ_TYPE_CONVERSION;
        proj_destroy(step);
    }
    return all;
}

static double accuracy_m_of(PJ_CONTEXT *proj, const PJ *operation)
{
    if (is_conversion(proj, operation)) return 0;
    bool ballpark = proj_coordoperation_has_ballpark_transformation(proj, operation);
    return ballpark ? -1 : proj_coordoperation_get_accuracy(proj, operation);
}

static tpk_box intersect(tpk_box a, tpk_box b)
{
    return (tpk_box){fmax(a.x_min, b.x_min), fmax(a.y_min, b.y_min), fmin(a.x_max, b.x_max),
                     fmin(a.y_max, b.y_max)};
}

/* The area of use of a change of datum; the world when PROJ states none, or it crosses the date line. */
static tpk_box area_of_use(PJ_CONTEXT *proj, const PJ *step)
{
    tpk_box area;
    if (is_conversion(proj, step)) return WORLD;
    bool known =
        proj_get_area_of_use(proj, step, &area.x_min, &area.y_min, &area.x_max, &area.y_max, NULL) != 0;
    if (!known || area.x_min < WORLD.x_min || area.y_min < WORLD.y_min) return WORLD; /* -1000: unknown */
    if (area.x_min > area.x_max) {
        area.x_min = WORLD.x_min;
        area.x_max = WORLD.x_max;
    }
    return area;
}

/* Of the steps, not of the whole: a UTM zone, which bounds the whole, is exact beyond its edges too. */
static tpk_box datum_area(PJ_CONTEXT *proj, const PJ *operation)
{
    if (proj_get_type(operation) != PJ_TYPE_CONCATENATED_OPERATION) return area_of_use(proj, operation);
    tpk_box area = WORLD;
    int n_steps = proj_concatoperation_get_step_count(proj, operation);
    for (int i = 0; i < n_steps; i++) {
        PJ *step = proj_concatoperation_get_step(proj, operation, i);
        if (step) area = intersect(area, area_of_use(proj, step));
        proj_destroy(step);
    }
    return area;
}

tpk_status tpk_transform_new_from_pj(tpk_worker *worker, const PJ *from, const PJ *to, tpk_box area_lonlat,
                                     tpk_transform **transform, tpk_err *err)
{
    *transform = NULL;
    worker->proj_message[0] = '\0';
    tpk_status status = TPK_OK;
    PJ *operation = NULL;
    tpk_transform *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    operation = best_operation(worker->proj, from, to, area_lonlat, false);
    if (!operation) operation = best_operation(worker->proj, from, to, area_lonlat, true);
    if (operation) made->pj = proj_normalize_for_visualization(worker->proj, operation);
    if (!made->pj) {
        status =
            tpk_err_set(err, TPK_ERR_CRS,
                        _("no transformation is known from '%s' to '%s' (%s); check that both CRS are right"),
                        proj_get_name(from), proj_get_name(to), tpk_worker_proj_reason(worker));
        goto done;
    }
    made->accuracy_m = accuracy_m_of(worker->proj, operation);
    made->ballpark = proj_coordoperation_has_ballpark_transformation(worker->proj, operation) != 0;
    made->area = datum_area(worker->proj, operation);
    const char *name = proj_get_name(operation);
    made->name = tpk_strdup(name ? name : "");
    if (!made->name) {
        status = tpk_err_memory(err);
        goto done;
    }
    *transform = made;
    made = NULL;
done:
    proj_destroy(operation);
    tpk_transform_free(made);
    return status;
}

static tpk_status new_identity(tpk_transform **transform, tpk_err *err)
{
    tpk_transform *made = tpk_zalloc(1, sizeof *made);
    if (made) {
        made->name = tpk_strdup("identity");
        made->area = WORLD;
    }
    if (!made || !made->name) {
        tpk_transform_free(made);
        return tpk_err_memory(err);
    }
    *transform = made;
    return TPK_OK;
}

tpk_status tpk_transform_new(tpk_worker *worker, const tpk_crs *from, const tpk_crs *to, tpk_box area_lonlat,
                             tpk_transform **transform, tpk_err *err)
{
    *transform = NULL;
    if (tpk_crs_is_same(from, to)) return new_identity(transform, err);
    return tpk_transform_new_from_pj(worker, from->bound ? from->bound : from->pj,
                                     to->bound ? to->bound : to->pj, area_lonlat, transform, err);
}

void tpk_transform_free(tpk_transform *transform)
{
    if (!transform) return;
    proj_destroy(transform->pj);
    tpk_free(transform->name);
    tpk_free(transform);
}

const char *tpk_transform_name(const tpk_transform *transform)
{
    return transform->name;
}

double tpk_transform_accuracy_m(const tpk_transform *transform)
{
    return transform->accuracy_m;
}

bool tpk_transform_is_identity(const tpk_transform *transform)
{
    return transform->pj == NULL;
}

bool tpk_transform_is_ballpark(const tpk_transform *transform)
{
    return transform->ballpark;
}

bool tpk_transform_covers(const tpk_transform *transform, tpk_box area_lonlat)
{
    const tpk_box *made_for = &transform->area;
    return tpk_box_is_empty(area_lonlat) ||
           (area_lonlat.x_min >= made_for->x_min && area_lonlat.x_max <= made_for->x_max &&
            area_lonlat.y_min >= made_for->y_min && area_lonlat.y_max <= made_for->y_max);
}

static void run(tpk_transform *transform, PJ_DIRECTION direction, double *xy, int64_t n, int64_t *n_failed)
{
    if (transform->pj && n > 0) {
        size_t stride = 2 * sizeof *xy, count = (size_t)n;
        proj_trans_generic(transform->pj, direction, xy, stride, count, xy + 1, stride, count, NULL, 0, 0,
                           NULL, 0, 0);
    }
    int64_t failed = 0;
    for (int64_t i = 0; i < n; i++) {
        if (isfinite(xy[2 * i]) && isfinite(xy[2 * i + 1])) continue;
        xy[2 * i] = xy[2 * i + 1] = (double)NAN;
        failed++;
    }
    if (n_failed) *n_failed = failed;
}

void tpk_transform_forward(tpk_transform *transform, double *xy, int64_t n, int64_t *n_failed)
{
    run(transform, PJ_FWD, xy, n, n_failed);
}

void tpk_transform_inverse(tpk_transform *transform, double *xy, int64_t n, int64_t *n_failed)
{
    run(transform, PJ_INV, xy, n, n_failed);
}
