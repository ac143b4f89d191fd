/* Nesting by even-odd containment: for each ring one point of its interior is tested against every larger
 * ring whose box holds the ring's box. Points are sorted by y, so that one pass over the edges of a large
 * ring serves all its candidates. */
#include "input/rings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

typedef struct ring {
    const double *xy; /* borrowed */
    int64_t n;        /* points, the repeated last one not counted */
    tpk_box box;
    double signed_area;
    double px, py;  /* a point of the interior */
    int64_t depth;  /* rings it lies in */
    int64_t parent; /* the smallest ring it lies in, -1: none */
    bool dropped;
} ring;

struct tpk_rings {
    ring *items;
    int64_t *order;     /* by falling size of the box */
    int64_t *candidate; /* by y */
    uint8_t *inside;    /* parity of crossings, one a candidate */
    double *scratch;    /* crossings, then a ring to be written */
    size_t capacity, order_capacity, candidate_capacity, inside_capacity, scratch_capacity;
};

tpk_rings *tpk_rings_new(void)
{
    return tpk_zalloc(1, sizeof(tpk_rings));
}

void tpk_rings_free(tpk_rings *rings)
{
    if (!rings) return;
    tpk_free(rings->items);
    tpk_free(rings->order);
    tpk_free(rings->candidate);
    tpk_free(rings->inside);
    tpk_free(rings->scratch);
    tpk_free(rings);
}

static tpk_box box_of(const double *xy, int64_t n)
{
    tpk_box box = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (int64_t i = 0; i < n; i++) {
        box.x_min = fmin(box.x_min, xy[2 * i]);
        box.x_max = fmax(box.x_max, xy[2 * i]);
        box.y_min = fmin(box.y_min, xy[2 * i + 1]);
        box.y_max = fmax(box.y_max, xy[2 * i + 1]);
    }
    return box;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Where edge i of the ring crosses the height y; edges own their lower end. */
static bool crossing(const ring *r, int64_t i, double y, double *x)
{
    const double *a = r->xy + 2 * i, *b = i + 1 == r->n ? r->xy : a + 2;
    if ((a[1] > y) == (b[1] > y)) return false;
    *x = a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
    return true;
}

/* The middle of the widest stretch inside the ring along a line that meets no vertex. */
static bool find_interior(tpk_rings *rings, ring *r)
{
    double middle = r->box.y_min / 2 + r->box.y_max / 2, below = r->box.y_min, above = r->box.y_max;
    for (int64_t i = 0; i < r->n; i++) {
        double y = r->xy[2 * i + 1];
        if (y <= middle && y > below) below = y;
        if (y > middle && y < above) above = y;
    }
    r->py = below / 2 + above / 2;
    if (!tpk_grow(&rings->scratch, &rings->scratch_capacity, (size_t)r->n, sizeof *rings->scratch))
        return false;
    size_t n = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (crossing(r, i, r->py, &rings->scratch[n])) n++;
    }
    qsort(rings->scratch, n, sizeof *rings->scratch, compare_numbers);
    double widest = -1;
    r->px = r->xy[0];
    for (size_t i = 0; i + 1 < n; i += 2) {
        double width = rings->scratch[i + 1] - rings->scratch[i];
        if (width <= widest) continue;
        widest = width;
        r->px = rings->scratch[i] / 2 + rings->scratch[i + 1] / 2;
    }
    return true;
}

/* A signed area of zero is not enough: a bow tie of equal wings has that too. */
static bool is_flat(const ring *r)
{
    if (r->n < 3) return true;
    if (r->signed_area != 0) return false;
    const double *o = r->xy, *d = NULL;
    for (int64_t i = 1; i < r->n; i++) {
        const double *p = r->xy + 2 * i;
        if (p[0] == o[0] && p[1] == o[1]) continue;
        if (!d) d = p;
        if ((d[0] - o[0]) * (p[1] - o[1]) != (d[1] - o[1]) * (p[0] - o[0])) return false;
    }
    return true;
}

