/* What a result folder says about the run that made it, and what changed since. */
#ifndef TPK_OUTPUT_RESULT_FOLDER_H
#define TPK_OUTPUT_RESULT_FOLDER_H

#include "base/status.h"
#include "output/checksums.h"
#include "project/project.h"

struct json_t;

typedef struct tpk_result_folder {
    char *project;       /* owned; path of the project file, absolute; NULL: it is not there any more */
    char *missing;       /* owned; where it was looked for and what to do, when it is not there; else NULL */
    double cell_m;       /* that was asked for beside the project; 0: none */
    const char *version; /* of the Tapak that made the results; borrowed from the record */
    char run_time[24];   /* "2026-11-24 20:01 UTC"; "?" when it is not written down */
    struct json_t *record; /* owned; run.json */
} tpk_result_folder;

/* Reads run.json. The project file is looked for where it lies seen from the folder, so that a study that was
 * moved or copied as a whole is found, then where it was when it was run. TPK_ERR_IO: run.json cannot be
 * read; TPK_ERR_DATA: it is not Tapak's, or of a version that did not write what is needed. Every message
 * says what to do. TPK_ERR_MEMORY. Caller frees with tpk_result_folder_clear. */
TPK_MUST_CHECK tpk_status tpk_result_folder_read(const char *folder, tpk_result_folder *out, tpk_err *err);
void tpk_result_folder_clear(tpk_result_folder *folder); /* safe twice */

/* What is another than at the run: "kalsel.yaml, warna.yaml, layer 'jalan'" (the project file, its set of
 * styles, layers); NULL: nothing. project is the folder's, read
 * now; its layers are compared where it says they are. A file of a layer of the same size and time is taken
 * to be the same, of any other the checksum decides; a file more or less, and an optional layer that came or
 * went, is a change. kept is the
 * caller's. TPK_ERR_MEMORY. Caller frees *changes with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_result_folder_changes(const tpk_result_folder *folder,
                                                    const tpk_project *project, tpk_checksums *kept,
                                                    char **changes, tpk_err *err);

#endif
