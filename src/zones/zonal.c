#include "zones/zonal.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "geo/coverage.h"

enum {
    FINISH_CELLS = 256 * 1024, /* cells of a zone whose coverage is asked for at once at the end */
    REASON_BITS = 32
};

struct tpk_zonal {
    tpk_grid grid;
    size_t n, n_criteria, n_constraints;
    tpk_cover *zones;
    size_t *n_categories; /* of each criterion; 0: not counted */
    size_t n_all_categories;
};

typedef struct criterion_sums {
    tpk_row_sum value, membership;
    tpk_int128 limiting;
} criterion_sums;

struct tpk_zonal_acc {
    const tpk_zonal *zonal; /* borrowed */
    tpk_class_sum *zones;
    criterion_sums *criteria; /* zone-major */
    tpk_int128 *constraints;  /* zone-major */
    tpk_int128 *categories;   /* zone-major, then by criterion */
    double *share;
    size_t share_capacity;
    tpk_strip strip;
};

tpk_status tpk_zonal_new(const tpk_grid *grid, tpk_crs *crs, const tpk_geom *zones, size_t n,
                         size_t n_criteria, size_t n_constraints, tpk_zonal **zonal, tpk_err *err)
{
    *zonal = NULL;
    if (n_constraints > REASON_BITS || n_criteria >= UINT8_MAX) {
        return tpk_err_set(
            err, TPK_ERR_LIMIT,
            _("zones can be compared by at most %d constraints and %d criteria; found %zu and %zu"),
            REASON_BITS, UINT8_MAX - 1, n_constraints, n_criteria);
    }
    tpk_zonal *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->grid = *grid;
    made->n_criteria = n_criteria;
    made->n_constraints = n_constraints;
    made->zones = tpk_zalloc(n, sizeof *made->zones);
    made->n_categories = tpk_zalloc(n_criteria, sizeof *made->n_categories);
    tpk_status status = made->zones && made->n_categories ? TPK_OK : tpk_err_memory(err);
    for (; made->n < n && status == TPK_OK; made->n++) {
        status = tpk_cover_init(&made->zones[made->n], grid, crs, zones[made->n], err);
        if (status != TPK_OK) tpk_err_prefix(err, status, _("zone number %zu"), made->n + 1);
    }
    if (status != TPK_OK) {
        tpk_zonal_free(made);
        return status;
    }
    *zonal = made;
    return TPK_OK;
}

void tpk_zonal_free(tpk_zonal *zonal)
{
    if (!zonal) return;
    for (size_t z = 0; z < zonal->n; z++) tpk_cover_clear(&zonal->zones[z]);
    tpk_free(zonal->zones);
    tpk_free(zonal->n_categories);
    tpk_free(zonal);
}

void tpk_zonal_set_categories(tpk_zonal *zonal, size_t criterion, size_t n_categories)
{
    zonal->n_all_categories -= zonal->n_categories[criterion];
    zonal->n_categories[criterion] = n_categories <= TPK_ZONAL_MAX_CATEGORIES ? n_categories : 0;
    zonal->n_all_categories += zonal->n_categories[criterion];
}

bool tpk_zonal_touches(const tpk_zonal *zonal, tpk_window window)
{
    for (size_t z = 0; z < zonal->n; z++) {
        if (tpk_window_intersect(zonal->zones[z].window, window).n_rows > 0) return true;
    }
    return false;
}

tpk_status tpk_zonal_acc_new(const tpk_zonal *zonal, tpk_zonal_acc **acc, tpk_err *err)
{
    *acc = NULL;
    tpk_zonal_acc *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->zonal = zonal;
    made->zones = tpk_zalloc(zonal->n, sizeof *made->zones);
    made->criteria = tpk_zalloc(zonal->n, zonal->n_criteria * sizeof *made->criteria);
    made->constraints = tpk_zalloc(zonal->n, zonal->n_constraints * sizeof *made->constraints);
    made->categories = tpk_zalloc(zonal->n, zonal->n_all_categories * sizeof *made->categories);
    if (!made->zones || !made->criteria || !made->constraints || !made->categories) {
        tpk_zonal_acc_free(made);
        return tpk_err_memory(err);
    }
    for (size_t z = 0; z < zonal->n; z++) made->zones[z] = TPK_CLASS_SUM_INIT;
    for (size_t k = 0; k < zonal->n * zonal->n_criteria; k++) {
        made->criteria[k].value = TPK_ROW_SUM_INIT;
        made->criteria[k].membership = TPK_ROW_SUM_INIT;
    }
    *acc = made;
    return TPK_OK;
}

