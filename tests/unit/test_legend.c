/* QGIS and SLD styles, and palettes. The XML is checked by GDAL's parser; colours and labels are looked up in
 * the parsed tree. */
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
#include "output/web_style.h"

static char folder[64];
static char path[128];

static const tpk_legend_entry CLASSES[] = {
    {1, {26, 150, 65}, "S1 \xe2\x89\xa5 0,8 & \"baik\""},
    {4, {215, 25, 28}, "N <tidak sesuai>"},
    {6, {128, 128, 128}, "tidak diketahui"},
};
static const tpk_legend VALUES = {"Kelas", TPK_LEGEND_VALUES, CLASSES, 3};

/* Zones: N below 0.4, S2 from 0.4 to 0.8, S1 above. */
static const tpk_legend_entry CLASSES_OF_SCORES[] = {
    {0.4, {190, 90, 20}, "N"}, {0.8, {80, 170, 190}, "S2 & lebih"}, {(double)INFINITY, {0, 80, 120}, "S1"}};
static const tpk_outline_style BY_CLASS = {"Zona",
                                           {255, 255, 255},
                                           {35, 35, 35},
                                           "name",
                                           "score_mean",
                                           {"Zona", TPK_LEGEND_INTERVALS, CLASSES_OF_SCORES, 3},
                                           {0, {1, 2, 3}, "tidak diketahui"}};
static const tpk_outline_style PLAIN = {
    .title = "Wilayah", .casing = {26, 150, 65}, .line = {35, 35, 35}, .label_field = "name"};

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
        {0.5, {1, 2, 3}, "N"}, {0.8, {4, 5, 6}, "S2"}, {(double)INFINITY, {7, 8, 9}, "S1"}};
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
        {0, {0, 0, 0}, "0"}, {0.25, {9, 9, 9}, "0.25"}, {1, {255, 255, 255}, "1"}};
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

