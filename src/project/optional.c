/* Layers that are optional and absent: what needs them is left out of the study, and the planner is told. */
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "project/reader.h"

bool tpk_check_present(tpk_reader *reader, tpk_pos pos, const char *user, int index)
{
    if (index < 0 || !reader->project->layers[index].absent) return true;
    const tpk_layer_spec *layer = &reader->project->layers[index];
    tpk_report_add(&reader->report, pos,
                   _("layer '%s' (%s) is optional and not there, but '%s' cannot do without it; put the file "
                     "there, or name another layer"),
                   layer->id, layer->written, user);
    return false;
}

/* The first absent layer that a source names; NULL: all are there. */
static const tpk_layer_spec *absent_layer(const tpk_project *project, const tpk_params *source)
{
    for (size_t i = 0; i < source->kind->n_params; i++) {
        const tpk_param *param = &source->items[i];
        bool names_layer = param->spec->type == TPK_PARAM_VECTOR || param->spec->type == TPK_PARAM_RASTER;
        if (!names_layer || !param->text) continue;
        const tpk_layer_spec *layer = tpk_project_layer(project, param->text);
        if (layer->absent) return layer;
    }
    return NULL;
}

/* Puts what is left out behind the rest, both in their order. */
static void move_behind(tpk_reader *reader, void *items, size_t n, size_t size, const bool *is_left_out)
{
    const char *from = items;
    char *sorted = tpk_reader_alloc(reader, n, size), *to = sorted;
    if (!sorted) return;
    for (int behind = 0; behind < 2; behind++) {
        for (size_t i = 0; i < n; i++) {
            if (is_left_out[i] != (behind == 1)) continue;
            memcpy(to, from + i * size, size);
            to += size;
        }
    }
    memcpy(items, sorted, n * size);
    tpk_free(sorted);
}

/* ---- criteria ---- */

static size_t mark_criteria(tpk_reader *reader, bool *is_left_out)
{
    const tpk_project *project = reader->project;
    size_t n = 0;
    for (size_t k = 0; k < project->n_criteria; k++) {
        const tpk_criterion_spec *criterion = &project->criteria[k];
        const tpk_layer_spec *layer = absent_layer(project, &criterion->source);
        is_left_out[k] = layer != NULL;
        if (!layer) continue;
        n++;
        char weight[32];
        tpk_report_remark(&reader->report, TPK_WARNING, criterion->pos,
                          _("criterion '%s' is left out, because layer '%s' (%s) is not there; its weight %s "
                            "is shared among the others"),
                          criterion->id, layer->id, layer->written,
                          tpk_text_from_number(criterion->weight, weight));
    }
    return n;
}

/* Constraints name criteria by their place, which move_behind changes. */
static void renumber(tpk_project *project, const bool *is_left_out)
{
    int32_t place[TPK_MAX_CRITERIA], next = 0;
    for (int behind = 0; behind < 2; behind++) {
        for (size_t k = 0; k < project->n_criteria; k++) {
            if (is_left_out[k] == (behind == 1)) place[k] = next++;
        }
    }
    for (size_t i = 0; i < project->n_constraints + project->n_constraints_left_out; i++) {
        int32_t *criterion = &project->constraints[i].criterion;
        if (*criterion >= 0) *criterion = place[*criterion];
    }
}

/* The weights as the engine will use them: in proportion, together 1. */
static void tell_weights(tpk_reader *reader)
{
    const tpk_project *project = reader->project;
    const tpk_criterion_spec *first_left_out = &project->criteria[project->n_criteria];
    double sum = 0;
    for (size_t k = 0; k < project->n_criteria; k++) sum += project->criteria[k].weight;
    if (!(sum > 0)) {
        tpk_report_add(
            &reader->report, first_left_out->weight_pos, "%s",
            _("the criteria that are left all have the weight 0; put the layer of a criterion with "
              "weight there, or change the weights"));
        return;
    }
    tpk_text text = {0};
    for (size_t k = 0; k < project->n_criteria; k++) {
        char weight[32];
        double rounded = round(project->criteria[k].weight / sum * 1e6) / 1e6;
        tpk_text_addf(&text, "%s%s %s", k ? ", " : "", project->criteria[k].id,
                      tpk_text_from_number(rounded, weight));
    }
    char *list = NULL;
    tpk_status status = tpk_text_take(&text, &list, NULL);
    if (status != TPK_OK) reader->report.status = status;
    if (list)
        tpk_report_remark(&reader->report, TPK_NOTE, first_left_out->weight_pos,
                          _("without the criteria that are left out, the weights are: %s"), list);
    tpk_free(list);
}

