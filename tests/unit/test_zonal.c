/* Zone statistics. Oracle: a plain loop over all cells, each cut with the zone by GEOS and weighted by PROJ's
 * areal scale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "geo/geos.h"
#include "geodesic_area.h"
#include "zonal_results.h"

/* True m2 of a cell's part inside the zone. */
static double piece_m2(const tpk_geos_geom *zone, int row, int col)
{
    shape cell;
    tpk_geos_geom *square = NULL;
    tpk_geom_buffer piece = {0};
    double x = tpk_grid_x(&GRID, col), y = tpk_grid_y(&GRID, row), h = GRID.cell / 2;
    rectangle(&cell, x - h, y - h, x + h, y + h);
    assert_int_equal(tpk_geos_geom_new(worker, cell.geom, &square, NULL), TPK_OK);
    assert_int_equal(tpk_geos_intersection(worker, zone, square, TPK_GEOM_POLYGON, &piece, NULL), TPK_OK);
    double planar = 0;
    for (int64_t p = 0; p < piece.n_parts; p++) {
        int64_t first = piece.part_start[p];
        planar += tpk_ring_signed_area(piece.xy + 2 * first, piece.part_start[p + 1] - first);
    }
    tpk_geom_buffer_clear(&piece);
    tpk_geos_geom_free(square);
    return planar / tpk_crs_areal_scale(crs, x, y);
}

typedef struct naive {
    double class_m2[TPK_CELL_CLASS_COUNT], score, score_m2, score_min, score_max;
    double value[N_CRITERIA], membership[N_CRITERIA], known_m2[N_CRITERIA], unknown_m2[N_CRITERIA],
        limiting_m2[N_CRITERIA];
    double min[N_CRITERIA], max[N_CRITERIA], constraint_m2[N_CONSTRAINTS];
} naive;

static void naive_cell(naive *n, const results *r, int i, double m2)
{
    uint8_t class = r->cell_class[i];
    n->class_m2[class] += m2;
    if (class == TPK_CELL_OUTSIDE) return;
    if (class != TPK_CELL_UNKNOWN) {
        double score = class == TPK_CELL_EXCLUDED ? 0 : (double)r->score[i];
        n->score += m2 * score;
        n->score_m2 += m2;
        n->score_min = fmin(n->score_min, score);
        n->score_max = fmax(n->score_max, score);
        if (class != TPK_CELL_EXCLUDED && r->limiting[i]) n->limiting_m2[r->limiting[i] - 1] += m2;
    }
    for (int k = 0; k < N_CRITERIA; k++) {
        if (isnan(r->values[k][i])) {
            n->unknown_m2[k] += m2;
            continue;
        }
        n->known_m2[k] += m2;
        n->value[k] += m2 * r->values[k][i];
        n->membership[k] += m2 * r->membership[k][i];
        n->min[k] = fmin(n->min[k], r->values[k][i]);
        n->max[k] = fmax(n->max[k], r->values[k][i]);
    }
    for (int k = 0; k < N_CONSTRAINTS; k++) n->constraint_m2[k] += r->reasons[i] >> k & 1 ? m2 : 0;
}

static naive naive_zone(tpk_geom zone, const results *r)
{
    naive n = {.score_min = HUGE_VAL, .score_max = -HUGE_VAL};
    tpk_geos_geom *cutter = NULL;
    assert_int_equal(tpk_geos_geom_new(worker, zone, &cutter, NULL), TPK_OK);
    for (int k = 0; k < N_CRITERIA; k++) {
        n.min[k] = HUGE_VAL;
        n.max[k] = -HUGE_VAL;
    }
    for (int i = 0; i < CELLS; i++) {
        double m2 = piece_m2(cutter, i / COLS, i % COLS);
        if (m2 > 1e-6) naive_cell(&n, r, i, m2);
    }
    tpk_geos_geom_free(cutter);
    return n;
}

