/* What layers show only together: names spelt in one way here and otherwise there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/examine.h"
#include "check_files.h"

/* Points one below the other, each with the member and a value of the list; NULL ends it. */
static const char *write_column(const char *name, const char *member, const char *const *values)
{
    char *features = calloc(1, 2000000), *to = features;
    assert_non_null(features);
    for (size_t i = 0; values[i]; i++) {
        to +=
            sprintf(to,
                    "%s{\"type\":\"Feature\",\"properties\":{\"%s\":\"%s\"},\"geometry\":{\"type\":\"Point\","
                    "\"coordinates\":[115,%.4f]}}",
                    i ? "," : "", member, values[i], -3 - (double)i / 10000);
    }
    const char *path = write_points(name, NULL, features);
    free(features);
    return path;
}
#define COLUMN(name, member, ...) write_column(name, member, (const char *const[]){__VA_ARGS__, NULL})

#define REGENCIES                                                                                            \
    "Tanah Laut", "Kotabaru", "Banjar", "Barito Kuala", "Tapin", "Hulu Sungai Selatan", "Tabalong", "Balangan"

static tpk_check *check_two(const char *a, const char *b)
{
    const char *const paths[] = {a, b};
    return check_paths(paths, 2, NULL);
}

static void assert_fine(tpk_check *check)
{
    for (size_t i = 0; i < tpk_check_count(check); i++) not_found(check, i, "names_differ");
    tpk_check_free(check);
}

static void assert_example(const tpk_check *check, size_t index, size_t example, const char *text)
{
    size_t at = (size_t)index_of(check, index, "names_differ");
    assert_string_equal(tpk_check_example(check, index, at, example, NULL), text);
}

static void names_spelt_otherwise_in_the_other_layer_are_told(void **state)
{
    (void)state;
    const char *list = COLUMN("kabupaten.geojson", "nama", REGENCIES);
    tpk_check *check = check_two(list, COLUMN("tambang.geojson", "kab", "TANAHLAUT", "Tanah Laut",
                                              "Kota-Baru", "Banjar", "Balito Kuala", "Tapin",
                                              "Hulu Sungai Selatan", "Tabalong", "Tabalong", "Tabalong"));
    tpk_check_finding f = found(check, 1, "names_differ");
    assert_int_equal(f.gravity, TPK_GRAVITY_REMARK);
    assert_says(f.found, "3 of 8 names in column kab do not join with kabupaten.geojson/nama");
    assert_int_equal(f.n_examples, 3);
    assert_example(check, 1, 0, "'Balito Kuala' here, 'Barito Kuala' in kabupaten.geojson/nama");
    assert_example(check, 1, 1, "'Kota-Baru' here, 'Kotabaru' in kabupaten.geojson/nama");
    assert_example(check, 1, 2, "'TANAHLAUT' here, 'Tanah Laut' in kabupaten.geojson/nama");
    assert_says(f.change, "where: \"kab IN (");
    not_found(check, 0, "names_differ"); /* told once, at the layer that joins to the list */
    tpk_check_free(check);
    assert_fine(check_two(list, COLUMN("tambang.geojson", "kab", "Tanah Laut", "Kotabaru", "Banjar", "Tapin",
                                       "Tabalong", "Tabalong", "Buntok")));
}

static void a_list_that_reaches_beyond_the_other_is_compared(void **state)
{
    (void)state;
#define BEYOND "Kapuas", "Buntok", "Murung Raya", "Paser", "Barito Timur"
    const char *list = COLUMN("kabupaten.geojson", "nama", REGENCIES);
    tpk_check *check =
        check_two(list, COLUMN("tambang.geojson", "kab", "TANAHLAUT", "Kotabaru", "Banjar", "Barito Kuala",
                               "Tapin", "Tabalong", "Balangan", "Balangan", "Balangan", BEYOND));
    assert_says(found(check, 1, "names_differ").found, "1 of 12 names in column kab");
    tpk_check_free(check);
    assert_fine(
        check_two(list, /* a gazetteer, with places of one name, holds the names of any list */
                  COLUMN("toponimi.geojson", "nama", "TANAHLAUT", "Kotabaru", "Banjar", "Barito Kuala",
                         "Tapin", "Tabalong", "Balangan", "Balangan", "Balangan", BEYOND, "Pagat", "Sambas",
                         "Kintap", "Jorong", "Satui", "Angsana", "Sungai Loban", "Kusan", "Pulau Sebuku",
                         "Hampang", "Sampanahan", "Kelumpang", "Pamukan", "Astambul", "Gambut", "Aluh-Aluh",
                         "Beruntung", "Jorong", "Satui", "Kintap", "Gambut")));
}

