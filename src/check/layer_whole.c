/* A layer without what makes it one: no table, no attributes, no geometry. */
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/tally.h"

static tpk_status examine_table(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    if (!subject->layer->lacks_table) return TPK_OK;
    bool added = tpk_findings_add(findings, "table_missing", TPK_GRAVITY_SERIOUS, 0,
                                  _("its .dbf table is missing: the layer has shapes but no attributes, and "
                                    "records that were deleted cannot be told from the "
                                    "others"),
                                  _("a run warns and goes on with all shapes, so that its map is wrong where "
                                    "some were deleted; every condition or field of this layer fails"),
                                  _("ask the office that delivered the layer for the whole shapefile (.shp, "
                                    ".shx, .dbf, .prj), best zipped"));
    return added ? TPK_OK : tpk_err_memory(err);
}

const tpk_finding_kind TPK_FINDING_TABLE_MISSING = {.id = "table_missing",
                                                    .summary = N_("a shapefile without its .dbf table"),
                                                    .for_vectors = true,
                                                    .fast = true,
                                                    .examine = examine_table};

/* Row numbers that programs write when there is nothing else to write. */
static bool is_row_number(const tpk_field *field)
{
    static const char *const NAMES[] = {"fid", "id", "gid", "objectid", "ogc_fid", "fid_1", "objectid_1"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (field->type != TPK_FIELD_TEXT && tpk_text_equal_fold(field->name, NAMES[i])) return true;
    }
    return false;
}

static tpk_status examine_bare(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    for (size_t i = 0; i < layer->n_fields; i++) {
        if (!is_row_number(&layer->fields[i])) return TPK_OK;
    }
    if (layer->lacks_table || layer->n_features == 0) return TPK_OK;
    bool added = tpk_findings_add(
        findings, "table_bare", TPK_GRAVITY_REMARK, 0,
        _("the layer has no attributes but row numbers: no names, classes or sources"),
        _("distances to it can be measured; conditions (`where:`), classes and names are not to be had"),
        _("nothing when the shapes are enough; else ask the office that delivered the layer for the one with "
          "attributes"));
    return added ? TPK_OK : tpk_err_memory(err);
}

const tpk_finding_kind TPK_FINDING_TABLE_BARE = {.id = "table_bare",
                                                 .summary = N_("a layer without attributes"),
                                                 .for_vectors = true,
                                                 .fast = true,
                                                 .examine = examine_bare};

/* What to do about a layer of which nothing can be drawn. */
static const char *way_to_geometry(const tpk_layer *layer)
{
    if (layer->n_filtered > 0) return _("change `where:` in the project file");
    if (layer->n_features == 0)
        return _(
            "ask for the layer again: an empty one comes from an export whose filter matched nothing, or "
            "from a download that broke off");
    if (layer->driver && strcmp(layer->driver, "CSV") == 0)
        return _(
            "when the table has columns of coordinates, name them x and y (longitude and latitude) or make "
            "a layer of it in QGIS (Add Delimited Text Layer) and save that as GeoPackage; else ask the "
            "office that delivered the table for the geometry");
    return _("ask the office that delivered the layer for the geometry (KLHK's services deliver attributes "
             "without it since 2022)");
}

static tpk_status examine_geometry(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    if (layer->feature_part[layer->n_features] > 0) return TPK_OK;
    char *found = NULL;
    if (layer->n_features == 0) {
        found = layer->n_filtered > 0
                    ? tpk_finding_text(
                          NG_("its %lld feature does not satisfy the condition `where: %s`",
                              "none of its %lld features satisfies the condition `where: %s`", layer->n_read),
                          (long long)layer->n_read, subject->spec->where ? subject->spec->where : "")
                    : tpk_finding_text("%s", _("the layer holds no features"));
    } else {
        found = tpk_finding_text(
            NG_("its %lld record has no geometry: it is a table, not a map layer",
                "none of its %lld records has a geometry: it is a table, not a map layer", layer->n_features),
            (long long)layer->n_features);
    }
    bool added = found && tpk_findings_add(findings, "no_geometry", TPK_GRAVITY_SERIOUS, layer->n_features,
                                           found, _("a criterion that uses it has no value anywhere"),
                                           way_to_geometry(layer));
    tpk_free(found);
    return added ? TPK_OK : tpk_err_memory(err);
}

const tpk_finding_kind TPK_FINDING_NO_GEOMETRY = {.id = "no_geometry",
                                                  .summary =
                                                      N_("a layer without features or without geometry"),
                                                  .for_vectors = true,
                                                  .fast = true,
                                                  .examine = examine_geometry};

static tpk_status examine_missing(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    if (layer->feature_part[layer->n_features] == 0) return TPK_OK; /* no_geometry */
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (layer->feature_part[f] == layer->feature_part[f + 1]) tpk_tally_add(&tally, layer, f, NULL);
    }
    if (tally.n == 0) return TPK_OK;
    char *found = tpk_finding_text(
        NG_("%lld of %lld records has no geometry", "%lld of %lld records have no geometry", tally.n),
        (long long)tally.n, (long long)layer->n_features);
    char *change = tpk_finding_text(
        "%s",
        _("ask the office that delivered the layer where these lie, or nothing when they do not matter"));
    return tpk_tally_report_take(
        &tally, findings, "geometry_missing", TPK_GRAVITY_REPAIR, found,
        _("they are in the table but not on the map: the run leaves them out and says so"), change, err);
}

const tpk_finding_kind TPK_FINDING_GEOMETRY_MISSING = {.id = "geometry_missing",
                                                       .summary = N_("records without geometry"),
                                                       .for_vectors = true,
                                                       .fast = true,
                                                       .examine = examine_missing};
