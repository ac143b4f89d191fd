/* The map sheets of a QGIS project: A4 pages, landscape, in millimetres. What a sheet shows is the sheet's
 * own, whatever is ticked in the main window: its legend would belong to another map else. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "output/qgs.h"
#include "output/xml.h"

/* QGIS's numbers of the kinds of items. */
enum { PAGE = 65638, MAP = 65639, PICTURE = 65640, LABEL = 65641, LEGEND = 65642, SCALE_BAR = 65646 };

typedef struct item {
    int number; /* its identity, and its place in the stack: the last is on top */
    int kind;
    double x, y, width, height; /* mm */
} item;

static const item SHEET = {0, PAGE, 0, 0, 297, 210}, MAP_ITEM = {1, MAP, 10, 20, 197, 160},
                  LEGEND_ITEM = {2, LEGEND, 210, 20, 77, 138}, SCALE_ITEM = {3, SCALE_BAR, 210, 164, 58, 14},
                  NORTH_ITEM = {4, PICTURE, 271, 160, 16, 18}, TITLE_ITEM = {5, LABEL, 10, 8, 277, 10},
                  REMARKS_ITEM = {6, LABEL, 10, 182, 277, 24};

/* The same on every sheet: items name one another by it. */
static void add_identity(tpk_text *text, const char *name, const item *which)
{
    tpk_text_addf(text, " %s=\"{00000000-0000-4000-8000-00000000000%d}\"", name, which->number);
}

static void begin_item(tpk_text *text, const item *which, bool framed, const char *attributes)
{
    const char *truth = framed ? "true" : "false";
    tpk_text_addf(text, "<LayoutItem type=\"%d\" zValue=\"%d\"", which->kind, which->number);
    tpk_text_addf(text, " position=\"%g,%g,mm\" positionOnPage=\"%g,%g,mm\" size=\"%g,%g,mm\"", which->x,
                  which->y, which->x, which->y, which->width, which->height);
    tpk_text_addf(text,
                  " frame=\"%s\" background=\"%s\" outlineWidthM=\"0.2,mm\" opacity=\"1\" visibility=\"1\""
                  " referencePoint=\"0\" blendMode=\"0\" itemRotation=\"0\"%s",
                  truth, truth, attributes);
    add_identity(text, "uuid", which);
    add_identity(text, "templateUuid", which);
}

static const char COLORS[] = "<FrameColor red=\"60\" green=\"60\" blue=\"60\" alpha=\"255\"/>"
                             "<BackgroundColor red=\"255\" green=\"255\" blue=\"255\" alpha=\"255\"/>\n";

static void end_item(tpk_text *text)
{
    tpk_text_add(text, "</LayoutItem>\n");
}

static void add_font(tpk_text *text, const char *element, double size, int weight)
{
    tpk_text_addf(text, "<%s description=\"Sans,%g,-1,5,%d,0,0,0,0,0\" style=\"\"/>", element, size, weight);
}

/* ---- what is on the sheet of a map ---- */

typedef struct position {
    size_t group, layer;
} position;

/* From the top of the map down, NULL after the last. Begin with {0}. map NULL: a study without maps. */
static const tpk_qgs_layer *next_on_sheet(const tpk_qgs *project, const tpk_qgs_layer *map, position *next)
{
    for (; next->group < project->n_groups; next->group++, next->layer = 0) {
        const tpk_qgs_group *group = &project->groups[next->group];
        while (next->layer < group->n) {
            const tpk_qgs_layer *layer = &group->layers[next->layer++];
            if (layer == map || (layer->printed && !layer->legend)) return layer;
        }
    }
    return NULL;
}

static const char *provider_of(const tpk_qgs_layer *layer)
{
    return layer->legend ? "gdal" : "ogr";
}

/* ---- what fits ---- */

/* A letter's mean width in parts of the font's size, of the widest usual fonts; bytes count as letters, so
 * that a text in another script is taken for too long rather than too short. */
static const double MM_PER_POINT = 0.3528, LETTER_WIDTH = 0.62, BOLD_WIDTH = 0.7, LINE_HEIGHT = 1.25;

