/* The COG writer where it cannot go on: what is refused, what is told, and which files are left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mount.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cog_files.h"

static void options_that_cannot_be_are_refused(void **state)
{
    (void)state;
    tpk_rgb palette[256] = {{0}};
    tpk_cog_options wrong[] = {
        {.pixel = TPK_PIXEL_U8, .has_nodata = true, .nodata = 256},
        {.pixel = TPK_PIXEL_U8, .has_nodata = true, .nodata = 1.5},
        {.pixel = TPK_PIXEL_U32, .has_nodata = true, .nodata = -1},
        {.pixel = TPK_PIXEL_U32, .has_nodata = true, .nodata = (double)NAN},
        {.pixel = TPK_PIXEL_F32, .has_nodata = true, .nodata = 1e300},
        {.pixel = TPK_PIXEL_F32, .level = 13},
        {.pixel = TPK_PIXEL_F32, .level = -1},
        {.pixel = TPK_PIXEL_F32, .compression = TPK_COMPRESS_ZSTD, .level = 20},
        {.pixel = TPK_PIXEL_F32, .palette = palette},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tpk_cog *cog;
        tpk_err err = {0};
        assert_int_equal(tpk_cog_open(path, &GRID, crs, &wrong[i], &cog, &err), TPK_ERR_ARGUMENT);
        assert_null(cog);
        assert_true(strlen(err.message) > 10);
    }
    assert_int_equal(count_files(folder), 0);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    (void)state;
    tpk_cog *cog;
    tpk_err err = {0};
    tpk_cog_options options = {.pixel = TPK_PIXEL_U8};
    char missing[160];
    snprintf(missing, sizeof missing, "%s/none/raster.tif", folder);
    assert_int_equal(tpk_cog_open(missing, &GRID, crs, &options, &cog, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, missing));
}

static void cells_missing_twice_or_outside_are_found(void **state)
{
    (void)state;
    uint8_t *pixels = make_pixels(TPK_PIXEL_U8);
    tpk_cog_options options = options_of(TPK_PIXEL_U8);
    tpk_cog *cog;
    tpk_err err = {0};
    assert_int_equal(tpk_cog_open(path, &GRID, crs, &options, &cog, &err), TPK_OK);
    assert_int_equal(tpk_cog_write(cog, (tpk_window){0, 1, ROWS, COLS}, pixels, &err), TPK_ERR_ARGUMENT);
    assert_int_equal(tpk_cog_write(cog, (tpk_window){-1, 0, 2, 2}, pixels, &err), TPK_ERR_ARGUMENT);
    err = (tpk_err){0};
    assert_int_equal(tpk_cog_write(cog, (tpk_window){0, 0, 1100, 1301}, pixels, &err), TPK_OK);
    assert_int_equal(tpk_cog_write(cog, (tpk_window){0, 0, 512, 512}, pixels, &err), TPK_ERR_BUG);
    assert_non_null(strstr(err.message, "twice"));
    err = (tpk_err){0};
    assert_int_equal(tpk_cog_close(cog, &err), TPK_ERR_BUG);
    assert_non_null(strstr(err.message, "never written"));
    assert_int_equal(count_files(folder), 0);
    free(pixels);
}

static void a_raster_is_put_together_no_further_when_asked_to_stop(void **state)
{
    (void)state;
    void *pixels = make_pixels(TPK_PIXEL_F32);
    atomic_int stop_now = 0;
    const tpk_control control = {.cancel = &stop_now};
    tpk_cog_options options = options_of(TPK_PIXEL_F32);
    options.control = &control;
    write_raster(pixels, &options, 100, 1301, 0, 1);
    long n, n_after;
    char *before = read_bytes(path, &n);
    tpk_cog *cog;
    tpk_err err = {0};
    assert_int_equal(tpk_cog_open(path, &GRID, crs, &options, &cog, &err), TPK_OK);
    assert_int_equal(write_all(cog, TPK_PIXEL_F32, pixels, 100, 1301, 0, 1, &err), TPK_OK);
    atomic_store(&stop_now, 1);
    assert_int_equal(tpk_cog_finish(cog, &err), TPK_ERR_CANCELLED);
    assert_string_equal(err.message, "stopped on request");
    int n_files = count_files(folder);
    tpk_cog_abort(cog);
    assert_int_equal(count_files(folder), n_files);
    char *after = read_bytes(path, &n_after);
    assert_int_equal(n, n_after);
    assert_memory_equal(before, after, (size_t)n);
    free(after);
    free(before);
    free(pixels);
}

static void put_text(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void an_aborted_run_leaves_the_earlier_result_whole(void **state)
{
    (void)state;
    void *pixels = make_pixels(TPK_PIXEL_F32);
    tpk_cog_options options = options_of(TPK_PIXEL_F32);
    static const char *const NAMES[] = {"a"};
    options.category_names = NAMES;
    options.n_category_names = 1;
    put_text(path, "earlier");
    for (int finished = 0; finished < 2; finished++) {
        tpk_cog *cog;
        tpk_err err = {0};
        assert_int_equal(tpk_cog_open(path, &GRID, crs, &options, &cog, &err), TPK_OK);
        assert_int_equal(count_files(folder), 1); /* a killed run would leave nothing either */
        assert_int_equal(write_all(cog, TPK_PIXEL_F32, pixels, 512, 512, 0, 1, &err), TPK_OK);
        if (finished) assert_int_equal(tpk_cog_finish(cog, &err), TPK_OK);
        tpk_cog_abort(cog);
        long n;
        char *bytes = read_bytes(path, &n);
        assert_string_equal(bytes, "earlier");
        free(bytes);
        assert_int_equal(count_files(folder), 1);
    }
    tpk_cog_abort(NULL);
    free(pixels);
}

