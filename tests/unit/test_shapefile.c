#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gdal.h>
#include <ogr_api.h>

#include "input_support.h"

static void attributes_come_with_their_types(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "titik.shp");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, NULL, &diags);
    assert_int_equal(layer->n_features, 4);
    assert_string_equal(text_of(layer, "nama", 0), "Mantu\xc3\xafl");
    assert_string_equal(text_of(layer, "nama", 2), "Batulicin"); /* NUL padding */
    assert_string_equal(text_of(layer, "kelas", 2), "  pelab");
    assert_null(text_of(layer, "kelas", 1));
    assert_int_equal(tpk_layer_field(layer, "jumlah")->type, TPK_FIELD_INTEGER);
    assert_true(number_of(layer, "jumlah", 2) == -3);
    assert_true(isnan(number_of(layer, "jumlah", 1)));
    assert_int_equal(tpk_layer_field(layer, "lebar_m")->type, TPK_FIELD_NUMBER);
    assert_true(number_of(layer, "lebar_m", 2) == 1000);
    assert_true(isnan(number_of(layer, "lebar_m", 1))); /* stars */
    assert_string_equal(text_of(layer, "tanggal", 0), "2026/08/20");
    assert_null(text_of(layer, "tanggal", 1));
    assert_string_equal(text_of(layer, "aktif", 0), "T");
    assert_string_equal(text_of(layer, "aktif", 2), "F");
    assert_null(text_of(layer, "aktif", 1));
    assert_string_equal(layer->encoding, "UTF-8");
    assert_string_equal(layer->driver, "shapelib");
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void null_geometry_is_kept_counted_and_told(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "titik.shp");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_int_equal(layer->n_null_geometry, 1);
    assert_int_equal(layer->n_unusable, 0);
    assert_int_equal(tpk_layer_geom(layer, 1).n_parts, 0);
    assert_int_equal(tpk_layer_geom(layer, 2).n_parts, 1);
    assert_true(has_remark(&diags, TPK_WARNING, "1 of 4 features have no geometry"));
    assert_string_equal(diags.items[0].where, "layer 'uji' (" FIXTURES "titik.shp)");
    /* echo 114.55 -3.36 | cs2cs -d 6 +proj=longlat +datum=WGS84 +to EPSG:32750 */
    assert_true(fabs(layer->xy[0] - 227758.892774) < 1e-3);
    assert_true(fabs(layer->xy[1] - 9628273.473096) < 1e-3);
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static int compare_points(const void *a, const void *b)
{
    return memcmp(a, b, 2 * sizeof(double));
}

static void collect(OGRGeometryH geometry, double *xy, int64_t *n)
{
    for (int i = 0; i < OGR_G_GetGeometryCount(geometry); i++)
        collect(OGR_G_GetGeometryRef(geometry, i), xy, n);
    if (OGR_G_GetGeometryCount(geometry) > 0) return;
    for (int i = 0; i < OGR_G_GetPointCount(geometry); i++, (*n)++) {
        xy[2 * *n] = OGR_G_GetX(geometry, i);
        xy[2 * *n + 1] = OGR_G_GetY(geometry, i);
    }
}

/* Same points to the bit, in any order: GDAL and we may start rings and order parts differently. */
static void assert_same_as_ogr(const char *path, int64_t skip)
{
    tpk_layer_spec spec = spec_of(path);
    tpk_layer *layer = read_ok(&spec, NULL, NULL);
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_VECTOR, NULL, NULL, NULL);
    assert_non_null(dataset);
    OGRLayerH source = GDALDatasetGetLayer(dataset, 0);
    assert_int_equal(OGR_L_GetFeatureCount(source, 1), layer->n_features);
    double *theirs = malloc(1 << 16), *ours = malloc(1 << 16);
    for (int64_t f = 0; f < layer->n_features; f++) {
        OGRFeatureH feature = OGR_L_GetFeature(source, f);
        OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
        tpk_geom geom = tpk_layer_geom(layer, f);
        int64_t n = 0, m = 0;
        if (geometry) collect(geometry, theirs, &n);
        for (int64_t i = geom.part_start[0]; i < geom.part_start[geom.n_parts]; i++, m++) {
            memcpy(ours + 2 * m, geom.xy + 2 * i, 2 * sizeof *ours);
        }
        if (f != skip) {
            assert_int_equal(n, m);
            qsort(theirs, (size_t)n, 2 * sizeof *theirs, compare_points);
            qsort(ours, (size_t)n, 2 * sizeof *ours, compare_points);
            assert_memory_equal(theirs, ours, (size_t)n * 2 * sizeof *ours);
        }
        OGR_F_Destroy(feature);
    }
    free(theirs);
    free(ours);
    GDALClose(dataset);
    tpk_layer_free(layer);
}

