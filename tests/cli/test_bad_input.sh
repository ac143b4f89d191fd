#!/bin/bash
# Project files and layers that cannot be used: exit code 3, a message that says where, never a crash.
. "$(dirname "$0")/helpers.sh"

fixtures=tests/data/input
study=$SCRATCH/study.yaml

# LAYER PATH, criterion: a study of one distance, around the fixtures' coordinates.
write_study() {
    cat >"$study" <<EOF
tapak: 1
grid: {crs: EPSG:32750, cell: 2000, area: provinsi}
layers:
  provinsi: $PWD/gis-data/provinsi.shp
  uji: ${1}
criteria:
  uji: {from: {distance: uji}, curve: {linear: {best: 500, worst: 10000}}}
decision: {weights: {uji: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
EOF
}
run_study() { run "$TAPAK" run "$study" -o "$SCRATCH/out" --quiet; }

# ---- project files ----

run "$TAPAK" run "$SCRATCH/none.yaml" -o "$SCRATCH/out"
check_status "a missing project file is an error of reading" 4
check_err "a missing project file is named" "$SCRATCH/none.yaml"
run "$TAPAK" run "$SCRATCH" -o "$SCRATCH/out"
check_status "a folder is no project file" 4

run "$TAPAK" run tests/data/project/many_errors.yaml -o "$SCRATCH/out"
check_status "a project with errors is refused" 3
check "all errors are told at once, with line and column" [ "$(grep -cE '^tests/data/project/many_errors.yaml:[0-9]+:[0-9]+: error: ' "$ERR")" -gt 10 ]
check_err "their number is told" "errors found:"
check_no_file "a project with errors makes no folder" "$SCRATCH/out"

printf 'tapak: 1\ngrid: [' >"$study"
run_study
check_status "a file that is no YAML is refused" 3
check "a file that is no YAML gets a place" grep -qE "^$study:[23]:[0-9]+: error: not valid YAML" "$ERR"
head -c 3000 /dev/urandom >"$study"
run_study
check_status "noise is refused" 3
: >"$study"
run_study
check_status "an empty file is refused" 3

# ---- layers ----

copy() { # FIXTURE: all its parts
    rm -rf "$SCRATCH/layer"
    mkdir "$SCRATCH/layer"
    cp "$fixtures/$1".* "$SCRATCH/layer/"
}
# NAME STATUS TEXT: runs a study with the copied layer.
check_layer() {
    write_study "$SCRATCH/layer/$fixture.shp"
    run_study
    check_status "$1: exit $2" "$2"
    [ -n "$3" ] && check_err "$1: $3" "$3"
    check "$1: names the file" grep -qE "$fixture\.(shp|dbf|shx|prj)|'uji'" "$ERR"
}

run_missing() { write_study "$SCRATCH/none.shp" && run_study; }
run_missing
check_status "a missing layer is refused with the project" 3
check_err "a missing layer is told at its place" "$study:5:8: error:"

fixture=tanpa_crs
copy tanpa_crs
check_layer "a layer without CRS" 3 "crs"

fixture=titik
copy titik
write_study "$SCRATCH/layer/titik.shp"
run_study
check_status "the whole layer is fine" 0
size=$(stat -c %s "$SCRATCH/layer/titik.shp")
for kept in 0 50 99 $((size - 1)); do
    copy titik
    truncate -s "$kept" "$SCRATCH/layer/titik.shp"
    check_layer "a .shp of $kept bytes" 3 ""
done
copy titik
head -c 500 /dev/urandom >"$SCRATCH/layer/titik.shp"
check_layer "a .shp of noise" 3 ""
for kept in 0 20 40; do
    copy titik
    truncate -s "$kept" "$SCRATCH/layer/titik.dbf"
    check_layer "a .dbf of $kept bytes" 3 ""
done
copy titik
rm "$SCRATCH/layer/titik.shx"
write_study "$SCRATCH/layer/titik.shp"
run_study
check_status "a missing .shx is rebuilt" 0
copy titik
truncate -s 60 "$SCRATCH/layer/titik.shx"
write_study "$SCRATCH/layer/titik.shp"
run_study
check "a short .shx is rebuilt or told" [ "$STATUS" -eq 0 -o "$STATUS" -eq 3 ]
copy titik
echo 'GEOGCS["rusak"' >"$SCRATCH/layer/titik.prj"
check_layer "a broken .prj" 3 ""

# Every fixture that is wrong on purpose, as a layer to measure to: an end that is foreseen, and no crash.
for shp in "$fixtures"/*.shp "$fixtures"/*.SHP; do
    write_study "$PWD/$shp"
    run_study
    check "no crash on ${shp##*/} (status $STATUS)" [ "$STATUS" -eq 0 -o "$STATUS" -eq 3 ]
    if [ "$STATUS" -eq 3 ]; then check "${shp##*/} gets a message" [ -s "$ERR" ]; fi
done

write_study "$PWD/gis-data/elevasi.tif"
run_study
check_status "a raster where a vector is needed is refused" 3
check_err "a raster where a vector is needed is told at its place" "$study:7:"
write_study "{path: $PWD/gis-data/jalan.shp, where: \"kelas = 'tidak ada'\"}"
run_study
check "a condition that nothing meets is told" grep -q "uji" "$ERR"
write_study "{path: $PWD/gis-data/jalan.shp, where: \"kelas = = 1\"}"
run_study
check_status "a condition that is no SQL is refused" 3
write_study "{path: $PWD/gis-data/jalan.shp, crs: EPSG:77}"
run_study
check_status "a stated CRS that does not exist is refused" 3
check_err "a stated CRS that does not exist is named" "EPSG:77"
# All at once, each at its place: CRS of the grid and of layers, conditions, fields, what clashes.
cp "$fixtures"/tanpa_crs.* "$SCRATCH/"
cat >"$study" <<EOF
tapak: 1
grid: {crs: EPSG:4326, cell: 2000, area: provinsi}
layers:
  provinsi: $PWD/gis-data/provinsi.shp
  zona: $PWD/gis-data/zona_industri.shp
  tanpa: $SCRATCH/tanpa_crs.shp
  jalan: {path: $PWD/gis-data/jalan.shp, crs: EPSG:77, where: "kelass = 'arteri'"}
zones: {layer: zona, id: kode, name: nama, stated_area_ha: nama}
criteria:
  a: {from: {distance: jalan, where: "= 1"}, curve: {linear: {best: 500, worst: 10000}}}
constraints:
  class_n: {from: a, above: 10, source: Uji}
decision: {weights: {a: 1}}
EOF
run_study
check_status "faults of many kinds are refused" 3
check_err "a grid in degrees is told at its place" "$study:2:13: error: EPSG:4326"
check_err "a layer without CRS is told at its place" "$study:6:10: error: layer 'tanpa': it has no coordinate reference system"
check "a CRS that does not exist is told at its place" grep -qE "^$study:7:[0-9]+: error: layer 'jalan': the CRS 'EPSG:77'" "$ERR"
check "a condition on a layer is told at its place" grep -qE "^$study:7:[0-9]+: error: 'where': layer 'jalan' .*did you mean 'kelas'" "$ERR"
check_err "text for hectares is told at its place" "$study:8:60: error: 'stated_area_ha': field 'nama'"
check "a condition of a source is told at its place" grep -qE "^$study:10:38: error: 'where': layer 'jalan'" "$ERR"
check_err "an id that clashes but for a capital is told" "$study:12:3: error: the id 'class_n' would name a zone property"
check_err "and nothing else" "errors found: 7"

# ---- places ----

# CRS, BOUNDS: distance to two points in Segara, one of them far from the study.
write_segara() {
    printf '%s' '{"type": "FeatureCollection", "features": [' \
        '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [115.2, -3.3]}},' \
        '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [118, 4]}}]}' >"$SCRATCH/segara.geojson"
    cat >"$study" <<EOF
tapak: 1
grid: {crs: $1, cell: 2000, bounds: $2}
layers:
  uji: {path: segara.geojson, crs: EPSG:4613}
criteria:
  uji: {from: {distance: uji}, curve: {linear: {best: 500, worst: 10000}}}
decision: {weights: {uji: 1}}
EOF
}
write_segara EPSG:32750 "[260000, 9600000, 300000, 9640000]"
run_study
check_status "a layer in another datum can be used" 0
check "the study's place chooses the transformation" grep -qF "Segara to WGS 84 (2)" "$SCRATCH/out/run.json"
check "a UTM zone is no cause of a warning" [ "$(grep -c "times those on the ground" "$ERR")" -eq 0 ]
rm -rf "$SCRATCH/out"
write_segara EPSG:3857 "[12801000, -400000, 12841000, -360000]"
run_study
check_status "a study in Web Mercator is computed" 0
check "its distances are warned of, with the factor" grep -qE "^$study:2:13: warning: in EPSG:3857 .* 1\.000 to 1\.00[0-9] times those on the ground" "$ERR"
rm -rf "$SCRATCH/out"

check_no_file "failed runs leave nothing hidden" "$SCRATCH/out/.tapak-part"
finish
