#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "input_support.h"

static void assert_rebuilt(const char *part)
{
    tpk_layer_spec spec = spec_of(scratch_path("indeks.shp"));
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_true(layer->shx_rebuilt);
    assert_int_equal(layer->n_features, 3);
    assert_int_equal(layer->kind, TPK_GEOM_LINE);
    assert_true(has_remark(&diags, TPK_WARNING, part));
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void a_missing_or_damaged_index_is_rebuilt_in_memory(void **state)
{
    (void)state;
    copy_fixture("garis", "indeks", "shp dbf prj cpg");
    assert_rebuilt(".shx index is missing");
    assert_int_equal(access(scratch_path("indeks.shx"), F_OK), -1); /* nothing is written beside the data */
    size_t n = 0;
    uint8_t *shx = load(FIXTURES "garis.shx", &n);
    save(scratch_path("indeks.shx"), shx, 99);
    assert_rebuilt(".shx index is damaged");
    save(scratch_path("indeks.shx"), shx, n - 3);
    assert_rebuilt(".shx index is damaged");
    shx[104] = 0x7f; /* the length of record 0 */
    save(scratch_path("indeks.shx"), shx, n);
    assert_rebuilt(".shx index is damaged");
    memset(shx + 100, 0xff, n - 100);
    save(scratch_path("indeks.shx"), shx, n);
    assert_rebuilt(".shx index is damaged");
    save(scratch_path("indeks.shx"), "", 0);
    assert_rebuilt(".shx index is damaged");
    free(shx);
    unlink(scratch_path("indeks.shx"));
}

static void a_cut_shp_is_an_error_naming_the_record(void **state)
{
    (void)state;
    size_t n = 0;
    uint8_t *shp = load(FIXTURES "garis.shp", &n);
    copy_fixture("garis", "potong", "shx dbf prj cpg");
    tpk_layer_spec spec = spec_of(scratch_path("potong.shp"));
    save(scratch_path("potong.shp"), shp, n - 1);
    assert_read_fails(&spec, utm50s, TPK_ERR_IO,
                      "is cut off: record 2 (counting from 0) reaches to byte 400");
    unlink(scratch_path("potong.shx"));
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "is cut off: record 2");
    save(scratch_path("potong.shp"), shp, 252); /* exactly between two records */
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "is cut off");
    save(scratch_path("potong.shp"), shp, 50);
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "it has 50 bytes");
    save(scratch_path("potong.shp"), "", 0);
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "it has 0 bytes");
    free(shp);
}

static void every_cut_of_shp_and_dbf_is_survived(void **state)
{
    (void)state;
    static const char *const EXTENSIONS[] = {"shp", "dbf", "shx", "prj"};
    for (size_t e = 0; e < sizeof EXTENSIONS / sizeof *EXTENSIONS; e++) {
        for (size_t keep_shx = 0; keep_shx < 2; keep_shx++) {
            char from[100], to[100];
            size_t n = 0;
            copy_fixture("poligon", "tiap", "shp dbf prj shx");
            if (!keep_shx) unlink(scratch_path("tiap.shx"));
            snprintf(from, sizeof from, FIXTURES "poligon.%s", EXTENSIONS[e]);
            snprintf(to, sizeof to, "tiap.%s", EXTENSIONS[e]);
            uint8_t *bytes = load(from, &n);
            for (size_t cut = 0; cut < n; cut += 7) {
                save(scratch_path(to), bytes, cut);
                tpk_layer_spec spec = spec_of(scratch_path("tiap.shp"));
                tpk_layer *layer = NULL;
                tpk_err err = {0};
                tpk_status status =
                    tpk_layer_read(worker, &spec, utm50s, TPK_BOX_EMPTY, NULL, &layer, NULL, &err);
                if (e == 0) assert_int_equal(status, TPK_ERR_IO);
                if (e == 1) assert_int_equal(status, cut == 0 || cut < n - 1 ? TPK_ERR_IO : TPK_OK);
                if (e == 2) assert_int_equal(status, TPK_OK);
                tpk_layer_free(layer);
            }
            free(bytes);
        }
    }
    unlink(scratch_path("tiap.shx"));
}

static void hostile_bytes_are_survived(void **state)
{
    (void)state;
    static const char *const EXTENSIONS[] = {"shp", "dbf", "shx"};
    static const uint8_t VALUES[] = {0x00, 0x7f, 0x80, 0xff};
    for (size_t e = 0; e < sizeof EXTENSIONS / sizeof *EXTENSIONS; e++) {
        char from[100], to[100];
        size_t n = 0;
        copy_fixture("garis", "jahat", "shp dbf prj shx cpg");
        snprintf(from, sizeof from, FIXTURES "garis.%s", EXTENSIONS[e]);
        snprintf(to, sizeof to, "jahat.%s", EXTENSIONS[e]);
        uint8_t *bytes = load(from, &n);
        for (size_t i = 0; i < n; i++) {
            uint8_t was = bytes[i];
            bytes[i] = VALUES[i % 4] == was ? 0x55 : VALUES[i % 4];
            save(scratch_path(to), bytes, n);
            bytes[i] = was;
            tpk_layer_spec spec = spec_of(scratch_path("jahat.shp"));
            tpk_layer *layer = NULL;
            tpk_err err = {0};
            tpk_status status =
                tpk_layer_read(worker, &spec, utm50s, TPK_BOX_EMPTY, NULL, &layer, NULL, &err);
            assert_int_equal(status, err.code);
            assert_int_equal(status == TPK_OK, layer != NULL);
            tpk_layer_free(layer);
        }
        free(bytes);
    }
}

