/* The regions of a study through the public library, computed by hand; what cannot be a region. The study is
 * drawn in small_study.h; its classes are
 *
 *        S1 S2 outside
 *        S1 unknown N
 *        excluded excluded S3 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "small_study.h"

/* True hectares of a cell, from geod lengths (test_run.c). */
static const double CELL_HA = 0.99981;
static const double CLOSE = 1e-5;

#define BOX(id, name, x0, y0, x1, y1)                                                                        \
    "{\"type\": \"Feature\", \"properties\": {\"kode\": " id ", \"nama\": " name                             \
    "}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[" x0 ", " y0 "], [" x1 ", " y0 "], [" x1   \
    ", " y1 "], [" x0 ", " y1 "], [" x0 ", " y0 "]]]}}"

/* West of x = 300150, and what lies east of it in two features. */
static const char *const TWO =
    BOX("7", "\"Barat, \\\"lama\\\"\"", "300000", "9600000", "300150",
        "9600300") ", " BOX("8", "\"Timur\"", "300150", "9600000", "300300",
                            "9600200") ", " BOX("8", "\"Timur\"", "300150", "9600200", "300300", "9600300");

/* The small study with regions of these features. Returns the project file. */
static const char *write_regions(const char *features, const char *regions)
{
    char line[1200];
    size_t n;
    write_features("daerah.geojson", features);
    char *text = read_bytes(write_small_study(), &n);
    text[n] = '\0';
    const char *overlay = strstr(text, "overlay:"), *height = strstr(text, "  tinggi: tinggi.tif\n");
    assert_true(overlay && height);
    FILE *file = fopen(in_scratch("daerah.yaml"), "w");
    assert_non_null(file);
    snprintf(line, sizeof line, "regions: %s\n", regions);
    fwrite(text, 1, (size_t)(height - text), file);
    fputs("  daerah: {path: daerah.geojson, crs: EPSG:32750, where: \"kode <> 99\"}\n", file);
    fwrite(height, 1, (size_t)(overlay - height), file);
    fputs(line, file);
    fputs(overlay, file);
    fclose(file);
    free(text);
    return in_scratch("daerah.yaml");
}

/* Findings that hold `part` are counted. */
typedef struct listener {
    const char *part;
    int n;
    char last[600];
} listener;

static void listen(void *user, tpk_message_kind kind, const char *line)
{
    listener *l = user;
    (void)kind;
    if (!strstr(line, l->part)) return;
    l->n++;
    snprintf(l->last, sizeof l->last, "%s", line);
}

static void assert_hectares(json_t *regions, size_t i, const double cells[7])
{
    static const char *const NAMES[] = {"outside", "class_S1", "class_S2", "class_S3",
                                        "class_N", "excluded", "unknown"};
    double all = 0;
    for (int c = 0; c < 7; c++) all += cells[c];
    assert_number(regions, i, "area_ha", all * CELL_HA, all * CLOSE);
    for (int c = 0; c < 7; c++) {
        char name[40];
        snprintf(name, sizeof name, "%s_ha", NAMES[c]);
        assert_number(regions, i, name, cells[c] * CELL_HA, CLOSE);
        snprintf(name, sizeof name, "%s_pct", NAMES[c]);
        assert_number(regions, i, name, 100 * cells[c] / all, 1e-3);
    }
}

/*  West: S1 (0,0) and (1,0), half of S2 (0,1) and of unknown (1,1), excluded (2,0) and half of (2,1); scores
 * 1, .95, .5 * .6, 0, 0 over 4 known cells. East: the other halves, outside (0,2), N .05 (1,2), S3 .5 (2,2).
 */
static const double WEST[7] = {0, 2, 0.5, 0, 0, 1.5, 0.5}, EAST[7] = {1, 0, 0.5, 1, 1, 0.5, 0.5};

