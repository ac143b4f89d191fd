/* Opening, asking, running and stopping a study; what is refused, and that a failure leaves earlier results alone. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "small_study.h"

static const char *small;

static int set_up(void **state)
{
    static char path[300];
    if (files_set_up(state) != 0) return -1;
    snprintf(path, sizeof path, "%s", write_small_study());
    small = path;
    return 0;
}

/* ---- options ---- */

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    const tpk_options bad[] = {{.cell_m = -1},          {.cell_m = 0.001},       {.cell_m = (double)NAN}, {.cell_m = (double)INFINITY},
                               {.n_threads = -1},       {.n_threads = 1025},     {.memory_bytes = 1},     {.memory_bytes = ((size_t)64 << 20) - 1},
                               {.tile_side = -8},       {.tile_side = 12},       {.tile_side = 8200}};
    const char *const said[] = {"-1 m", "0.001 m", "nan m", "inf m", "-1 threads", "1025 threads", "1 bytes", "67108863 bytes", "-8", "12", "8200"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tpk_err err = {TPK_OK, ""};
        tpk_study *study = (tpk_study *)(uintptr_t)1;
        assert_int_equal(tpk_study_open(small, &bad[i], &study, &err), TPK_ERR_ARGUMENT);
        assert_null(study);
        assert_int_equal(err.code, TPK_ERR_ARGUMENT);
        if (!strstr(err.message, said[i])) fail_msg("'%s' is not in: %s", said[i], err.message);
    }
}

static void largest_and_smallest_options_are_taken(void **state)
{
    (void)state;
    const tpk_options good[] = {{.cell_m = 100, .n_threads = 1024, .memory_bytes = SIZE_MAX, .tile_side = 8192}, {.memory_bytes = (size_t)64 << 20, .tile_side = 8}};
    for (size_t i = 0; i < 2; i++) tpk_study_close(open_study(small, good[i]));
}

/* ---- asking ---- */

static void study_describes_itself(void **state)
{
    (void)state;
    tpk_study *study = open_study(small, (tpk_options){0});
    double x0, y0, cell;
    int32_t n_rows, n_cols;
    tpk_study_grid(study, &x0, &y0, &cell, &n_rows, &n_cols);
    assert_true(x0 == 300000 && y0 == 9600300 && cell == 100 && n_rows == 3 && n_cols == 3);
    tpk_study_grid(study, NULL, NULL, NULL, NULL, NULL);
    assert_string_equal(tpk_study_title(study), "Studi kecil");
    assert_string_equal(tpk_study_language(study), "en");
    assert_string_equal(tpk_study_crs(study), "EPSG:32750");
    assert_int_equal(tpk_study_criterion_count(study), 3);
    assert_string_equal(tpk_study_criterion_id(study, 0), "akses");
    assert_string_equal(tpk_study_criterion_title(study, 1), "Height");
    assert_string_equal(tpk_study_criterion_unit(study, 0), "m");
    assert_string_equal(tpk_study_criterion_unit(study, 1), "");
    assert_true(tpk_study_criterion_weight(study, 2) == 0.25);
    assert_int_equal(tpk_study_constraint_count(study), 2);
    assert_string_equal(tpk_study_constraint_id(study, 1), "terlalu_tinggi");
    assert_string_equal(tpk_study_constraint_source(study, 0), "UU 41/1999");
    tpk_study_close(study);
    tpk_study_close(NULL);
}

static void questions_beyond_the_last_get_nothing(void **state)
{
    (void)state;
    tpk_study *study = open_study(small, (tpk_options){0});
    assert_null(tpk_study_criterion_id(study, 3));
    assert_null(tpk_study_criterion_title(study, 3));
    assert_null(tpk_study_criterion_unit(study, 3));
    assert_true(isnan(tpk_study_criterion_weight(study, 3)));
    assert_null(tpk_study_constraint_id(study, 2));
    assert_null(tpk_study_constraint_source(study, 2));
    assert_int_equal(tpk_study_zone_count(study), 0);
    assert_string_equal(tpk_study_zone(study, 0).id, "");
    assert_null(tpk_study_file(study, 0));
    tpk_study_close(study);
}