static void statistics_match_a_plain_loop_over_pieces_cut_by_geos(void **state)
{
    (void)state;
    shape shapes[N_ZONES];
    tpk_geom zones[N_ZONES];
    tpk_zone_stats stats[N_ZONES];
    results *r = test_malloc(sizeof *r);
    seed = 1;
    make_zones(shapes, zones);
    fill_random(r);
    run(zones, N_ZONES, r, stats);
    for (int z = 0; z < N_ZONES; z++) {
        naive n = naive_zone(zones[z], r);
        const tpk_zone_stats *s = &stats[z];
        double area_m2 = geodesic_area_m2(crs, zones[z], 20), tolerance_ha = 2e-8 * s->area_ha;
        assert_within(s->area_ha, area_m2 / 1e4, 1e-7 + 1e-9 * s->area_ha);
        for (int c = 1; c < TPK_CELL_CLASS_COUNT; c++)
            assert_within(s->class_ha[c], n.class_m2[c] / 1e4, tolerance_ha);
        assert_within(s->score_mean, n.score / n.score_m2, 1e-8);
        assert_true(s->score_min == n.score_min && s->score_max == n.score_max);
        int most = 0;
        for (int k = 0; k < N_CRITERIA; k++) {
            const tpk_zone_criterion *c = &s->criteria[k];
            assert_within(c->mean, n.value[k] / n.known_m2[k], 1e-8 * (n.max[k] - n.min[k]));
            assert_true(c->min == n.min[k] && c->max == n.max[k]);
            assert_within(c->membership_mean, n.membership[k] / n.known_m2[k], 1e-8);
            assert_within(c->unknown_ha, n.unknown_m2[k] / 1e4, tolerance_ha);
            if (n.limiting_m2[k] > n.limiting_m2[most]) most = k;
        }
        assert_int_equal(s->limiting, most);
        for (int k = 0; k < N_CONSTRAINTS; k++)
            assert_within(s->constraint_ha[k], n.constraint_m2[k] / 1e4, tolerance_ha);
    }
    clear(stats, N_ZONES);
    test_free(r);
}

static void classes_add_up_to_the_area(void **state)
{
    (void)state;
    shape shapes[N_ZONES];
    tpk_geom zones[N_ZONES];
    tpk_zone_stats stats[N_ZONES];
    results *r = test_malloc(sizeof *r);
    for (seed = 10; seed < 15;) {
        uint64_t this_seed = seed;
        make_zones(shapes, zones);
        fill_random(r);
        run(zones, N_ZONES, r, stats);
        for (int z = 0; z < N_ZONES; z++) {
            double sum_ha = 0;
            for (int c = 0; c < TPK_CELL_CLASS_COUNT; c++) sum_ha += stats[z].class_ha[c];
            assert_within(sum_ha, stats[z].area_ha, 1e-12 * stats[z].area_ha);
        }
        clear(stats, N_ZONES);
        seed = this_seed + 1;
    }
    test_free(r);
}

static void assert_same_bits(const tpk_zone_stats *a, const tpk_zone_stats *b)
{
    assert_memory_equal(a->class_ha, b->class_ha, sizeof a->class_ha);
    assert_memory_equal(&a->area_ha, &b->area_ha, sizeof a->area_ha);
    assert_memory_equal(&a->score_mean, &b->score_mean, sizeof a->score_mean);
    assert_memory_equal(&a->score_min, &b->score_min, sizeof a->score_min);
    assert_memory_equal(&a->score_max, &b->score_max, sizeof a->score_max);
    assert_memory_equal(a->criteria, b->criteria, N_CRITERIA * sizeof *a->criteria);
    assert_memory_equal(a->constraint_ha, b->constraint_ha, N_CONSTRAINTS * sizeof *a->constraint_ha);
    assert_int_equal(a->limiting, b->limiting);
}

