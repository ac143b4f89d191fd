/* A harness for findings about a project file, with their exact places and words.
 *
 * A test changes lines of a valid file; a backtick in the new text marks where a finding is expected and is
 * taken out before the file is written, so that no line or column is counted by hand. */
#ifndef TEST_PROJECT_CHECK_H
#define TEST_PROJECT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "base/text.h"
#include "project_fake.h"

static char folder[PATH_MAX]; /* scratch, with empty files for the layers to name */

static const char *const VALID[] = {
    "tapak: 1",
    "title: Uji",
    "grid: {crs: EPSG:32750, cell: 30, area: provinsi}",
    "layers:",
    "  provinsi: provinsi.shp",
    "  jalan: jalan.shp",
    "  zona: zona.shp",
    "  elevasi: elevasi.tif",
    "zones: {layer: zona, id: kode, name: nama}",
    "overlay: [jalan]",
    "criteria:",
    "  akses: {from: {distance: jalan}, curve: {linear: {best: 500, worst: 10000}}}",
    "  lereng: {from: {slope: elevasi}, curve: {points: [[0, 1], [15, 0]]}}",
    "constraints:",
    "  curam: {from: lereng, above: 15, source: Permenperin}",
    "decision:",
    "  weights: {akses: 0.6, lereng: 0.4}",
};

enum {
    TAPAK,
    TITLE,
    GRID,
    LAYERS,
    PROVINSI,
    JALAN,
    ZONA,
    ELEVASI,
    ZONES,
    OVERLAY,
    CRITERIA,
    AKSES,
    LERENG,
    CONSTRAINTS,
    CURAM,
    DECISION,
    WEIGHTS
};

static const char *const FILES[] = {"provinsi.shp", "jalan.shp", "zona.shp", "elevasi.tif", "kota.shp"};

static int make_folder(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tapak_project_XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(folder)) return -1;
    for (size_t i = 0; i < COUNT(FILES); i++) {
        char path[PATH_MAX + 32];
        snprintf(path, sizeof path, "%s/%s", folder, FILES[i]);
        FILE *file = fopen(path, "w");
        if (!file) return -1;
        fclose(file);
    }
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char path[PATH_MAX + 32];
    for (size_t i = 0; i < COUNT(FILES); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, FILES[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/uji.yaml", folder);
    unlink(path);
    return rmdir(folder);
}

static void write_project(const char *path, const char *text, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

/* Takes the backticks out of text and appends "line:column\n" for each to places. Columns count characters.
 */
static size_t take_marks(char *text, tpk_pos places[64])
{
    size_t n = 0;
    char *out = text;
    tpk_pos pos = {1, 1};
    for (const char *in = text; *in; in++) {
        if (*in == '`') {
            places[n++] = pos;
            continue;
        }
        *out++ = *in;
        if (*in == '\n')
            pos = (tpk_pos){pos.line + 1, 1};
        else if (((unsigned char)*in & 0xC0) != 0x80)
            pos.column++;
    }
    *out = '\0';
    return n;
}

/* Reads a file with this text; its findings must be the lines of `messages`, in order, at the backticks. */
static void check_text(const char *marked, const char *messages)
{
    char *text = tpk_strdup(marked), path[PATH_MAX + 32];
    tpk_pos places[64];
    size_t n_places = take_marks(text, places);
    snprintf(path, sizeof path, "%s/uji.yaml", folder);
    write_project(path, text, strlen(text));
    tpk_free(text);

    tpk_project *project = NULL;
    tpk_diags diags = {0};
    tpk_err err = {0};
    tpk_status status = tpk_project_read(path, &FAKE_VOCABULARY, &project, &diags, &err);
    assert_int_equal(status, n_places ? TPK_ERR_PROJECT : TPK_OK);
    tpk_text found = {0}, expected = {0};
    const char *message = messages;
    for (size_t i = 0; i < n_places; i++) {
        size_t n = strcspn(message, "\n");
        tpk_text_addf(&expected, "%d:%d: %.*s\n", places[i].line, places[i].column, (int)n, message);
        message += message[n] ? n + 1 : n;
    }
    for (size_t i = 0; i < diags.n; i++) {
        assert_string_equal(diags.items[i].where, path);
        tpk_text_addf(&found, "%d:%d: %s\n", diags.items[i].pos.line, diags.items[i].pos.column,
                      diags.items[i].text);
    }
    assert_string_equal(found.data ? found.data : "", expected.data ? expected.data : "");
    tpk_text_clear(&found);
    tpk_text_clear(&expected);
    tpk_diags_clear(&diags);
    tpk_project_free(project);
}

/* The valid file with some lines changed: pairs of line and text (NULL: left out), closed by -1. */
static void check(const char *messages, ...)
{
    const char *lines[COUNT(VALID)];
    memcpy(lines, VALID, sizeof lines);
    va_list args;
    va_start(args, messages);
    for (int line = va_arg(args, int); line >= 0; line = va_arg(args, int))
        lines[line] = va_arg(args, const char *);
    va_end(args);
    tpk_text text = {0};
    for (size_t i = 0; i < COUNT(lines); i++) {
        if (lines[i]) tpk_text_addf(&text, "%s\n", lines[i]);
    }
    check_text(text.data, messages);
    tpk_text_clear(&text);
}

#endif
