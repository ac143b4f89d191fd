/* The sections `criteria` and `decision`. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "project/reader.h"

static void read_unknown(tpk_reader *reader, const tpk_yaml *node, tpk_criterion_spec *criterion)
{
    static const struct {
        const char *word;
        tpk_unknown_policy policy;
    } POLICIES[] = {
        {"exclude", TPK_UNKNOWN_EXCLUDE}, {"worst", TPK_UNKNOWN_WORST}, {"share", TPK_UNKNOWN_SHARE}};
    const tpk_key_spec *key = &TPK_SECTIONS[TPK_SECTION_CRITERION].keys[TPK_CRITERION_UNKNOWN];
    double number;
    if (node->kind == TPK_YAML_SCALAR && node->plain && tpk_text_to_number(node->text, &number)) {
        criterion->unknown = TPK_UNKNOWN_VALUE;
        tpk_read_number(reader, node, &key->value, &criterion->unknown_membership);
        return;
    }
    for (size_t i = 0; node->kind == TPK_YAML_SCALAR && i < sizeof POLICIES / sizeof *POLICIES; i++) {
        if (strcmp(node->text, POLICIES[i].word) == 0) {
            criterion->unknown = POLICIES[i].policy;
            return;
        }
    }
    tpk_report_type(reader, node, key->value.name, tpk_key_form(key));
}

static void read_criterion(tpk_reader *reader, const tpk_yaml_entry *entry, tpk_criterion_spec *criterion)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_CRITERION].keys;
    const tpk_yaml_entry *found[TPK_CRITERION_COUNT];
    const tpk_vocabulary *known = reader->vocabulary;
    criterion->pos = entry->key->pos;
    criterion->unknown_membership = (double)NAN;
    criterion->weight = (double)NAN;
    char *where = tpk_report_format(&reader->report, _("criterion '%s'"), entry->key->text);
    bool is_map =
        where && tpk_read_section(reader, entry->value, where, entry->key->pos, TPK_SECTION_CRITERION, found);
    tpk_free(where);
    if (!is_map) return;
    const tpk_yaml_entry *title = found[TPK_CRITERION_TITLE];
    if (title)
        tpk_read_text(reader, title->value, &keys[TPK_CRITERION_TITLE].value, &criterion->title);
    else
        criterion->title = tpk_reader_copy(reader, entry->key->text);
    const tpk_yaml_entry *from = found[TPK_CRITERION_FROM], *curve = found[TPK_CRITERION_CURVE];
    if (from)
        tpk_read_params(reader, from, _("source"), known->sources, known->n_sources, &criterion->source);
    if (curve) tpk_read_params(reader, curve, _("curve"), known->curves, known->n_curves, &criterion->curve);
    if (found[TPK_CRITERION_UNKNOWN]) read_unknown(reader, found[TPK_CRITERION_UNKNOWN]->value, criterion);
}

void tpk_read_criteria(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_yaml *map = entry->value;
    tpk_project *project = reader->project;
    if (map->kind != TPK_YAML_MAP || map->n == 0) {
        tpk_report_type(reader, map, "criteria", _("a map with at least one criterion"));
        return;
    }
    size_t most = map->n < TPK_MAX_CRITERIA ? map->n : TPK_MAX_CRITERIA;
    project->criteria = tpk_reader_alloc(reader, most, sizeof *project->criteria);
    reader->criterion_ids = tpk_reader_alloc(reader, most, sizeof *reader->criterion_ids);
    for (size_t i = 0; i < map->n && !tpk_reader_failed(reader); i++) {
        const tpk_yaml *key = map->entries[i].key;
        if (map->entries[i].duplicate) continue;
        if (project->n_criteria == TPK_MAX_CRITERIA) {
            tpk_report_add(&reader->report, key->pos, _("more than %d criteria"), TPK_MAX_CRITERIA);
            return;
        }
        tpk_check_id(reader, key, _("criterion"));
        char *id = tpk_reader_copy(reader, key->text);
        if (!id) return;
        reader->criterion_ids[project->n_criteria] = id;
        tpk_criterion_spec *criterion = &project->criteria[project->n_criteria++];
        criterion->id = id;
        read_criterion(reader, &map->entries[i], criterion);
    }
}

static tpk_criterion_spec *find_criterion(tpk_reader *reader, const char *id)
{
    for (size_t i = 0; i < reader->project->n_criteria; i++) {
        if (strcmp(reader->criterion_ids[i], id) == 0) return &reader->project->criteria[i];
    }
    return NULL;
}

/* False when it was not a number in range or names no criterion. */
static bool read_weight(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    tpk_criterion_spec *criterion = find_criterion(reader, entry->key->text);
    tpk_param_spec spec = TPK_SECTIONS[TPK_SECTION_DECISION].keys[TPK_DECISION_WEIGHTS].value;
    if (!criterion) {
        char *what = tpk_report_format(&reader->report, _("there is no criterion '%s'"), entry->key->text);
        tpk_report_unknown(&reader->report, entry->key->pos, what, entry->key->text, _("the criteria are:"),
                           reader->criterion_ids, reader->project->n_criteria);
        tpk_free(what);
        return false;
    }
    spec.name = criterion->id;
    criterion->weight_pos = entry->value->pos;
    return tpk_read_number(reader, entry->value, &spec, &criterion->weight);
}

