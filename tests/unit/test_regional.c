/* Sums of regions. Oracles: hand calculation; a plain loop over all cells, each cut with the region by GEOS
 * and weighted by PROJ's areal scale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "geo/geos.h"
#include "geodesic_area.h"
#include "zones/regional.h"

enum { ROWS = 37, COLS = 45, CELLS = ROWS * COLS, MAX_POINTS = 64, N_REGIONS = 3 };

static const tpk_grid GRID = {225000, 9621000, 30, ROWS, COLS};

static tpk_worker *worker;
static tpk_crs *crs;
static uint64_t seed;

static int start(void **state)
{
    (void)state;
    return tpk_worker_new(&worker, NULL) == TPK_OK && tpk_crs_new(worker, "EPSG:32750", &crs, NULL) == TPK_OK
               ? 0
               : -1;
}

static int stop(void **state)
{
    (void)state;
    tpk_crs_free(crs);
    tpk_worker_free(worker);
    return 0;
}

static double uniform(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(seed >> 11) * 0x1p-53;
}

static void assert_within(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance))
        fail_msg("found %.17g, expected %.17g within %g", found, expected, tolerance);
}

/* A polygon of one ring with its own arrays. */
typedef struct shape {
    double xy[2 * MAX_POINTS];
    int64_t part_start[2];
    uint8_t role[1];
    tpk_geom geom;
} shape;

static void ring(shape *s, const double *xy, int64_t n)
{
    memmove(s->xy, xy, (size_t)n * 2 * sizeof *xy);
    s->part_start[0] = 0;
    s->part_start[1] = n;
    s->role[0] = TPK_RING_OUTER;
    s->geom = (tpk_geom){TPK_GEOM_POLYGON, 1, s->part_start, s->role, s->xy};
}

/* In cells from the grid's north-west corner. */
static void rectangle(shape *s, double row0, double col0, double row1, double col1)
{
    double x0 = GRID.x0 + col0 * GRID.cell, x1 = GRID.x0 + col1 * GRID.cell;
    double y0 = GRID.y0 - row1 * GRID.cell, y1 = GRID.y0 - row0 * GRID.cell;
    ring(s, (double[]){x0, y0, x1, y0, x1, y1, x0, y1, x0, y0}, 5);
}

static void star(shape *s, double x, double y, double radius, int n)
{
    double xy[2 * MAX_POINTS];
    for (int i = 0; i < n; i++) {
        double angle = 6.283185307179586 * i / n, r = radius * (0.4 + 0.6 * uniform());
        xy[2 * i] = x + r * cos(angle);
        xy[2 * i + 1] = y + r * sin(angle);
    }
    xy[2 * n] = xy[0];
    xy[2 * n + 1] = xy[1];
    ring(s, xy, n + 1);
}

typedef struct results {
    float score[CELLS];
    uint8_t cell_class[CELLS];
} results;

static void fill_random(results *r)
{
    for (int i = 0; i < CELLS; i++) {
        r->cell_class[i] = (uint8_t)(uniform() * TPK_CELL_CLASS_COUNT);
        bool scored = r->cell_class[i] >= TPK_CELL_S1 && r->cell_class[i] <= TPK_CELL_N;
        r->score[i] = scored ? (float)uniform() : NAN;
    }
}

static void fill_plain(results *r, tpk_cell_class cell_class)
{
    for (int i = 0; i < CELLS; i++) {
        r->cell_class[i] = (uint8_t)cell_class;
        r->score[i] = 0.5f;
    }
}

static tpk_status add_window(tpk_regional *regional, const results *r, tpk_window w, tpk_err *err)
{
    results part;
    for (int32_t row = 0; row < w.n_rows; row++) {
        size_t from = (size_t)(w.row0 + row) * COLS + (size_t)w.col0, to = (size_t)row * (size_t)w.n_cols;
        memcpy(part.score + to, r->score + from, (size_t)w.n_cols * sizeof *part.score);
        memcpy(part.cell_class + to, r->cell_class + from, (size_t)w.n_cols);
    }
    return tpk_regional_add(regional, w, part.score, part.cell_class, err);
}

