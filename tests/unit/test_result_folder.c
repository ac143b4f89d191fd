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

static void read_folder(const char *name, tpk_result_folder *folder)
{
    tpk_err err = {TPK_OK, ""};
    if (tpk_result_folder_read(in_scratch(name), folder, &err) != TPK_OK) fail_msg("%s", err.message);
}

/* NULL: nothing changed. */
static void assert_changes(const char *name, const char *expected)
{
    tpk_result_folder folder;
    char *changes;
    read_folder(name, &folder);
    assert_int_equal(tpk_result_folder_changes(&folder, &changes, NULL), TPK_OK);
    if (!changes != !expected || strcmp(changes ? changes : "", expected ? expected : "") != 0)
        fail_msg("changed: %s, expected %s", changes ? changes : "nothing", expected ? expected : "nothing");
    tpk_free(changes);
    tpk_result_folder_clear(&folder);
}

/* The last byte of a file becomes another. */
static void change_last_byte(const char *name)
{
    FILE *file = fopen(in_scratch(name), "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -1, SEEK_END), 0);
    int last = fgetc(file);
    assert_int_equal(fseek(file, -1, SEEK_END), 0);
    assert_int_equal(fputc(last == ' ' ? '\n' : ' ', file), last == ' ' ? '\n' : ' ');
    assert_int_equal(fclose(file), 0);
}

static void shell(const char *command)
{
    char line[4000];
    snprintf(line, sizeof line, "cd '%s' && %s", scratch, command);
    assert_int_equal(system(line), 0);
}

static void folder_of_a_run_names_its_project_and_cell(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        tpk_result_folder folder;
        run_small(i == 0 ? 0 : 50);
        read_folder("hasil", &folder);
        char *expected = realpath(in_scratch("kecil.yaml"), NULL);
        assert_string_equal(folder.project, expected);
        assert_null(folder.missing);
        assert_true(folder.cell_m == (i == 0 ? 0 : 50));
        assert_string_equal(folder.version, tpk_version());
        assert_int_equal(strlen(folder.run_time), strlen("2026-11-24 20:01 UTC"));
        free(expected);
        tpk_result_folder_clear(&folder);
        tpk_result_folder_clear(&folder);
        assert_changes("hasil", NULL);
    }
}

static void project_and_layers_that_changed_since_are_named(void **state)
{
    (void)state;
    run_small(0);
    change_last_byte("tanah.dbf");
    assert_changes("hasil", "layer 'tanah'");
    change_last_byte("kecil.yaml");
    change_last_byte("tinggi.tif");
    assert_changes("hasil", "kecil.yaml, layer 'tinggi', layer 'tanah'");
    run_small(0);
    assert_changes("hasil", NULL);
    assert_int_equal(unlink(in_scratch("jalan.prj")), 0);
    assert_changes("hasil", "layer 'jalan'");
}

/* The same bytes of another time are no change; with an older record, without times, the checksum decides. */
static void what_was_only_touched_did_not_change(void **state)
{
    (void)state;
    run_small(0);
    shell("touch -d '2001-01-01' kecil.yaml tanah.* tinggi.tif");
    assert_changes("hasil", NULL);
    shell("sed -i '/modified_utc/d' hasil/run.json");
    assert_changes("hasil", NULL);
    change_last_byte("tinggi.tif");
    assert_changes("hasil", "layer 'tinggi'");
}

static void assert_project(const char *folder_name, const char *expected)
{
    tpk_result_folder folder;
    read_folder(folder_name, &folder);
    char *path = realpath(in_scratch(expected), NULL);
    assert_non_null(folder.project);
    assert_string_equal(folder.project, path);
    free(path);
    tpk_result_folder_clear(&folder);
}

