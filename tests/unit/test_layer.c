#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gdal.h>

#include "input_support.h"
#include "polygon_check.h"

#define REAL_DATA "../shared/data"

static const char *save_text(const char *name, const char *text)
{
    const char *path = scratch_path(name);
    save(path, text, strlen(text));
    return path;
}

static tpk_layer_spec stated(const char *path, const char *crs)
{
    tpk_layer_spec spec = spec_of(path);
    spec.crs = (char *)(uintptr_t)crs;
    return spec;
}

static tpk_layer_spec sublayer(const char *path, const char *name)
{
    tpk_layer_spec spec = spec_of(path);
    spec.sublayer = (char *)(uintptr_t)name;
    return spec;
}

/* ---- formats of OGR ---- */

static void a_layer_of_a_geopackage_is_read_by_name(void **state)
{
    (void)state;
    tpk_layer_spec spec = sublayer("/vsizip/" FIXTURES "arsip.zip/dua.gpkg", "desa");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_string_equal(layer->driver, "GPKG");
    assert_int_equal(layer->n_features, 3);
    assert_int_equal(layer->kind, TPK_GEOM_POLYGON);
    assert_int_equal(layer->fid[0], 1);
    assert_int_equal(layer->n_repaired, 1);
    assert_int_equal(layer->n_null_geometry, 1);
    assert_int_equal(tpk_layer_geom(layer, 0).ring_role[1], TPK_RING_HOLE);
    assert_string_equal(text_of(layer, "nama", 1), "desa \xc3\xa9 1");
    assert_true(isnan(number_of(layer, "penduduk", 1)));
    assert_true(number_of(layer, "PENDUDUK", 2) == 2007);
    assert_string_equal(layer->crs_code, "EPSG:4326");
    for (int64_t f = 0; f < layer->n_features; f++) assert_ordered(layer, f);
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void several_layers_need_a_name(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of("/vsizip/" FIXTURES "arsip.zip/dua.gpkg");
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "holds 2 layers: jalan, desa; name one with 'layer:'");
    spec.sublayer = (char *)(uintptr_t) "jalam";
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA,
                      "has no layer 'jalam'; it has: jalan, desa (did you mean 'jalan'?)");
    tpk_peek peek = {0};
    assert_int_equal(tpk_layer_peek(&spec, &peek, NULL), TPK_ERR_DATA);
    tpk_peek_clear(&peek);
    spec.sublayer = (char *)(uintptr_t) "jalan";
    assert_int_equal(tpk_layer_peek(&spec, &peek, NULL), TPK_OK);
    assert_int_equal(peek.n_fields, 2);
    assert_true(peek.is_vector && !peek.is_raster);
    tpk_peek_clear(&peek);
}

static void flatgeobuf_and_zipped_shapefiles_are_read(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "satu.fgb");
    tpk_layer *layer = read_ok(&spec, utm50s, NULL);
    assert_string_equal(layer->driver, "FlatGeobuf");
    assert_int_equal(layer->kind, TPK_GEOM_LINE);
    assert_int_equal(layer->n_features, 1);
    assert_int_equal(tpk_layer_all(layer).n_parts, 1);
    tpk_layer_free(layer);
    spec = sublayer("/vsizip/" FIXTURES "arsip.zip/dua.gpkg", "jalan");
    layer = read_ok(&spec, utm50s, NULL);
    assert_int_equal(layer->n_z, 1);
    assert_int_equal(tpk_layer_geom(layer, 1).n_parts, 2);
    tpk_layer_free(layer);
    spec = spec_of("/vsizip/" FIXTURES "arsip.zip/titik.shp");
    layer = read_ok(&spec, utm50s, NULL);
    assert_string_equal(layer->driver, "ESRI Shapefile");
    tpk_layer_spec plain = spec_of(FIXTURES "titik.shp");
    tpk_layer *same = read_ok(&plain, utm50s, NULL);
    assert_memory_equal(layer->xy, same->xy, 6 * sizeof(double)); /* both routes give the same bits */
    for (int64_t f = 0; f < 3; f++) {
        assert_string_equal(text_of(layer, "nama", f), text_of(same, "nama", f));
        double a = number_of(layer, "lebar_m", f), b = number_of(same, "lebar_m", f);
        assert_true(a == b || (isnan(a) && isnan(b)));
    }
    assert_string_equal(text_of(layer, "tanggal", 0), text_of(same, "tanggal", 0));
    tpk_layer_free(same);
    tpk_layer_free(layer);
}

