/* Opening, asking, running and stopping a study; what is refused, and that a failure leaves earlier results
 * alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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
    const tpk_options bad[] = {{.cell_m = -1},          {.cell_m = 0.001},
                               {.cell_m = (double)NAN}, {.cell_m = (double)INFINITY},
                               {.n_threads = -1},       {.n_threads = 1025},
                               {.memory_bytes = 1},     {.memory_bytes = ((size_t)64 << 20) - 1},
                               {.tile_side = -8},       {.tile_side = 12},
                               {.tile_side = 8200}};
    const char *const said[] = {"-1 m",    "0.001 m",        "nan m", "inf m", "-1 threads", "1025 threads",
                                "1 bytes", "67108863 bytes", "-8",    "12",    "8200"};
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
    const tpk_options good[] = {
        {.cell_m = 100, .n_threads = 1024, .memory_bytes = SIZE_MAX, .tile_side = 8192},
        {.memory_bytes = (size_t)64 << 20, .tile_side = 8}};
    for (size_t i = 0; i < 2; i++) tpk_study_close(open_study(small, good[i]));
}

/* ---- asking ---- */

/* Criteria, constraints and their numbers are those in use; the weights are in proportion. */
static void an_absent_optional_layer_is_left_out_of_the_study(void **state)
{
    (void)state;
    tpk_study *study = open_study(
        write_text(
            "tanpa.yaml",
            "tapak: 1\n"
            "grid: {crs: EPSG:32750, cell: 100, area: wilayah}\n"
            "layers:\n"
            "  wilayah: {path: wilayah.geojson, crs: EPSG:32750}\n"
            "  jalan: jalan.shp\n"
            "  hutan: {path: hutan/batas.geojson, optional: true}\n"
            "  tinggi: tinggi.tif\n"
            "criteria:\n"
            "  jauh: {from: {distance: hutan}, curve: {linear: {best: 200, worst: 0}}}\n"
            "  akses: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 200}}}\n"
            "  tinggi: {from: {raster: tinggi, resample: nearest}, curve: {points: [[0, 0], [10, 1]]}}\n"
            "constraints:\n"
            "  hutan: {from: {inside: hutan}, source: UU 41/1999}\n"
            "  terlalu_tinggi: {from: tinggi, above: 15, source: Permenperin 30/2020}\n"
            "decision:\n"
            "  weights: {jauh: 0.5, akses: 0.375, tinggi: 0.125}\n"),
        (tpk_options){0});
    assert_int_equal(tpk_study_criterion_count(study), 2);
    assert_string_equal(tpk_study_criterion_id(study, 0), "akses");
    assert_true(tpk_study_criterion_weight(study, 0) == 0.75);
    assert_string_equal(tpk_study_criterion_id(study, 1), "tinggi");
    assert_true(tpk_study_criterion_weight(study, 1) == 0.25);
    assert_null(tpk_study_criterion_id(study, 2));
    assert_int_equal(tpk_study_constraint_count(study), 1);
    assert_string_equal(tpk_study_constraint_id(study, 0), "terlalu_tinggi");
    tpk_study_close(study);
}

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
    assert_string_equal(tpk_study_criterion_category(study, 2, 0), "Aluvial");
    assert_string_equal(tpk_study_criterion_category(study, 2, 1), "Gambut");
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
    assert_null(tpk_study_criterion_category(study, 2, 2));
    assert_null(tpk_study_criterion_category(study, 0, 0)); /* metres are no categories */
    assert_null(tpk_study_criterion_category(study, 3, 0));
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
        assert_string_equal(zone.limiting_id, "akses");
        assert_int_equal(zone.rank, 2);
        assert_true(isnan(zone.stated_area_ha) && tpk_study_zone(study, 0).stated_area_ha == 2);
        double sum = 0;
        for (int c = 0; c < 7; c++) sum += zone.class_ha[c];
        assert_true(fabs(sum - zone.area_ha) < 1e-12 * zone.area_ha);
        assert_int_equal(tpk_study_run_times(study).n_cells, 9);
        size_t n_files = 0;
        for (; tpk_study_file(study, n_files); n_files++)
            assert_int_equal(access(tpk_study_file(study, n_files), R_OK), 0);
        assert_int_equal(n_files, 23);
        assert_non_null(strstr(tpk_study_file(study, 0), "lagi/suitability.tif"));
    }
    json_t *record = read_json(in_scratch("lagi/run.json"));
    assert_int_equal(json_array_size(json_object_get(record, "findings")),
                     3); /* each once, not for each run */
    json_decref(record);
    tpk_study_close(study);
}

