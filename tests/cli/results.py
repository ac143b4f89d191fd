#!/usr/bin/env python3
"""Checks the results of a run with programs other than Tapak: results.py WHAT FOLDER. Ends with 1, and says why, when wrong."""
import csv
import json
import math
import os
import subprocess
import sys
import xml.etree.ElementTree

import numpy
from osgeo import gdal, ogr, osr
from osgeo_utils.samples import validate_cloud_optimized_geotiff as cog

gdal.UseExceptions()
MAPS = ["suitability", "classes", "reasons", "limiting"]


def read(folder, name):
    raster = gdal.Open(os.path.join(folder, name + ".tif"))
    return raster, raster.GetRasterBand(1)


def expect(truth, message):
    if not truth:
        sys.exit("# " + message)


def is_cog(folder):
    """Each map is a Cloud Optimized GeoTIFF with overviews down to one block."""
    for name in MAPS:
        path = os.path.join(folder, name + ".tif")
        warnings, errors, _ = cog.validate(path, full_check=True)
        expect(not errors and not warnings, "%s: %s %s" % (path, errors, warnings))
        raster, band = read(folder, name)
        side = max(raster.RasterXSize, raster.RasterYSize)
        expect(band.GetOverviewCount() >= math.ceil(math.log2(side / 512)), "%s: %d overviews" % (name, band.GetOverviewCount()))
        if side > 512:
            last = band.GetOverview(band.GetOverviewCount() - 1)
            expect(max(last.XSize, last.YSize) <= 512, "%s: the smallest overview is %d x %d" % (name, last.XSize, last.YSize))


def statistics(folder):
    """The statistics inside are those of the pixels."""
    for name in MAPS:
        raster, band = read(folder, name)
        pixels = band.ReadAsArray().astype(numpy.float64)
        nodata = band.GetNoDataValue()
        valid = pixels[~numpy.isnan(pixels)] if nodata is None or math.isnan(nodata) else pixels[pixels != nodata]
        stored = band.GetMetadata()
        wanted = {"MINIMUM": valid.min(), "MAXIMUM": valid.max(), "MEAN": valid.mean(), "STDDEV": valid.std(),
                  "VALID_PERCENT": 100 * valid.size / pixels.size}
        for key, value in wanted.items():
            found = float(stored["STATISTICS_" + key])
            expect(abs(found - value) <= 1e-9 * max(1, abs(value)), "%s: %s is %r, the pixels say %r" % (name, key, found, value))


def overviews(folder):
    """Overviews of the score average the known cells; those of the others hold values that occur."""
    _, band = read(folder, "suitability")
    if band.GetOverviewCount() == 0:
        return
    full, coarse = band.ReadAsArray().astype(numpy.float64), band.GetOverview(0).ReadAsArray()
    rows, cols = full.shape[0] // 2, full.shape[1] // 2
    four = full[:2 * rows, :2 * cols].reshape(rows, 2, cols, 2).transpose(0, 2, 1, 3).reshape(rows, cols, 4)
    with numpy.errstate(invalid="ignore"):
        counts = (~numpy.isnan(four)).sum(axis=2)
        means = numpy.where(counts > 0, numpy.nansum(four, axis=2) / numpy.maximum(counts, 1), numpy.nan)
    part = coarse[:rows, :cols]
    expect(numpy.array_equal(numpy.isnan(means), numpy.isnan(part)), "overview: unknown where something is known")
    expect(numpy.nanmax(numpy.abs(means - part)) < 1e-6, "overview: not the average")
    for name in MAPS[1:]:
        _, band = read(folder, name)
        expect(set(numpy.unique(band.GetOverview(0).ReadAsArray())) <= set(numpy.unique(band.ReadAsArray())), name + ": overview makes up values")


def legend(folder, name):
    """{value: (colour, label)} of a style: palette or ramp."""
    root = xml.etree.ElementTree.parse(os.path.join(folder, name + ".qml")).getroot()
    expect(root.tag == "qgis", name + ".qml: " + root.tag)
    entries = root.findall(".//paletteEntry") or root.findall(".//item")
    return {float(e.get("value")): (e.get("color"), e.get("label")) for e in entries}


