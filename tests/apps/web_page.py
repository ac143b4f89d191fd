"""Places of a result folder, the colours that a web map must show there, and a place inside each zone, as JSON: web_page.py FOLDER.

The score comes from suitability.tif through GDAL, its colour from the ramp of suitability.qml, worked out here."""
import json
import sys
import xml.etree.ElementTree as ElementTree

import numpy
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()
osr.UseExceptions()
AROUND = 4  # cells each way that must be alike, so that the same colour is seen wherever a pixel's centre lies
folder = sys.argv[1]
raster = gdal.Open(folder + "/suitability.tif")
score = raster.ReadAsArray().astype(float)
x0, cell, _, y0, _, _ = raster.GetGeoTransform()
stops = [(float(e.get("value")), [int(e.get("color")[i:i + 2], 16) for i in (1, 3, 5)])
         for e in ElementTree.parse(folder + "/suitability.qml").iter("item")]
lonlat = osr.SpatialReference()
lonlat.ImportFromEPSG(4326)
lonlat.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
to_lonlat = osr.CoordinateTransformation(raster.GetSpatialRef(), lonlat)


def color(value):
    if numpy.isnan(value):
        return [255, 255, 255]  # the page
    return [float(numpy.interp(value, [s for s, _ in stops], [c[k] for _, c in stops])) for k in range(3)]


found = {"outside": [], "excluded": [], "scored": []}
for row in range(20, score.shape[0] - 20, 7):
    for col in range(20, score.shape[1] - 20, 7):
        window = score[row - AROUND:row + AROUND + 1, col - AROUND:col + AROUND + 1]
        value = score[row, col]
        if numpy.isnan(window).all():
            kind = "outside"
        elif (window == 0).all():
            kind = "excluded"
        elif (window > 0.01).all() and window.max() - window.min() < 0.006:
            kind = "scored"
        else:
            continue
        lon, lat, _ = to_lonlat.TransformPoint(x0 + (col + 0.5) * cell, y0 - (row + 0.5) * cell)
        found[kind].append({"kind": kind, "place": [lon, lat], "color": color(value)})
chosen = [place for kind in found.values() for place in kind[::max(1, len(kind) // 4)][:4]]
source = ogr.Open(folder + "/zones.geojson")
zones = [{"place": zone.GetGeometryRef().PointOnSurface().GetPoint_2D(), **zone.items()} for zone in source.GetLayer(0)]
json.dump({"places": chosen, "zones": zones}, sys.stdout)
