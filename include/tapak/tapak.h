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
 * time. Views are the way to use one study from many threads: each view by one thread at a time, while
 * nothing but views is made and asked of the study. tpk_study_run uses all cores by itself, the evaluating
 * functions and views work on the caller's thread. tpk_cancel_request may be called from any thread and from
 * a signal handler.
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
    int no_check;  /* not 0: a run does not examine the layers */
    /* Folder with the web portal's page (`make portal` makes build/portal, `make install` brings it to
     * share/tapak/portal); NULL: runs write no portal. Borrowed until the study is closed. */
    const char *portal_files;
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
    uint32_t *unjudged;   /* bit k: constraint k cannot be judged there, for want of data */
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

/* ---- views: many threads, other weights ---- */

/* One study, asked in one CRS under one set of weights. Holds a few MB. */
typedef struct tpk_view tpk_view;

/* crs: as above, NULL: the study's own. weights: one for each criterion, 0 or more, not all 0; divided by
 * their sum; NULL: the project's, which give the same bits as tpk_study_evaluate_points. Any thread.
 * TPK_ERR_CRS, TPK_ERR_ARGUMENT, TPK_ERR_MEMORY. The study is borrowed. Caller frees with tpk_view_free,
 * before the study is closed. */
TPK_API TPK_MUST_CHECK tpk_status tpk_view_new(const tpk_study *study, const char *crs, const double *weights,
                                               tpk_view **view, tpk_err *err);
TPK_API void tpk_view_free(tpk_view *view); /* NULL is allowed */

/* Other weights from now on, as tpk_view_new's; on an error the old ones stay. Costs nothing. */
TPK_API TPK_MUST_CHECK tpk_status tpk_view_set_weights(tpk_view *view, const double *weights, tpk_err *err);

/* Lets the points of a window of another CRS be up to tolerance_m metres off, for maps on a screen: a mesh of
 * points is transformed and the others interpolated where that suffices, which takes PROJ's time away. 0, at
 * first: not at all. Points are never off. */
TPK_API TPK_MUST_CHECK tpk_status tpk_view_set_tolerance(tpk_view *view, double tolerance_m, tpk_err *err);

/* As tpk_study_evaluate_points and tpk_study_evaluate_window. After an error the view may be asked again. */
TPK_API TPK_MUST_CHECK tpk_status tpk_view_points(tpk_view *view, const double *xy, size_t n,
                                                  const tpk_results *results, tpk_err *err);
TPK_API TPK_MUST_CHECK tpk_status tpk_view_window(tpk_view *view, double x0, double y0, double dx, double dy,
                                                  int32_t n_rows, int32_t n_cols, const tpk_results *results,
                                                  tpk_err *err);

/* ---- explaining ---- */

/* What one criterion says of the place. */
typedef struct tpk_explained_criterion {
    const char *id, *title;
    const char *unit; /* "" when it has none */
    const char
        *category; /* values that are categories: the name (of a zone: the one that covers most); else NULL */
    double value;  /* in the unit (of a zone: the mean); NaN unknown, and where values are categories */
    double membership; /* 0..1 (of a zone: the mean where it is known); NaN unknown */
    double weight;     /* 0..1; all sum to 1 */
    /* Where the membership is unknown, what that does: "exclude" (the score is unknown), "worst" (counts as
     * 0), "value" (counts as a stated membership), "share" (the others share its weight). "" where it is
     * known. */
    const char *unknown;
    double counted;        /* the membership that counts; NaN: none does */
    double weight_counted; /* after sharing; 0 where its weight was shared */
    /* Points out of 100: 100 x weight_counted x counted, and x (1 - counted); NaN where none counts. Those of
     * all criteria sum to 100; what was gained is 100 x the score of a point that is not excluded. */
    double gained, lost;
    double unknown_ha; /* of a zone; of a point NaN */
} tpk_explained_criterion;

