"""The reference job: one place for the grid, the criteria and their weights, read by every other script here."""

CRS = "EPSG:32750"
X_MIN, Y_MAX = 204990, 9860010  # the north-west corner of Kalimantan Selatan; multiples of the cell, as Tapak aligns grids
CELL = 30
N_COLS, N_ROWS = 8500, 13000
X_MAX, Y_MIN = X_MIN + N_COLS * CELL, Y_MAX - N_ROWS * CELL
SEED = 20240117

# id, title, best (m), worst (m), weight
DISTANCES = [
    ("pantai", "Jarak ke garis pantai", 2000, 60000, 0.08),
    ("sungai", "Jarak ke sungai", 200, 5000, 0.10),
    ("jalan_utama", "Jarak ke jalan utama", 500, 10000, 0.16),
    ("jalan_semua", "Jarak ke semua jalan", 100, 3000, 0.10),
    ("pelabuhan", "Jarak ke pelabuhan", 5000, 100000, 0.14),
    ("gardu_induk", "Jarak ke gardu induk", 5000, 60000, 0.12),
    ("kota", "Jarak ke kota", 2000, 40000, 0.08),
    ("bandara", "Jarak ke bandara", 10000, 150000, 0.06),
]
SLOPE = ("lereng", "Kemiringan lereng", 2, 15, 0.16)  # percent
DEM = "elevasi"
MASK = "kawasan_lindung"


def linear(name, best, worst):
    """The linear curve as an expression of gdal_calc."""
    return f"clip(({worst}-{name})/{float(worst - best)},0,1)"


def project_text(cell):
    """The job as a Tapak project file."""
    lines = [
        "tapak: 1",
        "title: Reference job of the benchmark",
        "language: en",
        f"grid: {{crs: {CRS}, cell: {cell}, bounds: [{X_MIN}, {Y_MIN}, {X_MAX}, {Y_MAX}]}}",
        "layers:",
    ]
    lines += [f"  {name}: {name}.shp" for name, *_ in DISTANCES]
    lines += [f"  {MASK}: {MASK}.shp", f"  {DEM}: {DEM}.tif", "criteria:"]
    for name, title, best, worst, _ in DISTANCES:
        lines.append(f"  jarak_{name}: {{title: {title}, from: {{distance: {name}}}, "
                     f"curve: {{linear: {{best: {best}, worst: {worst}}}}}}}")
    name, title, best, worst, _ = SLOPE
    lines.append(f"  {name}: {{title: {title}, from: {{slope: {DEM}, unit: percent}}, "
                 f"curve: {{linear: {{best: {best}, worst: {worst}}}}}}}")
    weights = [f"jarak_{row[0]}: {row[4]}" for row in DISTANCES] + [f"{SLOPE[0]}: {SLOPE[4]}"]
    lines += [
        "constraints:",
        f"  {MASK}: {{from: {{inside: {MASK}, cover: centre}}, source: made up for the benchmark}}",
        "decision:",
        "  combine: weighted_sum",
        "  weights: {" + ", ".join(weights) + "}",
        "  classes: {S1: 0.80, S2: 0.60, S3: 0.40}",
        # One raster and no overviews: the other tools write nothing else in this job.
        "output: {rasters: [suitability], compress: zstd, overviews: false, portal: false, stac: false, qgis: false}",
        "",
    ]
    return "\n".join(lines)
