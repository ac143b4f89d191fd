#!/usr/bin/python3
"""Draws docs/img/kalsel.png from the results of a run:

    tools/readme_picture.py out/kalsel docs/img/kalsel.png

Left the class map of the whole study area, right a close view of each zone on the score map. Every text comes from the run, in the
language of its project. Needs the Debian packages python3-gdal, python3-numpy and python3-matplotlib.
"""
import json
import os
import sys
import xml.etree.ElementTree as xml

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Patch, Polygon, Rectangle
from matplotlib.patheffects import withStroke
from osgeo import gdal, osr
from PIL import Image

gdal.UseExceptions()
osr.UseExceptions()

SIZE_INCHES, DPI = (13.6, 9.4), 100
BACKGROUND, INK, HIGHLIGHT = "#e9f0f3", "#1d2b33", "#c4161c"
MARGIN_M = 4000  # shown around a zone
EXCLUDED = 5


def read(path, box=None, side=1400):
    """The band inside box (x_min, x_max, y_min, y_max) at most `side` pixels high, with the box it really shows."""
    dataset = gdal.Open(path)
    x0, cell, _, y0, _, _ = dataset.GetGeoTransform()
    n_cols, n_rows = dataset.RasterXSize, dataset.RasterYSize
    col0, row0, cols, rows = 0, 0, n_cols, n_rows
    if box:
        col0, col1 = (int(np.clip((x - x0) / cell, 0, n_cols)) for x in box[:2])
        row1, row0 = (int(np.clip((y0 - y) / cell, 0, n_rows)) for y in box[2:])
        cols, rows = col1 - col0, row1 - row0
    step = max(1, rows / side)
    pixels = dataset.GetRasterBand(1).ReadAsArray(col0, row0, cols, rows, round(cols / step), round(rows / step))
    return pixels, (x0 + col0 * cell, x0 + (col0 + cols) * cell, y0 - (row0 + rows) * cell, y0 - row0 * cell)


def rings(geometry, transform):
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [np.array([transform.TransformPoint(x, y)[:2] for x, y in ring]) for part in parts for ring in part]


def read_zones(folder, crs):
    lonlat = osr.SpatialReference()
    lonlat.ImportFromEPSG(4326)
    lonlat.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    transform = osr.CoordinateTransformation(lonlat, crs)
    with open(os.path.join(folder, "zones.geojson"), encoding="utf-8") as file:
        features = json.load(file)["features"]
    zones = [dict(f["properties"], rings=rings(f["geometry"], transform)) for f in features]
    for zone in zones:
        corners = np.concatenate(zone["rings"])
        zone["box"] = corners.min(axis=0), corners.max(axis=0)
        zone["centre"] = (zone["box"][0] + zone["box"][1]) / 2
    return sorted(zones, key=lambda zone: zone["rank"])


def score_ramp(folder):
    """The colours that QGIS shows, from the style beside the raster."""
    items = xml.parse(os.path.join(folder, "suitability.qml")).iter("item")
    stops = sorted((float(item.get("value")), item.get("color")) for item in items)
    return LinearSegmentedColormap.from_list("score", stops)


def classes_of(folder):
    dataset = gdal.Open(os.path.join(folder, "classes.tif"))  # a band does not keep its dataset alive
    band = dataset.GetRasterBand(1)
    table = band.GetColorTable()
    return {value: (name, np.array(table.GetColorEntry(value)[:3]) / 255)
            for value, name in enumerate(band.GetCategoryNames()) if name and value > 0}


def paint_classes(pixels, classes):
    image = np.zeros(pixels.shape + (4,))
    for value, (_, colour) in classes.items():
        image[pixels == value] = (*colour, 1)
    return image


def scale_bar(axes, length_m):
    (x_min, x_max), (y_min, y_max) = axes.get_xlim(), axes.get_ylim()
    x, y = x_min + 0.05 * (x_max - x_min), y_min + 0.035 * (y_max - y_min)
    height = 0.008 * (y_max - y_min)
    axes.add_patch(Rectangle((x, y), length_m / 2, height, color=INK))
    axes.add_patch(Rectangle((x + length_m / 2, y), length_m / 2, height, facecolor="white", edgecolor=INK, linewidth=0.8))
    for share, text in ((0, "0"), (1, f"{length_m / 1000:.0f} km")):
        axes.text(x + share * length_m, y + 2 * height, text, ha="center", va="bottom", fontsize=8.5, color=INK,
                  path_effects=[withStroke(linewidth=2, foreground="white", alpha=0.8)])


def bare(axes):
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(BACKGROUND)
    for side in axes.spines.values():
        side.set_color("#9aa7ad")


