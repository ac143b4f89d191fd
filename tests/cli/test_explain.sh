#!/bin/bash
# tapak explain: its tables, its JSON, result folders, bad input.
. "$(dirname "$0")/helpers.sh"
STUDY=gis-data/kalsel.yaml

# JSON CHECK...: each a Python condition on the document d.
json() {
    python3 - "$@" <<'PY'
import json, math, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
by_id = lambda name: {item["id"]: item for item in d[name]}
for condition in sys.argv[2:]:
    if not eval(condition):
        sys.exit("# not true: " + condition)
PY
}

# ---- a point ----

run "$TAPAK" explain --help
check_status "help ends with 0" 0
check_out "help has an example" "tapak explain gis-data/kalsel.yaml 114.95 -3.98"
run "$TAPAK" explain $STUDY 114.95 -3.98
check_status "a point is explained" 0
check_out "the point and its class" "Point 114.950000, -3.980000: S2 "
check_out "what limits" "Limited most by: Jarak ke sungai (sumber air), which costs 7.3 of 100 points"
check_out "value, membership, weight and points of a criterion" "15548 m       0.193   0.090     1.7   7.3"
check_out "a legal source is whole" "    Ketentuan studi ini, bukan peraturan (bandingkan Permenperin 40/2016: jalan tersedia)"
run "$TAPAK" explain $STUDY 114.95 -3.98 --format json --quiet
check_status "the same as JSON" 0
check "the document has its shape" json "$OUT" \
    'list(d) == ["tapak", "kind", "crs", "x", "y", "class", "class_title", "score", "limiting", "limiting_title", "criteria", "constraints"]' \
    'all(list(c) == ["id", "title", "value", "unit", "category", "membership", "unknown", "counted", "weight", "weight_counted", "gained", "lost"] for c in d["criteria"])' \
    'all(list(c) == ["id", "title", "source", "excludes", "unjudged"] and c["source"] for c in d["constraints"])'
check "the points make the score" json "$OUT" \
    'abs(sum(c["gained"] for c in d["criteria"]) - 100 * d["score"]) < 1e-4' \
    'abs(sum(c["gained"] + c["lost"] for c in d["criteria"]) - 100) < 1e-9' \
    'd["limiting"] == max(d["criteria"], key=lambda c: c["lost"])["id"]' \
    'abs(sum(c["weight"] for c in d["criteria"]) - 1) < 1e-12'
# docs/methods.md works this point out by hand.
check "a criterion of the point that is worked out by hand" json "$OUT" 'abs(by_id("criteria")["sumber_air"]["value"] - 15548.4539) < 1e-3' \
    'abs(by_id("criteria")["sumber_air"]["membership"] - (0.2 - 0.2 * (15548.4539 - 15000) / 15000)) < 1e-6' \
    'abs(by_id("criteria")["sumber_air"]["gained"] - 1.73) < 0.01' 'abs(by_id("criteria")["sumber_air"]["lost"] - 7.27) < 0.01'

run "$TAPAK" explain $STUDY 114.95 -3.98 --format json -w "lereng:0.5,sumber_air:0.5"
check "other weights" json "$OUT" 'abs(d["score"] - (1 + by_id("criteria")["sumber_air"]["membership"]) / 2) < 1e-6' \
    'by_id("criteria")["akses_jalan"]["weight"] == 0'
run "$TAPAK" explain $STUDY 114 -8 --format json
check "a point outside has values and no score" json "$OUT" 'd["class"] == "outside"' 'd["score"] is None' 'd["limiting"] is None' \
    'by_id("criteria")["akses_jalan"]["value"] > 100000'
run "$TAPAK" explain $STUDY 114 -8
check_status "outside is an answer" 0
check_out "outside is said" "Di luar wilayah studi"
check_out "constraints are not judged there" "not judged"
run "$TAPAK" explain $STUDY 0 0
check_status "far outside is an answer" 0
check_out "that it is out of reach is said" "Outside the reach of the study"
check_out_not "no value is told there" "Together"
run "$TAPAK" explain $STUDY 0 0 --format json
check "as JSON all of it is null" json "$OUT" 'd["class"] == "outside"' 'd["score"] is None' \
    'all(c[k] is None for c in d["criteria"] for k in ("value", "category", "membership", "unknown", "counted", "gained", "lost"))' \
    'not any(c["excludes"] or c["unjudged"] for c in d["constraints"])'

run "$TAPAK" explain $STUDY 114.5907 -3.3194
check "an excluded point: what excludes it stands right below its score" python3 - "$OUT" <<'PY'
import sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
place = next(i for i, line in enumerate(lines) if line.startswith("Point "))
assert lines[place].endswith("score 0.000"), lines[place]
assert lines[place + 1] == "Excluded by: Kurang dari 2 km dari ibukota kecamatan ke atas (Permenperin 35/2010; Permen PU 41/2007)", lines[place + 1]
PY
run "$TAPAK" explain $STUDY 114.95 -3.98
check_out_not "a point that is not excluded: nothing excludes it" "Excluded by"

