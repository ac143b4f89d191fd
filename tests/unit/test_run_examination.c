/* What a run finds about its layers: in run.json, through the public interface, and what it does not change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "small_study.h"

/* A pier without a place, and a polygon without area: a repair in each of two layers. */
static void write_dirty_layers(void)
{
    write_features("pelabuhan.geojson",
                   "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Satu\"}, \"geometry\": {\"type\": "
                   "\"Point\", \"coordinates\": [300100, 9600200]}},"
                   "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Dua\"}, \"geometry\": {\"type\": "
                   "\"Point\", \"coordinates\": [300400, 9600100]}},"
                   "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Tiga\"}, \"geometry\": null}");
    write_features("lindung.geojson",
                   "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": \"Polygon\", "
                   "\"coordinates\": [[[300010, 9600010], [300090, 9600010], [300090, 9600090], "
                   "[300010, 9600010]]]}},"
                   "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": \"Polygon\", "
                   "\"coordinates\": [[[300110, 9600010], [300190, 9600010], [300150, 9600010], "
                   "[300110, 9600010]]]}}");
}

static const char *write_dirty_study(void)
{
    const char *path = write_small_study();
    write_dirty_layers();
    return path;
}

static json_t *examination_of(const char *folder)
{
    char name[700];
    snprintf(name, sizeof name, "%s/run.json", folder);
    json_t *record = read_json(name), *found = json_object_get(record, "examination");
    assert_non_null(found);
    json_incref(found);
    json_decref(record);
    return found;
}

static json_t *subject(json_t *examination, const char *id)
{
    size_t i;
    json_t *value;
    json_array_foreach(json_object_get(examination, "subjects"), i, value)
    {
        if (strcmp(json_string_value(json_object_get(value, "id")), id) == 0) return value;
    }
    fail_msg("the examination has no layer '%s'", id);
    return NULL;
}

static void assert_verdict(json_t *examination, const char *id, const char *expected)
{
    assert_string_equal(json_string_value(json_object_get(subject(examination, id), "verdict")), expected);
}

static void assert_first_finding(json_t *examination, const char *id, const char *kind, const char *gravity,
                                 int features)
{
    json_t *first = json_array_get(json_object_get(subject(examination, id), "findings"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "kind")), kind);
    assert_string_equal(json_string_value(json_object_get(first, "gravity")), gravity);
    assert_int_equal(json_integer_value(json_object_get(first, "features")), features);
    assert_true(json_string_length(json_object_get(first, "found")) > 0);
    assert_true(json_string_length(json_object_get(first, "change")) > 0);
}

static void every_layer_of_a_clean_study_is_good(void **state)
{
    (void)state;
    tpk_study *study = open_study(write_small_study(), (tpk_options){0});
    assert_null(tpk_study_examination(study));
    assert_int_equal(tpk_study_run(study, in_scratch("bersih"), NULL), TPK_OK);
    const tpk_check *check = tpk_study_examination(study);
    assert_non_null(check);
    assert_int_equal(tpk_check_count(check), 7);
    for (size_t i = 0; i < 7; i++) assert_int_equal(tpk_check_get(check, i).verdict, TPK_VERDICT_GOOD);
    assert_string_equal(tpk_check_get(check, 0).id, "wilayah");
    assert_string_equal(tpk_check_get(check, 6).kind, "raster");
    tpk_study_close(study);
    json_t *examination = examination_of(in_scratch("bersih"));
    assert_int_equal(json_array_size(json_object_get(examination, "subjects")), 7);
    assert_int_equal(json_integer_value(json_object_get(examination, "serious")), 0);
    assert_int_equal(json_integer_value(json_object_get(examination, "repair")), 0);
    json_decref(examination);
}

static void dirty_layers_are_told_in_the_record(void **state)
{
    (void)state;
    run_study(write_dirty_study(), in_scratch("kotor"), (tpk_options){0});
    json_t *examination = examination_of(in_scratch("kotor"));
    assert_int_equal(json_integer_value(json_object_get(examination, "serious")), 0);
    assert_int_equal(json_integer_value(json_object_get(examination, "repair")), 2);
    assert_verdict(examination, "jalan", "good");
    assert_verdict(examination, "pelabuhan", "repairs");
    assert_first_finding(examination, "pelabuhan", "geometry_missing", "repair", 1);
    assert_verdict(examination, "lindung", "repairs");
    assert_first_finding(examination, "lindung", "zero_length", "repair", 1);
    json_decref(examination);
}

