/* The results depend on the study alone: not on threads, tiles, or the order in which tiles come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <time.h>

#include "api/study.h"
#include "large_study.h"

static const char *const FILES[] = {"suitability.tif", "classes.tif",         "reasons.tif",
                                    "limiting.tif",    "classes.tif.aux.xml", "limiting.tif.aux.xml",
                                    "suitability.qml", "classes.qml",         "reasons.qml",
                                    "limiting.qml",    "suitability.sld",     "classes.sld",
                                    "reasons.sld",     "limiting.sld",        "zones.qml",
                                    "zones.sld",       "style.json",          "zones.geojson",
                                    "overlay.geojson", "tapak.gpkg",          "tapak.qgz",
                                    "run.json"};
enum { N_FILES = sizeof FILES / sizeof *FILES };

/* run.json without its timings and what was asked of threads and tiles, as text. */
static char *read_comparable(const char *folder, const char *name, size_t *n)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (strcmp(name, "run.json") != 0) return read_bytes(path, n);
    json_t *record = read_json(path);
    assert_int_equal(json_object_del(record, "timings"), 0);
    assert_int_equal(json_object_del(record, "overrides"), 0);
    char *text = json_dumps(record, JSON_INDENT(1));
    json_decref(record);
    *n = strlen(text);
    return text;
}

static void assert_same_results(const char *folder, const char *other)
{
    for (int i = 0; i < N_FILES; i++) {
        size_t n, n_other;
        char *bytes = read_comparable(folder, FILES[i], &n),
             *other_bytes = read_comparable(other, FILES[i], &n_other);
        if (n != n_other || memcmp(bytes, other_bytes, n) != 0)
            fail_msg("%s differs between %s and %s", FILES[i], folder, other);
        free(bytes);
        free(other_bytes);
    }
}

static size_t count_files(const char *folder)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return n;
}

/* The study must hold what it promises, or equal bytes would say little. */
static void assert_every_class_occurs(const char *folder)
{
    char path[600];
    int n_rows, n_cols;
    size_t counts[7] = {0};
    snprintf(path, sizeof path, "%s/classes.tif", folder);
    double *classes = read_raster(path, &n_rows, &n_cols);
    assert_int_equal(n_rows, 500);
    assert_int_equal(n_cols, 700);
    for (int i = 0; i < n_rows * n_cols; i++) counts[(int)classes[i]]++;
    free(classes);
    for (int c = 0; c < 7; c++) assert_true(counts[c] > 1000);
}

static void same_bytes_for_any_threads_and_tiles(void **state)
{
    (void)state;
    const int threads[] = {1, 2, 3}, sides[] = {8, 64, 256};
    const char *path = write_large_study();
    char first[300];
    snprintf(first, sizeof first, "%s", in_scratch("run_0_0"));
    run_study(path, first, (tpk_options){.n_threads = 1});
    assert_int_equal(count_files(first), N_FILES);
    assert_every_class_occurs(first);
    for (int t = 0; t < 3; t++) {
        for (int s = 0; s < 3; s++) {
            const char *folder = in_scratch("run_other");
            run_study(path, folder, (tpk_options){.n_threads = threads[t], .tile_side = sides[s]});
            assert_same_results(first, folder);
            remove_tree(folder);
        }
    }
}

/* Ten constraints, each on a raster of random bits: more patterns than the style lists. Which ones it lists
 * must not depend on the tiles. */
static void style_of_many_reasons_does_not_depend_on_tiles(void **state)
{
    (void)state;
    enum { SIDE = 160 };
    uint64_t seed = 9;
    double *bits = malloc(SIDE * SIDE * sizeof *bits);
    text_buffer b = {0};
    put(&b, "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, %d, %d]}\nlayers: {",
        300000 + 100 * SIDE, 9600000 + 100 * SIDE);
    for (int k = 0; k < 10; k++) {
        char name[16];
        snprintf(name, sizeof name, "bit%d.tif", k);
        for (int i = 0; i < SIDE * SIDE; i++) bits[i] = floor(draw(&seed, 0, 2));
        write_raster(name, "EPSG:32750", 300000, 9600000 + 100 * SIDE, 100, SIDE, SIDE, bits, -9999);
        put(&b, "%sbit%d: bit%d.tif", k ? ", " : "", k, k);
    }
    put(&b,
        "}\ncriteria:\n  a: {from: {raster: bit0}, curve: {linear: {best: 1, worst: 0}}}\nconstraints:\n");
    for (int k = 0; k < 10; k++)
        put(&b, "  k%d: {from: {raster: bit%d, resample: nearest}, above: 0.5, source: Uji}\n", k, k);
    put(&b, "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n");
    const char *path = write_text("bits.yaml", b.text), *one = in_scratch("bits_one"),
               *other = in_scratch("bits_other");
    run_study(path, one, (tpk_options){.n_threads = 1, .tile_side = 160});
    run_study(path, other, (tpk_options){.n_threads = 2, .tile_side = 8});
    size_t n, n_other;
    char *style = read_comparable(one, "reasons.qml", &n),
         *other_style = read_comparable(other, "reasons.qml", &n_other);
    assert_int_equal(n, n_other);
    assert_memory_equal(style, other_style, n);
    free(style);
    free(other_style);
    free(b.text);
    free(bits);
}