# ---- a zone, a result folder ----

run "$TAPAK" run $STUDY -o "$SCRATCH/out" --cell 100 --quiet
check_status "a run for comparison" 0
for zone in KIJ KIB; do
    run "$TAPAK" explain "$SCRATCH/out" $zone --format json
    check_status "$zone is explained from the folder of results" 0
    check "$zone has the figures of zones.geojson at the run's cell" python3 - "$OUT" "$SCRATCH/out/zones.geojson" $zone <<'PY'
import json, sys
d = json.load(open(sys.argv[1]))
zone = next(f["properties"] for f in json.load(open(sys.argv[2]))["features"] if f["properties"]["id"] == sys.argv[3])
near = lambda a, b: abs(a - b) <= 6e-7  # zones.geojson has six decimals
assert near(d["score"], zone["score_mean"]) and near(d["area_ha"], zone["area_ha"]) and d["limiting"] == zone["limiting"]
assert all(near(d["class_ha"][c], zone["class_%s_ha" % c]) for c in ("S1", "S2", "S3", "N"))
assert all(near(c["value"], zone[c["id"] + "_mean"]) and near(c["membership"], zone[c["id"] + "_membership"]) for c in d["criteria"])
assert all(near(c["excluded_ha"], zone[c["id"] + "_ha"]) for c in d["constraints"])
PY
done
run "$TAPAK" explain "$SCRATCH/out" KIJ
check_out "a zone's table has hectares" "Hectares: S1 "
check_out "a zone's constraints have hectares" "Excluded ha"
run "$TAPAK" explain $STUDY KIX
check_status "a zone that is not there" 2
check_err "it is named" "no zone with the id 'KIX'"

sed 's/"tapak": "[^"]*"/"tapak": "0.0.9"/; /absolute_path/d' "$SCRATCH/out/run.json" >"$SCRATCH/run.json"
mkdir "$SCRATCH/old" "$SCRATCH/empty" "$SCRATCH/foreign" "$SCRATCH/broken" "$SCRATCH/moved" "$SCRATCH/changed"
mv "$SCRATCH/run.json" "$SCRATCH/old/"
echo '{"name": "lain"}' >"$SCRATCH/foreign/run.json"
head -c 1000 "$SCRATCH/out/run.json" >"$SCRATCH/broken/run.json"
sed 's/"absolute_path": "[^"]*"/"absolute_path": "\/tiada\/kalsel.yaml"/; /relative_path/d' "$SCRATCH/out/run.json" >"$SCRATCH/moved/run.json"
run "$TAPAK" explain "$SCRATCH/old" KIJ
check_status "a folder of an older version" 3
check_err "its version is named" "is of Tapak 0.0.9"
run "$TAPAK" explain "$SCRATCH/empty" KIJ
check_status "a folder without results" 4
check_err "what it should be is said" "the folder holds no results of a run"
run "$TAPAK" explain "$SCRATCH/foreign" KIJ
check_status "a folder of another program" 3
check_err "that is said" "was not written by Tapak"
run "$TAPAK" explain "$SCRATCH/broken" KIJ
check_status "half a record" 3
check_err "where it breaks off is said" "$SCRATCH/broken/run.json:"
run "$TAPAK" explain "$SCRATCH/moved" KIJ
check_status "the project is gone" 4
check_err "where it was is said" "/tiada/kalsel.yaml"
sed 's/"sha256": "..../"sha256": "0000/' "$SCRATCH/out/run.json" >"$SCRATCH/changed/run.json"
run "$TAPAK" explain "$SCRATCH/changed" 114.95 -3.98
check_status "a project that changed is explained" 0
check_err "with a warning" "changed since these results were computed"

# What is another than at the run is named; touching is no change.
mkdir -p "$SCRATCH/study/out"
cp -r gis-data "$SCRATCH/study/"
run "$TAPAK" run "$SCRATCH/study/gis-data/kalsel.yaml" -o "$SCRATCH/study/out/kalsel" --cell 500 --quiet
check_status "a study to be moved and copied" 0
touch "$SCRATCH"/study/gis-data/*.*
run "$TAPAK" explain "$SCRATCH/study/out/kalsel" 114.95 -3.98
check_err_not "nothing changed" "changed since"
cp -r "$SCRATCH/study" "$SCRATCH/copy"
sed -i 's/^title: .*/title: Salinan/' "$SCRATCH/copy/gis-data/kalsel.yaml"
run "$TAPAK" explain "$SCRATCH/copy/out/kalsel" 114.95 -3.98
check_out "of a copied study the copy is explained" "Salinan"
check_err "and that it was edited is said" "kalsel.yaml changed since these results were computed"
mv "$SCRATCH/study" "$SCRATCH/elsewhere"
run "$TAPAK" explain "$SCRATCH/elsewhere/out/kalsel" 114.95 -3.98
check_status "a study that was moved as a whole is found" 0
check_err_not "moving is no change" "changed since"
LC_ALL=C sed -i 's/Banjarmasin/Banjarmazin/' "$SCRATCH/elsewhere/gis-data/kota.dbf"
run "$TAPAK" explain "$SCRATCH/elsewhere/out/kalsel" 114.95 -3.98
check_err "a layer that changed is named" "layer 'kota' changed since these results were computed"
rm "$SCRATCH/elsewhere/gis-data/kalsel.yaml"
run "$TAPAK" explain "$SCRATCH/elsewhere/out/kalsel" 114.95 -3.98
check_status "the project is nowhere" 4
check_err "where it was and what to do" "$SCRATCH/study/gis-data/kalsel.yaml any more: put it back"

