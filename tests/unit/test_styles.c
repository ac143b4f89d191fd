/* Sets of styles: the one in the program, and what a project's own set changes of it. */
#include "project_check.h"

#include <unistd.h>

#include "base/mem.h"

#define SET "warna.yaml"

static const char *in_folder(const char *name)
{
    static char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* The valid project with `output: {styles: NAME}`, and the set of that text beside it. */
static void write_files(const char *name, const char *set)
{
    tpk_text text = {0};
    for (size_t i = 0; i < COUNT(VALID); i++) tpk_text_addf(&text, "%s\n", VALID[i]);
    tpk_text_addf(&text, "output: {styles: %s}\n", name);
    write_project(in_folder("uji.yaml"), text.data, text.length);
    tpk_text_clear(&text);
    write_project(in_folder(SET), set, strlen(set));
}

static tpk_status read_files(tpk_project **project, tpk_diags *diags, tpk_err *err)
{
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s", in_folder("uji.yaml"));
    return tpk_project_read(path, &FAKE_VOCABULARY, project, diags, err);
}

/* Reads a project whose set has this text; n findings must be the lines of `expected`, "line:column: text",
 * and stand in the set. */
static void check_set(const char *set, tpk_status expected_status, const char *expected)
{
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    tpk_err err = {0};
    tpk_text found = {0};
    write_files(SET, set);
    assert_int_equal(read_files(&project, &diags, &err), expected_status);
    for (size_t i = 0; i < diags.n; i++) {
        assert_string_equal(diags.items[i].where, in_folder(SET));
        tpk_text_addf(&found, "%d:%d: %s\n", diags.items[i].pos.line, diags.items[i].pos.column,
                      diags.items[i].text);
    }
    assert_string_equal(found.data ? found.data : "", expected);
    tpk_text_clear(&found);
    tpk_diags_clear(&diags);
    tpk_project_free(project);
}

static void assert_color(tpk_rgb color, const char *expected)
{
    char text[TPK_COLOR_TEXT];
    assert_string_equal(tpk_color_text(color, text), expected);
}

static void the_default_has_every_word_and_colour(void **state)
{
    (void)state;
    tpk_styles styles;
    assert_int_equal(tpk_styles_default(&styles, NULL), TPK_OK);
    for (int label = 0; label < TPK_LABEL_COUNT; label++) {
        const tpk_label_style *style = &styles.labels[label];
        assert_true(strlen(style->indonesian) > 2 && strlen(style->english) > 2);
        assert_string_not_equal(style->indonesian, style->english);
        bool is_black = style->color.r + style->color.g + style->color.b == 0;
        assert_int_equal(is_black, label < TPK_LABEL_ZONES);
    }
    assert_string_equal(styles.labels[TPK_LABEL_S1].indonesian, "S1 Sangat sesuai");
    assert_string_equal(styles.labels[TPK_LABEL_SCORE_ZERO].english,
                        "0: excluded, or worst in every criterion");
    assert_color(styles.labels[TPK_LABEL_S1].color, "#005078");
    assert_color(styles.ramp[0], "#963c0a");
    assert_color(styles.ramp[4], "#003c64");
    assert_int_equal(styles.n_list, 14);
    assert_color(styles.list[13], "#7fcdfd");
    tpk_styles_clear(&styles);
    tpk_styles_clear(&styles);
}

static void a_set_changes_what_it_says_and_nothing_else(void **state)
{
    (void)state;
    tpk_project *project = NULL;
    tpk_diags diags = {0};
    write_files(SET, "S1: {en: Prime land, color: \"#00406A\"}\nlist: [\"#112233\", \"#445566\"]\n"
                     "outline: \"#101010\"\n");
    assert_int_equal(read_files(&project, &diags, NULL), TPK_OK);
    assert_int_equal(diags.n, 0);
    assert_string_equal(project->output.styles, in_folder(SET));
    const tpk_styles *styles = &project->styles;
    assert_string_equal(styles->labels[TPK_LABEL_S1].english, "Prime land");
    assert_string_equal(styles->labels[TPK_LABEL_S1].indonesian, "S1 Sangat sesuai");
    assert_color(styles->labels[TPK_LABEL_S1].color, "#00406a");
    assert_color(styles->labels[TPK_LABEL_S2].color, "#50aabe");
    assert_color(styles->outline, "#101010");
    assert_int_equal(styles->n_list, 2);
    assert_color(styles->list[1], "#445566");
    assert_color(styles->ramp[1], "#e9a552");
    tpk_project_free(project);
}

static void faults_of_a_set_are_told_at_their_place(void **state)
{
    (void)state;
    check_set("S1: {en: Prime, colour: \"#00406a\"}\n", TPK_ERR_PROJECT,
              "1:17: unknown key 'colour' in 'S1'; did you mean 'color'?\n");
    check_set("clases: {en: Class}\n", TPK_ERR_PROJECT,
              "1:1: unknown key 'clases' in the set of styles; did you mean 'classes'?\n");
    check_set("S1: {color: blue}\nS2:\n  color: #50aabe\n", TPK_ERR_PROJECT,
              "1:13: 'color': expected a colour in quotes, such as \"#005078\", found text 'blue'\n"
              "3:3: 'color': expected a colour in quotes, such as \"#005078\", found nothing\n");
    check_set("S1: {color: \"#12345\"}\nS2: {color: \"#1234567\"}\nS3: {color: \"#12345g\"}\n",
              TPK_ERR_PROJECT,
              "1:13: 'color': expected a colour in quotes, such as \"#005078\", found text '#12345'\n"
              "2:13: 'color': expected a colour in quotes, such as \"#005078\", found text '#1234567'\n"
              "3:13: 'color': expected a colour in quotes, such as \"#005078\", found text '#12345g'\n");
    check_set("score: {color: \"#123456\"}\n", TPK_ERR_PROJECT,
              "1:9: 'score' has no colour of its own; take the key 'color' away\n");
    check_set("ramp: [\"#123456\", \"#234567\"]\n", TPK_ERR_PROJECT,
              "1:7: 'ramp' has 2 colours; allowed: 5 to 5\n");
    check_set("list: []\n", TPK_ERR_PROJECT, "1:7: 'list' has 0 colours; allowed: 1 to 100\n");
    check_set("list: \"#123456\"\n", TPK_ERR_PROJECT,
              "1:7: 'list': expected a list of colours, found text '#123456'\n");
    check_set("list: [\"#123456\", 7]\n", TPK_ERR_PROJECT,
              "1:19: 'list': expected a colour in quotes, such as \"#005078\", found the number 7\n");
    check_set("S1: {id: ' '}\n", TPK_ERR_PROJECT, "1:10: 'id' is blank; write a text\n");
    check_set("# nothing yet\n", TPK_ERR_PROJECT, "1:1: the set of styles is empty\n");
    check_set("\n", TPK_ERR_PROJECT, "1:1: the set of styles is empty\n");
    check_set(
        "- S1\n", TPK_ERR_PROJECT,
        "1:1: the set of styles: expected a map with the keys score, score_zero, classes, reasons, "
        "limiting, outside, zones, regions, S1, S2, S3, N, excluded, unknown, no_reason, nothing_limits, "
        "ramp, list, outline, found a list\n");
}

/* The greys have L* 40.3 and 42.4. The green and the orange differ by 11.5 to red-blind eyes and by 89 to
 * others, the green and the blue of S2 by 12.0 to blue-blind ones (Machado's tables and CIE's formulas in
 * Python). */
static void classes_that_look_alike_are_warned_of(void **state)
{
    (void)state;
    check_set("N: {color: \"#646464\"}\n", TPK_OK,
              "1:12: 'N' (#646464) and 'excluded' (#5f5f5f) look alike to everybody: they differ by "
              "2 in CIE "
              "L*a*b*, more than 20 is needed; make one of them lighter or darker\n");
    check_set("S3: {color: \"#00b000\"}\nN: {color: \"#d08000\"}\n", TPK_OK,
              "1:13: 'S2' (#50aabe) and 'S3' (#00b000) look alike to people who are blind to blue: "
              "they differ by 12 in CIE L*a*b*, more than 20 is needed; make one of them lighter or darker\n"
              "2:12: 'S3' (#00b000) and 'N' (#d08000) look alike to people who are blind to red: "
              "they differ "
              "by 12 in CIE L*a*b*, more than 20 is needed; make one of them lighter or darker\n");
}

/* The valid project has two criteria. */
static void colours_of_ramp_and_list_that_look_alike_are_warned_of(void **state)
{
    (void)state;
    check_set(
        "ramp: [\"#000000\", \"#000000\", \"#f6e096\", \"#50aabe\", \"#003c64\"]\n", TPK_OK,
        "1:1: colour 1 of 'ramp' (#000000) and colour 2 of 'ramp' (#000000) look alike to everybody: they "
        "differ by 0 in CIE L*a*b*, more than 20 is needed; make one of them lighter or darker\n");
    check_set(
        "ramp: [\"#003c64\", \"#e9a552\", \"#f6e096\", \"#50aabe\", \"#003c64\"]\n", TPK_OK,
        "1:1: colour 1 of 'ramp' (#003c64) and colour 5 of 'ramp' (#003c64) look alike to everybody: they "
        "differ by 0 in CIE L*a*b*, more than 20 is needed; make one of them lighter or darker\n");
    check_set(
        "list: [\"#f5f5f5\", \"#003c64\", \"#003c64\"]\n", TPK_OK,
        "1:1: 'no_reason' (#ebf0eb) and colour 1 of 'list' (#f5f5f5) look alike to everybody: they differ "
        "by 4 in CIE L*a*b*, more than 20 is needed; make one of them lighter or darker\n");
    check_set(
        "list: [\"#003c64\", \"#003c64\"]\n", TPK_OK,
        "1:1: colour 1 of 'list' (#003c64) and colour 2 of 'list' (#003c64) look alike to everybody: they "
        "differ by 0 in CIE L*a*b*, more than 20 is needed; make one of them lighter or darker\n");
    check_set(
        "nothing_limits: {color: \"#9bd898\"}\n", TPK_OK,
        "1:25: 'nothing_limits' (#9bd898) and colour 1 of 'list' (#9bd898) look alike to everybody: they "
        "differ by 0 in CIE L*a*b*, more than 20 is needed; make one of them lighter or darker\n");
}

/* WEIGHTS is the last line of the valid project. */
#define WITH_STYLES(value) "  weights: {akses: 0.6, lereng: 0.4}\noutput: {styles: `" value "}"

static void a_set_that_cannot_be_read_is_told_in_the_project_file(void **state)
{
    (void)state;
    write_project(in_folder(SET), "S1: {en: Prime}\n", 16);
    check("there is no file 'warma.yaml'; did you mean 'warna.yaml'?", WEIGHTS, WITH_STYLES("warma.yaml"),
          -1);
    check("'styles': expected text, found a list", WEIGHTS, WITH_STYLES("[a]"), -1);
    check("/dev/null is not a file", WEIGHTS, WITH_STYLES("/dev/null"), -1);
    check("there is no file 'gaya\\a.yaml'; separate folders with '/', not '\\'", WEIGHTS,
          WITH_STYLES("gaya\\a.yaml"), -1);
    check("/ is a folder; name the set of styles (.yaml) inside it", WEIGHTS, WITH_STYLES("/"), -1);
}

static void memory_that_runs_out_is_said_and_nothing_leaks(void **state)
{
    (void)state;
    static const char *const SETS[] = {"S1: {en: Prime}\nS2: {id: Baik}\nN: {color: \"#646464\"}\n",
                                       "S1: {color: blue}\nramp: [1]\n", "list: [\"#f5f5f5\"]\n"};
    const tpk_status final[] = {TPK_OK, TPK_ERR_PROJECT, TPK_OK};
    for (int i = 0; i < 3; i++) {
        write_files(SET, SETS[i]);
        long start = tpk_mem_live_count();
        bool fired = true;
        for (long k = 0; fired; k++) {
            tpk_project *project = NULL;
            tpk_diags diags = {0};
            tpk_mem_fail_after(k);
            tpk_status status = read_files(&project, &diags, NULL);
            fired = tpk_mem_failed_count() > 0;
            tpk_mem_fail_after(-1);
            assert_int_equal(status, fired ? TPK_ERR_MEMORY : final[i]);
            tpk_project_free(project);
            tpk_diags_clear(&diags);
            assert_int_equal(tpk_mem_live_count(), start);
        }
    }
}

static int clean_up(void **state)
{
    unlink(in_folder(SET));
    return remove_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_has_every_word_and_colour),
        cmocka_unit_test(a_set_changes_what_it_says_and_nothing_else),
        cmocka_unit_test(faults_of_a_set_are_told_at_their_place),
        cmocka_unit_test(classes_that_look_alike_are_warned_of),
        cmocka_unit_test(colours_of_ramp_and_list_that_look_alike_are_warned_of),
        cmocka_unit_test(a_set_that_cannot_be_read_is_told_in_the_project_file),
        cmocka_unit_test(memory_that_runs_out_is_said_and_nothing_leaks),
    };
    return cmocka_run_group_tests_name("styles", tests, make_folder, clean_up);
}
