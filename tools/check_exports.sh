#!/bin/bash
# The shared library shows exactly the functions that the public headers mark TPK_API: tools/check_exports.sh LIBRARY HEADER...
# Prints what is shown without being declared ("+ name") and declared without being shown ("- name").
set -euo pipefail
library=$1
shift
shown=$(nm -D --defined-only "$library" | awk '$2 ~ /[A-Z]/ { print $3 }' | sort -u)
declared=$(grep -hv '^ *#' "$@" | tr '\n' ' ' | grep -oE 'TPK_API[^;(]*\(' | sed -E 's/.*[ *]([a-z_0-9]+) *\($/\1/' | sort -u)
extra=$(comm -23 <(echo "$shown") <(echo "$declared") | sed 's/^/+ /')
lacking=$(comm -13 <(echo "$shown") <(echo "$declared") | sed 's/^/- /')
[ -z "$extra$lacking" ] || { printf '%s\n' "$extra" "$lacking" | grep .; exit 1; }
