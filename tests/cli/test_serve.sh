#!/bin/bash
# tapak serve: tiles, explanations, files; clients that ask wrongly, slowly or all at once; layers that change; stopping.
. "$(dirname "$0")/helpers.sh"

python=$(gdal_python)
# NAME CASE
check_case() {
    run "${python:-python3}" tests/cli/serve.py "$2" "$TAPAK" "$SCRATCH"
    check_status "$1" 0
}
if [ -n "$python" ]; then
    check_case "a tile is the run's score and classes where the grids coincide" tiles
else
    skip "a tile is the run's score and classes where the grids coincide" "no Python with GDAL"
fi
check_case "explanations and zones are those of explain and run" answers
check_case "what is asked wrongly is answered with the reason" wrong
check_case "requests at random do no harm" fuzz
check_case "files: ranges, ETags, gzip, and no way out of the folder" files
check_case "a large text is packed once, however many read it slowly" packed
check_case "slow downloads are not refused for want of open files" crowded
check_case "200 connections and slow clients" load
check_case "more requests than may wait are told to come again" full
check_case "zones that take long keep nobody from tiles; what waits too long is told to come again" zones
check_case "clients that are too slow, or hold every place, are let go" slow
check_case "SIGTERM under load" stop
check_case "a layer that changes on disk shows; one that cannot be read does not stop the map" replace
check_case "a GeoPackage that is being edited shows what is committed" edited
check_case "a folder of results: what changed since its run, a new run, a study that moved" results
check_case "another set of styles shows, and is a change since the run" styles
check_case "a layer replaced while clients ask" busy

# ---- what cannot be served ----

"$TAPAK" serve gis-data/kalsel.yaml --port 0 >"$SCRATCH/said" 2>/dev/null &
child=$!
for _ in $(seq 200); do grep -q http "$SCRATCH/said" && break; sleep 0.1; done
port=$(sed -nE 's|.*http://127.0.0.1:([0-9]+)/.*|\1|p' "$SCRATCH/said")
run "$TAPAK" serve gis-data/kalsel.yaml --port "$port"
check_status "a port in use: exit 4" 4
check_err "a port in use: says so" "port $port of 127.0.0.1 is in use"
kill "$child"
STATUS=0
wait "$child" || STATUS=$?
check_status "SIGTERM: exit 0" 0

"$TAPAK" serve gis-data/kalsel.yaml --port 0 >"$SCRATCH/said" 2>/dev/null &
child=$!
for _ in $(seq 200); do grep -q http "$SCRATCH/said" && break; sleep 0.1; done
kill -HUP "$child"
STATUS=0
wait "$child" || STATUS=$?
check_status "the terminal is closed: exit 0" 0

run "$TAPAK" serve gis-data/kalsel.yaml --bind nowhere
check_status "an address that is none: exit 2" 2
check_err "an address that is none: named" "'nowhere' is no address"
run "$TAPAK" serve gis-data/kalsel.yaml --port 65536
check_status "a port that is none: exit 2" 2
run "$TAPAK" serve
check_status "nothing to serve: exit 2" 2
mkdir "$SCRATCH/old" "$SCRATCH/empty"
touch "$SCRATCH/old/suitability.tif"
echo '{"tapak": "0.0.9", "project": {"path": "kalsel.yaml"}}' >"$SCRATCH/old/run.json"
run "$TAPAK" serve "$SCRATCH/old"
check_status "results of an older version: exit 3" 3
check_err "results of an older version: what to do" "run the study again"
check "results of an older version: left as they were" [ "$(ls -A "$SCRATCH/old" | tr '\n' ' ')" = "run.json suitability.tif " ]
run "$TAPAK" serve "$SCRATCH/empty"
check_status "a folder without results: exit 4" 4
check_err "a folder without results: what to do" "holds no results of a run"
run "$TAPAK" serve "$SCRATCH/old/run.json"
check_status "the record in place of its folder: exit 2" 2
check_err "the record in place of its folder: the folder is named" "name its folder instead: $SCRATCH/old"
run "$TAPAK" serve "$SCRATCH/nothing.yaml"
check "no such project: a failure" [ "$STATUS" -ne 0 ]
finish
