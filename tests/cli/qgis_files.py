#!/usr/bin/env python3
"""tapak.qgz and tapak.gpkg of a result folder, read with Python's zipfile and XML parser and with SQLite.

Prints what is wrong and ends with 1 when anything is."""
import json
import os
import sqlite3
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

faults = []


def expect(holds, text):
    if not holds:
        faults.append(text)


def same(found, wanted):
    """zones.geojson is rounded to six decimals."""
    if isinstance(found, float) and isinstance(wanted, (int, float)):
        return abs(found - wanted) <= 1e-6
    return found == wanted


def check_zones(folder, database):
    """Every column of the zones is that of zones.geojson."""
    with open(os.path.join(folder, "zones.geojson"), encoding="utf-8") as text:
        wanted = {f["properties"]["id"]: f["properties"] for f in json.load(text)["features"]}
    cursor = database.execute("SELECT * FROM zones")
    names = [column[0] for column in cursor.description]
    found = {row[names.index("id")]: dict(zip(names, row)) for row in cursor}
    expect(set(found) == set(wanted) and len(found) > 1, "other zones: %s" % sorted(found))
    for zone, properties in wanted.items():
        for name, value in properties.items():
            expect(same(found[zone].get(name), value), "%s of %s is %r, not %r" % (name, zone, found[zone].get(name), value))


def main(folder):
    with zipfile.ZipFile(os.path.join(folder, "tapak.qgz")) as archive:
        expect(archive.testzip() is None, "tapak.qgz: wrong checksum")
        expect(archive.namelist() == ["tapak.qgs"], "tapak.qgz holds %s" % archive.namelist())
        expect(archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0), "tapak.qgz says a time")
        project = ElementTree.fromstring(archive.read("tapak.qgs"))
    database = sqlite3.connect("file:%s?mode=ro" % os.path.join(folder, "tapak.gpkg"), uri=True)
    rows = lambda sql: database.execute(sql).fetchall()
    tables = {name for name, in rows("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")}
    styled = {name: qml for name, qml in rows("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1")}
    expect(rows("PRAGMA integrity_check") == [("ok",)], "tapak.gpkg is damaged")
    expect(set(styled) == tables, "tables without a style: %s" % sorted(tables ^ set(styled)))
    for name, qml in styled.items():
        expect(ElementTree.fromstring(qml).tag == "qgis", "the style of %s is none" % name)

    check_zones(folder, database)

    layers = {layer.findtext("id"): layer for layer in project.iter("maplayer")}
    nodes = {node.get("id"): node for node in project.find("layer-tree-group").iter("layer-tree-layer")}
    expect(set(nodes) == set(layers) and len(layers) > 5, "the tree holds other layers than the project")
    shown = set()
    for layer_id, layer in layers.items():
        path, _, table = layer.findtext("datasource").partition("|layername=")
        expect(path.startswith("./") and os.path.exists(os.path.join(folder, path)), "no such file: %s" % path)
        expect(not table or table in tables, "no such table: %s" % table)
        expect(len(layer_id) >= 10 and nodes[layer_id].get("source") == layer.findtext("datasource"), "id %s" % layer_id)
        expect(layer.findtext("srs/spatialrefsys/wkt"), "%s has no CRS" % layer_id)
        shown.add(table)
    expect(tables <= shown, "tables that the project does not show: %s" % sorted(tables - shown))
    print("\n".join(faults))
    return bool(faults)


sys.exit(main(sys.argv[1]))
