/* What QGIS 3.22 needs of a project: layer ids of ten characters, a layer tree beside the layers, a CRS with
 * WKT, relative paths said in the properties. */
#include "output/qgs.h"

#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/xml.h"
#include "output/zip.h"

static void add_element(tpk_text *text, const char *name, const char *value)
{
    tpk_text_addf(text, "<%s>", name);
    tpk_xml_add(text, value);
    tpk_text_addf(text, "</%s>", name);
}

static void add_number(tpk_text *text, const char *name, double value)
{
    char number[32];
    add_element(text, name, tpk_text_from_number(value, number));
}

static void add_crs(tpk_text *text, const char *element, const tpk_crs *crs)
{
    tpk_text_addf(text, "<%s><spatialrefsys>", element);
    add_element(text, "wkt", tpk_crs_wkt(crs));
    if (*tpk_crs_code(crs)) add_element(text, "authid", tpk_crs_code(crs));
    tpk_text_addf(text, "</spatialrefsys></%s>\n", element);
}

static bool has_layer(const tpk_qgs_layer *layer)
{
    return layer->legend || layer->style;
}

/* ---- the tree ---- */

static void add_tree_entry(tpk_text *text, const tpk_qgs_layer *layer)
{
    if (!has_layer(layer)) {
        tpk_text_add(text, "  <layer-tree-group checked=\"Qt::Checked\" expanded=\"0\"");
        tpk_xml_attribute(text, "name", layer->name);
        tpk_text_add(text, "/>\n");
        return;
    }
    tpk_text_add(text, "  <layer-tree-layer");
    tpk_xml_attribute(text, "id", layer->id);
    tpk_xml_attribute(text, "name", layer->name);
    tpk_xml_attribute(text, "source", layer->source);
    tpk_text_addf(text, " providerKey=\"%s\" checked=\"Qt::%s\" expanded=\"%d\"/>\n",
                  layer->legend ? "gdal" : "ogr", layer->shown ? "Checked" : "Unchecked", layer->shown);
}

static void add_tree(tpk_text *text, const tpk_qgs *project)
{
    tpk_text_add(text, "<layer-tree-group>\n");
    for (size_t g = 0; g < project->n_groups; g++) {
        const tpk_qgs_group *group = &project->groups[g];
        tpk_text_addf(text, " <layer-tree-group checked=\"Qt::Checked\" expanded=\"%d\"", group->open);
        tpk_xml_attribute(text, "name", group->name);
        tpk_text_add(text, ">\n");
        for (size_t i = 0; i < group->n; i++) add_tree_entry(text, &group->layers[i]);
        tpk_text_add(text, " </layer-tree-group>\n");
    }
    tpk_text_add(text, "</layer-tree-group>\n");
}

/* ---- the layers ---- */

static const char *geometry_of(tpk_qgs_look look)
{
    if (look == TPK_LOOK_POINT) return "Point";
    return look == TPK_LOOK_LINE ? "Line" : "Polygon";
}

static tpk_status add_layer(tpk_text *text, const tpk_qgs_layer *layer, const tpk_crs *crs, tpk_err *err)
{
    if (layer->legend) {
        tpk_text_add(text, "<maplayer type=\"raster\"");
    } else {
        tpk_text_addf(text, "<maplayer type=\"vector\" geometry=\"%s\"", geometry_of(layer->style->look));
        tpk_qgs_style_add_attributes(text, layer->style);
    }
    tpk_text_add(text, ">\n");
    add_element(text, "id", layer->id);
    add_element(text, "datasource", layer->source);
    add_element(text, "layername", layer->name);
    if (layer->details) add_element(text, "abstract", layer->details);
    add_crs(text, "srs", crs);
    tpk_status status = TPK_OK;
    if (layer->legend) {
        tpk_text_add(text, "<provider>gdal</provider>\n");
        status = tpk_legend_add_pipe(text, layer->legend, err);
    } else {
        tpk_text_add(text, "<provider encoding=\"UTF-8\">ogr</provider>\n");
        tpk_qgs_style_add(text, layer->style);
    }
    tpk_text_add(text, "</maplayer>\n");
    return status;
}

static tpk_status add_layers(tpk_text *text, const tpk_qgs *project, tpk_err *err)
{
    tpk_status status = TPK_OK;
    tpk_text_add(text, "<projectlayers>\n");
    for (size_t g = 0; g < project->n_groups; g++) {
        const tpk_qgs_group *group = &project->groups[g];
        for (size_t i = 0; i < group->n && status == TPK_OK; i++) {
            if (has_layer(&group->layers[i])) status = add_layer(text, &group->layers[i], project->crs, err);
        }
    }
    tpk_text_add(text, "</projectlayers>\n");
    return status;
}

/* ---- the project ---- */

static void add_canvas(tpk_text *text, const tpk_qgs *project)
{
    tpk_text_add(text, "<mapcanvas name=\"theMapCanvas\"><units>meters</units><extent>");
    add_number(text, "xmin", project->box.x_min);
    add_number(text, "ymin", project->box.y_min);
    add_number(text, "xmax", project->box.x_max);
    add_number(text, "ymax", project->box.y_max);
    tpk_text_add(text, "</extent><rotation>0</rotation>\n");
    add_crs(text, "destinationsrs", project->crs);
    tpk_text_add(text, "</mapcanvas>\n");
}

static tpk_status build(tpk_text *text, const tpk_qgs *project, tpk_err *err)
{
    tpk_text_add(text, TPK_QGIS_DOCTYPE "<qgis version=\"3.22.0\"");
    tpk_xml_attribute(text, "projectname", project->title);
    tpk_text_add(text, ">\n");
    add_element(text, "title", project->title);
    add_crs(text, "projectCrs", project->crs);
    add_tree(text, project);
    add_canvas(text, project);
    tpk_status status = add_layers(text, project, err);
    tpk_text_add(text, "<Layouts>\n");
    tpk_qgs_sheets_add(text, project);
    tpk_text_add(text,
                 "</Layouts>\n"
                 "<properties><Paths><Absolute type=\"bool\">false</Absolute></Paths>"
                 "<SpatialRefSys><ProjectionsEnabled type=\"int\">1</ProjectionsEnabled></SpatialRefSys>"
                 "</properties>\n</qgis>\n");
    return status;
}

tpk_status tpk_qgs_write(const tpk_qgs *project, const char *path, tpk_err *err)
{
    tpk_text text = {0};
    char *bytes = NULL;
    tpk_status status = build(&text, project, err);
    if (status == TPK_OK) status = tpk_text_take(&text, &bytes, err);
    tpk_text_clear(&text);
    if (status == TPK_OK)
        status = tpk_zip_write(path, _("the QGIS project"), "tapak.qgs", bytes, strlen(bytes), err);
    tpk_free(bytes);
    return status;
}
