#!/usr/bin/env python3
"""Draws a layer of a result folder with MapServer and its SLD, and compares the colours with QML and pixels: sld.py FOLDER LAYER.
Ends with 1, and says why, when a colour is another."""
import os
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree as ElementTree

import numpy
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()
osr.UseExceptions()
MAP = """MAP
  NAME "tapak"
  PROJECTION "init=epsg:32750" END
  OUTPUTFORMAT NAME "png" DRIVER "AGG/PNG" MIMETYPE "image/png" IMAGEMODE RGB END
  WEB METADATA "wms_enable_request" "*" "wms_title" "Tapak" "wms_srs" "EPSG:32750" "wms_onlineresource" "http://localhost/" END END
  LAYER
    NAME "{name}" STATUS ON {source}
    METADATA "wms_title" "{name}" END
  END
END
"""
RASTER = 'TYPE RASTER DATA "{folder}/{name}.tif" PROJECTION "init=epsg:32750" END'
VECTOR = 'TYPE POLYGON CONNECTIONTYPE OGR CONNECTION "{folder}/{name}.geojson" PROJECTION "init=epsg:4326" END'


def expect(truth, message):
    if not truth:
        sys.exit("# " + message)


def draw(folder, name, source, box, width, height):
    """The picture as rows x cols x 3."""
    with open(os.path.join(folder, name + ".sld"), encoding="utf-8") as file:
        style = file.read()
    query = {"SERVICE": "WMS", "VERSION": "1.1.1", "REQUEST": "GetMap", "LAYERS": name, "STYLES": "", "SRS": "EPSG:32750",
             "BBOX": ",".join(repr(v) for v in box), "WIDTH": width, "HEIGHT": height, "FORMAT": "image/png", "SLD_BODY": style}
    with tempfile.TemporaryDirectory() as scratch:
        places = {key: os.path.join(scratch, key) for key in ("tapak.map", "mapserver.conf", "picture.png")}
        with open(places["tapak.map"], "w", encoding="utf-8") as file:
            file.write(MAP.format(name=name, source=source.format(folder=folder, name=name)))
        with open(places["mapserver.conf"], "w", encoding="utf-8") as file:
            file.write('CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n')
        answer = subprocess.run(["mapserv"], capture_output=True, check=True, env=dict(
            os.environ, REQUEST_METHOD="GET", QUERY_STRING=urllib.parse.urlencode(query), MS_MAPFILE=places["tapak.map"],
            MAPSERVER_CONFIG_FILE=places["mapserver.conf"]))
        head, _, body = answer.stdout.partition(b"\r\n\r\n")
        expect(b"image/png" in head, "MapServer: %s" % body[:600])
        with open(places["picture.png"], "wb") as file:
            file.write(body)
        picture = gdal.Open(places["picture.png"]).ReadAsArray()
    return numpy.moveaxis(picture[:3], 0, 2)


def rgb(text):
    return [int(text[i:i + 2], 16) for i in (1, 3, 5)]


def palette_colors(root, pixels):
    """The least and the most of each colour at every pixel, from the QML's palette, and where it says something."""
    wanted, known = numpy.zeros((*pixels.shape, 3), int), numpy.zeros(pixels.shape, bool)
    for entry in root.iter("paletteEntry"):
        here = pixels == float(entry.get("value"))
        wanted[here], known[here] = rgb(entry.get("color")), True
    return wanted, wanted, known


