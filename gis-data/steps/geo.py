"""Geometry helpers: OGR geometries, ellipsoidal areas, metric operations. Positions are (lon, lat) in degrees."""

import math

from osgeo import ogr, osr

ogr.UseExceptions()
osr.UseExceptions()


def spatial_ref(text):
    ref = osr.SpatialReference()
    ref.SetFromUserInput(text)
    ref.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return ref


WGS84 = spatial_ref("EPSG:4326")
UTM50S = spatial_ref("EPSG:32750")
# Cylindrical equal area on the WGS 84 ellipsoid: planar areas are ellipsoidal areas.
EQUAL_AREA = spatial_ref("+proj=cea +lon_0=115 +ellps=WGS84 +units=m +type=crs")
TO_UTM = osr.CoordinateTransformation(WGS84, UTM50S)
FROM_UTM = osr.CoordinateTransformation(UTM50S, WGS84)
TO_EQUAL_AREA = osr.CoordinateTransformation(WGS84, EQUAL_AREA)


def transformed(geom, transformation):
    copy = geom.Clone()
    copy.Transform(transformation)
    return copy


def line(points):
    geom = ogr.Geometry(ogr.wkbLineString)
    for x, y in points:
        geom.AddPoint_2D(float(x), float(y))
    return geom


def polygon(points):
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for x, y in points:
        ring.AddPoint_2D(float(x), float(y))
    ring.CloseRings()
    geom = ogr.Geometry(ogr.wkbPolygon)
    geom.AddGeometry(ring)
    return geom


def point(lon, lat):
    geom = ogr.Geometry(ogr.wkbPoint)
    geom.AddPoint_2D(float(lon), float(lat))
    return geom


def box(x_min, y_min, x_max, y_max):
    return polygon([(x_min, y_min), (x_max, y_min), (x_max, y_max), (x_min, y_max)])


def union(polygons):
    collection = ogr.Geometry(ogr.wkbMultiPolygon)
    for geom in polygons:
        collection.AddGeometry(geom)
    return collection.UnionCascaded()


def parts(geom):
    """The single geometries of a geometry, as copies."""
    if geom.GetGeometryCount() and geom.GetGeometryName().startswith(("MULTI", "GEOMETRYC")):
        return [geom.GetGeometryRef(i).Clone() for i in range(geom.GetGeometryCount())]
    return [] if geom.IsEmpty() else [geom.Clone()]


def area_ha(geom):
    return transformed(geom, TO_EQUAL_AREA).Area() / 1e4


def length_km(geom):
    return transformed(geom, TO_UTM).Length() / 1e3


def distance_m(a, b):
    return transformed(a, TO_UTM).Distance(transformed(b, TO_UTM))


def buffer_m(geom, radius_m, quad_segs=4):
    return transformed(transformed(geom, TO_UTM).Buffer(radius_m, quad_segs), FROM_UTM)


def scaled_to(geom, target_ha):
    """A polygon of one ring, drawn by hand, scaled about its centroid until its ellipsoidal area is target_ha."""
    metric = transformed(geom, TO_UTM)
    centre = metric.Centroid().GetPoint_2D()
    points = metric.GetGeometryRef(0).GetPoints()
    factor = 1.0
    for _ in range(6):
        moved = polygon([[c + factor * (v - c) for c, v in zip(centre, p)] for p in points])
        result = transformed(moved, FROM_UTM)
        factor *= math.sqrt(target_ha / area_ha(result))
    return result


def rounded(geom, digits=6):
    """Coordinates rounded to a tenth of a metre, so that a rebuild gives the same bytes on any machine."""
    # OGR gives a ring the type of a line; only its name tells.
    ring = geom.GetGeometryName() == "LINEARRING"
    copy = ogr.Geometry(ogr.wkbLinearRing if ring else ogr.GT_Flatten(geom.GetGeometryType()))
    for i in range(geom.GetGeometryCount()):
        copy.AddGeometry(rounded(geom.GetGeometryRef(i), digits))
    previous = None
    for p in geom.GetPoints() if geom.GetPointCount() else []:
        q = (round(p[0], digits), round(p[1], digits))
        if q != previous:
            copy.AddPoint_2D(*q)
        previous = q
    return copy
