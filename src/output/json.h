/* JSON documents that are not GeoJSON: jansson's home. */
#ifndef TPK_OUTPUT_JSON_H
#define TPK_OUTPUT_JSON_H

#include <jansson.h>

#include "base/status.h"

/* The text as a JSON string, null where it is NULL. Where it is not UTF-8 (a path, what a request held) each
 * byte above 127 becomes "?". NULL: no memory. */
json_t *tpk_json_string(const char *text);

/* Writes the document to the temporary name of path: two blanks of indent, members in their order of
 * insertion, numbers with at most 15 digits. Publish or discard it with tpk_file_publish, tpk_file_discard.
 * TPK_ERR_IO, TPK_ERR_MEMORY, TPK_ERR_BUG when jansson cannot write the document. */
TPK_MUST_CHECK tpk_status tpk_json_write_temporary(const char *path, const json_t *document, tpk_err *err);

/* The same document as a text that ends in a newline. TPK_ERR_MEMORY, TPK_ERR_BUG. Caller frees *text with
 * tpk_free. */
TPK_MUST_CHECK tpk_status tpk_json_text(const json_t *document, char **text, tpk_err *err);

#endif