static void what_an_older_raster_said_beside_it_goes_away(void **state)
{
    (void)state;
    void *pixels = make_pixels(TPK_PIXEL_U8);
    char aux[160];
    snprintf(aux, sizeof aux, "%s.aux.xml", path);
    put_text(aux, "<PAMDataset/>");
    tpk_cog_options options = options_of(TPK_PIXEL_U8);
    write_raster(pixels, &options, 512, 512, 0, 1);
    assert_int_not_equal(access(aux, F_OK), 0);
    free(pixels);
}

/* One run in a file system of the given size; *left: files that are there afterwards. Negative: cannot be
 * mounted. */
static int run_on_small_disk(const char *small, long bytes, const void *pixels, tpk_err *err,
                             tpk_status *closed, int *left, bool *whole)
{
    char limit[32], name[128];
    snprintf(limit, sizeof limit, "size=%ldk", bytes / 1024);
    snprintf(name, sizeof name, "%s/raster.tif", small);
    if (mount("tapak", small, "tmpfs", 0, limit) != 0) return -1;
    put_text(name, "earlier");
    tpk_cog_options options = options_of(TPK_PIXEL_F32);
    tpk_cog *cog;
    tpk_status written = tpk_cog_open(name, &GRID, crs, &options, &cog, err);
    if (written == TPK_OK) written = write_all(cog, TPK_PIXEL_F32, pixels, 512, 512, 0, 1, err);
    if (written == TPK_OK) {
        *closed = tpk_cog_close(cog, err);
    } else {
        tpk_cog_abort(cog);
    }
    long n;
    char *text = read_bytes(name, &n);
    *whole = strcmp(text, "earlier") == 0;
    *left = count_files(small);
    free(text);
    umount(small);
    return (int)written;
}

static void a_full_disk_is_reported_and_nothing_is_left(void **state)
{
    (void)state;
    if (geteuid() != 0) skip();
    void *pixels = make_pixels(TPK_PIXEL_F32);
    tpk_cog_options options = options_of(TPK_PIXEL_F32);
    write_raster(pixels, &options, 512, 512, 0, 1);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    char small[96];
    snprintf(small, sizeof small, "%s/small", folder);
    assert_int_equal(mkdir(small, 0777), 0);
    /* Room for the scratch file but not for the result beside it, then room for neither. */
    for (int way = 0; way < 2; way++) {
        tpk_err err = {0};
        tpk_status closed = TPK_OK;
        int left = 0;
        bool whole = false;
        int written = run_on_small_disk(small, way ? info.st_size / 2 : info.st_size * 3 / 2, pixels, &err,
                                        &closed, &left, &whole);
        if (written < 0) {
            rmdir(small);
            free(pixels);
            skip();
        }
        assert_int_equal(written, way ? TPK_ERR_IO : TPK_OK);
        assert_int_equal(closed, way ? TPK_OK : TPK_ERR_IO);
        assert_non_null(strstr(err.message, "small/raster.tif"));
        assert_non_null(strstr(err.message, "MB free"));
        assert_non_null(strstr(err.message, "needed"));
        assert_true(whole);
        assert_int_equal(left, 1);
    }
    rmdir(small);
    free(pixels);
}

static tpk_status small_run(const void *pixels)
{
    static const char *const NAMES[] = {"a", "b"};
    static const char *const METADATA[] = {"KEY", "value", NULL};
    tpk_rgb palette[256] = {{0}};
    tpk_cog_options options = options_of(TPK_PIXEL_U8);
    options.palette = palette;
    options.category_names = NAMES;
    options.n_category_names = 2;
    options.metadata = METADATA;
    options.description = "d";
    tpk_err err = {0};
    tpk_cog *cog;
    tpk_status status = tpk_cog_open(path, &GRID, crs, &options, &cog, &err);
    if (status != TPK_OK) return status;
    status = write_all(cog, TPK_PIXEL_U8, pixels, 700, 700, 0, 1, &err);
    if (status == TPK_OK) return tpk_cog_close(cog, &err);
    tpk_cog_abort(cog);
    return status;
}

static void exhausted_memory_anywhere_leaves_nothing_behind(void **state)
{
    (void)state;
    void *pixels = make_pixels(TPK_PIXEL_U8);
    bool passed = false;
    for (long k = 0; !passed && k < 10000; k++) {
        long live = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = small_run(pixels);
        long fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(tpk_mem_live_count(), live);
        passed = fired == 0;
        assert_int_equal(status, passed ? TPK_OK : TPK_ERR_MEMORY);
        assert_int_equal(count_files(folder), passed ? 2 : 0);
    }
    assert_true(passed);
    free(pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(options_that_cannot_be_are_refused, clean),
        cmocka_unit_test_teardown(a_folder_that_is_not_there_is_named, clean),
        cmocka_unit_test_teardown(a_raster_is_put_together_no_further_when_asked_to_stop, clean),
        cmocka_unit_test_teardown(cells_missing_twice_or_outside_are_found, clean),
        cmocka_unit_test_teardown(an_aborted_run_leaves_the_earlier_result_whole, clean),
        cmocka_unit_test_teardown(what_an_older_raster_said_beside_it_goes_away, clean),
        cmocka_unit_test_teardown(a_full_disk_is_reported_and_nothing_is_left, clean),
        cmocka_unit_test_teardown(exhausted_memory_anywhere_leaves_nothing_behind, clean),
    };
    return cmocka_run_group_tests_name("cog_failure", tests, start, stop);
}