static void project_without_zones_writes_maps_alone(void **state)
{
    (void)state;
    const char *path = write_text(
        "peta.yaml", "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, area: wilayah}\nlayers: {wilayah: "
                     "wilayah.geojson, jalan: jalan.shp}\n"
                     "criteria:\n  a: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 200}}}\n"
                     "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n"
                     "output: {rasters: [classes], compress: zstd, overviews: false}\n");
    run_study(path, in_scratch("peta"), (tpk_options){0});
    const char *const there[] = {"peta/classes.tif", "peta/classes.tif.aux.xml", "peta/classes.qml",
                                 "peta/run.json"};
    for (int i = 0; i < 4; i++) assert_int_equal(access(in_scratch(there[i]), R_OK), 0);
    const char *const not_there[] = {"peta/suitability.tif", "peta/zones.geojson", "peta/overlay.geojson",
                                     "peta/.tapak-part"};
    for (int i = 0; i < 4; i++) assert_int_not_equal(access(in_scratch(not_there[i]), F_OK), 0);
}

/* OGR would take "NAMA" for "nama", and "zone" is a property of the piece itself. */
static void overlay_attributes_of_equal_names_are_kept_apart(void **state)
{
    (void)state;
#define PIER(properties)                                                                                     \
    "{\"type\": \"Feature\", \"properties\": {" properties                                                   \
    "}, \"geometry\": {\"type\": \"Point\", \"coordinates\": [300100, 9600200]}}"
    write_features("satu.geojson", PIER("\"nama\": \"A\", \"zone\": 5"));
    write_features("dua.geojson", PIER("\"NAMA\": \"B\", \"nama\": 7"));
    write_features("tiga.geojson", PIER("\"nama\": \"C\""));
    const char *path = write_text(
        "nama.yaml",
        "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, 300300, 9600300]}\n"
        "layers: {jalan: jalan.shp, zona: zona.shp, satu: satu.geojson, dua: dua.geojson, tiga: "
        "tiga.geojson}\n"
        "zones: {layer: zona, id: kode, name: nama}\noverlay: [satu, dua, tiga]\n"
        "criteria:\n  a: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 200}}}\n"
        "decision: {weights: {a: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n");
    run_study(path, in_scratch("nama"), (tpk_options){0});
    json_t *pieces = read_json(in_scratch("nama/overlay.geojson"));
    assert_int_equal(json_array_size(json_object_get(pieces, "features")), 3);
    assert_text(pieces, 0, "nama", "A");
    assert_number(pieces, 0, "satu_zone", 5, 0);
    assert_text(pieces, 0, "zone", "U");
    assert_absent(pieces, 0, "dua_NAMA");
    assert_absent(pieces, 0, "dua_nama_2");
    assert_absent(pieces, 1, "nama");
    assert_absent(pieces, 1, "satu_zone");
    assert_text(pieces, 1, "dua_NAMA", "B");
    assert_number(pieces, 1, "dua_nama_2", 7, 0);
    assert_text(pieces, 2, "nama", "C");
    json_decref(pieces);
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

static void assert_refused(const char *name, const char *text, tpk_status status, int n_errors,
                           const char *part)
{
    heard h = {0, ""};
    tpk_err err = {TPK_OK, ""};
    tpk_study *study = NULL;
    tpk_options options = {.message = hear, .user = &h};
    const char *path = text ? write_text(name, text) : in_scratch(name);
    tpk_status found = tpk_study_open(path, &options, &study, &err);
    if (found != status || h.n_errors != n_errors || (!strstr(h.lines, part) && !strstr(err.message, part))) {
        fail_msg("%s: status %s, %d errors; expected %s, %d and '%s'\n%s\n%s", name, tpk_status_name(found),
                 h.n_errors, tpk_status_name(status), n_errors, part, h.lines, err.message);
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
                   "tapak: 1\ngrid: {crs: EPSG:32750, cel: 100, bounds: [300000, 9600000, 300300, "
                   "9600300]}\nlayers: {jalan: jalan.shp}\n"
                   "criteria:\n  a: {from: {distance: jalann}, curve: {linear: {best: 0, worst: 200}}}\n"
                   "decision: {weights: {a: 0.9}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\n",
                   TPK_ERR_PROJECT, 4, "banyak.yaml:2:25: error:");
}

static void grid_that_is_not_metric_is_refused(void **state)
{
    (void)state;
    assert_refused("derajat.yaml",
                   "tapak: 1\ngrid: {crs: EPSG:4326, cell: 0.1, bounds: [114, -4, 117, -1]}\nlayers: {jalan: "
                   "jalan.shp}\n" ROAD TAIL,
                   TPK_ERR_PROJECT, 1,
                   "derajat.yaml:2:13: error: EPSG:4326 (WGS 84) is not a projected system in metres");
    assert_refused(
        "kosong.yaml",
        "tapak: 1\ngrid: {crs: EPSG:1, cell: 1, bounds: [1, 1, 2, 2]}\nlayers: {jalan: jalan.shp}\n" ROAD
            TAIL,
        TPK_ERR_PROJECT, 1, "kosong.yaml:2:13: error: the CRS 'EPSG:1'");
}

static void layer_without_crs_is_refused(void **state)
{
    (void)state;
    unlink(in_scratch("polos.prj"));
    write_shapefile("polos.shp", "EPSG:32750",
                    "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": \"Point\", "
                    "\"coordinates\": [300050, 9600050]}}");
    assert_int_equal(unlink(in_scratch("polos.prj")), 0);
    assert_refused("polos.yaml", HEAD "layers: {jalan: polos.shp}\n" ROAD TAIL, TPK_ERR_PROJECT, 1,
                   "polos.yaml:3:17: error: layer 'jalan': it has no coordinate reference system");
}

static void study_area_must_be_polygons(void **state)
{
    (void)state;
    assert_refused(
        "garis.yaml",
        "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, area: jalan}\nlayers: {jalan: jalan.shp}\n" ROAD TAIL,
        TPK_ERR_PROJECT, 1, "garis.yaml:2:42: error:");
}

static void category_that_no_feature_has_is_refused(void **state)
{
    (void)state;
    assert_refused(
        "kelas.yaml",
        HEAD
        "layers: {jalan: jalan.shp, tanah: tanah.shp}\n" ROAD
        "constraints:\n  k: {from: {attribute: tanah, field: jenis}, equals: [Gambutt], source: Uji}\n" TAIL,
        TPK_ERR_PROJECT, 0, "no category 'Gambutt'; did you mean 'Gambut'?");
    assert_refused("angka.yaml",
                   HEAD "layers: {jalan: jalan.shp}\n" ROAD
                        "constraints:\n  k: {from: a, equals: [jauh], source: Uji}\n" TAIL,
                   TPK_ERR_PROJECT, 0, "'jauh' is not a number");
}

static void two_zones_with_one_id_end_the_run(void **state)
{
    (void)state;
#define ZONE_AT(id, x0, x1)                                                                                  \
    "{\"type\": \"Feature\", \"properties\": {\"kode\": \"" id                                               \
    "\", \"nama\": \"Z\"}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[" x0 ", 9600000], [" x1 \
    ", 9600000], [" x1 ", 9600100], [" x0 ", 9600000]]]}}"
    write_features("kembar.geojson", ZONE_AT("A", "300000", "300100") ", " ZONE_AT("A", "300200", "300300"));
    const char *path = write_text(
        "kembar.yaml", HEAD
        "layers: {jalan: jalan.shp, zona: kembar.geojson}\nzones: {layer: zona, id: kode, name: nama}\n" ROAD
            TAIL);
    tpk_study *study = open_study(path, (tpk_options){0});
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_study_run(study, in_scratch("kembar"), &err), TPK_ERR_DATA);
    assert_non_null(strstr(err.message, "two zones have the id 'A'"));
    assert_int_not_equal(access(in_scratch("kembar"), F_OK), 0);
    assert_int_equal(tpk_study_zone_count(study), 0);
    tpk_study_close(study);
}

