#include "project/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

static char *format_text(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = n < 0 ? NULL : tpk_alloc((size_t)n + 1, 1);
    if (text) vsnprintf(text, (size_t)n + 1, format, args);
    return text;
}

void tpk_report_add(tpk_report *report, tpk_pos pos, const char *format, ...)
{
    if (report->status != TPK_OK) return;
    report->n++;
    if (report->n > TPK_MAX_FINDINGS + 1) return;
    if (report->n == TPK_MAX_FINDINGS + 1) {
        report->status = tpk_diag_add(report->diags, TPK_ERROR, report->path, pos, "%s",
                                      _("there are more findings; mend those shown first"));
        return;
    }
    va_list args;
    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    report->status =
        text ? tpk_diag_add(report->diags, TPK_ERROR, report->path, pos, "%s", text) : TPK_ERR_MEMORY;
    tpk_free(text);
}

void tpk_report_remark(tpk_report *report, tpk_severity severity, tpk_pos pos, const char *format, ...)
{
    if (report->status != TPK_OK) return;
    va_list args;
    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    report->status =
        text ? tpk_diag_add(report->diags, severity, report->path, pos, "%s", text) : TPK_ERR_MEMORY;
    tpk_free(text);
}

char *tpk_report_format(tpk_report *report, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    if (!text) report->status = TPK_ERR_MEMORY;
    return text;
}

char *tpk_report_names(tpk_report *report, const char *const *names, size_t n_names)
{
    enum { LONGEST = 40 };
    tpk_text list = {0};
    for (size_t i = 0; i < n_names && i < LONGEST; i++) {
        if (i > 0) tpk_text_add(&list, ", ");
        tpk_text_add(&list, names[i]);
    }
    if (n_names > LONGEST) tpk_text_add(&list, ", ...");
    char *out = NULL;
    tpk_status status = tpk_text_take(&list, &out, NULL);
    if (status != TPK_OK) report->status = status;
    return out;
}

void tpk_report_unknown(tpk_report *report, tpk_pos pos, const char *what, const char *word,
                        const char *choices_are, const char *const *names, size_t n_names)
{
    if (report->status != TPK_OK) return;
    const char *nearest = tpk_text_nearest(word, names, n_names);
    if (nearest) {
        tpk_report_add(report, pos, _("%s; did you mean '%s'?"), what, nearest);
        return;
    }
    char *list = tpk_report_names(report, names, n_names);
    if (list) tpk_report_add(report, pos, "%s; %s %s", what, choices_are, n_names ? list : _("(none)"));
    tpk_free(list);
}
