#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "project/reader.h"

void *tpk_reader_alloc(tpk_reader *reader, size_t n, size_t size)
{
    void *block = tpk_zalloc(n ? n : 1, size);
    if (!block) reader->report.status = TPK_ERR_MEMORY;
    return block;
}

char *tpk_reader_copy(tpk_reader *reader, const char *text)
{
    char *copy = tpk_strdup(text);
    if (!copy) reader->report.status = TPK_ERR_MEMORY;
    return copy;
}

enum { DESCRIPTION_SIZE = 128, SHOWN_BYTES = 60 };

static const char *describe(const tpk_yaml *node, char buffer[DESCRIPTION_SIZE])
{
    if (node->kind == TPK_YAML_LIST) return node->n > 0 ? _("a list") : _("an empty list");
    if (node->kind == TPK_YAML_MAP) return node->n > 0 ? _("a map") : _("an empty map");
    if (tpk_yaml_is_nothing(node)) return _("nothing");
    size_t n = strlen(node->text), shown = n;
    if (n > SHOWN_BYTES) {
        shown = SHOWN_BYTES;
        while (((unsigned char)node->text[shown] & 0xC0) == 0x80) shown--; /* whole characters only */
    }
    double number;
    bool is_number = node->plain && tpk_text_to_number(node->text, &number);
    snprintf(buffer, DESCRIPTION_SIZE, is_number ? _("the number %.*s%s") : _("text '%.*s%s'"), (int)shown,
             node->text, shown < n ? "..." : "");
    return buffer;
}

void tpk_report_type(tpk_reader *reader, const tpk_yaml *node, const char *name, const char *expected)
{
    char buffer[DESCRIPTION_SIZE];
    tpk_report_add(&reader->report, node->pos, _("'%s': expected %s, found %s"), name, expected,
                   describe(node, buffer));
}

bool tpk_read_text(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, char **text)
{
    if (node->kind != TPK_YAML_SCALAR || tpk_yaml_is_nothing(node)) {
        tpk_report_type(reader, node, spec->name, _("text"));
        return false;
    }
    if (node->text[strspn(node->text, " \t\r\n")] == '\0') {
        tpk_report_add(&reader->report, node->pos, _("'%s' is blank; write a text"), spec->name);
        return false;
    }
    return (*text = tpk_reader_copy(reader, node->text)) != NULL;
}

/* ".nan", "-.inf", "nan", "infinity", "1e999": numbers to a planner, but of no use in a formula. */
static bool is_not_finite(const char *text)
{
    char *end;
    bool negative = *text == '-' || *text == '+';
    const char *digits = text + negative;
    if (*digits == '.' && isalpha((unsigned char)digits[1])) digits++;
    double number = strtod(digits, &end);
    return end != digits && *end == '\0' && !isfinite(number);
}

static bool has_decimal_comma(const char *text)
{
    const char *comma = strchr(text, ',');
    return comma && comma > text && isdigit((unsigned char)comma[1]) &&
           strspn(text, "0123456789+-,") == strlen(text) && !strchr(comma + 1, ',');
}

static void report_not_number(tpk_reader *reader, const tpk_yaml *node, const char *name)
{
    double number;
    if (node->kind != TPK_YAML_SCALAR) {
        tpk_report_type(reader, node, name, _("a number"));
    } else if (tpk_text_to_number(node->text, &number)) {
        tpk_report_add(&reader->report, node->pos,
                       _("'%s': expected a number, found text '%s'; remove the quotes"), name, node->text);
    } else if (is_not_finite(node->text)) {
        tpk_report_type(reader, node, name, _("a finite number"));
    } else if (has_decimal_comma(node->text)) {
        tpk_report_add(&reader->report, node->pos,
                       _("'%s': expected a number, found text '%s'; write a decimal point, not a comma"),
                       name, node->text);
    } else {
        tpk_report_type(reader, node, name, _("a number"));
    }
}

bool tpk_read_number(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, double *number)
{
    double value;
    if (node->kind != TPK_YAML_SCALAR || !node->plain || !tpk_text_to_number(node->text, &value)) {
        report_not_number(reader, node, spec->name);
        return false;
    }
    bool too_small = spec->min_excluded ? value <= spec->min : value < spec->min;
    if (too_small || value > spec->max) {
        char range[128];
        tpk_report_add(&reader->report, node->pos, _("'%s' is %s; allowed: %s"), spec->name, node->text,
                       tpk_range_text(spec, range, sizeof range));
        return false;
    }
    *number = value;
    return true;
}