#define FEATURE(geometry) "{\"type\":\"Feature\",\"properties\":{\"a\":1},\"geometry\":" geometry "}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static void collections_of_one_kind_are_flattened(void **state)
{
    (void)state;
    const char *path =
        save_text("kumpulan.geojson",
                  COLLECTION(FEATURE("{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":"
                                     "\"Point\",\"coordinates\":[114,-3]},"
                                     "{\"type\":\"MultiPoint\",\"coordinates\":[[115,-3,7],[116,-3,7]]}]"
                                     "}") "," FEATURE("null") "," FEATURE("{\"type\":\"MultiPoint\","
                                                                          "\"coordinates\":[]}")));
    tpk_layer_spec spec = spec_of(path);
    tpk_layer *layer = read_ok(&spec, NULL, NULL);
    assert_int_equal(layer->kind, TPK_GEOM_POINT);
    assert_int_equal(tpk_layer_geom(layer, 0).n_parts, 3);
    assert_true(layer->xy[4] == 116);
    assert_int_equal(layer->n_null_geometry, 2);
    assert_int_equal(layer->n_z, 1);
    tpk_layer_free(layer);
}

static void mixed_kinds_are_an_error_naming_one_of_each(void **state)
{
    (void)state;
    const char *path = save_text(
        "campur.geojson", COLLECTION(FEATURE("{\"type\":\"Point\",\"coordinates\":[114,-3]}") "," FEATURE(
                              "{\"type\":\"LineString\",\"coordinates\":[[114,-3],[115,-3]]}")));
    tpk_layer_spec spec = spec_of(path);
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "feature 0 has points, feature 1 has lines");
}

static void curves_become_lines(void **state)
{
    (void)state;
    const char *path =
        save_text("busur.csv", "id,WKT\n1,\"CURVEPOLYGON (CIRCULARSTRING (0 0,100 0,0 0))\"\n");
    tpk_layer_spec spec = stated(path, "EPSG:32750");
    tpk_layer *layer = read_ok(&spec, utm50s, NULL);
    assert_int_equal(layer->kind, TPK_GEOM_POLYGON);
    assert_true(fabs(area_of(layer, 0) - 3.14159265 * 2500) <
                20); /* a circle of radius 50 m, 4 degrees a step */
    tpk_layer_free(layer);
}

static void what_no_driver_reads_is_said_with_what_was_tried(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(save_text("apa.xyzzy", "bukan peta"));
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "A layer is a shapefile, GeoPackage, GeoJSON");
    spec = spec_of(scratch_path("tidak_ada.gpkg"));
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "there is no file");
    spec = spec_of(FIXTURES "int16.tif");
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "is a raster; a vector layer is needed");
    spec = spec_of(save_text("rusak.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\""));
    assert_read_fails(&spec, utm50s, TPK_ERR_IO, "cannot be read");
}

/* ---- reference systems ---- */