static void one_name_is_told_as_one(void **state)
{
    (void)state;
    tpk_check *check =
        check_two(COLUMN("kabupaten.geojson", "nama", REGENCIES),
                  COLUMN("tambang.geojson", "kab", "Tanah Laut", "KOTABARU", "Banjar", "Tapin", "Tabalong"));
    assert_says(found(check, 1, "names_differ").found, "1 of 5 names in column kab does not join with");
    tpk_check_free(check);
}

static void codes_with_and_without_points_are_told(void **state)
{
    (void)state;
    const char *list =
        COLUMN("desa.geojson", "kode", "63.01.01", "63.01.02", "63.01.03", "63.01.04", "63.01.05");
    tpk_check *check = check_two(
        list, COLUMN("data.geojson", "kode", "630101", "630102", "630103", "630104", "630105", "630105"));
    assert_says(found(check, 1, "names_differ").found, "5 of 5 names");
    tpk_check_free(check);
    assert_fine(check_two(list, /* one figure apart is another code */
                          COLUMN("data.geojson", "kode", "63.01.01", "63.01.02", "63.01.03", "63.01.04",
                                 "63.01.05", "63.01.06", "63.01.06")));
}

static void columns_that_share_a_few_values_are_no_join(void **state)
{
    (void)state;
    assert_fine(check_two(COLUMN("a.geojson", "ada", "ya", "tidak", "Ya", "tidak", "belum"),
                          COLUMN("b.geojson", "lengkap", "YA", "TIDAK", "YA", "Belum", "ya")));
    assert_fine(check_two(COLUMN("a.geojson", "tahun", "2017", "2018", "2019", "2020", "2021", "2022"),
                          COLUMN("b.geojson", "tahun", "2017", "2018", "2019", "2020", "2021", "2021")));
    assert_fine(check_two(/* five of ten: a list of other things */
                          COLUMN("a.geojson", "nama", REGENCIES),
                          COLUMN("b.geojson", "nama", "TANAH LAUT", "KOTABARU", "BANJAR", "TAPIN", "TABALONG",
                                 "Pasar Lama", "Pasar Baru", "Sekip Besar", "Liang Anggang", "Trisakti")));
    assert_fine(check_two(/* villages that have numbers, and two names a letter apart */
                          COLUMN("a.geojson", "desa", "Handil Bakti I", "Karang Intan", "Banjar", "Tapin",
                                 "Balangan", "Tabalong", "Kotabaru", "Sungai Danau"),
                          COLUMN("b.geojson", "desa", "Handil Bakti II", "Karang Indah", "Banjar", "Tapin",
                                 "Balangan", "Tabalong", "Kotabaru", "Sungai Danau", "Sungai Danau")));
    assert_fine(check_two(/* two are a letter away: which is meant? */
                          COLUMN("a.geojson", "desa", "Sungai Rangasa", "Sungai Rangaso", "Banjar", "Tapin",
                                 "Balangan", "Tabalong", "Kotabaru", "Martapura"),
                          COLUMN("b.geojson", "desa", "Sungai Rangas", "Banjar", "Tapin", "Balangan",
                                 "Tabalong", "Kotabaru", "Kotabaru")));
}

static void one_layer_named_twice_does_not_differ_from_itself(void **state)
{
    (void)state;
    const char *path = COLUMN("a.geojson", "nama", REGENCIES, "TANAHLAUT");
    assert_fine(check_two(path, path));
}

static void letters_put_in_left_out_changed_or_moved_are_found(void **state)
{
    (void)state;
    static const char *const WRITTEN[] = {"Barito Kualla", "Barito Kula", "Baritu Kuala", "Barito Kulaa"};
    for (size_t i = 0; i < sizeof WRITTEN / sizeof *WRITTEN; i++) {
        tpk_check *check = check_two(
            COLUMN("kabupaten.geojson", "nama", REGENCIES),
            COLUMN("t.geojson", "kab", WRITTEN[i], "Banjar", "Tapin", "Tabalong", "Balangan", "Kotabaru"));
        char expected[100];
        snprintf(expected, sizeof expected, "'%s' here, 'Barito Kuala' in kabupaten.geojson/nama",
                 WRITTEN[i]);
        assert_example(check, 1, 0, expected);
        tpk_check_free(check);
    }
    assert_fine(check_two(
        COLUMN("kabupaten.geojson", "nama", REGENCIES), /* two letters are another name */
        COLUMN("t.geojson", "kab", "Bariti Kualo", "Banjar", "Tapin", "Tabalong", "Balangan", "Kotabaru")));
}

