/* Files that are no good YAML, and the YAML that is understood beyond the plainest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "project_check.h"

#define NOT_YAML(reason)                                                                                     \
    "not valid YAML: " reason "; look at the indentation, quotes and brackets here and just above"

/* Bytes that reading the text writes to stderr. */
static long stderr_bytes(const char *text, const char *messages)
{
    check_text(text, messages); /* so that a failure is not captured below */
    FILE *capture = tmpfile();
    assert_non_null(capture);
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
    check_text(text, messages);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    fseek(capture, 0, SEEK_END);
    long n = ftell(capture);
    fclose(capture);
    return n;
}

static void syntax_errors_are_findings_and_nothing_is_printed(void **state)
{
    (void)state;
    assert_int_equal(stderr_bytes("tapak: 1\ntitle: `\"Uji\ngrid: {}\n",
                                  NOT_YAML("wrongly indented double-quoted scalar")),
                     0);
    assert_int_equal(
        stderr_bytes("tapak: 1\ntitle: \"a`\\q\"\n", NOT_YAML("invalid escape 'q' in double-quoted string")),
        0);
    assert_int_equal(stderr_bytes("tapak: 1\ngrid:\n`\tcell: 3\n",
                                  NOT_YAML("tab character may not be used as indentation")),
                     0);
    assert_int_equal(stderr_bytes("tapak: `1\n  title: Uji\n", NOT_YAML("invalid multiline plain key")), 0);
    assert_int_equal(stderr_bytes("tapak: 1\ntitle: `@uji\n", NOT_YAML("plain scalar cannot start with '@'")),
                     0);
}

static void an_unclosed_bracket_is_a_syntax_error(void **state)
{
    (void)state;
    check_text("tapak: 1\noverlay: [a, b\n`", NOT_YAML("flow sequence without a closing bracket"));
}

static void a_key_given_twice_names_the_first_place(void **state)
{
    (void)state;
    check("'title' is given twice; the first is at 2:1; keep one", ZONA, "  zona: zona.shp", OVERLAY,
          "overlay: [jalan]\n`title: Lagi", -1);
    check("'title' is given twice; the first is at 2:1; keep one\n'title' is given twice; the first is at "
          "2:1; keep one",
          OVERLAY, "overlay: [jalan]\n`title: Lagi\n`'title': Lagi", -1);
    check("'jalan' is given twice; the first is at 6:3; keep one", ZONA,
          "  zona: zona.shp\n  `jalan: provinsi.shp", -1);
    check("'akses' is given twice; the first is at 12:3; keep one", LERENG,
          "  lereng: {from: {slope: elevasi}, curve: {points: [[0, 1], [15, 0]]}}\n  `akses: 3", -1);
    check("'curam' is given twice; the first is at 15:3; keep one", CURAM,
          "  curam: {from: lereng, above: 15, source: P}\n  `curam: {}", -1);
    check("'cell' is given twice; the first is at 3:16; keep one", GRID,
          "grid: {crs: x, cell: 30, `cell: x, area: provinsi}", -1);
}

static void aliases_stand_for_the_value_they_name(void **state)
{
    (void)state;
    check("", AKSES,
          "  akses: {from: {distance: jalan}, curve: &kurva {linear: {best: &b 500, worst: 10000}}}", LERENG,
          "  lereng: {from: {slope: elevasi}, curve: *kurva}", CURAM,
          "  curam: {from: lereng, above: *b, source: P}", -1);
    check("'*kurva' names no anchor; mark the value it stands for with '&kurva' further up", LERENG,
          "  lereng: {from: {slope: elevasi}, curve: `*kurva}", -1);
    check("'*diri' stands inside the very value it names", LERENG,
          "  lereng: &diri {from: {slope: elevasi}, curve: `*diri}", -1);
    check("'curve': expected a curve {KIND: ...}, KIND being one of linear, points, classes, found the "
          "number 500",
          AKSES, "  akses: {from: {distance: jalan}, curve: {linear: {best: &b `500, worst: 10000}}}", LERENG,
          "  lereng: {from: {slope: elevasi}, curve: *b}", -1);
}

static void what_yaml_allows_but_a_project_has_no_use_for_is_refused(void **state)
{
    (void)state;
    check("tags have no meaning in a project file; remove the tag 'tag:yaml.org,2002:str'", TITLE,
          "title: !!str `Uji", -1);
    check("a key must be a word, not a list or a map", TITLE, "title: Uji\n`[a, b]: 3", -1);
    check("the text holds a NUL character; remove it", TITLE, "title: `\"a\\0b\"", -1);
    check_text("tapak: 1\n`---\ntapak: 1\n",
               "a second document starts here ('---'); a project file holds one");
    check("lists and maps are nested deeper than 32 levels", OVERLAY,
          "overlay: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[`[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", -1);
}

