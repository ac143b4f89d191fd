/* CSV rows as RFC 4180 wants them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>

#include "base/mem.h"
#include "output/csv.h"

static void assert_csv(tpk_text *csv, const char *expected)
{
    char *text = NULL;
    assert_int_equal(tpk_text_take(csv, &text, NULL), TPK_OK);
    assert_string_equal(text, expected);
    tpk_free(text);
}

static void assert_row(const char *const *texts, size_t n, const char *expected)
{
    tpk_text csv = {0};
    for (size_t i = 0; i < n; i++) tpk_csv_text(&csv, i == 0, texts[i]);
    tpk_csv_end_row(&csv);
    assert_csv(&csv, expected);
}

static void texts_are_quoted_only_where_they_must_be(void **state)
{
    (void)state;
    const char *const texts[] = {"Tanah Laut", "a,b", "kata \"lama\"", "", NULL, "é", "\""};
    assert_row(texts, sizeof texts / sizeof *texts,
               "Tanah Laut,\"a,b\",\"kata \"\"lama\"\"\",,,é,\"\"\"\"\r\n");
}

static void control_characters_are_question_marks(void **state)
{
    (void)state;
    const char *const texts[] = {"baris\ndua", "a\r\nb",    "\ttab",    "\x1b[31m, merah",
                                 "\x7f",       "\xc2\x9bm", "\xc2\xa0é"};
    assert_row(texts, sizeof texts / sizeof *texts,
               "baris?dua,a??b,?tab,\"?[31m, merah\",?,?m,\xc2\xa0é\r\n");
}

static void no_text_is_a_formula(void **state)
{
    (void)state;
    const char *const texts[] = {"=1+1", "@SUM(A1)", "+62 511", "-1+2", "=HYPERLINK(\"a\",\"b\")",
                                 "-",    "-5.25",    "+62",     "a=b"};
    assert_row(texts, sizeof texts / sizeof *texts,
               "'=1+1,'@SUM(A1),'+62 511,'-1+2,\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\",-,-5.25,+62,a=b\r\n");
}

static void numbers_have_a_point_and_six_decimals_at_most(void **state)
{
    (void)state;
    const double numbers[] = {0, 12, 1.5, 2.0 / 3, 1234567.0000004, -0.25, (double)NAN, HUGE_VAL};
    setlocale(LC_NUMERIC, "id_ID.UTF-8"); /* where it is installed it has a decimal comma */
    tpk_text csv = {0};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) tpk_csv_number(&csv, i == 0, numbers[i]);
    tpk_csv_end_row(&csv);
    setlocale(LC_NUMERIC, "C");
    assert_csv(&csv, "0,12,1.5,0.666667,1234567,-0.25,,\r\n");
}

static void an_empty_first_cell_is_a_cell(void **state)
{
    (void)state;
    tpk_text csv = {0};
    tpk_csv_text(&csv, true, NULL);
    tpk_csv_text(&csv, false, "b");
    tpk_csv_end_row(&csv);
    assert_csv(&csv, ",b\r\n");
}

static void exhausted_memory_is_remembered(void **state)
{
    (void)state;
    tpk_text csv = {0};
    tpk_mem_fail_after(0);
    tpk_csv_text(&csv, true, "a \"b\"");
    tpk_csv_end_row(&csv);
    assert_true(tpk_mem_failed_count() > 0);
    tpk_mem_fail_after(-1);
    char *text = NULL;
    assert_int_equal(tpk_text_take(&csv, &text, NULL), TPK_ERR_MEMORY);
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_quoted_only_where_they_must_be),
        cmocka_unit_test(control_characters_are_question_marks),
        cmocka_unit_test(no_text_is_a_formula),
        cmocka_unit_test(numbers_have_a_point_and_six_decimals_at_most),
        cmocka_unit_test(an_empty_first_cell_is_a_cell),
        cmocka_unit_test(exhausted_memory_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
