"""A layer of the mapfile of docs/portal.md in MapServer, held against the result folder: mapserver.py FOLDER LAYER [sld].

The request is for 200 x 200 cells of 500 m; with `sld` it brings FOLDER/LAYER.sld along. What MapServer is told by comes in the
environment, as for any CGI. Ends with 1, and says why, when a cell has another colour than the legend's QML says."""
import os
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

import numpy
from osgeo import gdal

gdal.UseExceptions()
SIDE, CELL, LEFT, TOP = 200, 500, 280000, 9725000
folder, name = sys.argv[1:3]
query = {"map": "TAPAK", "SERVICE": "WMS", "VERSION": "1.1.1", "REQUEST": "GetMap", "LAYERS": name, "STYLES": "", "SRS": "EPSG:32750",
         "FORMAT": "image/png", "WIDTH": SIDE, "HEIGHT": SIDE, "BBOX": f"{LEFT},{TOP - SIDE * CELL},{LEFT + SIDE * CELL},{TOP}"}
if sys.argv[3:] == ["sld"]:
    with open(f"{folder}/{name}.sld", encoding="utf-8") as file:
        query["SLD_BODY"] = file.read()
answer = subprocess.run(["mapserv"], capture_output=True, check=True, env=dict(
    os.environ, REQUEST_METHOD="GET", QUERY_STRING=urllib.parse.urlencode(query))).stdout
head, _, body = answer.partition(b"\r\n\r\n")
assert b"image/png" in head, answer[:600]
gdal.FileFromMemBuffer("/vsimem/picture.png", body)
picture = gdal.Open("/vsimem/picture.png")
shown, table = picture.ReadAsArray(), picture.GetRasterBand(1).GetColorTable()
if table:
    shown = numpy.array([table.GetColorEntry(i)[:3] for i in range(256)])[shown].transpose(2, 0, 1)
shown = numpy.moveaxis(shown[:3], 0, 2)


def rgb(text):
    return [int(text[i:i + 2], 16) for i in (1, 3, 5)]


raster = gdal.Open(f"{folder}/{name}.tif")
x0, dx, _, y0, _, dy = raster.GetGeoTransform()
cells = raster.ReadAsArray(round((LEFT - x0) / dx), round((TOP - y0) / dy), SIDE, SIDE)
legend = ElementTree.parse(f"{folder}/{name}.qml").getroot()
wanted, known = numpy.zeros(shown.shape, int), numpy.zeros(cells.shape, bool)
for entry in legend.iter("paletteEntry"):
    here = cells == int(entry.get("value"))
    wanted[here], known[here] = rgb(entry.get("color")), True
wrong = known & (shown != wanted).any(axis=2)
ramp = [(float(e.get("value")), rgb(e.get("color"))) for e in legend.iter("item")]
if ramp:  # drawn in steps of 0.02: no colour may be of a score that lies farther below
    stops, colors = numpy.array([stop for stop, _ in ramp[1:]]), numpy.array([color for _, color in ramp[1:]])
    known = (cells > stops[0] + 0.021) & ~((cells[..., None] > stops) & (cells[..., None] < stops + 0.021)).any(axis=2)
    at = lambda score: numpy.stack([numpy.interp(score, stops, band) for band in colors.T], axis=2)
    wanted, low = at(cells), at(cells - 0.0201)
    wrong = known & ((shown < numpy.minimum(low, wanted) - 1) | (shown > numpy.maximum(low, wanted) + 1)).any(axis=2)
    wanted = wanted.round()
assert len({tuple(color) for color in wanted[known]}) >= 3 and known.sum() > 20000, known.sum()
assert not wrong.any(), (wrong.sum(), cells[wrong][0], wanted[wrong][0], shown[wrong][0])
