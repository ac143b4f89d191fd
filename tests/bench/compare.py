#!/usr/bin/env python3
"""Compares two score rasters over the cells valid in both: python3 compare.py OURS THEIRS (needs python3-gdal and numpy).
Prints one line of JSON. A cell that only one of the two excludes (score exactly 0: its centre lies on the mask's border as far
as rounding goes) is counted apart and left out of the differences. So is the grid's outermost ring of cells: slope needs
neighbours that nobody has there, and every tool makes up its own."""
import json
import sys

import numpy as np
from osgeo import gdal

gdal.UseExceptions()


def window(band, first, n):
    values = band.ReadAsArray(0, first, band.XSize, n).astype(np.float64)
    nodata = band.GetNoDataValue()
    if nodata is not None and not np.isnan(nodata):
        values[values == nodata] = np.nan
    return values


def inner(values, first, band):
    """The values without those of the grid's outermost ring."""
    last = first + values.shape[0] == band.YSize
    return values[first == 0:values.shape[0] - last, 1:-1]


def main():
    ours, theirs = (gdal.Open(path) for path in sys.argv[1:3])
    if (ours.RasterXSize, ours.RasterYSize) != (theirs.RasterXSize, theirs.RasterYSize):
        sys.exit(f"{sys.argv[1]} and {sys.argv[2]} have different sizes")
    a_band, b_band = ours.GetRasterBand(1), theirs.GetRasterBand(1)
    cells, total, largest, at, mask_only, one_sided, above = 0, 0.0, 0.0, None, 0, 0, 0
    for first in range(0, ours.RasterYSize, 512):
        n = min(512, ours.RasterYSize - first)
        a, b = inner(window(a_band, first, n), first, a_band), inner(window(b_band, first, n), first, b_band)
        one_sided += int(np.count_nonzero(np.isnan(a) != np.isnan(b)))
        mask = (a == 0) != (b == 0)
        mask_only += int(np.count_nonzero(mask))
        difference = np.where(mask, np.nan, np.abs(a - b))
        known = difference[~np.isnan(difference)]
        cells += known.size
        total += float(known.sum())
        above += int(np.count_nonzero(known > 0.01))
        if known.size and known.max() > largest:
            largest = float(known.max())
            row, col = np.unravel_index(np.nanargmax(difference), difference.shape)
            at = [int(row) + max(first, 1), int(col) + 1]
    print(json.dumps({"cells": cells, "largest": largest, "at_row_col": at, "mean": total / max(cells, 1),
                      "above_0.01": above, "mask_differs": mask_only, "one_sided_nodata": one_sided}))


if __name__ == "__main__":
    main()
