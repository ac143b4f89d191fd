/* The words and colours of the maps, in both languages. Outputs follow the project's language, not the
 * machine's locale.
 *
 * Colours: blue to orange with grey beside, told apart with red-green blindness too: under Machado's (2009)
 * simulation of deuteranopia and protanopia every two classes differ by more than 20 in CIE L*a*b* (a test
 * repeats it). */
#ifndef TPK_OUTPUT_LABELS_H
#define TPK_OUTPUT_LABELS_H

#include "output/legend.h"
#include "project/project.h"
#include "zones/zonal.h"

typedef enum tpk_label {
    TPK_LABEL_SCORE,
    TPK_LABEL_SCORE_ZERO, /* the score 0 */
    TPK_LABEL_CLASSES,
    TPK_LABEL_REASONS,
    TPK_LABEL_LIMITING,
    TPK_LABEL_ZONES,
    TPK_LABEL_REGIONS,
    TPK_LABEL_OUTSIDE,
    TPK_LABEL_S1,
    TPK_LABEL_S2,
    TPK_LABEL_S3,
    TPK_LABEL_N,
    TPK_LABEL_EXCLUDED,
    TPK_LABEL_UNKNOWN,
    TPK_LABEL_NO_REASON,
    TPK_LABEL_NOTHING_LIMITS,
    TPK_LABEL_COUNT
} tpk_label;

/* language: "id", anything else is English. Static. */
const char *tpk_label_text(tpk_label label, const char *language);
const char *tpk_label_class(tpk_cell_class cell_class, const char *language);
tpk_rgb tpk_label_class_color(tpk_cell_class cell_class);

/* A colour for item `index` of a list of any length (criteria, constraints): 12 that are told apart (after
 * Tol 2021, "muted" and "bright"), then the same 12 darker, then lighter: 36 of which any two differ by more
 * than 9 in CIE L*a*b*; then all again. */
tpk_rgb tpk_label_list_color(size_t index);

#endif
