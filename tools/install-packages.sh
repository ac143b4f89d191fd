#!/bin/bash
# Installs what is missing of the given sections of packaging/apt-packages.txt, and says so:
#   tools/install-packages.sh build test
# Does nothing, and prints nothing, when everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."
list=packaging/apt-packages.txt

# "name<TAB>what for" of every package of one section.
section() {
    awk -v wanted="[$1]" '
        /^\[/ { here = ($1 == wanted); found = found || here; next }
        here && NF && $1 !~ /^#/ { name = $1; sub(/^[^#]*#? */, ""); print name "\t" $0 }
        END { if (!found) exit 1 }' "$list" || { echo "$list has no section [$1]" >&2; exit 2; }
}

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

wanted=$(for name in "$@"; do section "$name"; done | sort -u -k1,1)

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    if pkg-config --exists gdal proj geos libfyaml jansson libcrypto libdeflate libzstd 2>/dev/null; then exit 0; fi
    stop "This system has no apt-get, so the packages cannot be installed from here. Install what corresponds to:" \
         "$(sed 's/^/  /' <<<"$wanted")" "with the system's own package manager, then run make again."
fi

missing=()
while IFS=$'\t' read -r name purpose; do
    is_installed "$name" && continue
    [ ${#missing[@]} -gt 0 ] || echo "Installing with apt-get what is not here yet:"
    printf '  %-16s %s\n' "$name" "$purpose"
    missing+=("$name")
done <<<"$wanted"
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    by_hand="  apt-get install --no-install-recommends ${missing[*]}"
    command -v sudo >/dev/null ||
        stop "Installing needs root, and sudo is not here. As root, run:" "$by_hand" "then run make again."
    if ! sudo -n true 2>/dev/null && [ ! -t 0 ]; then
        stop "Installing needs root, and sudo wants a password that cannot be typed here. Run:" "  sudo${by_hand# }" \
             "then run make again."
    fi
    as_root=(sudo)
fi

# Package lists are fetched only when the present ones do not know a package, or are too old to find its file.
update() {
    "${as_root[@]}" apt-get update -q
}
install_missing() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null
}
is_known() {
    apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'
}
updated=
for name in "${missing[@]}"; do
    if ! is_known "$name"; then
        update
        updated=yes
        break
    fi
done
if ! install_missing; then
    [ -z "$updated" ] && update && install_missing ||
        stop "apt-get could not install: ${missing[*]}" "Its own message is above. On Debian 12 all of them are in section main."
fi
