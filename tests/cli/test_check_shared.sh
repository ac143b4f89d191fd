#!/bin/bash
# tapak check over all real layers of the province: no listed defect is missed, and every other finding was looked at. They lie beside the
# repository and are not part of it; tests/cli/shared_findings.tsv has what is known of them.
. "$(dirname "$0")/helpers.sh"

data=$PWD/../shared/data
table=$PWD/tests/cli/shared_findings.tsv
if [ ! -d "$data/admin" ]; then
    skip "tapak check over real layers" "no such layers beside the repository"
    finish
fi

# All layers by their paths; a .dbf is one when its .shp is lost.
layers=()
for path in "$data"/*/*.{shp,tif,csv,dbf}; do
    [[ $path == *.dbf && -e ${path%.dbf}.shp ]] || layers+=("$path")
done
run "$TAPAK" check "${layers[@]}" --format json --quiet
check_status "layers with such defects are not all usable" 3
cp "$OUT" "$SCRATCH/layers.json"

# What only a study's cells can tell: the height model under a slope.
cat >"$SCRATCH/study.yaml" <<EOF
tapak: 1
grid: {crs: EPSG:32750, cell: 30, bounds: [260000, 9600000, 263000, 9603000]}
layers: {dem: $data/raster/dem_etopo5_5menit.tif}
criteria:
  lereng: {from: {slope: dem}, curve: {points: [[0, 1], [15, 0]]}}
decision: {weights: {lereng: 1}}
EOF
run "$TAPAK" check "$SCRATCH/study.yaml" --format json --quiet
check_status "a study over one of them is possible" 0
cp "$OUT" "$SCRATCH/study.json"

# judge FILE...: what the table says of the reports; shown, for it counts the false alarms.
judge() {
    run python3 tests/cli/shared_findings.py "$table" "$@"
    cat "$OUT"
}
judge "$SCRATCH/layers.json" "$SCRATCH/study.json"
check_status "no listed defect is missed, no finding is without a row" 0
check "every layer was examined" grep -q "^# $((${#layers[@]})) layers; " "$OUT"

# ---- the comparison sees both kinds of error ----

python3 - "$SCRATCH" <<'EOF'
import copy, json, sys
report = json.load(open(sys.argv[1] + "/layers.json"))
def change(name, act):
    changed = copy.deepcopy(report)
    ports = next(s for s in changed["subjects"] if s["path"].endswith("pelabuhan_dephub.shp"))
    act(ports["findings"])
    json.dump(changed, open("%s/%s.json" % (sys.argv[1], name), "w"))
change("missed", lambda findings: findings.pop(next(i for i, f in enumerate(findings) if f["kind"] == "sign_wrong")))
change("fewer", lambda findings: next(f for f in findings if f["kind"] == "exact_duplicates").update(features=2))
change("alarm", lambda findings: findings.append(dict(findings[0], kind="overlaps", found="2 pairs of polygons overlap")))
EOF
run python3 tests/cli/shared_findings.py "$table" "$SCRATCH/missed.json" "$SCRATCH/study.json"
check_status "a missed defect is an error" 1
check_out "and named" "# MISSED: transport/pelabuhan_dephub.shp: sign_wrong"
run python3 tests/cli/shared_findings.py "$table" "$SCRATCH/fewer.json" "$SCRATCH/study.json"
check_status "a defect with another number of features is missed" 1
check_out "and what is left has no row" "no row: transport/pelabuhan_dephub.shp: exact_duplicates: 3 of 139"
run python3 tests/cli/shared_findings.py "$table" "$SCRATCH/alarm.json" "$SCRATCH/study.json"
check_status "a new finding is an error" 1
check_out "counted" "# false alarms: 1 of "
check_out "and named, as what it may be" "# false alarm, or a truth that has no row: transport/pelabuhan_dephub.shp: overlaps: 2 pairs"
finish
