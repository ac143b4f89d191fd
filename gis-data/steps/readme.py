"""The figures of README.md, measured on the files that were written."""

import os

from osgeo import gdal, ogr

from . import geo, layers, relief

BEGIN, END = "<!-- figures: written by build.py -->\n", "<!-- end of figures -->\n"
NAMES = ["provinsi", "zona_industri", "jalan", "pelabuhan", "bandara", "gardu_induk", "pembangkit", "kota", "permukiman",
         "sungai", "garis_pantai", "kawasan_lindung", "gambut", "komoditas", "rencana", "rencana_kawasan"]


def features(folder, name):
    source = gdal.OpenEx(os.path.join(folder, name + ".shp"), gdal.OF_VECTOR)
    layer = source.GetLayer(0)
    return [(feature.GetGeometryRef().Clone(), feature.items()) for feature in layer]


def measure(rows):
    kind = ogr.GT_Flatten(rows[0][0].GetGeometryType())
    if kind in (ogr.wkbPolygon, ogr.wkbMultiPolygon):
        return f"{sum(geo.area_ha(g) for g, _ in rows):,.0f} ha"
    if kind in (ogr.wkbLineString, ogr.wkbMultiLineString):
        return f"{sum(geo.length_km(g) for g, _ in rows):,.0f} km"
    return "-"


def layer_table(folder):
    lines = ["| layer | geometry | features | measure | indicative | doubtful (`ragu`) | kB |",
             "|---|---|---:|---:|---:|---:|---:|"]
    for name in NAMES:
        rows = features(folder, name)
        kind, size = layers.summary(folder, name)
        marked = sum(1 for _, values in rows if values.get("indikatif") == "ya")
        doubtful = sum(1 for _, values in rows if values.get("ragu") == "?")
        cells = [f"`{name}`", kind, len(rows), measure(rows), marked, doubtful, f"{size / 1000:.0f}"]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    path = os.path.join(folder, "elevasi.tif")
    raster = gdal.Open(path)
    lines.append(f"| `elevasi.tif` | raster | {raster.RasterXSize} x {raster.RasterYSize} | half an arc-minute "
                 f"| - | - | {os.path.getsize(path) / 1000:.0f} |")
    return lines


def area_table(folder):
    lines = ["| area | stated, ha | drawn, ha (ellipsoid) | difference |", "|---|---:|---:|---:|"]
    for geom, values in features(folder, "provinsi"):
        lines.append(area_line(values["nama"], 100 * values["luas_km2"], geo.area_ha(geom)))
    for name in ("zona_industri", "kawasan_lindung", "rencana_kawasan"):
        for geom, values in features(folder, name):
            lines.append(area_line(values["nama"], values["luas_ha"], geo.area_ha(geom)))
    return lines


def area_line(name, stated, drawn):
    return f"| {name} | {stated:,.2f} | {drawn:,.2f} | {100 * (drawn / stated - 1):+.2f} % |"


def height_table(folder):
    raster = gdal.Open(os.path.join(folder, "elevasi.tif"))
    transform = raster.GetGeoTransform()
    window = (transform[0], None, None, transform[3])
    grid = raster.ReadAsArray()
    lines = ["| height | stated, m | elevasi.tif, m | doubtful |", "|---|---:|---:|---|"]
    for row in layers.table("tinggi"):
        found = relief.sample(grid, window, float(row["lon"]), float(row["lat"]))
        lines.append(f"| {row['nama']} | {row['tinggi_m']} | {found:.1f} | {row['ragu']} |")
    return lines


def figures(folder):
    blocks = (layer_table(folder), area_table(folder), height_table(folder))
    return "\n".join("\n".join(block) + "\n" for block in blocks)


def update(path, text):
    with open(path, encoding="utf-8") as file:
        whole = file.read()
    before, _, rest = whole.partition(BEGIN)
    _, _, after = rest.partition(END)
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + "\n" + text + "\n" + END + after)
