/* The result folder of a run: what it must not replace, what it removes, and what run.json says of how the
 * run was asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>

#include "api/results.h"
#include "api/study.h"
#include "base/text.h"
#include "input/store.h"
#include "small_study.h"

static char small[300];

static int set_up(void **state)
{
    if (files_set_up(state) != 0) return -1;
    snprintf(small, sizeof small, "%s", write_small_study());
    return 0;
}

static tpk_status try_run(const char *path, const char *folder, tpk_options options, tpk_err *err)
{
    *err = (tpk_err){TPK_OK, ""};
    tpk_study *study = open_study(path, options);
    tpk_status status = tpk_study_run(study, folder, err);
    tpk_study_close(study);
    return status;
}

static void assert_refused(const char *path, const char *folder, tpk_status expected,
                           const char *const *parts)
{
    tpk_err err;
    tpk_status status = try_run(path, folder, (tpk_options){0}, &err);
    if (status != expected) fail_msg("status %s: %s", tpk_status_name(status), err.message);
    for (; *parts; parts++) {
        if (!strstr(err.message, *parts)) fail_msg("'%s' is not in: %s", *parts, err.message);
    }
}

#define REFUSED(path, folder, status, ...)                                                                   \
    assert_refused(path, folder, status, (const char *const[]){__VA_ARGS__, NULL})

/* ---- inputs ---- */

static const char PROJECT[] =
    "tapak: 1\n"
    "grid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, 300300, 9600300]}\n"
    "layers: {jalan: ../jalan.shp, zona: ../zona.shp, batas: %s, tinggi: %s}\n"
    "zones: {layer: zona, id: kode, name: nama}\n"
    "criteria:\n"
    "  a: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 200}}}\n"
    "  b: {from: {raster: tinggi}, curve: {points: [[0, 0], [10, 1]]}}\n"
    "decision: {weights: {a: 0.5, b: 0.5}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n";

static const char *write_project(const char *name, const char *area, const char *heights)
{
    char text[1200];
    snprintf(text, sizeof text, PROJECT, area, heights);
    return write_text(name, text);
}

static void make_folder(const char *name)
{
    assert_int_equal(mkdir(in_scratch(name), 0777), 0);
}

