/* The COG writer, read back by GDAL: pixels, overviews, statistics and texts; layout by GDAL's own validator.
 * Brute-force sums and reductions are written here anew, cell by cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ogr_srs_api.h>

#include "cog_files.h"

static const char VALIDATOR[] =
    "/usr/lib/python3/dist-packages/osgeo_utils/samples/validate_cloud_optimized_geotiff.py";

static GDALDataType gdal_type(tpk_pixel pixel)
{
    return pixel == TPK_PIXEL_U8 ? GDT_Byte : pixel == TPK_PIXEL_U32 ? GDT_UInt32 : GDT_Float32;
}

static void *read_band(GDALRasterBandH band, tpk_pixel pixel, int *n_rows, int *n_cols)
{
    *n_cols = GDALGetRasterBandXSize(band);
    *n_rows = GDALGetRasterBandYSize(band);
    void *pixels = malloc((size_t)*n_rows * (size_t)*n_cols * size_of(pixel));
    assert_int_equal(
        GDALRasterIO(band, GF_Read, 0, 0, *n_cols, *n_rows, pixels, *n_cols, *n_rows, gdal_type(pixel), 0, 0),
        CE_None);
    return pixels;
}

/* GDAL's validator, errors and warnings alike; skips without the program. */
static void assert_is_cog(void)
{
    if (access(VALIDATOR, R_OK) != 0) return;
    char command[512], line[512], all[4096] = "";
    snprintf(command, sizeof command, "/usr/bin/python3 %s --full-check=yes %s 2>&1", VALIDATOR, path);
    FILE *pipe = popen(command, "r");
    while (fgets(line, sizeof line, pipe)) strncat(all, line, sizeof all - strlen(all) - 1);
    int code = pclose(pipe);
    if (code != 0 || strstr(all, "warning") || !strstr(all, "is a valid cloud optimized GeoTIFF"))
        fail_msg("%s", all);
}

static void every_pixel_comes_back_for_every_type_and_compression(void **state)
{
    (void)state;
    for (int pixel = TPK_PIXEL_U8; pixel <= TPK_PIXEL_F32; pixel++) {
        for (int compression = TPK_COMPRESS_DEFLATE; compression <= TPK_COMPRESS_ZSTD; compression++) {
            void *pixels = make_pixels((tpk_pixel)pixel);
            tpk_cog_options options = options_of((tpk_pixel)pixel);
            options.compression = (tpk_compression)compression;
            write_raster(pixels, &options, 512, 512, 0, 1);
            GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
            assert_non_null(file);
            assert_string_equal(GDALGetMetadataItem(file, "LAYOUT", "IMAGE_STRUCTURE"), "COG");
            assert_string_equal(GDALGetMetadataItem(file, "COMPRESSION", "IMAGE_STRUCTURE"),
                                compression ? "ZSTD" : "DEFLATE");
            GDALRasterBandH band = GDALGetRasterBand(file, 1);
            assert_int_equal(GDALGetRasterDataType(band), gdal_type((tpk_pixel)pixel));
            int n_rows, n_cols;
            void *back = read_band(band, (tpk_pixel)pixel, &n_rows, &n_cols);
            assert_int_equal(n_rows, ROWS);
            assert_int_equal(n_cols, COLS);
            assert_memory_equal(back, pixels, CELLS * size_of((tpk_pixel)pixel));
            assert_int_equal(GDALGetOverviewCount(band), 2);
            GDALClose(file);
            assert_is_cog();
            free(back);
            free(pixels);
        }
    }
}

static void bytes_do_not_depend_on_windows_their_order_or_threads(void **state)
{
    (void)state;
    static const struct {
        int n_rows, n_cols, n_threads;
        uint32_t seed;
    } WAYS[] = {
        {64, 64, 1, 0},     {100, 333, 2, 7}, {700, 700, 3, 0}, {512, 512, 2, 9},
        {ROWS, COLS, 1, 0}, {1, COLS, 3, 5},  {77, 512, 3, 3},
    };
    for (int pixel = TPK_PIXEL_U8; pixel <= TPK_PIXEL_F32; pixel++) {
        for (int compression = TPK_COMPRESS_DEFLATE; compression <= TPK_COMPRESS_ZSTD; compression++) {
            void *pixels = make_pixels((tpk_pixel)pixel);
            tpk_cog_options options = options_of((tpk_pixel)pixel);
            options.compression = (tpk_compression)compression;
            char *first = NULL;
            long n_first = 0, n;
            for (size_t k = 0; k < sizeof WAYS / sizeof *WAYS; k++) {
                write_raster(pixels, &options, WAYS[k].n_rows, WAYS[k].n_cols, WAYS[k].seed,
                             WAYS[k].n_threads);
                char *bytes = read_bytes(path, &n);
                if (!first) {
                    first = bytes;
                    n_first = n;
                    continue;
                }
                assert_int_equal(n, n_first);
                assert_memory_equal(bytes, first, (size_t)n);
                free(bytes);
            }
            free(first);
            free(pixels);
        }
    }
}