bool tpk_read_flag(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, bool *flag)
{
    bool is_true = node->kind == TPK_YAML_SCALAR && node->plain && tpk_text_equal_fold(node->text, "true");
    bool is_false = node->kind == TPK_YAML_SCALAR && node->plain && tpk_text_equal_fold(node->text, "false");
    if (!is_true && !is_false) {
        tpk_report_type(reader, node, spec->name, _("true or false"));
        return false;
    }
    *flag = is_true;
    return true;
}

size_t tpk_choices_count(const char *const *choices)
{
    size_t n = 0;
    while (choices && choices[n]) n++;
    return n;
}

bool tpk_read_choice(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, char **text)
{
    char *word = NULL;
    if (!tpk_read_text(reader, node, spec, &word)) return false;
    size_t n = tpk_choices_count(spec->choices);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(spec->choices[i], word) == 0) {
            *text = word;
            return true;
        }
    }
    char *what = tpk_report_format(&reader->report, _("'%s' cannot be '%s'"), spec->name, word);
    tpk_report_unknown(&reader->report, node->pos, what, word, _("allowed:"), spec->choices, n);
    tpk_free(what);
    tpk_free(word);
    return false;
}

bool tpk_check_id(tpk_reader *reader, const tpk_yaml *key, const char *what)
{
    enum { LONGEST = 40 };
    size_t n = strlen(key->text);
    bool good = n > 0 && n <= LONGEST && key->text[0] >= 'a' && key->text[0] <= 'z' &&
                strspn(key->text, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
    if (good) return true;
    tpk_report_add(&reader->report, key->pos,
                   _("%s id '%s' is not allowed; begin with a small letter a-z, then use small letters, "
                     "digits and _, at most %d in all"),
                   what, key->text, LONGEST);
    return false;
}

/* The names of a section's keys; NULL when memory is exhausted. */
static const char **section_names(tpk_reader *reader, const tpk_section *section)
{
    const char **names = tpk_reader_alloc(reader, section->n_keys, sizeof *names);
    for (size_t i = 0; names && i < section->n_keys; i++) names[i] = section->keys[i].value.name;
    return names;
}

static void sort_entries(tpk_reader *reader, const tpk_yaml *node, const char *where,
                         const tpk_section *section, const char *const *names, const tpk_yaml_entry **found)
{
    for (size_t e = 0; e < node->n && !tpk_reader_failed(reader); e++) {
        const tpk_yaml *key = node->entries[e].key;
        size_t k = 0;
        while (k < section->n_keys && strcmp(names[k], key->text) != 0) k++;
        if (k < section->n_keys) {
            if (!found[k]) found[k] = &node->entries[e];
            continue;
        }
        if (node->entries[e].duplicate) continue;
        char *what = tpk_report_format(&reader->report, _("unknown key '%s' in %s"), key->text, where);
        tpk_report_unknown(&reader->report, key->pos, what, key->text, _("allowed:"), names, section->n_keys);
        tpk_free(what);
    }
}

bool tpk_read_section(tpk_reader *reader, const tpk_yaml *node, const char *where, tpk_pos pos,
                      int section_id, const tpk_yaml_entry **found)
{
    const tpk_section *section = &TPK_SECTIONS[section_id];
    for (size_t i = 0; i < section->n_keys; i++) found[i] = NULL;
    const char **names = section_names(reader, section);
    if (!names) return false;
    bool is_map = node->kind == TPK_YAML_MAP;
    if (!is_map) {
        char *list = tpk_report_names(&reader->report, names, section->n_keys), buffer[DESCRIPTION_SIZE];
        if (list) {
            tpk_report_add(&reader->report, node->pos, _("%s: expected a map with the keys %s, found %s"),
                           where, list, describe(node, buffer));
        }
        tpk_free(list);
    } else {
        sort_entries(reader, node, where, section, names, found);
        for (size_t i = 0; i < section->n_keys; i++) {
            if (section->keys[i].value.required && !found[i]) {
                tpk_report_add(&reader->report, pos, _("%s needs the key '%s' (%s)"), where, names[i],
                               tpk_key_form(&section->keys[i]));
            }
        }
    }
    tpk_free(names);
    return is_map && !tpk_reader_failed(reader);
}
