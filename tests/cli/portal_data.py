#!/usr/bin/env python3
"""Decodes every file of a portal folder by itself: portal_data.py WHAT FOLDER. Ends with 1, and says why, when wrong."""
import base64
import json
import math
import os
import struct
import sys

import numpy
from osgeo import gdal, ogr
from osgeo_utils.samples import validate_cloud_optimized_geotiff as cog

gdal.UseExceptions()
FULL = 240  # the byte of membership 1
STEP = 1 / FULL


def expect(truth, message):
    if not truth:
        sys.exit("# " + message)


def script(folder, name, variable):
    """The object that a script gives to the page."""
    text = open(os.path.join(folder, "portal", name), encoding="utf-8").read()
    head = "window.%s = " % variable
    expect(text.startswith(head) and text.endswith(";\n"), "%s is no script that sets %s" % (name, variable))
    return json.loads(text[len(head):-2])


def study_of(folder):
    return script(folder, "study.js", "TAPAK_STUDY")


def records(folder, study, cells):
    """Hectares, reasons, state, memberships of a range of records."""
    data = base64.b64decode(script(folder, "cells.js", "TAPAK_CELLS"), validate=True)
    layout, n = study["record"], len(study["criteria"])
    for i in range(cells["n"]):
        at = cells["offset"] + i * layout["bytes"]
        record = data[at:at + layout["bytes"]]
        ha, = struct.unpack_from("<f", record, layout["ha"])
        reasons, = struct.unpack_from("<I", record, layout["reasons"])
        yield ha, reasons, record[layout["state"]], record[layout["memberships"]:layout["memberships"] + n]


def score_of(study, weights, memberships):
    """The score of a record that no constraint touches; None: unknown."""
    total, known = 0.0, 0.0
    for criterion, weight, byte in zip(study["criteria"], weights, memberships):
        policy = criterion["unknown"]
        if byte != 255:
            m = byte / FULL
        elif policy == "share":
            continue
        elif policy == "exclude":
            return None
        else:
            m = 0 if policy == "worst" else policy
        total += weight * m
        known += weight
    return total / known if known > 0 else None


def close_to_bound(study, score):
    return any(abs(score - c["from"]) <= STEP for c in study["classes"] if "from" in c)


def class_of(study, score):
    return next((c["id"] for c in study["classes"] if "from" in c and score >= c["from"]), "N")


def study(folder):
    """study.js and study.json are one object, with every file it names."""
    portal = os.path.join(folder, "portal")
    s = study_of(folder)
    expect(s == json.load(open(os.path.join(portal, "study.json"), encoding="utf-8")), "study.js and study.json differ")
    expect(s["format"] == 1 and s["created"] is None, "format or created")
    expect(abs(sum(c["weight"] for c in s["criteria"]) - 1) < 1e-9, "weights do not sum to 1")
    expect(s["presets"][0]["weights"] == {c["id"]: c["weight"] for c in s["criteria"]}, "the preset is not the study's weights")
    for file in s["files"]:
        path = os.path.join(portal, file["path"])
        expect(os.path.getsize(path) == file["bytes"] or file["bytes"] is None, "%s: bytes" % file["path"])
    offered = {os.path.basename(file["path"]) for file in s["files"]}
    made = {name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name)) and not name.endswith(".aux.xml")}
    missing = made - offered - {"stac-collection.json", "stac-item.json"}  # the catalog leads to them
    expect(not missing, "not offered: %s" % ", ".join(sorted(missing)))
    run = json.load(open(os.path.join(folder, "zones.geojson"), encoding="utf-8"))
    expect([z["id"] for z in s["zones"]] == [f["properties"]["id"] for f in run["features"]], "zones are not those of the run")
    for zone, feature in zip(s["zones"], run["features"]):
        expect(zone["rank"] == feature["properties"]["rank"], "%s: rank" % zone["id"])
        outline, point = ogr.CreateGeometryFromJson(json.dumps(feature["geometry"])), ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(*zone["point"])
        expect(outline.Contains(point), "%s: its point is not inside" % zone["id"])
        west, east, south, north = outline.GetEnvelope()
        expect(max(abs(a - b) for a, b in zip(zone["bbox"], [west, south, east, north])) < 1e-6, "%s: bbox" % zone["id"])


