"""Holds the STAC catalog of a result folder against STAC 1.1.0 and against GDAL: stac.py FOLDER.

The rules are those of the JSON schemas of STAC 1.1.0 and of the extensions raster, classification, file and processing, as far as
a catalog of ours can break them, in our own words: the schemas themselves are only to be had from the network. Those of projection
are from its description, as its schema of 2.0.0 could not be read. To them come the specification's tables of fields."""
import json
import os
import re
import sys
from datetime import datetime

from osgeo import gdal, osr

gdal.UseExceptions()
FOLDER = sys.argv[1]
MEDIA = {".tif": "image/tiff; application=geotiff; profile=cloud-optimized", ".geojson": "application/geo+json",
         ".csv": "text/csv", ".gpkg": "application/geopackage+sqlite3",
         ".qml": "application/xml", ".sld": "application/vnd.ogc.sld+xml", ".qgz": "application/zip",
         ".json": "application/json", ".pmtiles": "application/vnd.pmtiles"}
TYPES = {"Byte": "uint8", "UInt32": "uint32", "Float32": "float32"}
# All fields that an extension has: of its prefix no other may stand in a document.
FIELDS = {"proj": {"code", "wkt2", "projjson", "geometry", "bbox", "centroid", "shape", "transform"},
          "raster": {"bits_per_sample", "sampling", "scale", "offset", "spatial_resolution", "histogram"},
          "classification": {"classes", "bitfields"},
          "file": {"byte_order", "checksum", "header_size", "size", "values", "local_path"},
          "processing": {"expression", "lineage", "level", "facility", "version", "datetime", "software"}}


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as text:
        return json.load(text)


def is_text(value):
    return isinstance(value, str) and value != ""


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_integer(value, least):
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def is_address(value):
    """An IRI reference (RFC 3987): no blank, and none of these signs."""
    return is_text(value) and not re.search(r"[\s<>\"{}|\\^`]", value)


def is_utc(value):
    """RFC 3339, in UTC."""
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"
    return isinstance(value, str) and bool(re.fullmatch(form, value)) and bool(datetime.fromisoformat(value.replace("Z", "+00:00")))


def is_box(box):
    return (isinstance(box, list) and len(box) == 4 and all(map(is_number, box)) and -180 <= box[0] < box[2] <= 180
            and -90 <= box[1] < box[3] <= 90)


def links(document):
    found = {}
    for link in document["links"]:
        assert set(link) >= {"rel", "href", "type"} and is_text(link["rel"]) and is_text(link["type"]), link
        assert is_address(link["href"]) and is_text(link.get("title", "-")), link
        assert link["href"].startswith("./") and os.path.isfile(os.path.join(FOLDER, link["href"])), link
        found.setdefault(link["rel"], []).append(link["href"])
    return found


def check_common(document, kind):
    assert document["stac_version"] == "1.1.0" and document["type"] == kind
    assert re.fullmatch(r"[A-Za-z0-9._-]+", document["id"])
    extensions = document.get("stac_extensions", [])
    assert isinstance(extensions, list) and len(set(extensions)) == len(extensions) and all(map(is_address, extensions)), extensions


def check_description(some):
    assert is_text(some["description"]) and isinstance(some.get("title", ""), str), some


def check_catalog(catalog):
    check_common(catalog, "Catalog")
    check_description(catalog)
    assert links(catalog) == {"root": ["./stac-catalog.json"], "child": ["./stac-collection.json"]}


def check_collection(collection):
    check_common(collection, "Collection")
    check_description(collection)
    assert re.fullmatch(r"[\w.+-]+", collection["license"]), collection["license"]
    (box,), (interval,) = collection["extent"]["spatial"]["bbox"], collection["extent"]["temporal"]["interval"]
    assert is_box(box), box
    assert len(interval) == 2 and any(interval) and all(end is None or is_utc(end) for end in interval), interval
    assert interval[0] is None or interval[1] is None or interval[0] <= interval[1], interval
    assert links(collection) == {"root": ["./stac-catalog.json"], "parent": ["./stac-catalog.json"],
                                 "item": ["./stac-item.json"]}


def check_class_list(classes):
    assert classes and all(classes.count(one) == 1 for one in classes), classes
    for one in classes:
        assert re.fullmatch(r"[0-9A-Za-z_-]+", one["name"]) and is_integer(one["value"], float("-inf")), one
        assert isinstance(one.get("title", ""), str) and isinstance(one.get("description", ""), str), one
        assert re.fullmatch(r"[0-9A-F]{6}", one.get("color_hint", "000000")), one


def check_classes(band, raster):
    colors = raster.GetColorTable()
    names = raster.GetCategoryNames()
    check_class_list(band["classification:classes"])
    for one in band["classification:classes"]:
        assert one["color_hint"] == "%02X%02X%02X" % colors.GetColorEntry(one["value"])[:3], one
        assert one["description"] == names[one["value"]], one