/* The same subjects, findings, texts and counts as `tapak check --fast`, but for the project as a whole. */
static void a_run_finds_what_a_fast_check_finds(void **state)
{
    (void)state;
    const char *path = write_dirty_study(), *text = NULL;
    run_study(path, in_scratch("sama"), (tpk_options){0});
    json_t *run = examination_of(in_scratch("sama"));
    tpk_check *check = NULL;
    tpk_check_options fast = {.only_fast = 1};
    assert_int_equal(tpk_check_project(path, &fast, &check, NULL), TPK_OK);
    assert_int_equal(tpk_check_json(check, &text, NULL), TPK_OK);
    json_t *alone = json_loads(text, 0, NULL), *subjects = json_object_get(alone, "subjects");
    assert_int_equal(json_array_remove(subjects, json_array_size(subjects) - 1), 0);
    assert_true(json_equal(subjects, json_object_get(run, "subjects")));
    assert_true(json_equal(json_object_get(alone, "repair"), json_object_get(run, "repair")));
    json_decref(alone);
    json_decref(run);
    tpk_check_free(check);
}

static void the_number_of_threads_changes_nothing(void **state)
{
    (void)state;
    const char *path = write_dirty_study();
    char *first = NULL;
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        run_study(path, in_scratch("utas"), (tpk_options){.n_threads = n_threads});
        json_t *examination = examination_of(in_scratch("utas"));
        char *text = json_dumps(examination, 0);
        json_decref(examination);
        if (first) assert_string_equal(text, first);
        if (first) free(text);
        if (!first) first = text;
    }
    free(first);
}

/* The same names with and without, and a member that says that nothing was looked at. */
static void a_run_can_do_without(void **state)
{
    (void)state;
    const char *path = write_dirty_study();
    run_study(path, in_scratch("dengan"), (tpk_options){0});
    tpk_study *study = open_study(path, (tpk_options){.no_check = 1}),
              *other = open_study(path, (tpk_options){0});
    assert_int_equal(tpk_study_run(study, in_scratch("tanpa"), NULL), TPK_OK);
    assert_int_equal(tpk_study_run(other, in_scratch("dengan"), NULL), TPK_OK);
    assert_null(tpk_study_examination(study));
    assert_non_null(tpk_study_examination(other));
    for (size_t i = 0; tpk_study_file(study, i) || tpk_study_file(other, i); i++) {
        assert_non_null(tpk_study_file(study, i));
        assert_non_null(tpk_study_file(other, i));
        assert_string_equal(strrchr(tpk_study_file(study, i), '/'), strrchr(tpk_study_file(other, i), '/'));
    }
    tpk_study_close(study);
    tpk_study_close(other);
    json_t *record = read_json(in_scratch("tanpa/run.json"));
    assert_true(json_is_null(json_object_get(record, "examination")));
    json_decref(record);
}

/* A second run of the same study looks again: what it says is of the layers as they are now. */
static void each_run_looks_for_itself(void **state)
{
    (void)state;
    tpk_study *study = open_study(write_small_study(), (tpk_options){0});
    assert_int_equal(tpk_study_run(study, in_scratch("dua_kali"), NULL), TPK_OK);
    assert_int_equal(tpk_check_get(tpk_study_examination(study), 4).n_findings, 0);
    write_dirty_layers();
    assert_int_equal(tpk_study_run(study, in_scratch("dua_kali"), NULL), TPK_OK);
    assert_int_equal(tpk_check_get(tpk_study_examination(study), 4).verdict, TPK_VERDICT_REPAIRS);
    tpk_study_close(study);
}

