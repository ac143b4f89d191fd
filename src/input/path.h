/* Paths of layers that lead to no layer, told so that a planner can mend them. */
#ifndef TPK_INPUT_PATH_H
#define TPK_INPUT_PATH_H

#include <stdbool.h>

#include "project/project.h"

/* TPK_ERR_IO when the path is a folder, naming layers in it; folders that are one data set (.gdb, .zarr) are
 * fine. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_path_refuse_folder(const tpk_layer_spec *spec, tpk_err *err);

/* For a path that nothing could open: TPK_ERR_IO when that is because no such file, or no such member of its
 * archive, is there. */
TPK_MUST_CHECK tpk_status tpk_path_refuse_missing(const tpk_layer_spec *spec, tpk_err *err);

/* tpk_vocabulary.is_member: is the member of an archive ("/vsizip//home/data.zip/roads.shp") there? True too
 * when the archive cannot be listed: what is wrong with it is told by opening it. */
bool tpk_path_is_member(const char *path);

#endif
