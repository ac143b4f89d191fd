"""Writes four large layers, faster than a library would: large_layers.py FOLDER.

titik.shp has 2,000,000 points; petak.shp 100,000 squares side by side, of which every 50th is larger and lies over its neighbours;
potongan.shp 100,000 pieces of 21 vertices: 1000 wavy bands cut at 99 lines; piksel.shp 100,000
outlines of pixels of 102 vertices, one edge of each slanted."""
import struct
import sys

import numpy as np

N_POINTS, N_SQUARES, N_IN_ROW, SIDE_M = 2_000_000, 100_000, 400, 300
ORIGIN_M = np.array([250_000.0, 9_550_000.0])
PRJ = ('PROJCS["WGS_1984_UTM_Zone_50S",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
       'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
       'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",10000000.0],PARAMETER["Central_Meridian",117.0],'
       'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]')


def header(n_bytes, kind, box):
    return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, n_bytes // 2) + struct.pack("<2i8d", 1000, kind, *box, 0, 0, 0, 0)


def write(path, kind, content, xy, n_of_a_name=1):
    """content: an array of records without their headers, all of one size (ESRI Shapefile Technical Description, 1998)."""
    n, size = len(content), content.dtype.itemsize
    box = (*xy.min(axis=(0, 1)), *xy.max(axis=(0, 1)))
    records = np.zeros(n, [("number", ">i4"), ("words", ">i4"), ("content", content.dtype)])
    records["number"], records["words"], records["content"] = np.arange(1, n + 1), size // 2, content
    index = np.zeros(n, [("at", ">i4"), ("words", ">i4")])
    index["at"], index["words"] = 50 + np.arange(n) * ((size + 8) // 2), size // 2
    table = np.full(n, b" ", [("deleted", "S1"), ("nama", "S12")])
    table["nama"] = np.char.ljust(np.char.add("nama ", (np.arange(n) // n_of_a_name).astype(str)), 12).astype("S12")
    with open(path + ".shp", "wb") as out:
        out.write(header(100 + records.nbytes, kind, box) + records.tobytes())
    with open(path + ".shx", "wb") as out:
        out.write(header(100 + index.nbytes, kind, box) + index.tobytes())
    with open(path + ".dbf", "wb") as out:
        out.write(struct.pack("<4BIHH20x", 3, 126, 11, 24, n, 65, 13) + struct.pack("<11sc4xBB14x", b"nama", b"C", 12, 0) + b"\r")
        out.write(table.tobytes() + b"\x1a")
    with open(path + ".prj", "w", encoding="ascii") as out:
        out.write(PRJ)


def write_polygons(path, xy, n_of_a_name=1):
    """xy: polygon, vertex, axis; each of one ring."""
    content = np.zeros(len(xy), [("kind", "<i4"), ("box", "<f8", 4), ("parts", "<i4"), ("n", "<i4"), ("part", "<i4"),
                                 ("xy", "<f8", xy.shape[1:])])
    content["kind"], content["parts"], content["n"], content["xy"] = 5, 1, xy.shape[1], xy
    content["box"] = np.concatenate([xy.min(axis=1), xy.max(axis=1)], axis=1)
    write(path, 5, content, xy, n_of_a_name)


def points(path):
    xy = ORIGIN_M + np.random.default_rng(20241124).random((N_POINTS, 1, 2)) * [150_000, 200_000]
    content = np.zeros(N_POINTS, [("kind", "<i4"), ("xy", "<f8", (1, 2))])
    content["kind"], content["xy"] = 1, xy
    write(path, 1, content, xy)


def squares(path):
    i = np.arange(N_SQUARES)
    corner = ORIGIN_M + np.stack([i % N_IN_ROW, i // N_IN_ROW], axis=1) * SIDE_M
    side_m = np.where(i % 50 == 0, SIDE_M + 20, SIDE_M)
    xy = corner[:, None, :] + side_m[:, None, None] * np.array([[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]])
    write_polygons(path, xy)


def pieces(path):
    """Band by band, in each from west to east; counter-clockwise as no shapefile should be, which must not matter."""
    n_bands, n_columns, steps, tile_m = 1000, 100, 9, 1500
    at = np.arange(n_columns * steps + 1)
    border_m = 100 * np.arange(n_bands + 1)[:, None] + 30 * np.sin(0.7 * at + np.arange(n_bands + 1)[:, None])
    xy = np.zeros((n_bands * n_columns, 2 * steps + 3, 2))
    for column in range(n_columns):
        i = np.arange(column * steps, (column + 1) * steps + 1)
        x_m = i * (tile_m / steps)
        ring = np.concatenate([np.stack(np.broadcast_arrays(x_m, border_m[:-1, i]), axis=2),
                               np.stack(np.broadcast_arrays(x_m[::-1], border_m[1:, i[::-1]]), axis=2)], axis=1)
        xy[column::n_columns, :-1] = ORIGIN_M + ring
    xy[:, -1] = xy[:, 0]
    write_polygons(path, xy, n_columns)


def pixels(path):
    """Stairs of pixels from south-west to north-east, two pixels high; the last edge is slanted."""
    pixel_m, n_stairs, side_m = 30, 25, 900
    steps = np.array([(1, 0), (0, 1)] * n_stairs + [(0, 2)] + [(-1, 0), (0, -1)] * (n_stairs - 1) + [(-1, 0)])
    ring = np.concatenate([[(0, 0)], np.cumsum(steps, axis=0), [(0, 0)]]) * float(pixel_m)
    ring[-2, 0] += 5
    i = np.arange(N_SQUARES)
    corner = ORIGIN_M + np.stack([i % N_IN_ROW, i // N_IN_ROW], axis=1) * side_m
    write_polygons(path, corner[:, None, :] + ring[::-1])


points(sys.argv[1] + "/titik")
squares(sys.argv[1] + "/petak")
pieces(sys.argv[1] + "/potongan")
pixels(sys.argv[1] + "/piksel")
