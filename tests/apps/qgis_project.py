#!/usr/bin/python3
"""Opens the tapak.qgz of a result folder with QGIS and judges it.

    qgis_project.py FOLDER GROUPS MAP.png [SHEET]

GROUPS are the names that the groups must have, from the top, with commas between. Prints what is wrong and ends with 1, or
prints the SHA-256 of the map's pixels. MAP.png becomes the picture of the visible layers, SHEET_classes.png and so on the printed sheets."""
import hashlib
import html
import itertools
import json
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (QgsApplication, QgsExpression, QgsExpressionContext, QgsExpressionContextUtils, QgsFeature,
                       QgsLayoutExporter, QgsLayoutItemLabel, QgsLayoutItemLegend, QgsLayoutItemMap,
                       QgsLayoutItemPicture, QgsLayoutItemScaleBar, QgsMapRendererParallelJob, QgsMapSettings, QgsPointXY,
                       QgsProject, QgsRasterLayer, QgsVectorLayer)
from qgis.PyQt.QtCore import QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFontMetricsF, QImage, QTextDocument

WIDTH, HEIGHT = 800, 600
faults = []


def expect(holds, text):
    if not holds:
        faults.append(text)


def render(layers, extent, crs):
    """The picture of the layers, without smoothing: colours are then those of the legend or of a symbol."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(crs)
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    settings.setExtent(extent)
    settings.setBackgroundColor(QColor(255, 255, 255))
    settings.setFlag(QgsMapSettings.Antialiasing, False)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    expect(not job.errors(), "rendering: %s" % [e.message for e in job.errors()])
    return job.renderedImage(), settings


def check_tree(project, groups):
    root = project.layerTreeRoot()
    expect([g.name() for g in root.findGroups()] == groups, "groups: %s" % [g.name() for g in root.findGroups()])
    layers = list(project.mapLayers().values())
    expect(len(root.findLayers()) == len(layers) > 0, "%d entries for %d layers" % (len(root.findLayers()), len(layers)))
    folder = os.path.realpath(project.absolutePath())
    for layer in layers:
        expect(layer.isValid(), "layer '%s' is not valid: %s" % (layer.name(), layer.source()))
        source = os.path.realpath(layer.source().split("|")[0])
        expect(source.startswith(folder + "/"), "layer '%s' lies outside the folder: %s" % (layer.name(), source))
        if layer.id().startswith("criteria_"):
            about = layer.abstract()
            expect("; " in about and about not in layer.name(), "layer '%s' does not tell source and curve: %r" % (layer.name(), about))
        expect(layer.crs() == project.crs(), "layer '%s' has CRS %s" % (layer.name(), layer.crs().authid()))
    return root


def check_expressions(template, context, name):
    """QGIS takes everything up to the next %] for an expression."""
    for text in re.findall(r"\[%(.*?)%\]", template, re.DOTALL):
        expression = QgsExpression(text)
        expression.evaluate(context)
        expect(not expression.hasParserError() and not expression.hasEvalError(),
               "the tip of '%s' holds %s: %s%s" % (name, text, expression.parserErrorString(), expression.evalErrorString()))


def check_unknown(layer, context):
    """A zone of which nothing is known: its score has the word that stands before the hectares of unknown land."""
    nothing = QgsFeature(context.feature())
    nothing.setAttributes([None] * len(layer.fields()))
    context.setFeature(nothing)
    tip = html.unescape(QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context))
    word = html.unescape(re.search(r"<td>([^<]*)</td><td[^>]*>\[% [^%]*unknown_ha", layer.mapTipTemplate()).group(1))
    expect(tip.count(word) == 2, "the tip of '%s' does not say %r of an unknown score: %s" % (layer.name(), word, tip))


def check_tips(project):
    """Every expression of every tip gives something for a feature of its layer."""
    for layer in project.mapLayers().values():
        if isinstance(layer, QgsRasterLayer) or layer.featureCount() == 0:
            continue
        context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
        context.setFeature(next(layer.getFeatures()))
        tip = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
        expect(tip and "[%" not in tip, "the tip of '%s' is not understood: %s" % (layer.name(), tip))
        check_expressions(layer.mapTipTemplate(), context, layer.name())
        for field in ("name", "note"):
            if '"%s"' % field in layer.mapTipTemplate():
                shown = context.feature()[field].replace("&", "&amp;").replace("<", "&lt;")
                expect(shown in tip, "the tip of '%s' lacks %r: %s" % (layer.name(), shown, tip))
        if "score_mean" in layer.mapTipTemplate():
            check_unknown(layer, context)


def rules_of(layer):
    """What each class of zones is drawn with: its label, its filter, its lines from below."""
    return [(rule.label(), rule.filterExpression(), [line.strokeColor().name() for line in rule.symbol().symbolLayers()])
            for rule in layer.renderer().rootRule().children()]


def check_file_tip(path):
    """The tip of a zone in zones.geojson, which zones.qml gives it, reads as the zone's name."""
    layer = QgsVectorLayer(path, "file", "ogr")
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    for feature in layer.getFeatures():
        context.setFeature(feature)
        read = QTextDocument()
        read.setHtml(QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context))
        expect(read.toPlainText().strip() == feature["name"].strip(), "the tip of %r reads %r" % (feature["name"], read.toPlainText()))


