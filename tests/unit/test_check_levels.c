/* Findings about rasters whose numbers are no measures: for each a raster that shows it and ones that look
 * like it and are fine. Bytes are written as PGM and PPM with a world file, other numbers as Esri grids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "check_support.h"

enum { SIDE = 100 };

typedef double value_at(int row, int col);

static char folder[260];
static char raster_path[300];
static tpk_raster *raster;
static tpk_layer_spec spec;
static tpk_subject subject;

static const char *const NAMES[] = {"uji.pnm", "uji.wld", "uji.vrt", "uji.asc"};

static int make_folder(void **state)
{
    const char *temp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tapak-levels-XXXXXX", temp ? temp : "/tmp");
    return !mkdtemp(folder) || set_up(state);
}

static void close_raster(void)
{
    tpk_raster_free(raster);
    raster = NULL;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]);
        remove(path);
    }
}

static int remove_folder(void **state)
{
    close_raster();
    return rmdir(folder) || tear_down(state);
}

static FILE *open_file(const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    return file;
}

static void open_raster(const char *name)
{
    tpk_err err = {0};
    snprintf(raster_path, sizeof raster_path, "%s/%s", folder, name);
    spec = (tpk_layer_spec){.id = (char *)(uintptr_t) "citra",
                            .path = raster_path,
                            .crs = (char *)(uintptr_t) "EPSG:32750",
                            .band = 1,
                            .nodata = (double)NAN};
    if (tpk_raster_open(worker, &spec, &raster, NULL, &err) != TPK_OK) fail_msg("%s", err.message);
    subject = (tpk_subject){
        .spec = &spec, .raster = raster, .crs = raster->crs, .area_lonlat = TPK_BOX_EMPTY, .worker = worker};
}

/* A view of the bytes whose bands say `more` of themselves, in GDAL's words. */
static void write_view(int n_bands, const char *more)
{
    FILE *file = open_file("uji.vrt");
    fprintf(file,
            "<VRTDataset rasterXSize=\"%d\" rasterYSize=\"%d\"><GeoTransform>500000, 30, 0, 9703000, 0, "
            "-30</GeoTransform>",
            SIDE, SIDE);
    for (int b = 1; b <= n_bands; b++) {
        fprintf(file,
                "<VRTRasterBand dataType=\"Byte\" band=\"%d\">%s<SimpleSource><SourceFilename "
                "relativeToVRT=\"1\">uji.pnm</SourceFilename><SourceBand>%d</SourceBand></SimpleSource>"
                "</VRTRasterBand>",
                b, more, b);
    }
    fprintf(file, "</VRTDataset>");
    fclose(file);
}

/* Bytes, n_bands 1 or 3 (all alike). more NULL: as the picture's own format describes them. */
static void bytes_of(value_at *at, int n_bands, const char *more)
{
    close_raster();
    FILE *file = open_file("uji.pnm");
    fprintf(file, "P%d\n%d %d\n255\n", n_bands == 3 ? 6 : 5, SIDE, SIDE);
    for (int i = 0; i < SIDE * SIDE; i++) {
        for (int b = 0; b < n_bands; b++) fputc((int)at(i / SIDE, i % SIDE), file);
    }
    fclose(file);
    file = open_file("uji.wld");
    fprintf(file, "30\n0\n0\n-30\n500015\n9702985\n");
    fclose(file);
    if (more) write_view(n_bands, more);
    open_raster(more ? "uji.vrt" : "uji.pnm");
    assert_string_equal(raster->data_type, "Byte");
}

static void numbers_of(value_at *at)
{
    close_raster();
    FILE *file = open_file("uji.asc");
    fprintf(file, "ncols %d\nnrows %d\nxllcorner 500000\nyllcorner 9700000\ncellsize 30\n", SIDE, SIDE);
    for (int i = 0; i < SIDE * SIDE; i++) fprintf(file, "%.3f\n", at(i / SIDE, i % SIDE));
    fclose(file);
    open_raster("uji.asc");
}

/* Pseudo-random in 0 .. 1, the same in every run. */
static double noise(int a, int b)
{
    uint32_t h = (uint32_t)a * 2654435761u ^ (uint32_t)b * 2246822519u;
    h = (h ^ (h >> 15)) * 2246822519u;
    h = (h ^ (h >> 13)) * 3266489917u;
    return (double)(h ^ (h >> 16)) / 4294967296.0;
}

/* A relief of 5 to 49: the sea, and a mountain. */
static double relief(int row, int col)
{
    double away = hypot(row - SIDE / 2.0, col - SIDE / 2.0);
    return away > 44 ? 5 : floor(49.5 - away);
}

/* Codes of 40 classes, one beside any other. */
static double classes(int row, int col)
{
    return floor(40 * noise(row / 3, col / 3)) * 6;
}

/* Districts of 10 x 10 pixels, in the west the sea (0), and towns above the scale. */
static double density(int row, int col)
{
    if (col < 20) return 0;
    return row < 10 && col < 40 ? 255 : 1 + floor(230 * noise(row / 10, col / 10));
}

/* The same without towns. */
static double rural_density(int row, int col)
{
    double value = density(row, col);
    return value > 200 ? 200 : value;
}

