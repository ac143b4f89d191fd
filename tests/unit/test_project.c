/* Reading a whole project file: every feature read back, files that are no project file, memory that runs
 * out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <sys/stat.h>

#include "base/text.h"
#include "project_fake.h"

static const char COMPLETE[] = "tests/data/project/complete.yaml";

static void assert_near(double value, double expected)
{
    assert_true(fabs(value - expected) <= 1e-15 * fmax(1, fabs(expected)));
}

static void assert_pos(tpk_pos pos, int line, int column)
{
    assert_int_equal(pos.line, line);
    assert_int_equal(pos.column, column);
}

static tpk_project *read_complete(void)
{
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    tpk_err err = {0};
    tpk_status status = tpk_project_read(COMPLETE, &FAKE_VOCABULARY, &project, &diags, &err);
    for (size_t i = 0; i < diags.n; i++)
        print_message("%d:%d %s\n", diags.items[i].pos.line, diags.items[i].pos.column, diags.items[i].text);
    assert_int_equal(status, TPK_OK);
    assert_int_equal(diags.n, 0);
    tpk_diags_clear(&diags);
    return project;
}

static void heading_and_grid_are_read_back(void **state)
{
    (void)state;
    tpk_project *p = read_complete();
    char dir[PATH_MAX];
    assert_non_null(realpath("tests/data/project", dir));
    assert_string_equal(p->path, COMPLETE);
    assert_string_equal(p->dir, dir);
    assert_string_equal(p->title, "Kesesuaian kawasan industri");
    assert_string_equal(p->language, "en");
    assert_string_equal(p->grid.crs, "EPSG:32750");
    assert_pos(p->grid.crs_pos, 6, 8);
    assert_near(p->grid.cell, 30);
    assert_string_equal(p->grid.area, "provinsi");
    assert_pos(p->grid.area_pos, 8, 9);
    assert_pos(p->grid.pos, 5, 1);
    for (int i = 0; i < 4; i++) assert_true(isnan(p->grid.bounds[i]));
    assert_memory_equal(p->text, "# Every feature", 15);
    tpk_project_free(p);
}

static void layers_are_read_back_with_paths_joined_to_the_folder(void **state)
{
    (void)state;
    tpk_project *p = read_complete();
    char path[PATH_MAX + 64];
    assert_int_equal(p->n_layers, 5);
    const tpk_layer_spec *provinsi = tpk_project_layer(p, "provinsi"), *jalan = tpk_project_layer(p, "jalan");
    assert_ptr_equal(provinsi, &p->layers[0]);
    snprintf(path, sizeof path, "%s/provinsi.shp", p->dir);
    assert_string_equal(provinsi->path, path);
    assert_string_equal(provinsi->written, "provinsi.shp");
    assert_pos(provinsi->pos, 10, 13);
    assert_null(provinsi->where);
    assert_int_equal(provinsi->band, 1);
    assert_true(isnan(provinsi->nodata));
    assert_string_equal(jalan->where, "kelas IN ('arteri', 'kolektor')");
    assert_string_equal(jalan->crs, "EPSG:4326");
    assert_string_equal(jalan->encoding, "ISO-8859-1");
    assert_pos(jalan->pos, 11, 17);
    assert_null(jalan->source);
    assert_string_equal(tpk_project_layer(p, "zona")->sublayer, "usulan");
    assert_string_equal(tpk_project_layer(p, "zona")->source, "Dinas, 2024");
    snprintf(path, sizeof path, "/vsizip/%s/hutan.zip/hutan.shp", p->dir);
    assert_string_equal(tpk_project_layer(p, "hutan")->path, path);
    assert_int_equal(tpk_project_layer(p, "elevasi")->band, 2);
    assert_near(tpk_project_layer(p, "elevasi")->nodata, -9999);
    assert_null(tpk_project_layer(p, "tidak_ada"));
    tpk_project_free(p);
}

static void zones_overlay_and_classes_are_read_back(void **state)
{
    (void)state;
    tpk_project *p = read_complete();
    assert_string_equal(p->zones.layer, "zona");
    assert_string_equal(p->zones.id, "kode");
    assert_string_equal(p->zones.name, "NAMA");                  /* the file has "nama" */
    assert_string_equal(p->zones.stated_area_ha, "luas_hektar"); /* the file has "luas_hekta" */
    assert_pos(p->zones.pos, 15, 1);
    assert_string_equal(p->regions.layer, "zona");
    assert_string_equal(p->regions.name, "NAMA");
    assert_string_equal(p->regions.id, "kode");
    assert_pos(p->regions.pos, 42, 1);
    assert_int_equal(p->n_overlay, 2);
    assert_string_equal(p->overlay[0], "jalan");
    assert_string_equal(p->overlay[1], "hutan");
    assert_pos(p->overlay_pos[1], 16, 18);
    assert_near(p->classes.s1, 0.75);
    assert_near(p->classes.s2, 0.5);
    assert_near(p->classes.s3, 0.25);
    assert_string_equal(p->combine, "weighted_sum");
    tpk_project_free(p);
}

