/* The section `constraints`. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "project/reader.h"

static const tpk_param_spec *test_spec(tpk_test test)
{
    return &TPK_SECTIONS[TPK_SECTION_CONSTRAINT].keys[TPK_CONSTRAINT_TESTS + test].value;
}

static bool names_layer(const tpk_reader *reader, const char *id)
{
    for (size_t i = 0; i < reader->project->n_layers; i++) {
        if (strcmp(reader->layer_ids[i], id) == 0) return true;
    }
    return false;
}

static void read_criterion_id(tpk_reader *reader, const tpk_yaml *node, tpk_constraint_spec *constraint)
{
    for (size_t i = 0; i < reader->project->n_criteria; i++) {
        if (strcmp(reader->criterion_ids[i], node->text) == 0) {
            constraint->criterion = (int32_t)i;
            return;
        }
    }
    if (reader->project->n_criteria == 0) return; /* reported */
    if (names_layer(reader, node->text)) {
        tpk_report_add(&reader->report, node->pos,
                       _("'%s' is a layer, not a criterion; to test a layer, write {KIND: %s}"), node->text,
                       node->text);
        return;
    }
    char *what = tpk_report_format(&reader->report, _("there is no criterion '%s'"), node->text);
    tpk_report_unknown(&reader->report, node->pos, what, node->text, _("the criteria are:"),
                       reader->criterion_ids, reader->project->n_criteria);
    tpk_free(what);
}

static void read_from(tpk_reader *reader, const tpk_yaml_entry *from, tpk_constraint_spec *constraint)
{
    const tpk_vocabulary *known = reader->vocabulary;
    if (from->value->kind == TPK_YAML_SCALAR && !tpk_yaml_is_nothing(from->value)) {
        read_criterion_id(reader, from->value, constraint);
    } else {
        tpk_read_params(reader, from, _("source"), known->sources, known->n_sources, &constraint->source);
    }
}

/* The kind of source that is tested; NULL when a finding hides it. */
static const char *source_kind(const tpk_reader *reader, const tpk_constraint_spec *constraint)
{
    const tpk_params *source = constraint->criterion >= 0
                                   ? &reader->project->criteria[constraint->criterion].source
                                   : &constraint->source;
    return source->kind ? source->kind->name : NULL;
}

static void read_equals(tpk_reader *reader, const tpk_yaml *node, tpk_constraint_spec *constraint)
{
    bool is_list = node->kind == TPK_YAML_LIST;
    size_t n = is_list ? node->n : 1;
    if (n == 0 || node->kind == TPK_YAML_MAP) {
        tpk_report_type(reader, node, "equals", _("a value or a list of at least one value"));
        return;
    }
    constraint->equals = tpk_reader_alloc(reader, n, sizeof *constraint->equals);
    for (size_t i = 0; i < n && !tpk_reader_failed(reader); i++) {
        char *text = NULL;
        const tpk_yaml *item = is_list ? node->entries[i].value : node;
        if (tpk_read_text(reader, item, test_spec(TPK_TEST_EQUALS), &text))
            constraint->equals[constraint->n_equals++] = text;
    }
}

static void read_place_test(tpk_reader *reader, const tpk_yaml *node, tpk_test test)
{
    bool flag = true;
    if (!tpk_read_flag(reader, node, test_spec(test), &flag) || flag) return;
    tpk_report_add(&reader->report, node->pos, _("'%s' can only be true; for the opposite write '%s: true'"),
                   test_spec(test)->name,
                   test_spec(test == TPK_TEST_INSIDE ? TPK_TEST_OUTSIDE : TPK_TEST_INSIDE)->name);
}

/* nearer and farther are about metres, inside and outside about polygons; elsewhere they would compare
 * something else in silence. */
static void check_fits(tpk_reader *reader, const tpk_constraint_spec *constraint, tpk_pos pos)
{
    const char *kind = source_kind(reader, constraint), *needed = NULL;
    if (constraint->test == TPK_TEST_NEARER || constraint->test == TPK_TEST_FARTHER) needed = "distance";
    if (constraint->test == TPK_TEST_INSIDE || constraint->test == TPK_TEST_OUTSIDE) needed = "inside";
    if (!kind || !needed || strcmp(kind, needed) == 0) return;
    tpk_report_add(&reader->report, pos, _("'%s' needs a source of kind '%s', found '%s'"),
                   test_spec(constraint->test)->name, needed, kind);
}

static void read_test(tpk_reader *reader, const tpk_yaml_entry *entry, tpk_constraint_spec *constraint)
{
    switch (constraint->test) {
    case TPK_TEST_INSIDE:
    case TPK_TEST_OUTSIDE: read_place_test(reader, entry->value, constraint->test); break;
    case TPK_TEST_EQUALS: read_equals(reader, entry->value, constraint); break;
    case TPK_TEST_ABOVE:
    case TPK_TEST_BELOW:
    case TPK_TEST_NEARER:
    case TPK_TEST_FARTHER:
        tpk_read_number(reader, entry->value, test_spec(constraint->test), &constraint->limit);
        break;
    }
    check_fits(reader, constraint, entry->key->pos);
}

