#!/usr/bin/env python3
"""Writes the data of a made-up study as a run of Tapak writes them: sample.py FOLDER [WIDTH HEIGHT]. The same bytes every time."""
import base64
import json
import math
import os
import struct
import sys

import numpy
from osgeo import gdal, osr

gdal.UseExceptions()
FOLDER = sys.argv[1]
WIDTH, HEIGHT = (int(text) for text in sys.argv[2:4] or (1400, 1100))
PIXEL_M = 60.0
FULL = 240  # the byte of membership 1
CELL_M = 60.0  # of the cells in cells.js, on the ground
R = 6378137.0

CRITERIA = [  # id, title, unit, weight, unknown, categories, scale, offset
    ("akses_jalan", "Jarak ke jalan arteri", "m", 0.22, "exclude", None, 2.0, 0),
    ("pelabuhan", "Jarak ke pelabuhan", "m", 0.18, "worst", None, 5.0, 0),
    ("lereng", "Lereng", "%", 0.16, 0.5, None, 0.01, 0),
    ("listrik", "Jarak ke gardu listrik", "m", 0.14, "share", None, 3.0, 0),
    ("air_baku", "Jarak ke air baku", "m", 0.12, "share", None, 3.0, 0),
    ("penduduk", "Kepadatan penduduk", "orang/km2", 0.10, 0.25, None, 0.1, 0),
    ("tutupan", "Tutupan lahan", "", 0.08, "worst", ["Hutan", "Semak", "Sawah", "Permukiman"], 1, 0),
]
CONSTRAINTS = [
    ("lindung", "Kawasan lindung", "PP 26/2008 Pasal 51"),
    ("gambut", "Gambut dalam", "PP 71/2014 Pasal 9"),
    ("sempadan", "Sempadan sungai", "Permen PUPR 28/2015"),
    ("lp2b", "Lahan pangan berkelanjutan", "UU 41/2009"),
    ("lereng_40", "Lereng di atas 40 %", "Kepmentan 837/1980"),
    ("permukiman", "Permukiman", "Perda 9/2015"),
    ("pantai", "Sempadan pantai", "Perpres 51/2016"),
    ("bandara", "Kawasan bandara", "PM 44/2005"),
    ("tambang", "Izin tambang", "UU 3/2020"),
]
N = len(CRITERIA)
REASON_BANDS = (len(CONSTRAINTS) + 1 + 7) // 8
BANDS = N + REASON_BANDS + 1

LON, LAT = 114.6, -3.9
ORIGIN = (round(math.radians(LON) * R / PIXEL_M) * PIXEL_M, round(R * math.log(math.tan(math.pi / 4 + math.radians(-2.9) / 2)) / PIXEL_M) * PIXEL_M)


def lonlat(x, y):
    return math.degrees(x / R), math.degrees(2 * math.atan(math.exp(y / R)) - math.pi / 2)


def at(column, row):
    """Longitude and latitude of a place in pixels."""
    return [round(number, 5) for number in lonlat(ORIGIN[0] + column * PIXEL_M, ORIGIN[1] - row * PIXEL_M)]


# ---- pixels ------------------------------------------------------------------------------------------------------

rows, columns = numpy.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
u, v = columns / WIDTH, rows / HEIGHT


def waves(seed):
    """Smooth numbers 0..1."""
    random = numpy.random.default_rng(seed)
    total = numpy.zeros_like(u)
    for scale in (2, 5, 11):
        a, b, phase = random.uniform(0.4, 1, 3) * (scale, scale, 6.3)
        total += numpy.sin(6.283 * (a * u + b * v) + phase) / scale
    return (total - total.min()) / (total.max() - total.min())


values = numpy.zeros((N, HEIGHT, WIDTH), numpy.uint16)
pixels = numpy.zeros((BANDS, HEIGHT, WIDTH), numpy.uint8)
for k, (_, _, _, _, _, categories, _, _) in enumerate(CRITERIA):
    field = numpy.clip(waves(k + 1) * 1.7 - 0.2 + 0.5 * numpy.exp(-((u - 0.6) ** 2 + (v - 0.66) ** 2) / 0.004), 0, 1)
    if categories:
        values[k] = numpy.minimum((field * len(categories)).astype(int), len(categories) - 1)
        field = numpy.array([0.0, 0.6, 0.2, 1.0])[values[k]]
    else:
        values[k] = numpy.rint((1 - field) * 12000)
    pixels[k] = numpy.rint(field * FULL)
    holes = (waves(100 + k) > 0.95) | ((u - 0.26 - 0.05 * k) ** 2 + (v - 0.34) ** 2 < 0.0002)
    pixels[k][holes] = 255
    values[k][holes] = 65535

