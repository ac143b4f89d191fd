/* Colours for the eye where numbers or classes are needed: a picture of a map is not the map. */
#include "base/i18n.h"
#include "check/kinds.h"
#include "check/tally.h"

static tpk_status raster_picture(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    tpk_tally tally = {0};
    if (!subject->raster->is_picture) return TPK_OK;
    char *found = tpk_finding_text(
        _("a picture: its bands hold red, green and blue from 0 to 255; band %d, one of the three, would be "
          "read as the value"),
        subject->raster->band);
    char *change = tpk_finding_text(
        _("ask the office for the raster that the picture was made from, with the numbers or the class codes "
          "themselves, and put it in the place of '%s'"),
        tpk_subject_id(subject));
    return tpk_tally_report_take(
        &tally, findings, "raster_picture", TPK_GRAVITY_REPAIR, found,
        _("how red a pixel is says neither how much there is nor which class it is: different classes share "
          "a red, and the edges between them have mixed colours that belong to none"),
        change, err);
}

const tpk_finding_kind TPK_FINDING_RASTER_PICTURE = {
    .id = "raster_picture",
    .summary = N_("a picture in colours in the place of values or classes"),
    .for_rasters = true,
    .fast = true,
    .examine = raster_picture,
};
