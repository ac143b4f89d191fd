/* Sets of styles: the default, and what the set that `output: {styles: FILE}` names changes of it. */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "default_styles.h"
#include "project/reader.h"
#include "project/text_file.h"

void tpk_styles_clear(tpk_styles *styles)
{
    for (int label = 0; label < TPK_LABEL_COUNT; label++) {
        tpk_free(styles->labels[label].indonesian);
        tpk_free(styles->labels[label].english);
    }
    *styles = (tpk_styles){0};
}

static void read_words(tpk_reader *reader, const tpk_yaml_entry *entry, const tpk_param_spec *spec,
                       char **words)
{
    char *text = NULL;
    if (!entry || !tpk_read_text(reader, entry->value, spec, &text)) return;
    tpk_free(*words);
    *words = text;
}

static bool read_color(tpk_reader *reader, const tpk_yaml *node, const char *name, tpk_rgb *color)
{
    bool is_color = node->kind == TPK_YAML_SCALAR && tpk_color_parse(node->text, color);
    /* Without quotes # begins a comment, and nothing is left. */
    if (!is_color) tpk_report_type(reader, node, name, _("a colour in quotes, such as \"#005078\""));
    return is_color;
}

static void read_label(tpk_reader *reader, const tpk_yaml_entry *entry, tpk_map_label label,
                       tpk_label_style *style)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_STYLE].keys;
    const tpk_yaml_entry *found[TPK_STYLE_COUNT] = {NULL};
    char *where = tpk_report_format(&reader->report, "'%s'", entry->key->text);
    bool is_map =
        where && tpk_read_section(reader, entry->value, where, entry->key->pos, TPK_SECTION_STYLE, found);
    tpk_free(where);
    if (!is_map) return;
    read_words(reader, found[TPK_STYLE_ID], &keys[TPK_STYLE_ID].value, &style->indonesian);
    read_words(reader, found[TPK_STYLE_EN], &keys[TPK_STYLE_EN].value, &style->english);
    const tpk_yaml_entry *color = found[TPK_STYLE_COLOR];
    if (color && label < TPK_LABEL_ZONES) {
        tpk_report_add(&reader->report, color->key->pos,
                       _("'%s' has no colour of its own; take the key 'color' away"), entry->key->text);
    } else if (color && read_color(reader, color->value, color->key->text, &style->color)) {
        style->color_pos = color->value->pos;
    }
}

/* least to most colours; 0: there was a finding. */
static size_t read_colors(tpk_reader *reader, const tpk_yaml_entry *entry, size_t least, size_t most,
                          tpk_rgb *colors)
{
    const tpk_yaml *list = entry->value;
    const char *name = entry->key->text;
    if (list->kind != TPK_YAML_LIST) {
        tpk_report_type(reader, list, name, _("a list of colours"));
        return 0;
    }
    if (list->n < least || list->n > most) {
        tpk_report_add(&reader->report, list->pos, _("'%s' has %zu colours; allowed: %zu to %zu"), name,
                       list->n, least, most);
        return 0;
    }
    bool fine = true;
    for (size_t i = 0; i < list->n; i++) fine &= read_color(reader, list->entries[i].value, name, &colors[i]);
    return fine ? list->n : 0;
}

static void read_set(tpk_reader *reader, const tpk_yaml *root, tpk_styles *styles)
{
    const tpk_yaml_entry *found[TPK_STYLES_COUNT];
    tpk_pos top = {1, 1};
    if (!tpk_read_section(reader, root, _("the set of styles"), top, TPK_SECTION_STYLES, found)) return;
    for (int label = 0; label < TPK_LABEL_COUNT && !tpk_reader_failed(reader); label++) {
        if (found[label]) read_label(reader, found[label], (tpk_map_label)label, &styles->labels[label]);
    }
    const tpk_yaml_entry *ramp = found[TPK_STYLES_RAMP], *list = found[TPK_STYLES_LIST],
                         *outline = found[TPK_STYLES_OUTLINE];
    if (ramp) {
        read_colors(reader, ramp, TPK_RAMP_COLORS, TPK_RAMP_COLORS, styles->ramp);
        styles->ramp_pos = ramp->key->pos;
    }
    if (list) {
        styles->n_list = read_colors(reader, list, 1, TPK_MAX_LIST_COLORS, styles->list);
        styles->list_pos = list->key->pos;
    }
    if (outline) read_color(reader, outline->value, outline->key->text, &styles->outline);
}