void tpk_zonal_acc_free(tpk_zonal_acc *acc)
{
    if (!acc) return;
    tpk_free(acc->zones);
    tpk_free(acc->criteria);
    tpk_free(acc->constraints);
    tpk_free(acc->categories);
    tpk_free(acc->share);
    tpk_free(acc);
}

static void add_reasons(const tpk_zonal_tile *tile, const tpk_strip *s, tpk_int128 *constraints,
                        size_t n_constraints)
{
    uint32_t known = n_constraints >= REASON_BITS ? UINT32_MAX : (UINT32_C(1) << n_constraints) - 1;
    for (int i = 0; i < s->n; i++) {
        for (uint32_t left = tile->reasons[s->first + i] & known; left; left &= left - 1) {
            constraints[__builtin_ctz(left)] += (int64_t)s->weight[i];
        }
    }
}

static void add_limiting(const tpk_zonal_tile *tile, const tpk_strip *s, criterion_sums *criteria,
                         size_t n_criteria)
{
    for (int i = 0; i < s->n; i++) {
        uint8_t class = tile->cell_class[s->first + i], limiting = tile->limiting[s->first + i];
        bool scored = class >= TPK_CELL_S1 && class <= TPK_CELL_N;
        if (scored && limiting > 0 && limiting <= n_criteria)
            criteria[limiting - 1].limiting += (int64_t)s->weight[i];
    }
}

static void add_categories(const double *values, const tpk_strip *s, tpk_int128 *categories,
                           size_t n_categories)
{
    for (int i = 0; i < s->n; i++) {
        double value = values[s->first + i];
        if (value >= 0 && value < (double)n_categories) categories[(size_t)value] += (int64_t)s->weight[i];
    }
}

static tpk_status add_strip(tpk_zonal_acc *acc, const tpk_zonal_tile *tile, size_t z, tpk_err *err)
{
    tpk_strip *s = &acc->strip;
    size_t n_criteria = acc->zonal->n_criteria, n_constraints = acc->zonal->n_constraints;
    criterion_sums *criteria = acc->criteria + z * n_criteria;
    tpk_status status = tpk_class_sum_add(&acc->zones[z], s, tile->cell_class, tile->score, err);
    if (status != TPK_OK) return status;
    tpk_int128 *categories = acc->categories + z * acc->zonal->n_all_categories;
    for (size_t k = 0; k < n_criteria; k++) {
        tpk_row_sum_add(&criteria[k].value, tile->values[k] + s->first, s->weight, s->n);
        tpk_row_sum_add(&criteria[k].membership, tile->membership[k] + s->first, s->weight, s->n);
        size_t n_categories = acc->zonal->n_categories[k];
        if (n_categories > 0) add_categories(tile->values[k], s, categories, n_categories);
        categories += n_categories;
    }
    if (n_constraints > 0) add_reasons(tile, s, acc->constraints + z * n_constraints, n_constraints);
    if (n_criteria > 0) add_limiting(tile, s, criteria, n_criteria);
    return TPK_OK;
}