static void cell_option_overrides_the_projects(void **state)
{
    (void)state;
    tpk_study *study = open_study(small, (tpk_options){.cell_m = 60});
    double x0, y0, cell;
    int32_t n_rows, n_cols;
    tpk_study_grid(study, &x0, &y0, &cell, &n_rows, &n_cols);
    assert_true(cell == 60 && x0 == 300000 && y0 == 9600300 && n_rows == 5 && n_cols == 5);
    tpk_study_close(study);
}

/* ---- running ---- */

static void zones_and_files_are_there_after_a_run_and_after_another(void **state)
{
    (void)state;
    tpk_study *study = open_study(small, (tpk_options){0});
    const char *folder = in_scratch("lagi");
    for (int i = 0; i < 2; i++) {
        tpk_err err = {TPK_OK, ""};
        if (tpk_study_run(study, folder, &err) != TPK_OK) fail_msg("%s", err.message);
        assert_int_equal(tpk_study_zone_count(study), 2);
        tpk_zone zone = tpk_study_zone(study, 1);
        assert_string_equal(zone.id, "T");
        assert_string_equal(zone.name, "Timur");
        assert_string_equal(zone.limiting, "Road");
        assert_int_equal(zone.rank, 2);
        assert_true(isnan(zone.stated_area_ha) && tpk_study_zone(study, 0).stated_area_ha == 2);
        double sum = 0;
        for (int c = 0; c < 7; c++) sum += zone.class_ha[c];
        assert_true(fabs(sum - zone.area_ha) < 1e-12 * zone.area_ha);
        assert_int_equal(tpk_study_run_times(study).n_cells, 9);
        size_t n_files = 0;
        for (; tpk_study_file(study, n_files); n_files++) assert_int_equal(access(tpk_study_file(study, n_files), R_OK), 0);
        assert_int_equal(n_files, 12);
        assert_non_null(strstr(tpk_study_file(study, 0), "lagi/suitability.tif"));
    }
    json_t *record = read_json(in_scratch("lagi/run.json"));
    assert_int_equal(json_array_size(json_object_get(record, "findings")), 1);
    json_decref(record);
    tpk_study_close(study);
}

static void project_without_zones_writes_maps_alone(void **state)
{
    (void)state;
    const char *path = write_text("peta.yaml", "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, area: wilayah}\nlayers: {wilayah: wilayah.geojson, jalan: jalan.shp}\n"
                                               "criteria:\n  a: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 200}}}\n"
                                               "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n"
                                               "output: {rasters: [classes], compress: zstd, overviews: false}\n");
    run_study(path, in_scratch("peta"), (tpk_options){0});
    const char *const there[] = {"peta/classes.tif", "peta/classes.tif.aux.xml", "peta/classes.qml", "peta/run.json"};
    for (int i = 0; i < 4; i++) assert_int_equal(access(in_scratch(there[i]), R_OK), 0);
    const char *const not_there[] = {"peta/suitability.tif", "peta/zones.geojson", "peta/overlay.geojson", "peta/.tapak-part"};
    for (int i = 0; i < 4; i++) assert_int_not_equal(access(in_scratch(not_there[i]), F_OK), 0);
}

/* ---- refusing ---- */

typedef struct heard {
    int n_errors;
    char lines[4000];
} heard;

static void hear(void *user, tpk_message_kind kind, const char *line)
{
    heard *h = user;
    h->n_errors += kind == TPK_MESSAGE_ERROR;
    size_t n = strlen(h->lines);
    snprintf(h->lines + n, sizeof h->lines - n, "%s\n", line);
}

static void assert_refused(const char *name, const char *text, tpk_status status, int n_errors, const char *part)
{
    heard h = {0, ""};
    tpk_err err = {TPK_OK, ""};
    tpk_study *study = NULL;
    tpk_options options = {.message = hear, .user = &h};
    const char *path = text ? write_text(name, text) : in_scratch(name);
    tpk_status found = tpk_study_open(path, &options, &study, &err);
    if (found != status || h.n_errors != n_errors || (!strstr(h.lines, part) && !strstr(err.message, part))) {
        fail_msg("%s: status %s, %d errors; expected %s, %d and '%s'\n%s\n%s", name, tpk_status_name(found), h.n_errors, tpk_status_name(status), n_errors, part,
                 h.lines, err.message);
    }
    assert_null(study);
}

