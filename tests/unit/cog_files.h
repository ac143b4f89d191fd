/* What the tests of the COG writer share: pixels of each kind, written whole, window by window and by several
 * threads. */
#ifndef TPK_TEST_COG_FILES_H
#define TPK_TEST_COG_FILES_H

#include <dirent.h>
#include <gdal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/cog.h"

enum { ROWS = 1103, COLS = 1301, CELLS = ROWS * COLS };

static const tpk_grid GRID = {250020, 9700020, 30, ROWS, COLS};

static tpk_worker *worker;
static tpk_crs *crs;
static char folder[64];
static char path[128];

static inline void remove_files(const char *of)
{
    DIR *dir = opendir(of);
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
}

static inline int count_files(const char *of)
{
    int n = 0;
    DIR *dir = opendir(of);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        n += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    }
    if (dir) closedir(dir);
    return n;
}

static inline int start(void **state)
{
    (void)state;
    GDALAllRegister();
    const char *temp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tapak_cog_XXXXXX", temp && strlen(temp) < 30 ? temp : "/tmp");
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/raster.tif", folder);
    if (tpk_worker_new(&worker, NULL) != TPK_OK) return -1;
    return tpk_crs_new(worker, "EPSG:32750", &crs, NULL) == TPK_OK ? 0 : -1;
}

static inline int stop(void **state)
{
    (void)state;
    tpk_crs_free(crs);
    tpk_worker_free(worker);
    remove_files(folder);
    return rmdir(folder);
}

static inline int clean(void **state)
{
    (void)state;
    remove_files(folder);
    return 0;
}

static inline size_t size_of(tpk_pixel pixel)
{
    return pixel == TPK_PIXEL_U8 ? 1 : 4;
}

static inline uint32_t random_of(uint32_t i)
{
    i ^= i >> 16;
    i *= 0x7feb352dU;
    i ^= i >> 15;
    i *= 0x846ca68bU;
    return i ^ i >> 16;
}

/* Smooth values with noise, patches of nodata, and a corner of one value. */
static inline void *make_pixels(tpk_pixel pixel)
{
    void *pixels = malloc(CELLS * size_of(pixel));
    for (int i = 0; i < CELLS; i++) {
        int r = i / COLS, c = i % COLS;
        double wave =
            0.5 + 0.4 * sin(r * 0.011) * cos(c * 0.007) + 1e-3 * (random_of((uint32_t)i) % 100) / 100;
        bool empty = sin(r * 0.02) * sin(c * 0.03) > 0.8;
        bool flat = r > 600 && c > 700;
        if (pixel == TPK_PIXEL_F32) {
            ((float *)pixels)[i] = flat ? 0.25f : empty ? NAN : (float)wave;
        } else if (pixel == TPK_PIXEL_U8) {
            ((uint8_t *)pixels)[i] =
                (uint8_t)(flat    ? 4
                          : empty ? 0
                                  : 1 + (int)(wave * 5) + (int)(random_of((uint32_t)i) % 2));
        } else {
            ((uint32_t *)pixels)[i] =
                flat    ? 0u
                : empty ? 0xFFFFFFFFu
                        : 1u << (int)(wave * 31) | (random_of((uint32_t)i) % 64 == 0 ? 1u : 0u);
        }
    }
    return pixels;
}

static inline tpk_cog_options options_of(tpk_pixel pixel)
{
    tpk_cog_options options = {.pixel = pixel, .has_nodata = true, .overview = TPK_OVERVIEW_MODE};
    if (pixel == TPK_PIXEL_F32) {
        options.nodata = (double)NAN;
        options.overview = TPK_OVERVIEW_AVERAGE;
    } else if (pixel == TPK_PIXEL_U32) {
        options.nodata = 4294967295.0;
    }
    return options;
}

static inline tpk_status write_window(tpk_cog *cog, tpk_pixel pixel, const void *pixels, tpk_window window,
                                      tpk_err *err)
{
    size_t size = size_of(pixel);
    char *part = malloc((size_t)window.n_rows * (size_t)window.n_cols * size);
    for (int r = 0; r < window.n_rows; r++) {
        const char *from =
            (const char *)pixels + ((size_t)(window.row0 + r) * COLS + (size_t)window.col0) * size;
        memcpy(part + (size_t)r * (size_t)window.n_cols * size, from, (size_t)window.n_cols * size);
    }
    tpk_status status = tpk_cog_write(cog, window, part, err);
    free(part);
    return status;
}

/* All windows of the given size, in an order of its own, by n_threads threads. */
static inline tpk_status write_all(tpk_cog *cog, tpk_pixel pixel, const void *pixels, int n_rows, int n_cols,
                                   uint32_t seed, int n_threads, tpk_err *err)
{
    int down = (ROWS - 1) / n_rows + 1, across = (COLS - 1) / n_cols + 1, n = down * across;
    int *order = malloc((size_t)n * sizeof *order);
    for (int i = 0; i < n; i++) order[i] = i;
    for (int i = n - 1; seed && i > 0; i--) {
        int j = (int)(random_of(seed + (uint32_t)i) % (uint32_t)(i + 1)), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    tpk_status status = TPK_OK;
#pragma omp parallel for schedule(dynamic, 1) num_threads(n_threads)
    for (int i = 0; i < n; i++) {
        tpk_err own = {0};
        tpk_window window = {order[i] / across * n_rows, order[i] % across * n_cols, n_rows, n_cols};
        if (window.n_rows > ROWS - window.row0) window.n_rows = ROWS - window.row0;
        if (window.n_cols > COLS - window.col0) window.n_cols = COLS - window.col0;
        tpk_status one = write_window(cog, pixel, pixels, window, &own);
        if (one != TPK_OK) {
#pragma omp critical
            if (status == TPK_OK) {
                status = one;
                *err = own;
            }
        }
    }
    free(order);
    return status;
}

static inline void write_raster(const void *pixels, const tpk_cog_options *options, int n_rows, int n_cols,
                                uint32_t seed, int n_threads)
{
    tpk_cog *cog;
    tpk_err err = {0};
    if (tpk_cog_open(path, &GRID, crs, options, &cog, &err) != TPK_OK ||
        write_all(cog, options->pixel, pixels, n_rows, n_cols, seed, n_threads, &err) != TPK_OK ||
        tpk_cog_close(cog, &err) != TPK_OK) {
        fail_msg("%s", err.message);
    }
}

static inline char *read_bytes(const char *name, long *n)
{
    FILE *file = fopen(name, "rb");
    if (!file) fail_msg("cannot open %s", name);
    fseek(file, 0, SEEK_END);
    *n = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)*n + 1);
    assert_int_equal(fread(bytes, 1, (size_t)*n, file), *n);
    bytes[*n] = '\0';
    fclose(file);
    return bytes;
}

#endif
