#!/bin/bash
# The QGIS project and the GeoPackage of a run, without QGIS (tests/apps/test_qgis.sh opens them in it).
. "$(dirname "$0")/helpers.sh"

run "$TAPAK" run gis-data/kalsel.yaml -o "$SCRATCH/out" --cell 1000 --quiet
check_status "the sample runs" 0
run python3 tests/cli/qgis_files.py "$SCRATCH/out"
check_status "project and GeoPackage fit together" 0

run "$TAPAK" run gis-data/kalsel.yaml -o "$SCRATCH/again" --cell 1000 --quiet --threads 1
check_same_bytes "the project has the same bytes in every run" "$SCRATCH/out/tapak.qgz" "$SCRATCH/again/tapak.qgz"
check_same_bytes "the GeoPackage too" "$SCRATCH/out/tapak.gpkg" "$SCRATCH/again/tapak.gpkg"

# The tables hold what the layers hold.
if command -v ogrinfo >/dev/null; then
    count() { ogrinfo -ro -q -sql "SELECT COUNT(*) AS n FROM \"$2\"" "$1" 2>/dev/null | sed -n 's/.*n (Integer) = //p'; }
    check_equal "all towns are copied" "$(count "$SCRATCH/out/tapak.gpkg" input_kota)" "$(count gis-data/kota.shp kota)"
    columns() { ogrinfo -ro -so "$1" "$2" | grep -cE '^[A-Za-z_0-9]+: (String|Integer|Integer64|Real|Date) \('; }
    check_equal "with all their attributes" "$(columns "$SCRATCH/out/tapak.gpkg" input_kota)" "$(columns gis-data/kota.shp kota)"
else
    skip "what the tables hold" "no gdal-bin"
fi

# What an earlier project leaves is removed with it.
sed 's/^output:.*//' gis-data/kalsel.yaml >"$SCRATCH/without.yaml"
sed -i "s#: \([a-z_]*\)\.\(shp\|tif\)#: $PWD/gis-data/\1.\2#; s#path: jalan.shp#path: $PWD/gis-data/jalan.shp#" "$SCRATCH/without.yaml"
echo 'output: {qgis: false}' >>"$SCRATCH/without.yaml"
touch "$SCRATCH/out/tapak.gpkg-wal" "$SCRATCH/out/tapak.gpkg-shm"
run "$TAPAK" run "$SCRATCH/without.yaml" -o "$SCRATCH/out" --cell 1000 --quiet
check_status "a study that wants no project runs" 0
for name in tapak.qgz tapak.gpkg tapak.gpkg-wal tapak.gpkg-shm; do
    check_no_file "and leaves no $name of an earlier run" "$SCRATCH/out/$name"
done
sed -i 's/qgis: false/qgis: maybe/' "$SCRATCH/without.yaml"
run "$TAPAK" run "$SCRATCH/without.yaml" -o "$SCRATCH/out" --cell 1000 --quiet
check_status "a word that is neither true nor false is an error" 3
check_err "and named" "qgis"

# ---- what helps to find one's way ----

