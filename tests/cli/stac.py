"""Holds the STAC catalog of a result folder against STAC 1.1.0 and against GDAL: stac.py FOLDER.

The rules are written here by hand from the specification's tables of required fields and the extensions' (it is not the official
JSON schema, which is only to be had from the network)."""
import json
import os
import re
import sys
from datetime import datetime

from osgeo import gdal

gdal.UseExceptions()
FOLDER = sys.argv[1]
MEDIA = {".tif": "image/tiff; application=geotiff; profile=cloud-optimized", ".geojson": "application/geo+json",
         ".csv": "text/csv", ".gpkg": "application/geopackage+sqlite3",
         ".qml": "application/xml", ".sld": "application/vnd.ogc.sld+xml", ".qgz": "application/zip",
         ".json": "application/json", ".pmtiles": "application/vnd.pmtiles"}
TYPES = {"Byte": "uint8", "UInt32": "uint32", "Float32": "float32"}


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as text:
        return json.load(text)


def links(document):
    found = {}
    for link in document["links"]:
        assert set(link) >= {"rel", "href", "type"}, link
        assert link["href"].startswith("./") and os.path.isfile(os.path.join(FOLDER, link["href"])), link
        found.setdefault(link["rel"], []).append(link["href"])
    return found


def check_common(document, kind):
    assert document["stac_version"] == "1.1.0" and document["type"] == kind
    assert re.fullmatch(r"[A-Za-z0-9._-]+", document["id"])


def check_catalog(catalog):
    check_common(catalog, "Catalog")
    assert catalog["description"]
    assert links(catalog) == {"root": ["./stac-catalog.json"], "child": ["./stac-collection.json"]}


def check_collection(collection):
    check_common(collection, "Collection")
    assert collection["description"] and collection["license"]
    (box,), (interval,) = collection["extent"]["spatial"]["bbox"], collection["extent"]["temporal"]["interval"]
    assert len(box) == 4 and len(interval) == 2 and any(interval)
    assert links(collection) == {"root": ["./stac-catalog.json"], "parent": ["./stac-catalog.json"],
                                 "item": ["./stac-item.json"]}


def check_classes(band, raster):
    colors = raster.GetColorTable()
    names = raster.GetCategoryNames()
    for one in band["classification:classes"]:
        assert re.fullmatch(r"[0-9A-Za-z_-]+", one["name"]) and isinstance(one["value"], int)
        assert one["color_hint"] == "%02X%02X%02X" % colors.GetColorEntry(one["value"])[:3], one
        assert one["description"] == names[one["value"]], one


def check_bitfields(band, record):
    fields = band["classification:bitfields"]
    assert [f["description"] for f in fields] == [c["title"] for c in record["constraints"]]
    for k, field in enumerate(fields):
        assert field["offset"] == k and field["length"] == 1
        assert [c["value"] for c in field["classes"]] == [0, 1]


def check_raster(asset, properties, record):
    raster = gdal.Open(os.path.join(FOLDER, asset["href"]))
    x0, dx, rx, y0, ry, dy = raster.GetGeoTransform()
    assert properties["proj:transform"] == [dx, rx, x0, ry, dy, y0]
    assert properties["proj:shape"] == [raster.RasterYSize, raster.RasterXSize]
    assert raster.GetSpatialRef().GetAuthorityCode(None) == properties["proj:code"].split(":")[1]
    (band,), inside = asset["bands"], raster.GetRasterBand(1)
    assert band["data_type"] == TYPES[gdal.GetDataTypeName(inside.DataType)]
    nodata = inside.GetNoDataValue()
    assert band["nodata"] == "nan" if nodata != nodata else band["nodata"] == nodata
    metadata = inside.GetMetadata()
    for ours, gdals in (("minimum", "MINIMUM"), ("maximum", "MAXIMUM"), ("mean", "MEAN"), ("stddev", "STDDEV")):
        assert abs(band["statistics"][ours] - float(metadata["STATISTICS_" + gdals])) <= 1e-9 * (1 + band["statistics"][ours])
    if "classification:classes" in band:
        check_classes(band, inside)
    if asset["href"] == "./reasons.tif":
        check_bitfields(band, record)


def check_item(item, record):
    check_common(item, "Feature")
    assert links(item) == {"root": ["./stac-catalog.json"], "parent": ["./stac-collection.json"],
                           "collection": ["./stac-collection.json"]}
    assert item["collection"] == read("stac-collection.json")["id"]
    west, south, east, north = item["bbox"]
    assert item["geometry"]["coordinates"] == [[[west, south], [east, south], [east, north], [west, north], [west, south]]]
    assert datetime.fromisoformat(item["properties"]["datetime"].replace("Z", "+00:00")).tzinfo
    used = {name.split(":")[0] for name in re.findall(r'"(\w+:\w+)":', json.dumps(item))}
    told = {re.fullmatch(r"https://stac-extensions.github.io/(\w+)/v\d+\.\d+\.\d+/schema.json", e).group(1)
            for e in item["stac_extensions"]}
    assert {{"proj": "projection"}.get(prefix, prefix) for prefix in used} == told, (used, told)
    listed = {asset["href"][2:] for asset in item["assets"].values()}
    rest = {name for name in os.listdir(FOLDER) if os.path.isfile(os.path.join(FOLDER, name))} - listed
    assert all(re.fullmatch(r"stac-\w+\.json|.*\.aux\.xml", name) for name in rest), rest
    for asset in item["assets"].values():
        path = os.path.join(FOLDER, asset["href"])
        assert os.path.isfile(path) and asset["type"] == MEDIA[os.path.splitext(path)[1]], asset["href"]
        assert (asset["roles"] == ["style"]) == bool(re.search(r"\.(qml|sld|qgz)$|/style\.json$", path)), asset
        assert asset["roles"] and asset["title"] and asset["file:size"] == os.path.getsize(path)
        assert re.fullmatch("1220[0-9a-f]{64}", asset["file:checksum"])
        if path.endswith(".tif"):
            check_raster(asset, item["properties"], record)


check_catalog(read("stac-catalog.json"))
check_collection(read("stac-collection.json"))
check_item(read("stac-item.json"), read("run.json"))