/* Everything in tiles of the given side, the last first when backwards. */
static tpk_status run_tiles(const tpk_geom *regions, size_t n, const tpk_geom *area, int64_t n_area,
                            const results *r, int side, bool backwards, tpk_region_stats *stats,
                            tpk_region_fit *fit, tpk_err *err)
{
    tpk_regional *regional = NULL;
    int down = (ROWS + side - 1) / side, across = (COLS + side - 1) / side;
    tpk_status status = tpk_regional_new(&GRID, crs, regions, n, area, n_area, &regional, err);
    for (int k = 0; k < down * across && status == TPK_OK; k++) {
        int tile = backwards ? down * across - 1 - k : k;
        int32_t row0 = tile / across * side, col0 = tile % across * side;
        tpk_window w = {row0, col0, side < ROWS - row0 ? side : ROWS - row0,
                        side < COLS - col0 ? side : COLS - col0};
        status = add_window(regional, r, w, err);
    }
    if (status == TPK_OK) tpk_regional_finish(regional, stats, fit);
    tpk_regional_free(regional);
    return status;
}

static void run(const tpk_geom *regions, size_t n, const tpk_geom *area, int64_t n_area, const results *r,
                tpk_region_stats *stats, tpk_region_fit *fit)
{
    tpk_err err = {0};
    if (run_tiles(regions, n, area, n_area, r, 64, false, stats, fit, &err) != TPK_OK)
        fail_msg("%s", err.message);
}

/* ---- by hand ---- */

/* Hectares on the ellipsoid of a cell, a place being in cells from the north-west corner: 900 m2 / k. */
static double cell_ha(double row, double col)
{
    return 0.09 / tpk_crs_areal_scale(crs, GRID.x0 + col * GRID.cell, GRID.y0 - row * GRID.cell);
}

/*  2 rows x 3 columns inside a region that reaches from column .5 to 3 and row 0 to 2, 5 cells:
 *      S1 .5 | S2 1 | excluded 1
 *      S1 .5 | N 1  | unknown 1       scores .9, .7, excluded 0; .9, .2
 *  known .5 + 1 + 1 + .5 + 1 = 4 cells, score (.45 + .7 + 0 + .45 + .2) / 4 */
static void partial_cells_count_with_their_share(void **state)
{
    (void)state;
    static const uint8_t CLASS[2][3] = {{TPK_CELL_S1, TPK_CELL_S2, TPK_CELL_EXCLUDED},
                                        {TPK_CELL_S1, TPK_CELL_N, TPK_CELL_UNKNOWN}};
    static const float SCORE[2][3] = {{0.9f, 0.7f, 0}, {0.9f, 0.2f, NAN}};
    results r;
    fill_plain(&r, TPK_CELL_OUTSIDE);
    for (int i = 0; i < 6; i++) {
        r.cell_class[i / 3 * COLS + i % 3] = CLASS[i / 3][i % 3];
        r.score[i / 3 * COLS + i % 3] = SCORE[i / 3][i % 3];
    }
    shape s;
    tpk_region_stats stats;
    tpk_region_fit fit;
    rectangle(&s, 0, 0.5, 2, 3);
    run(&s.geom, 1, NULL, 0, &r, &stats, &fit);
    const double expected[TPK_CELL_CLASS_COUNT] = {0, 1, 1, 0, 1, 1, 1};
    for (int c = 0; c < TPK_CELL_CLASS_COUNT; c++)
        assert_within(stats.class_ha[c], expected[c] * cell_ha(1, 1.75), 1e-5 * cell_ha(1, 1.75));
    assert_within(stats.area_ha, 5 * cell_ha(1, 1.75), 1e-5 * cell_ha(1, 1.75));
    assert_within(stats.score_mean, (0.45 + 0.7 + 0.45 + 0.2) / 4, 1e-6); /* cells differ by that */
    /* Of the six cells in the study area the two half ones lack half: 1 cell in no region. */
    assert_within(fit.none_ha, cell_ha(1, 1.75), 1e-5 * cell_ha(1, 1.75));
    assert_true(fit.twice_ha == 0);
}

static void what_lies_beyond_the_grid_counts_as_outside(void **state)
{
    (void)state;
    results r;
    fill_plain(&r, TPK_CELL_S1);
    shape s[2];
    tpk_region_stats stats[2];
    tpk_region_fit fit;
    rectangle(&s[0], -3, -2, 5, 4);       /* 8 x 6 cells, of which 5 x 4 on the grid */
    rectangle(&s[1], -30, -30, -20, -20); /* wholly beyond */
    tpk_geom regions[] = {s[0].geom, s[1].geom};
    run(regions, 2, NULL, 0, &r, stats, &fit);
    assert_within(stats[0].class_ha[TPK_CELL_S1], 20 * cell_ha(1, 1), 1e-4 * cell_ha(1, 1));
    assert_within(stats[0].class_ha[TPK_CELL_OUTSIDE], 28 * cell_ha(1, 1), 1e-4 * cell_ha(1, 1));
    assert_true(stats[1].class_ha[TPK_CELL_OUTSIDE] == stats[1].area_ha);
    assert_true(isnan(stats[1].score_mean));
}

