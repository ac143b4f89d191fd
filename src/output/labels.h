/* The words and colours of a set of styles, by what the maps hold. Outputs follow the project's language, not
 * the machine's locale. */
#ifndef TPK_OUTPUT_LABELS_H
#define TPK_OUTPUT_LABELS_H

#include "project/styles.h"
#include "zones/zonal.h"

/* language: "id", anything else is English. Borrowed from styles. */
const char *tpk_label_text(const tpk_styles *styles, tpk_map_label label, const char *language);
const char *tpk_label_class(const tpk_styles *styles, tpk_cell_class cell_class, const char *language);

/* A score as it is written in that language: "0,80" or "0.80"; more decimals where two do not say it.
 * Returns buffer. */
char *tpk_label_score(double score, const char *language, char buffer[32]);

/* Not of TPK_CELL_OUTSIDE, which has none. */
tpk_rgb tpk_label_class_color(const tpk_styles *styles, tpk_cell_class cell_class);

/* A colour for item `index` of a list of any length (criteria, constraints): those of the set, then the same
 * ones darker, then lighter, then all again. */
tpk_rgb tpk_label_list_color(const tpk_styles *styles, size_t index);

/* A layer's id as a planner would write it: "garis_pantai" becomes "Garis pantai". NULL: no memory. Caller
 * frees. */
char *tpk_label_from_id(const char *id);

#endif