static void copy_file(const char *from, const char *to)
{
    size_t n;
    char *bytes = read_bytes(in_scratch(from), &n);
    FILE *file = fopen(in_scratch(to), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
    free(bytes);
}

static void a_folder_that_holds_a_layer_under_a_result_name_is_refused(void **state)
{
    (void)state;
    make_folder("data");
    make_folder("kosong");
    copy_file("wilayah.geojson", "data/zones.geojson");
    copy_file("tinggi.tif", "data/suitability.tif");
    const char *path = write_project("data/proyek.yaml", "zones.geojson", "../tinggi.tif");
    uint64_t before = folder_hash(in_scratch("data"));
    REFUSED(path, in_scratch("data"), TPK_ERR_ARGUMENT, "layer 'batas'", "zones.geojson",
            "choose another folder");
    REFUSED(path, in_scratch("kosong/../data/"), TPK_ERR_ARGUMENT, "layer 'batas'");
    path = write_project("data/proyek.yaml", "../wilayah.geojson", "suitability.tif");
    before = folder_hash(in_scratch("data"));
    REFUSED(path, in_scratch("data"), TPK_ERR_ARGUMENT, "layer 'tinggi'", "suitability.tif");
    assert_true(folder_hash(in_scratch("data")) == before);
    run_study(path, in_scratch("kosong"), (tpk_options){0}); /* another one is fine */
}

/* overlay.geojson is not written by this project, but it would be removed. */
static void a_layer_that_a_run_would_remove_is_refused_too_and_links_do_not_hide_it(void **state)
{
    (void)state;
    make_folder("lain");
    make_folder("hasil");
    copy_file("wilayah.geojson", "lain/batas.geojson");
    assert_int_equal(symlink("../lain/batas.geojson", in_scratch("hasil/overlay.geojson")), 0);
    const char *path = write_project("lain/proyek.yaml", "batas.geojson", "../tinggi.tif");
    REFUSED(path, in_scratch("hasil"), TPK_ERR_ARGUMENT, "layer 'batas'", "overlay.geojson");
}

static void the_sidecar_of_a_layer_is_no_result(void **state)
{
    (void)state;
    make_folder("sisi");
    copy_file("tinggi.tif", "sisi/tinggi.tif");
    copy_file("tinggi.tif", "sisi/limiting.tif.aux.xml");
    assert_int_equal(symlink("limiting.tif.aux.xml", in_scratch("sisi/tinggi.tif.ovr")), 0);
    const char *path = write_project("sisi/proyek.yaml", "../wilayah.geojson", "tinggi.tif");
    REFUSED(path, in_scratch("sisi"), TPK_ERR_ARGUMENT, "layer 'tinggi'", "limiting.tif.aux.xml");
}

static void the_project_file_is_no_result(void **state)
{
    (void)state;
    make_folder("aneh");
    const char *path = write_project("aneh/run.json", "../wilayah.geojson", "../tinggi.tif");
    REFUSED(path, in_scratch("aneh"), TPK_ERR_ARGUMENT, "the project file", "run.json");
}

static void the_set_of_styles_is_no_result(void **state)
{
    (void)state;
    make_folder("gaya");
    write_text("gaya/style.json", "{\"S1\": {\"en\": \"Prime\"}}");
    tpk_text text = {0};
    size_t n;
    char *plain = read_bytes(small, &n);
    tpk_text_add_bytes(&text, plain, n);
    tpk_text_add(&text, "\noutput: {styles: gaya/style.json}\n");
    const char *path = write_text("bergaya.yaml", text.data);
    REFUSED(path, in_scratch("gaya"), TPK_ERR_ARGUMENT, "set of styles", "style.json");
    run_study(path, in_scratch("gaya_lain"), (tpk_options){0}); /* another one is fine */
    tpk_text_clear(&text);
    free(plain);
}

static void a_folder_must_have_a_name(void **state)
{
    (void)state;
    REFUSED(small, "", TPK_ERR_ARGUMENT, "the folder for the results");
    REFUSED(small, NULL, TPK_ERR_ARGUMENT, "folder");
    assert_int_not_equal(access("/suitability.tif", F_OK), 0);
}

/* ---- the folder afterwards ---- */

/* The list of names is what keeps results of different runs apart: a run must write nothing that is not in
 * it. */
static void a_run_writes_no_file_that_is_not_listed(void **state)
{
    (void)state;
    const char *folder = in_scratch("semua");
    run_study(small, folder, (tpk_options){0});
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        bool listed = entry->d_name[0] == '.';
        for (size_t i = 0; TPK_RESULT_NAMES[i]; i++)
            listed |= strcmp(entry->d_name, TPK_RESULT_NAMES[i]) == 0;
        if (!listed) fail_msg("%s is not listed", entry->d_name);
    }
    closedir(dir);
}

