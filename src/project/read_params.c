/* A use of a kind, `{KIND: PRIMARY, other: ...}`: the one key that is a kind's name says which kind. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "project/reader.h"

/* What the readers of one use share. */
typedef struct use {
    const char *what; /* "source", "curve"; translated */
    const tpk_kind_spec *const *kinds;
    size_t n_kinds;
    const tpk_yaml *map;
    size_t kind_entry; /* the entry whose key names the kind */
    const tpk_kind_spec *kind;
    const tpk_param_spec *primary;
} use;

static const tpk_kind_spec *find_kind(const use *u, const char *name)
{
    for (size_t i = 0; i < u->n_kinds; i++) {
        if (strcmp(u->kinds[i]->name, name) == 0) return u->kinds[i];
    }
    return NULL;
}

static const tpk_param_spec *find_param(const tpk_kind_spec *kind, const char *name)
{
    for (size_t i = 0; i < kind->n_params; i++) {
        if (strcmp(kind->params[i].name, name) == 0) return &kind->params[i];
    }
    return NULL;
}

static const tpk_param_spec *primary_param(const tpk_kind_spec *kind)
{
    for (size_t i = 0; i < kind->n_params; i++) {
        if (kind->params[i].primary) return &kind->params[i];
    }
    return NULL;
}

static const char **kind_names(tpk_reader *reader, const use *u)
{
    const char **names = tpk_reader_alloc(reader, u->n_kinds, sizeof *names);
    for (size_t i = 0; names && i < u->n_kinds; i++) names[i] = u->kinds[i]->name;
    return names;
}

/* The first key that looks like a slip of a kind's name, else the first key. */
static const tpk_yaml *likely_kind(const use *u, const char *const *names)
{
    for (size_t i = 0; i < u->map->n; i++) {
        const tpk_yaml *key = u->map->entries[i].key;
        if (tpk_text_nearest(key->text, names, u->n_kinds)) return key;
    }
    return u->map->entries[0].key;
}

static void report_no_kind(tpk_reader *reader, const use *u, const char *name)
{
    const char **names = kind_names(reader, u);
    char *list = names ? tpk_report_names(&reader->report, names, u->n_kinds) : NULL;
    char *message = NULL;
    if (list && u->map->kind == TPK_YAML_MAP && u->map->n > 0) {
        const tpk_yaml *key = likely_kind(u, names);
        message = tpk_report_format(&reader->report, _("'%s' is no kind of %s"), key->text, u->what);
        tpk_report_unknown(&reader->report, key->pos, message, key->text, _("the kinds are:"), names,
                           u->n_kinds);
    } else if (list) {
        message =
            tpk_report_format(&reader->report, _("a %s {KIND: ...}, KIND being one of %s"), u->what, list);
        if (message) tpk_report_type(reader, u->map, name, message);
    }
    tpk_free(message);
    tpk_free(list);
    tpk_free(names);
}

/* A kind may have a parameter with the name of another kind: of several candidates, the one that has all
 * others as parameters is the kind. False, with a finding, when there is no kind or more than one. */
static bool choose_kind(tpk_reader *reader, use *u, const char *name)
{
    const tpk_yaml *node = u->map;
    size_t n_candidates = 0, n_fitting = 0, first = 0, second = 0;
    for (size_t i = 0; node->kind == TPK_YAML_MAP && i < node->n; i++) {
        const tpk_kind_spec *kind = find_kind(u, node->entries[i].key->text);
        if (!kind || node->entries[i].duplicate) continue;
        if (n_candidates == 0) first = i;
        if (n_candidates == 1) second = i;
        n_candidates++;
        bool fits = true;
        for (size_t k = 0; k < node->n; k++) {
            const char *other = node->entries[k].key->text;
            if (k != i && !node->entries[k].duplicate && find_kind(u, other) && !find_param(kind, other))
                fits = false;
        }
        if (!fits) continue;
        n_fitting++;
        u->kind = kind;
        u->kind_entry = i;
    }
    if (n_candidates == 0) {
        report_no_kind(reader, u, name);
    } else if (n_fitting != 1) {
        tpk_report_add(&reader->report, node->entries[second].key->pos,
                       _("two kinds of %s, '%s' and '%s'; keep one"), u->what, node->entries[first].key->text,
                       node->entries[second].key->text);
    }
    return n_fitting == 1;
}

/* Is the value of the kind's key a map of parameters rather than the primary parameter itself? */
static bool is_long_form(const use *u, const tpk_yaml *value)
{
    if (value->kind != TPK_YAML_MAP) return false;
    if (!u->primary || u->primary->type != TPK_PARAM_CLASSES) return true;
    for (size_t i = 0; i < value->n; i++) {
        const tpk_yaml_entry *entry = &value->entries[i];
        if (strcmp(entry->key->text, u->primary->name) == 0 && entry->value->kind == TPK_YAML_MAP)
            return true;
    }
    return false;
}

static void report_unknown_param(tpk_reader *reader, const use *u, const tpk_yaml *key)
{
    const char **names = tpk_reader_alloc(reader, u->kind->n_params, sizeof *names);
    for (size_t i = 0; names && i < u->kind->n_params; i++) names[i] = u->kind->params[i].name;
    char *what =
        tpk_report_format(&reader->report, _("'%s' has no parameter '%s'"), u->kind->name, key->text);
    if (names)
        tpk_report_unknown(&reader->report, key->pos, what, key->text, _("allowed:"), names,
                           u->kind->n_params);
    tpk_free(what);
    tpk_free(names);
}

