/* The portal's files: bytes against the function of position, any thread count, failures, what is left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "large_study.h"
#include "small_study.h"

#include "engine/places.h"
#include "output/base64.h"
#include "output/portal.h"

/* A page as the build makes one, in scratch. */
static const char *make_page(void)
{
    static const char *const NAMES[] = {"page/index.html", "page/app.js", "page/app.css",
                                        "page/licenses.txt"};
    mkdir(in_scratch("page"), 0777);
    for (size_t i = 0; i < 4; i++) write_text(NAMES[i], "a page of the test\n");
    return in_scratch("page");
}

static uint64_t portal_hash(const char *folder)
{
    char path[640];
    snprintf(path, sizeof path, "%s/portal", folder);
    return folder_hash(path);
}

static bool exists(const char *folder, const char *name)
{
    char path[700];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* ---- bytes ---- */

enum { N_CRITERIA = 12, N_CONSTRAINTS = 7, N_POINTS = 4000 };

static GDALDatasetH open_map(const char *folder, const char *name, double geo[6])
{
    char path[700];
    snprintf(path, sizeof path, "%s/portal/%s", folder, name);
    GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
    assert_non_null(file);
    assert_int_equal(GDALGetGeoTransform(file, geo), CE_None);
    return file;
}

/* Random pixel centres, and what the map holds there. */
static int draw_pixels(GDALDatasetH file, const double geo[6], uint64_t seed, double *xy, int *pixels)
{
    int n_bands = GDALGetRasterCount(file), cols = GDALGetRasterXSize(file), rows = GDALGetRasterYSize(file);
    for (int i = 0; i < N_POINTS; i++) {
        int c = (int)draw(&seed, 0, cols), r = (int)draw(&seed, 0, rows);
        xy[2 * i] = geo[0] + (c + 0.5) * geo[1];
        xy[2 * i + 1] = geo[3] + (r + 0.5) * geo[5];
        assert_int_equal(GDALDatasetRasterIO(file, GF_Read, c, r, 1, 1, pixels + i * n_bands, 1, 1, GDT_Int32,
                                             n_bands, NULL, 4, 4, 4),
                         CE_None);
    }
    return n_bands;
}

static void bytes_are_what_the_points_give(void **state)
{
    (void)state;
    const char *path = write_large_study(), *folder = in_scratch("besar");
    run_study(path, folder, (tpk_options){.n_threads = 2, .portal_files = make_page()});
    double geo[6], *xy = malloc(2 * N_POINTS * sizeof *xy), *m = malloc(N_CRITERIA * N_POINTS * sizeof *m);
    int *pixels = malloc(sizeof(int) * N_POINTS * 20);
    uint8_t *classes = malloc(N_POINTS);
    uint32_t *reasons = malloc(N_POINTS * sizeof *reasons);
    GDALDatasetH file = open_map(folder, "memberships.tif", geo);
    int n_bands = draw_pixels(file, geo, 7, xy, pixels), n_inside = 0, n_state = 0, n_unknown = 0;
    assert_int_equal(n_bands, N_CRITERIA + 2);
    tpk_study *study = open_study(path, (tpk_options){0});
    assert_int_equal(tpk_study_criterion_count(study), N_CRITERIA);
    assert_int_equal(tpk_study_constraint_count(study), N_CONSTRAINTS);
    tpk_results results = {.point_class = classes, .reasons = reasons, .memberships = m};
    assert_int_equal(tpk_study_evaluate_points(study, "EPSG:3857", xy, N_POINTS, &results, NULL), TPK_OK);
    for (int i = 0; i < N_POINTS; i++) {
        const int *bytes = pixels + i * n_bands;
        bool outside = classes[i] == TPK_CLASS_OUTSIDE, all_known = true;
        assert_int_equal(bytes[N_CRITERIA], outside ? 1 : (int)(reasons[i] << 1));
        n_inside += !outside;
        for (int k = 0; k < N_CRITERIA; k++) {
            double expected = m[k * N_POINTS + i];
            all_known = all_known && !isnan(expected);
            if (outside || isnan(expected))
                assert_int_equal(bytes[k], 255);
            else
                assert_true(fabs(bytes[k] - 240 * expected) <= 0.5 + 1e-4);
            n_unknown += !outside && isnan(expected);
        }
        bool state_set = bytes[N_CRITERIA + 1] == 1;
        n_state += state_set && reasons[i] == 0;
        if (classes[i] == TPK_CLASS_UNKNOWN && all_known) assert_true(state_set);
        if (state_set && reasons[i] == 0) assert_int_equal(classes[i], TPK_CLASS_UNKNOWN);
    }
    assert_true(n_inside > 1000 && n_state > 10 && n_unknown > 100);
    tpk_study_close(study);
    GDALClose(file);
    free(reasons), free(classes), free(pixels), free(m), free(xy);
}

static void values_are_within_half_a_step(void **state)
{
    (void)state;
    const char *path = in_scratch("besar.yaml"), *folder = in_scratch("besar");
    double geo[6], *xy = malloc(2 * N_POINTS * sizeof *xy),
                   *values = malloc(N_CRITERIA * N_POINTS * sizeof *values);
    int *pixels = malloc(sizeof(int) * N_POINTS * N_CRITERIA);
    uint8_t *classes = malloc(N_POINTS);
    GDALDatasetH file = open_map(folder, "values.tif", geo);
    assert_int_equal(draw_pixels(file, geo, 8, xy, pixels), N_CRITERIA);
    tpk_study *study = open_study(path, (tpk_options){0});
    tpk_results results = {.point_class = classes, .values = values};
    assert_int_equal(tpk_study_evaluate_points(study, "EPSG:3857", xy, N_POINTS, &results, NULL), TPK_OK);
    json_t *json = read_json(in_scratch("besar/portal/study.json")),
           *criteria = json_object_get(json, "criteria");
    int n_known = 0;
    for (int i = 0; i < N_POINTS; i++) {
        for (int k = 0; k < N_CRITERIA; k++) {
            double value = values[k * N_POINTS + i];
            json_t *c = json_array_get(criteria, (size_t)k);
            double offset = json_number_value(json_object_get(c, "value_offset")),
                   scale = json_number_value(json_object_get(c, "value_scale"));
            int pixel = pixels[i * N_CRITERIA + k];
            bool known = classes[i] != TPK_CLASS_OUTSIDE && !isnan(value);
            if (!known) assert_int_equal(pixel, 65535);
            /* A millimetre of place is a millimetre of distance. */
            if (known) assert_true(fabs(offset + scale * pixel - value) <= scale / 2 + 2e-3);
            n_known += known;
        }
    }
    assert_true(n_known > 10000);
    json_decref(json);
    tpk_study_close(study);
    GDALClose(file);
    free(classes), free(pixels), free(values), free(xy);
}

static void bytes_do_not_depend_on_threads(void **state)
{
    (void)state;
    uint64_t first = portal_hash(in_scratch("besar"));
    static const int THREADS[] = {1, 3};
    for (int i = 0; i < 2; i++) {
        const char *folder = in_scratch("lagi");
        tpk_options options = {
            .n_threads = THREADS[i], .tile_side = 64 * (i + 1), .portal_files = in_scratch("page")};
        run_study(in_scratch("besar.yaml"), folder, options);
        assert_true(portal_hash(folder) == first);
        remove_tree(folder);
    }
}

/* ---- what is left out ---- */

typedef struct heard {
    char text[2000];
} heard;

static void note_message(void *user, tpk_message_kind kind, const char *line)
{
    heard *h = user;
    if (kind == TPK_MESSAGE_NOTE && strlen(h->text) + strlen(line) + 2 < sizeof h->text) {
        strcat(h->text, line);
        strcat(h->text, "\n");
    }
}

static void a_run_without_portal_removes_the_earlier_one(void **state)
{
    (void)state;
    const char *path = write_small_study(), *folder = in_scratch("hasil");
    tpk_options with = {.n_threads = 1, .portal_files = make_page()};
    run_study(path, folder, with);
    assert_true(exists(folder, "portal/study.js") && exists(folder, "portal/app.js"));
    char own[700];
    snprintf(own, sizeof own, "%s/portal/milik-sendiri.txt", folder);
    FILE *file = fopen(own, "w");
    assert_non_null(file);
    fclose(file);
    run_study(path, folder, (tpk_options){.n_threads = 1});
    assert_false(exists(folder, "portal/study.js"));
    assert_true(exists(folder, "portal/milik-sendiri.txt"));
    assert_int_equal(unlink(own), 0);
    run_study(path, folder, with);
    run_study(path, folder, (tpk_options){.n_threads = 1});
    assert_false(exists(folder, "portal"));
}

/* Folders of a machine are not published: of an absolute path the file only, a relative one as written. */
static void absolute_paths_are_not_published(void **state)
{
    (void)state;
    char written[4096] = "", text[5000];
    const char *folder = in_scratch("mutlak");
    FILE *file = fopen(in_scratch("kecil.yaml"), "r");
    assert_non_null(file);
    assert_true(fread(written, 1, sizeof written - 1, file) > 0);
    fclose(file);
    char *at = strstr(written, "jalan.shp");
    assert_non_null(at);
    assert_int_equal(in_scratch("jalan.shp")[0], '/');
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - written), written, in_scratch("jalan.shp"),
             at + strlen("jalan.shp"));
    const char *path = write_text("mutlak.yaml", text);
    run_study(path, folder, (tpk_options){.n_threads = 1, .portal_files = make_page()});
    json_t *json = read_json(in_scratch("mutlak/portal/study.json")),
           *sources = json_object_get(json, "sources");
    assert_int_equal(json_array_size(sources), 7);
    assert_string_equal(json_string_value(json_array_get(sources, 1)), "jalan: jalan.shp");
    assert_string_equal(json_string_value(json_array_get(sources, 2)), "tanah: tanah.shp");
    json_decref(json);
}

