#!/usr/bin/env python3
"""Makes the layers of the reference job in a folder: python3 make_data.py DIR (needs python3-gdal and numpy).

Everything follows from one seed. The layers look like a province: roads are random walks that start near towns,
the coast and the rivers are fractal lines, the terrain is value noise with a mountain range. All lines stay inside the grid,
so that no tool is ahead or behind because of features beyond it."""
import os
import sys

import numpy as np
from osgeo import gdal, ogr, osr

import job

gdal.UseExceptions()
WIDTH, HEIGHT = job.X_MAX - job.X_MIN, job.Y_MAX - job.Y_MIN


def rng(name):
    """A stream of its own for each layer: a change in one leaves the others as they are."""
    return np.random.default_rng([job.SEED] + [ord(c) for c in name])


def spatial_ref():
    srs = osr.SpatialReference()
    srs.SetFromUserInput(job.CRS)
    return srs


def fold(values, low, high):
    """Mirrors a walk at the borders, so that it stays inside and stays connected."""
    span = high - low
    return low + span - np.abs(span - (values - low) % (2 * span))


def inside(points, margin=1.0):
    return np.column_stack([fold(points[:, 0], job.X_MIN + margin, job.X_MAX - margin),
                            fold(points[:, 1], job.Y_MIN + margin, job.Y_MAX - margin)])


def write(folder, name, kind, parts):
    """parts: one array of points a feature; kind: wkbPoint, wkbLineString or wkbPolygon."""
    driver = ogr.GetDriverByName("ESRI Shapefile")
    path = os.path.join(folder, name + ".shp")
    if os.path.exists(path):
        driver.DeleteDataSource(path)
    source = driver.CreateDataSource(path)
    layer = source.CreateLayer(name, spatial_ref(), kind, ["ENCODING=UTF-8"])
    layer.CreateField(ogr.FieldDefn("no", ogr.OFTInteger))
    for number, points in enumerate(parts):
        geometry = ogr.Geometry(ogr.wkbLinearRing if kind == ogr.wkbPolygon else kind)
        for x, y in points:
            geometry.AddPoint_2D(float(x), float(y))
        if kind == ogr.wkbPolygon:
            ring, geometry = geometry, ogr.Geometry(kind)
            geometry.AddGeometry(ring)
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("no", number + 1)
        feature.SetGeometry(geometry)
        layer.CreateFeature(feature)
    source = None
    segments = sum(len(p) - 1 for p in parts) if kind == ogr.wkbLineString else len(parts)
    print(f"  {name}: {len(parts)} features, {segments} {'segments' if kind == ogr.wkbLineString else 'in all'}")


def walk(random, start, n_segments, step_m, turn):
    heading = random.uniform(0, 2 * np.pi) + np.cumsum(random.normal(0, turn, n_segments))
    length = step_m * random.uniform(0.5, 1.5, n_segments)
    moves = np.column_stack([length * np.cos(heading), length * np.sin(heading)])
    return inside(np.vstack([start, start + np.cumsum(moves, axis=0)]))


def roads(random, towns, n_segments, per_road, step_m, spread_m):
    parts = []
    while n_segments > 0:
        n = min(per_road, n_segments)
        start = towns[random.integers(len(towns))] + random.normal(0, spread_m, 2)
        parts.append(walk(random, start, n, step_m, 0.12))
        n_segments -= n
    return parts