def draw_province(axes, folder, zones, classes):
    pixels, box = read(os.path.join(folder, "classes.tif"))
    axes.imshow(paint_classes(pixels, classes), extent=box, interpolation="nearest")
    pad = 0.03 * (box[1] - box[0])
    axes.set_xlim(box[0] - pad, box[1] + pad)
    axes.set_ylim(box[2] - pad, box[3] + pad)
    bare(axes)
    for zone in zones:
        low, high = zone["box"]
        side = max(high - low) + 2 * MARGIN_M
        corner = zone["centre"] - side / 2
        axes.add_patch(Rectangle(corner, side, side, fill=False, edgecolor=HIGHLIGHT, linewidth=1.6))
        for ring in zone["rings"]:
            axes.add_patch(Polygon(ring, facecolor=HIGHLIGHT, edgecolor=HIGHLIGHT, linewidth=0.8))
        axes.annotate(f"{zone['rank']}  {zone['id']}", zone["centre"], xytext=(0, side / 2 / 1000 + 4), textcoords="offset points",
                      ha="center", va="bottom", fontsize=10, fontweight="bold", color=HIGHLIGHT,
                      bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.85})
    scale_bar(axes, 100_000)
    north = (0.93, 0.955)
    axes.annotate("N", north, xytext=(0.93, 0.90), xycoords="axes fraction", textcoords="axes fraction", ha="center", va="center",
                  fontsize=11, fontweight="bold", color=INK, arrowprops={"arrowstyle": "-|>", "color": INK})


def draw_zone(axes, folder, zone, ramp):
    low, high = zone["box"]
    half = max(high - low) / 2 + MARGIN_M
    x, y = zone["centre"]
    box = (x - half, x + half, y - half, y + half)
    score, shown = read(os.path.join(folder, "suitability.tif"), box, 420)
    cell_class, _ = read(os.path.join(folder, "classes.tif"), box, 420)
    image = ramp(Normalize(0, 1)(np.nan_to_num(score)))
    image[np.isnan(score)] = 0
    image[cell_class == EXCLUDED] = (0.37, 0.37, 0.37, 1)
    axes.imshow(image, extent=shown, interpolation="nearest")
    axes.set_xlim(box[:2])
    axes.set_ylim(box[2:])
    bare(axes)
    for ring in zone["rings"]:
        axes.add_patch(Polygon(ring, fill=False, edgecolor="white", linewidth=3.4))
        axes.add_patch(Polygon(ring, fill=False, edgecolor=HIGHLIGHT, linewidth=1.8))
    scale_bar(axes, 2000 if half < 8000 else 5000)
    axes.set_title(f"{zone['rank']}  {zone['name']} ({zone['id']})\n{zone['score_mean']:.3f}   {zone['area_ha']:,.0f} ha",
                   fontsize=9.5, color=INK, loc="left")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: tools/readme_picture.py RESULTS PICTURE.png")
    folder, out = sys.argv[1:]
    raster = gdal.Open(os.path.join(folder, "suitability.tif"))
    crs = raster.GetSpatialRef()
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    zones, classes, ramp = read_zones(folder, crs), classes_of(folder), score_ramp(folder)
    figure = plt.figure(figsize=SIZE_INCHES, dpi=DPI, facecolor="white")
    figure.text(0.02, 0.965, raster.GetMetadataItem("TITLE"), fontsize=17, fontweight="bold", color=INK)
    figure.text(0.02, 0.937, raster.GetMetadataItem("NOTE") or "", fontsize=10, color=INK)

    province = figure.add_axes((0.02, 0.09, 0.43, 0.825))
    draw_province(province, folder, zones, classes)
    figure.legend(handles=[Patch(facecolor=colour, edgecolor="#9aa7ad", linewidth=0.6, label=name) for name, colour in classes.values()], loc="lower left",
                  bbox_to_anchor=(0.01, 0.012), ncol=3, frameon=False, fontsize=9.5, columnspacing=1.4, handlelength=1.3)
    for index, zone in enumerate(zones[:4]):
        left, bottom = 0.485 + 0.255 * (index % 2), 0.525 - 0.43 * (index // 2)
        draw_zone(figure.add_axes((left, bottom, 0.235, 0.34)), folder, zone, ramp)
    bar = figure.colorbar(plt.cm.ScalarMappable(Normalize(0, 1), ramp), cax=figure.add_axes((0.62, 0.05, 0.355, 0.014)),
                          orientation="horizontal")
    bar.ax.tick_params(labelsize=9)
    figure.text(0.61, 0.057, raster.GetRasterBand(1).GetDescription(), fontsize=9.5, color=INK, ha="right", va="center")

    figure.savefig(out)
    Image.open(out).convert("RGB").save(out, optimize=True)


if __name__ == "__main__":
    main()
