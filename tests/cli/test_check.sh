#!/bin/bash
# tapak check: its report, its JSON, its exit codes, bad input.
. "$(dirname "$0")/helpers.sh"

run "$TAPAK" check --help
check_status "help ends with 0" 0
check_out "help has an example" "tapak check gis-data/kalsel.yaml"
run "$TAPAK" check gis-data/kalsel.yaml
check_status "the sample study has nothing serious" 0
check_out "every layer has a verdict" "bandara (bandara.shp): good"
check_out "the project is judged too" "The project as a whole (gis-data/kalsel.yaml): good"
check_out "a criterion that tells no place from another is told" "criterion_varies_little"
check_out "the criterion is named" "'lereng' (weight 0.18) has a membership between"
check_out "the end counts" "15 layers:"
run "$TAPAK" check gis-data/elevasi.tif
check_out "one is not many" "1 layer: 1 good"
run "$TAPAK" check gis-data/jalan.shp gis-data/elevasi.tif --format json --quiet
check_status "two layers of the second example are fine" 0
check "JSON is JSON" python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); assert d["serious"]==0 and [s["id"] for s in d["subjects"]]==["jalan","elevasi"]' "$OUT"
check_err_empty "quiet is quiet"

# ---- what a run would refuse ----

cp gis-data/jalan.{shp,shx,dbf,cpg} "$SCRATCH/"
run "$TAPAK" check "$SCRATCH/jalan.shp"
check_status "a layer without CRS is serious" 3
check_out "it is not usable as it is" "not usable as it is"
check_out "the kind has a name" "crs_missing"
check_out "the change is a line for the project file" "crs: EPSG:4326}"
cp gis-data/jalan.prj "$SCRATCH/"
rm "$SCRATCH/jalan.dbf"
run "$TAPAK" check "$SCRATCH/jalan.shp"
check_status "a shapefile without its table is serious" 3
check_out "the missing table is named" ".dbf table is missing"

cp gis-data/kota.* "$SCRATCH/"
truncate -s 3G "$SCRATCH/kota.shp"
run "$TAPAK" check "$SCRATCH/kota.shp" --quiet
check_status "a shapefile padded to 3 GB is refused" 3
check_out "it says where the content ends" "zeros follow"

printf 'hanya teks\n' >"$SCRATCH/catatan.txt"
mkdir "$SCRATCH/folder"
truncate -s 3G "$SCRATCH/besar.gpkg"
python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").writestr("catatan.txt", "teks")' "$SCRATCH/arsip.zip"
for bad in catatan.txt folder besar.gpkg arsip.zip tiada.shp; do
    run "$TAPAK" check "$SCRATCH/$bad" --quiet
    check_status "$bad is refused with 3" 3
    check_out "$bad is unreadable" "unreadable"
    check_out "$bad is named" "$SCRATCH/$bad"
done
run "$TAPAK" check gis-data/jalan.shp "$SCRATCH/catatan.txt" gis-data/kota.shp --quiet
check_out "a bad layer does not hide the next" "3 layers:"
run "$TAPAK" check tests/data/project/many_errors.yaml
check_status "a project with errors is refused" 3
check_out "its errors are findings with their places" "project_refused"

# ---- usage ----

run "$TAPAK" check
check_status "something must be named" 2
run "$TAPAK" check gis-data/kalsel.yaml gis-data/jalan.shp
check_status "a project goes alone" 2
check_err "the project is named" "gis-data/kalsel.yaml"
run "$TAPAK" check gis-data/jalan.shp --format xml
check_status "only text and json" 2
run "$TAPAK" check "$SCRATCH/tiada.yaml"
check_status "a missing project file is an error of reading" 4
run "$TAPAK" check gis-data/jalan.shp --regions gis-data/kota.shp
check_status "regions must be polygons" 3
finish
