#!/bin/bash
# tapak.qgz in QGIS: every layer valid, groups as stated, the legend's colours at known places, the same picture after the folder
# was moved, and a sheet to print.
. "$(dirname "$0")/../cli/helpers.sh"

python=/usr/bin/python3
if ! "$python" -c 'import qgis.core' 2>/dev/null; then
    skip "the QGIS project" "no python3-qgis"
    finish
fi
export QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR=$SCRATCH
groups="Zona,Data masukan,Kendala,Kriteria,Hasil"
open_project() { run "$python" tests/apps/qgis_project.py "$@"; } # FOLDER GROUPS MAP [SHEETS]

run "$TAPAK" run gis-data/kalsel.yaml -o "$SCRATCH/hasil" --cell 250 --quiet
check_status "the sample runs" 0
open_project "$SCRATCH/hasil" "$groups" "$SCRATCH/map.png" "$SCRATCH/sheet"
check_status "QGIS opens the project: layers, groups, colours, sheet" 0
for name in classes suitability limiting reasons; do check_file "the sheet of a map is printed: $name" "$SCRATCH/sheet_$name.png"; done
picture=$(tail -1 "$OUT")

moved="$SCRATCH/uji coba ä/di sini"
mkdir -p "$moved"
mv "$SCRATCH/hasil" "$moved/"
open_project "$moved/hasil" "$groups" "$SCRATCH/moved.png"
check_status "moved to a path with spaces and other letters it opens as well" 0
check_equal "and shows the same picture" "$(tail -1 "$OUT")" "$picture"

