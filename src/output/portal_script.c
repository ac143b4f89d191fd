#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/base64.h"
#include "output/file.h"
#include "output/portal.h"

tpk_status tpk_portal_write_base64(const char *path, const char *head, const void *bytes, size_t n,
                                   const char *tail, tpk_err *err)
{
    tpk_text text = {0};
    char *script = NULL;
    tpk_text_add(&text, head);
    tpk_base64_add(&text, bytes, n);
    tpk_text_add(&text, tail);
    tpk_status status = tpk_text_take(&text, &script, err);
    if (status == TPK_OK) status = tpk_file_write(path, _("the portal's data"), script, strlen(script), err);
    tpk_free(script);
    return status;
}