static void notes_and_output_are_read_back(void **state)
{
    (void)state;
    tpk_project *p = read_complete();
    assert_string_equal(p->note, "Zona bersifat indikatif");
    assert_string_equal(p->zones.note, "nama");
    const bool expected[TPK_N_RASTERS] = {true, false, true, false};
    assert_memory_equal(p->output.rasters, expected, sizeof expected);
    assert_string_equal(p->output.compress, "zstd");
    assert_false(p->output.overviews);
    tpk_project_free(p);
}

static void criteria_are_read_back_in_every_way_to_write_them(void **state)
{
    (void)state;
    tpk_project *p = read_complete();
    assert_int_equal(p->n_criteria, 5);
    const tpk_criterion_spec *akses = &p->criteria[0], *lereng = &p->criteria[1], *tanah = &p->criteria[2];
    const tpk_criterion_spec *tinggi = &p->criteria[3], *tetap = &p->criteria[4];
    assert_string_equal(akses->title, "Jarak ke jalan");
    assert_pos(akses->pos, 18, 3);
    assert_string_equal(akses->source.kind->name, "distance");
    assert_pos(akses->source.pos, 20, 12);
    assert_string_equal(tpk_params_text(&akses->source, "layer"), "jalan");
    assert_string_equal(tpk_params_text(&akses->source, "where"), "kelas = 'arteri'");
    assert_near(tpk_params_number(&akses->source, "max"), 25000);
    assert_true(tpk_params_get(&akses->source, "max")->given);
    assert_near(tpk_params_number(&akses->curve, "best"), 500);
    assert_near(tpk_params_number(&akses->curve, "worst"), 10000);
    assert_int_equal(akses->unknown, TPK_UNKNOWN_WORST);
    assert_near(akses->weight, 0.3);
    assert_pos(akses->weight_pos, 38, 20);
    assert_string_equal(lereng->title, "lereng");
    assert_string_equal(tpk_params_text(&lereng->source, "unit"), "degrees");
    const tpk_param *points = tpk_params_get(&lereng->curve, "points");
    assert_int_equal(points->n_points, 3);
    const double expected[] = {0, 1, 3, 0.75, 15, 0};
    for (int i = 0; i < 6; i++) assert_near(points->points[i], expected[i]);
    assert_string_equal(tpk_params_text(&lereng->curve, "outside"), "unknown");
    assert_int_equal(lereng->unknown, TPK_UNKNOWN_EXCLUDE);
    assert_string_equal(tpk_params_text(&tanah->source, "field"), "jenis"); /* long form */
    const tpk_param *classes = tpk_params_get(&tanah->curve, "classes");
    assert_int_equal(classes->n_classes, 2);
    assert_string_equal(classes->classes[0].key, "Aluvial");
    assert_string_equal(classes->classes[1].key, "12");
    assert_near(classes->classes[1].membership, 0.25);
    assert_pos(classes->classes[1].pos, 24, 90);
    assert_near(tpk_params_number(&tanah->curve, "other"), 0);
    assert_int_equal(tanah->unknown, TPK_UNKNOWN_SHARE);
    assert_string_equal(tinggi->source.kind->name,
                        "raster"); /* and `slope`, another kind's name, is its parameter */
    assert_true(tpk_params_flag(&tinggi->source, "slope"));
    assert_int_equal(tpk_params_get(&tinggi->curve, "points")->n_points, 2);
    assert_int_equal(tinggi->unknown, TPK_UNKNOWN_VALUE);
    assert_near(tinggi->unknown_membership, 0.5);
    assert_near(tpk_params_number(&tetap->source, "value"), 7);
    assert_int_equal(tpk_params_get(&tetap->curve, "classes")->n_classes, 1); /* long form of a map */
    assert_int_equal(tetap->unknown, TPK_UNKNOWN_EXCLUDE);
    tpk_project_free(p);
}

