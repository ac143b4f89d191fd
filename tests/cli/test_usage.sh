#!/bin/bash
# What the command line takes and refuses, and what it says.
. "$(dirname "$0")/helpers.sh"

project=gis-data/kalsel.yaml

# ---- commands ----

run "$TAPAK"
check_status "no command is a usage error" 2
check_out_empty "no command says nothing on standard output"
check_err "no command points to the help" "Try 'tapak --help'."

run "$TAPAK" rum
check_status "an unknown command is a usage error" 2
check_err "an unknown command gets the nearest one" "unknown command 'rum'; did you mean 'run'?"

run "$TAPAK" xyzzy
check_err_not "a command like no other gets no guess" "did you mean"

for help in --help -h help; do
    run "$TAPAK" $help
    check_status "$help ends with 0" 0
    check_err_empty "$help says nothing on standard error"
done
for command in run reference version; do check_out "the help lists '$command'" "  $command "; done

run "$TAPAK" version
check_status "version ends with 0" 0
check_equal "version is the one of VERSION" "$(cat "$OUT")" "tapak $(cat VERSION)"
run "$TAPAK" --version
check_out "--version is version" "tapak $(cat VERSION)"
run "$TAPAK" version extra
check_status "version takes no argument" 2

run "$TAPAK" reference
check_status "reference ends with 0" 0
for word in distance density trapezoid unknown; do check_out "the reference explains $word" "$word"; done

# ---- help of run ----

run "$TAPAK" run --help
check_status "run --help ends with 0" 0
check_err_empty "run --help says nothing on standard error"
cp "$OUT" "$SCRATCH/help"
for text in "-o, --output DIR" "--cell M" "in metres, 0.01 to 1000000" "(default: the project's)" "--threads N" "1 to 1024" "(default: all cores)" \
    "--memory SIZE" "at least 64M" "(default: 1G)" "-q, --quiet" "--tile N" "a multiple of 8" "(default: chosen)" "Options:" "Common options:" \
    "Advanced options:" "Examples:" "Usage: tapak run [options] PROJECT -o DIR"; do
    check "run --help says: $text" grep -qF -- "$text" "$SCRATCH/help"
done
grep '^  tapak run' "$SCRATCH/help" >"$SCRATCH/examples"
check_equal "run --help ends in two examples" "$(wc -l <"$SCRATCH/examples")" 2

