#!/bin/bash
# One legend: QML, SLD, style.json, colour tables and category names of a run say the same, in both languages and with a set of
# the project's own.
. "$(dirname "$0")/helpers.sh"

python=$(gdal_python)

# NAME LANGUAGE LINES: the sample in that language, with these lines at its end.
project() {
    sed -e "s/^language: .*/language: $2/" -e "s#^\(  [a-z_]*: *\)\([a-z_]*\.\(shp\|tif\)\)#\1$PWD/gis-data/\2#" \
        -e "s#path: \([a-z_]*\.\(shp\|tif\)\)#path: $PWD/gis-data/\1#" gis-data/kalsel.yaml >"$SCRATCH/$1.yaml"
    printf '%s\n' "$3" >>"$SCRATCH/$1.yaml"
}

for language in id en; do
    project $language $language ""
    run "$TAPAK" run "$SCRATCH/$language.yaml" -o "$SCRATCH/$language" --cell 500 --quiet
    check_status "the sample runs in the language $language" 0
    if [ -n "$python" ]; then
        run "$python" tests/cli/styles.py "$SCRATCH/$language" styles/default.yaml $language
        check_status "all styles say the same, in the language $language" 0
    else
        skip "all styles say the same, in the language $language" "no python3-gdal"
    fi
done
check "the languages differ" bash -c "! cmp -s '$SCRATCH/id/classes.sld' '$SCRATCH/en/classes.sld'"

# ---- each kind of difference is found ----

# NAME FILE SED: a change that the comparison must find; of the project and of the default styles by Python.
check_found() {
    cp -r "$SCRATCH/en" "$SCRATCH/changed"
    case $2 in
        tapak.qgz) python3 - "$SCRATCH/changed/$2" "$3" <<'EOF'
import subprocess, sys, zipfile
text = zipfile.ZipFile(sys.argv[1]).read("tapak.qgs")
text = subprocess.run(["sed", sys.argv[2]], input=text, stdout=subprocess.PIPE, check=True).stdout
zipfile.ZipFile(sys.argv[1], "w").writestr("tapak.qgs", text)
EOF
            ;;
        tapak.gpkg) python3 - "$SCRATCH/changed/$2" "$3" <<'EOF'
import sqlite3, sys
_, old, new, _ = sys.argv[2].split("/")
with sqlite3.connect(sys.argv[1]) as database:
    database.execute("UPDATE layer_styles SET styleQML = replace(styleQML, ?, ?) WHERE f_table_name = 'zones'", (old, new))
EOF
            ;;
        *) sed -i "$3" "$SCRATCH/changed/$2" ;;
    esac
    check "$1: changed" bash -c "! cmp -s '$SCRATCH/en/$2' '$SCRATCH/changed/$2'"
    run "$python" tests/cli/styles.py "$SCRATCH/changed" styles/default.yaml en
    check_status "$1 is found" 1
    rm -r "$SCRATCH/changed"
}
if [ -n "$python" ]; then
    check_found "another colour in a QML" reasons.qml 's/value="0" color="#....../value="0" color="#123456/'
    check_found "another colour in an SLD" classes.sld 's/color="#005078"/color="#005079"/'
    check_found "another label in an SLD" limiting.sld 's/label="Nothing limits"/label="Nothing"/'
    check_found "another value in an SLD" suitability.sld 's/quantity="0.4"/quantity="0.41"/'
    check_found "another type of colour map" suitability.sld 's/type="ramp"/type="intervals"/'
    check_found "another label in style.json" style.json '0,/"label": "S2 Moderately suitable (0.60–0.80)"/s//"label": "S2"/'
    check_found "another colour of a class of zones in style.json" style.json 's/^\( *\)"#be5a14",/\1"#be5a15",/'
    check_found "another bound of zones in an SLD" zones.sld 's/<ogc:Literal>0.8</<ogc:Literal>0.79</'
    check_found "another colour of zones in a QML" zones.qml 's/value="246,211,120,255"/value="246,211,121,255"/'
    check_found "another colour of zones in the project" tapak.qgz 's/value="246,211,120,255"/value="246,211,121,255"/'
    check_found "another colour of a map in the project" tapak.qgz 's/#005078/#005079/'
    check_found "another colour of zones in the GeoPackage" tapak.gpkg 's/246,211,120,255/246,211,121,255/'
    check_found "another category name" classes.tif.aux.xml 's/Excluded/Included/'
    check_found "another title" reasons.sld 's/<Title>Reasons/<Title>Reason/'
else
    skip "differences are found" "no python3-gdal"
fi

# ---- a set of the project's own ----

sed -e 's/S1 Highly suitable/Prime <land> \& more/' -e 's/"#005078"/"#00405a"/' -e 's/"#9bd898"/"#90d090"/' styles/default.yaml >"$SCRATCH/own.yaml"
project study en "output: {styles: own.yaml}"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/own" --cell 500 --quiet
check_status "a study runs with a set of its own" 0
check "run.json has the set with its SHA-256" grep -qF "$(sha256sum "$SCRATCH/own.yaml" | cut -d' ' -f1)" "$SCRATCH/own/run.json"
if [ -n "$python" ]; then
    run "$python" tests/cli/styles.py "$SCRATCH/own" "$SCRATCH/own.yaml" en
    check_status "its words and colours are in all styles" 0
    run "$python" tests/cli/styles.py "$SCRATCH/own" styles/default.yaml en
    check_status "and not those of the default" 1
else
    skip "its words and colours are in all styles" "no python3-gdal"
fi
for name in suitability.tif zones.geojson; do
    check_same_bytes "colours change no result: $name" "$SCRATCH/en/$name" "$SCRATCH/own/$name"
done

printf 'N: {color: "#646464"}\n' >"$SCRATCH/own.yaml"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/own" --cell 2000 --quiet
check_status "a set whose classes look alike is used" 0
check_err "and warned of, with its place" "own.yaml:1:12: warning: 'N' (#646464) and 'excluded' (#5f5f5f) look alike to everybody"

printf 'S1: {colour: "#646464"}\n' >"$SCRATCH/own.yaml"
run "$TAPAK" run "$SCRATCH/study.yaml" -o "$SCRATCH/none" --quiet
check_status "a fault in the set stops the run" 3
check_err "and is told with its place" "own.yaml:1:6: error: unknown key 'colour' in 'S1'; did you mean 'color'?"
check_no_file "and nothing is written" "$SCRATCH/none"
run "$TAPAK" check "$SCRATCH/study.yaml"
check_out "tapak check tells it too" "own.yaml:1:6: error: unknown key 'colour' in 'S1'; did you mean 'color'?"
finish
