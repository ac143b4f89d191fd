#include "check/examine.h"

#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/tally.h"
#include "input/path.h"

void tpk_examination_clear(tpk_examination *examination)
{
    for (size_t i = 0; i < examination->n; i++) {
        tpk_free(examination->items[i].id);
        tpk_free(examination->items[i].path);
        tpk_free(examination->items[i].crs);
        tpk_findings_clear(&examination->items[i].findings);
    }
    tpk_free(examination->items);
    tpk_names_clear(&examination->names);
    *examination = (tpk_examination){0};
}

bool tpk_examination_is_serious(const tpk_examination *examination)
{
    return tpk_examination_count(examination, TPK_GRAVITY_SERIOUS) > 0;
}

int64_t tpk_examination_count(const tpk_examination *examination, tpk_gravity gravity)
{
    int64_t n = 0;
    for (size_t i = 0; i < examination->n; i++) {
        const tpk_findings *findings = &examination->items[i].findings;
        for (size_t k = 0; k < findings->n; k++) n += findings->items[k].gravity == gravity;
    }
    return n;
}

static tpk_examined *add_entry(tpk_examination *examination, const char *id, const char *path,
                               const char *kind)
{
    if (!tpk_grow(&examination->items, &examination->capacity, examination->n + 1,
                  sizeof *examination->items))
        return NULL;
    tpk_examined *entry = &examination->items[examination->n];
    *entry = (tpk_examined){.id = tpk_strdup(id ? id : ""), .path = tpk_strdup(path), .kind = kind};
    examination->n++; /* half made or not, it is cleared with the others */
    return entry->id && entry->path ? entry : NULL;
}

tpk_examined *tpk_examination_add_project(tpk_examination *examination, const char *title, const char *path)
{
    tpk_examined *entry = add_entry(examination, title, path, "project");
    if (entry) entry->crs = tpk_strdup("");
    return entry && entry->crs ? entry : NULL;
}

tpk_status tpk_examination_add_absent(tpk_examination *examination, const tpk_layer_spec *spec, tpk_err *err)
{
    tpk_examined *entry = add_entry(examination, spec->id, spec->written, "absent");
    if (entry) entry->crs = tpk_strdup("");
    if (!entry || !entry->crs) return tpk_err_memory(err);
    entry->verdict = TPK_VERDICT_ABSENT;
    return TPK_OK;
}

/* Insertion keeps the order of the registry among equals; there are never more than a few dozen. */
void tpk_examined_judge(tpk_examined *examined)
{
    if (examined->verdict == TPK_VERDICT_ABSENT) return; /* there is nothing to judge */
    tpk_finding *items = examined->findings.items;
    for (size_t i = 1; i < examined->findings.n; i++) {
        tpk_finding moving = items[i];
        size_t k = i;
        for (; k > 0 && items[k - 1].gravity < moving.gravity; k--) items[k] = items[k - 1];
        items[k] = moving;
    }
    tpk_gravity gravest = examined->findings.n > 0 ? items[0].gravity : TPK_GRAVITY_REMARK;
    examined->verdict = gravest == TPK_GRAVITY_SERIOUS  ? TPK_VERDICT_UNUSABLE
                        : gravest == TPK_GRAVITY_REPAIR ? TPK_VERDICT_REPAIRS
                                                        : TPK_VERDICT_GOOD;
}

/* What to do about a layer that cannot be read. */
static const char *way_to_read(const tpk_layer_spec *spec, const tpk_err *reason)
{
    struct stat facts;
    if (tpk_path_refuse_missing(spec, NULL) != TPK_OK)
        return _("look at the spelling of the path, also at capitals and small letters, and whether the file "
                 "was moved");
    if (stat(spec->path, &facts) == 0 && S_ISDIR(facts.st_mode))
        return _("give the path of a layer: of one file in the folder");
    return reason->code == TPK_ERR_IO
               ? _("give the path of a layer that can be read: a shapefile with all its parts (.shp, .shx, "
                   ".dbf, .prj), a GeoPackage, GeoJSON or GeoTIFF; when the file came like this, ask the "
                   "office "
                   "that delivered it to send it again, zipped")
               : _("do what the message says; when the file came like this, ask the office that delivered it "
                   "to "
                   "send it again, zipped, with all its parts");
}

static tpk_status unreadable(const tpk_layer_spec *spec, const tpk_err *reason, tpk_examined *entry,
                             tpk_err *err)
{
    bool added = tpk_findings_add(&entry->findings, "unreadable", TPK_GRAVITY_SERIOUS, 0, reason->message,
                                  _("a run that uses this layer stops here"), way_to_read(spec, reason));
    return added ? TPK_OK : tpk_err_memory(err);
}

static bool applies(const tpk_finding_kind *kind, const tpk_subject *subject, bool only_fast)
{
    return (subject->layer ? kind->for_vectors : kind->for_rasters) && (kind->fast || !only_fast);
}

