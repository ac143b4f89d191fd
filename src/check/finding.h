/* Findings: what is wrong, or may be, with a layer or a project, told before it makes a wrong map.
 *
 * A kind of finding is one file and one row of the registry. It looks at a subject and reports; it changes
 * nothing. */
#ifndef TPK_CHECK_FINDING_H
#define TPK_CHECK_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "check/plan_sample.h"
#include "geo/crs.h"
#include "input/layer.h"
#include "input/raster.h"
#include "tapak/tapak.h"

/* tpk_gravity and tpk_verdict are public. */

enum { TPK_MAX_EXAMPLES = 5 };

/* The first few features concerned. */
typedef struct tpk_example {
    int64_t record; /* number of the record in the file, from 0; -1: none */
    char *name;     /* owned; the feature's name where it has one, or the value found; may be NULL */
} tpk_example;

typedef struct tpk_finding {
    const char *kind; /* "crs_missing"; borrowed from the registry */
    tpk_gravity gravity;
    char *found;  /* owned; what was found, with numbers and units */
    char *why;    /* owned; why it matters for the result */
    char *change; /* owned; the exact change: a line for the project file, or what to ask of the office */
    int64_t n_features; /* how many are concerned; 0: the layer as a whole */
    tpk_example examples[TPK_MAX_EXAMPLES];
    size_t n_examples;
} tpk_finding;

/* Initialise with {0}. */
typedef struct tpk_findings {
    tpk_finding *items; /* owned, with what is in them */
    size_t n, capacity;
} tpk_findings;

/* One layer under examination, as it is in its file: not repaired, not reprojected. Borrowed for the call. */
typedef struct tpk_subject {
    const tpk_layer_spec *spec;
    const tpk_layer *layer;   /* vectors: the raw layer; NULL for rasters */
    const tpk_raster *raster; /* rasters; NULL for vectors */
    tpk_crs *crs;             /* of the file or stated; NULL: none */
    double *lonlat; /* vectors: longitude, latitude of every vertex, in the order of layer->xy; NULL without a
                       CRS */
    const tpk_layer
        *regions; /* polygons in longitude and latitude with a name field; NULL: only boxes are known */
    const char *region_field; /* the name field of regions */
    const tpk_layer *land; /* polygons of the province's land in longitude and latitude; NULL: none at hand */
    const tpk_layer *coast; /* its coastline (lines) in longitude and latitude; NULL: none at hand */
    const tpk_layer
        *area; /* polygons of the study area in longitude and latitude; NULL: only its box is known */
    tpk_box area_lonlat; /* the study area, or the province */
    bool area_known;     /* it is the study area */
    bool in_project;     /* a project file names the layer */
    double cell_m;       /* the study's cell; 0 outside a project */
    bool used_for_slope; /* rasters: a slope source uses it */
    bool used_as_points, used_as_lines,
        used_as_polygons; /* how the project uses a vector layer; all false outside a project */
    tpk_worker *worker;
    const tpk_control *control;
    int64_t n_kinds, n_kinds_done; /* of the examination, for its progress; 0: this kind is all there is */
} tpk_subject;

typedef struct tpk_finding_kind {
    const char *id;
    const char *summary; /* English, marked N_() */
    bool for_vectors, for_rasters;
    bool fast; /* part of every run: no more than one pass over the features */
    /* Reports to findings. TPK_ERR_MEMORY, TPK_ERR_IO, TPK_ERR_CANCELLED; what is wrong with the data is a
     * finding, never an error. */
    tpk_status (*examine)(const tpk_subject *subject, tpk_findings *findings, tpk_err *err);
} tpk_finding_kind;

/* The registry: one row a kind, in the order of the report. */
extern const tpk_finding_kind *const TPK_FINDING_KINDS[];
extern const size_t TPK_N_FINDING_KINDS;

/* The same for projects as a whole, which are looked at in a sample of the study. */
typedef struct tpk_project_finding_kind {
    const char *id;
    const char *summary;    /* English, marked N_() */
    bool of_fitting_layers; /* says nothing true while a layer lies wholly outside the study area */
    /* As above. The sample has one point at least. */
    tpk_status (*examine)(const tpk_plan_sample *sample, const tpk_control *control, tpk_findings *findings,
                          tpk_err *err);
} tpk_project_finding_kind;
extern const tpk_project_finding_kind *const TPK_PROJECT_FINDING_KINDS[];
extern const size_t TPK_N_PROJECT_FINDING_KINDS;

/* Adds a finding and returns it for examples to be added, NULL without memory. The three texts are copied;
 * change may be NULL. */
tpk_finding *tpk_findings_add(tpk_findings *findings, const char *kind, tpk_gravity gravity,
                              int64_t n_features, const char *found, const char *why, const char *change);
/* Text for the three above; NULL without memory. Caller frees with tpk_free. */
char *tpk_finding_text(const char *format, ...) TPK_PRINTF(1, 2);
/* Does nothing when the finding has TPK_MAX_EXAMPLES. False without memory. name may be NULL. */
bool tpk_finding_example(tpk_finding *finding, int64_t record, const char *name);
void tpk_findings_clear(tpk_findings *findings); /* safe twice */

#endif