static void defaults_are_filled_in(void **state)
{
    (void)state;
    tpk_project *p = read_complete();
    const tpk_params *inside = &p->constraints[0].source;
    assert_string_equal(tpk_params_text(inside, "touch"), "any");
    assert_false(tpk_params_get(inside, "touch")->given);
    assert_near(tpk_params_number(&p->constraints[1].source, "share"), 0.5);
    assert_null(tpk_params_text(&p->constraints[1].source, "where"));
    assert_near(tpk_params_number(&p->criteria[4].curve, "other"), 0.5);
    assert_string_equal(tpk_params_text(&p->criteria[3].curve, "outside"), "clamp");
    assert_true(isnan(tpk_params_number(&p->constraints[5].source, "max")));
    assert_pos(tpk_params_get(inside, "touch")->pos, inside->pos.line, inside->pos.column);
    tpk_project_free(p);
}

static void constraints_are_read_back_with_every_test(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        int32_t criterion;
        tpk_test test;
        double limit;
        tpk_unknown_policy unknown;
    } EXPECTED[] = {
        {"hutan_lindung", -1, TPK_TEST_INSIDE, HUGE_VAL, TPK_UNKNOWN_EXCLUDE},
        {"di_luar", -1, TPK_TEST_OUTSIDE, HUGE_VAL, TPK_UNKNOWN_WORST},
        {"curam", 1, TPK_TEST_ABOVE, 15, TPK_UNKNOWN_VALUE},
        {"landai", 1, TPK_TEST_BELOW, -0.5, TPK_UNKNOWN_EXCLUDE},
        {"dekat", 0, TPK_TEST_NEARER, 100, TPK_UNKNOWN_EXCLUDE},
        {"jauh", -1, TPK_TEST_FARTHER, 0, TPK_UNKNOWN_EXCLUDE},
        {"jenis", 2, TPK_TEST_EQUALS, HUGE_VAL, TPK_UNKNOWN_EXCLUDE},
        {"satu", 2, TPK_TEST_EQUALS, HUGE_VAL, TPK_UNKNOWN_EXCLUDE},
    };
    tpk_project *p = read_complete();
    assert_int_equal(p->n_constraints, COUNT(EXPECTED));
    for (size_t i = 0; i < COUNT(EXPECTED); i++) {
        const tpk_constraint_spec *constraint = &p->constraints[i];
        assert_string_equal(constraint->id, EXPECTED[i].id);
        assert_int_equal(constraint->criterion, EXPECTED[i].criterion);
        assert_int_equal(constraint->source.kind != NULL, EXPECTED[i].criterion < 0);
        assert_int_equal(constraint->test, EXPECTED[i].test);
        assert_int_equal(constraint->unknown, EXPECTED[i].unknown);
        if (isfinite(EXPECTED[i].limit))
            assert_near(constraint->limit, EXPECTED[i].limit);
        else
            assert_true(isnan(constraint->limit));
        assert_int_equal(constraint->pos.line, 28 + (int)i);
    }
    assert_string_equal(p->constraints[0].title, "Hutan lindung");
    assert_string_equal(p->constraints[0].legal_source, "UU 41/1999");
    assert_string_equal(p->constraints[1].title, "di_luar");
    assert_int_equal(p->constraints[6].n_equals, 3);
    assert_string_equal(p->constraints[6].equals[1], "12");
    assert_string_equal(p->constraints[6].equals[2], "3 a");
    assert_int_equal(p->constraints[7].n_equals, 1);
    assert_string_equal(p->constraints[7].equals[0], "Gambut");
    tpk_project_free(p);
}

