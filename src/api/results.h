/* The result folder: the names of the files that a run may write into it, and what they must not replace. */
#ifndef TPK_API_RESULTS_H
#define TPK_API_RESULTS_H

#include "project/project.h"

/* Every name that a run gives its files, whatever the project wants of them. NULL-terminated. An earlier
 * run's files of these names are removed when a later one does not write them. */
extern const char *const TPK_RESULT_NAMES[];

/* Before any work: TPK_ERR_ARGUMENT for a folder in which a file of such a name belongs to a layer of the
 * project (with its sidecars) or is the project file itself: the results would replace it. TPK_ERR_IO when a
 * folder stands in the place of a file, TPK_ERR_MEMORY, errors of tpk_layer_files. A folder that is not there
 * is fine. */
TPK_MUST_CHECK tpk_status tpk_results_check_folder(const tpk_project *project, const char *folder,
                                                   tpk_err *err);

#endif