def check_bitfields(band, record):
    fields = band["classification:bitfields"]
    assert [f["description"] for f in fields] == [c["title"] for c in record["constraints"]]
    for k, field in enumerate(fields):
        assert field["offset"] == k and field["length"] == 1
        assert re.fullmatch(r"[0-9A-Za-z_-]+", field["name"]), field
        check_class_list(field["classes"])
        assert [c["value"] for c in field["classes"]] == [0, 1]


def check_band(band):
    """What the schemas say of a band; that it is right is for check_raster."""
    check_description(band)
    assert band["data_type"] in TYPES.values(), band
    assert is_number(band["nodata"]) or band["nodata"] in ("nan", "inf", "-inf"), band
    statistics = band["statistics"]
    assert statistics and all(map(is_number, statistics.values())) and 0 <= statistics["valid_percent"] <= 100, statistics
    assert band["raster:sampling"] in ("area", "point") and is_number(band["raster:spatial_resolution"]), band


def check_crs(raster, properties):
    """The text tells the CRS where no code does, and only then."""
    assert (properties["proj:code"] is None) == ("proj:wkt2" in properties), properties
    told = osr.SpatialReference()
    assert told.SetFromUserInput(properties["proj:code"] or properties["proj:wkt2"]) == 0
    assert told.IsSame(raster.GetSpatialRef()), properties


def check_raster(asset, properties, record):
    raster = gdal.Open(os.path.join(FOLDER, asset["href"]))
    x0, dx, rx, y0, ry, dy = raster.GetGeoTransform()
    assert properties["proj:transform"] == [dx, rx, x0, ry, dy, y0]
    assert properties["proj:shape"] == [raster.RasterYSize, raster.RasterXSize]
    check_crs(raster, properties)
    (band,), inside = asset["bands"], raster.GetRasterBand(1)
    check_band(band)
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


def check_properties(properties):
    check_description(properties)
    assert is_utc(properties["datetime"]) and is_utc(properties["created"]), properties
    software = properties["processing:software"]
    assert software and all(is_text(name) and is_text(version) for name, version in software.items()), software
    assert len(properties["proj:shape"]) == 2 and all(is_integer(size, 1) for size in properties["proj:shape"])
    assert len(properties["proj:transform"]) == 6 and all(map(is_number, properties["proj:transform"]))
    assert "proj:code" in properties and (properties["proj:code"] is None or is_text(properties["proj:code"]))
    assert "bands" not in properties  # where assets have them


def check_extensions(item):
    """Every field of a prefix is one of its extension's, and told are the extensions whose fields stand there: raster and
    processing want one at least."""
    used = {}
    for prefix, field in re.findall(r'"(\w+):(\w+)":', json.dumps(item)):
        used.setdefault({"proj": "projection"}.get(prefix, prefix), set()).add(field)
        assert field in FIELDS[prefix], (prefix, field)
    told = {re.fullmatch(r"https://stac-extensions.github.io/(\w+)/v\d+\.\d+\.\d+/schema.json", e).group(1)
            for e in item["stac_extensions"]}
    assert set(used) == told, (used, told)


def check_item(item, record):
    check_common(item, "Feature")
    assert links(item) == {"root": ["./stac-catalog.json"], "parent": ["./stac-collection.json"],
                           "collection": ["./stac-collection.json"]}
    assert item["collection"] == read("stac-collection.json")["id"]
    assert is_box(item["bbox"]), item["bbox"]
    west, south, east, north = item["bbox"]
    assert item["geometry"]["coordinates"] == [[[west, south], [east, south], [east, north], [west, north], [west, south]]]
    assert item["geometry"]["type"] == "Polygon"
    check_properties(item["properties"])
    check_extensions(item)
    listed = {asset["href"][2:] for asset in item["assets"].values()}
    rest = {name for name in os.listdir(FOLDER) if os.path.isfile(os.path.join(FOLDER, name))} - listed
    assert all(re.fullmatch(r"stac-\w+\.json|.*\.aux\.xml", name) for name in rest), rest
    titles = {name: asset["title"] for name, asset in item["assets"].items()}
    several = {titles[name] for name in ("vectors", "overlay", "qgis_project", "zones")}
    assert len(several) == 4 and not any(re.search(r"\.\w+$", title) for title in several), several
    for asset in item["assets"].values():
        path = os.path.join(FOLDER, asset["href"])
        assert os.path.isfile(path) and asset["type"] == MEDIA[os.path.splitext(path)[1]], asset["href"]
        assert (asset["roles"] == ["style"]) == bool(re.search(r"\.(qml|sld|qgz)$|/style\.json$", path)), asset
        assert is_address(asset["href"]) and is_text(asset["title"]) and asset["roles"] and all(map(is_text, asset["roles"])), asset
        assert is_integer(asset["file:size"], 0) and asset["file:size"] == os.path.getsize(path)
        assert ("bands" in asset) == path.endswith(".tif"), asset["href"]
        assert re.fullmatch("1220[0-9a-f]{64}", asset["file:checksum"])
        if path.endswith(".tif"):
            check_raster(asset, item["properties"], record)


check_catalog(read("stac-catalog.json"))
check_collection(read("stac-collection.json"))
check_item(read("stac-item.json"), read("run.json"))
