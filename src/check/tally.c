#include "check/tally.h"

#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

static char *example_text(const tpk_layer *layer, int64_t feature, const char *value)
{
    const tpk_field *field = tpk_name_field(layer);
    const char *name = field ? field->text[feature] : NULL;
    if (name && !tpk_text_is_utf8(name, strlen(name))) name = NULL;
    if (name && value && !strstr(value, name)) return tpk_finding_text("%s: %s", name, value);
    return tpk_finding_text("%s", value ? value : name ? name : "");
}

void tpk_tally_add(tpk_tally *tally, const tpk_layer *layer, int64_t feature, const char *value)
{
    tally->n++;
    if (tally->failed || tally->sample.n_examples >= TPK_MAX_EXAMPLES) return;
    char *text = example_text(layer, feature, value);
    if (!text || !tpk_finding_example(&tally->sample, layer->fid[feature], text[0] ? text : NULL))
        tally->failed = true;
    tpk_free(text);
}

void tpk_tally_add_value(tpk_tally *tally, const char *value)
{
    tally->n++;
    if (tally->failed || tally->sample.n_examples >= TPK_MAX_EXAMPLES) return;
    if (!tpk_finding_example(&tally->sample, -1, value)) tally->failed = true;
}

void tpk_tally_clear(tpk_tally *tally)
{
    for (size_t i = 0; i < tally->sample.n_examples; i++) tpk_free(tally->sample.examples[i].name);
    *tally = (tpk_tally){0};
}

tpk_status tpk_tally_report_take(tpk_tally *tally, tpk_findings *findings, const char *kind,
                                 tpk_gravity gravity, char *found, const char *why, char *change,
                                 tpk_err *err)
{
    bool failed = tally->failed || !found || !change;
    tpk_finding *finding = NULL;
    if (!failed) finding = tpk_findings_add(findings, kind, gravity, tally->n, found, why, change);
    for (size_t i = 0; finding && !failed && i < tally->sample.n_examples; i++) {
        const tpk_example *example = &tally->sample.examples[i];
        failed = !tpk_finding_example(finding, example->record, example->name);
    }
    failed = failed || !finding;
    tpk_tally_clear(tally);
    tpk_free(found);
    tpk_free(change);
    return failed ? tpk_err_memory(err) : TPK_OK;
}

const tpk_field *tpk_name_field(const tpk_layer *layer)
{
    static const char *const NAMES[] = {"nama",   "namobj",  "name",    "nam",     "nama_obj", "name_obj",
                                        "namzon", "wadmkd",  "village", "desa",    "wadmkc",   "kecamatan",
                                        "nm_kab", "name_2",  "wadmkk",  "regency", "district", "mill",
                                        "KEL",    "kabkota", "laa",     "name_1",  "kab_kota"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        for (size_t f = 0; f < layer->n_fields; f++) {
            const tpk_field *field = &layer->fields[f];
            if (field->type == TPK_FIELD_TEXT && tpk_text_equal_fold(field->name, NAMES[i])) return field;
        }
    }
    return NULL;
}

const char *tpk_subject_id(const tpk_subject *subject)
{
    return subject->spec && subject->spec->id ? subject->spec->id : "LAYER";
}

tpk_status tpk_check_step(const tpk_subject *subject, int64_t done, int64_t total, tpk_err *err)
{
    if (tpk_cancelled(subject->control))
        return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while examining layers"));
    if (done % TPK_CHECK_STRIDE == 0 && total > TPK_CHECK_STRIDE) tpk_check_tell(subject, done, total);
    return TPK_OK;
}

tpk_status tpk_check_cell(const tpk_subject *subject, size_t column, int64_t feature, tpk_err *err)
{
    int64_t n = subject->layer->n_features;
    if (feature % TPK_CHECK_STRIDE == 0 && n > TPK_CHECK_STRIDE)
        tpk_check_tell(subject, (int64_t)column * n + feature, (int64_t)subject->layer->n_fields * n);
    return tpk_check_step(subject, 1, n, err);
}

/* Every kind has an equal part of the layer's progress, whatever it takes. */
void tpk_check_tell(const tpk_subject *subject, int64_t done, int64_t total)
{
    int64_t n = subject->layer ? subject->layer->n_features : total;
    int64_t n_kinds = subject->n_kinds > 0 ? subject->n_kinds : 1;
    double share = ((double)subject->n_kinds_done + (double)done / (double)total) / (double)n_kinds;
    tpk_progress(subject->control, subject->spec->id, (int64_t)(share * (double)n), n, _("features"));
}

void tpk_check_tell_end(const tpk_subject *subject)
{
    int64_t n = subject->layer ? subject->layer->n_features : 0;
    if (n > TPK_CHECK_STRIDE) tpk_progress(subject->control, subject->spec->id, n, n, _("features"));
}

bool tpk_name_has(const char *name, const char *word)
{
    size_t n = strlen(word);
    for (; *name; name++) {
        if (strncasecmp(name, word, n) == 0) return true;
    }
    return false;
}
