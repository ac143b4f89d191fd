/* How a kind of source or curve says what parameters it takes. Checking, help and the reference page read
 * these rows. */
#ifndef TPK_PROJECT_SCHEMA_H
#define TPK_PROJECT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

typedef enum tpk_param_type {
    TPK_PARAM_NUMBER,
    TPK_PARAM_TEXT,   /* free text; the name `where` makes it a SQL condition on the kind's primary layer */
    TPK_PARAM_CHOICE, /* one of `choices` */
    TPK_PARAM_BOOL,
    TPK_PARAM_VECTOR, /* id of a vector layer */
    TPK_PARAM_RASTER, /* id of a raster layer */
    TPK_PARAM_FIELD,  /* name of a field of the kind's primary layer */
    TPK_PARAM_POINTS, /* list of two or more [value, membership], values strictly rising, membership 0..1; no
                         default */
    TPK_PARAM_CLASSES /* map of one or more categories (text or number) to membership 0..1; no default */
} tpk_param_type;

typedef struct tpk_param_spec {
    const char *name;
    tpk_param_type type;
    bool required;
    bool primary;      /* the value of the kind's own key: `distance: jalan`, `points: [...]` */
    const char *unit;  /* "m", "percent", "" */
    double min, max;   /* numbers: allowed range, both ends included; -INFINITY / INFINITY for none */
    bool min_excluded; /* numbers: min itself is not allowed */
    const char
        *default_text; /* as a planner would write it; NULL when required or when absence means something */
    const char *const *choices; /* NULL-terminated */
    const char *summary;        /* English, marked N_() */
} tpk_param_spec;

typedef struct tpk_params tpk_params;

typedef struct tpk_kind_spec {
    const char *name;
    const char *summary; /* English, marked N_() */
    const char
        *value_unit; /* unit of the values of a source: "m"; NULL: depends on the parameters or the data */
    const tpk_param_spec *params;
    size_t n_params;
    /* What the parameters must satisfy together; reports to diags at the parameters' places, `where` being
     * the project file. NULL: nothing. Called only when each parameter is right by itself. */
    void (*check)(const tpk_params *params, const char *where, tpk_diags *diags);
} tpk_kind_spec;

typedef struct tpk_class_entry {
    char *key; /* owned; as written */
    double membership;
    tpk_pos pos;
} tpk_class_entry;

/* One parameter after checking; the member that its type names is set. */
typedef struct tpk_param {
    const tpk_param_spec *spec;
    bool given;  /* false: the default was filled in, or there is none */
    tpk_pos pos; /* of the value; of the kind's key when not given */
    double number;
    bool flag;
    char *text;     /* owned; TEXT, CHOICE, VECTOR, RASTER, FIELD */
    double *points; /* owned; 2 * n_points */
    size_t n_points;
    tpk_class_entry *classes; /* owned */
    size_t n_classes;
} tpk_param;

/* Parameters of one use of a kind, in the order of kind->params. */
struct tpk_params {
    const tpk_kind_spec *kind;
    tpk_param *items; /* owned; kind->n_params */
    tpk_pos pos;      /* of the kind's key */
};

/* By name; a name the kind does not have is a programming error (assert). Borrowed. */
const tpk_param *tpk_params_get(const tpk_params *params, const char *name);
double tpk_params_number(const tpk_params *params,
                         const char *name); /* NaN when neither given nor defaulted */
const char *tpk_params_text(const tpk_params *params, const char *name); /* NULL likewise */
bool tpk_params_flag(const tpk_params *params, const char *name);
/* Gives a parameter the default of its spec, if there is one. False when memory is exhausted. */
bool tpk_param_fill_default(tpk_param *param);

/* A use of kind with `primary` as the text of its primary parameter and the default of every other.
 * TPK_ERR_MEMORY. Caller frees with tpk_params_clear. */
TPK_MUST_CHECK tpk_status tpk_params_defaults(const tpk_kind_spec *kind, const char *primary,
                                              tpk_params *params, tpk_err *err);
void tpk_params_clear(tpk_params *params); /* safe twice */

#endif
