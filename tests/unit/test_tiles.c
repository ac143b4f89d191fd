/* The map tiles of a run: every pixel against the study asked at its centre, through another way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpl_vsi.h>

#include "small_study.h"

static const double WORLD_M = 40075016.685578488;

/* The small study's 300 m are far less than a tile of any zoom: its tiles are where it is. */
static const char *study_with_tiles(const char *name)
{
    char *text = NULL;
    size_t n = 0, capacity = 65536;
    FILE *file = fopen(write_small_study(), "r");
    assert_non_null(file);
    text = calloc(capacity, 1);
    n = fread(text, 1, capacity - 100, file);
    fclose(file);
    snprintf(text + n, capacity - n, "output: {tiles: true}\n");
    const char *path = write_text(name, text);
    free(text);
    return path;
}

static tpk_study *run_with(const char *path, int n_threads, const char *folder)
{
    tpk_options options = {.n_threads = n_threads};
    tpk_study *study;
    tpk_err err = {0};
    if (tpk_study_open(path, &options, &study, &err) != TPK_OK) fail_msg("%s", err.message);
    if (tpk_study_run(study, folder, &err) != TPK_OK) fail_msg("%s", err.message);
    return study;
}

/* The lines "tile Z X Y ..." of the independent reader; the archive's tile data begin at 16,384. */
static char *stored_tile(const char *path, int *z, unsigned *x, unsigned *y, size_t *n)
{
    char command[900], line[400];
    size_t offset = 16384;
    snprintf(command, sizeof command, "/usr/bin/python3 tests/unit/pmtiles_reader.py '%s'", path);
    FILE *reader = popen(command, "r");
    assert_non_null(reader);
    size_t previous = 0;
    while (fgets(line, sizeof line, reader)) {
        size_t length;
        if (sscanf(line, "tile %d %u %u %zu", z, x, y, &length) != 4) continue;
        offset += previous;
        previous = length;
    }
    assert_int_equal(pclose(reader), 0);
    *n = previous;
    char *bytes = malloc(previous);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
    assert_int_equal(fread(bytes, 1, previous, file), previous);
    fclose(file);
    return bytes;
}

/* GDAL decodes the last tile (of the finest zoom); red, green, blue, alpha of every pixel. */
static void decode(char *bytes, size_t n, uint8_t rgba[4][256 * 256])
{
    VSIFCloseL(VSIFileFromMemBuffer("/vsimem/tile.png", (GByte *)bytes, n, FALSE));
    GDALDatasetH png = GDALOpen("/vsimem/tile.png", GA_ReadOnly);
    assert_non_null(png);
    GDALRasterBandH band = GDALGetRasterBand(png, 1);
    static uint8_t index[256 * 256];
    assert_int_equal(GDALRasterIO(band, GF_Read, 0, 0, 256, 256, index, 256, 256, GDT_Byte, 0, 0), CE_None);
    GDALColorTableH table = GDALGetRasterColorTable(band);
    for (size_t i = 0; i < 256 * 256; i++) {
        const GDALColorEntry *c = GDALGetColorEntry(table, index[i]);
        rgba[0][i] = (uint8_t)c->c1, rgba[1][i] = (uint8_t)c->c2;
        rgba[2][i] = (uint8_t)c->c3, rgba[3][i] = (uint8_t)c->c4;
    }
    GDALClose(png);
    VSIUnlink("/vsimem/tile.png");
}

/* The ramp of the small study's legend by hand: classes begin at 0.8, 0.6, 0.4 unless it says otherwise. */
static void expect_color(double score, const uint8_t found[4])
{
    static const double at[] = {1e-4, 0.4, 0.6, 0.8, 1};
    static const double colors[5][3] = {
        {150, 60, 10}, {233, 165, 82}, {246, 224, 150}, {80, 170, 190}, {0, 60, 100}};
    if (isnan(score)) {
        assert_int_equal(found[3], 0);
        return;
    }
    assert_int_equal(found[3], 255);
    if (score == 0) {
        for (int k = 0; k < 3; k++) assert_int_equal(found[k], 95);
        return;
    }
    int i = 1;
    while (i < 4 && at[i] < score) i++;
    for (int k = 0; k < 3; k++) {
        /* A step of the palette is 1/253 of the score; half of it either way, and a rounding. */
        double slope = fabs(colors[i][k] - colors[i - 1][k]) / (at[i] - at[i - 1]);
        double color =
            colors[i - 1][k] + (colors[i][k] - colors[i - 1][k]) * (score - at[i - 1]) / (at[i] - at[i - 1]);
        double steepest =
            fmax(slope, 830); /* the steepest part of the ramp, next to which a step may reach */
        assert_true(fabs(found[k] - color) <= 0.5 + steepest * 0.5 / 253 + 0.01);
    }
}

