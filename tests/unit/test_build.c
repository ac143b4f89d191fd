/* Texts of columns while a layer is read: equal ones once, whatever their encoding, and none lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "input/build.h"

typedef struct reading {
    tpk_layer *layer;
    tpk_build build;
} reading;

static reading start(size_t n_columns, size_t width)
{
    reading r = {.layer = tpk_zalloc(1, sizeof(tpk_layer))};
    assert_true(r.layer && tpk_build_start(&r.build, r.layer));
    for (size_t i = 0; i < n_columns; i++)
        assert_true(tpk_build_column(&r.build, "nama", TPK_FIELD_TEXT, width));
    return r;
}

static void add(reading *r, const char *text)
{
    assert_true(tpk_build_feature(&r->build, r->layer->n_features));
    for (size_t i = 0; i < r->build.n_columns; i++)
        assert_true(tpk_build_text(&r->build.columns[i], text, text ? strlen(text) : 0));
}

static void finish(reading *r, const char *encoding, tpk_diags *diags)
{
    tpk_err err = {0};
    tpk_text_claim claim = {TPK_TEXT_CPG, encoding};
    if (tpk_build_finish(&r->build, claim, "uji", diags, &err) != TPK_OK) fail_msg("%s", err.message);
    tpk_build_clear(&r->build);
}

static void equal_texts_lie_at_one_place(void **state)
{
    (void)state;
    reading r = start(1, 20);
    char text[32];
    for (int i = 0; i < 9000; i++) {
        snprintf(text, sizeof text, "nama %d", i % 900);
        add(&r, i % 7 ? text : NULL);
    }
    /* "nama 0" to "nama 899", each with a terminator: 10 of 7 bytes, 90 of 8, 800 of 9 */
    assert_int_equal(r.build.columns[0].n_bytes, 10 * 7 + 90 * 8 + 800 * 9);
    finish(&r, "UTF-8", NULL);
    for (int i = 0; i < 9000; i++) {
        snprintf(text, sizeof text, "nama %d", i % 900);
        const char *kept = r.layer->fields[0].text[i];
        if (i % 7 == 0) {
            assert_null(kept);
        } else {
            assert_string_equal(kept, text);
            if (i >= 7 * 900 && (i - 6300) % 7) assert_ptr_equal(kept, r.layer->fields[0].text[i - 6300]);
        }
    }
    tpk_layer_free(r.layer);
}

/* The table is given up after 131,072 of them; a text that comes again is then kept again. */
static void texts_that_differ_are_not_looked_up(void **state)
{
    (void)state;
    reading r = start(1, 20);
    char text[32];
    for (int i = 0; i < 140000; i++) {
        snprintf(text, sizeof text, "%d", i);
        add(&r, text);
    }
    add(&r, "17");
    assert_true(r.build.columns[0].is_varied);
    assert_null(r.build.columns[0].slots);
    finish(&r, "UTF-8", NULL);
    for (int i = 0; i < 140000; i++) assert_int_equal(atoi(r.layer->fields[0].text[i]), i);
    assert_string_equal(r.layer->fields[0].text[140000], "17");
    tpk_layer_free(r.layer);
}

static void equal_texts_are_decoded_once_and_for_all(void **state)
{
    (void)state;
    reading r = start(1, 20);
    static const char *const TEXTS[] = {"Caf\xe9", "b", NULL, "Caf\xe9", "\xe9tat", "b", "Caf\xe9"};
    static const char *const DECODED[] = {"Caf\xc3\xa9", "b", NULL,         "Caf\xc3\xa9",
                                          "\xc3\xa9tat", "b", "Caf\xc3\xa9"};
    for (int i = 0; i < 7; i++) add(&r, TEXTS[i]);
    finish(&r, "ISO-8859-1", NULL);
    for (int i = 0; i < 7; i++) {
        if (DECODED[i]) assert_string_equal(r.layer->fields[0].text[i], DECODED[i]);
        if (!DECODED[i]) assert_null(r.layer->fields[0].text[i]);
    }
    tpk_layer_free(r.layer);
}

/* Every feature that has such a text counts and is marked, not the text. */
static void cut_and_undecodable_texts_are_told_of_every_feature(void **state)
{
    (void)state;
    reading r = start(1, 4);
    r.build.keep_bytes = true;
    static const char *const TEXTS[] = {"abc\xc3", "a\xff", "x", "abc\xc3", "a\xff", "abc\xc3"};
    for (int i = 0; i < 6; i++) add(&r, TEXTS[i]);
    tpk_diags diags = {0};
    finish(&r, "UTF-8", &diags);
    assert_int_equal(diags.n, 1);
    assert_non_null(strstr(diags.items[0].text, "3 texts end in the middle"));
    static const uint8_t MARKS[] = {0, 1, 0, 0, 1, 0};
    assert_memory_equal(r.layer->fields[0].undecoded, MARKS, 6);
    assert_string_equal(r.layer->fields[0].text[5], "abc");
    assert_string_equal(r.layer->fields[0].text[4], "a\xff");
    tpk_diags_clear(&diags);
    tpk_layer_free(r.layer);
}

static bool read_without_memory(long successes)
{
    reading r = start(1, 20);
    tpk_err err = {0};
    char text[32];
    bool ok = true;
    tpk_mem_fail_after(successes);
    for (int i = 0; ok && i < 3000; i++) {
        snprintf(text, sizeof text, "Caf\xe9 %d", i % 1500);
        ok = tpk_build_feature(&r.build, i) && tpk_build_text(&r.build.columns[0], text, strlen(text));
    }
    tpk_text_claim claim = {TPK_TEXT_CPG, "ISO-8859-1"};
    if (ok) ok = tpk_build_finish(&r.build, claim, "uji", NULL, &err) == TPK_OK;
    tpk_mem_fail_after(-1);
    tpk_build_clear(&r.build);
    tpk_layer_free(r.layer);
    return ok;
}

static void exhausted_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    long before = tpk_mem_live_count(), k = 0;
    while (!read_without_memory(k)) {
        assert_int_equal(tpk_mem_live_count(), before);
        k++;
    }
    assert_true(k > 20);
    assert_int_equal(tpk_mem_live_count(), before);
}

/* 2,000,000 features with 10 texts: 8 bytes each, and what is different. With TAPAK_LARGE (not in a
 * sanitizer's build, which keeps what is freed) the whole process is weighed. */
static void many_rows_of_repeated_texts_are_small(void **state)
{
    (void)state;
    bool large = getenv("TAPAK_LARGE") != NULL;
    int n = large ? 2000000 : 50000;
    struct rusage usage;
    reading r = start(10, 20);
    char text[32];
    for (int i = 0; i < n; i++) {
        snprintf(text, sizeof text, "Kecamatan nomor %04d", i % 2000);
        add(&r, text);
    }
    for (int c = 0; c < 10; c++) assert_int_equal(r.build.columns[c].n_bytes, 2000 * 21);
    finish(&r, "UTF-8", NULL);
    getrusage(RUSAGE_SELF, &usage);
    if (large) assert_in_range(usage.ru_maxrss, 1, 300 * 1024); /* KB; 160 MB of pointers, 32 of numbers */
    tpk_layer_free(r.layer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_lie_at_one_place),
        cmocka_unit_test(texts_that_differ_are_not_looked_up),
        cmocka_unit_test(equal_texts_are_decoded_once_and_for_all),
        cmocka_unit_test(cut_and_undecodable_texts_are_told_of_every_feature),
        cmocka_unit_test(exhausted_memory_is_told_and_leaks_nothing),
        cmocka_unit_test(many_rows_of_repeated_texts_are_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
