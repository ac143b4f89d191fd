#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/text.h"

/* ---- status ---- */

static void the_first_error_wins(void **state)
{
    (void)state;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_err_set(&err, TPK_ERR_DATA, "record %d", 7), TPK_ERR_DATA);
    assert_int_equal(tpk_err_set(&err, TPK_ERR_IO, "later"), TPK_ERR_IO);
    assert_int_equal(err.code, TPK_ERR_DATA);
    assert_string_equal(err.message, "record 7");
    assert_int_equal(tpk_err_prefix(&err, TPK_ERR_BUG, "layer '%s'", "jalan"), TPK_ERR_DATA);
    assert_string_equal(err.message, "layer 'jalan': record 7");
}

static void without_an_error_a_prefix_changes_nothing(void **state)
{
    (void)state;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_err_prefix(&err, TPK_ERR_IO, "x"), TPK_ERR_IO);
    assert_string_equal(err.message, "");
    assert_int_equal(tpk_err_set(NULL, TPK_ERR_IO, "x"), TPK_ERR_IO);
    assert_int_equal(tpk_err_prefix(NULL, TPK_ERR_CRS, "x"), TPK_ERR_CRS);
}

static void a_message_is_cut_between_characters(void **state)
{
    (void)state;
    char *many = malloc(6000);
    for (int lead = 0; lead < 4; lead++) {
        memset(many, 'x', (size_t)lead);
        for (int i = 0; i < 1900; i++) memcpy(many + lead + 3 * i, "€", 3);
        many[lead + 3 * 1900] = '\0';
        tpk_err err = {TPK_OK, ""};
        tpk_err_set(&err, TPK_ERR_DATA, "%s", many);
        assert_true(strlen(err.message) < TPK_ERR_MESSAGE_SIZE);
        assert_true(strlen(err.message) > TPK_ERR_MESSAGE_SIZE - 6);
        assert_true(tpk_text_is_utf8(err.message, strlen(err.message)));
        tpk_err_prefix(&err, TPK_ERR_DATA, "%s", "a prefix that pushes the end out");
        assert_true(tpk_text_is_utf8(err.message, strlen(err.message)));
    }
    free(many);
}

static void every_status_has_a_name(void **state)
{
    (void)state;
    for (int s = 0; s < TPK_STATUS_COUNT; s++) assert_true(strlen(tpk_status_name((tpk_status)s)) > 1);
    assert_string_equal(tpk_status_name((tpk_status)99), "?");
}

/* ---- memory ---- */

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    assert_null(tpk_alloc(SIZE_MAX / 2, 3));
    assert_null(tpk_zalloc(SIZE_MAX, 8));
    assert_null(tpk_alloc_aligned(SIZE_MAX, 1));
    void *block = tpk_alloc(4, 4);
    assert_null(tpk_realloc(block, SIZE_MAX, 2));
    tpk_free(block);
}

static void an_ordered_failure_fires_after_the_stated_successes(void **state)
{
    (void)state;
    tpk_mem_fail_after(2);
    void *a = tpk_alloc(1, 1), *b = tpk_zalloc(1, 1), *c = tpk_alloc(1, 1), *d = tpk_alloc_aligned(1, 1);
    assert_int_equal(tpk_mem_failed_count(), 2);
    tpk_mem_fail_after(-1);
    assert_non_null(a);
    assert_non_null(b);
    assert_null(c);
    assert_null(d);
    tpk_free(a);
    tpk_free(b);
}

static void live_blocks_are_counted(void **state)
{
    (void)state;
    long before = tpk_mem_live_count();
    void *a = tpk_alloc(10, 1), *b = tpk_alloc_aligned(10, 1);
    assert_int_equal((uintptr_t)b % 64, 0);
    a = tpk_realloc(a, 1000, 1);
    assert_int_equal(tpk_mem_live_count(), before + 2);
    tpk_free(a);
    tpk_free(b);
    tpk_free(NULL);
    assert_int_equal(tpk_mem_live_count(), before);
}

