#!/bin/bash
# Optional layers: a run without one, the same map as a project written without it, and what cannot be done without.
. "$(dirname "$0")/helpers.sh"

DATA=$(realpath gis-data)

# project FILE LAYER_LINE CRITERION_LINE CONSTRAINT_LINE WEIGHTS OVERLAY AREA
project() {
    cat >"$SCRATCH/$1" <<YAML
tapak: 1
title: Uji
language: en
grid: {crs: EPSG:32750, cell: 1000, area: $7}
layers:
  provinsi: $DATA/provinsi.shp
  zona: $DATA/zona_industri.shp
  jalan: $DATA/jalan.shp
  kota: $DATA/kota.shp
  lindung: $DATA/kawasan_lindung.shp
$2
zones: {layer: zona, id: kode, name: nama}
overlay: $6
criteria:
$3
  akses: {title: Akses, from: {distance: jalan}, curve: {linear: {best: 500, worst: 60000}}}
  kota: {title: Kota, from: {distance: kota}, curve: {linear: {best: 1000, worst: 80000}}}
constraints:
$4
  lindung: {from: {inside: lindung}, source: Keppres 32/1990}
  jauh: {from: akses, farther: 50000, source: Studi}
decision: {weights: $5}
YAML
}

optional='  hutan: {path: hutan/batas.shp, optional: true}'
criterion='  hutan: {title: Hutan, from: {distance: hutan}, curve: {linear: {best: 5000, worst: 0}}}'
constraints='  dalam_hutan: {from: {inside: hutan}, source: UU 41/1999}
  tepi_hutan: {from: hutan, nearer: 500, source: PP 26/2008}'
project optional.yaml "$optional" "$criterion" "$constraints" '{hutan: 0.5, akses: 0.3, kota: 0.2}' '[hutan, jalan]' provinsi
project without.yaml "" "" "" '{akses: 0.6, kota: 0.4}' '[jalan]' provinsi

# ---- absent ----

run "$TAPAK" run "$SCRATCH/without.yaml" -o "$SCRATCH/without" --quiet
check_status "the project written without the layer runs" 0
run "$TAPAK" run "$SCRATCH/optional.yaml" -o "$SCRATCH/absent"
check_status "the run goes on without an optional layer" 0
check_err "the absent file is a note" "note: layer 'hutan': there is no file 'hutan/batas.shp'; it is optional"
check_err "the criterion is told with its weight" "warning: criterion 'hutan' is left out, because layer 'hutan' (hutan/batas.shp) is not there; its weight 0.5"
check_err "the new weights are told" "the weights are: akses 0.6, kota 0.4"
check_err "the law that is not applied is named" "UU 41/1999 is NOT applied"
check_err "a constraint on the criterion goes with it" "PP 26/2008 is NOT applied"
for file in suitability.tif classes.tif reasons.tif limiting.tif suitability.qml reasons.qml limiting.qml zones.geojson overlay.geojson; do
    check_same_bytes "$file is that of the project written without the layer" "$SCRATCH/absent/$file" "$SCRATCH/without/$file"
done
read_record() { # FILE: what it says was used and left out
    python3 - "$1" <<'PY'
import json, sys
record = json.load(open(sys.argv[1]))
print([(c["id"], c["weight"]) for c in record["criteria"]])
print([(c["id"], c["bit"]) for c in record["constraints"]], record["overlay"])
left = record["left_out"]
print(left["layers"], [(c["id"], c["weight"]) for c in left["criteria"]])
print([(c["id"], c["legal_source"]) for c in left["constraints"]], left["overlay"])
print(sum("NOT applied" in line for line in record["findings"]))
PY
}
check_equal "run.json tells what was used and what was left out" "$(read_record "$SCRATCH/absent/run.json")" \
"[('akses', 0.6), ('kota', 0.4)]
[('lindung', 0), ('jauh', 1)] ['jalan']
['hutan'] [('hutan', 0.5)]
[('dalam_hutan', 'UU 41/1999'), ('tepi_hutan', 'PP 26/2008')] ['hutan']
2"
check_equal "a complete study leaves nothing out" "$(read_record "$SCRATCH/without/run.json" | tail -n 3)" "[] []
[] []
0"

run "$TAPAK" check "$SCRATCH/optional.yaml" --fast
check_status "an absent optional layer is nothing serious" 0
check_out "its verdict says so" "hutan (hutan/batas.shp): not there; optional"
check_out "what is left out is a finding" "UU 41/1999 is NOT applied"
check_out "it is not counted as a layer" "5 layers:"
check_out "but counted" "optional layers that are not there: 1"
run "$TAPAK" check "$SCRATCH/optional.yaml" --fast --format json
check "JSON has the verdict and the gravity" python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
layer = [s for s in d["subjects"] if s["id"] == "hutan"][0]
assert (layer["kind"], layer["verdict"], layer["findings"]) == ("absent", "absent", [])
left = [f["gravity"] for f in d["subjects"][-1]["findings"] if f["kind"] == "left_out"]
assert left == ["repair"] * 3 + ["remark"] * 3, left' "$OUT"

# ---- present, damaged ----

