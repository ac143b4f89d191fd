/* A result folder that changes all at once: files are made in a hidden folder inside it and moved out
 * together at the end. */
#ifndef TPK_OUTPUT_STAGING_H
#define TPK_OUTPUT_STAGING_H

#include <stddef.h>

#include "base/status.h"

typedef struct tpk_staging tpk_staging;

/* Makes folder when missing, and an empty hidden folder in it; what a killed run left there is removed, and
 * earlier results that it had begun to replace are put back. Slashes at the end of folder do not count. Only
 * one at a time may be open for a folder, on all processes (TPK_ERR_IO says that another run is writing).
 * Caller ends it with tpk_staging_publish or tpk_staging_abort. */
TPK_MUST_CHECK tpk_status tpk_staging_open(const char *folder, tpk_staging **staging, tpk_err *err);

/* Where to write the file that will be folder/name; name may stand in one folder, "portal/index.html".
 * Borrowed until the staging ends; NULL: no memory. At
 * the end every file asked for must be there; it is published, and so are files that were put beside those
 * without folder under other names. */
const char *tpk_staging_path(tpk_staging *staging, const char *name);

/* Moves every file into the folder, replacing older ones (renames on one file system: no space is needed),
 * and ends the staging in every case. Either all new files are in their places afterwards, or all earlier
 * ones are as they were (after a failure on the way back the message says where they are). own_names
 * (NULL-terminated): the names that this program gives its files; those that an earlier run left and that
 * were not made now are removed, and so is the .aux.xml beside a file that is replaced. Nothing else is
 * touched, nor folders of such names; a folder in which nothing is left is removed. *files: NULL-terminated
 * list of the published paths (folder/name) in the order they were asked for; caller frees each and the list.
 */
TPK_MUST_CHECK tpk_status tpk_staging_publish(tpk_staging *staging, const char *const *own_names,
                                              char ***files, size_t *n_files, tpk_err *err);

/* Removes everything made; the folder is as it was. NULL is allowed. */
void tpk_staging_abort(tpk_staging *staging);

#endif