/* Two regions of 10 x 10 cells share 10 x 4; the study area is 10 x 20, of which 10 x 4 are in neither. */
static void overlaps_and_gaps_have_hectares(void **state)
{
    (void)state;
    results r;
    fill_plain(&r, TPK_CELL_OUTSIDE);
    for (int i = 0; i < 10 * 20; i++) r.cell_class[i / 20 * COLS + i % 20] = TPK_CELL_S1;
    shape s[3];
    tpk_region_stats stats[2];
    tpk_region_fit fit;
    rectangle(&s[0], 0, 0, 10, 10);
    rectangle(&s[1], 0, 6, 10, 16);
    rectangle(&s[2], 0, 0, 10, 20);
    tpk_geom regions[] = {s[0].geom, s[1].geom};
    run(regions, 2, &s[2].geom, 1, &r, stats, &fit);
    assert_within(fit.twice_ha, 40 * cell_ha(5, 8), 1e-4 * cell_ha(5, 8));
    assert_within(fit.none_ha, 40 * cell_ha(5, 8), 1e-4 * cell_ha(5, 8));
}

/* Along the edge of the study area cells are only partly in it, and regions that end there leave no gap. */
static void regions_that_end_with_the_study_area_leave_no_gap(void **state)
{
    (void)state;
    results r;
    fill_plain(&r, TPK_CELL_OUTSIDE);
    for (int i = 0; i < 10 * 20; i++) r.cell_class[i / 20 * COLS + i % 20] = TPK_CELL_S1;
    shape s[3];
    tpk_region_stats stats[2];
    tpk_region_fit fit;
    rectangle(&s[0], 0, 0, 9.7, 7.3);
    rectangle(&s[1], 0, 7.3, 9.7, 19.6);
    rectangle(&s[2], 0, 0, 9.7, 19.6);
    tpk_geom regions[] = {s[0].geom, s[1].geom};
    run(regions, 2, &s[2].geom, 1, &r, stats, &fit);
    assert_within(fit.none_ha, 0, 1e-9);
    assert_within(fit.twice_ha, 0, 1e-9);
}

/* ---- other oracles ---- */

static void make_regions(shape *s, tpk_geom *regions)
{
    tpk_box box = tpk_grid_box(&GRID);
    double x = (box.x_min + box.x_max) / 2, y = (box.y_min + box.y_max) / 2;
    star(&s[0], x, y, 400, 40);
    star(&s[1], x + 200, y - 150, 250, 9);
    star(&s[2], box.x_min + 50, box.y_max - 30, 350, 25); /* partly off the grid */
    for (int i = 0; i < N_REGIONS; i++) regions[i] = s[i].geom;
}

/* True m2 of a cell's part inside the region. */
static double piece_m2(const tpk_geos_geom *region, int row, int col)
{
    shape cell;
    tpk_geos_geom *square = NULL;
    tpk_geom_buffer piece = {0};
    rectangle(&cell, row, col, row + 1, col + 1);
    assert_int_equal(tpk_geos_geom_new(worker, cell.geom, &square, NULL), TPK_OK);
    assert_int_equal(tpk_geos_intersection(worker, region, square, TPK_GEOM_POLYGON, &piece, NULL), TPK_OK);
    double planar = tpk_geos_area(tpk_geom_buffer_view(&piece));
    tpk_geom_buffer_clear(&piece);
    tpk_geos_geom_free(square);
    return planar / tpk_crs_areal_scale(crs, tpk_grid_x(&GRID, col), tpk_grid_y(&GRID, row));
}

