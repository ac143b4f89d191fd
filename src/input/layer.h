/* A vector layer in memory: read, filtered, reprojected into the plan's CRS, repaired; constant afterwards. */
#ifndef TPK_INPUT_LAYER_H
#define TPK_INPUT_LAYER_H

#include <stdint.h>

#include "base/diag.h"
#include "base/progress.h"
#include "geo/crs.h"
#include "geo/geom.h"
#include "project/project.h"

typedef enum tpk_field_type { TPK_FIELD_TEXT, TPK_FIELD_NUMBER, TPK_FIELD_INTEGER } tpk_field_type;

/* One attribute column. NULLs: text NULL, number NaN. Integers live in `number` too (exact to 2^53). */
typedef struct tpk_field {
    char *name;
    tpk_field_type type;
    char **text;    /* n_features, UTF-8; TEXT only */
    double *number; /* n_features; NUMBER and INTEGER */
} tpk_field;

typedef struct tpk_layer {
    char *id, *path;
    tpk_geom_kind kind;      /* of all features that have a geometry */
    int64_t n_features;      /* kept after `where`; a feature without geometry is kept, with no part */
    int64_t *feature_part;   /* n_features + 1: parts of feature f are feature_part[f] .. feature_part[f+1]-1 */
    int64_t *part_start;     /* n_parts + 1 */
    uint8_t *ring_role;      /* n_parts; polygons only */
    double *xy;              /* plan CRS */
    int64_t *fid;            /* n_features: the record's number in the file, counting from 0 */
    tpk_field *fields;
    size_t n_fields;
    tpk_box box;             /* of all geometry */

    /* Provenance, for run.json */
    char *driver;            /* "shapelib", "GPKG", ... */
    char *crs_name, *crs_code, *crs_origin; /* origin: "file" or "project" */
    char *encoding;
    char *operation;         /* the transformation PROJ chose, "" when none was needed */
    double accuracy_m;       /* negative: unknown */
    int64_t n_read;          /* records in the file */
    int64_t n_filtered;      /* left out by `where` */
    int64_t n_null_geometry; /* kept without geometry */
    int64_t n_repaired;      /* invalid polygons made valid */
    int64_t n_unusable;      /* features left without geometry because repair or reprojection left nothing */
    int64_t n_z, n_m;        /* features whose Z or M were dropped */
    bool shx_rebuilt;
} tpk_layer;

/* Reads the layer of `spec` into the CRS `to`. Remarks (repairs with the first few record numbers, dropped Z, rebuilt SHX, encoding
 * assumed, features without geometry) go to diags as notes or warnings. `to` NULL: no reprojection (used for `tapak check`).
 * Shapefiles go through shapelib, everything else through OGR.
 * TPK_ERR_IO (missing, unreadable, truncated), TPK_ERR_DATA (no features, mixed geometry kinds, undecodable text, `where` that
 * OGR rejects, names a raster), TPK_ERR_CRS (no CRS and none stated; unknown; cannot be transformed), TPK_ERR_CANCELLED, TPK_ERR_MEMORY.
 * Caller frees with tpk_layer_free. */
TPK_MUST_CHECK tpk_status tpk_layer_read(tpk_worker *worker, const tpk_layer_spec *spec, const tpk_crs *to, const tpk_control *control,
                                         tpk_layer **layer, tpk_diags *diags, tpk_err *err);
void tpk_layer_free(tpk_layer *layer);

/* A short look, for tpk_vocabulary.peek. TPK_ERR_IO. */
TPK_MUST_CHECK tpk_status tpk_layer_peek(const tpk_layer_spec *spec, tpk_peek *peek, tpk_err *err);

/* View of one feature. */
tpk_geom tpk_layer_geom(const tpk_layer *layer, int64_t feature);
/* View of all parts of all features at once. */
tpk_geom tpk_layer_all(const tpk_layer *layer);
/* Exact name first, then ignoring case, then the name cut at 10 characters as shapefiles do. NULL when absent. Borrowed. */
const tpk_field *tpk_layer_field(const tpk_layer *layer, const char *name);

/* A layer holding only the features that satisfy a SQL condition (SQL WHERE, as OGR); a copy. TPK_ERR_DATA with OGR's reason.
 * Caller frees with tpk_layer_free. */
TPK_MUST_CHECK tpk_status tpk_layer_filter(const tpk_layer *layer, const char *where, tpk_layer **filtered, tpk_err *err);

#endif
