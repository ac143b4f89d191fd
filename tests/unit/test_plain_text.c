/* Names on their way to a terminal: cut at characters, nothing that a terminal would obey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* The program's file itself: the command line is no library. */
#include "cli/plain_text.c"

static void assert_shown(const char *given, size_t max_chars, size_t size, const char *wanted)
{
    char out[512];
    memset(out, 'x', sizeof out);
    cli_plain_text(given, max_chars, out, size);
    assert_string_equal(out, wanted);
    assert_true(strlen(out) < size);
}

static void a_text_that_fits_stays(void **state)
{
    (void)state;
    assert_shown("", 60, 241, "");
    assert_shown("Jorong", 6, 7, "Jorong");
    assert_shown("Pel\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8F\xAD", 60, 241,
                 "Pel\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8F\xAD");
}

static void a_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    assert_shown("Kawasan Industri", 10, 241, "Kawasan...");
    assert_shown("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 4, 241, "\xC3\xA9...");
    assert_shown("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 60, 10, "\xC3\xA9\xC3\xA9\xC3\xA9...");
    assert_shown("\xE2\x82\xAC\xE2\x82\xAC", 60, 6, "...");
    assert_shown("abcdef", 3, 241, "...");
}

static void control_characters_are_question_marks(void **state)
{
    (void)state;
    assert_shown("a\nb\r\x1B[31mc\td\x7F", 60, 241, "a?b??[31mc?d?");
    assert_shown("a\xC2\x9B"
                 "31m\xC2\xA0"
                 "b",
                 60, 241,
                 "a?31m\xC2\xA0"
                 "b");
}

static void bytes_that_are_no_utf8_are_question_marks(void **state)
{
    (void)state;
    assert_shown("a\xE9"
                 "b",
                 60, 241, "a?b");
    assert_shown("a\xC3", 60, 241, "a?");
    assert_shown("\x80\xFF\xC0\x80", 60, 241, "????");
    assert_shown("\xE2\x82", 60, 241, "??");
}

static void a_line_is_shown_whole(void **state)
{
    (void)state;
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    assert_non_null(stream);
    char name[1000];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    name[500] = '\n';
    cli_put_plain_line(name, stream);
    fclose(stream);
    name[500] = '?';
    assert_int_equal(bytes, 1000);
    assert_memory_equal(text, name, 999);
    assert_int_equal(text[999], '\n');
    free(text); /* library memory: the C library's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_that_fits_stays),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(control_characters_are_question_marks),
        cmocka_unit_test(bytes_that_are_no_utf8_are_question_marks),
        cmocka_unit_test(a_line_is_shown_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
