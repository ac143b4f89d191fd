#!/bin/bash
# style.json by the validator of MapLibre's style specification, from npm by the lock file in style-spec/.
. "$(dirname "$0")/../cli/helpers.sh"

spec=$BUILD/style-spec
mkdir -p "$spec"
cp tests/apps/style-spec/package*.json "$spec"
if ! (cd "$spec" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$SCRATCH/npm.log" 2>&1; then
    skip "style.json is a MapLibre style" "npm did not bring the validator: $(tail -n 1 "$SCRATCH/npm.log")"
    finish
fi
validate() { run "$spec/node_modules/.bin/gl-style-validate" "$1"; }

run "$TAPAK" run gis-data/kalsel.yaml -o "$SCRATCH/hasil" --cell 500 --quiet
check_status "the sample runs" 0
validate "$SCRATCH/hasil/style.json"
check_status "style.json is a MapLibre style" 0
check_out_empty "the validator has nothing to say"

sed 's/"line-width"/"line-with"/' "$SCRATCH/hasil/style.json" >"$SCRATCH/wrong.json"
validate "$SCRATCH/wrong.json"
check "the validator finds a wrong property" grep -q 'unknown property "line-with"' "$OUT" "$ERR"
finish
