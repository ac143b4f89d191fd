/* Tapak: site suitability for industrial zones.
 *
 * A study is one project file with its layers, opened once. It can be evaluated at any points, over any
 * window of any coordinate system, or run over its own grid into a folder of maps. Needs tapak/status.h and
 * tapak/callbacks.h, nothing else.
 *
 * Pointers: none may be NULL but where this header says so; a function that returns a tpk_status answers a
 * NULL where none is allowed with TPK_ERR_ARGUMENT. `err` may be NULL everywhere.
 *
 * Threads: different studies may be used by different threads at the same time; one study by one thread at a
 * time. tpk_study_run uses all cores by itself, the evaluating functions work on the caller's thread.
 * tpk_cancel_request may be called from any thread and from a signal handler.
 *
 *     tpk_err err = {0};
 *     tpk_study *study = NULL;
 *     if (tpk_study_open("kalsel.yaml", NULL, &study, &err) == TPK_OK) {
 *         double lonlat[2] = {115.97, -3.36};
 *         float score;
 *         tpk_results out = {.score = &score};
 *         tpk_status status = tpk_study_evaluate_points(study, "EPSG:4326", lonlat, 1, &out, &err);
 *         if (status == TPK_OK) printf("%.3f\n", score);
 *     }
 *     if (err.code != TPK_OK) fprintf(stderr, "%s\n", err.message);
 *     tpk_study_close(study);
 */
#ifndef TAPAK_H
#define TAPAK_H

#include <stddef.h>
#include <stdint.h>

#include "tapak/callbacks.h"
#include "tapak/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0"; static. */
TPK_API const char *tpk_version(void);

/* ---- stopping ---- */

typedef struct tpk_cancel tpk_cancel;

/* NULL when memory is exhausted. Caller frees with tpk_cancel_free, after every study that was given it is
 * closed. */
TPK_API tpk_cancel *tpk_cancel_new(void);
TPK_API void tpk_cancel_free(tpk_cancel *cancel); /* NULL is allowed */

/* Asks all work that was given `cancel` to stop; it ends within a second with TPK_ERR_CANCELLED.
 * Async-signal-safe. */
TPK_API void tpk_cancel_request(tpk_cancel *cancel);

/* ---- options ---- */

typedef enum tpk_message_kind { TPK_MESSAGE_NOTE, TPK_MESSAGE_WARNING, TPK_MESSAGE_ERROR } tpk_message_kind;

/* One finding about the project or a layer, as one line without newline: "kalsel.yaml:23:14: error: ...".
 * UTF-8. */
typedef void tpk_message_fn(void *user, tpk_message_kind kind, const char *line);

/* Zero-initialise and set what is wanted. */
typedef struct tpk_options {
    double cell_m;       /* side of a cell in metres; 0: the project's */
    int n_threads;       /* 0: all cores */
    size_t memory_bytes; /* budget for the computation; 0: 1 GiB. At least 64 MiB */
    int tile_side; /* cells, a multiple of 8; 0: chosen by the library; the results do not depend on it */
    tpk_message_fn *message;   /* may be NULL */
    tpk_progress_fn *progress; /* may be NULL */
    void *user;                /* handed to message and progress */
    tpk_cancel *cancel;        /* may be NULL; borrowed until the study is closed */
} tpk_options;

/* ---- the study ---- */

typedef struct tpk_study tpk_study;

/* Reads and checks the project file, loads its layers and prepares everything. options may be NULL. All
 * faults of the project file are reported through options->message before the call fails; *study is NULL
 * then. TPK_ERR_PROJECT, TPK_ERR_DATA, TPK_ERR_CRS, TPK_ERR_IO, TPK_ERR_MEMORY, TPK_ERR_CANCELLED,
 * TPK_ERR_ARGUMENT (path or study NULL, path empty, options out of range). Caller frees with tpk_study_close.
 */
TPK_API TPK_MUST_CHECK tpk_status tpk_study_open(const char *path, const tpk_options *options,
                                                 tpk_study **study, tpk_err *err);
TPK_API void tpk_study_close(tpk_study *study); /* NULL is allowed */

TPK_API const char *tpk_study_title(const tpk_study *study);    /* borrowed, as all strings of a study */
TPK_API const char *tpk_study_language(const tpk_study *study); /* "id" or "en" */
TPK_API const char *tpk_study_crs(const tpk_study *study);      /* "EPSG:32750", or WKT when it has no code */

/* The grid: upper left corner and cell in metres, rows from the north. Any pointer may be NULL. */
TPK_API void tpk_study_grid(const tpk_study *study, double *x0_m, double *y0_m, double *cell_m,
                            int32_t *n_rows, int32_t *n_cols);

