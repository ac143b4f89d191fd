/* The words and colours of every map, from styles/default.yaml and the set that the project names. */
#ifndef TPK_PROJECT_STYLES_H
#define TPK_PROJECT_STYLES_H

#include <stddef.h>

#include "base/color.h"
#include "base/diag.h"
#include "base/status.h"

/* What has words; from ZONES on, a colour as well. */
typedef enum tpk_map_label {
    TPK_LABEL_SCORE,
    TPK_LABEL_SCORE_ZERO, /* the score 0 */
    TPK_LABEL_CLASSES,
    TPK_LABEL_REASONS,
    TPK_LABEL_LIMITING,
    TPK_LABEL_OUTSIDE,
    TPK_LABEL_ZONES,
    TPK_LABEL_REGIONS,
    TPK_LABEL_S1,
    TPK_LABEL_S2,
    TPK_LABEL_S3,
    TPK_LABEL_N,
    TPK_LABEL_EXCLUDED,
    TPK_LABEL_UNKNOWN,
    TPK_LABEL_NO_REASON,
    TPK_LABEL_NOTHING_LIMITS,
    TPK_LABEL_COUNT
} tpk_map_label;

enum { TPK_RAMP_COLORS = 5, TPK_MAX_LIST_COLORS = 100 };

typedef struct tpk_label_style {
    char *indonesian, *english; /* owned */
    tpk_rgb color;
    tpk_pos color_pos; /* in the set that the project names; line 0: the default's colour */
} tpk_label_style;

typedef struct tpk_styles {
    tpk_label_style labels[TPK_LABEL_COUNT];
    tpk_rgb ramp[TPK_RAMP_COLORS]; /* of the score just above 0, where S3, S2 and S1 begin, and at 1 */
    tpk_rgb list[TPK_MAX_LIST_COLORS];
    size_t n_list; /* 1 or more */
    tpk_rgb outline;
    tpk_pos ramp_pos, list_pos; /* as color_pos */
} tpk_styles;

/* What styles/default.yaml says; it is part of the program. TPK_ERR_MEMORY. Caller clears styles, also after
 * a failure. */
TPK_MUST_CHECK tpk_status tpk_styles_default(tpk_styles *styles, tpk_err *err);
void tpk_styles_clear(tpk_styles *styles); /* safe twice */

#endif
