/* Small studies for tests: project files with their layers in a scratch folder, run and read back. */
#ifndef TPK_TEST_STUDY_FILES_H
#define TPK_TEST_STUDY_FILES_H

#include <dirent.h>
#include <ftw.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <jansson.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tapak/tapak.h"

static char scratch[256];

static inline int files_set_up(void **state)
{
    (void)state;
    const char *temp = getenv("TMPDIR");
    snprintf(scratch, sizeof scratch, "%s/tapak-test-XXXXXX", temp ? temp : "/tmp");
    GDALAllRegister();
    return mkdtemp(scratch) ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts, (void)kind, (void)place;
    return remove(path);
}

static inline int remove_tree(const char *path)
{
    return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static inline int files_tear_down(void **state)
{
    (void)state;
    return remove_tree(scratch);
}

/* A path inside the scratch folder; valid for the next 63 calls. */
static inline const char *in_scratch(const char *name)
{
    static char paths[64][600];
    static int next;
    char *path = paths[next++ % 64];
    snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
    return path;
}

/* ---- writing ---- */

static inline const char *write_text(const char *name, const char *text)
{
    const char *path = in_scratch(name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* A GeoJSON file of the given features in EPSG:32750, said as GeoJSON said it before RFC 7946. */
static inline void write_features(const char *name, const char *features)
{
    size_t size = strlen(features) + 256;
    char *text = malloc(size);
    assert_non_null(text);
    snprintf(text, size,
             "{\"type\": \"FeatureCollection\", \"crs\": {\"type\": \"name\", \"properties\": {\"name\": "
             "\"urn:ogc:def:crs:EPSG::32750\"}}, \"features\": [%s]}",
             features);
    write_text(name, text);
    free(text);
}

/* The features as a shapefile with a .prj of the CRS. */
static inline void write_shapefile(const char *name, const char *crs, const char *features)
{
    char geojson[300];
    snprintf(geojson, sizeof geojson, "%s.geojson", name);
    write_features(geojson, features);
    GDALDatasetH source = GDALOpenEx(in_scratch(geojson), GDAL_OF_VECTOR, NULL, NULL, NULL);
    assert_non_null(source);
    char *arguments[] = {(char[]){"-f"},
                         (char[]){"ESRI Shapefile"},
                         (char[]){"-a_srs"},
                         (char *)(uintptr_t)crs,
                         (char[]){"-lco"},
                         (char[]){"ENCODING=UTF-8"},
                         NULL};
    GDALVectorTranslateOptions *options = GDALVectorTranslateOptionsNew(arguments, NULL);
    int bad = 0;
    GDALDatasetH made = GDALVectorTranslate(in_scratch(name), NULL, 1, &source, options, &bad);
    assert_non_null(made);
    GDALClose(made);
    GDALVectorTranslateOptionsFree(options);
    GDALClose(source);
    unlink(in_scratch(geojson));
}

/* Row-major values from the north-west corner (x0, y0). */
static inline void write_raster(const char *name, const char *crs, double x0, double y0, double pixel,
                                int n_rows, int n_cols, const double *values, double nodata)
{
    GDALDatasetH made =
        GDALCreate(GDALGetDriverByName("GTiff"), in_scratch(name), n_cols, n_rows, 1, GDT_Float64, NULL);
    assert_non_null(made);
    double transform[6] = {x0, pixel, 0, y0, 0, -pixel};
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRSetFromUserInput(srs, crs), OGRERR_NONE);
    assert_int_equal(GDALSetSpatialRef(made, srs), CE_None);
    OSRDestroySpatialReference(srs);
    assert_int_equal(GDALSetGeoTransform(made, transform), CE_None);
    GDALRasterBandH band = GDALGetRasterBand(made, 1);
    GDALSetRasterNoDataValue(band, nodata);
    assert_int_equal(GDALRasterIO(band, GF_Write, 0, 0, n_cols, n_rows, (void *)(uintptr_t)values, n_cols,
                                  n_rows, GDT_Float64, 0, 0),
                     CE_None);
    GDALClose(made);
}

/* ---- reading ---- */

/* The pixels of a one-band raster; freed with free. */
static inline double *read_raster(const char *path, int *n_rows, int *n_cols)
{
    GDALDatasetH raster = GDALOpen(path, GA_ReadOnly);
    assert_non_null(raster);
    int rows = GDALGetRasterYSize(raster), cols = GDALGetRasterXSize(raster);
    double *values = malloc((size_t)rows * (size_t)cols * sizeof *values);
    assert_non_null(values);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(raster, 1), GF_Read, 0, 0, cols, rows, values, cols, rows,
                                  GDT_Float64, 0, 0),
                     CE_None);
    GDALClose(raster);
    if (n_rows) *n_rows = rows;
    if (n_cols) *n_cols = cols;
    return values;
}