/* Puts the entries of a map into found[kind->n_params]. */
static void sort_params(tpk_reader *reader, const use *u, const tpk_yaml *map, bool skip_kind,
                        const tpk_yaml_entry **found)
{
    for (size_t i = 0; i < map->n && !tpk_reader_failed(reader); i++) {
        const tpk_yaml_entry *entry = &map->entries[i];
        if (entry->duplicate || (skip_kind && i == u->kind_entry)) continue;
        const tpk_param_spec *spec = find_param(u->kind, entry->key->text);
        if (!spec) {
            report_unknown_param(reader, u, entry->key);
            continue;
        }
        const tpk_yaml_entry **place = &found[spec - u->kind->params];
        if (*place) {
            tpk_report_add(&reader->report, entry->key->pos,
                           _("'%s' is given twice; the first is at %d:%d; keep one"), spec->name,
                           (*place)->key->pos.line, (*place)->key->pos.column);
        } else {
            *place = entry;
        }
    }
}

/* Puts the whole use into found. False, with a finding, when the kind's value is of no use. */
static bool sort_use(tpk_reader *reader, const use *u, const tpk_yaml_entry **found)
{
    const tpk_yaml_entry *chosen = &u->map->entries[u->kind_entry];
    if (is_long_form(u, chosen->value)) {
        sort_params(reader, u, chosen->value, false, found);
    } else if (tpk_yaml_is_nothing(chosen->value)) {
        /* a kind without parameters, or one that will be missed */
    } else if (u->primary) {
        found[u->primary - u->kind->params] = chosen;
    } else {
        tpk_report_type(reader, chosen->value, u->kind->name, _("a map of parameters"));
        return false;
    }
    sort_params(reader, u, u->map, true, found);
    return true;
}

/* Fields and conditions are looked up in the layer of the kind's primary parameter. */
static void check_fields(tpk_reader *reader, const tpk_params *params, int primary_layer)
{
    for (size_t i = 0; i < params->kind->n_params && !tpk_reader_failed(reader); i++) {
        const tpk_param *param = &params->items[i];
        if (!param->given || !param->text) continue;
        if (param->spec->type == TPK_PARAM_FIELD)
            tpk_check_field(reader, param->pos, param->spec->name, param->text, primary_layer);
        if (param->spec->type == TPK_PARAM_TEXT && strcmp(param->spec->name, "where") == 0)
            tpk_check_where(reader, param->pos, param->text, primary_layer);
    }
}

static void read_items(tpk_reader *reader, const use *u, const tpk_yaml_entry *const *found,
                       tpk_params *params)
{
    int primary_layer = -1;
    for (size_t i = 0; i < u->kind->n_params && !tpk_reader_failed(reader); i++) {
        const tpk_param_spec *spec = &u->kind->params[i];
        tpk_param *param = &params->items[i];
        *param = (tpk_param){.spec = spec, .pos = params->pos, .number = (double)NAN};
        int layer = -1;
        if (found[i]) {
            tpk_param_spec shown = *spec; /* a planner knows `distance: roads` by its key */
            if (found[i] == &u->map->entries[u->kind_entry]) shown.name = u->kind->name;
            tpk_read_param(reader, found[i]->value, &shown, param, &layer);
        } else if (spec->required) {
            tpk_report_add(&reader->report, params->pos, _("'%s' needs '%s' (%s)"), u->kind->name, spec->name,
                           tpk_param_type_text(spec->type));
        } else {
            tpk_default_param(reader, spec, param);
        }
        if (spec->primary) primary_layer = layer;
    }
    if (!tpk_reader_failed(reader)) check_fields(reader, params, primary_layer);
}

static void run_check(tpk_reader *reader, const tpk_params *params)
{
    tpk_report *report = &reader->report;
    size_t before = report->diags->n_errors;
    params->kind->check(params, report->path, report->diags);
    report->n += report->diags->n_errors - before;
}

void tpk_read_params(tpk_reader *reader, const tpk_yaml_entry *entry, const char *what,
                     const tpk_kind_spec *const *kinds, size_t n_kinds, tpk_params *params)
{
    use u = {.what = what, .kinds = kinds, .n_kinds = n_kinds, .map = entry->value};
    size_t before = reader->report.n;
    if (!choose_kind(reader, &u, entry->key->text)) return;
    const tpk_yaml_entry *chosen = &u.map->entries[u.kind_entry];
    u.primary = primary_param(u.kind);
    params->items = tpk_reader_alloc(reader, u.kind->n_params, sizeof *params->items);
    const tpk_yaml_entry **found = tpk_reader_alloc(reader, u.kind->n_params, sizeof *found);
    if (params->items && found) {
        params->kind = u.kind;
        params->pos = chosen->key->pos;
        if (sort_use(reader, &u, found)) read_items(reader, &u, found, params);
        if (reader->report.n == before && !tpk_reader_failed(reader) && u.kind->check)
            run_check(reader, params);
    }
    tpk_free(found);
    if (!params->kind) {
        tpk_free(params->items);
        params->items = NULL;
    }
}
