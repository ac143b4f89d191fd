#!/bin/bash
# Places where results cannot be written: a full disk, a file in the way, a folder of somebody else.
. "$(dirname "$0")/helpers.sh"

# The portal's page alone would fill such a disk; test_portal_data.sh fills one with it.
run_into() { run "$TAPAK" run gis-data/kalsel.yaml -o "$1" --quiet --cell "$2" --no-portal; }

# ---- a full disk ----

disk=$SCRATCH/disk
mkdir "$disk"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=2m tapak-test "$disk" 2>/dev/null; then
    trap 'umount "$disk"; rm -rf "$SCRATCH"' EXIT
    run_into "$disk/out" 3000
    check_status "a small study fits on the disk" 0
    snapshot() { (cd "$disk/out" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }
    snapshot >"$SCRATCH/before"
    # Ever less room: the disk fills while tiles are written, while a file is put together, at the first bytes.
    n_full=0
    for free_kb in 600 400 200 60 12 0; do
        rm -f "$disk/ballast"
        dd if=/dev/zero of="$disk/ballast" bs=1k count=$(($(df -k --output=avail "$disk" | tail -1) - free_kb)) status=none
        run_into "$disk/out" 400
        [ "$STATUS" -eq 0 ] && continue
        n_full=$((n_full + 1))
        check_status "a full disk is an error of writing ($free_kb kB)" 4
        check_err "a full disk is told ($free_kb kB)" "the disk is full ("
        check_err "the free space is told ($free_kb kB)" "MB free"
        check_err "the file is named ($free_kb kB)" "$disk/out"
        check_out_empty "no table of results that are not there ($free_kb kB)"
        check_no_file "nothing hidden is left ($free_kb kB)" "$disk/out/.tapak-part"
        snapshot >"$SCRATCH/after"
        check_same_bytes "the earlier results are unchanged ($free_kb kB)" "$SCRATCH/before" "$SCRATCH/after"
    done
    check "the disk was full four times or more" [ "$n_full" -ge 4 ]
    # Not even a folder fits: every inode is taken.
    umount "$disk"
    mount -t tmpfs -o size=2m,nr_inodes=3 tapak-test "$disk"
    run_into "$disk/out" 3000
    check_status "a disk without room for a file is an error of writing" 4
    check_err "a disk without room for a file is named" "$disk/out"
else
    skip "a full disk" "no right to mount one"
fi

# ---- something in the way ----

echo precious >"$SCRATCH/file"
run_into "$SCRATCH/file" 3000
check_status "a file in place of the folder is an error of writing" 4
check_err "the file in the way is named" "$SCRATCH/file"
check_err "a file in the way: what to do" "choose another name"
check_equal "the file in the way is left alone" "$(cat "$SCRATCH/file")" precious
run_into "$SCRATCH/file/below/it" 3000
check_status "a folder below a file is an error of writing" 4

mkdir -p "$SCRATCH/out/suitability.tif/full"
run_into "$SCRATCH/out" 3000
check_status "a folder in place of a map is an error of writing" 4
check_err "the folder in place of a map is named" "$SCRATCH/out/suitability.tif"
check_no_file "after it nothing hidden is left" "$SCRATCH/out/.tapak-part"

# The obstacle is the last file to appear: everything else must be as it was.
run_into "$SCRATCH/whole" 3000
rm "$SCRATCH/whole/run.json"
mkdir "$SCRATCH/whole/run.json"
(cd "$SCRATCH/whole" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$SCRATCH/whole.before"
run_into "$SCRATCH/whole" 2000
(cd "$SCRATCH/whole" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$SCRATCH/whole.after"
check_status "a folder in place of the record is an error of writing" 4
check_err "the folder in place of the record is named" "$SCRATCH/whole/run.json"
check_err "a folder in place of a file: what to do" "rename it or choose another folder"
check_same_bytes "after it every earlier file is as it was" "$SCRATCH/whole.before" "$SCRATCH/whole.after"

# ---- a folder that holds the inputs ----

cp -r gis-data "$SCRATCH/inputs"
run_into "$SCRATCH/out2" 3000
cp "$SCRATCH/out2/zones.geojson" "$SCRATCH/inputs/zones.geojson"
sed -i '0,/^layers:.*/s//&\n  masukan: zones.geojson/' "$SCRATCH/inputs/kalsel.yaml"
run "$TAPAK" run "$SCRATCH/inputs/kalsel.yaml" -o "$SCRATCH/inputs" --quiet --cell 3000
check_status "a folder with an input under a result name is a usage error" 2
check_err "the layer that would be replaced is named" "layer 'masukan'"
check_err "an input in the way: what to do" "choose another folder"
check_same_bytes "the input is as it was" "$SCRATCH/out2/zones.geojson" "$SCRATCH/inputs/zones.geojson"
check_no_file "nothing was written beside the inputs" "$SCRATCH/inputs/run.json"

# ---- how the folder is written ----

run_into "$SCRATCH/slash//" 3000
check_out "files are listed with one slash" "$SCRATCH/slash/run.json"
run "$TAPAK" run gis-data/kalsel.yaml -o "" --quiet --cell 3000
check_status "an empty folder name is a usage error" 2

mkdir "$SCRATCH/locked"
chmod a-w "$SCRATCH/locked"
if [ "$(id -u)" -ne 0 ]; then
    run_into "$SCRATCH/locked/out" 3000
elif command -v setpriv >/dev/null && chmod a+rx "$SCRATCH" && setpriv --reuid=65534 --clear-groups test -x "$TAPAK" -a -r gis-data/kalsel.yaml; then
    run setpriv --reuid=65534 --clear-groups "$TAPAK" run gis-data/kalsel.yaml -o "$SCRATCH/locked/out" --quiet --cell 3000
else
    COMMAND=
fi
if [ -n "$COMMAND" ]; then
    check_status "a folder of somebody else is an error of writing" 4
    check_err "a folder of somebody else: what to do" "choose a folder in which you may write"
else
    skip "a folder of somebody else" "root may write everywhere, and nobody else may read this checkout"
fi
chmod u+w "$SCRATCH/locked"

run_into "$SCRATCH/a/new/folder" 3000
check_status "missing folders are made" 0
check_file "results lie in the folder that was made" "$SCRATCH/a/new/folder/run.json"
finish