static void check_sum(tpk_reader *reader, tpk_pos pos)
{
    static const double TOLERANCE = 1e-6;
    double sum = 0;
    for (size_t i = 0; i < reader->project->n_criteria; i++) sum += reader->project->criteria[i].weight;
    if (fabs(sum - 1) <= TOLERANCE) return;
    char text[32];
    double rounded = round(sum * 1e9) / 1e9; /* 0.95, not 0.9500000000000001 */
    tpk_report_add(&reader->report, pos, _("the weights add up to %s; they must add up to 1"),
                   tpk_text_from_number(rounded, text));
}

static void read_weights(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_yaml *map = entry->value;
    if (map->kind != TPK_YAML_MAP) {
        tpk_report_type(reader, map, entry->key->text, _("a map of criterion ids to numbers"));
        return;
    }
    if (reader->project->n_criteria == 0) return; /* criteria are missing, which was reported */
    bool good = true;
    for (size_t i = 0; i < map->n && !tpk_reader_failed(reader); i++) {
        if (map->entries[i].duplicate || !read_weight(reader, &map->entries[i])) good = false;
    }
    for (size_t i = 0; i < reader->project->n_criteria; i++) {
        const tpk_criterion_spec *criterion = &reader->project->criteria[i];
        if (criterion->weight_pos.line > 0) continue;
        tpk_report_add(&reader->report, entry->key->pos, _("criterion '%s' has no weight"), criterion->id);
        good = false;
    }
    if (good) check_sum(reader, entry->key->pos);
}

static void read_classes(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    tpk_class_bounds *classes = &reader->project->classes;
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_CLASSES].keys;
    double *bounds[TPK_CLASSES_COUNT] = {&classes->s1, &classes->s2, &classes->s3};
    const tpk_yaml_entry *found[TPK_CLASSES_COUNT] = {0};
    if (entry &&
        !tpk_read_section(reader, entry->value, _("'classes'"), entry->key->pos, TPK_SECTION_CLASSES, found))
        return;
    bool good = true;
    for (size_t i = 0; i < TPK_CLASSES_COUNT; i++) {
        tpk_text_to_number(keys[i].value.default_text, bounds[i]);
        if (found[i] && !tpk_read_number(reader, found[i]->value, &keys[i].value, bounds[i])) good = false;
    }
    if (!entry || !good || (classes->s1 > classes->s2 && classes->s2 > classes->s3)) return;
    char s1[32], s2[32], s3[32];
    tpk_report_add(&reader->report, entry->key->pos,
                   _("the classes must fall, S1 > S2 > S3; found S1 %s, S2 %s, S3 %s"),
                   tpk_text_from_number(classes->s1, s1), tpk_text_from_number(classes->s2, s2),
                   tpk_text_from_number(classes->s3, s3));
}

void tpk_read_decision(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_DECISION].keys;
    const tpk_yaml_entry *found[TPK_DECISION_COUNT];
    if (!tpk_read_section(reader, entry->value, _("'decision'"), entry->key->pos, TPK_SECTION_DECISION,
                          found))
        return;
    const tpk_param_spec *combine = &keys[TPK_DECISION_COMBINE].value;
    const tpk_yaml_entry *given = found[TPK_DECISION_COMBINE];
    if (given)
        tpk_read_choice(reader, given->value, combine, &reader->project->combine);
    else
        reader->project->combine = tpk_reader_copy(reader, combine->default_text);
    if (found[TPK_DECISION_WEIGHTS]) read_weights(reader, found[TPK_DECISION_WEIGHTS]);
    read_classes(reader, found[TPK_DECISION_CLASSES]);
}