static void a_layer_without_crs_is_an_error_with_a_hint(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "tanpa_crs.shp");
    assert_read_fails(&spec, utm50s, TPK_ERR_CRS,
                      "layer 'uji' (" FIXTURES "tanpa_crs.shp): it has no coordinate reference system "
                      "(its .prj file is missing); add 'crs: EPSG:...' to the layer");
    assert_read_fails(&spec, utm50s, TPK_ERR_CRS, "metres in WGS 84 / UTM zone 50S: 'crs: EPSG:32750'");
    assert_read_fails(&spec, NULL, TPK_ERR_CRS, "has no coordinate reference system");
    static const struct {
        const char *wkt, *hint;
    } CASES[] = {{"POINT (114.5 -3.3)", "EPSG:4326"},
                 {"POINT (200000 1100000)", "EPSG:23837"},
                 {"POINT (12800000 -300000)", "EPSG:3857"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[200];
        snprintf(text, sizeof text, "id,WKT\n1,\"%s\"\n", CASES[i].wkt);
        spec = spec_of(save_text("titik.csv", text));
        assert_read_fails(&spec, utm50s, TPK_ERR_CRS, CASES[i].hint);
    }
    spec = spec_of(save_text("titik.csv", "id,WKT\n1,\"POINT (1e9 1e9)\"\n"));
    tpk_err err = {0};
    tpk_layer *layer;
    assert_int_equal(tpk_layer_read(worker, &spec, utm50s, TPK_BOX_EMPTY, NULL, &layer, NULL, &err),
                     TPK_ERR_CRS);
    assert_null(strstr(err.message, "look like"));
}

static void the_stated_crs_wins_and_a_difference_is_told(void **state)
{
    (void)state;
    tpk_layer_spec spec = stated(FIXTURES "tanpa_crs.shp", "EPSG:32750");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_string_equal(layer->crs_origin, "project");
    assert_int_equal(diags.n_warnings, 0);
    assert_true(layer->xy[0] == 230000);
    tpk_layer_free(layer);
    spec = stated(FIXTURES "garis.shp", "EPSG:32749");
    layer = read_ok(&spec, utm50s, &diags);
    assert_true(has_remark(&diags, TPK_WARNING, "EPSG:32750"));
    assert_true(has_remark(&diags, TPK_WARNING, "the project file says EPSG:32749"));
    assert_string_equal(layer->crs_code, "EPSG:32749");
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
    spec = stated(FIXTURES "garis.shp", "EPSG:99999");
    assert_read_fails(&spec, utm50s, TPK_ERR_CRS, "EPSG:99999");
}

static void coordinates_that_are_nowhere_cost_their_feature_only(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "nan.shp");
    tpk_diags diags = {0};
    tpk_layer *layer = read_ok(&spec, utm50s, &diags);
    assert_int_equal(layer->n_features, 3);
    assert_int_equal(layer->n_unusable, 2);
    assert_int_equal(tpk_layer_geom(layer, 0).n_parts, 0);
    assert_int_equal(tpk_layer_geom(layer, 1).n_parts, 1);
    assert_int_equal(tpk_layer_geom(layer, 2).n_parts, 0);
    assert_true(has_remark(&diags, TPK_WARNING, "coordinates that are no numbers"));
    assert_true(has_remark(&diags, TPK_WARNING, "cannot be reprojected"));
    assert_true(number_of(layer, "n", 2) == 3);
    for (int64_t i = 0; i < 4; i++) assert_true(isfinite(layer->xy[i]));
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

/* ---- attributes ---- */

static void where_keeps_what_sql_says_through_both_readers(void **state)
{
    (void)state;
    static const struct {
        const char *where, *kept;
    } CASES[] = {{"kelas = 'kota'", "03"},
                 {"KELAS IN ('kota', 'x') AND jumlah > 0", "0"},
                 {"jumlah IS NULL", "1"},
                 {"nama LIKE 'B%'", "2"},
                 {"lebar_m >= 7.25", "02"},
                 {"FID > 1", "23"},
                 {"\"jumlah\" < 0 OR aktif = 'T'", "02"},
                 {"jumlah = 999", ""}};
    static const char *const PATHS[] = {FIXTURES "titik.shp", "/vsizip/" FIXTURES "arsip.zip/titik.shp"};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        for (size_t p = 0; p < 2; p++) {
            tpk_layer_spec spec = spec_of(PATHS[p]);
            spec.where = (char *)(uintptr_t)CASES[i].where;
            tpk_layer *layer = read_ok(&spec, utm50s, NULL);
            size_t n = strlen(CASES[i].kept);
            assert_int_equal(layer->n_features, n);
            assert_int_equal(layer->n_read, 4);
            assert_int_equal(layer->n_filtered, 4 - n);
            for (size_t f = 0; f < n; f++) assert_int_equal(layer->fid[f], CASES[i].kept[f] - '0');
            tpk_layer_free(layer);
        }
    }
}

