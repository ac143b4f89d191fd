#!/bin/bash
# Names every mutable variable with static storage in a static library, but for those of base/mem.c (atomic, for tests):
# tools/check_globals.sh LIBRARY. Constant tables with addresses (.data.rel.ro) and thread-local variables are allowed; gcc's locks
# of "omp critical" are its own.
set -euo pipefail
found=$(objdump -t "$1" | awk '
    /^[^ ]+\.o:/ { object = $1; sub(/:$/, "", object); next }
    object == "mem.o" { next }
    $0 ~ /[ \t]O[ \t]/ || /\*COM\*/ {
        name = $NF
        section = ""
        for (i = 1; i <= NF; i++) if ($i ~ /^\.(bss|data)/ || $i == "*COM*") section = $i
        if (section == "" || section ~ /^\.data\.rel\.ro/ || name ~ /^\.gomp_critical_user_/) next
        print object ": " name
    }')
[ -z "$found" ] || { echo "$found"; exit 1; }
