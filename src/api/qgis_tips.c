#include "api/qgis_tips.h"

#include "api/qgis_words.h"
#include "output/labels.h"
#include "output/qgs_style.h"
#include "output/xml.h"

static char *made(tpk_text *text)
{
    char *out = NULL;
    return tpk_text_take(text, &out, NULL) == TPK_OK ? out : NULL;
}

/* Words of the study as HTML. */
static void add_words(tpk_text *tip, const char *words)
{
    tpk_text plain = {0};
    tpk_qgis_add_plain(&plain, words);
    if (plain.data) tpk_xml_add(tip, plain.data);
    tip->failed |= plain.failed;
    tpk_text_clear(&plain);
}

/* Words inside an expression: 'don''t know'. In two parts where "%]" would end the expression. */
static void add_literal(tpk_text *tip, const char *words)
{
    tpk_text_add(tip, "'");
    for (; *words; words++) {
        if (*words == '\'' || *words == '\\') tpk_text_add_bytes(tip, words, 1);
        tpk_text_add_bytes(tip, words, 1);
        if (words[0] == '%' && words[1] == ']') tpk_text_add(tip, "' || '");
    }
    tpk_text_add(tip, "'");
}

/* What an expression gives as HTML, or these words where it gives nothing. */
static void add_result(tpk_text *tip, const char *expression, const char *otherwise)
{
    tpk_text_add(tip, "[% replace(coalesce(");
    tpk_text_add(tip, expression);
    tpk_text_add(tip, ", ");
    add_literal(tip, otherwise);
    tpk_text_add(tip, "), map('&', '&amp;', '<', '&lt;')) %]");
}

static void add_field(tpk_text *tip, const char *field)
{
    tpk_text quoted = {0};
    tpk_text_addf(&quoted, "\"%s\"", field);
    if (quoted.data) add_result(tip, quoted.data, "");
    tip->failed |= quoted.failed;
    tpk_text_clear(&quoted);
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
        tpk_text_addf(tip, "<tr><td style=\"background-color:#%02x%02x%02x\">&nbsp;&nbsp;&nbsp;</td><td>",
                      color.r, color.g, color.b);
        add_words(tip, tpk_label_class(&project->styles, PARTS[i].cell_class, project->language));
        tpk_text_addf(tip,
                      "</td><td align=\"right\">[%% format_number(coalesce(\"%s\", 0), 1) %%] ha</td></tr>",
                      PARTS[i].column);
    }
    tpk_text_add(tip, "</table>");
}

static void add_score(tpk_text *tip, const tpk_project *project)
{
    tpk_text_addf(tip, "%s: ", tpk_qgis_word_text(TPK_WORD_SCORE, project->language));
    add_result(tip, "format_number(\"score_mean\", 3)",
               tpk_label_text(&project->styles, TPK_LABEL_UNKNOWN, project->language));
}

static void add_name(tpk_text *tip, const char *field)
{
    tpk_text_add(tip, "<b>");
    add_field(tip, field);
    tpk_text_add(tip, "</b>");
}

char *tpk_qgis_zone_tip(const tpk_study *study)
{
    const char *language = study->project->language;
    tpk_text tip = {0};
    add_name(&tip, "name");
    tpk_text_add(&tip, " (");
    add_field(&tip, "id");
    tpk_text_addf(&tip, ")<br>%s: [%% \"rank\" %%] / %zu<br>", tpk_qgis_word_text(TPK_WORD_RANK, language),
                  study->n_zones);
    add_score(&tip, study->project);
    add_class_hectares(&tip, study->project);
    tpk_text_addf(&tip, "%s: ", tpk_qgis_word_text(TPK_WORD_LIMITING, language));
    add_result(&tip, "\"limiting_title\"", tpk_qgis_word_text(TPK_WORD_NOTHING, language));
    if (study->project->zones.note) {
        tpk_text_add(&tip, "<br>");
        add_field(&tip, "note");
    }
    return made(&tip);
}

char *tpk_qgis_region_tip(const tpk_study *study)
{
    tpk_text tip = {0};
    add_name(&tip, "name");
    tpk_text_add(&tip, "<br>");
    add_score(&tip, study->project);
    add_class_hectares(&tip, study->project);
    return made(&tip);
}

char *tpk_qgis_feature_tip(const char *layer_name, const char *field)
{
    tpk_text tip = {0};
    add_words(&tip, layer_name);
    if (field) {
        tpk_text_add(&tip, "<br>");
        add_name(&tip, field);
    }
    return made(&tip);
}