/* hasil/run.json says ../kecil.yaml. */
static void a_study_that_was_copied_or_moved_with_its_results_is_found(void **state)
{
    (void)state;
    run_small(0);
    shell("mkdir salinan pindah && cp -r kecil.yaml *.geojson *.shp *.shx *.dbf *.prj *.cpg tinggi.tif hasil "
          "salinan");
    assert_project("salinan/hasil", "salinan/kecil.yaml");
    assert_changes("salinan/hasil", NULL);
    change_last_byte("salinan/kecil.yaml");
    change_last_byte("salinan/tinggi.tif");
    assert_changes("salinan/hasil", "kecil.yaml, layer 'tinggi'");
    assert_changes("hasil", NULL);
    shell("cp -r hasil pindah"); /* the results alone: the project is where it was */
    assert_project("pindah/hasil", "kecil.yaml");
    shell("rm -r pindah salinan && mkdir salinan && mv kecil.yaml *.geojson *.shp *.shx *.dbf *.prj *.cpg "
          "tinggi.tif "
          "hasil salinan");
    assert_project("salinan/hasil", "salinan/kecil.yaml");
    assert_changes("salinan/hasil", NULL);
    change_last_byte("salinan/jalan.shp");
    assert_changes("salinan/hasil", "layer 'jalan'");
    shell("rm -r salinan");
}

static void a_record_without_the_relative_path_leads_to_the_absolute_one(void **state)
{
    (void)state;
    run_small(0);
    shell("sed -i '/relative_path/d' hasil/run.json");
    assert_project("hasil", "kecil.yaml");
}

static void project_that_is_gone_is_told(void **state)
{
    (void)state;
    run_small(0);
    assert_int_equal(unlink(in_scratch("kecil.yaml")), 0);
    tpk_result_folder folder;
    read_folder("hasil", &folder);
    assert_null(folder.project);
    assert_non_null(strstr(folder.missing, "kecil.yaml any more"));
    tpk_result_folder_clear(&folder);
}

static void a_record_of_strange_values_is_refused(void **state)
{
    (void)state;
    static const char *const RECORDS[] = {
        "{\"tapak\": \"0.1.0\", \"project\": {\"absolute_path\": \"kecil.yaml\", \"sha256\": \"0\"}}",
        "{\"tapak\": \"0.1.0\", \"project\": {\"absolute_path\": \"\", \"sha256\": \"0\"}}",
        "{\"tapak\": \"0.1.0\", \"project\": 1}", "{\"tapak\": 1, \"project\": {}}", "[]"};
    shell("mkdir -p aneh");
    for (size_t i = 0; i < sizeof RECORDS / sizeof *RECORDS; i++) {
        tpk_result_folder folder;
        write_text("aneh/run.json", RECORDS[i]);
        assert_int_equal(tpk_result_folder_read(in_scratch("aneh"), &folder, NULL), TPK_ERR_DATA);
        assert_null(folder.record);
    }
}

static void reading_without_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    run_small(0);
    shell("touch -d '2001-01-01' kecil.yaml");
    change_last_byte("tinggi.tif");
    long live = tpk_mem_live_count(), k = 0;
    for (long n_fired = 1; n_fired > 0; k++) {
        tpk_result_folder folder;
        char *changes = NULL;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_result_folder_read(in_scratch("hasil"), &folder, NULL);
        if (status == TPK_OK) status = tpk_result_folder_changes(&folder, &changes, NULL);
        n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(status, n_fired == 0 ? TPK_OK : TPK_ERR_MEMORY);
        assert_int_equal(changes != NULL, n_fired == 0);
        tpk_free(changes);
        tpk_result_folder_clear(&folder);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    assert_true(k > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_of_a_run_names_its_project_and_cell),
        cmocka_unit_test(project_and_layers_that_changed_since_are_named),
        cmocka_unit_test(what_was_only_touched_did_not_change),
        cmocka_unit_test(a_study_that_was_copied_or_moved_with_its_results_is_found),
        cmocka_unit_test(a_record_without_the_relative_path_leads_to_the_absolute_one),
        cmocka_unit_test(project_that_is_gone_is_told),
        cmocka_unit_test(a_record_of_strange_values_is_refused),
        cmocka_unit_test(reading_without_memory_is_told_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
