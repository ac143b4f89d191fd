/* A layer opened for examination: as it is in its file, with what the kinds of findings need beside it. */
#ifndef TPK_CHECK_SUBJECT_H
#define TPK_CHECK_SUBJECT_H

#include "base/diag.h"
#include "check/finding.h"

/* What all subjects of one check share; see tpk_subject. Borrowed by the subjects. */
typedef struct tpk_surroundings {
    const tpk_layer *regions;
    const char *region_field;
    const tpk_layer *land, *coast;
    const tpk_layer *area;
    tpk_box area_lonlat; /* empty: the province */
    double cell_m;
    bool in_project, only_fast;
    tpk_worker *worker;
    const tpk_control *control;
} tpk_surroundings;

/* How a project uses a layer; {0} outside a project. */
typedef struct tpk_usage {
    bool as_points, as_lines, as_polygons;
    bool for_slope;
    bool by_study; /* a criterion or constraint looks at it */
} tpk_usage;

/* Of the layer with this id: what criteria, constraints, zones, regions and the study area ask of it. The
 * project may be one of tpk_project_read_part. */
tpk_usage tpk_usage_of(const tpk_project *project, const char *layer_id);

/* A subject and what it owns. Initialise with {0}. */
typedef struct tpk_opened {
    tpk_subject subject;
    tpk_layer *layer;
    tpk_raster *raster;
    tpk_crs *crs; /* of the vector layer; a raster owns its own */
} tpk_opened;

/* spec and surroundings are borrowed and must outlive the subject. TPK_ERR_IO, TPK_ERR_DATA: the file cannot
 * be read; a missing or unknown CRS is no error (subject.crs is NULL then). TPK_ERR_MEMORY,
 * TPK_ERR_CANCELLED. Caller closes with tpk_opened_close. */
TPK_MUST_CHECK tpk_status tpk_subject_open(const tpk_layer_spec *spec, tpk_usage usage,
                                           const tpk_surroundings *surroundings, tpk_opened *opened,
                                           tpk_diags *diags, tpk_err *err);
void tpk_opened_close(tpk_opened *opened); /* safe twice */

/* Where the province of Kalimantan Selatan lies, in degrees (facts of the regencies' polygons). */
extern const tpk_box TPK_PROVINCE_LONLAT;

#endif