static void hectares_match_a_plain_loop_over_pieces_cut_by_geos(void **state)
{
    (void)state;
    shape s[N_REGIONS];
    tpk_geom regions[N_REGIONS];
    tpk_region_stats stats[N_REGIONS];
    tpk_region_fit fit;
    results r;
    seed = 3;
    make_regions(s, regions);
    fill_random(&r);
    run(regions, N_REGIONS, NULL, 0, &r, stats, &fit);
    for (int i = 0; i < N_REGIONS; i++) {
        double class_m2[TPK_CELL_CLASS_COUNT] = {0}, score = 0, known_m2 = 0, sum_ha = 0;
        tpk_geos_geom *cutter = NULL;
        assert_int_equal(tpk_geos_geom_new(worker, regions[i], &cutter, NULL), TPK_OK);
        for (int k = 0; k < CELLS; k++) {
            double m2 = piece_m2(cutter, k / COLS, k % COLS);
            uint8_t class = r.cell_class[k];
            class_m2[class] += m2;
            if (class == TPK_CELL_OUTSIDE || class == TPK_CELL_UNKNOWN) continue;
            score += class == TPK_CELL_EXCLUDED ? 0 : m2 * (double)r.score[k];
            known_m2 += m2;
        }
        tpk_geos_geom_free(cutter);
        double area_ha = geodesic_area_m2(crs, regions[i], 20) / 1e4;
        assert_within(stats[i].area_ha, area_ha, 1e-7 + 1e-9 * area_ha);
        for (int c = 1; c < TPK_CELL_CLASS_COUNT; c++)
            assert_within(stats[i].class_ha[c], class_m2[c] / 1e4, 2e-8 * area_ha);
        for (int c = 0; c < TPK_CELL_CLASS_COUNT; c++) sum_ha += stats[i].class_ha[c];
        assert_within(sum_ha, stats[i].area_ha, 1e-12 * area_ha);
        assert_within(stats[i].score_mean, score / known_m2, 1e-8);
    }
}

/* A slanting line and a level one cut a rectangle of whole cells in four: what the parts say adds up to what
 * it says. */
static void a_partition_adds_up_to_the_whole(void **state)
{
    (void)state;
    results r;
    seed = 4;
    fill_random(&r);
    shape s[5];
    tpk_geom regions[5];
    tpk_region_stats stats[5];
    tpk_region_fit fit;
    double x0 = GRID.x0 + 60, x1 = GRID.x0 + 1230, y0 = GRID.y0 - 1050, y1 = GRID.y0 - 30,
           y = GRID.y0 - 500.7;
    double top = x0 + 700.3, cut = x0 + 511, foot = x0 + 302.9;
    ring(&s[0], (double[]){x0, y, cut, y, top, y1, x0, y1, x0, y}, 5);
    ring(&s[1], (double[]){cut, y, x1, y, x1, y1, top, y1, cut, y}, 5);
    ring(&s[2], (double[]){x0, y0, foot, y0, cut, y, x0, y, x0, y0}, 5);
    ring(&s[3], (double[]){foot, y0, x1, y0, x1, y, cut, y, foot, y0}, 5);
    ring(&s[4], (double[]){x0, y0, x1, y0, x1, y1, x0, y1, x0, y0}, 5);
    for (int i = 0; i < 5; i++) regions[i] = s[i].geom;
    run(regions, 5, NULL, 0, &r, stats, &fit);
    for (int c = 0; c < TPK_CELL_CLASS_COUNT; c++) {
        double sum_ha = 0;
        for (int i = 0; i < 4; i++) sum_ha += stats[i].class_ha[c];
        assert_within(sum_ha, stats[4].class_ha[c], 1e-9 * stats[4].area_ha);
    }
    assert_within(fit.twice_ha, stats[4].area_ha, 1e-6 * stats[4].area_ha); /* the fifth counts all again */
}

static void any_tiles_in_any_order_give_the_same_bits(void **state)
{
    (void)state;
    shape s[N_REGIONS], whole;
    tpk_geom regions[N_REGIONS];
    tpk_region_stats stats[2][N_REGIONS];
    tpk_region_fit fit[2];
    results r;
    seed = 5;
    make_regions(s, regions);
    rectangle(&whole, 0.4, 0.3, ROWS - 0.2, COLS - 0.1);
    fill_random(&r);
    memset(stats, 0, sizeof stats);
    run(regions, N_REGIONS, &whole.geom, 1, &r, stats[0], &fit[0]);
    assert_true(fit[0].twice_ha > 0 && fit[0].none_ha > 0);
    for (int side = 1; side < 48; side += 9) {
        for (int backwards = 0; backwards < 2; backwards++) {
            assert_int_equal(
                run_tiles(regions, N_REGIONS, &whole.geom, 1, &r, side, backwards, stats[1], &fit[1], NULL),
                TPK_OK);
            assert_memory_equal(stats[0], stats[1], sizeof stats[0]);
            assert_memory_equal(&fit[0], &fit[1], sizeof fit[0]);
        }
    }
}

