#!/bin/bash
# Map tiles and GeoJSON in the readers that browsers use: npm packages pinned by tests/apps/package-lock.json.
. "$(dirname "$0")/../cli/helpers.sh"

run npm ci --prefix tests/apps --ignore-scripts --no-audit --no-fund --loglevel=error
check_status "the readers are installed" 0

sed -e '/^note:/a output: {tiles: true}' -e 's/cell: 30/cell: 200/' -e 's/kabupaten, name: nama/provinsi, name: nama/' gis-data/kalsel.yaml >"$SCRATCH/tiles.yaml"
ln -s "$PWD"/gis-data/*.{shp,shx,dbf,prj,cpg,tif} "$SCRATCH/"
run "$TAPAK" run "$SCRATCH/tiles.yaml" -o "$SCRATCH/out"
check_status "the study runs" 0
run ogr2ogr -f GeoJSON -t_srs EPSG:4326 "$SCRATCH/points.geojson" gis-data/pelabuhan.shp
check_status "GDAL gives the points" 0

run node tests/apps/pmtiles.mjs "$SCRATCH/out" "$SCRATCH/points.geojson"
sed -n 's/^not ok [0-9]* -/# not ok:/p; /^#/p' "$OUT"
check_status "the readers find what is there" 0
check_out "all of it" "1..12"

# NAME FILE CHANGE TEXT: a change of the features (f) that must be noticed in these words.
check_found() {
    rm -rf "$SCRATCH/changed"
    cp -r "$SCRATCH/out" "$SCRATCH/changed"
    node -e 'const fs = require("fs"), [path, change] = process.argv.slice(1), root = JSON.parse(fs.readFileSync(path));
        root.features.forEach(f => eval(change));
        fs.writeFileSync(path, JSON.stringify(root));' "$SCRATCH/changed/$2" "$3"
    run node tests/apps/pmtiles.mjs "$SCRATCH/changed" "$SCRATCH/points.geojson"
    check_status "$1 is noticed" 1
    check_out "$1 is named" "$4"
}
check_found "a zone 30 m beside" zones.geojson 'f.geometry.coordinates.flat().forEach(at => at[0] += 0.0003)' "a corner is missing"
check_found "a ring the wrong way round" regions.geojson 'f.geometry.coordinates.flat()[0].reverse()' "a ring turns the wrong way"
check_found "latitude first" overlay.geojson 'delete f.bbox; f.geometry.coordinates = JSON.parse(JSON.stringify(f.geometry.coordinates), (k, v) =>
    Array.isArray(v) && typeof v[0] === "number" ? [v[1], v[0]] : v)' "not ok"
finish
