"""Coastline and rivers of GSHHG 2.3.7 (full resolution), out of its binned NetCDF files.

A bin is one degree wide; a segment's points are counted in 1/65535 of it from its south-west corner, so that segments
of neighbouring bins meet exactly. Segments of one polygon carry the same id.
"""

import numpy as np
from osgeo import gdal

from . import geo

gdal.UseExceptions()

FOLDER = "/usr/share/gmt-gshhg/"
SHORE = 1  # level of land against sea; 2 is lake on land


def open_arrays(name):
    dataset = gdal.OpenEx(FOLDER + name, gdal.OF_MULTIDIM_RASTER)
    group = dataset.GetRootGroup()
    arrays = {key: group.OpenMDArray(key).ReadAsArray() for key in group.GetMDArrayNames()}
    if arrays["Bin_size_in_minutes"][0] != 60:
        raise ValueError(name + ": bins of one degree expected")
    return arrays


def bins(arrays, window):
    """(lon, lat, first segment, end segment) of every bin that touches the window."""
    x_min, y_min, x_max, y_max = window
    for lat in range(int(np.floor(y_min)), int(np.ceil(y_max))):
        for lon in range(int(np.floor(x_min)), int(np.ceil(x_max))):
            number = (89 - lat) * 360 + lon
            first = int(arrays["Id_of_first_segment_in_a_bin"][number])
            yield lon, lat, first, first + int(arrays["N_segments_in_a_bin"][number])


def segment_points(arrays, lon, lat, segment, n_points):
    first = int(arrays["Id_of_first_point_in_a_segment"][segment])
    part = slice(first, first + n_points)
    # Stored as signed 16 bit, meant as unsigned.
    x = arrays["Relative_longitude_from_SW_corner_of_bin"][part].astype(np.int32) & 0xFFFF
    y = arrays["Relative_latitude_from_SW_corner_of_bin"][part].astype(np.int32) & 0xFFFF
    return [(lon + a / 65535.0, lat + b / 65535.0) for a, b in zip(x.tolist(), y.tolist())]


def chained(segments):
    """Joins segments end to start; returns the closed rings, without what stays open (coasts leaving the window)."""
    by_start = {}
    for points in segments:
        by_start.setdefault(points[0], []).append(points)
    rings = []
    while by_start:
        start = next(iter(by_start))
        ring = []
        here = start
        while here in by_start:
            points = by_start[here].pop()
            if not by_start[here]:
                del by_start[here]
            ring.extend(points if not ring else points[1:])
            here = points[-1]
        if ring and ring[0] == ring[-1] and len(ring) >= 4:
            rings.append(ring)
    return rings


def land(window):
    """Land polygons whose whole shore lies in the window, largest first."""
    arrays = open_arrays("binned_GSHHS_f.nc")
    shores = {}
    for lon, lat, first, end in bins(arrays, window):
        for segment in range(first, end):
            info = int(arrays["Embedded_npts_levels_exit_entry_for_a_segment"][segment])
            if (info >> 6) & 7 == SHORE:
                points = segment_points(arrays, lon, lat, segment, info >> 9)
                shores.setdefault(int(arrays["Id_of_GSHHS_ID"][segment]), []).append(points)
    polygons = []
    for key in sorted(shores):
        for ring in chained(shores[key]):
            polygons.append(geo.polygon(ring))
    polygons = [p if p.IsValid() else p.MakeValid() for p in polygons]
    return sorted(polygons, key=lambda p: -p.Area())


def rivers(window):
    arrays = open_arrays("binned_river_f.nc")
    lines = []
    for lon, lat, first, end in bins(arrays, window):
        for segment in range(first, end):
            points = segment_points(arrays, lon, lat, segment, int(arrays["N_points_for_a_segment"][segment]))
            if len(set(points)) > 1:  # the file holds stubs of one point at bin edges
                lines.append(geo.line(points))
    return lines
