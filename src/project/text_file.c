#include "project/text_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

enum { MAX_FILE_BYTES = 4 * 1024 * 1024 };

static tpk_status cannot_read(const char *path, const char *what, tpk_err *err)
{
    char reason[128];
    return tpk_err_set(err, TPK_ERR_IO, _("%s %s cannot be read: %s"), what, path,
                       strerror_r(errno, reason, sizeof reason));
}

tpk_status tpk_text_file_load(const char *path, const char *what, char **text, size_t *n, tpk_err *err)
{
    struct stat info;
    if (stat(path, &info) != 0) return cannot_read(path, what, err);
    if (S_ISDIR(info.st_mode)) {
        return tpk_err_set(err, TPK_ERR_IO, _("%s is a folder; name %s (.yaml) inside it"), path, what);
    }
    if (!S_ISREG(info.st_mode)) return tpk_err_set(err, TPK_ERR_IO, _("%s is not a file"), path);
    FILE *file = fopen(path, "rb");
    if (!file) return cannot_read(path, what, err);
    tpk_status status = TPK_OK;
    *text = tpk_alloc((size_t)MAX_FILE_BYTES + 2, 1);
    if (!*text) {
        status = tpk_err_memory(err);
        goto done;
    }
    *n = fread(*text, 1, (size_t)MAX_FILE_BYTES + 1, file);
    (*text)[*n] = '\0';
    if (ferror(file)) {
        status = cannot_read(path, what, err);
    } else if (*n > MAX_FILE_BYTES) {
        status =
            tpk_err_set(err, TPK_ERR_LIMIT, _("%s is larger than 4 MB; that is too much for %s"), path, what);
    }
    char *shrunk = status == TPK_OK ? tpk_realloc(*text, *n + 1, 1) : NULL; /* from room for the largest */
    if (shrunk)
        *text = shrunk;
    else if (status == TPK_OK)
        status = tpk_err_memory(err);
done:
    fclose(file);
    return status;
}

/* The place of the first byte that is not UTF-8; columns count characters. */
static tpk_pos first_bad_byte(const char *text, size_t n)
{
    tpk_pos pos = {1, 1};
    for (size_t i = 0; i < n;) {
        size_t length = 1;
        while (length <= 4 && i + length <= n && !tpk_text_is_utf8(text + i, length)) length++;
        if (length > 4 || i + length > n) break;
        pos = text[i] == '\n' ? (tpk_pos){pos.line + 1, 1} : (tpk_pos){pos.line, pos.column + 1};
        i += length;
    }
    return pos;
}

bool tpk_text_file_check(tpk_report *report, const char *what, const char *text, size_t n)
{
    static const char *const BLANK = " \t\r\n";
    tpk_pos start = {1, 1};
    bool is_utf16 = n >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0);
    if (is_utf16) {
        tpk_report_add(report, start, "%s", _("the file is UTF-16; save it as UTF-8"));
    } else if (!tpk_text_is_utf8(text, n)) {
        tpk_report_add(report, first_bad_byte(text, n), "%s",
                       _("this is not UTF-8 text; save the file as UTF-8"));
    } else if (strlen(text) != n) {
        tpk_report_add(report, start, "%s", _("the file holds NUL bytes; it is no text file"));
    } else if (strspn(text, BLANK) == n) {
        tpk_report_add(report, start, _("%s is empty"), what);
    }
    return report->n == 0;
}
