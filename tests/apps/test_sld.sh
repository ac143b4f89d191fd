#!/bin/bash
# The SLD files in MapServer: maps and zones drawn by it have the colours of the legend at known places.
. "$(dirname "$0")/../cli/helpers.sh"

python=$(gdal_python)
out=$SCRATCH/hasil
run "$TAPAK" run gis-data/kalsel.yaml -o "$out" --cell 500 --quiet
check_status "the sample runs" 0
if [ -n "$python" ] && command -v mapserv >/dev/null; then
    for layer in classes reasons limiting suitability zones; do
        run "$python" tests/apps/sld.py "$out" "$layer"
        check_status "MapServer draws $layer with its SLD in the legend's colours" 0
    done
    sed -i 's/color="#005078"/color="#005079"/' "$out/classes.sld"
    run "$python" tests/apps/sld.py "$out" classes
    check_status "another colour in the SLD is seen in the picture" 1
    sed -i '/label=""/d' "$out/suitability.sld"
    run "$python" tests/apps/sld.py "$out" suitability
    check_status "a ramp without colours on the way is seen in the picture" 1
else
    skip "MapServer draws with the SLD" "no cgi-mapserver or python3-gdal"
fi
finish