static void absurd_counts_are_errors(void **state)
{
    (void)state;
    size_t n = 0;
    uint8_t *shp = load(FIXTURES "garis.shp", &n), *dbf;
    copy_fixture("garis", "besar", "dbf prj shx");
    tpk_layer_spec spec = spec_of(scratch_path("besar.shp"));
    memcpy(shp + 100 + 8 + 40, "\xff\xff\xff\x7f", 4); /* 2^31 - 1 points */
    save(scratch_path("besar.shp"), shp, n);
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "record 0 (counting from 0) is damaged");
    memcpy(shp + 100 + 4, "\x7f\xff\xff\xff", 4); /* a record of 4 GB */
    save(scratch_path("besar.shp"), shp, n);
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "is cut off: record 0");
    free(shp);
    copy_fixture("garis", "besar", "shp");
    dbf = load(FIXTURES "garis.dbf", &n);
    memcpy(dbf + 4, "\xff\xff\xff\x7f", 4); /* records */
    save(scratch_path("besar.dbf"), dbf, n);
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "its header states 2147483647 records");
    memcpy(dbf + 4, "\x03\0\0\0\x05\0\xff\xff", 8); /* a header of 5 bytes, records of 65535 */
    save(scratch_path("besar.dbf"), dbf, n);
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "is damaged: its header states");
    free(dbf);
    dbf = load(FIXTURES "garis.dbf", &n);
    dbf[32 + 16] = 200; /* a field wider than its record */
    save(scratch_path("besar.dbf"), dbf, n);
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "the descriptions of its fields are damaged");
    free(dbf);
}

static void tables_of_another_length_are_joined_with_a_warning(void **state)
{
    (void)state;
    copy_fixture("garis", "beda", "shp shx prj");
    size_t n = 0;
    uint8_t *dbf = load(FIXTURES "garis.dbf", &n);
    dbf[4] = 2;
    save(scratch_path("beda.dbf"), dbf, n);
    free(dbf);
    tpk_layer_spec spec = spec_of(scratch_path("beda.shp"));
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_true(has_remark(&diags, TPK_WARNING, "the .shp file has 3 records and the .dbf table 2"));
    assert_string_equal(text_of(layer, "kelas", 1), "kolektor");
    assert_null(text_of(layer, "kelas", 2));
    assert_true(isnan(number_of(layer, "n", 2)));
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
    unlink(scratch_path("beda.dbf"));
    layer = read_ok(&spec, utm50s, &diags);
    assert_int_equal(layer->n_features, 3);
    assert_int_equal(layer->n_fields, 0);
    assert_true(
        has_remark(&diags, TPK_WARNING,
                   ".dbf table is missing: it has no attributes, and shapes that were deleted count"));
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void deleted_records_are_left_out_and_bad_numbers_unknown(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "terhapus.shp");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_int_equal(layer->n_features, 2);
    assert_int_equal(layer->n_read, 3);
    assert_int_equal(layer->n_deleted, 1);
    assert_int_equal(layer->fid[1], 2);
    assert_true(isnan(number_of(layer, "n", 1)));
    assert_true(has_remark(&diags, TPK_WARNING, "'x3' in field 'n' of record 2"));
    assert_true(has_remark(&diags, TPK_NOTE, "1 records marked as deleted"));
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void an_empty_shapefile_is_a_layer_without_features(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "kosong.shp");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_int_equal(layer->n_features, 0);
    assert_int_equal(tpk_layer_all(layer).n_parts, 0);
    assert_true(tpk_box_is_empty(layer->box));
    assert_int_equal(layer->kind, TPK_GEOM_POINT);
    assert_true(has_remark(&diags, TPK_WARNING, "holds no features"));
    tpk_layer *filtered = NULL;
    assert_int_equal(tpk_layer_filter(layer, "n > 1", &filtered, NULL), TPK_OK);
    assert_int_equal(filtered->n_features, 0);
    tpk_layer_free(filtered);
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void what_is_no_shapefile_is_said_to_be_none(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(scratch_path("palsu.shp"));
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "No such file");
    char text[200];
    memset(text, 'a', sizeof text);
    save(scratch_path("palsu.shp"), text, sizeof text);
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "is not a shapefile");
    unlink(scratch_path("palsu.shp"));
    mkdir(scratch_path("palsu.shp"), 0700);
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "it is a folder");
    rmdir(scratch_path("palsu.shp"));
    size_t n = 0;
    uint8_t *shp = load(FIXTURES "garis.shp", &n);
    shp[32] = 31;
    save(scratch_path("palsu.shp"), shp, n);
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "MultiPatch");
    shp[32] = 5; /* lines in a file that says polygons */
    save(scratch_path("palsu.shp"), shp, n);
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "is of another type");
    free(shp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_or_damaged_index_is_rebuilt_in_memory),
        cmocka_unit_test(a_cut_shp_is_an_error_naming_the_record),
        cmocka_unit_test(every_cut_of_shp_and_dbf_is_survived),
        cmocka_unit_test(hostile_bytes_are_survived),
        cmocka_unit_test(absurd_counts_are_errors),
        cmocka_unit_test(tables_of_another_length_are_joined_with_a_warning),
        cmocka_unit_test(deleted_records_are_left_out_and_bad_numbers_unknown),
        cmocka_unit_test(an_empty_shapefile_is_a_layer_without_features),
        cmocka_unit_test(what_is_no_shapefile_is_said_to_be_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