static void a_wrong_condition_names_fields_and_the_nearest(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "titik.shp");
    spec.where = (char *)(uintptr_t) "klas = 'kota'";
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA,
                      "nama, kelas, jumlah, lebar_m, tanggal, aktif (did you mean 'kelas'?)");
    spec.where = (char *)(uintptr_t) "kelas = ";
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "the condition \"kelas = \" cannot be used");
    spec.where = (char *)(uintptr_t) "OGR_GEOM_AREA > 3";
    assert_read_fails(&spec, utm50s, TPK_ERR_DATA, "only attributes and FID can be compared");
}

static void a_filtered_layer_is_a_whole_layer(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "poligon.shp");
    tpk_layer *layer = read_ok(&spec, utm50s, NULL), *some = NULL;
    assert_int_equal(tpk_layer_filter(layer, "n IN (1, 2, 9)", &some, NULL), TPK_OK);
    assert_int_equal(some->n_features, 3);
    assert_int_equal(some->n_filtered, 7);
    assert_int_equal(tpk_layer_all(some).n_parts, 6);
    assert_true(fabs(area_of(some, 1) - area_of(layer, 2)) == 0);
    assert_string_equal(some->crs_code, layer->crs_code);
    assert_true(some->box.x_max == 306000);
    for (int64_t f = 0; f < 3; f++) assert_ordered(some, f);
    tpk_layer_free(layer); /* a copy: it outlives its origin */
    assert_true(number_of(some, "n", 2) == 9);
    tpk_layer_free(some);
}

static void field_names_are_found_exact_folded_and_cut(void **state)
{
    (void)state;
    char names[][16] = {"kabupaten_", "Nama", "nama"};
    tpk_field fields[3] = {{.name = names[0]}, {.name = names[1]}, {.name = names[2]}};
    tpk_layer layer = {.fields = fields, .n_fields = 3};
    assert_ptr_equal(tpk_layer_field(&layer, "nama"), &fields[2]);
    assert_ptr_equal(tpk_layer_field(&layer, "NAMA"), &fields[1]);
    assert_ptr_equal(tpk_layer_field(&layer, "Kabupaten_kota"), &fields[0]);
    assert_null(tpk_layer_field(&layer, "kabupaten"));
    assert_null(tpk_layer_field(&layer, "namaku"));
}

static void exhausted_memory_is_reported_without_leaks(void **state)
{
    (void)state;
    const char *path = save_text("kecil.geojson",
                                 COLLECTION(FEATURE("{\"type\":\"Polygon\",\"coordinates\":[[[114,-3],[115,-"
                                                    "2],[115,-3],[114,-2],[114,-3]]]}") "," FEATURE("null")));
    tpk_layer_spec spec = spec_of(path);
    spec.where = (char *)(uintptr_t) "a = 1";
    long before = tpk_mem_live_count(), fired = 1;
    for (long k = 0; fired > 0; k++) {
        tpk_layer *layer = NULL;
        tpk_diags diags = {0};
        tpk_mem_fail_after(k);
        tpk_status status = tpk_layer_read(worker, &spec, utm50s, TPK_BOX_EMPTY, NULL, &layer, &diags, NULL);
        fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired > 0 ? TPK_ERR_MEMORY : TPK_OK);
        tpk_layer_free(layer);
        tpk_diags_clear(&diags);
        assert_int_equal(tpk_mem_live_count(), before);
        assert_true(k < 5000);
    }
}

