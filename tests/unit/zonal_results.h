/* What the tests of zone statistics share: a small grid with made-up results, zones of odd shapes, a whole
 * run. */
#ifndef TPK_TEST_ZONAL_RESULTS_H
#define TPK_TEST_ZONAL_RESULTS_H

#include <math.h>
#include <string.h>

#include "zones/zonal.h"

enum {
    ROWS = 37,
    COLS = 45,
    CELLS = ROWS * COLS,
    N_CRITERIA = 3,
    N_CONSTRAINTS = 4,
    N_ZONES = 3,
    MAX_POINTS = 64
};

static const tpk_grid GRID = {225000, 9621000, 30, ROWS, COLS};

static tpk_worker *worker;
static tpk_crs *crs;
static uint64_t seed;

static inline int start(void **state)
{
    (void)state;
    return tpk_worker_new(&worker, NULL) == TPK_OK && tpk_crs_new(worker, "EPSG:32750", &crs, NULL) == TPK_OK
               ? 0
               : -1;
}

static inline int stop(void **state)
{
    (void)state;
    tpk_crs_free(crs);
    tpk_worker_free(worker);
    return 0;
}

static inline double uniform(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(seed >> 11) * 0x1p-53;
}

static inline int below(int n)
{
    return (int)(uniform() * n);
}

static inline void assert_within(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance)) {
        fail_msg("found %.17g, expected %.17g within %g", found, expected, tolerance);
    }
}

/* A polygon with its own arrays; up to one hole. */
typedef struct shape {
    double xy[4 * MAX_POINTS];
    int64_t part_start[3];
    uint8_t role[2];
    tpk_geom geom;
} shape;

static inline void settle(shape *s, int64_t n_outer, int64_t n_hole)
{
    s->part_start[0] = 0;
    s->part_start[1] = n_outer;
    s->part_start[2] = n_outer + n_hole;
    s->role[0] = TPK_RING_OUTER;
    s->role[1] = TPK_RING_HOLE;
    s->geom = (tpk_geom){TPK_GEOM_POLYGON, n_hole ? 2 : 1, s->part_start, s->role, s->xy};
}

static inline void rectangle(shape *s, double x0, double y0, double x1, double y1)
{
    const double xy[] = {x0, y0, x1, y0, x1, y1, x0, y1, x0, y0};
    memcpy(s->xy, xy, sizeof xy);
    settle(s, 5, 0);
}

/* A star with n points and a square hole around its middle. */
static inline void star(shape *s, double x, double y, double radius, int n)
{
    for (int i = 0; i < n; i++) {
        double angle = 6.283185307179586 * i / n, r = radius * (0.4 + 0.6 * uniform());
        s->xy[2 * i] = x + r * cos(angle);
        s->xy[2 * i + 1] = y + r * sin(angle);
    }
    memcpy(s->xy + 2 * n, s->xy, 2 * sizeof(double));
    double h = 0.15 * radius, hole[] = {x - h, y - h, x - h, y + h, x + h, y + h, x + h, y - h, x - h, y - h};
    memcpy(s->xy + 2 * (n + 1), hole, sizeof hole);
    settle(s, n + 1, 5);
}

/* Results of a whole grid, from which tiles are cut. */
typedef struct results {
    float score[CELLS];
    uint8_t cell_class[CELLS], limiting[CELLS];
    uint32_t reasons[CELLS];
    double values[N_CRITERIA][CELLS], membership[N_CRITERIA][CELLS];
} results;

static inline void fill_random(results *r)
{
    for (int i = 0; i < CELLS; i++) {
        r->cell_class[i] = (uint8_t)below(TPK_CELL_CLASS_COUNT);
        bool scored = r->cell_class[i] >= TPK_CELL_S1 && r->cell_class[i] <= TPK_CELL_N;
        r->score[i] = scored ? (float)uniform() : NAN;
        r->reasons[i] = r->cell_class[i] == TPK_CELL_EXCLUDED ? (uint32_t)below(1 << N_CONSTRAINTS) : 0;
        r->limiting[i] = (uint8_t)below(N_CRITERIA + 1);
        for (int k = 0; k < N_CRITERIA; k++) {
            bool known = uniform() < 0.9;
            r->values[k][i] = known ? (k == 2 ? 1e9 : 20000) * (uniform() - 0.2) : (double)NAN;
            r->membership[k][i] = known ? uniform() : (double)NAN;
        }
    }
}

