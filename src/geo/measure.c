/* Areal scale, lengths on the ellipsoid, and longitude and latitude, of things given in a CRS. */
#include <math.h>

#include "base/i18n.h"
#include "geo/crs_private.h"

/* Points go through PROJ in batches on the stack. */
enum { BATCH = 256 };

static const double RAD_PER_DEG = 0.017453292519943295769;
static const double DEFAULT_EDGE_M = 1000;
static const double METRES_PER_DEGREE = 111320; /* of latitude, roughly; only a step length */

static tpk_status make_base(tpk_crs *crs, tpk_err *err)
{
    if (crs->geographic) {
        crs->base_unit = crs->unit;
        return TPK_OK;
    }
    if (crs->base) return TPK_OK;
    PJ_CONTEXT *proj = crs->worker->proj;
    PJ *geodetic = proj_crs_get_geodetic_crs(proj, crs->pj);
    PJ *axes = geodetic ? proj_crs_get_coordinate_system(proj, geodetic) : NULL;
    double rad_per_unit = 0;
    tpk_status status;
    if (axes && proj_cs_get_axis_info(proj, axes, 0, NULL, NULL, NULL, &rad_per_unit, NULL, NULL, NULL)) {
        crs->base_unit = rad_per_unit / RAD_PER_DEG;
        status = tpk_transform_new_from_pj(crs->worker, crs->pj, geodetic, TPK_BOX_EMPTY, &crs->base, err);
    } else {
        status = tpk_err_set(err, TPK_ERR_CRS, _("the CRS '%s' has no longitude and latitude behind it"),
                             crs->name);
    }
    proj_destroy(axes);
    proj_destroy(geodetic);
    return status;
}

/* Map coordinates to degrees on the CRS's own datum, in place. */
static void to_base_deg(tpk_crs *crs, double *xy, int64_t n, int64_t *n_failed)
{
    *n_failed = 0;
    if (crs->base) tpk_transform_forward(crs->base, xy, n, n_failed);
    for (int64_t i = 0; i < 2 * n; i++) {
        xy[i] *= crs->base_unit;
        if (i % 2 == 1 && !(fabs(xy[i]) <= 90)) (*n_failed)++;
    }
}

/* m2 on the ellipsoid in one degree of longitude times one of latitude: (pi/180)^2 M N cos(lat). */
static double square_degree_m2(const struct geod_geodesic *ellipsoid, double lat_deg)
{
    double es = ellipsoid->f * (2 - ellipsoid->f), sin_lat = sin(lat_deg * RAD_PER_DEG);
    double w2 = 1 - es * sin_lat * sin_lat;
    double mn_m2 = ellipsoid->a * ellipsoid->a * (1 - es) / (w2 * w2);
    return mn_m2 * cos(lat_deg * RAD_PER_DEG) * RAD_PER_DEG * RAD_PER_DEG;
}

/* Central differences of the inverse projection. proj_factors would build the whole operation anew at every
 * call (PROJ 9.1). With a step of 100 m the third-order term is (100 m / R)^2 / 6 = 4e-11 and rounding about
 * as much. */
double tpk_crs_areal_scale(tpk_crs *crs, double x, double y)
{
    if (make_base(crs, NULL) != TPK_OK) return (double)NAN;
    double step = (crs->geographic ? 100 / METRES_PER_DEGREE : 100) / crs->unit;
    double at[] = {x - step, y, x + step, y, x, y - step, x, y + step, x, y};
    int64_t n_failed;
    to_base_deg(crs, at, 5, &n_failed);
    if (n_failed > 0) return (double)NAN;
    double lon_x = remainder(at[2] - at[0], 360), lat_x = at[3] - at[1];
    double lon_y = remainder(at[6] - at[4], 360), lat_y = at[7] - at[5];
    double deg2_per_unit2 = fabs(lon_x * lat_y - lon_y * lat_x) / (4 * step * step);
    return 1 / (deg2_per_unit2 * square_degree_m2(&crs->ellipsoid, at[9]));
}

/* Walks along one line, densified, and hands every point in degrees to a geodesic polyline. */
typedef struct walk {
    tpk_crs *crs;
    struct geod_polygon *sum;
    double max_edge;
    double xy[2 * BATCH];
    int64_t n;
} walk;

static tpk_status walk_flush(walk *w, tpk_err *err)
{
    double first[2] = {w->xy[0], w->xy[1]};
    int64_t n_failed;
    to_base_deg(w->crs, w->xy, w->n, &n_failed);
    if (n_failed > 0) {
        return tpk_err_set(err, TPK_ERR_CRS,
                           _("a point near (%.10g, %.10g) has no longitude and latitude in the CRS '%s'; "
                             "check that the layer's CRS is right"),
                           first[0], first[1], w->crs->name);
    }
    for (int64_t i = 0; i < w->n; i++) {
        geod_polygon_addpoint(&w->crs->ellipsoid, w->sum, w->xy[2 * i + 1], w->xy[2 * i]);
    }
    w->n = 0;
    return TPK_OK;
}

