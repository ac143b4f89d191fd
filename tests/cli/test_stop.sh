#!/bin/bash
# Stopping a run: the earlier result stays whole, nothing hidden is left, a second run into the folder is refused.
. "$(dirname "$0")/helpers.sh"

folder=$SCRATCH/out
long=(run gis-data/kalsel.yaml -o "$folder" --cell 10 --quiet)

snapshot() { (cd "$folder" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }

# Starts the long run and waits until it computes.
start_long() {
    "$TAPAK" "${long[@]}" >"$OUT" 2>"$ERR" </dev/null &
    child=$!
    for _ in $(seq 300); do
        [ -d "$folder/.tapak-part" ] && break
        sleep 0.1
    done
    sleep 0.5
}

"$TAPAK" run gis-data/kalsel.yaml -o "$folder" --cell 2000 --quiet >/dev/null 2>&1
snapshot >"$SCRATCH/before"

# SIGNAL NAME
check_signal() {
    start_long
    check "$2: the run was under way" kill -0 "$child"
    local start_ms
    start_ms=$(date +%s%3N)
    kill -s "$1" "$child"
    STATUS=0 COMMAND="tapak ${long[*]}, $1"
    wait "$child" || STATUS=$?
    local took_ms=$(($(date +%s%3N) - start_ms))
    check_status "$2: exit 6" 6
    check_err "$2: says that it stopped" "stopped on request"
    # One second is promised; three are allowed on a busy machine.
    check "$2: within three seconds (took $took_ms ms)" [ "$took_ms" -lt 3000 ]
    check_no_file "$2: nothing hidden is left" "$folder/.tapak-part"
    snapshot >"$SCRATCH/after"
    check_same_bytes "$2: the earlier results are unchanged" "$SCRATCH/before" "$SCRATCH/after"
}
# A background job of a script ignores SIGINT until the program minds it, which it does before it makes its hidden folder.
check_signal INT "Ctrl-C"
check_signal TERM "SIGTERM"

# ---- while loading ----

# SIGTERM, because a shell's background job ignores SIGINT until the program minds it; before that the system ends the program (143).
"$TAPAK" "${long[@]}" >"$OUT" 2>"$ERR" </dev/null &
child=$!
sleep 0.15
kill -s TERM "$child"
STATUS=0 COMMAND="tapak ${long[*]}, SIGTERM at once"
wait "$child" || STATUS=$?
check "a run that has hardly begun stops (status $STATUS)" [ "$STATUS" -eq 6 -o "$STATUS" -eq 143 ]
check_no_file "a run that has hardly begun leaves nothing hidden" "$folder/.tapak-part"

# ---- two at a time ----

start_long
run "$TAPAK" run gis-data/kalsel.yaml -o "$folder" --cell 2000 --quiet
check_status "a second run into the folder is refused" 4
check_err "the second run is told why" "another run is writing into this folder"
check "the first run goes on" kill -0 "$child"

# ---- killed ----

kill -s KILL "$child"
wait "$child" 2>/dev/null
check "a killed run leaves its hidden folder" [ -d "$folder/.tapak-part" ]
(cd "$folder" && find . -path ./.tapak-part -prune -o -type f -print0 | sort -z | xargs -0 sha256sum) >"$SCRATCH/after"
check_same_bytes "a killed run leaves the earlier results" "$SCRATCH/before" "$SCRATCH/after"
run "$TAPAK" run gis-data/kalsel.yaml -o "$folder" --cell 2000 --quiet
check_status "the next run works" 0
check_no_file "the next run cleans up" "$folder/.tapak-part"
finish
