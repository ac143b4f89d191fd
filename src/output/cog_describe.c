/* What a raster says about itself: GeoTIFF's tags, GDAL's metadata, colours and category names. */
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/cog_state.h"
#include "output/xml.h"

/* Model pixel scale, model tie point, geo key directory, double and ASCII parameters. */
static const uint16_t GEO_TAGS[] = {33550, 33922, 34735, 34736, 34737};

static void memory_name(const void *owner, char name[64])
{
    snprintf(name, 64, "/vsimem/tapak_geotiff_%p.tif", owner);
}

/* GDAL alone knows how to describe any CRS in GeoTIFF keys: it makes a file of one cell. */
static bool make_sample(const char *name, const tpk_grid *grid, const tpk_crs *crs)
{
    GDALAllRegister();
    GDALDriverH driver = GDALGetDriverByName("GTiff");
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    GDALDatasetH sample = NULL;
    bool ok = driver && OSRSetFromUserInput(srs, tpk_crs_wkt(crs)) == OGRERR_NONE;
    if (ok) sample = GDALCreate(driver, name, 1, 1, 1, GDT_Byte, NULL);
    if (sample) {
        double transform[6] = {grid->x0, grid->cell, 0, grid->y0, 0, -grid->cell};
        OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
        ok = GDALSetGeoTransform(sample, transform) == CE_None && GDALSetSpatialRef(sample, srs) == CE_None;
        GDALClose(sample);
    }
    OSRDestroySpatialReference(srs);
    return ok && sample;
}

static tpk_status copy_tags(tpk_cog_geo *geo, const uint8_t *file, size_t size, const tpk_crs *crs,
                            tpk_err *err)
{
    geo->file = tpk_alloc(size, 1);
    if (!geo->file) return tpk_err_memory(err);
    memcpy(geo->file, file, size);
    for (size_t i = 0; i < sizeof GEO_TAGS / sizeof *GEO_TAGS; i++) {
        if (tpk_tiff_find(geo->file, size, GEO_TAGS[i], &geo->tags[geo->n])) geo->n++;
    }
    if (geo->n >= 3) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_CRS, _("GeoTIFF cannot describe the coordinate reference system '%s'"),
                       tpk_crs_name(crs));
}

tpk_status tpk_cog_geo_init(tpk_cog_geo *geo, const tpk_grid *grid, const tpk_crs *crs, tpk_err *err)
{
    char name[64];
    memory_name(geo, name);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    bool made = make_sample(name, grid, crs);
    vsi_l_offset size = 0;
    GByte *file = made ? VSIGetMemFileBuffer(name, &size, FALSE) : NULL;
    tpk_status status;
    if (file) {
        status = copy_tags(geo, file, (size_t)size, crs, err);
    } else {
        status = tpk_err_set(err, TPK_ERR_CRS,
                             _("GeoTIFF cannot describe the coordinate reference system '%s': %s"),
                             tpk_crs_name(crs), CPLGetLastErrorMsg());
    }
    VSIUnlink(name);
    char aux[80];
    snprintf(aux, sizeof aux, "%s.aux.xml", name);
    VSIUnlink(aux);
    CPLPopErrorHandler();
    return status;
}

/* GDAL takes the escapes of an item's text off twice. */
static void add_item(tpk_text *text, const char *name, const char *attributes, const char *value)
{
    tpk_text once = {0};
    tpk_xml_add(&once, value);
    tpk_text_add(text, "  <Item");
    tpk_xml_attribute(text, "name", name);
    tpk_text_add(text, attributes);
    tpk_text_add(text, ">");
    if (once.data) tpk_xml_add(text, once.data);
    tpk_text_add(text, "</Item>\n");
    text->failed |= once.failed;
    tpk_text_clear(&once);
}

static tpk_status describe_metadata(tpk_cog *cog, const tpk_cog_options *options, tpk_err *err)
{
    tpk_text text = {0};
    for (const char *const *pair = options->metadata; pair && pair[0] && pair[1]; pair += 2) {
        add_item(&text, pair[0], "", pair[1]);
    }
    if (options->description) {
        add_item(&text, "DESCRIPTION", " sample=\"0\" role=\"description\"", options->description);
    }
    for (int b = 0; options->band_names && b < cog->rule.n_bands; b++) {
        char attributes[64];
        snprintf(attributes, sizeof attributes, " sample=\"%d\" role=\"description\"", b);
        add_item(&text, "DESCRIPTION", attributes, options->band_names[b]);
    }
    return tpk_text_take(&text, &cog->metadata, err);
}

static tpk_status describe_categories(tpk_cog *cog, const tpk_cog_options *options, tpk_err *err)
{
    if (options->n_category_names == 0) return TPK_OK;
    tpk_text text = {0};
    tpk_text_add(&text, "<PAMDataset>\n  <PAMRasterBand band=\"1\">\n");
    if (options->description) {
        tpk_text_add(&text, "    <Description>");
        tpk_xml_add(&text, options->description);
        tpk_text_add(&text, "</Description>\n");
    }
    tpk_text_add(&text, "    <CategoryNames>\n");
    for (size_t i = 0; i < options->n_category_names; i++) {
        tpk_text_add(&text, "      <Category>");
        if (options->category_names[i]) tpk_xml_add(&text, options->category_names[i]);
        tpk_text_add(&text, "</Category>\n");
    }
    tpk_text_add(&text, "    </CategoryNames>\n  </PAMRasterBand>\n</PAMDataset>\n");
    return tpk_text_take(&text, &cog->aux_xml, err);
}

static tpk_status describe_palette(tpk_cog *cog, const tpk_cog_options *options, tpk_err *err)
{
    if (!options->palette) return TPK_OK;
    cog->color_map = tpk_alloc((size_t)3 * 256, sizeof *cog->color_map);
    if (!cog->color_map) return tpk_err_memory(err);
    for (int i = 0; i < 256; i++) {
        tpk_rgb color = options->palette[i]; /* 255 becomes 65535 */
        cog->color_map[i] = (uint16_t)(color.r * 257);
        cog->color_map[256 + i] = (uint16_t)(color.g * 257);
        cog->color_map[512 + i] = (uint16_t)(color.b * 257);
    }
    return TPK_OK;
}

tpk_status tpk_cog_describe(tpk_cog *cog, const tpk_cog_options *options, tpk_err *err)
{
    tpk_text name = {0};
    tpk_text_addf(&name, "%s.aux.xml", cog->path);
    tpk_status status = tpk_text_take(&name, &cog->aux_path, err);
    if (status == TPK_OK) status = describe_metadata(cog, options, err);
    if (status == TPK_OK) status = describe_categories(cog, options, err);
    if (status == TPK_OK) status = describe_palette(cog, options, err);
    return status;
}
