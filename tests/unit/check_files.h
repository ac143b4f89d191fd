/* What the tests of findings about whole files share: layers written in a scratch folder, examined through
 * the public interface. */
#ifndef TPK_TEST_CHECK_FILES_H
#define TPK_TEST_CHECK_FILES_H

#include "study_files.h"

/* One point feature, for GeoJSON; properties as members: "\"nama\":\"a\"". */
#define POINT(x, y, properties)                                                                              \
    "{\"type\":\"Feature\",\"properties\":{" properties                                                      \
    "},\"geometry\":{\"type\":\"Point\",\"coordinates\":[" #x "," #y "]}}"

/* A GeoJSON layer; crs as in "EPSG::32750", NULL: GeoJSON's own, longitude and latitude. */
static inline const char *write_points(const char *name, const char *crs, const char *features)
{
    size_t size = strlen(features) + 300;
    char *text = malloc(size);
    assert_non_null(text);
    if (crs) {
        snprintf(text, size,
                 "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:"
                 "ogc:def:crs:%s\"}},"
                 "\"features\":[%s]}",
                 crs, features);
    } else {
        snprintf(text, size, "{\"type\":\"FeatureCollection\",\"features\":[%s]}", features);
    }
    const char *path = write_text(name, text);
    free(text);
    return path;
}

static inline tpk_check *check_paths(const char *const *paths, size_t n, const tpk_check_options *options)
{
    tpk_err err = {TPK_OK, ""};
    tpk_check *check = NULL;
    if (tpk_check_layers(paths, n, options, &check, &err) != TPK_OK) fail_msg("%s", err.message);
    assert_int_equal(tpk_check_count(check), n);
    return check;
}

static inline tpk_check *check_path(const char *path)
{
    return check_paths(&path, 1, NULL);
}

/* The first finding of the kind about subject `index`; -1: none. */
static inline int index_of(const tpk_check *check, size_t index, const char *kind)
{
    size_t n = tpk_check_get(check, index).n_findings;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(tpk_check_finding_get(check, index, i).kind, kind) == 0) return (int)i;
    }
    return -1;
}

static inline void show(const tpk_check *check, size_t index)
{
    size_t n = tpk_check_get(check, index).n_findings;
    for (size_t i = 0; i < n; i++) {
        tpk_check_finding f = tpk_check_finding_get(check, index, i);
        print_message("  %s: %s\n", f.kind, f.found);
    }
}

/* The kind must have been found; its texts are complete. */
static inline tpk_check_finding found(const tpk_check *check, size_t index, const char *kind)
{
    int at = index_of(check, index, kind);
    if (at < 0) {
        show(check, index);
        fail_msg("%s was not found", kind);
    }
    tpk_check_finding f = tpk_check_finding_get(check, index, (size_t)at);
    assert_true(strlen(f.found) > 10 && strlen(f.why) > 10 && strlen(f.change) > 5);
    return f;
}

static inline void not_found(const tpk_check *check, size_t index, const char *kind)
{
    if (index_of(check, index, kind) < 0) return;
    show(check, index);
    fail_msg("%s is a false alarm", kind);
}

static inline void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part)) fail_msg("'%s' is not in: %s", part, text);
}

#endif
