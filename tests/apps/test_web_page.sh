#!/bin/bash
# The plain web page of docs/portal.md, word for word, beside the results of a run, in Debian's Chromium.
. "$(dirname "$0")/../cli/helpers.sh"

python=$(gdal_python)
if [ -z "$python" ] || ! command -v chromium >/dev/null; then
    skip "the web page of docs/portal.md" "no chromium or python3-gdal"
    finish
fi
run npm ci --prefix tests/apps --ignore-scripts --no-audit --no-fund --loglevel=error
check_status "MapLibre and the readers are installed" 0

sed -e '/^note:/a output: {tiles: true}' -e 's/cell: 30/cell: 200/' gis-data/kalsel.yaml >"$SCRATCH/study.yaml"
ln -s "$PWD"/gis-data/*.{shp,shx,dbf,prj,cpg,tif} "$SCRATCH/"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/out" --quiet
check_status "the study runs" 0
sed -n '/^```html$/,/^```$/{/^```/!p}' docs/portal.md >"$SCRATCH/out/index.html"
for file in maplibre-gl/dist/maplibre-gl.{js,css} pmtiles/dist/pmtiles.js; do cp "tests/apps/node_modules/$file" "$SCRATCH/out/"; done
run "$python" tests/apps/web_page.py "$SCRATCH/out"
check_status "GDAL and the legend say what is to be seen" 0
cp "$OUT" "$SCRATCH/places.json"

# As the text below that policy says: a page with script and style inside.
policy=$(sed -n '/^```csp$/,/^```$/{/^```/!p}' docs/portal.md | sed "s/\(script-src\|style-src\) 'self'/& 'unsafe-inline'/g")
check "the policy lets the page's own script and style in" [ "$(grep -o "'unsafe-inline'" <<<"$policy" | wc -l)" -eq 2 ]

run node tests/apps/web_page.mjs "$SCRATCH/out" "$SCRATCH/places.json" "$policy"
sed -n 's/^not ok [0-9]* -/# not ok:/p; /^#/p' "$OUT"
check_status "the page shows and says it" 0
check_out "all of it" "1..3"

sed -i 's/score.pmtiles/skor.pmtiles/' "$SCRATCH/out/index.html"
run node tests/apps/web_page.mjs "$SCRATCH/out" "$SCRATCH/places.json" "$policy"
check_status "a page that does not find its tiles is noticed" 1
finish