# The tips of zones tell what tapak explain tells.
explain_zones() { # FOLDER ID...
    for id in "${@:2}"; do "$TAPAK" explain "$1" "$id" --format json >"$1/$id.told" 2>/dev/null; done
    run "$python" tests/apps/qgis_tips.py "$1" "$1"/*.told
}
explain_zones "$moved/hasil" KIB KIJ KIM KIS
check_status "the tips of the sample's zones tell what tapak explain tells" 0
python3 - "$SCRATCH" <<'EOF'
import json, sys
def layer(name, *features):
    boxes = [{"type": "Feature", "properties": p, "geometry": {"type": "Polygon", "coordinates": [[[x, y], [x + w, y], [x + w, y + w], [x, y + w], [x, y]]]}} for x, y, w, p in features]
    json.dump({"type": "FeatureCollection", "features": boxes}, open("%s/%s.geojson" % (sys.argv[1], name), "w"))
layer("guna", (114.9, -3.5, 0.3, {"jenis": "Sawah & <ladang> '%]'", "nilai": 7.5}))
layer("petak", (115.0, -3.4, 0.05, {"id": "A", "nama": "dalam"}), (115.4, -3.0, 0.05, {"id": "B", "nama": "luar"}), (115.15, -3.4, 0.1, {"id": "C", "nama": "sebagian"}))
EOF
from() { echo "{title: \"$1 & <b> 'x' %] [%\", from: {attribute: guna, field: $2}, curve: {$3}, unknown: $4}"; }
cat >"$SCRATCH/tidak_tahu.yaml" <<EOF
tapak: 1
language: en
grid: {crs: EPSG:32750, cell: 1000, area: provinsi}
layers: {provinsi: $PWD/gis-data/provinsi.shp, jalan: $PWD/gis-data/jalan.shp, guna: guna.geojson, petak: petak.geojson}
zones: {layer: petak, id: id, name: nama}
criteria:
  jalan: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 50000}}}
  bagi: $(from bagi nilai 'linear: {best: 10, worst: 0}' share)
  bagi_dua: $(from bagi nilai 'linear: {best: 8, worst: 0}' share)
  buruk: $(from buruk nilai 'linear: {best: 10, worst: 0}' worst)
  tetap: $(from tetap jenis "classes: {\"Sawah & <ladang> '%]'\": 0.9}" 0.35)
constraints:
  dekat: {title: "Dekat & <i> 'y' %]", from: jalan, below: 9000, source: "UU 1 & <u> 'z' %] [%"}
decision: {weights: {jalan: 0.3, bagi: 0.25, bagi_dua: 0.15, buruk: 0.2, tetap: 0.1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
output: {portal: false}
EOF
run "$TAPAK" run "$SCRATCH/tidak_tahu.yaml" -o "$SCRATCH/tidak_tahu" --quiet
check_status "a study of what is unknown runs" 0
explain_zones "$SCRATCH/tidak_tahu" A B C
check_status "so do tips of criteria that are unknown, shared, worst, or categories" 0
shared=$(python3 -c 'import json, sys; print(*[c["weight_counted"] for c in json.load(open(sys.argv[1]))["criteria"] if c["unknown"] == "share"])' \
    "$SCRATCH/tidak_tahu/B.told")
check_equal "one of which has two that are unknown and shared" "$shared" "0.0 0.0"
sed 's/weights: {[^}]*}/weights: {jalan: 0, bagi: 0.6, bagi_dua: 0.4, buruk: 0, tetap: 0}/' "$SCRATCH/tidak_tahu.yaml" >"$SCRATCH/tidak_ada.yaml"
run "$TAPAK" run "$SCRATCH/tidak_ada.yaml" -o "$SCRATCH/tidak_ada" --quiet
check_status "a study runs whose weights are all unknown in a zone" 0
explain_zones "$SCRATCH/tidak_ada" A B C
check_status "its tips tell what tapak explain tells" 0

# Much that would hide the map shows from a scale on; what helps to find one's way does always.
python3 - "$SCRATCH" <<'EOF'
import json, sys
for name, n in [("sumur", 501), ("pabrik", 500), ("kota", 60), ("kota_kecil", 61), ("kota_desa", 501)]:
    points = [{"type": "Feature", "properties": {"nama": "T%d" % i}, "geometry": {"type": "Point", "coordinates": [115 + i % 25 / 100, -3.4 + i // 25 / 100]}}
              for i in range(n)]
    json.dump({"type": "FeatureCollection", "features": points}, open("%s/%s.geojson" % (sys.argv[1], name), "w"))
line = [[115 + i % 2 / 500, -3.4 + i / 1e6] for i in range(100001)]
for name, points in [("parit", line), ("pagar", line[:100000]), ("jalan_setapak", line)]:
    json.dump({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": points}}]},
              open("%s/%s.geojson" % (sys.argv[1], name), "w"))
EOF
layers="sumur pabrik kota kota_kecil kota_desa parit pagar jalan_setapak"
{
    echo "tapak: 1"
    echo "grid: {crs: EPSG:32750, cell: 3000, area: provinsi}"
    echo "layers: {provinsi: $PWD/gis-data/provinsi.shp$(for l in $layers; do printf ', %s: %s.geojson' "$l" "$l"; done)}"
    echo "criteria:"
    for l in $layers; do echo "  $l: {from: {distance: $l}, curve: {linear: {best: 0, worst: 50000}}}"; done
    echo "decision: {weights: {$(for l in $layers; do printf '%s: 0.125, ' "$l"; done)}}"
    echo "output: {portal: false}"
} >"$SCRATCH/banyak.yaml"
run "$TAPAK" run "$SCRATCH/banyak.yaml" -o "$SCRATCH/banyak" --quiet
check_status "a study of many features runs" 0
run "$python" tests/apps/qgis_scales.py "$SCRATCH/banyak" sumur 490000 240000 pabrik 2000000 240000 kota 2000000 2000000 \
    kota_kecil 2000000 240000 kota_desa 2000000 240000 parit 490000 - pagar 2000000 - jalan_setapak 2000000 -
check_status "more than 500 features or 100,000 points show from 1:500,000 on, more than 60 towns have names from 1:250,000 on" 0
run "$python" tests/apps/qgis_scales.py "$SCRATCH/banyak" sumur 2000000 240000
check_status "another scale is noticed" 1
check_out "and named" "sumur: features from 1:490000, names from 1:240000"

# The judge sees what is wrong.
open_project "$moved/hasil" "Zona,Hasil" "$SCRATCH/other.png"
check_status "other groups are noticed" 1
cp -r "$moved/hasil" "$SCRATCH/broken"
sed -i 's/value="2" color="#....../value="2" color="#123456/' "$SCRATCH/broken/classes.qml"
open_project "$SCRATCH/broken" "$groups" "$SCRATCH/other.png"
check_status "another colour in the legend is noticed" 1
check_out "and its class named" "class 2:"
rm "$SCRATCH/broken/limiting.tif"
open_project "$SCRATCH/broken" "$groups" "$SCRATCH/other.png"
check_status "a missing map is noticed" 1
check_out "and named" "limiting.tif"

cp -r "$moved/hasil" "$SCRATCH/follows"
python3 - "$SCRATCH/follows/tapak.qgz" <<'EOF'
import sys, zipfile
text = zipfile.ZipFile(sys.argv[1]).read("tapak.qgs").replace(b'keepLayerSet="true"', b'keepLayerSet="false"')
zipfile.ZipFile(sys.argv[1], "w").writestr("tapak.qgs", text)
EOF
open_project "$SCRATCH/follows" "$groups" "$SCRATCH/other.png" "$SCRATCH/other"
check_status "sheets that follow the main window are noticed" 1
check_out "and named" "sheet of 'Kriteria pembatas': map of"

# In English, without zones, with one map.
cat >"$SCRATCH/roads.yaml" <<EOF
tapak: 1
title: Near a road
language: en
grid: {crs: EPSG:32750, cell: 1000, area: provinsi}
layers: {provinsi: $PWD/gis-data/provinsi.shp, jalan: $PWD/gis-data/jalan.shp}
criteria:
  road: {title: "Road & track", from: {distance: jalan, where: "kelas = 'arteri'"}, curve: {linear: {best: 0, worst: 50000}}}
decision: {weights: {road: 1}}
output: {rasters: [classes]}
EOF
run "$TAPAK" run "$SCRATCH/roads.yaml" -o "$SCRATCH/roads" --quiet
check_status "a study of roads runs" 0
open_project "$SCRATCH/roads" "Zones,Inputs,Constraints,Criteria,Result" "$SCRATCH/roads.png" "$SCRATCH/roads_sheet"
check_status "its project opens in English, without zones" 0

# Long titles, many entries, signs that mean something in XML, HTML and QGIS's expressions.
long='Peraturan Menteri Perindustrian tentang Pedoman Teknis Pembangunan Kawasan Industri & <lampiran> "A"'
cat >"$SCRATCH/words.yaml" <<'EOF'
unknown: {en: "Don't know [50%] <yet> \\"}
zones: {en: "Zones & 'areas' <planned> that are spoken of in the plan of the province"}
EOF
python3 - "$SCRATCH/zones.geojson" <<'EOF'
import json, sys
box = [[[114.7, -3.7], [114.9, -3.7], [114.9, -3.5], [114.7, -3.5], [114.7, -3.7]]]
json.dump({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": box}, "properties": {
    "id": "A<1>", "name": "Zona \"A\" & <b>é' ", "note": "& < 'x'"}}]}, open(sys.argv[1], "w"))
EOF
{
    echo "tapak: 1"
    echo "title: 'Kajian $long, [% 1 + 1 %], ${long:0:60}'"
    echo "language: en"
    echo "note: '[% 2 + 2 %] of [ours] it''s $long'"
    echo "grid: {crs: EPSG:32750, cell: 2000, area: provinsi}"
    echo "layers: {provinsi: $PWD/gis-data/provinsi.shp, jalan: $PWD/gis-data/jalan.shp, zona: zones.geojson}"
    echo "zones: {layer: zona, id: id, name: name, note: note}"
    echo "criteria:"
    curve=('best: 0, worst: 90000' 'best: 90000, worst: 0')
    for i in {1..32}; do echo "  c$i: {title: '$i: $long', from: {distance: jalan}, curve: {linear: {${curve[i % 2]}}}}"; done
    echo "constraints:"
    for i in {1..12}; do echo "  k$i: {title: '$i: $long', from: c1, above: ${i}00000, source: '$long'}"; done
    echo "decision: {weights: {$(for i in {1..32}; do printf 'c%d: 0.03125, ' "$i"; done)}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}"
    echo "output: {styles: words.yaml, rasters: [limiting], portal: false}"
} >"$SCRATCH/long.yaml"
run "$TAPAK" run "$SCRATCH/long.yaml" -o "$SCRATCH/long" --quiet
check_status "a study of long words runs" 0
open_project "$SCRATCH/long" "Zones,Inputs,Constraints,Criteria,Result" "$SCRATCH/long.png" "$SCRATCH/long_sheet"
check_status "nothing on its sheet is cut, its tips are understood" 0
finish
