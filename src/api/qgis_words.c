#include "api/qgis_words.h"

#include <string.h>

static const struct {
    const char *indonesian, *english;
} WORDS[TPK_WORD_COUNT] = {
    [TPK_WORD_RESULT] = {"Hasil", "Result"},
    [TPK_WORD_CRITERIA] = {"Kriteria", "Criteria"},
    [TPK_WORD_CONSTRAINTS] = {"Kendala", "Constraints"},
    [TPK_WORD_ZONES] = {"Zona", "Zones"},
    [TPK_WORD_INPUTS] = {"Data masukan", "Inputs"},
    [TPK_WORD_SHEET] = {"Peta A4 mendatar", "Map A4 landscape"},
    [TPK_WORD_LEGEND] = {"Keterangan", "Legend"},
    [TPK_WORD_WEIGHT] = {"Bobot", "Weight"},
    [TPK_WORD_CRITERION] = {"Kriteria", "Criterion"},
    [TPK_WORD_MEAN] = {"Rata-rata", "Mean value"},
    [TPK_WORD_MEMBERSHIP] = {"Keanggotaan", "Membership"},
    [TPK_WORD_GAINED] = {"Poin didapat", "Points gained"},
    [TPK_WORD_LOST] = {"Poin hilang", "Points lost"},
    [TPK_WORD_RANK] = {"Peringkat", "Rank"},
    [TPK_WORD_SCORE] = {"Nilai rata-rata", "Mean score"},
    [TPK_WORD_LIMITING] = {"Pembatas utama", "Limited most by"},
    [TPK_WORD_NOTHING] = {"tidak ada", "nothing"},
    [TPK_WORD_NOTE] = {"Catatan", "Note"},
    [TPK_WORD_LAYERS] = {"Sumber data", "Data"},
    [TPK_WORD_RULES] = {"Dasar kendala", "Basis of the constraints"},
    [TPK_WORD_VECTORS] = {"Zona dan lapisan masukan", "Zones and input layers"},
    [TPK_WORD_OVERLAY] = {"Isi lapisan di dalam zona", "What of the layers lies in zones"},
    [TPK_WORD_QGIS_PROJECT] = {"Proyek QGIS", "QGIS project"},
    [TPK_WORD_MADE_WITH] = {"Dibuat dengan", "Made with"},
};

const char *tpk_qgis_word_text(tpk_qgis_word word, const char *language)
{
    return strcmp(language, "id") == 0 ? WORDS[word].indonesian : WORDS[word].english;
}

static void add_number(tpk_text *text, double value)
{
    char number[32];
    tpk_text_add(text, tpk_text_from_number(value, number));
}

static void add_value(tpk_text *text, const tpk_param *param)
{
    switch (param->spec->type) {
    case TPK_PARAM_NUMBER: add_number(text, param->number); break;
    case TPK_PARAM_BOOL: tpk_text_add(text, param->flag ? "true" : "false"); break;
    case TPK_PARAM_POINTS:
        for (size_t i = 0; i < param->n_points; i++) {
            if (i > 0) tpk_text_add(text, ", ");
            add_number(text, param->points[2 * i]);
            tpk_text_add(text, ": ");
            add_number(text, param->points[2 * i + 1]);
        }
        break;
    case TPK_PARAM_CLASSES:
        for (size_t i = 0; i < param->n_classes; i++) {
            if (i > 0) tpk_text_add(text, ", ");
            tpk_text_add(text, param->classes[i].key);
            tpk_text_add(text, ": ");
            add_number(text, param->classes[i].membership);
        }
        break;
    default: tpk_text_add(text, param->text ? param->text : "");
    }
}

void tpk_params_add_text(tpk_text *text, const tpk_params *params)
{
    tpk_text_add(text, params->kind->name);
    bool first = true;
    for (size_t i = 0; i < params->kind->n_params; i++) {
        const tpk_param *param = &params->items[i];
        if (!param->given) continue;
        tpk_text_add(text, first ? " " : ", ");
        first = false;
        if (!param->spec->primary) {
            tpk_text_add(text, param->spec->name);
            tpk_text_add(text, " ");
        }
        add_value(text, param);
    }
}