/* The first of n names is "Desa AAAA ...", no two a letter apart. */
static const char *write_many(const char *file, size_t n, bool in_capitals)
{
    char(*names)[24] = calloc(n, sizeof *names);
    const char **values = calloc(n + 1, sizeof *values);
    assert_true(names && values);
    for (size_t i = 0; i < n; i++) {
        int a = (int)(i / 676) + 'a', b = (int)(i / 26 % 26) + 'a', c = (int)(i % 26) + 'a';
        if (in_capitals) a -= 32, b -= 32, c -= 32;
        snprintf(names[i], sizeof *names, "%c%c%c%c%c%c", a, a, b, b, c, c);
        values[i] = names[i];
    }
    const char *path = write_column(file, "nama", values);
    free(values);
    free(names);
    return path;
}

static void more_names_than_a_list_has_are_passed_over(void **state)
{
    (void)state;
    tpk_check *check = check_two(write_many("a.geojson", 5000, false), write_many("b.geojson", 5000, true));
    assert_says(found(check, 1, "names_differ").found, "5000 of 5000 names");
    tpk_check_free(check);
    assert_fine(check_two(write_many("a.geojson", 5001, false), write_many("b.geojson", 5001, true)));
}

static void a_fast_check_does_not_compare(void **state)
{
    (void)state;
    const char *const paths[] = {
        COLUMN("a.geojson", "nama", REGENCIES),
        COLUMN("b.geojson", "kab", "TANAHLAUT", "Banjar", "Tapin", "Balangan", "Tabalong")};
    tpk_check_options options = {.only_fast = 1};
    assert_fine(check_paths(paths, 2, &options));
}

static void a_project_is_compared_too(void **state)
{
    (void)state;
    COLUMN("daftar.geojson", "nama", REGENCIES);
    COLUMN("tambang.geojson", "kab", "TANAHLAUT", "Banjar", "Tapin", "Balangan", "Tabalong", "Tabalong");
    const char *path =
        write_text("studi.yaml",
                   "tapak: 1\ntitle: Uji\ngrid: {crs: EPSG:32750, cell: 100, bounds: [200000, "
                   "9600000, 300000, 9700000]}\n"
                   "layers: {daftar: daftar.geojson, tambang: tambang.geojson}\n"
                   "criteria:\n  dekat: {title: Dekat, from: {distance: tambang}, curve: {linear: {best: 0, "
                   "worst: 1000}}}\n"
                   "decision: {combine: weighted_sum, weights: {dekat: 1}, classes: {S1: 0.8, S2: 0.6, "
                   "S3: 0.4}}\n");
    tpk_check *check = NULL;
    tpk_err err = {TPK_OK, ""};
    if (tpk_check_project(path, NULL, &check, &err) != TPK_OK) fail_msg("%s", err.message);
    assert_says(found(check, 1, "names_differ").found, "1 of 5 names in column kab does not join with "
                                                       "daftar.geojson/nama");
    tpk_check_free(check);
}

static void every_failed_allocation_is_an_error(void **state)
{
    (void)state;
    const char *const paths[] = {
        COLUMN("a.geojson", "nama", REGENCIES),
        COLUMN("b.geojson", "kab", "TANAHLAUT", "Banjar", "Tapin", "Balangan", "Tabalong", "Balito Kuala")};
    for (long k = 0;; k++) {
        tpk_check *check = NULL;
        tpk_err err = {TPK_OK, ""};
        long live = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = tpk_check_layers(paths, 2, NULL, &check, &err);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        tpk_check_free(check);
        assert_int_equal(tpk_mem_live_count(), live);
        if (failed == 0) {
            assert_int_equal(status, TPK_OK);
            break;
        }
        if (status != TPK_ERR_MEMORY) fail_msg("allocation %ld: status %d (%s)", k, (int)status, err.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_spelt_otherwise_in_the_other_layer_are_told),
        cmocka_unit_test(a_list_that_reaches_beyond_the_other_is_compared),
        cmocka_unit_test(one_name_is_told_as_one),
        cmocka_unit_test(codes_with_and_without_points_are_told),
        cmocka_unit_test(columns_that_share_a_few_values_are_no_join),
        cmocka_unit_test(one_layer_named_twice_does_not_differ_from_itself),
        cmocka_unit_test(letters_put_in_left_out_changed_or_moved_are_found),
        cmocka_unit_test(more_names_than_a_list_has_are_passed_over),
        cmocka_unit_test(a_fast_check_does_not_compare),
        cmocka_unit_test(a_project_is_compared_too),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