static bool is_valid(tpk_pixel pixel, const void *pixels, int64_t i, double *value)
{
    if (pixel == TPK_PIXEL_U8) *value = ((const uint8_t *)pixels)[i];
    if (pixel == TPK_PIXEL_U32) *value = ((const uint32_t *)pixels)[i];
    if (pixel == TPK_PIXEL_F32) *value = (double)((const float *)pixels)[i];
    return pixel == TPK_PIXEL_U8    ? *value != 0
           : pixel == TPK_PIXEL_U32 ? *value != 4294967295.0
                                    : !isnan(*value);
}

/* The rule of an overview cell, by counting over the valid ones of four. */
static double expected_cell(tpk_pixel pixel, tpk_overview overview, const double *values, const bool *valid,
                            int n)
{
    double nodata = pixel == TPK_PIXEL_U8 ? 0 : pixel == TPK_PIXEL_U32 ? 4294967295.0 : (double)NAN;
    if (overview == TPK_OVERVIEW_NEAREST) return values[0];
    double best = nodata, sum = 0;
    int most = 0, n_valid = 0;
    for (int i = 0; i < n; i++) {
        int count = 0;
        for (int j = 0; j < n; j++) count += valid[j] && values[j] == values[i];
        if (valid[i] && count > most) {
            most = count;
            best = values[i];
        }
        if (valid[i]) {
            sum += values[i];
            n_valid++;
        }
    }
    if (overview == TPK_OVERVIEW_MODE || n_valid == 0) return best;
    return pixel == TPK_PIXEL_F32 ? sum / n_valid : floor(sum / n_valid + 0.5);
}

static void check_level(tpk_pixel pixel, tpk_overview overview, const void *below, int rows, int cols,
                        const void *level)
{
    int up_rows = (rows + 1) / 2, up_cols = (cols + 1) / 2;
    for (int i = 0; i < up_rows * up_cols; i++) {
        double values[4], got;
        bool valid[4];
        int n = 0;
        for (int r = i / up_cols * 2; r < rows && r < i / up_cols * 2 + 2; r++) {
            for (int c = i % up_cols * 2; c < cols && c < i % up_cols * 2 + 2; c++, n++) {
                valid[n] = is_valid(pixel, below, (int64_t)r * cols + c, &values[n]);
            }
        }
        double want = expected_cell(pixel, overview, values, valid, n);
        is_valid(pixel, level, i, &got);
        if (isnan(want) ? !isnan(got) : !(fabs(got - want) <= 1e-7 * fabs(want))) {
            fail_msg("cell %d of %d x %d: %.9g instead of %.9g", i, up_rows, up_cols, got, want);
        }
    }
}

static void each_overview_follows_its_rule_from_the_level_below(void **state)
{
    (void)state;
    for (int pixel = TPK_PIXEL_U8; pixel <= TPK_PIXEL_F32; pixel++) {
        void *pixels = make_pixels((tpk_pixel)pixel);
        for (int overview = TPK_OVERVIEW_AVERAGE; overview <= TPK_OVERVIEW_MODE; overview++) {
            tpk_cog_options options = options_of((tpk_pixel)pixel);
            options.overview = (tpk_overview)overview;
            write_raster(pixels, &options, 300, 512, 1, 2);
            GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
            GDALRasterBandH band = GDALGetRasterBand(file, 1);
            int rows, cols, up_rows, up_cols;
            void *below = read_band(band, (tpk_pixel)pixel, &rows, &cols);
            for (int i = 0; i < GDALGetOverviewCount(band); i++) {
                void *level = read_band(GDALGetOverview(band, i), (tpk_pixel)pixel, &up_rows, &up_cols);
                assert_int_equal(up_rows, (rows + 1) / 2);
                assert_int_equal(up_cols, (cols + 1) / 2);
                check_level((tpk_pixel)pixel, (tpk_overview)overview, below, rows, cols, level);
                free(below);
                below = level;
                rows = up_rows;
                cols = up_cols;
            }
            assert_true(rows <= 512 && cols <= 512);
            free(below);
            GDALClose(file);
        }
        free(pixels);
    }
}

