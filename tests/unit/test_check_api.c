/* The check as a whole: bad input, raw reading, verdicts, JSON, projects, exhausted memory, stopping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/examine.h"
#include "check_files.h"
#include "small_study.h"

#define SOME POINT(114.6, -3.3, "\"nama\":\"satu\"") "," POINT(116.0, -3.4, "\"nama\":\"dua\"")

static void assert_unread(const char *path, const char *part)
{
    tpk_check *check = check_path(path);
    tpk_checked s = tpk_check_get(check, 0);
    assert_string_equal(s.kind, "unread");
    assert_int_equal(s.verdict, TPK_VERDICT_UNUSABLE);
    assert_int_equal(s.n_findings, 1);
    assert_says(found(check, 0, "unreadable").found, part);
    tpk_check_free(check);
}

static void what_is_no_layer_is_told_clearly(void **state)
{
    (void)state;
    write_shapefile("jalan.shp", "EPSG:4326", SOME);
    assert_unread(scratch, "is a folder; name a layer in it, such as jalan.shp");
    assert_int_equal(mkdir(in_scratch("sepi"), 0755), 0);
    assert_unread(in_scratch("sepi"), "is a folder, without a layer in it");
    assert_unread(write_text("catatan.txt", "hanya teks\n"), "cannot be read");
    assert_unread(write_text("teks.shp", "hanya teks\n"), "is cut off: it has 11 bytes");
    assert_unread(in_scratch("tiada.gpkg"), "there is no file '");
    assert_unread(in_scratch("tiada.shp"), "there is no file '");
    assert_unread("tests/data/input/tiada.zip", "there is no file 'tests/data/input/tiada.zip'");
    FILE *file =
        fopen(in_scratch("tanpa_lapisan.zip"), "wb"); /* an archive without entries: only its end record */
    assert_non_null(file);
    static const unsigned char END[22] = {'P', 'K', 5, 6};
    assert_int_equal(fwrite(END, 1, sizeof END, file), sizeof END);
    fclose(file);
    assert_unread(in_scratch("tanpa_lapisan.zip"), "holds no layer that can be read");
}

static void a_huge_sparse_file_is_refused_at_once(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"besar.shp", "besar.gpkg", "besar.tif", "besar.geojson"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *path = write_text(NAMES[i], "");
        assert_int_equal(truncate(path, 3LL << 30), 0);
        assert_unread(path, "begins with zeros");
    }
}

/* Bytes as they are in a shapefile header: the file's length in 16-bit words, the most significant first. */
static void state_length(const char *path, uint32_t n_words)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 24, SEEK_SET), 0);
    for (int shift = 24; shift >= 0; shift -= 8) fputc((int)(n_words >> shift & 0xFF), file);
    assert_int_equal(fclose(file), 0);
}

static void zeros_after_a_valid_header_are_refused_at_once(void **state)
{
    (void)state;
    write_shapefile("nol.shp", "EPSG:4326", SOME);
    const char *path = in_scratch("nol.shp");
    struct stat whole;
    assert_int_equal(stat(path, &whole), 0);
    assert_int_equal(truncate(path, whole.st_size + 4095), 0); /* padding: all that is stated is there */
    tpk_check *check = check_path(path);
    assert_string_equal(tpk_check_get(check, 0).kind, "vector");
    tpk_check_free(check);
    assert_int_equal(truncate(path, 3LL << 30), 0);
    assert_unread(path, "zeros follow"); /* all records are there, and 3 GB of nothing */
    assert_int_equal(truncate(path, 100), 0);
    assert_int_equal(truncate(path, 3LL << 30), 0);
    assert_unread(path, "zeros follow"); /* the header alone */
    state_length(path, 3U << 29);
    assert_unread(path, "record 0 (counting from 0) has a length of 0 bytes");
    state_length(path, 0);
    assert_unread(path, "record 0 (counting from 0) has a length of 0 bytes");
}

