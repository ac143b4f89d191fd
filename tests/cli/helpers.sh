# For command-line tests, tests/cli/test_*.sh: runs commands and reports checks as TAP.
#
#   #!/bin/bash
#   . "$(dirname "$0")/helpers.sh"
#   run "$TAPAK" version
#   check_status "version ends with 0" 0
#   check_out "version names the program" "tapak"
#   finish
#
# The working directory is the repository's root. $TAPAK is the program of the build under test, $BUILD its folder, $SCRATCH a
# folder that is removed at the end.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
BUILD=${TPK_TEST_BUILD:-build}
TAPAK=$(realpath -m "$BUILD")/tapak
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/tapak-test.XXXXXX")
trap 'rm -rf "$SCRATCH"' EXIT
OUT=$SCRATCH/.stdout ERR=$SCRATCH/.stderr
STATUS=
test_number=0
failures=0

# Runs a command; keeps its exit status in STATUS and its output in the files $OUT and $ERR.
run() {
    COMMAND=$*
    STATUS=0
    "$@" >"$OUT" 2>"$ERR" </dev/null || STATUS=$?
}

# check NAME COMMAND...: passes when the command succeeds. On failure shows what the last `run` said.
check() {
    local name=$1
    shift
    test_number=$((test_number + 1))
    if "$@"; then
        echo "ok $test_number - $name"
        return 0
    fi
    failures=$((failures + 1))
    echo "not ok $test_number - $name"
    echo "#   check: $*"
    if [ -n "${COMMAND:-}" ]; then
        echo "#   last command: $COMMAND"
        echo "#   its status: $STATUS"
        sed 's/^/#   stdout: /' "$OUT" | head -n 40
        sed 's/^/#   stderr: /' "$ERR" | head -n 40
    fi
    return 0
}

check_status() { check "$1" [ "$STATUS" -eq "$2" ]; }                 # NAME EXPECTED
check_out() { check "$1" grep -qF -- "$2" "$OUT"; }                   # NAME TEXT that standard output holds
check_err() { check "$1" grep -qF -- "$2" "$ERR"; }                   # NAME TEXT that standard error holds
check_out_not() { check "$1" lacks "$OUT" "$2"; }                     # NAME TEXT that it must not hold
check_err_not() { check "$1" lacks "$ERR" "$2"; }
check_out_empty() { check "$1" [ ! -s "$OUT" ]; }                     # NAME
check_err_empty() { check "$1" [ ! -s "$ERR" ]; }
check_equal() { check "$1" [ "$2" = "$3" ]; }                         # NAME GOT WANTED
check_file() { check "$1" [ -s "$2" ]; }                              # NAME FILE that exists and is not empty
check_no_file() { check "$1" [ ! -e "$2" ]; }                         # NAME FILE that does not exist
check_same_bytes() { check "$1" cmp "$2" "$3"; }                      # NAME FILE FILE

lacks() { ! grep -qF -- "$2" "$1"; }

# skip NAME WHY: a test that cannot run here.
skip() {
    test_number=$((test_number + 1))
    echo "ok $test_number - $1 # SKIP $2"
}

# A Python that has GDAL, for reading what was written with another program; empty when there is none.
gdal_python() {
    local python
    for python in /usr/bin/python3 python3; do
        if "$python" -c 'from osgeo import gdal' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
}

# Ends the program: prints the plan.
finish() {
    echo "1..$test_number"
    [ "$failures" -eq 0 ]
    exit
}

# Is the program under test built with a sanitizer? (grep -c reads to the end: with -q nm would die of a closed pipe.)
is_sanitized() {
    [ "$(nm "$TAPAK" 2>/dev/null | grep -cE '__(a|t)san_')" -gt 0 ]
}
