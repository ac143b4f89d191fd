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

# SIGNAL: stops a long run with it; sets STATUS and took_ms.
stop_once() {
    start_long
    under_way=no
    kill -0 "$child" 2>/dev/null && under_way=yes
    local start_ms
    start_ms=$(date +%s%3N)
    kill -s "$1" "$child"
    STATUS=0 COMMAND="tapak ${long[*]}, $1"
    wait "$child" || STATUS=$?
    took_ms=$(($(date +%s%3N) - start_ms))
}

# NAME [TEXT]: what holds whenever a run was stopped; it says TEXT.
check_stopped() {
    check_status "$1: exit 6" 6
    check_err "$1: says that it stopped" "${2:-stopped on request}"
    check_no_file "$1: nothing hidden is left" "$folder/.tapak-part"
    snapshot >"$SCRATCH/after"
    check_same_bytes "$1: the earlier results are unchanged" "$SCRATCH/before" "$SCRATCH/after"
}

# SIGNAL NAME
check_signal() {
    stop_once "$1"
    # One second is promised; a machine that is busy with something else gets a second try.
    [ "$took_ms" -lt 1000 ] || stop_once "$1"
    check_equal "$2: the run was under way" "$under_way" yes
    check "$2: within a second (took $took_ms ms)" [ "$took_ms" -lt 1000 ]
    check_stopped "$2"
}
# A background job of a script ignores SIGINT until the program minds it, which it does before it makes its hidden folder.
check_signal INT "Ctrl-C"
check_signal TERM "SIGTERM"
check_signal HUP "SIGHUP"

# ---- while files are written ----

# NAME SIGNAL LINE ARGUMENTS...: runs tapak and sends the signal as soon as it says a line that begins with LINE.
signal_at() {
    local name=$1 signal=$2 wanted=$3 line
    shift 3
    COMMAND="tapak $*, $signal at '$wanted'" STATUS=0 sent=no
    mkfifo "$SCRATCH/said"
    "$TAPAK" "$@" >"$OUT" 2>"$SCRATCH/said" </dev/null &
    child=$!
    : >"$ERR"
    while IFS= read -r line; do
        echo "$line" >>"$ERR"
        if [[ $sent == no && $line == "$wanted"* ]]; then
            kill -s "$signal" "$child"
            sent=yes
        fi
    done <"$SCRATCH/said"
    wait "$child" || STATUS=$?
    rm "$SCRATCH/said"
    check_equal "$name: the signal was sent" "$sent" yes
}
signal_at "while writing files" INT "writing files" run gis-data/kalsel.yaml -o "$folder" --cell 60
check_stopped "while writing files" "stopped"

# A run that nohup started outlives its terminal.
trap '' HUP
signal_at "SIGHUP under nohup" HUP "computing" run gis-data/kalsel.yaml -o "$SCRATCH/nohup" --cell 120
trap - HUP
check_status "SIGHUP under nohup: the run goes on to its end" 0

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