/* All cells alike: class S1, score 0.5, value k + 1, membership 0.25. */
static inline void fill_plain(results *r)
{
    memset(r, 0, sizeof *r);
    for (int i = 0; i < CELLS; i++) {
        r->cell_class[i] = TPK_CELL_S1;
        r->score[i] = 0.5f;
        for (int k = 0; k < N_CRITERIA; k++) {
            r->values[k][i] = k + 1;
            r->membership[k][i] = 0.25;
        }
    }
}

static inline tpk_status add_window(tpk_zonal_acc *acc, const results *r, tpk_window w, tpk_err *err)
{
    results *part = test_malloc(sizeof *part);
    const double *values[N_CRITERIA], *membership[N_CRITERIA];
    for (int32_t row = 0; row < w.n_rows; row++) {
        size_t from = (size_t)(w.row0 + row) * COLS + (size_t)w.col0, to = (size_t)row * (size_t)w.n_cols,
               n = (size_t)w.n_cols;
        memcpy(part->score + to, r->score + from, n * sizeof *part->score);
        memcpy(part->cell_class + to, r->cell_class + from, n);
        memcpy(part->limiting + to, r->limiting + from, n);
        memcpy(part->reasons + to, r->reasons + from, n * sizeof *part->reasons);
        for (int k = 0; k < N_CRITERIA; k++) {
            memcpy(part->values[k] + to, r->values[k] + from, n * sizeof(double));
            memcpy(part->membership[k] + to, r->membership[k] + from, n * sizeof(double));
        }
    }
    for (int k = 0; k < N_CRITERIA; k++) {
        values[k] = part->values[k];
        membership[k] = part->membership[k];
    }
    tpk_zonal_tile tile = {w,      part->score, part->cell_class, part->reasons, part->limiting,
                           values, membership};
    tpk_status status = tpk_zonal_add(acc, &tile, err);
    test_free(part);
    return status;
}

static inline tpk_zonal *zonal_of(const tpk_geom *zones, size_t n)
{
    tpk_zonal *zonal = NULL;
    tpk_err err = {0};
    if (tpk_zonal_new(&GRID, crs, zones, n, N_CRITERIA, N_CONSTRAINTS, &zonal, &err) != TPK_OK)
        fail_msg("%s", err.message);
    return zonal;
}

static inline tpk_zonal_acc *acc_of(const tpk_zonal *zonal)
{
    tpk_zonal_acc *acc = NULL;
    assert_int_equal(tpk_zonal_acc_new(zonal, &acc, NULL), TPK_OK);
    return acc;
}

/* The statistics from the whole grid as one tile. */
static inline void run(const tpk_geom *zones, size_t n, const results *r, tpk_zone_stats *stats)
{
    tpk_zonal *zonal = zonal_of(zones, n);
    tpk_zonal_acc *acc = acc_of(zonal);
    assert_int_equal(add_window(acc, r, (tpk_window){0, 0, ROWS, COLS}, NULL), TPK_OK);
    assert_int_equal(tpk_zonal_finish(acc, stats, NULL), TPK_OK);
    tpk_zonal_acc_free(acc);
    tpk_zonal_free(zonal);
}

static inline void clear(tpk_zone_stats *stats, size_t n)
{
    for (size_t z = 0; z < n; z++) tpk_zone_stats_clear(&stats[z]);
}

static inline void make_zones(shape *shapes, tpk_geom *zones)
{
    tpk_box box = tpk_grid_box(&GRID);
    double x = (box.x_min + box.x_max) / 2, y = (box.y_min + box.y_max) / 2;
    star(&shapes[0], x, y, 400, 40);
    star(&shapes[1], x + 200, y - 150, 250, 9);
    star(&shapes[2], box.x_min + 50, box.y_max - 30, 350, 25); /* partly off the grid */
    for (int z = 0; z < N_ZONES; z++) zones[z] = shapes[z].geom;
}

#endif
