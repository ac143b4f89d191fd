#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
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
    for (int i = 0; i < OGR_G_GetGeometryCount(geometry); i++) collect(OGR_G_GetGeometryRef(geometry, i), xy, n);
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
    static const char *const NAMES[] = {"titik", "titik_zm", "multititik", "multititik_z", "garis_m", "poligon_z"};
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
    spec.path = (char *)(uintptr_t) FIXTURES "sandi_entah.shp";
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
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "is cut off: record 2 (counting from 0) reaches to byte 400");
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
                tpk_status status = tpk_layer_read(worker, &spec, utm50s, NULL, &layer, NULL, &err);
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
            tpk_status status = tpk_layer_read(worker, &spec, utm50s, NULL, &layer, NULL, &err);
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
    assert_true(has_remark(&diags, TPK_WARNING, ".dbf table is missing"));
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
    tpk_peek_clear(&peek);
    tpk_err err = {0};
    spec.path = (char *)(uintptr_t) FIXTURES "tidak_ada.shp";
    assert_int_equal(tpk_layer_peek(&spec, &peek, &err), TPK_ERR_IO);
    tpk_peek_clear(&peek);
}

static void exhausted_memory_is_reported_without_leaks(void **state)
{
    (void)state;
    static const char *const PATHS[] = {FIXTURES "titik.shp", FIXTURES "poligon.shp", FIXTURES "sandi_cp437.shp",
                                        FIXTURES "terhapus.shp"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        tpk_layer_spec spec = spec_of(PATHS[i]);
        long before = tpk_mem_live_count(), fired = 1;
        for (long k = 0; fired > 0; k++) {
            tpk_layer *layer = NULL;
            tpk_diags diags = {0};
            tpk_err err = {0};
            tpk_mem_fail_after(k);
            tpk_status status = tpk_layer_read(worker, &spec, utm50s, NULL, &layer, &diags, &err);
            fired = tpk_mem_failed_count();
            tpk_mem_fail_after(-1);
            if (fired > 0 && status != TPK_ERR_MEMORY) print_message("%s, allocation %ld: %s\n", PATHS[i], k, err.message);
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
    assert_int_equal(tpk_layer_read(worker, &spec, utm50s, &control, &layer, NULL, &err), TPK_ERR_CANCELLED);
    assert_int_equal(n_calls, 0);
    cancel = 0;
    assert_int_equal(tpk_layer_read(worker, &spec, utm50s, &control, &layer, NULL, NULL), TPK_OK);
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
        cmocka_unit_test(a_missing_or_damaged_index_is_rebuilt_in_memory),
        cmocka_unit_test(a_cut_shp_is_an_error_naming_the_record),
        cmocka_unit_test(every_cut_of_shp_and_dbf_is_survived),
        cmocka_unit_test(hostile_bytes_are_survived),
        cmocka_unit_test(absurd_counts_are_errors),
        cmocka_unit_test(tables_of_another_length_are_joined_with_a_warning),
        cmocka_unit_test(deleted_records_are_left_out_and_bad_numbers_unknown),
        cmocka_unit_test(an_empty_shapefile_is_a_layer_without_features),
        cmocka_unit_test(what_is_no_shapefile_is_said_to_be_none),
        cmocka_unit_test(a_look_tells_kind_and_fields),
        cmocka_unit_test(exhausted_memory_is_reported_without_leaks),
        cmocka_unit_test(reading_stops_when_asked),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
