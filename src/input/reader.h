/* The two readers, and what they hand to the steps common to both (finish.h). */
#ifndef TPK_INPUT_READER_H
#define TPK_INPUT_READER_H

#include "input/layer.h"

/* A layer as it is in the file: attributes decoded, geometry neither reprojected nor checked. Initialise with
 * {0}. */
typedef struct tpk_raw {
    tpk_layer *layer; /* owned */
    bool keep_bytes;  /* set by the caller: a text that cannot be decoded is kept as it is, not refused */
    bool rings_known; /* ring_role tells outer from hole; false: nesting decides */
    char *crs_text;   /* owned; what the file says, NULL: nothing */
    const char *crs_place; /* translated: where the file would say it (".prj file") */
} tpk_raw;

void tpk_raw_clear(tpk_raw *raw); /* safe twice */

/* where: how remarks name the layer. Statuses as tpk_layer_read. */
TPK_MUST_CHECK tpk_status tpk_shapefile_read(const tpk_layer_spec *spec, const char *where,
                                             const tpk_control *control, tpk_raw *raw, tpk_diags *diags,
                                             tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_ogr_read(const tpk_layer_spec *spec, const char *where,
                                       const tpk_control *control, tpk_raw *raw, tpk_diags *diags,
                                       tpk_err *err);

TPK_MUST_CHECK tpk_status tpk_shapefile_peek(const tpk_layer_spec *spec, tpk_peek *peek, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_ogr_peek(const tpk_layer_spec *spec, tpk_peek *peek, tpk_err *err);

/* How often progress is told and cancelling asked, in features. */
enum { TPK_READ_STRIDE = 10000 };

/* TPK_ERR_CANCELLED when the caller asked to stop; else tells progress. Called every TPK_READ_STRIDE
 * features. */
TPK_MUST_CHECK tpk_status tpk_read_progress(const tpk_control *control, int64_t done, int64_t total,
                                            tpk_err *err);

/* "layer 'jalan' (jalan.shp)". NULL when memory is exhausted. Caller frees with tpk_free. */
char *tpk_layer_place(const tpk_layer_spec *spec);

/* The path as the planner wrote it. */
static inline const char *tpk_spec_path(const tpk_layer_spec *spec)
{
    return spec->written ? spec->written : spec->path;
}

#endif