/* Lines that the words take in this width; they break at \n anyway. */
static double lines_of(const char *words, double letters_a_line)
{
    double n_lines = 0;
    for (const char *line = words; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        n_lines += fmax(1, ceil((double)strcspn(line, "\n") / letters_a_line));
    }
    return n_lines;
}

/* The largest size, in points, in which the words stand inside the item; not below `least`. */
static int size_that_fits(const char *words, const item *place, double letter_width, int largest, int least)
{
    int size = largest;
    for (; size > least; size--) {
        double mm = size * MM_PER_POINT;
        if (lines_of(words, place->width / (mm * letter_width)) * mm * LINE_HEIGHT <= place->height) break;
    }
    return size;
}

/* ---- the items ---- */

static void add_page(tpk_text *text)
{
    static const char WHITE[] =
        "<symbol type=\"fill\" name=\"\" alpha=\"1\"><layer class=\"SimpleFill\" enabled=\"1\" locked=\"0\""
        " pass=\"0\"><Option type=\"Map\"><Option type=\"QString\" name=\"color\" value=\"255,255,255,255\"/>"
        "<Option type=\"QString\" name=\"outline_style\" value=\"no\"/></Option></layer></symbol>\n";
    tpk_text_addf(text, "<PageCollection>%s", WHITE);
    begin_item(text, &SHEET, false, "");
    tpk_text_addf(text, ">%s", WHITE);
    end_item(text);
    tpk_text_add(text, "</PageCollection>\n");
}

static void add_label(tpk_text *text, const item *which, const char *words, int size, int weight)
{
    begin_item(text, which, false, " halign=\"1\" valign=\"32\" marginX=\"0\" marginY=\"0\" htmlState=\"0\"");
    tpk_text plain = {0};
    tpk_qgis_add_plain(&plain, words);
    tpk_xml_attribute(text, "labelText", plain.data ? plain.data : "");
    text->failed |= plain.failed;
    tpk_text_clear(&plain);
    tpk_text_addf(text, ">%s", COLORS);
    add_font(text, "LabelFont", size, weight);
    tpk_text_add(text, "<FontColor red=\"20\" green=\"20\" blue=\"20\" alpha=\"255\"/>");
    end_item(text);
}

/* The box widened to the shape of the frame, with a margin: QGIS would cut it off else. */
static tpk_box fit(tpk_box box, const item *place)
{
    const double margin = 1.04;
    double x = (box.x_min + box.x_max) / 2, y = (box.y_min + box.y_max) / 2;
    double per_mm =
        margin * fmax((box.x_max - box.x_min) / place->width, (box.y_max - box.y_min) / place->height);
    double half_width = per_mm * place->width / 2, half_height = per_mm * place->height / 2;
    return (tpk_box){x - half_width, y - half_height, x + half_width, y + half_height};
}

static void add_coordinate(tpk_text *text, const char *name, double value)
{
    char number[32];
    tpk_xml_attribute(text, name, tpk_text_from_number(value, number));
}

static void add_layer_set(tpk_text *text, const tpk_qgs *project, const tpk_qgs_layer *map)
{
    position next = {0};
    tpk_text_add(text, "<LayerSet>\n");
    for (const tpk_qgs_layer *layer; (layer = next_on_sheet(project, map, &next));) {
        tpk_text_add(text, "<Layer");
        tpk_xml_attribute(text, "name", layer->name);
        tpk_xml_attribute(text, "source", layer->source);
        tpk_text_addf(text, " provider=\"%s\">", provider_of(layer));
        tpk_xml_add(text, layer->id);
        tpk_text_add(text, "</Layer>\n");
    }
    tpk_text_add(text, "</LayerSet>\n");
}

static void add_map(tpk_text *text, const tpk_qgs *project, const tpk_qgs_layer *map, tpk_box shown)
{
    begin_item(text, &MAP_ITEM, true,
               " mapRotation=\"0\" keepLayerSet=\"true\" followPreset=\"false\" drawCanvasItems=\"true\""
               " mapFlags=\"0\"");
    tpk_text_addf(text, ">%s<Extent", COLORS);
    add_coordinate(text, "xmin", shown.x_min);
    add_coordinate(text, "ymin", shown.y_min);
    add_coordinate(text, "xmax", shown.x_max);
    add_coordinate(text, "ymax", shown.y_max);
    tpk_text_add(text, "/>");
    add_layer_set(text, project, map);
    end_item(text);
}