static tpk_status run_kinds(const tpk_subject *of, bool only_fast, tpk_findings *findings, tpk_err *err)
{
    tpk_subject subject = *of;
    for (size_t i = 0; i < TPK_N_FINDING_KINDS; i++)
        subject.n_kinds += applies(TPK_FINDING_KINDS[i], &subject, only_fast);
    for (size_t i = 0; i < TPK_N_FINDING_KINDS; i++) {
        const tpk_finding_kind *kind = TPK_FINDING_KINDS[i];
        if (!applies(kind, &subject, only_fast)) continue;
        if (tpk_cancelled(subject.control))
            return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while examining layers"));
        tpk_status status = kind->examine(&subject, findings, err);
        if (status != TPK_OK) return status;
        subject.n_kinds_done++;
    }
    tpk_check_tell_end(&subject);
    return TPK_OK;
}

static tpk_status fill(const tpk_subject *subject, const tpk_surroundings *around, tpk_examined *entry,
                       tpk_err *err)
{
    const char *crs = "";
    if (subject->crs)
        crs = tpk_crs_code(subject->crs)[0] ? tpk_crs_code(subject->crs) : tpk_crs_name(subject->crs);
    entry->crs = tpk_strdup(crs);
    if (!entry->crs) return tpk_err_memory(err);
    entry->kind = subject->layer ? "vector" : "raster";
    if (subject->layer) entry->n_features = subject->layer->n_features;
    return run_kinds(subject, around->only_fast, &entry->findings, err);
}

tpk_status tpk_examine_layer(const tpk_layer_spec *spec, tpk_usage usage, const tpk_surroundings *around,
                             tpk_examination *examination, tpk_err *err)
{
    tpk_opened opened = {0};
    tpk_diags diags = {0};
    tpk_err reason = {0};
    tpk_examined *entry =
        add_entry(examination, spec->id, spec->written ? spec->written : spec->path, "unread");
    if (!entry) return tpk_err_memory(err);
    tpk_status status = tpk_subject_open(spec, usage, around, &opened, &diags, &reason);
    if (status == TPK_OK) {
        status = fill(&opened.subject, around, entry, &reason);
        if (status == TPK_OK && opened.layer && !around->only_fast)
            status = tpk_names_gather(&examination->names, examination->n - 1, &opened.subject, &reason);
    } else if (status != TPK_ERR_MEMORY && status != TPK_ERR_CANCELLED) {
        entry->crs = tpk_strdup("");
        status = entry->crs ? unreadable(spec, &reason, entry, &reason) : TPK_ERR_MEMORY;
    }
    /* a layer that breaks off while it is examined, as a raster's damaged block does */
    if (status == TPK_ERR_IO || status == TPK_ERR_DATA) status = unreadable(spec, &reason, entry, err);
    tpk_examined_judge(entry);
    tpk_opened_close(&opened);
    tpk_diags_clear(&diags);
    if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
    return status == TPK_OK ? TPK_OK : tpk_err_set(err, status, "%s", reason.message);
}

tpk_status tpk_examine_together(tpk_examination *examination, const tpk_control *control, tpk_err *err)
{
    tpk_status status = tpk_names_compare(&examination->names, examination, control, err);
    tpk_names_clear(&examination->names);
    for (size_t i = 0; i < examination->n; i++) tpk_examined_judge(&examination->items[i]);
    return status;
}

/* What too few cells leave unsaid must not look like praise. */
static tpk_status tell_small_sample(const tpk_plan_sample *sample, tpk_findings *findings, tpk_err *err)
{
    if (sample->n >= TPK_LEAST_CORRELATED) return TPK_OK;
    const char *format = sample->n > 1    ? _("the study area has only %zu cells: whether criteria rise and "
                                                 "fall together was not looked at")
                         : sample->n == 1 ? _("the study area has only one cell: neither shares of cells nor "
                                              "whether criteria rise and fall "
                                              "together were looked at")
                                          : _("the study area has not one cell: nothing of it was looked at");
    char *found = tpk_finding_text(format, sample->n);
    bool added = found && tpk_findings_add(findings, "sample_small", TPK_GRAVITY_REMARK, 0, found,
                                           _("from so few cells little can be said about a study"),
                                           _("nothing when the study is meant to be so small; else look at "
                                             "`cell:` and the study area under `grid:`"));
    tpk_free(found);
    return added ? TPK_OK : tpk_err_memory(err);
}

tpk_status tpk_examine_plan(const tpk_plan *plan, bool layers_fit, const tpk_control *control,
                            tpk_examined *examined, tpk_err *err)
{
    tpk_plan_sample sample = {0};
    tpk_status status = tpk_plan_sample_take(plan, control, &sample, err);
    for (size_t i = 0; status == TPK_OK && sample.n > 0 && i < TPK_N_PROJECT_FINDING_KINDS; i++) {
        const tpk_project_finding_kind *kind = TPK_PROJECT_FINDING_KINDS[i];
        if (kind->of_fitting_layers && !layers_fit) continue;
        tpk_progress(control, _("examining the project"), (int64_t)i, (int64_t)TPK_N_PROJECT_FINDING_KINDS,
                     _("checks"));
        status = kind->examine(&sample, control, &examined->findings, err);
    }
    if (status == TPK_OK) status = tell_small_sample(&sample, &examined->findings, err);
    tpk_plan_sample_clear(&sample);
    return status;
}
