#!/bin/bash
# Boundaries of regencies and districts: what is made of a package like the real one, and every way it can fail. No network.
. "$(dirname "$0")/helpers.sh"

PYTHON=$(gdal_python)
if [ -z "$PYTHON" ]; then
    skip "boundaries" "needs python3-gdal"
    finish
fi
DATA=tests/data/boundaries
OUT_DIR=$SCRATCH/out
build() { run "$PYTHON" tests/cli/boundaries.py build "$@"; }
layer() { "$PYTHON" tests/cli/boundaries.py layer "$1"; }

build "$DATA" "$OUT_DIR"
check_status "a package of the known shape is converted" 0
check_out "GADM's licence is told" "other non-commercial purposes. Passing the data on, and commercial use, are"
check "and before anything is done" bash -c "head -n 1 '$OUT' | grep -q 'GADM 4.1'"
check_out "where the result is, is told" "Written to $OUT_DIR: kabupaten.shp, kecamatan.shp"
check_equal "regencies: the province's only, names and codes of Kemendagri, repaired" "$(layer "$OUT_DIR/kabupaten.shp")" \
"4326 ['kode', 'nama', 'sumber', 'lisensi']
[None, 'Negeri Antah Berantah'] POLYGON valid
['63.01', 'Tanah Laut'] POLYGON valid
['63.02', 'Kotabaru'] MULTIPOLYGON valid
['63.71', 'Kota Banjarmasin'] POLYGON valid"
check_equal "districts: names taken apart, the regency's code" "$(layer "$OUT_DIR/kecamatan.shp")" \
"4326 ['kode_kab', 'kab', 'nama', 'kode_bps', 'sumber', 'lisensi']
[None, 'Negeri Antah Berantah', 'Kota Hilang', '6399010'] POLYGON valid
['63.01', 'Tanah Laut', 'Bati-Bati', '6301040'] POLYGON valid
['63.01', 'Tanah Laut', 'Batu Ampar', '6301070'] POLYGON valid
['63.06', 'Hulu Sungai Selatan', 'Sungai Raya', '6306060'] POLYGON valid
['63.72', 'Kota Banjarbaru', 'Banjarbaru Utara', '6372031'] POLYGON valid"
check_equal "the texts are UTF-8" "$(cat "$OUT_DIR/kabupaten.cpg" "$OUT_DIR/kecamatan.cpg")" "UTF-8UTF-8"
check "areas are those of the ellipsoid" bash -c "grep -E 'Tanah Laut +3,841.2 +$("$PYTHON" tests/cli/boundaries.py strip_km2 0.1 -4.0 -3.9) +-96\.8 %' '$OUT'"
check_out "a regency that is not in the list is told" "Negeri Antah Berantah: no such regency in the list of 2025; its kode is empty"
check_out "its districts too" "district Kota Hilang: no regency 'NegeriAntahBerantah' in the list of 2025; kode_kab is empty"
check_out "a regency that is not in the package is told" "Tabalong: not in the package"
check_equal "only the two layers are there" "$(cd "$OUT_DIR" && ls -A | tr '\n' ' ')" \
"kabupaten.cpg kabupaten.dbf kabupaten.prj kabupaten.shp kabupaten.shx kecamatan.cpg kecamatan.dbf kecamatan.prj kecamatan.shp kecamatan.shx "
run "$TAPAK" check "$OUT_DIR/kabupaten.shp" "$OUT_DIR/kecamatan.shp" --quiet
check_status "tapak check has nothing serious against them" 0

cp -r "$OUT_DIR" "$SCRATCH/first"
build "$DATA" "$OUT_DIR"
check "a second time gives the same bytes" diff -r "$SCRATCH/first" "$OUT_DIR"

# ---- failures: told, and the earlier layers stay as they are ----

# NAME WHAT_IS_SAID after a run that failed
check_refused() {
    check_status "$1 is refused" 1
    check_err "$1: what is wrong is told" "$2"
    check_err_not "$1: as a message" "Traceback"
    check "$1: the earlier layers stay" diff -r "$SCRATCH/first" "$OUT_DIR"
}
copy() { # SED FILE: the fixture with one file changed
    rm -rf "$SCRATCH/data"
    cp -r "$DATA" "$SCRATCH/data"
    sed -i "$1" "$SCRATCH/data/$2"
}
copy 's/NAME_2/NAMA_2/g' gadm41_IDN_2.json
build "$SCRATCH/data" "$OUT_DIR"
check_refused "another table" "gadm41_IDN_2.json is not GADM's level as it is known"
copy 's/KalimantanSelatan/KalimantanTimur/' gadm41_IDN_3.json
build "$SCRATCH/data" "$OUT_DIR"
check_refused "a package without the province" "gadm41_IDN_3.json holds nothing of Kalimantan Selatan (6 features of other provinces)"
copy '4,$d' gadm41_IDN_3.json
build "$SCRATCH/data" "$OUT_DIR"
check_refused "a file that is cut off" "gadm41_IDN_3.json is not GADM's level as it is known"

mkdir "$SCRATCH/no-npm" "$SCRATCH/npm-fails" "$SCRATCH/npm-other"
printf '#!/bin/sh\necho "npm error request to https://registry.npmjs.org failed, reason: ENOTFOUND" >&2\nexit 1\n' >"$SCRATCH/npm-fails/npm"
printf '#!/bin/sh\nfor last; do :; done\necho other >"$last/geojson-indonesia-1.0.1.tgz"\n' >"$SCRATCH/npm-other/npm"
chmod +x "$SCRATCH"/npm-*/npm
run env PATH="$SCRATCH/no-npm" "$(command -v "$PYTHON")" gis-data/boundaries.py "$OUT_DIR"
check_refused "a machine without npm" "npm is not installed; \`make boundaries\` installs it"
run env PATH="$SCRATCH/npm-fails:$PATH" "$PYTHON" gis-data/boundaries.py "$OUT_DIR"
check_refused "a machine without a network" "npm could not fetch geojson-indonesia@1.0.1: npm error request to https://registry.npmjs.org failed"
check_err "the way around is told" "get geojson-indonesia-1.0.1.tgz on another machine and give it with --from"
run env PATH="$SCRATCH/npm-other:$PATH" "$PYTHON" gis-data/boundaries.py "$OUT_DIR"
check_refused "a package that was changed" "geojson-indonesia-1.0.1.tgz is not geojson-indonesia@1.0.1 as it is known"
run "$PYTHON" gis-data/boundaries.py --from "$SCRATCH/tiada.tgz" "$OUT_DIR"
check_refused "a package that is not there" "boundaries: $SCRATCH/tiada.tgz: No such file or directory"

for name in kabupaten kecamatan; do check "git ignores $name" grep -qxF "/gis-data/$name.*" .gitignore; done
finish