/* ---- the legend ---- */

/* At the largest size: symbols; letters of a line beside them; mm of an entry's lines, and around them. */
static const double SYMBOL_WIDTH_MM = 6, SYMBOL_HEIGHT_MM = 3.5;
static const double LEGEND_LETTERS = 36, LEGEND_LINE_MM = 3, LEGEND_ENTRY_MM = 2, LEGEND_TITLE_MM = 12;

/* The words with a line's end in place of each blank before a word that would go beyond the line. */
static char *wrapped(const char *words, double letters_a_line)
{
    tpk_text text = {0};
    size_t used = 0;
    tpk_qgis_add_plain(&text, words);
    for (char *at = text.data; at && *at;) {
        size_t word = strcspn(at, " ");
        if (used > 0 && (double)(used + word) > letters_a_line) {
            at[-1] = '\n';
            used = 0;
        }
        used += word + 1;
        at += word + (at[word] == ' ');
    }
    char *out = NULL;
    return tpk_text_take(&text, &out, NULL) == TPK_OK ? out : NULL;
}

static double height_of_words(const char *words, double letters_a_line)
{
    return fmax(SYMBOL_HEIGHT_MM, lines_of(words, letters_a_line) * LEGEND_LINE_MM) + LEGEND_ENTRY_MM;
}

/* The label of line i below the layer's name, from the top: a raster's values, the classes of zones; NULL
 * after the last. */
static const char *line_of(const tpk_qgs_layer *layer, size_t i)
{
    if (layer->legend) return i < layer->legend->n ? layer->legend->entries[i].label : NULL;
    const tpk_outline_style *outline = layer->style->look == TPK_LOOK_CASED ? layer->style->outline : NULL;
    if (!outline || !outline->value_field || i > outline->classes.n) return NULL;
    return i < outline->classes.n ? outline->classes.entries[outline->classes.n - 1 - i].label
                                  : outline->none.label;
}

static double height_of_layer(const tpk_qgs_layer *layer, double letters_a_line)
{
    double mm = height_of_words(layer->name, letters_a_line);
    const char *line;
    for (size_t i = 0; (line = line_of(layer, i)); i++) mm += height_of_words(line, letters_a_line);
    return mm;
}

static double height_of_legend(const tpk_qgs *project, const tpk_qgs_layer *map, double letters_a_line)
{
    double mm = LEGEND_TITLE_MM;
    position next = {0};
    for (const tpk_qgs_layer *layer; (layer = next_on_sheet(project, map, &next));)
        mm += height_of_layer(layer, letters_a_line);
    return mm;
}

/* 1, or as much less as makes the legend end above the scale bar: smaller letters, and more of them a line.
 */
static double legend_scale(const tpk_qgs *project, const tpk_qgs_layer *map)
{
    double scale = 1;
    while (scale > 0.15 &&
           height_of_legend(project, map, LEGEND_LETTERS / scale) * scale > LEGEND_ITEM.height)
        scale -= 0.05;
    return scale;
}

static void add_legend_styles(tpk_text *text, double scale)
{
    static const struct {
        const char *name;
        double before_mm, after_mm;
        int size, weight;
    } STYLES[] = {{"title", 0, 2, 11, 75},
                  {"group", 2, 1, 9, 75},
                  {"subgroup", 2, 0.5, 9, 75},
                  {"symbol", 1.8, 0, 8, 50},
                  {"symbolLabel", 1, 0, 8, 50}};
    tpk_text_add(text, "<styles>");
    for (size_t i = 0; i < sizeof STYLES / sizeof *STYLES; i++) {
        tpk_text_addf(
            text, "<style name=\"%s\" alignment=\"1\" indent=\"0\" marginTop=\"%g\" marginBottom=\"%g\"%s>",
            STYLES[i].name, STYLES[i].before_mm * scale, STYLES[i].after_mm * scale,
            i == 4 ? " marginLeft=\"2\"" : "");
        add_font(text, "styleFont", STYLES[i].size * scale, STYLES[i].weight);
        tpk_text_add(text, "</style>");
    }
    tpk_text_add(text, "</styles>\n");
}

