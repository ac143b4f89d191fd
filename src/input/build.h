/* A layer while it is being read: what both readers write into, feature by feature. */
#ifndef TPK_INPUT_BUILD_H
#define TPK_INPUT_BUILD_H

#include "base/text.h"
#include "geo/geom_buffer.h"
#include "input/layer.h"

/* One column while it grows. Texts are kept as the bytes of the file until their encoding is known; equal
 * ones once, as long as they repeat. */
typedef struct tpk_column {
    char *name; /* owned; bytes of the file until tpk_build_finish */
    tpk_field_type type;
    size_t width;   /* TEXT: a text of this many bytes may have been cut by the format; 0: no limit */
    double *number; /* NUMBER, INTEGER */
    int64_t *start; /* TEXT: where in bytes, -1 for NULL; the first of equal ones comes in ascending order */
    char *bytes;    /* texts, each with a terminator */
    uint32_t
        *slots; /* an open table of the different texts: start + 1, 0 for none; NULL: none, or given up */
    size_t n_slots, n_different;
    bool is_varied; /* most texts differ: they are not looked up */
    size_t n, capacity, n_bytes, byte_capacity;
    int64_t n_nul;      /* texts padded with NUL bytes */
    uint8_t *undecoded; /* as tpk_field's */
} tpk_column;

/* Initialise with {0}, then tpk_build_start. */
typedef struct tpk_build {
    tpk_layer *layer; /* borrowed */
    tpk_geom_buffer geom;
    tpk_column *columns;
    size_t n_columns, column_capacity;
    bool keep_bytes; /* texts that cannot be decoded are kept and marked instead of refused */
    size_t part_capacity, fid_capacity; /* of layer->feature_part and layer->fid */
} tpk_build;

/* All of these return false (or NULL) when memory is exhausted. */
bool tpk_build_start(tpk_build *build, tpk_layer *layer);
/* Room for what the file's headers announce, already checked against the file's size. */
bool tpk_build_reserve(tpk_build *build, int64_t n_features, int64_t n_points);
bool tpk_build_column(tpk_build *build, const char *name, tpk_field_type type, size_t width);
/* Starts the next feature; parts added from now on are its. */
bool tpk_build_feature(tpk_build *build, int64_t fid);
/* A part of n points: where to write 2*n numbers. Valid until the next part. */
double *tpk_build_part(tpk_build *build, int64_t n, uint8_t ring_role);
bool tpk_build_number(tpk_column *column, double value);              /* NaN: NULL */
bool tpk_build_text(tpk_column *column, const char *bytes, size_t n); /* n 0: NULL; without terminators */

/* How the texts are encoded, and who said so. */
typedef enum tpk_text_source {
    TPK_TEXT_UNKNOWN, /* nobody: UTF-8 when every text is, else ISO-8859-1 with a warning */
    TPK_TEXT_PROJECT, /* the planner */
    TPK_TEXT_CPG,     /* the .cpg file */
    TPK_TEXT_DRIVER,  /* the DBF's language-driver byte */
    TPK_TEXT_FORMAT   /* the format itself promises UTF-8 */
} tpk_text_source;

typedef struct tpk_text_claim {
    tpk_text_source source;
    const char *said; /* borrowed; as written ("ANSI 1252"); NULL for UNKNOWN */
} tpk_text_claim;

/* Decodes names and texts, sets layer->encoding, and moves everything into the layer. `where` names the layer
 * in remarks. TPK_ERR_DATA: a text that is not in the stated encoding, naming record and field. */
TPK_MUST_CHECK tpk_status tpk_build_finish(tpk_build *build, tpk_text_claim claim, const char *where,
                                           tpk_diags *diags, tpk_err *err);
void tpk_build_clear(tpk_build *build); /* safe twice */

#endif
