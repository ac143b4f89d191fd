/* What the tests of findings share: layers made by hand, a kind run over them, its findings looked at. */
#ifndef TPK_TEST_CHECK_SUPPORT_H
#define TPK_TEST_CHECK_SUPPORT_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "check/kinds.h"
#include "input/raster.h"

enum { MOST_COLUMNS = 12 };

/* A layer with room for what the test adds. */
typedef struct made {
    tpk_layer layer;
    tpk_layer_spec spec;
    tpk_subject subject;
} made;

static tpk_worker *worker;
static tpk_crs *degrees, *utm50s;

static inline int set_up(void **state)
{
    (void)state;
    tpk_input_init(16 << 20);
    return tpk_worker_new(&worker, NULL) != TPK_OK ||
           tpk_crs_new(worker, "EPSG:4326", &degrees, NULL) != TPK_OK ||
           tpk_crs_new(worker, "EPSG:32750", &utm50s, NULL) != TPK_OK;
}

static inline int tear_down(void **state)
{
    (void)state;
    tpk_crs_free(degrees);
    tpk_crs_free(utm50s);
    tpk_worker_free(worker);
    return 0;
}

static inline made *make(tpk_geom_kind kind, size_t n_features, size_t n_points)
{
    made *m = calloc(1, sizeof *m);
    tpk_layer *layer = &m->layer;
    layer->kind = kind;
    layer->rings_known = true;
    layer->driver = (char *)(uintptr_t) "shapelib";
    layer->feature_part = calloc(n_features + 1, sizeof *layer->feature_part);
    layer->part_start = calloc(n_points + 1, sizeof *layer->part_start);
    layer->ring_role = calloc(n_points + 1, 1);
    layer->xy = calloc(n_points + 1, 2 * sizeof *layer->xy);
    layer->fid = calloc(n_features + 1, sizeof *layer->fid);
    layer->fields = calloc(MOST_COLUMNS, sizeof *layer->fields);
    m->spec = (tpk_layer_spec){.id = (char *)(uintptr_t) "uji", .band = 1, .nodata = (double)NAN};
    m->subject =
        (tpk_subject){.spec = &m->spec, .layer = layer, .area_lonlat = {114, -5, 117, -1}, .worker = worker};
    return m;
}

static inline void unmake(made *m)
{
    tpk_layer *layer = &m->layer;
    for (size_t i = 0; i < layer->n_fields; i++) {
        free(layer->fields[i].text);
        free(layer->fields[i].number);
        free(layer->fields[i].undecoded);
    }
    free(layer->feature_part);
    free(layer->part_start);
    free(layer->ring_role);
    free(layer->xy);
    free(layer->fid);
    free(layer->fields);
    free(m->subject.lonlat);
    free(m);
}

/* Starts a feature; parts added from now on are its. */
static inline void feature(made *m)
{
    tpk_layer *layer = &m->layer;
    layer->fid[layer->n_features] = layer->n_features;
    layer->n_features++;
    layer->feature_part[layer->n_features] = layer->feature_part[layer->n_features - 1];
}

static inline void part(made *m, uint8_t role, const double *xy, size_t n)
{
    tpk_layer *layer = &m->layer;
    int64_t p = layer->feature_part[layer->n_features]++, start = layer->part_start[p];
    memcpy(layer->xy + 2 * start, xy, n * 2 * sizeof *xy);
    layer->ring_role[p] = role;
    layer->part_start[p + 1] = start + (int64_t)n;
}
#define PART(m, role, ...)                                                                                   \
    part(m, role, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double) / 2)

static inline void box(made *m, double x, double y, double width, double height)
{
    feature(m);
    PART(m, TPK_RING_OUTER, x, y, x + width, y, x + width, y + height, x, y + height, x, y);
}

/* In a CRS, with longitudes and latitudes; after the last part. */
static inline void place(made *m, tpk_crs *crs)
{
    int64_t n = m->layer.part_start[m->layer.feature_part[m->layer.n_features]];
    m->subject.crs = crs;
    m->subject.lonlat = calloc((size_t)n + 1, 2 * sizeof(double));
    memcpy(m->subject.lonlat, m->layer.xy, (size_t)n * 2 * sizeof(double));
    assert_int_equal(tpk_crs_to_lonlat(crs, m->subject.lonlat, n, NULL), TPK_OK);
}