TPK_API size_t tpk_study_criterion_count(const tpk_study *study);
TPK_API const char *tpk_study_criterion_id(const tpk_study *study, size_t index);
TPK_API const char *tpk_study_criterion_title(const tpk_study *study, size_t index);
/* "m"; "" when it has none. */
TPK_API const char *tpk_study_criterion_unit(const tpk_study *study, size_t index);
TPK_API double tpk_study_criterion_weight(const tpk_study *study, size_t index); /* 0..1; all sum to 1 */
/* What value `code` (a whole number from 0) of a criterion of categories means; NULL beyond the last category
 * and for a criterion whose values are numbers. */
TPK_API const char *tpk_study_criterion_category(const tpk_study *study, size_t index, size_t code);
TPK_API size_t tpk_study_constraint_count(const tpk_study *study);
TPK_API const char *tpk_study_constraint_id(const tpk_study *study, size_t index);
TPK_API const char *tpk_study_constraint_source(const tpk_study *study, size_t index); /* its legal source */

/* ---- evaluating ---- */

enum {
    TPK_CLASS_OUTSIDE = 0, /* outside the study area */
    TPK_CLASS_S1 = 1,      /* highly suitable (FAO 1976) */
    TPK_CLASS_S2 = 2,
    TPK_CLASS_S3 = 3,
    TPK_CLASS_N = 4,        /* not suitable by its score */
    TPK_CLASS_EXCLUDED = 5, /* by a constraint */
    TPK_CLASS_UNKNOWN = 6   /* data are missing */
};

/* Arrays of n elements (n points, or n_rows x n_cols row-major), caller's; NULL: not wanted. */
typedef struct tpk_results {
    float *score;         /* 0..1; 0 where excluded; NaN where unknown or outside */
    uint8_t *point_class; /* TPK_CLASS_... */
    uint32_t *reasons;    /* bit k: constraint k excludes the point */
    /* 1 + index of the criterion that costs most; 0: none costs anything; 255: not scored. */
    uint8_t *limiting;
    /* criterion_count x n: criterion k's values start at k*n; in its unit, a category as its code
     * (tpk_study_criterion_category); NaN unknown. */
    double *values;
    double *memberships; /* likewise, 0..1; NaN unknown */
} tpk_results;

/* At n points (x, y interleaved; longitude first) of a CRS that PROJ understands; crs NULL: the study's own;
 * xy may be NULL when n is 0. A point that cannot be transformed, or is no finite number, comes back as
 * outside, its values and memberships NaN. What was prepared for a CRS is kept for the next call.
 * TPK_ERR_CRS, TPK_ERR_ARGUMENT, errors of the layers. */
TPK_API TPK_MUST_CHECK tpk_status tpk_study_evaluate_points(tpk_study *study, const char *crs,
                                                            const double *xy, size_t n,
                                                            const tpk_results *results, tpk_err *err);

/* At the pixel centres of a north-up window of any CRS (NULL: the study's own): (x0, y0) is its upper left
 * corner, pixels are dx wide and dy high (both positive, in the CRS's unit); otherwise as above. */
TPK_API TPK_MUST_CHECK tpk_status tpk_study_evaluate_window(tpk_study *study, const char *crs, double x0,
                                                            double y0, double dx, double dy, int32_t n_rows,
                                                            int32_t n_cols, const tpk_results *results,
                                                            tpk_err *err);

/* ---- running ---- */

/* Computes the whole grid and writes everything into folder (made when missing; not ""): suitability.tif,
 * classes.tif, reasons.tif, limiting.tif, a .qml beside each, zones.geojson, overlay.geojson,
 * regions.geojson, regions.csv, tapak.qgz, tapak.gpkg, run.json. Files of an earlier run are replaced all
 * together at the end; after a failure or a cancel they are as they were. TPK_ERR_ARGUMENT, TPK_ERR_IO,
 * TPK_ERR_LIMIT, TPK_ERR_CANCELLED, TPK_ERR_MEMORY, errors of the layers. */
TPK_API TPK_MUST_CHECK tpk_status tpk_study_run(tpk_study *study, const char *folder, tpk_err *err);

/* After a run: the zones, in the order of their layer. */
typedef struct tpk_zone {
    const char *id, *name;          /* borrowed until the study is closed or run again */
    int rank;                       /* 1: best by mean score; zones without a score come last */
    double area_ha, stated_area_ha; /* stated: NaN when not stated */
    double score_mean;              /* NaN when unknown everywhere */
    double class_ha[7];             /* by TPK_CLASS_...; sums to area_ha */
    /* Title and id of the criterion that limits most of it; "" when none does. In zones.geojson `limiting` is
     * the id and `limiting_title` the title. */
    const char *limiting, *limiting_id;
} tpk_zone;
TPK_API size_t tpk_study_zone_count(const tpk_study *study); /* 0 before a run */
TPK_API tpk_zone tpk_study_zone(const tpk_study *study, size_t index);

