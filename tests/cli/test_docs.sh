#!/bin/bash
# README and docs/ say what is true: the reference, the help, the quickstart, the examples and the links.
. "$(dirname "$0")/helpers.sh"

# NAME WHAT ARGUMENTS...
check_docs() {
    local name=$1 what=$2
    shift 2
    run python3 tests/cli/docs.py "$what" "$TAPAK" "$SCRATCH" "$@"
    check_status "$name" 0
}

check_docs "docs/project-file.md is what tapak reference prints" reference
check_docs "the help in docs/commands is what the commands say" help
check_docs "every link inside the repository leads somewhere" links
check_docs "the project file of the README is computed" project
if is_sanitized; then
    skip "the quickstart of the README is what a run says" "30 m take long under a sanitizer"
    skip "the programs of the README and of docs/library.md say what stands there" "the build under test is sanitized"
else
    check_docs "the quickstart of the README is what a run says" quickstart
    read -ra libraries < <(pkg-config --libs gdal proj geos libfyaml jansson libcrypto libdeflate libzstd)
    check_docs "the programs of the README and of docs/library.md say what stands there" programs "${CC:-gcc}" -Iinclude "$BUILD/libtapak.a" \
        "${libraries[@]}" -lshp -fopenmp -lm
fi

# ---- the checks see what is wrong ----

mkdir -p "$SCRATCH/copy"
cp -r README.md CONTRIBUTING.md CHANGELOG.md docs gis-data LICENSE include packaging "$SCRATCH/copy"
# NAME WHAT FILE SED: a change of the copy that must be found.
check_found() {
    cp "$SCRATCH/copy/$3" "$SCRATCH/kept"
    sed -i "$4" "$SCRATCH/copy/$3"
    run bash -c "cd '$SCRATCH/copy' && python3 '$PWD/tests/cli/docs.py' $2 '$TAPAK' '$SCRATCH'"
    check_status "$1" 1
    check_err "$1, and named" "$3"
    cp "$SCRATCH/kept" "$SCRATCH/copy/$3"
}
check_found "a link to nowhere is found" links README.md 's|(docs/methods.md)|(docs/method.md)|'
check_found "a link to a heading that is gone is found" links docs/methods.md 's|^## 6 Zones|## 6 Zone|'
check_found "an old reference is found" reference docs/project-file.md 's|study area|area|'
check_found "an old help is found" help docs/commands/run.md 's|--cell M|--size M|'
finish
