#!/bin/bash
# Runs one test program for tests/run.sh: keeps its output in TPK_TEST_LOGS/NAME.log and "passed failed skipped" in NAME.count,
# prints one line.
set -uo pipefail
program=$1
name=${program##*/}
log=$TPK_TEST_LOGS/$name.log
began=$EPOCHREALTIME

{ timeout -k 10 "$TEST_TIMEOUT" "$program" >"$log" 2>&1 </dev/null; } 2>/dev/null # the shell would tell of a crash
status=$?
if [ $status -eq 124 ]; then
    echo "# stopped after $TEST_TIMEOUT s" >>"$log"
elif [ $status -gt 124 ]; then
    echo "# ended with status $status$(kill -l $((status - 128)) 2>/dev/null | sed 's/^/, signal /')" >>"$log"
fi

# cmocka 1.1.5 writes a skipped test as "not ok 3 # SKIP name", TAP itself as "ok 3 # SKIP why". A program that ends before all
# its planned tests reported, without any plan, or with a bad status although no test failed, has one failure more: the crash.
counts=$(awk -v status="$status" '
    /^1\.\.[0-9]+/ { planned += substr($1, 4); plans++; next }
    /^(not )?ok [0-9]+ (- )?# SKIP/ || /^ok [0-9]+ .*# SKIP/ { skipped++; next }
    /^ok [0-9]+/ { passed++; next }
    /^not ok [0-9]+/ { failed++; next }
    END {
        if (!plans || passed + failed + skipped < planned || (status != 0 && !failed)) failed++
        print passed + 0, failed + 0, skipped + 0
    }' "$log")
counts=${counts:-0 1 0} # a log that is gone proves nothing
echo "$counts" >"$TPK_TEST_LOGS/$name.count"
read -r passed failed skipped <<<"$counts"

took=$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
word=ok
[ "$failed" -gt 0 ] && word=FAILED
line=$(printf '%-6s %-32s %4d passed' "$word" "$name" "$passed")
[ "$failed" -gt 0 ] && line+=", $failed failed"
[ "$skipped" -gt 0 ] && line+=", $skipped skipped"
[ "$failed" -gt 0 ] && [ $status -ge 124 ] && line+=" (ended with status $status)"
echo "$line  ($took s)"
