#!/usr/bin/env python3
"""Holds the sample layers to what their README says: sample.py WHAT FOLDER (needs python3-gdal). Ends with 1 when they are not.

    people     the seats of the 13 regencies and cities add up to the province: km2 and people of Kepmendagri 300.2.2-2430/2025
    hectares   each drawn area has the hectares stated for it, on the ellipsoid
    origin     every doubtful or drawn feature says so, and says how far off it may be
    land       peat and land of plans lie inside the province
"""
import math
import os
import sys

from osgeo import ogr, osr

ogr.UseExceptions()
osr.UseExceptions()


def rows(folder, name):
    source = ogr.Open(os.path.join(folder, name + ".shp"))
    return [(feature.GetGeometryRef().Clone(), feature.items()) for feature in source.GetLayer(0)]


def ring_ha(points):
    """By the series of the meridian's and parallel's lengths on WGS 84, so without the projection that build.py uses."""
    a, e2 = 6378137.0, 0.0066943799901413165
    e = math.sqrt(e2)

    def zone(lat):  # area between the equator and a latitude, of one radian of longitude
        s = math.sin(math.radians(lat))
        return a * a * (1 - e2) / 2 * (s / (1 - e2 * s * s) + math.log((1 + e * s) / (1 - e * s)) / (2 * e))

    total = 0.0
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        total += math.radians(x1 - x0) * (zone(y0) + 4 * zone((y0 + y1) / 2) + zone(y1)) / 6
    return abs(total) / 1e4


def area_ha(geometry):
    if geometry.GetGeometryName() == "MULTIPOLYGON":
        return sum(area_ha(geometry.GetGeometryRef(i)) for i in range(geometry.GetGeometryCount()))
    rings = [[p[:2] for p in geometry.GetGeometryRef(i).GetPoints()] for i in range(geometry.GetGeometryCount())]
    return ring_ha(rings[0]) - sum(ring_ha(r) for r in rings[1:])


def people(folder):
    seats = [values for _, values in rows(folder, "kota") if values["kode"]]
    assert len({v["kode"] for v in seats}) == 13, seats
    assert sum(v["pddk_kab"] for v in seats) == 4305281, sum(v["pddk_kab"] for v in seats)
    assert abs(sum(v["luas_km2"] for v in seats) - 37125.426) < 0.0005, sum(v["luas_km2"] for v in seats)


def hectares(folder):
    for name, count in (("zona_industri", 4), ("kawasan_lindung", 11), ("rencana_kawasan", 4)):
        areas = rows(folder, name)
        assert len(areas) == count, (name, len(areas))
        for geometry, values in areas:
            drawn = area_ha(geometry)
            assert abs(drawn / values["luas_ha"] - 1) < 0.0002, (values["nama"], values["luas_ha"], drawn)


def origin(folder):
    for name in ("kawasan_lindung", "gambut", "rencana", "rencana_kawasan", "pembangkit", "permukiman", "komoditas", "pelabuhan"):
        for _, values in rows(folder, name):
            assert values["sumber"] and values["akurasi_m"] > 0, (name, values)
            assert values["ragu"] in (None, "?"), (name, values)
            assert values.get("indikatif", "ya") == "ya", (name, values)
            # Doubt is not a promise of accuracy.
            assert values["ragu"] is None or values["akurasi_m"] >= 3000, (name, values)


def land(folder):
    province = rows(folder, "provinsi")[0][0]
    for name in ("gambut", "rencana_kawasan"):
        for geometry, values in rows(folder, name):
            outside = geometry.Difference(province)
            assert outside.IsEmpty() or area_ha(outside) < 1, (values["nama"], area_ha(outside))


CHECKS = {f.__name__: f for f in (people, hectares, origin, land)}
if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in CHECKS:
        sys.exit(__doc__)
    CHECKS[sys.argv[1]](sys.argv[2])