static void each_layer_is_looked_at_once(void **state)
{
    (void)state;
    fake_peeks = 0;
    tpk_project *p = read_complete();
    assert_int_equal(fake_peeks, p->n_layers);
    tpk_project_free(p);
}

static void several_errors_are_reported_at_once_in_file_order(void **state)
{
    (void)state;
    static const char *const EXPECTED[] = {
        ("2:8: error: this project file is of version 2; this program reads version 1 (write 'tapak: 1', or "
         "use a newer Tapak)"),
        "3:1: error: unknown key 'titl' in the project file; did you mean 'title'?",
        "4:31: error: 'cell' is -30; allowed: greater than 0 m",
        "4:42: error: 'area': there is no layer 'provinsii'; did you mean 'provinsi'?",
        "7:28: error: unknown key 'wher' in layer 'jalan'; did you mean 'where'?",
        "8:3: error: 'jalan' is given twice; the first is at 7:3; keep one",
        "11:16: error: 'layer' needs a vector layer; layer 'elevasi' (elevasi.tif) is a raster",
        "13:18: error: 'distanse' is no kind of source; did you mean 'distance'?",
        "13:71: error: 'worst': expected a number, found text 'dekat'",
        "14:71: error: 'points' goes backwards: the value 3 follows 8; values must rise from point to point",
        "16:17: error: there is no criterion 'lerengg'; did you mean 'lereng'?",
        "16:45: error: 'source' is blank; write a text",
        "18:3: error: the weights add up to 0.9; they must add up to 1",
        "19:3: error: the classes must fall, S1 > S2 > S3; found S1 0.4, S2 0.6, S3 0.8",
    };
    static const char PATH[] = "tests/data/project/many_errors.yaml";
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    tpk_err err = {0};
    assert_int_equal(tpk_project_read(PATH, &FAKE_VOCABULARY, &project, &diags, &err), TPK_ERR_PROJECT);
    assert_null(project);
    assert_string_equal(err.message,
                        "tests/data/project/many_errors.yaml cannot be used as it is; errors found: 14");
    for (size_t i = 0; i < diags.n && i < COUNT(EXPECTED); i++) {
        char *text = tpk_diag_format(&diags.items[i]), expected[400];
        snprintf(expected, sizeof expected, "%s:%s", PATH, EXPECTED[i]);
        assert_string_equal(text, expected);
        tpk_free(text);
    }
    assert_int_equal(diags.n, COUNT(EXPECTED));
    tpk_diags_clear(&diags);
}

static void findings_are_counted_without_a_list_to_put_them_in(void **state)
{
    (void)state;
    tpk_project *project = NULL;
    tpk_err err = {0};
    assert_int_equal(
        tpk_project_read("tests/data/project/many_errors.yaml", &FAKE_VOCABULARY, &project, NULL, &err),
        TPK_ERR_PROJECT);
    assert_null(project);
}

static void check_unreadable(const char *path, tpk_status expected_status, const char *expected)
{
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    tpk_err err = {0};
    assert_int_equal(tpk_project_read(path, &FAKE_VOCABULARY, &project, &diags, &err), expected_status);
    assert_null(project);
    assert_int_equal(diags.n, 0);
    assert_string_equal(err.message, expected);
    tpk_diags_clear(&diags);
}