static void a_growing_array_keeps_its_content_and_survives_failure(void **state)
{
    (void)state;
    int *numbers = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 1000; i++) {
        assert_true(tpk_grow(&numbers, &capacity, (size_t)i + 1, sizeof *numbers));
        numbers[i] = i;
    }
    size_t before = capacity;
    tpk_mem_fail_after(0);
    assert_false(tpk_grow(&numbers, &capacity, capacity + 1, sizeof *numbers));
    tpk_mem_fail_after(-1);
    assert_int_equal(capacity, before);
    for (int i = 0; i < 1000; i++) assert_int_equal(numbers[i], i);
    assert_false(tpk_grow(&numbers, &capacity, SIZE_MAX, sizeof *numbers));
    tpk_free(numbers);
}

/* ---- text ---- */

static void a_failed_append_is_remembered(void **state)
{
    (void)state;
    tpk_text text = {0};
    tpk_mem_fail_after(0);
    tpk_text_add(&text, "lost");
    tpk_mem_fail_after(-1);
    tpk_text_addf(&text, "%d", 5);
    char *out;
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(tpk_text_take(&text, &out, &err), TPK_ERR_MEMORY);
    assert_null(out);
}

static void an_empty_text_is_an_empty_string(void **state)
{
    (void)state;
    tpk_text text = {0};
    char *out;
    assert_int_equal(tpk_text_take(&text, &out, NULL), TPK_OK);
    assert_string_equal(out, "");
    tpk_free(out);
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    double number = -1;
    assert_true(tpk_text_to_number("-1.5e3", &number));
    assert_true(number == -1500);
    static const char *const BAD[] = {"",     " 1", "1 ",    "1,5", "nan",   "inf",
                                      "0x10", "1e", "1.2.3", "--1", "1e999", "ten"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        if (tpk_text_to_number(BAD[i], &number)) fail_msg("'%s' was read as a number", BAD[i]);
    }
    assert_true(number == -1500);
}

static void numbers_are_written_shortest_and_read_back(void **state)
{
    (void)state;
    char buffer[32];
    assert_string_equal(tpk_text_from_number(30, buffer), "30");
    assert_string_equal(tpk_text_from_number(0.1, buffer), "0.1");
    assert_string_equal(tpk_text_from_number(-0.0, buffer), "0");
    assert_string_equal(tpk_text_from_number(9860000, buffer), "9860000");
    double third = 1.0 / 3, back;
    assert_true(tpk_text_to_number(tpk_text_from_number(third, buffer), &back));
    assert_true(back == third);
}

static void the_nearest_name_is_a_likely_slip_or_none(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"jalan", "sungai", "pelabuhan"};
    assert_string_equal(tpk_text_nearest("jaln", NAMES, 3), "jalan");
    assert_string_equal(tpk_text_nearest("Pelabuan", NAMES, 3), "pelabuhan");
    assert_null(tpk_text_nearest("kereta", NAMES, 3));
    static const char *const SHORT[] = {
        "y", "S1", "crs"}; /* at most a third of the letters: none of two, one of three */
    assert_null(tpk_text_nearest("x", SHORT, 3));
    assert_null(tpk_text_nearest("S2", SHORT, 3));
    assert_string_equal(tpk_text_nearest("Y", SHORT, 3), "y");
    assert_string_equal(tpk_text_nearest("krs", SHORT, 3), "crs");
    assert_null(tpk_text_nearest("jlan", NAMES + 1, 2));
    assert_string_equal(tpk_text_nearest("jaaln", NAMES, 3), "jalan"); /* a swap */
    assert_string_equal(tpk_text_nearest("cts", (const char *const[]){"cst"}, 1), "cst");
    assert_null(tpk_text_nearest("gungun", NAMES, 3)); /* sungai: three of six */
    assert_null(tpk_text_nearest("x", NAMES, 0));
}

