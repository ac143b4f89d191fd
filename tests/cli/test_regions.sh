#!/bin/bash
# Regions of a study: the table and the map read with other programs, any threads and tiles, layers that cannot be used.
. "$(dirname "$0")/helpers.sh"

python=$(gdal_python)

# Four strips over the province between slanting lines; the second has a hole, which a feature of the same name fills.
python3 - "$SCRATCH/strip.geojson" <<'EOF'
import json, sys
cut = [(113.0, 113.0), (114.83, 114.97), (115.31, 115.22), (115.77, 116.04), (118.0, 118.0)]
strip = lambda a, b: [[a[0], -5.5], [b[0], -5.5], [b[1], -1.0], [a[1], -1.0], [a[0], -5.5]]
hole = [[115.0, -3.31], [115.0, -3.12], [115.17, -3.12], [115.17, -3.31], [115.0, -3.31]]
names = ["Barat", "Tengah, \"lama\"", "Timur", "Laut"]
features = [{"type": "Feature", "properties": {"kode": i, "nama": name},
             "geometry": {"type": "Polygon", "coordinates": [strip(cut[i], cut[i + 1])] + ([hole] if i == 1 else [])}} for i, name in enumerate(names)]
features.append({"type": "Feature", "properties": {"kode": 1, "nama": names[1]}, "geometry": {"type": "Polygon", "coordinates": [hole[::-1]]}})
json.dump({"type": "FeatureCollection", "features": features}, open(sys.argv[1], "w"))
EOF

# LAYER REGIONS: a study of the province at 1000 m; the strips without a hole are its zones.
write_study() {
    cat >"$SCRATCH/study.yaml" <<EOF
tapak: 1
language: en
grid: {crs: EPSG:32750, cell: 1000, area: provinsi}
layers:
  provinsi: $PWD/gis-data/provinsi.shp
  jalan: $PWD/gis-data/jalan.shp
  elevasi: $PWD/gis-data/elevasi.tif
  lindung: $PWD/gis-data/kawasan_lindung.shp
  zona: {path: strip.geojson, where: "kode <> 1"}
  wilayah: $1
regions: $2
zones: {layer: zona, id: kode, name: nama}
criteria:
  jalan: {from: {distance: jalan}, curve: {linear: {best: 500, worst: 30000}}}
  tinggi: {from: {raster: elevasi}, curve: {linear: {best: 0, worst: 800}}}
constraints:
  lindung: {from: {inside: lindung}, source: Uji}
decision: {weights: {jalan: 0.6, tinggi: 0.4}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
EOF
}

write_study strip.geojson "{layer: wilayah, name: nama}"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/out"
check_status "a study with regions runs" 0
check "the table of regions has a heading" grep -qE '^Region +S1 ha +S2 ha +S3 ha +N ha +Excl. ha +Unkn. ha +Outside ha +Area ha$' "$OUT"
check "the table of regions has a row" grep -qE '^Tengah, "lama" +[0-9.]+ ' "$OUT"
# Each number is rounded to 0.1: seven of them are off by 0.4 at most. Here every region sticks out of the province.
check_equal "classes and what lies outside add up to each area" \
    "$(awk '/^(Barat|Tengah, "lama"|Timur|Laut) / { sum = 0; for (i = NF - 7; i < NF; i++) sum += $i
        if (sum - $NF < 0.45 && $NF - sum < 0.45 && $(NF - 1) > 100) n++ } END { print n }' "$OUT")" 4
check_err "features that were joined are told" "5 features of layer 'wilayah' make 4 regions"
check_err_not "regions that hold all of the study area leave no gaps" "leave gaps"
check_err_not "regions that only touch do not overlap" "overlap:"
check_out "the table is a result" "/regions.csv"

for settings in "--threads 2 --tile 64" "--threads 3 --tile 8" "--threads 1 --tile 1024"; do
    # shellcheck disable=SC2086
    run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/other" --quiet $settings
    for name in regions.geojson regions.csv regions.qml; do
        check_same_bytes "the same bytes with $settings: $name" "$SCRATCH/out/$name" "$SCRATCH/other/$name"
    done
done