static void add_option(tpk_text *text, const char *name, const char *value)
{
    tpk_text_add(text, "<Option type=\"QString\"");
    tpk_xml_attribute(text, "name", name);
    tpk_xml_attribute(text, "value", value);
    tpk_text_add(text, "/>");
}

static void add_wrapped(tpk_text *text, const char *name, const char *words, double scale)
{
    char *lines = wrapped(words, LEGEND_LETTERS / scale);
    if (lines) add_option(text, name, lines);
    text->failed |= !lines;
    tpk_free(lines);
}

/* QGIS counts the lines of a layer. The first of a raster names its band and is left out. */
static void add_lines_shown(tpk_text *text, const tpk_qgs_layer *layer, double scale)
{
    size_t first = layer->legend ? 1 : 0;
    tpk_text order = {0};
    const char *line;
    for (size_t i = 0; (line = line_of(layer, i)); i++) {
        char name[40];
        snprintf(name, sizeof name, "legend/label-%zu", i + first);
        add_wrapped(text, name, line, scale);
        tpk_text_addf(&order, i > 0 ? ",%zu" : "%zu", i + first);
    }
    if (order.data) add_option(text, "legend/node-order", order.data);
    text->failed |= order.failed;
    tpk_text_clear(&order);
}

static void add_legend_entry(tpk_text *text, const tpk_qgs_layer *layer, double scale)
{
    tpk_text_add(text, "<layer-tree-layer checked=\"Qt::Checked\" expanded=\"1\"");
    tpk_xml_attribute(text, "id", layer->id);
    tpk_xml_attribute(text, "name", layer->name);
    tpk_xml_attribute(text, "source", layer->source);
    tpk_text_addf(text, " providerKey=\"%s\"><customproperties><Option type=\"Map\">", provider_of(layer));
    add_wrapped(text, "legend/title-label", layer->name, scale);
    add_lines_shown(text, layer, scale);
    tpk_text_add(text, "</Option></customproperties></layer-tree-layer>\n");
}

static void add_legend_entries(tpk_text *text, const tpk_qgs *project, const tpk_qgs_layer *map, double scale)
{
    position next = {0};
    tpk_text_add(text, "<layer-tree-group>\n");
    for (const tpk_qgs_layer *layer; (layer = next_on_sheet(project, map, &next));)
        add_legend_entry(text, layer, scale);
    tpk_text_add(text, "</layer-tree-group>\n");
}

static void add_legend(tpk_text *text, const tpk_qgs *project, const tpk_qgs_layer *map)
{
    double scale = legend_scale(project, map);
    begin_item(text, &LEGEND_ITEM, false,
               " boxSpace=\"0\" columnCount=\"1\" splitLayer=\"0\" resizeToContents=\"1\" wrapChar=\"&#10;\""
               " fontColor=\"#141414\" titleAlignment=\"1\" lineSpacing=\"0\" legendFilterByAtlas=\"0\""
               " rasterBorder=\"1\" rasterBorderColor=\"150,150,150,255\" rasterBorderWidth=\"0.2\"");
    add_coordinate(text, "symbolWidth", SYMBOL_WIDTH_MM * scale);
    add_coordinate(text, "symbolHeight", SYMBOL_HEIGHT_MM * scale);
    add_identity(text, "map_uuid", &MAP_ITEM);
    tpk_xml_attribute(text, "title", project->sheets.legend_title);
    tpk_text_addf(text, ">%s", COLORS);
    add_legend_styles(text, scale);
    add_legend_entries(text, project, map, scale);
    end_item(text);
}

/* ---- scale and north ---- */

/* The longest 1, 2 or 5 times a power of ten of kilometres that fits into `longest_mm`. */
static double segment_km(tpk_box shown, double longest_mm)
{
    double longest = (shown.x_max - shown.x_min) / MAP_ITEM.width * longest_mm / 1000;
    double unit = pow(10, floor(log10(longest)));
    return unit * (longest >= 5 * unit ? 5 : longest >= 2 * unit ? 2 : 1);
}