static void a_shapefile_without_its_table_is_told(void **state)
{
    (void)state;
    write_shapefile("tanpa.shp", "EPSG:4326", SOME);
    tpk_check *check = check_path(in_scratch("tanpa.shp"));
    not_found(check, 0, "table_missing");
    tpk_check_free(check);
    assert_int_equal(unlink(in_scratch("tanpa.dbf")), 0);
    check = check_path(in_scratch("tanpa.shp"));
    tpk_check_finding f = found(check, 0, "table_missing");
    assert_int_equal(f.gravity, TPK_GRAVITY_SERIOUS); /* the run warns that its map may be wrong */
    assert_says(f.change, ".dbf");
    tpk_check_free(check);
}

static void a_table_without_geometry_is_told(void **state)
{
    (void)state;
    tpk_check *check = check_path(write_text("tabel.csv", "nama,luas\na,1\nb,2\n"));
    assert_int_equal(found(check, 0, "no_geometry").n_features, 2);
    not_found(check, 0, "crs_missing");
    tpk_check_free(check);
}

static void some_records_without_geometry_are_counted(void **state)
{
    (void)state;
    tpk_check *check = check_path(
        write_points("sebagian.geojson", NULL,
                     SOME ",{\"type\":\"Feature\",\"properties\":{\"nama\":\"tiga\"},\"geometry\":null}"));
    assert_int_equal(found(check, 0, "geometry_missing").n_features, 1);
    assert_string_equal(tpk_check_example(check, 0, (size_t)index_of(check, 0, "geometry_missing"), 0, NULL),
                        "tiga");
    not_found(check, 0, "no_geometry");
    tpk_check_free(check);
    check = check_path(write_points("semua.geojson", NULL, SOME));
    not_found(check, 0, "geometry_missing");
    tpk_check_free(check);
}

static void a_layer_without_attributes_is_remarked(void **state)
{
    (void)state;
    const char *const paths[] = {
        write_points("nomor.geojson", NULL,
                     POINT(114.6, -3.3, "\"fid\":1") "," POINT(116.0, -3.4, "\"fid\":2")),
        write_points("lengkap.geojson", NULL,
                     POINT(114.6, -3.3, "\"fid\":1,\"kelas\":\"a\"") "," POINT(116.0, -3.4, "\"fid\":2"))};
    tpk_check *check = check_paths(paths, 2, NULL);
    assert_int_equal(found(check, 0, "table_bare").gravity, TPK_GRAVITY_REMARK);
    not_found(check, 1, "table_bare");
    tpk_check_free(check);
}

/* ---- raw reading ---- */

static tpk_layer *read_raw(const char *path)
{
    tpk_layer_spec spec = {
        .id = (char *)(uintptr_t) "uji", .path = (char *)(uintptr_t)path, .band = 1, .nodata = (double)NAN};
    tpk_err err = {TPK_OK, ""};
    tpk_layer *layer = NULL;
    if (tpk_layer_read_raw(&spec, NULL, &layer, NULL, &err) != TPK_OK) fail_msg("%s", err.message);
    return layer;
}

