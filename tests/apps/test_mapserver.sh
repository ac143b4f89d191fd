#!/bin/bash
# Configuration and mapfile of docs/portal.md, word for word but for the folders, in Debian's cgi-mapserver.
. "$(dirname "$0")/../cli/helpers.sh"

python=$(gdal_python)
if [ -z "$python" ] || ! command -v mapserv >/dev/null; then
    skip "the mapfile of docs/portal.md" "no cgi-mapserver or python3-gdal"
    finish
fi
run "$TAPAK" run gis-data/kalsel.yaml -o "$SCRATCH/out" --cell 500 --quiet
check_status "the study runs" 0
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/{/^\`\`\`/!p}" docs/portal.md | sed "s|/srv/maps|$SCRATCH|; s|/srv/www/kalsel|$SCRATCH/out|"; }
block mapfile >"$SCRATCH/tapak.map"
block mapserver.conf >"$SCRATCH/mapserver.conf"

run env MAPSERVER_CONFIG_FILE="$SCRATCH/none" REQUEST_METHOD=GET QUERY_STRING=map=TAPAK mapserv
check_out "without its configuration MapServer does nothing" "msLoadConfig()"
export MAPSERVER_CONFIG_FILE=$SCRATCH/mapserver.conf
for layer in "classes" "limiting" "suitability sld" "reasons sld"; do
    # shellcheck disable=SC2086
    run "$python" tests/apps/mapserver.py "$SCRATCH/out" $layer
    check_status "every cell has its legend's colour: $layer" 0
done
for layer in suitability reasons; do
    run "$python" tests/apps/mapserver.py "$SCRATCH/out" "$layer"
    check_status "$layer without its SLD has not" 1
done

wms() { run env REQUEST_METHOD=GET QUERY_STRING="map=TAPAK&SERVICE=WMS&$1" mapserv; }
wms "VERSION=1.1.1&REQUEST=GetMap&LAYERS=zones&STYLES=&SRS=EPSG:32750&FORMAT=image/png&WIDTH=99&HEIGHT=99&BBOX=300000,9600000,350000,9650000"
check_out "the zones are drawn too" "Content-Type: image/png"
for version in 1.1.1 1.3.0; do
    wms "VERSION=$version&REQUEST=GetCapabilities"
    check_equal "WMS $version lists five layers" "$(grep -cE '<Name>(classes|suitability|reasons|limiting|zones)</Name>' "$OUT")" 5
    check_out_not "and warns of nothing" "WARNING"
done
finish
