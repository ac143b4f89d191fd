#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "output/staging.h"

static char folder[256];
static const char *const OWN[] = {"a.tif", "old.geojson", "old.qml", "map.tif", NULL};

static int make_folder(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tapak-test-XXXXXX", tmp ? tmp : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void assert_content(const char *name, const char *expected)
{
    char path[300], text[64] = "";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!expected) {
        assert_null(file);
        return;
    }
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    assert_string_equal(text, expected);
}

static void put(const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    write_file(path, text);
}

static void nothing_is_seen_before_publishing_and_all_after(void **state)
{
    (void)state;
    tpk_staging *staging;
    put("a.tif", "old");
    put("a.tif.aux.xml", "notes on the old one");
    assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
    write_file(tpk_staging_path(staging, "a.tif"), "new");
    const char *b = tpk_staging_path(staging, "b.tif");
    char beside[400];
    snprintf(beside, sizeof beside, "%s.aux.xml", b);
    write_file(b, "b");
    write_file(beside, "names");
    assert_content("a.tif", "old");
    assert_content("b.tif", NULL);
    char **files;
    size_t n;
    assert_int_equal(tpk_staging_publish(staging, OWN, &files, &n, NULL), TPK_OK);
    assert_int_equal(n, 2);
    assert_content("a.tif", "new");
    assert_content("a.tif.aux.xml", NULL); /* it spoke of a file that is gone */
    assert_content("b.tif", "b");
    assert_content("b.tif.aux.xml", "names");
    for (size_t i = 0; i < n; i++) tpk_free(files[i]);
    tpk_free(files);
    char hidden[300];
    snprintf(hidden, sizeof hidden, "%s/.tapak-part", folder);
    assert_int_not_equal(access(hidden, F_OK), 0);
}

static void an_aborted_run_leaves_the_folder_as_it_was(void **state)
{
    (void)state;
    tpk_staging *staging;
    put("c.tif", "old");
    assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
    write_file(tpk_staging_path(staging, "c.tif"), "half");
    tpk_staging_abort(staging);
    assert_content("c.tif", "old");
    char made[300];
    snprintf(made, sizeof made, "%s/baru", folder);
    assert_int_equal(tpk_staging_open(made, &staging, NULL), TPK_OK);
    tpk_staging_abort(staging);
    assert_int_not_equal(access(made, F_OK), 0); /* a folder made for nothing goes again */
}

static void a_folder_is_written_by_one_at_a_time(void **state)
{
    (void)state;
    tpk_staging *first, *second;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_staging_open(folder, &first, NULL), TPK_OK);
    assert_int_equal(tpk_staging_open(folder, &second, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "another run is writing into this folder"));
    assert_null(second);
    tpk_staging_abort(first);
    assert_int_equal(tpk_staging_open(folder, &first, NULL), TPK_OK);
    tpk_staging_abort(first);
}

static void what_a_killed_run_left_is_removed(void **state)
{
    (void)state;
    tpk_staging *staging;
    char hidden[300], left[700];
    snprintf(hidden, sizeof hidden, "%s/.tapak-part", folder);
    snprintf(left, sizeof left, "mkdir -p '%s' && echo x > '%s/left.tif'", hidden, hidden);
    assert_int_equal(system(left), 0);
    assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
    char **files;
    size_t n;
    assert_int_equal(tpk_staging_publish(staging, OWN, &files, &n, NULL), TPK_OK);
    tpk_free(files);
    assert_content("left.tif", NULL);
}

static void a_file_is_no_result_folder(void **state)
{
    (void)state;
    tpk_staging *staging;
    char path[300];
    tpk_err err = {TPK_OK, ""};
    put("berkas", "x");
    snprintf(path, sizeof path, "%s/berkas", folder);
    assert_int_equal(tpk_staging_open(path, &staging, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "berkas"));
}

static void without_memory_nothing_moves(void **state)
{
    (void)state;
    long before = tpk_mem_live_count();
    put("d.tif", "old");
    for (long k = 0;; k++) {
        tpk_staging *staging = NULL;
        char **files = NULL;
        size_t n = 0;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_staging_open(folder, &staging, NULL);
        const char *path = status == TPK_OK ? tpk_staging_path(staging, "d.tif") : NULL;
        if (path) {
            write_file(path, "new");
            status = tpk_staging_publish(staging, OWN, &files, &n, NULL);
        } else {
            tpk_staging_abort(staging);
            status = TPK_ERR_MEMORY;
        }
        long fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        for (size_t i = 0; i < n; i++) tpk_free(files[i]);
        tpk_free(files);
        assert_int_equal(tpk_mem_live_count(), before);
        if (status == TPK_OK) break;
        assert_int_equal(status, TPK_ERR_MEMORY);
        assert_true(fired > 0);
        assert_content("d.tif", "old");
    }
    assert_content("d.tif", "new");
}

