/* Colours for the eye where numbers or classes are needed: a picture of a map is not the map. */
#include "base/i18n.h"
#include "check/kinds.h"
#include "check/tally.h"

static tpk_status raster_picture(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    tpk_tally tally = {0};
    if (!subject->raster->is_picture) return TPK_OK;
    char *found = tpk_finding_text(
        _("its bands are marked as red, green and blue, as those of a picture; band %d, one of the three, "
          "would be read as the value"),
        subject->raster->band);
    char *change = tpk_finding_text(
        _("when '%s' looks like a picture in QGIS, ask the office for the raster that it was made from, with "
          "the numbers or the class codes themselves; when its bands are measurements, nothing is needed"),
        tpk_subject_id(subject));
    return tpk_tally_report_take(
        &tally, findings, "raster_picture", TPK_GRAVITY_REMARK, found,
        _("of a picture, how red a pixel is says neither how much there is nor which class it is: different "
          "classes share "
          "a red, and the edges between them have mixed colours that belong to none"),
        change, err);
}

const tpk_finding_kind TPK_FINDING_RASTER_PICTURE = {
    .id = "raster_picture",
    .summary = N_("bands marked as red, green and blue, perhaps of a picture"),
    .for_rasters = true,
    .fast = true,
    .examine = raster_picture,
};