python3 - "$SCRATCH" <<'EOF'
import json, sys
box = {"type": "Polygon", "coordinates": [[[114.5, -4], [115.5, -4], [115.5, -3], [114.5, -3], [114.5, -4]]]}
for name, geometry in [("batas_kabupaten_kota", box), ("kota_kecil", {"type": "Point", "coordinates": [115, -3.5]}),
                       ("electricity", {"type": "LineString", "coordinates": [[114.8, -3.5], [115, -3.4]]})]:
    json.dump({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": geometry}]},
              open("%s/%s.geojson" % (sys.argv[1], name), "w"))
EOF
layers="jalan kota_kecil batas_kabupaten_kota electricity"
{
    echo "tapak: 1"
    echo "grid: {crs: EPSG:32750, cell: 3000, area: provinsi}"
    echo "layers: {provinsi: $PWD/gis-data/provinsi.shp, jalan: $PWD/gis-data/jalan.shp, kota_kecil: kota_kecil.geojson,"
    echo "  batas_kabupaten_kota: batas_kabupaten_kota.geojson, electricity: electricity.geojson}"
    echo "criteria:"
    for l in $layers; do echo "  $l: {from: {distance: $l}, curve: {linear: {best: 0, worst: 50000}}}"; done
    echo "decision: {weights: {$(for l in $layers; do printf '%s: 0.25, ' "$l"; done)}}"
    echo "output: {portal: false, rasters: [classes]}"
} >"$SCRATCH/orients.yaml"
run "$TAPAK" run "$SCRATCH/orients.yaml" -o "$SCRATCH/orients" --quiet
check_status "a study of towns as points and as areas runs" 0
cat >"$SCRATCH/orients.py" <<'EOF'
import sys, zipfile
import xml.etree.ElementTree as ElementTree
project = ElementTree.fromstring(zipfile.ZipFile(sys.argv[1]).read("tapak.qgs"))
inputs = lambda ids: " ".join(sorted(i[len("inputs_"):-len("_layer")] for i in ids if i.startswith("inputs_")))
tree = project.find("layer-tree-group").iter("layer-tree-layer")
print("shown:", inputs(node.get("id") for node in tree if node.get("checked") == "Qt::Checked"))
print("printed:", inputs(layer.text for layer in project.find("Layouts").iter("Layer")))
EOF
run python3 "$SCRATCH/orients.py" "$SCRATCH/orients/tapak.qgz"
check_out "areas, which would hide the map, are not shown, nor is what only ends like a town" "shown: jalan kota_kecil provinsi"
check_out "nor printed" "printed: jalan kota_kecil provinsi"

# ---- what XML cannot hold ----

cat >"$SCRATCH/words.yaml" <<'EOF'
unknown: {en: "\x02 not known"}
EOF
cat >"$SCRATCH/signs.yaml" <<EOF
tapak: 1
title: "Uji \x01\uFFFE <é>"
language: en
grid: {crs: EPSG:32750, cell: 3000, area: provinsi}
layers: {provinsi: $PWD/gis-data/provinsi.shp, jalan: $PWD/gis-data/jalan.shp}
criteria: {jalan: {title: "Jalan \uFFFF", from: {distance: jalan}, curve: {linear: {best: 0, worst: 50000}}}}
decision: {weights: {jalan: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
output: {styles: words.yaml, portal: false}
EOF
run "$TAPAK" run "$SCRATCH/signs.yaml" -o "$SCRATCH/signs" --quiet
check_status "titles with signs that XML cannot hold run" 0
check "every file of XML is read, with '?' in their place" python3 - "$SCRATCH/signs" <<'EOF'
import glob, sys, zipfile
import xml.etree.ElementTree as ElementTree
folder = sys.argv[1]
project = ElementTree.fromstring(zipfile.ZipFile(folder + "/tapak.qgz").read("tapak.qgs"))
styles = [ElementTree.parse(path) for path in glob.glob(folder + "/*.qml") + glob.glob(folder + "/*.sld")]
texts = {text for style in styles for element in style.iter() for text in [element.text, *element.attrib.values()]}
sys.exit(project.findtext("title") != "Uji ?? <é>" or len(styles) < 6 or not {"? not known", "Jalan ?"} <= texts)
EOF

# ---- a layer that is too large to copy ----

python=$(gdal_python)
if [ -n "$python" ]; then
    "$python" - "$SCRATCH/besar.shp" <<'EOF'
import sys
from osgeo import ogr, osr
crs = osr.SpatialReference()
crs.ImportFromEPSG(32750)
layer = (file := ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(sys.argv[1])).CreateLayer("besar", crs, ogr.wkbLineString)
line = ogr.Geometry(ogr.wkbLineString)
for i in range(2000001):
    line.AddPoint_2D(250000 + i / 20, 9600000 + i % 7)
feature = ogr.Feature(layer.GetLayerDefn())
feature.SetGeometry(line)
layer.CreateFeature(feature)
EOF
    cat >"$SCRATCH/besar.yaml" <<EOF
tapak: 1
grid: {crs: EPSG:32750, cell: 3000, area: provinsi}
layers: {provinsi: $PWD/gis-data/provinsi.shp, jalan: besar.shp}
criteria: {jalan: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 50000}}}}
decision: {weights: {jalan: 1}}
EOF
    run "$TAPAK" run "$SCRATCH/besar.yaml" -o "$SCRATCH/besar"
    check_status "a layer of more than two million points runs" 0
    check_err "it is told that it is not copied" "layer 'jalan' has 2000001 points; layers of more than 2000000"
    check "its name stands in the project, without a layer" python3 - "$SCRATCH/besar/tapak.qgz" <<'EOF'
import sys, zipfile
text = zipfile.ZipFile(sys.argv[1]).read("tapak.qgs").decode()
sys.exit('name="Jalan"/>' not in text or "input_jalan" in text or "input_provinsi" not in text)
EOF
else
    skip "a layer that is too large to copy" "no python3-gdal"
fi
finish
