#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gdal.h>

#include "input_support.h"

static tpk_raster *open_ok(const tpk_layer_spec *spec)
{
    tpk_err err = {0};
    tpk_raster *raster = NULL;
    tpk_status status = tpk_raster_open(worker, spec, &raster, NULL, &err);
    if (status != TPK_OK) print_message("%s\n", err.message);
    assert_int_equal(status, TPK_OK);
    return raster;
}

static void assert_open_fails(const tpk_layer_spec *spec, tpk_status code, const char *part)
{
    tpk_err err = {0};
    tpk_raster *raster = NULL;
    assert_int_equal(tpk_raster_open(worker, spec, &raster, NULL, &err), code);
    assert_null(raster);
    if (!strstr(err.message, part)) print_message("expected '%s' in: %s\n", part, err.message);
    assert_non_null(strstr(err.message, part));
}

/* Both routes; expected NaN means unknown. */
static void assert_values(const tpk_layer_spec *spec, const double *expected)
{
    tpk_raster *raster = open_ok(spec);
    tpk_raster_reader *reader = NULL;
    assert_int_equal(tpk_raster_reader_open(raster, &reader, NULL), TPK_OK);
    float values[64];
    double wide[64];
    int n = raster->n_rows * raster->n_cols;
    assert_int_equal(tpk_raster_read(reader, 0, 0, raster->n_rows, raster->n_cols, values, NULL), TPK_OK);
    assert_int_equal(tpk_raster_read_double(reader, 0, 0, raster->n_rows, raster->n_cols, wide, NULL),
                     TPK_OK);
    for (int i = 0; i < n; i++) {
        assert_true(isnan(expected[i]) ? isnan(wide[i]) : wide[i] == expected[i]);
        assert_true(isnan(expected[i]) ? isnan(values[i]) : values[i] == (float)expected[i]);
    }
    tpk_raster_reader_close(reader);
    tpk_raster_free(raster);
}

static const double NONE = (double)NAN;

static void facts_of_a_raster_are_told(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "int16.tif");
    tpk_raster *raster = open_ok(&spec);
    assert_int_equal(raster->n_rows, 2);
    assert_int_equal(raster->n_cols, 3);
    assert_true(raster->geotransform[0] == 300000 && raster->geotransform[5] == -30);
    assert_true(raster->nodata == -32768);
    assert_true(raster->is_integer);
    assert_false(raster->has_palette);
    assert_string_equal(raster->data_type, "Int16");
    assert_string_equal(tpk_crs_code(raster->crs), "EPSG:32750");
    assert_string_equal(raster->crs_origin, "file");
    tpk_raster_free(raster);
    spec = spec_of(FIXTURES "kelas.tif");
    raster = open_ok(&spec);
    assert_true(raster->has_palette);
    assert_true(isnan(raster->nodata));
    tpk_raster_free(raster);
    spec = spec_of(FIXTURES "putar.tif");
    raster = open_ok(&spec);
    assert_true(raster->geotransform[2] == 5 && raster->geotransform[4] == 5);
    tpk_raster_free(raster);
    spec = spec_of(FIXTURES "float32.tif");
    raster = open_ok(&spec);
    assert_false(raster->is_integer);
    tpk_raster_free(raster);
}

static void nodata_and_nan_are_unknown(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "int16.tif");
    assert_values(&spec, (double[]){1, 2, 3, 4, NONE, 6});
    spec = spec_of(FIXTURES "float32.tif");
    assert_values(&spec, (double[]){0.5, NONE, NONE, -1.25});
    spec = spec_of(FIXTURES "int32.tif");
    assert_values(&spec, (double[]){2147483647, -2147483647, 16777217, NONE}); /* exact in double */
}

static void stated_nodata_replaces_the_files(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "int16.tif");
    spec.nodata = 3;
    assert_values(&spec, (double[]){1, 2, NONE, 4, -32768, 6});
    spec = spec_of(FIXTURES "float32.tif");
    spec.nodata = -3.4028e39; /* beyond Float32: stands for its lowest number, as GDAL has it */
    assert_values(&spec, (double[]){0.5, NONE, NONE, -1.25});
    spec.nodata = -1.25;
    assert_values(&spec, (double[]){0.5, -3.4028234663852886e38, NONE, NONE});
}

static void scale_and_offset_are_applied_after_nodata(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "skala.tif");
    assert_values(&spec, (double[]){-10, 40, 117, NONE});
}

static void transparent_pixels_are_unknown(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "alfa.tif");
    assert_values(&spec, (double[]){7, NONE});
    spec.band = 2;
    assert_values(&spec, (double[]){255, 0}); /* the alpha band itself is not masked by itself */
}

static void a_window_is_the_part_asked_for(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "int16.tif");
    tpk_raster *raster = open_ok(&spec);
    tpk_raster_reader *reader = NULL;
    assert_int_equal(tpk_raster_reader_open(raster, &reader, NULL), TPK_OK);
    float values[2];
    assert_int_equal(tpk_raster_read(reader, 0, 2, 2, 1, values, NULL), TPK_OK);
    assert_true(values[0] == 3 && values[1] == 6);
    assert_int_equal(tpk_raster_read(reader, 1, 2, 0, 0, values, NULL), TPK_OK);
    tpk_err err = {0};
    assert_int_equal(tpk_raster_read(reader, 1, 0, 2, 1, values, &err), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_raster_read(reader, -1, 0, 1, 1, values, NULL), TPK_ERR_ARGUMENT);
    tpk_raster_reader_close(reader);
    tpk_raster_free(raster);
}

