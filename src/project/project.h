/* The project file: parsed, checked, defaults filled in. Every value keeps its line and column. libfyaml's
 * home. */
#ifndef TPK_PROJECT_PROJECT_H
#define TPK_PROJECT_PROJECT_H

#include <stdint.h>

#include "geo/geom.h"
#include "project/schema.h"
#include "project/styles.h"

enum { TPK_MAX_CONSTRAINTS = 32, TPK_MAX_CRITERIA = 250 };

typedef struct tpk_layer_spec {
    char *id;
    char *path;     /* absolute, or /vsi...; relative paths of the file are joined to the project's folder */
    char *written;  /* the path as the project file says it */
    char *where;    /* SQL condition or NULL */
    char *crs;      /* stated CRS or NULL: use the file's own */
    char *encoding; /* "UTF-8", "ISO-8859-1", ... or NULL: use the .cpg */
    char *sublayer; /* name of the layer inside the file (key `layer`) or NULL: the only or first one */
    char *source;   /* whose data it is, for people, or NULL */
    int band;       /* raster band from 1; default 1 */
    char *repair;   /* "minutes": see input/minutes.h; NULL: nothing */
    double nodata;  /* stated nodata value or NaN: use the file's own */
    bool optional;  /* the study may do without it */
    bool absent;    /* optional, and there is no such file; nothing that is used names it */
    bool slip_told; /* absent, and the planner was asked whether a file of a like name is meant */
    tpk_pos pos;    /* of its path */
} tpk_layer_spec;

/* Dates and logicals are text. */
typedef enum tpk_field_type { TPK_FIELD_TEXT, TPK_FIELD_NUMBER, TPK_FIELD_INTEGER } tpk_field_type;

/* A short look at a layer's file, without reading features. Initialise with {0}. */
typedef struct tpk_peek {
    bool is_vector, is_raster;
    tpk_geom_kind kind;    /* vectors; TPK_GEOM_NONE when the file does not say */
    char **fields;         /* owned, each too */
    tpk_field_type *types; /* owned; n_fields */
    size_t n_fields;
    int n_bands;           /* rasters */
    char *crs_text;        /* owned; what the file says, NULL: nothing */
    const char *crs_place; /* static, translated: why the file says nothing ("its .prj file is missing");
                              NULL: not known */
    tpk_box box;           /* of the coordinates, as the file's header says; empty (or all 0): it does not */
} tpk_peek;
void tpk_peek_clear(tpk_peek *peek); /* safe twice */

/* What the project may name; wired in by the api from the registries of criteria and decision, and from
 * input. */
typedef struct tpk_vocabulary {
    const tpk_kind_spec *const *sources;
    size_t n_sources;
    const tpk_kind_spec *const *curves;
    size_t n_curves;
    /* Opens a layer for a short look, so that fields and kinds are checked with everything else. NULL: not
     * checked. On failure err says why (it becomes a finding at the layer's `path`). */
    tpk_status (*peek)(const tpk_layer_spec *layer, tpk_peek *peek, tpk_err *err);
    /* Is the member of an archive there, for a path ("/vsizip//home/data.zip/roads.shp") whose archive is?
     * NULL: taken to be. */
    bool (*is_member)(const char *path);
    /* The next three say in err why something cannot be used; NULL: not checked.
     * A SQL condition on the fields of a layer that was looked at (TPK_ERR_DATA). */
    tpk_status (*check_where)(const tpk_peek *peek, const char *where, tpk_err *err);
    /* The layer's CRS: the stated one, for which peek may be NULL, else what its file says (TPK_ERR_CRS). */
    tpk_status (*check_layer_crs)(const tpk_layer_spec *layer, const tpk_peek *peek, tpk_err *err);
    /* The grid's CRS (TPK_ERR_CRS; TPK_ERR_PROJECT when it is not projected in metres). */
    tpk_status (*check_grid_crs)(const char *text, tpk_err *err);
} tpk_vocabulary;

typedef enum tpk_unknown_policy {
    TPK_UNKNOWN_EXCLUDE, /* the point's score is unknown: the default */
    TPK_UNKNOWN_WORST,   /* counts as membership 0 */
    TPK_UNKNOWN_VALUE,   /* counts as a stated membership */
    TPK_UNKNOWN_SHARE    /* its weight is shared among the criteria that are known */
} tpk_unknown_policy;

typedef struct tpk_criterion_spec {
    char *id;
    char *title;                /* defaults to id */
    tpk_params source;          /* `from` */
    tpk_params curve;           /* `curve` */
    double weight;              /* from decision.weights, 0..1; together 1, less when some are left out */
    tpk_unknown_policy unknown; /* `unknown: exclude | worst | share | <membership>` */
    double unknown_membership;
    tpk_pos pos, weight_pos;
} tpk_criterion_spec;

typedef enum tpk_test {
    TPK_TEST_ABOVE,   /* value > limit */
    TPK_TEST_BELOW,   /* value < limit */
    TPK_TEST_INSIDE,  /* value != 0 (source `inside`) */
    TPK_TEST_OUTSIDE, /* value == 0 (source `inside`) */
    TPK_TEST_EQUALS,  /* value is one of a list (numbers or categories) */
    TPK_TEST_NEARER,  /* value < limit in m (source `distance`) */
    TPK_TEST_FARTHER  /* value > limit in m (source `distance`) */
} tpk_test;

