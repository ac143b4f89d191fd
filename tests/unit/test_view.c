/* Views: one study under other weights and from several threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "large_study.h"
#include "small_study.h"

static char path[600]; /* of the project of the group's study */

static int write_small(void **state)
{
    if (files_set_up(state) != 0) return -1;
    snprintf(path, sizeof path, "%s", write_small_study());
    return 0;
}

static int write_large(void **state)
{
    if (files_set_up(state) != 0) return -1;
    snprintf(path, sizeof path, "%s", write_large_study());
    return 0;
}

static tpk_view *new_view(const tpk_study *study, const char *crs, const double *weights)
{
    tpk_err err = {TPK_OK, ""};
    tpk_view *view = NULL;
    if (tpk_view_new(study, crs, weights, &view, &err) != TPK_OK) fail_msg("%s", err.message);
    return view;
}

/* ---- weights ---- */

/* Cell (1, 0) of the small study lies on the road (akses 1), is 8 high (tinggi 0.8), on Aluvial (tanah 1). */
static const double CELL[2] = {300050, 9600150};

static void assert_score(tpk_view *view, double score, int limiting)
{
    float found;
    uint8_t limits;
    tpk_results results = {.score = &found, .limiting = &limits};
    tpk_err err = {TPK_OK, ""};
    if (tpk_view_points(view, CELL, 1, &results, &err) != TPK_OK) fail_msg("%s", err.message);
    if (!(fabs((double)found - score) < 1e-6)) fail_msg("score %.9g, expected %.9g", (double)found, score);
    assert_int_equal(limits, limiting);
}

static void weights_of_a_view_are_its_own_and_need_not_sum_to_one(void **state)
{
    (void)state;
    tpk_study *study = open_study(path, (tpk_options){0});
    tpk_view *view = new_view(study, NULL, NULL);
    tpk_view *other = new_view(study, "EPSG:32750", (double[]){0, 1, 0});
    assert_score(view, 0.5 + 0.25 * 0.8 + 0.25, 2);
    assert_score(other, 0.8, 2);
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_view_set_weights(view, (double[]){2, 4, 2}, &err), TPK_OK);
    assert_score(view, 0.25 + 0.5 * 0.8 + 0.25, 2);
    assert_int_equal(tpk_view_set_weights(view, (double[]){1, 0, 1}, &err), TPK_OK);
    assert_score(view, 1, 0);
    assert_int_equal(tpk_view_set_weights(view, NULL, &err), TPK_OK);
    assert_score(view, 0.95, 2);
    tpk_view_free(other);
    tpk_view_free(view);
    tpk_study_close(study);
}

static void impossible_weights_are_refused_and_the_old_ones_stay(void **state)
{
    (void)state;
    tpk_study *study = open_study(path, (tpk_options){0});
    tpk_view *view = new_view(study, NULL, (double[]){0, 1, 0}), *none = view;
    const double bad[][3] = {
        {1, -0.1, 0}, {(double)NAN, 1, 1}, {1, (double)INFINITY, 1}, {0, 0, 0}, {1e308, 1e308, 1e308}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tpk_err err = {TPK_OK, ""};
        assert_int_equal(tpk_view_set_weights(view, bad[i], &err), TPK_ERR_ARGUMENT);
        assert_non_null(strstr(err.message, "weight"));
        assert_score(view, 0.8, 2);
        assert_int_equal(tpk_view_new(study, NULL, bad[i], &none, NULL), TPK_ERR_ARGUMENT);
        assert_null(none);
    }
    tpk_view_free(view);
    tpk_study_close(study);
}