/* Cuts 0..n into pieces of 1..longest; returns their number. */
static int cuts(int n, int longest, int *at)
{
    int pieces = 0;
    for (int i = 0; i < n;) {
        at[pieces++] = i;
        i += 1 + below(longest);
    }
    at[pieces] = n;
    return pieces;
}

/* Random tiles, dealt to three accumulators in random order, merged in random order. */
static void run_tiled(const tpk_zonal *zonal, const results *r, int longest, tpk_zone_stats *stats)
{
    int row_at[ROWS + 1], col_at[COLS + 1], n_rows = cuts(ROWS, longest, row_at),
                                            n_cols = cuts(COLS, longest, col_at);
    int order[CELLS], n = n_rows * n_cols;
    tpk_zonal_acc *acc[3];
    for (int i = 0; i < 3; i++) acc[i] = acc_of(zonal);
    for (int i = 0; i < n; i++) {
        int j = below(i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    for (int i = 0; i < n; i++) {
        int a = order[i] / n_cols, b = order[i] % n_cols;
        tpk_window w = {row_at[a], col_at[b], row_at[a + 1] - row_at[a], col_at[b + 1] - col_at[b]};
        assert_int_equal(add_window(acc[below(3)], r, w, NULL), TPK_OK);
    }
    int first = below(3);
    tpk_zonal_merge(acc[first], acc[(first + 2) % 3]);
    tpk_zonal_merge(acc[first], acc[(first + 1) % 3]);
    assert_int_equal(tpk_zonal_finish(acc[first], stats, NULL), TPK_OK);
    for (int i = 0; i < 3; i++) tpk_zonal_acc_free(acc[i]);
}

static void any_tiles_and_merge_order_give_the_same_bits(void **state)
{
    (void)state;
    shape shapes[N_ZONES];
    tpk_geom zones[N_ZONES];
    tpk_zone_stats whole[N_ZONES], tiled[N_ZONES];
    results *r = test_malloc(sizeof *r);
    seed = 77;
    make_zones(shapes, zones);
    fill_random(r);
    for (int i = 0; i < CELLS; i += 3) r->values[1][i] = i % 2 ? 0.0 : -0.0;
    run(zones, N_ZONES, r, whole);
    tpk_zonal *zonal = zonal_of(zones, N_ZONES);
    static const int LONGEST[] = {1, 3, 8, 20, 45};
    for (size_t i = 0; i < sizeof LONGEST / sizeof LONGEST[0]; i++) {
        run_tiled(zonal, r, LONGEST[i], tiled);
        for (int z = 0; z < N_ZONES; z++) assert_same_bits(&whole[z], &tiled[z]);
        clear(tiled, N_ZONES);
    }
    tpk_zonal_free(zonal);
    clear(whole, N_ZONES);
    test_free(r);
}

/* 3 x 3 cells by hand: the zone covers the middle column whole, the left one half and nothing of the right
 * one; weights are 1/2 for the left cells and 1 for the middle ones, 4.5 in all. */
static void three_by_three_by_hand(void **state)
{
    (void)state;
    static const uint8_t CLASS[9] = {TPK_CELL_S1,       TPK_CELL_S2,       TPK_CELL_N,
                                     TPK_CELL_EXCLUDED, TPK_CELL_S2,       TPK_CELL_N,
                                     TPK_CELL_UNKNOWN,  TPK_CELL_EXCLUDED, TPK_CELL_N};
    static const float SCORE[9] = {0.9f, 0.7f, 0.1f, 0, 0.6f, 0.1f, NAN, 0, 0.1f};
    static const double VALUE[9] = {100, 200, 9e9, 300, 400, 9e9, (double)NAN, 500, 9e9};
    static const double MEMBER[9] = {1, 0.8, 0, 0.6, 0.4, 0, (double)NAN, 0.2, 0};
    static const uint8_t LIMITING[9] = {1, 2, 3, 1, 2, 3, 0, 1, 3};
    static const uint32_t REASONS[9] = {0, 0, 8, 3, 0, 8, 0, 1, 8};
    results *r = test_malloc(sizeof *r);
    memset(r, 0, sizeof *r);
    for (int i = 0; i < 9; i++) {
        int at = (10 + i / 3) * COLS + 10 + i % 3;
        r->cell_class[at] = CLASS[i];
        r->score[at] = SCORE[i];
        r->limiting[at] = LIMITING[i];
        r->reasons[at] = REASONS[i];
        for (int k = 0; k < N_CRITERIA; k++) {
            r->values[k][at] = VALUE[i];
            r->membership[k][at] = MEMBER[i];
        }
    }
    shape zone;
    rectangle(&zone, GRID.x0 + 10.5 * 30, GRID.y0 - 13 * 30, GRID.x0 + 12 * 30, GRID.y0 - 10 * 30);
    tpk_zone_stats stats[1];
    run(&zone.geom, 1, r, stats);
    double unit_ha = stats[0].area_ha / 4.5;
    assert_within(stats[0].area_ha, 4.5 * 900 / 1e4 / tpk_crs_areal_scale(crs, 225345, 9620655), 1e-6);
    assert_within(stats[0].class_ha[TPK_CELL_S1], 0.5 * unit_ha, 1e-6);
    assert_within(stats[0].class_ha[TPK_CELL_S2], 2 * unit_ha, 1e-6);
    assert_within(stats[0].class_ha[TPK_CELL_EXCLUDED], 1.5 * unit_ha, 1e-6);
    assert_within(stats[0].class_ha[TPK_CELL_UNKNOWN], 0.5 * unit_ha, 1e-6);
    assert_true(stats[0].class_ha[TPK_CELL_N] == 0 && stats[0].class_ha[TPK_CELL_S3] == 0);
    assert_true(stats[0].class_ha[TPK_CELL_OUTSIDE] == 0);
    /* (0.5 x 0.9 + 0.7 + 0.6 + 0 + 0) / 4: excluded cells count 0, the unknown one not at all. */
    assert_within(stats[0].score_mean, 1.75 / 4, 1e-6);
    assert_true(stats[0].score_min == 0 && stats[0].score_max == (double)0.9f);
    /* (50 + 200 + 150 + 400 + 500) / 4: excluded cells have values too. */
    assert_within(stats[0].criteria[0].mean, 325, 1e-4);
    assert_within(stats[0].criteria[0].membership_mean, (0.5 + 0.8 + 0.3 + 0.4 + 0.2) / 4, 1e-6);
    assert_true(stats[0].criteria[0].min == 100 && stats[0].criteria[0].max == 500);
    assert_within(stats[0].criteria[0].unknown_ha, 0.5 * unit_ha, 1e-6);
    /* Two constraints on one cell count it in both. */
    assert_within(stats[0].constraint_ha[0], 1.5 * unit_ha, 1e-6);
    assert_within(stats[0].constraint_ha[1], 0.5 * unit_ha, 1e-6);
    assert_true(stats[0].constraint_ha[2] == 0 && stats[0].constraint_ha[3] == 0);
    /* Scored cells only: criterion 0 limits 0.5, criterion 1 limits 2. */
    assert_int_equal(stats[0].limiting, 1);
    clear(stats, 1);
    test_free(r);
}

/* 2 x 2 cells, of the left ones half inside the zone: category 1 has .5 + 1 of them, 0 has .5, 2 has 1. In
 * criterion 1 there are too many categories to count, in criterion 2 nothing is known. */
static void the_category_that_covers_most_is_named(void **state)
{
    (void)state;
    static const double CATEGORY[] = {0, 2, 1, 1};
    results *r = test_malloc(sizeof *r);
    fill_plain(r);
    for (int c = 0; c < 4; c++) {
        int at = (10 + c / 2) * COLS + 10 + c % 2;
        r->values[0][at] = r->values[1][at] = CATEGORY[c];
        r->values[2][at] = (double)NAN;
    }
    shape zone;
    tpk_zone_stats stats[1];
    rectangle(&zone, GRID.x0 + 10.5 * 30, GRID.y0 - 12 * 30, GRID.x0 + 12 * 30, GRID.y0 - 10 * 30);
    tpk_zonal *zonal = zonal_of(&zone.geom, 1);
    tpk_zonal_set_categories(zonal, 0, 3);
    tpk_zonal_set_categories(zonal, 1, TPK_ZONAL_MAX_CATEGORIES + 1);
    tpk_zonal_set_categories(zonal, 2, 3);
    tpk_zonal_acc *acc = acc_of(zonal), *other = acc_of(zonal);
    assert_int_equal(add_window(acc, r, (tpk_window){0, 0, 11, COLS}, NULL), TPK_OK);
    assert_int_equal(add_window(other, r, (tpk_window){11, 0, ROWS - 11, COLS}, NULL), TPK_OK);
    tpk_zonal_merge(acc, other);
    assert_int_equal(tpk_zonal_finish(acc, stats, NULL), TPK_OK);
    assert_int_equal(stats[0].criteria[0].dominant, 1);
    assert_int_equal(stats[0].criteria[1].dominant, -1);
    assert_int_equal(stats[0].criteria[2].dominant, -1);
    clear(stats, 1);
    tpk_zonal_acc_free(other);
    tpk_zonal_acc_free(acc);
    tpk_zonal_free(zonal);
    test_free(r);
}

static tpk_status whole_run(const tpk_geom *zones, const results *r, tpk_zone_stats *stats)
{
    tpk_zonal *zonal = NULL;
    tpk_zonal_acc *acc = NULL;
    tpk_status status = tpk_zonal_new(&GRID, crs, zones, N_ZONES, N_CRITERIA, N_CONSTRAINTS, &zonal, NULL);
    if (status == TPK_OK) status = tpk_zonal_acc_new(zonal, &acc, NULL);
    if (status == TPK_OK) status = add_window(acc, r, (tpk_window){0, 0, 5, COLS}, NULL);
    if (status == TPK_OK) status = add_window(acc, r, (tpk_window){5, 0, ROWS - 5, COLS}, NULL);
    if (status == TPK_OK) status = tpk_zonal_finish(acc, stats, NULL);
    tpk_zonal_acc_free(acc);
    tpk_zonal_free(zonal);
    return status;
}

static void exhausted_memory_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    shape shapes[N_ZONES];
    tpk_geom zones[N_ZONES];
    tpk_zone_stats stats[N_ZONES];
    results *r = test_malloc(sizeof *r);
    seed = 2;
    make_zones(shapes, zones);
    fill_random(r);
    assert_int_equal(whole_run(zones, r, stats), TPK_OK); /* what the CRS makes at first use is made now */
    clear(stats, N_ZONES);
    long live = tpk_mem_live_count();
    for (long k = 0;; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = whole_run(zones, r, stats);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        if (status == TPK_OK) {
            assert_int_equal(failed, 0);
            assert_true(k > 10);
            break;
        }
        assert_int_equal(status, TPK_ERR_MEMORY);
        assert_true(failed > 0);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    clear(stats, N_ZONES);
    assert_int_equal(tpk_mem_live_count(), live);
    test_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_match_a_plain_loop_over_pieces_cut_by_geos),
        cmocka_unit_test(classes_add_up_to_the_area),
        cmocka_unit_test(any_tiles_and_merge_order_give_the_same_bits),
        cmocka_unit_test(three_by_three_by_hand),
        cmocka_unit_test(the_category_that_covers_most_is_named),
        cmocka_unit_test(exhausted_memory_is_reported_and_leaves_nothing),
    };
    return cmocka_run_group_tests_name("zonal", tests, start, stop);
}
