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

/* A view of the bytes whose bands are colours[b] each (NULL: not told) and say `more` of themselves, in
 * GDAL's words. */
static void write_view(int n_bands, const char *const colours[], const char *more)
{
    FILE *file = open_file("uji.vrt");
    fprintf(file,
            "<VRTDataset rasterXSize=\"%d\" rasterYSize=\"%d\"><GeoTransform>500000, 30, 0, 9703000, 0, "
            "-30</GeoTransform>",
            SIDE, SIDE);
    for (int b = 1; b <= n_bands; b++) {
        fprintf(file,
                "<VRTRasterBand dataType=\"Byte\" band=\"%d\">%s%s<SimpleSource><SourceFilename "
                "relativeToVRT=\"1\">uji.pnm</SourceFilename><SourceBand>%d</SourceBand></SimpleSource>"
                "</VRTRasterBand>",
                b, more, colours ? colours[b - 1] : "", b);
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
    if (more) write_view(n_bands, NULL, more);
    open_raster(more ? "uji.vrt" : "uji.pnm");
    assert_string_equal(raster->data_type, "Byte");
}

static const char *const COLOURS[] = {"<ColorInterp>Red</ColorInterp>", "<ColorInterp>Green</ColorInterp>",
                                      "<ColorInterp>Blue</ColorInterp>"};

/* The same in three bands of these colours. */
static void bytes_as(value_at *at, const char *const colours[3], const char *more)
{
    bytes_of(at, 3, NULL);
    tpk_raster_free(raster);
    write_view(3, colours, more);
    open_raster("uji.vrt");
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

/* A relief of 5 to 49: the sea (two thirds), and a mountain at the edge. */
static double relief(int row, int col)
{
    double away = hypot(row - SIDE / 2.0, col);
    return away > 44 ? 5 : floor(49.5 - away);
}

/* The same of 65 to 109. */
static double high_relief(int row, int col)
{
    return relief(row, col) + 60;
}

/* Per cent of trees, without a heap on a level. */
static double tree_cover(int row, int col)
{
    return floor(50.5 + 45 * sin(row / 25.0) * cos(col / 30.0));
}

/* The same, nothing mapped in every third column: most neighbours that differ do so from that. */
static double tree_cover_in_part(int row, int col)
{
    return col % 3 == 0 ? 255 : tree_cover(row, col);
}

/* The same from 0: in more than half there are none. */
static double few_trees(int row, int col)
{
    return fmax(0, relief(row, col) - 5);
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

/* 39 classes, nothing mapped in the north. */
static double classes_in_part(int row, int col)
{
    return row < 20 ? 255 : 1 + floor(39 * noise(row / 10, col / 10));
}

/* Villages of 4 x 4 pixels on 230 levels, and towns above the scale. */
static double village_density(int row, int col)
{
    return row < 10 && col < 20 ? 255 : 1 + floor(230 * noise(row / 4, col / 4));
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

/* The same by the sea, which is not the lowest: one pixel is a pit. */
static double hills_by_the_sea(int row, int col)
{
    if (row == 50 && col == 90) return -3;
    return col < 83 ? 0 : hills(row, col);
}

/* Terraces of 10 x 10 pixels that rise by tenths of a metre to the east and by a metre to the south, a peak,
 * the sea with a pit in the west. */
static double terraces(int row, int col)
{
    if (row == 50 && col == 5) return -3;
    if (row == 95 && col == 95) return 600;
    return col < 20 ? 0 : 1 + floor(row / 10.0) + floor(col / 10.0) / 10;
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
    assert_fine(&TPK_FINDING_GREY_LEVELS, &subject); /* it has been asked */
    bytes_of(relief, 1, NULL);
    assert_false(raster->is_picture);
    assert_fine(&TPK_FINDING_RASTER_PICTURE, &subject);
    bytes_of(relief, 3, "<ColorInterp>Gray</ColorInterp>"); /* three bands that are no colours */
    assert_false(raster->is_picture);
    assert_fine(&TPK_FINDING_RASTER_PICTURE, &subject);
    numbers_of(hills);
    assert_fine(&TPK_FINDING_RASTER_PICTURE, &subject);
}

/* Per cent of sand in the red band: GDAL marks any three bands of bytes as colours. */
static void bands_that_say_what_they_hold_are_no_picture(void **state)
{
    (void)state;
    static const char *const SAID[] = {
        "<UnitType>%</UnitType>", "<Scale>0.5</Scale>", "<Offset>-5</Offset>",
        "<Description>pasir</Description>",
        "<CategoryNames><Category>laut</Category><Category>darat</Category></CategoryNames>"};
    static const char *const BLUE_SAYS[] = {"<ColorInterp>Red</ColorInterp>",
                                            "<ColorInterp>Green</ColorInterp>",
                                            "<ColorInterp>Blue</ColorInterp><Description>liat</Description>"};
    bytes_as(relief, COLOURS, "");
    assert_true(raster->is_picture);
    bytes_as(relief, BLUE_SAYS, ""); /* one of the three is enough */
    assert_false(raster->is_picture);
    for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++) {
        bytes_as(relief, COLOURS, SAID[i]);
        assert_false(raster->is_picture);
        assert_fine(&TPK_FINDING_RASTER_PICTURE, &subject);
    }
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
    bytes_of(high_relief, 1, NULL);
    assert_found(&TPK_FINDING_GREY_LEVELS, &subject, "grey_levels", TPK_GRAVITY_REMARK, 0,
                 "45 levels between 65 and 109");
    value_at *const fine[] = {classes, tree_cover, few_trees}; /* codes, and what may be per cent */
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        bytes_of(fine[i], 1, NULL);
        assert_fine(&TPK_FINDING_GREY_LEVELS, &subject);
    }
    numbers_of(relief); /* whole numbers, but not cut to a byte */
    assert_fine(&TPK_FINDING_GREY_LEVELS, &subject);
}

static void a_heap_on_the_last_level_is_told(void **state)
{
    (void)state;
    bytes_of(village_density, 1, NULL); /* the end of a scale */
    assert_found(&TPK_FINDING_GREY_LEVELS, &subject, "grey_levels", TPK_GRAVITY_REMARK, 0,
                 "200 pixels hold 255");
    bytes_of(tree_cover_in_part, 1, NULL); /* no data */
    assert_found(&TPK_FINDING_GREY_LEVELS, &subject, "grey_levels", TPK_GRAVITY_REMARK, 0,
                 "3400 pixels hold 255");
    assert_found(&TPK_FINDING_GREY_LEVELS, &subject, "grey_levels", TPK_GRAVITY_REMARK, 0, "nodata: 255}");
    bytes_as(tree_cover_in_part, COLOURS, ""); /* that its bands are colours is asked elsewhere, 255 is not */
    assert_found(&TPK_FINDING_GREY_LEVELS, &subject, "grey_levels", TPK_GRAVITY_REMARK, 0,
                 "3400 pixels hold 255");
    bytes_of(tree_cover_in_part, 1, "<NoDataValue>255</NoDataValue>");
    assert_fine(&TPK_FINDING_GREY_LEVELS, &subject);
    bytes_of(classes_in_part, 1, NULL);
    assert_fine(&TPK_FINDING_GREY_LEVELS, &subject);
    bytes_of(rural_density, 1, NULL); /* neither cut off nor gliding */
    assert_fine(&TPK_FINDING_GREY_LEVELS, &subject);
    bytes_of(high_relief, 1, "<NoDataValue>65</NoDataValue>");
    assert_found(&TPK_FINDING_GREY_LEVELS, &subject, "grey_levels", TPK_GRAVITY_REMARK, 0,
                 "44 levels between 66 and 109");
}

/* 8 districts in a row meet in 7 places, and the first in the sea's edge: 8 of 80 pairs differ, fewer where
 * two are alike. Pixels eight times as coarse differ in 12 of 99 pairs. */
static void one_value_a_district_is_told(void **state)
{
    (void)state;
    bytes_of(density, 1, NULL);
    assert_found(&TPK_FINDING_RASTER_PATCHES, &subject, "raster_patches", TPK_GRAVITY_REMARK, 0,
                 "90 % of the neighbouring pixels hold the same value");
    bytes_of(density, 3, NULL); /* marked as colours */
    assert_found(&TPK_FINDING_RASTER_PATCHES, &subject, "raster_patches", TPK_GRAVITY_REMARK, 0, "90 %");
    numbers_of(coarse_hills);
    assert_found(&TPK_FINDING_RASTER_PATCHES, &subject, "raster_patches", TPK_GRAVITY_REMARK, 0, "88 %");
}

static void flat_land_and_classes_are_no_patches(void **state)
{
    (void)state;
    value_at *const fine[] = {hills, relief, terraces, flat_land, coarse_classes, hills_by_the_sea};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        numbers_of(fine[i]);
        assert_fine(&TPK_FINDING_RASTER_PATCHES, &subject);
    }
    bytes_of(density, 1,
             "<CategoryNames><Category>laut</Category><Category>darat</Category></CategoryNames>");
    assert_fine(&TPK_FINDING_RASTER_PATCHES, &subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_told_and_a_band_of_bytes_is_not),
        cmocka_unit_test(bands_that_say_what_they_hold_are_no_picture),
        cmocka_unit_test(grey_levels_are_told_unless_the_file_says_what_they_are),
        cmocka_unit_test(a_heap_on_the_last_level_is_told),
        cmocka_unit_test(one_value_a_district_is_told),
        cmocka_unit_test(flat_land_and_classes_are_no_patches),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