static void statistics_in_the_file_are_exact(void **state)
{
    (void)state;
    for (int pixel = TPK_PIXEL_U8; pixel <= TPK_PIXEL_F32; pixel++) {
        void *pixels = make_pixels((tpk_pixel)pixel);
        tpk_cog_options options = options_of((tpk_pixel)pixel);
        tpk_cog *cog;
        tpk_err err = {0};
        assert_int_equal(tpk_cog_open(path, &GRID, crs, &options, &cog, &err), TPK_OK);
        assert_int_equal(write_all(cog, options.pixel, pixels, 450, 600, 3, 2, &err), TPK_OK);
        assert_int_equal(tpk_cog_finish(cog, &err), TPK_OK);
        tpk_raster_stats stats = tpk_cog_stats(cog);
        assert_int_equal(tpk_cog_publish(cog, &err), TPK_OK);
        long double sum = 0, squares = 0;
        double min = (double)INFINITY, max = -(double)INFINITY, value = 0;
        int64_t n = 0;
        for (int64_t i = 0; i < CELLS; i++) {
            if (!is_valid(options.pixel, pixels, i, &value)) continue;
            n++;
            sum += (long double)value;
            min = fmin(min, value);
            max = fmax(max, value);
        }
        long double mean = sum / (long double)n;
        for (int64_t i = 0; i < CELLS; i++) {
            if (is_valid(options.pixel, pixels, i, &value))
                squares += ((long double)value - mean) * ((long double)value - mean);
        }
        double stddev = (double)sqrtl(squares / (long double)n);
        assert_int_equal(stats.n_valid, n);
        assert_true(stats.min == min && stats.max == max);
        assert_true(fabs(stats.mean - (double)mean) <= 1e-13 * fabs((double)mean));
        assert_true(fabs(stats.stddev - stddev) <= 1e-12 * stddev);
        assert_true(fabs(stats.valid_pct - 100.0 * (double)n / CELLS) < 1e-12);
        GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
        double read[4];
        /* Not approximate, not computed: only what is stored. */
        assert_int_equal(GDALGetRasterStatistics(GDALGetRasterBand(file, 1), FALSE, FALSE, &read[0], &read[1],
                                                 &read[2], &read[3]),
                         CE_None);
        assert_true(read[0] == min && read[1] == max && read[2] == stats.mean && read[3] == stats.stddev);
        assert_non_null(GDALGetMetadataItem(GDALGetRasterBand(file, 1), "STATISTICS_VALID_PERCENT", NULL));
        GDALClose(file);
        assert_int_equal(count_files(folder), 1);
        free(pixels);
    }
}

static void a_large_offset_costs_the_standard_deviation_no_digits(void **state)
{
    (void)state;
    float *pixels = malloc(CELLS * sizeof *pixels);
    for (int i = 0; i < CELLS; i++) pixels[i] = 1e7f + (float)(i % 2); /* mean 1e7 + 1/2, deviation 1/2 */
    tpk_cog_options options = options_of(TPK_PIXEL_F32);
    tpk_cog *cog;
    assert_int_equal(tpk_cog_open(path, &GRID, crs, &options, &cog, NULL), TPK_OK);
    assert_int_equal(tpk_cog_write(cog, (tpk_window){0, 0, ROWS, COLS}, pixels, NULL), TPK_OK);
    assert_int_equal(tpk_cog_finish(cog, NULL), TPK_OK);
    assert_true(fabs(tpk_cog_stats(cog).stddev - 0.5) < 1e-9);
    tpk_cog_abort(cog);
    free(pixels);
}

