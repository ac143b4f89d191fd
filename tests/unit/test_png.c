/* Tile pictures, read back by GDAL's PNG driver (libpng). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpl_vsi.h>
#include <gdal.h>
#include <string.h>

#include "base/mem.h"
#include "output/png.h"

static tpk_rgba palette[256];

static int start(void **state)
{
    (void)state;
    GDALAllRegister();
    for (int i = 0; i < 256; i++)
        palette[i] = (tpk_rgba){(uint8_t)i, (uint8_t)(255 - i), (uint8_t)(i * 7), (uint8_t)(i * 3)};
    return 0;
}

/* The picture comes back pixel by pixel with its n_colors colours. */
static void expect_back(const uint8_t *pixels, int width, int height, int n_colors)
{
    uint8_t *bytes, *found = tpk_alloc((size_t)width, (size_t)height);
    size_t n;
    assert_int_equal(tpk_png_encode(pixels, width, height, palette, &bytes, &n, NULL), TPK_OK);
    VSIFCloseL(VSIFileFromMemBuffer("/vsimem/tile.png", bytes, n, FALSE));
    GDALDatasetH picture = GDALOpen("/vsimem/tile.png", GA_ReadOnly);
    assert_non_null(picture);
    assert_int_equal(GDALGetRasterCount(picture), 1);
    assert_int_equal(GDALGetRasterXSize(picture), width);
    assert_int_equal(GDALGetRasterYSize(picture), height);
    GDALRasterBandH band = GDALGetRasterBand(picture, 1);
    assert_int_equal(GDALRasterIO(band, GF_Read, 0, 0, width, height, found, width, height, GDT_Byte, 0, 0),
                     CE_None);
    assert_memory_equal(found, pixels, (size_t)width * (size_t)height);
    GDALColorTableH table = GDALGetRasterColorTable(band);
    assert_int_equal(GDALGetColorEntryCount(table), n_colors);
    for (int i = 0; i < n_colors; i++) {
        const GDALColorEntry *color = GDALGetColorEntry(table, i);
        assert_int_equal(color->c1, palette[i].r);
        assert_int_equal(color->c2, palette[i].g);
        assert_int_equal(color->c3, palette[i].b);
        assert_int_equal(color->c4, palette[i].a);
    }
    GDALClose(picture);
    VSIUnlink("/vsimem/tile.png");
    tpk_free(found);
    tpk_free(bytes);
}

static void every_colour_and_pixel_comes_back(void **state)
{
    (void)state;
    static uint8_t pixels[256 * 256];
    for (int i = 0; i < 256 * 256; i++) pixels[i] = (uint8_t)(((unsigned)i * 2654435761u) >> 24);
    pixels[77] = 255;
    expect_back(pixels, 256, 256, 256);
}

static void sides_may_differ(void **state)
{
    (void)state;
    static const uint8_t pixels[6] = {0, 1, 2, 2, 1, 0};
    expect_back(pixels, 3, 2, 3);
    expect_back(pixels, 1, 6, 3);
}

static void one_pixel_is_a_picture(void **state)
{
    (void)state;
    expect_back((const uint8_t[1]){0}, 1, 1, 1);
}

static void colours_not_in_use_are_left_out(void **state)
{
    (void)state;
    expect_back((const uint8_t[4]){9, 9, 9, 9}, 2, 2, 10);
}

static void sides_out_of_range_are_refused(void **state)
{
    (void)state;
    uint8_t *bytes = NULL;
    size_t n = 1;
    tpk_err err = {0};
    assert_int_equal(tpk_png_encode(NULL, 0, 5, palette, &bytes, &n, &err), TPK_ERR_ARGUMENT);
    assert_string_equal(err.message, "picture of 0 x 5 pixels: each side must be 1 to 65535");
    assert_int_equal(tpk_png_encode(NULL, 5, 65536, palette, &bytes, &n, NULL), TPK_ERR_ARGUMENT);
    assert_null(bytes);
    assert_int_equal(n, 0);
}

static void want_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    static const uint8_t pixels[64];
    long live = tpk_mem_live_count();
    tpk_status status = TPK_ERR_MEMORY;
    for (long k = 0; status != TPK_OK; k++) {
        uint8_t *bytes;
        size_t n;
        tpk_mem_fail_after(k);
        status = tpk_png_encode(pixels, 8, 8, palette, &bytes, &n, NULL);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        if (status == TPK_OK) {
            assert_int_equal(k, 2);
            tpk_free(bytes);
        } else {
            assert_int_equal(status, TPK_ERR_MEMORY);
            assert_true(failed > 0);
            assert_null(bytes);
        }
        assert_int_equal(tpk_mem_live_count(), live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_colour_and_pixel_comes_back),
        cmocka_unit_test(sides_may_differ),
        cmocka_unit_test(one_pixel_is_a_picture),
        cmocka_unit_test(colours_not_in_use_are_left_out),
        cmocka_unit_test(sides_out_of_range_are_refused),
        cmocka_unit_test(want_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
