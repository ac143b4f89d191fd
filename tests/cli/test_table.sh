#!/bin/bash
# The table that ends a run: names that are long, or hold what a terminal would obey; a study without zones.
. "$(dirname "$0")/helpers.sh"

# Study with the zones of a GeoJSON file: STUDY ZONES-LINES
write_study() {
    cat >"$1" <<EOF
tapak: 1
title: "Kajian\e[31m merah"
grid: {crs: EPSG:32750, cell: 2000, area: provinsi}
layers: {provinsi: $PWD/gis-data/provinsi.shp, jalan: $PWD/gis-data/jalan.shp, zona: $SCRATCH/zona.geojson}
$2
criteria:
  jalan: {from: {distance: jalan}, curve: {linear: {best: 500, worst: 10000}}}
decision: {weights: {jalan: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
EOF
}
python3 - "$SCRATCH/zona.geojson" <<'EOF'
import json, sys
names = ["\u00e9" * 60, "\u00e9" * 61, "a" * 59 + "\u00e9\u00e9", "baris\ndua", "merah\x1b[31m\x9b1m", "Jorong"]
square = lambda x: [[x, -3.5], [x + 0.05, -3.5], [x + 0.05, -3.45], [x, -3.45], [x, -3.5]]
features = [{"type": "Feature", "properties": {"kode": "Z%d" % i, "nama": name},
             "geometry": {"type": "Polygon", "coordinates": [square(115.2 + 0.1 * i)]}} for i, name in enumerate(names)]
json.dump({"type": "FeatureCollection", "features": features}, open(sys.argv[1], "w"))
EOF
write_study "$SCRATCH/zones.yaml" "zones: {layer: zona, id: kode, name: nama}"
run "$TAPAK" run "$SCRATCH/zones.yaml" -o "$SCRATCH/zones"
check_status "zones with strange names run" 0
e10=éééééééééé a10=aaaaaaaaaa
check_out "a name of 60 letters é is whole" "  $e10$e10$e10$e10$e10$e10  "
check_out "a longer name is cut between letters" "  $e10$e10$e10$e10${e10}ééééééé...  "
check_out "a letter of two bytes is not cut in the middle" "  $a10$a10$a10$a10${a10}aaaaaaa...  "
check_out "a line break is a question mark" "  baris?dua  "
check_out "an escape code is a question mark" "  merah?[31m?1m  "
check_out "the title too" "Kajian?[31m merah"
check "the table is UTF-8" iconv -f UTF-8 -t UTF-8 -o /dev/null "$OUT"
check "nothing that a terminal would obey goes out" bash -c "! LC_ALL=C grep -q $'[\x01-\x09\x0b-\x1f\x7f]' '$OUT' '$ERR'"
check_equal "the table has a line a zone" "$(grep -cE '^ +[1-6]  ' "$OUT")" 6
check_equal "columns are aligned" "$(grep -E '^ +[1-6]  |^ *Rank' "$OUT" | LC_ALL=C.UTF-8 awk '{ print index($0, "  Jarak") }' | sort -u | wc -l)" 1

write_study "$SCRATCH/none.yaml" ""
run "$TAPAK" run "$SCRATCH/none.yaml" -o "$SCRATCH/none" --quiet
check_status "a study without zones runs" 0
check_equal "without zones one empty line parts title and files" "$(sed -n '2,3p' "$OUT")" $'\nFiles written:'
finish