static void texts_colours_and_place_are_read_back(void **state)
{
    (void)state;
    tpk_rgb palette[256] = {{0}};
    palette[3] = (tpk_rgb){253, 174, 97};
    static const char *const CATEGORIES[] = {"di luar", "S1 \xe2\x89\xa5 0,8 & baik", "S2 <tepi>"};
    static const char *const METADATA[] = {"TAPAK_PROJECT", "a < b & \"c\" > d", "TAPAK_VERSION", "1", NULL};
    void *pixels = make_pixels(TPK_PIXEL_U8);
    tpk_cog_options options = options_of(TPK_PIXEL_U8);
    options.palette = palette;
    options.category_names = CATEGORIES;
    options.n_category_names = 3;
    options.metadata = METADATA;
    options.description = "Kelas <kesesuaian> & batas";
    write_raster(pixels, &options, 512, 512, 0, 1);
    free(pixels);
    assert_is_cog();
    GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
    GDALRasterBandH band = GDALGetRasterBand(file, 1);
    double transform[6];
    int has_nodata;
    assert_int_equal(GDALGetGeoTransform(file, transform), CE_None);
    assert_true(transform[0] == 250020 && transform[1] == 30 && transform[3] == 9700020 &&
                transform[5] == -30);
    assert_string_equal(OSRGetAuthorityCode(GDALGetSpatialRef(file), NULL), "32750");
    assert_string_equal(GDALGetMetadataItem(file, "TAPAK_PROJECT", NULL), METADATA[1]);
    assert_string_equal(GDALGetDescription(band), options.description);
    assert_true(GDALGetRasterNoDataValue(band, &has_nodata) == 0 && has_nodata);
    char **names = GDALGetRasterCategoryNames(band);
    for (int i = 0; i < 3; i++) assert_string_equal(names[i], CATEGORIES[i]);
    const GDALColorEntry *color = GDALGetColorEntry(GDALGetRasterColorTable(band), 3);
    assert_true(color->c1 == 253 && color->c2 == 174 && color->c3 == 97);
    GDALClose(file);
}

static void any_crs_is_kept(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "EPSG:23845", "EPSG:3857", "EPSG:4326",
        "+proj=tmerc +lon_0=115.3 +k=0.9998 +x_0=12345 +ellps=bessel +type=crs"};
    uint8_t pixels[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        tpk_crs *other;
        tpk_cog *cog;
        tpk_grid grid = {110, -3, 0.5, 3, 4};
        tpk_cog_options options = {.pixel = TPK_PIXEL_U8};
        assert_int_equal(tpk_crs_new(worker, TEXTS[i], &other, NULL), TPK_OK);
        assert_int_equal(tpk_cog_open(path, &grid, other, &options, &cog, NULL), TPK_OK);
        assert_int_equal(tpk_cog_write(cog, (tpk_window){0, 0, 3, 4}, pixels, NULL), TPK_OK);
        assert_int_equal(tpk_cog_close(cog, NULL), TPK_OK);
        assert_is_cog();
        GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
        OGRSpatialReferenceH want = OSRNewSpatialReference(NULL);
        assert_int_equal(OSRSetFromUserInput(want, tpk_crs_wkt(other)), OGRERR_NONE);
        const char *const how[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES",
                                   "CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS", NULL};
        assert_true(OSRIsSameEx(GDALGetSpatialRef(file), want, how));
        OSRDestroySpatialReference(want);
        GDALClose(file);
        tpk_crs_free(other);
    }
}

static void blocks_of_one_value_cost_next_to_nothing(void **state)
{
    (void)state;
    const uint32_t negative_nan = 0xFFC00001;
    float *pixels = malloc(CELLS * sizeof *pixels);
    for (int i = 0; i < CELLS; i++) memcpy(&pixels[i], &negative_nan, 4);
    tpk_cog_options options = options_of(TPK_PIXEL_F32);
    write_raster(pixels, &options, 100, 100, 4, 2);
    long n, n_mixed;
    char *bytes = read_bytes(path, &n), *mixed;
    assert_true(n < 60000);
    assert_is_cog();
    /* Every NaN is the same NaN, also in blocks where they differ. */
    for (int i = 0; i < CELLS; i += 3) pixels[i] = NAN;
    write_raster(pixels, &options, 100, 100, 4, 2);
    mixed = read_bytes(path, &n_mixed);
    assert_int_equal(n_mixed, n);
    assert_memory_equal(mixed, bytes, (size_t)n);
    GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
    assert_string_equal(GDALGetMetadataItem(GDALGetRasterBand(file, 1), "STATISTICS_VALID_PERCENT", NULL),
                        "0");
    assert_null(GDALGetMetadataItem(GDALGetRasterBand(file, 1), "STATISTICS_MEAN", NULL));
    GDALClose(file);
    free(mixed);
    free(bytes);
    free(pixels);
}

