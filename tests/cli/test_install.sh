#!/bin/bash
# The installed library: a program of somebody else builds against it and gives the right answers.
. "$(dirname "$0")/helpers.sh"

prefix=$SCRATCH/usr
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
cc=${CC:-gcc}

if is_sanitized; then
    skip "the installed library" "the build under test is sanitized"
    finish
fi
# -o all: what the other tests are using just now is installed as it is, not built again.
run make --no-print-directory -o all BUILD="$BUILD" PREFIX="$prefix" install
check_status "make install works" 0
for file in bin/tapak lib/libtapak.a lib/libtapak.so lib/pkgconfig/tapak.pc include/tapak/tapak.h include/tapak/status.h include/tapak/callbacks.h; do
    check_file "installed: $file" "$prefix/$file"
done
check_equal "pkg-config knows the version" "$(pkg-config --modversion tapak)" "$(cat VERSION)"

run "$prefix/bin/tapak" version
check_status "the installed program runs" 0

# NAME PROGRAM: runs it on the sample and looks at what it says.
check_program() {
    run env LD_LIBRARY_PATH="$prefix/lib" "$2" gis-data/kalsel.yaml
    check_status "$1: the example runs" 0
    check "$1: three places with score and class" [ "$(grep -cE '^[A-Z][a-z]+ +([01]\.[0-9]{3}|-) +(S1|S2|S3|N|excluded|unknown|outside) ' "$OUT")" -eq 3 ]
    check "$1: Batulicin is highly suitable" grep -qE '^Batulicin +0\.[89][0-9]* +S1 ' "$OUT"
    check_err_empty "$1: nothing on standard error"
    cp "$OUT" "$SCRATCH/said.${1%% *}"
    run env LD_LIBRARY_PATH="$prefix/lib" "$2" "$SCRATCH/none.yaml"
    check_status "$1: a missing project is an error" 1
    check_err "$1: the missing project is named" "none.yaml"
}

read -ra flags < <(pkg-config --cflags --libs tapak)
run "$cc" -std=c11 -Wall -Wextra -Wconversion -Werror examples/points.c -o "$SCRATCH/shared" "${flags[@]}" -lm
check_status "the example builds against the shared library" 0
check_program "shared library" "$SCRATCH/shared"
check "the shared program needs libtapak.so" bash -c "LD_LIBRARY_PATH='$prefix/lib' ldd '$SCRATCH/shared' | grep -q libtapak.so"

# Tapak itself static, the libraries it stands on shared.
read -ra flags < <(pkg-config --static --cflags --libs tapak)
flags=("${flags[@]/#-ltapak/$prefix/lib/libtapak.a}")
run "$cc" -std=c11 -Wall -Wextra -Wconversion -Werror examples/points.c -o "$SCRATCH/static" "${flags[@]}" -lm
check_status "the example builds against the static library" 0
check_program "static library" "$SCRATCH/static"
check "the static program does not need libtapak.so" bash -c "! ldd '$SCRATCH/static' | grep -q libtapak"
check_same_bytes "shared and static say the same" "$SCRATCH/said.shared" "$SCRATCH/said.static"

# Every function that the headers declare is exported: a program that takes the address of each links.
{
    printf '#include <tapak/tapak.h>\nint main(void)\n{\n    void (*all[])(void) = {\n'
    grep -ohE '\btpk_[a-z0-9_]+\(' "$prefix"/include/tapak/*.h | tr -d '(' | grep -v '_fn$' | sort -u | sed 's/.*/        (void (*)(void))&,/'
    printf '    };\n    return all[0] == 0;\n}\n'
} >"$SCRATCH/all.c"
check "the headers declare functions" [ "$(grep -c 'void (\*)(void)' "$SCRATCH/all.c")" -ge 25 ]
read -ra flags < <(pkg-config --cflags --libs tapak)
run "$cc" -std=c11 -Wall -Werror "$SCRATCH/all.c" -o "$SCRATCH/all" "${flags[@]}"
check_status "every declared function is in the shared library" 0

if command -v "${CXX:-g++}" >/dev/null; then
    printf '#include <tapak/tapak.h>\nint main() { return tpk_version() == nullptr; }\n' >"$SCRATCH/plus.cpp"
    read -ra flags < <(pkg-config --cflags --libs tapak)
    run "${CXX:-g++}" -std=c++11 -Wall -Wextra -Werror "$SCRATCH/plus.cpp" -o "$SCRATCH/plus" "${flags[@]}"
    check_status "the header works from C++" 0
else
    skip "the header works from C++" "no C++ compiler"
fi
run make --no-print-directory BUILD="$BUILD" PREFIX="$prefix" uninstall
check_status "make uninstall works" 0
check_equal "make uninstall leaves no file" "$(find "$prefix" -type f -o -type l)" ""
finish
