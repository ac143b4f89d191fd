#!/usr/bin/env python3
"""Whether all styles in a result folder say the same: styles.py FOLDER STYLES LANGUAGE. Reads QML, SLD, style.json and tapak.qgz with
Python's own parsers, the default styles of tapak.gpkg with SQLite, colour tables and category names with GDAL, and the set of styles
line by line. Ends with 1, and says why, when one differs."""
import json
import math
import os
import re
import sqlite3
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from decimal import Decimal

import numpy
from osgeo import gdal

gdal.UseExceptions()
MAPS = ["suitability", "classes", "reasons", "limiting"]
SLD = {"s": "http://www.opengis.net/sld", "o": "http://www.opengis.net/ogc"}


def expect(truth, message):
    if not truth:
        sys.exit("# " + message)


def parse(folder, name):
    return ElementTree.parse(os.path.join(folder, name)).getroot()


# ---- what each file says of a raster: (kind, title or None, {value: (colour, label)}) ----

def of_qml(root, name):
    renderer = root.find(".//rasterrenderer")
    kind = {"paletted": "values", "singlebandpseudocolor": "ramp"}[renderer.get("type")]
    if kind == "ramp":
        expect(renderer.find(".//colorrampshader").get("colorRampType") == "INTERPOLATED", name + ": not interpolated")
    entries = list(renderer.iter("paletteEntry" if kind == "values" else "item"))
    return kind, None, {float(e.get("value")): (e.get("color"), e.get("label")) for e in entries}


def of_sld(folder, name):
    root = parse(folder, name + ".sld")
    expect(root.get("version") == "1.0.0" and root.find("s:NamedLayer/s:Name", SLD).text == name, name + ".sld: version or name")
    colours = root.find(".//s:RasterSymbolizer/s:ColorMap", SLD)
    entries = colours.findall("s:ColorMapEntry", SLD)
    expect(all(e.get("opacity") == "1" for e in entries), name + ".sld: opacity")
    if colours.get("type") == "ramp":
        check_way([(float(e.get("quantity")), hexadecimal(e.get("color")), e.get("label")) for e in entries], name)
        entries = [e for e in entries if e.get("label")]
    return colours.get("type"), root.find(".//s:UserStyle/s:Title", SLD).text, {float(e.get("quantity")): (e.get("color"), e.get("label")) for e in entries}


def hexadecimal(colour):
    return [int(colour[i:i + 2], 16) for i in (1, 3, 5)]


def check_way(entries, name):
    """Those with an empty label lie on the straight way between those with one, 0.02 apart at most."""
    named = [e for e in entries if e[2]]
    values = [value for value, _, _ in entries]
    expect(values == sorted(set(values)) and max(numpy.diff(values)) <= 0.02 + 1e-9, name + ".sld: steps %s" % numpy.diff(values))
    for value, colour, _ in entries:
        way = [numpy.interp(value, [v for v, _, _ in named], [c[band] for _, c, _ in named]) for band in range(3)]
        expect(max(abs(a - b) for a, b in zip(way, colour)) <= 0.51, "%s.sld: %s at %g" % (name, colour, value))


def of_json(style, name):
    legend = style["metadata"]["tapak:legends"][name]
    return legend["kind"], legend["title"], {e["value"]: (e["color"], e["label"]) for e in legend["entries"]}


def of_tiff(folder, name, values):
    """The values of the legend in the colour table; the names in the .aux.xml, outside the map's legend included."""
    raster = gdal.Open(os.path.join(folder, name + ".tif"))
    colours = raster.GetRasterBand(1).GetColorTable()
    labels = [e.text or "" for e in parse(folder, name + ".tif.aux.xml").iter("Category")]
    return {v: ("#%02x%02x%02x" % colours.GetColorEntry(int(v))[:3], labels[int(v)]) for v in values}, labels


def of_project(folder):
    """{source: layer} of tapak.qgz; a layer holds its style as a QML does."""
    project = ElementTree.fromstring(zipfile.ZipFile(os.path.join(folder, "tapak.qgz")).read("tapak.qgs"))
    return {layer.findtext("datasource"): layer for layer in project.iter("maplayer")}