reasons = numpy.zeros((HEIGHT, WIDTH), numpy.uint32)
for k in range(len(CONSTRAINTS)):
    reasons |= numpy.where(waves(200 + k) > 0.95, numpy.uint32(1 << k), numpy.uint32(0))
outside = (u - 0.5) ** 2 / 0.22 + (v - 0.5) ** 2 / 0.2 + 0.12 * numpy.sin(9 * u) * numpy.cos(7 * v) > 1
state = ((waves(300) > 0.97) & (reasons == 0)).astype(numpy.uint8)
pixels[:N, outside] = 255
values[:, outside] = 65535
reasons[outside] = 0
state[outside] = 0
bits = (reasons.astype(numpy.uint64) << numpy.uint64(1)) | outside.astype(numpy.uint64)
for band in range(REASON_BANDS):
    pixels[N + band] = (bits >> numpy.uint64(8 * band)) & numpy.uint64(255)
pixels[-1] = state


def halved(image):
    """Memberships: mean of what is known and inside; the rest: upper left."""
    height, width = image.shape[1:]
    padded = numpy.pad(image, ((0, 0), (0, height % 2), (0, width % 2)), mode="edge")
    out = padded[:, ::2, ::2].copy()
    corners = numpy.stack([padded[:, i::2, j::2] for i in (0, 1) for j in (0, 1)]).astype(float)
    for k in range(N):
        known = (corners[:, k] != 255) & ((corners[:, N].astype(int) & 1) == 0)
        count = known.sum(0)
        mean = numpy.floor((corners[:, k] * known).sum(0) / numpy.maximum(count, 1) + 0.5)
        out[k] = numpy.where(count > 0, mean, 255)
    return out


def write_tiff(path, image, pixel_m, kind, overviews):
    bands, height, width = image.shape
    plain = path + ".plain.tif"
    tiff = gdal.GetDriverByName("GTiff").Create(plain, width, height, bands, kind, ["TILED=YES", "INTERLEAVE=PIXEL"])
    tiff.SetGeoTransform((ORIGIN[0], pixel_m, 0, ORIGIN[1], 0, -pixel_m))
    system = osr.SpatialReference()
    system.ImportFromEPSG(3857)
    tiff.SetProjection(system.ExportToWkt())
    tiff.WriteArray(image)
    factors = [2 ** (i + 1) for i in range(len(overviews))]
    if factors:
        tiff.BuildOverviews("NEAREST", factors)
        for i, overview in enumerate(overviews):
            for band in range(bands):
                tiff.GetRasterBand(band + 1).GetOverview(i).WriteArray(overview[band])
    tiff.FlushCache()
    del tiff
    options = ["COMPRESS=DEFLATE", "BLOCKSIZE=256", "PREDICTOR=STANDARD", "OVERVIEWS=" + ("FORCE_USE_EXISTING" if factors else "NONE")]
    gdal.Translate(path, plain, format="COG", creationOptions=options)
    os.remove(plain)


overviews = []
while max((overviews or [pixels])[-1].shape[1:]) > 256:
    overviews.append(halved((overviews or [pixels])[-1]))
os.makedirs(FOLDER, exist_ok=True)
write_tiff(FOLDER + "/memberships.tif", pixels, PIXEL_M, gdal.GDT_Byte, overviews)
write_tiff(FOLDER + "/values.tif", values[:, ::4, ::4], 4 * PIXEL_M, gdal.GDT_UInt16, [])

# ---- zones and records --------------------------------------------------------------------------------------------

ZONES = [  # id, name, centre and half axes as shares of the raster
    ("JOR-01", "Kawasan Industri Jorong", 0.30, 0.36, 0.055, 0.05),
    ("BTL-02", "Kawasan Industri Batulicin", 0.52, 0.30, 0.05, 0.07),
    ("MEK-03", "KEK Mekar Putih", 0.70, 0.44, 0.06, 0.045),
    ("TKS-04", "Zona Takisung", 0.36, 0.62, 0.045, 0.05),
    ("SEB-05", "Kawasan Industri Sebuku", 0.60, 0.66, 0.05, 0.06),
    ("KIN-06", "Zona Kintap", 0.46, 0.47, 0.03, 0.03),
]
CLASSES = [("S1", 0.8, "#005078", "Sangat sesuai", "Highly suitable"), ("S2", 0.6, "#50aabe", "Cukup sesuai", "Moderately suitable"),
           ("S3", 0.4, "#f6e096", "Sesuai marginal", "Marginally suitable"), ("N", 0, "#963c0a", "Tidak sesuai", "Not suitable"),
           ("excluded", None, "#5f5f5f", "Dikecualikan", "Excluded"), ("unknown", None, "#c8a0c8", "Belum diketahui", "Unknown")]
RECORD = 4 + 4 + 1 + N
RECORD += -RECORD % 4