/* ---- real layers ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_one_real_layer(const char *path)
{
    size_t n = strlen(path);
    bool is_vector = n > 4 && strcmp(path + n - 4, ".shp") == 0,
         is_raster = n > 4 && strcmp(path + n - 4, ".tif") == 0;
    if (!is_vector && !is_raster) return;
    tpk_layer_spec spec = spec_of(path);
    tpk_diags diags = {0};
    tpk_err err = {0};
    tpk_layer *layer = NULL;
    tpk_raster *raster = NULL;
    tpk_status status = is_vector
                            ? tpk_layer_read(worker, &spec, utm50s, TPK_BOX_EMPTY, NULL, &layer, &diags, &err)
                            : tpk_raster_open(worker, &spec, &raster, &diags, &err);
    assert_int_equal(status, err.code);
    if (layer) {
        print_message(
            "%s: %lld features, %lld parts, %lld repaired, %lld unusable, %lld null, %s, %s, %zu warnings\n",
            path + sizeof REAL_DATA, (long long)layer->n_features, (long long)tpk_layer_all(layer).n_parts,
            (long long)layer->n_repaired, (long long)layer->n_unusable, (long long)layer->n_null_geometry,
            layer->crs_code, layer->encoding, diags.n_warnings);
        for (int64_t f = 0; layer->kind == TPK_GEOM_POLYGON && f < layer->n_features; f++)
            assert_ordered(layer, f);
    } else if (raster) {
        print_message("%s: %ld x %ld %s, palette %d, %s\n", path + sizeof REAL_DATA, (long)raster->n_rows,
                      (long)raster->n_cols, raster->data_type, raster->has_palette,
                      tpk_crs_code(raster->crs));
    } else {
        print_message("%s: %s\n", path + sizeof REAL_DATA, err.message);
    }
    tpk_layer_free(layer);
    tpk_raster_free(raster);
    tpk_diags_clear(&diags);
}

static void walk(const char *folder_path)
{
    DIR *folder = opendir(folder_path);
    if (!folder) return;
    char *names[512];
    size_t n = 0;
    const struct dirent *entry;
    while (n < 512 && (entry = readdir(folder))) {
        if (entry->d_name[0] != '.') names[n++] = strdup(entry->d_name);
    }
    closedir(folder);
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 0; i < n; i++) {
        char path[1200];
        struct stat facts;
        snprintf(path, sizeof path, "%s/%s", folder_path, names[i]);
        free(names[i]);
        if (stat(path, &facts) != 0) continue;
        if (S_ISDIR(facts.st_mode))
            walk(path);
        else
            read_one_real_layer(path);
    }
}

static void real_layers_are_survived(void **state)
{
    (void)state;
    if (access(REAL_DATA, R_OK) != 0) skip();
    walk(REAL_DATA);
}

/* ---- the short look's questions ---- */

static tpk_status check_where(const char *path, const char *where, tpk_err *err)
{
    tpk_layer_spec spec = spec_of(path);
    tpk_peek peek = {0};
    *err = (tpk_err){0};
    assert_int_equal(tpk_layer_peek(&spec, &peek, NULL), TPK_OK);
    tpk_status status = tpk_layer_check_where(&peek, where, err);
    tpk_peek_clear(&peek);
    return status;
}

static void a_condition_is_checked_without_reading_features(void **state)
{
    (void)state;
    tpk_err err;
    const char *path = FIXTURES "titik.shp";
    assert_int_equal(check_where(path, "kelas = 'kota' AND jumlah > 1 OR FID = 2", &err), TPK_OK);
    assert_int_equal(check_where("/vsizip/" FIXTURES "arsip.zip/titik.shp", "kelas LIKE 'k%'", &err), TPK_OK);
    assert_int_equal(check_where(path, "kelass = 'kota'", &err), TPK_ERR_DATA);
    assert_non_null(strstr(err.message, "did you mean 'kelas'?"));
    assert_int_equal(check_where(path, "kelas = = 1", &err), TPK_ERR_DATA);
    assert_non_null(strstr(err.message, "kelas = = 1"));
    assert_int_equal(check_where(path, "OGR_GEOM_AREA > 1", &err), TPK_ERR_DATA);
}

