#!/bin/bash
# The shared library shows exactly the functions that the public headers mark TPK_API: tools/check_exports.sh LIBRARY HEADER...
# Prints what is shown without being declared ("+ name") and declared without being shown ("- name"). The linker's own marks and
# gcc's locks of "omp critical" do not count.
set -euo pipefail
library=$1
shift
not_ours='^(\.gomp_critical_user_.*|__bss_start|_edata|_end)$'
shown=$(nm -D --defined-only "$library" | awk '$2 ~ /[A-Z]/ { print $3 }' | grep -vE "$not_ours" | sort -u)
declared=$(grep -hv '^ *#' "$@" | tr '\n' ' ' | grep -oE 'TPK_API[^;(]*\(' | sed -E 's/.*[ *]([a-z_0-9]+) *\($/\1/' | sort -u)
extra=$(comm -23 <(echo "$shown") <(echo "$declared") | sed 's/^/+ /')
lacking=$(comm -13 <(echo "$shown") <(echo "$declared") | sed 's/^/- /')
[ -z "$extra$lacking" ] || { printf '%s\n' "$extra" "$lacking" | grep .; exit 1; }
