#!/bin/bash
# The portal's page: its modules in node, the whole of it in Debian's Chromium. Every src/portal/test/*.test.mjs prints its own TAP.
. "$(dirname "$0")/../cli/helpers.sh"

for file in index.html app.js app.css licenses.txt; do
    check_file "the page has $file" "$BUILD/portal/$file"
done
check "licences of what is bundled are told" grep -qF "maplibre-gl " "$BUILD/portal/licenses.txt"

# The page is to fetch nothing from elsewhere; the browser tests watch its requests, this finds what they do not reach.
check "the page names no font, tile or script of another server" \
    lacks "$BUILD/portal/index.html" "://"

export TAPAK
for program in src/portal/test/*.test.mjs; do
    run node --test-reporter=tap "$program"
    grep -vE '^(TAP version|# (Subtest|tests|suites|pass|fail|cancelled|skipped|todo|duration_ms))' "$OUT"
    check_status "${program##*/} ended well" 0
done
finish