def palette_agrees(folder, name):
    """Every value of the map has an entry, coloured and named as inside the TIFF and its categories."""
    found, names = legend(folder, name), categories(folder, name)
    _, band = read(folder, name)
    colours = band.GetColorTable()
    expect(colours is not None, name + ".tif: no colours")
    values = set(numpy.unique(band.ReadAsArray())) - {band.GetNoDataValue()}
    expect(values <= set(found), "%s.qml: no entry for %s" % (name, sorted(values - set(found))))
    for value, (colour, label) in found.items():
        inside = "#%02x%02x%02x" % colours.GetColorEntry(int(value))[:3]
        expect(colour == inside, "%s: %g is %s in the style, %s in the TIFF" % (name, value, colour, inside))
        expect(label == names[int(value)], "%s: %g is %r in the style, %r in the TIFF" % (name, value, label, names[int(value)]))
    expect(len({colour for colour, _ in found.values()}) == len(found), name + ".qml: a colour stands for two values")


def styles(folder):
    """The legends hold the values of the maps, with the colours of the TIFFs and the words of the project."""
    run = load(folder, "run.json")
    for name in ["classes", "limiting"]:
        palette_agrees(folder, name)
    expect(sorted(legend(folder, "classes")) == [1, 2, 3, 4, 5, 6], "classes.qml: not an entry for each class")
    expect(len(categories(folder, "classes")) == 7, "classes.tif: not a name for each class")
    expect(categories(folder, "limiting")[1:] == [c["title"] for c in run["criteria"]], "limiting.tif: names are not the criteria's titles")
    _, band = read(folder, "reasons")
    found = legend(folder, "reasons")
    values = set(numpy.unique(band.ReadAsArray())) - {band.GetNoDataValue()}
    expect(values | {0} == set(found), "reasons.qml: entries %s, pixels %s" % (sorted(found), sorted(values)))
    for value, (_, label) in found.items():
        wanted = " + ".join(c["title"] for c in run["constraints"] if int(value) >> c["bit"] & 1)
        expect(value == 0 or label == wanted, "reasons.qml: %g is %r, the constraints say %r" % (value, label, wanted))
    stops = list(legend(folder, "suitability"))
    expect(stops == sorted(stops) and stops[0] == 0 and stops[-1] == 1, "suitability.qml: stops %s" % stops)
    expect({run["classes"][c] for c in ("S1", "S2", "S3")} <= set(stops), "suitability.qml: no stop at a class's bound")
    root = xml.etree.ElementTree.parse(os.path.join(folder, "zones.qml")).getroot()
    expect(root.find(".//renderer-v2") is not None and root.find(".//text-style").get("fieldName") == "name", "zones.qml: no outline or label")


def categories(folder, name):
    info = gdal.Info(os.path.join(folder, name + ".tif"), format="json")
    return info["bands"][0].get("categories", [])


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def signed_area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:])) / 2


def check_position(position, box, name):
    expect(len(position) == 2 and -180 <= position[0] <= 180 and -90 <= position[1] <= 90, "%s: position %s" % (name, position))
    expect(box[0] - 1e-7 <= position[0] <= box[2] + 1e-7 and box[1] - 1e-7 <= position[1] <= box[3] + 1e-7, "%s: %s is beyond bbox %s" % (name, position, box))


def geojson(folder, names=("zones.geojson", "overlay.geojson")):
    """RFC 7946: no crs, lon/lat in range and in the bbox, closed rings, outer rings counterclockwise and holes clockwise."""
    for name in names:
        root = load(folder, name)
        expect(root["type"] == "FeatureCollection" and "crs" not in root, name + ": type or crs")
        box = root.get("bbox", [-180, -90, 180, 90])
        expect(not root["features"] or "bbox" in root, name + ": no bbox")
        for feature in root["features"]:
            geometry = feature["geometry"]
            kind, coordinates = geometry["type"], geometry["coordinates"]
            own = feature.get("bbox", box)
            if kind == "Point":
                coordinates = [coordinates]
            if kind in ("Polygon", "MultiPolygon"):
                for polygon in [coordinates] if kind == "Polygon" else coordinates:
                    for i, ring in enumerate(polygon):
                        expect(len(ring) >= 4 and ring[0] == ring[-1], name + ": an open ring")
                        area = signed_area(ring)
                        # Below a square metre the seven decimals of a position may turn a sliver over.
                        expect((area > 0) == (i == 0) or abs(area) < 1e-10, name + ": a ring turns the wrong way")
                        for position in ring:
                            check_position(position, own, name)
            elif kind == "MultiLineString":
                for line in coordinates:
                    for position in line:
                        check_position(position, own, name)
            else:
                for position in coordinates:
                    check_position(position, own, name)
        source = ogr.Open(os.path.join(folder, name))
        expect(source.GetLayer(0).GetFeatureCount() == len(root["features"]), name + ": GDAL counts other features")


