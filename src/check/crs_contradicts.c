/* Coordinates that cannot be in the system that the layer states, and a project file that says otherwise than
 * the layer. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/crs_guess.h"
#include "check/kinds.h"

static const char *label(const tpk_crs *crs)
{
    return tpk_crs_code(crs)[0] ? tpk_crs_code(crs) : tpk_crs_name(crs);
}

static const char *what_for(const tpk_subject *subject, const tpk_crs_guess *guess)
{
    if (tpk_crs_is_geographic(subject->crs))
        return _("the layer says that its coordinates are degrees, but they are metres");
    return guess->degrees > 0.5 ? _("the layer says that its coordinates are metres, but they are degrees")
                                : _("the layer's coordinates are metres of another system than it says");
}

static tpk_status report_numbers(const tpk_subject *subject, const tpk_crs_guess *guess,
                                 tpk_findings *findings, tpk_err *err)
{
    char *guessed = tpk_crs_guess_text(guess), *line = tpk_crs_line(subject, guess->code), *found = NULL,
         *change = NULL;
    tpk_status status = TPK_OK;
    if (guessed)
        found = tpk_finding_text("%s (%s); %s", what_for(subject, guess), label(subject->crs), guessed);
    if (line) {
        change = tpk_finding_text(
            _("in the project file: `%s`, which goes before what the file says; tell the office that "
              "delivered the layer that its label is wrong"),
            line);
    }
    if (!found || !change ||
        !tpk_findings_add(
            findings, "crs_contradicts", TPK_GRAVITY_SERIOUS, 0, found,
            _("read as it says, the layer lies far from where it belongs, and every distance to it is wrong"),
            change)) {
        status = tpk_err_memory(err);
    }
    tpk_free(change);
    tpk_free(found);
    tpk_free(line);
    tpk_free(guessed);
    return status;
}

/* The project file states another CRS than the file does; which may well be right. */
static tpk_status compare_stated(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const char *text = subject->layer ? subject->layer->crs_text : subject->raster->crs_text;
    if (!subject->spec->crs || !text) return TPK_OK;
    tpk_crs *own = NULL;
    if (tpk_crs_new(subject->worker, text, &own, NULL) == TPK_ERR_MEMORY) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    if (own && !tpk_crs_is_same(own, subject->crs)) {
        char *found =
            tpk_finding_text(_("the file says its coordinates are in %s (%s), the project file says %s (%s)"),
                             label(own), tpk_crs_name(own), label(subject->crs), tpk_crs_name(subject->crs));
        if (!found ||
            !tpk_findings_add(
                findings, "crs_contradicts", TPK_GRAVITY_REMARK, 0, found,
                _("the run follows the project file; if that is wrong, the layer lies in the wrong place"),
                _("nothing, when the file's label is known to be wrong; else take `crs:` out of the project "
                  "file"))) {
            status = tpk_err_memory(err);
        }
        tpk_free(found);
    }
    tpk_crs_free(own);
    return status;
}

static tpk_status examine(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    if (!subject->crs) return TPK_OK;
    tpk_crs_guess guess;
    if (tpk_crs_is_contradicted(subject, &guess)) return report_numbers(subject, &guess, findings, err);
    return compare_stated(subject, findings, err);
}

const tpk_finding_kind TPK_FINDING_CRS_CONTRADICTS = {
    .id = "crs_contradicts",
    .summary = N_("coordinates that contradict the stated reference system"),
    .for_vectors = true,
    .for_rasters = true,
    .fast = true,
    .examine = examine};
