/* Datums of older surveys: the same numbers lie tens to hundreds of metres elsewhere than on WGS 84. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"

/* word: in the datum's name ("D_Batavia", "Gunung Segara (Jakarta)"); code: its geographic system. */
static const struct {
    const char *word, *name, *code;
} DATUMS[] = {
    {"Batavia", "Batavia (Genuk)", "EPSG:4211"},
    {"Genuk", "Batavia (Genuk)", "EPSG:4211"},
    {"Gunung Segara", "Gunung Segara", "EPSG:4613"},
    {"Gunung_Segara", "Gunung Segara", "EPSG:4613"},
    {"Segora", "Gunung Segara", "EPSG:4613"}, /* as NIMA spells it */
    {"Bukit Rimpah", "Bukit Rimpah", "EPSG:4219"},
    {"Indonesian Datum 1974", "Indonesian Datum 1974 (ID74)", "EPSG:4238"},
    {"Indonesian_Datum_1974", "Indonesian Datum 1974 (ID74)", "EPSG:4238"},
    {"Indonesian_1974", "Indonesian Datum 1974 (ID74)", "EPSG:4238"},
};

/* -1: none of them. Only the datum's own name counts: the WKT of other systems may mention places. */
static int old_datum(const tpk_crs *crs)
{
    const char *datum = strstr(tpk_crs_wkt(crs), "DATUM[\"");
    if (!datum) return -1;
    datum += strlen("DATUM[\"");
    char name[80];
    size_t n = strcspn(datum, "\"");
    if (n >= sizeof name) n = sizeof name - 1;
    memcpy(name, datum, n);
    name[n] = '\0';
    for (size_t i = 0; i < sizeof DATUMS / sizeof *DATUMS; i++) {
        if (strcasestr(name, DATUMS[i].word)) return (int)i;
    }
    return -1;
}

/* How far the middle of the study area moves, in metres, when its numbers are read on the old datum; NaN when
 * PROJ knows no way. */
static tpk_status shift_of(const tpk_subject *subject, int which, double *shift_m, double *accuracy_m,
                           tpk_err *err)
{
    static const double M_PER_DEG = 111195;
    tpk_box area = subject->area_lonlat;
    tpk_crs *old = NULL, *wgs84 = NULL;
    tpk_transform *transform = NULL;
    *shift_m = (double)NAN;
    *accuracy_m = -1;
    tpk_status status = tpk_crs_new(subject->worker, DATUMS[which].code, &old, NULL);
    if (status == TPK_OK) status = tpk_crs_new(subject->worker, "EPSG:4326", &wgs84, NULL);
    if (status == TPK_OK) status = tpk_transform_new(subject->worker, old, wgs84, area, &transform, NULL);
    if (status == TPK_OK) {
        double from[2] = {(area.x_min + area.x_max) / 2, (area.y_min + area.y_max) / 2},
               to[2] = {from[0], from[1]};
        tpk_transform_forward(transform, to, 1, NULL);
        double dx = (to[0] - from[0]) * cos(from[1] * 0.017453292519943295), dy = to[1] - from[1];
        *accuracy_m = tpk_transform_accuracy_m(transform);
        if (*accuracy_m >= 0) *shift_m = hypot(dx, dy) * M_PER_DEG;
    }
    tpk_transform_free(transform);
    tpk_crs_free(wgs84);
    tpk_crs_free(old);
    return status == TPK_ERR_MEMORY ? tpk_err_memory(err) : TPK_OK;
}

static tpk_status examine(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    int which = subject->crs ? old_datum(subject->crs) : -1;
    if (which < 0) return TPK_OK;
    double shift_m, accuracy_m;
    tpk_status status = shift_of(subject, which, &shift_m, &accuracy_m, err);
    if (status != TPK_OK) return status;
    bool is_known = isfinite(shift_m);
    char *found = NULL;
    if (is_known) {
        found = tpk_finding_text(_("the layer is on the old datum %s (%s): its numbers lie about %.0f m from "
                                   "the same numbers on WGS 84; "
                                   "PROJ's transformation is accurate to %.0f m"),
                                 DATUMS[which].name, tpk_crs_name(subject->crs), shift_m, accuracy_m);
    } else {
        found = tpk_finding_text(_("the layer is on the old datum %s (%s), and PROJ knows no transformation "
                                   "to WGS 84 for this area"),
                                 DATUMS[which].name, tpk_crs_name(subject->crs));
    }
    const char *change =
        is_known
            ? _("nothing, when the datum is right: the run transforms the layer. Ask the office that "
                "delivered it "
                "for an edition in SRGI2013 or WGS 84, or for control points to check a few places against")
            : _("ask the office that delivered the layer for an edition in SRGI2013 (EPSG:9470, EPSG:9490) "
                "or "
                "WGS 84 (EPSG:4326, EPSG:32750)");
    if (!found ||
        !tpk_findings_add(
            findings, "crs_old_datum", is_known ? TPK_GRAVITY_REPAIR : TPK_GRAVITY_SERIOUS, 0, found,
            is_known
                ? _("distances to it are no better than that accuracy, and a wrong guess of the datum moves "
                    "it by the whole shift")
                : _("the run would place it hundreds of metres from where it belongs"),
            change)) {
        status = tpk_err_memory(err);
    }
    tpk_free(found);
    return status;
}

const tpk_finding_kind TPK_FINDING_CRS_OLD_DATUM = {.id = "crs_old_datum",
                                                    .summary =
                                                        N_("an old datum: Batavia, Gunung Segara and others"),
                                                    .for_vectors = true,
                                                    .for_rasters = true,
                                                    .fast = true,
                                                    .examine = examine};
