/* Archives of one file, read back by GDAL's own unzip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpl_vsi.h>

#include "output/zip.h"
#include "study_files.h"

/* What GDAL finds in the archive under that name; caller frees with VSIFree. */
static GByte *unzip(const char *archive, const char *name, vsi_l_offset *n)
{
    char path[700];
    GByte *bytes = NULL;
    snprintf(path, sizeof path, "/vsizip/%s/%s", archive, name);
    assert_true(VSIIngestFile(NULL, path, &bytes, n, -1));
    return bytes;
}

static void what_was_packed_comes_out(void **state)
{
    (void)state;
    enum { N = 100000 };
    static char text[N];
    for (int i = 0; i < N; i++) text[i] = (char)("kesesuaian"[i % 10] + i / 997 % 3);
    const char *path = in_scratch("satu.zip");
    assert_int_equal(tpk_zip_write(path, "the archive", "proyék.qgs", text, N, NULL), TPK_OK);
    vsi_l_offset n;
    GByte *bytes = unzip(path, "proyék.qgs", &n);
    assert_int_equal(n, N);
    assert_memory_equal(bytes, text, N);
    VSIFree(bytes);
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    assert_in_range(facts.st_size, 100, N / 10);
}

static void an_empty_file_is_a_file(void **state)
{
    (void)state;
    const char *path = in_scratch("kosong.zip");
    assert_int_equal(tpk_zip_write(path, "the archive", "kosong.txt", "", 0, NULL), TPK_OK);
    VSIStatBufL facts;
    char inside[700];
    snprintf(inside, sizeof inside, "/vsizip/%s/kosong.txt", path);
    assert_int_equal(VSIStatL(inside, &facts), 0);
    assert_int_equal(facts.st_size, 0);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    (void)state;
    tpk_err err = {TPK_OK, ""};
    const char *path = in_scratch("tiada/satu.zip");
    assert_int_equal(tpk_zip_write(path, "the archive", "a", "b", 1, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, path));
}

static void without_memory_nothing_is_left(void **state)
{
    (void)state;
    const char *path = in_scratch("tanpa.zip");
    long live = tpk_mem_live_count();
    int n_failures = 0;
    for (long k = 0;; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = tpk_zip_write(path, "the archive", "a", "b", 1, NULL);
        long n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(tpk_mem_live_count(), live);
        if (n_fired == 0) break;
        assert_int_equal(status, TPK_ERR_MEMORY);
        assert_int_not_equal(access(path, F_OK), 0);
        n_failures++;
    }
    assert_true(n_failures > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_comes_out),
        cmocka_unit_test(an_empty_file_is_a_file),
        cmocka_unit_test(a_folder_that_is_not_there_is_named),
        cmocka_unit_test(without_memory_nothing_is_left),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