mkdir "$SCRATCH/hutan"
for part in shp shx dbf prj cpg; do cp "gis-data/kawasan_lindung.$part" "$SCRATCH/hutan/batas.$part"; done
project required.yaml '  hutan: hutan/batas.shp' "$criterion" "$constraints" '{hutan: 0.5, akses: 0.3, kota: 0.2}' '[hutan, jalan]' provinsi
run "$TAPAK" run "$SCRATCH/optional.yaml" -o "$SCRATCH/present" --no-portal
check_status "the same project runs with the layer" 0
check_err_not "and leaves nothing out" "left out"
run "$TAPAK" run "$SCRATCH/required.yaml" -o "$SCRATCH/required" --quiet
for file in suitability.tif reasons.tif limiting.tif; do
    check_same_bytes "with the layer $file is that of one which is not optional" "$SCRATCH/present/$file" "$SCRATCH/required/$file"
done
check "and another than without the layer" bash -c "! cmp -s '$SCRATCH/present/reasons.tif' '$SCRATCH/absent/reasons.tif'"
rm "$SCRATCH/hutan/batas.shp"
run "$TAPAK" run "$SCRATCH/optional.yaml" -o "$SCRATCH/damaged"
check_status "a shapefile without its .shp is damaged, not absent" 3
check_err "it says so" "other parts are there, but not the .shp"
check_no_file "nothing is written" "$SCRATCH/damaged"
head -c 50 gis-data/kawasan_lindung.shp >"$SCRATCH/hutan/batas.shp"
run "$TAPAK" run "$SCRATCH/optional.yaml" -o "$SCRATCH/damaged"
check_status "a file cut short is damaged" 3
check_err_not "it is not left out" "left out"
rm -r "$SCRATCH/hutan"

# ---- in an archive ----

python3 - "$SCRATCH" <<'PY'
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(folder / "lain.zip", "w") as archive:
    archive.writestr("catatan.txt", "teks")
with zipfile.ZipFile(folder / "batas.zip", "w") as archive:
    for part in ("shp", "shx", "dbf", "prj", "cpg"):
        archive.write(f"gis-data/kawasan_lindung.{part}", f"batas.{part}")
with zipfile.ZipFile(folder / "sebagian.zip", "w") as archive:
    for part in ("shx", "dbf", "prj", "cpg"):
        archive.write(f"gis-data/kawasan_lindung.{part}", f"batas.{part}")
(folder / "rusak.zip").write_bytes((folder / "batas.zip").read_bytes()[:200])
PY
archived() { project archive.yaml "  hutan: {path: /vsizip/$1/batas.shp, optional: true}" "$criterion" "$constraints" '{hutan: 0.5, akses: 0.3, kota: 0.2}' '[hutan, jalan]' provinsi; }
archived batas.zip
run "$TAPAK" run "$SCRATCH/archive.yaml" -o "$SCRATCH/archived" --no-portal
check_err_not "a layer that its archive holds is used" "left out"
check_same_bytes "and gives the map of the layer beside it" "$SCRATCH/archived/reasons.tif" "$SCRATCH/required/reasons.tif"
for archive in lain tiada; do
    archived $archive.zip
    run "$TAPAK" run "$SCRATCH/archive.yaml" -o "$SCRATCH/archived" --no-portal
    check_status "the run goes on without a layer that $archive.zip does not hold" 0
    check_err "$archive.zip: it says so" "note: layer 'hutan': there is no file '/vsizip/$archive.zip/batas.shp'; it is optional"
    check_same_bytes "$archive.zip: the map is that without the layer" "$SCRATCH/archived/reasons.tif" "$SCRATCH/without/reasons.tif"
done
archived rusak.zip
run "$TAPAK" run "$SCRATCH/archive.yaml" -o "$SCRATCH/damaged"
check_status "an archive that broke off is damaged, not empty" 3
check_err_not "the layer in it is not left out" "left out"
archived sebagian.zip
run "$TAPAK" run "$SCRATCH/archive.yaml" -o "$SCRATCH/damaged"
check_status "a shapefile that lost its .shp in an archive is damaged" 3
check_err "it says so" "other parts are there, but not the .shp"

# ---- capitals ----

cp gis-data/kawasan_lindung.dbf "$SCRATCH/BATAS.DBF"
project capitals.yaml '  hutan: {path: BATAS.SHP, optional: true}' "$criterion" "$constraints" '{hutan: 0.5, akses: 0.3, kota: 0.2}' '[hutan, jalan]' provinsi
run "$TAPAK" run "$SCRATCH/capitals.yaml" -o "$SCRATCH/damaged"
check_status "BATAS.DBF without BATAS.SHP is damaged" 3
check_err "it says so" "other parts are there, but not the .shp"

# ---- what cannot be done without ----

project area.yaml "$optional" "" "" '{akses: 0.6, kota: 0.4}' '[jalan]' hutan
run "$TAPAK" run "$SCRATCH/area.yaml" -o "$SCRATCH/none"
check_status "the study area cannot be absent" 3
check_err "its place and what to do are told" "area.yaml:4:43: error: layer 'hutan' (hutan/batas.shp) is optional and not there, but 'grid: area' cannot do without it; put the file there"
check_no_file "no folder is made" "$SCRATCH/none"
run "$TAPAK" check "$SCRATCH/area.yaml" --fast
check_status "check refuses it too" 3
check_out "with the same words" "'grid: area' cannot do without it"
project maybe.yaml '  hutan: {path: hutan/batas.shp, optional: maybe}' "" "" '{akses: 0.6, kota: 0.4}' '[jalan]' provinsi
run "$TAPAK" run "$SCRATCH/maybe.yaml" -o "$SCRATCH/none"
check_status "optional is true or false" 3
check_err "what was found is told" "'optional': expected true or false, found text 'maybe'"
finish