static void free_files(char **files, size_t n)
{
    for (size_t i = 0; i < n; i++) tpk_free(files[i]);
    tpk_free(files);
}

/* Three earlier files with notes, one of which the new run does not make, and new ones for the other two. */
static tpk_staging *begin_exchange(void)
{
    tpk_staging *staging;
    put("a.tif", "old a");
    put("a.tif.aux.xml", "old notes");
    put("old.geojson", "old zones");
    put("run.json", "old record");
    assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
    write_file(tpk_staging_path(staging, "a.tif"), "new a");
    write_file(tpk_staging_path(staging, "new.tif"), "new");
    return staging;
}

static void assert_everything_is_as_it_was(void)
{
    assert_content("a.tif", "old a");
    assert_content("a.tif.aux.xml", "old notes");
    assert_content("old.geojson", "old zones");
    assert_content("new.tif", NULL);
    char hidden[300];
    snprintf(hidden, sizeof hidden, "%s/.tapak-part", folder);
    assert_int_not_equal(access(hidden, F_OK), 0);
}

static void a_failure_of_the_last_file_takes_all_others_back(void **state)
{
    (void)state;
    tpk_staging *staging = begin_exchange();
    assert_non_null(tpk_staging_path(
        staging, "run.json")); /* never written: its renaming fails when the others are out */
    char **files;
    size_t n;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_staging_publish(staging, OWN, &files, &n, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "run.json"));
    assert_null(files);
    assert_int_equal(n, 0);
    assert_everything_is_as_it_was();
    assert_content("run.json", "old record");
}

static void a_folder_in_place_of_the_last_file_is_told_and_nothing_moves(void **state)
{
    (void)state;
    tpk_staging *staging = begin_exchange();
    char path[300];
    snprintf(path, sizeof path, "%s/run.json", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0777), 0);
    write_file(tpk_staging_path(staging, "run.json"), "new record");
    char **files;
    size_t n;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_staging_publish(staging, OWN, &files, &n, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, path));
    assert_non_null(strstr(err.message, "a folder of that name is in the way"));
    assert_everything_is_as_it_was();
    assert_int_equal(rmdir(path), 0);
}

static void own_files_that_were_not_made_again_are_removed_and_no_others(void **state)
{
    (void)state;
    char path[300], **files;
    size_t n;
    tpk_staging *staging = begin_exchange();
    put("old.qml", "old style");
    put("others.qml", "a planner's");
    put("others.tif.aux.xml", "a planner's");
    snprintf(path, sizeof path, "%s/map.tif", folder);
    assert_int_equal(mkdir(path, 0777), 0); /* a folder is none of ours */
    write_file(tpk_staging_path(staging, "run.json"), "new record");
    assert_int_equal(tpk_staging_publish(staging, OWN, &files, &n, NULL), TPK_OK);
    assert_int_equal(n, 3);
    free_files(files, n);
    assert_content("a.tif", "new a");
    assert_content("a.tif.aux.xml", NULL);
    assert_content("old.geojson", NULL);
    assert_content("old.qml", NULL);
    assert_content("others.qml", "a planner's");
    assert_content("others.tif.aux.xml", "a planner's");
    assert_content("run.json", "new record");
    assert_int_equal(rmdir(path), 0);
}

