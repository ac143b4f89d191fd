#include "geo/area.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/simd.h"

enum { MAX_DEGREE = 24, MAX_TERMS = MAX_DEGREE + 2, LANES = 8 };

/* A zone of 100 km in UTM needs degree 4, a province 6 to 8; beyond 24 the projection is near a singular
 * point. */
static const int DEGREES[] = {2, 4, 6, 8, 12, 16, MAX_DEGREE};

/* tpk_crs_areal_scale itself is rounded to a few 1e-11, so that a better fit cannot be told from a worse one.
 */
static const double WANTED_FIT = 1e-10, ALLOWED_FIT = 1e-9;

static const double PI = 3.14159265358979323846;

struct tpk_map_area {
    double x_mid, y_mid, x_half, y_half; /* the box; u = (x - x_mid) / x_half in -1..1 */
    int degree;
    /* Coefficients of T_i(u) T_j(v): density[i * (degree + 1) + j] of the true area, primitive[...] of its
     * antiderivative in x (one more row), which is 0 in its constant row: a function of y alone adds nothing
     * around a ring. */
    double density[(MAX_DEGREE + 1) * (MAX_DEGREE + 1)];
    double primitive[MAX_TERMS * (MAX_DEGREE + 1)];
    double node[MAX_DEGREE + 1], weight[MAX_DEGREE + 1]; /* Gauss-Legendre on 0..1, degree + 1 of them */
};

static void chebyshev(double u, int n, double *t)
{
    t[0] = 1;
    t[1] = u;
    for (int i = 2; i < n; i++) t[i] = 2 * u * t[i - 1] - t[i - 2];
}

/* Newton's method on the Legendre polynomial of order n, from the usual first guess (Press et al., Numerical
 * Recipes 4.6). */
static void gauss_legendre(int n, double *node, double *weight)
{
    for (int k = 0; k < n; k++) {
        double z = cos(PI * (k + 0.75) / (n + 0.5)), slope = 0;
        for (int pass = 0; pass < 8; pass++) {
            double p = 1, p_before = 0;
            for (int j = 1; j <= n; j++) {
                double next = ((2 * j - 1) * z * p - (j - 1) * p_before) / j;
                p_before = p;
                p = next;
            }
            slope = n * (z * p - p_before) / (z * z - 1);
            z -= p / slope;
        }
        node[k] = (1 - z) / 2;
        weight[k] = 1 / ((1 - z * z) * slope * slope);
    }
}

/* TPK_ERR_CRS where PROJ cannot tell. */
static tpk_status true_density(tpk_crs *crs, double x, double y, double *density, tpk_err *err)
{
    *density = 1 / tpk_crs_areal_scale(crs, x, y);
    if (isfinite(*density) && *density > 0) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_CRS,
                       _("the CRS '%s' has no area scale at (%.10g, %.10g); check that the layer's CRS is "
                         "right and that it lies "
                         "where this CRS may be used"),
                       tpk_crs_name(crs), x, y);
}

static tpk_status fit(tpk_map_area *area, tpk_crs *crs, int degree, tpk_err *err)
{
    int n = degree + 1;
    double t[MAX_DEGREE + 1][MAX_DEGREE + 1], node[MAX_DEGREE + 1];
    area->degree = degree;
    memset(area->density, 0, sizeof area->density);
    for (int k = 0; k < n; k++) {
        node[k] = cos(PI * (k + 0.5) / n);
        chebyshev(node[k], n, t[k]);
    }
    for (int a = 0; a < n; a++) {
        for (int b = 0; b < n; b++) {
            double value;
            tpk_status status = true_density(crs, area->x_mid + node[a] * area->x_half,
                                             area->y_mid + node[b] * area->y_half, &value, err);
            if (status != TPK_OK) return status;
            for (int i = 0; i < n; i++) {
                double part = value * t[a][i] * (i ? 2 : 1) / n;
                for (int j = 0; j < n; j++) area->density[i * n + j] += part * t[b][j] * (j ? 2 : 1) / n;
            }
        }
    }
    return TPK_OK;
}

/* The largest relative difference from the true density at points that are no nodes of any fit. */
static tpk_status misfit(const tpk_map_area *area, tpk_crs *crs, double *worst, tpk_err *err)
{
    static const double AT[] = {-1, -0.777, -0.236, 0.414, 0.882, 1};
    enum { N = sizeof AT / sizeof AT[0] };
    *worst = 0;
    for (int a = 0; a < N; a++) {
        for (int b = 0; b < N; b++) {
            double x = area->x_mid + AT[a] * area->x_half, y = area->y_mid + AT[b] * area->y_half, is, should;
            tpk_status status = true_density(crs, x, y, &should, err);
            if (status != TPK_OK) return status;
            tpk_map_area_row(area, y, &x, 1, &is);
            *worst = fmax(*worst, fabs(is / should - 1));
        }
    }
    return TPK_OK;
}

/* Integral of T_i: T_1 for i = 0, T_2/4 for i = 1, else (T_{i+1}/(i+1) - T_{i-1}/(i-1)) / 2. */
static void integrate_in_x(tpk_map_area *area)
{
    int n = area->degree + 1;
    memset(area->primitive, 0, sizeof area->primitive);
    for (int j = 0; j < n; j++) {
        for (int i = 1; i <= n; i++) {
            double below = area->density[(i - 1) * n + j] * (i == 1 ? 2 : 1);
            double above = i + 1 < n ? area->density[(i + 1) * n + j] : 0;
            area->primitive[i * n + j] = area->x_half * (below - above) / (2 * i);
        }
    }
}

