#include "geo/segments.h"

#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"

enum { FANOUT = 8, MAX_LEVELS = 12 }; /* 8^12 is more than 2^31 segments */

struct tpk_segments {
    tpk_segment *items;
    int32_t n;
    tpk_box *boxes; /* level by level, the leaves' first */
    int64_t level_start[MAX_LEVELS + 1];
    int n_levels;
    tpk_box box;
};

static tpk_box segment_box(const tpk_segment *s)
{
    return (tpk_box){fmin(s->ax, s->bx), fmin(s->ay, s->by), fmax(s->ax, s->bx), fmax(s->ay, s->by)};
}

/* ---- building ---- */

static int64_t count_segments(const tpk_geom *geoms, int64_t n)
{
    int64_t count = 0;
    for (int64_t g = 0; g < n; g++) {
        for (int64_t part = 0; part < geoms[g].n_parts; part++) {
            int64_t points = geoms[g].part_start[part + 1] - geoms[g].part_start[part];
            count += geoms[g].kind == TPK_GEOM_POINT || points == 1 ? points : points > 0 ? points - 1 : 0;
        }
    }
    return count;
}

static tpk_segment make_segment(const double *a, const double *b, int64_t feature)
{
    double dx = b[0] - a[0], dy = b[1] - a[1], length = sqrt(dx * dx + dy * dy);
    bool is_point = length == 0;
    return (tpk_segment){.ax = a[0],
                         .ay = a[1],
                         .bx = b[0],
                         .by = b[1],
                         .ux = is_point ? 0 : dx / length,
                         .uy = is_point ? 0 : dy / length,
                         .length = length,
                         .feature = feature};
}

static void fill_segments(const tpk_geom *geoms, int64_t n, tpk_segment *out)
{
    for (int64_t g = 0; g < n; g++) {
        const double *xy = geoms[g].xy;
        for (int64_t part = 0; part < geoms[g].n_parts; part++) {
            int64_t first = geoms[g].part_start[part], end = geoms[g].part_start[part + 1];
            bool single = geoms[g].kind == TPK_GEOM_POINT || end - first == 1;
            for (int64_t i = first; single ? i < end : i + 1 < end; i++) {
                *out++ = make_segment(xy + 2 * i, xy + 2 * (single ? i : i + 1), g);
            }
        }
    }
}

/* Position along a Hilbert curve of order 16 (Wikipedia, "Hilbert curve", xy2d). */
static uint32_t hilbert(uint32_t x, uint32_t y)
{
    uint32_t d = 0;
    for (uint32_t s = 1u << 15; s > 0; s >>= 1) {
        uint32_t rx = (x & s) > 0, ry = (y & s) > 0;
        d += s * s * ((3 * rx) ^ ry);
        if (ry == 0) {
            if (rx == 1) {
                x = 0xFFFF - (x & 0xFFFF);
                y = 0xFFFF - (y & 0xFFFF);
            }
            uint32_t swap = x;
            x = y;
            y = swap;
        }
    }
    return d;
}

typedef struct sort_key {
    uint32_t hilbert;
    int32_t index;
} sort_key;

/* Stable, so that equal keys keep the order of their indices: four passes of a byte each, from `keys` to
 * `other` and back. */
static void radix_sort(sort_key *keys, sort_key *other, size_t n)
{
    for (int shift = 0; shift < 32; shift += 8) {
        size_t start[257] = {0};
        for (size_t i = 0; i < n; i++) start[(keys[i].hilbert >> shift & 0xFF) + 1]++;
        for (int k = 0; k < 256; k++) start[k + 1] += start[k];
        for (size_t i = 0; i < n; i++) other[start[keys[i].hilbert >> shift & 0xFF]++] = keys[i];
        sort_key *swap = keys;
        keys = other;
        other = swap;
    }
}

