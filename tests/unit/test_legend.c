/* QGIS styles and palettes. The XML is checked by GDAL's parser; colours and labels are looked up in the
 * parsed tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpl_conv.h>
#include <cpl_minixml.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "output/legend.h"

static char folder[64];
static char path[128];

static const tpk_legend_entry CLASSES[] = {
    {1, {26, 150, 65}, "S1 \xe2\x89\xa5 0,8 & \"baik\"", NULL},
    {4, {215, 25, 28}, "N <tidak sesuai>", "N"},
    {6, {128, 128, 128}, "tidak diketahui", NULL},
};
static const tpk_legend VALUES = {"Kelas", TPK_LEGEND_VALUES, CLASSES, 3};

static int start(void **state)
{
    (void)state;
    const char *temp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tapak_legend_XXXXXX", temp && strlen(temp) < 30 ? temp : "/tmp");
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/style.qml", folder);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static CPLXMLNode *parse(void)
{
    CPLXMLNode *tree = CPLParseXMLFile(path);
    assert_non_null(tree);
    CPLXMLNode *root = CPLGetXMLNode(tree, "=qgis");
    assert_non_null(root);
    assert_string_equal(CPLGetXMLValue(root, "version", ""), "3.22.0");
    return tree;
}

/* The n-th child element of that name. */
static CPLXMLNode *child(CPLXMLNode *node, const char *name, int n)
{
    for (CPLXMLNode *one = node ? node->psChild : NULL; one; one = one->psNext) {
        if (one->eType == CXT_Element && strcmp(one->pszValue, name) == 0 && n-- == 0) return one;
    }
    return NULL;
}

static void values_become_a_palette_with_their_labels(void **state)
{
    (void)state;
    assert_int_equal(tpk_legend_write_qml(&VALUES, path, NULL), TPK_OK);
    CPLXMLNode *tree = parse(), *renderer = CPLGetXMLNode(tree, "=qgis.pipe.rasterrenderer");
    assert_string_equal(CPLGetXMLValue(renderer, "type", ""), "paletted");
    CPLXMLNode *palette = child(renderer, "colorPalette", 0);
    for (int i = 0; i < 3; i++) {
        CPLXMLNode *entry = child(palette, "paletteEntry", i);
        char color[16];
        snprintf(color, sizeof color, "#%02x%02x%02x", CLASSES[i].color.r, CLASSES[i].color.g,
                 CLASSES[i].color.b);
        assert_true(atof(CPLGetXMLValue(entry, "value", "")) == CLASSES[i].value);
        assert_string_equal(CPLGetXMLValue(entry, "color", ""), color);
        assert_string_equal(CPLGetXMLValue(entry, "label", ""), CLASSES[i].label);
    }
    assert_null(child(palette, "paletteEntry", 3));
    CPLDestroyXMLNode(tree);
}

static void intervals_end_below_their_upper_bound_and_the_last_is_open(void **state)
{
    (void)state;
    const tpk_legend_entry entries[] = {
        {0.5, {1, 2, 3}, "N", NULL}, {0.8, {4, 5, 6}, "S2", NULL}, {(double)INFINITY, {7, 8, 9}, "S1", NULL}};
    const tpk_legend legend = {"Skor", TPK_LEGEND_INTERVALS, entries, 3};
    assert_int_equal(tpk_legend_write_qml(&legend, path, NULL), TPK_OK);
    CPLXMLNode *tree = parse(),
               *shader = CPLGetXMLNode(tree, "=qgis.pipe.rasterrenderer.rastershader.colorrampshader");
    assert_string_equal(CPLGetXMLValue(shader, "colorRampType", ""), "DISCRETE");
    /* QGIS takes a value up to and including the bound; 0.5 itself is in the class above. */
    double first = atof(CPLGetXMLValue(child(shader, "item", 0), "value", ""));
    assert_true(first < 0.5 && first > 0.5 - 1e-12);
    assert_string_equal(CPLGetXMLValue(child(shader, "item", 1), "value", ""), "0.8");
    assert_string_equal(CPLGetXMLValue(child(shader, "item", 2), "value", ""), "inf");
    CPLDestroyXMLNode(tree);
}