def record(ha, row, column):
    return struct.pack("<fIB", ha, int(reasons[row, column]), int(state[row, column])) + pixels[:N, row, column].tobytes() + bytes(RECORD - 9 - N)


def score(row, column):
    """As a run scores a cell: (score or None, class)."""
    if reasons[row, column]:
        return 0.0, "excluded"
    total = counted = 0.0
    for k, (_, _, _, weight, unknown, _, _, _) in enumerate(CRITERIA):
        byte = int(pixels[k, row, column])
        membership = byte / FULL if byte != 255 else {"exclude": None, "worst": 0.0, "share": "share"}.get(unknown, unknown)
        if membership is None:
            return None, "unknown"
        if membership == "share":
            continue
        total += weight * membership
        counted += weight
    if state[row, column] or counted == 0:
        return None, "unknown"
    total /= counted
    return total, next((name for name, least, *_ in CLASSES[:3] if numpy.float32(total) >= numpy.float32(least)), "N")


records = bytearray()
zones, outlines = [], []
for number, (identity, name, cu, cv, ru, rv) in enumerate(ZONES):
    inside = (((u - cu) / ru) ** 4 + ((v - cv) / rv) ** 4 <= 1) & ~outside
    offset, hectares, weighted = len(records), dict.fromkeys([name for name, *_ in CLASSES], 0.0), 0.0
    cells = numpy.argwhere(inside)
    for row, column in cells:
        ha = float(numpy.float32(CELL_M * CELL_M / 10000 * (0.35 if (row + column) % 9 == 0 else 1)))
        records += record(ha, row, column)
        own, name_of_class = score(row, column)
        hectares[name_of_class] += ha
        weighted += ha * (own or 0.0)
    known = sum(hectares.values()) - hectares["unknown"]
    ring = []
    for step in range(49):
        angle = -2 * math.pi * step / 48
        c, s = math.cos(angle), math.sin(angle)
        ring.append(at((cu + ru * math.copysign(abs(c) ** 0.5, c)) * WIDTH, (cv - rv * math.copysign(abs(s) ** 0.5, s)) * HEIGHT))
    ring.reverse()
    outlines.append({"type": "Feature", "properties": {"id": identity, "name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    zones.append({
        "id": identity, "name": name, "area_ha": sum(hectares.values()) + 12.5, "stated_area_ha": [None, 9500, 6200][number % 3],
        "note": "Batas indikatif" if number == 2 else None, "score_mean": weighted / known if known else None,
        "class_ha": {**hectares, "outside": 12.5}, "cells": {"offset": offset, "n": len(cells)},
        "bbox": at((cu - ru) * WIDTH, (cv + rv) * HEIGHT) + at((cu + ru) * WIDTH, (cv - rv) * HEIGHT), "point": at(cu * WIDTH, cv * HEIGHT),
    })
for zone in zones:
    zone["rank"] = 1 + sum(other["score_mean"] > zone["score_mean"] for other in zones)

step = 4
lattice = len(records)
n_lattice = 0
for row in range(step // 2, HEIGHT, step):
    for column in range(step // 2, WIDTH, step):
        if not outside[row, column]:
            records += record(CELL_M * CELL_M * step * step / 10000, row, column)
            n_lattice += 1

# ---- basemap -------------------------------------------------------------------------------------------------------


def feature(kind, coordinates, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def layer(identity, title, role, features):
    return {"id": identity, "title": title, "role": role, "geojson": {"type": "FeatureCollection", "features": features}}


def curve(points):
    return [at(c * WIDTH, r * HEIGHT) for c, r in points]


edge = []
for degree in range(360, -1, -3):
    low, high = 0.0, 1.0
    c, s = math.cos(math.radians(degree)), math.sin(math.radians(degree))
    for _ in range(30):
        middle = (low + high) / 2
        x, y = 0.5 + middle * c, 0.5 - middle * s
        beyond = (x - 0.5) ** 2 / 0.22 + (y - 0.5) ** 2 / 0.2 + 0.12 * math.sin(9 * x) * math.cos(7 * y) > 1
        low, high = (low, middle) if beyond else (middle, high)
    edge.append(at((0.5 + low * c) * WIDTH, (0.5 - low * s) * HEIGHT))
edge.reverse()
edge[-1] = edge[0]
t = numpy.linspace(0, 1, 80)
base = [
    layer("garis_pantai", "Daratan", "coast", [feature("Polygon", [edge])]),
    layer("batas", "Batas kabupaten", "area", [feature("Polygon", [edge])]),
    layer("sungai", "Sungai", "line", [
        feature("LineString", curve([(0.2 + 0.5 * k, 0.3 + 0.3 * k + 0.03 * math.sin(17 * k)) for k in t]), nama="Sungai Kintap"),
        feature("LineString", curve([(0.75 - 0.3 * k + 0.02 * math.sin(20 * k), 0.25 + 0.5 * k) for k in t]), nama="Sungai Satui")]),
    layer("jalan", "Jalan arteri", "line", [
        feature("LineString", curve([(0.12 + 0.74 * k, 0.55 + 0.08 * math.sin(7 * k)) for k in t])),
        feature("LineString", curve([(0.45 + 0.06 * math.sin(5 * k), 0.15 + 0.4 * k) for k in t]))]),
    layer("zona", "Zona industri", "zones", outlines),
    layer("kota", "Kota", "point", [
        feature("Point", at(c * WIDTH, r * HEIGHT), name=name)
        for name, c, r in [("Pelaihari", 0.24, 0.5), ("Batulicin", 0.62, 0.36), ("Pagatan", 0.66, 0.56), ("Asam-Asam", 0.42, 0.58), ("Satui", 0.52, 0.6)]]),
]

# ---- files ---------------------------------------------------------------------------------------------------------

shrunk = overviews[min(1, len(overviews) - 1)] if overviews else pixels
shrunk_m = PIXEL_M * 2 ** min(2, len(overviews))
west, south = lonlat(ORIGIN[0], ORIGIN[1] - HEIGHT * PIXEL_M)
east, north = lonlat(ORIGIN[0] + WIDTH * PIXEL_M, ORIGIN[1])
study = {
    "tapak": "0.2.0", "format": 1, "title": "Contoh: kesesuaian kawasan industri", "language": "id",
    "note": "Data buatan untuk pengujian, bukan keadaan sebenarnya.", "created": None,
    "bbox": [west, south, east, north], "center": [(west + east) / 2, (south + north) / 2], "grid": {"crs": "EPSG:32750", "cell_m": CELL_M},
    "criteria": [{"id": i, "title": t, "unit": unit, "weight": w, "unknown": unknown, "categories": categories, "curve": "makin kecil makin baik",
                  "value_scale": scale, "value_offset": offset} for i, t, unit, w, unknown, categories, scale, offset in CRITERIA],
    "constraints": [{"id": i, "title": t, "source": source, "bit": k + 1} for k, (i, t, source) in enumerate(CONSTRAINTS)],
    "classes": [{"id": i, **({"from": least} if i in ("S1", "S2", "S3") else {}), "color": color, "label": {"id": name, "en": english}}
                for i, least, color, name, english in CLASSES],
    "ramp": [[0.0001, "#963c0a"], [0.4, "#ecaa5a"], [0.6, "#f6e096"], [0.8, "#50aabe"], [1, "#003c64"]], "zero_color": "#5f5f5f",
    "presets": [{"id": "project", "title": {"id": "Bobot studi", "en": "Study weights"}, "weights": {i: w for i, _, _, w, *_ in CRITERIA}},
                {"id": "lingkungan", "title": {"id": "Lingkungan", "en": "Environment"},
                 "weights": {i: {"lereng": 0.4, "tutupan": 0.3}.get(i, 0.06) for i, *_ in CRITERIA}}],
    "zones": zones, "map": {"cells": {"offset": lattice, "n": n_lattice}, "cell_m": CELL_M * step, "area_ha": float((~outside).sum()) * CELL_M**2 / 10000},
    "record": {"bytes": RECORD, "ha": 0, "reasons": 4, "state": 8, "memberships": 9},
    "small": {"width": shrunk.shape[2], "height": shrunk.shape[1]},
    "memberships": {"file": "memberships.tif", "n_criteria": N, "n_reason_bands": REASON_BANDS, "width": WIDTH, "height": HEIGHT,
                    "origin": list(ORIGIN), "pixel_m": PIXEL_M},
    "values": {"file": "values.tif"},
    "files": [{"path": "../suitability.tif", "title": {"id": "Peta skor", "en": "Score map"}, "bytes": 1234567},
              {"path": "../zones.geojson", "title": {"id": "Zona", "en": "Zones"}, "bytes": 45678}],
    "sources": ["Data buatan, dibuat oleh test/sample.py"],
}


def write(name, text):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as out:
        out.write(text)


write("study.json", json.dumps(study, ensure_ascii=False))
write("study.js", "window.TAPAK_STUDY = %s;\n" % json.dumps(study, ensure_ascii=False))
write("cells.js", 'window.TAPAK_CELLS = "%s";\n' % base64.b64encode(records).decode())
write("base.js", "window.TAPAK_BASE = %s;\n" % json.dumps({"layers": base}, ensure_ascii=False))
write("small.js", "window.TAPAK_SMALL = %s;\n" % json.dumps({
    "width": shrunk.shape[2], "height": shrunk.shape[1], "origin": list(ORIGIN), "pixel_m": shrunk_m, "bands": BANDS,
    "data": base64.b64encode(numpy.moveaxis(shrunk, 0, 2).tobytes()).decode()}))
