#!/bin/bash
# A study over real layers of the province with their real defects: wrong positions, invalid polygons, other systems, Z, holes. They lie
# beside the repository and are not part of it.
. "$(dirname "$0")/helpers.sh"

data=$PWD/../shared/data
if [ ! -d "$data/admin" ]; then
    skip "a study over real layers" "no such layers beside the repository"
    finish
fi

study=$SCRATCH/nyata.yaml
{
    cat <<EOF
tapak: 1
title: Uji dengan data nyata
language: id
grid: {crs: EPSG:32750, cell: 600, area: kabkota_kalsel_kepmendagri2025}
layers:
EOF
    # Every shapefile under its own name, and the rasters; two of the stored tables have no shapes.
    for shp in "$data"/*/*.shp; do
        id=$(basename "$shp" .shp)
        echo "  $id: $shp"
    done
    for tif in "$data"/*/*.tif; do
        id=$(basename "$tif" .tif)
        echo "  $id: $tif"
    done
    cat <<EOF
zones: {layer: adm_kab_2008_utm50s, id: KODEBPS, name: NM_KAB, stated_area_ha: HECTARES}
regions: {layer: desa_kalsel_kepmendagri2025, name: nama, id: kode}
EOF
    echo -n "overlay: ["
    for shp in "$data"/*/*.shp; do basename "$shp" .shp; done | grep -vE '^(adm_kab_2008_utm50s|desa_|kecamatan_|toponimi|laut_)' | paste -sd, | tr -d '\n'
    cat <<EOF
]
criteria:
  jalan: {from: {distance: jalan_globalmap_z9, where: "rtt IN (14, 15)"}, curve: {linear: {best: 1000, worst: 20000}}}
  jalan_lain: {from: {distance: jalan_globalmap_tanpa_atribut}, curve: {linear: {best: 1000, worst: 20000}}}
  pelabuhan: {from: {distance: pelabuhan_dephub, where: "provinsi IS NOT NULL AND lon > 114"}, curve: {linear: {best: 3000, worst: 80000}}}
  gardu: {from: {distance: gardu_induk_osm, where: "voltage LIKE '%150000%'"}, curve: {sigmoid: {zero: 60000, one: 5000}}}
  batubara: {from: {density: sumberdaya_batubara_esdm, radius: 15000, where: "sd_total > 0"}, curve: {linear: {best: 0.01, worst: 0}}}
  sawit: {from: {attribute: kebun_sawit_biopama2019, field: jenis}, curve: {classes: {industrial: 0.4, smallholder: 0.7}, other: 0.5}, unknown: 1}
  lereng: {from: {slope: dem_srtm30plus_z6_2445m}, curve: {points: [[0, 1], [3, 1], [15, 0]]}, unknown: share}
  tinggi: {from: {raster: dem_etopo5_5menit, resample: cubic}, curve: {trapezoid: {a: -5, b: 5, c: 200, d: 900}}, unknown: worst}
  penduduk: {from: {raster: kepadatan_penduduk_gpw2015_z7_8bit}, curve: {linear: {best: 0, worst: 255}}, unknown: share}
  tutupan: {from: {raster: tutupan_lahan_hcs2020_z10_kelas}, curve: {classes: {"5": 1, "6": 0.8, "7": 0.6, "9": 0.3}, other: 0.1}, unknown: share}
  malam: {from: {raster: cahaya_malam_blackmarble2012_z7}, curve: {linear: {best: 255, worst: 0}}, unknown: share}
  api: {from: {attribute: kepadatan_hotspot_grid, field: count, outside: 0}, curve: {linear: {best: 0, worst: 60}}}
  desa: {from: {density: toponimi_big50k, radius: 5000}, curve: {linear: {best: 3, worst: 0}}}
  sungai: {from: {density: sungai_globalmap_z9, radius: 5000}, curve: {linear: {best: 1, worst: 0}}}
constraints:
  danau: {from: {inside: perairan_darat_globalmap, cover: touch}, source: Uji}
  laut: {from: {inside: laut_globalmap, cover: share, share: 0.5}, source: Uji}
  curam: {from: lereng, above: 15, source: Permenperin 30/2020, unknown: pass}
  terbangun: {from: {inside: kawasan_terbangun_globalmap}, source: Uji}
  dekat_pantai: {from: {distance: garis_pantai_gshhg_f}, nearer: 100, source: Keppres 51/2016}
decision:
  weights: {jalan: 0.15, jalan_lain: 0.05, pelabuhan: 0.15, gardu: 0.1, batubara: 0.1, sawit: 0.05, lereng: 0.1, tinggi: 0.05, penduduk: 0.05,
    tutupan: 0.05, malam: 0.05, api: 0.02, desa: 0.05, sungai: 0.03}
  classes: {S1: 0.7, S2: 0.5, S3: 0.3}
EOF
} >"$study"

run "$TAPAK" run "$study" -o "$SCRATCH/out"
check_status "the study over real layers runs" 0
check_err "defects are told" "warning:"
check_out "the table has a regency" "KOTA BARU"
check_out "of the villages the table has forty" "and 1968 more regions, all of them in regions.csv"
check_err "the villages' slivers and overlaps are told" "regions of layer 'desa_kalsel_kepmendagri2025' overlap"

python=$(gdal_python)
if [ "$STATUS" -eq 0 ] && [ -n "$python" ]; then
    check "its maps are Cloud Optimized GeoTIFFs" "$python" tests/cli/results.py is_cog "$SCRATCH/out"
    check "its GeoJSON follows RFC 7946" "$python" tests/cli/results.py geojson "$SCRATCH/out"
    check "its classes add up" "$python" tests/cli/results.py sums "$SCRATCH/out"
    check "the villages' table says what their map says" "$python" tests/cli/results.py regions "$SCRATCH/out"
    check_equal "every village has a row" "$(($(wc -l <"$SCRATCH/out/regions.csv") - 1))" 2008
    "$python" - "$SCRATCH/out/run.json" >"$SCRATCH/facts" <<'EOF'
import json, sys
for layer in json.load(open(sys.argv[1]))["layers"]:
    print(layer["id"], *("%s=%s" % (k, layer[k]) for k in ("records", "features", "repaired", "unusable", "without_geometry", "z_dropped") if k in layer))
EOF
    check "every layer is recorded" [ "$(wc -l <"$SCRATCH/facts")" -ge 35 ]
    # The defects that the layers' own description lists.
    check "25 invalid palm polygons are repaired" grep -q '^kebun_sawit_biopama2019 records=683 .*repaired=25 ' "$SCRATCH/facts"
    # 41 by the layer's own coordinates; in metres one of them is valid.
    check "invalid neighbourhoods are repaired" grep -qE '^batas_rt_banjarmasin records=1570 features=1570 repaired=4[01] ' "$SCRATCH/facts"
    check "a plant without position is counted" grep -q '^pembangkit_wri records=4 .*without_geometry=1 ' "$SCRATCH/facts"
    check "rivers without length are no obstacle" grep -q '^sungai_wdbii_f records=5 ' "$SCRATCH/facts"
    check "Z is dropped and counted" grep -q '^permukiman_titik_globalmap records=141 .*z_dropped=141' "$SCRATCH/facts"
fi
run "$TAPAK" run "$study" -o "$SCRATCH/other" --quiet --threads 1 --tile 64
for name in suitability.tif classes.tif reasons.tif limiting.tif zones.geojson overlay.geojson regions.geojson regions.csv; do
    check_same_bytes "the same bytes with one thread and other tiles: $name" "$SCRATCH/out/$name" "$SCRATCH/other/$name"
done
finish