static tpk_status sort_along_curve(tpk_segments *set, tpk_err *err)
{
    size_t n = (size_t)set->n;
    sort_key *keys = tpk_alloc(2 * n, sizeof *keys); /* the second half is the sort's */
    tpk_segment *sorted = tpk_alloc(n, sizeof *sorted);
    if (!keys || !sorted) {
        tpk_free(keys);
        tpk_free(sorted);
        return tpk_err_memory(err);
    }
    double width = fmax(fmax(set->box.x_max - set->box.x_min, set->box.y_max - set->box.y_min), 1e-9);
    for (int32_t i = 0; i < set->n; i++) {
        const tpk_segment *s = &set->items[i];
        double fx = ((s->ax + s->bx) / 2 - set->box.x_min) / width,
               fy = ((s->ay + s->by) / 2 - set->box.y_min) / width;
        keys[i] = (sort_key){hilbert((uint32_t)(fx * 65535), (uint32_t)(fy * 65535)), i};
    }
    radix_sort(keys, keys + n, n);
    for (size_t i = 0; i < n; i++) sorted[i] = set->items[keys[i].index];
    tpk_free(keys);
    tpk_free(set->items);
    set->items = sorted;
    return TPK_OK;
}

static tpk_status build_levels(tpk_segments *set, tpk_err *err)
{
    int64_t total = 0, width = set->n;
    set->n_levels = 0;
    do {
        width = (width + FANOUT - 1) / FANOUT;
        set->level_start[set->n_levels++] = total;
        total += width;
    } while (width > 1);
    set->level_start[set->n_levels] = total;
    set->boxes = tpk_alloc((size_t)total, sizeof *set->boxes);
    if (!set->boxes) return tpk_err_memory(err);

    for (int level = 0; level < set->n_levels; level++) {
        int64_t below = level == 0 ? set->n : set->level_start[level] - set->level_start[level - 1];
        for (int64_t node = 0; node < set->level_start[level + 1] - set->level_start[level]; node++) {
            tpk_box box = TPK_BOX_EMPTY;
            for (int64_t k = node * FANOUT; k < below && k < (node + 1) * FANOUT; k++) {
                box = tpk_box_union(box, level == 0 ? segment_box(&set->items[k])
                                                    : set->boxes[set->level_start[level - 1] + k]);
            }
            set->boxes[set->level_start[level] + node] = box;
        }
    }
    return TPK_OK;
}

tpk_status tpk_segments_new(const tpk_geom *geoms, int64_t n, tpk_segments **segments, tpk_err *err)
{
    *segments = NULL;
    int64_t count = count_segments(geoms, n);
    if (count > INT32_MAX) {
        return tpk_err_set(err, TPK_ERR_LIMIT, _("%lld line segments in one layer; at most %d"),
                           (long long)count, INT32_MAX);
    }
    tpk_segments *set = tpk_zalloc(1, sizeof *set);
    if (!set) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    set->n = (int32_t)count;
    set->box = TPK_BOX_EMPTY;
    set->items = tpk_alloc((size_t)count, sizeof *set->items);
    if (!set->items) {
        status = tpk_err_memory(err);
        goto done;
    }
    fill_segments(geoms, n, set->items);
    for (int32_t i = 0; i < set->n; i++) set->box = tpk_box_union(set->box, segment_box(&set->items[i]));
    if (count > 0) {
        status = sort_along_curve(set, err);
        if (status == TPK_OK) status = build_levels(set, err);
    }
    if (status == TPK_OK) {
        *segments = set;
        set = NULL;
    }
done:
    tpk_segments_free(set);
    return status;
}

void tpk_segments_free(tpk_segments *segments)
{
    if (!segments) return;
    tpk_free(segments->items);
    tpk_free(segments->boxes);
    tpk_free(segments);
}

int64_t tpk_segments_count(const tpk_segments *segments)
{
    return segments->n;
}

const tpk_segment *tpk_segments_array(const tpk_segments *segments)
{
    return segments->items;
}

/* ---- asking ---- */

typedef struct children {
    int64_t first, end; /* nodes of the level below, or segments when level is 0 */
} children;

static children children_of(const tpk_segments *set, int level, int64_t node)
{
    int64_t below = level == 0 ? set->n : set->level_start[level] - set->level_start[level - 1];
    int64_t first = node * FANOUT, end = first + FANOUT;
    return (children){first, end < below ? end : below};
}

