#!/usr/bin/python3
"""Opens the tapak.qgz of a result folder with QGIS and judges it.

    qgis_project.py FOLDER GROUPS MAP.png [SHEET.png]

GROUPS are the names that the groups must have, from the top, with commas between. Prints what is wrong and ends with 1, or
prints the SHA-256 of the map's pixels. MAP.png becomes the picture of the visible layers, SHEET.png the printed sheet."""
import hashlib
import html
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (QgsApplication, QgsExpression, QgsExpressionContext, QgsExpressionContextUtils, QgsFeature,
                       QgsLayoutExporter, QgsLayoutItemLabel, QgsLayoutItemLegend, QgsLayoutItemMap,
                       QgsLayoutItemPicture, QgsLayoutItemScaleBar, QgsMapRendererParallelJob, QgsMapSettings, QgsProject,
                       QgsRasterLayer, QgsVectorLayer)
from qgis.PyQt.QtCore import QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFontMetricsF

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
    word = html.unescape(re.findall(r"<td>(.*?)</td>", layer.mapTipTemplate())[-1])
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


def check_zones(project):
    """Zones are labelled and say under the pointer what they are, also when their table is opened by itself."""
    zones = [x for x in project.mapLayers().values() if x.source().endswith("|layername=zones")]
    for layer in zones:
        expect(layer.featureCount() > 0, "no zones")
        expect(layer.labelsEnabled() and layer.labeling().settings().fieldName == "name", "zones are not labelled")
        for word in ("score_mean", "rank", "class_S1_ha", "limiting_title"):
            expect(word in layer.mapTipTemplate(), "the tip of the zones lacks %s" % word)
        alone = QgsVectorLayer(layer.source(), "alone", "ogr")
        found = alone.isValid() and alone.loadDefaultStyle()[1]
        expect(found and alone.labelsEnabled() and alone.mapTipTemplate() == layer.mapTipTemplate()
               and alone.renderer().symbol().symbolLayerCount() == layer.renderer().symbol().symbolLayerCount() == 2,
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


def check_sheet(project, path):
    layouts = project.layoutManager().printLayouts()
    expect(len(layouts) == 1, "%d sheets" % len(layouts))
    if not layouts:
        return
    layout = layouts[0]
    page = layout.pageCollection().page(0).pageSize()
    expect((page.width(), page.height()) == (297, 210), "the page is %g x %g mm" % (page.width(), page.height()))
    items = layout.items()
    check_fits(items)
    for kind in (QgsLayoutItemMap, QgsLayoutItemLegend, QgsLayoutItemScaleBar, QgsLayoutItemPicture):
        expect(sum(isinstance(i, kind) for i in items) == 1, "the sheet has no %s" % kind.__name__)
    for item in items:
        if isinstance(item, QgsLayoutItemLegend):
            expect(len(item.model().rootGroup().findLayers()) >= 2, "the legend is empty")
            expect(item.linkedMap() is not None, "the legend belongs to no map")
        if isinstance(item, QgsLayoutItemScaleBar):
            expect(item.linkedMap() is not None, "the scale bar belongs to no map")
        if isinstance(item, QgsLayoutItemPicture):
            expect(item.picturePath() and os.path.exists(item.picturePath()), "no north arrow: %r" % item.picturePath())
    texts = " ".join(i.currentText() for i in items if isinstance(i, QgsLayoutItemLabel))
    expect(project.title().replace("[%", "[ %") in texts, "the sheet lacks the title")
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 120
    result = QgsLayoutExporter(layout).exportToImage(path, settings)
    expect(result == QgsLayoutExporter.Success, "the sheet cannot be exported: %d" % result)


def main(folder, groups, map_path, sheet_path=None):
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
    if sheet_path:
        check_sheet(project, sheet_path)
    print("\n".join(faults) if faults else digest)
    sys.stdout.flush()
    os._exit(1 if faults else 0)  # QGIS's own clean-up is not what is tested


main(*sys.argv[1:])