/* ---- failures ---- */

typedef struct bad_sink {
    int32_t row0;
} bad_sink;

static tpk_status refuse_from_row(void *state, const tpk_tile *tile, tpk_err *err)
{
    const bad_sink *bad = state;
    return tile->window.row0 < bad->row0 ? TPK_OK
                                         : tpk_err_set(err, TPK_ERR_IO, "row %d refused", tile->window.row0);
}

static void failure_of_a_sink_ends_the_run_with_its_own_error(void **state)
{
    (void)state;
    tpk_study *study = open_study(in_scratch("besar.yaml"), (tpk_options){0});
    bad_sink bad = {64};
    tpk_sink sink = {refuse_from_row, &bad};
    tpk_run_settings settings = {.n_threads = 1, .tile_side = 64};
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_engine_run(study->plan, NULL, &sink, 1, &settings, NULL, NULL, NULL, &err),
                     TPK_ERR_IO);
    assert_string_equal(err.message, "row 64 refused");
    settings.n_threads = 3;
    err = (tpk_err){TPK_OK, ""};
    assert_int_equal(tpk_engine_run(study->plan, NULL, &sink, 1, &settings, NULL, NULL, NULL, &err),
                     TPK_ERR_IO);
    assert_string_equal(err.message, "row 64 refused");
    tpk_study_close(study);
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    tpk_study *study = open_study(in_scratch("besar.yaml"), (tpk_options){0});
    tpk_err err = {TPK_OK, ""};
    tpk_run_settings odd = {.n_threads = 1, .tile_side = 12},
                     small = {.n_threads = 4, .memory_bytes = 100000};
    assert_int_equal(tpk_engine_run(study->plan, NULL, NULL, 0, &odd, NULL, NULL, NULL, &err),
                     TPK_ERR_ARGUMENT);
    err = (tpk_err){TPK_OK, ""};
    assert_int_equal(tpk_engine_run(study->plan, NULL, NULL, 0, &small, NULL, NULL, NULL, &err),
                     TPK_ERR_LIMIT);
    assert_non_null(strstr(err.message, "a tile of 32 x 32 cells needs"));
    tpk_study_close(study);
}

static void smaller_memory_means_smaller_tiles(void **state)
{
    (void)state;
    tpk_study *study = open_study(in_scratch("besar.yaml"), (tpk_options){0});
    tpk_run_facts facts = {0};
    tpk_run_settings settings = {.n_threads = 2, .memory_bytes = 1 << 20};
    assert_int_equal(tpk_engine_run(study->plan, NULL, NULL, 0, &settings, NULL, NULL, &facts, NULL), TPK_OK);
    assert_true(facts.tile_side < 256 && facts.tile_side % 8 == 0 &&
                facts.scratch_bytes <= settings.memory_bytes);
    tpk_study_close(study);
}

static tpk_run_facts run_with(const tpk_study *study, tpk_run_settings settings)
{
    tpk_run_facts facts = {0};
    tpk_err err = {TPK_OK, ""};
    if (tpk_engine_run(study->plan, NULL, NULL, 0, &settings, NULL, NULL, &facts, &err) != TPK_OK)
        fail_msg("%s", err.message);
    return facts;
}

static void a_tile_that_was_asked_for_is_made_smaller_to_fit_the_memory(void **state)
{
    (void)state;
    tpk_study *study = open_study(in_scratch("besar.yaml"), (tpk_options){0});
    tpk_run_facts all = run_with(study, (tpk_run_settings){.n_threads = 2, .tile_side = 320});
    assert_int_equal(all.tile_side, 320);
    tpk_run_facts facts = run_with(
        study, (tpk_run_settings){.n_threads = 2, .tile_side = 320, .memory_bytes = all.scratch_bytes - 1});
    assert_int_equal(facts.tile_side, 160);
    assert_true(facts.scratch_bytes < all.scratch_bytes);
    facts = run_with(study, (tpk_run_settings){.n_threads = 1, .tile_side = 4096});
    assert_int_equal(facts.tile_side, 704); /* the grid has 500 x 700 cells */
    tpk_study_close(study);
}

