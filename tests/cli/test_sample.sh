#!/bin/bash
# The sample layers: what build.py makes, what their README and check say of them, and the scenario it describes.
. "$(dirname "$0")/helpers.sh"

python=$(gdal_python)
if [ -n "$python" ]; then
    check_sample() {
        run "$python" tests/cli/sample.py "$2" "${3:-gis-data}"
        check_status "$1" "${4:-0}"
    }
    check_sample "regencies add up to the province" people
    check_sample "drawn areas have their stated hectares" hectares
    check_sample "doubt and accuracy stand in each feature" origin
    check_sample "peat and plans lie on land" land

    # ---- the checks see what is wrong ----
    cp -r gis-data "$SCRATCH/changed"
    # NAME WHAT LAYER SQL
    check_found() {
        "$python" -c '
import sys
from osgeo import gdal
gdal.UseExceptions()
gdal.OpenEx(sys.argv[1], gdal.OF_VECTOR | gdal.OF_UPDATE).ExecuteSQL(sys.argv[2], dialect="SQLITE")' \
            "$SCRATCH/changed/$3.shp" "$4"
        check_sample "$1" "$2" "$SCRATCH/changed" 1
        check_err "$1, and told" "AssertionError"
        cp gis-data/"$3".* "$SCRATCH/changed/"
    }
    check_found "a person too many is found" people kota "UPDATE kota SET pddk_kab = pddk_kab + 1 WHERE kode = '63.09'"
    check_found "a wrong hectare is found" hectares kawasan_lindung "UPDATE kawasan_lindung SET luas_ha = luas_ha + 1 WHERE luas_ha < 100"
    check_found "a feature without its source is found" origin pembangkit "UPDATE pembangkit SET sumber = NULL WHERE daya_mw = 30"
    check_found "peat in the sea is found" land gambut "UPDATE gambut SET geometry = ST_Translate(geometry, 3, 0, 0) WHERE kabupaten = 'Banjar'"
else
    skip "the sample layers read with GDAL" "no python3-gdal"
fi

# ---- a build makes the bytes that are kept ----

if [ -n "$python" ] && dpkg -s gmt-gshhg-full qgis-common ferret-datasets python3-numpy >"$SCRATCH/packages" 2>&1; then
    run /usr/bin/python3 gis-data/build.py "$SCRATCH/built"
    check_status "the layers are built" 0
    differing=""
    for layer in gis-data/*.{shp,shx,dbf,prj,cpg,tif}; do
        cmp -s "$layer" "$SCRATCH/built/${layer##*/}" || differing+=" ${layer##*/}"
    done
    check_equal "the layers are what build.py makes" "$differing" ""
else
    skip "the layers are what build.py makes" "its data packages are not installed"
fi

# ---- what check says of them ----

# As it is shipped: without the boundaries that somebody may have fetched.
mkdir "$SCRATCH/shipped"
cp -r gis-data "$SCRATCH/shipped"
rm -f "$SCRATCH"/shipped/gis-data/kabupaten.*
in_shipped() { (cd "$SCRATCH/shipped" && "$@"); }
run in_shipped "$TAPAK" check gis-data/kalsel.yaml --quiet
check_status "the sample has nothing serious" 0
check_out "the README counts the remarks" "findings: 0 serious, 0 repairs, 9 remarks"
awk '/^elevasi \(elevasi.tif\)/ { found = 1 } /^```/ { found = 0 } found' README.md >"$SCRATCH/written"
awk '/^(elevasi \(elevasi.tif\)|The project as a whole)/ { found = 1 } /^optional layers/ { found = 0 } found' "$OUT" | sed '$d' >"$SCRATCH/said"
check_file "the README shows the remarks on elevation and slope" "$SCRATCH/written"
check_same_bytes "those remarks are what check says" "$SCRATCH/written" "$SCRATCH/said"

# ---- regencies: a note without them, a table with them ----

run in_shipped "$TAPAK" run gis-data/kalsel.yaml -o out --cell 1000
check_status "the sample runs without the regencies" 0
check_equal "one note says so" "$(grep kabupaten "$ERR")" \
    "gis-data/kalsel.yaml:31:21: note: layer 'kabupaten': there is no file 'kabupaten.shp'; it is optional, so there is no table of regions"
check_no_file "there is no table of regions then" "$SCRATCH/shipped/out/regions.csv"
for name in classes.tif zones.geojson; do cp "$SCRATCH/shipped/out/$name" "$SCRATCH/$name"; done
if [ -n "$python" ]; then
    # Of the same shape as the real ones, which must not be kept here: tests/data/boundaries.
    run "$python" tests/cli/boundaries.py build tests/data/boundaries "$SCRATCH/shipped/gis-data"
    check_status "boundaries are made as make boundaries makes them" 0
    run in_shipped "$TAPAK" run gis-data/kalsel.yaml -o out --cell 1000
    check_status "the sample runs with them" 0
    check "the table of regions has a regency" grep -qE '^Kota Banjarmasin +[0-9.]+ ' "$OUT"
    check "regions.csv too" grep -q '^Tanah Laut,' "$SCRATCH/shipped/out/regions.csv"
    check_err_not "nothing is left out" "there is no table"
    for name in classes.tif zones.geojson; do check_same_bytes "$name is the same" "$SCRATCH/shipped/out/$name" "$SCRATCH/$name"; done
else
    skip "a table of regions with the regencies" "no python3-gdal"
fi

# ---- the scenario of gis-data/README.md ----

awk '/^## Scenarios/ { found = 1 } found && /^  (jalan|zona):/' gis-data/README.md >"$SCRATCH/lines"
check_equal "the scenario changes two lines" "$(wc -l <"$SCRATCH/lines")" 2
cp -r gis-data "$SCRATCH/scenario"
grep -vE '^  (jalan|zona): ' gis-data/kalsel.yaml | sed "/^layers:/r $SCRATCH/lines" >"$SCRATCH/scenario/rencana.yaml"
run "$TAPAK" run "$SCRATCH/scenario/rencana.yaml" -o "$SCRATCH/out" --quiet
check_status "the scenario runs" 0
read -r first second < <(grep -oE 'Candi Laras Utara scores [0-9.]+ and Mekar Putih [0-9.]*[0-9]' gis-data/README.md | sed 's/[^0-9. ]//g')
check "Candi Laras Utara has the score of the README" grep -qE "^ +1  Kawasan industri Candi Laras Utara +$first " "$OUT"
check "Mekar Putih has the score of the README" grep -qE "^ +2  Kawasan Ekonomi Khusus Mekar Putih +$second " "$OUT"
finish