def zones(folder):
    """Records give each zone's mean score and hectares back."""
    s = study_of(folder)
    weights = [c["weight"] for c in s["criteria"]]
    for zone in s["zones"]:
        found, near, total, known = {}, False, 0.0, 0.0
        for ha, reasons, state, memberships in records(folder, s, zone["cells"]):
            score = None if state else score_of(s, weights, memberships)
            cell_class = "excluded" if reasons else "unknown" if score is None else class_of(s, score)
            found[cell_class] = found.get(cell_class, 0) + ha
            near = near or (not reasons and score is not None and close_to_bound(s, score))
            if reasons or score is not None:
                total, known = total + ha * (0 if reasons else score), known + ha
        inside = zone["area_ha"] - zone["class_ha"]["outside"]
        expect(abs(sum(found.values()) - inside) < 1e-5 * inside, "%s: %f ha of %f" % (zone["id"], sum(found.values()), inside))
        expect(abs(total / known - zone["score_mean"]) <= STEP, "%s: %f is not %f" % (zone["id"], total / known, zone["score_mean"]))
        for name in ["excluded", "unknown"] + ([] if near else ["S1", "S2", "S3", "N"]):
            expect(abs(found.get(name, 0) - zone["class_ha"][name]) < 1e-5 * inside, "%s: %s %f" % (zone["id"], name, found.get(name, 0)))


def map_cells(folder):
    """The map's records add up to the study area, and to the run's classes as well as a lattice can."""
    s = study_of(folder)
    weights, found, n = [c["weight"] for c in s["criteria"]], {}, 0
    for ha, reasons, state, memberships in records(folder, s, s["map"]["cells"]):
        score = None if state else score_of(s, weights, memberships)
        name = "excluded" if reasons else "unknown" if score is None else class_of(s, score)
        found[name], n = found.get(name, 0) + ha, n + 1
    expect(n * s["record"]["bytes"] <= 4.8e6 * 1.1, "%d records" % n)
    area = s["map"]["area_ha"]
    expect(abs(sum(found.values()) - area) < 1e-4 * area, "%f ha of %f" % (sum(found.values()), area))
    pixels = gdal.Open(os.path.join(folder, "classes.tif")).ReadAsArray()
    inside = numpy.count_nonzero(pixels)
    for value, name in enumerate(["S1", "S2", "S3", "N", "excluded", "unknown"], 1):
        share = numpy.count_nonzero(pixels == value) / inside
        expect(abs(found.get(name, 0) / area - share) < 0.01, "%s: %f of the map, %f in the run" % (name, found.get(name, 0) / area, share))


def wider(folder):
    """Of a study of so many criteria that the project's own cells would be too many bytes: they are taken wider, and still add up."""
    s = study_of(folder)
    size, cell = s["record"]["bytes"], s["grid"]["cell_m"]
    text = script(folder, "cells.js", "TAPAK_CELLS")
    expect(len(text) < 33e6, "%d characters" % len(text))
    weights = [c["weight"] for c in s["criteria"]]
    expect(sum(z["cells"]["n"] for z in s["zones"]) * size <= 19.2e6, "the zones' records are too many")
    expect(s["map"]["cells"]["n"] * size <= 4.8e6 * 1.1, "the map's records are too many")
    # The area is a square of whole cells, as are the zones: at half as wide as chosen, more than the bound.
    own_ha = cell * cell / 1e4
    for name, bound, area, chosen in [("zones", 19.2e6, sum(z["area_ha"] for z in s["zones"]), s["zone_cell_m"]),
                                      ("map", 4.8e6, s["map"]["area_ha"], s["map"]["cell_m"])]:
        step = chosen / cell
        expect(step == int(step) >= 2, "%s: cells of %f m" % (name, chosen))
        narrower = area / own_ha / (step - 1) ** 2 * size
        expect(narrower > bound, "%s: cells of %f m, though narrower ones are %.1f MB" % (name, chosen, narrower / 1e6))
    for zone in s["zones"]:
        found, points = 0.0, 0.0
        for ha, reasons, state, memberships in records(folder, s, zone["cells"]):
            found, points = found + ha, points + ha * score_of(s, weights, memberships)
        expect(abs(found - zone["area_ha"]) < 1e-5 * found, "%s: %f ha of %f" % (zone["id"], found, zone["area_ha"]))
        expect(abs(points / found - zone["score_mean"]) <= STEP, "%s: %f is not %f" % (zone["id"], points / found, zone["score_mean"]))
    found = sum(record[0] for record in records(folder, s, s["map"]["cells"]))
    expect(abs(found - s["map"]["area_ha"]) < 1e-4 * found, "%f ha of %f" % (found, s["map"]["area_ha"]))


