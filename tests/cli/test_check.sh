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
check "the end counts, the fetched layer of regencies too where it is there" grep -qE "^1[56] layers: " "$OUT"
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
printf 'tapak: 1\nlayers: [\n' >"$SCRATCH/rusak.yaml"
truncate -s 3G "$SCRATCH/besar.yaml"
for bad in rusak besar; do
    run "$TAPAK" check "$SCRATCH/$bad.yaml"
    check_status "$bad.yaml is read and refused" 3
done

# ---- paths that lead nowhere ----

run "$TAPAK" check "$SCRATCH/tiada.shp" --quiet
check_out "a path without a file: look at its spelling" "look at the spelling of the path"
run "$TAPAK" check "$SCRATCH/tiada.zip" --quiet
check_out "so for an archive" "look at the spelling of the path"
check_out_not "an archive that is not there is not called empty" "holds no layer"
run "$TAPAK" check "$SCRATCH/folder" --quiet
check_out "a folder is told as one" "is a folder, without a layer in it"
check_out "and what to name instead" "of one file in the folder"
run "$TAPAK" check "/vsizip/$SCRATCH/arsip.zip/sungai.shp" --quiet
check_out "a member that the archive lacks" "the archive is there, but"
run "$TAPAK" check "$SCRATCH/catatan.txt" --quiet
check_out "a text file: what a layer is" "A layer is a shapefile, GeoPackage"
check_out_not "not how many formats there are" "formats, among them"

# ---- what a run says of its layers ----

# NAME X Y KABKOTA: a port at a place, with the regency that its table names.
port() { printf '{"type":"Feature","properties":{"nama":"%s","kabkota":"%s"},"geometry":{"type":"Point","coordinates":[%s,%s]}}' "$1" "$4" "$2" "$3"; }
# FILE FEATURES: a study of ports alone.
study_of() {
    printf '{"type":"FeatureCollection","features":[%s]}' "$2" >"$SCRATCH/$1.geojson"
    cat >"$SCRATCH/$1.yaml" <<YAML
tapak: 1
grid: {crs: EPSG:32750, cell: 5000, area: provinsi}
layers: {provinsi: $PWD/gis-data/provinsi.shp, pelabuhan: $1.geojson}
criteria:
  dekat: {from: {distance: pelabuhan}, curve: {linear: {best: 0, worst: 100000}}}
decision: {weights: {dekat: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
YAML
}
study_of baik "$(port Satu 114.59 -3.32 Banjarmasin),$(port Dua 116.15 -3.30 Kotabaru)"
run "$TAPAK" run "$SCRATCH/baik.yaml" -o "$SCRATCH/baik"
check_equal "good layers take one line, the last" "$(tail -n 1 "$OUT")" "Layers: 2 good"

sed 's|pelabuhan: baik.geojson|pelabuhan: folder|' "$SCRATCH/baik.yaml" >"$SCRATCH/berkas.yaml"
run "$TAPAK" run "$SCRATCH/berkas.yaml" -o "$SCRATCH/berkas"
check_status "a folder as a layer ends a run" 3
check_err "with the words of the check" "'folder' is a folder, without a layer in it"

# Banjarmasin and Kotabaru are 170 km apart: all three lie in the wrong one.
study_of tertukar "$(port Satu 116.15 -3.30 Banjarmasin),$(port Dua 116.16 -3.31 Banjarmasin),$(port Tiga 114.59 -3.32 Kotabaru)"
run "$TAPAK" run "$SCRATCH/tertukar.yaml" -o "$SCRATCH/tertukar"
check_status "a study with a serious layer is computed" 0
check_out "its layers are counted" "Layers: 1 good, 0 usable with repairs, 1 not usable as they are"
check_out "what is serious is told, with its layer" "SERIOUS  pelabuhan: 3 of 3 features do not lie in the region"
check_out "and what to do" "       do: "
check_out "and where more is told" "More: tapak check $SCRATCH/tertukar.yaml"
check "run.json repeats it" python3 -c 'import json,sys
e = json.load(open(sys.argv[1]))["examination"]
layer = [s for s in e["subjects"] if s["id"] == "pelabuhan"][0]
assert e["serious"] == 1 and layer["verdict"] == "unusable", e
assert (layer["findings"][0]["kind"], layer["findings"][0]["features"]) == ("region_contradicts", 3), layer' "$SCRATCH/tertukar/run.json"
run "$TAPAK" run "$SCRATCH/tertukar.yaml" -o "$SCRATCH/tertukar" --quiet
check_out "quiet keeps what is serious" "SERIOUS  pelabuhan: "
check_out_not "quiet leaves out the hint" "More: "
run "$TAPAK" run "$SCRATCH/tertukar.yaml" -o "$SCRATCH/tertukar" --no-check
check_status "a run without the examination is a run" 0
check_out_not "and says nothing of its layers" "Layers: "
check "run.json has none then" python3 -c 'import json,sys; assert json.load(open(sys.argv[1]))["examination"] is None' "$SCRATCH/tertukar/run.json"

study_of sebagian "$(port Satu 114.59 -3.32 Banjarmasin),{\"type\":\"Feature\",\"properties\":{\"nama\":\"Dua\",\"kabkota\":\"Kotabaru\"},\"geometry\":null}"
run "$TAPAK" run "$SCRATCH/sebagian.yaml" -o "$SCRATCH/sebagian"
check_out "a repaired layer is named" "  usable with repairs: pelabuhan"
check_out_not "its finding is not told twice" "geometry_missing"
check_err "the run has told it" "layer 'pelabuhan' (sebagian.geojson): warning: 1 of 2 features have no geometry"

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