#define HEAD "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, 300300, 9600300]}\n"
#define TAIL "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n"
#define ROAD "criteria:\n  a: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 200}}}\n"

static void missing_project_file_is_an_io_error(void **state)
{
    (void)state;
    assert_refused("tidak_ada.yaml", NULL, TPK_ERR_IO, 0, "tidak_ada.yaml");
}

static void all_faults_of_a_project_are_told_at_once(void **state)
{
    (void)state;
    assert_refused("banyak.yaml",
                   "tapak: 1\ngrid: {crs: EPSG:32750, cel: 100, bounds: [300000, 9600000, 300300, 9600300]}\nlayers: {jalan: jalan.shp}\n"
                   "criteria:\n  a: {from: {distance: jalann}, curve: {linear: {best: 0, worst: 200}}}\n"
                   "decision: {weights: {a: 0.9}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n",
                   TPK_ERR_PROJECT, 4, "banyak.yaml:2:25: error:");
}

static void grid_that_is_not_metric_is_refused(void **state)
{
    (void)state;
    assert_refused("derajat.yaml",
                   "tapak: 1\ngrid: {crs: EPSG:4326, cell: 0.1, bounds: [114, -4, 117, -1]}\nlayers: {jalan: jalan.shp}\n" ROAD TAIL, TPK_ERR_PROJECT, 0,
                   "derajat.yaml:2:13: EPSG:4326 (WGS 84) is not a projected system in metres");
    assert_refused("kosong.yaml", "tapak: 1\ngrid: {crs: EPSG:1, cell: 1, bounds: [1, 1, 2, 2]}\nlayers: {jalan: jalan.shp}\n" ROAD TAIL, TPK_ERR_CRS, 0, "EPSG:1");
}

static void layer_without_crs_is_refused(void **state)
{
    (void)state;
    unlink(in_scratch("polos.prj"));
    write_shapefile("polos.shp", "EPSG:32750",
                    "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": \"Point\", \"coordinates\": [300050, 9600050]}}");
    assert_int_equal(unlink(in_scratch("polos.prj")), 0);
    assert_refused("polos.yaml", HEAD "layers: {jalan: polos.shp}\n" ROAD TAIL, TPK_ERR_CRS, 0, "polos.shp");
}

static void study_area_must_be_polygons(void **state)
{
    (void)state;
    assert_refused("garis.yaml", "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, area: jalan}\nlayers: {jalan: jalan.shp}\n" ROAD TAIL, TPK_ERR_PROJECT, 1,
                   "garis.yaml:2:42: error:");
}

static void category_that_no_feature_has_is_refused(void **state)
{
    (void)state;
    assert_refused("kelas.yaml",
                   HEAD "layers: {jalan: jalan.shp, tanah: tanah.shp}\n" ROAD
                        "constraints:\n  k: {from: {attribute: tanah, field: jenis}, equals: [Gambutt], source: Uji}\n" TAIL,
                   TPK_ERR_PROJECT, 0, "no category 'Gambutt'; did you mean 'Gambut'?");
    assert_refused("angka.yaml", HEAD "layers: {jalan: jalan.shp}\n" ROAD "constraints:\n  k: {from: a, equals: [jauh], source: Uji}\n" TAIL, TPK_ERR_PROJECT, 0,
                   "'jauh' is not a number");
}

static void two_zones_with_one_id_end_the_run(void **state)
{
    (void)state;
#define ZONE_AT(id, x0, x1) \
    "{\"type\": \"Feature\", \"properties\": {\"kode\": \"" id "\", \"nama\": \"Z\"}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[" x0 ", 9600000], [" x1 \
    ", 9600000], [" x1 ", 9600100], [" x0 ", 9600000]]]}}"
    write_features("kembar.geojson", ZONE_AT("A", "300000", "300100") ", " ZONE_AT("A", "300200", "300300"));
    const char *path = write_text("kembar.yaml", HEAD "layers: {jalan: jalan.shp, zona: kembar.geojson}\nzones: {layer: zona, id: kode, name: nama}\n" ROAD TAIL);
    tpk_study *study = open_study(path, (tpk_options){0});
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_study_run(study, in_scratch("kembar"), &err), TPK_ERR_DATA);
    assert_non_null(strstr(err.message, "two zones have the id 'A'"));
    assert_int_not_equal(access(in_scratch("kembar"), F_OK), 0);
    assert_int_equal(tpk_study_zone_count(study), 0);
    tpk_study_close(study);
}

