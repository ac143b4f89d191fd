#!/bin/bash
# Runs the tests of one build: tests/run.sh BUILD [REGEX]
#
# The tests are BUILD/tests/test_* (cmocka), tests/cli/test_*.sh and tests/lint/test_*.{sh,py} (all print TAP); REGEX picks those
# whose name matches. As many at a time as there are cores. Prints a line a program, then what every failing program said (but for
# its tests that passed), and last "N passed, N failed". Exit 1 when a test failed or none ran.
# TEST_TIMEOUT is the seconds one program may take (300). With TEST_SUITE=apps the tests are tests/apps/test_*.sh, which need large
# programs (make check-apps).
set -uo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: tests/run.sh BUILD [REGEX]}
pattern=${2:-.}

logs=$build/test-logs
rm -rf "$logs"
mkdir -p "$logs"

# Same everywhere: language, no grids from the network, threads that sleep while they wait for the other programs.
unset CDPATH LANGUAGE
export LC_ALL=C.UTF-8 PROJ_NETWORK=OFF OMP_WAIT_POLICY=passive CMOCKA_MESSAGE_OUTPUT=TAP
export TPK_TEST_BUILD=$build TPK_TEST_LOGS=$logs TEST_TIMEOUT=${TEST_TIMEOUT:-300}
export CC=${CC:-gcc}

candidates=("$build"/tests/test_* tests/cli/test_*.sh tests/lint/test_*.{sh,py})
if [ "${TEST_SUITE:-}" = apps ]; then candidates=(tests/apps/test_*.sh); fi
programs=()
for program in "${candidates[@]}"; do
    # A program whose source is gone is a leftover, not a test.
    [[ $program == "$build"/* && ! -e tests/unit/${program##*/}.c ]] && continue
    [ -x "$program" ] && [[ ${program##*/} =~ $pattern ]] && programs+=("$program")
done
if [ ${#programs[@]} -eq 0 ]; then
    echo "no test of $build matches '$pattern'"
    echo "0 passed, 0 failed"
    exit 1
fi

printf '%s\0' "${programs[@]}" | xargs -0 -n1 -P "$(nproc)" tests/tools/run_one.sh

for program in "${programs[@]}"; do
    name=${program##*/}
    read -r _ failed _ 2>/dev/null <"$logs/$name.count" || failed=1
    if [ "$failed" -gt 0 ]; then
        printf '\n---- %s ----\n' "$name"
        grep -vE '^ok [0-9]' "$logs/$name.log"
    fi
done

passed=0 failed=0 skipped=0
for program in "${programs[@]}"; do
    if read -r p f s 2>/dev/null <"$logs/${program##*/}.count"; then
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    else
        failed=$((failed + 1))
    fi
done
printf '\n%d programs; %d tests skipped\n' "${#programs[@]}" "$skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
