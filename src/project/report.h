/* Where the readers of the project file leave their findings. Private to this room. */
#ifndef TPK_PROJECT_REPORT_H
#define TPK_PROJECT_REPORT_H

#include "base/diag.h"

/* More findings than this help nobody, and a broken file must not cost more than it can teach. */
enum { TPK_MAX_FINDINGS = 1000 };

typedef struct tpk_report {
    const char *path;  /* borrowed; the project file as given */
    tpk_diags *diags;  /* borrowed */
    size_t n;          /* errors so far, those not shown included */
    tpk_status status; /* TPK_ERR_MEMORY once memory ran out; everyone stops then */
} tpk_report;

/* Adds an error at a place of the project file. */
void tpk_report_add(tpk_report *report, tpk_pos pos, const char *format, ...) TPK_PRINTF(3, 4);

/* Adds a warning or note at a place of the project file; it is not counted in n. */
void tpk_report_remark(tpk_report *report, tpk_severity severity, tpk_pos pos, const char *format, ...)
    TPK_PRINTF(4, 5);

/* Caller frees with tpk_free; NULL sets the report's status. */
char *tpk_report_format(tpk_report *report, const char *format, ...) TPK_PRINTF(2, 3);

/* Adds "<what>; did you mean 'x'?" with the name nearest to word, or "<what>; <choices_are> a, b, c" when
 * none is near. what and choices_are are translated; what may be NULL when memory ran out. */
void tpk_report_unknown(tpk_report *report, tpk_pos pos, const char *what, const char *word,
                        const char *choices_are, const char *const *names, size_t n_names);

/* "a, b, c", cut with "..." after 40 names. Caller frees with tpk_free; NULL sets the report's status. */
char *tpk_report_names(tpk_report *report, const char *const *names, size_t n_names);

#endif