def ramp_colors(root, pixels):
    """The same from the QML's ramp. MapServer draws it in steps of 0.02, each in the colour that it begins with, and sorts real numbers
    into 65,536 buckets (SCALE_BUCKETS). Colours are whole numbers."""
    stops = [(float(e.get("value")), rgb(e.get("color"))) for e in root.iter("item")]
    values, colours = [v for v, _ in stops], numpy.array([c for _, c in stops])
    known = pixels >= 0
    begin = numpy.maximum.reduce([numpy.where(pixels >= v, v, 0) for v in values])  # colours do not reach over a class's bound

    def at(where):
        return numpy.stack([numpy.interp(where, values, colours[:, band]) for band in range(3)], axis=-1)
    ends = at(numpy.where(known, pixels + 2e-5, 0)), at(numpy.where(known, numpy.maximum(begin, pixels - 0.02 - 2e-5), 0))
    low, high = numpy.minimum(*ends) - 1, numpy.maximum(*ends) + 1
    near = numpy.minimum.reduce([abs(pixels - v) for v in values]) < 2e-5
    return low, high, known & (~near | numpy.isin(pixels, [0]))


def check_raster(folder, name):
    raster = gdal.Open(os.path.join(folder, name + ".tif"))
    x, dx, _, y, _, dy = raster.GetGeoTransform()
    n_cols, n_rows = raster.RasterXSize, raster.RasterYSize
    picture = draw(folder, name, RASTER, [x, y + dy * n_rows, x + dx * n_cols, y], n_cols, n_rows)
    pixels = raster.ReadAsArray().astype(numpy.float64)
    root = ElementTree.parse(os.path.join(folder, name + ".qml")).getroot()
    low, high, known = (ramp_colors if root.find(".//colorrampshader") is not None else palette_colors)(root, pixels)
    wrong = known & ((picture < low) | (picture > high)).any(axis=2)
    expect(known.sum() > 50000 and not wrong.any(),
           "%s: %d of %d cells have another colour, such as %s at value %s" % (
               name, wrong.sum(), known.sum(), picture[wrong][:1].tolist(), pixels[wrong][:1].tolist()))
    nodata = raster.GetRasterBand(1).GetNoDataValue()
    empty = numpy.isnan(pixels) if nodata != nodata else pixels == nodata
    expect((picture[empty] == 255).all(), name + ": something is drawn where there is nothing")


def check_zones(folder):
    """On the boundary of each zone the colour of its class."""
    classes = {e.get("label"): rgb(e.get("color")) for e in ElementTree.parse(os.path.join(folder, "classes.qml")).iter("paletteEntry")}
    labels = list(classes)
    wgs84, utm = osr.SpatialReference(), osr.SpatialReference()
    wgs84.ImportFromEPSG(4326)
    utm.ImportFromEPSG(32750)
    for crs in (wgs84, utm):
        crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    to_utm = osr.CoordinateTransformation(wgs84, utm)
    source = ogr.Open(os.path.join(folder, "zones.geojson"))
    n = 0
    for feature in source.GetLayer(0):
        mean = feature.GetField("score_mean")
        wanted = classes[labels[0 if mean >= 0.8 else 1 if mean >= 0.6 else 2 if mean >= 0.4 else 3]]
        geometry = feature.geometry().Clone()
        geometry.Transform(to_utm)
        x0, x1, y0, y1 = geometry.GetEnvelope()
        box, size = [x0 - 500, y0 - 500, x1 + 500, y1 + 500], 900
        picture = draw(folder, "zones", VECTOR, box, size, round(size * (box[3] - box[1]) / (box[2] - box[0])))
        pixel_m = (box[2] - box[0]) / size
        polygon = geometry.GetGeometryRef(0) if geometry.GetGeometryName() == "MULTIPOLYGON" else geometry
        for px, py in polygon.GetGeometryRef(0).GetPoints()[:8]:
            row, col = int((box[3] - py) / pixel_m), int((px - box[0]) / pixel_m)
            around = picture[row - 2:row + 3, col - 2:col + 3].reshape(-1, 3).tolist()
            expect(wanted in around, "zones: %s: not %s at %d, %d but %s" % (feature.GetField("name"), wanted, row, col, around))
            n += 1
    expect(n >= 20, "zones: only %d places" % n)


if sys.argv[2] == "zones":
    check_zones(os.path.abspath(sys.argv[1]))
else:
    check_raster(os.path.abspath(sys.argv[1]), sys.argv[2])