static void a_page_that_is_not_there_is_a_note(void **state)
{
    (void)state;
    heard h = {""};
    const char *folder = in_scratch("tanpa");
    tpk_options options = {
        .n_threads = 1, .portal_files = in_scratch("nowhere"), .message = note_message, .user = &h};
    run_study(in_scratch("kecil.yaml"), folder, options);
    assert_non_null(strstr(h.text, "make portal"));
    assert_non_null(strstr(h.text, "nowhere"));
    assert_false(exists(folder, "portal"));
    unlink(in_scratch("page/app.css"));
    options.portal_files = in_scratch("page");
    run_study(in_scratch("kecil.yaml"), folder, options);
    assert_false(exists(folder, "portal"));
    make_page();
}

/* ---- failures ---- */

typedef struct stopping {
    tpk_cancel *cancel;
    bool asked;
} stopping;

static void stop_at_the_portal(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    (void)done, (void)total, (void)unit;
    stopping *s = user;
    if (strcmp(stage, "portal") != 0) return;
    s->asked = true;
    tpk_cancel_request(s->cancel);
}

static void stopping_in_the_portal_keeps_the_earlier_one(void **state)
{
    (void)state;
    const char *folder = in_scratch("hasil"), *path = in_scratch("kecil.yaml");
    run_study(path, folder, (tpk_options){.n_threads = 1, .portal_files = make_page()});
    uint64_t maps = folder_hash(folder), portal = portal_hash(folder);
    stopping s = {.cancel = tpk_cancel_new()};
    tpk_options options = {.n_threads = 1,
                           .portal_files = in_scratch("page"),
                           .progress = stop_at_the_portal,
                           .user = &s,
                           .cancel = s.cancel,
                           .message = show_message};
    tpk_study *study = open_study(path, options);
    assert_int_equal(tpk_study_run(study, folder, NULL), TPK_ERR_CANCELLED);
    assert_true(s.asked);
    assert_true(folder_hash(folder) == maps && portal_hash(folder) == portal);
    tpk_study_close(study);
    tpk_cancel_free(s.cancel);
}