# Both run as they stand, but for the program's place, the folder, and cells large enough for a test.
while read -r example; do
    example=${example/#tapak/$TAPAK}
    example=${example/out\//$SCRATCH/out/}
    [[ $example == *--cell* ]] && example=${example/--cell 250/--cell 1500} || example+=" --cell 1500"
    run bash -c "$example"
    check_status "the example runs: ${example##*tapak }" 0
done <"$SCRATCH/examples"

# ---- options ----

# NAME TEXT ARGUMENTS...: a usage error that says TEXT in one line, then where to look.
check_refused() {
    local name=$1 text=$2
    shift 2
    run "$TAPAK" run "$@"
    check_status "$name is a usage error" 2
    check_err "$name: $text" "$text"
    check_equal "$name takes two lines" "$(wc -l <"$ERR")" 2
    check_out_empty "$name says nothing on standard output"
}
check_refused "an unknown option" "unknown option '--celll'; did you mean '--cell'?" "$project" -o x --celll 5
check_refused "an unknown option with a value" "unknown option '--thread'; did you mean '--threads'?" "$project" -o x --thread=5
check_refused "a missing value" "--cell needs a value: --cell M" "$project" -o x --cell
check_refused "a word for a number" "--cell besar: expected a number from 0.01 to 1000000" "$project" -o x --cell besar
check_refused "a cell of nothing" "--cell 0: expected a number from 0.01 to 1000000" "$project" -o x --cell 0
check_refused "a cell that is no number" "--cell nan" "$project" -o x --cell nan
check_refused "half a thread" "--threads 1.5: expected a whole number from 1 to 1024" "$project" -o x --threads 1.5
check_refused "too many threads" "--threads 2000: expected a whole number from 1 to 1024" "$project" -o x --threads=2000
check_refused "a size without sense" "--memory 12X: expected a size such as 512M or 1G of at least 64M" "$project" -o x --memory 12X
check_refused "too little memory" "--memory 1M: expected a size such as 512M or 1G of at least 64M" "$project" -o x --memory 1M
check_refused "a tile of 12" "--tile 12: it must be a multiple of 8" "$project" -o x --tile 12
check_refused "a flag with a value" "--quiet takes no value" "$project" -o x --quiet=1
check_refused "two projects" "one argument too many: 'b.yaml'" "$project" b.yaml -o x
check_refused "no project" "no project file given" -o x
check_refused "no folder" "no folder for the results given" "$project"
check_refused "an empty folder name" "--output: the value is empty" "$project" -o ""
check_no_file "a usage error makes no folder" x

# ---- what goes where ----

run "$TAPAK" run "$project" -o "$SCRATCH/quiet" --cell 2000 --threads 2 --memory 99999999T --tile 64 --quiet
check_status "options at their ends run" 0
for zone in Batulicin Mantuil Jorong Seradang; do check_out "the table has $zone" "$zone"; done
check_out "the files are listed" "$SCRATCH/quiet/suitability.tif"
while read -r file; do check_file "the listed file exists: ${file##*/}" "$file"; done < <(sed -n 's/^  \(.*quiet.*\)/\1/p' "$OUT")

# Nothing to warn of: no zone can lie outside.
cat >"$SCRATCH/plain.yaml" <<EOF
tapak: 1
grid: {crs: EPSG:32750, cell: 2000, area: provinsi}
layers: {provinsi: $PWD/gis-data/provinsi.shp, jalan: $PWD/gis-data/jalan.shp}
criteria:
  jalan: {from: {distance: jalan}, curve: {linear: {best: 500, worst: 10000}}}
decision: {weights: {jalan: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
EOF
run "$TAPAK" run "$SCRATCH/plain.yaml" -o "$SCRATCH/plain" --quiet
check_status "a plain study runs" 0
check_err_empty "--quiet is silent on standard error"
check_no_file "a study without zones writes no zones" "$SCRATCH/plain/zones.geojson"

run "$TAPAK" run "$project" -o "$SCRATCH/loud" --cell 2000 --threads=1
check_status "a run that is not quiet ends with 0" 0
check_err "progress goes to standard error" "computing"
check_err "times go to standard error" "cells: layers"
check_out_not "no progress on standard output" "computing"
check "a log has no escape codes" bash -c "! grep -q $'[\x1b\r]' '$ERR'"
check_equal "the same table for any number of threads" "$(sed -n '3,8p' "$OUT")" "$("$TAPAK" run "$project" -o "$SCRATCH/quiet" --cell 2000 --threads 2 -q | sed -n '3,8p')"

if command -v script >/dev/null; then
    run script -qec "'$TAPAK' run '$project' -o '$SCRATCH/terminal' --cell 1000" /dev/null
    check "a terminal gets a line that moves" grep -q $'\r' "$OUT"
else
    skip "a terminal gets a line that moves" "no script program"
fi

run bash -c "'$TAPAK' reference >/dev/full"
check_status "output that cannot be written is an error of writing" 4
check_err "output that cannot be written is told" "cannot write to standard output"

# ---- language ----

if [ -f po/id.po ] && [ -f "$BUILD/locale/id/LC_MESSAGES/tapak.mo" ]; then
    run env LANGUAGE=id LC_ALL=C.UTF-8 "$TAPAK" rum
    check_status "an Indonesian message keeps the exit code" 2
    check_err_not "LANGUAGE=id speaks Indonesian" "unknown command"
    run env LANGUAGE=id LC_ALL=C.UTF-8 "$TAPAK" run --help
    check_out_not "the help speaks Indonesian" "Usage:"
else
    skip "LANGUAGE=id speaks Indonesian" "no Indonesian catalogue"
fi
finish
