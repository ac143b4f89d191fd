/* A run without memory: it says so, leaks nothing, and leaves the earlier results as they were, wherever the
 * allocation fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "small_study.h"

static tpk_status open_and_run(const char *path, const char *folder, tpk_err *err)
{
    tpk_study *study = NULL;
    tpk_status status = tpk_study_open(path, &(tpk_options){.n_threads = 1}, &study, err);
    if (status == TPK_OK) status = tpk_study_run(study, folder, err);
    tpk_study_close(study);
    return status;
}

/* Every k up to 150; then in growing steps, so that a run of some thousand allocations is failed at some 500
 * places. */
static long next_place(long k)
{
    return k + 1 + k / 150;
}

static void failed_allocation_is_told_leaks_nothing_and_keeps_the_results(void **state)
{
    (void)state;
    char path[300], folder[300];
    snprintf(path, sizeof path, "%s", write_small_study());
    snprintf(folder, sizeof folder, "%s", in_scratch("hasil"));
    run_study(path, folder, (tpk_options){.n_threads = 1});
    uint64_t before = folder_hash(folder);
    long live = tpk_mem_live_count();
    int n_failures = 0;
    for (long k = 0;; k = next_place(k)) {
        tpk_err err = {TPK_OK, ""};
        tpk_mem_fail_after(k);
        tpk_status status = open_and_run(path, folder, &err);
        long n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        if (tpk_mem_live_count() != live)
            fail_msg("allocation %ld: %ld blocks leaked", k, tpk_mem_live_count() - live);
        if (n_fired == 0) {
            assert_int_equal(status, TPK_OK);
            break;
        }
        if (status != TPK_ERR_MEMORY)
            fail_msg("allocation %ld: status %s: %s", k, tpk_status_name(status), err.message);
        if (folder_hash(folder) != before) fail_msg("allocation %ld: the results changed", k);
        n_failures++;
    }
    assert_true(n_failures > 250);
}

static void evaluating_without_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    long before = tpk_mem_live_count();
    tpk_study *study = open_study(in_scratch("kecil.yaml"), (tpk_options){0});
    const double xy[] = {115.2, -3.615};
    float score;
    double values[3];
    tpk_results results = {.score = &score, .values = values};
    long live = tpk_mem_live_count();
    for (long k = 0;; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = tpk_study_evaluate_points(study, "EPSG:4326", xy, 1, &results, NULL);
        long n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(status, n_fired == 0 ? TPK_OK : TPK_ERR_MEMORY);
        if (n_fired == 0) break;
        assert_int_equal(tpk_mem_live_count(), live);
    }
    tpk_study_close(study);
    assert_int_equal(tpk_mem_live_count(), before);
}

/* What a call prepares, the next one of the same CRS finds: it needs no memory at all. */
static void what_evaluating_needs_is_kept_for_the_next_call(void **state)
{
    (void)state;
    tpk_study *study = open_study(in_scratch("kecil.yaml"), (tpk_options){0});
    const double lonlat[] = {115.2, -3.615}, xy[] = {300050, 9600250};
    float score, again;
    double values[3];
    tpk_results results = {.score = &score, .values = values}, quick = {.score = &again};
    assert_int_equal(tpk_study_evaluate_points(study, "EPSG:4326", lonlat, 1, &results, NULL), TPK_OK);
    tpk_mem_fail_after(0);
    tpk_status points = tpk_study_evaluate_points(study, "EPSG:4326", lonlat, 1, &quick, NULL);
    tpk_status window =
        tpk_study_evaluate_window(study, "EPSG:4326", 115.19, -3.6, 0.02, 0.03, 1, 1, &results, NULL);
    tpk_mem_fail_after(-1);
    assert_int_equal(points, TPK_OK);
    assert_int_equal(window, TPK_OK);
    assert_true(score == again || (isnan(score) && isnan(again)));
    /* Another CRS, a refused one, and back: nothing of the one before stays. */
    assert_int_equal(tpk_study_evaluate_points(study, NULL, xy, 1, &quick, NULL), TPK_OK);
    assert_true(again == 1);
    assert_int_equal(tpk_study_evaluate_points(study, "EPSG:999999", xy, 1, &quick, NULL), TPK_ERR_CRS);
    assert_int_equal(tpk_study_evaluate_points(study, "EPSG:32750", xy, 1, &quick, NULL), TPK_OK);
    assert_true(again == 1);
    tpk_study_close(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failed_allocation_is_told_leaks_nothing_and_keeps_the_results),
        cmocka_unit_test(evaluating_without_memory_is_told_and_leaks_nothing),
        cmocka_unit_test(what_evaluating_needs_is_kept_for_the_next_call),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
