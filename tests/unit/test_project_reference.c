/* The reference page: every key and every parameter is on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "project/keys.h"
#include "project/reference.h"
#include "project_fake.h"

/* Not inlined: gcc would take the text for the local variable that receives it, and warn. */
__attribute__((noinline)) static char *page(void)
{
    char *markdown = NULL;
    assert_int_equal(tpk_reference_markdown(&FAKE_VOCABULARY, &markdown, NULL), TPK_OK);
    return markdown;
}

/* The text of the part that a heading opens, up to the next heading. Caller frees. */
static char *part(const char *markdown, const char *level, const char *title)
{
    char heading[128];
    snprintf(heading, sizeof heading, "\n%s %s\n", level, title);
    const char *start = strstr(markdown, heading);
    assert_non_null(start);
    const char *end = strstr(start + strlen(heading), "\n#");
    return tpk_strndup(start, end ? (size_t)(end - start) : strlen(start));
}

static void assert_row(const char *text, const char *name)
{
    char row[128];
    snprintf(row, sizeof row, "\n| `%s` |", name);
    if (!strstr(text, row)) fail_msg("no row for '%s' in:%s", name, text);
}

static void every_fixed_key_has_a_row_in_its_section(void **state)
{
    (void)state;
    char *markdown = page();
    for (size_t s = 0; s < TPK_SECTION_COUNT; s++) {
        char *text = part(markdown, "##", TPK_SECTIONS[s].title);
        for (size_t i = 0; i < TPK_SECTIONS[s].n_keys; i++) {
            assert_row(text, TPK_SECTIONS[s].keys[i].value.name);
            assert_non_null(strstr(text, TPK_SECTIONS[s].keys[i].value.summary));
        }
        tpk_free(text);
    }
    tpk_free(markdown);
}

static void assert_kinds(const char *markdown, const tpk_kind_spec *const *kinds, size_t n_kinds)
{
    for (size_t k = 0; k < n_kinds; k++) {
        char *text = part(markdown, "###", kinds[k]->name);
        assert_non_null(strstr(text, kinds[k]->summary));
        for (size_t i = 0; i < kinds[k]->n_params; i++) assert_row(text, kinds[k]->params[i].name);
        tpk_free(text);
    }
}

static void every_kind_has_a_section_with_a_row_for_each_parameter(void **state)
{
    (void)state;
    char *markdown = page();
    assert_kinds(markdown, FAKE_SOURCES, COUNT(FAKE_SOURCES));
    assert_kinds(markdown, FAKE_CURVES, COUNT(FAKE_CURVES));
    tpk_free(markdown);
}

static void rows_give_unit_range_default_and_choices(void **state)
{
    (void)state;
    static const char *const EXPECTED[] = {
        "| `cell` | number | m | greater than 0 | required | side of a cell |\n",
        "| `language` | choice |  | `id`, `en` | `id` | language of the portal and the report |\n",
        "| `band` | number |  | 1 to 65535 | `1` | band of a raster, a whole number |\n",
        "| `layer` | id of a vector layer |  |  | required | the features |\n",
        "| `where` | text |  |  |  | a\\|b |\n", /* a bar would end the cell */
        "| `max` | number | m | greater than 0 |  | search no farther |\n",
        "| `touch` | choice |  | `any`, `centre`, `share` | `any` |  |\n",
        "| `share` | number |  | greater than 0 and at most 1 | `0.5` |  |\n",
        "\n`{distance: <id of a vector layer>}` gives values in m\n",
        "\n`{attribute: <id of a vector layer>, field: <field of the layer>}`\n",
        "\n`{linear: {best: <number>, worst: <number>}}`\n",
    };
    char *markdown = page();
    for (size_t i = 0; i < COUNT(EXPECTED); i++) {
        if (!strstr(markdown, EXPECTED[i])) fail_msg("not on the page: %s", EXPECTED[i]);
    }
    tpk_free(markdown);
}

static void memory_that_runs_out_is_said(void **state)
{
    (void)state;
    long start = tpk_mem_live_count();
    bool fired = true;
    for (long k = 0; fired; k++) {
        char *markdown = NULL;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_reference_markdown(&FAKE_VOCABULARY, &markdown, NULL);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired ? TPK_ERR_MEMORY : TPK_OK);
        assert_int_equal(markdown == NULL, fired);
        tpk_free(markdown);
        assert_int_equal(tpk_mem_live_count(), start);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fixed_key_has_a_row_in_its_section),
        cmocka_unit_test(every_kind_has_a_section_with_a_row_for_each_parameter),
        cmocka_unit_test(rows_give_unit_range_default_and_choices),
        cmocka_unit_test(memory_that_runs_out_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
