/* What a result folder says of its run, and what it does not say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "output/result_folder.h"
#include "small_study.h"

static void run_small(double cell_m)
{
    run_study(write_small_study(), in_scratch("hasil"), (tpk_options){.cell_m = cell_m});
}

static void folder_of_a_run_names_its_project_and_cell(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        tpk_result_folder folder;
        tpk_err err = {TPK_OK, ""};
        run_small(i == 0 ? 0 : 50);
        if (tpk_result_folder_read(in_scratch("hasil"), &folder, &err) != TPK_OK) fail_msg("%s", err.message);
        char *expected = realpath(in_scratch("kecil.yaml"), NULL);
        assert_string_equal(folder.project, expected);
        assert_true(folder.cell_m == (i == 0 ? 0 : 50));
        assert_false(folder.is_changed);
        free(expected);
        tpk_result_folder_clear(&folder);
        tpk_result_folder_clear(&folder);
    }
}

static void project_that_changed_since_is_noticed(void **state)
{
    (void)state;
    run_small(0);
    size_t n;
    char *text = read_bytes(in_scratch("kecil.yaml"), &n);
    text[n] = '\0';
    text[n - 1] = ' '; /* the last line break */
    write_text("kecil.yaml", text);
    free(text);
    tpk_result_folder folder;
    assert_int_equal(tpk_result_folder_read(in_scratch("hasil"), &folder, NULL), TPK_OK);
    assert_true(folder.is_changed);
    tpk_result_folder_clear(&folder);
}

static void project_that_is_gone_is_told(void **state)
{
    (void)state;
    run_small(0);
    assert_int_equal(unlink(in_scratch("kecil.yaml")), 0);
    tpk_result_folder folder;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_result_folder_read(in_scratch("hasil"), &folder, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "kecil.yaml any more"));
    assert_null(folder.project);
}

static void reading_without_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    run_small(0);
    long live = tpk_mem_live_count(), k = 0;
    for (long n_fired = 1; n_fired > 0; k++) {
        tpk_result_folder folder;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_result_folder_read(in_scratch("hasil"), &folder, NULL);
        n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(status, n_fired == 0 ? TPK_OK : TPK_ERR_MEMORY);
        tpk_result_folder_clear(&folder);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    assert_true(k > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_of_a_run_names_its_project_and_cell),
        cmocka_unit_test(project_that_changed_since_is_noticed),
        cmocka_unit_test(project_that_is_gone_is_told),
        cmocka_unit_test(reading_without_memory_is_told_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
