/* Findings about rasters: for each a raster that shows it and one that looks like it and is fine. Rasters are
 * written as Esri grids of text, in UTM 50S; tests see elevations as functions of row and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "check_support.h"

enum { SIDE = 80 };

typedef double elevation(int row, int col);

static char path[300];
static tpk_raster *raster;
static tpk_layer_spec spec;
static tpk_subject subject;

static int set_up_file(void **state)
{
    const char *temp = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/tapak-raster-XXXXXX", temp ? temp : "/tmp");
    int file = mkstemp(path);
    if (file >= 0) close(file);
    return file < 0 || set_up(state);
}

static int tear_down_file(void **state)
{
    remove(path);
    return tear_down(state);
}

/* Writes and opens a raster of 30 m pixels about 116.999 E, 2.7 S. format: "%.0f" for whole numbers. nodata
 * NULL: none. */
static void raster_of(elevation *at, int n_rows, int n_cols, double cell, const char *format,
                      const char *nodata)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "ncols %d\nnrows %d\nxllcorner 500000\nyllcorner 9700000\ncellsize %g\n", n_cols, n_rows,
            cell);
    if (nodata) fprintf(file, "NODATA_value %s\n", nodata);
    for (int row = 0; row < n_rows; row++) {
        for (int col = 0; col < n_cols; col++) {
            fprintf(file, col ? " " : "");
            fprintf(file, strcmp(format, "%.0f") == 0 ? "%.0f" : "%.3f", at(row, col));
        }
        fprintf(file, "\n");
    }
    fclose(file);
    tpk_err err = {0};
    spec = (tpk_layer_spec){.id = (char *)(uintptr_t) "dem",
                            .path = path,
                            .crs = (char *)(uintptr_t) "EPSG:32750",
                            .band = 1,
                            .nodata = (double)NAN};
    tpk_raster_free(raster);
    if (tpk_raster_open(worker, &spec, &raster, NULL, &err) != TPK_OK) fail_msg("%s", err.message);
    subject = (tpk_subject){
        .spec = &spec, .raster = raster, .crs = raster->crs, .area_lonlat = TPK_BOX_EMPTY, .worker = worker};
}

static void done(void)
{
    tpk_raster_free(raster);
    raster = NULL;
}

/* Pseudo-random in -0.5 .. 0.5, the same in every run. */
static double noise(int row, int col)
{
    uint32_t h = (uint32_t)row * 2654435761u ^ (uint32_t)col * 2246822519u;
    h = (h ^ (h >> 15)) * 2246822519u;
    h = (h ^ (h >> 13)) * 3266489917u;
    return (double)(h ^ (h >> 16)) / 4294967296.0 - 0.5;
}

static double hills(int row, int col)
{
    return 300 + 250 * sin(row / 17.0) * cos(col / 13.0) + 8 * noise(row, col);
}

static double hills_with_hole(int row, int col)
{
    return row < 5 && col < 8 ? -9999 : hills(row, col);
}

static double deep_sea(int row, int col)
{
    return -9999 + 60 * (row + col) + 8 * noise(row, col); /* -9999 is one depth of many */
}

static double island(int row, int col)
{
    double away = hypot(row - SIDE / 2.0, col - SIDE / 2.0);
    return away > 25 ? 0 : round(26 - away) * 4;
}

static void an_undeclared_mark_for_no_data_is_serious(void **state)
{
    (void)state;
    raster_of(hills_with_hole, SIDE, SIDE, 30, "%.3f", NULL);
    assert_found(&TPK_FINDING_NODATA_MISSING, &subject, "nodata_missing", TPK_GRAVITY_SERIOUS, 0,
                 "40 pixels (0.6 %) hold -9999");
    assert_found(&TPK_FINDING_NODATA_MISSING, &subject, "nodata_missing", TPK_GRAVITY_SERIOUS, 0,
                 "dem: {path: ..., nodata: -9999}");
    raster_of(hills_with_hole, SIDE, SIDE, 30, "%.3f", "-9999");
    assert_fine(&TPK_FINDING_NODATA_MISSING, &subject);
    assert_fine(&TPK_FINDING_NODATA_LOOKS_VALID, &subject);
    raster_of(hills, SIDE, SIDE, 30, "%.3f", NULL); /* nothing declared, nothing missing */
    assert_fine(&TPK_FINDING_NODATA_MISSING, &subject);
    raster_of(deep_sea, SIDE, SIDE, 30, "%.0f", NULL);
    assert_fine(&TPK_FINDING_NODATA_MISSING, &subject);
    done();
}