def check_raster(folder, name, style):
    kind, _, entries = of_qml(parse(folder, name + ".qml"), name + ".qml")
    in_project = of_qml(of_project(folder)["./%s.tif" % name], name + " in tapak.qgz")
    for where, found in [(name + ".sld", of_sld(folder, name)), ("style.json", of_json(style, name)), ("tapak.qgz", in_project)]:
        expect(found[0] == kind, "%s of %s: %s, the QML says %s" % (where, name, found[0], kind))
        expect(list(found[2].items()) == list(entries.items()), "%s of %s: %s, the QML says %s" % (where, name, found[2], entries))
    raster = gdal.Open(os.path.join(folder, name + ".tif"))
    band = raster.GetRasterBand(1)
    titles = {band.GetDescription(), of_sld(folder, name)[1], of_json(style, name)[1]}
    expect(len(titles) == 1, "%s: titles %s" % (name, titles))
    if name in ("classes", "limiting"):
        inside, labels = of_tiff(folder, name, entries)
        expect(inside == entries, "%s.tif: %s, the QML says %s" % (name, inside, entries))
        named = {float(v) for v, label in enumerate(labels) if label}
        expect(named - ({0.0} if name == "classes" else set()) == set(entries), "%s.tif: names of %s" % (name, sorted(named)))
    if kind == "values":
        pixels = set(numpy.unique(band.ReadAsArray()).tolist()) - {band.GetNoDataValue()}
        expect(pixels <= set(entries), "%s: no entry for %s" % (name, sorted(pixels - set(entries))))
    return entries, titles.pop()


# ---- what each file says of zones: [(from, below, colour, label)], best first, then (None, None, ...) for the rest ----

def rgb(text):
    return "#%02x%02x%02x" % tuple(int(c) for c in text.split(",")[:3])


def zones_of_qml(root):
    found = []
    for rule in root.iter("rule"):
        text = rule.get("filter")
        bounds = [re.search(r'"score_mean" %s ([0-9.]+)' % op, text) for op in (">=", "<")]
        expect(bounds[0] or bounds[1] or text == "ELSE", "zones: filter " + text)
        symbol = root.find(".//symbol[@name='%s']" % rule.get("symbol"))
        strokes = [o.get("value") for o in symbol.iter("Option") if o.get("name") == "outline_color"]
        found.append((*(float(b.group(1)) if b else None for b in bounds), [rgb(s) for s in strokes], rule.get("label")))
    return found


def zones_of_sld(folder):
    found = []
    for rule in parse(folder, "zones.sld").iter("{%s}Rule" % SLD["s"]):
        def bound(comparison):
            node = rule.find(".//o:%s" % comparison, SLD)
            expect(node is None or node.find("o:PropertyName", SLD).text == "score_mean", "zones.sld: property")
            return None if node is None else float(node.find("o:Literal", SLD).text)
        bounds = bound("PropertyIsGreaterThanOrEqualTo"), bound("PropertyIsLessThan")
        expect((bounds == (None, None)) == (rule.find("s:ElseFilter", SLD) is not None), "zones.sld: filter")
        strokes = [c.text for c in rule.findall("s:PolygonSymbolizer/s:Stroke/s:CssParameter[@name='stroke']", SLD)]
        found.append((*bounds, strokes, rule.find("s:Title", SLD).text))
    return found


def zones_of_json(style, none_label):
    layers = {layer["id"]: layer for layer in style["layers"]}
    expect(style["sources"]["zones"] == {"type": "geojson", "data": "zones.geojson"}, "style.json: source of the zones")
    case = layers["zones-class"]["paint"]["line-color"]
    expect(case[:2] == ["case", ["==", ["typeof", ["get", "score_mean"]], "number"]], "style.json: %s" % case[:2])
    step = case[2]
    expect(step[:2] == ["step", ["get", "score_mean"]], "style.json: %s" % step[:2])
    colours, bounds = step[2::2], [None, *step[3::2], None]
    labels = [e["label"] for e in style["metadata"]["tapak:legends"]["zones"]["entries"]]
    uppers = [e["value"] for e in style["metadata"]["tapak:legends"]["zones"]["entries"]]
    expect(uppers == bounds[1:], "style.json: bounds %s, its legend says %s" % (bounds, uppers))
    under = [layers[part]["paint"]["line-color"] for part in ("zones-casing", "zones-line")]
    found = [(bounds[i], bounds[i + 1], [*under, colour], labels[i]) for i, colour in enumerate(colours)]
    return found[::-1] + [(None, None, [*under, case[3]], none_label)]