/* Six of the criteria read rasters: at least a place and a footprint a point, 48 bytes. */
static void scratch_counts_what_raster_readers_hold(void **state)
{
    (void)state;
    tpk_study *study = open_study(in_scratch("besar.yaml"), (tpk_options){0});
    tpk_run_facts facts = run_with(study, (tpk_run_settings){.n_threads = 1, .tile_side = 256});
    assert_true(facts.scratch_bytes > 256 * 256 * 6 * 48);
    tpk_study_close(study);
}

static void no_more_threads_work_than_there_are_tiles_or_memory_for(void **state)
{
    (void)state;
    tpk_study *study = open_study(in_scratch("besar.yaml"), (tpk_options){0});
    tpk_run_facts facts = run_with(study, (tpk_run_settings){.n_threads = 64, .tile_side = 352});
    assert_int_equal(facts.n_tiles, 4);
    assert_int_equal(facts.n_threads, 4);
    size_t one = run_with(study, (tpk_run_settings){.n_threads = 1, .tile_side = 32}).scratch_bytes;
    facts = run_with(study, (tpk_run_settings){.n_threads = 8, .memory_bytes = 3 * one + 1});
    assert_int_equal(facts.tile_side, 32);
    assert_int_equal(facts.n_threads, 3);
    tpk_study_close(study);
}

/* ---- two studies at a time ---- */

static void *run_another(void *user)
{
    run_with(user, (tpk_run_settings){.n_threads = 1, .tile_side = 64});
    return NULL;
}

typedef struct meeting {
    tpk_study *other;
    bool tried, ended;
    pthread_t thread;
} meeting;

/* While this study's progress is being told, the other one runs from beginning to end. */
static void run_the_other_meanwhile(void *user, const char *stage, int64_t done, int64_t total,
                                    const char *unit)
{
    (void)stage, (void)done, (void)total, (void)unit;
    meeting *m = user;
    if (m->tried) return;
    m->tried = true;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    assert_int_equal(pthread_create(&m->thread, NULL, run_another, m->other), 0);
    m->ended = pthread_timedjoin_np(m->thread, NULL, &until) == 0;
}

static void progress_of_one_study_does_not_stop_another(void **state)
{
    (void)state;
    tpk_study *study = open_study(in_scratch("besar.yaml"), (tpk_options){0});
    meeting m = {.other = open_study(in_scratch("besar.yaml"), (tpk_options){0})};
    tpk_control control = {.progress = run_the_other_meanwhile, .user = &m};
    tpk_run_settings settings = {.n_threads = 2, .tile_side = 64};
    assert_int_equal(tpk_engine_run(study->plan, NULL, NULL, 0, &settings, &control, NULL, NULL, NULL),
                     TPK_OK);
    if (m.tried && !m.ended) pthread_join(m.thread, NULL);
    assert_true(m.ended);
    tpk_study_close(m.other);
    tpk_study_close(study);
}

static void stop_after_some_tiles(void *user, const char *stage, int64_t done, int64_t total,
                                  const char *unit)
{
    (void)stage, (void)unit;
    if (total > 0 && done * 4 > total) tpk_cancel_request(user);
}

static void cancelled_run_says_so(void **state)
{
    (void)state;
    tpk_cancel *cancel = tpk_cancel_new();
    tpk_study *study = open_study(in_scratch("besar.yaml"), (tpk_options){.cancel = cancel});
    tpk_control control = {.progress = stop_after_some_tiles, .user = cancel, .cancel = &cancel->requested};
    tpk_run_settings settings = {.n_threads = 2, .tile_side = 8};
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_engine_run(study->plan, NULL, NULL, 0, &settings, &control, NULL, NULL, &err),
                     TPK_ERR_CANCELLED);
    assert_string_equal(err.message, "stopped on request");
    tpk_study_close(study);
    tpk_cancel_free(cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_for_any_threads_and_tiles),
        cmocka_unit_test(style_of_many_reasons_does_not_depend_on_tiles),
        cmocka_unit_test(failure_of_a_sink_ends_the_run_with_its_own_error),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
        cmocka_unit_test(smaller_memory_means_smaller_tiles),
        cmocka_unit_test(a_tile_that_was_asked_for_is_made_smaller_to_fit_the_memory),
        cmocka_unit_test(scratch_counts_what_raster_readers_hold),
        cmocka_unit_test(no_more_threads_work_than_there_are_tiles_or_memory_for),
        cmocka_unit_test(progress_of_one_study_does_not_stop_another),
        cmocka_unit_test(cancelled_run_says_so),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
