/* The reference page of the project file, written from the tables that the checker reads. */
#ifndef TPK_PROJECT_REFERENCE_H
#define TPK_PROJECT_REFERENCE_H

#include "project/project.h"

/* The whole page in Markdown: the fixed keys, then every source kind and curve kind with its parameters
 * (types, units, ranges, defaults, choices). vocabulary->peek is not used. TPK_ERR_MEMORY. Caller frees
 * *markdown with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_reference_markdown(const tpk_vocabulary *vocabulary, char **markdown,
                                                 tpk_err *err);

#endif