static bool take_rings(tpk_rings *rings, tpk_geom polygon, bool *mended)
{
    size_t n_rings = (size_t)polygon.n_parts;
    if (!tpk_grow(&rings->items, &rings->capacity, n_rings, sizeof *rings->items)) return false;
    for (size_t i = 0; i < n_rings; i++) {
        const double *xy = polygon.xy + 2 * polygon.part_start[i];
        int64_t n = polygon.part_start[i + 1] - polygon.part_start[i];
        bool closed = n > 1 && xy[0] == xy[2 * n - 2] && xy[1] == xy[2 * n - 1];
        if (closed) n--;
        ring r = {.xy = xy,
                  .n = n,
                  .parent = -1,
                  .box = box_of(xy, n),
                  .signed_area = n >= 3 ? tpk_ring_signed_area(xy, n) : 0};
        r.dropped = is_flat(&r);
        if (!closed || r.dropped) *mended = true;
        rings->items[i] = r;
    }
    return true;
}

static double box_area(tpk_box box)
{
    return (box.x_max - box.x_min) * (box.y_max - box.y_min);
}

/* A holder comes before what it holds: its box is larger, or as large and its area larger. */
static int compare_size(const void *a, const void *b, void *items)
{
    int64_t i = *(const int64_t *)a, j = *(const int64_t *)b;
    const ring *r = items;
    double x = box_area(r[i].box), y = box_area(r[j].box);
    if (x == y) x = fabs(r[i].signed_area), y = fabs(r[j].signed_area);
    if (x != y) return x > y ? -1 : 1;
    return (i > j) - (i < j);
}

static int compare_y(const void *a, const void *b, void *items)
{
    const ring *r = items;
    double x = r[*(const int64_t *)a].py, y = r[*(const int64_t *)b].py;
    return (x > y) - (x < y);
}

static bool is_repeated(const ring *a, const ring *b)
{
    return a->n == b->n && fabs(a->signed_area) == fabs(b->signed_area) &&
           memcmp(&a->box, &b->box, sizeof a->box) == 0;
}

static bool box_holds(tpk_box outer, tpk_box inner)
{
    return inner.x_min >= outer.x_min && inner.x_max <= outer.x_max && inner.y_min >= outer.y_min &&
           inner.y_max <= outer.y_max;
}

/* First candidate whose point lies at y or above. */
static size_t first_at(const tpk_rings *rings, size_t n, double y)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rings->items[rings->candidate[middle]].py < y)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void count_crossings(tpk_rings *rings, const ring *outer, size_t n)
{
    memset(rings->inside, 0, n);
    for (int64_t i = 0; i < outer->n; i++) {
        const double *a = outer->xy + 2 * i, *b = i + 1 == outer->n ? outer->xy : a + 2;
        double top = fmax(a[1], b[1]);
        for (size_t k = first_at(rings, n, fmin(a[1], b[1])); k < n; k++) {
            const ring *inner = &rings->items[rings->candidate[k]];
            double x;
            if (inner->py > top) break;
            if (crossing(outer, i, inner->py, &x) && x > inner->px) rings->inside[k] ^= 1;
        }
    }
}

/* Tests all smaller rings against rings->order[place]; going from large to small leaves the smallest holder
 * as parent. */
static bool nest_into(tpk_rings *rings, size_t place, size_t n_rings, bool *mended)
{
    int64_t index = rings->order[place];
    const ring *outer = &rings->items[index];
    size_t n = 0;
    for (size_t k = place + 1; k < n_rings; k++) {
        ring *inner = &rings->items[rings->order[k]];
        if (inner->dropped || !box_holds(outer->box, inner->box)) continue;
        if (is_repeated(outer, inner)) {
            inner->dropped = *mended = true;
            continue;
        }
        if (!tpk_grow(&rings->candidate, &rings->candidate_capacity, n + 1, sizeof *rings->candidate))
            return false;
        rings->candidate[n++] = rings->order[k];
    }
    if (n == 0) return true;
    if (!tpk_grow(&rings->inside, &rings->inside_capacity, n, 1)) return false;
    qsort_r(rings->candidate, n, sizeof *rings->candidate, compare_y, rings->items);
    count_crossings(rings, outer, n);
    for (size_t k = 0; k < n; k++) {
        if (!rings->inside[k]) continue;
        rings->items[rings->candidate[k]].depth++;
        rings->items[rings->candidate[k]].parent = index;
    }
    return true;
}

/* A hole belongs to the smallest outer ring around it. Where rings cross each other none may be left: such a
 * ring counts as an outer one, and the check for validity that follows sees to the rest. */
