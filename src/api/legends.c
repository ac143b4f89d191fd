#include "api/legends.h"

#include <math.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/evaluate.h"

static const char *words(const tpk_plan *plan, tpk_map_label label)
{
    return tpk_label_text(&plan->project->styles, label, plan->project->language);
}

static tpk_rgb color_of(const tpk_plan *plan, tpk_map_label label)
{
    return plan->project->styles.labels[label].color;
}

static tpk_status allocate(tpk_own_legend *out, size_t n, const char *title, tpk_legend_kind kind,
                           tpk_err *err)
{
    *out = (tpk_own_legend){0};
    out->entries = tpk_zalloc(n, sizeof *out->entries);
    out->texts = tpk_zalloc(n, sizeof *out->texts);
    if (!out->entries || !out->texts) {
        tpk_own_legend_clear(out);
        return tpk_err_memory(err);
    }
    out->legend = (tpk_legend){.title = title, .kind = kind, .entries = out->entries, .n = 0};
    return TPK_OK;
}

static void add(tpk_own_legend *own, double value, tpk_rgb color, const char *label)
{
    own->entries[own->legend.n++] = (tpk_legend_entry){.value = value, .color = color, .label = label};
}

/* Ownership of text passes; NULL means that it could not be made. */
static bool add_take(tpk_own_legend *own, double value, tpk_rgb color, char *text)
{
    if (!text) return false;
    own->texts[own->n_texts++] = text;
    add(own, value, color, text);
    return true;
}

void tpk_own_legend_clear(tpk_own_legend *own)
{
    for (size_t i = 0; i < own->n_texts; i++) tpk_free(own->texts[i]);
    tpk_free(own->texts);
    tpk_free(own->entries);
    *own = (tpk_own_legend){0};
}

static char *score_label(const tpk_plan *plan, double score)
{
    char buffer[32];
    return tpk_strdup(tpk_label_score(score, plan->project->language, buffer));
}

/* A ramp through the class colours: each sits in the middle of its class, so that map and class map speak the
 * same language. 0 stands apart from it in the colour of excluded land: most cells of score 0 are that, and
 * poor land must not look like them. */
tpk_status tpk_legend_score(const tpk_plan *plan, tpk_own_legend *out, tpk_err *err)
{
    const double least = 1e-4; /* finer than any score is meant */
    const tpk_class_bounds *bounds = &plan->project->classes;
    const double values[] = {least, bounds->s3, bounds->s2, bounds->s1, 1};
    const tpk_rgb *colors = plan->project->styles.ramp;
    tpk_status status =
        allocate(out, 1 + TPK_RAMP_COLORS, words(plan, TPK_LABEL_SCORE), TPK_LEGEND_RAMP, err);
    if (status != TPK_OK) return status;
    add(out, 0, color_of(plan, TPK_LABEL_EXCLUDED), words(plan, TPK_LABEL_SCORE_ZERO));
    for (size_t i = 0; i < TPK_RAMP_COLORS && status == TPK_OK; i++) {
        if (values[i] <= out->entries[out->legend.n - 1].value) continue; /* a class may be empty */
        char *label = i == 0 ? tpk_strdup("> 0") : score_label(plan, values[i]);
        if (!add_take(out, values[i], colors[i], label)) status = tpk_err_memory(err);
    }
    if (status != TPK_OK) tpk_own_legend_clear(out);
    return status;
}

/* "S2 Cukup sesuai (0,60–0,80)": studies with other bounds have other legends. NULL: no memory. */
static char *class_text(const tpk_plan *plan, tpk_cell_class cell_class)
{
    const tpk_class_bounds *bounds = &plan->project->classes;
    const char *language = plan->project->language;
    char s1[32], s2[32], s3[32], *out;
    tpk_label_score(bounds->s1, language, s1);
    tpk_label_score(bounds->s2, language, s2);
    tpk_label_score(bounds->s3, language, s3);
    tpk_text text = {0};
    tpk_text_add(&text, tpk_label_class(&plan->project->styles, cell_class, language));
    switch (cell_class) {
    case TPK_CELL_S1: tpk_text_addf(&text, " (≥ %s)", s1); break;
    case TPK_CELL_S2: tpk_text_addf(&text, " (%s–%s)", s2, s1); break;
    case TPK_CELL_S3: tpk_text_addf(&text, " (%s–%s)", s3, s2); break;
    case TPK_CELL_N: tpk_text_addf(&text, " (< %s)", s3); break;
    default: break; /* no score makes it */
    }
    return tpk_text_take(&text, &out, NULL) == TPK_OK ? out : NULL;
}