def sums(folder):
    """Classes, excluded, unknown and outside add up to the zone, to a millionth."""
    for feature in load(folder, "zones.geojson")["features"]:
        p = feature["properties"]
        total = sum(p[k] for k in ["class_S1_ha", "class_S2_ha", "class_S3_ha", "class_N_ha", "excluded_ha", "unknown_ha", "outside_ha"])
        expect(abs(total - p["area_ha"]) <= 1e-6 * p["area_ha"], "%s: %r is not %r" % (p["id"], total, p["area_ha"]))


def pieces(folder):
    """The pieces of each layer and zone add up to the zone's figures."""
    zones = {f["properties"]["id"]: f["properties"] for f in load(folder, "zones.geojson")["features"]}
    totals = {}
    for feature in load(folder, "overlay.geojson")["features"]:
        p = feature["properties"]
        for measure, ending in (("area_ha", "ha"), ("length_km", "km"), ("count", "n")):
            if p[measure] is not None:
                key = (p["zone"], "%s_%s" % (p["layer"], ending))
                totals[key] = totals.get(key, 0) + p[measure]
    expect(totals, "there is no piece at all")
    for (zone, key), total in totals.items():
        expect(abs(total - zones[zone][key]) <= 1e-6 * max(1, total), "%s: %s pieces %r, zone %r" % (zone, key, total, zones[zone][key]))


def cover(folder):
    """A layer that tiles the plane: its pieces make up each zone, to 1e-9 of it and the rounding of the file."""
    zones = {f["properties"]["id"]: f["properties"]["area_ha"] for f in load(folder, "zones.geojson")["features"]}
    totals = dict.fromkeys(zones, 0)
    rows = [f["properties"] for f in load(folder, "overlay.geojson")["features"]]
    for p in rows:
        totals[p["zone"]] += p["area_ha"]
    for zone, area in zones.items():
        expect(abs(totals[zone] - area) <= 1e-9 * area + 5e-7 * (len(rows) + 1), "%s: pieces %r, zone %r" % (zone, totals[zone], area))


def record(folder):
    """run.json names every input with the SHA-256 that sha256sum finds, and no secret place is empty."""
    root = load(folder, "run.json")
    files = [f for layer in root["layers"] for f in layer["files"]] + [root["project"]]
    for entry in files:
        wanted = subprocess.run(["sha256sum", entry["path"]], capture_output=True, text=True, check=True).stdout.split()[0]
        expect(entry["sha256"] == wanted, entry["path"] + ": SHA-256 differs")
    expect(len(root["layers"]) == 15, "run.json: %d layers" % len(root["layers"]))


PARTS = ["class_S1", "class_S2", "class_S3", "class_N", "excluded", "unknown", "outside"]


def region_rows(folder):
    """The properties in regions.geojson by id, or by name when there are no ids."""
    rows = [f["properties"] for f in load(folder, "regions.geojson")["features"]]
    return {p.get("id", p["name"]): p for p in rows}