static void leave_out_criteria(tpk_reader *reader)
{
    tpk_project *project = reader->project;
    bool is_left_out[TPK_MAX_CRITERIA];
    size_t n = mark_criteria(reader, is_left_out);
    if (n == 0 || tpk_reader_failed(reader)) return;
    if (n == project->n_criteria) {
        tpk_report_add(
            &reader->report, project->criteria[0].pos, "%s",
            _("no criterion is left, because the layers of all of them are not there; put at least "
              "one of the layers there"));
        return;
    }
    renumber(project, is_left_out);
    move_behind(reader, project->criteria, project->n_criteria, sizeof *project->criteria, is_left_out);
    if (tpk_reader_failed(reader)) return;
    project->n_criteria -= n;
    project->n_criteria_left_out = n;
    tell_weights(reader);
}

/* ---- constraints, overlay, regions ---- */

static void leave_out_constraints(tpk_reader *reader)
{
    tpk_project *project = reader->project;
    bool is_left_out[TPK_MAX_CONSTRAINTS];
    size_t n = 0;
    for (size_t i = 0; i < project->n_constraints; i++) {
        const tpk_constraint_spec *constraint = &project->constraints[i];
        const tpk_params *source = constraint->criterion >= 0
                                       ? &project->criteria[constraint->criterion].source
                                       : &constraint->source;
        const tpk_layer_spec *layer = absent_layer(project, source);
        is_left_out[i] = layer != NULL;
        if (!layer) continue;
        n++;
        tpk_report_remark(&reader->report, TPK_WARNING, constraint->pos,
                          _("constraint '%s' is left out, because layer '%s' (%s) is not there: %s is NOT "
                            "applied, and the map may show places as suitable that it rules out"),
                          constraint->id, layer->id, layer->written, constraint->legal_source);
    }
    if (n == 0 || tpk_reader_failed(reader)) return;
    move_behind(reader, project->constraints, project->n_constraints, sizeof *project->constraints,
                is_left_out);
    if (tpk_reader_failed(reader)) return;
    project->n_constraints -= n;
    project->n_constraints_left_out = n;
}

static void leave_out_overlay(tpk_reader *reader)
{
    tpk_project *project = reader->project;
    bool *is_left_out = tpk_reader_alloc(reader, project->n_overlay, sizeof *is_left_out);
    size_t n = 0;
    for (size_t i = 0; is_left_out && i < project->n_overlay; i++) {
        const tpk_layer_spec *layer = tpk_project_layer(project, project->overlay[i]);
        is_left_out[i] = layer->absent;
        if (!layer->absent) continue;
        n++;
        tpk_report_remark(&reader->report, TPK_NOTE, project->overlay_pos[i],
                          _("'overlay' goes on without layer '%s' (%s), which is not there"), layer->id,
                          layer->written);
    }
    if (n > 0 && !tpk_reader_failed(reader)) {
        move_behind(reader, project->overlay_pos, project->n_overlay, sizeof *project->overlay_pos,
                    is_left_out);
        move_behind(reader, project->overlay, project->n_overlay, sizeof *project->overlay, is_left_out);
    }
    if (n > 0 && !tpk_reader_failed(reader)) {
        project->n_overlay -= n;
        project->n_overlay_left_out = n;
    }
    tpk_free(is_left_out);
}

/* Comes before leave_out_regions, which tells nothing of its own: one remark is enough for one table. */
static void tell_absent(tpk_reader *reader)
{
    const tpk_project *project = reader->project;
    for (size_t i = 0; i < project->n_layers; i++) {
        const tpk_layer_spec *layer = &project->layers[i];
        bool of_regions = project->regions.layer && strcmp(project->regions.layer, layer->id) == 0;
        if (!layer->absent || layer->slip_told) continue;
        tpk_report_remark(
            &reader->report, TPK_NOTE, layer->pos,
            of_regions
                ? _("layer '%s': there is no file '%s'; it is optional, so there is no table of regions")
                : _("layer '%s': there is no file '%s'; it is optional, so what needs it is left out"),
            layer->id, layer->written);
    }
}

static void leave_out_regions(tpk_reader *reader)
{
    tpk_regions_spec *regions = &reader->project->regions;
    const tpk_layer_spec *layer = regions->layer ? tpk_project_layer(reader->project, regions->layer) : NULL;
    if (!layer || !layer->absent) return;
    tpk_free(regions->layer);
    regions->layer = NULL;
    regions->left_out = true;
}

void tpk_leave_out(tpk_reader *reader)
{
    leave_out_constraints(reader); /* while the criteria that they name stand in their places */
    if (!tpk_reader_failed(reader)) leave_out_criteria(reader);
    if (!tpk_reader_failed(reader)) leave_out_overlay(reader);
    if (!tpk_reader_failed(reader)) tell_absent(reader);
    if (!tpk_reader_failed(reader)) leave_out_regions(reader);
}