def check_zones(folder, style, classes):
    found = zones_of_qml(parse(folder, "zones.qml"))
    database = sqlite3.connect("file:%s?mode=ro" % os.path.join(folder, "tapak.gpkg"), uri=True)
    default, = database.execute("SELECT styleQML FROM layer_styles WHERE f_table_name = 'zones' AND useAsDefault = 1").fetchone()
    for where, other in [("zones.sld", zones_of_sld(folder)), ("style.json", zones_of_json(style, found[-1][3])),
                         ("tapak.qgz", zones_of_qml(of_project(folder)["./tapak.gpkg|layername=zones"])),
                         ("tapak.gpkg", zones_of_qml(ElementTree.fromstring(default)))]:
        expect(other == found, "%s: %s, zones.qml says %s" % (where, other, found))
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        bounds = json.load(file)["classes"]
    expect([f[0] for f in found] == [bounds["S1"], bounds["S2"], bounds["S3"], None, None], "zones: bounds %s" % [f[0] for f in found])
    expect([(f[2][2], f[3]) for f in found] == [classes[v] for v in (1, 2, 3, 4, 6)], "zones: not the classes' colours and labels: %s" % found)


# ---- the set of styles, and the language ----

def read_set(path):
    """{key: {id, en, color}}, and lists of colours, of a set that has each key on a line of its own."""
    items = {}
    with open(path, encoding="utf-8") as file:
        text = re.sub(r",\n +", ", ", file.read())
    for line in text.split("\n"):
        match = re.fullmatch(r'(\w+): \{id: "?(.*?)"?, en: "?(.*?)"?(?:, color: "(#\w+)")?\}', line)
        if match:
            items[match.group(1)] = dict(zip(("id", "en", "color"), match.groups()[1:]))
        elif re.match(r"(ramp|list|outline): ", line):
            items[line.split(":")[0]] = re.findall(r"#[0-9a-f]{6}", line)
    return items


def ranges(folder, language):
    """" (0,60–0,80)" and the like, of the four classes of scores."""
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        bounds = json.load(file)["classes"]
    s1, s2, s3 = (str(Decimal(repr(bounds[k])).quantize(Decimal("0.01"))).replace(".", "," if language == "id" else ".") for k in ("S1", "S2", "S3"))
    return [f" (≥ {s1})", f" ({s2}–{s1})", f" ({s3}–{s2})", f" (< {s3})", "", ""]


def check_words(folder, entries, titles, styles, language):
    for name, key in [("suitability", "score"), ("classes", "classes"), ("reasons", "reasons"), ("limiting", "limiting")]:
        expect(titles[name] == styles[key][language], "%s: title %r" % (name, titles[name]))
    for value, key in enumerate(["S1", "S2", "S3", "N", "excluded", "unknown"], 1):
        wanted = styles[key]["color"], styles[key][language] + ranges(folder, language)[value - 1]
        expect(entries["classes"][value] == wanted, "classes: %d is %s, the set says %s" % (value, entries["classes"][value], wanted))
    for name, key in [("reasons", "no_reason"), ("limiting", "nothing_limits")]:
        wanted = styles[key]["color"], styles[key][language]
        expect(entries[name][0] == wanted, "%s: 0 is %s, the set says %s" % (name, entries[name][0], wanted))
    ramp = [colour for colour, _ in entries["suitability"].values()]
    expect(ramp == [styles["excluded"]["color"], *styles["ramp"]], "suitability: colours %s" % ramp)
    expect(entries["suitability"][0][1] == styles["score_zero"][language], "suitability: label of 0")
    shown = [colour for value, (colour, _) in entries["limiting"].items() if value > 0]
    wanted = styles["list"][:len(shown)]
    expect(shown[:len(wanted)] == wanted, "limiting: colours %s" % shown)


def main(folder, path, language):
    with open(os.path.join(folder, "style.json"), encoding="utf-8") as file:
        style = json.load(file)
    expect(style["version"] == 8, "style.json: version")
    expect(all(not math.isnan(w["paint"]["line-width"]) for w in style["layers"]), "style.json: widths")
    entries, titles = {}, {}
    for name in MAPS:
        entries[name], titles[name] = check_raster(folder, name, style)
    check_zones(folder, style, entries["classes"])
    check_words(folder, entries, titles, read_set(path), language)


main(*sys.argv[1:])