/* A tile of more cells than a band holds is worked through band by band. */
static void a_tile_of_many_bands_is_summed_whole(void **state)
{
    (void)state;
    enum { SIDE = 1000 };
    const tpk_grid grid = {225000, 9621000, 1, SIDE, SIDE};
    float *score = test_malloc(SIDE * SIDE * sizeof *score);
    uint8_t *cell_class = test_malloc(SIDE * SIDE);
    for (int i = 0; i < SIDE * SIDE; i++) {
        cell_class[i] = i / SIDE < 700 ? TPK_CELL_S1 : TPK_CELL_N;
        score[i] = i / SIDE < 700 ? 1 : 0;
    }
    shape s;
    tpk_regional *regional = NULL;
    tpk_region_stats stats;
    tpk_region_fit fit;
    ring(&s, (double[]){225000, 9620000, 226000, 9620000, 226000, 9621000, 225000, 9621000, 225000, 9620000},
         5);
    assert_int_equal(tpk_regional_new(&grid, crs, &s.geom, 1, NULL, 0, &regional, NULL), TPK_OK);
    assert_int_equal(tpk_regional_add(regional, (tpk_window){0, 0, SIDE, SIDE}, score, cell_class, NULL),
                     TPK_OK);
    tpk_regional_finish(regional, &stats, &fit);
    assert_within(stats.class_ha[TPK_CELL_S1], 0.7 * stats.area_ha, 1e-6 * stats.area_ha);
    assert_within(stats.score_mean, 0.7, 1e-6);
    assert_within(fit.none_ha, 0, 1e-9);
    tpk_regional_free(regional);
    test_free(cell_class);
    test_free(score);
}

/* ---- failures ---- */

static void a_class_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    results r;
    shape s;
    tpk_region_stats stats;
    tpk_region_fit fit;
    tpk_err err = {0};
    fill_plain(&r, TPK_CELL_S1);
    r.cell_class[5 * COLS + 5] = TPK_CELL_CLASS_COUNT;
    rectangle(&s, 0, 0, 10, 10);
    assert_int_equal(run_tiles(&s.geom, 1, NULL, 0, &r, 16, false, &stats, &fit, &err), TPK_ERR_BUG);
    assert_non_null(strstr(err.message, "class 7"));
}

static void a_region_where_the_crs_ends_is_named(void **state)
{
    (void)state;
    shape good, bad;
    tpk_err err = {0};
    tpk_regional *regional = NULL;
    rectangle(&good, 0, 0, 2, 2);
    ring(&bad, (double[]){1e9, 1e9, 2e9, 1e9, 2e9, 2e9, 1e9, 1e9}, 4);
    tpk_geom regions[] = {good.geom, bad.geom};
    assert_int_equal(tpk_regional_new(&GRID, crs, regions, 2, NULL, 0, &regional, &err), TPK_ERR_CRS);
    assert_null(regional);
    assert_non_null(strstr(err.message, "region number 2"));
}

static void exhausted_memory_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    shape s[N_REGIONS];
    tpk_geom regions[N_REGIONS];
    tpk_region_stats stats[N_REGIONS];
    tpk_region_fit fit;
    results r;
    seed = 6;
    make_regions(s, regions);
    fill_random(&r);
    run(regions, N_REGIONS, regions, 1, &r, stats, &fit); /* what the CRS makes at first use is made now */
    long live = tpk_mem_live_count();
    for (long k = 0;; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = run_tiles(regions, N_REGIONS, regions, 1, &r, 24, false, stats, &fit, NULL);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(tpk_mem_live_count(), live);
        if (status == TPK_OK) {
            assert_int_equal(failed, 0);
            assert_true(k > 10);
            break;
        }
        assert_int_equal(status, TPK_ERR_MEMORY);
        assert_true(failed > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partial_cells_count_with_their_share),
        cmocka_unit_test(what_lies_beyond_the_grid_counts_as_outside),
        cmocka_unit_test(overlaps_and_gaps_have_hectares),
        cmocka_unit_test(regions_that_end_with_the_study_area_leave_no_gap),
        cmocka_unit_test(hectares_match_a_plain_loop_over_pieces_cut_by_geos),
        cmocka_unit_test(a_partition_adds_up_to_the_whole),
        cmocka_unit_test(any_tiles_in_any_order_give_the_same_bits),
        cmocka_unit_test(a_tile_of_many_bands_is_summed_whole),
        cmocka_unit_test(a_class_that_does_not_exist_is_refused),
        cmocka_unit_test(a_region_where_the_crs_ends_is_named),
        cmocka_unit_test(exhausted_memory_is_reported_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
