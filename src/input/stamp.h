/* Identities, sizes and times of a layer's files in one number, so that a change of them between reading and
 * recording shows. */
#ifndef TPK_INPUT_STAMP_H
#define TPK_INPUT_STAMP_H

#include <gdal.h>
#include <stdint.h>

#include "project/project.h"

/* Of the files that tpk_layer_files names; 0 when there are none. Statuses of tpk_layer_files. */
TPK_MUST_CHECK tpk_status tpk_stamp_layer(const tpk_layer_spec *spec, uint64_t *stamp, tpk_err *err);

/* The same for a dataset that is open; path is what it was opened by. */
uint64_t tpk_stamp_dataset(GDALDatasetH dataset, const char *path);

#endif
