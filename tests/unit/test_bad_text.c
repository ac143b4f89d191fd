/* Texts that a format cannot hold: what stands in their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "output/json.h"
#include "output/serve_json.h"
#include "output/xml.h"

static void assert_xml(const char *value, const char *expected)
{
    tpk_text text = {0};
    tpk_xml_add(&text, value);
    assert_false(text.failed);
    assert_string_equal(text.data, expected);
    tpk_text_clear(&text);
}

static void marks_of_xml_are_escaped(void **state)
{
    (void)state;
    assert_xml("a < b && \"c\" > d", "a &lt; b &amp;&amp; &quot;c&quot; &gt; d");
    assert_xml("two\nlines\tand\r", "two&#10;lines&#9;and&#13;");
}

static void what_xml_cannot_hold_is_a_question_mark(void **state)
{
    (void)state;
    assert_xml("a\x01z\x1F", "a?z?");
    assert_xml("\xEF\xBF\xBE<\xEF\xBF\xBF", "?&lt;?");
    assert_xml("lat\xEDn, cut \xE2\x82", "lat?n, cut ??");
    assert_xml("\xED\xA0\x80", "???"); /* half of a pair */
    assert_xml("\xC0\xBC", "??");      /* "<" in two bytes */
}

static void what_xml_can_hold_is_left_alone(void **state)
{
    (void)state;
    const char text[] = "\x7F \xC2\x85 \xC3\xA9 \xEF\xBF\xBD \xEE\x80\x80 \xF0\x9F\x98\x80 \xF0\x9F\xBF\xBE";
    assert_xml(text, text);
}

static void assert_json(const char *value, const char *expected)
{
    json_t *made = tpk_json_string(value);
    assert_non_null(made);
    assert_string_equal(json_string_value(made), expected);
    json_decref(made);
}

static void what_json_cannot_hold_is_a_question_mark(void **state)
{
    (void)state;
    assert_json("lat\xEDn \xC3\xA9", "lat?n ??");
    assert_json("\xC3\xA9 \x01", "\xC3\xA9 \x01");
    assert_json("", "");
    json_t *none = tpk_json_string(NULL);
    assert_true(json_is_null(none));
    json_decref(none);
}

static void an_answer_quotes_what_a_request_held(void **state)
{
    (void)state;
    char *text;
    assert_int_equal(tpk_error_json("'\xFF' is no weight", &text, NULL), TPK_OK);
    assert_non_null(strstr(text, "'?' is no weight"));
    tpk_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_of_xml_are_escaped),
        cmocka_unit_test(what_xml_cannot_hold_is_a_question_mark),
        cmocka_unit_test(what_xml_can_hold_is_left_alone),
        cmocka_unit_test(what_json_cannot_hold_is_a_question_mark),
        cmocka_unit_test(an_answer_quotes_what_a_request_held),
    };
    return cmocka_run_group_tests_name("bad_text", tests, NULL, NULL);
}
