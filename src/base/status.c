#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

static const char *const STATUS_NAMES[] = {
    "ok", "argument", "project", "data", "grid", "crs", "io", "memory", "limit", "cancelled", "bug",
};
_Static_assert(sizeof STATUS_NAMES / sizeof *STATUS_NAMES == TPK_STATUS_COUNT, "a name for every status");

const char *tpk_status_name(tpk_status status)
{
    return (unsigned)status < TPK_STATUS_COUNT ? STATUS_NAMES[status] : "?";
}

/* A message cut in the middle of a multi-byte character would not be UTF-8 any more. */
static void trim_partial_utf8(char *text, size_t size)
{
    size_t n = strlen(text);
    if (n + 1 < size) return;
    size_t lead = n;
    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80) lead--;
    if (lead == 0) return;
    unsigned char c = (unsigned char)text[lead - 1];
    size_t expected = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (n - (lead - 1) < expected) text[lead - 1] = '\0';
}

tpk_status tpk_err_set(tpk_err *err, tpk_status code, const char *format, ...)
{
    if (!err || err->code != TPK_OK) return code;
    err->code = code;
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    trim_partial_utf8(err->message, sizeof err->message);
    return code;
}

tpk_status tpk_err_prefix(tpk_err *err, tpk_status fallback, const char *format, ...)
{
    if (!err || err->code == TPK_OK) return fallback;
    char prefixed[TPK_ERR_MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(prefixed, sizeof prefixed, format, args);
    va_end(args);
    if (n < 0) return err->code;
    size_t used = (size_t)n < sizeof prefixed ? (size_t)n : sizeof prefixed - 1;
    if (snprintf(prefixed + used, sizeof prefixed - used, ": %s", err->message) < 0) return err->code;
    memcpy(err->message, prefixed, sizeof prefixed);
    trim_partial_utf8(err->message, sizeof err->message);
    return err->code;
}

tpk_status tpk_err_memory(tpk_err *err)
{
    return tpk_err_set(err, TPK_ERR_MEMORY, "%s",
                       _("memory is exhausted; close other programs or use a coarser cell"));
}