def maps(folder):
    """Both maps are COGs in Web Mercator as study.js describes them."""
    s = study_of(folder)
    m = s["memberships"]
    for name, bands in [("memberships", m["n_criteria"] + m["n_reason_bands"] + 1), ("values", m["n_criteria"])]:
        path = os.path.join(folder, "portal", name + ".tif")
        warnings, errors, _ = cog.validate(path, full_check=True)
        expect(not errors and not warnings, "%s: %s %s" % (path, errors, warnings))
        raster = gdal.Open(path)
        expect(raster.RasterCount == bands, "%s: %d bands" % (name, raster.RasterCount))
        expect(raster.GetRasterBand(1).GetBlockSize() == [256, 256], "%s: blocks" % name)
        expect(raster.GetMetadata("IMAGE_STRUCTURE").get("INTERLEAVE", "PIXEL") == "PIXEL", "%s: not interleaved" % name)
        expect(raster.GetSpatialRef().GetAuthorityCode(None) == "3857", "%s: CRS" % name)
        geo, times = raster.GetGeoTransform(), 1 if name == "memberships" else 4
        expect(abs(geo[0] - m["origin"][0]) < 1e-6 and abs(geo[3] - m["origin"][1]) < 1e-6, "%s: origin" % name)
        expect(abs(geo[1] - times * m["pixel_m"]) < 1e-9 and abs(geo[5] + geo[1]) < 1e-9, "%s: pixel" % name)
        expect((raster.RasterXSize * times, raster.RasterYSize * times) == (m["width"], m["height"]), "%s: size" % name)
        last = raster.GetRasterBand(1).GetOverview(raster.GetRasterBand(1).GetOverviewCount() - 1)
        expect(max(last.XSize, last.YSize) <= 256, "%s: smallest overview" % name)
    nearest = min(abs(s["bbox"][1]), abs(s["bbox"][3]))
    expect(m["pixel_m"] * math.cos(math.radians(nearest)) <= s["grid"]["cell_m"] * (1 + 1e-9), "pixels are coarser than the study's cell")


def scores(folder):
    """Scores from the bytes are those of suitability.tif, where the ground is smooth enough to compare."""
    s = study_of(folder)
    bytes_ = gdal.Warp("", os.path.join(folder, "portal", "memberships.tif"), format="MEM", dstSRS=s["grid"]["crs"], resampleAlg="near",
                       srcNodata="None", **window_of(folder)).ReadAsArray()
    score = gdal.Open(os.path.join(folder, "suitability.tif")).ReadAsArray()
    weights = numpy.array([c["weight"] for c in s["criteria"]])
    known = numpy.all(bytes_[:len(weights)] != 255, axis=0) & (bytes_[len(weights)] == 0) & (bytes_[-1] == 0) & (score > 0)
    mine = numpy.tensordot(weights, bytes_[:len(weights)] / FULL, 1)
    off = numpy.abs(mine - score)[known]
    expect(known.sum() > 1000, "%d pixels to compare" % known.sum())
    expect(numpy.median(off) < 0.01, "the median of the differences is %f" % numpy.median(off))