static void add_scale_bar(tpk_text *text, tpk_box shown)
{
    begin_item(
        text, &SCALE_ITEM, false,
        " style=\"Single Box\" unitType=\"km\" unitLabel=\"km\" numSegments=\"2\" numSegmentsLeft=\"0\""
        " numMapUnitsPerScaleBarUnit=\"1\" segmentSizeMode=\"0\" height=\"2\" labelBarSpace=\"1.5\""
        " boxContentSpace=\"1\" outlineWidth=\"0.2\" alignment=\"0\"");
    add_identity(text, "mapUuid", &MAP_ITEM);
    add_coordinate(text, "numUnitsPerSegment", segment_km(shown, 24));
    tpk_text_addf(text,
                  ">%s<text-style fontFamily=\"Sans\" fontSize=\"8\" fontSizeUnit=\"Point\" fontWeight=\"50\""
                  " textColor=\"20,20,20,255\" textOpacity=\"1\"/>"
                  "<fillColor red=\"20\" green=\"20\" blue=\"20\" alpha=\"255\"/>"
                  "<fillColor2 red=\"255\" green=\"255\" blue=\"255\" alpha=\"255\"/>",
                  COLORS);
    end_item(text);
}

/* The picture comes with every QGIS. */
static void add_north(tpk_text *text)
{
    begin_item(text, &NORTH_ITEM, false,
               " file=\"arrows/NorthArrow_02.svg\" mode=\"2\" resizeMode=\"0\" anchorPoint=\"4\""
               " pictureRotation=\"0\" northMode=\"0\" svgFillColor=\"20,20,20,255\""
               " svgBorderColor=\"20,20,20,255\" svgBorderWidth=\"0.2\"");
    tpk_text_addf(text, ">%s", COLORS);
    end_item(text);
}

/* "Study – Classes": the words before, the map's name. NULL: no memory. */
static char *with_map(const char *words, const char *between, const tpk_qgs_layer *map)
{
    tpk_text text = {0};
    char *out = NULL;
    tpk_text_add(&text, words);
    if (map) tpk_text_add(&text, between);
    if (map) tpk_text_add(&text, map->name);
    return tpk_text_take(&text, &out, NULL) == TPK_OK ? out : NULL;
}

static void add_sheet(tpk_text *text, const tpk_qgs *project, const tpk_qgs_layer *map)
{
    tpk_box shown = fit(project->box, &MAP_ITEM);
    const char *remarks = project->sheets.remarks;
    char *name = with_map(project->sheets.name, ": ", map), *title = with_map(project->title, " – ", map);
    if (name && title) {
        tpk_text_add(text, "<Layout units=\"mm\" printResolution=\"300\"");
        tpk_xml_attribute(text, "name", name);
        tpk_text_add(text, ">\n");
        add_page(text);
        add_map(text, project, map, shown);
        add_legend(text, project, map);
        add_scale_bar(text, shown);
        add_north(text);
        add_label(text, &TITLE_ITEM, title, size_that_fits(title, &TITLE_ITEM, BOLD_WIDTH, 16, 5), 75);
        add_label(text, &REMARKS_ITEM, remarks, size_that_fits(remarks, &REMARKS_ITEM, LETTER_WIDTH, 7, 3),
                  50);
        tpk_text_add(text, "</Layout>\n");
    }
    text->failed |= !name || !title;
    tpk_free(title);
    tpk_free(name);
}

void tpk_qgs_sheets_add(tpk_text *text, const tpk_qgs *project)
{
    size_t n_maps = 0;
    for (size_t g = 0; g < project->n_groups; g++) {
        const tpk_qgs_group *group = &project->groups[g];
        for (size_t i = 0; i < group->n; i++) {
            if (!group->layers[i].legend) continue;
            add_sheet(text, project, &group->layers[i]);
            n_maps++;
        }
    }
    if (n_maps == 0) add_sheet(text, project, NULL);
}