static void exhausted_memory_keeps_the_earlier_one(void **state)
{
    (void)state;
    char folder[600], path[600], page[600];
    snprintf(folder, sizeof folder, "%s", in_scratch("hasil"));
    snprintf(path, sizeof path, "%s", in_scratch("kecil.yaml"));
    snprintf(page, sizeof page, "%s", in_scratch("page"));
    uint64_t maps = folder_hash(folder), portal = portal_hash(folder);
    long live = tpk_mem_live_count();
    tpk_study *study = open_study(path, (tpk_options){.n_threads = 1, .portal_files = page});
    tpk_mem_fail_after(1L << 40);
    int n_failures = 0;
    for (long k = 150;; k += 1 + k / 100) {
        tpk_err err = {TPK_OK, ""};
        tpk_mem_fail_after(k);
        tpk_status status = tpk_study_run(study, folder, &err);
        long n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        if (n_fired == 0) {
            assert_int_equal(status, TPK_OK);
            break;
        }
        if (status != TPK_ERR_MEMORY)
            fail_msg("allocation %ld: %s: %s", k, tpk_status_name(status), err.message);
        if (folder_hash(folder) != maps || portal_hash(folder) != portal)
            fail_msg("allocation %ld: the results changed", k);
        n_failures++;
    }
    assert_true(n_failures > 80);
    tpk_study_close(study);
    assert_int_equal(tpk_mem_live_count(), live);
}

/* ---- parts ---- */