/* After a run: the regions, in the order of their first features. */
typedef struct tpk_region {
    const char *id,
        *name; /* borrowed until the study is closed or run again; id "" when the project names none */
    double area_ha;
    double score_mean;  /* over the known part, excluded parts counting 0; NaN when unknown everywhere */
    double class_ha[7]; /* by TPK_CLASS_...; sums to area_ha */
} tpk_region;
TPK_API size_t tpk_study_region_count(const tpk_study *study); /* 0 before a run */
TPK_API tpk_region tpk_study_region(const tpk_study *study, size_t index);

/* The files written by the last run, in the order of importance; NULL beyond the last. */
TPK_API const char *tpk_study_file(const tpk_study *study, size_t index);

/* Cells computed and seconds taken by the stages of the last run: loading layers, computing with writing
 * tiles, finishing files. */
typedef struct tpk_run_times {
    double load_s, compute_s, finish_s;
    int64_t n_cells;
} tpk_run_times;
TPK_API tpk_run_times tpk_study_run_times(const tpk_study *study);

/* ---- checking ---- */

/* How grave a finding about a layer or a project is. */
typedef enum tpk_gravity {
    TPK_GRAVITY_REMARK, /* worth knowing; the result is right without a change */
    TPK_GRAVITY_REPAIR, /* usable: the run repairs it or works around it, and says so */
    TPK_GRAVITY_SERIOUS /* the run refuses it, or would give a wrong map */
} tpk_gravity;

typedef enum tpk_verdict {
    TPK_VERDICT_GOOD,
    TPK_VERDICT_REPAIRS,
    TPK_VERDICT_UNUSABLE,
    TPK_VERDICT_ABSENT /* an optional layer that is not there */
} tpk_verdict;

/* Zero-initialise and set what is wanted. */
typedef struct tpk_check_options {
    const char
        *regions; /* polygons of regencies to compare positions with; NULL: kabupaten.shp beside the project
                     or the layers, else boxes of the regencies of Kalimantan Selatan that are built in */
    const char *region_name;   /* its field with their names; NULL: found out */
    int only_fast;             /* not 0: only what takes one pass over the features */
    tpk_progress_fn *progress; /* may be NULL */
    void *user;                /* handed to progress */
    tpk_cancel *cancel;        /* may be NULL; borrowed for the call */
} tpk_check_options;

typedef struct tpk_check tpk_check;

/* Examines every layer of a project, then the project itself; or n layers by their paths. What is wrong with
 * data is told by findings; only TPK_ERR_IO (the project file cannot be read), TPK_ERR_MEMORY,
 * TPK_ERR_CANCELLED, TPK_ERR_ARGUMENT and unusable `regions` (errors of layers) end it. options may be NULL.
 * Caller frees with tpk_check_free. */
TPK_API TPK_MUST_CHECK tpk_status tpk_check_project(const char *path, const tpk_check_options *options,
                                                    tpk_check **check, tpk_err *err);
TPK_API TPK_MUST_CHECK tpk_status tpk_check_layers(const char *const *paths, size_t n,
                                                   const tpk_check_options *options, tpk_check **check,
                                                   tpk_err *err);
TPK_API void tpk_check_free(tpk_check *check); /* NULL is allowed */

/* One subject: a layer, or the project as a whole (kind "project", always the last one of tpk_check_project).
 * Strings are borrowed until the check is freed. */
typedef struct tpk_checked {
    const char *id, *path;
    const char *kind; /* "vector", "raster", "project", "unread" when the file cannot be read, or "absent" */
    const char *crs;  /* "EPSG:32750", a name, or "" when there is none */
    tpk_verdict verdict;
    int64_t n_features; /* vectors; else 0 */
    size_t n_findings;  /* the gravest first */
} tpk_checked;
TPK_API size_t tpk_check_count(const tpk_check *check);
TPK_API tpk_checked tpk_check_get(const tpk_check *check, size_t index);

typedef struct tpk_check_finding {
    const char *kind; /* "crs_missing"; stable, for programs */
    tpk_gravity gravity;
    const char *found, *why;
    const char *change; /* "" when nothing needs to change */
    int64_t n_features; /* concerned; 0: the layer as a whole */
    size_t n_examples;  /* of tpk_check_example */
} tpk_check_finding;
TPK_API tpk_check_finding tpk_check_finding_get(const tpk_check *check, size_t index, size_t finding);
/* The name or value of an example, "" when it has none; *record (may be NULL) is its number in the file, from
 * 0; -1: none. */
TPK_API const char *tpk_check_example(const tpk_check *check, size_t index, size_t finding, size_t example,
                                      int64_t *record);

/* Everything as a JSON document ending in a newline. TPK_ERR_MEMORY. Borrowed until the check is freed. */
TPK_API TPK_MUST_CHECK tpk_status tpk_check_json(tpk_check *check, const char **json, tpk_err *err);

#ifdef __cplusplus
}
#endif

#endif
