#!/bin/bash
# tapak check over 2,000,000 points and 100,000 polygons, small, of 21 and of 102 vertices: in bounded memory, with progress, through an index.
. "$(dirname "$0")/helpers.sh"

python=$(gdal_python)
if is_sanitized || [ -z "$python" ]; then
    skip "large layers" "under a sanitizer, or no python3-gdal"
    finish
fi
run "$python" tests/cli/large_layers.py "$SCRATCH"
check_status "the large layers are written" 0

# bounded NAME: the layer takes less than 512 MB and tells how far it is.
bounded() {
    run python3 tests/cli/peak.py "$SCRATCH/peak" "$TAPAK" check "$SCRATCH/$1.shp"
    check_status "$1 is examined" 0
    local peak_kb
    peak_kb=$(cat "$SCRATCH/peak")
    check "$1 takes less than 512 MB (took $((peak_kb / 1024)) MB)" [ "$peak_kb" -lt $((512 * 1024)) ]
    check_err "$1 shows progress" "features/s"
}
bounded titik
check_out "all points are read" "2000000 features"
bounded petak
# 8 larger squares in each of 250 rows, none at the right edge: each lies over the square beside it and, but for the last row, over the
# two above: 2000 + 2 x 8 x 249.
check_out "every overlap is found" "5984 slivers"
bounded potongan
check_out "all pieces are found" "100000 of 100000 features look like pieces"
check_out "with the lines that cut them" "(99: x = "
bounded piksel
check_out_not "outlines of pixels are no pieces" "cut_at_tiles"

finish