static void malformed_utf8_is_recognised(void **state)
{
    (void)state;
    assert_true(tpk_text_is_utf8("Białowieża €", strlen("Białowieża €")));
    static const char *const BAD[] = {"\xC3",     "\xC0\x80", "\xED\xA0\x80",     "\xF5\x80\x80\x80",
                                      "\xE2\x82", "a\x80",    "\xF0\x80\x80\x80", "\xF4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(tpk_text_is_utf8(BAD[i], strlen(BAD[i])));
}

static void case_is_folded(void **state)
{
    (void)state;
    assert_true(tpk_text_equal_fold("NAMOBJ", "namobj"));
    assert_false(tpk_text_equal_fold("nama", "nam"));
}

/* ---- findings ---- */

static void findings_look_like_a_compilers_and_sort_by_place(void **state)
{
    (void)state;
    tpk_diags diags = {0};
    tpk_diag_add(&diags, TPK_WARNING, "b.yaml", (tpk_pos){2, 1}, "second");
    tpk_diag_add(&diags, TPK_ERROR, "a.yaml", (tpk_pos){23, 14}, "weight is %g", 1.5);
    tpk_diag_add(&diags, TPK_NOTE, NULL, (tpk_pos){0, 0}, "anywhere");
    assert_int_equal(diags.n_errors, 1);
    assert_int_equal(diags.n_warnings, 1);
    tpk_diags_sort(&diags);
    static const char *const EXPECTED[] = {"note: anywhere", "a.yaml:23:14: error: weight is 1.5",
                                           "b.yaml:2:1: warning: second"};
    for (size_t i = 0; i < 3; i++) {
        char *line = tpk_diag_format(&diags.items[i]);
        assert_string_equal(line, EXPECTED[i]);
        tpk_free(line);
    }
    tpk_diags_clear(&diags);
    tpk_diags_clear(&diags);
}

/* In the worst order for a sort that moves items one by one, which would take minutes of this. */
static void many_findings_sort_by_place_and_equal_places_keep_their_order(void **state)
{
    (void)state;
    enum { N = 200000, PER_LINE = 3 };
    tpk_diags diags = {0};
    for (int i = 0; i < N; i++) {
        int line = (N - 1 - i) / PER_LINE + 1;
        assert_int_equal(tpk_diag_add(&diags, TPK_NOTE, NULL, (tpk_pos){line, 1}, "%d", i), TPK_OK);
    }
    clock_t start = clock();
    tpk_diags_sort(&diags);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 10);
    for (int i = 1; i < N; i++) {
        const tpk_diag *a = &diags.items[i - 1], *b = &diags.items[i];
        assert_true(a->pos.line < b->pos.line ||
                    (a->pos.line == b->pos.line && atoi(a->text) < atoi(b->text)));
    }
    tpk_diags_clear(&diags);
}

static void findings_are_sorted_without_memory_too(void **state)
{
    (void)state;
    tpk_diags diags = {0};
    for (int i = 0; i < 300; i++) tpk_diag_add(&diags, TPK_NOTE, NULL, (tpk_pos){300 - i, 1}, "x");
    tpk_mem_fail_after(0);
    tpk_diags_sort(&diags);
    assert_int_equal(tpk_mem_failed_count(), 1);
    tpk_mem_fail_after(-1);
    for (int i = 0; i < 300; i++) assert_int_equal(diags.items[i].pos.line, i + 1);
    tpk_diags_clear(&diags);
}

static void a_finding_without_memory_leaves_the_list_as_it_was(void **state)
{
    (void)state;
    long before = tpk_mem_live_count();
    for (long k = 0; k < 3; k++) {
        tpk_diags diags = {0};
        tpk_mem_fail_after(k);
        assert_int_equal(tpk_diag_add(&diags, TPK_ERROR, "f", (tpk_pos){1, 1}, "t"), TPK_ERR_MEMORY);
        assert_true(tpk_mem_failed_count() > 0);
        tpk_mem_fail_after(-1);
        assert_int_equal(diags.n, 0);
        tpk_diags_clear(&diags);
    }
    assert_int_equal(tpk_mem_live_count(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_wins),
        cmocka_unit_test(without_an_error_a_prefix_changes_nothing),
        cmocka_unit_test(a_message_is_cut_between_characters),
        cmocka_unit_test(every_status_has_a_name),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(an_ordered_failure_fires_after_the_stated_successes),
        cmocka_unit_test(live_blocks_are_counted),
        cmocka_unit_test(a_growing_array_keeps_its_content_and_survives_failure),
        cmocka_unit_test(a_failed_append_is_remembered),
        cmocka_unit_test(an_empty_text_is_an_empty_string),
        cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(numbers_are_written_shortest_and_read_back),
        cmocka_unit_test(the_nearest_name_is_a_likely_slip_or_none),
        cmocka_unit_test(malformed_utf8_is_recognised),
        cmocka_unit_test(case_is_folded),
        cmocka_unit_test(findings_look_like_a_compilers_and_sort_by_place),
        cmocka_unit_test(many_findings_sort_by_place_and_equal_places_keep_their_order),
        cmocka_unit_test(findings_are_sorted_without_memory_too),
        cmocka_unit_test(a_finding_without_memory_leaves_the_list_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