static void read_text(tpk_reader *reader, const char *text, size_t n, tpk_styles *styles)
{
    tpk_yaml_doc doc = {0};
    const char *what = _("the set of styles");
    if (!tpk_text_file_check(&reader->report, what, text, n)) return;
    tpk_yaml_parse(text, n, &reader->report, &doc);
    if (doc.root && !tpk_reader_failed(reader))
        read_set(reader, doc.root, styles);
    else if (reader->report.n == 0) /* only comments */
        tpk_report_add(&reader->report, (tpk_pos){1, 1}, _("%s is empty"), what);
    tpk_yaml_doc_clear(&doc);
}

tpk_status tpk_styles_default(tpk_styles *styles, tpk_err *err)
{
    *styles = (tpk_styles){0};
    tpk_reader reader = {.report = {.path = "styles/default.yaml"}};
    read_text(&reader, DEFAULT_STYLES, sizeof DEFAULT_STYLES - 1, styles);
    if (tpk_reader_failed(&reader)) return tpk_err_memory(err);
    assert(reader.report.n == 0);
    for (int label = 0; label < TPK_LABEL_COUNT; label++) styles->labels[label].color_pos = (tpk_pos){0};
    styles->ramp_pos = styles->list_pos = (tpk_pos){0};
    return TPK_OK;
}

/* ---- colours that look alike ---- */

static const double PLAIN_DIFFERENCE =
    20; /* in CIE L*a*b*; a map's patches are small and far from the legend */

static const char *sight_text(tpk_sight sight)
{
    switch (sight) {
    case TPK_SIGHT_PROTANOPIA: return _("people who are blind to red");
    case TPK_SIGHT_DEUTERANOPIA: return _("people who are blind to green");
    case TPK_SIGHT_TRITANOPIA: return _("people who are blind to blue");
    default: return _("everybody");
    }
}

/* A colour of a map, and where the project's set says it. */
typedef struct shown {
    char *name; /* owned; NULL: no memory */
    tpk_rgb color;
    tpk_pos pos; /* line 0: the default's colour */
} shown;

static shown of_label(tpk_reader *reader, const tpk_styles *styles, tpk_map_label label)
{
    const char *name = TPK_SECTIONS[TPK_SECTION_STYLES].keys[label].value.name;
    return (shown){tpk_report_format(&reader->report, "'%s'", name), styles->labels[label].color,
                   styles->labels[label].color_pos};
}

static shown of_list(tpk_reader *reader, int key, size_t index, tpk_rgb color, tpk_pos pos)
{
    const char *list = TPK_SECTIONS[TPK_SECTION_STYLES].keys[key].value.name;
    return (shown){tpk_report_format(&reader->report, _("colour %zu of '%s'"), index + 1, list), color, pos};
}

/* Whether they do; at the place of the second, or of the first where the default says the second. Colours of
 * the default alone are as they are. */
static bool warn_if_alike(tpk_reader *reader, const shown *one, const shown *other)
{
    tpk_pos pos = other->pos.line ? other->pos : one->pos;
    if (pos.line == 0 || !one->name || !other->name) return false;
    for (int sight = 0; sight < TPK_SIGHT_COUNT; sight++) {
        double difference = tpk_color_difference(one->color, other->color, (tpk_sight)sight);
        if (difference > PLAIN_DIFFERENCE) continue;
        char first[TPK_COLOR_TEXT], second[TPK_COLOR_TEXT];
        tpk_report_remark(&reader->report, TPK_WARNING, pos,
                          _("%s (%s) and %s (%s) look alike to %s: they differ by %.0f in CIE L*a*b*, more "
                            "than %.0f is needed; make one of them lighter or darker"),
                          one->name, tpk_color_text(one->color, first), other->name,
                          tpk_color_text(other->color, second), sight_text((tpk_sight)sight), difference,
                          PLAIN_DIFFERENCE);
        return true;
    }
    return false;
}

static void clear_shown(shown *colors, size_t n)
{
    for (size_t i = 0; i < n; i++) tpk_free(colors[i].name);
}