static void a_ramp_is_interpolated_between_its_values(void **state)
{
    (void)state;
    const tpk_legend_entry entries[] = {
        {0, {0, 0, 0}, "0", NULL}, {0.25, {9, 9, 9}, "0.25", NULL}, {1, {255, 255, 255}, "1", NULL}};
    const tpk_legend legend = {"Skor", TPK_LEGEND_RAMP, entries, 3};
    assert_int_equal(tpk_legend_write_qml(&legend, path, NULL), TPK_OK);
    CPLXMLNode *tree = parse(),
               *shader = CPLGetXMLNode(tree, "=qgis.pipe.rasterrenderer.rastershader.colorrampshader");
    assert_string_equal(CPLGetXMLValue(shader, "colorRampType", ""), "INTERPOLATED");
    assert_string_equal(CPLGetXMLValue(shader, "minimumValue", ""), "0");
    assert_string_equal(CPLGetXMLValue(shader, "maximumValue", ""), "1");
    assert_string_equal(CPLGetXMLValue(child(shader, "item", 1), "value", ""), "0.25");
    /* Or QGIS shows one bar with the first and last label instead of a line for each. */
    assert_string_equal(CPLGetXMLValue(shader, "rampLegendSettings.useContinuousLegend", ""), "0");
    CPLDestroyXMLNode(tree);
}

static void zones_are_outlined_by_the_key_and_labelled(void **state)
{
    (void)state;
    assert_int_equal(tpk_legend_write_zone_qml(&VALUES, "name", "class", path, NULL), TPK_OK);
    CPLXMLNode *tree = parse(), *renderer = CPLGetXMLNode(tree, "=qgis.renderer-v2");
    assert_string_equal(CPLGetXMLValue(renderer, "type", ""), "categorizedSymbol");
    assert_string_equal(CPLGetXMLValue(renderer, "attr", ""), "class");
    CPLXMLNode *categories = child(renderer, "categories", 0), *symbols = child(renderer, "symbols", 0);
    assert_string_equal(CPLGetXMLValue(child(categories, "category", 0), "value", ""), CLASSES[0].label);
    assert_string_equal(CPLGetXMLValue(child(categories, "category", 1), "value", ""), "N");
    assert_string_equal(CPLGetXMLValue(child(categories, "category", 3), "value", "?"), ""); /* all others */
    assert_non_null(child(symbols, "symbol", 3));
    assert_null(child(symbols, "symbol", 4));
    CPLXMLNode *style = CPLGetXMLNode(tree, "=qgis.labeling.settings.text-style");
    assert_string_equal(CPLGetXMLValue(style, "fieldName", ""), "name");
    assert_string_equal(CPLGetXMLValue(style, "text-buffer.bufferDraw", ""), "1");
    assert_string_equal(CPLGetXMLValue(tree, "=qgis.mapTip", ""), "<b>[% \"name\" %]</b>");
    CPLDestroyXMLNode(tree);
}

static const char *option(CPLXMLNode *layer, const char *name)
{
    CPLXMLNode *map = child(layer, "Option", 0), *one;
    for (int i = 0; (one = child(map, "Option", i)) != NULL; i++) {
        if (strcmp(CPLGetXMLValue(one, "name", ""), name) == 0) return CPLGetXMLValue(one, "value", "");
    }
    return "";
}

/* A fill, even half transparent, would make other colours of the map below. */
static void zones_have_no_fill(void **state)
{
    (void)state;
    assert_int_equal(tpk_legend_write_zone_qml(&VALUES, "name", NULL, path, NULL), TPK_OK);
    CPLXMLNode *tree = parse(), *symbols = child(CPLGetXMLNode(tree, "=qgis.renderer-v2"), "symbols", 0),
               *layer;
    const char *const colors[] = {"26,150,65,255", "35,35,35,255"};
    int n = 0;
    for (; (layer = child(child(symbols, "symbol", 0), "layer", n)) != NULL; n++) {
        assert_string_equal(CPLGetXMLValue(layer, "class", ""), "SimpleFill");
        assert_string_equal(option(layer, "style"), "no");
        assert_string_equal(option(layer, "outline_style"), "solid");
        assert_string_equal(option(layer, "outline_color"), colors[n]);
    }
    assert_int_equal(n, 2);
    CPLDestroyXMLNode(tree);
}

