#include "api/qgis_tips.h"

#include <string.h>

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
    tpk_text_add(tip, "), " TPK_QGIS_HTML_SIGNS ") %]");
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
    tpk_text_add(tip, "<table style=\"font-size:small;white-space:nowrap\">");
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

/* ---- the explanation of a zone ---- */

static const char UNKNOWN[] = "–";

static void add_cell(tpk_text *tip, const tpk_text *expression)
{
    tpk_text_add(tip, "<td align=\"right\" style=\"white-space:nowrap\">");
    if (expression->data) add_result(tip, expression->data, UNKNOWN);
    tip->failed |= expression->failed;
    tpk_text_add(tip, "</td>");
}

/* "4416 m": four digits or so, as `tapak explain` writes it. */
static void add_value(tpk_text *tip, const tpk_plan_criterion *criterion)
{
    const char *id = criterion->spec->id, *unit = tpk_source_unit(criterion->source);
    size_t n_categories;
    tpk_source_categories(criterion->source, &n_categories);
    tpk_text value = {0};
    if (n_categories > 0) {
        tpk_text_addf(&value, "\"%s_dominant\"", id);
    } else {
        tpk_text_addf(
            &value,
            "format_number(\"%s_mean\", CASE WHEN \"%s_mean\" = 0 OR abs(\"%s_mean\") >= 1000 THEN 0"
            " WHEN abs(\"%s_mean\") >= 10 THEN 1 WHEN abs(\"%s_mean\") >= 0.1 THEN 2 ELSE 4 END)",
            id, id, id, id, id);
        if (*unit) tpk_text_addf(&value, " || ' %s'", strcmp(unit, "percent") == 0 ? "%" : unit);
    }
    add_cell(tip, &value);
    tpk_text_clear(&value);
}

/* The expression of what counts for a membership that is unknown. */
static void add_counted(tpk_text *text, const tpk_criterion_spec *spec)
{
    char number[32];
    bool is_value = spec->unknown == TPK_UNKNOWN_VALUE;
    if (!is_value && spec->unknown != TPK_UNKNOWN_WORST) {
        tpk_text_addf(text, "\"%s_membership\"", spec->id);
        return;
    }
    tpk_text_addf(text, "coalesce(\"%s_membership\", %s)", spec->id,
                  tpk_text_from_number(is_value ? spec->unknown_membership : 0, number));
}

/* Appends " - 0.25" for each criterion whose weight the others share. */
static void add_shared(tpk_text *text, const tpk_plan *plan)
{
    char number[32];
    for (size_t k = 0; k < plan->n_criteria; k++) {
        const tpk_criterion_spec *spec = plan->criteria[k].spec;
        if (spec->unknown != TPK_UNKNOWN_SHARE) continue;
        tpk_text_addf(text, " - if(\"%s_membership\" IS NULL, %s, 0)", spec->id,
                      tpk_text_from_number(plan->criteria[k].weight, number));
    }
}

/* The expression of the weight that counts: 0 of what is unknown and shared, and where no weight is left. */
static void add_weight(tpk_text *text, const tpk_plan *plan, size_t k)
{
    const tpk_criterion_spec *spec = plan->criteria[k].spec;
    bool is_shared = spec->unknown == TPK_UNKNOWN_SHARE;
    char number[32];
    if (is_shared) tpk_text_addf(text, "if(\"%s_membership\" IS NULL, 0, ", spec->id);
    tpk_text_addf(text, "coalesce(%s / max(0, 1", tpk_text_from_number(plan->criteria[k].weight, number));
    add_shared(text, plan);
    tpk_text_add(text, "), 0)");
    if (is_shared) tpk_text_add(text, ")");
}

/* Points gained, or lost. */
static void add_points(tpk_text *tip, const tpk_plan *plan, size_t k, bool lost)
{
    tpk_text points = {0};
    tpk_text_addf(&points, "format_number(100 * (%s", lost ? "1 - " : "");
    add_counted(&points, plan->criteria[k].spec);
    tpk_text_add(&points, ") * ");
    add_weight(&points, plan, k);
    tpk_text_add(&points, ", 1)");
    add_cell(tip, &points);
    tpk_text_clear(&points);
}