static void places_keep_to_proj(void **state)
{
    (void)state;
    enum { SIDE = 128 };
    tpk_worker *worker;
    tpk_crs *mercator, *utm;
    tpk_transform *way;
    assert_int_equal(tpk_worker_new(&worker, NULL), TPK_OK);
    assert_int_equal(tpk_crs_new(worker, "EPSG:3857", &mercator, NULL), TPK_OK);
    assert_int_equal(tpk_crs_new(worker, "EPSG:32750", &utm, NULL), TPK_OK);
    assert_int_equal(tpk_transform_new(worker, mercator, utm, TPK_BOX_EMPTY, &way, NULL), TPK_OK);
    double *xy = malloc(2 * SIDE * SIDE * sizeof *xy), *x = malloc(SIDE * SIDE * sizeof *x),
           *y = malloc(SIDE * SIDE * sizeof *y);
    /* 30 m: a polynomial serves; 30 km: it does not, and PROJ is asked for each. */
    static const double CELLS[] = {30, 30000};
    for (int i = 0; i < 2; i++) {
        tpk_grid grid = {12700000, -300000, CELLS[i], 1000, 1000};
        if (i == 1) grid.x0 -= SIDE / 2 * CELLS[i], grid.y0 += SIDE / 2 * CELLS[i];
        tpk_window window = {i == 0 ? 256 : 0, i == 0 ? 384 : 0, SIDE, SIDE - 9};
        tpk_places_find(way, &grid, window, xy, x, y);
        for (int32_t c = 0; c < window.n_rows * window.n_cols; c++) {
            double own[2] = {tpk_grid_x(&grid, window.col0 + c % window.n_cols),
                             tpk_grid_y(&grid, window.row0 + c / window.n_cols)};
            int64_t n_failed = 0;
            tpk_transform_forward(way, own, 1, &n_failed);
            double off = hypot(x[c] - own[0], y[c] - own[1]);
            assert_true(i == 0 ? off < 1e-6 : x[c] == own[0] && y[c] == own[1]);
        }
    }
    free(y), free(x), free(xy);
    tpk_transform_free(way);
    tpk_crs_free(utm);
    tpk_crs_free(mercator);
    tpk_worker_free(worker);
}

/* RFC 4648, section 10. */
static void base64_follows_the_rfc(void **state)
{
    (void)state;
    static const char *const PAIRS[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xff\xfe\xfb", "//77"}};
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        tpk_text text = {0};
        char *out;
        tpk_base64_add(&text, PAIRS[i][0], strlen(PAIRS[i][0]));
        assert_int_equal(tpk_text_take(&text, &out, NULL), TPK_OK);
        assert_string_equal(out, PAIRS[i][1]);
        tpk_free(out);
    }
}

/* What planners write into curves and bounds is the same number again when the page divides. */
static void usual_memberships_are_exact(void **state)
{
    (void)state;
    double usual[] = {1, 0.8, 0.75, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.1, 0.05, 0};
    enum { N = sizeof usual / sizeof *usual, BANDS = 3 };
    const double *memberships[] = {usual};
    uint8_t classes[N], none[N] = {0}, pixels[N * BANDS];
    uint32_t reasons[N] = {0};
    memset(classes, TPK_CELL_S1, sizeof classes);
    tpk_plan plan = {.n_criteria = 1};
    tpk_detail_tile tile = {.window = {0, 0, 1, N},
                            .cell_class = classes,
                            .reasons = reasons,
                            .constraint_unknown = none,
                            .membership = memberships};
    assert_int_equal(tpk_portal_band_count(&plan), BANDS);
    tpk_portal_encode(&plan, &tile, pixels);
    for (int i = 0; i < N; i++) {
        double again = (double)pixels[i * BANDS] / TPK_PORTAL_FULL;
        assert_memory_equal(&again, &usual[i], sizeof again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_follows_the_rfc),
        cmocka_unit_test(places_keep_to_proj),
        cmocka_unit_test(usual_memberships_are_exact),
        cmocka_unit_test(bytes_are_what_the_points_give),
        cmocka_unit_test(values_are_within_half_a_step),
        cmocka_unit_test(bytes_do_not_depend_on_threads),
        cmocka_unit_test(a_run_without_portal_removes_the_earlier_one),
        cmocka_unit_test(absolute_paths_are_not_published),
        cmocka_unit_test(a_page_that_is_not_there_is_a_note),
        cmocka_unit_test(stopping_in_the_portal_keeps_the_earlier_one),
        cmocka_unit_test(exhausted_memory_keeps_the_earlier_one),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
