#!/bin/bash
# Map tiles and GeoJSON in the readers that browsers use: npm packages pinned by tests/apps/package-lock.json.
. "$(dirname "$0")/../cli/helpers.sh"

run npm ci --prefix tests/apps --ignore-scripts --no-audit --no-fund --loglevel=error
check_status "the readers are installed" 0

sed -e '/^note:/a output: {tiles: true}' -e 's/cell: 30/cell: 200/' gis-data/kalsel.yaml >"$SCRATCH/tiles.yaml"
ln -s "$PWD"/gis-data/*.{shp,shx,dbf,prj,cpg,tif} "$SCRATCH/"
run "$TAPAK" run "$SCRATCH/tiles.yaml" -o "$SCRATCH/out"
check_status "the study runs" 0
run ogr2ogr -f GeoJSON -t_srs EPSG:4326 "$SCRATCH/points.geojson" gis-data/pelabuhan.shp
check_status "GDAL gives the points" 0

run node tests/apps/pmtiles.mjs "$SCRATCH/out" "$SCRATCH/points.geojson"
sed -n 's/^not ok [0-9]* -/# not ok:/p; /^#/p' "$OUT"
check_status "the readers find what is there" 0
check_out "all of it" "1..8"
finish
