"""GADM 4.1 as GeoJSON: the regencies and districts of Kalimantan Selatan with their names and codes mended."""

import os
import re

from osgeo import gdal, ogr

from . import geo, layers

PROVINCE = "Kalimantan Selatan"
SOURCE = "GADM 4.1 (npm geojson-indonesia 1.0.1)"
LICENCE = "GADM: hanya nonkomersial, tidak boleh disebarkan"
LEVELS = {"kabupaten": "gadm41_IDN_2.json", "kecamatan": "gadm41_IDN_3.json"}
# Names that no rule about capitals takes apart rightly, by their key; written as RBI 50k writes them.
NAMES = {"sungairaya": "Sungai Raya", "banjarbaruutara": "Banjarbaru Utara", "banjarbaruselatan": "Banjarbaru Selatan"}


class Unusable(Exception):
    """What was found is not what is expected; the text says what to do."""


def key(name):
    """Names run together, with hyphens or in capitals are the same name."""
    return re.sub(r"[^a-z]", "", name.lower())


def spaced(name):
    """'HuluSungaiTengah' is 'Hulu Sungai Tengah'; 'Bati-Bati' stays."""
    return NAMES.get(key(name), re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))


def regencies():
    """{key without 'Kota': row of source/kabupaten.csv}."""
    return {key(row["nama"].removeprefix("Kota ")): row for row in layers.table("kabupaten")}


def polygons(geom):
    """The geometry made valid, without the points and lines that repair may leave."""
    valid = geom if geom.IsValid() else geom.MakeValid()
    whole = ogr.Geometry(ogr.wkbMultiPolygon)
    for part in geo.parts(valid):
        for piece in geo.parts(part):
            if piece.GetGeometryName() == "POLYGON":
                whole.AddGeometry(piece)
    return whole


def features(folder, level, fields):
    """[(geometry, {field: text})] of the province."""
    path = os.path.join(folder, LEVELS[level])
    try:
        layer = gdal.OpenEx(path, gdal.OF_VECTOR, ["GeoJSON"])
        rows = [(f.GetGeometryRef().Clone(), {name: f.GetField(name) for name in ["NAME_1"] + fields})
                for f in layer.GetLayer(0) if f.GetGeometryRef()]
    except (RuntimeError, KeyError) as reason:
        raise Unusable(f"{LEVELS[level]} is not GADM's level as it is known ({reason}); expected are polygons with the "
                       f"fields NAME_1, {', '.join(fields)}") from reason
    found = [(geom, values) for geom, values in rows if key(values["NAME_1"] or "") == key(PROVINCE)]
    if not found:
        raise Unusable(f"{LEVELS[level]} holds nothing of {PROVINCE} ({len(rows)} features of other provinces)")
    return found


def kabupaten(folder):
    """(rows for layers.write, remarks)."""
    known, rows = regencies(), []
    for geom, values in features(folder, "kabupaten", ["NAME_2"]):
        official = known.pop(key(values["NAME_2"]), None)
        name = official["nama"] if official else spaced(values["NAME_2"])
        rows.append((polygons(geom), {"kode": official and official["kode"], "nama": name, "sumber": SOURCE,
                                      "lisensi": LICENCE}))
    remarks = [f"{v['nama']}: no such regency in the list of 2025; its kode is empty" for _, v in rows if not v["kode"]]
    remarks += [f"{row['nama']}: not in the package" for row in known.values()]
    return sorted(rows, key=lambda row: (row[1]["kode"] or "", row[1]["nama"])), remarks


def kecamatan(folder):
    """(rows for layers.write, remarks). Kemendagri's codes of districts do not follow from those of BPS."""
    known, rows, remarks = regencies(), [], []
    for geom, values in features(folder, "kecamatan", ["NAME_2", "NAME_3", "CC_3"]):
        official = known.get(key(values["NAME_2"]))
        name = spaced(values["NAME_3"])
        if not official:
            remarks.append(f"district {name}: no regency '{values['NAME_2']}' in the list of 2025; kode_kab is empty")
        rows.append((polygons(geom), {
            "kode_kab": official and official["kode"], "kab": official["nama"] if official else spaced(values["NAME_2"]),
            "nama": name, "kode_bps": values["CC_3"], "sumber": SOURCE, "lisensi": LICENCE}))
    return sorted(rows, key=lambda row: (row[1]["kode_kab"] or "", row[1]["nama"])), remarks


def areas(rows):
    """Lines of a table: what is drawn against what BIG states, in km2 on the ellipsoid."""
    stated = {row["kode"]: float(row["luas_km2"]) for row in layers.table("kabupaten")}
    lines, sums = [f"  {'':20} {'stated, km2':>12} {'drawn, km2':>12} {'difference':>11}"], [0.0, 0.0]
    for geom, values in rows:
        if values["kode"] not in stated:
            continue
        pair = stated[values["kode"]], geo.area_ha(geom) / 100
        sums = [total + part for total, part in zip(sums, pair)]
        lines.append(area_line(values["nama"], *pair))
    return lines + [area_line("together", *sums)]


def area_line(name, stated, drawn):
    return f"  {name:20} {stated:12,.1f} {drawn:12,.1f} {100 * (drawn / stated - 1):+10.1f} %"