/* ---- stopping ---- */

typedef struct stopper {
    tpk_cancel *cancel;
    const char *stage; /* at the first progress of this stage */
    int n_seen;
    int64_t last_done;
    bool backwards;
} stopper;

static void stop_at_stage(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    (void)total, (void)unit;
    stopper *s = user;
    if (strcmp(stage, "computing") == 0) s->backwards |= done < s->last_done, s->last_done = done;
    if (!s->stage || strcmp(stage, s->stage) != 0) return;
    s->n_seen++;
    tpk_cancel_request(s->cancel);
}

static void cancelled_run_leaves_the_earlier_results(void **state)
{
    (void)state;
    const char *folder = in_scratch("batal"), *const stages[] = {"computing", "writing files", "overlaying zones"};
    run_study(small, folder, (tpk_options){0});
    uint64_t before = folder_hash(folder);
    for (int i = 0; i < 3; i++) {
        stopper s = {.cancel = tpk_cancel_new(), .stage = stages[i]};
        tpk_study *study = open_study(small, (tpk_options){.progress = stop_at_stage, .user = &s, .cancel = s.cancel});
        tpk_err err = {TPK_OK, ""};
        assert_int_equal(tpk_study_run(study, folder, &err), TPK_ERR_CANCELLED);
        assert_non_null(strstr(err.message, "stopped"));
        assert_true(s.n_seen > 0);
        assert_true(folder_hash(folder) == before);
        assert_int_equal(tpk_study_zone_count(study), 0);
        assert_null(tpk_study_file(study, 0));
        float score;
        tpk_results results = {.score = &score};
        assert_int_equal(tpk_study_evaluate_points(study, NULL, (double[]){300050, 9600050}, 1, &results, NULL), TPK_ERR_CANCELLED);
        tpk_study_close(study);
        tpk_cancel_free(s.cancel);
    }
}

static void study_cancelled_beforehand_does_not_open(void **state)
{
    (void)state;
    tpk_cancel *cancel = tpk_cancel_new();
    tpk_cancel_request(cancel);
    tpk_study *study = NULL;
    assert_int_equal(tpk_study_open(small, &(tpk_options){.cancel = cancel}, &study, NULL), TPK_ERR_CANCELLED);
    assert_null(study);
    tpk_cancel_free(cancel);
    tpk_cancel_free(NULL);
}

static void progress_of_the_computation_never_goes_back(void **state)
{
    (void)state;
    stopper s = {.cancel = NULL};
    run_study(small, in_scratch("maju"), (tpk_options){.progress = stop_at_stage, .user = &s, .cell_m = 2, .tile_side = 8, .message = show_message});
    assert_true(s.last_done == 150 * 150 && !s.backwards);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_out_of_range_are_refused),
        cmocka_unit_test(largest_and_smallest_options_are_taken),
        cmocka_unit_test(study_describes_itself),
        cmocka_unit_test(questions_beyond_the_last_get_nothing),
        cmocka_unit_test(cell_option_overrides_the_projects),
        cmocka_unit_test(zones_and_files_are_there_after_a_run_and_after_another),
        cmocka_unit_test(project_without_zones_writes_maps_alone),
        cmocka_unit_test(missing_project_file_is_an_io_error),
        cmocka_unit_test(all_faults_of_a_project_are_told_at_once),
        cmocka_unit_test(grid_that_is_not_metric_is_refused),
        cmocka_unit_test(layer_without_crs_is_refused),
        cmocka_unit_test(study_area_must_be_polygons),
        cmocka_unit_test(category_that_no_feature_has_is_refused),
        cmocka_unit_test(two_zones_with_one_id_end_the_run),
        cmocka_unit_test(cancelled_run_leaves_the_earlier_results),
        cmocka_unit_test(study_cancelled_beforehand_does_not_open),
        cmocka_unit_test(progress_of_the_computation_never_goes_back),
    };
    return cmocka_run_group_tests(tests, set_up, files_tear_down);
}