def window_of(folder):
    raster = gdal.Open(os.path.join(folder, "suitability.tif"))
    x, dx, _, y, _, dy = raster.GetGeoTransform()
    bounds = (x, y + dy * raster.RasterYSize, x + dx * raster.RasterXSize, y)
    return {"outputBounds": bounds, "width": raster.RasterXSize, "height": raster.RasterYSize}


def small(folder):
    """The small map has the size it says, and every pixel is a pixel of the same study."""
    s, t = study_of(folder), script(folder, "small.js", "TAPAK_SMALL")
    data = numpy.frombuffer(base64.b64decode(t["data"], validate=True), numpy.uint8).reshape(t["height"], t["width"], t["bands"])
    expect((t["width"], t["height"]) == (s["small"]["width"], s["small"]["height"]), "size")
    expect(os.path.getsize(os.path.join(folder, "portal", "small.js")) < 3.2e6, "larger than 3 MB")
    full = gdal.Open(os.path.join(folder, "portal", "memberships.tif")).ReadAsArray()
    times = t["pixel_m"] / s["memberships"]["pixel_m"]
    off = max(abs(a - b) for a, b in zip(t["origin"], s["memberships"]["origin"]))
    expect(abs(times - round(times)) < 1e-9 and off < 1e-6, "not on the pixels of the map")
    # The centre of a small pixel is a corner of four pixels: inside there is inside in one of them.
    outside = full[s["memberships"]["n_criteria"]] & 1
    at = (numpy.arange(t["height"]) * times + times / 2).astype(int), (numpy.arange(t["width"]) * times + times / 2).astype(int)
    near = outside[numpy.minimum(at[0], outside.shape[0] - 1)][:, numpy.minimum(at[1], outside.shape[1] - 1)]
    expect(numpy.mean(near != (data[:, :, s["memberships"]["n_criteria"]] & 1)) < 0.01, "inside and outside differ")


def base(folder):
    """The basemap is valid GeoJSON of at most 5 decimals, with the roles that the study gives."""
    path = os.path.join(folder, "portal", "base.js")
    expect(os.path.getsize(path) <= 3 << 20, "larger than 3 MB")
    s, layers = study_of(folder), script(folder, "base.js", "TAPAK_BASE")["layers"]
    roles = {layer["id"]: layer["role"] for layer in layers}
    expect(sorted(roles.values()).count("area") == 1 and "line" in roles.values() and "point" in roles.values(), str(roles))
    expect(roles["garis_pantai"] == "coast" and roles["zona"] == "zones" and roles["kawasan_lindung"] == "polygon", str(roles))
    for layer in layers:
        features = layer["geojson"]["features"]
        expect(layer["geojson"]["type"] == "FeatureCollection" and features, layer["id"] + ": no features")
        for feature in features:
            geometry = ogr.CreateGeometryFromJson(json.dumps(feature["geometry"]))
            expect(feature["type"] == "Feature" and geometry is not None, layer["id"] + ": no geometry")
            check_positions(layer["id"], feature["geometry"]["coordinates"])
            if feature["geometry"]["type"] == "MultiPolygon":
                check_rings(layer["id"], feature["geometry"]["coordinates"])
    zones_ = next(layer for layer in layers if layer["role"] == "zones")["geojson"]["features"]
    expect({z["properties"]["id"] for z in zones_} == {z["id"] for z in s["zones"]}, "zones are missing")


def check_positions(layer, coordinates):
    if isinstance(coordinates[0], float) or isinstance(coordinates[0], int):
        expect(len(coordinates) == 2 and -180 <= coordinates[0] <= 180 and -90 <= coordinates[1] <= 90, layer + ": no place")
        expect(all(abs(v - round(v, 5)) < 1e-12 for v in coordinates), layer + ": more than 5 decimals")
    else:
        for inner in coordinates:
            check_positions(layer, inner)


def check_rings(layer, polygons):
    for polygon in polygons:
        for i, ring in enumerate(polygon):
            area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))
            expect(len(ring) >= 4 and ring[0] == ring[-1], layer + ": an open ring")
            expect(area >= 0 if i == 0 else area <= 0, layer + ": a ring that turns the wrong way")


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
