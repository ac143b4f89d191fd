#!/usr/bin/env python3
"""Builds the layers of this folder from source/*.csv and from data that Debian ships.

Needs Debian 12 packages: python3-gdal python3-numpy gmt-gshhg-full qgis-common ferret-datasets.
Run twice, it writes the same bytes. Usage: build.py [FOLDER]; without FOLDER the layers are written here and
the figures of README.md are brought up to date.
"""

import os
import sys

sys.dont_write_bytecode = True

from osgeo import gdal, ogr  # noqa: E402

from steps import geo, gshhg, layers, outline, readme, relief  # noqa: E402

BORNEO = (108, -6, 120, 8)  # whole bins around the island, so that its shore closes
NEIGHBOURHOOD_M = 30_000  # what lies farther from the province is left out
STATED_KM2 = 37_125.426  # BIG, 16 Dec 2024


def province_rows(province):
    note = "Pantai: GSHHG 2.3.7; batas darat indikatif: Natural Earth 1:10 juta dan kotak kabupaten"
    return [(province, {
        "kode": "63", "nama": "Kalimantan Selatan",
        "luas_km2": STATED_KM2, "gambar_km2": geo.area_ha(province) / 100,
        "sumber": "GSHHG 2.3.7; Natural Earth", "tahun": "2017", "indikatif": "ya", "catatan": note})]


def zone_rows(province):
    rows = []
    for row in layers.table("zona_industri"):
        drawn = geo.scaled_to(geo.polygon(layers.route(row["titik"])), float(row["luas_ha"]))
        if not province.Contains(drawn):
            raise ValueError(row["nama"] + ": reaches out of the province's land")
        rows.append((drawn, {**row, "indikatif": "ya"}))
    return rows


def shore_strip(windows, target_ha, shore):
    """The strip along the shore inside the windows, as wide on both sides as the hectares ask."""
    frame = geo.union([geo.polygon(layers.route(w)) for w in windows.split("|")])
    narrow, wide = 0.0, 10_000.0
    for _ in range(40):
        width = (narrow + wide) / 2
        strip = geo.buffer_m(shore, width).Intersection(frame)
        narrow, wide = (width, wide) if geo.area_ha(strip) < target_ha else (narrow, width)
    return strip


def protected_rows(province):
    shore = geo.union([p for p in geo.parts(province) if geo.area_ha(p) > 1000]).Boundary().Simplify(0.002)
    rows = []
    for row in layers.table("kawasan_lindung"):
        if row["cara"] == "pantai":
            drawn = shore_strip(row["titik"], float(row["luas_ha"]), shore)
        else:
            drawn = geo.scaled_to(geo.polygon(layers.route(row["titik"])), float(row["luas_ha"]))
        rows.append((drawn, {**row, "indikatif": "ya"}))
    return rows


def line_rows(name, extra):
    return [(geo.line(layers.route(row["titik"])), {**row, **extra}) for row in layers.table(name)]


def point_rows(name):
    return [(geo.point(row["lon"], row["lat"]), row) for row in layers.table(name)]


def line_pieces(geom):
    return [p for p in geo.parts(geom) if p.GetGeometryName() == "LINESTRING" and p.Length() > 0]


def river_rows(neighbourhood):
    """The only river of WDBII near the province is the Barito; the others are drawn through named points."""
    rows = []
    for river in gshhg.rivers((113, -6, 118, 0)):
        for piece in line_pieces(river.Intersection(neighbourhood)):
            rows.append((piece, {
                "nama": "Barito", "akurasi_m": 1000, "sumber": "GSHHG 2.3.7 (WDBII)", "indikatif": "tidak"}))
    return rows + line_rows("sungai", {"indikatif": "ya"})


def coast_rows(land, neighbourhood):
    rows = []
    for number, body in enumerate(land):
        if not body.Intersects(neighbourhood):
            continue
        name = "Pantai Kalimantan" if number == 0 else "Pantai pulau"
        merged = body.Boundary().Intersection(neighbourhood)
        for piece in line_pieces(ogr.ForceToMultiLineString(merged)):
            rows.append((piece, {"nama": name, "panjang_km": geo.length_km(piece), "sumber": "GSHHG 2.3.7"}))
    return rows


def relief_window(neighbourhood):
    """The neighbourhood's box in whole tenths of a degree."""
    x_min, x_max, y_min, y_max = neighbourhood.GetEnvelope()
    tenths = [int(x_min * 10), int(y_min * 10) - 1, int(x_max * 10) + 1, int(y_max * 10)]
    return tuple(t / 10 for t in tenths)


def write_vectors(folder, province, land, neighbourhood):
    polygon, line, point = ogr.wkbPolygon, ogr.wkbLineString, ogr.wkbPoint
    origin = ["sumber:80", "ragu:1"]
    plan = [
        ("provinsi", polygon, province_rows(province),
         ["kode:2", "nama:40", "luas_km2:12.3", "gambar_km2:12.3", "sumber:80", "tahun:4", "indikatif:5",
          "catatan:200"]),
        ("zona_industri", polygon, zone_rows(province),
         ["kode:4", "nama:60", "kabupaten:40", "kecamatan:60", "luas_ha:12.2", "sumber:80", "tahun:4", "indikatif:5",
          "catatan:250"]),
        ("jalan", line, line_rows("jalan", {"indikatif": "ya"}),
         ["nama:80", "kelas:10", "akurasi_m:8.0", "sumber:120", "indikatif:5"]),
        ("pelabuhan", point, point_rows("pelabuhan"), ["nama:60", "jenis:20", "komoditas:30"] + origin),
        ("bandara", point, point_rows("bandara"),
         ["nama:60", "iata:3", "icao:4", "kabupaten:40", "tinggi_m:8.1"] + origin),
        ("gardu_induk", point, point_rows("gardu_induk"),
         ["nama:60", "jenis:40", "teg_kv:6.0", "kabupaten:40"] + origin),
        ("kota", point, point_rows("kota"), ["nama:60", "jenis:20", "kabupaten:40", "pddk_kab:9.0"] + origin),
        ("sungai", line, river_rows(neighbourhood), ["nama:40", "akurasi_m:8.0", "indikatif:6"] + origin),
        ("garis_pantai", line, coast_rows(land, neighbourhood), ["nama:40", "panjang_km:10.3", "sumber:80"]),
        ("kawasan_lindung", polygon, protected_rows(province),
         ["nama:80", "jenis:30", "luas_ha:12.2", "dasar:60", "indikatif:5", "ragu:1", "catatan:120"]),
        ("komoditas", point, point_rows("komoditas"),
         ["komoditas:20", "nama:60", "kabupaten:40", "nilai:16.2", "satuan:30", "tahun:4"] + origin),
    ]
    for name, kind, rows, fields in plan:
        layers.write(folder, name, kind, fields, rows)


def main():
    gdal.UseExceptions()
    folder = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else layers.HERE
    os.makedirs(folder, exist_ok=True)
    land = gshhg.land(BORNEO)
    province = outline.province(land)
    neighbourhood = geo.buffer_m(province.Simplify(0.01), NEIGHBOURHOOD_M)
    write_vectors(folder, province, land, neighbourhood)
    heights = [(float(r["lon"]), float(r["lat"]), float(r["tinggi_m"])) for r in layers.table("tinggi")]
    window = relief_window(neighbourhood)
    relief.write(os.path.join(folder, "elevasi.tif"), window, relief.elevation(window, land, heights))
    figures = readme.figures(folder)
    print(figures, end="")
    if folder == layers.HERE:
        readme.update(os.path.join(folder, "README.md"), figures)


if __name__ == "__main__":
    main()