static void a_number_that_fills_the_surroundings_is_asked_about(void **state)
{
    (void)state;
    raster_of(island, SIDE, SIDE, 30, "%.0f", NULL);
    assert_found(&TPK_FINDING_NODATA_MISSING, &subject, "nodata_missing", TPK_GRAVITY_REMARK, 0,
                 "if 0 means no data");
    raster_of(island, SIDE, SIDE, 30, "%.0f", "0");
    assert_fine(&TPK_FINDING_NODATA_MISSING, &subject);
    done();
}

static double around_zero(int row, int col)
{
    return round(hills(row, col) - 300);
}

static void a_nodata_value_among_the_values_is_told(void **state)
{
    (void)state;
    raster_of(around_zero, SIDE, SIDE, 30, "%.0f", "0");
    assert_found(&TPK_FINDING_NODATA_LOOKS_VALID, &subject, "nodata_looks_valid", TPK_GRAVITY_REPAIR, 0,
                 "nodata value, 0, lies among");
    raster_of(around_zero, SIDE, SIDE, 30, "%.0f", "-32768"); /* declared, of no value, not used */
    assert_fine(&TPK_FINDING_NODATA_LOOKS_VALID, &subject);
    raster_of(island, SIDE, SIDE, 30, "%.0f", "0"); /* below all others */
    assert_fine(&TPK_FINDING_NODATA_LOOKS_VALID, &subject);
    done();
}

/* A lost upper byte: 700 m of land as 188. */
static double lost_byte(int row, int col)
{
    double v = round(500 + 300 * sin(row / 40.0) * cos(col / 40.0));
    return col > 30 && col < 50 ? v - 256 : v;
}

/* Upper byte resampled apart from the lower: a pixel falls below 256 between two above it, by less than 256.
 */
static double split_bytes(int row, int col)
{
    return (col == 40 ? 160 : 345) + 10 * noise(row, col);
}

/* Towers of rock: as lone and as high, at any height. */
static double towers(int row, int col)
{
    return 11 * row + (col % 8 == 4 ? 180 : 0) + 10 * noise(row, col);
}

/* An escarpment of 250 m. */
static double cliff(int row, int col)
{
    return 120 + (col > 40 ? 250 + 30 * noise(row, 1) : 0) + 5 * noise(row, col);
}

/* Steep land, as rough as it comes. */
static double crags(int row, int col)
{
    return 800 + 500 * noise(row, col);
}

static void steps_of_a_byte_are_told_from_cliffs(void **state)
{
    (void)state;
    raster_of(lost_byte, SIDE, SIDE, 30, "%.0f", NULL);
    assert_found(&TPK_FINDING_RASTER_STEPS, &subject, "raster_steps", TPK_GRAVITY_REPAIR, 0, "160 steps");
    raster_of(split_bytes, SIDE, SIDE, 30, "%.0f", NULL);
    assert_found(&TPK_FINDING_RASTER_STEPS, &subject, "raster_steps", TPK_GRAVITY_REPAIR, 0,
                 "the first at row 0, column 40");
    raster_of(cliff, SIDE, SIDE, 30, "%.0f", NULL);
    assert_fine(&TPK_FINDING_RASTER_STEPS, &subject);
    raster_of(towers, SIDE, SIDE, 30, "%.3f", NULL);
    assert_fine(&TPK_FINDING_RASTER_STEPS, &subject);
    raster_of(crags, SIDE, SIDE, 30, "%.3f", NULL);
    assert_fine(&TPK_FINDING_RASTER_STEPS, &subject);
    raster_of(hills, SIDE, SIDE, 30, "%.3f", NULL);
    assert_fine(&TPK_FINDING_RASTER_STEPS, &subject);
    done();
}

