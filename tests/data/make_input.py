#!/usr/bin/python3
"""Makes the fixtures of tests/data/input: run it there to make them again (needs python3-gdal for all but shapefiles).

Shapefiles are written byte by byte from the format's description, so that they can be wrong on purpose; GDAL, which the
tests read them with as an oracle, had no part in them.
"""
import os
import struct
import zipfile

from osgeo import gdal, ogr, osr

WGS84 = ('GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
         'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]')
UTM50S = ('PROJCS["WGS_1984_UTM_Zone_50S",' + WGS84 + ',PROJECTION["Transverse_Mercator"],'
          'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",10000000.0],'
          'PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",0.9996],'
          'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]')
POINT, LINE, POLYGON, MULTIPOINT = 1, 3, 5, 8
Z, M = 10, 20


def box(points):
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return struct.pack("<4d", min(xs), min(ys), max(xs), max(ys)) if points else bytes(32)


def dimension(values):
    return struct.pack("<2d", min(values), max(values)) + struct.pack("<%dd" % len(values), *values)


def record(kind, shape):
    """shape: None, a point, a list of points, or a list of parts; extra numbers of a point are Z and M."""
    if shape is None:
        return struct.pack("<i", 0)
    base = kind % 10
    head = struct.pack("<i", kind)
    if base == POINT:
        return head + struct.pack("<%dd" % len(shape), *shape)
    parts = [shape] if base == MULTIPOINT else shape
    points = [p for part in parts for p in part]
    out = head + box(points)
    if base != MULTIPOINT:
        starts = [sum(len(q) for q in parts[:i]) for i in range(len(parts))]
        out += struct.pack("<2i", len(parts), len(points)) + struct.pack("<%di" % len(parts), *starts)
    else:
        out += struct.pack("<i", len(points))
    out += b"".join(struct.pack("<2d", *p[:2]) for p in points)
    for i in range(2, max([len(p) for p in points], default=2)):
        out += dimension([p[i] for p in points])
    return out


def dbf(fields, rows, driver=0):
    """fields: (name, type, width, decimals); values are bytes, or None."""
    length = 1 + sum(f[2] for f in fields)
    out = struct.pack("<4BIHH17xB2x", 3, 126, 1, 1, len(rows), 33 + 32 * len(fields), length, driver)
    for name, kind, width, decimals in fields:
        out += struct.pack("<11sc4xBB14x", name, kind, width, decimals)
    out += b"\r"
    for row in rows:
        deleted = row[0] == "deleted"
        out += b"*" if deleted else b" "
        for field, value in zip(fields, row[1:] if deleted else row):
            value = b"" if value is None else value
            out += value.rjust(field[2]) if field[1] in b"NF" else value.ljust(field[2])
    return out + b"\x1a"