def ring(random, centre, radius, n, roughness):
    """A closed star-shaped outline, its radius a sum of waves with falling amplitude."""
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    wave = np.zeros(n)
    for k in range(1, min(n // 3, 400)):
        wave += np.cos(k * angle + random.uniform(0, 2 * np.pi)) / k ** 1.2
    r = np.clip(1 + roughness * wave, 0.2, 1.6)
    points = np.asarray(centre) + np.column_stack([np.cos(angle), np.sin(angle)]) * np.asarray(radius) * r[:, None]
    return np.vstack([points, points[:1]])


def scattered(random, n, margin=20000):
    return np.column_stack([random.uniform(job.X_MIN + margin, job.X_MAX - margin, n),
                            random.uniform(job.Y_MIN + margin, job.Y_MAX - margin, n)])


def vectors(folder):
    centre = np.array([(job.X_MIN + job.X_MAX) / 2, (job.Y_MIN + job.Y_MAX) / 2])
    random = rng("pantai")
    mainland = ring(random, centre, (0.40 * WIDTH, 0.42 * HEIGHT), 12000, 0.10)
    islands = [ring(random, c, (random.uniform(1000, 8000),) * 2, 120, 0.15) for c in scattered(random, 25)]
    coast = [inside(part) for part in [mainland] + islands]
    write(folder, "pantai", ogr.wkbLineString, coast)

    random = rng("kota")
    towns = scattered(random, 150)
    write(folder, "kota", ogr.wkbPoint, [[t] for t in towns])
    random = rng("sungai")
    write(folder, "sungai", ogr.wkbLineString,
          [walk(random, start, 250, 180, 0.25) for start in scattered(random, 160)])
    write(folder, "jalan_utama", ogr.wkbLineString, roads(rng("jalan_utama"), towns, 20000, 200, 250, 5000))
    write(folder, "jalan_semua", ogr.wkbLineString, roads(rng("jalan_semua"), towns, 495000, 100, 60, 9000))
    random = rng("pelabuhan")
    write(folder, "pelabuhan", ogr.wkbPoint, [[p] for p in mainland[random.integers(len(mainland), size=20)]])
    random = rng("gardu_induk")
    write(folder, "gardu_induk", ogr.wkbPoint,
          [[t + random.normal(0, 3000, 2)] for t in towns[random.permutation(len(towns))[:40]]])
    write(folder, "bandara", ogr.wkbPoint, [[p] for p in scattered(rng("bandara"), 5)])
    random = rng(job.MASK)
    centres = scattered(random, 300, 15000)
    write(folder, job.MASK, ogr.wkbPolygon,
          [inside(ring(random, c, (random.uniform(800, 7000),) * 2, 400, 0.12)) for c in centres])


def smooth_rows(noise, first, n):
    """Rows first..first+n of a coarse lattice stretched over the grid, smoothly."""
    def weights(count, start, size, lattice):
        at = (np.arange(start, start + count) + 0.5) / size * (lattice - 1)
        low = np.minimum(at.astype(int), lattice - 2)
        t = at - low
        return low, (t * t * (3 - 2 * t)).astype(np.float32)
    row, row_t = weights(n, first, job.N_ROWS, noise.shape[0])
    col, col_t = weights(job.N_COLS, 0, job.N_COLS, noise.shape[1])
    lines = noise[row.min():row.max() + 2]
    wide = lines[:, col] * (1 - col_t) + lines[:, col + 1] * col_t
    row = row - row.min()
    return wide[row] * (1 - row_t[:, None]) + wide[row + 1] * row_t[:, None]


def terrain(folder):
    """Lowland of a few metres and a range from south-west to north-east, Int16 metres."""
    random = rng(job.DEM)
    octaves = []
    for k in range(9):
        cells = 4 * 2 ** k
        octaves.append((0.5 ** k, random.uniform(-1, 1, (cells * 3 // 2 + 1, cells + 1)).astype(np.float32)))
    driver = gdal.GetDriverByName("GTiff")
    path = os.path.join(folder, job.DEM + ".tif")
    out = driver.Create(path, job.N_COLS, job.N_ROWS, 1, gdal.GDT_Int16,
                        ["TILED=YES", "COMPRESS=ZSTD", "PREDICTOR=2", "NUM_THREADS=ALL_CPUS"])
    out.SetGeoTransform([job.X_MIN, job.CELL, 0, job.Y_MAX, 0, -job.CELL])
    out.SetProjection(spatial_ref().ExportToWkt())
    out.GetRasterBand(1).SetNoDataValue(-32768)
    x = np.linspace(0, 1, job.N_COLS, dtype=np.float32)
    for first in range(0, job.N_ROWS, 512):
        n = min(512, job.N_ROWS - first)
        noise = sum(a * smooth_rows(lattice, first, n) for a, lattice in octaves)
        y = ((first + np.arange(n, dtype=np.float32)) / job.N_ROWS)[:, None]
        range_height = np.exp(-((x + 0.55 * y - 0.95) / 0.16) ** 2)
        height = 15 + 12 * noise + range_height * (650 + 550 * noise)
        height += random.standard_normal((n, job.N_COLS), np.float32) * 0.7  # what radar elevations have
        out.GetRasterBand(1).WriteArray(np.maximum(height, 0).round().astype(np.int16), 0, first)
    out = None
    print(f"  {job.DEM}: {job.N_COLS} x {job.N_ROWS} cells of {job.CELL} m, {os.path.getsize(path) / 1e6:.0f} MB")


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    vectors(folder)
    terrain(folder)


if __name__ == "__main__":
    main()