static double one_bad_row(int row, int col)
{
    return hills(row, col) + (row == 33 ? 20 : 0);
}
static double every_other_column(int row, int col)
{
    return hills(row, col) + (col % 2 ? 10 : 0);
}
static double dome(int row, int col)
{
    return 900 -
           0.2 * ((row - 40.0) * (row - 40.0) + (col - 40.0) * (col - 40.0)); /* curved alike everywhere */
}
static double dike(int row, int col)
{
    return hills(row, col) + (row == 33 && col > 20 && col < 50 ? 20 : 0); /* ends on the land */
}

/* Sheets that were joined 20 m apart. */
static double joined_sheets(int row, int col)
{
    return hills(row, col) + (row >= 33 ? 20 : 0);
}

/* Flat land in whole metres, one row off by one. */
static double bad_row_of_flat_land(int row, int col)
{
    return 5 + (row + 2 * col) / 40 + (row == 33);
}

/* Per cent, classes of 10 x 10 pixels, and hills by a sea that was drawn: what is not known in the north, or
 * in the west, is one value. */
static double unmapped_north(int row, int col)
{
    return row < 20 ? 255 : round(50 + 45 * sin(row / 30.0) * cos(col / 25.0));
}
static double classes_in_the_south(int row, int col)
{
    return row < 20 ? 255 : 1 + floor(39 * (0.5 + noise(row / 10, col / 10)));
}
static double drawn_sea(int row, int col)
{
    return col < 20 ? 0 : hills(row, col);
}

static void stripes_are_told_from_hills_and_dikes(void **state)
{
    (void)state;
    raster_of(one_bad_row, SIDE, SIDE, 30, "%.3f", NULL);
    assert_found(&TPK_FINDING_RASTER_STRIPES, &subject, "raster_stripes", TPK_GRAVITY_REPAIR, 0,
                 "the first is row 33");
    raster_of(every_other_column, SIDE, SIDE, 30, "%.3f", NULL);
    assert_found(&TPK_FINDING_RASTER_STRIPES, &subject, "raster_stripes", TPK_GRAVITY_REPAIR, 0,
                 "columns stand off");
    raster_of(joined_sheets, SIDE, SIDE, 30, "%.3f", NULL);
    assert_found(&TPK_FINDING_RASTER_STRIPES, &subject, "raster_stripes", TPK_GRAVITY_REPAIR, 0,
                 "the first is row 32");
    raster_of(bad_row_of_flat_land, SIDE, SIDE, 30, "%.0f", NULL);
    assert_found(&TPK_FINDING_RASTER_STRIPES, &subject, "raster_stripes", TPK_GRAVITY_REPAIR, 0,
                 "1 row and 0 columns stand off");
    elevation *const fine[] = {hills,    dome, dike, crags, island, unmapped_north, classes_in_the_south,
                               drawn_sea};
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        raster_of(fine[i], SIDE, SIDE, 30, "%.3f", NULL);
        assert_fine(&TPK_FINDING_RASTER_STRIPES, &subject);
    }
    done();
}

/* 2200 x 2200 pixels: three strips of 1906 rows or less. A bad row at the first seam, one pixel of -9999 in
 * the last row. */
static double at_the_seam(int row, int col)
{
    if (row == 2199 && col == 0) return -9999;
    return 100 + (row * 7 + col * 13) % 5 + (row == 1906 ? 30 : 0);
}