static tpk_status add_zone(tpk_zonal_acc *acc, const tpk_zonal_tile *tile, size_t z, tpk_window window,
                           tpk_err *err)
{
    const tpk_cover *covering = &acc->zonal->zones[z];
    size_t n_cells = (size_t)window.n_rows * (size_t)window.n_cols;
    if (!tpk_grow(&acc->share, &acc->share_capacity, n_cells, sizeof *acc->share)) return tpk_err_memory(err);
    tpk_status status = tpk_coverage(&acc->zonal->grid, window, &covering->geom, 1, acc->share, err);
    for (int32_t r = 0; r < window.n_rows && status == TPK_OK; r++) {
        int32_t row = window.row0 + r;
        const double *share = acc->share + (int64_t)r * window.n_cols;
        int64_t row_start =
            (int64_t)(row - tile->window.row0) * tile->window.n_cols + (window.col0 - tile->window.col0);
        for (int32_t c = 0; c < window.n_cols && status == TPK_OK; c += TPK_ROW_MAX) {
            int n = window.n_cols - c < TPK_ROW_MAX ? window.n_cols - c : TPK_ROW_MAX;
            tpk_cover_weigh(covering, &acc->zonal->grid, row, window.col0 + c, n, share + c, row_start + c,
                            &acc->strip);
            if (acc->strip.n > 0) status = add_strip(acc, tile, z, err);
        }
    }
    return status;
}

tpk_status tpk_zonal_add(tpk_zonal_acc *acc, const tpk_zonal_tile *tile, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t z = 0; z < acc->zonal->n && status == TPK_OK; z++) {
        tpk_window window = tpk_window_intersect(acc->zonal->zones[z].window, tile->window);
        if (window.n_rows > 0) status = add_zone(acc, tile, z, window, err);
    }
    return status;
}

void tpk_zonal_merge(tpk_zonal_acc *into, const tpk_zonal_acc *from)
{
    const tpk_zonal *zonal = into->zonal;
    for (size_t z = 0; z < zonal->n; z++) tpk_class_sum_merge(&into->zones[z], &from->zones[z]);
    for (size_t k = 0; k < zonal->n * zonal->n_criteria; k++) {
        criterion_sums *a = &into->criteria[k];
        const criterion_sums *b = &from->criteria[k];
        tpk_row_sum_merge(&a->value, &b->value);
        tpk_row_sum_merge(&a->membership, &b->membership);
        a->limiting += b->limiting;
    }
    for (size_t k = 0; k < zonal->n * zonal->n_constraints; k++) into->constraints[k] += from->constraints[k];
    for (size_t k = 0; k < zonal->n * zonal->n_all_categories; k++)
        into->categories[k] += from->categories[k];
}

/* The weight of all of the zone: of its cells in the grid whether a tile brought them or not, and of what
 * lies beyond. */
static tpk_status whole_weight(const tpk_zonal *zonal, const tpk_cover *z, double *share, tpk_strip *s,
                               tpk_int128 *whole, tpk_err *err)
{
    *whole = z->off_grid;
    tpk_window part = z->window;
    int32_t end = part.row0 + part.n_rows;
    int32_t step = part.n_cols > 0 && part.n_cols < FINISH_CELLS ? FINISH_CELLS / part.n_cols : 1;
    for (; part.row0 < end; part.row0 += part.n_rows) {
        part.n_rows = end - part.row0 < step ? end - part.row0 : step;
        tpk_status status = tpk_coverage(&zonal->grid, part, &z->geom, 1, share, err);
        if (status != TPK_OK) return status;
        for (int32_t r = 0; r < part.n_rows; r++) {
            for (int32_t c = 0; c < part.n_cols; c += TPK_ROW_MAX) {
                int n = part.n_cols - c < TPK_ROW_MAX ? part.n_cols - c : TPK_ROW_MAX;
                tpk_cover_weigh(z, &zonal->grid, part.row0 + r, part.col0 + c, n,
                                share + (int64_t)r * part.n_cols + c, 0, s);
                for (int i = 0; i < s->n; i++) *whole += (int64_t)s->weight[i];
            }
        }
    }
    return TPK_OK;
}

/* Adding 0 makes a negative zero a zero: which of the two came first must not show. */
static double extreme(double value)
{
    return isfinite(value) ? value + 0.0 : (double)NAN;
}

static int dominant(const tpk_int128 *categories, size_t n)
{
    int most = -1;
    for (size_t c = 0; c < n; c++) {
        if (categories[c] > (most < 0 ? 0 : categories[most])) most = (int)c;
    }
    return most;
}

