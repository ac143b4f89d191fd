/* Examining the layers of a project, as a check and every run do. */
#ifndef TPK_API_EXAMINATION_H
#define TPK_API_EXAMINATION_H

#include "api/check.h"

/* What layers in `folder` are examined with: the regions of options, else what lies in the folder. beside is
 * filled and must outlive around, as must worker and control. Errors of tpk_neighbourhood_open; beside is
 * empty then. Caller closes with tpk_neighbourhood_close(beside). */
TPK_MUST_CHECK tpk_status tpk_look_around(const tpk_check_options *options, const char *folder,
                                          tpk_worker *worker, const tpk_control *control,
                                          tpk_neighbourhood *beside, tpk_surroundings *around, tpk_err *err);

/* Examines every layer of the project that has a path, in the project's order, then all together, and adds
 * them to examination. The project may be one of tpk_project_read_part. Of options, regions, region_name and
 * only_fast count. cell_m: the side of the study's cell in metres. What is wrong with a layer is its finding.
 * TPK_ERR_MEMORY, TPK_ERR_CANCELLED, errors of tpk_neighbourhood_open. */
TPK_MUST_CHECK tpk_status tpk_examine_layers(const tpk_project *project, double cell_m,
                                             const tpk_check_options *options, tpk_worker *worker,
                                             const tpk_control *control, tpk_examination *examination,
                                             tpk_err *err);

#endif