static tpk_status check_crs(const char *path, const char *crs, tpk_err *err)
{
    tpk_layer_spec spec = stated(path, crs);
    tpk_peek peek = {0};
    *err = (tpk_err){0};
    assert_int_equal(tpk_layer_peek(&spec, &peek, NULL), TPK_OK);
    tpk_status status = tpk_layer_check_crs(&spec, &peek, err);
    tpk_peek_clear(&peek);
    return status;
}

static void a_crs_is_checked_without_reading_features(void **state)
{
    (void)state;
    tpk_err err;
    assert_int_equal(check_crs(FIXTURES "titik.shp", NULL, &err), TPK_OK);
    assert_int_equal(check_crs(FIXTURES "satu.fgb", NULL, &err), TPK_OK);
    assert_int_equal(check_crs(FIXTURES "int16.tif", NULL, &err), TPK_OK);
    assert_int_equal(check_crs(FIXTURES "tanpa_crs.shp", "EPSG:32750", &err), TPK_OK);
    assert_int_equal(check_crs(FIXTURES "titik.shp", "EPSG:77", &err), TPK_ERR_CRS);
    assert_non_null(strstr(err.message, "EPSG:77"));
    assert_int_equal(check_crs(FIXTURES "tanpa_crs.shp", NULL, &err), TPK_ERR_CRS);
    assert_non_null(strstr(err.message, "its .prj file is missing"));
    assert_non_null(strstr(err.message, "look like metres in WGS 84 / UTM zone 50S: 'crs: EPSG:32750'"));
    assert_int_equal(check_crs(FIXTURES "tanpa_crs.tif", NULL, &err), TPK_ERR_CRS);
}

static void looks_that_run_out_of_memory_say_so_without_leaks(void **state)
{
    (void)state;
    static const char *const PATHS[] = {FIXTURES "titik.shp", FIXTURES "satu.fgb", FIXTURES "int16.tif"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        tpk_layer_spec spec = spec_of(PATHS[i]);
        long before = tpk_mem_live_count(), fired = 1;
        for (long k = 0; fired > 0; k++) {
            tpk_peek peek = {0};
            tpk_mem_fail_after(k);
            tpk_status status = tpk_layer_peek(&spec, &peek, NULL);
            if (status == TPK_OK) status = tpk_layer_check_crs(&spec, &peek, NULL);
            if (status == TPK_OK && peek.is_vector) status = tpk_layer_check_where(&peek, "FID = 1", NULL);
            fired = tpk_mem_failed_count();
            tpk_mem_fail_after(-1);
            assert_int_equal(status, fired > 0 ? TPK_ERR_MEMORY : TPK_OK);
            tpk_peek_clear(&peek);
            assert_int_equal(tpk_mem_live_count(), before);
            assert_true(k < 1000);
        }
    }
}

static void foreign_reasons_end_without_a_full_stop(void **state)
{
    (void)state;
    tpk_err err = {0};
    tpk_layer *layer = NULL;
    tpk_layer_spec spec = spec_of(save_text("bukan.txt", "not a layer"));
    assert_int_equal(tpk_layer_read(worker, &spec, utm50s, TPK_BOX_EMPTY, NULL, &layer, NULL, &err),
                     TPK_ERR_IO);
    assert_null(strstr(err.message, ".. "));
    assert_null(strchr(err.message, '`'));
}

/* ---- the change of datum ---- */

static const tpk_box KALSEL = {114.6, -4.2, 116.3, -2.5};

static tpk_layer *read_points(const char *points, const char *crs, tpk_box area, tpk_diags *diags)
{
    char text[400];
    snprintf(text, sizeof text, "id,WKT\n%s", points);
    tpk_layer_spec spec = stated(save_text("titik.csv", text), crs);
    tpk_layer *layer = NULL;
    tpk_diags_clear(diags);
    assert_int_equal(tpk_layer_read(worker, &spec, utm50s, area, NULL, &layer, diags, NULL), TPK_OK);
    return layer;
}