tpk_status tpk_map_area_new(tpk_crs *crs, tpk_box box, tpk_map_area **area, tpk_err *err)
{
    *area = NULL;
    if (tpk_box_is_empty(box) || !isfinite(box.x_min + box.x_max + box.y_min + box.y_max)) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("areas were asked for in an empty box"));
    }
    tpk_map_area *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->x_mid = box.x_min + (box.x_max - box.x_min) / 2;
    made->y_mid = box.y_min + (box.y_max - box.y_min) / 2;
    made->x_half = fmax((box.x_max - box.x_min) / 2, 1e-9 * fmax(1, fabs(made->x_mid)));
    made->y_half = fmax((box.y_max - box.y_min) / 2, 1e-9 * fmax(1, fabs(made->y_mid)));

    tpk_status status = TPK_OK;
    double worst = HUGE_VAL;
    for (size_t i = 0; i < sizeof DEGREES / sizeof DEGREES[0] && worst > WANTED_FIT && status == TPK_OK;
         i++) {
        status = fit(made, crs, DEGREES[i], err);
        if (status == TPK_OK) status = misfit(made, crs, &worst, err);
    }
    if (status == TPK_OK && worst > ALLOWED_FIT) {
        status = tpk_err_set(err, TPK_ERR_CRS,
                             _("the area scale of the CRS '%s' changes too fast between (%.10g, %.10g) and "
                               "(%.10g, %.10g); choose a "
                               "CRS made for this region, for example its UTM zone"),
                             tpk_crs_name(crs), box.x_min, box.y_min, box.x_max, box.y_max);
    }
    if (status != TPK_OK) {
        tpk_free(made);
        return status;
    }
    integrate_in_x(made);
    gauss_legendre(made->degree + 1, made->node, made->weight);
    *area = made;
    return TPK_OK;
}

void tpk_map_area_free(tpk_map_area *area)
{
    tpk_free(area);
}

/* Clenshaw's recurrence for LANES points side by side. */
TPK_SIMD static void evaluate_lanes(const double *coefficient, int degree, const double *u, double *value)
{
    double b1[LANES] = {0}, b2[LANES] = {0};
    for (int i = degree; i > 0; i--) {
        TPK_SIMD_LOOP
        for (int k = 0; k < LANES; k++) {
            double b = 2 * u[k] * b1[k] - b2[k] + coefficient[i];
            b2[k] = b1[k];
            b1[k] = b;
        }
    }
    TPK_SIMD_LOOP
    for (int k = 0; k < LANES; k++) value[k] = u[k] * b1[k] - b2[k] + coefficient[0];
}

void tpk_map_area_row(const tpk_map_area *area, double y, const double *x, int64_t n, double *m2)
{
    int terms = area->degree + 1;
    double t[MAX_TERMS], coefficient[MAX_TERMS];
    chebyshev((y - area->y_mid) / area->y_half, terms, t);
    for (int i = 0; i < terms; i++) {
        coefficient[i] = 0;
        for (int j = 0; j < terms; j++) coefficient[i] += area->density[i * terms + j] * t[j];
    }
    for (int64_t c = 0; c < n; c += LANES) {
        int lanes = n - c < LANES ? (int)(n - c) : LANES;
        double u[LANES] = {0}, value[LANES];
        for (int k = 0; k < lanes; k++) u[k] = (x[c + k] - area->x_mid) / area->x_half;
        evaluate_lanes(coefficient, area->degree, u, value);
        memcpy(m2 + c, value, (size_t)lanes * sizeof *value);
    }
}

static double primitive_at(const tpk_map_area *area, double x, double y)
{
    int terms = area->degree + 1;
    double tu[MAX_TERMS], tv[MAX_TERMS], sum = 0;
    chebyshev((x - area->x_mid) / area->x_half, terms + 1, tu);
    chebyshev((y - area->y_mid) / area->y_half, terms, tv);
    for (int i = 1; i <= terms; i++) {
        double row = 0;
        for (int j = 0; j < terms; j++) row += area->primitive[i * terms + j] * tv[j];
        sum += row * tu[i];
    }
    return sum;
}

static double along_edge(const tpk_map_area *area, double ax, double ay, double bx, double by)
{
    if (ay == by) return 0;
    double sum = 0;
    for (int k = 0; k <= area->degree; k++) {
        double t = area->node[k];
        sum += area->weight[k] * primitive_at(area, ax + t * (bx - ax), ay + t * (by - ay));
    }
    return sum * (by - ay);
}

static double along_clipped_edge(const tpk_map_area *area, const double *start, const double *end,
                                 tpk_box clip)
{
    double shadow[8], sum = 0;
    int n = tpk_edge_shadow(start, end, clip, shadow);
    for (int i = 0; i + 1 < n; i++) {
        const double *p = shadow + 2 * i;
        sum += along_edge(area, p[0], p[1], p[2], p[3]);
    }
    return sum;
}

double tpk_map_area_m2(const tpk_map_area *area, tpk_geom polygon)
{
    double sum_m2 = 0;
    for (int64_t p = 0; p < polygon.n_parts; p++) {
        for (int64_t i = polygon.part_start[p]; i + 1 < polygon.part_start[p + 1]; i++) {
            const double *a = polygon.xy + 2 * i;
            sum_m2 += along_edge(area, a[0], a[1], a[2], a[3]);
        }
    }
    return sum_m2;
}

double tpk_map_area_clipped_m2(const tpk_map_area *area, tpk_geom polygon, tpk_box clip)
{
    double sum_m2 = 0;
    for (int64_t p = 0; p < polygon.n_parts && !tpk_box_is_empty(clip); p++) {
        for (int64_t i = polygon.part_start[p]; i + 1 < polygon.part_start[p + 1]; i++) {
            const double *a = polygon.xy + 2 * i;
            sum_m2 += along_clipped_edge(area, a, a + 2, clip);
        }
    }
    return sum_m2;
}