static void coordinates_equal_ogrs_to_the_bit(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"titik",        "titik_zm", "multititik",
                                        "multititik_z", "garis_m",  "poligon_z"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char path[200];
        snprintf(path, sizeof path, FIXTURES "%s.shp", NAMES[i]);
        assert_same_as_ogr(path, -1);
    }
    assert_same_as_ogr(FIXTURES "garis.shp", 2); /* 2 is a line of one point, which we drop */
}

static void multipart_lines_keep_their_parts(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "garis.shp");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_int_equal(layer->kind, TPK_GEOM_LINE);
    assert_int_equal(tpk_layer_geom(layer, 0).n_parts, 2);
    assert_int_equal(tpk_layer_all(layer).n_parts, 3);
    assert_int_equal(layer->n_unusable, 1);
    assert_true(has_remark(&diags, TPK_WARNING, "first features: 2"));
    assert_string_equal(layer->crs_code, "EPSG:32750"); /* Esri's WKT has no code */
    assert_string_equal(layer->operation, "");
    assert_null(layer->ring_role);
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void z_and_m_are_dropped_and_counted(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int64_t n, n_z, n_m;
    } CASES[] = {{FIXTURES "titik_zm.shp", 2, 2, 1}, /* the other M is below -1e38: no data */
                 {FIXTURES "multititik_z.shp", 1, 1, 0},
                 {FIXTURES "garis_m.shp", 1, 0, 1},
                 {FIXTURES "poligon_z.shp", 1, 1, 0},
                 {FIXTURES "multititik.shp", 2, 0, 0}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        tpk_layer_spec spec = spec_of(CASES[i].path);
        tpk_diags diags = {0};
        tpk_layer *layer = read_ok(&spec, utm50s, &diags);
        assert_int_equal(layer->n_features, CASES[i].n);
        assert_int_equal(layer->n_z, CASES[i].n_z);
        assert_int_equal(layer->n_m, CASES[i].n_m);
        assert_int_equal(has_remark(&diags, TPK_NOTE, "(Z)"), CASES[i].n_z > 0);
        tpk_layer_free(layer);
        tpk_diags_clear(&diags);
    }
}

static void assert_encoding(const char *name, const char *encoding, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, FIXTURES "sandi_%s.shp", name);
    tpk_layer_spec spec = spec_of(path);
    tpk_layer *layer = read_ok(&spec, NULL, NULL);
    assert_string_equal(layer->encoding, encoding);
    assert_string_equal(text_of(layer, "nama", 0), text);
    tpk_layer_free(layer);
}

static void text_becomes_utf8_from_what_the_file_says(void **state)
{
    (void)state;
    assert_encoding("latin1", "ISO-8859-1", "Caf\xc3\xa9");
    assert_encoding("utf8_tanpa_cpg", "UTF-8", "Kaf\xc3\xa9");
    assert_encoding("cp437", "CP437", "Caf\xc3\xa9");
    assert_encoding("cp850_ldid", "CP850", "Caf\xc3\xa9");
    assert_encoding("cp1252", "CP1252", "\xe2\x82\xac 5");
    assert_encoding("iso88591", "ISO-8859-1", "Caf\xc3\xa9");
    assert_encoding("entah", "UTF-8", "abc");
}

static void a_guessed_encoding_is_a_warning(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "sandi_latin1.shp");
    tpk_diags diags = {0};
    tpk_layer_free(read_ok(&spec, NULL, &diags));
    assert_true(has_remark(&diags, TPK_WARNING, "read as ISO-8859-1"));
    tpk_diags_clear(&diags);
    spec.path = (char *)(uintptr_t)FIXTURES "sandi_entah.shp";
    tpk_layer_free(read_ok(&spec, NULL, &diags));
    assert_true(has_remark(&diags, TPK_WARNING, "'KLINGON'"));
    tpk_diags_clear(&diags);
}

static void a_character_cut_by_the_field_is_left_out(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "sandi_terpotong.shp");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, NULL, &diags);
    assert_null(strchr(text_of(layer, "nama", 0), '\xc3'));
    assert_true(has_remark(&diags, TPK_NOTE, "in the middle of a character"));
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void text_that_is_not_in_its_encoding_is_an_error(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "sandi_salah.shp");
    assert_read_fails(&spec, NULL, TPK_ERR_DATA, "feature 0, field 'nama': the text is not UTF-8");
    spec.encoding = (char *)(uintptr_t) "latin1"; /* what the message advises */
    tpk_layer *layer = read_ok(&spec, NULL, NULL);
    assert_string_equal(text_of(layer, "nama", 0), "\xc3\xa9tat");
    tpk_layer_free(layer);
    spec.encoding = (char *)(uintptr_t) "utf-88";
    assert_read_fails(&spec, NULL, TPK_ERR_DATA, "the encoding 'utf-88' is not known");
}