/* A layer that the study does not use may be broken: the run is complete, and says so. */
static void an_unused_layer_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    write_small_study();
    write_shapefile("cadangan.shp", "EPSG:32750",
                    "{\"type\": \"Feature\", \"properties\": {\"nama\": \"a\"}, \"geometry\": {\"type\": "
                    "\"LineString\", \"coordinates\": [[300050, 9599000], [300050, 9601000]]}}");
    size_t n;
    char *text = read_bytes(in_scratch("kecil.yaml"), &n), more[8000];
    text[n] = '\0';
    char *rest = strstr(text, "zones:");
    assert_non_null(rest);
    snprintf(more, sizeof more, "%.*s  cadangan: cadangan.shp\n%s", (int)(rest - text), text, rest);
    free(text);
    tpk_study *study = open_study(write_text("cadangan.yaml", more), (tpk_options){0});
    assert_int_equal(truncate(in_scratch("cadangan.shp"), 120), 0);
    assert_int_equal(tpk_study_run(study, in_scratch("cadangan"), NULL), TPK_OK);
    tpk_checked last = tpk_check_get(tpk_study_examination(study), 7);
    assert_string_equal(last.id, "cadangan");
    assert_string_equal(last.kind, "unread");
    assert_int_equal(last.verdict, TPK_VERDICT_UNUSABLE);
    tpk_study_close(study);
}

/* ---- failure ---- */

/* With the examination in a thread of its own; test_run_memory.c fails every allocation of one thread. */
static void a_failed_allocation_beside_the_run_is_told(void **state)
{
    (void)state;
    char path[600], folder[600];
    snprintf(path, sizeof path, "%s", write_dirty_study());
    snprintf(folder, sizeof folder, "%s", in_scratch("memori"));
    run_study(path, folder, (tpk_options){.n_threads = 2});
    uint64_t before = folder_hash(folder);
    tpk_study *study = open_study(path, (tpk_options){.n_threads = 2});
    long n_done = -1, n_failures = 0;
    for (long k = 0; n_done < 0; k += 1 + k / 20) {
        tpk_err err = {TPK_OK, ""};
        tpk_mem_fail_after(k);
        tpk_status status = tpk_study_run(study, folder, &err);
        long n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        if (n_fired == 0) {
            assert_int_equal(status, TPK_OK);
            n_done = k;
        } else {
            if (status != TPK_ERR_MEMORY) fail_msg("allocation %ld: %s", k, err.message);
            assert_null(tpk_study_examination(study));
            if (folder_hash(folder) != before) fail_msg("allocation %ld: the results changed", k);
            n_failures++;
        }
    }
    assert_true(n_failures > 50);
    tpk_study_close(study);
}

static void stop_when_files_are_written(void *user, const char *stage, int64_t done, int64_t total,
                                        const char *unit)
{
    (void)done, (void)total, (void)unit;
    if (strcmp(stage, "writing files") == 0) tpk_cancel_request(user);
}

static void it_stops_with_the_run(void **state)
{
    (void)state;
    for (int n_threads = 1; n_threads <= 2; n_threads++) {
        tpk_cancel *cancel = tpk_cancel_new();
        tpk_study *study =
            open_study(write_small_study(), (tpk_options){.n_threads = n_threads,
                                                          .progress = stop_when_files_are_written,
                                                          .user = cancel,
                                                          .cancel = cancel});
        assert_int_equal(tpk_study_run(study, in_scratch("berhenti"), NULL), TPK_ERR_CANCELLED);
        assert_null(tpk_study_examination(study));
        assert_int_not_equal(access(in_scratch("berhenti/run.json"), F_OK), 0);
        tpk_study_close(study);
        tpk_cancel_free(cancel);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layer_of_a_clean_study_is_good),
        cmocka_unit_test(dirty_layers_are_told_in_the_record),
        cmocka_unit_test(a_run_finds_what_a_fast_check_finds),
        cmocka_unit_test(the_number_of_threads_changes_nothing),
        cmocka_unit_test(a_run_can_do_without),
        cmocka_unit_test(each_run_looks_for_itself),
        cmocka_unit_test(an_unused_layer_that_cannot_be_read_is_told),
        cmocka_unit_test(a_failed_allocation_beside_the_run_is_told),
        cmocka_unit_test(it_stops_with_the_run),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