static void strips_see_each_row_once_with_its_neighbours(void **state)
{
    (void)state;
    raster_of(at_the_seam, 2200, 2200, 30, "%.0f", NULL);
    tpk_findings stripes = run(&TPK_FINDING_RASTER_STRIPES, &subject),
                 marks = run(&TPK_FINDING_NODATA_MISSING, &subject);
    assert_int_equal(stripes.n, 1);
    assert_non_null(strstr(stripes.items[0].found, "1 row and 0 columns"));
    assert_non_null(strstr(stripes.items[0].found, "the first is row 1906"));
    assert_int_equal(marks.n, 1);
    assert_non_null(strstr(marks.items[0].found, "1 pixel ("));
    tpk_findings_clear(&stripes);
    tpk_findings_clear(&marks);
    done();
}

static void whole_metres_under_a_slope_are_told(void **state)
{
    (void)state;
    raster_of(hills, SIDE, SIDE, 30, "%.0f", NULL);
    assert_fine(&TPK_FINDING_INTEGER_ELEVATION, &subject); /* no slope */
    subject.used_for_slope = true;
    assert_found(&TPK_FINDING_INTEGER_ELEVATION, &subject, "integer_elevation", TPK_GRAVITY_REPAIR, 0,
                 "pixels of 30.0 m: one step from pixel to pixel is a slope of 3.3 %");
    raster_of(hills, SIDE, SIDE, 900, "%.0f", NULL); /* 1 m in 900 m decides nothing */
    subject.used_for_slope = true;
    assert_fine(&TPK_FINDING_INTEGER_ELEVATION, &subject);
    raster_of(hills, SIDE, SIDE, 30, "%.3f", NULL);
    subject.used_for_slope = true;
    assert_fine(&TPK_FINDING_INTEGER_ELEVATION, &subject);
    done();
}

static void coarse_pixels_are_told_with_what_a_slope_loses(void **state)
{
    (void)state;
    raster_of(hills, SIDE, SIDE, 900, "%.0f", NULL);
    assert_fine(&TPK_FINDING_PIXELS_COARSE, &subject); /* no study */
    subject.cell_m = 30;
    assert_found(&TPK_FINDING_PIXELS_COARSE, &subject, "pixels_coarse", TPK_GRAVITY_REMARK, 0,
                 "30 times the study's cell of 30 m");
    subject.used_for_slope = true;
    assert_found(&TPK_FINDING_PIXELS_COARSE, &subject, "pixels_coarse", TPK_GRAVITY_REMARK, 0, "DEMNAS");
    subject.cell_m = 300; /* 2.99 times: a raster may be a little coarser */
    assert_fine(&TPK_FINDING_PIXELS_COARSE, &subject);
    done();
}

/* West half without values. */
static double half(int row, int col)
{
    return col < SIDE / 2 ? -9999 : hills(row, col);
}

static void cover_of_the_study_area_is_told_in_percent(void **state)
{
    (void)state;
    double corners[4] = {500000, 9700000, 500000 + 30 * SIDE, 9700000 + 30 * SIDE};
    assert_int_equal(tpk_crs_to_lonlat(utm50s, corners, 2, NULL), TPK_OK);
    const tpk_box area = {corners[0] + 1e-5, corners[1] + 1e-5, corners[2] - 1e-5, corners[3] - 1e-5};
    raster_of(half, SIDE, SIDE, 30, "%.3f", "-9999");
    subject.area_lonlat = area;
    assert_found(&TPK_FINDING_AREA_COVER, &subject, "area_cover", TPK_GRAVITY_REMARK, 0, "50 % of the box");
    made *m = make(TPK_GEOM_POLYGON, 2, 20);
    double width = area.x_max - area.x_min;
    box(m, area.x_min + width / 4, area.y_min, width / 2, area.y_max - area.y_min);
    subject.land = &m->layer;
    assert_found(&TPK_FINDING_AREA_COVER, &subject, "area_cover", TPK_GRAVITY_REPAIR, 0,
                 "about 50 % of the study area");
    m->layer.xy[0] = m->layer.xy[6] = m->layer.xy[8] = area.x_min + 0.51 * width; /* only the east is land */
    m->layer.xy[2] = m->layer.xy[4] = area.x_max;
    assert_fine(&TPK_FINDING_AREA_COVER, &subject);
    subject.land = NULL;
    subject.area_lonlat = (tpk_box){115, -4, 115.1, -3.9};
    assert_found(&TPK_FINDING_AREA_COVER, &subject, "area_cover", TPK_GRAVITY_SERIOUS, 0,
                 "no value in the box");
    raster_of(hills, SIDE, SIDE, 30, "%.3f", NULL);
    subject.area_lonlat = area;
    assert_fine(&TPK_FINDING_AREA_COVER, &subject);
    unmake(m);
    done();
}

