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


def drawn(row):
    """The polygon of the row's points, scaled to its stated hectares."""
    return geo.scaled_to(geo.polygon(layers.route(row["titik"])), float(row["luas_ha"]))


def area_rows(name, province):
    """Polygons on land, with the hectares that their sources state."""
    rows = []
    for row in layers.table(name):
        shape = drawn(row)
        if not province.Contains(shape):
            raise ValueError(row["nama"] + ": reaches out of the province's land")
        rows.append((shape, {**row, "indikatif": "ya"}))
    return rows


def peat_rows(province):
    """No source states hectares: the shape is what the named places enclose, on land."""
    rows = []
    for row in layers.table("gambut"):
        shape = geo.polygon(layers.route(row["titik"])).Intersection(province)
        rows.append((shape, {**row, "gambar_ha": geo.area_ha(shape), "indikatif": "ya"}))
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
            shape = shore_strip(row["titik"], float(row["luas_ha"]), shore)
        else:
            shape = drawn(row)
        rows.append((shape, {**row, "indikatif": "ya"}))
    return rows


def line_rows(name, extra):
    return [(geo.line(layers.route(row["titik"])), {**row, **extra}) for row in layers.table(name)]


def point_rows(name):
    return [(geo.point(row["lon"], row["lat"]), row) for row in layers.table(name)]


def seat_rows():
    """Seats of government; those of a regency carry its code, area and people."""
    regencies = {row["ibukota"]: row for row in layers.table("penduduk")}
    rows = [(place, {**regencies.get(row["nama"], {}), **row}) for place, row in point_rows("kota")]
    missing = set(regencies) - {row["nama"] for _, row in rows}
    if missing:
        raise ValueError(f"penduduk: no seat in kota: {sorted(missing)}")
    return rows


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


def plan(province, land, neighbourhood):
    """(layer, geometry, rows, fields) of every vector layer."""
    polygon, line, point = ogr.wkbPolygon, ogr.wkbLineString, ogr.wkbPoint
    origin = ["akurasi_m:8.0", "sumber:120", "tahun:4", "ragu:1"]
    area = ["kode:4", "nama:60", "kabupaten:50", "kecamatan:60", "luas_ha:12.2"]
    return [
        ("provinsi", polygon, province_rows(province),
         ["kode:2", "nama:40", "luas_km2:12.3", "gambar_km2:12.3", "sumber:80", "tahun:4", "indikatif:5",
          "catatan:200"]),
        ("zona_industri", polygon, area_rows("zona_industri", province),
         area + ["sumber:80", "tahun:4", "indikatif:5", "catatan:250"]),
        ("kawasan_lindung", polygon, protected_rows(province),
         ["nama:80", "jenis:30", "luas_ha:12.2", "kabupaten:50", "dasar:60", "indikatif:5", "catatan:120"] + origin),
        ("gambut", polygon, peat_rows(province),
         ["nama:60", "kabupaten:50", "gambar_ha:12.2", "indikatif:5", "catatan:120", "akurasi_m:8.0", "sumber:120",
          "ragu:1"]),
        ("rencana_kawasan", polygon, area_rows("rencana_kawasan", province),
         area + ["jenis:12", "indikatif:5", "catatan:250"] + origin),
        ("jalan", line, line_rows("jalan", {"indikatif": "ya"}),
         ["nama:80", "kelas:10", "akurasi_m:8.0", "sumber:120", "indikatif:5"]),
        ("rencana", line, line_rows("rencana", {"indikatif": "ya"}),
         ["nama:80", "jenis:20", "kelas:10", "indikatif:5", "catatan:120"] + origin),
        ("sungai", line, river_rows(neighbourhood),
         ["nama:40", "akurasi_m:8.0", "indikatif:6", "sumber:80", "ragu:1"]),
        ("garis_pantai", line, coast_rows(land, neighbourhood), ["nama:40", "panjang_km:10.3", "sumber:80"]),
        ("pelabuhan", point, point_rows("pelabuhan"),
         ["nama:60", "jenis:20", "komoditas:30", "dwt_min:9.0", "dwt_maks:9.0", "catatan:120"] + origin),
        ("bandara", point, point_rows("bandara"),
         ["nama:60", "iata:3", "icao:4", "kabupaten:40", "tinggi_m:8.1", "sumber:80"]),
        ("gardu_induk", point, point_rows("gardu_induk"),
         ["nama:60", "teg_kv:6.0", "mva:6.0", "kabupaten:40"] + origin),
        ("pembangkit", point, point_rows("pembangkit"),
         ["nama:60", "jenis:20", "daya_mw:8.0", "unit:20", "kabupaten:40", "catatan:120"] + origin),
        ("kota", point, seat_rows(),
         ["nama:60", "jenis:20", "kabupaten:40", "kode:5", "luas_km2:12.3", "pddk_kab:9.0"] + origin),
        ("permukiman", point, point_rows("kota") + point_rows("permukiman"),
         ["nama:60", "jenis:20", "kabupaten:40", "luas_ha:12.2"] + origin),
        ("komoditas", point, point_rows("komoditas"),
         ["komoditas:20", "nama:60", "kabupaten:40", "nilai:16.2", "satuan:30", "luas_ha:12.2", "berhenti:2"] + origin),
    ]


def main():
    gdal.UseExceptions()
    folder = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else layers.HERE
    os.makedirs(folder, exist_ok=True)
    land = gshhg.land(BORNEO)
    province = outline.province(land)
    neighbourhood = geo.buffer_m(province.Simplify(0.01), NEIGHBOURHOOD_M)
    for name, kind, rows, fields in plan(province, land, neighbourhood):
        layers.write(folder, name, kind, fields, rows)
    heights = [(float(r["lon"]), float(r["lat"]), float(r["tinggi_m"])) for r in layers.table("tinggi")]
    window = relief_window(neighbourhood)
    relief.write(os.path.join(folder, "elevasi.tif"), window, relief.elevation(window, land, heights))
    figures = readme.figures(folder)
    print(figures, end="")
    if folder == layers.HERE:
        readme.update(os.path.join(folder, "README.md"), figures)


if __name__ == "__main__":
    main()
