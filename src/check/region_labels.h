/* Features against the region that their own attributes name. */
#ifndef TPK_CHECK_REGION_LABELS_H
#define TPK_CHECK_REGION_LABELS_H

#include "check/place.h"
#include "input/minutes.h"

typedef enum tpk_label {
    TPK_LABEL_NONE, /* names no known region, or has no plausible place: told by other kinds */
    TPK_LABEL_AGREES,
    TPK_LABEL_MINUTES, /* degrees minus minutes: with them added it lies in the region it names */
    TPK_LABEL_CONTRADICTS
} tpk_label;

/* The region that a text names; text NULL: nothing is remembered here. */
typedef struct tpk_label_memo {
    const char *text; /* borrowed from the layer */
    int region;
} tpk_label_memo;
enum { TPK_LABEL_MEMO_BITS = 8 };

/* Everything for one layer. Initialise with {0}. */
typedef struct tpk_labels {
    tpk_regions *regions;               /* owned */
    const tpk_field *region, *province; /* borrowed from the layer; NULL: none */
    tpk_places places;
    tpk_label_memo memos[1 << TPK_LABEL_MEMO_BITS];
} tpk_labels;

/* labels->region and province are NULL when the layer says nothing about its regions. TPK_ERR_MEMORY,
 * TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_labels_open(const tpk_subject *subject, tpk_labels *labels, tpk_err *err);
void tpk_labels_close(tpk_labels *labels); /* safe twice */

/* One feature: what its attributes say (*said, borrowed from the layer; NULL for NONE), where it lies
 * (degrees), and for MINUTES the corrected place in fixed[2]. */
tpk_label tpk_label_of(tpk_labels *labels, int64_t feature, const char **said, double lonlat[2],
                       double fixed[2]);

#endif