static void a_raw_layer_is_as_its_file(void **state)
{
    (void)state;
    write_points("kupu.geojson", NULL, /* a bow tie, a repeated vertex, heights */
                 "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                 "[[[115,-3,7],[115.1,-3.1,7],[115.1,-3,7],"
                 "[115.1,-3,7],[115,-3.1,7],[115,-3,7]]]}}");
    tpk_layer *layer = read_raw(in_scratch("kupu.geojson"));
    assert_int_equal(layer->part_start[1], 6);
    assert_true(layer->xy[2] == 115.1 && layer->xy[3] == -3.1);
    assert_true(layer->rings_known);
    assert_int_equal(layer->n_z, 1);
    assert_null(layer->crs_code);
    assert_non_null(layer->crs_text);
    tpk_layer_free(layer);
}

static void undecodable_texts_keep_their_bytes(void **state)
{
    (void)state;
    write_shapefile("kode.shp", "EPSG:4326",
                    POINT(114.6, -3.3, "\"nama\":\"aXb\"") "," POINT(116.0, -3.4, "\"nama\":\"dua\""));
    size_t n;
    char *bytes = read_bytes(in_scratch("kode.dbf"), &n);
    for (size_t i = 0; i + 2 < n; i++) {
        if (memcmp(bytes + i, "aXb", 3) == 0)
            bytes[i + 1] = (char)0xE9; /* Latin-1 under a .cpg that says UTF-8 */
    }
    FILE *file = fopen(in_scratch("kode.dbf"), "wb");
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
    free(bytes);
    tpk_layer *layer = read_raw(in_scratch("kode.shp"));
    const tpk_field *field = tpk_layer_field(layer, "nama");
    assert_non_null(field->undecoded);
    assert_int_equal(field->undecoded[0], 1);
    assert_int_equal(field->undecoded[1], 0);
    assert_memory_equal(field->text[0],
                        "a\xE9"
                        "b",
                        4);
    assert_string_equal(layer->encoding_said, "UTF-8");
    tpk_layer_free(layer);
    tpk_check *check = check_path(in_scratch("kode.shp")); /* and nothing stops on them, JSON neither */
    const char *json = NULL;
    assert_int_equal(tpk_check_json(check, &json, NULL), TPK_OK);
    tpk_check_free(check);
}

/* ---- results ---- */

static void json_says_what_was_found(void **state)
{
    (void)state;
    const char *path = write_points("meter.geojson", NULL, POINT(300000, 9600000, "\"a\":1"));
    tpk_check *check = check_path(path);
    const char *json = NULL;
    assert_int_equal(tpk_check_json(check, &json, NULL), TPK_OK);
    json_t *root = json_loads(json, 0, NULL);
    assert_non_null(root);
    assert_true(json_integer_value(json_object_get(root, "serious")) >= 1);
    json_t *subject = json_array_get(json_object_get(root, "subjects"), 0);
    assert_string_equal(json_string_value(json_object_get(subject, "verdict")), "unusable");
    assert_string_equal(json_string_value(json_object_get(subject, "crs")), "EPSG:4326");
    assert_int_equal(json_integer_value(json_object_get(subject, "features")), 1);
    json_t *finding = json_array_get(json_object_get(subject, "findings"), 0);
    assert_string_equal(json_string_value(json_object_get(finding, "gravity")), "serious");
    assert_true(json_is_array(json_object_get(finding, "examples")));
    json_decref(root);
    tpk_check_free(check);
}

static void findings_are_sorted_by_gravity(void **state)
{
    (void)state;
    tpk_examined examined = {0};
    static const tpk_gravity order[] = {TPK_GRAVITY_REMARK, TPK_GRAVITY_SERIOUS, TPK_GRAVITY_REPAIR,
                                        TPK_GRAVITY_SERIOUS};
    static const char *const kinds[] = {"a", "b", "c", "d"};
    tpk_examined_judge(&examined);
    assert_int_equal(examined.verdict, TPK_VERDICT_GOOD);
    for (size_t i = 0; i < 4; i++)
        assert_non_null(tpk_findings_add(&examined.findings, kinds[i], order[i], 0, "x", "y", NULL));
    tpk_examined_judge(&examined);
    assert_int_equal(examined.verdict, TPK_VERDICT_UNUSABLE);
    assert_string_equal(examined.findings.items[0].kind, "b");
    assert_string_equal(examined.findings.items[1].kind, "d");
    assert_string_equal(examined.findings.items[2].kind, "c");
    assert_string_equal(examined.findings.items[3].kind, "a");
    for (int i = 0; i < 9; i++) assert_true(tpk_finding_example(&examined.findings.items[0], i, NULL));
    assert_int_equal(examined.findings.items[0].n_examples, TPK_MAX_EXAMPLES);
    tpk_findings_clear(&examined.findings);
    tpk_findings_clear(&examined.findings);
}

/* ---- projects ---- */

static tpk_check *check_project(const char *path)
{
    tpk_err err = {TPK_OK, ""};
    tpk_check *check = NULL;
    if (tpk_check_project(path, NULL, &check, &err) != TPK_OK) fail_msg("%s", err.message);
    return check;
}

static void a_project_is_examined_layer_by_layer_and_whole(void **state)
{
    (void)state;
    tpk_check *check = check_project(write_small_study());
    size_t n = tpk_check_count(check);
    assert_int_equal(n, 8);
    assert_string_equal(tpk_check_get(check, n - 1).kind, "project");
    assert_int_equal(tpk_check_get(check, n - 1).n_findings, 1);
    assert_says(found(check, n - 1, "sample_small").found, "only 8 cells: whether criteria rise");
    assert_string_equal(tpk_check_get(check, 6).kind, "raster");
    /* 7 of the 8 cells of the study area; of the box around it 8 of 9, or 89 % */
    assert_says(found(check, 6, "area_cover").found, "about 88 % of the study area");
    tpk_check_free(check);
}

static void one_bad_layer_leaves_the_others_examined(void **state)
{
    (void)state;
    const char *path = write_small_study();
    write_text("jalan.shp", "rusak");
    tpk_check *check = check_project(path);
    assert_int_equal(tpk_check_count(check), 8);
    assert_string_equal(tpk_check_get(check, 1).kind, "unread");
    assert_string_equal(tpk_check_get(check, 2).kind, "vector");
    tpk_check_free(check);
}

static void a_project_file_with_errors_is_refused_with_their_places(void **state)
{
    (void)state;
    tpk_check *check = check_project("tests/data/project/many_errors.yaml");
    size_t whole = tpk_check_count(check) - 1;
    assert_says(found(check, whole, "project_refused").found, "many_errors.yaml:");
    assert_true(tpk_check_get(check, whole).n_findings > 5);
    tpk_check_free(check);
    tpk_err err = {TPK_OK, ""};
    check = NULL;
    assert_int_equal(tpk_check_project(in_scratch("tiada.yaml"), NULL, &check, &err), TPK_ERR_IO);
    assert_null(check);
}

/* A project whose optional layer is not there. */
static const char *write_without_optional(void)
{
    write_shapefile("desa.shp", "EPSG:4326", SOME);
    return write_text("tanpa.yaml",
                      "tapak: 1\n"
                      "grid: {crs: EPSG:32750, cell: 100, bounds: [300000, 9600000, 300300, 9600300]}\n"
                      "layers:\n"
                      "  desa: desa.shp\n"
                      "  hutan: {path: hutan/batas.shp, optional: true}\n"
                      "criteria:\n"
                      "  dekat: {from: {distance: desa}, curve: {linear: {best: 0, worst: 200}}}\n"
                      "constraints:\n"
                      "  lindung: {from: {inside: hutan}, source: UU 41/1999}\n"
                      "decision: {weights: {dekat: 1}}\n");
}

static void an_absent_optional_layer_has_its_verdict_and_the_project_what_is_left_out(void **state)
{
    (void)state;
    tpk_check *check = check_project(write_without_optional());
    assert_int_equal(tpk_check_count(check), 3);
    tpk_checked absent = tpk_check_get(check, 1), whole = tpk_check_get(check, 2);
    assert_string_equal(absent.id, "hutan");
    assert_string_equal(absent.kind, "absent");
    assert_int_equal(absent.verdict, TPK_VERDICT_ABSENT);
    assert_int_equal(absent.n_findings, 0);
    assert_int_equal(whole.verdict, TPK_VERDICT_REPAIRS);
    assert_int_equal(whole.n_findings, 4);
    tpk_check_finding first = tpk_check_finding_get(check, 2, 0), second = tpk_check_finding_get(check, 2, 1);
    assert_string_equal(first.kind, "left_out");
    assert_int_equal(first.gravity, TPK_GRAVITY_REPAIR);
    assert_says(first.found, "UU 41/1999 is NOT applied");
    assert_int_equal(second.gravity, TPK_GRAVITY_REMARK);
    assert_says(second.found, "there is no file 'hutan/batas.shp'");
    assert_says(found(check, 2, "not_examined").found, "layer 'desa' lies wholly outside");
    found(check, 2, "sample_small");
    tpk_check_free(check);
}

/* ---- failure ---- */

static tpk_status check_layer_again(const char *path, tpk_check **check, tpk_err *err)
{
    return tpk_check_layers(&path, 1, NULL, check, err);
}

static tpk_status check_project_again(const char *path, tpk_check **check, tpk_err *err)
{
    return tpk_check_project(path, &(tpk_check_options){.only_fast = 1}, check, err);
}

/* Lets k allocations pass, for every k until none fails. */
static void exhaust_memory(const char *path,
                           tpk_status (*examine)(const char *path, tpk_check **check, tpk_err *err))
{
    for (long k = 0;; k++) {
        tpk_check *check = NULL;
        tpk_err err = {TPK_OK, ""};
        const char *json = NULL;
        long live = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = examine(path, &check, &err);
        if (status == TPK_OK) status = tpk_check_json(check, &json, &err);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        tpk_check_free(check);
        assert_int_equal(tpk_mem_live_count(), live);
        if (failed == 0) {
            assert_int_equal(status, TPK_OK);
            break;
        }
        if (status != TPK_ERR_MEMORY) fail_msg("allocation %ld: status %d (%s)", k, (int)status, err.message);
    }
}

static void every_failed_allocation_is_an_error(void **state)
{
    (void)state;
    const char *path = write_points(
        "titik.geojson", NULL,
        POINT(113.44, -2.69, "\"nama\":\"a\",\"kabkota\":\"BANJARMASIN\"") "," POINT(
            -3.4, 116.0, "\"nama\":\"b\",\"kabkota\":null") "," POINT(165, -3,
                                                                      "\"nama\":\"c\",\"kabkota\":\"BARU\""));
    exhaust_memory(path, check_layer_again);
    exhaust_memory(write_without_optional(), check_project_again);
}

static void a_check_can_be_stopped(void **state)
{
    (void)state;
    const char *path = write_points("titik.geojson", NULL, SOME);
    tpk_cancel *cancel = tpk_cancel_new();
    tpk_check_options options = {.cancel = cancel};
    tpk_check *check = NULL;
    tpk_cancel_request(cancel);
    assert_int_equal(tpk_check_layers(&path, 1, &options, &check, NULL), TPK_ERR_CANCELLED);
    assert_null(check);
    tpk_cancel_free(cancel);
    assert_int_equal(tpk_check_layers(&path, 0, NULL, &check, NULL), TPK_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_layer_is_told_clearly),
        cmocka_unit_test(a_huge_sparse_file_is_refused_at_once),
        cmocka_unit_test(zeros_after_a_valid_header_are_refused_at_once),
        cmocka_unit_test(a_shapefile_without_its_table_is_told),
        cmocka_unit_test(a_table_without_geometry_is_told),
        cmocka_unit_test(some_records_without_geometry_are_counted),
        cmocka_unit_test(a_layer_without_attributes_is_remarked),
        cmocka_unit_test(a_raw_layer_is_as_its_file),
        cmocka_unit_test(undecodable_texts_keep_their_bytes),
        cmocka_unit_test(json_says_what_was_found),
        cmocka_unit_test(findings_are_sorted_by_gravity),
        cmocka_unit_test(a_project_is_examined_layer_by_layer_and_whole),
        cmocka_unit_test(one_bad_layer_leaves_the_others_examined),
        cmocka_unit_test(a_project_file_with_errors_is_refused_with_their_places),
        cmocka_unit_test(an_absent_optional_layer_has_its_verdict_and_the_project_what_is_left_out),
        cmocka_unit_test(every_failed_allocation_is_an_error),
        cmocka_unit_test(a_check_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