static void warn_of_classes_alike(tpk_reader *reader, const tpk_styles *styles)
{
    enum { N = TPK_LABEL_UNKNOWN - TPK_LABEL_S1 + 1 };
    shown classes[N];
    for (int i = 0; i < N; i++) classes[i] = of_label(reader, styles, (tpk_map_label)(TPK_LABEL_S1 + i));
    for (size_t a = 0; a < N; a++) {
        for (size_t b = a + 1; b < N; b++) warn_if_alike(reader, &classes[a], &classes[b]);
    }
    clear_shown(classes, N);
}

/* Neighbours, the ends, and the score 0, which has the colour of excluded land, beside the lowest above it.
 */
static void warn_of_ramp_alike(tpk_reader *reader, const tpk_styles *styles)
{
    enum { N = TPK_RAMP_COLORS + 1 };
    shown ramp[N] = {of_label(reader, styles, TPK_LABEL_EXCLUDED)};
    for (size_t i = 1; i < N; i++)
        ramp[i] = of_list(reader, TPK_STYLES_RAMP, i - 1, styles->ramp[i - 1], styles->ramp_pos);
    for (size_t i = 1; i < N; i++) warn_if_alike(reader, &ramp[i - 1], &ramp[i]);
    warn_if_alike(reader, &ramp[1], &ramp[N - 1]);
    clear_shown(ramp, N);
}

/* Of the colours that criteria or constraints have, each is told once, beside what else the maps show. Of a
 * short list the colours that repeat darker and lighter are not looked at. */
static void warn_of_list_alike(tpk_reader *reader, const tpk_styles *styles)
{
    enum { N_GROUNDS = 2 };
    const tpk_project *project = reader->project;
    size_t n = project->n_criteria > project->n_constraints ? project->n_criteria : project->n_constraints;
    if (n > styles->n_list) n = styles->n_list;
    shown colors[N_GROUNDS + TPK_MAX_LIST_COLORS] = {of_label(reader, styles, TPK_LABEL_NO_REASON),
                                                     of_label(reader, styles, TPK_LABEL_NOTHING_LIMITS)};
    for (size_t i = 0; i < n; i++)
        colors[N_GROUNDS + i] = of_list(reader, TPK_STYLES_LIST, i, styles->list[i], styles->list_pos);
    for (size_t b = N_GROUNDS; b < N_GROUNDS + n; b++) {
        bool told = false;
        for (size_t a = 0; a < b && !told; a++) told = warn_if_alike(reader, &colors[a], &colors[b]);
    }
    clear_shown(colors, N_GROUNDS + n);
}

/* ---- the set that the project names ---- */

/* Findings stand at their place in the set. */
static void read_named_set(tpk_reader *reader, const char *path, const char *text, size_t n)
{
    tpk_reader inner = *reader;
    inner.report.path = path;
    inner.report.n = 0;
    read_text(&inner, text, n, &reader->project->styles);
    if (inner.report.n == 0 && !tpk_reader_failed(&inner)) {
        warn_of_classes_alike(&inner, &reader->project->styles);
        warn_of_ramp_alike(&inner, &reader->project->styles);
        warn_of_list_alike(&inner, &reader->project->styles);
    }
    reader->report.n += inner.report.n;
    reader->report.status = inner.report.status;
}

static void read_file(tpk_reader *reader, tpk_pos pos, const char *path)
{
    char *text = NULL;
    size_t n = 0;
    tpk_err err = {0};
    reader->project->output.styles_stamp = tpk_file_stamp(path);
    tpk_status status = tpk_text_file_load(path, _("the set of styles"), &text, &n, &err);
    if (status == TPK_OK)
        read_named_set(reader, path, text, n);
    else if (status == TPK_ERR_MEMORY)
        reader->report.status = status;
    else
        tpk_report_add(&reader->report, pos, "%s", err.message);
    tpk_free(text);
}

void tpk_read_styles(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    tpk_project *project = reader->project;
    reader->report.status = tpk_styles_default(&project->styles, NULL);
    if (!entry || tpk_reader_failed(reader)) return;
    char *written = NULL;
    const tpk_param_spec *spec = &TPK_SECTIONS[TPK_SECTION_OUTPUT].keys[TPK_OUTPUT_STYLES].value;
    if (!tpk_read_text(reader, entry->value, spec, &written)) return;
    project->output.styles = tpk_join_path(reader, written);
    struct stat info;
    const char *path = project->output.styles;
    if (path && stat(path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR))
        tpk_report_missing(reader, entry->value->pos, written, path);
    else if (path)
        read_file(reader, entry->value->pos, path);
    tpk_free(written);
}
