#include "output/json.h"

#include "base/i18n.h"
#include "base/text.h"
#include "output/file.h"

static int collect(const char *piece, size_t n, void *text)
{
    tpk_text_add_bytes(text, piece, n);
    return ((tpk_text *)text)->failed ? -1 : 0;
}

tpk_status tpk_json_write_temporary(const char *path, const json_t *document, tpk_err *err)
{
    tpk_text text = {0};
    tpk_status status = TPK_OK;
    int failed = json_dump_callback(document, collect, &text, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    if (text.failed) {
        status = tpk_err_memory(err);
    } else if (failed) {
        status = tpk_err_set(err, TPK_ERR_BUG, _("the document '%s' cannot be written as JSON"), path);
    } else {
        tpk_text_add(&text, "\n");
        status = text.failed ? tpk_err_memory(err)
                             : tpk_file_write_temporary(path, _("the document"), text.data, text.length, err);
    }
    tpk_text_clear(&text);
    return status;
}
