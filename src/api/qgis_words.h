/* The words of the QGIS project and of titles of files, in both languages: it follows the study's language,
 * not the machine's. */
#ifndef TPK_API_QGIS_WORDS_H
#define TPK_API_QGIS_WORDS_H

#include "base/text.h"
#include "project/project.h"

typedef enum tpk_qgis_word {
    TPK_WORD_RESULT,
    TPK_WORD_CRITERIA,
    TPK_WORD_CONSTRAINTS,
    TPK_WORD_ZONES,
    TPK_WORD_INPUTS,
    TPK_WORD_SHEET,
    TPK_WORD_LEGEND,
    TPK_WORD_WEIGHT,
    TPK_WORD_CRITERION,
    TPK_WORD_MEAN,
    TPK_WORD_MEMBERSHIP,
    TPK_WORD_GAINED,
    TPK_WORD_LOST,
    TPK_WORD_RANK,
    TPK_WORD_SCORE,
    TPK_WORD_LIMITING,
    TPK_WORD_NOTHING,
    TPK_WORD_NOTE,
    TPK_WORD_LAYERS,
    TPK_WORD_RULES,
    TPK_WORD_MADE_WITH,
    TPK_WORD_VECTORS,
    TPK_WORD_OVERLAY,
    TPK_WORD_QGIS_PROJECT,
    TPK_WORD_COUNT
} tpk_qgis_word;

/* language: "id", anything else is English. Static. */
const char *tpk_qgis_word_text(tpk_qgis_word word, const char *language);

/* Appends "distance jalan, where kelas = 'arteri'" or "linear best 500, worst 10000": the kind and the
 * parameters that were given, as the project file says them. */
void tpk_params_add_text(tpk_text *text, const tpk_params *params);

#endif
