#include "api/qgis_tips.h"

#include "api/qgis_words.h"
#include "output/labels.h"
#include "output/xml.h"

static char *made(tpk_text *text)
{
    char *out = NULL;
    return tpk_text_take(text, &out, NULL) == TPK_OK ? out : NULL;
}

static void add_class_hectares(tpk_text *tip, const tpk_project *project)
{
    static const struct {
        tpk_cell_class cell_class;
        const char *column;
    } PARTS[] = {{TPK_CELL_S1, "class_S1_ha"},       {TPK_CELL_S2, "class_S2_ha"},
                 {TPK_CELL_S3, "class_S3_ha"},       {TPK_CELL_N, "class_N_ha"},
                 {TPK_CELL_EXCLUDED, "excluded_ha"}, {TPK_CELL_UNKNOWN, "unknown_ha"}};
    tpk_text_add(tip, "<table>");
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        tpk_rgb color = tpk_label_class_color(&project->styles, PARTS[i].cell_class);
        tpk_text_addf(tip,
                      "<tr><td style=\"background-color:#%02x%02x%02x\">&nbsp;&nbsp;&nbsp;</td><td>%s</td>"
                      "<td align=\"right\">[%% format_number(coalesce(\"%s\", 0), 1) %%] ha</td></tr>",
                      color.r, color.g, color.b,
                      tpk_label_class(&project->styles, PARTS[i].cell_class, project->language),
                      PARTS[i].column);
    }
    tpk_text_add(tip, "</table>");
}

static void add_score(tpk_text *tip, const tpk_project *project)
{
    const char *language = project->language;
    tpk_text_addf(tip, "%s: [%% coalesce(format_number(\"score_mean\", 3), '%s') %%]",
                  tpk_qgis_word_text(TPK_WORD_SCORE, language),
                  tpk_label_text(&project->styles, TPK_LABEL_UNKNOWN, language));
}

char *tpk_qgis_zone_tip(const tpk_study *study)
{
    const char *language = study->project->language;
    tpk_text tip = {0};
    tpk_text_addf(&tip, "<b>[%% \"name\" %%]</b> ([%% \"id\" %%])<br>%s: [%% \"rank\" %%] / %zu<br>",
                  tpk_qgis_word_text(TPK_WORD_RANK, language), study->n_zones);
    add_score(&tip, study->project);
    add_class_hectares(&tip, study->project);
    tpk_text_addf(&tip, "%s: [%% coalesce(\"limiting_title\", '%s') %%]",
                  tpk_qgis_word_text(TPK_WORD_LIMITING, language),
                  tpk_qgis_word_text(TPK_WORD_NOTHING, language));
    if (study->project->zones.note) tpk_text_add(&tip, "[% coalesce('<br>' || \"note\", '') %]");
    return made(&tip);
}

char *tpk_qgis_region_tip(const tpk_study *study)
{
    tpk_text tip = {0};
    tpk_text_add(&tip, "<b>[% \"name\" %]</b><br>");
    add_score(&tip, study->project);
    add_class_hectares(&tip, study->project);
    return made(&tip);
}

char *tpk_qgis_feature_tip(const char *layer_name, const char *field)
{
    tpk_text tip = {0};
    tpk_xml_add(&tip, layer_name);
    if (field) {
        tpk_text_add(&tip, "<br><b>[% \"");
        tpk_text_add(&tip, field);
        tpk_text_add(&tip, "\" %]</b>");
    }
    return made(&tip);
}