static void null_and_empty_arguments_are_refused(void **state)
{
    (void)state;
    tpk_study *study = (tpk_study *)(uintptr_t)1;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_study_open(NULL, NULL, &study, &err), TPK_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "'path'"));
    assert_null(study);
    assert_int_equal(tpk_study_open("", NULL, &study, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_study_open(small, NULL, NULL, NULL), TPK_ERR_ARGUMENT);
    study = open_study(small, (tpk_options){0});
    tpk_results nothing = {0};
    const double xy[2] = {300050, 9600050};
    assert_int_equal(tpk_study_evaluate_points(NULL, NULL, xy, 1, &nothing, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_study_evaluate_points(study, NULL, xy, 1, NULL, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_study_evaluate_points(study, NULL, NULL, 1, &nothing, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_study_evaluate_points(study, NULL, NULL, 0, &nothing, NULL), TPK_OK);
    assert_int_equal(tpk_study_evaluate_points(study, NULL, xy, 1, &nothing, NULL), TPK_OK);
    assert_int_equal(tpk_study_evaluate_window(NULL, NULL, 0, 0, 1, 1, 1, 1, &nothing, NULL),
                     TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_study_evaluate_window(study, NULL, 0, 0, 1, 1, 1, 1, NULL, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_study_run(NULL, in_scratch("tak"), NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_study_run(study, NULL, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_study_run(study, "", NULL), TPK_ERR_ARGUMENT);
    tpk_study_close(study);
}

/* ---- zones ---- */

/* A zone from (x0, 9600000) to (x1, y1) with the given properties besides `nama`. */
#define ZONE(properties, x0, x1, y1)                                                                         \
    "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Z\", " properties                                  \
    "}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[" x0 ", 9600000], [" x1 ", 9600000], [" x1 \
    ", " y1 "], [" x0 ", " y1 "], [" x0 ", 9600000]]]}}"

static tpk_status run_zones(const char *grid, const char *zones, const char *keys, const char *criterion,
                            heard *h, tpk_err *err)
{
    char text[2000];
    write_features("zona_uji.geojson", zones);
    write_features("tepi.geojson", ZONE("\"a\": 1", "300000", "300150",
                                        "9600300") ", " ZONE("\"a\": 2", "300150", "300240", "9600300"));
    snprintf(text, sizeof text,
             "tapak: 1\ngrid: {crs: EPSG:32750, cell: 100, %s}\n"
             "layers: {jalan: jalan.shp, tinggi: tinggi.tif, tepi: tepi.geojson, zona: zona_uji.geojson}\n"
             "zones: {layer: zona, id: kode, name: nama%s}\ncriteria:\n  a: {from: {%s}, curve: {linear: "
             "{best: 0, "
             "worst: 2000}}}\n" TAIL,
             grid, keys, criterion);
    tpk_options options = {.message = hear, .user = h};
    tpk_study *study = open_study(write_text("zona_uji.yaml", text), options);
    tpk_status status = tpk_study_run(study, in_scratch("zona_uji"), err);
    tpk_study_close(study);
    return status;
}

#define BOUNDS "bounds: [300000, 9600000, 300300, 9600300]"

static void note_of_numbers_is_text(void **state)
{
    (void)state;
    heard h = {0, ""};
    tpk_err err = {TPK_OK, ""};
    tpk_status status =
        run_zones(BOUNDS,
                  ZONE("\"kode\": 1, \"luas\": 12.5, \"ket\": 7", "300000", "300100", "9600100") ", " ZONE(
                      "\"kode\": 2, \"luas\": null, \"ket\": null", "300100", "300200", "9600100"),
                  ", stated_area_ha: luas, note: ket", "distance: jalan", &h, &err);
    if (status != TPK_OK) fail_msg("%s", err.message);
    json_t *zones = read_json(in_scratch("zona_uji/zones.geojson"));
    assert_number(zones, 0, "stated_area_ha", 12.5, 0);
    assert_text(zones, 0, "note", "7");
    assert_number(zones, 1, "stated_area_ha", (double)NAN, 0);
    assert_text(zones, 1, "note", NULL);
    json_decref(zones);
}

static void stated_area_of_text_is_refused_before_any_work(void **state)
{
    (void)state;
    write_features("teks.geojson", ZONE("\"kode\": 1, \"luas\": \"12.5\"", "300000", "300100", "9600100"));
    assert_refused("teks.yaml",
                   HEAD "layers: {jalan: jalan.shp, zona: teks.geojson}\n"
                        "zones: {layer: zona, id: kode, name: nama, stated_area_ha: luas}\n" ROAD TAIL,
                   TPK_ERR_PROJECT, 1, "teks.yaml:4:60: error: 'stated_area_ha': field 'luas'");
}

static void first_zone_that_repeats_an_id_is_named(void **state)
{
    (void)state;
    heard h = {0, ""};
    tpk_err err = {TPK_OK, ""};
#define CELL(id) ZONE("\"kode\": \"" id "\"", "300000", "300100", "9600100")
    tpk_status status = run_zones(
        BOUNDS, CELL("C") ", " CELL("B") ", " CELL("A") ", " CELL("B") ", " CELL("A") ", " CELL("B"), "",
        "distance: jalan", &h, &err);
    assert_int_equal(status, TPK_ERR_DATA);
    if (!strstr(err.message, "records 1 and 3: two zones have the id 'B'")) fail_msg("%s", err.message);
    err = (tpk_err){TPK_OK, ""};
    assert_int_equal(run_zones(BOUNDS, CELL("C") ", " CELL(""), "", "distance: jalan", &h, &err),
                     TPK_ERR_DATA);
    if (!strstr(err.message, "record 1: field 'kode' is empty")) fail_msg("%s", err.message);
}

/* A study area of two polygons up to x = 300240: the cells of the third column have their centres outside. */
static void zone_is_told_to_be_outside_only_when_its_polygon_is(void **state)
{
    (void)state;
    heard h = {0, ""};
    tpk_err err = {TPK_OK, ""};
    tpk_status status = run_zones("area: tepi",
                                  ZONE("\"kode\": \"D\"", "300100", "300240",
                                       "9600200") ", " ZONE("\"kode\": \"L\"", "300100", "300260", "9600200"),
                                  "", "distance: jalan", &h, &err);
    if (status != TPK_OK) fail_msg("%s", err.message);
    if (strstr(h.lines, "zone 'D'")) fail_msg("%s", h.lines);
    if (!strstr(h.lines, "zone 'L': 1.20 ha of 3.20 ha lie outside the study area, counted by the centres of "
                         "cells (0.40 ha by its polygon)"))
        fail_msg("%s", h.lines);
    json_t *zones = read_json(in_scratch("zona_uji/zones.geojson"));
    const double two_fifths = 0.4 * 2 * 0.99981;
    assert_number(zones, 0, "outside_ha", two_fifths, 1e-4);
    assert_number(zones, 0, "unknown_ha", 0, 0);
    json_decref(zones);
}

/* Heights are unknown in the middle cell alone: zone K lies in it by 30 %, B by 60 %, N wholly. */
static void missing_data_are_told_zone_by_zone(void **state)
{
    (void)state;
    heard h = {0, ""};
    tpk_err err = {TPK_OK, ""};
    tpk_status status = run_zones(BOUNDS,
                                  "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Z\", \"kode\": "
                                  "\"N\"}, \"geometry\": {\"type\": \"Polygon\", "
                                  "\"coordinates\": [[[300110, 9600110], [300190, 9600110], [300190, "
                                  "9600190], [300110, 9600190], [300110, 9600110]]]}}, "
                                  "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Z\", \"kode\": "
                                  "\"B\"}, \"geometry\": {\"type\": \"Polygon\", "
                                  "\"coordinates\": [[[300140, 9600110], [300240, 9600110], [300240, "
                                  "9600190], [300140, 9600190], [300140, 9600110]]]}}, "
                                  "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Z\", \"kode\": "
                                  "\"K\"}, \"geometry\": {\"type\": \"Polygon\", "
                                  "\"coordinates\": [[[300170, 9600110], [300270, 9600110], [300270, "
                                  "9600190], [300170, 9600190], [300170, 9600110]]]}}, "
                                  "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Z\", \"kode\": "
                                  "\"S\"}, \"geometry\": {\"type\": \"Polygon\", "
                                  "\"coordinates\": [[[300196, 9600110], [300296, 9600110], [300296, "
                                  "9600190], [300196, 9600190], [300196, 9600110]]]}}",
                                  "", "raster: tinggi, resample: nearest", &h, &err);
    if (status != TPK_OK) fail_msg("%s", err.message);
    static const char *const SAID[] = {
        "zone 'N': criteria that are unknown in more than 5 % of it: 'a' 100.0 %",
        "zone 'N' has no score, so it is ranked last",
        "zone 'B': criteria that are unknown in more than 5 % of it: 'a' 60.0 %",
        "zone 'B': its score and its rank 1 rest on 40.0 % of its area",
        "zone 'K': criteria that are unknown in more than 5 % of it: 'a' 30.0 %"};
    for (size_t i = 0; i < 5; i++) {
        if (!strstr(h.lines, SAID[i])) fail_msg("'%s' is not in\n%s", SAID[i], h.lines);
    }
    assert_null(strstr(h.lines, "zone 'K': its score"));
    assert_null(strstr(h.lines, "zone 'S'")); /* 4 % */
    assert_null(strstr(h.lines, "nothing of the map"));
    json_t *zones = read_json(in_scratch("zona_uji/zones.geojson"));
    assert_number(zones, 1, "a_unknown_ha", 0.48 * 0.99981, 1e-4);
    json_decref(zones);
}

static void map_of_which_nothing_is_known_is_told(void **state)
{
    (void)state;
    const double nothing[9] = {-1, -1, -1, -1, -1, -1, -1, -1, -1};
    write_raster("hampa.tif", "EPSG:32750", 300000, 9600300, 100, 3, 3, nothing, -1);
    const char *path = write_text(
        "hampa.yaml",
        HEAD "layers: {hampa: hampa.tif}\ncriteria:\n  a: {from: {raster: hampa, resample: nearest}, curve: "
             "{linear: {best: 0, worst: 20}}}\n" TAIL "output: {rasters: [limiting]}\n");
    heard h = {0, ""};
    tpk_study *study = open_study(path, (tpk_options){.message = hear, .user = &h});
    for (int i = 0; i < 2; i++) assert_int_equal(tpk_study_run(study, in_scratch("hampa"), NULL), TPK_OK);
    const char *said = strstr(h.lines, "hampa.yaml:2:1: warning: nothing of the map is known");
    if (!said || strstr(strchr(said, '\n'), "nothing of the map")) fail_msg("%s", h.lines);
    tpk_study_close(study);
}

/* "Indicative" is a word that a zone map must not lose, from the project and from each zone. */
static void sample_says_in_every_feature_collection_that_it_is_indicative(void **state)
{
    (void)state;
    run_study("gis-data/kalsel.yaml", in_scratch("contoh"), (tpk_options){.cell_m = 2000});
    const char *const files[] = {"contoh/zones.geojson", "contoh/overlay.geojson"};
    for (int i = 0; i < 2; i++) {
        json_t *root = read_json(in_scratch(files[i]));
        const char *said = json_string_value(json_object_get(root, "description"));
        if (!said || !strstr(said, "indikatif"))
            fail_msg("%s: description '%s'", files[i], said ? said : "absent");
        json_decref(root);
    }
    json_t *zones = read_json(in_scratch(files[0]));
    for (size_t zone = 0; zone < 4; zone++) {
        const char *note = json_string_value(property(zones, zone, "note"));
        if (!note || !(strstr(note, "ndikatif"))) fail_msg("zone %zu: note '%s'", zone, note ? note : "null");
    }
    json_decref(zones);
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
    const char *folder = in_scratch("batal"), *const stages[] = {"computing", "writing files",
                                                                 "overlaying zones"};
    run_study(small, folder, (tpk_options){0});
    uint64_t before = folder_hash(folder);
    for (int i = 0; i < 3; i++) {
        stopper s = {.cancel = tpk_cancel_new(), .stage = stages[i]};
        tpk_study *study =
            open_study(small, (tpk_options){.progress = stop_at_stage, .user = &s, .cancel = s.cancel});
        tpk_err err = {TPK_OK, ""};
        assert_int_equal(tpk_study_run(study, folder, &err), TPK_ERR_CANCELLED);
        assert_non_null(strstr(err.message, "stopped"));
        assert_true(s.n_seen > 0);
        assert_true(folder_hash(folder) == before);
        assert_int_equal(tpk_study_zone_count(study), 0);
        assert_null(tpk_study_file(study, 0));
        float score;
        tpk_results results = {.score = &score};
        assert_int_equal(
            tpk_study_evaluate_points(study, NULL, (double[]){300050, 9600050}, 1, &results, NULL),
            TPK_ERR_CANCELLED);
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
    assert_int_equal(tpk_study_open(small, &(tpk_options){.cancel = cancel}, &study, NULL),
                     TPK_ERR_CANCELLED);
    assert_null(study);
    tpk_cancel_free(cancel);
    tpk_cancel_free(NULL);
}

static void progress_of_the_computation_never_goes_back(void **state)
{
    (void)state;
    stopper s = {.cancel = NULL};
    run_study(
        small, in_scratch("maju"),
        (tpk_options){
            .progress = stop_at_stage, .user = &s, .cell_m = 2, .tile_side = 8, .message = show_message});
    assert_true(s.last_done == 150 * 150 && !s.backwards);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_out_of_range_are_refused),
        cmocka_unit_test(largest_and_smallest_options_are_taken),
        cmocka_unit_test(an_absent_optional_layer_is_left_out_of_the_study),
        cmocka_unit_test(study_describes_itself),
        cmocka_unit_test(questions_beyond_the_last_get_nothing),
        cmocka_unit_test(cell_option_overrides_the_projects),
        cmocka_unit_test(zones_and_files_are_there_after_a_run_and_after_another),
        cmocka_unit_test(project_without_zones_writes_maps_alone),
        cmocka_unit_test(overlay_attributes_of_equal_names_are_kept_apart),
        cmocka_unit_test(missing_project_file_is_an_io_error),
        cmocka_unit_test(all_faults_of_a_project_are_told_at_once),
        cmocka_unit_test(grid_that_is_not_metric_is_refused),
        cmocka_unit_test(layer_without_crs_is_refused),
        cmocka_unit_test(study_area_must_be_polygons),
        cmocka_unit_test(category_that_no_feature_has_is_refused),
        cmocka_unit_test(two_zones_with_one_id_end_the_run),
        cmocka_unit_test(null_and_empty_arguments_are_refused),
        cmocka_unit_test(note_of_numbers_is_text),
        cmocka_unit_test(stated_area_of_text_is_refused_before_any_work),
        cmocka_unit_test(first_zone_that_repeats_an_id_is_named),
        cmocka_unit_test(zone_is_told_to_be_outside_only_when_its_polygon_is),
        cmocka_unit_test(missing_data_are_told_zone_by_zone),
        cmocka_unit_test(map_of_which_nothing_is_known_is_told),
        cmocka_unit_test(sample_says_in_every_feature_collection_that_it_is_indicative),
        cmocka_unit_test(cancelled_run_leaves_the_earlier_results),
        cmocka_unit_test(study_cancelled_beforehand_does_not_open),
        cmocka_unit_test(progress_of_the_computation_never_goes_back),
    };
    return cmocka_run_group_tests(tests, set_up, files_tear_down);
}