static void add_criterion(tpk_text *tip, const tpk_plan *plan, size_t k)
{
    const tpk_plan_criterion *criterion = &plan->criteria[k];
    tpk_text_add(tip, "<tr><td>");
    add_words(tip, criterion->spec->title);
    tpk_text_add(tip, "</td>");
    add_value(tip, criterion);
    tpk_text membership = {0}, weight = {0};
    tpk_text_addf(&membership, "format_number(\"%s_membership\", 3)", criterion->spec->id);
    tpk_text_add(&weight, "format_number(");
    add_weight(&weight, plan, k);
    tpk_text_add(&weight, ", 3)");
    add_cell(tip, &membership);
    add_cell(tip, &weight);
    tpk_text_clear(&membership);
    tpk_text_clear(&weight);
    add_points(tip, plan, k, false);
    add_points(tip, plan, k, true);
    tpk_text_add(tip, "</tr>");
}

static void add_criteria(tpk_text *tip, const tpk_plan *plan)
{
    static const tpk_qgis_word HEADS[] = {TPK_WORD_CRITERION, TPK_WORD_MEAN,   TPK_WORD_MEMBERSHIP,
                                          TPK_WORD_WEIGHT,    TPK_WORD_GAINED, TPK_WORD_LOST};
    tpk_text_add(tip,
                 "<table width=\"100%\" cellspacing=\"0\" cellpadding=\"1\" style=\"font-size:small\"><tr>");
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++)
        tpk_text_addf(tip, "<th align=\"%s\">&nbsp;%s</th>", i == 0 ? "left" : "right",
                      tpk_qgis_word_text(HEADS[i], plan->project->language));
    tpk_text_add(tip, "</tr>");
    for (size_t k = 0; k < plan->n_criteria; k++) add_criterion(tip, plan, k);
    tpk_text_add(tip, "</table>");
}

/* "<br>Di dalam kawasan lindung: 5.9 ha (Keppres 32/1990)", or nothing. */
static void add_constraint(tpk_text *tip, const tpk_constraint_spec *spec)
{
    tpk_text before = {0}, after = {0};
    tpk_text_add(&before, "<br>");
    tpk_xml_add(&before, spec->title);
    tpk_text_add(&before, ": ");
    tpk_text_add(&after, " ha (");
    tpk_xml_add(&after, spec->legal_source);
    tpk_text_add(&after, ")");
    if (before.data && after.data) {
        tpk_text_addf(tip, "[%% if(\"%s_ha\" > 0, ", spec->id);
        add_literal(tip, before.data);
        tpk_text_addf(tip, " || format_number(\"%s_ha\", 1) || ", spec->id);
        add_literal(tip, after.data);
        tpk_text_add(tip, ", '') %]");
    }
    tip->failed |= before.failed || after.failed;
    tpk_text_clear(&before);
    tpk_text_clear(&after);
}

/* What limits; without a score that is unknown too. */
static void add_limiting(tpk_text *tip, const char *language)
{
    tpk_text limiting = {0};
    tpk_text_add(&limiting, "if(\"score_mean\" IS NULL, NULL, coalesce(\"limiting_title\", ");
    add_literal(&limiting, tpk_qgis_word_text(TPK_WORD_NOTHING, language));
    tpk_text_add(&limiting, "))");
    if (limiting.data) add_result(tip, limiting.data, UNKNOWN);
    tip->failed |= limiting.failed;
    tpk_text_clear(&limiting);
}

static void add_summary(tpk_text *tip, const tpk_study *study)
{
    const char *language = study->project->language;
    add_name(tip, "name");
    tpk_text_add(tip, " (");
    add_field(tip, "id");
    tpk_text_addf(tip, ")<br>%s: [%% \"rank\" %%] / %zu<br>", tpk_qgis_word_text(TPK_WORD_RANK, language),
                  study->n_zones);
    add_score(tip, study->project);
    tpk_text_addf(tip, "<br>%s: ", tpk_qgis_word_text(TPK_WORD_LIMITING, language));
    add_limiting(tip, language);
    for (size_t k = 0; k < study->plan->n_constraints; k++)
        add_constraint(tip, study->plan->constraints[k].spec);
    if (!study->project->zones.note) return;
    tpk_text_add(tip, "<br>");
    add_field(tip, "note");
}

/* Low rather than narrow: QGIS cuts off what would go beyond the bottom of the map. */
char *tpk_qgis_zone_tip(const tpk_study *study)
{
    tpk_text tip = {0};
    tpk_text_add(&tip, "<div style=\"font-size:small;width:640px\"><table width=\"100%\" "
                       "style=\"font-size:small\"><tr><td valign=\"top\">");
    add_summary(&tip, study);
    tpk_text_add(&tip, "</td><td valign=\"top\" align=\"right\">");
    add_class_hectares(&tip, study->project);
    tpk_text_add(&tip, "</td></tr></table>");
    add_criteria(&tip, study->plan);
    tpk_text_add(&tip, "</div>");
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
