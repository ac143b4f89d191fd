#!/bin/bash
# The mapfile of docs/portal.md, word for word but for the folder, in Debian's cgi-mapserver.
. "$(dirname "$0")/../cli/helpers.sh"

sed 's/cell: 30/cell: 500/' gis-data/kalsel.yaml >"$SCRATCH/study.yaml"
ln -s "$PWD"/gis-data/*.{shp,shx,dbf,prj,cpg,tif} "$SCRATCH/"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/out" --quiet
check_status "the study runs" 0
sed -n '/^```mapfile$/,/^```$/{/^```/!p}' docs/portal.md | sed "s|out/kalsel|$SCRATCH/out|" >"$SCRATCH/tapak.map"
echo 'CONFIG ENV MS_MAP_PATTERN "." END END' >"$SCRATCH/mapserver.conf"

# A picture in the study's own CRS, a pixel a cell: 494 x 792 cells of 500 m.
query="map=$SCRATCH/tapak.map&SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=classes&STYLES=&SRS=EPSG:32750&FORMAT=image/png"
query+="&WIDTH=100&HEIGHT=100&BBOX=300000,9600000,350000,9650000"
export MAPSERVER_CONFIG_FILE=$SCRATCH/mapserver.conf REQUEST_METHOD=GET
run env QUERY_STRING="$query" mapserv
check_status "MapServer answers" 0
check_out "with a picture" "Content-Type: image/png"
/usr/bin/python3 - "$OUT" "$SCRATCH/map.png" <<'P'
import sys
answer = open(sys.argv[1], "rb").read()
open(sys.argv[2], "wb").write(answer[answer.index(b"\x89PNG"):])
P
run /usr/bin/python3 - "$SCRATCH/map.png" "$SCRATCH/out/classes.tif" <<'P'
import sys
from osgeo import gdal
import numpy
gdal.UseExceptions()
seen = gdal.Open(sys.argv[1])
raster = gdal.Open(sys.argv[2])
x0, dx, _, y0, _, dy = raster.GetGeoTransform()
classes = raster.ReadAsArray(round((300000 - x0) / dx), round((9650000 - y0) / dy), 100, 100)
table, shown = raster.GetRasterBand(1).GetColorTable(), seen.ReadAsArray()
palette = seen.GetRasterBand(1).GetColorTable() if seen.RasterCount == 1 else None
if palette:
    shown = numpy.array([palette.GetColorEntry(i)[:3] for i in range(256)])[shown].transpose(2, 0, 1)
assert len(set(classes[classes > 0])) >= 3
for value in set(classes[classes > 0].tolist()):
    wanted = table.GetColorEntry(value)[:3]
    assert (shown[:3, classes == value].T == wanted).all(), (value, wanted, shown[:3, classes == value].T[:3])
P
check_status "every cell has its class's colour" 0
run env QUERY_STRING="${query/LAYERS=classes/LAYERS=zones}" mapserv
check_out "the zones are drawn too" "Content-Type: image/png"
finish