mkdir "$SCRATCH/other"
sed 's/"tapak": "[^"]*"/"tapak": "0.0.9"/' "$SCRATCH/out/run.json" >"$SCRATCH/other/run.json"
run "$TAPAK" explain "$SCRATCH/other" 114.95 -3.98
check_err "results of another version: both are named" "note: these results are of Tapak 0.0.9, this is Tapak $(cat VERSION)"
run "$TAPAK" explain "$SCRATCH/other" 114.95 -3.98 --quiet
check_err_not "--quiet: no note" "0.0.9"
run "$TAPAK" explain "$SCRATCH/out/run.json" KIJ
check_status "the record in place of its folder" 2
check_err "its folder is named" "name its folder instead: $SCRATCH/out"

# A study at 33 E, 10 N: the order of the two cannot be told by their size.
cat >"$SCRATCH/petak.geojson" <<'JSON'
{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon",
 "coordinates": [[[32.9, 9.9], [33.1, 9.9], [33.1, 10.1], [32.9, 10.1], [32.9, 9.9]]]}}]}
JSON
cat >"$SCRATCH/utara.yaml" <<'YAML'
tapak: 1
grid: {crs: EPSG:32636, cell: 100, area: petak}
layers: {petak: petak.geojson}
criteria: {dekat: {from: {distance: petak}, curve: {linear: {best: 0, worst: 100}}}}
decision: {weights: {dekat: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
YAML
run "$TAPAK" explain "$SCRATCH/utara.yaml" 10 33
check_status "latitude first is an answer" 0
check_err "that the other order would lie inside is said" "longitude comes first; 33 10 would lie in the study area"
run "$TAPAK" explain "$SCRATCH/utara.yaml" 33 10
check_out "in the right order it does" "score 1.000"
check_err_not "and nothing is said" "longitude comes first"
run "$TAPAK" explain "$SCRATCH/utara.yaml" utara
check_status "a project without zones has none to explain" 2
check_err "that is said" "the project has no zones"

# ---- usage ----

# STATUS TEXT ARGUMENTS...
refused() {
    run "$TAPAK" explain "${@:3}"
    check_status "refused: ${*:3}" "$1"
    check_err "why: $2" "$2"
    check_out_empty "nothing is printed"
}
refused 2 "no project file and no result folder given"
refused 2 "no place given" $STUDY
refused 2 "longitude comes first: 114.95 -3.98" $STUDY -3.98 114.95
refused 2 "longitude 'timur'" $STUDY timur -3.98
refused 2 "longitude '200'" $STUDY 200 -3.98
refused 2 "latitude '-95'" $STUDY 114.95 -95
refused 2 "latitude 'selatan'" $STUDY 114.95 selatan
refused 2 "a blank between them: write 114.95 -3.98" $STUDY 114,95 -3,98
refused 2 "a blank between them: write 114.95 -3.98" $STUDY 114.95, -3.98
refused 2 "if a point is meant, write 114.95 -3.98" $STUDY 114.95,-3.98
refused 2 "if a point is meant, write 114.95 -3.98" $STUDY 114,95,-3,98
refused 2 "LAT is missing" $STUDY 114.95
refused 2 "LAT is missing" $STUDY 114,95
refused 2 "LAT is missing" $STUDY -3,98
refused 2 "latitude '-3,9,8'" $STUDY 114.95 -- -3,9,8
refused 2 "one argument too many: '-1'" $STUDY 114.95 -3.98 -1
refused 2 "unknown option '-3.x'" $STUDY 114.95 -3.x
refused 2 "--format xml: allowed are text and json" $STUDY 114.95 -3.98 --format xml
refused 2 "did you mean 'lereng'" $STUDY 114.95 -3.98 --weights lerengg:1
refused 2 "they sum to 0.4" $STUDY 114.95 -3.98 --weights lereng:0.4
refused 4 "tiada.yaml" "$SCRATCH/tiada.yaml" 114.95 -3.98
finish