static void the_study_area_chooses_the_transformation_not_a_stray_point(void **state)
{
    (void)state;
    tpk_diags diags = {0};
    const char *stray = "1,\"POINT (114.8 -3.3)\"\n2,\"POINT (118 4)\"\n";
    tpk_layer *layer = read_points(stray, "EPSG:4613", TPK_BOX_EMPTY, &diags);
    assert_non_null(strstr(layer->operation, "Segara to WGS 84 (1)"));
    assert_true(has_remark(&diags, TPK_WARNING, "is good to 999 m only"));
    double rough_x = layer->xy[0];
    tpk_layer_free(layer);
    layer = read_points(stray, "EPSG:4613", KALSEL, &diags);
    assert_non_null(strstr(layer->operation, "Segara to WGS 84 (2)"));
    assert_true(layer->accuracy_m == 5);
    assert_int_equal(diags.n_warnings, 0);
    assert_true(fabs(layer->xy[0] - rough_x) > 1);
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void a_projected_layers_own_box_chooses_too(void **state)
{
    (void)state;
    tpk_diags diags = {0};
    tpk_layer *layer = read_points("1,\"POINT (255000 9634000)\"\n", "EPSG:2933", TPK_BOX_EMPTY, &diags);
    assert_non_null(strstr(layer->operation, "Segara to WGS 84 (2)"));
    assert_int_equal(diags.n_warnings, 0);
    tpk_layer_free(layer);
    tpk_diags_clear(&diags);
}

static void doubtful_transformations_are_told(void **state)
{
    (void)state;
    static const char *const POINT = "1,\"POINT (114.8 -3.3)\"\n";
    tpk_diags diags = {0};
    tpk_layer_free(read_points(POINT, "+proj=longlat +ellps=bessel", KALSEL, &diags));
    assert_int_equal(diags.n_warnings, 1);
    assert_true(has_remark(&diags, TPK_WARNING, "wrong by hundreds of metres"));
    tpk_layer_free(read_points(POINT, "EPSG:4211", KALSEL, &diags)); /* made for Java */
    assert_int_equal(diags.n_warnings, 1);
    assert_true(has_remark(&diags, TPK_WARNING, "made for another place"));
    tpk_layer_free(read_points(POINT, "EPSG:4326", KALSEL, &diags));
    tpk_layer_free(read_points(POINT, "EPSG:4755", KALSEL, &diags));
    assert_int_equal(diags.n_warnings, 0);
    tpk_diags_clear(&diags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_layer_of_a_geopackage_is_read_by_name),
        cmocka_unit_test(several_layers_need_a_name),
        cmocka_unit_test(flatgeobuf_and_zipped_shapefiles_are_read),
        cmocka_unit_test(collections_of_one_kind_are_flattened),
        cmocka_unit_test(mixed_kinds_are_an_error_naming_one_of_each),
        cmocka_unit_test(curves_become_lines),
        cmocka_unit_test(what_no_driver_reads_is_said_with_what_was_tried),
        cmocka_unit_test(a_layer_without_crs_is_an_error_with_a_hint),
        cmocka_unit_test(the_stated_crs_wins_and_a_difference_is_told),
        cmocka_unit_test(coordinates_that_are_nowhere_cost_their_feature_only),
        cmocka_unit_test(where_keeps_what_sql_says_through_both_readers),
        cmocka_unit_test(a_wrong_condition_names_fields_and_the_nearest),
        cmocka_unit_test(a_filtered_layer_is_a_whole_layer),
        cmocka_unit_test(field_names_are_found_exact_folded_and_cut),
        cmocka_unit_test(exhausted_memory_is_reported_without_leaks),
        cmocka_unit_test(real_layers_are_survived),
        cmocka_unit_test(a_condition_is_checked_without_reading_features),
        cmocka_unit_test(a_crs_is_checked_without_reading_features),
        cmocka_unit_test(looks_that_run_out_of_memory_say_so_without_leaks),
        cmocka_unit_test(foreign_reasons_end_without_a_full_stop),
        cmocka_unit_test(the_study_area_chooses_the_transformation_not_a_stray_point),
        cmocka_unit_test(a_projected_layers_own_box_chooses_too),
        cmocka_unit_test(doubtful_transformations_are_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
