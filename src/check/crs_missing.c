/* No coordinate reference system, or one that cannot be understood. */
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/crs_guess.h"
#include "check/kinds.h"

static const char *file_text(const tpk_subject *subject)
{
    return subject->layer ? subject->layer->crs_text : subject->raster->crs_text;
}

/* found becomes "`what`; `guess`"; adds the finding with the line for the project file. */
static tpk_status report(const tpk_subject *subject, const char *kind, const char *what,
                         tpk_findings *findings, tpk_err *err)
{
    tpk_crs_guess guess = tpk_crs_guess_of(subject);
    char *guessed = tpk_crs_guess_text(&guess), *line = tpk_crs_line(subject, guess.code), *found = NULL,
         *change = NULL;
    tpk_status status = TPK_OK;
    if (guessed) found = tpk_finding_text("%s; %s", what, guessed);
    if (line && guess.code) {
        change = tpk_finding_text(
            _("in the project file: `%s`; let the office that delivered the layer confirm the system and "
              "its datum, which numbers cannot tell"),
            line);
    } else if (line) {
        change = tpk_finding_text(
            _("ask the office that delivered the layer for its coordinate reference system, with the EPSG "
              "code, then in the project file: `%s`"),
            line);
    }
    if (!found || !change ||
        !tpk_findings_add(findings, kind, TPK_GRAVITY_SERIOUS, 0, found,
                          _("without it nobody can tell where the layer lies; the run refuses it"), change)) {
        status = tpk_err_memory(err);
    }
    tpk_free(change);
    tpk_free(found);
    tpk_free(line);
    tpk_free(guessed);
    return status;
}

static tpk_status examine_missing(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    if (subject->crs || subject->spec->crs || file_text(subject)) return TPK_OK;
    const tpk_layer *layer = subject->layer;
    if (layer && layer->feature_part[layer->n_features] == 0) return TPK_OK; /* no_geometry says enough */
    const char *place =
        subject->layer && subject->layer->crs_place ? subject->layer->crs_place : _("the file states none");
    char *what = tpk_finding_text(_("the layer has no coordinate reference system (%s)"), place);
    if (!what) return tpk_err_memory(err);
    tpk_status status = report(subject, "crs_missing", what, findings, err);
    tpk_free(what);
    return status;
}

const tpk_finding_kind TPK_FINDING_CRS_MISSING = {.id = "crs_missing",
                                                  .summary = N_("no coordinate reference system"),
                                                  .for_vectors = true,
                                                  .for_rasters = true,
                                                  .fast = true,
                                                  .examine = examine_missing};

static tpk_status examine_unreadable(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const char *text = subject->spec->crs ? subject->spec->crs : file_text(subject);
    if (subject->crs || !text) return TPK_OK;
    tpk_err reason = {0};
    tpk_crs *crs = NULL;
    if (tpk_crs_new(subject->worker, text, &crs, &reason) == TPK_ERR_MEMORY) return tpk_err_memory(err);
    tpk_crs_free(crs);
    char *what =
        tpk_finding_text("%s: %s",
                         subject->spec->crs ? _("the CRS that the project file states cannot be understood")
                                            : _("the CRS that the file states cannot be understood"),
                         reason.message);
    if (!what) return tpk_err_memory(err);
    tpk_status status = report(subject, "crs_unreadable", what, findings, err);
    tpk_free(what);
    return status;
}

const tpk_finding_kind TPK_FINDING_CRS_UNREADABLE = {
    .id = "crs_unreadable",
    .summary = N_("a coordinate reference system that cannot be understood"),
    .for_vectors = true,
    .for_rasters = true,
    .fast = true,
    .examine = examine_unreadable};