static void features_of_one_name_are_parts_of_one_region(void **state)
{
    (void)state;
    listener l = {.part = "3 features of layer 'daerah' make 2 regions; those with the same 'nama'"};
    const char *path = write_regions(TWO, "{layer: daerah, name: nama}");
    tpk_study *study = open_study(path, (tpk_options){.message = listen, .user = &l});
    tpk_err err = {TPK_OK, ""};
    if (tpk_study_run(study, in_scratch("hasil"), &err) != TPK_OK) fail_msg("%s", err.message);
    json_t *regions = read_json(in_scratch("hasil/regions.geojson"));
    assert_int_equal(json_array_size(json_object_get(regions, "features")), 2);
    assert_text(regions, 0, "name", "Barat, \"lama\"");
    assert_text(regions, 1, "name", "Timur");
    assert_absent(regions, 0, "id");
    assert_hectares(regions, 0, WEST);
    assert_hectares(regions, 1, EAST);
    assert_number(regions, 0, "score_mean", (1 + 0.95 + 0.3) / 4, 1e-5);
    assert_number(regions, 1, "score_mean", (0.3 + 0.05 + 0.5) / 3, 1e-5);
    json_t *feature = json_array_get(json_object_get(regions, "features"), 1);
    json_t *rings = json_object_get(json_object_get(feature, "geometry"), "coordinates");
    assert_int_equal(json_array_size(rings), 1); /* united, no border inside */
    json_decref(regions);

    assert_int_equal(l.n, 1);
    assert_int_equal(tpk_study_region_count(study), 2);
    tpk_region west = tpk_study_region(study, 0), none = tpk_study_region(study, 2);
    assert_string_equal(west.name, "Barat, \"lama\"");
    assert_string_equal(west.id, "");
    assert_true(fabs(west.class_ha[TPK_CLASS_S1] - 2 * CELL_HA) < CLOSE);
    assert_string_equal(none.name, "");
    assert_true(none.area_ha == 0);
    assert_int_equal(tpk_study_run(study, in_scratch("hasil"), &err), TPK_OK);
    assert_int_equal(tpk_study_region_count(study), 2);
    assert_int_equal(l.n, 1); /* told once a study */
    tpk_study_close(study);
}

static void the_table_holds_what_the_map_says(void **state)
{
    (void)state;
    run_study(write_regions(TWO, "{layer: daerah, name: nama, id: kode}"), in_scratch("hasil"),
              (tpk_options){0});
    size_t n;
    char *csv = read_bytes(in_scratch("hasil/regions.csv"), &n);
    csv[n] = '\0';
    const char *const head =
        "id,name,area_ha,score_mean,class_S1_ha,class_S2_ha,class_S3_ha,class_N_ha,excluded_ha,unknown_ha,"
        "outside_ha,class_S1_pct,class_S2_pct,class_S3_pct,class_N_pct,excluded_pct,unknown_pct,"
        "outside_pct\r\n7,\"Barat, \"\"lama\"\"\",";
    assert_memory_equal(csv, head, strlen(head));
    json_t *regions = read_json(in_scratch("hasil/regions.geojson"));
    const char *number = csv + strlen(head);
    char *rest;
    assert_true(fabs(strtod(number, &rest) - json_real_value(property(regions, 0, "area_ha"))) < 1e-9);
    assert_text(regions, 1, "id", "8");
    json_decref(regions);
    int n_lines = 0;
    for (const char *at = csv; (at = strstr(at, "\r\n")); at += 2) n_lines++;
    assert_int_equal(n_lines, 3);
    free(csv);
}

static void without_regions_there_are_no_files_of_them(void **state)
{
    (void)state;
    run_study(write_regions(TWO, "{layer: daerah, name: nama}"), in_scratch("tanpa"), (tpk_options){0});
    assert_int_equal(access(in_scratch("tanpa/regions.csv"), F_OK), 0);
    run_study(write_small_study(), in_scratch("tanpa"), (tpk_options){0});
    const char *const names[] = {"tanpa/regions.csv", "tanpa/regions.geojson", "tanpa/regions.qml"};
    for (size_t i = 0; i < 3; i++) assert_int_not_equal(access(in_scratch(names[i]), F_OK), 0);
}

static void assert_told(const char *features, const char *part)
{
    listener l = {.part = part};
    run_study(write_regions(features, "{layer: daerah, name: nama}"), in_scratch("temuan"),
              (tpk_options){.message = listen, .user = &l});
    if (l.n != 1) fail_msg("told %d times: %s", l.n, part);
}