static inline json_t *read_json(const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    if (!root) fail_msg("%s: %s", path, error.text);
    return root;
}

static inline json_t *property(json_t *collection, size_t feature, const char *name)
{
    json_t *properties =
        json_object_get(json_array_get(json_object_get(collection, "features"), feature), "properties");
    json_t *value = json_object_get(properties, name);
    if (!value) fail_msg("feature %zu has no property '%s'", feature, name);
    return value;
}

static inline void assert_absent(json_t *collection, size_t feature, const char *name)
{
    json_t *properties =
        json_object_get(json_array_get(json_object_get(collection, "features"), feature), "properties");
    if (json_object_get(properties, name)) fail_msg("feature %zu has a property '%s'", feature, name);
}

static inline void assert_number(json_t *collection, size_t feature, const char *name, double expected,
                                 double tolerance)
{
    json_t *value = property(collection, feature, name);
    double found = json_is_number(value) ? json_number_value(value) : (double)NAN;
    if (isnan(expected) ? !json_is_null(value) : !(fabs(found - expected) <= tolerance)) {
        fail_msg("feature %zu: %s is %.9g, expected %.9g", feature, name, found, expected);
    }
}

static inline void assert_text(json_t *collection, size_t feature, const char *name, const char *expected)
{
    json_t *value = property(collection, feature, name);
    const char *found = json_is_string(value) ? json_string_value(value) : "(null)";
    assert_string_equal(found, expected ? expected : "(null)");
}

static inline char *read_bytes(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("cannot open %s", path);
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*n + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *n, file), *n);
    fclose(file);
    return bytes;
}

/* A number made of all names and bytes in a folder (FNV-1a, files combined by addition). */
static inline uint64_t folder_hash(const char *folder)
{
    uint64_t sum = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char path[900];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct stat facts;
        assert_int_equal(stat(path, &facts), 0);
        size_t n = 0;
        char *bytes = S_ISREG(facts.st_mode) ? read_bytes(path, &n) : NULL;
        uint64_t hash = UINT64_C(14695981039346656037);
        for (const char *c = entry->d_name; *c; c++) hash = (hash ^ (uint8_t)*c) * UINT64_C(1099511628211);
        for (size_t i = 0; i < n; i++) hash = (hash ^ (uint8_t)bytes[i]) * UINT64_C(1099511628211);
        free(bytes);
        sum += hash;
    }
    closedir(dir);
    return sum;
}

/* ---- studies ---- */

static inline void show_message(void *user, tpk_message_kind kind, const char *line)
{
    (void)user;
    if (kind == TPK_MESSAGE_ERROR) print_message("%s\n", line);
}

static inline tpk_study *open_study(const char *path, tpk_options options)
{
    tpk_err err = {TPK_OK, ""};
    tpk_study *study = NULL;
    if (!options.message) options.message = show_message;
    if (tpk_study_open(path, &options, &study, &err) != TPK_OK) fail_msg("%s: %s", path, err.message);
    return study;
}

static inline void run_study(const char *path, const char *folder, tpk_options options)
{
    tpk_err err = {TPK_OK, ""};
    tpk_study *study = open_study(path, options);
    if (tpk_study_run(study, folder, &err) != TPK_OK) fail_msg("%s: %s", path, err.message);
    tpk_study_close(study);
}

#endif
