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
check_no_file "failed runs leave nothing hidden" "$SCRATCH/out/.tapak-part"
finish
