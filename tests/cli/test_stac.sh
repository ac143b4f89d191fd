#!/bin/bash
# The STAC catalog of a run: the specification's rules, and what GDAL finds in the files.
. "$(dirname "$0")/helpers.sh"

sed 's/cell: 30/cell: 500/' gis-data/kalsel.yaml >"$SCRATCH/study.yaml"
ln -s "$PWD"/gis-data/*.{shp,shx,dbf,prj,cpg,tif} "$SCRATCH/"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/out" --quiet
check_status "the study runs" 0
run /usr/bin/python3 tests/cli/stac.py "$SCRATCH/out"
check_status "the catalog keeps to STAC 1.1 and agrees with the files" 0

mv "$SCRATCH/out" "$SCRATCH/hasil baru é"
run /usr/bin/python3 tests/cli/stac.py "$SCRATCH/hasil baru é"
check_status "it does in a folder that was moved" 0

# The check sees what is wrong.
cp "$SCRATCH/hasil baru é"/stac-*.json "$SCRATCH/"
breaks() { # WHAT FILE SED-SCRIPT
    sed -i "$3" "$SCRATCH/hasil baru é/$2"
    check "$1: the file is another" not cmp -s "$SCRATCH/$2" "$SCRATCH/hasil baru é/$2"
    run /usr/bin/python3 tests/cli/stac.py "$SCRATCH/hasil baru é"
    check_status "$1: it is found" 1
    check_err "$1: and said" AssertionError
    cp "$SCRATCH/$2" "$SCRATCH/hasil baru é/$2"
}
not() { ! "$@"; }
breaks "a wrong class" stac-item.json 's/"value": 2,/"value": 3,/'
breaks "an earlier version" stac-catalog.json 's/1\.1\.0/1.0.0/'
breaks "an empty description" stac-catalog.json 's/"description": ".*"/"description": ""/'
breaks "a licence with a blank" stac-collection.json 's/"other"/"CC BY"/'
breaks "a time of another zone" stac-collection.json 's/Z"$/+07:00"/'
breaks "a box outside the world" stac-collection.json 's/ 114\./ 1140./'
breaks "an unknown kind of number" stac-item.json 's/"uint8"/"byte"/'
breaks "a percentage above 100" stac-item.json 's/"valid_percent": /&1/'
breaks "a class name with a blank" stac-item.json 's/"value_3"/"value 3"/'
breaks "a field that no extension has" stac-item.json 's/"raster:sampling"/"raster:sample"/'
breaks "a field of an extension's earlier version" stac-item.json 's/"proj:code": "EPSG:32750"/"proj:epsg": 32750/'
breaks "an extension that is not told" stac-item.json '/file\/v2/d'
breaks "a version that is a number" stac-item.json 's/"Tapak": "[^"]*"/"Tapak": 1/'
run /usr/bin/python3 tests/cli/stac.py "$SCRATCH/hasil baru é"
check_status "and nothing once all is back" 0

# Of the extensions only those are told whose fields stand there; a CRS without a code is told as text.
sed '/^note:/a output: {rasters: []}' "$SCRATCH/study.yaml" >"$SCRATCH/zones.yaml"
run "$TAPAK" run "$SCRATCH/zones.yaml" -o "$SCRATCH/zones" --quiet
check_status "the study runs without maps" 0
run /usr/bin/python3 tests/cli/stac.py "$SCRATCH/zones"
check_status "its catalog keeps to the rules" 0
sed 's/crs: EPSG:32750/crs: "+proj=tmerc +lon_0=115.5 +k=0.9999 +x_0=200000 +y_0=1500000 +ellps=WGS84 +units=m"/' \
    "$SCRATCH/study.yaml" >"$SCRATCH/tm3.yaml"
run "$TAPAK" run "$SCRATCH/tm3.yaml" -o "$SCRATCH/tm3" --quiet
check_status "the study runs in a CRS without a code" 0
run /usr/bin/python3 tests/cli/stac.py "$SCRATCH/tm3"
check_status "its catalog keeps to the rules as well" 0
check "and says that there is no code" grep -q '"proj:code": null' "$SCRATCH/tm3/stac-item.json"

sed -i '/^note:/a output: {stac: false}' "$SCRATCH/study.yaml"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/hasil baru é" --quiet
check_status "the study runs without a catalog" 0
check_no_file "and the earlier one is removed" "$SCRATCH/hasil baru é/stac-item.json"
finish