/* Whole metres: a plain that rises by one now and then, and steep hills in the south. */
static double flat_land(int row, int col)
{
    double plain = floor(row / 12.0) + floor(col / 12.0);
    return row > 90 ? plain + floor(900 * fabs(sin(col / 20.0))) : plain;
}

static double hills(int row, int col)
{
    return 300 + 250 * sin(row / 17.0) * cos(col / 13.0) + 8 * noise(row, col);
}

/* Hills in pixels eight times as coarse. */
static double coarse_hills(int row, int col)
{
    return hills(row / 8 * 8, col / 8 * 8);
}

static double coarse_classes(int row, int col)
{
    return floor(40 * noise(row / 10, col / 10)) * 6;
}

static void a_picture_is_told_and_a_band_of_bytes_is_not(void **state)
{
    (void)state;
    bytes_of(relief, 3, NULL);
    assert_true(raster->is_picture);
    assert_found(&TPK_FINDING_RASTER_PICTURE, &subject, "raster_picture", TPK_GRAVITY_REMARK, 0,
                 "marked as red, green and blue, as those of a picture; band 1");
    assert_fine(&TPK_FINDING_GREY_LEVELS, &subject); /* it has been said */
    bytes_of(relief, 3,
             "<UnitType>%</UnitType>"); /* sand, silt and clay: bands of bytes are marked by default */
    assert_false(raster->is_picture);
    assert_fine(&TPK_FINDING_RASTER_PICTURE, &subject);
    bytes_of(relief, 1, NULL);
    assert_false(raster->is_picture);
    assert_fine(&TPK_FINDING_RASTER_PICTURE, &subject);
    bytes_of(relief, 3, "<ColorInterp>Gray</ColorInterp>"); /* three bands that are no colours */
    assert_false(raster->is_picture);
    assert_fine(&TPK_FINDING_RASTER_PICTURE, &subject);
    numbers_of(hills);
    assert_fine(&TPK_FINDING_RASTER_PICTURE, &subject);
}

static void grey_levels_are_told_unless_the_file_says_what_they_are(void **state)
{
    (void)state;
    bytes_of(relief, 1, NULL);
    assert_found(&TPK_FINDING_GREY_LEVELS, &subject, "grey_levels", TPK_GRAVITY_REMARK, 0,
                 "45 levels between 5 and 49");
    static const char *const SAID[] = {
        "<UnitType>m</UnitType>", "<Scale>33</Scale>", "<Offset>-5</Offset>",
        "<CategoryNames><Category>laut</Category><Category>darat</Category></CategoryNames>"};
    for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++) {
        bytes_of(relief, 1, SAID[i]);
        assert_fine(&TPK_FINDING_GREY_LEVELS, &subject);
    }
    bytes_of(classes, 1, NULL);
    assert_fine(&TPK_FINDING_GREY_LEVELS, &subject);
    numbers_of(relief); /* whole numbers, but not cut to a byte */
    assert_fine(&TPK_FINDING_GREY_LEVELS, &subject);
}

static void a_heap_on_the_last_level_is_told(void **state)
{
    (void)state;
    bytes_of(density, 1, NULL);
    assert_found(&TPK_FINDING_GREY_LEVELS, &subject, "grey_levels", TPK_GRAVITY_REMARK, 0,
                 "200 pixels hold 255");
    bytes_of(rural_density, 1, NULL); /* neither cut off nor gliding */
    assert_fine(&TPK_FINDING_GREY_LEVELS, &subject);
    bytes_of(relief, 1, "<NoDataValue>5</NoDataValue>");
    assert_found(&TPK_FINDING_GREY_LEVELS, &subject, "grey_levels", TPK_GRAVITY_REMARK, 0,
                 "44 levels between 6 and 49");
}

/* 8 districts in a row meet in 7 places, and the first in the sea's edge: 8 of 80 pairs differ, fewer where
 * two are alike. Pixels eight times as coarse differ in 12 of 99 pairs. */
static void one_value_a_district_is_told(void **state)
{
    (void)state;
    bytes_of(density, 1, NULL);
    assert_found(&TPK_FINDING_RASTER_PATCHES, &subject, "raster_patches", TPK_GRAVITY_REMARK, 0,
                 "90 % of the neighbouring pixels hold the same value");
    numbers_of(coarse_hills);
    assert_found(&TPK_FINDING_RASTER_PATCHES, &subject, "raster_patches", TPK_GRAVITY_REMARK, 0, "88 %");
}

static void flat_land_and_classes_are_no_patches(void **state)
{
    (void)state;
    value_at *const fine[] = {hills, relief, flat_land, coarse_classes};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        numbers_of(fine[i]);
        assert_fine(&TPK_FINDING_RASTER_PATCHES, &subject);
    }
    bytes_of(density, 1,
             "<CategoryNames><Category>laut</Category><Category>darat</Category></CategoryNames>");
    assert_fine(&TPK_FINDING_RASTER_PATCHES, &subject);
    bytes_of(density, 3, NULL);
    assert_fine(&TPK_FINDING_RASTER_PATCHES, &subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_told_and_a_band_of_bytes_is_not),
        cmocka_unit_test(grey_levels_are_told_unless_the_file_says_what_they_are),
        cmocka_unit_test(a_heap_on_the_last_level_is_told),
        cmocka_unit_test(one_value_a_district_is_told),
        cmocka_unit_test(flat_land_and_classes_are_no_patches),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