static void zones_without_a_value_field_have_one_symbol(void **state)
{
    (void)state;
    assert_int_equal(tpk_legend_write_zone_qml(&VALUES, NULL, NULL, path, NULL), TPK_OK);
    CPLXMLNode *tree = parse(), *renderer = CPLGetXMLNode(tree, "=qgis.renderer-v2");
    assert_string_equal(CPLGetXMLValue(renderer, "type", ""), "singleSymbol");
    assert_non_null(child(child(renderer, "symbols", 0), "symbol", 0));
    assert_null(CPLGetXMLNode(tree, "=qgis.labeling"));
    CPLDestroyXMLNode(tree);
}

static void a_palette_holds_the_listed_values_and_black(void **state)
{
    (void)state;
    tpk_rgb palette[256];
    memset(palette, 77, sizeof palette);
    tpk_legend_palette(&VALUES, palette);
    assert_memory_equal(&palette[4], &CLASSES[1].color, sizeof(tpk_rgb));
    assert_true(palette[0].r == 0 && palette[2].g == 0 && palette[255].b == 0);
}

static void an_empty_or_disordered_legend_is_refused(void **state)
{
    (void)state;
    const tpk_legend_entry entries[] = {
        {0.8, {0}, "a", NULL}, {0.4, {0}, "b", NULL}, {(double)NAN, {0}, "c", NULL}};
    const tpk_legend wrong[] = {
        {"kosong", TPK_LEGEND_VALUES, entries, 0},
        {"mundur", TPK_LEGEND_INTERVALS, entries, 2},
        {"bukan angka", TPK_LEGEND_VALUES, entries, 3},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tpk_err err = {0};
        assert_int_equal(tpk_legend_write_qml(&wrong[i], path, &err), TPK_ERR_ARGUMENT);
        assert_non_null(strstr(err.message, wrong[i].title));
    }
    assert_int_equal(tpk_legend_write_zone_qml(&wrong[0], "name", NULL, path, NULL), TPK_ERR_ARGUMENT);
    tpk_err err = {0};
    assert_int_equal(tpk_legend_write_qml(&VALUES, "/nowhere/at/all/x.qml", &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "/nowhere/at/all/x.qml"));
}

static void exhausted_memory_is_reported(void **state)
{
    (void)state;
    bool passed = false;
    for (long k = 0; !passed && k < 1000; k++) {
        long live = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = tpk_legend_write_qml(&VALUES, path, NULL);
        if (status == TPK_OK) status = tpk_legend_write_zone_qml(&VALUES, "name", "class", path, NULL);
        long fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(tpk_mem_live_count(), live);
        passed = fired == 0;
        assert_int_equal(status, passed ? TPK_OK : TPK_ERR_MEMORY);
    }
    assert_true(passed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_a_palette_with_their_labels),
        cmocka_unit_test(intervals_end_below_their_upper_bound_and_the_last_is_open),
        cmocka_unit_test(a_ramp_is_interpolated_between_its_values),
        cmocka_unit_test(zones_are_outlined_by_the_key_and_labelled),
        cmocka_unit_test(zones_have_no_fill),
        cmocka_unit_test(zones_without_a_value_field_have_one_symbol),
        cmocka_unit_test(a_palette_holds_the_listed_values_and_black),
        cmocka_unit_test(an_empty_or_disordered_legend_is_refused),
        cmocka_unit_test(exhausted_memory_is_reported),
    };
    return cmocka_run_group_tests_name("legend", tests, start, stop);
}