def regions(folder):
    """regions.csv holds what regions.geojson says; classes add up to each region, shares to 100 %."""
    found = region_rows(folder)
    with open(os.path.join(folder, "regions.csv"), encoding="utf-8", newline="") as file:
        text = file.read()
        rows = list(csv.DictReader(text.splitlines(True), strict=True))
    expect(text.count("\n") == text.count("\r\n") == len(rows) + 1, "regions.csv: line ends")
    expect([r.get("id", r["name"]) for r in rows] == list(found), "regions.csv: other regions, or another order")
    for row in rows:
        p = found[row.get("id", row["name"])]
        expect(list(row) == list(p), "regions.csv: other columns than the properties of regions.geojson")
        for key, value in row.items():
            same = value == p[key] if key in ("id", "name") else p[key] is None and value == "" or abs(float(value) - p[key]) < 1e-9 * max(1, abs(p[key]))
            expect(same, "regions.csv: %s of %s is %r, the map says %r" % (key, row["name"], value, p[key]))
        total = sum(p[part + "_ha"] for part in PARTS)
        expect(abs(total - p["area_ha"]) <= 4e-6, "%s: the parts are %r ha of %r" % (row["name"], total, p["area_ha"]))
        expect(abs(sum(p[part + "_pct"] for part in PARTS) - 100) < 4e-6, row["name"] + ": shares do not make 100 %")


def regions_geojson(folder):
    """regions.geojson follows RFC 7946."""
    geojson(folder, ["regions.geojson"])


def regions_are_zones(folder):
    """A zone that has the polygon of a region has its figures."""
    found, zones = region_rows(folder), load(folder, "zones.geojson")["features"]
    for feature in zones:
        p = feature["properties"]
        for key in [part + "_ha" for part in PARTS] + ["area_ha", "score_mean"]:
            expect(abs(p[key] - found[p["name"]][key]) <= 1e-6, "%s: %s is %r, of the region %r" % (p["name"], key, p[key], found[p["name"]][key]))
    expect(len(zones) == 3, "%d zones" % len(zones))


def regions_hold_all(folder):
    """Regions that hold the whole map have as much of each class as the cells of classes.tif."""
    raster, band = read(folder, "classes")
    pixels = band.ReadAsArray()
    areas = cell_hectares(raster)
    for value, part in enumerate(["outside"] + PARTS[:6]):
        if value == 0:
            continue
        total = sum(p[part + "_ha"] for p in region_rows(folder).values())
        wanted = areas[pixels == value].sum()
        expect(abs(total - wanted) <= 1e-7 * max(1, wanted), "%s: the regions have %r ha, the map %r" % (part, total, wanted))


def cell_hectares(raster):
    """True hectares of each cell: its corners on the ellipsoid by GDAL's transformation, the ellipsoid's area element in between."""
    x0, cell, _, y0, _, _ = raster.GetGeoTransform()
    here, degrees = raster.GetSpatialRef(), osr.SpatialReference()
    degrees.ImportFromEPSG(4326)
    degrees.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    to_degrees = osr.CoordinateTransformation(here, degrees)
    cols, rows = numpy.meshgrid(numpy.arange(raster.RasterXSize) + 0.5, numpy.arange(raster.RasterYSize) + 0.5)
    x, y, step = x0 + cell * cols.ravel(), y0 - cell * rows.ravel(), cell / 2
    lonlat = lambda dx, dy: numpy.radians(numpy.array(to_degrees.TransformPoints(numpy.column_stack((x + dx, y + dy))))[:, :2])
    east, north = (lonlat(step, 0) - lonlat(-step, 0)) / (2 * step), (lonlat(0, step) - lonlat(0, -step)) / (2 * step)
    a, e2, lat = here.GetSemiMajor(), 1 - (here.GetSemiMinor() / here.GetSemiMajor()) ** 2, lonlat(0, 0)[:, 1]
    element = a * a * (1 - e2) * numpy.cos(lat) / (1 - e2 * numpy.sin(lat) ** 2) ** 2
    per_m2 = numpy.abs(east[:, 0] * north[:, 1] - east[:, 1] * north[:, 0]) * element
    return (per_m2 * cell * cell / 1e4).reshape(cols.shape)


CHECKS = {f.__name__: f for f in (is_cog, statistics, overviews, styles, geojson, sums, pieces, cover, record, regions, regions_geojson, regions_are_zones,
                                  regions_hold_all)}
if __name__ == "__main__":
    CHECKS[sys.argv[1]](sys.argv[2])
