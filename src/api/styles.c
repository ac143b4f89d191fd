#include "api/styles.h"

#include <stdio.h>

#include "base/mem.h"
#include "output/web_style.h"

/* NULL: no memory. */
static const char *staged(tpk_staging *staging, const char *name, const char *ending)
{
    char file[64];
    snprintf(file, sizeof file, "%s.%s", name, ending);
    return tpk_staging_path(staging, file);
}

tpk_status tpk_styles_write_raster(const tpk_legend *legend, const char *name, tpk_staging *staging,
                                   tpk_err *err)
{
    const char *qml = staged(staging, name, "qml"), *sld = staged(staging, name, "sld");
    if (!qml || !sld) return tpk_err_memory(err);
    tpk_status status = tpk_legend_write_qml(legend, qml, err);
    return status == TPK_OK ? tpk_legend_write_sld(legend, name, sld, err) : status;
}

/* ---- zones and regions ---- */

static tpk_status write_outline(const tpk_outline_style *style, const char *name, tpk_staging *staging,
                                tpk_err *err)
{
    const char *qml = staged(staging, name, "qml"), *sld = staged(staging, name, "sld");
    if (!qml || !sld) return tpk_err_memory(err);
    tpk_status status = tpk_outline_write_qml(style, qml, err);
    return status == TPK_OK ? tpk_outline_write_sld(style, name, sld, err) : status;
}

static tpk_outline_style plain_outline(const tpk_project *project, tpk_map_label label)
{
    return (tpk_outline_style){.title = tpk_label_text(&project->styles, label, project->language),
                               .casing = project->styles.labels[label].color,
                               .line = project->styles.outline,
                               .label_field = "name"};
}

tpk_outline_style tpk_styles_region_outline(const tpk_project *project)
{
    return plain_outline(project, TPK_LABEL_REGIONS);
}

tpk_outline_style tpk_styles_zone_outline(const tpk_project *project, const tpk_own_legend *classes)
{
    tpk_outline_style style = plain_outline(project, TPK_LABEL_ZONES);
    style.value_field = "score_mean";
    style.classes = classes->legend;
    style.none =
        (tpk_legend_entry){.color = tpk_label_class_color(&project->styles, TPK_CELL_UNKNOWN),
                           .label = tpk_label_class(&project->styles, TPK_CELL_UNKNOWN, project->language)};
    return style;
}

tpk_status tpk_styles_write_zones(const tpk_study *study, tpk_staging *staging, tpk_err *err)
{
    tpk_own_legend classes = {0};
    tpk_status status = tpk_legend_zone_classes(study->plan, &classes, err);
    if (status != TPK_OK) return status;
    tpk_outline_style style = tpk_styles_zone_outline(study->project, &classes);
    status = write_outline(&style, "zones", staging, err);
    tpk_own_legend_clear(&classes);
    return status;
}

tpk_status tpk_styles_write_regions(const tpk_study *study, tpk_staging *staging, tpk_err *err)
{
    tpk_outline_style style = tpk_styles_region_outline(study->project);
    return write_outline(&style, "regions", staging, err);
}

/* ---- style.json ---- */

static tpk_status write_web(const tpk_study *study, const tpk_web_legend *legends, size_t n_legends,
                            const tpk_own_legend *classes, const char *path, tpk_err *err)
{
    tpk_outline_style regions = tpk_styles_region_outline(study->project),
                      zones = tpk_styles_zone_outline(study->project, classes);
    tpk_web_layer layers[2];
    size_t n_layers = 0;
    if (study->n_regions > 0) layers[n_layers++] = (tpk_web_layer){"regions", &regions};
    if (study->n_zones > 0) layers[n_layers++] = (tpk_web_layer){"zones", &zones};
    tpk_web_style style = {.title = study->project->title,
                           .layers = layers,
                           .n_layers = n_layers,
                           .legends = legends,
                           .n_legends = n_legends};
    return tpk_web_style_write(&style, path, err);
}

tpk_status tpk_styles_write_web(const tpk_study *study, const tpk_rasters *rasters, tpk_staging *staging,
                                tpk_err *err)
{
    const char *path = tpk_staging_path(staging, "style.json");
    if (!path) return tpk_err_memory(err);
    tpk_own_legend own[TPK_RASTER_COUNT] = {{.n_texts = 0}}, classes = {0};
    tpk_web_legend legends[TPK_RASTER_COUNT + 1];
    size_t n = 0;
    tpk_status status = TPK_OK;
    for (int which = 0; which < TPK_RASTER_COUNT && status == TPK_OK; which++) {
        if (!study->project->output.rasters[which]) continue;
        status = tpk_rasters_legend(rasters, which, &own[which], err);
        legends[n++] = (tpk_web_legend){tpk_raster_name(which), &own[which].legend};
    }
    if (status == TPK_OK) status = tpk_legend_zone_classes(study->plan, &classes, err);
    if (study->n_zones > 0) legends[n++] = (tpk_web_legend){"zones", &classes.legend};
    if (status == TPK_OK) status = write_web(study, legends, n, &classes, path, err);
    for (int which = 0; which < TPK_RASTER_COUNT; which++) tpk_own_legend_clear(&own[which]);
    tpk_own_legend_clear(&classes);
    return status;
}
