#!/bin/bash
# The lint passes what it must (good.c; test_fixtures.py holds what it must reject), the checks of headers and symbols find what they
# must, and the tree passes them all.
. "$(dirname "$0")/../cli/helpers.sh"

run tools/lint.py --as src/input/planted.c tests/lint/good.c
check_status "lint passes what the rules allow" 0

{ printf '/* as: */\n'; yes 'int planted(void);' | head -n 800; } >"$SCRATCH/long.c"
run tools/lint.py --as src/base/planted.c "$SCRATCH/long.c"
check_out "lint rejects a file of 801 lines" "801 lines; a file has at most 800"
check_status "and ends with 1" 1

run tools/lint.py
check_status "the source tree keeps the rules of the house" 0

# Compiled with the same search path as the build; $cflags is a list of options.
cflags=$(pkg-config --cflags gdal proj geos libfyaml jansson libcrypto libdeflate libzstd)
run tools/check_headers.sh -D_GNU_SOURCE -Isrc -Iinclude "-I$BUILD" $cflags
check_status "every header compiles alone, the public ones as C++ too" 0

mkdir -p "$SCRATCH/copy/src/base" "$SCRATCH/copy/src/geo" "$SCRATCH/copy/include/tapak" "$SCRATCH/copy/tools"
cp tools/check_headers.sh tools/lint.py "$SCRATCH/copy/tools"
printf '#define GEOS_USE_ONLY_R_API\n#include <geos_c.h>\n' >"$SCRATCH/copy/src/geo/inner.h"
echo '#include "geo/inner.h"' >"$SCRATCH/copy/src/geo/outer.h"
echo '#include "geo/outer.h"' >"$SCRATCH/zones.c"
run "$SCRATCH/copy/tools/lint.py" --as src/zones/planted.c "$SCRATCH/zones.c"
check_out "lint sees a library that comes through headers of another room" "geo/outer.h brings geos_c.h into room zones"
run "$SCRATCH/copy/tools/lint.py" --as src/geo/planted.c "$SCRATCH/zones.c"
check_status "and allows it in the library's home" 0

echo 'size_t planted(void);' >"$SCRATCH/copy/src/base/needy.h"
run "$SCRATCH/copy/tools/check_headers.sh" -Isrc
check_err "a header that needs another one first is named" "base/needy.h does not compile alone as c"
rm "$SCRATCH/copy/src/base/needy.h"
echo 'int planted(int class);' >"$SCRATCH/copy/include/tapak/planted.h"
run "$SCRATCH/copy/tools/check_headers.sh" -Isrc
check_err "a public header that is no C++ is named" "tapak/planted.h does not compile alone as c++"

if [ -f "$BUILD/libtapak.a" ] && ! grep -q fsanitize "$BUILD/flags"; then
    run tools/check_globals.sh "$BUILD/libtapak.a"
    check_status "the library has no mutable globals" 0
    printf 'static int planted;\nint *planted_at(void);\nint *planted_at(void)\n{\n    return &planted;\n}\n' >"$SCRATCH/g.c"
    printf 'const char *const planted_names[] = {"a", "b"};\n_Thread_local int planted_local;\n' >"$SCRATCH/h.c"
    (cd "$SCRATCH" && "${CC:-gcc}" -fPIC -c g.c h.c && ar rcs bad.a g.o h.o && ar rcs good.a h.o)
    run tools/check_globals.sh "$SCRATCH/bad.a"
    check_out "a mutable global is named" "g.o: planted"
    run tools/check_globals.sh "$SCRATCH/good.a"
    check_status "constant tables and thread-local variables are allowed" 0
    run tools/check_exports.sh "$BUILD/libtapak.so" include/tapak/*.h
    check_status "the shared library shows what the public headers declare, and nothing else" 0
else
    skip "mutable globals and exported symbols" "they are looked at in the plain build"
fi

finish