def check_zones(project):
    """Zones are labelled and say under the pointer what they are, also when their table is opened by itself."""
    zones = [x for x in project.mapLayers().values() if x.source().endswith("|layername=zones")]
    for layer in zones:
        expect(layer.featureCount() > 0, "no zones")
        expect(layer.labelsEnabled() and layer.labeling().settings().fieldName == "name", "zones are not labelled")
        for word in ("score_mean", "rank", "class_S1_ha", "limiting_title"):
            expect(word in layer.mapTipTemplate(), "the tip of the zones lacks %s" % word)
        check_file_tip(os.path.join(os.path.dirname(layer.source()), "zones.geojson"))
        alone = QgsVectorLayer(layer.source(), "alone", "ogr")
        found = alone.isValid() and alone.loadDefaultStyle()[1]
        expect(found and alone.labelsEnabled() and alone.mapTipTemplate() == layer.mapTipTemplate()
               and rules_of(alone) == rules_of(layer) and len(rules_of(layer)) == 5,
               "opened by itself, the zones' table has not the style of the project")


def legend_of(layer):
    """The colours of the style file beside the map, which is not what QGIS has read."""
    style = ElementTree.parse(os.path.splitext(layer.source())[0] + ".qml")
    return {int(e.get("value")): e.get("color") for e in style.iter("paletteEntry")}


