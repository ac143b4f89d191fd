/* COGs of several bands, read back with GDAL and against overviews worked out cell by cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "output/cog.h"
#include "study_files.h"

enum { ROWS = 700, COLS = 1111, BANDS = 5, N_PICKED = 2 };

static const uint8_t OUTSIDE[BANDS] = {255, 255, 255, 1, 0};
static const uint16_t NOTHING[BANDS] = {65535, 65535, 65535, 65535, 65535};
static const tpk_grid GRID = {100000, 9700000, 30, ROWS, COLS};

static uint32_t random_of(uint32_t seed)
{
    seed ^= seed >> 16;
    seed *= 0x7feb352dU;
    seed ^= seed >> 15;
    seed *= 0x846ca68bU;
    return seed ^ seed >> 16;
}

/* Cells beyond a slanting line are outside; a tenth of the samples elsewhere is unknown. */
static int sample(int r, int c, int b, int largest)
{
    if (r + 2 * c > 1500) return largest == 255 ? OUTSIDE[b] : NOTHING[b];
    uint32_t random = random_of((uint32_t)((r * COLS + c) * BANDS + b));
    return random % 10 == 0 ? largest : (int)(random / 10 % (uint32_t)largest);
}

static void write_bands(const char *path, tpk_pixel pixel, int n_rows, int n_cols, int n_threads)
{
    tpk_worker *worker;
    tpk_crs *crs;
    tpk_cog *cog;
    tpk_err err = {0};
    int largest = pixel == TPK_PIXEL_U8 ? 255 : 65535;
    size_t size = pixel == TPK_PIXEL_U8 ? 1 : 2;
    tpk_cog_options options = {.pixel = pixel,
                               .n_bands = BANDS,
                               .n_picked_bands = N_PICKED,
                               .fill = pixel == TPK_PIXEL_U8 ? (const void *)OUTSIDE : NOTHING,
                               .small_blocks = true,
                               .has_nodata = true,
                               .nodata = largest,
                               .overview =
                                   pixel == TPK_PIXEL_U8 ? TPK_OVERVIEW_AVERAGE : TPK_OVERVIEW_NEAREST};
    assert_int_equal(tpk_worker_new(&worker, &err), TPK_OK);
    assert_int_equal(tpk_crs_new(worker, "EPSG:3857", &crs, &err), TPK_OK);
    if (tpk_cog_open(path, &GRID, crs, &options, &cog, &err) != TPK_OK) fail_msg("%s", err.message);
    int down = (ROWS - 1) / n_rows + 1, across = (COLS - 1) / n_cols + 1;
#pragma omp parallel for schedule(dynamic, 1) num_threads(n_threads)
    for (int t = down * across - 1; t >= 0; t--) {
        tpk_window w = {t / across * n_rows, t % across * n_cols, n_rows, n_cols};
        if (w.n_rows > ROWS - w.row0) w.n_rows = ROWS - w.row0;
        if (w.n_cols > COLS - w.col0) w.n_cols = COLS - w.col0;
        char *part = malloc((size_t)w.n_rows * (size_t)w.n_cols * BANDS * size);
        for (int i = 0; i < w.n_rows * w.n_cols * BANDS; i++) {
            int cell = i / BANDS,
                v = sample(w.row0 + cell / w.n_cols, w.col0 + cell % w.n_cols, i % BANDS, largest);
            if (size == 1)
                ((uint8_t *)part)[i] = (uint8_t)v;
            else
                ((uint16_t *)(void *)part)[i] = (uint16_t)v;
        }
        tpk_err own = {0};
        if (tpk_cog_write(cog, w, part, &own) != TPK_OK) abort();
        free(part);
    }
    if (tpk_cog_close(cog, &err) != TPK_OK) fail_msg("%s", err.message);
    tpk_crs_free(crs);
    tpk_worker_free(worker);
}

static void every_sample_comes_back(void **state)
{
    (void)state;
    static const tpk_pixel PIXELS[] = {TPK_PIXEL_U8, TPK_PIXEL_U16};
    for (int p = 0; p < 2; p++) {
        int largest = p == 0 ? 255 : 65535;
        const char *path = in_scratch("bands.tif");
        write_bands(path, PIXELS[p], 128, 128, 2);
        GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
        assert_non_null(file);
        assert_int_equal(GDALGetRasterCount(file), BANDS);
        assert_string_equal(GDALGetMetadataItem(file, "INTERLEAVE", "IMAGE_STRUCTURE"), "PIXEL");
        int *found = malloc(sizeof(int) * ROWS * COLS * BANDS);
        assert_int_equal(GDALDatasetRasterIO(file, GF_Read, 0, 0, COLS, ROWS, found, COLS, ROWS, GDT_Int32,
                                             BANDS, NULL, BANDS * 4, BANDS * 4 * COLS, 4),
                         CE_None);
        for (int i = 0; i < ROWS * COLS * BANDS; i++) {
            int cell = i / BANDS;
            assert_int_equal(found[i], sample(cell / COLS, cell % COLS, i % BANDS, largest));
        }
        int width, height;
        GDALGetBlockSize(GDALGetRasterBand(file, 1), &width, &height);
        assert_int_equal(width, 256);
        assert_int_equal(height, 256);
        free(found);
        GDALClose(file);
    }
}