typedef struct tpk_explained_constraint {
    const char *id, *title, *source; /* source: the legal one */
    int excludes;                    /* not 0: it excludes the point, or a part of the zone */
    int unjudged;                    /* not 0: its data are missing at the point; of a zone always 0 */
    double excluded_ha;              /* of a zone; of a point NaN */
} tpk_explained_constraint;

/* Strings are borrowed from the study, those of a zone from the explanation. */
typedef struct tpk_explanation {
    const char *zone_id, *zone_name; /* NULL: a point */
    const char *crs;                 /* of the point: of its view, until that is freed; of a zone "" */
    double x, y;                     /* of the point as it was asked for; of a zone NaN */
    int point_class;                 /* TPK_CLASS_...; of a zone that of its mean score */
    const char *class_title;         /* "S2 Moderately suitable", in the project's language */
    double score; /* 0..1 (of a zone the mean, excluded parts counting 0); NaN unknown, outside */
    int limiting; /* index of the criterion that costs most (of a zone: that limits most of it); -1: none */
    double area_ha, class_ha[7]; /* of a zone, by TPK_CLASS_...; of a point NaN */
    const tpk_explained_criterion *criteria;
    size_t n_criteria;
    const tpk_explained_constraint *constraints;
    size_t n_constraints;
    int out_of_reach; /* not 0: a point too far from the study area for its values to be told */
} tpk_explanation;

/* Why a point is as it is: (x, y) in the view's CRS, its weights. Nothing is read from results of a run.
 * Outside the study area the criteria have their values, and no constraint is judged; farther from the grid
 * than its longer side (100 km at least) they are NaN. TPK_ERR_ARGUMENT (x or y is no finite number),
 * TPK_ERR_MEMORY, errors of the layers. Caller frees with tpk_explanation_free, before the study is closed.
 */
TPK_API TPK_MUST_CHECK tpk_status tpk_view_explain(tpk_view *view, double x, double y,
                                                   tpk_explanation **explanation, tpk_err *err);

/* The same of a zone, by its id in the project's zone layer; the view's CRS does not matter. Looks at the
 * zone's cells as a run does, the figures are those of zones.geojson. Reads the study's zone layer: one such
 * call of a study at a time, other calls of views may go on meanwhile. TPK_ERR_ARGUMENT (no such zone: the
 * nearest id is named), TPK_ERR_DATA. */
TPK_API TPK_MUST_CHECK tpk_status tpk_view_explain_zone(tpk_view *view, const char *id,
                                                        tpk_explanation **explanation, tpk_err *err);
TPK_API void tpk_explanation_free(tpk_explanation *explanation); /* NULL is allowed */

/* As a JSON document ending in a newline; its shape is in docs/commands/explain.md. TPK_ERR_MEMORY. Caller
 * frees *json with tpk_text_free. */
TPK_API TPK_MUST_CHECK tpk_status tpk_explanation_json(const tpk_explanation *explanation, char **json,
                                                       tpk_err *err);
TPK_API void tpk_text_free(char *text); /* NULL is allowed */

/* ---- running ---- */

/* Computes the whole grid and writes everything into folder (made when missing; not ""): suitability.tif,
 * classes.tif, reasons.tif, limiting.tif, a .qml beside each, zones.geojson, overlay.geojson,
 * regions.geojson, regions.csv, tapak.qgz, tapak.gpkg, run.json, stac-*.json, score.pmtiles and
 * vectors.pmtiles when the project wants them, and with options->portal_files the folder portal. Files of an
 * earlier run are replaced all
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

/* What the last run found about its layers, by the kinds that take one pass over the features (only_fast): a
 * subject for each layer of the project, none for the project. run.json repeats it as `examination`. NULL
 * before a run, after one that failed, and with options->no_check. Borrowed until the study is closed or run
 * again; not to be freed. */
TPK_API const tpk_check *tpk_study_examination(const tpk_study *study);

/* Everything as a JSON document ending in a newline. TPK_ERR_MEMORY. Borrowed until the check is freed. */
TPK_API TPK_MUST_CHECK tpk_status tpk_check_json(tpk_check *check, const char **json, tpk_err *err);

#ifdef __cplusplus
}
#endif

#endif
