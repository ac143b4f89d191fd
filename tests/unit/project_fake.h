/* A small vocabulary for the tests of the project room: kinds of sources and curves, and a look at layers
 * that no file backs. */
#ifndef TEST_PROJECT_FAKE_H
#define TEST_PROJECT_FAKE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "project/project.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const FAKE_TOUCH[] = {"any", "centre", "share", NULL};
static const char *const FAKE_SLOPE[] = {"percent", "degrees", NULL};
static const char *const FAKE_OUTSIDE[] = {"clamp", "unknown", NULL};

static const tpk_param_spec FAKE_DISTANCE[] = {
    {.name = "layer", .type = TPK_PARAM_VECTOR, .required = true, .primary = true, .summary = "the features"},
    {.name = "where", .type = TPK_PARAM_TEXT, .summary = "a|b"},
    {.name = "max",
     .type = TPK_PARAM_NUMBER,
     .unit = "m",
     .min = 0,
     .max = HUGE_VAL,
     .min_excluded = true,
     .summary = "search no farther"}};
static const tpk_param_spec FAKE_INSIDE[] = {
    {.name = "layer", .type = TPK_PARAM_VECTOR, .required = true, .primary = true},
    {.name = "where", .type = TPK_PARAM_TEXT},
    {.name = "touch", .type = TPK_PARAM_CHOICE, .choices = FAKE_TOUCH, .default_text = "any"},
    {.name = "share",
     .type = TPK_PARAM_NUMBER,
     .min = 0,
     .max = 1,
     .min_excluded = true,
     .default_text = "0.5"}};
static const tpk_param_spec FAKE_ATTRIBUTE[] = {
    {.name = "field", .type = TPK_PARAM_FIELD, .required = true},
    {.name = "layer", .type = TPK_PARAM_VECTOR, .required = true, .primary = true}};
static const tpk_param_spec FAKE_SLOPES[] = {
    {.name = "layer", .type = TPK_PARAM_RASTER, .required = true, .primary = true},
    {.name = "unit", .type = TPK_PARAM_CHOICE, .choices = FAKE_SLOPE, .default_text = "percent"}};
static const tpk_param_spec FAKE_RASTER[] = {
    {.name = "layer", .type = TPK_PARAM_RASTER, .required = true, .primary = true},
    {.name = "slope", .type = TPK_PARAM_BOOL, .default_text = "false"}}; /* named as another kind is */
static const tpk_param_spec FAKE_CONSTANT[] = {
    {.name = "value", .type = TPK_PARAM_NUMBER, .required = true, .min = -HUGE_VAL, .max = 10}};
static const tpk_param_spec FAKE_LINEAR[] = {
    {.name = "best", .type = TPK_PARAM_NUMBER, .required = true, .min = -HUGE_VAL, .max = HUGE_VAL},
    {.name = "worst", .type = TPK_PARAM_NUMBER, .required = true, .min = -HUGE_VAL, .max = HUGE_VAL}};
static const tpk_param_spec FAKE_POINTS[] = {
    {.name = "points", .type = TPK_PARAM_POINTS, .required = true, .primary = true},
    {.name = "outside", .type = TPK_PARAM_CHOICE, .choices = FAKE_OUTSIDE, .default_text = "clamp"}};
static const tpk_param_spec FAKE_CLASSES[] = {
    {.name = "classes", .type = TPK_PARAM_CLASSES, .required = true, .primary = true},
    {.name = "other", .type = TPK_PARAM_NUMBER, .min = 0, .max = 1}};

static void fake_linear_check(const tpk_params *params, const char *where, tpk_diags *diags)
{
    if (tpk_params_number(params, "best") != tpk_params_number(params, "worst")) return;
    tpk_diag_add(diags, TPK_ERROR, where, tpk_params_get(params, "worst")->pos, "best and worst are equal");
}

#define FAKE_KIND(id, about, unit, table)                                                                    \
    {                                                                                                        \
        .name = (id), .summary = (about), .value_unit = (unit), .params = (table), .n_params = COUNT(table)  \
    }

static const tpk_kind_spec FAKE_SOURCE_ROWS[] = {
    FAKE_KIND("distance", "metres to the nearest feature", "m", FAKE_DISTANCE),
    FAKE_KIND("inside", "is the place inside a polygon", "", FAKE_INSIDE),
    FAKE_KIND("attribute", "a field of the polygon", NULL, FAKE_ATTRIBUTE),
    FAKE_KIND("slope", "steepness", NULL, FAKE_SLOPES),
    FAKE_KIND("raster", "the pixel's value", NULL, FAKE_RASTER),
    FAKE_KIND("constant", "the same everywhere", NULL, FAKE_CONSTANT)};
static const tpk_kind_spec FAKE_CURVE_ROWS[] = {
    {.name = "linear",
     .summary = "a straight line",
     .params = FAKE_LINEAR,
     .n_params = COUNT(FAKE_LINEAR),
     .check = fake_linear_check},
    FAKE_KIND("points", "straight pieces", NULL, FAKE_POINTS),
    FAKE_KIND("classes", "one membership a category", NULL, FAKE_CLASSES)};