def check_colours(classes, crs):
    """At pixels well inside one class the picture has the legend's colour of the class that the file holds there."""
    image, settings = render([classes], classes.extent(), crs)
    legend, to_map, seen = legend_of(classes), settings.mapToPixel(), {}
    provider = classes.dataProvider()
    for row in range(5, HEIGHT, 11):
        for col in range(5, WIDTH, 11):
            value, known = provider.sample(to_map.toMapCoordinates(col, row), 1)
            if not known:
                continue
            # QGIS takes a coarser copy of the map for a picture of this size: the neighbours must agree.
            around = {image.pixelColor(col + dx, row + dy).name() for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
            if len(around) == 1:
                seen.setdefault(int(value), []).append(around.pop() == legend[int(value)])
    expect(len(seen) >= 2, "the map shows classes %s only" % sorted(seen))
    for value, right in seen.items():
        expect(sum(right) >= 0.98 * len(right), "class %d: %d of %d places have its colour" % (value, sum(right), len(right)))


def check_fits(items):
    """Texts end inside their boxes, as Qt breaks their lines; the legend ends above the scale bar and on the page."""
    where = {type(i): i.sceneBoundingRect() for i in items}
    for item in items:
        if isinstance(item, QgsLayoutItemLabel):
            font, box, dots = item.font(), item.rect(), 100  # dots a millimetre
            font.setPixelSize(round(font.pointSizeF() * 25.4 / 72 * dots))
            needed = QFontMetricsF(font).boundingRect(QRectF(0, 0, box.width() * dots, 1e9), Qt.TextWordWrap, item.currentText())
            expect(needed.height() <= box.height() * dots and needed.width() <= box.width() * dots,
                   "a text is cut: %.1f of %.1f mm: %s" % (needed.height() / dots, box.height(), item.text()[:60]))
        if isinstance(item, QgsLayoutItemLegend):
            item.adjustBoxSize()
            box, below = item.sceneBoundingRect(), where[QgsLayoutItemScaleBar].top()
            expect(box.right() <= 297 and box.bottom() <= below,
                   "the legend goes on to %.1f, %.1f mm; the scale bar begins at %.1f mm" % (box.right(), box.bottom(), below))


def style_of(layer):
    """[(value, colour, label)] of the style file beside a map, from the top, and whether colours between are mixed."""
    style = ElementTree.parse(os.path.splitext(layer.source())[0] + ".qml")
    entries = [*style.iter("paletteEntry"), *style.iter("item")]
    return [(float(e.get("value")), QColor(e.get("color")), e.get("label")) for e in entries], style.find(".//item") is not None


def colour_of(style, value):
    entries, is_ramp = style
    for (low, first, _), (high, second, _) in zip(entries, entries[1:]):
        if is_ramp and low < value <= high:
            part = (value - low) / (high - low)
            return [round(a + part * (b - a)) for a, b in zip(first.getRgb()[:3], second.getRgb()[:3])]
    return next((list(colour.getRgb()[:3]) for known, colour, _ in entries if known == value), None)


def differ(one, other):
    return max(abs(a - b) for a, b in zip(one, other))


def check_map_colours(raster, item, image):
    """Where the sheet's picture is even, it has the colour of the map's value there; what lies on top hides the rest."""
    style, frame, extent = style_of(raster), item.sceneBoundingRect(), item.extent()
    dots, tolerance = image.width() / 297, 12 if style[1] else 1
    at = lambda x, y: image.pixelColor(x, y).getRgb()[:3]
    seen = []
    for x in range(int(frame.left() * dots) + 5, int(frame.right() * dots) - 5, 7):
        for y in range(int(frame.top() * dots) + 5, int(frame.bottom() * dots) - 5, 7):
            place = QgsPointXY(extent.xMinimum() + (x / dots - frame.left()) / frame.width() * extent.width(),
                               extent.yMaximum() - (y / dots - frame.top()) / frame.height() * extent.height())
            value, known = raster.dataProvider().sample(place, 1)
            around = [differ(at(x, y), at(x + dx, y + dy)) for dx in (-2, 0, 2) for dy in (-2, 0, 2)]
            if known and max(around) <= tolerance:
                wanted = colour_of(style, value)
                seen.append(wanted is not None and differ(at(x, y), wanted) <= tolerance)
    expect(len(seen) > 100 and sum(seen) >= 0.9 * len(seen),
           "sheet of '%s': %d of %d places have the legend's colour" % (raster.name(), sum(seen), len(seen)))


def check_legend(raster, legend):
    """The texts of the sheet's legend are those of the map's style, and of no other map's."""
    layers = [node.layer() for node in legend.model().rootGroup().findLayers()]
    expect([x for x in layers if isinstance(x, QgsRasterLayer)] == [raster],
           "sheet of '%s': its legend holds %s" % (raster.name(), [x.name() for x in layers]))
    for layer in layers:
        node, wanted = legend.model().rootGroup().findLayer(layer.id()), None
        if layer == raster:
            wanted = [label for _, _, label in style_of(raster)[0]]
        elif layer.source().endswith("|layername=zones"):
            wanted = [label for label, _, _ in rules_of(layer)]
        found = [n.data(Qt.DisplayRole).replace("\n", " ") for n in legend.model().layerLegendNodes(node)]
        expect(not wanted or found == [label.replace("[%", "[ %") for label in wanted],
               "sheet of '%s': legend %s, its style says %s" % (raster.name(), found, wanted))
    expect(legend.linkedMap() is not None, "the legend belongs to no map")
    return layers


def check_legend_colours(raster, legend, image):
    """Down the symbols of the printed legend, which end with the map's, stand the colours of its style, in order."""
    dots, box = image.width() / 297, legend.sceneBoundingRect()
    column = [image.pixelColor(int((box.left() + legend.symbolWidth() / 2) * dots), y).name()
              for y in range(int(box.top() * dots), int(box.bottom() * dots))]
    runs = [colour for colour, run in itertools.groupby(column) if len(list(run)) > 1]
    wanted = [colour.name() for _, colour, _ in style_of(raster)[0]]
    found = [colour for colour in runs if colour in wanted][-len(wanted):]
    expect(found == wanted, "sheet of '%s': the legend's colours are %s, not %s" % (raster.name(), found, wanted))


def print_sheet(layout, path):
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 120
    if os.path.exists(path):
        os.remove(path)
    result = QgsLayoutExporter(layout).exportToImage(path, settings)
    expect(result == QgsLayoutExporter.Success, "the sheet cannot be exported: %d" % result)
    return QImage(path)


def sources_of(folder):
    """What the study's project file, which run.json holds, states of its layers; read line by line."""
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        text = json.load(file)["project"]["text"]
    return [(file, source.strip('"')) for file, source in re.findall(r"^  \w+: \{path: ([\w.]+),.* source: (.*)\}$", text, re.MULTILINE)]


def check_sheet(project, layout, raster):
    page = layout.pageCollection().page(0).pageSize()
    expect((page.width(), page.height()) == (297, 210), "the page is %g x %g mm" % (page.width(), page.height()))
    items = {}
    for kind in (QgsLayoutItemMap, QgsLayoutItemLegend, QgsLayoutItemScaleBar, QgsLayoutItemPicture):
        items[kind] = [i for i in layout.items() if isinstance(i, kind)]
        expect(len(items[kind]) == 1, "sheet of '%s': %d items %s" % (raster.name(), len(items[kind]), kind.__name__))
    check_fits(layout.items())
    map_item, legend = items[QgsLayoutItemMap][0], items[QgsLayoutItemLegend][0]
    in_legend = check_legend(raster, legend)
    expect(map_item.keepLayerSet() and map_item.layers() == in_legend and len(in_legend) >= 2,
           "sheet of '%s': map of %s, legend of %s" % (raster.name(), [x.name() for x in map_item.layers()],
                                                       [x.name() for x in in_legend]))
    expect(items[QgsLayoutItemScaleBar][0].linkedMap() == map_item, "the scale bar belongs to no map")
    north = items[QgsLayoutItemPicture][0].picturePath()
    expect(north and os.path.exists(north), "no north arrow: %r" % north)
    texts = " ".join(i.currentText() for i in layout.items() if isinstance(i, QgsLayoutItemLabel))
    for title in (project.title(), raster.name()):
        expect(title.replace("[%", "[ %") in texts, "the sheet lacks the title %s" % title)
    for file, source in sources_of(project.absolutePath()):
        expect("%s (%s)" % (file, source) in texts, "the sheet lacks the source of %s: %s" % (file, source))
    return map_item, legend


def check_sheets(project, stem):
    """Each map has a sheet, which stays the same whatever is ticked in the main window: STEM_NAME.png is its picture."""
    tree = project.layerTreeRoot()
    rasters = [n.layer() for n in tree.findLayers() if isinstance(n.layer(), QgsRasterLayer)]
    sheets = {layout.name().partition(": ")[2]: layout for layout in project.layoutManager().printLayouts()}
    expect(set(sheets) == {r.name() for r in rasters}, "sheets: %s" % sorted(sheets))
    if faults:
        return
    pictures = {}
    for raster in rasters:
        map_item, legend = check_sheet(project, sheets[raster.name()], raster)
        path = "%s_%s.png" % (stem, os.path.splitext(os.path.basename(raster.source()))[0])
        pictures[raster.name()] = print_sheet(sheets[raster.name()], path), path
        check_map_colours(raster, map_item, pictures[raster.name()][0])
        check_legend_colours(raster, legend, pictures[raster.name()][0])
    for node in tree.findLayers():
        node.setItemVisibilityCheckedParentRecursive(not node.isVisible())
    for name, (picture, path) in pictures.items():
        expect(print_sheet(sheets[name], path) == picture, "sheet of '%s': it changes with what is ticked" % name)


def main(folder, groups, map_path, sheet_stem=None):
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    expect(project.read(os.path.join(folder, "tapak.qgz")), "QGIS does not read tapak.qgz: %s" % project.error())
    root = check_tree(project, groups.split(","))
    check_zones(project)
    check_tips(project)
    visible = [n.layer() for n in root.findLayers() if n.isVisible()]
    rasters = [x for x in visible if isinstance(x, QgsRasterLayer)]
    expect(len(rasters) == 1, "%d maps are visible" % len(rasters))
    digest = ""
    if not faults:
        check_colours(rasters[0], project.crs())
        image, _ = render(visible, rasters[0].extent(), project.crs())
        image.save(map_path)
        bits = image.constBits()
        digest = hashlib.sha256(bits.asstring(image.sizeInBytes())).hexdigest()
    if sheet_stem:
        check_sheets(project, sheet_stem)
    print("\n".join(faults) if faults else digest)
    sys.stdout.flush()
    os._exit(1 if faults else 0)  # QGIS's own clean-up is not what is tested


main(*sys.argv[1:])