static inline tpk_field *texts(made *m, const char *name, const char *const *values)
{
    tpk_field *field = &m->layer.fields[m->layer.n_fields++];
    field->name = (char *)(uintptr_t)name;
    field->type = TPK_FIELD_TEXT;
    field->text = calloc((size_t)m->layer.n_features + 1, sizeof *field->text);
    for (int64_t f = 0; f < m->layer.n_features; f++) field->text[f] = (char *)(uintptr_t)values[f];
    return field;
}
#define TEXTS(m, name, ...) texts(m, name, (const char *const[]){__VA_ARGS__})

static inline tpk_field *numbers(made *m, const char *name, const double *values)
{
    tpk_field *field = &m->layer.fields[m->layer.n_fields++];
    field->name = (char *)(uintptr_t)name;
    field->type = TPK_FIELD_NUMBER;
    field->number = calloc((size_t)m->layer.n_features + 1, sizeof *field->number);
    memcpy(field->number, values, (size_t)m->layer.n_features * sizeof *values);
    return field;
}
#define NUMBERS(m, name, ...) numbers(m, name, (const double[]){__VA_ARGS__})

/* n points in a table nobody looks at the places of. */
static inline made *table(size_t n)
{
    made *m = make(TPK_GEOM_POINT, n, n);
    for (size_t i = 0; i < n; i++) {
        feature(m);
        PART(m, 0, 115 + 0.01 * (double)i, -3);
    }
    place(m, degrees);
    return m;
}

static inline tpk_findings run(const tpk_finding_kind *kind, const tpk_subject *subject)
{
    tpk_findings findings = {0};
    tpk_err err = {0};
    if (kind->examine(subject, &findings, &err) != TPK_OK) fail_msg("%s", err.message);
    return findings;
}

/* Every allocation fails once: the status says so, nothing leaks. */
static inline void assert_survives_without_memory(const tpk_finding_kind *kind, const tpk_subject *subject)
{
    for (long k = 0;; k++) {
        tpk_findings findings = {0};
        tpk_err err = {0};
        long before = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = kind->examine(subject, &findings, &err);
        long fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        tpk_findings_clear(&findings);
        assert_int_equal(tpk_mem_live_count(), before);
        if (status == TPK_OK && fired == 0) return;
        assert_int_equal(status, TPK_ERR_MEMORY);
        assert_true(fired > 0);
    }
}

static inline const tpk_finding *find(const tpk_findings *findings, const char *id)
{
    for (size_t i = 0; i < findings->n; i++) {
        if (strcmp(findings->items[i].kind, id) == 0) return &findings->items[i];
    }
    return NULL;
}

/* The kind finds `id` of that gravity, and says `part` in what was found or in an example. */
static inline void assert_found(const tpk_finding_kind *kind, const tpk_subject *subject, const char *id,
                                tpk_gravity gravity, int64_t n_features, const char *part)
{
    tpk_findings findings = run(kind, subject);
    const tpk_finding *finding = find(&findings, id);
    if (!finding) fail_msg("%s is not found", id);
    if (!finding) return;
    assert_int_equal(finding->gravity, gravity);
    assert_int_equal(finding->n_features, n_features);
    bool said = strstr(finding->found, part) || strstr(finding->change, part);
    for (size_t i = 0; i < finding->n_examples; i++)
        said |= finding->examples[i].name && strstr(finding->examples[i].name, part);
    if (!said) {
        print_message("expected '%s' in: %s\n%s\n", part, finding->found, finding->change);
        for (size_t i = 0; i < finding->n_examples; i++) print_message("  %s\n", finding->examples[i].name);
    }
    assert_true(said);
    assert_true(strlen(finding->why) > 20 && strlen(finding->change) > 10);
    tpk_findings_clear(&findings);
    assert_survives_without_memory(kind, subject);
}

static inline void assert_fine(const tpk_finding_kind *kind, const tpk_subject *subject)
{
    tpk_findings findings = run(kind, subject);
    for (size_t i = 0; i < findings.n; i++) print_message("false alarm: %s\n", findings.items[i].found);
    assert_int_equal(findings.n, 0);
    tpk_findings_clear(&findings);
}

#endif
