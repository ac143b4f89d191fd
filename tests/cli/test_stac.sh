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
sed -i 's/"value": 2,/"value": 3,/' "$SCRATCH/hasil baru é/stac-item.json"
run /usr/bin/python3 tests/cli/stac.py "$SCRATCH/hasil baru é"
check_status "a wrong class is found" 1
check_err "and said" AssertionError

sed -i '/^note:/a output: {stac: false}' "$SCRATCH/study.yaml"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/hasil baru é" --quiet
check_status "the study runs without a catalog" 0
check_no_file "and the earlier one is removed" "$SCRATCH/hasil baru é/stac-item.json"
finish
