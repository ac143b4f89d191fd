#!/bin/bash
# Every header compiles alone, as C11, and the public ones as C++ too: tools/check_headers.sh CPPFLAGS...
# Names each header that does not, with the compiler's words. CC and CXX choose the compilers.
set -uo pipefail
cd "$(dirname "$0")/.."
cc=${CC:-gcc}
cxx=${CXX:-g++}
failed=0

alone() { # header as included, language, compiler, options...
    local header=$1 language=$2 compiler=$3
    shift 3
    if ! printf '#include "%s"\n' "$header" | "$compiler" "$@" -x "$language" -fsyntax-only -; then
        echo "$header does not compile alone as $language" >&2
        failed=1
    fi
}

for header in src/*/*.h; do
    [ -e "$header" ] && alone "${header#src/}" c "$cc" -std=c11 -Wall -Wextra -Werror "$@"
done
for header in include/*/*.h; do
    [ -e "$header" ] || continue
    alone "${header#include/}" c "$cc" -std=c11 -pedantic -Wall -Wextra -Werror -Iinclude
    if command -v "$cxx" >/dev/null; then alone "${header#include/}" c++ "$cxx" -std=c++11 -pedantic -Wall -Wextra -Werror -Iinclude
    else echo "check_headers: no $cxx, so $header is not tried as C++" >&2; fi
done
exit $failed