if [ -n "$python" ]; then
    check "the table says what the map says, and adds up" "$python" tests/cli/results.py regions "$SCRATCH/out"
    check "regions.geojson follows RFC 7946" "$python" tests/cli/results.py regions_geojson "$SCRATCH/out"
    check "zones of the same polygons have the same hectares" "$python" tests/cli/results.py regions_are_zones "$SCRATCH/out"
    check "regions that hold all of the map have its hectares" "$python" tests/cli/results.py regions_hold_all "$SCRATCH/out"
    sed -i 's/^Timur,[0-9]/Timur,9/' "$SCRATCH/out/regions.csv"
    check "another number in the table is found" bash -c "! '$python' tests/cli/results.py regions '$SCRATCH/out' 2>/dev/null"
else
    skip "regions read with other programs" "no python3-gdal"
fi

# ---- what cannot be used ----

# NAME TEXT
check_refused() {
    rm -rf "$SCRATCH/none"
    run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/none" --quiet
    check_status "$1: exit 3" 3
    check_err "$1: $2" "$2"
    check_no_file "$1: no results" "$SCRATCH/none"
}

echo "bukan peta" >"$SCRATCH/teks.txt"
write_study teks.txt "{layer: wilayah, name: nama}"
check_refused "a text file as regions" "study.yaml:10:12: error:"
write_study "$PWD/gis-data/jalan.shp" "{layer: wilayah, name: nama}"
check_refused "lines as regions" "study.yaml:11:18: error: 'layer' needs a layer of polygons"
write_study strip.geojson "{layer: wilayah, name: namo}"
check_refused "a field that is not there" "study.yaml:11:33: error: 'name': layer 'wilayah' (strip.geojson) has no field 'namo'; did you mean 'nama'?"
write_study strip.geojson "{layer: wilayahh, name: nama}"
check_refused "a layer that is not there" "did you mean 'wilayah'?"
sed 's/"nama": "Timur"/"nama": ""/' "$SCRATCH/strip.geojson" >"$SCRATCH/kosong.geojson"
write_study kosong.geojson "{layer: wilayah, name: nama}"
check_refused "a region without a name" "record 2: field 'nama' is empty"

# ---- many regions ----

python3 - "$SCRATCH/petak.geojson" <<'EOF'
import json, sys
square = lambda x, y: [[x, y], [x + 0.2, y], [x + 0.2, y + 0.2], [x, y + 0.2], [x, y]]
features = [{"type": "Feature", "properties": {"nama": "P%d" % i},
             "geometry": {"type": "Polygon", "coordinates": [square(114.5 + 0.2 * (i % 10), -4 + 0.2 * (i // 10))]}} for i in range(50)]
json.dump({"type": "FeatureCollection", "features": features}, open(sys.argv[1], "w"))
EOF
write_study petak.geojson "{layer: wilayah, name: nama}"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/many"
check_status "fifty regions run" 0
check_equal "forty of them are in the table" "$(grep -cE '^P[0-9]+ ' "$OUT")" 40
check_out "the others are counted" "and 10 more regions, all of them in regions.csv"
check_equal "all are in the file" "$(grep -c '^P' "$SCRATCH/many/regions.csv")" 50
check "what they leave of the province is a warning, in whole hectares" \
    grep -qE "warning: regions of layer 'wilayah' leave gaps: about [0-9]{6,7} ha" "$ERR"

# Two halves and a slit of 0.005 degrees between them, about 0.2 % of the province.
python3 - "$SCRATCH/celah.geojson" <<'EOF'
import json, sys
half = lambda name, south, north: {"type": "Feature", "properties": {"nama": name}, "geometry": {"type": "Polygon",
    "coordinates": [[[113, south], [118, south], [118, north], [113, north], [113, south]]]}}
json.dump({"type": "FeatureCollection", "features": [half("Selatan", -6, -3), half("Utara", -2.995, -1)]}, open(sys.argv[1], "w"))
EOF
write_study celah.geojson "{layer: wilayah, name: nama}"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/slit"
check "a slit is a note" grep -qE "note: regions of layer 'wilayah' leave gaps: about [0-9]{4,5} ha" "$ERR"
finish
