#include "output/json.h"

#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/file.h"

static int collect(const char *piece, size_t n, void *text)
{
    tpk_text_add_bytes(text, piece, n);
    return ((tpk_text *)text)->failed ? -1 : 0;
}

tpk_status tpk_json_text(const json_t *document, char **out, tpk_err *err)
{
    *out = NULL;
    tpk_text text = {0};
    int failed = json_dump_callback(document, collect, &text, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    if (failed && !text.failed) {
        tpk_text_clear(&text);
        return tpk_err_set(err, TPK_ERR_BUG, "%s", _("the document cannot be written as JSON"));
    }
    tpk_text_add(&text, "\n");
    return tpk_text_take(&text, out, err);
}

json_t *tpk_json_string(const char *text)
{
    if (!text) return json_null();
    if (tpk_text_is_utf8(text, strlen(text))) return json_string(text);
    char *ascii = tpk_strdup(text);
    if (!ascii) return NULL;
    for (char *c = ascii; *c; c++) {
        if ((unsigned char)*c >= 0x80) *c = '?';
    }
    json_t *made = json_string(ascii);
    tpk_free(ascii);
    return made;
}

tpk_status tpk_json_write_temporary(const char *path, const json_t *document, tpk_err *err)
{
    char *text = NULL;
    tpk_status status = tpk_json_text(document, &text, err);
    if (status == TPK_ERR_BUG) return tpk_err_prefix(err, status, "'%s'", path);
    if (status == TPK_OK) status = tpk_file_write_temporary(path, _("the document"), text, strlen(text), err);
    tpk_free(text);
    return status;
}
