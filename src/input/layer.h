/* A vector layer in memory: read, filtered, reprojected into the plan's CRS, repaired; constant afterwards.
 *
 * Vertices are reprojected, edges are not densified: a long edge stays straight in the plan's CRS. */
#ifndef TPK_INPUT_LAYER_H
#define TPK_INPUT_LAYER_H

#include <stdint.h>

#include "base/diag.h"
#include "base/progress.h"
#include "geo/crs.h"
#include "geo/geom.h"
#include "input/source_files.h"
#include "project/project.h"

/* One attribute column. NULLs (also an empty text and a DBF number of blanks or stars): text NULL, number
 * NaN. Integers live in `number` too (exact to 2^53). Dates are text as OGR writes them ("2026/08/20"), DBF
 * logicals the text "T" or "F". */
typedef struct tpk_field {
    char *name;
    tpk_field_type type;
    char **text;    /* n_features, UTF-8, pointing into bytes, equal ones as a rule to one place; TEXT only */
    char *bytes;    /* the different texts one after the other; TEXT only */
    double *number; /* n_features; NUMBER and INTEGER */
    size_t width;   /* TEXT: bytes of the file that a text has at most; 0: no limit known */
    int64_t n_nul;  /* DBF texts padded with NUL bytes instead of blanks */
    uint8_t *undecoded; /* raw layers, TEXT: n_features, 1 where the text holds the bytes of the file, which
                           are not in layer->encoding; NULL: all are UTF-8 */
} tpk_field;

typedef struct tpk_layer {
    char *id, *path;
    tpk_geom_kind kind;    /* of all features that have a geometry */
    int64_t n_features;    /* kept after `where`; a feature without geometry is kept, with no part */
    int64_t *feature_part; /* n_features + 1: parts of feature f are feature_part[f] .. feature_part[f+1]-1 */
    int64_t *part_start;   /* n_parts + 1 */
    uint8_t *ring_role;    /* n_parts; polygons only */
    double *xy;            /* plan CRS */
    int64_t *fid; /* n_features: a shapefile's record number counting from 0, else OGR's feature id */
    tpk_field *fields;
    size_t n_fields;
    tpk_box box; /* of all geometry */

    /* Provenance, for run.json */
    char *driver;                           /* "shapelib", "GPKG", ... */
    char *crs_name, *crs_code, *crs_origin; /* origin: "file" or "project" */
    char *encoding;
    char *operation;         /* the transformation PROJ chose, "" when none was needed */
    double accuracy_m;       /* negative: unknown */
    int64_t n_read;          /* records in the file */
    int64_t n_deleted;       /* left out: the DBF marks them as deleted */
    int64_t n_filtered;      /* left out by `where` */
    int64_t n_null_geometry; /* kept without geometry */
    int64_t n_repaired; /* polygons made valid: unclosed or degenerate rings mended, or GEOS's make-valid */
    int64_t n_unusable; /* features left without geometry: coordinates that are no numbers or cannot be
                           reprojected, nothing left after repair */
    int64_t n_z, n_m;   /* features whose Z or M were dropped */
    bool shx_rebuilt;
    tpk_source_files files; /* that it was read from */

    /* Raw layers only (tpk_layer_read_raw) */
    bool rings_known;      /* ring_role tells outer from hole; false: tpk_rings_order must find out */
    bool lacks_table;      /* a shapefile without .dbf */
    char *encoding_said;   /* as the .cpg, the DBF or the project says it ("ANSI 1252"); NULL: nobody does */
    char *crs_text;        /* what the file says, as it says it; NULL: nothing */
    const char *crs_place; /* translated: where the file would say it ("its .prj file is missing"); static */
} tpk_layer;

/* Reads the layer of `spec` into the CRS `to`, through the transformation that is most accurate for
 * area_lonlat (degrees; the study's place. Empty: the layer's own box). A layer without features is not an
 * error. Remarks (repairs with the first few record numbers, dropped Z, rebuilt SHX, encoding assumed,
 * features without geometry, a transformation that is rough or made for another place) go to diags as notes
 * or warnings. `to` NULL: no reprojection (used for `tapak check`). Shapefiles go through shapelib,
 * everything else through OGR. TPK_ERR_IO (missing, unreadable, truncated), TPK_ERR_DATA (mixed geometry
 * kinds, undecodable text, `where` that OGR rejects, names a raster), TPK_ERR_CRS (no CRS and none stated;
 * unknown; cannot be transformed), TPK_ERR_CANCELLED, TPK_ERR_MEMORY. The message begins with "layer 'jalan'
 * (jalan.shp)", which is also where the remarks say they come from. Caller frees with tpk_layer_free. */
TPK_MUST_CHECK tpk_status tpk_layer_read(tpk_worker *worker, const tpk_layer_spec *spec, const tpk_crs *to,
                                         tpk_box area_lonlat, const tpk_control *control, tpk_layer **layer,
                                         tpk_diags *diags, tpk_err *err);
void tpk_layer_free(tpk_layer *layer);

/* The layer as it is in its file, for examination: coordinates in the file's own CRS, which may be missing;
 * rings in their order, open or twisted as they are; lines of one point and coordinates that are no numbers
 * kept; Z and M counted. Texts that are not in their encoding keep the file's bytes (field->undecoded); when
 * nobody says how they are encoded, UTF-8 is tried. `where` is applied. ring_role is OUTER for every ring
 * unless rings_known. crs_name, crs_code, crs_origin and operation are NULL. Statuses as tpk_layer_read, but
 * for TPK_ERR_CRS. Caller frees with tpk_layer_free. */
TPK_MUST_CHECK tpk_status tpk_layer_read_raw(const tpk_layer_spec *spec, const tpk_control *control,
                                             tpk_layer **layer, tpk_diags *diags, tpk_err *err);

/* A short look, for tpk_vocabulary.peek. TPK_ERR_IO, TPK_ERR_DATA (several layers and none named, no such
 * layer), TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_layer_peek(const tpk_layer_spec *spec, tpk_peek *peek, tpk_err *err);

/* tpk_vocabulary.check_layer_crs and check_where: what reading the layer, and tpk_layer_filter, would say. */
TPK_MUST_CHECK tpk_status tpk_layer_check_crs(const tpk_layer_spec *spec, const tpk_peek *peek, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_layer_check_where(const tpk_peek *peek, const char *where, tpk_err *err);

/* View of one feature. */
tpk_geom tpk_layer_geom(const tpk_layer *layer, int64_t feature);
/* View of all parts of all features at once. */
tpk_geom tpk_layer_all(const tpk_layer *layer);
/* Exact name first, then ignoring case, then the name cut at 10 characters as shapefiles do. NULL when
 * absent. Borrowed. */
const tpk_field *tpk_layer_field(const tpk_layer *layer, const char *name);

/* A feature's value as text, numbers in their shortest form; "" for NULL. Caller frees with tpk_free; NULL
 * when memory is exhausted. */
char *tpk_field_value(const tpk_field *field, int64_t feature);

/* A layer holding only the features that satisfy a SQL condition (SQL WHERE, as OGR); a copy. TPK_ERR_DATA
 * with OGR's reason. `FID` is the record's number; conditions on the geometry (OGR_GEOMETRY, OGR_GEOM_AREA
 * ...) are refused. Caller frees with tpk_layer_free. */
TPK_MUST_CHECK tpk_status tpk_layer_filter(const tpk_layer *layer, const char *where, tpk_layer **filtered,
                                           tpk_err *err);

#endif
