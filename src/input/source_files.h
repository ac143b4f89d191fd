/* The files that a layer was read from, so that a change of them between reading and recording shows. */
#ifndef TPK_INPUT_SOURCE_FILES_H
#define TPK_INPUT_SOURCE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "project/project.h"

/* Initialise with {0}, which is also that of /vsi paths. */
typedef struct tpk_source_files {
    char **paths; /* owned, each too; empty for a shapefile, whose files go by its name */
    size_t n;
    uint64_t stamp; /* of all of them before they were read */
} tpk_source_files;
void tpk_source_files_clear(tpk_source_files *files); /* safe twice */

/* TPK_ERR_MEMORY; *to is cleared then. */
TPK_MUST_CHECK tpk_status tpk_source_files_copy(const tpk_source_files *from, tpk_source_files *to,
                                                tpk_err *err);

/* Of a shapefile that is about to be read. TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_source_files_of_shapefile(const tpk_layer_spec *spec, tpk_source_files *files,
                                                        tpk_err *err);

/* Of a dataset (a GDALDatasetH) that is open; path is what it was opened by. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_source_files_of_dataset(void *dataset, const char *path,
                                                      tpk_source_files *files, tpk_err *err);

/* Do the layer's files differ from those that were read in identity, size, times or number, or hold a
 * GeoPackage's -wal other edits? True also when they cannot be found any more, or when .aux.xml, .msk, .ovr,
 * .prj or a world file came beside one; false for /vsi paths and when memory is exhausted. Only looks at
 * names and times, opens nothing. Any thread. */
bool tpk_source_files_changed(const tpk_layer_spec *spec, const tpk_source_files *files);

#endif
