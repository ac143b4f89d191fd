/* Files that appear whole or not at all, folders, and JSON documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "output/file.h"
#include "output/json.h"

static char folder[64];
static char path[128];

static int start(void **state)
{
    (void)state;
    const char *temp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tapak_file_XXXXXX", temp && strlen(temp) < 30 ? temp : "/tmp");
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/file.txt", folder);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int clean(void **state)
{
    (void)state;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
            if (unlinkat(dirfd(dir), entry->d_name, 0)) unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
        }
    }
    if (dir) closedir(dir);
    return 0;
}

static void assert_holds(const char *name, const char *text)
{
    char bytes[256];
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    bytes[fread(bytes, 1, sizeof bytes - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(bytes, text);
}

static void the_temporary_name_is_hidden_beside_the_file(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {{"out/a.tif", "out/.a.tif.part"},
                                           {"a.tif", ".a.tif.part"},
                                           {"/a", "/.a.part"},
                                           {"x.y/z", "x.y/.z.part"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *name = tpk_file_temporary(CASES[i][0]);
        assert_string_equal(name, CASES[i][1]);
        tpk_free(name);
    }
}

static void a_file_appears_when_published_and_replaces_the_old_one(void **state)
{
    (void)state;
    assert_int_equal(tpk_file_write(path, "the text", "old", 3, NULL), TPK_OK);
    assert_int_equal(tpk_file_write_temporary(path, "the text", "newer", 5, NULL), TPK_OK);
    assert_holds(path, "old");
    assert_int_equal(tpk_file_publish(path, NULL), TPK_OK);
    assert_holds(path, "newer");
    char *name = tpk_file_temporary(path);
    assert_int_not_equal(access(name, F_OK), 0);
    tpk_free(name);
}

static void a_discarded_file_leaves_the_old_one(void **state)
{
    (void)state;
    assert_int_equal(tpk_file_write(path, "the text", "old", 3, NULL), TPK_OK);
    assert_int_equal(tpk_file_write_temporary(path, "the text", "newer", 5, NULL), TPK_OK);
    tpk_file_discard(path);
    tpk_file_discard(path);
    assert_holds(path, "old");
    tpk_err err = {0};
    assert_int_equal(tpk_file_publish(path, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, path));
}

static void a_failed_write_names_file_and_reason(void **state)
{
    (void)state;
    char missing[160];
    snprintf(missing, sizeof missing, "%s/none/file.txt", folder);
    tpk_err err = {0};
    assert_int_equal(tpk_file_write(missing, "the text", "x", 1, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, missing));
    assert_non_null(strstr(err.message, strerror(ENOENT)));
    assert_non_null(strstr(err.message, "the text"));
}

static void a_name_longer_than_any_is_refused(void **state)
{
    (void)state;
    char *name = malloc(9000);
    memset(name, 'a', 8999);
    name[8999] = '\0';
    tpk_err err = {0};
    assert_int_equal(tpk_file_write(name, "the text", "x", 1, &err), TPK_ERR_IO);
    tpk_file_discard(name);
    free(name);
}

static void a_full_disk_is_told_with_its_free_space(void **state)
{
    (void)state;
    tpk_err err = {0};
    assert_int_equal(tpk_file_error(&err, "the raster", path, ENOSPC, 5e6), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "MB free, about 5.0 MB needed"));
    assert_true(tpk_file_free_bytes(path) > 0);
    assert_true(tpk_file_free_bytes("/nowhere/at/all") < 0);
    if (access("/dev/full", W_OK) != 0) skip();
    int fd = open("/dev/full", O_WRONLY);
    assert_int_equal(tpk_file_put(fd, "x", 1, -1), ENOSPC);
    close(fd);
}

static void a_folder_is_made_with_its_parents(void **state)
{
    (void)state;
    char deep[160], middle[160];
    snprintf(middle, sizeof middle, "%s/a", folder);
    snprintf(deep, sizeof deep, "%s/a//b/", folder);
    assert_int_equal(tpk_folder_make(deep, NULL), TPK_OK);
    assert_int_equal(tpk_folder_make(deep, NULL), TPK_OK);
    struct stat info;
    assert_true(stat(deep, &info) == 0 && S_ISDIR(info.st_mode));
    rmdir(deep);
    rmdir(middle);
}

static void a_file_in_the_way_of_a_folder_is_named(void **state)
{
    (void)state;
    char below[160];
    snprintf(below, sizeof below, "%s/b", path);
    assert_int_equal(tpk_file_write(path, "the text", "x", 1, NULL), TPK_OK);
    tpk_err err = {0};
    assert_int_equal(tpk_folder_make(path, &err), TPK_ERR_IO);
    err = (tpk_err){0};
    assert_int_equal(tpk_folder_make(below, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, path));
}

static void json_keeps_the_order_of_its_members_and_short_numbers(void **state)
{
    (void)state;
    json_t *document = json_object();
    json_object_set_new(document, "b", json_real(0.1));
    json_object_set_new(document, "a", json_string("Kalimantan \xe2\x80\x93 Selatan"));
    assert_int_equal(tpk_json_write_temporary(path, document, NULL), TPK_OK);
    assert_int_equal(tpk_file_publish(path, NULL), TPK_OK);
    assert_holds(path, "{\n  \"b\": 0.1,\n  \"a\": \"Kalimantan \xe2\x80\x93 Selatan\"\n}\n");
    json_decref(document);
    tpk_err err = {0};
    assert_int_equal(tpk_json_write_temporary(path, NULL, &err), TPK_ERR_BUG);
}

static void exhausted_memory_is_reported(void **state)
{
    (void)state;
    char sub[160];
    snprintf(sub, sizeof sub, "%s/c", folder);
    json_t *document = json_array();
    for (int i = 0; i < 100; i++) json_array_append_new(document, json_integer(i));
    bool passed = false;
    for (long k = 0; !passed && k < 1000; k++) {
        long live = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = tpk_json_write_temporary(path, document, NULL);
        if (status == TPK_OK) status = tpk_folder_make(sub, NULL);
        long fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(tpk_mem_live_count(), live);
        passed = fired == 0;
        assert_int_equal(status, passed ? TPK_OK : TPK_ERR_MEMORY);
    }
    assert_true(passed);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_temporary_name_is_hidden_beside_the_file, clean),
        cmocka_unit_test_teardown(a_file_appears_when_published_and_replaces_the_old_one, clean),
        cmocka_unit_test_teardown(a_discarded_file_leaves_the_old_one, clean),
        cmocka_unit_test_teardown(a_failed_write_names_file_and_reason, clean),
        cmocka_unit_test_teardown(a_name_longer_than_any_is_refused, clean),
        cmocka_unit_test_teardown(a_full_disk_is_told_with_its_free_space, clean),
        cmocka_unit_test_teardown(a_folder_is_made_with_its_parents, clean),
        cmocka_unit_test_teardown(a_file_in_the_way_of_a_folder_is_named, clean),
        cmocka_unit_test_teardown(json_keeps_the_order_of_its_members_and_short_numbers, clean),
        cmocka_unit_test_teardown(exhausted_memory_is_reported, clean),
    };
    return cmocka_run_group_tests_name("file", tests, start, stop);
}