static void settle_parents(tpk_rings *rings, size_t n_rings)
{
    for (size_t i = 0; i < n_rings; i++) {
        ring *r = &rings->items[i];
        if (r->depth % 2 == 0) continue;
        while (r->parent >= 0 && rings->items[r->parent].depth % 2 == 1)
            r->parent = rings->items[r->parent].parent;
        if (r->parent < 0) r->depth = 0;
    }
}

static bool nest(tpk_rings *rings, size_t n_rings, bool *mended)
{
    if (n_rings < 2) return true;
    if (!tpk_grow(&rings->order, &rings->order_capacity, n_rings, sizeof *rings->order)) return false;
    for (size_t i = 0; i < n_rings; i++) {
        rings->order[i] = (int64_t)i;
        if (!rings->items[i].dropped && !find_interior(rings, &rings->items[i])) return false;
    }
    qsort_r(rings->order, n_rings, sizeof *rings->order, compare_size, rings->items);
    for (size_t place = 0; place + 1 < n_rings; place++) {
        if (!rings->items[rings->order[place]].dropped && !nest_into(rings, place, n_rings, mended))
            return false;
    }
    settle_parents(rings, n_rings);
    return true;
}

/* The reader's own order: each outer ring, then its holes. */
static void take_roles(tpk_rings *rings, const uint8_t *roles, size_t n_rings)
{
    int64_t outer = -1;
    for (size_t i = 0; i < n_rings; i++) {
        ring *r = &rings->items[i];
        if (roles[i] == TPK_RING_OUTER) {
            outer = (int64_t)i;
            continue;
        }
        r->parent = outer;
        r->depth = 1;
        if (outer < 0 || rings->items[outer].dropped) r->dropped = true;
    }
}

static bool write_ring(tpk_rings *rings, const ring *r, uint8_t role, tpk_geom_buffer *out)
{
    size_t n = (size_t)r->n;
    if (!tpk_grow(&rings->scratch, &rings->scratch_capacity, 2 * n + 2, sizeof *rings->scratch)) return false;
    bool reverse = (r->signed_area > 0) != (role == TPK_RING_OUTER);
    for (size_t i = 0; i <= n; i++) { /* the first point stays first, whatever the direction */
        size_t from = i % n;
        if (reverse && from > 0) from = n - from;
        rings->scratch[2 * i] = r->xy[2 * from];
        rings->scratch[2 * i + 1] = r->xy[2 * from + 1];
    }
    return tpk_geom_buffer_add_part(out, rings->scratch, r->n + 1, role);
}

/* Holes by parent in one pass: after sorting, the holes of one parent stand together in file order. */
static int compare_parent(const void *a, const void *b, void *items)
{
    int64_t i = *(const int64_t *)a, j = *(const int64_t *)b;
    const ring *r = items;
    if (r[i].parent != r[j].parent) return r[i].parent < r[j].parent ? -1 : 1;
    return (i > j) - (i < j);
}

static bool write_all(tpk_rings *rings, size_t n_rings, tpk_geom_buffer *out)
{
    if (!tpk_grow(&rings->order, &rings->order_capacity, n_rings, sizeof *rings->order)) return false;
    size_t n_holes = 0, next = 0;
    for (size_t i = 0; i < n_rings; i++) {
        if (!rings->items[i].dropped && rings->items[i].depth % 2 == 1) rings->order[n_holes++] = (int64_t)i;
    }
    qsort_r(rings->order, n_holes, sizeof *rings->order, compare_parent, rings->items);
    for (size_t i = 0; i < n_rings; i++) {
        const ring *r = &rings->items[i];
        bool is_outer = !r->dropped && r->depth % 2 == 0;
        if (is_outer && !write_ring(rings, r, TPK_RING_OUTER, out)) return false;
        for (; next < n_holes && rings->items[rings->order[next]].parent == (int64_t)i; next++) {
            if (is_outer && !write_ring(rings, &rings->items[rings->order[next]], TPK_RING_HOLE, out))
                return false;
        }
    }
    return true;
}

bool tpk_rings_order(tpk_rings *rings, tpk_geom polygon, bool roles_known, tpk_geom_buffer *out, bool *mended)
{
    *mended = false;
    size_t n_rings = (size_t)polygon.n_parts;
    if (n_rings == 0) return true;
    if (!take_rings(rings, polygon, mended)) return false;
    if (roles_known) {
        take_roles(rings, polygon.ring_role, n_rings);
    } else if (!nest(rings, n_rings, mended)) {
        return false;
    }
    return write_all(rings, n_rings, out);
}
