/* One parameter of a source or curve, by its type. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "project/reader.h"

enum { MAX_CLASSES = 10000 };

static const tpk_param_spec MEMBERSHIP = {.name = "membership", .type = TPK_PARAM_NUMBER, .min = 0, .max = 1};

static bool read_point(tpk_reader *reader, const tpk_yaml *node, const char *name, double point[2])
{
    if (node->kind != TPK_YAML_LIST || node->n != 2) {
        tpk_report_type(reader, node, name, _("a pair [value, membership]"));
        return false;
    }
    tpk_param_spec value = {.name = "value", .type = TPK_PARAM_NUMBER, .min = -HUGE_VAL, .max = HUGE_VAL};
    bool good = tpk_read_number(reader, node->entries[0].value, &value, &point[0]);
    return tpk_read_number(reader, node->entries[1].value, &MEMBERSHIP, &point[1]) && good;
}

static bool check_rising(tpk_reader *reader, const tpk_yaml *list, const char *name, const double *points)
{
    bool rising = true;
    for (size_t i = 1; i < list->n; i++) {
        if (points[2 * i] > points[2 * i - 2]) continue;
        char before[32], here[32];
        tpk_report_add(
            &reader->report, list->entries[i].value->pos,
            _("'%s' goes backwards: the value %s follows %s; values must rise from point to point"), name,
            tpk_text_from_number(points[2 * i], here), tpk_text_from_number(points[2 * i - 2], before));
        rising = false;
    }
    return rising;
}

static bool read_points(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec,
                        tpk_param *param)
{
    if (node->kind != TPK_YAML_LIST || node->n < 2) {
        tpk_report_type(reader, node, spec->name, _("a list of at least two points [value, membership]"));
        return false;
    }
    param->points = tpk_reader_alloc(reader, node->n, 2 * sizeof *param->points);
    if (!param->points) return false;
    param->n_points = node->n;
    bool good = true;
    for (size_t i = 0; i < node->n; i++) {
        if (!read_point(reader, node->entries[i].value, spec->name, &param->points[2 * i])) good = false;
    }
    return good && check_rising(reader, node, spec->name, param->points);
}

static bool read_class(tpk_reader *reader, const tpk_yaml_entry *entry, const char *name,
                       tpk_class_entry *item)
{
    tpk_param_spec membership = MEMBERSHIP;
    membership.name = entry->key->text;
    item->pos = entry->key->pos;
    if (!(item->key = tpk_reader_copy(reader, entry->key->text))) return false;
    if (tpk_yaml_is_nothing(entry->key)) {
        tpk_report_add(&reader->report, entry->key->pos, _("'%s' has a category without a name"), name);
        return false;
    }
    return tpk_read_number(reader, entry->value, &membership, &item->membership);
}

static bool read_classes(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec,
                         tpk_param *param)
{
    if (node->kind != TPK_YAML_MAP || node->n == 0) {
        tpk_report_type(reader, node, spec->name, tpk_param_type_text(TPK_PARAM_CLASSES));
        return false;
    }
    if (node->n > MAX_CLASSES) {
        tpk_report_add(&reader->report, node->pos, _("'%s' has more than %d categories"), spec->name,
                       MAX_CLASSES);
        return false;
    }
    param->classes = tpk_reader_alloc(reader, node->n, sizeof *param->classes);
    bool good = param->classes != NULL;
    for (size_t i = 0; i < node->n && !tpk_reader_failed(reader); i++) {
        if (node->entries[i].duplicate) continue;
        if (!read_class(reader, &node->entries[i], spec->name, &param->classes[param->n_classes++]))
            good = false;
    }
    return good;
}

bool tpk_read_param(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, tpk_param *param,
                    int *layer)
{
    param->given = true;
    param->pos = node->pos;
    switch (spec->type) {
    case TPK_PARAM_NUMBER: return tpk_read_number(reader, node, spec, &param->number);
    case TPK_PARAM_TEXT:
    case TPK_PARAM_FIELD: return tpk_read_text(reader, node, spec, &param->text);
    case TPK_PARAM_CHOICE: return tpk_read_choice(reader, node, spec, &param->text);
    case TPK_PARAM_BOOL: return tpk_read_flag(reader, node, spec, &param->flag);
    case TPK_PARAM_VECTOR:
    case TPK_PARAM_RASTER: return tpk_read_layer_id(reader, node, spec, &param->text, layer);
    case TPK_PARAM_POINTS: return read_points(reader, node, spec, param);
    case TPK_PARAM_CLASSES: return read_classes(reader, node, spec, param);
    }
    return false;
}

bool tpk_default_param(tpk_reader *reader, const tpk_param_spec *spec, tpk_param *param)
{
    param->spec = spec;
    if (!tpk_param_fill_default(param)) reader->report.status = TPK_ERR_MEMORY;
    return !tpk_reader_failed(reader);
}
