#!/bin/bash
# The results of the sample study, read with GDAL, numpy and plain JSON; distances against gdal_proximity; memory.
. "$(dirname "$0")/helpers.sh"

python=$(gdal_python)
out=$SCRATCH/out

run "$TAPAK" run gis-data/kalsel.yaml -o "$out" --cell 250 --quiet
check_status "the sample runs" 0
if [ -n "$python" ]; then
    check "the maps are Cloud Optimized GeoTIFFs" "$python" tests/cli/results.py is_cog "$out"
    check "statistics are those of the pixels" "$python" tests/cli/results.py statistics "$out"
    check "overviews average scores and invent no values" "$python" tests/cli/results.py overviews "$out"
    check "legends hold the values, colours and names of the maps" "$python" tests/cli/results.py styles "$out"
    check "GeoJSON follows RFC 7946" "$python" tests/cli/results.py geojson "$out"
    check "classes, excluded, unknown and outside add up to the zone" "$python" tests/cli/results.py sums "$out"
    check "pieces add up to the zones' figures" "$python" tests/cli/results.py pieces "$out"
    check "every input is recorded with its SHA-256" "$python" tests/cli/results.py record "$out"

    # NAME FILE SED: a change that the check of legends must find.
    check_found() {
        cp -r "$out" "$SCRATCH/changed"
        sed -i "$3" "$SCRATCH/changed/$2"
        check "$1" bash -c "! '$python' tests/cli/results.py styles '$SCRATCH/changed' 2>/dev/null"
        rm -r "$SCRATCH/changed"
    }
    check_found "another colour in a legend is found" classes.qml 's/value="2" color="#....../value="2" color="#123456/'
    check_found "another name in a legend is found" limiting.qml 's/label="Ke/label="ke/'
    check_found "a value that the legend lacks is found" reasons.qml '/value="1" /d'
else
    skip "results read with other programs" "no python3-gdal"
fi

# ---- a layer that tiles the plane makes up each zone ----

if [ -n "$python" ]; then
    "$python" - "$SCRATCH/petak.geojson" <<'EOF'
import json, sys
x = [113.9 + 0.0371 * i for i in range(90)]
y = [-4.9 + 0.0413 * i for i in range(100)]
ring = lambda i, k: [[x[i], y[k]], [x[i + 1], y[k]], [x[i + 1], y[k + 1]], [x[i], y[k + 1]], [x[i], y[k]]]
features = [{"type": "Feature", "properties": {"petak": "%d-%d" % (i, k)}, "geometry": {"type": "Polygon", "coordinates": [ring(i, k)]}}
            for i in range(len(x) - 1) for k in range(len(y) - 1)]
json.dump({"type": "FeatureCollection", "features": features}, open(sys.argv[1], "w"))
EOF
    cat >"$SCRATCH/petak.yaml" <<EOF
tapak: 1
grid: {crs: EPSG:32750, cell: 3000, area: provinsi}
layers: {provinsi: $PWD/gis-data/provinsi.shp, zona: $PWD/gis-data/zona_industri.shp, petak: petak.geojson, jalan: $PWD/gis-data/jalan.shp}
zones: {layer: zona, id: kode, name: nama}
overlay: [petak]
criteria:
  jalan: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 1000000}}}
decision: {weights: {jalan: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
EOF
    run "$TAPAK" run "$SCRATCH/petak.yaml" -o "$SCRATCH/petak" --quiet
    check_status "a layer of plots is overlaid" 0
    check "plots without overlap make up each zone" "$python" tests/cli/results.py cover "$SCRATCH/petak"
else
    skip "plots without overlap make up each zone" "no python3-gdal"
fi

# ---- distance against gdal_proximity: membership 1 - d / 1000 km, read back as metres ----

if [ -n "$python" ] && command -v gdal_proximity.py >/dev/null; then
    cat >"$SCRATCH/jarak.yaml" <<EOF
tapak: 1
grid: {crs: EPSG:32750, cell: 500, area: provinsi}
layers: {provinsi: $PWD/gis-data/provinsi.shp, jalan: $PWD/gis-data/jalan.shp}
criteria:
  jalan: {from: {distance: jalan}, curve: {linear: {best: 0, worst: 1000000}}}
decision: {weights: {jalan: 1}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}
EOF
    run "$TAPAK" run "$SCRATCH/jarak.yaml" -o "$SCRATCH/jarak" --quiet
    check_status "a study of one distance runs" 0
    cat >"$SCRATCH/compare.py" <<'EOF'
import subprocess, sys
import numpy
from osgeo import gdal
scratch = sys.argv[1]
score = gdal.Open(scratch + "/jarak/suitability.tif")
x0, cell, _, y0, _, _ = score.GetGeoTransform()
# Roads beyond the province count: the burnt raster reaches 100 km further.
edge = 200
box = [x0 - edge * cell, y0 - (score.RasterYSize + edge) * cell, x0 + (score.RasterXSize + edge) * cell, y0 + edge * cell]
subprocess.run(["ogr2ogr", "-q", "-t_srs", "EPSG:32750", scratch + "/jalan.gpkg", "gis-data/jalan.shp"], check=True)
subprocess.run(["gdal_rasterize", "-q", "-at", "-burn", "1", "-ot", "Byte", "-tr", str(cell), str(cell), "-te", *map(str, box), scratch + "/jalan.gpkg",
                scratch + "/burnt.tif"], check=True)
subprocess.run(["gdal_proximity.py", "-q", scratch + "/burnt.tif", scratch + "/near.tif", "-values", "1", "-distunits", "GEO", "-ot", "Float32"], check=True)
near = gdal.Open(scratch + "/near.tif").ReadAsArray()[edge:-edge, edge:-edge]
metres = (1 - score.ReadAsArray().astype(float)) * 1e6
worst = numpy.nanmax(numpy.abs(metres - near))
known = int((~numpy.isnan(metres)).sum())
print("largest difference %.1f m over %d cells" % (worst, known))
sys.exit(not (known > 100000 and worst <= cell * 2 ** 0.5 + 1))
EOF
    run "$python" "$SCRATCH/compare.py" "$SCRATCH"
    check_status "distances are gdal_proximity's within a cell's diagonal" 0
else
    skip "distances are gdal_proximity's within a cell's diagonal" "no python3-gdal"
fi

# ---- memory ----

if ! is_sanitized; then
    run python3 tests/cli/peak.py "$SCRATCH/peak" "$TAPAK" run gis-data/kalsel.yaml -o "$SCRATCH/fine" --cell 60 --quiet
    check_status "the sample runs at 60 m" 0
    peak_kb=$(cat "$SCRATCH/peak")
    check "the sample at 60 m takes less than 512 MB (took $((peak_kb / 1024)) MB)" [ "$peak_kb" -lt $((512 * 1024)) ]
else
    skip "the sample at 60 m takes less than 512 MB" "under a sanitizer"
fi
finish