static void results_that_a_later_run_does_not_make_go_and_other_files_stay(void **state)
{
    (void)state;
    run_study(small, in_scratch("ganti"), (tpk_options){0});
    write_text("ganti/zones.geojson.aux.xml", "statistics of a GIS");
    write_text("ganti/catatan.txt", "a planner's");
    write_text("ganti/peta.qgz", "a planner's");
    const char *path = write_text(
        "kelas.yaml",
        "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, area: wilayah}\nlayers: {wilayah: {path: "
        "wilayah.geojson, crs: "
        "EPSG:32750}, jalan: jalan.shp}\ncriteria:\n  a: {from: {distance: jalan}, curve: {linear: {best: 0, "
        "worst: 200}}}\n"
        "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\noutput: {rasters: [classes]}\n");
    run_study(path, in_scratch("ganti"), (tpk_options){0});
    const char *const there[] = {
        "classes.tif",    "classes.tif.aux.xml", "classes.qml", "classes.sld",       "style.json",
        "run.json",       "catatan.txt",         "peta.qgz",    "stac-catalog.json", "stac-collection.json",
        "stac-item.json", "tapak.gpkg",          "tapak.qgz"};
    size_t n = 0;
    DIR *dir = opendir(in_scratch("ganti"));
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) n += entry->d_name[0] != '.';
    closedir(dir);
    assert_int_equal(n, 13);
    char name[64];
    for (int i = 0; i < 13; i++) {
        snprintf(name, sizeof name, "ganti/%s", there[i]);
        assert_int_equal(access(in_scratch(name), R_OK), 0);
    }
}

static void a_folder_in_place_of_a_result_is_told_before_any_work(void **state)
{
    (void)state;
    run_study(small, in_scratch("halang"), (tpk_options){0});
    assert_int_equal(unlink(in_scratch("halang/run.json")), 0);
    make_folder("halang/run.json");
    uint64_t before = folder_hash(in_scratch("halang"));
    REFUSED(small, in_scratch("halang"), TPK_ERR_IO, "halang/run.json",
            "a folder of that name is in the way");
    assert_true(folder_hash(in_scratch("halang")) == before);
}

/* ---- too large a grid ---- */

static void a_grid_beyond_the_memory_is_refused_with_the_smallest_cell_that_works(void **state)
{
    (void)state;
    const char *path = write_text(
        "luas.yaml", "tapak: 1\ngrid: {crs: EPSG:32750, cell: 1000, bounds: [200000, 9500000, 500000, "
                     "9800000]}\nlayers: {jalan: jalan.shp}\n"
                     "criteria:\n  a: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 200}}}\n"
                     "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n");
    tpk_err err;
    double cell = 0;
    assert_int_equal(try_run(path, in_scratch("luas"), (tpk_options){.cell_m = 0.02}, &err), TPK_ERR_LIMIT);
    const char *at = strstr(err.message, "Take a cell of ");
    assert_non_null(strstr(err.message, "15000000 rows and 15000000 columns"));
    assert_true(at && sscanf(at, "Take a cell of %lf m", &cell) == 1);
    assert_int_not_equal(access(in_scratch("luas"), F_OK), 0);
    /* That cell works, and one a tenth smaller does not: with 1 GiB some 10^11 cells. */
    assert_true(cell > 0.3 && cell < 3);
    assert_int_equal(try_run(path, in_scratch("luas"), (tpk_options){.cell_m = cell * 0.9}, &err),
                     TPK_ERR_LIMIT);
    tpk_cancel *cancel = tpk_cancel_new();
    tpk_study *study = open_study(path, (tpk_options){.cell_m = cell, .cancel = cancel});
    tpk_cancel_request(cancel);
    err = (tpk_err){TPK_OK, ""};
    assert_int_equal(tpk_study_run(study, in_scratch("luas"), &err), TPK_ERR_CANCELLED);
    tpk_study_close(study);
    tpk_cancel_free(cancel);
}

/* ---- run.json ---- */

static void assert_member(json_t *object, const char *name, const char *expected)
{
    char *found = json_dumps(json_object_get(object, name),
                             JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(6));
    if (!found || strcmp(found, expected) != 0)
        fail_msg("run.json: %s is %s, expected %s", name, found ? found : "absent", expected);
    free(found);
}

