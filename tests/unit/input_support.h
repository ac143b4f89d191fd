/* What the tests of the room `input` share: fixtures, a scratch folder, layers read with little writing. */
#ifndef TPK_TEST_INPUT_SUPPORT_H
#define TPK_TEST_INPUT_SUPPORT_H

#include <dirent.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/layer.h"
#include "input/raster.h"

#define FIXTURES "tests/data/input/"

static tpk_worker *worker;
static tpk_crs *utm50s;
static char scratch[256];

static inline int set_up(void **state)
{
    (void)state;
    const char *temp = getenv("TMPDIR");
    snprintf(scratch, sizeof scratch, "%s/tapak-test-XXXXXX", temp ? temp : "/tmp");
    tpk_input_init(16 << 20);
    return !mkdtemp(scratch) || tpk_worker_new(&worker, NULL) != TPK_OK ||
           tpk_crs_new(worker, "EPSG:32750", &utm50s, NULL) != TPK_OK;
}

static inline int tear_down(void **state)
{
    (void)state;
    tpk_crs_free(utm50s);
    tpk_worker_free(worker);
    DIR *folder = opendir(scratch);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", scratch, entry->d_name);
        if (entry->d_name[0] != '.') remove(path);
    }
    if (folder) closedir(folder);
    return rmdir(scratch);
}

/* A path inside the scratch folder; valid for the next 63 calls. */
static inline const char *scratch_path(const char *name)
{
    static char paths[64][600];
    static int next;
    char *path = paths[next++ % 64];
    snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
    return path;
}

/* The whole file; n may be NULL. Freed with free. */
static inline uint8_t *load(const char *path, size_t *n)
{
    if (n) *n = 0;
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    uint8_t *bytes = calloc(1, 1 << 20);
    size_t got = fread(bytes, 1, (1 << 20) - 1, file);
    fclose(file);
    if (n) *n = got;
    return bytes;
}

static inline void save(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

/* Copies the given extensions ("shp dbf prj") of a fixture to the scratch folder as `name`. */
static inline void copy_fixture(const char *fixture, const char *name, const char *extensions)
{
    char list[64], *rest = list, *extension;
    snprintf(list, sizeof list, "%s", extensions);
    while ((extension = strsep(&rest, " "))) {
        char from[300], to[300];
        size_t n = 0;
        snprintf(from, sizeof from, FIXTURES "%s.%s", fixture, extension);
        snprintf(to, sizeof to, "%s.%s", name, extension);
        uint8_t *bytes = load(from, &n);
        assert_non_null(bytes);
        save(scratch_path(to), bytes, n);
        free(bytes);
    }
}

static inline tpk_layer_spec spec_of(const char *path)
{
    return (tpk_layer_spec){
        .id = (char *)(uintptr_t) "uji", .path = (char *)(uintptr_t)path, .band = 1, .nodata = (double)NAN};
}

static inline bool has_remark(const tpk_diags *diags, tpk_severity severity, const char *part)
{
    for (size_t i = 0; i < diags->n; i++) {
        if (diags->items[i].severity == severity && strstr(diags->items[i].text, part)) return true;
    }
    return false;
}

static inline tpk_layer *read_ok(const tpk_layer_spec *spec, const tpk_crs *to, tpk_diags *diags)
{
    tpk_err err = {0};
    tpk_layer *layer = NULL;
    tpk_status status = tpk_layer_read(worker, spec, to, TPK_BOX_EMPTY, NULL, &layer, diags, &err);
    if (status != TPK_OK) print_message("%s\n", err.message);
    assert_int_equal(status, TPK_OK);
    return layer;
}

/* The error must have the code and mention the part. */
static inline void assert_read_fails(const tpk_layer_spec *spec, const tpk_crs *to, tpk_status code,
                                     const char *part)
{
    tpk_err err = {0};
    tpk_layer *layer = NULL;
    assert_int_equal(tpk_layer_read(worker, spec, to, TPK_BOX_EMPTY, NULL, &layer, NULL, &err), code);
    assert_null(layer);
    assert_int_equal(err.code, code);
    if (!strstr(err.message, part)) print_message("expected '%s' in: %s\n", part, err.message);
    assert_non_null(strstr(err.message, part));
}

static inline const char *text_of(const tpk_layer *layer, const char *field, int64_t row)
{
    const tpk_field *found = tpk_layer_field(layer, field);
    assert_non_null(found);
    return found->text[row];
}

static inline double number_of(const tpk_layer *layer, const char *field, int64_t row)
{
    const tpk_field *found = tpk_layer_field(layer, field);
    assert_non_null(found);
    return found->number[row];
}

#endif
