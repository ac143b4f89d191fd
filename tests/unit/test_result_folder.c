/* What a result folder says of its run, and what it does not say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/reference.h"
#include "output/result_folder.h"
#include "small_study.h"

static void run_small(double cell_m)
{
    run_study(write_small_study(), in_scratch("hasil"), (tpk_options){.cell_m = cell_m});
}

/* With the files as they are. */
static void run_again(void)
{
    run_study(in_scratch("kecil.yaml"), in_scratch("hasil"), (tpk_options){0});
}

static void read_folder(const char *name, tpk_result_folder *folder)
{
    tpk_err err = {TPK_OK, ""};
    if (tpk_result_folder_read(in_scratch(name), folder, &err) != TPK_OK) fail_msg("%s", err.message);
}

/* Without a look into the layers, of which some are damaged here. */
static tpk_project *read_project(const char *path)
{
    const tpk_kind_spec *rows[TPK_MAX_KINDS];
    tpk_vocabulary vocabulary = tpk_full_vocabulary(rows);
    vocabulary.peek = NULL;
    tpk_project *project;
    tpk_err err = {TPK_OK, ""};
    if (tpk_project_read(path, &vocabulary, &project, NULL, &err) != TPK_OK) fail_msg("%s", err.message);
    return project;
}

/* NULL: nothing changed. */
static void assert_changes(const char *name, const char *expected)
{
    tpk_result_folder folder;
    tpk_checksums kept = {0};
    char *changes;
    read_folder(name, &folder);
    tpk_project *project = read_project(folder.project);
    assert_int_equal(tpk_result_folder_changes(&folder, project, &kept, &changes, NULL), TPK_OK);
    tpk_checksums_clear(&kept);
    tpk_project_free(project);
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
    assert_changes("hasil", "kecil.yaml, layer 'tanah', layer 'tinggi'");
    run_small(0);
    assert_changes("hasil", NULL);
    assert_int_equal(unlink(in_scratch("jalan.prj")), 0);
    assert_changes("hasil", "layer 'jalan'");
}

static void a_file_more_beside_a_layer_is_a_change(void **state)
{
    (void)state;
    write_small_study();
    assert_int_equal(unlink(in_scratch("tanah.cpg")), 0);
    run_again();
    assert_changes("hasil", NULL);
    write_text("tanah.cpg", "ISO-8859-1");
    assert_changes("hasil", "layer 'tanah'");
    write_text("lindung.geojson-wal", "what another program is about to write");
    assert_changes("hasil", "layer 'tanah', layer 'lindung'");
    assert_int_equal(unlink(in_scratch("tanah.cpg")), 0);
    assert_int_equal(unlink(in_scratch("lindung.geojson-wal")), 0);
    assert_changes("hasil", NULL);
}

/* GDAL reads no-data value, scale and CRS of an .aux.xml too. */
static void a_file_more_beside_a_raster_is_a_change(void **state)
{
    (void)state;
    run_small(0);
    shell("gdalinfo -stats tinggi.tif >statistik.txt && test -f tinggi.tif.aux.xml");
    assert_changes("hasil", "layer 'tinggi'");
    run_again();
    assert_changes("hasil", NULL);
    shell("rm tinggi.tif.aux.xml");
    assert_changes("hasil", "layer 'tinggi'");
}

/* What a layer consists of keeps its order, though the folders change places in the alphabet. */
static void a_layer_of_two_folders_that_moves_is_the_same(void **state)
{
    (void)state;
    write_small_study();
    shell("mkdir -p m b && mv tinggi.tif m && (cd b && gdalbuildvrt -q rangkai.vrt ../m/tinggi.tif) && "
          "sed -i 's|tinggi: tinggi.tif|tinggi: b/rangkai.vrt|' kecil.yaml");
    run_again();
    assert_changes("hasil", NULL);
    shell("mv b z && sed -i 's|b/rangkai.vrt|z/rangkai.vrt|' kecil.yaml");
    assert_changes("hasil", "kecil.yaml");
    shell("rm -r m z");
}

static void an_optional_layer_that_came_or_went_is_a_change(void **state)
{
    (void)state;
    write_small_study();
    shell("sed -i 's/lindung: {path: lindung.geojson, /&optional: true, /' kecil.yaml && mv lindung.geojson "
          "sisihan");
    run_again();
    assert_changes("hasil", NULL);
    shell("mv sisihan lindung.geojson");
    assert_changes("hasil", "layer 'lindung'");
    run_again();
    assert_changes("hasil", NULL);
    shell("mv lindung.geojson sisihan");
    assert_changes("hasil", "layer 'lindung'");
}

