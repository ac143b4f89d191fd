#!/usr/bin/env python3
"""For test_boundaries.sh: the fetching program with a package made of a folder, and what is in the layers it wrote.

    boundaries.py build FOLDER_OF_GEOJSON ARGUMENTS...
    boundaries.py layer SHAPEFILE
    boundaries.py strip_km2 LON_DEGREES LAT_SOUTH LAT_NORTH
"""

import base64
import hashlib
import math
import os
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True


def build(source, arguments):
    """Runs the program on a package of the same shape, whose checksum is then the right one."""
    sys.path.insert(0, "gis-data")
    import boundaries

    with tempfile.TemporaryDirectory() as folder:
        package = os.path.join(folder, boundaries.FILE)
        with tarfile.open(package, "w:gz") as archive:
            for name in os.listdir(source):
                archive.add(os.path.join(source, name), "package/geojson/" + name)
        with open(package, "rb") as file:
            boundaries.INTEGRITY = "sha512-" + base64.b64encode(hashlib.sha512(file.read()).digest()).decode()
        sys.argv = ["boundaries.py", "--from", package] + arguments
        boundaries.main()


def layer(path):
    from osgeo import gdal

    gdal.UseExceptions()
    dataset = gdal.OpenEx(path)
    found = dataset.GetLayer(0)
    print(found.GetSpatialRef().GetAuthorityCode(None), [d.GetName() for d in found.schema])
    for feature in found:
        geom = feature.GetGeometryRef()
        fields = [feature.GetField(i) for i in range(feature.GetFieldCount())]
        print(fields[:-2], geom.GetGeometryName(), "valid" if geom.IsValid() else "INVALID")


def strip_km2(degrees, south, north):
    """Area on the WGS 84 ellipsoid between two parallels, by the closed formula."""
    a, f = 6378137.0, 1 / 298.257223563
    e, b = math.sqrt(f * (2 - f)), a * (1 - f)

    def q(latitude):
        s = math.sin(math.radians(latitude))
        return s / (1 - (e * s) ** 2) + math.log((1 + e * s) / (1 - e * s)) / (2 * e)

    print(f"{b * b / 2 * math.radians(degrees) * (q(north) - q(south)) / 1e6:.1f}")


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(sys.argv[2], sys.argv[3:])
    elif sys.argv[1] == "layer":
        layer(sys.argv[2])
    else:
        strip_km2(*map(float, sys.argv[2:]))
