/* An explanation for programs; the shape of the document is in docs/commands/explain.md. */
#ifndef TPK_OUTPUT_EXPLAIN_JSON_H
#define TPK_OUTPUT_EXPLAIN_JSON_H

#include "tapak/tapak.h"

/* What is unknown or does not apply is null. Bytes that are not UTF-8 become '?'. TPK_ERR_MEMORY. Caller
 * frees *text with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_explain_json_write(const tpk_explanation *explanation, char **text,
                                                 tpk_err *err);

#endif