static void rasters_that_cannot_be_used_say_why(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "tanpa_crs.tif");
    assert_open_fails(&spec, TPK_ERR_CRS, "metres in WGS 84 / UTM zone 50S: 'crs: EPSG:32750'");
    spec.crs = (char *)(uintptr_t) "EPSG:32750";
    tpk_raster *raster = open_ok(&spec);
    assert_string_equal(raster->crs_origin, "project");
    tpk_raster_free(raster);
    spec = spec_of(FIXTURES "tanpa_letak.tif");
    assert_open_fails(&spec, TPK_ERR_DATA, "has no place on the map");
    spec = spec_of(FIXTURES "kompleks.tif");
    assert_open_fails(&spec, TPK_ERR_DATA, "complex numbers (CFloat32)");
    spec = spec_of(FIXTURES "int16.tif");
    spec.band = 2;
    assert_open_fails(&spec, TPK_ERR_DATA, "has 1 bands; the project file asks for band 2");
    spec = spec_of(FIXTURES "titik.shp");
    assert_open_fails(&spec, TPK_ERR_DATA, "is a vector layer");
    spec = spec_of(scratch_path("tidak_ada.tif"));
    assert_open_fails(&spec, TPK_ERR_IO, "layer 'uji'");
    spec = spec_of(scratch_path("potong.tif"));
    size_t n = 0;
    uint8_t *bytes = load(FIXTURES "int16.tif", &n);
    save(scratch_path("potong.tif"), bytes, 100);
    free(bytes);
    assert_open_fails(&spec, TPK_ERR_IO, "cannot be read as a raster");
}

static void a_raster_that_breaks_in_the_middle_names_the_window(void **state)
{
    (void)state;
    size_t n = 0;
    uint8_t *bytes = load(FIXTURES "int16.tif", &n);
    save(scratch_path("rusak.tif"), bytes, n);
    tpk_layer_spec spec = spec_of(scratch_path("rusak.tif"));
    tpk_raster *raster = open_ok(&spec);
    tpk_raster_reader *reader = NULL;
    /* the one strip of the image is the last thing in the file */
    save(scratch_path("rusak.tif"), bytes, n - 8);
    free(bytes);
    tpk_err err = {0};
    float values[6];
    tpk_status status = tpk_raster_reader_open(raster, &reader, &err);
    if (status == TPK_OK) status = tpk_raster_read(reader, 0, 0, 2, 3, values, &err);
    assert_int_equal(status, TPK_ERR_IO);
    assert_non_null(strstr(err.message, "rusak.tif"));
    tpk_raster_reader_close(reader);
    tpk_raster_free(raster);
}

static void nothing_is_written_beside_a_raster(void **state)
{
    (void)state;
    size_t n = 0;
    uint8_t *bytes = load(FIXTURES "skala.tif", &n);
    save(scratch_path("sendiri.tif"), bytes, n);
    free(bytes);
    tpk_layer_spec spec = spec_of(scratch_path("sendiri.tif"));
    assert_values(&spec, (double[]){-10, 40, 117, NONE});
    assert_int_equal(access(scratch_path("sendiri.tif.aux.xml"), F_OK), -1);
}

static void exhausted_memory_is_reported_without_leaks(void **state)
{
    (void)state;
    tpk_layer_spec spec = spec_of(FIXTURES "alfa.tif");
    long before = tpk_mem_live_count(), fired = 1;
    for (long k = 0; fired > 0; k++) {
        tpk_raster *raster = NULL;
        tpk_raster_reader *reader = NULL;
        float values[2];
        tpk_mem_fail_after(k);
        tpk_status status = tpk_raster_open(worker, &spec, &raster, NULL, NULL);
        if (status == TPK_OK) status = tpk_raster_reader_open(raster, &reader, NULL);
        if (status == TPK_OK) status = tpk_raster_read(reader, 0, 0, 1, 2, values, NULL);
        fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired > 0 ? TPK_ERR_MEMORY : TPK_OK);
        tpk_raster_reader_close(reader);
        tpk_raster_free(raster);
        assert_int_equal(tpk_mem_live_count(), before);
        assert_true(k < 1000);
    }
}

/* A second study, or the program around us, must not lose its cache to us. */
static void the_block_cache_is_set_once_in_a_process(void **state)
{
    (void)state;
    GIntBig before = GDALGetCacheMax64();
    assert_int_equal(before, 16 << 20); /* set_up */
    tpk_input_init(1 << 20);
    assert_int_equal(GDALGetCacheMax64(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_of_a_raster_are_told),
        cmocka_unit_test(nodata_and_nan_are_unknown),
        cmocka_unit_test(stated_nodata_replaces_the_files),
        cmocka_unit_test(scale_and_offset_are_applied_after_nodata),
        cmocka_unit_test(transparent_pixels_are_unknown),
        cmocka_unit_test(a_window_is_the_part_asked_for),
        cmocka_unit_test(rasters_that_cannot_be_used_say_why),
        cmocka_unit_test(a_raster_that_breaks_in_the_middle_names_the_window),
        cmocka_unit_test(nothing_is_written_beside_a_raster),
        cmocka_unit_test(the_block_cache_is_set_once_in_a_process),
        cmocka_unit_test(exhausted_memory_is_reported_without_leaks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