/* Of the 8 cells in the study area the first leaves 6 out; the second lies on half of the first's. */
static void overlaps_gaps_and_strays_are_told(void **state)
{
    (void)state;
#define ALL BOX("1", "\"A\"", "300000", "9600000", "300300", "9600300")
    assert_told(
        BOX("1", "\"A\"", "300000", "9600000", "300200", "9600100"),
        "warning: regions of layer 'daerah' leave gaps: about 6 ha of the study area lie in none of them");
    assert_told(ALL ", " BOX("2", "\"B\"", "300000", "9600100", "300200", "9600200"),
                "warning: regions of layer 'daerah' overlap: about 2 ha lie in more than one");
    assert_told(ALL ", " BOX("2", "\"Jauh\"", "310000", "9600000", "310300", "9600300"),
                "1 of 2 regions lie wholly outside the study area, the first is 'Jauh'");
}

static void regions_that_fit_are_not_told_of(void **state)
{
    (void)state;
    listener l = {.part = "regions of layer"};
    run_study(write_regions(TWO, "{layer: daerah, name: nama}"), in_scratch("temuan"),
              (tpk_options){.message = listen, .user = &l});
    assert_int_equal(l.n, 0);
}

static void assert_refused(const char *features, const char *regions, const char *part)
{
    tpk_err err = {TPK_OK, ""};
    tpk_study *study = open_study(write_regions(features, regions), (tpk_options){0});
    assert_int_equal(tpk_study_run(study, in_scratch("gagal"), &err), TPK_ERR_DATA);
    if (!strstr(err.message, part)) fail_msg("'%s' is not in: %s", part, err.message);
    assert_int_not_equal(access(in_scratch("gagal"), F_OK), 0);
    assert_int_equal(tpk_study_region_count(study), 0);
    tpk_study_close(study);
}

static void what_cannot_be_a_region_ends_the_run(void **state)
{
    (void)state;
    const char *const by_name = "{layer: daerah, name: nama}", *const by_id =
                                                                   "{layer: daerah, name: nama, id: kode}";
    assert_refused(ALL ", " BOX("2", "null", "300000", "9600000", "300100", "9600100"), by_name,
                   "record 1: field 'nama' is empty; every region needs one");
    assert_refused(ALL ", " BOX("1", "\"B\"", "300000", "9600000", "300100", "9600100"), by_id,
                   "records 0 and 1: one region id, '1', has two names, 'A' and 'B'");
    assert_refused(ALL ", {\"type\": \"Feature\", \"properties\": {\"kode\": 3, \"nama\": \"C\"}, "
                       "\"geometry\": null}",
                   by_name, "record 1: the region has no polygon");
    assert_refused(BOX("99", "\"A\"", "300000", "9600000", "300100", "9600100"), by_name,
                   "the layer has no features, so there are no regions");
}

/* Memory that runs out anywhere between the layer and the files. */
static void exhausted_memory_leaves_no_results(void **state)
{
    (void)state;
    char path[300];
    int n_failed = 0;
    snprintf(path, sizeof path, "%s", write_regions(TWO, "{layer: daerah, name: nama, id: kode}"));
    for (long k = 0;; k += 11) {
        const tpk_options silent = {.n_threads = 1}; /* a message without memory is told unformatted */
        tpk_study *study = NULL;
        tpk_err err = {TPK_OK, ""};
        assert_int_equal(tpk_study_open(path, &silent, &study, &err), TPK_OK);
        tpk_mem_fail_after(k);
        tpk_status status = tpk_study_run(study, in_scratch("lupa"), &err);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        tpk_study_close(study);
        if (status == TPK_OK) {
            assert_int_equal(failed, 0);
            break;
        }
        n_failed++;
        if (status != TPK_ERR_MEMORY) fail_msg("%ld: %s", k, err.message);
        assert_int_not_equal(access(in_scratch("lupa/regions.csv"), F_OK), 0);
    }
    assert_true(n_failed > 20);
    assert_int_equal(access(in_scratch("lupa/regions.csv"), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_of_one_name_are_parts_of_one_region),
        cmocka_unit_test(the_table_holds_what_the_map_says),
        cmocka_unit_test(without_regions_there_are_no_files_of_them),
        cmocka_unit_test(overlaps_gaps_and_strays_are_told),
        cmocka_unit_test(regions_that_fit_are_not_told_of),
        cmocka_unit_test(what_cannot_be_a_region_ends_the_run),
        cmocka_unit_test(exhausted_memory_leaves_no_results),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