static void finish_criterion(const criterion_sums *sums, tpk_int128 seen, double ha_per_unit,
                             tpk_zone_criterion *out)
{
    out->mean = tpk_row_sum_mean(&sums->value);
    out->min = extreme(sums->value.min);
    out->max = extreme(sums->value.max);
    out->membership_mean = tpk_row_sum_mean(&sums->membership);
    out->unknown_ha = (double)(seen - sums->membership.weight) * ha_per_unit;
}

static void finish_zone(const tpk_zonal_acc *acc, size_t z, tpk_int128 whole, tpk_zone_stats *stats)
{
    const tpk_zonal *zonal = acc->zonal;
    const tpk_class_sum *sums = &acc->zones[z];
    const criterion_sums *criteria = acc->criteria + z * zonal->n_criteria;
    tpk_int128 seen = tpk_class_sum_inside(sums), most = 0;
    stats->area_ha = zonal->zones[z].area_ha;
    double ha_per_unit = whole > 0 ? stats->area_ha / (double)whole : 0;
    tpk_class_sum_hectares(sums, whole, stats->area_ha, stats->class_ha);
    stats->score_mean = tpk_row_sum_mean(&sums->score);
    stats->score_min = extreme(sums->score.min);
    stats->score_max = extreme(sums->score.max);
    stats->limiting = -1;
    const tpk_int128 *categories = acc->categories + z * zonal->n_all_categories;
    for (size_t k = 0; k < zonal->n_criteria; k++) {
        finish_criterion(&criteria[k], seen, ha_per_unit, &stats->criteria[k]);
        stats->criteria[k].dominant = dominant(categories, zonal->n_categories[k]);
        categories += zonal->n_categories[k];
        if (criteria[k].limiting > most) {
            most = criteria[k].limiting;
            stats->limiting = (int)k;
        }
    }
    for (size_t k = 0; k < zonal->n_constraints; k++) {
        stats->constraint_ha[k] = (double)acc->constraints[z * zonal->n_constraints + k] * ha_per_unit;
    }
}

/* Room for the coverage of the widest chunk that whole_weight asks for. */
static size_t finish_cells(const tpk_zonal *zonal)
{
    size_t n = FINISH_CELLS;
    for (size_t z = 0; z < zonal->n; z++) {
        if ((size_t)zonal->zones[z].window.n_cols > n) n = (size_t)zonal->zones[z].window.n_cols;
    }
    return n;
}

tpk_status tpk_zonal_finish(const tpk_zonal_acc *acc, tpk_zone_stats *stats, tpk_err *err)
{
    const tpk_zonal *zonal = acc->zonal;
    memset(stats, 0, zonal->n * sizeof *stats);
    double *share = tpk_alloc(finish_cells(zonal), sizeof *share);
    tpk_strip *s = tpk_alloc(1, sizeof *s);
    tpk_status status = share && s ? TPK_OK : tpk_err_memory(err);
    for (size_t z = 0; z < zonal->n && status == TPK_OK; z++) {
        stats[z].criteria = tpk_zalloc(zonal->n_criteria, sizeof *stats[z].criteria);
        stats[z].constraint_ha = tpk_zalloc(zonal->n_constraints, sizeof *stats[z].constraint_ha);
        tpk_int128 whole = 0;
        status = stats[z].criteria && stats[z].constraint_ha
                     ? whole_weight(zonal, &zonal->zones[z], share, s, &whole, err)
                     : tpk_err_memory(err);
        if (status == TPK_OK) finish_zone(acc, z, whole, &stats[z]);
    }
    for (size_t z = 0; z < zonal->n && status != TPK_OK; z++) tpk_zone_stats_clear(&stats[z]);
    tpk_free(share);
    tpk_free(s);
    return status;
}

void tpk_zone_stats_clear(tpk_zone_stats *stats)
{
    tpk_free(stats->criteria);
    tpk_free(stats->constraint_ha);
    stats->criteria = NULL;
    stats->constraint_ha = NULL;
}