static void the_record_says_what_was_asked_for_and_stated(void **state)
{
    (void)state;
    run_study(
        small, in_scratch("catatan"),
        (tpk_options){.cell_m = 50, .n_threads = 2, .memory_bytes = (size_t)100 << 20, .tile_side = 64});
    json_t *record = read_json(in_scratch("catatan/run.json")), *layers = json_object_get(record, "layers"),
           *layer;
    assert_member(record, "overrides",
                  "{\"cell_m\":50.0,\"memory_bytes\":104857600,\"threads\":2,\"tile_side\":64}");
    assert_member(record, "overlay", "[\"jalan\",\"tanah\",\"pelabuhan\"]");
    assert_member(record, "zones",
                  "{\"id\":\"kode\",\"layer\":\"zona\",\"name\":\"nama\",\"note\":\"catatan\",\"stated_area_"
                  "ha\":\"luas\"}");
    char *absolute = realpath(small, NULL);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(record, "project"), "absolute_path")), absolute);
    free(absolute);
    size_t i;
    json_array_foreach(layers, i, layer)
    {
        bool is_area = strcmp(json_string_value(json_object_get(layer, "id")), "wilayah") == 0;
        if (is_area)
            assert_member(layer, "stated",
                          "{\"crs\":\"EPSG:32750\",\"encoding\":null,\"layer\":null,\"nodata\":null}");
    }
    json_decref(record);
    run_study(small, in_scratch("catatan"), (tpk_options){0});
    record = read_json(in_scratch("catatan/run.json"));
    assert_member(record, "overrides",
                  "{\"cell_m\":null,\"memory_bytes\":1073741824,\"threads\":null,\"tile_side\":null}");
    json_decref(record);
}

static void a_path_that_is_not_utf8_stays_visible_in_the_record(void **state)
{
    (void)state;
    make_folder("caf\xe9");
    copy_file("tinggi.tif", "caf\xe9/tinggi\xff.tif");
    write_project("caf\xe9/proyek.yaml", "../wilayah.geojson", "../tinggi.tif");
    run_study(in_scratch("caf\xe9/proyek.yaml"), in_scratch("hasil_caf"), (tpk_options){0});
    json_t *record = read_json(in_scratch("hasil_caf/run.json"));
    const char *path = json_string_value(json_object_get(json_object_get(record, "project"), "path"));
    assert_non_null(strstr(path, "/caf\\xE9/proyek.yaml"));
    assert_int_equal(strlen(json_string_value(json_object_get(json_object_get(record, "project"), "sha256"))),
                     64);
    path = json_string_value(json_object_get(json_object_get(record, "project"), "absolute_path"));
    assert_non_null(strstr(path, "/caf\\xE9/proyek.yaml"));
    json_decref(record);
}

static void a_checksum_stops_when_asked(void **state)
{
    (void)state;
    atomic_int stop_now = 1;
    const tpk_control control = {.cancel = &stop_now};
    char hex[65];
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_file_sha256(small, &control, hex, &err), TPK_ERR_CANCELLED);
    assert_string_equal(err.message, "stopped on request");
    assert_string_equal(hex, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_that_holds_a_layer_under_a_result_name_is_refused),
        cmocka_unit_test(a_layer_that_a_run_would_remove_is_refused_too_and_links_do_not_hide_it),
        cmocka_unit_test(the_sidecar_of_a_layer_is_no_result),
        cmocka_unit_test(the_project_file_is_no_result),
        cmocka_unit_test(the_set_of_styles_is_no_result),
        cmocka_unit_test(a_folder_must_have_a_name),
        cmocka_unit_test(a_run_writes_no_file_that_is_not_listed),
        cmocka_unit_test(results_that_a_later_run_does_not_make_go_and_other_files_stay),
        cmocka_unit_test(a_folder_in_place_of_a_result_is_told_before_any_work),
        cmocka_unit_test(a_grid_beyond_the_memory_is_refused_with_the_smallest_cell_that_works),
        cmocka_unit_test(the_record_says_what_was_asked_for_and_stated),
        cmocka_unit_test(a_path_that_is_not_utf8_stays_visible_in_the_record),
        cmocka_unit_test(a_checksum_stops_when_asked),
    };
    return cmocka_run_group_tests(tests, set_up, files_tear_down);
}
