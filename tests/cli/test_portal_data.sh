#!/bin/bash
# The portal's data of the sample study, decoded with Python and GDAL; that it comes and goes with the run.
. "$(dirname "$0")/helpers.sh"

python=$(gdal_python)

# A program with a page beside it, as the build and the installation put them; the page itself is another test's.
mkdir -p "$SCRATCH/bin/portal"
cp "$TAPAK" "$SCRATCH/bin/tapak"
for name in index.html app.js app.css licenses.txt; do echo "$name of the test" >"$SCRATCH/bin/portal/$name"; done
tapak=$SCRATCH/bin/tapak
out=$SCRATCH/out

run "$tapak" run gis-data/kalsel.yaml -o "$out" --cell 250 --quiet
check_status "the sample runs" 0
check_out "the portal is among the files written" "$out/portal/index.html"
check_out_not "its parts are not listed" "$out/portal/study.js"
check_file "the page is copied" "$out/portal/app.js"
if [ -n "$python" ]; then
    for what in study zones map_cells maps scores small base; do
        check "portal data: $what" "$python" tests/cli/portal_data.py "$what" "$out"
    done
else
    skip "portal data" "no python3-gdal"
fi

# ---- many criteria: what the page loads is bounded in bytes ----

/usr/bin/env python3 - "$SCRATCH" <<'EOF'
import json, sys
def box(x0, y0, x1, y1):
    return {"type": "Polygon", "coordinates": [[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]]}
def write(name, geometries):
    json.dump({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32750"}}, "features": [
        {"type": "Feature", "geometry": g, "properties": {"id": str(i)}} for i, g in enumerate(geometries)]}, open("%s/%s" % (sys.argv[1], name), "w"))
write("zona.geojson", [box(250000, 9600000, 270000, 9630000), box(270000, 9600000, 280000, 9630000)])
write("kota.geojson", [{"type": "Point", "coordinates": at} for at in ([251000, 9601000], [277000, 9622000])])
curve = ["best: 0, worst: %d" % (20000 + 100 * i) for i in range(250)]
open(sys.argv[1] + "/banyak.yaml", "w").write("""tapak: 1
title: Banyak kriteria
grid: {crs: EPSG:32750, cell: 100, bounds: [250000, 9600000, 280000, 9630000]}
layers: {zona: zona.geojson, kota: kota.geojson}
zones: {layer: zona, id: id, name: id}
criteria:
""" + "".join("  c%d: {from: {distance: kota}, curve: {linear: {%s}}}\n" % one for one in enumerate(curve)) +
    "decision: {weights: {%s}, classes: {S1: 0.8, S2: 0.6, S3: 0.4}}\noutput: {rasters: [classes]}\n" % ", ".join("c%d: 0.004" % i for i in range(250)))
EOF
run "$tapak" run "$SCRATCH/banyak.yaml" -o "$SCRATCH/banyak" --quiet
check_status "a study of 250 criteria runs" 0
if [ -n "$python" ]; then
    check "its cells are wider" "$python" tests/cli/portal_data.py wider "$SCRATCH/banyak"
else
    skip "its cells are wider" "no python3-gdal"
fi

# ---- the same bytes for any number of threads ----

run "$tapak" run gis-data/kalsel.yaml -o "$SCRATCH/one" --cell 500 --quiet --threads 1
for n in 2 3; do
    run "$tapak" run gis-data/kalsel.yaml -o "$SCRATCH/more" --cell 500 --quiet --threads $n
    check "$n threads write the same portal" diff -r "$SCRATCH/one/portal" "$SCRATCH/more/portal"
done

# ---- with and without ----

run "$tapak" run gis-data/kalsel.yaml -o "$SCRATCH/more" --cell 3000 --no-portal
check_status "a run without portal" 0
check_no_file "without portal the earlier one is gone" "$SCRATCH/more/portal"
check_err_not "who leaves it out is told nothing" "web portal"
sed "s|^layers:|output: {portal: false}\nlayers:|; s|: \([a-z_]*\.shp\)$|: $PWD/gis-data/\1|; s|: \([a-z_]*\.tif\)$|: $PWD/gis-data/\1|; s|path: |path: $PWD/gis-data/|" \
    gis-data/kalsel.yaml >"$SCRATCH/tanpa.yaml"
run "$tapak" run "$SCRATCH/tanpa.yaml" -o "$SCRATCH/tanpa" --cell 3000
check_status "a project without portal" 0
check_no_file "the project file leaves it out" "$SCRATCH/tanpa/portal"
rm "$SCRATCH/bin/portal/app.js"
run "$tapak" run gis-data/kalsel.yaml -o "$SCRATCH/more" --cell 3000
check_status "a page that is not there is no failure" 0
check_err "what is missing, and how to get it" "\`make portal\` builds it"
check_no_file "half a page is none" "$SCRATCH/more/portal"
echo "app.js of the test" >"$SCRATCH/bin/portal/app.js"

# ---- a full disk ----

disk=$SCRATCH/disk
mkdir "$disk"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=8m tapak-test "$disk" 2>/dev/null; then
    trap 'umount "$disk"; rm -rf "$SCRATCH"' EXIT
    run "$tapak" run gis-data/kalsel.yaml -o "$disk/out" --cell 3000 --quiet
    check_status "a small portal fits on the disk" 0
    snapshot() { (cd "$disk/out" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }
    snapshot >"$SCRATCH/before"
    n_full=0
    for free_kb in 4000 2500 1500 900; do
        rm -f "$disk/ballast"
        dd if=/dev/zero of="$disk/ballast" bs=1k count=$(($(df -k --output=avail "$disk" | tail -1) - free_kb)) status=none
        run "$tapak" run gis-data/kalsel.yaml -o "$disk/out" --cell 500 --quiet
        [ "$STATUS" -eq 0 ] && continue
        n_full=$((n_full + 1))
        check_status "a full disk is an error of writing ($free_kb kB)" 4
        check_err "a full disk is told ($free_kb kB)" "the disk is full ("
        check_no_file "nothing hidden is left ($free_kb kB)" "$disk/out/.tapak-part"
        snapshot >"$SCRATCH/after"
        check_same_bytes "the earlier portal is unchanged ($free_kb kB)" "$SCRATCH/before" "$SCRATCH/after"
    done
    check "the disk was full in the portal too" [ "$n_full" -ge 3 ]
else
    skip "a full disk" "no right to mount one"
fi

# ---- something in the way ----

mkdir "$SCRATCH/way"
echo precious >"$SCRATCH/way/portal"
run "$tapak" run gis-data/kalsel.yaml -o "$SCRATCH/way" --cell 3000 --quiet
check_status "a file in place of the portal's folder is an error of writing" 4
check_err "the file in the way is named" "$SCRATCH/way/portal"
check_equal "the file in the way is left alone" "$(cat "$SCRATCH/way/portal")" precious
check_no_file "and no map is published" "$SCRATCH/way/suitability.tif"

finish
