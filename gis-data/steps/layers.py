"""The tables of source/ and the writing of shapefiles."""

import csv
import os

from osgeo import gdal, ogr

from . import geo

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATE = "2026-01-01"  # in every DBF header, so that a rebuild gives the same bytes

TEXT, REAL, WHOLE = ogr.OFTString, ogr.OFTReal, ogr.OFTInteger64


def table(name):
    with open(os.path.join(HERE, "source", name + ".csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def route(text):
    """'Gambut -3.4097 114.6724 > ...' (name optional, latitude first) to [(lon, lat), ...]."""
    points = []
    for stop in text.split(">"):
        words = stop.split()
        points.append((float(words[-1]), float(words[-2])))
    return points


def field(spec):
    """'nama:60' text of 60 bytes, 'luas_ha:12.2' decimal, 'pddk_kab:9.0' whole."""
    name, size = spec.split(":")
    if len(name) > 10:
        raise ValueError(name + ": shapefiles hold field names of at most 10 characters")
    width, _, decimals = size.partition(".")
    kind = TEXT if not decimals else WHOLE if decimals == "0" else REAL
    definition = ogr.FieldDefn(name, kind)
    definition.SetWidth(int(width))
    if kind == REAL:
        definition.SetPrecision(int(decimals))
    return definition


def converted(value, definition):
    if value in ("", None):
        return None
    if definition.GetType() == TEXT:
        text = str(value)
        if len(text.encode()) > definition.GetWidth():
            raise ValueError(f"{definition.GetName()}: longer than {definition.GetWidth()} bytes: {text}")
        return text
    return float(value) if definition.GetType() == REAL else int(value)


def write(folder, name, kind, specs, rows):
    """rows: (geometry, {field: value}). Every geometry must be valid and not empty."""
    driver = ogr.GetDriverByName("ESRI Shapefile")
    path = os.path.join(folder, name + ".shp")
    if os.path.exists(path):
        driver.DeleteDataSource(path)
    source = driver.CreateDataSource(path)
    layer = source.CreateLayer(name, geo.WGS84, kind, ["ENCODING=UTF-8", "DBF_DATE_LAST_UPDATE=" + DATE])
    definitions = [field(spec) for spec in specs]
    for definition in definitions:
        layer.CreateField(definition)
    for geom, values in rows:
        geom = geo.rounded(geom)
        if geom.IsEmpty() or not geom.IsValid():
            raise ValueError(f"{name}: invalid geometry of {values}")
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(geom)
        for definition in definitions:
            value = converted(values.get(definition.GetName()), definition)
            if value is not None:
                feature.SetField(definition.GetName(), value)
        layer.CreateFeature(feature)


def summary(folder, name):
    """(kind, bytes on disk)."""
    path = os.path.join(folder, name + ".shp")
    source = gdal.OpenEx(path, gdal.OF_VECTOR)
    layer = source.GetLayer(0)
    kind = {1: "point", 2: "line", 3: "polygon"}[layer.GetGeomType() % 1000]
    size = sum(os.path.getsize(path[:-3] + ext) for ext in ("shp", "shx", "dbf", "prj", "cpg"))
    return kind, size