/* A point is excluded where the test is true. */
typedef struct tpk_constraint_spec {
    char *id;
    char *title;        /* defaults to id */
    char *legal_source; /* `source`; required, not empty */
    int32_t criterion;  /* index when `from` names a criterion, else -1 and `source` holds its own */
    tpk_params source;
    tpk_test test; /* `above: 15`, `nearer: 500`, `equals: [..]`, `inside: true` (default for `from: {inside:
                      ..}`) ... */
    double limit;
    char **equals; /* owned; texts as written */
    size_t n_equals;
    tpk_unknown_policy
        unknown; /* EXCLUDE: the score becomes unknown (default); VALUE: passes. `unknown: unknown | pass |
                    exclude`, where `exclude` (WORST here) sets the constraint's bit */
    tpk_pos pos;
} tpk_constraint_spec;

typedef struct tpk_class_bounds {
    double s1, s2, s3; /* lower bounds; a score equal to a bound belongs to the better class */
} tpk_class_bounds;

typedef struct tpk_zones_spec {
    char *layer, *id, *name,
        *stated_area_ha; /* layer NULL: the project has no zones; stated_area_ha may be NULL */
    char *note;          /* field with a remark on each zone, or NULL */
    tpk_pos pos;
} tpk_zones_spec;

typedef struct tpk_regions_spec {
    char *layer;   /* NULL: the project has no regions */
    bool left_out; /* it names some, but their optional layer is not there */
    char *name;
    char *id; /* field that tells regions apart; NULL: their names do */
    tpk_pos pos;
} tpk_regions_spec;

typedef struct tpk_grid_spec {
    char *crs;        /* required; must be projected, metres */
    double cell;      /* m, > 0 */
    char *area;       /* layer id of the study area, or NULL when `bounds` is given */
    double bounds[4]; /* x_min, y_min, x_max, y_max in the grid's CRS; NaN when area is given */
    tpk_pos pos, crs_pos, area_pos;
} tpk_grid_spec;

enum { TPK_N_RASTERS = 4 }; /* suitability, classes, reasons, limiting */

typedef struct tpk_output_spec {
    bool rasters[TPK_N_RASTERS]; /* which maps are wanted; all when not given */
    char *compress;              /* "deflate" (default) or "zstd" */
    bool overviews;              /* default true */
    char *styles;                /* absolute path of the set of styles, or NULL: the default */
    uint64_t styles_stamp;       /* of that file before it was read; 0 without one */
    bool portal;                 /* the web portal is wanted; default true */
    bool tiles;                  /* score.pmtiles and vectors.pmtiles; default false */
    bool stac;                   /* the STAC catalog; default true */
    bool qgis;                   /* QGIS project and GeoPackage; default true */
} tpk_output_spec;

typedef struct tpk_project {
    char *path, *dir; /* as given; its folder, absolute */
    char *title;      /* the file's name without its ending when not given */
    char *note;       /* a remark that goes into every output, or NULL */
    char *language;   /* "id" or "en" */
    tpk_grid_spec grid;
    tpk_layer_spec *layers;
    size_t n_layers;
    tpk_zones_spec zones;
    tpk_regions_spec regions;
    /* Of criteria, constraints and overlay: those in use first, then those left out for want of an optional
     * layer, both in the order of the file. */
    tpk_criterion_spec *criteria;
    size_t n_criteria, n_criteria_left_out;
    tpk_constraint_spec *constraints;
    size_t n_constraints, n_constraints_left_out;
    tpk_class_bounds classes;
    char *combine; /* "weighted_sum" */
    char **overlay;
    size_t n_overlay, n_overlay_left_out; /* layer ids */
    tpk_pos *overlay_pos;
    tpk_output_spec output;
    tpk_styles styles;
    char *text;     /* the file's text, for run.json */
    uint64_t stamp; /* of the file before it was read (base/stamp.h) */
} tpk_project;

/* Reads and checks everything before any work: the file's text, and with the functions of vocabulary the
 * layers' kinds, fields, conditions and CRS, and the grid's CRS. All findings go to diags with the path as
 * given, line and column; what an optional layer that is absent leaves out is told there too (warnings and
 * notes). *project is NULL unless no error was found. The findings are sorted by place; diags
 * NULL: they are only counted. TPK_ERR_IO when the file cannot be read, TPK_ERR_LIMIT when it is larger than
 * 4 MB, TPK_ERR_PROJECT when an error was found (err says how many), TPK_ERR_MEMORY. Caller frees with
 * tpk_project_free. */
TPK_MUST_CHECK tpk_status tpk_project_read(const char *path, const tpk_vocabulary *vocabulary,
                                           tpk_project **project, tpk_diags *diags, tpk_err *err);
/* The same, but with TPK_ERR_PROJECT *project holds what could be read, to be looked at and never to be run:
 * anything in it may be missing (NULL, NaN, 0) or wrong, a layer's path among them. */
TPK_MUST_CHECK tpk_status tpk_project_read_part(const char *path, const tpk_vocabulary *vocabulary,
                                                tpk_project **project, tpk_diags *diags, tpk_err *err);
void tpk_project_free(tpk_project *project);

/* Borrowed; NULL when there is no such layer. */
const tpk_layer_spec *tpk_project_layer(const tpk_project *project, const char *id);

#endif
