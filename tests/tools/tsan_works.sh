#!/bin/bash
# Does the thread sanitizer see races, and only races, on this machine? tests/tools/tsan_works.sh BUILD CC FLAGS...
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1/works cc=$2
shift 2
mkdir -p "$build"
export TSAN_OPTIONS="ignore_noninstrumented_modules=1"
for name in race clean; do
    "$cc" -std=c11 -O1 -g -fopenmp "$@" -o "$build/$name" "tests/tools/tsan_$name.c"
done
if "$build/race" >"$build/race.log" 2>&1; then
    echo "tsan: the planted race of tests/tools/tsan_race.c was not found: the sanitizer does not work here" >&2
    exit 1
fi
grep -q 'data race' "$build/race.log" || { cat "$build/race.log" >&2; exit 1; }
if ! "$build/clean" >"$build/clean.log" 2>&1; then
    cat "$build/clean.log" >&2
    echo "tsan: correct code is accused: is libomp with its archer tool installed (package libomp-dev)?" >&2
    exit 1
fi
echo "tsan: finds a planted race, passes correct code"