static tpk_status walk_add(walk *w, double x, double y, tpk_err *err)
{
    w->xy[2 * w->n] = x;
    w->xy[2 * w->n + 1] = y;
    w->n++;
    return w->n == BATCH ? walk_flush(w, err) : TPK_OK;
}

/* Each edge in as many pieces as max_edge asks for. */
static tpk_status walk_line(walk *w, const double *xy, int64_t n, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (int64_t i = 0; i + 1 < n && status == TPK_OK; i++) {
        const double *a = xy + 2 * i, *b = a + 2;
        double pieces = ceil(hypot(b[0] - a[0], b[1] - a[1]) / w->max_edge);
        int64_t n_pieces = pieces > 1 ? (int64_t)fmin(pieces, 1e6) : 1;
        for (int64_t k = 0; k < n_pieces && status == TPK_OK; k++) {
            double t = (double)k / (double)n_pieces;
            status = walk_add(w, a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), err);
        }
    }
    if (status == TPK_OK && n > 0) status = walk_add(w, xy[2 * n - 2], xy[2 * n - 1], err);
    return status == TPK_OK && w->n > 0 ? walk_flush(w, err) : status;
}

static double step_or_default(const tpk_crs *crs, double max_edge)
{
    if (max_edge > 0) return max_edge;
    return (crs->geographic ? DEFAULT_EDGE_M / METRES_PER_DEGREE : DEFAULT_EDGE_M) / crs->unit;
}

tpk_status tpk_crs_line_length_m(tpk_crs *crs, tpk_geom line, double max_edge, double *length_m, tpk_err *err)
{
    *length_m = 0;
    tpk_status status = make_base(crs, err);
    double sum_m = 0;
    for (int64_t p = 0; p < line.n_parts && status == TPK_OK; p++) {
        struct geod_polygon path;
        geod_polygon_init(&path, 1);
        walk w = {.crs = crs, .sum = &path, .max_edge = step_or_default(crs, max_edge)};
        int64_t start = line.part_start[p];
        status = walk_line(&w, line.xy + 2 * start, line.part_start[p + 1] - start, err);
        double part_m = 0;
        geod_polygon_compute(&crs->ellipsoid, &path, 0, 1, NULL, &part_m);
        sum_m += part_m;
    }
    if (status == TPK_OK) *length_m = sum_m;
    return status;
}

void tpk_crs_set_area(tpk_crs *crs, tpk_box area_lonlat)
{
    crs->area = area_lonlat;
    tpk_transform_free(crs->wgs84);
    crs->wgs84 = NULL;
}

static tpk_status make_wgs84(tpk_crs *crs, tpk_err *err)
{
    if (crs->wgs84) return TPK_OK;
    tpk_crs *wgs84 = NULL;
    tpk_status status = tpk_crs_new(crs->worker, "EPSG:4326", &wgs84, err);
    if (status == TPK_OK) status = tpk_transform_new(crs->worker, crs, wgs84, crs->area, &crs->wgs84, err);
    tpk_crs_free(wgs84);
    return status;
}

static tpk_status check_all(const tpk_crs *crs, const double *xy, int64_t n, int64_t n_failed, tpk_err *err)
{
    if (n_failed == 0) return TPK_OK;
    int64_t i = 0;
    while (i < n && isfinite(xy[2 * i])) i++;
    return tpk_err_set(err, TPK_ERR_CRS,
                       _("%lld of %lld points, the first of them number %lld, cannot be transformed between "
                         "the CRS '%s' and "
                         "longitude and latitude; check that their CRS is right"),
                       (long long)n_failed, (long long)n, (long long)i + 1, crs->name);
}

tpk_status tpk_crs_to_lonlat(tpk_crs *crs, double *xy, int64_t n, tpk_err *err)
{
    tpk_status status = make_wgs84(crs, err);
    if (status != TPK_OK) return status;
    int64_t n_failed;
    tpk_transform_forward(crs->wgs84, xy, n, &n_failed);
    return check_all(crs, xy, n, n_failed, err);
}

tpk_status tpk_crs_from_lonlat(tpk_crs *crs, double *xy, int64_t n, tpk_err *err)
{
    tpk_status status = make_wgs84(crs, err);
    if (status != TPK_OK) return status;
    int64_t n_failed;
    tpk_transform_inverse(crs->wgs84, xy, n, &n_failed);
    return check_all(crs, xy, n, n_failed, err);
}