/* The layer is read twice, once for each criterion, and named once. */
static void a_layer_that_is_read_twice_is_named_once(void **state)
{
    (void)state;
    write_small_study();
    shell(
        "sed -i \"s/  akses: .*/&\\n  dekat: {title: Own road, from: {distance: jalan, where: nama = 'Jalan "
        "Uji'}, "
        "curve: {linear: {best: 0, worst: 200}}}/; s/akses: 0.5/akses: 0.25, dekat: 0.25/\" kecil.yaml");
    run_again();
    assert_changes("hasil", NULL);
    change_last_byte("jalan.dbf");
    assert_changes("hasil", "layer 'jalan'");
}

static void count_changed_layers(void *user, tpk_message_kind kind, const char *line)
{
    int *n = user;
    *n += kind == TPK_MESSAGE_WARNING && strstr(line, "changed since it was read") != NULL;
}

/* The results are of what was read, so what lies there now is another: even a file that is gone. */
static void what_changes_while_a_run_works_is_not_recorded_as_what_was_read(void **state)
{
    (void)state;
    static const char *const EDITS[] = {"change", "remove"};
    for (int i = 0; i < 2; i++) {
        tpk_err err = {TPK_OK, ""};
        int n_changed = 0;
        tpk_study *study = open_study(write_small_study(),
                                      (tpk_options){.message = count_changed_layers, .user = &n_changed});
        change_last_byte("kecil.yaml");
        if (i == 0)
            change_last_byte("tanah.dbf");
        else
            assert_int_equal(unlink(in_scratch("tanah.dbf")), 0);
        if (tpk_study_run(study, in_scratch("hasil"), &err) != TPK_OK)
            fail_msg("%s: %s", EDITS[i], err.message);
        tpk_study_close(study);
        assert_int_equal(n_changed, 1);
        assert_changes("hasil", "kecil.yaml, layer 'tanah'");
    }
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

/* The copy names the layer where it is, which is not beside the copy. */
static void a_layer_of_an_absolute_path_is_compared_where_the_project_says(void **state)
{
    (void)state;
    write_small_study();
    shell("sed -i \"s|tanah: tanah.shp|tanah: $PWD/tanah.shp|\" kecil.yaml");
    run_again();
    shell("mkdir salinan && cp -r kecil.yaml *.geojson jalan.* zona.* tinggi.tif hasil salinan");
    assert_project("salinan/hasil", "salinan/kecil.yaml");
    assert_changes("salinan/hasil", NULL);
    shell("cp tanah.* salinan");
    change_last_byte("salinan/tanah.dbf");
    assert_changes("salinan/hasil", NULL);
    change_last_byte("tanah.dbf");
    assert_changes("salinan/hasil", "layer 'tanah'");
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
    tpk_project *project = read_project(in_scratch("kecil.yaml"));
    long live = tpk_mem_live_count(), k = 0;
    for (long n_fired = 1; n_fired > 0; k++) {
        tpk_result_folder folder;
        tpk_checksums kept = {0};
        char *changes = NULL;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_result_folder_read(in_scratch("hasil"), &folder, NULL);
        if (status == TPK_OK) status = tpk_result_folder_changes(&folder, project, &kept, &changes, NULL);
        n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(status, n_fired == 0 ? TPK_OK : TPK_ERR_MEMORY);
        assert_int_equal(changes != NULL, n_fired == 0);
        tpk_free(changes);
        tpk_result_folder_clear(&folder);
        tpk_checksums_clear(&kept);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    tpk_project_free(project);
    assert_true(k > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_of_a_run_names_its_project_and_cell),
        cmocka_unit_test(project_and_layers_that_changed_since_are_named),
        cmocka_unit_test(a_file_more_beside_a_layer_is_a_change),
        cmocka_unit_test(a_file_more_beside_a_raster_is_a_change),
        cmocka_unit_test(a_layer_of_two_folders_that_moves_is_the_same),
        cmocka_unit_test(an_optional_layer_that_came_or_went_is_a_change),
        cmocka_unit_test(a_layer_that_is_read_twice_is_named_once),
        cmocka_unit_test(what_changes_while_a_run_works_is_not_recorded_as_what_was_read),
        cmocka_unit_test(what_was_only_touched_did_not_change),
        cmocka_unit_test(a_study_that_was_copied_or_moved_with_its_results_is_found),
        cmocka_unit_test(a_layer_of_an_absolute_path_is_compared_where_the_project_says),
        cmocka_unit_test(a_record_without_the_relative_path_leads_to_the_absolute_one),
        cmocka_unit_test(project_that_is_gone_is_told),
        cmocka_unit_test(a_record_of_strange_values_is_refused),
        cmocka_unit_test(reading_without_memory_is_told_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