static const tpk_kind_spec *const FAKE_SOURCES[] = {&FAKE_SOURCE_ROWS[0], &FAKE_SOURCE_ROWS[1],
                                                    &FAKE_SOURCE_ROWS[2], &FAKE_SOURCE_ROWS[3],
                                                    &FAKE_SOURCE_ROWS[4], &FAKE_SOURCE_ROWS[5]};
static const tpk_kind_spec *const FAKE_CURVES[] = {&FAKE_CURVE_ROWS[0], &FAKE_CURVE_ROWS[1],
                                                   &FAKE_CURVE_ROWS[2]};

/* What the look finds, by layer id; a layer that is not here cannot be opened. */
static const struct fake_layer {
    const char *id;
    tpk_geom_kind kind;    /* TPK_GEOM_NONE with fields: the file does not say */
    int n_bands;           /* 0: a vector */
    const char *fields[5]; /* a name that begins with "luas" is of numbers */
} FAKE_LAYERS[] = {
    {"provinsi", TPK_GEOM_POLYGON, 0, {"nama"}},
    {"jalan", TPK_GEOM_LINE, 0, {"kelas", "nama"}},
    {"kota", TPK_GEOM_POINT, 0, {NULL}},
    {"tanpa_crs", TPK_GEOM_POINT, 0, {NULL}},
    {"excluded", TPK_GEOM_POLYGON, 0, {NULL}}, /* an id that a zone property needs */
    {"class_s1", TPK_GEOM_POLYGON, 0, {NULL}}, /* but for a capital */
    {"class_s2", TPK_GEOM_LINE, 0, {NULL}},
    {"zona", TPK_GEOM_POLYGON, 0, {"kode", "nama", "luas_hekta"}},
    {"hutan", TPK_GEOM_NONE, 0, {"jenis", "fungsi"}},
    {"elevasi", TPK_GEOM_NONE, 2, {NULL}},
};

static int fake_peeks; /* looks since a test set it to 0 */

static tpk_status fake_peek(const tpk_layer_spec *layer, tpk_peek *peek, tpk_err *err)
{
    fake_peeks++;
    const struct fake_layer *known = NULL;
    for (size_t i = 0; i < COUNT(FAKE_LAYERS); i++) {
        if (strcmp(FAKE_LAYERS[i].id, layer->id) == 0) known = &FAKE_LAYERS[i];
    }
    if (!known) {
        snprintf(err->message, sizeof err->message, "the file is broken");
        return err->code = TPK_ERR_IO;
    }
    peek->is_raster = known->n_bands > 0;
    peek->is_vector = !peek->is_raster;
    peek->n_bands = known->n_bands;
    peek->kind = known->kind;
    if (strcmp(layer->id, "tanpa_crs") != 0 && !(peek->crs_text = tpk_strdup("WKT"))) return TPK_ERR_MEMORY;
    peek->fields = tpk_zalloc(COUNT(known->fields), sizeof *peek->fields);
    peek->types = tpk_zalloc(COUNT(known->fields), sizeof *peek->types);
    if (!peek->fields || !peek->types) return TPK_ERR_MEMORY;
    for (size_t i = 0; i < COUNT(known->fields) && known->fields[i]; i++) {
        peek->types[i] = strncmp(known->fields[i], "luas", 4) == 0 ? TPK_FIELD_NUMBER : TPK_FIELD_TEXT;
        if (!(peek->fields[i] = tpk_strdup(known->fields[i]))) return TPK_ERR_MEMORY;
        peek->n_fields++;
    }
    return TPK_OK;
}

static tpk_status fake_refuse(const char *text, tpk_status status, tpk_err *err)
{
    if (!strstr(text, "salah")) return TPK_OK;
    snprintf(err->message, sizeof err->message, "%s is wrong", text);
    return err->code = status;
}

static tpk_status fake_check_where(const tpk_peek *peek, const char *where, tpk_err *err)
{
    return peek->is_vector ? fake_refuse(where, TPK_ERR_DATA, err) : TPK_ERR_BUG;
}

static int fake_crs_checks; /* looks since a test set it to 0 */

/* The layer `tanpa_crs` has no CRS of its own, all others the same. */
static tpk_status fake_check_layer_crs(const tpk_layer_spec *layer, const tpk_peek *peek, tpk_err *err)
{
    fake_crs_checks++;
    if (layer->crs) return fake_refuse(layer->crs, TPK_ERR_CRS, err);
    return peek->crs_text ? TPK_OK : fake_refuse("salah: nothing", TPK_ERR_CRS, err);
}

static tpk_status fake_check_grid_crs(const char *text, tpk_err *err)
{
    return fake_refuse(text, TPK_ERR_CRS, err);
}

static const tpk_vocabulary FAKE_VOCABULARY = {.sources = FAKE_SOURCES,
                                               .n_sources = COUNT(FAKE_SOURCES),
                                               .curves = FAKE_CURVES,
                                               .n_curves = COUNT(FAKE_CURVES),
                                               .peek = fake_peek,
                                               .check_where = fake_check_where,
                                               .check_layer_crs = fake_check_layer_crs,
                                               .check_grid_crs = fake_check_grid_crs};

#endif