static void what_is_no_readable_file_is_an_io_error(void **state)
{
    (void)state;
    check_unreadable(
        "tests/data/project/none.yaml", TPK_ERR_IO,
        "the project file tests/data/project/none.yaml cannot be read: No such file or directory");
    check_unreadable("tests/data/project", TPK_ERR_IO,
                     "tests/data/project is a folder; name the project file (.yaml) inside it");
    check_unreadable("/dev/null", TPK_ERR_IO, "/dev/null is not a file");
}

static void a_file_larger_than_4_mb_is_refused(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    char path[PATH_MAX], expected[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/tapak_huge_XXXXXX", tmp ? tmp : "/tmp");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 4 * 1024 * 1024 + 1), 0);
    snprintf(expected, sizeof expected, "%s is larger than 4 MB; that is too much for the project file",
             path);
    check_unreadable(path, TPK_ERR_LIMIT, expected);
    close(fd);
    unlink(path);
}

static void a_kind_can_be_used_with_its_defaults_alone(void **state)
{
    (void)state;
    long start = tpk_mem_live_count();
    bool fired = true;
    for (long k = 0; fired; k++) {
        tpk_params params;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_params_defaults(FAKE_SOURCES[1], "zona", &params, NULL);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired ? TPK_ERR_MEMORY : TPK_OK);
        if (!fired) {
            assert_string_equal(tpk_params_text(&params, "layer"), "zona");
            assert_string_equal(tpk_params_text(&params, "touch"), "any");
            assert_near(tpk_params_number(&params, "share"), 0.5);
            assert_null(tpk_params_text(&params, "where"));
        }
        tpk_params_clear(&params);
        assert_int_equal(tpk_mem_live_count(), start);
    }
}

/* Lets k allocations pass, for every k until none fails. */
static void exhaust_memory(const char *path, tpk_status final_status)
{
    long start = tpk_mem_live_count();
    bool fired = true;
    for (long k = 0; fired; k++) {
        tpk_project *project = NULL;
        tpk_diags diags = {0};
        tpk_err err = {0};
        tpk_mem_fail_after(k);
        tpk_status status = tpk_project_read(path, &FAKE_VOCABULARY, &project, &diags, &err);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired ? TPK_ERR_MEMORY : final_status);
        assert_int_equal(err.code, status);
        if (fired) assert_null(project);
        tpk_project_free(project);
        tpk_diags_clear(&diags);
        assert_int_equal(tpk_mem_live_count(), start);
    }
}

static void memory_that_runs_out_is_said_and_nothing_leaks(void **state)
{
    (void)state;
    exhaust_memory(COMPLETE, TPK_OK);
    exhaust_memory("tests/data/project/many_errors.yaml", TPK_ERR_PROJECT);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    tpk_peek peek = {0};
    tpk_params params = {0};
    tpk_project_free(NULL);
    tpk_peek_clear(&peek);
    tpk_params_clear(&params);
    tpk_params_clear(&params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heading_and_grid_are_read_back),
        cmocka_unit_test(layers_are_read_back_with_paths_joined_to_the_folder),
        cmocka_unit_test(zones_overlay_and_classes_are_read_back),
        cmocka_unit_test(notes_and_output_are_read_back),
        cmocka_unit_test(criteria_are_read_back_in_every_way_to_write_them),
        cmocka_unit_test(defaults_are_filled_in),
        cmocka_unit_test(constraints_are_read_back_with_every_test),
        cmocka_unit_test(each_layer_is_looked_at_once),
        cmocka_unit_test(several_errors_are_reported_at_once_in_file_order),
        cmocka_unit_test(findings_are_counted_without_a_list_to_put_them_in),
        cmocka_unit_test(what_is_no_readable_file_is_an_io_error),
        cmocka_unit_test(a_file_larger_than_4_mb_is_refused),
        cmocka_unit_test(a_kind_can_be_used_with_its_defaults_alone),
        cmocka_unit_test(memory_that_runs_out_is_said_and_nothing_leaks),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