static int *read_band(GDALRasterBandH band, int *n_rows, int *n_cols)
{
    *n_rows = GDALGetRasterBandYSize(band);
    *n_cols = GDALGetRasterBandXSize(band);
    int *found = malloc(sizeof(int) * (size_t)*n_rows * (size_t)*n_cols);
    assert_int_equal(
        GDALRasterIO(band, GF_Read, 0, 0, *n_cols, *n_rows, found, *n_cols, *n_rows, GDT_Int32, 0, 0),
        CE_None);
    return found;
}

/* The mean of the valid ones among four, half up; or the upper left of four. */
static int expected_cell(const int *below, int n_rows, int n_cols, int r, int c, bool picked, int nodata)
{
    int n = 0, sum = 0;
    if (picked) return below[2 * r * n_cols + 2 * c];
    for (int i = 0; i < 4; i++) {
        int row = 2 * r + i / 2, col = 2 * c + i % 2;
        if (row >= n_rows || col >= n_cols || below[row * n_cols + col] == nodata) continue;
        n++;
        sum += below[row * n_cols + col];
    }
    return n ? (int)floor((double)sum / n + 0.5) : nodata;
}

static void overviews_average_the_first_bands_and_pick_the_last(void **state)
{
    (void)state;
    for (int p = 0; p < 2; p++) {
        int largest = p == 0 ? 255 : 65535;
        const char *path = in_scratch("levels.tif");
        write_bands(path, p == 0 ? TPK_PIXEL_U8 : TPK_PIXEL_U16, 256, 256, 1);
        GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
        for (int b = 0; b < BANDS; b++) {
            GDALRasterBandH band = GDALGetRasterBand(file, b + 1);
            assert_int_equal(GDALGetOverviewCount(band), 3);
            int n_rows, n_cols, rows, cols;
            int *below = read_band(band, &n_rows, &n_cols);
            for (int level = 0; level < 3; level++) {
                int *above = read_band(GDALGetOverview(band, level), &rows, &cols);
                assert_int_equal(rows, (n_rows + 1) / 2);
                assert_int_equal(cols, (n_cols + 1) / 2);
                for (int i = 0; i < rows * cols; i++) {
                    bool picked = p == 1 || b >= BANDS - N_PICKED;
                    assert_int_equal(
                        above[i], expected_cell(below, n_rows, n_cols, i / cols, i % cols, picked, largest));
                }
                free(below);
                below = above;
                n_rows = rows, n_cols = cols;
            }
            free(below);
        }
        GDALClose(file);
    }
}

static void bytes_do_not_depend_on_windows_or_threads(void **state)
{
    (void)state;
    size_t n, n_other;
    write_bands(in_scratch("a.tif"), TPK_PIXEL_U8, 256, 256, 1);
    char *first = read_bytes(in_scratch("a.tif"), &n);
    static const int CUTS[][3] = {{128, 128, 2}, {ROWS, COLS, 1}, {37, 300, 3}, {512, 64, 2}};
    for (size_t i = 0; i < sizeof CUTS / sizeof *CUTS; i++) {
        write_bands(in_scratch("b.tif"), TPK_PIXEL_U8, CUTS[i][0], CUTS[i][1], CUTS[i][2]);
        char *other = read_bytes(in_scratch("b.tif"), &n_other);
        assert_int_equal(n_other, n);
        assert_memory_equal(other, first, n);
        free(other);
    }
    free(first);
}

static void what_cannot_be_written_is_refused(void **state)
{
    (void)state;
    tpk_worker *worker;
    tpk_crs *crs;
    tpk_cog *cog;
    assert_int_equal(tpk_worker_new(&worker, NULL), TPK_OK);
    assert_int_equal(tpk_crs_new(worker, "EPSG:3857", &crs, NULL), TPK_OK);
    const tpk_cog_options bad[] = {
        {.pixel = TPK_PIXEL_F32, .n_bands = 2, .fill = OUTSIDE, .has_nodata = true, .nodata = 0},
        {.pixel = TPK_PIXEL_U8, .n_bands = TPK_COG_MAX_BANDS + 1, .fill = OUTSIDE, .has_nodata = true},
        {.pixel = TPK_PIXEL_U8, .n_bands = 2, .has_nodata = true}, /* no fill */
        {.pixel = TPK_PIXEL_U8,
         .n_bands = 2,
         .fill = OUTSIDE,
         .has_nodata = true,
         .overview = TPK_OVERVIEW_MODE},
        {.pixel = TPK_PIXEL_U16, .fill = NOTHING, .has_nodata = true, .overview = TPK_OVERVIEW_AVERAGE},
        {.pixel = TPK_PIXEL_U16, .fill = NOTHING, .has_nodata = true, .nodata = 65536},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tpk_cog_open(in_scratch("bad.tif"), &GRID, crs, &bad[i], &cog, NULL),
                         TPK_ERR_ARGUMENT);
    tpk_crs_free(crs);
    tpk_worker_free(worker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_comes_back),
        cmocka_unit_test(overviews_average_the_first_bands_and_pick_the_last),
        cmocka_unit_test(bytes_do_not_depend_on_windows_or_threads),
        cmocka_unit_test(what_cannot_be_written_is_refused),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
