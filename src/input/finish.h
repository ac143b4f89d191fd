/* What happens to every layer after it was read: its CRS, reprojection, polygons checked and repaired,
 * remarks. */
#ifndef TPK_INPUT_FINISH_H
#define TPK_INPUT_FINISH_H

#include "base/text.h"
#include "input/reader.h"

/* Works on raw->layer in place. `to` NULL: the CRS is found but nothing is reprojected. area_lonlat and
 * statuses as tpk_layer_read. */
TPK_MUST_CHECK tpk_status tpk_finish(tpk_worker *worker, const tpk_layer_spec *spec, const tpk_crs *to,
                                     tpk_box area_lonlat, const tpk_control *control, const char *where,
                                     tpk_raw *raw, tpk_diags *diags, tpk_err *err);

/* Warns when the datum shift of a transformation is unknown, worse than 10 m, or made for another place than
 * the area (degrees; empty: any place). `where` names the layer. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_remark_transform(const tpk_transform *transform, tpk_box area_lonlat,
                                               const char *where, tpk_diags *diags);

/* The CRS of a layer or raster: what the planner states, else what the file says. file_text NULL: it says
 * nothing, and `place` (translated) tells where it would. `box` is that of the coordinates, for a hint in the
 * message. *origin: "file" or "project", static. TPK_ERR_CRS. Caller frees *crs with tpk_crs_free. */
TPK_MUST_CHECK tpk_status tpk_find_crs(tpk_worker *worker, const char *stated, const char *file_text,
                                       const char *place, tpk_box box, const char *where, tpk_crs **crs,
                                       const char **origin, tpk_diags *diags, tpk_err *err);

/* A few features named in a remark: "3, 7, 9 ...". Initialise with {0}. */
typedef struct tpk_sample {
    int64_t n;
    tpk_text text;
} tpk_sample;

/* reason NULL: only the number. A failed allocation shows in text.failed. */
void tpk_sample_add(tpk_sample *sample, int64_t fid, const char *reason);

/* Checks every polygon and makes the invalid ones valid. TPK_ERR_CANCELLED, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_finish_polygons(tpk_worker *worker, tpk_layer *layer, bool rings_known,
                                              const tpk_control *control, const char *where, tpk_diags *diags,
                                              tpk_err *err);

#endif