def shapefile(name, kind, shapes, fields, rows, prj=None, cpg=None, driver=0, ext=str.lower):
    contents = [record(kind, s) for s in shapes]
    points = [p for s in shapes if s for part in ([[s]] if kind % 10 == POINT else [s] if kind % 10 == MULTIPOINT else s)
              for p in part]
    flat = struct.pack(">i20x", 9994)
    tail = struct.pack("<2i", 1000, kind) + box(points) + bytes(32)
    shp, shx, at = b"", b"", 50
    for number, content in enumerate(contents, 1):
        shp += struct.pack(">2i", number, len(content) // 2) + content
        shx += struct.pack(">2i", at, len(content) // 2)
        at += 4 + len(content) // 2
    files = {"shp": flat + struct.pack(">i", at) + tail + shp,
             "shx": flat + struct.pack(">i", 50 + 4 * len(contents)) + tail + shx,
             "dbf": dbf(fields, rows, driver), "prj": prj and prj.encode(), "cpg": cpg and cpg.encode()}
    for extension, data in files.items():
        if data is not None:
            with open(os.path.join("input", name + "." + ext(extension)), "wb") as f:
                f.write(data)


def square(x, y, side, clockwise=True):
    ring = [(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)]
    return ring if clockwise else ring[::-1]


def shapefiles():
    nama, n = (b"nama", b"C", 12, 0), (b"n", b"N", 6, 0)
    shapefile("titik", POINT, [(114.55, -3.36), None, (116.0, -3.45), (114.97, -3.96)],
              [nama, (b"kelas", b"C", 8, 0), (b"jumlah", b"N", 9, 0), (b"lebar_m", b"N", 12, 3), (b"tanggal", b"D", 8, 0),
               (b"aktif", b"L", 1, 0)],
              [["Mantuïl".encode(), b"kota", b"12", b"7.25", b"20260820", b"T"],
               [b"kosong", None, None, b"*" * 12, b"00000000", b"?"],
               [b"Batulicin\0\0\0", b"  pelab", b"-3", b"1e3", None, b"n"],
               [b"Jorong", b"kota", b"0", b"0.000", b"20251231", b"f"]], WGS84, "UTF-8")
    shapefile("titik_zm", POINT + Z, [(114.5, -3.3, 10, -2e38), (114.6, -3.4, 11, 5)], [n], [[b"1"], [b"2"]], WGS84)
    shapefile("multititik", MULTIPOINT, [[(114.5, -3.3), (114.6, -3.4)], [(115, -3)]], [n], [[b"1"], [b"2"]], WGS84)
    shapefile("multititik_z", MULTIPOINT + Z, [[(114.5, -3.3, 1), (114.6, -3.4, 2)]], [n], [[b"1"]], WGS84)
    shapefile("garis", LINE, [[[(230000, 9620000), (231000, 9621000)], [(232000, 9620000), (232000, 9622000), (233000, 9622000)]],
                              [[(240000.125, 9630000.5), (241000, 9630000)]], [[(250000, 9640000)]]],
              [(b"kelas", b"C", 10, 0), n], [[b"arteri", b"1"], [b"kolektor", b"2"], [b"lokal", b"3"]], UTM50S, "UTF-8")
    shapefile("garis_m", LINE + M, [[[(230000, 9620000, 0), (231000, 9621000, 7)]]], [n], [[b"1"]], UTM50S)
    x, y = 300000, 9600000
    shapefile("poligon", POLYGON, [
        [square(x, y, 1000)],                                                                    # 0 plain
        [square(x, y, 1000), square(x + 100, y + 100, 800, False), square(x + 200, y + 200, 600),
         square(x + 300, y + 300, 100, False)],                                                  # 1 island with a lake in a lake
        [square(x + 5000, y, 1000, False), square(x + 5100, y + 100, 100)],                      # 2 all directions wrong
        [square(x + 300, y + 300, 100, False), square(x, y, 1000)],                              # 3 hole before its outer ring
        [[(x, y), (x + 1000, y + 1000), (x + 1000, y), (x, y + 1000), (x, y)]],                  # 4 bow tie
        [square(x, y, 1000)[:-1]],                                                               # 5 not closed
        [square(x, y, 1000), [(x, y), (x + 10, y + 10), (x, y)]],                                # 6 a ring without area
        [square(x, y, 1000), square(x, y, 1000)],                                                # 7 a ring twice
        [[(x, y), (x + 10, y + 10), (x, y)]],                                                    # 8 nothing but that
        None,                                                                                    # 9
    ], [n], [[b"%d" % i] for i in range(10)], UTM50S)
    shapefile("poligon_z", POLYGON + Z, [[[(p[0], p[1], 5) for p in square(x, y, 1000)]]], [n], [[b"1"]], UTM50S)
    fields, xy = [(b"nama", b"C", 5, 0)], [(114.5, -3.3)]
    for name, text, cpg, driver in [("latin1", b"Caf\xe9", None, 0), ("utf8_tanpa_cpg", "Kafé".encode(), None, 0x57),
                                    ("cp437", b"Caf\x82", "OEM 437", 0), ("cp850_ldid", b"Caf\x82", None, 0x02),
                                    ("cp1252", b"\x80 5", "ANSI 1252", 0), ("iso88591", b"Caf\xe9", "88591\r\n", 0),
                                    ("terpotong", b"Kafe\xc3", "UTF-8", 0),
                                    ("salah", b"\xe9tat", "UTF-8", 0), ("entah", b"abc", "KLINGON", 0)]:
        shapefile("sandi_" + name, POINT, xy, fields, [[text]], WGS84, cpg, driver)
    shapefile("BESAR", POINT, xy, fields, [[b"A"]], WGS84, "UTF-8", ext=str.upper)
    shapefile("tanpa_crs", POINT, [(230000, 9620000)], [n], [[b"1"]])
    shapefile("terhapus", POINT, [(114.5, -3.3), (114.6, -3.4), (114.7, -3.5)], [n],
              [[b"1"], ["deleted", b"2"], [b"x3"]], WGS84)
    shapefile("kosong", POINT, [], [n], [], WGS84)
    shapefile("nan", LINE, [[[(114, -3), (float("nan"), -3)]], [[(114, -3), (115, -3)]], [[(114, -3), (115, 95)]]],
              [n], [[b"1"], [b"2"], [b"3"]], WGS84)


def vectors():
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4326)
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    if os.path.exists("input/satu.fgb"):
        os.remove("input/satu.fgb")
    source = ogr.GetDriverByName("GPKG").CreateDataSource("input/dua.gpkg")
    for name, wkts in (("jalan", ["LINESTRING Z (114 -3 5,115 -3 6)", "MULTILINESTRING ((114 -2,115 -2),(116 -2,116 -1))"]),
                       ("desa", ["POLYGON ((114 -3,115 -3,115 -2,114 -2,114 -3),(114.4 -2.6,114.6 -2.6,114.6 -2.4,114.4 -2.4,114.4 -2.6))",
                                 "POLYGON ((114 -3,115 -2,115 -3,114 -2,114 -3))", None])):
        layer = source.CreateLayer(name, srs)
        layer.CreateField(ogr.FieldDefn("nama", ogr.OFTString))
        layer.CreateField(ogr.FieldDefn("penduduk", ogr.OFTInteger64))
        for i, wkt in enumerate(wkts):
            feature = ogr.Feature(layer.GetLayerDefn())
            feature["nama"] = "%s é %d" % (name, i)
            if i != 1:
                feature["penduduk"] = 1000 * i + 7
            if wkt:
                feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
            layer.CreateFeature(feature)
    source = None
    gdal.VectorTranslate("input/satu.fgb", "input/dua.gpkg", format="FlatGeobuf", layers=["jalan"],
                         options=["-where", "fid = 1"])
    with zipfile.ZipFile("input/arsip.zip", "w", zipfile.ZIP_DEFLATED) as archive:  # an empty GeoPackage has 100 KB
        for name in ["dua.gpkg"] + ["titik." + e for e in ("shp", "shx", "dbf", "prj", "cpg")]:
            archive.writestr(zipfile.ZipInfo(name), open("input/" + name, "rb").read(), zipfile.ZIP_DEFLATED)
    os.remove("input/dua.gpkg")


def raster(name, kind, values, transform=(300000, 30, 0, 9600000, 0, -30), epsg=32750, nodata=None, setup=None, bands=1):
    path = "input/%s.tif" % name
    options = ["COMPRESS=DEFLATE"] + (["ALPHA=YES"] if name == "alfa" else [])
    data = gdal.GetDriverByName("GTiff").Create(path, len(values[0]), len(values), bands, kind, options)
    if epsg:
        srs = osr.SpatialReference()
        srs.ImportFromEPSG(epsg)
        data.SetProjection(srs.ExportToWkt())
    if transform:
        data.SetGeoTransform(transform)
    band = data.GetRasterBand(1)
    if nodata is not None:
        band.SetNoDataValue(nodata)
    code = {gdal.GDT_Byte: "B", gdal.GDT_Int16: "h", gdal.GDT_Int32: "i", gdal.GDT_Float32: "f", gdal.GDT_Float64: "d"}
    flat = [v for row in values for v in row]
    if kind in code:
        band.WriteRaster(0, 0, len(values[0]), len(values), struct.pack("<%d%s" % (len(flat), code[kind]), *flat))
    if setup:
        setup(data, band)


def rasters():
    lowest = -3.4028234663852886e38
    raster("int16", gdal.GDT_Int16, [[1, 2, 3], [4, -32768, 6]], nodata=-32768)
    raster("float32", gdal.GDT_Float32, [[0.5, lowest], [float("nan"), -1.25]], nodata=lowest)
    raster("int32", gdal.GDT_Int32, [[2147483647, -2147483647], [16777217, 0]], nodata=0)
    raster("skala", gdal.GDT_Byte, [[0, 100], [254, 255]], nodata=255,
           setup=lambda d, b: (b.SetScale(0.5), b.SetOffset(-10)))

    def palette(data, band):
        colours = gdal.ColorTable()
        colours.SetColorEntry(1, (0, 128, 0, 255))
        band.SetColorTable(colours)
    raster("kelas", gdal.GDT_Byte, [[0, 1], [2, 3]], setup=palette)
    raster("putar", gdal.GDT_Byte, [[1, 2]], transform=(300000, 30, 5, 9600000, 5, -30))
    raster("alfa", gdal.GDT_Byte, [[7, 8]], bands=2,
           setup=lambda d, b: d.GetRasterBand(2).WriteRaster(0, 0, 2, 1, b"\xff\x00"))
    raster("tanpa_crs", gdal.GDT_Byte, [[1]], epsg=None)
    raster("tanpa_letak", gdal.GDT_Byte, [[1]], transform=None)
    raster("kompleks", gdal.GDT_CFloat32, [[1]])


if __name__ == "__main__":
    gdal.UseExceptions()
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    os.makedirs("input", exist_ok=True)
    shapefiles()
    vectors()
    rasters()