static void many_anchors_are_refused(void **state)
{
    (void)state;
    tpk_text text = {0};
    tpk_text_add(&text, "overlay:\n");
    for (int i = 0; i < 1001; i++) tpk_text_addf(&text, "- &a%d %sx\n", i, i == 1000 ? "`" : "");
    check_text(text.data, "more than 1000 anchors (&name)");
    tpk_text_clear(&text);
}

static void findings_stop_at_a_thousand(void **state)
{
    (void)state;
    char path[PATH_MAX + 32];
    tpk_text text = {0};
    for (int i = 0; i < 5000; i++) tpk_text_addf(&text, "kunci %d: x\n", i);
    snprintf(path, sizeof path, "%s/uji.yaml", folder);
    write_project(path, text.data, text.length);
    tpk_text_clear(&text);
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    assert_int_equal(tpk_project_read(path, &FAKE_VOCABULARY, &project, &diags, NULL), TPK_ERR_PROJECT);
    assert_int_equal(diags.n, 1001);
    assert_string_equal(diags.items[1000].text, "there are more findings; mend those shown first");
    tpk_diags_clear(&diags);
}

static void empty_files_are_said_to_be_empty(void **state)
{
    (void)state;
    check_text("`", "the project file is empty");
    check_text("` \n\t\r\n", "the project file is empty");
    check_text("`# only a comment\n", "the project file is empty");
}

static void check_bytes(const char *bytes, size_t n, int line, int column, const char *message)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/uji.yaml", folder);
    write_project(path, bytes, n);
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    assert_int_equal(tpk_project_read(path, &FAKE_VOCABULARY, &project, &diags, NULL), TPK_ERR_PROJECT);
    assert_int_equal(diags.n, 1);
    assert_string_equal(diags.items[0].text, message);
    assert_int_equal(diags.items[0].pos.line, line);
    assert_int_equal(diags.items[0].pos.column, column);
    tpk_diags_clear(&diags);
}

static void text_that_is_not_utf8_is_refused_at_its_first_byte(void **state)
{
    (void)state;
    check_bytes("tapak: 1\ntitle: \xC3\xA9 d\xE9j\xE0\n", 22, 2, 11,
                "this is not UTF-8 text; save the file as UTF-8");
    check_bytes("tapak: 1\n\xC3", 10, 2, 1, "this is not UTF-8 text; save the file as UTF-8");
    check_bytes("\xFF\xFEt\0a\0", 6, 1, 1, "the file is UTF-16; save it as UTF-8");
    check_bytes("tapak: 1\0\n", 10, 1, 1, "the file holds NUL bytes; it is no text file");
}

static void a_byte_order_mark_and_windows_line_ends_change_no_place(void **state)
{
    (void)state;
    tpk_text text = {0};
    tpk_text_add(&text, "\xEF\xBB\xBF");
    for (size_t i = 0; i < COUNT(VALID); i++)
        tpk_text_addf(&text, "%s\r\n", i == GRID ? "grid: {crs: x, cell: a, area: provinsi}" : VALID[i]);
    check_bytes(text.data, text.length, 3, 22, "'cell': expected a number, found text 'a'");
    tpk_text_clear(&text);
}

static void columns_count_characters(void **state)
{
    (void)state;
    check("'S1' is 7; allowed: 0 to 1", TITLE, "title: Ujié", WEIGHTS,
          "  weights: {akses: 0.6, lereng: 0.4}\n  classes: {S2: 0.6, 'S1': `7}", -1);
    check("unknown key 'é' in 'grid'; allowed: crs, cell, area, bounds\nunknown key 'ü' in 'grid'; allowed: "
          "crs, cell, area, bounds",
          GRID, "grid: {crs: 'ééé', `é: 1, `ü: 2, cell: 30, area: provinsi}", -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syntax_errors_are_findings_and_nothing_is_printed),
        cmocka_unit_test(an_unclosed_bracket_is_a_syntax_error),
        cmocka_unit_test(a_key_given_twice_names_the_first_place),
        cmocka_unit_test(aliases_stand_for_the_value_they_name),
        cmocka_unit_test(what_yaml_allows_but_a_project_has_no_use_for_is_refused),
        cmocka_unit_test(many_anchors_are_refused),
        cmocka_unit_test(findings_stop_at_a_thousand),
        cmocka_unit_test(empty_files_are_said_to_be_empty),
        cmocka_unit_test(text_that_is_not_utf8_is_refused_at_its_first_byte),
        cmocka_unit_test(a_byte_order_mark_and_windows_line_ends_change_no_place),
        cmocka_unit_test(columns_count_characters),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
