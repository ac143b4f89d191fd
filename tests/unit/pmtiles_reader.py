"""Reads a PMTiles archive by the specification, with nothing of Tapak: one line for the head, one for each tile.

    head KEY=VALUE ...
    meta JSON
    tile Z X Y LENGTH SHA256-of-the-stored-bytes

Every promise of the specification that a reader may rely on is checked; a broken one ends the program."""
import gzip
import hashlib
import struct
import sys


def varints(data, at, n):
    values = []
    for _ in range(n):
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        values.append(value)
    return values, at


def directory(packed):
    data = gzip.decompress(packed)
    (n,), at = varints(data, 0, 1)
    deltas, at = varints(data, at, n)
    runs, at = varints(data, at, n)
    lengths, at = varints(data, at, n)
    offsets, at = varints(data, at, n)
    assert at == len(data), "bytes behind the directory"
    entries, tile_id = [], 0
    for i in range(n):
        tile_id += deltas[i]
        assert i == 0 or deltas[i] > 0, "ids do not rise"
        assert lengths[i] > 0, "an entry without bytes"
        offset = entries[-1][1] + entries[-1][2] if offsets[i] == 0 else offsets[i] - 1
        entries.append((tile_id, offset, lengths[i], runs[i]))
    return entries


def hilbert(z, d):
    """The d-th tile of zoom z along the curve, walked from the coarsest quadrant (another way round than Tapak's)."""
    x = y = 0
    for level in range(z):
        side, quadrant = 1 << level, d >> (2 * level) & 3
        right, low = quadrant >> 1, (quadrant ^ quadrant >> 1) & 1
        if not low:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        x, y = x + side * right, y + side * low
    return x, y


def address(tile_id):
    z = 0
    while tile_id >= 4 ** z:
        tile_id -= 4 ** z
        z += 1
    return (z, *hilbert(z, tile_id))


def main(path):
    archive = open(path, "rb").read()
    assert archive[:8] == b"PMTiles\x03", "magic"
    (root_at, root_n, meta_at, meta_n, leaves_at, leaves_n, data_at, data_n, n_addressed, n_entries,
     n_contents) = struct.unpack_from("<11Q", archive, 8)
    clustered, inner, outer, kind, z_min, z_max = struct.unpack_from("<6B", archive, 96)
    west, south, east, north = (v / 1e7 for v in struct.unpack_from("<4i", archive, 102))
    assert root_at >= 127 and root_at + root_n <= 16384, "the root directory lies beyond 16,384 bytes"
    assert inner == 2, "directories are gzip"
    assert max(root_at + root_n, meta_at + meta_n, leaves_at + leaves_n, data_at + data_n) == len(archive)
    meta = gzip.decompress(archive[meta_at:meta_at + meta_n]).decode()
    root, entries, n_leaves = directory(archive[root_at:root_at + root_n]), [], 0
    for entry in root:
        if entry[3] > 0:
            entries.append(entry)
            continue
        n_leaves += 1
        _, offset, length, _ = entry
        assert offset + length <= leaves_n, "a leaf lies beyond its section"
        leaf = directory(archive[leaves_at + offset:leaves_at + offset + length])
        assert leaf[0][0] == entry[0] and all(e[3] > 0 for e in leaf), "leaf"
        entries += leaf
    print(f"head type={kind} compression={outer} clustered={clustered} zooms={z_min}..{z_max} leaves={n_leaves} "
          f"addressed={n_addressed} entries={n_entries} contents={n_contents} "
          f"bounds={west:.4f},{south:.4f},{east:.4f},{north:.4f}")
    print("meta", " ".join(meta.split()))
    assert len(entries) == n_entries and sum(e[3] for e in entries) == n_addressed
    assert len({e[1] for e in entries}) == n_contents
    furthest, last = 0, -1
    for tile_id, offset, length, run in entries:
        assert tile_id > last, "runs overlap"
        assert offset + length <= data_n, "a tile lies beyond its section"
        assert not clustered or offset <= furthest, "not clustered"
        furthest, last = max(furthest, offset + length), tile_id + run - 1
        digest = hashlib.sha256(archive[data_at + offset:data_at + offset + length]).hexdigest()
        for k in range(run):
            z, x, y = address(tile_id + k)
            assert z_min <= z <= z_max, "a tile beyond the zooms"
            print("tile", z, x, y, length, digest)


main(sys.argv[1])
