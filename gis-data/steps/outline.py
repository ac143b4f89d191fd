"""The province: GSHHG land on the province's side of an indicative land border.

The border is Natural Earth's (1:10 million, 38 vertices), corrected with the boxes of the thirteen regencies: the
province cannot reach beyond them. Boxes that face the sea are opened there, because there the coast decides.
"""

from osgeo import ogr

from . import geo

NATURAL_EARTH = "/usr/share/qgis/resources/data/world_map.gpkg"

# Regency boxes (lon min, lat min, lon max, lat max); sides that face the sea are pushed out to it.
SOUTH_SEA, EAST_SEA = -4.97, 117.0  # Masalembu, of East Java, lies farther south
REGENCY_BOXES = [
    (114.517, SOUTH_SEA, 115.378, -3.509),  # Tanah Laut
    (115.512, SOUTH_SEA, EAST_SEA, -2.306),  # Kotabaru
    (114.507, -3.731, 115.596, -2.828),  # Banjar
    (114.347, -3.800, 114.862, -2.522),  # Barito Kuala
    (114.803, -3.212, 115.508, -2.524),  # Tapin
    (114.867, -2.937, 115.599, -2.499),  # Hulu Sungai Selatan
    (115.156, -2.782, 115.892, -2.441),  # Hulu Sungai Tengah
    (114.861, -2.555, 115.402, -2.305),  # Hulu Sungai Utara
    (115.154, -2.359, 115.754, -1.315),  # Tabalong
    (115.247, SOUTH_SEA, 116.087, -3.057),  # Tanah Bumbu
    (115.316, -2.591, 115.858, -1.979),  # Balangan
    (114.522, -3.382, 114.660, -3.267),  # Banjarmasin
    (114.696, -3.597, 114.932, -3.371),  # Banjarbaru
]
# Between the corner of Barito Kuala's box and the corner where Hulu Sungai Utara's top meets Tabalong's left side
# the boxes hold a wedge of neighbouring land; the border is drawn straight across.
WEDGE = [(114.861, -2.522), (115.154, -2.305), (114.861, -2.305)]
INSIDE = (115.4, -3.0)
PART_MIN_KM2 = 0.05


def natural_earth():
    dataset = ogr.Open(NATURAL_EARTH)
    layer = dataset.GetLayer("states_provinces")
    layer.SetAttributeFilter("name IN ('Kalimantan Selatan', 'Kalimantan Timur', 'Kalimantan Tengah')")
    return {feature["name"]: feature.GetGeometryRef().Clone() for feature in layer}


def border_line():
    """The land border as one line from the Java Sea to the Makassar Strait."""
    states = natural_earth()
    neighbours = states["Kalimantan Timur"].Boundary().Union(states["Kalimantan Tengah"].Boundary())
    shared = states["Kalimantan Selatan"].Boundary().Intersection(neighbours)
    pieces = ogr.Geometry(ogr.wkbMultiLineString)
    for piece in geo.parts(shared):
        if piece.GetGeometryName() == "LINESTRING":
            pieces.AddGeometry(piece)
    points = ogr.ForceToLineString(pieces).GetPoints()
    if points[0][0] > points[-1][0]:
        points.reverse()
    south_west, east = points[0], points[-1]
    sea_ends = [(south_west[0] - 0.05, SOUTH_SEA - 1)], [(EAST_SEA + 1, east[1])]
    return sea_ends[0] + [(p[0], p[1]) for p in points] + sea_ends[1]


def territory():
    """Everything, land and sea, on the province's side."""
    border = border_line()
    half = geo.polygon(border + [(EAST_SEA + 1, SOUTH_SEA - 1)])
    half = half if half.IsValid() else half.MakeValid()
    boxes = geo.union([geo.box(*b) for b in REGENCY_BOXES])
    result = half.Intersection(boxes).Difference(geo.polygon(WEDGE))
    return next(p for p in geo.parts(result) if p.Contains(geo.point(*INSIDE)))


def province(land):
    """Largest part first; specks of land under PART_MIN_KM2 are left out."""
    within = territory()
    found = []
    for body in land:
        if body.Intersects(within):
            found += [p for p in geo.parts(body.Intersection(within)) if p.GetGeometryName() == "POLYGON"]
    found = [p for p in found if geo.area_ha(p) >= 100 * PART_MIN_KM2]
    found.sort(key=lambda p: -p.Area())
    result = ogr.Geometry(ogr.wkbMultiPolygon)
    for part in found:
        result.AddGeometry(part)
    return result