static double box_distance2(tpk_box box, double x, double y)
{
    double dx = fmax(fmax(box.x_min - x, x - box.x_max), 0), dy = fmax(fmax(box.y_min - y, y - box.y_max), 0);
    return dx * dx + dy * dy;
}

static void nearest_below(const tpk_segments *set, int level, int64_t node, double x, double y, double *best,
                          int64_t *index)
{
    children c = children_of(set, level, node);
    if (level == 0) {
        for (int64_t i = c.first; i < c.end; i++) {
            double d2 = tpk_segment_distance2(&set->items[i], x, y);
            if (d2 < *best) {
                *best = d2;
                *index = i;
            }
        }
        return;
    }
    int64_t order[FANOUT];
    double d2[FANOUT];
    int n = 0;
    for (int64_t child = c.first; child < c.end; child++) {
        double distance2 = box_distance2(set->boxes[set->level_start[level - 1] + child], x, y);
        int k = n++;
        for (; k > 0 && d2[k - 1] > distance2; k--) {
            d2[k] = d2[k - 1];
            order[k] = order[k - 1];
        }
        d2[k] = distance2;
        order[k] = child;
    }
    /* A little slack: a box distance and a segment distance round differently. */
    for (int k = 0; k < n && d2[k] * (1 - 1e-12) <= *best; k++)
        nearest_below(set, level - 1, order[k], x, y, best, index);
}

double tpk_segments_nearest2(const tpk_segments *segments, double x, double y, int64_t *index)
{
    double best = HUGE_VAL;
    int64_t at = -1;
    if (segments->n > 0) nearest_below(segments, segments->n_levels - 1, 0, x, y, &best, &at);
    if (index) *index = at;
    return best;
}

static bool list_add(tpk_index_list *list, int64_t index)
{
    if (!tpk_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items)) return false;
    list->items[list->n++] = (int32_t)index;
    return true;
}

static bool within_below(const tpk_segments *set, int level, int64_t node, double x, double y, double radius2,
                         tpk_index_list *list)
{
    children c = children_of(set, level, node);
    for (int64_t child = c.first; child < c.end; child++) {
        if (level == 0) {
            if (tpk_segment_distance2(&set->items[child], x, y) <= radius2 && !list_add(list, child))
                return false;
        } else if (box_distance2(set->boxes[set->level_start[level - 1] + child], x, y) <= radius2) {
            if (!within_below(set, level - 1, child, x, y, radius2, list)) return false;
        }
    }
    return true;
}

bool tpk_segments_within(const tpk_segments *segments, double x, double y, double radius,
                         tpk_index_list *list)
{
    double widened = radius * (1 + 1e-9);
    return segments->n == 0 ||
           within_below(segments, segments->n_levels - 1, 0, x, y, widened * widened, list);
}

static bool in_box_below(const tpk_segments *set, int level, int64_t node, tpk_box box, tpk_index_list *list)
{
    children c = children_of(set, level, node);
    for (int64_t child = c.first; child < c.end; child++) {
        tpk_box own =
            level == 0 ? segment_box(&set->items[child]) : set->boxes[set->level_start[level - 1] + child];
        if (!tpk_box_intersects(own, box)) continue;
        if (level == 0 ? !list_add(list, child) : !in_box_below(set, level - 1, child, box, list))
            return false;
    }
    return true;
}

bool tpk_segments_in_box(const tpk_segments *segments, tpk_box box, tpk_index_list *list)
{
    return segments->n == 0 || in_box_below(segments, segments->n_levels - 1, 0, box, list);
}

static int winding_below(const tpk_segments *set, int level, int64_t node, double x, double y)
{
    children c = children_of(set, level, node);
    int winding = 0;
    for (int64_t child = c.first; child < c.end; child++) {
        if (level == 0) {
            winding += tpk_segment_crossing(&set->items[child], x, y);
            continue;
        }
        const tpk_box *box = &set->boxes[set->level_start[level - 1] + child];
        if (box->y_min <= y && y < box->y_max && box->x_max > x)
            winding += winding_below(set, level - 1, child, x, y);
    }
    return winding;
}

bool tpk_segments_contain(const tpk_segments *segments, double x, double y)
{
    return segments->n > 0 && winding_below(segments, segments->n_levels - 1, 0, x, y) != 0;
}
