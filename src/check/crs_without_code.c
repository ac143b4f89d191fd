/* A definition without an authority's code, as Esri's .prj files are: which system it is must be found by
 * comparing.
 *
 * Degrees on WGS 84 ("GCS_WGS_1984") can mean nothing else and are no finding; a projected definition can be
 * a near relative of the right one, and is told even when an equal one is registered. */
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"

static bool has_code(const char *text)
{
    return strcasestr(text, "AUTHORITY[") || strcasestr(text, ",ID[\"") || strcasestr(text, "\"id\"") ||
           strncasecmp(text, "EPSG:", 5) == 0 || strncasecmp(text, "ESRI:", 5) == 0;
}

static tpk_status examine(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const char *text = subject->layer ? subject->layer->crs_text : subject->raster->crs_text;
    if (!subject->crs || subject->spec->crs || !text || has_code(text)) return TPK_OK;
    const char *code = tpk_crs_code(subject->crs), *name = tpk_crs_name(subject->crs);
    bool is_known = code[0] != '\0';
    if (is_known && tpk_crs_is_geographic(subject->crs)) return TPK_OK;
    const char *id = subject->spec->id && subject->spec->id[0] ? subject->spec->id : "LAYER";
    const char *path = subject->spec->written ? subject->spec->written : subject->spec->path;
    char *found = NULL, *change = NULL;
    tpk_status status = TPK_OK;
    if (is_known) {
        found = tpk_finding_text(
            _("the file describes its reference system without a code; compared with the registry it is "
              "%s (%s)"),
            code, name);
        change = tpk_finding_text(
            _("nothing has to change; to have it in writing, in the project file: `%s: {path: %s, crs: %s}`"),
            id, path, code);
    } else {
        found = tpk_finding_text(
            _("the file describes its reference system ('%s') without a code, and the EPSG registry has "
              "no equal one"),
            name);
        change = tpk_finding_text(
            _("ask the office that delivered the layer for the EPSG code (for Kalimantan Selatan usually "
              "EPSG:32750, EPSG:23837 or EPSG:9490), then in the project file: `%s: {path: %s, crs: "
              "EPSG:...}`"),
            id, path);
    }
    if (!found || !change ||
        !tpk_findings_add(
            findings, "crs_without_code", is_known ? TPK_GRAVITY_REMARK : TPK_GRAVITY_REPAIR, 0, found,
            is_known
                ? _("the layer is placed by that system")
                : _("the layer is placed by the numbers of the description alone; the best transformation "
                    "between datums can only be found by code"),
            change)) {
        status = tpk_err_memory(err);
    }
    tpk_free(change);
    tpk_free(found);
    return status;
}

const tpk_finding_kind TPK_FINDING_CRS_WITHOUT_CODE = {
    .id = "crs_without_code",
    .summary = N_("a projected reference system without an EPSG code"),
    .for_vectors = true,
    .for_rasters = true,
    .fast = true,
    .examine = examine};