static void null_where_none_is_allowed_is_refused(void **state)
{
    (void)state;
    tpk_study *study = open_study(path, (tpk_options){0});
    tpk_view *view = new_view(study, NULL, NULL);
    float score;
    tpk_results results = {.score = &score};
    assert_int_equal(tpk_view_new(NULL, NULL, NULL, &(tpk_view *){NULL}, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_new(study, NULL, NULL, NULL, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_new(study, "bukan crs", NULL, &(tpk_view *){NULL}, NULL), TPK_ERR_CRS);
    assert_int_equal(tpk_view_set_weights(NULL, NULL, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_points(NULL, CELL, 1, &results, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_points(view, NULL, 1, &results, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_points(view, CELL, 1, NULL, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_window(NULL, 0, 1, 1, 1, 1, 1, &results, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_window(view, 0, 1, 0, 1, 1, 1, &results, NULL), TPK_ERR_ARGUMENT);
    tpk_view_free(view);
    tpk_study_close(study);
}

/* ---- threads ---- */

enum { SIDE = 96, N = SIDE * SIDE, N_THREADS = 4, N_CRITERIA = 12 };

typedef struct map {
    float score[N];
    uint8_t class_of[N], limiting[N];
    uint32_t reasons[N];
} map;

static tpk_status draw_map(tpk_view *view, map *m)
{
    tpk_results results = {
        .score = m->score, .point_class = m->class_of, .reasons = m->reasons, .limiting = m->limiting};
    return tpk_view_window(view, 12827000, -388000, 300, 300, SIDE, SIDE, &results, NULL);
}

typedef struct job {
    const tpk_study *study;
    double weights[N_CRITERIA];
    map made;
    tpk_status status;
} job;

/* A view is made, asked and freed while other threads do the same. */
static void *use_a_view(void *user)
{
    job *own = user;
    tpk_view *view = NULL;
    own->status = tpk_view_new(own->study, "EPSG:3857", own->weights, &view, NULL);
    if (own->status == TPK_OK) own->status = draw_map(view, &own->made);
    tpk_view_free(view);
    return NULL;
}

static void views_of_several_threads_say_what_one_thread_says(void **state)
{
    (void)state;
    static job jobs[N_THREADS];
    static map alone;
    pthread_t threads[N_THREADS];
    tpk_study *study = open_study(path, (tpk_options){0});
    assert_int_equal(tpk_study_criterion_count(study), N_CRITERIA);
    for (int t = 0; t < N_THREADS; t++) {
        jobs[t].study = study;
        for (int k = 0; k < N_CRITERIA; k++) jobs[t].weights[k] = k % N_THREADS == t ? 3 : 1;
        assert_int_equal(pthread_create(&threads[t], NULL, use_a_view, &jobs[t]), 0);
    }
    for (int t = 0; t < N_THREADS; t++) assert_int_equal(pthread_join(threads[t], NULL), 0);
    tpk_view *view = new_view(study, "EPSG:3857", NULL);
    for (int t = 0; t < N_THREADS; t++) {
        assert_int_equal(jobs[t].status, TPK_OK);
        assert_int_equal(tpk_view_set_weights(view, jobs[t].weights, NULL), TPK_OK);
        assert_int_equal(draw_map(view, &alone), TPK_OK);
        assert_memory_equal(&alone, &jobs[t].made, sizeof alone);
    }
    assert_memory_not_equal(jobs[0].made.score, jobs[1].made.score, sizeof jobs[0].made.score);
    tpk_view_free(view);
    tpk_study_close(study);
}

/* A distance changes by no more than the place does. */
static void window_with_a_tolerance_is_no_farther_off(void **state)
{
    (void)state;
    enum { ROWS = 150, COLS = 203, CELLS = ROWS * COLS }; /* several blocks, none whole */
    static double exact[N_CRITERIA * CELLS], near[N_CRITERIA * CELLS];
    tpk_study *study = open_study(path, (tpk_options){0});
    tpk_view *view = new_view(study, "EPSG:3857", NULL);
    assert_string_equal(tpk_study_criterion_unit(study, 0), "m");
    for (double pixel_m = 4; pixel_m < 5000; pixel_m *= 3) {
        double tolerance_m = pixel_m / 1000, worst_m = 0;
        const double x0 = 12870000 - COLS * pixel_m / 2, y0 = -410000 + ROWS * pixel_m / 2;
        for (int with = 0; with < 2; with++) {
            tpk_results results = {.values = with ? near : exact};
            assert_int_equal(tpk_view_set_tolerance(view, with ? tolerance_m : 0, NULL), TPK_OK);
            assert_int_equal(tpk_view_window(view, x0, y0, pixel_m, pixel_m, ROWS, COLS, &results, NULL),
                             TPK_OK);
        }
        for (int i = 0; i < CELLS; i++) worst_m = fmax(worst_m, fabs(exact[i] - near[i]));
        if (!(worst_m <= tolerance_m)) fail_msg("pixels of %g m: %g m off", pixel_m, worst_m);
        if (pixel_m == 36) assert_true(worst_m > 0); /* the mesh was used */
    }
    tpk_view_free(view);
    tpk_study_close(study);
}

static void impossible_tolerances_are_refused(void **state)
{
    (void)state;
    tpk_study *study = open_study(path, (tpk_options){0});
    tpk_view *view = new_view(study, NULL, NULL);
    assert_int_equal(tpk_view_set_tolerance(view, -1, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_set_tolerance(view, (double)NAN, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_set_tolerance(view, (double)INFINITY, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_view_set_tolerance(NULL, 1, NULL), TPK_ERR_ARGUMENT);
    tpk_view_free(view);
    tpk_study_close(study);
}

static void weights_of_the_project_give_the_bits_of_the_study(void **state)
{
    (void)state;
    static map of_study, of_view;
    double weights[N_CRITERIA];
    tpk_study *study = open_study(path, (tpk_options){0});
    for (size_t k = 0; k < N_CRITERIA; k++) weights[k] = tpk_study_criterion_weight(study, k);
    tpk_results results = {.score = of_study.score,
                           .point_class = of_study.class_of,
                           .reasons = of_study.reasons,
                           .limiting = of_study.limiting};
    assert_int_equal(tpk_study_evaluate_window(study, "EPSG:3857", 12827000, -388000, 300, 300, SIDE, SIDE,
                                               &results, NULL),
                     TPK_OK);
    for (int given = 0; given < 2; given++) {
        tpk_view *view = new_view(study, "EPSG:3857", given ? weights : NULL);
        assert_int_equal(draw_map(view, &of_view), TPK_OK);
        assert_memory_equal(&of_study, &of_view, sizeof of_view);
        tpk_view_free(view);
    }
    tpk_study_close(study);
}

/* ---- memory ---- */

static tpk_status make_and_ask(const tpk_study *study)
{
    float score;
    double values[3], lonlat[2] = {115.2, -3.615};
    tpk_results results = {.score = &score, .values = values};
    tpk_view *view = NULL;
    tpk_status status = tpk_view_new(study, "EPSG:4326", (double[]){1, 2, 3}, &view, NULL);
    if (status == TPK_OK) status = tpk_view_points(view, lonlat, 1, &results, NULL);
    tpk_view_free(view);
    return status;
}

static void view_without_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    tpk_study *study = open_study(path, (tpk_options){0});
    long live = tpk_mem_live_count(), k = 0;
    for (long n_fired = 1; n_fired > 0; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = make_and_ask(study);
        n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(status, n_fired == 0 ? TPK_OK : TPK_ERR_MEMORY);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    assert_true(k > 30);
    tpk_study_close(study);
}

/* Whatever a call lacked memory for, the view answers as before when there is some again. */
static void view_that_lacked_memory_can_be_asked_again(void **state)
{
    (void)state;
    tpk_study *study = open_study(path, (tpk_options){0});
    int n_failures = 0;
    for (long k = 0;; k++) {
        double values[3];
        float score = 0;
        tpk_results results = {.score = &score, .values = values};
        tpk_view *view = new_view(study, NULL, NULL);
        tpk_mem_fail_after(k);
        tpk_status status = tpk_view_points(view, CELL, 1, &results, NULL);
        tpk_mem_fail_after(-1);
        if (status != TPK_OK) {
            assert_int_equal(tpk_view_points(view, CELL, 1, &results, NULL), TPK_OK);
            n_failures++;
        }
        assert_score(view, 0.95, 2);
        assert_true(values[1] == 8);
        tpk_view_free(view);
        if (status == TPK_OK) break;
    }
    assert_true(n_failures > 10);
    tpk_study_close(study);
}

int main(void)
{
    const struct CMUnitTest by_hand[] = {
        cmocka_unit_test(weights_of_a_view_are_its_own_and_need_not_sum_to_one),
        cmocka_unit_test(impossible_weights_are_refused_and_the_old_ones_stay),
        cmocka_unit_test(null_where_none_is_allowed_is_refused),
        cmocka_unit_test(view_without_memory_is_told_and_leaks_nothing),
        cmocka_unit_test(view_that_lacked_memory_can_be_asked_again),
    };
    const struct CMUnitTest of_maps[] = {
        cmocka_unit_test(views_of_several_threads_say_what_one_thread_says),
        cmocka_unit_test(weights_of_the_project_give_the_bits_of_the_study),
        cmocka_unit_test(window_with_a_tolerance_is_no_farther_off),
        cmocka_unit_test(impossible_tolerances_are_refused),
    };
    int n_failed = cmocka_run_group_tests(by_hand, write_small, files_tear_down);
    return n_failed + cmocka_run_group_tests(of_maps, write_large, files_tear_down);
}