static void a_bigtiff_and_a_plain_tiled_tiff_are_read_the_same(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        void *pixels = make_pixels(TPK_PIXEL_F32);
        tpk_cog_options options = options_of(TPK_PIXEL_F32);
        options.big_tiff = way == 0;
        if (way == 1) options.overview = TPK_OVERVIEW_NONE;
        write_raster(pixels, &options, 512, 512, 0, 1);
        long n;
        char *bytes = read_bytes(path, &n);
        assert_int_equal(bytes[2], way == 0 ? 43 : 42);
        free(bytes);
        if (way == 0) assert_is_cog();
        GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
        int n_rows, n_cols, n_across, n_down;
        void *back = read_band(GDALGetRasterBand(file, 1), TPK_PIXEL_F32, &n_rows, &n_cols);
        assert_memory_equal(back, pixels, CELLS * sizeof(float));
        assert_int_equal(GDALGetOverviewCount(GDALGetRasterBand(file, 1)), way == 0 ? 2 : 0);
        GDALGetBlockSize(GDALGetRasterBand(file, 1), &n_across, &n_down);
        assert_true(n_across == 512 && n_down == 512);
        GDALClose(file);
        free(back);
        free(pixels);
    }
}

static void a_negative_or_decimal_nodata_is_honoured(void **state)
{
    (void)state;
    float *pixels = make_pixels(TPK_PIXEL_F32);
    for (int i = 0; i < CELLS; i++) pixels[i] = i % 2 ? -9999.25f : i % 4 ? 3.0f : NAN;
    tpk_cog_options options = options_of(TPK_PIXEL_F32);
    options.nodata = -9999.25;
    write_raster(pixels, &options, 512, 512, 0, 1);
    GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
    int has_nodata, n_rows, n_cols;
    GDALRasterBandH band = GDALGetRasterBand(file, 1);
    assert_true(GDALGetRasterNoDataValue(band, &has_nodata) == -9999.25 && has_nodata);
    assert_string_equal(GDALGetMetadataItem(band, "STATISTICS_MEAN", NULL), "3");
    float *level = read_band(GDALGetOverview(band, 0), TPK_PIXEL_F32, &n_rows, &n_cols);
    for (int i = 0; i < n_rows * n_cols; i++) assert_true(level[i] == 3.0f || level[i] == -9999.25f);
    GDALClose(file);
    free(level);
    free(pixels);
}

/* 2 x 2 blocks, and 10^7 x 10^7: an entry of every block of each table, nothing else. */
static void the_tables_of_a_grid_grow_with_its_blocks(void **state)
{
    (void)state;
    double small = tpk_cog_table_bytes(&(tpk_grid){0, 0, 1, 513, 1024});
    double large = tpk_cog_table_bytes(&(tpk_grid){0, 0, 1, 10240000, 10240000});
    assert_true(small / 4 > 100 && small / 4 < 400);
    assert_true(fabs(large / small - 1e8) < 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_pixel_comes_back_for_every_type_and_compression, clean),
        cmocka_unit_test_teardown(bytes_do_not_depend_on_windows_their_order_or_threads, clean),
        cmocka_unit_test_teardown(each_overview_follows_its_rule_from_the_level_below, clean),
        cmocka_unit_test_teardown(statistics_in_the_file_are_exact, clean),
        cmocka_unit_test_teardown(a_large_offset_costs_the_standard_deviation_no_digits, clean),
        cmocka_unit_test_teardown(texts_colours_and_place_are_read_back, clean),
        cmocka_unit_test_teardown(any_crs_is_kept, clean),
        cmocka_unit_test_teardown(blocks_of_one_value_cost_next_to_nothing, clean),
        cmocka_unit_test_teardown(a_bigtiff_and_a_plain_tiled_tiff_are_read_the_same, clean),
        cmocka_unit_test_teardown(a_negative_or_decimal_nodata_is_honoured, clean),
        cmocka_unit_test(the_tables_of_a_grid_grow_with_its_blocks),
    };
    return cmocka_run_group_tests_name("cog", tests, start, stop);
}
