/* The reference page of the project file, from the registries. */
#ifndef TPK_API_REFERENCE_H
#define TPK_API_REFERENCE_H

#include "project/project.h"

enum { TPK_MAX_KINDS = 64 };

/* The vocabulary of this build. rows: room for TPK_MAX_KINDS; borrowed by the result. */
tpk_vocabulary tpk_full_vocabulary(const tpk_kind_spec *rows[TPK_MAX_KINDS]);

/* Markdown. Caller frees with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_project_reference(char **markdown, tpk_err *err);

#endif