static void every_pixel_of_a_tile_is_the_score_at_its_centre(void **state)
{
    (void)state;
    tpk_study *study = run_with(study_with_tiles("ubin.yaml"), 2, in_scratch("ubin"));
    int z;
    unsigned x, y;
    size_t n;
    char *bytes = stored_tile(in_scratch("ubin/score.pmtiles"), &z, &x, &y, &n);
    static uint8_t rgba[4][256 * 256];
    decode(bytes, n, rgba);
    free(bytes);
    double tile_m = WORLD_M / (double)(1u << z), pixel_m = tile_m / 256;
    static float score[256 * 256];
    tpk_results results = {.score = score};
    assert_int_equal(tpk_study_evaluate_window(study, "EPSG:3857", x * tile_m - WORLD_M / 2,
                                               WORLD_M / 2 - y * tile_m, pixel_m, pixel_m, 256, 256, &results,
                                               NULL),
                     TPK_OK);
    size_t n_scored = 0, n_clear = 0;
    for (size_t i = 0; i < 256 * 256; i++) {
        uint8_t found[4] = {rgba[0][i], rgba[1][i], rgba[2][i], rgba[3][i]};
        expect_color((double)score[i], found);
        n_scored += score[i] > 0;
        n_clear += isnan(score[i]) ? 1 : 0;
    }
    assert_true(n_scored >= 4 && n_clear > 60000); /* 300 m are few pixels of about 76 m */
    tpk_study_close(study);
}

static void tiles_are_the_same_for_any_number_of_threads(void **state)
{
    (void)state;
    const char *path = study_with_tiles("sama.yaml");
    tpk_study_close(run_with(path, 1, in_scratch("satu")));
    tpk_study_close(run_with(path, 3, in_scratch("tiga")));
    char command[1400];
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "score" : "vectors";
        snprintf(command, sizeof command, "cmp '%s/satu/%s.pmtiles' '%s/tiga/%s.pmtiles'", scratch, name,
                 scratch, name);
        assert_int_equal(system(command), 0);
    }
}

static void tiles_are_made_only_when_asked_for_and_removed_when_not(void **state)
{
    (void)state;
    const char *folder = in_scratch("lagi");
    tpk_study_close(run_with(study_with_tiles("ubin.yaml"), 0, folder));
    assert_int_equal(access(in_scratch("lagi/score.pmtiles"), F_OK), 0);
    assert_int_not_equal(access(in_scratch("lagi/.layer.geojson"), F_OK), 0);
    tpk_study_close(run_with(write_small_study(), 0, folder));
    assert_int_not_equal(access(in_scratch("lagi/score.pmtiles"), F_OK), 0);
    assert_int_not_equal(access(in_scratch("lagi/vectors.pmtiles"), F_OK), 0);
}

static void want_of_memory_ends_a_run_with_tiles_and_leaves_nothing(void **state)
{
    (void)state;
    const char *path = study_with_tiles("ubin.yaml"), *folder = in_scratch("sempit");
    tpk_study *study;
    tpk_options options = {.n_threads = 1};
    assert_int_equal(tpk_study_open(path, &options, &study, NULL), TPK_OK);
    tpk_status status = TPK_ERR_MEMORY;
    long k = 0;
    for (; status != TPK_OK; k += 7) { /* thousands of allocations: every seventh, another one each run */
        tpk_mem_fail_after(k);
        status = tpk_study_run(study, folder, NULL);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        if (status == TPK_OK) break;
        assert_int_equal(status, TPK_ERR_MEMORY);
        assert_true(failed > 0);
        assert_int_not_equal(access(folder, F_OK), 0);
    }
    assert_true(k > 100);
    tpk_study_close(study);
}

static json_t *document(const char *name)
{
    json_t *o = json_load_file(in_scratch(name), 0, NULL);
    assert_non_null(o);
    return o;
}

static void the_catalog_tells_every_map_and_follows_its_links(void **state)
{
    (void)state;
    tpk_study_close(run_with(study_with_tiles("ubin.yaml"), 0, in_scratch("stac")));
    json_t *item = document("stac/stac-item.json"), *assets = json_object_get(item, "assets"), *asset;
    static const char *const KEYS[] = {
        "suitability", "suitability_qml", "suitability_sld", "classes",        "classes_qml", "classes_sld",
        "reasons",     "reasons_qml",     "reasons_sld",     "limiting",       "limiting_qml", "limiting_sld",
        "zones",       "zones_qml",       "zones_sld",       "maplibre_style", "vectors",     "qgis_project",
        "score_tiles", "vector_tiles",    "overlay",         "run"};
    enum { N_KEYS = sizeof KEYS / sizeof *KEYS };
    assert_int_equal(json_object_size(assets), N_KEYS);
    for (size_t i = 0; i < N_KEYS; i++) {
        if (!json_object_get(assets, KEYS[i])) fail_msg("no asset '%s'", KEYS[i]);
    }
    const char *key;
    json_object_foreach(assets, key, asset)
    {
        char path[700], command[900], hex[80] = "";
        snprintf(path, sizeof path, "%s/stac/%s", scratch, json_string_value(json_object_get(asset, "href")));
        struct stat facts;
        assert_int_equal(stat(path, &facts), 0);
        assert_int_equal(json_integer_value(json_object_get(asset, "file:size")), facts.st_size);
        snprintf(command, sizeof command, "sha256sum '%s'", path);
        FILE *sum = popen(command, "r");
        assert_non_null(fgets(hex, 65, sum));
        pclose(sum);
        const char *said = json_string_value(json_object_get(asset, "file:checksum"));
        assert_int_equal(strncmp(said, "1220", 4), 0);
        assert_string_equal(said + 4, hex);
    }
    json_decref(item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pixel_of_a_tile_is_the_score_at_its_centre),
        cmocka_unit_test(tiles_are_the_same_for_any_number_of_threads),
        cmocka_unit_test(tiles_are_made_only_when_asked_for_and_removed_when_not),
        cmocka_unit_test(want_of_memory_ends_a_run_with_tiles_and_leaves_nothing),
        cmocka_unit_test(the_catalog_tells_every_map_and_follows_its_links),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