static bool add_class(const tpk_plan *plan, tpk_own_legend *own, double value, tpk_cell_class cell_class)
{
    return add_take(own, value, tpk_label_class_color(&plan->project->styles, cell_class),
                    class_text(plan, cell_class));
}

tpk_status tpk_legend_zone_classes(const tpk_plan *plan, tpk_own_legend *out, tpk_err *err)
{
    const tpk_class_bounds *bounds = &plan->project->classes;
    tpk_status status = allocate(out, 4, words(plan, TPK_LABEL_ZONES), TPK_LEGEND_INTERVALS, err);
    if (status != TPK_OK) return status;
    if (add_class(plan, out, bounds->s3, TPK_CELL_N) && add_class(plan, out, bounds->s2, TPK_CELL_S3) &&
        add_class(plan, out, bounds->s1, TPK_CELL_S2) && add_class(plan, out, (double)INFINITY, TPK_CELL_S1))
        return TPK_OK;
    tpk_own_legend_clear(out);
    return tpk_err_memory(err);
}

tpk_status tpk_legend_classes(const tpk_plan *plan, tpk_own_legend *out, tpk_err *err)
{
    tpk_status status =
        allocate(out, TPK_CELL_CLASS_COUNT, words(plan, TPK_LABEL_CLASSES), TPK_LEGEND_VALUES, err);
    for (int c = TPK_CELL_S1; c < TPK_CELL_CLASS_COUNT && status == TPK_OK; c++)
        if (!add_class(plan, out, c, (tpk_cell_class)c)) status = tpk_err_memory(err);
    if (status != TPK_OK) tpk_own_legend_clear(out);
    return status;
}

tpk_status tpk_legend_limiting(const tpk_plan *plan, tpk_own_legend *out, tpk_err *err)
{
    tpk_status status =
        allocate(out, plan->n_criteria + 1, words(plan, TPK_LABEL_LIMITING), TPK_LEGEND_VALUES, err);
    if (status != TPK_OK) return status;
    add(out, TPK_LIMITING_NOTHING, color_of(plan, TPK_LABEL_NOTHING_LIMITS),
        words(plan, TPK_LABEL_NOTHING_LIMITS));
    for (size_t k = 0; k < plan->n_criteria; k++) {
        add(out, (double)(k + 1), tpk_label_list_color(&plan->project->styles, k),
            plan->criteria[k].spec->title);
    }
    return TPK_OK;
}

/* "Kawasan lindung + Lereng": the titles of all constraints in the pattern. */
static char *reason_text(const tpk_plan *plan, uint32_t reasons)
{
    tpk_text text = {0};
    for (size_t k = 0; k < plan->n_constraints; k++) {
        if (!(reasons >> k & 1)) continue;
        if (text.length > 0) tpk_text_add(&text, " + ");
        tpk_text_add(&text, plan->constraints[k].spec->title);
    }
    char *out;
    return tpk_text_take(&text, &out, NULL) == TPK_OK ? out : NULL;
}

tpk_status tpk_legend_reasons(const tpk_plan *plan, const uint32_t *reasons, size_t n, tpk_own_legend *out,
                              tpk_err *err)
{
    tpk_status status = allocate(out, n + 1, words(plan, TPK_LABEL_REASONS), TPK_LEGEND_VALUES, err);
    if (status != TPK_OK) return status;
    add(out, 0, color_of(plan, TPK_LABEL_NO_REASON), words(plan, TPK_LABEL_NO_REASON));
    size_t next =
        plan->n_constraints; /* several at once: the colours behind those of the single constraints */
    for (size_t i = 0; i < n && status == TPK_OK; i++) {
        if (reasons[i] == 0) continue;
        bool single = (reasons[i] & (reasons[i] - 1)) == 0;
        tpk_rgb color =
            tpk_label_list_color(&plan->project->styles, single ? (size_t)__builtin_ctz(reasons[i]) : next++);
        if (!add_take(out, reasons[i], color, reason_text(plan, reasons[i]))) status = tpk_err_memory(err);
    }
    if (status != TPK_OK) tpk_own_legend_clear(out);
    return status;
}
