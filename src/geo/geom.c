#include "geo/geom.h"

#include <math.h>

tpk_box tpk_geom_box(tpk_geom geom)
{
    if (geom.n_parts == 0 || geom.part_start[geom.n_parts] == geom.part_start[0]) return TPK_BOX_EMPTY;
    tpk_box box = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (int64_t i = geom.part_start[0]; i < geom.part_start[geom.n_parts]; i++) {
        double x = geom.xy[2 * i], y = geom.xy[2 * i + 1];
        if (x < box.x_min) box.x_min = x;
        if (x > box.x_max) box.x_max = x;
        if (y < box.y_min) box.y_min = y;
        if (y > box.y_max) box.y_max = y;
    }
    return box;
}

double tpk_ring_signed_area(const double *xy, int64_t n)
{
    /* Relative to the first point: at 1e7 m northing the plain formula loses seven digits. */
    double sum = 0;
    for (int64_t i = 1; i + 1 < n; i++) {
        double ax = xy[2 * i] - xy[0], ay = xy[2 * i + 1] - xy[1];
        double bx = xy[2 * i + 2] - xy[0], by = xy[2 * i + 3] - xy[1];
        sum += ax * by - bx * ay;
    }
    return sum / 2;
}

double tpk_geom_length(tpk_geom geom)
{
    double length = 0;
    for (int64_t part = 0; part < geom.n_parts; part++) {
        for (int64_t i = geom.part_start[part]; i + 1 < geom.part_start[part + 1]; i++) {
            length += hypot(geom.xy[2 * i + 2] - geom.xy[2 * i], geom.xy[2 * i + 3] - geom.xy[2 * i + 1]);
        }
    }
    return length;
}

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* Moves end a of an edge along it to the nearest height inside the box: exactly to its border, so that the
 * edges of a ring still add up to a closed way there. */
static void move_end(double *a, const double *b, tpk_box box)
{
    double y = clamp(a[1], box.y_min, box.y_max);
    if (y == a[1]) return;
    a[0] += (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
    a[1] = y;
}

int tpk_edge_shadow(const double *start, const double *end, tpk_box box, double shadow[8])
{
    double a[2] = {start[0], start[1]}, b[2] = {end[0], end[1]};
    if (fmax(a[1], b[1]) <= box.y_min || fmin(a[1], b[1]) >= box.y_max) return 0;
    move_end(a, end, box);
    move_end(b, start, box);
    double sides[2] = {a[0] < b[0] ? box.x_min : box.x_max, a[0] < b[0] ? box.x_max : box.x_min};
    int n = 1;
    shadow[0] = clamp(a[0], box.x_min, box.x_max);
    shadow[1] = a[1];
    for (int i = 0; i < 3; i++) {
        double t = i < 2 ? (sides[i] - a[0]) / (b[0] - a[0]) : 1;
        if (!(t > 0 && t <= 1)) continue;
        shadow[2 * n] = i < 2 ? sides[i] : clamp(b[0], box.x_min, box.x_max);
        shadow[2 * n + 1] = i < 2 ? a[1] + t * (b[1] - a[1]) : b[1];
        n++;
    }
    return n;
}