static void what_a_killed_run_had_taken_away_comes_back(void **state)
{
    (void)state;
    tpk_staging *staging;
    char command[1500];
    put("a.tif", "new a, already out");
    snprintf(
        command, sizeof command,
        "cd '%s' && mkdir -p .tapak-part/.old .tapak-part/.done && printf 'old a' >.tapak-part/.old/a.tif && "
        "printf older >.tapak-part/.done/old.geojson && rm -f old.geojson",
        folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
    tpk_staging_abort(staging);
    assert_content("a.tif", "old a");
    assert_content("old.geojson", NULL); /* that one had been replaced for good */
    char hidden[300];
    snprintf(hidden, sizeof hidden, "%s/.tapak-part", folder);
    assert_int_not_equal(access(hidden, F_OK), 0);
}

static bool is_there(const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static void run_in_folder(const char *commands)
{
    char command[1500];
    snprintf(command, sizeof command, "cd '%s' && %s", folder, commands);
    assert_int_equal(system(command), 0);
}

static void files_inside_a_folder_come_and_go_with_the_others(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"portal/x", "portal/y", NULL};
    tpk_staging *staging;
    char **files;
    size_t n;
    assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
    write_file(tpk_staging_path(staging, "portal/x"), "x");
    write_file(tpk_staging_path(staging, "portal/y"), "y");
    assert_false(is_there("portal"));
    assert_int_equal(tpk_staging_publish(staging, NAMES, &files, &n, NULL), TPK_OK);
    free_files(files, n);
    assert_content("portal/x", "x");
    assert_content("portal/y", "y");

    put("portal/own", "of somebody else");
    assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
    write_file(tpk_staging_path(staging, "portal/y"), "y again");
    assert_int_equal(tpk_staging_publish(staging, NAMES, &files, &n, NULL), TPK_OK);
    free_files(files, n);
    assert_content("portal/x", NULL);
    assert_content("portal/y", "y again");
    assert_content("portal/own", "of somebody else");

    run_in_folder("rm portal/own");
    assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
    assert_int_equal(tpk_staging_publish(staging, NAMES, &files, &n, NULL), TPK_OK);
    free_files(files, n);
    assert_false(is_there("portal"));
    assert_false(is_there(".tapak-part"));
}

static void a_failure_takes_files_inside_a_folder_back_too(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"portal/x", "portal/y", NULL};
    tpk_staging *staging;
    char **files;
    size_t n;
    tpk_err err = {TPK_OK, ""};
    for (int had_portal = 0; had_portal < 2; had_portal++) {
        run_in_folder(had_portal ? "mkdir portal && printf old >portal/x && printf old >portal/y"
                                 : "printf '' >blok");
        assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
        write_file(tpk_staging_path(staging, "portal/x"), "new");
        write_file(tpk_staging_path(staging, "blok/z"), "no place for it: blok is a file");
        assert_int_equal(tpk_staging_publish(staging, NAMES, &files, &n, &err), TPK_ERR_IO);
        assert_non_null(strstr(err.message, "blok/z"));
        assert_content("portal/x", had_portal ? "old" : NULL);
        assert_content("portal/y", had_portal ? "old" : NULL);
        assert_true(is_there("portal") == had_portal);
        assert_false(is_there(".tapak-part"));
    }
    run_in_folder("rm -r blok portal");
}

static void what_a_killed_run_had_taken_out_of_a_folder_comes_back(void **state)
{
    (void)state;
    tpk_staging *staging;
    run_in_folder("mkdir -p portal .tapak-part/.old/portal .tapak-part/portal && printf new >portal/x && "
                  "printf 'old x' >.tapak-part/.old/portal/x && printf half >.tapak-part/portal/y");
    assert_int_equal(tpk_staging_open(folder, &staging, NULL), TPK_OK);
    tpk_staging_abort(staging);
    assert_content("portal/x", "old x");
    assert_content("portal/y", NULL);
    assert_false(is_there(".tapak-part"));
    run_in_folder("rm -r portal");
}

static void slashes_behind_the_folder_do_not_count(void **state)
{
    (void)state;
    char path[300], expected[300], **files;
    size_t n;
    tpk_staging *staging;
    snprintf(path, sizeof path, "%s///", folder);
    snprintf(expected, sizeof expected, "%s/run.json", folder);
    assert_int_equal(tpk_staging_open(path, &staging, NULL), TPK_OK);
    write_file(tpk_staging_path(staging, "run.json"), "{}");
    assert_int_equal(tpk_staging_publish(staging, OWN, &files, &n, NULL), TPK_OK);
    assert_string_equal(files[0], expected);
    free_files(files, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_seen_before_publishing_and_all_after),
        cmocka_unit_test(an_aborted_run_leaves_the_folder_as_it_was),
        cmocka_unit_test(a_folder_is_written_by_one_at_a_time),
        cmocka_unit_test(what_a_killed_run_left_is_removed),
        cmocka_unit_test(a_file_is_no_result_folder),
        cmocka_unit_test(without_memory_nothing_moves),
        cmocka_unit_test(a_failure_of_the_last_file_takes_all_others_back),
        cmocka_unit_test(a_folder_in_place_of_the_last_file_is_told_and_nothing_moves),
        cmocka_unit_test(own_files_that_were_not_made_again_are_removed_and_no_others),
        cmocka_unit_test(what_a_killed_run_had_taken_away_comes_back),
        cmocka_unit_test(files_inside_a_folder_come_and_go_with_the_others),
        cmocka_unit_test(a_failure_takes_files_inside_a_folder_back_too),
        cmocka_unit_test(what_a_killed_run_had_taken_out_of_a_folder_comes_back),
        cmocka_unit_test(slashes_behind_the_folder_do_not_count),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