static void report_no_test(tpk_reader *reader, const tpk_constraint_spec *constraint)
{
    const char *names[TPK_N_TESTS];
    for (int i = 0; i < TPK_N_TESTS; i++) names[i] = test_spec((tpk_test)i)->name;
    char *list = tpk_report_names(&reader->report, names, TPK_N_TESTS);
    if (list)
        tpk_report_add(&reader->report, constraint->pos, _("constraint '%s' has no test; give one of %s"),
                       constraint->id, list);
    tpk_free(list);
}

/* Exactly one test; `from: {inside: ...}` alone tests inside. */
static void choose_test(tpk_reader *reader, const tpk_yaml_entry *const *found,
                        tpk_constraint_spec *constraint)
{
    const tpk_yaml_entry *first = NULL;
    for (int i = 0; i < TPK_N_TESTS; i++) {
        const tpk_yaml_entry *entry = found[TPK_CONSTRAINT_TESTS + i];
        if (entry && first) {
            tpk_report_add(&reader->report, entry->key->pos,
                           _("constraint '%s' has two tests, '%s' and '%s'; keep one"), constraint->id,
                           first->key->text, entry->key->text);
            return;
        }
        if (!entry) continue;
        first = entry;
        constraint->test = (tpk_test)i;
    }
    const char *kind = source_kind(reader, constraint);
    if (first) {
        read_test(reader, first, constraint);
    } else if (kind && strcmp(kind, "inside") == 0) {
        constraint->test = TPK_TEST_INSIDE;
    } else if (kind || !found[TPK_CONSTRAINT_FROM]) {
        report_no_test(reader, constraint);
    }
}

static void read_unknown(tpk_reader *reader, const tpk_yaml *node, tpk_constraint_spec *constraint)
{
    char *word = NULL;
    if (!tpk_read_choice(reader, node,
                         &TPK_SECTIONS[TPK_SECTION_CONSTRAINT].keys[TPK_CONSTRAINT_UNKNOWN].value, &word))
        return;
    constraint->unknown = strcmp(word, "pass") == 0      ? TPK_UNKNOWN_VALUE
                          : strcmp(word, "exclude") == 0 ? TPK_UNKNOWN_WORST
                                                         : TPK_UNKNOWN_EXCLUDE;
    tpk_free(word);
}

static void read_constraint(tpk_reader *reader, const tpk_yaml_entry *entry, tpk_constraint_spec *constraint)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_CONSTRAINT].keys;
    const tpk_yaml_entry *found[TPK_CONSTRAINT_COUNT];
    constraint->pos = entry->key->pos;
    constraint->criterion = -1;
    constraint->limit = (double)NAN;
    char *where = tpk_report_format(&reader->report, _("constraint '%s'"), entry->key->text);
    bool is_map = where && tpk_read_section(reader, entry->value, where, entry->key->pos,
                                            TPK_SECTION_CONSTRAINT, found);
    tpk_free(where);
    if (!is_map) return;
    const tpk_yaml_entry *title = found[TPK_CONSTRAINT_TITLE], *source = found[TPK_CONSTRAINT_SOURCE];
    if (title)
        tpk_read_text(reader, title->value, &keys[TPK_CONSTRAINT_TITLE].value, &constraint->title);
    else
        constraint->title = tpk_reader_copy(reader, entry->key->text);
    if (source)
        tpk_read_text(reader, source->value, &keys[TPK_CONSTRAINT_SOURCE].value, &constraint->legal_source);
    if (found[TPK_CONSTRAINT_FROM]) read_from(reader, found[TPK_CONSTRAINT_FROM], constraint);
    if (found[TPK_CONSTRAINT_UNKNOWN]) read_unknown(reader, found[TPK_CONSTRAINT_UNKNOWN]->value, constraint);
    if (!tpk_reader_failed(reader)) choose_test(reader, found, constraint);
}

void tpk_read_constraints(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_yaml *map = entry->value;
    tpk_project *project = reader->project;
    if (tpk_yaml_is_nothing(map)) return; /* all entries commented out */
    if (map->kind != TPK_YAML_MAP) {
        tpk_report_type(reader, map, "constraints", _("a map of ids to constraints"));
        return;
    }
    size_t most = map->n < TPK_MAX_CONSTRAINTS ? map->n : TPK_MAX_CONSTRAINTS;
    project->constraints = tpk_reader_alloc(reader, most, sizeof *project->constraints);
    for (size_t i = 0; i < map->n && !tpk_reader_failed(reader); i++) {
        const tpk_yaml *key = map->entries[i].key;
        if (map->entries[i].duplicate) continue;
        if (project->n_constraints == TPK_MAX_CONSTRAINTS) {
            tpk_report_add(&reader->report, key->pos,
                           _("more than %d constraints; each needs a bit of the 32 in reasons.tif"),
                           TPK_MAX_CONSTRAINTS);
            return;
        }
        tpk_check_id(reader, key, _("constraint"));
        char *id = tpk_reader_copy(reader, key->text);
        if (!id) return;
        tpk_constraint_spec *constraint = &project->constraints[project->n_constraints++];
        constraint->id = id;
        read_constraint(reader, &map->entries[i], constraint);
    }
}
