/* What a result folder says about the run that made it. */
#ifndef TPK_OUTPUT_RESULT_FOLDER_H
#define TPK_OUTPUT_RESULT_FOLDER_H

#include <stdbool.h>

#include "base/status.h"

typedef struct tpk_result_folder {
    char *project;   /* owned; path of the project file, absolute */
    double cell_m;   /* that was asked for beside the project; 0: none */
    bool is_changed; /* the project file is another than the one that was run */
} tpk_result_folder;

/* Reads run.json. TPK_ERR_IO: it cannot be read, or the project file is not where it was; TPK_ERR_DATA: it is
 * not Tapak's, or of a version that did not write what is needed. Every message says what to do.
 * TPK_ERR_MEMORY. Caller frees with tpk_result_folder_clear. */
TPK_MUST_CHECK tpk_status tpk_result_folder_read(const char *folder, tpk_result_folder *out, tpk_err *err);
void tpk_result_folder_clear(tpk_result_folder *folder); /* safe twice */

#endif
