"""Elevation: ETOPO5 (5 arc-minutes) interpolated to half a minute and bent to the heights that are known.

Much too smooth: valleys and spurs narrower than about 15 km do not exist in it, so slopes are far too gentle.
"""

import numpy as np
from osgeo import gdal

from . import geo

gdal.UseExceptions()

ETOPO5 = "/usr/share/ferret-vis/data/etopo5.cdf"
STEP = 1 / 120  # degrees
REACH = 0.07  # degrees; a known height is felt over about 8 km
ROUNDS = 20
NODATA = -9999.0


def coarse(window):
    """ETOPO5 around the window as an in-memory raster. The file's longitudes are rounded to two decimals, so its grid
    is set here: cell centres at whole multiples of 5 minutes."""
    source = gdal.Open(ETOPO5)
    x_min, y_min, x_max, y_max = window
    col0, col1 = int(x_min * 12) - 4, int(x_max * 12) + 5
    row0, row1 = int((90 - y_max) * 12) - 4, int((90 - y_min) * 12) + 5
    values = source.ReadAsArray(col0, row0, col1 - col0, row1 - row0).astype(np.float32)
    raster = gdal.GetDriverByName("MEM").Create("", col1 - col0, row1 - row0, 1, gdal.GDT_Float32)
    raster.SetGeoTransform([(col0 - 0.5) / 12, 1 / 12, 0, 90 - (row0 - 0.5) / 12, 0, -1 / 12])
    raster.SetProjection(geo.WGS84.ExportToWkt())
    raster.GetRasterBand(1).WriteArray(values)
    return raster


def land_mask(window, shape, land):
    raster = gdal.GetDriverByName("MEM").Create("", shape[1], shape[0], 1, gdal.GDT_Byte)
    raster.SetGeoTransform([window[0], STEP, 0, window[3], 0, -STEP])
    raster.SetProjection(geo.WGS84.ExportToWkt())
    vector = gdal.GetDriverByName("Memory").Create("", 0, 0, 0)
    layer = vector.CreateLayer("land", geo.WGS84)
    area = geo.box(*window)
    for body in land:
        if body.Intersects(area):
            feature = geo.ogr.Feature(layer.GetLayerDefn())
            feature.SetGeometry(body)
            layer.CreateFeature(feature)
    # A cell that land only touches is land: near the shore an elevation of 0 is wanted, not a depth.
    gdal.RasterizeLayer(raster, [1], layer, burn_values=[1], options=["ALL_TOUCHED=TRUE"])
    return raster.ReadAsArray().astype(bool)


def sample(grid, window, lon, lat):
    """Bilinear between cell centres."""
    x, y = (lon - window[0]) / STEP - 0.5, (window[3] - lat) / STEP - 0.5
    c, r = int(np.floor(x)), int(np.floor(y))
    u, v = x - c, y - r
    top = (1 - u) * grid[r, c] + u * grid[r, c + 1]
    bottom = (1 - u) * grid[r + 1, c] + u * grid[r + 1, c + 1]
    return (1 - v) * top + v * bottom


def bent(grid, window, heights):
    """Adds one bell per known height, of the sizes that make the surface pass through all of them."""
    lon = window[0] + (np.arange(grid.shape[1]) + 0.5) * STEP
    lat = window[3] - (np.arange(grid.shape[0]) + 0.5) * STEP
    bells = [np.exp(-((lon[None, :] - x) ** 2 + (lat[:, None] - y) ** 2) / REACH**2) for x, y, _ in heights]
    system = np.array([[sample(bell, window, x, y) for bell in bells] for x, y, _ in heights])
    missing = np.array([z - sample(grid, window, x, y) for x, y, z in heights])
    for size, bell in zip(np.linalg.solve(system, missing), bells):
        grid = grid + size * bell
    return grid


def elevation(window, land, heights):
    """Rows x cols, metres, north up; sea is 0 or less, land 0 or more."""
    n_cols, n_rows = round((window[2] - window[0]) / STEP), round((window[3] - window[1]) / STEP)
    smooth = gdal.Warp("", coarse(window), format="MEM", outputBounds=window, width=n_cols, height=n_rows,
                       resampleAlg="cubic", outputType=gdal.GDT_Float32)
    grid = smooth.ReadAsArray().astype(np.float64)
    mask = land_mask(window, grid.shape, land)
    def clamped(surface):
        return np.where(mask, np.maximum(surface, 0), np.minimum(surface, 0))

    grid = clamped(grid)
    for _ in range(ROUNDS):  # clamping moves the surface off the heights near sea level a little: bend again
        grid = clamped(bent(grid, window, heights))
    return np.round(grid, 1) + 0.0  # + 0.0: no negative zero


def write(path, window, grid):
    raster = gdal.GetDriverByName("GTiff").Create(
        path, grid.shape[1], grid.shape[0], 1, gdal.GDT_Float32,
        ["COMPRESS=DEFLATE", "PREDICTOR=3", "ZLEVEL=9", "TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256"])
    raster.SetGeoTransform([window[0], STEP, 0, window[3], 0, -STEP])
    raster.SetProjection(geo.WGS84.ExportToWkt())
    band = raster.GetRasterBand(1)
    band.SetNoDataValue(NODATA)
    band.SetDescription("elevasi (m)")
    band.SetUnitType("m")
    band.WriteArray(grid.astype(np.float32))