static void zones_are_drawn_by_the_class_of_their_value_and_labelled(void **state)
{
    (void)state;
    assert_int_equal(tpk_outline_write_qml(&BY_CLASS, path, NULL), TPK_OK);
    CPLXMLNode *tree = parse(), *renderer = CPLGetXMLNode(tree, "=qgis.renderer-v2");
    assert_string_equal(CPLGetXMLValue(renderer, "type", ""), "RuleRenderer");
    CPLXMLNode *rules = child(renderer, "rules", 0), *symbols = child(renderer, "symbols", 0);
    const char *const wanted[][3] = {{"S1", "\"score_mean\" >= 0.8", "2"},
                                     {"S2 & lebih", "\"score_mean\" >= 0.4 AND \"score_mean\" < 0.8", "1"},
                                     {"N", "\"score_mean\" < 0.4", "0"},
                                     {"tidak diketahui", "ELSE", "3"}};
    for (int i = 0; i < 4; i++) {
        CPLXMLNode *rule = child(rules, "rule", i);
        assert_string_equal(CPLGetXMLValue(rule, "label", ""), wanted[i][0]);
        assert_string_equal(CPLGetXMLValue(rule, "filter", ""), wanted[i][1]);
        assert_string_equal(CPLGetXMLValue(rule, "symbol", ""), wanted[i][2]);
    }
    assert_null(child(rules, "rule", 4));
    assert_non_null(child(symbols, "symbol", 3));
    assert_null(child(symbols, "symbol", 4));
    CPLXMLNode *style = CPLGetXMLNode(tree, "=qgis.labeling.settings.text-style");
    assert_string_equal(CPLGetXMLValue(style, "fieldName", ""), "name");
    assert_string_equal(CPLGetXMLValue(style, "textColor", ""), "35,35,35,255");
    assert_string_equal(CPLGetXMLValue(style, "text-buffer.bufferDraw", ""), "1");
    assert_string_equal(CPLGetXMLValue(tree, "=qgis.mapTip", ""),
                        "<b>[% replace(coalesce(\"name\", ''), map('&', '&amp;', '<', '&lt;')) %]</b>");
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

/* The n strokes of a symbol. A fill, even half transparent, would make other colours of the map below. */
static void assert_strokes(CPLXMLNode *symbol, const char *const *colors, int n)
{
    for (int i = 0; i < n; i++) {
        CPLXMLNode *layer = child(symbol, "layer", i);
        assert_string_equal(CPLGetXMLValue(layer, "class", ""), "SimpleFill");
        assert_string_equal(option(layer, "style"), "no");
        assert_string_equal(option(layer, "outline_style"), "solid");
        assert_string_equal(option(layer, "outline_color"), colors[i]);
    }
    assert_null(child(symbol, "layer", n));
}

static void outlines_have_casing_line_and_core_and_no_fill(void **state)
{
    (void)state;
    const char *const plain[] = {"26,150,65,255", "35,35,35,255"},
                      *const cored[] = {"255,255,255,255", "35,35,35,255", "0,80,120,255"},
                      *const none[] = {"255,255,255,255", "35,35,35,255", "1,2,3,255"};
    assert_int_equal(tpk_outline_write_qml(&PLAIN, path, NULL), TPK_OK);
    CPLXMLNode *tree = parse(), *symbols = child(CPLGetXMLNode(tree, "=qgis.renderer-v2"), "symbols", 0);
    assert_strokes(child(symbols, "symbol", 0), plain, 2);
    CPLDestroyXMLNode(tree);
    assert_int_equal(tpk_outline_write_qml(&BY_CLASS, path, NULL), TPK_OK);
    tree = parse();
    symbols = child(CPLGetXMLNode(tree, "=qgis.renderer-v2"), "symbols", 0);
    assert_strokes(child(symbols, "symbol", 2), cored, 3);
    assert_strokes(child(symbols, "symbol", 3), none, 3);
    CPLDestroyXMLNode(tree);
}

static void outlines_without_fields_have_one_symbol(void **state)
{
    (void)state;
    tpk_outline_style style = PLAIN;
    style.label_field = NULL;
    assert_int_equal(tpk_outline_write_qml(&style, path, NULL), TPK_OK);
    CPLXMLNode *tree = parse(), *renderer = CPLGetXMLNode(tree, "=qgis.renderer-v2");
    assert_string_equal(CPLGetXMLValue(renderer, "type", ""), "singleSymbol");
    assert_non_null(child(child(renderer, "symbols", 0), "symbol", 0));
    assert_null(CPLGetXMLNode(tree, "=qgis.labeling"));
    CPLDestroyXMLNode(tree);
}

/* ---- SLD ---- */

static CPLXMLNode *parse_sld(CPLXMLNode **tree)
{
    *tree = CPLParseXMLFile(path);
    assert_non_null(*tree);
    assert_string_equal(CPLGetXMLValue(*tree, "=StyledLayerDescriptor.version", ""), "1.0.0");
    CPLXMLNode *layer = CPLGetXMLNode(*tree, "=StyledLayerDescriptor.NamedLayer");
    assert_string_equal(CPLGetXMLValue(layer, "Name", ""), "lapis");
    return CPLGetXMLNode(layer, "UserStyle.FeatureTypeStyle");
}

static void each_kind_of_legend_has_its_type_of_colour_map(void **state)
{
    (void)state;
    const char *const types[] = {"values", "ramp", "intervals"}, *const last[] = {"6", "0.006", "Infinity"};
    for (int kind = TPK_LEGEND_VALUES; kind <= TPK_LEGEND_INTERVALS; kind++) {
        tpk_legend_entry entries[3];
        memcpy(entries, CLASSES, sizeof entries);
        if (kind == TPK_LEGEND_INTERVALS) entries[2].value = (double)INFINITY;
        for (int i = 0; kind == TPK_LEGEND_RAMP && i < 3; i++)
            entries[i].value /= 1000; /* less than a step */
        tpk_legend legend = {"Kelas <1>", (tpk_legend_kind)kind, entries, 3};
        assert_int_equal(tpk_legend_write_sld(&legend, "lapis", path, NULL), TPK_OK);
        CPLXMLNode *tree, *style = parse_sld(&tree);
        assert_string_equal(CPLGetXMLValue(tree, "=StyledLayerDescriptor.NamedLayer.UserStyle.Title", ""),
                            "Kelas <1>");
        CPLXMLNode *map = CPLGetXMLNode(style, "Rule.RasterSymbolizer.ColorMap");
        assert_string_equal(CPLGetXMLValue(map, "type", ""), types[kind]);
        CPLXMLNode *first = child(map, "ColorMapEntry", 0);
        assert_string_equal(CPLGetXMLValue(first, "quantity", ""), kind == TPK_LEGEND_RAMP ? "0.001" : "1");
        assert_string_equal(CPLGetXMLValue(first, "color", ""), "#1a9641");
        assert_string_equal(CPLGetXMLValue(first, "label", ""), CLASSES[0].label);
        assert_string_equal(CPLGetXMLValue(child(map, "ColorMapEntry", 2), "quantity", ""), last[kind]);
        assert_null(child(map, "ColorMapEntry", 3));
        CPLDestroyXMLNode(tree);
    }
}

/* Every 0.02, without words: from 0.01 to 0.11 in hundredths of white. */
static void a_ramp_has_colours_on_the_way(void **state)
{
    (void)state;
    const tpk_legend_entry entries[] = {
        {0, {9, 9, 9}, "0"}, {0.01, {0, 0, 0}, "> 0"}, {0.11, {100, 50, 250}, "N"}};
    const tpk_legend legend = {"Skor", TPK_LEGEND_RAMP, entries, 3};
    const char *const wanted[][3] = {{"0", "#090909", "0"},   {"0.01", "#000000", "> 0"},
                                     {"0.02", "#0a0519", ""}, {"0.04", "#1e0f4b", ""},
                                     {"0.06", "#32197d", ""}, {"0.08", "#4623af", ""},
                                     {"0.1", "#5a2de1", ""},  {"0.11", "#6432fa", "N"}};
    assert_int_equal(tpk_legend_write_sld(&legend, "lapis", path, NULL), TPK_OK);
    CPLXMLNode *tree, *map = CPLGetXMLNode(parse_sld(&tree), "Rule.RasterSymbolizer.ColorMap");
    for (int i = 0; i < 8; i++) {
        CPLXMLNode *entry = child(map, "ColorMapEntry", i);
        assert_string_equal(CPLGetXMLValue(entry, "quantity", ""), wanted[i][0]);
        assert_string_equal(CPLGetXMLValue(entry, "color", ""), wanted[i][1]);
        assert_string_equal(CPLGetXMLValue(entry, "label", ""), wanted[i][2]);
    }
    assert_null(child(map, "ColorMapEntry", 8));
    CPLDestroyXMLNode(tree);
}

/* 0.58 * 50 is below 29. */
static void a_bound_on_a_step_is_there_once(void **state)
{
    (void)state;
    const tpk_legend_entry entries[] = {{0.58, {0, 0, 0}, "a"}, {0.6, {9, 9, 9}, "b"}};
    const tpk_legend legend = {"Skor", TPK_LEGEND_RAMP, entries, 2};
    assert_int_equal(tpk_legend_write_sld(&legend, "lapis", path, NULL), TPK_OK);
    CPLXMLNode *tree, *map = CPLGetXMLNode(parse_sld(&tree), "Rule.RasterSymbolizer.ColorMap");
    assert_string_equal(CPLGetXMLValue(child(map, "ColorMapEntry", 1), "label", ""), "b");
    assert_null(child(map, "ColorMapEntry", 2));
    CPLDestroyXMLNode(tree);
}

static void rules_of_outlines_split_values_at_the_bounds(void **state)
{
    (void)state;
    assert_int_equal(tpk_outline_write_sld(&BY_CLASS, "lapis", path, NULL), TPK_OK);
    CPLXMLNode *tree, *style = parse_sld(&tree), *middle = child(style, "Rule", 1);
    const char *const both = "ogc:Filter.ogc:And.";
    char element[96];
    assert_string_equal(CPLGetXMLValue(middle, "Title", ""), "S2 & lebih");
    snprintf(element, sizeof element, "%sogc:PropertyIsGreaterThanOrEqualTo.ogc:Literal", both);
    assert_string_equal(CPLGetXMLValue(middle, element, ""), "0.4");
    snprintf(element, sizeof element, "%sogc:PropertyIsLessThan.ogc:Literal", both);
    assert_string_equal(CPLGetXMLValue(middle, element, ""), "0.8");
    CPLXMLNode *best = child(style, "Rule", 0), *worst = child(style, "Rule", 2),
               *none = child(style, "Rule", 3);
    assert_string_equal(CPLGetXMLValue(best, "ogc:Filter.ogc:PropertyIsGreaterThanOrEqualTo.ogc:Literal", ""),
                        "0.8");
    assert_null(CPLGetXMLNode(best, "ogc:Filter.ogc:And"));
    assert_string_equal(CPLGetXMLValue(worst, "ogc:Filter.ogc:PropertyIsLessThan.ogc:Literal", ""), "0.4");
    assert_non_null(CPLGetXMLNode(none, "ElseFilter"));
    assert_null(child(style, "Rule", 4));
    assert_non_null(child(best, "PolygonSymbolizer", 2));
    assert_string_equal(CPLGetXMLValue(best, "TextSymbolizer.Label.ogc:PropertyName", ""), "name");
    CPLDestroyXMLNode(tree);

    assert_int_equal(tpk_outline_write_sld(&PLAIN, "lapis", path, NULL), TPK_OK);
    style = parse_sld(&tree);
    assert_null(CPLGetXMLNode(style, "Rule.ogc:Filter"));
    assert_null(child(child(style, "Rule", 0), "PolygonSymbolizer", 2));
    assert_null(child(style, "Rule", 1));
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
    const tpk_legend_entry entries[] = {{0.8, {0}, "a"}, {0.4, {0}, "b"}, {(double)NAN, {0}, "c"}};
    const tpk_legend wrong[] = {
        {"kosong", TPK_LEGEND_VALUES, entries, 0},
        {"mundur", TPK_LEGEND_INTERVALS, entries, 2},
        {"bukan angka", TPK_LEGEND_VALUES, entries, 3},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tpk_err err = {0};
        assert_int_equal(tpk_legend_write_qml(&wrong[i], path, &err), TPK_ERR_ARGUMENT);
        assert_non_null(strstr(err.message, wrong[i].title));
        assert_int_equal(tpk_legend_write_sld(&wrong[i], "lapis", path, NULL), TPK_ERR_ARGUMENT);
        tpk_outline_style style = BY_CLASS;
        style.classes = wrong[i];
        assert_int_equal(tpk_outline_write_qml(&style, path, NULL), TPK_ERR_ARGUMENT);
        assert_int_equal(tpk_outline_write_sld(&style, "lapis", path, NULL), TPK_ERR_ARGUMENT);
        tpk_web_layer layer = {"zones", &style};
        tpk_web_legend legend = {"zones", &wrong[i]};
        tpk_web_style by_layer = {"Studi", &layer, 1, NULL, 0}, by_legend = {"Studi", NULL, 0, &legend, 1};
        assert_int_equal(tpk_web_style_write(&by_layer, path, NULL), TPK_ERR_ARGUMENT);
        assert_int_equal(tpk_web_style_write(&by_legend, path, NULL), TPK_ERR_ARGUMENT);
    }
    tpk_err err = {0};
    assert_int_equal(tpk_legend_write_qml(&VALUES, "/nowhere/at/all/x.qml", &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "/nowhere/at/all/x.qml"));
    assert_int_equal(tpk_legend_write_sld(&VALUES, "lapis", "/nowhere/at/all/x.sld", NULL), TPK_ERR_IO);
    tpk_web_style empty = {"Studi", NULL, 0, NULL, 0};
    assert_int_equal(tpk_web_style_write(&empty, "/nowhere/at/all/style.json", NULL), TPK_ERR_IO);
}

static void exhausted_memory_is_reported(void **state)
{
    (void)state;
    const tpk_web_layer layers[] = {{"regions", &PLAIN}, {"zones", &BY_CLASS}};
    const tpk_web_legend legends[] = {{"classes", &VALUES}, {"zones", &BY_CLASS.classes}};
    const tpk_web_style web = {"Studi", layers, 2, legends, 2};
    bool passed = false;
    for (long k = 0; !passed && k < 1000; k++) {
        long live = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        tpk_status status = tpk_legend_write_qml(&VALUES, path, NULL);
        if (status == TPK_OK) status = tpk_outline_write_qml(&BY_CLASS, path, NULL);
        if (status == TPK_OK) status = tpk_legend_write_sld(&VALUES, "lapis", path, NULL);
        if (status == TPK_OK) status = tpk_outline_write_sld(&BY_CLASS, "lapis", path, NULL);
        if (status == TPK_OK) status = tpk_web_style_write(&web, path, NULL);
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
        cmocka_unit_test(zones_are_drawn_by_the_class_of_their_value_and_labelled),
        cmocka_unit_test(outlines_have_casing_line_and_core_and_no_fill),
        cmocka_unit_test(outlines_without_fields_have_one_symbol),
        cmocka_unit_test(each_kind_of_legend_has_its_type_of_colour_map),
        cmocka_unit_test(a_ramp_has_colours_on_the_way),
        cmocka_unit_test(a_bound_on_a_step_is_there_once),
        cmocka_unit_test(rules_of_outlines_split_values_at_the_bounds),
        cmocka_unit_test(a_palette_holds_the_listed_values_and_black),
        cmocka_unit_test(an_empty_or_disordered_legend_is_refused),
        cmocka_unit_test(exhausted_memory_is_reported),
    };
    return cmocka_run_group_tests_name("legend", tests, start, stop);
}
