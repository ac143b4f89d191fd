#include "project/reference.h"

#include "base/i18n.h"
#include "base/text.h"
#include "project/keys.h"

/* Text of a table's cell: a bar would end it. */
static void add_cell(tpk_text *page, const char *text)
{
    tpk_text_add(page, " ");
    for (; *text; text++) {
        if (*text == '|') tpk_text_add(page, "\\");
        tpk_text_add_bytes(page, text, 1);
    }
    tpk_text_add(page, " |");
}

static void add_table_head(tpk_text *page)
{
    tpk_text_add(page, "|");
    const char *const titles[] = {_("key"), _("write"), _("unit"), _("allowed"), _("default"), _("meaning")};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) add_cell(page, titles[i]);
    tpk_text_add(page, "\n|---|---|---|---|---|---|\n");
}

static void add_allowed(tpk_text *page, const tpk_param_spec *spec, bool is_number)
{
    char range[128] = "";
    if (!spec->choices) {
        if (is_number)
            tpk_range_text(
                &(tpk_param_spec){.min = spec->min, .max = spec->max, .min_excluded = spec->min_excluded},
                range, sizeof range);
        add_cell(page, range);
        return;
    }
    for (size_t i = 0; spec->choices[i]; i++) tpk_text_addf(page, "%s`%s`", i ? ", " : " ", spec->choices[i]);
    tpk_text_add(page, " |");
}

static void add_row(tpk_text *page, const tpk_param_spec *spec, const char *form, bool is_number)
{
    tpk_text_addf(page, "| `%s` |", spec->name);
    add_cell(page, form);
    add_cell(page, spec->unit ? spec->unit : "");
    add_allowed(page, spec, is_number);
    if (spec->default_text)
        tpk_text_addf(page, " `%s` |", spec->default_text);
    else
        add_cell(page, spec->required ? _("required") : "");
    add_cell(page, spec->summary ? _(spec->summary) : "");
    tpk_text_add(page, "\n");
}

static void add_section(tpk_text *page, const tpk_section *section)
{
    tpk_text_addf(page, "## %s\n\n%s\n\n", _(section->title), _(section->summary));
    add_table_head(page);
    for (size_t i = 0; i < section->n_keys; i++) {
        const tpk_key_spec *key = &section->keys[i];
        bool has_range = !key->form && key->value.type == TPK_PARAM_NUMBER;
        add_row(page, &key->value, tpk_key_form(key), has_range);
    }
    tpk_text_add(page, "\n");
}

/* The shortest use of a kind: its primary parameter, and those that may not be left out. */
static void add_use(tpk_text *page, const tpk_kind_spec *kind)
{
    const tpk_param_spec *primary = NULL;
    for (size_t i = 0; i < kind->n_params && !primary; i++)
        primary = kind->params[i].primary ? &kind->params[i] : NULL;
    size_t n_inner = 0;
    tpk_text_addf(page, "`{%s: %s", kind->name, primary ? "" : "{");
    if (primary) tpk_text_addf(page, "<%s>", tpk_param_type_text(primary->type));
    for (size_t i = 0; i < kind->n_params; i++) {
        const tpk_param_spec *spec = &kind->params[i];
        if (spec == primary || !spec->required) continue;
        tpk_text_addf(page, "%s%s: <%s>", primary || n_inner++ ? ", " : "", spec->name,
                      tpk_param_type_text(spec->type));
    }
    tpk_text_add(page, primary ? "}`" : "}}`");
}

static void add_kind(tpk_text *page, const tpk_kind_spec *kind)
{
    tpk_text_addf(page, "### %s\n\n%s\n\n", kind->name, kind->summary ? _(kind->summary) : "");
    add_use(page, kind);
    if (kind->value_unit && *kind->value_unit)
        tpk_text_addf(page, _(" gives values in %s"), kind->value_unit);
    tpk_text_add(page, "\n\n");
    if (kind->n_params == 0) return;
    add_table_head(page);
    for (size_t i = 0; i < kind->n_params; i++) {
        const tpk_param_spec *spec = &kind->params[i];
        add_row(page, spec, tpk_param_type_text(spec->type), spec->type == TPK_PARAM_NUMBER);
    }
    tpk_text_add(page, "\n");
}

tpk_status tpk_reference_markdown(const tpk_vocabulary *vocabulary, char **markdown, tpk_err *err)
{
    tpk_text page = {0};
    tpk_text_addf(&page, "# %s\n\n%s\n\n", _("The project file"),
                  _("A YAML file that describes a study. An id begins with a small letter a-z and goes on "
                    "with small letters, digits "
                    "and `_`, at most 40 in all. Numbers have a decimal point. Paths are relative to the "
                    "project file's folder."));
    for (size_t i = 0; i < TPK_SECTION_COUNT; i++) add_section(&page, &TPK_SECTIONS[i]);
    tpk_text_addf(&page, "## %s\n\n%s\n\n", _("Sources"),
                  _("A source is written `{KIND: PRIMARY, parameter: ...}`; the key that is a kind's name "
                    "says which kind, and its value "
                    "is the primary parameter. `{KIND: {parameter: ...}}` says the same."));
    for (size_t i = 0; i < vocabulary->n_sources; i++) add_kind(&page, vocabulary->sources[i]);
    tpk_text_addf(
        &page, "## %s\n\n%s\n\n", _("Curves"),
        _("A curve is written like a source. It turns a value into a membership, 0 (worst) to 1 (best)."));
    for (size_t i = 0; i < vocabulary->n_curves; i++) add_kind(&page, vocabulary->curves[i]);
    return tpk_text_take(&page, markdown, err);
}