static void upper_case_extensions_are_found(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "BESAR.SHP");
    tpk_layer *layer = read_ok(&spec, utm50s, NULL);
    assert_string_equal(text_of(layer, "nama", 0), "A");
    assert_false(layer->shx_rebuilt);
    tpk_layer_free(layer);
    copy_fixture("titik", "campur", "shp");
    copy_fixture("titik", "Campur", "shx prj");
    rename(scratch_path("Campur.prj"), scratch_path("Campur.Prj"));
    spec = spec_of(scratch_path("campur.shp"));
    layer = read_ok(&spec, utm50s, NULL);
    assert_false(layer->shx_rebuilt);
    tpk_layer_free(layer);
}

static void a_look_tells_kind_and_fields(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "titik.shp");
    tpk_peek peek = {0};
    assert_int_equal(tpk_layer_peek(&spec, &peek, NULL), TPK_OK);
    assert_true(peek.is_vector);
    assert_false(peek.is_raster);
    assert_int_equal(peek.kind, TPK_GEOM_POINT);
    assert_int_equal(peek.n_fields, 6);
    assert_string_equal(peek.fields[3], "lebar_m");
    assert_int_equal(peek.types[0], TPK_FIELD_TEXT);
    assert_int_equal(peek.types[3], TPK_FIELD_NUMBER);
    assert_non_null(strstr(peek.crs_text, "WGS"));
    tpk_layer *layer = read_ok(&spec, NULL, NULL);
    assert_memory_equal(&peek.box, &layer->box, sizeof layer->box);
    tpk_layer_free(layer);
    tpk_peek_clear(&peek);
    tpk_err err = {0};
    spec.path = (char *)(uintptr_t)FIXTURES "tidak_ada.shp";
    assert_int_equal(tpk_layer_peek(&spec, &peek, &err), TPK_ERR_IO);
    tpk_peek_clear(&peek);
}

static void exhausted_memory_is_reported_without_leaks(void **state)
{
    (void)state;
    static const char *const PATHS[] = {FIXTURES "titik.shp", FIXTURES "poligon.shp",
                                        FIXTURES "sandi_cp437.shp", FIXTURES "terhapus.shp"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        tpk_layer_spec spec = spec_of(PATHS[i]);
        long before = tpk_mem_live_count(), fired = 1;
        for (long k = 0; fired > 0; k++) {
            tpk_layer *layer = NULL;
            tpk_diags diags = {0};
            tpk_err err = {0};
            tpk_mem_fail_after(k);
            tpk_status status =
                tpk_layer_read(worker, &spec, utm50s, TPK_BOX_EMPTY, NULL, &layer, &diags, &err);
            fired = tpk_mem_failed_count();
            tpk_mem_fail_after(-1);
            if (fired > 0 && status != TPK_ERR_MEMORY)
                print_message("%s, allocation %ld: %s\n", PATHS[i], k, err.message);
            assert_int_equal(status, fired > 0 ? TPK_ERR_MEMORY : TPK_OK);
            tpk_layer_free(layer);
            tpk_diags_clear(&diags);
            assert_int_equal(tpk_mem_live_count(), before);
            assert_true(k < 5000);
        }
    }
}

static void count_progress(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    (void)stage, (void)done, (void)total, (void)unit;
    ++*(int *)user;
}

static void reading_stops_when_asked(void **state)
{
    (void)state;
    atomic_int cancel = 1;
    int n_calls = 0;
    tpk_control control = {.progress = count_progress, .user = &n_calls, .cancel = &cancel};
    tpk_layer_spec spec = spec_of(FIXTURES "titik.shp");
    tpk_layer *layer = NULL;
    tpk_err err = {0};
    assert_int_equal(tpk_layer_read(worker, &spec, utm50s, TPK_BOX_EMPTY, &control, &layer, NULL, &err),
                     TPK_ERR_CANCELLED);
    assert_int_equal(n_calls, 0);
    cancel = 0;
    assert_int_equal(tpk_layer_read(worker, &spec, utm50s, TPK_BOX_EMPTY, &control, &layer, NULL, NULL),
                     TPK_OK);
    assert_true(n_calls > 0);
    tpk_layer_free(layer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_come_with_their_types),
        cmocka_unit_test(null_geometry_is_kept_counted_and_told),
        cmocka_unit_test(coordinates_equal_ogrs_to_the_bit),
        cmocka_unit_test(multipart_lines_keep_their_parts),
        cmocka_unit_test(z_and_m_are_dropped_and_counted),
        cmocka_unit_test(text_becomes_utf8_from_what_the_file_says),
        cmocka_unit_test(a_guessed_encoding_is_a_warning),
        cmocka_unit_test(a_character_cut_by_the_field_is_left_out),
        cmocka_unit_test(text_that_is_not_in_its_encoding_is_an_error),
        cmocka_unit_test(upper_case_extensions_are_found),
        cmocka_unit_test(a_look_tells_kind_and_fields),
        cmocka_unit_test(exhausted_memory_is_reported_without_leaks),
        cmocka_unit_test(reading_stops_when_asked),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