/* Of a triangle that fills half of its box the east half has values: 3/4 of the triangle, 1/2 of the box. */
static void cover_counts_the_area_and_not_its_box(void **state)
{
    (void)state;
    double corners[4] = {500000, 9700000, 500000 + 30 * SIDE, 9700000 + 30 * SIDE};
    assert_int_equal(tpk_crs_to_lonlat(utm50s, corners, 2, NULL), TPK_OK);
    const tpk_box area = {corners[0] + 1e-5, corners[1] + 1e-5, corners[2] - 1e-5, corners[3] - 1e-5};
    made *m = make(TPK_GEOM_POLYGON, 2, 20);
    feature(m);
    PART(m, TPK_RING_OUTER, area.x_min, area.y_min, area.x_max, area.y_min, area.x_max, area.y_max,
         area.x_min, area.y_min);
    raster_of(half, SIDE, SIDE, 30, "%.3f", "-9999");
    subject.area_lonlat = area;
    subject.area = &m->layer;
    assert_found(&TPK_FINDING_AREA_COVER, &subject, "area_cover", TPK_GRAVITY_REPAIR, 0,
                 "about 75 % of the study area");
    made *land =
        make(TPK_GEOM_POLYGON, 2, 20); /* of the neighbours too: the study's own area goes before it */
    box(land, area.x_min, area.y_min, area.x_max - area.x_min, area.y_max - area.y_min);
    subject.land = &land->layer;
    assert_found(&TPK_FINDING_AREA_COVER, &subject, "area_cover", TPK_GRAVITY_REPAIR, 0,
                 "about 75 % of the study area");
    unmake(land);
    unmake(m);
    done();
}

/* Lights of towns over dark land: most of it 0, and every value between. */
static double lights(int row, int col)
{
    double away = hypot(row - SIDE / 2.0, col - SIDE / 2.0);
    return floor(255 * exp(-away * away / 80));
}

/* The same lights, of which the faintest were cut off. */
static double bright_lights(int row, int col)
{
    double value = lights(row, col);
    return value < 40 ? 0 : value;
}

static void a_zero_that_is_a_value_is_not_doubted(void **state)
{
    (void)state;
    raster_of(lights, SIDE, SIDE, 30, "%.0f", NULL);
    assert_fine(&TPK_FINDING_NODATA_MISSING, &subject);
    raster_of(bright_lights, SIDE, SIDE, 30, "%.0f", NULL);
    assert_found(&TPK_FINDING_NODATA_MISSING, &subject, "nodata_missing", TPK_GRAVITY_REMARK, 0, "hold 0");
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_undeclared_mark_for_no_data_is_serious),
        cmocka_unit_test(a_number_that_fills_the_surroundings_is_asked_about),
        cmocka_unit_test(a_nodata_value_among_the_values_is_told),
        cmocka_unit_test(steps_of_a_byte_are_told_from_cliffs),
        cmocka_unit_test(stripes_are_told_from_hills_and_dikes),
        cmocka_unit_test(strips_see_each_row_once_with_its_neighbours),
        cmocka_unit_test(whole_metres_under_a_slope_are_told),
        cmocka_unit_test(coarse_pixels_are_told_with_what_a_slope_loses),
        cmocka_unit_test(cover_of_the_study_area_is_told_in_percent),
        cmocka_unit_test(cover_counts_the_area_and_not_its_box),
        cmocka_unit_test(a_zero_that_is_a_value_is_not_doubted),
    };
    return cmocka_run_group_tests(tests, set_up_file, tear_down_file);
}
